//! Personal data: a node for each field and each kind of dated entry, with its term in the vocabulary.

use serde_json::{Map, Value, json};

use super::{node, put, refer, terms};
use crate::field::{Field, Special};
use crate::model::{CategoryNotice, Notice};
use crate::render::words;

/// Every field and kind of entry that the notice names, once.
pub(super) fn all(notice: &Notice) -> Vec<Value> {
    let mut nodes: Vec<Value> = Vec::new();
    for held in &notice.categories {
        for id in &held.fields {
            let node = notice.field(id).map(|field| described(notice, held, &field));
            nodes.extend(node.filter(|node| !nodes.contains(node)));
        }
        for entry in &held.entries {
            let node = dated(notice, held, entry);
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
    }
    nodes
}

fn described(notice: &Notice, held: &CategoryNotice, field: &Field) -> Value {
    let mut node = node(notice, &format!("field-{}", field.id), "");
    classes(&mut node, terms::personal_data(&field.dpv), &field.special, field.sensitive);
    put(&mut node, "dct:identifier", field.id.as_str());
    put(&mut node, "dct:title", &field.label);
    put(&mut node, "dct:description", &field.why);
    put(&mut node, "dct:subject", &held.label);
    let required = notice.required.as_ref().is_some_and(|required| required.fields.contains(&field.id));
    let necessity = if required { "dpv:Required" } else { "dpv:Optional" };
    node.insert("dpv:hasNecessity".into(), refer(necessity));
    Value::Object(node)
}

fn dated(notice: &Notice, held: &CategoryNotice, entry: &str) -> Value {
    let mut node = node(notice, &format!("entry-{entry}"), "");
    classes(&mut node, terms::entry(entry).to_owned(), &held.special, false);
    put(&mut node, "dct:identifier", entry);
    put(&mut node, "dct:title", &words::capital(entry));
    put(&mut node, "dct:subject", &held.label);
    Value::Object(node)
}

fn classes(node: &mut Map<String, Value>, term: String, special: &[Special], sensitive: bool) {
    let mut classes = vec![term];
    if special.iter().any(|special| special.of_article_9()) {
        classes.push("dpv:SpecialCategoryPersonalData".to_owned());
    } else if sensitive || !special.is_empty() {
        classes.push("dpv:SensitivePersonalData".to_owned());
    }
    classes.extend(special.contains(&Special::Offence).then(|| "pd:Criminal".to_owned()));
    node.insert("@type".into(), json!(classes));
}
