//! Programmes: what one offers, who may join and how that is shown, and the time of a client on it.
//!
//! A programme is a text ([`Programme::parse`], strict, every fault at once). Its own fields, its purposes and the time for
//! which its layer of a file is kept are no part of it: they stand in its notice, which extends the service's. The core of a
//! service is a programme, too: one whose notice is the service's own, so that everybody is on it and nobody is placed.
//!
//! To add one: a file in `programmes/` beside a notice in `notices/programmes/`.

mod budget;
mod eligibility;
mod parse;
mod placement;

use jiff::civil::Date;

pub use budget::{Budget, Spending, spending};
pub use eligibility::{Met, Said};
pub use placement::{Ended, Placement, Reason, State, Times};

use crate::dates;
use crate::outcomes::RuleFaults;

/// What a programme offers, and who may join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Its name in files and addresses: `routes-to-work`.
    pub code: String,
    /// Its name on pages.
    pub title: String,
    /// What it is for, in a sentence.
    pub says: String,
    /// Who pays for it.
    pub funder: String,
    /// The id of its notice; the service's own for the core.
    pub notice: String,
    /// The set of outcome rules that its results are judged by.
    pub rules: String,
    /// Dates, places and money: what may be changed while it runs.
    pub terms: Terms,
    /// Who may join: each has to be met.
    pub criteria: Vec<Criterion>,
}

/// What may be changed while a programme runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The first day on which somebody can join.
    pub starts: Date,
    /// The last; none if it goes on.
    pub ends: Option<Date>,
    /// How many can be on it at a time; none for any number.
    pub places: Option<u32>,
    /// What may be spent on support, in pence; none where nobody set an amount.
    pub budget: Option<u64>,
}

/// Something that has to be so before somebody can join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its name in files.
    pub id: String,
    /// In words: `Aged 18 or over`.
    pub says: String,
    /// The youngest, where age is asked about.
    pub from_age: Option<u32>,
    /// The oldest.
    pub to_age: Option<u32>,
    /// What shows it: one of these is enough.
    pub evidence: Vec<Evidence>,
}

/// What shows that a criterion is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its name in files.
    pub id: String,
    /// In words: `Letter about a benefit seen`.
    pub says: String,
}

/// Why nobody can be placed on a programme now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// It was removed.
    Removed,
    /// It has not begun.
    NotYet(Date),
    /// Its last day is over.
    Over(Date),
    /// Every place is taken.
    Full(u32),
    /// Everybody is on it already.
    Core,
}

impl Shut {
    /// In words that say what to do.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Shut::Removed => "This programme was removed. Nobody can join it any more".to_owned(),
            Shut::NotYet(day) => format!("Nobody can join before {}", dates::long(day)),
            Shut::Over(day) => format!("The last day to join was {}", dates::long(day)),
            Shut::Full(places) => format!(
                "All {} are taken. When somebody ends, or a manager adds places, this client can join",
                dates::count(places.into(), "place")
            ),
            Shut::Core => "Every client of the service is on it: nobody has to be placed".to_owned(),
        }
    }
}

impl Programme {
    /// Reads a programme from its text.
    ///
    /// # Errors
    /// Every fault of the text, with its line.
    pub fn parse(text: &str) -> Result<Programme, RuleFaults> {
        parse::programme(text)
    }

    /// Whether it is the service's own: everybody is on it.
    #[must_use]
    pub fn is_core(&self, service_notice: &str) -> bool {
        self.notice == service_notice
    }

    /// Why nobody can join on `day` with so many on it, if so.
    #[must_use]
    pub fn shut(&self, day: Date, on_it: u64, removed: bool, service_notice: &str) -> Option<Shut> {
        let terms = &self.terms;
        if self.is_core(service_notice) {
            return Some(Shut::Core);
        }
        if removed {
            return Some(Shut::Removed);
        }
        if day < terms.starts {
            return Some(Shut::NotYet(terms.starts));
        }
        if let Some(ends) = terms.ends.filter(|ends| day > *ends) {
            return Some(Shut::Over(ends));
        }
        terms.places.filter(|places| on_it >= u64::from(*places)).map(Shut::Full)
    }
}

#[cfg(test)]
mod tests;
