//! The rows of a sheet, one after the other, however many there are. They are read on a thread of their own, because the reader of a
//! workbook cannot be carried about with what it reads.

use std::io::{BufReader, Read, Seek};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use casework::import::Wrong;
use casework::import::rows::{MOST_COLUMNS, fits};
use casework::import::sheet::{Cell, Marks, RowMarks, letters};

use super::source::{Bytes, Line, broken};
use crate::Error;

/// Rows that are handed over at once.
const AT_ONCE: usize = 256;

/// The rows as they come.
pub(super) struct SheetRows {
    from: Receiver<Vec<Sent>>,
    ready: std::vec::IntoIter<Sent>,
    width: usize,
    last: u64,
    ended: bool,
}

enum Sent {
    Row(Line),
    /// There are no more. Without it the reading broke off.
    End,
}

impl SheetRows {
    /// Begins to read the sheet of this name.
    ///
    /// # Errors
    /// The machine has no thread for it.
    pub(super) fn begin(book: Box<dyn Bytes>, sheet: &str, marks: Arc<Marks>) -> Result<SheetRows, Error> {
        let (to, from) = sync_channel(4);
        let sheet = sheet.to_owned();
        let read = move || {
            let mut out = Out { to: &to, gathered: Vec::with_capacity(AT_ONCE), gone: false };
            if read_sheet(book, &sheet, &marks, &mut out).is_ok() {
                out.gathered.push(Sent::End);
            }
            out.hand_over();
        };
        std::thread::Builder::new().name("sheet".into()).spawn(read).map_err(broken)?;
        Ok(SheetRows { from, ready: Vec::new().into_iter(), width: 0, last: 0, ended: false })
    }

    /// How many columns the headings have: rows that are wider are faults from now on.
    pub(super) fn width(&mut self, width: usize) {
        self.width = width;
    }
}

impl Iterator for SheetRows {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.ended {
            match self.ready.next() {
                Some(Sent::Row(line)) => {
                    self.last = line.as_ref().map_or_else(|wrong| wrong.line, |(line, _)| *line);
                    return Some(line.and_then(|(line, cells)| fits(line, cells, self.width)));
                }
                Some(Sent::End) => self.ended = true,
                None => match self.from.recv() {
                    Ok(more) => self.ready = more.into_iter(),
                    Err(_) => {
                        self.ended = true;
                        return Some(Err(whole(
                            self.last + 1,
                            "The sheet cannot be read from here on. Save it again, or as CSV",
                        )));
                    }
                },
            }
        }
        None
    }
}

fn whole(line: u64, message: &str) -> Wrong {
    Wrong { line, column: None, heading: String::new(), message: message.into() }
}

struct Out<'a> {
    to: &'a SyncSender<Vec<Sent>>,
    gathered: Vec<Sent>,
    /// Nobody listens any more.
    gone: bool,
}

impl Out<'_> {
    fn row(&mut self, line: Line) {
        self.gathered.push(Sent::Row(line));
        if self.gathered.len() >= AT_ONCE {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        self.gone |= self.to.send(std::mem::take(&mut self.gathered)).is_err();
    }
}

/// A row that is being read.
struct Row {
    number: u64,
    cells: Vec<String>,
    wrong: Option<Wrong>,
}

impl Row {
    fn take(&mut self, column: usize, cell: Cell, headings: &[String]) {
        if column > MOST_COLUMNS {
            if cell != Cell::Empty {
                let message = format!(
                    "A cell in column {} is filled; {MOST_COLUMNS} columns are the most",
                    letters(column)
                );
                self.wrong.get_or_insert(whole(self.number, &message));
            }
            return;
        }
        match cell.text() {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                self.cells.resize(self.cells.len().max(column), String::new());
                if let Some(place) = self.cells.get_mut(column - 1) {
                    *place = text;
                }
            }
            Err(message) => {
                let heading = headings.get(column - 1).cloned().unwrap_or_default();
                self.wrong.get_or_insert(Wrong {
                    line: self.number,
                    column: Some(column),
                    heading,
                    message: message.into(),
                });
            }
        }
    }
}

/// What goes from row to row.
struct Along<'a> {
    marks: RowMarks<'a>,
    headings: Vec<String>,
}

impl Along<'_> {
    /// A row is through: empty ones are passed over, whatever else is said of them.
    fn end(&mut self, row: Row, out: &mut Out<'_>) {
        let marked = self.marks.wrong(row.number, &self.headings);
        if row.cells.is_empty() && row.wrong.is_none() {
            return;
        }
        if self.headings.is_empty() {
            self.headings.clone_from(&row.cells);
        }
        out.row(match marked.or(row.wrong) {
            Some(wrong) => Err(wrong),
            None => Ok((row.number, row.cells)),
        });
    }
}

fn read_sheet(
    book: impl Read + Seek,
    sheet: &str,
    marks: &Marks,
    out: &mut Out<'_>,
) -> Result<(), XlsxError> {
    let mut book = Xlsx::new(BufReader::new(book))?;
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut along = Along { marks: marks.rows(), headings: Vec::new() };
    let mut row = Row { number: 0, cells: Vec::new(), wrong: None };
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let (number, column) = (u64::from(cell.pos.0) + 1, cell.pos.1 as usize + 1);
        if number < row.number {
            return Err(XlsxError::Unexpected("the rows of a sheet are in order"));
        }
        if number > row.number {
            let done = std::mem::replace(&mut row, Row { number, cells: Vec::new(), wrong: None });
            along.end(done, out);
            if out.gone {
                return Ok(());
            }
        }
        let cell = match cell.value {
            DataRef::Empty if cell.formula.is_some() => Cell::NotWorkedOut,
            value => meaning(value),
        };
        row.take(column, cell, &along.headings);
    }
    along.end(row, out);
    Ok(())
}

/// What calamine read, as we know it.
fn meaning(value: DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Text(number.to_string()),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::String(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text.to_owned()),
        DataRef::Bool(yes) => Cell::YesNo(yes),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            // Less than a day after the beginning of the count is a time; only in the count from 1904 it can be a day.
            if at.is_duration() || (at.as_f64() < 1.0 && year < 1904) {
                Cell::Time
            } else {
                Cell::Moment([year, month.into(), day.into()], [hour, minute, second])
            }
        }
        DataRef::DateTimeIso(text) => Cell::Text(text),
        DataRef::DurationIso(_) => Cell::Time,
        DataRef::Error(_) => Cell::Fault,
    }
}
