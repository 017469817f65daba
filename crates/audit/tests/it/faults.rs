//! The store fails: nothing is granted, nothing that was granted is lost, and the log goes on when the store does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use audit::{Detail, Error, Log};
use store::{Engine, Place, Query, Sql, sql};

use crate::desk::{Bench, VIEW, permit, sign_in};

sql! { audit:
    /// Takes the place of the next entry, so that the commit fails in its middle.
    OBSTACLE = "INSERT INTO audit_entry (seq, id, at, hashes, leaf) VALUES ($1, $2, 0, $2, $2)";
    NO_OBSTACLE = "DELETE FROM audit_entry WHERE id = $1";
}

// Each of one engine only, so not among the declared statements.
static NO_MORE_PAGES: Sql = Sql { name: "NO_MORE_PAGES", store: "sqlite", text: "PRAGMA max_page_count = 1" };
static MORE_PAGES: Sql = Sql { name: "MORE_PAGES", store: "sqlite", text: "PRAGMA max_page_count = 1000000" };
static WRITE_ALL_THE_SAME: Sql =
    Sql { name: "WRITE_ALL_THE_SAME", store: "postgres", text: "SET TRANSACTION READ WRITE" };
static HANG_UP: Sql = Sql {
    name: "HANG_UP",
    store: "postgres",
    text: "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
};
static HANG_MYSELF_UP: Sql = Sql {
    name: "HANG_MYSELF_UP",
    store: "postgres",
    text: "SELECT COUNT(pg_terminate_backend(pg_backend_pid()))",
};

impl Bench {
    /// Makes the log's store refuse to write, as a full disk (SQLite) or a standby (PostgreSQL) does, or write again.
    async fn refusing(&self, on: bool) {
        let batch: Vec<Query> = match self.ground.place("audit").await {
            Place::Sqlite(_) => vec![if on { &NO_MORE_PAGES } else { &MORE_PAGES }.with([])],
            Place::Postgres(address) => {
                let database = address.rsplit('/').next().unwrap();
                let word = if on { "on" } else { "off" };
                let text = format!("ALTER DATABASE {database} SET default_transaction_read_only = {word}");
                let alter = Sql { name: "ALTER", store: "postgres", text: text.leak() };
                vec![WRITE_ALL_THE_SAME.with([]), Box::leak(Box::new(alter)).with([])]
            }
        };
        self.audit.write(batch).await.unwrap();
        if self.ground.engine() == Engine::Postgres {
            // It holds for connections that begin from now on: let all others go, then the one that said so.
            self.audit.read(vec![HANG_UP.with([])]).await.unwrap();
            assert!(self.audit.read(vec![HANG_MYSELF_UP.with([])]).await.is_err());
        }
    }
}

async fn view(log: &Log) -> Result<u128, Error> {
    // With a long reason: on a full disk a short entry may still find room.
    let detail = Detail { reason: Some(vec![7; 20_000]), ..Detail::default() };
    log.submit(permit(1), VIEW, detail).durable().await.map(|receipt| receipt.number())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_written_gives_no_receipt() {
    for bench in Bench::all().await {
        let log = bench.filled(3).await;
        bench.refusing(true).await;
        let mut refused = Vec::new();
        for _ in 0..12 {
            refused.extend(view(&log).await.err());
        }
        assert_eq!(refused.len(), 12, "each is refused");
        let last = refused.pop().unwrap();
        match bench.ground.engine() {
            Engine::Sqlite => assert_eq!(last, Error::Store(store::Error::Full)),
            Engine::Postgres => assert!(matches!(last, Error::Store(store::Error::ReadOnly(_))), "{last}"),
        }
        assert_eq!(log.size().await.unwrap(), 3, "and none was written");
        bench.refusing(false).await;
        let mut again = view(&log).await;
        for _ in 0..20 {
            if again.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            again = view(&log).await;
        }
        again.unwrap();
        assert!(log.verify().await.unwrap().is_ok());
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_in_its_middle_answers_errors_to_all_who_wait() {
    for bench in Bench::all().await {
        let log = bench.filled(3).await;
        let id: Vec<u8> = vec![4; 16];
        bench.audit.write(vec![OBSTACLE.with([6_i64.into(), id.clone().into()])]).await.unwrap();
        let waiting: Vec<_> = (0..40).map(|_| log.submit(permit(1), VIEW, Detail::default())).collect();
        let mut granted = 0;
        for entry in waiting {
            granted += usize::from(entry.durable().await.is_ok());
        }
        assert!(granted <= 3, "{granted} before the obstacle at most");
        assert_eq!(log.size().await.unwrap(), 3 + granted as u64, "no half of a failed commit stays");
        bench.audit.write(vec![NO_OBSTACLE.with([id.into()])]).await.unwrap();
        view(&log).await.unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 4 + granted as u64);
        log.close().await.unwrap();
    }
}

/// Connections break while entries are written (PostgreSQL): whatever was acknowledged is there, and the tree holds.
#[tokio::test(flavor = "multi_thread")]
async fn broken_connections_lose_nothing_acknowledged() {
    for bench in Bench::all().await {
        if bench.ground.engine() != Engine::Postgres {
            continue;
        }
        let log = Arc::new(bench.open().await.unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (log, stop) = (Arc::clone(&log), Arc::clone(&stop));
                tokio::spawn(async move {
                    let (mut numbers, mut refused) = (Vec::new(), 0);
                    while !stop.load(Ordering::Relaxed) {
                        match view(&log).await {
                            Ok(number) => numbers.push(number),
                            Err(_) => refused += 1,
                        }
                    }
                    (numbers, refused)
                })
            })
            .collect();
        for _ in 0..25 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            let _ = bench.audit.read(vec![HANG_UP.with([])]).await;
        }
        stop.store(true, Ordering::Relaxed);
        let (mut acknowledged, mut refused) = (Vec::new(), 0);
        for task in tasks {
            let (numbers, errors) = task.await.unwrap();
            acknowledged.extend(numbers);
            refused += errors;
        }
        log.close().await.unwrap();
        let log = bench.open().await.unwrap();
        assert!(log.verify().await.unwrap().is_ok());
        let kept: std::collections::BTreeSet<u128> =
            log.from(0, 1_000_000).await.unwrap().iter().map(|entry| entry.number).collect();
        eprintln!("{} acknowledged, {refused} refused, {} kept", acknowledged.len(), kept.len());
        assert!(!acknowledged.is_empty() && refused > 0, "the connections did break");
        assert!(acknowledged.iter().all(|number| kept.contains(number)));
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_is_gone_takes_nothing() {
    for bench in Bench::all().await {
        let log = bench.filled(2).await;
        log.close().await.unwrap();
        assert_eq!(view(&log).await, Err(Error::Unavailable));
        assert_eq!(sign_in(&log).await, Err(Error::Unavailable));
        assert_eq!(log.close().await, Err(Error::Unavailable));
        assert_eq!(log.size().await.unwrap(), 2, "what there is can still be read");
    }
}
