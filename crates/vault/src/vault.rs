//! The vault: making it, opening it, and getting at files' keys.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use store::{Rows, Store};

use crate::cache::{Cache, Erasures};
use crate::key::Key;
use crate::keyring::{self, EpochKey, HAS_KEYS, HOLD_EPOCH, Head, KEYS_BETWEEN, KEYS_OF_FILE, Wrapped};
use crate::keys::Held;
use crate::root::Root;
use crate::{Compartment, Deployment, Epoch, Error, FileId, FileKeys};

/// How often reading is tried anew when the keyring moves to the next epoch meanwhile.
const TRIES: usize = 3;
/// Statements in one batch of a bulk reading.
const BATCH: usize = 500;
/// Keys that are walked over at most for a batch of files: three times as many files as are asked for, of four keys each.
const MOST_WALKED: usize = 12 * BATCH;

/// Keyring, root and what is unwrapped of them for the moment.
pub struct Vault {
    pub(crate) keyring: Store,
    pub(crate) root: Root,
    pub(crate) deployment: Deployment,
    pub(crate) current: RwLock<Arc<EpochKey>>,
    pub(crate) service: Held,
    pub(crate) cache: Cache,
    pub(crate) erasures: Erasures,
    /// One roll at a time in this process; the lock on the root folder sees to the others.
    pub(crate) rolling: tokio::sync::Mutex<()>,
}

/// How much the keyring holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Files with at least one key; the service's own is not counted.
    pub files: u64,
    /// Keys of those files.
    pub keys: u64,
    /// Erasures since the epoch began: they are unreadable here, but not yet final in every copy.
    pub erased_since_roll: u64,
    /// The epoch.
    pub epoch: Epoch,
}

impl Vault {
    /// Makes a new keyring in an empty `keyring` store and a new root in the folder `root`, and opens them.
    ///
    /// # Errors
    /// Either is in use already, the folder can be read by others, or one could not be written.
    pub async fn create(keyring: Store, root: &Path) -> Result<Vault, Error> {
        if Head::read(&keyring).await?.is_some() {
            return Err(Error::KeyringInUse);
        }
        let deployment = Deployment::draw()?;
        let first = EpochKey { deployment, epoch: Epoch::FIRST, key: Key::random()? };
        // The root first: a keyring never names an epoch whose key is not durable.
        Root::create(root, deployment, &first.key)?;
        let service = first.add_new(FileId::SERVICE, Compartment::File)?.expecting(1);
        keyring.write(vec![Head::make(deployment), service]).await?;
        Vault::unlock(keyring, root).await
    }

    /// Opens the keyring with its root. Checks that they belong together and that the keys unwrap, and finishes or
    /// undoes a change of epoch that was interrupted.
    ///
    /// # Errors
    /// What does not fit, in one line that says what to do: a missing or open root, a missing keyring, a keyring of
    /// another service, an older copy of the keyring, damage.
    pub async fn unlock(keyring: Store, root: &Path) -> Result<Vault, Error> {
        let root = Root::at(root)?;
        if Head::read(&keyring).await?.is_none() {
            return Err(Error::KeyringMissing);
        }
        let _alone = root.clone().locked().await?;
        let (head, current) = agree(&keyring, &root).await?;
        let rows = keyring.read(vec![KEYS_OF_FILE.with([FileId::SERVICE.as_bytes().into()])]).await?;
        let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
        if rows.is_empty() {
            return Err(Error::KeyringDamaged("the service's own key is missing"));
        }
        let own: Result<Vec<_>, Error> = rows.iter().map(|row| current.unwrap(row)).collect();
        // A key that is not the keyring's own unwraps nothing, not even the first.
        let own = own.map_err(|_| Error::RootOfAnother)?;
        let vault = Vault {
            keyring,
            root,
            deployment: head.deployment,
            current: RwLock::new(Arc::new(current)),
            service: Held::new(FileId::SERVICE, 0, own),
            cache: Cache::new(),
            erasures: Erasures::default(),
            rolling: tokio::sync::Mutex::default(),
        };
        vault.first_keys_unwrap().await?;
        vault.tidy_root(head.epoch).await?;
        Ok(vault)
    }

    /// Which service this is.
    #[must_use]
    pub fn deployment(&self) -> Deployment {
        self.deployment
    }

    /// The epoch of the keyring. Records remember it, so that they can refuse an older keyring.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.current().epoch
    }

    /// Draws keys for a new file. They are durable when this returns, so that no row is ever without its key. Doing it
    /// again changes nothing.
    ///
    /// # Errors
    /// The file was erased here, or the keyring could not be written.
    pub async fn create_file(&self, file: FileId, compartments: &[Compartment]) -> Result<(), Error> {
        self.create_files(&[file], compartments).await
    }

    /// Draws keys for many new files at once, each with the same compartments.
    ///
    /// # Errors
    /// As for `create_file`; then no key of any of them was added.
    pub async fn create_files(&self, files: &[FileId], compartments: &[Compartment]) -> Result<(), Error> {
        let each: Vec<_> = files.iter().map(|file| (*file, compartments.to_vec())).collect();
        self.create_each(&each).await
    }

    /// Draws keys for many new files at once, each with its own compartments.
    ///
    /// # Errors
    /// As for `create_file`; then no key of any of them was added.
    pub async fn create_each(&self, files: &[(FileId, Vec<Compartment>)]) -> Result<(), Error> {
        if files.iter().any(|(file, _)| *file == FileId::SERVICE || self.erasures.whole_file(*file)) {
            return Err(Error::Erased);
        }
        for _ in 0..TRIES {
            let current = self.current();
            let mut batch = vec![HOLD_EPOCH.with([keyring::number(current.epoch).into()]).expecting(1)];
            for (file, compartments) in files {
                for compartment in compartments {
                    batch.push(current.add_new(*file, *compartment)?);
                }
            }
            match self.keyring.write(batch).await {
                Ok(_) => return Ok(()),
                Err(store::Error::Conflict { .. }) => self.follow_epoch().await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::EpochMoved)
    }

    /// Adds a compartment to a file that has keys, say when a client joins a programme.
    ///
    /// # Errors
    /// The file has no keys, or the keyring could not be written.
    pub async fn add_compartment(&self, file: FileId, compartment: Compartment) -> Result<(), Error> {
        for _ in 0..TRIES {
            let current = self.current();
            let hold = HOLD_EPOCH.with([keyring::number(current.epoch).into()]).expecting(1);
            // A file that is being erased must not get a key again: looking and adding are one transaction, and an erasure
            // waits for the same row.
            let has = HAS_KEYS.with([file.as_bytes().into()]).expecting(1);
            match self.keyring.write(vec![hold, has, current.add_new(file, compartment)?]).await {
                Ok(_) => {
                    self.cache.forget(file);
                    return Ok(());
                }
                Err(store::Error::Conflict { sql }) if sql == HAS_KEYS.name => return Err(Error::NoKeys),
                Err(store::Error::Conflict { .. }) => self.follow_epoch().await?,
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::EpochMoved)
    }

    /// The keys of one file, from memory if they were there less than a minute ago.
    ///
    /// # Errors
    /// The file has no keys (it was erased or never registered), or the keyring could not do its part.
    pub async fn keys(&self, file: FileId) -> Result<FileKeys, Error> {
        let now = Instant::now();
        if let Some(held) = self.cache.get(file, now) {
            return Ok(FileKeys { held });
        }
        let before = self.erasures.so_far();
        for _ in 0..TRIES {
            let rows = self.keyring.read(vec![KEYS_OF_FILE.with([file.as_bytes().into()])]).await?;
            let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
            if rows.is_empty() || file == FileId::SERVICE {
                return Err(Error::NoKeys);
            }
            let current = self.current();
            if rows.iter().any(|row| row.epoch != current.epoch) {
                self.follow_epoch().await?;
                continue;
            }
            let keys: Result<Vec<_>, Error> = rows.iter().map(|row| current.unwrap(row)).collect();
            let held = Arc::new(Held::new(file, before, keys?));
            self.cache.put(Arc::clone(&held), now);
            return Ok(FileKeys { held });
        }
        Err(Error::EpochMoved)
    }

    /// The keys of many files at once, past the cache: for the search index, statistics, a sweep. Files without keys are
    /// not among them. Ask for some ten thousand at a time, so that few keys are unwrapped at once.
    ///
    /// # Errors
    /// The keyring could not do its part.
    pub async fn keys_of(&self, files: &[FileId]) -> Result<HashMap<FileId, FileKeys>, Error> {
        let before = self.erasures.so_far();
        let mut asked = files.to_vec();
        asked.sort_unstable();
        asked.dedup();
        asked.retain(|file| *file != FileId::SERVICE);
        for _ in 0..TRIES {
            let rows = self.rows_of(&asked).await?;
            let current = self.current();
            if rows.iter().any(|row| row.epoch != current.epoch) {
                self.follow_epoch().await?;
                continue;
            }
            let mut found = HashMap::with_capacity(asked.len());
            for of_one in rows.chunk_by(|a, b| a.file == b.file) {
                let Some(first) = of_one.first() else { continue };
                let keys: Result<Vec<_>, Error> = of_one.iter().map(|row| current.unwrap(row)).collect();
                let held = Arc::new(Held::new(first.file, before, keys?));
                found.insert(first.file, FileKeys { held });
            }
            return Ok(found);
        }
        Err(Error::EpochMoved)
    }

    /// The rows of `asked` (sorted), file by file. Of many, it walks over the keyring where most of what lies between two is asked
    /// for, or else looks up each.
    async fn rows_of(&self, asked: &[FileId]) -> Result<Vec<Wrapped>, Error> {
        let mut rows = Vec::with_capacity(asked.len() * 2);
        for chunk in asked.chunks(BATCH) {
            let walked = if asked.len() > BATCH { self.walked(chunk).await? } else { None };
            let given = match walked {
                Some(given) => vec![given],
                None => {
                    let each = chunk.iter().map(|file| KEYS_OF_FILE.with([file.as_bytes().into()]));
                    self.keyring.read(each.collect()).await?
                }
            };
            for given in given {
                let given = Wrapped::read_all(&given)?;
                rows.extend(given.into_iter().filter(|row| chunk.binary_search(&row.file).is_ok()));
            }
        }
        Ok(rows)
    }

    /// All keys from the first to the last of these files, unless far more lies between than was asked for.
    async fn walked(&self, files: &[FileId]) -> Result<Option<Rows>, Error> {
        let (Some(from), Some(to)) = (files.first(), files.last()) else { return Ok(None) };
        let most = (MOST_WALKED as i64).into();
        let walk = KEYS_BETWEEN.with([from.as_bytes().into(), to.as_bytes().into(), most]);
        let rows = self.keyring.read(vec![walk]).await?.into_iter().next().unwrap_or_default();
        Ok((rows.rows.len() < MOST_WALKED).then_some(rows))
    }

    /// Forgets the unwrapped keys of a file, say because another server erased it.
    pub fn evict(&self, file: FileId) {
        self.cache.forget(file);
    }

    /// Which of `files` still have a key. An erased one among them means that this keyring is older than the records.
    ///
    /// # Errors
    /// The keyring could not be read.
    pub async fn holds(&self, files: &[FileId]) -> Result<Vec<FileId>, Error> {
        let mut held = Vec::new();
        for chunk in files.chunks(BATCH) {
            let batch = chunk.iter().map(|file| HAS_KEYS.with([file.as_bytes().into()])).collect();
            let given = self.keyring.read(batch).await?;
            held.extend(
                chunk.iter().zip(&given).filter(|(_, rows)| !rows.rows.is_empty()).map(|(file, _)| *file),
            );
        }
        Ok(held)
    }

    /// Whether the keyring answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn answers(&self) -> Result<(), Error> {
        Head::read(&self.keyring).await?.map(drop).ok_or(Error::KeyringMissing)
    }

    /// How much the keyring holds.
    ///
    /// # Errors
    /// The keyring could not be read.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let head = Head::read(&self.keyring).await?.ok_or(Error::KeyringMissing)?;
        let rows = self.keyring.read(vec![keyring::COUNT_KEYS.with([])]).await?;
        let row = rows.first().and_then(Rows::first).ok_or(Error::KeyringDamaged("it does not count"))?;
        let own = self.service.count();
        Ok(Counts {
            files: row.int(0)?.unsigned_abs().saturating_sub(1),
            keys: row.int(1)?.unsigned_abs().saturating_sub(own),
            erased_since_roll: head.erased,
            epoch: head.epoch,
        })
    }

    pub(crate) fn current(&self) -> Arc<EpochKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up the epoch that the keyring names now, say after another process moved it.
    pub(crate) async fn follow_epoch(&self) -> Result<(), Error> {
        let (_, current) = agree(&self.keyring, &self.root).await?;
        self.take_up(current);
        Ok(())
    }

    pub(crate) fn take_up(&self, next: EpochKey) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if next.epoch > current.epoch {
            *current = Arc::new(next);
        }
    }
}

/// What keyring and root agree on: which service, which epoch, and its key.
pub(crate) async fn agree(keyring: &Store, root: &Root) -> Result<(Head, EpochKey), Error> {
    let head = Head::read(keyring).await?.ok_or(Error::KeyringMissing)?;
    if root.deployment()? != head.deployment {
        return Err(Error::RootOfAnother);
    }
    let Some(key) = root.epoch_key(head.epoch)? else {
        return Err(Error::EpochKeyMissing { keyring: head.epoch, root: root.epochs()? });
    };
    Ok((head, EpochKey { deployment: head.deployment, epoch: head.epoch, key }))
}

#[cfg(test)]
mod tests;
