//! The registers of the governance lead: promises with their evidence, the review of looks, breaches.

use access::Role;
use casework::breaches::{Breach, BreachTyped, Clock, Decision, clock};
use casework::looks::{Flag, Verdict};
use casework::profile::fields;
use casework::promises::{Measured, Stands};
use casework::{Answer, ClientId};
use jiff::tz::TimeZone;
use records::access_review::{Reason, Review, Which};
use records::breaches::Reach;
use records::erasure::Ground;
use records::{Error, Visit};
use store::Sql;

use crate::bench::{Bench, meeting, registration};

const DAY: i64 = 24 * 3600;

static SPOIL: Sql = Sql {
    name: "SPOIL",
    store: "records",
    text: "INSERT INTO disclosure (id, client, organisation, named, purpose, ground, consent, fields, versions, stage, asked, asked_by, made) SELECT id, id, id, 'adult-learning', 'support', 'consent', NULL, 'name', '', 'made', 1, id, 2 FROM client",
};
static STRAY: Sql = Sql {
    name: "STRAY",
    store: "records",
    text: "UPDATE entry SET category = 'gossip' WHERE kind = 'meeting'",
};
static AFFECTED: Sql =
    Sql { name: "AFFECTED", store: "records", text: "SELECT COUNT(*) FROM breach_affected" };

fn form() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

async fn stands(bench: &Bench, code: &str) -> (Stands, Measured) {
    let standing = bench.service.promises_now().await.unwrap();
    let one = standing.evidence.into_iter().find(|one| one.promised.code == code).unwrap();
    (one.stands, one.measured)
}

// promise: P29
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_counts_what_is_wrong_and_names_nobody() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let lead = bench.visit("Grace Lead", Role::Governance).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        bench.client(&amara, "Maria Lopes").await;
        let day = service.surroundings().today();
        service.record_meeting(&amara, client, form(), day, &meeting("Came in.", true)).await.unwrap();
        let standing = service.promises(&lead).await.unwrap();
        let broken: Vec<_> = standing.evidence.iter().filter(|e| e.stands == Stands::Broken).collect();
        assert!(broken.is_empty(), "{broken:?}");
        assert_eq!(stands(&bench, "backups").await.0, Stands::NotKnown);
        assert_eq!(stands(&bench, "log-verified").await.0, Stands::NotKnown, "nobody looked yet");
        assert!(service.verify_log(&lead).await.unwrap());
        assert_eq!(stands(&bench, "log-verified").await.0, Stands::Kept);
        assert!(matches!(service.promises(&amara).await, Err(Error::NotYours(_))));

        // An erasure is open until the keys have changed, and late after two days.
        service.erase_file("NB-10002", Ground::Request).await.unwrap();
        assert_eq!(stands(&bench, "erasures-not-final").await.0, Stands::Kept);
        bench.later(3 * DAY);
        assert_eq!(stands(&bench, "erasures-not-final").await.0, Stands::Broken);
        service.roll_keys().await.unwrap();
        assert_eq!(stands(&bench, "erasures-not-final").await.0, Stands::Kept);
        assert_eq!(stands(&bench, "keyring-epoch").await.1, Measured::Told(2));
        assert_eq!(stands(&bench, "files-without-key").await.0, Stands::Kept);

        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![SPOIL.with([])]).await.unwrap();
        let one = Measured::Counted { number: 1, oldest: None };
        assert_eq!(stands(&bench, "shares-without-ground").await, (Stands::Broken, one));
        records.write(vec![STRAY.with([])]).await.unwrap();
        assert_eq!(stands(&bench, "without-category").await, (Stands::Broken, one));

        // Contact was three days ago less than a year: the day after its last day the file is late.
        bench.later(363 * DAY);
        let late = stands(&bench, "past-their-date").await;
        assert_eq!(late.0, Stands::Broken, "{late:?}");
        let told = service.promises_now().await.unwrap();
        let words: String = told.evidence.iter().map(|e| e.words() + &e.public_words()).collect();
        assert!(!words.contains("Daniel") && !words.contains("NB-"), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promises_are_published_by_the_lead_alone_and_withdrawn_at_once() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let lead = bench.visit("Grace Lead", Role::Governance).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        assert!(service.promises_published().await.unwrap().is_none());
        assert!(matches!(service.publish_promises(&manager, true).await, Err(Error::NotYours(_))));
        service.publish_promises(&lead, true).await.unwrap();
        assert!(service.promises_published().await.unwrap().is_some());
        service.publish_promises(&lead, false).await.unwrap();
        assert!(service.promises_published().await.unwrap().is_none());
    }
}

async fn review(bench: &Bench, lead: &Visit, which: Which) -> Review {
    bench.service.looks_to_review(lead, which).await.unwrap().release().await.unwrap()
}

async fn client_at(bench: &Bench, visit: &Visit, name: &str, line: &str) -> ClientId {
    let mut new = registration(name);
    new.contact.set(fields::ADDRESS_LINE_1, Some(Answer::Text(line.into())));
    new.contact.set(fields::POSTCODE, Some(Answer::Text("NB1 4AA".into())));
    bench.service.register_client(visit, new).await.unwrap()
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn the_lead_reviews_reasons_and_what_looks_odd_and_nobody_reviews_their_own() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let owen = bench.visit("Owen Price", Role::Adviser).await;
        let lead = bench.visit("Grace Lead", Role::Governance).await;
        let daniel = client_at(&bench, &amara, "Daniel Whitfield", "3 Harbour View").await;
        let own = client_at(&bench, &amara, "Owen Price", "12 Quay Street").await;
        let home = client_at(&bench, &amara, "Una Reed", "12 Quay Street").await;
        let quiet = client_at(&bench, &owen, "Tom Hale", "9 Far Road").await;
        // The negative control: an adviser's own file by day, without a reason, is in no list.
        service.open_file(&owen, quiet, 20).await.unwrap().release().await.unwrap();
        for (client, reason) in [(daniel, "Covering for Amara today"), (home, "Rang me by mistake")] {
            assert!(service.open_file(&owen, client, 20).await.is_err(), "outside the caseload");
            service.state_reason(&owen, client, reason).await.unwrap();
            service.open_file(&owen, client, 20).await.unwrap().release().await.unwrap();
        }
        assert!(matches!(service.looks_to_review(&amara, Which::Open).await, Err(Error::Refused(_))));
        let found = review(&bench, &lead, Which::Open).await;
        let of = |client: ClientId| {
            found.looks.iter().find(|look| look.client == client && look.who == owen.staff)
        };
        assert_eq!(of(daniel).unwrap().reason, Reason::Stated("Covering for Amara today".into()));
        assert!(of(daniel).unwrap().flags.is_empty());
        assert_eq!(of(home).unwrap().flags.iter().collect::<Vec<_>>(), [&Flag::SameHome]);
        assert_eq!(of(home).unwrap().shown.as_ref().map(|s| s.name.as_str()), Some("Una Reed"));
        assert!(of(quiet).is_none() && of(own).is_none(), "{found:?}");
        assert_eq!(found.looks.len(), 2);
        assert_eq!(stands(&bench, "looks-to-review").await.0, Stands::Kept, "young enough");

        let seq = of(daniel).unwrap().seq;
        assert_eq!(service.review_looks(&lead, &[seq, 999_999], Verdict::Fine).await.unwrap(), 1);
        assert_eq!(
            service.review_looks(&lead, &[seq], Verdict::Breach).await.unwrap(),
            0,
            "the first counts"
        );
        assert_eq!(review(&bench, &lead, Which::Open).await.looks.len(), 1);
        let done = review(&bench, &lead, Which::Reviewed).await;
        assert_eq!(done.looks[0].reviewed.map(|r| (r.verdict, r.by)), Some((Verdict::Fine, lead.staff)));

        // At night, later: found although memory was filled before; the lead's own look is somebody else's to review.
        bench.later(12 * 3600 + 1800);
        let owen = bench.visit_of(owen.staff, Role::Adviser);
        service.open_file(&owen, quiet, 20).await.unwrap().release().await.unwrap();
        let lead = bench.visit_of(lead.staff, Role::Governance);
        service.state_reason(&lead, daniel, "Request for access of today").await.unwrap();
        let found = review(&bench, &lead, Which::Open).await;
        let night = found.looks.iter().find(|look| look.client == quiet).unwrap();
        assert!(night.flags.contains(&Flag::Night) && night.reason == Reason::NotAsked);
        let mine = found.looks.iter().find(|look| look.who == lead.staff).unwrap();
        let refused = service.review_looks(&lead, &[mine.seq], Verdict::Fine).await;
        assert!(matches!(refused, Err(Error::NotYours(_))));

        // An erased file takes its reasons with it; the look stays to be reviewed. The same after a start.
        service.erase_file("NB-10003", Ground::Request).await.unwrap();
        let bench = bench.reopened().await.unwrap();
        let found = review(&bench, &lead, Which::Open).await;
        let gone = found.looks.iter().find(|look| look.client == home).unwrap();
        assert!(gone.reason == Reason::Erased && gone.shown.is_none());
        bench.later(40 * DAY);
        assert_eq!(stands(&bench, "looks-to-review").await.0, Stands::Broken, "a month has passed");
        bench.later(60 * DAY);
        let lead = bench.visit_of(lead.staff, Role::Governance);
        assert!(
            review(&bench, &lead, Which::Open).await.looks.is_empty(),
            "the review goes back three months"
        );
    }
}

fn written(bench: &Bench, what: &str) -> Breach {
    let (now, zone) = (bench.service.surroundings().now(), TimeZone::UTC);
    let typed =
        BreachTyped { what: what.into(), kind: "confidentiality".into(), ..BreachTyped::begun(now, &zone) };
    typed.read(now, &zone).unwrap()
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_breach_is_written_down_with_its_history_and_whom_it_reached() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let owen = bench.visit("Owen Price", Role::Adviser).await;
        let lead = bench.visit("Grace Lead", Role::Governance).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        let (daniel, maria) =
            (bench.client(&amara, "Daniel Whitfield").await, bench.client(&amara, "Maria Lopes").await);
        let una = bench.client(&amara, "Una Reed").await;
        let began = service.surroundings().now();
        for client in [daniel, maria] {
            service.state_reason(&owen, client, "Curious about this one").await.unwrap();
            service.open_file(&owen, client, 20).await.unwrap().release().await.unwrap();
        }
        service.find_clients(&owen, "Lopes", 5).await.unwrap().release().await.unwrap();
        bench.later(3600);
        let ended = service.surroundings().now();
        bench.later(60);
        service.state_reason(&owen, una, "After the time in question").await.unwrap();

        let breach = written(&bench, "Somebody opened files out of curiosity.");
        let key = form();
        assert!(matches!(service.write_breach(&amara, form(), None, &breach).await, Err(Error::NotYours(_))));
        assert!(matches!(
            service.write_breach(&manager, form(), None, &breach).await,
            Err(Error::NotYours(_))
        ));
        let id = service.write_breach(&lead, key, None, &breach).await.unwrap();
        assert_eq!(
            service.write_breach(&lead, key, None, &breach).await.unwrap(),
            id,
            "the same form acts once"
        );
        assert_eq!(service.breaches(&manager).await.unwrap().len(), 1);
        assert!(matches!(service.breaches(&owen).await, Err(Error::NotYours(_))));

        let reach = |who, period, numbers: &[&str]| Reach {
            who,
            period,
            numbers: numbers.iter().map(|n| (*n).to_owned()).collect(),
        };
        let found = service
            .find_affected(&lead, id, &reach(Some(owen.staff), Some((began, ended)), &[]))
            .await
            .unwrap();
        assert_eq!((found.files, found.lists), (2, 1));
        let wrong = service.find_affected(&lead, id, &reach(None, None, &["NB-99999"])).await;
        assert!(matches!(wrong, Err(Error::Faults(faults)) if faults[0].field == *"numbers"));
        let one = service.find_affected(&lead, id, &reach(None, None, &["NB-10003"])).await.unwrap();
        assert_eq!(one.files, 1);
        let of_both = reach(Some(owen.staff), Some((began, ended)), &["NB-10003", "nb-10001"]);
        assert_eq!(service.find_affected(&lead, id, &of_both).await.unwrap().files, 1, "only of these");
        let anybody = reach(None, Some((began, ended)), &[]);
        assert!(service.find_affected(&lead, id, &anybody).await.unwrap().files >= 2);
        service.remove_affected(&lead, id, &[una]).await.unwrap();
        let shown = service.breach(&manager, id).await.unwrap().release().await.unwrap();
        let mut names: Vec<_> =
            shown.affected.iter().map(|a| a.shown.as_ref().unwrap().name.clone()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Daniel Whitfield", "Maria Lopes"]);

        let letter = service.breach_letter(&lead, id, daniel).await.unwrap().release().await.unwrap();
        assert_eq!(letter.display_name(), Some("Daniel Whitfield"));
        assert!(matches!(service.breach_letter(&lead, id, una).await, Err(Error::NoSuchFile)));
        let looks = service.who_looked(&amara, daniel).await.unwrap().release().await.unwrap().looks;
        assert!(looks.iter().any(|look| look.action == "print-breach-letter"), "the client can see it");
        service.told_of_breach(&lead, id, &[daniel]).await.unwrap();

        // 72 hours later it is late until it is decided, and each version stays.
        assert_eq!(stands(&bench, "breaches-late").await.0, Stands::Kept);
        bench.later(73 * 3600);
        assert_eq!(stands(&bench, "breaches-late").await.0, Stands::Broken);
        let lead = bench.visit_of(lead.staff, Role::Governance);
        let decided = Breach {
            risk: Some(casework::breaches::Risk::Unlikely),
            risk_why: "Nothing was passed on.".into(),
            decision: Decision::Keep,
            decision_why: "No risk to anybody.".into(),
            ..breach.clone()
        };
        assert!(matches!(
            service.write_breach(&lead, form(), Some((id, 7)), &decided).await,
            Err(Error::ChangedMeanwhile)
        ));
        service.write_breach(&lead, form(), Some((id, 1)), &decided).await.unwrap();
        assert!(matches!(
            service.write_breach(&lead, form(), Some((id, 1)), &breach).await,
            Err(Error::ChangedMeanwhile)
        ));
        assert_eq!(stands(&bench, "breaches-late").await.0, Stands::Kept);
        let shown = service.breach(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(shown.versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!((&shown.versions[0].breach, &shown.versions[1].breach), (&decided, &breach));
        assert_eq!(clock(&decided, service.surroundings().now()), Clock::NotReported);

        // Whoever is erased is on no list any more.
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let rows = records.read(vec![AFFECTED.with([])]).await.unwrap();
        assert_eq!(rows[0].first().unwrap().int(0).unwrap(), 1);
        let again = reach(Some(owen.staff), Some((began, ended)), &[]);
        service.find_affected(&lead, id, &again).await.unwrap();
        let shown = service.breach(&lead, id).await.unwrap().release().await.unwrap();
        assert_eq!(shown.affected.len(), 1, "the log still knows the id, and nobody is brought back");
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_comes_near_its_day_or_passes_it_is_on_the_dashboard() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let id = crate::requests::ask(&bench, &ada, client, casework::requests::Kind::Informed).await;
        assert_eq!(stands(&bench, "requests-near").await, (Stands::Kept, Measured::Told(0)));
        // Asked on 23 November, due on 23 December.
        bench.later(24 * 86_400);
        assert_eq!(stands(&bench, "requests-near").await, (Stands::Kept, Measured::Told(1)));
        assert_eq!(stands(&bench, "requests-late").await.0, Stands::Kept);
        bench.later(7 * 86_400);
        let late = Measured::Counted { number: 1, oldest: Some(jiff::civil::date(2026, 12, 23)) };
        assert_eq!(stands(&bench, "requests-late").await, (Stands::Broken, late));
        assert_eq!(stands(&bench, "requests-near").await, (Stands::Kept, Measured::Told(0)));
        // That it is answered in the end does not make it punctual.
        let nothing = Measured::Counted { number: 0, oldest: None };
        assert_eq!(stands(&bench, "requests-answered-late").await, (Stands::Kept, nothing));
        let lead = bench.visit("Harriet", Role::Governance).await;
        crate::requests::answered(&bench.service, &lead, id).await;
        assert_eq!(stands(&bench, "requests-late").await.0, Stands::Kept);
        assert_eq!(stands(&bench, "requests-answered-late").await.0, Stands::Broken);
        bench.later(370 * 86_400);
        assert_eq!(stands(&bench, "requests-answered-late").await, (Stands::Kept, nothing));
    }
}
