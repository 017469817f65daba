//! `kept doctor`: whether a service is sound.

use std::process::ExitCode;

use clap::Args;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Checks a service.
#[derive(Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    which: Which,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Prints every finding.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        let findings = service.examine().await;
        service.close().await?;
        if self.json {
            let text = serde_json::to_string(&findings);
            output::line(&text.map_err(|error| Fail::said(error.to_string()))?);
        } else {
            for finding in &findings {
                let word = if finding.sound { "ok " } else { "BAD" };
                output::line(&format!("{word} {}: {}", finding.name, finding.detail));
            }
        }
        Ok(if findings.iter().all(|f| f.sound) { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
