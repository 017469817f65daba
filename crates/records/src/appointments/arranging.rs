//! Changing how and where an appointment takes place, and what it is about, after it was booked.

use audit::Action;
use casework::appointments::{Said, State, Way};
use casework::{AppointmentId, Fault, RoomId};
use messages::shipped::Occasion;
use store::{Query, sql};

use super::Booked;
use super::changing::How;
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// Says how and where, of the version that stands there by now.
    ARRANGE = "UPDATE appointment SET room = $2, way = $3, sealed = $4, said = $5 WHERE id = $1 AND version = $5";
}

const ARRANGE_ACTION: Action = Action("rearrange-appointment");

/// How and where they meet from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arranged {
    /// In which room.
    pub room: Option<RoomId>,
    /// How they meet.
    pub way: Way,
    /// What it is about, and where if that is not plain.
    pub said: Said,
}

impl Service {
    /// Changes how and where an appointment takes place, and what it is about, and tells the client by a message if `tell` says
    /// so.
    ///
    /// # Errors
    /// `Error::Faults` if the room is taken or no longer used, or the appointment has ended; somebody else changed it
    /// meanwhile; the rules refuse; a store failed.
    pub async fn arrange_appointment(
        &self,
        visit: &Visit,
        id: AppointmentId,
        version: i64,
        arranged: Arranged,
        tell: bool,
    ) -> Result<(), Error> {
        let before = self.find_appointment(id).await?.booked;
        if before.state != State::Booked {
            return Err(Error::Faults(vec![Fault::new("way", "This appointment has ended. Book another")]));
        }
        let Arranged { room, way, said } = arranged;
        let said = self.said_with_room(room, before.room, said).await?;
        let after = Booked { room, way, ..before.clone() };
        let tell = tell.then_some(Occasion::Moved);
        let how = How { action: ARRANGE_ACTION, why: "", said: Some(&said), tell };
        self.change_appointment(visit, &before, after, version, how).await
    }
}

/// The statement that says how and where, sealed for the version that was put in its place just before.
pub(super) fn arranging(after: &Booked, sealed: Vec<u8>) -> Query {
    let room = after.room.map(|room| *room.as_bytes());
    let (id, way) = (after.id.as_bytes().into(), after.way.code().into());
    ARRANGE.with([id, room.into(), way, sealed.into(), after.version.into()]).expecting(1)
}
