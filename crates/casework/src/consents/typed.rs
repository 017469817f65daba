//! What came from the form below the words of a consent.

use jiff::civil::Date;

use super::Way;
use crate::answers::{Boxes, Fault};
use crate::dates::{When, read_boxes};
use crate::entries::{PlanTyped, Signature, codes};
use crate::formats::text;

codes! {
    /// What the client said.
    Said {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// They want to think about it.
        Later = "later",
    }
}

impl Said {
    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Said::Yes => "Yes",
            Said::No => "No",
            Said::Later => "They want to think about it",
        }
    }
}

/// The form as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentTyped {
    /// `yes`, `no` or `later`; nothing is chosen beforehand.
    pub said: String,
    /// `typed`, `drawn`, `paper` or `spoken`.
    pub way: String,
    /// The name, if it was typed.
    pub name: String,
    /// Strokes, if it was drawn.
    pub strokes: String,
    /// Who heard or saw it.
    pub witness: String,
    /// Who answered for the client.
    pub representative: String,
    /// Whether the express statement was ticked.
    pub explicit: bool,
    /// The last day, if there is one.
    pub until: Boxes,
}

/// What the client answered, once nothing is wrong with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// What they said.
    pub said: Said,
    /// How.
    pub way: Way,
    /// The signature, if there is one.
    pub signature: Option<Signature>,
    /// Who heard or saw it.
    pub witness: String,
    /// Who answered for them.
    pub representative: String,
    /// Whether they said the express statement.
    pub explicit: bool,
    /// The last day.
    pub until: Option<Date>,
}

impl ConsentTyped {
    /// Reads the form. A yes needs a signature or a witness; a no is taken as it comes.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, explicit_asked: bool, today: Date) -> Result<Answered, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut line = |field: &'static str, typed: &str| {
            text::line(typed, text::LONGEST_TEXT).unwrap_or_else(|fault| {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            })
        };
        let witness = line("witness", &self.witness);
        let representative = line("representative", &self.representative);
        let said = self.said.parse::<Said>();
        if said.is_err() {
            faults.insert(0, Fault::new("said", "Choose what the client says"));
        }
        let yes = said == Ok(Said::Yes);
        let mut way = Way::Spoken;
        let mut signature = None;
        if yes {
            match self.signature() {
                Ok(None) if witness.is_empty() => faults.push(Fault::new(
                    "witness",
                    "Enter who heard it: a spoken consent needs a witness besides you",
                )),
                Ok(None) => {}
                Ok(signed) => (way, signature) = (Way::Signed, signed),
                Err(more) => faults.extend(more),
            }
            if explicit_asked && !self.explicit {
                faults.push(Fault::new(
                    "explicit",
                    "Ask for this statement too: without it these facts cannot be given",
                ));
            }
        }
        let until = (!self.until.is_empty()).then(|| read_boxes(&self.until, When::Any, today));
        let until = match until {
            Some(Ok(day)) if day < today => {
                faults.push(Fault::new("until", "The last day must be today or later"));
                None
            }
            Some(Ok(day)) => Some(day),
            Some(Err(fault)) => {
                faults.push(Fault::new("until", fault.to_string()).at(fault.part()));
                None
            }
            None => None,
        };
        match said {
            Ok(said) if faults.is_empty() => Ok(Answered {
                said,
                way,
                signature,
                witness,
                representative,
                explicit: self.explicit && explicit_asked && yes,
                until: until.filter(|_| yes),
            }),
            _ => Err(faults),
        }
    }

    /// The signature; none if the consent is spoken.
    fn signature(&self) -> Result<Option<Signature>, Vec<Fault>> {
        match self.way.as_str() {
            "spoken" => Ok(None),
            "" => Err(vec![Fault::new("way", "Choose how the client says yes")]),
            _ => {
                let plan = PlanTyped {
                    way: self.way.clone(),
                    name: self.name.clone(),
                    strokes: self.strokes.clone(),
                    ..PlanTyped::default()
                };
                plan.read().map(|signed| Some(signed.signature))
            }
        }
    }
}
