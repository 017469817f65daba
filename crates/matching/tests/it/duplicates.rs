//! People who stand twice in a made-up register: how many are found, and how many of the pairs are right.

use std::collections::HashSet;

use matching::duplicates::{POSSIBLE, PROPOSE, Record, Register, find, link, read_file};

use crate::made_up;

fn quality(found: &HashSet<(usize, usize)>, truth: &HashSet<(usize, usize)>) -> (f64, f64, f64) {
    let good = found.intersection(truth).count() as f64;
    let (precision, recall) = (good / found.len().max(1) as f64, good / truth.len().max(1) as f64);
    (precision, recall, 2.0 * precision * recall / (precision + recall).max(1e-9))
}

#[test]
fn most_of_those_who_stand_twice_are_found_and_few_others() {
    let (records, truth) = made_up::register(3_000, 5);
    let truth: HashSet<(usize, usize)> = truth.into_iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
    assert!(truth.len() > 200, "{}", truth.len());
    let pairs = find(&records, POSSIBLE);
    let at = |least: f64| {
        pairs
            .iter()
            .filter(|pair| pair.score >= least)
            .map(|pair| (pair.left.min(pair.right), pair.left.max(pair.right)))
            .collect::<HashSet<_>>()
    };
    let (precision, recall, f1) = quality(&at(POSSIBLE), &truth);
    assert!(f1 >= 0.96, "possible: precision {precision:.4} recall {recall:.4} F1 {f1:.4}");
    let (precision, recall, _) = quality(&at(PROPOSE), &truth);
    assert!(precision >= 0.99 && recall >= 0.92, "propose: precision {precision:.4} recall {recall:.4}");
}

#[test]
fn two_lists_are_linked_across_and_never_within() {
    let (records, _) = made_up::register(400, 5);
    let same = link(&records, &records, POSSIBLE);
    let itself = same.iter().filter(|pair| pair.left == pair.right).count();
    assert!(itself >= 395, "everybody is found in a copy of the list: {itself} of {}", records.len());
    assert!(same.iter().all(|pair| pair.left < records.len() && pair.right < records.len()));
    assert!(same.iter().all(|pair| !pair.explanation().is_empty()));
}

#[test]
fn an_empty_list_has_no_pairs() {
    assert!(find(&[], 0.0).is_empty() && link(&[], &[], 0.0).is_empty());
}

/// A few hundred people who have nothing to do with each other.
fn strangers(count: usize) -> Vec<Record> {
    let mut dice = made_up::Dice(3);
    let mut names = made_up::Names::new();
    names.first.truncate(40);
    names.last.truncate(40);
    (0..count)
        .map(|at| Record {
            first: dice.name(&names.first).to_owned(),
            last: dice.name(&names.last).to_owned(),
            birth: format!("{}-{:02}-{:02}", 1945 + dice.below(60), 1 + dice.below(12), 1 + dice.below(28)),
            postcode: format!("QZ{} {}AB", 1 + dice.below(30), dice.below(10)),
            nino: format!("QQ{:06}A", 100_000 + at * 2_741),
            phone: format!("07700 900{:03}", at % 1_000),
            ..Record::default()
        })
        .collect()
}

fn scores(pairs: &[matching::duplicates::Pair]) -> Vec<(usize, usize, String)> {
    pairs.iter().map(|pair| (pair.left, pair.right, format!("{:.9}", pair.score))).collect()
}

#[test]
fn a_word_for_nothing_is_nothing_in_every_field() {
    let (records, _) = made_up::register(120, 5);
    let blank = find(&records, POSSIBLE);
    for word in
        ["NA", "n/a", "NULL", "None", "nan", "Unknown", "not known", "Not recorded", "-", ".", "?", "0"]
    {
        let said: Vec<Record> = records
            .iter()
            .map(|record| {
                let or = |text: &String| if text.is_empty() { word.to_owned() } else { text.clone() };
                Record {
                    known_as: word.into(),
                    former: word.into(),
                    birth: or(&record.birth),
                    house: or(&record.house),
                    locality: word.into(),
                    postcode: or(&record.postcode),
                    nino: or(&record.nino),
                    phone: or(&record.phone),
                    email: or(&record.email),
                    ..record.clone()
                }
            })
            .collect();
        assert_eq!(scores(&find(&said, POSSIBLE)), scores(&blank), "{word}");
    }
}

#[test]
fn a_name_that_is_a_word_for_nothing_is_one_unless_a_file_is_full_of_it() {
    let file = |nulls: usize| {
        let mut lines = String::from("id,first_name,last_name,dob\n");
        for at in 0..300 {
            let last = if at < nulls { "Null" } else { "Tester" };
            lines.push_str(&format!("{at},Ann,{last},1980-01-02\n"));
        }
        read_file(lines.as_bytes(), &[]).unwrap().records
    };
    assert_eq!(file(1)[0].last, "Null");
    assert_eq!((file(9)[0].last.as_str(), file(9)[9].last.as_str()), ("", "Tester"));
}

#[test]
fn an_email_made_of_the_name_says_little_more_than_the_name() {
    let mut records = strangers(900);
    for (at, record) in records.iter_mut().enumerate() {
        record.email = format!("{}{at}@example.org", record.first);
    }
    let pairs = find(&records, POSSIBLE);
    assert!(pairs.is_empty(), "{} pairs, first: {}", pairs.len(), pairs[0].explanation());
    for record in &mut records {
        record.email = format!("{}.{}@example.org", record.first, record.last);
    }
    let pairs = find(&records, POSSIBLE);
    assert!(pairs.is_empty(), "{} pairs, first: {}", pairs.len(), pairs[0].explanation());
}

#[test]
fn somebody_who_stands_hundreds_of_times_is_found() {
    let mut records = strangers(500);
    let one = records[0].clone();
    records.extend(std::iter::repeat_n(one.clone(), 400));
    let pairs = find(&records, PROPOSE);
    let found: HashSet<usize> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    assert!((500..900).all(|at| found.contains(&at)), "{} of 401", found.len());
    let mut register = Register::new();
    for (at, record) in (0_u16..).zip(&records) {
        let mut key = [0; 16];
        key[..2].copy_from_slice(&at.to_be_bytes());
        register.insert(key, record);
    }
    assert_eq!(register.candidates(&one, 0.5, 20).len(), 20);
}

#[test]
fn equal_names_are_always_among_the_reasons_and_said_to_be_common_where_they_are() {
    let mut records = strangers(500);
    for record in records.iter_mut().take(300) {
        record.last = "Tester".into();
    }
    let mut again = records[0].clone();
    again.email = "somebody@example.org".into();
    records.push(again);
    let pairs = find(&records, POSSIBLE);
    let line = pairs.iter().find(|pair| (pair.left, pair.right) == (0, 500)).unwrap().explanation();
    assert!(line.contains("same first name") && line.contains("same surname"), "{line}");
    assert!(!line.contains("what they share"), "{line}");
}
