//! E-mail by SMTP.
//!
//! Each step of SMTP is called on its own, because what a failure means depends on how far it came: before the message was
//! handed over nothing was sent, while it was handed over nobody knows, and a reply is certain either way.

mod mail;

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use casework::formats::Email;
use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::{Filled, MessageId, Outcome, Step, Why};

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, usually port 465.
    Tls,
    /// A greeting in the clear, then TLS before anything is said, usually port 587. A server without it is told nothing.
    StartTls,
    /// None. Only for a mail server on this machine.
    NoneOnThisMachine,
}

/// How a mail server is reached.
pub struct Settings {
    /// Its name, which its certificate has to bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The protection.
    pub security: Security,
    /// User name and password, where it asks for them.
    pub sign_in: Option<(String, Zeroizing<String>)>,
    /// Whom e-mails are from.
    pub from: Email,
    /// The name beside that address. It is read by whoever sees the e-mail come: [`crate::shipped::reveals`] checks it.
    pub from_name: String,
    /// The certificate of a private authority (PEM), beside those that the system trusts.
    pub authority: Option<Vec<u8>>,
    /// How long each step may take.
    pub patience: Duration,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("sign_in", &self.sign_in.is_some())
            .finish_non_exhaustive()
    }
}

/// Why settings cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// No TLS, and not this machine.
    #[error(
        "Sending to another machine without TLS would show clients' mail to the network. Use TLS or STARTTLS; without them only 127.0.0.1, ::1 and localhost are allowed."
    )]
    InTheClear,
    /// The sender's address or name.
    #[error("The sender's address or name cannot be written in an e-mail. Correct it.")]
    From,
    /// The private authority.
    #[error("The certificate of the private authority cannot be read. It should be a PEM file.")]
    Authority,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for this host name. Check the name.")]
    Tls,
}

/// An e-mail to one client, in plain text.
#[derive(Debug)]
pub struct EMail<'a> {
    /// Its id.
    pub id: MessageId,
    /// To whom.
    pub to: &'a Email,
    /// Its subject.
    pub subject: &'a Filled,
    /// Its words.
    pub body: &'a Filled,
}

/// Sends by one mail server. Each message has a connection of its own, so that none fails by what happened to another.
pub struct Smtp {
    settings: Settings,
    from: Mailbox,
    tls: Option<TlsParameters>,
    hello: ClientId,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// Whether this is certainly the machine itself. Its usual name is allowed, any other name could be given elsewhere.
pub(crate) fn this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Smtp {
    /// Checks the settings. Nothing is sent yet.
    ///
    /// # Errors
    /// They cannot be used, or would send in the clear.
    pub fn new(settings: Settings) -> Result<Smtp, SettingsFault> {
        let address: Address = settings.from.as_str().parse().map_err(|_| SettingsFault::From)?;
        if settings.from_name.chars().any(crate::filled::unseen) {
            return Err(SettingsFault::From);
        }
        // The sender's domain, so that neither Message-ID nor greeting names the machine.
        let hello = ClientId::Domain(address.domain().to_owned());
        let from = Mailbox::new(Some(settings.from_name.clone()).filter(|n| !n.is_empty()), address);
        let tls = match settings.security {
            Security::NoneOnThisMachine if this_machine(&settings.host) => None,
            Security::NoneOnThisMachine => return Err(SettingsFault::InTheClear),
            Security::Tls | Security::StartTls => Some(tls(&settings)?),
        };
        Ok(Smtp { settings, from, tls, hello })
    }

    /// Sends an e-mail, once.
    pub async fn send(&self, now: Timestamp, mail: &EMail<'_>) -> Outcome {
        // Few servers take other letters than those of ASCII in an address (SMTPUTF8), and none has to.
        let address = Some(mail.to.as_str()).filter(|address| address.is_ascii());
        let Some(to) = address.and_then(|address| address.parse::<Address>().ok()) else {
            return Outcome::Refused { why: Why::Address };
        };
        let name = format!("<{}@{}>", mail.id, self.from.email.domain());
        let Some(written) = mail::write(&self.from, &to, &name, now, mail) else {
            return Outcome::Refused { why: Why::Address };
        };
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            // Whatever the server says before it has heard of this message, it is not about this message.
            Err(why) => return Outcome::TryAgain { why },
        };
        let outcome = self.hand_over(&mut connection, to, &written, name).await;
        // The outcome stands, whether the server says goodbye or not.
        let goodbye = self.settings.patience.min(Duration::from_secs(5));
        let _ = timeout(goodbye, connection.abort()).await;
        outcome
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Why> {
        let Settings { host, port, patience, security, sign_in, .. } = &self.settings;
        let at_once = self.tls.clone().filter(|_| *security == Security::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(*patience),
            &self.hello,
            at_once,
            None,
        );
        let mut connection = self.step(Step::Connecting, connecting).await?;
        if let (Security::StartTls, Some(tls)) = (security, &self.tls) {
            if !connection.can_starttls() {
                return Err(Why::NoTls);
            }
            self.step(Step::Connecting, connection.starttls(tls.clone(), &self.hello)).await?;
        }
        if let Some((user, password)) = sign_in {
            const WAYS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
            if connection.server_info().get_auth_mechanism(&WAYS).is_none() {
                return Err(Why::NoSignIn);
            }
            let credentials = Credentials::new(user.clone(), password.to_string());
            self.step(Step::SigningIn, connection.auth(&WAYS, &credentials)).await?;
        }
        Ok(connection)
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: Address,
        written: &[u8],
        name: String,
    ) -> Outcome {
        let from = Mail::new(Some(self.from.email.clone()), Vec::new());
        if let Err(why) = self.step(Step::Sender, connection.command(from)).await {
            // It has not heard for whom it is: what it refuses is us, and the message waits until that is put right.
            return Outcome::TryAgain { why };
        }
        if let Err(why) = self.step(Step::Recipient, connection.command(Rcpt::new(to, Vec::new()))).await {
            return before(why);
        }
        if let Err(why) = self.step(Step::Message, connection.command(Data)).await {
            return before(why);
        }
        match self.step(Step::Message, connection.message(written)).await {
            Ok(_) => Outcome::Sent { id: name },
            Err(why @ Why::Reply { .. }) => before(why),
            // The last full stop may have arrived, and only the answer been lost.
            Err(why) => Outcome::Unsure { why },
        }
    }

    async fn step<T>(
        &self,
        step: Step,
        doing: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, Why> {
        match timeout(self.settings.patience, doing).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(why(&error, step)),
            Err(_) => Err(Why::Silent(step)),
        }
    }
}

fn tls(settings: &Settings) -> Result<TlsParameters, SettingsFault> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.authority {
        let authority = Certificate::from_pem(pem).map_err(|_| SettingsFault::Authority)?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build_rustls().map_err(|_| SettingsFault::Tls)
}

/// What a failure means before the message was handed over, or when a reply is certain.
fn before(why: Why) -> Outcome {
    match why {
        Why::Reply { code: 500..=599, .. } => Outcome::Refused { why },
        _ => Outcome::TryAgain { why },
    }
}

/// The library's error holds what the server said, often the address: only its codes are kept.
fn why(error: &lettre::transport::smtp::Error, step: Step) -> Why {
    if let Some(code) = error.status() {
        let status = error.source().and_then(|said| enhanced(&said.to_string()));
        return Why::Reply { code: code.into(), status, step };
    }
    if error.is_timeout() {
        return Why::Silent(step);
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inside = inner.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        if inner.is::<rustls::Error>() || inside.is_some_and(|i| i.is::<rustls::Error>()) {
            return Why::NotTrusted;
        }
        cause = inner.source();
    }
    if step == Step::Connecting && !error.is_response() { Why::NotReached } else { Why::Broke(step) }
}

/// The enhanced code with which a reply begins (RFC 3463): three numbers, and nothing else of what was said.
fn enhanced(said: &str) -> Option<String> {
    let word = said.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts.as_slice() else { return None };
    let number = |part: &&str| part.len() <= 3 && part.parse::<u16>().is_ok();
    let whole = matches!(*class, "2" | "4" | "5") && number(subject) && number(detail);
    whole.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_kept_of_what_a_server_says() {
        for (said, kept) in [
            ("5.1.1 <sam@example.org>: user unknown", Some("5.1.1")),
            ("4.2.2", Some("4.2.2")),
            ("sam@example.org is full", None),
            ("5.1.1.1 no", None),
            ("5.sam.1", None),
            ("9.1.1", None),
            ("", None),
        ] {
            assert_eq!(enhanced(said).as_deref(), kept, "{said}");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for (host, allowed) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("localhost", true),
            ("LOCALHOST", true),
            ("localhost.example.org", false),
            ("127.0.0.1.example.org", false),
            ("10.0.0.1", false),
            ("mail.example.org", false),
        ] {
            assert_eq!(this_machine(host), allowed, "{host}");
        }
    }
}
