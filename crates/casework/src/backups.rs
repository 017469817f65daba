//! When a backup is too old.

use jiff::{SignedDuration, Timestamp};

/// A backup is made every day, and a day's backup may be late by two hours.
pub const ALARM: SignedDuration = SignedDuration::from_hours(26);

/// Whether one of that time is still young enough.
#[must_use]
pub fn in_time(made: Timestamp, now: Timestamp) -> bool {
    now.duration_since(made) <= ALARM
}

/// How long ago something was, in the largest unit that is whole.
#[must_use]
pub fn ago(made: Timestamp, now: Timestamp) -> String {
    let minutes = now.duration_since(made).as_mins().max(0);
    let (count, unit) = match minutes {
        0 => return "less than a minute ago".to_owned(),
        1..60 => (minutes, "minute"),
        60..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_late_after_twenty_six_hours() {
        let made: Timestamp = "2026-11-26T03:00:00Z".parse().unwrap();
        for (now, words, young) in [
            ("2026-11-26T03:00:59Z", "less than a minute ago", true),
            // A clock that was put back is no reason for an alarm.
            ("2026-11-26T02:00:00Z", "less than a minute ago", true),
            ("2026-11-26T03:01:00Z", "1 minute ago", true),
            ("2026-11-26T03:59:59Z", "59 minutes ago", true),
            ("2026-11-26T04:00:00Z", "1 hour ago", true),
            ("2026-11-27T05:00:00Z", "26 hours ago", true),
            ("2026-11-27T05:00:01Z", "26 hours ago", false),
            ("2026-11-28T03:00:00Z", "2 days ago", false),
            ("2027-11-26T03:00:00Z", "365 days ago", false),
        ] {
            let now = now.parse().unwrap();
            assert_eq!((ago(made, now).as_str(), in_time(made, now)), (words, young), "{now}");
        }
    }
}
