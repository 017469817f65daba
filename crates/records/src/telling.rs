//! Telling recipients: a withdrawal, a correction or an erasure reaches whoever was given the data, and stays open until each
//! has answered (UK GDPR Art. 19).
//!
//! An item names no client: recipients know what they got by its reference, and so it can outlive the file.

use access::Role;
use audit::{Action, Outcome};
use casework::disclosures::{Reply, Tell};
use casework::{ClientId, EntryId, OrganisationId, StaffId};
use jiff::Timestamp;
use notice::{FieldId, Purpose};
use store::{Query, Row, sql};

use crate::consents::{fields, fields_text};
use crate::organisations::{Organisation, everybody};
use crate::sessions::Visit;
use crate::{Error, Service, changes};

sql! { records:
    /// Whoever got something by a consent that is taken back has to be told.
    TELL_WITHDRAWN = "INSERT INTO to_tell (disclosure, kind, noted, client, organisation, fields) SELECT d.id, 'withdrawn', CAST($4 AS BIGINT), d.client, d.organisation, d.fields FROM disclosure d WHERE d.client = $1 AND d.purpose = $2 AND d.organisation = $3 AND d.ground = 'consent' AND d.stage = 'made' AND NOT EXISTS (SELECT 1 FROM to_tell t WHERE t.disclosure = d.id AND t.kind = 'withdrawn')";
    /// Whoever got something of a file that is erased has to be told.
    pub(crate) TELL_ERASED = "INSERT INTO to_tell (disclosure, kind, noted, client, organisation, fields) SELECT d.id, 'erased', CAST($2 AS BIGINT), NULL, d.organisation, d.fields FROM disclosure d WHERE d.client = $1 AND d.stage = 'made'";
    /// Whoever is told to erase what they got need not be told any more to put it right, unless they were.
    pub(crate) NOT_TOLD_ANY_MORE = "DELETE FROM to_tell WHERE client = $1 AND kind <> 'erased' AND told IS NULL";
    /// What is still to be told goes on without the file.
    pub(crate) LET_GO_TELLING = "UPDATE to_tell SET client = NULL WHERE client = $1";
    /// A fact that was given was put right.
    TELL_RECTIFIED = "INSERT INTO to_tell (disclosure, kind, noted, client, organisation, fields) VALUES ($1, 'rectified', $2, $3, $4, $5) ON CONFLICT (disclosure, kind, noted) DO NOTHING";
    /// What left a file, with the fields.
    MADE_OF = "SELECT id, organisation, fields FROM disclosure WHERE client = $1 AND stage = 'made'";
    /// What is open, the earliest first, and what was answered last.
    OPEN_ITEMS = "SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by, answer FROM to_tell WHERE answered IS NULL ORDER BY noted, disclosure LIMIT 1000";
    ANSWERED_ITEMS = "SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by, answer FROM to_tell WHERE answered IS NOT NULL ORDER BY answered DESC, disclosure LIMIT 50";
    /// What is open about one file.
    pub(crate) OPEN_OF_CLIENT = "SELECT disclosure, kind, noted, client, organisation, fields, told, told_by, answered, answered_by, answer FROM to_tell WHERE client = $1 ORDER BY noted, disclosure LIMIT 200";
    /// They were told.
    TOLD = "UPDATE to_tell SET told = $4, told_by = $5 WHERE disclosure = $1 AND kind = $2 AND noted = $3 AND told IS NULL";
    /// They answered.
    ANSWERED = "UPDATE to_tell SET answered = $4, answered_by = $5, answer = $6 WHERE disclosure = $1 AND kind = $2 AND noted = $3 AND told IS NOT NULL AND answered IS NULL";
}

/// Something that a recipient has to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToTell {
    /// The reference under which the recipient knows what they got.
    pub reference: EntryId,
    /// What to tell.
    pub kind: Tell,
    /// Since when.
    pub noted: Timestamp,
    /// Whose file it came from, while there is one.
    pub client: Option<ClientId>,
    /// Whom to tell.
    pub organisation: OrganisationId,
    /// What they are called.
    pub name: String,
    /// Which fields it is about.
    pub fields: Vec<FieldId>,
    /// When they were told, and by whom.
    pub told: Option<(Timestamp, StaffId)>,
    /// When they answered, and who took the answer.
    pub answered: Option<(Timestamp, StaffId)>,
    /// What they answered; none of an answer of old.
    pub answer: Option<Reply>,
}

impl ToTell {
    pub(crate) fn read(row: &Row, directory: &[Organisation]) -> Result<ToTell, Error> {
        let organisation = OrganisationId::from_bytes(row.bytes16(4)?);
        let by = |at: usize| {
            let (when, who) = (row.opt_int(at)?, row.opt_bytes16(at + 1)?);
            when.zip(who)
                .map(|(when, who)| Ok::<_, Error>((changes::time(when)?, StaffId::from_bytes(who))))
                .transpose()
        };
        Ok(ToTell {
            reference: EntryId::from_bytes(row.bytes16(0)?),
            kind: row.text(1)?.parse().map_err(|_| Error::Damaged("kind"))?,
            noted: changes::time(row.int(2)?)?,
            client: row.opt_bytes16(3)?.map(ClientId::from_bytes),
            organisation,
            name: directory
                .iter()
                .find(|one| one.id == organisation)
                .map_or_else(String::new, |one| one.name.clone()),
            fields: fields(row.text(5)?),
            told: by(6)?,
            answered: by(8)?,
            answer: row.opt_text(10)?.map(str::parse).transpose().map_err(|_| Error::Damaged("answer"))?,
        })
    }

    /// How a form names it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}.{}.{}", self.reference, self.kind, self.noted.as_microsecond())
    }
}

/// What one step of telling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// They were told.
    Told,
    /// They answered this.
    Answered(Reply),
}

/// The statement of a withdrawal.
pub(crate) fn of_withdrawal(
    client: ClientId,
    purpose: Purpose,
    organisation: [u8; 16],
    now: Timestamp,
) -> Query {
    TELL_WITHDRAWN.with([
        client.as_bytes().into(),
        purpose.code().into(),
        organisation.into(),
        now.as_microsecond().into(),
    ])
}

const TELL: Action = Action("tell-recipient");

impl Service {
    /// What recipients still have to be told or to answer, and what was answered last. It names no client.
    ///
    /// # Errors
    /// `Error::NotYours` for a role that has no part in it; the store failed.
    pub async fn recipients_to_tell(&self, visit: &Visit) -> Result<(Vec<ToTell>, Vec<ToTell>), Error> {
        self.telling_is_theirs(visit).await?;
        let rows =
            self.records().read(vec![OPEN_ITEMS.with([]), ANSWERED_ITEMS.with([]), everybody()]).await?;
        let [open, answered, directory] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let directory: Vec<Organisation> =
            directory.rows.iter().map(Organisation::read).collect::<Result<_, _>>()?;
        let items =
            |rows: &[Row]| rows.iter().map(|row| ToTell::read(row, &directory)).collect::<Result<_, Error>>();
        Ok((items(&open.rows)?, items(&answered.rows)?))
    }

    /// Notes that a recipient was told, or what they answered. Doing it again changes nothing.
    ///
    /// # Errors
    /// `Error::NoSuchFile` if there is no such item, `Error::NotYours`, or the store failed.
    pub async fn recipient_told(&self, visit: &Visit, key: &str, step: Step) -> Result<(), Error> {
        self.telling_is_theirs(visit).await?;
        let mut parts = key.split('.');
        let reference = parts.next().and_then(|id| id.parse::<EntryId>().ok()).ok_or(Error::NoSuchFile)?;
        let kind = parts.next().and_then(|kind| kind.parse::<Tell>().ok()).ok_or(Error::NoSuchFile)?;
        let noted = parts.next().and_then(|at| at.parse::<i64>().ok()).ok_or(Error::NoSuchFile)?;
        let (reference, kind) = (reference.as_bytes().into(), kind.code().into());
        let (now, by) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        let update = match step {
            Step::Told => TOLD.with([reference, kind, noted.into(), now, by]),
            Step::Answered(answer) => {
                ANSWERED.with([reference, kind, noted.into(), now, by, answer.code().into()])
            }
        };
        self.records().write(vec![update]).await?;
        self.log().event(Some(visit.staff.into()), TELL, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Statements that note who has to be told of a correction: everybody who was given one of these fields.
    pub(crate) async fn to_tell_of_correction(
        &self,
        client: ClientId,
        changed: &[FieldId],
        now: Timestamp,
    ) -> Result<Vec<Query>, Error> {
        let mut batch = Vec::new();
        for (id, organisation, given) in self.given_away(client).await? {
            let about: Vec<FieldId> = given.into_iter().filter(|field| changed.contains(field)).collect();
            if !about.is_empty() {
                batch.push(TELL_RECTIFIED.with([
                    id.into(),
                    now.as_microsecond().into(),
                    client.as_bytes().into(),
                    organisation.into(),
                    fields_text(&about).into(),
                ]));
            }
        }
        Ok(batch)
    }

    /// What has left a file: reference, organisation, fields.
    pub(crate) async fn given_away(
        &self,
        client: ClientId,
    ) -> Result<Vec<([u8; 16], [u8; 16], Vec<FieldId>)>, Error> {
        let rows = self.records().read(vec![MADE_OF.with([client.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
        rows.iter().map(|row| Ok((row.bytes16(0)?, row.bytes16(1)?, fields(row.text(2)?)))).collect()
    }

    async fn telling_is_theirs(&self, visit: &Visit) -> Result<(), Error> {
        if matches!(visit.role, Role::Adviser | Role::Manager | Role::Governance) {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), TELL, refused).durable().await?;
        Err(Error::NotYours("Advisers, managers and the governance lead tell recipients."))
    }
}
