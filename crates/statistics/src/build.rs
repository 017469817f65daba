//! Making a release: counts, people-groups, rounding, and the gate.

mod grid;
mod plan;

use std::collections::BTreeSet;

use self::plan::Plan;
use crate::PUBLIC;
use crate::audit::{self, Disclosed};
use crate::beside;
use crate::keys::Secret;
use crate::ledger::Ledger;
use crate::people::{People, Variable};
use crate::release::{ALL, Release, Within};
use crate::sensitive::Sensitive;
use crate::session::No;
use crate::spec::TableSpec;

/// A variable with more categories than this is not a classification.
const MOST_CATEGORIES: usize = 500;
/// A table with more cells than this helps nobody.
const MOST_CELLS: usize = 200_000;
/// How often something may be taken out before a release is refused.
const MOST_ROUNDS: usize = 60;

/// Whom a release is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The least size of a group that is broken down: [`crate::PUBLIC`] or [`crate::INTERNAL`].
    pub least: usize,
}

/// A release that nothing can be worked out from.
#[derive(Debug, Clone)]
pub struct Made {
    /// The tables.
    pub release: Release,
    /// For each table, the part of its people who stand in the finest breakdown, from 0 to 1.
    pub in_breakdown: Vec<f64>,
    /// What was taken out and why.
    pub notes: Vec<String>,
}

/// Why there is no release.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A table asks for what is not there or may not be crossed.
    #[error("table {table:?}: {why}")]
    Table {
        /// Its name.
        table: String,
        /// Why.
        why: No,
    },
    /// A variable with a value for nearly everybody.
    #[error("{variable:?} has {categories} different values: put them into groups first")]
    Fine {
        /// Which.
        variable: String,
        /// How many.
        categories: usize,
    },
    /// A category with the name of the mark for all.
    #[error("{0:?} has a category \"*\", which stands for all: give it another name")]
    Star(String),
    /// Too many cells.
    #[error("table {table:?} would have {cells} cells: leave a variable out")]
    Large {
        /// Its name.
        table: String,
        /// How many.
        cells: usize,
    },
    /// Too much to be checked.
    #[error(transparent)]
    NotChecked(#[from] audit::TooLarge),
    /// Whatever was taken out, something could be worked out.
    #[error(
        "these tables together give people away, first: {0}. Publish fewer tables, or with coarser categories"
    )]
    Unsafe(Box<Disclosed>),
}

/// Makes the tables, takes out what would give anybody away, and checks all of it together. The ledger remembers the groups
/// that were broken down.
///
/// # Errors
/// Why there is none.
pub fn release(
    people: &People,
    secret: &Secret,
    sensitive: &Sensitive,
    specs: &[TableSpec],
    limits: Limits,
    ledger: &mut Ledger,
) -> Result<Made, Refused> {
    release_beside(people, secret, sensitive, specs, limits, ledger, &[])
}

/// The same beside earlier releases about the same people: a figure that stands there already is not given a second time with
/// another number, and nothing may follow from all of them together.
///
/// # Errors
/// Why there is none.
pub fn release_beside(
    people: &People,
    secret: &Secret,
    sensitive: &Sensitive,
    specs: &[TableSpec],
    limits: Limits,
    ledger: &mut Ledger,
    earlier: &[Release],
) -> Result<Made, Refused> {
    let mut made = Made { release: Release::default(), in_breakdown: Vec::new(), notes: Vec::new() };
    let mut noted = ledger.clone();
    for spec in specs {
        let plan = Plan::of(people, sensitive, spec)?;
        for place in plan.used() {
            let Some(Variable { name, categories }) = people.variable(place) else { continue };
            made.release.variables.insert(name.clone(), categories.clone());
            if let Some(harmless) = sensitive.harmless(name) {
                made.release.sensitive.insert(name.clone(), harmless.iter().cloned().collect());
            }
        }
        let (table, share) = plan.table(people, secret, limits.least, &mut noted);
        made.release.tables.push(table);
        made.in_breakdown.push(share);
    }
    made.release.within = classifications(people, sensitive, &made.release, earlier);
    beside::adopt(&mut made.release, earlier);
    let mut gate = audit::Gate::default();
    let mut fresh = true;
    for _ in 0..MOST_ROUNDS {
        let found = gate.audit(&beside::together(&made.release, earlier))?;
        let Some(first) = found.first().cloned() else {
            if !fresh {
                // Once more without what earlier rounds showed: whoever checks the release later finds nothing either.
                (gate, fresh) = (audit::Gate::default(), true);
                continue;
            }
            *ledger = noted;
            return Ok(made);
        };
        fresh = false;
        let mut hidden = false;
        for one in &found {
            if let Some(what) = hide(&mut made.release, one) {
                made.notes.push(format!("{what} is not shown, because {one}"));
                hidden = true;
            }
        }
        // What hangs on earlier figures alone is mended by saying less now.
        if !hidden {
            let anything = beside::anything(&made.release, first.clone());
            match hide(&mut made.release, &anything) {
                Some(what) => made.notes.push(format!("{what} is not shown, because {first}")),
                None => return Err(Refused::Unsafe(Box::new(first))),
            }
        }
    }
    let first = audit::audit(&beside::together(&made.release, earlier))?.into_iter().next();
    match first {
        Some(first) => Err(Refused::Unsafe(Box::new(first))),
        None => {
            *ledger = noted;
            Ok(made)
        }
    }
}

/// Which of the variables of these releases are finer than others, as everybody knows of wards and areas. Of what is sensitive it
/// is not said, and of few people neither: that all of them are in one place may be chance.
fn classifications(
    people: &People,
    sensitive: &Sensitive,
    release: &Release,
    earlier: &[Release],
) -> Vec<Within> {
    let names = release.variables.keys().chain(earlier.iter().flat_map(|old| old.variables.keys()));
    let names: BTreeSet<&String> = names.filter(|name| !sensitive.is(name)).collect();
    let places: Vec<usize> = names.into_iter().filter_map(|name| people.place(name)).collect();
    let pairs = places.iter().flat_map(|fine| places.iter().map(move |wide| (*fine, *wide)));
    pairs
        .filter(|(fine, wide)| fine != wide)
        .filter_map(|(fine, wide)| people.within(fine, wide, PUBLIC))
        .collect()
}

/// Takes one figure out that the conclusion hangs on: the smallest, which few will miss. With something sensitive the whole
/// breakdown of its group goes: one hole between figures that stand could be filled by trying which number this gate takes out.
fn hide(release: &mut Release, found: &Disclosed) -> Option<String> {
    let sensitive: BTreeSet<String> = release.sensitive.keys().cloned().collect();
    let shown = found.by.iter().filter_map(|(table, cell)| {
        let value = release.tables.get(*table)?.cells.get(*cell)?.v?;
        Some((value, *table, *cell))
    });
    let (_, table, cell) = shown.min()?;
    let table = release.tables.get_mut(table)?;
    let key = table.cells.get(cell)?.k.clone();
    let by = table.vars.iter().position(|var| sensitive.contains(var));
    let by = by.filter(|by| key.get(*by).is_some_and(|category| category != ALL));
    let sibling = |other: &[String]| match by {
        Some(by) => other.iter().zip(&key).enumerate().all(
            |(at, (one, two))| {
                if at == by { one != ALL } else { one == two }
            },
        ),
        None => other == key,
    };
    table.cells.iter_mut().filter(|cell| sibling(&cell.k)).for_each(|cell| cell.v = None);
    Some(format!("{} [{}]", table.name, key.join(", ")))
}
