//! Finding people: search as you type, forgiving of typos, half names, swapped order, any spelling of a date.
//!
//! Pure: no input or output, no clock. The index lives in memory and is never written down, because names are sealed
//! where they are kept. People come and go one at a time; nothing is ever rebuilt, and what belonged to nobody but a
//! person who was removed is gone at once.
//!
//! - [`fold`] makes one spelling of many: small letters, no accents, no apostrophes.
//! - `vocabulary` holds every word of a name once, with the people who have it; prefixes and near misses are looked up
//!   among words, of which there are few, and never among people.
//! - `codes` holds numbers, postcodes and telephone numbers packed into integers, so that a prefix is a range.
//! - `query` takes apart what was typed; `score` ranks who matches all of it, `nearly` who matches all but one part.
//!
//! To make something else searchable, give it a kind of code in `codes` or a role among the words in `person`, and an
//! alternative in `query`.

mod codes;
pub mod duplicates;
pub mod fold;
mod nearly;
mod nicknames;
mod person;
mod query;
mod score;
mod search;
mod sound;
pub mod table;
mod vocabulary;
mod why;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use codes::{Codes, Kind, filled};
use fold::{fold, joined};
pub use person::Person;
use person::Slot;
use vocabulary::Vocabulary;
pub use why::{Matched, Unfit, Why};

/// What names a person to the caller: 16 bytes, as ids are.
pub type Key = [u8; 16];

/// Somebody found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Who.
    pub key: Key,
    /// How well, from 0 to 1.
    pub score: f32,
    /// What matched.
    pub why: Why,
}

/// Everybody who can be found.
#[derive(Debug, Default)]
pub struct Index {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    keys: HashMap<Key, u32>,
    words: Vocabulary,
    codes: Codes,
    emails: BTreeSet<(Arc<str>, u32)>,
    births: BTreeSet<(u32, u32)>,
}

impl Index {
    /// An index of nobody.
    #[must_use]
    pub fn new() -> Index {
        Index::default()
    }

    /// How many people can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether this person can be found.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        self.keys.contains_key(key)
    }

    /// Adds a person, or puts them in the place of what was known of them before.
    pub fn insert(&mut self, person: &Person) {
        self.remove(&person.key);
        let at = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let slot = person.slot(|word| self.words.add(word, at));
        for held in &slot.codes {
            self.codes.add(*held, at);
        }
        for email in &slot.emails {
            self.emails.insert((Arc::clone(email), at));
        }
        if slot.born != 0 {
            self.births.insert((slot.born, at));
        }
        self.keys.insert(person.key, at);
        if let Some(place) = self.slots.get_mut(at as usize) {
            *place = Some(slot);
        }
    }

    /// Takes a person out; says whether they were there.
    pub fn remove(&mut self, key: &Key) -> bool {
        let Some(at) = self.keys.remove(key) else { return false };
        let Some(slot) = self.slots.get_mut(at as usize).and_then(Option::take) else { return false };
        for word in slot.distinct_words() {
            self.words.remove(word, at);
        }
        for held in &slot.codes {
            self.codes.remove(*held, at);
        }
        for email in slot.emails {
            self.emails.remove(&(email, at));
        }
        if slot.born != 0 {
            self.births.remove(&(slot.born, at));
        }
        self.free.push(at);
        true
    }

    /// Gives back the room that growing left over: once many were put in one after another. Nothing that is found changes.
    pub fn settle(&mut self) {
        self.slots.shrink_to_fit();
        self.keys.shrink_to_fit();
        self.words.settle();
        self.codes.settle();
        filled(&mut self.emails);
        filled(&mut self.births);
    }

    /// Whose number this is, as far as its first twelve letters and digits say.
    pub fn numbered(&self, number: &str) -> impl Iterator<Item = Key> {
        let packed = joined(&fold(number));
        let begins = self.codes.beginning(Kind::Number, &packed);
        begins.filter(|(_, all)| *all).filter_map(|(at, _)| self.slot(at).map(|slot| slot.key))
    }

    fn slot(&self, at: u32) -> Option<&Slot> {
        self.slots.get(at as usize).and_then(Option::as_ref)
    }
}
