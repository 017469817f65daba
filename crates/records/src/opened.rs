//! What a sentence hands out: personal data that leaves only when its audit entry is on disk.

use audit::Entry;
use vault::Personal;

use crate::Error;

/// Unsealed personal data and the audit entry that stands for it. It can be worked on, and leaves only by `release`.
#[must_use = "personal data that is not released is not shown"]
pub struct Opened<T> {
    personal: Personal<T>,
    entry: Entry,
}

impl<T> Opened<T> {
    pub(crate) fn new(personal: Personal<T>, entry: Entry) -> Opened<T> {
        Opened { personal, entry }
    }

    /// Works on what is inside, say renders it, while its entry is still on the way to disk.
    pub fn map<U>(self, work: impl FnOnce(T) -> U) -> Opened<U> {
        Opened { personal: self.personal.map(work), entry: self.entry }
    }

    /// Waits until the entry is durable and lets the data go.
    ///
    /// # Errors
    /// The log could not write the entry: then nothing is shown.
    pub async fn release(self) -> Result<T, Error> {
        let receipt = self.entry.durable().await?;
        Ok(self.personal.release(&receipt)?)
    }
}
