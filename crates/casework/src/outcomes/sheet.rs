//! The text of a set of rules: TOML with texts, whole numbers, days, `true` or `false` and lists of texts, and `[[name]]` for
//! one more of a kind; read with every fault named.

use std::collections::BTreeMap;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong in the text of a set of rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RuleFault {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Every fault of a set of rules, in the order of the lines.
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
    pub(crate) line: usize,
    entries: BTreeMap<String, (usize, Value)>,
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<RuleFault>);

impl Faults {
    pub(crate) fn add(&mut self, line: usize, message: impl Into<String>) {
        self.0.push(RuleFault { line, message: message.into() });
    }

    pub(crate) fn into_faults(mut self) -> RuleFaults {
        self.0.sort_by_key(|fault| fault.line);
        RuleFaults(self.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The tables of a text, the top first.
pub(crate) fn read(text: &str, faults: &mut Faults) -> (Table, Vec<Table>) {
    let line = |at: usize| 1 + text.get(..at).map_or(0, |before| before.matches('\n').count());
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = error.message().trim().replace('\n', ", ");
        faults.add(error.span().map_or(1, |span| line(span.start)), format!("{message}. Put it right"));
    }
    let mut top = Table { name: String::new(), line: 1, entries: BTreeMap::new() };
    let mut tables: Vec<Table> = Vec::new();
    for (key, value) in root.get_ref() {
        match value.get_ref() {
            DeValue::Array(items) if items.iter().any(|item| matches!(item.get_ref(), DeValue::Table(_))) => {
                for item in items.iter() {
                    let at = line(item.span().start);
                    let mut table =
                        Table { name: key.get_ref().to_string(), line: at, entries: BTreeMap::new() };
                    match item.get_ref() {
                        DeValue::Table(inside) => {
                            for (key, value) in inside {
                                table.take(key.get_ref(), value, line(key.span().start), faults);
                            }
                            tables.push(table);
                        }
                        _ => faults.add(at, format!("[[{}]] holds more than tables", table.name)),
                    }
                }
            }
            _ => top.take(key.get_ref(), value, line(key.span().start), faults),
        }
    }
    tables.sort_by_key(|table| table.line);
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
        pub(crate) fn $name(&mut self, key: &str, faults: &mut Faults) -> Option<(usize, $kind)> {
            match self.entries.remove(key)? {
                (line, Value::$variant(value)) => Some((line, value)),
                (line, _) => {
                    faults.add(line, format!(concat!("\"{}\" has to be ", $words), key));
                    None
                }
            }
        }
    };
}

impl Table {
    fn take(&mut self, key: &str, value: &Spanned<DeValue<'_>>, line: usize, faults: &mut Faults) {
        match value_of(value.get_ref()) {
            Some(value) => {
                self.entries.insert(key.to_owned(), (line, value));
            }
            None => faults.add(
                line,
                format!("the value of \"{key}\" is no text, whole number, day, true, false or list of texts"),
            ),
        }
    }

    taker!(text_if, Text, String, "a text");
    taker!(number_if, Number, u32, "a whole number");
    taker!(day_if, Day, Date, "a day, as 2026-04-01");
    taker!(flag_if, Flag, bool, "true or false");
    taker!(list_if, List, Vec<String>, "a list of texts");

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
            Some((line, text)) if text.trim().is_empty() => {
                faults.add(line, format!("\"{key}\" is empty"));
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
        let (line, number) = self.number_if(key, faults)?;
        if !(least..=most).contains(&number) {
            faults.add(line, format!("\"{key}\" has to be between {least} and {most}"));
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
        for (key, (line, _)) in self.entries {
            faults.add(line, format!("\"{key}\" means nothing here: remove it or correct its name"));
        }
    }

    /// Whether a key is there; names it if not.
    pub(crate) fn needs(&self, key: &str, faults: &mut Faults) -> bool {
        let there = self.has(key);
        if !there {
            faults.add(self.line, format!("\"{key}\" is missing"));
        }
        there
    }
}
