//! Texts and e-mail by GOV.UK Notify, version 2 of its API.
//!
//! Requests are, byte for byte, those of the official Python client; a test compares them. Notify keeps the templates: make
//! one for texts that holds nothing but `((text))`, and one for e-mail with the subject `((subject))` and the body `((text))`,
//! so that what is sent is what a [`Template`](crate::Template) says. In Notify's settings, choose a short time of keeping, and
//! a sender for texts in place of the service's name: what stands before each text is read with it, and counts in its length.

mod answer;
mod key;
mod request;

use std::fmt;
use std::time::Duration;

use casework::formats::{Email, Phone};
use jiff::Timestamp;
use uuid::Uuid;
use zeroize::Zeroizing;

pub(crate) use answer::why;
pub use answer::{Delivery, Found, Said};
pub use key::{ApiKey, ApiKeyFault};
pub use request::Personalisation;

use crate::http::{AddressFault, agent};
use crate::{MessageId, Outcome, Why};
use answer::Answer;

/// Where Notify is.
pub const ADDRESS: &str = "https://api.notifications.service.gov.uk";
/// An answer is a few kilobytes; more is not read.
const MOST: u64 = 256 * 1024;

/// How Notify is reached.
#[derive(Debug)]
pub struct Settings {
    /// Where, usually [`ADDRESS`].
    pub address: String,
    /// The key of the service in Notify.
    pub key: ApiKey,
    /// How long connecting may take, and how long an answer.
    pub patience: Duration,
    /// The certificate of a private authority (PEM), beside those that the system trusts: where a network has its own.
    pub authority: Option<Vec<u8>>,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// No TLS, and not this machine.
    #[error(
        "The address of Notify has to begin with https://, host and port only. Without TLS only this machine may be asked."
    )]
    Address,
    /// The system trusts nobody.
    #[error(
        "The system has no certificates of authorities that it trusts. Install them (Debian: ca-certificates)."
    )]
    NoAuthorities,
    /// The private authority.
    #[error("The certificate of the private authority cannot be read. It should be a PEM file.")]
    Authority,
}

impl From<AddressFault> for SettingsFault {
    fn from(fault: AddressFault) -> SettingsFault {
        match fault {
            AddressFault::Address => SettingsFault::Address,
            AddressFault::NoAuthorities => SettingsFault::NoAuthorities,
            AddressFault::Authority => SettingsFault::Authority,
        }
    }
}

/// Sends by GOV.UK Notify.
pub struct Notify {
    agent: ureq::Agent,
    address: String,
    key: ApiKey,
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Notify {
    /// Checks the settings. Nothing is sent yet.
    ///
    /// # Errors
    /// They cannot be used, or would send in the clear.
    pub fn new(settings: Settings) -> Result<Notify, SettingsFault> {
        let Settings { address, key, patience, authority } = settings;
        let address = address.trim_end_matches('/').to_owned();
        let agent = agent(&address, patience, authority.as_deref())?;
        Ok(Notify { agent, address, key })
    }

    /// Sends a text, once.
    pub async fn text(
        &self,
        now: Timestamp,
        id: MessageId,
        to: &Phone,
        template: Uuid,
        words: &Personalisation,
    ) -> Outcome {
        if !to.may_text() {
            return Outcome::Refused { why: Why::NotTextable };
        }
        let body = request::body("phone_number", to.e164(), template, words, id);
        self.send(now, "/v2/notifications/sms", body).await
    }

    /// Sends an e-mail, once.
    pub async fn e_mail(
        &self,
        now: Timestamp,
        id: MessageId,
        to: &Email,
        template: Uuid,
        words: &Personalisation,
    ) -> Outcome {
        let body = request::body("email_address", to.as_str(), template, words, id);
        self.send(now, "/v2/notifications/email", body).await
    }

    /// What became of a message, by the name that Notify gave it.
    ///
    /// # Errors
    /// Notify could not be asked, or does not know it (status 404).
    pub async fn delivery(&self, now: Timestamp, notification: Uuid) -> Result<Delivery, Why> {
        let answer = self.ask(now, format!("/v2/notifications/{notification}"), None).await?;
        answer.delivery()
    }

    /// Whether Notify has a message: for one that is unsure. Ask a minute later, so that a slow request is over. `None`: it was
    /// not taken and may be sent again. Notify forgets messages after some days (seven, unless set otherwise).
    ///
    /// # Errors
    /// Notify could not be asked.
    pub async fn find(&self, now: Timestamp, id: MessageId) -> Result<Option<Found>, Why> {
        let answer = self.ask(now, format!("/v2/notifications?reference={id}"), None).await?;
        answer.found(id)
    }

    async fn send(&self, now: Timestamp, path: &str, body: Option<Zeroizing<Vec<u8>>>) -> Outcome {
        let Some(body) = body else { return Outcome::Refused { why: Why::Address } };
        match self.ask(now, path.to_owned(), Some(body)).await {
            Ok(answer) => answer.outcome(),
            Err(why @ (Why::NotReached | Why::NotTrusted | Why::Silent(crate::Step::Connecting))) => {
                Outcome::TryAgain { why }
            }
            Err(why) => Outcome::Unsure { why },
        }
    }

    /// Asks on a thread of its own. If the caller goes away the request still runs to its end: a message that was being sent
    /// is unsure then.
    async fn ask(
        &self,
        now: Timestamp,
        path: String,
        body: Option<Zeroizing<Vec<u8>>>,
    ) -> Result<Answer, Why> {
        let token = self.key.token(now);
        let (agent, uri) = (self.agent.clone(), format!("{}{path}", self.address));
        let asked = tokio::task::spawn_blocking(move || asked(&agent, &uri, &token, body.as_deref()));
        asked.await.unwrap_or(Err(Why::Stopped))
    }
}

fn asked(agent: &ureq::Agent, uri: &str, token: &str, body: Option<&Vec<u8>>) -> Result<Answer, Why> {
    let bearer = format!("Bearer {token}");
    let kind = "application/json";
    let answered = match body {
        Some(body) => {
            agent.post(uri).header("Content-type", kind).header("Authorization", bearer).send(body.as_slice())
        }
        None => agent.get(uri).header("Content-type", kind).header("Authorization", bearer).call(),
    };
    let mut answered = answered.map_err(|error| why(&error))?;
    let status = answered.status().as_u16();
    // With the status known, a body that breaks off changes nothing: it is read as empty.
    let body = answered.body_mut().with_config().limit(MOST).read_to_vec().unwrap_or_default();
    Ok(Answer::new(status, Zeroizing::new(body)))
}
