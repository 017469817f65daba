//! `kept programme`: the programmes of a service.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use casework::formats::money;
use clap::{Args, Subcommand};
use records::Service;

use crate::cli::Which;
use crate::commands::notice::{read_sound, refuse_errors};
use crate::fail::Fail;
use crate::{output, written};

/// Programmes.
#[derive(Args)]
pub(crate) struct Programme {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add a programme with its notice, or say anew what one offers; its dates, places and money then stay as they are.
    #[command(
        after_help = "Example: kept programme add programmes/routes-to-work.toml --notice notices/programmes/routes-to-work.toml"
    )]
    Add {
        /// What it offers and who may join.
        file: PathBuf,
        /// Its privacy notice, which extends the service's. A programme of the service's own notice needs none.
        #[arg(long, value_name = "FILE")]
        notice: Option<PathBuf>,
        /// Publish its notice although `kept notice lint` finds errors.
        #[arg(long)]
        despite_errors: bool,
    },
    /// List them with their places and money.
    #[command(after_help = "Example: kept programme list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Programme {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        // Files are read before the service is opened: a wrong path changes nothing.
        let texts = match &self.act {
            Act::Add { file, notice, despite_errors } => {
                let notice = notice.as_deref().map(|path| sound(path, *despite_errors));
                Some((read(file)?, notice.transpose()?))
            }
            Act::List { .. } => None,
        };
        let done = self.which.load()?.with(async |service| self.act.run(service, texts).await).await;
        done.map(|()| ExitCode::SUCCESS)
    }
}

fn read(path: &Path) -> Result<String, Fail> {
    written::text(path)
}

/// A notice that may be published.
fn sound(path: &Path, despite_errors: bool) -> Result<String, Fail> {
    let text = read_sound(path)?;
    refuse_errors(path, &text, despite_errors)?;
    Ok(text)
}

impl Act {
    async fn run(self, service: &Service, texts: Option<(String, Option<String>)>) -> Result<(), Fail> {
        match self {
            Act::Add { .. } => {
                let Some((text, notice)) = texts else { return Ok(()) };
                let id = service.add_programme(&text, notice.as_deref()).await?;
                let offered = service.programme(id)?;
                output::line(&format!("{} is here: {}.", offered.programme.title, offered.programme.code));
                Ok(())
            }
            Act::List { json } => list(service, json).await,
        }
    }
}

async fn list(service: &Service, json: bool) -> Result<(), Fail> {
    let numbers = service.programme_numbers().await?;
    let programmes = service.programmes();
    let of = |id| numbers.get(id).copied().unwrap_or_default();
    if json {
        let all: Vec<_> = programmes
            .iter()
            .map(|one| {
                let (terms, numbers) = (&one.programme.terms, of(&one.id));
                serde_json::json!({
                    "code": one.programme.code,
                    "title": one.programme.title,
                    "notice": one.programme.notice,
                    "rules": one.programme.rules,
                    "starts": terms.starts.to_string(),
                    "ends": terms.ends.map(|day| day.to_string()),
                    "places": terms.places,
                    "on_it": numbers.on_it,
                    "budget_pence": numbers.budget.budget,
                    "spent_pence": numbers.budget.spent,
                    "promised_pence": numbers.budget.committed,
                    "removed": one.removed.is_some(),
                })
            })
            .collect();
        output::line(&serde_json::Value::from(all).to_string());
        return Ok(());
    }
    if programmes.is_empty() {
        output::line("No programme yet. Add one with `kept programme add FILE --notice FILE`.");
    }
    for one in programmes.iter() {
        let numbers = of(&one.id);
        let places = one.programme.terms.places.map_or_else(String::new, |places| format!(" of {places}"));
        let left =
            numbers.budget.left().map_or_else(String::new, |left| format!(", {} left", money::pounds(left)));
        let removed = if one.removed.is_some() { ", removed" } else { "" };
        output::line(&format!(
            "{:<18} {:<24} {}{places} on it{left}{removed}",
            one.programme.code, one.programme.title, numbers.on_it
        ));
    }
    Ok(())
}
