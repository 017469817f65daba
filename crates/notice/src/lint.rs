//! Does a notice say what the law asks it to say, and does the system do what it says?
//!
//! Each rule has a number, the article that it comes from, and a cure in every finding. A notice that cannot be read
//! as a whole is still looked at as far as it could be read, and nothing is said to be missing near a line that is not TOML. To add a rule, give it a line in `rules.rs` and a check in
//! the file of its theme; the faulty notice under `tests/data` has to break it, the shipped one must not.

mod bases;
mod giving;
mod instruments;
mod keeping;
mod people;
mod rights;
mod rules;
mod sharing;
mod special;
mod system;
mod text;
mod words;

use std::cell::RefCell;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::facts::SystemFacts;
use crate::model::Notice;
use crate::parse;
use crate::source::{Lines, PlacedText, Places};

pub use rules::{RULES, Rule};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The notice breaks the law, or cannot be kept.
    Error,
    /// It would be better otherwise.
    Warning,
}

/// One thing that the lint has to say about a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The number of the rule, `L01`; `L00` for what cannot be read.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// Where the law says so.
    pub law: &'static str,
    /// What to do.
    pub cure: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}: {severity} {}: {}", self.line, self.column, self.rule, self.what)?;
        if !self.law.is_empty() {
            write!(f, " ({})", self.law)?;
        }
        write!(f, ". {}", self.cure)
    }
}

/// Every finding about the text of a notice on a day, in the order of the text; with `system`, also where the notice
/// and the running system differ.
#[must_use]
pub fn check(text: &str, on: Date, system: Option<&SystemFacts>) -> Vec<Finding> {
    let reading = parse::read(text);
    let look = Look {
        source: text,
        lines: Lines::of(text),
        notice: &reading.notice,
        places: &reading.places,
        on,
        found: RefCell::default(),
    };
    if !reading.broken.all() {
        check_all(&look, system);
    }

    let mut found = look.found.into_inner();
    found.retain(|finding| !reading.broken.is_near(finding.line));
    found.extend(reading.faults.into_iter().map(|fault| Finding {
        rule: "L00",
        severity: Severity::Error,
        line: fault.line,
        column: fault.column,
        what: fault.what,
        law: "",
        cure: fault.cure,
    }));
    found.sort_by(|a, b| (a.line, a.column, a.rule, &a.what).cmp(&(b.line, b.column, b.rule, &b.what)));
    found.dedup();
    found
}

fn check_all(look: &Look<'_>, system: Option<&SystemFacts>) {
    instruments::check(look);
    people::check(look);
    sharing::check(look);
    bases::check(look);
    special::check(look);
    rights::check(look);
    keeping::check(look);
    giving::check(look);
    words::check(look);
    if let Some(system) = system {
        system::check(look, system);
    }
}

/// What a check looks at, and where it writes what it finds.
struct Look<'a> {
    source: &'a str,
    lines: Lines<'a>,
    notice: &'a Notice,
    places: &'a Places,
    on: Date,
    found: RefCell<Vec<Finding>>,
}

impl Look<'_> {
    /// Whether this is the notice of a programme: what it does not say, the service's notice says.
    fn programme(&self) -> bool {
        self.notice.extends.is_some()
    }

    /// Every text that people read.
    fn texts(&self) -> impl Iterator<Item = &PlacedText> {
        self.places.texts().iter().filter(|placed| text::is_prose(&placed.path))
    }

    /// All that people read, in small letters, for questions like "is there any word about...".
    fn says_anything_of(&self, words: &[&str]) -> Option<&PlacedText> {
        self.texts().find(|placed| {
            let small = placed.text.to_lowercase();
            words.iter().any(|word| text::has_word(&small, word))
        })
    }

    fn report(&self, rule: &'static str, path: &str, what: impl Into<String>, cure: impl Into<String>) {
        self.add(rule, None, self.places.span(path).start, what.into(), cure.into());
    }

    /// Milder than the rule is as a whole.
    fn warn(&self, rule: &'static str, path: &str, what: impl Into<String>, cure: impl Into<String>) {
        let milder = Some(Severity::Warning);
        self.add(rule, milder, self.places.span(path).start, what.into(), cure.into());
    }

    /// About a phrase within a text: the finding stands where the phrase stands.
    fn report_phrase(&self, rule: &'static str, placed: &PlacedText, phrase: &str, what: String, cure: &str) {
        self.add(rule, None, self.offset(placed, phrase), what, cure.to_owned());
    }

    fn offset(&self, placed: &PlacedText, phrase: &str) -> usize {
        let raw = self.source.get(placed.span.clone()).unwrap_or_default();
        let first: String = phrase.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let at = raw.find(phrase).or_else(|| raw.find(&first)).unwrap_or(0);
        placed.span.start + at
    }

    fn add(&self, rule: &'static str, severity: Option<Severity>, offset: usize, what: String, cure: String) {
        let Some(known) = rules::rule(rule) else { return };
        let (line, column) = self.lines.position(offset);
        let severity = severity.unwrap_or(known.severity);
        self.found.borrow_mut().push(Finding {
            rule: known.id,
            severity,
            line,
            column,
            what,
            law: known.law,
            cure,
        });
    }
}
