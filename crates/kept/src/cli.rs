//! What can be typed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::config::Config;
use crate::fail::Fail;

/// Casework software that keeps its privacy notice.
#[derive(Parser)]
#[command(name = "kept", version, propagate_version = true, after_help = "Example: kept demo")]
pub(crate) struct Kept {
    #[command(subcommand)]
    command: Command,
}

/// The service that a command is about.
#[derive(Args, Clone)]
pub(crate) struct Which {
    /// The configuration of the service.
    #[arg(long, global = true, value_name = "FILE", default_value = crate::config::FILE, env = "KEPT_CONFIG")]
    config: PathBuf,
}

impl Which {
    /// Its configuration.
    pub(crate) fn load(&self) -> Result<Config, Fail> {
        Config::load(&self.config)
    }
}

#[derive(Subcommand)]
enum Command {
    /// Start a complete service with made-up clients in a temporary folder.
    #[command(after_help = "Example: kept demo --clients 300 --port 0")]
    Demo(commands::demo::Demo),
    /// Make a new service in a folder.
    #[command(after_help = "Example: kept init /srv/kept --notice our-notice.toml")]
    Init(commands::init::Init),
    /// Run a service until Ctrl-C or SIGTERM.
    #[command(after_help = "Example: kept serve --config /srv/kept/kept.toml")]
    Serve(Which),
    /// Add, list, stop or invite the people who work here.
    User(commands::user::User),
    /// Make, list and stop the tokens of programs that use the API.
    Token(commands::token::Token),
    /// Tell programs when something changes.
    Webhook(commands::webhook::Webhook),
    /// Check privacy notices and publish them.
    Notice(commands::notice::Command),
    /// Add and list programmes.
    Programme(commands::programme::Programme),
    /// Check and read the audit log.
    Audit(commands::audit::Audit),
    /// Back a service up: records, log and documents; the keyring apart.
    Backup(commands::backup::Backup),
    /// Restore a service from a backup and its newest keyring, into an empty place.
    #[command(
        after_help = "Example: kept restore /mnt/backups/2026-11-26T030000Z --into /srv/kept/kept.toml --keyring /mnt/one/kept-keyring"
    )]
    Restore(commands::restore::Restore),
    /// Check that a service is sound.
    #[command(after_help = "Example: kept doctor --config /srv/kept/kept.toml")]
    Doctor(commands::doctor::Doctor),
    /// Find people who stand twice in a file.
    #[command(after_help = "Example: kept duplicates people.csv --out pairs.csv")]
    Duplicates(commands::duplicates::Duplicates),
    /// Bring people in from another system's list.
    Client(commands::client::Client),
    /// Make figures that give nobody away.
    #[command(
        after_help = "Example: kept figures people.csv --by ward --by disability --sensitive disability=no --out release.json"
    )]
    Figures(commands::figures::Figures),
    /// Write everything in open formats, to leave or to keep.
    #[command(
        after_help = "Example: kept export leaving --by gwen@example.org --reason \"We move to another system\" --to age1..."
    )]
    Export(commands::export::Export),
    /// Make a service of an export: equal to the one that was left, sealed under new keys.
    #[command(after_help = "Example: kept take-in leaving --into /srv/kept/kept.toml --identity key.txt")]
    TakeIn(commands::take_in::TakeIn),
    /// Erase one client's file.
    #[command(after_help = "Example: kept erase NB-20417 --ground request")]
    Erase(commands::erase::Erase),
    /// See how the promises of the notice stand.
    #[command(after_help = "Example: kept promises --json --config /srv/kept/kept.toml")]
    Promises(commands::promises::Promises),
    /// See what people asked about their data, and make the copy that answers it.
    Request(commands::request::Request),
    /// See what goes when.
    Retention(commands::retention::Retention),
    /// Check, list, look at and save returns to those who pay for a programme.
    Return(commands::returns::Return),
    /// Look after the keyring.
    Keyring(commands::keyring::Keyring),
    /// Check the access policy.
    Policy(commands::policy::Policy),
    /// Measure what the promises cost.
    Bench(crate::bench::Bench),
}

impl Kept {
    /// Does what was typed.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        match self.command {
            Command::Demo(demo) => demo.run().await,
            Command::Init(init) => init.run().await,
            Command::Serve(which) => commands::serve::run(&which).await,
            Command::User(user) => user.run().await,
            Command::Token(token) => token.run().await,
            Command::Webhook(webhook) => webhook.run().await,
            Command::Notice(notice) => notice.run().await,
            Command::Programme(programme) => programme.run().await,
            Command::Audit(audit) => audit.run().await,
            Command::Backup(backup) => backup.run().await,
            Command::Restore(restore) => restore.run().await,
            Command::Doctor(doctor) => doctor.run().await,
            Command::Duplicates(duplicates) => duplicates.run(),
            Command::Client(client) => client.run().await,
            Command::Figures(figures) => figures.run(),
            Command::Export(export) => export.run().await,
            Command::TakeIn(take_in) => take_in.run().await,
            Command::Erase(erase) => erase.run().await,
            Command::Promises(promises) => promises.run().await,
            Command::Request(request) => request.run().await,
            Command::Retention(retention) => retention.run().await,
            Command::Return(returns) => returns.run().await,
            Command::Keyring(keyring) => keyring.run().await,
            Command::Policy(policy) => policy.run(),
            Command::Bench(bench) => bench.run().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &clap::Command, path: &str) {
            let name = format!("{path} {}", command.get_name());
            if command.get_subcommands().next().is_none() {
                let example = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(command.is_hide_set() || example.starts_with("Example: kept "), "{name}");
            }
            command.get_subcommands().for_each(|below| look(below, &name));
        }
        Kept::command().debug_assert();
        look(&Kept::command(), "");
    }
}
