use jiff::civil::date;
use notice::FieldId;

use super::*;
use crate::answers::Chosen;
use crate::outcomes::{Entry, RuleSet};
use crate::programmes::Times;
use crate::{Answer, EntryId, Profile, Written};

fn definition(id: &str) -> Definition {
    Definition::shipped().unwrap().into_iter().find(|one| one.id == id).unwrap()
}

fn code(code: &str) -> Answer {
    Answer::Code(Chosen { code: code.into(), other: None, list: "1".into() })
}

fn answers(answers: &[(&'static str, Answer)]) -> Profile {
    Profile { answers: answers.iter().map(|(id, answer)| (FieldId::known(id), answer.clone())).collect() }
}

fn summer() -> Period {
    definition("ukspf").period(date(2026, 4, 1)).unwrap()
}

fn person<'p>(
    times: Times,
    facts: &'p Profile,
    entries: &'p [Entry<'p>],
    supported: &'p [jiff::civil::Date],
) -> Person<'p> {
    Person { times, facts, met: &[], criteria: 0, supported, entries }
}

/// The ids of the lines in which somebody counts.
fn lines(definition: &Definition, judged: &Judged) -> Vec<String> {
    let counted = definition.lines.iter().zip(&judged.verdicts).filter(|(_, verdict)| verdict.counts);
    counted.map(|(line, _)| line.id.clone()).collect()
}

#[test]
fn periods_follow_each_other_and_no_other_day_begins_one() {
    let one = definition("connect-to-work");
    assert_eq!(summer().to, date(2026, 9, 30));
    assert_eq!(one.period(date(2025, 10, 1)).unwrap().to, date(2026, 3, 31));
    for wrong in [date(2026, 5, 1), date(2026, 4, 2), date(2026, 7, 1)] {
        assert_eq!(one.period(wrong), None, "{wrong}");
    }
    let over: Vec<Date> = one.periods_before(date(2026, 11, 26), 9).into_iter().map(|p| p.from).collect();
    assert_eq!(over, [date(2026, 4, 1), date(2025, 10, 1), date(2025, 4, 1)], "none before it was in force");
    assert!(one.periods_before(date(2026, 9, 30), 1)[0].to < date(2026, 9, 30), "its last day is not over");
    assert!(summer().overlaps(Period { from: date(2026, 9, 30), to: date(2027, 1, 1) }));
    assert!(!summer().overlaps(Period { from: date(2026, 10, 1), to: date(2027, 1, 1) }));
}

#[test]
fn a_person_counts_in_the_lines_of_their_days_and_groups() {
    let (one, sets) = (definition("connect-to-work"), RuleSet::shipped().unwrap());
    let disabled = answers(&[("eligible_group", code("DISABLED"))]);
    let times = |placed, started, ended| Times { placed, started, ended };
    let begun = times(date(2026, 4, 1), Some(date(2026, 4, 1)), None);
    let judged = one.judge(&person(begun, &disabled, &[], &[]), summer(), &sets, date(2026, 11, 26));
    assert_eq!(lines(&one, &judged), ["joined", "starts", "starts-by-group", "starts-disabled", "on-it"]);
    assert_eq!(judged.verdicts[2].group.as_deref(), Some("DISABLED"));
    assert!(judged.amiss.is_empty(), "{:?}", judged.amiss);
    assert!(judged.verdicts[1].because[0].contains("Began on 1 April 2026, in the period"));

    let last = times(date(2026, 3, 31), Some(date(2026, 9, 30)), Some(date(2026, 9, 30)));
    let carer = answers(&[("eligible_group", code("CARER"))]);
    let judged = one.judge(&person(last, &carer, &[], &[]), summer(), &sets, date(2026, 11, 26));
    assert_eq!(
        lines(&one, &judged),
        ["starts", "starts-by-group", "ended"],
        "joined before, ended on the last day"
    );
    let nothing = Profile::default();
    let judged = one.judge(&person(begun, &nothing, &[], &[]), summer(), &sets, date(2026, 11, 26));
    assert_eq!(judged.amiss, [Amiss::FactMissing]);
    assert_eq!(judged.verdicts[2].group, None);
    let waits = times(date(2026, 8, 1), None, None);
    let waiting = Person { criteria: 2, ..person(waits, &nothing, &[], &[]) };
    let judged = one.judge(&waiting, summer(), &sets, date(2026, 11, 26));
    assert_eq!(judged.amiss, [Amiss::NotBegun, Amiss::CriterionWithoutEvidence]);
    let early = times(date(2025, 3, 1), Some(date(2025, 3, 1)), None);
    let judged = one.judge(&person(early, &nothing, &[], &[]), summer(), &sets, date(2026, 11, 26));
    assert_eq!(judged.amiss, [Amiss::NoRules]);
}

#[test]
fn an_outcome_counts_with_its_evidence_and_is_amiss_without() {
    let (one, sets) = (definition("ukspf"), RuleSet::shipped().unwrap());
    let spell = Written {
        answers: answers(&[("spell_kind", code("job")), ("started_on", Answer::Date(date(2026, 6, 1)))]),
        ..Written::default()
    };
    let evidence = Written {
        answers: answers(&[
            ("evidence_kind", code("payslip")),
            ("speaks_of", Answer::Date(date(2026, 6, 30))),
            ("obtained_on", Answer::Date(date(2026, 7, 3))),
            ("obtained_by", Answer::Text("Ada".into())),
            ("obtained_how", code("seen")),
        ]),
        ..Written::default()
    };
    let entry = |id, form, written| Entry { id: EntryId::from_bytes([id; 16]), form, written };
    let times = Times { placed: date(2026, 4, 2), started: Some(date(2026, 4, 2)), ended: None };
    let facts = answers(&[("pay_band", code("NONE"))]);
    let without = [entry(1, "spell", &spell)];
    let judged = one.judge(&person(times, &facts, &without, &[]), summer(), &sets, date(2026, 11, 26));
    assert!(lines(&one, &judged).contains(&"employment-evidence-missing".to_owned()), "{judged:?}");
    assert_eq!(judged.amiss, [Amiss::OutcomeWithoutEvidence]);
    let with = [without[0], entry(2, "evidence", &evidence)];
    let supported = [date(2026, 5, 5)];
    let judged = one.judge(&person(times, &facts, &with, &supported), summer(), &sets, date(2026, 11, 26));
    assert_eq!(lines(&one, &judged), ["supported", "starts", "starts-by-pay", "in-employment"], "{judged:?}");
    assert!(judged.amiss.is_empty());
    let autumn = one.period(date(2026, 10, 1)).unwrap();
    let judged = one.judge(&person(times, &facts, &with, &supported), autumn, &sets, date(2027, 4, 2));
    assert!(!lines(&one, &judged).contains(&"in-employment".to_owned()), "it counts in one period only");
}

#[test]
fn each_fault_of_a_definition_is_told_with_its_line_and_column() {
    let good = super::UKSPF;
    for (from, to, told) in [
        ("months = 6", "months = 5", "\"months\" has to be 3, 6 or 12"),
        ("rules = \"ukspf\"", "rules = \"gossip\"", "there are no outcome rules called"),
        ("counts = \"supported\"", "counts = \"happy\"", "is nothing that can be counted"),
        ("milestone = \"volunteering\"", "milestone = \"singing\"", "no milestone \"singing\""),
        ("milestone = \"volunteering\"", "", "\"milestone\" is missing"),
        ("id = \"promised\"", "id = \"spent\"", "two lines have the id"),
        ("by = \"pay_band\"", "is = [\"NONE\"]", "\"is\" needs \"by\""),
        ("counts = \"spent\"", "counts = \"spent\"\nby = \"pay_band\"", "money is not told apart"),
        ("months = 6", "months = 6\ncolour = \"red\"", "means nothing here"),
        ("[[line]]", "[[row]]", "is no [[line]]"),
    ] {
        let text = good.replacen(from, to, 1);
        let faults = Definition::parse(&text).unwrap_err().to_string();
        assert!(faults.contains(told) && faults.starts_with("line "), "{to}: {faults}");
    }
    let wrong = good.replacen("months = 6", "months = 5", 1);
    let faults = Definition::parse(&wrong).unwrap_err();
    let at = wrong.lines().position(|line| line == "months = 5").unwrap() + 1;
    assert_eq!((faults.0[0].place.line, faults.0[0].place.column), (at, 10));
    let sets = Definition::shipped().unwrap();
    assert_eq!(in_force(&sets, "connect-to-work", date(2025, 3, 31)), None, "not in force yet");
    assert_eq!(in_force(&sets, "core", date(2026, 4, 1)), None);
    assert_eq!(in_force(&sets, "ukspf", date(2026, 4, 1)).unwrap().id, "ukspf");
}
