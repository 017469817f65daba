//! Returns to a funder: every so many months, who joined a programme, started, reached something, and what was spent.
//!
//! A [`Definition`] is a text ([`Definition::parse`], strict, every fault at once) with a version: which lines a return has and
//! what each counts. [`Definition::judge`] holds one person against it and says line by line whether they count and why, and
//! what is amiss in their data. To add a return: a file in `data/`. To count something new: a variant of [`Counts`].

mod judge;
mod parse;

use jiff::ToSpan as _;
use jiff::civil::Date;
use notice::{FieldId, Recipient};

use crate::dates;
use crate::outcomes::RuleFaults;

pub use judge::{Amiss, Judged, Person, Verdict};

const CONNECT_TO_WORK: &str = include_str!("../data/return-connect-to-work.toml");
const UKSPF: &str = include_str!("../data/return-ukspf.toml");

/// What a line counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counts {
    /// People who agreed to join in the period.
    Placed,
    /// People who began in it.
    Started,
    /// People who had begun by its last day and had not ended then.
    OnIt,
    /// People whose time on the programme ended in it.
    Ended,
    /// People for whom support was recorded in it, while they were on the programme.
    Supported,
    /// People who reached a milestone of the programme's outcome rules in it, with its evidence.
    Reached(String),
    /// People who reached it without the evidence.
    EvidenceMissing(String),
    /// Pence paid for support of the period.
    Spent,
    /// Pence promised for it and not yet paid.
    Promised,
}

impl Counts {
    /// Whether it counts money and not people.
    #[must_use]
    pub const fn is_money(&self) -> bool {
        matches!(self, Counts::Spent | Counts::Promised)
    }

    /// What is counted exactly, for the note on method.
    #[must_use]
    pub fn means(&self) -> String {
        match self {
            Counts::Placed => "people who agreed to join in the period".to_owned(),
            Counts::Started => "people who began in the period".to_owned(),
            Counts::OnIt => "people who had begun and had not ended by the end of the last day".to_owned(),
            Counts::Ended => "people whose time on the programme ended in the period".to_owned(),
            Counts::Supported => {
                "people on the programme for whom support was recorded with a day in the period".to_owned()
            }
            Counts::Reached(milestone) => {
                format!(
                    "people who reached \u{201c}{milestone}\u{201d} of the outcome rules in the period, with the evidence that these ask for"
                )
            }
            Counts::EvidenceMissing(milestone) => {
                format!(
                    "people who reached \u{201c}{milestone}\u{201d} in the period, for which the evidence is missing"
                )
            }
            Counts::Spent => "what was paid for support with a day in the period".to_owned(),
            Counts::Promised => {
                "what was promised for support with a day in the period and is not paid".to_owned()
            }
        }
    }
}

/// A fact by which the people of a line are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The field of the programme's notice.
    pub field: FieldId,
    /// The codes that count; each code by itself if there are none.
    pub is: Vec<String>,
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its code, the same in every version.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it counts.
    pub counts: Counts,
    /// By what, if people are told apart.
    pub by: Option<By>,
}

/// A version of what a funder asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Which return, the same in every version.
    pub id: String,
    /// Which version: a text that is never used again for another.
    pub version: String,
    /// Periods that begin on this day or later.
    pub in_force_from: Date,
    /// Its name on pages.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// Whether somebody has held it against the funder's own text.
    pub confirmed: bool,
    /// The outcome rules whose programmes make this return.
    pub rules: String,
    /// How many months a period has: 3, 6 or 12.
    pub months: i32,
    /// A month with which a period begins.
    pub begins: i8,
    /// Its lines in order.
    pub lines: Vec<Line>,
    /// The text that it was read from.
    pub text: String,
}

/// The months of a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last.
    pub to: Date,
}

impl Period {
    /// Whether a day lies in it.
    #[must_use]
    pub fn has(self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Whether both have a day in common.
    #[must_use]
    pub fn overlaps(self, other: Period) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// `1 April 2026 to 30 September 2026`.
    #[must_use]
    pub fn words(self) -> String {
        format!("{} to {}", dates::long(self.from), dates::long(self.to))
    }
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// Every fault of the text, with its line and column.
    pub fn parse(text: &str) -> Result<Definition, RuleFaults> {
        parse::definition(text)
    }

    /// Every version of every definition that comes with Kept.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn shipped() -> Result<Vec<Definition>, RuleFaults> {
        [CONNECT_TO_WORK, UKSPF].into_iter().map(Definition::parse).collect()
    }

    /// The period that begins on a day; none if no period does.
    #[must_use]
    pub fn period(&self, from: Date) -> Option<Period> {
        let fits = from.day() == 1 && (i32::from(from.month()) - i32::from(self.begins)) % self.months == 0;
        let to = from.checked_add(self.months.months()).ok()?.yesterday().ok()?;
        fits.then_some(Period { from, to })
    }

    /// The periods that were over before a day, the newest first.
    #[must_use]
    pub fn periods_before(&self, today: Date, most: usize) -> Vec<Period> {
        let months =
            std::iter::successors(Some(today.first_of_month()), |month| month.checked_sub(1.month()).ok());
        let over = months.filter_map(|month| self.period(month)).filter(|period| period.to < today);
        over.take_while(|period| period.from >= self.in_force_from).take(most).collect()
    }

    /// Whether the notice lets this recipient have a line: it gets no fact that the notice does not name for it.
    #[must_use]
    pub fn allows(recipient: &Recipient, line: &Line) -> bool {
        line.by.as_ref().is_none_or(|by| recipient.fields.contains(&by.field))
    }
}

/// The version in force for a period of a programme with these outcome rules; of two from the same day the later one of `all`.
#[must_use]
pub fn in_force<'d>(all: &'d [Definition], rules: &str, from: Date) -> Option<&'d Definition> {
    let begun = all.iter().filter(|one| one.rules == rules && one.in_force_from <= from);
    begun.max_by_key(|one| one.in_force_from)
}

#[cfg(test)]
mod tests;
