//! Reads the tables of a notice file key by key: strict, and collecting every fault instead of stopping at the first.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;
use crate::source::Lines;
use crate::vocabulary::ClosedList;

/// The faults found so far in one text.
pub(crate) struct Faults<'t> {
    lines: Lines<'t>,
    found: RefCell<Vec<Fault>>,
}

impl<'t> Faults<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Faults { lines: Lines::of(text), found: RefCell::default() }
    }

    pub(crate) fn add(&self, span: &Range<usize>, what: impl Into<String>, cure: impl Into<String>) {
        let (line, column) = self.lines.position(span.start);
        self.found.borrow_mut().push(Fault { line, column, what: what.into(), cure: cure.into() });
    }

    /// All of them, in the order of the text.
    pub(crate) fn into_sorted(self) -> Vec<Fault> {
        let mut found = self.found.into_inner();
        found.sort();
        found.dedup();
        found
    }
}

/// One table of the file, with what has been read from it.
pub(crate) struct Part<'a, 'i> {
    table: &'a DeTable<'i>,
    span: Range<usize>,
    name: String,
    known: BTreeSet<&'static str>,
    faults: &'a Faults<'a>,
}

impl<'a, 'i> Part<'a, 'i> {
    pub(crate) fn root(table: &'a Spanned<DeTable<'i>>, faults: &'a Faults<'a>) -> Self {
        // A missing key of the whole file is reported at its beginning, not at its end.
        Part {
            table: table.get_ref(),
            span: 0..0,
            name: "the notice".to_owned(),
            known: BTreeSet::new(),
            faults,
        }
    }

    pub(crate) fn span(&self) -> &Range<usize> {
        &self.span
    }

    pub(crate) fn fault(&self, span: &Range<usize>, what: impl Into<String>, cure: impl Into<String>) {
        self.faults.add(span, what, cure);
    }

    /// Where the value of `key` stands, or the table if it has none.
    pub(crate) fn span_of(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span)
    }

    /// Whether anything is written under `key`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.insert(key);
        self.table.get(key)
    }

    fn missing(&self, key: &str, cure: &str) {
        self.fault(&self.span, format!("{} has no {key:?}", self.name), cure.to_owned());
    }

    fn wrong(&self, value: &Spanned<DeValue<'i>>, key: &str, wanted: &str) {
        self.fault(
            &value.span(),
            format!("{key:?} is {} here", kind_of(value.get_ref())),
            format!("Write {wanted}"),
        );
    }

    /// A text that must be there and say something.
    pub(crate) fn text(&mut self, key: &'static str) -> String {
        let there = self.table.contains_key(key);
        let text = self.opt_text(key);
        if !there {
            self.missing(key, &format!("Add {key} = \"...\""));
        }
        text.unwrap_or_default()
    }

    /// A text that may be left out, but not be empty.
    pub(crate) fn opt_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        self.as_text(value, key)
    }

    fn as_text(&self, value: &Spanned<DeValue<'i>>, key: &str) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(value, key, "a text in quotation marks");
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.fault(
                &value.span(),
                format!("{key:?} is empty"),
                "Write what it should say, or leave it out",
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// A list of texts; left out, it is empty.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<String> {
        self.spanned_texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A list of texts with the place of each.
    pub(crate) fn spanned_texts(&mut self, key: &'static str) -> Vec<(String, Range<usize>)> {
        self.list(key).filter_map(|value| Some((self.as_text(value, key)?, value.span()))).collect()
    }

    fn list(&mut self, key: &'static str) -> std::slice::Iter<'a, Spanned<DeValue<'i>>> {
        let Some(value) = self.value(key) else { return [].iter() };
        match value.get_ref() {
            DeValue::Array(values) => values.iter(),
            _ => {
                self.wrong(value, key, "a list in square brackets");
                [].iter()
            }
        }
    }

    /// True or false; left out, it is `otherwise`.
    pub(crate) fn flag(&mut self, key: &'static str, otherwise: bool) -> bool {
        let Some(value) = self.value(key) else { return otherwise };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong(value, key, "true or false, without quotation marks");
            otherwise
        })
    }

    /// A whole number that is not negative.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<u32> {
        let value = self.value(key)?;
        self.as_number(value, key)
    }

    fn as_number(&self, value: &Spanned<DeValue<'i>>, key: &str) -> Option<u32> {
        let number =
            value.get_ref().as_integer().and_then(|n| u32::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.wrong(value, key, "a whole number that is not negative");
        }
        number
    }

    /// A list of whole numbers.
    pub(crate) fn numbers(&mut self, key: &'static str) -> Vec<u32> {
        self.list(key).filter_map(|value| self.as_number(value, key)).collect()
    }

    /// A day that must be there.
    pub(crate) fn date(&mut self, key: &'static str) -> Option<Date> {
        if !self.table.contains_key(key) {
            self.missing(key, &format!("Add {key} = 2026-12-01 with the right day"));
        }
        self.opt_date(key)
    }

    /// A day, written without quotation marks.
    pub(crate) fn opt_date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let Some(written) = value.get_ref().as_datetime() else {
            self.wrong(value, key, "a day like 2026-12-01, without quotation marks");
            return None;
        };
        let (Some(day), None, None) = (written.date, written.time, written.offset) else {
            self.wrong(value, key, "a day like 2026-12-01, without a time");
            return None;
        };
        let date = i16::try_from(day.year)
            .ok()
            .zip(i8::try_from(day.month).ok().zip(i8::try_from(day.day).ok()))
            .and_then(|(year, (month, day))| Date::new(year, month, day).ok());
        if date.is_none() {
            self.fault(
                &value.span(),
                format!("{written} is not a day"),
                "Look at the calendar and write a day that exists",
            );
        }
        date
    }

    /// A code of a closed list that must be there.
    pub(crate) fn code<T: ClosedList>(&mut self, key: &'static str) -> Option<T> {
        if !self.table.contains_key(key) {
            self.known.insert(key);
            self.missing(key, &format!("Add {key} with one of: {}", spellings::<T>()));
        }
        self.opt_code(key)
    }

    /// A code of a closed list.
    pub(crate) fn opt_code<T: ClosedList>(&mut self, key: &'static str) -> Option<T> {
        let value = self.value(key)?;
        self.as_code(value, key)
    }

    fn as_code<T: ClosedList>(&self, value: &Spanned<DeValue<'i>>, key: &str) -> Option<T> {
        let text = self.as_text(value, key)?;
        let code = T::EVERY.iter().copied().find(|code| code.spelling() == text);
        if code.is_none() {
            let known = T::EVERY.iter().map(|code| code.spelling());
            let cure = match nearest(&text, known) {
                Some(near) => format!("Did you mean {near:?}? Known are: {}", spellings::<T>()),
                None => format!("Write one of: {}", spellings::<T>()),
            };
            self.fault(&value.span(), format!("{text:?} is not a known {}", key_word(key)), cure);
        }
        code
    }

    /// Codes of a closed list; none of them twice.
    pub(crate) fn codes<T: ClosedList>(&mut self, key: &'static str) -> Vec<T> {
        let mut codes = Vec::new();
        for value in self.list(key) {
            let Some(code) = self.as_code::<T>(value, key) else { continue };
            if codes.contains(&code) {
                let what = format!("{:?} stands twice in {key:?}", code.spelling());
                self.fault(&value.span(), what, "Take one of them out");
            } else {
                codes.push(code);
            }
        }
        codes
    }

    /// A table under `key`.
    pub(crate) fn part(&mut self, key: &'static str) -> Option<Part<'a, 'i>> {
        let value = self.value(key)?;
        self.as_part(value, key)
    }

    /// The tables of a list under `key`.
    pub(crate) fn parts(&mut self, key: &'static str) -> Vec<Part<'a, 'i>> {
        self.list(key).filter_map(|value| self.as_part(value, key)).collect()
    }

    fn as_part(&self, value: &'a Spanned<DeValue<'i>>, key: &'static str) -> Option<Part<'a, 'i>> {
        let Some(table) = value.get_ref().as_table() else {
            self.wrong(value, key, &format!("a table: [{key}] or [[{key}]] with keys under it"));
            return None;
        };
        let name = format!("this part of {key:?}");
        Some(Part { table, span: value.span(), name, known: BTreeSet::new(), faults: self.faults })
    }

    /// Every key with its text, where the keys are names of the writer's own.
    pub(crate) fn entries(&self) -> Vec<(String, Range<usize>, String)> {
        self.table
            .iter()
            .filter_map(|(key, value)| {
                let name: &str = key.get_ref();
                Some((name.to_owned(), key.span(), self.as_text(value, name)?))
            })
            .collect()
    }

    /// Ends the reading of this table: any key that nobody asked for is a fault.
    pub(crate) fn done(self) {
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if self.known.contains(name) {
                continue;
            }
            let cure = match nearest(name, self.known.iter().copied()) {
                Some(near) => format!("Did you mean {near:?}?"),
                None => format!("Take it out, or write one of: {}", join(self.known.iter().copied())),
            };
            self.fault(&key.span(), format!("{} has no place for {name:?}", self.name), cure);
        }
    }
}

/// The known word that somebody probably meant.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}

fn spellings<T: ClosedList>() -> String {
    join(T::EVERY.iter().map(|code| code.spelling()))
}

fn join<'k>(words: impl Iterator<Item = &'k str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

/// "categories" -> "category": the word for one of what a key lists.
fn key_word(key: &str) -> String {
    match key {
        "categories" => "category".to_owned(),
        "covers" | "special" => "kind of protected data".to_owned(),
        "counts" => "kind of contact".to_owned(),
        "to" => "ground of objection".to_owned(),
        "after" => "event".to_owned(),
        other => other.to_owned(),
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
