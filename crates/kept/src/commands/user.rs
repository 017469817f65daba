//! `kept user`: the people who work here.

use std::process::ExitCode;

use access::Role;
use clap::{Args, Subcommand};
use records::staff::Invited;
use records::{Service, Surroundings};

use crate::cli::Which;
use crate::config::Config;
use crate::fail::Fail;
use crate::output;

/// The people who work here.
#[derive(Args)]
pub(crate) struct User {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Add somebody and print the code with which they set their password.
    #[command(
        after_help = "Example: kept user add --role adviser --name \"Ruth Calderbank\" --email ruth@example.org"
    )]
    Add {
        /// What they do: adviser, receptionist, manager, governance or administrator.
        #[arg(long)]
        role: String,
        /// Their name as colleagues and clients read it.
        #[arg(long)]
        name: String,
        /// The address that they sign in with.
        #[arg(long)]
        email: String,
    },
    /// List everybody.
    #[command(after_help = "Example: kept user list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// End somebody's access at once.
    #[command(after_help = "Example: kept user disable ruth@example.org")]
    Disable {
        /// The address that they sign in with.
        email: String,
    },
    /// Print a new code for somebody who cannot sign in. Their old password and phone end at once.
    #[command(after_help = "Example: kept user invite ruth@example.org")]
    Invite {
        /// The address that they sign in with.
        email: String,
    },
}

impl User {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let config = self.which.load()?;
        let done = config.with(async |service| self.act.run(&config, service).await).await;
        done.map(|()| ExitCode::SUCCESS)
    }
}

impl Act {
    async fn run(self, config: &Config, service: &Service) -> Result<(), Fail> {
        match self {
            Act::Add { role, name, email } => {
                let role: Role = role.parse().map_err(|_| {
                    Fail::said(format!(
                        "There is no role \"{role}\". Choose adviser, receptionist, manager, governance or administrator."
                    ))
                })?;
                tell(config, &service.add_staff(&name, &email, role, None).await?, service.surroundings());
            }
            Act::List { json } => list(service, json),
            Act::Disable { email } => {
                let member = service.disable_staff(&email, None).await?;
                output::line(&format!("{} cannot sign in any more.", member.name));
            }
            Act::Invite { email } => {
                tell(config, &service.invite_again(&email, None).await?, service.surroundings());
            }
        }
        Ok(())
    }
}

fn tell(config: &Config, invited: &Invited, surroundings: &Surroundings) {
    let until = surroundings.civil(invited.until);
    output::line(&format!("{} can set a password as {}.", invited.member.name, invited.member.role));
    output::line(&format!("  Address:  {}/welcome", config.origin));
    output::line(&format!("  E-mail:   {}", invited.member.email));
    output::line(&format!("  Code:     {}", *invited.code));
    output::line(&format!(
        "The code works once, until {}. It is not shown again.",
        until.strftime("%H:%M on %-d %B %Y")
    ));
}

fn list(service: &Service, json: bool) {
    let directory = service.directory();
    let everybody = directory.everybody();
    if json {
        let people: Vec<_> = everybody
            .iter()
            .map(|m| {
                serde_json::json!({"name": m.name, "email": m.email, "role": m.role.code(), "status": m.status.code()})
            })
            .collect();
        output::line(&serde_json::Value::from(people).to_string());
        return;
    }
    if everybody.is_empty() {
        output::line("Nobody yet. Add the first administrator with `kept user add --role administrator`.");
    }
    for member in everybody {
        output::line(&format!(
            "{:<14} {:<9} {:<28} {}",
            member.role.code(),
            member.status.code(),
            member.name,
            member.email
        ));
    }
}
