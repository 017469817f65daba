//! How somebody stands to a client's file: whose caseload it is in, what closes it, and what they asked for.

use access::{Act, Actor, Circumstances, Permit, Request, Role, Subject};
use audit::{Action, Detail};
use casework::{ClientId, StaffId};
use jiff::{SignedDuration, Timestamp};
use notice::{Categories, Category, Purpose};
use store::{Query, Row, sql};
use vault::{Beside, Compartment, FileKeys, Place};

use crate::sessions::Visit;
use crate::{Error, Service, changes};

/// The bit of a purpose that a client said no to, in the order of the vocabulary.
macro_rules! purpose_bit {
    () => {
        "CASE w.purpose WHEN 'support' THEN 1 WHEN 'functions' THEN 2 WHEN 'statistics' THEN 4 WHEN 'contact' THEN 8 WHEN 'equality-duty' THEN 16 WHEN 'bids' THEN 32 ELSE 0 END"
    };
}
pub(crate) use purpose_bit;

sql! { records:
    /// A client's row, with what closes or opens it to this member of staff.
    FIND_CLIENT = concat!("SELECT c.adviser, c.status, c.restricted, c.registered, c.last_contact, c.notice, c.notice_version, c.version, (SELECT k.declared FROM conflict k WHERE k.client = c.id AND k.staff = $2), (SELECT r.until FROM stated_reason r WHERE r.client = c.id AND r.staff = $2), (SELECT COUNT(*) FROM cover v WHERE v.absent = c.adviser AND v.covering = $2 AND v.starts <= $3 AND v.ends > $3), (SELECT COALESCE(SUM(", purpose_bit!(), "), 0) FROM consent w WHERE w.client = c.id AND w.kind = 'use' AND w.state = 'withdrawn') | COALESCE((SELECT o.stops FROM objection o WHERE o.client = c.id AND o.what = 'legitimate-interests'), 0) | COALESCE((SELECT o.stops FROM objection o WHERE o.client = c.id AND o.what = 'public-task'), 0) | COALESCE((SELECT o.stops FROM objection o WHERE o.client = c.id AND o.what = 'equality-monitoring'), 0), (SELECT m.survivor FROM merge m WHERE m.absorbed = c.id AND m.undone IS NULL) FROM client c WHERE c.id = $1");
    /// A reason that was given holds for a while.
    STATE_REASON = "INSERT INTO stated_reason (staff, client, until) VALUES ($1, $2, $3) ON CONFLICT (staff, client) DO UPDATE SET until = excluded.until";
    /// Declares that somebody must never see a file: a relative, a neighbour.
    DECLARE_CONFLICT = "INSERT INTO conflict (staff, client, declared) VALUES ($1, $2, $3) ON CONFLICT (staff, client) DO NOTHING";
}

/// For how long a stated reason opens a file, in minutes.
pub const REASON_MINUTES: i64 = 30;
/// The shortest reason that says anything, in characters.
pub const SHORTEST_REASON: usize = 10;
const LONGEST_REASON: usize = 500;

/// Whether a file is in work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// The service works with this client.
    Active,
    /// It no longer does.
    Closed,
    /// Its time is up, and nothing is left of it but what a programme keeps longer.
    Ended,
    /// It is taken up in another file of the same person.
    TakenUp,
}

impl FileStatus {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            FileStatus::Active => "active",
            FileStatus::Closed => "closed",
            FileStatus::Ended => "ended",
            FileStatus::TakenUp => "merged",
        }
    }

    pub(crate) fn read(code: &str) -> Result<FileStatus, Error> {
        match code {
            "active" => Ok(FileStatus::Active),
            "closed" => Ok(FileStatus::Closed),
            "ended" => Ok(FileStatus::Ended),
            "merged" => Ok(FileStatus::TakenUp),
            _ => Err(Error::Damaged("file status")),
        }
    }
}

/// A client's row, read for one member of staff.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) client: ClientId,
    pub(crate) adviser: Option<StaffId>,
    pub(crate) status: FileStatus,
    pub(crate) restricted: bool,
    pub(crate) registered: Timestamp,
    pub(crate) last_contact: i64,
    pub(crate) notice: String,
    pub(crate) notice_version: String,
    pub(crate) conflict: bool,
    pub(crate) reason_until: Option<Timestamp>,
    /// They look after the clients of the file's adviser, who is away.
    pub(crate) covered: bool,
    /// Purposes whose consent was taken back, or to which the client objects, a bit each in the order of the vocabulary.
    withdrawn: i64,
}

impl Standing {
    pub(crate) fn query(client: ClientId, visit: &Visit) -> Query {
        // Cover begins and ends to the minute, as sessions are noted.
        Standing::query_of(client, visit.staff, visit.session.seen)
    }

    /// The same for somebody who has no session: a program that is told something.
    pub(crate) fn query_of(client: ClientId, staff: StaffId, now: Timestamp) -> Query {
        FIND_CLIENT.with([client.as_bytes().into(), staff.as_bytes().into(), now.as_microsecond().into()])
    }

    /// The same for Kept itself, which has no caseload and declares no conflict.
    pub(crate) fn of_kept_itself(client: ClientId) -> Query {
        FIND_CLIENT.with([client.as_bytes().into(), [0_u8; 16].into(), 0_i64.into()])
    }

    pub(crate) fn read(client: ClientId, row: Option<&Row>) -> Result<Standing, Error> {
        match row.map(|row| row.opt_bytes16(12)).transpose()?.flatten() {
            // Whoever comes for it is led to where its entries are now.
            Some(survivor) => Err(Error::TakenUp(ClientId::from_bytes(survivor))),
            None => Standing::read_even_taken_up(client, row),
        }
    }

    /// The same for a file that was taken up in another one: only to part the two again.
    pub(crate) fn read_even_taken_up(client: ClientId, row: Option<&Row>) -> Result<Standing, Error> {
        let row = row.ok_or(Error::NoSuchFile)?;
        Ok(Standing {
            client,
            adviser: row.opt_bytes16(0)?.map(StaffId::from_bytes),
            status: FileStatus::read(row.text(1)?)?,
            restricted: row.bool(2)?,
            registered: changes::time(row.int(3)?)?,
            last_contact: row.int(4)?,
            notice: row.text(5)?.to_owned(),
            notice_version: row.text(6)?.to_owned(),
            conflict: row.opt_int(8)?.is_some(),
            reason_until: row.opt_int(9)?.map(changes::time).transpose()?,
            covered: row.int(10)? > 0,
            withdrawn: row.int(11)?,
        })
    }

    /// The circumstances of a request by somebody about this file, at `now`.
    fn circumstances(&self, staff: StaffId, role: Role, now: Timestamp) -> Circumstances {
        Circumstances {
            own_caseload: self.adviser == Some(staff) || self.covered,
            own_file: false,
            restricted: self.restricted,
            conflict: self.conflict,
            reason: self.reason_until.is_some_and(|until| until > now),
            withdrawn: self.took_back(purpose_of(role)),
        }
    }

    /// Whether the client took back their consent to this use of their data, or objects to it.
    pub(crate) fn took_back(&self, purpose: Purpose) -> bool {
        self.withdrawn & (1 << purpose as u8) != 0
    }

    /// Whether lists and searches for this purpose show the client: not a file that is stored and nothing more, and not for a
    /// purpose that the client took their consent back from, or objects to.
    pub(crate) fn is_shown_for(&self, purpose: Purpose) -> bool {
        !self.restricted && !self.took_back(purpose)
    }

    /// A request for another purpose than the one that the role opens files for.
    pub(crate) fn request_for(
        &self,
        visit: &Visit,
        now: Timestamp,
        purpose: Purpose,
        act: Act,
        categories: Categories,
    ) -> Request {
        let mut request = self.request(visit, now, act, categories);
        request.purpose = purpose;
        request.circumstances.withdrawn = self.took_back(purpose);
        request
    }

    /// A request by `visit` for these categories of this file.
    pub(crate) fn request(&self, visit: &Visit, now: Timestamp, act: Act, categories: Categories) -> Request {
        self.request_of(visit.staff, visit.role, now, act, categories)
    }

    /// The same for somebody who has no session.
    pub(crate) fn request_of(
        &self,
        staff: StaffId,
        role: Role,
        now: Timestamp,
        act: Act,
        categories: Categories,
    ) -> Request {
        Request {
            actor: Actor { id: staff.into(), role },
            purpose: purpose_of(role),
            act,
            subject: Subject::Client(self.client),
            categories,
            circumstances: self.circumstances(staff, role, now),
        }
    }
}

/// What each role opens files for. The notice gives each of these purposes to the people concerned.
#[must_use]
pub fn purpose_of(role: Role) -> Purpose {
    match role {
        Role::Adviser | Role::Manager => Purpose::Support,
        Role::Receptionist => Purpose::Contact,
        Role::Governance | Role::Client => Purpose::Rights,
        Role::Administrator | Role::Public | Role::System => Purpose::Keeping,
    }
}

impl Service {
    /// Asks the rules. A refusal is on disk before it is answered.
    pub(crate) async fn permit(&self, request: Request, action: Action) -> Result<Permit, Error> {
        match self.policy().decide(request) {
            Ok(permit) => Ok(permit),
            Err(refusal) => {
                self.log().refused(&refusal, action).durable().await?;
                Err(refusal.into())
            }
        }
    }

    /// How `visit` stands to a file.
    pub(crate) async fn standing(&self, visit: &Visit, client: ClientId) -> Result<Standing, Error> {
        let rows = self.records().read(vec![Standing::query(client, visit)]).await?;
        Standing::read(client, rows.first().and_then(|r| r.rows.first()))
    }

    /// Says why a file outside one's caseload is needed. The reason is sealed into the log under the file's key, and opens
    /// the file for half an hour.
    ///
    /// # Errors
    /// The reason is too short or too long, the rules refuse even with a reason, or a store failed.
    pub async fn state_reason(&self, visit: &Visit, client: ClientId, reason: &str) -> Result<(), Error> {
        let reason = reason.trim();
        let length = reason.chars().count();
        if !(SHORTEST_REASON..=LONGEST_REASON).contains(&length)
            || reason.chars().any(|c| c.is_control() && c != '\n' && c != '\r')
        {
            return Err(Error::Faults(vec![casework::answers::Fault::new(
                "reason",
                format!("Say in {SHORTEST_REASON} to {LONGEST_REASON} characters why you need this file"),
            )]));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let mut request = standing.request(visit, now, Act::Read, Category::Contact.into());
        request.circumstances.reason = true;
        let permit = self.permit(request, STATE_REASON_ACTION).await?;
        let keys = self.vault().keys(client.into()).await?;
        let sealed = self.seal_reason(&permit, &keys, client, reason)?;
        let until = now + SignedDuration::from_mins(REASON_MINUTES);
        let detail = Detail { reason: Some(sealed), ..Detail::default() };
        let _receipt = self.log().submit(permit, STATE_REASON_ACTION, detail).durable().await?;
        let (staff, until) = (visit.staff.as_bytes().into(), until.as_microsecond().into());
        self.records().write(vec![STATE_REASON.with([staff, client.as_bytes().into(), until])]).await?;
        Ok(())
    }

    /// Declares a conflict of interest: from now on this file is closed to them, even with a reason.
    ///
    /// # Errors
    /// There is no such file, or a store failed.
    pub async fn declare_conflict(&self, visit: &Visit, client: ClientId) -> Result<(), Error> {
        self.standing(visit, client).await?;
        let declared = self.now().as_microsecond().into();
        self.records()
            .write(vec![DECLARE_CONFLICT.with([
                visit.staff.as_bytes().into(),
                client.as_bytes().into(),
                declared,
            ])])
            .await?;
        let waiting =
            self.log().event(Some(visit.staff.into()), Action("declare-conflict"), audit::Outcome::Done);
        waiting.durable().await?;
        Ok(())
    }

    /// Seals the words of a reason under the file's key: 16 bytes of its own id, then the envelope.
    pub(crate) fn seal_reason(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        reason: &str,
    ) -> Result<Vec<u8>, Error> {
        let row = self.draw();
        let mut blob = row.to_vec();
        blob.extend(self.vault().seal_reason(permit, keys, &reason_place(row, client), reason)?);
        Ok(blob)
    }
}

/// The action under which a reason stands in the log.
pub(crate) const STATE_REASON_ACTION: Action = Action("state-reason");

/// Where a sealed reason belongs.
pub(crate) fn reason_place(row: [u8; 16], client: ClientId) -> Place<'static> {
    Place {
        table: "reason",
        row,
        version: 1,
        file: client.into(),
        compartment: &Compartment::File,
        category: Category::Agreement,
        beside: Beside::NOTHING,
    }
}
