//! `kept token`: the programs that use the API.

use std::process::ExitCode;

use access::Role;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use notice::Purpose;
use records::Service;
use records::api_tokens::{ApiToken, NewToken};

use crate::cli::Which;
use crate::config::Config;
use crate::fail::Fail;
use crate::output;

/// The programs that use the API.
#[derive(Args)]
pub(crate) struct Token {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Make a token for a program and print its secret, this once.
    #[command(
        after_help = "Example: kept token add --name \"Job board\" --role adviser --purpose support --for ruth@example.org --days 90"
    )]
    Add {
        /// What the program is called, as clients read it in their list of who looked.
        #[arg(long, default_value = "A program")]
        name: String,
        /// As what it acts: adviser, receptionist, manager or governance.
        #[arg(long)]
        role: String,
        /// What it opens files for: support, contact or rights, as its role does.
        #[arg(long)]
        purpose: String,
        /// For how many days it holds.
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// The address of the adviser on whose caseload it works.
        #[arg(long = "for", value_name = "EMAIL")]
        acts_for: Option<String>,
    },
    /// List all tokens. No secret is shown: nobody has it but the program.
    #[command(after_help = "Example: kept token list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Stop a token at once.
    #[command(after_help = "Example: kept token revoke 3f0c6a52")]
    Revoke {
        /// Its id, or as much of its beginning as no other has.
        id: String,
    },
}

impl Token {
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
            Act::Add { name, role, purpose, days, acts_for } => {
                let role: Role = role.parse().map_err(|_| {
                    Fail::said(format!(
                        "There is no role \"{role}\". Choose adviser, receptionist, manager or governance."
                    ))
                })?;
                let purpose: Purpose = purpose.parse().map_err(|_| {
                    Fail::said(format!(
                        "The notice has no purpose \"{purpose}\". Choose support, contact or rights."
                    ))
                })?;
                let new = NewToken { name: &name, role, purpose, days, acts_for: acts_for.as_deref() };
                let made = service.add_api_token(new).await?;
                let until = service.surroundings().civil(made.token.ends);
                output::line(&format!("{} can use the API as {role}, for {purpose}.", made.token.name));
                output::line(&format!("  Address:  {}/api/v1", config.origin));
                output::line(&format!("  Id:       {}", made.token.id));
                output::line(&format!("  Secret:   {}", *made.secret));
                output::line(&format!(
                    "It holds until {}. The secret is not shown again.",
                    until.strftime("%H:%M on %-d %B %Y")
                ));
            }
            Act::List { json } => list(service, json).await?,
            Act::Revoke { id } => {
                let token = service.revoke_api_token(&id).await?;
                output::line(&format!("{} ({}) opens nothing any more.", token.name, token.id));
            }
        }
        Ok(())
    }
}

async fn list(service: &Service, json: bool) -> Result<(), Fail> {
    let (tokens, now) = (service.api_tokens().await?, service.surroundings().now());
    let directory = service.directory();
    if json {
        let tokens: Vec<_> = tokens
            .iter()
            .map(|token| {
                serde_json::json!({
                    "id": token.id.to_string(),
                    "name": token.name,
                    "role": token.role.code(),
                    "purpose": token.purpose.code(),
                    "for": token.acts_for.map(|id| directory.name(id).to_owned()),
                    "ends": token.ends.to_string(),
                    "used": token.used.map(|at| at.to_string()),
                    "state": state(token, now),
                })
            })
            .collect();
        output::line(&serde_json::Value::from(tokens).to_string());
        return Ok(());
    }
    if tokens.is_empty() {
        output::line("No program has a token. Make one with `kept token add`.");
    }
    for token in &tokens {
        let ends = service.surroundings().civil(token.ends).strftime("%Y-%m-%d").to_string();
        output::line(&format!(
            "{}  {:<8} {:<13} {:<8} until {ends}  {}",
            token.id,
            state(token, now),
            token.role.code(),
            token.purpose.code(),
            token.name
        ));
    }
    Ok(())
}

fn state(token: &ApiToken, now: Timestamp) -> &'static str {
    match (token.holds(now), token.revoked) {
        (true, _) => "holds",
        (false, Some(_)) => "revoked",
        (false, None) => "ended",
    }
}
