//! Whether the notice's promises are kept, judged from counts: what must not be there at all, what may wait and for how long,
//! and what nobody can know from here.
//!
//! Counts name nobody, so that the whole of it can be shown to everybody.

use jiff::civil::Date;

use crate::dates;

/// The fewest people or things that the published view gives a number for: below it, it says "fewer than".
pub const FEWEST_PUBLISHED: u64 = 5;
/// A month in days, as far as letters, paper and recipients may wait.
const MONTH: i64 = 31;

/// What was counted of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// So many, the first of them of this day.
    Counted {
        /// How many.
        number: u64,
        /// The day of the oldest.
        oldest: Option<Date>,
    },
    /// Done last on this day; never, if none is known.
    Done(Option<Date>),
    /// It holds until this day.
    Until(Option<Date>),
    /// A number that is neither good nor bad.
    Told(u64),
    /// Nothing here can tell.
    NotKnown,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stands {
    /// It is kept.
    Kept,
    /// It is not.
    Broken,
    /// Nothing here can tell.
    NotKnown,
}

impl Stands {
    /// As programs read it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Stands::Kept => "kept",
            Stands::Broken => "broken",
            Stands::NotKnown => "not-known",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Stands::Kept => "Kept",
            Stands::Broken => "Not kept",
            Stands::NotKnown => "Not known",
        }
    }
}

/// How much of what is counted there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limit {
    /// None.
    None,
    /// Some, while the oldest is not older than so many days.
    Days(i64),
}

/// One promise with the evidence that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promised {
    /// Its name for programs.
    pub code: &'static str,
    /// The promise of the notice, by its number.
    pub promise: &'static str,
    /// What is promised, in one sentence.
    pub says: &'static str,
    /// What is counted, after the number one.
    pub one: &'static str,
    /// The same after any other number.
    pub many: &'static str,
    limit: Limit,
}

macro_rules! promised {
    ($($code:literal $promise:literal $limit:expr, $says:literal, $one:literal, $many:literal;)+) => {
        /// Everything that is looked at, in the order of the dashboard.
        pub const PROMISED: &[Promised] = &[$(Promised {
            code: $code, promise: $promise, says: $says, one: $one, many: $many, limit: $limit,
        }),+];
    };
}

promised! {
    "past-their-date" "P16" Limit::None, "No file is kept past its date", "layer of a file past its date", "layers of files past their date";
    "warnings-missed" "P16" Limit::None, "Every warning that a file is near its end reaches an adviser", "warning that reaches nobody", "warnings that reach nobody";
    "without-ground" "P8" Limit::None, "What lost its last ground is erased within a month", "category past its day", "categories past their day";
    "shares-without-ground" "P18" Limit::None, "Nothing is shared without consent or a law that a second person looked at", "share without a ground", "shares without a ground";
    "recipients-to-answer" "P18" Limit::Days(MONTH), "Recipients hear of what was taken back, put right or erased, and answer", "recipient still to answer", "recipients still to answer";
    "without-category" "P1" Limit::None, "Everything stored belongs to a category of the notice that the client was given", "entry without a category", "entries without a category";
    "to-tell-again" "P27" Limit::Days(MONTH), "Clients are told when the notice changes", "client to tell of a changed notice", "clients to tell of a changed notice";
    "erasures-not-final" "P15" Limit::Days(2), "What is erased is final everywhere, copies included, within two days", "erasure not final yet", "erasures not final yet";
    "paper-to-destroy" "P14" Limit::Days(MONTH), "Paper of erased files is destroyed within a month", "piece of paper still to destroy", "pieces of paper still to destroy";
    "not-told" "P7" Limit::None, "Whoever’s appointment was called off or moved knows before it", "client who was not told in time", "clients who were not told in time";
    "log-verified" "P14" Limit::Days(7), "The log of who looked is checked from end to end every week", "entry", "entries";
    "files-without-key" "P14" Limit::None, "Every file has its own key", "file without a key", "files without a key";
    "keyring-epoch" "P15" Limit::None, "Keys of erased files are destroyed by changing the key over all keys", "Epoch", "Epoch";
    "backups" "P14" Limit::Days(2), "Records and keys are copied, apart from each other", "copy", "copies";
    "looks-to-review" "P18" Limit::Days(MONTH), "Every reason for opening somebody else’s file is looked at within a month", "reason still to look at", "reasons still to look at";
    "breaches-late" "P27" Limit::None, "Every breach is decided about within 72 hours", "breach past 72 hours without a decision", "breaches past 72 hours without a decision";
    "requests-late" "P21" Limit::None, "Whatever people ask about their data is answered by its day", "request past its day", "requests past their day";
    "requests-answered-late" "P21" Limit::None, "Whatever was answered in the last twelve months was answered by its day", "request answered after its day", "requests answered after their day";
    "requests-near" "P21" Limit::None, "Requests that come near their day are seen in time", "Within seven days of their day:", "requests near their day";
    "notice-review" "P29" Limit::None, "The notice is looked at again by the day that it names", "notice", "notices";
}

/// A promise, what was counted, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The promise.
    pub promised: &'static Promised,
    /// What was counted.
    pub measured: Measured,
    /// How it stands.
    pub stands: Stands,
}

/// Judges what was counted of one promise; none for a code that is none.
#[must_use]
pub fn judge(code: &str, measured: Measured, today: Date) -> Option<Evidence> {
    let promised = PROMISED.iter().find(|promised| promised.code == code)?;
    let within = |day: Date| match promised.limit {
        Limit::None => day >= today,
        Limit::Days(days) => dates::days_between(day, today) <= days,
    };
    let kept = |kept: bool| if kept { Stands::Kept } else { Stands::Broken };
    let stands = match measured {
        Measured::Counted { number: 0, .. } | Measured::Told(_) => Stands::Kept,
        // Of what has no day nobody can say that it is young enough.
        Measured::Counted { oldest, .. } => kept(promised.limit != Limit::None && oldest.is_some_and(within)),
        Measured::Done(Some(day)) => kept(within(day)),
        Measured::Until(Some(day)) => kept(day >= today),
        Measured::Done(None) | Measured::Until(None) | Measured::NotKnown => Stands::NotKnown,
    };
    Some(Evidence { promised, measured, stands })
}

impl Evidence {
    /// What was found, in words and numbers.
    #[must_use]
    pub fn words(&self) -> String {
        match self.measured {
            Measured::Counted { number: 0, .. } => format!("No {}", self.promised.many),
            Measured::Counted { number, oldest: Some(day) } => {
                format!("{number} {}, the oldest of {}", self.counted(number), dates::long(day))
            }
            Measured::Counted { number, oldest: None } => format!("{number} {}", self.counted(number)),
            Measured::Told(number) => format!("{} {number}", self.promised.one),
            Measured::Done(Some(day)) => format!("Last on {}", dates::long(day)),
            Measured::Done(None) => "Never yet, as far as is known here".to_owned(),
            Measured::Until(Some(day)) => format!("By {}", dates::long(day)),
            Measured::Until(None) => "It names no day".to_owned(),
            Measured::NotKnown => "Nothing here can tell".to_owned(),
        }
    }

    fn counted(&self, number: u64) -> &'static str {
        if number == 1 { self.promised.one } else { self.promised.many }
    }

    /// The same for everybody: small numbers are not given, and no day but that of a check.
    #[must_use]
    pub fn public_words(&self) -> String {
        let counted = self.promised.many;
        match self.measured {
            Measured::Counted { number, .. } if (1..FEWEST_PUBLISHED).contains(&number) => {
                format!("Fewer than {FEWEST_PUBLISHED} {counted}")
            }
            Measured::Counted { number, .. } if number > 0 => format!("{number} {counted}"),
            _ => self.words(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    // promise: P29
    #[test]
    fn what_must_not_be_there_breaks_and_what_may_wait_breaks_once_it_is_late() {
        let today = date(2026, 11, 26);
        let counted = |number, oldest| Measured::Counted { number, oldest };
        for (code, measured, stands) in [
            ("past-their-date", counted(0, None), Stands::Kept),
            ("past-their-date", counted(1, Some(today)), Stands::Broken),
            ("past-their-date", counted(1, None), Stands::Broken),
            ("erasures-not-final", counted(3, Some(date(2026, 11, 24))), Stands::Kept),
            ("erasures-not-final", counted(3, Some(date(2026, 11, 23))), Stands::Broken),
            ("erasures-not-final", counted(3, None), Stands::Broken),
            ("paper-to-destroy", counted(1, Some(date(2026, 10, 26))), Stands::Kept),
            ("paper-to-destroy", counted(1, Some(date(2026, 10, 25))), Stands::Broken),
            ("log-verified", Measured::Done(Some(date(2026, 11, 19))), Stands::Kept),
            ("log-verified", Measured::Done(Some(date(2026, 11, 18))), Stands::Broken),
            ("log-verified", Measured::Done(None), Stands::NotKnown),
            ("backups", Measured::NotKnown, Stands::NotKnown),
            ("keyring-epoch", Measured::Told(7), Stands::Kept),
            ("notice-review", Measured::Until(Some(today)), Stands::Kept),
            ("notice-review", Measured::Until(Some(date(2026, 11, 25))), Stands::Broken),
            ("notice-review", Measured::Until(None), Stands::NotKnown),
        ] {
            assert_eq!(judge(code, measured, today).map(|e| e.stands), Some(stands), "{code} {measured:?}");
        }
        assert_eq!(judge("gossip", Measured::NotKnown, today), None);
    }

    #[test]
    fn the_published_words_give_no_small_number_and_no_day_of_anybody() {
        let today = date(2026, 11, 26);
        let of = |number| {
            let measured = Measured::Counted { number, oldest: Some(date(2026, 11, 25)) };
            judge("paper-to-destroy", measured, today).map(|e| (e.words(), e.public_words()))
        };
        assert_eq!(
            of(1).map(|w| w.0),
            Some("1 piece of paper still to destroy, the oldest of 25 November 2026".to_owned())
        );
        let (told, published) = of(3).unwrap_or_default();
        assert_eq!(told, "3 pieces of paper still to destroy, the oldest of 25 November 2026");
        assert_eq!(published, "Fewer than 5 pieces of paper still to destroy");
        assert_eq!(of(5).map(|w| w.1), Some("5 pieces of paper still to destroy".to_owned()));
        assert_eq!(of(0).map(|w| w.1), Some("No pieces of paper still to destroy".to_owned()));
    }

    #[test]
    fn each_is_looked_at_once() {
        let mut codes: Vec<_> = PROMISED.iter().map(|promised| promised.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), PROMISED.len());
    }
}
