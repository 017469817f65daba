//! Documents that people take home: written once as headings, paragraphs, facts, tables and charts, printed as tagged PDF.
//!
//! What comes out is PDF/UA-1 and PDF/A-2a at once: a structure that screen readers follow, table heads with scope, bookmarks,
//! text that can be searched and copied, and the fonts inside. The writer below checks both standards and gives nothing if one
//! is broken. This crate does no input or output and takes the day as an argument.

mod faces;
mod layout;
mod lines;
mod model;
mod paint;
mod structure;

pub use model::{Bar, Block, Chart, Column, Document, Level, Span, Table, Text};

/// Why a document could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The font that is built in cannot be read: the program was built wrongly.
    #[error("the built-in font cannot be read: build Kept again from its sources")]
    Font,
    /// The document breaks a rule of PDF/UA or PDF/A, or is too large for PDF. What breaks it is not told: it may be personal.
    #[error("the document could not be written as accessible PDF ({0}): report this as a fault of Kept")]
    Refused(&'static str),
}

/// Prints a document as PDF/UA-1 and PDF/A-2a, on A4.
///
/// The same document gives the same bytes.
///
/// # Errors
/// `Error::Refused` if it is larger than PDF allows: some hundred thousand pages.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Error> {
    let faces = faces::Faces::built_in()?;
    paint::paint(document, layout::lay_out(document, faces), faces)
}
