//! Looking after documents: their settings, the check that waits for the scanner, what uploads left over, and whether all is
//! there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use access::{Act, Actor, Circumstances, Request, Subject};
use audit::{Action, Detail};
use casework::documents::Checked;
use casework::{ClientId, DocumentId};
use notice::{Categories, Purpose};
use store::{Place as StorePlace, sql};
use uuid::Uuid;

use super::blobs::Found;
use super::blobs::{Blobs, Bucket, Opener, waiting};
use super::scanner::{Scanner, Verdict};
use super::{BYTES, CATEGORY, OneVersion, StoredVersion, Which, columns, place};
use crate::{Error, Places, Service, changes};

sql! { records:
    /// What waits for the scanner, the oldest first.
    WAITING = concat!("SELECT ", columns!(), " FROM document WHERE state = 'waiting' ORDER BY written LIMIT 100");
    /// What the scanner said.
    SAID = "UPDATE document SET state = $3 WHERE id = $1 AND version = $2 AND state = 'waiting'";
    /// Under which names bytes stand, a stretch at a time.
    NAMES = "SELECT id, version, client, blob, pieces, state FROM document WHERE (id, version) > ($1, $2) ORDER BY id, version LIMIT 2000";
    /// Whether a document has these bytes, and whether it has any.
    NAMED = "SELECT (SELECT COUNT(*) FROM document d WHERE d.id = $1 AND d.blob = $2), (SELECT COUNT(*) FROM document d WHERE d.id = $1)";
}

/// How much a document may have unless somebody says otherwise.
pub const LARGEST: u64 = 20 * 1024 * 1024;
/// What is left of an upload is swept after so long: nobody sends one file for an hour.
pub const LEFT_FOR: Duration = Duration::from_secs(3600);

const CHECK: Action = Action("check-document");

/// Where the sealed bytes of documents stand.
#[derive(Debug, Clone, Default)]
pub enum Stand {
    /// In the folder `documents` beside the records.
    #[default]
    Beside,
    /// In a folder of their own.
    Folder(PathBuf),
    /// In a bucket of a store that speaks S3.
    Bucket(Bucket),
}

/// How documents are kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where.
    pub stand: Stand,
    /// The most bytes that one may have.
    pub largest: u64,
    /// The virus scanner.
    pub scanner: Option<Scanner>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { stand: Stand::Beside, largest: LARGEST, scanner: None }
    }
}

/// Where documents stand and what holds for them.
pub struct Keeping {
    blobs: Blobs,
    largest: u64,
    scanner: Option<Scanner>,
}

impl Keeping {
    pub(crate) fn new(settings: Settings, places: &Places) -> Keeping {
        // Beside the records; where those are on a server, beside the checkpoint, which is always a file of this machine.
        let beside = match &places.records {
            StorePlace::Sqlite(path) => path,
            StorePlace::Postgres(_) => &places.checkpoint,
        };
        let blobs = match settings.stand {
            Stand::Beside => Blobs::folder(beside.with_file_name("documents")),
            Stand::Folder(folder) => Blobs::folder(folder),
            Stand::Bucket(bucket) => Blobs::Bucket(bucket),
        };
        Keeping { blobs, largest: settings.largest, scanner: settings.scanner }
    }

    /// The most bytes that a document may have.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// Whether documents are looked through for viruses.
    #[must_use]
    pub fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// Asks something of the place of the bytes on a thread that may wait for it.
    pub(crate) async fn at_blobs<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Blobs) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let blobs = self.blobs.clone();
        waiting(move || job(&blobs)).await
    }

    pub(crate) async fn remove_client(&self, client: ClientId) -> Result<(), Error> {
        self.at_blobs(move |blobs| blobs.remove_client(client)).await
    }
}

impl Service {
    /// Has the scanner look at what waits for it. Gives how many documents it answered for.
    ///
    /// # Errors
    /// A store, the log or a key could not do its part; what waits goes on waiting.
    pub async fn check_waiting_documents(&self) -> Result<usize, Error> {
        let Some(scanner) = self.documents_kept().scanner().cloned() else { return Ok(0) };
        let rows = self.records().read(vec![WAITING.with([])]).await?;
        let mut answered = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let stored = StoredVersion::read(row)?;
            let verdict = match self.opener(&stored).await {
                Ok(opener) => {
                    let scanner = scanner.clone();
                    let looked = tokio::task::spawn_blocking(move || scanner.look(opener)).await;
                    looked.unwrap_or(Verdict::Unknown("the check broke off"))
                }
                Err(error) => {
                    tracing::error!(%error, "a document that waits for the scanner cannot be opened");
                    continue;
                }
            };
            let state = match verdict {
                Verdict::Clean => Checked::Clean,
                Verdict::Infected => Checked::Infected,
                // It does not answer: it will not for the next one either.
                Verdict::Unknown(why) => {
                    tracing::warn!(why, "documents wait for the virus scanner");
                    return Ok(answered);
                }
            };
            self.note_verdict(&stored, state).await?;
            answered += 1;
        }
        Ok(answered)
    }

    /// The document as the scanner reads it: permitted to Kept itself, and in the log before a piece is opened.
    async fn opener(&self, stored: &StoredVersion) -> Result<Opener, Error> {
        let permit = self.policy().decide(Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Keeping,
            act: Act::Read,
            subject: Subject::Client(stored.client),
            categories: CATEGORY.into(),
            circumstances: Circumstances::default(),
        })?;
        let keys = self.vault().keys(stored.client.into()).await?;
        let (which, pieces) = (stored.which(), stored.pieces);
        let blob = self.documents_kept().at_blobs(move |blobs| blobs.open(which, pieces)).await?;
        let entry = self.log().submit(permit, CHECK, Detail::default());
        let compartment = stored.compartment();
        let at = place(BYTES, *stored.blob.as_bytes(), stored.version, stored.client, &compartment);
        let chunks = self.vault().open_chunks(&entry, &keys, &at)?;
        let version = self.open_version(&entry, &keys, stored)?;
        let opened = version.and(chunks)?;
        let (OneVersion { version, .. }, chunks) = opened.release(&entry.durable().await?)?;
        Ok(Opener::new(blob, chunks, version.described.size))
    }

    async fn note_verdict(&self, stored: &StoredVersion, state: Checked) -> Result<(), Error> {
        let permit = self.policy().decide(Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Keeping,
            act: Act::Write,
            subject: Subject::Everyone,
            categories: Categories::from(CATEGORY),
            circumstances: Circumstances::default(),
        })?;
        let change = self.log().change(permit, CHECK, &Detail { count: Some(1), ..Detail::default() });
        let said =
            SAID.with([stored.id.as_bytes().into(), stored.version.into(), state.code().into()]).expecting(1);
        let mut batch = vec![said, change.outbox()];
        batch.extend(changes::of_client(stored.client, self.now()));
        match self.records().write(batch).await {
            Ok(_) => change.committed(),
            // Deleted meanwhile, or another server was quicker.
            Err(store::Error::Conflict { .. }) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if state == Checked::Infected {
            let which = stored.which();
            self.documents_kept().at_blobs(move |blobs| blobs.remove(which)).await?;
        }
        Ok(())
    }

    /// Sweeps what uploads left over that broke off `after` so long ago: bytes of which no row knows, and the key of a document
    /// that came to nothing. Gives how many there were.
    ///
    /// # Errors
    /// A store, the keyring or the disk failed; the next sweep goes on.
    pub async fn sweep_documents(&self, after: Duration) -> Result<usize, Error> {
        let mut swept = 0;
        let standing = self.documents_kept().at_blobs(Blobs::list).await?;
        for found in standing.into_iter().filter(|found| found.age >= after) {
            let which = found.which;
            let rows = self
                .records()
                .read(vec![NAMED.with([which.document.as_bytes().into(), which.blob.into()])])
                .await?;
            let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
            let (these, any) = (row.int(0)?, row.int(1)?);
            if these > 0 && found.finished {
                continue;
            }
            if any == 0 {
                self.destroy_document(which.client, which.document).await?;
            }
            self.documents_kept().at_blobs(move |blobs| blobs.remove(which)).await?;
            swept += 1;
        }
        Ok(swept)
    }

    /// Whether every document has its bytes, and whether bytes are left over.
    pub(crate) async fn documents_sound(&self) -> Result<(bool, String), Error> {
        let mut standing: HashMap<Which, Vec<Found>> = HashMap::new();
        for found in self.documents_kept().at_blobs(Blobs::list).await? {
            standing.entry(found.which).or_default().push(found);
        }
        let (mut known, mut missing, mut waiting) = (0_u64, 0_u64, 0_u64);
        let mut after = (vec![0_u8; 16], 0_i64);
        loop {
            let rows =
                self.records().read(vec![NAMES.with([after.0.clone().into(), after.1.into()])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            let Some(last) = rows.last() else { break };
            after = (last.blob(0)?.to_vec(), last.int(1)?);
            for row in &rows {
                let which = Which {
                    document: DocumentId::from_bytes(row.bytes16(0)?),
                    client: ClientId::from_bytes(row.bytes16(2)?),
                    blob: Uuid::from_bytes(row.bytes16(3)?),
                };
                let gone = row.text(5)? == Checked::Infected.code();
                waiting += u64::from(row.text(5)? == Checked::Waiting.code());
                let pieces = row.int(4)?.unsigned_abs();
                let there =
                    standing.remove(&which).is_some_and(|found| found.iter().any(|one| one.has(pieces)));
                missing += u64::from(!gone && !there);
                known += 1;
            }
        }
        let left = standing.len();
        let place = self.documents_kept().blobs().words();
        let mut detail = format!("{known} versions of documents {place}, {missing} without their bytes");
        if waiting > 0 {
            detail.push_str(&format!(", {waiting} wait for the virus scanner"));
        }
        if left > 0 {
            detail.push_str(&format!(
                ", {left} left over from uploads that broke off: they open for nobody and are swept within two hours"
            ));
        }
        Ok((missing == 0, detail))
    }
}
