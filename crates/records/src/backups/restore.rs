//! Restoring: the newest keyring and any backup of the records, into an empty place.
//!
//! What was erased after the backup has no key any more. It does not open, and it does not stay either: its rows and documents
//! are erased again before the restored service can be started. Until all of that is done the records carry a mark, and no
//! service opens them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use access::{Act, Actor, Circumstances, Request, Subject};
use audit::{Action, Detail, SigningKey};
use casework::{ClientId, DocumentId, ErasureId, ProgrammeId};
use jiff::Timestamp;
use notice::{Categories, Purpose};
use store::{Place, Store, sql};
use vault::Compartment;

use super::keyring::Noted;
use super::verify::{files, manifest};
use super::{AUDIT, CHECKPOINT, LAST_KEYRING_COPY, Manifest, RECORDS, folder};
use crate::documents::{Blobs, Keeping, Settings, Which};
use crate::erasure::{Going, Ground, What, erase_request};
use crate::holds::DROP_HOLDS;
use crate::service::{RESTORING, SIGNING_KEY, set_setting};
use crate::{Error, MIGRATIONS, Places, Service, Surroundings, changes};

sql! { records:
    /// Every file.
    CLIENTS = "SELECT id FROM client";
    /// Which parts of which files have entries.
    PARTS = "SELECT client, compartment FROM entry UNION SELECT client, compartment FROM entry_past";
    /// Every document.
    COPIED_DOCUMENTS = "SELECT client, id, blob, programme FROM document";
    /// What goes with a part of a file.
    DROP_PART = "DELETE FROM entry WHERE client = $1 AND compartment = $2";
    DROP_PAST_OF_PART = "DELETE FROM entry_past WHERE client = $1 AND compartment = $2";
    /// What goes with a document.
    DROP_DOCUMENT = "DELETE FROM document WHERE client = $1 AND id = $2";
    /// Whoever was signed in then is not signed in now.
    END_ALL_SESSIONS = "DELETE FROM session";
    /// Takes a setting out.
    UNSET = "DELETE FROM setting WHERE name = $1";
}

pub(crate) const RESTORE: Action = Action("restore");
const RESTORE_OLDER: Action = Action("restore-older-than-log");

/// What is restored from where.
#[derive(Debug, Clone)]
pub struct Restoring<'a> {
    /// The folder of the backup.
    pub backup: &'a Path,
    /// The copy of the keyring; none if the newest keyring is in its place.
    pub keyring: Option<&'a Path>,
    /// Where it goes. The root is there already.
    pub places: &'a Places,
    /// Where documents go.
    pub documents: &'a Settings,
    /// That the log goes on from the backup is meant, though more was signed.
    pub older_than_log: bool,
    /// An empty folder to look through the keyring in.
    pub scratch: &'a Path,
}

/// A service was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The moment that it shows.
    pub made: Timestamp,
    /// How many files it has.
    pub files: u64,
    /// How many were erased after the backup, and are erased again.
    pub erased_again: u64,
    /// Parts of other files (answers, documents) that were erased after it, and are removed.
    pub parts_removed: u64,
    /// How many signed entries of the log came after the backup and are not in it.
    pub entries_lost: u64,
    /// How many documents were put back.
    pub documents: u64,
}

/// Restores a service.
///
/// # Errors
/// In one line what does not fit and what to do: the place is not empty, the backup is damaged or of another service, the
/// keyring is wrong or older than the backup, more was signed than the backup's log has. Then nothing was changed; if it stops
/// half-way, what was put there is removed again or has to be.
pub async fn restore(asked: &Restoring<'_>, surroundings: &Surroundings) -> Result<Restored, Error> {
    let places = asked.places;
    let signing = SigningKey::load(&places.root.join(SIGNING_KEY))?;
    let (manifest, sums) = manifest(asked.backup, Some(signing.public()))?;
    let documents = Keeping::new(asked.documents.clone(), places);
    let blobs = documents.blobs();
    refuse_a_full_place(places, blobs).await?;
    files(asked.backup, &sums)?;
    let noted = fitting_keyring(asked, &manifest).await?;
    let signed = audit::signed_size(&places.checkpoint, signing.public())?.unwrap_or(0);
    let entries_lost = signed.saturating_sub(manifest.entries);
    if entries_lost > 0 && !asked.older_than_log {
        return Err(Error::DoesNotFit(format!(
            "The log in this backup has {} entries, and {signed} were signed: what was done after it would be in no log. Restore a newer backup, or say with --older-than-log that this is meant; the log will say so, too.",
            manifest.entries
        )));
    }

    let there_before = places.checkpoint.exists();
    let done = async {
        let put = put_back(asked, &manifest, blobs, &sums, signed).await?;
        let settings = asked.documents.clone();
        let service = Service::open_when(places, surroundings.clone(), settings, true).await?;
        let done = service.forget_again(noted, entries_lost).await;
        service.close().await?;
        done.map(|done| (put, done))
    };
    match done.await {
        Ok((documents, (erased_again, parts_removed, files))) => {
            Ok(Restored { made: manifest.made, files, erased_again, parts_removed, entries_lost, documents })
        }
        Err(error) => {
            remove_what_was_put(asked, blobs);
            // The checkpoint is again what it was, so that trying anew is warned anew.
            let newer = aside(&places.checkpoint, signed);
            let _ = if entries_lost > 0 && newer.exists() {
                fs::rename(newer, &places.checkpoint)
            } else if there_before {
                Ok(())
            } else {
                fs::remove_file(&places.checkpoint)
            };
            Err(error)
        }
    }
}

async fn refuse_a_full_place(places: &Places, documents: &Blobs) -> Result<(), Error> {
    let full = |what: &str| {
        Error::DoesNotFit(format!(
            "There are {what} in that place already. A backup is restored into an empty place only: choose another, or move what is there away."
        ))
    };
    if !store::is_empty(&places.records).await? {
        return Err(full("records"));
    }
    if !store::is_empty(&places.audit).await? {
        return Err(full("entries of an audit log"));
    }
    if !documents.is_empty()? {
        return Err(full("documents"));
    }
    Ok(())
}

/// Looks through the keyring that is to open the backup: it must be of this service, fit the root, and be no older than the
/// backup. Puts a copy into its place.
async fn fitting_keyring(asked: &Restoring<'_>, manifest: &Manifest) -> Result<Option<Noted>, Error> {
    let place = &asked.places.keyring;
    let empty = store::is_empty(place).await?;
    let older = |what: &str| {
        Error::DoesNotFit(format!(
            "This keyring is older than the backup ({what}): files of it would be without their keys, or erased people would come back. Use the newest copy of the keyring, or a backup that is older than it."
        ))
    };
    let (looked, made) = match asked.keyring {
        Some(_) if !empty => {
            return Err(Error::DoesNotFit("There is a keyring in that place already. Leave --keyring out if it is the newest one, or move it away.".into()));
        }
        None if empty => {
            return Err(Error::DoesNotFit(
                "There is no keyring in that place. Name its newest copy with --keyring.".into(),
            ));
        }
        None => (place.clone(), None),
        Some(copy) => {
            let about = Store::about_copy(&mut store::open_copy(copy)?)?;
            let made = about.get("made").and_then(|made| made.parse::<Timestamp>().ok());
            let made = made.ok_or_else(|| older("it does not say when it was copied"))?;
            let scratch = Place::Sqlite(asked.scratch.join("keyring.db"));
            Store::load(&scratch, &vault::MIGRATIONS, &mut store::open_copy(copy)?, vec![]).await?;
            (scratch, Some(made))
        }
    };
    let checked =
        vault::check_keyring(&Store::open(&looked, &vault::MIGRATIONS).await?, &asked.places.root).await?;
    if checked.deployment.to_string() != manifest.deployment {
        return Err(Error::DoesNotFit("This backup and this keyring belong to different services.".into()));
    }
    if checked.epoch.number() < manifest.epoch {
        return Err(older(&format!("epoch {} and {}", checked.epoch, manifest.epoch)));
    }
    let Some(made) = made else { return Ok(None) };
    if made < manifest.made {
        return Err(older(&format!("copied at {made}, and the backup was made at {}", manifest.made)));
    }
    Ok(Some(Noted { made: made.as_microsecond(), epoch: checked.epoch.number() }))
}

/// Puts everything into its place, the records last and with the mark. Gives how many documents.
async fn put_back(
    asked: &Restoring<'_>,
    manifest: &Manifest,
    documents: &Blobs,
    sums: &folder::Sums,
    signed: u64,
) -> Result<u64, Error> {
    let places = asked.places;
    for place in [&places.records, &places.audit, &places.keyring] {
        if let Place::Sqlite(path) = place {
            path.parent().map_or(Ok(()), folder::private_folder)?;
        }
    }
    let put = folder::put_documents(asked.backup, sums, documents)?;
    if let Some(copy) = asked.keyring {
        Store::load(&places.keyring, &vault::MIGRATIONS, &mut store::open_copy(copy)?, vec![]).await?;
    }
    let differs =
        || Error::DoesNotFit("The backup has other rows than its manifest says. Take another one.".into());
    let log = store::open_copy(&asked.backup.join(AUDIT))?;
    if Store::load(&places.audit, &audit::MIGRATIONS, &mut { log }, vec![]).await? != manifest.audit {
        return Err(differs());
    }
    let mark = vec![set_setting(RESTORING, &manifest.made.to_string())];
    let records = store::open_copy(&asked.backup.join(RECORDS))?;
    if Store::load(&places.records, &MIGRATIONS, &mut { records }, mark).await? != manifest.records {
        return Err(differs());
    }
    if signed > manifest.entries {
        // It shows for ever that there was more.
        let aside = aside(&places.checkpoint, signed);
        fs::rename(&places.checkpoint, &aside).map_err(|error| folder::on_disk("written", &error))?;
    }
    if !places.checkpoint.exists() {
        let note =
            fs::read(asked.backup.join(CHECKPOINT)).map_err(|error| folder::on_disk("read", &error))?;
        folder::replace(&places.checkpoint, &mut note.as_slice())?;
    }
    Ok(put)
}

/// Where the newer checkpoint is kept.
fn aside(checkpoint: &Path, signed: u64) -> PathBuf {
    let name = checkpoint.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    checkpoint.with_file_name(format!("{name}.before-restore-{signed}"))
}

/// After a failure: nothing half restored may be taken for a service. Databases of a server are left to whoever runs it.
fn remove_what_was_put(asked: &Restoring<'_>, documents: &Blobs) {
    if let Err(error) = documents.clear() {
        tracing::warn!(%error, "part of the documents stays in their place: empty it before trying again");
    }
    let mut stores = vec![&asked.places.records, &asked.places.audit];
    stores.extend(asked.keyring.map(|_| &asked.places.keyring));
    for place in stores {
        match place {
            Place::Sqlite(path) => {
                for end in ["", "-wal", "-shm"] {
                    let mut file = path.clone().into_os_string();
                    file.push(end);
                    let _ = fs::remove_file(file);
                }
            }
            Place::Postgres(_) => {
                tracing::warn!(
                    "the databases may hold part of the backup: make them anew before trying again"
                );
            }
        }
    }
}

impl Service {
    /// Erases what was erased before. Why it was then, and whatever held it in those days, is not known here.
    async fn erase_again(&self, client: ClientId, what: What) -> Result<(), Error> {
        self.records().write(vec![DROP_HOLDS.with([client.as_bytes().into()])]).await?;
        let id = ErasureId::from_bytes(self.draw());
        self.erase_one(&Going { client, what, id, ground: Ground::Restored, decided_by: None }).await
    }

    /// Erases again whatever has no key in the keyring any more, and takes the mark away. Gives how many files that were, how
    /// many parts of others, and how many files are there now.
    async fn forget_again(
        &self,
        keyring: Option<Noted>,
        entries_lost: u64,
    ) -> Result<(u64, u64, u64), Error> {
        let held = self.vault().all_compartments().await?;
        let read =
            self.records().read(vec![CLIENTS.with([]), PARTS.with([]), COPIED_DOCUMENTS.with([])]).await?;
        let [clients, parts, documents] = read.as_slice() else { return Err(Error::Damaged("batch")) };
        let (mut files, mut erased) = (0_u64, 0_u64);
        for row in &clients.rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            if held.contains_key(&client.into()) {
                files += 1;
                continue;
            }
            self.erase_again(client, What::File).await?;
            erased += 1;
        }
        let lost = |client: ClientId, part: &Compartment| {
            held.get(&client.into()).is_some_and(|parts| !parts.contains(part))
        };
        let (mut batch, mut removed) =
            (vec![END_ALL_SESSIONS.with([]), UNSET.with([RESTORING.into()])], 0_u64);
        let mut ended = HashSet::new();
        for row in &parts.rows {
            let (client, code) = (ClientId::from_bytes(row.bytes16(0)?), row.text(1)?);
            let part = code.parse().map_err(|_| Error::Damaged("compartment"))?;
            if ended.contains(&client) {
                continue;
            }
            // Its own time was up, and only a programme keeps something of it.
            if lost(client, &Compartment::File) {
                self.erase_again(client, What::Service).await?;
                ended.insert(client);
                removed += 1;
                continue;
            }
            if lost(client, &part) {
                let _permit = self.policy().decide(erase_request(client))?;
                batch.extend(
                    [&DROP_PART, &DROP_PAST_OF_PART]
                        .map(|sql| sql.with([client.as_bytes().into(), code.into()])),
                );
                removed += 1;
            }
        }
        let mut gone = HashSet::new();
        for row in &documents.rows {
            let which = Which {
                client: ClientId::from_bytes(row.bytes16(0)?),
                document: DocumentId::from_bytes(row.bytes16(1)?),
                blob: uuid::Uuid::from_bytes(row.bytes16(2)?),
            };
            let programme = row.opt_bytes16(3)?.map(ProgrammeId::from_bytes);
            if lost(which.client, &Compartment::of_document(which.document, programme)) {
                if gone.insert(which.document) {
                    let _permit = self.policy().decide(erase_request(which.client))?;
                    batch.push(
                        DROP_DOCUMENT
                            .with([which.client.as_bytes().into(), which.document.as_bytes().into()]),
                    );
                    removed += 1;
                }
                self.documents_kept().at_blobs(move |blobs| blobs.remove(which)).await?;
            }
        }
        batch.push(set_setting("epoch", &self.vault().epoch().to_string()));
        if let Some(Noted { made, epoch }) = keyring {
            batch.push(set_setting(LAST_KEYRING_COPY, &Noted::text(changes::time(made)?, epoch)));
        }
        let mut noted = vec![(RESTORE, erased + removed)];
        noted.extend((entries_lost > 0).then_some((RESTORE_OLDER, entries_lost)));
        let mut entries = Vec::new();
        for (action, count) in noted {
            let permit = self.permit(loading(), action).await?;
            let change =
                self.log().change(permit, action, &Detail { count: Some(count), ..Detail::default() });
            batch.push(change.outbox());
            entries.push(change);
        }
        self.records().write(batch).await?;
        entries.into_iter().for_each(audit::Change::committed);
        self.records().truncate_log().await?;
        Ok((erased, removed, files))
    }
}

/// Putting a whole service back is loading it.
fn loading() -> Request {
    Request {
        actor: Actor::SYSTEM,
        purpose: Purpose::Keeping,
        act: Act::Write,
        subject: Subject::Everyone,
        categories: Categories::all(),
        circumstances: Circumstances::default(),
    }
}
