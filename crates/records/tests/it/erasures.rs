//! Erasing a file, and bringing nobody back.

use access::Role;
use records::erasure::Ground;
use records::{Error, Service};
use store::Engine;

use crate::bench::{Bench, places};

// promise: P15
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_is_gone_at_once_and_final_after_the_roll() {
    for bench in Bench::all().await {
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let gone = bench.client(&amara, "Daniel Whitfield").await;
        let stays = bench.client(&amara, "Maria Lopes").await;
        let dates = bench.service.erase_file("nb-10001", Ground::Request).await.unwrap();
        assert!(dates.final_from.is_none());
        assert!(matches!(bench.service.open_file(&amara, gone, 20).await, Err(Error::NoSuchFile)));
        assert!(
            bench
                .service
                .find_clients(&amara, "Daniel", 5)
                .await
                .unwrap()
                .release()
                .await
                .unwrap()
                .is_empty()
        );
        assert!(matches!(
            bench.service.erase_file("NB-10001", Ground::Request).await,
            Err(Error::NoSuchFile)
        ));
        bench.later(3600);
        bench.service.roll_keys().await.unwrap();
        let dates = bench.service.erased(gone).await.unwrap().unwrap();
        assert!(dates.final_from > Some(dates.in_service));
        assert!(bench.service.open_file(&amara, stays, 20).await.is_ok());
        let bench = bench.reopened().await.unwrap();
        assert!(bench.service.open_file(&amara, stays, 20).await.is_ok());
        assert!(bench.service.examine().await.iter().all(|f| f.sound));
    }
}

// promise: P15
#[tokio::test(flavor = "multi_thread")]
async fn an_older_keyring_is_refused_and_an_older_copy_of_the_records_brings_nobody_back() {
    for bench in Bench::all().await {
        if bench.ground.engine() != Engine::Sqlite {
            continue;
        }
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let gone = bench.client(&amara, "Daniel Whitfield").await;
        let stays = bench.client(&amara, "Maria Lopes").await;
        let bench = bench.reopened().await.unwrap();
        bench.service.close().await.unwrap();
        let folder = bench.ground.folder().to_owned();
        replace(&folder, "records.db", "old-records");
        replace(&folder, "keyring.db", "old-keyring");
        let bench = bench.reopen_only().await.unwrap();
        bench.service.erase_file("NB-10001", Ground::Request).await.unwrap();
        bench.service.close().await.unwrap();
        replace(&folder, "keyring.db", "new-keyring");

        // The older keyring holds a key of an erased file.
        replace(&folder, "old-keyring", "keyring.db");
        let places = places(&bench.ground).await;
        let surroundings = bench.service.surroundings().clone();
        let refused = Service::open(&places, surroundings.clone()).await.err().unwrap();
        assert!(refused.to_string().contains("keyring"), "{refused}");

        // Newest keyring, older records: the survivor opens, the erased file does not.
        replace(&folder, "new-keyring", "keyring.db");
        replace(&folder, "old-records", "records.db");
        let opened = Service::open(&places, surroundings).await;
        match opened {
            Ok(service) => {
                assert!(service.open_file(&amara, stays, 20).await.is_ok());
                assert!(service.open_file(&amara, gone, 20).await.is_err());
            }
            Err(error) => panic!("restored records do not open: {error}"),
        }
    }
}

/// Puts a copy of a database, with its log, in the place of another.
fn replace(folder: &std::path::Path, from: &str, to: &str) {
    for end in ["-wal", "-shm", ""] {
        let _ = std::fs::remove_file(folder.join(format!("{to}{end}")));
    }
    for end in ["", "-wal"] {
        let from = folder.join(format!("{from}{end}"));
        if from.exists() {
            std::fs::copy(from, folder.join(format!("{to}{end}"))).unwrap();
        }
    }
}
