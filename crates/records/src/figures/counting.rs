//! A manager's question, answered for use inside the service.

use std::sync::PoisonError;

use audit::Action;
use casework::Fault;
use casework::figures::{Measure, Period};
use jiff::civil::Date;
use notice::Purpose;
use statistics::{
    Coded, INTERNAL, Ledger, Limits, Made, People, Refused, Release, Secret, Sensitive, Table, TableSpec,
    release_beside,
};

use super::counts;
use super::dimensions::{Dimension, dimensions};
use super::everybody::Everybody;
use super::sheet::{Line, Sheet};
use crate::sessions::Visit;
use crate::{Error, Service};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is counted.
    pub measure: Measure,
    /// By what: one or two dimensions.
    pub by: Vec<String>,
    /// When.
    pub period: Period,
    /// Whether the quarters stand beside each other instead of being counted together.
    pub compare: bool,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The table.
    pub sheet: Sheet,
    /// What was left out beyond small groups, and why.
    pub notes: Vec<String>,
    /// How the figures were made.
    pub method: Vec<String>,
}

const VIEW: Action = Action("view-figures");

/// People ready to be counted.
pub(crate) struct Snapshot {
    pub(crate) numbers: Vec<u64>,
    columns: Vec<Coded>,
    sensitive: Vec<(String, Vec<String>)>,
}

/// The name of what is counted as a variable.
pub(crate) fn variable(measure: Measure, period: Period) -> String {
    format!("{measure} {period}")
}

/// A table of people with whom something happened in a period.
pub(crate) fn spec(measure: Measure, period: Period, by: &[&Dimension]) -> TableSpec {
    let filter = [(variable(measure, period), vec!["yes".to_owned()])].into();
    TableSpec { vars: by.iter().map(|dimension| dimension.id.clone()).collect(), filter }
}

impl Everybody {
    /// Whoever may be counted for this, as codes of these dimensions and of what happened with them.
    pub(crate) fn snapshot(
        &self,
        purpose: Purpose,
        by: &[&Dimension],
        counted: &[(Measure, Period)],
        on: Date,
    ) -> Snapshot {
        let people = self.counted_for(purpose);
        let mut columns: Vec<Coded> = by
            .iter()
            .map(|dimension| Coded {
                name: dimension.id.clone(),
                categories: dimension.categories.clone(),
                codes: self.codes_of(&people, &dimension.id, on),
            })
            .collect();
        for (measure, period) in counted {
            let happened = self.happened_in(*measure, *period);
            let code = |place: &u32| happened.get(*place as usize).copied().map_or(0, u32::from);
            columns.push(Coded {
                name: variable(*measure, *period),
                categories: vec!["no".to_owned(), "yes".to_owned()],
                codes: people.iter().map(code).collect(),
            });
        }
        let protected = by.iter().filter(|dimension| dimension.sensitive);
        let mut sensitive: Vec<_> =
            protected.map(|dimension| (dimension.id.clone(), dimension.harmless.clone())).collect();
        let reached = counted.iter().filter(|(measure, _)| measure.is_sensitive());
        sensitive
            .extend(reached.map(|(measure, period)| (variable(*measure, *period), vec!["no".to_owned()])));
        Snapshot { numbers: people.iter().map(|place| self.number(*place)).collect(), columns, sensitive }
    }
}

impl Snapshot {
    /// Makes the tables beside earlier releases, in a thread of its own: the gate takes its time.
    pub(crate) async fn release(
        self,
        secret: Secret,
        specs: Vec<TableSpec>,
        least: usize,
        mut ledger: Ledger,
        earlier: Vec<Release>,
    ) -> Result<Result<(Made, Ledger), Refused>, Error> {
        let work = move || {
            let Ok(people) = People::coded(self.numbers, &self.columns) else {
                return Err(Error::Damaged("number of people"));
            };
            let mut sensitive = Sensitive::none();
            for (name, harmless) in &self.sensitive {
                sensitive.add(&people, name, harmless);
            }
            let limits = Limits { least };
            let made = release_beside(&people, &secret, &sensitive, &specs, limits, &mut ledger, &earlier);
            Ok(made.map(|made| (made, ledger)))
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Damaged("making of figures"))?
    }
}

/// A finished table in the order in which people read its categories.
pub(crate) fn sheet(title: String, table: &Table, by: &[&Dimension]) -> Sheet {
    let figure = |keys: &[&str]| {
        let cell = table.cells.iter().find(|cell| cell.k.iter().map(String::as_str).eq(keys.iter().copied()));
        cell.and_then(|cell| cell.v)
    };
    let with_all = |dimension: &Dimension| -> Vec<(String, String)> {
        let own = dimension.categories.iter().map(|name| (name.clone(), name.clone()));
        own.chain([("*".to_owned(), "All".to_owned())]).collect()
    };
    let (columns, lines) = match by {
        [one] => {
            let line = |(key, name): (String, String)| Line { figures: vec![figure(&[&key])], name };
            (vec!["People".to_owned()], with_all(one).into_iter().map(line).collect())
        }
        [one, two] => {
            let across = with_all(two);
            let line = |(key, name): (String, String)| Line {
                figures: across.iter().map(|(other, _)| figure(&[&key, other])).collect(),
                name,
            };
            (
                across.iter().map(|(_, name)| name.clone()).collect(),
                with_all(one).into_iter().map(line).collect(),
            )
        }
        _ => (Vec::new(), Vec::new()),
    };
    let about = by.first().map(|dimension| dimension.label.clone()).unwrap_or_default();
    short(Sheet { title, about, columns, lines })
}

/// Long lists leave out the lines in which every figure is 0.
fn short(mut sheet: Sheet) -> Sheet {
    const LONG: usize = 25;
    if sheet.lines.len() > LONG {
        sheet.lines.retain(|line| line.name == "All" || line.figures.iter().any(|figure| *figure != Some(0)));
    }
    sheet
}

/// The title of a table.
pub(crate) fn title(measure: Measure, period: Period, by: &[&Dimension]) -> String {
    let names: Vec<String> = by.iter().map(|dimension| dimension.label.to_lowercase()).collect();
    format!("{} in {}, by {}", measure.words(), period.words(), names.join(" and "))
}

/// How figures were made, for their readers.
pub(crate) fn method(counted: &[Measure], least: usize, people: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for measure in counted {
        let line = format!("{}: {}. Each person is counted once.", measure.words(), measure.means());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push("Figures are rounded to a multiple of 5, up or down at random with a secret that stays in the service. A 0 stands for 0 to 4 people. Totals are rounded on their own, so figures need not add up.".to_owned());
    lines.push(format!("[c] marks a figure that is not shown because it could say something about somebody. What is protected (health, belief, orientation, benefits, what became of people) is broken down for groups of {least} or more only."));
    lines.push(
        "Age is that on the first day of the period; other facts are as they are recorded now.".to_owned(),
    );
    lines.push(people.to_owned());
    lines
}

/// Who is not counted.
pub(crate) const LEFT_OUT: &str = "Not counted are people whose file is restricted, people who took back their consent to this use, and people whose file was erased.";

impl Service {
    /// By what people can be counted under the notice in force.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        dimensions(self.policy(), &self.notices())
    }

    /// Answers a question, for use inside the service: groups of five or more, beside what was answered before.
    ///
    /// # Errors
    /// `Error::NotYours`; `Error::Faults` for what may not be counted so; a store or the log failed.
    pub async fn figures(&self, visit: &Visit, question: &Question) -> Result<Figures, Error> {
        self.figures_are_theirs(visit, VIEW, counts).await?;
        let all = self.dimensions();
        let mut by = Vec::new();
        for id in &question.by {
            let known = all.iter().find(|dimension| dimension.id == *id && !dimension.equality);
            let known = known.ok_or_else(|| fault("by", "Choose something that people are counted by"))?;
            if by.contains(&known) {
                return Err(fault("and", "Choose two different things, or only one"));
            }
            by.push(known);
        }
        if by.is_empty() || by.len() > 2 || (question.compare && by.len() > 1) {
            return Err(fault(
                "by",
                "Choose one thing that people are counted by, or two without comparing quarters",
            ));
        }
        let periods: Vec<Period> = if question.compare {
            question
                .period
                .quarters()
                .into_iter()
                .map(|quarter| Period { from: quarter, to: quarter })
                .collect()
        } else {
            vec![question.period]
        };
        let counted: Vec<(Measure, Period)> =
            periods.iter().map(|period| (question.measure, *period)).collect();
        let specs = counted.iter().map(|(measure, period)| spec(*measure, *period, &by)).collect();
        let secret = self.figure_secret().await?;
        let on = question.period.from.first();
        let (snapshot, ledger, generation) = self
            .with_everybody(|everybody| {
                let snapshot = everybody.snapshot(Purpose::Statistics, &by, &counted, on);
                (snapshot, everybody.answered.clone(), everybody.generation)
            })
            .await?;
        let (made, ledger) = snapshot
            .release(secret, specs, INTERNAL, ledger, Vec::new())
            .await?
            .map_err(|refused| fault("by", &said(&refused, &all, &counted)))?;
        {
            let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
            columns.answered(generation, ledger);
        }
        let mut sheets: Vec<Sheet> = made
            .release
            .tables
            .iter()
            .map(|table| sheet(title(question.measure, question.period, &by), table, &by))
            .collect();
        let mut first =
            if sheets.is_empty() { return Err(Error::Damaged("figures")) } else { sheets.remove(0) };
        if question.compare {
            first.columns = periods.iter().map(|period| period.words()).collect();
            for other in sheets {
                for (line, more) in first.lines.iter_mut().zip(other.lines) {
                    line.figures.extend(more.figures);
                }
            }
        }
        let notes = made.notes.iter().map(|note| in_words(note, &all, &counted)).collect();
        Ok(Figures { sheet: first, notes, method: method(&[question.measure], INTERNAL, LEFT_OUT) })
    }
}

fn fault(field: &'static str, text: &str) -> Error {
    Error::Faults(vec![Fault::new(field, text)])
}

/// Why a table is refused, in the words of the page.
pub(crate) fn said(refused: &Refused, all: &[Dimension], counted: &[(Measure, Period)]) -> String {
    in_words(&refused.to_string(), all, counted)
}

/// A sentence of the engine with the names of dimensions and measures in place of their codes.
pub(crate) fn in_words(sentence: &str, all: &[Dimension], counted: &[(Measure, Period)]) -> String {
    let mut words = sentence.to_owned();
    for (measure, period) in counted {
        words = words.replace(&variable(*measure, *period), measure.words());
    }
    for dimension in all.iter().filter(|dimension| dimension.id.contains('_')) {
        words = words.replace(&dimension.id, &dimension.label.to_lowercase());
    }
    words
}
