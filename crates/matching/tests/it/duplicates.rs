//! People who stand twice in a made-up register: how many are found, and how many of the pairs are right.

use std::collections::HashSet;

use matching::duplicates::{POSSIBLE, PROPOSE, find, link};

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
