//! Somebody with the database changes the log by hand: each way is found, at the first entry that it touches.

use audit::{Bad, Fault, Log};
use store::{Query, Value, sql};

use crate::desk::Bench;

sql! { audit:
    /// Tampering, for these tests only.
    SET_LEAF = "UPDATE audit_entry SET leaf = $2 WHERE seq = $1";
    SET_ID = "UPDATE audit_entry SET id = $2 WHERE seq = $1";
    SET_AT = "UPDATE audit_entry SET at = at + $2 WHERE seq = $1";
    SET_ACTOR = "UPDATE audit_entry SET actor = $2 WHERE seq = $1";
    SET_SUBJECT = "UPDATE audit_entry SET subject = $2 WHERE seq = $1";
    SET_HASH = "UPDATE audit_hash SET hash = $2 WHERE place = $1";
    SET_HEAD = "UPDATE audit_head SET size = size + $1";
    MOVE_ENTRY = "UPDATE audit_entry SET seq = $2 WHERE seq = $1";
    MOVE_HASH = "UPDATE audit_hash SET place = $2 WHERE place = $1";
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, leaf) VALUES ($1, $2, 0, $3)";
    ADD_HASH = "INSERT INTO audit_hash (place, hash) VALUES ($1, $2)";
    TAKE_ENTRY = "DELETE FROM audit_entry WHERE seq = $1";
    TAKE_HASH = "DELETE FROM audit_hash WHERE place = $1";
    ROW = "SELECT id, actor, subject, leaf FROM audit_entry WHERE seq = $1";
    HASH = "SELECT hash FROM audit_hash WHERE place = $1";
    HEAD_AWAY = "UPDATE audit_head SET one = 2";
    HEAD_BACK = "UPDATE audit_head SET one = 1";
}

const ENTRIES: i64 = 20;
/// Hashes that are stored for so many entries: 20 + 10 + 5 + 2 + 1.
const HASHES: i64 = 38;

/// Where the hash over entries `n << level` and on is stored.
fn place(level: u32, n: i64) -> i64 {
    let mut entry = n;
    for _ in 0..level {
        entry = 2 * entry + 1;
    }
    let mut before = 0;
    while entry > 0 {
        before += entry;
        entry >>= 1;
    }
    before + i64::from(level)
}

fn leaf_hash(leaf: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::new().chain_update([0]).chain_update(leaf).finalize().to_vec()
}

struct Tampering {
    name: &'static str,
    done: Vec<Query>,
    undone: Vec<Query>,
    bad: Bad,
}

fn tampering(name: &'static str, done: Vec<Query>, undone: Vec<Query>, entry: u64, what: Fault) -> Tampering {
    Tampering { name, done, undone, bad: Bad { entry, what } }
}

fn at(statement: &'static store::Sql, place: i64, value: impl Into<Value>) -> Query {
    statement.with([place.into(), value.into()])
}

async fn bytes(bench: &Bench, query: Query, column: usize) -> Vec<u8> {
    bench.audit.read(vec![query]).await.unwrap()[0].rows[0].blob(column).unwrap().to_vec()
}

/// Every way, each with its way back.
async fn ways(bench: &Bench) -> Vec<Tampering> {
    let row = |column| bytes(bench, ROW.with([7_i64.into()]), column);
    let (id, actor, subject, leaf) = (row(0).await, row(1).await, row(2).await, row(3).await);
    let text = String::from_utf8(leaf.clone()).unwrap();
    let lied = text.replace("adviser", "manager").into_bytes();
    let hash = |place: i64| bytes(bench, HASH.with([place.into()]), 0);
    let zero = vec![0_u8; 32];
    let back = || vec![at(&SET_LEAF, 7, leaf.clone())];
    let (of_7, over_4_to_7, over_0_to_15) = (place(0, 7), place(2, 1), place(4, 0));
    let swap_entries = |a: i64, b: i64| {
        [(a, 900), (b, a), (900, b)].map(|(from, to)| MOVE_ENTRY.with([from.into(), to.into()])).to_vec()
    };
    let swap_hashes = |a: i64, b: i64| {
        [(a, 900), (b, a), (900, b)].map(|(from, to)| MOVE_HASH.with([from.into(), to.into()])).to_vec()
    };
    let more = || vec![ADD_ENTRY.with([ENTRIES.into(), vec![3_u8; 16].into(), leaf.clone().into()])];
    let less = || vec![TAKE_ENTRY.with([ENTRIES.into()])];
    let covers = ENTRIES.unsigned_abs();
    vec![
        tampering("a lie", vec![at(&SET_LEAF, 7, lied.clone())], back(), 7, Fault::Changed),
        tampering(
            "a space",
            vec![at(&SET_LEAF, 7, text.replace(":1,", ": 1,").into_bytes())],
            back(),
            7,
            Fault::Unreadable,
        ),
        tampering("nothing", vec![at(&SET_LEAF, 7, Vec::<u8>::new())], back(), 7, Fault::Unreadable),
        tampering(
            "a lie with its hash",
            vec![at(&SET_LEAF, 7, lied.clone()), at(&SET_HASH, of_7, leaf_hash(&lied))],
            vec![at(&SET_LEAF, 7, leaf.clone()), at(&SET_HASH, of_7, hash(of_7).await)],
            6,
            Fault::HashOver { last: 7 },
        ),
        tampering(
            "another id",
            vec![at(&SET_ID, 7, vec![1_u8; 16])],
            vec![at(&SET_ID, 7, id)],
            7,
            Fault::Columns,
        ),
        tampering("another time", vec![at(&SET_AT, 7, 1)], vec![at(&SET_AT, 7, -1)], 7, Fault::Columns),
        tampering(
            "another actor",
            vec![at(&SET_ACTOR, 7, vec![1_u8; 16])],
            vec![at(&SET_ACTOR, 7, actor.clone())],
            7,
            Fault::Columns,
        ),
        tampering(
            "no actor",
            vec![at(&SET_ACTOR, 7, Value::Null)],
            vec![at(&SET_ACTOR, 7, actor)],
            7,
            Fault::Columns,
        ),
        tampering(
            "hidden from the client",
            vec![at(&SET_SUBJECT, 7, vec![1_u8; 16])],
            vec![at(&SET_SUBJECT, 7, subject)],
            7,
            Fault::Columns,
        ),
        tampering(
            "a leaf's hash",
            vec![at(&SET_HASH, of_7, zero.clone())],
            vec![at(&SET_HASH, of_7, hash(of_7).await)],
            7,
            Fault::Changed,
        ),
        tampering(
            "an inner hash",
            vec![at(&SET_HASH, over_4_to_7, zero.clone())],
            vec![at(&SET_HASH, over_4_to_7, hash(over_4_to_7).await)],
            4,
            Fault::HashOver { last: 7 },
        ),
        tampering(
            "the highest hash",
            vec![at(&SET_HASH, over_0_to_15, zero.clone())],
            vec![at(&SET_HASH, over_0_to_15, hash(over_0_to_15).await)],
            0,
            Fault::HashOver { last: 15 },
        ),
        tampering(
            "a hash taken away",
            vec![TAKE_HASH.with([of_7.into()])],
            vec![at(&ADD_HASH, of_7, hash(of_7).await)],
            7,
            Fault::HashMissing,
        ),
        tampering(
            "deleted",
            vec![at(&MOVE_ENTRY, 12, 500)],
            vec![at(&MOVE_ENTRY, 500, 12)],
            12,
            Fault::Missing,
        ),
        tampering(
            "the first deleted",
            vec![at(&MOVE_ENTRY, 0, -1)],
            vec![at(&MOVE_ENTRY, -1, 0)],
            0,
            Fault::Missing,
        ),
        tampering("two swapped", swap_entries(7, 8), swap_entries(7, 8), 7, Fault::Changed),
        tampering(
            "two swapped with their hashes",
            [swap_entries(6, 8), swap_hashes(place(0, 6), place(0, 8))].concat(),
            [swap_entries(6, 8), swap_hashes(place(0, 6), place(0, 8))].concat(),
            6,
            Fault::HashOver { last: 7 },
        ),
        tampering(
            "the last deleted",
            vec![at(&MOVE_ENTRY, 19, 500)],
            vec![at(&MOVE_ENTRY, 500, 19)],
            19,
            Fault::Missing,
        ),
        tampering(
            "cut off at the head only",
            vec![SET_HEAD.with([(-5_i64).into()])],
            vec![SET_HEAD.with([5_i64.into()])],
            15,
            Fault::CutOff { signed: covers },
        ),
        tampering("appended behind the head", more(), less(), covers, Fault::Outside),
        tampering(
            "a hash behind the head",
            vec![at(&ADD_HASH, HASHES, zero.clone())],
            vec![TAKE_HASH.with([HASHES.into()])],
            covers,
            Fault::Outside,
        ),
        tampering(
            "before the first",
            vec![ADD_ENTRY.with([(-1_i64).into(), vec![3_u8; 16].into(), leaf.clone().into()])],
            vec![TAKE_ENTRY.with([(-1_i64).into()])],
            covers,
            Fault::Outside,
        ),
        tampering(
            "appended with the head, without hashes",
            [more(), vec![SET_HEAD.with([1_i64.into()])]].concat(),
            [less(), vec![SET_HEAD.with([(-1_i64).into()])]].concat(),
            covers,
            Fault::HashMissing,
        ),
        tampering(
            "appended with the head and a copied entry",
            [more(), vec![SET_HEAD.with([1_i64.into()]), at(&ADD_HASH, HASHES, leaf_hash(&leaf))]].concat(),
            [less(), vec![SET_HEAD.with([(-1_i64).into()]), TAKE_HASH.with([HASHES.into()])]].concat(),
            covers,
            Fault::Columns,
        ),
        tampering("no head", vec![HEAD_AWAY.with([])], vec![HEAD_BACK.with([])], 0, Fault::NoHead),
    ]
}

async fn sound(log: &Log) -> bool {
    log.verify().await.unwrap().is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tampering_is_found_at_its_first_entry() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        let log = bench.open().await.unwrap();
        assert!(sound(&log).await, "the untouched log passes");
        for way in ways(&bench).await {
            bench.audit.write(way.done).await.unwrap();
            assert_eq!(log.verify().await.unwrap(), Err(way.bad), "{}", way.name);
            bench.audit.write(way.undone).await.unwrap();
            assert!(sound(&log).await, "put right again after: {}", way.name);
        }
        log.close().await.unwrap();
    }
}

/// Byte for byte: whatever is changed in an entry, the entry is named.
#[tokio::test(flavor = "multi_thread")]
async fn every_byte_of_an_entry_counts() {
    for bench in Bench::all().await {
        let log = bench.filled(6).await;
        log.close().await.unwrap();
        let leaf = bytes(&bench, ROW.with([4_i64.into()]), 3).await;
        for n in 0..leaf.len() {
            let mut flipped = leaf.clone();
            flipped[n] ^= 1 << (n % 8);
            bench.audit.write(vec![at(&SET_LEAF, 4, flipped)]).await.unwrap();
            assert_eq!(log.verify().await.unwrap().unwrap_err().entry, 4, "byte {n}");
        }
        bench.audit.write(vec![at(&SET_LEAF, 4, leaf)]).await.unwrap();
        assert!(sound(&log).await);
    }
}
