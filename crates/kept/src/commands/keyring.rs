//! `kept keyring`: the keyring's epochs.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// The keyring.
#[derive(Args)]
pub(crate) struct Keyring {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Begin a new epoch if anything was erased: no older copy of the keyring opens it from then on.
    #[command(after_help = "Example: kept keyring roll --config /srv/kept/kept.toml")]
    Roll,
}

impl Keyring {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        let Act::Roll = self.act;
        let epoch = service.roll_keys().await;
        service.close().await?;
        output::line(&format!(
            "The keyring is in epoch {}. What was erased before cannot be opened from any copy. Back up the keyring and the root now.",
            epoch?
        ));
        Ok(ExitCode::SUCCESS)
    }
}
