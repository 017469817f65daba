//! Looking through a document before it counts: whether it is built as its kind is, and carries nothing that acts.
//!
//! It is read where it stands sealed, piece by piece. What is hidden in compressed parts of a PDF is not seen here; that is
//! for the virus scanner, and for the sandbox in which a browser shows it.

use std::io::{self, Read, Seek, SeekFrom};

use casework::Fault;
use casework::documents::{self, FILE, Format, HEAD_BYTES, TextCheck};

/// The most that a package may become when it is unpacked.
const LARGEST_UNPACKED: u64 = 200 * 1024 * 1024;
/// The most that a part of it may grow by, once it is larger than a megabyte: prose grows by 10, a bomb by 1,000.
const LARGEST_RATIO: u64 = 150;
const RATIO_FROM: u64 = 1024 * 1024;
/// The most parts.
const MOST_PARTS: usize = 5_000;
/// The widest and highest picture.
const LARGEST_SIDE: u32 = 30_000;
/// The most points: more would take a browser's memory.
const MOST_POINTS: u64 = 120_000_000;

/// Why a document is not taken.
pub(crate) enum Wrong {
    /// It cannot be read where it stands.
    Unreadable(io::Error),
    /// It is not taken, and this says why.
    Refused(Fault),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Wrong {
        Wrong::Unreadable(error)
    }
}

fn refused(text: &str) -> Wrong {
    Wrong::Refused(Fault::new(FILE, text))
}

/// Looks through a document of `size` bytes.
pub(crate) fn inspect<R: Read + Seek>(format: Format, mut document: R, size: u64) -> Result<(), Wrong> {
    let mut head = vec![0; HEAD_BYTES.min(usize::try_from(size).unwrap_or(HEAD_BYTES))];
    document.read_exact(&mut head)?;
    let disguised = || Wrong::Refused(documents::disguised(format));
    if !format.begins(&head) {
        return Err(disguised());
    }
    document.seek(SeekFrom::Start(0))?;
    match format {
        Format::Text => text(document).and_then(|fine| if fine { Ok(()) } else { Err(disguised()) }),
        Format::Png => png(document, size).and_then(|fine| if fine { Ok(()) } else { Err(disguised()) }),
        Format::Jpeg => jpeg(document, size).and_then(|fine| if fine { Ok(()) } else { Err(disguised()) }),
        Format::Pdf => pdf(document, size),
        Format::Docx | Format::Xlsx | Format::Odt => package(format, document),
    }
}

fn text<R: Read>(mut document: R) -> Result<bool, Wrong> {
    let (mut check, mut piece) = (TextCheck::default(), vec![0; 16 * 1024]);
    loop {
        let count = document.read(&mut piece)?;
        if count == 0 {
            return Ok(check.ended());
        }
        if !check.push(piece.get(..count).unwrap_or_default()) {
            return Ok(false);
        }
    }
}

fn bytes<const N: usize, R: Read>(document: &mut R) -> Result<Option<[u8; N]>, Wrong> {
    let mut found = [0; N];
    match document.read_exact(&mut found) {
        Ok(()) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn too_many_points(width: u32, height: u32) -> Result<(), Wrong> {
    if width > LARGEST_SIDE || height > LARGEST_SIDE || u64::from(width) * u64::from(height) > MOST_POINTS {
        return Err(refused("This picture has more points than a browser can show. Make it smaller"));
    }
    Ok(())
}

/// PNG (W3C, third edition): chunk after chunk, IHDR first, IEND last and nothing behind it.
fn png<R: Read + Seek>(mut document: R, size: u64) -> Result<bool, Wrong> {
    let mut at = document.seek(SeekFrom::Start(8))?;
    let (mut first, mut data) = (true, false);
    loop {
        let Some(head) = bytes::<8, _>(&mut document)? else { return Ok(false) };
        let [l0, l1, l2, l3, kind @ ..] = head;
        let length = u64::from(u32::from_be_bytes([l0, l1, l2, l3]));
        let end = at + 12 + length;
        if end > size || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Ok(false);
        }
        if first {
            if kind != *b"IHDR" || length != 13 {
                return Ok(false);
            }
            let Some([w0, w1, w2, w3, h0, h1, h2, h3]) = bytes::<8, _>(&mut document)? else {
                return Ok(false);
            };
            let (width, height) =
                (u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
            if width == 0 || height == 0 {
                return Ok(false);
            }
            too_many_points(width, height)?;
        }
        (first, data) = (false, data || kind == *b"IDAT");
        if kind == *b"IEND" {
            return Ok(data && length == 0 && end == size);
        }
        at = document.seek(SeekFrom::Start(end))?;
    }
}

/// JPEG (ITU-T T.81): segment after segment up to the picture itself, and its end at the end of the file.
fn jpeg<R: Read + Seek>(mut document: R, size: u64) -> Result<bool, Wrong> {
    let mut at = document.seek(SeekFrom::Start(2))?;
    let mut sized = false;
    loop {
        let Some([mark, kind]) = bytes::<2, _>(&mut document)? else { return Ok(false) };
        if mark != 0xff {
            return Ok(false);
        }
        // Filling bytes before a marker.
        if kind == 0xff {
            at = document.seek(SeekFrom::Start(at + 1))?;
            continue;
        }
        let Some(length) = bytes::<2, _>(&mut document)? else { return Ok(false) };
        let length = u64::from(u16::from_be_bytes(length));
        if length < 2 || at + 2 + length > size {
            return Ok(false);
        }
        if matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc) {
            let Some([_, h0, h1, w0, w1]) = bytes::<5, _>(&mut document)? else { return Ok(false) };
            too_many_points(u16::from_be_bytes([w0, w1]).into(), u16::from_be_bytes([h0, h1]).into())?;
            sized = true;
        }
        if kind == 0xda {
            break;
        }
        at = document.seek(SeekFrom::Start(at + 2 + length))?;
    }
    document.seek(SeekFrom::Start(size - 2))?;
    Ok(sized && bytes::<2, _>(&mut document)? == Some([0xff, 0xd9]))
}

/// What makes a PDF act by itself or carry other files (ISO 32000-2, 12.6.4 and 7.11.4).
const ACTS: [&[u8]; 6] = [b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/RichMedia"];
/// Where the last mark of a PDF has to stand: so many bytes before the end at most.
const TAIL: u64 = 1024;

/// PDF: nothing that acts, and its own end at the end, so that no other file hangs behind it.
fn pdf<R: Read + Seek>(mut document: R, size: u64) -> Result<(), Wrong> {
    let longest = ACTS.iter().map(|act| act.len()).max().unwrap_or(0);
    let (mut window, mut piece) = (Vec::new(), vec![0; 32 * 1024]);
    loop {
        let count = document.read(&mut piece)?;
        if count == 0 {
            break;
        }
        window.extend_from_slice(piece.get(..count).unwrap_or_default());
        if ACTS.iter().any(|act| window.windows(act.len()).any(|found| found == *act)) {
            return Err(refused(
                "This PDF runs commands or carries other files. Print it to a new PDF and send that",
            ));
        }
        let keep = window.len().saturating_sub(longest);
        window.drain(..keep);
    }
    document.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    document.take(TAIL).read_to_end(&mut tail)?;
    let mark = b"%%EOF";
    let end = tail.windows(mark.len()).rposition(|found| found == mark).map(|at| at + mark.len());
    let behind = end.and_then(|end| tail.get(end..));
    if behind.is_some_and(|behind| behind.iter().all(|b| b.is_ascii_whitespace() || *b == 0)) {
        Ok(())
    } else {
        Err(Wrong::Refused(documents::disguised(Format::Pdf)))
    }
}

/// The parts that make a package what it is.
fn needed(format: Format) -> [&'static str; 2] {
    match format {
        Format::Docx => ["[Content_Types].xml", "word/document.xml"],
        Format::Xlsx => ["[Content_Types].xml", "xl/workbook.xml"],
        _ => ["mimetype", "content.xml"],
    }
}

/// Names of parts that act: macros (MS-OFFMACRO2), ActiveX, embedded programs, scripts of OpenDocument.
fn acts(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends =
        ["vbaproject.bin", "vbadata.xml", ".exe", ".dll", ".js", ".vbs", ".bat", ".ps1", ".jar", ".scr"];
    lower.contains("/activex/")
        || lower.starts_with("basic/")
        || lower.starts_with("scripts/")
        || (lower.contains("/embeddings/") && lower.ends_with(".bin"))
        || ends.iter().any(|end| lower.ends_with(end))
}

/// Parts that name what else a document fetches or runs; small, and read as text.
fn tells(name: &str) -> bool {
    name == "[Content_Types].xml" || name.ends_with("settings.xml.rels") || name == "mimetype"
}

fn package<R: Read + Seek>(format: Format, document: R) -> Result<(), Wrong> {
    let disguised = || Wrong::Refused(documents::disguised(format));
    let bomb = || refused("This file would unpack to far more than it says. It is not taken");
    let macros = || refused("This file has macros or programs in it. Save it without them and send that");
    let mut package = zip::ZipArchive::new(document).map_err(|_| disguised())?;
    if package.offset() != 0 || package.len() > MOST_PARTS {
        return Err(disguised());
    }
    let mut missing: Vec<&str> = needed(format).to_vec();
    let (mut unpacked, mut piece) = (0_u64, vec![0; 32 * 1024]);
    for at in 0..package.len() {
        let mut part = package.by_index(at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => refused(
                "This file is locked with a password or packed in an unusual way. Save it anew and send that",
            ),
            _ => disguised(),
        })?;
        let name = part.name().map_err(|_| disguised())?.into_owned();
        if part.enclosed_name().is_none() || name.starts_with('/') || name.contains('\\') {
            return Err(disguised());
        }
        if acts(&name) {
            return Err(macros());
        }
        missing.retain(|needed| *needed != name);
        let (packed, mut size, mut text) = (part.compressed_size().max(1), 0_u64, Vec::new());
        let kept = tells(&name);
        loop {
            // A sum that does not fit is noticed here, too: the reader checks it at the end of each part.
            let count = part.read(&mut piece).map_err(|_| disguised())?;
            if count == 0 {
                break;
            }
            (size, unpacked) = (size + count as u64, unpacked + count as u64);
            if unpacked > LARGEST_UNPACKED || (size > RATIO_FROM && size / packed > LARGEST_RATIO) {
                return Err(bomb());
            }
            if kept && text.len() < 1024 * 1024 {
                text.extend_from_slice(piece.get(..count).unwrap_or_default());
            }
        }
        let text = String::from_utf8_lossy(&text);
        if text.contains("macroEnabled") || text.contains("vbaProject") {
            return Err(macros());
        }
        // A template that is fetched from elsewhere brings its macros with it.
        if text.contains("attachedTemplate") && text.contains("External") {
            return Err(macros());
        }
        if name == "mimetype" && text.trim() != Format::Odt.media_type() {
            return Err(disguised());
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(disguised()) }
}

#[cfg(test)]
mod tests;
