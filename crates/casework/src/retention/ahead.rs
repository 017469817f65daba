//! The year ahead in numbers: how much goes in which month.

use jiff::civil::Date;

use crate::dates;

/// How much goes when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// What goes today or should have gone before.
    pub due: u64,
    /// The first day of each of twelve months, beginning with the one that runs, and how much goes in it after today.
    pub months: Vec<(Date, u64)>,
    /// What goes later.
    pub later: u64,
}

/// Sorts counts of days into the year that begins `today`.
#[must_use]
pub fn ahead(days: impl IntoIterator<Item = (Date, u64)>, today: Date) -> Ahead {
    let first = today.first_of_month();
    let months = (0..12).map(|month| (dates::months_later(first, month), 0)).collect();
    let mut ahead = Ahead { due: 0, months, later: 0 };
    for (day, count) in days {
        if day <= today {
            ahead.due += count;
        } else if let Some(month) = ahead.months.iter_mut().find(|(first, _)| *first == day.first_of_month())
        {
            month.1 += count;
        } else {
            ahead.later += count;
        }
    }
    ahead
}

impl Ahead {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.due + self.later + self.months.iter().map(|(_, count)| count).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_due_today_stands_apart_from_the_rest_of_the_month() {
        let today = date(2028, 2, 29);
        let days = [
            (date(2028, 2, 28), 1),
            (today, 2),
            (date(2028, 3, 1), 4),
            (date(2029, 1, 31), 8),
            (date(2029, 2, 1), 16),
        ];
        let ahead = ahead(days, today);
        assert_eq!((ahead.due, ahead.later), (3, 16));
        assert_eq!(ahead.months.first(), Some(&(date(2028, 2, 1), 0)));
        assert_eq!(ahead.months.get(1), Some(&(date(2028, 3, 1), 4)));
        assert_eq!(ahead.months.last(), Some(&(date(2029, 1, 1), 8)));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_counted_twice(days in proptest::collection::vec((0_i16..3000, 0_u64..1000), 0..40), at in 0_i16..3000) {
            let day = |n: i16| date(2024, 1, 1).checked_add(jiff::Span::new().days(i64::from(n))).unwrap();
            let all: u64 = days.iter().map(|(_, count)| count).sum();
            let ahead = ahead(days.into_iter().map(|(n, count)| (day(n), count)), day(at));
            prop_assert_eq!(ahead.total(), all);
            prop_assert_eq!(ahead.months.len(), 12);
        }
    }
}
