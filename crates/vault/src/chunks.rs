//! Documents, sealed piece by piece: what is large is never whole in memory, and never anywhere in the clear.
//!
//! ```text
//! "KEPD" | version 1 | algorithm 1 | key version (2)            once, at the beginning
//! nonce (12) | ciphertext of 64 KiB | tag (16)                  for each piece
//! ```
//!
//! Every piece is as long as every other: the last one is filled up with zeros, and how long the document really is stands
//! sealed in its row. Each piece is bound to its document, its version, its number and to whether it is the last, as in
//! STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015), but with random nonces, so that a version that was begun
//! twice never uses one twice.

use std::sync::Arc;

use access::Permit;
use audit::Entry;
use zeroize::Zeroizing;

use crate::associated::SealedAt;
use crate::key::{NONCE_BYTES, TAG_BYTES, random_nonce};
use crate::keys::Held;
use crate::{Beside, Compartment, Error, FileId, FileKeys, Personal, Place, Vault, permitted};

/// Bytes of a document in one piece.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of a sealed piece.
pub const SEALED_CHUNK_BYTES: usize = NONCE_BYTES + CHUNK_BYTES + TAG_BYTES;
/// Bytes before the first piece.
pub const SEAL_HEADER_BYTES: usize = 8;

const MAGIC: [u8; 4] = *b"KEPD";
const VERSION: u8 = 1;
/// AES-256-GCM with a random nonce.
const AES_256_GCM: u8 = 1;

fn header(key_version: u16) -> [u8; SEAL_HEADER_BYTES] {
    let ([m0, m1, m2, m3], [high, low]) = (MAGIC, key_version.to_be_bytes());
    [m0, m1, m2, m3, VERSION, AES_256_GCM, high, low]
}

/// Where the pieces belong, with the keys of their file.
#[derive(Clone)]
struct Bound {
    deployment: [u8; 16],
    table: &'static str,
    row: [u8; 16],
    version: i64,
    file: FileId,
    compartment: Compartment,
    category: &'static str,
    held: Arc<Held>,
}

impl Bound {
    fn associated(&self, header: &[u8], index: u64, last: bool) -> Vec<u8> {
        let code = self.compartment.code();
        SealedAt {
            deployment: &self.deployment,
            table: self.table,
            row: &self.row,
            version: self.version,
            file: self.file,
            compartment: &code,
            category: self.category,
            beside: Beside::NOTHING,
        }
        .chunk_bytes(header, index, last)
    }
}

/// Seals the pieces of one version of a document.
pub struct ChunkSeal {
    bound: Bound,
    key_version: u16,
}

impl ChunkSeal {
    /// What stands before the first piece.
    #[must_use]
    pub fn header(&self) -> [u8; SEAL_HEADER_BYTES] {
        header(self.key_version)
    }

    /// Seals the piece with this number.
    ///
    /// # Errors
    /// It is longer than a piece, or the random source failed.
    pub fn seal(&self, index: u64, last: bool, piece: &[u8]) -> Result<Vec<u8>, Error> {
        let table = self.bound.table;
        if piece.len() > CHUNK_BYTES {
            return Err(Error::CannotSeal(table));
        }
        let key = self.bound.held.version(&self.bound.compartment, self.key_version);
        let key = key.ok_or(Error::NoKey(self.bound.compartment))?;
        let nonce = random_nonce()?;
        let mut sealed = Vec::with_capacity(SEALED_CHUNK_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(piece);
        sealed.resize(NONCE_BYTES + CHUNK_BYTES, 0);
        let text = sealed.get_mut(NONCE_BYTES..).ok_or(Error::CannotSeal(table))?;
        let tag = key.encrypt(nonce, &self.bound.associated(&self.header(), index, last), text)?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Reads back what was just sealed, so that a document can be looked through before it counts. Whoever seals has what
    /// is inside already; nobody is shown anything by this.
    #[must_use]
    pub fn read_back(&self) -> Chunks {
        Chunks { bound: self.bound.clone() }
    }
}

/// Opens the pieces of one version of a document. It comes as [`Personal`], so that no piece opens before the audit entry is
/// on disk.
pub struct Chunks {
    bound: Bound,
}

impl Chunks {
    /// Opens the piece with this number.
    ///
    /// # Errors
    /// It is not exactly the piece that was sealed in this place.
    pub fn open(
        &self,
        before: &[u8; SEAL_HEADER_BYTES],
        index: u64,
        last: bool,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.opened(before, index, last, sealed).ok_or(Error::DoesNotOpen(self.bound.table))
    }

    fn opened(
        &self,
        before: &[u8; SEAL_HEADER_BYTES],
        index: u64,
        last: bool,
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let [.., high, low] = *before;
        let key_version = u16::from_be_bytes([high, low]);
        if *before != header(key_version) || sealed.len() != SEALED_CHUNK_BYTES {
            return None;
        }
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let mut plain = Zeroizing::new(vec![0; CHUNK_BYTES]);
        let key = self.bound.held.version(&self.bound.compartment, key_version)?;
        key.decrypt(*nonce, &self.bound.associated(before, index, last), text, &mut plain)?;
        Some(plain)
    }
}

impl Vault {
    /// Begins to seal a version of a document at `place`. The permit must be one to write that category of that very file.
    ///
    /// # Errors
    /// Not permitted, the category does not belong in the compartment, no key, or erased meanwhile.
    pub fn seal_chunks(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        place: &Place<'_>,
    ) -> Result<ChunkSeal, Error> {
        permitted::sealing(permit, place)?;
        self.usable(keys, place)?;
        let key_version = keys.held.newest(place.compartment)?.version;
        Ok(ChunkSeal { bound: self.bound(keys, place), key_version })
    }

    /// What opens the pieces of a version of a document: released with the receipt of `entry`, whose permit must be one to
    /// read that category of that very file.
    ///
    /// # Errors
    /// Not permitted, no key, or erased meanwhile.
    pub fn open_chunks(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        place: &Place<'_>,
    ) -> Result<Personal<Chunks>, Error> {
        permitted::opening(entry.permit(), place)?;
        self.usable(keys, place)?;
        Ok(Personal::new(entry, Chunks { bound: self.bound(keys, place) }))
    }

    fn bound(&self, keys: &FileKeys, place: &Place<'_>) -> Bound {
        Bound {
            deployment: *self.deployment.as_bytes(),
            table: place.table,
            row: place.row,
            version: place.version,
            file: place.file,
            compartment: *place.compartment,
            category: place.category.code(),
            held: Arc::clone(&keys.held),
        }
    }
}

#[cfg(test)]
mod tests {
    use casework::DocumentId;
    use proptest::prelude::*;

    use super::*;
    use crate::key::Key;
    use crate::keys::CompartmentKey;

    const HERE: DocumentId = DocumentId::from_bytes([7; 16]);

    fn bound(key: u8, row: u8, version: i64) -> Bound {
        let compartment = Compartment::Document(HERE);
        let file = FileId::from_bytes([3; 16]);
        let key = CompartmentKey { compartment, version: 1, key: Key::fixed([key; 32]) };
        Bound {
            deployment: [1; 16],
            table: "document",
            row: [row; 16],
            version,
            file,
            compartment,
            category: "casework",
            held: Arc::new(Held::new(file, 0, vec![key])),
        }
    }

    fn seal() -> ChunkSeal {
        ChunkSeal { bound: bound(5, 7, 2), key_version: 1 }
    }

    #[test]
    fn pieces_open_in_their_own_place_and_in_no_other() {
        let seal = seal();
        let (head, first) = (seal.header(), seal.seal(0, false, &[b'a'; CHUNK_BYTES]).unwrap());
        let last = seal.seal(1, true, b"the end").unwrap();
        let open = seal.read_back();
        assert_eq!(open.open(&head, 0, false, &first).unwrap().as_slice(), [b'a'; CHUNK_BYTES]);
        assert!(open.open(&head, 1, true, &last).unwrap().starts_with(b"the end\0"));
        assert_eq!(first.len(), last.len(), "the last piece does not tell how long the document is");
        // Swapped, put in another order, cut off, gone on with: none opens.
        assert!(open.open(&head, 1, false, &first).is_err());
        assert!(open.open(&head, 0, true, &first).is_err(), "cut off after the first");
        assert!(open.open(&head, 0, true, &last).is_err());
        assert!(open.open(&head, 1, false, &last).is_err(), "something was put behind the end");
        assert!(open.open(&head, 0, false, &first[1..]).is_err());
        for other in [bound(5, 8, 2), bound(5, 7, 1), bound(6, 7, 2)] {
            assert!(Chunks { bound: other }.open(&head, 0, false, &first).is_err());
        }
        assert!(open.open(b"KEPD\x01\x01\0\x02", 0, false, &first).is_err(), "a key that the file has not");
        assert!(open.open(b"KEPT\x01\x01\0\x01", 0, false, &first).is_err());
        assert!(seal.seal(0, false, &[0; CHUNK_BYTES + 1]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn one_changed_bit_and_a_piece_does_not_open(bit in 0_usize..SEALED_CHUNK_BYTES * 8) {
            let seal = seal();
            let mut sealed = seal.seal(3, true, b"words").unwrap();
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(seal.read_back().open(&seal.header(), 3, true, &sealed).is_err());
        }
    }

    /// Documents of today must open with any version to come: the bytes of one, as they are written now.
    #[test]
    fn a_piece_sealed_long_ago_still_opens() {
        let nonce = [9; NONCE_BYTES];
        let bound = bound(5, 7, 2);
        let head = header(1);
        let mut text = vec![0; CHUNK_BYTES];
        text[..5].copy_from_slice(b"words");
        let key = Key::fixed([5; 32]);
        let tag = key.encrypt(nonce, &bound.associated(&head, 0, true), &mut text).unwrap();
        let begin: Vec<String> = text.iter().take(8).map(|b| format!("{b:02x}")).collect();
        let tag: Vec<String> = tag.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((begin.concat().as_str(), tag.concat().as_str()), GOLDEN);
    }

    const GOLDEN: (&str, &str) = ("a4e657d40ce77ddc", "e42b64c8ab7b503cf7acda881dadaac4");
}
