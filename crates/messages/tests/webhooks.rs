//! Telling programs: the official library of Standard Webhooks checks what is sent, over TLS, and nobody else is called.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

#[allow(dead_code, reason = "other tests of sending use more of it")]
mod support;

use std::time::{Duration, Instant};

use casework::DeliveryId;
use casework::webhooks::NotTaken;
use jiff::Timestamp;
use messages::webhooks::{Allowed, Secret, Settings, Telling, Told, Webhooks};
use serde_json::Value;
use support::{Server, authority};

const BODY: &str = r#"{"type":"test","timestamp":"2026-11-26T10:00:00Z","data":{}}"#;

fn secret(byte: u8) -> Secret {
    Secret::new([byte; 32])
}

/// A receiver that checks with the secret of this byte.
fn receiver(byte: u8) -> Option<Server> {
    Server::start("webhook_server.py", &[secret(byte).text().as_str()])
}

fn webhooks(outside: &[String], inside: &[String], authority: Option<Vec<u8>>) -> Webhooks {
    let allowed = Allowed::new(outside, inside).unwrap();
    Webhooks::new(Settings { allowed, patience: Duration::from_secs(2), authority }).unwrap()
}

/// Webhooks that may tell this receiver, which stands on this machine.
fn telling_it(server: &Server) -> Webhooks {
    webhooks(&[], &[format!("localhost:{}", server.port)], Some(authority(server)))
}

async fn tell(webhooks: &Webhooks, address: &str, secrets: &[Secret]) -> Told {
    let id = DeliveryId::from_bytes([7; 16]);
    let telling = Telling { id, now: Timestamp::now(), body: BODY.as_bytes(), secrets };
    webhooks.tell(&address.parse().unwrap(), &telling).await
}

fn heard(server: Server) -> Vec<Value> {
    server.said().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_library_takes_what_is_signed_with_either_of_two_secrets_and_nothing_else() {
    for (by, verified) in [(1, true), (2, true), (3, false)] {
        let Some(server) = receiver(by) else { return };
        let address = format!("https://localhost:{}/hooks?from=kept", server.port);
        let told = tell(&telling_it(&server), &address, &[secret(1), secret(2)]).await;
        assert_eq!(told, Told { status: Some(204), not: None });
        let heard = heard(server);
        assert_eq!((heard.len(), &heard[0]["verified"]), (1, &verified.into()), "{heard:?}");
        assert_eq!(heard[0]["body"], BODY);
        assert_eq!(heard[0]["path"], "/hooks?from=kept");
        let headers = &heard[0]["headers"];
        assert_eq!(headers["webhook-id"], "07".repeat(16));
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(headers["webhook-signature"].as_str().unwrap().split(' ').count(), 2);
        assert!(headers.get("authorization").is_none() && headers.get("cookie").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_its_outcome_and_a_redirection_is_never_followed() {
    let Some(server) = receiver(1) else { return };
    let webhooks = telling_it(&server);
    let paths = [
        ("/redirect", Some(307), Some(NotTaken::Redirected)),
        ("/gone", Some(410), Some(NotTaken::Gone)),
        ("/refuse", Some(400), Some(NotTaken::Answered)),
        ("/down", Some(503), Some(NotTaken::Answered)),
        ("/hang-up", None, Some(NotTaken::Silent)),
        // What it says besides the status is not read, however long it is.
        ("/endless", Some(200), None),
    ];
    for (path, status, not) in paths {
        let address = format!("https://localhost:{}{path}", server.port);
        assert_eq!(tell(&webhooks, &address, &[secret(1)]).await, Told { status, not }, "{path}");
    }
    let begun = Instant::now();
    let slow = tell(&webhooks, &format!("https://localhost:{}/slow", server.port), &[secret(1)]).await;
    assert_eq!(slow, Told { status: None, not: Some(NotTaken::Silent) });
    // It would sleep for thirty seconds; the patience is two.
    assert!(begun.elapsed() < Duration::from_secs(25));
    let heard: Vec<String> =
        heard(server).iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect();
    assert!(!heard.contains(&"/elsewhere".to_owned()), "{heard:?}");
    assert_eq!(heard.len(), paths.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_inside_a_network_is_called_unless_the_settings_say_so_and_nobody_that_they_do_not_name() {
    let Some(server) = receiver(1) else { return };
    let port = server.port;
    let names: Vec<String> =
        ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"]
            .iter()
            .map(|host| format!("{host}:{port}"))
            .collect();
    let outside = webhooks(&names, &[], Some(authority(&server)));
    for name in &names {
        let told = tell(&outside, &format!("https://{name}/"), &[secret(1)]).await;
        assert_eq!(told, Told { status: None, not: Some(NotTaken::Inside) }, "{name}");
    }
    let inside = telling_it(&server);
    for other in
        [format!("https://127.0.0.1:{port}/"), "https://localhost/".into(), "https://example.org/".into()]
    {
        let told = tell(&inside, &other, &[secret(1)]).await;
        assert_eq!(told, Told { status: None, not: Some(NotTaken::NotListed) }, "{other}");
    }
    // Without the private authority its certificate is nobody's that we trust, and it hears nothing.
    let distrusting = webhooks(&[], &[format!("localhost:{port}")], None);
    let told = tell(&distrusting, &format!("https://localhost:{port}/"), &[secret(1)]).await;
    assert_eq!(told, Told { status: None, not: Some(NotTaken::NotTrusted) });
    assert_eq!(heard(server), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_away_is_not_reached() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let webhooks = webhooks(&[], &[format!("localhost:{port}"), "no-such-host.invalid".into()], None);
    for address in [format!("https://localhost:{port}/"), "https://no-such-host.invalid/".into()] {
        let told = tell(&webhooks, &address, &[secret(1)]).await;
        assert_eq!(told, Told { status: None, not: Some(NotTaken::NotReached) }, "{address}");
    }
}
