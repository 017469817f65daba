//! Copies of keyring and root: whether a copy of the keyring can be relied on, and the root's one copy in escrow.
//!
//! A copy of the keyring holds no epoch key, so it opens nothing by itself. The escrow copy holds the root (epoch key, the
//! service's id, the key that signs the log), encrypted with age to officers: any one of them can open it, and with it and the
//! newest keyring the records. It has to be overwritten whenever the epoch rolls.

use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use store::{Rows, Store};
use zeroize::Zeroizing;

use crate::keyring::{Walk, Wrapped};
use crate::root::{Root, failed, private, sync_folder};
use crate::vault::agree;
use crate::{Compartment, Deployment, Epoch, Error, FileId, Vault};

/// The first line of an opened escrow copy.
const FORMAT: &str = "kept-root-1";

/// What a keyring that was looked through holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Which service it is of.
    pub deployment: Deployment,
    /// Its epoch.
    pub epoch: Epoch,
    /// How many keys, the service's own among them.
    pub keys: u64,
}

/// Looks through a keyring, or a copy of one: every key must unwrap with the root's. Unlike opening the vault it mends nothing,
/// so that a copy never decides what becomes of the root.
///
/// # Errors
/// They do not belong together, the root has moved on, or a key does not unwrap.
pub async fn check_keyring(keyring: &Store, root: &Path) -> Result<Checked, Error> {
    let root = Root::at(root)?;
    let _alone = root.clone().locked().await?;
    let (head, current) = agree(keyring, &root).await?;
    // A key of another epoch beside it: a change was interrupted, and only the newest keyring can say which way it went.
    if let Some(other) = root.epochs()?.into_iter().find(|epoch| *epoch != head.epoch) {
        return Err(Error::RootBetweenEpochs { keyring: head.epoch, other });
    }
    let (mut walk, mut keys) = (Walk::start(), 0);
    loop {
        let rows = keyring.read(vec![walk.next()]).await?;
        let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
        rows.iter().try_for_each(|row| current.unwrap(row).map(drop))?;
        keys += rows.len() as u64;
        if !walk.behind(&rows) {
            return Ok(Checked { deployment: head.deployment, epoch: head.epoch, keys });
        }
    }
}

impl Vault {
    /// Which parts of which files have a key. Whatever is sealed and not among them was erased.
    ///
    /// # Errors
    /// The keyring could not be read.
    pub async fn all_compartments(&self) -> Result<HashMap<FileId, HashSet<Compartment>>, Error> {
        let (mut walk, mut found) = (Walk::start(), HashMap::<FileId, HashSet<Compartment>>::new());
        loop {
            let rows = self.keyring.read(vec![walk.next()]).await?;
            let rows = Wrapped::read_all(rows.first().unwrap_or(&Rows::default()))?;
            for row in rows.iter().filter(|row| row.file != FileId::SERVICE) {
                found.entry(row.file).or_default().insert(row.compartment);
            }
            if !walk.behind(&rows) {
                return Ok(found);
            }
        }
    }
}

/// The escrow copy of the root: encrypted to `officers`, who are age recipients (`age1...`), so that any one of them can open
/// it. It is made in memory and never stands anywhere in the clear.
///
/// # Errors
/// Nobody is named or somebody who is no recipient, the epoch is being changed, or the root cannot be read.
pub fn escrow(root: &Path, officers: &[String]) -> Result<Vec<u8>, Error> {
    let root = Root::at(root)?;
    let _alone = root.lock()?;
    if let [first, .., other] = root.epochs()?.as_slice() {
        return Err(Error::RootBetweenEpochs { keyring: *first, other: *other });
    }
    let named: Result<Vec<age::x25519::Recipient>, _> =
        officers.iter().map(|officer| officer.trim().parse()).collect();
    let named = named.ok().filter(|named| !named.is_empty()).ok_or(Error::NoOfficer)?;
    let mut text = Zeroizing::new(format!("{FORMAT}\n"));
    let mut names = root.names()?;
    names.sort_unstable();
    for name in names.iter().filter(|name| is_of_root(name)) {
        let path = root.path(name);
        let about = fs::symlink_metadata(&path).map_err(failed("read", &path))?;
        private(&path, about.mode(), "400")?;
        let bytes = Zeroizing::new(fs::read(&path).map_err(failed("read", &path))?);
        // Room first, so that growing leaves no copies behind.
        text.reserve_exact(name.len() + 2 + bytes.len() * 2);
        text.push_str(name);
        text.push(' ');
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        text.push('\n');
    }
    let to = named.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(to).map_err(|_| Error::NoOfficer)?;
    let mut sealed = Vec::new();
    encryptor
        .wrap_output(&mut sealed)
        .and_then(|mut writer| {
            writer.write_all(text.as_bytes())?;
            writer.finish()
        })
        .map_err(failed("encrypt", &root.path("")))?;
    Ok(sealed)
}

/// Makes the root anew in an empty place from its escrow copy, with the identity of one of the officers
/// (`AGE-SECRET-KEY-1...`, in a text that may have comments).
///
/// # Errors
/// This identity does not open it, it is no escrow copy, or there is a root already.
pub fn from_escrow(root: &Path, sealed: &[u8], identity: &str) -> Result<(), Error> {
    if root.exists() {
        return Err(Error::RootInUse(root.to_owned()));
    }
    let keys = identity.lines().map(str::trim).filter(|line| line.starts_with("AGE-SECRET-KEY-1"));
    let mut opened = None;
    for key in keys {
        let Ok(identity) = key.parse::<age::x25519::Identity>() else { continue };
        if let Ok(text) = age::decrypt(&identity, sealed) {
            opened = Some(Zeroizing::new(text));
        }
    }
    let text = opened.ok_or(Error::EscrowDoesNotOpen)?;
    let text = std::str::from_utf8(&text).map_err(|_| Error::EscrowDoesNotOpen)?;
    let lines = text.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix('\n'));
    let mut files = Vec::new();
    for line in lines.ok_or(Error::EscrowDoesNotOpen)?.lines() {
        let (name, coded) = line.split_once(' ').ok_or(Error::EscrowDoesNotOpen)?;
        let bytes = bytes_of(coded).filter(|_| is_of_root(name)).ok_or(Error::EscrowDoesNotOpen)?;
        files.push((name, bytes));
    }
    DirBuilder::new().mode(0o700).create(root).map_err(failed("make", root))?;
    for (name, bytes) in files {
        let path = root.join(name);
        let made = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path);
        let written = made.and_then(|mut file: File| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.map_err(failed("write", &path))?;
    }
    sync_folder(root)?;
    root.parent().filter(|above| !above.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
}

fn bytes_of(coded: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits: Option<Vec<u32>> = coded.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = Zeroizing::new(digits?);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.chunks(2) {
        let [high, low] = pair else { return None };
        bytes.push(u8::try_from(high << 4 | low).ok()?);
    }
    Some(bytes)
}

/// What belongs to a root, and no path that leads out of it.
fn is_of_root(name: &str) -> bool {
    name == "deployment"
        || (name.ends_with(".key") && !name.starts_with("new-") && !name.contains(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;
    use age::secrecy::ExposeSecret as _;

    #[test]
    fn any_officer_opens_the_escrow_copy_and_nobody_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let (root, back) = (folder.path().join("root"), folder.path().join("back"));
        let key = Key::random().unwrap();
        Root::create(&root, Deployment::from_bytes([7; 16]), &key).unwrap();
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .open(root.join("log-signing.key"))
            .and_then(|mut file| file.write_all(b"a key\nof two lines\n"))
            .unwrap();
        let officers: Vec<age::x25519::Identity> =
            (0..3).map(|_| age::x25519::Identity::generate()).collect();
        let named: Vec<String> = officers.iter().take(2).map(|o| o.to_public().to_string()).collect();
        let sealed = escrow(&root, &named).unwrap();
        let text = |n: usize| format!("# an officer\n{}\n", officers[n].to_string().expose_secret());
        assert!(matches!(from_escrow(&back, &sealed, &text(2)), Err(Error::EscrowDoesNotOpen)));
        assert!(!back.exists());
        for n in 0..2 {
            from_escrow(&back, &sealed, &text(n)).unwrap();
            let again = Root::at(&back).unwrap();
            assert_eq!(again.deployment().unwrap(), Deployment::from_bytes([7; 16]));
            assert_eq!(again.epoch_key(Epoch::FIRST).unwrap().unwrap().for_root(), key.for_root());
            assert_eq!(fs::read(back.join("log-signing.key")).unwrap(), b"a key\nof two lines\n");
            assert!(matches!(from_escrow(&back, &sealed, &text(n)), Err(Error::RootInUse(_))));
            fs::remove_dir_all(&back).unwrap();
        }
        assert!(matches!(escrow(&root, &[]), Err(Error::NoOfficer)));
        assert!(matches!(escrow(&root, &["age1nobody".to_owned()]), Err(Error::NoOfficer)));
    }
}
