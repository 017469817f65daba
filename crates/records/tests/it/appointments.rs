//! Booking, moving, calling off, saying who came; and that two never have the same time.

use std::sync::Arc;

use access::{Role, Why};
use casework::appointments::{Said, Slot, State, Way, series};
use casework::{AppointmentId, ClientId, RoomId, StaffId, consents};
use jiff::civil::{DateTime, date};
use notice::Purpose;
use records::appointments::{Booking, Diary};
use records::consents::About;
use records::erasure::Ground;
use records::{Error, Visit};

use crate::bench::Bench;

fn slot(bench: &Bench, at: DateTime, minutes: u32) -> Slot {
    let surroundings = bench.service.surroundings();
    Slot::at(at, minutes, &surroundings.civil(surroundings.now())).unwrap()
}

fn booking(adviser: StaffId, slots: Vec<Slot>) -> Booking {
    let said = Said { about: "CV and covering letter".into(), place: "Room 2".into() };
    Booking {
        form: *uuid::Uuid::new_v4().as_bytes(),
        adviser,
        room: None,
        slots,
        way: Way::Office,
        said,
        tell: false,
    }
}

fn field(result: Result<AppointmentId, Error>) -> String {
    match result {
        Err(Error::Faults(faults)) => faults[0].field.to_string(),
        other => panic!("no fault: {:?}", other.map_err(|e| e.to_string())),
    }
}

async fn state_of(bench: &Bench, visit: &Visit, client: ClientId) -> (State, String, i64) {
    let file = bench.service.open_file(visit, client, 20).await.unwrap().release().await.unwrap();
    let one = &file.appointments[0];
    (one.booked.state, one.why.clone(), one.booked.version)
}

/// The names in a diary; "?" where nobody is named.
fn named(diary: &Diary) -> Vec<&str> {
    diary.rows.iter().map(|row| row.who.as_ref().map_or("?", |who| &who.name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_from_booking_to_its_end() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let friday = date(2026, 11, 27);
        let booked = booking(ada.staff, vec![slot(&bench, friday.at(9, 30, 0, 0), 45)]);
        let id = service.book(&ada, client, booked.clone()).await.unwrap();
        assert_eq!(service.book(&ada, client, booked).await.unwrap(), id, "sent twice, booked once");

        let one = service.appointment(&ada, id).await.unwrap().release().await.unwrap();
        assert_eq!(
            (one.name.as_str(), one.appointment.said.about.as_str()),
            ("Daniel Whitfield", "CV and covering letter")
        );
        let early = service.end_appointment(&ada, id, 1, State::Attended, "", false).await;
        assert!(matches!(early, Err(Error::Faults(_))), "nobody can have come yet");

        let later = slot(&bench, friday.at(14, 0, 0, 0), 45);
        service.move_appointment(&ada, id, 1, later, None, false).await.unwrap();
        let stale = service.move_appointment(&ada, id, 1, later, None, false).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)));
        let diary = service.diary(&ada, friday, friday, None).await.unwrap().release().await.unwrap();
        assert_eq!(diary.rows.len(), 1);
        assert_eq!((diary.rows[0].booked.slot, named(&diary)), (later, vec!["Daniel Whitfield"]));

        // A colleague takes it over at the same time: whoever had it is free, and the colleague no longer is.
        let bruno = bench.staff("Bruno", Role::Adviser).await;
        service.move_appointment(&ada, id, 2, later, Some(bruno), false).await.unwrap();
        let own = service.diary(&ada, friday, friday, Some(bruno)).await.unwrap().release().await.unwrap();
        assert_eq!(own.rows.len(), 1);
        for (who, free) in [(ada.staff, true), (bruno, false)] {
            let times = service.free_times(who, None, friday, 45).await.unwrap();
            assert_eq!(times.contains(&later), free);
        }
        service.move_appointment(&ada, id, 3, later, Some(ada.staff), false).await.unwrap();

        bench.later(5 * 24 * 3600);
        let ada = bench.visit_of(ada.staff, Role::Adviser);
        service
            .end_appointment(&ada, id, 4, State::DidNotAttend, "No answer on the phone", false)
            .await
            .unwrap();
        assert_eq!(
            state_of(&bench, &ada, client).await,
            (State::DidNotAttend, "No answer on the phone".into(), 5)
        );
        let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.until.due, date(2027, 11, 23), "who stayed away was not in contact");
        // It was a mistake: put right, the clock starts from that day.
        service.end_appointment(&ada, id, 5, State::Late, "", false).await.unwrap();
        let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.until.due, date(2027, 11, 27));
        assert_eq!(file.appointments[0].why, "", "the reason went with what it was the reason of");
        assert!(service.end_appointment(&ada, id, 4, State::CancelledByUs, "", false).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_bookings_of_one_time_one_wins() {
    for bench in Bench::all().await {
        let ada = bench.visit("Ada", Role::Adviser).await;
        let mut clients = Vec::new();
        for number in 0..10 {
            clients.push(bench.client(&ada, &format!("Client {number}")).await);
        }
        // They overlap without being the same.
        let slots: Vec<Slot> =
            (0..5).map(|n| slot(&bench, date(2026, 11, 27).at(10, n * 5, 0, 0), 30)).collect();
        let service = Arc::new(bench.service);
        let tries: Vec<_> = (0..50)
            .map(|n| {
                let (service, ada, client) = (Arc::clone(&service), ada.clone(), clients[n % 10]);
                let booking = booking(ada.staff, vec![slots[n % 5]]);
                tokio::spawn(async move { service.book(&ada, client, booking).await })
            })
            .collect();
        let mut won = 0;
        for one in tries {
            match one.await.unwrap() {
                Ok(_) => won += 1,
                Err(Error::Faults(faults)) => assert_eq!(faults[0].field.to_string(), "time"),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(won, 1);
        let day = date(2026, 11, 27);
        let diary = service.diary(&ada, day, day, Some(ada.staff)).await.unwrap().release().await.unwrap();
        assert_eq!(diary.rows.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_in_two_places_and_what_is_called_off_frees_the_time() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let (ada, bruno) =
            (bench.visit("Ada", Role::Adviser).await, bench.staff("Bruno", Role::Adviser).await);
        let (one, other) = (bench.client(&ada, "Daniel").await, bench.client(&ada, "Maria").await);
        let ten = slot(&bench, date(2026, 11, 27).at(10, 0, 0, 0), 60);
        let half_past = slot(&bench, date(2026, 11, 27).at(10, 30, 0, 0), 30);
        let eleven = slot(&bench, date(2026, 11, 27).at(11, 0, 0, 0), 30);
        let id = service.book(&ada, one, booking(ada.staff, vec![ten])).await.unwrap();
        assert_eq!(
            field(service.book(&ada, other, booking(ada.staff, vec![half_past])).await),
            "time",
            "the adviser"
        );
        assert_eq!(
            field(service.book(&ada, one, booking(bruno, vec![half_past])).await),
            "time",
            "the client"
        );
        service.book(&ada, other, booking(ada.staff, vec![eleven])).await.unwrap();
        let free = service.free_times(ada.staff, None, date(2026, 11, 27), 60).await.unwrap();
        assert!(free.iter().all(|slot| slot.ends() <= ten.starts() || slot.starts() >= eleven.ends()));
        // Four weeks from that Friday: each of its working days, and the same times as a search of the day alone.
        let days = service.free_days(ada.staff, None, date(2026, 11, 27), 60).await.unwrap();
        assert_eq!(days.len(), 20);
        assert_eq!(days[0], (date(2026, 11, 27), free));
        service
            .end_appointment(&ada, id, 1, State::CancelledByClient, "A job interview", false)
            .await
            .unwrap();
        service.book(&ada, other, booking(bruno, vec![ten])).await.unwrap();
        assert!(service.free_times(ada.staff, None, date(2026, 11, 27), 60).await.unwrap().contains(&ten));
        // A series is booked as a whole or not at all.
        let now = service.surroundings().civil(service.surroundings().now());
        let weekly = series(eleven, 1, 4, &now).unwrap();
        assert_eq!(field(service.book(&ada, one, booking(ada.staff, weekly)).await), "time");
        let file = service.open_file(&ada, one, 20).await.unwrap().release().await.unwrap();
        assert_eq!(file.appointments.len(), 1, "only the one that was called off");
    }
}

// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn reception_books_for_anybody_and_reads_nothing_else() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let (ada, desk) =
            (bench.visit("Ada", Role::Adviser).await, bench.visit("Desk", Role::Receptionist).await);
        let other = bench.visit("Bruno", Role::Adviser).await;
        let manager = bench.visit("Mona", Role::Manager).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let ten = slot(&bench, date(2026, 11, 27).at(10, 0, 0, 0), 60);
        let id = service.book(&desk, client, booking(ada.staff, vec![ten])).await.unwrap();
        assert!(service.appointment(&desk, id).await.is_ok());
        let file = service.open_file(&desk, client, 20).await.unwrap().release().await.unwrap();
        assert!(file.timeline.is_empty() && file.pages.len() <= 1, "contact details and appointments only");
        let refused = service.book(&other, client, booking(other.staff, vec![ten])).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason));
        assert!(service.book(&manager, client, booking(ada.staff, vec![ten])).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_leaves_no_appointment_and_no_taken_time() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let ten = slot(&bench, date(2026, 11, 27).at(10, 0, 0, 0), 60);
        let id = service.book(&ada, client, booking(ada.staff, vec![ten])).await.unwrap();
        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        assert!(matches!(service.appointment(&ada, id).await, Err(Error::NoSuchFile)));
        assert!(service.free_times(ada.staff, None, date(2026, 11, 27), 60).await.unwrap().contains(&ten));
    }
}

// promise: P1
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_without_appointments_takes_none() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let without = crate::bench::NOTICE
            .replace("entries = [\"appointments\"]\n", "")
            .replace("version = \"1.0\"", "version = \"2.0\"");
        service.publish_notice(&without).await.unwrap();
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let ten = slot(&bench, date(2026, 11, 27).at(10, 0, 0, 0), 60);
        assert_eq!(field(service.book(&ada, client, booking(ada.staff, vec![ten])).await), "day");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_somebody_who_took_back_consent_stays_taken_and_names_nobody() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let desk = bench.visit("Dan", Role::Receptionist).await;
        let friday = date(2026, 11, 27);
        for (name, hour) in [("Daniel Whitfield", 9), ("Amy Brindle", 11)] {
            let client = bench.client(&ada, name).await;
            let slots = vec![slot(&bench, friday.at(hour, 0, 0, 0), 45)];
            service.book(&ada, client, booking(ada.staff, slots)).await.unwrap();
            if name == "Daniel Whitfield" {
                let (about, form) = (About::Use(Purpose::Support), *uuid::Uuid::new_v4().as_bytes());
                service.withdraw_consent(&ada, client, about, form, consents::Way::Spoken).await.unwrap();
            }
        }
        for (visit, names) in [(&ada, ["?", "Amy Brindle"]), (&desk, ["Daniel Whitfield", "Amy Brindle"])] {
            let diary = service.diary(visit, friday, friday, None).await.unwrap().release().await.unwrap();
            assert_eq!(named(&diary), names, "{:?}", visit.role);
        }
        let free = service.free_times(ada.staff, None, friday, 45).await.unwrap();
        assert!(!free.contains(&slot(&bench, friday.at(9, 0, 0, 0), 45)));
    }
}

fn message(result: Result<AppointmentId, Error>) -> String {
    match result {
        Err(Error::Faults(faults)) => faults[0].message.clone(),
        other => panic!("no fault: {:?}", other.map_err(|e| e.to_string())),
    }
}

async fn room(bench: &Bench, desk: &Visit, name: &str) -> RoomId {
    let form = *uuid::Uuid::new_v4().as_bytes();
    bench.service.add_room(desk, form, name).await.unwrap();
    let rooms = bench.service.rooms().await.unwrap();
    rooms.into_iter().find(|room| room.name == name).unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_holds_one_appointment_at_a_time_and_says_where() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let (ada, desk) =
            (bench.visit("Ada", Role::Adviser).await, bench.visit("Desk", Role::Receptionist).await);
        let bruno = bench.staff("Bruno", Role::Adviser).await;
        let (one, other) = (bench.client(&ada, "Daniel").await, bench.client(&ada, "Maria").await);
        let (small, large) = (room(&bench, &desk, "Room 1").await, room(&bench, &desk, "Room 2").await);
        let friday = date(2026, 11, 27);
        let ten = slot(&bench, friday.at(10, 0, 0, 0), 60);
        let half_past = slot(&bench, friday.at(10, 30, 0, 0), 30);
        let into = |adviser, room, slots| {
            let said = Said { about: "CV".into(), ..Said::default() };
            Booking { room: Some(room), said, ..booking(adviser, slots) }
        };
        let id = service.book(&ada, one, into(ada.staff, small, vec![ten])).await.unwrap();
        let booked = service.appointment(&ada, id).await.unwrap().release().await.unwrap().appointment;
        assert_eq!((booked.said.place.as_str(), booked.booked.room), ("Room 1", Some(small)));
        let full = service.book(&ada, other, into(bruno, small, vec![half_past])).await;
        assert!(message(full).starts_with("This room is taken on Friday 27 November 2026 at 10:00am"));
        let free = service.free_times(bruno, Some(small), friday, 30).await.unwrap();
        assert!(!free.contains(&half_past));
        assert!(service.free_times(bruno, None, friday, 30).await.unwrap().contains(&half_past));
        let beside = service.book(&ada, other, into(bruno, large, vec![half_past])).await.unwrap();
        // What is called off gives the room back.
        service.end_appointment(&ada, id, 1, State::CancelledByUs, "", false).await.unwrap();
        service.end_appointment(&ada, beside, 1, State::CancelledByUs, "", false).await.unwrap();
        service.book(&ada, other, into(bruno, small, vec![half_past])).await.unwrap();

        // What is booked in a room that is taken out of use stays; nothing more is.
        service.use_room(&desk, small, false).await.unwrap();
        assert!(matches!(service.use_room(&desk, small, false).await, Err(Error::ChangedMeanwhile)));
        let later = slot(&bench, friday.at(15, 0, 0, 0), 30);
        assert_eq!(field(service.book(&ada, one, into(ada.staff, small, vec![later])).await), "room");
        service.use_room(&desk, small, true).await.unwrap();
        service.book(&ada, one, into(ada.staff, small, vec![later])).await.unwrap();

        let again = service.add_room(&desk, [7; 16], "room 1").await;
        assert!(matches!(again, Err(Error::Faults(faults)) if faults[0].message.contains("already")));
        assert!(matches!(service.add_room(&ada, [8; 16], "Room 3").await, Err(Error::NotYours(_))));
        assert!(matches!(service.use_room(&ada, small, false).await, Err(Error::NotYours(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_says_where_it_clashes_and_its_rest_is_called_off_at_once() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let (one, other) = (bench.client(&ada, "Daniel").await, bench.client(&ada, "Maria").await);
        let now = service.surroundings().civil(service.surroundings().now());
        let eleven = slot(&bench, date(2026, 11, 27).at(11, 0, 0, 0), 30);
        let weekly = series(eleven, 1, 4, &now).unwrap();
        let third = service.book(&ada, other, booking(ada.staff, vec![weekly[2]])).await.unwrap();
        let clash = message(service.book(&ada, one, booking(ada.staff, weekly.clone())).await);
        assert!(clash.contains("Friday 11 December 2026 at 11:00"), "{clash}");
        service.end_appointment(&ada, third, 1, State::CancelledByClient, "", false).await.unwrap();
        let first = service.book(&ada, one, booking(ada.staff, weekly)).await.unwrap();

        let with = service.appointment(&ada, first).await.unwrap().release().await.unwrap();
        assert_eq!(with.series.len(), 4);
        let second = with.series[1].id;
        let alone = service.call_off_series(&ada, third, State::CancelledByUs, "", false).await;
        assert!(matches!(alone, Err(Error::Faults(_))), "it was booked alone");
        let off =
            service.call_off_series(&ada, second, State::CancelledByUs, "The course ended", false).await;
        assert_eq!(off.unwrap(), 3);
        let with = service.appointment(&ada, second).await.unwrap().release().await.unwrap();
        assert_eq!(with.appointment.why, "The course ended");
        let states: Vec<State> = with.series.iter().map(|one| one.state).collect();
        let off = State::CancelledByUs;
        assert_eq!(states, [State::Booked, off, off, off]);
        let again = service.call_off_series(&ada, second, off, "", false).await;
        assert!(matches!(again, Err(Error::Faults(_))), "nothing is left");
    }
}
