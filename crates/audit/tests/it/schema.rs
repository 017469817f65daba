//! The tables: statements that both engines understand, columns that say what they hold, and no name in any of it.

use audit::{Detail, SigningKey};
use store::classify::{Class, columns};

use crate::desk::{Bench, OUTBOX, VIEW, permit};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_and_every_column_classified() {
    for bench in Bench::all().await {
        assert!(bench.audit.prepare_all().await.unwrap() > 8);
        assert!(bench.records.prepare_all().await.unwrap() > 2);
        for (store, migrations) in [(&bench.audit, &audit::MIGRATIONS), (&bench.records, &OUTBOX)] {
            let mut live = store.columns().await.unwrap();
            let classified = columns(migrations).unwrap();
            assert!(
                classified
                    .iter()
                    .all(|c| matches!(c.class, Class::Id | Class::Time | Class::Code | Class::Log))
            );
            let mut known: Vec<_> = classified.into_iter().map(|c| (c.table, c.column)).collect();
            live.sort();
            known.sort();
            assert_eq!(live, known);
        }
    }
}

/// The bytes of an entry never change: a proof given today must hold in ten years.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_written_in_one_way_only() {
    for bench in Bench::all().await {
        let clock = || jiff::Timestamp::from_microsecond(1_790_000_000_123_456).unwrap();
        let log = bench.open_at(std::sync::Arc::new(clock)).await.unwrap();
        let detail = Detail { reason: Some(vec![1, 2, 3]), count: Some(2), ..Detail::default() };
        let policy = {
            let permit = permit(1);
            permit.policy().iter().map(|b| format!("{b:02x}")).collect::<String>()
        };
        let entry = log.submit(permit(1), VIEW, detail);
        let id = format!("{:032x}", entry.number());
        let _receipt = entry.durable().await.unwrap();
        let leaf = String::from_utf8(log.from(0, 1).await.unwrap()[0].leaf.clone()).unwrap();
        let expected = format!(
            r#"{{"v":1,"id":"{id}","at":1790000000123456,"actor":"{}","role":"adviser","action":"view-file","purpose":"support","act":"read","subject":"{}","categories":["contact"],"outcome":"done","policy":"{policy}","count":2,"sealed":"AQID"}}"#,
            "09".repeat(16),
            "01".repeat(16),
        );
        assert_eq!(leaf, expected);
        log.close().await.unwrap();
    }
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let made = SigningKey::create_for(&path, "kept.example.org/audit/1").unwrap();
    assert!(made.public().starts_with("kept.example.org/audit/1+"));
    assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o400);
    assert!(SigningKey::create(&path).is_err(), "a key is never overwritten");
    assert!(SigningKey::create_for(&folder.path().join("other"), "two words").is_err());
    for open in [0o440, 0o404, 0o420] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(open)).unwrap();
        assert!(SigningKey::load(&path).is_err(), "{open:o}");
    }
}
