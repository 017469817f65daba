//! Counts one after another: what somebody who may ask as often as they like can learn of one person.

use std::collections::BTreeMap;

use proptest::prelude::*;
use statistics::{Filter, Ledger, No, PUBLIC, Session};

use crate::town::{AGES, Dice, Town};

fn filter(conditions: &[(&str, Vec<String>)]) -> Filter {
    conditions.iter().map(|(name, some)| ((*name).to_owned(), some.clone())).collect::<BTreeMap<_, _>>()
}

fn session(town: &Town) -> Session<'_> {
    Session::new(&town.people, &town.secret, &town.sensitive, PUBLIC, Ledger::default())
}

// promise: P6
#[test]
fn many_questions_about_one_person_teach_nothing() {
    let town = Town::of(500, 21);
    let mut dice = Dice(9);
    let mut key = BTreeMap::new();
    for at in 0..town.people.len() {
        let mine = (town.value("ward", at), town.value("age", at));
        key.entry(mine).or_insert_with(Vec::new).push(at);
    }
    let alone: Vec<usize> =
        key.values().filter(|them| them.len() == 1).map(|them| them[0]).take(60).collect();
    assert!(alone.len() > 10);
    for target in alone {
        let mut asked = session(&town);
        let own = town.value("ward", target).to_owned();
        let mut unequal = false;
        for _ in 0..20 {
            let others: Vec<String> =
                (0..5).map(|_| format!("Ward {:02}", dice.below(22))).filter(|ward| *ward != own).collect();
            let rest = |wards: Vec<String>| {
                filter(&[
                    ("ward", wards),
                    ("age", vec![town.value("age", target).to_owned()]),
                    ("disability", vec!["yes".to_owned()]),
                ])
            };
            let with: Vec<String> = others.iter().cloned().chain([own.clone()]).collect();
            if let (Ok(without), Ok(with)) = (asked.ask(&rest(others)), asked.ask(&rest(with))) {
                unequal |= without != with;
            }
        }
        // One unequal pair proves that the target has it; without one there is nothing to go by.
        assert!(!unequal, "something was learnt about the person at {target}");
    }
}

#[test]
fn one_question_asked_differently_has_one_answer_whatever_was_asked_before() {
    let town = Town::of(3000, 33);
    let mut asked = session(&town);
    for ward in 0..22 {
        for age in AGES {
            let ward_name = format!("Ward {ward:02}");
            let one = |name: &'static str, value: &str| (name, vec![value.to_owned()]);
            let plain = [one("ward", &ward_name), one("age", age), one("disability", "yes")];
            let area = format!("Area {}", ward % 3);
            let both = || ("sex", vec!["M".to_owned(), "F".to_owned()]);
            let ways = [
                plain.to_vec(),
                [plain.to_vec(), vec![both()]].concat(),
                [plain.to_vec(), vec![one("area", &area)]].concat(),
                vec![
                    ("ward", vec![ward_name.clone(), ward_name.clone()]),
                    one("age", age),
                    one("disability", "yes"),
                ],
            ];
            let answers: Vec<_> = ways.iter().map(|way| asked.ask(&filter(way)).ok()).collect();
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{ward_name} {age}: {answers:?}");
        }
    }
}

#[test]
fn a_level_that_is_there_is_answered_and_one_that_is_put_together_is_not() {
    let town = Town::of(3000, 4);
    let mut asked = session(&town);
    let wards =
        |area: usize| (0..22).filter(|w| w % 3 == area).map(|w| format!("Ward {w:02}")).collect::<Vec<_>>();
    let by_area =
        asked.ask(&filter(&[("area", vec!["Area 1".to_owned()]), ("disability", vec!["yes".to_owned()])]));
    let by_wards = asked.ask(&filter(&[("ward", wards(1)), ("disability", vec!["yes".to_owned()])]));
    assert!(by_area.is_ok());
    assert_eq!(by_area, by_wards);
    let custom = asked.ask(&filter(&[("ward", wards(1)[1..].to_vec())]));
    assert_eq!(custom, Err(No::Custom("ward".to_owned())));
}

#[test]
fn what_is_not_there_is_told_by_name() {
    let town = Town::of(100, 4);
    let mut asked = session(&town);
    assert_eq!(asked.ask(&filter(&[("planet", vec![])])), Err(No::Variable("planet".to_owned())));
    let unknown = asked.ask(&filter(&[("ward", vec!["nowhere".to_owned()])]));
    assert_eq!(unknown, Err(No::Category { variable: "ward".to_owned(), category: "nowhere".to_owned() }));
    assert!(asked.ask(&Filter::new()).is_ok_and(|all| all.abs_diff(100) < 5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Whether a breakdown is refused does not change when what is sensitive about everybody changes.
    #[test]
    fn refusals_say_nothing_about_what_is_sensitive(seed in 0_u64..50, order in proptest::collection::vec((0_usize..22, 0_usize..7), 1..30)) {
        let town = Town::of(600, seed);
        let mut columns = town.columns.clone();
        let turned = columns.iter_mut().find(|column| column.name == "disability").unwrap();
        turned.values.iter_mut().for_each(|value| *value = if value == "yes" { "no" } else { "yes" }.to_owned());
        let ids: Vec<String> = (0..600).map(|at| format!("{seed}-{at}")).collect();
        let others = statistics::People::new(&town.secret, &ids, &columns).unwrap();
        let mut one = session(&town);
        let mut two = Session::new(&others, &town.secret, &town.sensitive, PUBLIC, Ledger::default());
        for (ward, age) in order {
            let question = filter(&[
                ("ward", vec![format!("Ward {ward:02}")]), ("age", vec![AGES[age].to_owned()]), ("disability", vec!["yes".to_owned()]),
            ]);
            let (one, two) = (one.ask(&question), two.ask(&question));
            prop_assert_eq!(one.is_ok(), two.is_ok());
        }
    }
}
