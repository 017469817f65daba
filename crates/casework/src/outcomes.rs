//! Outcomes: what a client reached, judged by a versioned set of rules that is data.
//!
//! A [`RuleSet`] is read from a text ([`RuleSet::parse`], strict, every fault at once) and names milestones: work
//! started, so many weeks kept up with the breaks it allows, so much earned against a wage table. [`judge`] holds the
//! [`Record`] of a client against it and says for each milestone where it stands, line by line why, when it will be
//! reached as things are, and what evidence is missing. The version of the rules stands in the report, so that a claim
//! can be explained years later.
//!
//! Money is in whole pence. A week is seven days. A milestone of so many weeks falls on the day after its last full
//! day: work from 1 June has 4 weeks behind it on 29 June.
//!
//! To add a programme: a file in `data/`, or a text of the service's own. To add a way of measuring: a variant of
//! [`Measure`], its reading in `parse.rs`, its judging in `judge.rs`.

mod ahead;
mod clock;
mod earned;
mod evidence;
mod judge;
mod parse;
mod record;
mod report;
mod rules;
pub(crate) mod sheet;
mod written;

pub use ahead::{ahead, milestone_words};
pub use judge::judge;
pub use record::{
    Earning, EarningKind, Evidence, EvidenceKind, Obtained, Record, RecordFault, RecordFaults, Spell,
    SpellId, SpellKind,
};
pub use report::{Line, Missing, Progress, Report, Side, Standing, Verdict};
pub use rules::{LongerBreak, Measure, Milestone, OutcomeKind, RuleSet, Wage, in_force};
pub use sheet::{Place, RuleFault, RuleFaults};
pub use written::{Entry, FromEntries};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
