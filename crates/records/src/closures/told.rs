//! What became of a closing: how far its messages came, stopping them, and whom to ring.

use std::collections::BTreeMap;

use audit::{Action, Detail};
use casework::appointments::Way;
use casework::messages::{Channel, MessageState, NotSent, Offers, Ringing, way};
use casework::{ClientId, ClosureId, Profile, RoomId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::Purpose;
use store::{Row, sql};

use super::closing_request;
use crate::appointments::{Booked, CHOSEN_AFTER, StoredAppointment, columns};
use crate::messages::{Told, told_columns};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::surroundings::day_from;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// One closing.
    FIND_CLOSURE = concat!("SELECT ", closure_columns!(), ", (SELECT COUNT(*) FROM closure_appointment f WHERE f.closure = closure.id) FROM closure WHERE id = $1");
    /// The newest.
    NEWEST_CLOSURES = concat!("SELECT ", closure_columns!(), ", (SELECT COUNT(*) FROM closure_appointment f WHERE f.closure = closure.id) FROM closure ORDER BY made DESC LIMIT 8");
    /// What was closed in a stretch of time.
    pub(crate) CLOSED_BETWEEN = concat!("SELECT ", closure_columns!(), ", 0 FROM closure WHERE ends > $1 AND begins < $2 ORDER BY begins, id LIMIT 500");
    /// How far its messages came.
    PROGRESS = "SELECT state, why, channel, COUNT(*) FROM message WHERE closure = $1 GROUP BY state, why, channel";
    /// Stops what was not handed over yet.
    STOP = "UPDATE message SET state = 'stopped', why = 'stopped', done = $2 WHERE closure = $1 AND state = 'waiting'";
    /// Gives its time back: it ends when it began.
    OPEN_AGAIN = "UPDATE closure SET ends = begins WHERE id = $1";
    /// Whom its messages did not reach, or not yet.
    TO_RING = concat!("SELECT ", told_columns!(), " FROM message WHERE closure = $1 AND state IN ('failed', 'unsure', 'stopped', 'call', 'waiting', 'sending') ORDER BY expires, id");
    /// The appointments that fell out.
    FALLEN_OUT = concat!("SELECT ", columns!(), " FROM appointment WHERE id IN (SELECT f.appointment FROM closure_appointment f WHERE f.closure = $1) ORDER BY starts, id");
}

macro_rules! closure_columns {
    () => {
        "id, staff, made, day, begins, ends, way, adviser, left_out, room"
    };
}
use closure_columns;

const STOP_ACTION: Action = Action("stop-messages");
const OPEN_ACTION: Action = Action("open-office");
const SHEET: Action = Action("view-contact-sheet");

/// A closing as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Which.
    pub id: ClosureId,
    /// Who closed.
    pub by: StaffId,
    /// When they did.
    pub made: Timestamp,
    /// Which day.
    pub day: Date,
    /// From when.
    pub from: Timestamp,
    /// Till when.
    pub to: Timestamp,
    /// Only this way of meeting.
    pub way: Option<Way>,
    /// Only this adviser.
    pub adviser: Option<StaffId>,
    /// Only this room.
    pub room: Option<RoomId>,
    /// Appointments that were left as they are, in files that nobody at the desk may touch.
    pub left_out: u64,
    /// Appointments that were called off.
    pub called_off: u64,
}

/// How many messages of a closing stand where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// How far they came.
    pub state: MessageState,
    /// Why not further.
    pub why: Option<NotSent>,
    /// By what.
    pub channel: Option<Channel>,
    /// How many.
    pub count: u64,
}

/// A closing and how far its messages came. Nobody is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The closing.
    pub closure: Closure,
    /// The messages.
    pub stands: Vec<Stands>,
    /// How many clients have chosen another time themselves.
    pub chose: u64,
}

impl Progress {
    /// How many messages stand in one of these states.
    #[must_use]
    pub fn count(&self, which: impl Fn(MessageState) -> bool) -> u64 {
        self.stands.iter().filter(|stands| which(stands.state)).map(|stands| stands.count).sum()
    }

    /// Whether some still move by themselves.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.count(MessageState::moves) > 0
    }
}

/// Somebody to ring.
#[derive(Debug, Clone)]
pub struct OnSheet {
    /// Who.
    pub who: Shown,
    /// What the message came to.
    pub told: Told,
    /// The appointments that fell out.
    pub booked: Vec<Booked>,
    /// How they can be reached.
    pub ringing: Ringing,
}

/// The contact sheet of a closing.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The closing.
    pub closure: Closure,
    /// Those to ring, and those whose message is still on its way, by the time of their appointment.
    pub rows: Vec<OnSheet>,
}

impl Closure {
    /// Whether somebody gave its time back.
    #[must_use]
    pub fn is_open_again(&self) -> bool {
        self.to <= self.from
    }

    pub(crate) fn read(row: &Row) -> Result<Closure, Error> {
        let damaged = || Error::Damaged("closure");
        Ok(Closure {
            id: ClosureId::from_bytes(row.bytes16(0)?),
            by: StaffId::from_bytes(row.bytes16(1)?),
            made: changes::time(row.int(2)?)?,
            day: day_from(row.int(3)?).ok_or_else(damaged)?,
            from: changes::time(row.int(4)?)?,
            to: changes::time(row.int(5)?)?,
            way: row.opt_text(6)?.map(str::parse).transpose().map_err(|_| damaged())?,
            adviser: row.opt_bytes16(7)?.map(StaffId::from_bytes),
            left_out: row.int(8)?.unsigned_abs(),
            room: row.opt_bytes16(9)?.map(RoomId::from_bytes),
            called_off: row.int(10)?.unsigned_abs(),
        })
    }
}

impl Service {
    /// How far a closing has come. Nobody is named, so it leaves no entry.
    ///
    /// # Errors
    /// There is none, this role may not close, or the store failed.
    pub async fn closure(&self, visit: &Visit, id: ClosureId) -> Result<Progress, Error> {
        self.begin_closing(visit).await?;
        let which = || id.as_bytes().into();
        let asked =
            vec![FIND_CLOSURE.with([which()]), PROGRESS.with([which()]), CHOSEN_AFTER.with([which()])];
        let rows = self.records().read(asked).await?;
        let [head, stands, chose] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let closure = Closure::read(head.first().ok_or(Error::NoSuchFile)?)?;
        let damaged = || Error::Damaged("message");
        let stands = stands.rows.iter().map(|row| {
            Ok(Stands {
                state: row.text(0)?.parse().map_err(|_| damaged())?,
                why: row.opt_text(1)?.map(str::parse).transpose().map_err(|_| damaged())?,
                channel: row.opt_text(2)?.map(str::parse).transpose().map_err(|_| damaged())?,
                count: row.int(3)?.unsigned_abs(),
            })
        });
        let chose = chose.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        Ok(Progress { closure, chose, stands: stands.collect::<Result<_, Error>>()? })
    }

    /// The newest closings.
    ///
    /// # Errors
    /// This role may not close, or the store failed.
    pub async fn closures(&self, visit: &Visit) -> Result<Vec<Closure>, Error> {
        self.begin_closing(visit).await?;
        let rows = self.records().read(vec![NEWEST_CLOSURES.with([])]).await?;
        rows.first()
            .map(|rows| rows.rows.iter().map(Closure::read).collect())
            .unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Stops the messages of a closing that were not handed over yet. The appointments stay called off; those who were not
    /// told are on the contact sheet.
    ///
    /// # Errors
    /// There is no such closing, the rules refuse, or a store failed.
    pub async fn stop_messages(&self, visit: &Visit, id: ClosureId) -> Result<(), Error> {
        self.closure(visit, id).await?;
        let permit = self.permit(closing_request(visit), STOP_ACTION).await?;
        let _receipt = self.log().submit(permit, STOP_ACTION, Detail::default()).durable().await?;
        let now = self.now().as_microsecond();
        self.records().write(vec![STOP.with([id.as_bytes().into(), now.into()])]).await?;
        Ok(())
    }

    /// Gives the time of a closing back, so that it is offered again. What was called off stays so: its clients were told.
    ///
    /// # Errors
    /// There is no such closing, the rules refuse, or a store failed.
    pub async fn open_again(&self, visit: &Visit, id: ClosureId) -> Result<(), Error> {
        self.closure(visit, id).await?;
        let permit = self.permit(closing_request(visit), OPEN_ACTION).await?;
        let change = self.log().change(permit, OPEN_ACTION, &Detail::default());
        let open = OPEN_AGAIN.with([id.as_bytes().into()]).expecting(1);
        self.records().write(vec![open, change.outbox()]).await?;
        change.committed();
        Ok(())
    }

    /// The contact sheet of a closing: whom its messages did not reach, and how each can be reached. The look is an entry.
    ///
    /// # Errors
    /// There is no such closing, the rules refuse, or something cannot do its part.
    pub async fn contact_sheet(&self, visit: &Visit, id: ClosureId) -> Result<Opened<Sheet>, Error> {
        let which = || id.as_bytes().into();
        let batch = vec![FIND_CLOSURE.with([which()]), TO_RING.with([which()]), FALLEN_OUT.with([which()])];
        let permit = self.permit(closing_request(visit), SHEET).await?;
        let rows = self.records().read(batch).await?;
        let [head, to_ring, fallen] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let closure = Closure::read(head.first().ok_or(Error::NoSuchFile)?)?;
        let told: Vec<Told> = to_ring.rows.iter().map(Told::read).collect::<Result<_, _>>()?;
        let mut booked: BTreeMap<ClientId, Vec<Booked>> = BTreeMap::new();
        for row in &fallen.rows {
            let one = StoredAppointment::read(row)?.booked;
            booked.entry(one.client).or_default().push(one);
        }
        let known: Vec<(Told, Shown)> = told
            .into_iter()
            .filter_map(|told| Some((self.known_as(told.client, Purpose::Contact)?, told)))
            .map(|(w, t)| (t, w))
            .collect();
        let clients: Vec<ClientId> = known.iter().map(|(told, _)| told.client).collect();
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, SHEET, detail);
        let contacts = self.contacts_of(&entry, &clients).await?;
        let sheet = contacts.map(|contacts| {
            let rows = known.into_iter().zip(contacts).map(|((told, who), contact)| OnSheet {
                booked: booked.remove(&told.client).unwrap_or_default(),
                who,
                told: Told { why: own_reason(&told, &contact), ..told },
                ringing: Ringing::of(&contact),
            });
            Sheet { rows: rows.collect(), closure }
        });
        Ok(Opened::new(sheet, entry))
    }
}

/// Why somebody was not written to. Where nothing can be sent at all, what they want themselves says more.
fn own_reason(told: &Told, contact: &Profile) -> Option<NotSent> {
    let by_all_ways = Offers { text: true, email: true };
    match told.why {
        Some(NotSent::NotSetUp) => way(contact, by_all_ways).err().or(told.why),
        why => why,
    }
}
