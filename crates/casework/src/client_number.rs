//! The number of a client: by it a file is named where a name should not stand, as in the title of a page.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A client's number: the service's letters and a count, `NB-20417`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientNumber {
    prefix: String,
    number: u32,
}

/// Why a text is no client number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a client number, like NB-20417: up to six letters and up to nine digits")]
pub struct NotAClientNumber;

const LONGEST_PREFIX: usize = 6;
const LARGEST: u32 = 999_999_999;
/// Fewer digits than this are no mention of a client: services count from 10,001.
const SHORTEST_MENTION: usize = 4;

impl ClientNumber {
    /// The number of this count under the letters of a service.
    ///
    /// # Errors
    /// The prefix is not one to six letters, or the count has more than nine digits.
    pub fn new(prefix: &str, number: u32) -> Result<ClientNumber, NotAClientNumber> {
        let fits =
            (1..=LONGEST_PREFIX).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_alphabetic());
        if !fits || number > LARGEST {
            return Err(NotAClientNumber);
        }
        Ok(ClientNumber { prefix: prefix.to_ascii_uppercase(), number })
    }

    /// Reads a number with its letters in any spacing: `NB-20417`, `nb 20417`, `NB20417`.
    ///
    /// # Errors
    /// It has another form.
    pub fn parse(typed: &str) -> Result<ClientNumber, NotAClientNumber> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).take(20).collect();
        let digits_from = typed.find(|c: char| !c.is_ascii_alphabetic()).ok_or(NotAClientNumber)?;
        let (prefix, digits) = typed.split_at(digits_from);
        let digits = digits.strip_prefix(['-', '\u{2010}', '\u{2011}', '\u{2013}', '/']).unwrap_or(digits);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAClientNumber);
        }
        ClientNumber::new(prefix, digits.parse().map_err(|_| NotAClientNumber)?)
    }

    /// The same, where the service's own letters may be left out: `20417`.
    ///
    /// # Errors
    /// It has another form.
    pub fn parse_of(prefix: &str, typed: &str) -> Result<ClientNumber, NotAClientNumber> {
        let typed = typed.trim();
        if !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_digit()) {
            return ClientNumber::new(prefix, typed.parse().map_err(|_| NotAClientNumber)?);
        }
        ClientNumber::parse(typed)
    }

    /// The letters.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The count.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }
}

/// Where `text` names clients by numbers with these letters: `see NB-20417`. The digits follow the letters at once or after
/// a hyphen, and nothing that could belong to the number stands before or behind.
#[must_use]
pub fn mentioned(prefix: &str, text: &str) -> Vec<(Range<usize>, ClientNumber)> {
    let mut found = Vec::new();
    // Most text names nobody, and every page of notes is searched.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return found;
    }
    let mut before = None;
    let mut rest = text.char_indices();
    while let Some((at, first)) = rest.next() {
        let free = before.is_none_or(|c: char| !c.is_alphanumeric() && c != '-');
        before = Some(first);
        let here = text.get(at..).unwrap_or_default();
        let letters = here.get(..prefix.len()).filter(|l| free && l.eq_ignore_ascii_case(prefix));
        let Some(after) = letters.and_then(|letters| here.get(letters.len()..)) else { continue };
        let digits = after.strip_prefix(['-', '\u{2010}', '\u{2011}', '\u{2013}']).unwrap_or(after);
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        if count < SHORTEST_MENTION || digits.chars().nth(count).is_some_and(char::is_alphanumeric) {
            continue;
        }
        let end = at + prefix.len() + (after.len() - digits.len()) + count;
        let number = text.get(at..end).and_then(|text| ClientNumber::parse(text).ok());
        if let Some(number) = number {
            found.push((at..end, number));
            before = rest.nth(text.get(at..end).map_or(0, |t| t.chars().count()) - 2).map(|(_, c)| c);
        }
    }
    found
}

impl fmt::Display for ClientNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.prefix, self.number)
    }
}

impl FromStr for ClientNumber {
    type Err = NotAClientNumber;
    fn from_str(text: &str) -> Result<ClientNumber, NotAClientNumber> {
        ClientNumber::parse(text)
    }
}

impl Serialize for ClientNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClientNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ClientNumber, D::Error> {
        ClientNumber::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for typed in ["NB-20417", "nb 20417", "NB20417", " nb - 20417 ", "20417"] {
            assert_eq!(ClientNumber::parse_of("NB", typed).unwrap().to_string(), "NB-20417", "{typed}");
        }
        for typed in ["", "NB", "NB-", "NB-20417x", "NB-1234567890", "TOOLONG-1", "20 417 NB", "N\u{e9}-1"] {
            assert_eq!(ClientNumber::parse_of("NB", typed), Err(NotAClientNumber), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_shown_reads_the_same(typed in "\\PC{0,12}|[a-zA-Z]{1,7}[- ]?[0-9]{1,10}") {
            if let Ok(number) = ClientNumber::parse(&typed) {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }
    }

    #[test]
    fn clients_are_mentioned_by_their_numbers_and_nothing_else_is_taken_for_one() {
        let table: &[(&str, &[&str])] = &[
            ("See NB-20417 and nb20418.", &["NB-20417", "nb20418"]),
            ("NB-20417", &["NB-20417"]),
            ("(NB\u{2011}20417)", &["NB\u{2011}20417"]),
            ("NB-20417NB-20418", &[]),
            ("his flat at NB1 4QX", &[]),
            ("ANB-20417, NB-204, NB-20417x, X-NB-20417", &[]),
            ("é NB-1234567890 NB-20417", &["NB-20417"]),
            ("", &[]),
        ];
        for (text, numbers) in table {
            let found: Vec<&str> =
                mentioned("NB", text).iter().map(|(range, _)| &text[range.clone()]).collect();
            assert_eq!(&found, numbers, "{text}");
        }
    }
}
