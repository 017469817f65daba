//! The sweep: Kept erases by itself what is past its day, asks before anything unusual, and goes on where it was cut off.

use access::Role;
use casework::holds::{Authority, Hold};
use casework::programmes::{Ended, Reason};
use casework::requests::Kind;
use casework::retention::guard::Doubt;
use jiff::civil::date;
use records::erasure::What;
use records::placements::Becomes;
use records::sweep::State;
use records::{Error, day_number};
use store::Sql;

use crate::bench::{Bench, meeting};

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $2 WHERE id = $1" };
static PAST: Sql = Sql { name: "PAST", store: "records", text: "UPDATE keeping SET day = $1" };
static CLOSE: Sql = Sql { name: "CLOSE", store: "records", text: "UPDATE request SET closed = $1" };
static LEFT_RUNNING: Sql = Sql {
    name: "LEFT_RUNNING",
    store: "records",
    text: "INSERT INTO sweep (day, begun, state, due, erased, holder, held_until) VALUES ($1, $2, 'runs', 3, 1, $3, $4)",
};
static SCHEDULE: Sql = Sql {
    name: "SCHEDULE",
    store: "records",
    text: "INSERT INTO scheduled_erasure (client, category, day, reason, noted) VALUES ($1, $2, $3, 'consent-withdrawn', 0)",
};

const DAY: i64 = 24 * 3600;

/// Lets the days go by as they do: with a sweep every night.
async fn nights(bench: &Bench, days: i64) {
    for _ in 0..days {
        bench.later(DAY);
        bench.service.sweep(bench.service.surroundings().today()).await.unwrap();
    }
}

async fn sound(bench: &Bench) {
    let findings = bench.service.examine().await;
    assert!(findings.iter().all(|finding| finding.sound), "{findings:?}");
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_by_itself_on_its_day_and_contact_keeps_it() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let gone = bench.client(&amara, "Daniel Whitfield").await;
        let stays = bench.client(&amara, "Maria Lopes").await;
        // Both are kept until 23 November 2027.
        bench.later(363 * DAY);
        nights(&bench, 1).await;
        assert_eq!(service.surroundings().today(), date(2027, 11, 22));
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        assert!(service.open_file(&visit, gone, 20).await.is_ok(), "not before its day");
        let today = service.surroundings().today();
        service.record_meeting(&visit, stays, [1; 16], today, &meeting("Came in.", true)).await.unwrap();
        nights(&bench, 1).await;
        let sweep = service.newest_sweep().await.unwrap().unwrap();
        assert_eq!((sweep.state, sweep.due, sweep.erased, sweep.doubt), (State::Done, 1, 1, None));
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        assert!(matches!(service.open_file(&visit, gone, 20).await, Err(Error::NoSuchFile)));
        assert!(service.open_file(&visit, stays, 20).await.is_ok());
        let (waiting, register) = service.erasures(&visit).await.unwrap();
        assert!(waiting.is_empty());
        assert_eq!(register.len(), 1);
        assert!(
            register[0].asked_by.is_none() && register[0].entries > 0 && register[0].in_service.is_some()
        );
        // The same day again does nothing.
        let again = service.sweep(service.surroundings().today()).await.unwrap();
        assert_eq!((again.state, again.erased), (State::Done, 1));
        service.roll_keys().await.unwrap();
        sound(&bench).await;
        let tomorrow = service.surroundings().today().tomorrow().unwrap();
        assert!(
            matches!(service.sweep(tomorrow).await, Err(Error::NotYours(_))),
            "nothing goes before its day"
        );
    }
}

// promise: P16
// promise: P24
#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_or_restricted_stays_until_it_is_not() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let lead = bench.visit("Lena Rights", Role::Governance).await;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let held = bench.client(&amara, "Daniel Whitfield").await;
        let restricted = bench.client(&amara, "Maria Lopes").await;
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![RESTRICT.with([restricted.as_bytes().into(), true.into()])]).await.unwrap();
        bench.later(360 * DAY);
        nights(&bench, 1).await;
        let lead = bench.visit_of(lead.staff, Role::Governance);
        let hold = Hold {
            authority: Authority::LegalClaim,
            reason: "A claim is before the tribunal.".into(),
            review: date(2027, 12, 1),
        };
        let set = service.set_hold(&lead, held, [1; 16], &hold).await.unwrap();
        assert_eq!(service.set_hold(&lead, held, [1; 16], &hold).await.unwrap(), set, "sent twice, set once");
        let adviser = bench.visit_of(amara.staff, Role::Adviser);
        assert!(matches!(service.set_hold(&adviser, held, [2; 16], &hold).await, Err(Error::NotYours(_))));
        nights(&bench, 10).await;
        let today = service.surroundings().today();
        let due = service.due_on(today).await.unwrap();
        assert_eq!((due.going, due.staying, due.files), (0, 2, 2));
        assert!(matches!(
            service.erase_file("NB-10001", records::erasure::Ground::Request).await,
            Err(Error::Held)
        ));
        let lead = bench.visit_of(lead.staff, Role::Governance);
        assert_eq!(service.all_holds(&lead).await.unwrap().len(), 1);
        service.state_reason(&lead, held, "The claim is settled now.").await.unwrap();
        let lead = bench.visit_of(lead.staff, Role::Governance);
        let seen = service.holds(&lead, held).await.unwrap().release().await.unwrap();
        assert_eq!(seen.holds[0].1, hold.reason);
        service.lift_hold(&lead, held, set).await.unwrap();
        service.lift_hold(&lead, held, set).await.unwrap();
        // The sweep of this day is done, and what fell due since goes all the same.
        let before = service.sweep(today).await.unwrap();
        assert_eq!(
            (before.state, before.erased, service.due_on(today).await.unwrap().going),
            (State::Done, 1, 0)
        );
        records.write(vec![RESTRICT.with([restricted.as_bytes().into(), false.into()])]).await.unwrap();
        nights(&bench, 1).await;
        assert_eq!(service.due_on(today).await.unwrap().files, 0);
        sound(&bench).await;
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_or_many_files_at_once_wait_for_two_people() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let lead = bench.visit("Lena Rights", Role::Governance).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        bench.client(&amara, "Daniel Whitfield").await;
        nights(&bench, 1).await;
        bench.later(400 * DAY);
        let today = service.surroundings().today();
        let asks = service.sweep(today).await.unwrap();
        assert_eq!((asks.state, asks.doubt, asks.due, asks.erased), (State::Asks, Some(Doubt::Clock), 1, 0));
        let again = service.sweep(today).await.unwrap();
        assert_eq!((again.state, again.erased), (State::Asks, 0), "asking again erases nothing");
        assert!(matches!(service.agree_to_sweep(&amara, today).await, Err(Error::NotYours(_))));
        service.agree_to_sweep(&lead, today).await.unwrap();
        assert!(matches!(service.agree_to_sweep(&lead, today).await, Err(Error::NotYours(_))));
        assert_eq!(service.sweep(today).await.unwrap().state, State::Asks, "one person is not two");
        service.agree_to_sweep(&manager, today).await.unwrap();
        let done = service.sweep(today).await.unwrap();
        assert_eq!((done.state, done.erased, done.agreed.len()), (State::Done, 1, 2));

        for number in 0..25 {
            bench.client(&bench.visit_of(amara.staff, Role::Adviser), &format!("Person {number}")).await;
        }
        bench.later(DAY);
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let today = service.surroundings().today();
        records.write(vec![PAST.with([day_number(today).into()])]).await.unwrap();
        let asks = service.sweep(today).await.unwrap();
        assert_eq!((asks.state, asks.doubt, asks.due), (State::Asks, Some(Doubt::Many), 25));
        service.stop_sweep(&manager, today).await.unwrap();
        assert_eq!(service.sweep(today).await.unwrap().state, State::Stopped);
        assert_eq!(service.due_on(today).await.unwrap().files, 25, "nothing was erased");
        bench.later(DAY);
        let today = service.surroundings().today();
        assert_eq!(service.sweep(today).await.unwrap().state, State::Asks, "the next night asks anew");
        service.agree_to_sweep(&manager, today).await.unwrap();
        service.agree_to_sweep(&lead, today).await.unwrap();
        let done = service.sweep(today).await.unwrap();
        assert_eq!((done.state, done.erased), (State::Done, 25));
        assert_eq!(service.due_on(today).await.unwrap().files, 0);
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_was_cut_off_goes_on_and_one_server_at_a_time_is_at_it() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        bench.client(&amara, "Daniel Whitfield").await;
        bench.client(&amara, "Maria Lopes").await;
        bench.later(400 * DAY);
        let (today, now) = (service.surroundings().today(), service.surroundings().now());
        let records = bench.ground.store(&records::MIGRATIONS).await;
        // Another server is at it, and holds it for another minute.
        let until = now.as_microsecond() + 60_000_000;
        let values = [
            day_number(today).into(),
            (now.as_microsecond() - 1_000_000).into(),
            [7_u8; 16].into(),
            until.into(),
        ];
        records.write(vec![LEFT_RUNNING.with(values)]).await.unwrap();
        let waits = service.sweep(today).await.unwrap();
        assert_eq!((waits.state, waits.erased), (State::Runs, 1));
        assert_eq!(service.due_on(today).await.unwrap().files, 2, "the other one is at it");
        bench.later(61);
        let done = service.sweep(today).await.unwrap();
        assert_eq!((done.state, done.erased), (State::Done, 3));
        assert_eq!(service.due_on(today).await.unwrap().files, 0);
        sound(&bench).await;
    }
}

// promise: P2
#[tokio::test(flavor = "multi_thread")]
async fn what_lost_its_last_ground_goes_by_its_day_and_equality_answers_with_their_key() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        let other = bench.client(&amara, "Maria Lopes").await;
        nights(&bench, 1).await;
        let (today, day) = (service.surroundings().today(), day_number(service.surroundings().today()));
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        service.record_meeting(&visit, client, [1; 16], today, &meeting("Came in.", true)).await.unwrap();
        // A document belongs to that work, has a key of its own, and goes with it.
        let sending = crate::documents::sending("certificate.pdf", None);
        crate::documents::send(service, &visit, client, sending, crate::documents::PDF).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let schedule = |client: casework::ClientId, what: &'static str, day: i64| {
            SCHEDULE.with([client.as_bytes().into(), what.into(), day.into()])
        };
        records
            .write(vec![
                schedule(client, "casework", day + 1),
                schedule(client, "equality", day + 1),
                schedule(client, "needs", day + 30),
                schedule(other, "contact", day + 1),
            ])
            .await
            .unwrap();
        nights(&bench, 1).await;
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        let file = service.open_file(&visit, client, 20).await.unwrap().release().await.unwrap();
        assert!(
            !file.timeline.iter().any(|entry| matches!(entry.what, records::files::What::Meeting(_))),
            "notes are gone"
        );
        let documents = service.documents(&visit, client).await.unwrap().release().await.unwrap().documents;
        assert!(documents.is_empty(), "{documents:?}");
        assert!(
            matches!(service.open_file(&visit, other, 20).await, Err(Error::NoSuchFile)),
            "a file that nobody could find is no file"
        );
        let (_, register) = service.erasures(&visit).await.unwrap();
        let whats: Vec<_> = register.iter().map(|one| one.what).collect();
        assert_eq!(register.len(), 3, "{whats:?}");
        assert!(register.iter().all(|one| one.in_service.is_some()));
        let casework = What::Category(notice::Category::Casework);
        let casework = register.iter().find(|one| one.what == casework).unwrap();
        assert_eq!((casework.entries, casework.documents), (1, 1));
        sound(&bench).await;
        let findings = service.examine().await;
        let keyring = findings.iter().find(|finding| finding.name == "keyring").unwrap();
        assert!(
            keyring.detail.starts_with("2 keys of 1 files"),
            "the keys of equality answers and of the document are gone: {}",
            keyring.detail
        );
    }
}

// promise: P17
#[tokio::test(flavor = "multi_thread")]
async fn each_layer_goes_on_its_own_day_and_a_programme_keeps_nothing_but_its_own() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let on = crate::programmes::ladder(&bench).await;
        let client = crate::programmes::client(&bench, &amara, "Daniel Whitfield").await;
        let placement = crate::programmes::place(&bench, &amara, client, on).await.unwrap();
        let today = service.surroundings().today();
        service.record_meeting(&amara, client, [1; 16], today, &meeting("Came in.", true)).await.unwrap();
        let ended = Ended { on: today, reason: Reason::Completed, note: String::new() };
        let becomes = Becomes::Ended(ended);
        service.change_placement(&amara, client, placement, 1, becomes).await.unwrap();

        // A year later the file goes, and the programme's layer stays: without a name in any list or search.
        bench.later(364 * DAY);
        nights(&bench, 2).await;
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        assert!(matches!(service.open_file(&visit, client, 20).await, Err(Error::NoSuchFile)));
        let found = service.find_clients(&visit, "Daniel", 5).await.unwrap().release().await.unwrap();
        assert!(found.is_empty());
        assert!(service.caseload(&visit).await.unwrap().release().await.unwrap().files.is_empty());
        let (_, register) = service.erasures(&visit).await.unwrap();
        assert_eq!(register.iter().map(|one| one.what).collect::<Vec<_>>(), [What::Service]);
        service.roll_keys().await.unwrap();
        sound(&bench).await;
        let bench = bench.reopened().await.unwrap();
        let service = &bench.service;
        sound(&bench).await;
        let manager = bench.visit("Meera Shah", Role::Manager).await;
        service.state_reason(&manager, client, "The funder asks for evidence.").await.err();
        let due = service.due_on(service.surroundings().today()).await.unwrap();
        assert_eq!((due.going, due.staying), (0, 0));

        // Years later the layer goes, and the last row with it.
        bench.later(10 * 365 * DAY);
        let today = service.surroundings().today();
        let asks = service.sweep(today).await.unwrap();
        assert_eq!((asks.state, asks.due), (State::Asks, 1));
        let lead = bench.visit("Lena Rights", Role::Governance).await;
        let manager = bench.visit_of(manager.staff, Role::Manager);
        service.agree_to_sweep(&manager, today).await.unwrap();
        service.agree_to_sweep(&lead, today).await.unwrap();
        assert_eq!(service.sweep(today).await.unwrap().erased, 1);
        let (_, register) = service.erasures(&lead).await.unwrap();
        assert_eq!(register[0].what, What::File);
        assert!(service.erased(client).await.unwrap().is_some());
        sound(&bench).await;
    }
}

// promise: P16
// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_goes_two_years_after_it_was_closed_though_the_file_stays() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Amara Okafor", Role::Adviser).await;
        let lead = bench.visit("Lena Rights", Role::Governance).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        // One is closed on 23 November 2026, another a year later; contact keeps the file.
        let first = crate::requests::ask(&bench, &ada, client, Kind::Informed).await;
        crate::requests::answered(service, &lead, first).await;
        let file = service.open_file(&ada, client, 5).await.unwrap().release().await.unwrap();
        let said: Vec<String> = file.clocks.iter().map(casework::retention::Clock::sentence).collect();
        let asked = "Requests about the data are erased on 23 November 2028: 24 months after the request of that time was closed on 23 November 2026.";
        assert!(said.iter().any(|one| one == asked), "{said:?}");
        sound(&bench).await;
        bench.later(300 * DAY);
        let lead = bench.visit_of(lead.staff, Role::Governance);
        let amara = bench.visit_of(ada.staff, Role::Adviser);
        let second = crate::requests::ask(&bench, &amara, client, Kind::Informed).await;
        crate::requests::answered(service, &lead, second).await;
        for form in [[1; 16], [2; 16]] {
            bench.later(200 * DAY);
            let (amara, today) = (bench.visit_of(ada.staff, Role::Adviser), service.surroundings().today());
            service.record_meeting(&amara, client, form, today, &meeting("Came in.", true)).await.unwrap();
        }
        sound(&bench).await;
        bench.later(29 * DAY);
        nights(&bench, 1).await;
        assert_eq!(service.surroundings().today(), date(2028, 11, 22));
        assert_eq!(
            service.request_numbered("R-101").await.unwrap().client,
            Some(client),
            "not before its day"
        );
        nights(&bench, 1).await;
        assert_eq!(service.request_numbered("R-101").await.unwrap().client, None);
        assert_eq!(
            service.request_numbered("R-102").await.unwrap().client,
            Some(client),
            "it has a day of its own"
        );
        let lead = bench.visit_of(lead.staff, Role::Governance);
        let gone = service.request_page(&lead, first).await.unwrap().release().await.unwrap();
        assert!(gone.asked.words.is_empty() && gone.row.closed.is_some(), "{gone:?}");
        let kept = service.request_page(&lead, second).await.unwrap().release().await.unwrap();
        assert!(!kept.asked.words.is_empty());
        let (_, register) = service.erasures(&lead).await.unwrap();
        assert_eq!(register[0].what, What::Category(notice::Category::Rights));
        let amara = bench.visit_of(ada.staff, Role::Adviser);
        assert!(service.open_file(&amara, client, 5).await.is_ok(), "the file stays");
        sound(&bench).await;
    }
}

// promise: P21
#[tokio::test(flavor = "multi_thread")]
async fn a_file_about_which_something_is_asked_waits_until_that_is_closed() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let amara = bench.visit("Amara Okafor", Role::Adviser).await;
        let client = bench.client(&amara, "Daniel Whitfield").await;
        bench.later(364 * DAY);
        nights(&bench, 1).await;
        assert_eq!(
            service.due_on(service.surroundings().today()).await.unwrap().files,
            0,
            "it went on its day"
        );
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        assert!(matches!(service.open_file(&visit, client, 20).await, Err(Error::NoSuchFile)));

        let other = bench.client(&visit, "Maria Lopes").await;
        bench.later(360 * DAY);
        let visit = bench.visit_of(amara.staff, Role::Adviser);
        crate::requests::ask(&bench, &visit, other, casework::requests::Kind::Access).await;
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let today = service.surroundings().today();
        records.write(vec![PAST.with([day_number(today).into()])]).await.unwrap();
        let due = service.due_on(today).await.unwrap();
        assert_eq!((due.going, due.staying), (0, 1));
        records.write(vec![CLOSE.with([day_number(today).into()])]).await.unwrap();
        assert_eq!(service.due_on(today).await.unwrap().going, 1);
    }
}
