//! People who stand twice, on both engines: who is shown, what is remembered, files made one and parted again.

use std::collections::BTreeMap;

use access::Role;
use casework::consents::Way;
use casework::merges::Side;
use casework::profile::fields;
use casework::{Answer, ClientId, Profile, Written};
use notice::{Category, FieldId, forms};
use records::clients::Registration;
use records::consents::About;
use records::erasure::Ground;
use records::files::{ALL_ENTRIES, ClientFile};
use records::{Error, Visit};
use store::Sql;

use crate::bench::{Bench, meeting, registration};
use crate::consents::{answer, recipient, yes};

fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

fn text(words: &str) -> Option<Answer> {
    Some(Answer::Text(words.into()))
}

/// Somebody born on the same day as everybody here, at the same postcode.
fn somebody(name: &str) -> Registration {
    let mut one = registration(name);
    one.contact.set(fields::DATE_OF_BIRTH, Some(Answer::Date(jiff::civil::date(1991, 3, 14))));
    one.contact.set(fields::POSTCODE, text("NE1 4ST"));
    one
}

async fn file(bench: &Bench, visit: &Visit, client: ClientId) -> ClientFile {
    bench.service.open_file(visit, client, ALL_ENTRIES).await.unwrap().release().await.unwrap()
}

async fn task(bench: &Bench, visit: &Visit, client: ClientId, words: &str) -> casework::EntryId {
    let form = forms::form("task").unwrap();
    let mut written = Written::default();
    written.answers.set("task".into(), text(words));
    written.answers.set("task_by".into(), Some(Answer::Date(jiff::civil::date(2026, 12, 1))));
    bench.service.write_entry(visit, client, key(), form, &written).await.unwrap()
}

/// What a file says, to compare it with itself later.
fn said(file: &ClientFile) -> String {
    let mut lines: Vec<String> =
        file.timeline.iter().map(|dated| format!("{} {} {:?}", dated.id, dated.day, dated.what)).collect();
    lines.sort();
    format!("{:?} {:?} {lines:?} {:?} {:?}", file.profile(), file.adviser, file.due, file.until)
}

async fn number(bench: &Bench, visit: &Visit, client: ClientId) -> String {
    file(bench, visit, client).await.profile().text(&fields::CLIENT_NUMBER).unwrap().to_owned()
}

/// What was done with a file, as the log has it.
async fn looked(bench: &Bench, visit: &Visit, client: ClientId) -> String {
    let looks = bench.service.who_looked(visit, client).await.unwrap().release().await.unwrap().looks;
    looks.into_iter().map(|look| look.action + " ").collect()
}

async fn made_one(bench: &Bench, meera: &Visit, one: ClientId, other: ClientId) -> casework::MergeId {
    let compared = bench.service.compare_files(meera, one, other).await.unwrap().release().await.unwrap();
    let chosen: BTreeMap<FieldId, Side> = [(fields::NAME, Side::Absorbed)].into();
    bench.service.merge_files(meera, one, other, key(), &compared.seen, &chosen).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_on_file_is_found_by_what_is_alike_and_closed_files_say_nothing() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let john = bench.service.register_client(&ada, somebody("John Smith")).await.unwrap();
        bench.client(&ada, "Maria Lopes").await;
        let typed = somebody("Jon Smyth").contact;
        let found = bench.service.on_file(&ada, key(), &typed).await.unwrap().unwrap();
        let found = found.release().await.unwrap();
        assert_eq!(found.likely.iter().map(|l| l.who.client).collect::<Vec<_>>(), [john]);
        assert!(found.likely[0].why.contains("same date of birth"), "{}", found.likely[0].why);
        assert!(!found.closed);
        assert!(bench.service.on_file(&ada, key(), &Profile::default()).await.unwrap().is_none());
        bench.service.declare_conflict(&ada, john).await.unwrap();
        let found = bench.service.on_file(&ada, key(), &typed).await.unwrap().unwrap();
        let found = found.release().await.unwrap();
        assert!(found.closed && found.likely.is_empty());
        let rita = bench.visit("Rita", Role::Administrator).await;
        assert!(matches!(bench.service.on_file(&rita, key(), &typed).await, Err(Error::Refused(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_are_for_managers_and_two_people_are_remembered_as_two() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let john = bench.service.register_client(&ada, somebody("John Smith")).await.unwrap();
        let jon = bench.service.register_client(&ada, somebody("Jon Smith")).await.unwrap();
        assert!(matches!(bench.service.duplicates(&ada).await, Err(Error::NotYours(_))));
        let pairs = bench.service.duplicates(&meera).await.unwrap().release().await.unwrap();
        assert_eq!(pairs.pairs.len(), 1, "{pairs:?}");
        assert!(matches!(bench.service.say_different(&ada, john, jon).await, Err(Error::NotYours(_))));
        bench.service.say_different(&meera, jon, john).await.unwrap();
        bench.service.say_different(&meera, john, jon).await.unwrap();
        let pairs = bench.service.duplicates(&meera).await.unwrap().release().await.unwrap();
        assert!(pairs.pairs.is_empty());
        let bench = bench.reopened().await.unwrap();
        let meera = bench.visit_of(meera.staff, Role::Manager);
        assert!(bench.service.duplicates(&meera).await.unwrap().release().await.unwrap().pairs.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_are_made_one_and_parted_again_as_they_were() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let john = service.register_client(&ada, somebody("John Smith")).await.unwrap();
        let jon = service.register_client(&ada, somebody("Jon Smyth")).await.unwrap();
        bench.later(3600);
        service
            .record_meeting(&ada, john, key(), jiff::civil::date(2026, 11, 23), &meeting("Came by.", true))
            .await
            .unwrap();
        service
            .record_meeting(
                &ada,
                jon,
                key(),
                jiff::civil::date(2026, 11, 23),
                &meeting("Rang about a course.", true),
            )
            .await
            .unwrap();
        let owed = task(&bench, &ada, jon, "Ring the college").await;
        let (to, _) = recipient(&bench, "adult-learning", "Northbridge Adult Learning").await;
        for client in [john, jon] {
            answer(service, &ada, client, About::Sharing(to), yes()).await.unwrap();
        }
        service.withdraw_consent(&ada, jon, About::Sharing(to), key(), Way::Spoken).await.unwrap();
        let slot = service.free_times(ada.staff, None, jiff::civil::date(2026, 11, 24), 30).await.unwrap()[0];
        let booking = records::appointments::Booking {
            room: None,
            form: key(),
            adviser: ada.staff,
            slots: vec![slot],
            way: casework::appointments::Way::Office,
            said: casework::appointments::Said::default(),
            tell: false,
        };
        let booked = service.book(&ada, jon, booking).await.unwrap();
        let before = [said(&file(&bench, &ada, john).await), said(&file(&bench, &ada, jon).await)];
        let numbers = [number(&bench, &ada, john).await, number(&bench, &ada, jon).await];

        assert!(matches!(service.compare_files(&ada, john, jon).await, Err(Error::NotYours(_))));
        assert!(matches!(service.compare_files(&meera, john, jon).await, Err(Error::Refused(_))));
        for client in [john, jon] {
            service.state_reason(&meera, client, "Two files of one person").await.unwrap();
        }
        let compared = service.compare_files(&meera, john, jon).await.unwrap().release().await.unwrap();
        assert_eq!(compared.in_the_way, Vec::<&str>::new());
        let nothing = service.merge_files(&meera, john, jon, key(), &compared.seen, &BTreeMap::new()).await;
        assert!(
            matches!(nothing, Err(Error::Faults(faults)) if faults.len() == 1 && faults[0].field == fields::NAME)
        );
        let stale = service.merge_files(&meera, john, jon, key(), "00", &BTreeMap::new()).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)));
        let form = key();
        let chosen: BTreeMap<FieldId, Side> = [(fields::NAME, Side::Absorbed)].into();
        let merge = service.merge_files(&meera, john, jon, form, &compared.seen, &chosen).await.unwrap();
        let again = service.merge_files(&meera, john, jon, form, &compared.seen, &chosen).await.unwrap();
        assert_eq!(merge, again, "sent twice, made one once");

        let one = file(&bench, &ada, john).await;
        assert_eq!(one.profile().text(&fields::NAME), Some("Jon Smyth"));
        let notes = format!("{:?}", one.timeline);
        assert!(notes.contains("Came by.") && notes.contains("Rang about a course."));
        assert!(one.timeline.iter().all(|dated| dated.author == ada.staff), "who wrote it stays");
        assert!(one.due.iter().any(|due| due.entry == owed));
        assert_eq!(one.appointments.len(), 1);
        assert!(matches!(service.open_file(&ada, jon, 20).await, Err(Error::TakenUp(to)) if to == john));
        for number in &numbers {
            let found = service.find_clients(&ada, number, 5).await.unwrap().release().await.unwrap();
            assert_eq!(found.iter().map(|f| f.who.client).collect::<Vec<_>>(), [john], "{number}");
        }
        let tab = service.consent_page(&ada, john).await.unwrap().release().await.unwrap();
        let state = tab.sharing.iter().find(|s| s.organisation.id == to).unwrap().state;
        assert_eq!(state, Some(casework::consents::State::Withdrawn), "the stricter holds");
        assert!(looked(&bench, &ada, john).await.contains("merge-files"));
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
        let pairs = service.duplicates(&meera).await.unwrap().release().await.unwrap();
        assert_eq!((pairs.pairs.len(), pairs.merges.len()), (0, 1));

        // Something is written since, and something that moved is changed.
        bench.later(60);
        service
            .record_meeting(
                &ada,
                john,
                key(),
                jiff::civil::date(2026, 11, 23),
                &meeting("Written since.", false),
            )
            .await
            .unwrap();
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        let (ada, meera) =
            (bench.visit_of(ada.staff, Role::Adviser), bench.visit_of(meera.staff, Role::Manager));
        assert_eq!(
            service.find_clients(&ada, &numbers[1], 5).await.unwrap().release().await.unwrap().len(),
            1
        );
        service.state_reason(&meera, john, "They are two people after all").await.unwrap();
        assert!(matches!(service.undo_merge(&ada, merge).await, Err(Error::NotYours(_))));
        let undone = service.undo_merge(&meera, merge).await.unwrap();
        assert_eq!((undone.survivor, undone.absorbed, undone.stayed), (john, jon, 1));
        assert!(matches!(service.undo_merge(&meera, merge).await, Err(Error::NoSuchFile)));
        let looks = looked(&bench, &ada, jon).await;
        assert!(looks.contains("take-up-file") && looks.contains("undo-merge"), "an entry on both: {looks}");
        assert_eq!(said(&file(&bench, &ada, jon).await), before[1]);
        let mut one = file(&bench, &ada, john).await;
        assert!(one.timeline.iter().any(|dated| format!("{:?}", dated.what).contains("Written since.")));
        one.timeline.retain(|dated| !format!("{:?}", dated.what).contains("Written since."));
        assert_eq!(said(&one), before[0]);
        assert_eq!(
            service
                .appointment(&ada, booked)
                .await
                .unwrap()
                .release()
                .await
                .unwrap()
                .appointment
                .booked
                .client,
            jon
        );
        let tab = service.consent_page(&ada, john).await.unwrap().release().await.unwrap();
        let state = tab.sharing.iter().find(|s| s.organisation.id == to).unwrap().state;
        assert_eq!(state, Some(casework::consents::State::Given));
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_was_changed_since_goes_back_as_it_was_and_the_change_stays() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let john = service.register_client(&ada, somebody("John Smith")).await.unwrap();
        let jon = service.register_client(&ada, somebody("Jon Smyth")).await.unwrap();
        let owed = task(&bench, &ada, jon, "Ring the college").await;
        for client in [john, jon] {
            service.state_reason(&meera, client, "Two files of one person").await.unwrap();
        }
        let merge = made_one(&bench, &meera, john, jon).await;
        bench.later(60);
        let view = service.view_entry(&ada, john, owed).await.unwrap().release().await.unwrap();
        let form = forms::form("task").unwrap();
        let mut written = Written::default();
        written.answers.set("task".into(), text("Ring the university"));
        written.answers.set("task_by".into(), Some(Answer::Date(jiff::civil::date(2026, 12, 1))));
        service.change_entry(&ada, john, owed, view.entry.version, form, &written).await.unwrap();
        let mut contact = file(&bench, &ada, john).await.pages[&Category::Contact].profile.clone();
        contact.set(fields::TOWN, text("Northbridge"));
        let version = file(&bench, &ada, john).await.pages[&Category::Contact].version;
        service.change_details(&ada, john, Category::Contact, version, contact).await.unwrap();

        let undone = service.undo_merge(&meera, merge).await.unwrap();
        assert_eq!(undone.stayed, 2, "the changed task and the changed page");
        let back = format!("{:?}", file(&bench, &ada, jon).await.timeline);
        assert!(back.contains("Ring the college") && !back.contains("Ring the university"));
        let here = file(&bench, &ada, john).await;
        assert!(format!("{:?}", here.timeline).contains("Ring the university"));
        assert_eq!(here.profile().text(&fields::TOWN), Some("Northbridge"));
        let view = service.view_entry(&ada, jon, owed).await.unwrap().release().await.unwrap();
        assert!(view.earlier.iter().all(|dated| !format!("{:?}", dated.what).contains("university")));
        let findings = service.examine().await;
        assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
    }
}

// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_erased_with_what_was_taken_up_in_it() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let john = service.register_client(&ada, somebody("John Smith")).await.unwrap();
        let jon = service.register_client(&ada, somebody("Jon Smyth")).await.unwrap();
        for client in [john, jon] {
            service.state_reason(&meera, client, "Two files of one person").await.unwrap();
        }
        let number = number(&bench, &ada, jon).await;
        let merge = made_one(&bench, &meera, john, jon).await;
        service.erase_file(&number, Ground::Request).await.unwrap();
        for client in [john, jon] {
            assert!(service.erased(client).await.unwrap().is_some());
            assert!(matches!(service.open_file(&ada, client, 20).await, Err(Error::NoSuchFile)));
        }
        assert!(matches!(service.undo_merge(&meera, merge).await, Err(Error::NoSuchFile)));
        assert!(matches!(service.erase_file(&number, Ground::Request).await, Err(Error::NoSuchFile)));
    }
}

static WARNED: Sql = Sql {
    name: "WARNED",
    store: "records",
    text: "INSERT INTO message (id, client, ending, warned, template, state, queued, due, expires, attempts) VALUES ($1, $2, 20800, 20700, 'ending', 'sent', 1, 1, 2, 1)",
};
static TOLD: Sql = Sql {
    name: "TOLD",
    store: "records",
    text: "INSERT INTO message (id, client, notice_version, asked_by, template, state, queued, due, expires, attempts) VALUES ($1, $2, '2.0', $2, 'notice', 'sent', 1, 1, 2, 1)",
};
static MESSAGES: Sql = Sql { name: "MESSAGES", store: "records", text: "SELECT COUNT(*) FROM message" };

#[tokio::test(flavor = "multi_thread")]
async fn two_files_whose_clients_were_told_the_same_are_made_one() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let john = service.register_client(&ada, somebody("John Smith")).await.unwrap();
        let jon = service.register_client(&ada, somebody("Jon Smyth")).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        for client in [john, jon] {
            service.state_reason(&meera, client, "Two files of one person").await.unwrap();
            for message in [&WARNED, &TOLD] {
                let row = message.with([key().into(), client.as_bytes().into()]);
                records.write(vec![row]).await.unwrap();
            }
        }
        let number = number(&bench, &ada, john).await;
        made_one(&bench, &meera, john, jon).await;
        service.erase_file(&number, Ground::Request).await.unwrap();
        let left = records.read(vec![MESSAGES.with([])]).await.unwrap();
        assert_eq!(left[0].rows[0].int(0).unwrap(), 0, "what was told to both goes with the file");
    }
}
