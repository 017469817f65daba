//! The pages of webhooks: for administrators alone, with a secret that is shown once and one entry an act.

use std::time::Duration;

use access::Role;
use axum::http::StatusCode;
use messages::webhooks::{Allowed, Settings, Webhooks};
use records::api_tokens::NewToken;
use records::webhooks::ToPrograms;

use crate::bench::Bench;

async fn desk_token(bench: &Bench) -> String {
    let allowed = Allowed::new(&["hooks.example.org".to_owned()], &[]).unwrap();
    let settings = Settings { allowed, patience: Duration::from_secs(1), authority: None };
    bench.service.tell_by(ToPrograms { webhooks: Webhooks::new(settings).unwrap(), off_after_days: 5 });
    let new = NewToken {
        name: "Front desk screen",
        role: Role::Receptionist,
        purpose: notice::Purpose::Contact,
        days: 30,
        acts_for: None,
    };
    bench.service.add_api_token(new).await.unwrap().token.id.to_string()
}

fn adding(token: &str, address: &str, kinds: &str) -> String {
    format!("form={}&token={token}&address={address}{kinds}", uuid::Uuid::new_v4().simple())
}

const FINE: &str = "https%3A%2F%2Fhooks.example.org%2Fkept";

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_has_a_program_told_and_sees_what_became_of_it() {
    for bench in Bench::all().await {
        let (marek, admin) = bench.signed_in("Marek", Role::Administrator).await;
        let without = bench.get("/webhooks", Some(&admin)).await;
        assert!(without.text.contains("No program is told by itself") && without.text.contains("kept.toml"));
        let token = desk_token(&bench).await;
        let page = bench.get("/webhooks", Some(&admin)).await;
        assert!(page.text.contains("Front desk screen (receptionist)"), "{}", page.text);
        assert!(bench.get("/", Some(&admin)).await.text.contains("href=\"/webhooks\""));

        let wrong = adding(&token, "http%3A%2F%2Fexample.org", "&kinds=client.registered");
        let wrong = bench.post("/webhooks", &wrong, Some(&admin)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("beginning with https://") && wrong.text.contains("http://example.org"));
        let elsewhere = adding(&token, "https%3A%2F%2Fevil.example%2F", "");
        let elsewhere = bench.post("/webhooks", &elsewhere, Some(&admin)).await;
        assert!(elsewhere.text.contains("does not name the host evil.example"), "{}", elsewhere.text);
        assert!(elsewhere.text.contains("Choose what the program is told of"));
        for odd in ["&kinds=test", "&kinds=gossip"] {
            let answered = bench.post("/webhooks", &adding(&token, FINE, odd), Some(&admin)).await;
            assert_eq!(answered.status, StatusCode::UNPROCESSABLE_ENTITY, "{odd}");
        }

        let form = adding(&token, FINE, "&kinds=client.registered&kinds=appointment.booked");
        let before = bench.entries_of(marek).await;
        let made = bench.post("/webhooks", &form, Some(&admin)).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.text);
        assert!(made.text.contains("whsec_"));
        assert_eq!(bench.entries_of(marek).await - before, 1);
        let again = bench.post("/webhooks", &form, Some(&admin)).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let here = again.headers["location"].to_str().unwrap().to_owned();

        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        bench.client(ada, "Daniel Whitfield").await;
        let shown = bench.get(&here, Some(&admin)).await;
        assert!(shown.text.contains("A client was registered") && shown.text.contains("Waiting"));
        assert!(!shown.text.contains("whsec_") && !shown.text.contains("Daniel"), "{}", shown.text);
        let delivery = shown.text.split("name=\"delivery\" value=\"").nth(1).unwrap()[..32].to_owned();
        for (act, says) in [
            ("do=try", "A test"),
            (&*format!("do=again&delivery={delivery}"), "A client was registered"),
            ("do=off", "Switched off"),
            ("do=on", "On"),
            ("do=end", "Ended"),
        ] {
            let before = bench.entries_of(marek).await;
            let done = bench.post(&here, act, Some(&admin)).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{act}: {}", done.text);
            assert_eq!(bench.entries_of(marek).await - before, 1, "{act}");
            assert!(bench.get(&here, Some(&admin)).await.text.contains(says), "{act}");
            if act == "do=off" {
                assert!(bench.get("/", Some(&admin)).await.text.contains("hooks.example.org"));
                let secret = bench.post(&here, "do=secret&version=1", Some(&admin)).await;
                assert!(secret.text.contains("whsec_") && secret.text.contains("holds beside it"));
                // Sent twice, it makes no third secret: the one that the program knows would be lost.
                let twice = bench.post(&here, "do=secret&version=1", Some(&admin)).await;
                assert_eq!(twice.status, StatusCode::CONFLICT);
            }
        }
        // What ended is shown and no more.
        let ended = bench.get(&here, Some(&admin)).await.text;
        assert!(!ended.contains("Switch it on") && !ended.contains("Send again"), "{ended}");
        assert_eq!(bench.post(&here, "do=on", Some(&admin)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(bench.post(&here, "do=try", Some(&admin)).await.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn for_others_there_are_no_webhooks() {
    for bench in Bench::all().await {
        let token = desk_token(&bench).await;
        let (_, admin) = bench.signed_in("Marek", Role::Administrator).await;
        let form = adding(&token, FINE, "&kinds=client.registered");
        bench.post("/webhooks", &form, Some(&admin)).await;
        let again = bench.post("/webhooks", &form, Some(&admin)).await;
        let here = again.headers["location"].to_str().unwrap().to_owned();
        for role in [Role::Adviser, Role::Receptionist, Role::Manager, Role::Governance] {
            let (_, cookie) = bench.signed_in(&format!("{role}"), role).await;
            for path in ["/webhooks", &here] {
                assert_eq!(
                    bench.get(path, Some(&cookie)).await.status,
                    StatusCode::NOT_FOUND,
                    "{role} {path}"
                );
            }
            let adding = adding(&token, FINE, "&kinds=client.registered");
            let refused = bench.post("/webhooks", &adding, Some(&cookie)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role}");
            for act in ["do=try", "do=off", "do=end", "do=secret&version=1"] {
                let refused = bench.post(&here, act, Some(&cookie)).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role} {act}");
                assert!(!refused.text.contains("whsec_"), "{role} {act}");
            }
        }
    }
}
