//! Finding people: an index in memory, filled at the start and kept fresh by the feed of changes (`indexing`).
//!
//! Names cannot be searched in SQL when they are sealed. Nothing of the index is ever written to disk.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

use access::{Act, Actor, Circumstances, Request, Role, Subject};
use audit::{Action, Detail};
use casework::looks::Marks;
use casework::profile::fields;
use casework::{ClientId, Profile, StaffId, dates, names};
use jiff::civil::Date;
use matching::{Index, Person};
use notice::{Categories, Category, FieldId, Purpose};
use vault::Personal;

use crate::duplicates::Twins;
use crate::indexing::Head;
use crate::sessions::Visit;
use crate::standing::{Standing, purpose_of};
use crate::taken_up::TakenUp;
use crate::{Error, Opened, Service};

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

/// What lists need of somebody, in as little memory as it takes: there may be a million.
pub(crate) struct Known {
    client: ClientId,
    /// Empty where none is recorded.
    name: Box<str>,
    number: Box<str>,
    born: Option<Date>,
    adviser: Option<StaffId>,
    pub(crate) restricted: bool,
    /// Purposes that the client said no to, a bit each in the order of the vocabulary.
    said_no: i64,
    /// What a review of looks compares; it cannot be read back.
    pub(crate) marks: Marks,
}

/// Everybody, in memory.
#[derive(Default)]
pub(crate) struct People {
    index: Index,
    pub(crate) twins: Twins,
    pub(crate) known: HashMap<ClientId, Box<Known>>,
    taken_up: TakenUp,
}

/// Somebody found, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub who: Shown,
    /// What matched, in words.
    pub why: String,
}

const SEARCH: Action = Action("search");
/// Clients asked about in one batch.
const AT_ONCE: usize = 500;

impl Service {
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

    /// Finds people by what was typed, best first. Restricted files are found by the desk for people's rights
    /// alone, and nobody is found who took back their consent to
    /// what this role opens files for, or objects to it. The search is an entry of its own.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
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
        let mut found: Vec<Found> = {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let may = |key: &matching::Key| {
                let known = people.known.get(&ClientId::from_bytes(*key));
                known.is_some_and(|known| known.is_found_for(request.purpose))
            };
            let hits = people.index.search_where(&typed, most, may);
            hits.iter()
                .filter_map(|hit| {
                    let known = people.known.get(&ClientId::from_bytes(hit.key))?;
                    Some(Found { who: known.shown(with_birth), why: hit.why.to_string() })
                })
                .collect()
        };
        let hits: Vec<ClientId> = found.iter().map(|one| one.who.client).collect();
        let (standings, purpose) = (self.standings_now(visit, &hits).await?, request.purpose);
        found.retain_mut(|one| {
            let Some(now) = standings.iter().find(|now| now.client == one.who.client) else { return false };
            if now.restricted {
                one.why.push_str("; a restricted file");
            }
            now.is_shown_for(purpose) || at_the_desk(purpose, now.restricted)
        });
        let detail = Detail { count: Some(found.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, SEARCH, detail);
        Ok(Opened::new(Personal::new(&entry, found), entry))
    }

    /// Who of these may be shown to this visitor at this moment. The index follows the feed of changes, half a second behind the
    /// other servers; what a client said no to holds at once, so the records are asked before anybody is shown.
    pub(crate) async fn shown_now(
        &self,
        visit: &Visit,
        clients: &[ClientId],
    ) -> Result<HashSet<ClientId>, Error> {
        let purpose = purpose_of(visit.role);
        let standings = self.standings_now(visit, clients).await?;
        let shown = standings.iter().filter(|one| one.is_shown_for(purpose));
        Ok(shown.map(|one| one.client).collect())
    }

    /// How this visitor stands to these files at this moment; those that are gone or were taken up meanwhile are left out.
    pub(crate) async fn standings_now(
        &self,
        visit: &Visit,
        clients: &[ClientId],
    ) -> Result<Vec<Standing>, Error> {
        let mut standings = Vec::with_capacity(clients.len());
        for some in clients.chunks(AT_ONCE) {
            let asked = some.iter().map(|client| Standing::query(*client, visit)).collect();
            for (client, rows) in some.iter().zip(self.records().read(asked).await?) {
                match Standing::read(*client, rows.first()) {
                    Ok(standing) => standings.push(standing),
                    Err(Error::NoSuchFile | Error::TakenUp(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(standings)
    }

    /// How many people can be found: what `kept doctor` compares with the number of files.
    #[must_use]
    pub fn people_known(&self) -> usize {
        self.people().read().unwrap_or_else(PoisonError::into_inner).known.len()
    }

    /// Whether a client is known to be 18 or older; false where no date of birth is.
    pub(crate) fn is_grown_up(&self, client: ClientId) -> bool {
        let today = self.surroundings().today();
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.known.get(&client).is_some_and(|known| known.is_grown_up(today))
    }

    /// What lists for a purpose show of a client; none for a restricted file, which is in no list, and for a purpose that the
    /// client said no to. For sentences whose entry covers the name.
    pub(crate) fn known_as(&self, client: ClientId, purpose: Purpose) -> Option<Shown> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        let known = people.known.get(&client).filter(|known| known.is_shown_for(purpose))?;
        Some(known.shown(false))
    }

    /// The name of a client for a sentence that has a permit for their file, restricted or not.
    pub(crate) fn named(&self, client: ClientId) -> Option<Shown> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.known.get(&client).map(|known| known.shown(false))
    }

    /// The number of a file that was taken up in another one.
    pub(crate) fn number_taken_up(&self, client: ClientId) -> Option<String> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.taken_up.number(client).map(str::to_owned)
    }

    /// Whose file has this number, for commands that name a client by it.
    pub(crate) fn client_by_number(&self, number: &str) -> Option<ClientId> {
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        people.with_number(&number.trim().to_ascii_uppercase())
    }
}

/// The desk at which people use their rights finds a restricted file: whoever asks for it to be put right, lifted or answered
/// must not be told that there is none (UK GDPR Art. 12(2), 18(2)).
fn at_the_desk(purpose: Purpose, restricted: bool) -> bool {
    purpose == Purpose::Rights && restricted
}

impl Known {
    /// As [`Standing::is_shown_for`], as far as the index knows.
    pub(crate) fn is_shown_for(&self, purpose: Purpose) -> bool {
        !self.restricted && self.said_no & (1 << purpose as u8) == 0
    }

    /// Whether a search for this purpose finds it.
    fn is_found_for(&self, purpose: Purpose) -> bool {
        self.is_shown_for(purpose) || at_the_desk(purpose, self.restricted)
    }

    pub(crate) fn adviser(&self) -> Option<StaffId> {
        self.adviser
    }

    /// Whether the date of birth says that they are 18 or older on a day.
    fn is_grown_up(&self, today: Date) -> bool {
        self.born.is_some_and(|born| dates::months_later(born, 18 * 12) <= today)
    }

    /// What lists are sorted by.
    pub(crate) fn sort(&self) -> String {
        names::sort_name(&self.name).to_lowercase()
    }

    pub(crate) fn shown(&self, with_birth: bool) -> Shown {
        let name = if self.name.is_empty() { "Name not recorded" } else { &*self.name };
        Shown {
            client: self.client,
            name: name.to_owned(),
            number: self.number.to_string(),
            born: self.born.filter(|_| with_birth),
            adviser: self.adviser,
        }
    }
}

impl People {
    /// Puts these people in: first those that were taken up in others or are so no longer, so that the others' numbers are known.
    pub(crate) fn put_all<'p>(
        &mut self,
        people: impl Iterator<Item = (ClientId, &'p Profile, &'p Head)> + Clone,
    ) {
        for (client, profile, head) in people.clone() {
            match head.taken_up {
                Some(survivor) => {
                    self.forget(client);
                    let number = profile.text(&fields::CLIENT_NUMBER).unwrap_or_default().to_owned();
                    self.taken_up.insert(client, survivor, number);
                }
                None => self.taken_up.remove(client),
            }
        }
        for (client, profile, head) in people.filter(|(_, _, head)| head.taken_up.is_none()) {
            self.put(client, profile, head);
        }
    }

    /// Gives back the room that growing left over, once everybody was put in.
    pub(crate) fn settle(&mut self) {
        self.index.settle();
        self.known.shrink_to_fit();
    }

    fn put(&mut self, client: ClientId, profile: &Profile, head: &Head) {
        let text = |field: FieldId| profile.text(&field).map(str::to_owned);
        let born = profile.date(&fields::DATE_OF_BIRTH);
        self.twins.put(client, profile);
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
            other_numbers: self.taken_up.numbers_in(client),
            standing: head.standing,
        });
        let known = Known {
            client,
            name: profile.display_name().unwrap_or_default().into(),
            number: number.into(),
            born,
            adviser: head.adviser,
            restricted: head.restricted,
            said_no: head.said_no,
            marks: Marks::of_client(profile),
        };
        self.known.insert(client, Box::new(known));
    }

    /// Whose file has this number, as it is kept: `NB-20417`.
    pub(crate) fn with_number(&self, number: &str) -> Option<ClientId> {
        let has = |client: &ClientId| self.known.get(client).is_some_and(|known| *known.number == *number);
        let own = self.index.numbered(number).map(ClientId::from_bytes).find(has);
        own.or_else(|| Some(self.taken_up.goes_on_in(self.taken_up.with_number(number)?)))
    }

    pub(crate) fn forget(&mut self, client: ClientId) {
        self.index.remove(client.as_bytes());
        self.twins.forget(client);
        self.taken_up.remove(client);
        self.known.remove(&client);
    }
}
