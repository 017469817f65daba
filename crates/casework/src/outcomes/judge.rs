//! Holds a record against a set of rules, milestone by milestone, and says why.

use jiff::civil::Date;

use super::clock::{self, Count, Counting, Stretch, before_day, days_later, from_day, stretches};
use super::earned::{self, pounds};
use super::evidence::prove;
use super::record::{EarningKind, Record, RecordFaults, Spell};
use super::report::{Line, Progress, Report, Standing, Verdict};
use super::rules::{LongerBreak, Measure, Milestone, OutcomeKind, RuleSet};
use crate::dates::{count as number, long};

/// Holds a record against a set of rules, as things are known on `today`. Payments and evidence of later days are
/// not looked at.
///
/// # Errors
/// Every fault of the record, among them rules that were not in force when support began.
pub fn judge(record: &Record, rules: &RuleSet, today: Date) -> Result<Report, RecordFaults> {
    let faults = record.faults(rules.in_force_from);
    if !faults.is_empty() {
        return Err(RecordFaults(faults));
    }
    let verdicts =
        rules.milestones.iter().map(|milestone| verdict(record, rules, milestone, today)).collect();
    Ok(Report { rules: rules.id.clone(), version: rules.version.clone(), today, verdicts })
}

/// What measuring found, before evidence and deadlines.
struct Measured {
    /// The day on which it is or will be reached.
    on: Option<Date>,
    /// Whether it cannot be reached any more.
    closed: bool,
    progress: Progress,
    lines: Vec<Line>,
}

fn verdict(record: &Record, rules: &RuleSet, milestone: &Milestone, today: Date) -> Verdict {
    let (spells, mut lines) = choose(record, milestone);
    let measured = match &milestone.measure {
        Measure::Start => by_weeks(record, milestone, &spells, today, Counting::start()),
        Measure::Weeks { weeks, break_days, longer } => {
            let counting =
                Counting { days: i64::from(*weeks) * 7, break_days: i64::from(*break_days), longer: *longer };
            by_weeks(record, milestone, &spells, today, counting)
        }
        Measure::Earnings { hours_per_week, weeks, countable } => {
            let hours = u64::from(*hours_per_week) * u64::from(*weeks);
            by_earnings(record, rules, milestone, &spells, today, (hours, countable))
        }
    };
    let deadline = milestone.within_days.map(|days| days_later(record.support_from, i64::from(days)));
    // Why it was reached or not stands first; then what was left out, and the evidence.
    let mut all = measured.lines;
    all.append(&mut lines);
    let mut missing = None;
    let standing = match (deadline, measured.on) {
        (Some(deadline), on) if on.unwrap_or(today) > deadline => {
            all.insert(0, Line::never(format_args!("it had to be reached by {}.", long(deadline))));
            Standing::Closed
        }
        (_, None) if measured.closed => Standing::Closed,
        (_, None) => Standing::NotYet,
        (_, Some(on)) => {
            let proof = prove(record, milestone, &spells, on, today);
            let reached = on <= today;
            if reached {
                all.extend(proof.lines);
            }
            missing = proof.missing;
            match (reached, &missing) {
                (false, _) => Standing::Projected(on),
                (true, None) => Standing::Counts(on),
                (true, Some(missing)) => {
                    let because = format!("this is missing: {}.", missing.words());
                    all.insert(0, Line::not_yet(because));
                    Standing::NeedsEvidence(on)
                }
            }
        }
    };
    if !matches!(standing, Standing::Counts(_)) {
        all = all.into_iter().map(Line::not_all).collect();
    }
    if !rules.confirmed {
        all.push(Line::note("These rules have not been confirmed against the funder's own text."));
    }
    Verdict {
        milestone: milestone.id.clone(),
        title: milestone.title.clone(),
        outcome: milestone.outcome,
        standing,
        progress: measured.progress,
        lines: all,
        missing,
    }
}

/// The spells that a milestone looks at, and why others of the kind are left out.
fn choose<'r>(record: &'r Record, milestone: &Milestone) -> (Vec<&'r Spell>, Vec<Line>) {
    let (mut chosen, mut lines) = (Vec::new(), Vec::new());
    for spell in record.spells.iter().filter(|spell| milestone.outcome.takes(spell.kind)) {
        let what = format!("{} from {}", spell.kind.words(), long(spell.start));
        if spell.with_provider && !milestone.provider_jobs {
            lines.push(Line::never(format_args!("{what} is with the provider or its partners.")));
        } else if milestone.outcome != OutcomeKind::Retained && spell.start < record.support_from {
            let began = long(record.support_from);
            lines.push(Line::never(format_args!("{what} began before support did on {began}.")));
        } else {
            chosen.push(spell);
        }
    }
    (chosen, lines)
}

impl Counting {
    /// Nothing to count: reached on the first day.
    const fn start() -> Counting {
        Counting { days: 0, break_days: 0, longer: LongerBreak::GoOn }
    }
}

fn by_weeks(
    record: &Record,
    milestone: &Milestone,
    spells: &[&Spell],
    today: Date,
    counting: Counting,
) -> Measured {
    let least = milestone.min_hours.map(|hours| u64::from(hours) * 60);
    let all = stretches(spells);
    let mut worked: Vec<Stretch> = all
        .iter()
        .filter(|stretch| least.is_none_or(|least| stretch.weekly_minutes >= least))
        .copied()
        .collect();
    let of = u32::try_from(counting.days).unwrap_or(u32::MAX);
    let mut lines = Vec::new();
    if let (Some(hours), true) = (milestone.min_hours, worked.len() < all.len()) {
        lines.push(Line::never(format_args!(
            "a time with less than {} a week, or with hours that are not recorded, is left out.",
            number(u64::from(hours), "hour"),
        )));
    }
    if milestone.outcome == OutcomeKind::Retained {
        worked = from_day(&worked, record.support_from);
        if worked.first().is_none_or(|first| first.from != record.support_from) {
            let because = format!(
                "there was no work that counts on {}, when support began.",
                long(record.support_from)
            );
            lines.insert(0, Line::never(because));
            return Measured { on: None, closed: true, progress: Progress::Days { done: 0, of }, lines };
        }
    }
    let whole = clock::count(&worked, counting);
    let so_far = clock::count(&before_day(&worked, today), counting);
    let done = u32::try_from(so_far.days).unwrap_or(of);
    let progress = if counting.days == 0 { Progress::Start } else { Progress::Days { done, of } };
    let (main, closed) = explain_days(&whole, so_far.days, counting, today);
    lines.insert(0, main);
    lines.extend(whole.breaks.iter().filter(|each| each.from < today).map(|each| break_line(each, counting)));
    Measured { on: whole.reached, closed, progress, lines }
}

/// Why enough days are there or not, and whether there never will be.
fn explain_days(count: &Count, so_far: i64, counting: Counting, today: Date) -> (Line, bool) {
    let words = |days: i64| number(days.unsigned_abs(), "day");
    let weeks = number(counting.days.unsigned_abs() / 7, "week");
    let Some(from) = count.from else { return (Line::not_yet("nothing that counts is recorded."), false) };
    match (count.reached, counting.days) {
        (Some(on), 0) if on <= today => (Line::counts(format_args!("it began on {}.", long(on))), false),
        (Some(on), 0) => (Line::not_yet(format_args!("it begins on {}.", long(on))), false),
        (Some(on), _) if on <= today => {
            let last = long(on.yesterday().unwrap_or(on));
            let because = format!(
                "{weeks} from {} were complete on {}, with {last} as the last day.",
                long(from),
                long(on)
            );
            (Line::counts(because), false)
        }
        (Some(on), needed) => {
            let because = format!(
                "{} of {} are done; {weeks} will be complete on {}, with {} as the last day, if nothing changes.",
                so_far,
                words(needed),
                long(on),
                long(on.yesterday().unwrap_or(on))
            );
            (Line::not_yet(because), false)
        }
        (None, needed) => {
            let done = match count.ended {
                Some(ended) if ended > today => {
                    let last = long(ended.yesterday().unwrap_or(ended));
                    format!("it ends on {last} with {} of {}", count.days, words(needed))
                }
                _ => format!("{} of {} are done", count.days, words(needed)),
            };
            let last = count.ended.map(|ended| days_later(ended, counting.break_days));
            match (counting.longer, last) {
                (LongerBreak::Stop, _) if count.stopped => {
                    (Line::never(format_args!("{done} and a break was longer than allowed.")), true)
                }
                (LongerBreak::Stop, Some(last)) if last < today => {
                    (Line::never(format_args!("{done} and no work began again by {}.", long(last))), true)
                }
                (LongerBreak::GoOn, _) | (_, None) => {
                    (Line::not_yet(format_args!("{done}; they go on when it begins again.")), false)
                }
                (LongerBreak::Restart, Some(last)) if last < today => (
                    Line::not_yet(format_args!(
                        "{done}, but the break is longer than allowed: the weeks begin anew."
                    )),
                    false,
                ),
                (_, Some(last)) => {
                    let because = format!("{done}; they go on if it begins again by {}.", long(last));
                    (Line::not_yet(because), false)
                }
            }
        }
    }
}

fn break_line(each: &clock::Break, counting: Counting) -> Line {
    let after = match (each.longer, counting.longer) {
        (false, _) | (true, LongerBreak::GoOn) => "the count went on after it",
        (true, LongerBreak::Restart) => "it is longer than allowed, so the count began anew after it",
        (true, LongerBreak::Stop) => "it is longer than allowed, so the count stopped",
    };
    let days = number(each.days.unsigned_abs(), "day");
    Line::note(format!("A break of {days} from {}: {after}.", long(each.from)))
}

fn by_earnings(
    record: &Record,
    rules: &RuleSet,
    milestone: &Milestone,
    spells: &[&Spell],
    today: Date,
    (hours, countable): (u64, &[EarningKind]),
) -> Measured {
    let none = |closed, line| Measured {
        on: None,
        closed,
        progress: Progress::Pence { done: 0, of: None },
        lines: vec![line],
    };
    let retained = milestone.outcome == OutcomeKind::Retained;
    let in_work = |spell: &&Spell| {
        spell.start <= record.support_from && spell.end.is_none_or(|end| end >= record.support_from)
    };
    if retained && !spells.iter().any(in_work) {
        let because =
            format!("there was no work that counts on {}, when support began.", long(record.support_from));
        return none(true, Line::never(because));
    }
    let first =
        if retained { Some(record.support_from) } else { spells.iter().map(|spell| spell.start).min() };
    let Some((first, wage)) = first.and_then(|first| rules.wage_on(first).map(|wage| (first, wage))) else {
        return none(false, Line::not_yet("nothing that counts is recorded."));
    };
    let threshold = hours.saturating_mul(u64::from(wage));
    let earned = earned::add_up(record, spells, countable, (record.support_from, today), threshold);
    let sum = format!(
        "{} ({hours} hours at {}, the wage on {})",
        pounds(threshold),
        pounds(u64::from(wage)),
        long(first)
    );
    let expected = || {
        // What was worked since the last payment is earned, only not paid or not entered.
        let from = earned.last.map_or(first, |last| days_later(last, 1));
        earned::projected(&stretches(spells), from, threshold.saturating_sub(earned.pence))
            .map(|day| if day <= today { days_later(today, 1) } else { day })
    };
    let on = earned.reached.or_else(expected);
    let done = pounds(earned.pence);
    let main = match (earned.reached, on) {
        (Some(on), _) => {
            Line::counts(format_args!("earnings that count reached {sum} with the payment of {}.", long(on)))
        }
        (None, Some(on)) => Line::not_yet(format_args!(
            "{done} of {sum} are recorded; at the usual pay it will be reached about {}.",
            long(on)
        )),
        (None, None) => Line::not_yet(format_args!("{done} of {sum} are recorded.")),
    };
    let mut lines = vec![main];
    lines.extend(earned.left_out.iter().map(|each| {
        let why = if countable.contains(&each.kind) {
            "it was paid before the work or the support began"
        } else {
            "these rules do not count its kind"
        };
        let what = format!("{} of {} on {}", pounds(each.pence), each.kind.words(), long(each.paid_on));
        Line::note(format!("{what} left out: {why}."))
    }));
    Measured {
        on,
        closed: false,
        progress: Progress::Pence { done: earned.pence, of: Some(threshold) },
        lines,
    }
}
