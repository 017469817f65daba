//! What is booked for somebody whose file is restricted. Nobody else may use the file, so the governance lead, who answers the
//! client anyway, calls off what cannot take place.

use audit::Action;
use casework::appointments::State;
use casework::{AppointmentId, Fault, RequestId};
use store::{Row, sql};

use crate::appointments::{Booked, StoredAppointment, changing, columns};
use crate::sessions::Visit;
use crate::webhooks::Event;
use crate::{Error, Service};

sql! { records:
    /// What is to come, the next first.
    pub(super) TO_COME = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 AND state = 'booked' AND starts > $2 ORDER BY starts LIMIT 60");
}

const CALL_OFF: Action = Action("end-appointment");

pub(super) fn read(rows: &[Row]) -> Result<Vec<Booked>, Error> {
    rows.iter().map(|row| Ok(StoredAppointment::read(row)?.booked)).collect()
}

impl Service {
    /// Calls off an appointment of the client whose file a request restricts. No reason is written into the file and no message
    /// leaves: the client is told by whoever answers the request.
    ///
    /// # Errors
    /// `Error::Faults` if the file is not restricted, `Error::NoSuchFile` if it is not this client's appointment,
    /// `Error::ChangedMeanwhile`, or as for a step.
    pub async fn call_off_while_restricted(
        &self,
        visit: &Visit,
        id: RequestId,
        form: [u8; 16],
        appointment: AppointmentId,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let hand = self.in_hand(visit, id, CALL_OFF).await?;
        let client = hand.file()?;
        if !self.standing(visit, client).await?.restricted {
            let text = "The file is not restricted: its adviser or reception calls it off";
            return Err(Error::Faults(vec![Fault::new("appointment", text)]));
        }
        let before = self.find_appointment(appointment).await?.booked;
        if before.client != client {
            return Err(Error::NoSuchFile);
        }
        if !before.state.can_become(State::CancelledByUs, false) {
            return Err(Error::ChangedMeanwhile);
        }
        let after = Booked { state: State::CancelledByUs, version: before.version + 1, ..before.clone() };
        let mut batch = changing(&before, &after, visit.staff, hand.now, store::Value::Null);
        batch.extend(self.tell_programs(Event::of_appointment(&after), hand.now));
        self.write_work(visit, form, hand, CALL_OFF, batch).await
    }
}
