//! The diary: who comes when, of one adviser or of the whole office, and which times are free.

use access::Role;
use audit::{Action, Detail};
use casework::appointments::{Needs, OfficeHours, Slot, Way, free_times};
use casework::working_days::BankHolidays;
use casework::{AppointmentId, ClientId, RoomId, StaffId};
use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use store::{Query, Rows, sql};
use vault::Personal;

use super::shut::falls_into;
use super::{Booked, StoredAppointment, columns};
use crate::closures::{CLOSED_BETWEEN, Closure};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::purpose_of;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Everybody's appointments in a stretch of time.
    BETWEEN = concat!("SELECT ", columns!(), " FROM appointment WHERE starts >= $1 AND starts < $2 ORDER BY starts LIMIT 2000");
    /// Those of one adviser.
    BETWEEN_OF = concat!("SELECT ", columns!(), " FROM appointment WHERE adviser = $3 AND starts >= $1 AND starts < $2 ORDER BY starts LIMIT 2000");
    /// What takes an adviser's time.
    TAKEN = "SELECT starts, ends FROM appointment WHERE adviser = $1 AND starts >= $2 AND starts < $3 AND state NOT IN ('cancelled-by-client', 'cancelled-by-us')";
    /// What takes a room's.
    ROOM_TAKEN = "SELECT starts, ends FROM appointment WHERE room = $1 AND starts >= $2 AND starts < $3 AND state NOT IN ('cancelled-by-client', 'cancelled-by-us')";
}

const LIST: Action = Action("view-diary");

/// One line of the diary.
#[derive(Debug, Clone)]
pub struct InDiary {
    /// The appointment.
    pub booked: Booked,
    /// Whose it is; none where the file may not be used for what this role does. The time is taken all the same.
    pub who: Option<Shown>,
}

/// The appointments of some days.
#[derive(Debug, Clone)]
pub struct Diary {
    /// By their beginning.
    pub rows: Vec<InDiary>,
    /// What was closed in these days.
    pub closings: Vec<Closure>,
    /// The days on which the office is not open: weekends and bank holidays.
    pub not_open: Vec<Date>,
}

/// How many days a search for free times looks through.
const DAYS_SEARCHED: i64 = 28;

impl Service {
    /// The appointments from the beginning of `from` to the end of `to`, of one adviser or of everybody. Nobody is
    /// named whose file is restricted, or who took back their consent. The look is an entry of its own.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn diary(
        &self,
        visit: &Visit,
        from: Date,
        to: Date,
        whose: Option<StaffId>,
    ) -> Result<Opened<Diary>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, LIST).await?;
        let query = match whose {
            Some(adviser) => self.days_of(adviser, from, to)?,
            None => self.days_of_all(from, to)?,
        };
        let (begins, ends) = self.stretch(from, to)?;
        let found =
            self.records().read(vec![query, CLOSED_BETWEEN.with([begins.into(), ends.into()])]).await?;
        let [booked, closed] = found.as_slice() else { return Err(Error::Damaged("batch")) };
        let rows = self.in_diary(visit, booked).await?;
        let mut closings: Vec<Closure> =
            closed.rows.iter().map(Closure::read).collect::<Result<_, Error>>()?;
        closings.retain(|closing| whose.is_none_or(|one| closing.adviser.is_none_or(|other| one == other)));
        let (hours, holidays) = (self.office_hours(), BankHolidays::england_and_wales());
        let days = from.series(Span::new().days(1)).take_while(|day| *day <= to);
        let not_open = days.filter(|day| !hours.open_on(*day, &holidays)).collect();
        let detail = Detail { count: Some(rows.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, Diary { rows, closings, not_open }), entry))
    }

    /// The times of a day at which an adviser, and the room if there is one, are free for so many minutes, in office hours
    /// and while the office was not closed. Times alone tell of nobody.
    ///
    /// # Errors
    /// The store failed.
    pub async fn free_times(
        &self,
        adviser: StaffId,
        room: Option<RoomId>,
        day: Date,
        minutes: u32,
    ) -> Result<Vec<Slot>, Error> {
        let now = self.surroundings().civil(self.now());
        let taken = self.taken(adviser, room, day, day).await?;
        let mut free = free_on(day, minutes, self.office_hours(), &taken, &now);
        if let (Some(first), Some(last)) = (free.first(), free.last()) {
            let stretch = (first.starts(), last.ends());
            let closed = self.closed_between(stretch, &Needs { adviser, room, way: Way::Office }).await?;
            free.retain(|slot| !falls_into(*slot, &closed));
        }
        Ok(free)
    }

    /// The times of a day to which an appointment can be moved: this adviser and its room are free for as long as it takes.
    ///
    /// # Errors
    /// There is no such appointment, or the store failed.
    pub async fn free_to_move(
        &self,
        id: AppointmentId,
        adviser: StaffId,
        day: Date,
    ) -> Result<Vec<Slot>, Error> {
        let booked = self.find_appointment(id).await?.booked;
        self.free_times(adviser, booked.room, day, booked.slot.minutes()).await
    }

    /// The day that a booking begins with: the next one on which the office is open.
    #[must_use]
    pub fn next_office_day(&self) -> Date {
        self.office_hours().next_open(self.surroundings().today(), &BankHolidays::england_and_wales())
    }

    /// The days of the next four weeks, from `from` on, at which an adviser has a time free for so many minutes, each with
    /// its times, and the room has, if there is one.
    ///
    /// # Errors
    /// The store failed.
    pub async fn free_days(
        &self,
        adviser: StaffId,
        room: Option<RoomId>,
        from: Date,
        minutes: u32,
    ) -> Result<Vec<(Date, Vec<Slot>)>, Error> {
        let now = self.surroundings().civil(self.now());
        let to = from.checked_add(Span::new().days(DAYS_SEARCHED - 1)).unwrap_or(from);
        let (taken, hours) = (self.taken(adviser, room, from, to).await?, self.office_hours());
        let days = from.series(Span::new().days(1)).take_while(|day| *day <= to);
        let stretch = (self.midnight(from)?, self.midnight(to)? + SignedDuration::from_hours(25));
        let closed = self.closed_between(stretch, &Needs { adviser, room, way: Way::Office }).await?;
        let free = days.map(|day| {
            let mut times = free_on(day, minutes, hours, &taken, &now);
            times.retain(|slot| !falls_into(*slot, &closed));
            (day, times)
        });
        Ok(free.filter(|(_, times)| !times.is_empty()).collect())
    }

    /// What takes an adviser's time, or the room's, from one day to another, both among them.
    async fn taken(
        &self,
        adviser: StaffId,
        room: Option<RoomId>,
        from: Date,
        to: Date,
    ) -> Result<Vec<Slot>, Error> {
        let to = self.midnight(to)? + SignedDuration::from_hours(25);
        // What began the evening before may reach into the day.
        let from = self.midnight(from)? - SignedDuration::from_hours(8);
        let (from, to) = (from.as_microsecond(), to.as_microsecond());
        let mut asked = vec![TAKEN.with([adviser.as_bytes().into(), from.into(), to.into()])];
        asked.extend(room.map(|room| ROOM_TAKEN.with([room.as_bytes().into(), from.into(), to.into()])));
        let found = self.records().read(asked).await?;
        let mut taken = Vec::new();
        for row in found.iter().flat_map(|rows| &rows.rows) {
            taken.extend(Slot::stored(changes::time(row.int(0)?)?, changes::time(row.int(1)?)?));
        }
        Ok(taken)
    }

    /// The statement for today: an adviser's own, for others the whole office.
    pub(crate) fn todays(&self, visit: &Visit) -> Result<Query, Error> {
        let today = self.surroundings().today();
        match visit.role {
            Role::Adviser => self.days_of(visit.staff, today, today),
            _ => self.days_of_all(today, today),
        }
    }

    fn days_of_all(&self, from: Date, to: Date) -> Result<Query, Error> {
        let (begins, ends) = self.stretch(from, to)?;
        Ok(BETWEEN.with([begins.into(), ends.into()]))
    }

    fn days_of(&self, adviser: StaffId, from: Date, to: Date) -> Result<Query, Error> {
        let (begins, ends) = self.stretch(from, to)?;
        Ok(BETWEEN_OF.with([begins.into(), ends.into(), adviser.as_bytes().into()]))
    }

    /// Rows of the diary with the names that lists show, for a sentence whose entry covers them.
    pub(crate) async fn in_diary(&self, visit: &Visit, found: &Rows) -> Result<Vec<InDiary>, Error> {
        let booked: Vec<Booked> = found
            .rows
            .iter()
            .map(|row| Ok(StoredAppointment::read(row)?.booked))
            .collect::<Result<_, Error>>()?;
        let clients: Vec<ClientId> = booked.iter().map(|booked| booked.client).collect();
        let (shown, purpose) = (self.shown_now(visit, &clients).await?, purpose_of(visit.role));
        let named = |booked: Booked| InDiary {
            who: Some(booked.client)
                .filter(|client| shown.contains(client))
                .and_then(|client| self.known_as(client, purpose)),
            booked,
        };
        Ok(booked.into_iter().map(named).collect())
    }

    /// From the midnight that `from` begins with to the one that `to` ends with: 23 or 25 hours when the clocks change.
    fn stretch(&self, from: Date, to: Date) -> Result<(i64, i64), Error> {
        let after = to.tomorrow().map_err(|_| Error::Damaged("day"))?;
        Ok((self.midnight(from)?.as_microsecond(), self.midnight(after)?.as_microsecond()))
    }

    pub(crate) fn midnight(&self, day: Date) -> Result<Timestamp, Error> {
        let zone = self.surroundings().civil(self.now()).time_zone().clone();
        let midnight = day.at(0, 0, 0, 0).to_zoned_datetime(zone).map_err(|_| Error::Damaged("day"))?;
        Ok(midnight.timestamp())
    }
}

/// The free times of a day on which the office is open.
fn free_on(
    day: Date,
    minutes: u32,
    hours: &OfficeHours,
    taken: &[Slot],
    now: &jiff::ZonedDateTime,
) -> Vec<Slot> {
    if hours.open_on(day, &BankHolidays::england_and_wales()) {
        free_times(day, minutes, hours, taken, now)
    } else {
        Vec::new()
    }
}
