//! Reminders: queued some hours before an appointment, once for each time that it has.

use casework::messages::by_day;
use jiff::SignedDuration;
use messages::shipped::Occasion;
use store::sql;

use crate::appointments::{StoredAppointment, columns};
use crate::{Error, Service};

sql! { records:
    /// Appointments that come near and of whose time nobody was reminded yet. Who booked within the time of the reminder
    /// has just been told. Restricted files are stored and nothing more.
    COMING = concat!("SELECT ", columns!(), " FROM appointment WHERE state = 'booked' AND starts > $1 AND starts <= $2 AND written <= starts - $3 AND client IN (SELECT c.id FROM client c WHERE c.restricted = $4) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.appointment = appointment.id AND m.template = 'reminder' AND m.version = appointment.version) ORDER BY starts LIMIT 500");
}

/// Nobody is reminded later than so long before.
const LATEST: SignedDuration = SignedDuration::from_mins(60);

impl Service {
    /// Queues the reminders that are due `hours` before their appointments; gives how many. None is queued twice, whoever else
    /// does it at the same time.
    ///
    /// # Errors
    /// The store failed; the next call does it.
    pub async fn queue_reminders(&self, hours: u32) -> Result<usize, Error> {
        if hours == 0 {
            return Ok(0);
        }
        let (now, before) = (self.now(), SignedDuration::from_hours(i64::from(hours)));
        let span = i64::try_from(before.as_micros()).unwrap_or(i64::MAX);
        let query = COMING.with([
            (now + LATEST).as_microsecond().into(),
            (now + before).as_microsecond().into(),
            span.into(),
            false.into(),
        ]);
        let rows = self.records().read(vec![query]).await?;
        let mut batch = Vec::new();
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let booked = StoredAppointment::read(row)?.booked;
            let due = by_day(&self.surroundings().civil(now)).timestamp();
            batch.push(self.queue_for(Occasion::Reminder, &booked, None, now, due));
        }
        let queued = batch.len();
        if queued > 0 {
            self.records().write(batch).await?;
        }
        Ok(queued)
    }
}
