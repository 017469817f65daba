//! National Insurance numbers (HMRC, National Insurance Manual NIM39110).

use std::fmt;

use super::kept_as_text;

/// A National Insurance number: two letters, six digits and, mostly, a suffix A to D.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nino(String);

/// Why a text is no National Insurance number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NinoFault {
    /// Not two letters, six digits and a letter.
    #[error("Enter a National Insurance number, like QQ 12 34 56 A: two letters, six numbers and a letter")]
    Shape,
    /// A temporary reference number of the tax office, 99A99999.
    #[error(
        "This is a temporary reference number, not a National Insurance number. Leave the box empty until the client has one"
    )]
    TemporaryReference,
    /// Letters with which no number begins.
    #[error("No National Insurance number begins with {0}{1}. Check the first two letters")]
    Prefix(char, char),
    /// A suffix that is not A, B, C or D.
    #[error("A National Insurance number ends in A, B, C or D, not {0}. Check the last letter")]
    Suffix(char),
}

/// What to look at again in a number that is accepted all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NinoWarning {
    /// The last letter is not there: some systems leave it out.
    NoSuffix,
    /// The prefix is one that offices use for records of their own.
    Administrative,
}

impl NinoWarning {
    /// The warning in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            NinoWarning::NoSuffix => "The last letter is missing. Ask for it when you can",
            NinoWarning::Administrative => {
                "Offices use this prefix for records of their own. Check the number on a payslip or letter"
            }
        }
    }
}

impl Nino {
    /// Reads a number in any spacing, in capital or small letters.
    ///
    /// # Errors
    /// What is wrong with it and what to do.
    pub fn parse(typed: &str) -> Result<Nino, NinoFault> {
        let number: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '/' | '\u{2013}'))
            .take(10)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if is_temporary_reference(&number) {
            return Err(NinoFault::TemporaryReference);
        }
        let mut letters = number.chars();
        let (Some(first), Some(second)) = (letters.next(), letters.next()) else {
            return Err(NinoFault::Shape);
        };
        let rest = letters.as_str();
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let suffix: Vec<char> = rest.chars().skip(digits).collect();
        if !first.is_ascii_uppercase() || !second.is_ascii_uppercase() || digits != 6 || suffix.len() > 1 {
            return Err(NinoFault::Shape);
        }
        if !prefix_is_issued(first, second) {
            return Err(NinoFault::Prefix(first, second));
        }
        match suffix.first() {
            Some(letter) if !letter.is_ascii_uppercase() => Err(NinoFault::Shape),
            Some(letter) if !('A'..='D').contains(letter) => Err(NinoFault::Suffix(*letter)),
            _ => Ok(Nino(number)),
        }
    }

    /// The number without spaces, as kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The eight characters that are nobody else's: the suffix adds nothing and some systems drop it.
    #[must_use]
    pub fn without_suffix(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }

    /// In pairs: `QQ 12 34 56 A`.
    #[must_use]
    pub fn pairs(&self) -> String {
        let mut pairs = String::with_capacity(13);
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % 2 == 0 {
                pairs.push(' ');
            }
            pairs.push(letter);
        }
        pairs
    }

    /// All but the last three characters hidden, for pages on which the whole number is not needed.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.0.chars().count().saturating_sub(3);
        let mut masked = String::new();
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % 2 == 0 {
                masked.push(' ');
            }
            masked.push(if at < hidden { '\u{2022}' } else { letter });
        }
        masked
    }

    /// What to look at again.
    #[must_use]
    pub fn warning(&self) -> Option<NinoWarning> {
        if matches!(self.0.get(..2), Some("OO" | "CR" | "FY" | "MW" | "NC")) {
            return Some(NinoWarning::Administrative);
        }
        (self.0.len() == 8).then_some(NinoWarning::NoSuffix)
    }
}

impl fmt::Display for Nino {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pairs())
    }
}

kept_as_text!(Nino, NinoFault);

fn prefix_is_issued(first: char, second: char) -> bool {
    let never = |c: char| matches!(c, 'D' | 'F' | 'I' | 'Q' | 'U' | 'V');
    // Administrative prefixes break the rules for letters; they are taken with a warning.
    if matches!((first, second), ('O', 'O') | ('F', 'Y')) {
        return true;
    }
    !never(first)
        && !never(second)
        && second != 'O'
        && !matches!(
            (first, second),
            ('B', 'G') | ('G', 'B') | ('K', 'N') | ('N', 'K') | ('N', 'T') | ('T', 'N') | ('Z', 'Z')
        )
}

fn is_temporary_reference(number: &str) -> bool {
    number.len() == 8
        && number
            .char_indices()
            .all(|(at, c)| if at == 2 { c.is_ascii_uppercase() } else { c.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (typed, kept, shown) in [
            ("CR123456A", "CR123456A", "CR 12 34 56 A"),
            ("mw 12 34 56 d", "MW123456D", "MW 12 34 56 D"),
            (" OO-12-34-56-B ", "OO123456B", "OO 12 34 56 B"),
            ("fy123456c", "FY123456C", "FY 12 34 56 C"),
            ("NC 123456", "NC123456", "NC 12 34 56"),
        ] {
            let nino = Nino::parse(typed).unwrap();
            assert_eq!((nino.as_str(), nino.pairs().as_str()), (kept, shown), "{typed}");
            assert_eq!(nino.warning(), Some(NinoWarning::Administrative), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_what_to_do() {
        for (typed, fault) in [
            ("", NinoFault::Shape),
            ("12", NinoFault::Shape),
            ("CR12345A", NinoFault::Shape),
            ("CR1234567A", NinoFault::Shape),
            ("CR123456AB", NinoFault::Shape),
            ("CR1234561", NinoFault::Shape),
            ("99A99999", NinoFault::TemporaryReference),
            ("12 x 34567", NinoFault::TemporaryReference),
            ("QQ 12 34 56 A", NinoFault::Prefix('Q', 'Q')),
            ("BG123456A", NinoFault::Prefix('B', 'G')),
            ("GB123456A", NinoFault::Prefix('G', 'B')),
            ("KN123456A", NinoFault::Prefix('K', 'N')),
            ("NK123456A", NinoFault::Prefix('N', 'K')),
            ("NT123456A", NinoFault::Prefix('N', 'T')),
            ("TN123456A", NinoFault::Prefix('T', 'N')),
            ("ZZ123456A", NinoFault::Prefix('Z', 'Z')),
            ("DA123456A", NinoFault::Prefix('D', 'A')),
            ("CO123456A", NinoFault::Prefix('C', 'O')),
            ("CR123456E", NinoFault::Suffix('E')),
        ] {
            assert_eq!(Nino::parse(typed), Err(fault), "{typed}");
            assert!(!fault.to_string().is_empty());
        }
    }

    #[test]
    fn a_missing_suffix_is_taken_with_a_warning() {
        // No prefix but an administrative one may stand in a test, so the other warning is tested on the length alone.
        let nino = Nino("XX123456".to_owned());
        assert_eq!(nino.warning(), Some(NinoWarning::NoSuffix));
        assert_eq!(Nino::parse("NC 123456 A").unwrap().without_suffix(), "NC123456");
    }

    #[test]
    fn letters_that_are_never_used_are_refused_in_both_places() {
        for letter in ['D', 'F', 'I', 'Q', 'U', 'V'] {
            assert!(!prefix_is_issued(letter, 'A') && !prefix_is_issued('A', letter), "{letter}");
        }
        assert!(!prefix_is_issued('A', 'O') && prefix_is_issued('O', 'A'));
    }

    #[test]
    fn only_the_last_three_characters_are_shown() {
        assert_eq!(
            Nino::parse("NC 123456 A").unwrap().masked(),
            "\u{2022}\u{2022} \u{2022}\u{2022} \u{2022}\u{2022} 56 A"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader_and_what_is_shown_reads_the_same(typed in "\\PC{0,14}|[ a-zA-Z]{2,3}[0-9 ]{5,9}[a-eA-E]?") {
            if let Ok(nino) = Nino::parse(&typed) {
                prop_assert_eq!(Nino::parse(&nino.to_string()), Ok(nino.clone()));
                prop_assert_eq!(nino.masked().chars().filter(|c| c.is_ascii_alphanumeric()).count(), 3);
            }
        }
    }
}
