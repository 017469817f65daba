//! The one writer: it commits whatever has arrived since its last commit as one transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::{Query, Store, Tx, Value, sql};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::checkpoint::Signed;
use crate::key::SigningKey;
use crate::leaf::Line;
use crate::tree::{Tree, in_row, signed};
use crate::{Error, outbox};

sql! { audit:
    /// Takes places for new entries and holds the head until commit, so that several servers take turns.
    pub(crate) GROW = "UPDATE audit_head SET size = size + $1 WHERE one = 1 RETURNING size";
    /// How far the log has grown.
    pub(crate) SIZE = "SELECT size FROM audit_head WHERE one = 1";
    /// The same at once with the entries: from any other size than the known one it becomes none, which its column refuses.
    GROW_FROM = "UPDATE audit_head SET size = CASE WHEN size = $1 THEN size + $2 END WHERE one = 1";
    /// Counts entries that came with changes, so that records which are older than the log show.
    TAKE = "UPDATE audit_changes SET taken = taken + $1 WHERE one = 1";
    /// Adds an entry.
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, actor, subject, hashes, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Adds eight: a statement costs PostgreSQL more than a row.
    ADD_ENTRIES = "INSERT INTO audit_entry (seq, id, at, actor, subject, hashes, leaf) VALUES
        ($1, $2, $3, $4, $5, $6, $7), ($8, $9, $10, $11, $12, $13, $14),
        ($15, $16, $17, $18, $19, $20, $21), ($22, $23, $24, $25, $26, $27, $28),
        ($29, $30, $31, $32, $33, $34, $35), ($36, $37, $38, $39, $40, $41, $42),
        ($43, $44, $45, $46, $47, $48, $49), ($50, $51, $52, $53, $54, $55, $56)";
}

/// The rows of [`ADD_ENTRIES`].
const ROWS: usize = 8;
/// Entries in one transaction at most.
pub(crate) const AT_ONCE: usize = 256;
const SIGN_EVERY: Duration = Duration::from_secs(1);
/// No entry waits longer than this for others that may come.
const GATHER_AT_MOST: Duration = Duration::from_millis(2);
const GATHER_STEP: Duration = Duration::from_micros(100);

/// What the writer is asked to do.
pub(crate) enum Job {
    Line { line: Line, done: oneshot::Sender<Result<(), Error>> },
    Outbox,
    Close(oneshot::Sender<Result<(), Error>>),
}

/// Who asked to close, and the answer.
pub(crate) type Closed = (oneshot::Sender<Result<(), Error>>, Result<(), Error>);

pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) records: Store,
    pub(crate) key: SigningKey,
    pub(crate) checkpoint: PathBuf,
    /// The log as this writer last knew it to be on disk.
    pub(crate) tree: Tree,
    /// Whether another server has written since this one last did.
    pub(crate) shared: bool,
    /// What the checkpoint file holds.
    pub(crate) signed: Option<Signed>,
    pub(crate) signed_at: Instant,
    /// A checkpoint on its way into the file.
    pub(crate) signing: Option<JoinHandle<Result<Option<Signed>, Error>>>,
    pub(crate) commits: Arc<AtomicU64>,
    pub(crate) pace: Pace,
}

/// How the last commit went, by which the next one is begun.
#[derive(Default)]
pub(crate) struct Pace {
    carried: usize,
    took: Duration,
}

impl Pace {
    /// Whether several people are at work at once.
    fn several(&self) -> bool {
        self.carried > 1
    }

    /// Waits for as many entries as the last commit carried, at most as long as that one took: a commit costs nearly the
    /// same for one entry as for many, and those who are at work now send theirs meanwhile. PostgreSQL does the same by
    /// `commit_delay` and `commit_siblings`.
    ///
    /// The thread sleeps: it has nothing else to do, and nobody who sends an entry has to wake it.
    fn gather(&self, arrived: &mut Arrived, jobs: &mut mpsc::Receiver<Job>) {
        let until = Instant::now() + self.took.min(GATHER_AT_MOST);
        while arrived.may_grow() && arrived.lines.len() < self.carried && Instant::now() < until {
            std::thread::sleep(GATHER_STEP);
            arrived.drain(jobs);
        }
    }
}

/// By which way entries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// Sent here by themselves.
    Alone,
    /// Out of the records, committed there with a change each.
    WithChanges,
}

/// What the next commit carries.
#[derive(Default)]
struct Arrived {
    lines: Vec<Line>,
    waiting: Vec<oneshot::Sender<Result<(), Error>>>,
    outbox: bool,
    closing: Option<oneshot::Sender<Result<(), Error>>>,
}

impl Arrived {
    fn put(&mut self, job: Job) {
        match job {
            Job::Line { line, done } => {
                self.lines.push(line);
                self.waiting.push(done);
            }
            Job::Outbox => self.outbox = true,
            Job::Close(done) => self.closing = Some(done),
        }
    }

    fn drain(&mut self, jobs: &mut mpsc::Receiver<Job>) {
        while self.lines.len() < AT_ONCE
            && let Ok(job) = jobs.try_recv()
        {
            self.put(job);
        }
    }

    /// Whether it is worth waiting for more.
    fn may_grow(&self) -> bool {
        !self.lines.is_empty() && self.lines.len() < AT_ONCE && self.closing.is_none()
    }
}

impl Writer {
    /// Works until it is closed, nobody is left to ask, or the log turns out not to be the one that was signed. Gives whoever
    /// closed it, and what to answer.
    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) -> Option<Closed> {
        let mut ticks = interval(SIGN_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let first = tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => job,
                    None => {
                        let ended = self.sign_last().await;
                        report(&ended);
                        return None;
                    }
                },
                _ = ticks.tick() => Job::Outbox,
            };
            if let Some(closed) = self.work_off(first, &mut jobs).await {
                let emptied = outbox::empty(&mut self).await;
                let signed = self.sign_last().await;
                if let Err(error) = self.store.truncate_log().await {
                    tracing::warn!(%error, "the log of writes stays beside the audit log");
                }
                return Some((closed, emptied.and(signed)));
            }
            if self.signed_at.elapsed() >= SIGN_EVERY {
                let signing = self.sign().await;
                report(&signing);
                if matches!(signing, Err(Error::Behind { .. } | Error::Forked { .. })) {
                    return None;
                }
            }
        }
    }

    /// Takes what has arrived, commits it and answers. Gives the one who asked to close, if somebody did.
    async fn work_off(
        &mut self,
        first: Job,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Option<oneshot::Sender<Result<(), Error>>> {
        let mut arrived = Arrived::default();
        arrived.put(first);
        arrived.drain(jobs);
        if arrived.may_grow() && self.pace.several() {
            self.pace.gather(&mut arrived, jobs);
        }
        let Arrived { lines, waiting, outbox, closing } = arrived;
        // First the outbox: a change that was committed before an entry was sent stands before it in the log, and whoever
        // waited for the entry sees both.
        if outbox {
            let result = outbox::empty(self).await;
            report(&result);
        }
        if !lines.is_empty() {
            let begun = Instant::now();
            let result = self.append(&lines, Came::Alone).await;
            self.pace = Pace { carried: lines.len(), took: begun.elapsed() };
            report(&result);
            for done in waiting {
                let _ = done.send(result.clone());
            }
        }
        closing
    }

    /// Appends entries in one transaction. After a failure, whatever became of it, the next one begins at what the store has.
    pub(crate) async fn append(&mut self, lines: &[Line], came: Came) -> Result<(), Error> {
        let grown = if self.shared { None } else { self.append_alone(lines, came).await? };
        self.tree = match grown {
            Some(tree) => tree,
            None => self.append_in_turn(lines, came).await?,
        };
        self.tree.trim();
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Appends to the log as it is known, in one batch. None if it is not that log any more: then nothing was written.
    async fn append_alone(&self, lines: &[Line], came: Came) -> Result<Option<Tree>, Error> {
        let mut tree = self.tree.clone();
        let mut batch = Vec::with_capacity(lines.len() / ROWS + ROWS);
        batch.push(GROW_FROM.with([signed(tree.size).into(), signed(lines.len() as u64).into()]));
        adding(&mut batch, &mut tree, lines, came)?;
        match self.store.write(batch).await {
            Ok(rows) if rows.first().is_some_and(|head| head.affected == 1) => Ok(Some(tree)),
            // Without a head nothing counts these entries. The careful way says so, too.
            Ok(_) | Err(store::Error::AlreadyThere { .. } | store::Error::Statement { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Waits for its turn among several servers, and appends to what the others have made of the log.
    async fn append_in_turn(&mut self, lines: &[Line], came: Came) -> Result<Tree, Error> {
        let (mut tree, count) = (self.tree.clone(), lines.len() as u64);
        let lines = lines.to_vec();
        let grown: Result<Tree, Error> = self
            .store
            .tx(move |tx| {
                Box::pin(async move {
                    let rows = tx.run(GROW.with([signed(count).into()]).expecting(1)).await?;
                    let size = rows.first().ok_or(Error::Unavailable)?.int(0)?;
                    let before = u64::try_from(size).unwrap_or(0).saturating_sub(count);
                    if before != tree.size {
                        tree = caught_up(tx, &tree, before).await?;
                    }
                    let mut batch = Vec::with_capacity(lines.len() / ROWS + ROWS);
                    adding(&mut batch, &mut tree, &lines, came)?;
                    tx.batch(batch).await?;
                    Ok(tree)
                })
            })
            .await;
        let grown = grown?;
        self.shared = grown.size != self.tree.size + count;
        Ok(grown)
    }
}

/// The tree that another server, or a commit of ours whose outcome was not known, has made of `known`.
async fn caught_up(tx: &mut Tx, known: &Tree, size: u64) -> Result<Tree, Error> {
    let put_back = Error::PutBack { found: size, known: known.size };
    if size < known.size || Tree::load_in(tx, known.size).await?.root()? != known.root()? {
        return Err(put_back);
    }
    Tree::load_in(tx, size).await
}

/// The statements that add entries behind a tree, which grows by them.
fn adding(batch: &mut Vec<Query>, tree: &mut Tree, lines: &[Line], came: Came) -> Result<(), Error> {
    if came == Came::WithChanges {
        batch.push(TAKE.with([signed(lines.len() as u64).into()]).expecting(1));
    }
    let (eights, rest) = lines.as_chunks::<ROWS>();
    for eight in eights {
        let mut values = Vec::with_capacity(ROWS * 7);
        for line in eight {
            values.extend(row(tree, line)?);
        }
        batch.push(ADD_ENTRIES.with_all(values));
    }
    for line in rest {
        batch.push(ADD_ENTRY.with(row(tree, line)?));
    }
    Ok(())
}

/// The row of an entry, which the tree grows by.
fn row(tree: &mut Tree, line: &Line) -> Result<[Value; 7], Error> {
    let Line { id, at, actor, subject, bytes } = line;
    let (seq, hashes) = (signed(tree.size), in_row(&tree.append(bytes)?));
    let (actor, subject) = ((*actor).into(), (*subject).into());
    Ok([seq.into(), id.into(), (*at).into(), actor, subject, hashes.into(), bytes.clone().into()])
}

fn report(result: &Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the audit log");
    }
}
