//! Documents of a client's file: sent, looked through, sealed piece by piece, shown, replaced, deleted.
//!
//! A document has a key of its own, so that deleting it destroys a key. What is said about it (title, name, kind, note) is
//! sealed with that key, too. It lies in the file itself or in the layer of a programme, and goes with that. Its bytes stand outside the database; they are put in their place before the row that names
//! them is written, so that a row never lacks its bytes, and what a crash leaves over is swept.

mod blobs;
mod copied;
pub(crate) mod deleting;
mod inspect;
mod keeping;
mod moving;
mod scanner;
mod taken_in;
mod text;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Act;
use audit::{Action, Detail, Entry, RowMark};
use casework::documents::{Checked, Described};
use casework::{ClientId, DocumentId, Profile, ProgrammeId, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category, Notice};
use sha2::{Digest as _, Sha256};
use store::{Query, Row, Value, sql};
use uuid::Uuid;
use vault::{Beside, CHUNK_BYTES, Chunks, Compartment, FileKeys, Personal, Place};

use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::paper::{self, Paper};
use crate::placements::{self, PlacedOn};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

use blobs::Blob;
pub(crate) use blobs::{Blobs, Which, waiting};
pub use blobs::{Bucket, BucketFault, BucketSettings, NotABucket};
pub(crate) use copied::Copied;
pub use keeping::{Keeping, LARGEST, LEFT_FOR, Settings, Stand};
pub use scanner::{NotAScanner, Scanner};
pub(crate) use taken_in::seal_again;
pub(crate) use text::hides;
pub use text::{Closed, DocumentText};
pub use upload::{Begun, Goes, Sending, Upload};

sql! { records:
    /// Adds a version of a document.
    ADD = "INSERT INTO document (id, version, client, category, state, blob, pieces, written, author, sealed, programme) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// Those of a client, the newest first.
    pub(crate) OF_CLIENT = concat!("SELECT ", columns!(), " FROM document WHERE client = $1 ORDER BY written DESC, version DESC LIMIT 2000");
    /// Those that were put with one programme.
    pub(crate) OF_PROGRAMME = concat!("SELECT ", columns!(), " FROM document WHERE client = $1 AND programme = $2 ORDER BY written DESC, version DESC LIMIT 2000");
    /// All versions of one.
    VERSIONS = concat!("SELECT ", columns!(), " FROM document WHERE client = $1 AND id = $2 ORDER BY version DESC");
    /// One version.
    ONE = concat!("SELECT ", columns!(), " FROM document WHERE client = $1 AND id = $2 AND version = $3");
    /// What goes with an erased file.
    pub(crate) DROP_DOCUMENTS = "DELETE FROM document WHERE client = $1";
    /// What goes with the service's own part of a file, and with a programme's.
    pub(crate) DROP_OWN_DOCUMENTS = "DELETE FROM document WHERE client = $1 AND programme IS NULL";
    pub(crate) DROP_DOCUMENTS_OF_PROGRAMME = "DELETE FROM document WHERE client = $1 AND programme = $2";
}

/// The columns of a document, in the order of every statement that reads one.
macro_rules! columns {
    () => {
        "id, version, client, state, blob, pieces, written, author, sealed, programme"
    };
}
use columns;

/// The table's name in associated data, and that of the bytes.
const TABLE: &str = "document";
const BYTES: &str = "document_bytes";
/// Documents belong to the work with a client.
pub(crate) const CATEGORY: Category = Category::Casework;
/// How the notice names these entries.
const NOTICE_ENTRY: &str = "documents";

const LIST: Action = Action("list-documents");
const VIEW: Action = Action("view-document");
const DOWNLOAD: Action = Action("download-document");

/// A version of a document.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number.
    pub number: i64,
    /// Whether it was looked through for viruses.
    pub checked: Checked,
    /// When it was sent.
    pub written: Timestamp,
    /// By whom.
    pub author: StaffId,
    /// What is said about it.
    pub described: Described,
}

/// A document with its versions, the newest first.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which.
    pub id: DocumentId,
    /// In which programme's layer it lies; none for the file itself.
    pub programme: Option<ProgrammeId>,
    /// Its versions; there is one at least.
    pub versions: Vec<Version>,
}

impl Document {
    /// The newest version.
    #[must_use]
    pub fn newest(&self) -> Option<&Version> {
        self.versions.first()
    }
}

/// Documents and paper of a client.
#[derive(Debug, Clone)]
pub struct Documents {
    /// The client's contact details, for the head of the page.
    pub contact: Profile,
    /// The documents, the newest first; none for those who may not read them.
    pub documents: Vec<Document>,
    /// The paper in the filing system.
    pub papers: Vec<Paper>,
    /// The client's placements, with whose programmes a document can be put.
    pub placements: Vec<PlacedOn>,
    /// Whether documents may be read.
    pub readable: bool,
    /// Whether documents and paper may be added.
    pub writable: bool,
    /// Whether the notice that the client was given names documents.
    pub named: bool,
    /// The version of that notice.
    pub notice_version: String,
}

/// The bytes of a document, opened piece by piece while they are sent.
#[derive(Clone)]
pub struct Pieces(Arc<Held>);

struct Held {
    blob: Blob,
    chunks: Chunks,
    size: u64,
}

impl Pieces {
    fn new(blob: Blob, chunks: Chunks, size: u64) -> Pieces {
        Pieces(Arc::new(Held { blob, chunks, size }))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.blob.pieces()
    }

    /// The piece with this number, without what fills up the last one. It may have to wait for a store far away.
    ///
    /// # Errors
    /// It is not exactly what was sealed there, or cannot be read.
    pub fn piece(&self, index: u64) -> Result<Vec<u8>, Error> {
        let Held { blob, chunks, size } = &*self.0;
        let piece = blob.piece(chunks, index)?;
        let left = size.saturating_sub(index * CHUNK_BYTES as u64).min(CHUNK_BYTES as u64);
        Ok(piece.get(..usize::try_from(left).unwrap_or(0)).unwrap_or_default().to_vec())
    }

    /// The same, on a thread that may wait.
    ///
    /// # Errors
    /// As for `piece`.
    pub async fn fetch(&self, index: u64) -> Result<Vec<u8>, Error> {
        let pieces = self.clone();
        waiting(move || pieces.piece(index)).await
    }
}

/// A version of a document to show or to download.
pub struct ToShow {
    /// What is said about it.
    pub described: Described,
    /// Its bytes.
    pub pieces: Pieces,
}

#[derive(Clone)]
struct StoredVersion {
    id: DocumentId,
    version: i64,
    client: ClientId,
    checked: Checked,
    blob: Uuid,
    pieces: u64,
    written: Timestamp,
    author: StaffId,
    sealed: Vec<u8>,
    programme: Option<ProgrammeId>,
}

impl StoredVersion {
    fn read(row: &Row) -> Result<StoredVersion, Error> {
        Ok(StoredVersion {
            id: DocumentId::from_bytes(row.bytes16(0)?),
            version: row.int(1)?,
            client: ClientId::from_bytes(row.bytes16(2)?),
            checked: Checked::of(row.text(3)?).ok_or(Error::Damaged("document state"))?,
            blob: Uuid::from_bytes(row.bytes16(4)?),
            pieces: row.int(5)?.unsigned_abs(),
            written: changes::time(row.int(6)?)?,
            author: StaffId::from_bytes(row.bytes16(7)?),
            sealed: row.blob(8)?.to_vec(),
            programme: row.opt_bytes16(9)?.map(ProgrammeId::from_bytes),
        })
    }

    fn which(&self) -> Which {
        Which { client: self.client, document: self.id, blob: self.blob }
    }

    fn compartment(&self) -> Compartment {
        Compartment::of_document(self.id, self.programme)
    }
}

/// The statement that adds a version.
fn adding(version: &StoredVersion) -> Query {
    ADD.with([
        version.id.as_bytes().into(),
        version.version.into(),
        version.client.as_bytes().into(),
        CATEGORY.code().into(),
        version.checked.code().into(),
        version.blob.into(),
        i64::try_from(version.pieces).unwrap_or(i64::MAX).into(),
        version.written.as_microsecond().into(),
        version.author.as_bytes().into(),
        version.sealed.clone().into(),
        version.programme.map_or(Value::Null, |programme| programme.as_bytes().into()),
    ])
}

fn place<'a>(
    table: &'static str,
    row: [u8; 16],
    version: i64,
    client: ClientId,
    compartment: &'a Compartment,
) -> Place<'a> {
    Place {
        table,
        row,
        version,
        file: client.into(),
        compartment,
        category: CATEGORY,
        beside: Beside::NOTHING,
    }
}

fn mark(id: DocumentId, version: i64, sealed: &[u8]) -> RowMark {
    RowMark { table: TABLE, row: *id.as_bytes(), version, digest: Sha256::digest(sealed).into() }
}

impl Service {
    /// Documents and paper of a client. Those who may only reach the client (reception) see the paper's labels and places.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn documents(&self, visit: &Visit, client: ClientId) -> Result<Opened<Documents>, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([id()]),
                OF_CLIENT.with([id()]),
                paper::OF_CLIENT.with([id()]),
                placements::of_client(client),
            ])
            .await?;
        let [head, contact, documents, papers, placed] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let (mut request, readable) = self.readable(visit, &standing, now);
        request.categories = Categories::from(Category::Contact);
        if readable.contains(CATEGORY) {
            request.categories = request.categories.with(CATEGORY);
        }
        let permit = self.permit(request, LIST).await?;
        let keys = self.keys_with(client, documents.rows.as_slice()).await?;
        let entry = self.log().submit(permit, LIST, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let mut opened = Vec::new();
        if readable.contains(CATEGORY) {
            for row in &documents.rows {
                opened.push(self.open_version(&entry, &keys, &StoredVersion::read(row)?)?);
            }
        }
        let papers = self.open_papers(&entry, &keys, papers, readable.contains(CATEGORY))?;
        let writable = self.policy().allowed(&standing.request(visit, now, Act::Write, CATEGORY.into()));
        let named = names_documents(&self.given(&standing.notice, &standing.notice_version)?.notice);
        let placements = placements::read(&placed.rows)?;
        let shown = Personal::gather(&entry, opened)?.and(papers)?.and(contact)?.map(
            |((versions, papers), contact)| Documents {
                contact,
                documents: gathered(versions),
                papers,
                placements,
                readable: readable.contains(CATEGORY),
                writable: writable.contains(CATEGORY),
                named,
                notice_version: standing.notice_version.clone(),
            },
        );
        Ok(Opened::new(shown, entry))
    }

    /// Opens a version of a document, to show it (`download` says that it leaves the page). What waits for the scanner or was
    /// found infected is shown to nobody.
    ///
    /// # Errors
    /// The rules refuse, there is no such document, it may not be shown, or something cannot do its part.
    pub async fn open_document(
        &self,
        visit: &Visit,
        client: ClientId,
        document: DocumentId,
        version: i64,
        download: bool,
    ) -> Result<Opened<ToShow>, Error> {
        let one = ONE.with([client.as_bytes().into(), document.as_bytes().into(), version.into()]);
        let rows = self.records().read(vec![Standing::query(client, visit), one]).await?;
        let [head, found] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let action = if download { DOWNLOAD } else { VIEW };
        let request = standing.request(visit, self.now(), Act::Read, CATEGORY.into());
        let permit = self.permit(request, action).await?;
        let stored = StoredVersion::read(found.first().ok_or(Error::NoSuchFile)?)?;
        if !stored.checked.is_shown() {
            return Err(Error::Faults(vec![casework::Fault::new(
                casework::documents::FILE,
                "This document waits for the virus check, or did not pass it. It is shown to nobody",
            )]));
        }
        let keys = self.keys_with(client, found.rows.as_slice()).await?;
        let (which, pieces) = (stored.which(), stored.pieces);
        let blob = self.documents_kept().at_blobs(move |blobs| blobs.open(which, pieces)).await?;
        let entry = self.log().submit(permit, action, Detail::default());
        let version = self.open_version(&entry, &keys, &stored)?;
        let compartment = stored.compartment();
        let at = place(BYTES, *stored.blob.as_bytes(), stored.version, client, &compartment);
        let chunks = self.vault().open_chunks(&entry, &keys, &at)?;
        let shown = version.and(chunks)?.map(|(OneVersion { version, .. }, chunks)| ToShow {
            pieces: Pieces::new(blob, chunks, version.described.size),
            described: version.described,
        });
        Ok(Opened::new(shown, entry))
    }

    /// The keys of a file, with those of these documents: another server may have added one a moment ago.
    pub(crate) async fn keys_with(&self, client: ClientId, rows: &[Row]) -> Result<FileKeys, Error> {
        let keys = self.vault().keys(client.into()).await?;
        for row in rows {
            if !keys.have(&StoredVersion::read(row)?.compartment()) {
                self.vault().evict(client.into());
                return Ok(self.vault().keys(client.into()).await?);
            }
        }
        Ok(keys)
    }

    /// What is said of the documents of a client, from rows of `OF_CLIENT`: for a copy of the file.
    pub(crate) fn open_documents(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        rows: &[Row],
    ) -> Result<Personal<Vec<Document>>, Error> {
        let mut opened = Vec::with_capacity(rows.len());
        for row in rows {
            opened.push(self.open_version(entry, keys, &StoredVersion::read(row)?)?);
        }
        Ok(Personal::gather(entry, opened)?.map(gathered))
    }

    /// Opens the bytes of a version under the entry of its whole file, for an export.
    #[allow(clippy::too_many_arguments, reason = "the columns of a row, and what opens them")]
    pub(crate) fn open_bytes(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        which: Which,
        compartment: &Compartment,
        version: i64,
        pieces: u64,
        sealed: &[u8],
    ) -> Result<Personal<Pieces>, Error> {
        let said = place(TABLE, *which.document.as_bytes(), version, which.client, compartment);
        let described = self.vault().open::<Described>(entry, keys, &said, sealed)?;
        let bytes = place(BYTES, *which.blob.as_bytes(), version, which.client, compartment);
        let chunks = self.vault().open_chunks(entry, keys, &bytes)?;
        let blob = self.documents_kept().blobs().open(which, pieces)?;
        Ok(described.and(chunks)?.map(move |(described, chunks)| Pieces::new(blob, chunks, described.size)))
    }

    fn open_version(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        stored: &StoredVersion,
    ) -> Result<Personal<OneVersion>, Error> {
        let compartment = stored.compartment();
        let at = place(TABLE, *stored.id.as_bytes(), stored.version, stored.client, &compartment);
        let described = self.vault().open::<Described>(entry, keys, &at, &stored.sealed)?;
        let (id, programme, number, checked) = (stored.id, stored.programme, stored.version, stored.checked);
        let (written, author) = (stored.written, stored.author);
        Ok(described.map(move |described| OneVersion {
            id,
            programme,
            version: Version { number, checked, written, author, described },
        }))
    }
}

/// A version with the document whose it is.
struct OneVersion {
    id: DocumentId,
    programme: Option<ProgrammeId>,
    version: Version,
}

/// Whether a notice names documents.
#[must_use]
pub fn names_documents(notice: &Notice) -> bool {
    notice.category(CATEGORY).is_some_and(|held| held.entries.iter().any(|entry| entry == NOTICE_ENTRY))
}

/// Versions (the newest first) as documents, those changed last first.
fn gathered(versions: Vec<OneVersion>) -> Vec<Document> {
    let mut places: BTreeMap<DocumentId, usize> = BTreeMap::new();
    let mut documents: Vec<Document> = Vec::new();
    for OneVersion { id, programme, version } in versions {
        let at = *places.entry(id).or_insert(documents.len());
        match documents.get_mut(at) {
            Some(document) => document.versions.push(version),
            None => documents.push(Document { id, programme, versions: vec![version] }),
        }
    }
    for document in &mut documents {
        document.versions.sort_by_key(|version| std::cmp::Reverse(version.number));
    }
    documents
}
