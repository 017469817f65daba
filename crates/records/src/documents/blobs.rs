//! Where the sealed bytes of documents stand: a folder a client, a file a version. Their names are random ids.
//!
//! A version is written beside its place and put there when it is whole and on disk, so that a place never holds half a
//! document. What is left of an upload that broke off is found by its age, and swept.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use casework::{ClientId, DocumentId};
use vault::{CHUNK_BYTES, Chunks, SEAL_HEADER_BYTES, SEALED_CHUNK_BYTES};

use crate::Error;

/// Whose bytes, of which document. Each upload has a random id of its own, so that two that are under way at once never
/// write over each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Which {
    pub(crate) client: ClientId,
    pub(crate) document: DocumentId,
    pub(crate) blob: uuid::Uuid,
}

const UNFINISHED: &str = "part";

/// The folder of all documents.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    folder: PathBuf,
}

/// Something found in the folder.
pub(crate) struct Found {
    pub(crate) which: Which,
    pub(crate) finished: bool,
    pub(crate) age: Duration,
}

impl Blobs {
    pub(crate) fn at(folder: PathBuf) -> Blobs {
        Blobs { folder }
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn of_client(&self, client: ClientId) -> PathBuf {
        self.folder.join(client.to_string())
    }

    /// Where a version stands.
    pub(crate) fn path(&self, which: Which) -> PathBuf {
        self.of_client(which.client).join(format!("{}.{}", which.document, which.blob.simple()))
    }

    fn unfinished(&self, which: Which) -> PathBuf {
        let name = format!("{}.{}.{UNFINISHED}", which.document, which.blob.simple());
        self.of_client(which.client).join(name)
    }

    /// Begins to write a version.
    pub(crate) fn begin(&self, which: Which) -> Result<Writing, Error> {
        let folder = self.of_client(which.client);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.and_then(|()| {
            let path = self.unfinished(which);
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            Ok(Writing { file, path, place: self.path(which) })
        })
        .map_err(|error| Error::from_disk(&error))
    }

    /// Opens a version that is whole.
    pub(crate) fn open(&self, which: Which, pieces: u64) -> Result<Blob, Error> {
        Blob::open(&self.path(which), pieces)
    }

    /// Whether a version is there and as long as it should be.
    pub(crate) fn holds(&self, which: Which, pieces: u64) -> bool {
        fs::metadata(self.path(which)).is_ok_and(|found| found.len() == length(pieces))
    }

    /// Removes a version, whole or not.
    pub(crate) fn remove(&self, which: Which) -> Result<(), Error> {
        for path in [self.path(which), self.unfinished(which)] {
            gone(fs::remove_file(path))?;
        }
        // Fails while others stand there, and that is right.
        let _ = fs::remove_dir(self.of_client(which.client));
        Ok(())
    }

    /// Removes all that there is of a client.
    pub(crate) fn remove_client(&self, client: ClientId) -> Result<(), Error> {
        gone(fs::remove_dir_all(self.of_client(client)))
    }

    /// Everything that stands there.
    pub(crate) fn list(&self) -> Result<Vec<Found>, Error> {
        let mut all = Vec::new();
        let now = SystemTime::now();
        for folder in entries(&self.folder)? {
            let Some(client) = name(&folder).and_then(|name| name.parse::<ClientId>().ok()) else { continue };
            for path in entries(&folder)? {
                let Some(name) = name(&path) else { continue };
                let (whole, finished) = match name.strip_suffix(UNFINISHED).and_then(|n| n.strip_suffix('.'))
                {
                    Some(whole) => (whole, false),
                    None => (name, true),
                };
                let parts = whole.split_once('.');
                let which = parts.and_then(|(document, blob)| {
                    Some(Which { client, document: document.parse().ok()?, blob: blob.parse().ok()? })
                });
                let Some(which) = which else { continue };
                let written = fs::metadata(&path).and_then(|found| found.modified()).unwrap_or(now);
                let age = now.duration_since(written).unwrap_or_default();
                all.push(Found { which, finished, age });
            }
        }
        Ok(all)
    }
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

fn name(path: &Path) -> Option<&str> {
    path.file_name().and_then(|name| name.to_str())
}

fn gone(removed: io::Result<()>) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::from_disk(&error)),
        _ => Ok(()),
    }
}

fn length(pieces: u64) -> u64 {
    SEAL_HEADER_BYTES as u64 + pieces * SEALED_CHUNK_BYTES as u64
}

/// A version that is being written.
pub(crate) struct Writing {
    file: File,
    path: PathBuf,
    place: PathBuf,
}

impl Writing {
    pub(crate) fn push(&mut self, sealed: &[u8]) -> Result<(), Error> {
        self.file.write_all(sealed).map_err(|error| Error::from_disk(&error))
    }

    /// Makes what was written durable; it does not count yet.
    pub(crate) async fn settle(&mut self) -> Result<(), Error> {
        let file = self.file.try_clone().map_err(|error| Error::from_disk(&error))?;
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        synced.map_err(io::Error::other).and_then(|synced| synced).map_err(|error| Error::from_disk(&error))
    }

    /// Reads back what was settled.
    pub(crate) fn read_back(&self, pieces: u64) -> Result<Blob, Error> {
        Blob::open(&self.path, pieces)
    }

    /// Puts it in its place, durably.
    pub(crate) async fn publish(&self) -> Result<(), Error> {
        let (from, to) = (self.path.clone(), self.place.clone());
        let put = tokio::task::spawn_blocking(move || {
            fs::rename(&from, &to)?;
            let folder = to.parent().unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()?;
            folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
        });
        put.await.map_err(io::Error::other).and_then(|put| put).map_err(|error| Error::from_disk(&error))
    }
}

/// The sealed bytes of a version.
pub(crate) struct Blob {
    file: File,
    header: [u8; SEAL_HEADER_BYTES],
    pieces: u64,
}

impl Blob {
    fn open(path: &Path, pieces: u64) -> Result<Blob, Error> {
        let opened = File::open(path).and_then(|file| {
            let mut header = [0; SEAL_HEADER_BYTES];
            file.read_exact_at(&mut header, 0)?;
            Ok((file, header))
        });
        match opened {
            Ok((file, header)) => Ok(Blob { file, header, pieces }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::Damaged("document")),
            Err(error) => Err(Error::from_disk(&error)),
        }
    }

    pub(crate) fn pieces(&self) -> u64 {
        self.pieces
    }

    /// Opens the piece with this number.
    pub(crate) fn piece(&self, chunks: &Chunks, index: u64) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
        let mut sealed = vec![0; SEALED_CHUNK_BYTES];
        // A document that is shorter than its row says was cut off.
        let read = self.file.read_exact_at(&mut sealed, length(index));
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Damaged("document"),
            _ => Error::from_disk(&error),
        })?;
        Ok(chunks.open(&self.header, index, index + 1 == self.pieces, &sealed)?)
    }
}

/// A document as something to read and to jump about in, opened piece by piece: for looking through it.
pub(crate) struct Opener {
    blob: Blob,
    chunks: Chunks,
    size: u64,
    at: u64,
    held: Option<(u64, zeroize::Zeroizing<Vec<u8>>)>,
}

impl Opener {
    pub(crate) fn new(blob: Blob, chunks: Chunks, size: u64) -> Opener {
        Opener { blob, chunks, size, at: 0, held: None }
    }
}

impl Read for Opener {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let whole = CHUNK_BYTES as u64;
        let index = self.at / whole;
        if self.at >= self.size || into.is_empty() {
            return Ok(0);
        }
        if self.held.as_ref().is_none_or(|(held, _)| *held != index) {
            let piece = self.blob.piece(&self.chunks, index).map_err(io::Error::other)?;
            self.held = Some((index, piece));
        }
        let end = self.size.min((index + 1) * whole) - index * whole;
        let (from, to) = ((self.at % whole) as usize, end as usize);
        let piece = self.held.as_ref().and_then(|(_, piece)| piece.get(from..to)).unwrap_or_default();
        let count = piece.len().min(into.len());
        if let (Some(into), Some(piece)) = (into.get_mut(..count), piece.get(..count)) {
            into.copy_from_slice(piece);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Opener {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(to) => i128::from(to),
            SeekFrom::End(by) => i128::from(self.size) + i128::from(by),
            SeekFrom::Current(by) => i128::from(self.at) + i128::from(by),
        };
        self.at = u64::try_from(to).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
