//! What can go wrong with the log. Whoever meets one of these shows nothing.

/// What failed and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The writer has ended or cannot keep up.
    #[error(
        "the audit log cannot take entries now, so nothing is shown. Try again; if it goes on, run `kept doctor`"
    )]
    Unavailable,
    /// The store could not do its part.
    #[error("the audit log cannot be written: {0}")]
    Store(#[from] store::Error),
    /// The database is older than its last signed checkpoint.
    #[error(
        "the audit log's database is older than its last signed checkpoint: it has {found} entries, and {signed} were signed. It was put back to an older state. Restore the newest copy of the audit log; `kept audit verify` says where it ends"
    )]
    Behind {
        /// Entries in the database.
        found: u64,
        /// Entries at the checkpoint.
        signed: u64,
    },
    /// The database is not the one that the checkpoint was signed over.
    #[error(
        "the audit log differs from its last signed checkpoint of {signed} entries: it was changed outside Kept. Run `kept audit verify`"
    )]
    Forked {
        /// Entries at the checkpoint.
        signed: u64,
    },
    /// The database was changed under the running writer.
    #[error(
        "the audit log was put back or rewritten while Kept runs: it has {found} entries and not the {known} that were written. Nothing is shown until the newest copy of the audit log is restored"
    )]
    PutBack {
        /// Entries in the database.
        found: u64,
        /// Entries that this writer knows of.
        known: u64,
    },
    /// A row of the outbox is not an entry.
    #[error(
        "the outbox of the records database holds something that is no entry of the audit log: it was changed outside Kept. Restore the records from a backup"
    )]
    Outbox,
    /// The signing key or the checkpoint file cannot be used.
    #[error("{0}")]
    File(String),
    /// A stored entry or hash is missing or unreadable.
    #[error("entry {0} of the audit log is missing or damaged: run `kept audit verify`")]
    Damaged(u64),
}
