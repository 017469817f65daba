//! GOV.UK Notify: what is said is what the official client says, and every answer has its outcome.
//!
//! Notify itself cannot be had in a test. The server here is a mock of it and says so in each answer; the requests are
//! compared with those that the official Python client sends to the same server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

mod support;

use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use casework::formats::Phone;
use jiff::Timestamp;
use messages::notify::{ADDRESS, ApiKey, Delivery, Found, Personalisation, Said, Settings, SettingsFault};
use messages::{Form, MessageId, Notify, Outcome, Step, Why};
use serde_json::{Value, json};
use support::python::python;
use support::{Server, authority, email, filled, id};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::{Uuid, uuid};

const KEY: &str = "my-test_key-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
const TEMPLATE: Uuid = uuid!("f33517ff-2a88-4f6e-b855-c550268ce08a");
const NOTIFICATION: Uuid = uuid!("bfb50d92-100d-4b8b-b559-14fa3b091cda");

/// How the mock behaves.
#[derive(Clone)]
enum Behaviour {
    Answer(u16, String),
    /// Says that more will come than does.
    Cut(u16, String),
    Hang,
    Drop,
}

/// A request: its head and its body.
type Asked = (String, Vec<u8>);

/// A mock of Notify, and what it was asked: head and body.
struct Mock {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Mock {
    async fn start(behaviour: Behaviour) -> Mock {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (heard, behaviour) = (Arc::clone(&heard), behaviour.clone());
                tokio::spawn(async move {
                    let mut read = Vec::new();
                    let (head, body) = loop {
                        if let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") {
                            let head = String::from_utf8(read[..end].to_vec()).unwrap();
                            let length = header(&head, "content-length").map_or(0, |l| l.parse().unwrap());
                            if read.len() >= end + 4 + length {
                                break (head, read[end + 4..].to_vec());
                            }
                        }
                        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                            return;
                        }
                    };
                    heard.lock().unwrap().push((head, body));
                    let (status, body, more) = match behaviour {
                        Behaviour::Answer(status, body) => (status, body, 0),
                        Behaviour::Cut(status, body) => (status, body, 100),
                        Behaviour::Hang => return tokio::time::sleep(Duration::from_secs(60)).await,
                        Behaviour::Drop => return,
                    };
                    let length = body.len() + more;
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\nServer: a mock, not GOV.UK Notify\r\nLocation: /elsewhere\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Mock { address, asked }
    }

    async fn answering(status: u16, body: &Value) -> Mock {
        Mock::start(Behaviour::Answer(status, body.to_string())).await
    }

    fn notify(&self) -> Notify {
        notify(&self.address)
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn settings(address: &str) -> Settings {
    Settings {
        address: address.into(),
        key: ApiKey::parse(KEY).unwrap(),
        patience: Duration::from_millis(1200),
        authority: None,
    }
}

fn notify(address: &str) -> Notify {
    Notify::new(settings(address)).unwrap()
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn now() -> Timestamp {
    "2026-03-02T10:30:00Z".parse().unwrap()
}

fn words() -> Personalisation {
    Personalisation::new().with("text", &filled(Form::Text, "Hello {name}", "Zephaniah"))
}

fn phone() -> Phone {
    Phone::parse("07700 900123").unwrap()
}

async fn send(notify: &Notify) -> Outcome {
    let outcome = notify.text(now(), id(), &phone(), TEMPLATE, &words()).await;
    // Whatever happened, it can be written down: neither words nor number are in it.
    let said = format!("{outcome:?} {}", why(&outcome).map(ToString::to_string).unwrap_or_default());
    for secret in ["Zephaniah", "7700", "900123", "3d844edf"] {
        assert!(!said.contains(secret), "{said}");
    }
    outcome
}

fn why(outcome: &Outcome) -> Option<&Why> {
    match outcome {
        Outcome::Sent { .. } => None,
        Outcome::TryAgain { why } | Outcome::Refused { why } | Outcome::Unsure { why } => Some(why),
    }
}

fn taken() -> Value {
    json!({
        "id": NOTIFICATION,
        "reference": null,
        "content": {"body": "Hello Zephaniah", "from_number": "40604"},
        "uri": format!("{ADDRESS}/v2/notifications/{NOTIFICATION}"),
        "template": {"id": TEMPLATE, "version": 1, "uri": format!("{ADDRESS}/v2/templates/{TEMPLATE}")},
    })
}

/// What the official client says when this method is called.
async fn official(mock: &Mock, method: &str, arguments: Value) -> Option<Asked> {
    let mut command = python()?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/official_client.py");
    let mut child = command
        .args([script, &mock.address, KEY])
        .env("NO_PROXY", "*")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(json!([method, arguments]).to_string().as_bytes()).unwrap();
    let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(ended.status.success());
    Some(mock.asked().pop().unwrap())
}

/// The time at which a request was signed.
fn signed_at(head: &str) -> Timestamp {
    let token = header(head, "authorization").unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    Timestamp::from_second(claims["iat"].as_i64().unwrap()).unwrap()
}

fn same((ours, our_body): &Asked, (theirs, their_body): &Asked) {
    assert_eq!(ours.lines().next(), theirs.lines().next());
    for name in ["Authorization", "Content-type", "Content-Length"] {
        assert_eq!(header(ours, name), header(theirs, name), "{name}");
    }
    assert_eq!(String::from_utf8_lossy(our_body), String::from_utf8_lossy(their_body));
    assert_eq!(header(ours, "User-Agent").unwrap(), format!("kept/{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn what_is_said_is_byte_for_byte_what_the_official_client_says() {
    let mock = Mock::answering(201, &taken()).await;
    let notify = mock.notify();
    let id = id();
    for written in [
        "Hello {name}, £5 at 2pm: https://example.org/a?b=c&d",
        "\"{name}\" \\ / <b> 'x' ŵ – 😀 \u{e000} {{z}}\nsecond line",
    ] {
        let (text, subject) =
            (filled(Form::Body, written, "Siân"), filled(Form::Subject, "Ŵ {name}", "Siân"));
        let words = Personalisation::new().with("subject", &subject).with("text", &text);
        let said = json!({"subject": subject.text(), "text": text.text()});

        let arguments = json!({"phone_number": phone().e164(), "template_id": TEMPLATE, "personalisation": said, "reference": id.to_string()});
        let Some(theirs) = official(&mock, "send_sms_notification", arguments).await else { return };
        let outcome = notify.text(signed_at(&theirs.0), id, &phone(), TEMPLATE, &words).await;
        assert_eq!(outcome, Outcome::Sent { id: NOTIFICATION.to_string() });
        same(&mock.asked().pop().unwrap(), &theirs);

        let arguments = json!({"email_address": "sam@example.org", "template_id": TEMPLATE, "personalisation": said, "reference": id.to_string()});
        let theirs = official(&mock, "send_email_notification", arguments).await.unwrap();
        let outcome =
            notify.e_mail(signed_at(&theirs.0), id, &email("sam@example.org"), TEMPLATE, &words).await;
        assert_eq!(outcome, Outcome::Sent { id: NOTIFICATION.to_string() });
        same(&mock.asked().pop().unwrap(), &theirs);
    }
    // Nothing to fill in.
    let arguments =
        json!({"phone_number": phone().e164(), "template_id": TEMPLATE, "reference": id.to_string()});
    let theirs = official(&mock, "send_sms_notification", arguments).await.unwrap();
    let _ = notify.text(signed_at(&theirs.0), id, &phone(), TEMPLATE, &Personalisation::new()).await;
    same(&mock.asked().pop().unwrap(), &theirs);

    // Asking what became of one, and whether there is one.
    let arguments = json!({"id": NOTIFICATION});
    let theirs = official(&mock, "get_notification_by_id", arguments).await.unwrap();
    let _ = notify.delivery(signed_at(&theirs.0), NOTIFICATION).await;
    same(&mock.asked().pop().unwrap(), &theirs);
    let theirs =
        official(&mock, "get_all_notifications", json!({"reference": id.to_string()})).await.unwrap();
    let _ = notify.find(signed_at(&theirs.0), id).await;
    same(&mock.asked().pop().unwrap(), &theirs);
}

#[tokio::test]
async fn the_token_is_the_one_of_the_documented_example() {
    // The key and the claims of Notify's documentation, signed by PyJWT 2.15.1.
    let mock = Mock::answering(201, &taken()).await;
    let at = Timestamp::from_second(1_568_818_578).unwrap();
    let _ = mock.notify().text(at, id(), &phone(), TEMPLATE, &words()).await;
    let (head, _) = mock.asked().pop().unwrap();
    assert_eq!(header(&head, "authorization").unwrap(), format!("Bearer {DOCUMENTED}"));
}

const DOCUMENTED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiIyNjc4NWEwOS1hYjE2LTRlYjAtODQwNy1hMzc0OTdhNTc1MDYiLCJpYXQiOjE1Njg4MTg1Nzh9.YlLRluAeKD8aULjyZVgSwNwmUxolUmcv5g2k84o7ZTU";

#[tokio::test]
async fn every_answer_of_notify_has_its_outcome() {
    let again = |status, said| Outcome::TryAgain { why: Why::Notify { status, said } };
    let refused = |status, said| Outcome::Refused { why: Why::Notify { status, said } };
    // The errors of Notify's documentation, and what its code answers besides.
    for (status, error, message, expected) in [
        (
            400,
            "BadRequestError",
            "Can't send to this recipient using a team-only API key",
            again(400, Said::KeyLimited),
        ),
        (
            400,
            "BadRequestError",
            "Can't send to this recipient when service is in trial mode - see https://www.notifications.service.gov.uk/trial-mode",
            again(400, Said::OnTrial),
        ),
        (400, "BadRequestError", "Template not found", again(400, Said::NoTemplate)),
        (400, "BadRequestError", "Missing personalisation: Zephaniah", refused(400, Said::GapsLeft)),
        (
            400,
            "BadRequestError",
            "Your message is too long. Text messages cannot be longer than 918 characters.",
            refused(400, Said::TooLong),
        ),
        (400, "ValidationError", "phone_number +447700900123 is too short", refused(400, Said::Recipient)),
        (400, "ValidationError", "email_address Not a valid email address", refused(400, Said::Recipient)),
        (400, "ValidationError", "template_id is not a valid UUID", again(400, Said::NoTemplate)),
        (400, "BadRequestError", "Something new", refused(400, Said::Other)),
        (401, "AuthError", "Unauthorized, authentication token must be provided", again(401, Said::Key)),
        (
            403,
            "AuthError",
            "Error: Your system clock must be accurate to within 30 seconds",
            again(403, Said::Clock),
        ),
        (403, "AuthError", "Invalid token: API key not found", again(403, Said::Key)),
        (
            429,
            "RateLimitError",
            "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds",
            again(429, Said::TooFast),
        ),
        (429, "TooManyRequestsError", "Exceeded send limits (50) for today", again(429, Said::DayFull)),
        (500, "Exception", "Internal server error", again(500, Said::Out)),
        (503, "Exception", "Service unavailable", again(503, Said::Out)),
    ] {
        let body = json!({"status_code": status, "errors": [{"error": error, "message": message}]});
        let mock = Mock::answering(status, &body).await;
        assert_eq!(send(&mock.notify()).await, expected, "{status} {message}");
        assert_eq!(mock.asked().len(), 1, "asked once");
    }
}

#[tokio::test]
async fn an_outage_loses_nothing_and_sends_nothing_twice() {
    // What certainly did not reach Notify is tried again; where it may have, it is unsure.
    let out = Why::Notify { status: 504, said: Said::Out };
    let moved = Why::Notify { status: 307, said: Said::Other };
    let page = "<html>Bad gateway</html>".to_owned();
    for (behaviour, expected) in [
        (Behaviour::Hang, Outcome::Unsure { why: Why::Silent(Step::Asking) }),
        (Behaviour::Drop, Outcome::Unsure { why: Why::Broke(Step::Asking) }),
        (Behaviour::Answer(504, page.clone()), Outcome::Unsure { why: out }),
        (
            Behaviour::Answer(503, page),
            Outcome::TryAgain { why: Why::Notify { status: 503, said: Said::Out } },
        ),
        (Behaviour::Answer(201, "{}".into()), Outcome::Unsure { why: Why::Broke(Step::Asking) }),
        (Behaviour::Cut(201, taken().to_string()), Outcome::Unsure { why: Why::Broke(Step::Asking) }),
        (Behaviour::Answer(307, String::new()), Outcome::TryAgain { why: moved }),
    ] {
        let mock = Mock::start(behaviour).await;
        let began = Instant::now();
        assert_eq!(send(&mock.notify()).await, expected);
        assert!(began.elapsed() < Duration::from_secs(4));
        assert_eq!(mock.asked().len(), 1, "asked once, and no redirection followed");
    }
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let outcome = send(&notify(&format!("http://{gone}"))).await;
    assert_eq!(outcome, Outcome::TryAgain { why: Why::NotReached });
}

#[tokio::test]
async fn a_server_that_cannot_show_a_certificate_is_told_nothing() {
    // It speaks plain HTTP where TLS is expected.
    let mock = Mock::answering(201, &taken()).await;
    let address = mock.address.replace("http://127.0.0.1", "https://127.0.0.1");
    let outcome = match Notify::new(settings(&address)) {
        Ok(notify) => send(&notify).await,
        Err(fault) => return assert_eq!(fault, SettingsFault::NoAuthorities),
    };
    assert!(!matches!(outcome, Outcome::Sent { .. } | Outcome::Refused { .. }), "{outcome:?}");
    assert_eq!(mock.asked().len(), 0);
}

#[tokio::test]
async fn through_tls_only_a_trusted_server_of_the_right_name_is_asked() {
    let Some(server) = Server::start("notify_mock.py", &[]) else { return };
    let address = format!("https://localhost:{}", server.port);
    let authority = Some(authority(&server));
    let trusting = Notify::new(Settings { authority: authority.clone(), ..settings(&address) }).unwrap();
    assert_eq!(send(&trusting).await, Outcome::Sent { id: NOTIFICATION.to_string() });
    let not_trusted = Outcome::TryAgain { why: Why::NotTrusted };
    let address = format!("https://127.0.0.1:{}", server.port);
    let other_name = Notify::new(Settings { authority, ..settings(&address) }).unwrap();
    assert_eq!(send(&other_name).await, not_trusted);
    // Without its authority: unless the system trusts nobody at all, which is a fault of its own.
    match Notify::new(settings(&format!("https://localhost:{}", server.port))) {
        Ok(stranger) => assert_eq!(send(&stranger).await, not_trusted),
        Err(fault) => assert_eq!(fault, SettingsFault::NoAuthorities),
    }
    assert_eq!(server.said(), ["/v2/notifications/sms"]);
}

#[tokio::test]
async fn an_unsure_message_is_found_by_its_reference() {
    let id = id();
    let other = MessageId(Uuid::nil());
    let listed = |reference: MessageId| json!({"id": NOTIFICATION, "reference": reference.0, "status": "sending", "body": "Hello Zephaniah", "phone_number": "+447700900123"});
    let mock =
        Mock::answering(200, &json!({"notifications": [listed(other), listed(id)], "links": {}})).await;
    let found = mock.notify().find(now(), id).await.unwrap();
    assert_eq!(found, Some(Found { id: NOTIFICATION, delivery: Delivery::Sending }));
    // An answer about other messages is not an answer about this one.
    let mock = Mock::answering(200, &json!({"notifications": [listed(other)], "links": {}})).await;
    assert_eq!(mock.notify().find(now(), id).await, Ok(None));
    // No answer is not a no.
    let mock = Mock::answering(200, &json!({})).await;
    assert_eq!(mock.notify().find(now(), id).await, Err(Why::Broke(Step::Asking)));
    let mock = Mock::start(Behaviour::Hang).await;
    assert_eq!(mock.notify().find(now(), id).await, Err(Why::Silent(Step::Asking)));
}

#[tokio::test]
async fn what_became_of_a_message_is_told_in_notifys_words() {
    for (status, expected, last, failed) in [
        ("created", Delivery::Created, false, false),
        ("sending", Delivery::Sending, false, false),
        ("pending", Delivery::Pending, false, false),
        ("sent", Delivery::Sent, true, false),
        ("delivered", Delivery::Delivered, true, false),
        ("permanent-failure", Delivery::PermanentFailure, true, true),
        ("temporary-failure", Delivery::TemporaryFailure, true, true),
        ("technical-failure", Delivery::TechnicalFailure, true, true),
        ("validation-failed", Delivery::Unknown, false, false),
    ] {
        let mock = Mock::answering(200, &json!({"id": NOTIFICATION, "status": status, "body": "x"})).await;
        let delivery = mock.notify().delivery(now(), NOTIFICATION).await.unwrap();
        assert_eq!((delivery, delivery.final_word(), delivery.failed()), (expected, last, failed));
    }
    let errors =
        json!({"status_code": 404, "errors": [{"error": "NoResultFound", "message": "No result found"}]});
    let mock = Mock::answering(404, &errors).await;
    let why = mock.notify().delivery(now(), NOTIFICATION).await.unwrap_err();
    assert_eq!(why, Why::Notify { status: 404, said: Said::NoMessage });
}

#[tokio::test]
async fn a_landline_is_not_sent_a_text() {
    let mock = Mock::answering(201, &taken()).await;
    let landline = Phone::parse("0151 496 0123").unwrap();
    let outcome = mock.notify().text(now(), id(), &landline, TEMPLATE, &words()).await;
    assert_eq!(outcome, Outcome::Refused { why: Why::NotTextable });
    assert_eq!(mock.asked().len(), 0);
}

#[test]
fn settings_that_would_ask_in_the_clear_are_refused() {
    for address in [
        "http://api.notifications.service.gov.uk",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "https://",
        "https://user@api.example.org",
        "https://api.example.org/v2",
        "ftp://127.0.0.1",
        "api.example.org",
        "",
    ] {
        assert_eq!(Notify::new(settings(address)).unwrap_err(), SettingsFault::Address, "{address}");
    }
    let authority = Settings { authority: Some(b"nothing".to_vec()), ..settings(ADDRESS) };
    assert_eq!(Notify::new(authority).unwrap_err(), SettingsFault::Authority);
    for address in ["http://localhost:1", "http://[::1]:80/", "http://127.0.0.1:8000"] {
        assert!(!format!("{:?}", Notify::new(settings(address)).unwrap()).contains("3d844edf"));
    }
    assert_ne!(Notify::new(settings(ADDRESS)).err(), Some(SettingsFault::Address));
}
