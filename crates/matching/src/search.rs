//! The search: exact beginnings first; slips are looked for only when those find too few.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use crate::codes::Kind;
use crate::person::Slot;
use crate::person::packed_day;
use crate::query::{Day, Part, Reading, readings};
use crate::score::{EXACT, Owners, Parts, Quality, alike, beginning, nickname, sounding};
use crate::why::{Matched, Why};
use crate::{Hit, Index, Key, nicknames};

/// The beginning of a code.
const CODE_BEGINS: u16 = 950;
/// A day with day and month swapped; part of a day.
const SWAPPED: u16 = 900;
const PART_OF_DAY: u16 = 850;
/// Digits out of the middle of a telephone number.
const MIDDLE: u16 = 850;

/// A shorter word is not two names in one.
const LONG: usize = 6;
/// More ways to cut a word in two are not tried.
const MOST_CUTS: usize = 3;

/// How many slips are forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slips {
    None,
    One,
    Two,
}

impl Index {
    /// The people who match all of what was typed, the best first; after them, if they are fewer than `limit`, those who match
    /// all parts but one.
    #[must_use]
    pub fn search(&self, typed: &str, limit: usize) -> Vec<Hit> {
        self.search_where(typed, limit, |_| true)
    }

    /// The same among those who may be shown: the others neither appear nor take anybody's place.
    #[must_use]
    pub fn search_where(&self, typed: &str, limit: usize, mut may: impl FnMut(&Key) -> bool) -> Vec<Hit> {
        let queries = self.queries(typed);
        let found = self.matching_all(&queries, limit);
        let mut hits =
            self.best(found.iter().map(|(at, (score, why))| (*at, *score, *why)).collect(), limit, &mut may);
        if hits.len() < limit {
            let lowest = hits.last().map_or(1.0, |hit| hit.score);
            let mut nearly = Found::new();
            for slips in [Slips::None, Slips::One] {
                for (slot, score, why) in queries.iter().flat_map(|query| query.all_but_one(slips)) {
                    if !found.contains_key(&slot) {
                        keep(&mut nearly, slot, score, why);
                    }
                }
                if !nearly.is_empty() {
                    break;
                }
            }
            let more = nearly.into_iter().map(|(slot, (score, why))| (slot, score, why)).collect();
            let more = self.best(more, limit - hits.len(), may);
            hits.extend(more.into_iter().map(|hit| Hit { score: hit.score.min(lowest), ..hit }));
        }
        hits
    }

    /// The readings of what was typed, and those that take words apart that nobody has.
    fn queries(&self, typed: &str) -> Vec<Query<'_>> {
        let mut all = readings(typed);
        if let Some(plain) = all.first() {
            let apart = self.taken_apart(plain);
            all.extend(apart);
        }
        all.into_iter().map(|parts| Query::of(self, parts)).collect()
    }

    /// Whoever matches all parts; with slips only if too few do without.
    fn matching_all(&self, queries: &[Query<'_>], limit: usize) -> Found {
        let mut found = Found::new();
        for slips in [Slips::None, Slips::One, Slips::Two] {
            for (at, query) in queries.iter().enumerate() {
                // Codes have no slips: without a word to look at again, there is nothing more to find.
                if slips != Slips::None && query.words.is_empty() {
                    continue;
                }
                let more = query.find(slips);
                let enough = at == 0 && slips == Slips::None && more.len() >= limit;
                for (slot, score, why) in more {
                    keep(&mut found, slot, score, why);
                }
                if enough {
                    return found;
                }
            }
            if found.len() >= limit {
                break;
            }
        }
        found
    }

    /// "annother": the first word that nobody's name begins with, as two that somebody has.
    fn taken_apart(&self, parts: &[Part]) -> Vec<Vec<Part>> {
        let unknown = parts.iter().enumerate().find_map(|(at, part)| match part {
            Part::Word(word)
                if word.chars().count() >= LONG && self.words.beginning(word).next().is_none() =>
            {
                Some((at, word))
            }
            _ => None,
        });
        let Some((at, word)) = unknown else { return Vec::new() };
        let cuts = word.char_indices().map(|(cut, _)| word.split_at(cut)).filter(|(one, two)| {
            two.chars().count() >= 3
                && self.words.exactly(one).is_some()
                && self.words.beginning(two).next().is_some()
        });
        cuts.take(MOST_CUTS)
            .map(|(one, two)| {
                let mut apart = parts.to_vec();
                let halves = [one, two].map(|half| Part::Word(half.to_owned()));
                apart.splice(at..=at, halves);
                apart
            })
            .collect()
    }

    /// The best of those found, in the order of their score; among equals in that of their standing, of how many are called
    /// so, of their names.
    ///
    /// One letter finds a tenth of everybody, so only those are put in order who may be shown, and what is slow to look up is
    /// looked up of equals only.
    fn best(&self, found: Vec<(u32, u16, Why)>, limit: usize, mut may: impl FnMut(&Key) -> bool) -> Vec<Hit> {
        let mut ranked: Vec<(Ranked<'_>, Why)> = found
            .into_iter()
            .filter_map(|(at, score, why)| {
                let slot = self.slot(at)?;
                let namesakes = OnceCell::new();
                Some((Ranked { score, standing: slot.standing, namesakes, slot, index: self }, why))
            })
            .collect();
        let (mut rest, mut shown, mut take) = (ranked.as_mut_slice(), Vec::new(), limit * 2);
        while shown.len() < limit && !rest.is_empty() {
            if take < rest.len() {
                rest.select_nth_unstable_by(take, |one, two| one.0.cmp(&two.0));
            }
            let (next, others) = rest.split_at_mut(take.min(rest.len()));
            next.sort_unstable_by(|one, two| one.0.cmp(&two.0));
            let hits = next.iter().filter(|(ranked, _)| may(&ranked.slot.key)).take(limit - shown.len());
            shown.extend(hits.map(|(ranked, why)| Hit {
                key: ranked.slot.key,
                score: f32::from(ranked.score) / f32::from(EXACT),
                why: *why,
            }));
            (rest, take) = (others, take * 4);
        }
        shown
    }

    /// Who has a code that can be read so, each once with the best reading.
    fn owners(&self, readings: &[Reading]) -> Owners {
        let mut found: Owners = Vec::new();
        for reading in readings {
            self.read(reading, &mut found);
        }
        found.sort_unstable_by_key(|(slot, quality, _)| (*slot, u16::MAX - quality));
        found.dedup_by_key(|(slot, _, _)| *slot);
        found
    }

    fn quality(&self, typed: &str, slips: Slips) -> Quality {
        let mut quality = Quality::of(self.words.numbers());
        let letters = typed.chars().count();
        for (word, missing) in self.words.beginning(typed) {
            quality.note(word, beginning(letters, missing), Matched::Name);
        }
        for name in nicknames::of(typed) {
            if let Some(word) = self.words.exactly(name) {
                quality.note(word, nickname(typed, name), Matched::Nickname);
            }
        }
        // In two letters nearly everything is a slip away; in three only whole names are worth it.
        let (most, whole) = match (slips, letters) {
            (Slips::None, _) | (_, 0..=2) => return quality,
            (_, 3) => (1, true),
            (Slips::One, _) | (_, 4..=5) => (1, false),
            (Slips::Two, _) => (2, true),
        };
        for word in self.words.sounding(typed) {
            quality.note(word, sounding(typed, self.words.text(word)), Matched::NameAlike);
        }
        let mut near = |near: crate::vocabulary::Near| {
            if near.distance > 0 {
                quality.note(near.word, alike(near.distance, letters, near.missing), Matched::NameAlike);
            }
        };
        self.words.near(typed, most, whole, &mut near);
        if most == 2 {
            self.words.near(typed, 1, false, &mut near);
        }
        quality
    }

    fn read(&self, reading: &Reading, found: &mut Owners) {
        let mut code = |kind: Kind, text: &str, matched: Matched| {
            let begins = self.codes.beginning(kind, text);
            found.extend(begins.map(|(slot, all)| (slot, if all { EXACT } else { CODE_BEGINS }, matched)));
        };
        match reading {
            Reading::Postcode(text) => code(Kind::Postcode, text, Matched::Postcode),
            Reading::Number(text) => code(Kind::Number, text, Matched::Number),
            // The suffix is nobody's own, and some systems drop it.
            Reading::Nino(text) => code(Kind::Nino, text.get(..8).unwrap_or(text), Matched::Nino),
            Reading::Phone(digits) => self.phones(digits, found),
            Reading::Email(text) => {
                let from = (text.as_str().into(), 0);
                let begins =
                    self.emails.range(from..).take_while(|(email, _)| email.starts_with(text.as_str()));
                let worth = |email: &str| if email == text { EXACT } else { CODE_BEGINS };
                found.extend(begins.map(|(email, slot)| (*slot, worth(email), Matched::Email)));
            }
            Reading::Date((year, month, day), order) => {
                let (quality, matched) = match order {
                    Day::AsTyped => (EXACT, Matched::DateOfBirth),
                    Day::Swapped => (SWAPPED, Matched::DateSwapped),
                };
                let born = packed_day(*year, *month, *day);
                found.extend(
                    self.births.range((born, 0)..(born + 1, 0)).map(|(_, slot)| (*slot, quality, matched)),
                );
            }
            Reading::Year(year) => {
                let range = (packed_day(*year, 0, 0), 0)..(packed_day(year + 1, 0, 0), 0);
                found.extend(
                    self.births.range(range).map(|(_, slot)| (*slot, PART_OF_DAY, Matched::PartOfDate)),
                );
            }
            Reading::DayOfYear(month, day) => {
                let wanted = u32::from(*month) * 100 + u32::from(*day);
                let born = self.births.iter().filter(|(born, _)| born % 10_000 == wanted);
                found.extend(born.map(|(_, slot)| (*slot, PART_OF_DAY, Matched::PartOfDate)));
            }
        }
    }

    /// Telephone numbers that begin or end so; failing those, that have these digits in them.
    fn phones(&self, digits: &str, found: &mut Owners) {
        let before = found.len();
        let matched = Matched::Phone;
        let worth = |all: bool| if all { EXACT } else { CODE_BEGINS };
        let with_zero = format!("0{digits}");
        for begins in [digits, with_zero.as_str()] {
            found.extend(
                self.codes.beginning(Kind::Phone, begins).map(|(slot, all)| (slot, worth(all), matched)),
            );
        }
        if digits.len() >= 4 {
            found.extend(self.codes.phones_ending(digits).map(|(slot, all)| (slot, worth(all), matched)));
        }
        if digits.len() >= 5 && found.len() == before {
            found.extend(self.codes.phones_with(digits).map(|slot| (slot, MIDDLE, matched)));
        }
    }
}

/// Somebody found, in the order in which people are shown.
struct Ranked<'i> {
    score: u16,
    standing: u32,
    /// How many are called so, once it was asked.
    namesakes: OnceCell<u64>,
    slot: &'i Slot,
    index: &'i Index,
}

impl Ranked<'_> {
    /// How many are called so, by the two names that make somebody rare or not.
    fn namesakes(&self) -> u64 {
        *self.namesakes.get_or_init(|| {
            let (first, last) = self.slot.called();
            let called = |word: Option<u32>| word.map_or(0, |word| self.index.words.slots(word).len() as u64);
            called(first) * called(last)
        })
    }

    fn name(&self) -> &str {
        self.slot.called().0.map_or("", |word| self.index.words.text(word))
    }

    fn cmp(&self, other: &Ranked<'_>) -> Ordering {
        (other.score, other.standing)
            .cmp(&(self.score, self.standing))
            .then_with(|| other.namesakes().cmp(&self.namesakes()))
            .then_with(|| self.name().cmp(other.name()))
            .then_with(|| self.slot.key.cmp(&other.slot.key))
    }
}

/// Who was found, how well, and why.
type Found = HashMap<u32, (u16, Why)>;

/// Keeps the better of two ways in which somebody was found.
fn keep(found: &mut Found, slot: u32, score: u16, why: Why) {
    let held = found.entry(slot).or_insert((score, why));
    if score > held.0 {
        *held = (score, why);
    }
}

/// One reading of what was typed, with its codes looked up.
pub(crate) struct Query<'i> {
    pub(crate) index: &'i Index,
    pub(crate) words: Vec<String>,
    pub(crate) codes: Vec<Code>,
}

/// A code with who has it.
pub(crate) struct Code {
    pub(crate) readings: Vec<Reading>,
    pub(crate) owners: Owners,
}

impl<'i> Query<'i> {
    fn of(index: &'i Index, parts: Vec<Part>) -> Query<'i> {
        let mut query = Query { index, words: Vec::new(), codes: Vec::new() };
        for part in parts {
            match part {
                Part::Word(word) => query.words.push(word),
                Part::Code(readings) => {
                    let owners = index.owners(&readings);
                    query.codes.push(Code { readings, owners });
                }
            }
        }
        query
    }

    /// What each word matches.
    pub(crate) fn qualities(&self, slips: Slips) -> Vec<Quality> {
        self.words.iter().map(|word| self.index.quality(word, slips)).collect()
    }

    /// Everybody who matches all of it, with so many slips forgiven in each word.
    fn find(&self, slips: Slips) -> Vec<(u32, u16, Why)> {
        if self.codes.iter().any(|code| code.owners.is_empty()) {
            return Vec::new();
        }
        let words = self.qualities(slips);
        let words: Vec<&Quality> = words.iter().collect();
        let codes: Vec<&Owners> = self.codes.iter().map(|code| &code.owners).collect();
        let parts = Parts { words: &words, codes: &codes };
        let score = |at: u32| {
            let fit = parts.fit(at, self.index.slot(at)?)?;
            Some((at, fit.score(parts.len()), fit.why))
        };
        parts.candidates(&self.index.words).into_iter().filter_map(score).collect()
    }
}
