//! Checking the whole log: every entry, every stored hash, the head and the last signed checkpoint.
//!
//! It reads a thousand entries at a time and keeps nothing but the right edge of the tree. It holds beside a running writer:
//! what is written after it began is left for the next time.

use std::path::Path;

use store::{Row, Store, sql};
use tlog_tiles::tlog;

use crate::Error;
use crate::checkpoint::{self, Signed};
use crate::leaf::Leaf;
use crate::tree::{Tree, covered, signed};

sql! { audit:
    /// How far the log goes by its head, its first entry and the first behind its head; one statement, so that all are of one
    /// moment.
    EXTENT = "SELECT h.size, (SELECT MIN(seq) FROM audit_entry), (SELECT MIN(seq) FROM audit_entry e WHERE e.seq >= h.size) FROM audit_head h WHERE h.one = 1";
    /// A stretch of entries with their index columns and the hashes that they brought.
    STRETCH = "SELECT seq, id, at, actor, subject, leaf, hashes FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq";
}

const STEP: u64 = 1000;

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
    pub what: Fault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no such row.
    #[error("it is missing")]
    Missing,
    /// It is not the canonical text of an entry.
    #[error("it cannot be read as an entry")]
    Unreadable,
    /// The columns by which it is found differ from its text.
    #[error("its columns say something else than the entry itself")]
    Columns,
    /// Its bytes and its stored hash do not belong together.
    #[error("it is not what was hashed when it was written")]
    Changed,
    /// A hash is not there.
    #[error("its hash is missing")]
    HashMissing,
    /// The hashes that were stored with it are those of another place.
    #[error(
        "the hashes stored with it are not those of this place: it was moved here, one before it was removed, or hashes were"
    )]
    Misplaced,
    /// A hash over it and those after it does not hold: one of them was changed together with its own hash, or the hash was.
    #[error("it, one of those up to entry {last}, or the hash over them was changed")]
    HashOver {
        /// The last of them.
        last: u64,
    },
    /// The log ends here, and more was signed.
    #[error("it is missing at the end of the log: {signed} entries were signed")]
    CutOff {
        /// Entries at the last signed checkpoint.
        signed: u64,
    },
    /// Something stands where the log has not written.
    #[error("it, or a hash for it, was added outside Kept")]
    Outside,
    /// Everything fits together, and is not what was signed.
    #[error("the {signed} entries from here on are not those that were signed: the log was rewritten")]
    Rewritten {
        /// Entries at the last signed checkpoint.
        signed: u64,
    },
    /// The entries hold, and what they are found by does not.
    #[error(
        "the database that holds the log says of itself that it is damaged: what is looked up in it may be left out"
    )]
    Index,
    /// All holds, and there is no checkpoint to hold it against.
    #[error(
        "the {entries} entries from here on hold together, but the file of the signed checkpoint is missing: nothing shows whether others followed. Put it back from the newest backup; if it is lost for good, `kept audit sign-anew`"
    )]
    NotSigned {
        /// How many there are.
        entries: u64,
    },
    /// The row that says how long the log is.
    #[error("the log does not say how many entries it has: its head was removed")]
    NoHead,
}

/// Checks the log in `store` against the checkpoint in a file, with the public key of the log. It needs no running log, so
/// that one which does not open any more can be looked into.
///
/// # Errors
/// The store failed, or the checkpoint is not signed with this key. A fault found in the log is not an error but the answer.
pub async fn verify(store: &Store, checkpoint: &Path, public: &str) -> Result<Result<Verified, Bad>, Error> {
    // First the checkpoint, then the log: what is signed in between is in the log already.
    let last = checkpoint::load(checkpoint, public)?;
    let rows = store.read(vec![EXTENT.with([])]).await?;
    let Some(row) = rows.first().and_then(|rows| rows.first()) else {
        return Ok(Err(Bad { entry: 0, what: Fault::NoHead }));
    };
    let head = u64::try_from(row.int(0)?).unwrap_or_default();
    let before = row.opt_int(1)?.filter(|least| *least < 0).map(|_| 0);
    let outside = before.or(row.opt_int(2)?.map(i64::unsigned_abs));

    let mut check = Check { tree: Tree::default(), last: last.as_ref() };
    while check.tree.size < head {
        if let Err(bad) = check.stretch(store, head.min(check.tree.size + STEP)).await? {
            return Ok(Err(bad));
        }
    }
    if !store.is_sound().await? {
        return Ok(Err(Bad { entry: 0, what: Fault::Index }));
    }
    let covers = last.as_ref().map_or(0, |last| last.size);
    if head < covers {
        return Ok(Err(Bad { entry: head, what: Fault::CutOff { signed: covers } }));
    }
    if let Some(entry) = outside {
        return Ok(Err(Bad { entry, what: Fault::Outside }));
    }
    if last.is_none() && head > 0 {
        return Ok(Err(Bad { entry: 0, what: Fault::NotSigned { entries: head } }));
    }
    Ok(Ok(Verified { entries: head, root: check.tree.root()?.to_string(), signed: covers }))
}

struct Check<'c> {
    tree: Tree,
    last: Option<&'c Signed>,
}

impl Check<'_> {
    /// Checks the entries from where it stands up to `end`.
    async fn stretch(&mut self, store: &Store, end: u64) -> Result<Result<(), Bad>, Error> {
        let from = self.tree.size;
        let found = store.read(vec![STRETCH.with([signed(from).into(), signed(end).into()])]).await?;
        let mut entries = found.first().ok_or(Error::Damaged(from))?.rows.iter();
        while self.tree.size < end {
            if let Err(bad) = self.entry(entries.next())? {
                return Ok(Err(bad));
            }
        }
        self.tree.trim();
        Ok(Ok(()))
    }

    /// Checks the next entry and the hashes that were stored with it.
    fn entry(&mut self, row: Option<&Row>) -> Result<Result<(), Bad>, Error> {
        let entry = self.tree.size;
        let bad = |what| Ok(Err(Bad { entry, what }));
        let Some(row) = row else { return bad(Fault::Missing) };
        if row.int(0) != Ok(signed(entry)) {
            return bad(Fault::Missing);
        }
        // A value of another type than the column's (SQLite keeps those) is a fault of the log, not of the store.
        let Ok(bytes) = row.blob(5) else { return bad(Fault::Unreadable) };
        let Some(leaf) = Leaf::read(bytes) else { return bad(Fault::Unreadable) };
        // First the hashes: an entry that was changed is told as such, not by the columns that no longer fit it.
        let Ok(stored) = row.blob(6) else { return bad(Fault::HashMissing) };
        let mut stored = stored.chunks(tlog::HASH_SIZE);
        for (place, hash) in self.tree.append(bytes)? {
            let (first, last) = covered(place);
            let Some(found) = stored.next() else {
                // Its own hash held, so it stands where one with fewer hashes belongs, or one of them was taken out.
                return bad(if first == last { Fault::HashMissing } else { Fault::Misplaced });
            };
            if found != hash.0 {
                let what = if first == last { Fault::Changed } else { Fault::HashOver { last } };
                return Ok(Err(Bad { entry: first, what }));
            }
        }
        if stored.next().is_some() {
            return bad(Fault::Misplaced);
        }
        let fits = leaf.id_bytes() == row.bytes16(1).ok()
            && row.int(2) == Ok(leaf.at)
            && row.opt_bytes16(3) == Ok(leaf.actor_bytes())
            && row.opt_bytes16(4) == Ok(leaf.subject_bytes());
        if !fits {
            return bad(Fault::Columns);
        }
        match self.last {
            Some(last) if last.size == self.tree.size && self.tree.root()? != last.root => {
                Ok(Err(Bad { entry: 0, what: Fault::Rewritten { signed: last.size } }))
            }
            _ => Ok(Ok(())),
        }
    }
}
