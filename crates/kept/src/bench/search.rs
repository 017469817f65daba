//! `kept bench search`: how well and how fast people are found, on any file of people and of queries.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use matching::table::{self, Table};
use matching::{Index, Person};

use crate::bench::start::resident_mib;
use crate::fail::Fail;
use crate::{output, written};

/// How many results of a query are written.
const RESULTS: usize = 10;

/// What to measure.
#[derive(Args)]
pub(super) struct Search {
    /// The people: `id,first_name,last_name,dob,postcode`.
    #[arg(long, value_name = "PEOPLE.csv")]
    people: PathBuf,
    /// The queries: `qid,kind,query`.
    #[arg(long, value_name = "QUERIES.csv")]
    queries: PathBuf,
    /// Where the first ten results of each query go: `qid,rank,id,ms`.
    #[arg(long, value_name = "RESULTS.csv")]
    out: PathBuf,
}

fn read(path: &Path, example: &'static str) -> Result<Table, Fail> {
    Table::read(&written::table(path)?, example)
        .map_err(|fault| Fail::said(format!("{}: {fault}", path.display())))
}

/// The place of a column that must be there.
fn needed(table: &Table, path: &Path, names: &[&str]) -> Result<usize, Fail> {
    table.needed(names).map_err(|fault| Fail::said(format!("{}: {fault}", path.display())))
}

impl Search {
    /// Measures and writes the results.
    pub(super) fn run(self) -> Result<ExitCode, Fail> {
        let before = resident_mib()?;
        let people = read(&self.people, "id,first_name,last_name,dob,postcode")?;
        let id = needed(&people, &self.people, &["id", "person_id", "client_id"])?;
        let first = needed(&people, &self.people, &["first_name", "given_name", "forename"])?;
        let last = needed(&people, &self.people, &["last_name", "surname", "family_name"])?;
        let born = people.column(&["dob", "date_of_birth", "birth_date"]);
        let postcode = people.column(&["postcode", "post_code"]);
        let with_file = resident_mib()?;
        let begun = Instant::now();
        let mut index = Index::new();
        for row in 0..people.len() {
            let cell = |at: Option<usize>| at.map(|at| people.cell(row, at)).filter(|text| !text.is_empty());
            index.insert(&Person {
                key: (row as u128).to_be_bytes(),
                names: vec![format!("{} {}", people.cell(row, first), people.cell(row, last))],
                dob: cell(born).and_then(day),
                postcode: cell(postcode).map(str::to_owned),
                ..Person::default()
            });
        }
        index.settle();
        let built = begun.elapsed();
        let held = resident_mib()?.saturating_sub(with_file);
        let queries = read(&self.queries, "qid,kind,query")?;
        let (number, words) =
            (needed(&queries, &self.queries, &["qid"])?, needed(&queries, &self.queries, &["query"])?);
        let (mut rows, mut took) = (Vec::new(), Vec::with_capacity(queries.len()));
        for row in 0..queries.len() {
            let begun = Instant::now();
            let hits = index.search(queries.cell(row, words), RESULTS);
            let time = begun.elapsed();
            took.push(time);
            for (rank, hit) in (1..).zip(hits) {
                let found = usize::try_from(u128::from_be_bytes(hit.key)).unwrap_or(usize::MAX);
                let ms = format!("{:.3}", time.as_secs_f64() * 1000.0);
                let rank: u32 = rank;
                rows.push([
                    queries.cell(row, number).to_owned(),
                    rank.to_string(),
                    people.cell(found, id).to_owned(),
                    ms,
                ]);
            }
        }
        let head = ["qid", "rank", "id", "ms"].map(str::to_owned);
        let lines: Vec<&[String; 4]> = std::iter::once(&head).chain(&rows).collect();
        let text = table::write(lines.iter().map(|line| line.iter().map(String::as_str)));
        written::elsewhere(&self.out, &[&self.people, &self.queries])?;
        std::fs::write(&self.out, text).map_err(Fail::file("written", &self.out))?;
        took.sort_unstable();
        let at = |part: usize| took.get((took.len() * part / 100).min(took.len().saturating_sub(1))).copied();
        let ms = |time: Option<Duration>| time.unwrap_or_default().as_secs_f64() * 1000.0;
        output::line(&format!(
            "{} people in {:.2} s, {held} MiB for the index ({before} before the file); {} queries: {:.2} ms at the middle, {:.2} ms at p95, {:.2} ms at most",
            people.len(),
            built.as_secs_f64(),
            queries.len(),
            ms(at(50)),
            ms(at(95)),
            ms(took.last().copied()),
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// A date of birth as files have it: `1991-03-14` or `14/03/1991`; anything else is left out of the index.
fn day(text: &str) -> Option<(i16, u8, u8)> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let [one, month, three] = parts.as_slice() else { return None };
    let (year, day) = if one.len() == 4 { (one, three) } else { (three, one) };
    Some((year.parse().ok()?, month.parse().ok()?, day.get(..2).unwrap_or(day).parse().ok()?))
}
