//! The log as others use it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::{ActorId, Permit, Refusal};
use casework::ClientId;
use jiff::Timestamp;
use store::{Store, sql};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::checkpoint;
use crate::entry::{Change, Entry, Waiting, draw};
use crate::key::SigningKey;
use crate::leaf::{Action, Detail, Leaf, Outcome, Recorded};
use crate::signing::holds;
use crate::tree::{Tree, signed};
use crate::verify::{Bad, Verified, verify};
use crate::writer::{Job, Pace, SIZE, Writer};
use crate::{Error, outbox, proof};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Entries that may wait for the writer; more is a log that cannot keep up.
const QUEUE: usize = 4096;

sql! { audit:
    /// What was done with one file, newest first.
    ABOUT = "SELECT seq, leaf FROM audit_entry WHERE subject = $1 ORDER BY seq DESC LIMIT $2";
    /// What somebody did, newest first.
    BY_ACTOR = "SELECT seq, leaf FROM audit_entry WHERE actor = $1 ORDER BY seq DESC LIMIT $2";
    /// Entries from one place on.
    FROM_PLACE = "SELECT seq, leaf FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
}

/// The audit log of a service.
pub struct Log {
    store: Store,
    jobs: mpsc::Sender<Job>,
    clock: Clock,
    public: String,
    checkpoint: PathBuf,
    commits: Arc<AtomicU64>,
}

impl Log {
    /// Opens the log, moves what waits in the outbox of `records` into it, and starts its writer.
    ///
    /// # Errors
    /// The log is behind its last signed checkpoint or differs from it, or a store failed.
    pub async fn open(
        store: Store,
        records: Store,
        key: SigningKey,
        checkpoint: &Path,
        clock: Clock,
    ) -> Result<Log, Error> {
        let public = key.public().to_owned();
        // First the checkpoint, then the log: what another server signs in between is in the log already.
        let last = checkpoint::load(checkpoint, &public)?;
        let size = size(&store).await?;
        match &last {
            Some(last) => holds(&store, size, last).await?,
            None if size > 0 => tracing::warn!(
                size,
                "the audit log has entries and no signed checkpoint: nothing shows whether it was put back to an older state"
            ),
            None => {}
        }
        let (jobs, inbox) = mpsc::channel(QUEUE);
        let commits = Arc::new(AtomicU64::new(0));
        let mut writer = Writer {
            store: store.clone(),
            records,
            key,
            checkpoint: checkpoint.to_owned(),
            tree: Tree::load(&store, size).await?,
            shared: false,
            signed: last,
            signed_at: Instant::now(),
            signing: None,
            commits: Arc::clone(&commits),
            pace: Pace::default(),
        };
        outbox::empty(&mut writer).await?;
        writer.sign_last().await?;
        on_a_thread_of_its_own(writer, inbox)?;
        Ok(Log { store, jobs, clock, public, checkpoint: checkpoint.to_owned(), commits })
    }

    /// Sends the entry of a permitted act on its way to disk.
    pub fn submit(&self, permit: Permit, action: Action, detail: Detail) -> Entry {
        let id = draw();
        let leaf = Leaf::permitted(id, (self.clock)(), &permit, action, &detail);
        Entry { permit, number: u128::from_be_bytes(id), waiting: self.send(&leaf) }
    }

    /// Sends the entry of a refused act on its way to disk.
    pub fn refused(&self, refusal: &Refusal, action: Action) -> Waiting {
        self.send(&Leaf::refused(draw(), (self.clock)(), refusal, action))
    }

    /// Sends an entry about the service itself on its way to disk: a sign-in, a new user, a notice.
    pub fn event(&self, actor: Option<ActorId>, action: Action, outcome: Outcome) -> Waiting {
        self.send(&Leaf::event(draw(), (self.clock)(), actor, action, outcome))
    }

    /// The entry of a change, to be committed with the change itself.
    pub fn change(&self, permit: Permit, action: Action, detail: &Detail) -> Change {
        let (id, now) = (draw(), (self.clock)());
        let leaf = Leaf::permitted(id, now, &permit, action, detail).bytes();
        Change { permit, id, at: now.as_microsecond(), leaf, jobs: self.jobs.clone() }
    }

    fn send(&self, leaf: &Leaf) -> Waiting {
        let (done, waiting) = oneshot::channel();
        let job = leaf.line().map(|line| Job::Line { line, done }).ok_or(Error::Unavailable);
        Waiting(job.and_then(|job| self.jobs.try_send(job).map(|()| waiting).map_err(|_| Error::Unavailable)))
    }

    /// What was done with one client's file, newest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn about(&self, client: ClientId, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(ABOUT.with([client.as_bytes().into(), i64::from(most).into()])).await
    }

    /// What somebody did, newest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn by_actor(&self, actor: ActorId, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(BY_ACTOR.with([actor.as_bytes().into(), i64::from(most).into()])).await
    }

    /// Entries from place `seq` on, oldest first.
    ///
    /// # Errors
    /// The store failed, or an entry cannot be read.
    pub async fn from(&self, seq: u64, most: u32) -> Result<Vec<Recorded>, Error> {
        self.recorded(FROM_PLACE.with([signed(seq).into(), i64::from(most).into()])).await
    }

    async fn recorded(&self, query: store::Query) -> Result<Vec<Recorded>, Error> {
        let rows = self.store.read(vec![query]).await?.into_iter().next().unwrap_or_default();
        let mut found = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let seq = u64::try_from(row.int(0)?).unwrap_or_default();
            found.push(Recorded::read(seq, row.blob(1)?).ok_or(Error::Damaged(seq))?);
        }
        Ok(found)
    }

    /// How many entries the log has.
    ///
    /// # Errors
    /// The store failed.
    pub async fn size(&self) -> Result<u64, Error> {
        size(&self.store).await
    }

    /// Checks every entry, every hash and the last signed checkpoint.
    ///
    /// # Errors
    /// The store failed. A fault found in the log is not an error but the answer.
    pub async fn verify(&self) -> Result<Result<Verified, Bad>, Error> {
        verify(&self.store, &self.checkpoint, &self.public).await
    }

    /// A proof that entry `seq` is in the log as last signed: C2SP tlog-proof, checkable without Kept.
    ///
    /// # Errors
    /// There is no such entry under the last checkpoint, or the store failed.
    pub async fn prove(&self, seq: u64) -> Result<String, Error> {
        let signed = checkpoint::load(&self.checkpoint, &self.public)?.ok_or_else(|| {
            Error::File("the log has no signed checkpoint yet: try again in a second".to_owned())
        })?;
        proof::prove(&self.store, &signed, seq).await
    }

    /// How many transactions its writer has committed since it was opened: fewer than entries when many arrive at once.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The public key that checkpoints are signed with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// Writes what waits, signs a last checkpoint and ends the writer.
    ///
    /// # Errors
    /// It could not be done; what was acknowledged is on disk all the same.
    pub async fn close(&self) -> Result<(), Error> {
        let (done, closed) = oneshot::channel();
        self.jobs.send(Job::Close(done)).await.map_err(|_| Error::Unavailable)?;
        closed.await.unwrap_or(Err(Error::Unavailable))
    }
}

/// Lets the writer work beside the threads that render pages: it begins with an entry the moment it is sent, and when it waits
/// for the disk no page has to be handed to another thread. It ends with the last sender of entries.
fn on_a_thread_of_its_own(writer: Writer, inbox: mpsc::Receiver<Job>) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|_| Error::Unavailable)?;
    let thread = std::thread::Builder::new().name("audit-log".to_owned());
    let started = thread.spawn(move || {
        let closed = runtime.block_on(writer.run(inbox));
        // First the connections that it opened are ended: whoever is told that it is closed must not be lent one of them.
        drop(runtime);
        if let Some((asked, answer)) = closed {
            let _ = asked.send(answer);
        }
    });
    started.map(drop).map_err(|_| Error::Unavailable)
}

pub(crate) async fn size(store: &Store) -> Result<u64, Error> {
    let rows = store.read(vec![SIZE.with([])]).await?;
    let row = rows.first().and_then(|r| r.first()).ok_or(Error::Damaged(0))?;
    Ok(u64::try_from(row.int(0)?).unwrap_or_default())
}
