//! What can go wrong with keys and sealing. No text here holds personal data, so each may stand in a log.

use std::path::PathBuf;

use notice::Category;

use crate::{Compartment, Epoch};

/// Why the vault did not do what was asked. In every case nothing was shown and nothing half done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The root folder is not there.
    #[error(
        "The root folder {0} is missing. Mount or restore it: without its epoch key nothing can be opened. (It is apart from the records and the keyring on purpose.)"
    )]
    RootMissing(PathBuf),
    /// Others than the service can read the root.
    #[error(
        "{path} can be read by others (mode {mode:03o}). Allow only the service's own account: chmod {cure} {path}"
    )]
    RootNotPrivate {
        /// The folder or file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// What it should be.
        cure: &'static str,
    },
    /// A new deployment may not be written over an older one's keys.
    #[error(
        "The root folder {0} holds the keys of a deployment already. Choose an empty folder for a new one."
    )]
    RootInUse(PathBuf),
    /// A file of the root is not what Kept wrote.
    #[error("{path} is damaged: {what}. Restore the root from its escrow copy.")]
    RootDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The root could not be read or written.
    #[error(
        "The root could not {doing} {path}: {source}. Put the root back from where it is kept apart from the backups, or let this service use it"
    )]
    RootFailed {
        /// What was tried.
        doing: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Deployment ids differ, or the epoch key opens none of the keys.
    #[error(
        "This root does not belong to this keyring. Use the root folder and the newest keyring of the same service."
    )]
    RootOfAnother,
    /// The keyring is of an epoch whose key is gone.
    #[error("The keyring is of epoch {keyring}, and the root does not hold that epoch's key. {}", without_key(*keyring, root))]
    EpochKeyMissing {
        /// The epoch that the keyring names.
        keyring: Epoch,
        /// The epochs of which the root holds a key.
        root: Vec<Epoch>,
    },
    /// The root holds keys of two epochs, so a copy of the keyring cannot be judged by it.
    #[error(
        "The root holds the key of epoch {other} beside that of the keyring's epoch {keyring}: a change of epoch was interrupted, or this keyring is an older copy. Start the service once with its newest keyring, then try again."
    )]
    RootBetweenEpochs {
        /// The epoch that the keyring names.
        keyring: Epoch,
        /// Another of which the root holds a key.
        other: Epoch,
    },
    /// An escrow copy needs somebody who can open it.
    #[error(
        "The escrow copy needs at least one officer, each named by an age recipient: age1... (made with `age-keygen`)."
    )]
    NoOfficer,
    /// The escrow copy does not open with this identity.
    #[error(
        "The escrow copy does not open with this identity, or is not one. Use the age identity of an officer whom it was made for."
    )]
    EscrowDoesNotOpen,
    /// The keyring store is empty.
    #[error(
        "The keyring holds no keys. It is missing or empty: restore its newest copy. (A new, empty keyring would open nothing.)"
    )]
    KeyringMissing,
    /// A new deployment may not be written into a keyring in use.
    #[error("This keyring holds the keys of a deployment already. Choose an empty place for a new one.")]
    KeyringInUse,
    /// A row of the keyring does not unwrap or does not read.
    #[error("The keyring is damaged: {0}. Restore its newest copy, then run `kept doctor`.")]
    KeyringDamaged(&'static str),
    /// Another process is moving the keyring to a new epoch.
    #[error("The keyring is being moved to a new epoch by another process. Try again in a moment.")]
    EpochMoved,
    /// There are no keys for this file.
    #[error("There are no keys for this file. It was erased, or never registered.")]
    NoKeys,
    /// The file has keys, but none for this compartment.
    #[error("This file has no key for the compartment {0}. It was erased, or never added.")]
    NoKey(Compartment),
    /// The file was erased while these keys were held.
    #[error("This file was erased a moment ago.")]
    Erased,
    /// The permit does not cover what was asked.
    #[error("Not permitted: {doing} of {category} data needs a permit for exactly that file and category.")]
    NotPermitted {
        /// "opening", "sealing"...
        doing: &'static str,
        /// The category that the permit does not cover.
        category: Category,
    },
    /// The permit does not allow erasing this file.
    #[error("Not permitted: erasing needs a permit to erase exactly that file.")]
    ErasureNotPermitted,
    /// Equality answers and rights requests have keys of their own, and nothing else is sealed under them.
    #[error("{category} data does not belong in the compartment {compartment}.")]
    WrongCompartment {
        /// The category.
        category: Category,
        /// The compartment it was to be sealed in.
        compartment: Compartment,
    },
    /// A sealed value was changed, moved, cut, rolled back, or is of another file.
    #[error(
        "A sealed row of {0} does not open: it was changed, moved or rolled back. Run `kept audit verify`."
    )]
    DoesNotOpen(&'static str),
    /// A sealed value opened, but is not what this version of Kept writes.
    #[error("A sealed row of {0} opens, but holds something that this version of Kept does not understand.")]
    DoesNotRead(&'static str),
    /// A value that cannot be sealed.
    #[error("A value for {0} cannot be sealed: it is larger than 16 MiB or cannot be written as JSON.")]
    CannotSeal(&'static str),
    /// The system's random source failed.
    #[error("The random source failed, so no key or seal can be made. Restart the machine if this persists.")]
    NoRandomness,
    /// The keyring store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Personal data and a receipt, or two pieces of personal data, that belong to different audit entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these belong to different audit entries, so nothing is released")]
pub struct Mismatch;

/// Which of the two is older, and what to do.
fn without_key(keyring: Epoch, root: &[Epoch]) -> String {
    match root.iter().max() {
        None => "It holds no epoch key at all: restore the root from its escrow copy.".to_owned(),
        Some(held) if *held < keyring => format!(
            "It holds that of epoch {held}: it is an older copy of the root. Restore the newest one from escrow."
        ),
        Some(held) => format!(
            "It holds that of epoch {held}: this is an older copy of the keyring, whose epoch key was destroyed so that erased people stay erased. Restore the newest copy of the keyring."
        ),
    }
}
