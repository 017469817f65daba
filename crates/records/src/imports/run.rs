//! Checking a whole file, and bringing it in stretch by stretch.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use audit::{Action, Outcome};
use casework::import::dates::Order;
use casework::import::reading::Reader;
use casework::import::rows::{Checked, Person, is_second_heading};
use casework::import::twice::Twice;
use casework::import::{Wrong, columns};
use casework::retention::Rule;
use casework::{Fault, ImportId, Meeting, MeetingKind, StaffId};
use matching::duplicates::{Band, POSSIBLE};
use notice::Layer;
use store::sql;

use super::source::{List, Rows};
use super::{AlikeRow, Asked, FILE, IMPORT, Like, Report, Source, from_disk};
use crate::duplicates::record;
use crate::loading::Loaded;
use crate::notices::Notices;
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// An import of this file that has not ended.
    RUNNING = "SELECT id, line, made, left_out FROM import WHERE digest = $1 AND state = 'running'";
    /// Begins one.
    BEGIN = "INSERT INTO import (id, digest, staff, begun, ended, state, line, made, left_out) VALUES ($1, $2, $3, $4, NULL, 'running', 0, 0, 0)";
    /// How far it has come; whoever has come further already ends it here.
    AS_FAR_AS = "UPDATE import SET line = $2, made = made + $3, left_out = left_out + $4 WHERE id = $1 AND state = 'running' AND line = $5";
    /// A file came with it.
    ADD_IMPORTED = "INSERT INTO imported (client, import, line) VALUES ($1, $2, $3)";
    /// It is through.
    END = "UPDATE import SET state = 'done', ended = $2 WHERE id = $1 AND state = 'running'";
}

/// Rows a stretch.
const STRETCH: usize = 500;
/// So many rows that are alike are told; all are counted.
const MOST_ALIKE: usize = 1000;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Far {
    id: ImportId,
    line: u64,
}

/// What of a row is to be brought in.
enum Row {
    Person(Box<Person>),
    LeftOut,
}

/// What reading rows needs of the notice in force.
struct Ground {
    notices: std::sync::Arc<Notices>,
    rule: Rule,
}

impl Service {
    fn import_ground(&self) -> Result<Ground, Error> {
        let notices = self.notices();
        let retention = notices.service().retention_rule(Layer::Service).ok_or(Error::Damaged("notice"))?;
        let rule = Rule::of(retention).map_err(|_| Error::Damaged("notice"))?;
        Ok(Ground { notices, rule })
    }

    /// Looks through a whole file and says what bringing it in would do. Nothing is written.
    ///
    /// # Errors
    /// `Error::Faults` if it is no table or its columns do not fit; a store failed.
    pub async fn check_import(&self, source: &Source, asked: &Asked) -> Result<Report, Error> {
        let (mut report, orders) = self.look_through(source, asked)?;
        let ground = self.import_ground()?;
        let (headings, table) = self.opened(source, asked)?;
        let reader = self.reader(&ground, &headings, asked);
        let mut twice = Twice::default();
        for row in table {
            let Ok((line, cells)) = row else { continue };
            let Ok(person) = reader.read(&cells, line, &orders, &mut Checked::default()) else { continue };
            if reader.past(&person).is_some() && person.basis.is_none() {
                continue;
            }
            match self.alike_row(&person, &mut twice) {
                Some(alike) => {
                    report.very_alike += u64::from(alike.very);
                    report.ready += u64::from(!alike.very || asked.even_alike);
                    if report.alike.len() < MOST_ALIKE {
                        report.alike.push(alike);
                    }
                }
                None => report.ready += 1,
            }
        }
        let entry = self.log().event(None, Action("check-import"), Outcome::Done);
        entry.durable().await?;
        Ok(report)
    }

    /// The first look: faults, values that are in no list, what comes first in dates, whose time has passed.
    fn look_through(
        &self,
        source: &Source,
        asked: &Asked,
    ) -> Result<(Report, BTreeMap<usize, Order>), Error> {
        let ground = self.import_ground()?;
        let (headings, table) = self.opened(source, asked)?;
        let mapping_faults = columns::faults(&asked.plan.mapping, ground.notices.catalogue());
        if !mapping_faults.is_empty() {
            let faults = mapping_faults.into_iter().map(|message| Fault::new("columns", message));
            return Err(Error::Faults(faults.collect()));
        }
        let reader = self.reader(&ground, &headings, asked);
        let mut checked = Checked::default();
        for row in table {
            let Ok((line, cells)) = row else { continue };
            reader.look(&cells, line, &mut checked.dates);
        }
        let (orders, unsaid) = reader.orders(&checked.dates);
        for wrong in unsaid {
            checked.note(wrong);
        }
        let (_, table) = self.opened(source, asked)?;
        for row in table {
            checked.rows += 1;
            let (line, cells) = match row {
                Ok(row) => row,
                Err(fault) => {
                    checked.faulty_rows += 1;
                    checked.note(fault);
                    continue;
                }
            };
            if checked.rows == 1 && is_second_heading(&cells, &headings, ground.notices.catalogue()) {
                checked.faulty_rows += 1;
                checked.note(Wrong {
                    line,
                    column: None,
                    heading: String::new(),
                    message: "This is a second line of headings. Delete one of the two".into(),
                });
                continue;
            }
            match reader.read(&cells, line, &orders, &mut checked) {
                Ok(person) => {
                    if let Some(gone) = reader.past(&person)
                        && person.basis.is_none()
                    {
                        checked.note_past(line, gone);
                    }
                }
                Err(faults) => {
                    checked.faulty_rows += 1;
                    for fault in faults {
                        checked.note(fault);
                    }
                }
            }
        }
        checked.wrong.sort();
        Ok((Report { checked, ..Report::default() }, orders))
    }

    fn opened(&self, source: &Source, asked: &Asked) -> Result<(Vec<String>, Rows), Error> {
        let List { headings, rows, .. } = source.list()?;
        if headings.len() != asked.plan.mapping.len() {
            return Err(Error::Faults(vec![Fault::new(
                FILE,
                "The file has other columns than were mapped. Begin again with it",
            )]));
        }
        Ok((headings, rows))
    }

    fn reader<'a>(&self, ground: &'a Ground, headings: &'a [String], asked: &'a Asked) -> Reader<'a> {
        Reader::new(
            &asked.plan,
            headings,
            ground.notices.catalogue(),
            ground.notices.service(),
            &ground.rule,
            self.surroundings().today(),
        )
    }

    /// Who on file, or of an earlier line, a row may be. A closed or restricted file is named by nothing but that there is one.
    fn alike_row(&self, person: &Person, twice: &mut Twice) -> Option<AlikeRow> {
        if let Some(before) = twice.before(person.line, &person.profile) {
            return Some(AlikeRow { line: person.line, like: Like::Line(before), very: true });
        }
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        let (band, number) = people.alike(&record(&person.profile), POSSIBLE)?;
        Some(AlikeRow { line: person.line, like: Like::OnFile(number), very: band == Band::Propose })
    }

    /// Brings a file in, or takes up again an import of it that broke off. `progress` is told the line and how many files were
    /// made, after each stretch; it says whether to go on.
    ///
    /// # Errors
    /// `Error::Faults` if something is wrong with the file and rows with faults are not to be left out, before anything is
    /// written; a store failed: what was written stays, and the same file given again goes on from there.
    pub async fn run_import(
        &self,
        by: Option<&Visit>,
        source: &Source,
        asked: &Asked,
        mut progress: impl FnMut(u64, u64) -> bool + Send,
    ) -> Result<ImportId, Error> {
        let (report, orders) = self.look_through(source, asked)?;
        let unsaid = asked.plan.mapping.iter().enumerate().any(|(at, _)| {
            report.checked.dates.get(&at).is_some_and(|seen| seen.has_to_be_asked())
                && !orders.contains_key(&at)
        });
        if unsaid || (report.checked.faults > 0 && !asked.leave_faults_out) {
            let faults =
                report.checked.wrong.iter().take(20).map(|wrong| Fault::new(FILE, wrong.to_string()));
            return Err(Error::Faults(faults.collect()));
        }
        let mut far = self.begun(by, source).await?;
        let ground = self.import_ground()?;
        let (headings, table) = self.opened(source, asked)?;
        self.remember(&headings, &asked.plan).await?;
        let reader = self.reader(&ground, &headings, asked);
        let mut stretch: Vec<(u64, Row)> = Vec::with_capacity(STRETCH);
        let mut twice = Twice::default();
        let mut made = self.import(far.id).await?.made;
        for (at, row) in table.enumerate() {
            let line = match &row {
                Ok((line, _)) => *line,
                Err(wrong) => wrong.line,
            };
            let kept = row.ok().filter(|(_, cells)| {
                at > 0 || !is_second_heading(cells, &headings, ground.notices.catalogue())
            });
            let person = kept
                .and_then(|(line, cells)| reader.read(&cells, line, &orders, &mut Checked::default()).ok())
                .filter(|person| reader.past(person).is_none() || person.basis.is_some());
            // Taken up again: who came in before is only remembered.
            if line <= far.line {
                if let Some(person) = &person {
                    twice.before(line, &person.profile);
                }
                continue;
            }
            let person = person.filter(|person| {
                let alike = self.alike_row(person, &mut twice);
                asked.even_alike || !alike.is_some_and(|row| row.very)
            });
            stretch.push((line, person.map_or(Row::LeftOut, |person| Row::Person(Box::new(person)))));
            if stretch.len() == STRETCH {
                made += self.bring_in(&mut far, std::mem::take(&mut stretch), asked).await?;
                if !progress(far.line, made) {
                    self.follow_changes().await?;
                    return Ok(far.id);
                }
            }
        }
        if !stretch.is_empty() {
            made += self.bring_in(&mut far, stretch, asked).await?;
            progress(far.line, made);
        }
        let now = self.now().as_microsecond().into();
        self.records().write(vec![END.with([far.id.as_bytes().into(), now])]).await?;
        self.log().event(by.map(|visit| visit.staff.into()), IMPORT, Outcome::Done).durable().await?;
        self.follow_changes().await?;
        Ok(far.id)
    }

    /// The import of this file that has not ended, or a new one.
    async fn begun(&self, by: Option<&Visit>, source: &Source) -> Result<Far, Error> {
        let digest = source.digest().map_err(from_disk)?;
        let rows = self.records().read(vec![RUNNING.with([digest.as_str().into()])]).await?;
        if let Some(row) = rows.first().and_then(|rows| rows.first()) {
            return Ok(Far { id: ImportId::from_bytes(row.bytes16(0)?), line: row.int(1)?.unsigned_abs() });
        }
        let id = ImportId::from_bytes(self.draw());
        let staff = by.map_or(store::Value::Null, |visit| visit.staff.as_bytes().into());
        let now = self.now().as_microsecond().into();
        let begin = BEGIN.with([id.as_bytes().into(), digest.into(), staff, now]);
        match self.records().write(vec![begin]).await {
            Ok(_) => Ok(Far { id, line: 0 }),
            Err(store::Error::AlreadyThere { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Brings in a stretch of rows: files, where they came from and how far that is, in one transaction.
    async fn bring_in(&self, far: &mut Far, rows: Vec<(u64, Row)>, asked: &Asked) -> Result<u64, Error> {
        let last = rows.last().map_or(far.line, |(line, _)| *line);
        let left_out = rows.iter().filter(|(_, row)| matches!(row, Row::LeftOut)).count() as i64;
        let mut lines = Vec::with_capacity(rows.len());
        let mut files = Vec::with_capacity(rows.len());
        for (line, row) in rows {
            if let Row::Person(person) = row {
                lines.push(i64::try_from(line).unwrap_or(i64::MAX));
                files.push(self.to_load(*person, asked)?);
            }
        }
        let made = files.len() as i64;
        let id = far.id;
        let before = i64::try_from(far.line).unwrap_or(i64::MAX);
        let line = i64::try_from(last).unwrap_or(i64::MAX);
        let reached =
            AS_FAR_AS.with([id.as_bytes().into(), line.into(), made.into(), left_out.into(), before.into()]);
        let reached = reached.expecting(1);
        if files.is_empty() {
            self.records().write(vec![reached]).await?;
        } else {
            let directory = self.organisations().await?;
            self.load_stretch(files, &directory, |clients| {
                let came = clients.iter().zip(&lines);
                let mut beside: Vec<store::Query> = came
                    .map(|(client, line)| {
                        ADD_IMPORTED.with([client.as_bytes().into(), id.as_bytes().into(), (*line).into()])
                    })
                    .collect();
                beside.push(reached);
                beside
            })
            .await
            .map_err(|error| match error {
                Error::Store(store::Error::Conflict { .. }) => Error::ChangedMeanwhile,
                other => other,
            })?;
        }
        far.line = last;
        Ok(made.unsigned_abs())
    }

    fn to_load(&self, person: Person, asked: &Asked) -> Result<Loaded, Error> {
        let directory = self.directory();
        let named = person.adviser.as_deref().and_then(|email| {
            let known = directory.everybody().into_iter();
            known
                .filter(|member| member.role == access::Role::Adviser)
                .find(|m| m.email.to_lowercase() == email)
        });
        let adviser: StaffId = named.map_or(asked.adviser, |member| member.id);
        let registered = person.registered.at(9, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
        let registered = registered.map_err(|_| Error::Damaged("day"))?.timestamp();
        let meetings = person.basis.map(|basis| {
            let note = format!("Brought in from another system although the time had passed. Basis: {basis}");
            let meeting = Meeting {
                kind: MeetingKind::FileNote,
                minutes: None,
                note,
                took_part: false,
                about: Vec::new(),
                because: None,
            };
            (adviser, self.surroundings().today(), meeting)
        });
        Ok(Loaded {
            profile: person.profile,
            registered,
            last_contact: Some(person.last_contact),
            adviser,
            notice_given: asked.notice_given,
            agreed: asked.agreed,
            meetings: meetings.into_iter().collect(),
            written: Vec::new(),
            appointments: Vec::new(),
            consents: Vec::new(),
        })
    }
}
