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
    SET_HASHES = "UPDATE audit_entry SET hashes = $2 WHERE seq = $1";
    SET_HEAD = "UPDATE audit_head SET size = size + $1";
    MOVE_ENTRY = "UPDATE audit_entry SET seq = $2 WHERE seq = $1";
    ADD_ENTRY = "INSERT INTO audit_entry (seq, id, at, leaf, hashes) VALUES ($1, $2, 0, $3, $4)";
    TAKE_ENTRY = "DELETE FROM audit_entry WHERE seq = $1";
    ROW = "SELECT id, actor, subject, leaf, hashes FROM audit_entry WHERE seq = $1";
    HEAD_AWAY = "UPDATE audit_head SET one = 2";
    HEAD_BACK = "UPDATE audit_head SET one = 1";
}

const ENTRIES: i64 = 20;
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
    let hashes = |seq: i64| bytes(bench, ROW.with([seq.into()]), 4);
    let (of_7, of_15) = (hashes(7).await, hashes(15).await);
    // The row of an entry with one of its hashes put in the place of another.
    let with = |row: &[u8], level: usize, hash: &[u8]| {
        let mut row = row.to_vec();
        row[level * 32..][..32].copy_from_slice(hash);
        row
    };
    let set = |seq: i64, row: Vec<u8>| at(&SET_HASHES, seq, row);
    let zero = [0_u8; 32];
    let back = || vec![at(&SET_LEAF, 7, leaf.clone())];
    let swap_entries = |a: i64, b: i64| {
        [(a, 900), (b, a), (900, b)].map(|(from, to)| MOVE_ENTRY.with([from.into(), to.into()])).to_vec()
    };
    let more = |hashes: Vec<u8>| {
        vec![ADD_ENTRY.with([ENTRIES.into(), vec![3_u8; 16].into(), leaf.clone().into(), hashes.into()])]
    };
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
            vec![at(&SET_LEAF, 7, lied.clone()), set(7, with(&of_7, 0, &leaf_hash(&lied)))],
            vec![at(&SET_LEAF, 7, leaf.clone()), set(7, of_7.clone())],
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
            vec![set(7, with(&of_7, 0, &zero))],
            vec![set(7, of_7.clone())],
            7,
            Fault::Changed,
        ),
        tampering(
            "an inner hash",
            vec![set(7, with(&of_7, 2, &zero))],
            vec![set(7, of_7.clone())],
            4,
            Fault::HashOver { last: 7 },
        ),
        tampering(
            "the highest hash",
            vec![set(15, with(&of_15, 4, &zero))],
            vec![set(15, of_15.clone())],
            0,
            Fault::HashOver { last: 15 },
        ),
        tampering(
            "two hashes swapped",
            vec![set(7, [&of_7[32..64], &of_7[..32], &of_7[64..]].concat())],
            vec![set(7, of_7.clone())],
            7,
            Fault::Changed,
        ),
        tampering(
            "all hashes taken away",
            vec![set(7, Vec::new())],
            vec![set(7, of_7.clone())],
            7,
            Fault::HashMissing,
        ),
        tampering(
            "the last hash taken away",
            vec![set(7, of_7[..96].to_vec())],
            vec![set(7, of_7.clone())],
            7,
            Fault::Misplaced,
        ),
        tampering(
            "half a hash taken away",
            vec![set(7, of_7[..112].to_vec())],
            vec![set(7, of_7.clone())],
            0,
            Fault::HashOver { last: 7 },
        ),
        tampering(
            "a hash too many",
            vec![set(7, [of_7.as_slice(), &zero].concat())],
            vec![set(7, of_7.clone())],
            7,
            Fault::Misplaced,
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
        tampering("two swapped", swap_entries(7, 8), swap_entries(7, 8), 7, Fault::Misplaced),
        tampering(
            "two swapped that brought as many hashes",
            swap_entries(6, 8),
            swap_entries(6, 8),
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
        tampering("appended behind the head", more(Vec::new()), less(), covers, Fault::Outside),
        tampering(
            "before the first",
            vec![ADD_ENTRY.with([
                (-1_i64).into(),
                vec![3_u8; 16].into(),
                leaf.clone().into(),
                Vec::new().into(),
            ])],
            vec![TAKE_ENTRY.with([(-1_i64).into()])],
            0,
            Fault::Outside,
        ),
        tampering(
            "appended with the head, without hashes",
            [more(Vec::new()), vec![SET_HEAD.with([1_i64.into()])]].concat(),
            [less(), vec![SET_HEAD.with([(-1_i64).into()])]].concat(),
            covers,
            Fault::HashMissing,
        ),
        tampering(
            "appended with the head and a copied entry",
            [more(leaf_hash(&leaf)), vec![SET_HEAD.with([1_i64.into()])]].concat(),
            [less(), vec![SET_HEAD.with([(-1_i64).into()])]].concat(),
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
