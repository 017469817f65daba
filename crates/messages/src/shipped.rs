//! The messages that Kept brings along, and the words that no message should have.
//!
//! Somebody else may read a client's phone. These say that there is an appointment, when and where, until when something is
//! kept, or that the privacy notice changed, and no more: not what it is about, not who the client is to the service.

use std::borrow::Cow;
use std::str::FromStr;

use crate::{Form, Template};

/// What a message tells a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// An appointment was booked.
    Booked,
    /// An appointment is near.
    Reminder,
    /// An appointment was cancelled; another can be booked by the link.
    Cancelled,
    /// An appointment is now at another time or place.
    Moved,
    /// Nothing was heard for so long that what is kept will be erased on a day that is near.
    Ending,
    /// The privacy notice says something new; it is read by the link.
    Notice,
}

/// The three texts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// As a text message.
    pub text: Template,
    /// The subject of the e-mail.
    pub subject: Template,
    /// The e-mail.
    pub body: Template,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Occasion; 6] = [
        Occasion::Booked,
        Occasion::Reminder,
        Occasion::Cancelled,
        Occasion::Moved,
        Occasion::Ending,
        Occasion::Notice,
    ];

    /// As written, so that a service can start its own wording from it.
    #[must_use]
    pub fn wording(self, form: Form) -> &'static str {
        match (self, form) {
            (Occasion::Booked, Form::Text) => {
                "Hello {name}. You have an appointment on {day} at {time}, {place}. To change it: {link} or ring {service_phone}."
            }
            (Occasion::Booked, Form::Subject) => "Your appointment on {day} at {time}",
            (Occasion::Booked, Form::Body) => {
                "Hello {name},\n\nyou have an appointment on {day} at {time}.\n\nWhere: {place}\n\nTo change or cancel it: {link}\nOr ring {service_phone}.\n"
            }
            (Occasion::Reminder, Form::Text) => {
                "Hello {name}. A reminder: your appointment is on {day} at {time}, {place}. If you cannot come: {link} or ring {service_phone}."
            }
            (Occasion::Reminder, Form::Subject) => "A reminder: {day} at {time}",
            (Occasion::Reminder, Form::Body) => {
                "Hello {name},\n\nthis is a reminder of your appointment on {day} at {time}.\n\nWhere: {place}\n\nIf you cannot come: {link}\nOr ring {service_phone}.\n"
            }
            (Occasion::Cancelled, Form::Text) => {
                "Hello {name}. We are sorry: your appointment on {day} at {time} is cancelled. To choose another time: {link} or ring {service_phone}."
            }
            (Occasion::Cancelled, Form::Subject) => "Your appointment on {day} is cancelled",
            (Occasion::Cancelled, Form::Body) => {
                "Hello {name},\n\nwe are sorry: your appointment on {day} at {time} is cancelled. You do not need to come.\n\nTo choose another time: {link}\nOr ring {service_phone}.\n"
            }
            (Occasion::Moved, Form::Text) => {
                "Hello {name}. Your appointment has moved. It is now on {day} at {time}, {place}. To change it: {link} or ring {service_phone}."
            }
            (Occasion::Moved, Form::Subject) => "Your appointment has moved to {day} at {time}",
            (Occasion::Moved, Form::Body) => {
                "Hello {name},\n\nyour appointment has moved. It is now on {day} at {time}.\n\nWhere: {place}\n\nTo change or cancel it: {link}\nOr ring {service_phone}.\n"
            }
            (Occasion::Ending, Form::Text) => {
                "Hello {name}. We have not heard from you for a while, so we will erase your file on {day}. To keep it, or to have it erased now, ring {service_phone}."
            }
            (Occasion::Ending, Form::Subject) => "What we keep until {day}",
            (Occasion::Ending, Form::Body) => {
                "Hello {name},\n\nwe have not heard from you for a while. So we will erase your file on {day}. You do not need to do anything.\n\nTo keep it, get in touch before that day. You can also have it erased now.\n\nFor both, ring {service_phone}.\n"
            }
            (Occasion::Notice, Form::Text) => {
                "Hello {name}. We changed what we do with your information. The new notice holds from {day}. To read it: {link} or ring {service_phone}."
            }
            (Occasion::Notice, Form::Subject) => "What we do with your information: something changed",
            (Occasion::Notice, Form::Body) => {
                "Hello {name},\n\nwe changed what we do with your information. The new privacy notice holds from {day}.\n\nTo read it: {link}\nOr ring {service_phone}.\n\nIf you want it explained, or do not agree, ring us.\n"
            }
        }
    }

    /// The code that is stored, and that settings name it by.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Occasion::Booked => "booked",
            Occasion::Reminder => "reminder",
            Occasion::Cancelled => "cancelled",
            Occasion::Moved => "moved",
            Occasion::Ending => "ending",
            Occasion::Notice => "notice",
        }
    }

    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Occasion::Booked => "Appointment booked",
            Occasion::Reminder => "Reminder",
            Occasion::Cancelled => "Appointment cancelled",
            Occasion::Moved => "Appointment moved",
            Occasion::Ending => "End of the file",
            Occasion::Notice => "Changed notice",
        }
    }

    /// As written, for a service that has no page to send people to: there is only a number to ring.
    #[must_use]
    pub fn wording_without_link(self, form: Form) -> Cow<'static, str> {
        let whole = self.wording(form);
        let without = whole.replace(": {link} or ring", ", ring").replace(": {link}\nOr ring", ", ring");
        if without == whole { Cow::Borrowed(whole) } else { Cow::Owned(without) }
    }

    /// Its three texts, ready to be filled.
    ///
    /// # Errors
    /// None: a test holds that all of them are without faults.
    pub fn message(self) -> Result<Message, Vec<crate::Fault>> {
        let read = |form| Template::parse(form, self.wording(form));
        Ok(Message { text: read(Form::Text)?, subject: read(Form::Subject)?, body: read(Form::Body)? })
    }
}

/// A code that names no occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no message: there are booked, reminder, cancelled, moved, ending and notice")]
pub struct NoOccasion;

impl FromStr for Occasion {
    type Err = NoOccasion;

    fn from_str(code: &str) -> Result<Occasion, NoOccasion> {
        Occasion::ALL.into_iter().find(|occasion| occasion.code() == code).ok_or(NoOccasion)
    }
}

/// How words begin that tell what the service is about.
const REVEALING: [&str; 39] = [
    "advice",
    "adviser",
    "advisor",
    "allowance",
    "apprentice",
    "benefit",
    "career",
    "caseload",
    "casework",
    "claim",
    "coach",
    "counsel",
    "credit",
    "debt",
    "disab",
    "employ",
    "health",
    "hiring",
    "homeless",
    "income",
    "interview",
    "job",
    "medical",
    "mental",
    "money",
    "offend",
    "occupation",
    "probation",
    "recruit",
    "redundan",
    "resume",
    "salary",
    "sanction",
    "skill",
    "support",
    "train",
    "unemploy",
    "vacanc",
    "wage",
];
/// Words that do so only when they stand for themselves: "working days" would be said by anybody.
const REVEALING_ALONE: [&str; 8] = ["cv", "dwp", "esa", "jsa", "pip", "uc", "work", "worker"];

/// The words of a text that would tell somebody else what the service is about. For wordings of a service's own, and for the
/// name of its sender and its places, which are said in every message.
#[must_use]
pub fn reveals(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .filter(|word| {
            let word = word.to_lowercase();
            REVEALING.iter().any(|start| word.starts_with(start)) || REVEALING_ALONE.contains(&word.as_str())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Filling, Length, Placeholder};

    #[test]
    fn no_shipped_message_reveals_what_the_service_is_about() {
        for occasion in Occasion::ALL {
            for form in [Form::Text, Form::Subject, Form::Body] {
                let wording = occasion.wording(form);
                assert_eq!(reveals(wording), Vec::<&str>::new(), "{occasion:?}: {wording}");
            }
        }
    }

    #[test]
    fn revealing_words_are_found_in_any_form() {
        assert_eq!(reveals("Your JOBS club at the Jobcentre"), ["JOBS", "Jobcentre"]);
        assert_eq!(
            reveals("employment/benefits, work-coach (DWP)"),
            ["employment", "benefits", "work", "coach", "DWP"]
        );
        assert_eq!(reveals("within two working days, Workington library"), Vec::<&str>::new());
    }

    #[test]
    fn every_shipped_message_reads_and_has_its_gaps() {
        for occasion in Occasion::ALL {
            let message = occasion.message().unwrap();
            for template in [&message.text, &message.body] {
                let gaps: Vec<_> = template.placeholders().collect();
                let appointment = !matches!(occasion, Occasion::Ending | Occasion::Notice);
                let place = appointment && occasion != Occasion::Cancelled;
                assert_eq!(gaps.contains(&Placeholder::Place), place, "{occasion:?}");
                for gap in [Placeholder::Name, Placeholder::Day, Placeholder::ServicePhone] {
                    assert!(gaps.contains(&gap), "{occasion:?} lacks {gap}");
                }
                assert_eq!(gaps.contains(&Placeholder::Time), appointment, "{occasion:?}");
                assert_eq!(gaps.contains(&Placeholder::Link), occasion != Occasion::Ending, "{occasion:?}");
            }
        }
    }

    #[test]
    fn a_service_without_a_link_names_only_its_number() {
        for occasion in Occasion::ALL {
            for form in [Form::Text, Form::Body] {
                let wording = occasion.wording_without_link(form);
                assert!(
                    !wording.contains("{link}") && wording.contains(", ring {service_phone}."),
                    "{wording}"
                );
            }
            assert_eq!(occasion.code().parse(), Ok(occasion));
        }
        assert_eq!("Booked".parse::<Occasion>(), Err(NoOccasion));
    }

    #[test]
    fn no_name_stands_in_a_subject_that_shows_on_a_locked_screen() {
        for occasion in Occasion::ALL {
            let gaps: Vec<_> = occasion.message().unwrap().subject.placeholders().collect();
            assert!(
                !gaps.contains(&Placeholder::Name) && !gaps.contains(&Placeholder::Place),
                "{occasion:?}"
            );
        }
    }

    #[test]
    fn an_ordinary_text_takes_two_segments_at_most() {
        let filling = Filling::new()
            .with(Placeholder::Name, "Bartholomew")
            .with(Placeholder::Day, "Wednesday 23 September")
            .with(Placeholder::Time, "10:30am")
            .with(Placeholder::Place, "Room 2, Central Library, Market Street")
            .with(Placeholder::Link, "https://kept.example.org/b/7FQ2KD9XW3")
            .with(Placeholder::ServicePhone, "0151 496 0123");
        for occasion in Occasion::ALL {
            let filled = occasion.message().unwrap().text.fill(&filling).unwrap();
            let length = Length::of(filled.text());
            assert!(length.segments <= 2, "{occasion:?}: {length:?}");
        }
    }
}
