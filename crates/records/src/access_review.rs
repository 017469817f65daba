//! Reviewing who looked at which file and why. It works on the audit log and on what is known of people in memory: no file is
//! opened for it, only the reasons that were stated, in one list that leaves one entry.
//!
//! What was read of the log stays in memory as looks, so that a page reads only what came since.

use std::collections::{BTreeSet, HashMap};
use std::sync::PoisonError;

use access::{Act, Actor, Circumstances, Request, Role, Subject};
use audit::{Action, Detail, Recorded};
use casework::looks::{self, Flag, Limits, Look, Marks, Own, Verdict};
use casework::promises::Measured;
use casework::{ClientId, StaffId};
use jiff::{SignedDuration, Timestamp};
use notice::{Categories, Category, Purpose};
use store::sql;
use vault::{FileId, Personal};

use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::{STATE_REASON_ACTION, reason_place};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// What was reviewed, from a place of the log on.
    REVIEWED = "SELECT seq, verdict, reviewed, reviewed_by FROM look_review WHERE seq >= $1";
    /// A look was reviewed; the first review counts.
    REVIEW = "INSERT INTO look_review (seq, verdict, reviewed, reviewed_by) VALUES ($1, $2, $3, $4) ON CONFLICT (seq) DO NOTHING";
}

/// Looks are reviewed for so many days.
pub const REVIEWED_DAYS: i64 = 93;
/// The longest list.
pub const MOST_LISTED: usize = 200;
/// What somebody does with one file within so many minutes is one look.
const ONE_LOOK_MINUTES: i64 = 30;
/// Entries of the log that are read at a time.
const STRETCH: u32 = 2000;

const LIST: Action = Action("review-looks");
const TICK: Action = Action("tick-off-looks");

/// One look as the log has it.
#[derive(Debug, Clone)]
pub(crate) struct Visited {
    seq: u64,
    at: Timestamp,
    last: Timestamp,
    who: StaffId,
    role: Role,
    client: ClientId,
    /// The stated reason, sealed under the file's key.
    sealed: Option<Vec<u8>>,
}

/// What was read of the log so far.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The next entry to read; none before the first reading.
    next: Option<u64>,
    looks: Vec<Visited>,
    /// The newest look of each person at each file.
    newest: HashMap<(StaffId, ClientId), usize>,
}

impl Seen {
    /// Takes in an entry, if it is somebody's look at a file.
    fn take(&mut self, entry: Recorded) {
        self.next = Some(entry.seq + 1);
        let (Some(actor), Some(role), Ok(client)) = (entry.actor, entry.role, entry.subject.parse()) else {
            return;
        };
        if matches!(role, Role::System | Role::Client | Role::Public) || entry.outcome != "done" {
            return;
        }
        let who = StaffId::from_bytes(*actor.as_bytes());
        let sealed = entry.sealed.filter(|_| entry.action == STATE_REASON_ACTION.0);
        let newest = self.newest.get(&(who, client)).and_then(|at| self.looks.get_mut(*at));
        // A reason that is stated is one for what follows, never for what was looked at before.
        if let Some(look) = newest.filter(|_| sealed.is_none())
            && look.last.duration_until(entry.at) <= SignedDuration::from_mins(ONE_LOOK_MINUTES)
        {
            look.last = entry.at;
            return;
        }
        self.newest.insert((who, client), self.looks.len());
        let (seq, at) = (entry.seq, entry.at);
        self.looks.push(Visited { seq, at, last: at, who, role, client, sealed });
    }

    /// Forgets what is older than it is reviewed.
    fn forget_before(&mut self, since: Timestamp) {
        if self.looks.first().is_some_and(|look| look.last < since) {
            self.looks.retain(|look| look.last >= since);
            self.newest =
                self.looks.iter().enumerate().map(|(at, look)| ((look.who, look.client), at)).collect();
        }
    }
}

/// What a review came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reviewed {
    /// What it came to.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: StaffId,
}

/// One look to review.
#[derive(Debug, Clone)]
pub struct ToReview {
    /// Its place in the log.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: StaffId,
    /// As what.
    pub role: Role,
    /// Whose file.
    pub client: ClientId,
    /// The client; none for a restricted file, and for one that is no more.
    pub shown: Option<Shown>,
    /// What was stated as the reason.
    pub reason: Reason,
    /// What is worth a question.
    pub flags: BTreeSet<Flag>,
    /// What a review came to.
    pub reviewed: Option<Reviewed>,
}

/// The reason for a look, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// None was asked for.
    NotAsked,
    /// This.
    Stated(String),
    /// One was stated, and its words went with the key of the file.
    Erased,
}

/// The list of a review.
#[derive(Debug, Clone)]
pub struct Review {
    /// The looks, newest first.
    pub looks: Vec<ToReview>,
    /// How many there are, if not all are listed.
    pub all: usize,
}

/// Which looks to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for a review.
    Open,
    /// Those that were reviewed.
    Reviewed,
}

impl Service {
    /// The looks that are worth a review: those with a stated reason, and those that the detector asks about.
    ///
    /// # Errors
    /// The rules refuse all but the governance lead, or a store failed.
    pub async fn looks_to_review(&self, visit: &Visit, which: Which) -> Result<Opened<Review>, Error> {
        let permit = self.permit(review_request(visit), LIST).await?;
        let mut found = self.worth_a_review().await?;
        found.retain(|(_, _, reviewed)| reviewed.is_some() == (which == Which::Reviewed));
        let all = found.len();
        found.reverse();
        found.truncate(MOST_LISTED);
        let mut files: Vec<FileId> = found.iter().map(|(look, ..)| look.client.into()).collect();
        files.sort_unstable();
        files.dedup();
        let keys = self.vault().keys_of(&files).await?;
        let detail = Detail { count: Some(found.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        let mut looks = Vec::with_capacity(found.len());
        for (look, flags, reviewed) in found {
            let unread = if look.sealed.is_some() { Reason::Erased } else { Reason::NotAsked };
            let sealed = look.sealed.as_deref().and_then(|sealed| sealed.split_first_chunk::<16>());
            let reason = match sealed.zip(keys.get(&look.client.into())) {
                Some(((row, sealed), keys)) => self
                    .vault()
                    .open::<String>(&entry, keys, &reason_place(*row, look.client), sealed)?
                    .map(Reason::Stated),
                None => Personal::new(&entry, unread),
            };
            let shown = self.known_as(look.client, Purpose::Keeping);
            let Visited { seq, at, who, role, client, .. } = look;
            looks.push(reason.map(move |reason| ToReview {
                seq,
                at,
                who,
                role,
                client,
                shown,
                reason,
                flags,
                reviewed,
            }));
        }
        let personal = Personal::gather(&entry, looks)?.map(|looks| Review { looks, all });
        Ok(Opened::new(personal, entry))
    }

    /// Ticks looks off. Nobody reviews their own; what was reviewed before stays as it was. Gives how many were ticked off.
    ///
    /// # Errors
    /// The rules refuse all but the governance lead, `Error::NotYours` if one of the looks is their own, or a store failed.
    pub async fn review_looks(&self, visit: &Visit, seqs: &[u64], verdict: Verdict) -> Result<usize, Error> {
        let permit = self.permit(review_request(visit), TICK).await?;
        let open = self.worth_a_review().await?;
        let chosen: Vec<&Visited> = open
            .iter()
            .filter(|(look, _, reviewed)| reviewed.is_none() && seqs.contains(&look.seq))
            .map(|(look, ..)| look)
            .collect();
        if chosen.iter().any(|look| look.who == visit.staff) {
            return Err(Error::NotYours(
                "What you opened yourself is reviewed by somebody else. Ask another governance lead.",
            ));
        }
        let now = self.now().as_microsecond();
        let mut batch = Vec::with_capacity(chosen.len() + 1);
        for look in &chosen {
            batch.push(REVIEW.with([
                place(look.seq).into(),
                verdict.code().into(),
                now.into(),
                visit.staff.as_bytes().into(),
            ]));
        }
        let detail = Detail { count: Some(chosen.len() as u64), ..Detail::default() };
        let change = self.log().change(permit, TICK, &detail);
        batch.push(change.outbox());
        self.records().write(batch).await?;
        change.committed();
        Ok(chosen.len())
    }

    /// How many stated reasons wait for a review, and since when.
    pub(crate) async fn reasons_to_review(&self) -> Result<Measured, Error> {
        let found = self.worth_a_review().await?;
        let open = found.iter().filter(|(look, _, reviewed)| reviewed.is_none() && look.sealed.is_some());
        let oldest = open.clone().map(|(look, ..)| look.at).min();
        let oldest = oldest.map(|at| self.surroundings().civil(at).date());
        Ok(Measured::Counted { number: open.count() as u64, oldest })
    }

    /// Every look of the last months that has a reason or a flag, the oldest first.
    async fn worth_a_review(&self) -> Result<Vec<(Visited, BTreeSet<Flag>, Option<Reviewed>)>, Error> {
        let looks = self.read_looks().await?;
        let first = looks.iter().map(|look| look.seq).min().unwrap_or(0);
        let rows = self.records().read(vec![REVIEWED.with([place(first).into()])]).await?;
        let mut reviewed = HashMap::new();
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let one = Reviewed {
                verdict: row.text(1)?.parse().map_err(|_| Error::Damaged("verdict"))?,
                at: changes::time(row.int(2)?)?,
                by: StaffId::from_bytes(row.bytes16(3)?),
            };
            reviewed.insert(row.int(0)?.unsigned_abs(), one);
        }
        let flags = self.flags_of(&looks);
        let worth = looks.into_iter().zip(flags);
        let worth = worth.filter(|(look, flags)| look.sealed.is_some() || !flags.is_empty());
        Ok(worth
            .map(|(look, flags)| {
                let seen = reviewed.get(&look.seq).copied();
                (look, flags, seen)
            })
            .collect())
    }

    /// Brings the looks in memory up to date with the log.
    async fn read_looks(&self) -> Result<Vec<Visited>, Error> {
        let mut seen = self.looks_seen().lock().await;
        let since = self.now() - SignedDuration::from_hours(REVIEWED_DAYS * 24);
        let mut next = match seen.next {
            Some(next) => next,
            None => self.first_since(since).await?,
        };
        loop {
            let stretch = self.log().from(next, STRETCH).await?;
            let Some(last) = stretch.last() else { break };
            next = last.seq + 1;
            stretch.into_iter().for_each(|entry| seen.take(entry));
        }
        seen.next = Some(next);
        seen.forget_before(since);
        Ok(seen.looks.clone())
    }

    /// The first entry of the log from an instant on: times grow with places, but for the little that entries wait.
    pub(crate) async fn first_since(&self, since: Timestamp) -> Result<u64, Error> {
        let (mut low, mut high) = (0, self.log().size().await?);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.log().from(middle, 1).await?.first() {
                Some(entry) if entry.at < since => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    fn flags_of(&self, visited: &[Visited]) -> Vec<BTreeSet<Flag>> {
        let directory = self.directory();
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        let staff: HashMap<StaffId, Own> = directory
            .everybody()
            .into_iter()
            .filter(|member| visited.iter().any(|look| look.who == member.id))
            .map(|member| {
                let marks = Marks::of_staff(&member.name, &member.email);
                (member.id, Own::new(marks, people.known.values().map(|known| known.marks)))
            })
            .collect();
        let known = |client: ClientId| people.known.get(&client);
        let looks: Vec<Look> = visited
            .iter()
            .map(|look| Look {
                at: look.at,
                hour: self.surroundings().civil(look.at).hour(),
                who: look.who,
                client: look.client,
                outside: look.role != Role::Receptionist
                    && known(look.client).is_none_or(|known| known.adviser() != Some(look.who)),
            })
            .collect();
        looks::flags(&looks, &staff, |client| known(client).map(|known| known.marks), Limits::default())
    }
}

/// A place of the log as it is stored.
fn place(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// Names and reasons of all files together, to review who looked.
fn review_request(visit: &Visit) -> Request {
    Request {
        actor: Actor { id: visit.staff.into(), role: visit.role },
        purpose: Purpose::Keeping,
        act: Act::Search,
        subject: Subject::Everyone,
        categories: Categories::from(Category::Contact).with(Category::Identity).with(Category::Agreement),
        circumstances: Circumstances::default(),
    }
}
