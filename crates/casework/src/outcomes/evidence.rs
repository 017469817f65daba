//! Whether there is evidence for a milestone, and what is missing if not.

use jiff::civil::Date;

use super::record::{Evidence, Record, Spell};
use super::report::{Line, Missing};
use super::rules::{Measure, Milestone};
use crate::dates;

/// Evidence found, or what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// What is missing; none if nothing is.
    pub(crate) missing: Option<Missing>,
    /// Why, in lines.
    pub(crate) lines: Vec<Line>,
}

/// Looks for evidence of a milestone that falls on `on`, among what is there today.
pub(crate) fn prove(
    record: &Record,
    milestone: &Milestone,
    spells: &[&Spell],
    on: Date,
    today: Date,
) -> Proof {
    if milestone.evidence.is_empty() {
        return Proof { missing: None, lines: vec![Line::note("No evidence is asked for.")] };
    }
    let day = proves(milestone, on);
    let about = about(milestone, spells, day);
    let there = record.evidence.iter().filter(|each| {
        each.obtained_on <= today && each.date <= today && spells.iter().any(|spell| spell.id == each.spell)
    });
    let mut lines = Vec::new();
    for each in there {
        match against(each, milestone, &about, day) {
            None => {
                return Proof {
                    missing: None,
                    lines: vec![Line::counts(format!("there is {}.", told(each)))],
                };
            }
            Some(why) => {
                lines.push(Line::note(format!("{} is not enough, because {why}.", told(each))));
            }
        }
    }
    let missing = Missing { any_of: milestone.evidence.clone(), showing: day, verified: milestone.verified };
    Proof { missing: Some(missing), lines }
}

/// The day that evidence has to speak of: the last that was worked, or the day itself for a start or a payment.
fn proves(milestone: &Milestone, on: Date) -> Date {
    match milestone.measure {
        Measure::Weeks { .. } => on.yesterday().unwrap_or(on),
        Measure::Start | Measure::Earnings { .. } => on,
    }
}

/// The spells about which evidence has to be: those that went on that day; for earnings those that had begun, because
/// the last wages come after the last day.
fn about<'s>(milestone: &Milestone, spells: &[&'s Spell], day: Date) -> Vec<&'s Spell> {
    let ends_matter = !matches!(milestone.measure, Measure::Earnings { .. });
    let went_on =
        |spell: &&&Spell| spell.start <= day && (!ends_matter || spell.end.is_none_or(|end| end >= day));
    spells.iter().filter(went_on).copied().collect()
}

/// Why a piece of evidence is not enough, if it is not.
fn against(each: &Evidence, milestone: &Milestone, about: &[&Spell], day: Date) -> Option<String> {
    if !milestone.evidence.contains(&each.kind) {
        return Some("these rules do not take it for this".to_owned());
    }
    if !about.iter().any(|spell| spell.id == each.spell) {
        return Some(format!("it is not about what went on on {}", dates::long(day)));
    }
    if each.speaks_of() < day {
        return Some(format!("it has to speak of {} or later", dates::long(day)));
    }
    if milestone.verified && !each.is_verified() {
        return Some("nobody but the one who got it has checked it".to_owned());
    }
    None
}

fn told(each: &Evidence) -> String {
    let checked = each.verified_by.as_deref().map(|by| format!(", checked by {by}")).unwrap_or_default();
    format!(
        "{} for {}, got by {} on {} ({}){checked}",
        each.kind.words(),
        dates::long(each.date),
        each.obtained_by,
        dates::long(each.obtained_on),
        each.how,
    )
}
