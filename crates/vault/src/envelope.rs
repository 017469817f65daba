//! The envelope: what a sealed value looks like on disk.
//!
//! ```text
//! "KEPT" | version | algorithm 1 | key version (2) | nonce (12) | ciphertext of the padded value | tag (16)
//! ```
//!
//! Version 1 is bound to its place, version 2 to what stands beside it in the clear as well. Since the header is bound, too, one
//! does not pass for the other.
//!
//! The value is JSON. It is padded to a bucket, so that its length tells next to nothing: four bytes of length, the
//! value, zeros. The reader takes the key from the file's own keys, never one that the envelope could name: the key
//! version only says which of them. The header is bound into the seal with the place.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize, optimization_barrier};

use crate::Error;
use crate::associated::SealedAt;
use crate::key::{Key, NONCE_BYTES, TAG_BYTES, random_nonce};

const MAGIC: [u8; 4] = *b"KEPT";
const VERSION: u8 = 1;
const BOUND_VERSION: u8 = 2;
/// AES-256-GCM with a random nonce.
const AES_256_GCM: u8 = 1;
const HEADER_BYTES: usize = 8;
const BEFORE_TEXT: usize = HEADER_BYTES + NONCE_BYTES;
const LENGTH_BYTES: usize = 4;
const SMALLEST_BUCKET: usize = 64;
const LARGEST_POWER: usize = 4096;
/// Larger things are documents, which are sealed piece by piece elsewhere.
const LARGEST_VALUE: usize = 16 * 1024 * 1024;

/// Seals `value` under `key` for the place `at`.
pub(crate) fn seal<T: Serialize>(
    key: &Key,
    key_version: u16,
    at: &SealedAt<'_>,
    table: &'static str,
    value: &T,
) -> Result<Vec<u8>, Error> {
    seal_with(key, key_version, random_nonce()?, at, table, value)
}

fn seal_with<T: Serialize>(
    key: &Key,
    key_version: u16,
    nonce: [u8; NONCE_BYTES],
    at: &SealedAt<'_>,
    table: &'static str,
    value: &T,
) -> Result<Vec<u8>, Error> {
    let beside = at.beside.bytes();
    let header = header(if beside.is_some() { BOUND_VERSION } else { VERSION }, key_version);
    let mut writing = Writing(Vec::with_capacity(BEFORE_TEXT + 512 + TAG_BYTES));
    writing.0.extend_from_slice(&header);
    writing.0.extend_from_slice(&nonce);
    writing.0.extend_from_slice(&[0; LENGTH_BYTES]);
    // The serialiser's own words may quote the value, so they are dropped.
    serde_json::to_writer(&mut writing, value).map_err(|_| Error::CannotSeal(table))?;

    let length = writing.0.len().saturating_sub(BEFORE_TEXT + LENGTH_BYTES);
    let padded = bucket(length).ok_or(Error::CannotSeal(table))?;
    writing.reserve(BEFORE_TEXT + padded + TAG_BYTES);
    let mut envelope = std::mem::take(&mut writing.0);
    envelope.resize(BEFORE_TEXT + padded, 0);
    let text = envelope.get_mut(BEFORE_TEXT..).ok_or(Error::CannotSeal(table))?;
    let length = u32::try_from(length).map_err(|_| Error::CannotSeal(table))?;
    if let Some(first) = text.first_chunk_mut::<LENGTH_BYTES>() {
        *first = length.to_be_bytes();
    }
    let tag = key.encrypt(nonce, &at.bytes(&header, beside), text)?;
    envelope.extend_from_slice(&tag);
    Ok(envelope)
}

/// Opens an envelope. `keys` are the file's own for the compartment, by version.
pub(crate) fn open<'k, T: DeserializeOwned>(
    key_of: impl FnOnce(u16) -> Option<&'k Key>,
    at: &SealedAt<'_>,
    table: &'static str,
    envelope: &[u8],
) -> Result<T, Error> {
    let plain = unseal(key_of, at, envelope).ok_or(Error::DoesNotOpen(table))?;
    let value = value(&plain.0).ok_or(Error::DoesNotRead(table))?;
    // As above: serde's words may quote what it could not read.
    serde_json::from_slice(value).map_err(|_| Error::DoesNotRead(table))
}

fn unseal<'k>(
    key_of: impl FnOnce(u16) -> Option<&'k Key>,
    at: &SealedAt<'_>,
    envelope: &[u8],
) -> Option<Plain> {
    let (found, rest) = envelope.split_first_chunk::<HEADER_BYTES>()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
    let [.., version, _, high, low] = *found;
    let key_version = u16::from_be_bytes([high, low]);
    if *found != header(version, key_version) {
        return None;
    }
    let beside = match version {
        VERSION => None,
        BOUND_VERSION => Some(at.beside.bytes()?),
        _ => return None,
    };
    let mut plain = Plain(vec![0; sealed.len().checked_sub(TAG_BYTES)?]);
    key_of(key_version)?.decrypt(*nonce, &at.bytes(found, beside), sealed, &mut plain.0)?;
    Some(plain)
}

fn header(version: u8, key_version: u16) -> [u8; HEADER_BYTES] {
    let ([m0, m1, m2, m3], [high, low]) = (MAGIC, key_version.to_be_bytes());
    [m0, m1, m2, m3, version, AES_256_GCM, high, low]
}

/// Whether what stands beside it is bound into this envelope.
pub(crate) fn is_bound(envelope: &[u8]) -> bool {
    envelope.get(MAGIC.len()) == Some(&BOUND_VERSION)
}

/// How long a value of `length` bytes is when padded: a power of two from 64 to 4096, then multiples of 4096.
fn bucket(length: usize) -> Option<usize> {
    if length > LARGEST_VALUE {
        return None;
    }
    let needed = length + LENGTH_BYTES;
    if needed <= LARGEST_POWER {
        Some(needed.next_power_of_two().max(SMALLEST_BUCKET))
    } else {
        Some(needed.next_multiple_of(LARGEST_POWER))
    }
}

/// The value inside its padding; none if this is not how we pad.
fn value(plain: &[u8]) -> Option<&[u8]> {
    let (length, rest) = plain.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (value, padding) = rest.split_at_checked(length)?;
    // Without a way out in the middle, so that many bytes are looked at in one step.
    let ours = bucket(length)? == plain.len() && padding.iter().fold(0, |any, byte| any | byte) == 0;
    ours.then_some(value)
}

/// The padded value in the clear. It is wiped when dropped, many bytes in one step: a page opens some thirty of these, and
/// wiping byte by byte takes several times as long.
struct Plain(Vec<u8>);

impl Drop for Plain {
    fn drop(&mut self) {
        self.0.fill(0);
        optimization_barrier(self.0.as_slice());
    }
}

/// The envelope while its value is still in the clear: it wipes what it leaves behind.
struct Writing(Vec<u8>);

impl Writing {
    /// Grows to at least `capacity`, wiping the smaller buffer.
    fn reserve(&mut self, capacity: usize) {
        if capacity > self.0.capacity() {
            let mut larger = Vec::with_capacity(capacity);
            larger.extend_from_slice(&self.0);
            self.0.zeroize();
            self.0 = larger;
        }
    }
}

impl io::Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            self.reserve(needed.next_power_of_two() + TAG_BYTES);
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests;
