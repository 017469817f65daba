//! How a file is written: as UTF-8, as UTF-16 with its mark, or as Windows-1252, which older spreadsheets save; and what stands
//! between the cells. It is read as it comes, so that its size does not matter.

use std::io::{self, Read};

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Low,
    /// UTF-16, the high byte first.
    Utf16High,
    /// Windows-1252: western Europe.
    Western,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its encoding.
    pub encoding: Encoding,
    /// What separates the cells.
    pub separator: u8,
}

/// Why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// It is a workbook.
    #[error("This is a spreadsheet. Save it as CSV (“CSV UTF-8”) and bring that in.")]
    Spreadsheet,
    /// It is a workbook that a password protects.
    #[error("A password protects this workbook. Take the password off, and send it again.")]
    Protected,
    /// It is a workbook in the format before 2007.
    #[error(
        "This is a spreadsheet in the format of before 2007 (.xls). Save it as .xlsx or CSV, and bring that in."
    )]
    OldSpreadsheet,
    /// It is no text at all.
    #[error("This is no text: it holds bytes that no table has. Save the list as CSV and bring that in.")]
    NotText,
    /// It cannot be read from where it is.
    #[error("The file cannot be read ({0}).")]
    From(#[from] io::Error),
}

/// How compound files begin: workbooks before 2007, and newer ones that a password protects.
const COMPOUND: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];
/// The name of what a protected workbook has in it, in UTF-16.
const PROTECTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// Looks through a whole file once: how it is written.
///
/// # Errors
/// It is empty, a spreadsheet, no text, or cannot be read.
pub fn look(mut file: impl Read) -> Result<Written, Unreadable> {
    let mut piece = vec![0_u8; 64 * 1024];
    let mut head: Vec<u8> = Vec::new();
    let mut tail: Vec<u8> = Vec::new();
    let (mut utf8, mut zeros, mut protected) = (true, false, false);
    let mut seam: Vec<u8> = Vec::new();
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        if head.len() < 64 * 1024 {
            head.extend_from_slice(read);
        }
        zeros |= read.contains(&0);
        if head.starts_with(&COMPOUND) && !protected {
            seam.extend_from_slice(read);
            protected = seam.windows(PROTECTED.len()).any(|part| part == PROTECTED);
            seam.drain(..seam.len().saturating_sub(PROTECTED.len()));
        }
        if utf8 {
            tail.extend_from_slice(read);
            match std::str::from_utf8(&tail) {
                Ok(_) => tail.clear(),
                Err(fault) if fault.error_len().is_none() => drop(tail.drain(..fault.valid_up_to())),
                Err(_) => utf8 = false,
            }
        }
    }
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Err(Unreadable::Spreadsheet);
    }
    if head.starts_with(&COMPOUND) {
        return Err(if protected { Unreadable::Protected } else { Unreadable::OldSpreadsheet });
    }
    let encoding = if head.starts_with(&[0xff, 0xfe]) {
        Encoding::Utf16Low
    } else if head.starts_with(&[0xfe, 0xff]) {
        Encoding::Utf16High
    } else if zeros {
        return Err(Unreadable::NotText);
    } else if utf8 && tail.is_empty() {
        Encoding::Utf8
    } else {
        Encoding::Western
    };
    let mut first = String::new();
    Decoded::new(head.as_slice(), encoding).read_to_string(&mut first).map_err(|_| Unreadable::NotText)?;
    let line = first.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: char| line.matches(separator).count();
    let mut separator = ',';
    for other in [';', '\t', '|'] {
        if count(other) > count(separator) {
            separator = other;
        }
    }
    Ok(Written { encoding, separator: u8::try_from(separator).unwrap_or(b',') })
}

/// A file as UTF-8 without a mark, each line ended by a line feed, however it is written.
pub struct Decoded<R> {
    inner: R,
    encoding: Encoding,
    /// Bytes that were read and are not decoded yet.
    raw: Vec<u8>,
    /// What was decoded and is not given out yet.
    ready: Vec<u8>,
    given: usize,
    /// How many bytes may be read until a row has come.
    left: usize,
    begun: bool,
    ended: bool,
    /// Whether the last byte was a carriage return, which a line feed may follow.
    returned: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads `inner`, which is written in `encoding`.
    pub fn new(inner: R, encoding: Encoding) -> Decoded<R> {
        let (raw, ready) = (Vec::new(), Vec::new());
        let (begun, ended, returned) = (false, false, false);
        Decoded { inner, encoding, raw, ready, given: 0, left: usize::MAX, begun, ended, returned }
    }

    /// Lets no more than so many bytes be read until this is said again; then reading fails.
    pub(super) fn at_most(&mut self, bytes: usize) {
        self.left = bytes;
    }

    fn more(&mut self) -> io::Result<()> {
        let mut piece = [0_u8; 16 * 1024];
        let count = self.inner.read(&mut piece)?;
        self.ended = count == 0;
        self.raw.extend_from_slice(piece.get(..count).unwrap_or_default());
        let mut text = String::new();
        match self.encoding {
            Encoding::Utf8 => {
                self.ready = std::mem::take(&mut self.raw);
                self.given = 0;
                if !self.begun && self.ready.starts_with(b"\xef\xbb\xbf") {
                    self.given = 3;
                }
                self.begun |= !self.ready.is_empty();
                self.line_feeds();
                return Ok(());
            }
            Encoding::Western => text.extend(self.raw.drain(..).map(western)),
            Encoding::Utf16Low | Encoding::Utf16High => {
                let low = self.encoding == Encoding::Utf16Low;
                let mut units: Vec<u16> = self
                    .raw
                    .chunks_exact(2)
                    .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
                    .map(|pair| if low { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
                    .collect();
                // Half a letter waits for its other half.
                if !self.ended && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
                    units.pop();
                }
                self.raw.drain(..units.len() * 2);
                let letters = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
                text.extend(letters.filter(|c| *c != '\u{feff}'));
            }
        }
        self.ready = text.into_bytes();
        self.given = 0;
        self.line_feeds();
        Ok(())
    }

    /// Ends lines by a line feed alone.
    fn line_feeds(&mut self) {
        let mut returned = self.returned;
        self.ready.retain_mut(|byte| {
            let second = returned && *byte == b'\n';
            returned = *byte == b'\r';
            if returned {
                *byte = b'\n';
            }
            !second
        });
        self.returned = returned;
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.ready.len() && !self.ended {
            self.more()?;
        }
        let ready = self.ready.get(self.given..).unwrap_or_default();
        if self.left == 0 && !ready.is_empty() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = ready.len().min(into.len()).min(self.left);
        if let (Some(to), Some(from)) = (into.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        self.left -= count;
        Ok(count)
    }
}

/// A byte of Windows-1252.
fn western(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('?'),
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::table::Table;
    use super::*;

    fn read(bytes: &[u8]) -> (Written, String) {
        let written = look(bytes).unwrap();
        let mut text = String::new();
        Decoded::new(bytes, written.encoding).read_to_string(&mut text).unwrap();
        (written, text)
    }

    fn utf16(text: &str, low: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if low { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn a_file_is_read_however_it_was_saved() {
        let text = "name;town\nZoë;Northbridge €\n";
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Encoding::Utf8),
            (utf16(text, true), Encoding::Utf16Low),
            (utf16(text, false), Encoding::Utf16High),
            (b"name;town\nZo\xeb;Northbridge \x80\n".to_vec(), Encoding::Western),
        ] {
            let (written, said) = read(&bytes);
            assert_eq!((written.encoding, written.separator, said.as_str()), (encoding, b';', text));
        }
        for (line, separator) in [("a,b;c,d", b','), ("a\tb\tc", b'\t'), ("a|b", b'|'), ("a", b',')] {
            assert_eq!(read(line.as_bytes()).0.separator, separator, "{line}");
        }
    }

    #[test]
    fn a_letter_in_the_last_row_decides_as_one_in_the_first() {
        let mut bytes = b"name\n".to_vec();
        bytes.extend(b"Ann\n".repeat(50_000));
        bytes.extend(b"Zo\xeb\n");
        let (written, text) = read(&bytes);
        assert_eq!(written.encoding, Encoding::Western);
        assert!(text.ends_with("Zoë\n"));
    }

    #[test]
    fn what_is_no_table_is_said() {
        for (bytes, part) in [
            (b"".as_slice(), "empty"),
            (b" \r\n ", "empty"),
            (b"PK\x03\x04rest", "spreadsheet"),
            (&[0xd0, 0xcf, 0x11, 0xe0, 1], "spreadsheet"),
            (b"name\n\0\0\0", "no text"),
        ] {
            let said = look(bytes).unwrap_err().to_string();
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn a_line_is_counted_as_an_editor_counts_it() {
        let rows = ["a,b", "1,2", "\"x\ny\",3", "", "4,5", "6,7"];
        for end in ["\n", "\r\n", "\r"] {
            for last in ["", end] {
                let text = rows.join("\n").replace('\n', end) + last;
                let mut table = Table::new(text.as_bytes(), look(text.as_bytes()).unwrap());
                table.headings().unwrap();
                let lines: Vec<u64> = table.map(|row| row.unwrap().0).collect();
                assert_eq!(lines, [2, 3, 6, 7], "{text:?}");
            }
        }
    }

    #[test]
    fn rows_come_with_their_lines_and_what_is_too_wide_is_said() {
        let written = |bytes: &[u8]| look(bytes).unwrap();
        let text = b"Name,Mobile,\nAnn,1\nBob,2,,\nCid,3,4,5\n".as_slice();
        let mut table = Table::new(text, written(text));
        assert_eq!(table.headings().unwrap(), ["Name", "Mobile"]);
        let rows: Vec<_> = table.collect();
        assert_eq!(rows[0].as_ref().unwrap().0, 2);
        assert_eq!(rows[1].as_ref().unwrap().1, ["Bob", "2", "", ""]);
        let wide = rows[2].as_ref().unwrap_err().to_string();
        assert_eq!(wide, "Line 4: This line has 4 cells, the line of headings 2");
        let title = b"Clients 2026,,\nName,Mobile,\n".as_slice();
        let fault = Table::new(title, written(title)).headings().unwrap_err();
        assert!(fault.to_string().contains("title"), "{fault}");
    }

    proptest! {
        #[test]
        fn every_text_comes_back_from_every_encoding(text in "[a-zA-Z€ëŁ,;\n𝄞]{1,200}", low: bool) {
            prop_assume!(!text.trim().is_empty());
            prop_assert_eq!(&read(text.as_bytes()).1, &text);
            prop_assert_eq!(&read(&utf16(&text, low)).1, &text);
        }

        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            if let Ok(written) = look(bytes.as_slice()) {
                let mut text = Vec::new();
                Decoded::new(bytes.as_slice(), written.encoding).read_to_end(&mut text).unwrap();
            }
        }
    }
}
