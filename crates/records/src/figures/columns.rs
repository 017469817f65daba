//! Everybody as codes, in memory and nowhere else.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError};

use audit::{Action, Detail, Entry};
use casework::figures::{Happened, Measure};
use casework::outcomes::{self, Record, RuleSet};
use casework::profile::fields;
use casework::{ClientId, EntryId, Meeting, MeetingKind, Profile, Written};
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use statistics::{Ledger, Secret};
use store::{Row, sql};
use vault::{FileId, Personal};

use super::dimensions::{Dimension, dimensions, programmes, readable, request};
use crate::entries::{Stored, entry_columns};
use crate::surroundings::day_from;
use crate::{Error, Service, changes, secrets};

sql! { records:
    /// What stands in the clear of a stretch of files, with the purposes whose consent was taken back, a bit each.
    HEADS = "SELECT c.id, c.registered, c.restricted, (SELECT COALESCE(SUM(CASE w.purpose WHEN 'statistics' THEN 4 WHEN 'equality-duty' THEN 16 WHEN 'bids' THEN 32 ELSE 0 END), 0) FROM consent w WHERE w.client = c.id AND w.kind = 'use' AND w.state = 'withdrawn') FROM client c WHERE c.id >= $1 AND c.id <= $2 ORDER BY c.id";
    /// Their pages, meetings, and what tells of outcomes.
    PIECES = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE client >= $1 AND client <= $2 AND kind IN ('profile', 'meeting', 'spell', 'earning', 'evidence')");
    /// The days of support, and to which appointments they came.
    SUPPORT = "SELECT client, day FROM entry WHERE client >= $1 AND client <= $2 AND kind = 'support'";
    CAME = "SELECT client, starts FROM appointment WHERE client >= $1 AND client <= $2 AND state IN ('attended', 'late')";
    /// The programmes whose notice they were given, the newest last.
    HELD = "SELECT client, notice FROM notice_held WHERE client >= $1 AND client <= $2 ORDER BY given";
    /// The secret that rounds figures.
    FIND_SECRET = "SELECT sealed FROM figure_secret WHERE name = 'rounding'";
    ADD_SECRET = "INSERT INTO figure_secret (name, sealed) VALUES ('rounding', $1) ON CONFLICT (name) DO NOTHING";
}

const COUNT: Action = Action("gather-figures");
/// Files a stretch.
const STRETCH: usize = 200;
/// From so many changed files on everybody is read again.
const MANY: usize = 2000;

/// Somebody as codes. No name, no id of anything but the file.
pub(crate) struct Person {
    /// What the secret draws for them.
    pub(crate) number: u64,
    pub(crate) born: Option<Date>,
    /// A code for each dimension, in their order; 0 where it hangs on the period.
    pub(crate) codes: Vec<u16>,
    pub(crate) happened: Happened,
    took_back: i64,
}

impl Person {
    /// Whether they are counted for a purpose: those who took their consent back are not.
    pub(crate) fn counts_for(&self, purpose: Purpose) -> bool {
        self.took_back & (1 << purpose as u8) == 0
    }
}

/// Everybody who can be counted, as things stood when it was read.
pub(crate) struct Everybody {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) people: BTreeMap<ClientId, Person>,
    /// Which notice the dimensions come from.
    notice: String,
    /// Changes whenever anybody does.
    pub(crate) generation: u64,
    /// What was answered inside the service about these very people.
    pub(crate) answered: Ledger,
}

/// What is held in memory.
#[derive(Default)]
pub(crate) struct Columns {
    everybody: Option<Everybody>,
    /// Files that changed since.
    changed: BTreeSet<ClientId>,
    generations: u64,
    /// Whether everybody is to be read again.
    forgotten: bool,
}

impl Columns {
    /// Notes that a file changed; one that is no more is dropped at once.
    pub(crate) fn changed(&mut self, client: ClientId, gone: bool) {
        if gone && let Some(everybody) = &mut self.everybody {
            everybody.people.remove(&client);
            self.generations += 1;
            everybody.others(self.generations);
        }
        self.changed.insert(client);
    }

    /// Everything is read again at the next question.
    pub(crate) fn forget(&mut self) {
        self.everybody = None;
        self.forgotten = true;
    }
}

impl Columns {
    /// Remembers what was answered, if it was about the people who are there now.
    pub(crate) fn answered(&mut self, generation: u64, ledger: Ledger) {
        if let Some(everybody) = self.everybody.as_mut().filter(|now| now.generation == generation) {
            everybody.answered.join(ledger);
        }
    }
}

impl Everybody {
    /// These are other people than before: what was answered was about others.
    fn others(&mut self, generation: u64) {
        self.generation = generation;
        self.answered = Ledger::default();
    }
}

/// A piece of a file, as far as it is counted.
enum Piece {
    Page { born: Option<Date>, codes: Vec<(usize, u16)> },
    Contact(bool),
    Written(EntryId, &'static str, Written),
}

impl Service {
    /// Works on everybody as they are now. What changed since the last question is read first.
    pub(crate) async fn with_everybody<T>(&self, work: impl FnOnce(&mut Everybody) -> T) -> Result<T, Error> {
        let _turn = self.gathering().lock().await;
        // What changes while it is read is read again: somebody erased meanwhile does not come back.
        loop {
            let notice = format!("{} {}", self.notices().words(), self.notices().all().len());
            let (whole, changed) = {
                let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
                let fits = columns.everybody.as_ref().is_some_and(|known| known.notice == notice);
                let forgotten = std::mem::take(&mut columns.forgotten);
                let whole = forgotten || !fits || columns.changed.len() > MANY;
                (whole, std::mem::take(&mut columns.changed))
            };
            if !whole && changed.is_empty() {
                break;
            }
            let gathered = self.gather(&notice, (!whole).then_some(&changed)).await;
            let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
            let new = match gathered {
                Ok(new) => new,
                Err(error) => {
                    columns.changed.extend(changed);
                    columns.forgotten |= whole;
                    return Err(error);
                }
            };
            columns.generations += 1;
            let generation = columns.generations;
            let known = columns.everybody.get_or_insert_with(|| Everybody {
                people: BTreeMap::new(),
                dimensions: Vec::new(),
                notice: String::new(),
                generation,
                answered: Ledger::default(),
            });
            if whole {
                *known = new;
            } else {
                known.people.retain(|client, _| !changed.contains(client));
                known.people.extend(new.people);
            }
            known.others(generation);
        }
        let mut columns = self.columns().write().unwrap_or_else(PoisonError::into_inner);
        columns.everybody.as_mut().map(work).ok_or(Error::ChangedMeanwhile)
    }

    /// Reads everybody, or these. One bulk opening for each purpose, one entry in the log for each.
    async fn gather(&self, notice: &str, only: Option<&BTreeSet<ClientId>>) -> Result<Everybody, Error> {
        let notices = self.notices();
        let dimensions = Arc::new(dimensions(self.policy(), &notices));
        let secret = self.figure_secret().await?;
        let stretches: Vec<(ClientId, ClientId)> = match only {
            Some(only) => only.iter().map(|client| (*client, *client)).collect(),
            None => self.stretches().await?,
        };
        let mut everybody = Everybody {
            dimensions: (*dimensions).clone(),
            people: BTreeMap::new(),
            notice: notice.to_owned(),
            generation: 0,
            answered: Ledger::default(),
        };
        let count = Detail { count: only.map(|only| only.len() as u64), ..Detail::default() };
        let mut under = Vec::new();
        for purpose in [Purpose::Statistics, Purpose::EqualityDuty] {
            let categories = readable(self.policy(), &notices, purpose);
            // Each category is opened once: equality answers under the equality duty, the rest for statistics.
            let own: Categories = categories
                .iter()
                .filter(|category| (*category == Category::Equality) == (purpose == Purpose::EqualityDuty))
                .collect();
            if own.is_empty() {
                continue;
            }
            let permit = self.policy().decide(request(purpose, own))?;
            under.push((purpose, own, self.log().submit(permit, COUNT, count.clone())));
        }
        let rules = RuleSet::core().map_err(|_| Error::Damaged("rules of outcomes"))?;
        let today = self.surroundings().today();
        let programmes = programmes(&notices);
        let mut pieces: Vec<Vec<Personal<(ClientId, i64, Piece)>>> =
            under.iter().map(|_| Vec::new()).collect();
        for (from, to) in stretches {
            let range = || [from.as_bytes().into(), to.as_bytes().into()];
            let rows = self
                .records()
                .read(vec![
                    HEADS.with(range()),
                    PIECES.with(range()),
                    SUPPORT.with(range()),
                    CAME.with(range()),
                    HELD.with(range()),
                ])
                .await?;
            let [heads, found, support, came, held] = rows.as_slice() else {
                return Err(Error::Damaged("batch"));
            };
            for row in &heads.rows {
                // A restricted file is stored and nothing more (UK GDPR Art. 18).
                if row.bool(2)? {
                    continue;
                }
                let client = ClientId::from_bytes(row.bytes16(0)?);
                let mut person = Person {
                    number: secret.person(client.as_bytes()),
                    born: None,
                    codes: everybody.dimensions.iter().map(unanswered).collect(),
                    happened: Happened::default(),
                    took_back: row.int(3)?,
                };
                let registered = self.surroundings().civil(changes::time(row.int(1)?)?).date();
                person.happened.add(Measure::Starts, registered);
                if person.counts_for(Purpose::Statistics) {
                    everybody.people.insert(client, person);
                }
            }
            let people = &mut everybody.people;
            for row in &support.rows {
                if let Some(person) = people.get_mut(&ClientId::from_bytes(row.bytes16(0)?)) {
                    person.happened.add(Measure::Support, day(row.int(1)?)?);
                }
            }
            for row in &came.rows {
                if let Some(person) = people.get_mut(&ClientId::from_bytes(row.bytes16(0)?)) {
                    let day = self.surroundings().civil(changes::time(row.int(1)?)?).date();
                    person.happened.add(Measure::Contacts, day);
                }
            }
            if let Some(at) = everybody.dimensions.iter().position(|dimension| dimension.id == "programme") {
                for row in &held.rows {
                    let title = programmes.iter().find(|(id, _)| row.text(1).is_ok_and(|held| held == id));
                    let person = people.get_mut(&ClientId::from_bytes(row.bytes16(0)?));
                    if let (Some((_, title)), Some(person)) = (title, person)
                        && let (Some(code), Some(dimension)) =
                            (person.codes.get_mut(at), everybody.dimensions.get(at))
                    {
                        *code = dimension.place(title);
                    }
                }
            }
            let open: Vec<&Row> = found
                .rows
                .iter()
                .filter(|row| row.bytes16(9).is_ok_and(|id| people.contains_key(&ClientId::from_bytes(id))))
                .collect();
            let files: Vec<FileId> = open
                .iter()
                .map(|row| Ok(FileId::from_bytes(row.bytes16(9)?)))
                .collect::<Result<_, Error>>()?;
            let keys = self.vault().keys_of(&files).await?;
            for row in open {
                let client = ClientId::from_bytes(row.bytes16(9)?);
                let stored = Stored::read(row)?;
                let Some(keys) = keys.get(&client.into()) else { continue };
                let stops =
                    people.get(&client).is_some_and(|person| !person.counts_for(Purpose::EqualityDuty));
                if stored.category == Category::Equality && stops {
                    continue;
                }
                let one = under.iter().zip(&mut pieces);
                for ((_, categories, entry), pieces) in one {
                    if categories.contains(stored.category) {
                        let dimensions = Arc::clone(&dimensions);
                        if let Some(piece) = self.piece(entry, keys, client, &stored, dimensions)? {
                            pieces.push(piece);
                        }
                    }
                }
            }
        }
        let mut records: HashMap<ClientId, Vec<(EntryId, &'static str, Written)>> = HashMap::new();
        for ((_, _, entry), pieces) in under.into_iter().zip(pieces) {
            let gathered = Personal::gather(&entry, pieces)?;
            let receipt = entry.durable().await?;
            for (client, on, piece) in gathered.release(&receipt)? {
                let Some(person) = everybody.people.get_mut(&client) else { continue };
                match piece {
                    Piece::Page { born, codes } => {
                        person.born = born.or(person.born);
                        for (at, answer) in codes {
                            if let Some(code) = person.codes.get_mut(at) {
                                *code = answer;
                            }
                        }
                    }
                    Piece::Contact(true) => person.happened.add(Measure::Contacts, day(on)?),
                    Piece::Contact(false) => {}
                    Piece::Written(id, form, written) => {
                        records.entry(client).or_default().push((id, form, written));
                    }
                }
            }
        }
        for (client, person) in &mut everybody.people {
            if let Some(written) = records.get(client) {
                let entries: Vec<outcomes::Entry<'_>> = written
                    .iter()
                    .map(|(id, form, written)| outcomes::Entry { id: *id, form, written })
                    .collect();
                let from = person.happened.first(Measure::Starts).unwrap_or(today);
                person.happened.add_reached(&Record::from_entries(from, &entries).record, &rules, today);
            }
            person.happened.done();
        }
        Ok(everybody)
    }

    /// One piece of a file, reduced to what is counted before anything else sees it.
    fn piece(
        &self,
        entry: &Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        stored: &Stored,
        dimensions: Arc<Vec<Dimension>>,
    ) -> Result<Option<Personal<(ClientId, i64, Piece)>>, Error> {
        let (day, id) = (stored.day, stored.id);
        let form = match stored.kind.as_str() {
            "profile" => {
                let notices = self.notices();
                let category = stored.category;
                let opened = self.open_entry::<Profile>(entry, keys, client, stored)?;
                return Ok(Some(opened.map(move |profile| {
                    let of_page = |dimension: &Dimension| {
                        dimension.from.as_ref().is_some_and(|(id, _)| {
                            notices.catalogue().field(id).is_some_and(|field| field.category == category)
                        })
                    };
                    let codes = dimensions
                        .iter()
                        .enumerate()
                        .filter(|(_, dimension)| of_page(dimension))
                        .map(|(at, dimension)| (at, dimension.code(&profile, &notices)))
                        .collect();
                    (client, day, Piece::Page { born: profile.date(&fields::DATE_OF_BIRTH), codes })
                })));
            }
            "meeting" => {
                let opened = self.open_entry::<Meeting>(entry, keys, client, stored)?;
                return Ok(Some(opened.map(move |meeting| {
                    let counts = meeting.took_part && meeting.kind != MeetingKind::FileNote;
                    (client, day, Piece::Contact(counts))
                })));
            }
            "spell" => "spell",
            "earning" => "earning",
            "evidence" => "evidence",
            _ => return Ok(None),
        };
        let opened = self.open_entry::<Written>(entry, keys, client, stored)?;
        Ok(Some(opened.map(move |written| (client, day, Piece::Written(id, form, written)))))
    }

    /// All files, in stretches of their ids.
    async fn stretches(&self) -> Result<Vec<(ClientId, ClientId)>, Error> {
        let all = [[0_u8; 16].into(), [255_u8; 16].into()];
        let rows = self.records().read(vec![HEADS.with(all)]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let ids: Vec<ClientId> =
            rows.iter().map(|row| Ok(ClientId::from_bytes(row.bytes16(0)?))).collect::<Result<_, Error>>()?;
        Ok(ids.chunks(STRETCH).filter_map(|some| Some((*some.first()?, *some.last()?))).collect())
    }

    /// The secret that rounds: drawn once for the service, so that every server and every start gives the same figures.
    pub(crate) async fn figure_secret(&self) -> Result<Secret, Error> {
        const ROW: [u8; 16] = [0; 16];
        loop {
            let rows = self.records().read(vec![FIND_SECRET.with([])]).await?;
            if let Some(row) = rows.first().and_then(|rows| rows.first()) {
                let text: String = self.vault().open_service("figure_secret", ROW, 1, row.blob(0)?)?;
                let mut bytes = [0; 32];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| Error::Damaged("secret of figures"))?;
                return Ok(Secret::new(bytes));
            }
            let text = hex::encode(secrets::random::<32>()?);
            let sealed = self.vault().seal_service("figure_secret", ROW, 1, &text)?;
            self.records().write(vec![ADD_SECRET.with([sealed.into()])]).await?;
        }
    }
}

fn unanswered(dimension: &Dimension) -> u16 {
    match dimension.from {
        Some(_) => dimension.place(casework::figures::NOT_RECORDED),
        // Age follows from the period; whoever has no programme stands at the last place.
        None => u16::try_from(dimension.categories.len().saturating_sub(1)).unwrap_or(u16::MAX),
    }
}

fn day(number: i64) -> Result<Date, Error> {
    day_from(number).ok_or(Error::Damaged("day"))
}
