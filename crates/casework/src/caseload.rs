//! What an adviser looks at first: why a client needs something, and by when.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::dates;

/// After so many days without contact a client is asked after.
pub const QUIET_DAYS: i64 = 35;
/// What is due within so many days stands among what is due soon.
pub const SOON_DAYS: i64 = 7;

/// A milestone or a review is near within so many days.
pub const NEAR_DAYS: i64 = 28;

/// Why a client needs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Something was promised by a day: a task, a review, a check.
    Due,
    /// Nothing has been heard for five weeks.
    Quiet,
    /// The file is near its end: its warnings have begun.
    Ending,
}

/// What is known in the clear about a file of a caseload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The earliest day by which something is due, if anything is.
    pub due: Option<Date>,
    /// The last two-way contact.
    pub last_contact: Date,
    /// The day on which the file goes if nothing more is heard.
    pub ends: Date,
    /// Whether its warnings have begun.
    pub near: bool,
}

/// Why a client needs something, with the day for each, the most pressing first. A promise counts from its day, silence from
/// the day on which it lasted five weeks, a file that ends from its last day.
#[must_use]
pub fn reasons(known: &Known, today: Date) -> Vec<(Date, Reason)> {
    let mut reasons = Vec::new();
    reasons.extend(known.due.map(|day| (day, Reason::Due)));
    if dates::days_between(known.last_contact, today) >= QUIET_DAYS {
        let since = known.last_contact.checked_add(QUIET_DAYS.days()).unwrap_or(today);
        reasons.push((since, Reason::Quiet));
    }
    if known.near {
        reasons.push((known.ends, Reason::Ending));
    }
    reasons.sort_unstable();
    reasons
}

/// Which files a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// All of them.
    #[default]
    All,
    /// Those with something late.
    Late,
    /// Those with something due within a week, or late.
    Soon,
    /// Those of whom nothing was heard for five weeks.
    Quiet,
    /// Those whose file ends soon.
    Ending,
    /// Those with a review of the plan or of a goal within four weeks, or late.
    Reviews,
    /// Those whose right to work has to be checked again.
    Checks,
    /// Those with a milestone of their work within four weeks.
    Milestones,
}

/// Whether nothing was heard for so many weeks.
#[must_use]
pub fn is_quiet(last_contact: Date, today: Date, weeks: u8) -> bool {
    dates::days_between(last_contact, today) >= i64::from(weeks) * 7
}

impl Shown {
    /// All choices, in the order of the page.
    pub const ALL: [Shown; 8] = [
        Shown::All,
        Shown::Late,
        Shown::Soon,
        Shown::Quiet,
        Shown::Reviews,
        Shown::Checks,
        Shown::Milestones,
        Shown::Ending,
    ];

    /// Its code in addresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Shown::All => "all",
            Shown::Late => "late",
            Shown::Soon => "soon",
            Shown::Quiet => "quiet",
            Shown::Ending => "ending",
            Shown::Reviews => "reviews",
            Shown::Checks => "checks",
            Shown::Milestones => "milestones",
        }
    }

    /// As the page offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Shown::All => "All",
            Shown::Late => "Late",
            Shown::Soon => "Due this week",
            Shown::Quiet => "No contact for 5 weeks",
            Shown::Ending => "Record ending",
            Shown::Reviews => "Review due",
            Shown::Checks => "Right to work",
            Shown::Milestones => "Milestone near",
        }
    }

    /// The forms of which something must be due, for a choice that goes by them.
    #[must_use]
    pub const fn forms(self) -> Option<&'static [&'static str]> {
        match self {
            Shown::Reviews => Some(&["review", "goal"]),
            Shown::Checks => Some(&["right_to_work_check"]),
            Shown::Milestones => Some(&["spell"]),
            _ => None,
        }
    }

    /// Whether something due on a day is near enough to be shown: milestones lie half a year ahead, reviews some months.
    #[must_use]
    pub fn is_near(self, day: Date, today: Date) -> bool {
        let ahead = matches!(self, Shown::Milestones | Shown::Reviews);
        !ahead || dates::days_between(today, day) <= NEAR_DAYS
    }

    /// The choice of this code; all of them for a code that is none.
    #[must_use]
    pub fn of(code: &str) -> Shown {
        Shown::ALL.into_iter().find(|shown| shown.code() == code).unwrap_or_default()
    }

    /// Whether a file with these reasons is shown.
    #[must_use]
    pub fn takes(self, reasons: &[(Date, Reason)], today: Date) -> bool {
        let due = |days: i64| {
            reasons
                .iter()
                .any(|(day, reason)| *reason == Reason::Due && dates::days_between(today, *day) <= days)
        };
        let has = |wanted: Reason| reasons.iter().any(|(_, reason)| *reason == wanted);
        match self {
            Shown::All => true,
            Shown::Late => due(-1),
            Shown::Soon => due(SOON_DAYS),
            Shown::Quiet => has(Reason::Quiet),
            Shown::Ending => has(Reason::Ending),
            // By their forms alone.
            Shown::Reviews | Shown::Checks | Shown::Milestones => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn known(due: Option<Date>, last_contact: Date, near: bool) -> Known {
        Known { due, last_contact, ends: date(2027, 1, 5), near }
    }

    #[test]
    fn the_most_pressing_reason_comes_first() {
        let promised = known(Some(date(2026, 11, 20)), date(2026, 11, 1), false);
        assert_eq!(reasons(&promised, TODAY), [(date(2026, 11, 20), Reason::Due)]);
        let forgotten = known(Some(date(2026, 12, 1)), date(2026, 1, 5), true);
        let all = reasons(&forgotten, TODAY);
        assert_eq!(
            all,
            [
                (date(2026, 2, 9), Reason::Quiet),
                (date(2026, 12, 1), Reason::Due),
                (date(2027, 1, 5), Reason::Ending)
            ]
        );
        assert_eq!(reasons(&known(None, date(2026, 10, 21), false), TODAY), []);
        assert_eq!(reasons(&known(None, date(2026, 10, 20), false), TODAY).len(), 1, "35 days ago");
    }

    #[test]
    fn each_choice_takes_its_own() {
        let table = [
            (known(Some(date(2026, 11, 23)), TODAY, false), vec!["all", "late", "soon"]),
            (known(Some(TODAY), TODAY, false), vec!["all", "soon"]),
            (known(Some(date(2026, 12, 1)), TODAY, false), vec!["all", "soon"]),
            (known(Some(date(2026, 12, 2)), TODAY, false), vec!["all"]),
            (known(None, date(2026, 1, 5), true), vec!["all", "quiet", "ending"]),
        ];
        for (known, taken) in table {
            let reasons = reasons(&known, TODAY);
            let by: Vec<&str> =
                Shown::ALL.iter().filter(|s| s.takes(&reasons, TODAY)).map(|s| s.code()).collect();
            assert_eq!(by, taken, "{known:?}");
        }
        assert_eq!(Shown::of("nonsense"), Shown::All);
        assert!(Shown::Milestones.is_near(date(2026, 12, 22), TODAY));
        assert!(
            !Shown::Milestones.is_near(date(2026, 12, 23), TODAY)
                && !Shown::Reviews.is_near(date(2026, 12, 23), TODAY)
                && Shown::Checks.is_near(date(2027, 12, 23), TODAY)
        );
        assert!(is_quiet(date(2026, 11, 10), TODAY, 2) && !is_quiet(date(2026, 11, 11), TODAY, 2));
    }
}
