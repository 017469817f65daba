//! A 256-bit key: drawn at random, never derived, wiped when dropped, and never printed, copied or written in the clear.
//!
//! A key that could be computed again from something else could never be forgotten. So there are three ways to come
//! by one: the random source, unwrapping what was wrapped, and the root's file.

use std::sync::OnceLock;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

/// Bytes in a key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes in a nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes in an authentication tag.
pub(crate) const TAG_BYTES: usize = 16;

const WRAP_VERSION: u8 = 1;

/// One key. On the heap, so that moving it leaves no copies behind.
pub(crate) struct Key {
    bytes: Box<[u8; KEY_BYTES]>,
    /// The key schedule, made at first use: index building unwraps many keys that it never uses. AWS-LC wipes it when freed.
    cipher: OnceLock<LessSafeKey>,
}

impl Key {
    /// A new one from the system's random source.
    pub(crate) fn random() -> Result<Key, Error> {
        let mut key = Key::blank();
        aws_lc_rs::rand::fill(key.bytes.as_mut()).map_err(|_| Error::NoRandomness)?;
        Ok(key)
    }

    /// What the root's file holds; none if it is not 32 bytes.
    pub(crate) fn from_root(bytes: &[u8]) -> Option<Key> {
        let mut key = Key::blank();
        if bytes.len() != KEY_BYTES {
            return None;
        }
        key.bytes.copy_from_slice(bytes);
        Some(key)
    }

    /// The bytes, for the root's file only.
    pub(crate) fn for_root(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }

    fn blank() -> Key {
        Key { bytes: Box::new([0; KEY_BYTES]), cipher: OnceLock::new() }
    }

    /// Wraps `inner` under this key: version, nonce, ciphertext, tag. It unwraps only with the same `associated` bytes.
    pub(crate) fn wrap(&self, inner: &Key, associated: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce = random_nonce()?;
        let mut secret = Zeroizing::new(*inner.bytes);
        let tag = self.encrypt(nonce, associated, secret.as_mut_slice())?;
        let mut wrapped = Vec::with_capacity(1 + NONCE_BYTES + KEY_BYTES + TAG_BYTES);
        wrapped.push(WRAP_VERSION);
        wrapped.extend_from_slice(&nonce);
        wrapped.extend_from_slice(secret.as_slice());
        wrapped.extend_from_slice(&tag);
        Ok(wrapped)
    }

    /// Unwraps what `wrap` made; none if anything differs.
    pub(crate) fn unwrap(&self, wrapped: &[u8], associated: &[u8]) -> Option<Key> {
        let (version, rest) = wrapped.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        if *version != WRAP_VERSION || sealed.len() != KEY_BYTES + TAG_BYTES {
            return None;
        }
        let mut key = Key::blank();
        self.decrypt(*nonce, associated, sealed, key.bytes.as_mut())?;
        Some(key)
    }

    /// Encrypts in place and returns the tag.
    pub(crate) fn encrypt(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated: &[u8],
        text: &mut [u8],
    ) -> Result<[u8; TAG_BYTES], Error> {
        let cipher = self.cipher().ok_or(Error::NoRandomness)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = cipher
            .seal_in_place_separate_tag(nonce, Aad::from(associated), text)
            .map_err(|_| Error::NoRandomness)?;
        tag.as_ref().try_into().map_err(|_| Error::NoRandomness)
    }

    /// Decrypts `sealed` (ciphertext and tag) into `plain`, which is as long as the ciphertext; none if anything differs.
    pub(crate) fn decrypt(
        &self,
        nonce: [u8; NONCE_BYTES],
        associated: &[u8],
        sealed: &[u8],
        plain: &mut [u8],
    ) -> Option<()> {
        let (text, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG_BYTES)?)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.cipher()?.open_separate_gather(nonce, Aad::from(associated), text, tag, plain).ok()
    }

    fn cipher(&self) -> Option<&LessSafeKey> {
        if let Some(cipher) = self.cipher.get() {
            return Some(cipher);
        }
        let made = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, self.bytes.as_slice()).ok()?);
        Some(self.cipher.get_or_init(|| made))
    }

    /// A key that is not random, for golden vectors.
    #[cfg(test)]
    pub(crate) fn fixed(bytes: [u8; KEY_BYTES]) -> Key {
        Key { bytes: Box::new(bytes), cipher: OnceLock::new() }
    }

    /// The bytes, to compare keys.
    #[cfg(test)]
    pub(crate) fn raw(&self) -> [u8; KEY_BYTES] {
        *self.bytes
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// A nonce from the random source. At a million seals a key, two alike have a chance of 6 in 10^18.
pub(crate) fn random_nonce() -> Result<[u8; NONCE_BYTES], Error> {
    let mut nonce = [0; NONCE_BYTES];
    aws_lc_rs::rand::fill(&mut nonce).map_err(|_| Error::NoRandomness)?;
    Ok(nonce)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wrapped_key_comes_back_only_with_the_same_key_and_place() {
        let (outer, other, inner) = (Key::random().unwrap(), Key::random().unwrap(), Key::random().unwrap());
        let wrapped = outer.wrap(&inner, b"here").unwrap();
        assert!(outer.unwrap(&wrapped, b"here").is_some_and(|k| k.bytes == inner.bytes));
        assert!(outer.unwrap(&wrapped, b"there").is_none());
        assert!(other.unwrap(&wrapped, b"here").is_none());
        assert!(outer.unwrap(&wrapped[1..], b"here").is_none());
        assert!(outer.unwrap(&[], b"here").is_none());
    }

    proptest! {
        #[test]
        fn a_wrapped_key_with_one_bit_changed_does_not_unwrap(bit in 0_usize..61 * 8) {
            let outer = Key::fixed([7; 32]);
            let mut wrapped = outer.wrap(&Key::fixed([9; 32]), b"here").unwrap();
            prop_assert_eq!(wrapped.len(), 61);
            wrapped[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(outer.unwrap(&wrapped, b"here").is_none());
        }
    }

    #[test]
    fn keys_are_never_alike_and_every_bit_is_as_often_set_as_not() {
        const KEYS: usize = 4_000;
        let mut seen = BTreeSet::new();
        let mut set = [0_usize; 256];
        for _ in 0..KEYS {
            let key = Key::random().unwrap();
            for (bit, count) in set.iter_mut().enumerate() {
                *count += usize::from(key.bytes[bit / 8] >> (bit % 8) & 1);
            }
            seen.insert(*key.bytes);
        }
        assert_eq!(seen.len(), KEYS);
        // Seven standard deviations: fails by chance once in 10^9 runs of 256 bits.
        let allowed = 7.0 * (KEYS as f64).sqrt() / 2.0;
        for count in set {
            assert!((count as f64 - KEYS as f64 / 2.0).abs() < allowed, "{count} of {KEYS}");
        }
    }

    /// No source of this crate may name a way to compute a key from something else.
    #[test]
    fn no_source_file_names_a_way_to_derive_a_key() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut read = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for line in code.lines().map(str::trim).filter(|l| !l.starts_with("//")) {
                for word in ["hkdf", "pbkdf", "kdf", "argon", "scrypt", "sha2", "hmac", "digest", "blake"] {
                    assert!(!line.to_lowercase().contains(word), "{}: {line}", path.display());
                }
            }
            read += 1;
        }
        assert!(read >= 10, "the scan looked at only {read} files");
    }
}
