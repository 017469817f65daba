//! Associated data: what a seal is bound to, written so that no two places give the same bytes.
//!
//! Every part is preceded by its length (four bytes, big-endian), and the first part is the domain, so that a wrapped
//! key never passes for a sealed row.

use crate::{Beside, FileId};

const SEAL_DOMAIN: &[u8] = b"kept/v1";
const CHUNK_DOMAIN: &[u8] = b"kept/chunk/v1";
const KEYRING_DOMAIN: &[u8] = b"kept/keyring/v1";

/// What a sealed value is bound to.
#[derive(Clone, Copy)]
pub(crate) struct SealedAt<'a> {
    pub(crate) deployment: &'a [u8; 16],
    pub(crate) table: &'a str,
    pub(crate) row: &'a [u8; 16],
    pub(crate) version: i64,
    pub(crate) file: FileId,
    pub(crate) compartment: &'a str,
    pub(crate) category: &'a str,
    pub(crate) beside: Beside,
}

impl SealedAt<'_> {
    /// The bytes; `header` is the envelope's own, and `beside` what its version binds besides.
    pub(crate) fn bytes(&self, header: &[u8], beside: Option<&[u8; 32]>) -> Vec<u8> {
        let version = self.version.to_be_bytes();
        let place = [
            SEAL_DOMAIN,
            header,
            self.deployment,
            self.table.as_bytes(),
            self.row,
            &version,
            self.file.as_bytes(),
            self.compartment.as_bytes(),
            self.category.as_bytes(),
        ];
        match beside {
            None => lengths_and_parts(&place),
            Some(beside) => {
                let [a, b, c, d, e, f, g, h, i] = place;
                lengths_and_parts(&[a, b, c, d, e, f, g, h, i, beside])
            }
        }
    }

    /// The bytes of one piece of a document: which one it is, and whether it is the last, so that pieces cannot be left out,
    /// put in another order or cut off at the end.
    pub(crate) fn chunk_bytes(&self, header: &[u8], index: u64, last: bool) -> Vec<u8> {
        lengths_and_parts(&[
            CHUNK_DOMAIN,
            header,
            self.deployment,
            self.table.as_bytes(),
            self.row,
            &self.version.to_be_bytes(),
            self.file.as_bytes(),
            self.compartment.as_bytes(),
            self.category.as_bytes(),
            &index.to_be_bytes(),
            &[u8::from(last)],
        ])
    }
}

/// What a wrapped key is bound to.
#[derive(Clone, Copy)]
pub(crate) struct WrappedAt<'a> {
    pub(crate) deployment: &'a [u8; 16],
    pub(crate) epoch: u64,
    pub(crate) file: FileId,
    pub(crate) compartment: &'a str,
    pub(crate) version: u16,
}

impl WrappedAt<'_> {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        lengths_and_parts(&[
            KEYRING_DOMAIN,
            self.deployment,
            &self.epoch.to_be_bytes(),
            self.file.as_bytes(),
            self.compartment.as_bytes(),
            &self.version.to_be_bytes(),
        ])
    }
}

fn lengths_and_parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|p| p.len() + 4).sum());
    for part in parts {
        // A part is a name or an identifier: never near four gigabytes.
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn different_parts_never_give_the_same_bytes(
            a in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..5),
            b in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..5),
        ) {
            let bytes = |parts: &[Vec<u8>]| lengths_and_parts(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(a == b, bytes(&a) == bytes(&b));
        }
    }

    #[test]
    fn letters_that_move_from_one_part_to_the_next_change_the_bytes() {
        assert_ne!(lengths_and_parts(&[b"ab", b"c"]), lengths_and_parts(&[b"a", b"bc"]));
    }
}
