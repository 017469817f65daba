use jiff::civil::{Date, date};

use super::*;

fn spell(id: u32, kind: SpellKind, start: Date, end: Option<Date>) -> Spell {
    let (weekly_minutes, hourly_pence) = (Some(16 * 60), Some(1_271));
    Spell { id: SpellId(id), kind, start, end, weekly_minutes, hourly_pence, with_provider: false }
}

fn job(id: u32, start: Date, end: Option<Date>) -> Spell {
    spell(id, SpellKind::Job, start, end)
}

fn paper(id: u32, kind: EvidenceKind, day: Date) -> Evidence {
    Evidence {
        spell: SpellId(id),
        kind,
        date: day,
        obtained_on: day,
        obtained_by: "Priya Shah".to_owned(),
        how: Obtained::Email,
        verified_by: Some("Tom Reid".to_owned()),
    }
}

fn paid(id: u32, paid_on: Date, pence: u64, kind: EarningKind) -> Earning {
    Earning { spell: SpellId(id), paid_on, pence, kind }
}

fn record(support_from: Date, spells: Vec<Spell>) -> Record {
    Record { support_from, spells, earnings: Vec::new(), evidence: Vec::new() }
}

fn said(verdict: &Verdict) -> String {
    verdict.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn standing(record: &Record, rules: &RuleSet, milestone: &str, today: Date) -> Standing {
    judge(record, rules, today).unwrap().of(milestone).unwrap().standing
}

#[test]
fn the_rules_that_come_with_it_can_be_read() {
    for (rules, id, confirmed) in [
        (RuleSet::core(), "core", true),
        (RuleSet::connect_to_work(), "connect-to-work", false),
        (RuleSet::ukspf(), "ukspf", false),
    ] {
        let rules = rules.unwrap();
        assert_eq!((rules.id.as_str(), rules.confirmed), (id, confirmed));
    }
}

#[test]
fn every_fault_of_a_set_of_rules_is_named_with_its_line() {
    let text = r#"id = "test"
# One thing wrong a line.
in_force_from = "soon"
title = ""
source = "nobody"
colour = "red"

[[wage]]
from = 2026-04-01
[[prize]]
[[milestone]]
id = "a"
title = "A"
outcome = "fame"
measure = "weeks"
weeks = 0
break_days = -1
longer_break = "shrug"
evidence = ["payslip", "payslip", "gossip"]
[[milestone]]
id = "a"
title = "B"
outcome = "volunteering"
measure = "earnings"
hours_per_week = 16
weeks = 26
countable = []
min_hours = 8
evidence = []
verified = true
[[milestone]]
id = "c"
title = "C"
outcome = "retained"
measure = "start"
evidence = 5.5
"#;
    let RuleFaults(faults) = RuleSet::parse(text).unwrap_err();
    let told: Vec<String> =
        faults.iter().map(|fault| format!("line {}: {}", fault.place.line, fault.message)).collect();
    for expected in [
        "line 1: \"version\" is missing",
        "line 1: earnings are measured, but no [[wage]] is in force on the first day of these rules",
        "line 3: \"in_force_from\" has to be a day, as 2026-04-01",
        "line 4: \"title\" is empty",
        "line 6: \"colour\" means nothing here: remove it or correct its name",
        "line 8: \"pence_per_hour\" is missing",
        "line 10: [[prize]] is neither [[wage]] nor [[milestone]]",
        "line 14: \"fame\" is no value of \"outcome\": choose from job-start, self-employment, into-learning, \
         volunteering, retained",
        "line 16: \"weeks\" has to be between 1 and 520",
        "line 17: the value of \"break_days\" is no text, whole number, day, true, false or list of texts",
        "line 18: \"shrug\" is no value of \"longer_break\": choose from restart, stop, go-on",
        "line 19: \"payslip\" stands in \"evidence\" twice",
        "line 20: two milestones have the id \"a\"",
        "line 20: \"volunteering\" has no earnings to measure",
        "line 20: evidence has to be verified, but none is asked for",
        "line 24: no kind of payment is countable, so nothing could ever be earned",
        "line 31: who stays in work does not start it: measure \"retained\" in weeks or earnings",
        "line 36: the value of \"evidence\" is no text, whole number, day, true, false or list of texts",
    ] {
        assert!(told.iter().any(|fault| fault == expected), "{expected}\nis not in\n{}", told.join("\n"));
    }
    assert!(told.iter().any(|fault| fault.starts_with("line 19: \"gossip\" is no value")));
    assert!(faults.is_sorted_by_key(|fault| fault.place));
    // A fault of a value is told where the value stands, one of a key where the key does.
    let column =
        |says: &str| faults.iter().find(|fault| fault.message.contains(says)).map(|f| f.place.column);
    assert_eq!((column("\"colour\""), column("\"weeks\" has")), (Some(1), Some(9)));
}

#[test]
fn what_is_no_toml_is_named_with_its_line() {
    for (text, line) in [("id = \"a\"\nid = \"b\"\n", 2), ("\nwhat\n", 2), ("id = \"a\"\n\nx = [y]\n", 3)] {
        let RuleFaults(faults) = RuleSet::parse(text).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.place.line == line && fault.message.ends_with("Put it right")),
            "{faults:?}"
        );
    }
}

#[test]
fn the_version_in_force_when_support_began_is_chosen() {
    let old = RuleSet::core().unwrap();
    let new = RuleSet { version: "2027".to_owned(), in_force_from: date(2027, 4, 1), ..old.clone() };
    let sets = [new, old];
    for (support_from, version) in
        [(date(2019, 12, 31), None), (date(2027, 3, 31), Some("2026-11")), (date(2027, 4, 1), Some("2027"))]
    {
        let chosen = in_force(&sets, "core", support_from).map(|set| set.version.as_str());
        assert_eq!(chosen, version, "{support_from}");
    }
    assert_eq!(in_force(&sets, "other", date(2027, 4, 1)), None);
}

#[test]
fn every_fault_of_a_record_is_named() {
    let mut wrong = record(date(2019, 6, 1), vec![job(1, date(2026, 6, 1), Some(date(2026, 5, 1)))]);
    wrong.spells.push(job(1, date(2026, 6, 1), None));
    wrong.earnings.push(paid(7, date(2026, 6, 30), 100, EarningKind::Wages));
    wrong.evidence.push(paper(8, EvidenceKind::Payslip, date(2026, 6, 30)));
    let RecordFaults(faults) = judge(&wrong, &RuleSet::core().unwrap(), date(2026, 7, 1)).unwrap_err();
    assert_eq!(faults.len(), 5, "{faults:?}");
}

#[test]
fn weeks_are_complete_on_the_day_after_their_last() {
    let start = date(2026, 6, 1);
    let core = RuleSet::core().unwrap();
    for (milestone, on) in [
        ("job-start", start),
        ("job-4-weeks", date(2026, 6, 29)),
        ("job-13-weeks", date(2026, 8, 31)),
        ("job-26-weeks", date(2026, 11, 30)),
    ] {
        let mut anna = record(date(2026, 5, 1), vec![job(1, start, None)]);
        let before = on.yesterday().unwrap();
        assert_eq!(standing(&anna, &core, milestone, before), Standing::Projected(on));
        assert_eq!(standing(&anna, &core, milestone, on), Standing::NeedsEvidence(on));
        // The payslip of the last day worked is enough; one of the day before it is not, if weeks are counted.
        let last = if milestone == "job-start" { on } else { before };
        anna.evidence.push(paper(1, EvidenceKind::Payslip, last.yesterday().unwrap()));
        assert_eq!(standing(&anna, &core, milestone, on), Standing::NeedsEvidence(on));
        anna.evidence.push(paper(1, EvidenceKind::Payslip, last));
        assert_eq!(standing(&anna, &core, milestone, on), Standing::Counts(on));
        // Who left on the last day has done the weeks.
        anna.spells[0].end = Some(last);
        assert_eq!(standing(&anna, &core, milestone, on), Standing::Counts(on));
    }
}

#[test]
fn a_job_that_ends_a_day_early_does_not_count() {
    let anna = record(date(2026, 5, 1), vec![job(1, date(2026, 6, 1), Some(date(2026, 6, 27)))]);
    let report = judge(&anna, &RuleSet::core().unwrap(), date(2026, 6, 29)).unwrap();
    let weeks = report.of("job-4-weeks").unwrap();
    assert_eq!((weeks.standing, weeks.progress), (Standing::NotYet, Progress::Days { done: 27, of: 28 }));
    let words =
        "Does not count yet because 27 of 28 days are done; they go on if it begins again by 5 July 2026.";
    assert_eq!(said(weeks), words);
    // The same, seen while the end is still to come.
    let report = judge(&anna, &RuleSet::core().unwrap(), date(2026, 6, 11)).unwrap();
    let weeks = report.of("job-4-weeks").unwrap();
    assert_eq!((weeks.standing, weeks.progress), (Standing::NotYet, Progress::Days { done: 10, of: 28 }));
    assert!(
        said(weeks).contains("it ends on 27 June 2026 with 27 of 28 days; they go on if"),
        "{}",
        said(weeks)
    );
}

#[test]
fn a_break_as_long_as_allowed_goes_on_and_one_a_day_longer_restarts() {
    // 13 weeks allow 14 days. 30 days are worked in June; the second job begins after 14 days or 15.
    let core = RuleSet::core().unwrap();
    for (again, on) in [(date(2026, 7, 15), date(2026, 9, 14)), (date(2026, 7, 16), date(2026, 10, 15))] {
        let spells = vec![job(1, date(2026, 6, 1), Some(date(2026, 6, 30))), job(2, again, None)];
        let ben = record(date(2026, 5, 1), spells);
        assert_eq!(standing(&ben, &core, "job-13-weeks", date(2026, 8, 1)), Standing::Projected(on));
    }
}

#[test]
fn who_had_no_work_when_support_began_cannot_be_retained() {
    let core = RuleSet::core().unwrap();
    let began = date(2026, 5, 1);
    let today = date(2026, 5, 20);
    for (start, expected) in [
        (date(2024, 1, 8), Standing::Projected(date(2026, 7, 31))),
        (began, Standing::Projected(date(2026, 7, 31))),
        (date(2026, 5, 2), Standing::Closed),
    ] {
        let cara = record(began, vec![job(1, start, None)]);
        assert_eq!(standing(&cara, &core, "retained-13-weeks", today), expected, "{start}");
    }
    // The same job is no new one.
    let cara = record(began, vec![job(1, date(2024, 1, 8), None)]);
    let report = judge(&cara, &core, today).unwrap();
    let start = report.of("job-start").unwrap();
    assert_eq!(start.standing, Standing::NotYet);
    assert!(
        said(start).contains("Does not count because the job from 8 January 2024 began before support did")
    );
}

/// Work and Health Programme provider guidance, chapter 13: 16 hours a week for 182 days at the adult National Living
/// Wage, within 456 + 182 days of the start; chapter 10 of the covid guidance: what cannot be counted.
#[test]
fn worked_example_work_and_health_programme_earnings() {
    let rules = RuleSet::connect_to_work().unwrap();
    let start = date(2026, 6, 1);
    let mut dan = record(date(2026, 5, 1), vec![job(1, start, None)]);
    let report = judge(&dan, &rules, start).unwrap();
    let higher = report.of("earnings-higher").unwrap();
    // 416 hours at £12.71.
    assert_eq!(higher.progress, Progress::Pence { done: 0, of: Some(528_736) });
    // 16 hours a week at the same wage: 182 days.
    assert_eq!(higher.standing, Standing::Projected(date(2026, 11, 30)));

    dan.earnings = vec![
        paid(1, date(2026, 6, 30), 300_000, EarningKind::Wages),
        paid(1, date(2026, 7, 31), 90_000, EarningKind::EarlierHolidayPay),
        paid(1, date(2026, 7, 31), 80_000, EarningKind::PayInLieu),
        paid(1, date(2026, 7, 31), 70_000, EarningKind::TaxRefund),
        paid(1, date(2026, 8, 31), 228_735, EarningKind::Wages),
    ];
    let report = judge(&dan, &rules, date(2026, 9, 1)).unwrap();
    let higher = report.of("earnings-higher").unwrap();
    assert_eq!(higher.progress, Progress::Pence { done: 528_735, of: Some(528_736) });
    assert_eq!(higher.standing, Standing::Projected(date(2026, 9, 2)), "a penny short");
    let words = said(higher);
    assert!(words.contains("£900.00 of holiday pay from earlier work on 31 July 2026 left out"), "{words}");
    // The lower threshold is 208 hours: the first payment.
    let lower = report.of("earnings-lower").unwrap();
    assert_eq!(lower.standing, Standing::NeedsEvidence(date(2026, 6, 30)));
    assert!(said(lower).ends_with("These rules have not been confirmed against the funder's own text."));

    dan.earnings.push(paid(1, date(2026, 9, 30), 1, EarningKind::Wages));
    dan.evidence.push(paper(1, EvidenceKind::Hmrc, date(2026, 9, 30)));
    let report = judge(&dan, &rules, date(2026, 9, 30)).unwrap();
    let higher = report.of("earnings-higher").unwrap();
    assert_eq!(higher.standing, Standing::Counts(date(2026, 9, 30)));
    assert!(said(higher).starts_with(
        "Counts because earnings that count reached £5,287.36 (416 hours at £12.71, the wage on 1 June 2026) with \
         the payment of 30 September 2026.\n"
    ));
}

/// The same chapter: the wage in force when work began, and the last day.
#[test]
fn worked_example_work_and_health_programme_wage_and_last_day() {
    let rules = RuleSet::connect_to_work().unwrap();
    for (start, threshold) in [(date(2026, 3, 31), 16 * 26 * 1_221), (date(2026, 4, 1), 16 * 26 * 1_271)] {
        let eve = record(date(2026, 1, 5), vec![job(1, start, None)]);
        let report = judge(&eve, &rules, start).unwrap();
        let progress = report.of("earnings-higher").unwrap().progress;
        assert_eq!(progress, Progress::Pence { done: 0, of: Some(threshold) });
    }
    // 638 days after 5 January 2026.
    let last = date(2027, 10, 5);
    for (paid_on, closed) in [(last, false), (last.tomorrow().unwrap(), true)] {
        let mut eve = record(date(2026, 1, 5), vec![job(1, date(2026, 6, 1), None)]);
        eve.earnings.push(paid(1, paid_on, 600_000, EarningKind::Wages));
        let now = standing(&eve, &rules, "earnings-higher", paid_on);
        assert_eq!(now == Standing::Closed, closed, "{paid_on}");
    }
}

/// The same chapter: self-employment adds up to 182 days, each counted once.
#[test]
fn worked_example_self_employed_days_add_up_and_are_counted_once() {
    let rules = RuleSet::connect_to_work().unwrap();
    let own = |id, start, end| spell(id, SpellKind::SelfEmployment, start, end);
    // 30 days, two months off, then two trades at once from 1 September: 152 more days.
    let spells = vec![
        own(1, date(2026, 6, 1), Some(date(2026, 6, 30))),
        own(2, date(2026, 9, 1), None),
        own(3, date(2026, 9, 15), Some(date(2026, 10, 15))),
    ];
    let finn = record(date(2026, 5, 1), spells);
    let report = judge(&finn, &rules, date(2026, 9, 11)).unwrap();
    let days = report.of("self-employment-26-weeks").unwrap();
    assert_eq!(days.progress, Progress::Days { done: 40, of: 182 });
    assert_eq!(days.standing, Standing::Projected(date(2027, 1, 31)));
    assert!(said(days).contains("A break of 62 days from 1 July 2026: the count went on after it."));
    let missing = days.missing.as_ref().unwrap();
    assert_eq!((missing.showing, missing.verified), (date(2027, 1, 30), true));
}

/// Job Entry Targeted Support in Scotland, chapter 8: one outcome, never a mix of employed and self-employed.
#[test]
fn worked_example_employed_and_self_employed_work_are_never_mixed() {
    let core = RuleSet::core().unwrap();
    let spells = vec![
        job(1, date(2026, 6, 1), Some(date(2026, 6, 14))),
        spell(2, SpellKind::SelfEmployment, date(2026, 6, 15), None),
    ];
    let gwen = record(date(2026, 5, 1), spells);
    assert_eq!(standing(&gwen, &core, "job-4-weeks", date(2026, 7, 31)), Standing::NotYet);
}

/// The covid guidance, chapter 10: jobs with the provider or its supply chain do not count.
#[test]
fn worked_example_a_job_with_the_provider_is_left_out() {
    let rules = RuleSet::connect_to_work().unwrap();
    let mut huw = record(date(2026, 5, 1), vec![job(1, date(2026, 6, 1), None)]);
    huw.spells[0].with_provider = true;
    huw.evidence.push(paper(1, EvidenceKind::Contract, date(2026, 6, 1)));
    let report = judge(&huw, &rules, date(2026, 6, 2)).unwrap();
    let start = report.of("job-start").unwrap();
    assert_eq!(start.standing, Standing::NotYet);
    assert!(said(start).contains("the job from 1 June 2026 is with the provider or its partners."));
    assert_eq!(
        standing(&huw, &RuleSet::core().unwrap(), "job-start", date(2026, 6, 2)),
        Standing::Counts(date(2026, 6, 1))
    );
}

#[test]
fn evidence_says_why_it_is_not_enough() {
    let rules = RuleSet::connect_to_work().unwrap();
    let start = date(2026, 6, 1);
    let good = paper(1, EvidenceKind::Contract, start);
    for (evidence, why) in [
        (Evidence { verified_by: None, ..good.clone() }, "nobody but the one who got it has checked it"),
        (
            Evidence { verified_by: Some(" priya shah".into()), ..good.clone() },
            "nobody but the one who got it",
        ),
        (
            Evidence { kind: EvidenceKind::SelfDeclared, ..good.clone() },
            "these rules do not take it for this",
        ),
        (Evidence { date: date(2026, 5, 31), ..good.clone() }, "it has to speak of 1 June 2026 or later"),
        (Evidence { spell: SpellId(2), ..good.clone() }, "it is not about what went on on 1 June 2026"),
        // A message got in May cannot know that work began in June; a contract can.
        (
            Evidence { kind: EvidenceKind::EmployerConfirms, obtained_on: date(2026, 5, 20), ..good.clone() },
            "it has to speak of 1 June 2026 or later",
        ),
    ] {
        let mut ivy = record(date(2026, 5, 1), vec![job(1, start, None), job(2, date(2026, 8, 1), None)]);
        ivy.evidence.push(evidence);
        let report = judge(&ivy, &rules, date(2026, 6, 5)).unwrap();
        let verdict = report.of("job-start").unwrap();
        assert_eq!(verdict.standing, Standing::NeedsEvidence(start), "{why}");
        assert!(said(verdict).contains(why), "{why}\n{}", said(verdict));
        ivy.evidence.push(Evidence { obtained_on: date(2026, 5, 20), ..good.clone() });
        assert_eq!(standing(&ivy, &rules, "job-start", date(2026, 6, 5)), Standing::Counts(start));
    }
}

#[test]
fn two_small_jobs_at_once_make_enough_hours() {
    let mut rules = RuleSet::core().unwrap();
    rules.milestones.retain(|milestone| milestone.id == "job-4-weeks");
    rules.milestones[0].min_hours = Some(30);
    let june = date(2026, 6, 1);
    let mut jo = record(date(2026, 5, 1), vec![job(1, june, None)]);
    assert_eq!(standing(&jo, &rules, "job-4-weeks", june), Standing::NotYet);
    jo.spells.push(job(2, date(2026, 6, 8), None));
    let expected = Standing::Projected(date(2026, 7, 6));
    assert_eq!(standing(&jo, &rules, "job-4-weeks", june), expected);
}

#[test]
fn a_record_comes_back_from_json_as_it_was() {
    let mut kim = record(date(2026, 5, 1), vec![job(1, date(2026, 6, 1), None)]);
    kim.earnings.push(paid(1, date(2026, 6, 30), 81_344, EarningKind::Wages));
    kim.evidence.push(paper(1, EvidenceKind::Payslip, date(2026, 6, 30)));
    let text = serde_json::to_string(&kim).unwrap();
    assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), kim);
}
