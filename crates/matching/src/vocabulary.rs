//! Every word of every name once, in alphabetical order, with the people who have it.
//!
//! A prefix is a range of the order. Near misses are found by walking the order as if it were a tree of letters: only
//! branches that can still come within the allowed distance are entered, so that a look-up costs a fraction of a
//! millisecond among 100,000 words and nothing has to be prepared or rebuilt.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use crate::sound::sounds;

#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    numbers: BTreeMap<Arc<str>, u32>,
    /// The words that sound so.
    sounds: HashMap<String, Vec<u32>>,
    words: Vec<Option<Word>>,
    free: Vec<u32>,
}

#[derive(Debug)]
struct Word {
    text: Arc<str>,
    slots: Vec<u32>,
}

/// A word that is nearly what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Near {
    /// Its number.
    pub(crate) word: u32,
    /// How many slips lie between what was typed and the beginning of the word.
    pub(crate) distance: u8,
    /// How many letters follow that beginning.
    pub(crate) missing: usize,
}

impl Vocabulary {
    /// The number of a word, which this person has from now on.
    pub(crate) fn add(&mut self, text: &str, slot: u32) -> u32 {
        let number = match self.numbers.get(text) {
            Some(number) => *number,
            None => {
                let text: Arc<str> = text.into();
                let word = Some(Word { text: Arc::clone(&text), slots: Vec::new() });
                let number = match self.free.pop() {
                    Some(number) => {
                        if let Some(place) = self.words.get_mut(number as usize) {
                            *place = word;
                        }
                        number
                    }
                    None => {
                        self.words.push(word);
                        u32::try_from(self.words.len() - 1).unwrap_or(u32::MAX)
                    }
                };
                for sound in sounds(&text) {
                    self.sounds.entry(sound).or_default().push(number);
                }
                self.numbers.insert(text, number);
                number
            }
        };
        if let Some(Some(word)) = self.words.get_mut(number as usize)
            // Whoever has a word twice has it twice in a row, since people are added one at a time.
            && word.slots.last() != Some(&slot)
        {
            word.slots.push(slot);
        }
        number
    }

    /// The person no longer has the word; a word that nobody has is forgotten.
    pub(crate) fn remove(&mut self, number: u32, slot: u32) {
        let Some(place) = self.words.get_mut(number as usize) else { return };
        let Some(word) = place else { return };
        if let Some(at) = word.slots.iter().position(|other| *other == slot) {
            word.slots.swap_remove(at);
        }
        if word.slots.is_empty() {
            let text = Arc::clone(&word.text);
            *place = None;
            self.numbers.remove(&text);
            for sound in sounds(&text) {
                let Some(words) = self.sounds.get_mut(&sound) else { continue };
                words.retain(|word| *word != number);
                if words.is_empty() {
                    self.sounds.remove(&sound);
                }
            }
            self.free.push(number);
        }
    }

    /// Gives back the room that growing left over.
    pub(crate) fn settle(&mut self) {
        self.words.iter_mut().flatten().for_each(|word| word.slots.shrink_to_fit());
        self.sounds.values_mut().for_each(Vec::shrink_to_fit);
    }

    /// How many numbers of words are in use or were.
    pub(crate) fn numbers(&self) -> usize {
        self.words.len()
    }

    /// Who has the word.
    pub(crate) fn slots(&self, number: u32) -> &[u32] {
        self.words.get(number as usize).and_then(Option::as_ref).map_or(&[], |word| &word.slots)
    }

    /// The word itself.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.words.get(number as usize).and_then(Option::as_ref).map_or("", |word| &word.text)
    }

    /// The number of exactly this word.
    pub(crate) fn exactly(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// Every word that begins with `prefix`, with the number of letters that follow.
    pub(crate) fn beginning<'v>(&'v self, prefix: &'v str) -> impl Iterator<Item = (u32, usize)> + 'v {
        self.from(Bound::Included(prefix))
            .take_while(move |(text, _)| text.starts_with(prefix))
            .map(move |(text, number)| (*number, text.len() - prefix.len()))
    }

    /// Every word that sounds like `typed`. A word may come several times.
    pub(crate) fn sounding(&self, typed: &str) -> impl Iterator<Item = u32> {
        sounds(typed).into_iter().filter_map(|sound| self.sounds.get(&sound)).flatten().copied()
    }

    /// Every word whose beginning is at most `most` slips away from `typed` (a letter wrong, missing, too many, or two
    /// swapped); with `whole`, only words that are so in full. A word may come several times.
    pub(crate) fn near(&self, typed: &str, most: u8, whole: bool, found: &mut impl FnMut(Near)) {
        let typed: Vec<char> = typed.chars().collect();
        let row: Vec<u8> = (0..=typed.len()).map(|at| u8::try_from(at).unwrap_or(u8::MAX)).collect();
        let mut letters = typed.clone();
        letters.sort_unstable();
        letters.dedup();
        let walk = Walk { words: self, typed: &typed, letters: &letters, most, whole };
        walk.enter(&mut String::new(), None, &[], &row, found);
    }

    fn from(&self, bound: Bound<&str>) -> impl Iterator<Item = (&Arc<str>, &u32)> {
        self.numbers.range::<str, _>((bound, Bound::Unbounded))
    }
}

/// A walk through the words as through a tree, with one row of the table of distances a letter.
struct Walk<'w> {
    words: &'w Vocabulary,
    typed: &'w [char],
    letters: &'w [char],
    most: u8,
    whole: bool,
}

impl Walk<'_> {
    /// At the words that begin with `node`: `row` holds the distances of `node` from each beginning of what was typed,
    /// `before` those of `node` without its last letter.
    fn enter(
        &self,
        node: &mut String,
        last: Option<char>,
        before: &[u8],
        row: &[u8],
        found: &mut impl FnMut(Near),
    ) {
        if let Some(distance) = row.last().copied().filter(|distance| *distance <= self.most) {
            let take = if self.whole { 1 } else { usize::MAX };
            for (word, missing) in self.words.beginning(node).take(take) {
                if !self.whole || missing == 0 {
                    found(Near { word, distance, missing });
                }
            }
        }
        let best = row.iter().copied().min().unwrap_or(u8::MAX);
        if best >= self.most {
            // No slip is left: only letters that were typed can follow.
            for letter in self.letters {
                self.step(node, *letter, last, before, row, found);
            }
            return;
        }
        let depth = node.len();
        let mut next: Option<char> = None;
        loop {
            // The first word that goes on after `node` with a letter not seen yet.
            let from = next.map(|letter| {
                node.push(letter);
                let from = node.clone();
                node.truncate(depth);
                from
            });
            let bound = from.as_deref().map_or(Bound::Excluded(node.as_str()), Bound::Included);
            let Some((text, _)) = self.words.from(bound).next() else { return };
            let Some(letter) = text.strip_prefix(node.as_str()).and_then(|rest| rest.chars().next()) else {
                return;
            };
            self.step(node, letter, last, before, row, found);
            next = ((letter as u32 + 1)..=char::MAX as u32).find_map(char::from_u32);
            if next.is_none() {
                return;
            }
        }
    }

    /// One letter deeper, if that can still lead to something.
    fn step(
        &self,
        node: &mut String,
        letter: char,
        last: Option<char>,
        before: &[u8],
        row: &[u8],
        found: &mut impl FnMut(Near),
    ) {
        let next = self.next_row(letter, last, before, row);
        // Two swapped letters cost one slip when the second comes: until then the row looks one worse.
        let hope = next.iter().copied().min().unwrap_or(u8::MAX).min(self.swap_begun(letter, row));
        if hope > self.most {
            return;
        }
        let depth = node.len();
        node.push(letter);
        if self.words.beginning(node).next().is_some() {
            self.enter(node, Some(letter), row, &next, found);
        }
        node.truncate(depth);
    }

    /// The distance that a swap begun with `letter` will have once its second letter comes.
    fn swap_begun(&self, letter: char, row: &[u8]) -> u8 {
        let begun = self.typed.iter().skip(1).zip(row).filter(|(typed, _)| **typed == letter);
        begun.map(|(_, distance)| distance.saturating_add(1)).min().unwrap_or(u8::MAX)
    }

    /// Optimal string alignment: the row after one more letter.
    fn next_row(&self, letter: char, last: Option<char>, before: &[u8], row: &[u8]) -> Vec<u8> {
        let at = |row: &[u8], place: usize| row.get(place).copied().unwrap_or(u8::MAX);
        let mut next = Vec::with_capacity(row.len());
        next.push(at(row, 0).saturating_add(1));
        let mut previous: Option<char> = None;
        for (place, typed) in self.typed.iter().enumerate() {
            let wrong = at(row, place).saturating_add(u8::from(*typed != letter));
            let too_many = at(row, place + 1).saturating_add(1);
            let missing = at(&next, place).saturating_add(1);
            let mut best = wrong.min(too_many).min(missing);
            if place > 0 && last == Some(*typed) && previous == Some(letter) {
                best = best.min(at(before, place - 1).saturating_add(1));
            }
            next.push(best);
            previous = Some(*typed);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Optimal string alignment by its definition, to compare with.
    fn distance(one: &[char], two: &[char]) -> u8 {
        let mut table = vec![vec![0_u8; two.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=two.len() {
                table[i][j] = if i == 0 || j == 0 {
                    (i + j) as u8
                } else {
                    let wrong = table[i - 1][j - 1] + u8::from(one[i - 1] != two[j - 1]);
                    let mut best = wrong.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        table[one.len()][two.len()]
    }

    #[test]
    fn a_word_that_nobody_has_is_forgotten() {
        let mut words = Vocabulary::default();
        let (one, two) = (words.add("ann", 1), words.add("ann", 2));
        assert_eq!((one, words.slots(one)), (two, [1, 2].as_slice()));
        words.remove(one, 1);
        assert_eq!(words.exactly("ann"), Some(one));
        words.remove(one, 2);
        assert_eq!((words.exactly("ann"), words.text(one)), (None, ""));
        assert_eq!(words.sounding("anne").count(), 0, "nor what it sounds like");
        assert_eq!(words.add("bob", 3), one, "numbers are given again");
    }

    proptest! {
        #[test]
        fn the_walk_finds_just_what_the_definition_of_distance_says(
            list in proptest::collection::btree_set("[abcé]{1,6}", 1..30), typed in "[abcé]{1,6}", most in 0_u8..3, whole in any::<bool>(),
        ) {
            let mut words = Vocabulary::default();
            for (slot, word) in (0..).zip(&list) {
                words.add(word, slot);
            }
            let typed_letters: Vec<char> = typed.chars().collect();
            let mut expected: BTreeMap<String, u8> = BTreeMap::new();
            for word in &list {
                let letters: Vec<char> = word.chars().collect();
                let prefixes = if whole { letters.len()..=letters.len() } else { 0..=letters.len() };
                let best = prefixes.map(|end| distance(&typed_letters, &letters[..end])).min().unwrap();
                if best <= most {
                    expected.insert(word.clone(), best);
                }
            }
            let mut found: BTreeMap<String, u8> = BTreeMap::new();
            words.near(&typed, most, whole, &mut |near| {
                let best = found.entry(words.text(near.word).to_owned()).or_insert(u8::MAX);
                *best = near.distance.min(*best);
            });
            prop_assert_eq!(found, expected);
        }
    }
}
