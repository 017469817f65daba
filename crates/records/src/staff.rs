//! The people who work here: who they are, what they may, how they are added and leave.

use std::collections::HashMap;
use std::sync::Arc;

use access::{ActorId, Role};
use audit::{Action, RowMark};
use casework::StaffId;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::sql;
use zeroize::Zeroizing;

use crate::my_settings::MySettings;
use crate::{Error, Service, changes, secrets};

sql! { records:
    /// Everybody who works here or did.
    ALL_STAFF = "SELECT id, role, status, version, created, failures, locked_until, totp_step, sealed FROM staff ORDER BY created, id";
    /// One of them.
    ONE_STAFF = "SELECT id, role, status, version, created, failures, locked_until, totp_step, sealed FROM staff WHERE id = $1";
    /// Adds somebody.
    ADD_STAFF = "INSERT INTO staff (id, role, status, version, created, failures, locked_until, totp_step, sealed) VALUES ($1, $2, $3, 1, $4, 0, NULL, 0, $5)";
    /// A new version of somebody's page.
    CHANGE_STAFF = "UPDATE staff SET status = $2, version = $3, sealed = $4 WHERE id = $1 AND version = $3 - 1";
    /// Ends every session of somebody.
    END_SESSIONS_OF = "DELETE FROM session WHERE staff = $1";
}

/// Whether somebody can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Added, has not set a password yet.
    Invited,
    /// Signs in with a password and a second factor.
    Active,
    /// Has left, or must not sign in.
    Disabled,
}

impl Status {
    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Status::Invited => "invited",
            Status::Active => "active",
            Status::Disabled => "disabled",
        }
    }

    fn read(code: &str) -> Result<Status, Error> {
        [Status::Invited, Status::Active, Status::Disabled]
            .into_iter()
            .find(|s| s.code() == code)
            .ok_or(Error::Damaged("staff status"))
    }
}

/// Somebody who works here, as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: StaffId,
    /// Name as colleagues and clients read it.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub status: Status,
    /// How they like their pages.
    pub settings: MySettings,
}

/// What is sealed of a member of staff.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: Option<String>,
    /// Base 32 secret of the code generator.
    pub(crate) totp: Option<String>,
    /// SHA-256 of each unused recovery code.
    pub(crate) recovery: Vec<String>,
    pub(crate) invitation: Option<Invitation>,
    /// How they like their pages; pages of before these settings have none.
    #[serde(default)]
    pub(crate) settings: MySettings,
}

impl Page {
    /// Of somebody who has to be invited again.
    pub(crate) fn without_password(name: &str, email: &str) -> Page {
        Page {
            name: name.to_owned(),
            email: email.to_owned(),
            password: None,
            totp: None,
            recovery: Vec::new(),
            invitation: None,
            settings: MySettings::default(),
        }
    }
}

/// A one-time code by which somebody sets their first password.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Invitation {
    pub(crate) digest: String,
    pub(crate) until: Timestamp,
}

/// One row of staff, opened.
pub(crate) struct Row {
    pub(crate) member: Member,
    pub(crate) version: i64,
    pub(crate) failures: i64,
    pub(crate) locked_until: Option<Timestamp>,
    pub(crate) page: Page,
}

/// Everybody who works here, in memory.
#[derive(Default)]
pub struct Directory {
    members: HashMap<StaffId, Member>,
    by_email: HashMap<String, StaffId>,
    /// Programs that act by a token: what each is called, and on whose caseload it works.
    programs: HashMap<StaffId, (String, Option<StaffId>)>,
}

impl Directory {
    /// One of them.
    #[must_use]
    pub fn member(&self, id: StaffId) -> Option<&Member> {
        self.members.get(&id)
    }

    /// The name to show for an id; somebody unknown is called so.
    #[must_use]
    pub fn name(&self, id: StaffId) -> &str {
        let program = || self.programs.get(&id).map(|(name, _)| name.as_str());
        self.member(id).map(|m| m.name.as_str()).or_else(program).unwrap_or("somebody who has left")
    }

    /// In whose caseload the clients are whom `id` registers: their own, or that of the adviser for whom a program works.
    pub(crate) fn caseload_of(&self, id: StaffId) -> StaffId {
        self.programs.get(&id).and_then(|(_, acts_for)| *acts_for).unwrap_or(id)
    }

    /// Everybody, by name.
    #[must_use]
    pub fn everybody(&self) -> Vec<&Member> {
        let mut all: Vec<_> = self.members.values().collect();
        all.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        all
    }

    pub(crate) fn by_email(&self, email: &str) -> Option<StaffId> {
        self.by_email.get(&email.trim().to_lowercase()).copied()
    }
}

/// How long an invitation can be used.
pub const INVITATION_HOURS: i64 = 48;
/// The first administrator's, printed on a console, is shorter (ASVS 5.0 6.3.2).
pub const FIRST_INVITATION_MINUTES: i64 = 30;

/// Somebody new and the code that lets them in once.
pub struct Invited {
    /// Who.
    pub member: Member,
    /// What they type to set their password. Shown once.
    pub code: Zeroizing<String>,
    /// Till when it can be used.
    pub until: Timestamp,
}

impl Service {
    /// Adds somebody who may sign in, and makes the code with which they set a password. The first one must be an administrator.
    ///
    /// # Errors
    /// The address is taken or is none, the role is not one of staff, or the store failed.
    pub async fn add_staff(
        &self,
        name: &str,
        email: &str,
        role: Role,
        by: Option<StaffId>,
    ) -> Result<Invited, Error> {
        let (name, email) = (name.trim(), email.trim());
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Error::Staff("Enter the person's name, at most 100 characters.".into()));
        }
        let email =
            casework::formats::Email::parse(email).map_err(|e| Error::Staff(e.to_string()))?.to_string();
        if matches!(role, Role::Client | Role::Public | Role::System) {
            return Err(Error::Staff(
                "Choose a role that signs in: adviser, receptionist, manager, governance or administrator."
                    .into(),
            ));
        }
        let directory = self.directory();
        if directory.by_email(&email).is_some() {
            return Err(Error::Staff("Somebody with that e-mail address is here already.".into()));
        }
        let first = directory.members.is_empty();
        if first && role != Role::Administrator {
            return Err(Error::Staff(
                "The first person must be an administrator: --role administrator.".into(),
            ));
        }
        let now = self.now();
        let until =
            if first { now + FIRST_INVITATION_MINUTES.minutes() } else { now + INVITATION_HOURS.hours() };
        let code = Zeroizing::new(secrets::typed_code()?);
        let page = Page {
            invitation: Some(Invitation { digest: secrets::code_digest(&code), until }),
            ..Page::without_password(name, &email)
        };
        let member = self.insert_staff(&page, role, Status::Invited, by.map(ActorId::from)).await?;
        Ok(Invited { member, code, until })
    }

    pub(crate) async fn insert_staff(
        &self,
        page: &Page,
        role: Role,
        status: Status,
        by: Option<ActorId>,
    ) -> Result<Member, Error> {
        let id = StaffId::from_bytes(self.draw());
        let sealed = self.vault().seal_service("staff", *id.as_bytes(), 1, page)?;
        let change = self.log().service_change(by, Action("add-staff"), &[mark(id, 1, &sealed)]);
        let mut batch = vec![change.outbox()];
        batch.push(ADD_STAFF.with([
            id.as_bytes().into(),
            role.code().into(),
            status.code().into(),
            self.now().as_microsecond().into(),
            sealed.into(),
        ]));
        batch.extend(changes::of_service(self.now()));
        self.records().write(batch).await?;
        change.committed();
        self.follow_changes().await?;
        let (name, email) = (page.name.clone(), page.email.clone());
        Ok(Member { id, name, email, role, status, settings: page.settings })
    }

    /// Gives somebody who cannot sign in a new code: a lost phone, a forgotten password. Their old password and second
    /// factor end at once, and so do their sessions.
    ///
    /// # Errors
    /// Nobody has that address, or the store failed.
    pub async fn invite_again(&self, email: &str, by: Option<StaffId>) -> Result<Invited, Error> {
        let mut row = self.staff_by_email(email).await?;
        let until = self.now() + INVITATION_HOURS.hours();
        let code = Zeroizing::new(secrets::typed_code()?);
        row.page.invitation = Some(Invitation { digest: secrets::code_digest(&code), until });
        (row.page.password, row.page.totp) = (None, None);
        row.page.recovery.clear();
        row.member.status = Status::Invited;
        self.change_staff(&row, true, by.map(ActorId::from), Action("invite-again")).await?;
        Ok(Invited { member: row.member, code, until })
    }

    /// Ends somebody's access at once, on every server.
    ///
    /// # Errors
    /// Nobody has that address, or the store failed.
    pub async fn disable_staff(&self, email: &str, by: Option<StaffId>) -> Result<Member, Error> {
        let mut row = self.staff_by_email(email).await?;
        let others = self
            .directory()
            .members
            .values()
            .filter(|m| m.role == Role::Administrator && m.status == Status::Active && m.id != row.member.id)
            .count();
        if row.member.role == Role::Administrator && row.member.status == Status::Active && others == 0 {
            return Err(Error::Staff(
                "This is the only administrator who can sign in. Add another one first.".into(),
            ));
        }
        row.member.status = Status::Disabled;
        (row.page.password, row.page.totp, row.page.invitation) = (None, None, None);
        row.page.recovery.clear();
        self.change_staff(&row, true, by.map(ActorId::from), Action("disable-staff")).await?;
        Ok(row.member)
    }

    /// Stores a changed page as the next version, together with its entry in the log.
    pub(crate) async fn change_staff(
        &self,
        row: &Row,
        end_sessions: bool,
        by: Option<ActorId>,
        action: Action,
    ) -> Result<(), Error> {
        let id = row.member.id;
        let version = row.version + 1;
        let sealed = self.vault().seal_service("staff", *id.as_bytes(), version, &row.page)?;
        let change = self.log().service_change(by, action, &[mark(id, version, &sealed)]);
        let mut batch = vec![
            change.outbox(),
            CHANGE_STAFF
                .with([id.as_bytes().into(), row.member.status.code().into(), version.into(), sealed.into()])
                .expecting(1),
        ];
        if end_sessions {
            batch.push(END_SESSIONS_OF.with([id.as_bytes().into()]));
        }
        batch.extend(changes::of_service(self.now()));
        self.records().write(batch).await.map_err(changed_meanwhile)?;
        change.committed();
        if end_sessions {
            self.sessions().forget_staff(id);
        }
        self.follow_changes().await
    }

    async fn staff_by_email(&self, email: &str) -> Result<Row, Error> {
        let id = self.directory().by_email(email);
        let id = id.ok_or_else(|| Error::Staff("Nobody with that e-mail address works here.".into()))?;
        self.staff_row(id).await?.ok_or(Error::Damaged("staff"))
    }

    pub(crate) async fn staff_row(&self, id: StaffId) -> Result<Option<Row>, Error> {
        let rows = self.records().read(vec![ONE_STAFF.with([id.as_bytes().into()])]).await?;
        rows.first().and_then(|r| r.rows.first()).map(|row| self.read_staff(row)).transpose()
    }

    /// Reads the directory afresh from the store.
    pub(crate) async fn load_directory(&self) -> Result<Directory, Error> {
        let rows = self.records().read(vec![ALL_STAFF.with([])]).await?;
        let mut directory = Directory::default();
        for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
            let member = self.read_staff(row)?.member;
            directory.by_email.insert(member.email.to_lowercase(), member.id);
            directory.members.insert(member.id, member);
        }
        for token in self.api_tokens().await? {
            directory.programs.insert(token.id, (format!("{} (API)", token.name), token.acts_for));
        }
        Ok(directory)
    }

    fn read_staff(&self, row: &store::Row) -> Result<Row, Error> {
        let id = StaffId::from_bytes(row.bytes16(0)?);
        let version = row.int(3)?;
        let page: Page = self.vault().open_service("staff", *id.as_bytes(), version, row.blob(8)?)?;
        Ok(Row {
            member: Member {
                id,
                name: page.name.clone(),
                email: page.email.clone(),
                role: row.text(1)?.parse().map_err(|_| Error::Damaged("role"))?,
                status: Status::read(row.text(2)?)?,
                settings: page.settings,
            },
            version,
            failures: row.int(5)?,
            locked_until: row.opt_int(6)?.map(changes::time).transpose()?,
            page,
        })
    }

    /// Everybody who works here, as it is now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.current_directory()
    }
}

/// A row of this table as a change leaves it: the log says whose it was.
fn mark(id: StaffId, version: i64, sealed: &[u8]) -> RowMark {
    RowMark { table: "staff", row: *id.as_bytes(), version, digest: Sha256::digest(sealed).into() }
}

/// A row that was not at the version we read: somebody was quicker.
pub(crate) fn changed_meanwhile(error: store::Error) -> Error {
    match error {
        store::Error::Conflict { .. } => Error::ChangedMeanwhile,
        other => other.into(),
    }
}
