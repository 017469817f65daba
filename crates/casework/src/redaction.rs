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

/// The text without any of these words, and how often each stood in it. Where they stood, [`REMOVED`] stands once, over as
/// much as the marks cover together: marks are looked for in the text as it was, so that one that overlaps another takes
/// nothing from it.
#[must_use]
pub fn without(text: &str, marks: &[&str]) -> (String, Vec<usize>) {
    let chars: Vec<char> = text.chars().collect();
    let mut spans = Vec::new();
    let times = marks.iter().map(|words| {
        let words = squeezed(words);
        if words.is_empty() {
            return 0;
        }
        let found = (0..chars.len()).filter_map(|at| Some((at, at + length_at(&chars, at, &words)?)));
        let before = spans.len();
        spans.extend(found);
        spans.len() - before
    });
    let times = times.collect();
    spans.sort_unstable();
    let (mut left, mut at) = (String::with_capacity(text.len()), 0);
    for (starts, ends) in spans {
        if starts >= at {
            left.extend(chars.get(at..starts).unwrap_or_default());
            left.push_str(REMOVED);
        }
        at = at.max(ends);
    }
    left.extend(chars.get(at..).unwrap_or_default());
    (left, times)
}

/// Whether the words stand in the text.
#[must_use]
pub fn stands_in(text: &str, words: &str) -> bool {
    without(text, &[words]).1.iter().any(|times| *times > 0)
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
            ("aaa", "aa", "[removed]", 2),
        ] {
            assert_eq!(without(text, &[words]), (left.to_owned(), vec![times]), "{text}");
        }
    }

    // promise: P21
    #[test]
    fn marks_that_overlap_take_nothing_from_one_another() {
        let text = "Her sister Sandra Quill rang; Quill Lane 4.";
        for (marks, left, times) in [
            (["Quill", "Sandra Quill"], "Her sister [removed] rang; [removed] Lane 4.", [2, 1]),
            (["Sandra Quill", "Quill rang"], "Her sister [removed]; Quill Lane 4.", [1, 1]),
            (["sister Sandra", "Sandra Quill"], "Her [removed] rang; Quill Lane 4.", [1, 1]),
            (["Sandra Quill", "Sandra Quill"], "Her sister [removed] rang; Quill Lane 4.", [1, 1]),
            // Words that stand side by side are two removals.
            (["Sandra ", "Quill"], "Her sister [removed] [removed] rang; [removed] Lane 4.", [1, 2]),
        ] {
            assert_eq!(without(text, &marks), (left.to_owned(), times.to_vec()), "{marks:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_taken_out_stands_nowhere_any_more(
            text in "[f-h F-H\n]{0,40}",
            marks in proptest::collection::vec("[f-h]{1,4}", 1..4),
        ) {
            let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
            let (left, times) = without(&text, &marks);
            for (words, times) in marks.iter().zip(times) {
                prop_assert_eq!(stands_in(&text, words), times > 0);
                prop_assert!(!stands_in(&left, words), "{}", left);
            }
        }
    }
}
