//! Long lists a page at a time, for programs: each page says where the next one begins.
//!
//! A place in a list is the key of the last line before it, never a number of lines: what is added or erased meanwhile
//! shifts nothing.

use std::sync::PoisonError;

use audit::{Action, Detail};
use casework::{AppointmentId, ClientId, EntryId, referrals};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::Category;
use store::sql;
use vault::Personal;

use crate::appointments::{Appointment, StoredAppointment, columns};
use crate::entries::{Stored, entry_columns};
use crate::files::{Dated, kept_until};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::{FileStatus, Standing};
use crate::surroundings::day_from;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// The next clients of a caseload and of those that somebody covers for, in the order of their ids.
    NEXT_CLIENTS = "SELECT c.id, c.status, c.registered, c.last_contact, c.notice, c.notice_version FROM client c WHERE (c.adviser = $1 OR EXISTS (SELECT 1 FROM cover v WHERE v.absent = c.adviser AND v.covering = $1 AND v.starts <= $3 AND v.ends > $3)) AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM conflict k WHERE k.client = c.id AND k.staff = $1) AND NOT EXISTS (SELECT 1 FROM consent w WHERE w.client = c.id AND w.kind = 'use' AND w.purpose = 'support' AND w.state = 'withdrawn') AND c.id > $4 ORDER BY c.id LIMIT $5";
    /// The next dated entries of a file, the newest first.
    NEXT_ENTRIES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind <> 'profile' AND (day < $2 OR (day = $2 AND (written < $3 OR (written = $3 AND id < $4)))) ORDER BY day DESC, written DESC, id DESC LIMIT $5");
    /// The same of one form.
    NEXT_OF_FORM = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = $6 AND (day < $2 OR (day = $2 AND (written < $3 OR (written = $3 AND id < $4)))) ORDER BY day DESC, written DESC, id DESC LIMIT $5");
    /// The next appointments of a client, the latest first.
    NEXT_APPOINTMENTS = concat!("SELECT ", columns!(), " FROM appointment WHERE client = $1 AND (starts < $2 OR (starts = $2 AND id < $3)) ORDER BY starts DESC, id DESC LIMIT $4");
}

/// The most lines of a page.
pub const MOST: u32 = 200;

/// A page of a list, and the place where the next one begins if there is one.
#[derive(Debug, Clone)]
pub struct Page<T, P> {
    /// Its lines.
    pub lines: Vec<T>,
    /// Where the next page begins.
    pub next: Option<P>,
}

/// A client in a list.
#[derive(Debug, Clone)]
pub struct ClientLine {
    /// Who.
    pub who: Shown,
    /// Whether the file is in work.
    pub status: FileStatus,
    /// The day of registration.
    pub registered: Date,
    /// The last two-way contact.
    pub last_contact: Date,
    /// The day on which the file goes if nothing more is heard.
    pub ends: Date,
}

/// A place among the entries of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterEntry {
    /// The day of the entry before.
    pub day: i64,
    /// When it was written, in microseconds.
    pub written: i64,
    /// Its id.
    pub id: EntryId,
}

/// A place among the appointments of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterAppointment {
    /// When the one before begins.
    pub starts: Timestamp,
    /// Its id.
    pub id: AppointmentId,
}

const CLIENTS: Action = Action("list-clients");
const ENTRIES: Action = Action("list-entries");
const APPOINTMENTS: Action = Action("list-appointments");

impl Service {
    /// The clients of a caseload and of those covered for, `most` from a place on. Restricted files are in no list.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn list_clients(
        &self,
        visit: &Visit,
        after: Option<ClientId>,
        most: u32,
    ) -> Result<Opened<Page<ClientLine, ClientId>>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, CLIENTS).await?;
        let with_birth = request.categories.contains(Category::Identity);
        let most = most.clamp(1, MOST);
        let query = NEXT_CLIENTS.with([
            visit.staff.as_bytes().into(),
            false.into(),
            visit.session.seen.as_microsecond().into(),
            after.unwrap_or(ClientId::from_bytes([0; 16])).as_bytes().into(),
            (i64::from(most) + 1).into(),
        ]);
        let rows = self.records().read(vec![query]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let more = rows.len() > most as usize;
        let mut page = Page { lines: Vec::new(), next: None };
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        for row in rows.iter().take(most as usize) {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            page.next = Some(client).filter(|_| more);
            let known = people.known.get(&client).filter(|known| known.is_shown_for(request.purpose));
            let Some(known) = known else { continue };
            let registered = self.surroundings().civil(changes::time(row.int(2)?)?).date();
            let last_contact = day_from(row.int(3)?).ok_or(Error::Damaged("day"))?;
            let until = kept_until(last_contact, registered, &self.rule_of(row.text(4)?, row.text(5)?)?);
            page.lines.push(ClientLine {
                who: known.shown(with_birth),
                status: FileStatus::read(row.text(1)?)?,
                registered,
                last_contact,
                ends: until.due,
            });
        }
        drop(people);
        let detail = Detail { count: Some(page.lines.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, CLIENTS, detail);
        Ok(Opened::new(Personal::new(&entry, page), entry))
    }

    /// The dated entries of a file that may be read, the newest first, `most` from a place on. A page can have fewer: what
    /// may not be read is passed over.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn list_entries(
        &self,
        visit: &Visit,
        client: ClientId,
        after: Option<AfterEntry>,
        most: u32,
    ) -> Result<Opened<Page<Dated, AfterEntry>>, Error> {
        self.list_dated(visit, client, None, after, most).await
    }

    /// The referrals of a file that may be read, the newest first, `most` from a place on.
    ///
    /// # Errors
    /// As for all entries.
    pub async fn list_referrals(
        &self,
        visit: &Visit,
        client: ClientId,
        after: Option<AfterEntry>,
        most: u32,
    ) -> Result<Opened<Page<Dated, AfterEntry>>, Error> {
        self.list_dated(visit, client, Some(referrals::FORM), after, most).await
    }

    async fn list_dated(
        &self,
        visit: &Visit,
        client: ClientId,
        form: Option<&'static str>,
        after: Option<AfterEntry>,
        most: u32,
    ) -> Result<Opened<Page<Dated, AfterEntry>>, Error> {
        let most = most.clamp(1, MOST);
        let from = after.unwrap_or(AfterEntry {
            day: i64::MAX,
            written: i64::MAX,
            id: EntryId::from_bytes([255; 16]),
        });
        let (file, id) = (client.as_bytes().into(), from.id.as_bytes().into());
        let (day, written, most_and_one) =
            (from.day.into(), from.written.into(), (i64::from(most) + 1).into());
        let query = match form {
            None => NEXT_ENTRIES.with([file, day, written, id, most_and_one]),
            Some(form) => NEXT_OF_FORM.with([file, day, written, id, most_and_one, form.into()]),
        };
        let rows = self.records().read(vec![Standing::query(client, visit), query]).await?;
        let [head, rows] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let (request, readable) = self.readable(visit, &standing, self.now());
        let permit = self.permit(request, ENTRIES).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, ENTRIES, Detail::default());
        let more = rows.rows.len() > most as usize;
        let (mut pieces, mut next) = (Vec::new(), None);
        for row in rows.rows.iter().take(most as usize) {
            let stored = Stored::read(row)?;
            let at = AfterEntry { day: stored.day, written: stored.written.as_microsecond(), id: stored.id };
            next = Some(at).filter(|_| more);
            if readable.contains(stored.category) {
                pieces.push(self.open_dated(&entry, &keys, client, &stored)?);
            }
        }
        let lines = Personal::gather(&entry, pieces)?;
        Ok(Opened::new(lines.map(move |lines| Page { lines, next }), entry))
    }

    /// The appointments of a client, the latest first, `most` from a place on.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn list_appointments(
        &self,
        visit: &Visit,
        client: ClientId,
        after: Option<AfterAppointment>,
        most: u32,
    ) -> Result<Opened<Page<Appointment, AfterAppointment>>, Error> {
        let most = most.clamp(1, MOST);
        let query = NEXT_APPOINTMENTS.with([
            client.as_bytes().into(),
            after.map_or(i64::MAX, |after| after.starts.as_microsecond()).into(),
            after.map_or([255; 16], |after| *after.id.as_bytes()).into(),
            (i64::from(most) + 1).into(),
        ]);
        let rows = self.records().read(vec![Standing::query(client, visit), query]).await?;
        let [head, rows] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = standing.request(visit, self.now(), access::Act::Read, Category::Contact.into());
        let permit = self.permit(request, APPOINTMENTS).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, APPOINTMENTS, Detail::default());
        let more = rows.rows.len() > most as usize;
        let (mut pieces, mut next) = (Vec::new(), None);
        for row in rows.rows.iter().take(most as usize) {
            let stored = StoredAppointment::read(row)?;
            let at = AfterAppointment { starts: stored.booked.slot.starts(), id: stored.booked.id };
            next = Some(at).filter(|_| more);
            pieces.push(self.open_appointment(&entry, &keys, stored)?);
        }
        let lines = Personal::gather(&entry, pieces)?;
        Ok(Opened::new(lines.map(move |lines| Page { lines, next }), entry))
    }
}
