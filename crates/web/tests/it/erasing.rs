//! Erasing through the pages: shown first, asked for, decided by somebody else, and a receipt at the end; holds; the sweep.

use access::Role;
use axum::http::StatusCode;

use crate::bench::Bench;

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

// promise: P15
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn a_client_who_wants_to_be_forgotten_is_in_four_steps() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (meera, manager) = bench.signed_in("Meera", Role::Manager).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let file = bench.get(&format!("/clients/{client}"), Some(&cookie)).await.text;
        assert!(file.contains(&format!("/clients/{client}/erase")));
        let page = format!("/clients/{client}/erase");
        let shown = bench.get(&page, Some(&cookie)).await.text;
        assert!(shown.contains("Gone at once") && shown.contains("What stays"));
        let wrong =
            bench.post(&page, &format!("form={}&ground=retention&reason=No", form()), Some(&cookie)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.text.contains("Choose why") && wrong.text.contains("\nNo</textarea>"),
            "{}",
            wrong.text
        );
        let asked = format!("form={}&ground=request&reason=Rang+this+morning+and+said+so.", form());
        let before = bench.entries_of(ada).await;
        assert_eq!(bench.post(&page, &asked, Some(&cookie)).await.status, StatusCode::SEE_OTHER);
        assert_eq!(bench.entries_of(ada).await - before, 1);
        let again = format!("form={}&ground=request&reason=Rang+this+morning+and+said+so.", form());
        let twice = bench.post(&page, &again, Some(&cookie)).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);
        assert!(twice.text.contains("Somebody else decides"), "{}", twice.text);

        let home = bench.get("/", Some(&manager)).await.text;
        assert!(home.contains("1 erasure to decide"), "{home}");
        assert!(
            !bench.get("/", Some(&cookie)).await.text.contains("to decide"),
            "nobody decides about their own"
        );
        let list = bench.get("/erasures", Some(&manager)).await.text;
        let one = list.split("/erasures/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let decision = format!("/erasures/{one}");
        assert_eq!(bench.get(&decision, Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(bench.post(&decision, "do=erase", Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        let before = bench.entries_of(meera).await;
        let shown = bench.get(&decision, Some(&manager)).await.text;
        assert_eq!(bench.entries_of(meera).await - before, 1);
        assert!(shown.contains("Rang this morning and said so.") && !shown.contains("Daniel"), "{shown}");
        assert_eq!(
            bench.post(&decision, "do=maybe", Some(&manager)).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let before = bench.entries_of(meera).await;
        let done = bench.post(&decision, "do=erase", Some(&manager)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(bench.entries_of(meera).await - before, 1);
        for who in [&cookie, &manager] {
            let receipt = bench.get(&decision, Some(who)).await.text;
            assert!(receipt.contains("Receipt of an erasure") && receipt.contains(&one), "{receipt}");
            assert!(!receipt.contains("Daniel") && !receipt.contains("NB-1"), "it names nobody");
        }
        assert_eq!(
            bench.get(&format!("/clients/{client}"), Some(&cookie)).await.status,
            StatusCode::NOT_FOUND
        );
        let (_, desk) = bench.signed_in("Rex", Role::Receptionist).await;
        for path in ["/erasures", "/redactions", "/holds"] {
            assert_eq!(bench.get(path, Some(&desk)).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_set_with_its_reason_and_blocks_the_erasure_until_it_is_lifted() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (lena, lead) = bench.signed_in("Lena", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let page = format!("/clients/{client}/hold");
        assert_eq!(bench.get(&page, Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        bench.post(&format!("/clients/{client}/reason"), "reason=Request+of+the+client", Some(&lead)).await;
        let before = bench.entries_of(lena).await;
        assert_eq!(bench.get(&page, Some(&lead)).await.status, StatusCode::OK);
        assert_eq!(bench.entries_of(lena).await - before, 1);
        let wrong = format!(
            "form={}&authority=&reason=Tribunal&review-day=31&review-month=2&review-year=2027",
            form()
        );
        let wrong = bench.post(&page, &wrong, Some(&lead)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("By what authority") && wrong.text.contains("\nTribunal</textarea>"));
        let today = bench.service.surroundings().today();
        let day = today.tomorrow().unwrap();
        let right = format!(
            "form={}&authority=legal-claim&reason=A+claim+is+before+the+tribunal.&review-day={}&review-month={}&review-year={}",
            form(),
            day.day(),
            day.month(),
            day.year()
        );
        assert_eq!(bench.post(&page, &right, Some(&lead)).await.status, StatusCode::SEE_OTHER);
        let shown = bench.get(&page, Some(&lead)).await.text;
        assert!(shown.contains("A claim is before the tribunal."));
        let listed = bench.get("/holds", Some(&lead)).await.text;
        assert!(listed.contains("A legal claim is made or expected") && !listed.contains("Daniel"));
        let blocked = bench.get(&format!("/clients/{client}/erase"), Some(&cookie)).await.text;
        assert!(blocked.contains("This file is on hold") && !blocked.contains("Ask for the erasure"));
        let ask = format!("form={}&ground=request&reason=Rang+this+morning+and+said+so.", form());
        let refused = bench.post(&format!("/clients/{client}/erase"), &ask, Some(&cookie)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let hold = shown.split(&format!("{page}/")).nth(1).unwrap().split('"').next().unwrap();
        let lifted = bench.post(&format!("{page}/{hold}"), "", Some(&lead)).await;
        assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.text);
        assert!(bench.get("/holds", Some(&lead)).await.text.contains("No file is on hold"));
    }
}

// promise: P16
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_endings_shows_the_sweep_to_those_who_answer_for_it() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        bench.client(ada, "Daniel Whitfield").await;
        let page = "/promises/retention";
        assert!(bench.get(page, Some(&manager)).await.text.contains("has not looked yet"));
        let today = bench.service.surroundings().today();
        bench.service.sweep(today).await.unwrap();
        assert!(bench.get(page, Some(&manager)).await.text.contains("0 erased"));
        assert!(!bench.get(page, Some(&cookie)).await.text.contains("What Kept erases by itself"));
        let act = |what: &str| format!("day={today}&do={what}");
        for (who, body, expected) in [
            (&cookie, act("agree"), StatusCode::FORBIDDEN),
            (&manager, act("agree"), StatusCode::CONFLICT),
            (&manager, act("wonder"), StatusCode::UNPROCESSABLE_ENTITY),
            (&manager, "day=31+February&do=stop".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
            (&manager, act("stop"), StatusCode::SEE_OTHER),
        ] {
            let answered = bench.post("/promises/retention/sweep", &body, Some(who)).await;
            assert_eq!(answered.status, expected, "{body}: {}", answered.text);
        }
    }
}
