//! Two files of one person made one, by a manager who looked at both, and parted again.
//!
//! Dated entries move: each is opened and sealed again under the key of the file that goes on, as its next version, with the
//! versions before it. The pages of the file that is taken up stay sealed with it, so that undoing gives them back as they were;
//! it is in no list, its number leads to the file that goes on, and it is erased with it. Equality answers are read by nobody here
//! and stay where they were given. See decision 0022.

mod holding;
mod make;
mod moving;
pub(crate) mod undo;

use std::collections::BTreeMap;

use access::{Act, Permit, Role};
use audit::{Action, Detail};
use casework::{ClientId, EntryId, MergeId, Profile, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Query, Row, Rows, Value, sql};
use vault::{Compartment, FileKeys, Personal, Place};

use crate::entries::{Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

pub use undo::Undone;

sql! { records:
    /// All that stands in a file.
    ENTRIES_OF = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 ORDER BY id");
    /// What no merge can bring along yet, and what has to be finished first.
    IN_THE_WAY = "SELECT (SELECT COUNT(*) FROM document WHERE client = $1), (SELECT COUNT(*) FROM paper WHERE client = $1), (SELECT COUNT(*) FROM message WHERE client = $1 AND state IN ('waiting', 'sending')), (SELECT COUNT(*) FROM placement WHERE client = $1), (SELECT COUNT(*) FROM request WHERE client = $1) + (SELECT COUNT(*) FROM redaction WHERE client = $1) + (SELECT COUNT(*) FROM objection WHERE client = $1), (SELECT COUNT(*) FROM hold WHERE client = $1 AND lifted IS NULL) + (SELECT COUNT(*) FROM erasure WHERE client = $1 AND state = 'asked')";
    /// The merges that still hold, the newest first.
    MERGES = "SELECT id, survivor, absorbed, staff, made FROM merge WHERE undone IS NULL ORDER BY made DESC LIMIT 100";
    /// One of them.
    FIND_MERGE = "SELECT id, survivor, absorbed, staff, made, sealed FROM merge WHERE id = $1 AND undone IS NULL";
    /// The files that were taken up in one.
    TAKEN_UP_IN = "SELECT absorbed FROM merge WHERE survivor = $1 AND undone IS NULL";
    /// They go with the file.
    pub(crate) DROP_MERGES = "DELETE FROM merge WHERE survivor = $1 OR absorbed = $1";
}

/// One of two files as it is put beside the other.
#[derive(Debug, Clone)]
pub struct Beside {
    /// Whose.
    pub client: ClientId,
    /// Whose caseload it is in.
    pub adviser: Option<StaffId>,
    /// Registered on.
    pub registered: Date,
    /// Last contact.
    pub last_contact: Date,
    /// The version of the notice that was given.
    pub notice_version: String,
    /// All answers that a manager may read.
    pub profile: Profile,
    /// How many dated entries there are.
    pub entries: usize,
    /// Whether equality questions were answered; the answers are nobody's to read here.
    pub equality: bool,
}

/// Two files beside each other.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The one that would go on.
    pub survivor: Beside,
    /// The one that would be taken up in it.
    pub absorbed: Beside,
    /// What stands in the way of it, in words.
    pub in_the_way: Vec<&'static str>,
    /// What both hold, in short: a form sends it back, so that nobody merges what they did not see.
    pub seen: String,
}

/// A merge that can be undone.
#[derive(Debug, Clone)]
pub struct Merge {
    /// Which.
    pub id: MergeId,
    /// The file that goes on.
    pub survivor: ClientId,
    /// Its name and number.
    pub name: String,
    /// Its number.
    pub number: String,
    /// The number of the file that was taken up.
    pub other_number: String,
    /// Who decided.
    pub staff: StaffId,
    /// When.
    pub made: Timestamp,
}

/// What a merge did, so that it can be undone: sealed in its row.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Done {
    /// Of the file that was taken up.
    adviser: Option<StaffId>,
    status: String,
    keeping: Vec<Keeping>,
    /// Of the file that went on, before and after.
    survivor_before: Head,
    survivor_after: Head,
    keeping_before: Vec<Keeping>,
    keeping_after: Vec<Keeping>,
    /// Its pages that got a new version: which, and whether there was none before.
    pages: Vec<(EntryId, i64, bool)>,
    /// What moved, with the version that it got.
    entries: Vec<(EntryId, i64)>,
    appointments: Vec<[u8; 16]>,
    mentioned_in: Vec<EntryId>,
    /// Consents that came to stand otherwise: as they were, and the version that they got.
    consents: Vec<ConsentMoved>,
    notices: Vec<String>,
    conflicts: Vec<StaffId>,
    scheduled: Vec<String>,
}

/// What stands in the clear of a file that goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    adviser: Option<StaffId>,
    status: String,
    last_contact: i64,
    notice: String,
    notice_version: String,
}

/// A row of `keeping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keeping {
    layer: String,
    since: i64,
    warn: Option<i64>,
    day: i64,
}

/// A row of `consent` that the merge wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ConsentMoved {
    purpose: String,
    organisation: [u8; 16],
    version: i64,
    before: Option<ConsentRow>,
}

/// A row of `consent`, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ConsentRow {
    kind: String,
    entry: [u8; 16],
    state: String,
    until: Option<i64>,
    review: i64,
    fields: String,
    changed: i64,
    version: i64,
}

const COMPARE: Action = Action("compare-files");
const LIST: Action = Action("list-merges");

/// What a merge opens and writes: everything but equality answers.
fn moved_categories() -> Categories {
    Category::ALL.iter().filter(|category| **category != Category::Equality).copied().collect()
}

/// What was read of one of the two files.
struct Read {
    standing: Standing,
    entries: Vec<Stored>,
    in_the_way: [i64; 6],
}

impl Read {
    fn batch(client: ClientId, visit: &Visit) -> [Query; 3] {
        let id = || client.as_bytes().into();
        [Standing::query(client, visit), ENTRIES_OF.with([id()]), IN_THE_WAY.with([id()])]
    }

    fn of(client: ClientId, rows: &[Rows]) -> Result<Read, Error> {
        let [head, entries, counts] = rows else { return Err(Error::Damaged("batch")) };
        let counts = counts.first().ok_or(Error::Damaged("batch"))?;
        Ok(Read {
            standing: Standing::read(client, head.first())?,
            entries: entries.rows.iter().map(Stored::read).collect::<Result<_, _>>()?,
            in_the_way: [
                counts.int(0)?,
                counts.int(1)?,
                counts.int(2)?,
                counts.int(3)?,
                counts.int(4)?,
                counts.int(5)?,
            ],
        })
    }

    fn is_page(stored: &Stored) -> bool {
        stored.kind == "profile"
    }
}

/// What both files hold, in short.
fn seen(one: &Read, other: &Read) -> String {
    let mut digest = Sha256::new();
    for read in [one, other] {
        for stored in &read.entries {
            digest.update(stored.id.as_bytes());
            digest.update(stored.version.to_be_bytes());
        }
        digest.update(read.standing.last_contact.to_be_bytes());
    }
    hex::encode(digest.finalize())
}

/// What stands in the way of taking up `absorbed`.
fn in_the_way(absorbed: &Read) -> Vec<&'static str> {
    let [documents, paper, messages, placements, requests, held] = absorbed.in_the_way;
    let mut found = Vec::new();
    if documents > 0 {
        found.push(
            "The file that would be taken up holds documents, and documents cannot move to another file. Let that file go on instead",
        );
    }
    if paper > 0 {
        found.push(
            "Paper is registered for the file that would be taken up, and its labels carry that file. Let that file go on instead",
        );
    }
    if placements > 0 {
        found.push(
            "The file that would be taken up is or was on a programme, whose layer has a key and a time of its own. Let that file go on instead",
        );
    }
    if requests > 0 {
        found.push(
            "Something was asked about the data of the file that would be taken up. Let that file go on instead",
        );
    }
    if held > 0 {
        found.push(
            "The file that would be taken up is on hold, or its erasure is asked for. See to that first",
        );
    }
    if messages > 0 {
        found.push("A message to this client is on its way. Try again in a few minutes");
    }
    found
}

impl Service {
    /// Whether somebody may look at both files and has said why, or needs to; and nobody but a manager.
    pub(crate) async fn merge_permit(
        &self,
        visit: &Visit,
        standing: &Standing,
        act: Act,
        action: Action,
    ) -> Result<Permit, Error> {
        if visit.role != Role::Manager {
            return Err(Error::NotYours("A manager decides whether two files are one person’s."));
        }
        let request = standing.request_for(visit, self.now(), Purpose::Keeping, act, moved_categories());
        self.permit(request, action).await
    }

    async fn read_both(
        &self,
        visit: &Visit,
        survivor: ClientId,
        absorbed: ClientId,
    ) -> Result<(Read, Read), Error> {
        if survivor == absorbed {
            return Err(Error::NoSuchFile);
        }
        let batch = [Read::batch(survivor, visit), Read::batch(absorbed, visit)].concat();
        let rows = self.records().read(batch).await?;
        let (one, other) = rows.split_at_checked(3).ok_or(Error::Damaged("batch"))?;
        Ok((Read::of(survivor, one)?, Read::of(absorbed, other)?))
    }

    /// Puts two files beside each other, field by field, as they would be made one.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers; a refusal, say because no reason was stated for one of them; there is no
    /// such file; something cannot do its part.
    pub async fn compare_files(
        &self,
        visit: &Visit,
        survivor: ClientId,
        absorbed: ClientId,
    ) -> Result<Opened<Compared>, Error> {
        let (one, other) = self.read_both(visit, survivor, absorbed).await?;
        let first = self.merge_permit(visit, &one.standing, Act::Read, COMPARE).await?;
        let second = self.merge_permit(visit, &other.standing, Act::Read, COMPARE).await?;
        let (in_the_way, seen) = (in_the_way(&other), seen(&one, &other));
        // Both entries are on disk before anything is put beside anything: it leaves with the receipt of the first.
        let (absorbed, entry) = self.open_beside(second, &other).await?;
        let absorbed = absorbed.release(&entry.durable().await?)?;
        let (survivor, entry) = self.open_beside(first, &one).await?;
        let both = survivor.map(|survivor| Compared { survivor, absorbed, in_the_way, seen });
        Ok(Opened::new(both, entry))
    }

    async fn open_beside(
        &self,
        permit: Permit,
        read: &Read,
    ) -> Result<(Personal<Beside>, audit::Entry), Error> {
        let client = read.standing.client;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, COMPARE, Detail::default());
        let mut pages = Vec::new();
        for stored in read.entries.iter().filter(|stored| Read::is_page(stored)) {
            if stored.category != Category::Equality {
                pages.push(self.open_entry::<Profile>(&entry, &keys, client, stored)?);
            }
        }
        let day = |number| crate::day_from(number).ok_or(Error::Damaged("day"));
        let (registered, last_contact) = (read.standing.registered, day(read.standing.last_contact)?);
        let beside = Beside {
            client,
            adviser: read.standing.adviser,
            registered: self.surroundings().civil(registered).date(),
            last_contact,
            notice_version: read.standing.notice_version.clone(),
            profile: Profile::default(),
            entries: read.entries.iter().filter(|stored| !Read::is_page(stored)).count(),
            equality: read.entries.iter().any(|stored| stored.category == Category::Equality),
        };
        let opened = Personal::gather(&entry, pages)?.map(|pages| Beside {
            profile: pages.into_iter().fold(Profile::default(), Profile::joined),
            ..beside
        });
        Ok((opened, entry))
    }

    /// The merges that can still be undone, the newest first. A restricted file is not among them.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers, a refusal, or a store failed.
    pub async fn merges(&self, visit: &Visit) -> Result<Opened<Vec<Merge>>, Error> {
        let permit = self.permit(self.search_request(visit), LIST).await?;
        if visit.role != Role::Manager {
            return Err(Error::NotYours("Merges are for managers."));
        }
        let found = self.merges_that_hold().await?;
        let detail = Detail { count: Some(found.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, found), entry))
    }

    /// The same, for a sentence whose entry covers the names.
    pub(crate) async fn merges_that_hold(&self) -> Result<Vec<Merge>, Error> {
        let rows = self.records().read(vec![MERGES.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let (survivor, absorbed) =
                (ClientId::from_bytes(row.bytes16(1)?), ClientId::from_bytes(row.bytes16(2)?));
            let Some(shown) = self.known_as(survivor, Purpose::Keeping) else { continue };
            found.push(Merge {
                id: MergeId::from_bytes(row.bytes16(0)?),
                survivor,
                name: shown.name,
                number: shown.number,
                other_number: self.number_taken_up(absorbed).unwrap_or_default(),
                staff: StaffId::from_bytes(row.bytes16(3)?),
                made: changes::time(row.int(4)?)?,
            });
        }
        Ok(found)
    }

    /// A file with every file that was taken up in it, and in those: they are erased together.
    pub(crate) async fn with_taken_up(&self, client: ClientId) -> Result<Vec<ClientId>, Error> {
        let mut all = vec![client];
        let mut at = 0;
        while let Some(next) = all.get(at).copied() {
            at += 1;
            let rows = self.records().read(vec![TAKEN_UP_IN.with([next.as_bytes().into()])]).await?;
            for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
                let absorbed = ClientId::from_bytes(row.bytes16(0)?);
                if !all.contains(&absorbed) {
                    all.push(absorbed);
                }
            }
        }
        Ok(all)
    }

    /// Where the row of a merge is sealed.
    fn done_place(id: MergeId, survivor: ClientId) -> Place<'static> {
        Place {
            table: "merge",
            row: *id.as_bytes(),
            version: 1,
            file: survivor.into(),
            compartment: &Compartment::File,
            category: Category::Agreement,
            beside: vault::Beside::NOTHING,
        }
    }
}

/// Whether a file has the keys that these entries need.
fn has_keys(keys: &FileKeys, entries: &[Stored]) -> bool {
    entries.iter().all(|stored| Read::is_page(stored) || keys.have(&stored.compartment))
}

/// Answers by the page that they belong to.
type Pages = BTreeMap<Category, (Option<(EntryId, i64)>, Profile)>;

fn null_or(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Into::into)
}

fn opt_staff(row: &Row, at: usize) -> Result<Option<StaffId>, Error> {
    Ok(row.opt_bytes16(at)?.map(StaffId::from_bytes))
}
