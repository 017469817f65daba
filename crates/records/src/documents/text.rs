//! The words of a document, line by line, so that some of them can be taken out of a copy. What is handed over then is these lines
//! and nothing else of the file: no earlier version, no picture, no author hides in them.
//!
//! Word (ECMA-376 Part 1, 17), Excel (18), OpenDocument text (OASIS ODF 1.3, 5 and 6) and plain text are read. A picture has no
//! words, and of a PDF nobody can say that all were found: they go whole or not at all.

use std::io::{BufReader, Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use casework::documents::Format;
use casework::redaction::stands_in;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use zip::ZipArchive;

/// The most that is read of one document: a long report has a hundredth of it.
const MOST_LETTERS: usize = 2_000_000;
/// The most bytes that one part of a package may unpack to; it was looked through for bombs when it came.
const MOST_BYTES: u64 = 200 * 1024 * 1024;

/// What can be read of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentText {
    /// Its lines, and how many pictures it has besides.
    Lines {
        /// A paragraph, or a row of a table, each.
        lines: Vec<String>,
        /// Pictures, of which nothing is in the lines.
        pictures: usize,
    },
    /// Nothing: it goes whole or not at all.
    Closed(Closed),
}

/// Why no words can be taken out of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is a PDF.
    Pdf,
    /// It is a picture.
    Picture,
    /// It has more words than anybody would mark.
    TooLong,
    /// It is not built as its kind is.
    Unreadable,
}

impl Closed {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Closed::Pdf => "it is a PDF, of which nobody can say that all its words were found",
            Closed::Picture => "it is a picture",
            Closed::TooLong => "it is too long",
            Closed::Unreadable => "it cannot be read",
        }
    }
}

/// Whether documents of this format have words that can be read.
pub(super) fn is_read(format: Option<Format>) -> bool {
    matches!(format, Some(Format::Text | Format::Docx | Format::Odt | Format::Xlsx))
}

/// Reads the words of a document.
pub(super) fn text_of(format: Option<Format>, bytes: &[u8]) -> DocumentText {
    let read = match format {
        Some(Format::Text) => plain(bytes),
        Some(Format::Docx) => word(bytes),
        Some(Format::Odt) => open_document(bytes),
        Some(Format::Xlsx) => excel(bytes),
        Some(Format::Pdf) => Err(Closed::Pdf),
        Some(Format::Png | Format::Jpeg) => Err(Closed::Picture),
        None => Err(Closed::Unreadable),
    };
    match read {
        Ok(Found { lines, pictures, .. }) => DocumentText::Lines { lines, pictures },
        Err(why) => DocumentText::Closed(why),
    }
}

/// Whether any of these words stand somewhere in a package where its reader does not see them: among its properties, behind a link,
/// in a part that is of old. A package that does not open may hide anything.
pub(crate) fn hides(bytes: &[u8], words: &[&str]) -> bool {
    let Ok(mut package) = package(bytes) else { return true };
    (0..package.len()).any(|at| {
        let mut inside = Vec::new();
        let read = package.by_index(at).map(|part| part.take(MOST_BYTES).read_to_end(&mut inside));
        let text = String::from_utf8_lossy(&inside);
        !matches!(read, Ok(Ok(_))) || words.iter().any(|words| stands_in(&text, words))
    })
}

/// What was read so far.
#[derive(Default)]
struct Found {
    lines: Vec<String>,
    pictures: usize,
    letters: usize,
    line: String,
}

impl Found {
    fn push(&mut self, text: &str) -> Result<(), Closed> {
        self.letters += text.len();
        self.line.push_str(text);
        if self.letters > MOST_LETTERS { Err(Closed::TooLong) } else { Ok(()) }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.lines.push(line.trim().to_owned());
        }
    }
}

fn plain(bytes: &[u8]) -> Result<Found, Closed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Closed::Unreadable)?;
    let mut found = Found::default();
    for line in text.trim_start_matches('\u{feff}').lines() {
        found.push(line)?;
        found.end_line();
    }
    Ok(found)
}

type Package<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn package(bytes: &[u8]) -> Result<Package<'_>, Closed> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| Closed::Unreadable)
}

/// What an element of a format does to the words.
enum Does {
    /// The line ends before and after it.
    Line,
    /// The words in it count.
    Words,
    /// Both: a paragraph with the words themselves.
    Paragraph,
    /// It stands for these letters.
    Letters(&'static str),
    /// It and all in it says again what stands elsewhere, or is not read by anybody.
    Skipped,
    /// It is a picture.
    Picture,
    /// Nothing.
    Nothing,
}

/// Reads one part of a package: the words within elements whose words count.
fn part(
    package: &mut Package<'_>,
    name: &str,
    does: fn(&str) -> Does,
    found: &mut Found,
) -> Result<(), Closed> {
    let part = package.by_name(name).map_err(|_| Closed::Unreadable)?;
    let mut reader = Reader::from_reader(BufReader::new(part.take(MOST_BYTES)));
    let (mut buffer, mut skipping, mut within) = (Vec::new(), 0_usize, 0_usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Closed::Unreadable)? {
            Event::Eof => break,
            Event::Start(start) => match does(start.local_name().as_ref()) {
                Does::Skipped => skipping += 1,
                _ if skipping > 0 => {}
                Does::Line => found.end_line(),
                Does::Words => within += 1,
                Does::Paragraph => {
                    found.end_line();
                    within += 1;
                }
                Does::Letters(letters) => found.push(letters)?,
                Does::Picture => found.pictures += 1,
                Does::Nothing => {}
            },
            Event::End(end) => match does(end.local_name().as_ref()) {
                Does::Skipped => skipping = skipping.saturating_sub(1),
                _ if skipping > 0 => {}
                Does::Line => found.end_line(),
                Does::Words => within = within.saturating_sub(1),
                Does::Paragraph => {
                    found.end_line();
                    within = within.saturating_sub(1);
                }
                Does::Letters(_) | Does::Picture | Does::Nothing => {}
            },
            _ if skipping > 0 => {}
            Event::Empty(empty) => match does(empty.local_name().as_ref()) {
                Does::Line | Does::Paragraph => found.end_line(),
                Does::Letters(letters) => found.push(letters)?,
                Does::Picture => found.pictures += 1,
                Does::Words | Does::Skipped | Does::Nothing => {}
            },
            Event::Text(text) if within > 0 => found.push(&text.xml10_content())?,
            Event::CData(text) if within > 0 => found.push(&text.xml10_content())?,
            Event::GeneralRef(name) if within > 0 => {
                found.push(letter_of(&name).ok_or(Closed::Unreadable)?.encode_utf8(&mut [0; 4]))?;
            }
            _ => {}
        }
    }
    found.end_line();
    Ok(())
}

/// The letter of a reference: `&amp;`, `&#228;`. A document that names others is not built as its kind is.
fn letter_of(name: &BytesRef<'_>) -> Option<char> {
    if name.is_char_ref() {
        return name.resolve_char_ref().ok().flatten();
    }
    match name.xml10_content().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// The parts of a package in a folder whose names begin so, in their order.
fn parts_named(package: &Package<'_>, folder: &str, begin: &str) -> Vec<String> {
    let fits = |name: &str| {
        name.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with(begin) && rest.ends_with(".xml") && !rest.contains('/'))
    };
    let names = package.file_names().flatten().map(|name| name.into_owned());
    let mut names: Vec<String> = names.filter(|name| fits(name)).collect();
    names.sort();
    names
}

fn word(bytes: &[u8]) -> Result<Found, Closed> {
    fn does(name: &str) -> Does {
        match name {
            "p" => Does::Line,
            // What was struck out is still held, so it is part of a copy; it is seen, and can be taken out.
            "t" | "delText" => Does::Words,
            "tab" | "ptab" => Does::Letters("\t"),
            "br" | "cr" => Does::Letters(" "),
            "noBreakHyphen" => Does::Letters("-"),
            // Where tabs stand on the line; and the same text box a second time, for programs of old.
            "tabs" | "Fallback" => Does::Skipped,
            "pic" | "imagedata" => Does::Picture,
            _ => Does::Nothing,
        }
    }
    let mut package = package(bytes)?;
    let mut found = Found::default();
    part(&mut package, "word/document.xml", does, &mut found)?;
    for begin in ["header", "footer", "footnotes", "endnotes", "comments."] {
        for name in parts_named(&package, "word/", begin) {
            part(&mut package, &name, does, &mut found)?;
        }
    }
    Ok(found)
}

fn open_document(bytes: &[u8]) -> Result<Found, Closed> {
    fn does(name: &str) -> Does {
        match name {
            "p" | "h" => Does::Paragraph,
            "s" | "line-break" => Does::Letters(" "),
            "tab" => Does::Letters("\t"),
            "image" => Does::Picture,
            _ => Does::Nothing,
        }
    }
    let mut package = package(bytes)?;
    let mut found = Found::default();
    part(&mut package, "content.xml", does, &mut found)?;
    // The head and foot of pages stand among the styles, which a document may lack.
    for name in parts_named(&package, "", "styles") {
        part(&mut package, &name, does, &mut found)?;
    }
    Ok(found)
}

/// What of a workbook stands in no cell: remarks, and words and pictures that float above.
const ABOVE_CELLS: [(&str, &str); 4] = [
    ("xl/", "comments"),
    ("xl/comments/", "comment"),
    ("xl/threadedComments/", "threadedComment"),
    ("xl/drawings/", "drawing"),
];

fn excel(bytes: &[u8]) -> Result<Found, Closed> {
    fn does(name: &str) -> Does {
        match name {
            "comment" | "threadedComment" | "p" => Does::Line,
            "t" | "text" => Does::Words,
            "pic" => Does::Picture,
            _ => Does::Nothing,
        }
    }
    let mut found = Found::default();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| Closed::Unreadable)?;
    // Sheets that are hidden are held as well.
    for sheet in workbook.sheet_names() {
        let range = workbook.worksheet_range(&sheet).map_err(|_| Closed::Unreadable)?;
        found.push(&sheet)?;
        found.end_line();
        for row in range.rows() {
            let cells: Vec<String> = row.iter().map(cell).collect();
            found.push(&cells.join("\t"))?;
            found.end_line();
        }
    }
    let mut package = package(bytes)?;
    for (folder, begin) in ABOVE_CELLS {
        for name in parts_named(&package, folder, begin) {
            part(&mut package, &name, does, &mut found)?;
        }
    }
    Ok(found)
}

fn cell(value: &Data) -> String {
    let Data::DateTime(when) = value else { return value.to_string() };
    let (year, month, day, hour, minute, ..) = when.to_ymd_hms_milli();
    match (hour, minute) {
        (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

#[cfg(test)]
mod tests;
