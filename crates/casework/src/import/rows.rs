//! The rows of a list from elsewhere: how they are read, what they hold, and what was found in them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use notice::{Catalogue, FieldId};

use super::columns::{Mapping, is_common};
use super::dates::{Order, Seen};
use super::{Wrong, plain};
use crate::Profile;

/// More columns than any list has.
pub const MOST_COLUMNS: usize = 400;
/// So many faults, and people whose time has passed, are told one by one; all are counted.
const MOST_KEPT: usize = 1000;

/// How a file is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What each column is.
    pub mapping: Mapping,
    /// What comes first in the dates of a column, where somebody said so.
    pub orders: BTreeMap<usize, Order>,
    /// Which value of the list a word of the file is: field, the word as it is compared, the code; an empty code leaves it out.
    pub values: BTreeMap<(FieldId, String), String>,
    /// The day of the last contact of everybody for whom the file says none.
    pub last_contact: Option<Date>,
    /// Why people are brought in whose time has passed, where the file says nothing.
    pub basis: Option<String>,
}

/// Somebody as a row of the file has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The line of the file.
    pub line: u64,
    /// The answers.
    pub profile: Profile,
    /// Registered on.
    pub registered: Date,
    /// The last two-way contact.
    pub last_contact: Date,
    /// The adviser's sign-in address.
    pub adviser: Option<String>,
    /// Why they are brought in although their time has passed.
    pub basis: Option<String>,
}

/// What was found in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many rows there are below the headings.
    pub rows: u64,
    /// The faults, the first of the file first.
    pub wrong: Vec<Wrong>,
    /// How many faults there are, more than are kept.
    pub faults: u64,
    /// How many rows have a fault.
    pub faulty_rows: u64,
    /// Values that are in no list: field, word, how often.
    pub unknown: BTreeMap<FieldId, BTreeMap<String, u64>>,
    /// The lines of people whose time has passed and for whom no basis is stated, with the day on which they would have gone.
    pub past: Vec<(u64, Date)>,
    /// How many there are of them, more than are kept.
    pub past_count: u64,
    /// What the dates of each column show.
    pub dates: BTreeMap<usize, Seen>,
}

impl Checked {
    /// Takes a fault in; of many, the first are kept.
    pub fn note(&mut self, wrong: Wrong) {
        self.faults += 1;
        if self.wrong.len() < MOST_KEPT {
            self.wrong.push(wrong);
        }
    }

    /// Takes in that somebody's time has passed, and on which day.
    pub fn note_past(&mut self, line: u64, day: Date) {
        self.past_count += 1;
        if self.past.len() < MOST_KEPT {
            self.past.push((line, day));
        }
    }
}

/// The headings in the cells of their line, without the empty ones at its end.
///
/// # Errors
/// The fault: no headings, a title above them, more columns than any list has.
pub fn headings(cells: &[String], line: u64) -> Result<Vec<String>, Wrong> {
    // With the empty cells at the end: a title stands alone in a line of many cells.
    let mut cells: Vec<String> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    if cells.len() > MOST_COLUMNS {
        let message = format!("The file has {} columns; {MOST_COLUMNS} are the most", cells.len());
        return Err(Wrong::line(line, message));
    }
    if filled == 0 {
        return Err(Wrong::line(
            line,
            "The headings are missing: the first line has to say what each column is",
        ));
    }
    if filled == 1 && cells.len() > 1 {
        let message = "Only one cell is filled: it looks like a title. Delete what stands above the headings";
        return Err(Wrong::line(line, message));
    }
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    Ok(cells)
}

/// A row below headings of this width; none were read yet if it is 0.
///
/// # Errors
/// It has cells beyond the headings.
pub fn fits(line: u64, cells: Vec<String>, width: usize) -> Result<(u64, Vec<String>), Wrong> {
    // Spreadsheets leave empty cells at the end of lines out, or add some.
    if width > 0 && cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        let message = format!("This line has {} cells, the line of headings {width}", cells.len());
        return Err(Wrong::line(line, message));
    }
    Ok((line, cells))
}

/// Whether a row repeats what headings say: a second line of them.
#[must_use]
pub fn is_second_heading(cells: &[String], headings: &[String], catalogue: &Catalogue) -> bool {
    let filled: Vec<String> = cells.iter().map(|cell| plain(cell)).filter(|cell| !cell.is_empty()).collect();
    let heading = |cell: &String| {
        is_common(cell)
            || headings.iter().any(|heading| plain(heading) == *cell)
            || catalogue.fields().iter().any(|f| plain(&f.label) == *cell || plain(f.id.as_str()) == *cell)
    };
    filled.len() >= 2 && filled.iter().filter(|cell| heading(cell)).count() * 2 > filled.len()
}
