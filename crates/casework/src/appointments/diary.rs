//! Free times: where an appointment of a length fits between those that are there.

use jiff::civil::Date;
use jiff::{ToSpan as _, ZonedDateTime};

use super::hours::OfficeHours;
use super::when::{Slot, instant};

/// Beginnings are offered in steps of so many minutes.
const STEP_MINUTES: i64 = 15;

/// The times of `day` at which `minutes` fit within the hours and beside what is `taken`, after `now`.
#[must_use]
pub fn free_times(
    day: Date,
    minutes: u32,
    hours: &OfficeHours,
    taken: &[Slot],
    now: &ZonedDateTime,
) -> Vec<Slot> {
    if !hours.days.contains(&day.weekday()) {
        return Vec::new();
    }
    let Some(closes) = instant(day.to_datetime(hours.closes), now.time_zone()) else { return Vec::new() };
    let mut found = Vec::new();
    let mut at = day.to_datetime(hours.opens);
    while at.date() == day && at.time() < hours.closes {
        if let Ok(slot) = Slot::at(at, minutes, now)
            && slot.ends() <= closes
            && taken.iter().all(|other| other.ends() <= slot.starts() || slot.ends() <= other.starts())
        {
            found.push(slot);
        }
        let Ok(next) = at.checked_add(STEP_MINUTES.minutes()) else { break };
        at = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;

    fn at(day: Date, hour: i8, minute: i8) -> ZonedDateTime {
        day.at(hour, minute, 0, 0).to_zoned_datetime(TimeZone::get("Europe/London").unwrap()).unwrap()
    }

    fn starts(found: &[Slot]) -> Vec<String> {
        let london = TimeZone::get("Europe/London").unwrap();
        found
            .iter()
            .map(|slot| slot.starts().to_zoned_datetime(london.clone()).strftime("%H:%M").to_string())
            .collect()
    }

    #[test]
    fn what_is_free_fits_between_what_is_taken_and_into_the_hours() {
        let friday = date(2026, 11, 27);
        let before = at(date(2026, 11, 23), 12, 0);
        let hours = OfficeHours { closes: time(12, 0, 0, 0), ..OfficeHours::default() };
        let slot = |hour, minute, minutes| Slot::at(friday.at(hour, minute, 0, 0), minutes, &before).unwrap();
        assert_eq!(
            starts(&free_times(friday, 60, &hours, &[slot(10, 0, 30)], &before)),
            ["09:00", "10:30", "10:45", "11:00"]
        );
        assert_eq!(starts(&free_times(friday, 30, &hours, &[], &at(friday, 11, 5))), ["11:15", "11:30"]);
        assert!(free_times(friday, 240, &hours, &[], &before).is_empty());
        assert!(free_times(date(2026, 11, 28), 30, &hours, &[], &before).is_empty(), "a Saturday");
    }
}
