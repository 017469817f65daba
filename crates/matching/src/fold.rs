//! One spelling of many: small letters, no accents, no apostrophes; a name as the words by which it is looked for.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longer words are cut: no name needs them, and a slip of a whole page pasted into a box shall not cost.
const LONGEST_WORD: usize = 40;

/// The text in small letters without accents; letters that have no plain form take their usual replacement.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2b9}' | '`' | '\u{b4}' => folded.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            // Small letters of some capitals come with a mark of their own.
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// What a word is in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The first word of the name.
    First,
    /// A word in between.
    Middle,
    /// The last word.
    Last,
    /// Another way to write part of it: smithjones for Smith-Jones, neill for O'Neill.
    Extra,
    /// A word of another name of theirs.
    Other,
}

/// The words of a name, each with its role.
pub(crate) fn words_of_name(name: &str) -> Vec<(String, Role)> {
    let name = fold(name);
    let mut words: Vec<(String, Role)> = Vec::new();
    let mut extras: Vec<String> = Vec::new();
    for chunk in name.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-')) {
        for part in chunk.split('-') {
            let word = joined(part);
            if !word.is_empty() {
                words.push((word, Role::Middle));
            }
            if part.contains('\'') {
                extras.extend(part.split('\'').map(joined).filter(|word| word.chars().count() > 1));
            }
        }
        if chunk.contains('-') {
            extras.push(joined(chunk));
        }
    }
    // Van der Berg is looked for as Vanderberg, too.
    let short = words.iter().skip(1).position(|(word, _)| word.chars().count() <= 3);
    if let Some(from) = short.map(|at| at + 1).filter(|from| from + 1 < words.len()) {
        let whole: String = words.iter().skip(from).map(|(word, _)| word.as_str()).collect();
        extras.push(whole.chars().take(LONGEST_WORD).collect());
    }
    if let Some((_, role)) = words.last_mut() {
        *role = Role::Last;
    }
    if let Some((_, role)) = words.first_mut() {
        *role = Role::First;
    }
    extras.retain(|extra| !extra.is_empty() && words.iter().all(|(word, _)| word != extra));
    extras.sort_unstable();
    extras.dedup();
    words.extend(extras.into_iter().map(|word| (word, Role::Extra)));
    words
}

/// The letters and digits of a folded text without what stands between them.
pub(crate) fn joined(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).take(LONGEST_WORD).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_spellings_become_one() {
        for (typed, folded) in [
            ("Zoë", "zoe"),
            ("ŁUKASZ", "lukasz"),
            ("Müller-Weiß", "muller-weiss"),
            ("O’Neill", "o'neill"),
            ("Søren Ægir", "soren aegir"),
            ("İpek Işık", "ipek isik"),
            ("Đặng", "dang"),
        ] {
            assert_eq!(fold(typed), folded);
        }
    }

    #[test]
    fn a_name_has_the_words_that_people_look_for() {
        for (name, words) in [
            ("Ann Other", "ann other"),
            ("Sean O'Neill", "sean oneill neill"),
            ("Ann Smith-Jones", "ann smith jones smithjones"),
            ("Jan van der Berg", "jan van der berg vanderberg"),
            ("Jo (Josephine) Other", "jo josephine other"),
            ("", ""),
        ] {
            let found: Vec<String> = words_of_name(name).into_iter().map(|(word, _)| word).collect();
            assert_eq!(found.join(" "), words);
        }
        assert_eq!(
            words_of_name("Ann Other").iter().map(|w| w.1).collect::<Vec<_>>(),
            [Role::First, Role::Last]
        );
    }
}
