//! Webhooks: what `kept.toml` says of them, and the worker that tells programs while a service runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::messages::webhooks::{Allowed, Settings, Webhooks};
use records::Service;
use records::messages::Step;
use records::webhooks::ToPrograms;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::messages;

/// The section `[webhooks]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// Hosts whose names lead to public addresses.
    #[serde(default)]
    hosts: Vec<String>,
    /// Hosts that may stand inside a network.
    #[serde(default)]
    inside: Vec<String>,
    /// How long one try may take, in seconds.
    #[serde(default = "ten")]
    patience: u64,
    /// After so many days in which nothing arrived a webhook is switched off.
    #[serde(default = "five")]
    off_after_days: i64,
    #[serde(default)]
    authority: Option<PathBuf>,
}

const fn ten() -> u64 {
    10
}

const fn five() -> i64 {
    5
}

impl Written {
    /// Checks all of it. Nobody is told yet.
    pub(crate) fn ready(&self, folder: &Path) -> Result<ToPrograms, String> {
        if self.hosts.is_empty() && self.inside.is_empty() {
            return Err(
                "it names no host. Write those that may be told into hosts, or leave the section out."
                    .to_owned(),
            );
        }
        if !(1..=60).contains(&self.patience) {
            return Err("patience: choose 1 to 60 seconds.".to_owned());
        }
        if !(1..=30).contains(&self.off_after_days) {
            return Err("off_after_days: choose 1 to 30 days.".to_owned());
        }
        let allowed = Allowed::new(&self.hosts, &self.inside).map_err(|fault| fault.to_string())?;
        let settings = Settings {
            allowed,
            patience: Duration::from_secs(self.patience),
            authority: messages::certificate(folder, self.authority.as_ref())?,
        };
        let webhooks = Webhooks::new(settings).map_err(|fault| format!("authority: {fault}"))?;
        Ok(ToPrograms { webhooks, off_after_days: self.off_after_days })
    }
}

/// So many programs are told at once.
const AT_ONCE: usize = 4;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a store failed.
const PAUSE: Duration = Duration::from_secs(15);
/// How many looks come between two rounds of seeing to what got stuck or is over.
const ROUND: u32 = 10;

/// Tells programs while the service runs. Once it ends, what is being told is finished, and nothing new is begun.
pub(crate) async fn keep_telling(service: Arc<Service>, mut ended: watch::Receiver<bool>) {
    if service.to_programs().is_none() {
        return;
    }
    let (mut looks, mut failing) = (0_u32, false);
    while !*ended.borrow() {
        let round = looks.is_multiple_of(ROUND);
        looks = looks.wrapping_add(1);
        let looked = async {
            if round {
                service.see_to_webhooks().await?;
            }
            tell_waiting(&service, &ended).await
        };
        let wait = match looked.await {
            Ok(()) => {
                if failing {
                    tracing::info!("programs are told again");
                }
                failing = false;
                LOOK_EVERY
            }
            Err(error) => {
                if !failing {
                    tracing::error!(%error, "programs cannot be told now; trying on");
                }
                failing = true;
                PAUSE
            }
        };
        let _ = tokio::time::timeout(wait, ended.wait_for(|end| *end)).await;
    }
}

/// Tells what waits, several at once, until nothing does.
async fn tell_waiting(service: &Arc<Service>, ended: &watch::Receiver<bool>) -> Result<(), records::Error> {
    if service.tell_next().await? == Step::Nothing {
        return Ok(());
    }
    let mut tellers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (service, ended) = (Arc::clone(service), ended.clone());
        tellers.spawn(async move {
            while !*ended.borrow() && service.tell_next().await? != Step::Nothing {}
            Ok(())
        });
    }
    let mut worst = Ok(());
    while let Some(teller) = tellers.join_next().await {
        if let Ok(Err(error)) = teller {
            worst = Err(error);
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(text: &str) -> Result<ToPrograms, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        written.ready(Path::new("/nowhere"))
    }

    #[test]
    fn hosts_are_enough_and_what_cannot_be_used_is_said() {
        let told = ready("hosts = [\"hooks.example.org\"]").unwrap();
        assert_eq!((told.off_after_days, told.webhooks.patience()), (5, Duration::from_secs(10)));
        for (text, says) in [
            ("", "names no host"),
            ("hosts = [\"*.example.org\"]", "\"*.example.org\" is no host"),
            ("hosts = [\"https://hooks.example.org\"]", "is no host"),
            ("hosts = [\"a.example.org\"]\npatience = 0", "patience: choose 1 to 60"),
            ("hosts = [\"a.example.org\"]\noff_after_days = 0", "off_after_days: choose 1 to 30"),
            ("hosts = [\"a.example.org\"]\nauthority = \"none.pem\"", "none.pem cannot be read"),
            ("host = [\"a.example.org\"]", "unknown field `host`"),
        ] {
            let said = ready(text).err().unwrap_or_default();
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}
