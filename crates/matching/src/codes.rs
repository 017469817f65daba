//! Numbers, postcodes and telephone numbers: packed into integers in the order of their letters, so that all that begin
//! alike lie side by side.

use std::collections::BTreeSet;

/// How many characters are packed; the rest of a longer code is not looked at.
const PACKED: usize = 12;
/// Letters, digits and "nothing here".
const BASE: u64 = 37;

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// A postcode without its space.
    Postcode,
    /// A National Insurance number.
    Nino,
    /// A client number with its letters.
    Number,
    /// A client number without them.
    NumberDigits,
    /// A telephone number.
    Phone,
    /// The same from its end.
    PhoneEnd,
}

/// Every code of every person.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    all: BTreeSet<(Kind, u64, u32)>,
}

impl Codes {
    pub(crate) fn add(&mut self, kind: Kind, code: u64, slot: u32) {
        self.all.insert((kind, code, slot));
    }

    pub(crate) fn remove(&mut self, kind: Kind, code: u64, slot: u32) {
        self.all.remove(&(kind, code, slot));
    }

    /// Who has a code of this kind that begins with `prefix`, and whether that is all of it.
    pub(crate) fn beginning(&self, kind: Kind, prefix: &str) -> impl Iterator<Item = (u32, bool)> {
        let from = pack(prefix);
        let length = u32::try_from(prefix.chars().count().min(PACKED)).unwrap_or(0);
        let width = BASE.pow(12_u32.saturating_sub(length));
        let range = if from == 0 { 1..1 } else { from..from.saturating_add(width) };
        self.all
            .range((kind, range.start, 0)..(kind, range.end, 0))
            .map(move |(_, code, slot)| (*slot, *code == from))
    }
}

/// A code of small letters and digits as an integer; what is neither counts as nothing.
pub(crate) fn pack(code: &str) -> u64 {
    let letters = code.chars().map(value).chain(std::iter::repeat(0)).take(PACKED);
    letters.fold(0, |packed, letter| packed * BASE + letter)
}

/// The code again.
pub(crate) fn unpack(mut packed: u64) -> String {
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
}
