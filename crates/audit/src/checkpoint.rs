//! Signed checkpoints: what the log was at its last signature, in a file outside the database (C2SP tlog-checkpoint).

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use signed_note::{Note, StandardVerifier, Verifier, VerifierList};
use tlog_tiles::Checkpoint;
use tlog_tiles::tlog::Hash;

use crate::Error;
use crate::key::sync_folder_of;

/// A checkpoint whose signature is right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signed {
    /// How many entries it covers.
    pub(crate) size: u64,
    /// The root over them.
    pub(crate) root: Hash,
    /// The note as it stands in the file.
    pub(crate) note: Vec<u8>,
}

/// Reads a signed note of the log with this public key.
pub(crate) fn read(note: &[u8], public: &str) -> Result<Signed, Error> {
    let bad = |what: &str| {
        Error::File(format!(
            "the log's checkpoint {what}. Put the right one back from the newest backup; if it is lost for good, move this file away and run `kept audit sign-anew`"
        ))
    };
    let verifier =
        StandardVerifier::new(public).map_err(|_| bad("cannot be checked: the public key is damaged"))?;
    let origin = verifier.name().to_owned();
    let signed = Note::from_bytes(note).map_err(|_| bad("is not a signed note"))?;
    signed
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .map_err(|_| bad("is not signed with this service's key"))?;
    let checkpoint = Checkpoint::from_bytes(signed.text()).map_err(|_| bad("is malformed"))?;
    if checkpoint.origin() != origin {
        return Err(bad("is that of another log"));
    }
    Ok(Signed { size: checkpoint.size(), root: *checkpoint.hash(), note: note.to_vec() })
}

/// The checkpoint in a file; none if there is no file yet.
pub(crate) fn load(path: &Path, public: &str) -> Result<Option<Signed>, Error> {
    there(path)?.map(|note| read(&note, public)).transpose()
}

/// How many entries the signed checkpoint in a file covers; none if there is no file.
///
/// # Errors
/// It cannot be read, or is not signed with this key.
pub fn signed_size(path: &Path, public: &str) -> Result<Option<u64>, Error> {
    Ok(load(path, public)?.map(|signed| signed.size))
}

fn there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(note) => Ok(Some(note)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(_) => Err(Error::File(format!("the log's checkpoint {} cannot be read", path.display()))),
    }
}

/// Puts a checkpoint in the place of `last`, whole or not at all. Gives false, and leaves everything as it is, if the file
/// holds another one by now: a second process must not put a smaller checkpoint over a larger one.
pub(crate) fn replace(path: &Path, last: Option<&[u8]>, note: &[u8]) -> Result<bool, Error> {
    let failed = |error: std::io::Error| {
        let why = match error.kind() {
            ErrorKind::StorageFull => ": the disk is full. Free some space, then try again",
            _ => "",
        };
        Error::File(format!("the log's checkpoint {} cannot be written{why}", path.display()))
    };
    let lock = path.with_extension("lock");
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(lock).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if there(path)?.as_deref() != last {
        return Ok(false);
    }
    let next = path.with_extension("next");
    let mut file = File::create(&next).map_err(failed)?;
    file.write_all(note).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&next, path).map_err(failed)?;
    sync_folder_of(path).map_err(failed)?;
    Ok(true)
}
