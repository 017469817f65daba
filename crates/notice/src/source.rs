//! The text of a notice file as written: where each value stands, and every text in it.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Finds line and column of a place in a text.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// Line and column, both from 1, the column in characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let offset = (start..=offset).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(start);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }
}

/// Every value of a file by its path: `purposes[0].says` and the bytes at which it stands.
#[derive(Debug, Default)]
pub(crate) struct Places {
    spans: BTreeMap<String, Range<usize>>,
    texts: Vec<PlacedText>,
}

/// A text in the file.
#[derive(Debug, Clone)]
pub(crate) struct PlacedText {
    pub(crate) path: String,
    pub(crate) span: Range<usize>,
    pub(crate) text: String,
}

impl Places {
    pub(crate) fn of(table: &Spanned<DeTable<'_>>) -> Self {
        let mut places = Places::default();
        places.walk_table("", table.get_ref());
        places
    }

    /// Where `path` stands; failing that, the nearest thing around it; failing that, the beginning of the file.
    pub(crate) fn span(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = self.spans.get(path) {
                return span.clone();
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or(""),
                None => return 0..0,
            }
        }
    }

    /// Whether the file has something at `path`.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.spans.contains_key(path)
    }

    /// Every text of the file, in the order in which they stand.
    pub(crate) fn texts(&self) -> &[PlacedText] {
        &self.texts
    }

    fn walk_table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let key: &str = key.get_ref();
            let inner = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            self.walk(inner, value);
        }
        if path.is_empty() {
            self.texts.sort_by_key(|text| text.span.start);
        }
    }

    fn walk(&mut self, path: String, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => {
                self.texts.push(PlacedText { path: path.clone(), span: value.span(), text: text.to_string() })
            }
            DeValue::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.walk(format!("{path}[{index}]"), value);
                }
            }
            DeValue::Table(table) => self.walk_table(&path, table),
            _ => {}
        }
        self.spans.insert(path, value.span());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_characters() {
        let lines = Lines::of("a\nwär = 1\n");
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(2), (2, 1));
        assert_eq!(lines.position("a\nwär ".len()), (2, 5));
        assert_eq!(lines.position(1000), (3, 1));
    }

    #[test]
    fn each_value_has_a_place() {
        let text = "a = 1\n[[b]]\nc = \"x\"\n";
        let (table, _) = DeTable::parse_recoverable(text);
        let places = Places::of(&table);
        assert_eq!(&text[places.span("b[0].c")], "\"x\"");
        assert_eq!(places.span("b[0].d").start, places.span("b[0]").start);
        assert_eq!(places.texts()[0].path, "b[0].c");
    }
}
