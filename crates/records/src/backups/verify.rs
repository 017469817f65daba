//! Whether a backup is whole: an unverified backup counts as none.

use std::fs;
use std::path::{Path, PathBuf};

use audit::{Action, Detail};
use casework::ClientId;
use serde::de::IgnoredAny;
use store::{Place, Store, sql};

use super::folder::{Sums, digest_of, files_below};
use super::{AUDIT, CHECKPOINT, FORMAT, MANIFEST, Manifest, RECORDS, SUMS};
use crate::entries::{Stored, entry_columns};
use crate::{Error, MIGRATIONS, Service};

sql! { records:
    /// The next row behind an id that is drawn, of the pages by which people are found.
    SOME_ROW = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE id >= $1 AND category IN ('contact', 'identity') ORDER BY id LIMIT 1");
}

const CHECK: Action = Action("check-backup");
/// More faults than this are not listed one by one.
const LISTED: usize = 5;

/// A backup in which everything holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// What it says about itself.
    pub manifest: Manifest,
    /// How many files it has.
    pub files: u64,
    /// How many rows were read.
    pub rows: u64,
    /// The records as they were read, in the scratch folder.
    pub records: Place,
}

/// Rows that were drawn from a backup and opened with the keyring of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Those that open.
    pub opened: u64,
    /// Those of files that were erased since: they do not open, and that is right.
    pub erased: u64,
    /// Those that have a key and do not open.
    pub faulty: u64,
}

/// The manifest of a backup, and its list of files. With `public`, it has to be signed with that key.
pub(super) fn manifest(folder: &Path, public: Option<&str>) -> Result<(Manifest, Sums), Error> {
    let at = folder.display();
    let path = folder.join(MANIFEST);
    let note = fs::read(&path).map_err(|_| {
        Error::DoesNotFit(format!(
            "{at} is no whole backup: it has no manifest, which is written last. It was interrupted, or is another folder; take a whole one."
        ))
    })?;
    let touched = |what: &str| {
        Error::DoesNotFit(format!("{what} of {at} is not as Kept wrote it. Take another backup."))
    };
    let unread = |_| touched(MANIFEST);
    let text = audit::text_of(&note).map_err(unread)?;
    let read: Manifest = serde_json::from_str(&text).map_err(|_| touched(MANIFEST))?;
    audit::signed_text(&note, &read.public).map_err(unread)?;
    if public.is_some_and(|public| public != read.public) {
        return Err(Error::DoesNotFit(format!(
            "{at} is the backup of another service, or signed with another key than this root holds. Take one of this service."
        )));
    }
    if read.format != FORMAT {
        return Err(Error::DoesNotFit(format!(
            "{at} has the format {:?}, which this version of Kept does not know. Use the version that made it ({}).",
            read.format, read.version
        )));
    }
    let list = fs::read_to_string(folder.join(SUMS)).map_err(|_| touched(SUMS))?;
    if digest_of(&folder.join(SUMS))? != read.sums {
        return Err(touched(SUMS));
    }
    let sums = Sums::read(&list).ok_or_else(|| touched(SUMS))?;
    Ok((read, sums))
}

/// Holds every file of a backup against its digest.
pub(super) fn files(folder: &Path, sums: &Sums) -> Result<(), Error> {
    let mut faults = Vec::new();
    for (path, digest) in sums.files() {
        let place = folder.join(path);
        if !place.is_file() {
            faults.push(format!("{path} is missing"));
        } else if digest_of(&place)? != *digest {
            faults.push(format!("{path} is not as it was written"));
        }
    }
    let mut known: Vec<&str> = sums.files().iter().map(|(path, _)| path.as_str()).collect();
    known.extend([SUMS, MANIFEST]);
    known.sort_unstable();
    for path in files_below(folder)? {
        if known.binary_search(&path.as_str()).is_err() {
            faults.push(format!("{path} is none of its files"));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let more = faults.len().saturating_sub(LISTED);
    faults.truncate(LISTED);
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(Error::DoesNotFit(format!(
        "The backup {} is damaged: {}{and}. Take another one.",
        folder.display(),
        faults.join("; ")
    )))
}

/// Checks a backup: its signature, the digest of every file, that both stores can be read into an empty place with as many rows
/// as it says, that they are sound, and that the log is the one that was signed. `scratch` is an empty folder; nothing is opened.
/// With `public`, the backup has to be signed with that key.
///
/// # Errors
/// What does not hold, by the name of the file, or a store failed.
pub async fn verify(folder: &Path, public: Option<&str>, scratch: &Path) -> Result<Sound, Error> {
    let (manifest, sums) = manifest(folder, public)?;
    files(folder, &sums)?;
    let (records, audit) =
        (Place::Sqlite(scratch.join("records.db")), Place::Sqlite(scratch.join("audit.db")));
    let differs = |name: &str| {
        Error::DoesNotFit(format!(
            "{name} of {} has other rows than its manifest says. Take another backup.",
            folder.display()
        ))
    };
    let mut rows = 0;
    for (place, migrations, name, told) in [
        (&records, &MIGRATIONS, RECORDS, &manifest.records),
        (&audit, &audit::MIGRATIONS, AUDIT, &manifest.audit),
    ] {
        let read = Store::load(place, migrations, &mut store::open_copy(&folder.join(name))?, vec![]).await?;
        if read != *told {
            return Err(differs(name));
        }
        rows += read.values().sum::<u64>();
        if !Store::open(place, migrations).await?.is_sound().await? {
            return Err(differs(name));
        }
    }
    let log = Store::open(&audit, &audit::MIGRATIONS).await?;
    match audit::verify(&log, &folder.join(CHECKPOINT), &manifest.public).await? {
        Ok(sound) if sound.entries == manifest.entries => {}
        Ok(_) => return Err(differs(AUDIT)),
        Err(bad) => {
            return Err(Error::DoesNotFit(format!(
                "The log in {} was touched: {bad}. Take another backup.",
                folder.display()
            )));
        }
    }
    Ok(Sound { files: sums.files().len() as u64, manifest, rows, records })
}

impl Service {
    /// Draws rows from the records of a backup that was checked, and opens them with the keyring of this service: one bulk
    /// opening with an entry of its own. Nobody is shown anything.
    ///
    /// # Errors
    /// The log or a key could not do its part.
    pub async fn open_some_of(&self, backup: &Sound, most: u64) -> Result<Sample, Error> {
        let copy = Store::open(&backup.records, &MIGRATIONS).await?;
        let detail = Detail { count: Some(most), ..Detail::default() };
        let entry = self.log().submit(self.index_permit()?, CHECK, detail);
        let mut sample = Sample { opened: 0, erased: 0, faulty: 0 };
        let mut pieces = Vec::new();
        for _ in 0..most {
            let drawn = self.draw();
            let found =
                copy.read(vec![SOME_ROW.with([drawn.into()]), SOME_ROW.with([[0; 16].into()])]).await?;
            let Some(row) = found.iter().find_map(|rows| rows.first()) else { break };
            let client = ClientId::from_bytes(row.bytes16(9)?);
            let keys = match self.vault().keys(client.into()).await {
                Ok(keys) => keys,
                Err(vault::Error::NoKeys) => {
                    sample.erased += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            match self.open_entry::<IgnoredAny>(&entry, &keys, client, &Stored::read(row)?) {
                Ok(piece) => pieces.push(piece),
                Err(_) => sample.faulty += 1,
            }
        }
        let gathered = vault::Personal::gather(&entry, pieces)?;
        sample.opened = gathered.release(&entry.durable().await?)?.len() as u64;
        Ok(sample)
    }
}

/// Whose signature a backup has to carry, if the root of its service is at hand.
///
/// # Errors
/// The root is there and its signing key cannot be read.
pub fn expected_signer(root: &Path) -> Result<Option<String>, Error> {
    let key: PathBuf = root.join(crate::service::SIGNING_KEY);
    if !key.exists() {
        return Ok(None);
    }
    Ok(Some(audit::SigningKey::load(&key)?.public().to_owned()))
}
