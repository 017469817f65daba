//! Postcodes by the letters and digits of BS 7666. Whether one is in use is not asked: new ones appear every month.

use std::fmt;

use super::kept_as_text;

/// A postcode, kept as outward code, space, inward code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

/// Why a text is no postcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PostcodeFault {
    /// Too short or too long.
    #[error("Enter a full postcode, like NB1 4XY. Leave it empty if the client has no fixed address")]
    Length,
    /// The last three characters are not a digit and two letters.
    #[error(
        "The last part of a postcode is a number and two letters, like 4XY. Check the last three characters"
    )]
    Inward,
    /// The first part has a form that no postcode has.
    #[error("The first part of a postcode is one or two letters and a number, like NB1. Check it")]
    Outward,
}

impl Postcode {
    /// Reads a postcode with its space anywhere or nowhere.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn parse(typed: &str) -> Result<Postcode, PostcodeFault> {
        let letters: Vec<char> = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
            .take(8)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if !(5..=7).contains(&letters.len()) || !letters.iter().all(char::is_ascii_alphanumeric) {
            return Err(PostcodeFault::Length);
        }
        let (outward, inward) = letters.split_at(letters.len() - 3);
        if !inward_fits(inward) {
            return Err(PostcodeFault::Inward);
        }
        if !outward_fits(outward) && !letters.iter().copied().eq("GIR0AA".chars()) {
            return Err(PostcodeFault::Outward);
        }
        Ok(Postcode(outward.iter().chain([&' ']).chain(inward).collect()))
    }

    /// The postcode with its one space.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first part: `NB1`.
    #[must_use]
    pub fn outward(&self) -> &str {
        self.0.split_once(' ').map_or(&self.0, |(outward, _)| outward)
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(Postcode, PostcodeFault);

fn inward_fits(inward: &[char]) -> bool {
    let letter = |c: char| c.is_ascii_uppercase() && !matches!(c, 'C' | 'I' | 'K' | 'M' | 'O' | 'V');
    matches!(inward, [digit, one, two] if digit.is_ascii_digit() && letter(*one) && letter(*two))
}

fn outward_fits(outward: &[char]) -> bool {
    let first = |c: char| c.is_ascii_uppercase() && !matches!(c, 'Q' | 'V' | 'X');
    let second = |c: char| c.is_ascii_uppercase() && !matches!(c, 'I' | 'J' | 'Z');
    let digit = |c: char| c.is_ascii_digit();
    match *outward {
        [a, n] => first(a) && digit(n),
        [a, b, n] if digit(b) => first(a) && (digit(n) || "ABCDEFGHJKPSTUW".contains(n)),
        [a, b, n] => first(a) && second(b) && digit(n),
        [a, b, n, m] => first(a) && second(b) && digit(n) && (digit(m) || "ABEHMNPRVWXY".contains(m)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn postcodes_are_read_as_people_write_them() {
        for (typed, kept, outward) in [
            ("nb1 4xy", "NB1 4XY", "NB1"),
            ("NB14XY", "NB1 4XY", "NB1"),
            (" n b 1 4 x y ", "NB1 4XY", "NB1"),
            ("nb12-4xy", "NB12 4XY", "NB12"),
            ("NB1A 4XY", "NB1A 4XY", "NB1A"),
            ("gir0aa", "GIR 0AA", "GIR"),
            ("Y9 9ZZ", "Y9 9ZZ", "Y9"),
            ("Y9W 9ZZ", "Y9W 9ZZ", "Y9W"),
        ] {
            let postcode = Postcode::parse(typed).unwrap();
            assert_eq!((postcode.as_str(), postcode.outward()), (kept, outward), "{typed}");
        }
    }

    #[test]
    fn what_is_no_postcode_is_refused_with_what_to_do() {
        for (typed, fault) in [
            ("", PostcodeFault::Length),
            ("NB1", PostcodeFault::Length),
            ("NB123 4XY", PostcodeFault::Length),
            ("NB1 4X\u{e9}", PostcodeFault::Length),
            ("NB1 XY4", PostcodeFault::Inward),
            ("NB1 4XC", PostcodeFault::Inward),
            ("NB1 4IX", PostcodeFault::Inward),
            ("QB1 4XY", PostcodeFault::Outward),
            ("NI1 4XY", PostcodeFault::Outward),
            ("NB1C 4XY", PostcodeFault::Outward),
            ("N1Z 4XY", PostcodeFault::Outward),
            ("NBB 4XY", PostcodeFault::Outward),
            ("11 4XY", PostcodeFault::Outward),
        ] {
            assert_eq!(Postcode::parse(typed), Err(fault), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_shown_reads_the_same(typed in "\\PC{0,9}|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}") {
            if let Ok(postcode) = Postcode::parse(&typed) {
                prop_assert_eq!(Postcode::parse(&postcode.to_string()), Ok(postcode));
            }
        }
    }
}
