//! Webhooks: where the programs of others are told that something changed, so that they need not ask again and again.
//!
//! A webhook belongs to a token of the API ([`crate::api_tokens`]): its program is told what that token may read at that moment,
//! and nothing any more once the token ends. What is told is ids; the rest is read through the API, through the same one door.
//! It is queued in the transaction of the change (`events`) and told by a running server (`telling`). See
//! docs/decisions/0036-webhooks.md.

mod events;
mod telling;

use access::Role;
use audit::{Action, Outcome};
use casework::webhooks::{DeliveryState, EventKind, NotTaken, WebhookState};
use casework::{DeliveryId, Fault, StaffId, WebhookId};
use jiff::{SignedDuration, Timestamp};
use messages::webhooks::{HookAddress, Secret, Webhooks};
use serde::{Deserialize, Serialize};
use store::{Query, Row, Value, sql};
use zeroize::Zeroizing;

use crate::api_tokens::ApiToken;
use crate::secrets::random;
use crate::sessions::Visit;
use crate::{Error, Service, changes};

pub(crate) use events::{DROP_DELIVERIES, Event, Listener};

sql! { records:
    /// Adds one.
    ADD_WEBHOOK = "INSERT INTO webhook (id, token, version, kinds, state, made, made_by, rests, sealed) VALUES ($1, $2, 1, $3, 'on', $4, $5, 0, $6)";
    /// All there were.
    WEBHOOKS = "SELECT id, token, version, kinds, state, made, made_by, failing, changed, sealed FROM webhook ORDER BY made, id";
    /// One of them.
    WEBHOOK = "SELECT id, token, version, kinds, state, made, made_by, failing, changed, sealed FROM webhook WHERE id = $1";
    /// It has another secret.
    RESEAL = "UPDATE webhook SET version = $2, sealed = $3 WHERE id = $1 AND version = $2 - 1 AND state <> 'ended'";
    /// Switches it, from what it was.
    pub(super) SWITCH = "UPDATE webhook SET state = $2, changed = $3, failing = NULL, rests = 0 WHERE id = $1 AND state = $4";
    /// What waits for it is told to nobody.
    pub(super) END_DELIVERIES = "UPDATE webhook_delivery SET state = 'dropped', done = $2 WHERE webhook = $1 AND state = 'waiting'";
    /// Those of a token that is stopped.
    pub(crate) END_WEBHOOKS_OF_TOKEN = "UPDATE webhook SET state = 'ended', changed = $2 WHERE token = $1 AND state <> 'ended'";
    pub(crate) END_DELIVERIES_OF_TOKEN = "UPDATE webhook_delivery SET state = 'dropped', done = $2 WHERE webhook IN (SELECT id FROM webhook WHERE token = $1) AND state = 'waiting'";
    /// What was told lately, the newest first.
    DELIVERIES = "SELECT id, kind, at, state, attempts, status, why, due, done FROM webhook_delivery WHERE webhook = $1 ORDER BY at DESC, id LIMIT 50";
    /// It is told again, because somebody says so.
    TELL_AGAIN = "UPDATE webhook_delivery SET state = 'waiting', due = $3, expires = $4, attempts = 0, claim = NULL, done = NULL, why = NULL, status = NULL WHERE id = $1 AND webhook = $2 AND state IN ('waiting', 'delivered', 'failed', 'dropped')";
    /// And its webhook is not left alone.
    WAKE = "UPDATE webhook SET rests = 0 WHERE id = $1 AND state = 'on'";
}

const TABLE: &str = "webhook";
/// So many webhooks a token may have.
const MOST_OF_TOKEN: usize = 5;
/// How long the secret before the newest signs, too, in hours: so long a receiver has to take up the new one.
pub const BOTH_HOURS: i64 = 24;

/// How programs are told.
pub struct ToPrograms {
    /// By what.
    pub webhooks: Webhooks,
    /// After so many days in which nothing arrived, a webhook is switched off.
    pub off_after_days: i64,
}

/// A webhook as it stands.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// The token of the API that it belongs to.
    pub token: StaffId,
    /// Where its program is told.
    pub address: HookAddress,
    /// Of what.
    pub kinds: Vec<EventKind>,
    /// How it stands.
    pub state: WebhookState,
    /// When it was made.
    pub made: Timestamp,
    /// By whom; none if it was at the console.
    pub made_by: Option<StaffId>,
    /// Since when nothing has arrived.
    pub failing: Option<Timestamp>,
    /// When it was switched on or off, or ended.
    pub changed: Option<Timestamp>,
    /// Its version: one more with each secret.
    pub version: i64,
    secret: Secret,
    earlier: Option<(Secret, Timestamp)>,
}

impl Webhook {
    /// The secrets that sign at `now`, the newest first.
    fn secrets(&self, now: Timestamp) -> Vec<Secret> {
        let earlier = self.earlier.iter().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(earlier).cloned().collect()
    }

    /// Until when the secret before the newest signs, too.
    #[must_use]
    pub fn both_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.earlier.as_ref().map(|(_, until)| *until).filter(|until| now < *until)
    }
}

/// One telling, for the list of the last ones.
#[derive(Debug, Clone)]
pub struct DeliveryLine {
    /// Which.
    pub id: DeliveryId,
    /// Of what.
    pub kind: EventKind,
    /// When that happened.
    pub at: Timestamp,
    /// How far it came.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u64,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// Why it was not taken.
    pub why: Option<NotTaken>,
    /// When it is tried next, while it waits.
    pub due: Timestamp,
    /// When it was taken or given up.
    pub done: Option<Timestamp>,
}

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

/// What is sealed of a webhook.
#[derive(Serialize, Deserialize)]
struct Sealed {
    address: String,
    secret: Secret,
    /// The one before, and until when it signs, too.
    earlier: Option<(Secret, i64)>,
}

/// What somebody does about a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Its program is told again.
    On,
    /// It is not told for now; what happens meanwhile is not kept for it.
    Off,
    /// It is over.
    End,
}

impl Switch {
    const fn becomes(self) -> (WebhookState, Action) {
        match self {
            Switch::On => (WebhookState::On, Action("webhook-on")),
            Switch::Off => (WebhookState::Off, Action("webhook-off")),
            Switch::End => (WebhookState::Ended, Action("end-webhook")),
        }
    }
}

/// Whether a role looks after webhooks.
#[must_use]
pub fn looks_after_webhooks(role: Role) -> bool {
    role == Role::Administrator
}

/// The roles whose tokens can have webhooks: they read without stating a reason each time, which nobody could do for an event
/// that has not happened yet.
#[must_use]
pub fn can_be_told(token: &ApiToken) -> bool {
    matches!(token.role, Role::Adviser | Role::Receptionist)
}

const ADD: Action = Action("add-webhook");
const TRY: Action = Action("try-webhook");
const AGAIN: Action = Action("tell-again");
const NEW_SECRET: Action = Action("new-webhook-secret");

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

    /// Every webhook there was, the oldest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        let rows = self.records().read(vec![WEBHOOKS.with([])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter().map(|row| self.read_webhook(row)).collect()
    }

    /// One webhook.
    ///
    /// # Errors
    /// There is none, or the store failed.
    pub async fn webhook(&self, id: WebhookId) -> Result<Webhook, Error> {
        let rows = self.records().read(vec![WEBHOOK.with([id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first());
        row.map_or(Err(Error::NoSuchFile), |row| self.read_webhook(row))
    }

    /// The last fifty things that its program was told, or is to be.
    ///
    /// # Errors
    /// The store failed.
    pub async fn deliveries(&self, id: WebhookId) -> Result<Vec<DeliveryLine>, Error> {
        let rows = self.records().read(vec![DELIVERIES.with([id.as_bytes().into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter().map(DeliveryLine::read).collect()
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

    /// Switches a webhook on or off, or ends it. One that is as asked already stays so.
    ///
    /// # Errors
    /// As for making one; one that ended is never switched on again.
    pub async fn switch_webhook(&self, by: Option<&Visit>, id: WebhookId, to: Switch) -> Result<(), Error> {
        let (state, action) = to.becomes();
        self.looks_after(by, action).await?;
        let webhook = self.webhook(id).await?;
        if webhook.state == state {
            return Ok(());
        }
        if webhook.state == WebhookState::Ended {
            return Err(Error::NoSuchFile);
        }
        let now = self.now();
        let at = || now.as_microsecond().into();
        let switch =
            SWITCH.with([id.as_bytes().into(), state.code().into(), at(), webhook.state.code().into()]);
        let mut batch = vec![switch.expecting(1)];
        if to == Switch::End {
            batch.push(END_DELIVERIES.with([id.as_bytes().into(), at()]));
        }
        batch.extend(changes::of_service(now));
        self.change_webhook(batch).await?;
        self.follow_changes().await?;
        self.did(by, webhook.token, action).await
    }

    /// Has a program told of nothing, to see whether it hears.
    ///
    /// # Errors
    /// As for making one; `Error::ChangedMeanwhile` if it is not on.
    pub async fn try_webhook(&self, by: Option<&Visit>, id: WebhookId) -> Result<(), Error> {
        self.looks_after(by, TRY).await?;
        let webhook = self.webhook(id).await?;
        let wake = WAKE.with([id.as_bytes().into()]).expecting(1);
        self.change_webhook(vec![wake, self.test_telling(id, self.now())]).await?;
        self.did(by, webhook.token, TRY).await
    }

    /// Has a program told something again, under the same id.
    ///
    /// # Errors
    /// As for making one; `Error::ChangedMeanwhile` if the webhook is not on, or there is no such telling that rests.
    pub async fn tell_again(
        &self,
        by: Option<&Visit>,
        id: WebhookId,
        delivery: DeliveryId,
    ) -> Result<(), Error> {
        self.looks_after(by, AGAIN).await?;
        let webhook = self.webhook(id).await?;
        let now = self.now();
        let again = TELL_AGAIN.with([
            delivery.as_bytes().into(),
            id.as_bytes().into(),
            now.as_microsecond().into(),
            events::expires(now).into(),
        ]);
        let wake = WAKE.with([id.as_bytes().into()]).expecting(1);
        self.change_webhook(vec![wake, again.expecting(1)]).await?;
        self.did(by, webhook.token, AGAIN).await
    }

    async fn change_webhook(&self, batch: Vec<Query>) -> Result<(), Error> {
        match self.records().write(batch).await {
            Ok(_) => Ok(()),
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Webhooks are the administrators' matter; whoever has the console is one.
    async fn looks_after(&self, by: Option<&Visit>, action: Action) -> Result<(), Error> {
        match by {
            Some(visit) if !looks_after_webhooks(visit.role) => {
                let refused = Outcome::Refused("not-allowed");
                self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
                Err(Error::NotYours("Administrators look after webhooks."))
            }
            _ => Ok(()),
        }
    }

    /// The entry of an act; at the console it stands under the program's token, as for tokens themselves.
    async fn did(&self, by: Option<&Visit>, token: StaffId, action: Action) -> Result<(), Error> {
        let actor = by.map_or(token, |visit| visit.staff);
        self.log().event(Some(actor.into()), action, Outcome::Done).durable().await?;
        Ok(())
    }

    fn read_webhook(&self, row: &Row) -> Result<Webhook, Error> {
        let damaged = || Error::Damaged("webhook");
        let id = WebhookId::from_bytes(row.bytes16(0)?);
        let version = row.int(2)?;
        let sealed: Sealed = self.vault().open_service(TABLE, *id.as_bytes(), version, row.blob(9)?)?;
        let earlier = match sealed.earlier {
            None => None,
            Some((secret, until)) => Some((secret, changes::time(until)?)),
        };
        Ok(Webhook {
            id,
            token: StaffId::from_bytes(row.bytes16(1)?),
            address: sealed.address.parse().map_err(|_| damaged())?,
            kinds: events::kinds(row.text(3)?)?,
            state: row.text(4)?.parse().map_err(|_| damaged())?,
            made: changes::time(row.int(5)?)?,
            made_by: row.opt_bytes16(6)?.map(StaffId::from_bytes),
            failing: row.opt_int(7)?.map(changes::time).transpose()?,
            changed: row.opt_int(8)?.map(changes::time).transpose()?,
            version,
            secret: sealed.secret,
            earlier,
        })
    }
}

impl DeliveryLine {
    fn read(row: &Row) -> Result<DeliveryLine, Error> {
        let damaged = || Error::Damaged("webhook delivery");
        Ok(DeliveryLine {
            id: DeliveryId::from_bytes(row.bytes16(0)?),
            kind: row.text(1)?.parse().map_err(|_| damaged())?,
            at: changes::time(row.int(2)?)?,
            state: row.text(3)?.parse().map_err(|_| damaged())?,
            attempts: row.int(4)?.unsigned_abs(),
            status: row.opt_int(5)?.map(u16::try_from).transpose().map_err(|_| damaged())?,
            why: row.opt_text(6)?.map(str::parse).transpose().map_err(|_| damaged())?,
            due: changes::time(row.int(7)?)?,
            done: row.opt_int(8)?.map(changes::time).transpose()?,
        })
    }
}
