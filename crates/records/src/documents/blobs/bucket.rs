//! Documents in a bucket: an object a version, written in parts and read in windows, so that no document is whole in memory.
//!
//! An upload exists at the store from its beginning, so that one that a crash cut off is found there. Its object appears when
//! all its parts are there, and never half.

use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use super::s3::{Bucket, Object};
use super::{Found, Which, waiting};
use crate::Error;

/// The bytes of a part: the least that S3 takes of any but the last.
const PART: usize = 5 * 1024 * 1024;
/// So many bytes are read at once: a request costs more than the pieces behind the one that is asked for.
const WINDOW: u64 = 1024 * 1024;

fn key(which: Which) -> String {
    format!("{}/{}", which.client, which.name())
}

impl Bucket {
    pub(super) fn begin(&self, which: Which) -> Result<Writing, Error> {
        let key = key(which);
        let upload = self.create(&key)?;
        Ok(Writing { bucket: self.clone(), key, upload, tags: Vec::new(), part: Vec::with_capacity(PART) })
    }

    pub(super) fn windows(&self, which: Which, length: u64) -> Windows {
        Windows { bucket: self.clone(), key: key(which), length, held: Mutex::default() }
    }

    pub(super) fn put(&self, which: Which, from: &mut dyn Read) -> Result<(), Error> {
        let mut writing = self.begin(which)?;
        loop {
            let read = from.take(PART as u64).read_to_end(&mut writing.part);
            if read.map_err(|error| Error::from_disk(&error))? == 0 {
                return writing.complete();
            }
            writing.send()?;
        }
    }

    pub(super) fn remove(&self, which: Which) -> Result<(), Error> {
        self.remove_all(&key(which))
    }

    /// Removes whatever begins so: objects, and uploads that are not whole.
    pub(super) fn remove_all(&self, prefix: &str) -> Result<(), Error> {
        for one in self.standing(prefix)? {
            match &one.upload {
                Some(upload) => self.abort(&one.key, upload)?,
                None => self.delete(&one.key)?,
            }
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.standing("")?.is_empty())
    }

    /// What stands there and begins so.
    pub(super) fn list(&self, prefix: &str) -> Result<Vec<Found>, Error> {
        let found = |one: Object| {
            let (client, name) = one.key.split_once('/')?;
            let which = Which::read(client, name)?;
            Some(Found { which, finished: one.upload.is_none(), age: one.age, length: one.length })
        };
        Ok(self.standing(prefix)?.into_iter().filter_map(found).collect())
    }

    /// Uploads first: one that becomes whole meanwhile is listed twice rather than not at all.
    fn standing(&self, prefix: &str) -> Result<Vec<Object>, Error> {
        let mut all = self.uploads(prefix)?;
        all.extend(self.objects(prefix)?);
        Ok(all)
    }
}

/// A version that is being written.
pub(crate) struct Writing {
    bucket: Bucket,
    key: String,
    upload: String,
    tags: Vec<String>,
    part: Vec<u8>,
}

impl Writing {
    pub(super) async fn push(&mut self, mut sealed: &[u8]) -> Result<(), Error> {
        while self.part.len() + sealed.len() >= PART {
            let (now, later) = sealed.split_at(PART - self.part.len());
            self.part.extend_from_slice(now);
            sealed = later;
            self.elsewhere(Writing::send).await?;
        }
        self.part.extend_from_slice(sealed);
        Ok(())
    }

    pub(super) async fn settle(&mut self) -> Result<(), Error> {
        self.elsewhere(|writing| {
            if !writing.part.is_empty() {
                writing.send()?;
            }
            writing.complete()
        })
        .await
    }

    pub(super) fn read_back(&self, length: u64) -> Windows {
        Windows { bucket: self.bucket.clone(), key: self.key.clone(), length, held: Mutex::default() }
    }

    /// Does this on a thread that may wait. Only one part is ever in memory: it goes there and comes back empty.
    async fn elsewhere(
        &mut self,
        job: impl FnOnce(&mut Writing) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let mut there = Writing {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            upload: self.upload.clone(),
            tags: std::mem::take(&mut self.tags),
            part: std::mem::take(&mut self.part),
        };
        *self = waiting(move || job(&mut there).map(|()| there)).await?;
        Ok(())
    }

    fn send(&mut self) -> Result<(), Error> {
        let number = u16::try_from(self.tags.len() + 1).map_err(|_| Error::Damaged("document"))?;
        self.tags.push(self.bucket.part(&self.key, &self.upload, number, &self.part)?);
        self.part.clear();
        Ok(())
    }

    fn complete(&self) -> Result<(), Error> {
        self.bucket.complete(&self.key, &self.upload, &self.tags)
    }
}

/// An object that is read a window at a time.
pub(super) struct Windows {
    bucket: Bucket,
    key: String,
    length: u64,
    /// Where the window that is at hand begins, and its bytes.
    held: Mutex<(u64, Vec<u8>)>,
}

impl Windows {
    /// Fills `into` with what stands at this place.
    pub(super) fn read_at(&self, into: &mut [u8], at: u64) -> Result<(), Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = part_of(&held, at, into.len()) {
            into.copy_from_slice(there);
            return Ok(());
        }
        let end = self.length.min(at.saturating_add(WINDOW.max(into.len() as u64)));
        if at >= end {
            return Err(Error::Damaged("document"));
        }
        // The last window goes before the next one comes.
        *held = (at, Vec::new());
        held.1 = self.bucket.range(&self.key, at, end)?;
        into.copy_from_slice(part_of(&held, at, into.len()).ok_or(Error::Damaged("document"))?);
        Ok(())
    }

    /// Has everything at hand from now on.
    pub(super) fn fetch_all(&self) -> Result<(), Error> {
        let mut all = Vec::with_capacity(usize::try_from(self.length).unwrap_or_default());
        while (all.len() as u64) < self.length {
            let at = all.len() as u64;
            let next = self.bucket.range(&self.key, at, self.length.min(at + WINDOW))?;
            if next.is_empty() {
                return Err(Error::Damaged("document"));
            }
            all.extend(next);
        }
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (0, all);
        Ok(())
    }

    /// From its first byte to its last.
    pub(super) fn reader(self) -> Result<Reader, Error> {
        let window = self.bucket.range(&self.key, 0, self.length.min(WINDOW))?;
        Ok(Reader { from: self, at: 0, window: io::Cursor::new(window) })
    }
}

fn part_of((begins, bytes): &(u64, Vec<u8>), at: u64, count: usize) -> Option<&[u8]> {
    let from = usize::try_from(at.checked_sub(*begins)?).ok()?;
    bytes.get(from..from.checked_add(count)?)
}

/// Reads a whole object, window by window.
pub(super) struct Reader {
    from: Windows,
    at: u64,
    window: io::Cursor<Vec<u8>>,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.window.read(into)?;
        if read > 0 || into.is_empty() {
            return Ok(read);
        }
        self.at += self.window.get_ref().len() as u64;
        if self.at >= self.from.length {
            return Ok(0);
        }
        let end = self.from.length.min(self.at + WINDOW);
        let next = self.from.bucket.range(&self.from.key, self.at, end).map_err(io::Error::other)?;
        self.window = io::Cursor::new(next);
        self.window.read(into)
    }
}
