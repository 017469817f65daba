//! Days as people type them into a search box.

use super::{Day, Reading};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Every way to read folded chunks as one day; none if they are not one.
pub(crate) fn readings(chunks: &[&str]) -> Vec<Reading> {
    let tokens = tokens(chunks);
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    match *tokens.as_slice() {
        [run] if is_digits(run) && matches!(run.len(), 6 | 8) => run_of_digits(run),
        [year, month, day] if is_digits(year) && year.len() == 4 => date(day, month, year),
        [month, day, year] if month_of(month).is_some() && !is_digits(month) => date(day, month, year),
        [day, month, year] => date(day, month, year),
        [day, month] if is_digits(day) && day.len() <= 2 => day_of_year(day, month),
        [month, day] if !is_digits(month) => day_of_year(day, month),
        _ => Vec::new(),
    }
}

/// 14031991, 140391 or 19910314.
fn run_of_digits(run: &str) -> Vec<Reading> {
    let piece = |from: usize, to: usize| run.get(from..to).unwrap_or("");
    let mut found = date(piece(0, 2), piece(2, 4), piece(4, run.len()));
    if run.len() == 8 {
        found.extend(date(piece(6, 8), piece(4, 6), piece(0, 4)));
    }
    found
}

fn date(day: &str, month: &str, year: &str) -> Vec<Reading> {
    let (Some(day), Some(number)) = (number(day), month_or_day(month)) else { return Vec::new() };
    let years: &[i16] = match (year.parse::<i16>(), year.len()) {
        (Ok(full @ 1880..2200), 4) => &[full],
        (Ok(short), 2) => &[1900 + short, 2000 + short],
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for year in years {
        if (1..=31).contains(&day) && (1..=12).contains(&number) {
            found.push(Reading::Date((*year, number, day), Day::AsTyped));
        }
        let swapped = (1..=12).contains(&day) && (1..=31).contains(&number) && day != number;
        if swapped && is_digits(month) {
            found.push(Reading::Date((*year, day, number), Day::Swapped));
        }
    }
    found
}

fn day_of_year(day: &str, month: &str) -> Vec<Reading> {
    match (number(day), month_of(month)) {
        (Some(day @ 1..=31), Some(month)) => vec![Reading::DayOfYear(month, day)],
        _ => Vec::new(),
    }
}

/// Numbers and words, cut also where a digit meets a letter; small words of dates left out.
fn tokens(chunks: &[&str]) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for chunk in chunks {
        let mut inside = false;
        for c in chunk.chars() {
            if !c.is_alphanumeric() {
                inside = false;
                continue;
            }
            match tokens.last_mut() {
                Some(token)
                    if inside && token.ends_with(|l: char| l.is_ascii_digit()) == c.is_ascii_digit() =>
                {
                    token.push(c);
                }
                _ => tokens.push(c.to_string()),
            }
            inside = true;
        }
    }
    tokens.retain(|token| !matches!(token.as_str(), "st" | "nd" | "rd" | "th" | "of"));
    tokens
}

fn month_of(text: &str) -> Option<u8> {
    if is_digits(text) {
        return number(text).filter(|month| (1..=12).contains(month));
    }
    const WHOLE: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let is = |(short, whole): (&&str, &&str)| {
        text.starts_with(*short) && (whole.starts_with(text) || text == "sept")
    };
    MONTHS.iter().zip(&WHOLE).position(is).and_then(|at| u8::try_from(at + 1).ok())
}

/// The number of a month, or a number that is one once swapped with the day.
fn month_or_day(text: &str) -> Option<u8> {
    if is_digits(text) { number(text) } else { month_of(text) }
}

fn number(text: &str) -> Option<u8> {
    if is_digits(text) && text.len() <= 2 { text.parse().ok() } else { None }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
