//! When an appointment is: read from what was typed, held against the clock and the change of the clocks.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan as _, ZonedDateTime};

use crate::answers::Fault;
use crate::dates::{self, When};

/// Appointments begin and end at multiples of so many minutes.
pub const UNIT_MINUTES: u32 = 5;
/// No appointment is longer: eight hours.
pub const LONGEST_MINUTES: u32 = 480;
/// Nobody books further ahead, in days.
const FURTHEST_DAYS: i64 = 400;

/// A stretch of time for an appointment: whole units of five minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    starts: Timestamp,
    minutes: u32,
}

/// What was typed of the time of an appointment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhenTyped {
    /// The day.
    pub day: String,
    /// The time of day.
    pub time: String,
    /// How many minutes.
    pub minutes: String,
}

impl Slot {
    /// A slot as it is stored.
    #[must_use]
    pub fn stored(starts: Timestamp, ends: Timestamp) -> Option<Slot> {
        let minutes = u32::try_from(starts.duration_until(ends).as_mins()).ok()?;
        (minutes > 0).then_some(Slot { starts, minutes })
    }

    /// When it begins.
    #[must_use]
    pub const fn starts(&self) -> Timestamp {
        self.starts
    }

    /// When it ends.
    #[must_use]
    pub fn ends(&self) -> Timestamp {
        self.starts + SignedDuration::from_mins(i64::from(self.minutes))
    }

    /// How long it is, in minutes.
    #[must_use]
    pub const fn minutes(&self) -> u32 {
        self.minutes
    }

    /// The slot at a civil time of a zone.
    ///
    /// # Errors
    /// It is in the past or far ahead, the clocks change in that hour, or it is no whole number of units.
    pub fn at(begins: DateTime, minutes: u32, now: &ZonedDateTime) -> Result<Slot, Fault> {
        if minutes == 0 || minutes > LONGEST_MINUTES || !minutes.is_multiple_of(UNIT_MINUTES) {
            return Err(Fault::new(
                "minutes",
                "Choose a length of 5 minutes to 8 hours, in steps of 5 minutes",
            ));
        }
        if begins.second() != 0 || u32::from(begins.minute().unsigned_abs()) % UNIT_MINUTES != 0 {
            return Err(Fault::new("time", "Choose a time in steps of 5 minutes, like 9:30 or 14:05"));
        }
        let starts = instant(begins, now.time_zone()).ok_or_else(|| {
            Fault::new(
                "time",
                "The clocks change in this hour, so this time comes twice or not at all. Choose another time",
            )
        })?;
        if starts <= now.timestamp() {
            return Err(Fault::new("day", "This time is in the past. Choose a time to come"));
        }
        if dates::days_between(now.date(), begins.date()) > FURTHEST_DAYS {
            return Err(Fault::new("day", "This is more than a year ahead. Choose an earlier day"));
        }
        Ok(Slot { starts, minutes })
    }
}

impl WhenTyped {
    /// Reads the slot.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, now: &ZonedDateTime) -> Result<Slot, Vec<Fault>> {
        let mut faults = Vec::new();
        let day = self.read_day(now.date()).map_err(|fault| faults.push(fault));
        let time = read_time(&self.time);
        if time.is_none() {
            faults.push(Fault::new("time", "Enter a time, like 9:30, 2pm or 14:05"));
        }
        let minutes = self.minutes.trim().parse::<u32>();
        if minutes.is_err() {
            faults.push(Fault::new("minutes", "Choose how long it takes"));
        }
        match (day, time, minutes) {
            (Ok(day), Some(time), Ok(minutes)) => {
                Slot::at(day.to_datetime(time), minutes, now).map_err(|fault| vec![fault])
            }
            _ => Err(faults),
        }
    }

    /// Reads the day alone.
    ///
    /// # Errors
    /// It is no day, or one that is past.
    pub fn read_day(&self, today: Date) -> Result<Date, Fault> {
        let day = dates::read_date(&self.day, When::Any, today)
            .map_err(|_| Fault::new("day", "Enter a day, like 27 11 2026, 27 Nov 2026 or tomorrow"))?;
        if day < today {
            return Err(Fault::new("day", "This day is in the past. Choose a day to come"));
        }
        Ok(day)
    }
}

/// The instant of a civil time; none where the clocks go over it or come back to it.
pub(crate) fn instant(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(at);
    match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => found.unambiguous().ok(),
        AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => None,
    }
}

/// A time of day as people write it: `9`, `9:30`, `9.30am`, `2pm`, `1405`. A bare hour of 1 to 6 is in the afternoon.
pub(crate) fn read_time(typed: &str) -> Option<Time> {
    let typed = typed.trim().to_lowercase().replace(' ', "");
    let (digits, half) = match typed.strip_suffix("am").or_else(|| typed.strip_suffix("a.m.")) {
        Some(rest) => (rest.to_owned(), Some(false)),
        None => match typed.strip_suffix("pm").or_else(|| typed.strip_suffix("p.m.")) {
            Some(rest) => (rest.to_owned(), Some(true)),
            None => (typed, None),
        },
    };
    let (hour, minute, bare) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (number(hour)?, number(minute)?, false),
        Some(_) => return None,
        None if digits.len() == 4 => {
            let (hour, minute) = digits.split_at_checked(2)?;
            (number(hour)?, number(minute)?, false)
        }
        None => (number(&digits)?, 0, true),
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        None if bare && (1..=6).contains(&hour) => hour + 12,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

fn number(digits: &str) -> Option<i8> {
    let plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The numbers of the units that a slot takes: minutes since 1970 by five. What takes the same unit collides.
pub fn units(slot: Slot) -> impl Iterator<Item = i64> {
    let first = slot.starts.as_second().div_euclid(i64::from(UNIT_MINUTES) * 60);
    (first..).take((slot.minutes / UNIT_MINUTES) as usize)
}

/// A slot and the same time of day in the weeks after it, `count` in all. The time is kept as the clock on the wall shows it.
///
/// # Errors
/// One of them is at a time that the change of the clocks skips or repeats, or further ahead than can be booked.
pub fn series(first: Slot, weeks: u32, count: u32, now: &ZonedDateTime) -> Result<Vec<Slot>, Fault> {
    let begins = first.starts.to_zoned_datetime(now.time_zone().clone()).datetime();
    (0..count.max(1))
        .map(|turn| {
            let later = begins
                .checked_add((i64::from(turn) * i64::from(weeks)).weeks())
                .map_err(|_| Fault::new("repeat", "This goes on for too long. Choose fewer"))?;
            // Of those that nobody typed, it is said which one.
            Slot::at(later, first.minutes, now).map_err(|fault| match turn {
                0 => fault,
                _ => {
                    let day = dates::with_weekday(later.date());
                    Fault::new("repeat", format!("{day} would be one of them. {}", fault.message))
                }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn now() -> ZonedDateTime {
        date(2026, 3, 23).at(10, 0, 0, 0).to_zoned_datetime(TimeZone::get("Europe/London").unwrap()).unwrap()
    }

    fn typed(day: &str, time: &str, minutes: &str) -> Result<Slot, Vec<Fault>> {
        WhenTyped { day: day.into(), time: time.into(), minutes: minutes.into() }.read(&now())
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, hour, minute) in [
            ("9", 9, 0),
            ("9:30", 9, 30),
            ("9.30am", 9, 30),
            ("2pm", 14, 0),
            ("2", 14, 0),
            ("12pm", 12, 0),
            ("12am", 0, 0),
            ("1405", 14, 5),
            ("14:05", 14, 5),
            (" 3 pm ", 15, 0),
        ] {
            assert_eq!(read_time(text), Some(time(hour, minute, 0, 0)), "{text}");
        }
        for text in ["", "25", "9:5", "9:60", "13pm", "0pm", "noon", "9:30:00", "-1", "+9"] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_booked_is_said_at_its_field() {
        let field = |result: Result<Slot, Vec<Fault>>| result.unwrap_err()[0].field.to_string();
        assert_eq!(field(typed("23 3 2026", "9:55", "30")), "day", "an hour ago");
        assert_eq!(field(typed("22 3 2026", "11:00", "30")), "day", "yesterday");
        assert_eq!(field(typed("31 2 2027", "11:00", "30")), "day");
        assert_eq!(field(typed("24 3 2026", "11:02", "30")), "time");
        assert_eq!(field(typed("24 3 2026", "11:00", "0")), "minutes");
        assert_eq!(field(typed("24 3 2026", "11:00", "481")), "minutes");
        assert_eq!(field(typed("24 6 2027", "11:00", "30")), "day", "more than a year ahead");
        assert_eq!(typed("", "", "").unwrap_err().len(), 3, "all at once");
    }

    /// The clocks go forward on 29 March 2026 at 01:00 and back on 25 October at 02:00 (Summer Time Act 1972).
    #[test]
    fn the_hour_of_the_clock_change_cannot_be_booked() {
        for (day, at) in [("29 3 2026", "01:30"), ("25 10 2026", "01:30")] {
            let faults = typed(day, at, "30").unwrap_err();
            assert!(faults[0].message.contains("clocks change"), "{faults:?}");
        }
        assert_eq!(typed("29 3 2026", "02:00", "30").unwrap().starts().to_string(), "2026-03-29T01:00:00Z");
        assert_eq!(typed("29 3 2026", "00:55", "30").unwrap().starts().to_string(), "2026-03-29T00:55:00Z");
    }

    #[test]
    fn a_series_keeps_the_time_on_the_wall_over_the_change_of_the_clocks() {
        let first = typed("26 3 2026", "10:00", "45").unwrap();
        let all = series(first, 1, 3, &now()).unwrap();
        let starts: Vec<String> = all.iter().map(|slot| slot.starts().to_string()).collect();
        assert_eq!(starts, ["2026-03-26T10:00:00Z", "2026-04-02T09:00:00Z", "2026-04-09T09:00:00Z"]);
        let too_far = series(first, 4, 20, &now()).unwrap_err();
        assert_eq!(too_far.field.to_string(), "repeat");
        assert!(too_far.message.starts_with("Thursday 20 May 2027 would be one of them."), "{too_far:?}");
        let fortnights = series(first, 2, 3, &now()).unwrap();
        assert_eq!(fortnights.last().unwrap().starts().to_string(), "2026-04-23T09:00:00Z");
        let night = typed("22 3 2027", "01:30", "30").unwrap();
        assert!(series(night, 0, 2, &now()).is_ok());
    }

    proptest! {
        #[test]
        fn two_slots_share_a_unit_exactly_if_they_overlap(a in 0_i64..200, b in 0_i64..200, long in 1_u32..40, short in 1_u32..40) {
            let base = Timestamp::from_second(1_800_000_000).unwrap();
            let slot = |at: i64, units: u32| Slot { starts: base + SignedDuration::from_mins(at * 5), minutes: units * 5 };
            let (one, other) = (slot(a, long), slot(b, short));
            let shared = units(one).any(|unit| units(other).any(|theirs| theirs == unit));
            prop_assert_eq!(shared, one.starts() < other.ends() && other.starts() < one.ends());
        }
    }
}
