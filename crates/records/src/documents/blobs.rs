//! Where the sealed bytes of documents stand: in a folder, or in a bucket of a store that speaks S3. Their names are random
//! ids.
//!
//! A version is in its place only when it is whole. What is left of an upload that broke off is found by its age, and swept.

mod bucket;
mod folder;
mod opener;
mod s3;

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::time::Duration;

use casework::{ClientId, DocumentId};
use uuid::Uuid;
use vault::{Chunks, SEAL_HEADER_BYTES, SEALED_CHUNK_BYTES};

use crate::Error;
use bucket::Windows;
use folder::Folder;
pub(crate) use opener::Opener;
pub use s3::{Bucket, BucketFault, BucketSettings, NotABucket};

/// Whose bytes, of which document. Each upload has a random id of its own, so that two that are under way at once never
/// write over each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Which {
    pub(crate) client: ClientId,
    pub(crate) document: DocumentId,
    pub(crate) blob: Uuid,
}

impl Which {
    /// What it is called, beside others of the same client.
    pub(crate) fn name(self) -> String {
        format!("{}.{}", self.document, self.blob.simple())
    }

    /// What has this name.
    pub(crate) fn read(client: &str, name: &str) -> Option<Which> {
        let (document, blob) = name.split_once('.')?;
        Some(Which {
            client: client.parse().ok()?,
            document: document.parse().ok()?,
            blob: blob.parse().ok()?,
        })
    }
}

/// Something found where documents stand.
pub(crate) struct Found {
    pub(crate) which: Which,
    pub(crate) finished: bool,
    pub(crate) age: Duration,
    length: u64,
}

impl Found {
    /// Whether it is whole, and as long as so many pieces are.
    pub(crate) fn has(&self, pieces: u64) -> bool {
        self.finished && self.length == length(pieces)
    }
}

/// The place of all documents. Whatever is asked of it may have to wait for a store far away: not on a thread that serves.
#[derive(Debug, Clone)]
pub(crate) enum Blobs {
    Folder(Folder),
    Bucket(Bucket),
}

impl Blobs {
    pub(crate) fn folder(path: PathBuf) -> Blobs {
        Blobs::Folder(Folder::at(path))
    }

    /// Which place it is, for those who look after it.
    pub(crate) fn words(&self) -> String {
        match self {
            Blobs::Folder(_) => "in a folder".to_owned(),
            Blobs::Bucket(bucket) => format!("in the bucket {}", bucket.name()),
        }
    }

    /// Begins to write a version.
    pub(crate) fn begin(&self, which: Which) -> Result<Writing, Error> {
        match self {
            Blobs::Folder(folder) => folder.begin(which).map(Writing::Folder),
            Blobs::Bucket(bucket) => bucket.begin(which).map(Writing::Bucket),
        }
    }

    /// Opens a version that is whole.
    pub(crate) fn open(&self, which: Which, pieces: u64) -> Result<Blob, Error> {
        match self {
            Blobs::Folder(folder) => Blob::open(Source::File(folder.open(which)?), pieces),
            Blobs::Bucket(bucket) => {
                Blob::open(Source::Bucket(bucket.windows(which, length(pieces))), pieces)
            }
        }
    }

    /// Opens a version with all its bytes at hand: what is read later waits for nothing.
    pub(crate) fn open_whole(&self, which: Which, pieces: u64) -> Result<Blob, Error> {
        let blob = self.open(which, pieces)?;
        if let Source::Bucket(windows) = &blob.source {
            windows.fetch_all()?;
        }
        Ok(blob)
    }

    /// The sealed bytes of something found, as they stand; none if they are gone meanwhile.
    pub(crate) fn read(&self, found: &Found) -> Result<Option<Box<dyn Read>>, Error> {
        let opened: Result<Box<dyn Read>, Error> = match self {
            Blobs::Folder(folder) => folder.open(found.which).map(|file| Box::new(file) as _),
            Blobs::Bucket(bucket) => {
                bucket.windows(found.which, found.length).reader().map(|all| Box::new(all) as _)
            }
        };
        match opened {
            Ok(read) => Ok(Some(read)),
            Err(Error::Damaged(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts sealed bytes into their place, as they were read there or elsewhere.
    pub(crate) fn put(&self, which: Which, from: &mut dyn Read) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.put(which, from),
            Blobs::Bucket(bucket) => bucket.put(which, from),
        }
    }

    /// Removes a version, whole or not.
    pub(crate) fn remove(&self, which: Which) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.remove(which),
            Blobs::Bucket(bucket) => bucket.remove(which),
        }
    }

    /// Removes all that there is of a client.
    pub(crate) fn remove_client(&self, client: ClientId) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.remove_client(client),
            Blobs::Bucket(bucket) => bucket.remove_all(&format!("{client}/")),
        }
    }

    /// Whether nothing at all stands there.
    pub(crate) fn is_empty(&self) -> Result<bool, Error> {
        match self {
            Blobs::Folder(folder) => Ok(folder.is_empty()),
            Blobs::Bucket(bucket) => bucket.is_empty(),
        }
    }

    /// Removes everything.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        match self {
            Blobs::Folder(folder) => folder.clear(),
            Blobs::Bucket(bucket) => bucket.remove_all(""),
        }
    }

    /// All that stands there of a client.
    pub(crate) fn list_client(&self, client: ClientId) -> Result<Vec<Found>, Error> {
        match self {
            Blobs::Folder(folder) => folder.list_client(client),
            Blobs::Bucket(bucket) => bucket.list(&format!("{client}/")),
        }
    }

    /// Everything that stands there.
    pub(crate) fn list(&self) -> Result<Vec<Found>, Error> {
        match self {
            Blobs::Folder(folder) => folder.list(),
            Blobs::Bucket(bucket) => bucket.list(""),
        }
    }
}

/// How many bytes so many sealed pieces have, with what stands before them.
fn length(pieces: u64) -> u64 {
    (SEAL_HEADER_BYTES as u64).saturating_add(pieces.saturating_mul(SEALED_CHUNK_BYTES as u64))
}

/// Does what may have to wait on a thread that may.
pub(crate) async fn waiting<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(job).await.unwrap_or(Err(Error::Documents(io::ErrorKind::Interrupted)))
}

/// A version that is being written.
pub(crate) enum Writing {
    Folder(folder::Writing),
    Bucket(bucket::Writing),
}

impl Writing {
    pub(crate) async fn push(&mut self, sealed: &[u8]) -> Result<(), Error> {
        match self {
            Writing::Folder(writing) => writing.push(sealed),
            Writing::Bucket(writing) => writing.push(sealed).await,
        }
    }

    /// Makes what was written durable; it does not count yet.
    pub(crate) async fn settle(&mut self) -> Result<(), Error> {
        match self {
            Writing::Folder(writing) => writing.settle().await,
            Writing::Bucket(writing) => writing.settle().await,
        }
    }

    /// Reads back what was settled.
    pub(crate) async fn read_back(&self, pieces: u64) -> Result<Blob, Error> {
        let source = match self {
            Writing::Folder(writing) => Source::File(writing.read_back()?),
            Writing::Bucket(writing) => Source::Bucket(writing.read_back(length(pieces))),
        };
        waiting(move || Blob::open(source, pieces)).await
    }

    /// Puts it in its place, durably. In a bucket it stands there since it was settled, under a name that no row gives yet.
    pub(crate) async fn publish(&self) -> Result<(), Error> {
        match self {
            Writing::Folder(writing) => writing.publish().await,
            Writing::Bucket(_) => Ok(()),
        }
    }
}

enum Source {
    File(File),
    Bucket(Windows),
}

impl Source {
    /// Fills `into` with what stands at this place. A document that is shorter than its row says was cut off.
    fn read_at(&self, into: &mut [u8], at: u64) -> Result<(), Error> {
        match self {
            Source::File(file) => file.read_exact_at(into, at).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => Error::Damaged("document"),
                _ => Error::from_disk(&error),
            }),
            Source::Bucket(windows) => windows.read_at(into, at),
        }
    }
}

/// The sealed bytes of a version.
pub(crate) struct Blob {
    source: Source,
    header: [u8; SEAL_HEADER_BYTES],
    pieces: u64,
}

impl Blob {
    fn open(source: Source, pieces: u64) -> Result<Blob, Error> {
        let mut header = [0; SEAL_HEADER_BYTES];
        source.read_at(&mut header, 0)?;
        Ok(Blob { source, header, pieces })
    }

    pub(crate) fn pieces(&self) -> u64 {
        self.pieces
    }

    /// What stands before the first piece.
    pub(crate) fn header(&self) -> &[u8; SEAL_HEADER_BYTES] {
        &self.header
    }

    /// The piece with this number, as it stands.
    pub(crate) fn sealed(&self, index: u64) -> Result<Vec<u8>, Error> {
        let mut sealed = vec![0; SEALED_CHUNK_BYTES];
        self.source.read_at(&mut sealed, length(index))?;
        Ok(sealed)
    }

    /// Opens the piece with this number.
    pub(crate) fn piece(&self, chunks: &Chunks, index: u64) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
        let sealed = self.sealed(index)?;
        Ok(chunks.open(&self.header, index, index + 1 == self.pieces, &sealed)?)
    }
}
