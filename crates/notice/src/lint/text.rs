//! Small questions about English text.

/// Keys under which names, codes and citations stand, not sentences.
const NOT_PROSE: &[&str] = &[
    "id",
    "category",
    "categories",
    "fields",
    "purpose",
    "layer",
    "role",
    "kind",
    "list",
    "dpv",
    "code",
    "ilr",
    "link",
    "article",
    "article9",
    "covers",
    "special",
    "counts",
    "after",
    "to",
    "right",
    "policy_document",
    "version",
    "language",
    "email",
    "phone",
    "address",
    "extends",
    "processor",
    "reveals",
    "country",
    "countries",
    "entries",
];

/// Whether the text at `path` is something that people read.
pub(super) fn is_prose(path: &str) -> bool {
    !path.starts_with("lists[") && !NOT_PROSE.contains(&key(path))
}

/// Whether the text at `path` is a sentence of the service's own, not a name or a citation.
pub(super) fn is_own_words(path: &str) -> bool {
    const CITED: &[&str] =
        &["name", "label", "enactment", "legal_ground", "authority", "laws", "heading", "title", "service"];
    is_prose(path) && !CITED.contains(&key(path))
}

/// The last key of a path, without its index.
fn key(path: &str) -> &str {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.split('[').next().unwrap_or(last)
}

/// Whether `word` (small letters; may be several words, or a beginning that ends in `*`) stands in `text` (small
/// letters).
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let (word, beginning) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !letter(before) && (beginning || !letter(after))
    })
}

/// Whether any of the words stands in `text`.
pub(super) fn has_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| has_word(text, word))
}

/// Every length of time that a text names in months or years, in months: "12 months", "six years", "a year".
pub(super) fn named_months(text: &str) -> Vec<u32> {
    let small =
        text.to_lowercase().replace("twenty-four", "24").replace("thirty-six", "36").replace('-', " ");
    let words: Vec<&str> =
        small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let lengths = words.windows(2).filter_map(|pair| {
        let &[number, unit] = pair else { return None };
        let times = match unit {
            "month" | "months" => 1,
            "year" | "years" => 12,
            _ => return None,
        };
        let number = match number {
            "a" => 1,
            _ => number
                .parse()
                .ok()
                .or_else(|| NUMBERS.iter().find(|(word, _)| *word == number).map(|(_, n)| *n))?,
        };
        u32::checked_mul(number, times)
    });
    lengths.collect()
}

const NUMBERS: [(&str, u32); 14] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fifteen", 15),
    ("eighteen", 18),
];

/// The sentences of a text.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = end_of_sentence(rest);
            let (sentence, after) = rest.split_at(end);
            rest = after;
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                return Some(sentence);
            }
        }
        None
    })
}

fn end_of_sentence(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let after = letters.peek().map(|(_, c)| *c);
        let ends = matches!(c, '.' | '?' | '!' | ':' | ';') && after.is_none_or(char::is_whitespace);
        if ends || c == '\n' {
            return at + c.len_utf8();
        }
    }
    text.len()
}

/// The words of a text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|word| !word.is_empty())
}

/// The age from which people can read a text with ease: Flesch-Kincaid grade and five years.
pub(super) fn reading_age<'t>(texts: impl Iterator<Item = &'t str>) -> Option<f64> {
    let (mut sentence_count, mut word_count, mut syllable_count) = (0u32, 0u32, 0u32);
    for sentence in texts.flat_map(sentences) {
        let mut any = false;
        for word in words(sentence) {
            any = true;
            word_count += 1;
            syllable_count += syllables(word);
        }
        sentence_count += u32::from(any);
    }
    // Below some hundred words the measure says nothing.
    if word_count < 100 {
        return None;
    }
    let (sentences, words) = (f64::from(sentence_count), f64::from(word_count));
    Some(0.39 * words / sentences + 11.8 * f64::from(syllable_count) / words - 15.59 + 5.0)
}

fn syllables(word: &str) -> u32 {
    let word = word.to_lowercase();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut count = 0;
    let mut before = false;
    for c in word.chars() {
        count += u32::from(vowel(c) && !before);
        before = vowel(c);
    }
    let silent =
        word.ends_with('e') && !word.ends_with("le") || word.ends_with("ed") && !word.ends_with("ted");
    if silent && count > 1 {
        count -= 1;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_or_by_their_beginning() {
        assert!(has_word("we share it.", "share") && !has_word("we shared it", "share"));
        assert!(has_word("we shared it", "share*") && !has_word("unshared", "share*"));
        assert!(has_word("not share data", "not share"));
    }

    #[test]
    fn texts_fall_into_sentences() {
        let found: Vec<_> = sentences("One. Two e.g.x? Three: four\nfive").collect();
        assert_eq!(found, ["One.", "Two e.g.x?", "Three:", "four", "five"]);
    }

    #[test]
    fn long_words_make_a_text_harder() {
        let easy = "We help you to find work. We ask you what you need. ".repeat(20);
        let hard =
            "Notwithstanding aforementioned considerations, organisational responsibilities necessitate \
                    comprehensive documentation of individualised interventions and participation. "
                .repeat(20);
        let age = |text: &str| reading_age(std::iter::once(text)).unwrap();
        assert!(age(&easy) < 8.0 && age(&hard) > 20.0);
        assert_eq!(reading_age(std::iter::once("Short.")), None);
    }
}
