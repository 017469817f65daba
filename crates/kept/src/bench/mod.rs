//! `kept bench`: what the promises cost, measured in one run against the same page without them.
//!
//! Three pages are asked for in turn: the file page as staff get it (`full`); the same rows read by the same statements
//! from a store that keeps them plain, without policy, sealing, search index and log (`plain`); and the template alone,
//! filled with one file that is in memory (`bare`). The load comes from a process of its own.

mod access_pack;
mod caseload;
mod consent;
mod figures;
mod ground;
mod import;
mod load;
mod messages;
mod page;
mod plain;
mod retention;
mod search;
mod slots;
mod start;
mod upload;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::fail::Fail;

/// Measurements.
#[derive(Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Measure the copy of a whole file with its documents, as it answers a request for access.
    #[command(after_help = "Example: kept bench access-pack --entries 200 --documents 20")]
    AccessPack(access_pack::AccessPack),
    /// Measure tables, counts and the check of a release, on made-up people.
    #[command(after_help = "Example: kept bench figures --people 20000")]
    Figures(figures::Figures),
    /// Measure the page of a client's file.
    #[command(after_help = "Example: kept bench page --seconds 5 --connections 1,8")]
    Page(page::Page),
    /// Measure the list of a caseload of 200 among many clients, and handing these over.
    #[command(after_help = "Example: kept bench caseload --clients 100000")]
    Caseload(caseload::Caseload),
    /// Measure the memory that a large document takes while it is sent and while it is downloaded.
    #[command(after_help = "Example: kept bench upload --megabytes 20")]
    Upload(upload::Upload),
    /// Measure the search for free times over four weeks.
    #[command(after_help = "Example: kept bench slots --clients 2000")]
    Slots(slots::Slots),
    /// Measure how well and how fast people are found, on files of people and queries.
    #[command(
        after_help = "Example: kept bench search --people PEOPLE.csv --queries QUERIES.csv --out RESULTS.csv"
    )]
    Search(search::Search),
    /// Measure how long bringing in a list takes.
    #[command(after_help = "Example: kept bench import --rows 100000")]
    Import(import::Import),
    /// Measure how long it takes to close an office and queue a message for everybody.
    #[command(after_help = "Example: kept bench messages --people 1000")]
    Messages(messages::Messages),
    /// Measure counting what is due, erasing what is, and an epoch of the keyring.
    #[command(after_help = "Example: kept bench retention --files 1000000 --erase 10000 --keys 1000000")]
    Retention(retention::Retention),
    /// Measure how soon a second server refuses what a client took back on the first.
    #[command(after_help = "Example: kept bench consent --times 200 --postgres postgres://user@host")]
    Consent(consent::Consent),
    /// Measure how long a service takes to open.
    #[command(after_help = "Example: kept bench start --clients 20000")]
    Start(start::Start),
    /// Ask for pages; `kept bench page` starts this.
    #[command(hide = true, after_help = "Example: kept bench load < job.json")]
    Load,
}

impl Bench {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        match self.what {
            What::AccessPack(pack) => pack.run().await,
            What::Figures(figures) => figures.run(),
            What::Page(page) => page.run().await,
            What::Caseload(caseload) => caseload.run().await,
            What::Upload(upload) => upload.run().await,
            What::Slots(slots) => slots.run().await,
            What::Search(search) => search.run(),
            What::Import(import) => import.run().await,
            What::Messages(messages) => messages.run().await,
            What::Retention(retention) => retention.run().await,
            What::Consent(consent) => consent.run().await,
            What::Start(start) => start.run().await,
            What::Load => load::run().await,
        }
    }
}
