//! The equality report: the characteristics that the notice collects, beside the people who live here (Equality Act 2010, s.149).

use audit::{Action, Outcome};
use casework::Fault;
use casework::figures::{Measure, Period, Population};
use notice::Purpose;
use statistics::{Ledger, PUBLIC, shares};
use store::sql;

use super::counting::{LEFT_OUT, Snapshot, method, sheet, spec, title};
use super::{counts, signs};
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// The local population, as it was put in.
    POPULATION = "SELECT text FROM figure_population WHERE name = 'local'";
    SET_POPULATION = "INSERT INTO figure_population (name, loaded, loaded_by, text) VALUES ('local', $1, $2, $3) ON CONFLICT (name) DO UPDATE SET loaded = excluded.loaded, loaded_by = excluded.loaded_by, text = excluded.text";
}

const VIEW: Action = Action("view-equality-report");
const LOAD: Action = Action("load-population");
const LONGEST: usize = 100_000;

/// One category beside the population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The category.
    pub name: String,
    /// How many of our clients; none where it is not shown.
    pub people: Option<u64>,
    /// Their share of all of ours.
    pub share: Option<String>,
    /// The share of those who live here, where the population says.
    pub here: Option<String>,
}

/// One characteristic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equality {
    /// Its code.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What the table shows.
    pub title: String,
    /// Its categories; the last is all.
    pub lines: Vec<Beside>,
    /// Why there are none.
    pub refused: Option<String>,
}

/// What the Equality Act calls a characteristic, beside the equality answers: age, and disability as support knows it.
const ALSO: [&str; 2] = ["age", "disability"];

impl Service {
    /// The report. Every table keeps the rules of what is published.
    ///
    /// # Errors
    /// `Error::NotYours`, or a store or the log failed.
    pub async fn equality_report(
        &self,
        visit: &Visit,
        measure: Measure,
        period: Period,
    ) -> Result<(Vec<Equality>, Vec<String>), Error> {
        self.figures_are_theirs(visit, VIEW, signs).await?;
        let population = Population::read(&self.population().await?).unwrap_or_default();
        let secret = self.figure_secret().await?;
        let all = self.dimensions();
        let shown = all.iter().filter(|one| one.equality || ALSO.contains(&one.id.as_str()));
        let mut report = Vec::new();
        for dimension in shown {
            let by = [dimension];
            let counted = [(measure, period)];
            let snapshot: Snapshot = self
                .with_everybody(|everybody| {
                    everybody.snapshot(Purpose::EqualityDuty, &by, &counted, period.from.first())
                })
                .await?;
            let specs = vec![spec(measure, period, &by)];
            let title = title(measure, period, &by);
            let (id, label) = (dimension.id.clone(), dimension.label.clone());
            let made = snapshot.release(secret.clone(), specs, PUBLIC, Ledger::default(), Vec::new()).await?;
            report.push(match made {
                Err(refused) => {
                    let why = super::counting::said(&refused, &all, &counted);
                    Equality { id, label, title, lines: Vec::new(), refused: Some(why) }
                }
                Ok((made, _)) => {
                    let table = made.release.tables.first().ok_or(Error::Damaged("figures"))?;
                    let sheet = sheet(title.clone(), table, &by);
                    let ours = sheet.lines.last().and_then(|line| *line.figures.first()?).unwrap_or(0);
                    let names = [dimension.id.trim_end_matches("_group"), dimension.label.as_str()];
                    let all_here = population.all(&names);
                    let line = |line: super::Line| {
                        let people = line.figures.first().copied().flatten();
                        let last = line.name == "All";
                        let here = if last {
                            Some(all_here).filter(|all| *all > 0)
                        } else {
                            population.people(&names, &line.name)
                        };
                        Beside {
                            share: people.and_then(|people| shares::percentage(people, ours)),
                            here: here.and_then(|here| shares::percentage(here, all_here)),
                            people,
                            name: line.name,
                        }
                    };
                    let lines = sheet.lines.into_iter().map(line).collect();
                    Equality { id, label, title, lines, refused: None }
                }
            });
        }
        Ok((report, method(&[measure], PUBLIC, LEFT_OUT)))
    }

    /// The local population as it was put in; empty if nobody did.
    ///
    /// # Errors
    /// The store failed.
    pub async fn population(&self) -> Result<String, Error> {
        let rows = self.records().read(vec![POPULATION.with([])]).await?;
        let row = rows.first().and_then(|rows| rows.first());
        Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?.unwrap_or_default())
    }

    /// Puts in the local population.
    ///
    /// # Errors
    /// `Error::Faults` for a line that cannot be read, `Error::NotYours`, or the store failed.
    pub async fn set_population(&self, visit: &Visit, text: &str) -> Result<(), Error> {
        if !counts(visit.role) {
            return self.figures_are_theirs(visit, LOAD, counts).await;
        }
        let fault = |text: String| Error::Faults(vec![Fault::new("population", text)]);
        if text.len() > LONGEST {
            return Err(fault(
                "This is longer than a table of characteristics: leave columns out".to_owned(),
            ));
        }
        let read = Population::read(text).map_err(|wrong| fault(wrong.to_string()))?;
        let all = self.dimensions();
        let shown = all.iter().filter(|one| one.equality || ALSO.contains(&one.id.as_str()));
        let known: Vec<&str> =
            shown.flat_map(|one| [one.id.trim_end_matches("_group"), one.label.as_str()]).collect();
        if let Some((line, name)) = read.unknown(&known) {
            let mut labels: Vec<&str> = known.iter().skip(1).step_by(2).copied().collect();
            labels.dedup();
            return Err(fault(format!(
                "Line {line}: there is no characteristic {name}. There are: {}",
                labels.join("; ")
            )));
        }
        if read.is_empty() {
            return Err(fault("Enter at least one line: characteristic, category, people".to_owned()));
        }
        let (now, staff) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        self.records().write(vec![SET_POPULATION.with([now, staff, text.into()])]).await?;
        self.log().event(Some(visit.staff.into()), LOAD, Outcome::Done).durable().await?;
        Ok(())
    }
}
