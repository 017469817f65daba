//! Cases from the law: the clocks as the desk meets them, what comes next, and what a decision needs.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::answers::Boxes;

fn holidays() -> BankHolidays {
    BankHolidays::england_and_wales()
}

fn course(kind: Kind, received: Date, steps: &[(Step, Date)]) -> Course {
    Course { kind, at_once: false, doubt: false, has_file: true, received, steps: steps.to_vec() }
}

fn due(course: &Course, today: Date) -> Option<Date> {
    course.stands(today, &holidays()).unwrap().due
}

// promise: P21
#[test]
fn the_clock_of_a_request_is_that_of_the_law() {
    // Received, one month, three months: every row of the table of vectors.
    for (received, one, three) in [
        (date(2026, 11, 23), date(2026, 12, 23), date(2027, 2, 23)),
        (date(2026, 9, 3), date(2026, 10, 5), date(2026, 12, 3)),
        (date(2026, 1, 30), date(2026, 3, 2), date(2026, 4, 30)),
        (date(2026, 11, 25), date(2026, 12, 29), date(2027, 2, 25)),
        (date(2026, 11, 30), date(2026, 12, 30), date(2027, 3, 1)),
        (date(2027, 1, 31), date(2027, 3, 1), date(2027, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 5, 2)),
    ] {
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Complaint) {
            let asked = course(*kind, received, &[]);
            let stands = asked.stands(received, &holidays()).unwrap();
            assert_eq!((stands.due, stands.extension_by), (Some(one), Some(one)), "{kind} {received}");
            let extended = course(*kind, received, &[(Step::Extended, received)]);
            assert_eq!(due(&extended, received), Some(three), "{kind} {received}");
        }
    }
}

#[test]
fn a_pause_moves_the_day_for_access_and_for_nothing_else() {
    let steps = [(Step::MeaningAsked, date(2026, 11, 10)), (Step::MeaningTold, date(2026, 11, 19))];
    let asked = course(Kind::Access, date(2026, 11, 2), &steps);
    let stands = asked.stands(date(2026, 11, 20), &holidays()).unwrap();
    assert_eq!((stands.due, stands.statutory), (Some(date(2026, 12, 11)), Some(date(2026, 12, 14))));
    let other = course(Kind::Rectification, date(2026, 11, 2), &steps);
    assert_eq!(due(&other, date(2026, 11, 20)), Some(date(2026, 12, 2)));
    // While it is open it counts to today.
    let open = course(Kind::Access, date(2026, 11, 2), &steps[..1]);
    assert_eq!(open.phase(), Phase::Meaning);
    assert_eq!(due(&open, date(2026, 11, 19)), Some(date(2026, 12, 11)));
}

#[test]
fn the_clock_begins_once_it_is_shown_who_asks() {
    let received = date(2026, 11, 2);
    let asked = course(Kind::Access, received, &[(Step::IdentityAsked, received)]);
    assert_eq!((asked.phase(), due(&asked, date(2027, 2, 1))), (Phase::Identity, None));
    let shown = course(
        Kind::Access,
        received,
        &[(Step::IdentityAsked, received), (Step::IdentityShown, date(2026, 11, 20))],
    );
    assert_eq!(due(&shown, date(2026, 11, 20)), Some(date(2026, 12, 21)));
    assert!(!shown.may(Step::IdentityAsked, true), "nobody is asked twice");
    // A month that has run out does not come back by asking, nor by what nobody asked for.
    let late = date(2027, 1, 11);
    for steps in [
        &[(Step::IdentityAsked, late)][..],
        &[(Step::IdentityAsked, late), (Step::IdentityShown, late)],
        &[(Step::IdentityShown, late)],
    ] {
        let stands = course(Kind::Access, received, steps).stands(late, &holidays()).unwrap();
        assert_eq!((stands.due, stands.pressing), (Some(date(2026, 12, 2)), Pressing::Late), "{steps:?}");
    }
}

// promise: P21
#[test]
fn what_was_answered_after_its_day_stays_known_as_late() {
    let received = date(2026, 11, 2);
    let late =
        |kind, steps: &[(Step, Date)]| course(kind, received, steps).answered_late(&holidays()).unwrap();
    let (last, after) = (date(2026, 12, 2), date(2026, 12, 3));
    assert!(!late(Kind::Access, &[(Step::Decided, last)]), "it is open");
    assert!(!late(Kind::Access, &[(Step::Decided, last), (Step::Sent, last)]));
    assert!(late(Kind::Access, &[(Step::Decided, last), (Step::Sent, after)]));
    let extended = [(Step::Extended, last), (Step::Decided, last), (Step::Sent, after)];
    assert!(!late(Kind::Access, &extended));
    let heard = [(Step::Acknowledged, last), (Step::Decided, after), (Step::Sent, after)];
    assert!(!late(Kind::Complaint, &heard), "a complaint has no last day once it is confirmed");
    assert!(late(Kind::Complaint, &[(Step::Decided, after), (Step::Sent, after)]), "nor was it confirmed");
}

// promise: P28
#[test]
fn a_complaint_is_acknowledged_within_thirty_days_and_then_followed() {
    for (received, by) in [
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2026, 9, 3), date(2026, 10, 5)),
        (date(2026, 1, 30), date(2026, 3, 2)),
        (date(2026, 11, 25), date(2026, 12, 29)),
        (date(2027, 1, 31), date(2027, 3, 2)),
        (date(2028, 1, 31), date(2028, 3, 1)),
    ] {
        let complaint = course(Kind::Complaint, received, &[]);
        assert_eq!(due(&complaint, received), Some(by), "{received}");
        let last = complaint.stands(by.yesterday().unwrap(), &holidays()).unwrap();
        assert_eq!(last.pressing, Pressing::Urgent, "a day early");
        assert_eq!(complaint.stands(by, &holidays()).unwrap().pressing, Pressing::Late);
        let known = course(Kind::Complaint, received, &[(Step::Acknowledged, received)]);
        let stands = known.stands(received, &holidays()).unwrap();
        assert_eq!((stands.due, stands.phase), (None, Phase::Work));
        let silent = received.checked_add(29.days()).unwrap();
        assert_eq!(known.stands(silent, &holidays()).unwrap().pressing, Pressing::Soon, "silence presses");
        assert!(!known.may(Step::Extended, true), "a complaint has no extension");
    }
}

// promise: P26
#[test]
fn an_objection_to_direct_marketing_is_due_the_day_it_comes() {
    let came = date(2026, 11, 26);
    let objection = Course { at_once: true, ..course(Kind::Objection, came, &[]) };
    let stands = objection.stands(came, &holidays()).unwrap();
    assert_eq!((stands.due, stands.pressing, stands.extension_by), (Some(came), Pressing::Urgent, None));
    assert!(!objection.may(Step::Extended, true));
}

#[test]
fn how_pressing_it_is_grows_with_the_day() {
    let asked = course(Kind::Access, date(2026, 11, 23), &[]);
    for (today, pressing) in [
        (date(2026, 12, 15), Pressing::No),
        (date(2026, 12, 16), Pressing::Soon),
        (date(2026, 12, 21), Pressing::Urgent),
        (date(2026, 12, 23), Pressing::Urgent),
        (date(2026, 12, 24), Pressing::Late),
    ] {
        assert_eq!(asked.stands(today, &holidays()).unwrap().pressing, pressing, "{today}");
    }
    let late = asked.stands(date(2026, 12, 24), &holidays()).unwrap();
    assert_eq!(late.extension_by, None, "too late to extend");
    assert_eq!(late.aim, Some(date(2026, 12, 21)), "28 days");
}

// promise: P24
#[test]
fn a_restriction_is_lifted_only_after_the_client_was_told() {
    let day = date(2026, 11, 26);
    let mut asked = course(Kind::Restriction, day, &[]);
    assert!(asked.may(Step::Restricted, true) && !asked.may(Step::LiftingTold, true));
    asked.steps.push((Step::Restricted, day));
    assert!(asked.restricts() && !asked.may(Step::Lifted, true), "not before they were told");
    asked.steps.extend([(Step::Decided, day), (Step::Sent, day), (Step::LiftingTold, day)]);
    assert!(asked.may(Step::Lifted, true), "also long after it was answered");
    asked.steps.push((Step::Lifted, day));
    assert!(!asked.restricts() && !asked.may(Step::Lifted, true));
    assert!(!course(Kind::Access, day, &[]).may(Step::Restricted, true));
}

#[test]
fn nothing_is_done_twice_or_after_the_answer_left() {
    let day = date(2026, 11, 26);
    let done = course(Kind::Access, day, &[(Step::Decided, day), (Step::Sent, day)]);
    for step in Step::ALL.iter().filter(|step| **step != Step::Note) {
        assert!(!done.may(*step, true), "{step}");
    }
    assert_eq!(done.stands(day, &holidays()).unwrap().due, None);
}

fn typed(kind: &str) -> RequestTyped {
    RequestTyped {
        kind: kind.into(),
        came: "spoken".into(),
        words: "I want to see my file".into(),
        ..Default::default()
    }
}

#[test]
fn three_answers_are_enough_to_take_a_request() {
    let today = date(2026, 11, 26);
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Objection) {
        let taken = RequestTyped { words: String::new(), ..typed(kind.code()) }.read(today).unwrap();
        assert_eq!((taken.kind, taken.received, taken.from), (*kind, today, Asker::Client));
    }
    let objection = RequestTyped { objects: vec!["direct-marketing".into()], ..typed("objection") };
    assert!(objection.read(today).unwrap().at_once());
    let both = RequestTyped {
        objects: vec!["direct-marketing".into(), "legitimate-interests".into()],
        ..typed("objection")
    };
    assert!(!both.read(today).unwrap().at_once());
}

#[test]
fn every_fault_of_a_request_names_its_field() {
    let wrong = RequestTyped {
        kind: "gossip".into(),
        from: "representative".into(),
        received: Boxes { day: "27".into(), month: "11".into(), year: "2026".into() },
        ..Default::default()
    };
    let faults = wrong.read(date(2026, 11, 26)).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["kind", "came", "who", "received"]);
    assert_eq!(typed("objection").read(date(2026, 11, 26)).unwrap_err().len(), 1, "to what?");
    for (year, fine) in [("2024", true), ("2023", false)] {
        let received = Boxes { day: "26".into(), month: "11".into(), year: year.into() };
        let old = RequestTyped { received, ..typed("access") }.read(date(2026, 11, 26));
        assert_eq!(old.is_ok(), fine, "{year}");
        let field = old.err().map(|faults| faults[0].field.to_string());
        assert_eq!(field.as_deref(), (!fine).then_some("received"));
    }
}

#[test]
fn a_step_has_its_words_and_comes_in_its_order() {
    let day = date(2026, 11, 20);
    let asked = course(Kind::Access, day, &[(Step::Acknowledged, date(2026, 11, 24))]);
    let today = date(2026, 11, 26);
    let step = |step: &str, words: &str, day: &str| StepTyped {
        step: step.into(),
        words: words.into(),
        day: Boxes { day: day.into(), month: "11".into(), year: "2026".into() },
    };
    assert!(step("meaning-asked", "Which years? The file is large", "25").read(&asked, true, today).is_ok());
    assert!(step("meaning-asked", "", "25").read(&asked, true, today).is_err(), "without saying what");
    assert!(step("note", "Rang them", "23").read(&asked, true, today).is_err(), "before the last step");
    assert!(step("extended", "Very many notes", "25").read(&asked, false, today).is_err(), "too late");
    assert!(
        step("came-on", "The postmark says so", "18").read(&asked, true, today).is_ok(),
        "it came before"
    );
    for (day, words) in [("20", "That day stands there"), ("25", "After it was confirmed"), ("18", "")] {
        assert!(step("came-on", words, day).read(&asked, true, today).is_err(), "{day} {words}");
    }
    for act in ["restricted", "lifted", "decided"] {
        assert!(step(act, "because", "25").read(&asked, true, today).is_err(), "{act} is an act of its own");
    }
}

#[test]
fn a_decision_has_an_outcome_grounds_where_something_is_refused_and_a_reason() {
    let today = date(2026, 11, 26);
    let asked = course(Kind::Access, today, &[]);
    let decision = |outcome: &str, grounds: &[&str], because: &str| DecisionTyped {
        outcome: outcome.into(),
        grounds: grounds.iter().map(|g| (*g).to_owned()).collect(),
        because: because.into(),
        opinion: Boxes::default(),
    };
    let why = "All of it, with a copy";
    assert!(decision("granted", &[], why).read(&asked, today).is_ok());
    for (outcome, grounds, because) in [
        ("", &[][..], why),
        ("upheld", &[], why),
        ("granted", &[], "Yes"),
        ("partly", &[], why),
        ("refused", &["accurate"], why),
        ("granted", &["third-party"], why),
        ("partly", &["serious-harm"], why),
    ] {
        assert!(decision(outcome, grounds, because).read(&asked, today).is_err(), "{outcome} {grounds:?}");
    }
    assert!(decision("partly", &["third-party", "reference"], why).read(&asked, today).is_ok());
    let mut harm = decision("partly", &["serious-harm"], why);
    harm.opinion = Boxes { day: "25".into(), month: "5".into(), year: "2026".into() };
    assert!(harm.read(&asked, today).is_err(), "an old opinion");
    harm.opinion.day = "26".into();
    assert_eq!(harm.read(&asked, today).unwrap().opinion, Some(date(2026, 5, 26)));
    let unseen = course(Kind::Access, today, &[(Step::IdentityAsked, today)]);
    assert!(decision("granted", &[], why).read(&unseen, today).is_err());
    assert!(decision("refused", &["not-shown"], why).read(&unseen, today).is_ok());
    assert!(decision("taken-back", &[], "They rang again").read(&unseen, today).is_ok());
    assert!(decision("mistaken", &[], "It was a complaint: R-107").read(&unseen, today).is_ok());
    assert!(decision("mistaken", &["accurate"], why).read(&asked, today).is_err());
    let complaint = course(Kind::Complaint, today, &[]);
    assert!(decision("not-upheld", &[], why).read(&complaint, today).is_ok());
}

#[test]
fn every_kind_can_be_refused_on_some_ground_but_a_complaint() {
    for kind in Kind::ALL {
        assert_eq!(Ground::against(*kind).count() > 3, *kind != Kind::Complaint, "{kind}");
    }
    for ground in Ground::ALL {
        assert!(Kind::ALL.iter().any(|kind| ground.fits(*kind)), "{ground}");
        assert!(ground.law().contains("Article") || ground.law().contains("Schedule"), "{ground}");
    }
}

proptest! {
    #[test]
    fn whatever_is_done_only_what_may_be_done_comes_next(
        kind in proptest::sample::select(Kind::ALL),
        tries in proptest::collection::vec((proptest::sample::select(Step::ALL), 0_i64..9), 0..24),
    ) {
        let mut day = date(2026, 3, 2);
        let mut asked = course(kind, day, &[]);
        for (step, later) in tries {
            day = day.checked_add(later.days()).unwrap();
            let stands = asked.stands(day, &holidays()).unwrap();
            if asked.may(step, stands.extension_by.is_some()) {
                asked.steps.push((step, day));
            }
        }
        let count = |step: Step| asked.steps.iter().filter(|(one, _)| *one == step).count();
        prop_assert!(count(Step::Decided) <= 1 && count(Step::Sent) <= count(Step::Decided));
        prop_assert!(count(Step::Extended) <= 1 && count(Step::IdentityShown) <= 1);
        prop_assert!(count(Step::Lifted) <= count(Step::LiftingTold));
        let stands = asked.stands(day, &holidays()).unwrap();
        if let Some(due) = stands.due {
            prop_assert!(holidays().is_working_day(due).unwrap() && due > asked.received);
            prop_assert!(stands.statutory.is_none_or(|last| last > due));
        }
    }
}

#[test]
fn a_doubt_who_asks_shuts_everything_until_it_is_shown() {
    let came = date(2026, 11, 26);
    let doubted = Course { doubt: true, ..course(Kind::Access, came, &[]) };
    assert!(doubted.is_unseen() && doubted.phase() == Phase::Work, "the clock goes on until somebody asks");
    assert!(doubted.may(Step::IdentityAsked, false) && doubted.may(Step::IdentityShown, false));
    let shown = Course { doubt: true, ..course(Kind::Access, came, &[(Step::IdentityShown, came)]) };
    assert!(!shown.is_unseen() && !shown.may(Step::IdentityShown, false));
}

#[test]
fn without_a_file_nothing_is_kept_but_what_is_asked_and_when() {
    let came = date(2026, 11, 20);
    let today = date(2026, 11, 28);
    let typed = WithoutFileTyped { kind: "access".into(), came: "letter".into(), ..Default::default() };
    let taken = typed.read(today).unwrap();
    assert_eq!(taken, TakenWithoutFile { kind: Kind::Access, came: Came::Letter, received: today });
    let empty = WithoutFileTyped::default().read(today).unwrap_err();
    assert_eq!(empty.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["kind", "came"]);

    let course = |kind, steps: &[(Step, Date)]| Course { has_file: false, ..course(kind, came, steps) };
    let access = course(Kind::Access, &[]);
    let step = |words: &str| StepTyped { step: "searched".into(), words: words.into(), ..Default::default() };
    assert_eq!(step("").read(&access, false, today), Ok((Step::Searched, today, String::new())));
    let worded = step("In the list of Daniel Whitfield").read(&access, false, today).unwrap_err();
    assert!(worded.iter().any(|fault| fault.field == *"words" && fault.message.contains("no words")));
    let decide = |kind, outcome: &str, because: &str| {
        let typed = DecisionTyped { outcome: outcome.into(), because: because.into(), ..Default::default() };
        typed.read(&course(kind, &[]), today).map(|decision| decision.outcome)
    };
    assert_eq!(decide(Kind::Access, "nothing-held", ""), Ok(Outcome::NothingHeld));
    assert_eq!(decide(Kind::Complaint, "upheld", ""), Ok(Outcome::Upheld));
    assert_eq!(decide(Kind::Erasure, "in-their-file", ""), Ok(Outcome::InTheirFile));
    for (kind, outcome, because) in [
        (Kind::Access, "granted", ""),
        (Kind::Complaint, "nothing-held", ""),
        (Kind::Access, "nothing-held", "Mr Whitfield"),
    ] {
        assert!(decide(kind, outcome, because).is_err(), "{kind:?} {outcome}");
    }
    for step in [Step::Restricted, Step::Note, Step::LiftingTold] {
        assert!(!course(Kind::Restriction, &[]).may(step, true), "{step:?}");
    }
    let of_file = RequestTyped {
        kind: "access".into(),
        came: "letter".into(),
        from: "without-file".into(),
        ..Default::default()
    };
    assert!(of_file.read(today).unwrap_err().iter().any(|fault| fault.field == *"from"));
}
