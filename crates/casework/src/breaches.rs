//! Breaches of personal data: what is written down of each, what is decided, and by when (UK GDPR Art. 33 and 34).
//!
//! Every breach is written down, reported or not (Art. 33(5)). The 72 hours run from the moment when the service knew, by the
//! clock and not by working days (Art. 33(1)).

mod typed;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answers::Fault;
use crate::clocks::report_breach_by;
use crate::entries::codes;
use crate::formats::text;

pub use typed::{BreachTyped, instant};

codes! {
    /// What was lost (Art. 4(12)).
    Kind {
        /// Somebody saw or got what they should not.
        Seen = "confidentiality",
        /// Something was changed.
        Changed = "integrity",
        /// Something was lost or could not be reached.
        Lost = "availability",
    }
}

impl Kind {
    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Kind::Seen => "Somebody saw or got what they should not (confidentiality)",
            Kind::Changed => "Something was changed (integrity)",
            Kind::Lost => "Something was lost or could not be reached (availability)",
        }
    }
}

codes! {
    /// How likely and how bad it is for the people concerned.
    Risk {
        /// A risk is unlikely: nobody has to be told, and why is written down.
        Unlikely = "unlikely",
        /// A risk: the Information Commissioner is told (Art. 33(1)).
        Risk = "risk",
        /// A high risk: the people concerned are told, too (Art. 34(1)).
        High = "high",
    }
}

impl Risk {
    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Risk::Unlikely => "Unlikely to be a risk to anybody",
            Risk::Risk => "A risk: the Information Commissioner has to be told",
            Risk::High => "A high risk: the people concerned have to be told, too",
        }
    }
}

codes! {
    /// What was decided about telling the Information Commissioner.
    Decision {
        /// Not decided yet.
        Open = "open",
        /// To report it.
        Report = "report",
        /// Not to, with the reason.
        Keep = "keep",
    }
}

impl Decision {
    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Decision::Open => "Not decided yet",
            Decision::Report => "Report it to the Information Commissioner",
            Decision::Keep => "Do not report it",
        }
    }
}

/// What is written down of a breach: sealed, and naming nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// What happened.
    pub what: String,
    /// When it happened, as far as is known, in words.
    pub happened: String,
    /// How it was found.
    pub found: String,
    /// When the service knew.
    pub aware: Timestamp,
    /// What was lost.
    pub kind: Kind,
    /// Which data, in words.
    pub data: String,
    /// About how many people.
    pub people: u32,
    /// About how many records.
    pub records: u32,
    /// What may follow for the people concerned.
    pub consequences: String,
    /// What was done about it and is planned.
    pub measures: String,
    /// The risk; none before it was judged.
    pub risk: Option<Risk>,
    /// Why it was judged so.
    pub risk_why: String,
    /// Whether the Information Commissioner is told.
    pub decision: Decision,
    /// Why, or why not.
    pub decision_why: String,
    /// When they were told.
    pub reported: Option<Timestamp>,
    /// Under which reference.
    pub reference: String,
    /// Why so late, if it was.
    pub late_why: String,
    /// What the people concerned are told, or why they are not.
    pub people_told: String,
    /// What was learnt.
    pub lessons: String,
    /// Whether it is closed.
    pub closed: bool,
}

/// The shortest report that says anything, in characters.
const SHORTEST_REPORT: usize = 20;

impl Breach {
    /// What somebody noticed at `aware`, before anybody judged it. The 72 hours run from then: what one who works here knows,
    /// the service knows.
    ///
    /// # Errors
    /// It says too little, or holds what is no text.
    pub fn noticed(what: &str, aware: Timestamp) -> Result<Breach, Fault> {
        let what = text::lines(what, text::LONGEST_LONG_TEXT)
            .map_err(|fault| Fault::new("what", fault.to_string()))?;
        if what.trim().chars().count() < SHORTEST_REPORT {
            return Err(Fault::new("what", "Say in a sentence what happened, and with which data"));
        }
        Ok(Breach {
            what,
            happened: String::new(),
            found: "Reported by somebody who works here".to_owned(),
            aware,
            kind: Kind::Seen,
            data: String::new(),
            people: 0,
            records: 0,
            consequences: String::new(),
            measures: String::new(),
            risk: None,
            risk_why: String::new(),
            decision: Decision::Open,
            decision_why: String::new(),
            reported: None,
            reference: String::new(),
            late_why: String::new(),
            people_told: String::new(),
            lessons: String::new(),
            closed: false,
        })
    }
}

/// How the 72 hours stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// So long is left.
    Left(SignedDuration),
    /// They are over, for so long.
    Over(SignedDuration),
    /// It was reported, so long before or after they ended.
    Reported {
        /// Whether in time.
        in_time: bool,
    },
    /// It was decided not to report it.
    NotReported,
}

/// The clock of a breach at `now`.
#[must_use]
pub fn clock(breach: &Breach, now: Timestamp) -> Clock {
    let end = report_breach_by(breach.aware);
    match (breach.decision, breach.reported) {
        (_, Some(at)) => Clock::Reported { in_time: at <= end },
        (Decision::Keep, None) => Clock::NotReported,
        _ if now <= end => Clock::Left(now.duration_until(end)),
        _ => Clock::Over(end.duration_until(now)),
    }
}

/// A stretch of time to the second: `2 days 3 hours 4 minutes 5 seconds`.
#[must_use]
pub fn stretch(time: SignedDuration) -> String {
    let seconds = time.as_secs().unsigned_abs();
    let parts = [
        (seconds / 86_400, "day"),
        (seconds / 3600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ];
    let from = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let words: Vec<String> =
        parts.iter().skip(from).map(|(count, noun)| crate::dates::count(*count, noun)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests;
