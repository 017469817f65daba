//! The gate finds what is given away, in releases that were made to give something away.

use std::collections::BTreeMap;

use statistics::{Cell, Release, Rule, Table, audit};

fn table(name: &str, vars: &[&str], base: u64, cells: &[(&[&str], Option<u64>)]) -> Table {
    Table {
        name: name.to_owned(),
        vars: vars.iter().map(|var| (*var).to_owned()).collect(),
        filter: BTreeMap::new(),
        rule: Rule::RandomRound { base },
        cells: cells
            .iter()
            .map(|(keys, v)| Cell { k: keys.iter().map(|key| (*key).to_owned()).collect(), v: *v })
            .collect(),
    }
}

fn release(tables: Vec<Table>) -> Release {
    let categories = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    Release {
        variables: BTreeMap::from([
            ("ward".to_owned(), categories(&["A", "B", "C"])),
            ("ill".to_owned(), categories(&["no", "yes"])),
        ]),
        sensitive: BTreeMap::from([("ill".to_owned(), categories(&["no"]))]),
        tables,
        ..Release::default()
    }
}

fn found(tables: Vec<Table>) -> Vec<String> {
    audit::audit(&release(tables)).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_plain_small_count_is_found() {
    let plain = table("ward", &["ward"], 1, &[(&["A"], Some(3)), (&["B"], Some(40)), (&["*"], Some(63))]);
    let found = found(vec![plain]);
    assert!(found.iter().any(|one| one.contains("[A]") && one.ends_with("they are 3")), "{found:?}");
}

#[test]
fn a_hidden_count_that_its_margin_gives_away_is_found() {
    let cells: [(&[&str], Option<u64>); 4] =
        [(&["A"], Some(20)), (&["B"], Some(40)), (&["C"], None), (&["*"], Some(64))];
    let found = found(vec![table("ward", &["ward"], 1, &cells)]);
    assert!(found.iter().any(|one| one.contains("[C]") && one.ends_with("they are 4")), "{found:?}");
}

#[test]
fn rounded_figures_whose_ranges_meet_are_found() {
    // Two of at least 1 each, together at most 4: each is 1 to 3.
    let cells: [(&[&str], Option<u64>); 4] =
        [(&["A"], Some(5)), (&["B"], Some(5)), (&["C"], Some(0)), (&["*"], Some(0))];
    let found = found(vec![table("ward", &["ward"], 5, &cells)]);
    assert!(found.iter().any(|one| one.contains("[A]") && one.ends_with("1 to 3")), "{found:?}");
}

#[test]
fn a_group_that_all_have_it_is_found() {
    let cells: [(&[&str], Option<u64>); 3] =
        [(&["A", "yes"], Some(31)), (&["A", "no"], Some(0)), (&["A", "*"], Some(31))];
    let found = found(vec![table("ward x ill", &["ward", "ill"], 1, &cells)]);
    assert!(found.iter().any(|one| one.ends_with("all of them, or all but one")), "{found:?}");
}

#[test]
fn one_group_with_two_numbers_is_found() {
    let one = table("one", &["ward"], 5, &[(&["A"], Some(10))]);
    let two = table("two", &["ward"], 5, &[(&["A"], Some(15))]);
    assert!(found(vec![one, two])[0].ends_with("contradict each other"));
}

#[test]
fn wide_ranges_pass() {
    let cells: [(&[&str], Option<u64>); 4] =
        [(&["A"], Some(5)), (&["B"], Some(30)), (&["C"], Some(10)), (&["*"], Some(45))];
    assert_eq!(found(vec![table("ward", &["ward"], 5, &cells)]), Vec::<String>::new());
}
