//! Bringing people in from another system: which column is which field, which word is which value, and every fault by its line and
//! column. Nothing is guessed that changes what an answer means: a date that can be read in two ways is asked about.
//!
//! - [`text`] finds out how a file is written: its encoding, what separates the cells.
//! - [`columns`] matches headings to fields, with profiles of other systems' exports.
//! - [`dates`] finds out whether the day or the month comes first.
//! - [`table`] gives the rows of a file of text as they come.
//! - [`sheet`] says what the cells of a workbook mean.
//! - [`rows`] are what a list holds and what was found in it.
//! - [`reading`] reads a row into a profile, or says what is wrong with it.

pub mod columns;
pub mod dates;
pub mod reading;
pub mod rows;
pub mod sheet;
pub mod table;
pub mod text;
pub mod twice;

pub use columns::{Mapping, Shape, Target};
pub use dates::{Order, Seen};
pub use rows::{Checked, Person, Plan};
pub use text::Written;

/// Something that is wrong in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrong {
    /// The line of the file, from 1.
    pub line: u64,
    /// The column, from 1, said as sheets name it (A, B...); none if it is about the whole line.
    pub column: Option<usize>,
    /// The heading of that column.
    pub heading: String,
    /// What is wrong and what to do. Never what stands in the cell.
    pub message: String,
}

impl Wrong {
    /// About a whole line.
    pub(crate) fn line(line: u64, message: impl Into<String>) -> Wrong {
        Wrong { line, column: None, heading: String::new(), message: message.into() }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => {
                let column = sheet::letters(column);
                write!(f, "Line {}, column {column} ({}): {}", self.line, self.heading, self.message)
            }
            None => write!(f, "Line {}: {}", self.line, self.message),
        }
    }
}

/// A text as headings and values are compared: small letters and digits only.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
