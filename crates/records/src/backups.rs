//! Backups: what is copied where, and when that was last done.
//!
//! Records, log and documents go into one folder, `DIR/<time>`; the keyring goes elsewhere, only its newest copy; the root only
//! into escrow. Nothing is opened for any of it, and no key stands in a backup. It is made beside a running service.
//!
//! ```text
//! records.jsonl     every row of the records store, of one moment (the format: `store::copies`)
//! audit.jsonl       every row of the log, of the same moment
//! checkpoint        the log's signed checkpoint
//! documents/        the sealed bytes of documents, as they stand
//! SHA256SUMS        a digest of each of these, for `sha256sum -c`
//! manifest          what it is a backup of, signed with the log's key; it is written last
//! ```
//!
//! A folder without its manifest is no backup.

mod folder;
mod keyring;
mod restore;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use audit::{Action, Log, Outcome, SigningKey};
use casework::backups::{ago, in_time};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Engine, Store, Written};

use crate::documents::{Keeping, Settings};
use crate::service::{SIGNING_KEY, set_setting, setting};
use crate::{Error, MIGRATIONS, Places, Service, Surroundings, changes};

pub(crate) use folder::private_folder;
use folder::{Sums, sync_folder, write_new};
pub use keyring::{Escrow, KeyringCopied, copy_keyring};
pub(crate) use restore::RESTORE;
pub use restore::{Restored, Restoring, restore};
pub use verify::{Sample, Sound, expected_signer, verify};

/// The name of the records' copy in a backup.
const RECORDS: &str = "records.jsonl";
/// The name of the log's copy.
const AUDIT: &str = "audit.jsonl";
const CHECKPOINT: &str = "checkpoint";
const DOCUMENTS: &str = "documents";
const SUMS: &str = "SHA256SUMS";
const MANIFEST: &str = "manifest";
/// The name of the keyring's copy; it stands in no backup of the records.
const KEYRING: &str = "kept-keyring";
const FORMAT: &str = "kept-backup-1";

/// Changes go through this table, so that whoever holds it sees records and log in the same moment.
const CHANGES_PASS: &str = "outbox";

const BACK_UP: Action = Action("back-up");

const LAST_BACKUP: &str = "last-backup";
const LAST_KEYRING_COPY: &str = "last-keyring-copy";
const LAST_ESCROW_COPY: &str = "last-escrow-copy";

/// What a backup says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of the folder.
    pub format: String,
    /// The moment that it shows.
    pub made: Timestamp,
    /// Which version of Kept made it.
    pub version: String,
    /// The engine that it was taken from; it can be restored into either.
    pub engine: String,
    /// Which service it is of.
    pub deployment: String,
    /// The keyring's epoch at that moment.
    pub epoch: u64,
    /// How many entries the log has.
    pub entries: u64,
    /// The public key that the log and this manifest are signed with.
    pub public: String,
    /// How many rows each table of the records has.
    pub records: Written,
    /// How many rows each table of the log has.
    pub audit: Written,
    /// How many versions of documents there are.
    pub documents: u64,
    /// The bytes of all files.
    pub bytes: u64,
    /// The digest of `SHA256SUMS`.
    pub sums: String,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it stands.
    pub folder: PathBuf,
    /// What it says about itself.
    pub manifest: Manifest,
}

/// The stores that a copy is made of, without the vault: no key is needed for it.
struct Opened {
    records: Store,
    audit: Store,
    log: Log,
    key: SigningKey,
    deployment: String,
}

async fn open(places: &Places, surroundings: &Surroundings) -> Result<Opened, Error> {
    let records = Store::open(&places.records, &MIGRATIONS).await?;
    let deployment = setting(&records, "deployment").await?.ok_or_else(|| {
        Error::DoesNotFit("There is no service here yet. Make one with `kept init`.".into())
    })?;
    let audit = Store::open(&places.audit, &audit::MIGRATIONS).await?;
    let load = || SigningKey::load(&places.root.join(SIGNING_KEY));
    let log = Log::open(audit.clone(), records.clone(), load()?, &places.checkpoint, surroundings.clock());
    Ok(Opened { log: log.await?, records, audit, key: load()?, deployment })
}

/// Makes a backup in a new folder below `to`, beside a running service.
///
/// # Errors
/// The keyring stands there already, a store or the log could not do its part, or the disk is full; then nothing of it is left
/// that could be taken for a backup.
pub async fn back_up(
    places: &Places,
    documents: &Settings,
    surroundings: &Surroundings,
    to: &Path,
) -> Result<Made, Error> {
    apart(places, to)?;
    let opened = open(places, surroundings).await?;
    let made = back_up_opened(&opened, places, documents, surroundings, to).await;
    let noted = match &made {
        Ok(made) => {
            let when = made.manifest.made.as_microsecond().to_string();
            let set = opened.records.write(vec![set_setting(LAST_BACKUP, &when)]).await;
            set.map_err(Error::from)
                .and(opened.log.event(None, BACK_UP, Outcome::Done).durable().await.map_err(Error::from))
        }
        Err(error) => {
            let why = if matches!(error, Error::Store(store::Error::Full)) { "disk-full" } else { "stopped" };
            // What stopped it is told anyhow.
            let _ = opened.log.event(None, BACK_UP, Outcome::Failed(why)).durable().await;
            Ok(())
        }
    };
    let closed = opened.log.close().await;
    let made = made?;
    noted?;
    closed?;
    Ok(made)
}

/// Records and keyring in one place would be taken by the same thief and lost in the same fire.
fn apart(places: &Places, to: &Path) -> Result<(), Error> {
    let wrong = |what: &str| Error::DoesNotFit(format!("{} {what}", to.display()));
    if to.join(KEYRING).exists() {
        return Err(wrong(
            "holds a copy of the keyring. Keep the backups of the records apart from it: choose another folder.",
        ));
    }
    if folder::is_within(to, &places.root) {
        return Err(wrong("lies within the root folder, which no backup may reach. Choose another folder."));
    }
    Ok(())
}

async fn back_up_opened(
    opened: &Opened,
    places: &Places,
    documents: &Settings,
    surroundings: &Surroundings,
    to: &Path,
) -> Result<Made, Error> {
    let name = surroundings.now().strftime("%Y-%m-%dT%H%M%SZ").to_string();
    let folder = to.join(name);
    private_folder(to)?;
    folder::new_folder(&folder)?;
    let made = write_all(opened, places, documents, surroundings, &folder).await;
    if made.is_err() {
        // Half a backup takes room that the next one needs.
        let _ = fs::remove_dir_all(&folder);
    }
    Ok(Made { manifest: made?, folder })
}

async fn write_all(
    opened: &Opened,
    places: &Places,
    documents: &Settings,
    surroundings: &Surroundings,
    folder: &Path,
) -> Result<Manifest, Error> {
    let epoch = setting(&opened.records, "epoch").await?.and_then(|e| e.parse().ok()).unwrap_or(1);
    // While nobody commits a change, both stores are looked at; then everybody goes on.
    let held = opened.records.hold(CHANGES_PASS).await?;
    // First the checkpoint, then the log: what is signed in between is in the log already.
    let checkpoint = fs::read(&places.checkpoint).map_err(|error| folder::on_disk("read", &error))?;
    let mut records = opened.records.snapshot().await?;
    let mut audit = opened.audit.snapshot().await?;
    drop(held);
    let made = surroundings.now();

    let mut sums = Sums::default();
    let about = BTreeMap::from([("made".to_owned(), made.to_string())]);
    let of_records = sums.store(folder, RECORDS, &mut records, &about).await?;
    let of_audit = sums.store(folder, AUDIT, &mut audit, &about).await?;
    sums.add(folder, CHECKPOINT, &mut checkpoint.as_slice())?;
    let blobs = Keeping::new(documents.clone(), places);
    let documents = sums.documents(&folder.join(DOCUMENTS), blobs.blobs())?;
    let listed = write_new(&folder.join(SUMS), sums.text().as_bytes())?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        made,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: match records.engine() {
            Engine::Sqlite => "sqlite".to_owned(),
            Engine::Postgres => "postgresql".to_owned(),
        },
        deployment: opened.deployment.clone(),
        epoch,
        entries: of_audit.get("audit_entry").copied().unwrap_or_default(),
        public: opened.key.public().to_owned(),
        records: of_records,
        audit: of_audit,
        documents,
        bytes: sums.bytes(),
        sums: listed,
    };
    let text = serde_json::to_string_pretty(&manifest).map_err(|_| Error::Damaged("manifest"))?;
    let signed = opened.key.sign_text(&format!("{text}\n"))?;
    sync_folder(folder)?;
    folder::replace(&folder.join(MANIFEST), &mut signed.as_slice())?;
    folder.parent().map_or(Ok(()), sync_folder)?;
    Ok(manifest)
}

impl Service {
    /// When the last backup was made, and whether that is long ago. A service that never made one may have other means.
    pub(crate) async fn last_backup(&self) -> Result<(bool, String), Error> {
        let Some(made) = self.backed_up().await? else {
            return Ok((true, "warning: none was made by Kept yet. See `kept backup`".to_owned()));
        };
        let words = ago(made, self.now());
        Ok(if in_time(made, self.now()) {
            (true, words)
        } else {
            (false, format!("{words}; the alarm is at 26 hours. Make one with `kept backup`"))
        })
    }

    /// When Kept made its last backup, if it ever made one.
    pub(crate) async fn backed_up(&self) -> Result<Option<Timestamp>, Error> {
        let made = setting(self.records(), LAST_BACKUP).await?;
        made.map(|made| changes::time(made.parse().map_err(|_| Error::Damaged("setting"))?)).transpose()
    }

    /// When the keyring and the root were last copied, and whether those copies still open anything.
    pub(crate) async fn keyring_copies(&self) -> Result<(bool, String), Error> {
        let now = self.now();
        let epoch = self.vault().epoch().number();
        let (mut sound, mut said) = (true, Vec::new());
        for (name, of, again) in [
            (LAST_KEYRING_COPY, "keyring", "kept backup keyring DIR"),
            (
                LAST_ESCROW_COPY,
                "escrow copy of the root",
                "kept backup keyring DIR --escrow DIR --officer AGE1...",
            ),
        ] {
            let Some(text) = setting(self.records(), name).await? else {
                if name == LAST_KEYRING_COPY {
                    said.push("warning: none was made by Kept yet. See `kept backup keyring`".to_owned());
                }
                continue;
            };
            let copied = keyring::Noted::read(&text).ok_or(Error::Damaged("setting"))?;
            let words = ago(changes::time(copied.made)?, now);
            if copied.epoch != epoch {
                sound = false;
                said.push(format!(
                    "{of} copied {words} in epoch {}, and the keyring is in epoch {epoch}: that copy opens nothing any more. Run `{again}` now",
                    copied.epoch
                ));
            } else if name == LAST_KEYRING_COPY && !in_time(changes::time(copied.made)?, now) {
                sound = false;
                said.push(format!(
                    "{of} copied {words}; keys drawn since then are in no copy. Run `{again}`"
                ));
            } else {
                said.push(format!("{of} copied {words}, epoch {epoch}"));
            }
        }
        Ok((sound, said.join("; ")))
    }
}
