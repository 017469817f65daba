//! `kept backup`: copies of a service, and whether they hold.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use records::Surroundings;
use records::backups::{self, Escrow};
use serde_json::json;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// How many rows are opened to see that they open.
const DRAWN: u64 = 200;

/// Backs a service up.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Example: kept backup /mnt/backups --config /srv/kept/kept.toml"
)]
pub(crate) struct Backup {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Option<Act>,
    /// Where a new folder is made for it: records, log and documents, all sealed, without a key.
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// As JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Act {
    /// Copy the keyring to one or two places, over the older copy there, and the root into escrow.
    #[command(
        after_help = "Example: kept backup keyring /mnt/one /mnt/two --escrow /mnt/safe --officer age1... --officer age1..."
    )]
    Keyring {
        /// Where to, apart from the backups of the records and from the root.
        #[arg(required = true, num_args = 1..=2)]
        dir: Vec<PathBuf>,
        /// Where the escrow copy of the root goes, apart from all of these.
        #[arg(long, value_name = "DIR", requires = "officer")]
        escrow: Option<PathBuf>,
        /// Who can open the escrow copy: an age recipient. Each of those named can open it alone.
        #[arg(long, value_name = "AGE1...", requires = "escrow")]
        officer: Vec<String>,
    },
    /// Check a backup: every digest, every row, the log and its signature. Nothing is opened.
    #[command(after_help = "Example: kept backup verify /mnt/backups/2026-11-26T030000Z --open")]
    Verify {
        /// The folder of one backup.
        dir: PathBuf,
        /// Also open 200 rows that are drawn from it, with the keyring and the root of this service. Nobody is shown them.
        #[arg(long)]
        open: bool,
    },
}

impl Backup {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        match (self.act, self.dir) {
            (None, Some(dir)) => make(&self.which, &dir, self.json).await,
            (Some(Act::Keyring { dir, escrow, officer }), _) => {
                let escrow = escrow.map(|folder| Escrow { folder, officers: officer });
                keyring(&self.which, &dir, escrow.as_ref(), self.json).await
            }
            (Some(Act::Verify { dir, open }), _) => verify(&self.which, &dir, open, self.json).await,
            (None, None) => Err(Fail::said("Name the folder for the backup: `kept backup DIR`.")),
        }
    }
}

async fn make(which: &Which, dir: &Path, json: bool) -> Result<ExitCode, Fail> {
    let config = which.load()?;
    config.all_there()?;
    let made = backups::back_up(&config.places, &config.documents, &Surroundings::real(), dir).await?;
    let (folder, manifest) = (made.folder.display(), &made.manifest);
    if json {
        output::line(&json!({ "folder": made.folder, "manifest": manifest }).to_string());
    } else {
        let files = manifest.records.get("client").copied().unwrap_or_default();
        output::line(&format!(
            "Backed up to {folder}: {files} files of clients, {} documents, {} entries of the log, {} bytes.",
            manifest.documents, manifest.entries, manifest.bytes
        ));
        output::line(&format!(
            "A backup that nobody checked counts as none: kept backup verify {folder}. The keyring is apart: kept backup keyring DIR."
        ));
    }
    Ok(ExitCode::SUCCESS)
}

async fn keyring(
    which: &Which,
    to: &[PathBuf],
    escrow: Option<&Escrow>,
    json: bool,
) -> Result<ExitCode, Fail> {
    let config = which.load()?;
    config.all_there()?;
    let scratch = scratch()?;
    let copied =
        backups::copy_keyring(&config.places, &Surroundings::real(), to, escrow, scratch.path()).await?;
    if json {
        let value = json!({
            "made": copied.made,
            "epoch": copied.epoch,
            "keys": copied.keys,
            "files": copied.files,
            "escrow": copied.escrow,
        });
        output::line(&value.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    for file in &copied.files {
        output::line(&format!(
            "The keyring is copied to {}: {} keys, all of them unwrap, epoch {}.",
            file.display(),
            copied.keys,
            copied.epoch
        ));
    }
    if let Some(file) = &copied.escrow {
        output::line(&format!(
            "The root is in escrow in {}, for any one of the officers named.",
            file.display()
        ));
    }
    output::line("These copies are good until the next epoch: copy again after each `kept keyring roll`.");
    Ok(ExitCode::SUCCESS)
}

async fn verify(which: &Which, dir: &Path, open: bool, json: bool) -> Result<ExitCode, Fail> {
    let scratch = scratch()?;
    // Where the service is at hand, the backup has to be its own; elsewhere it is held against itself.
    let config = which.load();
    let signer = match &config {
        Ok(config) => backups::expected_signer(&config.places.root)?,
        Err(_) => None,
    };
    let sound = backups::verify(dir, signer.as_deref(), scratch.path()).await?;
    let sample = if open {
        let service = config?.open().await?;
        let sample = service.open_some_of(&sound, DRAWN).await;
        service.close().await?;
        Some(sample?)
    } else {
        None
    };
    let faulty = sample.map_or(0, |sample| sample.faulty);
    if json {
        let value = json!({
            "sound": faulty == 0,
            "signer_known": signer.is_some(),
            "files": sound.files,
            "rows": sound.rows,
            "opened": sample.map(|s| s.opened),
            "erased": sample.map(|s| s.erased),
            "faulty": sample.map(|s| s.faulty),
            "manifest": sound.manifest,
        });
        output::line(&value.to_string());
    } else {
        output::line(&format!(
            "The backup of {} is whole: {} files as they were written, {} rows, {} entries of the log as signed.",
            sound.manifest.made, sound.files, sound.rows, sound.manifest.entries
        ));
        if signer.is_none() {
            output::line("The key that signed it was not at hand, so that it was held against itself alone.");
        }
        if let Some(sample) = sample {
            output::line(&format!(
                "Of the rows drawn from it {} open, {} are of files that were erased since, {} have a key and do not open.",
                sample.opened, sample.erased, sample.faulty
            ));
        }
    }
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A folder that is gone afterwards. What is written there is sealed as it was.
pub(super) fn scratch() -> Result<tempfile::TempDir, Fail> {
    tempfile::tempdir().map_err(Fail::file("made", &std::env::temp_dir()))
}
