//! `kept take-in`: a new service that is equal to the one that was left with `kept export`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use records::Surroundings;
use records::moving_in::{TakingIn, take_in};
use serde_json::json;

use crate::commands::restore::place;
use crate::fail::Fail;
use crate::output;

/// Makes a service of an export.
#[derive(Args)]
pub(crate) struct TakeIn {
    /// The folder of the export.
    #[arg(value_name = "DIR")]
    export: PathBuf,
    /// The configuration of the empty place to take it into. If there is none, one is made, as `kept init` does.
    #[arg(long, value_name = "CONFIG")]
    into: PathBuf,
    /// The file with the age identity that opens the export.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// A configuration that is made: keep the stores on a PostgreSQL server, as with `kept init --postgres`.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl TakeIn {
    /// Takes it in and says what is to be done next.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        // The export first: no folder and no databases for one that is not there.
        if !self.export.is_dir() {
            let at = self.export.display();
            return Err(Fail::said(format!("There is no export in {at}. Check the path.")));
        }
        let identity = match &self.identity {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(Fail::file("read", path))?;
                Some(zeroize::Zeroizing::new(text))
            }
            None => None,
        };
        let laid_out = LaidOut::before(&self.into);
        let config = place(&self.into, self.postgres.as_deref()).await?;
        // Where the service is made there has to be room for it anyway.
        let beside = self.into.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let scratch = tempfile::Builder::new().prefix(".taking-in-").tempdir_in(beside);
        let scratch = scratch.map_err(Fail::file("made", beside))?;
        let asked = TakingIn {
            export: &self.export,
            identity: identity.as_ref().map(|text| text.as_str()),
            places: &config.places,
            documents: &config.documents,
            scratch: scratch.path(),
        };
        let taken = take_in(&asked, &Surroundings::real()).await;
        drop(scratch);
        let taken = taken.inspect_err(|_| laid_out.take_away())?;
        if self.json {
            let value = json!({ "files": taken.files, "rows": taken.rows, "documents": taken.documents });
            output::line(&value.to_string());
            return Ok(ExitCode::SUCCESS);
        }
        output::line(&format!(
            "Took in {} files of clients, {} rows and {} documents, sealed under new keys.",
            taken.files, taken.rows, taken.documents
        ));
        let at = self.into.display();
        output::line("The log begins anew: keep the log of the old service with its export.");
        output::line("Next: nobody has a password here. Invite who works here, and copy the keyring.");
        output::line(&format!("  kept user invite --config {at} them@example.org"));
        output::line(&format!("  kept serve --config {at}"));
        Ok(ExitCode::SUCCESS)
    }
}

/// What of the new place was made here, so that a refusal leaves nothing that was not there before.
struct LaidOut {
    config: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl LaidOut {
    fn before(into: &Path) -> LaidOut {
        let folder = into.parent().filter(|p| !p.as_os_str().is_empty());
        LaidOut {
            config: (!into.exists()).then(|| into.to_owned()),
            folder: folder.filter(|folder| !folder.exists()).map(Path::to_owned),
        }
    }

    /// Folders go only if they are empty: what is in them is not ours.
    fn take_away(self) {
        let Some(config) = self.config else { return };
        let _ = std::fs::remove_file(&config);
        let _ = std::fs::remove_dir(config.with_file_name("data"));
        if let Some(folder) = self.folder {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
