//! Why two records may be one person: a bar for each field, and what stands against it.

use super::field::{Field, Levels};
use super::model::{CLASSES, FAMILY, HOUSEHOLD, MOVED, Model, STAYED};
use super::shares::RARE;

/// From here on a merge is proposed to a person.
pub const PROPOSE: f64 = 0.99;
/// From here on two records are possible duplicates.
pub const POSSIBLE: f64 = 0.90;

/// In log2: from here on a value is called common or rare.
const MARKED: f64 = 1.0;

/// What should be done with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Somebody should look when there is time.
    Possible,
    /// Somebody should merge them unless they know better.
    Propose,
}

impl Band {
    /// The band of a score; none below [`POSSIBLE`].
    #[must_use]
    pub fn of(score: f64) -> Option<Band> {
        match score {
            PROPOSE.. => Some(Band::Propose),
            POSSIBLE.. => Some(Band::Possible),
            _ => None,
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Band::Propose => "propose merge",
            Band::Possible => "possible duplicate",
        }
    }
}

/// One thing that speaks for or against two records being one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// In words.
    pub what: &'static str,
    /// log2 of how much likelier it makes them; below 0 it speaks against.
    pub weight: f64,
}

/// The reasons of a pair, the weightiest first.
pub(super) fn reasons(
    model: &Model,
    levels: &Levels,
    rarity: [f64; 4],
    parts: &[f64; CLASSES],
) -> Vec<Reason> {
    let class = if parts[STAYED] >= parts[MOVED] { STAYED } else { MOVED };
    let mut reasons = Vec::new();
    for (field, level) in Field::ALL.into_iter().zip(levels) {
        let rarity = RARE.iter().position(|rare| *rare == field).and_then(|which| rarity.get(which));
        let rarity = rarity.copied().unwrap_or(0.0);
        let what = field.levels().get(usize::from(*level)).copied().unwrap_or("");
        let weight = model.weight(class, field, *level) + rarity;
        let same_name = matches!(field, Field::First | Field::Last) && *level == 1;
        if !what.is_empty() && (weight.abs() >= 0.5 || same_name) {
            reasons.push(Reason { what: said_of(field, what, rarity), weight });
        }
    }
    let related =
        [(HOUSEHOLD, "may be two people of one household"), (FAMILY, "may be two people of one family")];
    for (kind, what) in related {
        let part = parts.get(kind).copied().unwrap_or(0.0);
        if part > 0.01 {
            reasons.push(Reason { what, weight: (1.0 - part).max(1e-6).log2() });
        }
    }
    reasons.sort_by(|one, two| two.weight.abs().total_cmp(&one.weight.abs()));
    reasons
}

/// Of what is the same, whether many or few have it.
fn said_of(field: Field, what: &'static str, rarity: f64) -> &'static str {
    let common = rarity <= -MARKED;
    match field {
        _ if rarity.abs() < MARKED => what,
        Field::First if common => "same first name, a common one",
        Field::First => "same first name, a rare one",
        Field::Last if common => "same surname, a common one",
        Field::Last => "same surname, a rare one",
        Field::Postcode if common => "same postcode, one that many have",
        Field::Birth if common => "same date of birth, one that many have",
        _ => what,
    }
}

/// The reasons in one line, such as `propose merge: same date of birth +13.9, other sex -5.1`.
pub(super) fn line(score: f64, reasons: &[Reason]) -> String {
    let band = Band::of(score).map_or("unlikely", Band::words);
    let each: Vec<String> =
        reasons.iter().map(|reason| format!("{} {:+.1}", reason.what, reason.weight)).collect();
    format!("{band}: {}", each.join(", "))
}
