//! The rows of a file of text, as they come: no more of it is held than one row.

use std::io::{Chain, ErrorKind, Read};

use super::Wrong;
use super::text::{Decoded, Written};

/// No row is longer than so many bytes. Where one seems to be, a quotation mark was not closed, and the rest of the file would be
/// one cell.
const LONGEST_ROW: usize = 1024 * 1024;

/// The rows of a file, as they come. Empty lines are passed over. After a fault of reading there are none.
pub struct Table<R> {
    reader: csv::Reader<Chain<Decoded<R>, &'static [u8]>>,
    width: usize,
    broken: bool,
}

impl<R: Read> Table<R> {
    /// The table in `file`, which is written so.
    pub fn new(file: R, written: Written) -> Table<R> {
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(written.separator);
        // The last line ends as all others do, so that lines can be counted by their ends.
        let text = Decoded::new(file, written.encoding).chain(b"\n".as_slice());
        Table { reader: reader.from_reader(text), width: 0, broken: false }
    }

    /// The headings: the first line that is not empty.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn headings(&mut self) -> Result<Vec<String>, Wrong> {
        let (line, cells) = self
            .next()
            .unwrap_or_else(|| Err(Wrong::line(1, "The headings are missing: the file is empty")))?;
        let cells = super::rows::headings(&cells, line)?;
        self.width = cells.len();
        Ok(cells)
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Result<(u64, Vec<String>), Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = csv::ByteRecord::new();
        while !self.broken {
            let before = self.reader.position().line();
            self.reader.get_mut().get_mut().0.at_most(LONGEST_ROW);
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(fault) => {
                    self.broken = true;
                    let message = match fault.kind() {
                        csv::ErrorKind::Io(fault) if fault.kind() == ErrorKind::FileTooLarge => {
                            "This row does not end: a quotation mark in it is not closed. Close it, or take it out"
                        }
                        _ => "The file cannot be read from here on. Save it again as CSV",
                    };
                    return Some(Err(Wrong::line(before, message)));
                }
            }
            // The reader stands behind the end of the last line of this row; empty lines before it are passed over.
            let within = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            let line = self.reader.position().line().saturating_sub(1 + within);
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            let cells: Result<Vec<String>, _> =
                record.iter().map(|cell| std::str::from_utf8(cell).map(str::to_owned)).collect();
            let Ok(cells) = cells else {
                return Some(Err(Wrong::line(
                    line,
                    "A cell of this line is no text. Save the file as CSV UTF-8",
                )));
            };
            return Some(super::rows::fits(line, cells, self.width));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;
    use std::rc::Rc;

    use super::super::text::Encoding;
    use super::*;

    const WRITTEN: Written = Written { encoding: Encoding::Utf8, separator: b',' };

    /// A list that nobody holds: it is made while it is read, and says how much was.
    struct Endless {
        row: String,
        rows: usize,
        read: Rc<Cell<usize>>,
        left: Vec<u8>,
    }

    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.left.is_empty() && self.rows > 0 {
                self.rows -= 1;
                self.left = self.row.clone().into_bytes();
            }
            let count = self.left.len().min(into.len());
            into[..count].copy_from_slice(&self.left[..count]);
            self.left.drain(..count);
            self.read.set(self.read.get() + count);
            Ok(count)
        }
    }

    fn endless(row: &str, rows: usize) -> (Endless, Rc<Cell<usize>>) {
        let read = Rc::new(Cell::new(0));
        (Endless { row: row.to_owned(), rows, read: Rc::clone(&read), left: Vec::new() }, read)
    }

    #[test]
    fn a_list_of_any_length_is_read_row_by_row() {
        const ROWS: usize = 300_000;
        let row = "Maria,Lopes,27/3/1987,07700 900123,ne1 4st\n";
        let (list, read) = endless(row, ROWS);
        let mut count = 0;
        for line in Table::new(list, WRITTEN) {
            count += 1;
            assert_eq!(line.unwrap().0, count as u64);
            let ahead = read.get() - count * row.len();
            assert!(ahead <= 64 * 1024, "{ahead} bytes were read ahead of row {count}");
        }
        assert_eq!(count, ROWS);
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_does_not_make_the_rest_one_cell() {
        let (list, read) = endless("Maria,Lopes\n", 1_000_000);
        let begins = io::Cursor::new(b"First name,Surname\nJohn,Smith\nAnn,\"Other\n");
        let mut table = Table::new(begins.chain(list), WRITTEN);
        table.headings().unwrap();
        assert_eq!(table.next().unwrap().unwrap().0, 2);
        let wrong = table.next().unwrap().unwrap_err();
        assert!(wrong.to_string().starts_with("Line 3: This row does not end"), "{wrong}");
        assert!(table.next().is_none());
        assert!(read.get() <= LONGEST_ROW + 64 * 1024, "{}", read.get());
    }
}
