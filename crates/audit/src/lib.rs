//! The tamper-evident log: a [`Permit`](access::Permit) becomes an [`Entry`] on its way to disk, and a [`Receipt`] once it is there.
//!
//! A Merkle tree in the C2SP formats (tlog-checkpoint, signed notes, tlog-proof; RFC 6962 section 2.1). One writer commits
//! whatever has arrived since its last commit as one transaction. A change's entry commits with the change as a row of the
//! `outbox` in the records store, and is then moved here. The last signed checkpoint is a file outside the database, so that
//! a database that was put back to an older state is noticed.
//!
//! It never holds a name: ids, codes and sealed text only. It never says that an entry is written before it is.
//!
//! To log a new kind of act, give it an [`Action`] where the act is carried out.

mod book;
mod checkpoint;
mod entry;
mod error;
mod key;
mod leaf;
mod log;
mod outbox;
mod proof;
mod signing;
mod tree;
mod verify;
mod writer;

pub use book::Book;
pub use checkpoint::signed_size;
pub use entry::{Change, Entry, Receipt, ServiceChange, Waiting};
pub use error::Error;
pub use key::{SigningKey, signed_text, text_of};
pub use leaf::{Action, Detail, Outcome, Recorded, RowMark};
pub use log::{Clock, Log};
pub use proof::check_proof;
pub use signing::sign_anew;
pub use verify::{Bad, Fault, Verified, verify};

use store::Migrations;

/// The schema of the log's own store.
pub static MIGRATIONS: Migrations = Migrations {
    name: "audit",
    steps: &[
        (1, "the log", include_str!("../migrations/001_audit.sql")),
        (2, "one row an entry", include_str!("../migrations/002_one_row.sql")),
        (3, "how many changes", include_str!("../migrations/003_changes.sql")),
    ],
};

/// The table that the log needs in the records store.
pub const OUTBOX_MIGRATION: &str = include_str!("../migrations/outbox.sql");
/// Another one there, of a later step: how many entries it was given.
pub const GIVEN_MIGRATION: &str = include_str!("../migrations/given.sql");
