//! Many at once: all are written, in fewer commits than entries, by one server or by two.

use std::collections::BTreeSet;
use std::sync::Arc;

use audit::{Detail, Error, Log, SigningKey};
use jiff::Timestamp;
use store::{Store, sql};
use tokio::sync::oneshot;

use crate::desk::{Bench, VIEW, permit, sign_in};

sql! { audit:
    /// Holds the log as a server would that is in the middle of a commit.
    HOLD = "UPDATE audit_head SET size = size + 0 WHERE one = 1";
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_are_all_written_in_fewer_commits_than_entries() {
    for bench in Bench::all().await {
        let log = Arc::new(bench.open().await.unwrap());
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let mut numbers = Vec::new();
                    for _ in 0..50 {
                        let entry = log.submit(permit(n), VIEW, Detail::default());
                        let number = entry.number();
                        assert_eq!(entry.durable().await.unwrap().number(), number);
                        numbers.push(number);
                    }
                    numbers
                })
            })
            .collect();
        let mut numbers = BTreeSet::new();
        for task in tasks {
            numbers.extend(task.await.unwrap());
        }
        let kept: BTreeSet<u128> = log.from(0, 5000).await.unwrap().iter().map(|e| e.number).collect();
        assert_eq!(kept, numbers);
        assert_eq!((kept.len(), log.size().await.unwrap()), (3200, 3200));
        eprintln!("{} commits", log.commits());
        assert!(log.commits() < 1600, "{} commits for 3200 entries", log.commits());
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 3200);
        log.close().await.unwrap();
        let closed = log.submit(permit(1), VIEW, Detail::default()).durable().await;
        assert_eq!(closed.err(), Some(Error::Unavailable));
        let again = bench.open().await.unwrap();
        assert_eq!(again.verify().await.unwrap().unwrap().signed, 3200);
        again.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_can_be_verified_while_it_is_written() {
    for bench in Bench::all().await {
        let log = Arc::new(bench.open().await.unwrap());
        let writing = Arc::clone(&log);
        let writer = tokio::spawn(async move {
            for _ in 0..300 {
                sign_in(&writing).await.unwrap();
            }
        });
        let mut seen = 0;
        while !writer.is_finished() {
            let verified = log.verify().await.unwrap().unwrap();
            assert!(verified.entries >= seen);
            seen = verified.entries;
        }
        writer.await.unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 300);
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_write_one_log() {
    for bench in Bench::all().await {
        // A store of its own, so that they share nothing but the database.
        let store = |name: &'static str| async { bench.ground.place(name).await };
        let audit = Store::open(&store("audit").await, &audit::MIGRATIONS).await.unwrap();
        let records = Store::open(&store("records").await, &crate::desk::OUTBOX).await.unwrap();
        let key = SigningKey::load(&bench.ground.folder().join("key")).unwrap();
        let other = bench.ground.folder().join("other-checkpoint");
        let one = Arc::new(bench.open().await.unwrap());
        let two = Log::open(audit, records, key, &other, Arc::new(Timestamp::now)).await.unwrap();
        let two = Arc::new(two);
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let log = Arc::clone(if n % 2 == 0 { &one } else { &two });
                tokio::spawn(async move {
                    for _ in 0..25 {
                        let _receipt =
                            log.submit(permit(n), VIEW, Detail::default()).durable().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        for log in [&one, &two] {
            assert_eq!(log.verify().await.unwrap().unwrap().entries, 200);
        }
        one.close().await.unwrap();
        two.close().await.unwrap();
        assert_eq!(bench.open().await.unwrap().verify().await.unwrap().unwrap().entries, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_keep_up_takes_no_more() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let (held, is_held) = oneshot::channel();
        let (free, freed) = oneshot::channel::<()>();
        let store = bench.audit.clone();
        let holder = tokio::spawn(async move {
            store
                .tx(move |tx| {
                    Box::pin(async move {
                        tx.run(HOLD.with([])).await?;
                        held.send(()).unwrap();
                        let _ = freed.await;
                        Ok::<(), store::Error>(())
                    })
                })
                .await
        });
        is_held.await.unwrap();
        let waiting: Vec<_> = (0..6000).map(|_| log.submit(permit(1), VIEW, Detail::default())).collect();
        let mut answers = Vec::new();
        free.send(()).unwrap();
        holder.await.unwrap().unwrap();
        for entry in waiting {
            answers.push(entry.durable().await.map(|receipt| receipt.number()));
        }
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        assert!((4096..=4096 + 512).contains(&taken), "{taken} were taken");
        assert!(answers.iter().all(|answer| !matches!(answer, Err(error) if *error != Error::Unavailable)));
        assert_eq!(log.size().await.unwrap(), taken as u64, "what was refused is not in the log");
        assert!(sign_in(&log).await.is_ok(), "it goes on");
        log.close().await.unwrap();
    }
}
