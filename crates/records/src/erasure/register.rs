//! The register of erasures and the receipt of one: what went, when, on what ground. It names nobody.

use access::Role;
use audit::{Action, Outcome};
use casework::{ErasureId, StaffId};
use jiff::Timestamp;
use store::{Row, sql};

use super::asking::{ONE_WAITING, WAITING, Waiting};
use super::{Ground, What};
use crate::sessions::Visit;
use crate::{Error, Service, changes};

sql! { records:
    /// The newest erasures that were begun.
    REGISTER = "SELECT e.id, e.what, e.ground, e.state, e.asked, e.asked_by, e.decided, e.decided_by, e.entries, e.documents, e.paper, e.recipients, e.mentions, e.in_service, e.final_from, (SELECT COUNT(*) FROM paper p WHERE p.erasure = e.client AND p.state = 'to-destroy'), (SELECT COUNT(*) FROM to_redact r WHERE r.erasure = e.id AND r.done IS NULL) FROM erasure e WHERE e.state IN ('begun', 'done') ORDER BY e.asked DESC, e.id LIMIT 500";
    /// One of them.
    RECEIPT = "SELECT e.id, e.what, e.ground, e.state, e.asked, e.asked_by, e.decided, e.decided_by, e.entries, e.documents, e.paper, e.recipients, e.mentions, e.in_service, e.final_from, (SELECT COUNT(*) FROM paper p WHERE p.erasure = e.client AND p.state = 'to-destroy'), (SELECT COUNT(*) FROM to_redact r WHERE r.erasure = e.id AND r.done IS NULL) FROM erasure e WHERE e.id = $1 AND e.state IN ('begun', 'done')";
}

/// Where an erasure stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Rows are gone; keys and the last look are still to come.
    Begun,
    /// Nothing of it can be read in the service.
    InService,
    /// Nor in any copy or backup.
    Final,
}

/// An erasure as the register has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its reference.
    pub id: ErasureId,
    /// What went.
    pub what: What,
    /// Why.
    pub ground: Ground,
    /// When it was asked for or fell due.
    pub asked: Timestamp,
    /// Who asked; Kept itself if nobody.
    pub asked_by: Option<StaffId>,
    /// When a second person agreed, and who.
    pub decided: Option<(Timestamp, StaffId)>,
    /// How many entries went.
    pub entries: u64,
    /// How many documents.
    pub documents: u64,
    /// How many pieces of paper are or were to be destroyed.
    pub paper: u64,
    /// How many times something had been shared: each recipient is told.
    pub recipients: u64,
    /// How many entries of other files spoke of the client.
    pub mentions: u64,
    /// From when nothing of it can be read in the service.
    pub in_service: Option<Timestamp>,
    /// From when no copy anywhere can be read.
    pub final_from: Option<Timestamp>,
    /// How much paper is still to be destroyed.
    pub paper_left: u64,
    /// How many entries of other files are still to be read.
    pub mentions_left: u64,
}

/// The receipt of an erasure is its line in the register.
pub type Receipt = Registered;

impl Registered {
    fn read(row: &Row) -> Result<Registered, Error> {
        let at = |place: usize| row.opt_int(place)?.map(changes::time).transpose();
        let who = |place: usize| Ok::<_, Error>(row.opt_bytes16(place)?.map(StaffId::from_bytes));
        let count = |place: usize| Ok::<_, Error>(row.int(place)?.unsigned_abs());
        Ok(Registered {
            id: ErasureId::from_bytes(row.bytes16(0)?),
            what: What::read(row.text(1)?)?,
            ground: Ground::read(row.text(2)?)?,
            asked: changes::time(row.int(4)?)?,
            asked_by: who(5)?,
            decided: at(6)?.zip(who(7)?),
            entries: count(8)?,
            documents: count(9)?,
            paper: count(10)?,
            recipients: count(11)?,
            mentions: count(12)?,
            in_service: at(13)?,
            final_from: at(14)?,
            paper_left: count(15)?,
            mentions_left: count(16)?,
        })
    }

    /// Where it stands.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match (self.in_service, self.final_from) {
            (None, _) => Stage::Begun,
            (Some(_), None) => Stage::InService,
            (Some(_), Some(_)) => Stage::Final,
        }
    }

    /// Whether a category went that shares its key with the rest of the file: older copies lose it only when they are
    /// overwritten.
    #[must_use]
    pub fn shares_a_key(&self) -> bool {
        matches!(self.what, What::Category(category) if category != notice::Category::Equality)
    }
}

const LIST: Action = Action("list-erasures");
const SHOW: Action = Action("view-erasure");

impl Service {
    /// What waits for a second person, the earliest first, and the register of erasures, the newest first.
    ///
    /// # Errors
    /// `Error::NotYours` for those who have no part in it; the store failed.
    pub async fn erasures(&self, visit: &Visit) -> Result<(Vec<Waiting>, Vec<Registered>), Error> {
        self.erasures_are_theirs(visit, LIST).await?;
        let rows = self.records().read(vec![WAITING.with([]), REGISTER.with([])]).await?;
        let [waiting, done] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let waiting = waiting.rows.iter().map(Waiting::read).collect::<Result<_, _>>()?;
        Ok((waiting, done.rows.iter().map(Registered::read).collect::<Result<_, _>>()?))
    }

    /// One erasure: its receipt, or what waits for a decision.
    ///
    /// # Errors
    /// There is no such erasure, or as for the register.
    pub async fn erasure(&self, visit: &Visit, id: ErasureId) -> Result<Result<Receipt, Waiting>, Error> {
        let rows = self
            .records()
            .read(vec![RECEIPT.with([id.as_bytes().into()]), ONE_WAITING.with([id.as_bytes().into()])])
            .await?;
        let [receipt, waiting] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        if let Some(row) = waiting.first() {
            return Ok(Err(Waiting::read(row)?));
        }
        self.erasures_are_theirs(visit, SHOW).await?;
        Ok(Ok(Registered::read(receipt.first().ok_or(Error::NoSuchFile)?)?))
    }

    async fn erasures_are_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        let theirs = matches!(visit.role, Role::Adviser | Role::Manager | Role::Governance);
        let outcome = if theirs { Outcome::Done } else { Outcome::Refused("not-allowed") };
        self.log().event(Some(visit.staff.into()), action, outcome).durable().await?;
        if theirs {
            Ok(())
        } else {
            Err(Error::NotYours("Advisers, managers and the governance lead see to erasures."))
        }
    }
}
