//! `kept policy`: who may do what.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::fail::Fail;
use crate::output;

/// The access policy.
#[derive(Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Check the policy that comes with this program, against its schema.
    #[command(after_help = "Example: kept policy check")]
    Check,
}

impl Policy {
    /// Does it.
    pub(crate) fn run(self) -> Result<ExitCode, Fail> {
        let Act::Check = self.act;
        let policy = access::Policy::shipped()?;
        let digest: String = policy.digest().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        output::line(&format!("The access policy is sound, digest {digest}."));
        Ok(ExitCode::SUCCESS)
    }
}
