//! The parts of a notice about what people can ask for, and what they are asked.

use serde::Serialize;

use crate::codes::{ObjectionTo, RightKind};
use crate::field::FieldId;

/// A right, and how to use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Which.
    pub right: RightKind,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// How to use it.
    pub how: String,
}

/// The right to object (Article 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// To what.
    pub to: Vec<ObjectionTo>,
    /// In plain words.
    pub says: String,
    /// How to use it.
    pub how: String,
}

/// The right to take consent back (Article 7(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// In plain words.
    pub says: String,
    /// How: as easily as it was given.
    pub how: String,
    /// What happens then.
    pub effect: String,
}

/// Concerns and complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaints {
    /// To us, in plain words (Article 13(2)(ca)).
    pub to_us: String,
    /// How: an online form and other means (DPA s.164A(2)).
    pub how: String,
    /// Within how many days receipt is confirmed.
    pub acknowledge_days: u32,
    /// To the regulator, in plain words (Article 13(2)(d)).
    pub to_regulator: String,
    /// The regulator: a setting, because its name changes.
    pub regulator: Regulator,
}

/// The authority that watches over data protection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Regulator {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: Vec<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// The page on which complaints are made.
    pub link: String,
}

/// Decisions made by machines alone, and profiling (Article 13(2)(f)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Automated {
    /// Whether there are any. Kept has none.
    pub any: bool,
    /// In plain words; with logic, consequences and safeguards if there are any.
    pub says: String,
}

/// What must be told (Article 13(2)(e)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    /// The fields without which nothing can begin.
    pub fields: Vec<FieldId>,
    /// Fields of which one is enough to begin: the ways to reach somebody.
    pub one_of: Vec<FieldId>,
    /// Whether a law or contract asks for it.
    pub by_law: bool,
    /// In plain words: what is free to give.
    pub says: String,
    /// What follows if something is not given.
    pub consequences: String,
    /// The agreement between client and service, apart from consent (S20).
    pub agreement: String,
}

/// How requests about one's own data are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// How long it takes.
    pub time: String,
    /// What it costs.
    pub fee: String,
    /// How we make sure who asks.
    pub identity: String,
    /// Large print, other languages, somebody who reads it out.
    pub formats: String,
    /// People under 18.
    pub under_18: String,
    /// What is not held here: educational records are asked of their provider (S37).
    pub elsewhere: String,
}

/// Something more to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its text; an empty line parts paragraphs.
    pub says: String,
}
