//! `kept demo`: a complete service with made-up people, gone when it ends.

mod desk;
mod making;
mod programmes;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;
use web::DemoPerson;

use crate::databases::Databases;
use crate::fail::Fail;
use crate::messages::{self, ByItself};
use crate::output;
use crate::serving::{self, Stop};

pub(crate) use making::{Amount, Made, make};

/// Everybody's password. It is printed and shown on the sign-in page: nobody here is real.
const PASSWORD: &str = "northbridge demo 2026 kettle";
/// Reminders of the demo come the day before.
const BY_ITSELF: ByItself = ByItself { remind_hours: 24, tell_of_ending: true };

/// A service to try.
#[derive(Args)]
pub(crate) struct Demo {
    /// How many clients.
    #[arg(long, default_value_t = 2000)]
    clients: usize,
    /// The port to listen on; 0 for any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The same number makes the same people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one line of JSON with the address and the people who can sign in.
    #[arg(long)]
    json: bool,
    /// Keep the service in this folder instead of a temporary one.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Keep the stores on this PostgreSQL server: postgres://user@127.0.0.1 in new databases that are dropped at the end;
    /// with --keep, postgres://user@127.0.0.1/NAME in the new databases `NAME_records`, `NAME_audit` and `NAME_keyring`, which stay.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

impl Demo {
    /// Makes it, says where it is, and serves it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let start = Instant::now();
        serving::log(LevelFilter::WARN);
        let mut stop = Stop::listen()?;
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener =
            serving::bind(wanted, "Choose another with --port, or any free one with --port 0.").await?;
        let address = listener.local_addr().map_err(|error| Fail::said(error.to_string()))?;
        let origin = format!("http://{address}");
        let temporary = tempfile::Builder::new().prefix("kept-demo-").tempdir();
        let temporary = temporary.map_err(Fail::file("made", &std::env::temp_dir()))?;
        let folder = self.keep.as_deref().unwrap_or(temporary.path());
        let databases = match (&self.postgres, &self.keep) {
            (None, _) => None,
            (Some(base), None) => Some(Databases::passing(base)?),
            (Some(named), Some(_)) => Some(Databases::named(named)?),
        };
        if let Some(databases) = &databases {
            databases.make().await?;
        }
        let making = make(folder, &address, databases.as_ref(), self.seed, self.clients);
        let served = tokio::select! {
            made = making => match made {
                Ok(made) => self.serve(made, listener, origin, start, &mut stop).await,
                Err(fail) => Err(fail),
            },
            () = stop.asked() => Ok(()),
        };
        if let Some(databases) = databases.filter(|_| self.keep.is_none()) {
            databases.drop_all().await?;
        }
        served.map(|()| ExitCode::SUCCESS)
    }

    async fn serve(
        &self,
        made: Made,
        listener: TcpListener,
        origin: String,
        start: Instant,
        stop: &mut Stop,
    ) -> Result<(), Fail> {
        let Made { service, people } = made;
        let ready = start.elapsed().as_millis();
        if self.json {
            let listed: Vec<_> = people.iter().map(as_json).collect();
            output::line(
                &json!({"address": origin, "people": listed, "clients": self.clients, "ready_ms": ready})
                    .to_string(),
            );
        } else {
            self.introduce(&origin, &people);
        }
        let options = web::Options { origin, demo: Some(people), behind_proxy: false };
        let pages = web::app(Arc::clone(&service), options);
        // No mail server is configured: messages are made, not sent, and shown so.
        messages::send_nothing(&service)?;
        serving::serve(listener, service, pages, BY_ITSELF, stop).await
    }

    fn introduce(&self, origin: &str, people: &[DemoPerson]) {
        output::line(&format!("Kept runs at {origin} with {} made-up clients.", self.clients));
        output::line("");
        for person in people {
            output::line(&format!("  {:<14} {:<20} {}", person.role, person.name, person.email));
        }
        output::line("");
        output::line(&format!("The password of each is: {PASSWORD}"));
        output::line("The current code of each stands on the sign-in page.");
        output::line(match self.keep {
            Some(_) => "Press Ctrl-C to end.",
            None => "Press Ctrl-C to end; everything is removed then.",
        });
    }
}

fn as_json(person: &DemoPerson) -> serde_json::Value {
    json!({
        "role": person.role,
        "name": person.name,
        "email": person.email,
        "password": person.password,
        "totp_secret": base32(&person.totp_secret),
    })
}

/// RFC 4648 base 32 without padding, as authenticator apps take it.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(*LETTERS.get((held >> bits) as usize & 31).unwrap_or(&b'A')));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(*LETTERS.get((held << (5 - bits)) as usize & 31).unwrap_or(&b'A')));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_written_as_rfc_4648_says() {
        for (plain, coded) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
    }
}
