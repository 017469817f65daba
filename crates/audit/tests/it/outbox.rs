//! Entries of changes: with the change or not at all, and once.

use std::time::Duration;

use audit::{Action, Detail, Error};
use store::sql;

use crate::desk::{Bench, VIEW, client, permit};

const RECORD: Action = Action("record-meeting");

sql! { records:
    /// Somebody puts something into the outbox by hand.
    FOREIGN = "INSERT INTO outbox (id, at, leaf) VALUES ($1, $2, $3)";
    REMOVE_FOREIGN = "DELETE FROM outbox WHERE id = $1";
    LEFT = "SELECT id FROM outbox";
    FORGET_GIVEN = "UPDATE outbox_given SET given = NULL";
    SET_GIVEN = "UPDATE outbox_given SET given = $1";
}

impl Bench {
    /// Records a meeting for each of three clients.
    async fn three_changes(&self) {
        let log = self.open().await.unwrap();
        for n in 0..3 {
            let change = log.change(permit(n), RECORD, &Detail::default());
            self.records.write(vec![change.outbox()]).await.unwrap();
            change.committed();
        }
        log.close().await.unwrap();
    }

    async fn left(&self) -> usize {
        self.records.read(vec![LEFT.with([])]).await.unwrap()[0].rows.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_in_the_log_once_it_is_committed() {
    for bench in Bench::all().await {
        bench.three_changes().await;
        let log = bench.open().await.unwrap();
        assert_eq!((log.size().await.unwrap(), bench.left().await), (3, 0));
        assert_eq!(log.about(client(2), 5).await.unwrap()[0].action, "record-meeting");
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_stands_before_what_is_sent_after_it() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        for _ in 0..20 {
            let change = log.change(permit(1), RECORD, &Detail::default());
            bench.records.write(vec![change.outbox()]).await.unwrap();
            change.committed();
            let _receipt = log.submit(permit(1), VIEW, Detail::default()).durable().await.unwrap();
            let newest = log.about(client(1), 2).await.unwrap();
            let newest: Vec<&str> = newest.iter().map(|entry| entry.action.as_str()).collect();
            assert_eq!(newest, [VIEW.0, RECORD.0]);
        }
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_does_not_commit_leaves_no_entry() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let change = log.change(permit(1), RECORD, &Detail::default());
        let conflict = REMOVE_FOREIGN.with([vec![0; 16].into()]).expecting(1);
        assert!(bench.records.write(vec![change.outbox(), conflict]).await.is_err());
        drop(change);
        log.close().await.unwrap();
        assert_eq!(log.size().await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_nobody_spoke_of_is_found_within_a_second_or_so() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let change = log.change(permit(1), RECORD, &Detail::default());
        bench.records.write(vec![change.outbox()]).await.unwrap();
        drop(change);
        for _ in 0..100 {
            if log.size().await.unwrap() == 1 && bench.left().await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!((log.size().await.unwrap(), bench.left().await), (1, 0));
        log.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_the_two_steps_gives_exactly_one_entry() {
    for bench in Bench::all().await {
        // Before the first step: the row waits in the outbox and its server is gone.
        let log = bench.open().await.unwrap();
        let change = log.change(permit(1), RECORD, &Detail::default());
        let outbox = change.outbox();
        log.close().await.unwrap();
        bench.records.write(vec![outbox.clone()]).await.unwrap();
        let log = bench.open().await.unwrap();
        assert_eq!((log.size().await.unwrap(), bench.left().await), (1, 0));
        log.close().await.unwrap();
        // After it: the entry is in the log, and its row is still in the outbox.
        bench.records.write(vec![outbox, SET_GIVEN.with([0.into()])]).await.unwrap();
        let log = bench.open().await.unwrap();
        assert_eq!((log.size().await.unwrap(), bench.left().await), (1, 0));
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 1);
        log.close().await.unwrap();
        // And both sides have counted it once.
        bench.open().await.unwrap().close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_into_the_outbox_by_hand_stops_the_log_and_nothing_else_is_lost() {
    for bench in Bench::all().await {
        let log = bench.filled(1).await;
        let leaf = log.from(0, 1).await.unwrap()[0].leaf.clone();
        log.close().await.unwrap();
        let foreign = vec![
            FOREIGN.with([vec![1; 16].into(), 1_i64.into(), b"{}".to_vec().into()]),
            // A real entry under another id: it must neither be doubled nor keep the writer busy for ever.
            FOREIGN.with([vec![2; 16].into(), 2_i64.into(), leaf.into()]),
        ];
        bench.records.write(foreign).await.unwrap();
        let change = log.change(permit(1), RECORD, &Detail::default());
        bench.records.write(vec![change.outbox()]).await.unwrap();
        assert_eq!(bench.open().await.err(), Some(Error::Outbox));
        assert_eq!((log.size().await.unwrap(), bench.left().await), (2, 2), "the real one went through");
        let gone = [1_u8, 2].map(|n| REMOVE_FOREIGN.with([vec![n; 16].into()])).to_vec();
        bench.records.write(gone).await.unwrap();
        let log = bench.open().await.unwrap();
        assert_eq!(log.verify().await.unwrap().unwrap().entries, 2);
        log.close().await.unwrap();
    }
}

/// What the records have given the log is counted on both sides, so that an older copy of either is noticed.
#[tokio::test(flavor = "multi_thread")]
async fn records_and_log_of_different_times_do_not_open_together() {
    for bench in Bench::all().await {
        let log = bench.open().await.unwrap();
        let record = async |n| {
            let change = log.change(permit(n), RECORD, &Detail::default());
            bench.records.write(vec![change.outbox()]).await.unwrap();
            change.committed();
            let _receipt = log.submit(permit(n), VIEW, Detail::default()).durable().await.unwrap();
        };
        for n in 0..4 {
            record(n).await;
        }
        log.close().await.unwrap();
        bench.open().await.unwrap().close().await.unwrap();

        // As a copy from before the last three changes says.
        bench.records.write(vec![SET_GIVEN.with([1.into()])]).await.unwrap();
        let error = bench.open().await.err().unwrap();
        assert_eq!(error, Error::RecordsBehind { missing: 3 });
        assert!(error.to_string().contains("older than the audit log"), "{error}");
        bench.records.write(vec![SET_GIVEN.with([6.into()])]).await.unwrap();
        assert_eq!(bench.open().await.err(), Some(Error::LogBehind { missing: 2 }));
        bench.records.write(vec![SET_GIVEN.with([4.into()])]).await.unwrap();
        bench.open().await.unwrap().close().await.unwrap();
    }
}

/// Counting begins with what the log has taken, and from then on an older copy shows.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_from_before_begins_to_count_with_what_is_there() {
    for bench in Bench::all().await {
        bench.three_changes().await;
        bench.records.write(vec![FORGET_GIVEN.with([])]).await.unwrap();
        bench.open().await.unwrap().close().await.unwrap();
        bench.records.write(vec![SET_GIVEN.with([2.into()])]).await.unwrap();
        assert_eq!(bench.open().await.err(), Some(Error::RecordsBehind { missing: 1 }));
        bench.records.write(vec![FORGET_GIVEN.with([])]).await.unwrap();
        bench.open().await.unwrap().close().await.unwrap();
    }
}
