//! The folder of documents: a folder a client, a file a version.
//!
//! A version is written beside its place and put there when it is whole and on disk, so that a place never holds half a
//! document.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use casework::ClientId;

use super::{Found, Which};
use crate::Error;

const UNFINISHED: &str = "part";

/// The folder of all documents.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn at(path: PathBuf) -> Folder {
        Folder { path }
    }

    fn of_client(&self, client: ClientId) -> PathBuf {
        self.path.join(client.to_string())
    }

    /// Where a version stands.
    fn place(&self, which: Which) -> PathBuf {
        self.of_client(which.client).join(which.name())
    }

    fn unfinished(&self, which: Which) -> PathBuf {
        self.of_client(which.client).join(format!("{}.{UNFINISHED}", which.name()))
    }

    pub(super) fn begin(&self, which: Which) -> Result<Writing, Error> {
        let folder = self.of_client(which.client);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.and_then(|()| {
            let path = self.unfinished(which);
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            Ok(Writing { file, path, place: self.place(which) })
        })
        .map_err(|error| Error::from_disk(&error))
    }

    pub(super) fn open(&self, which: Which) -> Result<File, Error> {
        open(&self.place(which))
    }

    pub(super) fn remove(&self, which: Which) -> Result<(), Error> {
        for path in [self.place(which), self.unfinished(which)] {
            gone(fs::remove_file(path))?;
        }
        // Fails while others stand there, and that is right.
        let _ = fs::remove_dir(self.of_client(which.client));
        Ok(())
    }

    pub(super) fn remove_client(&self, client: ClientId) -> Result<(), Error> {
        gone(fs::remove_dir_all(self.of_client(client)))
    }

    pub(super) fn is_empty(&self) -> bool {
        !fs::read_dir(&self.path).is_ok_and(|mut inside| inside.next().is_some())
    }

    pub(super) fn clear(&self) -> Result<(), Error> {
        gone(fs::remove_dir_all(&self.path))
    }

    pub(super) fn list(&self) -> Result<Vec<Found>, Error> {
        let mut all = Vec::new();
        for folder in entries(&self.path)? {
            all.extend(inside(&folder)?);
        }
        Ok(all)
    }

    pub(super) fn list_client(&self, client: ClientId) -> Result<Vec<Found>, Error> {
        inside(&self.of_client(client))
    }

    /// Puts a version into its place, durably.
    pub(super) fn put(&self, which: Which, from: &mut dyn Read) -> Result<(), Error> {
        let mut writing = self.begin(which)?;
        io::copy(from, &mut writing.file)
            .and_then(|_| writing.file.sync_all())
            .and_then(|()| put_in_place(&writing.path, &writing.place))
            .map_err(|error| Error::from_disk(&error))
    }
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::Damaged("document"),
        _ => Error::from_disk(&error),
    })
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match fs::read_dir(folder) {
        Ok(found) => Ok(found.filter_map(|entry| Some(entry.ok()?.path())).collect()),
        // No folder, no documents; a file is none of ours.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(Error::from_disk(&error)),
    }
}

/// What stands in the folder of a client.
fn inside(folder: &Path) -> Result<Vec<Found>, Error> {
    let (mut all, now) = (Vec::new(), SystemTime::now());
    let Some(client) = name(folder) else { return Ok(all) };
    for path in entries(folder)? {
        let Some(name) = name(&path) else { continue };
        let whole = name.strip_suffix(UNFINISHED).and_then(|name| name.strip_suffix('.'));
        let finished = whole.is_none();
        let Some(which) = Which::read(client, whole.unwrap_or(name)) else { continue };
        let about = fs::metadata(&path);
        let length = about.as_ref().map(fs::Metadata::len).unwrap_or_default();
        let written = about.and_then(|found| found.modified()).unwrap_or(now);
        let age = now.duration_since(written).unwrap_or_default();
        all.push(Found { which, finished, age, length });
    }
    Ok(all)
}

fn name(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

fn gone(removed: io::Result<()>) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::from_disk(&error)),
        _ => Ok(()),
    }
}

fn put_in_place(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    let folder = to.parent().unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
}

/// A version that is being written.
pub(crate) struct Writing {
    file: File,
    path: PathBuf,
    place: PathBuf,
}

impl Writing {
    pub(super) fn push(&mut self, sealed: &[u8]) -> Result<(), Error> {
        self.file.write_all(sealed).map_err(|error| Error::from_disk(&error))
    }

    /// Makes what was written durable; it does not count yet.
    pub(super) async fn settle(&mut self) -> Result<(), Error> {
        let file = self.file.try_clone().map_err(|error| Error::from_disk(&error))?;
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        synced.map_err(io::Error::other).and_then(|synced| synced).map_err(|error| Error::from_disk(&error))
    }

    pub(super) fn read_back(&self) -> Result<File, Error> {
        open(&self.path)
    }

    pub(super) async fn publish(&self) -> Result<(), Error> {
        let (from, to) = (self.path.clone(), self.place.clone());
        let put = tokio::task::spawn_blocking(move || put_in_place(&from, &to));
        put.await.map_err(io::Error::other).and_then(|put| put).map_err(|error| Error::from_disk(&error))
    }
}
