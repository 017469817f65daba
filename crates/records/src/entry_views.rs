//! Dated entries as they are looked at: one with its earlier versions, or those of a page of the file together.

use access::Act;
use audit::{Action, Detail};
use casework::consents::Event;
use casework::{ClientId, EntryId, Profile, ProgrammeId};
use jiff::civil::Date;
use notice::{Categories, Category, EntryForm, FormId};
use store::sql;
use vault::{Compartment, Personal};

use crate::consents::record::{EVENTS, events_of};
use crate::entries::{Stored, entry_columns};
use crate::files::Dated;
use crate::placements::{self, PlacedOn};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::written::ENTRY;
use crate::{Error, Opened, Service};

sql! { records:
    /// The contact page, for the head of a page about a client.
    pub(crate) CONTACT_PAGE = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile' AND category = 'contact'");
    /// Everything in a file that was written with a form.
    WRITTEN = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind NOT IN ('profile', 'meeting', 'notice-given', 'agreement', 'agreed-plan', 'consent', 'disclosure', 'placement') ORDER BY day DESC, written DESC LIMIT 2000");
    /// The earlier versions of an entry, newest first.
    EARLIER = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE client = $1 AND id = $2 ORDER BY version DESC LIMIT 200");
}

/// Entries of some forms in a file.
#[derive(Debug, Clone)]
pub struct Entries {
    /// Who it is about, for the head of the page.
    pub contact: Profile,
    /// The entries, newest first.
    pub entries: Vec<Dated>,
    /// What may be written.
    pub writable: Categories,
    /// The forms among those asked for that the notice of this client names.
    pub named: Vec<FormId>,
    /// The day the client was registered.
    pub registered: Date,
    /// The programmes that the client is or was on, those that go on first.
    pub placements: Vec<PlacedOn>,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// Who it is about, for the head of the page.
    pub contact: Profile,
    /// The entry as it stands.
    pub entry: Dated,
    /// Its earlier versions, newest first.
    pub earlier: Vec<Dated>,
    /// What may be written.
    pub writable: Categories,
    /// Other entries of its category that were written with a form: what it is about, and what is about it.
    pub others: Vec<Dated>,
    /// The programme to whose layer it belongs, if it does.
    pub programme: Option<ProgrammeId>,
    /// Of a consent, what became of it, the earliest first.
    pub became: Vec<Event>,
}

const VIEW: Action = Action("view-entries");
const VIEW_ONE: Action = Action("view-entry");

/// What was opened, before it is put together.
enum Piece {
    Contact(Profile),
    Entry(Dated),
    Earlier(Dated),
}

impl Service {
    /// The entries of a file that were written with these forms, as far as they may be read.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn entries_with(
        &self,
        visit: &Visit,
        client: ClientId,
        wanted: &[&'static EntryForm],
    ) -> Result<Opened<Entries>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                WRITTEN.with([client.as_bytes().into()]),
                placements::of_client(client),
            ])
            .await?;
        let [head, contact, written, placed] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let (mut request, readable) = self.readable(visit, &standing, now);
        let asked =
            wanted.iter().fold(Categories::from(Category::Contact), |all, form| all.with(form.category));
        // Whoever may read none of it is refused by the whole of it, so that the refusal says why.
        let readable = readable.and(asked);
        request.categories =
            if wanted.iter().any(|form| readable.contains(form.category)) { readable } else { asked };
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let mut pieces = Vec::new();
        if let Some(row) = contact.first() {
            let page = self.open_page(&entry, &keys, client, &Stored::read(row)?)?;
            pieces.push(page.map(|page| Piece::Contact(page.profile)));
        }
        for row in &written.rows {
            let stored = Stored::read(row)?;
            if readable.contains(stored.category) && wanted.iter().any(|form| form.id == *stored.kind) {
                pieces.push(self.open_dated(&entry, &keys, client, &stored)?.map(Piece::Entry));
            }
        }
        let given = self.given(&standing.notice, &standing.notice_version)?;
        let named = wanted.iter().filter(|form| form.named_by(&given.notice)).map(|form| form.id.clone());
        let mut all = Entries {
            contact: Profile::default(),
            entries: Vec::new(),
            writable: self.policy().allowed(&standing.request(visit, now, Act::Write, Categories::all())),
            named: named.collect(),
            registered: self.surroundings().civil(standing.registered).date(),
            placements: placements::read(&placed.rows)?,
        };
        let personal = Personal::gather(&entry, pieces)?.map(move |pieces| {
            for piece in pieces {
                match piece {
                    Piece::Contact(profile) => all.contact = profile,
                    Piece::Entry(dated) | Piece::Earlier(dated) => all.entries.push(dated),
                }
            }
            all
        });
        Ok(Opened::new(personal, entry))
    }

    /// One entry with its earlier versions.
    ///
    /// # Errors
    /// The rules refuse, there is no such entry in this file, or something cannot do its part.
    pub async fn view_entry(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
    ) -> Result<Opened<EntryView>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                ENTRY.with([client.as_bytes().into(), id.as_bytes().into()]),
                EARLIER.with([client.as_bytes().into(), id.as_bytes().into()]),
                WRITTEN.with([client.as_bytes().into()]),
                EVENTS.with([id.as_bytes().into()]),
            ])
            .await?;
        let [head, contact, found, earlier, others, events] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let stored = Stored::read(found.first().ok_or(Error::NoSuchFile)?)?;
        let now = self.now();
        let wanted = Categories::from(Category::Contact).with(stored.category);
        let request = standing.request(visit, now, Act::Read, wanted);
        let writable = self.policy().allowed(&standing.request(visit, now, Act::Write, Categories::all()));
        let permit = self.permit(request, VIEW_ONE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW_ONE, Detail::default());
        let programme = match &stored.compartment {
            Compartment::Programme(id) => Some(*id),
            _ => None,
        };
        let became = events_of(&events.rows)?;
        let now = self.open_dated(&entry, &keys, client, &stored)?;
        let mut pieces = Vec::new();
        if let Some(row) = contact.first() {
            let page = self.open_page(&entry, &keys, client, &Stored::read(row)?)?;
            pieces.push(page.map(|page| Piece::Contact(page.profile)));
        }
        for row in &earlier.rows {
            pieces.push(self.open_dated(&entry, &keys, client, &Stored::read(row)?)?.map(Piece::Earlier));
        }
        for row in &others.rows {
            let other = Stored::read(row)?;
            if other.id != id && wanted.contains(other.category) {
                pieces.push(self.open_dated(&entry, &keys, client, &other)?.map(Piece::Entry));
            }
        }
        let personal = now.and(Personal::gather(&entry, pieces)?)?.map(move |(entry, pieces)| {
            let (contact, earlier, others) = (Profile::default(), Vec::new(), Vec::new());
            let mut view = EntryView { contact, entry, earlier, writable, others, programme, became };
            for piece in pieces {
                match piece {
                    Piece::Contact(profile) => view.contact = profile,
                    Piece::Earlier(dated) => view.earlier.push(dated),
                    Piece::Entry(dated) => view.others.push(dated),
                }
            }
            view
        });
        Ok(Opened::new(personal, entry))
    }
}
