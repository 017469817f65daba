//! A file's keys, unwrapped, for as long as a page or a sweep needs them.

use std::sync::Arc;

use crate::key::Key;
use crate::{Compartment, Error, FileId};

/// The keys of one file. They cannot be printed, copied or written out, and stop working when the file is erased.
pub struct FileKeys {
    pub(crate) held: Arc<Held>,
}

impl FileKeys {
    /// Whose keys they are.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.held.file
    }

    /// Whether there is a key for `compartment`.
    #[must_use]
    pub fn have(&self, compartment: &Compartment) -> bool {
        self.held.keys.iter().any(|k| k.compartment == *compartment)
    }

    /// The compartments for which there is a key.
    pub fn compartments(&self) -> impl Iterator<Item = Compartment> + '_ {
        self.held.keys.iter().map(|k| k.compartment)
    }
}

/// One unwrapped key of a file.
pub(crate) struct CompartmentKey {
    pub(crate) compartment: Compartment,
    pub(crate) version: u16,
    pub(crate) key: Key,
}

/// What `FileKeys` and the cache share.
pub(crate) struct Held {
    file: FileId,
    /// How many erasures this process had done when these were read.
    erasures_before: u64,
    keys: Vec<CompartmentKey>,
}

impl Held {
    pub(crate) fn new(file: FileId, erasures_before: u64, keys: Vec<CompartmentKey>) -> Held {
        Held { file, erasures_before, keys }
    }

    pub(crate) fn file(&self) -> FileId {
        self.file
    }

    pub(crate) fn erasures_before(&self) -> u64 {
        self.erasures_before
    }

    /// All keys of the file, to compare them.
    #[cfg(test)]
    pub(crate) fn raw(&self) -> Vec<(Compartment, [u8; 32])> {
        self.keys.iter().map(|k| (k.compartment, k.key.raw())).collect()
    }

    pub(crate) fn count(&self) -> u64 {
        self.keys.len() as u64
    }

    /// The compartment's newest key, to seal with.
    pub(crate) fn newest(&self, compartment: &Compartment) -> Result<&CompartmentKey, Error> {
        let of = self.keys.iter().filter(|k| k.compartment == *compartment);
        of.max_by_key(|k| k.version).ok_or(Error::NoKey(*compartment))
    }

    /// The compartment's key of that version, to open with.
    pub(crate) fn version(&self, compartment: &Compartment, version: u16) -> Option<&Key> {
        self.keys.iter().find(|k| k.compartment == *compartment && k.version == version).map(|k| &k.key)
    }
}
