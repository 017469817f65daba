//! Telling programs of others that something changed: Standard Webhooks over HTTPS.
//!
//! What is told is signed with a secret that only the receiver has besides us ([`Secret`]). Where it may go says whoever looks
//! after the server, in its settings ([`Allowed`]): nobody who can sign in can have Kept call another host, a redirection is
//! never followed, and a name that leads to a private address is not called unless the settings say so ([`public`]).
//!
//! Like the rest of this crate it stores nothing, reads no clock and never tries again by itself.

mod place;
pub mod public;
mod signing;

use std::fmt;
use std::time::Duration;

use casework::DeliveryId;
use casework::webhooks::NotTaken;
use jiff::Timestamp;
use ureq::unversioned::transport::DefaultConnector;

use public::Finding;

pub use place::{Allowed, AllowedFault, HookAddress, HookAddressFault};
pub use signing::{NotASecret, Secret, signature};

use crate::http::{AddressFault, asking, tls};
use crate::notify::why;
use crate::{Step, Why};

/// How programs are told.
#[derive(Debug)]
pub struct Settings {
    /// Which hosts may be told.
    pub allowed: Allowed,
    /// How long one try may take, from finding the host to its answer.
    pub patience: Duration,
    /// The certificate of a private authority (PEM), beside those that the system trusts.
    pub authority: Option<Vec<u8>>,
}

/// One thing to tell.
pub struct Telling<'t> {
    /// Which: the same at each try.
    pub id: DeliveryId,
    /// The time of this try.
    pub now: Timestamp,
    /// The body: JSON.
    pub body: &'t [u8],
    /// The secret of the webhook, and the one before it while both hold.
    pub secrets: &'t [Secret],
}

/// What became of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what became of a try has to be stored"]
pub struct Told {
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// Why it was not taken; none if it was.
    pub not: Option<NotTaken>,
}

/// Tells programs.
pub struct Webhooks {
    allowed: Allowed,
    patience: Duration,
    outside: ureq::Agent,
    inside: ureq::Agent,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Webhooks {
    /// Checks the settings. Nobody is told yet.
    ///
    /// # Errors
    /// Nobody is trusted, or the authority cannot be read.
    pub fn new(settings: Settings) -> Result<Webhooks, AddressFault> {
        let Settings { allowed, patience, authority } = settings;
        let config = || {
            let tls = tls(authority.as_deref())?;
            let config = asking(patience).https_only(true).timeout_global(Some(patience)).tls_config(tls);
            Ok::<_, AddressFault>(config.build())
        };
        let agent = |finding| {
            Ok::<_, AddressFault>(ureq::Agent::with_parts(config()?, DefaultConnector::default(), finding))
        };
        let (outside, inside) = (agent(Finding::Public)?, agent(Finding::Any)?);
        Ok(Webhooks { allowed, patience, outside, inside })
    }

    /// Which hosts may be told.
    #[must_use]
    pub fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// How long one try may take.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Tells one program once. The answer's body is not read. If the caller goes away the try still runs to its end.
    pub async fn tell(&self, address: &HookAddress, telling: &Telling<'_>) -> Told {
        let agent = match self.allowed.which(address) {
            None => return Told::not(NotTaken::NotListed),
            Some(place::Which::Outside) => self.outside.clone(),
            Some(place::Which::Inside) => self.inside.clone(),
        };
        let at = telling.now.as_second();
        let id = telling.id.to_string();
        let signatures: Vec<String> =
            telling.secrets.iter().map(|secret| signature(secret, &id, at, telling.body)).collect();
        let request = agent
            .post(address.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", signatures.join(" "));
        let body = telling.body.to_vec();
        let told = tokio::task::spawn_blocking(move || match request.send(body.as_slice()) {
            Ok(answer) => Told::answered(answer.status().as_u16()),
            Err(error) if public::is_inside(&error) => Told::not(NotTaken::Inside),
            Err(error) => Told::not(match why(&error) {
                Why::NotReached | Why::Silent(Step::Connecting) => NotTaken::NotReached,
                Why::NotTrusted => NotTaken::NotTrusted,
                _ => NotTaken::Silent,
            }),
        });
        told.await.unwrap_or(Told::not(NotTaken::Silent))
    }
}

impl Told {
    const fn not(why: NotTaken) -> Told {
        Told { status: None, not: Some(why) }
    }

    const fn answered(status: u16) -> Told {
        let not = match status {
            200..=299 => None,
            300..=399 => Some(NotTaken::Redirected),
            410 => Some(NotTaken::Gone),
            _ => Some(NotTaken::Answered),
        };
        Told { status: Some(status), not }
    }
}
