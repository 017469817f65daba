//! The last signed checkpoint: a database that is older or another one is noticed, before it opens and while it runs.

use audit::{Action, Error, Fault, Outcome, SigningKey, sign_anew, verify};
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
        // Somebody with the database and a way to have it signed writes another log of the same length, and one that is longer.
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

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_checkpoint_neither_opens_nor_passes_and_no_check_signs_it() {
    for bench in Bench::all().await {
        // Even a log without an entry has one.
        bench.open().await.unwrap().close().await.unwrap();
        assert_eq!(bench.signed(), 0);
        bench.filled(20).await.close().await.unwrap();
        std::fs::remove_file(bench.checkpoint()).unwrap();
        bench.put_back(15).await;
        let error = bench.open().await.err().unwrap();
        assert_eq!(error, Error::NoCheckpoint { entries: 15 });
        let found =
            verify(&bench.audit, &bench.checkpoint(), bench.key().public()).await.unwrap().unwrap_err();
        assert_eq!((found.entry, found.what), (0, Fault::NotSigned { entries: 15 }));
        assert!(!bench.checkpoint().exists(), "nothing was signed by looking");
        for said in [error.to_string(), found.to_string()] {
            assert!(said.contains("backup") && said.contains("sign-anew"), "{said}");
        }

        assert_eq!(sign_anew(&bench.audit, &bench.key(), &bench.checkpoint()).await, Ok(15));
        let again = sign_anew(&bench.audit, &bench.key(), &bench.checkpoint()).await;
        assert_eq!(again, Err(Error::Signed { entries: 15 }));
        let log = bench.open().await.unwrap();
        log.event(None, Action("sign-anew"), Outcome::Done).durable().await.unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 16);
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_not_signed_anew() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        std::fs::remove_file(bench.checkpoint()).unwrap();
        bench.audit.write(vec![CUT_ENTRIES.with([15.into()])]).await.unwrap();
        assert_eq!(sign_anew(&bench.audit, &bench.key(), &bench.checkpoint()).await, Err(Error::Damaged(15)));
        assert!(!bench.checkpoint().exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_does_not_open_is_read_all_the_same() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        bench.put_back(15).await;
        assert!(bench.open().await.is_err());
        let book = audit::Book::new(bench.audit.clone(), &bench.checkpoint(), bench.key().public());
        assert_eq!((book.size().await, book.from(0, 100).await.unwrap().len()), (Ok(15), 15));
        assert_eq!(book.prove(99).await, Err(Error::NoSuchEntry { asked: 99, entries: 15 }));
        assert_eq!(book.verify().await.unwrap().unwrap_err().entry, 15);
    }
}
