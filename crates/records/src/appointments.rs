//! Appointments: booking, moving, calling off, saying who came; the diary of a day or a week.
//!
//! The primary key of `appointment_unit` refuses double booking: whoever needs the same five minutes comes second. It holds
//! on both engines and for several servers, without a lock of ours.

mod arranging;
mod booking;
mod calendar;
mod changing;
mod choosing;
mod clash;
mod diary;
mod shut;

use access::{Act, Permit};
use audit::{Action, Detail, Entry, RowMark};
use casework::appointments::{Needs, Said, Slot, State, Way, units};
use casework::{AppointmentId, ClientId, Profile, RoomId, StaffId};
use jiff::{SignedDuration, Timestamp};
use notice::Category;
use sha2::{Digest as _, Sha256};
use store::{Query, Row, Value, sql};
use vault::{Beside, Compartment, FileKeys, Personal, Place};

use crate::entries::Stored;
use crate::loading::LoadedAppointment;
use crate::looked::CONTACT_PAGE;
use crate::messages::Told;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

pub use arranging::Arranged;
pub use booking::{Booking, LONGEST_SERIES, ToBook};
pub(crate) use changing::changing;
pub use choosing::Chance;
pub(crate) use choosing::{CHOSEN_AFTER, DROP_OFFERED};
pub use diary::{Diary, InDiary};

sql! { records:
    /// Books one.
    BOOK = "INSERT INTO appointment (id, client, adviser, room, series, starts, ends, way, state, written, author, version, said, sealed, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)";
    /// Takes five minutes of somebody's time: nobody else can.
    TAKE_UNIT = "INSERT INTO appointment_unit (holder, unit, appointment) VALUES ($1, $2, $3)";
    /// One of them.
    pub(crate) FIND = concat!("SELECT ", columns!(), " FROM appointment WHERE id = $1");
    /// Those of a client, the latest first.
    OF_CLIENT = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY starts DESC LIMIT 60");
    /// Those that were booked together, the first to come first.
    pub(crate) IN_SERIES = concat!("SELECT ", columns!(), " FROM appointment WHERE series = $1 AND client = $2 ORDER BY starts LIMIT 60");
    /// Every one of them, for a copy of the file.
    pub(crate) EVERY_OF_CLIENT = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY starts DESC LIMIT 5000");
    /// All of a client.
    pub(crate) EVERY_ONE = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY id");
    /// Moves one to another file of the same person.
    MOVE_TO_FILE = "UPDATE appointment SET client = $2, sealed = $3, why = $4, said = $6 WHERE id = $1 AND client = $5 AND version = $6";
    /// What goes with an erased file.
    pub(crate) DROP_UNITS = "DELETE FROM appointment_unit WHERE appointment IN (SELECT id FROM appointment WHERE client = $1)";
    pub(crate) DROP_APPOINTMENTS = "DELETE FROM appointment WHERE client = $1";
}

/// The columns of an appointment, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, client, adviser, starts, ends, way, state, version, sealed, why, room, series, said"
    };
}
pub(crate) use columns;

const VIEW: Action = Action("view-appointment");
/// An appointment as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Which.
    pub id: AppointmentId,
    /// Whose.
    pub client: ClientId,
    /// With whom.
    pub adviser: StaffId,
    /// In which room; none where it needs none.
    pub room: Option<RoomId>,
    /// The first of those that were booked together; none for one alone.
    pub series: Option<AppointmentId>,
    /// When.
    pub slot: Slot,
    /// How they meet.
    pub way: Way,
    /// What became of it.
    pub state: State,
    /// Its version, which a form sends back.
    pub version: i64,
}

impl Booked {
    /// Whom and what it needs besides the client.
    #[must_use]
    pub const fn needs(&self) -> Needs {
        Needs { adviser: self.adviser, room: self.room, way: self.way }
    }
}

/// An appointment with what is said of it.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// What stands in the clear.
    pub booked: Booked,
    /// What it is about.
    pub said: Said,
    /// Why it was called off or missed; empty if nobody said.
    pub why: String,
}

/// One appointment and whose it is, for its own page.
#[derive(Debug, Clone)]
pub struct WithClient {
    /// The appointment.
    pub appointment: Appointment,
    /// The client's name.
    pub name: String,
    /// The client's number.
    pub number: String,
    /// How they can be reached.
    pub contact: Profile,
    /// Whether the file is in the visitor's own caseload.
    pub own: bool,
    /// What the client was told of it, the newest first.
    pub told: Vec<Told>,
    /// What the client chose in place of it, by the address that they were sent.
    pub chosen: Option<Booked>,
    /// All that were booked together with it, by their beginning; empty if it was booked alone.
    pub series: Vec<Booked>,
}

pub(crate) struct StoredAppointment {
    pub(crate) booked: Booked,
    /// The version that says what it is about and where.
    said: i64,
    sealed: Vec<u8>,
    why: Option<Vec<u8>>,
}

impl StoredAppointment {
    pub(crate) fn read(row: &Row) -> Result<StoredAppointment, Error> {
        let damaged = || Error::Damaged("appointment");
        let slot = Slot::stored(changes::time(row.int(3)?)?, changes::time(row.int(4)?)?);
        Ok(StoredAppointment {
            booked: Booked {
                id: AppointmentId::from_bytes(row.bytes16(0)?),
                client: ClientId::from_bytes(row.bytes16(1)?),
                adviser: StaffId::from_bytes(row.bytes16(2)?),
                room: row.opt_bytes16(10)?.map(RoomId::from_bytes),
                series: row.opt_bytes16(11)?.map(AppointmentId::from_bytes),
                slot: slot.ok_or_else(damaged)?,
                way: row.text(5)?.parse().map_err(|_| damaged())?,
                state: row.text(6)?.parse().map_err(|_| damaged())?,
                version: row.int(7)?,
            },
            said: row.int(12)?,
            sealed: row.blob(8)?.to_vec(),
            why: row.opt_blob(9)?.map(<[u8]>::to_vec),
        })
    }
}

/// The appointments of a client, for the batch that reads a file.
pub(crate) fn of_client(client: ClientId) -> Query {
    OF_CLIENT.with([client.as_bytes().into()])
}

/// When the appointments began to which the client came.
pub(crate) fn came(rows: &store::Rows) -> Result<Vec<Timestamp>, Error> {
    let mut came = Vec::new();
    for row in &rows.rows {
        let booked = StoredAppointment::read(row)?.booked;
        if matches!(booked.state, State::Attended | State::Late) {
            came.push(booked.slot.starts());
        }
    }
    Ok(came)
}

/// What is said is of the version that said it last; why it ended is of the version that says so.
fn place(table: &'static str, id: AppointmentId, version: i64, client: ClientId) -> Place<'static> {
    Place {
        table,
        row: *id.as_bytes(),
        version,
        file: client.into(),
        compartment: &Compartment::File,
        category: Category::Contact,
        beside: Beside::NOTHING,
    }
}

const SAID: &str = "appointment";
const WHY: &str = "appointment_why";

fn mark(id: AppointmentId, version: i64, sealed: &[u8]) -> RowMark {
    RowMark { table: SAID, row: *id.as_bytes(), version, digest: Sha256::digest(sealed).into() }
}

/// Whose time an appointment takes, always in the same order, so that two bookings never wait for each other.
fn holders(booked: &Booked) -> Vec<[u8; 16]> {
    let room = booked.room.map(|room| *room.as_bytes());
    [*booked.adviser.as_bytes(), *booked.client.as_bytes()].into_iter().chain(room).collect()
}

/// Takes a slot for everybody it needs, and the room.
fn taking(booked: &Booked) -> impl Iterator<Item = Query> {
    let (id, slot) = (*booked.id.as_bytes(), booked.slot);
    holders(booked).into_iter().flat_map(move |holder| {
        units(slot).map(move |unit| TAKE_UNIT.with([(&holder).into(), unit.into(), (&id).into()]))
    })
}

impl Service {
    /// Seals a new appointment: the statements that add it and take its time.
    #[allow(clippy::too_many_arguments, reason = "all of a new row, in one place")]
    fn seal_appointment(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        author: [u8; 16],
        booked: &Booked,
        said: &Said,
        why: &str,
        written: Timestamp,
    ) -> Result<(Vec<Query>, RowMark), Error> {
        let (id, client) = (booked.id, booked.client);
        let sealed = self.vault().seal(permit, keys, &place(SAID, id, 1, client), said)?;
        let mark = mark(id, 1, &sealed);
        let mut why_sealed = Value::Null;
        if !why.is_empty() {
            why_sealed = self.vault().seal(permit, keys, &place(WHY, id, 1, client), &why.to_owned())?.into();
        }
        let mut queries: Vec<Query> =
            if booked.state.takes_time() { taking(booked).collect() } else { Vec::new() };
        queries.push(BOOK.with([
            id.as_bytes().into(),
            client.as_bytes().into(),
            booked.adviser.as_bytes().into(),
            booked.room.map_or(Value::Null, |room| room.as_bytes().into()),
            booked.series.map_or(Value::Null, |series| series.as_bytes().into()),
            booked.slot.starts().as_microsecond().into(),
            booked.slot.ends().as_microsecond().into(),
            booked.way.code().into(),
            booked.state.code().into(),
            written.as_microsecond().into(),
            author.into(),
            1_i64.into(),
            sealed.into(),
            why_sealed,
        ]));
        Ok((queries, mark))
    }

    /// The statements that load an appointment under a bulk permit.
    pub(crate) fn load_appointment(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        adviser: StaffId,
        one: LoadedAppointment,
    ) -> Result<Vec<Query>, Error> {
        let id = AppointmentId::from_bytes(self.draw());
        let LoadedAppointment { slot, way, state, room, .. } = one;
        let booked = Booked { id, client, adviser, room, series: None, slot, way, state, version: 1 };
        // It was booked some days before, as far as anybody knows.
        let written = self.now().min(one.slot.starts() - SignedDuration::from_hours(72));
        Ok(self.seal_appointment(permit, keys, *adviser.as_bytes(), &booked, &one.said, &one.why, written)?.0)
    }

    /// Opens one appointment.
    ///
    /// # Errors
    /// The rules refuse, there is no such appointment, or a store failed.
    pub async fn appointment(&self, visit: &Visit, id: AppointmentId) -> Result<Opened<WithClient>, Error> {
        let stored = self.find_appointment(id).await?;
        let client = stored.booked.client;
        let asked = vec![Standing::query(client, visit), CONTACT_PAGE.with([client.as_bytes().into()])];
        let rows = self.records().read(asked).await?;
        let [head, page] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = standing.request(visit, self.now(), Act::Read, Category::Contact.into());
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let shown = self.named(client).ok_or(Error::NoSuchFile)?;
        let own = standing.adviser == Some(visit.staff);
        let (told, chosen) = (self.told_of(id).await?, self.chosen_for(id).await?);
        let series = self.in_series(&stored.booked).await?;
        let page = Stored::read(page.first().ok_or(Error::NoSuchFile)?)?;
        let contact = self.open_page(&entry, &keys, client, &page)?;
        let opened = self.open_appointment(&entry, &keys, stored)?.and(contact)?;
        let with = opened.map(move |(appointment, page)| WithClient {
            appointment,
            name: shown.name,
            number: shown.number,
            contact: page.profile,
            own,
            told,
            chosen,
            series,
        });
        Ok(Opened::new(with, entry))
    }

    /// All that were booked together with one, itself among them.
    pub(super) async fn in_series(&self, booked: &Booked) -> Result<Vec<Booked>, Error> {
        let Some(series) = booked.series else { return Ok(Vec::new()) };
        let query = IN_SERIES.with([series.as_bytes().into(), booked.client.as_bytes().into()]);
        let rows = self.records().read(vec![query]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter().map(|row| Ok(StoredAppointment::read(row)?.booked)).collect()
    }

    /// Seals an appointment for another file of the same person: the statement that moves it there.
    pub(crate) fn move_to_file(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        appointment: &Appointment,
        to: ClientId,
    ) -> Result<Query, Error> {
        let Appointment { booked, said, why } = appointment;
        let sealed = self.vault().seal(permit, keys, &place(SAID, booked.id, booked.version, to), said)?;
        let mut why_sealed = Value::Null;
        if !why.is_empty() {
            why_sealed =
                self.vault().seal(permit, keys, &place(WHY, booked.id, booked.version, to), why)?.into();
        }
        let moved = MOVE_TO_FILE.with([
            booked.id.as_bytes().into(),
            to.as_bytes().into(),
            sealed.into(),
            why_sealed,
            booked.client.as_bytes().into(),
            booked.version.into(),
        ]);
        Ok(moved.expecting(1))
    }

    pub(crate) fn open_appointment(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        stored: StoredAppointment,
    ) -> Result<Personal<Appointment>, Error> {
        let StoredAppointment { booked, said, sealed, why } = stored;
        let at = place(SAID, booked.id, said, booked.client);
        let said = self.vault().open::<Said>(entry, keys, &at, &sealed)?;
        let Some(why) = why else {
            return Ok(said.map(move |said| Appointment { booked, said, why: String::new() }));
        };
        let at = place(WHY, booked.id, booked.version, booked.client);
        let why = self.vault().open::<String>(entry, keys, &at, &why)?;
        Ok(said.and(why)?.map(move |(said, why)| Appointment { booked, said, why }))
    }

    /// Seals why an appointment ended, for its version that says so, with the mark of the sealed row.
    pub(crate) fn seal_why(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        after: &Booked,
        why: &str,
    ) -> Result<(Value, Vec<RowMark>), Error> {
        if why.is_empty() {
            return Ok((Value::Null, Vec::new()));
        }
        let at = place(WHY, after.id, after.version, after.client);
        let bytes = self.vault().seal(permit, keys, &at, &why.to_owned())?;
        let rows = vec![mark(after.id, after.version, &bytes)];
        Ok((bytes.into(), rows))
    }

    /// What stands of an appointment in the clear: when, how and with whom. It names nobody.
    ///
    /// # Errors
    /// There is no such appointment, or the store failed.
    pub async fn as_booked(&self, id: AppointmentId) -> Result<Booked, Error> {
        Ok(self.find_appointment(id).await?.booked)
    }

    pub(crate) async fn find_appointment(&self, id: AppointmentId) -> Result<StoredAppointment, Error> {
        let rows = self.records().read(vec![FIND.with([id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?;
        StoredAppointment::read(row)
    }
}
