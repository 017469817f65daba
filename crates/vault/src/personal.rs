//! Personal data out of its seal, and the one way out of here: with the receipt of its audit entry.

use audit::{Entry, Receipt};

use crate::Mismatch;

/// Unsealed personal data, bound to the audit entry that stands for its opening.
///
/// It cannot be printed, copied, compared or written out. It can be worked on with [`map`](Personal::map) while its
/// entry is on the way to disk, and leaves with [`release`](Personal::release) once the entry is durable.
#[must_use = "personal data that is not released is not shown"]
pub struct Personal<T> {
    value: T,
    entry: u128,
}

impl<T> Personal<T> {
    /// Puts personal data that stands in memory (a search hit) under the entry that stands for its use.
    pub fn new(entry: &Entry, value: T) -> Personal<T> {
        Personal { value, entry: entry.number() }
    }

    /// Works on what is inside, say renders a page from it. The result is as personal as before.
    ///
    /// Rust cannot stop a closure from putting things aside; reviewers look at closures given to `map`.
    pub fn map<U>(self, work: impl FnOnce(T) -> U) -> Personal<U> {
        Personal { value: work(self.value), entry: self.entry }
    }

    /// Joins two pieces that were opened under the same entry.
    ///
    /// # Errors
    /// They belong to different entries.
    pub fn and<U>(self, other: Personal<U>) -> Result<Personal<(T, U)>, Mismatch> {
        if self.entry == other.entry {
            Ok(Personal { value: (self.value, other.value), entry: self.entry })
        } else {
            Err(Mismatch)
        }
    }

    /// Gathers pieces that were opened under `entry`, in their order.
    ///
    /// # Errors
    /// One of them belongs to another entry.
    pub fn gather(
        entry: &Entry,
        pieces: impl IntoIterator<Item = Personal<T>>,
    ) -> Result<Personal<Vec<T>>, Mismatch> {
        let entry = entry.number();
        let values: Result<Vec<T>, Mismatch> = pieces
            .into_iter()
            .map(|piece| if piece.entry == entry { Ok(piece.value) } else { Err(Mismatch) })
            .collect();
        Ok(Personal { value: values?, entry })
    }

    /// Lets the data go, against the receipt of its own entry: the proof that the entry is on disk.
    ///
    /// # Errors
    /// The receipt is of another entry; then nothing is released.
    pub fn release(self, receipt: &Receipt) -> Result<T, Mismatch> {
        if self.entry == receipt.number() { Ok(self.value) } else { Err(Mismatch) }
    }
}
