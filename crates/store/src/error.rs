//! What can go wrong under everything that is kept. Never a bound value in any of it.

/// What failed and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A statement changed another number of rows than it had to; the batch was undone.
    #[error("somebody else changed the same row meanwhile ({sql}); nothing was written")]
    Conflict {
        /// The statement's name.
        sql: &'static str,
    },
    /// A value that must be there once was there already; the batch was undone.
    #[error("a row like this is there already ({sql}); nothing was written")]
    AlreadyThere {
        /// The statement's name.
        sql: &'static str,
    },
    /// The database does not answer: which one, why, and what to do.
    #[error("{0}")]
    Unreachable(String),
    /// A database could not be made or removed.
    #[error(
        "{name} could not be made or removed: {why}. Name a user who may make databases, and a name that is free"
    )]
    Database {
        /// Which database.
        name: String,
        /// What the server says.
        why: String,
    },
    /// The file or its folder cannot be written.
    #[error("the database {0} cannot be written: check the permissions of the file and its folder")]
    ReadOnly(String),
    /// The disk is full.
    #[error("the disk is full: nothing was written. Free some space, then try again")]
    Full,
    /// Others hold the database for too long.
    #[error("the database is busy; nothing was written. Try again")]
    Busy,
    /// The schema is newer than this program.
    #[error(
        "the {name} database has schema {found}, and this version of Kept knows {known}: start the newer version"
    )]
    NewerSchema {
        /// Which store.
        name: &'static str,
        /// The schema's number in the database.
        found: i64,
        /// The newest number known here.
        known: i64,
    },
    /// Not a database, or a damaged one.
    #[error("{0} is not a database that Kept can read, or it is damaged: restore it from a backup")]
    Corrupt(String),
    /// The bundled SQLite is one with known faults.
    #[error("this SQLite ({0}) is too old: Kept needs 3.51.3 or newer")]
    OldEngine(String),
    /// A column is not what the program expects.
    #[error("column {0} of a row is not what this version of Kept expects")]
    Column(usize),
    /// A copy of a store is not one, or not of this store.
    #[error("line {line} of the copy is not what Kept writes there: {what}. Take another copy")]
    NotACopy {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The file of a copy could not be read or written.
    #[error("the copy cannot be {doing} ({kind}): check its folder, its permissions and the disk")]
    CopyFile {
        /// Read or written.
        doing: &'static str,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// A statement failed for another reason.
    #[error("statement {sql} failed ({why})")]
    Statement {
        /// The statement's name.
        sql: &'static str,
        /// The engine's code for it, without any value.
        why: String,
    },
}
