//! A client's details: changed page by page, with every earlier version kept.

use access::{Act, Request};
use audit::{Action, Detail};
use casework::entries::EntryKind;
use casework::profile::{self, Change as Changed, fields};
use casework::{ClientId, EntryId, Profile, StaffId};
use jiff::Timestamp;
use notice::{Category, Layer, Purpose};
use store::sql;
use vault::{Compartment, Personal};

use crate::entries::{Head, Stored, compartment_of, entry_columns};
use crate::files::ProfilePage;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// One page of a profile.
    PAGE = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile' AND category = $2");
    /// Its earlier versions, newest first.
    PAST_PAGES = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE client = $1 AND kind = 'profile' AND category = $2 ORDER BY version DESC LIMIT 200");
    /// What stands in the clear of a page.
    PAGE_HEAD = "SELECT id, version FROM entry WHERE client = $1 AND kind = 'profile' AND category = $2";
}

/// A page to edit: its answers, or none yet.
#[derive(Debug, Clone)]
pub struct Details {
    /// Who it is about, for the head of the page.
    pub contact: Profile,
    /// The page, if there is one and it may be read.
    pub page: Option<ProfilePage>,
    /// The version that the form sends back; 0 for a page that is not there yet.
    pub version: i64,
}

/// One version of a page, with what it changed.
#[derive(Debug, Clone)]
pub struct Version {
    /// When.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// What changed to it from the one before.
    pub changed: Vec<Changed>,
}

/// A page's history, newest first, and whose it is.
#[derive(Debug, Clone)]
pub struct History {
    /// Who it is about.
    pub contact: Profile,
    /// The versions.
    pub versions: Vec<Version>,
}

const CHANGE: Action = Action("change-details");
const EDIT: Action = Action("edit-details");
const HISTORY: Action = Action("view-history");

/// What it takes to write the answers of a category.
fn writing(standing: &Standing, visit: &Visit, now: Timestamp, category: Category) -> Request {
    match category {
        Category::Equality => {
            standing.request_for(visit, now, Purpose::EqualityDuty, Act::Write, category.into())
        }
        _ => standing.request(visit, now, Act::Write, category.into()),
    }
}

impl Service {
    /// Opens one page of a client's details for editing. Equality answers are written and never read: their page opens empty.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn edit_details(
        &self,
        visit: &Visit,
        client: ClientId,
        category: Category,
    ) -> Result<Opened<Details>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGE.with([client.as_bytes().into(), Category::Contact.code().into()]),
                PAGE.with([client.as_bytes().into(), category.code().into()]),
            ])
            .await?;
        let [head, contact, page] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let mut wanted = notice::Categories::from(Category::Contact);
        if category != Category::Equality {
            wanted = wanted.with(category);
        }
        // Whoever may not save gets no questions to fill in.
        let _may_write = self.permit(writing(&standing, visit, now, category), EDIT).await?;
        let permit = self.permit(standing.request(visit, now, Act::Read, wanted), EDIT).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, EDIT, Detail::default());
        let open = |row: Option<&store::Row>| row.map(Stored::read).transpose();
        let (contact, page) = (open(contact.first())?, open(page.first())?);
        let version = page.as_ref().map_or(0, |page| page.version);
        let mut pieces = Vec::new();
        for stored in [contact.as_ref(), page.as_ref().filter(|p| p.category != Category::Equality)] {
            pieces.push(match stored {
                Some(stored) => self.open_page(&entry, &keys, client, stored)?.map(Some),
                None => Personal::new(&entry, None),
            });
        }
        let personal = Personal::gather(&entry, pieces)?.map(move |mut pieces| {
            let page = pieces.pop().flatten();
            let contact = pieces.pop().flatten().map(|page| page.profile).unwrap_or_default();
            Details { contact, page, version }
        });
        Ok(Opened::new(personal, entry))
    }

    /// Stores the answers of one category as the page's next version. `version` is the one that the form was made from.
    ///
    /// # Errors
    /// `Error::Faults` for a field that does not belong there, `Error::ChangedMeanwhile`, a refusal, or a store failed.
    pub async fn change_details(
        &self,
        visit: &Visit,
        client: ClientId,
        category: Category,
        version: i64,
        mut page: Profile,
    ) -> Result<(), Error> {
        self.belongs(category, &page)?;
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGE_HEAD.with([client.as_bytes().into(), category.code().into()]),
            ])
            .await?;
        let [head, known] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let permit = self.permit(writing(&standing, visit, now, category), CHANGE).await?;
        let mut keys = self.vault().keys(client.into()).await?;
        if category == Category::Equality && !keys.have(&Compartment::Equality) {
            // The answers went once, and their key with them: who answers again does so under a new one.
            self.vault().add_compartment(client.into(), Compartment::Equality).await?;
            keys = self.vault().keys(client.into()).await?;
        }
        let known = known
            .first()
            .map(|row| Ok::<_, Error>((EntryId::from_bytes(row.bytes16(0)?), row.int(1)?)))
            .transpose()?;
        if known.map_or(0, |(_, version)| version) != version {
            return Err(Error::ChangedMeanwhile);
        }
        if category == Category::Contact {
            let missing = page.missing_for_registration(self.notices().service());
            if !missing.is_empty() {
                return Err(Error::Faults(missing));
            }
            self.keep_number(visit, client, &mut page).await?;
        }
        let mut tell = self.told_of_correction(visit, client, category, &page, now).await?;
        if category == Category::Contact {
            tell.extend(self.suppressing_new_lines(client, &page).await?);
        }
        let head = Head {
            id: known.map_or_else(|| EntryId::from_bytes(self.draw()), |(id, _)| id),
            client,
            kind: EntryKind::Profile.code().into(),
            category,
            compartment: compartment_of(category),
            day: day_number(self.surroundings().today()),
            written: now,
            author: visit.staff,
            version: version + 1,
        };
        let (mut batch, mark) = if version == 0 {
            let (add, mark) = self.seal_new(&permit, &keys, &head, &page)?;
            (vec![add], mark)
        } else {
            let (statements, mark) = self.seal_next(&permit, &keys, &head, &page)?;
            (statements.to_vec(), mark)
        };
        let change = self.log().change(permit, CHANGE, &Detail { rows: vec![mark], ..Detail::default() });
        batch.extend(tell);
        if category == Category::Equality {
            batch.extend(self.layer_begins(&standing, Layer::Equality)?);
        }
        batch.push(change.outbox());
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await
            }
            Err(store::Error::Conflict { .. } | store::Error::AlreadyThere { .. }) => {
                Err(Error::ChangedMeanwhile)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever was given a fact of this page that now changes has to be told (Art. 19). The page as it was is opened only if
    /// something of it was given away.
    async fn told_of_correction(
        &self,
        visit: &Visit,
        client: ClientId,
        category: Category,
        page: &Profile,
        now: Timestamp,
    ) -> Result<Vec<store::Query>, Error> {
        let given = self.given_away(client).await?;
        let notices = self.notices();
        let here = |id: &notice::FieldId| {
            notices.all().iter().any(|one| one.catalogue.field(id).is_some_and(|f| f.category == category))
        };
        if category == Category::Equality || !given.iter().any(|(_, _, fields)| fields.iter().any(here)) {
            return Ok(Vec::new());
        }
        let before = self.edit_details(visit, client, category).await?.release().await?;
        let before = before.page.map(|page| page.profile).unwrap_or_default();
        let changed: Vec<notice::FieldId> =
            profile::changes(&before, page).into_iter().map(|change| change.field).collect();
        self.to_tell_of_correction(client, &changed, now).await
    }

    /// The number is ours and stays: no form changes it.
    async fn keep_number(&self, visit: &Visit, client: ClientId, page: &mut Profile) -> Result<(), Error> {
        let details = self.edit_details(visit, client, Category::Contact).await?.release().await?;
        page.set(fields::CLIENT_NUMBER, details.contact.get(&fields::CLIENT_NUMBER).cloned());
        Ok(())
    }

    /// Every version of one page with what it changed, newest first.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn history(
        &self,
        visit: &Visit,
        client: ClientId,
        category: Category,
    ) -> Result<Opened<History>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                PAGE.with([client.as_bytes().into(), Category::Contact.code().into()]),
                PAGE.with([client.as_bytes().into(), category.code().into()]),
                PAST_PAGES.with([client.as_bytes().into(), category.code().into()]),
            ])
            .await?;
        let [head, contact, page, past] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let wanted = notice::Categories::from(Category::Contact).with(category);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), HISTORY).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, HISTORY, Detail::default());
        let mut pieces = Vec::new();
        for row in contact.rows.iter().take(1).chain(&page.rows).chain(&past.rows) {
            pieces.push(self.open_page(&entry, &keys, client, &Stored::read(row)?)?);
        }
        let personal = Personal::gather(&entry, pieces)?.map(|pages| {
            let mut pages = pages.into_iter();
            let contact = pages.next().map(|page| page.profile).unwrap_or_default();
            let pages: Vec<ProfilePage> = pages.collect();
            let nothing = Profile::default();
            let versions = pages
                .iter()
                .enumerate()
                .map(|(i, page)| Version {
                    written: page.written,
                    author: page.author,
                    changed: profile::changes(
                        pages.get(i + 1).map_or(&nothing, |before| &before.profile),
                        &page.profile,
                    ),
                })
                .collect();
            History { contact, versions }
        });
        Ok(Opened::new(personal, entry))
    }
}
