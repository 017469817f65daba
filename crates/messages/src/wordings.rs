//! The words of a service: those that Kept brings along, or its own where it has written some.

use std::collections::BTreeMap;

use crate::shipped::{Message, Occasion, reveals};
use crate::{Fault, Form, Placeholder, Template};

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

/// In which messages there is an address at which the client can choose another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// In none: there is only a number to ring.
    Nowhere,
    /// Where an appointment was called off: Kept's own page for this one client.
    WhereCancelled,
    /// In every message about an appointment: the service's own page.
    Everywhere,
}

impl Links {
    const fn stand_in(self, occasion: Occasion) -> bool {
        match self {
            Links::Nowhere => false,
            Links::WhereCancelled => matches!(occasion, Occasion::Cancelled),
            Links::Everywhere => true,
        }
    }
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
        "{}, {}: {{link}} stands for nothing here. Leave it out, or say by `link` where another time is chosen.", .occasion.code(), name(*.form)
    )]
    NoLink {
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

impl Wordings {
    /// What Kept brings along, with `own` in place of some of it.
    ///
    /// # Errors
    /// Every fault of the service's own words at once: a placeholder that is none or stands for nothing, a text that is too
    /// long or reveals.
    pub fn new(
        links: Links,
        own: &BTreeMap<(Occasion, &str), String>,
    ) -> Result<Wordings, Vec<WordingFault>> {
        let (mut all, mut faults) = (BTreeMap::new(), Vec::new());
        for occasion in Occasion::ALL {
            let mut read = |form: Form| {
                let shipped = || match links.stand_in(occasion) {
                    true => occasion.wording(form).to_owned(),
                    false => occasion.wording_without_link(form).into_owned(),
                };
                let written = own.get(&(occasion, name(form))).cloned().unwrap_or_else(shipped);
                let word = reveals(&written).first().map(|word| (*word).to_owned());
                faults.extend(word.map(|word| WordingFault::Reveals { occasion, form, word }));
                match Template::parse(form, &written) {
                    Ok(template) if !links.stand_in(occasion) && template.has(Placeholder::Link) => {
                        faults.push(WordingFault::NoLink { occasion, form });
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
            Wordings::new(Links::Nowhere, &own(Occasion::Reminder, "text", "See you on {day}, {name}."))
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
        let at = |links, occasion| {
            let words = Wordings::new(links, &BTreeMap::new()).unwrap();
            words.of(occasion).unwrap().1.text.contains("{link}")
        };
        assert!(at(Links::WhereCancelled, Occasion::Cancelled));
        assert!(!at(Links::WhereCancelled, Occasion::Reminder) && !at(Links::Nowhere, Occasion::Cancelled));
        let own = own(Occasion::Reminder, "text", "On {day}, {name}: {link}");
        assert!(Wordings::new(Links::Everywhere, &own).is_ok());
        let faults = Wordings::new(Links::WhereCancelled, &own).unwrap_err();
        assert!(
            faults[0].to_string().starts_with("reminder, text: {link} stands for nothing here."),
            "{}",
            faults[0]
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
            let faults =
                Wordings::new(Links::Everywhere, &own(Occasion::Reminder, "text", words)).unwrap_err();
            assert!(faults[0].to_string().starts_with(says), "{faults:?}");
        }
    }
}
