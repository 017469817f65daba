//! The root: a folder apart from records and keyring that alone holds the epoch key.
//!
//! ```text
//! deployment      which service this is, 32 hexadecimal digits
//! epoch-7.key     the epoch key, 32 bytes, mode 0400
//! ```
//!
//! A second epoch key stands here only while the keyring moves from one epoch to the next.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::key::{KEY_BYTES, Key};
use crate::{Epoch, Error};

const DEPLOYMENT: &str = "deployment";
const NEW: &str = "new-";
const OTHERS: u32 = 0o077;

/// Which service: drawn once when it is made, and bound into every seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deployment([u8; 16]);

impl Deployment {
    pub(crate) fn draw() -> Result<Deployment, Error> {
        let mut bytes = [0; 16];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(Deployment(bytes))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Deployment {
        Deployment(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", uuid::Uuid::from_bytes(self.0).as_simple())
    }
}

/// The root folder.
#[derive(Clone)]
pub(crate) struct Root {
    folder: PathBuf,
}

impl Root {
    /// Makes a new root for `deployment`, with `key` for the first epoch. The folder is made if it is not there.
    pub(crate) fn create(folder: &Path, deployment: Deployment, first: &Key) -> Result<Root, Error> {
        if !folder.exists() {
            DirBuilder::new().mode(0o700).create(folder).map_err(failed("make", folder))?;
            if let Some(above) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
                sync_folder(above)?;
            }
        }
        let root = Root::at(folder)?;
        if root.path(DEPLOYMENT).exists() || !root.epochs()?.is_empty() {
            return Err(Error::RootInUse(folder.to_owned()));
        }
        root.destroy_half_written()?;
        root.write_epoch_key(Epoch::FIRST, first)?;
        root.write(DEPLOYMENT, format!("{deployment}\n").as_bytes())?;
        Ok(root)
    }

    /// The root at `folder`, if it is there and private.
    pub(crate) fn at(folder: &Path) -> Result<Root, Error> {
        let about = fs::metadata(folder).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::RootMissing(folder.to_owned()),
            _ => Error::RootFailed { doing: "look at", path: folder.to_owned(), source },
        })?;
        if !about.is_dir() {
            return Err(Error::RootMissing(folder.to_owned()));
        }
        private(folder, about.mode(), "700")?;
        Ok(Root { folder: folder.to_owned() })
    }

    /// Holds the root for this process alone, until the guard is dropped. The folder itself is the lock.
    pub(crate) fn lock(&self) -> Result<RootLock, Error> {
        let folder = File::open(&self.folder).map_err(failed("open", &self.folder))?;
        folder.lock().map_err(failed("lock", &self.folder))?;
        Ok(RootLock(folder))
    }

    /// Which service the root belongs to.
    pub(crate) fn deployment(&self) -> Result<Deployment, Error> {
        let path = self.path(DEPLOYMENT);
        let text = self.read(&path)?;
        let text = std::str::from_utf8(&text).ok().map(str::trim).filter(|t| t.len() == 32);
        let id = text.and_then(|t| uuid::Uuid::try_parse(t).ok());
        let id = id.ok_or(Error::RootDamaged { path, what: "it is not a deployment's id" })?;
        Ok(Deployment(*id.as_bytes()))
    }

    /// The epochs of which a key is here, oldest first.
    pub(crate) fn epochs(&self) -> Result<Vec<Epoch>, Error> {
        let mut epochs: Vec<Epoch> = self.names()?.iter().filter_map(|name| epoch_of(name)).collect();
        epochs.sort_unstable();
        Ok(epochs)
    }

    /// The key of `epoch`; none if it is not here.
    pub(crate) fn epoch_key(&self, epoch: Epoch) -> Result<Option<Key>, Error> {
        let path = self.path(&key_name(epoch));
        if !path.exists() {
            return Ok(None);
        }
        let bytes = self.read(&path)?;
        Key::from_root(&bytes).map(Some).ok_or(Error::RootDamaged { path, what: "a key has 32 bytes" })
    }

    /// Writes the key of `epoch`: whole and durable when this returns, or not at all.
    pub(crate) fn write_epoch_key(&self, epoch: Epoch, key: &Key) -> Result<(), Error> {
        let name = key_name(epoch);
        if self.path(&name).exists() {
            return Err(Error::RootInUse(self.folder.clone()));
        }
        self.write(&name, key.for_root())
    }

    /// Destroys the key of `epoch`: overwrites it, and removes it. Doing it again does no harm.
    ///
    /// On flash storage the overwriting is best effort (wear levelling keeps old blocks for a while): see the crate's words.
    pub(crate) fn destroy(&self, epoch: Epoch) -> Result<(), Error> {
        self.destroy_file(&key_name(epoch))
    }

    /// Destroys what a killed process left half written.
    pub(crate) fn destroy_half_written(&self) -> Result<(), Error> {
        for name in self.names()?.iter().filter(|name| name.starts_with(NEW)) {
            self.destroy_file(name)?;
        }
        Ok(())
    }

    fn destroy_file(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        if path.exists() {
            fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(failed("unlock", &path))?;
            let mut file = OpenOptions::new().write(true).open(&path).map_err(failed("overwrite", &path))?;
            for fill in [0xff, 0x00] {
                file.rewind().map_err(failed("overwrite", &path))?;
                file.write_all(&[fill; KEY_BYTES]).map_err(failed("overwrite", &path))?;
                file.sync_all().map_err(failed("overwrite", &path))?;
            }
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        sync_folder(&self.folder)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let (new, path) = (self.path(&format!("{NEW}{name}")), self.path(name));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .open(&new)
            .map_err(failed("write", &new))?;
        file.write_all(bytes).map_err(failed("write", &new))?;
        file.sync_all().map_err(failed("write", &new))?;
        fs::rename(&new, &path).map_err(failed("write", &path))?;
        sync_folder(&self.folder)
    }

    fn read(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, Error> {
        let about = fs::symlink_metadata(path).map_err(failed("read", path))?;
        if !about.is_file() {
            return Err(Error::RootDamaged { path: path.to_owned(), what: "it is not a plain file" });
        }
        private(path, about.mode(), "400")?;
        // More room than any file here needs, so that reading leaves no copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(128));
        let file = File::open(path).map_err(failed("read", path))?;
        file.take(100).read_to_end(&mut bytes).map_err(failed("read", path))?;
        Ok(bytes)
    }

    pub(crate) fn names(&self) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for file in fs::read_dir(&self.folder).map_err(failed("list", &self.folder))? {
            let file = file.map_err(failed("list", &self.folder))?;
            names.extend(file.file_name().into_string());
        }
        Ok(names)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// While this lives, no other process repairs this root or moves its epoch.
pub(crate) struct RootLock(#[expect(dead_code, reason = "closing the file ends the lock")] File);

fn key_name(epoch: Epoch) -> String {
    format!("epoch-{epoch}.key")
}

fn epoch_of(name: &str) -> Option<Epoch> {
    let number = name.strip_prefix("epoch-")?.strip_suffix(".key")?;
    let epoch = Epoch::from_str(number).ok()?;
    (key_name(epoch) == name).then_some(epoch)
}

pub(crate) fn private(path: &Path, mode: u32, cure: &'static str) -> Result<(), Error> {
    if mode & OTHERS == 0 {
        Ok(())
    } else {
        Err(Error::RootNotPrivate { path: path.to_owned(), mode: mode & 0o777, cure })
    }
}

pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::RootFailed { doing, path, source }
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|f| f.sync_all()).map_err(failed("make durable", folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> (tempfile::TempDir, Root, Key) {
        let folder = tempfile::tempdir().unwrap();
        let key = Key::random().unwrap();
        let root = Root::create(&folder.path().join("root"), Deployment::from_bytes([7; 16]), &key).unwrap();
        (folder, root, key)
    }

    #[test]
    fn a_root_gives_back_what_was_put_there() {
        let (_guard, root, key) = root();
        let again = Root::at(&root.folder).unwrap();
        assert_eq!(again.deployment().unwrap(), Deployment::from_bytes([7; 16]));
        assert_eq!(again.epochs().unwrap(), [Epoch::FIRST]);
        assert_eq!(again.epoch_key(Epoch::FIRST).unwrap().unwrap().for_root(), key.for_root());
        let mode = fs::metadata(root.path("epoch-1.key")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o400);
        assert_eq!(fs::metadata(&root.folder).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_folder_or_key_that_others_can_read_is_refused() {
        let (_guard, root, _) = root();
        let key = root.path("epoch-1.key");
        for mode in [0o440, 0o404, 0o420, 0o401] {
            fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
            assert!(matches!(root.epoch_key(Epoch::FIRST), Err(Error::RootNotPrivate { .. })), "{mode:o}");
        }
        for mode in [0o750, 0o705, 0o770, 0o701] {
            fs::set_permissions(&root.folder, Permissions::from_mode(mode)).unwrap();
            let refused = Root::at(&root.folder).err().unwrap().to_string();
            assert!(refused.contains("can be read by others") && refused.contains("chmod 700"), "{refused}");
        }
    }

    #[test]
    fn a_root_in_use_is_never_overwritten() {
        let (_guard, root, key) = root();
        let again = Root::create(&root.folder, Deployment::from_bytes([8; 16]), &Key::random().unwrap());
        assert!(matches!(again, Err(Error::RootInUse(_))));
        assert!(matches!(root.write_epoch_key(Epoch::FIRST, &key), Err(Error::RootInUse(_))));
        assert_eq!(root.deployment().unwrap(), Deployment::from_bytes([7; 16]));
    }

    #[test]
    fn a_destroyed_key_is_overwritten_and_gone() {
        let (_guard, root, key) = root();
        // A second name for the same file, as a careless copy would be: it shows what the file holds after destroying.
        let other_name = root.folder.join("kept");
        fs::hard_link(root.path("epoch-1.key"), &other_name).unwrap();
        root.destroy(Epoch::FIRST).unwrap();
        assert!(root.epochs().unwrap().is_empty() && root.epoch_key(Epoch::FIRST).unwrap().is_none());
        let left = fs::read(&other_name).unwrap();
        assert!(left.len() == KEY_BYTES && left != key.for_root());
        root.destroy(Epoch::FIRST).unwrap();
    }

    #[test]
    fn damaged_or_foreign_files_are_told_apart() {
        let (_guard, root, _) = root();
        fs::write(root.path("new-epoch-2.key"), [1; 9]).unwrap();
        fs::write(root.path("epoch-02.key"), [1; 32]).unwrap();
        fs::write(root.path("epoch-x.key"), [1; 32]).unwrap();
        assert_eq!(root.epochs().unwrap(), [Epoch::FIRST]);
        root.destroy_half_written().unwrap();
        assert!(!root.path("new-epoch-2.key").exists());

        root.write("epoch-2.key", &[1; 31]).unwrap();
        let damaged = root.epoch_key(Epoch::FIRST.next()).err().unwrap();
        assert!(matches!(damaged, Error::RootDamaged { .. }), "{damaged}");
        assert!(matches!(Root::at(Path::new("/nowhere/at/all")), Err(Error::RootMissing(_))));
    }
}
