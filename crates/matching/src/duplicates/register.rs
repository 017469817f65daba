//! One new record against everybody who is there already, while it is being taken.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::block::{MOST_SHARING, keys};
use super::blocks::Blocks;
use super::compare::compare;
use super::explain::{Band, Reason, line, reasons};
use super::model::{Model, same};
use super::names::Names;
use super::record::{Prepared, Record};
use super::shares::Shares;
use crate::Key;

/// So many who share a key are looked at, so that nobody waits.
const MOST_LOOKED_AT: usize = 5_000;
/// So many of those who share common keys only are compared.
const MOST_OF_A_CROWD: usize = 250;

/// Somebody on file who may be the new person.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who.
    pub key: Key,
    /// How likely it is the same person, from 0 to 1.
    pub score: f64,
    /// What speaks for and against, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Candidate {
    /// What should be done.
    #[must_use]
    pub fn band(&self) -> Option<Band> {
        Band::of(self.score)
    }

    /// The reasons in one line.
    #[must_use]
    pub fn explanation(&self) -> String {
        line(self.score, &self.reasons)
    }
}

/// Two people of a register who may be one.
#[derive(Debug, Clone, PartialEq)]
pub struct Twice {
    /// One, the smaller key.
    pub one: Key,
    /// The other.
    pub other: Key,
    /// How likely they are one person, from 0 to 1.
    pub score: f64,
    /// What speaks for and against, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Twice {
    /// What should be done.
    #[must_use]
    pub fn band(&self) -> Option<Band> {
        Band::of(self.score)
    }
}

/// Everybody of a register as they were at one moment, to be looked through while the register goes on.
#[derive(Debug, Clone, Default)]
pub struct Roll {
    keys: Vec<Key>,
    records: Vec<Prepared>,
}

impl Roll {
    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Pairs with a score of `least` or more, the likeliest first. What each likeness is worth is learnt from the roll itself.
    #[must_use]
    pub fn pairs(&self, least: f64) -> Vec<Twice> {
        let found = super::pairs(&self.records, None, least).into_iter();
        let keyed = |pair: super::Pair| {
            let (one, other) = (*self.keys.get(pair.left)?, *self.keys.get(pair.right)?);
            let (one, other) = if one < other { (one, other) } else { (other, one) };
            Some(Twice { one, other, score: pair.score, reasons: pair.reasons })
        };
        found.filter_map(keyed).collect()
    }
}

/// Everybody who is there, by the keys of their records. People come and go one at a time.
#[derive(Debug, Default)]
pub struct Register {
    people: Vec<Option<(Key, Prepared)>>,
    free: Vec<u32>,
    places: HashMap<Key, u32>,
    names: Names,
    blocks: Blocks,
    shares: Shares,
    /// The model for about this many people: made anew when they have become a tenth more or fewer.
    model: RwLock<Option<(usize, Model)>>,
}

impl Register {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Register {
        Register::default()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Adds a person, or puts them in the place of what was known of them before.
    pub fn insert(&mut self, key: Key, record: &Record) {
        self.remove(&key);
        let prepared = record.prepare(&mut self.names);
        let at = self.free.pop().unwrap_or_else(|| {
            self.people.push(None);
            u32::try_from(self.people.len() - 1).unwrap_or(u32::MAX)
        });
        for block in keys(&prepared) {
            self.blocks.add(block, at);
        }
        self.shares.add(&prepared);
        self.places.insert(key, at);
        if let Some(place) = self.people.get_mut(at as usize) {
            *place = Some((key, prepared));
        }
    }

    /// Takes a person out; says whether they were there.
    pub fn remove(&mut self, key: &Key) -> bool {
        let Some(at) = self.places.remove(key) else { return false };
        let Some((_, prepared)) = self.people.get_mut(at as usize).and_then(Option::take) else {
            return false;
        };
        for block in keys(&prepared) {
            self.blocks.remove(block, at);
        }
        self.shares.remove(&prepared);
        prepared.names().for_each(|name| self.names.give_back(name));
        self.free.push(at);
        true
    }

    /// Everybody as they are now, in the order of their keys.
    #[must_use]
    pub fn roll(&self) -> Roll {
        let mut people: Vec<(Key, &Prepared)> =
            self.people.iter().flatten().map(|(key, record)| (*key, record)).collect();
        people.sort_unstable_by_key(|(key, _)| *key);
        let (keys, records) = people.into_iter().map(|(key, record)| (key, record.clone())).unzip();
        Roll { keys, records }
    }

    /// Those who may be this person, with a score of `least` or more (0.5 is right while somebody is being registered),
    /// the likeliest first, at most `most`.
    #[must_use]
    pub fn candidates(&self, record: &Record, least: f64, most: usize) -> Vec<Candidate> {
        let new = record.prepare(&mut Names::default());
        let slots = self.worth_comparing(&new);
        self.renew();
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let Some((_, model)) = model.as_ref() else { return Vec::new() };
        let mut found: Vec<Candidate> = slots
            .into_iter()
            .filter_map(|slot| {
                let (key, held) = self.people.get(slot as usize)?.as_ref()?;
                let levels = compare(&new, held);
                let rarity = self.shares.rarities(held, &levels, model.chances());
                let parts = model.parts(&levels, rarity.iter().sum());
                let score = same(&parts);
                (score >= least).then(|| Candidate {
                    key: *key,
                    score,
                    reasons: reasons(model, &levels, rarity, &parts),
                })
            })
            .collect();
        found.sort_by(|one, two| two.score.total_cmp(&one.score).then(one.key.cmp(&two.key)));
        found.truncate(most);
        found
    }

    /// Everybody who shares a key with the new record; of keys that many share, those who share most of them.
    fn worth_comparing(&self, new: &Prepared) -> Vec<u32> {
        let (mut slots, mut crowd) = (Vec::new(), Vec::new());
        for block in keys(new) {
            let sharing: Vec<u32> = self.blocks.sharing(block).take(MOST_LOOKED_AT).collect();
            if sharing.len() <= MOST_SHARING { &mut slots } else { &mut crowd }.extend(sharing);
        }
        crowd.sort_unstable();
        let mut often: Vec<(usize, u32)> = crowd
            .chunk_by(|one, two| one == two)
            .filter_map(|same| Some((same.len(), *same.first()?)))
            .collect();
        often.sort_unstable_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
        slots.extend(often.into_iter().take(MOST_OF_A_CROWD).map(|(_, slot)| slot));
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn renew(&self) {
        let count = self.len();
        let fits = |made: usize| made.abs_diff(count) <= made / 10;
        let is_fresh = self
            .model
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_some_and(|(made, _)| fits(*made));
        if !is_fresh {
            let model = Model::of_register(count, &self.shares);
            *self.model.write().unwrap_or_else(PoisonError::into_inner) = Some((count, model));
        }
    }
}
