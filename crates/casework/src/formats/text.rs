//! Plain texts: how long they may be, and which characters they may hold.

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 100;
/// The longest line of text.
pub const LONGEST_TEXT: usize = 500;
/// The longest text of several lines.
pub const LONGEST_LONG_TEXT: usize = 20_000;

/// Why a text cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// More characters than fit.
    #[error("Use {longest} characters or fewer. This has {length}")]
    TooLong {
        /// How many characters fit.
        longest: usize,
        /// How many there are.
        length: usize,
    },
    /// Characters that are not text: they come with some copied documents.
    #[error(
        "This has characters that are not text, such as those copied with a picture. Type it again or paste it as plain text"
    )]
    Control,
    /// Several lines where one is asked for.
    #[error("Write this in one line")]
    Lines,
    /// A name without a letter.
    #[error("Enter the name as the client writes it, like Sam Example")]
    NoLetters,
}

/// Reads a person's name: one line with a letter in it, inner spaces made single. Nothing else is asked of a name.
///
/// # Errors
/// What is wrong with it and what to do.
pub fn name(typed: &str) -> Result<String, TextFault> {
    let name = line(typed, LONGEST_NAME)?;
    if !name.is_empty() && !name.chars().any(char::is_alphabetic) {
        return Err(TextFault::NoLetters);
    }
    Ok(name)
}

/// Reads one line of at most `longest` characters, inner spaces made single.
///
/// # Errors
/// What is wrong with it and what to do.
pub fn line(typed: &str, longest: usize) -> Result<String, TextFault> {
    let typed = typed.trim();
    if typed.contains(['\n', '\r']) {
        return Err(TextFault::Lines);
    }
    let mut line = String::with_capacity(typed.len());
    for word in typed.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    check(line, longest, |_| false)
}

/// Reads several lines of at most `longest` characters; line ends become `\n`, spaces at the ends of lines go.
///
/// # Errors
/// What is wrong with it and what to do.
pub fn lines(typed: &str, longest: usize) -> Result<String, TextFault> {
    let mut lines = String::with_capacity(typed.len());
    for line in typed.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    let lines = lines.trim_matches('\n').trim_end().trim_start_matches(['\n', ' ']).to_owned();
    check(lines, longest, |c| matches!(c, '\n' | '\t'))
}

fn check(text: String, longest: usize, allowed: impl Fn(char) -> bool) -> Result<String, TextFault> {
    // Besides control characters: marks that reverse the order of reading, with which a text shows other than it is.
    let odd = |c: char| {
        (c.is_control() && !allowed(c))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    if text.chars().any(odd) {
        return Err(TextFault::Control);
    }
    let length = text.chars().count();
    if length > longest {
        return Err(TextFault::TooLong { longest, length });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_taken_as_people_write_them() {
        for (typed, kept) in [
            ("  Ann   Other ", "Ann Other"),
            ("Zoë O'Neill-Ŷ", "Zoë O'Neill-Ŷ"),
            ("李 小龙", "李 小龙"),
            ("X", "X"),
            ("", ""),
        ] {
            assert_eq!(name(typed).as_deref(), Ok(kept));
        }
        assert_eq!(name("12 34"), Err(TextFault::NoLetters));
        assert_eq!(name(&"x".repeat(101)), Err(TextFault::TooLong { longest: 100, length: 101 }));
        assert_eq!(name("Ann\nOther"), Err(TextFault::Lines));
    }

    #[test]
    fn long_texts_keep_their_lines_and_nothing_odd() {
        assert_eq!(lines("one \r\n\ttwo\r\n\r\n", 100).as_deref(), Ok("one\n\ttwo"));
        assert_eq!(lines("bell\u{7}", 100), Err(TextFault::Control));
        assert_eq!(lines("right\u{202e}left", 100), Err(TextFault::Control));
        assert_eq!(line("tab\tinside", 100).as_deref(), Ok("tab inside"));
        assert_eq!(lines("four", 3), Err(TextFault::TooLong { longest: 3, length: 4 }));
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_the_same(typed in "(\\PC|[\t\n\r \u{7}]){0,40}") {
            if let Ok(kept) = lines(&typed, 100) {
                prop_assert_eq!(lines(&kept, 100), Ok(kept));
            }
            if let Ok(kept) = line(&typed, 100) {
                prop_assert_eq!(line(&kept, 100), Ok(kept));
            }
        }
    }
}
