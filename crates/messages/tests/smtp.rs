//! E-mail to a real SMTP server: aiosmtpd in a process of its own, with TLS, refusals, hangs and broken connections.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing
)]

mod support;

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use messages::smtp::{EMail, Security, Settings, SettingsFault};
use messages::{Form, MessageId, Outcome, Smtp, Step, Why};
use serde_json::Value;
use support::{Server, authority, email, filled, id};
use zeroize::Zeroizing;

fn serve(options: &[&str]) -> Option<Server> {
    Server::start("smtp_server.py", options)
}

fn of(server: &Server, security: Security) -> Settings {
    Settings { authority: Some(authority(server)), ..settings(server.port, security) }
}

/// What it took, all told.
fn taken(server: Server) -> Vec<Value> {
    server.said().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn settings(port: u16, security: Security) -> Settings {
    Settings {
        host: "localhost".into(),
        port,
        security,
        sign_in: None,
        from: email("hello@appointments.example.org"),
        from_name: "Ŵyn & Co".into(),
        authority: None,
        patience: Duration::from_millis(1500),
    }
}

fn sesame(password: &str) -> Option<(String, Zeroizing<String>)> {
    Some(("kept".into(), Zeroizing::new(password.into())))
}

async fn send(settings: Settings, to: &str) -> Outcome {
    send_as(&Smtp::new(settings).unwrap(), id(), to).await
}

async fn send_as(smtp: &Smtp, id: MessageId, to: &str) -> Outcome {
    let subject = filled(Form::Subject, "{name}: Dydd Llun", "Siân");
    let body = filled(Form::Body, "Hello {name},\n.\nat ½ past 3 – €5\n", "Siân");
    let mail = EMail { id, to: &email(to), subject: &subject, body: &body };
    let outcome = smtp.send("2026-03-02T10:30:00Z".parse::<Timestamp>().unwrap(), &mail).await;
    // Whatever happened, it can be written down: neither words nor address are in it.
    let said = format!("{outcome:?} {}", why(&outcome).map(ToString::to_string).unwrap_or_default());
    for secret in ["Siân", "past 3", to, to.split('@').next().unwrap(), "sesame"] {
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

fn reply(code: u16, status: &str, step: Step) -> Why {
    Why::Reply { code, status: Some(status.into()).filter(|s: &String| !s.is_empty()), step }
}

#[tokio::test]
async fn an_e_mail_arrives_as_written_through_tls_in_both_ways_and_in_the_clear_on_this_machine() {
    for (option, security) in
        [("starttls", Security::StartTls), ("tls", Security::Tls), ("plain", Security::NoneOnThisMachine)]
    {
        let Some(server) = serve(&[option, "--sign-in"]) else { return };
        let id = id();
        let smtp = Smtp::new(Settings { sign_in: sesame("open sesame"), ..of(&server, security) }).unwrap();
        let outcome = send_as(&smtp, id, "sam@example.org").await;
        let name = format!("<{id}@appointments.example.org>");
        assert_eq!(outcome, Outcome::Sent { id: name.clone() }, "{option}");
        let taken = taken(server);
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0]["from"], "hello@appointments.example.org");
        assert_eq!(taken[0]["to"], serde_json::json!(["sam@example.org"]));
        assert_eq!(taken[0]["tls"], option != "plain");
        assert_eq!(taken[0]["user"], "kept");
        let content = BASE64_STANDARD.decode(taken[0]["content"].as_str().unwrap()).unwrap();
        let content = String::from_utf8(content).unwrap();
        for line in [
            "To: sam@example.org\r\n",
            "Date: Mon, 02 Mar 2026 10:30:00 +0000\r\n",
            &format!("Message-ID: {name}\r\n"),
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n",
            "Hello Si=C3=A2n,\r\n.\r\nat =C2=BD past 3 =E2=80=93 =E2=82=AC5\r\n",
        ] {
            assert!(content.contains(line), "{line:?} in {content}");
        }
        assert!(content.is_ascii());
        for line in content.lines() {
            assert!(line.len() <= 78, "{line}");
        }
    }
}

#[tokio::test]
async fn refusals_are_for_good_and_others_are_tried_again() {
    let Some(server) = serve(&["starttls"]) else { return };
    let step = Step::Recipient;
    for (to, expected) in [
        ("unknown", Outcome::Refused { why: reply(550, "5.1.1", step) }),
        ("full", Outcome::TryAgain { why: reply(452, "4.2.2", step) }),
        ("closing", Outcome::TryAgain { why: reply(421, "", step) }),
        ("greylisted", Outcome::TryAgain { why: reply(451, "4.7.1", step) }),
        ("spam", Outcome::Refused { why: reply(554, "5.7.1", Step::Message) }),
        ("disk", Outcome::TryAgain { why: reply(451, "4.3.1", Step::Message) }),
    ] {
        let outcome = send(of(&server, Security::StartTls), &format!("{to}@example.org")).await;
        assert_eq!(outcome, expected, "{to}");
    }
    // The one that was to come back later does, and arrives once.
    let outcome = send(of(&server, Security::StartTls), "greylisted@example.org").await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
    assert_eq!(taken(server).len(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_and_what_it_may_have_taken_is_unsure() {
    let Some(server) = serve(&["tls"]) else { return };
    let began = Instant::now();
    let outcome = send(of(&server, Security::Tls), "hangs-early@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: Why::Silent(Step::Recipient) });
    let outcome = send(of(&server, Security::Tls), "hangs-late@example.org").await;
    assert_eq!(outcome, Outcome::Unsure { why: Why::Silent(Step::Message) });
    let outcome = send(of(&server, Security::Tls), "drops@example.org").await;
    assert_eq!(outcome, Outcome::Unsure { why: Why::Broke(Step::Message) });
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    // It had taken both: had they been tried again, somebody would have read them twice.
    let taken: Vec<Value> = taken(server).iter().map(|mail| mail["to"][0].clone()).collect();
    assert_eq!(taken, ["hangs-late@example.org", "drops@example.org"]);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_is_not_trusted_or_offers_no_tls() {
    let Some(server) = serve(&["starttls"]) else { return };
    let stranger = settings(server.port, Security::StartTls);
    assert_eq!(send(stranger, "sam@example.org").await, Outcome::TryAgain { why: Why::NotTrusted });
    let other_name = Settings { host: "127.0.0.1".into(), ..of(&server, Security::StartTls) };
    assert_eq!(send(other_name, "sam@example.org").await, Outcome::TryAgain { why: Why::NotTrusted });
    let unprotected = of(&server, Security::NoneOnThisMachine);
    let outcome = send(unprotected, "sam@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: reply(530, "", Step::Sender) }, "it asks for TLS first");
    assert_eq!(taken(server), Vec::<Value>::new());
    let Some(plain) = serve(&["plain"]) else { return };
    let outcome = send(of(&plain, Security::StartTls), "sam@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: Why::NoTls });
    assert_eq!(taken(plain), Vec::<Value>::new());
}

#[tokio::test]
async fn a_wrong_password_and_a_closing_server_keep_the_message_waiting() {
    let Some(server) = serve(&["starttls", "--sign-in"]) else { return };
    let wrong = Settings { sign_in: sesame("guess"), ..of(&server, Security::StartTls) };
    let outcome = send(wrong, "sam@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: reply(535, "5.7.8", Step::SigningIn) });
    assert_eq!(taken(server), Vec::<Value>::new());
    let Some(closing) = serve(&["plain", "--ehlo-421"]) else { return };
    let outcome = send(of(&closing, Security::NoneOnThisMachine), "sam@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: reply(421, "4.3.2", Step::Connecting) });
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_keeps_the_message_waiting() {
    // Connections are taken and nothing is ever said.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = mute.local_addr().unwrap().port();
    for security in [Security::NoneOnThisMachine, Security::StartTls, Security::Tls] {
        let began = Instant::now();
        let outcome =
            send(Settings { host: "127.0.0.1".into(), ..settings(port, security) }, "sam@example.org").await;
        assert_eq!(outcome, Outcome::TryAgain { why: Why::Silent(Step::Connecting) });
        assert!(began.elapsed() < Duration::from_secs(4));
    }
    drop(mute);
    let outcome =
        send(Settings { host: "127.0.0.1".into(), ..settings(port, Security::Tls) }, "sam@example.org").await;
    assert_eq!(outcome, Outcome::TryAgain { why: Why::NotReached });
}

#[test]
fn settings_that_would_send_in_the_clear_are_refused() {
    for host in ["mail.example.org", "10.1.2.3", "localhost.example.org"] {
        let clear = Settings { host: host.into(), ..settings(25, Security::NoneOnThisMachine) };
        assert_eq!(Smtp::new(clear).unwrap_err(), SettingsFault::InTheClear);
    }
    let forged = Settings { from_name: "Us\r\nBcc: x@example.org".into(), ..settings(587, Security::Tls) };
    assert_eq!(Smtp::new(forged).unwrap_err(), SettingsFault::From);
    let authority =
        Settings { authority: Some(b"-----BEGIN NOTHING".to_vec()), ..settings(587, Security::Tls) };
    assert!(Smtp::new(authority).is_err());
    let signed = Settings { sign_in: sesame("open sesame"), ..settings(587, Security::Tls) };
    assert!(!format!("{:?}", Smtp::new(signed).unwrap()).contains("sesame"));
}
