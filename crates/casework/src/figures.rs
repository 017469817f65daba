//! What the service counts about itself: people, what happened with them, quarter by quarter. The rules only; how counts become
//! figures that give nobody away stands in `statistics`.

mod population;
mod stories;

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::dates;
use crate::entries::codes;
use crate::outcomes::{Measure as Counted, Record, RuleSet, Standing, judge};

pub use population::{Population, PopulationFault};
pub use stories::{STORIES, Story, story};

codes! {
    /// What is counted: people, each once in a period, with whom this happened in it.
    Measure {
        /// They registered.
        Starts = "starts",
        /// They took part in a meeting, call or exchange of messages.
        Contacts = "contacts",
        /// They were given support.
        Support = "support",
        /// They reached work, learning or another outcome of the service's rules, with its evidence.
        Outcomes = "outcomes",
        /// They kept it up for the weeks of a milestone.
        Sustained = "sustained",
    }
}

impl Measure {
    /// As a form and a table call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Measure::Starts => "People who started",
            Measure::Contacts => "People in contact with us",
            Measure::Support => "People given support",
            Measure::Outcomes => "People with an outcome",
            Measure::Sustained => "People with a sustained outcome",
        }
    }

    /// What is counted exactly, for the note on method.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Measure::Starts => "people who were registered in the period",
            Measure::Contacts => {
                "people who took part in at least one meeting, call or exchange of messages, or came to an appointment, in the period"
            }
            Measure::Support => {
                "people for whom at least one piece of support was recorded with a day in the period"
            }
            Measure::Outcomes => {
                "people who began work, self-employment, learning or volunteering in the period, with the evidence that the service\u{2019}s rules ask for"
            }
            Measure::Sustained => {
                "people who in the period reached at least one milestone of weeks or earnings of the service\u{2019}s rules, with its evidence"
            }
        }
    }

    /// Whether it tells what became of somebody, which is protected as health is.
    #[must_use]
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Measure::Outcomes | Measure::Sustained)
    }
}

/// A quarter of the year: April to June and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    /// 0 to 3.
    number: i8,
}

/// A text that is no quarter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no quarter: write it like 2026-04")]
pub struct NoQuarter(pub String);

impl Quarter {
    /// The quarter in which a day lies.
    #[must_use]
    pub fn of(day: Date) -> Quarter {
        Quarter { year: day.year(), number: (day.month() - 1) / 3 }
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Date {
        Date::new(self.year, self.number * 3 + 1, 1).unwrap_or(Date::MIN)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        Date::new(self.year, self.number * 3 + 3, 1).map_or(Date::MAX, Date::last_of_month)
    }

    /// The one so many quarters later, or before if that is negative.
    #[must_use]
    pub fn later(self, quarters: i16) -> Quarter {
        let all = self.year * 4 + i16::from(self.number) + quarters;
        Quarter { year: all.div_euclid(4), number: i8::try_from(all.rem_euclid(4)).unwrap_or(0) }
    }

    /// `April to June 2026`.
    #[must_use]
    pub fn words(self) -> String {
        Period { from: self, to: self }.words()
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.number * 3 + 1)
    }
}

impl FromStr for Quarter {
    type Err = NoQuarter;

    fn from_str(text: &str) -> Result<Quarter, NoQuarter> {
        let wrong = || NoQuarter(text.to_owned());
        let (year, month) = text.split_once('-').ok_or_else(wrong)?;
        let (year, month): (i16, i8) =
            (year.parse().map_err(|_| wrong())?, month.parse().map_err(|_| wrong())?);
        let fits = (1990..=2200).contains(&year) && (1..=12).contains(&month) && month % 3 == 1;
        if fits { Ok(Quarter { year, number: (month - 1) / 3 }) } else { Err(wrong()) }
    }
}

/// One quarter, or several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first.
    pub from: Quarter,
    /// The last.
    pub to: Quarter,
}

/// No period is longer than this many quarters.
pub const LONGEST: usize = 20;

impl Period {
    /// From one quarter to another; none if they are the wrong way round or too far apart.
    #[must_use]
    pub fn new(from: Quarter, to: Quarter) -> Option<Period> {
        let period = Period { from, to };
        (from <= to && from.later(i16::try_from(LONGEST).unwrap_or(0)) > to).then_some(period)
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn has(self, day: Date) -> bool {
        self.from.first() <= day && day <= self.to.last()
    }

    /// Whether both have a day in common.
    #[must_use]
    pub fn overlaps(self, other: Period) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Its quarters in order.
    #[must_use]
    pub fn quarters(self) -> Vec<Quarter> {
        let all = std::iter::successors(Some(self.from), |quarter| Some(quarter.later(1)));
        all.take_while(|quarter| *quarter <= self.to).take(LONGEST).collect()
    }

    /// `April to June 2026`, `April 2025 to March 2026`.
    #[must_use]
    pub fn words(self) -> String {
        let (first, last) = (self.from.first(), self.to.last());
        let (from, to) = (dates::month_name(first.month()), dates::month_name(last.month()));
        if first.year() == last.year() {
            format!("{from} to {to} {}", last.year())
        } else {
            format!("{from} {} to {to} {}", first.year(), last.year())
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl FromStr for Period {
    type Err = NoQuarter;

    fn from_str(text: &str) -> Result<Period, NoQuarter> {
        let wrong = || NoQuarter(text.to_owned());
        let (from, to) = text.split_once("..").ok_or_else(wrong)?;
        Period::new(from.parse()?, to.parse()?).ok_or_else(wrong)
    }
}

/// The bands of ages, each with its first year.
const AGES: [(u16, &str); 7] = [
    (0, "Under 18"),
    (18, "18 to 24"),
    (25, "25 to 34"),
    (35, "35 to 44"),
    (45, "45 to 54"),
    (55, "55 to 64"),
    (65, "65 and over"),
];
/// Whose date of birth is not held.
pub const NOT_RECORDED: &str = "Not recorded";

/// All bands of ages, the youngest first.
#[must_use]
pub fn age_bands() -> Vec<String> {
    AGES.iter().map(|(_, words)| (*words).to_owned()).chain([NOT_RECORDED.to_owned()]).collect()
}

/// The place of somebody's band among [`age_bands`].
#[must_use]
pub fn age_band(born: Option<Date>, on: Date) -> usize {
    let age = born.and_then(|born| dates::age(born, on));
    age.and_then(|age| AGES.iter().rposition(|(from, _)| *from <= age)).unwrap_or(AGES.len())
}

/// The days on which something that is counted happened with somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Happened(Vec<(Measure, Date)>);

impl Happened {
    /// Adds a day.
    pub fn add(&mut self, measure: Measure, day: Date) {
        self.0.push((measure, day));
    }

    /// Adds what somebody reached by the rules of outcomes. Only what counts with its evidence is reached.
    pub fn add_reached(&mut self, record: &Record, rules: &RuleSet, today: Date) {
        let Ok(report) = judge(record, rules, today) else { return };
        for (verdict, milestone) in report.verdicts.iter().zip(&rules.milestones) {
            let Standing::Counts(on) = verdict.standing else { continue };
            let measure = match milestone.measure {
                Counted::Start => Measure::Outcomes,
                Counted::Weeks { .. } | Counted::Earnings { .. } => Measure::Sustained,
            };
            self.add(measure, on);
        }
    }

    /// Sorts the days and keeps each once.
    pub fn done(&mut self) {
        self.0.sort_unstable();
        self.0.dedup();
        self.0.shrink_to_fit();
    }

    /// The first day on which it happened.
    #[must_use]
    pub fn first(&self, measure: Measure) -> Option<Date> {
        self.0.iter().filter(|(what, _)| *what == measure).map(|(_, day)| *day).min()
    }

    /// Each day with what happened on it.
    pub fn days(&self) -> impl Iterator<Item = (Measure, Date)> {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn quarters_follow_each_other_over_the_year() {
        let table = [
            (date(2026, 1, 1), "2026-01", "January to March 2026", date(2026, 3, 31)),
            (date(2026, 6, 30), "2026-04", "April to June 2026", date(2026, 6, 30)),
            (date(2024, 2, 29), "2024-01", "January to March 2024", date(2024, 3, 31)),
            (date(2026, 12, 31), "2026-10", "October to December 2026", date(2026, 12, 31)),
        ];
        for (day, code, words, last) in table {
            let quarter = Quarter::of(day);
            assert_eq!(
                (quarter.to_string().as_str(), quarter.words().as_str(), quarter.last()),
                (code, words, last)
            );
            assert_eq!(code.parse::<Quarter>(), Ok(quarter));
            assert_eq!(quarter.later(1).later(-1), quarter);
        }
        assert_eq!(Quarter::of(date(2026, 11, 1)).later(1).to_string(), "2027-01");
        assert_eq!(Quarter::of(date(2026, 2, 1)).later(-1).to_string(), "2025-10");
        for bad in ["", "2026", "2026-02", "2026-13", "26-04", "x-y"] {
            assert!(bad.parse::<Quarter>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_period_has_its_days_and_no_others() {
        let period: Period = "2025-04..2026-01".parse().unwrap();
        assert_eq!(period.words(), "April 2025 to March 2026");
        assert_eq!(period.quarters().len(), 4);
        for (day, inside) in [
            (date(2025, 3, 31), false),
            (date(2025, 4, 1), true),
            (date(2026, 3, 31), true),
            (date(2026, 4, 1), false),
        ] {
            assert_eq!(period.has(day), inside, "{day}");
        }
        assert!("2026-04..2026-01".parse::<Period>().is_err(), "the wrong way round");
        assert!("2000-01..2026-01".parse::<Period>().is_err(), "too long");
    }

    #[test]
    fn an_age_is_in_the_band_that_begins_before_it() {
        let on = date(2026, 10, 1);
        let bands = age_bands();
        for (born, band) in [
            (Some(date(2010, 1, 1)), "Under 18"),
            (Some(date(2008, 10, 1)), "18 to 24"),
            (Some(date(2008, 10, 2)), "Under 18"),
            (Some(date(1960, 1, 1)), "65 and over"),
            (None, NOT_RECORDED),
        ] {
            assert_eq!(bands[age_band(born, on)], band, "{born:?}");
        }
    }

    #[test]
    fn what_happened_twice_on_a_day_counts_once() {
        let mut happened = Happened::default();
        let (may, april) = (date(2026, 5, 1), date(2026, 4, 1));
        for (measure, day) in [
            (Measure::Support, may),
            (Measure::Support, may),
            (Measure::Support, april),
            (Measure::Contacts, may),
        ] {
            happened.add(measure, day);
        }
        happened.done();
        let days: Vec<_> = happened.days().collect();
        assert_eq!(days, [(Measure::Contacts, may), (Measure::Support, april), (Measure::Support, may)]);
        assert_eq!(happened.first(Measure::Support), Some(april));
    }
}
