//! Keeping a document in another layer: with a programme, with another one, or with the file itself again.
//!
//! A seal is bound to its layer and to its document, so all versions are sealed anew as a document of a new number, in the order
//! in which sending does it: the place, the key, the bytes, then the rows. The same transaction takes the old rows out. Killed
//! before it, what is new has no row and is swept; killed after it, what is old has none.

use std::sync::Arc;

use access::{Act, Permit};
use audit::{Action, Detail, RowMark};
use casework::documents::{Checked, Described};
use casework::{ClientId, DocumentId, Fault, ProgrammeId};
use store::{Query, sql};
use uuid::Uuid;
use vault::{Compartment, FileKeys};

use super::blobs::{Which, Writing};
use super::deleting::taking_out;
use super::{BYTES, CATEGORY, StoredVersion, TABLE, VERSIONS, adding, mark, names_documents, place, waiting};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::written::PROGRAMME;
use crate::{Error, Service, changes};

sql! { records:
    /// In how many open requests something of the file is marked: marks name documents, and whoever moves one cannot read them.
    MARKED = "SELECT COUNT(*) FROM redaction m JOIN request r ON r.id = m.request WHERE m.client = $1 AND r.closed IS NULL";
    /// The file is neither restricted nor marked until the document is moved.
    HOLD_FILE = "UPDATE client SET version = version WHERE id = $1 AND restricted = $2 AND NOT EXISTS (SELECT 1 FROM redaction m JOIN request r ON r.id = m.request WHERE m.client = $1 AND r.closed IS NULL)";
    /// The client is on the programme until the document lies there.
    HOLD_PLACEMENT = "UPDATE placement SET version = version WHERE client = $1 AND programme = $2 AND ended IS NULL";
}

const MOVE: Action = Action("move-document");

/// A document on its way into another layer.
struct Move<'m> {
    permit: &'m Permit,
    client: ClientId,
    /// Its number there.
    document: DocumentId,
    to: Option<ProgrammeId>,
}

impl Move<'_> {
    fn compartment(&self) -> Compartment {
        Compartment::of_document(self.document, self.to)
    }

    fn which(&self) -> Which {
        Which { client: self.client, document: self.document, blob: Uuid::new_v4() }
    }
}

/// Why a document stays where it is.
fn stays(why: &str) -> Error {
    Error::Faults(vec![Fault::new(PROGRAMME, why)])
}

impl Service {
    /// Keeps a document with all its versions in another layer: with `programme`, or with the file itself. `seen` is the newest
    /// version that was seen. Gives its number there.
    ///
    /// # Errors
    /// The rules refuse; `Error::Faults` for a programme that the client is not on or whose notice, as they were given it, does
    /// not name documents, while a version has not passed the virus check, or while a copy of the file is being marked; there is
    /// no such document, somebody sent a newer version meanwhile, or something cannot do its part. Then it stays where it is.
    pub async fn move_document(
        &self,
        visit: &Visit,
        client: ClientId,
        document: DocumentId,
        seen: i64,
        form: [u8; 16],
        programme: Option<ProgrammeId>,
    ) -> Result<DocumentId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(DocumentId::from_bytes(made));
        }
        let query = VERSIONS.with([client.as_bytes().into(), document.as_bytes().into()]);
        let marked = MARKED.with([client.as_bytes().into()]);
        let rows = self.records().read(vec![Standing::query(client, visit), query, marked]).await?;
        let [head, versions, marked] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let permit =
            self.permit(standing.request(visit, self.now(), Act::Write, CATEGORY.into()), MOVE).await?;
        let versions: Vec<StoredVersion> =
            versions.rows.iter().map(StoredVersion::read).collect::<Result<_, _>>()?;
        let newest = versions.first().ok_or(Error::NoSuchFile)?;
        if newest.version != seen {
            return Err(Error::ChangedMeanwhile);
        }
        if marked.first().map(|row| row.int(0)).transpose()?.unwrap_or_default() > 0 {
            return Err(stays(
                "A copy of this file is being made for a request, and parts of it are marked. Move the document when that request is closed",
            ));
        }
        self.may_move(&standing, &versions, newest.programme, programme).await?;
        let to =
            Move { permit: &permit, client, document: DocumentId::from_bytes(self.draw()), to: programme };
        let (moved, marks) = match self.sealed_anew(&to, &versions).await {
            Ok(moved) => moved,
            Err(error) => {
                self.forget_document(client, to.document).await;
                return Err(error);
            }
        };
        let (to, now) = (to.document, self.now());
        let change = self.log().change(permit, MOVE, &Detail { rows: marks, ..Detail::default() });
        let held = programme.map(|programme| {
            HOLD_PLACEMENT.with([client.as_bytes().into(), programme.as_bytes().into()]).expecting(1)
        });
        let mut batch = vec![HOLD_FILE.with([client.as_bytes().into(), false.into()]).expecting(1)];
        batch.extend(held);
        batch.push(taking_out(client, document, seen, versions.len()));
        batch.extend(moved);
        batch.extend(changes::of_client(client, now));
        match self.write_once(visit, form, *to.as_bytes(), change, batch).await {
            Ok(made) if made == *to.as_bytes() => {}
            // The same form, sent twice at once: the other one moved it.
            Ok(made) => {
                self.forget_document(client, to).await;
                return Ok(DocumentId::from_bytes(made));
            }
            Err(Error::Store(store::Error::Conflict { .. }) | Error::ChangedMeanwhile) => {
                self.forget_document(client, to).await;
                return Err(Error::ChangedMeanwhile);
            }
            // Whether it was committed is not known: the rows say so, and the sweep asks them.
            Err(error) => return Err(error),
        }
        self.remove_document(client, document, &versions).await?;
        Ok(to)
    }

    /// Whether nothing speaks against it.
    async fn may_move(
        &self,
        standing: &Standing,
        versions: &[StoredVersion],
        from: Option<ProgrammeId>,
        to: Option<ProgrammeId>,
    ) -> Result<(), Error> {
        if from == to {
            return Err(stays("The document is kept there already. Choose where else to keep it"));
        }
        if versions.iter().any(|version| version.checked == Checked::Waiting) {
            return Err(stays(
                "A version of this document waits for the virus check. Move the document when it has passed",
            ));
        }
        if !versions.iter().all(|version| version.checked.is_shown()) {
            return Err(stays(
                "A version of this document did not pass the virus check, so the document is not moved. Send a good copy there, and delete this one",
            ));
        }
        match to {
            Some(programme) => self.layer_that_names(standing.client, programme, names_documents).await,
            None if names_documents(&self.given(&standing.notice, &standing.notice_version)?.notice) => {
                Ok(())
            }
            None => {
                Err(Error::NotNamed { what: "Documents".into(), version: standing.notice_version.clone() })
            }
        }
    }

    /// Puts all versions into the other layer, where no row names them yet; gives the statements that do, and their marks.
    async fn sealed_anew(
        &self,
        to: &Move<'_>,
        versions: &[StoredVersion],
    ) -> Result<(Vec<Query>, Vec<RowMark>), Error> {
        let (mut rows, mut marks) = (Vec::new(), Vec::new());
        let mut keys: Option<FileKeys> = None;
        for version in versions {
            // The place first: a key without a row is found by what stands there, and goes with it.
            let which = to.which();
            let mut writing = self.documents_kept().at_blobs(move |blobs| blobs.begin(which)).await?;
            let keys = match &keys {
                Some(keys) => keys,
                None => keys.insert(self.keys_to_move(to).await?),
            };
            self.bytes_anew(to, keys, version, which, &mut writing).await?;
            let (old, new) = (version.compartment(), to.compartment());
            let from = place(TABLE, *version.id.as_bytes(), version.version, to.client, &old);
            let there = place(TABLE, *to.document.as_bytes(), version.version, to.client, &new);
            let sealed =
                self.vault().move_sealed::<Described>(to.permit, keys, &from, &there, &version.sealed)?;
            marks.push(mark(to.document, version.version, &sealed));
            rows.push(adding(&StoredVersion {
                id: to.document,
                blob: which.blob,
                programme: to.to,
                sealed,
                ..version.clone()
            }));
        }
        // An erasure or a sweep may have taken the new key meanwhile. Then the old one stays.
        self.vault().evict(to.client.into());
        if !self.vault().keys(to.client.into()).await?.have(&to.compartment()) {
            return Err(Error::ChangedMeanwhile);
        }
        Ok((rows, marks))
    }

    /// The keys of the file, with a new one for the document in its other layer.
    async fn keys_to_move(&self, to: &Move<'_>) -> Result<FileKeys, Error> {
        self.vault().add_compartment(to.client.into(), to.compartment()).await?;
        self.vault().evict(to.client.into());
        Ok(self.vault().keys(to.client.into()).await?)
    }

    /// Seals the bytes of a version anew, piece by piece, and puts them in their place.
    async fn bytes_anew(
        &self,
        to: &Move<'_>,
        keys: &FileKeys,
        version: &StoredVersion,
        there: Which,
        writing: &mut Writing,
    ) -> Result<(), Error> {
        let (old, new) = (version.compartment(), to.compartment());
        let from = place(BYTES, *version.blob.as_bytes(), version.version, to.client, &old);
        let at = place(BYTES, *there.blob.as_bytes(), version.version, to.client, &new);
        let moving = self.vault().move_chunks(to.permit, keys, &from, &at)?;
        let (which, pieces) = (version.which(), version.pieces);
        let blob = Arc::new(self.documents_kept().at_blobs(move |blobs| blobs.open(which, pieces)).await?);
        writing.push(&moving.header()).await?;
        for index in 0..pieces {
            let from = Arc::clone(&blob);
            let sealed = waiting(move || from.sealed(index)).await?;
            writing.push(&moving.piece(blob.header(), index, index + 1 == pieces, &sealed)?).await?;
        }
        writing.settle().await?;
        writing.publish().await
    }

    /// Takes back what came to nothing: key and bytes of a document that no row names. What fails here is swept later.
    async fn forget_document(&self, client: ClientId, document: DocumentId) {
        let forgotten = async {
            let named = VERSIONS.with([client.as_bytes().into(), document.as_bytes().into()]);
            let named = self.records().read(vec![named]).await?;
            // Only the rows know for certain whether it was moved.
            if named.first().is_none_or(|rows| !rows.rows.is_empty()) {
                return Ok(());
            }
            self.destroy_document(client, document).await?;
            self.documents_kept()
                .at_blobs(move |blobs| {
                    let left = blobs.list_client(client)?.into_iter().map(|found| found.which);
                    left.filter(|which| which.document == document).try_for_each(|which| blobs.remove(which))
                })
                .await
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "what is left of a document that was not moved is left for the sweep");
        }
    }
}
