//! The key that signs checkpoints.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rand_core::OsRng;
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::Checkpoint;
use tlog_tiles::tlog::Hash;
use zeroize::Zeroizing;

use crate::Error;

/// The key that signs checkpoints, with its public half. Its name is the log's origin.
pub struct SigningKey {
    signer: StandardSigner,
    public: String,
}

impl SigningKey {
    /// Makes a new key, with an origin of its own, in a file that only its owner can read.
    ///
    /// # Errors
    /// The file is there already or cannot be written.
    pub fn create(path: &Path) -> Result<SigningKey, Error> {
        SigningKey::create_for(path, &format!("kept/audit/{}", uuid::Uuid::new_v4().simple()))
    }

    /// Makes a new key for a log with this origin: `kept.example.org/audit/<deployment>`.
    ///
    /// # Errors
    /// The origin is none (it is empty, or has a space or a plus), or as `create`.
    pub fn create_for(path: &Path, origin: &str) -> Result<SigningKey, Error> {
        if !signed_note::is_key_name_valid(origin) {
            return Err(Error::File(format!(
                "\"{origin}\" cannot be the name of a log: use one without spaces and pluses"
            )));
        }
        let (secret, public) = signed_note::generate_key(&mut OsRng, origin);
        let text = Zeroizing::new(format!("{}\n{public}\n", Zeroizing::new(secret).as_str()));
        let failed = |_| {
            Error::File(format!(
                "the log's signing key {} cannot be written, or is there already",
                path.display()
            ))
        };
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(failed)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| sync_folder_of(path)) {
            // Half a key would stand in the way of the next try.
            let _ = fs::remove_file(path);
            return Err(failed(error));
        }
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
        let mut file = File::open(path).map_err(missing)?;
        if file.metadata().map_err(missing)?.mode() & 0o077 != 0 {
            return Err(Error::File(format!(
                "the log's signing key {at} can be read by others: chmod 400 it"
            )));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(missing)?;
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

    #[cfg(test)]
    pub(crate) fn signer(&self) -> &dyn Signer {
        &self.signer
    }

    /// Signs a text that is no checkpoint: what a backup says about itself. No JSON passes for a checkpoint, whose second line is
    /// a number.
    ///
    /// # Errors
    /// It is not JSON over several lines, or cannot be signed.
    pub fn sign_text(&self, text: &str) -> Result<Vec<u8>, Error> {
        let failed = || Error::File("this text cannot be signed".to_owned());
        if !text.starts_with("{\n ") || !text.ends_with("}\n") {
            return Err(failed());
        }
        let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| failed())?;
        note.add_sigs(&[&self.signer]).map_err(|_| failed())?;
        Ok(note.to_bytes())
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

/// The text of a note, whoever signed it: to learn who says that they did.
///
/// # Errors
/// It is no signed note.
pub fn text_of(note: &[u8]) -> Result<String, Error> {
    let failed = || Error::File("this is not a signed note".to_owned());
    let note = Note::from_bytes(note).map_err(|_| failed())?;
    String::from_utf8(note.text().to_vec()).map_err(|_| failed())
}

/// The text of a note that is signed with the private half of `public`.
///
/// # Errors
/// It is no signed note, or not signed with that key.
pub fn signed_text(note: &[u8], public: &str) -> Result<String, Error> {
    let failed = || Error::File("this is not signed with the key of this service".to_owned());
    let verifier = StandardVerifier::new(public).map_err(|_| failed())?;
    let signed = Note::from_bytes(note).map_err(|_| failed())?;
    signed.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|_| failed())?;
    text_of(note)
}

/// Makes a new or renamed file last: its name stands in its folder.
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}
