//! Earnings added up against a threshold, and when they will reach it as things are.

use jiff::civil::Date;

use super::clock::{Stretch, days_later, from_day};
use super::record::{Earning, EarningKind, Record, Spell};
use crate::dates::days_between;

/// What was earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Earned<'r> {
    /// All that counts and was paid by today, in pence.
    pub(crate) pence: u64,
    /// The day of the payment that reached the threshold.
    pub(crate) reached: Option<Date>,
    /// The day of the last payment that counts.
    pub(crate) last: Option<Date>,
    /// Payments that do not count.
    pub(crate) left_out: Vec<&'r Earning>,
}

/// Adds up what was paid for these spells by today.
pub(crate) fn add_up<'r>(
    record: &'r Record,
    spells: &[&Spell],
    countable: &[EarningKind],
    (not_before, today): (Date, Date),
    threshold: u64,
) -> Earned<'r> {
    let belongs = |earning: &&Earning| spells.iter().any(|spell| spell.id == earning.spell);
    let mut paid: Vec<&Earning> =
        record.earnings.iter().filter(belongs).filter(|earning| earning.paid_on <= today).collect();
    paid.sort_by_key(|earning| earning.paid_on);
    let mut earned = Earned { pence: 0, reached: None, last: None, left_out: Vec::new() };
    for earning in paid {
        // What was paid before the first day of the work is for something else.
        let begun = spells.iter().any(|spell| spell.id == earning.spell && spell.start <= earning.paid_on);
        if !begun || earning.paid_on < not_before || !countable.contains(&earning.kind) {
            earned.left_out.push(earning);
            continue;
        }
        earned.pence = earned.pence.saturating_add(earning.pence);
        earned.last = Some(earning.paid_on);
        if earned.pence >= threshold && earned.reached.is_none() {
            earned.reached = Some(earning.paid_on);
        }
    }
    earned
}

/// The day on which so many more pence will be earned at the usual pay, from a day on; none if they never will.
pub(crate) fn projected(stretches: &[Stretch], from: Date, pence: u64) -> Option<Date> {
    // In sevenths of a penny, so that a day's pay is whole.
    let mut needed = u128::from(pence) * 7;
    for stretch in from_day(stretches, from) {
        let daily = u128::from(stretch.weekly_pence);
        if daily == 0 {
            continue;
        }
        let days = needed.div_ceil(daily);
        let length = stretch.until.map(|until| days_between(stretch.from, until).unsigned_abs());
        match length {
            Some(length) if u128::from(length) < days => {
                needed = needed.saturating_sub(u128::from(length) * daily);
            }
            _ => return i64::try_from(days).ok().map(|days| days_later(stretch.from, days)),
        }
    }
    None
}

/// An amount in pence as pages show it. No amount of the rules comes near the largest number.
pub(crate) fn pounds(pence: u64) -> String {
    crate::formats::money::pounds(i64::try_from(pence).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn money_is_written_as_people_read_it() {
        for (pence, words) in [
            (0, "£0.00"),
            (5, "£0.05"),
            (99_999, "£999.99"),
            (528_736, "£5,287.36"),
            (123_456_700, "£1,234,567.00"),
        ] {
            assert_eq!(pounds(pence), words);
        }
    }

    #[test]
    fn pay_is_projected_day_by_day() {
        let at = |from, until, weekly_pence| Stretch { from, until, weekly_minutes: 0, weekly_pence };
        let from = date(2026, 6, 1);
        // £70 a week are £10 a day.
        assert_eq!(projected(&[at(from, None, 7_000)], from, 10_000), Some(date(2026, 6, 11)));
        assert_eq!(projected(&[at(from, None, 7_000)], from, 10_001), Some(date(2026, 6, 12)));
        // Five days at £10, then nothing for a time, then £20 a day.
        let two = [at(from, Some(date(2026, 6, 6)), 7_000), at(date(2026, 7, 1), None, 14_000)];
        assert_eq!(projected(&two, from, 9_000), Some(date(2026, 7, 3)));
        assert_eq!(projected(&two[..1], from, 9_000), None);
        assert_eq!(projected(&[at(from, None, 0)], from, 1), None);
    }
}
