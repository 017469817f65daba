//! The register of breaches (UK GDPR Art. 33(5)): what is written down of each, whom it reached, who is told.
//!
//! A record names nobody and is sealed under the service's key, since it outlives every file. Each change of it is a new
//! version, and those before are its history. Whom a breach reached stands as ids, found in the audit log; they go with their
//! files.

use std::collections::BTreeSet;

use access::{Act, Role};
use audit::{Action, Detail, Outcome};
use casework::breaches::Breach;
use casework::{BreachId, ClientId, Fault, Profile, StaffId};
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::{Query, Row, sql};
use vault::Personal;

use crate::entries::Stored;
use crate::entry_views::CONTACT_PAGE;
use crate::promises::sees_promises;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Every breach as it stands.
    BREACHES = "SELECT b.id, b.version, b.written, b.author, b.sealed FROM breach b WHERE b.version = (SELECT MAX(n.version) FROM breach n WHERE n.id = b.id) ORDER BY b.aware DESC, b.id LIMIT 1000";
    /// One of them with its history, the newest version first.
    BREACH = "SELECT id, version, written, author, sealed FROM breach WHERE id = $1 ORDER BY version DESC";
    /// Writes a version.
    WRITE_BREACH = "INSERT INTO breach (id, version, aware, state, decision, reported, written, author, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Whom it reached.
    AFFECTED = "SELECT client, added, added_by, told FROM breach_affected WHERE breach = $1 ORDER BY added, client";
    /// Somebody whom it reached, if the file is still here.
    ADD_AFFECTED = "INSERT INTO breach_affected (breach, client, added, added_by) SELECT b.id, c.id, CAST($3 AS BIGINT), s.id FROM breach b, client c, staff s WHERE b.id = $1 AND b.version = 1 AND c.id = $2 AND s.id = $4 ON CONFLICT (breach, client) DO NOTHING";
    /// Somebody whom it did not reach after all.
    REMOVE_AFFECTED = "DELETE FROM breach_affected WHERE breach = $1 AND client = $2";
    /// They were told.
    TOLD = "UPDATE breach_affected SET told = $3 WHERE breach = $1 AND client = $2 AND told IS NULL";
    /// They go with their files.
    pub(crate) DROP_AFFECTED = "DELETE FROM breach_affected WHERE client = $1";
}

const LIST: Action = Action("list-breaches");
const VIEW: Action = Action("view-breach");
const WRITE: Action = Action("write-breach");
const REPORT: Action = Action("report-breach");
const FIND: Action = Action("find-affected");
const REMOVE: Action = Action("remove-affected");
const TELL: Action = Action("told-of-breach");
const LETTER: Action = Action("print-breach-letter");
/// The most people that are found at once.
pub const MOST_FOUND: usize = 5000;
/// Entries of the log that are read at a time.
const STRETCH: u32 = 2000;

/// One version of what is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreachRecord {
    /// Which breach.
    pub id: BreachId,
    /// Which version.
    pub version: i64,
    /// When it was written.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// What it says.
    pub breach: Breach,
}

/// Somebody whom a breach reached.
#[derive(Debug, Clone)]
pub struct Affected {
    /// Whose file.
    pub client: ClientId,
    /// The client; none for a restricted file.
    pub shown: Option<Shown>,
    /// Since when they are listed.
    pub added: Timestamp,
    /// When they were told.
    pub told: Option<Timestamp>,
}

/// A breach with its history and whom it reached.
#[derive(Debug, Clone)]
pub struct OneBreach {
    /// Every version, the newest first; there is at least one.
    pub versions: Vec<BreachRecord>,
    /// Whom it reached.
    pub affected: Vec<Affected>,
}

/// Where to look for those whom a breach reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What this member of staff opened; anybody here if none.
    pub who: Option<StaffId>,
    /// From when until when.
    pub period: Option<(Timestamp, Timestamp)>,
    /// Only these files, by their numbers; all if none.
    pub numbers: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// How many files.
    pub files: usize,
    /// How many lists and searches, which name people without opening their files.
    pub lists: usize,
}

/// Whether a role writes into the register.
#[must_use]
pub const fn keeps_breaches(role: Role) -> bool {
    matches!(role, Role::Governance)
}

impl Service {
    /// The register, the newest first. It names nobody.
    ///
    /// # Errors
    /// `Error::NotYours` for those who do not answer for the service; a store failed.
    pub async fn breaches(&self, visit: &Visit) -> Result<Vec<BreachRecord>, Error> {
        let may = sees_promises(visit.role);
        self.note(visit, LIST, may).await?;
        if !may {
            return Err(Error::NotYours("Managers and the governance lead see the register of breaches."));
        }
        let rows = self.records().read(vec![BREACHES.with([])]).await?;
        rows.first()
            .map_or(Ok(Vec::new()), |rows| rows.rows.iter().map(|row| self.read_breach(row)).collect())
    }

    fn read_breach(&self, row: &Row) -> Result<BreachRecord, Error> {
        let (id, version) = (row.bytes16(0)?, row.int(1)?);
        Ok(BreachRecord {
            id: BreachId::from_bytes(id),
            version,
            written: changes::time(row.int(2)?)?,
            author: StaffId::from_bytes(row.bytes16(3)?),
            breach: self.vault().open_service("breach", id, version, row.blob(4)?)?,
        })
    }

    /// One breach, its history, and whom it reached.
    ///
    /// # Errors
    /// `Error::NotYours`, a refusal, `Error::NoSuchFile` if there is none, or a store failed.
    pub async fn breach(&self, visit: &Visit, id: BreachId) -> Result<Opened<OneBreach>, Error> {
        self.answers_for_the_service(visit, VIEW).await?;
        let permit = self.permit(self.search_request(visit), VIEW).await?;
        let key: store::Value = id.as_bytes().into();
        let rows = self.records().read(vec![BREACH.with([key.clone()]), AFFECTED.with([key])]).await?;
        let [versions, affected] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let versions: Vec<BreachRecord> =
            versions.rows.iter().map(|row| self.read_breach(row)).collect::<Result<_, _>>()?;
        if versions.is_empty() {
            return Err(Error::NoSuchFile);
        }
        let affected: Vec<Affected> = affected
            .rows
            .iter()
            .map(|row| {
                let client = ClientId::from_bytes(row.bytes16(0)?);
                Ok(Affected {
                    client,
                    shown: self.known_as(client, Purpose::Rights),
                    added: changes::time(row.int(1)?)?,
                    told: row.opt_int(3)?.map(changes::time).transpose()?,
                })
            })
            .collect::<Result<_, Error>>()?;
        let detail = Detail { count: Some(affected.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, VIEW, detail);
        Ok(Opened::new(Personal::new(&entry, OneBreach { versions, affected }), entry))
    }

    /// Writes a breach down, or a new version of one that was at `version`. The same form acts once.
    ///
    /// # Errors
    /// `Error::NotYours` for all but the governance lead, `Error::ChangedMeanwhile`, a refusal, or a store failed.
    pub async fn write_breach(
        &self,
        visit: &Visit,
        form: [u8; 16],
        of: Option<(BreachId, i64)>,
        breach: &Breach,
    ) -> Result<BreachId, Error> {
        self.register_is_theirs(visit, WRITE).await?;
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(BreachId::from_bytes(made));
        }
        let permit = self.permit(self.search_request(visit), WRITE).await?;
        let (id, version) = match of {
            Some((id, version)) => (id, version.saturating_add(1)),
            None => (BreachId::from_bytes(self.draw()), 1),
        };
        if of.is_some_and(|(_, version)| version < 1) {
            return Err(Error::ChangedMeanwhile);
        }
        if of.is_some() && self.versions_of(id).await?.first() != Some(&(version - 1)) {
            return Err(Error::ChangedMeanwhile);
        }
        let sealed = self.vault().seal_service("breach", *id.as_bytes(), version, breach)?;
        let row = WRITE_BREACH.with([
            id.as_bytes().into(),
            version.into(),
            breach.aware.as_microsecond().into(),
            if breach.closed { "closed" } else { "open" }.into(),
            breach.decision.code().into(),
            breach.reported.map(|at| at.as_microsecond()).into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]);
        let change = self.log().change(permit, WRITE, &Detail::default());
        let made = self.write_once(visit, form, *id.as_bytes(), change, vec![row]).await?;
        Ok(BreachId::from_bytes(made))
    }

    /// Writes down what anybody who works here saw go wrong: the first version of a breach, for the governance lead to go on with.
    /// The 72 hours run from now. Whoever writes it reads nothing of the register.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, or a store failed; then nothing is written.
    pub async fn report_breach(&self, visit: &Visit, form: [u8; 16], what: &str) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let now = self.now();
        let breach = Breach::noticed(what, now).map_err(|fault| Error::Faults(vec![fault]))?;
        let id = self.draw();
        let sealed = self.vault().seal_service("breach", id, 1, &breach)?;
        let row = WRITE_BREACH.with([
            id.into(),
            1_i64.into(),
            breach.aware.as_microsecond().into(),
            "open".into(),
            breach.decision.code().into(),
            store::Value::Null,
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]);
        // On disk before it is said to be done, like every change.
        self.log().event(Some(visit.staff.into()), REPORT, Outcome::Done).durable().await?;
        match self.records().write(vec![self.form_done(visit, form, id), row]).await {
            // The same form, sent twice at once: the other one wrote it down.
            Ok(_) | Err(store::Error::AlreadyThere { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The versions of a breach, the newest first; none if there is no such breach.
    async fn versions_of(&self, id: BreachId) -> Result<Vec<i64>, Error> {
        let rows = self.records().read(vec![BREACH.with([id.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        Ok(rows.iter().map(|row| row.int(1)).collect::<Result<_, _>>()?)
    }

    /// Finds whom a breach reached and lists them with it: files that the audit log says were opened, or files by their numbers.
    ///
    /// # Errors
    /// `Error::Faults` for a number that is nobody's or for more than is found at once, `Error::NotYours`,
    /// `Error::NoSuchFile`, a refusal, or a store failed.
    pub async fn find_affected(&self, visit: &Visit, id: BreachId, reach: &Reach) -> Result<Reached, Error> {
        self.register_is_theirs(visit, FIND).await?;
        let permit = self.permit(self.search_request(visit), FIND).await?;
        if self.versions_of(id).await?.is_empty() {
            return Err(Error::NoSuchFile);
        }
        let mut named = BTreeSet::new();
        for number in &reach.numbers {
            let client = self.client_by_number(number).ok_or_else(|| {
                Error::Faults(vec![Fault::new(
                    "numbers",
                    "One of these is nobody’s number. Write them like NB-10001, one a line",
                )])
            })?;
            named.insert(client);
        }
        let mut found = Reached { files: 0, lists: 0 };
        let clients = match reach.period {
            None => named,
            Some((from, until)) => {
                let (opened, lists) = self.opened_between(reach.who, from, until).await?;
                found.lists = lists;
                opened.into_iter().filter(|client| named.is_empty() || named.contains(client)).collect()
            }
        };
        if clients.len() > MOST_FOUND {
            return Err(Error::Faults(vec![Fault::new(
                "from_day",
                "These are more than 5,000 files. Choose a shorter time",
            )]));
        }
        found.files = clients.len();
        let now = self.now().as_microsecond();
        let mut batch: Vec<Query> = Vec::with_capacity(clients.len() + 1);
        for client in &clients {
            batch.push(ADD_AFFECTED.with([
                id.as_bytes().into(),
                client.as_bytes().into(),
                now.into(),
                visit.staff.as_bytes().into(),
            ]));
        }
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let change = self.log().change(permit, FIND, &detail);
        batch.push(change.outbox());
        self.records().write(batch).await?;
        change.committed();
        Ok(found)
    }

    /// The files that somebody, or anybody here, opened between two instants, and how many lists and searches there were.
    async fn opened_between(
        &self,
        who: Option<StaffId>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<(BTreeSet<ClientId>, usize), Error> {
        let (mut opened, mut lists) = (BTreeSet::new(), 0);
        let mut next = self.first_since(from).await?;
        loop {
            let stretch = self.log().from(next, STRETCH).await?;
            let Some(last) = stretch.last() else { break };
            next = last.seq + 1;
            let past = last.at > until;
            for entry in stretch.iter().filter(|entry| (from..=until).contains(&entry.at)) {
                let theirs = match who {
                    Some(who) => entry.actor == Some(who.into()),
                    None => entry.role.is_some_and(|role| role != Role::System),
                };
                if !theirs || entry.outcome != "done" {
                    continue;
                }
                match entry.subject.parse::<ClientId>() {
                    Ok(client) => {
                        opened.insert(client);
                    }
                    Err(_) => lists += usize::from(entry.subject == "everyone"),
                }
            }
            if past {
                break;
            }
        }
        Ok((opened, lists))
    }

    /// Takes somebody off the list whom it did not reach.
    ///
    /// # Errors
    /// `Error::NotYours`, a refusal, or a store failed.
    pub async fn remove_affected(
        &self,
        visit: &Visit,
        id: BreachId,
        clients: &[ClientId],
    ) -> Result<(), Error> {
        let each = |client: &ClientId| REMOVE_AFFECTED.with([id.as_bytes().into(), client.as_bytes().into()]);
        self.change_affected(visit, REMOVE, clients.iter().map(each).collect()).await
    }

    /// Notes that these were told. Doing it again changes nothing.
    ///
    /// # Errors
    /// `Error::NotYours`, a refusal, or a store failed.
    pub async fn told_of_breach(
        &self,
        visit: &Visit,
        id: BreachId,
        clients: &[ClientId],
    ) -> Result<(), Error> {
        let now = self.now().as_microsecond();
        let each =
            |client: &ClientId| TOLD.with([id.as_bytes().into(), client.as_bytes().into(), now.into()]);
        self.change_affected(visit, TELL, clients.iter().map(each).collect()).await
    }

    async fn change_affected(
        &self,
        visit: &Visit,
        action: Action,
        mut batch: Vec<Query>,
    ) -> Result<(), Error> {
        self.register_is_theirs(visit, action).await?;
        let permit = self.permit(self.search_request(visit), action).await?;
        let detail = Detail { count: Some(batch.len() as u64), ..Detail::default() };
        let change = self.log().change(permit, action, &detail);
        batch.push(change.outbox());
        self.records().write(batch).await?;
        change.committed();
        Ok(())
    }

    /// Name, address and safe ways of contact of somebody whom a breach reached, for a letter (Art. 34). The breach is the
    /// reason; the client sees in their list that it was opened for this.
    ///
    /// # Errors
    /// `Error::NotYours`, the rules refuse, `Error::NoSuchFile` if they are not on the list, or something cannot do its part.
    pub async fn breach_letter(
        &self,
        visit: &Visit,
        id: BreachId,
        client: ClientId,
    ) -> Result<Opened<Profile>, Error> {
        self.register_is_theirs(visit, LETTER).await?;
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                AFFECTED.with([id.as_bytes().into()]),
            ])
            .await?;
        let [head, contact, affected] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        if !affected.rows.iter().any(|row| row.bytes16(0).is_ok_and(|id| id == *client.as_bytes())) {
            return Err(Error::NoSuchFile);
        }
        let standing = Standing::read(client, head.first())?;
        let mut request = standing.request(visit, self.now(), Act::Read, Category::Contact.into());
        request.circumstances.reason = true;
        let permit = self.permit(request, LETTER).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, LETTER, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        Ok(Opened::new(contact, entry))
    }

    async fn answers_for_the_service(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if sees_promises(visit.role) {
            return Ok(());
        }
        self.note(visit, action, false).await?;
        Err(Error::NotYours("Managers and the governance lead see the register of breaches."))
    }

    async fn register_is_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if keeps_breaches(visit.role) {
            return Ok(());
        }
        self.note(visit, action, false).await?;
        Err(Error::NotYours(
            "The governance lead keeps the register of breaches. Tell them what happened at once.",
        ))
    }
}
