//! How well a person matches some parts of what was typed: each must match something, exact before beginning before slip.

use crate::fold::Role;
use crate::person::{Slot, Used};
use crate::vocabulary::Vocabulary;
use crate::why::{Matched, Why};

/// A word just as typed.
pub(crate) const EXACT: u16 = 1000;
/// A usual short form of it: more if it looks like it, too.
const NICKNAME: u16 = 935;
const NICKNAME_ALIKE: f64 = 15.0;
/// A word that the typed one begins; less for each letter that is missing.
const BEGINNING: u16 = 930;
const MISSING_LETTER: u16 = 4;
/// No beginning is worth less: it was typed without a slip.
const LEAST_BEGINNING: u16 = 800;
/// A word of which only the first letter was typed: how long it is says nothing.
const INITIAL: u16 = 860;
/// A word that sounds the same: more if it looks alike, too.
const SOUND: u16 = 700;
const SOUND_ALIKE: f64 = 190.0;
/// What a slip costs in a word of endless length; a short word loses more.
const SLIP: u16 = 60;
const SHORT_SLIP: u16 = 350;
/// Names in the other order; a name of theirs that was not typed; a name that is not the one they have now.
const OTHER_ORDER: u16 = 20;
const NOT_TYPED: u16 = 20;
const OTHER_NAME: u16 = 20;

/// A word of which `typed` letters were typed and `missing` were not.
pub(crate) fn beginning(typed: usize, missing: usize) -> u16 {
    match u16::try_from(missing) {
        Ok(0) => EXACT,
        Ok(_) if typed == 1 => INITIAL,
        Ok(missing) => BEGINNING.saturating_sub(MISSING_LETTER.saturating_mul(missing)).max(LEAST_BEGINNING),
        Err(_) => LEAST_BEGINNING,
    }
}

/// A word `distance` slips away of which `missing` letters were not typed.
pub(crate) fn alike(distance: u8, letters: usize, missing: usize) -> u16 {
    let letters = u16::try_from(letters.max(1)).unwrap_or(u16::MAX);
    let slip = SLIP + SHORT_SLIP / letters;
    let slips =
        slip.saturating_mul(u16::from(distance)).saturating_add(SLIP * u16::from(distance.saturating_sub(1)));
    beginning(usize::from(letters), missing).saturating_sub(slips).max(300)
}

/// A usual short form of what was typed.
pub(crate) fn nickname(typed: &str, name: &str) -> u16 {
    NICKNAME + part_of(NICKNAME_ALIKE, typed, name)
}

/// A word that sounds like what was typed.
pub(crate) fn sounding(typed: &str, word: &str) -> u16 {
    SOUND + part_of(SOUND_ALIKE, typed, word)
}

/// The part of `whole` that two words deserve by how much they look alike (Jaro and Winkler).
pub(crate) fn part_of(whole: f64, one: &str, two: &str) -> u16 {
    // From 0 to `whole`, which is small.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to whole")]
    let part = (whole * strsim::jaro_winkler(one, two)).round() as u16;
    part
}

/// How each word of the vocabulary matches a typed one: nothing for most.
#[derive(Debug)]
pub(crate) struct Quality {
    words: Vec<u16>,
    listed: Vec<u32>,
}

impl Quality {
    pub(crate) fn of(numbers: usize) -> Quality {
        Quality { words: vec![0; numbers], listed: Vec::new() }
    }

    /// Notes that `word` matches so well; the best counts. The lowest two bits say how.
    pub(crate) fn note(&mut self, word: u32, quality: u16, matched: Matched) {
        let how = match matched {
            Matched::Nickname => 1,
            Matched::NameAlike => 2,
            _ => 0,
        };
        let noted = quality << 2 | how;
        if let Some(held) = self.words.get_mut(word as usize) {
            if *held == 0 {
                self.listed.push(word);
            }
            *held = noted.max(*held);
        }
    }

    /// How many people have one of the words, some of them counted twice.
    fn people(&self, vocabulary: &Vocabulary) -> usize {
        self.listed.iter().map(|word| vocabulary.slots(*word).len()).sum()
    }

    fn get(&self, word: u32) -> Option<(u16, Matched)> {
        let noted = self.words.get(word as usize).copied().filter(|noted| *noted > 0)?;
        let matched = match noted & 3 {
            1 => Matched::Nickname,
            2 => Matched::NameAlike,
            _ => Matched::Name,
        };
        Some((noted >> 2, matched))
    }
}

/// What a code matches: who has it and how well, ordered by person.
pub(crate) type Owners = Vec<(u32, u16, Matched)>;

/// Parts of a query with what they match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'q> {
    /// For each word, the words of the vocabulary.
    pub(crate) words: &'q [&'q Quality],
    /// For each code, who has it.
    pub(crate) codes: &'q [&'q Owners],
}

/// How a person matches.
#[derive(Debug, Default)]
pub(crate) struct Fit {
    /// The sum over the parts, each at most 1000, and what is taken off their mean.
    pub(crate) sum: u32,
    pub(crate) penalty: u16,
    pub(crate) why: Why,
    /// Whether a word matches their first name; how well one matches a name that is not the first.
    pub(crate) first: bool,
    pub(crate) surname: u16,
    /// Whether a code matches in full, and is not just a day.
    pub(crate) whole_code: bool,
}

impl Fit {
    /// The score of so many parts. At most 1000.
    pub(crate) fn score(&self, parts: usize) -> u16 {
        let parts = u32::try_from(parts.max(1)).unwrap_or(u32::MAX);
        let mean = u16::try_from(self.sum / parts).unwrap_or(EXACT);
        mean.saturating_sub(self.penalty).max(1)
    }
}

impl Parts<'_> {
    pub(crate) fn len(self) -> usize {
        self.words.len() + self.codes.len()
    }

    /// How many people match the rarest part at most.
    pub(crate) fn rarest(self, vocabulary: &Vocabulary) -> usize {
        let words = self.words.iter().map(|quality| quality.people(vocabulary));
        words.chain(self.codes.iter().map(|found| found.len())).min().unwrap_or(0)
    }

    /// Everybody who matches the rarest part, each once: whoever matches all of them is among these.
    pub(crate) fn candidates(self, vocabulary: &Vocabulary) -> Vec<u32> {
        let word = self
            .words
            .iter()
            .map(|quality| (quality.people(vocabulary), quality))
            .min_by_key(|(size, _)| *size);
        let code = self.codes.iter().min_by_key(|found| found.len());
        let mut people: Vec<u32> = match (word, code) {
            (Some((size, _)), Some(found)) if found.len() <= size => {
                found.iter().map(|found| found.0).collect()
            }
            (None, Some(found)) => found.iter().map(|found| found.0).collect(),
            (Some((_, quality)), _) => {
                quality.listed.iter().flat_map(|word| vocabulary.slots(*word)).copied().collect()
            }
            (None, None) => Vec::new(),
        };
        people.sort_unstable();
        people.dedup();
        people
    }

    /// How a person matches every part; none unless all match.
    pub(crate) fn fit(self, at: u32, slot: &Slot) -> Option<Fit> {
        let mut fit = if self.words.is_empty() { Fit::default() } else { names(slot, self.words)? };
        for found in self.codes {
            let place = found.binary_search_by_key(&at, |(slot, _, _)| *slot).ok()?;
            let (_, quality, matched) = found.get(place)?;
            fit.sum += u32::from(*quality);
            fit.why = fit.why.with(*matched);
            fit.whole_code |= *quality == EXACT && *matched != Matched::DateOfBirth;
        }
        Some(fit)
    }
}

/// Gives each typed word a word of the person's own, the best first come.
fn names(slot: &Slot, typed: &[&Quality]) -> Option<Fit> {
    let mut taken = 0_u32;
    let mut named = Fit::default();
    let main = |role: Role| matches!(role, Role::First | Role::Middle | Role::Last);
    let (mut first, mut last, mut all_main) = (None, None, true);
    for quality in typed {
        let worth = |used: &Used| {
            let (quality, matched) = quality.get(used.word())?;
            let other = matches!(used.role(), Role::Other);
            Some((if other { quality.saturating_sub(OTHER_NAME) } else { quality }, matched))
        };
        let free = slot.words.iter().enumerate().filter(|(place, _)| taken & (1 << place) == 0);
        let best = free.filter_map(|(place, used)| worth(used).map(|w| (w.0, w.1, place, used.role())));
        let (quality, matched, place, role) =
            best.max_by_key(|(quality, _, place, _)| (*quality, usize::MAX - place))?;
        taken |= 1 << place;
        named.sum += u32::from(quality);
        named.why = named.why.with(matched);
        all_main &= main(role);
        match role {
            Role::First => named.first = true,
            Role::Middle => {}
            Role::Last | Role::Extra | Role::Other => named.surname = named.surname.max(quality),
        }
        first = first.or(Some(role));
        last = Some(role);
    }
    if all_main {
        let all = slot.words.iter().filter(|used| main(used.role())).count();
        let left = u16::try_from(all.saturating_sub(typed.len())).unwrap_or(0);
        named.penalty += NOT_TYPED * left.min(3);
    }
    if first > last {
        named.penalty += OTHER_ORDER;
    }
    Some(named)
}
