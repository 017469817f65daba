//! `kept bench import`: how long bringing in a list takes, and how much memory, on an empty service.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use access::Role;
use casework::How;
use casework::entries::Agreed;
use casework::import::columns::Shape;
use casework::import::dates::Order;
use clap::Args;
use records::imports::{Asked, Begun, Source};

use super::ground::{Ground, engine, visit};
use super::start::resident_mib;
use crate::commands::demo;
use crate::databases::Databases;
use crate::demo::list;
use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Import {
    /// How many people the list has.
    #[arg(long, default_value_t = 100_000)]
    rows: u32,
    /// A list to bring in instead of a made-up one: CSV or .xlsx, with the headings that `--write` gives.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write the made-up list there and bring nothing in.
    #[arg(long, value_name = "FILE.csv", conflicts_with = "file")]
    write: Option<PathBuf>,
    /// Only look the list through, as the first page does, and bring nothing in.
    #[arg(long)]
    look: bool,
    #[command(flatten)]
    ground: Ground,
}

impl Import {
    /// Measures and prints what it took.
    pub(super) async fn run(self) -> Result<ExitCode, Fail> {
        if let Some(path) = &self.write {
            self.made_up(path)?;
            return Ok(ExitCode::SUCCESS);
        }
        self.ground.run(async |folder, databases| self.measure(folder, databases).await).await
    }

    /// A list of people who are not.
    fn made_up(&self, path: &Path) -> Result<(), Fail> {
        let file = File::create(path).map_err(Fail::file("made", path))?;
        let mut file = BufWriter::new(file);
        let lines = std::iter::once(list::HEADINGS.to_owned()).chain((0..self.rows).map(list::row));
        for line in lines {
            writeln!(file, "{line}").map_err(Fail::file("written", path))?;
        }
        file.flush().map_err(Fail::file("written", path))
    }

    async fn measure(&self, folder: &Path, databases: Option<&Databases>) -> Result<(), Fail> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let made = demo::make(folder, &nowhere, databases, 1, 0).await?;
        let service = made.service;
        let path = match &self.file {
            Some(path) => path.clone(),
            None => {
                let path = folder.join("list.csv");
                self.made_up(&path)?;
                path
            }
        };
        let source = Source::path(path);
        let Begun::Headed(mut headed) = service.begin_reading(&source, Shape::Plain).await? else {
            return Err(Fail::said("the workbook has several sheets"));
        };
        for at in 0..headed.headings.len() {
            headed.plan.orders.insert(at, Order::DayFirst);
        }
        let asked = Asked {
            plan: headed.plan,
            notice_given: How::OnPaper,
            agreed: Agreed::InWords,
            adviser: visit(&service, Role::Adviser)?.staff,
            leave_faults_out: false,
            even_alike: false,
        };
        let before = resident_mib()?;
        let begun = Instant::now();
        let report = service.check_import(&source, &asked).await?;
        let looked = begun.elapsed().as_secs_f64();
        if self.look {
            let rows = report.checked.rows;
            let more = resident_mib()?.saturating_sub(before);
            output::line(&format!(
                "{rows} rows: looked through in {looked:.1} s; {more} MiB more in memory afterwards"
            ));
            return Ok(service.close().await?);
        }
        let begun = Instant::now();
        let mut most = 0;
        let id = service
            .run_import(None, &source, &asked, |_, _| {
                most = most.max(resident_mib().unwrap_or(0));
                true
            })
            .await?;
        let seconds = begun.elapsed().as_secs_f64();
        let import = service.import(id).await?;
        output::line(&format!(
            "{} rows on {}: looked through in {looked:.1} s, brought in in {seconds:.1} s ({} files, {} rows left out); {} MiB more in memory at most",
            report.checked.rows,
            engine(databases),
            import.made,
            import.left_out,
            most.saturating_sub(before),
        ));
        Ok(service.close().await?)
    }
}
