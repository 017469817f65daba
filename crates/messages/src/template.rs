//! Templates: plain words with gaps, read strictly.

use std::fmt;

use crate::Placeholder;
use crate::filled::unseen;
use crate::length::{self, Length};

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text message: six segments at most, 918 characters of the usual alphabet.
    Text,
    /// The subject of an e-mail: one line.
    Subject,
    /// The body of an e-mail.
    Body,
}

impl Form {
    /// The characters that it may have. A text message is counted in segments instead.
    pub(crate) fn most(self) -> usize {
        match self {
            Form::Text => 918,
            Form::Subject => 150,
            Form::Body => 10_000,
        }
    }
}

/// A template without faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    form: Form,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    Gap(Placeholder),
}

/// A fault of a template, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub what: Wrong,
}

/// What is wrong at a place of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// A name in braces that means nothing.
    #[error("there is no placeholder {{{name}}}. {}", cure(*.near))]
    Unknown {
        /// As written, shortened.
        name: String,
        /// What was probably meant.
        near: Option<Placeholder>,
    },
    /// `{` without its `}` on the same line.
    #[error(
        "this brace is never closed on its line. Close it with }}, or write {{{{ for a brace that is to be read."
    )]
    Unclosed,
    /// `}` without its `{`.
    #[error("this brace was never opened. Open it with {{, or write }}}} for a brace that is to be read.")]
    Unopened,
    /// From here on it is longer than may be sent.
    #[error("from here on it is too long: {0}. Shorten it.")]
    TooLong(TooLong),
    /// A subject is one line.
    #[error("a subject has only one line. Remove the line break.")]
    LineBreak,
    /// A character that cannot be seen.
    #[error("an invisible character (U+{0:04X}) stands here. Remove it.")]
    Invisible(u32),
    /// Nothing to send.
    #[error("it is empty. Write what is to be sent.")]
    Empty,
}

/// How much too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLong {
    /// A text message, its gaps not counted.
    Text(Length),
    /// A subject or an e-mail, its gaps not counted.
    Characters {
        /// How many there are.
        length: usize,
        /// How many may be.
        most: usize,
    },
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooLong::Text(length) => write!(
                f,
                "{} units in {} segments, and {} can be sent, gaps not counted",
                length.units,
                length.segments,
                length.most()
            ),
            TooLong::Characters { length, most } => {
                write!(f, "{length} characters, and {most} can be sent, gaps not counted")
            }
        }
    }
}

fn cure(near: Option<Placeholder>) -> String {
    match near {
        Some(near) => format!("Did you mean {near}?"),
        None => {
            let all: Vec<String> = Placeholder::ALL.iter().map(ToString::to_string).collect();
            format!("There are {}.", all.join(", "))
        }
    }
}

impl Template {
    /// Whether it has this gap.
    pub(crate) fn has(&self, gap: Placeholder) -> bool {
        self.parts.contains(&Part::Gap(gap))
    }

    /// Reads a template, and finds all its faults at once.
    ///
    /// # Errors
    /// The faults, in the order in which they stand.
    pub fn parse(form: Form, text: &str) -> Result<Template, Vec<Fault>> {
        let mut reading = Reading { form, parts: Vec::new(), faults: Vec::new(), words: String::new() };
        reading.read(&text.replace("\r\n", "\n"));
        let Reading { parts, faults, .. } = reading;
        if faults.is_empty() { Ok(Template { form, parts }) } else { Err(faults) }
    }

    /// What it is for.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Its gaps, in order, as often as they stand there.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> {
        self.parts.iter().filter_map(|part| match part {
            Part::Gap(gap) => Some(*gap),
            Part::Words(_) => None,
        })
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }
}

struct Reading {
    form: Form,
    parts: Vec<Part>,
    faults: Vec<Fault>,
    words: String,
}

impl Reading {
    fn read(&mut self, text: &str) {
        let (mut line, mut column) = (1, 1);
        // The words alone, to measure them, each character with its place.
        let mut fixed: Vec<(char, usize, usize)> = Vec::new();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            let (at_line, at_column) = (line, column);
            let next = rest.clone().next();
            column += 1;
            match c {
                '{' | '}' if next == Some(c) => {
                    rest.next();
                    column += 1;
                    self.words.push(c);
                    fixed.push((c, at_line, at_column));
                }
                '{' => {
                    let name: String = rest.clone().take_while(|c| !matches!(c, '{' | '}' | '\n')).collect();
                    let length = name.chars().count();
                    if rest.clone().nth(length) == Some('}') {
                        rest.nth(length);
                        column += length + 1;
                        self.gap(&name, at_line, at_column);
                    } else {
                        self.fault(at_line, at_column, Wrong::Unclosed);
                    }
                }
                '}' => self.fault(at_line, at_column, Wrong::Unopened),
                '\n' => {
                    (line, column) = (line + 1, 1);
                    if self.form == Form::Subject {
                        self.fault(at_line, at_column, Wrong::LineBreak);
                    }
                    self.words.push(c);
                    fixed.push((c, at_line, at_column));
                }
                c if unseen(c) => self.fault(at_line, at_column, Wrong::Invisible(u32::from(c))),
                c => {
                    self.words.push(c);
                    fixed.push((c, at_line, at_column));
                }
            }
        }
        self.flush();
        self.measure(&fixed);
    }

    fn gap(&mut self, name: &str, line: usize, column: usize) {
        match Placeholder::named(name) {
            Some(gap) => {
                self.flush();
                self.parts.push(Part::Gap(gap));
            }
            None => {
                let near = Placeholder::near(name);
                let name = name.chars().take(40).collect();
                self.fault(line, column, Wrong::Unknown { name, near });
            }
        }
    }

    fn flush(&mut self) {
        if !self.words.is_empty() {
            self.parts.push(Part::Words(std::mem::take(&mut self.words)));
        }
    }

    fn fault(&mut self, line: usize, column: usize, what: Wrong) {
        self.faults.push(Fault { line, column, what });
    }

    fn measure(&mut self, fixed: &[(char, usize, usize)]) {
        let gaps = self.parts.iter().any(|part| matches!(part, Part::Gap(_)));
        if self.faults.is_empty() && !gaps && fixed.iter().all(|(c, ..)| c.is_whitespace()) {
            self.fault(1, 1, Wrong::Empty);
        }
        let words: String = fixed.iter().map(|(c, ..)| c).collect();
        let fitting = match self.form {
            Form::Text => length::fitting(&words),
            Form::Subject | Form::Body => self.form.most(),
        };
        let too_long = match self.form {
            Form::Text => Some(Length::of(&words)).filter(|length| !length.fits()).map(TooLong::Text),
            Form::Subject | Form::Body => Some(fixed.len())
                .filter(|length| *length > self.form.most())
                .map(|length| TooLong::Characters { length, most: self.form.most() }),
        };
        if let Some(too_long) = too_long
            && let Some((_, line, column)) = fixed.get(fitting)
        {
            self.fault(*line, *column, Wrong::TooLong(too_long));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn faults(form: Form, text: &str) -> Vec<String> {
        Template::parse(form, text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_fault_says_where_it_stands_and_what_to_do() {
        for (text, expected) in [
            ("Hello {nmae}", "line 1, column 7: there is no placeholder {nmae}. Did you mean {name}?"),
            ("Hello {Name}", "line 1, column 7: there is no placeholder {Name}. Did you mean {name}?"),
            (
                "Hi {service phone}",
                "line 1, column 4: there is no placeholder {service phone}. Did you mean {service_phone}?",
            ),
            (
                "\nŵŵ{nino}",
                "line 2, column 3: there is no placeholder {nino}. There are {name}, {day}, {time}, {place}, {link}, {service_phone}.",
            ),
            (
                "a\r\nb {name",
                "line 2, column 3: this brace is never closed on its line. Close it with }, or write {{ for a brace that is to be read.",
            ),
            ("{name\n}", "line 1, column 1: this brace is never closed"),
            ("a}", "line 1, column 2: this brace was never opened. Open it with {"),
            ("{}", "line 1, column 1: there is no placeholder {}."),
            ("a\u{200b}", "line 1, column 2: an invisible character (U+200B) stands here. Remove it."),
            ("a\tb", "line 1, column 2: an invisible character (U+0009) stands here. Remove it."),
            (" \n", "line 1, column 1: it is empty. Write what is to be sent."),
        ] {
            let found = faults(Form::Text, text);
            assert!(found[0].starts_with(expected), "{text:?}: {found:?}");
        }
    }

    #[test]
    fn all_faults_are_found_at_once() {
        let found = faults(Form::Subject, "{day} {dya}\n{time} } {");
        let places: Vec<&str> = found.iter().map(|fault| fault.split(':').next().unwrap()).collect();
        assert_eq!(
            places,
            ["line 1, column 7", "line 1, column 12", "line 2, column 8", "line 2, column 10"]
        );
    }

    #[test]
    fn a_text_is_too_long_from_the_first_character_that_no_segment_takes() {
        let most = "a".repeat(918);
        assert!(Template::parse(Form::Text, &format!("{most}{{name}}")).is_ok());
        let found = faults(Form::Text, &format!("{{name}}\n{most}{{day}}b"));
        assert_eq!(
            found,
            [
                "line 2, column 918: from here on it is too long: 920 units in 7 segments, and 918 can be sent, gaps not counted. Shorten it."
            ]
        );
        let found = faults(Form::Text, &format!("{}ŵ", "a".repeat(402)));
        assert!(found[0].starts_with(
            "line 1, column 403: from here on it is too long: 403 units in 7 segments, and 402"
        ));
        let found = faults(Form::Subject, &"a".repeat(151));
        assert!(
            found[0].starts_with("line 1, column 151: from here on it is too long: 151 characters, and 150")
        );
    }

    #[test]
    fn doubled_braces_are_read_as_one() {
        let template = Template::parse(Form::Body, "{{name}} {name} }}{{").unwrap();
        assert_eq!(template.placeholders().collect::<Vec<_>>(), [Placeholder::Name]);
        assert_eq!(template.parts()[0], Part::Words("{name} ".into()));
        assert_eq!(template.parts()[2], Part::Words(" }{".into()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_faulted_inside_itself(text in "(\\PC|[{}\n]|\\{name\\}){0,200}") {
            match Template::parse(Form::Text, &text) {
                Ok(_) => {}
                Err(faults) => for fault in faults {
                    let line = text.replace("\r\n", "\n").split('\n').nth(fault.line - 1).map(|l| l.chars().count());
                    prop_assert!(line.is_some_and(|length| fault.column <= length + 1), "{fault}");
                }
            }
        }

        #[test]
        fn words_without_braces_stay_as_they_are(text in "[a-zA-Z0-9 .,:?]{1,100}[a-z]") {
            let template = Template::parse(Form::Text, &text).unwrap();
            prop_assert_eq!(template.parts(), &[Part::Words(text)]);
        }
    }
}
