//! Sessions: an opaque token in the browser, its digest in the store, an idle and an absolute end.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::Role;
use audit::{Action, Outcome};
use casework::StaffId;
use jiff::{SignedDuration, Timestamp};
use store::sql;

use crate::secrets::Token;
use crate::sign_in::Denied;
use crate::staff::Status;
use crate::{Error, Service, changes};

sql! { records:
    /// A session by its token's digest.
    FIND_SESSION = "SELECT staff, level, created, seen, stepped_up FROM session WHERE token = $1";
    /// Begins one.
    START_SESSION = "INSERT INTO session (token, staff, level, created, seen, stepped_up) VALUES ($1, $2, $3, $4, $4, $5)";
    /// Notes that it is in use.
    TOUCH_SESSION = "UPDATE session SET seen = $2 WHERE token = $1 AND seen < $2";
    /// Notes a confirmation.
    STEP_UP = "UPDATE session SET stepped_up = $2 WHERE token = $1";
    /// Ends one.
    END_SESSION = "DELETE FROM session WHERE token = $1";
    /// All sessions of somebody, newest first.
    SESSIONS_OF = "SELECT token, created, seen FROM session WHERE staff = $1 AND level = 'full' ORDER BY seen DESC";
    /// Ends all of somebody.
    END_ALL_OF = "DELETE FROM session WHERE staff = $1";
    /// Clears away what has run out.
    CLEAR_SESSIONS = "DELETE FROM session WHERE seen < $1 OR created < $2";
}

/// A session without a request for so long ends.
pub const IDLE_MINUTES: i64 = 30;
/// A session ends so long after signing in, used or not.
pub const LONGEST_HOURS: i64 = 12;
/// A confirmation counts for so long.
pub const CONFIRMED_MINUTES: i64 = 5;

/// How far somebody has got with signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The password was right; a code is still to come.
    Password,
    /// The first password is set; the second factor is still to be set up.
    Enrolling,
    /// Signed in.
    Full,
}

impl Level {
    const fn code(self) -> &'static str {
        match self {
            Level::Password => "password",
            Level::Enrolling => "enrolling",
            Level::Full => "full",
        }
    }
}

/// Somebody's session.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Whose.
    pub staff: StaffId,
    /// How far they have got.
    pub level: Level,
    /// When they signed in.
    pub created: Timestamp,
    /// The last request, to the minute.
    pub seen: Timestamp,
    /// When they last confirmed that it is they.
    pub confirmed: Option<Timestamp>,
}

impl Session {
    /// When it ends if nothing more is done.
    #[must_use]
    pub fn ends(&self, now: Timestamp) -> Timestamp {
        let idle = now.max(self.seen) + SignedDuration::from_mins(IDLE_MINUTES);
        idle.min(self.created + SignedDuration::from_hours(LONGEST_HOURS))
    }

    fn is_over(&self, now: Timestamp) -> bool {
        now >= self.seen + SignedDuration::from_mins(IDLE_MINUTES)
            || now >= self.created + SignedDuration::from_hours(LONGEST_HOURS)
    }

    /// Whether they confirmed in the last minutes.
    #[must_use]
    pub fn confirmed_lately(&self, now: Timestamp) -> bool {
        self.confirmed.is_some_and(|at| now < at + SignedDuration::from_mins(CONFIRMED_MINUTES))
    }
}

/// A request by somebody who is signed in: who they are, what they may, which session.
#[derive(Clone)]
pub struct Visit {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Their session.
    pub session: Session,
    /// Its token.
    pub token: Token,
}

/// One of somebody's own sessions, for their list.
pub struct SessionLine {
    /// Since when.
    pub created: Timestamp,
    /// Last used.
    pub seen: Timestamp,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// Sessions looked up in the last second, so that a page does not wait for them twice. An end reaches every server within it.
#[derive(Default)]
pub struct Sessions {
    recent: Mutex<HashMap<[u8; 32], (Session, Timestamp)>>,
}

const REMEMBERED: SignedDuration = SignedDuration::from_millis(1000);
const AT_MOST: usize = 10_000;

impl Sessions {
    fn recall(&self, digest: &[u8; 32], now: Timestamp) -> Option<Session> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.get(digest).filter(|(_, at)| *at <= now && now < *at + REMEMBERED).map(|(session, _)| *session)
    }

    fn remember(&self, digest: [u8; 32], session: Session, now: Timestamp) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= AT_MOST {
            recent.clear();
        }
        recent.insert(digest, (session, now));
    }

    fn forget(&self, digest: &[u8; 32]) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    pub(crate) fn forget_staff(&self, staff: StaffId) {
        self.recent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (session, _)| session.staff != staff);
    }
}

impl Service {
    /// Who is behind a token. An error of `Denied::SignedOut` if nobody is (any more).
    ///
    /// # Errors
    /// `Denied::SignedOut`, or the store failed.
    pub async fn visit(&self, token: &Token) -> Result<Visit, Error> {
        let session = self.session_at(token, Level::Full).await?;
        let directory = self.directory();
        let member = directory
            .member(session.staff)
            .filter(|m| m.status == Status::Active)
            .ok_or(Denied::SignedOut)?;
        Ok(Visit { staff: session.staff, role: member.role, session, token: token.clone() })
    }

    pub(crate) async fn session_at(&self, token: &Token, level: Level) -> Result<Session, Error> {
        let (digest, now) = (token.digest(), self.now());
        let session = match self.sessions().recall(&digest, now) {
            Some(session) => session,
            None => self.find_session(digest, now).await?,
        };
        if session.level == level && !session.is_over(now) {
            Ok(session)
        } else {
            Err(Denied::SignedOut.into())
        }
    }

    async fn find_session(&self, digest: [u8; 32], now: Timestamp) -> Result<Session, Error> {
        let rows = self.records().read(vec![FIND_SESSION.with([digest.into()])]).await?;
        let row = rows.first().and_then(|r| r.rows.first()).ok_or(Denied::SignedOut)?;
        let level = [Level::Password, Level::Enrolling, Level::Full]
            .into_iter()
            .find(|l| row.text(1) == Ok(l.code()));
        let mut session = Session {
            staff: StaffId::from_bytes(row.bytes16(0)?),
            level: level.ok_or(Error::Damaged("session level"))?,
            created: changes::time(row.int(2)?)?,
            seen: changes::time(row.int(3)?)?,
            confirmed: row.opt_int(4)?.map(changes::time).transpose()?,
        };
        if session.is_over(now) {
            return Err(Denied::SignedOut.into());
        }
        // Written to the minute only: a write for each page would cost more than the page.
        if now >= session.seen + SignedDuration::from_mins(1) {
            self.records()
                .write(vec![TOUCH_SESSION.with([digest.into(), now.as_microsecond().into()])])
                .await?;
            session.seen = now;
        }
        self.sessions().remember(digest, session, now);
        Ok(session)
    }

    pub(crate) async fn start_session(&self, staff: StaffId, level: Level) -> Result<Token, Error> {
        let (token, now) = (Token::new()?, self.now());
        let confirmed = (level == Level::Full).then_some(now.as_microsecond());
        let over = |span: SignedDuration| (now - span).as_microsecond();
        self.records()
            .write(vec![
                CLEAR_SESSIONS.with([
                    over(SignedDuration::from_mins(IDLE_MINUTES)).into(),
                    over(SignedDuration::from_hours(LONGEST_HOURS)).into(),
                ]),
                START_SESSION.with([
                    token.digest().into(),
                    staff.as_bytes().into(),
                    level.code().into(),
                    now.as_microsecond().into(),
                    confirmed.into(),
                ]),
            ])
            .await?;
        Ok(token)
    }

    pub(crate) async fn step_up(&self, token: &Token) -> Result<(), Error> {
        self.records()
            .write(vec![STEP_UP.with([token.digest().into(), self.now().as_microsecond().into()])])
            .await?;
        self.sessions().forget(&token.digest());
        Ok(())
    }

    pub(crate) async fn end_session(&self, token: &Token) -> Result<(), Error> {
        self.records().write(vec![END_SESSION.with([token.digest().into()])]).await?;
        self.sessions().forget(&token.digest());
        Ok(())
    }

    /// Signs out.
    ///
    /// # Errors
    /// The store or the log failed.
    pub async fn sign_out(&self, token: &Token) -> Result<(), Error> {
        let session = self.session_at(token, Level::Full).await.ok();
        self.end_session(token).await?;
        if let Some(session) = session {
            self.log().event(Some(session.staff.into()), Action("sign-out"), Outcome::Done).durable().await?;
        }
        Ok(())
    }

    /// Signs somebody out everywhere.
    ///
    /// # Errors
    /// The store or the log failed.
    pub async fn sign_out_everywhere(&self, visit: &Visit) -> Result<(), Error> {
        self.records().write(vec![END_ALL_OF.with([visit.staff.as_bytes().into()])]).await?;
        self.sessions().forget_staff(visit.staff);
        self.log()
            .event(Some(visit.staff.into()), Action("sign-out-everywhere"), Outcome::Done)
            .durable()
            .await?;
        Ok(())
    }

    /// Somebody's own sessions.
    ///
    /// # Errors
    /// The store failed.
    pub async fn my_sessions(&self, visit: &Visit) -> Result<Vec<SessionLine>, Error> {
        let rows = self.records().read(vec![SESSIONS_OF.with([visit.staff.as_bytes().into()])]).await?;
        let mine = visit.token.digest();
        rows.first()
            .map(|r| r.rows.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|row| {
                Ok(SessionLine {
                    this: row.blob(0)? == mine,
                    created: changes::time(row.int(1)?)?,
                    seen: changes::time(row.int(2)?)?,
                })
            })
            .collect()
    }
}
