//! Checking the whole log: every entry, every stored hash, the head and the last signed checkpoint.

use store::{Store, sql};
use tlog_tiles::Checkpoint;
use tlog_tiles::tlog::{self, Hash};

use crate::Error;
use crate::leaf::Leaf;
use crate::tree::{Tree, signed};
use crate::writer::SIZE;

sql! { audit:
    /// A stretch of entries with their index columns.
    STRETCH = "SELECT seq, id, at, actor, subject, leaf FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
    /// A stretch of stored hashes.
    HASHES = "SELECT place, hash FROM audit_hash WHERE place >= $1 ORDER BY place LIMIT $2";
}

const STEP: usize = 1000;

/// A log in which everything holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many entries it has.
    pub entries: u64,
    /// Its root, in base 64.
    pub root: String,
    /// How many of them the last signed checkpoint covers.
    pub signed: u64,
}

/// The first entry at which something does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry}: {what}")]
pub struct Bad {
    /// Its place in the log, from 0.
    pub entry: u64,
    /// What is wrong.
    pub what: &'static str,
}

pub(crate) async fn verify(store: &Store, last: Option<&Checkpoint>) -> Result<Result<Verified, Bad>, Error> {
    let rows = store.read(vec![SIZE.with([])]).await?;
    let head = rows.first().and_then(|r| r.first()).ok_or(Error::Damaged(0))?.int(0)?;
    let head = u64::try_from(head).unwrap_or_default();
    let signed_size = last.map_or(0, Checkpoint::size);
    let mut tree = Tree::default();
    let mut root_then: Option<Hash> = (signed_size == 0).then_some(tlog::EMPTY_HASH);
    loop {
        let from = tree.size;
        let first_place = if from == 0 { 0 } else { tlog::stored_hash_count(from) };
        let stretch = store
            .read(vec![
                STRETCH.with([signed(from).into(), signed(STEP as u64).into()]),
                HASHES.with([signed(first_place).into(), signed(STEP as u64 * 2 + 64).into()]),
            ])
            .await?;
        let [entries, hashes] = stretch.as_slice() else { return Err(Error::Damaged(from)) };
        let mut stored = hashes.rows.iter();
        for row in &entries.rows {
            let entry = tree.size;
            let bad = |what| Ok(Err(Bad { entry, what }));
            if row.int(0)? != signed(entry) {
                return bad("it is missing");
            }
            let bytes = row.blob(5)?;
            let Some(leaf) = Leaf::read(bytes) else { return bad("it cannot be read as an entry") };
            let same = leaf.id_bytes() == Some(row.bytes16(1)?)
                && leaf.at == row.int(2)?
                && leaf.actor_bytes() == row.opt_bytes16(3)?
                && leaf.subject_bytes() == row.opt_bytes16(4)?;
            if !same {
                return bad("its columns say something else than the entry itself");
            }
            for (place, hash) in tree.append(bytes)? {
                let Some(found) = stored.next() else { return bad("its hash is missing") };
                if found.int(0)? != signed(place) {
                    return bad("its hash is missing");
                }
                if found.bytes32(1)? != hash.0 {
                    return bad("it is not what was hashed when it was written");
                }
            }
            if tree.size == signed_size {
                root_then = Some(tree.root()?);
            }
        }
        tree.trim();
        if entries.rows.len() < STEP {
            if tree.size == head && stored.next().is_some() {
                return Ok(Err(Bad { entry: tree.size, what: "there is a hash behind the last entry" }));
            }
            break;
        }
    }
    let missing = |entry| Ok(Err(Bad { entry, what: "it is missing at the end of the log" }));
    if tree.size < head.max(signed_size) {
        return missing(tree.size);
    }
    if tree.size > head {
        return Ok(Err(Bad { entry: head, what: "it was added outside Kept" }));
    }
    match last {
        Some(last) if root_then != Some(*last.hash()) => Ok(Err(Bad {
            entry: 0,
            what: "the entries up to the last signed checkpoint are not those that were signed: the log was rewritten",
        })),
        _ => Ok(Ok(Verified { entries: tree.size, root: tree.root()?.to_string(), signed: signed_size })),
    }
}
