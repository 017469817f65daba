//! The files of a backup: written once, with their digests, and durable when they are said to be there.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};
use store::{Snapshot, Written};

use super::DOCUMENTS;
use crate::Error;
use crate::documents::{Blobs, Which};

const BUFFER: usize = 1 << 18;

/// What the disk said, in the words of the store.
pub(super) fn on_disk(doing: &'static str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull => store::Error::Full.into(),
        kind => store::Error::CopyFile { doing, kind }.into(),
    }
}

fn unwritten(error: io::Error) -> Error {
    on_disk("written", &error)
}

fn unread(error: io::Error) -> Error {
    on_disk("read", &error)
}

/// Passes on what is written, and takes its digest.
struct Hashed<W> {
    out: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.digest.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn create(path: &Path) -> Result<Hashed<BufWriter<File>>, Error> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let out = BufWriter::with_capacity(BUFFER, made.map_err(unwritten)?);
    Ok(Hashed { out, digest: Sha256::new(), bytes: 0 })
}

/// Makes what was written durable; its digest and its length.
fn settle(mut file: Hashed<BufWriter<File>>) -> Result<(String, u64), Error> {
    file.flush().and_then(|()| file.out.get_ref().sync_all()).map_err(unwritten)?;
    Ok((hex::encode(file.digest.finalize()), file.bytes))
}

/// Writes a new file, durably; its digest.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<String, Error> {
    let mut file = create(path)?;
    file.write_all(bytes).map_err(unwritten)?;
    settle(file).map(|(digest, _)| digest)
}

/// The digest of a file.
pub(super) fn digest_of(path: &Path) -> Result<String, Error> {
    let mut into = Hashed { out: io::sink(), digest: Sha256::new(), bytes: 0 };
    let mut file = io::BufReader::with_capacity(BUFFER, File::open(path).map_err(unread)?);
    io::copy(&mut file, &mut into).map_err(unread)?;
    Ok(hex::encode(into.digest.finalize()))
}

/// Puts a file in the place of another, whole or not at all, and overwrites what the other held: an old copy of keys is of no
/// use to anybody. (On flash storage that is best effort.)
pub(super) fn replace(path: &Path, bytes: &mut dyn Read) -> Result<(), Error> {
    let next = path.with_extension("new");
    let _ = fs::remove_file(&next);
    let mut file = create(&next)?;
    io::copy(bytes, &mut file).map_err(unwritten)?;
    settle(file)?;
    // Held open, the old file can still be overwritten once its name is the new one's: at no moment is there neither.
    let old = OpenOptions::new().write(true).open(path).ok();
    fs::rename(&next, path).map_err(unwritten)?;
    path.parent().map_or(Ok(()), sync_folder)?;
    if let Some(mut old) = old {
        let length = old.metadata().map_err(unwritten)?.len();
        io::copy(&mut io::repeat(0).take(length), &mut old).map_err(unwritten)?;
        old.sync_all().map_err(unwritten)?;
    }
    Ok(())
}

/// A folder for this user alone, made if it is not there.
pub(crate) fn private_folder(path: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unwritten)
}

/// A folder that was not there before.
pub(super) fn new_folder(path: &Path) -> Result<(), Error> {
    DirBuilder::new().mode(0o700).create(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::DoesNotFit(format!("{} is there already. Try again in a second.", path.display()))
        }
        _ => unwritten(error),
    })
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), Error> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|folder| folder.sync_all()).map_err(unwritten)
}

/// Whether a path lies in a folder, or is it; a path that is not there yet is judged by what is there of it.
pub(super) fn is_within(path: &Path, folder: &Path) -> bool {
    let Ok(folder) = fs::canonicalize(folder) else { return false };
    let there = std::path::absolute(path).ok();
    let there = there.iter().flat_map(|path| path.ancestors()).find_map(|above| fs::canonicalize(above).ok());
    there.is_some_and(|path| path.starts_with(&folder))
}

/// The digests of all files, in the order in which they were written.
#[derive(Default)]
pub(super) struct Sums {
    files: Vec<(String, String)>,
    bytes: u64,
}

impl Sums {
    /// As `sha256sum` writes and reads it.
    pub(super) fn text(&self) -> String {
        self.files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect()
    }

    /// Reads what `text` wrote: paths that lead nowhere but into the folder.
    pub(super) fn read(text: &str) -> Option<Sums> {
        let mut files = Vec::new();
        for line in text.lines() {
            let (digest, path) = line.split_once("  ")?;
            let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
            if digest.len() != 64 || path.is_empty() || !inside {
                return None;
            }
            files.push((path.to_owned(), digest.to_owned()));
        }
        Some(Sums { files, bytes: 0 })
    }

    /// Paths and digests.
    pub(super) fn files(&self) -> &[(String, String)] {
        &self.files
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn note(&mut self, path: String, (digest, bytes): (String, u64)) {
        self.files.push((path, digest));
        self.bytes += bytes;
    }

    /// Copies a store.
    pub(super) async fn store(
        &mut self,
        folder: &Path,
        name: &str,
        from: &mut Snapshot,
        about: &BTreeMap<String, String>,
    ) -> Result<Written, Error> {
        let mut file = create(&folder.join(name))?;
        let written = from.write_to(about, &mut file).await?;
        self.note(name.to_owned(), settle(file)?);
        Ok(written)
    }

    /// Copies anything else.
    pub(super) fn add(&mut self, folder: &Path, name: &str, from: &mut dyn Read) -> Result<(), Error> {
        let mut file = create(&folder.join(name))?;
        io::copy(from, &mut file).map_err(unwritten)?;
        self.note(name.to_owned(), settle(file)?);
        Ok(())
    }

    /// Copies the sealed bytes of all documents; gives how many. One that is deleted meanwhile is left out.
    pub(super) fn documents(&mut self, to: &Path, from: &Blobs) -> Result<u64, Error> {
        private_folder(to)?;
        let mut copied = 0;
        for found in from.list()?.into_iter().filter(|found| found.finished) {
            let Some(mut bytes) = from.read(&found)? else { continue };
            let client = found.which.client.to_string();
            let name = found.which.name();
            let own = to.join(&client);
            private_folder(&own)?;
            let mut copy = create(&own.join(&name))?;
            io::copy(&mut bytes, &mut copy)
                .map_err(|error| error.downcast::<Error>().unwrap_or_else(unwritten))?;
            self.note(format!("{DOCUMENTS}/{client}/{name}"), settle(copy)?);
            sync_folder(&own)?;
            copied += 1;
        }
        sync_folder(to)?;
        Ok(copied)
    }
}

/// Puts the documents of a backup into their place; gives how many.
pub(super) fn put_documents(backup: &Path, sums: &Sums, to: &Blobs) -> Result<u64, Error> {
    let mut put = 0;
    for (path, _) in sums.files() {
        let Some(place) = path.strip_prefix(DOCUMENTS).and_then(|path| path.strip_prefix('/')) else {
            continue;
        };
        let which = place.split_once('/').and_then(|(client, name)| Which::read(client, name));
        let mut from = File::open(backup.join(path)).map_err(unread)?;
        to.put(which.ok_or(Error::Damaged("document"))?, &mut from)?;
        put += 1;
    }
    Ok(put)
}

/// Every file below a folder, by its path within it.
pub(super) fn files_below(folder: &Path) -> Result<Vec<String>, Error> {
    let (mut found, mut waiting) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(inside) = waiting.pop() {
        for entry in fs::read_dir(folder.join(&inside)).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let path = inside.join(entry.file_name());
            if entry.file_type().map_err(unread)?.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.to_string_lossy().into_owned());
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
