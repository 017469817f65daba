//! Shortcuts of a single key, for those who switched them on: the list that explains them is the list that the script obeys.

use maud::{Markup, html};

use crate::ui::page::NavItem;

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does<'a> {
    /// Goes to a page.
    Goes(&'a str),
    /// Something on this page, by the name that the script knows.
    Here(&'a str),
}

/// The keys that lead to places of the navigation.
const PLACES: [(&str, &str); 8] = [
    ("t", "/"),
    ("d", "/diary"),
    ("c", "/clients"),
    ("r", "/clients/register"),
    ("m", "/team"),
    ("p", "/programmes"),
    ("q", "/requests"),
    ("a", "/account"),
];

/// The keys of a page for somebody who may go to these places: key, words, what it does.
fn keys<'a>(nav: &[NavItem<'a>], search: bool) -> Vec<(&'static str, &'a str, Does<'a>)> {
    let mut keys = vec![
        ("?", "Show these shortcuts", Does::Here("help")),
        ("j", "Next line of a list", Does::Here("next")),
        ("k", "Line before it", Does::Here("before")),
    ];
    if search {
        keys.push(("s", "Find a client", Does::Here("search")));
    }
    if nav.iter().any(|item| item.href == "/clients") {
        keys.push(("w", "What is due", Does::Goes("/tasks")));
    }
    for item in nav {
        let key = PLACES.iter().find(|(_, href)| *href == item.href);
        keys.extend(key.map(|(key, href)| (*key, item.label, Does::Goes(href))));
    }
    keys
}

/// What each key does, as a list that the script reads, too.
pub(crate) fn list(nav: &[NavItem<'_>], search: bool) -> Markup {
    html! { dl.app-facts { @for (key, words, does) in keys(nav, search) {
        @let (goes, here) = match does { Does::Goes(href) => (Some(href), None), Does::Here(name) => (None, Some(name)) };
        div data-key=(key) data-goes=[goes] data-here=[here] { dt { kbd class="app-tag app-tag--info" { (key) } } dd { (words) } }
    } } }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_key_does_two_things_and_none_leads_where_one_may_not_go() {
        let item = |href| NavItem { label: "Somewhere", href, ..NavItem::default() };
        let everywhere: Vec<NavItem<'_>> = PLACES.iter().map(|(_, href)| item(*href)).collect();
        let all = keys(&everywhere, true);
        let each: BTreeSet<&str> = all.iter().map(|(key, ..)| *key).collect();
        assert_eq!(each.len(), all.len());
        assert_eq!(all.len(), PLACES.len() + 5);
        let few = list(&[item("/")], false).into_string();
        assert!(few.contains("data-key=\"t\"") && !few.contains("/tasks") && !few.contains("search"));
    }
}
