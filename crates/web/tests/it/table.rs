//! The route table: headers, where requests come from, who may, and the entry that each leaves.

use access::Role;
use axum::http::StatusCode;
use web::{Method, ROUTES, Route, Who};

use crate::bench::{Bench, ORIGIN, booking};

pub(crate) fn path(route: &Route, client: &str) -> String {
    filled(route.path, client)
}

/// A path with something in each of its parts.
pub(crate) fn filled(path: &str, client: &str) -> String {
    path.replace("{client}", client)
        .replace("{secret}", &"00".repeat(32))
        .replace("{appointment}", &"00".repeat(16))
        .replace("{closure}", &"00".repeat(16))
        .replace("{message}", &"00".repeat(16))
        .replace("{document}", &"00".repeat(16))
        .replace("{number}", "1")
        .replace("{item}", &format!("{}.erased.1", "00".repeat(16)))
        .replace("{paper}", &"00".repeat(16))
        .replace("{cover}", &"00".repeat(16))
        .replace("{hand_over}", &"00".repeat(16))
        .replace("{category}", "identity")
        .replace("{group}", "plan")
        .replace("{form}", "task")
        .replace("{entry}", &"00".repeat(16))
        .replace("{pair}", &format!("{}.{}", "01".repeat(16), "02".repeat(16)))
        .replace("{merge}", &"00".repeat(16))
        .replace("{held}", &"00".repeat(16))
        .replace("{import}", &"00".repeat(16))
        .replace("{version}", "1.0")
        .replace("{digest}", "000000000000")
        .replace("{about}", "bids")
        .replace("{programme}", &"00".repeat(16))
        .replace("{placement}", &"00".repeat(16))
        .replace("{consent}", &"00".repeat(16))
        .replace("{file}", "record.jsonld")
        .replace("{organisation}", &"00".repeat(16))
        .replace("{request}", &"00".repeat(16))
        .replace("{letter}", "answer")
        .replace("{disclosure}", &"00".repeat(16))
        .replace("{hold}", &"00".repeat(16))
        .replace("{erasure}", &"00".repeat(16))
        .replace("{breach}", &"00".repeat(16))
        .replace("{pack}", &"00".repeat(16))
        .replace("{return}", &"00".repeat(16))
        .replace("{webhook}", &"00".repeat(16))
        .replace("{room}", &"00".repeat(16))
        .replace("{name}", "app.css")
}

fn method(route: &Route) -> &'static str {
    match route.method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_headers_that_protect_it() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let mut paths: Vec<(&str, String)> =
            ROUTES.iter().map(|route| (method(route), path(route, &client))).collect();
        paths.push(("GET", "/nowhere".into()));
        paths.push(("PUT", "/clients".into()));
        for (method, path) in paths {
            if path == "/sign-out" || path.ends_with("everywhere") {
                continue;
            }
            let headers = [("sec-fetch-site", "same-origin")];
            let answered =
                bench.call(method, &path, &headers, (method == "POST").then_some(""), Some(&cookie)).await;
            let header = |name: &str| {
                answered.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
            };
            assert!(
                header("content-security-policy").starts_with("default-src 'none'; script-src 'self';"),
                "{path}"
            );
            assert!(!header("content-security-policy").contains("unsafe"), "{path}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
            assert!(header("strict-transport-security").contains("max-age=63072000"), "{path}");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
            assert!(!answered.headers.contains_key("access-control-allow-origin"), "{path}");
            assert!(path.starts_with("/assets/") || header("cache-control") == "no-store", "{path}");
            assert!(
                answered.status != StatusCode::INTERNAL_SERVER_ERROR,
                "{method} {path}: {}",
                answered.text
            );
            assert!(
                !answered.text.contains(" style=\"") && !answered.text.contains(" onclick"),
                "{path} has inline code"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_from_elsewhere_is_refused_on_every_route() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        // The API takes no cookie, so no other site can act through a browser: see its own tests.
        let pages = ROUTES.iter().filter(|route| route.who != Who::Program);
        for route in pages.filter(|route| route.method == Method::Post) {
            let path = path(route, &client);
            let from: [&[(&str, &str)]; 6] = [
                &[],
                &[("sec-fetch-site", "cross-site")],
                &[("sec-fetch-site", "same-site")],
                &[("sec-fetch-site", "none")],
                &[("origin", "https://evil.example.org")],
                &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)],
            ];
            for headers in from {
                let answered = bench.call("POST", &path, headers, Some(""), Some(&cookie)).await;
                assert_eq!(answered.status, StatusCode::FORBIDDEN, "{path} from {headers:?}");
            }
            if !path.contains("sign-out") {
                let ours = bench.call("POST", &path, &[("origin", ORIGIN)], Some(""), Some(&cookie)).await;
                assert!(!ours.text.contains("This did not come from Kept"), "{path}");
            }
        }
        let embedded = bench
            .call(
                "GET",
                "/clients",
                &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
                None,
                Some(&cookie),
            )
            .await;
        assert_eq!(embedded.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_not_signed_in_gets_anywhere() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        for route in ROUTES.iter().filter(|route| route.who == Who::Staff) {
            let path = path(route, &client);
            for cookie in [None, Some("__Host-kept=00"), Some(&*format!("__Host-kept={}", "ab".repeat(32)))] {
                let body = (route.method == Method::Post).then_some("");
                let answered = bench
                    .call(method(route), &path, &[("sec-fetch-site", "same-origin")], body, cookie)
                    .await;
                let away =
                    answered.status == StatusCode::SEE_OTHER || answered.status == StatusCode::UNAUTHORIZED;
                assert!(away, "{path}: {}", answered.status);
                assert!(!answered.text.contains("Daniel"), "{path}");
            }
        }
    }
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn every_audited_route_leaves_exactly_one_entry_of_its_caller() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let form = || uuid::Uuid::new_v4().simple().to_string();
        let shared = bench.shared(ada, &client).await;
        let on_it = bench.client(ada, "Orla Tidewater").await.to_string();
        let placed = bench.placed(ada, &on_it).await;
        for route in ROUTES.iter().filter(|route| route.who == Who::Staff) {
            let mut path = path(route, &client);
            if route.path.contains("{appointment}") {
                path = format!("/appointments/{}", bench.appointment(ada, &client).await);
            }
            if route.path.contains("{entry}") {
                let entry = bench.entry(ada, &client, path.ends_with("correct")).await;
                path = path.replace(&"0".repeat(32), &entry);
            }
            // What closes a file to somebody is tried on another one; the team is for managers, closing for reception.
            if route.path.ends_with("/conflict") {
                let other = bench.client(ada, "Maria Lopes").await.to_string();
                path = path.replace(&client, &other);
            }
            // What the governance lead keeps has tests of its own.
            if crate::registers::of_registers(route.path) {
                continue;
            }
            // Figures, duplicates and imports are for managers, too: see their own tests.
            let others = ["/team", "/rooms", "/closures", "/figures", "/duplicates", "/merges", "/import"];
            if others.iter().any(|start| route.path.starts_with(start)) {
                continue;
            }
            // So are returns to those who pay.
            if route.path.contains("/returns") {
                continue;
            }
            if route.path.contains("{message}") {
                path = format!("/messages/{}", bench.message(ada, &client).await);
            }
            // Webhooks are the administrators', with tests of their own.
            if route.path.starts_with("/webhooks") {
                continue;
            }
            // What is sent in parts, and cover that is there, have tests of their own.
            let parts = route.path.ends_with("/documents") || route.path.ends_with("{document}");
            if (parts && route.method == Method::Post) || route.path.contains("{cover}") {
                continue;
            }
            if route.path.contains("{document}") {
                path = path.replace(&"0".repeat(32), &bench.document(ada, &client).await);
            }
            if route.path.contains("{paper}") {
                path = path.replace(&"0".repeat(32), &bench.paper(ada, &client).await);
            }
            // The desk is the governance lead's: see the tests of requests.
            if route.path.starts_with("/requests") {
                continue;
            }
            if route.path == "/approvals" || route.path.starts_with("/recipients/") {
                continue;
            }
            // Holds, decisions and sweeps are for others: see the tests of erasing.
            if ["/hold", "{erasure}", "/sweep"].iter().any(|part| route.path.contains(part)) {
                continue;
            }
            // There is a letter while there is somebody to tell: see the tests of sharing.
            if route.path.contains("{item}") {
                continue;
            }
            // It takes a file: see its own tests.
            if route.path == "/clients/take-in" && route.method == Method::Post {
                continue;
            }
            if route.path == "/redactions" && route.method == Method::Post {
                continue;
            }
            // What changes programmes and the directory is for others, and has tests of its own; so has placing, which opens
            // the file before it writes.
            let of_programmes = ["/programmes", "/placements", "/organisations", "/referrals/"];
            if of_programmes.iter().any(|part| route.path.contains(part)) {
                if route.method == Method::Post {
                    continue;
                }
                if path.contains("/organisations") {
                    path = shared.put_into(route.path);
                } else {
                    path = filled(&placed.put_into(route.path), &on_it);
                }
            }
            // Sharing leaves an entry for what is opened and one for what is written: see the tests of sharing.
            if ["/share/", "/disclosures/", "{about}", "{consent}"]
                .iter()
                .any(|part| route.path.contains(part))
            {
                if route.method == Method::Post {
                    continue;
                }
                path = filled(&shared.put_into(route.path), &client);
            }
            // Each with a body that it accepts; those that need a fresh code or end the session have tests of their own.
            let body = match path.rsplit('/').next().unwrap() {
                "find" | "suggest" => "q=Daniel".to_owned(),
                _ if route.path == "/clients/take-in/register" => format!(
                    "form={}&how=on-paper&agreed=in-words&file={}",
                    form(),
                    crate::taking_in::brought("Zed Quillfeather", "07700900177")
                ),
                "register" => format!(
                    "form={}&how=on-paper&agreed=in-words&name=Maria+Lopes&mobile_phone=07700900124",
                    form()
                ),
                "on-file" => format!("form={}&name=Daniel+Whitfield&mobile_phone=07700900123", form()),
                "reason" => "reason=Covering+for+a+colleague".to_owned(),
                "plan" if route.method == Method::Post => continue,
                "task" => format!(
                    "form={}&task=Ring+the+college&task_by-day=1&task_by-month=12&task_by-year=2026",
                    form()
                ),
                "change" => {
                    "of=task&version=2&task=Ring+them&task_by-day=2&task_by-month=12&task_by-year=2026"
                        .to_owned()
                }
                "requests" if route.method == Method::Post => {
                    format!("form={}&kind=access&came=spoken&words=All+of+it", form())
                }
                "withdraw" => format!("form={}&about=bids", form()),
                "erase" => format!("form={}&ground=request&reason=Rang+and+said+so", form()),
                "recipients" => continue,
                "recipients-to-tell" if route.method == Method::Post => {
                    format!("do=told&item={}.withdrawn.1", "0".repeat(32))
                }
                "tell-again" if route.method == Method::Post => continue,
                "messages" if route.path.starts_with("/notices") => continue,
                "letters" => format!("client={client}"),
                "correct" => {
                    "version=1&kind=phone&day-day=1&day-month=11&day-year=2026&note=Rang.&because=Wrong+day"
                        .to_owned()
                }
                "meetings" => format!("form={}&kind=phone&day=&minutes=5&note=Rang.&took_part=on", form()),
                "draft" => format!("form={}&kind=phone&day=&minutes=&note=Began", form()),
                "identity" if route.method == Method::Post => {
                    "version=0&date_of_birth-day=14&date_of_birth-month=3&date_of_birth-year=1991".to_owned()
                }
                "delete" => "newest=1".to_owned(),
                // It needs a client who is on a programme: see the tests of documents of programmes.
                _ if route.path.ends_with("{document}/move") => continue,
                "paper" if route.method == Method::Post => {
                    format!("form={}&what=Signed+agreement&room=Office+2&cabinet=B&folder=14", form())
                }
                _ if route.path == "/paper/{paper}" => "version=1&do=destroyed".to_owned(),
                "cover" if route.method == Method::Post => {
                    let other = bench.signed_in("Bruno", Role::Adviser).await.0;
                    format!("form={}&absent={ada}&covering={other}&from=today&until=tomorrow", form())
                }
                "report-breach" if route.method == Method::Post => {
                    format!("form={}&what=An+email+went+to+the+wrong+person", form())
                }
                "appointments" => booking("tomorrow", "10:00", ada),
                _ if route.path.contains("{message}") => "do=known".to_owned(),
                _ if route.path.contains("{appointment}") && route.method == Method::Post => {
                    "version=1&do=cancelled-by-us&reason=&day=&time=".to_owned()
                }
                "settings" if route.method == Method::Post => "density=compact&shortcuts=on".to_owned(),
                "confirm" | "password" | "recovery-codes" | "sign-out-everywhere" => continue,
                _ => String::new(),
            };
            let before = bench.entries_of(ada).await;
            let answered = match route.method {
                Method::Get => bench.get(&path, Some(&cookie)).await,
                Method::Post => bench.post(&path, &body, Some(&cookie)).await,
            };
            assert!(
                answered.status.is_success() || answered.status.is_redirection(),
                "{path}: {} {}",
                answered.status,
                answered.text
            );
            let left = bench.entries_of(ada).await - before;
            assert_eq!(left, usize::from(route.audited), "{} {path}", method(route));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_no_client_on_any_route() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (_, cookie) = bench.signed_in("Marek", Role::Administrator).await;
        for route in ROUTES.iter().filter(|route| route.path.starts_with("/clients")) {
            let path = path(route, &client);
            let body = if path.ends_with("find") || path.ends_with("suggest") { "q=Daniel" } else { "" };
            let answered = match route.method {
                Method::Get => bench.get(&path, Some(&cookie)).await,
                Method::Post => bench.post(&path, body, Some(&cookie)).await,
            };
            assert!(!answered.text.contains("Daniel Whitfield"), "{path}");
        }
        assert!(bench.get("/", Some(&cookie)).await.text.contains("People who use Kept"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_is_shown_to_managers_in_numbers_and_to_nobody_else() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        bench.entry(ada, &client, false).await;
        assert_eq!(bench.get("/team", Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        let (meera, manager) = bench.signed_in("Meera", Role::Manager).await;
        let before = bench.entries_of(meera).await;
        let page = bench.get("/team", Some(&manager)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Ada") && !page.text.contains("Daniel"), "numbers only");
        assert_eq!(bench.entries_of(meera).await - before, 1);
        let late = page.text.split("<td").filter(|cell| cell.contains(">1<")).count();
        assert_eq!(late, 2, "one client, one with something late: {}", page.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_conflict_closes_the_file_and_the_manager_sees_that_one_is_open() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let file = format!("/clients/{client}");
        assert_eq!(bench.get(&file, Some(&cookie)).await.status, StatusCode::OK);
        let declared = bench.post(&format!("{file}/conflict"), "", Some(&cookie)).await;
        assert_eq!(declared.status, StatusCode::SEE_OTHER);
        let closed = bench.get(&file, Some(&cookie)).await;
        assert_eq!(closed.status, StatusCode::FORBIDDEN);
        let reason = "reason=Covering+for+a+colleague";
        assert!(!bench.post(&format!("{file}/reason"), reason, Some(&cookie)).await.status.is_redirection());
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let page = bench.get("/team", Some(&manager)).await.text;
        let needing = page.rsplit("<td").next().unwrap_or_default();
        assert!(needing.contains(">1<"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_ticked_off_once_and_what_cannot_be_is_said() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let task = bench.entry(ada, &client, false).await;
        let listed = bench.get("/tasks", Some(&cookie)).await.text;
        assert!(listed.contains(&format!("{client}.{task}")) && listed.contains("Late"), "{listed}");
        let body = format!("task={client}.{task}&task={client}.{}", "0".repeat(32));
        let done = bench.post("/tasks", &body, Some(&cookie)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let after = bench.get("/tasks?done=1&left=1", Some(&cookie)).await.text;
        assert!(after.contains("No task is open") && after.contains("could not be ticked off"), "{after}");
        assert_eq!(
            bench.post("/tasks", "task=nonsense", Some(&cookie)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let caseload = bench.get("/clients?show=late", Some(&cookie)).await.text;
        assert!(!caseload.contains("Daniel"), "nothing is late any more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_file_outside_the_caseload_leads_to_where_a_reason_is_given() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, other) = bench.signed_in("Bruno", Role::Adviser).await;
        let (_, lead) = bench.signed_in("Harriet", Role::Governance).await;
        let file = format!("/clients/{}", bench.client(ada, "Daniel Whitfield").await);
        for (who, page) in [
            (&other, "entries/in/plan"),
            (&other, "consent"),
            (&other, "documents"),
            (&other, "details"),
            (&lead, "consent"),
            (&lead, "requests"),
        ] {
            let shut = bench.get(&format!("{file}/{page}"), Some(who)).await;
            assert_eq!(shut.status, StatusCode::FORBIDDEN, "{page}");
            assert!(shut.text.contains(&format!("href=\"{file}\"")), "{page}: {}", shut.text);
            assert!(!shut.text.contains("Daniel"), "{page}");
            let asks = bench.get(&file, Some(who)).await;
            assert!(asks.status == StatusCode::FORBIDDEN && asks.text.contains("Why do you need this file?"));
        }
    }
}
