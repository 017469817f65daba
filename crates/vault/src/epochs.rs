//! Erasing, and the epochs that make it final.
//!
//! A deleted key comes back with an older copy of the keyring, as long as the epoch key lives. So after erasures the
//! keyring moves on: a new epoch key at the root, every survivor wrapped under it in one transaction, all of them
//! unwrapped again to be sure, and only then the old epoch key destroyed. Killed at any step, the next opening finishes
//! or undoes the change: the keyring names its epoch, and no other key stays at the root.

use std::sync::Arc;

use access::Permit;
use store::{BoxFuture, Query, Rows, Tx};

use crate::key::Key;
use crate::keyring::{
    self, BEGIN_EPOCH, COUNT_ERASURES, DELETE_COMPARTMENT, DELETE_FILE, DELETE_INSIDE, EpochKey, HOLD_EPOCH,
    REWRAP_KEY, Walk, Wrapped,
};
use crate::root::{Root, RootLock};
use crate::vault::agree;
use crate::{Compartment, Counts, Epoch, Error, FileId, Vault, permitted};

/// Where a change of epoch can be killed; tests do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The new epoch key is durable at the root.
    KeyAtRoot,
    /// Every survivor is wrapped under it, not yet committed.
    Rewrapped,
    /// Committed: the keyring names the new epoch.
    Committed,
    /// The old epoch key is gone.
    Destroyed,
}

/// What happens at each step besides: nothing, but for tests.
type At = fn(Step) -> Result<(), Error>;

impl Vault {
    /// Deletes the keys of a file, or of one compartment of it with the documents that lie in it: from now on nothing of it can
    /// be opened here. Tells the epoch: the erasure is final in every copy once [`roll`](Vault::roll) has begun a later one. Doing it again does no
    /// harm.
    ///
    /// # Errors
    /// Not permitted, or the keyring could not be written.
    pub async fn erase(
        &self,
        permit: &Permit,
        file: FileId,
        compartment: Option<Compartment>,
    ) -> Result<Epoch, Error> {
        permitted::erasing(permit, file, compartment.as_ref())?;
        let id = || file.as_bytes().into();
        let delete = match compartment {
            None => vec![DELETE_FILE.with([id()])],
            Some(one) => {
                let inside =
                    one.inside().map(|begins| DELETE_INSIDE.with([id(), format!("{begins}%").into()]));
                let own = DELETE_COMPARTMENT.with([id(), one.code().as_ref().into()]);
                std::iter::once(own).chain(inside).collect()
            }
        };
        self.delete(delete, &[file], compartment).await
    }

    /// Deletes the keys of many files at once, as a retention sweep does: all of them or none. Each has its own permit.
    ///
    /// # Errors
    /// Not permitted for one of them, or the keyring could not be written.
    pub async fn erase_all(&self, going: &[(Permit, FileId)]) -> Result<Epoch, Error> {
        going.iter().try_for_each(|(permit, file)| permitted::erasing(permit, *file, None))?;
        let files: Vec<FileId> = going.iter().map(|(_, file)| *file).collect();
        let delete = files.iter().map(|file| DELETE_FILE.with([file.as_bytes().into()])).collect();
        self.delete(delete, &files, None).await
    }

    async fn delete(
        &self,
        statements: Vec<Query>,
        files: &[FileId],
        compartment: Option<Compartment>,
    ) -> Result<Epoch, Error> {
        let mut batch = vec![COUNT_ERASURES.with([(files.len() as i64).into()]).expecting(1)];
        batch.extend(statements);
        let rows = self.keyring.write(batch).await?;
        for file in files {
            self.erasures.note(*file, compartment);
            self.cache.forget(*file);
        }
        // Deleted pages are overwritten; the engine's own log of them goes too.
        self.keyring.truncate_log().await?;
        let row = rows.first().and_then(Rows::first).ok_or(Error::KeyringMissing)?;
        Ok(Epoch::from_number(row.int(0)?.unsigned_abs()))
    }

    /// Makes erasures final: begins the next epoch and destroys the key of the old one, if anything was erased since the
    /// epoch began. Otherwise nothing changes. Tells the epoch that holds now; when it returns, everything erased in an
    /// earlier epoch is unreadable in every older copy of the keyring.
    ///
    /// # Errors
    /// Keyring or root could not be written. Then the old state or the new one holds; calling it again carries on.
    pub async fn roll(&self) -> Result<Epoch, Error> {
        self.roll_with(false, |_| Ok(())).await
    }

    /// Begins the next epoch though nothing was erased: after a suspicion about the root, say.
    ///
    /// # Errors
    /// As for `roll`.
    pub async fn roll_anyway(&self) -> Result<Epoch, Error> {
        self.roll_with(true, |_| Ok(())).await
    }

    /// Unwraps every key of the keyring.
    ///
    /// # Errors
    /// One that does not unwrap.
    pub async fn self_test(&self) -> Result<Counts, Error> {
        let mut walk = Walk::start();
        loop {
            let rows = self.keyring.read(vec![walk.next()]).await?;
            let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
            let current = self.current();
            rows.iter().try_for_each(|row| current.unwrap(row).map(drop))?;
            if !walk.behind(&rows) {
                return self.counts().await;
            }
        }
    }

    /// Unwraps the first thousand keys: enough to know at every start that root and keyring belong together.
    pub(crate) async fn first_keys_unwrap(&self) -> Result<(), Error> {
        let rows = self.keyring.read(vec![Walk::start().next()]).await?;
        let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
        let current = self.current();
        rows.iter().try_for_each(|row| current.unwrap(row).map(drop))
    }

    pub(crate) async fn roll_with(&self, anyway: bool, at: At) -> Result<Epoch, Error> {
        let _one = self.rolling.lock().await;
        let _alone = self.root.clone().locked().await?;
        let (head, current) = agree(&self.keyring, &self.root).await?;
        self.take_up(current);
        self.tidy_root(head.epoch).await?;
        if head.erased == 0 && !anyway {
            return Ok(head.epoch);
        }
        let old = self.current();
        let next = EpochKey { deployment: self.deployment, epoch: old.epoch.next(), key: Key::random()? };
        self.root.write_epoch_key(next.epoch, &next.key)?;
        at(Step::KeyAtRoot)?;

        let next = Arc::new(next);
        let (from, to) = (Arc::clone(&old), Arc::clone(&next));
        self.keyring
            .tx(move |tx| -> BoxFuture<'_, Result<(), Error>> { Box::pin(rewrap(tx, from, to, at)) })
            .await?;
        at(Step::Committed)?;

        let (_, taken) = agree(&self.keyring, &self.root).await?;
        let epoch = taken.epoch;
        self.take_up(taken);
        self.keyring.truncate_log().await?;
        self.root.destroy(old.epoch)?;
        at(Step::Destroyed)?;
        Ok(epoch)
    }

    /// Destroys whatever stands at the root besides the key of `named`, the keyring's own epoch: what an interrupted change
    /// left there. Only after every key was seen to unwrap, so that a key that is still needed is never destroyed.
    pub(crate) async fn tidy_root(&self, named: Epoch) -> Result<(), Error> {
        self.root.destroy_half_written()?;
        let others: Vec<Epoch> = self.root.epochs()?.into_iter().filter(|epoch| *epoch != named).collect();
        if !others.is_empty() {
            self.self_test().await?;
            others.into_iter().try_for_each(|epoch| self.root.destroy(epoch))?;
        }
        Ok(())
    }
}

/// Moves every row from one epoch key to the next, reads all back to be sure, and begins the epoch.
async fn rewrap(tx: &mut Tx, from: Arc<EpochKey>, to: Arc<EpochKey>, at: At) -> Result<(), Error> {
    let (old, new) = (keyring::number(from.epoch), keyring::number(to.epoch));
    tx.batch(vec![HOLD_EPOCH.with([old.into()]).expecting(1)]).await?;
    let (mut walk, mut moved) = (Walk::start(), 0_u64);
    loop {
        let rows = next_rows(tx, &walk).await?;
        let mut batch = Vec::with_capacity(rows.len());
        for row in &rows {
            let own = from.unwrap(row)?;
            let code = row.compartment.code();
            let wrapped = to.wrap(&own.key, row.file, &code, row.version)?;
            let values = [
                row.file.as_bytes().into(),
                code.as_ref().into(),
                i64::from(row.version).into(),
                new.into(),
                wrapped.into(),
            ];
            batch.push(REWRAP_KEY.with(values).expecting(1));
        }
        moved += batch.len() as u64;
        if !walk.behind(&rows) {
            break;
        }
        tx.batch(batch).await?;
    }
    all_unwrap(tx, &to, moved).await?;
    tx.batch(vec![BEGIN_EPOCH.with([old.into(), new.into(), keyring::now().into()]).expecting(1)]).await?;
    at(Step::Rewrapped)
}

/// Reads back what was written: every key must unwrap under the new epoch, and none may be missing.
async fn all_unwrap(tx: &mut Tx, under: &EpochKey, expected: u64) -> Result<(), Error> {
    let (mut walk, mut seen) = (Walk::start(), 0_u64);
    loop {
        let rows = next_rows(tx, &walk).await?;
        rows.iter().try_for_each(|row| under.unwrap(row).map(drop))?;
        seen += rows.len() as u64;
        if !walk.behind(&rows) {
            break;
        }
    }
    if seen == expected {
        Ok(())
    } else {
        Err(Error::KeyringDamaged("keys were lost while it moved to a new epoch"))
    }
}

async fn next_rows(tx: &mut Tx, walk: &Walk) -> Result<Vec<Wrapped>, Error> {
    let rows = tx.batch(vec![walk.next()]).await?;
    Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))
}

impl Root {
    /// Waits for the root off the threads that answer requests.
    pub(crate) async fn locked(self) -> Result<RootLock, Error> {
        let waited = tokio::task::spawn_blocking(move || self.lock()).await;
        waited.unwrap_or(Err(Error::EpochMoved))
    }
}

#[cfg(test)]
mod tests;
