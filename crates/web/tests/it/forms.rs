//! Wrong input: the field, what is wrong, what to do; what was typed stays; nothing half written.

use access::Role;
use axum::http::StatusCode;

use crate::bench::Bench;

fn key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

// promise: P12
#[tokio::test(flavor = "multi_thread")]
async fn registering_says_what_is_missing_and_keeps_what_was_typed() {
    for bench in Bench::all().await {
        let (_, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let page = bench.get("/clients/register", Some(&cookie)).await;
        assert!(page.text.contains("Full name") && page.text.contains("Why we ask"));
        let wrong = format!("form={}&name=Daniel&postcode=nonsense&mobile_phone=12&email=a", key());
        let answered = bench.post("/clients/register", &wrong, Some(&cookie)).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in [
            "There is a problem",
            "href=\"#postcode\"",
            "href=\"#mobile_phone\"",
            "href=\"#email\"",
            "href=\"#how\"",
            "value=\"nonsense\"",
            "value=\"Daniel\"",
        ] {
            assert!(answered.text.contains(text), "{text}");
        }
        let form =
            format!("form={}&how=on-paper&agreed=in-words&name=Daniel&mobile_phone=07700900123", key());
        let made = bench.post("/clients/register", &form, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let again = bench.post("/clients/register", &form, Some(&cookie)).await;
        assert_eq!(again.headers["location"], made.headers["location"], "sent twice, registered once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_dates_and_numbers_are_said_beside_their_field() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let page = format!("/clients/{client}/details/identity");
        let wrong = "version=0&date_of_birth-day=31&date_of_birth-month=2&date_of_birth-year=1991&nino=QQ123456A&nationality=British";
        let answered = bench.post(&page, wrong, Some(&cookie)).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
        for text in ["31 February", "href=\"#nino\"", "href=\"#date_of_birth\"", "value=\"31\"", "QQ123456A"]
        {
            assert!(answered.text.contains(text), "{text}: {}", answered.text);
        }
        let gone = bench.get(&format!("{page}/history"), Some(&cookie)).await;
        assert!(gone.text.contains("Nothing has changed"), "nothing is half written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_no_page_of_ours_sends_change_nothing() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let meetings = format!("/clients/{client}/meetings");
        let bodies = [
            format!("form={}&kind=meeting&day=&minutes=&note=A&note=B", key()),
            format!("form={}&kind=meeting&day=&minutes=&note=A&author=somebody", key()),
            "kind=meeting&day=&minutes=&note=A".to_owned(),
            format!("form={}&kind=party&day=&minutes=&note=A", key()),
            format!("form={}&kind=meeting&day=31+2+2026&minutes=&note=A", key()),
            format!("form={}&kind=meeting&day=&minutes=&note=", key()),
            format!("form={}&kind=meeting&day=&minutes=lots&note=A", key()),
            format!("form={}&kind=meeting&day=&minutes=&note=A%00B", key()),
            format!("form={}&kind=meeting&day=&minutes=&note=%FF%FE", key()),
        ];
        for body in bodies {
            let answered = bench.post(&meetings, &body, Some(&cookie)).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        }
        let file = bench.get(&format!("/clients/{client}"), Some(&cookie)).await;
        assert!(!file.text.contains("Meeting,") && file.text.contains("Daniel Whitfield"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_in_a_box_come_back_with_a_message() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let huge = "x".repeat(10 * 1024 * 1024);
        let body = format!("form={}&kind=meeting&day=&minutes=&note={huge}", key());
        let answered = bench.post(&format!("/clients/{client}/meetings"), &body, Some(&cookie)).await;
        assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answered.text.contains("href=\"#note\"") && answered.text.len() > huge.len());
        let body = format!("note={}", "x".repeat(18 * 1024 * 1024));
        let answered = bench.post(&format!("/clients/{client}/meetings"), &body, Some(&cookie)).await;
        assert_eq!(answered.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_in_mid_form_loses_nothing() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await;
        let body = format!(
            "form={}&kind=meeting&day=&minutes=30&note=Wants+evening+shifts%0D%0Aand+a+course&took_part=on",
            key()
        );
        let ended = bench.post(&format!("/clients/{client}/meetings"), &body, None).await;
        assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
        assert!(ended.text.contains("Nothing is lost") && ended.text.contains("name=\"body\""));
        assert!(ended.text.contains("Wants+evening+shifts"), "what was typed is carried through the sign-in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_are_called_never_becomes_markup() {
    for bench in Bench::all().await {
        let (_, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let hostile = "%3Cscript%3Ealert(1)%3C%2Fscript%3E+%22%27%3E";
        let form =
            format!("form={}&how=on-paper&agreed=in-words&name={hostile}&mobile_phone=07700900123", key());
        let made = bench.post("/clients/register", &form, Some(&cookie)).await;
        let place = made.headers["location"].to_str().unwrap().to_owned();
        assert!(!place.contains("script"), "no personal data in addresses");
        for path in [place.as_str(), "/clients", "/"] {
            let answered = bench.get(path, Some(&cookie)).await;
            assert!(!answered.text.contains("<script>alert"), "{path}");
        }
        let found = bench.post("/clients/find", "q=script", Some(&cookie)).await;
        assert!(!found.text.contains("<script>alert"));
    }
}
