//! `kept retention`: what goes when, and the sweep.

use std::process::ExitCode;

use casework::dates;
use casework::retention::{Ahead, layer_words};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use notice::Layer;
use records::retention::TakenBack;
use records::sweep::State;
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Looks at what goes when, and erases what is past its day.
#[derive(Args)]
pub(crate) struct Retention {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Count what is due and what goes in each month of the year ahead. Nothing is opened or erased.
    #[command(after_help = "Example: kept retention preview --as-of 2027-03-31 --json")]
    Preview {
        /// As if it were that day.
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Erase what is past its day, as Kept does by itself every night. Goes on with a sweep that was cut off. Exit status 1 if
    /// not all that is due is erased: it asks two people first, somebody stopped it, or another server still goes on with it.
    #[command(after_help = "Example: kept retention run --json")]
    Run {
        /// What was past its day then; a day to come is refused.
        #[arg(long, value_name = "DATE")]
        as_of: Option<Date>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Retention {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        match self.command {
            Command::Preview { as_of, json } => preview(&self.which, as_of, json).await,
            Command::Run { as_of, json } => sweep(&self.which, as_of, json).await,
        }
    }
}

async fn sweep(which: &Which, as_of: Option<Date>, json: bool) -> Result<ExitCode, Fail> {
    let service = which.load()?.open().await?;
    let swept = service.sweep(as_of.unwrap_or_else(|| service.surroundings().today())).await;
    service.close().await?;
    let swept = swept?;
    if json {
        let said = json!({
            "day": swept.day.to_string(),
            "state": swept.state.code(),
            "asks_because": swept.doubt.map(|doubt| doubt.code()),
            "due": swept.due,
            "erased": swept.erased,
        });
        output::line(&said.to_string());
    } else {
        let words = match swept.state {
            State::Done => format!(
                "{} erased: unreadable in the service now, in every copy after `kept keyring roll`.",
                swept.erased
            ),
            State::Runs => {
                format!("{} of {} erased; another server goes on with it.", swept.erased, swept.due)
            }
            State::Stopped => {
                format!("{} of {} erased; somebody stopped the sweep for that day.", swept.erased, swept.due)
            }
            State::Asks => format!(
                "{} would be erased, and two people have to agree first, on the page /promises/retention. {}",
                swept.due,
                swept.doubt.map_or("", |doubt| doubt.words())
            ),
        };
        output::line(&words);
    }
    Ok(if swept.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn preview(which: &Which, as_of: Option<Date>, json: bool) -> Result<ExitCode, Fail> {
    let service = which.load()?.open().await?;
    let day = as_of.unwrap_or_else(|| service.surroundings().today());
    let layers = service.retention_preview(day).await;
    let taken_back = service.taken_back_ahead(day).await;
    service.close().await?;
    let (layers, taken_back) = (layers?, taken_back?);
    if json {
        output::line(&as_json(day, &layers, &taken_back).to_string());
    } else if layers.is_empty() {
        output::line("There is no file.");
    } else {
        for (layer, ahead) in &layers {
            print(*layer, ahead, day);
        }
        if !taken_back.is_empty() {
            output::line("Consent taken back, and no other ground left:");
        }
        for TakenBack { category, due, later } in &taken_back {
            output::line(&format!("  {:<28}{due:>9} due, {later} later", category.code()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_json(day: Date, layers: &[(Layer, Ahead)], taken_back: &[TakenBack]) -> serde_json::Value {
    let layer = |(layer, ahead): &(Layer, Ahead)| {
        let months = ahead
            .months
            .iter()
            .map(|(first, count)| json!({ "month": first.strftime("%Y-%m").to_string(), "count": count }));
        json!({
            "layer": layer.code(),
            "total": ahead.total(),
            "due": ahead.due,
            "months": months.collect::<Vec<_>>(),
            "later": ahead.later,
        })
    };
    let taken_back = taken_back.iter().map(
        |TakenBack { category, due, later }| json!({ "category": category.code(), "due": due, "later": later }),
    );
    json!({
        "as_of": day.to_string(),
        "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        "taken_back": taken_back.collect::<Vec<_>>(),
    })
}

fn print(layer: Layer, ahead: &Ahead, day: Date) {
    output::line(&format!("{} ({}):", layer_words(layer), ahead.total()));
    output::line(&format!("  {:<28}{:>9}", format!("due on {}", dates::short(day)), ahead.due));
    for (first, count) in &ahead.months {
        let month = format!("{} {}", dates::month_name(first.month()), first.year());
        output::line(&format!("  {month:<28}{count:>9}"));
    }
    output::line(&format!("  {:<28}{:>9}", "later", ahead.later));
}
