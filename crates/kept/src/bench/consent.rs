//! `kept bench consent`: how soon a second server refuses what a client took back on the first.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use access::{Role, Why};
use casework::ClientId;
use casework::consents::Way;
use clap::Args;
use notice::Purpose;
use records::consents::About;
use records::{Error, Service, Surroundings, Visit};

use super::ground::{Ground, engine, visit};
use crate::commands::demo;
use crate::config::{Config, FILE};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Consent {
    /// How many clients take their consent back, one after the other.
    #[arg(long, default_value_t = 200)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

/// So many clients are made for each one that is wanted in a single caseload.
const OF_ONE: usize = 10;
/// The promise: a withdrawal holds everywhere within this.
const PROMISED: Duration = Duration::from_secs(1);

impl Consent {
    /// Measures and prints the middle and the slowest.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        let first = demo::make(folder, &nowhere, databases, 1, self.times * OF_ONE).await?.service;
        let second = match databases {
            None => {
                output::line("SQLite has one server: the same one refuses.");
                None
            }
            Some(_) => {
                let mut places = Config::load(&folder.join(FILE))?.places;
                let begins_with = folder.join("checkpoint-of-the-second");
                std::fs::copy(&places.checkpoint, &begins_with)
                    .map_err(Fail::file("copied", &places.checkpoint))?;
                places.checkpoint = begins_with;
                Some(Service::open(&places, Surroundings::real()).await?)
            }
        };
        let other = second.as_ref().unwrap_or(&first);
        let adviser = visit(&first, Role::Adviser)?;
        let caseload = first.caseload(&adviser).await?.release().await?;
        let (mut whole, mut after) = (Vec::new(), Vec::new());
        for file in caseload.files.iter().take(self.times) {
            let client = file.who.client;
            if refuses(other, &adviser, client).await? {
                return Err(Fail::said("A file is refused before its client took anything back."));
            }
            let (form, support) = (first.surroundings().draw(), About::Use(Purpose::Support));
            let begun = Instant::now();
            first.withdraw_consent(&adviser, client, support, form, Way::Spoken).await?;
            let held = Instant::now();
            while !refuses(other, &adviser, client).await? {}
            whole.push(begun.elapsed());
            after.push(held.elapsed());
        }
        for (what, mut took) in [
            ("from the withdrawal to the refusal, both together", whole),
            ("once the withdrawal is answered", after),
        ] {
            took.sort_unstable();
            let middle = took.get(took.len() / 2).copied().unwrap_or_default();
            let worst = took.last().copied().unwrap_or_default();
            output::line(&format!(
                "{}, {} withdrawals, {what}: {:.1} ms at the middle, {:.1} ms at worst",
                engine(databases),
                took.len(),
                middle.as_secs_f64() * 1000.0,
                worst.as_secs_f64() * 1000.0,
            ));
            if worst > PROMISED {
                return Err(Fail::said("A withdrawal took more than a second to hold everywhere."));
            }
        }
        if let Some(second) = second {
            second.close().await?;
        }
        first.close().await?;
        Ok(())
    }
}

/// Whether a server refuses to open a file because its client took back what that rests on.
async fn refuses(service: &Service, visit: &Visit, client: ClientId) -> Result<bool, Fail> {
    match service.open_file(visit, client, 20).await {
        Ok(opened) => {
            opened.release().await?;
            Ok(false)
        }
        Err(Error::Refused(refusal)) if refusal.why == Why::Withdrawn => Ok(true),
        Err(error) => Err(error.into()),
    }
}
