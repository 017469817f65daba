//! The one writer: it commits whatever has arrived since its last commit as one transaction.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::{Query, Store, Tx, sql};
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
    GROW = "UPDATE audit_head SET size = size + $1 WHERE one = 1 RETURNING size";
    /// How far the log has grown.
    pub(crate) SIZE = "SELECT size FROM audit_head WHERE one = 1";
    /// The same at once with the entries: from any other size than the known one it becomes none, which its column refuses.
    GROW_FROM = "UPDATE audit_head SET size = CASE WHEN size = $1 THEN size + $2 END WHERE one = 1";
    /// Adds an entry.
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, actor, subject, hashes, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

/// Entries in one transaction at most.
pub(crate) const AT_ONCE: usize = 256;
const SIGN_EVERY: Duration = Duration::from_secs(1);

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
        let (mut lines, mut waiting, mut outbox, mut closing) = (Vec::new(), Vec::new(), false, None);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Line { line, done } => {
                    lines.push(line);
                    waiting.push(done);
                }
                Job::Outbox => outbox = true,
                Job::Close(done) => closing = Some(done),
            }
            next = if lines.len() < AT_ONCE { jobs.try_recv().ok() } else { None };
        }
        if !lines.is_empty() {
            let result = self.append(&lines).await;
            report(&result);
            for done in waiting {
                let _ = done.send(result.clone());
            }
        }
        if outbox {
            let result = outbox::empty(self).await;
            report(&result);
        }
        closing
    }

    /// Appends entries in one transaction. After a failure, whatever became of it, the next one begins at what the store has.
    pub(crate) async fn append(&mut self, lines: &[Line]) -> Result<(), Error> {
        let grown = if self.shared { None } else { self.append_alone(lines).await? };
        self.tree = match grown {
            Some(tree) => tree,
            None => self.append_in_turn(lines).await?,
        };
        self.tree.trim();
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Appends to the log as it is known, in one batch. None if it is not that log any more: then nothing was written.
    async fn append_alone(&self, lines: &[Line]) -> Result<Option<Tree>, Error> {
        let mut tree = self.tree.clone();
        let mut batch = Vec::with_capacity(lines.len() + 1);
        batch.push(GROW_FROM.with([signed(tree.size).into(), signed(lines.len() as u64).into()]));
        adding(&mut batch, &mut tree, lines)?;
        match self.store.write(batch).await {
            Ok(rows) if rows.first().is_some_and(|head| head.affected == 1) => Ok(Some(tree)),
            // Without a head nothing counts these entries. The careful way says so, too.
            Ok(_) | Err(store::Error::AlreadyThere { .. } | store::Error::Statement { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Waits for its turn among several servers, and appends to what the others have made of the log.
    async fn append_in_turn(&mut self, lines: &[Line]) -> Result<Tree, Error> {
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
                    let mut batch = Vec::with_capacity(lines.len());
                    adding(&mut batch, &mut tree, &lines)?;
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
fn adding(batch: &mut Vec<Query>, tree: &mut Tree, lines: &[Line]) -> Result<(), Error> {
    for Line { id, at, actor, subject, bytes } in lines {
        let (seq, hashes) = (signed(tree.size), in_row(&tree.append(bytes)?));
        let (actor, subject) = ((*actor).into(), (*subject).into());
        let values =
            [seq.into(), id.into(), (*at).into(), actor, subject, hashes.into(), bytes.clone().into()];
        batch.push(ADD_ENTRY.with(values));
    }
    Ok(())
}

fn report(result: &Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the audit log");
    }
}
