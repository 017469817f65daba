//! What changed between two versions of a notice, in plain words, and whether people have to be told again.
//!
//! People are told again when the new version lets us do more, for longer, with others or on another ground than they
//! were told, or takes something from them. They are not told again when we do less, when a contact moves, or when only
//! words beside the data changed: the fields, purposes, periods and recipients behind the words are compared one by
//! one. Whoever publishes a version sees every change and can still decide to tell people.
//!
//! A part that is added to [`Notice`] does not compile here until it is compared, too.

mod asking;
mod held;
mod keeping;
mod people;
mod purposes;
mod sharing;

use serde::Serialize;

use crate::model::Notice;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What changed, as a sentence in plain words.
    pub what: String,
    /// Where in the notice: `purposes.support.bases`.
    pub at: String,
    /// Whether people who were given the old version have to be told.
    pub tell_again: bool,
    /// Why, or why not.
    pub why: &'static str,
}

/// Everything that changed from `old` to `new`, in the order of the notice. Nothing if they say the same.
#[must_use]
pub fn changes(old: &Notice, new: &Notice) -> Vec<Change> {
    let mut found = Found::default();
    // Each part by name: whoever adds one is asked here how it is compared.
    let Notice {
        id: _,
        title: _,
        service: _,
        extends: _,
        version: _,
        effective: _,
        review: _,
        language: _,
        opening: _,
        laws: _,
        controller: _,
        contacts: _,
        categories: _,
        fields: _,
        lists: _,
        whys: _,
        purposes: _,
        functions: _,
        retention: _,
        erasure: _,
        recipients: _,
        sharing: _,
        systems: _,
        transfers: _,
        rights: _,
        objection: _,
        withdrawal: _,
        complaints: _,
        automated: _,
        required: _,
        sources: _,
        requests: _,
        sections: _,
        digest: _,
    } = old;
    people::compare(&mut found, old, new);
    held::compare(&mut found, old, new);
    purposes::compare(&mut found, old, new);
    keeping::compare(&mut found, old, new);
    sharing::compare(&mut found, old, new);
    asking::compare(&mut found, old, new);
    found.0
}

/// Whether people who were given the old version have to be told.
#[must_use]
pub fn must_tell_again(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.tell_again)
}

/// Whether something changed under the same version: what no service may do, because every version given can be shown
/// again word for word.
#[must_use]
pub fn version_forgotten(old: &Notice, new: &Notice) -> bool {
    old.version == new.version && !changes(old, new).is_empty()
}

const MORE: &str = "people were not told that";
const LESS: &str = "we do less than people were told";
const GROUND: &str = "what people can ask for hangs on the ground";
const LONGER: &str = "it is kept longer than people were told";
const SHORTER: &str = "it is kept for less time than people were told";
const TAKEN: &str = "it takes something that people were promised";
const GIVEN: &str = "people have to know what they can do";
const PROMISE: &str = "these words are the promise; nothing else says it";
const WORDS: &str = "only the words changed; what stands behind them is compared by itself";
const REACH: &str = "people find it in the notice when they need it";

/// The changes found so far.
#[derive(Default)]
struct Found(Vec<Change>);

impl Found {
    /// A change of which people have to be told.
    fn tell(&mut self, at: impl Into<String>, what: impl Into<String>, why: &'static str) {
        self.0.push(Change { what: what.into(), at: at.into(), tell_again: true, why });
    }

    /// A change of which they need not be told.
    fn note(&mut self, at: impl Into<String>, what: impl Into<String>, why: &'static str) {
        self.0.push(Change { what: what.into(), at: at.into(), tell_again: false, why });
    }

    /// Words beside the data.
    fn words<T: PartialEq>(&mut self, at: impl Into<String>, about: &str, old: &T, new: &T) {
        if old != new {
            self.note(at, format!("The words about {about} changed."), WORDS);
        }
    }

    /// Words that are the promise themselves.
    fn promise<T: PartialEq>(&mut self, at: impl Into<String>, about: &str, old: &T, new: &T) {
        if old != new {
            self.tell(at, format!("What we promise about {about} changed."), PROMISE);
        }
    }

    /// How to reach somebody.
    fn reach<T: PartialEq>(&mut self, at: impl Into<String>, what: &str, old: &T, new: &T) {
        if old != new {
            self.note(at, format!("{what} changed."), REACH);
        }
    }

    /// Things that came: people have to be told. Things that went: they need not.
    fn more_or_less<T: PartialEq>(
        &mut self,
        at: &str,
        old: &[T],
        new: &[T],
        came: impl Fn(&T) -> String,
        went: impl Fn(&T) -> String,
    ) {
        new.iter().filter(|item| !old.contains(item)).for_each(|item| self.tell(at, came(item), MORE));
        old.iter().filter(|item| !new.contains(item)).for_each(|item| self.note(at, went(item), LESS));
        self.order(at, old, new);
    }

    /// The same things in another order.
    fn order<T: PartialEq>(&mut self, at: &str, old: &[T], new: &[T]) {
        let same = old.iter().all(|item| new.contains(item)) && new.iter().all(|item| old.contains(item));
        if same && old != new {
            self.note(at, format!("The order of {at} changed."), WORDS);
        }
    }
}

/// Pairs what has the same name in both, in the order of the new; then what only the old has.
fn paired<'a, T, K: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&T) -> K,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut pairs: Vec<(Option<&T>, Option<&T>)> = Vec::new();
    for item in new {
        let name = key(item);
        pairs.push((old.iter().find(|other| key(other) == name), Some(item)));
    }
    for item in old.iter().filter(|item| !new.iter().any(|other| key(other) == key(item))) {
        pairs.push((Some(item), None));
    }
    pairs
}
