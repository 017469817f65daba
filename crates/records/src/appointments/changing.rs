//! Moving an appointment, and saying what became of it.

use access::Act;
use audit::{Action, Detail};
use casework::appointments::{Said, Slot, State, read_reason};
use casework::{AppointmentId, ClientId, Fault, StaffId};
use jiff::Timestamp;
use messages::shipped::Occasion;
use notice::{Category, ContactKind};
use store::{Query, Value, sql};

use super::arranging::arranging;
use super::{Booked, SAID, mark, place, taking};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::webhooks::Event;
use crate::{Error, Service, changes};

sql! { records:
    /// Gives the time back.
    FREE_UNITS = "DELETE FROM appointment_unit WHERE appointment = $1";
    /// Puts the next version in its place.
    CHANGE = "UPDATE appointment SET starts = $2, ends = $3, state = $4, written = $5, author = $6, version = $7, why = $8, adviser = $9 WHERE id = $1 AND version = $7 - 1";
}

const MOVE: Action = Action("move-appointment");
const END: Action = Action("end-appointment");

/// How a change is said.
pub(super) struct How<'a> {
    /// The word of the log.
    pub(super) action: Action,
    /// Why it ended; empty if nobody says.
    pub(super) why: &'a str,
    /// What it is about and where from now on; none if that stays.
    pub(super) said: Option<&'a Said>,
    /// What the client is told of it.
    pub(super) tell: Option<Occasion>,
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
    let moved = (before.slot, before.adviser, before.room) != (after.slot, after.adviser, after.room);
    if moved || !after.state.takes_time() {
        batch.push(FREE_UNITS.with([after.id.as_bytes().into()]));
    }
    if moved {
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
                after.adviser.as_bytes().into(),
            ])
            .expecting(1),
    );
    batch
}

impl Service {
    /// Moves an appointment to another time, or to another adviser if one is named, and tells the client by a message if `tell`
    /// says so.
    ///
    /// # Errors
    /// As for booking; somebody else changed it meanwhile; it has ended.
    pub async fn move_appointment(
        &self,
        visit: &Visit,
        id: AppointmentId,
        version: i64,
        slot: Slot,
        adviser: Option<StaffId>,
        tell: bool,
    ) -> Result<(), Error> {
        let stored = self.find_appointment(id).await?;
        if stored.booked.state != State::Booked {
            return Err(Error::Faults(vec![Fault::new("day", "This appointment has ended. Book another")]));
        }
        let adviser = adviser.unwrap_or(stored.booked.adviser);
        let after = Booked { slot, adviser, ..stored.booked.clone() };
        let tell = tell.then_some(Occasion::Moved);
        let how = How { action: MOVE, why: "", said: None, tell };
        self.change_appointment(visit, &stored.booked, after, version, how).await
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
        let how = How { action: END, why: &kept, said: None, tell };
        self.change_appointment(visit, &stored.booked, after, version, how).await?;
        Ok(stored.booked.client)
    }

    /// Calls off an appointment and all that were booked together with it and come after, all or none. A message, if `tell`
    /// asks for one, names the first of them. Gives how many were called off.
    ///
    /// # Errors
    /// `Error::Faults` if it was booked alone or there is nothing to call off, somebody else changed one meanwhile, the rules
    /// refuse, or a store failed.
    pub async fn call_off_series(
        &self,
        visit: &Visit,
        id: AppointmentId,
        next: State,
        reason: &str,
        tell: bool,
    ) -> Result<usize, Error> {
        let reason = read_reason(reason).map_err(|fault| Error::Faults(vec![fault]))?;
        let one = self.find_appointment(id).await?.booked;
        let from = one.slot.starts().max(self.now());
        let mut rest = self.in_series(&one).await?;
        rest.retain(|other| other.state.can_become(next, false) && other.slot.starts() >= from);
        if rest.is_empty() || next.takes_time() {
            let what = "Nothing of this series is left to be called off. Open it again to see how it stands";
            return Err(Error::Faults(vec![Fault::new("do", what)]));
        }
        let standing = self.standing(visit, one.client).await?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, Category::Contact.into()), END).await?;
        let keys = self.vault().keys(one.client.into()).await?;
        let (mut batch, mut rows) = (Vec::new(), Vec::new());
        for (place, before) in rest.iter().enumerate() {
            let after = Booked { state: next, version: before.version + 1, ..before.clone() };
            let (sealed, marks) = self.seal_why(&permit, &keys, &after, &reason)?;
            rows.extend(marks);
            batch.extend(changing(before, &after, visit.staff, now, sealed));
            if tell && place == 0 && next == State::CancelledByUs {
                batch.push(self.queue(Occasion::Cancelled, &after, None, now));
            }
            batch.extend(self.tell_programs(Event::of_appointment(&after), now));
        }
        let change = self.log().change(permit, END, &Detail { rows, ..Detail::default() });
        batch.push(change.outbox());
        batch.extend(changes::of_client(one.client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
                Ok(rest.len())
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn change_appointment(
        &self,
        visit: &Visit,
        before: &Booked,
        mut after: Booked,
        version: i64,
        how: How<'_>,
    ) -> Result<(), Error> {
        let client = before.client;
        if before.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Contact.into());
        let permit = self.permit(request, how.action).await?;
        after.version += 1;
        let keys = self.vault().keys(client.into()).await?;
        let (sealed, mut rows) = self.seal_why(&permit, &keys, &after, how.why)?;
        let mut batch = changing(before, &after, visit.staff, now, sealed);
        if let Some(said) = how.said {
            let at = place(SAID, after.id, after.version, client);
            let sealed = self.vault().seal(&permit, &keys, &at, said)?;
            rows.push(mark(after.id, after.version, &sealed));
            batch.push(arranging(&after, sealed));
        }
        let change = self.log().change(permit, how.action, &Detail { rows, ..Detail::default() });
        batch.extend(how.tell.map(|occasion| self.queue(occasion, &after, None, now)));
        batch.extend(self.clock_moved(&standing, &after)?);
        batch.push(change.outbox());
        batch.extend(self.tell_programs(Event::of_appointment(&after), now));
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
                Ok(())
            }
            Err(store::Error::AlreadyThere { .. }) => self.clash(&[after]).await,
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Somebody who came was in contact with us, where the notice counts that.
    fn clock_moved(&self, standing: &Standing, booked: &Booked) -> Result<Vec<Query>, Error> {
        if !matches!(booked.state, State::Attended | State::Late) {
            return Ok(Vec::new());
        }
        let day = self.surroundings().civil(booked.slot.starts()).date();
        self.contact_moves(standing, ContactKind::TookPart, day)
    }
}
