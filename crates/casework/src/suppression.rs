//! Who must not be sent news: the lines by which somebody is reached, each in one form, so that it is known when it comes again.
//!
//! An objection to direct marketing is absolute (UK GDPR Art. 21(3)) and outlives the file: the Information Commissioner asks for
//! a list of those who said no, instead of forgetting that they did. What is kept of a line is a keyed digest and nothing else.

use crate::Profile;
use crate::formats::{Email, Phone, Postcode};
use crate::profile::fields;

/// A line by which somebody is reached, in the one form in which lines are compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line(String);

impl Line {
    /// Every line of a client's contact details: email, numbers, and the address with its postcode.
    #[must_use]
    pub fn all_of(contact: &Profile) -> Vec<Line> {
        let text = |field| contact.text(&field);
        let email = text(fields::EMAIL).and_then(|typed| Email::parse(typed).ok());
        let phones = [fields::MOBILE_PHONE, fields::OTHER_PHONE].into_iter().filter_map(text);
        let phones = phones.filter_map(|typed| Phone::parse(typed).ok());
        let postcode = text(fields::POSTCODE).and_then(|typed| Postcode::parse(typed).ok());
        let address = text(fields::ADDRESS_LINE_1).zip(postcode);
        let mut lines: Vec<Line> = email
            .iter()
            .map(Line::of_email)
            .chain(phones.map(|phone| Line::of_phone(&phone)))
            .chain(address.map(|(first, postcode)| Line::of_address(first, &postcode)))
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// What somebody typed: an email address, a telephone number, or the first line of an address with its postcode after the last
    /// comma. None if it is none of these.
    #[must_use]
    pub fn read(typed: &str) -> Option<Line> {
        let typed = typed.trim();
        if typed.contains('@') {
            return Email::parse(typed).ok().as_ref().map(Line::of_email);
        }
        if let Ok(phone) = Phone::parse(typed) {
            return Some(Line::of_phone(&phone));
        }
        let (first, postcode) = (typed.split(',').next()?, typed.rsplit_once(',')?.1);
        Postcode::parse(postcode).ok().map(|postcode| Line::of_address(first, &postcode))
    }

    /// What is digested.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn of_email(email: &Email) -> Line {
        Line(format!("email {}", email.folded()))
    }

    fn of_phone(phone: &Phone) -> Line {
        Line(format!("phone {}", phone.e164()))
    }

    /// Spaces, commas and capitals of an address tell no two of them apart.
    fn of_address(first: &str, postcode: &Postcode) -> Line {
        let part = |text: &str| {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
        };
        Line(format!("address {} {}", part(first), part(postcode.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answer;

    #[test]
    fn a_line_is_known_again_however_it_is_typed() {
        let mut contact = Profile::default();
        for (field, text) in [
            (fields::EMAIL, "Daniel@Example.org"),
            (fields::MOBILE_PHONE, "+447700900123"),
            (fields::OTHER_PHONE, "+447700900123"),
            (fields::ADDRESS_LINE_1, "12 Harbour Row"),
            (fields::POSTCODE, "NB1 4QX"),
        ] {
            contact.set(field, Some(Answer::Text(text.into())));
        }
        let lines = Line::all_of(&contact);
        assert_eq!(lines.len(), 3, "a number that stands twice is one line");
        for typed in [
            " daniel@example.org",
            "07700 900 123",
            "0044 7700 900123",
            "12 harbour row, Northbridge, nb14qx",
        ] {
            assert!(Line::read(typed).is_some_and(|line| lines.contains(&line)), "{typed}");
        }
        for other in ["daniela@example.org", "07700 900 124", "14 Harbour Row, NB1 4QX"] {
            assert!(Line::read(other).is_some_and(|line| !lines.contains(&line)), "{other}");
        }
        for nothing in
            ["", "Daniel", "daniel@", "12 Harbour Row", "12 Harbour Row, Northbridge", ",", "07700"]
        {
            assert!(Line::read(nothing).is_none(), "{nothing}");
        }
        assert!(Line::all_of(&Profile::default()).is_empty());
    }
}
