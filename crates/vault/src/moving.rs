//! From one place of a file to another: opened and sealed anew in one step. What is inside leaves the vault for nobody, so a
//! permit to write is enough and nothing has to be shown first.

use access::Permit;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chunks::{ChunkSeal, Chunks, SEAL_HEADER_BYTES};
use crate::{Error, FileKeys, Place, Vault, envelope, permitted};

/// Moves the pieces of one version of a document to another place.
pub struct Moving {
    from: Chunks,
    to: ChunkSeal,
}

impl Moving {
    /// What stands before the first piece in the new place.
    #[must_use]
    pub fn header(&self) -> [u8; SEAL_HEADER_BYTES] {
        self.to.header()
    }

    /// The piece with this number, sealed for the new place.
    ///
    /// # Errors
    /// It is not exactly the piece that was sealed in the old place, or the random source failed.
    pub fn piece(
        &self,
        before: &[u8; SEAL_HEADER_BYTES],
        index: u64,
        last: bool,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.to.seal(index, last, &self.from.open(before, index, last, sealed)?)
    }
}

impl Vault {
    /// Seals a value anew for another place of the same file, in the same table and category. `T` is what it is.
    ///
    /// # Errors
    /// Not permitted, another file, table or category, no key, erased meanwhile, or not exactly what was sealed for `from`.
    pub fn move_sealed<T: Serialize + DeserializeOwned>(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        from: &Place<'_>,
        to: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, Error> {
        stays(from, to)?;
        permitted::sealing(permit, from)?;
        self.usable(keys, from)?;
        let code = from.compartment.code();
        let key = |version| keys.held.version(from.compartment, version);
        let value: T = envelope::open(key, &self.at(from, &code), from.table, sealed)?;
        self.seal(permit, keys, to, &value)
    }

    /// The same for the pieces of a version of a document.
    ///
    /// # Errors
    /// Not permitted, another file, table or category, no key, or erased meanwhile.
    pub fn move_chunks(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        from: &Place<'_>,
        to: &Place<'_>,
    ) -> Result<Moving, Error> {
        stays(from, to)?;
        // Whoever may seal in both places may move from one to the other.
        let from = self.seal_chunks(permit, keys, from)?.read_back();
        Ok(Moving { from, to: self.seal_chunks(permit, keys, to)? })
    }
}

/// Nothing is moved into another file, or to where others may read it.
fn stays(from: &Place<'_>, to: &Place<'_>) -> Result<(), Error> {
    if from.file == to.file && from.table == to.table && from.category == to.category {
        return Ok(());
    }
    Err(Error::NotPermitted { doing: "moving", category: to.category })
}
