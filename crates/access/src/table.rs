//! The decision table: who may do what with which categories, for which purpose, when.

use notice::{Categories, Category, Purpose};

use crate::{Act, Role};

/// Under which circumstances a line allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// One file, always.
    Always,
    /// One file of their own caseload, or with a stated reason.
    OwnOrReason,
    /// One file, with a stated reason.
    Reason,
    /// The file about themselves.
    OwnFile,
    /// All files together: search, index, statistics, loading.
    Everyone,
}

impl When {
    const ALL: [(When, &'static str); 5] = [
        (When::Always, "always"),
        (When::OwnOrReason, "own-or-reason"),
        (When::Reason, "reason"),
        (When::OwnFile, "own-file"),
        (When::Everyone, "everyone"),
    ];

    fn read(code: &str) -> Option<When> {
        When::ALL.iter().find(|(_, c)| *c == code).map(|(when, _)| *when)
    }
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// With which data.
    pub categories: Categories,
    /// Doing what.
    pub act: Act,
    /// When.
    pub when: When,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the access table: {what}")]
pub struct TableFault {
    /// Its number, the heading being 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Reads the table.
///
/// # Errors
/// The first line that cannot be read.
pub fn lines(csv: &str) -> Result<Vec<Line>, TableFault> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv.as_bytes());
    let mut lines = Vec::new();
    for (i, record) in reader.records().enumerate() {
        let fault = |what: String| TableFault { line: i + 2, what };
        let record = record.map_err(|_| {
            fault("it does not have the five columns role,purpose,categories,act,when".into())
        })?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let categories: Result<Categories, _> =
            cell(2).split_whitespace().map(str::parse::<Category>).collect();
        lines.push(Line {
            role: cell(0).parse().map_err(|e| fault(format!("{e}")))?,
            purpose: cell(1).parse().map_err(|e| fault(format!("{e}")))?,
            categories: categories.map_err(|e| fault(format!("{e}")))?,
            act: cell(3).parse().map_err(|e| fault(format!("{e}")))?,
            when: When::read(cell(4)).ok_or_else(|| fault(format!("\"{}\" is not a condition", cell(4))))?,
        });
    }
    Ok(lines)
}
