//! What is published: tables that passed the gate together with everything published before, and two signatures.
//!
//! The ledger of a pack says which people stood in which group, by the numbers that the secret draws for them, sealed. Whoever is
//! erased loses their number at once: a random one takes its place, so that the group keeps its size and knows nobody.

use std::collections::HashMap;

use audit::{Action, Outcome};
use casework::figures::{Measure, Period, Story, story};
use casework::{ClientId, Fault, StaffId};
use jiff::Timestamp;
use notice::Purpose;
use serde::{Deserialize, Serialize};
use statistics::extract::Extract;
use statistics::{Ledger, PUBLIC, Release, TableSpec};
use store::{Row, sql};

use super::counting::{LEFT_OUT, in_words, method, said, sheet, spec, title};
use super::dimensions::Dimension;
use super::extracts::extract_of;
use super::sheet::{Sheet, csv_line};
use super::{counts, signs};
use crate::sessions::Visit;
use crate::{Error, Service, changes, secrets};

/// The columns of a pack, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, story, period, stage, asked, asked_by, decided, decided_by, content"
    };
}

sql! { records:
    /// Every pack, the newest first.
    PACKS = concat!("SELECT ", columns!(), " FROM figure_pack ORDER BY asked DESC, id LIMIT 500");
    /// One.
    PACK = concat!("SELECT ", columns!(), " FROM figure_pack WHERE id = $1");
    /// The groups of those that are published or may be.
    GROUPS = "SELECT id, version, groups FROM figure_pack WHERE stage <> 'refused' ORDER BY asked, id";
    /// How many packs were prepared. The next one has to know them all: whoever was slower has to look again.
    COUNT_PACKS = "SELECT value FROM counter WHERE name = 'figure-pack'";
    NEXT_PACK = "UPDATE counter SET value = value + 1 WHERE name = 'figure-pack' AND value = $1";
    ADD_PACK = "INSERT INTO figure_pack (id, story, period, stage, asked, asked_by, decided, decided_by, content, version, groups) VALUES ($1, $2, $3, 'proposed', $4, $5, NULL, NULL, $6, 1, $7)";
    /// A second person decides.
    DECIDE = "UPDATE figure_pack SET stage = $2, decided = $3, decided_by = $4 WHERE id = $1 AND stage = 'proposed' AND asked_by <> $4";
    /// The groups without somebody who was erased.
    SEAL_ANEW = "UPDATE figure_pack SET groups = $3, version = $2 + 1 WHERE id = $1 AND version = $2";
}

const TABLE: &str = "figure_pack";
const LIST: Action = Action("list-packs");
const PREPARE: Action = Action("prepare-pack");
const VIEW: Action = Action("view-pack");
const SIGN: Action = Action("sign-pack");

/// How far a pack has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// One person prepared and signed it.
    Proposed,
    /// A second person signed it: everybody can read it.
    Published,
    /// A second person said no.
    Refused,
}

impl Stage {
    const fn code(self) -> &'static str {
        match self {
            Stage::Proposed => "proposed",
            Stage::Published => "published",
            Stage::Refused => "refused",
        }
    }

    fn read(code: &str) -> Result<Stage, Error> {
        let all = [Stage::Proposed, Stage::Published, Stage::Refused];
        all.into_iter().find(|stage| stage.code() == code).ok_or(Error::Damaged("stage of a pack"))
    }
}

/// What a pack says. All of it is anonymous.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PackContent {
    /// Its title.
    pub title: String,
    /// Its tables, as people read them.
    pub sheets: Vec<Sheet>,
    /// The same as the gate reads them.
    pub release: Release,
    /// What was left out, and why.
    pub notes: Vec<String>,
    /// How the figures were made.
    pub method: Vec<String>,
    /// The anonymous extract, if there is one.
    pub extract: Option<Extract>,
    /// About the extract, or why there is none.
    pub of_extract: String,
}

/// A pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Which.
    pub id: [u8; 16],
    /// What it tells.
    pub story: Option<Story>,
    /// When.
    pub period: Period,
    /// How far it has come.
    pub stage: Stage,
    /// When it was prepared.
    pub asked: Timestamp,
    /// By whom.
    pub asked_by: StaffId,
    /// When a second person decided, and who.
    pub decided: Option<(Timestamp, StaffId)>,
    /// What it says.
    pub content: PackContent,
}

impl Pack {
    fn read(row: &Row) -> Result<Pack, Error> {
        let decided = row.opt_int(6)?.zip(row.opt_bytes16(7)?);
        let decided = decided.map(|(at, by)| Ok::<_, Error>((changes::time(at)?, StaffId::from_bytes(by))));
        Ok(Pack {
            id: row.bytes16(0)?,
            story: story(row.text(1)?),
            period: row.text(2)?.parse().map_err(|_| Error::Damaged("period of a pack"))?,
            stage: Stage::read(row.text(3)?)?,
            asked: changes::time(row.int(4)?)?,
            asked_by: StaffId::from_bytes(row.bytes16(5)?),
            decided: decided.transpose()?,
            content: serde_json::from_str(row.text(8)?).map_err(|_| Error::Damaged("pack"))?,
        })
    }
}

impl PackContent {
    /// The extract as CSV; nothing if there is none.
    #[must_use]
    pub fn extract_csv(&self) -> Option<String> {
        let extract = self.extract.as_ref()?;
        let rows = std::iter::once(&extract.names).chain(&extract.rows);
        Some(rows.map(|row| csv_line(row.iter().map(String::as_str))).collect())
    }
}

/// The groups of a pack, sealed beside it.
#[derive(Serialize, Deserialize)]
struct Groups {
    /// The numbers of everybody who was counted, by place.
    numbers: Vec<u64>,
    ledger: Ledger,
}

impl Service {
    /// All packs, for those who prepare or sign them.
    ///
    /// # Errors
    /// `Error::NotYours`, or a store or the log failed.
    pub async fn figure_packs(&self, visit: &Visit) -> Result<Vec<Pack>, Error> {
        self.figures_are_theirs(visit, LIST, signs).await?;
        self.all_packs().await
    }

    /// The packs that two people signed: for everybody.
    ///
    /// # Errors
    /// The store failed.
    pub async fn published_packs(&self) -> Result<Vec<Pack>, Error> {
        let all = self.all_packs().await?;
        Ok(all.into_iter().filter(|pack| pack.stage == Stage::Published).collect())
    }

    /// One pack.
    ///
    /// # Errors
    /// `Error::NotYours`, there is none, or a store or the log failed.
    pub async fn figure_pack(&self, visit: &Visit, id: [u8; 16]) -> Result<Pack, Error> {
        self.figures_are_theirs(visit, VIEW, signs).await?;
        self.find_pack(id).await
    }

    async fn find_pack(&self, id: [u8; 16]) -> Result<Pack, Error> {
        let rows = self.records().read(vec![PACK.with([id.into()])]).await?;
        rows.first().and_then(|rows| rows.first()).map(Pack::read).transpose()?.ok_or(Error::NoSuchFile)
    }

    async fn all_packs(&self) -> Result<Vec<Pack>, Error> {
        let rows = self.records().read(vec![PACKS.with([])]).await?;
        rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default().iter().map(Pack::read).collect()
    }

    /// Prepares a pack, and so signs it first. It passes the gate beside everything that was published or waits to be.
    ///
    /// # Errors
    /// `Error::NotYours`; `Error::Faults` for a period that is not over, or tables that cannot be made safe;
    /// `Error::ChangedMeanwhile` if somebody else prepared one at the same time; a store or the log failed.
    pub async fn prepare_pack(
        &self,
        visit: &Visit,
        form: [u8; 16],
        story_id: &str,
        period: Period,
    ) -> Result<[u8; 16], Error> {
        if !counts(visit.role) {
            self.figures_are_theirs(visit, PREPARE, counts).await?;
        }
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(made);
        }
        let fault = |field: &'static str, text: String| Error::Faults(vec![Fault::new(field, text)]);
        let story = story(story_id).ok_or_else(|| fault("story", "Choose what the pack tells".to_owned()))?;
        if period.to.last() >= self.surroundings().today() {
            let text = "Choose a period that is over: figures of a running one would change after they are published";
            return Err(fault("to", text.to_owned()));
        }
        let dimensions = self.dimensions();
        let tables = tables(&story, &dimensions);
        if tables.is_empty() {
            let text = "The notice does not let us count by any of what this story needs";
            return Err(fault("story", text.to_owned()));
        }
        let others: Vec<Pack> =
            self.all_packs().await?.into_iter().filter(|pack| pack.stage != Stage::Refused).collect();
        let earlier: Vec<Release> = others
            .iter()
            .filter(|pack| pack.period == period)
            .map(|pack| pack.content.release.clone())
            .collect();
        let specs: Vec<TableSpec> = tables.iter().map(|(measure, by)| spec(*measure, period, by)).collect();
        let mut used: Vec<&Dimension> = Vec::new();
        let mut counted: Vec<(Measure, Period)> = Vec::new();
        for (measure, by) in &tables {
            counted.extend((!counted.contains(&(*measure, period))).then_some((*measure, period)));
            let new: Vec<&Dimension> = by.iter().filter(|one| !used.contains(one)).copied().collect();
            used.extend(new);
        }
        let secret = self.figure_secret().await?;
        let (snapshot, extract) = self
            .with_everybody(|everybody| {
                let snapshot = everybody.snapshot(Purpose::Bids, &used, &counted, period.from.first());
                (snapshot, extract_of(everybody, &secret, period, &others))
            })
            .await?;
        let (count, before) = self.ledger_of_packs(&snapshot.numbers).await?;
        let numbers = snapshot.numbers.clone();
        let (made, after) = snapshot
            .release(secret, specs, PUBLIC, before.clone(), earlier)
            .await?
            .map_err(|refused| fault("story", said(&refused, &dimensions, &counted)))?;
        let sheets = made
            .release
            .tables
            .iter()
            .zip(&tables)
            .map(|(table, (measure, by))| sheet(title(*measure, period, by), table, by))
            .collect();
        let measures: Vec<Measure> = counted.iter().map(|(measure, _)| *measure).collect();
        let (extract, of_extract) = extract;
        let content = PackContent {
            title: format!("{}: {}", story.words, period.words()),
            sheets,
            release: made.release,
            notes: made.notes.iter().map(|note| in_words(note, &dimensions, &counted)).collect(),
            method: method(&measures, PUBLIC, LEFT_OUT),
            extract,
            of_extract,
        };
        let id = self.draw();
        let groups = Groups { numbers, ledger: after.without(&before) };
        let sealed = self.vault().seal_service(TABLE, id, 1, &groups)?;
        let content = serde_json::to_string(&content).map_err(|_| Error::Damaged("pack"))?;
        let add = ADD_PACK.with([
            id.into(),
            story.id.into(),
            period.to_string().into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
            content.into(),
            sealed.into(),
        ]);
        let next = NEXT_PACK.with([count.into()]).expecting(1);
        match self.records().write(vec![self.form_done(visit, form, id), next, add]).await {
            Ok(_) => {}
            Err(store::Error::AlreadyThere { .. }) => {
                return self.made_by_form(visit, form).await?.ok_or(Error::ChangedMeanwhile);
            }
            Err(store::Error::Conflict { .. }) => return Err(Error::ChangedMeanwhile),
            Err(error) => return Err(error.into()),
        }
        self.log().event(Some(visit.staff.into()), PREPARE, Outcome::Done).durable().await?;
        Ok(id)
    }

    /// A second person signs the publication of a pack, or says no.
    ///
    /// # Errors
    /// `Error::NotYours` for whoever prepared it; `Error::ChangedMeanwhile` if it was decided already.
    pub async fn decide_pack(&self, visit: &Visit, id: [u8; 16], publish: bool) -> Result<(), Error> {
        if !signs(visit.role) {
            return self.figures_are_theirs(visit, SIGN, signs).await;
        }
        let pack = self.find_pack(id).await?;
        if pack.asked_by == visit.staff {
            let refused = Outcome::Refused("own-pack");
            self.log().event(Some(visit.staff.into()), SIGN, refused).durable().await?;
            return Err(Error::NotYours(
                "You prepared this pack, which is the first signature. The second is somebody else\u{2019}s.",
            ));
        }
        let stage = if publish { Stage::Published } else { Stage::Refused };
        let (now, staff) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        let decide = DECIDE.with([id.into(), stage.code().into(), now, staff]).expecting(1);
        self.records().write(vec![decide]).await.map_err(|error| match error {
            store::Error::Conflict { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.log().event(Some(visit.staff.into()), SIGN, Outcome::Done).durable().await?;
        Ok(())
    }

    /// The groups of all packs among people with these numbers, and how many packs there are. Whoever is not among them any more
    /// stands behind everybody, and still counts as a difference.
    async fn ledger_of_packs(&self, numbers: &[u64]) -> Result<(i64, Ledger), Error> {
        let rows = self.records().read(vec![COUNT_PACKS.with([]), GROUPS.with([])]).await?;
        let [count, groups] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let count = count.first().map_or(Ok(0), |row| row.int(0))?;
        let mut places: HashMap<u64, usize> = numbers.iter().copied().zip(0..).collect();
        let mut all = Ledger::default();
        for row in &groups.rows {
            let (_, groups) = self.groups(row)?;
            let to: Vec<usize> = groups
                .numbers
                .iter()
                .map(|number| {
                    let next = places.len();
                    *places.entry(*number).or_insert(next)
                })
                .collect();
            all.join(groups.ledger.moved(places.len(), &to));
        }
        Ok((count, all))
    }

    fn groups(&self, row: &Row) -> Result<(i64, Groups), Error> {
        let version = row.int(1)?;
        Ok((version, self.vault().open_service(TABLE, row.bytes16(0)?, version, row.blob(2)?)?))
    }

    /// Puts a random number in the place of somebody who is erased, in the groups of every pack.
    pub(crate) async fn unlink_from_packs(&self, client: ClientId) -> Result<(), Error> {
        loop {
            let rows = self.records().read(vec![GROUPS.with([])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                return Ok(());
            }
            let number = self.figure_secret().await?.person(client.as_bytes());
            let mut batch = Vec::new();
            for row in &rows {
                let (version, mut groups) = self.groups(row)?;
                let Some(place) = groups.numbers.iter_mut().find(|other| **other == number) else { continue };
                *place = u64::from_be_bytes(secrets::random::<8>()?);
                let id = row.bytes16(0)?;
                let sealed = self.vault().seal_service(TABLE, id, version + 1, &groups)?;
                batch.push(SEAL_ANEW.with([id.into(), version.into(), sealed.into()]).expecting(1));
            }
            match self.records().write(batch).await {
                // Another server unlinked somebody else meanwhile: once more with what it left.
                Err(store::Error::Conflict { .. }) => {}
                other => return other.map(|_| ()).map_err(Into::into),
            }
        }
    }
}

/// The tables of a story that the notice lets us make.
fn tables<'d>(story: &Story, dimensions: &'d [Dimension]) -> Vec<(Measure, Vec<&'d Dimension>)> {
    let by = |ids: &[&str]| -> Option<Vec<&'d Dimension>> {
        ids.iter().map(|id| dimensions.iter().find(|one| one.id == **id)).collect()
    };
    story.tables.iter().filter_map(|(measure, ids)| Some((*measure, by(ids)?))).collect()
}
