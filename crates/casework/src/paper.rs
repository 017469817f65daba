//! Paper in the filing system: where it stands, who has it, and the label by which it is found.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::formats::text;

/// The longest name of a room, a cabinet or a folder.
pub const LONGEST_PLACE: usize = 30;
/// The longest description.
pub const LONGEST_WHAT: usize = 200;
/// For how long paper is lent unless somebody says otherwise.
pub const LENT_DAYS: i64 = 14;

/// What became of a piece of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It stands in its place.
    Here,
    /// Somebody has it.
    Lent,
    /// The file was erased: the paper has to go, too.
    ToDestroy,
    /// Somebody has seen to it.
    Destroyed,
}

impl State {
    /// All of them.
    pub const ALL: [State; 4] = [State::Here, State::Lent, State::ToDestroy, State::Destroyed];

    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            State::Here => "here",
            State::Lent => "lent",
            State::ToDestroy => "to-destroy",
            State::Destroyed => "destroyed",
        }
    }

    /// The state of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it can be lent now.
    #[must_use]
    pub const fn can_be_lent(self) -> bool {
        matches!(self, State::Here)
    }
}

/// Where it stands. It names furniture, never a person: it outlives the client's file until the paper is destroyed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The room.
    pub room: String,
    /// The cabinet in it.
    pub cabinet: String,
    /// The folder in that.
    pub folder: String,
}

impl Place {
    /// In one line.
    #[must_use]
    pub fn words(&self) -> String {
        [&self.room, &self.cabinet, &self.folder]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Reads what was typed.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn read(room: &str, cabinet: &str, folder: &str) -> Result<Place, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut part = |field: &'static str, typed: &str| match text::line(typed, LONGEST_PLACE) {
            Ok(text) => text,
            Err(fault) => {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            }
        };
        let place = Place {
            room: part("room", room),
            cabinet: part("cabinet", cabinet),
            folder: part("folder", folder),
        };
        if place.room.is_empty() && faults.is_empty() {
            faults.push(Fault::new("room", "Say in which room it stands"));
        }
        if faults.is_empty() { Ok(place) } else { Err(faults) }
    }
}

/// Reads what a paper is.
///
/// # Errors
/// Nothing was typed, or it is no text.
pub fn what(typed: &str) -> Result<String, Fault> {
    match text::line(typed, LONGEST_WHAT) {
        Ok(text) if text.is_empty() => Err(Fault::new("what", "Say what it is, like: signed agreement")),
        Ok(text) => Ok(text),
        Err(fault) => Err(Fault::new("what", fault.to_string())),
    }
}

/// The label's text: `P-10042`. The number names nobody.
#[must_use]
pub fn label(number: i64) -> String {
    format!("P-{number}")
}

/// The number on a label, as a person types it or a barcode reader does.
#[must_use]
pub fn label_number(typed: &str) -> Option<i64> {
    let plain: String = typed.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let digits = plain.strip_prefix(['P', 'p']).unwrap_or(&plain);
    if digits.len() > 12 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|number| *number > 0)
}

/// Whether a lent paper should be back by now.
#[must_use]
pub fn is_overdue(due_back: Option<Date>, today: Date) -> bool {
    due_back.is_some_and(|due| due < today)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn labels_come_back_as_their_number() {
        for typed in ["P-10042", "p10042", " P-10042\r\n", "10042"] {
            assert_eq!(label_number(typed), Some(10_042), "{typed}");
        }
        for typed in ["", "P", "P-", "NB-10042", "P-0", "99999999999999", "P-12x"] {
            assert_eq!(label_number(typed), None, "{typed}");
        }
        assert_eq!(label_number(&label(7)), Some(7));
    }

    #[test]
    fn a_place_needs_a_room_and_shows_in_one_line() {
        let place = Place::read(" Office 2 ", "Cabinet  B", "").unwrap();
        assert_eq!(place.words(), "Office 2, Cabinet B");
        assert_eq!(Place::read("", "B", "3").unwrap_err().len(), 1);
        assert_eq!(Place::read("a\0", &"x".repeat(31), "3").unwrap_err().len(), 2);
    }

    #[test]
    fn paper_is_overdue_on_the_day_after() {
        assert!(!is_overdue(Some(date(2026, 11, 26)), date(2026, 11, 26)));
        assert!(is_overdue(Some(date(2026, 11, 25)), date(2026, 11, 26)));
        assert!(!is_overdue(None, date(2026, 11, 26)));
    }
}
