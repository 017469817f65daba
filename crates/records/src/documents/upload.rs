//! Taking in a document: sealed while it arrives, looked through where it stands sealed, and counted only then.

use access::{Act, Permit};
use audit::{Action, Detail};
use casework::documents::{
    Checked, Described, FILE, Format, HEAD_BYTES, Kind, disguised, file_name, too_large,
};
use casework::{ClientId, DocumentId, Fault, ProgrammeId, documents};
use store::sql;
use uuid::Uuid;
use vault::{CHUNK_BYTES, ChunkSeal, Compartment, FileKeys};
use zeroize::Zeroizing;

use super::blobs::{Opener, Which, Writing};
use super::inspect::{Wrong, inspect};
use super::scanner::Verdict;
use super::{BYTES, CATEGORY, StoredVersion, TABLE, VERSIONS, adding, mark, names_documents, place};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Service, changes};

sql! { records:
    /// The version before stands until the next one does.
    HOLD = "UPDATE document SET state = state WHERE client = $1 AND id = $2 AND version = $3";
}

const SEND: Action = Action("send-document");

/// Where a document goes that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goes {
    /// A new one, into the file itself.
    IntoFile,
    /// A new one, into the layer of a programme.
    With(ProgrammeId),
    /// A new version of this document; `seen` is the newest version that was seen.
    Replaces {
        /// Which.
        document: DocumentId,
        /// Its newest version.
        seen: i64,
    },
}

/// What is about to be sent.
#[derive(Debug, Clone)]
pub struct Sending {
    /// The random number of the form, so that sending it twice counts once.
    pub form: [u8; 16],
    /// Where it goes.
    pub goes: Goes,
    /// The name of the file.
    pub name: String,
    /// Its title; empty takes the file's name.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// A note.
    pub note: String,
}

/// What came of beginning.
pub enum Begun<'s> {
    /// The same form was sent before: this is what it made.
    Made(DocumentId),
    /// Push the bytes, then finish; or abandon it.
    Upload(Box<Upload<'s>>),
}

/// A document that is arriving.
#[must_use = "an upload is finished or abandoned"]
pub struct Upload<'s> {
    service: &'s Service,
    visit: &'s Visit,
    which: Which,
    programme: Option<ProgrammeId>,
    version: i64,
    form: [u8; 16],
    permit: Permit,
    keys: FileKeys,
    seal: ChunkSeal,
    writing: Writing,
    described: Described,
    /// What has not filled a piece yet.
    open: Zeroizing<Vec<u8>>,
    pieces: u64,
    looked: bool,
}

impl Service {
    /// Begins to take in a document: asks the rules and the notice, makes the document's key, and the place for its bytes.
    ///
    /// # Errors
    /// The rules refuse; the notice that the client was given does not name documents; `Error::Faults` for a name that is
    /// none, or a programme that the client is not on or whose notice does not name documents; somebody sent a newer version meanwhile; or something cannot do its part.
    pub async fn begin_document<'s>(
        &'s self,
        visit: &'s Visit,
        client: ClientId,
        sending: Sending,
    ) -> Result<Begun<'s>, Error> {
        if let Some(made) = self.made_by_form(visit, sending.form).await? {
            return Ok(Begun::Made(DocumentId::from_bytes(made)));
        }
        let (name, format) = file_name(&sending.name).map_err(|fault| Error::Faults(vec![fault]))?;
        let document = match sending.goes {
            Goes::Replaces { document, .. } => document,
            Goes::IntoFile | Goes::With(_) => DocumentId::from_bytes(self.draw()),
        };
        let versions = VERSIONS.with([client.as_bytes().into(), document.as_bytes().into()]);
        let rows = self.records().read(vec![Standing::query(client, visit), versions]).await?;
        let [head, versions] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let permit =
            self.permit(standing.request(visit, self.now(), Act::Write, CATEGORY.into()), SEND).await?;
        if !names_documents(&self.given(&standing.notice, &standing.notice_version)?.notice) {
            let version = standing.notice_version.clone();
            return Err(Error::NotNamed { what: "Documents".into(), version });
        }
        let newest = versions.first().map(StoredVersion::read).transpose()?;
        let (programme, version) = match (sending.goes, newest) {
            (Goes::IntoFile, _) => (None, 1),
            (Goes::With(programme), _) => {
                self.layer_that_names(client, programme, names_documents).await?;
                (Some(programme), 1)
            }
            (Goes::Replaces { .. }, None) => return Err(Error::NoSuchFile),
            (Goes::Replaces { seen, .. }, Some(newest)) if seen != newest.version => {
                return Err(Error::ChangedMeanwhile);
            }
            // A new version lies where the document lies.
            (Goes::Replaces { .. }, Some(newest)) => (newest.programme, newest.version + 1),
        };
        let which = Which { client, document, blob: Uuid::new_v4() };
        let compartment = Compartment::of_document(document, programme);
        // The place first: a key without a row is found by what stands there, and goes with it.
        let writing = self.documents_kept().at_blobs(move |blobs| blobs.begin(which)).await?;
        let begun = async {
            if version == 1 {
                self.vault().add_compartment(client.into(), compartment).await?;
            }
            let keys = self.keys_with(client, &versions.rows).await?;
            let at = place(BYTES, *which.blob.as_bytes(), version, client, &compartment);
            let seal = self.vault().seal_chunks(&permit, &keys, &at)?;
            Ok::<_, Error>((keys, seal))
        };
        let (keys, seal) = match begun.await {
            Ok(begun) => begun,
            Err(error) => {
                self.forget_upload(which, version).await;
                return Err(error);
            }
        };
        let title = if sending.title.is_empty() {
            name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
        } else {
            sending.title
        };
        let described = Described { title, kind: sending.kind, note: sending.note, name, format, size: 0 };
        let mut upload = Upload {
            service: self,
            visit,
            which,
            programme,
            version,
            form: sending.form,
            permit,
            keys,
            seal,
            writing,
            described,
            open: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)),
            pieces: 0,
            looked: false,
        };
        let header = upload.seal.header();
        match upload.writing.push(&header).await {
            Ok(()) => Ok(Begun::Upload(Box::new(upload))),
            Err(error) => {
                upload.abandon().await;
                Err(error)
            }
        }
    }

    /// Takes back what an upload made: its key, if the document is new, and its bytes. What fails here is swept later.
    async fn forget_upload(&self, which: Which, version: i64) {
        if version == 1
            && let Err(error) = self.destroy_document(which.client, which.document).await
        {
            tracing::warn!(%error, "the key of an upload that was given up is left for the sweep");
            return;
        }
        if let Err(error) = self.documents_kept().at_blobs(move |blobs| blobs.remove(which)).await {
            tracing::warn!(%error, "an upload that was given up is left for the sweep");
        }
    }
}

fn fault(fault: Fault) -> Error {
    Error::Faults(vec![fault])
}

impl Upload<'_> {
    /// Takes the next bytes. After an error, abandon the upload.
    ///
    /// # Errors
    /// `Error::Faults` for a file that is too large or begins as no file of its kind does; the disk failed.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.described.size += bytes.len() as u64;
        let largest = self.service.documents_kept().largest();
        if self.described.size > largest {
            return Err(fault(too_large(largest)));
        }
        while !bytes.is_empty() {
            // A full piece is sealed only when more comes, since the last one is sealed as the last.
            if self.open.len() == CHUNK_BYTES {
                self.seal_piece(false).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK_BYTES - self.open.len()));
            self.open.extend_from_slice(now);
            bytes = later;
            if !self.looked && self.open.len() >= HEAD_BYTES {
                self.look_at_head()?;
            }
        }
        Ok(())
    }

    fn look_at_head(&mut self) -> Result<(), Error> {
        self.looked = true;
        let head = self.open.get(..HEAD_BYTES.min(self.open.len())).unwrap_or_default();
        let format: Format = self.described.format;
        if format.begins(head) { Ok(()) } else { Err(fault(disguised(format))) }
    }

    async fn seal_piece(&mut self, last: bool) -> Result<(), Error> {
        let sealed = self.seal.seal(self.pieces, last, &self.open)?;
        self.writing.push(&sealed).await?;
        self.pieces += 1;
        zeroize::Zeroize::zeroize(&mut *self.open);
        Ok(())
    }

    /// Looks the document through and, if nothing is wrong with it, puts it into the file.
    ///
    /// # Errors
    /// `Error::Faults` for a file that is empty, not what its name says, acts by itself, or in which a virus was found;
    /// somebody sent a newer version meanwhile; or something cannot do its part. Then nothing is kept.
    pub async fn finish(mut self) -> Result<DocumentId, Error> {
        match self.settle().await {
            Ok(checked) => self.write(checked).await,
            Err(error) => {
                self.abandon().await;
                Err(error)
            }
        }
    }

    /// Gives the upload up and takes back what it made.
    pub async fn abandon(self) {
        self.service.forget_upload(self.which, self.version).await;
    }

    /// Seals the rest, and looks through what stands there.
    async fn settle(&mut self) -> Result<Checked, Error> {
        if self.described.size == 0 {
            return Err(fault(documents::nothing_in_it()));
        }
        if !self.looked {
            self.look_at_head()?;
        }
        self.seal_piece(true).await?;
        self.writing.settle().await?;
        let (format, size) = (self.described.format, self.described.size);
        let opener = Opener::new(self.writing.read_back(self.pieces).await?, self.seal.read_back(), size);
        let looked = tokio::task::spawn_blocking(move || inspect(format, opener, size)).await;
        match looked {
            Ok(Ok(())) => {}
            Ok(Err(Wrong::Refused(wrong))) => return Err(fault(wrong)),
            Ok(Err(Wrong::Unreadable(error))) => return Err(Error::from_read(error)),
            // A reader that panics over a file is a reason not to take it.
            Err(_) => return Err(fault(disguised(format))),
        }
        let Some(scanner) = self.service.documents_kept().scanner().cloned() else {
            return Ok(Checked::Unchecked);
        };
        let opener = Opener::new(self.writing.read_back(self.pieces).await?, self.seal.read_back(), size);
        match tokio::task::spawn_blocking(move || scanner.look(opener)).await {
            Ok(Verdict::Clean) => Ok(Checked::Clean),
            Ok(Verdict::Infected) => {
                let actor = Some(self.visit.staff.into());
                let found = audit::Outcome::Failed("virus");
                self.service.log().event(actor, SEND, found).durable().await?;
                Err(fault(Fault::new(
                    FILE,
                    "The virus scanner found something in this file. It was not stored: do not open it, and tell whoever looks after your computers",
                )))
            }
            Ok(Verdict::Unknown(why)) => {
                tracing::warn!(why, "a document waits for the virus scanner");
                Ok(Checked::Waiting)
            }
            Err(_) => Ok(Checked::Waiting),
        }
    }

    async fn write(self, checked: Checked) -> Result<DocumentId, Error> {
        let (service, visit, which, version, form) =
            (self.service, self.visit, self.which, self.version, self.form);
        let written = self.counted(checked).await;
        match written {
            Ok(()) => {
                service.follow_changes().await?;
                Ok(which.document)
            }
            Err(error) => {
                let made = match error {
                    Error::Store(store::Error::AlreadyThere { .. }) => {
                        service.made_by_form(visit, form).await?
                    }
                    Error::Store(store::Error::Conflict { .. }) => None,
                    // Whether it was committed is not known: the row says so, and the sweep asks it.
                    Error::Store(_) => return Err(error),
                    _ => None,
                };
                service.forget_upload(which, version).await;
                match (made, error) {
                    // The same form, sent twice at once: the other one made it.
                    (Some(made), _) => Ok(DocumentId::from_bytes(made)),
                    (
                        None,
                        Error::Store(store::Error::AlreadyThere { .. } | store::Error::Conflict { .. }),
                    ) => Err(Error::ChangedMeanwhile),
                    // Its document was moved or deleted meanwhile.
                    (None, Error::Vault(vault::Error::Erased)) if version > 1 => Err(Error::ChangedMeanwhile),
                    (None, error) => Err(error),
                }
            }
        }
    }

    async fn counted(self, checked: Checked) -> Result<(), Error> {
        let Which { client, document, blob } = self.which;
        let compartment = Compartment::of_document(document, self.programme);
        let at = place(TABLE, *document.as_bytes(), self.version, client, &compartment);
        let service = self.service;
        let sealed = service.vault().seal(&self.permit, &self.keys, &at, &self.described)?;
        let detail = Detail { rows: vec![mark(document, self.version, &sealed)], ..Detail::default() };
        let now = service.now();
        self.writing.publish().await?;
        let change = service.log().change(self.permit, SEND, &detail);
        let mut batch = vec![service.form_done(self.visit, self.form, *document.as_bytes())];
        if self.version > 1 {
            // Moved or deleted meanwhile, its key is gone.
            let before = (self.version - 1).into();
            let hold = HOLD.with([client.as_bytes().into(), document.as_bytes().into(), before]);
            batch.push(hold.expecting(1));
        }
        let version = StoredVersion {
            id: document,
            version: self.version,
            client,
            checked,
            blob,
            pieces: self.pieces,
            written: now,
            author: self.visit.staff,
            sealed,
            programme: self.programme,
        };
        batch.extend([adding(&version), change.outbox()]);
        batch.extend(changes::of_client(client, now));
        service.records().write(batch).await?;
        change.committed();
        Ok(())
    }
}
