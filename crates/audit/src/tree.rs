//! The Merkle tree over the entries: its right edge in memory, all hashes in the store, each in the row of the entry that
//! completes what it is over.

use std::cell::RefCell;
use std::collections::HashMap;

use store::{Query, Store, Tx, sql};
use tlog_tiles::tlog::{self, Hash, HashReader};

use crate::Error;

sql! { audit:
    /// The hashes that an entry brought.
    FIND_HASHES = "SELECT hashes FROM audit_entry WHERE seq = $1";
}

/// Hashes by their place in storage order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hashes(HashMap<u64, Hash>);

impl HashReader for Hashes {
    fn read_hashes(&self, places: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        places.iter().map(|place| self.0.get(place).copied().ok_or(tlog::Error::IndexesNotInTree)).collect()
    }
}

/// Notes which hashes are asked for, and gives none.
#[derive(Default)]
struct Asked(RefCell<Vec<u64>>);

impl HashReader for Asked {
    fn read_hashes(&self, places: &[u64]) -> Result<Vec<Hash>, tlog::Error> {
        self.0.borrow_mut().extend_from_slice(places);
        Err(tlog::Error::IndexesNotInTree)
    }
}

/// A tree of `size` entries with what is needed to append to it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    pub(crate) size: u64,
    edge: Hashes,
}

impl Tree {
    /// Reads a tree of this size from the store.
    pub(crate) async fn load(store: &Store, size: u64) -> Result<Tree, Error> {
        Ok(Tree { size, edge: fetch(store, &edge_of(size)).await? })
    }

    /// Reads a tree of this size within a transaction.
    pub(crate) async fn load_in(tx: &mut Tx, size: u64) -> Result<Tree, Error> {
        let places = edge_of(size);
        let rows = tx.batch(places.iter().map(|place| finding(*place)).collect()).await?;
        Ok(Tree { size, edge: placed(&places, rows)? })
    }

    /// Appends a leaf and gives the hashes to store, each with its place.
    pub(crate) fn append(&mut self, leaf: &[u8]) -> Result<Vec<(u64, Hash)>, Error> {
        let first = tlog::stored_hash_index(0, self.size);
        let hashes =
            tlog::stored_hashes(self.size, leaf, &self.edge).map_err(|_| Error::Damaged(self.size))?;
        let placed: Vec<(u64, Hash)> = (first..).zip(hashes).collect();
        self.edge.0.extend(placed.iter().copied());
        self.size += 1;
        Ok(placed)
    }

    /// Forgets the hashes that no later entry needs.
    pub(crate) fn trim(&mut self) {
        let needed = edge_of(self.size);
        self.edge.0.retain(|place, _| needed.contains(place));
    }

    /// The root over all entries.
    pub(crate) fn root(&self) -> Result<Hash, Error> {
        tlog::tree_hash(self.size, &self.edge).map_err(|_| Error::Damaged(self.size))
    }
}

/// The places of the hashes on the right edge of a tree of this size.
fn edge_of(size: u64) -> Vec<u64> {
    tlog::sub_tree_index(0, size, Vec::new())
}

/// The entries that the hash at this place is over: the first and the last.
pub(crate) fn covered(place: u64) -> (u64, u64) {
    let (level, n) = tlog::split_stored_hash_index(place);
    (n << level, ((n + 1) << level) - 1)
}

/// Hashes as the row of their entry holds them.
pub(crate) fn in_row(hashes: &[(u64, Hash)]) -> Vec<u8> {
    hashes.iter().flat_map(|(_, hash)| hash.0).collect()
}

/// The row that brought the hash at this place: that of the last entry that it is over.
fn finding(place: u64) -> Query {
    FIND_HASHES.with([signed(covered(place).1).into()])
}

async fn fetch(store: &Store, places: &[u64]) -> Result<Hashes, Error> {
    let rows = store.read(places.iter().map(|place| finding(*place)).collect()).await?;
    placed(places, rows)
}

fn placed(places: &[u64], rows: Vec<store::Rows>) -> Result<Hashes, Error> {
    let mut hashes = Hashes::default();
    for (place, rows) in places.iter().zip(rows) {
        let (level, _) = tlog::split_stored_hash_index(*place);
        let damaged = || Error::Damaged(covered(*place).0);
        let (all, _) = rows.first().ok_or_else(damaged)?.blob(0)?.as_chunks();
        hashes.0.insert(*place, Hash(*all.get(usize::from(level)).ok_or_else(damaged)?));
    }
    Ok(hashes)
}

/// The audit path of entry `n` in a tree of `size` entries.
pub(crate) async fn path(store: &Store, size: u64, n: u64) -> Result<Vec<Hash>, Error> {
    let asked = Asked::default();
    let _ = tlog::prove_record(size, n, &asked);
    let hashes = fetch(store, &asked.0.into_inner()).await?;
    tlog::prove_record(size, n, &hashes).map_err(|_| Error::Damaged(n))
}

/// A number of the log as the store keeps it. A log does not reach 2^63 entries.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
pub(crate) mod tests;
