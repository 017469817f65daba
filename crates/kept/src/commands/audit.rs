//! `kept audit`: what the log says, and whether it was touched. It needs no client's key.

use std::process::ExitCode;

use audit::{Action, Book, Fault, Log, Outcome, Recorded, SigningKey};
use clap::{Args, Subcommand};
use records::{Places, Surroundings};
use store::Store;

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

const SIGN_ANEW: Action = Action("sign-anew");

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
    /// Sign the log as it is, where the file of its signed checkpoint is lost for good. The log says for ever that this was done.
    #[command(after_help = "Example: kept audit sign-anew")]
    SignAnew,
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
        let store = Store::open(&places.audit, &audit::MIGRATIONS).await?;
        let key = SigningKey::load(&places.root.join("log-signing.key"))?;
        if matches!(self.act, Act::SignAnew) {
            return sign_anew(places, store, key, &surroundings).await;
        }
        // Whoever checks a log signs nothing: it is only read.
        self.act.run(&Book::new(store, &places.checkpoint, key.public()), &surroundings).await
    }
}

/// Signs the log anew, and writes into it that this was done.
async fn sign_anew(
    places: &Places,
    store: Store,
    key: SigningKey,
    surroundings: &Surroundings,
) -> Result<ExitCode, Fail> {
    let entries = audit::sign_anew(&store, &key, &places.checkpoint).await?;
    let records = Store::open(&places.records, &records::MIGRATIONS).await?;
    let log = Log::open(store, records, key, &places.checkpoint, surroundings.clock()).await?;
    let said = log.event(None, SIGN_ANEW, Outcome::Done).durable().await;
    log.close().await?;
    said?;
    output::line(&format!(
        "The {entries} entries that are there hold together and are signed. Whether others followed before the checkpoint was lost is not known; the log says that it was signed anew."
    ));
    Ok(ExitCode::SUCCESS)
}

impl Act {
    async fn run(self, log: &Book, surroundings: &Surroundings) -> Result<ExitCode, Fail> {
        match self {
            Act::SignAnew => {}
            Act::Verify => {
                return Ok(match log.verify().await? {
                    Ok(sound) => {
                        output::line(&format!(
                            "The log is whole: {} entries, {} under the last signed checkpoint, root {}.",
                            sound.entries, sound.signed, sound.root
                        ));
                        let unsigned = sound.entries.saturating_sub(sound.signed);
                        if unsigned > 0 {
                            output::line(&format!(
                                "The last {unsigned} are not signed yet. After a clean stop all are: if the service was stopped so, look at them with `kept audit show --last {unsigned}`."
                            ));
                        }
                        ExitCode::SUCCESS
                    }
                    Err(bad) => {
                        let begins = match bad.what {
                            Fault::NotSigned { .. } => "The log cannot be held against what was signed",
                            _ => "The log was touched",
                        };
                        output::line(&format!("{begins}: {bad}."));
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
