//! Who looked, who was refused, and in which order.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::{ActorId, Role};
use audit::{Action, Detail, Outcome, RowMark};
use jiff::Timestamp;

use crate::desk::{Bench, VIEW, client, permit, refusal, sign_in};

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn who_looked_at_a_file_is_told_newest_first() {
    for bench in Bench::all().await {
        let log = bench.filled(12).await;
        log.refused(&refusal(3), VIEW).durable().await.unwrap();
        log.event(None, Action("sign-in"), Outcome::Refused("unknown")).durable().await.unwrap();
        let about = log.about(client(3), 50).await.unwrap();
        assert_eq!(
            about.iter().map(|e| e.outcome.as_str()).collect::<Vec<_>>(),
            ["refused:not-allowed", "done", "done"]
        );
        assert!(about.windows(2).all(|w| w[0].seq > w[1].seq));
        let view = &about[1];
        assert_eq!((view.actor, view.role), (Some(ActorId::from_bytes([9; 16])), Some(Role::Adviser)));
        assert_eq!((view.action.as_str(), view.purpose.as_deref()), ("view-file", Some("support")));
        assert_eq!(view.categories, ["contact"]);
        assert_eq!(log.about(client(3), 1).await.unwrap().len(), 1);
        assert_eq!(log.size().await.unwrap(), 14);
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 14);
        log.close().await.unwrap();
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_attempt_is_logged_with_who_and_why() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        log.refused(&refusal(2), VIEW).durable().await.unwrap();
        let tried = log.by_actor(ActorId::from_bytes([8; 16]), 9).await.unwrap();
        let [entry] = tried.as_slice() else { panic!("one attempt") };
        assert_eq!((entry.outcome.as_str(), entry.role), ("refused:not-allowed", Some(Role::Receptionist)));
        assert_eq!(entry.subject, client(2).to_string());
        assert_eq!(entry.categories, ["casework"]);
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_keeps_its_number_its_rows_and_its_sealed_reason() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let mark = RowMark { table: "entry", row: [5; 16], version: 3, digest: [6; 32] };
        let detail = Detail {
            reason: Some(vec![0, 255, 7]),
            rows: vec![mark],
            count: Some(4),
            notice: Some([0xab; 32]),
            ..Detail::default()
        };
        let entry = log.submit(permit(1), VIEW, detail);
        let number = entry.number();
        assert_eq!(entry.durable().await.unwrap().number(), number);
        let kept = log.from(0, 1).await.unwrap().remove(0);
        assert_eq!((kept.seq, kept.number, kept.count), (0, number, Some(4)));
        assert_eq!(kept.sealed, Some(vec![0, 255, 7]));
        assert_eq!(kept.rows, [("entry".to_owned(), "05".repeat(16), 3, "06".repeat(32))]);
        assert_eq!(kept.notice, Some("ab".repeat(32)));
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_does_not_change_the_order() {
    for bench in Bench::all().await {
        let now = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        let told = Arc::clone(&now);
        let clock = move || Timestamp::from_microsecond(told.load(Ordering::SeqCst)).unwrap();
        let log = bench.open_at(Arc::new(clock)).await.unwrap();
        for _ in 0..6 {
            sign_in(&log).await.unwrap();
            now.fetch_sub(3_600_000_000, Ordering::SeqCst);
        }
        let entries = log.from(0, 10).await.unwrap();
        assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert!(entries.windows(2).all(|w| w[0].at > w[1].at), "each says the time that the clock gave");
        assert!(log.verify().await.unwrap().is_ok());
        log.close().await.unwrap();
        assert_eq!(bench.open().await.unwrap().size().await.unwrap(), 6);
    }
}
