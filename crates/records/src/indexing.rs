//! Filling the index of people: of everybody at the start, and of those who change.
//!
//! What is unsealed at once is a stretch of files, under an entry of the log of its own, so that neither a service of a million
//! people nor an import of a hundred thousand holds more in memory than what is searched.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError};

use access::{Act, Actor, Circumstances, Permit, Request, Subject};
use audit::{Action, Detail};
use casework::{ClientId, Profile, StaffId};
use notice::{Categories, Category, Purpose};
use store::{Row, Rows, sql};
use tokio::task::JoinHandle;
use vault::{FileId, Personal};

use crate::entries::{Stored, entry_columns};
use crate::search::People;
use crate::standing::{FileStatus, purpose_bit};
use crate::{Error, Service};

sql! { records:
    /// A stretch of contact and identity pages of everybody, in the order of their files.
    EVERYBODY = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE kind = 'profile' AND category IN ('contact', 'identity') AND client > $1 ORDER BY client LIMIT $2");
    /// The same of one client.
    SOMEBODY = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE kind = 'profile' AND category IN ('contact', 'identity') AND client = $1");
    /// What stands in the clear of every file.
    HEADS = "SELECT id, adviser, restricted, status, last_contact, (SELECT m.survivor FROM merge m WHERE m.absorbed = client.id AND m.undone IS NULL) FROM client";
    /// The same of one.
    HEAD = "SELECT id, adviser, restricted, status, last_contact, (SELECT m.survivor FROM merge m WHERE m.absorbed = client.id AND m.undone IS NULL) FROM client WHERE id = $1";
    /// What clients took their consent back from, or object to: a row for each, with the bits of the purposes.
    SAID_NO = concat!("SELECT w.client, ", purpose_bit!(), " FROM consent w WHERE w.kind = 'use' AND w.state = 'withdrawn' UNION ALL SELECT o.client, o.stops FROM objection o WHERE o.stops <> 0");
    /// The same of one.
    SAID_NO_ONE = concat!("SELECT w.client, ", purpose_bit!(), " FROM consent w WHERE w.client = $1 AND w.kind = 'use' AND w.state = 'withdrawn' UNION ALL SELECT o.client, o.stops FROM objection o WHERE o.client = $1 AND o.stops <> 0");
}

const INDEX: Action = Action("index");
/// Pages a stretch, when everybody is gone through.
const STRETCH: usize = 4000;
/// Files a stretch, when those are looked up who changed.
const AT_ONCE: usize = 500;

/// What stands in the clear of a file and matters in lists.
pub(crate) struct Head {
    pub(crate) adviser: Option<StaffId>,
    pub(crate) restricted: bool,
    /// Purposes that the client said no to, a bit each in the order of the vocabulary; read beside the row.
    pub(crate) said_no: i64,
    /// Open files before closed ones, then those last in contact.
    pub(crate) standing: u32,
    /// The file that this one was taken up in.
    pub(crate) taken_up: Option<ClientId>,
}

impl Head {
    fn read(row: &Row) -> Result<(ClientId, Head), Error> {
        let open = FileStatus::read(row.text(3)?)? == FileStatus::Active;
        let contact = u32::try_from(row.int(4)?).unwrap_or(0) & (u32::MAX >> 1);
        let head = Head {
            adviser: row.opt_bytes16(1)?.map(StaffId::from_bytes),
            restricted: row.bool(2)?,
            said_no: 0,
            standing: u32::from(open) << 31 | contact,
            taken_up: row.opt_bytes16(5)?.map(ClientId::from_bytes),
        };
        Ok((ClientId::from_bytes(row.bytes16(0)?), head))
    }
}

/// Pages of files one after another, on their way.
struct Reading(JoinHandle<Result<Vec<Rows>, store::Error>>);

impl Reading {
    async fn end(self) -> Result<Stretch, Error> {
        let rows = self.0.await.map_err(|_| Error::Damaged("reading of the index"))??;
        Ok(Stretch { rows: rows.into_iter().next().unwrap_or_default().rows })
    }
}

/// Pages of files one after another.
#[derive(Default)]
struct Stretch {
    rows: Vec<Row>,
}

impl Stretch {
    /// Its files without the last of a full stretch, which may go on in the next one.
    fn whole_files(&self) -> Vec<&Row> {
        let last = self.rows.last().filter(|_| self.rows.len() == STRETCH).and_then(|row| row.blob(9).ok());
        self.rows.iter().filter(|row| last.is_none() || row.blob(9).ok() != last).collect()
    }

    /// After which file the next stretch begins; none after the last stretch.
    fn goes_on_after(&self) -> Result<Option<Vec<u8>>, Error> {
        let last = self.whole_files().last().copied().or(self.rows.last());
        let full = last.filter(|_| self.rows.len() == STRETCH);
        Ok(full.map(|row| row.blob(9)).transpose()?.map(<[u8]>::to_vec))
    }
}

/// The index while everybody is put into it, in a thread of its own.
struct Filling {
    heads: Arc<HashMap<ClientId, Head>>,
    people: JoinHandle<People>,
}

impl Filling {
    fn of(people: People, heads: HashMap<ClientId, Head>) -> Filling {
        Filling { heads: Arc::new(heads), people: tokio::spawn(async { people }) }
    }

    /// Puts these in once those before them are.
    async fn put(&mut self, opened: Vec<(ClientId, Profile)>) -> Result<(), Error> {
        let mut people = (&mut self.people).await.map_err(|_| Error::Damaged("filling of the index"))?;
        let heads = Arc::clone(&self.heads);
        self.people = tokio::task::spawn_blocking(move || {
            let known = opened.iter().filter_map(|(id, profile)| Some((*id, profile, heads.get(id)?)));
            people.put_all(known.filter(|(_, _, head)| head.taken_up.is_none()));
            people
        });
        Ok(())
    }

    async fn end(self) -> Result<People, Error> {
        self.people.await.map_err(|_| Error::Damaged("filling of the index"))
    }
}

impl Service {
    pub(crate) fn index_permit(&self) -> Result<Permit, Error> {
        Ok(self.policy().decide(Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Keeping,
            act: Act::Read,
            subject: Subject::Everyone,
            categories: Categories::from(Category::Contact).with(Category::Identity),
            circumstances: Circumstances::default(),
        })?)
    }

    /// Fills the index with everybody.
    pub(crate) async fn index_everybody(&self) -> Result<(), Error> {
        let (mut people, heads) = (People::default(), self.heads().await?);
        // First those under whose numbers others are found, too.
        let absorbed = heads.iter().filter(|(_, head)| head.taken_up.is_some()).map(|(client, _)| *client);
        for some in absorbed.collect::<Vec<_>>().chunks(AT_ONCE) {
            let batch = some.iter().map(|client| SOMEBODY.with([client.as_bytes().into()])).collect();
            let rows = self.records().read(batch).await?;
            let pages: Vec<&Row> = rows.iter().flat_map(|rows| &rows.rows).collect();
            let opened = self.opened_pages(&pages).await?;
            people.put_all(opened.iter().filter_map(|(id, profile)| Some((*id, profile, heads.get(id)?))));
        }
        let mut filling = Filling::of(people, heads);
        let mut stretch = self.reading(vec![0; 16]).end().await?;
        while !stretch.rows.is_empty() {
            // One stretch is read while the one before is unsealed, and the one before that is put into the index.
            let next = stretch.goes_on_after()?.map(|file| self.reading(file));
            filling.put(self.opened_pages(&stretch.whole_files()).await?).await?;
            stretch = match next {
                Some(next) => next.end().await?,
                None => Stretch::default(),
            };
        }
        let mut people = filling.end().await?;
        people.settle();
        *self.people().write().unwrap_or_else(PoisonError::into_inner) = people;
        Ok(())
    }

    /// What stands in the clear of everybody.
    async fn heads(&self) -> Result<HashMap<ClientId, Head>, Error> {
        let rows = self.records().read(vec![HEADS.with([]), SAID_NO.with([])]).await?;
        let [heads, said_no] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let mut heads: HashMap<ClientId, Head> =
            heads.rows.iter().map(Head::read).collect::<Result<_, _>>()?;
        for row in &said_no.rows {
            if let Some(head) = heads.get_mut(&ClientId::from_bytes(row.bytes16(0)?)) {
                head.said_no |= row.int(1)?;
            }
        }
        Ok(heads)
    }

    /// Begins to read the stretch after this file.
    fn reading(&self, file: Vec<u8>) -> Reading {
        let most = i64::try_from(STRETCH).unwrap_or(i64::MAX);
        let (records, query) = (self.records().clone(), EVERYBODY.with([file.into(), most.into()]));
        Reading(tokio::spawn(async move { records.read(vec![query]).await }))
    }

    /// Brings these clients up to date in the index; one who is no more is dropped at once.
    pub(crate) async fn index_clients(&self, clients: &[ClientId]) -> Result<(), Error> {
        for some in clients.chunks(AT_ONCE) {
            self.index_some(some).await?;
        }
        Ok(())
    }

    async fn index_some(&self, clients: &[ClientId]) -> Result<(), Error> {
        let of_one = |client: &ClientId| {
            let client = || [client.as_bytes().into()];
            [HEAD.with(client()), SOMEBODY.with(client()), SAID_NO_ONE.with(client())]
        };
        let rows = self.records().read(clients.iter().flat_map(of_one).collect()).await?;
        let (mut heads, mut pages) = (HashMap::with_capacity(clients.len()), Vec::new());
        for of_one in rows.chunks(3) {
            let [found, of_one, said_no] = of_one else { return Err(Error::Damaged("batch")) };
            // Without pages nothing is left but what a programme keeps longer, which has no name to be found by.
            if let Some(row) = found.first().filter(|_| !of_one.rows.is_empty()) {
                let (client, mut head) = Head::read(row)?;
                for row in &said_no.rows {
                    head.said_no |= row.int(1)?;
                }
                heads.insert(client, head);
                pages.extend(&of_one.rows);
            }
        }
        let opened = self.opened_pages(&pages).await?;
        // Whose keys are gone is gone.
        let with_keys: HashSet<ClientId> = opened.iter().map(|(client, _)| *client).collect();
        heads.retain(|client, _| with_keys.contains(client));
        {
            let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
            clients.iter().for_each(|client| columns.changed(*client, !heads.contains_key(client)));
        }
        let mut people = self.people().write().unwrap_or_else(PoisonError::into_inner);
        for gone in clients.iter().filter(|client| !heads.contains_key(client)) {
            self.vault().evict((*gone).into());
            people.forget(*gone);
        }
        people.put_all(opened.iter().filter_map(|(id, profile)| Some((*id, profile, heads.get(id)?))));
        Ok(())
    }

    /// Unseals pages, those of one file one after another, under one entry of the log; it is on disk when they are given.
    async fn opened_pages(&self, rows: &[&Row]) -> Result<Vec<(ClientId, Profile)>, Error> {
        let mut files: Vec<FileId> =
            rows.iter().map(|row| Ok(FileId::from_bytes(row.bytes16(9)?))).collect::<Result<_, Error>>()?;
        files.dedup();
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.vault().keys_of(&files).await?;
        let detail = Detail { count: Some(files.len() as u64), ..Detail::default() };
        let entry = self.log().submit(self.index_permit()?, INDEX, detail);
        let mut pieces = Vec::with_capacity(rows.len());
        for row in rows {
            let client = ClientId::from_bytes(row.bytes16(9)?);
            // Without a key: erased after this copy of the records was made. Nobody is brought back; `doctor` counts them.
            let Some(keys) = keys.get(&client.into()) else { continue };
            let page = self.open_entry::<Profile>(&entry, keys, client, &Stored::read(row)?)?;
            pieces.push(page.map(|page| (client, page)));
        }
        let pages = Personal::gather(&entry, pieces)?;
        let receipt = entry.durable().await?;
        let mut opened: Vec<(ClientId, Profile)> = Vec::with_capacity(files.len());
        for (client, page) in pages.release(&receipt)? {
            match opened.last_mut().filter(|(last, _)| *last == client) {
                Some((_, profile)) => *profile = std::mem::take(profile).joined(page),
                None => opened.push((client, page)),
            }
        }
        Ok(opened)
    }
}
