//! Entries on their way to disk, and the proof that one has arrived.

use access::Permit;
use store::{Query, sql};
use tokio::sync::{mpsc, oneshot};

use crate::Error;
use crate::writer::Job;

/// A number for an entry that no other has: it ties what was opened under it to its receipt. It begins with the time, so
/// that the index over entries grows at its end (RFC 9562, version 7) and a commit touches few pages.
pub(crate) fn draw() -> [u8; 16] {
    *uuid::Uuid::now_v7().as_bytes()
}

/// An entry that the writer will put on disk. What its permit covers can be unsealed meanwhile, and shown with its receipt.
#[must_use = "nothing is released without waiting for the entry"]
pub struct Entry {
    pub(crate) permit: Permit,
    pub(crate) number: u128,
    pub(crate) waiting: Waiting,
}

impl Entry {
    /// What was allowed.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> u128 {
        self.number
    }

    /// Waits until the entry is on disk.
    ///
    /// # Errors
    /// It could not be written; then nothing may be shown.
    pub async fn durable(self) -> Result<Receipt, Error> {
        self.waiting.durable().await?;
        Ok(Receipt { number: self.number })
    }
}

/// The proof that an entry is on disk. Only `Entry::durable` makes one.
#[must_use = "a receipt is what releases data"]
pub struct Receipt {
    number: u128,
}

impl Receipt {
    /// Whose receipt it is.
    #[must_use]
    pub fn number(&self) -> u128 {
        self.number
    }
}

/// An entry without a permit (a sign-in, a refusal) that is on its way to disk.
#[must_use = "an act is not answered before its entry is on disk"]
pub struct Waiting(pub(crate) Result<oneshot::Receiver<Result<(), Error>>, Error>);

impl Waiting {
    /// Waits until the entry is on disk.
    ///
    /// # Errors
    /// It could not be written.
    pub async fn durable(self) -> Result<(), Error> {
        self.0?.await.unwrap_or(Err(Error::Unavailable))
    }
}

sql! { records:
    /// An entry that commits with its change.
    PUT_IN_OUTBOX = "INSERT INTO outbox (id, at, leaf) VALUES ($1, $2, $3)";
}

/// The entry of a change to the service itself, which no client's file is part of: it goes into the transaction of the change.
#[must_use = "a change commits together with its entry"]
pub struct ServiceChange {
    pub(crate) id: [u8; 16],
    pub(crate) at: i64,
    pub(crate) leaf: Vec<u8>,
    pub(crate) jobs: mpsc::Sender<Job>,
}

impl ServiceChange {
    /// The statement for the transaction of the change, on the records store.
    #[must_use]
    pub fn outbox(&self) -> Query {
        PUT_IN_OUTBOX.with([self.id.into(), self.at.into(), self.leaf.clone().into()])
    }

    /// To be called once the transaction has committed.
    pub fn committed(self) {
        // If the writer is busy it looks into the outbox on its own within a second.
        let _ = self.jobs.try_send(Job::Outbox);
    }
}

/// The entry of a change: it goes into the transaction of the change itself.
#[must_use = "a change commits together with its entry"]
pub struct Change {
    pub(crate) permit: Permit,
    pub(crate) entry: ServiceChange,
}

impl Change {
    /// What was allowed.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The statement for the transaction of the change, on the records store.
    #[must_use]
    pub fn outbox(&self) -> Query {
        self.entry.outbox()
    }

    /// To be called once the transaction has committed: the writer then moves the entry into the log.
    pub fn committed(self) {
        self.entry.committed();
    }
}
