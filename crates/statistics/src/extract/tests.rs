use proptest::prelude::*;

use super::*;

fn level(categories: &[&str], of: &[u32]) -> Level {
    Level { categories: categories.iter().map(|one| (*one).to_owned()).collect(), of: of.to_vec() }
}

fn columns() -> Vec<Recoding> {
    vec![
        Recoding {
            name: "age".into(),
            sensitive: false,
            levels: vec![
                level(&["16-24", "25-34", "35-49", "50+"], &[0, 1, 2, 3]),
                level(&["under 35", "35+"], &[0, 0, 1, 1]),
                level(&["all"], &[0, 0, 0, 0]),
            ],
        },
        Recoding {
            name: "group".into(),
            sensitive: false,
            levels: vec![level(&["A", "B", "C"], &[0, 1, 2]), level(&["all"], &[0, 0, 0])],
        },
        Recoding { name: "condition".into(), sensitive: true, levels: vec![level(&["no", "yes"], &[0, 1])] },
    ]
}

// promise: P11
#[test]
fn the_finest_way_that_keeps_the_rules_is_taken() {
    // Three groups of 40, each with both values in equal parts; ages spread: four ages by three groups are ten each.
    let rows: Vec<Vec<u32>> = (0..120).map(|at| vec![at % 4, (at / 4) % 3, (at / 12) % 2]).collect();
    let made = extract(&columns(), &rows, RULES).unwrap();
    assert_eq!((made.rows.len(), made.removed, made.kept.k, made.kept.l), (120, 0, 10, 2));
    assert_eq!(made.rows.first().unwrap(), &["16-24", "A", "no"]);
    let few: Vec<Vec<u32>> = rows.iter().take(60).cloned().collect();
    let coarse = extract(&columns(), &few, RULES).unwrap();
    assert!(
        coarse.kept.k >= 10
            && coarse
                .rows
                .iter()
                .all(|row| row.iter().any(|word| word == "all" || word == "35+" || word == "under 35"))
    );
}

// promise: P11
#[test]
fn what_cannot_be_made_safe_is_refused() {
    let same: Vec<Vec<u32>> = (0..200).map(|at| vec![at % 4, 0, 1]).collect();
    assert_eq!(extract(&columns(), &same, RULES), Err(NoExtract::Unsafe), "all have it");
    assert_eq!(extract(&columns(), &same[..5], RULES), Err(NoExtract::Few));
}

// promise: P11
#[test]
fn a_class_with_another_spread_than_all_is_not_shown() {
    // One age in which nearly everybody has it; of the others hardly anybody.
    let rows: Vec<Vec<u32>> = (0..400)
        .map(|at| vec![at % 4, 0, u32::from(if at % 4 == 0 { at % 40 != 0 } else { at % 20 == 1 })])
        .collect();
    let made = extract(&columns(), &rows, RULES).unwrap();
    assert!(made.kept.t <= 0.35, "{:?}", made.kept);
    assert!(!made.rows.iter().any(|row| row.first().is_some_and(|age| age == "16-24")));
}

proptest! {
    // promise: P6
    #[test]
    fn whatever_the_people_an_extract_keeps_its_rules(
        rows in prop::collection::vec((0_u32..4, 0_u32..3, 0_u32..2), 0..400),
    ) {
        let rows: Vec<Vec<u32>> = rows.into_iter().map(|(age, group, has)| vec![age, group, has]).collect();
        if let Ok(made) = extract(&columns(), &rows, RULES) {
            let kept = measured(&made.rows, 2);
            prop_assert!(kept.k >= 10 && kept.l >= 2 && kept.t <= 0.35, "{kept:?}");
            prop_assert!(made.removed * 20 <= rows.len());
            prop_assert_eq!(made.rows.len() + made.removed, rows.len());
            let mut sorted = made.rows.clone();
            sorted.sort();
            prop_assert_eq!(sorted, made.rows);
        }
    }
}
