//! Deleting documents: one by itself, by its key; and the bytes of those whose keys went with the layer in which they lay.

use access::Act;
use audit::{Action, Detail};
use casework::{ClientId, DocumentId};
use store::{Query, sql};
use vault::Compartment;

use super::blobs::Which;
use super::{CATEGORY, StoredVersion, VERSIONS};
use crate::erasure::erase_request;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Service, changes};

sql! { records:
    /// Takes a document out, unless somebody sent a newer version meanwhile.
    DELETE = "DELETE FROM document WHERE client = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = $2 AND d.version > $3)";
}

pub(crate) const DELETE_ACTION: Action = Action("delete-document");

/// The statement that takes out the rows of a document: so many, of which `newest` is the newest.
pub(super) fn taking_out(client: ClientId, document: DocumentId, newest: i64, versions: usize) -> Query {
    let delete = DELETE.with([client.as_bytes().into(), document.as_bytes().into(), newest.into()]);
    delete.expecting(versions as u64)
}

impl Service {
    /// Deletes a document with all its versions: the rows, then its key, then its bytes. `newest` is the version that was seen.
    ///
    /// # Errors
    /// The rules refuse, there is no such document, somebody sent a newer version meanwhile, or a store failed.
    pub async fn delete_document(
        &self,
        visit: &Visit,
        client: ClientId,
        document: DocumentId,
        newest: i64,
    ) -> Result<(), Error> {
        let ids = || [client.as_bytes().into(), document.as_bytes().into()];
        let rows = self.records().read(vec![Standing::query(client, visit), VERSIONS.with(ids())]).await?;
        let [head, versions] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let permit =
            self.permit(standing.request(visit, now, Act::Write, CATEGORY.into()), DELETE_ACTION).await?;
        let versions: Vec<StoredVersion> =
            versions.rows.iter().map(StoredVersion::read).collect::<Result<_, _>>()?;
        let known = versions.first().ok_or(Error::NoSuchFile)?.version;
        if known != newest {
            return Err(Error::ChangedMeanwhile);
        }
        let change = self.log().change(permit, DELETE_ACTION, &Detail::default());
        let mut batch = vec![taking_out(client, document, newest, versions.len()), change.outbox()];
        batch.extend(changes::of_client(client, now));
        self.records().write(batch).await.map_err(crate::staff::changed_meanwhile)?;
        change.committed();
        self.remove_document(client, document, &versions).await
    }

    /// Destroys the key of a document whose rows are gone, then its bytes.
    pub(super) async fn remove_document(
        &self,
        client: ClientId,
        document: DocumentId,
        versions: &[StoredVersion],
    ) -> Result<(), Error> {
        self.destroy_document(client, document).await?;
        let gone: Vec<Which> = versions.iter().map(StoredVersion::which).collect();
        let removed = self
            .documents_kept()
            .at_blobs(move |blobs| gone.into_iter().try_for_each(|which| blobs.remove(which)));
        match removed.await {
            // Its key is destroyed: what still stands there opens for nobody.
            Err(Error::Bucket(fault)) => {
                tracing::warn!(%fault, "bytes of a document that is gone are left for the sweep")
            }
            removed => removed?,
        }
        self.records().truncate_log().await?;
        Ok(())
    }

    /// Destroys a document's own key: nothing of it opens any more, and after the next epoch no copy does.
    pub(super) async fn destroy_document(&self, client: ClientId, document: DocumentId) -> Result<(), Error> {
        let own = self.document_keys(client).await?.into_iter().find(|key| key.document() == Some(document));
        if let Some(own) = own {
            let permit = self.policy().decide(erase_request(client))?;
            self.vault().erase(&permit, client.into(), Some(own)).await?;
        }
        Ok(())
    }

    /// The documents of a file that have a key, as the keyring says at this moment.
    async fn document_keys(&self, client: ClientId) -> Result<Vec<Compartment>, Error> {
        self.vault().evict(client.into());
        match self.vault().keys(client.into()).await {
            Ok(keys) => Ok(keys.compartments().filter(|key| key.document().is_some()).collect()),
            Err(vault::Error::NoKeys) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the bytes of a client's documents whose keys are gone: they open for nobody. Those in layers that stay, stay.
    pub(crate) async fn remove_locked_documents(&self, client: ClientId) -> Result<(), Error> {
        let held = self.document_keys(client).await?;
        let opens = move |which: Which| held.iter().any(|key| key.document() == Some(which.document));
        self.documents_kept()
            .at_blobs(move |blobs| {
                let locked = blobs.list_client(client)?.into_iter().filter(|found| !opens(found.which));
                locked.map(|found| found.which).try_for_each(|which| blobs.remove(which))
            })
            .await
    }
}
