//! The parts of a notice about what is held, what for, and how long.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::codes::{Article6, Article9, ContactKind, Event, Layer};
use crate::field::{FieldId, Special};
use crate::vocabulary::{Category, Purpose};

/// What the notice says about one category of data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryNotice {
    /// Which.
    pub category: Category,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// Where it comes from: "you", or somebody named in `sources`.
    pub source: String,
    /// The fields that are held.
    pub fields: Vec<FieldId>,
    /// The kinds of dated entries that are held: meetings, referrals.
    pub entries: Vec<String>,
    /// Specially protected data that its entries may hold, beside that of its fields.
    pub special: Vec<Special>,
}

/// What the notice says about one purpose.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PurposeNotice {
    /// Which.
    pub purpose: Purpose,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// The categories of data that it uses.
    pub categories: Vec<Category>,
    /// The lawful bases (Article 6).
    pub bases: Vec<Basis>,
    /// The conditions for special categories and offences (Articles 9 and 10).
    pub conditions: Vec<Condition>,
}

/// A lawful basis as one purpose uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The point of Article 6(1).
    pub article: Article6,
    /// The law that sets the duty or task, for (c) and (e).
    pub enactment: Option<String>,
    /// What rests on it, where a purpose has several bases.
    pub says: Option<String>,
}

/// A condition under which a purpose may use specially protected data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// Which data it covers.
    pub covers: Vec<Special>,
    /// The condition of Article 9(2); none for offences (Article 10).
    pub article9: Option<Article9>,
    /// The paragraph of Schedule 1 to the Data Protection Act 2018.
    pub schedule1: Option<u8>,
    /// The appropriate policy document on file.
    pub policy_document: Option<String>,
    /// The duty of secrecy that Article 9(3) asks for with 9(2)(h).
    pub secrecy: Option<String>,
    /// What it means, in plain words.
    pub says: Option<String>,
}

/// A function that the service is responsible for (S7): named, with the law that gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Function {
    /// Its name in plain words.
    pub name: String,
    /// The enactment.
    pub enactment: String,
    /// What the service does under it.
    pub says: String,
}

/// How long one layer of a file is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retention {
    /// Which layer.
    pub layer: Layer,
    /// The categories that it holds.
    pub categories: Vec<Category>,
    /// Only these fields, where a layer does not hold whole categories: a programme's holds what its notice names.
    pub fields: Vec<FieldId>,
    /// How long.
    pub period: Period,
    /// Counted from what.
    pub after: Event,
    /// Which kinds of contact count, where the period runs from the last contact.
    pub counts: Vec<ContactKind>,
    /// How many months before the end the client is warned.
    pub warn_months_before: Vec<u32>,
    /// The law or contract that asks for the period, if one does.
    pub authority: Option<String>,
    /// The rule in plain words.
    pub says: String,
}

/// A length of time to keep something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
    /// Until a day that is set beforehand.
    Until(Date),
    /// As the notice of each programme says.
    AsProgramme,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Months(1) => f.write_str("1 month"),
            Period::Months(months) => write!(f, "{months} months"),
            Period::Days(1) => f.write_str("1 day"),
            Period::Days(days) => write!(f, "{days} days"),
            Period::Until(day) => write!(f, "until {day}"),
            Period::AsProgramme => f.write_str("as the programme's notice says"),
        }
    }
}

/// What happens when data goes (S26-S28, G.2, G.4).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Erasure {
    /// What "remove", "delete", "erase" mean here: one thing.
    pub says: String,
    /// How people ask for it, at any time.
    pub on_request: String,
    /// What happens to back-up copies.
    pub backups: String,
    /// The number of days for which back-up copies exist.
    pub backup_days: Option<u32>,
    /// What happens to paper.
    pub paper: String,
    /// What stays: nothing that names anybody.
    pub stays: String,
    /// What may delay it.
    pub holds: String,
}
