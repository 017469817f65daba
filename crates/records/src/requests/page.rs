//! One request as the lead sees it, and the page of a client's file on which a request is written down.

use access::Act;
use audit::{Action, Detail};
use casework::requests::{Asked, Course, Stands, Step};
use casework::working_days::{BankHolidays, UnknownYear};
use casework::{ClientId, Profile, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, ObjectionTo, Purpose};
use store::sql;
use vault::Personal;

use super::booked;
use super::objections::OBJECTIONS;
use super::{OF_CLIENT, RequestRow, marks, steps, to_answer, works_off};
use crate::appointments::Booked;
use crate::entries::Stored;
use crate::entry_views::CONTACT_PAGE;
use crate::organisations::{Organisation, everybody};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::telling::{OPEN_OF_CLIENT, ToTell};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// In how many entries of other files a client is mentioned, and how much paper there is.
    BESIDES = "SELECT (SELECT COUNT(*) FROM mention m WHERE m.mentioned = $1), (SELECT COUNT(*) FROM paper p WHERE p.client = $1), (SELECT COUNT(*) FROM document d WHERE d.client = $1)";
}

const VIEW: Action = Action("view-request");
const OPEN: Action = Action("open-rights");

/// A step with its words.
#[derive(Debug, Clone)]
pub struct StepView {
    /// What was done.
    pub step: Step,
    /// On which day.
    pub day: Date,
    /// When it was written down.
    pub at: Timestamp,
    /// By whom.
    pub by: StaffId,
    /// What there is to say about it.
    pub words: String,
}

/// A request and all that bears on it.
#[derive(Debug, Clone)]
pub struct RequestPage {
    /// Who it is about; empty once the file was erased.
    pub contact: Profile,
    /// As it stands in the clear.
    pub row: RequestRow,
    /// What was said.
    pub asked: Asked,
    /// What was done, the earliest first.
    pub steps: Vec<StepView>,
    /// Its course.
    pub course: Course,
    /// Where it stands today.
    pub stands: Result<Stands, UnknownYear>,
    /// Whether the file is restricted.
    pub restricted: bool,
    /// What is booked in a restricted file, the next first.
    pub booked: Vec<Booked>,
    /// What the client objects to, since when.
    pub objections: Vec<(ObjectionTo, Timestamp)>,
    /// What recipients of the client's data have to be told.
    pub to_tell: Vec<ToTell>,
    /// In how many entries of other files the client is mentioned by number.
    pub mentioned: u64,
    /// How much paper there is.
    pub papers: u64,
    /// How many versions of documents there are.
    pub documents: u64,
    /// How many marks wait for a second person, were agreed, were not.
    pub marks: (u64, u64, u64),
}

impl RequestPage {
    /// Whether somebody may still be told of an extension.
    #[must_use]
    pub fn extendable(&self) -> bool {
        self.stands.as_ref().is_ok_and(|stands| stands.extension_by.is_some())
    }

    /// The words of the newest step of a kind.
    #[must_use]
    pub fn words_of(&self, step: Step) -> Option<&StepView> {
        self.steps.iter().rev().find(|one| one.step == step)
    }
}

/// The page of a client's file about their rights.
#[derive(Debug, Clone)]
pub struct ClientRequests {
    /// Who it is about.
    pub contact: Profile,
    /// Whether a request may be written down here.
    pub writable: bool,
    /// Their requests, newest first; for the governance lead only.
    pub requests: Vec<RequestRow>,
}

/// A request, what was said, and what was done with its words.
pub(super) type WithWords = (RequestRow, Asked, Vec<StepView>);

enum Piece {
    Contact(Box<Profile>),
    Asked(Asked),
    Step(StepView),
}

impl Service {
    /// The page of a client's file on which a request is written down.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn client_requests(
        &self,
        visit: &Visit,
        client: ClientId,
    ) -> Result<Opened<ClientRequests>, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([id()]), OF_CLIENT.with([id()])])
            .await?;
        let [head, contact, requests] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Read, Category::Contact.into());
        let permit = self.permit(request, OPEN).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, OPEN, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let writing = standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let writable = self.policy().allowed(&writing).contains(Category::Rights);
        let requests = if works_off(visit.role) {
            requests.rows.iter().map(RequestRow::read).collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        Ok(Opened::new(contact.map(move |contact| ClientRequests { contact, writable, requests }), entry))
    }

    /// One request with all that bears on it.
    ///
    /// # Errors
    /// `Error::NotYours`, there is no such request, the rules refuse, or something cannot do its part.
    pub async fn request_page(&self, visit: &Visit, id: RequestId) -> Result<Opened<RequestPage>, Error> {
        self.at_the_desk(visit, works_off(visit.role), VIEW).await?;
        let (row, done) = self.find_request(id).await?;
        let course = row.course(&done);
        let today = self.surroundings().today();
        let stands = course.stands(today, &BankHolidays::england_and_wales());
        let mut page = RequestPage {
            contact: Profile::default(),
            asked: Asked::default(),
            steps: Vec::with_capacity(done.len()),
            course,
            stands,
            restricted: false,
            booked: Vec::new(),
            objections: Vec::new(),
            to_tell: Vec::new(),
            mentioned: 0,
            papers: 0,
            documents: 0,
            marks: (0, 0, 0),
            row,
        };
        let Some(client) = page.row.client else {
            // The file is erased: what is left names nobody.
            let permit = self.permit(self.search_request(visit), VIEW).await?;
            let entry = self.log().submit(permit, VIEW, Detail::default());
            page.steps = done
                .iter()
                .map(|one| StepView {
                    step: one.step,
                    day: one.day,
                    at: one.at,
                    by: one.staff,
                    words: String::new(),
                })
                .collect();
            return Ok(Opened::new(Personal::new(&entry, page), entry));
        };
        let of = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([of()]),
                OBJECTIONS.with([of()]),
                OPEN_OF_CLIENT.with([of()]),
                everybody(),
                BESIDES.with([of()]),
                marks::STATES.with([id.as_bytes().into()]),
                booked::TO_COME.with([of(), self.now().as_microsecond().into()]),
            ])
            .await?;
        let [head, contact, objections, to_tell, directory, besides, states, to_come] = rows.as_slice()
        else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        page.restricted = standing.restricted;
        if page.restricted {
            page.booked = booked::read(&to_come.rows)?;
        }
        for row in &objections.rows {
            let to = row.text(0)?.parse().map_err(|_| Error::Damaged("objection"))?;
            page.objections.push((to, changes::time(row.int(1)?)?));
        }
        let directory: Vec<Organisation> =
            directory.rows.iter().map(Organisation::read).collect::<Result<_, _>>()?;
        page.to_tell =
            to_tell.rows.iter().map(|row| ToTell::read(row, &directory)).collect::<Result<_, _>>()?;
        if let Some(row) = besides.first() {
            page.mentioned = row.int(0)?.unsigned_abs();
            page.papers = row.int(1)?.unsigned_abs();
            page.documents = row.int(2)?.unsigned_abs();
        }
        page.marks = marks::counted(&states.rows)?;
        let wanted = Categories::from(Category::Contact).with(Category::Rights);
        let permit = self.permit(to_answer(&standing, visit, self.now(), Act::Read, wanted), VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let mut pieces = vec![self.open_asked(&entry, &keys, client, &page.row)?.map(Piece::Asked)];
        if let Some(row) = contact.first() {
            let contact = self.open_page(&entry, &keys, client, &Stored::read(row)?)?;
            pieces.push(contact.map(|contact| Piece::Contact(Box::new(contact.profile))));
        }
        for one in &done {
            let (step, day, at, by) = (one.step, one.day, one.at, one.staff);
            let words = self.open_words(&entry, &keys, client, one)?;
            pieces.push(words.map(move |words| Piece::Step(StepView { step, day, at, by, words })));
        }
        let personal = Personal::gather(&entry, pieces)?.map(move |pieces| {
            for piece in pieces {
                match piece {
                    Piece::Contact(contact) => page.contact = *contact,
                    Piece::Asked(asked) => page.asked = asked,
                    Piece::Step(step) => page.steps.push(step),
                }
            }
            page
        });
        Ok(Opened::new(personal, entry))
    }

    /// The requests of a client with their words, for a copy of the file.
    pub(super) fn open_requests(
        &self,
        entry: &audit::Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        rows: &[store::Row],
        done: &[store::Row],
    ) -> Result<Personal<Vec<WithWords>>, Error> {
        let done = steps(done)?;
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            let row = RequestRow::read(row)?;
            let mut words = Vec::new();
            for one in done.iter().filter(|one| one.request == row.id) {
                let (step, day, at, by) = (one.step, one.day, one.at, one.staff);
                let text = self.open_words(entry, keys, client, one)?;
                words.push(text.map(move |words| StepView { step, day, at, by, words }));
            }
            let asked = self.open_asked(entry, keys, client, &row)?;
            let both = asked.and(Personal::gather(entry, words)?)?;
            opened.push(both.map(move |(asked, steps)| (row, asked, steps)));
        }
        Ok(Personal::gather(entry, opened)?)
    }
}
