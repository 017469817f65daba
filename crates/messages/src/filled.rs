//! A template with its gaps filled: what one client will read.

use std::fmt;

use zeroize::Zeroizing;

use crate::template::{Form, Part, Template};
use crate::{Length, Placeholder};

/// What goes into the gaps, for one client. It is wiped when dropped and shows nothing in `Debug`.
#[derive(Default)]
pub struct Filling(Vec<(Placeholder, Zeroizing<String>)>);

impl Filling {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Filling {
        Filling::default()
    }

    /// With this in that gap, in place of what was said for it before.
    #[must_use]
    pub fn with(mut self, gap: Placeholder, value: impl Into<String>) -> Filling {
        self.0.retain(|(known, _)| *known != gap);
        self.0.push((gap, Zeroizing::new(value.into())));
        self
    }

    /// With this in that gap, unless something was said for it before.
    #[must_use]
    pub(crate) fn or(self, gap: Placeholder, value: &str) -> Filling {
        if self.get(gap).is_some() { self } else { self.with(gap, value) }
    }

    fn get(&self, gap: Placeholder) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == gap)
            .map(|(_, value)| value.trim())
            .filter(|v| !v.is_empty())
    }
}

impl fmt::Debug for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(gap, _)| gap)).finish()
    }
}

/// Words ready to be sent to one client. They are wiped when dropped, and nothing prints or stores them.
pub struct Filled(Zeroizing<String>);

impl Filled {
    /// The words, for whoever sends them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filled(..)")
    }
}

/// Why a template cannot be filled for this client. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillingFault {
    /// Gaps for which nothing was given.
    #[error("Nothing is known for {}. Fill that in, or choose a message without it.", list(.0))]
    Missing(Vec<Placeholder>),
    /// A value with a line break or an invisible character: it could forge headers or turn the line around.
    #[error("What stands for {0} has a line break or an invisible character. Write it in one plain line.")]
    NotPlain(Placeholder),
    /// Longer than may be sent.
    #[error(
        "With its gaps filled the text takes {} of {} units in {} segments, which is too long to send. Shorten the template.", .0.units, .0.most(), .0.segments
    )]
    TooLong(Length),
    /// Longer than may be sent, as a subject or an e-mail.
    #[error("With its gaps filled it has {length} characters; {most} may be sent. Shorten the template.")]
    TooManyCharacters {
        /// How many there are.
        length: usize,
        /// How many may be.
        most: usize,
    },
}

fn list(gaps: &[Placeholder]) -> String {
    gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Characters that would break a line, or change how one is read without being seen.
pub(crate) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl Template {
    /// Fills the gaps. What is filled in is never read as a template again.
    ///
    /// # Errors
    /// A gap stays empty, a value is not one plain line, or the whole is too long.
    pub fn fill(&self, filling: &Filling) -> Result<Filled, FillingFault> {
        let mut missing: Vec<Placeholder> =
            self.placeholders().filter(|gap| filling.get(*gap).is_none()).collect();
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            return Err(FillingFault::Missing(missing));
        }
        // Room for all of it at once: growing would leave copies behind that are not wiped.
        let room = self.parts().iter().map(|part| match part {
            Part::Words(words) => words.len(),
            Part::Gap(gap) => filling.get(*gap).map_or(0, str::len),
        });
        let mut text = Zeroizing::new(String::with_capacity(room.sum()));
        for part in self.parts() {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Gap(gap) => {
                    let value = filling.get(*gap).unwrap_or_default();
                    if value.chars().any(unseen) {
                        return Err(FillingFault::NotPlain(*gap));
                    }
                    text.push_str(value);
                }
            }
        }
        match self.form() {
            Form::Text => {
                let length = Length::of(&text);
                if !length.fits() {
                    return Err(FillingFault::TooLong(length));
                }
            }
            Form::Subject | Form::Body => {
                let (length, most) = (text.chars().count(), self.form().most());
                if length > most {
                    return Err(FillingFault::TooManyCharacters { length, most });
                }
            }
        }
        Ok(Filled(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(Form::Text, text).unwrap()
    }

    #[test]
    fn gaps_are_filled_once_and_never_read_again() {
        let filling = Filling::new().with(Placeholder::Name, "{day} }{").with(Placeholder::Day, " Monday ");
        let filled = template("{name}: {day}, {{really}}").fill(&filling).unwrap();
        assert_eq!(filled.text(), "{day} }{: Monday, {really}");
    }

    #[test]
    fn an_empty_gap_is_never_sent() {
        let filling = Filling::new().with(Placeholder::Name, "Sam").with(Placeholder::Time, "  ");
        let fault = template("{name}, {link}: {time} {time}").fill(&filling).unwrap_err();
        assert_eq!(fault, FillingFault::Missing(vec![Placeholder::Time, Placeholder::Link]));
        assert!(fault.to_string().contains("{time}, {link}"), "{fault}");
    }

    #[test]
    fn a_value_cannot_bring_a_line_of_its_own() {
        for value in ["Sam\r\nBcc: all@example.org", "S\u{202e}am", "Sa\u{0}m", "S\u{2028}am", "S\u{200b}am"]
        {
            let fault = template("{name}").fill(&Filling::new().with(Placeholder::Name, value)).unwrap_err();
            assert_eq!(fault, FillingFault::NotPlain(Placeholder::Name));
        }
    }

    #[test]
    fn a_text_that_outgrows_its_segments_is_not_sent() {
        let long = template(&format!("{}{{name}}", "a".repeat(900)));
        assert!(long.fill(&Filling::new().with(Placeholder::Name, "a".repeat(18))).is_ok());
        let fault = long.fill(&Filling::new().with(Placeholder::Name, "a".repeat(19))).unwrap_err();
        assert!(fault.to_string().contains("919 of 918"), "{fault}");
        // One character outside the usual alphabet leaves room for 402.
        let fault = long.fill(&Filling::new().with(Placeholder::Name, "ŵ")).unwrap_err();
        assert!(fault.to_string().contains("901 of 402"), "{fault}");
        let subject = Template::parse(Form::Subject, "{name}").unwrap();
        let fault = subject.fill(&Filling::new().with(Placeholder::Name, "a".repeat(999))).unwrap_err();
        assert!(fault.to_string().contains("999 characters"), "{fault}");
    }

    #[test]
    fn what_is_said_to_a_client_does_not_print() {
        let filling = Filling::new().with(Placeholder::Name, "Zephaniah");
        let filled = template("Dear {name}").fill(&filling).unwrap();
        assert!(!format!("{filling:?} {filled:?}").contains("Zephaniah"));
    }
}
