//! What is known of a person to find them by, and the compact form in which the index holds it.

use std::sync::Arc;

use crate::Key;
use crate::codes::{Held, Kind};
use crate::fold::{Role, fold, joined, words_of_name};

/// More words than any name has.
const MOST_WORDS: usize = 32;

/// A person as the caller knows them. What is not known is left empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub key: Key,
    /// The full name first, then other names: known as, former.
    pub names: Vec<String>,
    /// Date of birth: year, month, day.
    pub dob: Option<(i16, u8, u8)>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Telephone numbers, in any form.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// National Insurance number.
    pub nino: Option<String>,
    /// The client's number, `NB-20417`.
    pub number: Option<String>,
    /// Numbers under which they were known before.
    pub other_numbers: Vec<String>,
    /// Who comes first among those who match as well: the larger, say open files before closed ones, then the last seen.
    pub standing: u32,
}

/// A person in the index.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) key: Key,
    pub(crate) standing: u32,
    pub(crate) words: Box<[Used]>,
    /// Year, month and day as 19910314; 0 if not known.
    pub(crate) born: u32,
    pub(crate) codes: Box<[Held]>,
    pub(crate) emails: Box<[Arc<str>]>,
}

/// A word of the vocabulary and its role in a name, in four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used(u32);

impl Used {
    fn new(word: u32, role: Role) -> Used {
        Used(word << 3 | role as u32)
    }

    pub(crate) const fn word(self) -> u32 {
        self.0 >> 3
    }

    pub(crate) const fn role(self) -> Role {
        match self.0 & 7 {
            0 => Role::First,
            1 => Role::Middle,
            2 => Role::Last,
            3 => Role::Extra,
            _ => Role::Other,
        }
    }
}

impl Slot {
    /// The words of their first and last name.
    pub(crate) fn called(&self) -> (Option<u32>, Option<u32>) {
        let with = |role: Role| self.words.iter().find(|used| used.role() == role).map(|used| used.word());
        (with(Role::First), with(Role::Last))
    }

    /// Each word once: the vocabulary counts a person once for a word.
    pub(crate) fn distinct_words(&self) -> Vec<u32> {
        let mut words: Vec<u32> = self.words.iter().map(|used| used.word()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}

impl Person {
    /// The compact form; `add` gives the number of a word in the vocabulary.
    pub(crate) fn slot(&self, mut add: impl FnMut(&str) -> u32) -> Slot {
        let mut words: Vec<Used> = Vec::new();
        for (at, name) in self.names.iter().enumerate() {
            for (word, role) in words_of_name(name) {
                let role = if at == 0 { role } else { Role::Other };
                if words.len() < MOST_WORDS {
                    words.push(Used::new(add(&word), role));
                }
            }
        }
        let mut codes = Vec::new();
        codes.extend(self.postcode.iter().filter_map(|text| Held::new(Kind::Postcode, &plain(text))));
        codes.extend(self.nino.iter().filter_map(|text| Held::new(Kind::Nino, &plain(text))));
        let numbers = self.number.iter().chain(&self.other_numbers);
        codes.extend(numbers.filter_map(|text| Held::new(Kind::Number, &plain(text))));
        codes.extend(self.phones.iter().filter_map(|phone| Held::new(Kind::Phone, &phone_digits(phone))));
        codes.sort_unstable();
        codes.dedup();
        let mut emails: Vec<Arc<str>> = self.emails.iter().map(|email| fold(email.trim()).into()).collect();
        emails.retain(|email| !email.is_empty());
        emails.sort_unstable();
        emails.dedup();
        Slot {
            key: self.key,
            standing: self.standing,
            words: words.into(),
            born: self.dob.map_or(0, |(year, month, day)| packed_day(year, month, day)),
            codes: codes.into(),
            emails: emails.into(),
        }
    }
}

/// 14 March 1991 as 19910314, so that years are ranges.
pub(crate) fn packed_day(year: i16, month: u8, day: u8) -> u32 {
    u32::try_from(year).unwrap_or(0) * 10_000 + u32::from(month) * 100 + u32::from(day)
}

fn plain(text: &str) -> String {
    joined(&fold(text))
}

/// The digits of a telephone number with the 0 of the United Kingdom in front instead of its country code.
pub(crate) fn phone_digits(typed: &str) -> String {
    let typed = typed.replace("(0)", "");
    let digits: String = typed.chars().filter(char::is_ascii_digit).take(20).collect();
    let abroad = typed.trim_start().starts_with('+');
    let rest = match () {
        () if abroad => digits.strip_prefix("44"),
        () => {
            digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44").filter(|rest| rest.len() == 10))
        }
    };
    rest.map_or_else(|| digits.clone(), |rest| format!("0{}", rest.strip_prefix('0').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_has_one_row_of_digits_however_it_is_written() {
        for typed in
            ["07700 900123", "+447700900123", "0044 7700 900 123", "+44 (0)7700 900123", "447700900123"]
        {
            assert_eq!(phone_digits(typed), "07700900123", "{typed}");
        }
        assert_eq!(phone_digits("+353 20 912 3456"), "353209123456");
    }
}
