//! The number of a client: by it a file is named where a name should not stand, as in the title of a page.

use std::fmt;
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
}
