//! People who stand twice: which pairs of records may be one person, how likely, and why.
//!
//! [`find`] looks through one list, [`link`] across two, [`Register`] answers for one new record while it is being
//! taken. Nothing is ever merged here: a score is a proposal to a person who decides.
//!
//! - `record` folds and cuts up what a file says; `birth` reads its dates, wrong ones included; `nothing` knows the words
//!   that say there is nothing.
//! - `names` holds each word of a name once. `block` gives the keys by which pairs are found that are worth comparing, `blocks`
//!   who shares which.
//! - `compare` (for e-mail addresses `email`) gives each `field` of a pair a level; `model` begins with what is `assumed`
//!   and learns what each level is worth; `shares` counts how rare a value is.
//!
//! To compare one more field, add it to `field` with its levels, to `compare`, and its assumed rates to `assumed`.

mod assumed;
mod birth;
mod block;
mod blocks;
mod closure;
mod compare;
mod email;
mod explain;
mod field;
mod file;
mod model;
mod names;
mod nothing;
mod record;
mod register;
mod remarks;
mod shares;

use std::num::NonZero;

pub use explain::{Band, POSSIBLE, PROPOSE, Reason};
use field::Levels;
pub use file::{Listed, Map, RECOGNISED, read_file, write_pairs};
use model::Model;
use names::Names;
use record::Prepared;
pub use record::Record;
pub use register::{Candidate, Register, Roll, Twice};
use shares::Shares;

/// Two records that may be one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The place of one in its list.
    pub left: usize,
    /// The place of the other in its list.
    pub right: usize,
    /// How likely they are one person, from 0 to 1.
    pub score: f64,
    /// What speaks for and against, the weightiest first.
    pub reasons: Vec<Reason>,
}

impl Pair {
    /// What should be done with it.
    #[must_use]
    pub fn band(&self) -> Option<Band> {
        Band::of(self.score)
    }

    /// The reasons in one line.
    #[must_use]
    pub fn explanation(&self) -> String {
        explain::line(self.score, &self.reasons)
    }
}

/// Pairs of one list with a score of `least` or more, the likeliest first.
#[must_use]
pub fn find(records: &[Record], least: f64) -> Vec<Pair> {
    pairs(&prepared(records.iter()), None, least)
}

/// Pairs across two lists, one of each, with a score of `least` or more, the likeliest first.
#[must_use]
pub fn link(left: &[Record], right: &[Record], least: f64) -> Vec<Pair> {
    let from = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let mut pairs = pairs(&prepared(left.iter().chain(right)), Some(from), least);
    for pair in &mut pairs {
        pair.right -= left.len();
    }
    pairs
}

fn prepared<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<Prepared> {
    let mut names = Names::default();
    records.map(|record| record.prepare(&mut names)).collect()
}

fn pairs(records: &[Prepared], parted: Option<u32>, least: f64) -> Vec<Pair> {
    let blocked = block::pairs(records, parted);
    let levels = compared(records, &blocked);
    let mut shares = Shares::default();
    for record in records {
        shares.add(record);
    }
    let model = Model::learn(records, parted, &levels, &blocked, &shares);
    let mut found = Vec::new();
    for ((left, right), levels) in blocked.iter().zip(&levels) {
        let scored = Scored::of(&model, &shares, records, (*left, *right), levels);
        if scored.score >= closure::LEAST.min(least) {
            found.push(scored);
        }
    }
    closure::close(&mut found, records, parted, &model, &shares);
    let mut found: Vec<Pair> = found
        .into_iter()
        .filter(|scored| scored.score >= least)
        .map(|scored| scored.explained(&model))
        .collect();
    found.sort_by(|one, two| {
        two.score.total_cmp(&one.score).then((one.left, one.right).cmp(&(two.left, two.right)))
    });
    found
}

/// A pair before it is explained.
struct Scored {
    pair: (u32, u32),
    levels: Levels,
    /// What the rarity of each value that both have adds.
    rarity: [f64; 4],
    parts: [f64; model::CLASSES],
    score: f64,
    /// How likely a third record makes it, where that is likelier.
    by_another: Option<f64>,
}

impl Scored {
    fn of(model: &Model, shares: &Shares, records: &[Prepared], pair: (u32, u32), levels: &Levels) -> Scored {
        let rarity = records
            .get(pair.0 as usize)
            .map_or([0.0; 4], |record| shares.rarities(record, levels, model.chances()));
        let parts = model.parts(levels, rarity.iter().sum());
        Scored { pair, levels: *levels, rarity, parts, score: model::same(&parts), by_another: None }
    }

    fn explained(self, model: &Model) -> Pair {
        let mut reasons = explain::reasons(model, &self.levels, self.rarity, &self.parts);
        if let Some(own) = self.by_another {
            let odds = |p: f64| (p / (1.0 - p).max(1e-9)).max(1e-9).log2();
            reasons.insert(
                0,
                Reason { what: "both match a third record", weight: odds(self.score) - odds(own) },
            );
        }
        Pair { left: self.pair.0 as usize, right: self.pair.1 as usize, score: self.score, reasons }
    }
}

/// The levels of every pair, worked out on as many cores as there are.
fn compared(records: &[Prepared], pairs: &[(u32, u32)]) -> Vec<Levels> {
    let one = |pair: &(u32, u32)| match (records.get(pair.0 as usize), records.get(pair.1 as usize)) {
        (Some(one), Some(two)) => compare::compare(one, two),
        _ => Levels::default(),
    };
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get).min(8);
    if cores == 1 || pairs.len() < 10_000 {
        return pairs.iter().map(one).collect();
    }
    let parts: Vec<&[(u32, u32)]> = pairs.chunks(pairs.len().div_ceil(cores)).collect();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            parts.iter().map(|part| scope.spawn(|| part.iter().map(one).collect::<Vec<_>>())).collect();
        let mut all = Vec::with_capacity(pairs.len());
        for (thread, part) in threads.into_iter().zip(&parts) {
            // A thread that failed is done again here, so that its fault shows where it belongs.
            all.extend(thread.join().unwrap_or_else(|_| part.iter().map(one).collect()));
        }
        all
    })
}
