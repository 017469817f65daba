//! The writer signs what it has written: at most once a second, beside its commits, and never a smaller or another tree.

use std::path::Path;

use store::Store;
use tokio::time::Instant;

use crate::Error;
use crate::checkpoint::{self, Signed};
use crate::key::SigningKey;
use crate::tree::Tree;
use crate::verify::{Bad, Fault, verify};
use crate::writer::Writer;

/// Whether the log in the store is the one that was signed, grown or not.
///
/// # Errors
/// It is behind, or another one.
pub(crate) async fn holds(store: &Store, size: u64, signed: &Signed) -> Result<(), Error> {
    if size < signed.size {
        return Err(Error::Behind { found: size, signed: signed.size });
    }
    if Tree::load(store, signed.size).await?.root()? != signed.root {
        return Err(Error::Forked { signed: signed.size });
    }
    Ok(())
}

impl Writer {
    /// Sends a new checkpoint on its way into the file, unless the last one is still on its way.
    pub(crate) async fn sign(&mut self) -> Result<(), Error> {
        self.signed_at = Instant::now();
        if self.signing.as_ref().is_some_and(|signing| !signing.is_finished()) {
            return Ok(());
        }
        self.arrived().await?;
        self.prepare().await
    }

    /// Signs what there is and waits until the file holds it.
    pub(crate) async fn sign_last(&mut self) -> Result<(), Error> {
        self.arrived().await?;
        self.prepare().await?;
        self.arrived().await
    }

    /// Waits for the checkpoint that is on its way, if there is one.
    async fn arrived(&mut self) -> Result<(), Error> {
        if let Some(signing) = self.signing.take()
            && let Some(signed) = signing.await.unwrap_or(Err(Error::Unavailable))?
        {
            self.signed = Some(signed);
        }
        Ok(())
    }

    /// Signs the tree as it is, if it has grown, and lets a thread of its own put the note into the file.
    async fn prepare(&mut self) -> Result<(), Error> {
        let size = self.tree.size;
        if self.signed.as_ref().is_some_and(|signed| signed.size >= size) {
            return Ok(());
        }
        let there = checkpoint::load(&self.checkpoint, self.key.public())?;
        if there != self.signed {
            // Another process of this service has signed meanwhile: what it signed must be of the same log.
            match &there {
                Some(signed) => holds(&self.store, crate::book::size(&self.store).await?, signed).await?,
                None => tracing::warn!("the audit log's checkpoint was removed; it is written anew"),
            }
            self.signed = there;
            if self.signed.as_ref().is_some_and(|signed| signed.size >= size) {
                return Ok(());
            }
        }
        let root = self.tree.root()?;
        let next = Signed { size, root, note: self.key.sign(size, root)? };
        let last = self.signed.as_ref().map(|signed| signed.note.clone());
        let path = self.checkpoint.clone();
        self.signing = Some(tokio::task::spawn_blocking(move || {
            checkpoint::replace(&path, last.as_deref(), &next.note).map(|done| done.then_some(next))
        }));
        Ok(())
    }
}

/// Signs the log in `store` as it is, where the file of its last checkpoint was lost for good. What was signed before cannot be
/// known from then on, so whoever does this has it written into the log. Gives how many entries it covers.
///
/// # Errors
/// There is a checkpoint; an entry or a hash does not hold, which is told by its place; or a store failed.
pub async fn sign_anew(store: &Store, key: &SigningKey, path: &Path) -> Result<u64, Error> {
    if let Some(signed) = checkpoint::load(path, key.public())? {
        return Err(Error::Signed { entries: signed.size });
    }
    let size = match verify(store, path, key.public()).await? {
        Ok(sound) => sound.entries,
        Err(Bad { what: Fault::NotSigned { entries }, .. }) => entries,
        Err(bad) => return Err(Error::Damaged(bad.entry)),
    };
    let root = Tree::load(store, size).await?.root()?;
    checkpoint::replace(path, None, &key.sign(size, root)?)?;
    Ok(size)
}
