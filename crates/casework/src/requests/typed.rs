//! What came from the forms of a request: that somebody asked, and what was done since.

use jiff::civil::Date;
use notice::ObjectionTo;
use serde::{Deserialize, Serialize};

use super::{Asker, Came, Course, Kind, Step};
use crate::answers::{Boxes, Fault};
use crate::dates::{When, long, read_boxes};
use crate::formats::text;

/// A request as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestTyped {
    /// The code of what is asked.
    pub kind: String,
    /// The code of how it came.
    pub came: String,
    /// The code of who asks.
    pub from: String,
    /// Who acts for the client.
    pub who: String,
    /// Where they live or work, for letters.
    pub address: String,
    /// When it came; nothing typed is today.
    pub received: Boxes,
    /// What was said, as it was said.
    pub words: String,
    /// The codes of what is objected to.
    pub objects: Vec<String>,
    /// Whether there is a doubt who it is.
    pub doubt: bool,
}

/// What was asked, once nothing is wrong with the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What is asked.
    pub kind: Kind,
    /// How it came.
    pub came: Came,
    /// Who asks.
    pub from: Asker,
    /// When it came.
    pub received: Date,
    /// What is objected to.
    pub objects: Vec<ObjectionTo>,
    /// Whether identity or authority has to be shown first.
    pub doubt: bool,
    /// What is sealed of it.
    pub asked: Asked,
}

/// What is sealed of a request: people's own words and names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What was said.
    pub words: String,
    /// Who acts for the client; empty if the client asks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// Where letters to them go; empty if nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// How long ago a request may have come that is written down now. Its clock is reckoned with bank holidays, and a year
/// that is wrong by a digit would make it late before it is read.
const OLDEST_YEARS: i16 = 2;

fn years_before(day: Date, years: i16) -> Date {
    day.checked_sub(jiff::Span::new().years(years)).unwrap_or(Date::MIN)
}

impl RequestTyped {
    /// Reads the request.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, today: Date) -> Result<Taken, Vec<Fault>> {
        let mut faults = Vec::new();
        let kind = read_kind(&self.kind, &mut faults);
        let came = read_came(&self.came, &mut faults);
        let from = if self.from.is_empty() { Some(Asker::Client) } else { self.from.parse().ok() };
        let from = from.filter(|from| *from != Asker::WithoutFile);
        if from.is_none() {
            faults.push(Fault::new("from", "Choose who asks"));
        }
        let who = text::line(&self.who, text::LONGEST_NAME).unwrap_or_else(|fault| {
            faults.push(Fault::new("who", fault.to_string()));
            String::new()
        });
        if from.is_some_and(|from| from != Asker::Client) && self.who.trim().is_empty() {
            faults.push(Fault::new("who", "Enter the name of who asks"));
        }
        let address = text::lines(&self.address, 300).unwrap_or_else(|fault| {
            faults.push(Fault::new("address", fault.to_string()));
            String::new()
        });
        let received = read_received(&self.received, today, &mut faults);
        let words = text::lines(&self.words, 4_000).unwrap_or_else(|fault| {
            faults.push(Fault::new("words", fault.to_string()));
            String::new()
        });
        let objects: Vec<ObjectionTo> = self.objects.iter().filter_map(|code| code.parse().ok()).collect();
        if objects.len() != self.objects.len() {
            faults.push(Fault::new("objects", "Choose from the list what should stop"));
        } else if kind == Some(Kind::Objection) && objects.is_empty() {
            faults.push(Fault::new("objects", "Choose what should stop"));
        }
        match (kind, came, from) {
            (Some(kind), Some(came), Some(from)) if faults.is_empty() => {
                let objects = if kind == Kind::Objection { objects } else { Vec::new() };
                let (who, address) =
                    if from == Asker::Client { (String::new(), String::new()) } else { (who, address) };
                Ok(Taken {
                    kind,
                    came,
                    from,
                    received,
                    objects,
                    // Whoever asks for somebody else shows that they may.
                    doubt: self.doubt || from != Asker::Client,
                    asked: Asked { words, who, address },
                })
            }
            _ => Err(faults),
        }
    }
}

impl Taken {
    /// Whether all that is asked is done at once: an objection to direct marketing and to nothing else.
    #[must_use]
    pub fn at_once(&self) -> bool {
        is_at_once(&self.objects)
    }
}

/// Whether all that is objected to stops at once (Art. 21(3)).
#[must_use]
pub fn is_at_once(objects: &[ObjectionTo]) -> bool {
    !objects.is_empty() && objects.iter().all(|to| *to == ObjectionTo::DirectMarketing)
}

/// A step as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepTyped {
    /// The code of what was done.
    pub step: String,
    /// When; nothing typed is today.
    pub day: Boxes,
    /// What there is to say about it.
    pub words: String,
}

impl StepTyped {
    /// Reads the step that `course` goes next.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(
        &self,
        course: &Course,
        extendable: bool,
        today: Date,
    ) -> Result<(Step, Date, String), Vec<Fault>> {
        let mut faults = Vec::new();
        let step = self.step.parse::<Step>().ok();
        let step = step.filter(|step| !step.is_an_act() && course.may(*step, extendable));
        if step.is_none() {
            faults.push(Fault::new("step", "Choose what was done from the list: nothing else comes next"));
        }
        let day = read_day("day", &self.day, today).unwrap_or_else(|fault| {
            faults.push(fault);
            today
        });
        if faults.is_empty() {
            faults.extend(out_of_order(course, step, day));
        }
        let words = text::lines(&self.words, 4_000).unwrap_or_else(|fault| {
            faults.push(Fault::new("words", fault.to_string()));
            String::new()
        });
        if !course.has_file {
            faults.extend(no_words("words", &words));
        } else if let Some(ask) = step.and_then(Step::asks)
            && words.chars().count() < 5
        {
            faults.push(Fault::new("words", ask));
        }
        match step {
            Some(step) if faults.is_empty() => Ok((step, day, words)),
            _ => Err(faults),
        }
    }
}

/// What was asked is answered on the same day or later, and nothing is done before the request came.
fn out_of_order(course: &Course, step: Option<Step>, day: Date) -> Option<Fault> {
    let done = || course.steps.iter().filter(|(step, _)| *step != Step::CameOn).map(|(_, day)| *day);
    let text = if step == Some(Step::CameOn) {
        match done().min().filter(|first| day > *first) {
            Some(first) => format!("It came by {}, when something was done about it", long(first)),
            None if day == course.received => {
                "This day is written down already: enter the right one".to_owned()
            }
            None => return None,
        }
    } else {
        let before = done().fold(course.received, Date::max);
        if day >= before {
            return None;
        }
        format!("It cannot be before {}, the day of what was done last", long(before))
    };
    Some(Fault::new("day", text))
}

/// Without a file there is no key under which words could be sealed, and nothing that would say when they go.
pub(super) fn no_words(field: &'static str, words: &str) -> Option<Fault> {
    let text = "There is no file, so Kept can keep no words. Write them on the letter or the email that the request came with";
    (!words.is_empty()).then(|| Fault::new(field, text))
}

/// A request of somebody of whom no file was found, as it was typed: no name and no words, which would be a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WithoutFileTyped {
    /// The code of what is asked.
    pub kind: String,
    /// The code of how it came.
    pub came: String,
    /// When it came; nothing typed is today.
    pub received: Boxes,
}

/// The same, once nothing is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenWithoutFile {
    /// What is asked.
    pub kind: Kind,
    /// How it came.
    pub came: Came,
    /// When it came.
    pub received: Date,
}

impl WithoutFileTyped {
    /// Reads the request.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, today: Date) -> Result<TakenWithoutFile, Vec<Fault>> {
        let mut faults = Vec::new();
        let (kind, came) = (read_kind(&self.kind, &mut faults), read_came(&self.came, &mut faults));
        let received = read_received(&self.received, today, &mut faults);
        match (kind, came) {
            (Some(kind), Some(came)) if faults.is_empty() => Ok(TakenWithoutFile { kind, came, received }),
            _ => Err(faults),
        }
    }
}

fn read_kind(typed: &str, faults: &mut Vec<Fault>) -> Option<Kind> {
    let kind = typed.parse().ok();
    if kind.is_none() {
        faults.push(Fault::new("kind", "Choose what is asked"));
    }
    kind
}

fn read_came(typed: &str, faults: &mut Vec<Fault>) -> Option<Came> {
    let came = typed.parse().ok();
    if came.is_none() {
        faults.push(Fault::new("came", "Choose how it came"));
    }
    came
}

/// The day on which it came; the fault says when it cannot be right.
fn read_received(typed: &Boxes, today: Date, faults: &mut Vec<Fault>) -> Date {
    let received = read_day("received", typed, today).unwrap_or_else(|fault| {
        faults.push(fault);
        today
    });
    if received < years_before(today, OLDEST_YEARS) {
        faults.push(Fault::new(
            "received",
            format!("This is more than {OLDEST_YEARS} years ago. Check the year. If it is right, enter {} and say in the words when it came: its time has run out either way, so answer at once", long(years_before(today, OLDEST_YEARS))),
        ));
    }
    received
}

fn read_day(field: &'static str, typed: &Boxes, today: Date) -> Result<Date, Fault> {
    if typed.is_empty() {
        return Ok(today);
    }
    read_boxes(typed, When::Past, today)
        .map_err(|fault| Fault::new(field, fault.to_string()).at(fault.part()))
}
