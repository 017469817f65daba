//! `kept audit`: what the log says, and whether it was touched. It needs no client's key.

use std::process::ExitCode;

use audit::{Log, Recorded, SigningKey};
use clap::{Args, Subcommand};
use records::Surroundings;
use store::Store;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// The audit log.
#[derive(Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Check every entry, every hash and the last signed checkpoint.
    #[command(after_help = "Example: kept audit verify --config /srv/kept/kept.toml")]
    Verify,
    /// Print a proof that an entry is in the log (C2SP tlog-proof), which can be checked without Kept.
    #[command(after_help = "Example: kept audit prove 17 > entry-17.tlog-proof")]
    Prove {
        /// Its place in the log, from 0.
        seq: u64,
    },
    /// Print entries, the newest last. They name people by id only.
    #[command(after_help = "Example: kept audit show --last 50")]
    Show {
        /// How many.
        #[arg(long, default_value_t = 20)]
        last: u32,
        /// One entry a line, exactly as it is hashed.
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let config = self.which.load()?;
        let surroundings = Surroundings::real();
        config.all_there()?;
        let places = &config.places;
        let records = Store::open(&places.records, &records::MIGRATIONS).await?;
        let store = Store::open(&places.audit, &audit::MIGRATIONS).await?;
        let key = SigningKey::load(&places.root.join("log-signing.key"))?;
        let log = Log::open(store, records, key, &places.checkpoint, surroundings.clock()).await?;
        let done = self.act.run(&log, &surroundings).await;
        log.close().await?;
        done
    }
}

impl Act {
    async fn run(self, log: &Log, surroundings: &Surroundings) -> Result<ExitCode, Fail> {
        match self {
            Act::Verify => {
                return Ok(match log.verify().await? {
                    Ok(sound) => {
                        output::line(&format!(
                            "The log is whole: {} entries, {} under the last signed checkpoint, root {}.",
                            sound.entries, sound.signed, sound.root
                        ));
                        ExitCode::SUCCESS
                    }
                    Err(bad) => {
                        output::line(&format!("The log was touched: {bad}."));
                        ExitCode::from(1)
                    }
                });
            }
            Act::Prove { seq } => output::line(log.prove(seq).await?.trim_end_matches('\n')),
            Act::Show { last, json } => {
                let from = log.size().await?.saturating_sub(u64::from(last));
                for entry in log.from(from, last).await? {
                    let text = if json {
                        String::from_utf8_lossy(&entry.leaf).into_owned()
                    } else {
                        plain(&entry, surroundings)
                    };
                    output::line(&text);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn plain(entry: &Recorded, surroundings: &Surroundings) -> String {
    let at = surroundings.civil(entry.at).strftime("%Y-%m-%d %H:%M:%S").to_string();
    let role = entry.role.map_or("-", |role| role.code());
    let actor =
        entry.actor.map(|id| id.as_bytes().iter().take(4).map(|b| format!("{b:02x}")).collect::<String>());
    format!(
        "{:>7}  {at}  {:<8} {role:<13} {:<18} {:<32} {}",
        entry.seq,
        actor.as_deref().unwrap_or("-"),
        entry.action,
        entry.subject,
        entry.outcome
    )
}
