//! What a workbook (ECMA-376, .xlsx) has: its sheets, and of a sheet what has to be known before its rows. It is a zip archive that
//! anybody may have made: how much comes out of it is counted while it comes.

use std::collections::HashMap;
use std::io::{self, BufReader, Read};

use casework::import::rows::MOST_COLUMNS;
use casework::import::sheet::{Marks, Merged, cell_of};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::from_disk;
use super::source::{Bytes, Source, broken, damaged, fault};
use crate::Error;

/// All that is held in memory of a workbook may come to so many bytes: words, formats, pictures.
const MOST_BESIDE: u64 = 256 * 1024 * 1024;
/// A sheet may come to so many: a million rows of twenty columns, and as much again.
const MOST_OF_SHEET: u64 = 2 * 1024 * 1024 * 1024;
/// The most that may stand without the beginning of a tag: a cell holds 32,767 letters.
const MOST_AT_ONCE: u64 = 1024 * 1024;
/// More merged cells than any list has.
const MOST_MERGED: usize = 100_000;

/// A sheet with something in it.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Where it stands in the archive.
    part: String,
}

/// What the archive gives, and how much more it may.
struct Bounded<R> {
    inner: R,
    left: u64,
    since_tag: u64,
}

impl<R: Read> Bounded<R> {
    fn new(inner: R, left: u64) -> Bounded<R> {
        Bounded { inner, left, since_tag: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        let read = into.get(..count).unwrap_or_default();
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        self.since_tag = match read.iter().rposition(|byte| *byte == b'<') {
            Some(at) => (count - at) as u64,
            None => self.since_tag + count as u64,
        };
        if self.since_tag > MOST_AT_ONCE { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(count) }
    }
}

fn too_large() -> Error {
    fault(
        "This workbook is too large: more comes out of it than a list of people has. Save the sheet as CSV and bring that in.",
    )
}

fn of_io(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::FileTooLarge { too_large() } else { damaged() }
}

fn of_xml(error: &quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => of_io(error),
        _ => damaged(),
    }
}

type Archive = ZipArchive<BufReader<Box<dyn Bytes>>>;

fn archive(source: &Source) -> Result<Archive, Error> {
    ZipArchive::new(BufReader::new(source.open().map_err(broken)?)).map_err(|error| match error {
        zip::result::ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => from_disk(error),
        _ => damaged(),
    })
}

/// An attribute by its name, whatever stands before the colon.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        element.attributes().filter_map(Result::ok).find(|one| one.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// Goes through a part of the archive, element by element, until `see` has seen enough.
fn each_element(
    archive: &mut Archive,
    part: &str,
    most: u64,
    mut see: impl FnMut(&BytesStart<'_>) -> Result<bool, Error>,
) -> Result<(), Error> {
    let file = archive.by_name(part).map_err(|_| damaged())?;
    let mut reader = Reader::from_reader(BufReader::new(Bounded::new(file, most)));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| of_xml(&error))? {
            Event::Start(element) | Event::Empty(element) if !see(&element)? => return Ok(()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The sheets of a workbook that can be seen and have something in them.
///
/// # Errors
/// It is no workbook, damaged, or more comes out of it than may.
pub(super) fn sheets(source: &Source) -> Result<Vec<Sheet>, Error> {
    const BOOK: &str = "xl/workbook.xml";
    let mut archive = archive(source)?;
    let mut listed: Vec<(String, String)> = Vec::new();
    each_element(&mut archive, BOOK, MOST_BESIDE, |element| {
        if element.local_name().as_ref() == "sheet"
            && attribute(element, "state").is_none_or(|state| state == "visible")
        {
            listed.extend(attribute(element, "name").zip(attribute(element, "id")));
        }
        Ok(true)
    })?;
    let mut parts: HashMap<String, String> = HashMap::new();
    each_element(&mut archive, "xl/_rels/workbook.xml.rels", MOST_BESIDE, |element| {
        let sheet = attribute(element, "Type").is_some_and(|kind| kind.ends_with("/worksheet"));
        if let Some((id, target)) =
            attribute(element, "Id").zip(attribute(element, "Target")).filter(|_| sheet)
        {
            let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            parts.insert(id, part);
        }
        Ok(true)
    })?;
    rest_is_small(&mut archive, &parts)?;
    let mut sheets = Vec::new();
    for (name, id) in listed {
        let Some(part) = parts.get(&id) else { continue };
        let mut filled = false;
        each_element(&mut archive, part, MOST_OF_SHEET, |element| {
            filled = matches!(element.local_name().as_ref(), "v" | "is" | "f");
            Ok(!filled)
        })?;
        if filled {
            sheets.push(Sheet { name, part: part.clone() });
        }
    }
    Ok(sheets)
}

/// Whoever reads a sheet holds the words and formats of the whole workbook in memory: nothing else in it may be a bomb.
fn rest_is_small(archive: &mut Archive, sheets: &HashMap<String, String>) -> Result<(), Error> {
    let mut left = MOST_BESIDE;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|_| damaged())?;
        let name = file.name().map_err(|_| damaged())?.into_owned();
        if sheets.values().any(|part| *part == name) {
            continue;
        }
        // Not by tags: pictures have none.
        let mut counted = file.take(left + 1);
        let count = io::copy(&mut counted, &mut io::sink()).map_err(|error| of_io(&error))?;
        left = left.checked_sub(count).ok_or_else(too_large)?;
    }
    Ok(())
}

/// What has to be known of a sheet before its rows.
///
/// # Errors
/// It is damaged, or more comes out of it than may.
pub(super) fn marks(source: &Source, sheet: &Sheet) -> Result<Marks, Error> {
    let mut marks = Marks::default();
    let hidden = |element: &BytesStart<'_>| {
        attribute(element, "hidden").is_some_and(|set| set == "1" || set == "true")
    };
    let (mut row, mut column) = (0_u64, 0_usize);
    each_element(&mut archive(source)?, &sheet.part, MOST_OF_SHEET, |element| {
        match element.local_name().as_ref() {
            "col" if hidden(element) => {
                let number = |name| attribute(element, name).and_then(|text| text.parse::<usize>().ok());
                let (first, last) = number("min").zip(number("max")).ok_or_else(damaged)?;
                marks.hidden_columns.extend(first.max(1)..=last.min(MOST_COLUMNS));
            }
            "row" => {
                row = attribute(element, "r").and_then(|text| text.parse().ok()).unwrap_or(row + 1);
                column = 0;
                if hidden(element) {
                    marks.hidden_rows.insert(row);
                }
            }
            "c" => {
                let at = attribute(element, "r").as_deref().and_then(cell_of);
                column = at.map_or(column + 1, |(_, column)| column);
            }
            // What a cell holds: a cell that is only painted holds nothing.
            "v" | "is" => marks.width = marks.width.max(column),
            "f" => {
                marks.width = marks.width.max(column);
                *marks.formulas.entry(column).or_default() += 1;
            }
            "mergeCell" => {
                marks.merged.extend(attribute(element, "ref").as_deref().and_then(Merged::of));
                if marks.merged.len() > MOST_MERGED {
                    return Err(fault(
                        "So many cells of this sheet are merged that it is no list. Split them, and fill each row",
                    ));
                }
            }
            _ => {}
        }
        Ok(true)
    })?;
    marks.merged.sort();
    Ok(marks)
}
