//! Working days in England and Wales: where the law moves the end of a period to the next one.
//!
//! Only years whose bank holidays are known are rolled; for others nobody guesses.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday, date};

/// The bank holidays of some years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankHolidays {
    years: RangeInclusive<i16>,
    days: BTreeSet<Date>,
}

/// The bank holidays of a year are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "The bank holidays of {0} are not known here. Bring the list up to date, and check this date by hand until then"
)]
pub struct UnknownYear(pub i16);

impl BankHolidays {
    /// Those of England and Wales that come with Kept (gov.uk/bank-holidays).
    #[must_use]
    pub fn england_and_wales() -> BankHolidays {
        BankHolidays { years: 2024..=2028, days: SHIPPED.into_iter().collect() }
    }

    /// A list of the service's own for whole years.
    #[must_use]
    pub fn of(years: RangeInclusive<i16>, days: impl IntoIterator<Item = Date>) -> BankHolidays {
        BankHolidays { years, days: days.into_iter().collect() }
    }

    /// Whether `day` is neither on a weekend nor a bank holiday.
    ///
    /// # Errors
    /// Its year is not known.
    pub fn is_working_day(&self, day: Date) -> Result<bool, UnknownYear> {
        if !self.years.contains(&day.year()) {
            return Err(UnknownYear(day.year()));
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(!weekend && !self.days.contains(&day))
    }

    /// Whether it is known to be a bank holiday.
    #[must_use]
    pub fn is_bank_holiday(&self, day: Date) -> bool {
        self.days.contains(&day)
    }

    /// The day itself, or the next working day.
    ///
    /// # Errors
    /// The year is not known.
    pub fn roll(&self, mut day: Date) -> Result<Date, UnknownYear> {
        while !self.is_working_day(day)? {
            day = day.tomorrow().map_err(|_| UnknownYear(day.year()))?;
        }
        Ok(day)
    }

    /// So many working days after `day`, which is not counted itself.
    ///
    /// # Errors
    /// The year is not known.
    pub fn later(&self, mut day: Date, working_days: u8) -> Result<Date, UnknownYear> {
        for _ in 0..working_days {
            day = self.roll(day.tomorrow().map_err(|_| UnknownYear(day.year()))?)?;
        }
        Ok(day)
    }
}

const SHIPPED: [Date; 40] = [
    date(2024, 1, 1),
    date(2024, 3, 29),
    date(2024, 4, 1),
    date(2024, 5, 6),
    date(2024, 5, 27),
    date(2024, 8, 26),
    date(2024, 12, 25),
    date(2024, 12, 26),
    date(2025, 1, 1),
    date(2025, 4, 18),
    date(2025, 4, 21),
    date(2025, 5, 5),
    date(2025, 5, 26),
    date(2025, 8, 25),
    date(2025, 12, 25),
    date(2025, 12, 26),
    date(2026, 1, 1),
    date(2026, 4, 3),
    date(2026, 4, 6),
    date(2026, 5, 4),
    date(2026, 5, 25),
    date(2026, 8, 31),
    date(2026, 12, 25),
    date(2026, 12, 28),
    date(2027, 1, 1),
    date(2027, 3, 26),
    date(2027, 3, 29),
    date(2027, 5, 3),
    date(2027, 5, 31),
    date(2027, 8, 30),
    date(2027, 12, 27),
    date(2027, 12, 28),
    date(2028, 1, 3),
    date(2028, 4, 14),
    date(2028, 4, 17),
    date(2028, 5, 1),
    date(2028, 5, 29),
    date(2028, 8, 28),
    date(2028, 12, 25),
    date(2028, 12, 26),
];

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    /// Easter Sunday by the rule of the Gregorian calendar (Meeus, Jones, Butcher).
    fn easter(year: i16) -> Date {
        let y = i32::from(year);
        let (a, b, c) = (y % 19, y / 100, y % 100);
        let (d, e, f) = (b / 4, b % 4, (b + 8) / 25);
        let h = (19 * a + b - d - (b - f + 1) / 3 + 15) % 30;
        let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
        let m = (a + 11 * h + 22 * l) / 451;
        let month = (h + l - 7 * m + 114) / 31;
        date(year, month as i8, ((h + l - 7 * m + 114) % 31 + 1) as i8)
    }

    /// The holidays of a year by their rules: fixed days move to the next free working day, Mondays are Mondays.
    fn by_rule(year: i16) -> BTreeSet<Date> {
        let mut days: BTreeSet<Date> = [easter(year) - 2.days(), easter(year) + 1.days()].into();
        let monday = |month: i8, last: bool| {
            let first = date(year, month, 1);
            first.nth_weekday_of_month(if last { -1 } else { 1 }, Weekday::Monday).unwrap()
        };
        days.extend([monday(5, false), monday(5, true), monday(8, true)]);
        for mut day in [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)] {
            while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || days.contains(&day) {
                day = day.tomorrow().unwrap();
            }
            days.insert(day);
        }
        days
    }

    #[test]
    fn the_shipped_list_is_what_the_rules_give() {
        let shipped = BankHolidays::england_and_wales();
        let ruled: BTreeSet<Date> = shipped.years.clone().flat_map(by_rule).collect();
        assert_eq!(shipped.days, ruled);
    }

    #[test]
    fn a_day_is_rolled_to_the_next_working_day_and_never_guessed() {
        let holidays = BankHolidays::england_and_wales();
        for (day, rolled) in [
            (date(2026, 11, 23), date(2026, 11, 23)),
            (date(2026, 12, 25), date(2026, 12, 29)),
            (date(2028, 4, 30), date(2028, 5, 2)),
        ] {
            assert_eq!(holidays.roll(day), Ok(rolled));
        }
        assert_eq!(holidays.roll(date(2029, 1, 2)), Err(UnknownYear(2029)));
        assert_eq!(holidays.roll(date(2028, 12, 30)), Err(UnknownYear(2029)));
    }
}
