//! Writes a made-up consent as JSON-LD, for the foreign check in `tests/dpv`:
//! `cargo run -q -p notice --example consent -- FILE record|receipt`. It is about the first recipient that needs consent.

use std::process::ExitCode;

use notice::dpv::consent::{ConsentFacts, Form, Happened, consent};
use notice::{Notice, RecipientKind};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(form)) = (arguments.next(), arguments.next()) else {
        return failed("Give the path of a notice, and \"record\" or \"receipt\".");
    };
    let form = match form.as_str() {
        "record" => Form::Record,
        "receipt" => Form::Receipt,
        _ => return failed("Give \"record\" or \"receipt\"."),
    };
    let Ok(text) = std::fs::read_to_string(&path) else { return failed("The notice cannot be read.") };
    let Ok(notice) = Notice::parse(&text) else { return failed("The notice is faulty.") };
    let mut recipients = notice.recipients.iter().filter(|one| one.kind == RecipientKind::Recipient);
    let Some(recipient) = recipients.find(|one| one.needs_consent) else {
        return failed("Nobody needs consent.");
    };
    let events = [
        Happened { state: "given", at: "2026-11-20T10:00:00Z".into(), way: "signed" },
        Happened { state: "withdrawn", at: "2026-11-26T09:30:00Z".into(), way: "spoken" },
    ];
    let facts = ConsentFacts {
        id: "0a1b2c3d4e5f60718293a4b5c6d7e8f9".into(),
        principal: "f9e8d7c6b5a4938271605f4e3d2c1b0a".into(),
        purpose: recipient.purpose,
        recipient: Some((recipient, &recipient.name)),
        fields: &recipient.fields,
        wording: "I agree to one thing.",
        wording_digest: "00",
        explicit: Some("I agree expressly."),
        until: None,
        review: "2028-11-20".into(),
        on_behalf: false,
        events: &events,
    };
    write(std::io::stdout(), &format!("{:#}", consent(&notice, &facts, form)));
    ExitCode::SUCCESS
}

fn failed(why: &str) -> ExitCode {
    write(std::io::stderr(), why);
    ExitCode::FAILURE
}

/// Nobody is there to be told if this fails, too.
fn write(mut to: impl std::io::Write, text: &str) {
    let _ = writeln!(to, "{text}");
}
