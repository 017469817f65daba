//! Copies: what one engine wrote, either reads, and nothing else.

use std::collections::BTreeMap;
use std::io::Cursor;

use store::testing::{Ground, grounds};
use store::{Error, Migrations, Place, Sql, Store, Value};

const FIRST: &str = "CREATE TABLE thing (\n    id {{BLOB}} NOT NULL PRIMARY KEY, -- id: which\n    word TEXT, -- code: a word\n    number BIGINT NOT NULL, -- code: a number\n    truth BOOLEAN NOT NULL -- code: yes or no\n);\nCREATE TABLE counter (\n    name TEXT NOT NULL PRIMARY KEY, -- code: what\n    value BIGINT NOT NULL -- code: how many\n);\nINSERT INTO counter (name, value) VALUES ('thing', 0);";
static OLD: Migrations = Migrations { name: "things", steps: &[(1, "first", FIRST)] };
static NEW: Migrations = Migrations {
    name: "things",
    steps: &[
        (1, "first", FIRST),
        (2, "second", "ALTER TABLE thing ADD COLUMN later BIGINT; UPDATE thing SET later = number + 1;"),
    ],
};
static PUT: Sql = Sql {
    name: "PUT",
    store: "test",
    text: "INSERT INTO thing (id, word, number, truth) VALUES ($1, $2, $3, $4)",
};
static COUNTED: Sql = Sql { name: "COUNTED", store: "test", text: "UPDATE counter SET value = $1" };
static ALL: Sql =
    Sql { name: "ALL", store: "test", text: "SELECT id, word, number, truth FROM thing ORDER BY number, id" };
static VALUE: Sql = Sql { name: "VALUE", store: "test", text: "SELECT value FROM counter" };
static LATER: Sql = Sql { name: "LATER", store: "test", text: "SELECT later FROM thing ORDER BY number, id" };

async fn filled(ground: &Ground) -> Store {
    let store = ground.store(&OLD).await;
    let words: [Value; 3] =
        ["odd \"words\"\nand \u{1F980}\u{0}".replace('\0', " ").into(), Value::Null, "".into()];
    let rows = (0..1203_i64).map(|n| {
        PUT.with([
            uuid::Uuid::from_u128(n as u128 + 1).into(),
            words[n as usize % 3].clone(),
            (i64::MAX - 1300 + n).into(),
            (n % 2 == 0).into(),
        ])
    });
    store.write(rows.collect()).await.unwrap();
    store.write(vec![COUNTED.with([1203.into()])]).await.unwrap();
    store
}

async fn copied(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    let about = BTreeMap::from([("made".to_owned(), "today".to_owned())]);
    let written = store.snapshot().await.unwrap().write_to(&about, &mut bytes).await.unwrap();
    assert_eq!(written, BTreeMap::from([("counter".to_owned(), 1), ("thing".to_owned(), 1203)]));
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_either_engine_wrote_either_reads_and_a_newer_schema_comes_afterwards() {
    let all = grounds();
    for from in &all {
        let store = filled(from).await;
        let bytes = copied(&store).await;
        let before = store.read(vec![ALL.with([])]).await.unwrap();
        for (n, to) in all.iter().enumerate() {
            let place = to.place(&format!("restored_{n}_{:?}", from.engine()).to_lowercase()).await;
            assert!(store::is_empty(&place).await.unwrap());
            Store::load(&place, &NEW, &mut Cursor::new(&bytes), vec![]).await.unwrap();
            assert!(!store::is_empty(&place).await.unwrap());
            let loaded = Store::open(&place, &NEW).await.unwrap();
            let after = loaded.read(vec![ALL.with([]), VALUE.with([]), LATER.with([])]).await.unwrap();
            for (a, b) in before[0].rows.iter().zip(&after[0].rows) {
                assert_eq!(
                    (a.blob(0), a.opt_text(1), a.int(2), a.bool(3)),
                    (b.blob(0), b.opt_text(1), b.int(2), b.bool(3))
                );
            }
            assert_eq!(after[0].rows.len(), 1203);
            assert_eq!(after[1].first().unwrap().int(0).unwrap(), 1203, "not what the schema brought");
            assert_eq!(after[2].first().unwrap().int(0).unwrap(), i64::MAX - 1299);
        }
        assert_eq!(Store::about_copy(&mut Cursor::new(&bytes)).unwrap()["made"], "today");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_is_of_one_moment_and_a_hold_lasts_no_longer_than_it_lives() {
    for ground in grounds() {
        let store = filled(&ground).await;
        let hold = store.hold("thing").await.unwrap();
        let mut snapshot = store.snapshot().await.unwrap();
        drop(hold);
        let row = PUT.with([uuid::Uuid::from_u128(9999).into(), Value::Null, 7.into(), true.into()]);
        store.write(vec![row]).await.unwrap();
        let mut bytes = Vec::new();
        let written = snapshot.write_to(&BTreeMap::new(), &mut bytes).await.unwrap();
        assert_eq!(written["thing"], 1203, "{:?}", ground.engine());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_copy_and_one_that_was_changed_leave_nothing() {
    for ground in grounds() {
        let whole = String::from_utf8(copied(&filled(&ground).await).await).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let bad = [
            lines[..lines.len() - 1].join("\n"),
            whole.replacen("\"things\"", "\"others\"", 1),
            whole.replacen("\"table\":\"thing\"", "\"table\":\"thing\\\" (id) VALUES (1); --\"", 1),
            whole.replacen("\"columns\":[\"id\",", "\"columns\":[\"word\",", 1),
            whole.replacen("kept-store-1", "kept-store-9", 1),
            [&lines[..20], &lines[21..]].concat().join("\n"),
            whole.replacen("null", "[1]", 1),
            whole.replacen("null", "1.5", 1),
            format!("{whole}{}\n", lines[0]),
            whole.replacen("\"table\":\"thing\"", "\"table\":\"counter\"", 1),
            "\u{7f}".to_owned(),
            String::new(),
        ];
        for (n, text) in bad.iter().enumerate() {
            let place: Place = ground.place(&format!("bad{n}")).await;
            let said = Store::load(&place, &OLD, &mut Cursor::new(text.as_bytes()), vec![]).await;
            assert!(matches!(said, Err(Error::NotACopy { .. })), "{n}: {said:?}");
            let store = Store::open(&place, &OLD).await.unwrap();
            let left = store.read(vec![ALL.with([])]).await.unwrap();
            assert!(left[0].rows.is_empty(), "{n}");
        }
        let newer = whole.replacen("\"schema\":1", "\"schema\":3", 1);
        let place = ground.place("newer").await;
        let said = Store::load(&place, &OLD, &mut Cursor::new(newer.as_bytes()), vec![]).await;
        assert!(matches!(said, Err(Error::NewerSchema { found: 3, .. })), "{said:?}");
    }
}
