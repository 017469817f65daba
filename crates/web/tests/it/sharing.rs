//! Consent and sharing through the pages: who may, what each act leaves, what is typed wrongly.

use access::Role;
use axum::http::StatusCode;

use crate::bench::{Bench, KEY};

fn form() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} in {page}"));
    page[from..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// An organisation of the directory, added and confirmed through the pages.
async fn organisation(bench: &Bench, named: &str, manager: &str, governance: &str) -> String {
    let body = format!("form={}&named={named}&name=Learning+Centre", form());
    let added = bench.post("/recipients", &body, Some(manager)).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text);
    let known = bench.service.organisations().await.unwrap().remove(0);
    let id = known.id.to_string();
    let secret = format!("address-{id}=AGE-SECRET-KEY-1ABC");
    let refused = bench.post(&format!("/recipients/{id}/key"), &secret, Some(manager)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("secret key") && !refused.text.contains("KEY-1ABC"), "it is not sent back");
    let entered =
        bench.post(&format!("/recipients/{id}/key"), &format!("address-{id}={KEY}"), Some(manager)).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    let key = bench.service.organisations().await.unwrap().remove(0).key.unwrap();
    let heard = key.fingerprint().replace(' ', "")[24..].to_owned();
    for who in [manager, governance] {
        let wrong = format!("key={}&heard-{id}=00000000", hex::encode(key.id));
        let refused = bench.post(&format!("/recipients/{id}/confirm"), &wrong, Some(who)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = format!("key={}&heard-{id}={heard}", hex::encode(key.id));
        let confirmed = bench.post(&format!("/recipients/{id}/confirm"), &right, Some(who)).await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
    }
    id
}

// promise: P8
// promise: P19
#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_given_used_and_taken_back_on_the_pages() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let (_, governance) = bench.signed_in("Harriet", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let base = format!("/clients/{client}");
        let to = organisation(&bench, "adult-learning", &manager, &governance).await;
        let refused = bench
            .post("/recipients", &format!("form={}&named=adult-learning&name=x", form()), Some(&cookie))
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);

        let share = format!("{base}/share/{to}");
        let before = bench.entries_of(ada).await;
        let blocked = bench.get(&share, Some(&cookie)).await;
        assert!(blocked.text.contains("has not agreed") && !blocked.text.contains("Share exactly this"));
        assert_eq!(bench.entries_of(ada).await - before, 1, "a shut gate leaves its entry");
        let tried = bench.post(&share, &format!("form={}&seen=contact%3A1", form()), Some(&cookie)).await;
        assert_eq!(tried.status, StatusCode::CONFLICT);

        let ask = format!("{base}/consent/ask/{to}");
        let page = bench.get(&ask, Some(&cookie)).await.text;
        let (key, seen) = (hidden(&page, "form"), hidden(&page, "seen"));
        assert!(!page.contains("checked"), "nothing is chosen beforehand");
        let wrong = format!("form={key}&seen={seen}&said=yes&way=typed&name=&witness=Bea");
        let again = bench.post(&ask, &wrong, Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            again.text.contains("value=\"Bea\"") && again.text.contains("There is a problem"),
            "what was typed stays"
        );
        let right = format!("form={key}&seen={seen}&said=yes&way=typed&name=Daniel+Whitfield");
        for _ in 0..2 {
            let given = bench.post(&ask, &right, Some(&cookie)).await;
            assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
        }
        let stale = format!("form={}&seen=00&said=yes&way=typed&name=Daniel", form());
        assert_eq!(bench.post(&ask, &stale, Some(&cookie)).await.status, StatusCode::CONFLICT);

        let shown = bench.get(&share, Some(&cookie)).await.text;
        assert!(shown.contains("What leaves, exactly") && shown.contains("07700 900 123"));
        let body =
            format!("form={}&seen={}", hidden(&shown, "form"), hidden(&shown, "seen").replace(':', "%3A"));
        let shared = bench.post(&share, &body, Some(&cookie)).await;
        assert_eq!(shared.status, StatusCode::SEE_OTHER, "{}", shared.text);
        let made = shared.headers["location"].to_str().unwrap().to_owned();
        let doubly = bench.post(&share, &body, Some(&cookie)).await;
        assert_eq!(doubly.headers["location"].to_str().unwrap(), made, "sent twice, shared once");
        assert!(bench.get(&made, Some(&cookie)).await.text.contains("Download the encrypted pack"));
        let pack = bench.post(&format!("{made}/pack"), "", Some(&cookie)).await;
        assert_eq!(pack.status, StatusCode::OK);
        assert!(pack.headers["content-disposition"].to_str().unwrap().ends_with(".zip.age\""));
        assert!(pack.text.starts_with("age-encryption.org/v1") && !pack.text.contains("Daniel"));

        let tab = bench.get(&format!("{base}/consent"), Some(&cookie)).await.text;
        assert!(tab.contains("Ready to leave") || tab.contains("Shared"));
        let back = bench
            .post(&format!("{base}/consent/withdraw"), &format!("form={}&about={to}", form()), Some(&cookie))
            .await;
        assert_eq!(back.status, StatusCode::SEE_OTHER);
        let pack = bench.post(&format!("{made}/pack"), "", Some(&cookie)).await;
        assert_eq!(pack.status, StatusCode::CONFLICT);
        assert!(pack.text.contains("took their consent back"), "{}", pack.text);
        let tell = bench.get("/recipients-to-tell", Some(&cookie)).await.text;
        assert!(tell.contains("They were told") && !tell.contains("Daniel"));
        let letter = tell.split("href=\"/recipients-to-tell/").nth(1).unwrap().split('"').next().unwrap();
        let letter = bench.get(&format!("/recipients-to-tell/{letter}"), Some(&cookie)).await.text;
        assert!(letter.contains("Stop using what you got") && letter.contains("Learning Centre"));
        assert!(!letter.contains("Daniel"), "{letter}");
        let (_, admin) = bench.signed_in("Marek", Role::Administrator).await;
        assert_eq!(bench.get("/recipients-to-tell", Some(&admin)).await.status, StatusCode::FORBIDDEN);
        let file = bench.get(&base, Some(&cookie)).await.text;
        assert!(file.contains("Consent to sharing with Learning Centre: given"));
        let record = file.split("/entries/").nth(1).unwrap().split('"').next().unwrap();
        let entry = bench.get(&format!("{base}/entries/{record}"), Some(&cookie)).await;
        assert_eq!(entry.status, StatusCode::OK);
    }
}

// promise: P18
#[tokio::test(flavor = "multi_thread")]
async fn sharing_under_a_law_waits_for_a_second_person_on_the_pages() {
    for bench in Bench::all().await {
        let (ada, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        let (_, manager) = bench.signed_in("Meera", Role::Manager).await;
        let (_, governance) = bench.signed_in("Harriet", Role::Governance).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let to = organisation(&bench, "by-law", &manager, &governance).await;
        let share = format!("/clients/{client}/share/{to}");
        let shown = bench.get(&share, Some(&cookie)).await.text;
        let (key, seen) = (hidden(&shown, "form"), hidden(&shown, "seen").replace(':', "%3A"));
        let wrong = format!(
            "form={key}&seen={seen}&enactment=Care+Act+2014&policy=&why=short&review-day=31&review-month=2&review-year=2027"
        );
        let again = bench.post(&share, &wrong, Some(&cookie)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        for said in [
            "Choose the facts",
            "which of our policies",
            "Say in a sentence",
            "There is no 31 February",
            "Care Act 2014",
        ] {
            assert!(again.text.contains(said), "{said}: {}", again.text);
        }
        let right = format!(
            "form={key}&seen={seen}&fields=name&enactment=Care+Act+2014,+section+42&policy=Safeguarding+policy&why=At+risk+at+home&review-day=1&review-month=2&review-year=2027"
        );
        let asked = bench.post(&share, &right, Some(&cookie)).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        let made = asked.headers["location"].to_str().unwrap().to_owned();
        assert!(!bench.get(&made, Some(&cookie)).await.text.contains("Approve exactly this"));
        assert_eq!(
            bench.post(&made, "do=approve", Some(&cookie)).await.status,
            StatusCode::CONFLICT,
            "not their own"
        );
        assert_eq!(bench.get("/approvals", Some(&cookie)).await.status, StatusCode::FORBIDDEN);
        let list = bench.get("/approvals", Some(&governance)).await.text;
        assert!(list.contains(&made) && !list.contains("Daniel"), "no client is named");
        let view = bench.get(&made, Some(&governance)).await;
        assert!(
            view.text.contains("Daniel Whitfield") && view.text.contains("At risk at home"),
            "{}",
            view.text
        );
        assert_eq!(bench.post(&made, "do=approve", Some(&governance)).await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            bench.post(&made, "do=refuse", Some(&manager)).await.status,
            StatusCode::CONFLICT,
            "decided already"
        );
        assert_eq!(bench.post(&format!("{made}/pack"), "", Some(&cookie)).await.status, StatusCode::OK);
    }
}
