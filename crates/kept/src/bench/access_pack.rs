//! `kept bench access-pack`: how long the copy of a whole file takes, from the request until it can be handed over: read, unsealed,
//! printed as PDF and page, written as JSON and CSV, with its documents in one file.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use access::Role;
use casework::documents::Kind as DocumentKind;
use casework::requests::{Asked, Asker, Came, Kind, Taken};
use casework::{ClientId, Meeting, MeetingKind};
use clap::Args;
use records::documents::{Begun, Goes, Sending};
use records::{Service, Visit};

use super::ground::{Ground, engine, visit};
use crate::commands::demo;
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct AccessPack {
    /// How many entries the file has.
    #[arg(long, default_value_t = 200)]
    entries: usize,
    /// How many documents it has.
    #[arg(long, default_value_t = 20)]
    documents: usize,
    /// How large each document is, in kilobytes.
    #[arg(long, default_value_t = 200)]
    kilobytes: usize,
    /// How often the copy is made.
    #[arg(long, default_value_t = 5)]
    times: usize,
    #[command(flatten)]
    ground: Ground,
}

const NOTE: &str = "Came on time. We went through the last two applications and what was said in the interview.\n\
    The early shifts are hard to reach by bus, so we looked for posts that begin at nine.\n\
    Agreed: I ask the college about the forklift refresher, and the CV gets a shorter first page.";

impl AccessPack {
    /// Measures and prints each copy.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = demo::make(folder, &nowhere, databases, 1, 100).await?.service;
        let adviser = visit(&service, Role::Adviser)?;
        let lead = visit(&service, Role::Governance)?;
        let caseload = service.caseload(&adviser).await?.release().await?;
        let client =
            caseload.files.first().ok_or_else(|| Fail::said("nobody is in this caseload"))?.who.client;
        self.fill(&service, &adviser, client).await?;
        let today = service.surroundings().today();
        let taken = Taken {
            kind: Kind::Access,
            came: Came::Spoken,
            from: Asker::Client,
            received: today,
            objects: Vec::new(),
            doubt: false,
            asked: Asked { words: "I want to know what you have".to_owned(), ..Asked::default() },
        };
        let request = service.record_request(&adviser, client, service.surroundings().draw(), &taken).await?;
        for _ in 0..self.times {
            let begun = Instant::now();
            let made = service.access_pack(&lead, request).await?;
            output::line(&format!(
                "{} entries and {} documents on {}: {:.2} s, {:.1} MB",
                self.entries,
                self.documents,
                engine(databases),
                begun.elapsed().as_secs_f64(),
                made.bytes.len() as f64 / 1e6,
            ));
        }
        service.close().await?;
        Ok(())
    }

    /// Gives a file its entries and documents, as its adviser would.
    async fn fill(&self, service: &Service, adviser: &Visit, client: ClientId) -> Result<(), Fail> {
        let today = service.surroundings().today();
        let meeting = Meeting {
            kind: MeetingKind::Meeting,
            minutes: Some(30),
            note: NOTE.to_owned(),
            took_part: true,
            about: Vec::new(),
            because: None,
        };
        for _ in 0..self.entries {
            let form = service.surroundings().draw();
            service.record_meeting(adviser, client, form, today, &meeting).await?;
        }
        let bytes: Vec<u8> = NOTE.bytes().cycle().take(self.kilobytes * 1000).collect();
        for number in 1..=self.documents {
            let sending = Sending {
                form: service.surroundings().draw(),
                goes: Goes::IntoFile,
                name: format!("letter-{number}.txt"),
                title: String::new(),
                kind: DocumentKind::Letter,
                note: String::new(),
            };
            if let Begun::Upload(mut upload) = service.begin_document(adviser, client, sending).await? {
                upload.push(&bytes).await?;
                upload.finish().await?;
            }
        }
        Ok(())
    }
}
