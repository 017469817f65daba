//! Taking an erased person out of other people's files: whose entry spoke of them reads it, corrects it, and says that it is
//! done. Then the versions before go too, so that the person is gone in fact and not crossed out.

use access::{Act, Role};
use audit::{Action, Detail, Outcome};
use casework::{ClientId, EntryId, Fault, StaffId};
use jiff::Timestamp;
use notice::Category;
use store::{Row, sql};

use crate::sessions::Visit;
use crate::{Error, Service, changes};

sql! { records:
    /// What is to be read in the files of an adviser.
    MINE = "SELECT r.entry, r.client, r.noted, c.adviser FROM to_redact r JOIN client c ON c.id = r.client WHERE r.done IS NULL AND c.adviser = $1 ORDER BY r.noted, r.entry LIMIT 500";
    /// All of it.
    EVERYBODYS = "SELECT r.entry, r.client, r.noted, c.adviser FROM to_redact r JOIN client c ON c.id = r.client WHERE r.done IS NULL ORDER BY r.noted, r.entry LIMIT 500";
    /// Whether the entry says what it said when it was noted.
    AS_IT_WAS = "SELECT e.id FROM to_redact r JOIN entry e ON e.id = r.entry AND e.client = r.client WHERE r.entry = $1 AND r.client = $2 AND e.written <= r.noted";
    /// Somebody saw to it.
    DONE = "UPDATE to_redact SET done = $3, done_by = $4 WHERE entry = $1 AND client = $2 AND done IS NULL";
    /// What an entry said before.
    FORGET_PAST = "DELETE FROM entry_past WHERE id = $1 AND client = $2";
}

/// An entry that spoke of somebody whose file was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToRedact {
    /// Which.
    pub entry: EntryId,
    /// In whose file.
    pub client: ClientId,
    /// Since when it is to be read.
    pub noted: Timestamp,
    /// In whose caseload.
    pub adviser: Option<StaffId>,
}

impl ToRedact {
    fn read(row: &Row) -> Result<ToRedact, Error> {
        Ok(ToRedact {
            entry: EntryId::from_bytes(row.bytes16(0)?),
            client: ClientId::from_bytes(row.bytes16(1)?),
            noted: changes::time(row.int(2)?)?,
            adviser: row.opt_bytes16(3)?.map(StaffId::from_bytes),
        })
    }
}

/// Said where nothing was corrected.
const AS_BEFORE: &str = "This entry still says what it said when the other file was erased. Correct it first, or say that it says nothing of them";
const LIST: Action = Action("list-redactions");
const REDACT: Action = Action("redact");

impl Service {
    /// Entries that are to be read: advisers see those of their own clients, managers and the governance lead all of them. They
    /// name nobody.
    ///
    /// # Errors
    /// `Error::NotYours` for others; the store failed.
    pub async fn redactions(&self, visit: &Visit) -> Result<Vec<ToRedact>, Error> {
        let query = match visit.role {
            Role::Adviser => Some(MINE.with([visit.staff.as_bytes().into()])),
            Role::Manager | Role::Governance => Some(EVERYBODYS.with([])),
            _ => None,
        };
        let outcome = if query.is_some() { Outcome::Done } else { Outcome::Refused("not-allowed") };
        self.log().event(Some(visit.staff.into()), LIST, outcome).durable().await?;
        let query =
            query.ok_or(Error::NotYours("Advisers, managers and the governance lead see to this."))?;
        let rows = self.records().read(vec![query]).await?;
        rows.into_iter().next().unwrap_or_default().rows.iter().map(ToRedact::read).collect()
    }

    /// Whoever wrote the entry has taken the erased person out, or read that it says nothing of them (`said_nothing`): what it
    /// said before goes. Doing it again changes nothing.
    ///
    /// # Errors
    /// `Error::Faults` at `entry` if it still says what it said and nobody says that this names nobody; the rules refuse, there is no such file, or a store failed.
    pub async fn redacted(
        &self,
        visit: &Visit,
        client: ClientId,
        entry: EntryId,
        said_nothing: bool,
    ) -> Result<(), Error> {
        let as_before = AS_IT_WAS.with([entry.as_bytes().into(), client.as_bytes().into()]);
        let as_before = self.records().read(vec![as_before]).await?;
        if !said_nothing && as_before.first().is_some_and(|rows| rows.first().is_some()) {
            return Err(Error::Faults(vec![Fault::new("entry", AS_BEFORE)]));
        }
        let (standing, now) = (self.standing(visit, client).await?, self.now());
        let permit =
            self.permit(standing.request(visit, now, Act::Write, Category::Casework.into()), REDACT).await?;
        let change = self.log().change(permit, REDACT, &Detail::default());
        let (id, file) = (|| entry.as_bytes().into(), || client.as_bytes().into());
        let (at, by) = (now.as_microsecond().into(), visit.staff.as_bytes().into());
        let mut batch = vec![
            DONE.with([id(), file(), at, by]).expecting(1),
            FORGET_PAST.with([id(), file()]),
            change.outbox(),
        ];
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.records().truncate_log().await?;
                Ok(())
            }
            Err(store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
