//! A document in a copy of its file: its bytes, and its words where some can be taken out.

use audit::Entry;
use casework::documents::Format;
use store::Row;
use vault::{FileKeys, Personal};

use super::text::{DocumentText, is_read, text_of};
use super::{BYTES, OneVersion, Pieces, StoredVersion, place};
use crate::{Error, Service};

/// The newest version of a document, opened for a copy.
#[derive(Debug)]
pub(crate) struct Copied {
    /// Its bytes, if they were asked for.
    pub(crate) bytes: Option<Vec<u8>>,
    /// Its words.
    pub(crate) text: DocumentText,
}

impl Service {
    /// A version of a document, for a copy of the file; none if it waits for the virus check or did not pass. What has no words
    /// is read only `with_bytes`.
    pub(crate) async fn document_copied(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        row: &Row,
        with_bytes: bool,
    ) -> Result<Option<Personal<Copied>>, Error> {
        let stored = StoredVersion::read(row)?;
        if !stored.checked.is_shown() {
            return Ok(None);
        }
        let (which, pieces) = (stored.which(), stored.pieces);
        let blob = self.documents_kept().at_blobs(move |blobs| blobs.open_whole(which, pieces)).await?;
        let compartment = stored.compartment();
        let at = place(BYTES, *stored.blob.as_bytes(), stored.version, stored.client, &compartment);
        let chunks = self.vault().open_chunks(entry, keys, &at)?;
        let version = self.open_version(entry, keys, &stored)?;
        let opened = version.and(chunks)?.map(|(OneVersion { version, .. }, chunks)| {
            let format = Format::of_name(&version.described.name);
            let pieces = Pieces::new(blob, chunks, version.described.size);
            let mut bytes = Vec::new();
            if with_bytes || is_read(format) {
                for index in 0..pieces.count() {
                    bytes.extend(pieces.piece(index)?);
                }
            }
            let text = text_of(format, &bytes);
            Ok::<_, Error>(Copied { bytes: with_bytes.then_some(bytes), text })
        });
        // What does not open is told before anything leaves; the bytes stay bound to their entry.
        let mut failed = None;
        let opened = opened.map(|copied| copied.map_err(|error| failed = Some(error)).ok());
        match failed {
            Some(error) => Err(error),
            None => Ok(Some(opened.map(|copied| {
                copied
                    .unwrap_or(Copied { bytes: None, text: DocumentText::Closed(super::Closed::Unreadable) })
            }))),
        }
    }
}
