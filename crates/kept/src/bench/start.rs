//! `kept bench start`: how long a service with so many clients takes to open, and how much memory it holds then.
//!
//! Opening brings the whole register into memory for search: each client's contact details are unsealed, under one entry.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use records::{Service, Surroundings};

use super::ground::{Ground, engine};
use crate::commands::demo;
use crate::config::{Config, FILE};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Start {
    /// How many clients there are.
    #[arg(long, default_value_t = 20_000)]
    clients: usize,
    /// How often it is opened.
    #[arg(long, default_value_t = 3)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

impl Start {
    /// Measures and prints a line for each time.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let begun = Instant::now();
        let made = demo::make(folder, &nowhere, databases, 1, self.clients).await?;
        made.service.close().await?;
        drop(made);
        let engine = engine(databases);
        let seconds = begun.elapsed().as_secs_f64();
        output::line(&format!("{} clients on {engine}, made in {seconds:.1} s", self.clients));
        let config = Config::load(&folder.join(FILE))?;
        for _ in 0..self.times {
            let (begun, before) = (Instant::now(), resident_mib()?);
            let service = Service::open(&config.places, Surroundings::real()).await?;
            let seconds = begun.elapsed().as_secs_f64();
            let grown = resident_mib()?.saturating_sub(before);
            output::line(&format!(
                "opened in {seconds:.2} s; {} MiB in memory, {grown} more than before",
                resident_mib()?
            ));
            service.close().await?;
        }
        Ok(())
    }
}

/// The memory of this process that is not swapped out, in MiB.
pub(super) fn resident_mib() -> Result<u64, Fail> {
    const PAGE: u64 = 4096;
    let path = Path::new("/proc/self/statm");
    let text = std::fs::read_to_string(path).map_err(Fail::file("read", path))?;
    let pages = text.split_whitespace().nth(1).and_then(|n| n.parse::<u64>().ok());
    pages
        .map(|pages| pages * PAGE / (1024 * 1024))
        .ok_or_else(|| Fail::said("/proc/self/statm has no second number"))
}
