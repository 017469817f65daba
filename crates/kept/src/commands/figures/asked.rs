//! Counts that are asked for in a file, answered one after another.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use statistics::{Ledger, Secret, Session};

use super::named;
use super::people::Read;
use crate::fail::Fail;
use crate::{output, written};

#[derive(Deserialize)]
struct Queries {
    queries: Vec<Query>,
}

#[derive(Deserialize)]
struct Query {
    id: serde_json::Value,
    #[serde(default)]
    filter: BTreeMap<String, Categories>,
}

/// A list of categories, or one alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Categories {
    Several(Vec<serde_json::Value>),
    One(serde_json::Value),
}

impl Categories {
    fn texts(self) -> Vec<String> {
        let all = match self {
            Categories::Several(all) => all,
            Categories::One(one) => vec![one],
        };
        all.iter().map(text).collect()
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Answers every query of a file and gives what was answered, for later.
pub(super) fn answer(
    queries: &Path,
    out: &Path,
    read: &Read,
    secret: &Secret,
    least: usize,
    ledger: Ledger,
) -> Result<Ledger, Fail> {
    let asked: Queries = serde_json::from_str(&written::json(queries)?).map_err(|error| {
        Fail::said(format!(
            "{}: {error}. Write it like {{\"queries\":[{{\"id\":1,\"filter\":{{\"ward\":[\"Quayside\"]}}}}]}}.",
            queries.display()
        ))
    })?;
    let mut session = Session::new(&read.people, secret, &read.sensitive, least, ledger);
    let mut rows: Vec<[String; 2]> = vec![["id".to_owned(), "value".to_owned()]];
    let mut refused: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for query in asked.queries {
        let id = text(&query.id);
        let filter = query.filter.into_iter().map(|(name, categories)| (name, categories.texts())).collect();
        let value = match session.ask(&named::filter(&read.people, filter)) {
            Ok(count) => count.to_string(),
            Err(no) => {
                refused.entry(no.to_string()).or_insert((0, id.clone())).0 += 1;
                String::new()
            }
        };
        rows.push([id, value]);
    }
    let written = matching::table::write(rows.iter().map(|row| row.iter().map(String::as_str)));
    std::fs::write(out, written).map_err(Fail::file("written", out))?;
    let no: usize = refused.values().map(|(times, _)| times).sum();
    let answered = casework::dates::count((rows.len() - 1 - no) as u64, "count");
    output::line(&format!("{answered} answered, {no} refused."));
    for (why, (times, first)) in refused {
        output::line(&format!("{times} refused, the first {first}: {why}."));
    }
    Ok(session.into_ledger())
}
