//! `kept export`: everything in open formats, so that nobody is ever locked in.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use records::export::Folder;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Writes everything that a service keeps into a folder.
#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    which: Which,
    /// A new folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Why everything is exported. Each client can read it.
    #[arg(long)]
    reason: String,
    /// The address of the governance lead who exports.
    #[arg(long, value_name = "EMAIL")]
    by: String,
    /// To whom it is encrypted: a recipient of age.
    #[arg(long, value_name = "AGE1...", required_unless_present = "plain", conflicts_with = "plain")]
    to: Option<String>,
    /// Write it in the clear.
    #[arg(long)]
    plain: bool,
}

impl Export {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let service = self.which.load()?.open().await?;
        let done = match Folder::new(&self.folder, self.to.as_deref()) {
            Ok(mut folder) => service.export(&self.by, &self.reason, &mut folder, |_, _| {}).await,
            Err(error) => Err(error),
        };
        service.close().await?;
        let written = done?;
        output::line(&format!(
            "Exported {} files, {} lines and {} documents. README.md in the folder says what is what.",
            written.files, written.lines, written.documents
        ));
        if self.plain {
            output::line(
                "It is in the clear: whoever has the folder reads every file. Encrypt it or keep it safe.",
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
