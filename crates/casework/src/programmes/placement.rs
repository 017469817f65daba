//! A client's time on a programme: placed, started, ended with a reason.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Met;
use crate::answers::Fault;
use crate::dates;
use crate::entries::{Agreed, How, codes};
use crate::profile::Profile;

codes! {
    /// Where a placement stands.
    State {
        /// The client agreed to join.
        Placed = "placed",
        /// They have begun.
        Started = "started",
        /// They are no longer on it.
        Ended = "ended",
    }
}

impl State {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            State::Placed => "Placed, not begun",
            State::Started => "On the programme",
            State::Ended => "Ended",
        }
    }
}

codes! {
    /// Why a placement ended.
    Reason {
        /// It was gone through to its end.
        Completed = "completed",
        /// The client found work.
        Work = "into-work",
        /// The client went into learning.
        Learning = "into-learning",
        /// The client no longer wanted it.
        Chose = "chose-to-leave",
        /// Their health did not allow it.
        Health = "health",
        /// Caring for somebody did not allow it.
        Care = "care",
        /// They moved away.
        Moved = "moved-away",
        /// Nothing was heard any more.
        NoContact = "no-contact",
        /// They never began.
        NeverBegan = "never-began",
        /// It turned out that they may not be on it.
        NotEligible = "not-eligible",
        /// The programme itself ended.
        Closed = "programme-ended",
        /// The client died.
        Died = "died",
    }
}

impl Reason {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Reason::Completed => "Went through the whole programme",
            Reason::Work => "Found work",
            Reason::Learning => "Went into learning",
            Reason::Chose => "Chose to leave",
            Reason::Health => "Health",
            Reason::Care => "Caring for somebody",
            Reason::Moved => "Moved away",
            Reason::NoContact => "No contact any more",
            Reason::NeverBegan => "Never began",
            Reason::NotEligible => "May not be on it after all",
            Reason::Closed => "The programme ended",
            Reason::Died => "Died",
        }
    }
}

/// The days of a placement, which stand in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When the client agreed to join.
    pub placed: Date,
    /// When they began.
    pub started: Option<Date>,
    /// When it ended.
    pub ended: Option<Date>,
}

impl Times {
    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> State {
        match (self.started, self.ended) {
            (_, Some(_)) => State::Ended,
            (Some(_), None) => State::Started,
            (None, None) => State::Placed,
        }
    }

    /// The client began.
    ///
    /// # Errors
    /// It ended, they began before, or the day does not fit.
    pub fn start(self, on: Date, today: Date) -> Result<Times, Fault> {
        match self.state() {
            State::Ended => {
                return Err(Fault::new("started_on", "This placement has ended: place the client anew"));
            }
            State::Started => return Err(Fault::new("started_on", "The client has begun already")),
            State::Placed => {}
        }
        Ok(Times { started: Some(within(on, self.placed, today, "started_on")?), ..self })
    }

    /// The client is no longer on it.
    ///
    /// # Errors
    /// It ended before, or the day does not fit.
    pub fn end(self, on: Date, today: Date) -> Result<Times, Fault> {
        if self.ended.is_some() {
            return Err(Fault::new("ended_on", "This placement has ended already"));
        }
        Ok(Times { ended: Some(within(on, self.started.unwrap_or(self.placed), today, "ended_on")?), ..self })
    }
}

fn within(on: Date, from: Date, today: Date, field: &'static str) -> Result<Date, Fault> {
    if on < from {
        return Err(Fault::new(field, format!("The day must be {} or later", dates::long(from))));
    }
    if on > today {
        return Err(Fault::new(field, "The day must be today or earlier"));
    }
    Ok(on)
}

/// What is sealed about a placement: what was shown and agreed, what met the criteria, and the facts that the programme's
/// notice names, as they were. It lies in the programme's layer and goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The programme's name as it was then.
    pub title: String,
    /// Its notice.
    pub notice: String,
    /// The version that the client was given.
    pub version: String,
    /// SHA-256 of the words as the client read or heard them.
    pub words: String,
    /// How it was given.
    pub how: How,
    /// How the client agreed to join.
    pub agreed: Agreed,
    /// What met the criteria.
    pub met: Vec<Met>,
    /// The facts of the programme's layer.
    pub facts: Profile,
    /// When the client began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Date>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// How a placement ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub on: Date,
    /// Why.
    pub reason: Reason,
    /// What else there is to say.
    pub note: String,
}

impl Placement {
    /// Its line in the timeline.
    #[must_use]
    pub fn headline(&self) -> String {
        match (&self.ended, self.started) {
            (Some(ended), _) => format!("{}: ended. {}", self.title, ended.reason.words()),
            (None, Some(_)) => format!("{}: begun", self.title),
            (None, None) => format!("{}: joined, notice {} given", self.title, self.version),
        }
    }
}
