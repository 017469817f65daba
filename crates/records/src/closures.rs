//! Closing an office in one act: every appointment that falls out is called off, and each client is told once.
//!
//! All of it is one transaction: whoever is killed in the middle has done nothing or everything, and the messages are sent
//! from what was written. Each file that is touched has an entry of its own in the log, for the purpose `contact`.

mod affected;
mod told;

use access::{Act, Actor, Request, Subject};
use audit::{Action, Detail};
use casework::appointments::{State, Way, read_reason};
use casework::closures::Closing;
use casework::messages::Offers;
use casework::{ClientId, ClosureId, Fault, Profile};
use jiff::Timestamp;
use messages::shipped::Occasion;
use notice::{Categories, Category, Purpose};
use store::{Query, sql};
use vault::{FileId, Personal};

use crate::appointments::{Booked, changing};
use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service};

pub use affected::{Affected, AffectedBy};
use affected::{FallingOut, Found};
pub(crate) use told::CLOSED_BETWEEN;
pub use told::{Closure, OnSheet, Progress, Sheet, Stands};

sql! { records:
    /// A closing.
    CLOSE = "INSERT INTO closure (id, staff, made, day, begins, ends, way, adviser, left_out, room) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// What fell out by it.
    FELL_OUT = "INSERT INTO closure_appointment (appointment, closure, client) VALUES ($1, $2, $3)";
    /// What goes with an erased file.
    pub(crate) DROP_FALLEN_OUT = "DELETE FROM closure_appointment WHERE client = $1";
}

const LOOK: Action = Action("view-closure");
const CLOSE_ACTION: Action = Action("close-office");
impl Service {
    /// Whether this role may close the office: whoever may reach people for the purpose `contact`.
    #[must_use]
    pub fn may_close(&self, visit: &Visit) -> bool {
        !self.policy().allowed(&closing_request(visit)).is_empty()
    }

    /// Asks the rules whether this visitor may close the office at all.
    ///
    /// # Errors
    /// They may not; the refusal is on disk. Or the log failed.
    pub async fn begin_closing(&self, visit: &Visit) -> Result<(), Error> {
        let _permit = self.permit(closing_request(visit), LOOK).await?;
        Ok(())
    }

    /// The service's ways of writing to clients.
    #[must_use]
    pub fn offers(&self) -> Offers {
        self.post().map(messages::Post::offers).unwrap_or_default()
    }

    /// Closes: calls off every appointment that falls out, with the reason, and queues one message for each client. All of it
    /// or nothing, and only what was `seen`.
    ///
    /// # Errors
    /// `Error::Faults` if the reason is too long, or the list is another one by now; the rules refuse; a
    /// store failed. Then nothing was done.
    pub async fn close_office(
        &self,
        visit: &Visit,
        form: [u8; 16],
        closing: &Closing,
        reason: &str,
        seen: &str,
    ) -> Result<ClosureId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(ClosureId::from_bytes(made));
        }
        let reason = read_reason(reason).map_err(|fault| Error::Faults(vec![fault]))?;
        let found = self.falling_out(visit, closing).await?;
        self.note_refusals(&found).await?;
        if found.seen() != seen {
            let what =
                "Somebody booked, moved or called off an appointment since you looked. Read the list again";
            return Err(Error::Faults(vec![Fault::new("seen", what)]));
        }
        let now = self.now();
        let id = ClosureId::from_bytes(self.draw());
        let files: Vec<FileId> = found.files.iter().map(|file| file.standing.client.into()).collect();
        let keys = self.vault().keys_of(&files).await?;
        let mut batch =
            vec![self.form_done(visit, form, *id.as_bytes()), closing_row(visit, id, closing, now, &found)];
        let mut changed = Vec::with_capacity(found.files.len());
        for FallingOut { standing, booked } in &found.files {
            let permit = self.permit(touching(visit, standing, now), CLOSE_ACTION).await?;
            let keys = keys.get(&standing.client.into()).ok_or(Error::Damaged("key"))?;
            let (mut rows, mut first) = (Vec::new(), None);
            for before in booked {
                let after =
                    Booked { state: State::CancelledByUs, version: before.version + 1, ..before.clone() };
                let (why, marks) = self.seal_why(&permit, keys, &after, &reason)?;
                rows.extend(marks);
                batch.extend(changing(before, &after, visit.staff, now, why));
                batch.extend(self.tell_programs(Event::of_appointment(&after), now));
                let (appointment, client) = (after.id.as_bytes(), after.client.as_bytes());
                batch.push(FELL_OUT.with([appointment.into(), id.as_bytes().into(), client.into()]));
                first = first.or(Some(after));
            }
            batch.extend(first.map(|first| self.queue(Occasion::Cancelled, &first, Some(id), now)));
            let change = self.log().change(permit, CLOSE_ACTION, &Detail { rows, ..Detail::default() });
            batch.push(change.outbox());
            changed.push(change);
        }
        if changed.is_empty() {
            // Nobody is booked yet, and nobody will be offered this time.
            let permit = self.permit(closing_request(visit), CLOSE_ACTION).await?;
            let detail = Detail { count: Some(0), ..Detail::default() };
            let change = self.log().change(permit, CLOSE_ACTION, &detail);
            batch.push(change.outbox());
            changed.push(change);
        }
        match self.records().write(batch).await {
            Ok(_) => {
                // One word is enough: the writer empties the outbox.
                if let Some(change) = changed.pop() {
                    change.committed();
                }
                Ok(id)
            }
            // The same form, sent twice at once: the other one closed.
            Err(store::Error::AlreadyThere { .. }) => {
                let made = self.made_by_form(visit, form).await?;
                made.map(ClosureId::from_bytes).ok_or(Error::ChangedMeanwhile)
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// The contact details of many, under one entry, in the order asked.
    async fn contacts_of(
        &self,
        entry: &audit::Entry,
        clients: &[ClientId],
    ) -> Result<Personal<Vec<Profile>>, Error> {
        if clients.is_empty() {
            return Ok(Personal::new(entry, Vec::new()));
        }
        let pages = clients.iter().map(|client| CONTACT_PAGE.with([client.as_bytes().into()])).collect();
        let pages = self.records().read(pages).await?;
        let files: Vec<FileId> = clients.iter().map(|client| (*client).into()).collect();
        let keys = self.vault().keys_of(&files).await?;
        let mut opened = Vec::with_capacity(clients.len());
        for (client, page) in clients.iter().zip(&pages) {
            let (Some(row), Some(keys)) = (page.first(), keys.get(&(*client).into())) else {
                opened.push(Personal::new(entry, Profile::default()));
                continue;
            };
            opened.push(self.open_entry::<Profile>(entry, keys, *client, &Stored::read(row)?)?);
        }
        Ok(Personal::gather(entry, opened)?)
    }
}

/// Looking over everybody's contact details, to reach those whose appointment falls out.
fn closing_request(visit: &Visit) -> Request {
    Request {
        actor: Actor { id: visit.staff.into(), role: visit.role },
        purpose: Purpose::Contact,
        act: Act::Search,
        subject: Subject::Everyone,
        categories: Categories::from(Category::Contact),
        circumstances: access::Circumstances::default(),
    }
}

/// Calling off the appointments of one client.
fn touching(visit: &Visit, standing: &Standing, now: Timestamp) -> Request {
    Request {
        purpose: Purpose::Contact,
        ..standing.request(visit, now, Act::Write, Category::Contact.into())
    }
}

fn closing_row(visit: &Visit, id: ClosureId, closing: &Closing, now: Timestamp, found: &Found) -> Query {
    CLOSE.with([
        id.as_bytes().into(),
        visit.staff.as_bytes().into(),
        now.as_microsecond().into(),
        day_number(closing.day).into(),
        closing.from.as_microsecond().into(),
        closing.to.as_microsecond().into(),
        closing.way.map(Way::code).into(),
        closing.adviser.map(|adviser| *adviser.as_bytes()).into(),
        i64::try_from(found.left_out).unwrap_or(i64::MAX).into(),
        closing.room.map(|room| *room.as_bytes()).into(),
    ])
}
