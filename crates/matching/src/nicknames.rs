//! Usual short forms of names: whoever types one may mean another of the same line.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Names that stand for each other; the file says where they come from.
const LINES: &str = include_str!("../data/nicknames.txt");

struct List {
    lines: Vec<Vec<&'static str>>,
    lines_of: HashMap<&'static str, Vec<u16>>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let mut list = List { lines: Vec::new(), lines_of: HashMap::new() };
    for line in LINES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let number = u16::try_from(list.lines.len()).unwrap_or(u16::MAX);
        let names: Vec<&str> = line.split_whitespace().collect();
        for name in &names {
            list.lines_of.entry(name).or_default().push(number);
        }
        list.lines.push(names);
    }
    list
});

/// The numbers of the lines in which a folded name stands, ascending.
pub(crate) fn lines(name: &str) -> &'static [u16] {
    LIST.lines_of.get(name).map_or(&[], Vec::as_slice)
}

/// The names that a folded name may stand for, without itself.
pub(crate) fn of(name: &str) -> impl Iterator<Item = &'static str> {
    let lines = lines(name).iter().filter_map(|line| LIST.lines.get(usize::from(*line)));
    let mut names: Vec<&'static str> = lines.flatten().copied().collect();
    names.retain(|other| *other != name);
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_lead_to_the_name_and_back() {
        for (typed, meant) in
            [("liz", "elizabeth"), ("bill", "william"), ("margaret", "peggy"), ("mo", "mohammed")]
        {
            assert!(of(typed).any(|name| name == meant), "{typed}");
        }
        assert_eq!(of("nobody").count(), 0);
        assert!(of("bob").all(|name| name != "bob"));
    }
}
