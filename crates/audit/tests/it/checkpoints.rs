//! The last signed checkpoint: a database that is older or another one is noticed, before it opens and while it runs.

use audit::{Error, SigningKey, verify};
use store::sql;

use crate::desk::{Bench, sign_in};

sql! { audit:
    /// Puts the log back to fewer entries, as an older copy of the database would.
    CUT_ENTRIES = "DELETE FROM audit_entry WHERE seq >= $1";
    CUT_HEAD = "UPDATE audit_head SET size = $1";
}

impl Bench {
    /// The database as it was with `size` entries.
    pub(crate) async fn put_back(&self, size: i64) {
        let cut = vec![CUT_ENTRIES.with([size.into()]), CUT_HEAD.with([size.into()])];
        self.audit.write(cut).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_older_than_its_checkpoint_does_not_open() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        bench.put_back(15).await;
        let error = bench.open().await.err().unwrap();
        assert_eq!(error, Error::Behind { found: 15, signed: 20 });
        let said = error.to_string();
        assert!(said.contains("older than its last signed checkpoint") && said.contains("Restore"), "{said}");
        // It can still be looked into, without a writer.
        let found = verify(&bench.audit, &bench.checkpoint(), bench.key().public()).await.unwrap();
        assert_eq!(found.unwrap_err().entry, 15);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_log_does_not_fit_its_checkpoint() {
    for bench in Bench::all().await {
        bench.filled(9).await.close().await.unwrap();
        // Somebody with the database alone writes another log of the same length, and one that is longer.
        for entries in [9, 30] {
            bench.put_back(0).await;
            let (mine, aside) = (bench.checkpoint(), bench.ground.folder().join("aside"));
            std::fs::rename(&mine, &aside).unwrap();
            bench.filled(entries).await.close().await.unwrap();
            std::fs::rename(&aside, &mine).unwrap();
            assert_eq!(bench.open().await.err(), Some(Error::Forked { signed: 9 }));
            let found = verify(&bench.audit, &mine, bench.key().public()).await.unwrap().unwrap_err();
            assert_eq!(
                found.to_string(),
                "entry 0: the 9 entries from here on are not those that were signed: the log was rewritten"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_put_back_while_it_runs_takes_no_more() {
    for bench in Bench::all().await {
        let log = bench.filled(20).await;
        bench.put_back(10).await;
        for _ in 0..15 {
            let refused = sign_in(&log).await.unwrap_err();
            assert_eq!(refused, Error::PutBack { found: 10, known: 20 });
        }
        let _ = log.close().await;
        assert_eq!(bench.signed(), 20, "the larger tree stays signed");
        assert!(matches!(bench.open().await.err(), Some(Error::Behind { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_is_never_replaced_by_a_smaller_one() {
    for bench in Bench::all().await {
        let one = bench.open().await.unwrap();
        sign_in(&one).await.unwrap();
        // A second process, as `kept audit` beside a running service.
        let two = bench.open().await.unwrap();
        sign_in(&two).await.unwrap();
        for _ in 0..20 {
            sign_in(&one).await.unwrap();
        }
        one.close().await.unwrap();
        assert_eq!(bench.signed(), 22);
        two.close().await.unwrap();
        assert_eq!(bench.signed(), 22);
        let again = bench.open().await.unwrap();
        assert_eq!(again.verify().await.unwrap().unwrap().signed, 22);
        again.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_log_signs_within_a_second_or_so_of_growing() {
    for bench in Bench::all().await {
        let log = bench.filled(3).await;
        for _ in 0..100 {
            if bench.checkpoint().exists() && bench.signed() == 3 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(bench.signed(), 3);
        assert!(!bench.ground.folder().join("checkpoint.next").exists());
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_of_another_key_or_a_damaged_one_is_refused() {
    for bench in Bench::all().await {
        bench.filled(4).await.close().await.unwrap();
        let mine = std::fs::read(bench.checkpoint()).unwrap();
        let other = SigningKey::create(&bench.ground.folder().join("other")).unwrap();
        let found = verify(&bench.audit, &bench.checkpoint(), other.public()).await;
        assert!(matches!(found, Err(Error::File(_))), "not our key");
        for place in [0, 34, mine.len() - 6] {
            let mut changed = mine.clone();
            changed[place] ^= 1;
            std::fs::write(bench.checkpoint(), &changed).unwrap();
            assert!(matches!(bench.open().await.err(), Some(Error::File(_))), "byte {place}");
        }
        std::fs::write(bench.checkpoint(), &mine).unwrap();
        bench.open().await.unwrap().close().await.unwrap();
    }
}
