//! Another time, chosen by the client whose appointment was called off: once, for themselves, and nothing else.

use std::sync::Arc;

use access::Role;
use casework::appointments::State;
use casework::{AppointmentId, ClientId};
use jiff::Timestamp;
use messages::shipped::Occasion;
use records::appointments::{Booked, Chance};
use records::erasure::Ground;
use records::{Error, Visit};

use crate::bench::Bench;
use crate::messages::{DAY, book, booked_client, close, send_all};
use crate::post::{Behaviour, Servers};

const TWO_WEEKS: i64 = 14 * 24 * 3600;

/// The random part of the address in the newest message to somebody.
fn address(servers: &Servers, to: &str) -> Option<String> {
    let mails = servers.mails();
    let (_, words) = mails.iter().rev().find(|(address, _)| address.contains(to))?;
    let (_, rest) = words.split_once("https://kept.example.org/again/")?;
    Some(rest.chars().take_while(char::is_ascii_hexdigit).collect())
}

async fn called_off(bench: &Bench, secret: &str) -> Booked {
    match bench.service.chance(secret).await.unwrap() {
        Some(Chance::Open(booked)) => booked,
        other => panic!("it cannot be used: {other:?}"),
    }
}

async fn first_free(bench: &Bench, secret: &str) -> Timestamp {
    let before = called_off(bench, secret).await;
    let days = bench.service.times_to_choose(&before).await.unwrap();
    let (day, times) = &days[0];
    assert!(*day > bench.service.surroundings().today(), "from tomorrow on");
    times[0].starts()
}

async fn closed(bench: &Bench, servers: &Servers) -> (Visit, Visit) {
    bench.service.send_by(servers.post_choosing_at("https://kept.example.org"));
    let adviser = bench.visit("Ada", Role::Adviser).await;
    let desk = bench.visit("Desk", Role::Receptionist).await;
    (adviser, desk)
}

// promise: P4
// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn whose_appointment_is_called_off_chooses_another_time_once_and_is_told_of_it() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let (adviser, desk) = closed(&bench, &servers).await;
        let (client, before) = booked_client(&bench, &adviser, "Daniel", true, Some("EMAIL"), None, 10).await;
        let closing = close(&bench, &desk).await;
        send_all(&bench.service).await;
        let secret = address(&servers, "daniel").expect("the message has an address");
        assert_eq!(secret.len(), 32, "128 bits");
        let offered = called_off(&bench, &secret).await;
        assert_eq!((offered.id, offered.state), (before, State::CancelledByUs));

        let at = first_free(&bench, &secret).await;
        let chosen = bench.service.choose_again(&secret, at).await.unwrap();
        assert_eq!((chosen.client, chosen.adviser, chosen.slot.starts()), (client, adviser.staff, at));
        assert_eq!(chosen.slot.minutes(), offered.slot.minutes());
        let again = bench.service.choose_again(&secret, first_free_after(at)).await.unwrap();
        assert_eq!(again.id, chosen.id, "it can be used once");
        assert_eq!(bench.service.chance(&secret).await.unwrap(), Some(Chance::Chosen(chosen.clone())));

        let shown = bench.service.appointment(&adviser, chosen.id).await.unwrap().release().await.unwrap();
        assert_eq!(shown.appointment.said.about, "Job interview training", "what it is about goes with it");
        let old = bench.service.appointment(&adviser, before).await.unwrap().release().await.unwrap();
        assert_eq!(old.chosen.map(|one| one.id), Some(chosen.id));
        assert_eq!(bench.service.closure(&desk, closing).await.unwrap().chose, 1);
        send_all(&bench.service).await;
        assert_eq!(servers.mails().len(), 2, "called off, booked");
        assert_eq!(shown.told[0].occasion, Occasion::Booked);

        let looks = bench.service.who_looked(&adviser, client).await.unwrap().release().await.unwrap().looks;
        let own: Vec<_> = looks.iter().filter(|look| look.action == "choose-again").collect();
        assert_eq!(own.len(), 2, "what the appointment is about was read for it, and one was booked");
        assert!(own.iter().all(|look| look.categories == ["contact"]));
    }
}

fn first_free_after(at: Timestamp) -> Timestamp {
    at + jiff::SignedDuration::from_mins(60)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_ends_and_a_service_that_does_not_want_it_sends_none() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let (adviser, desk) = closed(&bench, &servers).await;
        booked_client(&bench, &adviser, "Daniel", true, Some("EMAIL"), None, 10).await;
        close(&bench, &desk).await;
        // A server that could not take the message gets one with another address.
        servers.set(Behaviour::Out);
        send_all(&bench.service).await;
        servers.set(Behaviour::Takes);
        bench.later(3600);
        send_all(&bench.service).await;
        let secret = address(&servers, "daniel").unwrap();
        let at = first_free(&bench, &secret).await;
        for wrong in ["", "00", &"00".repeat(16), &"00".repeat(32), "zz", &secret[1..]] {
            assert_eq!(bench.service.chance(wrong).await.unwrap(), None, "{wrong}");
            assert!(matches!(bench.service.choose_again(wrong, at).await, Err(Error::NoSuchFile)));
        }
        let never = at + jiff::SignedDuration::from_secs(60);
        let fault = bench.service.choose_again(&secret, never).await.unwrap_err();
        assert!(matches!(&fault, Error::Faults(faults) if faults[0].field == "time"), "not offered: {fault}");
        bench.later(TWO_WEEKS + 60);
        assert_eq!(bench.service.chance(&secret).await.unwrap(), None);

        let (servers, bench) = (Servers::start().await, bench);
        bench.service.send_by(servers.post());
        assert!(address(&servers, "daniel").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_choose_the_same_time_one_gets_it() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let (adviser, desk) = closed(&bench, &servers).await;
        let names = ["Ann", "Bob", "Cem", "Dee", "Eve"];
        for (name, hour) in names.iter().zip(9..) {
            booked_client(&bench, &adviser, name, true, Some("EMAIL"), None, hour).await;
        }
        close(&bench, &desk).await;
        send_all(&bench.service).await;
        let secrets: Vec<String> =
            names.iter().filter_map(|name| address(&servers, &name.to_lowercase())).collect();
        assert_eq!(secrets.len(), names.len());
        let at = first_free(&bench, &secrets[0]).await;
        let service = Arc::new(bench.service);
        // Each of them presses twice.
        let pressed = secrets.iter().chain(&secrets).map(|secret| {
            let (service, secret) = (Arc::clone(&service), secret.clone());
            tokio::spawn(async move { service.choose_again(&secret, at).await })
        });
        let mut won = Vec::new();
        for task in pressed.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(booked) => won.push(booked.client),
                Err(Error::Faults(faults)) => assert!(faults[0].message.contains("taken a moment ago")),
                Err(other) => panic!("{other}"),
            }
        }
        assert!(!won.is_empty() && won.iter().all(|one| *one == won[0]), "{won:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_chooses_for_a_file_that_is_restricted_booked_again_or_gone() {
    for bench in Bench::all().await {
        let servers = Servers::start().await;
        let (adviser, desk) = closed(&bench, &servers).await;
        let mut clients: Vec<(ClientId, AppointmentId)> = Vec::new();
        for (name, hour) in ["Ann", "Bob", "Cem"].iter().zip(9..) {
            clients.push(booked_client(&bench, &adviser, name, true, Some("EMAIL"), None, hour).await);
        }
        close(&bench, &desk).await;
        send_all(&bench.service).await;
        let secrets = ["ann", "bob", "cem"].map(|name| address(&servers, name).unwrap());
        let at = first_free(&bench, &secrets[0]).await;

        bench.ground.run("records", "UPDATE client SET restricted = (1 = 1)").await;
        assert!(matches!(bench.service.choose_again(&secrets[0], at).await, Err(Error::Refused(_))));
        bench.ground.run("records", "UPDATE client SET restricted = (1 = 0)").await;

        bench.later(60);
        let next = DAY.checked_add(jiff::Span::new().days(4)).unwrap();
        book(&bench, &adviser, clients[1].0, next, 15, false).await;
        assert_eq!(bench.service.chance(&secrets[1]).await.unwrap(), Some(Chance::BookedSince));
        assert!(matches!(bench.service.choose_again(&secrets[1], at).await, Err(Error::ChangedMeanwhile)));

        bench.service.erase_file("NB-10003", Ground::Request).await.unwrap();
        assert_eq!(bench.service.chance(&secrets[2]).await.unwrap(), None);
        assert!(matches!(bench.service.choose_again(&secrets[2], at).await, Err(Error::NoSuchFile)));
    }
}
