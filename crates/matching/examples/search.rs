//! How well people are found: `cargo run --release -p matching --example search PEOPLE.csv QUERIES.csv RESULTS.csv` reads people
//! (`id,first_name,last_name,dob,postcode`) and queries (`qid,kind,query`), and writes the first ten of each (`qid,rank,id,ms,why`).
#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::expect_used)]

use std::path::Path;
use std::time::Instant;

use matching::table::{Table, write};
use matching::{Index, Person};

fn read(path: &str) -> Table {
    let bytes = std::fs::read(Path::new(path)).expect("a file");
    Table::read(&bytes, "id,first_name,last_name,dob,postcode").expect("a table")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (people, queries) = (read(&arguments[0]), read(&arguments[1]));
    let [id, first, last, dob, postcode] = ["id", "first_name", "last_name", "dob", "postcode"]
        .map(|name| people.needed(&[name]).expect("a column"));
    let [qid, query] = ["qid", "query"].map(|name| queries.needed(&[name]).expect("a column"));
    let mut index = Index::new();
    for row in 0..people.len() {
        let day: Vec<i16> = people.cell(row, dob).split('-').filter_map(|part| part.parse().ok()).collect();
        index.insert(&Person {
            key: (row as u128).to_be_bytes(),
            names: vec![format!("{} {}", people.cell(row, first), people.cell(row, last))],
            dob: (day.len() == 3).then(|| (day[0], day[1] as u8, day[2] as u8)),
            postcode: Some(people.cell(row, postcode).to_owned()),
            ..Person::default()
        });
    }
    let (mut rows, mut times) = (vec![["qid", "rank", "id", "ms", "why"].map(str::to_owned)], Vec::new());
    for row in 0..queries.len() {
        let begun = Instant::now();
        let hits = index.search(queries.cell(row, query), 10);
        let ms = begun.elapsed().as_secs_f64() * 1000.0;
        times.push(ms);
        rows.extend(hits.iter().enumerate().map(|(rank, hit)| {
            let found = usize::try_from(u128::from_be_bytes(hit.key)).expect("a row");
            [
                queries.cell(row, qid).to_owned(),
                (rank + 1).to_string(),
                people.cell(found, id).to_owned(),
                format!("{ms:.3}"),
                hit.why.to_string(),
            ]
        }));
    }
    std::fs::write(&arguments[2], write(rows.iter().map(|row| row.iter().map(String::as_str))))
        .expect("a file");
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{} queries: p50 {:.2} ms, p95 {:.2} ms, max {:.2} ms", times.len(), at(50), at(95), at(100));
}
