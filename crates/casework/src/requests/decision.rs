//! A decision: what came of a request, on which grounds and why. None is closed without (S39).

use jiff::civil::Date;

use super::typed::no_words;
use super::{Course, Ground, Kind};
use crate::answers::{Boxes, Fault};
use crate::dates::{When, months_later, read_boxes};
use crate::entries::codes;
use crate::formats::text;

codes! {
    /// What came of it.
    Outcome {
        /// They get what they asked for.
        Granted = "granted",
        /// They get a part of it.
        Partly = "partly",
        /// They do not get it.
        Refused = "refused",
        /// A complaint is right.
        Upheld = "upheld",
        /// A complaint is right in part.
        PartlyUpheld = "partly-upheld",
        /// A complaint is not right.
        NotUpheld = "not-upheld",
        /// They no longer ask.
        TakenBack = "taken-back",
        /// Searched, and there is nothing about them.
        NothingHeld = "nothing-held",
        /// There is a file after all, and the request was written down in it.
        InTheirFile = "in-their-file",
        /// Nobody asked this: it was written down as something that it is not.
        Mistaken = "mistaken",
    }
}

impl Outcome {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Outcome::Granted => "Granted",
            Outcome::Partly => "Granted in part",
            Outcome::Refused => "Refused",
            Outcome::Upheld => "Upheld",
            Outcome::PartlyUpheld => "Upheld in part",
            Outcome::NotUpheld => "Not upheld",
            Outcome::TakenBack => "Taken back by who asked",
            Outcome::NothingHeld => "We hold nothing about them",
            Outcome::InTheirFile => "There is a file: it goes on there",
            Outcome::Mistaken => "Written down by mistake",
        }
    }

    /// What can come of what is asked, about a file or without one.
    #[must_use]
    pub const fn of(kind: Kind, has_file: bool) -> &'static [Outcome] {
        match (kind, has_file) {
            (Kind::Complaint, true) => &[
                Outcome::Upheld,
                Outcome::PartlyUpheld,
                Outcome::NotUpheld,
                Outcome::TakenBack,
                Outcome::Mistaken,
            ],
            (Kind::Complaint, false) => &[
                Outcome::Upheld,
                Outcome::PartlyUpheld,
                Outcome::NotUpheld,
                Outcome::InTheirFile,
                Outcome::TakenBack,
            ],
            (_, true) => {
                &[Outcome::Granted, Outcome::Partly, Outcome::Refused, Outcome::TakenBack, Outcome::Mistaken]
            }
            (Kind::Informed, false) => &[Outcome::Granted, Outcome::InTheirFile, Outcome::TakenBack],
            (_, false) => &[Outcome::NothingHeld, Outcome::InTheirFile, Outcome::Refused, Outcome::TakenBack],
        }
    }

    /// Whether nothing has to be answered any more: the decision ends the request.
    #[must_use]
    pub const fn ends_it(self) -> bool {
        matches!(self, Outcome::TakenBack | Outcome::InTheirFile | Outcome::Mistaken)
    }

    /// Whether nobody asks for it: what it stopped goes on, and nothing is given to anybody.
    #[must_use]
    pub const fn lets_it_be(self) -> bool {
        matches!(self, Outcome::TakenBack | Outcome::Mistaken)
    }

    /// Whether something that was asked for is not given.
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(self, Outcome::Partly | Outcome::Refused)
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub outcome: Outcome,
    /// On which grounds something is not given.
    pub grounds: Vec<Ground>,
    /// Why, in words that go into the letter.
    pub because: String,
    /// The day of the health professional's opinion, where serious harm is the ground.
    pub opinion: Option<Date>,
}

/// The form of a decision as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionTyped {
    /// The code of the outcome.
    pub outcome: String,
    /// The codes of the grounds.
    pub grounds: Vec<String>,
    /// Why.
    pub because: String,
    /// The day of the opinion.
    pub opinion: Boxes,
}

/// The shortest reason that says anything.
const SHORTEST: usize = 10;
/// An opinion on serious harm is no older than this (DPA Sch. 3 para. 6).
const OPINION_MONTHS: u32 = 6;

impl DecisionTyped {
    /// Reads the decision about `course`.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, course: &Course, today: Date) -> Result<Decision, Vec<Fault>> {
        let mut faults = Vec::new();
        let kind = course.kind;
        let outcome = self
            .outcome
            .parse::<Outcome>()
            .ok()
            .filter(|one| Outcome::of(kind, course.has_file).contains(one));
        if outcome.is_none() {
            faults.push(Fault::new("outcome", "Choose what came of it"));
        }
        let grounds: Vec<Ground> = self.grounds.iter().filter_map(|code| code.parse().ok()).collect();
        if grounds.len() != self.grounds.len() || grounds.iter().any(|ground| !ground.fits(kind)) {
            faults.push(Fault::new(
                "grounds",
                "Choose grounds from the list: others do not stand against this",
            ));
        }
        let refuses = outcome.is_some_and(Outcome::refuses);
        if refuses && grounds.is_empty() {
            faults.push(Fault::new("grounds", "Choose the ground on which something is not given"));
        } else if outcome.is_some() && !refuses && !grounds.is_empty() {
            faults.push(Fault::new(
                "grounds",
                "Grounds belong to what is not given. Take them away, or choose another outcome",
            ));
        }
        let because = text::lines(&self.because, 4_000).unwrap_or_else(|fault| {
            faults.push(Fault::new("because", fault.to_string()));
            String::new()
        });
        if !course.has_file {
            faults.extend(no_words("because", &because));
        } else if because.chars().count() < SHORTEST && !faults.iter().any(|fault| fault.field == *"because")
        {
            faults.push(Fault::new("because", "Say in a sentence or more why: it goes into the letter"));
        }
        let opinion = self.read_opinion(&grounds, today).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        // Who has not shown that they may ask gets nothing yet; that they have not can be the ground, or they let it be.
        let unseen = course.is_unseen()
            && !outcome.is_some_and(Outcome::lets_it_be)
            && !(outcome == Some(Outcome::Refused) && grounds.contains(&Ground::NotShown));
        if unseen && outcome.is_some() {
            faults.push(Fault::new(
                "outcome",
                "It has not been shown who asks. Wait for it, or refuse on that ground",
            ));
        }
        match outcome {
            Some(outcome) if faults.is_empty() => Ok(Decision { outcome, grounds, because, opinion }),
            _ => Err(faults),
        }
    }

    fn read_opinion(&self, grounds: &[Ground], today: Date) -> Result<Option<Date>, Fault> {
        if !grounds.contains(&Ground::SeriousHarm) {
            return Ok(None);
        }
        if self.opinion.is_empty() {
            let ask =
                "Enter the day of the health professional’s opinion: without one this ground cannot be used";
            return Err(Fault::new("opinion", ask));
        }
        let day = read_boxes(&self.opinion, When::Past, today)
            .map_err(|fault| Fault::new("opinion", fault.to_string()).at(fault.part()))?;
        if months_later(day, OPINION_MONTHS) < today {
            return Err(Fault::new("opinion", "The opinion is older than 6 months: ask for a new one"));
        }
        Ok(Some(day))
    }
}
