//! The notice as people read it: one document made from the notice, three writers over it.
//!
//! [`document`] is the only place that turns a notice into sentences for the public, so that the page, the print and the
//! plain text cannot say different things. Each promise in it is made from the data that the program enforces (fields,
//! purposes, periods, recipients, kinds of contact); the notice's own words stand beside it as explanation, never in its
//! place. To add a sentence: its words in [`words`], its place in one of the files of `render/people`.

pub mod document;
mod html;
mod markdown;
mod page;
pub(crate) mod people;
mod text;
pub mod words;

pub use crate::dpv::dpv;
pub use crate::flow::svg as flow_svg;
pub use crate::ropa::ropa;
pub use document::{Block, Document, Fact, Line, Part, Span, Table};
pub(crate) use html::escape;
pub use people::{Applying, document, rights_in_force};

use crate::model::Notice;

/// The notice for the people whom it is about; [`ropa`] is the one for the regulator. Another name of [`document`].
#[must_use]
pub fn people(notice: &Notice) -> Document {
    document(notice)
}

/// The notice as a piece of HTML for a page: an article with its own `h1` and a list of contents.
#[must_use]
pub fn html(notice: &Notice) -> String {
    document(notice).html()
}

/// The notice as a page that stands by itself: to save, send, print or put on a website.
#[must_use]
pub fn html_page(notice: &Notice) -> String {
    page::of_notice(notice)
}

/// The notice as Markdown.
#[must_use]
pub fn markdown(notice: &Notice) -> String {
    document(notice).markdown()
}

/// The notice as plain text, for a letter or a terminal.
#[must_use]
pub fn text(notice: &Notice) -> String {
    document(notice).text()
}

impl Document {
    /// As a piece of HTML: an article with the class names of GOV.UK Frontend, without inline style or script.
    #[must_use]
    pub fn html(&self) -> String {
        html::article(self)
    }

    /// As a whole page with a stylesheet of its own.
    #[must_use]
    pub fn html_page(&self) -> String {
        page::of_document(self)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::write(self)
    }

    /// As plain text, no line longer than 78 characters unless one word is.
    #[must_use]
    pub fn text(&self) -> String {
        text::write(self)
    }
}
