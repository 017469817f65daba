//! Placements as they are looked at: the programmes of a client, one placement with its layer, and what is asked before one.

use access::Act;
use audit::{Action, Detail};
use casework::programmes::Placement;
use casework::retention::{Clock, ProgrammeRule};
use casework::{ClientId, PlacementId, Profile, ProgrammeId};
use notice::{Categories, Category};
use store::{Row, sql};
use vault::{Compartment, FileKeys, Personal};

use super::{PlacedOn, of_client, read};
use crate::documents::{self, Document};
use crate::entries::{Stored, entry_columns};
use crate::files::Dated;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service};

sql! { records:
    /// The sealed entries of a client's placements.
    PLACEMENT_ENTRIES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'placement' LIMIT 200");
    /// The pages of a profile.
    PAGES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile'");
    /// What was written into a programme's layer beside the placement.
    OF_LAYER = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND compartment = $2 AND kind <> 'placement' ORDER BY day DESC, written DESC LIMIT 500");
    /// How many are on one programme.
    COUNT_ON = "SELECT COUNT(*) FROM placement WHERE programme = $1 AND ended IS NULL";
    /// How many are on each.
    COUNT_ON_EACH = "SELECT programme, COUNT(*) FROM placement WHERE ended IS NULL GROUP BY programme";
}

/// A programme that a client could join, or why not.
#[derive(Debug, Clone)]
pub struct Joinable {
    /// Which.
    pub programme: ProgrammeId,
    /// Its name.
    pub title: String,
    /// What it is for.
    pub says: String,
    /// Why nobody can join now, if so.
    pub shut: Option<String>,
}

/// The programmes of a client.
#[derive(Debug, Clone)]
pub struct TheirProgrammes {
    /// Who it is about.
    pub contact: Profile,
    /// The placements, those that go on first, each with what is sealed of it.
    pub placements: Vec<(PlacedOn, Placement)>,
    /// The other programmes.
    pub others: Vec<Joinable>,
    /// Whether somebody may be placed here.
    pub writable: bool,
}

/// What is asked before a client is placed.
#[derive(Debug, Clone)]
pub struct Placing {
    /// All that the programme's notice takes from the file, and the contact details.
    pub profile: Profile,
    /// Why this client cannot join now, if so.
    pub shut: Option<String>,
}

/// One placement with its layer.
#[derive(Debug, Clone)]
pub struct PlacementView {
    /// The file's own answers, as far as the programme's notice names them, and the contact details.
    pub profile: Profile,
    /// As it stands in the clear.
    pub placed: PlacedOn,
    /// What is sealed of it.
    pub placement: Placement,
    /// The version of its entry.
    pub entry_version: i64,
    /// What else was written into the layer, newest first.
    pub entries: Vec<Dated>,
    /// The documents that were put with the programme, those changed last first.
    pub documents: Vec<Document>,
    /// Whether the notice of the programme, as the client was given it, names documents.
    pub names_documents: bool,
    /// When the layer goes, if that can be said.
    pub clock: Option<Clock>,
    /// Until when it is kept, in words.
    pub kept: String,
    /// Whether it may be changed here.
    pub writable: bool,
}

const VIEW_ALL: Action = Action("view-programmes");
const BEGIN: Action = Action("begin-placing");
const VIEW: Action = Action("view-placement");

enum Piece {
    Page(Profile),
    Placement(PlacementId, Box<Placement>),
    Dated(Box<Dated>),
}

/// The categories that a notice takes facts from, with the contact details and casework.
fn wanted(categories: impl Iterator<Item = Category>) -> Categories {
    let taken = categories
        .filter(|category| !matches!(category, Category::Equality | Category::Rights | Category::Agreement));
    taken.fold(Categories::from(Category::Contact).with(Category::Casework), Categories::with)
}

impl Service {
    /// The programmes of a client: those they are or were on, and those that they could join.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn their_programmes(
        &self,
        visit: &Visit,
        client: ClientId,
    ) -> Result<Opened<TheirProgrammes>, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGES.with([id()]),
                PLACEMENT_ENTRIES.with([id()]),
                of_client(client),
                COUNT_ON_EACH.with([]),
            ])
            .await?;
        let [head, pages, sealed, placed, on_each] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let categories = wanted(std::iter::empty());
        let permit = self.permit(standing.request(visit, now, Act::Read, categories), VIEW_ALL).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW_ALL, Detail::default());
        let mut pieces = Vec::new();
        self.open_their_pages(&entry, &keys, client, &pages.rows, Category::Contact.into(), &mut pieces)?;
        for row in &sealed.rows {
            pieces.push(self.open_placement(&entry, &keys, client, &Stored::read(row)?)?);
        }
        let placed = read(&placed.rows)?;
        let on_it = |programme: ProgrammeId| {
            let row =
                on_each.rows.iter().find(|row| row.bytes16(0).is_ok_and(|id| id == *programme.as_bytes()));
            row.map_or(Ok(0), |row| row.int(1)).map(i64::unsigned_abs)
        };
        let (today, service) = (self.surroundings().today(), standing.notice.clone());
        let mut others = Vec::new();
        for one in self.programmes().iter() {
            let on_now = placed.iter().any(|p| p.programme == one.id && p.times.ended.is_none());
            if on_now || one.removed.is_some() || one.programme.is_core(&service) {
                continue;
            }
            let shut = one.programme.shut(today, on_it(one.id)?, false, &service);
            others.push(Joinable {
                programme: one.id,
                title: one.programme.title.clone(),
                says: one.programme.says.clone(),
                shut: shut.map(casework::programmes::Shut::words),
            });
        }
        let writing = standing.request(visit, now, Act::Write, Categories::all());
        let writable = self.policy().allowed(&writing).contains(Category::Casework);
        let gathered = Personal::gather(&entry, pieces)?.map(move |pieces| {
            let mut all =
                TheirProgrammes { contact: Profile::default(), placements: Vec::new(), others, writable };
            let mut opened = Vec::new();
            for piece in pieces {
                match piece {
                    Piece::Page(page) => all.contact = all.contact.clone().joined(page),
                    Piece::Placement(id, placement) => opened.push((id, *placement)),
                    Piece::Dated(_) => {}
                }
            }
            for one in placed {
                if let Some(at) = opened.iter().position(|(id, _)| *id == one.id) {
                    all.placements.push((one, opened.swap_remove(at).1));
                }
            }
            all
        });
        Ok(Opened::new(gathered, entry))
    }

    /// What is known before a client is placed: the facts that the programme's notice takes from the file.
    ///
    /// # Errors
    /// There is no such programme, the rules refuse, there is no such file, or something cannot do its part.
    pub async fn begin_placing(
        &self,
        visit: &Visit,
        client: ClientId,
        programme: ProgrammeId,
    ) -> Result<Opened<Placing>, Error> {
        let offered = self.programme(programme)?;
        let published = self.notice_of(&offered.programme)?;
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGES.with([client.as_bytes().into()]),
                of_client(client),
                COUNT_ON.with([programme.as_bytes().into()]),
            ])
            .await?;
        let [head, pages, placed, count] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let categories = wanted(published.notice.categories.iter().map(|held| held.category));
        let request = standing.request(visit, self.now(), Act::Read, categories);
        let permit = self.permit(request, BEGIN).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, BEGIN, Detail::default());
        let on_it = count.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        let today = self.surroundings().today();
        let shut = offered.programme.shut(today, on_it, offered.removed.is_some(), &standing.notice);
        let already = read(&placed.rows)?.iter().any(|p| p.programme == programme && p.times.ended.is_none());
        let shut = match already {
            true => Some("This client is on it already".to_owned()),
            false => shut.map(casework::programmes::Shut::words),
        };
        let mut pieces = Vec::new();
        self.open_their_pages(&entry, &keys, client, &pages.rows, categories, &mut pieces)?;
        let placing = Personal::gather(&entry, pieces)?.map(move |pieces| {
            let pages = pieces.into_iter().filter_map(|piece| match piece {
                Piece::Page(page) => Some(page),
                _ => None,
            });
            Placing { profile: pages.fold(Profile::default(), Profile::joined), shut }
        });
        Ok(Opened::new(placing, entry))
    }

    /// One placement with all that was written into its layer.
    ///
    /// # Errors
    /// There is no such placement in this file, the rules refuse, or something cannot do its part.
    pub async fn view_placement(
        &self,
        visit: &Visit,
        client: ClientId,
        placement: PlacementId,
    ) -> Result<Opened<PlacementView>, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGES.with([id()]),
                PLACEMENT_ENTRIES.with([id()]),
                of_client(client),
            ])
            .await?;
        let [head, pages, sealed, placed] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let placed = read(&placed.rows)?.into_iter().find(|one| one.id == placement);
        let placed = placed.ok_or(Error::NoSuchFile)?;
        let offered = self.programme(placed.programme)?;
        let published = self.given(&offered.programme.notice, &placed.notice_version)?;
        let layer = Compartment::Programme(placed.programme).code().into_owned();
        let programme = placed.programme.as_bytes();
        let within = self
            .records()
            .read(vec![
                OF_LAYER.with([id(), layer.as_str().into()]),
                documents::OF_PROGRAMME.with([id(), programme.into()]),
            ])
            .await?;
        let [within, documents] = within.as_slice() else { return Err(Error::Damaged("batch")) };
        let now = self.now();
        let categories = wanted(published.notice.categories.iter().map(|held| held.category));
        let permit = self.permit(standing.request(visit, now, Act::Read, categories), VIEW).await?;
        let keys = self.keys_with(client, &documents.rows).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let own = sealed.rows.iter().find(|row| row.bytes16(0).is_ok_and(|id| id == *placement.as_bytes()));
        let own = Stored::read(own.ok_or(Error::Damaged("placement"))?)?;
        let (entry_version, own) = (own.version, self.open_entry::<Placement>(&entry, &keys, client, &own)?);
        let mut pieces = Vec::new();
        self.open_their_pages(&entry, &keys, client, &pages.rows, categories, &mut pieces)?;
        for row in &within.rows {
            let stored = Stored::read(row)?;
            if categories.contains(stored.category) {
                let dated = self.open_dated(&entry, &keys, client, &stored)?;
                pieces.push(dated.map(|dated| Piece::Dated(Box::new(dated))));
            }
        }
        let rule = ProgrammeRule::of(&published.notice).map_err(|_| Error::Damaged("notice"))?;
        let since = rule.since(placed.times.ended, offered.programme.terms.ends);
        let clock = since.map(|since| rule.clock(&offered.programme.title, since));
        let writing = standing.request(visit, now, Act::Write, Categories::all());
        let writable = self.policy().allowed(&writing).contains(Category::Casework);
        let kept = rule.words();
        let names_documents = documents::names_documents(&published.notice);
        let documents = self.open_documents(&entry, &keys, &documents.rows)?;
        let rest = Personal::gather(&entry, pieces)?.and(documents)?;
        let view = own.and(rest)?.map(move |(placement, (pieces, documents))| {
            let (mut profile, mut entries) = (Profile::default(), Vec::new());
            for piece in pieces {
                match piece {
                    Piece::Page(page) => profile = profile.joined(page),
                    Piece::Dated(dated) => entries.push(*dated),
                    Piece::Placement(..) => {}
                }
            }
            PlacementView {
                profile,
                placed,
                placement,
                entry_version,
                entries,
                documents,
                names_documents,
                clock,
                kept,
                writable,
            }
        });
        Ok(Opened::new(view, entry))
    }

    fn open_placement(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<Personal<Piece>, Error> {
        let id = PlacementId::from_bytes(*stored.id.as_bytes());
        let opened = self.open_entry::<Placement>(entry, keys, client, stored)?;
        Ok(opened.map(move |placement| Piece::Placement(id, Box::new(placement))))
    }

    fn open_their_pages(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        rows: &[Row],
        categories: Categories,
        pieces: &mut Vec<Personal<Piece>>,
    ) -> Result<(), Error> {
        for row in rows {
            let stored = Stored::read(row)?;
            if categories.contains(stored.category) {
                let page = self.open_page(entry, keys, client, &stored)?;
                pieces.push(page.map(|page| Piece::Page(page.profile)));
            }
        }
        Ok(())
    }
}
