//! Takes apart what was typed: words of names, and codes that may be a date, a number, a postcode, a telephone number.

mod dates;

use crate::fold::{fold, joined};
use crate::person::phone_digits;

/// What is typed beyond this is not looked at.
const LONGEST: usize = 200;
/// More parts than this are not looked for.
const MOST_PARTS: usize = 8;

/// How people are addressed, which is no part of their name.
const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "mx", "dr", "sir", "rev", "prof"];

/// One part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A word of a name or its beginning.
    Word(String),
    /// A code; any of these readings will do.
    Code(Vec<Reading>),
}

/// Which way round a day is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// As typed.
    AsTyped,
    /// With day and month swapped.
    Swapped,
}

/// A reading of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A day: year, month, day.
    Date((i16, u8, u8), Day),
    /// A day and month of any year: month, day.
    DayOfYear(u8, u8),
    /// A year of birth.
    Year(i16),
    /// A postcode or its beginning.
    Postcode(String),
    /// A National Insurance number or its beginning.
    Nino(String),
    /// A client number or its beginning, with letters or without.
    Number(String),
    /// Digits of a telephone number.
    Phone(String),
    /// An e-mail address or its beginning.
    Email(String),
}

/// The ways to read a query, the likeliest first.
pub(crate) fn readings(typed: &str) -> Vec<Vec<Part>> {
    let typed: String = typed.chars().take(LONGEST).collect();
    let folded = fold(&typed);
    let chunks: Vec<&str> = folded
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .filter(|c| !c.is_empty())
        .collect();
    let chunks = without_title(&chunks);
    let plain = parts(chunks);
    let mut readings = Vec::new();
    // "nb 20417": letters that belong to the digits after them.
    for (at, pair) in chunks.windows(2).enumerate() {
        if let [letters, digits] = *pair
            && letters.len() <= 6
            && letters.bytes().all(|b| b.is_ascii_lowercase())
            && digits.starts_with(|c: char| c.is_ascii_digit())
        {
            let whole = format!("{letters}{digits}");
            readings.push(parts(&with_joined(chunks, at, &whole)));
        }
    }
    // "mc donald": two words that may be one.
    for (at, pair) in chunks.windows(2).enumerate() {
        if let [one, two] = *pair
            && [one, two].iter().all(|chunk| chunk.chars().all(char::is_alphabetic))
            && one.chars().count().min(two.chars().count()) <= 4
        {
            let whole = format!("{one}{two}");
            readings.push(parts(&with_joined(chunks, at, &whole)));
        }
    }
    // "W0ods": a word that a scanner or a hasty hand put a digit into.
    if chunks.iter().any(|chunk| mended(chunk).is_some()) {
        let whole: Vec<String> =
            chunks.iter().map(|chunk| mended(chunk).unwrap_or_else(|| (*chunk).to_owned())).collect();
        readings.push(parts(&whole.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    readings.insert(0, plain);
    readings.retain(|parts| !parts.is_empty());
    readings.truncate(6);
    readings
}

/// What follows "Mrs" or "Rev Dr", if that has another word in it.
fn without_title<'c, 'd>(chunks: &'c [&'d str]) -> &'c [&'d str] {
    match chunks.split_first() {
        Some((first, rest))
            if TITLES.contains(&first.trim_end_matches('.'))
                && rest.iter().any(|chunk| chunk.starts_with(char::is_alphabetic)) =>
        {
            without_title(rest)
        }
        _ => chunks,
    }
}

/// A word of mostly letters with the letters that its digits look like; none if it has no digit among them.
fn mended(chunk: &str) -> Option<String> {
    let digits = chunk.chars().filter(char::is_ascii_digit).count();
    let letters = chunk.chars().filter(|c| c.is_alphabetic()).count();
    if digits == 0 || letters < 3 || digits * 2 > letters {
        return None;
    }
    let like = |c: char| match c {
        '0' => 'o',
        '1' => 'l',
        '3' => 'e',
        '5' => 's',
        '8' => 'b',
        other => other,
    };
    let word: String = chunk.chars().map(like).collect();
    word.chars().all(|c| !c.is_ascii_digit()).then_some(word)
}

fn with_joined<'c>(chunks: &[&'c str], at: usize, whole: &'c str) -> Vec<&'c str> {
    let before = chunks.iter().take(at).copied();
    before.chain([whole]).chain(chunks.iter().skip(at + 2).copied()).collect()
}

fn parts(chunks: &[&str]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = chunks;
    while let Some((chunk, after)) = rest.split_first() {
        if let Some((part, taken)) = code(rest) {
            parts.push(part);
            rest = rest.get(taken..).unwrap_or(&[]);
            continue;
        }
        let words = chunk.split(|c: char| !(c.is_alphanumeric() || c == '\'')).map(joined);
        parts.extend(words.filter(|word| !word.is_empty()).map(Part::Word));
        rest = after;
    }
    parts.truncate(MOST_PARTS);
    parts
}

/// The code at the beginning of `chunks`, and how many of them it takes.
fn code(chunks: &[&str]) -> Option<(Part, usize)> {
    let first = *chunks.first()?;
    if first.contains('@') {
        return Some((Part::Code(vec![Reading::Email(first.to_owned())]), 1));
    }
    if let Some(found) = nino(chunks).or_else(|| date(chunks)) {
        return Some(found);
    }
    if !first.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    if first.chars().all(of_a_phone) { Some(digits(chunks)) } else { mixed(chunks) }
}

/// "QQ 12 34 56 A" in any spacing.
fn nino(chunks: &[&str]) -> Option<(Part, usize)> {
    (1..=chunks.len().min(5)).rev().find_map(|taken| {
        let whole = joined(&chunks.get(..taken)?.concat());
        if !is_nino(&whole) {
            return None;
        }
        // Without its suffix it could be a client number of six digits.
        let mut readings = vec![Reading::Nino(whole.clone())];
        if whole.len() == 8 {
            readings.push(Reading::Number(whole));
        }
        Some((Part::Code(readings), taken))
    })
}

fn is_nino(text: &str) -> bool {
    (8..=9).contains(&text.len())
        && text.bytes().enumerate().all(|(at, b)| match at {
            0 | 1 | 8 => b.is_ascii_lowercase(),
            _ => b.is_ascii_digit(),
        })
}

/// A day in one to three chunks.
fn date(chunks: &[&str]) -> Option<(Part, usize)> {
    (1..=chunks.len().min(3)).rev().find_map(|taken| {
        let some = chunks.get(..taken)?;
        let mut found = dates::readings(some);
        if found.is_empty() {
            return None;
        }
        // 140391 could be part of a number; 14/3/91 could not.
        if let [run] = some
            && run.bytes().all(|b| b.is_ascii_digit())
        {
            found.extend(digit_readings(run, true));
        }
        Some((Part::Code(found), taken))
    })
}

fn digits(chunks: &[&str]) -> (Part, usize) {
    let taken = chunks.iter().take_while(|chunk| chunk.chars().all(of_a_phone)).count();
    let whole: String = chunks.iter().take(taken).copied().collect();
    (Part::Code(digit_readings(&whole, taken == 1)), taken)
}

fn digit_readings(typed: &str, one_chunk: bool) -> Vec<Reading> {
    let plain: String = typed.chars().filter(char::is_ascii_digit).collect();
    let mut readings = Vec::new();
    if one_chunk && plain.len() <= 9 {
        readings.push(Reading::Number(plain.clone()));
    }
    if plain.len() == 4 && one_chunk {
        readings.extend(plain.parse().ok().filter(|year| (1900..2100).contains(year)).map(Reading::Year));
    }
    if plain.len() >= 3 {
        readings.push(Reading::Phone(phone_digits(typed)));
    }
    readings
}

/// Letters and digits in one chunk: "nb1", "nb-20417", "nb14xy".
fn mixed(chunks: &[&str]) -> Option<(Part, usize)> {
    let first = joined(chunks.first()?);
    let letters = first.bytes().take_while(u8::is_ascii_lowercase).count();
    if letters == 0 || letters > 6 {
        return None;
    }
    let all_digits = first.bytes().skip(letters).all(|b| b.is_ascii_digit());
    let mut readings = Vec::new();
    if letters <= 2 && first.len() <= 4 {
        // The second half of a postcode may follow.
        let inward =
            chunks.get(1).filter(|next| next.len() <= 3 && next.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(inward) = inward {
            return Some((Part::Code(vec![Reading::Postcode(format!("{first}{inward}"))]), 2));
        }
    }
    if letters <= 2 && first.len() <= 7 {
        readings.push(Reading::Postcode(first.clone()));
    }
    if letters == 2 && all_digits && (4..=8).contains(&first.len()) {
        readings.push(Reading::Nino(first.clone()));
    }
    if all_digits {
        readings.push(Reading::Number(first));
    }
    Some((Part::Code(readings), 1))
}

fn of_a_phone(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(typed: &str) -> Vec<Part> {
        readings(typed).into_iter().next().unwrap_or_default()
    }

    fn has(typed: &str, reading: &Reading) -> bool {
        let is = |part: &Part| matches!(part, Part::Code(found) if found.contains(reading));
        readings(typed).iter().any(|parts| parts.iter().any(is))
    }

    #[test]
    fn words_are_words() {
        let words =
            |typed: &str| first(typed).into_iter().map(|p| format!("{p:?}")).collect::<Vec<_>>().join(" ");
        assert_eq!(words("Smith, ZOË"), r#"Word("smith") Word("zoe")"#);
        assert_eq!(words("O'Neill-Hart"), r#"Word("oneill") Word("hart")"#);
        assert_eq!(words(" ' - "), "");
    }

    #[test]
    fn a_digit_in_a_word_may_be_the_letter_that_it_looks_like() {
        let reads = |typed: &str, word: &str| {
            readings(typed).iter().any(|parts| parts.contains(&Part::Word(word.to_owned())))
        };
        assert!(reads("ann W0ods", "woods") && reads("Thibau1t", "thibault"));
        assert!(!reads("nb10", "nblo") && !reads("QQ123456A", "qql2e4s6a"));
    }

    #[test]
    fn codes_are_read_in_every_way_that_fits() {
        for (typed, reading) in [
            ("14/3/1991", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("smith 14 march 91", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("14 3 1991", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("march 14 1991", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("1991-03-14", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("14031991", Reading::Date((1991, 3, 14), Day::AsTyped)),
            ("4/3/1991", Reading::Date((1991, 4, 3), Day::Swapped)),
            ("14/3", Reading::DayOfYear(3, 14)),
            ("14 march", Reading::DayOfYear(3, 14)),
            ("ann 1991", Reading::Year(1991)),
            ("20417", Reading::Number("20417".into())),
            ("NB-20417", Reading::Number("nb20417".into())),
            ("nb 20417", Reading::Number("nb20417".into())),
            ("nb1 4xy", Reading::Postcode("nb14xy".into())),
            ("NB14XY", Reading::Postcode("nb14xy".into())),
            ("ann nb1", Reading::Postcode("nb1".into())),
            ("nb1 4", Reading::Postcode("nb14".into())),
            ("07700 900 123", Reading::Phone("07700900123".into())),
            ("+44 7700 900123", Reading::Phone("07700900123".into())),
            ("900123", Reading::Phone("900123".into())),
            ("qq 12 34 56 a", Reading::Nino("qq123456a".into())),
            ("Ann@Example.org", Reading::Email("ann@example.org".into())),
        ] {
            assert!(has(typed, &reading), "{typed}: {:?}", readings(typed));
        }
    }
}
