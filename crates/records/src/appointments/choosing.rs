//! Choosing another time: by an address that was sent to a client whose appointment was called off.
//!
//! Who has the address is taken for the client, as whoever rings is who knows what was cancelled. It shows nothing that the
//! message did not say: when that appointment was, and which times are free. It books one, once, and opens nothing.

use access::{Act, Actor, Circumstances, Request, Role, Subject};
use audit::{Action, Detail};
use casework::appointments::{Slot, State};
use casework::{AppointmentId, ClientId, Fault};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use messages::shipped::Occasion;
use notice::{Category, Purpose};
use sha2::{Digest as _, Sha256};
use store::{Query, Rows, sql};

use super::{Booked, FIND, StoredAppointment, TAKE_UNIT};
use crate::secrets::random;
use crate::staff::Status;
use crate::standing::Standing;
use crate::webhooks::Event;
use crate::{Error, Service};

sql! { records:
    /// A new address takes the place of one that was made for a message which did not leave.
    OFFER = "INSERT INTO choosing (appointment, client, secret, until) VALUES ($1, $2, $3, $4) ON CONFLICT (appointment) DO UPDATE SET secret = excluded.secret, until = excluded.until";
    /// What an address is for.
    OFFERED = "SELECT appointment, chosen FROM choosing WHERE secret = $1 AND until > $2";
    /// It can be used once.
    CHOOSE = "UPDATE choosing SET chosen = $2 WHERE appointment = $1 AND chosen IS NULL";
    /// Whether somebody has booked for the client since it was called off.
    BOOKED_SINCE = "SELECT b.id FROM appointment a JOIN appointment b ON b.client = a.client WHERE a.id = $1 AND b.state = 'booked' AND b.starts > $2 AND b.written > a.written LIMIT 1";
    /// What a client chose in place of an appointment.
    CHOSEN_FOR = "SELECT chosen FROM choosing WHERE appointment = $1 AND chosen IS NOT NULL";
    /// How many of those who fell out by a closing chose another time.
    pub(crate) CHOSEN_AFTER = "SELECT COUNT(*) FROM choosing WHERE chosen IS NOT NULL AND appointment IN (SELECT f.appointment FROM closure_appointment f WHERE f.closure = $1)";
    /// What goes with an erased file.
    pub(crate) DROP_OFFERED = "DELETE FROM choosing WHERE client = $1";
}

const CHOOSE_ACTION: Action = Action("choose-again");
/// An address can be used for two weeks from when it was sent.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The random part of an address: 128 bits, short enough for a text message.
pub(crate) struct Secret([u8; 16]);

impl Secret {
    fn read(text: &str) -> Option<Secret> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Secret(bytes))
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// What somebody who has an address may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chance {
    /// Choose in place of this one.
    Open(Booked),
    /// They chose this one.
    Chosen(Booked),
    /// Somebody has booked another time for them since.
    BookedSince,
}

impl Service {
    /// A new address for the first appointment that a message says is called off, and the statement that makes it hold. None
    /// where the service does not let clients choose.
    pub(crate) fn offer_to_choose(&self, called_off: &Booked) -> Result<Option<(String, Query)>, Error> {
        let post = self.post();
        let Some(at) = post.and_then(|post| post.house().choose_at.as_deref()) else { return Ok(None) };
        let secret = Secret(random()?);
        let until = (self.now() + OPEN_FOR).as_microsecond();
        let (id, client) = (called_off.id.as_bytes().into(), called_off.client.as_bytes().into());
        let offer = OFFER.with([id, client, secret.digest().into(), until.into()]);
        Ok(Some((format!("{at}/again/{}", hex::encode(secret.0)), offer)))
    }

    /// What an address is good for; none if there is no such address, or its time is over.
    ///
    /// # Errors
    /// The store failed.
    pub async fn chance(&self, secret: &str) -> Result<Option<Chance>, Error> {
        let Some(secret) = Secret::read(secret) else { return Ok(None) };
        let now = self.now().as_microsecond();
        let rows = self.records().read(vec![OFFERED.with([secret.digest().into(), now.into()])]).await?;
        let Some(row) = rows.first().and_then(Rows::first) else { return Ok(None) };
        let (id, chosen) = (row.bytes16(0)?, row.opt_bytes16(1)?);
        let found = FIND.with([chosen.unwrap_or(id).into()]);
        let since = BOOKED_SINCE.with([id.into(), now.into()]);
        let rows = self.records().read(vec![found, since]).await?;
        let [found, since] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let Some(row) = found.first() else { return Ok(None) };
        let booked = StoredAppointment::read(row)?.booked;
        Ok(match (chosen, since.first(), booked.state) {
            (Some(_), _, _) => Some(Chance::Chosen(booked)),
            (None, Some(_), _) => Some(Chance::BookedSince),
            (None, None, State::CancelledByUs) => Some(Chance::Open(booked)),
            // It stands again: nothing is to be chosen.
            (None, None, _) => None,
        })
    }

    /// The times that can be chosen, by day: from tomorrow on, with the same adviser, as long as before.
    ///
    /// # Errors
    /// The store failed.
    pub async fn times_to_choose(&self, called_off: &Booked) -> Result<Vec<(Date, Vec<Slot>)>, Error> {
        if self.directory().member(called_off.adviser).is_none_or(|member| member.status != Status::Active) {
            return Ok(Vec::new());
        }
        let today = self.surroundings().today();
        let tomorrow = today.checked_add(Span::new().days(1)).unwrap_or(today);
        let (adviser, room) = (called_off.adviser, called_off.room);
        self.free_days(adviser, room, tomorrow, called_off.slot.minutes()).await
    }

    /// Books the time that was chosen, in the client's own name, and tells them by a message.
    ///
    /// # Errors
    /// `Error::Faults` at `time` if it is not free any more; `Error::NoSuchFile` if the address is good for nothing; the rules
    /// refuse; a store failed. Then nothing is booked.
    pub async fn choose_again(&self, secret: &str, starts: Timestamp) -> Result<Booked, Error> {
        let before = match self.chance(secret).await?.ok_or(Error::NoSuchFile)? {
            Chance::Open(before) => before,
            Chance::Chosen(booked) => return Ok(booked),
            Chance::BookedSince => return Err(Error::ChangedMeanwhile),
        };
        let days = self.times_to_choose(&before).await?;
        let free = days.into_iter().flat_map(|(_, times)| times).find(|slot| slot.starts() == starts);
        let slot = free.ok_or_else(taken)?;
        if self.nobody_in(&before.needs(), &[slot]).await?.is_some() {
            return Err(taken());
        }
        let booked = Booked {
            id: AppointmentId::from_bytes(self.draw()),
            series: None,
            slot,
            state: State::Booked,
            version: 1,
            ..before.clone()
        };
        self.book_chosen(&before, booked).await
    }

    async fn book_chosen(&self, before: &Booked, booked: Booked) -> Result<Booked, Error> {
        let (client, now) = (before.client, self.now());
        let rows = self.records().read(vec![Standing::of_kept_itself(client)]).await?;
        let standing = Standing::read(client, rows.first().and_then(Rows::first))?;
        let permit = self.permit(own_request(&standing, client, Act::Read), CHOOSE_ACTION).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, CHOOSE_ACTION, Detail::default());
        let stored = self.find_appointment(before.id).await?;
        let opened = self.open_appointment(&entry, &keys, stored)?;
        let said = opened.map(|appointment| appointment.said).release(&entry.durable().await?)?;
        let permit = self.permit(own_request(&standing, client, Act::Write), CHOOSE_ACTION).await?;
        let author = *client.as_bytes();
        let (mut batch, mark) = self.seal_appointment(&permit, &keys, author, &booked, &said, "", now)?;
        let (old, new) = (before.id.as_bytes().into(), booked.id.as_bytes().into());
        batch.insert(0, CHOOSE.with([old, new]).expecting(1));
        batch.extend(self.tell_programs(Event::of_appointment(&booked), now));
        batch.push(self.queue(Occasion::Booked, &booked, None, now));
        let change =
            self.log().change(permit, CHOOSE_ACTION, &Detail { rows: vec![mark], ..Detail::default() });
        batch.push(change.outbox());
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(booked)
            }
            Err(store::Error::AlreadyThere { sql }) if sql == TAKE_UNIT.name => Err(taken()),
            // Pressed twice, or on two devices: the first one holds.
            Err(store::Error::Conflict { .. }) => self.chosen_for(before.id).await?.ok_or_else(taken),
            Err(error) => Err(error.into()),
        }
    }

    /// What the client chose in place of an appointment.
    pub(super) async fn chosen_for(&self, id: AppointmentId) -> Result<Option<Booked>, Error> {
        let rows = self.records().read(vec![CHOSEN_FOR.with([id.as_bytes().into()])]).await?;
        let Some(row) = rows.first().and_then(Rows::first) else { return Ok(None) };
        let chosen = self.find_appointment(AppointmentId::from_bytes(row.bytes16(0)?)).await?;
        Ok(Some(chosen.booked))
    }
}

fn taken() -> Error {
    Error::Faults(vec![Fault::new("time", "This time was taken a moment ago. Choose another")])
}

/// A client about their own appointment.
fn own_request(standing: &Standing, client: ClientId, act: Act) -> Request {
    Request {
        actor: Actor { id: client.into(), role: Role::Client },
        purpose: Purpose::Contact,
        act,
        subject: Subject::Client(client),
        categories: Category::Contact.into(),
        circumstances: Circumstances {
            own_file: true,
            restricted: standing.restricted,
            withdrawn: standing.took_back(Purpose::Contact),
            ..Circumstances::default()
        },
    }
}
