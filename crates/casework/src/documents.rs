//! Documents of a client's file: which kinds of files are taken, how each begins, and what is said about one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::formats::text;

/// The longest title.
pub const LONGEST_TITLE: usize = 120;
/// The longest note.
pub const LONGEST_NOTE: usize = 1000;
/// The longest name of a file that is kept.
pub const LONGEST_NAME: usize = 120;
/// How much of a file's beginning [`Format::begins`] looks at.
pub const HEAD_BYTES: usize = 1024;

/// A kind of file that is taken. Everything else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Portable document.
    Pdf,
    /// Word, without macros.
    Docx,
    /// Excel, without macros.
    Xlsx,
    /// OpenDocument text.
    Odt,
    /// A picture.
    Png,
    /// A photo.
    Jpeg,
    /// Plain text in UTF-8.
    Text,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] =
        [Format::Pdf, Format::Docx, Format::Xlsx, Format::Odt, Format::Png, Format::Jpeg, Format::Text];

    /// The format that a file's name promises.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Format> {
        let (before, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        let format = Format::ALL.into_iter().find(|format| format.endings().contains(&ending.as_str()));
        format.filter(|_| !before.is_empty())
    }

    /// How its names end.
    #[must_use]
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Format::Pdf => &["pdf"],
            Format::Docx => &["docx"],
            Format::Xlsx => &["xlsx"],
            Format::Odt => &["odt"],
            Format::Png => &["png"],
            Format::Jpeg => &["jpg", "jpeg"],
            Format::Text => &["txt"],
        }
    }

    /// As it is sent to a browser.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Pdf => "application/pdf",
            Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Odt => "application/vnd.oasis.opendocument.text",
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::Text => "text/plain; charset=utf-8",
        }
    }

    /// As people call it, with its article.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Format::Pdf => "a PDF",
            Format::Docx => "a Word document",
            Format::Xlsx => "an Excel workbook",
            Format::Odt => "an OpenDocument text",
            Format::Png => "a PNG picture",
            Format::Jpeg => "a JPEG photo",
            Format::Text => "a plain text",
        }
    }

    /// Whether a browser can show it by itself; the others are only downloaded.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        matches!(self, Format::Pdf | Format::Png | Format::Jpeg | Format::Text)
    }

    /// Whether it is a picture.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Format::Png | Format::Jpeg)
    }

    /// Whether it is a package of files (ISO/IEC 21320-1), which can hide a lot.
    #[must_use]
    pub const fn is_package(self) -> bool {
        matches!(self, Format::Docx | Format::Xlsx | Format::Odt)
    }

    /// Whether a file that begins so can be one of these. A text has no beginning of its own: it must only be text.
    #[must_use]
    pub fn begins(self, head: &[u8]) -> bool {
        match self {
            // ISO 32000 has the mark at the very beginning; readers that look for it further on are what polyglots live from.
            Format::Pdf => {
                let version = head.strip_prefix(b"%PDF-").and_then(|rest| rest.first());
                version.is_some_and(|digit| matches!(digit, b'1' | b'2')) && !holds_markup(head)
            }
            Format::Docx | Format::Xlsx | Format::Odt => head.starts_with(b"PK\x03\x04"),
            Format::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
            Format::Jpeg => head.starts_with(b"\xff\xd8\xff"),
            Format::Text => !head.contains(&0),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Whether bytes that should be a document look like a page for a browser.
fn holds_markup(head: &[u8]) -> bool {
    let lower = head.to_ascii_lowercase();
    let holds = |mark: &[u8]| lower.windows(mark.len()).any(|window| window == mark);
    [&b"<html"[..], b"<!doctype html", b"<script", b"<svg", b"<iframe", b"<body"].into_iter().any(holds)
}

macro_rules! kinds {
    ($($variant:ident = $code:literal $words:literal),+ $(,)?) => {
        /// What a document is, in the trade's words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $(#[doc = $words] $variant),+ }

        impl Kind {
            /// All of them, in the order of the form.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];

            /// Its code in forms.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Kind::$variant => $code),+ }
            }

            /// As the form offers it.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Kind::$variant => $words),+ }
            }
        }
    };
}

kinds! {
    Cv = "cv" "CV or covering letter",
    Certificate = "certificate" "Certificate or proof of learning",
    Earnings = "earnings" "Proof of work or earnings",
    Agreement = "agreement" "Signed plan or agreement",
    Letter = "letter" "Letter or e-mail",
    Form = "form" "Form that was filled in",
    Other = "other" "Something else",
}

impl Kind {
    /// The kind of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// Whether a document was looked through for viruses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checked {
    /// Nothing was found.
    Clean,
    /// No scanner is set up here, so nobody looked.
    Unchecked,
    /// The scanner did not answer: stored, and shown to nobody until it did.
    Waiting,
    /// Something was found, and the document was destroyed.
    Infected,
}

impl Checked {
    /// All of them.
    pub const ALL: [Checked; 4] = [Checked::Clean, Checked::Unchecked, Checked::Waiting, Checked::Infected];

    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Checked::Clean => "clean",
            Checked::Unchecked => "unchecked",
            Checked::Waiting => "waiting",
            Checked::Infected => "infected",
        }
    }

    /// The state of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Checked> {
        Checked::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether what it says may be shown.
    #[must_use]
    pub const fn is_shown(self) -> bool {
        matches!(self, Checked::Clean | Checked::Unchecked)
    }
}

/// What is said about a version of a document. It is sealed with the document's own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// What people call it.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// What else is to be known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The name of the file that was sent.
    pub name: String,
    /// What kind of file it is.
    pub format: Format,
    /// How many bytes it has.
    pub size: u64,
}

/// What was typed about a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Its title; empty takes the name of the file.
    pub title: String,
    /// The code of its kind.
    pub kind: String,
    /// A note.
    pub note: String,
    /// The id of the programme with which it is put; empty for the file itself.
    pub programme: String,
}

impl Typed {
    /// Reads it: title (empty if none was typed), kind and note.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn read(&self) -> Result<(String, Kind, String), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut told = |field: &'static str, result: Result<String, text::TextFault>| match result {
            Ok(text) => text,
            Err(fault) => {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            }
        };
        let title = told("title", text::line(&self.title, LONGEST_TITLE));
        let note = told("note", text::lines(&self.note, LONGEST_NOTE));
        match Kind::of(&self.kind) {
            Some(kind) if faults.is_empty() => Ok((title, kind, note)),
            Some(_) => Err(faults),
            None => {
                faults.push(Fault::new("kind", "Choose what it is"));
                Err(faults)
            }
        }
    }
}

/// The name of a file as it is kept: without the folders that some browsers send, without characters that are not text or
/// turn the order of reading round, and not longer than it needs to be. The ending stays.
///
/// # Errors
/// Nothing is left of it, or it promises no format that is taken.
pub fn file_name(sent: &str) -> Result<(String, Format), Fault> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control() && !turns_reading(*c)).collect();
    let kept = kept.trim().trim_start_matches('.').trim();
    let Some(format) = Format::of_name(kept) else {
        return Err(Fault::new(
            FILE,
            "Choose a PDF, Word (docx), Excel (xlsx), OpenDocument text (odt), PNG, JPEG or plain text (txt) file",
        ));
    };
    let (stem, ending) = kept.rsplit_once('.').unwrap_or((kept, ""));
    let stem: String = stem.chars().take(LONGEST_NAME).collect();
    Ok((format!("{}.{}", stem.trim_end(), ending.to_ascii_lowercase()), format))
}

/// Marks with which `cod.exe` shows as `exe.doc` (Unicode TR36), and those that show as nothing.
fn turns_reading(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The name of the field of the form in which a file comes.
pub const FILE: &str = "file";

/// A file that is not what its name says.
#[must_use]
pub fn disguised(format: Format) -> Fault {
    Fault::new(
        FILE,
        format!(
            "This file is not {format}, though its name says so. Open it, save it again as {format} and send that"
        ),
    )
}

/// A file of which the service takes no more than `largest` bytes.
#[must_use]
pub fn too_large(largest: u64) -> Fault {
    Fault::new(
        FILE,
        format!(
            "This file is larger than {} MB. Make it smaller, or send it in parts",
            largest / (1024 * 1024)
        ),
    )
}

/// A file without a byte.
#[must_use]
pub fn nothing_in_it() -> Fault {
    Fault::new(FILE, "This file is empty. Choose the right one")
}

/// Text that comes in pieces: UTF-8 without control characters.
#[derive(Debug, Default)]
pub struct TextCheck {
    begun: Vec<u8>,
}

impl TextCheck {
    /// Takes the next piece; false if it is no text.
    #[must_use]
    pub fn push(&mut self, piece: &[u8]) -> bool {
        self.begun.extend_from_slice(piece);
        let (whole, rest) = match std::str::from_utf8(&self.begun) {
            Ok(text) => (text, 0),
            // A character that goes on in the next piece is at most three bytes long so far.
            Err(error) if error.error_len().is_none() => {
                let (valid, rest) = self.begun.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest.len())
            }
            Err(_) => return false,
        };
        let fine = whole.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
        let keep = self.begun.len() - rest;
        self.begun.drain(..keep);
        fine
    }

    /// Whether the text ended with a whole character.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.begun.is_empty()
    }
}

/// How large a file is, in words.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_what_its_name_and_its_beginning_say_together() {
        let table: [(&str, &[u8], bool); 15] = [
            ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", true),
            ("a.pdf", b"MZ\x90\0", false),
            ("a.pdf", b"\n%PDF-1.7", false),
            ("a.pdf", b"%PDF-1.4\n%<HTML><Script>alert(1)</script>", false),
            ("a.pdf", b"<html>%PDF-1.4", false),
            ("a.docx", b"PK\x03\x04\x14\0", true),
            ("a.docx", b"\xd0\xcf\x11\xe0", false),
            ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", true),
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'>", false),
            ("a.jpeg", b"\xff\xd8\xff\xe0", true),
            ("a.JPG", b"GIF89a", false),
            ("a.txt", b"Dear Sir", true),
            ("a.txt", b"MZ\0\0", false),
            ("a.xlsx", b"", false),
            ("a.odt", b"PK\x05\x06", false),
        ];
        for (name, head, good) in table {
            let (_, format) = file_name(name).unwrap();
            assert_eq!(format.begins(head), good, "{name} {head:?}");
        }
    }

    #[test]
    fn names_lose_folders_and_marks_and_keep_their_ending() {
        let table = [
            ("C:\\Users\\me\\My CV.PDF", "My CV.pdf"),
            ("../../etc/cv.txt", "cv.txt"),
            ("letter\r\nX-Evil: 1.docx", "letterX-Evil: 1.docx"),
            ("cv\u{202e}gnp.pdf", "cvgnp.pdf"),
            ("..photo.jpeg", "photo.jpeg"),
        ];
        for (sent, kept) in table {
            assert_eq!(file_name(sent).unwrap().0, kept);
        }
        for bad in ["", "cv", "cv.exe", "cv.pdf.exe", ".pdf", "cv.docm", "cv.svg", "cv.html", "/"] {
            assert!(file_name(bad).is_err(), "{bad}");
        }
        let long = format!("{}.pdf", "é".repeat(400));
        assert_eq!(file_name(&long).unwrap().0.chars().count(), LONGEST_NAME + 4);
    }

    proptest! {
        #[test]
        fn no_name_that_is_kept_can_leave_its_folder_or_break_a_header(sent in ".{0,80}", ending in "pdf|txt|PNG") {
            if let Ok((kept, _)) = file_name(&format!("{sent}.{ending}")) {
                prop_assert!(!kept.contains(['/', '\\', '\r', '\n', '\0']));
                prop_assert!(!kept.starts_with('.') && !kept.is_empty());
            }
        }

        #[test]
        fn text_is_text_however_it_is_cut(text in "[a-zé€𝄞 \n]{0,200}", cut in 1_usize..9) {
            let mut check = TextCheck::default();
            prop_assert!(text.as_bytes().chunks(cut).all(|piece| check.push(piece)));
            prop_assert!(check.ended());
        }
    }

    #[test]
    fn what_is_no_text_is_noticed_wherever_it_stands() {
        for bad in [&b"a\0b"[..], b"a\x1b[2Jb", b"a\xffb", b"\xc3\x28"] {
            let mut check = TextCheck::default();
            assert!(!bad.chunks(2).all(|piece| check.push(piece)), "{bad:?}");
        }
        let mut half = TextCheck::default();
        assert!(half.push("é".as_bytes().get(..1).unwrap()) && !half.ended());
    }

    #[test]
    fn sizes_are_said_as_people_say_them() {
        for (bytes, words) in [(0, "0 bytes"), (2048, "2 KB"), (1_572_864, "1.5 MB"), (20_971_520, "20.0 MB")]
        {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn what_is_said_about_a_document_is_read_strictly() {
        let typed = Typed { title: "  CV  2026 ".into(), kind: "cv".into(), ..Typed::default() };
        assert_eq!(typed.read().unwrap(), ("CV 2026".into(), Kind::Cv, String::new()));
        let wrong =
            Typed { title: "x".repeat(200), kind: "passport".into(), note: "\0".into(), ..Typed::default() };
        let fields: Vec<String> = wrong.read().unwrap_err().iter().map(|f| f.field.to_string()).collect();
        assert_eq!(fields, ["title", "note", "kind"]);
    }
}
