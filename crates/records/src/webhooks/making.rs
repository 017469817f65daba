//! Making a webhook, and giving it another secret: both show a secret once.

use audit::Action;
use casework::webhooks::{EventKind, WebhookState};
use casework::{Fault, WebhookId};
use jiff::SignedDuration;
use messages::webhooks::{HookAddress, Secret};
use store::{Query, Value, sql};
use zeroize::Zeroizing;

use super::{Sealed, TABLE, can_be_told};
use crate::api_tokens::ApiToken;
use crate::secrets::random;
use crate::sessions::Visit;
use crate::{Error, Service, changes};

sql! { records:
    /// Adds one.
    ADD_WEBHOOK = "INSERT INTO webhook (id, token, version, kinds, state, made, made_by, rests, sealed) VALUES ($1, $2, 1, $3, 'on', $4, $5, 0, $6)";
    /// It has another secret.
    RESEAL = "UPDATE webhook SET version = $2, sealed = $3 WHERE id = $1 AND version = $2 - 1 AND state <> 'ended'";
}

/// How long the secret before the newest signs, too, in hours: so long a receiver has to take up the new one.
pub const BOTH_HOURS: i64 = 24;
/// So many webhooks a token may have.
const MOST_OF_TOKEN: usize = 5;
const ADD: Action = Action("add-webhook");
const NEW_SECRET: Action = Action("new-webhook-secret");

/// What a new webhook is to be.
#[derive(Debug, Clone)]
pub struct NewWebhook<'n> {
    /// The random number of the form, so that sending it twice makes one.
    pub form: [u8; 16],
    /// The id of the token that it belongs to, or as much of its beginning as no other has.
    pub token: &'n str,
    /// Where its program is told.
    pub address: &'n str,
    /// Of what.
    pub kinds: &'n [EventKind],
}

/// A webhook that was just made.
pub struct MadeWebhook {
    /// Which.
    pub id: WebhookId,
    /// The secret that its program checks signatures with, shown once; none if the same form had made it before.
    pub secret: Option<Zeroizing<String>>,
}

impl Service {
    /// Makes a webhook, at the console or by an administrator.
    ///
    /// # Errors
    /// `Error::Faults` at `token`, `address` or `kinds` says what does not fit; `Error::NotYours` for any other role; or a store
    /// failed.
    pub async fn add_webhook(&self, by: Option<&Visit>, new: &NewWebhook<'_>) -> Result<MadeWebhook, Error> {
        self.looks_after(by, ADD).await?;
        if let Some(visit) = by
            && let Some(made) = self.made_by_form(visit, new.form).await?
        {
            return Ok(MadeWebhook { id: WebhookId::from_bytes(made), secret: None });
        }
        let (token, address) = self.checked_webhook(new).await?;
        let (id, now) = (WebhookId::from_bytes(self.draw()), self.now());
        let secret = Secret::new(random()?);
        let sealed = Sealed { address: address.to_string(), secret: secret.clone(), earlier: None };
        let sealed = self.vault().seal_service(TABLE, *id.as_bytes(), 1, &sealed)?;
        let codes: Vec<&str> = new.kinds.iter().map(|kind| kind.code()).collect();
        let mut batch: Vec<Query> =
            by.map(|visit| self.form_done(visit, new.form, *id.as_bytes())).into_iter().collect();
        batch.push(ADD_WEBHOOK.with([
            id.as_bytes().into(),
            token.id.as_bytes().into(),
            codes.join(" ").into(),
            now.as_microsecond().into(),
            by.map_or(Value::Null, |visit| visit.staff.as_bytes().into()),
            sealed.into(),
        ]));
        batch.extend(changes::of_service(now));
        match (self.records().write(batch).await, by) {
            (Ok(_), _) => {}
            // The same form, sent twice at once: the other one made it.
            (Err(store::Error::AlreadyThere { .. }), Some(visit)) => {
                let made = self.made_by_form(visit, new.form).await?.ok_or(Error::ChangedMeanwhile)?;
                return Ok(MadeWebhook { id: WebhookId::from_bytes(made), secret: None });
            }
            (Err(error), _) => return Err(error.into()),
        }
        self.follow_changes().await?;
        self.did(by, token.id, ADD).await?;
        Ok(MadeWebhook { id, secret: Some(secret.text()) })
    }

    async fn checked_webhook(&self, new: &NewWebhook<'_>) -> Result<(ApiToken, HookAddress), Error> {
        let mut faults = Vec::new();
        let now = self.now();
        let begins = |token: &ApiToken| !new.token.is_empty() && token.id.to_string().starts_with(new.token);
        let mut found = self.api_tokens().await?.into_iter().filter(begins);
        let token = match (found.next(), found.next()) {
            (Some(token), None) => Some(token),
            _ => None,
        };
        match &token {
            Some(token) if !self.opens(token, now) => {
                faults.push(Fault::new("token", "This token has ended. Choose one that holds"));
            }
            Some(token) if !can_be_told(token) => faults.push(Fault::new(
                "token",
                "Choose a token of an adviser or of reception: a manager or the governance lead states a reason for each file, which nobody can do for what has not happened yet",
            )),
            Some(token) => {
                let mine = self.webhooks().await?;
                let count =
                    mine.iter().filter(|w| w.token == token.id && w.state != WebhookState::Ended).count();
                if count >= MOST_OF_TOKEN {
                    let what = format!("This token has {MOST_OF_TOKEN} webhooks already. End one of them first");
                    faults.push(Fault::new("token", what));
                }
            }
            None => faults.push(Fault::new("token", "Choose the token of the program that is to be told")),
        }
        let address = match (new.address.parse::<HookAddress>(), self.to_programs()) {
            (Err(fault), _) => {
                faults.push(Fault::new("address", fault.to_string()));
                None
            }
            (Ok(address), Some(to)) if to.webhooks.allowed().names(&address) => Some(address),
            (Ok(address), _) => {
                let what = format!(
                    "kept.toml does not name the host {}. Whoever looks after the server adds it under [webhooks], or corrects this address",
                    address.host()
                );
                faults.push(Fault::new("address", what));
                None
            }
        };
        if new.kinds.is_empty() || new.kinds.contains(&EventKind::Test) {
            faults.push(Fault::new("kinds", "Choose what the program is told of"));
        }
        match (token, address) {
            (Some(token), Some(address)) if faults.is_empty() => Ok((token, address)),
            _ => Err(Error::Faults(faults)),
        }
    }

    /// Gives a webhook of this version a new secret, shown once. The one before signs beside it for a day.
    ///
    /// # Errors
    /// As for making one; `Error::ChangedMeanwhile` if it has another version: the form was sent twice, or somebody else did the
    /// same. Otherwise the secret that the program knows would be lost.
    pub async fn new_webhook_secret(
        &self,
        by: Option<&Visit>,
        id: WebhookId,
        version: i64,
    ) -> Result<Zeroizing<String>, Error> {
        self.looks_after(by, NEW_SECRET).await?;
        let webhook = self.webhook(id).await?;
        if webhook.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let now = self.now();
        let secret = Secret::new(random()?);
        let until = now + SignedDuration::from_hours(BOTH_HOURS);
        let sealed = Sealed {
            address: webhook.address.to_string(),
            secret: secret.clone(),
            earlier: Some((webhook.secret.clone(), until.as_microsecond())),
        };
        let version = version + 1;
        let sealed = self.vault().seal_service(TABLE, *id.as_bytes(), version, &sealed)?;
        let reseal = RESEAL.with([id.as_bytes().into(), version.into(), sealed.into()]).expecting(1);
        self.change_webhook(vec![reseal]).await?;
        self.did(by, webhook.token, NEW_SECRET).await?;
        Ok(secret.text())
    }
}
