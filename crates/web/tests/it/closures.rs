//! Closing the office through its pages: who may, what is shown and said, and what each step leaves in the log.

use access::Role;
use axum::http::StatusCode;
use jiff::ToSpan as _;

use crate::bench::{Bench, booking};

fn form(seen: &str, act: &str, day: &str) -> String {
    let key = uuid::Uuid::new_v4().simple();
    format!(
        "form={key}&day={}&from=&to=&way=office&adviser=&reason=Burst+pipe&seen={seen}&do={act}",
        day.replace(' ', "+")
    )
}

fn seen(page: &str) -> String {
    page.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

// promise: P4
// promise: P7
#[tokio::test(flavor = "multi_thread")]
async fn reception_closes_the_office_in_three_steps_and_each_leaves_its_entries() {
    for bench in Bench::all().await {
        bench.service.send_by(messages::Post::none().unwrap());
        let (ada, adviser) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let other = bench.client(ada, "Maria Lopes").await.to_string();
        let (desk, cookie) = bench.signed_in("Desk", Role::Receptionist).await;
        let cookie = Some(cookie.as_str());
        // A week ahead: at any hour of any day this runs, nothing of it is past.
        let day = bench.service.surroundings().today().checked_add(7.days()).unwrap();
        let day = day.strftime("%-d %-m %Y").to_string();
        for (client, time) in [(&client, "10:00"), (&other, "11:00")] {
            let booked = bench
                .post(&format!("/clients/{client}/appointments"), &booking(&day, time, ada), cookie)
                .await;
            assert_eq!(booked.status, StatusCode::SEE_OTHER, "{}", booked.text);
        }
        let counted = bench.entries_of(desk).await;
        let first = bench.get("/closures/new", cookie).await;
        assert!(first.status.is_success() && first.text.contains("Show who is affected"));
        assert_eq!(bench.entries_of(desk).await, counted, "nobody is shown yet");
        let listed = bench.post("/closures/new", &form("", "look", &day), cookie).await;
        assert!(
            listed.text.contains("Daniel Whitfield") && listed.text.contains("2 people, 2 appointments"),
            "{}",
            listed.text
        );
        assert!(listed.text.contains("No mail server is configured"));
        assert_eq!(bench.entries_of(desk).await - counted, 1);

        // With another list than the one that stands, nothing is done.
        let stale = bench.post("/closures/new", &form(&"0".repeat(32), "close", &day), cookie).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.text.contains("since you looked") && stale.text.contains("value=\"Burst pipe\""));
        let counted = bench.entries_of(desk).await;
        let closed = bench.post("/closures/new", &form(&seen(&listed.text), "close", &day), cookie).await;
        assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text);
        assert_eq!(bench.entries_of(desk).await - counted, 2, "one entry for each file that was touched");
        let here = closed.headers.get("location").unwrap().to_str().unwrap().to_owned();

        let waiting = bench.get(&here, cookie).await;
        assert_eq!(waiting.headers.get("refresh").unwrap(), "4");
        assert!(waiting.text.contains("0 of 2 done") && !waiting.text.contains("Daniel"));
        let still = bench.get(&format!("{}?still=1", here.split('?').next().unwrap()), cookie).await;
        assert!(still.headers.get("refresh").is_none());
        let id = here.split('?').next().unwrap();
        let counted = bench.entries_of(desk).await;
        let stopped = bench.post(id, "do=stop", cookie).await;
        assert_eq!(stopped.status, StatusCode::SEE_OTHER);
        assert_eq!(bench.entries_of(desk).await - counted, 1);
        let after = bench.get(id, cookie).await;
        assert!(
            after.headers.get("refresh").is_none() && after.text.contains("Contact sheet: 2 people to ring"),
            "{}",
            after.text
        );

        let counted = bench.entries_of(desk).await;
        let sheet = bench.get(&format!("{id}/sheet"), cookie).await;
        assert!(sheet.text.contains("Maria Lopes") && sheet.text.contains("07700 900 123"));
        assert_eq!(bench.entries_of(desk).await - counted, 1);
        let message =
            sheet.text.split("name=\"message\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let back = id.rsplit('/').next().unwrap();
        let ticked = bench.post("/messages", &format!("message={message}&back={back}"), cookie).await;
        assert_eq!(ticked.headers.get("location").unwrap(), &format!("{id}/sheet?done=1&left=0"));
        let twice = bench.post("/messages", &format!("message={message}&back={back}"), cookie).await;
        assert_eq!(twice.headers.get("location").unwrap(), &format!("{id}/sheet?done=0&left=1"));
        let today = bench.get("/", cookie).await;
        assert!(today.text.contains("Office closed: 1 person to ring"), "{}", today.text);
        assert!(!bench.get("/", Some(&adviser)).await.text.contains("to ring"), "it is the desk's matter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_closes_and_wrong_input_is_said_at_its_field() {
    for bench in Bench::all().await {
        for (name, role) in [("Ada", Role::Adviser), ("Mona", Role::Manager), ("Gwen", Role::Governance)] {
            let (_, cookie) = bench.signed_in(name, role).await;
            for path in [
                "/closures/new",
                &format!("/closures/{}", "00".repeat(16)),
                &format!("/closures/{}/sheet", "00".repeat(16)),
            ] {
                let refused = bench.get(path, Some(&cookie)).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name} {path}");
                assert!(refused.text.contains("Ask reception"), "{name} {path}");
            }
            let refused = bench.post("/closures/new", &form("", "look", "tomorrow"), Some(&cookie)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}");
        }
        let (_, cookie) = bench.signed_in("Desk", Role::Receptionist).await;
        for (from, to, says) in [
            ("day=tomorrow", "day=yesterday", "This day is in the past"),
            ("day=tomorrow", "day=someday", "Enter a day, like"),
            ("from=&to=", "from=14:00&to=9:00", "before the time at which the closing begins"),
            ("from=&to=", "from=lunch&to=", "Enter a time, like 9:30"),
            ("way=office", "way=boat", "Choose which appointments"),
        ] {
            let wrong = form("", "look", "tomorrow").replace(from, to);
            let page = bench.post("/closures/new", &wrong, Some(&cookie)).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
            assert!(
                page.text.contains(says) && page.text.contains("value=\"Burst pipe\"")
                    || !page.text.contains("reason"),
                "{to}: {}",
                page.text
            );
        }
        let nobody = bench.post("/closures/new", &form("", "look", "tomorrow"), Some(&cookie)).await;
        assert!(nobody.text.contains("Nobody is booked then") && nobody.text.contains("Close it"));
        // A day without bookings can be closed too, shows as such, and can be given back.
        let empty = form(&seen(&nobody.text), "close", "tomorrow");
        let closed = bench.post("/closures/new", &empty, Some(&cookie)).await;
        let page =
            closed.headers.get("location").unwrap().to_str().unwrap().split('?').next().unwrap().to_owned();
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Open again") && !shown.contains("Telling everybody"), "{shown}");
        let tomorrow =
            format!("/diary?view=week&day={}", bench.service.surroundings().today().tomorrow().unwrap());
        assert!(bench.get(&tomorrow, Some(&cookie)).await.text.contains("Closed all day"));
        bench.post(&page, "do=open", Some(&cookie)).await;
        assert!(bench.get(&page, Some(&cookie)).await.text.contains("This time is open again"));
        assert!(!bench.get(&tomorrow, Some(&cookie)).await.text.contains("Closed all day"));
        assert_eq!(
            bench.get(&format!("/closures/{}", "00".repeat(16)), Some(&cookie)).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            bench.post("/messages", "message=nonsense&back=", Some(&cookie)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_shown_with_an_example_and_a_message_that_failed_stands_on_the_first_page() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let message = bench.message(ada, &client).await;
        let words = bench.get("/messages/wording", Some(&cookie)).await.text;
        assert!(
            words.contains("nothing is sent")
                && words.contains("Hello Sam. A reminder: your appointment is on Tuesday 4 May"),
            "{words}"
        );
        assert!(!words.contains("{link}</p>"));
        let today = bench.get("/", Some(&cookie)).await.text;
        assert!(
            today.contains("Messages that did not arrive") && today.contains("No mail server configured"),
            "{today}"
        );
        let known = bench.post(&format!("/messages/{message}"), "do=known", Some(&cookie)).await;
        assert_eq!(known.status, StatusCode::SEE_OTHER);
        assert!(!bench.get("/", Some(&cookie)).await.text.contains("Messages that did not arrive"));
        let again = bench.post(&format!("/messages/{message}"), "do=again", Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "the client knows already");
    }
}
