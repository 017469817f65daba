//! Proofs at every size, and that nothing in one can be changed.

use proptest::prelude::*;

use super::{check_proof, text};
use crate::key::SigningKey;
use crate::tree::tests::grown;
use tlog_tiles::tlog;

fn key() -> SigningKey {
    let folder = tempfile::tempdir().unwrap();
    SigningKey::create_for(&folder.path().join("key"), "kept.example.org/audit/test").unwrap()
}

/// A proof for entry `n` of `size`, with the bytes of that entry.
fn proof(key: &SigningKey, size: u64, n: u64) -> (String, Vec<u8>) {
    let (leaves, stored, tree) = grown(size);
    let note = key.sign(size, tree.root().unwrap()).unwrap();
    let path = tlog::prove_record(size, n, &stored).unwrap();
    (text(n, &path, &note), leaves[usize::try_from(n).unwrap()].clone())
}

#[test]
fn proofs_hold_at_every_size_from_1_to_200() {
    let key = key();
    for size in 1..=200 {
        for n in [0, size / 3, size / 2, size - 1] {
            let (proof, leaf) = proof(&key, size, n);
            assert_eq!(check_proof(&proof, &leaf, key.public()), Ok(n), "{n} of {size}");
        }
    }
}

#[test]
fn a_proof_is_written_as_c2sp_says() {
    let key = key();
    let (proof, leaf) = proof(&key, 3, 1);
    let lines: Vec<&str> = proof.split('\n').collect();
    assert_eq!(lines[..2], ["c2sp.org/tlog-proof@v1", "index 1"]);
    assert!(lines[2..4].iter().all(|line| line.len() == 44));
    assert_eq!(lines[4..7], ["", "kept.example.org/audit/test", "3"]);
    assert_eq!(lines[8], "");
    assert!(lines[9].starts_with("\u{2014} kept.example.org/audit/test "));
    let extra = proof.replacen("\nindex", "\nextra YWJj\nindex", 1);
    assert_eq!(check_proof(&extra, &leaf, key.public()), Ok(1), "what others add is passed over");
    for other in ["index 01", "index +1", "index  1", "index 1\r", "Index 1"] {
        let other = proof.replacen("index 1", other, 1);
        assert!(check_proof(&other, &leaf, key.public()).is_err(), "{other:?}");
    }
}

#[test]
fn a_proof_under_another_key_or_of_another_log_is_refused() {
    let (mine, other) = (key(), key());
    let (proof, leaf) = proof(&mine, 9, 4);
    assert!(check_proof(&proof, &leaf, mine.public()).is_ok());
    assert!(check_proof(&proof, &leaf, other.public()).is_err());
    // Our own key under a note about another log: its signature is right, its origin is not.
    let note = {
        use signed_note::Note;
        let checkpoint =
            tlog_tiles::Checkpoint::new("another.example.org/log", 1, tlog::record_hash(&leaf), "");
        let mut note = Note::new(&checkpoint.unwrap().to_bytes(), &[]).unwrap();
        note.add_sigs(&[mine.signer()]).unwrap();
        note.to_bytes()
    };
    assert!(check_proof(&text(0, &[], &note), &leaf, mine.public()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_in_a_proof_can_be_changed(
        size in 1_u64..200, of in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flip in 1_u8..=255, way in 0..4,
    ) {
        let key = key();
        let n = of.index(usize::try_from(size).unwrap()) as u64;
        let (proof, leaf) = proof(&key, size, n);
        prop_assert_eq!(check_proof(&proof, &leaf, key.public()), Ok(n));
        let (mut bytes, mut entry) = (proof.clone().into_bytes(), leaf);
        match way {
            0 => { let at = at.index(bytes.len()); bytes[at] ^= flip; }
            1 => { bytes.remove(at.index(bytes.len())); }
            2 => { bytes.insert(at.index(bytes.len()), flip); }
            _ => { let at = at.index(entry.len()); entry[at] ^= flip; }
        }
        if let Ok(changed) = String::from_utf8(bytes)
            && (changed != proof || way == 3)
        {
            prop_assert!(check_proof(&changed, &entry, key.public()).is_err(), "{changed}");
        }
    }
}
