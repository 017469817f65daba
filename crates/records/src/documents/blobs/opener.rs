//! A document as something to read and to jump about in.

use std::io::{self, Read, Seek, SeekFrom};

use vault::{CHUNK_BYTES, Chunks};

use super::Blob;

/// Opens piece by piece what is read: for looking through a document.
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
