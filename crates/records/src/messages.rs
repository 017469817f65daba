//! Messages to clients: queued with what causes them, and what became of each.
//!
//! A row says which appointment a message is about and how far it came. It holds neither address nor words: those are put
//! together from the file at the moment of sending (`sending`), so that what is safe for the client is asked as late as can
//! be, and nothing of it lies about. See docs/decisions/0014-messages.md.

mod endings;
mod notices;
mod reminders;
mod sending;
mod wording;

use access::Act;
use audit::{Action, Detail};
use casework::messages::{Channel, MessageState, NotSent};
use casework::{AppointmentId, ClientId, ClosureId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use messages::MessageId;
use messages::shipped::Occasion;
use notice::{Category, ContactKind, Purpose};
use store::{Query, Row, Rows, sql};
use uuid::Uuid;

use crate::appointments::Booked;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes};

pub(crate) use notices::{TOLD_OF_VERSION, told_of_notice};
pub(crate) use sending::NEVER;
pub use sending::{MOST_ATTEMPTS, Step};

sql! { records:
    /// Queues one. What tells of the same version of an appointment, of the same closing, or is the same warning, is queued once.
    QUEUE = "INSERT INTO message (id, client, appointment, version, closure, ending, warned, template, state, queued, due, expires, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9, $10, $11, 0) ON CONFLICT DO NOTHING";
    /// What was said of an appointment, the newest first.
    TOLD_OF = concat!("SELECT ", told_columns!(), " FROM message WHERE appointment = $1 OR (closure = (SELECT f.closure FROM closure_appointment f WHERE f.appointment = $1) AND client = (SELECT f.client FROM closure_appointment f WHERE f.appointment = $1)) ORDER BY queued DESC");
    /// One of them.
    FIND_MESSAGE = concat!("SELECT ", told_columns!(), " FROM message WHERE id = $1");
    /// Those to one client, for a copy of the file.
    pub(crate) OF_CLIENT = concat!("SELECT ", told_columns!(), " FROM message WHERE client = $1 ORDER BY queued DESC LIMIT 5000");
    /// What clients may not know because it was not sent, beside what belongs to a closing.
    UNTOLD = concat!("SELECT ", told_columns!(), " FROM message WHERE state IN ('failed', 'unsure', 'stopped', 'call') AND settled IS NULL AND closure IS NULL AND expires > $1 ORDER BY expires LIMIT 200");
    /// The same of one caseload.
    UNTOLD_OF = concat!("SELECT ", told_columns!(), " FROM message WHERE state IN ('failed', 'unsure', 'stopped', 'call') AND settled IS NULL AND closure IS NULL AND expires > $1 AND client IN (SELECT c.id FROM client c WHERE c.adviser = $2) ORDER BY expires LIMIT 200");
    /// How many are still to be rung of each closing.
    UNTOLD_OF_CLOSURES = "SELECT m.closure, c.day, COUNT(*) FROM message m JOIN closure c ON c.id = m.closure WHERE m.state IN ('failed', 'unsure', 'stopped', 'call') AND m.settled IS NULL AND m.expires > $1 GROUP BY m.closure, c.day ORDER BY c.day LIMIT 20";
    /// Somebody saw to it.
    SEE_TO = "UPDATE message SET settled = $2, settled_by = $3 WHERE id = $1 AND settled IS NULL AND state IN ('failed', 'unsure', 'stopped', 'call')";
    /// The client answered.
    ANSWER = "UPDATE message SET answered = $2, settled = $3, settled_by = $4 WHERE id = $1 AND answered IS NULL AND channel IS NOT NULL";
    /// It is sent again, because somebody says so.
    SEND_AGAIN = "UPDATE message SET state = 'waiting', why = NULL, due = $2, attempts = 0, claim = NULL, done = NULL WHERE id = $1 AND state IN ('failed', 'unsure', 'stopped', 'call') AND expires > $2 AND settled IS NULL";
    /// What goes with an erased file.
    pub(crate) DROP_MESSAGES = "DELETE FROM message WHERE client = $1";
}

/// The columns that say what became of a message, in the order of every statement that reads them.
macro_rules! told_columns {
    () => {
        "id, client, appointment, closure, template, channel, state, why, queued, expires, done, answered, settled, ending, notice_version"
    };
}
pub(crate) use told_columns;

const SEE_TO_ACTION: Action = Action("settle-message");
const ANSWERED: Action = Action("record-reply");
const AGAIN: Action = Action("send-again");
/// Who was not told of an appointment is listed for so many days after it.
const LISTED_DAYS: i64 = 7;

/// What a message tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An appointment; of a closing, the first that fell out.
    Appointment(AppointmentId),
    /// The end of the file, on this day.
    Ending(Date),
    /// A version of the service's notice.
    Notice,
}

impl About {
    /// From what stands in the row: an appointment, the day of an end, or the version of a notice.
    fn read(
        appointment: Option<[u8; 16]>,
        ending: Option<i64>,
        notice: Option<&str>,
    ) -> Result<About, Error> {
        match (appointment, ending.and_then(day_from), notice) {
            (Some(id), None, None) => Ok(About::Appointment(AppointmentId::from_bytes(id))),
            (None, Some(day), None) => Ok(About::Ending(day)),
            (None, None, Some(_)) => Ok(About::Notice),
            _ => Err(Error::Damaged("message")),
        }
    }
}

/// A message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub id: MessageId,
    /// Whose.
    pub client: ClientId,
    /// About what.
    pub about: About,
    /// The closing that it belongs to.
    pub closure: Option<ClosureId>,
    /// What it says.
    pub occasion: Occasion,
    /// By what it was sent, once it was handed over.
    pub channel: Option<Channel>,
    /// How far it came.
    pub state: MessageState,
    /// Why not further.
    pub why: Option<NotSent>,
    /// When it was queued.
    pub queued: Timestamp,
    /// From when on it tells nothing any more: the appointment begins, the file is gone.
    pub expires: Timestamp,
    /// When it was sent or given up.
    pub done: Option<Timestamp>,
    /// The day on which the client answered.
    pub answered: Option<Date>,
    /// Whether somebody saw to it that the client knows.
    pub settled: bool,
}

impl Told {
    pub(crate) fn read(row: &Row) -> Result<Told, Error> {
        let damaged = || Error::Damaged("message");
        Ok(Told {
            id: MessageId(Uuid::from_bytes(row.bytes16(0)?)),
            client: ClientId::from_bytes(row.bytes16(1)?),
            about: About::read(row.opt_bytes16(2)?, row.opt_int(13)?, row.opt_text(14)?)?,
            closure: row.opt_bytes16(3)?.map(ClosureId::from_bytes),
            occasion: row.text(4)?.parse().map_err(|_| damaged())?,
            channel: row.opt_text(5)?.map(str::parse).transpose().map_err(|_| damaged())?,
            state: row.text(6)?.parse().map_err(|_| damaged())?,
            why: row.opt_text(7)?.map(str::parse).transpose().map_err(|_| damaged())?,
            queued: changes::time(row.int(8)?)?,
            expires: changes::time(row.int(9)?)?,
            done: row.opt_int(10)?.map(changes::time).transpose()?,
            answered: match row.opt_int(11)? {
                None => None,
                Some(day) => Some(day_from(day).ok_or_else(damaged)?),
            },
            settled: row.opt_int(12)?.is_some(),
        })
    }
}

/// Somebody who may not know what a message was to tell.
#[derive(Debug, Clone)]
pub struct Untold {
    /// The message.
    pub told: Told,
    /// Who.
    pub who: Shown,
}

/// A closing of which some are still to be rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToRing {
    /// Which.
    pub closure: ClosureId,
    /// Which day was closed.
    pub day: Date,
    /// How many do not know.
    pub count: u64,
}

/// What was not sent: one by one, and the closings of which some are still to be rung.
#[derive(Debug, Clone, Default)]
pub struct NotTold {
    /// Single messages, the nearest appointment first.
    pub single: Vec<Untold>,
    /// Closings.
    pub closings: Vec<ToRing>,
}

impl NotTold {
    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.single.is_empty() && self.closings.is_empty()
    }
}

pub(crate) fn id_bytes(id: MessageId) -> [u8; 16] {
    *id.0.as_bytes()
}

impl Service {
    /// The statement that queues a message about an appointment, for the transaction of what causes it.
    pub(crate) fn queue(
        &self,
        occasion: Occasion,
        about: &Booked,
        closure: Option<ClosureId>,
        now: Timestamp,
    ) -> Query {
        self.queue_for(occasion, about, closure, now, now)
    }

    /// The same, for a message that waits until `due`.
    pub(crate) fn queue_for(
        &self,
        occasion: Occasion,
        about: &Booked,
        closure: Option<ClosureId>,
        now: Timestamp,
        due: Timestamp,
    ) -> Query {
        QUEUE.with([
            self.draw().into(),
            about.client.as_bytes().into(),
            about.id.as_bytes().into(),
            about.version.into(),
            closure.map(|closure| *closure.as_bytes()).into(),
            store::Value::Null,
            store::Value::Null,
            occasion.code().into(),
            now.as_microsecond().into(),
            due.as_microsecond().into(),
            about.slot.starts().as_microsecond().into(),
        ])
    }

    /// What a client was told of an appointment. It holds ids and codes only.
    pub(crate) async fn told_of(&self, id: AppointmentId) -> Result<Vec<Told>, Error> {
        let rows = self.records().read(vec![TOLD_OF.with([id.as_bytes().into()])]).await?;
        rows.first().map(|rows| rows.rows.iter().map(Told::read).collect()).unwrap_or_else(|| Ok(Vec::new()))
    }

    /// The statements that find whom we could not tell: for an adviser in their caseload, for others everywhere.
    pub(crate) fn finding_untold(&self, visit: &Visit) -> [Query; 2] {
        let since = (self.now() - SignedDuration::from_hours(24 * LISTED_DAYS)).as_microsecond();
        let own = match visit.role {
            access::Role::Adviser => UNTOLD_OF.with([since.into(), visit.staff.as_bytes().into()]),
            _ => UNTOLD.with([since.into()]),
        };
        [own, UNTOLD_OF_CLOSURES.with([since.into()])]
    }

    /// Reads them, for a sentence whose entry covers the names. Closings are the matter of those who close.
    pub(crate) fn not_told(&self, visit: &Visit, single: &Rows, closings: &Rows) -> Result<NotTold, Error> {
        let mut found = NotTold::default();
        for row in &single.rows {
            let told = Told::read(row)?;
            if let Some(who) = self.known_as(told.client, Purpose::Contact) {
                found.single.push(Untold { told, who });
            }
        }
        if self.may_close(visit) {
            for row in &closings.rows {
                found.closings.push(ToRing {
                    closure: ClosureId::from_bytes(row.bytes16(0)?),
                    day: day_from(row.int(1)?).ok_or(Error::Damaged("day"))?,
                    count: row.int(2)?.unsigned_abs(),
                });
            }
        }
        Ok(found)
    }

    /// Says that a client whom a message did not reach knows by now: somebody rang.
    ///
    /// # Errors
    /// There is no such message, it was seen to already, the rules refuse, or a store failed.
    pub async fn see_to_message(&self, visit: &Visit, id: MessageId) -> Result<(), Error> {
        let (now, by) = (self.now().as_microsecond(), *visit.staff.as_bytes());
        self.change_message(visit, id, SEE_TO_ACTION, |_| {
            vec![SEE_TO.with([id_bytes(id).into(), now.into(), by.into()]).expecting(1)]
        })
        .await
    }

    /// Says that the client answered a message today. That is contact, and moves the retention clock as the notice says.
    ///
    /// # Errors
    /// There is no such message, it was never handed over, the answer is recorded already, the rules refuse, or a store failed.
    pub async fn record_reply(&self, visit: &Visit, id: MessageId) -> Result<(), Error> {
        let (now, by) = (self.now().as_microsecond(), *visit.staff.as_bytes());
        let day = self.surroundings().today();
        let today = day_number(day);
        let told = self.message(id).await?;
        let kind = match told.channel {
            Some(Channel::Email) => ContactKind::EmailFromClient,
            _ => ContactKind::TextFromClient,
        };
        let standing = self.standing(visit, told.client).await?;
        let clock = self.contact_moves(&standing, kind, day)?;
        self.change_message(visit, id, ANSWERED, |_| {
            let answer = ANSWER.with([id_bytes(id).into(), today.into(), now.into(), by.into()]).expecting(1);
            [answer].into_iter().chain(clock).collect()
        })
        .await
    }

    /// Sends a message again that was not sent, or perhaps not. If it was, the client reads it twice; its id is the same, so
    /// that mail programs can drop the second.
    ///
    /// # Errors
    /// There is no such message, its time is over, the rules refuse, or a store failed.
    pub async fn send_again(&self, visit: &Visit, id: MessageId) -> Result<(), Error> {
        let now = self.now().as_microsecond();
        self.change_message(visit, id, AGAIN, |_| {
            vec![SEND_AGAIN.with([id_bytes(id).into(), now.into()]).expecting(1)]
        })
        .await
    }

    /// One message: ids and codes.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn message(&self, id: MessageId) -> Result<Told, Error> {
        let rows = self.records().read(vec![FIND_MESSAGE.with([id_bytes(id).into()])]).await?;
        rows.first().and_then(|rows| rows.first()).map_or(Err(Error::NoSuchFile), Told::read)
    }

    async fn change_message(
        &self,
        visit: &Visit,
        id: MessageId,
        action: Action,
        statements: impl FnOnce(&Told) -> Vec<Query>,
    ) -> Result<(), Error> {
        let told = self.message(id).await?;
        let standing = self.standing(visit, told.client).await?;
        let request = standing.request(visit, self.now(), Act::Write, Category::Contact.into());
        let permit = self.permit(request, action).await?;
        let change = self.log().change(permit, action, &Detail::default());
        let mut batch = statements(&told);
        batch.push(change.outbox());
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(())
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }
}
