//! `kept return`: returns to those who pay for a programme.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use casework::returns::Definition;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use records::Service;
use records::figures::Format;
use records::returns::Asked;

use crate::cli::Which;
use crate::fail::Fail;
use crate::{output, written};

/// Returns to those who pay for a programme.
#[derive(Args)]
pub(crate) struct Return {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Check a definition: every fault with its line and column; exit status 1 if there is one.
    #[command(after_help = "Example: kept return lint our-return.toml")]
    Lint {
        /// The definition.
        file: PathBuf,
    },
    /// Load a definition of your own: every fault with its line and column. A version stays as it is; another text needs another.
    #[command(after_help = "Example: kept return add our-return.toml")]
    Add {
        /// The definition.
        file: PathBuf,
    },
    /// List the definitions that returns are made by.
    #[command(after_help = "Example: kept return definitions")]
    Definitions,
    /// List the returns that were made.
    #[command(after_help = "Example: kept return list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what a return would say now: how many and how much, never who. Nothing is signed.
    #[command(
        after_help = "Example: kept return preview routes-to-work --from 2026-04-01 --recipient bay-counties"
    )]
    Preview {
        /// The programme, by its code.
        programme: String,
        /// The first day of the period.
        #[arg(long)]
        from: Date,
        /// Who would get it, by its id in the programme's notice.
        #[arg(long)]
        recipient: String,
        /// The version of the definition; the one in force then, if none is named.
        #[arg(long, value_name = "VERSION")]
        definition: Option<String>,
    },
    /// Save a return that two people signed, as CSV, XLSX or ODS by the ending of the file.
    #[command(after_help = "Example: kept return save 3f0c6a52 return.ods")]
    Save {
        /// Its id, or as much of its beginning as no other has.
        id: String,
        /// Where it goes.
        file: PathBuf,
    },
}

impl Return {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        if let Act::Lint { file } = &self.act {
            return lint(file);
        }
        // A faulty text is told before the service is opened.
        if let Act::Add { file } = &self.act
            && lint(file)? != ExitCode::SUCCESS
        {
            return Ok(ExitCode::FAILURE);
        }
        let done = self.which.load()?.with(async |service| self.act.run(service).await).await;
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn lint(file: &Path) -> Result<ExitCode, Fail> {
    let text = written::text(file)?;
    match Definition::parse(&text) {
        Ok(definition) => {
            output::line(&format!(
                "{} version {}: {} lines, fine.",
                definition.id,
                definition.version,
                definition.lines.len()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(faults) => {
            for fault in &faults.0 {
                output::line(&format!("{}: {fault}", file.display()));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

impl Act {
    async fn run(self, service: &Service) -> Result<(), Fail> {
        match self {
            Act::Lint { .. } => Ok(()),
            Act::Add { file } => {
                let text = written::text(&file)?;
                let added = service.add_return_definition(&text).await?;
                output::line(&format!(
                    "Returns by the rules {} are made by it for periods from {} on.",
                    added.rules, added.in_force_from
                ));
                Ok(())
            }
            Act::Definitions => {
                for one in service.return_definitions().iter() {
                    let held = if one.confirmed { "" } else { "  not confirmed" };
                    output::line(&format!(
                        "{:<18} {:<16} from {}  rules {}{held}",
                        one.id, one.version, one.in_force_from, one.rules
                    ));
                }
                Ok(())
            }
            Act::List { json } => list(service, json).await,
            Act::Preview { programme, from, recipient, definition } => {
                let programmes = service.programmes();
                let found = programmes.iter().find(|one| one.programme.code == programme);
                let found = found.ok_or_else(|| {
                    Fail::said("There is no such programme: kept programme list shows them.")
                })?;
                let asked = Asked {
                    programme: found.id,
                    from,
                    recipient: &recipient,
                    version: definition.as_deref(),
                };
                let content = service.return_figures(asked).await?;
                output::line(&format!("{}, for {}", content.title, content.recipient));
                let csv = Format::Csv.write(&content.sheets(), &content.notes())?;
                output::line(String::from_utf8_lossy(&csv).trim_end());
                Ok(())
            }
            Act::Save { id, file } => {
                let format = file.extension().and_then(|ending| Format::read(ending.to_str()?));
                let format =
                    format.ok_or_else(|| Fail::said("Name a file that ends in .csv, .xlsx or .ods."))?;
                let all = service.all_returns().await?;
                let mut found = all.iter().filter(|one| !id.is_empty() && one.code().starts_with(&id));
                let (Some(one), None) = (found.next(), found.next()) else {
                    return Err(Fail::said(
                        "No return, or more than one, has this id: kept return list shows them in full.",
                    ));
                };
                let bytes = service.save_return(None, one.id, format).await?;
                std::fs::write(&file, bytes).map_err(Fail::file("written", &file))?;
                output::line(&format!("{} is in {}.", one.content.title, file.display()));
                Ok(())
            }
        }
    }
}

async fn list(service: &Service, json: bool) -> Result<(), Fail> {
    let all = service.all_returns().await?;
    if json {
        let all: Vec<_> = all
            .iter()
            .map(|one| {
                serde_json::json!({
                    "id": one.code(),
                    "title": one.content.title,
                    "definition": one.content.definition,
                    "from": one.period.from.to_string(),
                    "to": one.period.to.to_string(),
                    "recipient": one.recipient,
                    "stage": one.stage.code(),
                    "prepared": one.asked.0.to_string(),
                })
            })
            .collect();
        output::line(&serde_json::Value::from(all).to_string());
        return Ok(());
    }
    if all.is_empty() {
        output::line("No return yet. A manager prepares one on the page of its programme.");
    }
    for one in &all {
        output::line(&format!("{}  {:<9} {}", one.code(), one.stage.code(), one.content.title));
    }
    Ok(())
}
