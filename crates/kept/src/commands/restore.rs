//! `kept restore`: a service from its backup and its newest keyring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use records::Surroundings;
use records::backups::{self, Restoring};
use serde_json::json;

use crate::commands::backup::scratch;
use crate::commands::init::lay_out;
use crate::config::{Config, FIRST};
use crate::databases::Databases;
use crate::fail::Fail;
use crate::output;

/// Restores a service into an empty place.
#[derive(Args)]
pub(crate) struct Restore {
    /// The folder of one backup.
    backup: PathBuf,
    /// The configuration of the place to restore into. If there is none, one is made, as `kept init` does.
    #[arg(long, value_name = "CONFIG")]
    into: PathBuf,
    /// The newest copy of the keyring. Leave it out where the keyring itself is still in its place.
    #[arg(long, value_name = "FILE")]
    keyring: Option<PathBuf>,
    /// The escrow copy of the root. Leave it out where the root itself is still in its place.
    #[arg(long, value_name = "FILE", requires = "identity")]
    escrow: Option<PathBuf>,
    /// The file with the age identity of an officer, who opens the escrow copy.
    #[arg(long, value_name = "FILE", requires = "escrow")]
    identity: Option<PathBuf>,
    /// A configuration that is made: keep the stores on a PostgreSQL server, as with `kept init --postgres`.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// It is meant that the log goes on from this backup, though more was signed after it. The log says so for ever.
    #[arg(long)]
    older_than_log: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Restore {
    /// Restores it and says what is to be done next.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        // The backup first: no folder and no databases for one that is not there.
        if !self.into.exists() && !self.backup.is_dir() {
            return Err(Fail::said(format!(
                "There is no backup in {}. Check the path.",
                self.backup.display()
            )));
        }
        let config = place(&self.into, self.postgres.as_deref()).await?;
        if let (Some(escrow), Some(identity)) = (&self.escrow, &self.identity) {
            root_from(&config, escrow, identity)?;
        }
        let scratch = scratch()?;
        let asked = Restoring {
            backup: &self.backup,
            keyring: self.keyring.as_deref(),
            places: &config.places,
            documents: &config.documents,
            older_than_log: self.older_than_log,
            scratch: scratch.path(),
        };
        let restored = backups::restore(&asked, &Surroundings::real()).await?;
        if self.json {
            let value = json!({
                "made": restored.made,
                "files": restored.files,
                "erased_again": restored.erased_again,
                "parts_removed": restored.parts_removed,
                "entries_lost": restored.entries_lost,
                "documents": restored.documents,
            });
            output::line(&value.to_string());
            return Ok(ExitCode::SUCCESS);
        }
        output::line(&format!(
            "Restored as of {}: {} files of clients, {} documents.",
            restored.made, restored.files, restored.documents
        ));
        output::line(&format!(
            "Erased after that, and erased again now: {} files, {} parts of others.",
            restored.erased_again, restored.parts_removed
        ));
        // The keyring knows who was erased; a copy of it knows that only up to its own day.
        output::line(if self.keyring.is_some() {
            "The keyring is a copy: whoever was erased after it was made, in the last days before the key over all keys changed, may be back. Compare with the register of erasures that you printed or exported last."
        } else {
            "Nobody came back."
        });
        if restored.entries_lost > 0 {
            output::line(&format!(
                "{} signed entries of the log came after it and are not in it. The newer checkpoint stands beside the one that holds now.",
                restored.entries_lost
            ));
        }
        let at = self.into.display();
        output::line("Next: check who works here (who left since then is back), then copy the keyring.");
        output::line(&format!("  kept user list --config {at}"));
        output::line(&format!("  kept serve --config {at}"));
        Ok(ExitCode::SUCCESS)
    }
}

/// The place to make a service in again: a configuration that is there, or one that is made.
pub(crate) async fn place(into: &Path, postgres: Option<&str>) -> Result<Config, Fail> {
    if into.exists() {
        return match postgres {
            None => Config::load(into),
            Some(_) => Err(Fail::said(format!(
                "{} says already where the stores are. Leave --postgres out, or name a configuration that is not there yet.",
                into.display()
            ))),
        };
    }
    if into.file_name().is_none_or(|name| name != crate::config::FILE) {
        return Err(Fail::said(format!(
            "There is no {}. To have it made, let it end in {}.",
            into.display(),
            crate::config::FILE
        )));
    }
    let folder = into.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match postgres {
        None => lay_out(folder, FIRST),
        Some(address) => {
            let databases = Databases::named(address)?;
            databases.make().await?;
            lay_out(folder, &databases.written_into(FIRST))
        }
    }
}

fn root_from(config: &Config, escrow: &Path, identity: &Path) -> Result<(), Fail> {
    let sealed = fs::read(escrow).map_err(Fail::file("read", escrow))?;
    let text = fs::read_to_string(identity).map_err(Fail::file("read", identity))?;
    let text = zeroize::Zeroizing::new(text);
    vault::from_escrow(&config.places.root, &sealed, &text)
        .map_err(|error| Fail::Records(records::Error::Vault(error)))
}
