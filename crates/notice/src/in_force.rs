//! Which of several versions holds on a day.

use jiff::civil::Date;

/// The place, among versions from the one published first to the one published last, of the one that holds on this day: of
/// those whose `effective` has come the one with the latest, and of two with the same day the one published later. Where
/// none has come yet, as with a new service, the one that comes first holds already: a service is never without a notice.
/// None if there are no versions.
#[must_use]
pub fn in_force(effective: &[Date], today: Date) -> Option<usize> {
    let versions = || effective.iter().copied().enumerate();
    let begun = versions().filter(|(_, from)| *from <= today).max_by_key(|(_, from)| *from);
    // `min_by_key` gives the first of equal ones: backwards, the one published last.
    begun.or_else(|| versions().rev().min_by_key(|(_, from)| *from)).map(|(place, _)| place)
}

/// The next day on which another version may come into force: the earliest `effective` after this day.
#[must_use]
pub fn next_change(effective: impl IntoIterator<Item = Date>, today: Date) -> Option<Date> {
    effective.into_iter().filter(|from| *from > today).min()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 28);
    const JULY: Date = date(2026, 7, 1);
    const TOMORROW: Date = date(2026, 11, 29);
    const JANUARY: Date = date(2027, 1, 1);

    #[test]
    fn the_latest_whose_day_has_come_holds() {
        let cases: [(&[Date], Option<usize>, &str); 8] = [
            (&[], None, "no versions"),
            (&[JULY], Some(0), "one that has begun"),
            (&[JANUARY], Some(0), "the first of a new service holds at once"),
            (&[JULY, JANUARY], Some(0), "one dated ahead waits for its day"),
            (&[JULY, TODAY], Some(1), "its day counts"),
            (&[TODAY, JULY], Some(0), "an older day does not replace a newer one"),
            (&[JULY, JULY, JULY], Some(2), "of the same day the one published last"),
            (
                &[JANUARY, TOMORROW, TOMORROW],
                Some(2),
                "none has begun: the one that comes first, published last",
            ),
        ];
        for (versions, expected, why) in cases {
            assert_eq!(in_force(versions, TODAY), expected, "{why}");
        }
    }

    #[test]
    fn the_next_day_is_the_first_one_ahead() {
        assert_eq!(next_change([JULY, JANUARY, TOMORROW], TODAY), Some(TOMORROW));
        assert_eq!(next_change([JULY, TODAY], TODAY), None);
    }
}
