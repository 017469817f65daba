//! Made-up people to measure with: `cargo run --release -p matching --example made_up PEOPLE FOLDER` writes `register.csv`,
//! `truth.csv` and, for search, `people.csv` and `queries.csv`.
#![allow(clippy::expect_used, clippy::indexing_slicing, dead_code, missing_docs, unreachable_pub)]

use matching::table::write;

#[path = "../tests/it/made_up.rs"]
mod made_up;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count: usize = arguments[0].parse().expect("a number");
    let folder = std::path::Path::new(&arguments[1]);
    let (records, truth) = made_up::register(count, 5);
    let mut rows: Vec<Vec<String>> = vec![
        "id,first_name,last_name,dob,sex,house,street,town,postcode,nino,phone,email"
            .split(',')
            .map(str::to_owned)
            .collect(),
    ];
    for (at, r) in records.into_iter().enumerate() {
        rows.push(vec![
            format!("r{at}"),
            r.first,
            r.last,
            r.birth,
            r.sex,
            r.house,
            r.street,
            r.town,
            r.postcode,
            r.nino,
            r.phone,
            r.email,
        ]);
    }
    let save = |name: &str, rows: &[Vec<String>]| {
        let bytes = write(rows.iter().map(|row| row.iter().map(String::as_str)));
        std::fs::write(folder.join(name), bytes).expect("a folder that can be written");
    };
    save("register.csv", &rows);
    let mut pairs = vec![vec!["id_l".to_owned(), "id_r".to_owned()]];
    pairs.extend(truth.iter().map(|(one, two)| vec![format!("r{one}"), format!("r{two}")]));
    save("truth.csv", &pairs);
}
