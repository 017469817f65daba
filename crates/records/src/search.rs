//! Finding people: an index in memory, made at the start by one bulk opening and kept fresh by the feed of changes.
//!
//! Names cannot be searched in SQL when they are sealed. Nothing of the index is ever written to disk.

use std::collections::HashMap;
use std::sync::PoisonError;

use access::{Act, Actor, Circumstances, Permit, Request, Role, Subject};
use audit::{Action, Detail};
use casework::looks::Marks;
use casework::profile::fields;
use casework::{ClientId, Profile, StaffId};
use jiff::civil::Date;
use matching::{Index, Person};
use notice::{Categories, Category, FieldId, Purpose};
use store::{Row, sql};
use vault::{FileId, FileKeys, Personal};

use crate::duplicates::Twins;
use crate::entries::{Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::{FileStatus, purpose_of};
use crate::{Error, Opened, Service};

sql! { records:
    /// A stretch of contact and identity pages of everybody, in the order of their files.
    EVERYBODY = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE kind = 'profile' AND category IN ('contact', 'identity') AND client > $1 ORDER BY client LIMIT $2");
    /// The same of one client.
    SOMEBODY = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE kind = 'profile' AND category IN ('contact', 'identity') AND client = $1");
    /// What stands in the clear of every file.
    HEADS = "SELECT id, adviser, restricted, status, last_contact, (SELECT m.survivor FROM merge m WHERE m.absorbed = client.id AND m.undone IS NULL) FROM client";
    /// The same of one.
    HEAD = "SELECT id, adviser, restricted, status, last_contact, (SELECT m.survivor FROM merge m WHERE m.absorbed = client.id AND m.undone IS NULL) FROM client WHERE id = $1";
}

/// What is shown of somebody in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose file.
    pub client: ClientId,
    /// Name as it is shown.
    pub name: String,
    /// Client number.
    pub number: String,
    /// Born on.
    pub born: Option<Date>,
    /// Whose caseload.
    pub adviser: Option<StaffId>,
}

pub(crate) struct Known {
    shown: Shown,
    pub(crate) sort: String,
    pub(crate) restricted: bool,
    /// What a review of looks compares; it cannot be read back.
    pub(crate) marks: Marks,
}

/// Everybody, in memory.
#[derive(Default)]
pub(crate) struct People {
    index: Index,
    pub(crate) twins: Twins,
    pub(crate) known: HashMap<ClientId, Known>,
    numbers: HashMap<String, ClientId>,
    /// Files that were taken up in others: in which, and the number under which they are still found.
    taken_up: HashMap<ClientId, (ClientId, String)>,
}

/// Somebody found, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub who: Shown,
    /// What matched, in words.
    pub why: String,
}

const INDEX: Action = Action("index");
const SEARCH: Action = Action("search");
/// Files a stretch.
const STRETCH: i64 = 4000;
/// Files that changed and are read at once.
const CHANGED: usize = 1000;
/// So many files are few.
const FEW: usize = 4;

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

    /// Fills the index with everybody: one bulk opening, one entry in the log.
    pub(crate) async fn index_everybody(&self) -> Result<(), Error> {
        let mut people = People::default();
        let heads = self.records().read(vec![HEADS.with([])]).await?;
        let heads = heads.into_iter().next().unwrap_or_default().rows;
        let count = heads.len() as u64;
        let heads: HashMap<ClientId, Head> = heads.iter().map(head).collect::<Result<_, _>>()?;
        let entry = self.log().submit(
            self.index_permit()?,
            INDEX,
            Detail { count: Some(count), ..Detail::default() },
        );
        let mut gathered = Personal::new(&entry, Vec::new());
        let mut after = vec![0_u8; 16];
        loop {
            let rows =
                self.records().read(vec![EVERYBODY.with([after.clone().into(), STRETCH.into()])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            let Some(last) = rows.last() else { break };
            let full = rows.len() as i64 == STRETCH;
            let last = last.blob(9)?.to_vec();
            // The last file of a full stretch may go on in the next one.
            let whole: Vec<&Row> =
                rows.iter().filter(|row| !full || row.blob(9).is_ok_and(|id| id != last)).collect();
            let files: Vec<FileId> = whole
                .iter()
                .map(|row| Ok(FileId::from_bytes(row.bytes16(9)?)))
                .collect::<Result<_, Error>>()?;
            let keys = self.vault().keys_of(&files).await?;
            let mut pieces = Vec::with_capacity(whole.len());
            for row in &whole {
                let client = ClientId::from_bytes(row.bytes16(9)?);
                // Without a key: erased after this copy of the records was made. Nobody is brought back; `doctor` counts them.
                let Some(keys) = keys.get(&client.into()) else { continue };
                pieces.push(
                    self.open_entry::<Profile>(&entry, keys, client, &Stored::read(row)?)?
                        .map(|page| (client, page)),
                );
            }
            gathered = gathered.and(Personal::gather(&entry, pieces)?)?.map(|(mut all, more)| {
                all.extend(more);
                all
            });
            after = match whole.last() {
                Some(row) => row.blob(9)?.to_vec(),
                None => last,
            };
            if !full {
                break;
            }
        }
        let receipt = entry.durable().await?;
        let mut profiles: HashMap<ClientId, Profile> = HashMap::new();
        for (client, page) in gathered.release(&receipt)? {
            let profile = profiles.remove(&client).unwrap_or_default().joined(page);
            profiles.insert(client, profile);
        }
        let known = || profiles.iter().filter_map(|(id, profile)| Some((*id, profile, heads.get(id)?)));
        people.put_all(known());
        *self.people().write().unwrap_or_else(PoisonError::into_inner) = people;
        Ok(())
    }

    /// Brings these clients up to date in the index; one who is no more is dropped at once.
    pub(crate) async fn index_clients(&self, clients: &[ClientId]) -> Result<(), Error> {
        let mut changed = Vec::with_capacity(clients.len());
        for stretch in clients.chunks(CHANGED) {
            changed.extend(self.read_changed(stretch).await?);
        }
        let changed = changed.iter().map(|(client, profile, head)| (*client, profile, head));
        self.people().write().unwrap_or_else(PoisonError::into_inner).put_all(changed);
        Ok(())
    }

    /// What the index holds of these clients, opened under one entry of the log. Who is no more is dropped.
    async fn read_changed(&self, clients: &[ClientId]) -> Result<Vec<(ClientId, Profile, Head)>, Error> {
        let asked = clients.iter().flat_map(|client| {
            [HEAD.with([client.as_bytes().into()]), SOMEBODY.with([client.as_bytes().into()])]
        });
        let rows = self.records().read(asked.collect()).await?;
        let mut there = Vec::with_capacity(clients.len());
        for (client, found) in clients.iter().zip(rows.chunks(2)) {
            let [heads, pages] = found else { return Err(Error::Damaged("batch")) };
            // Gone, or nothing is left but what a programme keeps longer, which has no name to be found by.
            let known = heads.first().filter(|_| !pages.rows.is_empty());
            self.columns().write().unwrap_or_else(PoisonError::into_inner).changed(*client, known.is_none());
            match known {
                Some(row) => there.push((*client, head(row)?.1, pages.rows.as_slice())),
                None => {
                    self.vault().evict((*client).into());
                    self.people().write().unwrap_or_else(PoisonError::into_inner).forget(*client);
                }
            }
        }
        if there.is_empty() {
            return Ok(Vec::new());
        }
        let files: Vec<FileId> = there.iter().map(|(client, ..)| FileId::from(*client)).collect();
        let keys = self.keys_of_changed(&files).await?;
        let detail = Detail { count: Some(there.len() as u64), ..Detail::default() };
        let entry = self.log().submit(self.index_permit()?, INDEX, detail);
        let mut opened = Vec::with_capacity(there.len());
        for (client, head, pages) in there {
            let keys = keys.get(&client.into()).ok_or(vault::Error::NoKeys)?;
            let profile = self.open_pages(&entry, keys, client, pages)?;
            opened.push(profile.map(|profile| (client, profile, head)));
        }
        Ok(Personal::gather(&entry, opened)?.release(&entry.durable().await?)?)
    }

    /// The keys of files that changed: those of a few are in memory most of the time.
    async fn keys_of_changed(&self, files: &[FileId]) -> Result<HashMap<FileId, FileKeys>, Error> {
        if files.len() > FEW {
            return Ok(self.vault().keys_of(files).await?);
        }
        let mut keys = HashMap::with_capacity(files.len());
        for file in files {
            keys.insert(*file, self.vault().keys(*file).await?);
        }
        Ok(keys)
    }

    fn open_pages(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        rows: &[Row],
    ) -> Result<Personal<Profile>, Error> {
        let mut pages = Vec::new();
        for row in rows {
            pages.push(self.open_entry::<Profile>(entry, keys, client, &Stored::read(row)?)?);
        }
        Ok(Personal::gather(entry, pages)?
            .map(|pages| pages.into_iter().fold(Profile::default(), Profile::joined)))
    }

    pub(crate) fn search_request(&self, visit: &Visit) -> Request {
        let mut categories = Categories::from(Category::Contact);
        if visit.role != Role::Receptionist {
            categories = categories.with(Category::Identity);
        }
        Request {
            actor: Actor { id: visit.staff.into(), role: visit.role },
            purpose: purpose_of(visit.role),
            act: Act::Search,
            subject: Subject::Everyone,
            categories,
            circumstances: Circumstances::default(),
        }
    }

    /// Finds people by what was typed, best first. Restricted files are not found. The search is an entry of its own.
    ///
    /// # Errors
    /// The rules refuse this role, or the log failed.
    pub async fn find_clients(
        &self,
        visit: &Visit,
        typed: &str,
        most: usize,
    ) -> Result<Opened<Vec<Found>>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, SEARCH).await?;
        let with_birth = request.categories.contains(Category::Identity);
        let typed: String = typed.chars().take(200).collect();
        let found: Vec<Found> = {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let may = |key: &matching::Key| {
                people.known.get(&ClientId::from_bytes(*key)).is_some_and(|k| !k.restricted)
            };
            let hits = people.index.search_where(&typed, most, may);
            hits.iter()
                .filter_map(|hit| {
                    let known = people.known.get(&ClientId::from_bytes(hit.key))?;
                    Some(Found { who: known.shown(with_birth), why: hit.why.to_string() })
                })
                .collect()
        };
        let detail = Detail { count: Some(found.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, SEARCH, detail);
        Ok(Opened::new(Personal::new(&entry, found), entry))
    }

    /// How many people can be found: what `kept doctor` compares with the number of files.
    #[must_use]
    pub fn people_known(&self) -> usize {
        self.people().read().unwrap_or_else(PoisonError::into_inner).known.len()
    }

    /// What lists show of a client; none for a restricted file, which is in no list. For sentences whose entry covers the name.
    pub(crate) fn known_as(&self, client: ClientId) -> Option<Shown> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.known.get(&client).filter(|known| !known.restricted).map(|known| known.shown(false))
    }

    /// The number of a file that was taken up in another one.
    pub(crate) fn number_taken_up(&self, client: ClientId) -> Option<String> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.taken_up.get(&client).map(|(_, number)| number.clone())
    }

    /// Whose file has this number, for commands that name a client by it.
    pub(crate) fn client_by_number(&self, number: &str) -> Option<ClientId> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.with_number(&number.trim().to_ascii_uppercase())
    }
}

impl Known {
    pub(crate) fn adviser(&self) -> Option<StaffId> {
        self.shown.adviser
    }

    pub(crate) fn shown(&self, with_birth: bool) -> Shown {
        let mut shown = self.shown.clone();
        if !with_birth {
            shown.born = None;
        }
        shown
    }
}

impl People {
    /// Puts these people in: first those that were taken up in others or are so no longer, so that the others' numbers are known.
    fn put_all<'p>(&mut self, people: impl Iterator<Item = (ClientId, &'p Profile, &'p Head)> + Clone) {
        for (client, profile, head) in people.clone() {
            match head.taken_up {
                Some(survivor) => {
                    self.forget(client);
                    let number = profile.text(&fields::CLIENT_NUMBER).unwrap_or_default().to_owned();
                    self.numbers.insert(number.clone(), client);
                    self.taken_up.insert(client, (survivor, number));
                }
                None => {
                    self.taken_up.remove(&client);
                }
            }
        }
        for (client, profile, head) in people.filter(|(_, _, head)| head.taken_up.is_none()) {
            self.put(client, profile, head);
        }
    }

    /// In which file a client's entries are now.
    fn goes_on_in(&self, client: ClientId) -> ClientId {
        let mut now = client;
        // More steps than files that were ever made one.
        for _ in 0..self.taken_up.len() {
            match self.taken_up.get(&now) {
                Some((survivor, _)) => now = *survivor,
                None => break,
            }
        }
        now
    }

    fn put(&mut self, client: ClientId, profile: &Profile, head: &Head) {
        let text = |field: FieldId| profile.text(&field).map(str::to_owned);
        let born = profile.date(&fields::DATE_OF_BIRTH);
        self.twins.put(client, profile);
        let other_numbers: Vec<String> = self
            .taken_up
            .iter()
            .filter(|(absorbed, _)| self.goes_on_in(**absorbed) == client)
            .map(|(_, (_, number))| number.clone())
            .collect();
        let number = text(fields::CLIENT_NUMBER).unwrap_or_default();
        self.index.insert(&Person {
            key: *client.as_bytes(),
            names: [fields::NAME, fields::KNOWN_AS, fields::FORMER_NAME]
                .into_iter()
                .filter_map(text)
                .collect(),
            dob: born
                .and_then(|d| Some((d.year(), u8::try_from(d.month()).ok()?, u8::try_from(d.day()).ok()?))),
            postcode: text(fields::POSTCODE),
            phones: [fields::MOBILE_PHONE, fields::OTHER_PHONE].into_iter().filter_map(text).collect(),
            emails: text(fields::EMAIL).into_iter().collect(),
            nino: text(fields::NINO),
            number: (!number.is_empty()).then(|| number.clone()),
            other_numbers,
            standing: head.standing,
        });
        let name = profile.display_name().unwrap_or("Name not recorded").to_owned();
        self.numbers.insert(number.clone(), client);
        let shown = Shown { client, name, number, born, adviser: head.adviser };
        self.known.insert(
            client,
            Known {
                shown,
                sort: profile.sort_name().to_lowercase(),
                restricted: head.restricted,
                marks: Marks::of_client(profile),
            },
        );
    }

    /// Whose file has this number, as it is kept: `NB-20417`.
    pub(crate) fn with_number(&self, number: &str) -> Option<ClientId> {
        self.numbers.get(number).map(|client| self.goes_on_in(*client))
    }

    fn forget(&mut self, client: ClientId) {
        self.index.remove(client.as_bytes());
        self.twins.forget(client);
        if let Some((_, number)) = self.taken_up.remove(&client) {
            self.numbers.remove(&number);
        }
        if let Some(known) = self.known.remove(&client) {
            self.numbers.remove(&known.shown.number);
        }
    }
}

/// What stands in the clear of a file and matters in lists.
struct Head {
    adviser: Option<StaffId>,
    restricted: bool,
    /// Open files before closed ones, then those last in contact.
    standing: u32,
    /// The file that this one was taken up in.
    taken_up: Option<ClientId>,
}

fn head(row: &Row) -> Result<(ClientId, Head), Error> {
    let open = FileStatus::read(row.text(3)?)? == FileStatus::Active;
    let contact = u32::try_from(row.int(4)?).unwrap_or(0) & (u32::MAX >> 1);
    let head = Head {
        adviser: row.opt_bytes16(1)?.map(StaffId::from_bytes),
        restricted: row.bool(2)?,
        standing: u32::from(open) << 31 | contact,
        taken_up: row.opt_bytes16(5)?.map(ClientId::from_bytes),
    };
    Ok((ClientId::from_bytes(row.bytes16(0)?), head))
}
