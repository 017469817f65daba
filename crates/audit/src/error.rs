//! What can go wrong with the log. Whoever meets one of these shows nothing.

/// What failed and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The writer has ended or cannot keep up.
    #[error(
        "the audit log cannot take entries now, so nothing is shown. Try again; if it goes on, start Kept anew: it says then what is wrong"
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
    /// There are entries, and no checkpoint to hold them against.
    #[error(
        "the audit log has {entries} entries, and the file of its signed checkpoint is missing: nothing shows whether others followed. Put it back from the newest backup or from the other server; if it is lost for good, run `kept audit sign-anew`"
    )]
    NoCheckpoint {
        /// Entries in the database.
        entries: u64,
    },
    /// Asked to sign anew what is signed.
    #[error(
        "the audit log has its signed checkpoint, of {entries} entries: there is nothing to sign anew. `kept audit verify` holds the log against it"
    )]
    Signed {
        /// Entries at the checkpoint.
        entries: u64,
    },
    /// The records have given the log fewer entries than it has taken.
    #[error(
        "these records are older than the audit log: it holds {missing} changes that they do not. They were put back to an older state. Put the newest copy back, or restore a whole backup with `kept restore`, which says in the log what is lost"
    )]
    RecordsBehind {
        /// Entries of changes that the records do not know of.
        missing: u64,
    },
    /// The log has taken fewer entries than the records have given.
    #[error(
        "this audit log is older than the records: {missing} entries of changes that it had taken are not in it. Restore the newest copy of the audit log"
    )]
    LogBehind {
        /// Entries of changes that are missing.
        missing: u64,
    },
    /// There is no entry at this place.
    #[error("there is no entry {asked}: the log has {entries}, counted from 0")]
    NoSuchEntry {
        /// Which was asked for.
        asked: u64,
        /// How many there are.
        entries: u64,
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
