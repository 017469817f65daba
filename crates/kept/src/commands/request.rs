//! `kept request`: what people asked about their data, and the copy that answers it.

use std::io::BufRead as _;
use std::path::PathBuf;
use std::process::ExitCode;

use casework::dates;
use casework::requests::Pressing;
use clap::{Args, Subcommand};
use records::Service;
use records::requests::{Download, Listed, Queue};
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// What people asked about their data.
#[derive(Args)]
pub(crate) struct Request {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List what is open with its clock, and what was answered last: references and dates, nobody's name.
    #[command(after_help = "Example: kept request list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make the copy that answers a request for access, or the file to take elsewhere. Reads the password and the one-time code
    /// of the governance lead from two lines of standard input.
    #[command(
        after_help = "Example: kept request pack R-101 --sign-in harriet@example.org --out R-101.zip < credentials"
    )]
    Pack {
        /// The number of the request.
        number: String,
        /// The address with which the governance lead signs in: the log says who made it.
        #[arg(long, value_name = "EMAIL")]
        sign_in: String,
        /// Where to write it; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Say what was written as JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Request {
    /// Lists, or makes the file.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        match self.command {
            Command::List { json } => {
                let queue = service.requests_by_number().await;
                service.close().await?;
                let queue = queue?;
                if json {
                    output::line(&as_json(&queue).to_string());
                } else {
                    print(&queue);
                }
            }
            Command::Pack { number, sign_in, out, json } => {
                let made = make(&service, &number, &sign_in).await;
                service.close().await?;
                let made = made?;
                let mut file = std::fs::File::create_new(&out).map_err(Fail::file("written", &out))?;
                std::io::Write::write_all(&mut file, &made.bytes).map_err(Fail::file("written", &out))?;
                if json {
                    output::line(&json!({ "file": made.name, "bytes": made.bytes.len() }).to_string());
                } else {
                    output::line(&format!(
                        "{} is written. It holds personal data: hand it over safely, then delete it here.",
                        made.name
                    ));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Signs the lead in, makes the file under their name, and signs them out.
async fn make(service: &Service, number: &str, email: &str) -> Result<Download, Fail> {
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    let (Some(password), Some(code)) = (lines.next(), lines.next()) else {
        return Err(Fail::said(
            "Two lines are read from standard input: the password, then the one-time code.",
        ));
    };
    let half = service.sign_in(email, &password).await?;
    let token = service.enter_code(&half, code.trim()).await?;
    let visit = service.visit(&token).await?;
    let row = service.request_numbered(number).await.map_err(|error| match error {
        records::Error::NoSuchFile => Fail::said(format!(
            "There is no request {number} here, or its file is gone. `kept request list` names those that are open."
        )),
        other => other.into(),
    })?;
    let made = match service.access_pack(&visit, row.id).await {
        Err(records::Error::NoSuchFile) => service.portable_pack(&visit, row.id).await,
        made => made,
    };
    service.sign_out(&token).await?;
    Ok(made?)
}

fn pressing(one: &Listed) -> &'static str {
    match one.stands.as_ref().map(|stands| stands.pressing) {
        Ok(Pressing::Late) => "late",
        Ok(Pressing::Urgent) => "urgent",
        Ok(Pressing::Soon) => "soon",
        Ok(Pressing::No) => "",
        Err(_) => "year without known bank holidays",
    }
}

fn as_json(queue: &Queue) -> serde_json::Value {
    let one = |one: &Listed| {
        let stands = one.stands.as_ref().ok();
        json!({
            "request": one.row.reference(),
            "kind": one.row.kind.code(),
            "received": one.row.received.to_string(),
            "stands": stands.map(|stands| stands.phase.words()),
            "due": stands.and_then(|stands| stands.due).map(|day| day.to_string()),
            "pressing": pressing(one),
            "outcome": one.row.outcome.map(casework::requests::Outcome::code),
            "closed": one.row.closed.map(|day| day.to_string()),
        })
    };
    json!({
        "open": queue.open.iter().map(one).collect::<Vec<_>>(),
        "closed": queue.closed.iter().map(one).collect::<Vec<_>>(),
    })
}

fn print(queue: &Queue) {
    if queue.open.is_empty() {
        output::line("Nothing is open.");
    }
    for one in &queue.open {
        let due = one.stands.as_ref().ok().and_then(|stands| stands.due);
        let due = due.map_or_else(|| "no day".to_owned(), |day| format!("by {}", dates::short(day)));
        let phase = one.stands.as_ref().map_or("", |stands| stands.phase.words());
        output::line(&format!(
            "{:<8}{:<18}{:<22}{:<18}{}",
            one.row.reference(),
            one.row.kind.noun(),
            phase,
            due,
            pressing(one)
        ));
    }
    for one in &queue.closed {
        let outcome = one.row.outcome.map_or("", casework::requests::Outcome::words);
        let closed = one.row.closed.map(dates::short).unwrap_or_default();
        output::line(&format!("{:<8}{:<18}{outcome:<22}{closed}", one.row.reference(), one.row.kind.noun()));
    }
}
