//! Reading a day as people type it: `27 3 1987`, `27/3/87`, `3 4 91`, `27 March 1987`, `1987-03-27`, or in three boxes.
//!
//! Always day before month, as people in the United Kingdom write; the year first only with four digits.

use std::fmt;

use jiff::civil::Date;

use super::{MONTHS, month_name};
use crate::answers::{Boxes, Part};

/// What kind of day is asked for: it decides the century of a year in two digits, and which days can be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A birth: in the past, within a long life.
    Birth,
    /// Something that has happened: today or earlier.
    Past,
    /// Any day within a working life of today.
    Any,
}

/// Why a text is no day that can be right here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// Not a day in any order that people use: a birth's, or another.
    Unreadable(When),
    /// The day is missing or no number.
    Day,
    /// The month is missing, or neither a number nor a month's name.
    Month,
    /// The year is missing or no number; the year of a birth or of something else.
    Year(When),
    /// A month beyond 12.
    NoSuchMonth(u32),
    /// A day that its month does not have.
    NoSuchDay {
        /// The day as typed.
        day: u32,
        /// The month.
        month: i8,
        /// The year.
        year: i16,
        /// How many days that month has.
        last: i8,
    },
    /// After today.
    InFuture(When),
    /// Before anything that can be right.
    TooEarly(i16),
    /// After anything that can be right.
    TooLate(i16),
}

impl std::error::Error for DateFault {}

impl fmt::Display for DateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            DateFault::Unreadable(When::Birth) => {
                f.write_str("Enter a date as day, month and year, like 27 3 1987")
            }
            DateFault::Unreadable(_) => f.write_str("Enter a date as day, month and year, like 27 3 2026"),
            DateFault::Day => f.write_str("Enter the day as a number, like 27"),
            DateFault::Month => f.write_str("Enter the month as a number or a name, like 3 or March"),
            DateFault::Year(When::Birth) => f.write_str("Enter the year of birth, like 1987"),
            DateFault::Year(_) => f.write_str("Enter the year, like 2026"),
            DateFault::NoSuchMonth(month) => {
                write!(f, "There is no month {month}. Enter the month as 1 to 12, or its name")
            }
            DateFault::NoSuchDay { day: 0, .. } => {
                f.write_str("There is no day 0. Enter the day as a number, like 27")
            }
            DateFault::NoSuchDay { day, month, year, last } => {
                let month = month_name(month);
                write!(f, "There is no {day} {month}: {month} {year} has {last} days")
            }
            DateFault::InFuture(When::Birth) => f.write_str("Date of birth must be in the past"),
            DateFault::InFuture(_) => f.write_str("This date must be today or in the past"),
            DateFault::TooEarly(year) => write!(f, "Check the year: {year} is too long ago"),
            DateFault::TooLate(year) => write!(f, "Check the year: {year} is too far away"),
        }
    }
}

impl DateFault {
    /// The box to look at.
    #[must_use]
    pub const fn part(self) -> Option<Part> {
        match self {
            DateFault::Unreadable(_) | DateFault::InFuture(_) => None,
            DateFault::Day | DateFault::NoSuchDay { .. } => Some(Part::Day),
            DateFault::Month | DateFault::NoSuchMonth(_) => Some(Part::Month),
            DateFault::Year(_) | DateFault::TooEarly(_) | DateFault::TooLate(_) => Some(Part::Year),
        }
    }
}

/// Reads a day typed as one text.
///
/// # Errors
/// What is wrong with it and what to do.
pub fn read_date(typed: &str, when: When, today: Date) -> Result<Date, DateFault> {
    let words = words(typed);
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !is_weekday(word)).collect();
    match *words.as_slice() {
        ["today"] if when != When::Birth => Ok(today),
        ["yesterday"] if when != When::Birth => today.yesterday().map_err(|_| DateFault::Unreadable(when)),
        ["tomorrow"] if when == When::Any => today.tomorrow().map_err(|_| DateFault::Unreadable(when)),
        [run] if is_digits(run) && matches!(run.len(), 6 | 8) => {
            let (day, rest) = run.split_at_checked(2).unwrap_or((run, ""));
            let (month, year) = rest.split_at_checked(2).unwrap_or((rest, ""));
            from_parts(day, month, year, when, today)
        }
        [year, month, day] if is_digits(year) && year.len() == 4 => from_parts(day, month, year, when, today),
        [month, day, year] if month_of(month).is_some() && !is_digits(month) => {
            from_parts(day, month, year, when, today)
        }
        [day, month, year] => from_parts(day, month, year, when, today),
        [day, month] if is_digits(day) && month_of(month).is_some() => Err(DateFault::Year(when)),
        _ => Err(DateFault::Unreadable(when)),
    }
}

/// Reads a day in three boxes; a whole date in the first one is taken too.
///
/// # Errors
/// What is wrong with it, at which box, and what to do.
pub fn read_boxes(boxes: &Boxes, when: When, today: Date) -> Result<Date, DateFault> {
    let [day, month, year] = [&boxes.day, &boxes.month, &boxes.year].map(|text| text.trim());
    if month.is_empty() && year.is_empty() && !(is_digits(day) && day.len() <= 2) {
        return read_date(day, when, today);
    }
    from_parts(day.trim_end_matches(['.', ',', '/']), &month.to_lowercase(), year, when, today)
}

fn from_parts(day: &str, month: &str, year: &str, when: When, today: Date) -> Result<Date, DateFault> {
    let day = number(without_ordinal(day)).ok_or(DateFault::Day)?;
    let month = match number(month) {
        Some(month @ 1..=12) => i8::try_from(month).map_err(|_| DateFault::Month)?,
        Some(month) => return Err(DateFault::NoSuchMonth(month)),
        None => month_of(month.trim_end_matches(['.', ','])).ok_or(DateFault::Month)?,
    };
    let year = match (number(year), year.len()) {
        (Some(short), 2) => in_full(short, when, today),
        (Some(year), 4) => i16::try_from(year).map_err(|_| DateFault::Year(when))?,
        _ => return Err(DateFault::Year(when)),
    };
    let first = Date::new(year, month, 1).map_err(|_| DateFault::Year(when))?;
    let last = first.days_in_month();
    let exists = i8::try_from(day).ok().and_then(|day| Date::new(year, month, day).ok());
    let date = exists.ok_or(DateFault::NoSuchDay { day, month, year, last })?;
    within_reason(date, when, today)
}

/// A year of two digits in full: a birth or a thing of the past lies in the past, any other day near today.
fn in_full(short: u32, when: When, today: Date) -> i16 {
    let latest = match when {
        When::Birth | When::Past => today.year(),
        When::Any => today.year().saturating_add(20),
    };
    let short = i16::try_from(short).unwrap_or(0);
    let year = latest - latest.rem_euclid(100) + short;
    if year > latest { year - 100 } else { year }
}

fn within_reason(date: Date, when: When, today: Date) -> Result<Date, DateFault> {
    let year = date.year();
    match when {
        When::Birth if date >= today => Err(DateFault::InFuture(when)),
        When::Past if date > today => Err(DateFault::InFuture(when)),
        _ if year < today.year() - 120 => Err(DateFault::TooEarly(year)),
        When::Any if year > today.year() + 100 => Err(DateFault::TooLate(year)),
        _ => Ok(date),
    }
}

/// The words and numbers of a text in small letters; "27mar1987" has three, and "3rd" is one.
fn words(typed: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    // Longer than any date is none, so that a long text costs nothing.
    for c in typed.chars().take(60).flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            inside = false;
            continue;
        }
        match words.last_mut() {
            Some(word) if inside && word.ends_with(|l: char| l.is_ascii_digit()) == c.is_ascii_digit() => {
                word.push(c)
            }
            _ => words.push(c.to_string()),
        }
        inside = true;
    }
    let is_ordinal = |word: &str| matches!(word, "st" | "nd" | "rd" | "th" | "of" | "the");
    words.retain(|word| !is_ordinal(word));
    words
}

fn without_ordinal(day: &str) -> &str {
    ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end)).unwrap_or(day)
}

fn number(text: &str) -> Option<u32> {
    if is_digits(text) && text.len() <= 4 { text.parse().ok() } else { None }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The month of a number, or of a name or its first three letters or more.
fn month_of(text: &str) -> Option<i8> {
    if let Some(number) = number(text) {
        return i8::try_from(number).ok().filter(|month| (1..=12).contains(month));
    }
    let is = |name: &str| {
        text.len() >= 3 && name.to_lowercase().starts_with(text) || (text == "sept" && name == "September")
    };
    MONTHS.iter().position(|name| is(name)).and_then(|at| i8::try_from(at + 1).ok())
}

fn is_weekday(word: &str) -> bool {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3 && days.iter().any(|day| day.starts_with(word))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 23);

    #[test]
    fn days_are_read_as_people_type_them() {
        for (typed, when, read) in [
            ("27 3 1987", When::Birth, date(1987, 3, 27)),
            ("27/3/87", When::Birth, date(1987, 3, 27)),
            ("3 4 91", When::Birth, date(1991, 4, 3)),
            ("3.4.26", When::Birth, date(2026, 4, 3)),
            ("3.4.27", When::Birth, date(1927, 4, 3)),
            ("27 March 1987", When::Birth, date(1987, 3, 27)),
            ("27th of march, 1987", When::Birth, date(1987, 3, 27)),
            ("March 27 1987", When::Birth, date(1987, 3, 27)),
            ("27mar87", When::Birth, date(1987, 3, 27)),
            ("1987-03-27", When::Birth, date(1987, 3, 27)),
            ("27031987", When::Birth, date(1987, 3, 27)),
            ("270387", When::Birth, date(1987, 3, 27)),
            ("29 2 2028", When::Any, date(2028, 2, 29)),
            ("Monday 9 November 2026", When::Past, date(2026, 11, 9)),
            ("1 Sept 26", When::Past, date(2026, 9, 1)),
            ("3 4 31", When::Any, date(2031, 4, 3)),
            ("3 4 60", When::Any, date(1960, 4, 3)),
            ("Yesterday", When::Past, date(2026, 11, 22)),
        ] {
            assert_eq!(read_date(typed, when, TODAY), Ok(read), "{typed}");
        }
    }

    #[test]
    fn a_year_of_one_digit_is_a_slip() {
        for typed in ["1 3 1", "27/3/7", "27 March 9"] {
            for when in [When::Birth, When::Past, When::Any] {
                assert_eq!(read_date(typed, when, TODAY), Err(DateFault::Year(when)), "{typed}");
            }
        }
    }

    #[test]
    fn three_boxes_take_numbers_and_words_and_a_whole_date_in_the_first() {
        for (day, month, year) in [
            ("27", "3", "1987"),
            (" 27 ", "March", "87"),
            ("27th", "mar.", "1987"),
            ("27/3/87", "", ""),
            ("27 march 1987", "", ""),
        ] {
            let boxes = Boxes { day: day.into(), month: month.into(), year: year.into() };
            assert_eq!(read_boxes(&boxes, When::Birth, TODAY), Ok(date(1987, 3, 27)), "{boxes:?}");
        }
    }

    #[test]
    fn a_fault_names_its_box_and_says_what_to_do() {
        for (day, month, year, when, part, message) in [
            (
                "31",
                "2",
                "2026",
                When::Any,
                Some(Part::Day),
                "There is no 31 February: February 2026 has 28 days",
            ),
            (
                "29",
                "feb",
                "2027",
                When::Any,
                Some(Part::Day),
                "There is no 29 February: February 2027 has 28 days",
            ),
            (
                "31",
                "April",
                "1987",
                When::Birth,
                Some(Part::Day),
                "There is no 31 April: April 1987 has 30 days",
            ),
            (
                "0",
                "4",
                "1987",
                When::Birth,
                Some(Part::Day),
                "There is no day 0. Enter the day as a number, like 27",
            ),
            ("x", "4", "1987", When::Birth, Some(Part::Day), "Enter the day as a number, like 27"),
            ("", "4", "1987", When::Birth, Some(Part::Day), "Enter the day as a number, like 27"),
            (
                "3",
                "",
                "1987",
                When::Birth,
                Some(Part::Month),
                "Enter the month as a number or a name, like 3 or March",
            ),
            (
                "3",
                "13",
                "1987",
                When::Birth,
                Some(Part::Month),
                "There is no month 13. Enter the month as 1 to 12, or its name",
            ),
            ("3", "4", "", When::Birth, Some(Part::Year), "Enter the year of birth, like 1987"),
            ("3", "4", "987", When::Birth, Some(Part::Year), "Enter the year of birth, like 1987"),
            ("3", "4", "", When::Any, Some(Part::Year), "Enter the year, like 2026"),
            ("3", "4", "2030", When::Birth, None, "Date of birth must be in the past"),
            ("24", "11", "2026", When::Past, None, "This date must be today or in the past"),
            ("3", "4", "1887", When::Birth, Some(Part::Year), "Check the year: 1887 is too long ago"),
            ("3", "4", "2226", When::Any, Some(Part::Year), "Check the year: 2226 is too far away"),
            ("soon", "", "", When::Any, None, "Enter a date as day, month and year, like 27 3 2026"),
            (
                "3",
                "",
                "",
                When::Birth,
                Some(Part::Month),
                "Enter the month as a number or a name, like 3 or March",
            ),
            ("3 4", "", "", When::Birth, Some(Part::Year), "Enter the year of birth, like 1987"),
        ] {
            let boxes = Boxes { day: day.into(), month: month.into(), year: year.into() };
            let fault = read_boxes(&boxes, when, TODAY).unwrap_err();
            assert_eq!((fault.part(), fault.to_string().as_str()), (part, message), "{boxes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(typed in "\\PC{0,20}|[0-9]{1,4}[ /.-][0-9]{1,4}[ /.-][0-9]{1,5}", month in "\\PC{0,5}", year in "\\PC{0,5}") {
            for when in [When::Birth, When::Past, When::Any] {
                let _ = read_date(&typed, when, TODAY);
                let _ = read_boxes(&Boxes { day: typed.clone(), month: month.clone(), year: year.clone() }, when, TODAY);
            }
        }

        #[test]
        fn every_day_that_is_written_reads_the_same(days in -40_000_i32..0) {
            let day = TODAY.checked_add(jiff::Span::new().days(days)).unwrap();
            for text in [super::super::long(day), super::super::short(day), day.to_string(), super::super::with_weekday(day)] {
                prop_assert_eq!(read_date(&text, When::Past, TODAY), Ok(day));
            }
        }
    }
}
