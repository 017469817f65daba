//! Rooms in which clients are met. The time of a room is taken as an adviser's is, so that nobody is sent to one that is full.

use access::Role;
use audit::{Action, Outcome};
use casework::formats::text;
use casework::{Fault, RoomId};
use store::sql;

use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// All of them, in the order in which they were added.
    ROOMS = "SELECT id, name, closed FROM room ORDER BY added, id LIMIT 500";
    /// Another one.
    ADD = "INSERT INTO room (id, name, added, added_by, closed) VALUES ($1, $2, $3, $4, NULL)";
    /// From now on nothing is booked in it.
    CLOSE = "UPDATE room SET closed = $2 WHERE id = $1 AND closed IS NULL";
    /// It is used again.
    OPEN = "UPDATE room SET closed = NULL WHERE id = $1 AND closed IS NOT NULL";
}

const ADD_ROOM: Action = Action("add-room");
const CHANGE_ROOM: Action = Action("change-room");
/// The longest name of a room, in characters.
const LONGEST_NAME: usize = 80;

/// A room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// What it is called.
    pub name: String,
    /// Whether it can be booked.
    pub open: bool,
}

/// Whether a role looks after the rooms.
#[must_use]
pub const fn keeps_rooms(role: Role) -> bool {
    matches!(role, Role::Receptionist | Role::Manager)
}

impl Service {
    /// The rooms, in the order in which they were added.
    ///
    /// # Errors
    /// The store failed.
    pub async fn rooms(&self) -> Result<Vec<Room>, Error> {
        let rows = self.records().read(vec![ROOMS.with([])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter()
            .map(|row| {
                let (id, name) = (RoomId::from_bytes(row.bytes16(0)?), row.text(1)?.to_owned());
                Ok(Room { id, name, open: row.opt_int(2)?.is_none() })
            })
            .collect()
    }

    /// Adds a room.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, `Error::NotYours`, or a store failed.
    pub async fn add_room(&self, visit: &Visit, form: [u8; 16], name: &str) -> Result<(), Error> {
        self.rooms_are_theirs(visit, ADD_ROOM).await?;
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let fault = |what: String| Err(Error::Faults(vec![Fault::new("name", what)]));
        let name = match text::line(name, LONGEST_NAME) {
            Ok(name) if name.is_empty() => return fault("Enter what the room is called".to_owned()),
            Ok(name) => name,
            Err(wrong) => return fault(wrong.to_string()),
        };
        if self.rooms().await?.iter().any(|room| room.name.to_lowercase() == name.to_lowercase()) {
            return fault("There is a room of this name already".to_owned());
        }
        let id = self.draw();
        let (now, by) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        let batch = vec![self.form_done(visit, form, id), ADD.with([id.into(), name.into(), now, by])];
        match self.records().write(batch).await {
            // The same form, sent twice at once: the other one added it.
            Ok(_) | Err(store::Error::AlreadyThere { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.log().event(Some(visit.staff.into()), ADD_ROOM, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Takes a room out of use, or into it again. What is booked in it stays.
    ///
    /// # Errors
    /// `Error::NotYours`, `Error::ChangedMeanwhile` if it is so already or there is no such room, or a store failed.
    pub async fn use_room(&self, visit: &Visit, id: RoomId, open: bool) -> Result<(), Error> {
        self.rooms_are_theirs(visit, CHANGE_ROOM).await?;
        let change = if open {
            OPEN.with([id.as_bytes().into()])
        } else {
            CLOSE.with([id.as_bytes().into(), self.now().as_microsecond().into()])
        };
        self.records().write(vec![change.expecting(1)]).await.map_err(crate::staff::changed_meanwhile)?;
        self.log().event(Some(visit.staff.into()), CHANGE_ROOM, Outcome::Done).durable().await?;
        Ok(())
    }

    async fn rooms_are_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if keeps_rooms(visit.role) {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours("Rooms are looked after by reception and managers. Ask one of them."))
    }
}
