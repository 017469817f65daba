//! What the rules say: where each milestone stands, why, and what is missing.

use std::fmt;

use jiff::civil::Date;

use super::record::EvidenceKind;
use super::rules::OutcomeKind;
use crate::dates::long;

/// Where a milestone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts, from this day.
    Counts(Date),
    /// It was reached on this day, but evidence is missing.
    NeedsEvidence(Date),
    /// It will be reached on this day if things go on as they are.
    Projected(Date),
    /// It is not reached, and no day can be given.
    NotYet,
    /// It cannot be reached any more under these rules.
    Closed,
}

/// Which way a line speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It counts because of this.
    Counts,
    /// It does not count yet because of this.
    NotYet,
    /// It does not count because of this, and time will not change that.
    Never,
    /// Something to know.
    Note,
}

/// A line of the explanation. [`Display`](fmt::Display) writes it as a whole sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which way it speaks.
    pub side: Side,
    /// The reason, or what there is to know.
    pub text: String,
}

impl Line {
    pub(crate) fn counts(because: impl fmt::Display) -> Line {
        Line { side: Side::Counts, text: because.to_string() }
    }

    pub(crate) fn not_yet(because: impl fmt::Display) -> Line {
        Line { side: Side::NotYet, text: because.to_string() }
    }

    pub(crate) fn never(because: impl fmt::Display) -> Line {
        Line { side: Side::Never, text: because.to_string() }
    }

    pub(crate) fn note(text: impl Into<String>) -> Line {
        Line { side: Side::Note, text: text.into() }
    }

    /// The same where something else is still against it: then it is no reason for counting.
    pub(crate) fn not_all(self) -> Line {
        match self.side {
            Side::Counts => Line::note(format!("Not enough by itself: {}", self.text)),
            _ => self,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins = match self.side {
            Side::Counts => "Counts because ",
            Side::NotYet => "Does not count yet because ",
            Side::Never => "Does not count because ",
            Side::Note => "",
        };
        write!(f, "{begins}{}", self.text)
    }
}

/// Evidence that is missing, or will be needed when the day comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// One of these kinds.
    pub any_of: Vec<EvidenceKind>,
    /// It has to speak of this day or a later one.
    pub showing: Date,
    /// Whether somebody else than the one who gets it must check it.
    pub verified: bool,
}

/// How far it is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is counted: it is a start.
    Start,
    /// Full days counted by today.
    Days {
        /// How many; no more than needed.
        done: u32,
        /// How many are needed.
        of: u32,
    },
    /// Pence earned by today.
    Pence {
        /// How many.
        done: u64,
        /// How many are needed; none while the first day of work, and with it the wage, is not known.
        of: Option<u64>,
    },
}

/// What the rules say of one milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The code of the milestone.
    pub milestone: String,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub outcome: OutcomeKind,
    /// Where it stands.
    pub standing: Standing,
    /// How far it is.
    pub progress: Progress,
    /// Why, line by line.
    pub lines: Vec<Line>,
    /// The evidence that is missing.
    pub missing: Option<Missing>,
}

/// What a set of rules says of a record on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The programme.
    pub rules: String,
    /// The version of its rules.
    pub version: String,
    /// The day for which it holds.
    pub today: Date,
    /// One for each milestone, in the order of the rules.
    pub verdicts: Vec<Verdict>,
}

impl Report {
    /// What is said of one milestone.
    #[must_use]
    pub fn of(&self, milestone: &str) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.milestone == milestone)
    }
}

impl Missing {
    /// What is missing in one sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let kinds: Vec<&str> = self.any_of.iter().map(|kind| EvidenceKind::words(*kind)).collect();
        let checked = if self.verified { ", checked by somebody else than the one who got it" } else { "" };
        format!("{} that speaks of {} or later{checked}", kinds.join(", or "), long(self.showing))
    }
}
