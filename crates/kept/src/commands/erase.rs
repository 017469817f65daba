//! `kept erase`: one client's file.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use records::erasure::Ground;
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
}
