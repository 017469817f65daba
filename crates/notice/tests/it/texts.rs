//! Notices for tests: the shipped ones, and the shipped ones with something changed.

use notice::Notice;
use toml::{Table, Value};

use crate::{PROGRAMME, SERVICE};

pub(crate) fn notice(text: &str) -> Notice {
    Notice::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The service's notice, its programme's, and both together as a client on the programme has them.
pub(crate) fn shipped() -> Vec<(&'static str, Notice)> {
    let (service, programme) = (notice(SERVICE), notice(PROGRAMME));
    let both = service.extended(&programme).unwrap();
    vec![("service", service), ("programme", programme), ("both", both)]
}

/// The service's notice with one thing changed, everywhere it stands.
pub(crate) fn changed(from: &str, to: &str) -> Notice {
    assert!(SERVICE.contains(from), "the shipped notice has no {from:?}");
    notice(&SERVICE.replace(from, to))
}

/// The service's notice with one thing changed where it first stands after `after`.
pub(crate) fn changed_after(after: &str, from: &str, to: &str) -> Notice {
    let (before, rest) = SERVICE.split_once(after).unwrap_or_else(|| panic!("no {after:?}"));
    assert!(rest.contains(from), "no {from:?} after {after:?}");
    notice(&format!("{before}{after}{}", rest.replacen(from, to, 1)))
}

/// The least that is a notice: everything that may be left out is left out.
pub(crate) const LEAST: &str = "
id = \"least\"
title = \"Least\"
service = \"Least\"
version = \"1\"
effective = 2026-12-01
language = \"en-GB\"
[controller]
name = \"Least Council\"
[[categories]]
category = \"contact\"
label = \"Contact\"
says = \"Said.\"
fields = [\"name\"]
[[purposes]]
purpose = \"support\"
label = \"Support\"
says = \"Said.\"
categories = [\"contact\"]
bases = [{ article = \"6(1)(a)\" }]
[[retention]]
layer = \"service\"
categories = [\"contact\"]
months = 12
after = \"case-end\"
says = \"Said.\"
";

/// Every leaf of a text in its turn, changed by `change`, which says whether it changed it.
pub(crate) fn each_leaf_changed(text: &str, change: impl Fn(&mut Value) -> bool) -> Vec<(String, String)> {
    let table: Table = text.parse().unwrap();
    let count = count(&Value::Table(table.clone()));
    let mut texts = Vec::new();
    for wanted in 0..count {
        let mut whole = Value::Table(table.clone());
        let (mut seen, mut path, mut done) = (0, String::new(), false);
        visit(&mut whole, "", &mut |at, leaf| {
            if seen == wanted {
                path = at.to_owned();
                done = change(leaf);
            }
            seen += 1;
        });
        if done {
            texts.push((path, toml::to_string(&whole).unwrap()));
        }
    }
    texts
}

/// A text with more behind every sentence of it; codes and numbers, which the reader checks, stay as they are.
pub(crate) fn all_sentences_with(text: &str, more: &str) -> String {
    let mut whole = Value::Table(text.parse().unwrap());
    visit(&mut whole, "", &mut |_, leaf| {
        if let Value::String(words) = leaf
            && words.contains(' ')
        {
            words.push_str(more);
        }
    });
    toml::to_string(&whole).unwrap()
}

fn count(value: &Value) -> usize {
    let mut count = 0;
    visit(&mut value.clone(), "", &mut |_, _| count += 1);
    count
}

fn visit(value: &mut Value, path: &str, see: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                visit(value, &format!("{path}.{key}"), see);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter_mut().enumerate() {
                visit(value, &format!("{path}[{index}]"), see);
            }
        }
        leaf => see(path, leaf),
    }
}
