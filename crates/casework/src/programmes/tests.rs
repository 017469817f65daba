use jiff::civil::{Date, date};
use notice::FieldId;
use proptest::prelude::*;

use super::*;
use crate::answers::{Answer, Chosen};
use crate::outcomes::RuleSet;
use crate::{Profile, Written};

const TEXT: &str = r#"
id = "routes"
title = "Routes"
says = "Help into work."
funder = "The authority"
notice = "routes"
rules = "core"
starts = 2026-04-01
ends = 2027-03-31
places = 2
budget_pounds = 100

[[criterion]]
id = "adult"
says = "Aged 18 to 65"
from_age = 18
to_age = 65

[[evidence]]
of = "adult"
id = "passport"
says = "Passport seen"

[[criterion]]
id = "group"
says = "In one of the groups"

[[evidence]]
of = "group"
id = "letter"
says = "Letter seen"

[[evidence]]
of = "group"
id = "told"
says = "Told and signed"
"#;

fn routes() -> Programme {
    Programme::parse(TEXT).unwrap()
}

fn said(criterion: &str, evidence: &str) -> Said {
    Said { criterion: criterion.into(), evidence: evidence.into() }
}

#[test]
fn what_is_wrong_in_a_text_is_told_line_by_line() {
    let routes = routes();
    assert_eq!((routes.terms.places, routes.terms.budget), (Some(2), Some(10_000)));
    assert_eq!(routes.criteria.iter().map(|c| c.evidence.len()).collect::<Vec<_>>(), [1, 2]);
    for (from, to, fault) in [
        ("id = \"routes\"", "id = \"Routes 1\"", "small letters"),
        ("ends = 2027-03-31", "ends = 2026-03-31", "lies before"),
        ("of = \"adult\"", "of = \"child\"", "no [[criterion]] above"),
        ("places = 2", "places = 0", "between 1 and"),
        ("funder", "payer", "\"funder\" is missing"),
        ("from_age = 18", "from_age = 70", "more than"),
        ("id = \"told\"", "id = \"letter\"", "two pieces of evidence"),
        ("id = \"group\"", "id = \"adult\"", "two criteria"),
        ("[[evidence]]\nof = \"adult\"", "[[proof]]\nof = \"adult\"", "neither"),
    ] {
        let faults = Programme::parse(&TEXT.replacen(from, to, 1)).unwrap_err();
        assert!(faults.to_string().contains(fault), "{fault}: {faults}");
    }
}

#[test]
fn the_shipped_programmes_can_be_read_and_name_rules_that_are_there() {
    let sets = RuleSet::shipped().unwrap();
    for text in [
        include_str!("../../../../programmes/core.toml"),
        include_str!("../../../../programmes/routes-to-work.toml"),
        include_str!("../../../../programmes/skills-ladder.toml"),
    ] {
        let programme = Programme::parse(text).unwrap();
        assert!(sets.iter().any(|set| set.id == programme.rules), "{}", programme.code);
        assert_eq!(programme.is_core("employment-service"), programme.criteria.is_empty());
    }
}

#[test]
fn each_criterion_needs_its_evidence_and_nothing_makes_up_for_the_wrong_age() {
    let routes = routes();
    let today = date(2026, 11, 26);
    let both = [said("adult", "passport"), said("group", "told")];
    let born = |year: i16, month: i8, day: i8| Some(date(year, month, day));
    let met = routes.eligible(&both, born(1990, 1, 1), today).unwrap();
    assert_eq!(met.last().unwrap().evidence, "Told and signed");
    let table: [(&[Said], Option<Date>, &[&str]); 7] = [
        (&[], born(1990, 1, 1), &["criterion-adult", "criterion-group"]),
        (&both[..1], born(1990, 1, 1), &["criterion-group"]),
        (&[said("adult", "letter"), said("group", "letter")], born(1990, 1, 1), &["criterion-adult"]),
        (&both, None, &["criterion-adult"]),
        (&both, born(2008, 11, 27), &["criterion-adult"]),
        (&both, born(2008, 11, 26), &[]),
        (&both, born(1960, 11, 26), &["criterion-adult"]),
    ];
    for (said, born, wrong) in table {
        let faults = routes.eligible(said, born, today).err().unwrap_or_default();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, wrong, "{born:?}");
    }
}

#[test]
fn a_programme_says_why_nobody_can_join() {
    let mut routes = routes();
    let on = date(2026, 11, 26);
    for (day, on_it, removed, why) in [
        (on, 0, false, None),
        (on, 1, false, None),
        (on, 2, false, Some(Shut::Full(2))),
        (date(2026, 3, 31), 0, false, Some(Shut::NotYet(date(2026, 4, 1)))),
        (date(2027, 3, 31), 0, false, None),
        (date(2027, 4, 1), 0, false, Some(Shut::Over(date(2027, 3, 31)))),
        (on, 0, true, Some(Shut::Removed)),
    ] {
        assert_eq!(routes.shut(day, on_it, removed, "employment-service"), why, "{day} {on_it}");
    }
    routes.terms.places = None;
    assert_eq!(routes.shut(on, 1_000_000, false, "employment-service"), None);
    assert_eq!(routes.shut(on, 0, false, "routes"), Some(Shut::Core));
}

#[test]
fn a_placement_begins_once_and_ends_once() {
    let (day, today) = (date(2026, 6, 1), date(2026, 11, 26));
    let placed = Times { placed: day, started: None, ended: None };
    let started = placed.start(date(2026, 6, 8), today).unwrap();
    let ended = started.end(date(2026, 9, 1), today).unwrap();
    assert_eq!(
        [placed.state(), started.state(), ended.state()],
        [State::Placed, State::Started, State::Ended]
    );
    assert!(placed.end(day, today).is_ok(), "somebody may never begin");
    for (what, result) in [
        ("before it was placed", placed.start(date(2026, 5, 31), today)),
        ("tomorrow", placed.start(date(2026, 11, 27), today)),
        ("twice", started.start(today, today)),
        ("after the end", ended.start(today, today)),
        ("ended before it began", started.end(date(2026, 6, 7), today)),
        ("ended tomorrow", started.end(date(2026, 11, 27), today)),
        ("ended twice", ended.end(today, today)),
    ] {
        assert!(result.is_err(), "{what}");
    }
}

#[test]
fn support_is_promised_until_it_says_how_it_was_paid() {
    let support = |cost: Option<i64>, paid: bool| {
        let mut answers = Profile::default();
        answers.set(FieldId::known("cost"), cost.map(Answer::Number));
        let how = Chosen { code: "voucher".into(), other: None, list: "1".into() };
        answers.set(FieldId::known("paid_how"), paid.then_some(Answer::Code(how)));
        spending(&Written { answers, ..Written::default() })
    };
    assert_eq!(support(Some(6_320), true), Some(Spending { pence: 6_320, paid: true }));
    assert_eq!(support(Some(6_320), false), Some(Spending { pence: 6_320, paid: false }));
    for free in [None, Some(0), Some(-5)] {
        assert_eq!(support(free, true), None);
    }
}

#[test]
fn money_warns_when_little_is_left_and_when_it_is_over() {
    for (spent, committed, left, near, over) in [
        (0, 0, 10_000, false, false),
        (5_000, 4_000, 1_000, false, false),
        (5_000, 4_001, 999, true, false),
        (5_000, 5_000, 0, true, false),
        (5_000, 5_001, -1, false, true),
    ] {
        let budget = Budget { budget: Some(10_000), spent, committed };
        assert_eq!((budget.left(), budget.is_near(), budget.is_over()), (Some(left), near, over));
    }
    let open = Budget { budget: None, spent: 1, committed: 1 };
    assert_eq!((open.left(), open.is_near(), open.is_over()), (None, false, false));
}

proptest! {
    #[test]
    fn days_of_a_placement_stand_in_order(placed in 0_i16..400, started in 0_i16..400, ended in 0_i16..400) {
        let day = |n: i16| date(2026, 1, 1).checked_add(jiff::Span::new().days(i64::from(n))).unwrap();
        let times = Times { placed: day(placed), started: None, ended: None };
        let times = times.start(day(started), day(300)).unwrap_or(times);
        let times = times.end(day(ended), day(300)).unwrap_or(times);
        let all: Vec<Date> = [Some(times.placed), times.started, times.ended].into_iter().flatten().collect();
        prop_assert!(all.is_sorted());
        prop_assert!(times.ended.is_none_or(|ended| ended <= day(300)));
    }
}
