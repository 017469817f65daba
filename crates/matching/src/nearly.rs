//! Who matches all parts of a query but one: a name that is not on file, another day of birth, a slip in the postcode.
//!
//! What is left over has to say who is meant: a surname, a whole number or postcode, a first name with a day of birth. A first
//! name alone, or a surname of hundreds, would fill the list with people whom nobody meant.

use crate::codes::Kind;
use crate::fold::Role;
use crate::person::Slot;
use crate::query::{Day, Reading};
use crate::score::{EXACT, Fit, Owners, Parts, Quality, part_of};
use crate::search::{Query, Slips};
use crate::why::{Matched, Unfit, Why};

/// Of more people, one part alone does not say who is meant.
const FEW: usize = 50;
/// A part that more people match says little even beside others.
const MANY: usize = 2000;
/// What a part that does not fit counts at most, by how near it is.
const NEAR: u16 = 500;
/// Of that, a part of a day that is right.
const PART_OF_DAY: u16 = 150;

/// The part that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Word(usize),
    Code(usize),
}

impl Query<'_> {
    /// Everybody who matches all parts but one, with so many slips forgiven in each word.
    pub(crate) fn all_but_one(&self, slips: Slips) -> Vec<(u32, u16, Why)> {
        let parts = self.words.len() + self.codes.len();
        if parts < 2 {
            return Vec::new();
        }
        let words = self.qualities(slips);
        let left = (0..self.words.len()).map(Left::Word).chain((0..self.codes.len()).map(Left::Code));
        left.flat_map(|left| self.all_but(left, &words)).collect()
    }

    fn all_but(&self, left: Left, words: &[Quality]) -> Vec<(u32, u16, Why)> {
        let words = words.iter().enumerate().filter(|(at, _)| left != Left::Word(*at));
        let codes = self.codes.iter().enumerate().filter(|(at, _)| left != Left::Code(*at));
        let words: Vec<&Quality> = words.map(|(_, quality)| quality).collect();
        let codes: Vec<&Owners> = codes.map(|(_, code)| &code.owners).collect();
        let rest = Parts { words: &words, codes: &codes };
        if rest.rarest(&self.index.words) > MANY {
            return Vec::new();
        }
        let fits = |at: u32| {
            let slot = self.index.slot(at)?;
            let fit = rest.fit(at, slot).filter(|fit| tells(fit, rest))?;
            let (unfit, near) = self.unfit(left, &fit, slot);
            let score = Fit { sum: fit.sum + u32::from(near), ..fit }.score(rest.len() + 1);
            Some((at, score, fit.why.but(unfit)))
        };
        let mut found: Vec<(u32, u16, Why)> =
            rest.candidates(&self.index.words).into_iter().filter_map(fits).collect();
        if rest.len() == 1 && (found.len() > FEW || self.is_a_first_name(left, &found)) {
            found.clear();
        }
        found
    }

    /// Whether the one word that is left, typed before the other, is rather a first name: whoever types "James Zyx" means no
    /// other James.
    fn is_a_first_name(&self, left: Left, with_surname: &[(u32, u16, Why)]) -> bool {
        let (Left::Word(1), Some(word)) = (left, self.words.first()) else { return false };
        let Some(word) = self.index.words.exactly(word) else { return false };
        let called = |at: &&u32| self.index.slot(**at).is_some_and(|slot| slot.called().0 == Some(word));
        self.index.words.slots(word).iter().filter(called).count() > with_surname.len()
    }

    /// What does not fit, and how near it is.
    fn unfit(&self, left: Left, fit: &Fit, slot: &Slot) -> (Unfit, u16) {
        match left {
            Left::Word(at) => self.unfit_word(at, fit, slot),
            Left::Code(at) => {
                let reading = self.codes.get(at).and_then(|code| code.readings.first());
                reading.map_or((Unfit::Name, 0), |reading| unfit_code(reading, slot))
            }
        }
    }

    fn unfit_word(&self, at: usize, fit: &Fit, slot: &Slot) -> (Unfit, u16) {
        let (unfit, theirs) = match (fit.first, fit.surname > 0) {
            (true, true) if at > 0 && at + 1 < self.words.len() => return (Unfit::MiddleName, NEAR),
            (true, true) => return (Unfit::FurtherName, NEAR),
            (false, true) => (Unfit::FirstName, Role::First),
            (true, false) => (Unfit::Surname, Role::Last),
            (false, false) => (Unfit::Name, Role::First),
        };
        let used = slot.words.iter().find(|used| used.role() == theirs);
        let theirs = used.map_or("", |used| self.index.words.text(used.word()));
        let typed = self.words.get(at).map_or("", String::as_str);
        (unfit, part_of(f64::from(NEAR), typed, theirs))
    }
}

/// Whether the parts that match say who is meant.
fn tells(fit: &Fit, rest: Parts<'_>) -> bool {
    if rest.len() == 1 {
        return fit.whole_code || fit.surname == EXACT && fit.why.contains(Matched::Name);
    }
    let born = fit.why.contains(Matched::DateOfBirth) && !rest.words.is_empty();
    fit.surname > 0 || fit.whole_code || born
}

/// A code that does not fit, and how near it is to what is known of the person.
fn unfit_code(reading: &Reading, slot: &Slot) -> (Unfit, u16) {
    let has = |kind: Kind| slot.codes.iter().any(|held| held.kind == kind);
    let (what, known, near) = match reading {
        Reading::Date(day, order) => {
            (Matched::DateOfBirth, slot.born != 0, near_day(*day, *order, slot.born))
        }
        Reading::DayOfYear(..) | Reading::Year(_) => (Matched::PartOfDate, slot.born != 0, 0),
        Reading::Postcode(typed) => (Matched::Postcode, has(Kind::Postcode), near_postcode(typed, slot)),
        Reading::Nino(_) => (Matched::Nino, has(Kind::Nino), 0),
        Reading::Number(_) => (Matched::Number, has(Kind::Number), 0),
        Reading::Phone(_) => (Matched::Phone, has(Kind::Phone), 0),
        Reading::Email(_) => (Matched::Email, !slot.emails.is_empty(), 0),
    };
    (if known { Unfit::Other(what) } else { Unfit::Missing(what) }, near)
}

/// A day of which two parts are right is likelier than one of which none is.
fn near_day((year, month, day): (i16, u8, u8), order: Day, born: u32) -> u16 {
    if born == 0 || order == Day::Swapped {
        return 0;
    }
    let typed = [u32::try_from(year).unwrap_or(0), u32::from(month), u32::from(day)];
    let theirs = [born / 10_000, born / 100 % 100, born % 100];
    typed.iter().zip(theirs).map(|(typed, theirs)| if *typed == theirs { PART_OF_DAY } else { 0 }).sum()
}

fn near_postcode(typed: &str, slot: &Slot) -> u16 {
    let theirs = slot.codes.iter().find(|held| held.kind == Kind::Postcode);
    theirs.map_or(0, |held| part_of(f64::from(NEAR), typed, &held.kind.unpack(held.code())))
}
