//! Signed checkpoints: what the log was at its last signature, in a file outside the database (C2SP tlog-checkpoint).

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rand_core::OsRng;
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::Checkpoint;
use tlog_tiles::tlog::Hash;

use crate::Error;

/// The key that signs checkpoints, with its public half.
pub struct SigningKey {
    signer: StandardSigner,
    public: String,
}

impl SigningKey {
    /// Makes a new key in a file that only its owner can read.
    ///
    /// # Errors
    /// The file is there already or cannot be written.
    pub fn create(path: &Path) -> Result<SigningKey, Error> {
        let name = format!("kept/audit/{}", uuid::Uuid::new_v4().simple());
        let (secret, public) = signed_note::generate_key(&mut OsRng, &name);
        let failed = |_| {
            Error::File(format!(
                "the log's signing key {} cannot be written, or is there already",
                path.display()
            ))
        };
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(failed)?;
        file.write_all(format!("{secret}\n{public}\n").as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        SigningKey::load(path)
    }

    /// Reads the key.
    ///
    /// # Errors
    /// It is missing, readable by others, or not a key.
    pub fn load(path: &Path) -> Result<SigningKey, Error> {
        let at = path.display();
        let missing =
            |_| Error::File(format!("the log's signing key {at} cannot be read: restore the root folder"));
        if fs::metadata(path).map_err(missing)?.mode() & 0o077 != 0 {
            return Err(Error::File(format!(
                "the log's signing key {at} can be read by others: chmod 400 it"
            )));
        }
        let text = fs::read_to_string(path).map_err(missing)?;
        let damaged =
            || Error::File(format!("the log's signing key {at} is damaged: restore the root folder"));
        let (secret, public) = text.trim_end().split_once('\n').ok_or_else(damaged)?;
        let signer = StandardSigner::new(secret).map_err(|_| damaged())?;
        StandardVerifier::new(public).map_err(|_| damaged())?;
        Ok(SigningKey { signer, public: public.to_owned() })
    }

    /// The public key, as C2SP signed notes write it. Whoever has it can check proofs.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Signs a checkpoint.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> Result<Vec<u8>, Error> {
        let failed = || Error::File("the log's checkpoint cannot be signed".to_owned());
        let checkpoint = Checkpoint::new(self.signer.name(), size, root, "").map_err(|_| failed())?;
        let mut note = Note::new(&checkpoint.to_bytes(), &[]).map_err(|_| failed())?;
        note.add_sigs(&[&self.signer]).map_err(|_| failed())?;
        Ok(note.to_bytes())
    }
}

/// A checkpoint whose signature is right.
pub(crate) fn read(note: &[u8], public: &str) -> Result<Checkpoint, Error> {
    let bad = |what: &str| Error::File(format!("the log's checkpoint {what}"));
    let verifier =
        StandardVerifier::new(public).map_err(|_| bad("cannot be checked: the public key is damaged"))?;
    let note = Note::from_bytes(note).map_err(|_| bad("is not a signed note"))?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)]))
        .map_err(|_| bad("is not signed with this service's key"))?;
    Checkpoint::from_bytes(note.text()).map_err(|_| bad("is malformed"))
}

/// The checkpoint in a file; none if there is no file yet.
pub(crate) fn load(path: &Path, public: &str) -> Result<Option<Checkpoint>, Error> {
    match fs::read(path) {
        Ok(note) => read(&note, public).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(_) => Err(Error::File(format!("the log's checkpoint {} cannot be read", path.display()))),
    }
}

/// Puts a checkpoint in the place of the last one, whole or not at all.
pub(crate) fn store(path: &Path, note: &[u8]) -> Result<(), Error> {
    let failed = |_| Error::File(format!("the log's checkpoint {} cannot be written", path.display()));
    let next = path.with_extension("next");
    let mut file = File::create(&next).map_err(failed)?;
    file.write_all(note).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&next, path).map_err(failed)?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|f| f.sync_all()).map_err(failed)?;
    }
    Ok(())
}
