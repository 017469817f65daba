//! Counts days of work: where they overlap once, with breaks as the rules take them.

use jiff::ToSpan;
use jiff::civil::Date;

use super::record::Spell;
use super::rules::LongerBreak;
use crate::dates::days_between;

/// A time in which the same spells go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The first day.
    pub(crate) from: Date,
    /// The first day after it; none if it goes on.
    pub(crate) until: Option<Date>,
    /// The minutes of a usual week, of all spells together.
    pub(crate) weekly_minutes: u64,
    /// The pay of a usual week in pence, of all spells together.
    pub(crate) weekly_pence: u64,
}

/// How the days of a milestone are counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counting {
    /// How many are needed; none for a start.
    pub(crate) days: i64,
    /// The longest break after which they go on.
    pub(crate) break_days: i64,
    /// What a longer one does.
    pub(crate) longer: LongerBreak,
}

/// A break between two stretches of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Break {
    /// The first day without work.
    pub(crate) from: Date,
    /// How many.
    pub(crate) days: i64,
    /// Whether it is longer than allowed.
    pub(crate) longer: bool,
}

/// Days as counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// The day from which they are counted, after the last restart.
    pub(crate) from: Option<Date>,
    /// The day on which there were enough.
    pub(crate) reached: Option<Date>,
    /// How many there are; no more than needed.
    pub(crate) days: i64,
    /// The breaks until then.
    pub(crate) breaks: Vec<Break>,
    /// The first day after the last stretch that counts, if work has an end.
    pub(crate) ended: Option<Date>,
    /// Whether a longer break has stopped the count for good.
    pub(crate) stopped: bool,
}

/// So many days later; the last day there is if that is beyond it.
pub(crate) fn days_later(day: Date, days: i64) -> Date {
    let days = days.clamp(0, 3_000_000);
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// What goes on at the same time, added up, in the order of time. Days without a spell are left out.
pub(crate) fn stretches(spells: &[&Spell]) -> Vec<Stretch> {
    let after = |spell: &Spell| spell.end.map(|end| days_later(end, 1));
    let mut turns: Vec<Date> = spells.iter().map(|spell| spell.start).collect();
    turns.extend(spells.iter().filter_map(|spell| after(spell)));
    turns.sort_unstable();
    turns.dedup();
    let next = turns.iter().skip(1).copied().map(Some).chain([None]);
    let mut stretches = Vec::new();
    for (from, until) in turns.iter().copied().zip(next) {
        let goes_on = |spell: &&&Spell| spell.start <= from && after(spell).is_none_or(|end| end > from);
        let running: Vec<&Spell> = spells.iter().filter(goes_on).copied().collect();
        if running.is_empty() {
            continue;
        }
        stretches.push(Stretch {
            from,
            until,
            weekly_minutes: running.iter().map(|spell| u64::from(spell.weekly_minutes.unwrap_or(0))).sum(),
            weekly_pence: running.iter().map(|spell| weekly_pence(spell)).fold(0, u64::saturating_add),
        });
    }
    stretches
}

fn weekly_pence(spell: &Spell) -> u64 {
    let minutes = u64::from(spell.weekly_minutes.unwrap_or(0));
    minutes.saturating_mul(u64::from(spell.hourly_pence.unwrap_or(0))) / 60
}

/// The stretches from a day on.
pub(crate) fn from_day(stretches: &[Stretch], day: Date) -> Vec<Stretch> {
    let later = stretches.iter().filter(|stretch| stretch.until.is_none_or(|until| until > day));
    later.map(|stretch| Stretch { from: stretch.from.max(day), ..*stretch }).collect()
}

/// The stretches as far as they lie before a day.
pub(crate) fn before_day(stretches: &[Stretch], day: Date) -> Vec<Stretch> {
    let begun = stretches.iter().filter(|stretch| stretch.from < day);
    begun
        .map(|stretch| Stretch { until: Some(stretch.until.map_or(day, |until| until.min(day))), ..*stretch })
        .collect()
}

/// Counts the days of stretches that stand in the order of time and do not overlap.
pub(crate) fn count(stretches: &[Stretch], counting: Counting) -> Count {
    let mut count = Count::default();
    for stretch in stretches {
        if let Some(ended) = count.ended {
            let days = days_between(ended, stretch.from);
            let longer = days > counting.break_days;
            if days > 0 {
                count.breaks.push(Break { from: ended, days, longer });
            }
            match counting.longer {
                LongerBreak::Restart if longer => (count.days, count.from) = (0, None),
                LongerBreak::Stop if longer => {
                    count.stopped = true;
                    return count;
                }
                _ => {}
            }
        }
        count.from = count.from.or(Some(stretch.from));
        count.ended = stretch.until;
        let needed = counting.days - count.days;
        let length = stretch.until.map(|until| days_between(stretch.from, until));
        if length.is_none_or(|length| length >= needed) {
            count.days = counting.days;
            count.reached = Some(days_later(stretch.from, needed));
            return count;
        }
        count.days += length.unwrap_or(0);
    }
    count
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn stretch(from: Date, until: Option<Date>) -> Stretch {
        Stretch { from, until, weekly_minutes: 960, weekly_pence: 0 }
    }

    #[test]
    fn a_longer_break_does_what_the_rule_says() {
        // 10 days, a break of 5, then open.
        let worked = [stretch(date(2026, 6, 1), Some(date(2026, 6, 11))), stretch(date(2026, 6, 16), None)];
        for (break_days, longer, reached, from) in [
            // Five are allowed: 18 more days from the 16th.
            (5, LongerBreak::Restart, Some(date(2026, 7, 4)), date(2026, 6, 1)),
            (5, LongerBreak::Stop, Some(date(2026, 7, 4)), date(2026, 6, 1)),
            // Four are allowed.
            (4, LongerBreak::Restart, Some(date(2026, 7, 14)), date(2026, 6, 16)),
            (4, LongerBreak::Stop, None, date(2026, 6, 1)),
            (4, LongerBreak::GoOn, Some(date(2026, 7, 4)), date(2026, 6, 1)),
        ] {
            let count = count(&worked, Counting { days: 28, break_days, longer });
            assert_eq!((count.reached, count.from), (reached, Some(from)), "{break_days} {longer}");
            assert_eq!(count.stopped, reached.is_none());
        }
    }

    #[test]
    fn the_last_day_there_is_does_no_harm() {
        let worked = [stretch(Date::MAX, None)];
        let counting = Counting { days: 182, break_days: 0, longer: LongerBreak::Stop };
        assert_eq!(count(&worked, counting).reached, Some(Date::MAX));
    }
}
