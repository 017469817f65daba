//! Appointments: booking, moving, calling off, saying who came; the diary of a day or a week.
//!
//! The primary key of `appointment_unit` refuses double booking: whoever needs the same five minutes comes second. It holds
//! on both engines and for several servers, without a lock of ours.

mod calendar;
mod diary;

use access::{Act, Permit};
use audit::{Action, Detail, Entry, RowMark};
use casework::appointments::{Said, Slot, State, Way, read_reason, units};
use casework::{AppointmentId, ClientId, Fault, Profile, StaffId};
use jiff::{SignedDuration, Timestamp};
use messages::shipped::Occasion;
use notice::{Category, ContactKind};
use sha2::{Digest as _, Sha256};
use store::{Query, Row, Value, sql};
use vault::{Compartment, FileKeys, Personal, Place};

use crate::entries::Stored;
use crate::loading::LoadedAppointment;
use crate::looked::CONTACT_PAGE;
use crate::messages::Told;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

pub use diary::{Diary, InDiary};

sql! { records:
    /// Books one.
    BOOK = "INSERT INTO appointment (id, client, adviser, starts, ends, way, state, written, author, version, sealed, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    /// Takes five minutes of somebody's time: nobody else can.
    TAKE_UNIT = "INSERT INTO appointment_unit (holder, unit, appointment) VALUES ($1, $2, $3)";
    /// Gives the time back.
    FREE_UNITS = "DELETE FROM appointment_unit WHERE appointment = $1";
    /// One of them.
    pub(crate) FIND = concat!("SELECT ", columns!(), " FROM appointment WHERE id = $1");
    /// Those of a client, the latest first.
    OF_CLIENT = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY starts DESC LIMIT 60");
    /// Every one of them, for a copy of the file.
    pub(crate) EVERY_OF_CLIENT = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY starts DESC LIMIT 5000");
    /// Puts the next version in its place.
    CHANGE = "UPDATE appointment SET starts = $2, ends = $3, state = $4, written = $5, author = $6, version = $7, why = $8 WHERE id = $1 AND version = $7 - 1";
    /// All of a client.
    pub(crate) EVERY_ONE = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 ORDER BY id");
    /// Moves one to another file of the same person.
    MOVE_TO_FILE = "UPDATE appointment SET client = $2, sealed = $3, why = $4 WHERE id = $1 AND client = $5 AND version = $6";
    /// What goes with an erased file.
    pub(crate) DROP_UNITS = "DELETE FROM appointment_unit WHERE appointment IN (SELECT id FROM appointment WHERE client = $1)";
    pub(crate) DROP_APPOINTMENTS = "DELETE FROM appointment WHERE client = $1";
}

/// The columns of an appointment, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, client, adviser, starts, ends, way, state, version, sealed, why"
    };
}
pub(crate) use columns;

const BOOK_ACTION: Action = Action("book-appointment");
const BEGIN: Action = Action("begin-booking");
const VIEW: Action = Action("view-appointment");
const MOVE: Action = Action("move-appointment");
const END: Action = Action("end-appointment");
/// How the notice names these entries.
const NOTICE_ENTRY: &str = "appointments";
/// The most that one form books.
pub const LONGEST_SERIES: usize = 26;

/// What is to be booked.
#[derive(Debug, Clone)]
pub struct Booking {
    /// The random number of the form, so that sending it twice books once.
    pub form: [u8; 16],
    /// With whom.
    pub adviser: StaffId,
    /// When: one, or a series.
    pub slots: Vec<Slot>,
    /// How they meet.
    pub way: Way,
    /// What it is about.
    pub said: Said,
    /// Whether the client is told of it by a message: of a series, of the first.
    pub tell: bool,
}

/// An appointment as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Which.
    pub id: AppointmentId,
    /// Whose.
    pub client: ClientId,
    /// With whom.
    pub adviser: StaffId,
    /// When.
    pub slot: Slot,
    /// How they meet.
    pub way: Way,
    /// What became of it.
    pub state: State,
    /// Its version, which a form sends back.
    pub version: i64,
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
    /// Whether the file is in the visitor's own caseload.
    pub own: bool,
    /// What the client was told of it, the newest first.
    pub told: Vec<Told>,
}

pub(crate) struct StoredAppointment {
    pub(crate) booked: Booked,
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
                slot: slot.ok_or_else(damaged)?,
                way: row.text(5)?.parse().map_err(|_| damaged())?,
                state: row.text(6)?.parse().map_err(|_| damaged())?,
                version: row.int(7)?,
            },
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

/// What is said stands as it was booked; why it ended is of the version that says so.
fn place(table: &'static str, id: AppointmentId, version: i64, client: ClientId) -> Place<'static> {
    Place {
        table,
        row: *id.as_bytes(),
        version,
        file: client.into(),
        compartment: &Compartment::File,
        category: Category::Contact,
    }
}

const SAID: &str = "appointment";
const WHY: &str = "appointment_why";

fn mark(id: AppointmentId, version: i64, sealed: &[u8]) -> RowMark {
    RowMark { table: SAID, row: *id.as_bytes(), version, digest: Sha256::digest(sealed).into() }
}

/// Takes a slot for everybody it needs, always in the same order, so that two bookings never wait for each other.
fn taking(booked: &Booked) -> impl Iterator<Item = Query> {
    let (id, slot) = (*booked.id.as_bytes(), booked.slot);
    [*booked.adviser.as_bytes(), *booked.client.as_bytes()].into_iter().flat_map(move |holder| {
        units(slot).map(move |unit| TAKE_UNIT.with([(&holder).into(), unit.into(), (&id).into()]))
    })
}

/// The statements that put the next version of an appointment in its place, with the time that it takes or gives back.
pub(crate) fn changing(
    before: &Booked,
    after: &Booked,
    author: StaffId,
    now: Timestamp,
    why: Value,
) -> Vec<Query> {
    let mut batch = Vec::new();
    if before.slot != after.slot || !after.state.takes_time() {
        batch.push(FREE_UNITS.with([after.id.as_bytes().into()]));
    }
    if before.slot != after.slot {
        batch.extend(taking(after));
    }
    batch.push(
        CHANGE
            .with([
                after.id.as_bytes().into(),
                after.slot.starts().as_microsecond().into(),
                after.slot.ends().as_microsecond().into(),
                after.state.code().into(),
                now.as_microsecond().into(),
                author.as_bytes().into(),
                after.version.into(),
                why,
            ])
            .expecting(1),
    );
    batch
}

fn taken() -> Error {
    Error::Faults(vec![Fault::new(
        "time",
        "This time has just been taken, by the adviser's diary or another appointment of this client. Choose another",
    )])
}

/// Whom an appointment is booked for.
#[derive(Debug, Clone)]
pub struct ToBook {
    /// The client's contact details.
    pub contact: Profile,
    /// Whose caseload the file is in.
    pub adviser: Option<StaffId>,
}

impl Service {
    /// Opens the contact details of a client for whom an appointment is to be booked.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn begin_booking(&self, visit: &Visit, client: ClientId) -> Result<Opened<ToBook>, Error> {
        let contact = CONTACT_PAGE.with([client.as_bytes().into()]);
        let rows = self.records().read(vec![Standing::query(client, visit), contact]).await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = standing.request(visit, self.now(), Act::Read, Category::Contact.into());
        let permit = self.permit(request, BEGIN).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, BEGIN, Detail::default());
        let page = Stored::read(contact.first().ok_or(Error::NoSuchFile)?)?;
        let adviser = standing.adviser;
        let opened = self
            .open_page(&entry, &keys, client, &page)?
            .map(move |page| ToBook { contact: page.profile, adviser });
        Ok(Opened::new(opened, entry))
    }

    /// Books an appointment, or a series of them: all or none.
    ///
    /// # Errors
    /// `Error::Faults` at `time` when somebody has the time already; the notice does not name appointments; the rules refuse;
    /// a store failed. Then nothing is booked.
    pub async fn book(
        &self,
        visit: &Visit,
        client: ClientId,
        booking: Booking,
    ) -> Result<AppointmentId, Error> {
        if let Some(made) = self.made_by_form(visit, booking.form).await? {
            return Ok(AppointmentId::from_bytes(made));
        }
        self.names_entries(Category::Contact, NOTICE_ENTRY)?;
        if booking.slots.len() > LONGEST_SERIES {
            let what = format!("Book at most {LONGEST_SERIES} appointments at once");
            return Err(Error::Faults(vec![Fault::new("repeat", what)]));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let permit = self
            .permit(standing.request(visit, now, Act::Write, Category::Contact.into()), BOOK_ACTION)
            .await?;
        let keys = self.vault().keys(client.into()).await?;
        let (mut batch, mut rows, mut first) = (Vec::new(), Vec::new(), None::<AppointmentId>);
        for slot in booking.slots {
            let id = AppointmentId::from_bytes(self.draw());
            let state = State::Booked;
            let booked =
                Booked { id, client, adviser: booking.adviser, slot, way: booking.way, state, version: 1 };
            let (queries, mark) =
                self.seal_appointment(&permit, &keys, visit.staff, &booked, &booking.said, "", now)?;
            rows.push(mark);
            batch.extend(queries);
            if booking.tell && first.is_none() {
                batch.push(self.queue(Occasion::Booked, &booked, None, now));
            }
            first = first.or(Some(id));
        }
        let first = first.ok_or_else(|| Error::Faults(vec![Fault::new("day", "Choose a day and a time")]))?;
        let change = self.log().change(permit, BOOK_ACTION, &Detail { rows, ..Detail::default() });
        batch.insert(0, self.form_done(visit, booking.form, *first.as_bytes()));
        batch.push(change.outbox());
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(first)
            }
            Err(store::Error::AlreadyThere { sql }) if sql == TAKE_UNIT.name => Err(taken()),
            // The same form, sent twice at once: the other one booked it.
            Err(store::Error::AlreadyThere { .. }) => {
                let made = self.made_by_form(visit, booking.form).await?;
                made.map(AppointmentId::from_bytes).ok_or(Error::ChangedMeanwhile)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Seals a new appointment: the statements that add it and take its time.
    #[allow(clippy::too_many_arguments, reason = "all of a new row, in one place")]
    fn seal_appointment(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        author: StaffId,
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
            booked.slot.starts().as_microsecond().into(),
            booked.slot.ends().as_microsecond().into(),
            booked.way.code().into(),
            booked.state.code().into(),
            written.as_microsecond().into(),
            author.as_bytes().into(),
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
        let booked =
            Booked { id, client, adviser, slot: one.slot, way: one.way, state: one.state, version: 1 };
        // It was booked some days before, as far as anybody knows.
        let written = self.now().min(one.slot.starts() - SignedDuration::from_hours(72));
        Ok(self.seal_appointment(permit, keys, adviser, &booked, &one.said, &one.why, written)?.0)
    }

    /// Opens one appointment.
    ///
    /// # Errors
    /// The rules refuse, there is no such appointment, or a store failed.
    pub async fn appointment(&self, visit: &Visit, id: AppointmentId) -> Result<Opened<WithClient>, Error> {
        let stored = self.find_appointment(id).await?;
        let client = stored.booked.client;
        let standing = self.standing(visit, client).await?;
        let request = standing.request(visit, self.now(), Act::Read, Category::Contact.into());
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let shown = self.known_as(client).ok_or(Error::NoSuchFile)?;
        let own = standing.adviser == Some(visit.staff);
        let told = self.told_of(id).await?;
        let opened = self.open_appointment(&entry, &keys, stored)?;
        let with = opened.map(move |appointment| WithClient {
            appointment,
            name: shown.name,
            number: shown.number,
            own,
            told,
        });
        Ok(Opened::new(with, entry))
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
        let sealed = self.vault().seal(permit, keys, &place(SAID, booked.id, 1, to), said)?;
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
        let StoredAppointment { booked, sealed, why } = stored;
        let at = place(SAID, booked.id, 1, booked.client);
        let said = self.vault().open::<Said>(entry, keys, &at, &sealed)?;
        let Some(why) = why else {
            return Ok(said.map(move |said| Appointment { booked, said, why: String::new() }));
        };
        let at = place(WHY, booked.id, booked.version, booked.client);
        let why = self.vault().open::<String>(entry, keys, &at, &why)?;
        Ok(said.and(why)?.map(move |(said, why)| Appointment { booked, said, why }))
    }

    /// Moves an appointment to another time, and tells the client by a message if `tell` says so.
    ///
    /// # Errors
    /// As for booking; somebody else changed it meanwhile; it has ended.
    pub async fn move_appointment(
        &self,
        visit: &Visit,
        id: AppointmentId,
        version: i64,
        slot: Slot,
        tell: bool,
    ) -> Result<(), Error> {
        let stored = self.find_appointment(id).await?;
        if stored.booked.state != State::Booked {
            return Err(Error::Faults(vec![Fault::new("day", "This appointment has ended. Book another")]));
        }
        let after = Booked { slot, ..stored.booked.clone() };
        let tell = tell.then_some(Occasion::Moved);
        self.change_appointment(visit, &stored.booked, after, version, MOVE, "", tell).await
    }

    /// Says what became of an appointment: who came, who did not, who called it off and why. That the client came is contact,
    /// and moves the retention clock as the notice says. Whom we call off is told by a message if `tell` says so. Gives whose
    /// appointment it is.
    ///
    /// # Errors
    /// It cannot become that from what it is; somebody else changed it meanwhile; the rules refuse; a store failed.
    pub async fn end_appointment(
        &self,
        visit: &Visit,
        id: AppointmentId,
        version: i64,
        next: State,
        reason: &str,
        tell: bool,
    ) -> Result<ClientId, Error> {
        let reason = read_reason(reason).map_err(|fault| Error::Faults(vec![fault]))?;
        let stored = self.find_appointment(id).await?;
        let begun = stored.booked.slot.starts() <= self.now();
        if !stored.booked.state.can_become(next, begun) {
            let what = if begun || !next.takes_time() {
                "This appointment has ended already. Open it again to see how"
            } else {
                "This appointment has not begun yet: nobody can have come or stayed away. Call it off instead"
            };
            return Err(Error::Faults(vec![Fault::new("state", what)]));
        }
        let kept = if next.wants_reason() { reason } else { String::new() };
        let after = Booked { state: next, ..stored.booked.clone() };
        let tell = (tell && next == State::CancelledByUs).then_some(Occasion::Cancelled);
        self.change_appointment(visit, &stored.booked, after, version, END, &kept, tell).await?;
        Ok(stored.booked.client)
    }

    #[allow(clippy::too_many_arguments, reason = "what was, what is, and how it is said, in one place")]
    async fn change_appointment(
        &self,
        visit: &Visit,
        before: &Booked,
        mut after: Booked,
        version: i64,
        action: Action,
        why: &str,
        tell: Option<Occasion>,
    ) -> Result<(), Error> {
        let client = before.client;
        if before.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, Category::Contact.into()), action).await?;
        after.version += 1;
        let keys = self.vault().keys(client.into()).await?;
        let (sealed, rows) = self.seal_why(&permit, &keys, &after, why)?;
        let change = self.log().change(permit, action, &Detail { rows, ..Detail::default() });
        let mut batch = changing(before, &after, visit.staff, now, sealed);
        batch.extend(tell.map(|occasion| self.queue(occasion, &after, None, now)));
        batch.extend(self.clock_moved(&standing, &after)?);
        batch.push(change.outbox());
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
                Ok(())
            }
            Err(store::Error::AlreadyThere { .. }) => Err(taken()),
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
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

    /// Somebody who came was in contact with us, where the notice counts that.
    fn clock_moved(&self, standing: &Standing, booked: &Booked) -> Result<Vec<Query>, Error> {
        if !matches!(booked.state, State::Attended | State::Late) {
            return Ok(Vec::new());
        }
        let day = self.surroundings().civil(booked.slot.starts()).date();
        self.contact_moves(standing, ContactKind::TookPart, day)
    }

    /// How many minutes an appointment takes. A length tells of nobody.
    ///
    /// # Errors
    /// There is no such appointment, or the store failed.
    pub async fn length_of(&self, id: AppointmentId) -> Result<u32, Error> {
        Ok(self.find_appointment(id).await?.booked.slot.minutes())
    }

    pub(crate) async fn find_appointment(&self, id: AppointmentId) -> Result<StoredAppointment, Error> {
        let rows = self.records().read(vec![FIND.with([id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?;
        StoredAppointment::read(row)
    }

    /// Whether the notice in force names these dated entries in that category (P1): nothing else can be stored.
    fn names_entries(&self, category: Category, entries: &str) -> Result<(), Error> {
        let notices = self.notices();
        let named = notices
            .service()
            .category(category)
            .is_some_and(|held| held.entries.iter().any(|e| e == entries));
        if named {
            return Ok(());
        }
        Err(Error::Faults(vec![Fault::new(
            "day",
            format!("The privacy notice does not say that {entries} are kept, so none can be booked"),
        )]))
    }
}
