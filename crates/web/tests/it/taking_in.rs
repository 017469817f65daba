//! Somebody brings what they told another service: looked at answer by answer, then registered.

use access::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Answered, Bench};

/// Sends a file as a browser does.
async fn send(bench: &Bench, cookie: &str, file: &[u8]) -> Answered {
    let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"data.json\"\r\nContent-Type: application/json\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    bench.send_raw("/clients/take-in", body, Some(cookie)).await
}

fn document() -> Value {
    let told = |field: &str, value: Value, shown: &str| json!({ "field": field, "label": field, "category": "contact", "value": value, "shown": shown });
    json!({
        "format": "kept-portable-1", "reference": "R-101", "made": "2026-11-20",
        "from": { "service": "Elsewhere <b>& more</b>", "controller": "Elsewhere Council" },
        "notice": { "id": "other", "version": "7" },
        "fields": [
            told("name", json!({ "text": "Daniel Whitfield" }), "Daniel Whitfield"),
            told("mobile_phone", json!({ "text": "+447700900123" }), "07700 900 123"),
            told("date_of_birth", json!({ "date": "1991-03-14" }), "14 March 1991"),
            told("email", json!({ "text": "no address" }), "no address"),
            told("shoe_size", json!({ "number": 43 }), "43"),
        ],
    })
}

/// A file with a name and a number, as a form sends it.
pub(crate) fn brought(name: &str, phone: &str) -> String {
    let mut document = document();
    let told = |field: &str, text: &str| json!({ "field": field, "label": field, "category": "contact", "value": { "text": text }, "shown": text });
    document["fields"] = json!([told("name", name), told("mobile_phone", phone)]);
    encoded(&document.to_string())
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_brings_is_shown_answer_by_answer_and_then_taken_in() {
    for bench in Bench::all().await {
        let (_, cookie) = bench.signed_in("Ada", Role::Adviser).await;
        assert!(bench.get("/clients/take-in", Some(&cookie)).await.text.contains("data.json"));
        let other = json!({ "format": "kept-portable-2" }).to_string();
        for (file, says) in [
            (b"".as_slice(), "Choose a file"),
            (b"name,Daniel", "line 1, column"),
            (other.as_bytes(), "kept-portable-1, the only one"),
            (&vec![b' '; 1024 * 1024 + 1], "larger than 1 MB"),
        ] {
            let wrong = send(&bench, &cookie, file).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
            assert!(wrong.text.contains(says) && wrong.text.contains("There is a problem"), "{}", wrong.text);
        }
        let text = document().to_string();
        let shown = send(&bench, &cookie, text.as_bytes()).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        for part in [
            "From Elsewhere &lt;b&gt;&amp; more&lt;/b&gt;, made on 20 November 2026",
            "07700 900 123",
            "14 March 1991",
            "shoe_size",
            "Our notice does not name it",
            "How was the notice given?",
        ] {
            assert!(shown.text.contains(part), "{part}: {}", shown.text);
        }
        assert!(
            !bench.get("/clients", Some(&cookie)).await.text.contains("Daniel Whitfield"),
            "nothing is stored yet"
        );

        let form = |more: &str| format!("form={}&file={}{more}", "ab".repeat(16), encoded(&text));
        let bare = bench.post("/clients/take-in/register", &form("&how=&agreed="), Some(&cookie)).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        for name in ["how", "agreed"] {
            assert!(bare.text.contains(&format!("href=\"#{name}\"")), "{name}: {}", bare.text);
        }
        let whole = form("&how=on-paper&agreed=in-words");
        let made = bench.post("/clients/take-in/register", &whole, Some(&cookie)).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
        let place = made.headers["location"].to_str().unwrap().to_owned();
        let twice = bench.post("/clients/take-in/register", &whole, Some(&cookie)).await;
        assert_eq!(twice.headers["location"], made.headers["location"], "sent twice, taken in once");
        let file = bench.get(&place, Some(&cookie)).await.text;
        assert!(file.contains("Daniel Whitfield") && file.contains("14 March 1991"), "{file}");
        assert!(!file.contains("shoe_size") && !file.contains("no address"));

        // The same person once more: whoever is on file is asked about.
        let again = whole.replace(&"ab".repeat(16), &"cd".repeat(16));
        let asked = bench.post("/clients/take-in/register", &again, Some(&cookie)).await;
        assert_eq!(asked.status, StatusCode::OK);
        assert!(asked.text.contains("Is it somebody who is on file already?"), "{}", asked.text);
        let meant = format!("{again}&somebody-else=on");
        let second = bench.post("/clients/take-in/register", &meant, Some(&cookie)).await;
        assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text);
        assert_ne!(second.headers["location"], made.headers["location"]);

        // A reader of figures registers nobody.
        let (_, clerk) = bench.signed_in("Root", Role::Administrator).await;
        let refused = bench.post("/clients/take-in/register", &again, Some(&clerk)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    }
}
