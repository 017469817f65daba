//! A log that an earlier version of Kept has written: it opens, holds, and goes on.

use audit::{Detail, Fault, Log, verify};
use jiff::Timestamp;
use store::{Migrations, Query, Store, sql};

use crate::desk::{Bench, VIEW, permit};

static FIRST: Migrations =
    Migrations { name: "audit", steps: &[(1, "the log", include_str!("../../migrations/001_audit.sql"))] };

sql! { audit:
    ROWS = "SELECT id, at, actor, subject, leaf, hashes FROM audit_entry ORDER BY seq";
}

// Of an earlier step of the schema, so not among the declared statements.
static OLD_ENTRY: store::Sql = store::Sql {
    name: "OLD_ENTRY",
    store: "audit-1",
    text: "INSERT INTO audit_entry (seq, id, at, actor, subject, leaf) VALUES ($1, $2, $3, $4, $5, $6)",
};
static OLD_HASH: store::Sql = store::Sql {
    name: "OLD_HASH",
    store: "audit-1",
    text: "INSERT INTO audit_hash (place, hash) VALUES ($1, $2)",
};
static OLD_HEAD: store::Sql =
    store::Sql { name: "OLD_HEAD", store: "audit-1", text: "UPDATE audit_head SET size = $1" };
static LOSE_HASH: store::Sql =
    store::Sql { name: "LOSE_HASH", store: "audit-1", text: "DELETE FROM audit_hash WHERE place = $1" };

/// The rows that an earlier version would have written for this log.
async fn as_written_before(bench: &Bench) -> Vec<Query> {
    let rows = bench.audit.read(vec![ROWS.with([])]).await.unwrap().remove(0).rows;
    let (mut written, mut place) = (Vec::new(), 0_i64);
    for (seq, row) in (0_i64..).zip(&rows) {
        let [id, at, actor, subject, leaf, _] = row.values() else { panic!() };
        let values = [seq.into(), id.clone(), at.clone(), actor.clone(), subject.clone(), leaf.clone()];
        written.push(OLD_ENTRY.with(values));
        for hash in row.blob(5).unwrap().chunks(32) {
            written.push(OLD_HASH.with([place.into(), hash.into()]));
            place += 1;
        }
    }
    written.push(OLD_HEAD.with([(rows.len() as i64).into()]));
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_an_earlier_version_holds_and_goes_on() {
    for entries in [0, 1, 7, 8, 37] {
        for bench in Bench::all().await {
            bench.filled(entries).await.close().await.unwrap();
            let place = bench.ground.place("older").await;
            let older = Store::open(&place, &FIRST).await.unwrap();
            older.write(as_written_before(&bench).await).await.unwrap();
            drop(older);

            let store = Store::open(&place, &audit::MIGRATIONS).await.unwrap();
            let now = std::sync::Arc::new(Timestamp::now);
            let (records, checkpoint) = (bench.records.clone(), bench.checkpoint());
            let log = Log::open(store, records, bench.key(), &checkpoint, now).await.unwrap();
            let verified = log.verify().await.unwrap().unwrap();
            assert_eq!((verified.entries, verified.signed), (entries.into(), entries.into()));
            for seq in 0..u64::from(entries) {
                let leaf = log.from(seq, 1).await.unwrap().remove(0).leaf;
                let proof = log.prove(seq).await.unwrap();
                assert_eq!(audit::check_proof(&proof, &leaf, log.public_key()).unwrap(), seq);
            }
            for n in 0..5 {
                let _receipt = log.submit(permit(n), VIEW, Detail::default()).durable().await.unwrap();
            }
            assert_eq!(log.verify().await.unwrap().unwrap().entries, u64::from(entries) + 5);
            log.close().await.unwrap();
        }
    }
}

/// What was missing before is missing afterwards: the step of the schema computes no hash anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_of_an_earlier_version_is_not_mended_by_its_reading() {
    for bench in Bench::all().await {
        bench.filled(20).await.close().await.unwrap();
        // Places of the hashes of entry 6, of entries 4 to 7, and of the last four.
        for (lost, entry, what) in
            [(10, 6, Fault::HashMissing), (13, 4, Fault::HashOver { last: 7 }), (37, 19, Fault::Misplaced)]
        {
            let place = bench.ground.place(&format!("older{lost}")).await;
            let older = Store::open(&place, &FIRST).await.unwrap();
            let mut written = as_written_before(&bench).await;
            written.push(LOSE_HASH.with([i64::from(lost).into()]).expecting(1));
            older.write(written).await.unwrap();
            drop(older);
            let store = Store::open(&place, &audit::MIGRATIONS).await.unwrap();
            let found = verify(&store, &bench.checkpoint(), bench.key().public()).await.unwrap();
            let bad = found.unwrap_err();
            assert_eq!((bad.entry, bad.what), (entry, what), "without the hash at {lost}");
        }
    }
}
