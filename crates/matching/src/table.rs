//! Tables of people as other programs write them: any column order, comma, semicolon or tab, with or without a byte order mark.
//!
//! Reads bytes that the caller has; what cannot be read is answered with its line and column, and nothing is guessed.

use std::borrow::Cow;

use crate::fold::{fold, joined};

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Two bytes a letter.
    #[error("The file is UTF-16. Save it again as \"CSV UTF-8\".")]
    Utf16,
    /// A workbook or an archive.
    #[error("The file is a spreadsheet, not CSV. Open it and save it as \"CSV UTF-8\".")]
    Spreadsheet,
    /// Another encoding.
    #[error(
        "Line {line}, column {column}: the text is not UTF-8 (often a letter with an accent saved by an old program). Save the file again as \"CSV UTF-8\"."
    )]
    Encoding {
        /// The line in the file.
        line: u64,
        /// The column's heading, or its number in the line of headings.
        column: String,
    },
    /// Nothing at all.
    #[error("The file is empty. Its first line must name the columns, such as {0}.")]
    Empty(&'static str),
    /// A line of another width.
    #[error(
        "Line {line} has {found} cells, the line of headings has {expected}. Put cells that contain the separator into quotation marks."
    )]
    Width {
        /// The line in the file.
        line: u64,
        /// How many it has.
        found: u64,
        /// How many it should have.
        expected: u64,
    },
    /// A title above the headings.
    #[error(
        "Line {line} has {found} cells, and the line of headings has one. If that line is a title, take it out: the first line names the columns."
    )]
    Title {
        /// The line below it.
        line: u64,
        /// How many cells that has.
        found: u64,
    },
    /// The headings once more.
    #[error("Line {0} repeats the headings. Take it out: only the first line names the columns.")]
    Repeated(u64),
    /// A quotation mark that swallows the rest of the file.
    #[error("A quotation mark that is opened in line {0} is never closed. Close it, or take it out.")]
    Unclosed(u64),
    /// A column that is needed.
    #[error("Line 1 has no column {wanted}. It has: {found}. Rename a column.")]
    Missing {
        /// The names it may have.
        wanted: String,
        /// The headings that there are.
        found: String,
    },
    /// Two columns of one name.
    #[error("Line 1 names two columns \"{0}\". Rename or remove one.")]
    Twice(String),
    /// A cell that is needed and empty, or not what the column holds.
    #[error("Line {line}, column {column}: {why}.")]
    Cell {
        /// The line in the file.
        line: u64,
        /// The column's heading.
        column: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// Anything else.
    #[error("Line {line} cannot be read: {why}.")]
    Unreadable {
        /// The line in the file.
        line: u64,
        /// What the reader says.
        why: String,
    },
}

/// A table in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<csv::StringRecord>,
    lines: Vec<u64>,
}

impl Table {
    /// Reads a table; the first line holds the headings. `example` says what they may be, for the message when there are none.
    ///
    /// # Errors
    /// Another encoding, lines of different widths, no headings, headings that stand twice.
    pub fn read(bytes: &[u8], example: &'static str) -> Result<Table, Fault> {
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(Fault::Utf16);
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(Fault::Spreadsheet);
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(bytes))
            .from_reader(bytes);
        let mut table = Table::default();
        let mut record = csv::ByteRecord::new();
        let mut last = (0, 0);
        loop {
            let line = reader.position().line();
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(Fault::Unreadable { line, why: error.to_string() }),
            }
            let byte = record.position().map_or(0, csv::Position::byte);
            let line = record.position().map_or(line, |position| begins(bytes, position));
            last = (byte, line);
            let row = csv::StringRecord::from_byte_record(record.clone()).map_err(|error| {
                let at = error.utf8_error().field();
                let column = table.headings.get(at).cloned().unwrap_or_else(|| format!("number {}", at + 1));
                Fault::Encoding { line, column }
            })?;
            table.take(row, line)?;
        }
        if unclosed(bytes, last.0) {
            return Err(Fault::Unclosed(last.1));
        }
        if table.headings.iter().all(String::is_empty) { Err(Fault::Empty(example)) } else { Ok(table) }
    }

    fn take(&mut self, row: csv::StringRecord, line: u64) -> Result<(), Fault> {
        if row.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(());
        }
        if self.headings.is_empty() {
            self.headings = row.iter().map(|heading| heading.trim().to_owned()).collect();
            let mut names: Vec<String> = self.headings.iter().map(|heading| plain(heading)).collect();
            names.retain(|name| !name.is_empty());
            names.sort_unstable();
            let twice = names.windows(2).find_map(|pair| match pair {
                [one, two] if one == two => Some(one.clone()),
                _ => None,
            });
            return twice.map_or(Ok(()), |name| Err(Fault::Twice(name)));
        }
        // Spreadsheets leave empty cells at the end of lines out, or add some.
        let beyond = row.iter().skip(self.headings.len()).any(|cell| !cell.trim().is_empty());
        let found = row.len() as u64;
        let said = row.iter().filter(|cell| !cell.trim().is_empty()).count();
        if said > 1 && self.headings.iter().filter(|heading| !heading.is_empty()).count() == 1 {
            return Err(Fault::Title { line, found });
        }
        if beyond {
            return Err(Fault::Width { line, found, expected: self.headings.len() as u64 });
        }
        // Two lists that were put one below the other.
        let same = |(cell, heading): (&str, &String)| plain(cell) == plain(heading);
        if self.headings.len() > 1
            && row.len() == self.headings.len()
            && row.iter().zip(&self.headings).all(same)
        {
            return Err(Fault::Repeated(line));
        }
        self.rows.push(row);
        self.lines.push(line);
        Ok(())
    }

    /// The headings as they stand.
    #[must_use]
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// How many rows there are below the headings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are only headings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place of the first of these columns that is there; case, spaces and underlines make no difference.
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.headings.iter().position(|heading| plain(heading) == plain(name)))
    }

    /// The same where it is needed.
    ///
    /// # Errors
    /// There is no such column.
    pub fn needed(&self, names: &[&str]) -> Result<usize, Fault> {
        let missing = || Fault::Missing { wanted: names.join(" or "), found: self.headings.join(", ") };
        self.column(names).ok_or_else(missing)
    }

    /// A cell without the spaces around it; empty if the row ends before it.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", str::trim)
    }

    /// The line of the file in which a row begins.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.lines.get(row).copied().unwrap_or(0)
    }

    /// Something wrong with a cell.
    #[must_use]
    pub fn wrong(&self, row: usize, column: usize, why: &str) -> Fault {
        let line = self.line(row);
        let column = self.headings.get(column).cloned().unwrap_or_default();
        Fault::Cell { line, column, why: why.to_owned() }
    }
}

/// The line in which a record begins. The reader is where the one before ended: between the two bytes of a line end as Windows
/// writes it, or before empty lines.
fn begins(bytes: &[u8], position: &csv::Position) -> u64 {
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ends = bytes.iter().skip(at).take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + ends.filter(|byte| **byte == b'\n').count() as u64
}

/// Whether the last record, which begins at this byte, goes over several lines and has a quotation mark too many: then the reader
/// took the rest of the file for one cell.
fn unclosed(bytes: &[u8], begins: u64) -> bool {
    let rest = bytes.get(usize::try_from(begins).unwrap_or(usize::MAX)..).unwrap_or_default().trim_ascii();
    let marks = rest.iter().filter(|byte| **byte == b'"').count();
    rest.contains(&b'\n') && marks % 2 == 1
}

/// What separates the cells: whichever the line of headings has most of.
fn separator(bytes: &[u8]) -> u8 {
    let first =
        bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or(bytes);
    let count = |wanted: u8| first.iter().filter(|byte| **byte == wanted).count();
    let mut best = b',';
    for other in [b';', b'\t', b'|'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

fn plain(heading: &str) -> String {
    joined(&fold(heading))
}

/// A cell that a spreadsheet takes as text: what it could run as a formula gets an apostrophe in front.
#[must_use]
pub fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

/// Rows as CSV, each cell made harmless.
#[must_use]
pub fn write<'r, R, C>(rows: R) -> Vec<u8>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = &'r str>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let cells: Vec<_> = row.into_iter().map(harmless).collect();
        // Writing into memory cannot fail for rows of one width.
        let _ = writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Table, String> {
        Table::read(bytes, "id,first_name").map_err(|fault| fault.to_string())
    }

    #[test]
    fn tables_are_read_however_they_were_saved() {
        for text in [
            "id,First Name\n1,Zoë\n",
            "\u{feff}id;first_name\r\n1;Zoë\r\n",
            "id\tFIRST-NAME\n\n1\tZoë",
            "\n\"id\",\"firstname\"\n\"1\",\" Zoë \"\n,\n",
            "id,first_name\n1,Zoë,,\n",
        ] {
            let table = read(text.as_bytes()).unwrap();
            let at = table.needed(&["first_name"]).unwrap();
            assert_eq!((table.len(), table.cell(0, at)), (1, "Zoë"), "{text:?}");
        }
        assert!(read(b"id,first_name\n").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_said_with_line_and_column() {
        for (bytes, part) in [
            (b"".as_slice(), "The file is empty"),
            (b"\xff\xfei\0d\0", "UTF-16"),
            (b"PK\x03\x04", "spreadsheet"),
            (b"id,first_name\n1,Ann\n2,Zo\xeb\n", "Line 3, column first_name"),
            (b"id,first_name\r\n1,Ann\r\n2,Zo\xeb\r\n", "Line 3, column first_name"),
            (b"id,first_name\r\n1,\"A\r\nnn\"\r\n\r\n2,Zo\xeb", "Line 5, column first_name"),
            (b"id,first_name\n\n\n1,Ann,Other\n", "Line 4 has 3 cells, the line of headings has 2"),
            (b"id,Id\n1,2\n", "two columns \"id\""),
            (b"id,first_name\n1,\"Ann\n2,Bob\n3,Cat\n", "opened in line 2 is never closed"),
            (b"id,first_name\n1,Ann\nID,First Name\n2,Bob\n", "Line 3 repeats the headings"),
            (b"People of May\nid,first_name\n1,Ann\n", "If that line is a title, take it out"),
            (b"People of May,\nid,first_name\n1,Ann\n", "If that line is a title, take it out"),
        ] {
            let said = read(bytes).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
        let said = read(b"id,name\n").unwrap().needed(&["first_name", "given_name"]).unwrap_err().to_string();
        assert!(said.contains("first_name or given_name") && said.contains("id, name"), "{said}");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let written = write([["id", "=1+1"], ["a,b", "-x"], ["-12", "-1+1"], ["+447700900123", "-"]]);
        let expected = "id,'=1+1\n\"a,b\",'-x\n'-12,'-1+1\n'+447700900123,'-\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
