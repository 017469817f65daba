//! What a line that is not TOML makes uncertain: nothing is said to be missing that stands in the text and could not be read.

use std::ops::RangeInclusive;

use crate::fault::Fault;

/// What can still be said of a text with lines that are not TOML.
#[derive(Debug, Default)]
pub(crate) struct Broken {
    /// Keys that are written and could not be read, each with the lines of the table in which it stands.
    keys: Vec<(String, RangeInclusive<usize>)>,
    /// Whether a heading, a bracket or a long text is broken: then what follows may have been read as something else.
    all: bool,
}

impl Broken {
    /// Looks at the lines of faults of form.
    pub(super) fn of(text: &str, faults: &[Fault]) -> Broken {
        let lines: Vec<&str> = text.lines().collect();
        let mut broken = Broken::default();
        for fault in faults {
            match lines.get(fault.line.saturating_sub(1)).and_then(|line| key_of(line)) {
                Some(key) => broken.keys.push((key.to_owned(), table_around(&lines, fault.line))),
                None => broken.all = true,
            }
        }
        broken
    }

    /// Whether nothing can be said of the rest.
    pub(crate) fn all(&self) -> bool {
        self.all
    }

    /// Whether this is about a key that is there and could not be read.
    pub(super) fn is_about(&self, fault: &Fault) -> bool {
        let missing = |key: &str| fault.what.ends_with(&format!(" has no {key:?}"));
        self.all || self.keys.iter().any(|(key, _)| missing(key))
    }

    /// Whether this line belongs to a table of which a key could not be read.
    pub(crate) fn is_near(&self, line: usize) -> bool {
        self.all || self.keys.iter().any(|(_, lines)| lines.contains(&line))
    }
}

/// The key of a line that is wrong by itself, and leaves the lines after it as they are. Without an equals sign the parser reads
/// nothing more of the file.
fn key_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(line.len());
    let (key, rest) = line.split_at(end);
    let count = |what: char| rest.matches(what).count();
    let closed = rest.trim_start().starts_with('=')
        && count('"').is_multiple_of(2)
        && !rest.contains("\"\"\"")
        && count('[') == count(']')
        && count('{') == count('}');
    (!key.is_empty() && closed).then_some(key)
}

/// From the heading above a line to the one below it.
fn table_around(lines: &[&str], line: usize) -> RangeInclusive<usize> {
    let heading = |text: &&str| text.starts_with('[');
    let before = lines.get(..line).unwrap_or_default();
    let from = before.iter().rposition(heading).map_or(1, |at| at + 1);
    let after = lines.get(line..).unwrap_or_default();
    from..=after.iter().position(heading).map_or(lines.len(), |at| line + at)
}
