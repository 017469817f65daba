//! Paper in the filing system: a register of what stands where and who has it, found by the number on its label.
//!
//! What a paper is belongs to the client's file and is sealed with its key. Where it stands is sealed with the service's own:
//! when the file is erased, a label and a place are left, so that somebody can find the paper and destroy it. Until somebody
//! says that it is destroyed, the erasure is not complete (promise P14).

use std::sync::PoisonError;

use access::{Act, Permit};
use audit::{Action, Detail, Entry};
use casework::paper::{Place as Stand, State};
use casework::profile::fields;
use casework::{ClientId, Fault, PaperId, Profile, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category};
use store::{Query, Row, Rows, Value, sql};
use vault::{Beside, Compartment, FileKeys, Personal, Place};

use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// The next number of a label.
    NEXT_LABEL = "UPDATE counter SET value = value + 1 WHERE name = 'paper-label' RETURNING value";
    /// Adds a piece of paper to the register.
    ADD = "INSERT INTO paper (id, label, client, erasure, state, lent_to, due_back, written, author, version, place, what) VALUES ($1, $2, $3, NULL, 'here', NULL, NULL, $4, $5, 1, $6, $7)";
    /// The paper of a client.
    pub(crate) OF_CLIENT = concat!("SELECT ", columns!(), " FROM paper WHERE client = $1 ORDER BY label LIMIT 500");
    /// One of them.
    ONE = concat!("SELECT ", columns!(), " FROM paper WHERE id = $1");
    /// The one with this label.
    BY_LABEL = "SELECT id FROM paper WHERE label = $1";
    /// What somebody has, and what has to be destroyed.
    OUT = concat!("SELECT ", columns!(), " FROM paper WHERE state IN ('lent', 'to-destroy') ORDER BY state DESC, due_back, label LIMIT 2000");
    /// How many there are in all.
    COUNT_ALL = "SELECT COUNT(*) FROM paper WHERE state <> 'destroyed'";
    /// What became of it.
    CHANGE = "UPDATE paper SET state = $3, lent_to = $4, due_back = $5, written = $6, author = $7, place = $8, version = $2 + 1 WHERE id = $1 AND version = $2";
    /// The file is erased: what is left is a label, a place, and the task to destroy the paper.
    pub(crate) ASK_TO_DESTROY = "UPDATE paper SET client = NULL, erasure = $1, what = NULL, state = 'to-destroy', written = $2, version = version + 1 WHERE client = $1 AND state <> 'destroyed'";
    /// Paper that was destroyed before the file was.
    pub(crate) DROP_DESTROYED = "DELETE FROM paper WHERE client = $1 AND state = 'destroyed'";
}

/// The columns of a paper, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, label, client, state, lent_to, due_back, written, author, version, place, what"
    };
}
use columns;

const TABLE: &str = "paper";
const CATEGORY: Category = Category::Casework;
/// How the notice names these entries.
const NOTICE_ENTRY: &str = "paper";

const ADD_ACTION: Action = Action("add-paper");
const LIST: Action = Action("list-paper");
const VIEW: Action = Action("view-paper");
const LEND: Action = Action("lend-paper");
const RETURN: Action = Action("return-paper");
const MOVE: Action = Action("move-paper");
const DESTROYED: Action = Action("destroy-paper");

/// A piece of paper.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Which.
    pub id: PaperId,
    /// The number on its label.
    pub label: i64,
    /// Whose file it belongs to; none once that was erased.
    pub client: Option<ClientId>,
    /// What became of it.
    pub state: State,
    /// Who has it.
    pub lent_to: Option<StaffId>,
    /// When it is due back.
    pub due_back: Option<Date>,
    /// When this was written.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// Its version, which a form sends back.
    pub version: i64,
    /// Where it stands.
    pub place: Stand,
    /// What it is, for those who may read the work with the client.
    pub what: Option<String>,
}

/// A piece of paper and whose it is.
#[derive(Debug, Clone)]
pub struct WithWhom {
    /// The paper.
    pub paper: Paper,
    /// Whose; none for an erased file, or one that is in no list.
    pub who: Option<Shown>,
}

/// A piece of paper on its own page.
#[derive(Debug, Clone)]
pub struct OnePaper {
    /// The paper.
    pub paper: Paper,
    /// The client's contact details.
    pub contact: Option<Profile>,
    /// Whether something can be done with it.
    pub writable: bool,
}

/// The register as it concerns the office: what is out, what has to go.
#[derive(Debug, Clone)]
pub struct Register {
    /// What is lent or has to be destroyed.
    pub out: Vec<WithWhom>,
    /// How much paper there is in all.
    pub all: u64,
}

/// What is done with a piece of paper.
#[derive(Debug, Clone)]
pub enum Doing {
    /// Somebody takes it.
    Lend {
        /// Who.
        to: StaffId,
        /// Until when.
        due_back: Date,
    },
    /// It is back in its place.
    Return,
    /// It stands elsewhere now.
    Move(Stand),
    /// It is destroyed.
    Destroyed,
}

impl Service {
    /// Puts a piece of paper into the register and gives it a label.
    ///
    /// # Errors
    /// The rules refuse, the notice that the client was given does not name paper, or a store failed.
    pub async fn add_paper(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        what: &str,
        stands: &Stand,
    ) -> Result<PaperId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(PaperId::from_bytes(made));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, CATEGORY.into()), ADD_ACTION).await?;
        let given = self.given(&standing.notice, &standing.notice_version)?;
        let named = given
            .notice
            .category(CATEGORY)
            .is_some_and(|held| held.entries.iter().any(|e| e == NOTICE_ENTRY));
        if !named {
            return Err(Error::NotNamed { what: "Paper".into(), version: standing.notice_version });
        }
        let rows = self.records().write(vec![NEXT_LABEL.with([])]).await?;
        let label = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("counter"))?.int(0)?;
        let id = PaperId::from_bytes(self.draw());
        let keys = self.vault().keys(client.into()).await?;
        let sealed = self.vault().seal(&permit, &keys, &at(id, client), &what)?;
        let change = self.log().change(permit, ADD_ACTION, &Detail::default());
        let mut batch = vec![ADD.with([
            id.as_bytes().into(),
            label.into(),
            client.as_bytes().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            self.seal_stand(id, stands)?.into(),
            sealed.into(),
        ])];
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, form, *id.as_bytes(), change, batch).await?;
        Ok(PaperId::from_bytes(made))
    }

    /// What is lent and what has to be destroyed, over all files: labels, places and names, and nothing else of a file.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn paper_out(&self, visit: &Visit) -> Result<Opened<Register>, Error> {
        let request = self.search_request(visit);
        let with_birth = request.categories.contains(Category::Identity);
        let permit = self.permit(request, LIST).await?;
        let rows = self.records().read(vec![OUT.with([]), COUNT_ALL.with([])]).await?;
        let [out, all] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let mut listed = Vec::with_capacity(out.rows.len());
        for row in &out.rows {
            let (paper, _) = self.read_paper(row)?;
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let known = paper.client.and_then(|client| people.known.get(&client));
            let who = known
                .filter(|known| known.is_shown_for(request.purpose))
                .map(|known| known.shown(with_birth));
            listed.push(WithWhom { paper, who });
        }
        let all = all.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        let detail = Detail { count: Some(listed.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, Register { out: listed, all }), entry))
    }

    /// The paper with this label, wherever it belongs. Its number names nobody.
    ///
    /// # Errors
    /// The store failed.
    pub async fn paper_by_label(&self, label: i64) -> Result<Option<PaperId>, Error> {
        let rows = self.records().read(vec![BY_LABEL.with([label.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first());
        Ok(row.map(|row| row.bytes16(0)).transpose()?.map(PaperId::from_bytes))
    }

    /// One piece of paper, with whose it is.
    ///
    /// # Errors
    /// The rules refuse, there is no such paper, or something cannot do its part.
    pub async fn paper(&self, visit: &Visit, id: PaperId) -> Result<Opened<OnePaper>, Error> {
        let (paper, what) = self.find_paper(id).await?;
        let now = self.now();
        let Some(client) = paper.client else {
            let permit = self.permit(self.search_request(visit), VIEW).await?;
            let entry = self.log().submit(permit, VIEW, Detail::default());
            let one = OnePaper { paper, contact: None, writable: true };
            return Ok(Opened::new(Personal::new(&entry, one), entry));
        };
        let contact = CONTACT_PAGE.with([client.as_bytes().into()]);
        let rows = self.records().read(vec![Standing::query(client, visit), contact]).await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let (mut request, readable) = self.readable(visit, &standing, now);
        request.categories = Categories::from(Category::Contact);
        if readable.contains(CATEGORY) {
            request.categories = request.categories.with(CATEGORY);
        }
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let page = Stored::read(contact.first().ok_or(Error::NoSuchFile)?)?;
        let contact = self.open_page(&entry, &keys, client, &page)?;
        let what = match what.filter(|_| readable.contains(CATEGORY)) {
            Some(sealed) => self.vault().open::<String>(&entry, &keys, &at(id, client), &sealed)?.map(Some),
            None => Personal::new(&entry, None),
        };
        let writable =
            self.policy().allowed(&standing.request(visit, now, Act::Write, Category::Contact.into()));
        let writable = writable.contains(Category::Contact);
        let one = contact.and(what)?.map(move |(page, what)| OnePaper {
            paper: Paper { what, ..paper },
            contact: Some(page.profile),
            writable,
        });
        Ok(Opened::new(one, entry))
    }

    /// Lends a paper, takes it back, moves it, or says that it is destroyed. `version` is the one that was seen.
    ///
    /// # Errors
    /// `Error::Faults` for what cannot be done with it as it is; somebody else changed it meanwhile; the rules refuse; a store
    /// failed.
    pub async fn change_paper(
        &self,
        visit: &Visit,
        id: PaperId,
        version: i64,
        act: Doing,
    ) -> Result<(), Error> {
        let (paper, _) = self.find_paper(id).await?;
        if paper.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let (action, next) = self.next_of(paper, act)?;
        let permit = self.permit_for(visit, &next, action).await?;
        let now = self.now();
        let change = self.log().change(permit, action, &Detail::default());
        let mut batch: Vec<Query> = vec![
            CHANGE
                .with([
                    id.as_bytes().into(),
                    version.into(),
                    next.state.code().into(),
                    next.lent_to.map_or(Value::Null, |who| who.as_bytes().into()),
                    next.due_back.map(day_number).into(),
                    now.as_microsecond().into(),
                    visit.staff.as_bytes().into(),
                    self.seal_stand(id, &next.place)?.into(),
                ])
                .expecting(1),
            change.outbox(),
        ];
        if let Some(client) = next.client {
            batch.extend(changes::of_client(client, now));
        }
        self.records().write(batch).await.map_err(crate::staff::changed_meanwhile)?;
        change.committed();
        self.follow_changes().await
    }

    /// What an act makes of a paper.
    fn next_of(&self, paper: Paper, act: Doing) -> Result<(Action, Paper), Error> {
        let fault = |field: &'static str, text: &str| Err(Error::Faults(vec![Fault::new(field, text)]));
        match act {
            Doing::Lend { to, due_back } => {
                if !paper.state.can_be_lent() {
                    return fault("to", "Somebody has this already, or it is to be destroyed");
                }
                if due_back < self.surroundings().today() {
                    return fault("due", "Choose today or a later day");
                }
                let works =
                    self.directory().member(to).is_some_and(|m| m.status == crate::staff::Status::Active);
                if !works {
                    return fault("to", "Choose somebody who works here");
                }
                Ok((LEND, Paper { state: State::Lent, lent_to: Some(to), due_back: Some(due_back), ..paper }))
            }
            Doing::Return if paper.state == State::Lent => {
                Ok((RETURN, Paper { state: State::Here, lent_to: None, due_back: None, ..paper }))
            }
            Doing::Move(place) if matches!(paper.state, State::Here | State::Lent) => {
                Ok((MOVE, Paper { place, ..paper }))
            }
            Doing::Destroyed if paper.state != State::Destroyed => {
                Ok((DESTROYED, Paper { state: State::Destroyed, lent_to: None, due_back: None, ..paper }))
            }
            Doing::Return | Doing::Move(_) | Doing::Destroyed => {
                fault("do", "This cannot be done with it as it is now")
            }
        }
    }

    /// Whoever may write a client's contact details sees to their paper, reception included; paper of an erased file is seen to
    /// by anybody who may look for people at all.
    async fn permit_for(&self, visit: &Visit, paper: &Paper, action: Action) -> Result<Permit, Error> {
        let Some(client) = paper.client else {
            return self.permit(self.search_request(visit), action).await;
        };
        let standing = self.standing(visit, client).await?;
        self.permit(standing.request(visit, self.now(), Act::Write, Category::Contact.into()), action).await
    }

    async fn find_paper(&self, id: PaperId) -> Result<(Paper, Option<Vec<u8>>), Error> {
        let rows = self.records().read(vec![ONE.with([id.as_bytes().into()])]).await?;
        self.read_paper(rows.first().and_then(|rows| rows.first()).ok_or(Error::NoSuchFile)?)
    }

    /// A row, and what it is, still sealed.
    fn read_paper(&self, row: &Row) -> Result<(Paper, Option<Vec<u8>>), Error> {
        let id = PaperId::from_bytes(row.bytes16(0)?);
        let paper = Paper {
            id,
            label: row.int(1)?,
            client: row.opt_bytes16(2)?.map(ClientId::from_bytes),
            state: State::of(row.text(3)?).ok_or(Error::Damaged("paper state"))?,
            lent_to: row.opt_bytes16(4)?.map(StaffId::from_bytes),
            due_back: row.opt_int(5)?.map(|day| day_from(day).ok_or(Error::Damaged("day"))).transpose()?,
            written: changes::time(row.int(6)?)?,
            author: StaffId::from_bytes(row.bytes16(7)?),
            version: row.int(8)?,
            place: self.vault().open_service(TABLE, *id.as_bytes(), 1, row.blob(9)?)?,
            what: None,
        };
        Ok((paper, row.opt_blob(10)?.map(<[u8]>::to_vec)))
    }

    fn seal_stand(&self, id: PaperId, stands: &Stand) -> Result<Vec<u8>, Error> {
        Ok(self.vault().seal_service(TABLE, *id.as_bytes(), 1, stands)?)
    }

    /// The paper of a client, with what it is for those who may know.
    pub(crate) fn open_papers(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        rows: &Rows,
        readable: bool,
    ) -> Result<Personal<Vec<Paper>>, Error> {
        let mut papers = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let (paper, what) = self.read_paper(row)?;
            let opened = match (paper.client, what.filter(|_| readable)) {
                (Some(client), Some(sealed)) => self
                    .vault()
                    .open::<String>(entry, keys, &at(paper.id, client), &sealed)?
                    .map(move |what| Paper { what: Some(what), ..paper }),
                _ => Personal::new(entry, paper),
            };
            papers.push(opened);
        }
        Ok(Personal::gather(entry, papers)?)
    }
}

impl OnePaper {
    /// The client's name and number, if there is a client.
    #[must_use]
    pub fn whose(&self) -> Option<(&str, &str)> {
        let contact = self.contact.as_ref()?;
        Some((contact.display_name()?, contact.text(&fields::CLIENT_NUMBER).unwrap_or_default()))
    }
}

/// Where what a paper is belongs. It is written once.
fn at(id: PaperId, client: ClientId) -> Place<'static> {
    Place {
        table: TABLE,
        row: *id.as_bytes(),
        version: 1,
        file: client.into(),
        compartment: &Compartment::File,
        category: CATEGORY,
        beside: Beside::NOTHING,
    }
}
