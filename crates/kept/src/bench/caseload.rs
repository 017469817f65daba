//! `kept bench caseload`: how long the list of a caseload takes among many clients, and handing that caseload over.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use access::Role;
use clap::Args;
use records::hand_over::{Asking, Reason};

use super::ground::{Ground, engine};
use crate::bench::load::Job;
use crate::bench::page::{load, sign_in};
use crate::commands::demo::{self, Made};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::{output, serving};

/// The caseload that is measured.
const CASELOAD: usize = 200;
const SECRET: [u8; 20] = *b"measured and no more";

/// What to measure.
#[derive(Args)]
pub(super) struct Caseload {
    /// How many clients there are in all.
    #[arg(long, default_value_t = 100_000)]
    clients: usize,
    /// For how long the list is asked for.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    #[command(flatten)]
    ground: Ground,
}

impl Caseload {
    /// Measures and prints the middle and the slowest of a hundred.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let listener = serving::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), "Try again.").await?;
        let address = listener.local_addr().map_err(|error| Fail::said(error.to_string()))?;
        let Made { service, mut people } = demo::make(folder, &address, databases, 1, self.clients).await?;
        let nobody = || Fail::said("a made-up role is missing");
        let mut taker = people.pop().ok_or_else(nobody)?;
        (taker.name, taker.email) = ("Measured".to_owned(), "measured@example.org".to_owned());
        taker.totp_secret = SECRET;
        let hash = records::passwords::hash(&taker.password).await.ok_or_else(nobody)?;
        let taken_by =
            service.add_ready_staff(&taker.name, &taker.email, Role::Adviser, &hash, SECRET).await?;
        let directory = service.directory();
        let giver = directory
            .everybody()
            .into_iter()
            .find(|member| member.role == Role::Adviser && member.id != taken_by);
        let giver = giver.ok_or_else(nobody)?.id;
        let manager = people.iter().find(|person| person.role == Role::Manager.code());
        let manager = service.visit(&sign_in(&service, manager).await?).await?;
        let clients = service.to_hand_over(&manager, giver).await?.release().await?;
        let clients = clients.named.into_iter().take(CASELOAD).map(|shown| shown.client).collect();
        let form = service.surroundings().draw();
        let asking = Asking { form, giver, taker: taken_by, reason: Reason::Spread, clients, unnamed: false };
        service.begin_hand_over(&manager, asking).await?;
        let begun = Instant::now();
        let moved = service.carry_on_hand_overs().await?;
        let handing = begun.elapsed();

        let token = sign_in(&service, Some(&taker)).await?;
        let options = web::Options { origin: format!("http://{address}"), demo: None, behind_proxy: false };
        let pages = web::app(Arc::clone(&service), options);
        tokio::spawn(async move {
            axum::serve(listener, pages.into_make_service_with_connect_info::<SocketAddr>()).await
        });
        let mut job = Job {
            address: address.to_string(),
            cookie: format!("__Host-kept={}", token.cookie()),
            paths: vec!["/clients".to_owned()],
            connections: 1,
            seconds: 0.5,
        };
        load(&job).await?;
        job.seconds = self.seconds;
        let answered = load(&job).await?;
        output::line(&format!(
            "{} clients on {}: a caseload of {moved} opens in {:.2} ms at the middle, {:.2} ms at p99 ({} requests, {} bytes); it was handed over in {:.2} s",
            self.clients,
            engine(databases),
            answered.p50_us as f64 / 1000.0,
            answered.p99_us as f64 / 1000.0,
            answered.requests,
            answered.bytes,
            handing.as_secs_f64(),
        ));
        service.close().await?;
        Ok(())
    }
}
