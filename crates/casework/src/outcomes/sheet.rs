//! The text of a set of rules: TOML with texts, whole numbers, days, `true` or `false` and lists of texts, and `[[name]]` for
//! one more of a kind; read with every fault named.

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
}

impl Place {
    /// The first character.
    pub(crate) const TOP: Place = Place { line: 1, column: 1 };

    /// Where the byte `at` of a text stands.
    fn of(text: &str, at: usize) -> Place {
        let before = text.get(..at).unwrap_or_default();
        let begins = before.rfind('\n').map_or(0, |end| end + 1);
        Place {
            line: 1 + before.matches('\n').count(),
            column: 1 + before.get(begins..).unwrap_or_default().chars().count(),
        }
    }
}

/// Something wrong in the text of a set of rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}", place.line, place.column)]
pub struct RuleFault {
    /// Where.
    pub place: Place,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every fault of a set of rules, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct RuleFaults(pub Vec<RuleFault>);

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(u32),
    Day(Date),
    Flag(bool),
    List(Vec<String>),
}

/// A table: the top of the text, with an empty name, or one `[[name]]`.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) place: Place,
    entries: BTreeMap<String, Written>,
}

/// A value with where it and its key stand.
#[derive(Debug)]
struct Written {
    key: Place,
    place: Place,
    value: Value,
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<RuleFault>);

impl Faults {
    pub(crate) fn add(&mut self, place: Place, message: impl Into<String>) {
        self.0.push(RuleFault { place, message: message.into() });
    }

    pub(crate) fn into_faults(mut self) -> RuleFaults {
        self.0.sort_by_key(|fault| fault.place);
        RuleFaults(self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The tables of a text, the top first.
pub(crate) fn read(text: &str, faults: &mut Faults) -> (Table, Vec<Table>) {
    let place = |at: usize| Place::of(text, at);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = error.message().trim().replace('\n', ", ");
        faults.add(
            error.span().map_or(Place::TOP, |span| place(span.start)),
            format!("{message}. Put it right"),
        );
    }
    let mut top = Table { name: String::new(), place: Place::TOP, entries: BTreeMap::new() };
    let mut tables: Vec<Table> = Vec::new();
    for (key, value) in root.get_ref() {
        match value.get_ref() {
            DeValue::Array(items) if items.iter().any(|item| matches!(item.get_ref(), DeValue::Table(_))) => {
                for item in items.iter() {
                    let at = place(item.span().start);
                    let mut table =
                        Table { name: key.get_ref().to_string(), place: at, entries: BTreeMap::new() };
                    match item.get_ref() {
                        DeValue::Table(inside) => {
                            for (key, value) in inside {
                                let places = (place(key.span().start), place(value.span().start));
                                table.take(key.get_ref(), value, places, faults);
                            }
                            tables.push(table);
                        }
                        _ => faults.add(at, format!("[[{}]] holds more than tables", table.name)),
                    }
                }
            }
            _ => {
                let places = (place(key.span().start), place(value.span().start));
                top.take(key.get_ref(), value, places, faults);
            }
        }
    }
    tables.sort_by_key(|table| table.place);
    (top, tables)
}

fn value_of(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Integer(number) => Value::Number(number.to_string().parse().ok()?),
        DeValue::Datetime(day) if day.time.is_none() => Value::Day(day.to_string().parse().ok()?),
        DeValue::Array(items) => {
            let text = |item: &DeValue<'_>| match item {
                DeValue::String(text) => Some(text.to_string()),
                _ => None,
            };
            Value::List(items.iter().map(|item| text(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Datetime(_) | DeValue::Float(_) | DeValue::Table(_) => return None,
    })
}

/// Takes what is written under `key` if it is of the kind wanted; names the fault if it is of another.
macro_rules! taker {
    ($(#[$doc:meta])* $name:ident, $variant:ident, $kind:ty, $words:literal) => {
        $(#[$doc])*
        pub(crate) fn $name(&mut self, key: &str, faults: &mut Faults) -> Option<(Place, $kind)> {
            match self.entries.remove(key)? {
                Written { place, value: Value::$variant(value), .. } => Some((place, value)),
                Written { place, .. } => {
                    faults.add(place, format!(concat!("\"{}\" has to be ", $words), key));
                    None
                }
            }
        }
    };
}

impl Table {
    fn take(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        (at, place): (Place, Place),
        faults: &mut Faults,
    ) {
        match value_of(value.get_ref()) {
            Some(value) => {
                self.entries.insert(key.to_owned(), Written { key: at, place, value });
            }
            None => faults.add(
                place,
                format!("the value of \"{key}\" is no text, whole number, day, true, false or list of texts"),
            ),
        }
    }

    taker!(text_if, Text, String, "a text");
    taker!(number_if, Number, u32, "a whole number");
    taker!(day_if, Day, Date, "a day, as 2026-04-01");
    taker!(flag_if, Flag, bool, "true or false");
    taker!(list_if, List, Vec<String>, "a list of texts");

    /// Where the value of a key stands that was not taken yet; the table itself if there is none.
    pub(crate) fn place_of(&self, key: &str) -> Place {
        self.entries.get(key).map_or(self.place, |written| written.place)
    }

    /// Whether something is written under a key that was not taken yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// A text that has to be there and not be empty.
    pub(crate) fn text(&mut self, key: &str, faults: &mut Faults) -> String {
        if !self.needs(key, faults) {
            return String::new();
        }
        match self.text_if(key, faults) {
            Some((place, text)) if text.trim().is_empty() => {
                faults.add(place, format!("\"{key}\" is empty"));
                String::new()
            }
            Some((_, text)) => text,
            None => String::new(),
        }
    }

    /// A whole number between two that has to be there; the least if it is not right.
    pub(crate) fn number(&mut self, key: &str, least: u32, most: u32, faults: &mut Faults) -> u32 {
        if !self.needs(key, faults) {
            return least;
        }
        self.number_between(key, least, most, faults).unwrap_or(least)
    }

    /// A whole number between two that may be left out.
    pub(crate) fn number_between(
        &mut self,
        key: &str,
        least: u32,
        most: u32,
        faults: &mut Faults,
    ) -> Option<u32> {
        let (place, number) = self.number_if(key, faults)?;
        if !(least..=most).contains(&number) {
            faults.add(place, format!("\"{key}\" has to be between {least} and {most}"));
        }
        Some(number)
    }

    /// A day that has to be there; the first day there is if it is not right.
    pub(crate) fn day(&mut self, key: &str, faults: &mut Faults) -> Date {
        if !self.needs(key, faults) {
            return Date::MIN;
        }
        self.day_if(key, faults).map_or(Date::MIN, |(_, day)| day)
    }

    /// Yes or no, `otherwise` if it is left out.
    pub(crate) fn flag(&mut self, key: &str, otherwise: bool, faults: &mut Faults) -> bool {
        self.flag_if(key, faults).map_or(otherwise, |(_, flag)| flag)
    }

    /// Names what nobody asked for.
    pub(crate) fn finish(self, faults: &mut Faults) {
        for (key, written) in self.entries {
            faults.add(written.key, format!("\"{key}\" means nothing here: remove it or correct its name"));
        }
    }

    /// Whether a key is there; names it if not.
    pub(crate) fn needs(&self, key: &str, faults: &mut Faults) -> bool {
        let there = self.has(key);
        if !there {
            faults.add(self.place, format!("\"{key}\" is missing"));
        }
        there
    }
}
