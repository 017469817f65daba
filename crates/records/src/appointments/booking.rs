//! Booking an appointment, or a series of them.

use access::Act;
use audit::{Action, Detail};
use casework::appointments::{Needs, Said, Slot, State, Way};
use casework::{AppointmentId, ClientId, Fault, Profile, RoomId, StaffId};
use messages::shipped::Occasion;
use notice::Category;

use super::{Booked, TAKE_UNIT};
use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::webhooks::Event;
use crate::{Error, Opened, Service};

const BOOK_ACTION: Action = Action("book-appointment");
const BEGIN: Action = Action("begin-booking");
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
    /// In which room.
    pub room: Option<RoomId>,
    /// When: one, or a series.
    pub slots: Vec<Slot>,
    /// How they meet.
    pub way: Way,
    /// What it is about.
    pub said: Said,
    /// Whether the client is told of it by a message: of a series, of the first.
    pub tell: bool,
}

impl Booking {
    /// Whom and what it needs besides the client.
    #[must_use]
    pub const fn needs(&self) -> Needs {
        Needs { adviser: self.adviser, room: self.room, way: self.way }
    }
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
        let Booking { form, adviser, room, slots, way, said, tell } = booking;
        let said = self.said_with_room(room, None, said).await?;
        let (mut batch, mut rows, mut wanted) = (Vec::new(), Vec::new(), Vec::with_capacity(slots.len()));
        let alone = slots.len() < 2;
        let mut first = None::<AppointmentId>;
        for slot in slots {
            let id = AppointmentId::from_bytes(self.draw());
            let series = (!alone).then(|| first.unwrap_or(id));
            let state = State::Booked;
            let booked = Booked { id, client, adviser, room, series, slot, way, state, version: 1 };
            let (queries, mark) =
                self.seal_appointment(&permit, &keys, *visit.staff.as_bytes(), &booked, &said, "", now)?;
            rows.push(mark);
            batch.extend(queries);
            batch.extend(self.tell_programs(Event::of_appointment(&booked), now));
            if tell && first.is_none() {
                batch.push(self.queue(Occasion::Booked, &booked, None, now));
            }
            first = first.or(Some(id));
            wanted.push(booked);
        }
        let first = first.ok_or_else(|| Error::Faults(vec![Fault::new("day", "Choose a day and a time")]))?;
        let change = self.log().change(permit, BOOK_ACTION, &Detail { rows, ..Detail::default() });
        batch.insert(0, self.form_done(visit, form, *first.as_bytes()));
        batch.push(change.outbox());
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(first)
            }
            Err(store::Error::AlreadyThere { sql }) if sql == TAKE_UNIT.name => self.clash(&wanted).await,
            // The same form, sent twice at once: the other one booked it.
            Err(store::Error::AlreadyThere { .. }) => {
                let made = self.made_by_form(visit, form).await?;
                made.map(AppointmentId::from_bytes).ok_or(Error::ChangedMeanwhile)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A room says where, unless something else is said. One that is no longer used stands only where it is booked already.
    pub(super) async fn said_with_room(
        &self,
        room: Option<RoomId>,
        before: Option<RoomId>,
        mut said: Said,
    ) -> Result<Said, Error> {
        if let Some(room) = room {
            let rooms = self.rooms().await?;
            let room =
                rooms.into_iter().find(|known| known.id == room && (known.open || before == Some(room)));
            let gone =
                || Error::Faults(vec![Fault::new("room", "This room is no longer used. Choose another")]);
            let room = room.ok_or_else(gone)?;
            if said.place.is_empty() {
                said.place = room.name;
            }
        }
        Ok(said)
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
