//! A client's file on one page: who they are, what was said and done, and until when it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Act, Request};
use audit::{Action, Detail, Entry};
use casework::entries::EntryKind;
use casework::retention::{self, Clock, ContactDay, Rule, Until};
use casework::{
    AgreedPlan, Agreement, ClientId, Consent, Disclosed, EntryId, Meeting, NoticeGiven, Placement, Profile,
    StaffId, Written,
};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, ContactKind, EntryForm, Layer, ObjectionTo, forms};
use store::{Row, sql};
use vault::{FileKeys, Personal};

use crate::appointments::{self, Appointment, StoredAppointment};
use crate::due::{DUE_IN, Due};
use crate::entries::{Stored, entry_columns};
use crate::messages::Told;
use crate::notices::Published;
use crate::retention::named;
use crate::sessions::Visit;
use crate::standing::{FileStatus, Standing};
use crate::surroundings::day_from;
use crate::{Error, Opened, Service, drafts};

sql! { records:
    /// The pages of a profile.
    pub(crate) PROFILE_PAGES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile'");
    /// The newest dated entries.
    TIMELINE = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind <> 'profile' ORDER BY day DESC, written DESC LIMIT $2");
    /// What waits about a file: what keeps it and when that is looked at, its erasure, what its client asked and is open, and what
    /// they object to.
    WAITS = "SELECT 'hold', review FROM hold WHERE client = $1 AND lifted IS NULL UNION ALL SELECT 'erasure', asked FROM erasure WHERE client = $1 AND state = 'asked' UNION ALL SELECT 'request', number FROM request WHERE client = $1 AND closed IS NULL UNION ALL SELECT 'goes', day FROM scheduled_erasure WHERE client = $1 UNION ALL SELECT what, since FROM objection WHERE client = $1 ORDER BY 1, 2";
    /// How many there are.
    COUNT_TIMELINE = "SELECT COUNT(*), (SELECT COUNT(*) FROM mention WHERE mentioned = $1) FROM entry WHERE client = $1 AND kind <> 'profile'";
}

/// How many entries a file shows at first.
pub const FIRST_ENTRIES: u32 = 20;
/// More than any file has.
pub const ALL_ENTRIES: u32 = 5000;

/// A page of the profile: the answers of one category.
#[derive(Debug, Clone)]
pub struct ProfilePage {
    /// Its entry.
    pub id: EntryId,
    /// Its version, which a form sends back.
    pub version: i64,
    /// When it was last changed.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// The answers.
    pub profile: Profile,
}

/// A dated entry.
#[derive(Debug, Clone)]
pub struct Dated {
    /// Its id.
    pub id: EntryId,
    /// Its version: more than one if it was changed since.
    pub version: i64,
    /// The day it is about.
    pub day: Date,
    /// When it was written.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// What it says.
    pub what: What,
}

impl Dated {
    /// In one line.
    #[must_use]
    pub fn headline(&self) -> String {
        match &self.what {
            What::Meeting(meeting) => meeting.title(),
            What::NoticeGiven(given) => given.title(),
            What::Agreement(agreement) => agreement.title(),
            What::Plan(plan) => plan.title(),
            What::Consent(consent) => consent.title(),
            What::Disclosure(disclosed) => disclosed.title(),
            What::Placement(placement) => placement.headline(),
            What::Written(form, written) => written.headline(form),
        }
    }
}

/// What a dated entry says.
#[derive(Debug, Clone)]
pub enum What {
    /// A meeting, a call, a message, a note.
    Meeting(Meeting),
    /// A notice was given.
    NoticeGiven(NoticeGiven),
    /// The client agreed to use the service.
    Agreement(Agreement),
    /// Client and adviser agreed on a plan.
    Plan(AgreedPlan),
    /// The client was asked for their consent.
    Consent(Box<Consent>),
    /// Something was shared, or asked to be.
    Disclosure(Disclosed),
    /// The client was placed on a programme.
    Placement(Box<Placement>),
    /// What was written with a form of the notice.
    Written(&'static EntryForm, Written),
}

/// What waits about a file, beside what is due in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// On which day each hold on it is looked at again, the earliest first.
    pub holds: Vec<Date>,
    /// Whether its erasure is asked for and a second person has to decide.
    pub erasure: bool,
    /// The numbers of its client's requests that are open.
    pub requests: Vec<i64>,
    /// By which day each category goes whose consent was taken back, the earliest first.
    pub goes: Vec<Date>,
    /// What its client objects to.
    pub objects: Vec<ObjectionTo>,
}

impl Waits {
    fn read(rows: &[Row]) -> Result<Waits, Error> {
        let mut waits = Waits::default();
        for row in rows {
            match row.text(0)? {
                "hold" => waits.holds.push(day_from(row.int(1)?).ok_or(Error::Damaged("day"))?),
                "erasure" => waits.erasure = true,
                "goes" => waits.goes.push(day_from(row.int(1)?).ok_or(Error::Damaged("day"))?),
                "request" => waits.requests.push(row.int(1)?),
                what => waits.objects.push(what.parse().map_err(|_| Error::Damaged("objection"))?),
            }
        }
        Ok(waits)
    }
}

/// A client's file as somebody may see it.
#[derive(Debug, Clone)]
pub struct ClientFile {
    /// Whose.
    pub client: ClientId,
    /// Whose caseload it is in.
    pub adviser: Option<StaffId>,
    /// Whether it is in work.
    pub status: FileStatus,
    /// Whether it is in the visitor's own caseload.
    pub own: bool,
    /// The day the client was registered.
    pub registered: Date,
    /// The profile, a page a category, as far as it may be read.
    pub pages: BTreeMap<Category, ProfilePage>,
    /// When equality questions were last answered; the answers are not for those who work here.
    pub equality_answered: Option<Timestamp>,
    /// The newest entries first.
    pub timeline: Vec<Dated>,
    /// How many entries there are in all.
    pub entries: u64,
    /// In how many entries of other files the client is mentioned by number.
    pub mentioned: u64,
    /// What is due, the earliest first.
    pub due: Vec<Due>,
    /// What keeps it, and what is asked about it.
    pub waits: Waits,
    /// A note that was begun and not saved.
    pub draft: Option<drafts::Draft>,
    /// Appointments, the latest first.
    pub appointments: Vec<Appointment>,
    /// Until when the file is kept, and why.
    pub until: Until,
    /// Until when each layer is kept, and why, the first to go first.
    pub clocks: Vec<Clock>,
    /// What the client was told of its end, the newest first.
    pub told: Vec<Told>,
    /// The notice that this client was given: id and version.
    pub notice: (String, String),
    /// The version of the notice that this client has to be told about, if there is a newer one that asks for it.
    pub tell_again: Option<String>,
    /// What may be read.
    pub readable: Categories,
    /// What may be written.
    pub writable: Categories,
}

impl ClientFile {
    /// All pages of the profile that may be read, as one.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.pages.values().fold(Profile::default(), |all, page| all.joined(page.profile.clone()))
    }
}

/// The action under which a file's view stands in the log.
pub(crate) const VIEW: Action = Action("view-file");

/// What was opened of a file, before it is put together.
enum Piece {
    Page(Category, ProfilePage),
    Dated(Dated),
    Draft(drafts::Draft),
    Appointment(Appointment),
}

impl Service {
    /// Opens a client's file, with the newest `most` entries.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part; then nothing is shown.
    pub async fn open_file(
        &self,
        visit: &Visit,
        client: ClientId,
        most: u32,
    ) -> Result<Opened<ClientFile>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PROFILE_PAGES.with([client.as_bytes().into()]),
                TIMELINE.with([client.as_bytes().into(), i64::from(most).into()]),
                COUNT_TIMELINE.with([client.as_bytes().into()]),
                drafts::finding(visit, client, drafts::NOTE),
                appointments::of_client(client),
                DUE_IN.with([client.as_bytes().into()]),
                crate::retention::of_client(client),
                WAITS.with([client.as_bytes().into()]),
            ])
            .await?;
        let [head, pages, timeline, count, draft, booked, due, kept, waits] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        if standing.status == FileStatus::Ended {
            return Err(Error::NoSuchFile);
        }
        let until = self.until(&standing)?;
        let near = until.is_near(self.surroundings().today());
        let told = if near { self.told_of_ending(client).await? } else { Vec::new() };
        let now = self.now();
        let (request, readable) = self.readable(visit, &standing, now);
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());

        let mut opened: Vec<Personal<Piece>> = Vec::with_capacity(pages.rows.len() + timeline.rows.len() + 1);
        let mut equality_answered = None;
        for row in &pages.rows {
            let stored = Stored::read(row)?;
            if stored.category == Category::Equality {
                equality_answered = Some(stored.written);
            }
            if readable.contains(stored.category) {
                opened.push(
                    self.open_page(&entry, &keys, client, &stored)?
                        .map(move |page| Piece::Page(stored.category, page)),
                );
            }
        }
        for row in &timeline.rows {
            let stored = Stored::read(row)?;
            if readable.contains(stored.category) {
                opened.push(self.open_dated(&entry, &keys, client, &stored)?.map(Piece::Dated));
            }
        }
        if readable.contains(Category::Casework)
            && let Some(row) = draft.first()
        {
            opened.push(self.open_draft(&entry, &keys, client, row)?.map(Piece::Draft));
        }
        if readable.contains(Category::Contact) {
            for row in &booked.rows {
                let stored = StoredAppointment::read(row)?;
                opened.push(self.open_appointment(&entry, &keys, stored)?.map(Piece::Appointment));
            }
        }
        let came = appointments::came(booked)?;
        let came: Vec<Date> = came.into_iter().map(|at| self.surroundings().civil(at).date()).collect();
        let clocks = self.clocks(&standing, kept, &came)?;
        let pieces = Personal::gather(&entry, opened)?;
        let writable = self.policy().allowed(&standing.request(visit, now, Act::Write, Categories::all()));
        let mut file = ClientFile {
            client,
            adviser: standing.adviser,
            status: standing.status,
            own: standing.adviser == Some(visit.staff),
            registered: self.surroundings().civil(standing.registered).date(),
            pages: BTreeMap::new(),
            equality_answered,
            timeline: Vec::with_capacity(timeline.rows.len()),
            entries: count.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs(),
            mentioned: count.first().map_or(Ok(0), |row| row.int(1))?.unsigned_abs(),
            due: Vec::with_capacity(due.rows.len()),
            waits: Waits::read(&waits.rows)?,
            draft: None,
            appointments: Vec::new(),
            until,
            clocks: Vec::new(),
            told,
            notice: (standing.notice.clone(), standing.notice_version.clone()),
            tell_again: self
                .notices()
                .must_tell(&standing.notice, &standing.notice_version)
                .then(|| self.notices().service().version.clone()),
            readable,
            writable,
        };
        for row in &due.rows {
            let due = Due::read(row)?;
            if readable.contains(due.form.category) {
                file.due.push(due);
            }
        }
        let personal = pieces.map(move |pieces| {
            for piece in pieces {
                match piece {
                    Piece::Page(category, page) => {
                        file.pages.insert(category, page);
                    }
                    Piece::Dated(dated) => file.timeline.push(dated),
                    Piece::Draft(draft) => file.draft = Some(draft),
                    Piece::Appointment(appointment) => file.appointments.push(appointment),
                }
            }
            let clocks = clocks.into_iter().map(|(clock, rule)| named(clock, &rule, &file.timeline));
            file.clocks = clocks.collect();
            file
        });
        Ok(Opened::new(personal, entry))
    }

    /// The request for all that `visit` may read of a file. If that is nothing, the request is for the contact details, so
    /// that the refusal says why.
    pub(crate) fn readable(
        &self,
        visit: &Visit,
        standing: &Standing,
        now: Timestamp,
    ) -> (Request, Categories) {
        let mut request = standing.request(visit, now, Act::Read, Categories::all());
        let readable = self.policy().allowed(&request);
        request.categories = if readable.is_empty() { Category::Contact.into() } else { readable };
        (request, readable)
    }

    pub(crate) fn open_page(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<Personal<ProfilePage>, Error> {
        let (id, version, written, author) = (stored.id, stored.version, stored.written, stored.author);
        let page = self.open_entry::<Profile>(entry, keys, client, stored)?;
        Ok(page.map(|profile| ProfilePage { id, version, written, author, profile }))
    }

    /// Pages of a profile, as one.
    pub(crate) fn open_pages(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        rows: &[Row],
    ) -> Result<Personal<Profile>, Error> {
        let mut pages = Vec::with_capacity(rows.len());
        for row in rows {
            pages.push(self.open_entry::<Profile>(entry, keys, client, &Stored::read(row)?)?);
        }
        let pages = Personal::gather(entry, pages)?;
        Ok(pages.map(|pages| pages.into_iter().fold(Profile::default(), Profile::joined)))
    }

    pub(crate) fn open_dated(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<Personal<Dated>, Error> {
        let (id, version, written, author) = (stored.id, stored.version, stored.written, stored.author);
        let day = day_from(stored.day).ok_or(Error::Damaged("day"))?;
        if let Some(form) = forms::form(&stored.kind) {
            let what = self.open_entry(entry, keys, client, stored)?.map(move |w| What::Written(form, w));
            return Ok(what.map(|what| Dated { id, version, day, written, author, what }));
        }
        let what = match stored.kind.parse().map_err(|_| Error::Damaged("entry kind"))? {
            EntryKind::Meeting => self.open_entry(entry, keys, client, stored)?.map(What::Meeting),
            EntryKind::NoticeGiven => self.open_entry(entry, keys, client, stored)?.map(What::NoticeGiven),
            EntryKind::Agreement => self.open_entry(entry, keys, client, stored)?.map(What::Agreement),
            EntryKind::AgreedPlan => self.open_entry(entry, keys, client, stored)?.map(What::Plan),
            EntryKind::Consent => self.open_entry(entry, keys, client, stored)?.map(What::Consent),
            EntryKind::Disclosure => self.open_entry(entry, keys, client, stored)?.map(What::Disclosure),
            EntryKind::Placement => self
                .open_entry(entry, keys, client, stored)?
                .map(|placement| What::Placement(Box::new(placement))),
            EntryKind::Profile => return Err(Error::Damaged("entry kind")),
        };
        Ok(what.map(|what| Dated { id, version, day, written, author, what }))
    }

    /// Until when a file is kept, by the notice that its client was given.
    pub(crate) fn until(&self, standing: &Standing) -> Result<Until, Error> {
        let last = day_from(standing.last_contact).ok_or(Error::Damaged("day"))?;
        let registered = self.surroundings().civil(standing.registered).date();
        let rule = self.rule_of(&standing.notice, &standing.notice_version)?;
        Ok(kept_until(last, registered, &rule))
    }

    /// The retention rule of a notice that was given.
    pub(crate) fn rule_of(&self, notice: &str, version: &str) -> Result<Rule, Error> {
        let given = self.given(notice, version)?;
        let retention = given.notice.retention_rule(Layer::Service).ok_or(Error::Damaged("notice"))?;
        Rule::of(retention).map_err(|_| Error::Damaged("notice"))
    }

    /// The notice that a client was given.
    pub(crate) fn given(&self, notice: &str, version: &str) -> Result<Arc<Published>, Error> {
        self.notices().given(notice, version).cloned().ok_or(Error::Damaged("notice version"))
    }
}

/// The clock from the day that stands in the clear. Which contact it was is sealed; it is one that counts, or the registration.
pub(crate) fn kept_until(last: Date, registered: Date, rule: &Rule) -> Until {
    let counts = ContactKind::ALL.iter().copied().find(|kind| rule.counts(*kind));
    let contact = counts.filter(|_| last > registered).map(|kind| ContactDay { day: last, kind });
    let contacts: Vec<ContactDay> = contact.into_iter().collect();
    let mut until = retention::until(&contacts, rule, registered);
    if let Some((before, _)) = until.because.split_once(" (")
        && let Some((_, after)) = until.because.split_once(") ")
    {
        until.because = format!("{before} {after}");
    }
    until
}
