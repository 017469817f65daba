//! `kept bench retention`: counting what is due among very many files, a sweep that erases a whole service, and an epoch of the
//! keyring over very many keys.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use access::Role;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use records::sweep::State;
use records::{Service, Surroundings};
use store::{Store, sql};
use vault::{Compartment, FileId, Vault};

use super::ground::{Ground, engine, visit};
use crate::commands::demo;
use crate::config::{Config, FILE};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

sql! { records:
    /// A day of a file that is there for the count only.
    ADD_DAY = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, 'service', $2, $3, $4)";
    /// They go again.
    DROP_DAYS = "DELETE FROM keeping WHERE client NOT IN (SELECT id FROM client)";
}

/// What to measure.
#[derive(Args)]
pub(super) struct Retention {
    /// Over how many files what is due is counted.
    #[arg(long, default_value_t = 1_000_000)]
    files: u64,
    /// How many files a sweep erases.
    #[arg(long, default_value_t = 10_000)]
    erase: usize,
    /// Over how many keys an epoch of the keyring rolls.
    #[arg(long, default_value_t = 1_000_000)]
    keys: u64,
    #[command(flatten)]
    ground: Ground,
}

/// Statements or files in one batch.
const BATCH: u64 = 10_000;

impl Retention {
    /// Measures and prints a line for each.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
        let made = demo::make(folder, &nowhere, databases, 1, self.erase).await?;
        made.service.close().await?;
        drop(made);
        let config = Config::load(&folder.join(FILE))?;
        self.preview(&config, engine(databases)).await?;
        self.sweep(&config).await?;
        self.roll(&config).await
    }

    async fn preview(&self, config: &Config, engine: &str) -> Result<(), Fail> {
        let records = Store::open(&config.places.records, &records::MIGRATIONS).await?;
        let mut made = 0;
        while made < self.files {
            let batch = (made..self.files.min(made + BATCH)).map(|number| {
                let day = 20_000 + i64::try_from(number % 1_000).unwrap_or_default();
                ADD_DAY.with([name(number).into(), (day - 365).into(), (day - 60).into(), day.into()])
            });
            records.write(batch.collect()).await?;
            made += BATCH;
        }
        let service = Service::open(&config.places, Surroundings::real()).await?;
        let today = service.surroundings().today();
        for _ in 0..3 {
            let begun = Instant::now();
            let layers = service.retention_preview(today).await?;
            let counted: u64 = layers.iter().map(|(_, ahead)| ahead.total()).sum();
            let seconds = begun.elapsed().as_secs_f64();
            output::line(&format!("{engine}: what is due counted over {counted} days in {seconds:.2} s"));
        }
        service.close().await?;
        records.write(vec![DROP_DAYS.with([])]).await?;
        Ok(())
    }

    /// Years later every file is due at once: two people agree, and all of it goes.
    async fn sweep(&self, config: &Config) -> Result<(), Fail> {
        let later = SignedDuration::from_hours(24 * 1_000);
        let service =
            Service::open(&config.places, Surroundings::with_clock(move || Timestamp::now() + later)).await?;
        let today = service.surroundings().today();
        service.sweep(today).await?;
        for role in [Role::Governance, Role::Manager] {
            service.agree_to_sweep(&visit(&service, role)?, today).await?;
        }
        let begun = Instant::now();
        let swept = service.sweep(today).await?;
        let seconds = begun.elapsed().as_secs_f64();
        if swept.state != State::Done {
            return Err(Fail::said("The sweep was not done in one go."));
        }
        output::line(&format!("{} files erased in {seconds:.1} s", swept.erased));
        service.close().await?;
        Ok(())
    }

    async fn roll(&self, config: &Config) -> Result<(), Fail> {
        let (keys, seconds) = rolled(config, self.keys).await?;
        output::line(&format!("an epoch of the keyring over {keys} keys in {seconds:.1} s"));
        Ok(())
    }
}

/// Fills the keyring and begins an epoch of it: over how many keys, in how many seconds.
async fn rolled(config: &Config, keys: u64) -> Result<(u64, f64), records::Error> {
    let keyring = Store::open(&config.places.keyring, &vault::MIGRATIONS).await?;
    let vault = Vault::unlock(keyring, &config.places.root).await?;
    let mut made = 0;
    while made < keys {
        let files: Vec<FileId> =
            (made..keys.min(made + BATCH)).map(|number| FileId::from_bytes(name(number))).collect();
        vault.create_files(&files, &[Compartment::File]).await?;
        made += BATCH;
    }
    let keys = vault.counts().await?.keys;
    let begun = Instant::now();
    vault.roll_anyway().await?;
    Ok((keys, begun.elapsed().as_secs_f64()))
}

/// An id that no client of the demo has.
fn name(number: u64) -> [u8; 16] {
    (u128::from(number) | 1 << 100).to_be_bytes()
}
