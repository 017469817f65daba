//! The decision table: who may do what with which categories, for which purpose, when, and because of what.

use std::fmt;
use std::str::FromStr;

use notice::{Categories, Category, Purpose, UnknownCode};

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
    /// Not at all: the line says no.
    Never,
}

impl When {
    const ALL: [(When, &'static str); 6] = [
        (When::Always, "always"),
        (When::OwnOrReason, "own-or-reason"),
        (When::Reason, "reason"),
        (When::OwnFile, "own-file"),
        (When::Everyone, "everyone"),
        (When::Never, "never"),
    ];

    fn read(code: &str) -> Option<When> {
        When::ALL.iter().find(|(_, c)| *c == code).map(|(when, _)| *when)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(When::ALL.iter().find(|(when, _)| when == self).map_or("", |(_, code)| code))
    }
}

/// One decision of the table. A line of the file that names several roles or purposes makes several of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, the heading being 1.
    pub number: usize,
    /// Who.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// With which data.
    pub categories: Categories,
    /// Doing what; nothing for a line that says no.
    pub acts: Vec<Act>,
    /// When.
    pub when: When,
    /// Why the line is as it is.
    pub because: String,
}

impl Line {
    /// Whether the line says no.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.acts.is_empty()
    }
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

/// Reads the table. Each role, purpose and category must be decided by a line: a denial is written down like a grant,
/// so that a new purpose or category is thought about before the program starts with it.
///
/// # Errors
/// The first line that cannot be read, or that contradicts another; or what no line decides.
pub fn lines(csv: &str) -> Result<Vec<Line>, TableFault> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(csv.as_bytes());
    let mut lines = Vec::new();
    let mut last = 1;
    for (i, record) in reader.records().enumerate() {
        last = i + 2;
        let fault = |what: String| TableFault { line: i + 2, what };
        let record = record.map_err(|_| {
            fault("it does not have the six columns role,purpose,categories,act,when,because".into())
        })?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let unknown = |e: UnknownCode| fault(e.to_string());
        let when = When::read(cell(4)).ok_or_else(|| fault(format!("\"{}\" is not a condition", cell(4))))?;
        let acts = if cell(3) == "none" { Vec::new() } else { list(cell(3), Act::ALL).map_err(unknown)? };
        if acts.is_empty() != (when == When::Never) {
            return Err(fault("the act \"none\" and the condition \"never\" belong together".into()));
        }
        if cell(5).is_empty() {
            return Err(fault("it does not say why: write the reason into the last column".into()));
        }
        let categories: Categories = list(cell(2), Category::ALL).map_err(unknown)?.into_iter().collect();
        for role in list(cell(0), Role::ALL).map_err(unknown)? {
            for purpose in list(cell(1), Purpose::ALL).map_err(unknown)? {
                lines.push(Line {
                    number: i + 2,
                    role,
                    purpose,
                    categories,
                    acts: acts.clone(),
                    when,
                    because: cell(5).to_owned(),
                });
            }
        }
    }
    whole(&lines, last)?;
    Ok(lines)
}

/// Codes parted by spaces, or "all" of them.
fn list<T: FromStr<Err = UnknownCode> + Copy>(cell: &str, all: &[T]) -> Result<Vec<T>, UnknownCode> {
    if cell == "all" {
        return Ok(all.to_vec());
    }
    if cell.is_empty() {
        return Err(UnknownCode(String::new()));
    }
    cell.split_whitespace().map(str::parse).collect()
}

/// Whether everything is decided, and nothing both allowed and denied.
fn whole(lines: &[Line], last: usize) -> Result<(), TableFault> {
    for role in Role::ALL {
        for purpose in Purpose::ALL {
            for category in Category::ALL {
                let mut of = lines.iter().filter(|line| {
                    line.role == *role && line.purpose == *purpose && line.categories.contains(*category)
                });
                let Some(first) = of.next() else {
                    let what = format!(
                        "after it, nothing is said of {role} / {purpose} / {category}: say \"none\" if they get nothing"
                    );
                    return Err(TableFault { line: last, what });
                };
                if let Some(other) = of.find(|line| line.denies() != first.denies()) {
                    let what =
                        format!("line {} says otherwise about {role} / {purpose} / {category}", first.number);
                    return Err(TableFault { line: other.number, what });
                }
            }
        }
    }
    Ok(())
}
