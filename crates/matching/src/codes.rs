//! Numbers, postcodes and telephone numbers: packed into integers in the order of their letters, so that all that begin
//! alike lie side by side.

use std::collections::BTreeSet;

/// How many characters are packed; the rest of a longer code is not looked at.
const PACKED: usize = 12;
/// Letters, digits and "nothing here".
const BASE: u64 = 37;

/// What a code is. A number is also looked for without its letters, a telephone number also from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// A postcode without its space.
    Postcode,
    /// A National Insurance number.
    Nino,
    /// A client number with its letters.
    Number,
    /// A telephone number.
    Phone,
}

type Ordered = BTreeSet<(u64, u32)>;

/// Every code of every person.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    postcodes: Ordered,
    ninos: Ordered,
    numbers: Ordered,
    numbers_without_letters: Ordered,
    phones: Ordered,
    phones_from_the_end: Ordered,
}

impl Codes {
    pub(crate) fn add(&mut self, kind: Kind, code: u64, slot: u32) {
        self.all_of(kind).insert((code, slot));
        if let Some((also, code)) = self.also(kind, code) {
            also.insert((code, slot));
        }
    }

    pub(crate) fn remove(&mut self, kind: Kind, code: u64, slot: u32) {
        self.all_of(kind).remove(&(code, slot));
        if let Some((also, code)) = self.also(kind, code) {
            also.remove(&(code, slot));
        }
    }

    fn all_of(&mut self, kind: Kind) -> &mut Ordered {
        match kind {
            Kind::Postcode => &mut self.postcodes,
            Kind::Nino => &mut self.ninos,
            Kind::Number => &mut self.numbers,
            Kind::Phone => &mut self.phones,
        }
    }

    /// The other order in which a code stands, and its form there.
    fn also(&mut self, kind: Kind, code: u64) -> Option<(&mut Ordered, u64)> {
        match kind {
            Kind::Postcode | Kind::Nino => None,
            Kind::Number => Some((&mut self.numbers_without_letters, pack(digits_of(&unpack(code))))),
            Kind::Phone => Some((&mut self.phones_from_the_end, pack(&backwards(&unpack(code))))),
        }
    }

    /// Who has a code of this kind that begins with `prefix`, and whether that is all of it.
    pub(crate) fn beginning(&self, kind: Kind, prefix: &str) -> impl Iterator<Item = (u32, bool)> {
        let order = match kind {
            Kind::Postcode => &self.postcodes,
            Kind::Nino => &self.ninos,
            Kind::Number if prefix.starts_with(|c: char| c.is_ascii_digit()) => &self.numbers_without_letters,
            Kind::Number => &self.numbers,
            Kind::Phone => &self.phones,
        };
        beginning(order, prefix)
    }

    /// Who has a telephone number that ends with `digits`, and whether that is all of it.
    pub(crate) fn phones_ending<'c>(&'c self, digits: &str) -> impl Iterator<Item = (u32, bool)> + use<'c> {
        beginning(&self.phones_from_the_end, &backwards(digits))
    }

    /// Who has a telephone number with `digits` anywhere in it. Every number is looked at.
    pub(crate) fn phones_with<'c>(&'c self, digits: &str) -> impl Iterator<Item = u32> + use<'c> {
        let length = u32::try_from(digits.len().min(PACKED)).unwrap_or(0);
        let wanted = pack(digits) / BASE.pow(12_u32.saturating_sub(length));
        let width = BASE.pow(length);
        let within = move |code: u64| {
            let mut rest = code;
            while rest >= wanted {
                if rest % width == wanted {
                    return true;
                }
                rest /= BASE;
            }
            false
        };
        self.phones.iter().filter(move |(code, _)| within(*code)).map(|(_, slot)| *slot)
    }
}

fn beginning<'o>(order: &'o Ordered, prefix: &str) -> impl Iterator<Item = (u32, bool)> + use<'o> {
    let from = pack(prefix);
    let length = u32::try_from(prefix.chars().count().min(PACKED)).unwrap_or(0);
    let width = BASE.pow(12_u32.saturating_sub(length));
    let range = if from == 0 { 1..1 } else { from..from.saturating_add(width) };
    order.range((range.start, 0)..(range.end, 0)).map(move |(code, slot)| (*slot, *code == from))
}

fn digits_of(number: &str) -> &str {
    number.trim_start_matches(|c: char| !c.is_ascii_digit())
}

fn backwards(digits: &str) -> String {
    digits.chars().rev().collect()
}

/// A code of small letters and digits as an integer; what is neither counts as nothing.
pub(crate) fn pack(code: &str) -> u64 {
    let letters = code.chars().map(value).chain(std::iter::repeat(0)).take(PACKED);
    letters.fold(0, |packed, letter| packed * BASE + letter)
}

/// The code again.
fn unpack(mut packed: u64) -> String {
    let mut letters = Vec::with_capacity(PACKED);
    while packed > 0 {
        let letter = u32::try_from(packed % BASE).unwrap_or(0);
        packed /= BASE;
        if letter > 0 {
            letters.push(char::from_digit(letter - 1, 36).unwrap_or('0'));
        }
    }
    letters.into_iter().rev().collect()
}

fn value(c: char) -> u64 {
    c.to_digit(36).map_or(0, |digit| u64::from(digit) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_begin_alike_lie_side_by_side() {
        let mut codes = Codes::default();
        for (slot, code) in (0..).zip(["nb14xy", "nb14xz", "nb15xy", "nb1", "20417", "2041"]) {
            codes.add(Kind::Postcode, pack(code), slot);
            assert_eq!(unpack(pack(code)), code);
        }
        let found = |prefix: &str| codes.beginning(Kind::Postcode, prefix).collect::<Vec<_>>();
        assert_eq!(found("nb14"), [(0, false), (1, false)]);
        assert_eq!(found("nb14xz"), [(1, true)]);
        assert_eq!(found("2041"), [(5, true), (4, false)]);
        assert_eq!(found(""), []);
        assert_eq!(codes.beginning(Kind::Nino, "nb14").count(), 0);
        assert!(pack("zzzzzzzzzzzzzzz") < u64::MAX - 1);
    }

    #[test]
    fn telephone_numbers_are_found_from_both_ends_and_the_middle_and_forgotten() {
        let mut codes = Codes::default();
        codes.add(Kind::Phone, pack("07700900123"), 1);
        codes.add(Kind::Phone, pack("01514960123"), 2);
        assert_eq!(codes.phones_ending("0123").map(|found| found.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(codes.phones_ending("900123").collect::<Vec<_>>(), [(1, false)]);
        assert_eq!(codes.phones_with("70090012").collect::<Vec<_>>(), [1]);
        assert_eq!(codes.phones_with("07700900123").collect::<Vec<_>>(), [1]);
        assert_eq!(codes.phones_with("55555").count(), 0);
        codes.remove(Kind::Phone, pack("07700900123"), 1);
        assert_eq!(codes.phones_ending("900123").count(), 0);
    }
}
