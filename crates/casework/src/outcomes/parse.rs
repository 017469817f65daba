//! Reads a set of rules from its text, strictly: what is unknown, missing or contradictory is a fault.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::record::EvidenceKind;
use super::rules::{LongerBreak, Measure, Milestone, OutcomeKind, RuleSet, Wage};
use super::sheet::{Faults, Place, RuleFaults, Table, read};

/// No rule counts further than ten years.
const MOST_WEEKS: u32 = 520;
const MOST_DAYS: u32 = 3_660;
const HOURS_OF_A_WEEK: u32 = 168;

pub(crate) fn rule_set(text: &str) -> Result<RuleSet, RuleFaults> {
    let mut faults = Faults::default();
    let (mut top, tables) = read(text, &mut faults);
    let mut set = RuleSet {
        id: top.text("id", &mut faults),
        version: top.text("version", &mut faults),
        in_force_from: top.day("in_force_from", &mut faults),
        title: top.text("title", &mut faults),
        source: top.text("source", &mut faults),
        confirmed: top.flag("confirmed", false, &mut faults),
        wages: Vec::new(),
        milestones: Vec::new(),
    };
    top.finish(&mut faults);
    let mut ids = BTreeSet::new();
    for table in tables {
        let line = table.place;
        match table.name.as_str() {
            "wage" => set.wages.push(wage(table, &mut faults)),
            "milestone" => {
                let milestone = milestone(table, &mut faults);
                if !ids.insert(milestone.id.clone()) {
                    faults.add(line, format!("two milestones have the id \"{}\"", milestone.id));
                }
                set.milestones.push(milestone);
            }
            name => faults.add(line, format!("[[{name}]] is neither [[wage]] nor [[milestone]]")),
        }
    }
    check_whole(&mut set, &mut faults);
    if faults.is_empty() { Ok(set) } else { Err(faults.into_faults()) }
}

fn check_whole(set: &mut RuleSet, faults: &mut Faults) {
    if set.milestones.is_empty() {
        faults.add(Place::TOP, "there is no [[milestone]]: rules need at least one");
    }
    set.wages.sort_by_key(|wage| wage.from);
    if set.wages.windows(2).any(|pair| matches!(pair, [one, two] if one.from == two.from)) {
        faults.add(Place::TOP, "two wages are in force from the same day");
    }
    let measures_earnings = |milestone: &Milestone| matches!(milestone.measure, Measure::Earnings { .. });
    if set.milestones.iter().any(measures_earnings) && set.wage_on(set.in_force_from).is_none() {
        faults.add(
            Place::TOP,
            "earnings are measured, but no [[wage]] is in force on the first day of these rules",
        );
    }
}

fn wage(mut table: Table, faults: &mut Faults) -> Wage {
    let wage = Wage {
        from: table.day("from", faults),
        pence_per_hour: table.number("pence_per_hour", 1, 100_000, faults),
    };
    table.finish(faults);
    wage
}

fn milestone(mut table: Table, faults: &mut Faults) -> Milestone {
    let line = table.place;
    let outcome = code(&mut table, "outcome", OutcomeKind::ALL, faults).unwrap_or(OutcomeKind::JobStart);
    let milestone = Milestone {
        id: table.text("id", faults),
        title: table.text("title", faults),
        outcome,
        measure: measure(&mut table, faults),
        min_hours: table.number_between("min_hours", 1, HOURS_OF_A_WEEK, faults),
        within_days: table.number_between("within_days", 1, MOST_DAYS, faults),
        evidence: if table.needs("evidence", faults) {
            codes(&mut table, "evidence", EvidenceKind::ALL, faults)
        } else {
            Vec::new()
        },
        verified: table.flag("verified", false, faults),
        provider_jobs: table.flag("provider_jobs", true, faults),
    };
    table.finish(faults);
    if milestone.verified && milestone.evidence.is_empty() {
        faults.add(line, "evidence has to be verified, but none is asked for");
    }
    let Milestone { measure, min_hours, .. } = &milestone;
    match (outcome, measure) {
        (OutcomeKind::Retained, Measure::Start) => {
            faults
                .add(line, "who stays in work does not start it: measure \"retained\" in weeks or earnings");
        }
        (OutcomeKind::Retained, Measure::Weeks { longer: LongerBreak::Restart, .. }) => {
            faults.add(line, "\"retained\" counts from the beginning of support, so it cannot restart");
        }
        (OutcomeKind::IntoLearning | OutcomeKind::Volunteering, Measure::Earnings { .. }) => {
            faults.add(line, format!("\"{outcome}\" has no earnings to measure"));
        }
        (_, Measure::Earnings { .. }) if min_hours.is_some() => {
            faults.add(line, "\"min_hours\" means nothing where earnings are measured");
        }
        _ => {}
    }
    milestone
}

fn measure(table: &mut Table, faults: &mut Faults) -> Measure {
    if !table.needs("measure", faults) {
        return Measure::Start;
    }
    let Some((line, name)) = table.text_if("measure", faults) else { return Measure::Start };
    match name.as_str() {
        "start" => Measure::Start,
        "weeks" => Measure::Weeks {
            weeks: table.number("weeks", 1, MOST_WEEKS, faults),
            break_days: table.number("break_days", 0, MOST_DAYS, faults),
            longer: code(table, "longer_break", LongerBreak::ALL, faults).unwrap_or(LongerBreak::Stop),
        },
        "earnings" => {
            let hours_per_week = table.number("hours_per_week", 1, HOURS_OF_A_WEEK, faults);
            let weeks = table.number("weeks", 1, MOST_WEEKS, faults);
            let there = table.needs("countable", faults);
            let countable = codes(table, "countable", super::EarningKind::ALL, faults);
            if there && countable.is_empty() {
                faults.add(line, "no kind of payment is countable, so nothing could ever be earned");
            }
            Measure::Earnings { hours_per_week, weeks, countable }
        }
        other => {
            faults.add(line, format!("\"{other}\" is no measure: start, weeks or earnings"));
            Measure::Start
        }
    }
}

/// A code that has to be there.
fn code<C: FromStr + ToString>(table: &mut Table, key: &str, all: &[C], faults: &mut Faults) -> Option<C> {
    if !table.needs(key, faults) {
        return None;
    }
    let (line, written) = table.text_if(key, faults)?;
    known(&written, key, line, all, faults)
}

/// A list of codes, each once.
fn codes<C: FromStr + ToString + PartialEq>(
    table: &mut Table,
    key: &str,
    all: &[C],
    faults: &mut Faults,
) -> Vec<C> {
    let Some((line, written)) = table.list_if(key, faults) else { return Vec::new() };
    let mut read = Vec::new();
    for each in written {
        match known(&each, key, line, all, faults) {
            Some(code) if read.contains(&code) => {
                faults.add(line, format!("\"{each}\" stands in \"{key}\" twice"));
            }
            Some(code) => read.push(code),
            None => {}
        }
    }
    read
}

fn known<C: FromStr + ToString>(
    written: &str,
    key: &str,
    line: Place,
    all: &[C],
    faults: &mut Faults,
) -> Option<C> {
    let code = written.parse().ok();
    if code.is_none() {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        faults.add(line, format!("\"{written}\" is no value of \"{key}\": choose from {}", all.join(", ")));
    }
    code
}
