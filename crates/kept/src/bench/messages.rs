//! `kept bench messages`: how long it takes to close an office: who is affected, and calling all of it off with a message
//! queued for each.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use access::Role;
use casework::appointments::{Said, Slot, Way};
use casework::closures::ClosureTyped;
use casework::{ClientId, StaffId};
use clap::Args;
use jiff::ToSpan as _;
use records::appointments::Booking;
use records::{Service, Visit};

use super::ground::{Ground, engine, visit};
use crate::commands::demo;
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Messages {
    /// How many people are booked on the day that is closed.
    #[arg(long, default_value_t = 1000)]
    people: usize,
    /// How often the office is closed, each time on another day.
    #[arg(long, default_value_t = 5)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

impl Messages {
    /// Measures and prints each closing.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = demo::make(folder, &nowhere, databases, 1, self.people).await?.service;
        let desk = visit(&service, Role::Receptionist)?;
        let clients = everybody(&service).await?;
        let today = service.surroundings().today();
        for turn in 0..self.times {
            // Beyond the made-up diaries, so that exactly these people are booked.
            let day = today.checked_add((40 + i64::try_from(turn).unwrap_or(0)).days());
            let day = day.map_err(|error| Fail::said(error.to_string()))?;
            for (number, client) in clients.iter().enumerate() {
                book(&service, &desk, *client, day, number).await?;
                output::progress(&format!("{} of {} people booked", number + 1, clients.len()));
            }
            output::progress("");
            let now = service.surroundings().civil(service.surroundings().now());
            let typed =
                ClosureTyped { day: day.strftime("%-d %-m %Y").to_string(), ..ClosureTyped::default() };
            let closing = typed.read(&now).map_err(|faults| Fail::said(format!("{faults:?}")))?;
            let begun = Instant::now();
            let affected = service.affected_by(&desk, &closing).await?.release().await?;
            let looked = begun.elapsed();
            let begun = Instant::now();
            let form = service.surroundings().draw();
            service.close_office(&desk, form, &closing, "Burst pipe", &affected.seen).await?;
            let closed = begun.elapsed();
            output::line(&format!(
                "{} people on {}: {:.0} ms to list them, {:.0} ms to call off and queue a message for each",
                affected.clients.len(),
                engine(databases),
                looked.as_secs_f64() * 1000.0,
                closed.as_secs_f64() * 1000.0,
            ));
        }
        service.close().await?;
        Ok(())
    }
}

/// Everybody's file.
async fn everybody(service: &Service) -> Result<Vec<ClientId>, Fail> {
    let mut clients = Vec::new();
    let directory = service.directory();
    let advisers: Vec<StaffId> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.role == Role::Adviser)
        .map(|member| member.id)
        .collect();
    for adviser in advisers {
        let own = Visit { staff: adviser, role: Role::Adviser, ..visit(service, Role::Adviser)? };
        let caseload = service.caseload(&own).await?.release().await?;
        clients.extend(caseload.files.into_iter().map(|file| file.who.client));
    }
    Ok(clients)
}

/// Books five minutes of the day for a client; each adviser has a hundred of them.
async fn book(
    service: &Service,
    desk: &Visit,
    client: ClientId,
    day: jiff::civil::Date,
    number: usize,
) -> Result<(), Fail> {
    let adviser = StaffId::from_bytes([u8::try_from(number / 100 % 200).unwrap_or(0) + 1; 16]);
    let minutes = i64::try_from(number % 100).unwrap_or(0) * 5 + 8 * 60;
    let at = day.at(0, 0, 0, 0).checked_add(minutes.minutes());
    let at = at.map_err(|error| Fail::said(error.to_string()))?;
    let now = service.surroundings().civil(service.surroundings().now());
    let slot = Slot::at(at, 5, &now).map_err(|fault| Fail::said(fault.message))?;
    let form = service.surroundings().draw();
    let booking = Booking {
        form,
        room: None,
        adviser,
        slots: vec![slot],
        way: Way::Office,
        said: Said::default(),
        tell: false,
    };
    service.book(desk, client, booking).await?;
    Ok(())
}
