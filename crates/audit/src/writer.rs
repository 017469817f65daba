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
use crate::tree::{self, Tree, signed};
use crate::{Error, outbox};

sql! { audit:
    /// Takes places for new entries and holds the head until commit, so that several servers take turns.
    GROW = "UPDATE audit_head SET size = size + $1 WHERE one = 1 RETURNING size";
    /// How far the log has grown.
    pub(crate) SIZE = "SELECT size FROM audit_head WHERE one = 1";
    /// Adds an entry.
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, actor, subject, leaf) VALUES ($1, $2, $3, $4, $5, $6)";
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

pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) records: Store,
    pub(crate) key: SigningKey,
    pub(crate) checkpoint: PathBuf,
    /// The log as this writer last knew it to be on disk.
    pub(crate) tree: Tree,
    /// What the checkpoint file holds.
    pub(crate) signed: Option<Signed>,
    pub(crate) signed_at: Instant,
    /// A checkpoint on its way into the file.
    pub(crate) signing: Option<JoinHandle<Result<Option<Signed>, Error>>>,
    pub(crate) commits: Arc<AtomicU64>,
}

impl Writer {
    /// Works until it is closed, nobody is left to ask, or the log turns out not to be the one that was signed.
    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut ticks = interval(SIGN_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let first = tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => job,
                    None => {
                        let ended = self.sign_last().await;
                        report(&ended);
                        return;
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
                let _ = closed.send(emptied.and(signed));
                return;
            }
            if self.signed_at.elapsed() >= SIGN_EVERY {
                let signing = self.sign().await;
                report(&signing);
                if matches!(signing, Err(Error::Behind { .. } | Error::Forked { .. })) {
                    return;
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
            let result = self.append(lines).await;
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
    pub(crate) async fn append(&mut self, lines: Vec<Line>) -> Result<(), Error> {
        let count = lines.len() as u64;
        let mut tree = self.tree.clone();
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
                    let mut batch = Vec::with_capacity(lines.len() * 3);
                    for line in lines {
                        let (seq, hashes) = (tree.size, tree.append(&line.bytes)?);
                        batch.push(adding(seq, line));
                        batch.extend(hashes.into_iter().map(|(place, hash)| tree::storing(place, hash)));
                    }
                    tx.batch(batch).await?;
                    Ok(tree)
                })
            })
            .await;
        self.tree = grown?;
        self.tree.trim();
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
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

/// The statement that adds an entry at `seq`.
fn adding(seq: u64, line: Line) -> Query {
    let Line { id, at, actor, subject, bytes } = line;
    ADD_ENTRY.with([signed(seq).into(), id.into(), at.into(), actor.into(), subject.into(), bytes.into()])
}

fn report(result: &Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the audit log");
    }
}
