//! What can go wrong in a sentence, in the service's words.

use casework::answers::Fault;

/// Why a sentence was not carried out. None of its texts holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no; the refusal says why and what to do.
    #[error(transparent)]
    Refused(#[from] access::Refusal),
    /// There is no such file, or there is no more.
    #[error("There is no such file here. It may have been erased, or the address is wrong.")]
    NoSuchFile,
    /// The file was made one with another file of the same person.
    #[error(
        "This file and another one are the same person’s and were made one. Nothing of yours was saved here: open the other file."
    )]
    TakenUp(casework::ClientId),
    /// Somebody else changed the same thing meanwhile.
    #[error("Somebody else changed this meanwhile. Nothing of yours was saved: compare both and save again.")]
    ChangedMeanwhile,
    /// What was typed cannot be stored; each fault names its field.
    #[error("{} answers need another look", .0.len())]
    Faults(Vec<Fault>),
    /// The notice that the client was given does not name this, so it cannot be stored.
    #[error("The notice that this client was given (version {version}) does not name this: {}. Give them a notice that does, then record it.", .what.to_lowercase())]
    NotNamed {
        /// What it would have been.
        what: String,
        /// The version of that notice.
        version: String,
    },
    /// The gate of sharing is shut: nothing left, and the log says that it was tried.
    #[error("{}", .0.words())]
    Blocked(casework::disclosures::Blocked),
    /// A hold keeps the file.
    #[error(
        "This file is on hold, so it cannot be erased now. Nothing was changed: look at the hold, and lift it if its reason is gone."
    )]
    Held,
    /// Rows or keys of an erased file were still there when Kept looked once more.
    #[error(
        "Something of an erased file is still there. No receipt was given. Run `kept doctor`, then `kept retention run`."
    )]
    Remains,
    /// Somebody in another role does this.
    #[error("{0}")]
    NotYours(&'static str),
    /// The access policy cannot be used, so nothing is shown.
    #[error(transparent)]
    Policy(#[from] access::Error),
    /// A sign-in, a session or a confirmation did not hold.
    #[error(transparent)]
    SignIn(#[from] crate::sign_in::Denied),
    /// The store could not do its part.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The place of the documents could not do its part.
    #[error(
        "The documents cannot be read or written ({0}): check their folder, its permissions and the disk."
    )]
    Documents(std::io::ErrorKind),
    /// The store that the documents stand in could not do its part.
    #[error(
        "The store of the documents cannot do its part: {0}. Nothing half written is kept. Try again in a few minutes; `kept doctor` says whether it is back."
    )]
    Bucket(#[from] crate::documents::BucketFault),
    /// The audit log could not do its part, so nothing is shown.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// Keys or sealing could not do their part, so nothing is shown.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// Stored data is not what this version of Kept wrote.
    #[error("A stored row is damaged or was written by another version ({0}). Run `kept doctor`.")]
    Damaged(&'static str),
    /// A document could not be made a PDF, so nothing leaves.
    #[error(transparent)]
    Print(#[from] press::Error),
    /// Records, keyring and root do not belong together.
    #[error("{0}")]
    DoesNotFit(String),
    /// A notice that cannot be published, fault by fault.
    #[error("the notice cannot be published: {0}")]
    Notice(String),
    /// A programme that cannot be added, fault by fault.
    #[error("the programme cannot be added: {0}")]
    Programme(String),
    /// A member of staff cannot be added or changed as asked.
    #[error("{0}")]
    Staff(String),
}

impl Error {
    /// What the disk said about a document; never its path.
    pub(crate) fn from_disk(error: &std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::StorageFull => store::Error::Full.into(),
            kind => Error::Documents(kind),
        }
    }

    /// What came of reading a document wherever it stands.
    pub(crate) fn from_read(error: std::io::Error) -> Error {
        error.downcast::<Error>().unwrap_or_else(|error| Error::from_disk(&error))
    }
}

impl From<vault::Mismatch> for Error {
    fn from(_: vault::Mismatch) -> Error {
        Error::Damaged("receipt")
    }
}
