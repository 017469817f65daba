//! The words of a service: those that Kept brings along, or its own where it has written some.

use std::collections::BTreeMap;

use crate::shipped::{Message, Occasion, reveals};
use crate::{Fault, Form, House, Placeholder, Template};

/// The messages of a service, each with its three texts.
#[derive(Debug, Clone)]
pub struct Wordings(BTreeMap<Occasion, (Message, Written)>);

/// The texts as somebody wrote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// As a text message.
    pub text: String,
    /// The subject of the e-mail.
    pub subject: String,
    /// The e-mail.
    pub body: String,
}

/// What is wrong with a service's own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordingFault {
    /// It cannot be read.
    #[error("{}, {}: {fault}", .occasion.code(), name(*.form))]
    Template {
        /// Of which message.
        occasion: Occasion,
        /// Which of its texts.
        form: Form,
        /// What is wrong and where.
        fault: Fault,
    },
    /// It names an address that this message has not.
    #[error(
        "{}, {}: {{link}} stands for nothing here. Leave it out, or say by {}.", .occasion.code(), name(*.form), said_by(*.occasion)
    )]
    NoLink {
        /// Of which message.
        occasion: Occasion,
        /// Which of its texts.
        form: Form,
    },
    /// It does not say where the notice is read: whoever gets it is told nothing.
    #[error(
        "{}, {}: without {{link}} nobody can read what is new. Put it in.", .occasion.code(), name(*.form)
    )]
    LacksLink {
        /// Of which message.
        occasion: Occasion,
        /// Which of its texts.
        form: Form,
    },
    /// It would tell whoever sees the phone what the service is about.
    #[error(
        "{}, {}: \"{word}\" tells whoever sees the client's phone what the service is about. Leave it out.", .occasion.code(), name(*.form)
    )]
    Reveals {
        /// Of which message.
        occasion: Occasion,
        /// Which of its texts.
        form: Form,
        /// The word.
        word: String,
    },
}

const fn name(form: Form) -> &'static str {
    match form {
        Form::Text => "text",
        Form::Subject => "subject",
        Form::Body => "body",
    }
}

/// Whether a text is nothing without its address: who is told of a changed notice reads it there, and it counts as given.
fn must_have_link(house: &House, occasion: Occasion, form: Form) -> bool {
    occasion == Occasion::Notice && form != Form::Subject && house.has_link(occasion)
}

/// By which setting the address of a message is said.
const fn said_by(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Notice => "`notice_link` where the notice is read",
        _ => "`link` where another time is chosen",
    }
}

impl Wordings {
    /// What Kept brings along, with `own` in place of some of it.
    ///
    /// # Errors
    /// Every fault of the service's own words at once: a placeholder that is none, stands for nothing or is missing, a text that
    /// is too long or reveals.
    pub fn new(
        house: &House,
        own: &BTreeMap<(Occasion, &str), String>,
    ) -> Result<Wordings, Vec<WordingFault>> {
        let (mut all, mut faults) = (BTreeMap::new(), Vec::new());
        for occasion in Occasion::ALL {
            let mut read = |form: Form| {
                let shipped = || match house.has_link(occasion) {
                    true => occasion.wording(form).to_owned(),
                    false => occasion.wording_without_link(form).into_owned(),
                };
                let written = own.get(&(occasion, name(form))).cloned().unwrap_or_else(shipped);
                let word = reveals(&written).first().map(|word| (*word).to_owned());
                faults.extend(word.map(|word| WordingFault::Reveals { occasion, form, word }));
                match Template::parse(form, &written) {
                    Ok(template) if !house.has_link(occasion) && template.has(Placeholder::Link) => {
                        faults.push(WordingFault::NoLink { occasion, form });
                        None
                    }
                    Ok(template)
                        if must_have_link(house, occasion, form) && !template.has(Placeholder::Link) =>
                    {
                        faults.push(WordingFault::LacksLink { occasion, form });
                        None
                    }
                    Ok(template) => Some((template, written)),
                    Err(found) => {
                        let of = |fault| WordingFault::Template { occasion, form, fault };
                        faults.extend(found.into_iter().map(of));
                        None
                    }
                }
            };
            if let (Some(text), Some(subject), Some(body)) =
                (read(Form::Text), read(Form::Subject), read(Form::Body))
            {
                let message = Message { text: text.0, subject: subject.0, body: body.0 };
                all.insert(occasion, (message, Written { text: text.1, subject: subject.1, body: body.1 }));
            }
        }
        if faults.is_empty() { Ok(Wordings(all)) } else { Err(faults) }
    }

    /// One message, and its texts as they are written.
    #[must_use]
    pub fn of(&self, occasion: Occasion) -> Option<&(Message, Written)> {
        self.0.get(&occasion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(
        occasion: Occasion,
        form: &'static str,
        words: &str,
    ) -> BTreeMap<(Occasion, &'static str), String> {
        BTreeMap::from([((occasion, form), words.to_owned())])
    }

    #[test]
    fn own_words_stand_in_place_of_the_shipped_ones() {
        let words =
            Wordings::new(&House::default(), &own(Occasion::Reminder, "text", "See you on {day}, {name}."))
                .unwrap();
        assert_eq!(words.of(Occasion::Reminder).unwrap().1.text, "See you on {day}, {name}.");
        assert!(
            words
                .of(Occasion::Cancelled)
                .unwrap()
                .1
                .text
                .ends_with("choose another time, ring {service_phone}.")
        );
    }

    #[test]
    fn an_address_stands_only_where_there_is_one() {
        let some = || Some("https://kept.example.org".to_owned());
        let nowhere = House::default();
        let cancelled = House { choose_at: some(), ..House::default() };
        let times = House { link: some(), ..House::default() };
        let notice = House { notice: some(), ..House::default() };
        let at = |house, occasion| {
            let words = Wordings::new(house, &BTreeMap::new()).unwrap();
            words.of(occasion).unwrap().1.text.contains("{link}")
        };
        assert!(at(&cancelled, Occasion::Cancelled) && at(&notice, Occasion::Notice));
        assert!(!at(&cancelled, Occasion::Reminder) && !at(&nowhere, Occasion::Cancelled));
        assert!(!at(&times, Occasion::Notice) && !at(&notice, Occasion::Cancelled));
        let faults = |house, occasion, words| {
            let made = Wordings::new(house, &own(occasion, "text", words));
            made.map_or_else(|faults| faults[0].to_string(), |_| String::new())
        };
        let words = "On {day}, {name}: {link}";
        assert_eq!(faults(&times, Occasion::Reminder, words), "");
        assert_eq!(
            faults(&cancelled, Occasion::Reminder, words),
            "reminder, text: {link} stands for nothing here. Leave it out, or say by `link` where another time is chosen."
        );
        assert_eq!(
            faults(&nowhere, Occasion::Notice, words),
            "notice, text: {link} stands for nothing here. Leave it out, or say by `notice_link` where the notice is read."
        );
        assert_eq!(
            faults(&notice, Occasion::Notice, "Something is new, {name}."),
            "notice, text: without {link} nobody can read what is new. Put it in."
        );
    }

    #[test]
    fn an_unknown_placeholder_and_a_revealing_word_are_said_with_their_place() {
        for (words, says) in [
            (
                "Hello {nmae}",
                "reminder, text: line 1, column 7: there is no placeholder {nmae}. Did you mean {name}?",
            ),
            ("Your job club on {day}", "reminder, text: \"job\" tells whoever sees the client's phone"),
            ("", "reminder, text: line 1, column 1: it is empty"),
        ] {
            let house = House { link: Some("https://example.org".into()), ..House::default() };
            let faults = Wordings::new(&house, &own(Occasion::Reminder, "text", words)).unwrap_err();
            assert!(faults[0].to_string().starts_with(says), "{faults:?}");
        }
    }
}
