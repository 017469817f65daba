//! The time limits of the law for what people ask about their data, for complaints and for breaches.
//!
//! Months are calendar months from the day itself (UK GDPR Art. 12A; ICO: the corresponding day, or the last of a
//! shorter month), and the end rolls to the next working day (Reg. 1182/71 Art. 3(4)). Hours are never rolled.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::dates;
use crate::working_days::{BankHolidays, UnknownYear};

/// The clock of a request under Articles 15 to 21.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestClock {
    /// When the request came.
    pub received: Date,
    /// Proof of identity, where it had to be asked for (Art. 12(6)).
    pub identity: Option<Identity>,
    /// Whether it was extended by two months for being complex or one of many (Art. 12A(3)).
    pub extended: bool,
    /// Times in which we waited to be told what is meant. They count for requests for access only (Art. 12A(5)).
    pub pauses: Vec<Pause>,
}

/// Proof of identity that was asked for. It moves the beginning only if we asked while there was time: a month that has run out
/// does not come back (Art. 12(3)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// When we asked.
    pub asked: Date,
    /// When it came; none while it is awaited.
    pub shown: Option<Date>,
}

/// A time in which the clock stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When we asked.
    pub asked: Date,
    /// When the answer came.
    pub answered: Date,
}

/// When an answer is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The day to work to: the more cautious reading of how pauses are counted.
    pub on: Date,
    /// The last day by the words of the Act, which leave out the day of asking and that of the answer.
    pub statutory: Date,
    /// The day by which the client must be told of an extension, if there is to be one.
    pub tell_of_extension_by: Date,
}

impl RequestClock {
    /// A clock that starts with the request.
    #[must_use]
    pub fn started(received: Date) -> RequestClock {
        RequestClock { received, identity: None, extended: false, pauses: Vec::new() }
    }

    /// The day from which months are counted: the later of request and proof of identity. No fee is ever asked for (Art. 12(5)).
    ///
    /// # Errors
    /// The bank holidays of the year are not known.
    pub fn start(&self, holidays: &BankHolidays) -> Result<Date, UnknownYear> {
        let shown = self.asked_in_time(holidays)?.and_then(|identity| identity.shown);
        Ok(shown.map_or(self.received, |shown| shown.max(self.received)))
    }

    /// Whether the clock has not begun: proof of identity was asked for in time and did not come yet.
    ///
    /// # Errors
    /// The bank holidays of the year are not known.
    pub fn waits(&self, holidays: &BankHolidays) -> Result<bool, UnknownYear> {
        Ok(self.asked_in_time(holidays)?.is_some_and(|identity| identity.shown.is_none()))
    }

    fn asked_in_time(&self, holidays: &BankHolidays) -> Result<Option<Identity>, UnknownYear> {
        let Some(identity) = self.identity else { return Ok(None) };
        let end = self.end(self.received, self.months(), self.paused().0, holidays)?;
        Ok((identity.asked <= end).then_some(identity))
    }

    const fn months(&self) -> u32 {
        if self.extended { 3 } else { 1 }
    }

    fn end(&self, start: Date, months: u32, days: i64, holidays: &BankHolidays) -> Result<Date, UnknownYear> {
        let unrolled = dates::months_later(start, months);
        holidays.roll(unrolled.checked_add(days.days()).unwrap_or(unrolled))
    }

    /// When the answer is due.
    ///
    /// # Errors
    /// The bank holidays of the year are not known.
    pub fn due(&self, holidays: &BankHolidays) -> Result<Due, UnknownYear> {
        let (start, months) = (self.start(holidays)?, self.months());
        let (cautious, statutory) = self.paused();
        let end = |months: u32, days: i64| self.end(start, months, days, holidays);
        Ok(Due {
            on: end(months, cautious)?,
            statutory: end(months, statutory)?,
            tell_of_extension_by: end(1, cautious)?,
        })
    }

    /// The days for which the clock stood still, cautiously and by the words of the Act. Pauses that meet count once.
    fn paused(&self) -> (i64, i64) {
        let mut pauses: Vec<Pause> =
            self.pauses.iter().copied().filter(|pause| pause.answered >= pause.asked).collect();
        pauses.sort_unstable_by_key(|pause| pause.asked);
        let mut apart: Vec<Pause> = Vec::new();
        for pause in pauses {
            match apart.last_mut() {
                Some(last) if pause.asked <= last.answered => {
                    last.answered = last.answered.max(pause.answered)
                }
                _ => apart.push(pause),
            }
        }
        let days: i64 = apart.iter().map(|pause| dates::days_between(pause.asked, pause.answered)).sum();
        (days, days + i64::try_from(apart.len()).unwrap_or(0))
    }
}

/// The last day to acknowledge a complaint: 30 days, the day after it came being the first (DPA s.164A(3)).
///
/// # Errors
/// The bank holidays of the year are not known.
pub fn acknowledge_complaint_by(received: Date, holidays: &BankHolidays) -> Result<Date, UnknownYear> {
    holidays.roll(received.checked_add(30.days()).unwrap_or(received))
}

/// How many hours there are to tell the Commissioner of a breach (Art. 33(1)).
pub const BREACH_HOURS: i64 = 72;

/// The last moment to tell the Commissioner of a breach: 72 hours after we knew of it, weekends or not (Art. 33(1)).
#[must_use]
pub fn report_breach_by(aware: Timestamp) -> Timestamp {
    aware.checked_add(BREACH_HOURS.hours()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn holidays() -> BankHolidays {
        BankHolidays::england_and_wales()
    }

    #[test]
    fn requests_and_complaints_are_due_when_the_law_says() {
        for (received, one_month, three_months, thirty_days) in [
            (date(2026, 11, 23), date(2026, 12, 23), date(2027, 2, 23), date(2026, 12, 23)),
            (date(2026, 9, 3), date(2026, 10, 5), date(2026, 12, 3), date(2026, 10, 5)),
            (date(2026, 1, 30), date(2026, 3, 2), date(2026, 4, 30), date(2026, 3, 2)),
            (date(2026, 11, 25), date(2026, 12, 29), date(2027, 2, 25), date(2026, 12, 29)),
            (date(2026, 11, 30), date(2026, 12, 30), date(2027, 3, 1), date(2026, 12, 30)),
            (date(2027, 1, 31), date(2027, 3, 1), date(2027, 4, 30), date(2027, 3, 2)),
            (date(2028, 1, 31), date(2028, 2, 29), date(2028, 5, 2), date(2028, 3, 1)),
        ] {
            let clock = RequestClock::started(received);
            let extended = RequestClock { extended: true, ..clock.clone() };
            assert_eq!(clock.due(&holidays()).map(|due| due.on), Ok(one_month), "{received}");
            assert_eq!(extended.due(&holidays()).map(|due| due.on), Ok(three_months), "{received}");
            assert_eq!(
                extended.due(&holidays()).map(|due| due.tell_of_extension_by),
                Ok(one_month),
                "{received}"
            );
            assert_eq!(acknowledge_complaint_by(received, &holidays()), Ok(thirty_days), "{received}");
        }
    }

    #[test]
    fn the_clock_stands_still_while_we_wait_for_an_answer() {
        let pause = Pause { asked: date(2026, 11, 10), answered: date(2026, 11, 19) };
        let clock = RequestClock { pauses: vec![pause], ..RequestClock::started(date(2026, 11, 2)) };
        let due = clock.due(&holidays()).unwrap();
        assert_eq!((due.on, due.statutory), (date(2026, 12, 11), date(2026, 12, 14)));
        let twice = RequestClock { pauses: vec![pause, pause], ..clock };
        assert_eq!(twice.due(&holidays()), Ok(due));
    }

    #[test]
    fn the_clock_starts_when_identity_is_proved() {
        let asking = |asked: Date, shown| RequestClock {
            identity: Some(Identity { asked, shown }),
            ..RequestClock::started(date(2026, 11, 2))
        };
        let shown = asking(date(2026, 11, 3), Some(date(2026, 11, 20)));
        assert_eq!(shown.due(&holidays()).map(|due| due.on), Ok(date(2026, 12, 21)));
        assert_eq!(asking(date(2026, 12, 2), None).waits(&holidays()), Ok(true), "asked on the last day");
        let late = asking(date(2026, 12, 3), Some(date(2026, 12, 4)));
        assert_eq!(late.due(&holidays()).map(|due| due.on), Ok(date(2026, 12, 2)), "it had run out");
        assert_eq!(asking(date(2026, 12, 3), None).waits(&holidays()), Ok(false));
    }

    #[test]
    fn a_breach_is_reported_within_72_hours_even_at_christmas() {
        let aware: Timestamp = "2026-12-24T16:10:00Z".parse().unwrap();
        assert_eq!(report_breach_by(aware).to_string(), "2026-12-27T16:10:00Z");
    }

    #[test]
    fn a_year_without_known_holidays_is_not_guessed() {
        assert_eq!(RequestClock::started(date(2028, 12, 20)).due(&holidays()), Err(UnknownYear(2029)));
    }

    proptest! {
        #[test]
        fn the_cautious_day_is_a_working_day_and_never_after_the_statutory_one(
            day in 0_i64..900, pauses in proptest::collection::vec((0_i64..60, 0_i64..20), 0..4), extended in any::<bool>(),
        ) {
            let received = date(2024, 6, 1).checked_add(day.days()).unwrap();
            let later = |days: i64| received.checked_add(days.days()).unwrap();
            let pauses = pauses.iter().map(|(asked, n)| Pause { asked: later(*asked), answered: later(asked + n) });
            let clock = RequestClock { extended, pauses: pauses.collect(), ..RequestClock::started(received) };
            let due = clock.due(&holidays()).unwrap();
            let begun_late = Identity { asked: due.statutory.checked_add(1.days()).unwrap(), shown: Some(later(400)) };
            prop_assert_eq!(RequestClock { identity: Some(begun_late), ..clock }.due(&holidays()), Ok(due));
            prop_assert!(holidays().is_working_day(due.on).unwrap());
            prop_assert!(due.on <= due.statutory && due.on > received && due.tell_of_extension_by <= due.on);
        }
    }
}
