//! The e-mail as it is written on the wire.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message};
use zeroize::Zeroizing;

use super::EMail;

/// Tells mail programs that nobody wrote this by hand, so that they send no "I am away" (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes the e-mail, or nothing if an address does not fit into one.
pub(super) fn write(
    from: &Mailbox,
    to: &Address,
    name: &str,
    now: Timestamp,
    mail: &EMail<'_>,
) -> Option<Zeroizing<Vec<u8>>> {
    // Always in ASCII on the wire: no server then needs to know 8BITMIME.
    let body = Body::new_with_encoding(mail.body.text().to_owned(), ContentTransferEncoding::QuotedPrintable)
        .ok()?;
    let since = Duration::from_secs(u64::try_from(now.as_second()).ok()?);
    let date = SystemTime::UNIX_EPOCH.checked_add(since)?;
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .date(date)
        .message_id(Some(name.to_owned()))
        .subject(mail.subject.text())
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(body)
        .ok()?;
    let written = Zeroizing::new(message.formatted());
    written.is_ascii().then_some(written)
}
