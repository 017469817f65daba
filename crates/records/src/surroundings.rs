//! What a sentence takes from outside: the time and random numbers.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The clock and the source of ids that a service runs with. Tests and the demo bring their own.
#[derive(Clone)]
pub struct Surroundings {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    draw: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
    zone: TimeZone,
}

impl Surroundings {
    /// The machine's clock and random numbers; civil dates in Europe/London.
    #[must_use]
    pub fn real() -> Surroundings {
        Surroundings::with_clock(Timestamp::now)
    }

    /// A clock of one's own, for tests and for histories that lie in the past.
    #[must_use]
    pub fn with_clock(clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Surroundings {
        Surroundings {
            clock: Arc::new(clock),
            draw: Arc::new(|| *uuid::Uuid::new_v4().as_bytes()),
            zone: TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC),
        }
    }

    /// The same, with ids from `draw`: a demo with the same seed then has the same addresses.
    #[must_use]
    pub fn drawing_ids(mut self, draw: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Surroundings {
        self.draw = Arc::new(draw);
        self
    }

    /// Now, to the microsecond: what stands in a column and what stands sealed beside it are one instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// The clock itself, for those who keep it.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
        Arc::clone(&self.clock)
    }

    /// Today's date in the service's time zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.civil(self.now()).date()
    }

    /// An instant as people here read it.
    #[must_use]
    pub fn civil(&self, at: Timestamp) -> ZonedDateTime {
        at.to_zoned_datetime(self.zone.clone())
    }

    /// 16 random bytes for a new id.
    #[must_use]
    pub fn draw(&self) -> [u8; 16] {
        (self.draw)()
    }
}

/// A date as it is stored: days since 1 January 1970.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    let since = date.duration_since(jiff::civil::date(1970, 1, 1));
    since.as_hours() / 24
}

/// The date that `day_number` stored.
#[must_use]
pub fn day_from(number: i64) -> Option<Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(number).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_comes_back_as_the_date_it_was() {
        for day in [date(1970, 1, 1), date(1999, 12, 31), date(2028, 2, 29), date(1950, 6, 7)] {
            assert_eq!(day_from(day_number(day)), Some(day));
        }
        assert_eq!(day_number(date(1970, 1, 2)), 1);
        assert_eq!(day_from(i64::MAX), None);
    }

    #[test]
    fn an_instant_is_no_finer_than_what_is_stored() {
        let fine: Timestamp = "2026-11-27T10:00:00.397715043Z".parse().unwrap();
        let now = Surroundings::with_clock(move || fine).now();
        assert_eq!(now.to_string(), "2026-11-27T10:00:00.397715Z");
    }

    #[test]
    fn summer_days_change_at_midnight_in_london() {
        let late = "2026-07-01T23:30:00Z".parse().unwrap();
        let here = Surroundings::with_clock(move || late);
        assert_eq!(here.today(), date(2026, 7, 2));
    }
}
