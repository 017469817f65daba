//! The one writer: it commits whatever has arrived since its last commit as one transaction.

use std::path::PathBuf;
use std::time::Duration;

use store::{Query, Store, sql};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::checkpoint::{self, SigningKey};
use crate::leaf::Leaf;
use crate::tree::{self, Tree, signed};
use crate::{Error, tree::Hashes};

sql! { audit:
    /// Takes places for new entries and holds the head until commit, so that several servers take turns.
    GROW = "UPDATE audit_head SET size = size + $1 WHERE one = 1 RETURNING size";
    /// How far the log has grown.
    pub(crate) SIZE = "SELECT size FROM audit_head WHERE one = 1";
    /// Adds an entry.
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, actor, subject, leaf) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Whether an entry of the outbox is here already.
    IS_HERE = "SELECT seq FROM audit_entry WHERE id = $1";
}

sql! { records:
    /// Entries that wait in the outbox.
    WAITING = "SELECT id, leaf FROM outbox ORDER BY at, id LIMIT 256";
    /// Takes one out.
    TAKE_OUT = "DELETE FROM outbox WHERE id = $1";
}

const AT_ONCE: usize = 256;
const SIGN_EVERY: Duration = Duration::from_secs(1);

/// What the writer is asked to do.
pub(crate) enum Job {
    Leaf { leaf: Vec<u8>, done: oneshot::Sender<Result<(), Error>> },
    Outbox,
    Close(oneshot::Sender<Result<(), Error>>),
}

pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) records: Store,
    pub(crate) key: SigningKey,
    pub(crate) checkpoint: PathBuf,
    pub(crate) tree: Tree,
    pub(crate) signed: u64,
    pub(crate) signed_at: Instant,
}

impl Writer {
    pub(crate) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut ticks = interval(SIGN_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let first = tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => job,
                    None => {
                        let result = self.sign_now();
                        report(result);
                        return;
                    }
                },
                _ = ticks.tick() => Job::Outbox,
            };
            if let Some(closed) = self.work_off(first, &mut jobs).await {
                let emptied = self.empty_outbox().await;
                let ended = emptied.and_then(|()| self.sign_now());
                let _ = closed.send(ended);
                return;
            }
            if self.signed_at.elapsed() >= SIGN_EVERY {
                let result = self.sign_now();
                report(result);
            }
        }
    }

    /// Takes what has arrived, commits it and answers. Gives the one who asked to close, if somebody did.
    async fn work_off(
        &mut self,
        first: Job,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Option<oneshot::Sender<Result<(), Error>>> {
        let (mut leaves, mut waiting, mut outbox, mut closing) = (Vec::new(), Vec::new(), false, None);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Leaf { leaf, done } => {
                    leaves.push(leaf);
                    waiting.push(done);
                }
                Job::Outbox => outbox = true,
                Job::Close(done) => closing = Some(done),
            }
            next = if leaves.len() < AT_ONCE { jobs.try_recv().ok() } else { None };
        }
        if !leaves.is_empty() {
            let result = self.append(&leaves).await;
            if let Err(error) = &result {
                tracing::error!(%error, "the audit log could not be written; nothing was shown");
            }
            for done in waiting {
                let _ = done.send(result.clone());
            }
        }
        if outbox {
            let result = self.empty_outbox().await;
            report(result);
        }
        closing
    }

    /// Appends leaves in one transaction. After a failure the tree is read anew from the store.
    async fn append(&mut self, leaves: &[Vec<u8>]) -> Result<(), Error> {
        let count = leaves.len() as u64;
        let mut tree = self.tree.clone();
        let leaves = leaves.to_vec();
        let grown: Result<Tree, Error> = self
            .store
            .tx(move |tx| {
                Box::pin(async move {
                    let rows = tx.run(GROW.with([signed(count).into()]).expecting(1)).await?;
                    let size = rows.first().ok_or(Error::Unavailable)?.int(0)?;
                    let before = u64::try_from(size).unwrap_or(0).saturating_sub(count);
                    if before != tree.size {
                        // Another server has written meanwhile, or our last commit's outcome was not known.
                        let places = Tree::edge_of(before);
                        let rows =
                            tx.batch(places.iter().map(|place| tree::finding(*place)).collect()).await?;
                        let mut edge = Hashes::default();
                        for (place, rows) in places.iter().zip(rows) {
                            let row = rows.first().ok_or(Error::Damaged(*place))?;
                            edge.0.insert(*place, tlog_tiles::tlog::Hash(row.bytes32(0)?));
                        }
                        tree = Tree::from_edge(before, edge);
                    }
                    let mut batch = Vec::with_capacity(leaves.len() * 3);
                    for leaf in &leaves {
                        batch.push(adding(tree.size, leaf)?);
                        batch.extend(
                            tree.append(leaf)?.into_iter().map(|(place, hash)| tree::storing(place, hash)),
                        );
                    }
                    tx.batch(batch).await?;
                    Ok(tree)
                })
            })
            .await;
        match grown {
            Ok(mut tree) => {
                tree.trim();
                self.tree = tree;
                Ok(())
            }
            Err(error) => {
                // An impossible size: the next append reads the edge from the store.
                self.tree = Tree::from_edge(u64::MAX, Hashes::default());
                Err(error)
            }
        }
    }

    /// Moves entries of changes from the records store into the log. A crash in between doubles none: ids are unique here.
    pub(crate) async fn empty_outbox(&mut self) -> Result<(), Error> {
        loop {
            let rows = self.records.read(vec![WAITING.with([])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                return Ok(());
            }
            let mut entries = Vec::with_capacity(rows.len());
            for row in &rows {
                entries.push((row.bytes16(0)?, row.blob(1)?.to_vec()));
            }
            let here =
                self.store.read(entries.iter().map(|(id, _)| IS_HERE.with([(*id).into()])).collect()).await?;
            let fresh: Vec<Vec<u8>> = entries
                .iter()
                .zip(here)
                .filter(|(_, found)| found.rows.is_empty())
                .map(|((_, leaf), _)| leaf.clone())
                .collect();
            if !fresh.is_empty() {
                match self.append(&fresh).await {
                    // Another server was quicker with one of them: look again.
                    Err(Error::Store(store::Error::AlreadyThere { .. })) => continue,
                    result => result?,
                }
            }
            self.records.write(entries.iter().map(|(id, _)| TAKE_OUT.with([(*id).into()])).collect()).await?;
            if rows.len() < AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Signs the tree as it is, if it has grown since the last signature. Never a smaller one.
    fn sign_now(&mut self) -> Result<(), Error> {
        self.signed_at = Instant::now();
        if self.tree.size == u64::MAX || self.tree.size <= self.signed {
            return Ok(());
        }
        let note = self.key.sign(self.tree.size, self.tree.root()?)?;
        checkpoint::store(&self.checkpoint, &note)?;
        self.signed = self.tree.size;
        Ok(())
    }
}

fn report(result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(%error, "the audit log");
    }
}

/// The statement that adds an entry at `seq`.
fn adding(seq: u64, bytes: &[u8]) -> Result<Query, Error> {
    let leaf = Leaf::read(bytes).ok_or(Error::Damaged(seq))?;
    let id = leaf.id_bytes().ok_or(Error::Damaged(seq))?;
    Ok(ADD_ENTRY.with([
        signed(seq).into(),
        id.into(),
        leaf.at.into(),
        leaf.actor_bytes().into(),
        leaf.subject_bytes().into(),
        bytes.into(),
    ]))
}
