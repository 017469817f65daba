//! The registers' pages: the dashboard, the access review, breaches, the record of processing and the impact assessment.

use access::Role;
use axum::http::StatusCode;
use web::{ROUTES, Who};

use crate::bench::Bench;

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The paths of the registers.
pub(crate) fn of_registers(path: &str) -> bool {
    (path.starts_with("/promises") && path != "/promises/retention")
        || path.starts_with("/breaches")
        || path.starts_with("/access-review")
}

fn breach(what: &str) -> String {
    format!(
        "form={}&what={what}&happened=&found=&aware_day=today&aware_time=0:00:01&kind=confidentiality&data=&people=&records=&consequences=&measures=&risk=&risk_why=&decision=open&decision_why=&reported_day=&reported_time=&reference=&late_why=&people_told=&lessons=",
        form()
    )
}

// promise: P29
#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_is_for_those_who_answer_and_for_everybody_once_it_is_published() {
    for bench in Bench::all().await {
        let (ada, adviser) = bench.signed_in("Ada", Role::Adviser).await;
        bench.client(ada, "Daniel Whitfield").await;
        let (gwen, lead) = bench.signed_in("Gwenda", Role::Governance).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let (_, admin) = bench.signed_in("Marek", Role::Administrator).await;
        let before = bench.entries_of(gwen).await;
        let page = bench.get("/promises", Some(&lead)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        assert_eq!(bench.entries_of(gwen).await - before, 1);
        assert!(page.text.contains("No promise is broken") && page.text.contains("Nothing here can tell"));
        assert!(!page.text.contains("Daniel") && page.text.contains("/promises/retention"));
        assert!(!bench.get("/promises", Some(&manager)).await.text.contains("Publish this"));
        for cookie in [&adviser, &admin] {
            for path in ["/promises", "/promises/processing", "/promises/dpia", "/breaches"] {
                assert_eq!(bench.get(path, Some(cookie)).await.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        assert_eq!(bench.get("/promises/public", None).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.post("/promises", "do=publish", Some(&manager)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            bench.post("/promises", "do=nothing", Some(&lead)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(bench.post("/promises", "do=publish", Some(&lead)).await.status, StatusCode::SEE_OTHER);
        let public = bench.get("/promises/public", None).await;
        assert_eq!(public.status, StatusCode::OK);
        assert!(public.text.contains("No file is kept past its date") && !public.text.contains("Gwenda"));
        bench.post("/promises", "do=verify", Some(&lead)).await;
        assert!(bench.get("/promises", Some(&lead)).await.text.contains("Last on"));
        bench.post("/promises", "do=withdraw", Some(&lead)).await;
        assert_eq!(bench.get("/promises/public", None).await.status, StatusCode::NOT_FOUND, "gone at once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_processing_and_the_assessment_are_made_from_what_holds() {
    for bench in Bench::all().await {
        let (_, lead) = bench.signed_in("Gwenda", Role::Governance).await;
        let record = bench.get("/promises/processing", Some(&lead)).await.text;
        assert!(record.contains("Record of processing activities") && record.contains("Article 30(1)"));
        let assessment = bench.get("/promises/dpia", Some(&lead)).await.text;
        for part in ["Article 35(7)", "own-or-reason", "file of a neighbour", "Approved by"] {
            assert!(assessment.contains(part), "{part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_with_a_reason_is_reviewed_and_what_was_not_said_is_asked_for() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let reason = "reason=A+complaint+about+waiting";
        assert!(
            bench
                .post(&format!("/clients/{client}/reason"), reason, Some(&manager))
                .await
                .status
                .is_redirection()
        );
        bench.get(&format!("/clients/{client}"), Some(&manager)).await;
        let (gwen, lead) = bench.signed_in("Gwenda", Role::Governance).await;
        assert_eq!(bench.get("/access-review", Some(&manager)).await.status, StatusCode::FORBIDDEN);
        let before = bench.entries_of(gwen).await;
        let page = bench.get("/access-review", Some(&lead)).await;
        assert_eq!(bench.entries_of(gwen).await - before, 1);
        assert!(
            page.text.contains("A complaint about waiting") && page.text.contains("Daniel Whitfield"),
            "{}",
            page.text
        );
        let seq =
            page.text.split("name=\"look\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        for (body, says) in [
            ("verdict=fine".to_owned(), "Tick the looks"),
            (format!("look={seq}"), "Choose what the review came to"),
        ] {
            let again = bench.post("/access-review", &body, Some(&lead)).await;
            assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(again.text.contains(says), "{}", again.text);
        }
        let kept = bench.post("/access-review", &format!("look={seq}"), Some(&lead)).await.text;
        assert!(kept.contains("checked"), "what was ticked stays ticked");
        let bad = bench.post("/access-review", "look=x&verdict=fine", Some(&lead)).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let before = bench.entries_of(gwen).await;
        let done = bench.post("/access-review", &format!("look={seq}&verdict=fine"), Some(&lead)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(bench.entries_of(gwen).await - before, 1);
        assert!(!bench.get("/access-review", Some(&lead)).await.text.contains("A complaint"));
        let reviewed = bench.get("/access-review?show=reviewed", Some(&lead)).await.text;
        assert!(reviewed.contains("The reason is good") && reviewed.contains("Gwenda"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_goes_from_a_first_word_to_letters_and_a_report() {
    for bench in Bench::all().await {
        let (ada, adviser) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let (gwen, lead) = bench.signed_in("Gwenda", Role::Governance).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        assert_eq!(bench.get("/breaches/new", Some(&manager)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.get("/breaches/new", Some(&lead)).await.status, StatusCode::OK);
        let refused = bench.post("/breaches/new", &breach("Sent"), Some(&adviser)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let wrong =
            bench.post("/breaches/new", &breach("").replace("0:00:01", "sometime"), Some(&lead)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("Say what happened") && wrong.text.contains("value=\"sometime\""));
        let before = bench.entries_of(gwen).await;
        let body = breach("A+list+was+sent+to+the+wrong+address");
        let made = bench.post("/breaches/new", &body, Some(&lead)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        assert_eq!(bench.entries_of(gwen).await - before, 1);
        let at =
            made.headers.get("location").unwrap().to_str().unwrap().split('?').next().unwrap().to_owned();
        let twice = bench.post("/breaches/new", &body, Some(&lead)).await;
        assert!(twice.headers.get("location").unwrap().to_str().unwrap().starts_with(&at), "one effect");
        for path in [at.clone(), format!("{at}/change"), format!("{at}/report"), "/breaches".into()] {
            let before = bench.entries_of(gwen).await;
            let page = bench.get(&path, Some(&lead)).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
            assert!(page.text.contains("A list was sent"), "{path}");
            assert_eq!(bench.entries_of(gwen).await - before, 1, "{path}");
        }
        assert!(bench.get(&at, Some(&manager)).await.text.contains("UTC"));

        let empty = bench
            .post(
                &format!("{at}/affected"),
                "do=find&who=&from_day=&from_time=&until_day=&until_time=&numbers=",
                Some(&lead),
            )
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text.contains("or which files"));
        let nobody = bench
            .post(
                &format!("{at}/affected"),
                "do=find&who=&from_day=&from_time=&until_day=&until_time=&numbers=NB-77777",
                Some(&lead),
            )
            .await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.text.contains("nobody’s number") && nobody.text.contains("NB-77777"));
        let find = format!(
            "do=find&who={ada}&from_day=today&from_time=0:00&until_day=today&until_time=0:01&numbers="
        );
        let found = bench.post(&format!("{at}/affected"), &find, Some(&lead)).await;
        assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
        bench
            .post(
                &format!("{at}/affected"),
                "do=find&who=&from_day=&from_time=&until_day=&until_time=&numbers=NB-10001",
                Some(&lead),
            )
            .await;
        assert!(bench.get(&at, Some(&lead)).await.text.contains("Daniel Whitfield"));
        let print = format!("{at}/letters");
        let empty = bench.post(&print, &format!("client={client}"), Some(&lead)).await;
        assert!(empty.text.contains("so none is made") && !empty.text.contains("Daniel Whitfield"));
        let words = breach("A+list+was+sent").replace("form=", "version=1&form=");
        let words = words.replace("people_told=", "people_told=A+list+went+to+a+wrong+address");
        assert_eq!(
            bench.post(&format!("{at}/change"), &words, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        let letters = bench.post(&print, &format!("client={client}"), Some(&lead)).await;
        assert_eq!(letters.status, StatusCode::OK);
        assert!(letters.text.contains("A list went to a wrong address"), "{}", letters.text);
        assert!(
            letters.text.contains("Daniel Whitfield")
                && letters.text.contains("Something happened to information about you")
        );
        let told =
            bench.post(&format!("{at}/affected"), &format!("do=told&client={client}"), Some(&lead)).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER);

        let stale = breach("More").replace("form=", "version=9&form=");
        assert_eq!(
            bench.post(&format!("{at}/change"), &stale, Some(&lead)).await.status,
            StatusCode::CONFLICT
        );
        let more = breach("More+is+known").replace("form=", "version=2&form=");
        assert_eq!(
            bench.post(&format!("{at}/change"), &more, Some(&lead)).await.status,
            StatusCode::SEE_OTHER
        );
        let page = bench.get(&at, Some(&lead)).await.text;
        assert!(page.contains("More is known") && page.contains("A list was sent"), "the history stays");
        for route in ROUTES.iter().filter(|route| of_registers(route.path) && route.who == Who::Staff) {
            assert!(route.audited || route.path == "/breaches/new", "{}", route.path);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_who_works_here_reports_a_breach_and_the_lead_finds_it() {
    for bench in Bench::all().await {
        let (_, lead) = bench.signed_in("Harriet", Role::Governance).await;
        for (name, role) in [
            ("Ada", Role::Adviser),
            ("Desk", Role::Receptionist),
            ("Meera", Role::Manager),
            ("Marek", Role::Administrator),
        ] {
            let (_, cookie) = bench.signed_in(name, role).await;
            let page = bench.get("/report-breach", Some(&cookie)).await;
            assert!(page.status == StatusCode::OK && page.text.contains("What happened?"));
            let short =
                bench.post("/report-breach", &format!("form={}&what=Oops", form()), Some(&cookie)).await;
            assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                short.text.contains("Say in a sentence what happened")
                    && short.text.contains("Oops</textarea>")
            );
            let body = format!("form={}&what=A+list+went+to+the+wrong+person,+said+{name}", form());
            let made = bench.post("/report-breach", &body, Some(&cookie)).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
            let twice = bench.post("/report-breach", &body, Some(&cookie)).await;
            assert_eq!(twice.status, StatusCode::SEE_OTHER);
        }
        let today = bench.get("/", Some(&lead)).await.text;
        assert!(today.contains("4 breaches to judge, each within 72 hours"), "{today}");
        let list = bench.get("/breaches", Some(&lead)).await.text;
        for name in ["Ada", "Desk", "Meera", "Marek"] {
            assert_eq!(list.matches(&format!("said {name}")).count(), 1, "{list}");
        }
    }
}
