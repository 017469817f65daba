//! `kept bench slots`: how long the search for free times takes, over four weeks of one adviser's full diary.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use records::staff::Status;

use super::ground::{Ground, engine};
use crate::commands::demo;
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Slots {
    /// How many clients there are; the diaries of their advisers are filled from them.
    #[arg(long, default_value_t = 2_000)]
    clients: usize,
    /// How often each adviser's diary is searched.
    #[arg(long, default_value_t = 200)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

impl Slots {
    /// Measures and prints the middle and the slowest of a hundred.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = demo::make(folder, &nowhere, databases, 1, self.clients).await?.service;
        let directory = service.directory();
        let advisers = directory.everybody();
        let advisers: Vec<_> = advisers
            .iter()
            .filter(|member| member.role == access::Role::Adviser && member.status == Status::Active)
            .collect();
        let today = service.surroundings().today();
        let (mut took, mut days) = (Vec::new(), 0);
        for _ in 0..self.times {
            for adviser in &advisers {
                let begun = Instant::now();
                days += service.free_days(adviser.id, None, today, 45).await?.len();
                took.push(begun.elapsed());
            }
        }
        took.sort_unstable();
        let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or(Duration::ZERO);
        output::line(&format!(
            "{} clients on {}, {} advisers: four weeks of one diary in {:.2} ms at the middle, {:.2} ms at p99, {} free days found on average",
            self.clients,
            engine(databases),
            advisers.len(),
            at(50).as_secs_f64() * 1000.0,
            at(99).as_secs_f64() * 1000.0,
            days / took.len().max(1),
        ));
        service.close().await?;
        Ok(())
    }
}
