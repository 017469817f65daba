//! Reading, writing and transactions.

use std::sync::Arc;

use store::testing::{Ground, grounds};
use store::{Error, Migrations, Place, Store, Value, sql};

pub(crate) static SCHEMA: Migrations = Migrations {
    name: "testing",
    steps: &[
        (
            1,
            "things",
            "CREATE TABLE thing (\n    id BIGINT NOT NULL PRIMARY KEY, -- id: which\n    words TEXT, -- code: text\n    bytes {{BLOB}}, -- sealed: bytes\n    yes BOOLEAN -- code: flag\n);",
        ),
        (
            2,
            "a counter",
            "CREATE TABLE tally (\n    name TEXT NOT NULL PRIMARY KEY, -- code: what\n    value BIGINT NOT NULL -- code: how many\n);\nINSERT INTO tally (name, value) VALUES ('all', 0);",
        ),
    ],
};

sql! { testing:
    /// Adds a thing.
    pub(crate) ADD = "INSERT INTO thing (id, words, bytes, yes) VALUES ($1, $2, $3, $4)";
    /// Finds one.
    pub(crate) FIND = "SELECT words, bytes, yes FROM thing WHERE id = $1";
    /// Numbers out of order.
    SWAPPED = "SELECT words FROM thing WHERE words = $2 AND id = $1";
    /// Renames one.
    RENAME = "UPDATE thing SET words = $2 WHERE id = $1";
    /// Counts.
    pub(crate) COUNT = "SELECT COUNT(*) FROM thing";
    /// One more.
    MORE = "UPDATE tally SET value = value + 1 WHERE name = 'all' RETURNING value";
}

fn thing(id: i64, words: Option<&str>, bytes: &[u8]) -> store::Query {
    ADD.with([id.into(), words.into(), bytes.into(), true.into()])
}

async fn count(db: &Store) -> i64 {
    db.read(vec![COUNT.with([])]).await.unwrap()[0].rows[0].int(0).unwrap()
}

async fn everywhere(scenario: impl AsyncFn(&Ground, Store)) {
    for ground in grounds() {
        eprintln!("on {:?}", ground.engine());
        let db = ground.store(&SCHEMA).await;
        scenario(&ground, db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_went() {
    everywhere(async |_, db| {
        let big = vec![7_u8; 1_000_000];
        let cases: [(i64, Option<&str>, &[u8]); 5] = [
            (1, Some("é 🦊 \u{feff}"), b"\0\xff\0"),
            (2, Some(""), b""),
            (3, None, &big),
            (i64::MAX, Some("x"), b"y"),
            (i64::MIN, None, b"z"),
        ];
        db.write(cases.iter().map(|(id, words, bytes)| thing(*id, *words, bytes)).collect()).await.unwrap();
        for (id, words, bytes) in cases {
            let rows = db.read(vec![FIND.with([id.into()])]).await.unwrap();
            let row = rows[0].first().unwrap();
            assert_eq!(row.opt_text(0).unwrap(), words);
            assert_eq!(row.blob(1).unwrap(), bytes);
            assert!(row.bool(2).unwrap());
            assert!(row.int(1).is_err() && row.text(9).is_err());
        }
        let swapped = db.read(vec![SWAPPED.with([2_i64.into(), "".into()])]).await.unwrap();
        assert_eq!(swapped[0].rows.len(), 1, "placeholders are found by their number");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_written_whole_or_not_at_all() {
    everywhere(async |_, db| {
        db.write(vec![thing(1, Some("a"), b"")]).await.unwrap();
        let twice = db.write(vec![thing(2, None, b""), thing(1, None, b""), thing(3, None, b"")]).await;
        assert_eq!(twice.unwrap_err(), Error::AlreadyThere { sql: "ADD" });
        assert_eq!(count(&db).await, 1);
        let nobody = RENAME.with([9_i64.into(), "b".into()]).expecting(1);
        let conflict = db.write(vec![thing(4, None, b""), nobody]).await.unwrap_err();
        assert_eq!(conflict, Error::Conflict { sql: "RENAME" });
        assert_eq!(count(&db).await, 1);
        db.write(vec![RENAME.with([1_i64.into(), "b".into()]).expecting(1)]).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_undone_by_an_error_and_by_being_dropped() {
    everywhere(async |_, db| {
        let failed: Result<(), Error> = db
            .tx(|tx| {
                Box::pin(async move {
                    tx.run(thing(1, None, b"")).await?;
                    Err(Error::Busy)
                })
            })
            .await;
        assert_eq!(failed, Err(Error::Busy));
        let dropped = tokio::time::timeout(
            std::time::Duration::from_millis(50),
            db.tx::<(), Error, _>(|tx| {
                Box::pin(async move {
                    tx.run(thing(2, None, b"")).await?;
                    std::future::pending().await
                })
            }),
        )
        .await;
        assert!(dropped.is_err());
        assert_eq!(count(&db).await, 0);
        let kept: Result<i64, Error> = db
            .tx(|tx| {
                Box::pin(async move {
                    let rows = tx.batch(vec![MORE.with([]), thing(3, None, b"")]).await?;
                    rows[0].rows[0].int(0)
                })
            })
            .await;
        assert_eq!((kept, count(&db).await), (Ok(1), 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_lose_nothing() {
    everywhere(async |_, db| {
        let db = Arc::new(db);
        let tasks: Vec<_> = (0..32_i64)
            .map(|task| {
                let db = Arc::clone(&db);
                tokio::spawn(async move {
                    for n in 0..10 {
                        db.write(vec![MORE.with([]), thing(task * 100 + n, None, b"")]).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count(&db).await, 320);
        assert_eq!(db.write(vec![MORE.with([])]).await.unwrap()[0].rows[0].int(0), Ok(321));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_declared_statement_is_prepared() {
    everywhere(async |_, db| {
        assert_eq!(db.prepare_all().await, Ok(6));
        assert!(db.is_sound().await.unwrap());
        db.truncate_log().await.unwrap();
        let mut live = db.columns().await.unwrap();
        let mut known: Vec<_> =
            store::classify::columns(&SCHEMA).unwrap().into_iter().map(|c| (c.table, c.column)).collect();
        live.sort();
        known.sort();
        assert_eq!(live, known, "each live column is classified");
        let _ = Value::from(None::<i64>);
    })
    .await;
}

/// A connection a transaction would make each of them ten times slower (PostgreSQL).
#[tokio::test]
async fn a_transaction_gives_its_connection_back() {
    for ground in grounds() {
        let Place::Postgres(address) = ground.place(SCHEMA.name).await else { continue };
        let db = ground.store(&SCHEMA).await;
        let (client, connection) = tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let mut served = Vec::new();
        for round in 0..12 {
            let ended: Result<(), Error> = db
                .tx(move |tx| {
                    Box::pin(async move {
                        tx.run(COUNT.with([])).await?;
                        // Undone or done: either way the connection is sound.
                        if round % 3 == 0 { Err(Error::Busy) } else { Ok(()) }
                    })
                })
                .await;
            assert_eq!(ended.is_err(), round % 3 == 0);
            let found = client
                .query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'kept'", &[])
                .await
                .unwrap();
            served.push(found.iter().map(|row| row.get::<_, i32>(0)).collect::<Vec<_>>());
        }
        assert_eq!(served.first().unwrap().len(), 1, "{served:?}");
        assert!(served.iter().all(|pids| *pids == served[0]), "{served:?}");
    }
}
