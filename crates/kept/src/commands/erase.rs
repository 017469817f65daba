//! `kept erase`: one client's file.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use casework::dates;
use clap::{Args, ValueEnum};
use records::erasure::{Effects, Ground};
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Erases a file.
#[derive(Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    which: Which,
    /// The client's number.
    number: String,
    /// Why it is erased.
    #[arg(long)]
    ground: Why,
    /// Only say what would go; nothing is erased.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before it is erased. Only a person at a terminal is asked.
    #[arg(long)]
    yes: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Why {
    /// The client asked.
    Request,
    /// The time that the notice gives has passed.
    Retention,
    /// Consent was withdrawn and no other basis is left.
    Withdrawal,
}

impl Erase {
    /// Erases it and says from when that holds where.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        let ground = match self.ground {
            Why::Request => Ground::Request,
            Why::Retention => Ground::Retention,
            Why::Withdrawal => Ground::Withdrawal,
        };
        if self.dry_run {
            let effects = service.erasure_effects_at_the_console(&self.number, ground).await;
            service.close().await?;
            self.say(&effects?);
            return Ok(ExitCode::SUCCESS);
        }
        if !self.yes && !self.json && std::io::stdin().is_terminal() {
            match service.erasure_effects_at_the_console(&self.number, ground).await {
                Ok(effects) => self.say(&effects),
                Err(error) => {
                    service.close().await?;
                    return Err(error.into());
                }
            }
            if !sure(&self.number)? {
                service.close().await?;
                output::line("Nothing was erased.");
                return Ok(ExitCode::FAILURE);
            }
        }
        let erased = service.erase_on_ground(&self.number, ground).await;
        service.close().await?;
        let erased = erased?;
        if self.json {
            let said = json!({
                "in_service": erased.in_service.to_string(),
                "final": erased.final_from.map(|at| at.to_string()),
                "paper_left": erased.paper_left,
            });
            output::line(&said.to_string());
            return Ok(ExitCode::SUCCESS);
        }
        let at = service.surroundings().civil(erased.in_service);
        output::line(&format!(
            "Erased. Nothing of it can be read in the service from {}.",
            at.strftime("%H:%M on %-d %B %Y")
        ));
        output::line(
            "Copies and backups: final when the keyring begins its next epoch, tonight at 03:00 or now with `kept keyring roll`.",
        );
        if erased.paper_left > 0 {
            output::line(&format!(
                "Paper: {} to be destroyed, listed under Paper. The erasure is complete once somebody says that it is done.",
                erased.paper_left
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// What would go. It names nobody but by the number that was typed.
    fn say(&self, effects: &Effects) {
        if self.json {
            let said = json!({
                "would_erase": {
                    "entries": effects.entries,
                    "documents": effects.documents,
                    "appointments_to_come": effects.appointments,
                },
                "paper_to_destroy": effects.paper,
                "entries_of_others_to_redact": effects.mentions,
                "recipients_to_tell": effects.recipients,
                "holds": effects.holds.len(),
            });
            output::line(&said.to_string());
            return;
        }
        let count = dates::count;
        output::line(&format!(
            "{}: {} of the file, {}, {} to come. Nobody can bring them back.",
            self.number,
            count(effects.entries, "entry").replace("entrys", "entries"),
            count(effects.documents, "document"),
            count(effects.appointments, "appointment"),
        ));
        if effects.paper > 0 {
            output::line(&format!("Paper to be destroyed by hand: {}.", effects.paper));
        }
        if effects.mentions > 0 {
            output::line(&format!("Entries of other files that speak of this client: {}.", effects.mentions));
        }
        if !effects.recipients.is_empty() {
            output::line(&format!("To be told: {}.", effects.recipients.join(", ")));
        }
        if !effects.holds.is_empty() {
            output::line(
                "The file is on hold: it cannot be erased until the governance lead lifts the hold.",
            );
        }
    }
}

/// Whether whoever sits at the terminal types the number once more.
fn sure(number: &str) -> Result<bool, Fail> {
    output::line("Type the number once more to erase this file, or anything else to leave it:");
    let mut typed = String::new();
    std::io::stdin()
        .read_line(&mut typed)
        .map_err(|error| Fail::said(format!("Nothing was read: {error}")))?;
    Ok(typed.trim().eq_ignore_ascii_case(number.trim()))
}
