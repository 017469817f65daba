//! A running service: its stores, its vault, its log, its rules, and what is kept in memory of them.

use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use access::Policy;
use audit::{Log, Outcome, SigningKey};
use casework::appointments::OfficeHours;
use casework::returns::Definition;
use jiff::Timestamp;
use messages::Post;
use store::{Migrations, Place, Store, sql};
use vault::{FileId, Vault};

use crate::access_review::Seen;
use crate::documents;
use crate::figures::Columns;
use crate::notices::{self, Notices};
use crate::programmes::Offered;
use crate::search::People;
use crate::sessions::Sessions;
use crate::staff::Directory;
use crate::webhooks::{Listener, ToPrograms};
use crate::{Error, Surroundings};

sql! { records:
    /// One setting.
    SETTING = "SELECT value FROM setting WHERE name = $1";
    /// Sets one.
    SET_SETTING = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    /// Every erased file, with whether its erasure was finished.
    ERASED_FILES = "SELECT client, in_service FROM erased";
}

/// The records store's tables: ours and the log's outbox.
pub static MIGRATIONS: Migrations = Migrations {
    name: "records",
    steps: &[
        (1, "first light", include_str!("../migrations/001_first_light.sql")),
        (2, "outbox of the audit log", audit::OUTBOX_MIGRATION),
        (3, "appointments", include_str!("../migrations/002_appointments.sql")),
        (4, "what is due, who is mentioned", include_str!("../migrations/003_entries.sql")),
        (5, "messages to clients", include_str!("../migrations/004_messages.sql")),
        (7, "documents and paper", include_str!("../migrations/006_documents.sql")),
        (8, "notices given, consents, sharing", include_str!("../migrations/007_consents.sql")),
        (9, "until when each layer is kept", include_str!("../migrations/008_retention.sql")),
        (10, "requests and complaints", include_str!("../migrations/010_requests.sql")),
        (12, "registers of the governance lead", include_str!("../migrations/011_register.sql")),
        (13, "programmes", include_str!("../migrations/012_programmes.sql")),
        (14, "duplicates, merges, imports", include_str!("../migrations/013_people.sql")),
        (15, "figures", include_str!("../migrations/014_figures.sql")),
        (16, "tokens of the API", include_str!("../migrations/015_api.sql")),
        (17, "erasures, holds, sweeps", include_str!("../migrations/016_erasures.sql")),
        (19, "messages about the end of a file", include_str!("../migrations/018_endings.sql")),
        (22, "returns to those who pay", include_str!("../migrations/021_returns.sql")),
        (23, "documents of a programme", include_str!("../migrations/022_document_layers.sql")),
        (24, "who must not be sent news", include_str!("../migrations/023_suppression.sql")),
        (25, "webhooks", include_str!("../migrations/024_webhooks.sql")),
        (26, "definitions of returns", include_str!("../migrations/025_return_definitions.sql")),
        (27, "rooms", include_str!("../migrations/026_rooms.sql")),
        (28, "what the audit log was given", audit::GIVEN_MIGRATION),
        (29, "arranging anew", include_str!("../migrations/027_arranging.sql")),
        (30, "choosing another time", include_str!("../migrations/028_choosing.sql")),
        (31, "messages about a changed notice", include_str!("../migrations/029_notice_messages.sql")),
        (32, "answers of recipients", include_str!("../migrations/030_answers.sql")),
    ],
};

/// Where a service keeps its things: four places, so that no single loss or theft gives anybody away.
#[derive(Clone, Debug)]
pub struct Places {
    /// Clients' files, sealed.
    pub records: Place,
    /// The audit log.
    pub audit: Place,
    /// The wrapped keys.
    pub keyring: Place,
    /// The folder of the epoch key and the log's signing key.
    pub root: PathBuf,
    /// The last signed checkpoint of the log, outside its store.
    pub checkpoint: PathBuf,
}

/// A running service.
pub struct Service {
    records: Store,
    vault: Vault,
    log: Log,
    policy: Policy,
    surroundings: Surroundings,
    notices: RwLock<Arc<Notices>>,
    programmes: RwLock<Arc<Vec<Offered>>>,
    return_definitions: RwLock<Arc<Vec<Definition>>>,
    directory: RwLock<Arc<Directory>>,
    sessions: Sessions,
    people: RwLock<People>,
    columns: RwLock<Columns>,
    gathering: tokio::sync::Mutex<()>,
    seen_change: AtomicI64,
    following: tokio::sync::Mutex<()>,
    post: OnceLock<Post>,
    office_hours: OnceLock<OfficeHours>,
    listeners: RwLock<Arc<Vec<Listener>>>,
    to_programs: OnceLock<ToPrograms>,
    documents: documents::Keeping,
    looks_seen: tokio::sync::Mutex<Seen>,
}

impl Service {
    /// Makes a new, empty service that keeps `notice`.
    ///
    /// # Errors
    /// The notice is faulty, the places are in use already or cannot be written.
    pub async fn create(places: &Places, notice: &str, surroundings: Surroundings) -> Result<Service, Error> {
        let read = notices::read(notice)?;
        let records = Store::open(&places.records, &MIGRATIONS).await?;
        if setting(&records, "deployment").await?.is_some() {
            return Err(Error::DoesNotFit(
                "There is a service here already. Start it with `kept serve`.".into(),
            ));
        }
        let keyring = Store::open(&places.keyring, &vault::MIGRATIONS).await?;
        let vault = Vault::create(keyring, &places.root).await?;
        SigningKey::create(&places.root.join(SIGNING_KEY))?;
        let mut batch = notices::publishing(&read, notice, surroundings.now());
        batch.push(SET_SETTING.with(["deployment".into(), vault.deployment().to_string().into()]));
        batch.push(SET_SETTING.with(["epoch".into(), vault.epoch().to_string().into()]));
        records.write(batch).await?;
        drop(vault);
        let service = Service::open(places, surroundings).await?;
        // With its first entry the log has something to sign: a backup, and whoever looks for an older state, need that.
        service.log.event(None, notices::PUBLISHED, Outcome::Done).durable().await?;
        Ok(service)
    }

    /// Opens a service that was made by `create`, checks that its parts belong together and fills its memory.
    ///
    /// # Errors
    /// What does not fit and what to do: a wrong root, an older keyring, a log behind its checkpoint, a newer schema...
    pub async fn open(places: &Places, surroundings: Surroundings) -> Result<Service, Error> {
        Service::open_with(places, surroundings, documents::Settings::default()).await
    }

    /// The same, with documents kept as `settings` say.
    ///
    /// # Errors
    /// As for `open`.
    pub async fn open_with(
        places: &Places,
        surroundings: Surroundings,
        settings: documents::Settings,
    ) -> Result<Service, Error> {
        Service::open_when(places, surroundings, settings, false).await
    }

    /// The same, also while a backup is being restored: then for the one who restores it alone.
    pub(crate) async fn open_when(
        places: &Places,
        surroundings: Surroundings,
        settings: documents::Settings,
        restoring: bool,
    ) -> Result<Service, Error> {
        let records = Store::open(&places.records, &MIGRATIONS).await?;
        if setting(&records, RESTORING).await?.is_some() != restoring {
            return Err(Error::DoesNotFit(
                "A backup was being restored here and that was not finished. Empty the place and restore again."
                    .into(),
            ));
        }
        let deployment = setting(&records, "deployment").await?;
        let deployment = deployment.ok_or_else(|| {
            Error::DoesNotFit("There is no service here yet. Make one with `kept init`.".into())
        })?;
        let keyring = Store::open(&places.keyring, &vault::MIGRATIONS).await?;
        let vault = Vault::unlock(keyring, &places.root).await?;
        if vault.deployment().to_string() != deployment {
            return Err(Error::DoesNotFit(
                "These records and this keyring belong to different services.".into(),
            ));
        }
        let audit = Store::open(&places.audit, &audit::MIGRATIONS).await?;
        let key = SigningKey::load(&places.root.join(SIGNING_KEY))?;
        let log = Log::open(audit, records.clone(), key, &places.checkpoint, surroundings.clock()).await?;
        let notices = Service::load_notices(&records, surroundings.today()).await?;
        let service = Service {
            records,
            vault,
            log,
            policy: Policy::shipped()?,
            surroundings,
            notices: RwLock::new(Arc::new(notices)),
            programmes: RwLock::default(),
            return_definitions: RwLock::default(),
            directory: RwLock::default(),
            sessions: Sessions::default(),
            people: RwLock::default(),
            columns: RwLock::default(),
            gathering: tokio::sync::Mutex::new(()),
            seen_change: AtomicI64::new(0),
            following: tokio::sync::Mutex::new(()),
            post: OnceLock::new(),
            office_hours: OnceLock::new(),
            listeners: RwLock::default(),
            to_programs: OnceLock::new(),
            documents: documents::Keeping::new(settings, places),
            looks_seen: tokio::sync::Mutex::default(),
        };
        service.refuse_an_older_keyring().await?;
        match service.finish_erasures().await {
            // Their keys are destroyed; what is left of them in the bucket goes when it is back.
            Err(Error::Bucket(fault)) => {
                tracing::warn!(%fault, "erasures wait for the store of the documents")
            }
            finished => finished?,
        }
        service.suppress_earlier_objections().await?;
        service.keep_words().await?;
        let newest = service.newest_change().await?;
        service.reload_service().await?;
        service.write_down_days().await?;
        service.write_down_closed().await?;
        service.index_everybody().await?;
        service.seen_change.store(newest, std::sync::atomic::Ordering::Release);
        service.follow_changes().await?;
        Ok(service)
    }

    /// Ends cleanly: the log is flushed and its last checkpoint signed.
    ///
    /// # Errors
    /// The log could not be flushed.
    pub async fn close(&self) -> Result<(), Error> {
        self.log.close().await?;
        // Whoever copies the file of a service at rest has it whole.
        if let Err(error) = self.records.truncate_log().await {
            tracing::warn!(%error, "the log of writes stays beside the records");
        }
        Ok(())
    }

    /// Whether every store answers.
    ///
    /// # Errors
    /// That of the first which does not.
    pub async fn answers(&self) -> Result<(), Error> {
        setting(&self.records, "deployment").await?;
        self.log.size().await?;
        self.vault.answers().await?;
        Ok(())
    }

    /// An older keyring would bring erased people back: its epoch is behind, or it holds a key of an erased file.
    async fn refuse_an_older_keyring(&self) -> Result<(), Error> {
        let known: u64 = setting(&self.records, "epoch").await?.and_then(|e| e.parse().ok()).unwrap_or(0);
        let older = Error::DoesNotFit(
            "This keyring is older than the records: erased files would come back. Restore the newest copy of the keyring.".into(),
        );
        if self.vault.epoch().number() < known {
            return Err(older);
        }
        let rows = self.records.read(vec![ERASED_FILES.with([])]).await?;
        let mut finished = Vec::new();
        for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
            if row.opt_int(1)?.is_some() {
                finished.push(FileId::from_bytes(row.bytes16(0)?));
            }
        }
        if self.vault.holds(&finished).await?.is_empty() { Ok(()) } else { Err(older) }
    }

    pub(crate) async fn reload_service(&self) -> Result<(), Error> {
        let directory = Arc::new(self.load_directory().await?);
        let notices = Arc::new(Service::load_notices(&self.records, self.surroundings.today()).await?);
        let programmes = Arc::new(Service::load_programmes(&self.records).await?);
        let listeners = Arc::new(self.load_listeners().await?);
        let definitions = Arc::new(self.load_return_definitions().await?);
        *self.return_definitions.write().unwrap_or_else(PoisonError::into_inner) = definitions;
        *self.listeners.write().unwrap_or_else(PoisonError::into_inner) = listeners;
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        *self.notices.write().unwrap_or_else(PoisonError::into_inner) = notices;
        *self.programmes.write().unwrap_or_else(PoisonError::into_inner) = programmes;
        Ok(())
    }

    pub(crate) fn current_directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The notices in force, as they are now.
    #[must_use]
    pub fn notices(&self) -> Arc<Notices> {
        Arc::clone(&self.notices.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every programme, as they are now.
    #[must_use]
    pub fn programmes(&self) -> Arc<Vec<Offered>> {
        Arc::clone(&self.programmes.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Every definition of a return, those that come with Kept first.
    #[must_use]
    pub fn return_definitions(&self) -> Arc<Vec<Definition>> {
        Arc::clone(&self.return_definitions.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rules that decide.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Says by what messages are sent, once, before any is. Without it none is sent.
    pub fn send_by(&self, post: Post) {
        if self.post.set(post).is_err() {
            tracing::warn!("the ways of sending were set already and stay as they are");
        }
    }

    /// By what messages are sent; none until it is said.
    #[must_use]
    pub fn post(&self) -> Option<&Post> {
        self.post.get()
    }

    /// Says when the office is open, once, before anybody books. Without it the usual hours hold.
    pub fn open_in(&self, hours: OfficeHours) {
        if self.office_hours.set(hours).is_err() {
            tracing::warn!("the office hours were set already and stay as they are");
        }
    }

    /// When the office is open.
    #[must_use]
    pub fn office_hours(&self) -> &OfficeHours {
        self.office_hours.get_or_init(OfficeHours::default)
    }

    /// Says how programs are told that something changed, once, before any is. Without it none is told.
    pub fn tell_by(&self, to: ToPrograms) {
        if self.to_programs.set(to).is_err() {
            tracing::warn!("how programs are told was said already and stays as it is");
        }
    }

    /// How programs are told; none until it is said.
    #[must_use]
    pub fn to_programs(&self) -> Option<&ToPrograms> {
        self.to_programs.get()
    }

    /// The webhooks that are on.
    pub(crate) fn listeners(&self) -> Arc<Vec<Listener>> {
        Arc::clone(&self.listeners.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn records(&self) -> &Store {
        &self.records
    }

    /// Clock and random source.
    #[must_use]
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.surroundings.now()
    }

    pub(crate) fn draw(&self) -> [u8; 16] {
        self.surroundings.draw()
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn people(&self) -> &RwLock<People> {
        &self.people
    }

    /// Everybody as codes, for figures.
    pub(crate) fn columns(&self) -> &RwLock<Columns> {
        &self.columns
    }

    pub(crate) fn gathering(&self) -> &tokio::sync::Mutex<()> {
        &self.gathering
    }

    pub(crate) fn seen_change(&self) -> &AtomicI64 {
        &self.seen_change
    }

    /// Where documents stand and what holds for them.
    #[must_use]
    pub fn documents_kept(&self) -> &documents::Keeping {
        &self.documents
    }

    pub(crate) fn looks_seen(&self) -> &tokio::sync::Mutex<Seen> {
        &self.looks_seen
    }

    pub(crate) fn following(&self) -> &tokio::sync::Mutex<()> {
        &self.following
    }
}

pub(crate) const SIGNING_KEY: &str = "log-signing.key";
/// The setting that stands while a backup is being restored: nobody may work with half of it.
pub(crate) const RESTORING: &str = "restoring";

pub(crate) async fn setting(records: &Store, name: &'static str) -> Result<Option<String>, Error> {
    let rows = records.read(vec![SETTING.with([name.into()])]).await?;
    let row = rows.first().and_then(|r| r.rows.first());
    Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
}

pub(crate) fn set_setting(name: &'static str, value: &str) -> store::Query {
    SET_SETTING.with([name.into(), value.into()])
}
