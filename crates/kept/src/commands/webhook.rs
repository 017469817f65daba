//! `kept webhook`: programs that are told when something changes.

use std::process::ExitCode;

use casework::WebhookId;
use casework::webhooks::EventKind;
use clap::{Args, Subcommand};
use records::Service;
use records::webhooks::{BOTH_HOURS, NewWebhook, Switch};

use crate::cli::Which;
use crate::fail::Fail;
use crate::output;

/// Programs that are told when something changes.
#[derive(Args)]
pub(crate) struct Webhook {
    #[command(flatten)]
    which: Which,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Have a program told, and print the secret it checks signatures with, this once.
    #[command(
        after_help = "Example: kept webhook add --token 3f0c6a52 --to https://hooks.example.org/kept --on client.registered --on appointment.booked"
    )]
    Add {
        /// The id of its token, or as much of its beginning as no other has.
        #[arg(long)]
        token: String,
        /// Where it is told, on a host that kept.toml names under [webhooks].
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// What it is told of, once for each; everything if left out.
        #[arg(long = "on", value_name = "KIND", value_parser = kind)]
        kinds: Vec<EventKind>,
    },
    /// List all webhooks. No secret is shown.
    #[command(after_help = "Example: kept webhook list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send a test, which a running service does within a second.
    #[command(after_help = "Example: kept webhook test 3f0c6a52")]
    Test {
        /// Its id, or as much of its beginning as no other has.
        id: String,
    },
    /// Make a new secret and print it, this once. The one before holds beside it for a day.
    #[command(after_help = "Example: kept webhook new-secret 3f0c6a52")]
    NewSecret {
        /// Its id, or as much of its beginning as no other has.
        id: String,
    },
    /// Switch one on again, after it was switched off.
    #[command(after_help = "Example: kept webhook on 3f0c6a52")]
    On {
        /// Its id, or as much of its beginning as no other has.
        id: String,
    },
    /// End one for good.
    #[command(after_help = "Example: kept webhook end 3f0c6a52")]
    End {
        /// Its id, or as much of its beginning as no other has.
        id: String,
    },
}

fn kind(code: &str) -> Result<EventKind, String> {
    EventKind::chosen().find(|kind| kind.code() == code).ok_or_else(|| {
        let all: Vec<&str> = EventKind::chosen().map(EventKind::code).collect();
        format!("choose one of {}", all.join(", "))
    })
}

impl Webhook {
    /// Does it.
    pub(crate) async fn run(self) -> Result<ExitCode, Fail> {
        let done = self.which.load()?.with(async |service| self.act.run(service).await).await;
        done.map(|()| ExitCode::SUCCESS)
    }
}

impl Act {
    async fn run(self, service: &Service) -> Result<(), Fail> {
        match self {
            Act::Add { token, to, kinds } => {
                let kinds = if kinds.is_empty() { EventKind::chosen().collect() } else { kinds };
                let new = NewWebhook { form: [0; 16], token: &token, address: &to, kinds: &kinds };
                let made = service.add_webhook(None, &new).await?;
                output::line(&format!("The program is told at {to} from now on."));
                output::line(&format!("  Id:      {}", made.id));
                if let Some(secret) = made.secret {
                    output::line(&format!("  Secret:  {}", *secret));
                }
                output::line("The secret is not shown again.");
            }
            Act::List { json } => list(service, json).await?,
            Act::Test { id } => {
                service.try_webhook(None, find(service, &id).await?).await?;
                output::line("A test waits to be sent.");
            }
            Act::NewSecret { id } => {
                let id = find(service, &id).await?;
                let version = service.webhook(id).await?.version;
                let secret = service.new_webhook_secret(None, id, version).await?;
                output::line(&format!("  Secret:  {}", *secret));
                output::line(&format!(
                    "It is not shown again. For {BOTH_HOURS} hours both this one and the one before hold."
                ));
            }
            Act::On { id } => {
                service.switch_webhook(None, find(service, &id).await?, Switch::On).await?;
                output::line("The program is told again.");
            }
            Act::End { id } => {
                service.switch_webhook(None, find(service, &id).await?, Switch::End).await?;
                output::line("The program is not told any more.");
            }
        }
        Ok(())
    }
}

async fn find(service: &Service, id: &str) -> Result<WebhookId, Fail> {
    let all = service.webhooks().await?;
    let mut found = all.iter().filter(|one| !id.is_empty() && one.id.to_string().starts_with(id));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.id),
        _ => Err(Fail::said("No webhook, or more than one, has this id: `kept webhook list` shows them.")),
    }
}

async fn list(service: &Service, json: bool) -> Result<(), Fail> {
    let (webhooks, tokens) = (service.webhooks().await?, service.api_tokens().await?);
    let name = |id| tokens.iter().find(|token| token.id == id).map_or("", |token| token.name.as_str());
    if json {
        let all: Vec<_> = webhooks
            .iter()
            .map(|one| {
                serde_json::json!({
                    "id": one.id.to_string(),
                    "program": name(one.token),
                    "token": one.token.to_string(),
                    "address": one.address.as_str(),
                    "kinds": one.kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>(),
                    "state": one.state.code(),
                    "failing": one.failing.map(|at| at.to_string()),
                })
            })
            .collect();
        output::line(&serde_json::Value::from(all).to_string());
        return Ok(());
    }
    if webhooks.is_empty() {
        output::line("No program is told by itself. Have one told with `kept webhook add`.");
    }
    for one in &webhooks {
        let failing = if one.failing.is_some() { "  nothing arrives" } else { "" };
        output::line(&format!(
            "{}  {:<6} {}  {}{failing}",
            one.id,
            one.state.code(),
            name(one.token),
            one.address.host()
        ));
    }
    Ok(())
}
