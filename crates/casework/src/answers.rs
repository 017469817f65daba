//! What a client answered to a field of the notice: read from what was typed, shown on pages, typed again in a form.
//!
//! Every question can be skipped: nothing typed is no answer, never a fault.

mod read;
mod show;
mod typed;

pub use read::{read, read_again};
pub use show::{glance, shown, shown_each, typed_again};
pub use typed::{Boxes, Typed};

use jiff::civil::Date;
use notice::FieldId;
use serde::{Deserialize, Serialize};

/// An answer as it is kept. The form in which it is written never changes: files hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A text; numbers and addresses in the form in which [`crate::formats`] keeps them.
    Text(String),
    /// A day.
    Date(Date),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    YesNo(bool),
    /// One value of a list.
    Code(Chosen),
    /// Several values of a list, in the order of the list.
    Codes(Vec<Chosen>),
    /// The client was asked and would rather not say.
    PreferNotToSay,
}

/// A value of a list, as chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Its code.
    pub code: String,
    /// The client's own words beside it, where the value takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The version of the list from which it was chosen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub list: String,
}

impl Answer {
    /// The text, if the answer is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Answer::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The day, if the answer is one.
    #[must_use]
    pub const fn date(&self) -> Option<Date> {
        match self {
            Answer::Date(date) => Some(*date),
            _ => None,
        }
    }

    /// What was chosen; nothing where the answer does not come from a list.
    #[must_use]
    pub fn chosen(&self) -> &[Chosen] {
        match self {
            Answer::Code(one) => std::slice::from_ref(one),
            Answer::Codes(several) => several,
            _ => &[],
        }
    }

    /// Whether both say the same: a newer version of a list with the same codes changes no answer.
    #[must_use]
    pub fn says_the_same(&self, other: &Answer) -> bool {
        let same = |one: &Chosen, two: &Chosen| one.code == two.code && one.other == two.other;
        match (self, other) {
            (Answer::Code(one), Answer::Code(two)) => same(one, two),
            (Answer::Codes(one), Answer::Codes(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| same(one, two))
            }
            _ => self == other,
        }
    }
}

/// What is wrong with what was typed into a field, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The field.
    pub field: FieldId,
    /// What is wrong and what to do, as the page shows it.
    pub message: String,
    /// Which part of the field, where it has several.
    pub part: Option<Part>,
}

impl Fault {
    /// A fault of a whole field.
    pub fn new(field: impl Into<FieldId>, message: impl Into<String>) -> Fault {
        Fault { field: field.into(), message: message.into(), part: None }
    }

    /// The same at one part of the field.
    #[must_use]
    pub fn at(self, part: impl Into<Option<Part>>) -> Fault {
        Fault { part: part.into(), ..self }
    }
}

/// A part of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The box of the day.
    Day,
    /// The box of the month.
    Month,
    /// The box of the year.
    Year,
    /// The words beside a value.
    WriteIn,
}

#[cfg(test)]
mod tests;
