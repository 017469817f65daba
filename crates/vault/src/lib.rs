//! Keyring and sealing: how clients' data is locked, who can unlock it, and how it is forgotten.
//!
//! # What it is for
//!
//! Everything personal is *sealed* before it is stored: encrypted with a random key of the client's own file, padded, and
//! bound to its row, so that it opens nowhere else. The files' keys stand in the *keyring*, a store of its own, each
//! wrapped by the *epoch key*. The epoch key stands at the *root*, a third place. Whoever takes one of the three learns
//! nothing, and so does who takes records and keyring together.
//!
//! - [`Vault::seal`] needs a [`Permit`](access::Permit) to write that category of that file.
//! - [`Vault::open`] needs an [`Entry`](audit::Entry), the audit entry that is on its way to disk, whose permit covers that
//!   category of that file. It gives [`Personal`], which lets go of its value only against the entry's
//!   [`Receipt`](audit::Receipt), the proof that the entry is on disk.
//! - [`Vault::seal_chunks`] and [`Vault::open_chunks`] are the same for documents, piece by piece: nothing large is ever whole
//!   in memory, and what is released with the receipt is the opener itself.
//! - [`Vault::move_sealed`] and [`Vault::move_chunks`] seal anew for another place of the same file, and show nobody anything.
//! - [`Vault::erase`] deletes keys: nothing of the file opens any more, in the records or in any copy of them.
//! - [`Vault::roll`] makes that final: the keyring moves to a new epoch key, and the old one is destroyed, so that no
//!   older copy of the keyring brings a deleted key back.
//!
//! # What it never does
//!
//! - It never derives a key. What can be computed again cannot be forgotten.
//! - It never writes the epoch key into the keyring or a copy of it.
//! - It never takes a key that the sealed bytes name: only the file's own keys are tried.
//! - It never shows a part: whatever is not exactly as it was sealed is an error, and nothing else.
//! - It never puts a value, or what a serialiser says about one, into an error.
//!
//! # What it cannot do
//!
//! - Overwriting the old epoch key is best effort on flash storage, where the drive may keep old blocks for a while. An
//!   encrypted volume for the root, or a hardware module, closes that gap; snapshots of the root must be off, and the
//!   escrow copy must be overwritten at each roll.
//! - Who reads the memory of a running server, or holds root, keyring and records of today, reads today's files.
//! - Several servers: another server's cached keys work for up to a minute after an erasure, unless told to
//!   [`evict`](Vault::evict).
//! - A closure given to [`Personal::map`] could put aside what it sees. The types stop the short cuts, not ill will.
//! - A copy of a machine's memory (a snapshot that is started twice) could draw the same nonce twice. Do not run clones.
//!
//! # How to add a thing of its kind
//!
//! A new compartment: a variant of [`Compartment`] with its code, and which categories it takes. A new format of the
//! envelope: a new version number beside the old one, with golden vectors of its own; every version stays readable.

mod associated;
mod beside;
mod cache;
mod chunks;
mod copies;
mod envelope;
mod epoch;
mod epochs;
mod error;
mod key;
mod keyring;
mod keys;
mod moving;
mod permitted;
mod personal;
mod place;
mod root;
mod sealing;
mod vault;

#[cfg(test)]
mod testing;

pub use beside::Beside;
pub use chunks::{CHUNK_BYTES, ChunkSeal, Chunks, SEAL_HEADER_BYTES, SEALED_CHUNK_BYTES};
pub use copies::{Checked, check_keyring, escrow, from_escrow};
pub use epoch::Epoch;
pub use error::{Error, Mismatch};
pub use keyring::MIGRATIONS;
pub use keys::FileKeys;
pub use moving::Moving;
pub use personal::Personal;
pub use place::{Compartment, FileId, NotACompartment, Place};
pub use root::Deployment;
pub use vault::{Counts, Vault};
