//! What a cell of a workbook says, as text, and what is said about a sheet before its rows are read. A workbook knows which of its
//! cells are days and numbers, so that nobody has to be asked what comes first in them.

use std::collections::{BTreeMap, BTreeSet};

use super::Wrong;

/// A cell, as the workbook has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing stands in it.
    Empty,
    /// Words.
    Text(String),
    /// A number that is shown as one.
    Number(f64),
    /// Yes or no.
    YesNo(bool),
    /// A day with a time: year, month, day; hour, minute, second.
    Moment([u16; 3], [u8; 3]),
    /// A time without a day, or a length of time.
    Time,
    /// What the spreadsheet could not work out.
    Fault,
    /// A formula whose value was never worked out.
    NotWorkedOut,
}

impl Cell {
    /// The text that means the same.
    ///
    /// # Errors
    /// What is wrong with the cell.
    pub fn text(self) -> Result<String, &'static str> {
        // Whole numbers beyond this are not what somebody typed any more.
        const EXACT: f64 = 1e15;
        Ok(match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text,
            Cell::YesNo(yes) => if yes { "yes" } else { "no" }.into(),
            Cell::Number(number) if number.is_finite() && number.abs() < EXACT => number.to_string(),
            Cell::Number(_) => {
                return Err("This number is too long: the sheet has lost its last digits. Write it as text");
            }
            Cell::Moment([year, month, day], [0, 0, 0]) => format!("{year:04}-{month:02}-{day:02}"),
            Cell::Moment([year, month, day], [hour, minute, second]) => {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
            Cell::Time => return Err("This is a time without a day. Write the day"),
            Cell::Fault => return Err("The sheet could not work this cell out. Put it right there"),
            Cell::NotWorkedOut => {
                return Err(
                    "The value of this formula was never worked out. Open the workbook, save it, and send it again",
                );
            }
        })
    }
}

/// A column as sheets name it: 1 is A, 28 is AB.
#[must_use]
pub fn letters(column: usize) -> String {
    let (mut left, mut letters) = (column, Vec::new());
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

/// Cells that are merged into one: rows and columns from 1, first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merged {
    /// The first and the last row.
    pub rows: (u64, u64),
    /// The first and the last column.
    pub columns: (usize, usize),
}

/// Reads a reference like `B7`: row and column, from 1.
#[must_use]
pub fn cell_of(reference: &str) -> Option<(u64, usize)> {
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = reference.split_at_checked(digits)?;
    let mut column = 0_usize;
    for letter in letters.bytes() {
        if !letter.is_ascii_uppercase() || column > 16_384 {
            return None;
        }
        column = column * 26 + usize::from(letter - b'A') + 1;
    }
    let row: u64 = row.parse().ok()?;
    (row > 0 && column > 0).then_some((row, column))
}

impl Merged {
    /// Reads a reference like `A1:C1`; none if it is one cell, or no reference.
    #[must_use]
    pub fn of(reference: &str) -> Option<Merged> {
        let (first, last) = reference.split_once(':')?;
        let (first, last) = (cell_of(first)?, cell_of(last)?);
        (first != last && first.0 <= last.0 && first.1 <= last.1)
            .then_some(Merged { rows: (first.0, last.0), columns: (first.1, last.1) })
    }
}

/// What is said about a sheet before its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// How many columns it uses.
    pub width: usize,
    /// Rows that are hidden.
    pub hidden_rows: BTreeSet<u64>,
    /// Columns that are hidden, from 1.
    pub hidden_columns: BTreeSet<usize>,
    /// How many cells of each column are worked out by a formula.
    pub formulas: BTreeMap<usize, u64>,
    /// Cells that are merged, the first rows first.
    pub merged: Vec<Merged>,
}

impl Marks {
    /// What somebody who brings the sheet in should know before.
    #[must_use]
    pub fn notes(&self, headings: &[String]) -> Vec<String> {
        let column = |at: usize| {
            let heading = headings.get(at - 1).map_or("", String::as_str);
            format!("Column {} ({heading})", letters(at))
        };
        let mut notes: Vec<String> = self
            .hidden_columns
            .iter()
            .filter(|at| **at <= headings.len())
            .map(|at| {
                format!("{} is hidden in the sheet: it is left out unless you say what it is.", column(*at))
            })
            .collect();
        if !self.hidden_rows.is_empty() {
            let count = self.hidden_rows.len();
            notes.push(format!(
                "Rows that are hidden in the sheet are not brought in: {count} of them. Show them in the sheet, or delete them."
            ));
        }
        notes.extend(self.formulas.iter().filter(|(at, _)| **at <= headings.len()).map(|(at, count)| {
            format!(
                "{} has formulas ({count}): the values that the sheet worked out last are taken.",
                column(*at)
            )
        }));
        notes
    }

    /// What is wrong with rows, asked of one after the other.
    #[must_use]
    pub fn rows(&self) -> RowMarks<'_> {
        RowMarks { marks: self, next: 0, last: None }
    }
}

/// Goes along the rows of a sheet.
pub struct RowMarks<'a> {
    marks: &'a Marks,
    next: usize,
    /// Of the merged cells that began so far, those that go down furthest.
    last: Option<Merged>,
}

impl RowMarks<'_> {
    /// What is wrong with this row, which comes after all that were asked about.
    pub fn wrong(&mut self, row: u64, headings: &[String]) -> Option<Wrong> {
        while let Some(merged) = self.marks.merged.get(self.next).filter(|merged| merged.rows.0 <= row) {
            self.next += 1;
            if self.last.is_none_or(|last| last.rows.1 < merged.rows.1) {
                self.last = Some(*merged);
            }
        }
        if self.marks.hidden_rows.contains(&row) {
            return Some(Wrong::line(row, "This row is hidden in the sheet. Show it, or delete it"));
        }
        let merged = self.last.filter(|merged| row <= merged.rows.1)?;
        let heading = headings.get(merged.columns.0 - 1).cloned().unwrap_or_default();
        let message = if headings.is_empty() {
            "Cells of the headings are merged. Leave one row of headings, each over its own column"
        } else {
            "This cell is merged with others: nobody can say for whom it stands. Split it, and fill each row"
        };
        Some(Wrong { line: row, column: Some(merged.columns.0), heading, message: message.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_as_what_it_is() {
        let cases = [
            (Cell::Number(7_700_900_123.0), "7700900123"),
            (Cell::Number(12.5), "12.5"),
            (Cell::Number(-0.0), "-0"),
            (Cell::YesNo(true), "yes"),
            (Cell::Moment([2026, 4, 3], [0; 3]), "2026-04-03"),
            (Cell::Moment([2026, 4, 3], [9, 30, 0]), "2026-04-03T09:30:00"),
            (Cell::Text("=A1".into()), "=A1"),
            (Cell::Empty, ""),
        ];
        for (cell, text) in cases {
            assert_eq!(cell.text().as_deref(), Ok(text));
        }
        for cell in [Cell::Number(1e16), Cell::Number(f64::NAN), Cell::Time, Cell::Fault, Cell::NotWorkedOut]
        {
            assert!(cell.text().is_err());
        }
    }

    #[test]
    fn columns_are_named_as_sheets_name_them() {
        for (column, name) in
            [(1, "A"), (26, "Z"), (27, "AA"), (28, "AB"), (702, "ZZ"), (703, "AAA"), (16_384, "XFD")]
        {
            assert_eq!(letters(column), name);
            assert_eq!(cell_of(&format!("{name}9")), Some((9, column)));
        }
        for none in ["", "A", "7", "A0", "a1", "A1B", "ZZZZZZZZZZZZZZ1"] {
            assert_eq!(cell_of(none), None, "{none}");
        }
    }

    #[test]
    fn merged_and_hidden_rows_are_said_where_they_are() {
        let merged =
            ["A4:A6", "C5:C5", "B5:C5", "C9:D9"].iter().filter_map(|text| Merged::of(text)).collect();
        let marks = Marks { merged, hidden_rows: [7].into(), width: 4, ..Marks::default() };
        assert_eq!(marks.merged.len(), 3, "one cell is merged with nothing");
        let headings = ["Name", "Town", "Mobile", ""].map(String::from);
        let mut rows = marks.rows();
        let said: Vec<Option<String>> =
            (2..=9).map(|row| rows.wrong(row, &headings).map(|wrong| wrong.to_string())).collect();
        let wrong: Vec<usize> = (0..8).filter(|at| said[*at].is_some()).map(|at| at + 2).collect();
        assert_eq!(wrong, [4, 5, 6, 7, 9]);
        assert!(said[2].as_ref().unwrap().starts_with("Line 4, column A (Name): This cell is merged"));
        assert!(
            said[5].as_ref().unwrap().contains("hidden") && said[7].as_ref().unwrap().contains("column C")
        );
    }
}
