//! When nobody is in the office: outside its hours, and while it is closed in one act. Such a time is not offered, and booked only
//! on purpose.

use casework::appointments::{Needs, OfficeHours, Shut, Slot, Way};
use casework::working_days::BankHolidays;
use casework::{Fault, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use store::sql;

use crate::{Error, Service, changes};

sql! { records:
    /// What was closed in a stretch of time, for this way of meeting, this adviser and this room.
    CLOSED_THEN = "SELECT begins, ends FROM closure WHERE ends > $1 AND begins < $2 AND (way IS NULL OR way = $3) AND (adviser IS NULL OR adviser = $4) AND (room IS NULL OR room = $5) ORDER BY begins";
}

/// A stretch of time that is closed.
pub(super) type Closed = (Timestamp, Timestamp);

/// Whether one of these reaches into a time.
pub(super) fn falls_into(slot: Slot, closed: &[Closed]) -> bool {
    closed.iter().any(|(begins, ends)| slot.starts() < *ends && slot.ends() > *begins)
}

impl Service {
    /// What is closed from one moment to another, for what an appointment needs.
    pub(super) async fn closed_between(
        &self,
        (from, to): (Timestamp, Timestamp),
        needs: &Needs,
    ) -> Result<Vec<Closed>, Error> {
        let asked = CLOSED_THEN.with([
            from.as_microsecond().into(),
            to.as_microsecond().into(),
            needs.way.code().into(),
            needs.adviser.as_bytes().into(),
            needs.room.map(|room| *room.as_bytes()).into(),
        ]);
        let found = self.records().read(vec![asked]).await?;
        let rows = found.into_iter().next().map(|rows| rows.rows).unwrap_or_default();
        rows.iter().map(|row| Ok((changes::time(row.int(0)?)?, changes::time(row.int(1)?)?))).collect()
    }

    /// Why the first of these times is one at which nobody is in: it was closed then, or it lies outside office hours and they
    /// meet in the office. None if somebody is.
    ///
    /// # Errors
    /// The store failed.
    pub async fn nobody_in(&self, needs: &Needs, slots: &[Slot]) -> Result<Option<Fault>, Error> {
        let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Ok(None) };
        let closed = self.closed_between((first.starts(), last.ends()), needs).await?;
        let (hours, holidays) = (self.office_hours(), BankHolidays::england_and_wales());
        for slot in slots {
            let [starts, ends] = [slot.starts(), slot.ends()].map(|at| self.surroundings().civil(at));
            let day = starts.date();
            if falls_into(*slot, &closed) {
                return Ok(Some(asking(
                    day,
                    "was closed for this time, and whoever was booked then was told",
                )));
            }
            let shut = hours.shut((starts.datetime(), ends.datetime()), &holidays);
            match shut.filter(|_| needs.way == Way::Office) {
                Some(Shut::ThatDay) => return Ok(Some(asking(day, "is not open on this day"))),
                Some(Shut::AtThatTime) => return Ok(Some(asking(day, &open_from(hours)))),
                None => {}
            }
        }
        Ok(None)
    }
}

fn open_from(hours: &OfficeHours) -> String {
    format!("is open from {} to {}", dates::clock(hours.opens), dates::clock(hours.closes))
}

fn asking(day: Date, why: &str) -> Fault {
    let day = dates::with_weekday(day);
    Fault::new("time", format!("{day}: the office {why}. Choose another time, or say that you mean it"))
}
