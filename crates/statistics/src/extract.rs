//! An anonymous extract: rows of people in classes so large, and so mixed, that no row can be anybody's.
//!
//! Every column has levels from fine to coarse. Of all ways to coarsen them the one is taken that tells most and keeps the
//! rules: at least `k` people alike in all that others may know of them; in each such class at least `l` different values of what
//! is sensitive, spread not further than `t` from the spread of all (Li, Li and Venkatasubramanian 2007, categories equally far
//! apart); and not more than a twentieth of the rows taken out for it. Rows come sorted by what they say: their order tells
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What an extract has to keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The fewest people of a class.
    pub k: usize,
    /// The fewest different values of something sensitive in a class.
    pub l: usize,
    /// How far the spread of something sensitive in a class may be from the spread of all.
    pub t: f64,
    /// The largest part of the rows that may be taken out.
    pub removed: f64,
}

/// The rules of what leaves the service.
pub const RULES: Rules = Rules { k: 10, l: 2, t: 0.35, removed: 0.05 };
/// More ways to coarsen than this are not tried.
const MOST_WAYS: usize = 20_000;

/// One way to put the finest categories of a column together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its categories.
    pub categories: Vec<String>,
    /// For each finest code, which of them.
    pub of: Vec<u32>,
}

/// A column with its levels, from fine to coarse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recoding {
    /// Its name.
    pub name: String,
    /// Whether it is what nobody may learn, rather than what others may know.
    pub sensitive: bool,
    /// At least one.
    pub levels: Vec<Level>,
}

/// An extract that keeps the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extract {
    /// Its columns: what others may know first, then what is sensitive.
    pub names: Vec<String>,
    /// Its rows, sorted.
    pub rows: Vec<Vec<String>>,
    /// The first so many columns are what others may know.
    pub known: usize,
    /// How many rows were taken out.
    pub removed: usize,
    /// What it keeps.
    pub kept: Kept,
}

/// What is measured of rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The size of the smallest class.
    pub k: usize,
    /// The fewest different values of something sensitive in a class.
    pub l: usize,
    /// The largest distance of a class from all.
    pub t: f64,
}

/// Why there is no extract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoExtract {
    /// Nothing to take it from.
    #[error("there are too few people in this period for an extract")]
    Few,
    /// Too many columns or levels.
    #[error("there are too many columns to look for a safe extract: leave some out")]
    Wide,
    /// No coarsening keeps the rules.
    #[error(
        "however coarse, an extract of these people would break the rules: take a longer period or fewer columns"
    )]
    Unsafe,
}

/// Looks for the extract that tells most. `rows` hold the finest code of each column.
///
/// # Errors
/// Why there is none.
pub fn extract(columns: &[Recoding], rows: &[Vec<u32>], rules: Rules) -> Result<Extract, NoExtract> {
    if rows.len() < rules.k.max(1) {
        return Err(NoExtract::Few);
    }
    let ways: usize = columns.iter().map(|column| column.levels.len()).product();
    if ways > MOST_WAYS {
        return Err(NoExtract::Wide);
    }
    let mut order: Vec<Vec<usize>> = (0..ways).map(|way| levels_of(columns, way)).collect();
    order.sort_by(|one, two| loss(columns, one).total_cmp(&loss(columns, two)).then_with(|| one.cmp(two)));
    order.iter().find_map(|way| coarsened(columns, rows, way, rules)).ok_or(NoExtract::Unsafe)
}

/// Which level of each column the way of this number takes.
fn levels_of(columns: &[Recoding], mut way: usize) -> Vec<usize> {
    let mut levels = Vec::with_capacity(columns.len());
    for column in columns {
        let many = column.levels.len().max(1);
        levels.push(way % many);
        way /= many;
    }
    levels
}

/// How much a way leaves unsaid: 0 for the finest level of each column, 1 for each column without any category left.
fn loss(columns: &[Recoding], way: &[usize]) -> f64 {
    let many = |column: &Recoding, level: usize| {
        column.levels.get(level).map_or(1, |level| level.categories.len()).max(1) as f64
    };
    columns
        .iter()
        .zip(way)
        .map(|(column, level)| 1.0 - many(column, *level).ln() / many(column, 0).ln().max(f64::EPSILON))
        .sum()
}

fn coarsened(columns: &[Recoding], rows: &[Vec<u32>], way: &[usize], rules: Rules) -> Option<Extract> {
    let (known, sensitive): (Vec<usize>, Vec<usize>) =
        (0..columns.len()).partition(|at| columns.get(*at).is_none_or(|column| !column.sensitive));
    let coded = |row: &Vec<u32>, at: &usize| {
        let level = columns.get(*at)?.levels.get(*way.get(*at)?)?;
        level.of.get(*row.get(*at)? as usize).copied()
    };
    let places: Vec<usize> = known.iter().chain(&sensitive).copied().collect();
    let all: Option<Vec<Vec<u32>>> =
        rows.iter().map(|row| places.iter().map(|at| coded(row, at)).collect()).collect();
    let left = without_unsafe(all?, known.len(), rules)?;
    let removed = rows.len() - left.len();
    if removed as f64 > rules.removed * rows.len() as f64 || left.is_empty() {
        return None;
    }
    let word = |(at, code): (&usize, &u32)| {
        let level = columns.get(*at)?.levels.get(*way.get(*at)?)?;
        level.categories.get(*code as usize).cloned()
    };
    let words: Option<Vec<Vec<String>>> =
        left.iter().map(|row| places.iter().zip(row).map(word).collect()).collect();
    let mut words = words?;
    words.sort();
    let kept = measured(&words, known.len());
    let holds = kept.k >= rules.k && (sensitive.is_empty() || (kept.l >= rules.l && kept.t <= rules.t));
    let names = places.iter().filter_map(|at| columns.get(*at)).map(|column| column.name.clone()).collect();
    holds.then_some(Extract { names, rows: words, known: known.len(), removed, kept })
}

/// Takes out the classes that break a rule, until none does. Each one that goes changes the spread of all.
fn without_unsafe(mut rows: Vec<Vec<u32>>, known: usize, rules: Rules) -> Option<Vec<Vec<u32>>> {
    let enough = rows.len() as f64 * (1.0 - rules.removed);
    loop {
        let bad: BTreeSet<Vec<u32>> = classes(&rows, known)
            .into_iter()
            .filter(|(_, class)| class.len() < rules.k || !mixed(class, &rows, known, rules))
            .map(|(key, _)| key.to_vec())
            .collect();
        if bad.is_empty() {
            return Some(rows);
        }
        rows.retain(|row| !row.get(..known).is_some_and(|key| bad.contains(key)));
        if (rows.len() as f64) < enough {
            return None;
        }
    }
}

fn mixed<T: Ord>(class: &[&Vec<T>], all: &[Vec<T>], known: usize, rules: Rules) -> bool {
    let width = all.first().map_or(known, Vec::len);
    (known..width).all(|at| {
        let values: BTreeSet<&T> = class.iter().filter_map(|row| row.get(at)).collect();
        values.len() >= rules.l && distance(class, all, at) <= rules.t
    })
}

fn classes<T: Ord>(rows: &[Vec<T>], known: usize) -> BTreeMap<&[T], Vec<&Vec<T>>> {
    let mut classes: BTreeMap<&[T], Vec<&Vec<T>>> = BTreeMap::new();
    for row in rows {
        classes.entry(row.get(..known).unwrap_or_default()).or_default().push(row);
    }
    classes
}

/// Half the sum of the differences of the shares: the earth mover's distance of categories that are equally far apart.
fn distance<T: Ord>(class: &[&Vec<T>], all: &[Vec<T>], at: usize) -> f64 {
    let mut shares: BTreeMap<&T, (f64, f64)> = BTreeMap::new();
    for value in all.iter().filter_map(|row| row.get(at)) {
        shares.entry(value).or_default().0 += 1.0 / all.len() as f64;
    }
    for value in class.iter().filter_map(|row| row.get(at)) {
        shares.entry(value).or_default().1 += 1.0 / class.len() as f64;
    }
    shares.values().map(|(whole, part)| (whole - part).abs()).sum::<f64>() / 2.0
}

/// Measures rows of which the first `known` columns are what others may know. Nothing sensitive counts as mixed.
#[must_use]
pub fn measured<T: Ord>(rows: &[Vec<T>], known: usize) -> Kept {
    let width = rows.first().map_or(known, Vec::len);
    let mut kept = Kept { k: usize::MAX, l: usize::MAX, t: 0.0 };
    for class in classes(rows, known).values() {
        kept.k = kept.k.min(class.len());
        for at in known..width {
            let values: BTreeSet<&T> = class.iter().filter_map(|row| row.get(at)).collect();
            kept.l = kept.l.min(values.len());
            kept.t = kept.t.max(distance(class, rows, at));
        }
    }
    kept
}

#[cfg(test)]
mod tests;
