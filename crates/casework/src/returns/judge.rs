//! One person held against a definition: in which lines they count, why, and what is amiss in their data.

use jiff::civil::Date;

use super::{By, Counts, Definition, Line, Period};
use crate::answers::Answer;
use crate::dates::long;
use crate::outcomes::{Entry, Record, Report, RuleSet, Side, Standing, in_force, judge};
use crate::programmes::{Met, Times};
use crate::{Profile, dates};

/// What a return looks at of somebody's time on a programme.
#[derive(Debug, Clone, Copy)]
pub struct Person<'p> {
    /// The days of the placement.
    pub times: Times,
    /// The facts of the programme's layer.
    pub facts: &'p Profile,
    /// What met the criteria.
    pub met: &'p [Met],
    /// How many criteria the programme has.
    pub criteria: usize,
    /// The days of support.
    pub supported: &'p [Date],
    /// Work, earnings and evidence.
    pub entries: &'p [Entry<'p>],
}

/// Whether somebody counts in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether they do.
    pub counts: bool,
    /// Their code, where the line tells people apart; none if it is not recorded.
    pub group: Option<String>,
    /// Why, in whole sentences.
    pub because: Vec<String>,
}

/// Something in somebody's data that should be put right before a return is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Amiss {
    /// Joined, and nobody said whether they began.
    NotBegun,
    /// Not every criterion has its evidence.
    CriterionWithoutEvidence,
    /// A milestone was reached in the period without evidence.
    OutcomeWithoutEvidence,
    /// A fact by which a line tells people apart is not recorded.
    FactMissing,
    /// Work, earnings or evidence that cannot be judged as they are written.
    CannotBeJudged,
    /// No version of the outcome rules was in force on the day of joining.
    NoRules,
}

impl Amiss {
    /// What is amiss and what to do.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Amiss::NotBegun => {
                "Joined in the period or before, and no first day is written down: enter it, or end the placement"
            }
            Amiss::CriterionWithoutEvidence => {
                "Not every criterion has its evidence: see what the placement says of them"
            }
            Amiss::OutcomeWithoutEvidence => {
                "Reached a milestone without the evidence for it: get it and record it"
            }
            Amiss::FactMissing => "A fact by which people are told apart is not recorded: ask and record it",
            Amiss::CannotBeJudged => {
                "Work, earnings or evidence contradict each other or do not say to which work they belong: put them right"
            }
            Amiss::NoRules => {
                "Joined before the outcome rules were in force: ask the funder by which rules they count"
            }
        }
    }
}

/// What a definition says of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// One for each line, in their order. Lines of money count nobody.
    pub verdicts: Vec<Verdict>,
    /// What is amiss.
    pub amiss: Vec<Amiss>,
}

impl Definition {
    /// Holds somebody against the lines of a period. `sets` are the outcome rules there are.
    #[must_use]
    pub fn judge(&self, person: &Person<'_>, period: Period, sets: &[RuleSet], today: Date) -> Judged {
        let mut amiss = Vec::new();
        let report = self.report(person, sets, today, &mut amiss);
        if person.times.started.is_none() && person.times.ended.is_none() && person.times.placed <= period.to
        {
            amiss.push(Amiss::NotBegun);
        }
        if person.met.len() < person.criteria {
            amiss.push(Amiss::CriterionWithoutEvidence);
        }
        let mut verdicts = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let mut verdict = counts(line, person, period, report.as_ref());
            if matches!(line.counts, Counts::EvidenceMissing(_)) && verdict.counts {
                amiss.push(Amiss::OutcomeWithoutEvidence);
            }
            if let Some(by) = &line.by
                && verdict.counts
            {
                tell_apart(by, person.facts, &mut verdict, &mut amiss);
            }
            verdicts.push(verdict);
        }
        amiss.sort_unstable();
        amiss.dedup();
        Judged { verdicts, amiss }
    }

    fn report(
        &self,
        person: &Person<'_>,
        sets: &[RuleSet],
        today: Date,
        amiss: &mut Vec<Amiss>,
    ) -> Option<Report> {
        let from = person.times.placed;
        let Some(rules) = in_force(sets, &self.rules, from) else {
            amiss.push(Amiss::NoRules);
            return None;
        };
        let read = Record::from_entries(from, person.entries);
        let judged = judge(&read.record, rules, today);
        if !read.loose.is_empty() || judged.is_err() {
            amiss.push(Amiss::CannotBeJudged);
        }
        judged.ok()
    }
}

/// Whether somebody counts in a line, before they are told apart.
fn counts(line: &Line, person: &Person<'_>, period: Period, report: Option<&Report>) -> Verdict {
    let Times { placed, started, ended } = person.times;
    let on = |what: &str, day: Option<Date>| match day {
        Some(day) if period.has(day) => yes(format!("{what} on {}, in the period.", long(day))),
        Some(day) => no(format!("{what} on {}, outside the period.", long(day))),
        None => no(format!("Nobody wrote down that they {}.", what.to_lowercase())),
    };
    match &line.counts {
        Counts::Placed => on("Joined", Some(placed)),
        Counts::Started => on("Began", started),
        Counts::Ended => on("Ended", ended),
        Counts::OnIt => match started {
            Some(begun) if begun <= period.to && ended.is_none_or(|ended| ended > period.to) => {
                yes(format!("Began on {} and had not ended by {}.", long(begun), long(period.to)))
            }
            _ => no(format!("Had not begun, or had ended, by {}.", long(period.to))),
        },
        Counts::Supported => {
            let on_it = |day: &&Date| **day >= placed && ended.is_none_or(|ended| **day <= ended);
            match person.supported.iter().filter(on_it).find(|day| period.has(**day)) {
                Some(day) => yes(format!("Had support on {}.", dates::long(*day))),
                None => no("No support is recorded with a day in the period.".to_owned()),
            }
        }
        Counts::Reached(milestone) => of_milestone(milestone, period, report, true),
        Counts::EvidenceMissing(milestone) => of_milestone(milestone, period, report, false),
        Counts::Spent | Counts::Promised => no("This line counts money.".to_owned()),
    }
}

fn of_milestone(milestone: &str, period: Period, report: Option<&Report>, with_evidence: bool) -> Verdict {
    let Some(verdict) = report.and_then(|report| report.of(milestone)) else {
        return no("Their work and earnings cannot be judged yet.".to_owned());
    };
    let reached = match verdict.standing {
        Standing::Counts(on) if with_evidence => Some(on),
        Standing::NeedsEvidence(on) if !with_evidence => Some(on),
        _ => None,
    };
    let mut because: Vec<String> = verdict.lines.iter().map(ToString::to_string).collect();
    if let Some(on) = reached {
        let place = if period.has(on) { "in" } else { "outside" };
        because.insert(0, format!("Reached on {}, {place} the period.", long(on)));
    } else if verdict.lines.iter().all(|line| line.side == Side::Note) {
        because.insert(0, "Not reached.".to_owned());
    }
    if let Some(missing) = verdict.missing.as_ref().filter(|_| !with_evidence) {
        because.push(format!("Get: {}.", missing.words()));
    }
    Verdict { counts: reached.is_some_and(|on| period.has(on)), group: None, because }
}

/// Puts somebody who counts into their group, or out of the line if it is for others.
fn tell_apart(by: &By, facts: &Profile, verdict: &mut Verdict, amiss: &mut Vec<Amiss>) {
    let code = match facts.get(&by.field).map(Answer::chosen) {
        Some([chosen, ..]) => Some(chosen.code.clone()),
        _ => None,
    };
    if code.is_none() {
        amiss.push(Amiss::FactMissing);
    }
    if by.is.is_empty() {
        verdict.group = code;
    } else if !code.is_some_and(|code| by.is.contains(&code)) {
        verdict.counts = false;
        verdict.because.push("What is recorded of them does not belong to this line.".to_owned());
    }
}

fn yes(because: String) -> Verdict {
    Verdict { counts: true, group: None, because: vec![because] }
}

fn no(because: String) -> Verdict {
    Verdict { counts: false, group: None, because: vec![because] }
}
