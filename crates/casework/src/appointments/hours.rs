//! When the office is open: on its days, within its hours, and on no bank holiday.

use jiff::civil::{Date, DateTime, Time, Weekday, time};

use crate::working_days::BankHolidays;

/// When people are in the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours {
    /// From when, on the wall's clock.
    pub opens: Time,
    /// Till when.
    pub closes: Time,
    /// On which days.
    pub days: Vec<Weekday>,
}

/// Hours that no office can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursFault {
    /// No time of the day.
    #[error("{0:?} is no time of the day. Write it with two figures for hours and minutes, like \"08:30\"")]
    NoTime(String),
    /// It closes before it opens.
    #[error("it closes before it opens. Write closes later than opens")]
    Reversed,
    /// No day of the week.
    #[error("{0:?} is no day of the week. Write them like \"monday\"")]
    NoDay(String),
    /// It is never open.
    #[error("no day is named. Name at least one, or leave days out for Monday to Friday")]
    NoDays,
}

impl Default for OfficeHours {
    /// Monday to Friday, nine to five.
    fn default() -> OfficeHours {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        OfficeHours {
            opens: time(9, 0, 0, 0),
            closes: time(17, 0, 0, 0),
            days: vec![Monday, Tuesday, Wednesday, Thursday, Friday],
        }
    }
}

/// Why nobody is in at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// The office is not open on that day.
    ThatDay,
    /// It is, but not for all of that time.
    AtThatTime,
}

/// How far ahead the next open day is looked for.
const LOOKED_AHEAD: usize = 60;

impl OfficeHours {
    /// As somebody writes them down: `08:30`, `18:00`, `["monday", "saturday"]`.
    ///
    /// # Errors
    /// What is wrong and what to write.
    pub fn read(opens: &str, closes: &str, days: &[String]) -> Result<OfficeHours, HoursFault> {
        let clock = |text: &str| {
            let read = Time::strptime("%H:%M", text.trim());
            read.map_err(|_| HoursFault::NoTime(text.to_owned()))
        };
        let (opens, closes) = (clock(opens)?, clock(closes)?);
        if closes <= opens {
            return Err(HoursFault::Reversed);
        }
        let days: Vec<Weekday> = days.iter().map(|day| weekday(day)).collect::<Result<_, _>>()?;
        if days.is_empty() { Err(HoursFault::NoDays) } else { Ok(OfficeHours { opens, closes, days }) }
    }

    /// Whether anybody is there on this day. Of a year whose bank holidays are not known yet, none is assumed.
    #[must_use]
    pub fn open_on(&self, day: Date, holidays: &BankHolidays) -> bool {
        self.days.contains(&day.weekday()) && !holidays.is_bank_holiday(day)
    }

    /// Whether nobody is in for some of a time, from its beginning to its end on the wall's clock.
    #[must_use]
    pub fn shut(&self, (starts, ends): (DateTime, DateTime), holidays: &BankHolidays) -> Option<Shut> {
        if !self.open_on(starts.date(), holidays) {
            Some(Shut::ThatDay)
        } else if starts.time() < self.opens || ends > starts.date().to_datetime(self.closes) {
            Some(Shut::AtThatTime)
        } else {
            None
        }
    }

    /// The first open day after this one; the day after it if none is near.
    #[must_use]
    pub fn next_open(&self, day: Date, holidays: &BankHolidays) -> Date {
        let tomorrow = day.tomorrow().unwrap_or(day);
        let mut ahead = tomorrow.series(jiff::Span::new().days(1)).take(LOOKED_AHEAD);
        ahead.find(|day| self.open_on(*day, holidays)).unwrap_or(tomorrow)
    }
}

fn weekday(text: &str) -> Result<Weekday, HoursFault> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let small = text.trim().to_lowercase();
    let found = DAYS.iter().find(|(name, _)| *name == small);
    found.map(|(_, day)| *day).ok_or_else(|| HoursFault::NoDay(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_time_is_inside_the_hours_or_somebody_is_told_why_not() {
        let (hours, holidays) = (OfficeHours::default(), BankHolidays::england_and_wales());
        let at = |day: Date, hour, minute| day.at(hour, minute, 0, 0);
        let friday = date(2026, 11, 27);
        for (starts, ends, expected) in [
            (at(friday, 9, 0), at(friday, 10, 0), None),
            (at(friday, 16, 0), at(friday, 17, 0), None),
            (at(friday, 16, 30), at(friday, 17, 15), Some(Shut::AtThatTime)),
            (at(friday, 8, 45), at(friday, 9, 30), Some(Shut::AtThatTime)),
            (at(friday, 23, 45), at(date(2026, 11, 28), 1, 45), Some(Shut::AtThatTime)),
            (at(date(2026, 11, 28), 10, 0), at(date(2026, 11, 28), 11, 0), Some(Shut::ThatDay)),
            (at(date(2026, 12, 25), 10, 0), at(date(2026, 12, 25), 11, 0), Some(Shut::ThatDay)),
        ] {
            assert_eq!(hours.shut((starts, ends), &holidays), expected, "{starts} to {ends}");
        }
    }

    fn days(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn hours_are_read_as_they_are_written_and_no_others() {
        let read = OfficeHours::read("08:30", "18:00", &days(&["Monday", "saturday"])).unwrap();
        assert_eq!((read.opens, read.closes), (time(8, 30, 0, 0), time(18, 0, 0, 0)));
        assert_eq!(read.days, [Weekday::Monday, Weekday::Saturday]);
        for (opens, closes, named, said) in [
            ("half eight", "18:00", days(&["monday"]), "no time"),
            ("25:00", "26:00", days(&["monday"]), "no time"),
            ("18:00", "08:30", days(&["monday"]), "before it opens"),
            ("09:00", "09:00", days(&["monday"]), "before it opens"),
            ("09:00", "17:00", days(&["mo"]), "no day of the week"),
            ("09:00", "17:00", days(&[]), "no day is named"),
        ] {
            let fault = OfficeHours::read(opens, closes, &named).unwrap_err().to_string();
            assert!(fault.contains(said), "{fault}");
        }
    }

    #[test]
    fn an_open_day_is_one_of_its_days_and_no_bank_holiday() {
        let holidays = BankHolidays::england_and_wales();
        let usual = OfficeHours::default();
        // 25 December 2026 is a Friday, and the Monday after it is taken for Boxing Day.
        assert_eq!(usual.next_open(date(2026, 12, 24), &holidays), date(2026, 12, 29));
        let saturdays = OfficeHours::read("10:00", "14:00", &days(&["saturday"])).unwrap();
        assert_eq!(saturdays.next_open(date(2026, 11, 28), &holidays), date(2026, 12, 5));
        assert!(usual.open_on(date(2040, 1, 2), &holidays), "nobody guesses at a year that is not known");
    }
}
