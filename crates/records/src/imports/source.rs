//! Where a list comes from, and its rows as they come: from a file of text, or from a sheet of a workbook.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;

use casework::Fault;
use casework::import::table::Table;
use casework::import::text::{self, Unreadable};
use casework::import::{Wrong, rows};
use sha2::{Digest as _, Sha256};

use super::rows_of_sheet::SheetRows;
use super::workbook;
use super::{FILE, from_disk, unreadable};
use crate::Error;

/// Where a list comes from. It is read several times and never kept.
#[derive(Debug, Clone)]
pub struct Source {
    held: Held,
    sheet: Option<String>,
}

#[derive(Debug, Clone)]
enum Held {
    /// A file of this machine.
    Path(PathBuf),
    /// What a browser sent.
    Bytes(Arc<Vec<u8>>),
}

/// What a list is read from.
pub(super) trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// A row with the number of its line, or what is wrong with it.
pub(super) type Line = Result<(u64, Vec<String>), Wrong>;

/// The rows of a list.
pub(super) enum Rows {
    Text(Box<Table<Box<dyn Bytes>>>),
    Sheet(SheetRows),
}

impl Iterator for Rows {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        match self {
            Rows::Text(table) => table.next(),
            Rows::Sheet(sheet) => sheet.next(),
        }
    }
}

/// A list that was opened: its headings are read, its rows are not.
pub(super) struct List {
    pub(super) headings: Vec<String>,
    /// What should be known before it is brought in.
    pub(super) notes: Vec<String>,
    /// Columns that are left out unless somebody says what they are, from 0.
    pub(super) hidden: Vec<usize>,
    pub(super) rows: Rows,
}

impl Source {
    /// A file of this machine.
    #[must_use]
    pub fn path(path: PathBuf) -> Source {
        Source { held: Held::Path(path), sheet: None }
    }

    /// What a browser sent.
    #[must_use]
    pub fn bytes(bytes: Vec<u8>) -> Source {
        Source { held: Held::Bytes(Arc::new(bytes)), sheet: None }
    }

    /// The same, of a workbook the sheet of this name.
    #[must_use]
    pub fn sheet(self, name: &str) -> Source {
        Source { sheet: Some(name.to_owned()), ..self }
    }

    /// Opens it at its beginning.
    pub(super) fn open(&self) -> io::Result<Box<dyn Bytes>> {
        Ok(match &self.held {
            Held::Path(path) => Box::new(File::open(path)?),
            Held::Bytes(bytes) => Box::new(Cursor::new(Shared(Arc::clone(bytes)))),
        })
    }

    /// The sheets that it can be read from; none if it is no workbook, or if it was said which.
    ///
    /// # Errors
    /// It cannot be read, or there is no sheet of this name.
    pub(super) fn sheets_to_choose_from(&self) -> Result<Vec<String>, Error> {
        if self.sheet.is_some() || !self.is_workbook()? {
            return Ok(Vec::new());
        }
        let sheets = workbook::sheets(self)?;
        Ok(if sheets.len() > 1 { sheets.into_iter().map(|sheet| sheet.name).collect() } else { Vec::new() })
    }

    /// The list with its headings.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn list(&self) -> Result<List, Error> {
        if self.is_workbook()? {
            return self.list_of_sheet();
        }
        if self.sheet.is_some() {
            return Err(fault("This file has no sheets: it is no workbook. Leave the sheet out"));
        }
        let written = text::look(self.open().map_err(from_disk)?).map_err(|fault| unreadable(&fault))?;
        let mut table = Table::new(self.open().map_err(from_disk)?, written);
        let headings = table.headings().map_err(|wrong| fault(wrong.to_string()))?;
        let rows = Rows::Text(Box::new(table));
        Ok(List { headings, notes: Vec::new(), hidden: Vec::new(), rows })
    }

    fn list_of_sheet(&self) -> Result<List, Error> {
        let sheets = workbook::sheets(self)?;
        let named = |name: &String| sheets.iter().find(|sheet| sheet.name == *name);
        let sheet = match (&self.sheet, sheets.as_slice()) {
            (Some(name), _) => named(name).ok_or_else(|| {
                let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
                fault(format!("There is no sheet {name}; there are {}", names.join(", ")))
            })?,
            (None, [only]) => only,
            (None, []) => return Err(fault("Every sheet of this workbook is empty or hidden.")),
            (None, _) => return Err(fault("This workbook has several sheets. Say which one")),
        };
        let marks = Arc::new(workbook::marks(self, sheet)?);
        let mut rows = SheetRows::begin(self.open().map_err(from_disk)?, &sheet.name, Arc::clone(&marks))?;
        let (line, mut cells) = rows
            .next()
            .unwrap_or_else(|| {
                Err(Wrong {
                    line: 1,
                    column: None,
                    heading: String::new(),
                    message: "The sheet is empty".into(),
                })
            })
            .map_err(|wrong| fault(wrong.to_string()))?;
        cells.resize(cells.len().max(marks.width), String::new());
        let headings = rows::headings(&cells, line).map_err(|wrong| fault(wrong.to_string()))?;
        rows.width(headings.len());
        let hidden = marks.hidden_columns.iter().map(|at| at - 1).filter(|at| *at < headings.len()).collect();
        Ok(List { notes: marks.notes(&headings), headings, hidden, rows: Rows::Sheet(rows) })
    }

    fn is_workbook(&self) -> Result<bool, Error> {
        let mut head = Vec::new();
        self.open().and_then(|file| file.take(4).read_to_end(&mut head)).map_err(from_disk)?;
        Ok(head == b"PK\x03\x04")
    }

    /// SHA-256 of the file and the sheet, as it is stored.
    pub(super) fn digest(&self) -> io::Result<String> {
        let (mut file, mut digest) = (self.open()?, Sha256::new());
        let mut piece = vec![0_u8; 64 * 1024];
        loop {
            let count = file.read(&mut piece)?;
            let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
            digest.update(read);
        }
        if let Some(sheet) = &self.sheet {
            digest.update(sheet.as_bytes());
        }
        Ok(hex::encode(digest.finalize()))
    }
}

/// Something that is wrong with the file as a whole.
pub(super) fn fault(message: impl Into<String>) -> Error {
    Error::Faults(vec![Fault::new(FILE, message.into())])
}

/// A workbook that cannot be read.
pub(super) fn damaged() -> Error {
    fault(
        "This spreadsheet cannot be read: it is damaged, or no workbook of Excel (.xlsx). Save it again as .xlsx or CSV.",
    )
}

/// A file that cannot be read from where it is.
pub(super) fn broken(error: io::Error) -> Error {
    unreadable(&Unreadable::From(error))
}

/// Bytes that several readers share.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
