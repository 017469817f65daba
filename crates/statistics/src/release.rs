//! A release: tables as they are published.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::keys::BASE;

/// A mark in a cell's key: all categories of that variable together.
pub const ALL: &str = "*";

/// Tables that are published together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// For whom: `public`, or `internal` for people who may see files anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Every variable with all its categories.
    pub variables: BTreeMap<String, Vec<String>>,
    /// The sensitive ones with their harmless categories.
    #[serde(default)]
    pub sensitive: BTreeMap<String, Vec<String>>,
    /// Which variables are finer than others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Within>,
    /// The tables.
    pub tables: Vec<Table>,
    /// How the figures were made, for their readers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
}

impl Release {
    /// Several releases about the same people as one: the tables of each, every variable with the categories of all.
    #[must_use]
    pub fn together(releases: &[Release]) -> Release {
        let Some((first, others)) = releases.split_first() else { return Release::default() };
        crate::beside::together(first, others)
    }

    /// What does not fit together: a cell, or a condition, of what the variables do not list. A release that was made here has
    /// none; one that was changed by hand may, and cannot be checked.
    #[must_use]
    pub fn misfit(&self) -> Option<Misfit> {
        self.tables.iter().find_map(|table| {
            let misfit = |what: String| Some(Misfit { table: table.name.clone(), what });
            let listed = |var: &String, category: &String| {
                self.variables.get(var).is_some_and(|categories| categories.contains(category))
            };
            for var in table.vars.iter().chain(table.filter.keys()) {
                if !self.variables.contains_key(var) {
                    return misfit(format!("the variable {var:?}"));
                }
            }
            let asked = table.filter.iter().flat_map(|(var, some)| some.iter().map(move |one| (var, one)));
            let off = table.cells.iter().find(|cell| cell.v.is_some_and(|v| !v.is_multiple_of(BASE)));
            if let Some(cell) = off {
                return misfit(format!(
                    "in the cell [{}] a figure that is no multiple of {BASE}",
                    cell.k.join(", ")
                ));
            }
            for cell in &table.cells {
                if cell.k.len() != table.vars.len() {
                    return misfit(format!("the cell [{}]", cell.k.join(", ")));
                }
            }
            let cells = table.cells.iter().flat_map(|cell| table.vars.iter().zip(&cell.k));
            let unknown = cells.filter(|(_, category)| *category != ALL).chain(asked);
            let mut unknown = unknown.filter(|(var, category)| !listed(var, category));
            unknown.next().and_then(|(var, category)| misfit(format!("{category:?} of {var:?}")))
        })
    }
}

/// What a table has that its release does not list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "table {table:?} has {what}, which a release that was made here does not have: it was changed, and cannot be checked"
)]
pub struct Misfit {
    /// Its name.
    pub table: String,
    /// What it is.
    pub what: String,
}

/// A variable that is finer than another, as wards are finer than areas: known to everybody, so the gate reckons with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// The finer variable.
    pub fine: String,
    /// The wider one.
    pub wide: String,
    /// In which category of the wider one each of the finer one lies, but for those of few people.
    pub of: BTreeMap<String, String>,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// By what, in order.
    pub vars: Vec<String>,
    /// Whom it counts: categories of variables; empty for everybody.
    pub filter: BTreeMap<String, Vec<String>>,
    /// What was done to its counts.
    pub rule: Rule,
    /// Its cells, margins among them.
    pub cells: Vec<Cell>,
}

/// What was done to counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// Rounded up or down at random to a multiple of the base.
    RandomRound {
        /// The base.
        base: u64,
    },
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// A category of each variable of the table, or `*` for all.
    pub k: Vec<String>,
    /// The figure; none where a group is not broken down.
    pub v: Option<u64>,
}
