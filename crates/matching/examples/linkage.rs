//! Duplicates of a file against the truth: `cargo run --release -p matching --example linkage FILE.csv TRUTH.csv [OTHER.csv]`.
#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::expect_used)]

use std::collections::HashSet;
use std::time::Instant;

use matching::duplicates::{Listed, find, link, read_file};
use matching::table::Table;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let read = |path: &str| std::fs::read(path).expect("a file");
    let begun = Instant::now();
    let Listed { ids, records, .. } = read_file(&read(&arguments[0]), &[]).expect("people");
    let other = arguments.get(2).map(|path| read_file(&read(path), &[]).expect("people"));
    let pairs = match &other {
        Some(other) => link(&records, &other.records, 0.05),
        None => find(&records, 0.05),
    };
    let took = begun.elapsed();
    let right = other.as_ref().map_or(&ids, |other| &other.ids);
    let ordered =
        |a: &str, b: &str| if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) };
    let table = Table::read(&read(&arguments[1]), "id_l,id_r").expect("pairs");
    let truth: HashSet<(String, String)> =
        (0..table.len()).map(|row| ordered(table.cell(row, 0), table.cell(row, 1))).collect();
    println!("{} records, {} true pairs, {:.2?}", records.len(), truth.len(), took);
    for least in [0.5, 0.9, 0.99] {
        let found: HashSet<(String, String)> = pairs
            .iter()
            .filter(|pair| pair.score >= least)
            .map(|pair| ordered(&ids[pair.left], &right[pair.right]))
            .collect();
        let good = found.intersection(&truth).count() as f64;
        let (p, r) = (good / found.len().max(1) as f64, good / truth.len() as f64);
        println!("at {least}: precision {p:.4} recall {r:.4} F1 {:.4}", 2.0 * p * r / (p + r).max(1e-9));
    }
    if std::env::var_os("SHOW").is_some() {
        for pair in pairs.iter().filter(|pair| pair.score >= 0.9) {
            let (a, b) = (&ids[pair.left], &right[pair.right]);
            if !truth.contains(&ordered(a, b)) {
                println!("WRONG {a} {b} {:.3} {}", pair.score, pair.explanation());
            }
        }
        let found: HashSet<(String, String)> = pairs
            .iter()
            .filter(|pair| pair.score >= 0.9)
            .map(|pair| ordered(&ids[pair.left], &right[pair.right]))
            .collect();
        for (a, b) in truth.difference(&found) {
            let pair = pairs
                .iter()
                .find(|pair| ordered(&ids[pair.left], &right[pair.right]) == (a.clone(), b.clone()));
            println!("MISSED {a} {b} {:?}", pair.map(|pair| (pair.score, pair.explanation())));
        }
    }
}
