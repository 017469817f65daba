//! Reading everybody for figures: a bulk permit for each purpose, an entry in the log for each, and of every piece only what is
//! counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use audit::{Action, Detail, Entry};
use casework::figures::{Happened, Measure, NOT_RECORDED};
use casework::outcomes::{self, Record, RuleSet};
use casework::profile::fields;
use casework::{ClientId, EntryId, Meeting, MeetingKind, Profile, Written};
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use statistics::Secret;
use store::{Row, Rows, sql};
use tokio::task::JoinHandle;
use vault::{FileId, Personal};

use super::dimensions::{Dimension, dimensions, programmes, readable, request};
use super::everybody::{Everybody, Person};
use crate::entries::{Stored, entry_columns};
use crate::surroundings::day_from;
use crate::{Error, Service, changes, secrets};

sql! { records:
    /// All files.
    FILES = "SELECT id FROM client ORDER BY id";
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
/// Stretches under one entry of the log.
const AT_ONCE: usize = 50;

/// A piece of a file, as far as it is counted.
enum Piece {
    Page { born: Option<Date>, codes: Vec<(usize, u16)> },
    Contact(bool),
    Written(OfOutcomes),
}

/// An entry that tells of outcomes, with its form.
type OfOutcomes = (EntryId, &'static str, Written);

/// Whose it is, the day it is about, and what is counted of it.
type Found = Personal<(ClientId, i64, Piece)>;

/// What is opened under one permit.
struct Under {
    categories: Categories,
    entry: Entry,
    found: Vec<Found>,
}

impl Service {
    /// Reads everybody.
    pub(crate) async fn gather_everybody(&self, notice: &str) -> Result<Everybody, Error> {
        let mut everybody = Everybody::nobody(dimensions(self.policy(), &self.notices()), notice);
        let dimensions = Arc::new(everybody.dimensions.clone());
        // What is opened stands in memory until its entry is on disk: so many files at once, not everybody.
        for some in self.stretches().await?.chunks(AT_ONCE) {
            let people = self.gather(some, None, &dimensions).await?;
            everybody.replace(&BTreeSet::new(), people);
        }
        Ok(everybody)
    }

    /// Reads these.
    pub(crate) async fn gather_these(
        &self,
        clients: &BTreeSet<ClientId>,
    ) -> Result<BTreeMap<ClientId, Person>, Error> {
        let dimensions = Arc::new(dimensions(self.policy(), &self.notices()));
        let stretches: Vec<(ClientId, ClientId)> = clients.iter().map(|client| (*client, *client)).collect();
        self.gather(&stretches, Some(clients.len()), &dimensions).await
    }

    /// Reads some stretches of files. One bulk opening for each purpose, one entry in the log for each.
    async fn gather(
        &self,
        stretches: &[(ClientId, ClientId)],
        files: Option<usize>,
        dimensions: &Arc<Vec<Dimension>>,
    ) -> Result<BTreeMap<ClientId, Person>, Error> {
        let secret = self.figure_secret().await?;
        let (mut under, mut people) = (self.permits(files)?, BTreeMap::new());
        let mut reading = stretches.first().map(|first| self.read_stretch(first));
        let mut coming = stretches.iter().skip(1);
        while let Some(stretch) = reading {
            let rows = stretch.await.map_err(|_| Error::Damaged("reading of figures"))??;
            // The next stretch is read while this one is unsealed.
            reading = coming.next().map(|next| self.read_stretch(next));
            let [heads, pieces, support, came, held] = rows.as_slice() else {
                return Err(Error::Damaged("batch"));
            };
            self.read_heads(heads, &secret, dimensions, &mut people)?;
            self.read_days(support, came, held, dimensions, &mut people)?;
            self.open_pieces(pieces, &people, dimensions, &mut under).await?;
        }
        self.let_go(under, &mut people).await?;
        Ok(people)
    }

    /// Begins to read what is counted of a stretch of files.
    fn read_stretch(&self, (from, to): &(ClientId, ClientId)) -> JoinHandle<Result<Vec<Rows>, store::Error>> {
        let range = || [from.as_bytes().into(), to.as_bytes().into()];
        let batch = [&HEADS, &PIECES, &SUPPORT, &CAME, &HELD].map(|sql| sql.with(range()));
        let records = self.records().clone();
        tokio::spawn(async move { records.read(batch.into()).await })
    }

    /// Each category is opened once: equality answers under the equality duty, the rest for statistics.
    fn permits(&self, files: Option<usize>) -> Result<Vec<Under>, Error> {
        let detail = Detail { count: files.map(|files| files as u64), ..Detail::default() };
        let mut under = Vec::new();
        for purpose in [Purpose::Statistics, Purpose::EqualityDuty] {
            let categories: Categories = readable(self.policy(), &self.notices(), purpose)
                .iter()
                .filter(|category| (*category == Category::Equality) == (purpose == Purpose::EqualityDuty))
                .collect();
            if !categories.is_empty() {
                let permit = self.policy().decide(request(purpose, categories))?;
                let entry = self.log().submit(permit, COUNT, detail.clone());
                under.push(Under { categories, entry, found: Vec::new() });
            }
        }
        Ok(under)
    }

    /// Whoever may be counted, without an answer yet. A restricted file is stored and nothing more (UK GDPR Art. 18).
    fn read_heads(
        &self,
        heads: &Rows,
        secret: &Secret,
        dimensions: &[Dimension],
        people: &mut BTreeMap<ClientId, Person>,
    ) -> Result<(), Error> {
        for row in &heads.rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let mut person = Person {
                number: secret.person(client.as_bytes()),
                born: None,
                codes: dimensions.iter().map(unanswered).collect(),
                happened: Happened::default(),
                took_back: u32::try_from(row.int(3)?).map_err(|_| Error::Damaged("purposes"))?,
            };
            person.happened.add(Measure::Starts, self.day_of(row.int(1)?)?);
            if !row.bool(2)? && person.counts_for(Purpose::Statistics) {
                people.insert(client, person);
            }
        }
        Ok(())
    }

    /// What stands in the clear: days of support, appointments that were kept, programmes.
    fn read_days(
        &self,
        support: &Rows,
        came: &Rows,
        held: &Rows,
        dimensions: &[Dimension],
        people: &mut BTreeMap<ClientId, Person>,
    ) -> Result<(), Error> {
        let programmes = programmes(&self.notices());
        let programme = dimensions.iter().position(|dimension| dimension.id == "programme");
        let whose = |row: &Row| Ok::<_, Error>(ClientId::from_bytes(row.bytes16(0)?));
        for row in &support.rows {
            if let Some(person) = people.get_mut(&whose(row)?) {
                person.happened.add(Measure::Support, day(row.int(1)?)?);
            }
        }
        for row in &came.rows {
            if let Some(person) = people.get_mut(&whose(row)?) {
                person.happened.add(Measure::Contacts, self.day_of(row.int(1)?)?);
            }
        }
        for row in &held.rows {
            let held = row.text(1)?;
            let title = programmes.iter().find(|(id, _)| id == held).map(|(_, title)| title);
            let place =
                programme.zip(title).and_then(|(at, title)| Some((at, dimensions.get(at)?.place(title))));
            let Some(person) = people.get_mut(&whose(row)?) else { continue };
            if let Some((at, place)) = place
                && let Some(code) = person.codes.get_mut(at)
            {
                *code = place;
            }
        }
        Ok(())
    }

    /// Opens the sealed pieces of a stretch, each under the permit that covers it.
    async fn open_pieces(
        &self,
        pieces: &Rows,
        people: &BTreeMap<ClientId, Person>,
        dimensions: &Arc<Vec<Dimension>>,
        under: &mut [Under],
    ) -> Result<(), Error> {
        let whose = |row: &Row| row.bytes16(9).map(ClientId::from_bytes);
        let counted = |row: &&Row| whose(row).is_ok_and(|client| people.contains_key(&client));
        let rows: Vec<&Row> = pieces.rows.iter().filter(counted).collect();
        let files: Vec<FileId> =
            rows.iter().map(|row| Ok(whose(row)?.into())).collect::<Result<_, Error>>()?;
        let keys = self.vault().keys_of(&files).await?;
        for row in rows {
            let (client, stored) = (whose(row)?, Stored::read(row)?);
            // Without a key: erased after this copy of the records was made.
            let Some(keys) = keys.get(&client.into()) else { continue };
            // Whoever objected to the equality duty stands there as not recorded (Schedule 1, paragraph 8(5)).
            let person = people.get(&client);
            let objected = person.is_some_and(|person| !person.counts_for(Purpose::EqualityDuty));
            if stored.category == Category::Equality && objected {
                continue;
            }
            for one in under.iter_mut().filter(|one| one.categories.contains(stored.category)) {
                let piece = self.piece(&one.entry, keys, client, &stored, Arc::clone(dimensions))?;
                one.found.extend(piece);
            }
        }
        Ok(())
    }

    /// Waits until the openings are on disk, and puts together what is counted.
    async fn let_go(&self, under: Vec<Under>, people: &mut BTreeMap<ClientId, Person>) -> Result<(), Error> {
        let rules = RuleSet::core().map_err(|_| Error::Damaged("rules of outcomes"))?;
        let today = self.surroundings().today();
        let mut written: HashMap<ClientId, Vec<OfOutcomes>> = HashMap::new();
        for Under { entry, found, .. } in under {
            let gathered = Personal::gather(&entry, found)?;
            let receipt = entry.durable().await?;
            for (client, on, piece) in gathered.release(&receipt)? {
                let Some(person) = people.get_mut(&client) else { continue };
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
                    Piece::Written(of) => written.entry(client).or_default().push(of),
                }
            }
        }
        for (client, person) in people {
            if let Some(written) = written.get(client) {
                let entries: Vec<outcomes::Entry<'_>> = written
                    .iter()
                    .map(|(id, form, written)| outcomes::Entry { id: *id, form, written })
                    .collect();
                let from = person.happened.first(Measure::Starts).unwrap_or(today);
                person.happened.add_reached(&Record::from_entries(from, &entries).record, &rules, today);
            }
            person.happened.done();
        }
        Ok(())
    }

    fn day_of(&self, micros: i64) -> Result<Date, Error> {
        Ok(self.surroundings().civil(changes::time(micros)?).date())
    }

    /// One piece of a file, reduced to what is counted before anything else sees it.
    fn piece(
        &self,
        entry: &Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        stored: &Stored,
        dimensions: Arc<Vec<Dimension>>,
    ) -> Result<Option<Found>, Error> {
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
        Ok(Some(opened.map(move |written| (client, day, Piece::Written((id, form, written))))))
    }

    /// All files, in stretches of their ids.
    async fn stretches(&self) -> Result<Vec<(ClientId, ClientId)>, Error> {
        let rows = self.records().read(vec![FILES.with([])]).await?;
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
        Some(_) => dimension.place(NOT_RECORDED),
        // Age follows from the period; whoever has no programme stands at the last place.
        None => u16::try_from(dimension.categories.len().saturating_sub(1)).unwrap_or(u16::MAX),
    }
}

fn day(number: i64) -> Result<Date, Error> {
    day_from(number).ok_or(Error::Damaged("day"))
}
