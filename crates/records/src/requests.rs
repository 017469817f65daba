//! The rights desk: what people ask about their data is written down by anybody here and worked off by the governance lead.
//!
//! Dates, codes and references stand in the clear, so that clocks run without a key and a request outlives the file by its
//! reference alone; words and names are sealed in the file's compartment of rights. A request that is open is itself the reason
//! for which the lead opens the file. See docs/decisions/0019-rights-desk.md.

mod booked;
mod copy;
mod marks;
mod objections;
mod packing;
mod page;
mod portable;
mod pressing;
mod printing;
mod suppression;
mod without_file;
mod work;

use access::{Act, Request, Role};
use audit::{Action, Detail, Outcome as Came};
use casework::requests::{Asked, ClockRules, Course, Ground, Kind, Outcome, Stands, Step, Taken};
use casework::requests::{Asker, Came as Way};
use casework::working_days::{BankHolidays, UnknownYear};
use casework::{ClientId, RequestId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, ContactKind, ObjectionTo, Purpose};
use store::{Query, Row, Value, sql};
use vault::{Beside, Compartment, Personal, Place};

use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes};

pub use copy::{AccessCopy, CopyFile, CopyGroup, CopyPart};
pub use marks::{MarkView, Marking, Review, Reviewed};
pub use packing::{Download, copy_markup};
pub use page::{ClientRequests, RequestPage, StepView};
pub use suppression::{Checked, Suppression, Verdict};

/// The columns of a request, in the order of every statement that reads one.
macro_rules! request_columns {
    () => {
        "id, number, client, kind, came, asker, received, noted, noted_by, objects, doubt, notice, notice_version, clock, outcome, grounds, decided, decided_by, opinion, closed, sealed"
    };
}

sql! { records:
    /// The next number of a request.
    NEXT_NUMBER = "UPDATE counter SET value = value + 1 WHERE name = 'request' RETURNING value";
    /// Writes a request down.
    ADD = "INSERT INTO request (id, number, client, kind, came, asker, received, noted, noted_by, objects, doubt, notice, notice_version, clock, grounds, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15)";
    /// One of them.
    ONE = concat!("SELECT ", request_columns!(), " FROM request WHERE id = $1");
    /// The one with this number.
    BY_NUMBER = concat!("SELECT ", request_columns!(), " FROM request WHERE number = $1");
    /// What is open, the earliest first.
    OPEN_ONES = concat!("SELECT ", request_columns!(), " FROM request WHERE closed IS NULL ORDER BY received, number LIMIT 1000");
    /// What was answered since a day.
    CLOSED_SINCE = concat!("SELECT ", request_columns!(), " FROM request WHERE closed >= $1 ORDER BY closed, number LIMIT 10000");
    /// What was answered last.
    CLOSED_ONES = concat!("SELECT ", request_columns!(), " FROM request WHERE closed IS NOT NULL ORDER BY closed DESC, number DESC LIMIT 50");
    /// Those of a client, newest first.
    OF_CLIENT = concat!("SELECT ", request_columns!(), " FROM request WHERE client = $1 ORDER BY received DESC, number DESC LIMIT 200");
    /// What was done about one.
    STEPS = "SELECT request, seq, id, step, day, at, staff, sealed FROM request_step WHERE request = $1 ORDER BY seq";
    /// What was done about those that are listed.
    STEPS_OF_LISTED = "SELECT s.request, s.seq, s.id, s.step, s.day, s.at, s.staff, NULL FROM request_step s JOIN request r ON r.id = s.request WHERE r.closed IS NULL OR r.closed >= $1 ORDER BY s.request, s.seq";
    /// What was done about those of a client.
    STEPS_OF_CLIENT = "SELECT s.request, s.seq, s.id, s.step, s.day, s.at, s.staff, s.sealed FROM request_step s JOIN request r ON r.id = s.request WHERE r.client = $1 ORDER BY s.request, s.seq";
    /// The file is erased: what is left of a request is its reference, its dates and its codes.
    LET_GO_WORDS = "UPDATE request_step SET sealed = NULL WHERE request IN (SELECT r.id FROM request r WHERE r.client = $1)";
    LET_GO = "UPDATE request SET client = NULL, sealed = NULL WHERE client = $1";
    /// The erasure is what was asked: with it the request is answered.
    pub(crate) ANSWERED_BY_ERASURE = "UPDATE request SET closed = $2, outcome = COALESCE(outcome, 'granted') WHERE client = $1 AND kind = 'erasure' AND closed IS NULL";
}

/// What goes with an erased file, and what stays without the client.
pub(crate) fn letting_go(client: ClientId) -> Vec<Query> {
    let id = || client.as_bytes().into();
    vec![
        LET_GO_WORDS.with([id()]),
        marks::DROP_MARKS.with([id()]),
        objections::DROP_OBJECTIONS.with([id()]),
        suppression::LET_GO.with([id()]),
        LET_GO.with([id()]),
    ]
}

const RECORD: Action = Action("record-request");
const LIST: Action = Action("list-requests");

/// A request as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Which.
    pub id: RequestId,
    /// Its number.
    pub number: i64,
    /// Whose file, while there is one.
    pub client: Option<ClientId>,
    /// What is asked.
    pub kind: Kind,
    /// How it came.
    pub came: Way,
    /// Who asks.
    pub asker: Asker,
    /// When it came.
    pub received: Date,
    /// When it was written down.
    pub noted: Timestamp,
    /// By whom.
    pub noted_by: StaffId,
    /// What is objected to.
    pub objects: Vec<ObjectionTo>,
    /// Whether identity or authority has to be shown.
    pub doubt: bool,
    /// The notice that the client had when it came: its id and version.
    pub notice: (String, String),
    /// Which reading of the clock holds.
    pub clock: ClockRules,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// On which grounds something is not given.
    pub grounds: Vec<Ground>,
    /// When it was decided, and by whom.
    pub decided: Option<(Timestamp, StaffId)>,
    /// When the answer left.
    pub closed: Option<Date>,
    sealed: Option<Vec<u8>>,
}

impl RequestRow {
    fn read(row: &Row) -> Result<RequestRow, Error> {
        let damaged = || Error::Damaged("request");
        let day = |number: i64| day_from(number).ok_or(Error::Damaged("day"));
        let codes = |text: &str| text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let decided = row.opt_int(16)?.zip(row.opt_bytes16(17)?);
        let decided = decided.map(|(at, by)| Ok::<_, Error>((changes::time(at)?, StaffId::from_bytes(by))));
        Ok(RequestRow {
            id: RequestId::from_bytes(row.bytes16(0)?),
            number: row.int(1)?,
            client: row.opt_bytes16(2)?.map(ClientId::from_bytes),
            kind: row.text(3)?.parse().map_err(|_| damaged())?,
            came: row.text(4)?.parse().map_err(|_| damaged())?,
            asker: row.text(5)?.parse().map_err(|_| damaged())?,
            received: day(row.int(6)?)?,
            noted: changes::time(row.int(7)?)?,
            noted_by: StaffId::from_bytes(row.bytes16(8)?),
            objects: codes(row.text(9)?)
                .iter()
                .map(|code| code.parse().map_err(|_| damaged()))
                .collect::<Result<_, _>>()?,
            doubt: row.bool(10)?,
            notice: (row.text(11)?.to_owned(), row.text(12)?.to_owned()),
            clock: row.text(13)?.parse().map_err(|_| damaged())?,
            outcome: row.opt_text(14)?.map(str::parse).transpose().map_err(|_| damaged())?,
            grounds: codes(row.text(15)?)
                .iter()
                .map(|code| code.parse().map_err(|_| damaged()))
                .collect::<Result<_, _>>()?,
            decided: decided.transpose()?,
            closed: row.opt_int(19)?.map(day).transpose()?,
            sealed: row.opt_blob(20)?.map(<[u8]>::to_vec),
        })
    }

    /// How people speak of it: `R-101`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("R-{}", self.number)
    }

    /// Its course, from what was done about it.
    fn course(&self, steps: &[StepRow]) -> Course {
        let own = steps.iter().filter(|step| step.request == self.id);
        let mut steps: Vec<(Step, Date)> = own.map(|step| (step.step, step.day)).collect();
        // What an erasure answered has nobody left to write to.
        if let Some(day) = self.closed.filter(|_| steps.iter().all(|(step, _)| *step != Step::Sent)) {
            steps.push((Step::Sent, day));
        }
        Course {
            kind: self.kind,
            at_once: casework::requests::is_at_once(&self.objects),
            doubt: self.doubt,
            has_file: self.client.is_some(),
            received: self.received,
            steps,
        }
    }
}

/// A step as it stands in the clear.
#[derive(Debug, Clone)]
pub(crate) struct StepRow {
    request: RequestId,
    seq: i64,
    id: [u8; 16],
    step: Step,
    day: Date,
    at: Timestamp,
    staff: StaffId,
    sealed: Option<Vec<u8>>,
}

impl StepRow {
    fn read(row: &Row) -> Result<StepRow, Error> {
        Ok(StepRow {
            request: RequestId::from_bytes(row.bytes16(0)?),
            seq: row.int(1)?,
            id: row.bytes16(2)?,
            step: row.text(3)?.parse().map_err(|_| Error::Damaged("request step"))?,
            day: day_from(row.int(4)?).ok_or(Error::Damaged("day"))?,
            at: changes::time(row.int(5)?)?,
            staff: StaffId::from_bytes(row.bytes16(6)?),
            sealed: row.opt_blob(7)?.map(<[u8]>::to_vec),
        })
    }
}

fn steps(rows: &[Row]) -> Result<Vec<StepRow>, Error> {
    rows.iter().map(StepRow::read).collect()
}

/// A line of the queue.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The request.
    pub row: RequestRow,
    /// Whose; none once the file was erased, and for a restricted file, which is in no list.
    pub who: Option<Shown>,
    /// Where it stands; or the year whose bank holidays are not known.
    pub stands: Result<Stands, UnknownYear>,
    /// Whether it was answered after its day.
    pub answered_late: bool,
}

/// The queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// What is open, the most pressing first.
    pub open: Vec<Listed>,
    /// What was answered last.
    pub closed: Vec<Listed>,
    /// In how many copies something waits for a second person.
    pub to_review: Vec<Listed>,
}

/// Where what is sealed of a request belongs. It is written once.
fn place(table: &'static str, row: [u8; 16], client: ClientId) -> Place<'static> {
    Place {
        table,
        row,
        version: 1,
        file: client.into(),
        compartment: &Compartment::Rights,
        category: Category::Rights,
        beside: Beside::NOTHING,
    }
}

/// Whether a role works requests off.
#[must_use]
pub const fn works_off(role: Role) -> bool {
    matches!(role, Role::Governance)
}

/// Whether a role sees the queue: the manager sees what presses, and reviews what is taken out of copies.
#[must_use]
pub const fn sees_queue(role: Role) -> bool {
    matches!(role, Role::Governance | Role::Manager)
}

/// A request to the rules about `categories` of a file, to answer what its client asks. A request that was written down is
/// the reason.
fn to_answer(
    standing: &Standing,
    visit: &Visit,
    now: Timestamp,
    act: Act,
    categories: Categories,
) -> Request {
    let mut request = standing.request_for(visit, now, Purpose::Rights, act, categories);
    request.circumstances.reason = true;
    request
}

impl Service {
    /// Writes down that somebody asked. Anybody who may open the client's page may do it; the clock runs from the day on which
    /// it came. What is objected to stops while it is weighed, direct marketing for good.
    ///
    /// # Errors
    /// A refusal, there is no such file, or a store failed; then nothing is written.
    pub async fn record_request(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        taken: &Taken,
    ) -> Result<RequestId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(RequestId::from_bytes(made));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, RECORD).await?;
        if taken.from == Asker::ForChild && self.is_grown_up(client) {
            let text = "By the date of birth in this file the client is not a child. Choose somebody who acts for them";
            return Err(Error::Faults(vec![casework::Fault::new("from", text)]));
        }
        let keys = self.vault().keys(client.into()).await?;
        let rows = self.records().write(vec![NEXT_NUMBER.with([])]).await?;
        let number = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("counter"))?.int(0)?;
        let id = RequestId::from_bytes(self.draw());
        let at = place("request", *id.as_bytes(), client);
        let sealed = self.vault().seal(&permit, &keys, &at, &taken.asked)?;
        let change = self.log().change(permit, RECORD, &Detail::default());
        let objects: Vec<&str> = taken.objects.iter().map(|to| to.code()).collect();
        let clock = ClockRules::Uk2026;
        let mut batch = vec![ADD.with([
            id.as_bytes().into(),
            number.into(),
            client.as_bytes().into(),
            taken.kind.code().into(),
            taken.came.code().into(),
            taken.from.code().into(),
            day_number(taken.received).into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            objects.join(" ").into(),
            taken.doubt.into(),
            standing.notice.as_str().into(),
            standing.notice_version.as_str().into(),
            clock.code().into(),
            sealed.into(),
        ])];
        batch.extend(self.objecting(&standing, id, &taken.objects, now)?);
        if taken.objects.contains(&ObjectionTo::DirectMarketing) {
            batch.extend(self.suppressing(client).await?);
        }
        // Only the client is in touch with us, and only if it is they.
        if taken.from == Asker::Client && !taken.doubt {
            batch.extend(self.contact_moves(&standing, ContactKind::RightsRequest, taken.received)?);
        }
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, form, *id.as_bytes(), change, batch).await?;
        Ok(RequestId::from_bytes(made))
    }

    /// The queue: what is open with its clock, what was answered last, and what waits for a second person.
    ///
    /// # Errors
    /// `Error::NotYours` for a role that has no part in it; the store failed.
    pub async fn request_queue(&self, visit: &Visit) -> Result<Opened<Queue>, Error> {
        self.at_the_desk(visit, sees_queue(visit.role), LIST).await?;
        let permit = self.permit(self.search_request(visit), LIST).await?;
        let today = self.surroundings().today();
        let all = self.listed(today).await?;
        let detail = Detail { count: Some(all.open.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, all), entry))
    }

    /// What is open and what was answered last, with numbers and dates and nobody's name: for whoever runs the service.
    ///
    /// # Errors
    /// The store or the log failed.
    pub async fn requests_by_number(&self) -> Result<Queue, Error> {
        let mut queue = self.listed(self.surroundings().today()).await?;
        for one in queue.open.iter_mut().chain(&mut queue.closed).chain(&mut queue.to_review) {
            one.who = None;
        }
        self.log().event(None, LIST, Came::Done).durable().await?;
        Ok(queue)
    }

    async fn listed(&self, today: Date) -> Result<Queue, Error> {
        let since = day_number(today.checked_sub(jiff::Span::new().days(400)).unwrap_or(today));
        let rows = self
            .records()
            .read(vec![
                OPEN_ONES.with([]),
                CLOSED_ONES.with([]),
                STEPS_OF_LISTED.with([since.into()]),
                marks::WAITING.with([]),
            ])
            .await?;
        let [open, closed, done, waiting] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let done = steps(&done.rows)?;
        let holidays = BankHolidays::england_and_wales();
        let list = |rows: &[Row]| {
            rows.iter()
                .map(|row| {
                    let row = RequestRow::read(row)?;
                    let course = row.course(&done);
                    let stands = course.stands(today, &holidays);
                    let answered_late = course.answered_late(&holidays).unwrap_or_default();
                    let who = row.client.and_then(|client| self.known_as(client, Purpose::Rights));
                    Ok(Listed { who, stands, answered_late, row })
                })
                .collect::<Result<Vec<Listed>, Error>>()
        };
        let mut open = list(&open.rows)?;
        open.sort_by_key(|one| match &one.stands {
            // One whose day cannot be reckoned comes first: somebody has to look.
            Err(_) => (false, None, None, one.row.number),
            Ok(stands) => (true, Some(std::cmp::Reverse(stands.pressing)), stands.due, one.row.number),
        });
        let waiting: Vec<RequestId> = waiting
            .rows
            .iter()
            .map(|row| Ok(RequestId::from_bytes(row.bytes16(0)?)))
            .collect::<Result<_, Error>>()?;
        let to_review = open.iter().filter(|one| waiting.contains(&one.row.id)).cloned().collect();
        Ok(Queue { open, closed: list(&closed.rows)?, to_review })
    }

    /// Refuses, and writes down, somebody who has no part in the desk.
    async fn at_the_desk(&self, visit: &Visit, may: bool, action: Action) -> Result<(), Error> {
        if may {
            return Ok(());
        }
        let refused = Came::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours(
            "The governance lead works off what people ask about their data. Write a request down from the client’s file, under Rights.",
        ))
    }

    /// A request with its steps.
    async fn find_request(&self, id: RequestId) -> Result<(RequestRow, Vec<StepRow>), Error> {
        let asked = vec![ONE.with([id.as_bytes().into()]), STEPS.with([id.as_bytes().into()])];
        let rows = self.records().read(asked).await?;
        let [found, done] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let row = RequestRow::read(found.first().ok_or(Error::NoSuchFile)?)?;
        Ok((row, steps(&done.rows)?))
    }

    /// The request with this number, `R-101` or `101`.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn request_numbered(&self, reference: &str) -> Result<RequestRow, Error> {
        let digits = reference.trim().trim_start_matches(['R', 'r']).trim_start_matches('-');
        let number = digits.parse::<i64>().map_err(|_| Error::NoSuchFile)?;
        let rows = self.records().read(vec![BY_NUMBER.with([number.into()])]).await?;
        RequestRow::read(rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?)
    }

    /// What was said, and the words of the steps that have some.
    fn open_asked(
        &self,
        entry: &audit::Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        row: &RequestRow,
    ) -> Result<Personal<Asked>, Error> {
        match &row.sealed {
            Some(sealed) => {
                let at = place("request", *row.id.as_bytes(), client);
                Ok(self.vault().open::<Asked>(entry, keys, &at, sealed)?)
            }
            None => Ok(Personal::new(entry, Asked::default())),
        }
    }

    fn open_words(
        &self,
        entry: &audit::Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        step: &StepRow,
    ) -> Result<Personal<String>, Error> {
        match &step.sealed {
            Some(sealed) => {
                let at = place("request_step", step.id, client);
                Ok(self.vault().open::<String>(entry, keys, &at, sealed)?)
            }
            None => Ok(Personal::new(entry, String::new())),
        }
    }
}

/// A value of an id that may not be there.
fn opt(day: Option<Date>) -> Value {
    day.map(day_number).into()
}
