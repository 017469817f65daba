//! The JSON API: referrals step by step, and figures.

use access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::{header, json_of, key, problem, token};
use crate::bench::Bench;

pub(crate) fn referral_to_record() -> Value {
    json!({ "answers": { "direction": "out", "organisation": "Harbour Skills Centre", "told_by": "client", "reason": "Forklift licence" } })
}

/// A referral that a program recorded.
pub(crate) async fn referred(bench: &Bench, by: &str, client: &str) -> String {
    let (path, key) = (format!("/api/v1/clients/{client}/referrals"), key());
    let with = [("authorization", by), ("idempotency-key", key.as_str())];
    let made = bench.api("POST", &path, &with, Some(&referral_to_record().to_string())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    json_of(&made)["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_is_recorded_read_and_followed_step_by_step() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        let client = bench.client(ada, "Daniel Whitfield").await.to_string();
        let entry = bench.entry(ada, &client, true).await;
        let (_, secret) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let (by, key) = (format!("Bearer {secret}"), key());
        let with = [("authorization", by.as_str()), ("idempotency-key", key.as_str())];
        let path = format!("/api/v1/clients/{client}/referrals");
        let wrong: [(Value, &[&str]); 4] = [
            (json!({}), &["/answers/direction", "/answers/organisation", "/answers/reason"]),
            (
                json!({ "answers": { "direction": "sideways", "organisation": 7, "reason": "x", "shoe_size": 9 } }),
                &["/answers/direction", "/answers/organisation", "/answers/shoe_size"],
            ),
            (
                json!({ "answers": referral_to_record()["answers"], "about": ["x"], "by": 1 }),
                &["/about", "/by"],
            ),
            (
                json!({ "answers": referral_to_record()["answers"], "programme": "00000000000000000000000000000000" }),
                &["/programme"],
            ),
        ];
        for (body, pointers) in wrong {
            let answered = bench.api("POST", &path, &with, Some(&body.to_string())).await;
            let mut told = problem(&answered, 422);
            told.sort();
            assert_eq!(told, pointers, "{body}: {}", answered.text);
        }
        let first = referred(&bench, &by, &client).await;
        let second = referred(&bench, &by, &client).await;
        let page = json_of(&bench.api("GET", &format!("{path}?limit=1"), &with, None).await);
        let cursor = page["next"].as_str().unwrap();
        let last = json_of(&bench.api("GET", &format!("{path}?limit=1&cursor={cursor}"), &with, None).await);
        let mut listed = [&page, &last].map(|page| page["items"][0]["id"].as_str().unwrap().to_owned());
        listed.sort();
        let mut made = [first.clone(), second];
        made.sort();
        assert_eq!(listed, made, "referrals only, each once");
        assert_eq!(last["next"], Value::Null);

        let one = format!("{path}/{first}");
        let shown = bench.api("GET", &one, &with, None).await;
        assert_eq!(header(&shown, "etag"), "\"v1\"");
        let shown = json_of(&shown);
        assert_eq!(
            (&shown["stands"], &shown["answers"]["organisation"]),
            (&json!("sent"), &json!("Harbour Skills Centre"))
        );
        assert!(shown["next"].as_array().unwrap().contains(&json!("accepted")));
        problem(&bench.api("GET", &format!("{path}/{entry}"), &with, None).await, 404);
        let step = format!("{one}/step");
        let accepted = json!({ "step": "accepted" }).to_string();
        problem(&bench.api("POST", &step, &with, Some(&accepted)).await, 428);
        let match_one = [with[0], ("if-match", "\"v1\"")];
        for (body, pointer) in [
            (json!({ "step": "ended" }), "/step"),
            (json!({ "step": "sent" }), "/step"),
            (json!({ "step": "accepted", "on": "2031-01-01" }), "/on"),
            (json!({ "step": "accepted", "on": "today" }), "/on"),
        ] {
            let answered = bench.api("POST", &step, &match_one, Some(&body.to_string())).await;
            assert_eq!(problem(&answered, 422), [pointer], "{body}");
        }
        let done = bench.api("POST", &step, &match_one, Some(&accepted)).await;
        assert_eq!((done.status, header(&done, "etag")), (StatusCode::NO_CONTENT, "\"v2\""), "{}", done.text);
        problem(&bench.api("POST", &step, &match_one, Some(&accepted)).await, 412);
        let shown = json_of(&bench.api("GET", &one, &with, None).await);
        let steps: Vec<&str> =
            shown["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["sent", "accepted"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_counted_by_the_gate_for_managers_and_published_ones_are_for_everybody() {
    for bench in Bench::all().await {
        let (ada, _) = bench.signed_in("Ada", Role::Adviser).await;
        bench.client(ada, "Daniel Whitfield").await;
        let (_, adviser) = token(&bench, Role::Adviser, "support", Some("ada@example.org")).await;
        let (_, manager) = token(&bench, Role::Manager, "support", None).await;
        let (adviser, manager) = (format!("Bearer {adviser}"), format!("Bearer {manager}"));
        let with = [("authorization", manager.as_str())];
        let count = "/api/v1/figures/count";
        let body = json!({ "what": "starts", "by": ["age"], "from": "2026-10", "to": "2026-10" });
        problem(
            &bench.api("POST", count, &[("authorization", &adviser)], Some(&body.to_string())).await,
            403,
        );
        let counted = bench.api("POST", count, &with, Some(&body.to_string())).await;
        assert_eq!(counted.status, StatusCode::OK, "{}", counted.text);
        let counted = json_of(&counted);
        let lines = counted["table"]["lines"].as_array().unwrap();
        assert!(lines.len() > 3 && !counted["method"].as_array().unwrap().is_empty(), "{counted}");
        for figure in lines.iter().flat_map(|line| line["figures"].as_array().unwrap()) {
            assert!(
                figure.is_null() || figure.as_u64().unwrap().is_multiple_of(5),
                "one client is in no figure"
            );
        }
        for (body, pointer) in [
            (json!({ "what": "gossip", "by": ["age"], "from": "2026-10", "to": "2026-10" }), "/what"),
            (json!({ "what": "starts", "by": ["name"], "from": "2026-10", "to": "2026-10" }), "/by"),
            (json!({ "what": "starts", "by": ["age", "age"], "from": "2026-10", "to": "2026-10" }), "/by"),
            (json!({ "what": "starts", "by": "age", "from": "2026-10", "to": "2026-10" }), "/by"),
            (json!({ "what": "starts", "by": ["age"], "from": "2026-10", "to": "2026-07" }), "/to"),
            (json!({ "what": "starts", "by": ["age"], "from": "October", "to": "2026-07" }), "/from"),
        ] {
            let answered = bench.api("POST", count, &with, Some(&body.to_string())).await;
            assert_eq!(problem(&answered, 422), [pointer], "{body}");
        }
        let published = bench.api("GET", "/api/v1/figures/published", &[], None).await;
        assert_eq!((published.status, json_of(&published)["items"].clone()), (StatusCode::OK, json!([])));
        let nowhere = format!("/api/v1/figures/published/{}", "00".repeat(16));
        problem(&bench.api("GET", &nowhere, &[], None).await, 404);
        problem(&bench.api("GET", "/api/v1/figures/published/x", &[], None).await, 404);
    }
}
