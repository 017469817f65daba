//! What a sweep asks before it erases: whether the clock can be right, and whether so many files can be due.
//!
//! A clock that jumped, or an import with wrong dates, would make a whole service due in one night. Nothing brings a file
//! back, so then two people look first.

use jiff::{SignedDuration, Timestamp};

use crate::entries::codes;

/// Between two sweeps lies a day; a second one may pass before anybody is asked.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(48);
/// So many files may always be due in one night.
const ALWAYS: u64 = 20;
/// Of so many files one may be due in one night.
const ONE_OF: u64 = 100;

codes! {
    /// Why a sweep waits for two people.
    Doubt {
        /// The clock stands before the last sweep, or more than two days after it.
        Clock = "clock",
        /// More than one file of a hundred is due, and more than twenty.
        Many = "many",
    }
}

impl Doubt {
    /// What is to be looked at before anybody agrees.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Doubt::Clock => {
                "The clock of the server has jumped since the last sweep, or Kept did not run for more than two days. Check that today’s date is right."
            }
            Doubt::Many => {
                "Unusually many files are due at once. Check that today’s date is right, and that their dates were not changed by mistake."
            }
        }
    }
}

/// Whether a sweep at `now` has to ask first: `due` of `files` would go, and the last sweep was at `last`.
#[must_use]
pub fn doubt(last: Option<Timestamp>, now: Timestamp, due: u64, files: u64) -> Option<Doubt> {
    if due == 0 {
        return None;
    }
    let jumped = last.is_some_and(|last| now < last || now.duration_since(last) > LONGEST_PAUSE);
    if jumped {
        return Some(Doubt::Clock);
    }
    (due > ALWAYS && due.saturating_mul(ONE_OF) > files).then_some(Doubt::Many)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        "2026-11-23T03:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
    }

    #[test]
    fn a_sweep_asks_when_the_clock_jumped_or_unusually_many_are_due() {
        let cases = [
            (Some(0), 24, 5, 1_000, None),
            (Some(0), 48, 5, 1_000, None),
            (Some(0), 49, 5, 1_000, Some(Doubt::Clock)),
            (Some(0), -1, 5, 1_000, Some(Doubt::Clock)),
            (Some(0), 24 * 365, 1, 1_000, Some(Doubt::Clock)),
            (Some(0), 24 * 365, 0, 1_000, None),
            (None, 0, 20, 20, None),
            (None, 0, 21, 20, Some(Doubt::Many)),
            (Some(0), 24, 21, 2_100, None),
            (Some(0), 24, 22, 2_100, Some(Doubt::Many)),
            (Some(0), 24, 10_000, 1_000_000, None),
            (Some(0), 24, 10_001, 1_000_000, Some(Doubt::Many)),
        ];
        for (last, now, due, files, expected) in cases {
            assert_eq!(doubt(last.map(at), at(now), due, files), expected, "{last:?} {now} {due} {files}");
        }
    }

    proptest! {
        #[test]
        fn more_due_is_never_less_doubtful(hours in 0_i64..200, due in 0_u64..5_000, more in 0_u64..5_000, files in 0_u64..100_000) {
            let less = doubt(Some(at(0)), at(hours), due, files);
            let greater = doubt(Some(at(0)), at(hours), due + more, files);
            prop_assert!(less.is_none() || greater.is_some());
        }
    }
}
