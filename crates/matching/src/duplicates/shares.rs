//! How often a value occurs, so that a rare one counts for more.

use std::collections::HashMap;
use std::sync::Arc;

use super::compare::hash;
use super::field::{Field, Levels};
use super::names::Name;
use super::record::Prepared;

/// How often each value occurs, so that a rare one counts for more.
#[derive(Debug, Clone, Default)]
pub(super) struct Shares {
    counts: [HashMap<u64, u32>; 4],
    known: [u32; 4],
}

/// The fields whose rarity counts.
pub(super) const RARE: [Field; 4] = [Field::First, Field::Last, Field::Birth, Field::Postcode];

impl Shares {
    /// Counts one more record.
    pub(super) fn add(&mut self, record: &Prepared) {
        for ((counts, known), value) in self.counts.iter_mut().zip(&mut self.known).zip(values(record)) {
            if let Some(value) = value {
                *counts.entry(value).or_insert(0) += 1;
                *known += 1;
            }
        }
    }

    /// Takes one away again.
    pub(super) fn remove(&mut self, record: &Prepared) {
        for ((counts, known), value) in self.counts.iter_mut().zip(&mut self.known).zip(values(record)) {
            if let Some(value) = value
                && let Some(count) = counts.get_mut(&value)
            {
                *count = count.saturating_sub(1);
                *known = known.saturating_sub(1);
                if *count == 0 {
                    counts.remove(&value);
                }
            }
        }
    }

    /// The chance that two records taken at random have the same value.
    pub(super) fn chance(&self, which: usize) -> Option<f64> {
        let known = f64::from(*self.known.get(which)?);
        if known < 50.0 {
            return None;
        }
        let pairs: f64 =
            self.counts.get(which)?.values().map(|count| f64::from(*count) * f64::from(count - 1)).sum();
        Some((pairs.max(1.0)) / (known * (known - 1.0)))
    }

    /// log2 of how much rarer the value that both have is than values are on average.
    fn rarity(&self, which: usize, record: &Prepared, chance: f64) -> f64 {
        let (Some(counts), Some(known)) = (self.counts.get(which), self.known.get(which)) else { return 0.0 };
        let value = values(record).get(which).copied().flatten();
        let count = value.and_then(|value| counts.get(&value)).copied().unwrap_or(1).max(1);
        let share = f64::from(count) / f64::from(*known).max(1.0);
        (chance / share).log2()
    }

    /// What rarity adds for each field of which both have the same value.
    pub(super) fn rarities(
        &self,
        record: &Prepared,
        levels: &Levels,
        chances: &[Option<f64>; 4],
    ) -> [f64; 4] {
        let mut rarities = [0.0; 4];
        for (which, ((field, chance), rarity)) in RARE.iter().zip(chances).zip(&mut rarities).enumerate() {
            if levels.get(*field as usize) == Some(&1)
                && let Some(chance) = chance
            {
                *rarity = self.rarity(which, record, *chance).clamp(-4.0, 4.0);
            }
        }
        rarities
    }
}

fn values(record: &Prepared) -> [Option<u64>; 4] {
    let name = |names: &[Arc<Name>]| names.first().map(|name| hash(0, &[&name.text]));
    let birth = record
        .birth
        .map(|birth| u64::from(birth.year) << 16 | u64::from(birth.month) << 8 | u64::from(birth.day));
    let postcode = (!record.postcode().is_empty()).then(|| hash(0, &[record.postcode()]));
    [name(&record.first), name(&record.last), birth, postcode]
}
