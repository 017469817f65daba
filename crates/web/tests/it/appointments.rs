//! Booking through the pages: what goes wrong is said beside its field, and nothing is booked then.

use access::Role;
use axum::http::StatusCode;

use crate::bench::{Bench, booking};

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_is_booked_moved_and_called_off_through_the_pages() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let new = bench.get(&format!("/clients/{client}/appointments/new"), Some(&cookie)).await;
        assert!(new.text.contains("Show free times") && new.text.contains("Daniel Whitfield"));
        let post = format!("/clients/{client}/appointments");
        let look =
            bench.post(&post, &format!("{}&do=look", booking("2 12 2027", "", ada)), Some(&cookie)).await;
        assert_eq!(look.status, StatusCode::OK, "{}", look.text);
        let form = booking("2 6 2027", "10:30", ada);
        let made = bench.post(&post, &form, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let again = bench.post(&post, &form, Some(&cookie)).await;
        assert_eq!(again.headers["location"], made.headers["location"], "sent twice, booked once");
        let page = made.headers["location"].to_str().unwrap().split('?').next().unwrap().to_owned();
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Wednesday 2 June 2027, 10:30am to 11:00am"), "{shown}");
        assert!(!shown.contains("Came late"), "nobody can have come yet");

        let taken = bench.post(&post, &booking("2 6 2027", "10:45", ada), Some(&cookie)).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            taken.text.contains("has another appointment on Wednesday 2 June 2027 at 10:30am")
                && taken.text.contains("href=\"#time\"")
        );
        let moved = bench.post(&page, "version=1&do=move&reason=&day=3+6+2027&time=2pm", Some(&cookie)).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.text);
        let free = bench.post(&page, "version=2&do=free&day=4+6+2027&time=", Some(&cookie)).await;
        assert!(free.status == StatusCode::OK && free.text.contains("Choose a time: that moves it"));
        assert!(
            free.text.contains("name=\"pick\" value=\"09:15\"") && free.text.contains("value=\"4 6 2027\"")
        );
        let past = bench.post(&page, "version=2&do=free&day=yesterday&time=", Some(&cookie)).await;
        assert!(past.status == StatusCode::UNPROCESSABLE_ENTITY && past.text.contains("in the past"));
        let pick = "version=2&pick=09%3A15&reason=&day=4+6+2027&time=";
        assert_eq!(bench.post(&page, pick, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let back = bench.post(&page, "version=3&do=move&day=3+6+2027&time=2pm", Some(&cookie)).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        let stale = bench.post(&page, "version=1&do=move&reason=&day=4+6+2027&time=2pm", Some(&cookie)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let diary = bench.get("/diary?day=2027-06-03", Some(&cookie)).await.text;
        assert!(diary.contains("2:00pm") && diary.contains("Daniel Whitfield"), "{diary}");
        let (bruno, _) = bench.signed_in("Bruno", Role::Adviser).await;
        let unknown = "version=4&do=move&day=&time=&adviser=nobody";
        let unknown = bench.post(&page, unknown, Some(&cookie)).await;
        assert!(unknown.text.contains("Choose somebody from the list"), "{}", unknown.text);
        let over = format!("version=4&do=move&day=&time=&adviser={bruno}");
        assert_eq!(bench.post(&page, &over, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let his = bench.get(&format!("/diary?day=2027-06-03&who={bruno}"), Some(&cookie)).await.text;
        assert!(his.contains("2:00pm") && his.contains("Daniel Whitfield"), "{his}");
        let nobody = bench.post(&page, "version=5&reason=Ill&day=&time=", Some(&cookie)).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.text.contains("Choose who called it off") && nobody.text.contains("value=\"Ill\""));
        let night = bench.post(&page, "version=5&do=move&day=25+12+2027&time=3am", Some(&cookie)).await;
        assert_eq!(night.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            night.text.contains("Saturday 25 December 2027: the office is not open on this day")
                && night.text.contains("name=\"anyway\""),
            "{}",
            night.text
        );
        let meant = booking("4 6 2027", "20:00", ada);
        let late = bench.post(&post, &meant.replace("&anyway=on", ""), Some(&cookie)).await;
        assert!(late.text.contains("the office is open from 9:00am to 5:00pm"), "{}", late.text);
        assert!(late.text.contains("value=\"20:00\""), "what was chosen stays");
        assert_eq!(bench.post(&post, &meant, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let off = "version=5&do=cancelled-by-client&reason=A+job+interview&day=&time=";
        assert_eq!(bench.post(&page, off, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Called off by the client") && shown.contains("A job interview"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_booked_is_said_beside_its_field_and_what_was_typed_stays() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let post = format!("/clients/{client}/appointments");
        for (day, time, field) in [
            ("1 6 2020", "10:00", "day"),
            ("31 2 2027", "10:00", "day"),
            ("28 3 2027", "01:30", "time"),
            ("2 6 2027", "25:00", "time"),
            ("2 6 2027", "", "time"),
            ("2 6 2027", "10:02", "time"),
        ] {
            let answered = bench.post(&post, &booking(day, time, ada), Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {time}");
            assert!(answered.text.contains(&format!("href=\"#{field}\"")), "{day} {time}: {}", answered.text);
            assert!(answered.text.contains(&format!("value=\"{day}\"")), "what was typed stays");
        }
        for (good, bad) in [
            ("minutes=30", "minutes=7"),
            ("way=office", "way=boat"),
            ("every=0&repeat=", "every=2&repeat=900"),
        ] {
            let form = booking("2 6 2027", "10:00", ada).replace(good, bad);
            assert_eq!(
                bench.post(&post, &form, Some(&cookie)).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        let unknown = format!("{}&room=7", booking("2 6 2027", "10:00", ada));
        assert_eq!(bench.post(&post, &unknown, Some(&cookie)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let diary = bench.get("/diary?day=2027-06-02&view=week&who=all", Some(&cookie)).await.text;
        assert!(diary.contains("Nobody is booked"), "nothing was booked");
        for path in ["/appointments/nonsense", &format!("/appointments/{}", "ab".repeat(16))] {
            assert_eq!(bench.get(path, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        }
    }
}

// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn reception_sees_who_comes_and_books_for_anybody() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let (_, desk) = bench.signed_in("Desk", Role::Receptionist).await;
        let post = format!("/clients/{client}/appointments");
        let made = bench.post(&post, &booking("2 6 2027", "10:00", ada), Some(&desk)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let diary = bench.get("/diary?day=2027-06-02", Some(&desk)).await.text;
        assert!(diary.contains("Daniel Whitfield") && diary.contains("Ada"), "{diary}");
        assert!(bench.get("/", Some(&desk)).await.text.contains("Who comes today"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_leaves_out_the_days_on_which_nobody_is_in_where_that_is_said() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let to = format!("/clients/{client}/appointments");
        // Four Mondays, of which the third is Easter Monday.
        let form = booking("15 3 2027", "10:00", ada).replace("every=0&repeat=", "every=1&repeat=4");
        let form = form.replace("&anyway=on", "");
        let asked = bench.post(&to, &form, Some(&cookie)).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.text.contains("29 March 2027") && asked.text.contains("Leave out the days"));
        let made = bench.post(&to, &format!("{form}&leave-out=on"), Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let file = bench.get(&format!("/clients/{client}"), Some(&cookie)).await.text;
        for (day, booked) in [("15 Mar 2027", true), ("29 Mar 2027", false), ("5 Apr 2027", true)] {
            assert_eq!(file.contains(day), booked, "{day}");
        }
        let one = booking("29 3 2027", "10:00", ada).replace("&anyway=on", "&leave-out=on");
        let none = one.replace("every=0&repeat=", "every=4&repeat=1");
        assert_eq!(bench.post(&to, &none, Some(&cookie)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_tells_when_and_never_who() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        // Twelve weeks from the winter into the summer: the time on the wall stays.
        let form = booking("1 3 2027", "10:00", ada).replace("every=0&repeat=", "every=1&repeat=12");
        let made = bench.post(&format!("/clients/{client}/appointments"), &form, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = bench.post("/account/calendar", "", Some(&cookie)).await.text;
        let address = |page: &str| {
            let (_, rest) = page.split_once("/calendar/").unwrap();
            format!("/calendar/{}", rest.split('<').next().unwrap())
        };
        let first = address(&page);
        let feed = bench.get(&first, None).await;
        assert_eq!(feed.headers["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(feed.text.matches("BEGIN:VEVENT").count(), 12);
        assert!(feed.text.contains("DTSTART:20270322T100000Z"), "winter: {}", feed.text);
        assert!(feed.text.contains("DTSTART:20270329T090000Z"), "summer");
        for word in ["Daniel", "Whitfield", "NB-1", "CV", &client.to_string()] {
            assert!(!feed.text.contains(word), "{word}");
        }
        let second = address(&bench.post("/account/calendar", "", Some(&cookie)).await.text);
        assert_eq!(bench.get(&first, None).await.status, StatusCode::NOT_FOUND, "the old one has stopped");
        assert_eq!(bench.get(&second, None).await.status, StatusCode::OK);
        bench.post("/account/calendar/end", "", Some(&cookie)).await;
        for gone in [second.as_str(), "/calendar/nonsense", &format!("/calendar/{}.ics", "00".repeat(32))] {
            assert_eq!(bench.get(gone, None).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reception_keeps_the_rooms_and_a_room_is_booked_with_the_appointment() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (desk, at_desk) = bench.signed_in("Desk", Role::Receptionist).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let key = uuid::Uuid::new_v4().simple().to_string();
        let before = bench.entries_of(desk).await;
        let added = bench.post("/rooms", &format!("form={key}&name=Room+9"), Some(&at_desk)).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
        assert_eq!(bench.entries_of(desk).await, before + 1);
        let wrong = bench.post("/rooms", &format!("form={}&name=", "1".repeat(32)), Some(&at_desk)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Enter what the room is called"));
        let refused = bench.post("/rooms", &format!("form={key}&name=Mine"), Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(bench.get("/rooms", Some(&cookie)).await.text.contains("Room 9"));

        let new = bench.get(&format!("/clients/{client}/appointments/new"), Some(&cookie)).await.text;
        let (before, _) = new.split_once("\">Room 9<").unwrap();
        let room = &before[before.len() - 32..];
        let post = format!("/clients/{client}/appointments");
        let none = format!("{}&room=nonsense", booking("2 6 2027", "10:30", ada));
        let none = bench.post(&post, &none, Some(&cookie)).await;
        assert!(none.text.contains("Choose a room from the list"), "{}", none.text);
        let form = format!(
            "{}&room={room}&every=1&repeat=2",
            booking("2 6 2027", "10:30", ada).replace("&every=0&repeat=", "")
        );
        let made = bench.post(&post, &form, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let page = made.headers["location"].to_str().unwrap().split('?').next().unwrap().to_owned();
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Room 9") && shown.contains("One of 2 that were booked together"), "{shown}");
        let diary = bench.get("/diary?day=2027-06-02", Some(&cookie)).await.text;
        assert!(diary.contains("In the office, Room 9"), "{diary}");
        // It becomes a call: the room is given back, and what it is about is said anew.
        let call = "version=1&do=arrange&way=phone&room=&about=The+letter&place=";
        assert_eq!(bench.post(&page, call, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Phone call") && shown.contains("The letter"), "{shown}");
        assert_eq!(bench.post(&page, call, Some(&cookie)).await.status, StatusCode::CONFLICT, "stale");
        let other = bench.client(ada, "Maria Lopes").await;
        let there = format!("{}&room={room}", booking("2 6 2027", "10:30", desk));
        let there = bench.post(&format!("/clients/{other}/appointments"), &there, Some(&at_desk)).await;
        assert_eq!(there.status, StatusCode::SEE_OTHER, "{}", there.text);
        let taken = format!("version=2&do=arrange&way=office&room={room}&about=&place=");
        let taken = bench.post(&page, &taken, Some(&cookie)).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.text.contains("This room is taken on Wednesday 2 June 2027"), "{}", taken.text);
        let boat = bench.post(&page, "version=2&do=arrange&way=boat&room=x&about=Boat&place=", Some(&cookie));
        let boat = boat.await.text;
        assert!(boat.contains("Choose how you meet") && boat.contains("value=\"Boat\""), "{boat}");
        let off = "version=2&do=cancelled-by-us&rest=yes&reason=&day=&time=";
        assert_eq!(bench.post(&page, off, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.matches("Called off by us").count() >= 3, "{shown}");

        let away = bench.post(&format!("/rooms/{room}"), "do=close", Some(&at_desk)).await;
        assert_eq!(away.status, StatusCode::SEE_OTHER);
        assert!(bench.get("/rooms", Some(&at_desk)).await.text.contains("Use Room 9 again"));
        let new = bench.get(&format!("/clients/{client}/appointments/new"), Some(&cookie)).await.text;
        assert!(!new.contains("Room 9"));
    }
}
