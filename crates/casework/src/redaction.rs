//! Taking words out of a copy: what is about somebody else is removed in fact, not covered.
//!
//! A [`Mark`] names words as they stand. Letters match whatever their case, and any space matches any other, so that a name
//! is found over the end of a line. What was marked and is not found is told, so that no copy leaves with a mark that no
//! longer fits.

use serde::{Deserialize, Serialize};

/// What stands where something was taken out.
pub const REMOVED: &str = "[removed]";

/// Words that are taken out of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// From which part of the copy, by its name there; none for every part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The words; empty for the whole part.
    pub words: String,
    /// Why.
    pub because: String,
}

impl Mark {
    /// Whether it is about this part.
    #[must_use]
    pub fn is_about(&self, part: &str) -> bool {
        self.part.as_deref().is_none_or(|own| own == part)
    }

    /// Whether it takes out a whole part.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.words.trim().is_empty()
    }
}

fn same(one: char, other: char) -> bool {
    (one.is_whitespace() && other.is_whitespace())
        || one == other
        || one.to_lowercase().eq(other.to_lowercase())
}

/// Where the words begin at `at`, and how many characters of the text they take.
fn length_at(text: &[char], at: usize, words: &[char]) -> Option<usize> {
    let mut place = at;
    for word in words {
        let here = *text.get(place)?;
        if !same(here, *word) {
            return None;
        }
        place += 1;
        if word.is_whitespace() {
            while text.get(place).is_some_and(|next| next.is_whitespace()) {
                place += 1;
            }
        }
    }
    Some(place - at)
}

/// The words of a mark with single spaces.
fn squeezed(words: &str) -> Vec<char> {
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect()
}

/// The text without the words, and how often they stood in it. Where they stood, [`REMOVED`] stands.
#[must_use]
pub fn without(text: &str, words: &str) -> (String, usize) {
    let words = squeezed(words);
    if words.is_empty() {
        return (text.to_owned(), 0);
    }
    let chars: Vec<char> = text.chars().collect();
    let removed: Vec<char> = REMOVED.chars().collect();
    let (mut left, mut found, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(here) = chars.get(at) {
        // What says that something was removed is no word of anybody.
        if let Some(length) = length_at(&chars, at, &removed) {
            left.push_str(REMOVED);
            at += length;
        } else if let Some(length) = length_at(&chars, at, &words) {
            left.push_str(REMOVED);
            found += 1;
            at += length;
        } else {
            left.push(*here);
            at += 1;
        }
    }
    (left, found)
}

/// Whether the words stand in the text.
#[must_use]
pub fn stands_in(text: &str, words: &str) -> bool {
    without(text, words).1 > 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // promise: P21
    #[test]
    fn words_are_taken_out_in_every_spelling_of_case_and_space() {
        for (text, words, left, times) in [
            ("Came with Sandra Quill today.", "Sandra Quill", "Came with [removed] today.", 1),
            ("SANDRA  QUILL and sandra\nquill", "Sandra Quill", "[removed] and [removed]", 2),
            ("Ångström met Ärzte", "ångström", "[removed] met Ärzte", 1),
            ("Nothing here", "Sandra", "Nothing here", 0),
            ("Nothing here", "   ", "Nothing here", 0),
            ("aaa", "aa", "[removed]a", 1),
            ("[removed] and more", "removed", "[removed] and more", 0),
        ] {
            assert_eq!(without(text, words), (left.to_owned(), times), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_taken_out_stands_nowhere_any_more(text in "[a-c A-C\n]{0,40}", words in "[a-c]{1,4}") {
            let (left, times) = without(&text, &words);
            prop_assert_eq!(stands_in(&text, &words), times > 0);
            let pieces: Vec<&str> = left.split(REMOVED).collect();
            prop_assert!(pieces.iter().all(|piece| !piece.to_lowercase().contains(&words)), "{}", left);
            prop_assert_eq!(without(&left, &words).1, 0);
        }
    }
}
