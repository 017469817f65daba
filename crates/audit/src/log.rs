//! The log as others write to it.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::{ActorId, Permit, Refusal};
use jiff::Timestamp;
use store::Store;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::book::{self, Book};
use crate::checkpoint;
use crate::entry::{Change, Entry, ServiceChange, Waiting, draw};
use crate::key::SigningKey;
use crate::leaf::{Action, Detail, Leaf, Outcome, RowMark};
use crate::signing::holds;
use crate::tree::Tree;
use crate::writer::{Job, Pace, Writer};
use crate::{Error, outbox};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Entries that may wait for the writer; more is a log that cannot keep up.
const QUEUE: usize = 4096;

/// The audit log of a service, which takes entries; what can be read of a [`Book`] can be read of it.
pub struct Log {
    book: Book,
    jobs: mpsc::Sender<Job>,
    clock: Clock,
    commits: Arc<AtomicU64>,
}

impl Deref for Log {
    type Target = Book;

    fn deref(&self) -> &Book {
        &self.book
    }
}

impl Log {
    /// Opens the log, moves what waits in the outbox of `records` into it, and starts its writer.
    ///
    /// # Errors
    /// The log is behind its last signed checkpoint, differs from it or has none; log and records are not of one time; or a
    /// store failed.
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
        let size = book::size(&store).await?;
        match &last {
            Some(last) => holds(&store, size, last).await?,
            None if size > 0 => return Err(Error::NoCheckpoint { entries: size }),
            // From the first moment there is a file to miss.
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
        outbox::of_one_time(&writer.store, &writer.records).await?;
        writer.sign_last().await?;
        on_a_thread_of_its_own(writer, inbox)?;
        Ok(Log { book: Book::new(store, checkpoint, &public), jobs, clock, commits })
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
        Change { permit, entry: self.in_outbox(id, now, leaf) }
    }

    /// The entry of a change to the service itself, to be committed with it: records that lack the change then show as older.
    /// `rows` says which rows it wrote.
    pub fn service_change(&self, actor: Option<ActorId>, action: Action, rows: &[RowMark]) -> ServiceChange {
        let (id, now) = (draw(), (self.clock)());
        let leaf = Leaf::event(id, now, actor, action, Outcome::Done).over(rows).bytes();
        self.in_outbox(id, now, leaf)
    }

    fn in_outbox(&self, id: [u8; 16], at: Timestamp, leaf: Vec<u8>) -> ServiceChange {
        ServiceChange { id, at: at.as_microsecond(), leaf, jobs: self.jobs.clone() }
    }

    fn send(&self, leaf: &Leaf) -> Waiting {
        let (done, waiting) = oneshot::channel();
        let job = leaf.line().map(|line| Job::Line { line, done }).ok_or(Error::Unavailable);
        Waiting(job.and_then(|job| self.jobs.try_send(job).map(|()| waiting).map_err(|_| Error::Unavailable)))
    }

    /// How many transactions its writer has committed since it was opened: fewer than entries when many arrive at once.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
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
