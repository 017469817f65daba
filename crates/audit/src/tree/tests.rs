//! The tree against a second, plain reading of RFC 6962, section 2.1.

use sha2::{Digest, Sha256};
use tlog_tiles::tlog::{self, Hash};

use super::{Hashes, Tree, covered};

fn leaf(n: u64) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn split(n: usize) -> usize {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

/// MTH(D[n]).
fn root(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => Sha256::new().chain_update([0]).chain_update(one).finalize().into(),
        many => {
            let (left, right) = many.split_at(split(many.len()));
            Sha256::new()
                .chain_update([1])
                .chain_update(root(left))
                .chain_update(root(right))
                .finalize()
                .into()
        }
    }
}

/// PATH(m, D[n]).
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if m < k {
        [path(m, left), vec![root(right)]].concat()
    } else {
        [path(m - k, right), vec![root(left)]].concat()
    }
}

/// All leaves, and all hashes as the store would have them.
pub(crate) fn grown(size: u64) -> (Vec<Vec<u8>>, Hashes, Tree) {
    let (mut stored, mut tree) = (Hashes::default(), Tree::default());
    let leaves: Vec<Vec<u8>> = (0..size).map(leaf).collect();
    for leaf in &leaves {
        stored.0.extend(tree.append(leaf).unwrap());
        tree.trim();
    }
    (leaves, stored, tree)
}

#[test]
fn roots_and_paths_are_those_of_the_rfc_at_every_size() {
    let (leaves, stored, _) = grown(200);
    let mut tree = Tree::default();
    assert_eq!(tree.root().unwrap().0, root(&[]));
    for (n, leaf) in leaves.iter().enumerate() {
        tree.append(leaf).unwrap();
        tree.trim();
        let size = tree.size;
        let so_far = &leaves[..=n];
        let expected = root(so_far);
        assert_eq!(tree.root().unwrap().0, expected, "root at {size}");
        for m in 0..size {
            let found = tlog::prove_record(size, m, &stored).unwrap();
            if size % 9 == 1 || m == size / 2 {
                let expected = path(usize::try_from(m).unwrap(), so_far);
                assert_eq!(found.iter().map(|hash| hash.0).collect::<Vec<_>>(), expected, "{m} of {size}");
            }
            let hash = tlog::record_hash(&leaves[usize::try_from(m).unwrap()]);
            tlog::check_record(&found, size, Hash(expected), m, hash).unwrap();
        }
    }
}

#[test]
fn a_tree_forgets_all_but_its_right_edge() {
    let (_, _, tree) = grown(200);
    assert_eq!(tree.edge.0.len() as u32, 200_u64.count_ones());
}

#[test]
fn each_hash_knows_the_entries_it_is_over() {
    for (place, over) in [(0, (0, 0)), (1, (1, 1)), (2, (0, 1)), (3, (2, 2)), (5, (2, 3)), (6, (0, 3))] {
        assert_eq!(covered(place), over, "{place}");
    }
}
