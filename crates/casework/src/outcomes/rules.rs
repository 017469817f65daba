//! A set of rules: which milestones there are, how each is measured, and what evidence it takes.

use jiff::civil::Date;

use super::record::{EarningKind, EvidenceKind, SpellKind};
use super::sheet::RuleFaults;
use crate::entries::codes;

const CORE: &str = include_str!("../../data/outcomes-core.toml");
const CONNECT_TO_WORK: &str = include_str!("../../data/outcomes-connect-to-work.toml");
const UKSPF: &str = include_str!("../../data/outcomes-ukspf.toml");

codes! {
    /// What a milestone is about.
    OutcomeKind {
        /// A job that began after support did.
        JobStart = "job-start",
        /// Self-employment that began after support did.
        SelfEmployment = "self-employment",
        /// Learning that began after support did.
        IntoLearning = "into-learning",
        /// Volunteering that began after support did.
        Volunteering = "volunteering",
        /// Still in work, for somebody who had work when support began.
        Retained = "retained",
    }
}

impl OutcomeKind {
    /// Whether a spell of this kind can lead to it. Employed and self-employed work are never mixed in a start
    /// (Job Entry Targeted Support, chapter 8); somebody who stays in work may change from one to the other.
    pub(crate) const fn takes(self, spell: SpellKind) -> bool {
        matches!(
            (self, spell),
            (OutcomeKind::JobStart, SpellKind::Job)
                | (OutcomeKind::SelfEmployment, SpellKind::SelfEmployment)
                | (OutcomeKind::IntoLearning, SpellKind::Learning)
                | (OutcomeKind::Volunteering, SpellKind::Volunteering)
                | (OutcomeKind::Retained, SpellKind::Job | SpellKind::SelfEmployment)
        )
    }
}

codes! {
    /// What becomes of the weeks after a break that is longer than allowed.
    LongerBreak {
        /// They are counted again from nothing.
        Restart = "restart",
        /// No further week counts.
        Stop = "stop",
        /// They go on: weeks add up whatever lies between.
        GoOn = "go-on",
    }
}

/// How a milestone is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Reached on the first day.
    Start,
    /// Reached when so many weeks are behind. The days of a break never count.
    Weeks {
        /// How many, of seven days.
        weeks: u32,
        /// The longest break, in days, after which the weeks go on.
        break_days: u32,
        /// What a longer one does.
        longer: LongerBreak,
    },
    /// Reached when as much is earned as somebody on the wage of the table would earn.
    Earnings {
        /// In so many hours a week,
        hours_per_week: u32,
        /// for so many weeks. The wage is the one in force on the first day of work.
        weeks: u32,
        /// The kinds of payment that count.
        countable: Vec<EarningKind>,
    },
}

/// One step that a funder counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// Its code, the same in every version: `job-13-weeks`.
    pub id: String,
    /// Its name on pages.
    pub title: String,
    /// What it is about.
    pub outcome: OutcomeKind,
    /// How it is measured.
    pub measure: Measure,
    /// The least that a usual week must have, in hours. Work at the same time adds up. None where any will do.
    pub min_hours: Option<u32>,
    /// The days after the beginning of support within which it must be reached. None for no end.
    pub within_days: Option<u32>,
    /// The kinds of evidence of which one is needed. None where nothing is asked for.
    pub evidence: Vec<EvidenceKind>,
    /// Whether somebody else must have checked the evidence.
    pub verified: bool,
    /// Whether work for the provider or its partners counts.
    pub provider_jobs: bool,
}

/// A wage of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wage {
    /// The first day on which it is in force.
    pub from: Date,
    /// Pence for an hour.
    pub pence_per_hour: u32,
}

/// A version of the rules of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// The programme, the same in every version.
    pub id: String,
    /// Which version: a text that is never used again for another.
    pub version: String,
    /// Whom support reached from this day on, it judges.
    pub in_force_from: Date,
    /// Its name on pages.
    pub title: String,
    /// Where the rules come from.
    pub source: String,
    /// Whether somebody has held it against the funder's own text. If not, each verdict says so.
    pub confirmed: bool,
    /// The wages, the earliest first.
    pub wages: Vec<Wage>,
    /// The milestones, in the order in which a page shows them.
    pub milestones: Vec<Milestone>,
}

impl RuleSet {
    /// Reads a set of rules.
    ///
    /// # Errors
    /// Every fault of the text, with its line.
    pub fn parse(text: &str) -> Result<RuleSet, RuleFaults> {
        super::parse::rule_set(text)
    }

    /// The rules that every service has: starts, 4, 13 and 26 weeks, staying in work.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn core() -> Result<RuleSet, RuleFaults> {
        RuleSet::parse(CORE)
    }

    /// Rules after the pattern of Connect to Work, with a lower and a higher threshold of earnings.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn connect_to_work() -> Result<RuleSet, RuleFaults> {
        RuleSet::parse(CONNECT_TO_WORK)
    }

    /// Rules after the pattern of the UK Shared Prosperity Fund.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn ukspf() -> Result<RuleSet, RuleFaults> {
        RuleSet::parse(UKSPF)
    }

    /// Every set that comes with Kept.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn shipped() -> Result<[RuleSet; 3], RuleFaults> {
        Ok([RuleSet::core()?, RuleSet::connect_to_work()?, RuleSet::ukspf()?])
    }

    /// The wage in force on a day, in pence for an hour. The last one of the table goes on until there is another.
    #[must_use]
    pub fn wage_on(&self, day: Date) -> Option<u32> {
        let begun = self.wages.iter().filter(|wage| wage.from <= day);
        begun.max_by_key(|wage| wage.from).map(|wage| wage.pence_per_hour)
    }
}

/// The version of a programme's rules for somebody whose support began on a day.
#[must_use]
pub fn in_force<'r>(sets: &'r [RuleSet], id: &str, support_from: Date) -> Option<&'r RuleSet> {
    let begun = sets.iter().filter(|set| set.id == id && set.in_force_from <= support_from);
    begun.max_by_key(|set| set.in_force_from)
}
