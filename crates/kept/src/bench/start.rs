//! `kept bench start`: how long a service with so many clients takes to open, how much memory it holds then, and how quick it
//! finds and counts people among them.
//!
//! Opening brings the whole register into memory for search: each client's contact details are unsealed, stretch by stretch.
//! Each opening has a process of its own, so that nothing of the making counts as its memory.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use access::Role;
use casework::figures::{Measure, Period, Quarter};
use casework::names;
use clap::Args;
use jiff::ToSpan;
use records::figures::Question;
use records::{Service, Surroundings, Visit};

use super::ground::{Ground, engine, visit};
use crate::commands::demo::{Amount, make};
use crate::config::{Config, FILE};
use crate::databases::Databases;
use crate::demo;
use crate::fail::Fail;
use crate::output;

/// The made-up clients of the measurement follow from this.
const SEED: u64 = 1;
/// How many clients are looked for, each in several ways.
const LOOKED_FOR: usize = 250;

/// What to measure.
#[derive(Args)]
pub(super) struct Start {
    /// How many clients there are.
    #[arg(long, default_value_t = 20_000)]
    clients: usize,
    /// How many meetings each has at most, and nothing else: for many clients, whose whole files would take hours to make.
    #[arg(long)]
    meetings: Option<usize>,
    /// How often it is opened.
    #[arg(long, default_value_t = 3)]
    times: usize,
    /// Opens the service in this folder, once.
    #[arg(long, hide = true)]
    open: Option<PathBuf>,
    #[command(flatten)]
    ground: Ground,
}

impl Start {
    /// Measures and prints what it found for each time.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        match &self.open {
            Some(folder) => self.measure(folder).await.map(|()| ExitCode::SUCCESS),
            None => self.ground.run(async |folder, databases| self.make(folder, databases).await).await,
        }
    }

    async fn make(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let begun = Instant::now();
        let amount = Amount { clients: self.clients, meetings: self.meetings.unwrap_or(usize::MAX) };
        let made = make(folder, &nowhere, databases, SEED, amount).await?;
        made.service.close().await?;
        drop(made);
        let seconds = begun.elapsed().as_secs_f64();
        output::line(&format!("{} clients on {}, made in {seconds:.1} s", self.clients, engine(databases)));
        let program = std::env::current_exe().map_err(|error| Fail::said(error.to_string()))?;
        for _ in 0..self.times {
            let mut opening = Command::new(&program);
            opening.args(["bench", "start", "--clients", &self.clients.to_string(), "--open"]).arg(folder);
            let ended = opening.status().map_err(|error| Fail::said(error.to_string()))?;
            if !ended.success() {
                return Err(Fail::said("an opening failed"));
            }
        }
        Ok(())
    }

    async fn measure(&self, folder: &Path) -> Result<(), Fail> {
        let config = Config::load(&folder.join(FILE))?;
        let begun = Instant::now();
        let service = Service::open(&config.places, Surroundings::real()).await?;
        let seconds = begun.elapsed().as_secs_f64();
        output::line(&format!("opened in {seconds:.2} s; {} MiB in memory", resident_mib()?));
        self.find(&service).await?;
        count(&service).await?;
        service.close().await?;
        Ok(())
    }

    /// Looks for clients as somebody types: the whole name, its beginning, one slip, an initial, the date of birth with it.
    async fn find(&self, service: &Service) -> Result<(), Fail> {
        let adviser = visit(service, Role::Adviser)?;
        let (today, notices) = (service.surroundings().today(), service.notices());
        let (mut times, mut found) = (Vec::new(), 0);
        for number in (0..self.clients).step_by(self.clients / LOOKED_FOR + 1) {
            let person = |number| demo::person(SEED, number, self.clients, today, notices.catalogue());
            let client = u64::try_from(number).map(person).map_err(|_| Fail::said("too many clients"))?;
            let name = client.profile.display_name().unwrap_or_default().to_owned();
            let parts = names::parts(&name);
            let beginning: String = parts.last.chars().take(4).collect();
            let initial: String = parts.first.chars().take(1).collect();
            let slip = parts.last.chars().enumerate().filter(|(at, _)| *at != 2).map(|(_, letter)| letter);
            let born = client.profile.date(&casework::profile::fields::DATE_OF_BIRTH);
            let mut typed = vec![
                name.clone(),
                beginning,
                format!("{} {}", parts.first, slip.collect::<String>()),
                format!("{initial} {}", parts.last),
            ];
            typed.extend(born.map(|born| format!("{} {born}", parts.last)));
            for query in typed {
                let begun = Instant::now();
                let hits = service.find_clients(&adviser, &query, 10).await?.release().await?;
                times.push(begun.elapsed());
                found += usize::from(!hits.is_empty());
            }
        }
        times.sort_unstable();
        let at = |share: usize| {
            times.get(times.len().saturating_sub(1) * share / 100).map_or(0.0, |time| milliseconds(*time))
        };
        output::line(&format!(
            "{} searches, the log's entry included: {:.1} ms at the middle, {:.1} ms at p95, {:.1} ms at p99; {found} found somebody",
            times.len(),
            at(50),
            at(95),
            at(99)
        ));
        Ok(())
    }
}

/// Everybody read for figures, then a two-way table of them.
async fn count(service: &Service) -> Result<(), Fail> {
    let manager = visit(service, Role::Manager)?;
    let table = |measure: Measure| two_way(service, &manager, measure);
    let begun = Instant::now();
    table(Measure::Starts).await?;
    let (read, grown) = (begun.elapsed(), resident_mib()?);
    let begun = Instant::now();
    table(Measure::Contacts).await?;
    output::line(&format!(
        "read for figures in {:.1} s; {grown} MiB in memory; another table of two dimensions in {:.0} ms",
        read.as_secs_f64(),
        milliseconds(begun.elapsed())
    ));
    Ok(())
}

/// A table by two dimensions over a year.
async fn two_way(service: &Service, manager: &Visit, measure: Measure) -> Result<(), Fail> {
    let by: Vec<String> = service
        .dimensions()
        .into_iter()
        .filter(|dimension| !dimension.equality)
        .take(2)
        .map(|dimension| dimension.id)
        .collect();
    let last = Quarter::of(service.surroundings().today());
    let first = Quarter::of(service.surroundings().today().saturating_sub(270.days()));
    let period = Period::new(first, last).ok_or_else(|| Fail::said("no period"))?;
    service.figures(manager, &Question { measure, by, period, compare: false }).await?;
    Ok(())
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
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
