//! The JSON API: tokens, the entry that each call leaves, pages of lists, tags, keys, problems.

use access::Role;
use axum::http::StatusCode;
use casework::StaffId;
use casework::appointments::{Said, Slot, Way};
use records::api_tokens::NewToken;
use serde_json::{Value, json};
use web::{Method, ROUTES, Route, Who};

use crate::api_referrals::{referral_to_record, referred};
use crate::bench::{Answered, Bench};
use crate::table::filled;

fn calls() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.who == Who::Program)
}

fn method(route: &Route) -> &'static str {
    if route.method == Method::Get { "GET" } else { "POST" }
}

pub(crate) fn key() -> String {
    uuid::Uuid::new_v4().to_string()
}

pub(crate) fn json_of(answered: &Answered) -> Value {
    serde_json::from_str(&answered.text).unwrap_or_else(|_| panic!("{}: {}", answered.status, answered.text))
}

pub(crate) fn header<'a>(answered: &'a Answered, name: &str) -> &'a str {
    answered.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// A problem with this status, and the pointers of what is wrong.
pub(crate) fn problem(answered: &Answered, status: u16) -> Vec<String> {
    assert_eq!(answered.status.as_u16(), status, "{}", answered.text);
    assert_eq!(header(answered, "content-type"), "application/problem+json");
    let told = json_of(answered);
    assert_eq!(told["status"], status);
    assert!(told["type"].as_str().unwrap().starts_with("urn:kept:problem:"));
    assert!(!told["title"].as_str().unwrap().is_empty() && !told["detail"].as_str().unwrap().is_empty());
    let errors = told["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn token(
    bench: &Bench,
    role: Role,
    purpose: &str,
    acts_for: Option<&str>,
) -> (StaffId, String) {
    let new = NewToken { name: "Job board", role, purpose: purpose.parse().unwrap(), days: 90, acts_for };
    let made = bench.service.add_api_token(new).await.unwrap();
    (made.token.id, made.secret.to_string())
}

fn meeting() -> Value {
    json!({ "kind": "phone", "minutes": 5, "note": "Rang.", "took_part": true })
}

fn tomorrow(bench: &Bench) -> jiff::civil::Date {
    bench.service.surroundings().today().tomorrow().unwrap()
}

fn booking(bench: &Bench, adviser: StaffId) -> Value {
    json!({
        "day": tomorrow(bench).to_string(), "time": "07:00", "minutes": 5,
        "adviser": adviser.to_string(), "way": "phone", "about": "CV"
    })
}

/// The nth appointment of a client tomorrow, whatever day that is.
async fn booked(bench: &Bench, adviser: StaffId, client: &str, nth: i8) -> String {
    let now = bench.service.surroundings().civil(bench.service.surroundings().now());
    let at = tomorrow(bench).at(12 + nth / 12, nth % 12 * 5, 0, 0);
    let booking = records::appointments::Booking {
        room: None,
        form: *uuid::Uuid::new_v4().as_bytes(),
        adviser,
        slots: vec![Slot::at(at, 5, &now).unwrap()],
        way: Way::Office,
        said: Said::default(),
        tell: false,
    };
    bench.service.book(&bench.visit_of(adviser), client.parse().unwrap(), booking).await.unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cookie_opens_the_api_and_neither_does_a_token_that_does_not_hold() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (_, stopped) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let id = bench.service.api_tokens().await.unwrap()[0].id.to_string();
        bench.service.revoke_api_token(&id[..8]).await.unwrap();
        let session = format!("Bearer kept_{}", cookie.split('=').nth(1).unwrap());
        let stopped = format!("Bearer {stopped}");
        for (tries, route) in calls().enumerate() {
            let path = filled(route.path, &client);
            let body = (route.method == Method::Post).then_some("{}");
            let with = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
            problem(&bench.api(method(route), &path, &with, body).await, 401);
            // Wrong secrets are counted by where they come from: a few, so that none is refused for that.
            for wrong in [stopped.as_str(), session.as_str(), "Basic YTpi"].iter().filter(|_| tries < 6) {
                let answered = bench.api(method(route), &path, &[("authorization", wrong)], body).await;
                problem(&answered, 401);
                assert!(header(&answered, "www-authenticate").starts_with("Bearer"));
                assert!(!answered.text.contains("Daniel"));
            }
        }
        let mut last = StatusCode::UNAUTHORIZED;
        for _ in 0..20 {
            last = bench.api("GET", "/api/v1/clients", &[("authorization", &stopped)], None).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "whoever tries secrets is slowed down");
    }
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn every_call_leaves_exactly_one_entry_that_names_its_token() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let entry = bench.entry(ada, &client, true).await;
        let (program, secret) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let by = format!("Bearer {secret}");
        let referral = referred(&bench, &by, &client).await;
        let (manager, of_manager) = token(&bench, Role::Manager, "support", None).await;
        let of_manager = format!("Bearer {of_manager}");
        for (nth, route) in calls().enumerate() {
            let appointment = booked(&bench, ada, &client, i8::try_from(nth).unwrap()).await;
            let counts = route.path.contains("/figures/");
            let (program, by) = if counts { (manager, &of_manager) } else { (program, &by) };
            let entry = if route.path.contains("/referrals/") { &referral } else { &entry };
            let path = route.path.replace("{entry}", entry).replace("{appointment}", &appointment);
            let path = filled(&path, &client);
            let day = json!({ "day": booking(&bench, ada)["day"], "time": "18:55", "minutes": 5 });
            let body = match path.rsplit('/').next().unwrap() {
                "clients" => json!({
                    "notice_given": "on-paper", "agreed": "in-words",
                    "contact": { "name": "Maria Lopes", "mobile_phone": "07700 900124" }
                }),
                "search" => json!({ "words": "Daniel" }),
                "reason" => json!({ "reason": "Covering for a colleague" }),
                "meetings" => meeting(),
                "appointments" => booking(&bench, ada),
                "move" => day,
                "end" => json!({ "state": "cancelled-by-us" }),
                "referrals" => referral_to_record(),
                "step" => json!({ "step": "accepted" }),
                "count" => json!({ "what": "starts", "by": ["age"], "from": "2026-07", "to": "2026-07" }),
                _ => json!({}),
            };
            let key = key();
            let with = [("authorization", by.as_str()), ("idempotency-key", &key), ("if-match", "\"v1\"")];
            let body = (route.method == Method::Post).then(|| body.to_string());
            let before = bench.entries_of(program).await;
            let answered = bench.api(method(route), &path, &with, body.as_deref()).await;
            assert!(answered.status.is_success(), "{path}: {} {}", answered.status, answered.text);
            assert!(route.audited);
            // A step reads the referral that it changes, which is an entry of its own.
            let entries = if path.ends_with("/step") { 2 } else { 1 };
            assert_eq!(bench.entries_of(program).await - before, entries, "{} {path}", method(route));
        }
        let looked = bench.service.who_looked(&bench.visit_of(ada), client.parse().unwrap()).await.unwrap();
        let looked = looked.release().await.unwrap();
        assert!(looked.looks.iter().any(|look| look.who == Some(program)));
        assert_eq!(bench.service.directory().name(program), "Job board (API)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_a_page_at_a_time_and_what_is_known_is_not_sent_again() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let (bruno, _) = bench.signed_in("Bruno", Role::Adviser).await;
        let mut clients = Vec::new();
        for name in ["Daniel Whitfield", "Maria Lopes", "Owen Hughes"] {
            clients.push(bench.client(ada, name).await.to_string());
        }
        let other = bench.client(bruno, "Somebody Else").await.to_string();
        for nth in 0..5 {
            bench.entry(ada, &clients[0], true).await;
            booked(&bench, ada, &clients[0], nth).await;
        }
        let (_, secret) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let by = format!("Bearer {secret}");
        let with = [("authorization", by.as_str())];
        let all = async |path: &str, limit: usize| {
            let (mut ids, mut next) = (Vec::new(), String::new());
            loop {
                let page = bench.api("GET", &format!("{path}?limit={limit}{next}"), &with, None).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                let page = json_of(&page);
                let items = page["items"].as_array().unwrap();
                assert!(items.len() <= limit);
                ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                match page["next"].as_str() {
                    Some(cursor) => next = format!("&cursor={cursor}"),
                    None => return ids,
                }
            }
        };
        let mut listed = all("/api/v1/clients", 2).await;
        listed.sort();
        clients.sort_by_key(|id| listed.iter().position(|one| one == id));
        assert_eq!(listed, clients, "each once, and nobody of another caseload");
        let of = listed.iter().map(|id| format!("/api/v1/clients/{id}")).collect::<Vec<_>>();
        for what in ["entries", "appointments"] {
            for file in &of {
                let (one, many) =
                    (all(&format!("{file}/{what}"), 1).await, all(&format!("{file}/{what}"), 200).await);
                assert_eq!(one, many, "{file} {what}");
            }
        }
        for path in [of[0].clone(), format!("{}/entries", of[0]), "/api/v1/clients".to_owned()] {
            let first = bench.api("GET", &path, &with, None).await;
            let tag = header(&first, "etag").to_owned();
            let with = [with[0], ("if-none-match", tag.as_str())];
            let again = bench.api("GET", &path, &with, None).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
            assert_eq!(header(&again, "etag"), tag);
        }
        problem(&bench.api("GET", "/api/v1/clients?cursor=x", &with, None).await, 400);
        problem(&bench.api("GET", "/api/v1/clients?q=Daniel", &with, None).await, 400);
        let closed = bench.api("GET", &format!("/api/v1/clients/{other}"), &with, None).await;
        problem(&closed, 403);
        assert_eq!(json_of(&closed)["type"], "urn:kept:problem:needs-reason");
        let body = json!({ "reason": "Covering for a colleague" }).to_string();
        let said = bench.api("POST", &format!("/api/v1/clients/{other}/reason"), &with, Some(&body)).await;
        assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.text);
        assert_eq!(
            bench.api("GET", &format!("/api/v1/clients/{other}"), &with, None).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_twice_acts_once_and_a_key_stands_for_one_act() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, secret) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let by = format!("Bearer {secret}");
        let one = key();
        let with = [("authorization", by.as_str()), ("idempotency-key", one.as_str())];
        let maria = |phone: &str| {
            json!({ "notice_given": "on-paper", "agreed": "in-words", "contact": { "name": "Maria Lopes", "mobile_phone": phone } })
                .to_string()
        };
        let first = bench.api("POST", "/api/v1/clients", &with, Some(&maria("07700 900124"))).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let again = bench.api("POST", "/api/v1/clients", &with, Some(&maria("07700 900124"))).await;
        assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
        let client = json_of(&first)["id"].as_str().unwrap().to_owned();
        assert_eq!(header(&first, "location"), format!("/api/v1/clients/{client}"));
        problem(&bench.api("POST", "/api/v1/clients", &with, Some(&maria("07700 900125"))).await, 422);
        problem(&bench.api("POST", "/api/v1/clients", &with[..1], Some(&maria("07700 900124"))).await, 400);
        // She is in Ada's caseload, not in one of the program's.
        let file = bench.service.open_file(&bench.visit_of(ada), client.parse().unwrap(), 5).await.unwrap();
        assert!(file.release().await.unwrap().own);

        let path = format!("/api/v1/clients/{client}/meetings");
        let two = key();
        let with = [with[0], ("idempotency-key", two.as_str())];
        let met = bench.api("POST", &path, &with, Some(&meeting().to_string())).await;
        assert_eq!(met.status, StatusCode::CREATED, "{}", met.text);
        assert_eq!(bench.api("POST", &path, &with, Some(&meeting().to_string())).await.text, met.text);
        let entries = bench.api("GET", &format!("/api/v1/clients/{client}/entries"), &with, None).await;
        assert_eq!(entries.text.matches("\"Rang.\"").count(), 1, "{}", entries.text);
        let one = bench.api("GET", header(&met, "location"), &with, None).await;
        assert_eq!(json_of(&one)["content"]["note"], "Rang.");
        assert_eq!(json_of(&one)["author"]["name"], "Job board (API)");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_the_version_that_it_knows() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (_, secret) = token(&bench, Role::Receptionist, "contact", None).await;
        let (by, key) = (format!("Bearer {secret}"), key());
        let with = [("authorization", by.as_str()), ("idempotency-key", &key)];
        let path = format!("/api/v1/clients/{client}/appointments");
        let mut body = booking(&bench, ada);
        let booked = bench.api("POST", &path, &with, Some(&body.to_string())).await;
        assert_eq!(booked.status, StatusCode::CREATED, "{}", booked.text);
        let place = header(&booked, "location").to_owned();
        let shown = bench.api("GET", &place, &with, None).await;
        assert_eq!((header(&shown, "etag"), &json_of(&shown)["about"]), ("\"v1\"", &json!("CV")));
        // The same time again, under another key: it is taken.
        let other = self::key();
        let again = [with[0], ("idempotency-key", other.as_str())];
        assert_eq!(problem(&bench.api("POST", &path, &again, Some(&body.to_string())).await, 422), ["/time"]);

        body = json!({ "day": body["day"], "time": "19:55", "minutes": 5 });
        let moving = format!("{place}/move");
        problem(&bench.api("POST", &moving, &with[..1], Some(&body.to_string())).await, 428);
        problem(
            &bench.api("POST", &moving, &[with[0], ("if-match", "\"v7\"")], Some(&body.to_string())).await,
            412,
        );
        let moved =
            bench.api("POST", &moving, &[with[0], ("if-match", "\"v1\"")], Some(&body.to_string())).await;
        assert_eq!(
            (moved.status, header(&moved, "etag")),
            (StatusCode::NO_CONTENT, "\"v2\""),
            "{}",
            moved.text
        );
        let ending = json!({ "state": "cancelled-by-client", "reason": "Has an interview" }).to_string();
        let path = format!("{place}/end");
        problem(&bench.api("POST", &path, &[with[0], ("if-match", "\"v1\"")], Some(&ending)).await, 412);
        let ended = bench.api("POST", &path, &[with[0], ("if-match", "\"v2\"")], Some(&ending)).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.text);
        let shown = json_of(&bench.api("GET", &place, &with, None).await);
        assert_eq!(
            (&shown["state"], &shown["reason"]),
            (&json!("cancelled-by-client"), &json!("Has an interview"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_input_is_told_part_by_part_by_the_rules_of_the_pages() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (_, secret) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let (by, key) = (format!("Bearer {secret}"), key());
        let with = [("authorization", by.as_str()), ("idempotency-key", &key)];
        let meetings = format!("/api/v1/clients/{client}/meetings");
        let appointments = format!("/api/v1/clients/{client}/appointments");
        let wrong: [(&str, Value, &[&str]); 7] = [
            (
                "/api/v1/clients",
                json!({}),
                &["/notice_given", "/agreed", "/contact/name", "/contact/mobile_phone"],
            ),
            (
                "/api/v1/clients",
                json!({ "notice_given": "on-paper", "agreed": "in-words", "contact": { "name": "Maria", "mobile_phone": "12", "shoe_size": 7 } }),
                &["/contact/mobile_phone", "/contact/shoe_size"],
            ),
            (
                &meetings,
                json!({ "kind": "gossip", "day": "yesterday", "minutes": 2000, "note": " ", "took_part": 1 }),
                &["/took_part", "/day", "/kind", "/minutes", "/note"],
            ),
            (
                &meetings,
                json!({ "kind": "phone", "day": "2031-01-01", "note": "x", "took_part": true, "by": "me" }),
                &["/by", "/day"],
            ),
            (
                &appointments,
                json!({ "day": "2020-01-01", "time": "9", "minutes": 7, "adviser": "x", "way": "boat" }),
                &["/day", "/time", "/adviser", "/way"],
            ),
            ("/api/v1/clients/search", json!({ "words": 1 }), &["/words"]),
            (&format!("/api/v1/clients/{client}/reason"), json!({ "reason": "short" }), &["/reason"]),
        ];
        for (path, body, pointers) in wrong {
            let answered = bench.api("POST", path, &with, Some(&body.to_string())).await;
            let mut told = problem(&answered, 422);
            let mut expected: Vec<String> = pointers.iter().map(ToString::to_string).collect();
            told.sort();
            expected.sort();
            assert_eq!(told, expected, "{path} {body}: {}", answered.text);
        }
        problem(&bench.api("POST", &meetings, &with, Some("{")).await, 400);
        problem(&bench.api("POST", &meetings, &with, Some("[]")).await, 400);
        problem(&bench.post_as(&meetings, "application/x-www-form-urlencoded", "a=b", &by).await, 415);
        // None of it used the key up.
        let fine = bench.api("POST", &meetings, &with, Some(&meeting().to_string())).await;
        assert_eq!(fine.status, StatusCode::CREATED, "{}", fine.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_sees_what_its_role_sees() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        bench.entry(ada, &client, true).await;
        let file = format!("/api/v1/clients/{client}");
        let (_, secret) = token(&bench, Role::Receptionist, "contact", None).await;
        let (by, key) = (format!("Bearer {secret}"), key());
        let with = [("authorization", by.as_str()), ("idempotency-key", key.as_str())];
        let seen = json_of(&bench.api("GET", &file, &with, None).await);
        assert_eq!(seen["readable"], json!(["contact"]));
        assert_eq!(seen["profile"]["contact"]["answers"]["name"], "Daniel Whitfield");
        let entries = bench.api("GET", &format!("{file}/entries"), &with, None).await;
        assert!(!entries.text.contains("Rang"), "{}", entries.text);
        problem(
            &bench.api("POST", &format!("{file}/meetings"), &with, Some(&meeting().to_string())).await,
            403,
        );
        let (_, manager) = token(&bench, Role::Manager, "support", None).await;
        let by = format!("Bearer {manager}");
        problem(&bench.api("GET", &file, &[("authorization", &by)], None).await, 403);
        problem(&bench.api("GET", "/api/v1/nowhere", &[("authorization", &by)], None).await, 404);
        problem(&bench.api("GET", "/api/v1/clients/%FF", &[("authorization", &by)], None).await, 404);
        let wrong = bench.api("DELETE", &file, &[("authorization", &by)], None).await;
        problem(&wrong, 405);
        assert!(header(&wrong, "allow").contains("GET"));
        let document = bench.api("GET", "/api/v1/openapi.json", &[], None).await;
        assert_eq!(document.status, StatusCode::OK);
        assert_eq!(json_of(&document)["openapi"].as_str().map(|v| &v[..2]), Some("3."));
    }
}
