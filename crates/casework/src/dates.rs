//! Days: read as people type them, written as the service writes them.

mod read;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

pub use read::{DateFault, When, read_boxes, read_date};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month, 1 to 12.
#[must_use]
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).copied().unwrap_or("")
}

/// In full: `9 November 2026`.
#[must_use]
pub fn long(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// With a short month, for tables: `9 Nov 2026`.
#[must_use]
pub fn short(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()).get(..3).unwrap_or(""), date.year())
}

/// A time of the day as people here write it: `10:41am`.
#[must_use]
pub fn clock(at: Time) -> String {
    at.strftime("%-I:%M%P").to_string()
}

/// With its day of the week: `Monday 9 November 2026`.
#[must_use]
pub fn with_weekday(date: Date) -> String {
    let day = match date.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    };
    format!("{day} {}", long(date))
}

/// Age in full years on a day; none before birth. Somebody born on 29 February is a year older on 1 March.
#[must_use]
pub fn age(born: Date, on: Date) -> Option<u16> {
    let had_birthday = (on.month(), on.day()) >= (born.month(), born.day());
    let years = i32::from(on.year()) - i32::from(born.year()) - i32::from(!had_birthday);
    u16::try_from(years).ok()
}

/// How far a day is from today, in the words of a conversation: `yesterday`, `3 weeks ago`, `in 2 months`.
#[must_use]
pub fn from_today(date: Date, today: Date) -> String {
    let days = days_between(today, date);
    let length = match days.unsigned_abs() {
        0 => return "today".to_owned(),
        1 if days < 0 => return "yesterday".to_owned(),
        1 => return "tomorrow".to_owned(),
        days @ 2..=13 => count(days, "day"),
        days @ 14..=60 => count(days / 7, "week"),
        _ => {
            let (earlier, later) = if days < 0 { (date, today) } else { (today, date) };
            match months_between(earlier, later) {
                months @ 0..=23 => count(months, "month"),
                months => count(months / 12, "year"),
            }
        }
    };
    if days < 0 { format!("{length} ago") } else { format!("in {length}") }
}

/// A number and its noun: `1 week`, `2 weeks`.
#[must_use]
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The days from one day to another; negative if the other is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// The same day of the month, `months` calendar months later; the last day of that month where it is shorter.
#[must_use]
pub fn months_later(date: Date, months: u32) -> Date {
    date.checked_add(i64::from(months.min(120_000)).months()).unwrap_or(Date::MAX)
}

/// The same day of the month, `months` calendar months earlier.
#[must_use]
pub fn months_earlier(date: Date, months: u32) -> Date {
    date.checked_sub(i64::from(months.min(120_000)).months()).unwrap_or(Date::MIN)
}

fn months_between(earlier: Date, later: Date) -> u64 {
    let months = (i64::from(later.year()) - i64::from(earlier.year())) * 12 + i64::from(later.month())
        - i64::from(earlier.month())
        - i64::from(later.day() < earlier.day());
    u64::try_from(months).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn days_are_written_as_people_read_them() {
        let day = date(2026, 11, 9);
        assert_eq!(long(day), "9 November 2026");
        assert_eq!(short(day), "9 Nov 2026");
        assert_eq!(with_weekday(day), "Monday 9 November 2026");
    }

    #[test]
    fn times_are_written_as_people_read_them() {
        let cases = [
            (0, 5, "12:05am"),
            (9, 0, "9:00am"),
            (11, 59, "11:59am"),
            (12, 0, "12:00pm"),
            (23, 45, "11:45pm"),
        ];
        for (hour, minute, expected) in cases {
            assert_eq!(clock(time(hour, minute, 0, 0)), expected);
        }
    }

    #[test]
    fn age_is_counted_in_full_years() {
        for (born, on, years) in [
            (date(1987, 3, 27), date(2026, 3, 26), Some(38)),
            (date(1987, 3, 27), date(2026, 3, 27), Some(39)),
            (date(2008, 2, 29), date(2026, 2, 28), Some(17)),
            (date(2008, 2, 29), date(2026, 3, 1), Some(18)),
            (date(2027, 1, 1), date(2026, 3, 1), None),
        ] {
            assert_eq!(age(born, on), years, "{born} {on}");
        }
    }

    #[test]
    fn distance_from_today_is_said_as_people_say_it() {
        let today = date(2026, 11, 23);
        for (day, words) in [
            (today, "today"),
            (date(2026, 11, 22), "yesterday"),
            (date(2026, 11, 24), "tomorrow"),
            (date(2026, 11, 20), "3 days ago"),
            (date(2026, 12, 7), "in 2 weeks"),
            (date(2026, 10, 19), "5 weeks ago"),
            (date(2026, 1, 23), "10 months ago"),
            (date(2025, 11, 24), "11 months ago"),
            (date(2024, 11, 23), "2 years ago"),
            (date(2027, 11, 23), "in 12 months"),
        ] {
            assert_eq!(from_today(day, today), words);
        }
    }
}
