//! What is wrong with a notice file, where, and how to put it right.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong with the text of a notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub cure: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}. {}", self.line, self.column, self.what, self.cure)
    }
}

impl std::error::Error for Fault {}
