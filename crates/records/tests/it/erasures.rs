//! Erasing a file, and bringing nobody back.

use access::Role;
use casework::consents::Way;
use casework::requests::Kind;
use notice::Purpose;
use records::consents::About;
use records::erasure::{Ground, What};
use records::{Error, Service};
use store::{Engine, Sql};

use crate::bench::{Bench, meeting, places};

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
        for name in ["records.db", "keyring.db", "audit.db", "checkpoint"] {
            replace(&folder, name, &format!("old-{name}"));
        }
        let bench = bench.reopen_only().await.unwrap();
        bench.service.erase_file("NB-10001", Ground::Request).await.unwrap();
        bench.service.close().await.unwrap();
        replace(&folder, "keyring.db", "new-keyring");

        // The older keyring holds a key of an erased file.
        replace(&folder, "old-keyring.db", "keyring.db");
        let places = places(&bench.ground).await;
        let surroundings = bench.service.surroundings().clone();
        let refused = Service::open(&places, surroundings.clone()).await.err().unwrap();
        assert!(refused.to_string().contains("keyring"), "{refused}");

        // Newest keyring and log, older records: they do not fit together.
        replace(&folder, "new-keyring", "keyring.db");
        replace(&folder, "old-records.db", "records.db");
        let refused = Service::open(&places, surroundings.clone()).await.err().unwrap();
        assert!(refused.to_string().contains("older than the audit log"), "{refused}");

        // Newest keyring, records and log of an older time: the survivor opens, the erased file does not.
        for name in ["records.db", "audit.db", "checkpoint"] {
            replace(&folder, &format!("old-{name}"), name);
        }
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

// promise: P15
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_an_erasure_does_not_decide_and_the_receipt_says_what_went() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let other = bench.visit("Owen Price", Role::Adviser).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        let gone = bench.client(&amara, "Daniel Whitfield").await;
        let stays = bench.client(&other, "Maria Lopes").await;
        let today = service.surroundings().today();
        let note = meeting("Came with NB-10001, Daniel.", true);
        let spoke = service.record_meeting(&other, stays, [1; 16], today, &note).await.unwrap();
        let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
        service.add_paper(&amara, gone, [2; 16], "Signed agreement", &place).await.unwrap();

        let effects = service.erasure_effects(&amara, gone).await.unwrap().release().await.unwrap();
        assert_eq!((effects.paper, effects.mentions, effects.documents), (1, 1, 0));
        assert!(effects.entries >= 3 && effects.holds.is_empty() && effects.asked.is_empty());
        assert!(
            service.erasure_effects(&other, gone).await.is_err(),
            "not their client, and no reason given"
        );
        let why = "Rang this morning: no longer wants our help.";
        let id = service.ask_erasure(&amara, gone, [3; 16], What::File, Ground::Request, why).await.unwrap();
        assert_eq!(
            service.ask_erasure(&amara, gone, [3; 16], What::File, Ground::Request, why).await.unwrap(),
            id
        );
        assert!(matches!(
            service.ask_erasure(&amara, gone, [4; 16], What::File, Ground::Request, why).await,
            Err(Error::ChangedMeanwhile)
        ));
        for visit in [&amara, &other] {
            assert!(matches!(service.decide_erasure(visit, id, true).await, Err(Error::NotYours(_))));
        }
        assert!(service.open_file(&amara, gone, 20).await.is_ok(), "nothing is gone yet");
        let (waiting, register) = service.erasures(&manager).await.unwrap();
        assert_eq!((waiting.len(), register.len()), (1, 0));
        let seen = service.erasure_decision(&manager, &waiting[0]).await.unwrap().release().await.unwrap();
        assert_eq!(seen.1, why);
        assert_eq!(seen.0.contact, casework::Profile::default(), "a manager is shown nothing of the file");
        service.decide_erasure(&manager, id, true).await.unwrap();
        assert!(matches!(service.decide_erasure(&manager, id, true).await, Err(Error::ChangedMeanwhile)));
        assert!(matches!(service.open_file(&amara, gone, 20).await, Err(Error::NoSuchFile)));

        let receipt = service.erasure(&amara, id).await.unwrap().unwrap();
        assert_eq!((receipt.asked_by, receipt.decided.unwrap().1), (Some(amara.staff), manager.staff));
        assert_eq!((receipt.entries, receipt.paper, receipt.paper_left), (effects.entries, 1, 1));
        assert!(receipt.in_service.is_some() && receipt.final_from.is_none());
        service.roll_keys().await.unwrap();
        assert!(service.erasure(&amara, id).await.unwrap().unwrap().final_from.is_some());

        // Whoever wrote of them takes them out, and what it said before goes too.
        assert!(service.redactions(&amara).await.unwrap().is_empty(), "it is not in her files");
        let open = service.redactions(&other).await.unwrap();
        assert_eq!((open.len(), open[0].entry, receipt.mentions_left), (1, spoke, 1));
        let early = service.redacted(&other, stays, spoke, false).await.unwrap_err();
        assert!(matches!(early, Error::Faults(_)), "nothing was corrected: {early}");
        bench.later(60);
        let mut put_right = meeting("Came with somebody.", true);
        put_right.because = Some("Took a person out who was erased".into());
        service.correct_meeting(&other, stays, spoke, 1, today, &put_right).await.unwrap();
        service.redacted(&other, stays, spoke, false).await.unwrap();
        service.redacted(&other, stays, spoke, false).await.unwrap();
        assert!(service.redactions(&other).await.unwrap().is_empty());
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let past = records.read(vec![PAST_OF.with([spoke.as_bytes().into()])]).await.unwrap();
        assert_eq!(past[0].first().unwrap().int(0).unwrap(), 0, "the version before is gone");
        assert!(service.examine().await.iter().all(|f| f.sound), "{:?}", service.examine().await);
    }
}

// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_erase_at_once_erase_once_and_one_who_says_no_erases_nothing() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        let lead = bench.visit("Lena Rights", Role::Governance).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let why = "Rang this morning: no longer wants our help.";
        let id =
            service.ask_erasure(&amara, client, [1; 16], What::File, Ground::Request, why).await.unwrap();
        service.decide_erasure(&lead, id, false).await.unwrap();
        assert!(service.open_file(&amara, client, 20).await.is_ok());
        let id =
            service.ask_erasure(&amara, client, [2; 16], What::File, Ground::Request, why).await.unwrap();
        let (one, two) =
            tokio::join!(service.decide_erasure(&manager, id, true), service.decide_erasure(&lead, id, true));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
        let (waiting, register) = service.erasures(&manager).await.unwrap();
        assert_eq!((waiting.len(), register.len()), (0, 1));
        assert!(service.examine().await.iter().all(|f| f.sound));
    }
}

static PAST_OF: Sql =
    Sql { name: "PAST_OF", store: "records", text: "SELECT COUNT(*) FROM entry_past WHERE id = $1" };

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

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_only_on_a_ground_that_is_there_and_not_while_it_is_needed() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let lead = bench.visit("Harriet", Role::Governance).await;
        let service = &bench.service;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let refused = async |ground: Ground, part: &str| {
            let said = service.erase_on_ground("NB-10001", ground).await;
            let Err(Error::Faults(faults)) = said else { panic!("{part}: not refused") };
            assert!(faults[0].message.contains(part), "{}", faults[0].message);
        };
        refused(Ground::Retention, "kept until 23 November 2027").await;
        refused(Ground::Withdrawal, "did not take back their consent").await;
        let untrue = service
            .ask_erasure(&ada, client, [8; 16], What::File, Ground::Withdrawal, "They took it back")
            .await;
        assert!(matches!(untrue, Err(Error::Faults(_))), "{untrue:?}");
        let open = crate::requests::ask(&bench, &ada, client, Kind::Informed).await;
        refused(Ground::Request, "of this client is open").await;
        let on_page =
            service.ask_erasure(&ada, client, [9; 16], What::File, Ground::Request, "They asked").await;
        assert!(matches!(on_page, Err(Error::Faults(faults)) if faults[0].message.contains("is open")));
        crate::requests::answered(service, &lead, open).await;
        // The request to be erased is no reason to stay.
        crate::requests::ask(&bench, &ada, client, Kind::Erasure).await;
        let about = About::Use(Purpose::Support);
        service
            .withdraw_consent(&ada, client, about, *uuid::Uuid::new_v4().as_bytes(), Way::Spoken)
            .await
            .unwrap();
        service.erase_on_ground("NB-10001", Ground::Withdrawal).await.unwrap();
        assert!(matches!(service.open_file(&lead, client, 5).await, Err(Error::NoSuchFile)));
    }
}
