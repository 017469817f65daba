//! The log as it is read and checked. It takes no entry and signs nothing: whoever only looks changes nothing.

use std::path::{Path, PathBuf};

use access::ActorId;
use casework::ClientId;
use store::{Store, sql};

use crate::leaf::Recorded;
use crate::tree::signed;
use crate::verify::{Bad, Verified, verify};
use crate::writer::SIZE;
use crate::{Error, checkpoint, proof};

sql! { audit:
    /// What was done with one file, newest first.
    ABOUT = "SELECT seq, leaf FROM audit_entry WHERE subject = $1 ORDER BY seq DESC LIMIT $2";
    /// What somebody did, newest first.
    BY_ACTOR = "SELECT seq, leaf FROM audit_entry WHERE actor = $1 ORDER BY seq DESC LIMIT $2";
    /// Entries from one place on.
    FROM_PLACE = "SELECT seq, leaf FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
}

/// The entries of a log, its last signed checkpoint and the key that this was signed with.
pub struct Book {
    pub(crate) store: Store,
    pub(crate) checkpoint: PathBuf,
    pub(crate) public: String,
}

impl Book {
    /// The log in `store`, to be read. It need not be one that opens for writing.
    #[must_use]
    pub fn new(store: Store, checkpoint: &Path, public: &str) -> Book {
        Book { store, checkpoint: checkpoint.to_owned(), public: public.to_owned() }
    }

    /// What was done with one client's file, newest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn about(&self, client: ClientId, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(ABOUT.with([client.as_bytes().into(), i64::from(most).into()])).await
    }

    /// What somebody did, newest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn by_actor(&self, actor: ActorId, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(BY_ACTOR.with([actor.as_bytes().into(), i64::from(most).into()])).await
    }

    /// Entries from place `seq` on, oldest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn from(&self, seq: u64, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(FROM_PLACE.with([signed(seq).into(), i64::from(most).into()])).await
    }

    async fn recorded(&self, query: store::Query) -> Result<Vec<Recorded>, Error> {
        let rows = self.store.read(vec![query]).await?.into_iter().next().unwrap_or_default();
        let mut found = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let seq = u64::try_from(row.int(0)?).unwrap_or_default();
            found.push(Recorded::read(seq, row.blob(1)?).ok_or(Error::Damaged(seq))?);
        }
        Ok(found)
    }

    /// How many entries the log has.
    ///
    /// # Errors
    /// The store failed.
    pub async fn size(&self) -> Result<u64, Error> {
        size(&self.store).await
    }

    /// Checks every entry, every hash and the last signed checkpoint.
    ///
    /// # Errors
    /// The store failed. A fault found in the log is not an error but the answer.
    pub async fn verify(&self) -> Result<Result<Verified, Bad>, Error> {
        verify(&self.store, &self.checkpoint, &self.public).await
    }

    /// A proof that entry `seq` is in the log as last signed: C2SP tlog-proof, checkable without Kept.
    ///
    /// # Errors
    /// There is no such entry under the last checkpoint, or the store failed.
    pub async fn prove(&self, seq: u64) -> Result<String, Error> {
        let size = self.size().await?;
        if seq >= size {
            return Err(Error::NoSuchEntry { asked: seq, entries: size });
        }
        let signed = checkpoint::load(&self.checkpoint, &self.public)?;
        let signed = signed.ok_or(Error::NoCheckpoint { entries: size })?;
        proof::prove(&self.store, &signed, seq).await
    }

    /// The public key that checkpoints are signed with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public
    }
}

pub(crate) async fn size(store: &Store) -> Result<u64, Error> {
    let rows = store.read(vec![SIZE.with([])]).await?;
    let row = rows.first().and_then(|r| r.first()).ok_or(Error::Damaged(0))?;
    Ok(u64::try_from(row.int(0)?).unwrap_or_default())
}
