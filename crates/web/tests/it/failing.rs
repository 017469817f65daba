//! When what protects clients' data cannot do its part, the answer is 503 and nothing is shown; afterwards it works again.

use access::Role;
use axum::http::StatusCode;
use web::{Method, ROUTES, Who};

use crate::bench::Bench;
use crate::table::filled;

const NAME: &str = "Daniel Whitfield";

async fn all_is_as_before(bench: &Bench, client: &str, cookie: &str, what: &str) {
    let file = bench.get(&format!("/clients/{client}"), Some(cookie)).await;
    assert_eq!(file.status, StatusCode::OK, "{what}: {}", file.text);
    assert!(file.text.contains(NAME), "{what}");
    assert!(
        !file.text.contains("Rang.") && !file.text.contains("March 1991"),
        "{what}: something was half written"
    );
    let found = bench.post("/clients/find", "q=Maria", Some(cookie)).await;
    assert!(!found.text.contains("Maria Lopes"), "{what}: somebody was half registered");
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn without_the_audit_log_nothing_is_shown() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, NAME).await.to_string();
        let appointment = bench.appointment(ada, &client).await.to_string();
        let entry = bench.entry(ada, &client, false).await;
        let document = bench.document(ada, &client).await;
        let paper = bench.paper(ada, &client).await;
        let shared = bench.shared(ada, &client).await;
        let on_it = bench.client(ada, "Orla Tidewater").await.to_string();
        let placed = bench.placed(ada, &on_it).await;
        bench.entries_of(ada).await;
        bench.ground.run("audit", "ALTER TABLE audit_entry RENAME TO away").await;
        // What is only read needs its entry on disk first. A change carries its entry with it, and its page is another request.
        let reads = ROUTES.iter().filter(|r| r.who == Who::Staff && r.audited && r.method == Method::Get);
        // Pages that are there for managers alone are not there for an adviser, with or without a log.
        let mut shown = Vec::new();
        let managers = ["/team", "/duplicates", "/merges", "/import", "/figures"];
        // Nor are things that nobody made.
        let made_up = ["{breach}", "{request}", "/returns"];
        let there = |path: &str| {
            !managers.iter().any(|start| path.starts_with(start))
                && !made_up.iter().any(|part| path.contains(part))
        };
        for route in reads.filter(|route| there(route.path)) {
            let id = match route.path {
                path if path.contains("{entry}") => &entry,
                path if path.contains("{document}") => &document,
                path if path.contains("{paper}") => &paper,
                _ => &appointment,
            };
            let of_programmes = ["/programmes", "/placements"].iter().any(|part| route.path.contains(part));
            let path = if of_programmes {
                filled(&placed.put_into(route.path), &on_it)
            } else {
                filled(&shared.put_into(route.path), &client)
            };
            let path = path.replace(&"00".repeat(16), id);
            let answered = bench.get(&path, Some(&cookie)).await;
            let named = answered.text.contains(NAME) || answered.text.contains("Orla Tidewater");
            assert!(!named, "{}", route.path);
            if answered.status != StatusCode::SERVICE_UNAVAILABLE {
                shown.push((route.path, answered.status));
            }
        }
        assert_eq!(shown, []);
        for page in ["/clients/find", "/clients/suggest"] {
            let answered = bench.post(page, "q=Daniel", Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
            assert!(!answered.text.contains(NAME), "{page}");
        }
        bench.ground.run("audit", "ALTER TABLE away RENAME TO audit_entry").await;
        all_is_as_before(&bench, &client, &cookie, "audit").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_keyring_nothing_is_shown_or_kept() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, NAME).await.to_string();
        let bench = bench.opened_again().await;
        bench.ground.run("keyring", "ALTER TABLE wrapped_key RENAME TO away").await;
        let file = format!("/clients/{client}");
        for page in [file.clone(), format!("{file}/details"), format!("{file}/details/identity")] {
            let answered = bench.get(&page, Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
            assert!(!answered.text.contains(NAME), "{page}");
        }
        let form = uuid::Uuid::new_v4().simple();
        let somebody =
            format!("form={form}&how=on-paper&agreed=in-words&name=Maria+Lopes&mobile_phone=07700900124");
        let meeting = format!("form={form}&kind=phone&day=&minutes=5&note=Rang.&took_part=on");
        for (page, body) in
            [("/clients/register", somebody.as_str()), (&format!("{file}/meetings"), meeting.as_str())]
        {
            let answered = bench.post(page, body, Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE, "{page}");
            assert!(!answered.text.contains(NAME), "{page}");
        }
        bench.ground.run("keyring", "ALTER TABLE away RENAME TO wrapped_key").await;
        all_is_as_before(&bench, &client, &cookie, "keyring").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_records_nothing_is_shown_or_kept() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, NAME).await.to_string();
        for table in ["entry", "client", "outbox"] {
            bench.ground.run("records", &format!("ALTER TABLE {table} RENAME TO away")).await;
            let form = uuid::Uuid::new_v4().simple();
            let meeting = format!("form={form}&kind=phone&day=&minutes=5&note=Rang.&took_part=on");
            let somebody =
                format!("form={form}&how=on-paper&agreed=in-words&name=Maria+Lopes&mobile_phone=07700900124");
            let details = "version=0&date_of_birth-day=14&date_of_birth-month=3&date_of_birth-year=1991";
            let file = format!("/clients/{client}");
            for (page, body) in [
                ("/clients/register".to_owned(), somebody.as_str()),
                (format!("{file}/meetings"), &meeting),
                (format!("{file}/details/identity"), details),
            ] {
                let answered = bench.post(&page, body, Some(&cookie)).await;
                assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE, "{table}: {page}");
                assert!(!answered.text.contains(NAME), "{table}: {page}");
            }
            bench.ground.run("records", &format!("ALTER TABLE away RENAME TO {table}")).await;
            all_is_as_before(&bench, &client, &cookie, table).await;
        }
    }
}
