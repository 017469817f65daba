//! Numbers, postcodes and telephone numbers: packed into integers in the order of their letters, so that all that begin
//! alike lie side by side.

use std::collections::BTreeSet;

/// How characters are packed; the rest of a longer code is not looked at.
#[derive(Debug, Clone, Copy)]
struct Packing {
    base: u64,
    most: u32,
}

/// Letters, digits and "nothing here".
const LETTERS: Packing = Packing { base: 37, most: 12 };
/// Digits and "nothing here", four bits each: the middle of a telephone number is looked for in every one of them.
const DIGITS: Packing = Packing { base: 16, most: 16 };

impl Packing {
    /// How many codes begin with so many characters.
    fn width(self, letters: u32) -> u64 {
        self.base.checked_pow(self.most.saturating_sub(letters)).unwrap_or(u64::MAX)
    }

    fn length(self, code: &str) -> u32 {
        u32::try_from(code.chars().count()).unwrap_or(u32::MAX).min(self.most)
    }

    /// A code of small letters and digits as an integer; what is neither counts as nothing.
    fn pack(self, code: &str) -> u64 {
        let letters = code.chars().map(value).chain(std::iter::repeat(0)).take(self.most as usize);
        letters.fold(0, |packed, letter| packed * self.base + letter)
    }

    /// The code again.
    fn unpack(self, mut packed: u64) -> String {
        let mut letters = Vec::with_capacity(self.most as usize);
        while packed > 0 {
            let letter = u32::try_from(packed % self.base).unwrap_or(0);
            packed /= self.base;
            if letter > 0 {
                letters.push(char::from_digit(letter - 1, 36).unwrap_or('0'));
            }
        }
        letters.into_iter().rev().collect()
    }
}

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

impl Kind {
    const fn packing(self) -> Packing {
        match self {
            Kind::Postcode | Kind::Nino | Kind::Number => LETTERS,
            Kind::Phone => DIGITS,
        }
    }

    /// The code again.
    pub(crate) fn unpack(self, packed: u64) -> String {
        self.packing().unpack(packed)
    }

    /// A code as it is held.
    pub(crate) fn pack(self, code: &str) -> u64 {
        self.packing().pack(code)
    }
}

/// A code and who has it, in twelve bytes: a million people have six million of these. Their order is that of the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Owned([u32; 3]);

impl Owned {
    const fn new(code: u64, slot: u32) -> Owned {
        let [a, b, c, d, e, f, g, h] = code.to_be_bytes();
        Owned([u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h]), slot])
    }

    fn code(self) -> u64 {
        let Owned([high, low, _]) = self;
        u64::from(high) << 32 | u64::from(low)
    }

    const fn slot(self) -> u32 {
        let Owned([.., slot]) = self;
        slot
    }
}

/// A code of a person, in nine bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Held {
    /// What it is.
    pub(crate) kind: Kind,
    packed: [u8; 8],
}

impl Held {
    /// A code as somebody writes it, if anything is left of it.
    pub(crate) fn new(kind: Kind, code: &str) -> Option<Held> {
        let packed = kind.pack(code);
        (packed != 0).then_some(Held { kind, packed: packed.to_be_bytes() })
    }

    /// The code as it is looked up.
    pub(crate) const fn code(self) -> u64 {
        u64::from_be_bytes(self.packed)
    }
}

type Ordered = BTreeSet<Owned>;

/// The same set in nodes that are full: one that grew item by item has a third of its room left over.
pub(crate) fn filled<T: Ord>(set: &mut BTreeSet<T>) {
    *set = std::mem::take(set).into_iter().collect();
}

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
    pub(crate) fn add(&mut self, held: Held, slot: u32) {
        self.all_of(held.kind).insert(Owned::new(held.code(), slot));
        if let Some((also, code)) = self.also(held.kind, held.code()) {
            also.insert(Owned::new(code, slot));
        }
    }

    pub(crate) fn remove(&mut self, held: Held, slot: u32) {
        self.all_of(held.kind).remove(&Owned::new(held.code(), slot));
        if let Some((also, code)) = self.also(held.kind, held.code()) {
            also.remove(&Owned::new(code, slot));
        }
    }

    /// Gives back the room that is left over.
    pub(crate) fn settle(&mut self) {
        let all = [
            &mut self.postcodes,
            &mut self.ninos,
            &mut self.numbers,
            &mut self.numbers_without_letters,
            &mut self.phones,
            &mut self.phones_from_the_end,
        ];
        all.into_iter().for_each(filled);
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
            Kind::Number => {
                Some((&mut self.numbers_without_letters, kind.pack(digits_of(&LETTERS.unpack(code)))))
            }
            Kind::Phone => Some((&mut self.phones_from_the_end, kind.pack(&backwards(&DIGITS.unpack(code))))),
        }
    }

    /// Who has a code of this kind that begins with `prefix`, and whether that is all of it.
    pub(crate) fn beginning<'c>(
        &'c self,
        kind: Kind,
        prefix: &str,
    ) -> impl Iterator<Item = (u32, bool)> + use<'c> {
        let order = match kind {
            Kind::Postcode => &self.postcodes,
            Kind::Nino => &self.ninos,
            Kind::Number if prefix.starts_with(|c: char| c.is_ascii_digit()) => &self.numbers_without_letters,
            Kind::Number => &self.numbers,
            Kind::Phone => &self.phones,
        };
        beginning(order, kind.packing(), prefix)
    }

    /// Who has a telephone number that ends with `digits`, and whether that is all of it.
    pub(crate) fn phones_ending<'c>(&'c self, digits: &str) -> impl Iterator<Item = (u32, bool)> + use<'c> {
        beginning(&self.phones_from_the_end, DIGITS, &backwards(digits))
    }

    /// Who has a telephone number with `digits` anywhere in it. Every number is looked at.
    pub(crate) fn phones_with<'c>(&'c self, digits: &str) -> impl Iterator<Item = u32> + use<'c> {
        let length = DIGITS.length(digits);
        // All but the digits of the beginning stand to the right.
        let (wanted, width) =
            (DIGITS.pack(digits) / DIGITS.width(length), u64::MAX >> (64 - 4 * length.max(1)));
        let within = move |code: u64| {
            let mut rest = code;
            while rest >= wanted.max(1) {
                if rest & width == wanted {
                    return true;
                }
                rest >>= 4;
            }
            false
        };
        self.phones.iter().filter(move |owned| within(owned.code())).map(|owned| owned.slot())
    }
}

fn beginning<'o>(
    order: &'o Ordered,
    packing: Packing,
    prefix: &str,
) -> impl Iterator<Item = (u32, bool)> + use<'o> {
    let from = packing.pack(prefix);
    let width = packing.width(packing.length(prefix));
    let range = if from == 0 { 1..1 } else { from..from.saturating_add(width) };
    order
        .range(Owned::new(range.start, 0)..Owned::new(range.end, 0))
        .map(move |owned| (owned.slot(), owned.code() == from))
}

fn digits_of(number: &str) -> &str {
    number.trim_start_matches(|c: char| !c.is_ascii_digit())
}

fn backwards(digits: &str) -> String {
    digits.chars().rev().collect()
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
            codes.add(Held::new(Kind::Postcode, code).unwrap(), slot);
            assert_eq!(LETTERS.unpack(LETTERS.pack(code)), code);
        }
        let found = |prefix: &str| codes.beginning(Kind::Postcode, prefix).collect::<Vec<_>>();
        assert_eq!(found("nb14"), [(0, false), (1, false)]);
        assert_eq!(found("nb14xz"), [(1, true)]);
        assert_eq!(found("2041"), [(5, true), (4, false)]);
        assert_eq!(found(""), []);
        assert_eq!(codes.beginning(Kind::Nino, "nb14").count(), 0);
        assert!(LETTERS.pack("zzzzzzzzzzzzzzz") < u64::MAX - 1);
    }

    #[test]
    fn a_code_is_held_whole_and_in_its_order() {
        let codes = [1, u64::from(u32::MAX), 1 << 32, LETTERS.pack("zzzzzzzzzzzz"), u64::MAX];
        for (one, next) in codes.iter().zip(&codes[1..]) {
            assert!(Owned::new(*one, 9) < Owned::new(*next, 0));
            assert!(Owned::new(*one, 3) < Owned::new(*one, 4));
        }
        for code in codes {
            assert_eq!((Owned::new(code, 7).code(), Owned::new(code, 7).slot()), (code, 7));
        }
        assert_eq!((size_of::<Owned>(), size_of::<Held>()), (12, 9));
        assert_eq!(Held::new(Kind::Nino, "?"), None);
    }

    #[test]
    fn telephone_numbers_are_found_from_both_ends_and_the_middle_and_forgotten() {
        let mut codes = Codes::default();
        let phone = |digits: &str| Held::new(Kind::Phone, digits).unwrap();
        codes.add(phone("07700900123"), 1);
        codes.add(phone("01514960123"), 2);
        codes.settle();
        assert_eq!(codes.phones_ending("0123").map(|found| found.0).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(codes.phones_ending("900123").collect::<Vec<_>>(), [(1, false)]);
        assert_eq!(codes.phones_with("70090012").collect::<Vec<_>>(), [1]);
        assert_eq!(codes.phones_with("07700900123").collect::<Vec<_>>(), [1]);
        assert_eq!(codes.phones_with("55555").count(), 0);
        codes.remove(phone("07700900123"), 1);
        assert_eq!(codes.phones_ending("900123").count(), 0);
    }
}
