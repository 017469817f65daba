//! Proofs out of a real log, checked as a stranger would.

use audit::check_proof;

use crate::desk::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_each_entry_holds_and_of_another_does_not() {
    for bench in Bench::all().await {
        bench.filled(23).await.close().await.unwrap();
        let log = bench.open().await.unwrap();
        let entries = log.from(0, 100).await.unwrap();
        for entry in &entries {
            let proof = log.prove(entry.seq).await.unwrap();
            assert_eq!(check_proof(&proof, &entry.leaf, log.public_key()), Ok(entry.seq));
            let other = &entries[(entry.seq as usize + 1) % entries.len()];
            assert!(check_proof(&proof, &other.leaf, log.public_key()).is_err());
            let moved = proof.replacen("index", "index 1", 1);
            assert!(check_proof(&moved, &entry.leaf, log.public_key()).is_err());
        }
        assert!(log.prove(23).await.is_err());
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_still_holds_when_the_log_has_grown() {
    for bench in Bench::all().await {
        let log = bench.filled(5).await;
        log.close().await.unwrap();
        let (leaf, proof) = (log.from(3, 1).await.unwrap()[0].leaf.clone(), log.prove(3).await.unwrap());
        let log = bench.filled(40).await;
        log.close().await.unwrap();
        assert_ne!(log.prove(3).await.unwrap(), proof);
        assert_eq!(check_proof(&proof, &leaf, log.public_key()), Ok(3));
    }
}
