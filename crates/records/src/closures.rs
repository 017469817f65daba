//! Closing an office in one act: every appointment that falls out is called off, and each client is told once.
//!
//! All of it is one transaction: whoever is killed in the middle has done nothing or everything, and the messages are sent
//! from what was written. Each file that is touched has an entry of its own in the log, for the purpose `contact`.

use std::collections::BTreeMap;

use access::{Act, Actor, Request, Subject};
use audit::{Action, Detail};
use casework::appointments::{State, Way, read_reason};
use casework::closures::Closing;
use casework::messages::{Channel, MessageState, NotSent, Offers, Ringing, way};
use casework::{ClientId, ClosureId, Fault, Profile, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use messages::shipped::Occasion;
use notice::{Categories, Category, Purpose};
use sha2::{Digest as _, Sha256};
use store::{Query, Row, sql};
use vault::{FileId, Personal};

use crate::appointments::{Booked, StoredAppointment, changing, columns};
use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::messages::{Told, told_columns};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::webhooks::Event;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// What is booked and overlaps with a stretch of time. No appointment is longer than eight hours.
    OVERLAPPING = concat!("SELECT ", columns!(), " FROM appointment WHERE state = 'booked' AND starts > $1 AND starts < $2 AND ends > $3 ORDER BY starts, id LIMIT 5001");
    /// A closing.
    CLOSE = "INSERT INTO closure (id, staff, made, day, begins, ends, way, adviser, left_out) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// What fell out by it.
    FELL_OUT = "INSERT INTO closure_appointment (appointment, closure, client) VALUES ($1, $2, $3)";
    /// One closing.
    FIND_CLOSURE = concat!("SELECT ", closure_columns!(), ", (SELECT COUNT(*) FROM closure_appointment f WHERE f.closure = closure.id) FROM closure WHERE id = $1");
    /// The newest.
    NEWEST_CLOSURES = concat!("SELECT ", closure_columns!(), ", (SELECT COUNT(*) FROM closure_appointment f WHERE f.closure = closure.id) FROM closure ORDER BY made DESC LIMIT 8");
    /// How far its messages came.
    PROGRESS = "SELECT state, why, channel, COUNT(*) FROM message WHERE closure = $1 GROUP BY state, why, channel";
    /// Stops what was not handed over yet.
    STOP = "UPDATE message SET state = 'stopped', why = 'stopped', done = $2 WHERE closure = $1 AND state = 'waiting'";
    /// Whom its messages did not reach, or not yet.
    TO_RING = concat!("SELECT ", told_columns!(), " FROM message WHERE closure = $1 AND state IN ('failed', 'unsure', 'stopped', 'call') ORDER BY expires, id");
    /// The appointments that fell out.
    FALLEN_OUT = concat!("SELECT ", columns!(), " FROM appointment WHERE id IN (SELECT f.appointment FROM closure_appointment f WHERE f.closure = $1) ORDER BY starts, id");
    /// What goes with an erased file.
    pub(crate) DROP_FALLEN_OUT = "DELETE FROM closure_appointment WHERE client = $1";
}

macro_rules! closure_columns {
    () => {
        "id, staff, made, day, begins, ends, way, adviser, left_out"
    };
}
use closure_columns;

const LOOK: Action = Action("view-closure");
const CLOSE_ACTION: Action = Action("close-office");
const STOP_ACTION: Action = Action("stop-messages");
const SHEET: Action = Action("view-contact-sheet");
/// The most appointments that one closing calls off.
const MOST: usize = 5000;

/// A client whose appointments fall out.
#[derive(Debug, Clone)]
pub struct Affected {
    /// Who.
    pub who: Shown,
    /// Their appointments, by their beginning.
    pub booked: Vec<Booked>,
    /// By what they will be told, or why they have to be rung.
    pub way: Result<Channel, NotSent>,
}

/// Everybody whose appointments fall out.
#[derive(Debug, Clone)]
pub struct AffectedBy {
    /// By the time of their first appointment.
    pub clients: Vec<Affected>,
    /// Appointments in files that are restricted or closed to the visitor: nothing is done with them.
    pub left_out: usize,
    /// What stands on the page, as a digest: only what was seen is called off.
    pub seen: String,
}

/// A closing as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Which.
    pub id: ClosureId,
    /// Who closed.
    pub by: StaffId,
    /// When they did.
    pub made: Timestamp,
    /// Which day.
    pub day: Date,
    /// From when.
    pub from: Timestamp,
    /// Till when.
    pub to: Timestamp,
    /// Only this way of meeting.
    pub way: Option<Way>,
    /// Only this adviser.
    pub adviser: Option<StaffId>,
    /// Appointments that were left as they are, in files that nobody at the desk may touch.
    pub left_out: u64,
    /// Appointments that were called off.
    pub called_off: u64,
}

/// How many messages of a closing stand where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// How far they came.
    pub state: MessageState,
    /// Why not further.
    pub why: Option<NotSent>,
    /// By what.
    pub channel: Option<Channel>,
    /// How many.
    pub count: u64,
}

/// A closing and how far its messages came. Nobody is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The closing.
    pub closure: Closure,
    /// The messages.
    pub stands: Vec<Stands>,
}

impl Progress {
    /// How many messages stand in one of these states.
    #[must_use]
    pub fn count(&self, which: impl Fn(MessageState) -> bool) -> u64 {
        self.stands.iter().filter(|stands| which(stands.state)).map(|stands| stands.count).sum()
    }

    /// Whether some still move by themselves.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.count(MessageState::moves) > 0
    }
}

/// Somebody to ring.
#[derive(Debug, Clone)]
pub struct OnSheet {
    /// Who.
    pub who: Shown,
    /// What the message came to.
    pub told: Told,
    /// The appointments that fell out.
    pub booked: Vec<Booked>,
    /// How they can be reached.
    pub ringing: Ringing,
}

/// The contact sheet of a closing.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The closing.
    pub closure: Closure,
    /// Those to ring, by the time of their appointment.
    pub rows: Vec<OnSheet>,
}

impl Closure {
    fn read(row: &Row) -> Result<Closure, Error> {
        let damaged = || Error::Damaged("closure");
        Ok(Closure {
            id: ClosureId::from_bytes(row.bytes16(0)?),
            by: StaffId::from_bytes(row.bytes16(1)?),
            made: changes::time(row.int(2)?)?,
            day: day_from(row.int(3)?).ok_or_else(damaged)?,
            from: changes::time(row.int(4)?)?,
            to: changes::time(row.int(5)?)?,
            way: row.opt_text(6)?.map(str::parse).transpose().map_err(|_| damaged())?,
            adviser: row.opt_bytes16(7)?.map(StaffId::from_bytes),
            left_out: row.int(8)?.unsigned_abs(),
            called_off: row.int(9)?.unsigned_abs(),
        })
    }
}

/// A client with what falls out, before anything is opened.
struct FallingOut {
    standing: Standing,
    booked: Vec<Booked>,
}

/// What falls out, file by file in the order of the first appointment, and how many appointments are left out.
struct Found {
    files: Vec<FallingOut>,
    left_out: usize,
    refused: Vec<Request>,
}

impl Found {
    /// What a page shows of it, as a digest.
    fn seen(&self) -> String {
        let mut digest = Sha256::new();
        for one in self.files.iter().flat_map(|file| &file.booked) {
            digest.update(one.id.as_bytes());
            digest.update(one.version.to_be_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        hex::encode(digest.get(..16).unwrap_or_default())
    }
}

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

    /// Everybody whose appointment would fall out, and by what they would be told. The look is an entry of its own.
    ///
    /// # Errors
    /// The rules refuse this role, there are too many at once, or something cannot do its part.
    pub async fn affected_by(&self, visit: &Visit, closing: &Closing) -> Result<Opened<AffectedBy>, Error> {
        let permit = self.permit(closing_request(visit), LOOK).await?;
        let found = self.falling_out(visit, closing).await?;
        self.note_refusals(&found).await?;
        let clients: Vec<ClientId> = found.files.iter().map(|file| file.standing.client).collect();
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LOOK, detail);
        let contacts = self.contacts_of(&entry, &clients).await?;
        let (seen, left_out, offers) = (found.seen(), found.left_out, self.offers());
        let known: Vec<Option<Shown>> = clients.iter().map(|client| self.known_as(*client)).collect();
        let opened = contacts.map(|contacts| {
            let files = found.files.into_iter().zip(known).zip(contacts);
            let clients = files.filter_map(|((file, who), contact)| {
                let way = way(&contact, offers).map(|address| address.channel());
                Some(Affected { who: who?, booked: file.booked, way })
            });
            AffectedBy { clients: clients.collect(), left_out, seen }
        });
        Ok(Opened::new(opened, entry))
    }

    /// Closes: calls off every appointment that falls out, with the reason, and queues one message for each client. All of it
    /// or nothing, and only what was `seen`.
    ///
    /// # Errors
    /// `Error::Faults` if nobody is affected, the reason is too long, or the list is another one by now; the rules refuse; a
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
        if found.files.is_empty() {
            let what = "Nobody is booked then, so there is nothing to call off";
            return Err(Error::Faults(vec![Fault::new("day", what)]));
        }
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

    /// How far a closing has come. Nobody is named, so it leaves no entry.
    ///
    /// # Errors
    /// There is none, this role may not close, or the store failed.
    pub async fn closure(&self, visit: &Visit, id: ClosureId) -> Result<Progress, Error> {
        self.begin_closing(visit).await?;
        let which = || id.as_bytes().into();
        let rows = self.records().read(vec![FIND_CLOSURE.with([which()]), PROGRESS.with([which()])]).await?;
        let [head, stands] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let closure = Closure::read(head.first().ok_or(Error::NoSuchFile)?)?;
        let damaged = || Error::Damaged("message");
        let stands = stands.rows.iter().map(|row| {
            Ok(Stands {
                state: row.text(0)?.parse().map_err(|_| damaged())?,
                why: row.opt_text(1)?.map(str::parse).transpose().map_err(|_| damaged())?,
                channel: row.opt_text(2)?.map(str::parse).transpose().map_err(|_| damaged())?,
                count: row.int(3)?.unsigned_abs(),
            })
        });
        Ok(Progress { closure, stands: stands.collect::<Result<_, Error>>()? })
    }

    /// The newest closings.
    ///
    /// # Errors
    /// This role may not close, or the store failed.
    pub async fn closures(&self, visit: &Visit) -> Result<Vec<Closure>, Error> {
        self.begin_closing(visit).await?;
        let rows = self.records().read(vec![NEWEST_CLOSURES.with([])]).await?;
        rows.first()
            .map(|rows| rows.rows.iter().map(Closure::read).collect())
            .unwrap_or_else(|| Ok(Vec::new()))
    }

    /// Stops the messages of a closing that were not handed over yet. The appointments stay called off; those who were not
    /// told are on the contact sheet.
    ///
    /// # Errors
    /// There is no such closing, the rules refuse, or a store failed.
    pub async fn stop_messages(&self, visit: &Visit, id: ClosureId) -> Result<(), Error> {
        self.closure(visit, id).await?;
        let permit = self.permit(closing_request(visit), STOP_ACTION).await?;
        let _receipt = self.log().submit(permit, STOP_ACTION, Detail::default()).durable().await?;
        let now = self.now().as_microsecond();
        self.records().write(vec![STOP.with([id.as_bytes().into(), now.into()])]).await?;
        Ok(())
    }

    /// The contact sheet of a closing: whom its messages did not reach, and how each can be reached. The look is an entry.
    ///
    /// # Errors
    /// There is no such closing, the rules refuse, or something cannot do its part.
    pub async fn contact_sheet(&self, visit: &Visit, id: ClosureId) -> Result<Opened<Sheet>, Error> {
        let which = || id.as_bytes().into();
        let batch = vec![FIND_CLOSURE.with([which()]), TO_RING.with([which()]), FALLEN_OUT.with([which()])];
        let permit = self.permit(closing_request(visit), SHEET).await?;
        let rows = self.records().read(batch).await?;
        let [head, to_ring, fallen] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let closure = Closure::read(head.first().ok_or(Error::NoSuchFile)?)?;
        let told: Vec<Told> = to_ring.rows.iter().map(Told::read).collect::<Result<_, _>>()?;
        let mut booked: BTreeMap<ClientId, Vec<Booked>> = BTreeMap::new();
        for row in &fallen.rows {
            let one = StoredAppointment::read(row)?.booked;
            booked.entry(one.client).or_default().push(one);
        }
        let known: Vec<(Told, Shown)> = told
            .into_iter()
            .filter_map(|told| Some((self.known_as(told.client)?, told)))
            .map(|(w, t)| (t, w))
            .collect();
        let clients: Vec<ClientId> = known.iter().map(|(told, _)| told.client).collect();
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, SHEET, detail);
        let contacts = self.contacts_of(&entry, &clients).await?;
        let sheet = contacts.map(|contacts| {
            let rows = known.into_iter().zip(contacts).map(|((told, who), contact)| OnSheet {
                booked: booked.remove(&told.client).unwrap_or_default(),
                who,
                told,
                ringing: Ringing::of(&contact),
            });
            Sheet { rows: rows.collect(), closure }
        });
        Ok(Opened::new(sheet, entry))
    }

    /// What falls out. Whether a file may be touched is decided for each.
    async fn falling_out(&self, visit: &Visit, closing: &Closing) -> Result<Found, Error> {
        let now = self.now();
        let query = OVERLAPPING.with([
            now.as_microsecond().into(),
            closing.to.as_microsecond().into(),
            closing.from.as_microsecond().into(),
        ]);
        let rows = self.records().read(vec![query]).await?;
        let mut files: Vec<(ClientId, Vec<Booked>)> = Vec::new();
        let mut place: BTreeMap<ClientId, usize> = BTreeMap::new();
        let mut count = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let booked = StoredAppointment::read(row)?.booked;
            if !closing.reaches(&booked.slot, booked.way, booked.adviser, now) {
                continue;
            }
            count += 1;
            let at = *place.entry(booked.client).or_insert_with(|| {
                files.push((booked.client, Vec::new()));
                files.len() - 1
            });
            if let Some((_, all)) = files.get_mut(at) {
                all.push(booked);
            }
        }
        if count > MOST {
            let what = format!(
                "More than {MOST} appointments fall out. Choose some hours or an adviser, one after the other"
            );
            return Err(Error::Faults(vec![Fault::new("day", what)]));
        }
        let asking = files.iter().map(|(client, _)| Standing::query(*client, visit)).collect();
        let standings = if files.is_empty() { Vec::new() } else { self.records().read(asking).await? };
        let mut found = Found { files: Vec::with_capacity(files.len()), left_out: 0, refused: Vec::new() };
        for ((client, booked), row) in files.into_iter().zip(&standings) {
            let standing = Standing::read(client, row.first())?;
            let request = touching(visit, &standing, now);
            if self.policy().allowed(&request).is_empty() {
                found.left_out += booked.len();
                found.refused.push(request);
            } else {
                found.files.push(FallingOut { standing, booked });
            }
        }
        Ok(found)
    }

    /// A refusal is on disk before it is answered.
    async fn note_refusals(&self, found: &Found) -> Result<(), Error> {
        let refusals = found.refused.iter().filter_map(|request| self.policy().decide(*request).err());
        let waiting: Vec<_> = refusals.map(|refusal| self.log().refused(&refusal, CLOSE_ACTION)).collect();
        for one in waiting {
            one.durable().await?;
        }
        Ok(())
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
    ])
}
