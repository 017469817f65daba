//! Telling clients: each once, by their safe way, whatever stops in between.

use std::sync::Arc;

use access::{Role, Why};
use casework::appointments::{Needs, Said, Slot, State, Way};
use casework::closures::{Closing, ClosureTyped};
use casework::messages::{Channel, MessageState, NotSent};
use casework::profile::fields;
use casework::{Answer, AppointmentId, Chosen, ClientId, ClosureId, Profile, StaffId};
use jiff::civil::{Date, date};
use notice::FieldId;
use records::appointments::Booking;
use records::closures::AffectedBy;
use records::erasure::Ground;
use records::messages::{Step, Told};
use records::{Error, Service, Visit};

use crate::bench::{Bench, registration};
use crate::post::{Behaviour, LEASE_SECONDS, Servers};

pub(crate) const DAY: Date = date(2026, 11, 27);

/// A client with these ways of being reached, whose appointment is at an hour of the day.
pub(crate) async fn booked_client(
    bench: &Bench,
    visit: &Visit,
    name: &str,
    email: bool,
    way: Option<&str>,
    safe: Option<&[&str]>,
    hour: i8,
) -> (ClientId, AppointmentId) {
    let mut wanted = registration(name);
    let code = |code: &&str| Chosen { code: (*code).to_owned(), other: None, list: String::new() };
    let contact: &mut Profile = &mut wanted.contact;
    if email {
        let address = format!("{}@example.org", name.to_lowercase());
        contact.set(fields::EMAIL, Some(Answer::Text(address)));
    }
    contact.set(FieldId::known("preferred_contact"), way.as_ref().map(|way| Answer::Code(code(way))));
    contact.set(fields::SAFE_CONTACT, safe.map(|ways| Answer::Codes(ways.iter().map(code).collect())));
    let client = bench.service.register_client(visit, wanted).await.unwrap();
    (client, book(bench, visit, client, DAY, hour, false).await)
}

pub(crate) async fn book(
    bench: &Bench,
    visit: &Visit,
    client: ClientId,
    day: Date,
    hour: i8,
    tell: bool,
) -> AppointmentId {
    let surroundings = bench.service.surroundings();
    let slot = Slot::at(day.at(hour, 0, 0, 0), 45, &surroundings.civil(surroundings.now())).unwrap();
    let said = Said { about: "Job interview training".into(), place: "Jobcentre".into() };
    let form = *uuid::Uuid::new_v4().as_bytes();
    let booking =
        Booking { form, adviser: visit.staff, room: None, slots: vec![slot], way: Way::Office, said, tell };
    bench.service.book(visit, client, booking).await.unwrap()
}

/// What is closed is neither offered nor booked without a word; a call is no visit to a closed office.
async fn nobody_is_booked_into(service: &Service, closed: &Closing, adviser: StaffId) {
    let free = service.free_times(adviser, None, closed.day, 30).await.unwrap();
    assert!(free.iter().all(|slot| slot.ends() <= closed.from || slot.starts() >= closed.to), "{free:?}");
    let here = service.surroundings().civil(service.surroundings().now());
    let first = service.surroundings().civil(closed.from).datetime();
    let slot = Slot::at(first, 30, &here).unwrap();
    let fault =
        service.nobody_in(&Needs { adviser, room: None, way: Way::Office }, &[slot]).await.unwrap().unwrap();
    assert!(fault.message.contains("was closed for this time"), "{fault:?}");
    let days = service.free_days(adviser, None, closed.day, 30).await.unwrap();
    assert!(days.iter().flat_map(|(_, times)| times).all(|time| *time != slot));
}

fn closing(bench: &Bench, from: &str, adviser: Option<StaffId>) -> Closing {
    let surroundings = bench.service.surroundings();
    let typed = ClosureTyped { day: "27 11 2026".into(), from: from.into(), ..ClosureTyped::default() };
    Closing { adviser, ..typed.read(&surroundings.civil(surroundings.now())).unwrap() }
}

async fn affected(bench: &Bench, desk: &Visit, closing: &Closing) -> AffectedBy {
    bench.service.affected_by(desk, closing).await.unwrap().release().await.unwrap()
}

pub(crate) async fn close(bench: &Bench, desk: &Visit) -> ClosureId {
    let closing = closing(bench, "", None);
    let seen = affected(bench, desk, &closing).await.seen;
    let form = *uuid::Uuid::new_v4().as_bytes();
    bench.service.close_office(desk, form, &closing, "Burst pipe", &seen).await.unwrap()
}

pub(crate) async fn send_all(service: &Service) -> usize {
    let mut steps = 0;
    while service.send_next().await.unwrap() == Step::Done {
        steps += 1;
        assert!(steps < 500);
    }
    steps
}

async fn told(bench: &Bench, visit: &Visit, appointment: AppointmentId) -> Vec<Told> {
    bench.service.appointment(visit, appointment).await.unwrap().release().await.unwrap().told
}

async fn state(bench: &Bench, visit: &Visit, appointment: AppointmentId) -> (MessageState, Option<NotSent>) {
    let told = told(bench, visit, appointment).await;
    (told[0].state, told[0].why)
}

fn fault(error: Error) -> String {
    match error {
        Error::Faults(faults) => faults[0].field.to_string(),
        other => panic!("no fault: {other}"),
    }
}

// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn of_a_closed_day_everybody_is_told_once_by_their_safe_way_and_the_others_are_listed_to_be_rung() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        bench.service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let (_, kept_on) = booked_client(&bench, &ada, "Locked", true, None, None, 8).await;
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 1)").await;
        let (text, _) = booked_client(&bench, &ada, "Text", true, Some("TEXT"), None, 9).await;
        let (mail, mailed) =
            booked_client(&bench, &ada, "Mail", true, Some("EMAIL"), Some(&["EMAIL"]), 10).await;
        let (ring, _) = booked_client(&bench, &ada, "Ring", true, Some("PHONE"), None, 11).await;
        let (unsafe_, _) = booked_client(&bench, &ada, "Unsafe", true, None, Some(&["LETTER"]), 12).await;
        let (foe, _) = booked_client(&bench, &ada, "Foe", true, None, None, 13).await;
        bench.service.declare_conflict(&desk, foe).await.unwrap();
        // A second appointment on the same day is told with the first.
        book(&bench, &ada, mail, DAY, 15, false).await;
        book(&bench, &ada, mail, date(2026, 11, 30), 9, false).await;

        let list = affected(&bench, &desk, &closing(&bench, "", None)).await;
        let ways: Vec<_> =
            list.clients.iter().map(|one| (one.who.client, one.way, one.booked.len())).collect();
        assert_eq!(
            ways,
            [
                (text, Ok(Channel::Text), 1),
                (mail, Ok(Channel::Email), 2),
                (ring, Err(NotSent::PrefersCall), 1),
                (unsafe_, Err(NotSent::NotSafe), 1),
            ]
        );
        assert_eq!(list.left_out, 2, "the restricted file, and the one that is closed to this person");

        let id = close(&bench, &desk).await;
        assert_eq!(send_all(&bench.service).await, 4);
        let mails = servers.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].0, "mail@example.org");
        assert!(mails[0].1.contains("Friday 27 November at 10am and 3pm is cancelled"), "{}", mails[0].1);
        for revealing in ["Job", "training", "pipe", "Ada"] {
            assert!(!mails[0].1.contains(revealing), "{}", mails[0].1);
        }
        let texts = servers.texts();
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[0]["phone_number"], "+447700900123");

        let progress = bench.service.closure(&desk, id).await.unwrap();
        assert!(!progress.moves());
        assert_eq!((progress.closure.called_off, progress.closure.left_out), (5, 2));
        assert_eq!(progress.count(|state| state == MessageState::Sent), 2);
        let sheet = bench.service.contact_sheet(&desk, id).await.unwrap().release().await.unwrap();
        let rows: Vec<_> =
            sheet.rows.iter().map(|row| (row.who.client, row.told.why, row.ringing.numbers.len())).collect();
        assert_eq!(
            rows,
            [(ring, Some(NotSent::PrefersCall), 1), (unsafe_, Some(NotSent::NotSafe), 0)],
            "nobody is rung where that is not safe"
        );
        // The appointments are called off with the reason; the restricted one stands as it was.
        let one = bench.service.appointment(&ada, mailed).await.unwrap().release().await.unwrap();
        assert_eq!(
            (one.appointment.booked.state, one.appointment.why.as_str()),
            (State::CancelledByUs, "Burst pipe")
        );
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 0)").await;
        let one = bench.service.appointment(&ada, kept_on).await.unwrap().release().await.unwrap();
        assert_eq!(one.appointment.booked.state, State::Booked);
        assert!(one.told.is_empty());
        // Nothing but contact details was opened for it, and it stands in the log of the file.
        let looks = bench.service.who_looked(&ada, mail).await.unwrap().release().await.unwrap().looks;
        let sent: Vec<_> = looks.iter().filter(|look| look.action == "send-message").collect();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            (sent[0].purpose.as_deref(), sent[0].categories.as_slice()),
            (Some("contact"), &["contact".to_owned()][..])
        );
        assert_eq!(looks.iter().filter(|look| look.action == "close-office").count(), 1);
        assert!(looks.iter().all(|look| look.action != "close-office" || look.categories == ["contact"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_reception_closes_and_only_what_was_seen() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let manager = bench.visit("Mona", Role::Manager).await;
        let whole = closing(&bench, "", None);
        for visit in [&ada, &manager] {
            let refused = service.affected_by(visit, &whole).await;
            assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.why == Why::NotAllowed));
            assert!(!service.may_close(visit));
        }
        let form = *uuid::Uuid::new_v4().as_bytes();
        let nobody = affected(&bench, &desk, &whole).await;
        assert!(nobody.clients.is_empty());
        // Nobody is booked yet: it is closed all the same, and open again once somebody says so.
        let empty = *uuid::Uuid::new_v4().as_bytes();
        let empty = service.close_office(&desk, empty, &whole, "", &nobody.seen).await.unwrap();
        nobody_is_booked_into(service, &whole, ada.staff).await;
        service.open_again(&desk, empty).await.unwrap();
        assert!(service.closure(&desk, empty).await.unwrap().closure.is_open_again());
        assert!(!service.free_times(ada.staff, None, whole.day, 30).await.unwrap().is_empty());

        let (client, first) = booked_client(&bench, &ada, "Daniel", false, None, None, 9).await;
        let seen = affected(&bench, &desk, &whole).await.seen;
        book(&bench, &ada, client, DAY, 14, false).await;
        let closed = service.close_office(&desk, form, &whole, "", &seen).await;
        assert_eq!(fault(closed.unwrap_err()), "seen", "somebody was booked since");
        assert!(told(&bench, &ada, first).await.is_empty(), "nothing was done");

        // From noon only: the morning stays. The form sent twice closes once.
        let noon = closing(&bench, "12:00", None);
        let seen = affected(&bench, &desk, &noon).await.seen;
        let id = service.close_office(&desk, form, &noon, "", &seen).await.unwrap();
        assert_eq!(service.close_office(&desk, form, &noon, "", &seen).await.unwrap(), id);
        nobody_is_booked_into(service, &noon, ada.staff).await;
        assert_eq!(service.closure(&desk, id).await.unwrap().closure.called_off, 1);
        assert_eq!(service.closures(&desk).await.unwrap().len(), 2, "one is open again");
        assert!(affected(&bench, &desk, &closing(&bench, "", Some(desk.staff))).await.clients.is_empty());
        // Without a mail server nothing is sent, and everybody is to be rung.
        assert_eq!(service.send_next().await.unwrap(), Step::Nothing);
        service.send_by(messages::Post::none().unwrap());
        send_all(service).await;
        let progress = service.closure(&desk, id).await.unwrap();
        assert_eq!(progress.stands[0].why, Some(NotSent::NotSetUp));
        let today = service.caseload(&desk).await.unwrap().release().await.unwrap();
        assert_eq!(today.not_told.closings[0].count, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_yet_can_be_stopped_and_sent_again() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let mut all = Vec::new();
        for (hour, name) in (9..).zip(["One", "Two", "Three"]) {
            all.push(booked_client(&bench, &ada, name, true, Some("EMAIL"), None, hour).await);
        }
        let id = close(&bench, &desk).await;
        assert_eq!(service.send_next().await.unwrap(), Step::Done);
        service.stop_messages(&desk, id).await.unwrap();
        assert_eq!(send_all(service).await, 0);
        let sheet = service.contact_sheet(&desk, id).await.unwrap().release().await.unwrap();
        assert_eq!((servers.mails().len(), sheet.rows.len()), (1, 2));
        service.send_again(&desk, sheet.rows[0].told.id).await.unwrap();
        service.see_to_message(&desk, sheet.rows[1].told.id).await.unwrap();
        let twice = service.see_to_message(&desk, sheet.rows[1].told.id).await;
        assert!(matches!(twice, Err(Error::ChangedMeanwhile)));
        assert!(service.send_again(&desk, sheet.rows[1].told.id).await.is_err(), "the client knows");
        assert_eq!(send_all(service).await, 1);
        assert_eq!(servers.mails().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_senders_at_once_each_message_is_sent_by_one() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        bench.service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        for (hour, number) in (0..12).zip(0..) {
            booked_client(&bench, &ada, &format!("N{number}"), true, Some("EMAIL"), None, hour).await;
        }
        close(&bench, &desk).await;
        let service = Arc::new(bench.service);
        let senders: Vec<_> = (0..6)
            .map(|_| {
                let service = Arc::clone(&service);
                tokio::spawn(async move { send_all(&service).await })
            })
            .collect();
        for sender in senders {
            sender.await.unwrap();
        }
        let mut to: Vec<String> = servers.mails().into_iter().map(|(to, _)| to).collect();
        to.sort();
        to.dedup();
        assert_eq!((to.len(), servers.mails().len()), (12, 12));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_loses_nothing_and_sends_nothing_twice() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let (_, mailed) = booked_client(&bench, &ada, "Mail", true, Some("EMAIL"), None, 9).await;
        let (_, texted) = booked_client(&bench, &ada, "Text", false, None, None, 10).await;
        servers.set(Behaviour::Out);
        close(&bench, &desk).await;
        for _ in 0..3 {
            assert_eq!(service.send_next().await.unwrap(), Step::ServerDown);
            assert_eq!(service.send_next().await.unwrap(), Step::ServerDown);
            assert_eq!(service.send_next().await.unwrap(), Step::Nothing, "both wait");
            bench.later(600);
        }
        assert_eq!(state(&bench, &ada, mailed).await, (MessageState::Waiting, Some(NotSent::NotReached)));
        servers.set(Behaviour::Takes);
        bench.later(3600);
        assert_eq!(send_all(service).await, 2);
        assert_eq!(service.send_next().await.unwrap(), Step::Nothing);
        assert_eq!((servers.mails().len(), servers.texts().len()), (1, 1));
        // Notify is asked what became of it: it did not arrive, so the client is to be rung.
        servers.status("permanent-failure");
        bench.later(600);
        service.see_to_the_stuck().await.unwrap();
        assert_eq!(state(&bench, &ada, texted).await, (MessageState::Failed, Some(NotSent::NotArrived)));
        assert_eq!(state(&bench, &ada, mailed).await, (MessageState::Sent, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_refused_and_a_time_that_is_over_are_given_up() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let (_, refused) = booked_client(&bench, &ada, "Mail", true, Some("EMAIL"), None, 9).await;
        servers.set(Behaviour::Unknown);
        close(&bench, &desk).await;
        assert_eq!(send_all(service).await, 1);
        assert_eq!(state(&bench, &ada, refused).await, (MessageState::Failed, Some(NotSent::Refused)));
        let other = registration("Late");
        let late = service.register_client(&ada, other).await.unwrap();
        let late = book(&bench, &ada, late, date(2026, 11, 24), 9, true).await;
        servers.set(Behaviour::Out);
        service.send_next().await.unwrap();
        bench.later(24 * 3600);
        let ada = bench.visit_of(ada.staff, Role::Adviser);
        assert_eq!(send_all(service).await, 1, "it is seen to, not sent");
        assert_eq!(state(&bench, &ada, late).await, (MessageState::Failed, Some(NotSent::TooLate)));
        let today = service.caseload(&ada).await.unwrap().release().await.unwrap();
        assert_eq!(today.not_told.single.len(), 1, "the closing's one is on its sheet");
    }
}

/// What a killed server leaves: before the hand-over nothing was sent, after it nobody knows.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_in_the_middle_of_sending_leaves_no_message_to_be_sent_twice() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let (mail, _) = booked_client(&bench, &ada, "Mail", true, Some("EMAIL"), None, 9).await;
        let (text, _) = booked_client(&bench, &ada, "Text", false, None, None, 10).await;
        let monday = date(2026, 11, 30);
        let mailed = book(&bench, &ada, mail, monday, 9, true).await;
        servers.set(Behaviour::Hangs);
        // Dropped while the server does not answer: as if the program were killed there.
        let sending = tokio::time::timeout(std::time::Duration::from_millis(350), service.send_next());
        assert!(sending.await.is_err());
        assert_eq!(servers.mails().len(), 1, "it was taken");
        servers.set(Behaviour::Takes);
        service.see_to_the_stuck().await.unwrap();
        assert_eq!(state(&bench, &ada, mailed).await.0, MessageState::Sending, "its lease is not over");
        bench.later(LEASE_SECONDS);
        service.see_to_the_stuck().await.unwrap();
        assert_eq!(send_all(service).await, 0);
        assert_eq!(state(&bench, &ada, mailed).await, (MessageState::Unsure, Some(NotSent::InDoubt)));
        assert_eq!(servers.mails().len(), 1, "never again by itself");

        // Notify can be asked: it has it.
        let texted = book(&bench, &ada, text, monday, 10, true).await;
        servers.set(Behaviour::Hangs);
        let sending = tokio::time::timeout(std::time::Duration::from_millis(350), service.send_next());
        assert!(sending.await.is_err());
        servers.set(Behaviour::Takes);
        bench.later(LEASE_SECONDS);
        service.see_to_the_stuck().await.unwrap();
        assert_eq!(send_all(service).await, 0);
        assert_eq!(state(&bench, &ada, texted).await, (MessageState::Sent, None));
        assert_eq!(servers.texts().len(), 1);

        // Claimed and not handed over: it waits again, and is sent once.
        let other = book(&bench, &ada, text, monday, 12, true).await;
        let claim = "UPDATE message SET state = 'sending', claimed = 0, claim = id WHERE state = 'waiting'";
        bench.ground.run("records", claim).await;
        assert_eq!(send_all(service).await, 0);
        service.see_to_the_stuck().await.unwrap();
        assert_eq!(send_all(service).await, 1);
        assert_eq!((state(&bench, &ada, other).await.0, servers.texts().len()), (MessageState::Sent, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_reminded_once_the_day_before_of_what_still_stands() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let (_, stands) = booked_client(&bench, &ada, "Stands", true, Some("EMAIL"), None, 9).await;
        let (_, off) = booked_client(&bench, &ada, "Off", true, Some("EMAIL"), None, 10).await;
        let (_, moved) = booked_client(&bench, &ada, "Moved", true, Some("EMAIL"), None, 11).await;
        let (_, ring) = booked_client(&bench, &ada, "Ring", true, Some("PHONE"), None, 12).await;
        assert_eq!(bench.service.queue_reminders(24).await.unwrap(), 0, "it is Monday");
        // Thursday, one in the afternoon.
        bench.later((3 * 24 + 3) * 3600);
        assert_eq!(bench.service.queue_reminders(0).await.unwrap(), 0, "switched off");
        assert_eq!(bench.service.queue_reminders(24).await.unwrap(), 4);
        let bench = bench.reopened().await.unwrap();
        bench.service.send_by(servers.post());
        assert_eq!(bench.service.queue_reminders(24).await.unwrap(), 0, "restarted, not repeated");
        let ada = bench.visit_of(ada.staff, Role::Adviser);
        bench.service.end_appointment(&ada, off, 1, State::CancelledByClient, "", false).await.unwrap();
        let surroundings = bench.service.surroundings();
        let later = Slot::at(DAY.at(16, 0, 0, 0), 45, &surroundings.civil(surroundings.now())).unwrap();
        bench.service.move_appointment(&ada, moved, 1, later, None, true).await.unwrap();
        send_all(&bench.service).await;
        let subjects = |servers: &Servers| {
            let mut all: Vec<String> = servers
                .mails()
                .iter()
                .map(|(to, words)| {
                    let subject = words.lines().find(|line| line.starts_with("Subject: ")).unwrap();
                    format!("{to} {}", subject.trim_start_matches("Subject: "))
                })
                .collect();
            all.sort();
            all
        };
        assert_eq!(
            subjects(&servers),
            [
                "moved@example.org Your appointment has moved to Friday 27 November at 4pm",
                "stands@example.org A reminder: Friday 27 November at 9am",
            ]
        );
        // The place was written down with what happens there: the message names no other one in its stead.
        assert!(
            servers
                .mails()
                .iter()
                .all(|(_, words)| words.contains("the place we agreed") && !words.contains("Jobcentre"))
        );
        assert_eq!(
            state(&bench, &ada, ring).await,
            (MessageState::Dropped, Some(NotSent::PrefersCall)),
            "nobody is rung to be reminded"
        );
        assert_eq!(state(&bench, &ada, stands).await, (MessageState::Sent, None));
        assert_eq!(
            bench.service.queue_reminders(24).await.unwrap(),
            0,
            "who was just told of the new time is not reminded of it"
        );
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_message_is_contact_and_a_message_alone_is_not() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let client = service.register_client(&ada, registration("Daniel")).await.unwrap();
        let id = book(&bench, &ada, client, DAY, 9, true).await;
        bench.later(24 * 3600);
        let (ada, desk) =
            (bench.visit_of(ada.staff, Role::Adviser), bench.visit_of(desk.staff, Role::Receptionist));
        let due = || async {
            service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap().until.due
        };
        let message = told(&bench, &ada, id).await[0].id;
        assert!(
            matches!(service.record_reply(&desk, message).await, Err(Error::ChangedMeanwhile)),
            "it was never sent"
        );
        send_all(service).await;
        assert_eq!(due().await, date(2027, 11, 23), "what we sent moves nothing");
        service.record_reply(&desk, message).await.unwrap();
        assert_eq!(due().await, date(2027, 11, 24));
        assert!(service.record_reply(&desk, message).await.is_err(), "once");
        assert_eq!(told(&bench, &ada, id).await[0].answered, Some(date(2026, 11, 24)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_restricted_or_erased_since_is_not_written_to() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let ada = bench.visit("Ada", Role::Adviser).await;
        let gone = service.register_client(&ada, registration("Gone")).await.unwrap();
        let locked = service.register_client(&ada, registration("Locked")).await.unwrap();
        book(&bench, &ada, gone, DAY, 9, true).await;
        let id = book(&bench, &ada, locked, DAY, 10, true).await;
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 1)").await;
        assert_eq!(send_all(service).await, 1, "one message is left, and it is not sent");
        assert!(servers.texts().is_empty() && servers.mails().is_empty());
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 0)").await;
        assert_eq!(state(&bench, &ada, id).await, (MessageState::Dropped, Some(NotSent::Restricted)));
    }
}

// promise: P1
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_does_not_give_the_purpose_sends_nothing() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let service = &bench.service;
        service.send_by(servers.post());
        let begins = crate::bench::NOTICE.find("[[purposes]]\npurpose = \"contact\"").unwrap();
        let ends = begins + 5 + crate::bench::NOTICE[begins + 5..].find("[[purposes]]").unwrap();
        let mut without = crate::bench::NOTICE.to_owned();
        without.replace_range(begins..ends, "");
        let without = without.replace("version = \"1.0\"", "version = \"2.0\"");
        if let Err(error) = service.publish_notice(&without).await {
            panic!("{error}");
        }
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = service.register_client(&ada, registration("Daniel")).await.unwrap();
        let id = book(&bench, &ada, client, DAY, 9, true).await;
        assert_eq!(send_all(service).await, 1);
        assert!(servers.texts().is_empty());
        assert_eq!(state(&bench, &ada, id).await, (MessageState::Dropped, Some(NotSent::NotInNotice)));
    }
}
