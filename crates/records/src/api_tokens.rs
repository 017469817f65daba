//! Tokens of the API: with each, one program acts in one role, for one purpose, until one day.
//!
//! A token is an actor of its own: its id stands in the audit log where that of a member of staff would, so that the log and
//! the client's list of who looked say which program it was. What it may is decided by the same rules. One that works on
//! somebody's caseload covers for them (see [`crate::cover`]) as long as it holds.

use access::Role;
use audit::{Action, Outcome};
use casework::StaffId;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use notice::Purpose;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Row, sql};
use zeroize::Zeroizing;

use crate::secrets::Token;
use crate::sessions::{Level, Session, Visit};
use crate::sign_in::Denied;
use crate::staff::Status;
use crate::standing::purpose_of;
use crate::webhooks::{END_DELIVERIES_OF_TOKEN, END_WEBHOOKS_OF_TOKEN};
use crate::{Error, Service, changes};

sql! { records:
    /// A new token.
    ADD_TOKEN = "INSERT INTO api_token (id, secret, role, purpose, acts_for, made, ends, revoked, used, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, $8)";
    /// It covers for the member of staff on whose caseload it works.
    ADD_COVER_OF_TOKEN = "INSERT INTO cover (id, absent, covering, starts, ends, author, written) VALUES ($1, $2, $3, $4, $5, $2, $4)";
    /// All tokens there were.
    TOKENS = "SELECT id, role, purpose, acts_for, made, ends, revoked, used, sealed FROM api_token ORDER BY made, id";
    /// One of them.
    TOKEN = "SELECT id, role, purpose, acts_for, made, ends, revoked, used, sealed FROM api_token WHERE id = $1";
    /// The token with this secret.
    TOKEN_WITH = "SELECT id, role, purpose, acts_for, made, ends, revoked, used, sealed FROM api_token WHERE secret = $1";
    /// Stops one.
    REVOKE_TOKEN = "UPDATE api_token SET revoked = $2 WHERE id = $1 AND revoked IS NULL";
    /// And its cover.
    END_COVER_OF_TOKEN = "UPDATE cover SET ends = $2 WHERE covering = $1 AND ends > $2";
    /// Notes that it is in use.
    TOUCH_TOKEN = "UPDATE api_token SET used = $2 WHERE id = $1 AND (used IS NULL OR used < $2)";
    /// Ties an idempotency key to what was sent with it.
    NOTE_CALL = "INSERT INTO api_call (key, token, request, at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING";
    /// What a key is tied to.
    FIND_CALL = "SELECT request FROM api_call WHERE key = $1";
    /// Keys are remembered for some days.
    CLEAR_CALLS = "DELETE FROM api_call WHERE at < $1";
}

/// No token holds longer, in days.
pub const LONGEST_DAYS: i64 = 365;
/// The longest name of a token, in characters.
const LONGEST_NAME: usize = 60;
/// What every secret begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "kept_";
/// For how long an idempotency key is tied to what was sent with it, in hours.
const KEY_HOURS: i64 = 72;

/// A token as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id: the actor of its calls in the audit log.
    pub id: StaffId,
    /// What it is called.
    pub name: String,
    /// As what it acts.
    pub role: Role,
    /// What it opens files for.
    pub purpose: Purpose,
    /// On whose caseload it works.
    pub acts_for: Option<StaffId>,
    /// When it was made.
    pub made: Timestamp,
    /// From when it opens nothing.
    pub ends: Timestamp,
    /// When it was stopped before that.
    pub revoked: Option<Timestamp>,
    /// Its last call, to the minute.
    pub used: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it opens anything at `now`.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.ends
    }
}

/// What a new token is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'t> {
    /// What it is called, as clients read it in their list of who looked.
    pub name: &'t str,
    /// As what it acts.
    pub role: Role,
    /// What it opens files for.
    pub purpose: Purpose,
    /// For how many days.
    pub days: i64,
    /// The address of the member of staff on whose caseload it works.
    pub acts_for: Option<&'t str>,
}

/// A token that was just made.
pub struct MadeToken {
    /// What it is.
    pub token: ApiToken,
    /// What the program sends with each call. Shown once.
    pub secret: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
struct Page {
    name: String,
}

const TABLE: &str = "api_token";

impl Service {
    /// Makes a token for a program.
    ///
    /// # Errors
    /// `Error::Staff` says what does not fit: the name, the role, the purpose, the days, or whose caseload; or a store failed.
    pub async fn add_api_token(&self, new: NewToken<'_>) -> Result<MadeToken, Error> {
        let name = checked(&new)?;
        let acts_for = new.acts_for.map(|email| self.with_caseload(email, new.role)).transpose()?;
        if new.role == Role::Adviser && acts_for.is_none() {
            return Err(Error::Staff(
                "Say on whose caseload the token works: --for with the e-mail address of an adviser.".into(),
            ));
        }
        let (secret, now) = (Token::new()?, self.now());
        let id = StaffId::from_bytes(self.draw());
        let ends = now + SignedDuration::from_hours(new.days * 24);
        let sealed = self.vault().seal_service(TABLE, *id.as_bytes(), 1, &Page { name: name.clone() })?;
        let mut batch = vec![ADD_TOKEN.with([
            id.as_bytes().into(),
            secret.digest().into(),
            new.role.code().into(),
            new.purpose.code().into(),
            acts_for.map(|staff| staff.as_bytes().to_vec()).into(),
            now.as_microsecond().into(),
            ends.as_microsecond().into(),
            sealed.into(),
        ])];
        if let Some(staff) = acts_for {
            batch.push(ADD_COVER_OF_TOKEN.with([
                self.draw().into(),
                staff.as_bytes().into(),
                id.as_bytes().into(),
                now.as_microsecond().into(),
                ends.as_microsecond().into(),
            ]));
        }
        batch.extend(changes::of_service(now));
        self.records().write(batch).await?;
        self.follow_changes().await?;
        self.log().event(Some(id.into()), Action("add-token"), Outcome::Done).durable().await?;
        let token = ApiToken {
            id,
            name,
            role: new.role,
            purpose: new.purpose,
            acts_for,
            made: now,
            ends,
            revoked: None,
            used: None,
        };
        Ok(MadeToken { token, secret: Zeroizing::new(format!("{PREFIX}{}", secret.cookie())) })
    }

    fn with_caseload(&self, email: &str, role: Role) -> Result<StaffId, Error> {
        let directory = self.directory();
        let member = directory
            .by_email(email)
            .and_then(|id| directory.member(id))
            .filter(|member| member.status != Status::Disabled)
            .ok_or_else(|| Error::Staff("Nobody with that e-mail address works here.".into()))?;
        if role != Role::Adviser || member.role != Role::Adviser {
            return Err(Error::Staff(
                "Only advisers have a caseload: leave --for out, or name an adviser for a token of that role.".into(),
            ));
        }
        Ok(member.id)
    }

    /// Every token there was, the oldest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, Error> {
        let rows = self.records().read(vec![TOKENS.with([])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter().map(|row| self.read_token(row)).collect()
    }

    /// One token.
    pub(crate) async fn api_token(&self, id: StaffId) -> Result<Option<ApiToken>, Error> {
        let rows = self.records().read(vec![TOKEN.with([id.as_bytes().into()])]).await?;
        rows.first().and_then(|rows| rows.first()).map(|row| self.read_token(row)).transpose()
    }

    /// Whether a token opens anything at `now`: it holds, and the member of staff on whose caseload it works is still here.
    #[must_use]
    pub fn opens(&self, token: &ApiToken, now: Timestamp) -> bool {
        let directory = self.directory();
        let left = |staff| directory.member(staff).is_none_or(|member| member.status == Status::Disabled);
        // What a role opens files for may change with a version of Kept; a token keeps what it was given.
        token.holds(now) && !token.acts_for.is_some_and(left) && token.purpose == purpose_of(token.role)
    }

    /// Stops a token at once, on every server, and its webhooks with it.
    ///
    /// # Errors
    /// `Error::Staff` if no token that holds has this id, or a store failed.
    pub async fn revoke_api_token(&self, id: &str) -> Result<ApiToken, Error> {
        let now = self.now();
        let known = self.api_tokens().await?;
        let mut found =
            known.into_iter().filter(|token| !id.is_empty() && token.id.to_string().starts_with(id));
        let (Some(mut token), None) = (found.next(), found.next()) else {
            return Err(Error::Staff(
                "No token, or more than one, has this id: `kept token list` shows them in full.".into(),
            ));
        };
        if token.revoked.is_none() {
            let at = || now.as_microsecond().into();
            let mut batch = vec![
                REVOKE_TOKEN.with([token.id.as_bytes().into(), at()]),
                END_COVER_OF_TOKEN.with([token.id.as_bytes().into(), at()]),
                END_DELIVERIES_OF_TOKEN.with([token.id.as_bytes().into(), at()]),
                END_WEBHOOKS_OF_TOKEN.with([token.id.as_bytes().into(), at()]),
            ];
            batch.extend(changes::of_service(now));
            self.records().write(batch).await?;
            self.follow_changes().await?;
            self.log().event(Some(token.id.into()), Action("revoke-token"), Outcome::Done).durable().await?;
            token.revoked = Some(now);
        }
        Ok(token)
    }

    /// The visit of the program that sends this secret.
    ///
    /// # Errors
    /// `Denied::SignedOut` if there is no such token, it has run out or was stopped, or the member of staff on whose caseload
    /// it works has left; or the store failed.
    pub async fn api_visit(&self, secret: &str) -> Result<Visit, Error> {
        let token = secret.strip_prefix(PREFIX).and_then(Token::from_cookie).ok_or(Denied::SignedOut)?;
        let (digest, now) = (token.digest(), self.now());
        let rows = self.records().read(vec![TOKEN_WITH.with([digest.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Denied::SignedOut)?;
        let found = self.read_token(row)?;
        if !self.opens(&found, now) {
            return Err(Denied::SignedOut.into());
        }
        if found.used.is_none_or(|used| now >= used + 1.minute()) {
            let touch = TOUCH_TOKEN.with([found.id.as_bytes().into(), now.as_microsecond().into()]);
            self.records().write(vec![touch]).await?;
        }
        let session =
            Session { staff: found.id, level: Level::Full, created: found.made, seen: now, confirmed: None };
        Ok(Visit { staff: found.id, role: found.role, session, token })
    }

    /// The number under which a call with this idempotency key acts once; none if the key came with something else before.
    ///
    /// What was sent is remembered as a digest that cannot be tried out without the key, and the key itself is not kept.
    ///
    /// # Errors
    /// The store failed.
    pub async fn api_call(
        &self,
        visit: &Visit,
        key: &str,
        sent: &[&[u8]],
    ) -> Result<Option<[u8; 16]>, Error> {
        let mut number = Sha256::new_with_prefix(b"kept-api-call\0");
        number.update(visit.staff.as_bytes());
        number.update(key.as_bytes());
        let number: [u8; 32] = number.finalize().into();
        let mut request = Sha256::new_with_prefix(b"kept-api-request\0");
        request.update((key.len() as u64).to_be_bytes());
        request.update(key.as_bytes());
        for part in sent {
            request.update((part.len() as u64).to_be_bytes());
            request.update(part);
        }
        let request: [u8; 32] = request.finalize().into();
        let now = self.now();
        let old = now - SignedDuration::from_hours(KEY_HOURS);
        self.records()
            .write(vec![
                CLEAR_CALLS.with([old.as_microsecond().into()]),
                NOTE_CALL.with([
                    number.into(),
                    visit.staff.as_bytes().into(),
                    request.into(),
                    now.as_microsecond().into(),
                ]),
            ])
            .await?;
        let rows = self.records().read(vec![FIND_CALL.with([number.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::ChangedMeanwhile)?;
        let same = row.blob(0)? == request;
        Ok(number.first_chunk::<16>().copied().filter(|_| same))
    }

    fn read_token(&self, row: &Row) -> Result<ApiToken, Error> {
        let id = StaffId::from_bytes(row.bytes16(0)?);
        let page: Page = self.vault().open_service(TABLE, *id.as_bytes(), 1, row.blob(8)?)?;
        Ok(ApiToken {
            id,
            name: page.name,
            role: row.text(1)?.parse().map_err(|_| Error::Damaged("role"))?,
            purpose: row.text(2)?.parse().map_err(|_| Error::Damaged("purpose"))?,
            acts_for: row.opt_bytes16(3)?.map(StaffId::from_bytes),
            made: changes::time(row.int(4)?)?,
            ends: changes::time(row.int(5)?)?,
            revoked: row.opt_int(6)?.map(changes::time).transpose()?,
            used: row.opt_int(7)?.map(changes::time).transpose()?,
        })
    }
}

/// The name of a token that can be made as asked.
fn checked(new: &NewToken<'_>) -> Result<String, Error> {
    let name = new.name.trim();
    let said = |text: String| Err(Error::Staff(text));
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return said(format!("Say what the token is for, in at most {LONGEST_NAME} characters."));
    }
    if !matches!(new.role, Role::Adviser | Role::Receptionist | Role::Manager | Role::Governance) {
        return said("A token acts as adviser, receptionist, manager or governance.".into());
    }
    let purpose = purpose_of(new.role);
    if new.purpose != purpose {
        return said(format!(
            "The role {} opens files for the purpose {purpose}, and for no other.",
            new.role
        ));
    }
    if !(1..=LONGEST_DAYS).contains(&new.days) {
        return said(format!("A token holds for 1 to {LONGEST_DAYS} days."));
    }
    Ok(name.to_owned())
}
