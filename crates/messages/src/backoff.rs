//! How long to wait before a message is tried again.

use std::time::Duration;

/// The wait after the first attempt.
pub const FIRST: Duration = Duration::from_secs(60);
/// No wait is longer, so that a message goes out soon after an outage of any length.
pub const LONGEST: Duration = Duration::from_secs(60 * 60);

/// How long to wait after this many attempts: a minute, doubled each time, an hour at most.
///
/// `spread` (any number: the message's own id will do) moves the wait by up to a quarter, so that messages which failed
/// together do not come back together. The same arguments always give the same wait.
#[must_use]
pub fn wait(attempts: u32, spread: u64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    // Ids of one day differ in their last digits or in their first: both reach the remainder by this odd factor.
    let part = u32::try_from(spread.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54).unwrap_or(0);
    whole - whole / 4 * part / 1023
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_waits_double_from_a_minute_to_an_hour() {
        let minutes: Vec<u64> = (0..10).map(|attempts| wait(attempts, 0).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_three_quarters_of_the_first_or_longer_than_the_longest(attempts: u32, spread: u64) {
            let wait = wait(attempts, spread);
            prop_assert!(wait >= FIRST * 3 / 4 && wait <= LONGEST);
        }

        #[test]
        fn waits_do_not_shrink_from_one_attempt_to_the_next(attempts in 0..u32::MAX, spread: u64) {
            prop_assert!(wait(attempts, spread) <= wait(attempts + 1, spread));
        }

        #[test]
        fn the_spread_moves_a_wait_by_a_quarter_at_most(attempts: u32, spread: u64) {
            let whole = wait(attempts, 0);
            let moved = wait(attempts, spread);
            prop_assert!(moved <= whole && moved >= whole * 3 / 4);
        }
    }

    #[test]
    fn messages_that_failed_together_come_back_spread_out() {
        let waits: std::collections::BTreeSet<Duration> = (0..100).map(|id| wait(5, id)).collect();
        assert!(waits.len() > 80, "{}", waits.len());
    }
}
