//! Who shares which key, for people who come and go.

/// Entries a bucket on average, from which on there is one bucket more.
const FULL: usize = 64;
/// A bucket grows by so many entries, so that little of it stands empty.
const STEP: usize = 8;

/// The people of each key: a table of buckets that grows by one at a time (linear hashing; Litwin, 1980), so that nobody ever
/// waits until all of it is made anew. A million people have 35 million keys: each takes eight bytes here.
///
/// Of a key half its bits are held beside its bucket: what shares them by chance is compared once more than needed.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    buckets: Vec<Vec<u64>>,
    entries: usize,
}

impl Blocks {
    /// The person at this place has the key.
    pub(super) fn add(&mut self, key: u64, at: u32) {
        if self.entries >= self.buckets.len() * FULL {
            self.split();
        }
        let bucket = self.bucket(key);
        if let Some(entries) = self.buckets.get_mut(bucket) {
            push(entries, entry(key, at));
            self.entries += 1;
        }
    }

    /// The person at this place no longer has it.
    pub(super) fn remove(&mut self, key: u64, at: u32) {
        let bucket = self.bucket(key);
        let Some(entries) = self.buckets.get_mut(bucket) else { return };
        if let Some(found) = entries.iter().position(|held| *held == entry(key, at)) {
            entries.swap_remove(found);
            self.entries -= 1;
        }
    }

    /// Who has the key.
    pub(super) fn sharing(&self, key: u64) -> impl Iterator<Item = u32> {
        let entries = self.buckets.get(self.bucket(key)).map_or(&[][..], Vec::as_slice);
        let wanted = entry(key, 0);
        entries
            .iter()
            .filter(move |held| *held & KEY == wanted)
            .map(|held| u32::try_from(held & PLACE).unwrap_or(0))
    }

    /// The bucket of a key: by as many of its bits as number all buckets, or by one less where that bucket is not there yet.
    fn bucket(&self, key: u64) -> usize {
        let whole = self.buckets.len().next_power_of_two();
        let bits = usize::try_from(mixed(key) & u64::from(u32::MAX)).unwrap_or(0);
        let bucket = bits & (whole - 1);
        if bucket < self.buckets.len() { bucket } else { bucket & (whole / 2).saturating_sub(1) }
    }

    /// One bucket more, with its part of the bucket that had its entries until now.
    fn split(&mut self) {
        let new = self.buckets.len();
        self.buckets.push(Vec::new());
        let Some(old) = new.checked_sub((new + 1).next_power_of_two() / 2) else { return };
        let held = self.buckets.get_mut(old).map(std::mem::take).unwrap_or_default();
        for entry in held {
            let bucket = self.bucket(entry);
            if let Some(entries) = self.buckets.get_mut(bucket) {
                push(entries, entry);
            }
        }
    }
}

/// The bits of an entry that are its key's.
const KEY: u64 = !PLACE;
/// The bits of an entry that say whose it is.
const PLACE: u64 = u32::MAX as u64;

fn entry(key: u64, at: u32) -> u64 {
    key & KEY | u64::from(at)
}

/// The bucket follows from the same bits that an entry holds, well mixed: the key is known again when a bucket is split.
fn mixed(key: u64) -> u64 {
    (key >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24
}

fn push(entries: &mut Vec<u64>, entry: u64) {
    if entries.len() == entries.capacity() {
        entries.reserve_exact(STEP.max(entries.len() / 16));
    }
    entries.push(entry);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_knows_what_a_plain_set_knows(
            steps in proptest::collection::vec((any::<bool>(), 0_u64..40, 0_u32..40), 0..3000),
        ) {
            let (mut blocks, mut plain) = (Blocks::default(), BTreeSet::new());
            for (adds, key, at) in steps {
                let hash = super::super::compare::hash(1, &[&key.to_string()]);
                if adds {
                    if plain.insert((key, at)) {
                        blocks.add(hash, at);
                    }
                } else {
                    plain.remove(&(key, at));
                    blocks.remove(hash, at);
                }
            }
            for key in 0..40 {
                let hash = super::super::compare::hash(1, &[&key.to_string()]);
                let mut found: Vec<u32> = blocks.sharing(hash).collect();
                found.sort_unstable();
                let expected: Vec<u32> = plain.iter().filter(|held| held.0 == key).map(|held| held.1).collect();
                prop_assert_eq!(found, expected);
            }
            prop_assert_eq!(blocks.entries, plain.len());
            prop_assert!(blocks.buckets.len() * FULL >= blocks.entries);
        }
    }
}
