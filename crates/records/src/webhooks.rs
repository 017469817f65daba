//! Webhooks: where the programs of others are told that something changed, so that they need not ask again and again.
//!
//! A webhook belongs to a token of the API ([`crate::api_tokens`]): its program is told what that token may read at that moment,
//! and nothing any more once the token ends. What is told is ids; the rest is read through the API, through the same one door.
//! It is queued in the transaction of the change (`events`) and told by a running server (`telling`). See
//! docs/decisions/0036-webhooks.md.

mod events;
mod making;
mod telling;

use access::Role;
use audit::{Action, Outcome};
use casework::webhooks::{DeliveryState, EventKind, NotTaken, WebhookState};
use casework::{DeliveryId, StaffId, WebhookId};
use jiff::Timestamp;
use messages::webhooks::{HookAddress, Secret, Webhooks};
use serde::{Deserialize, Serialize};
use store::{Query, Row, sql};

use crate::api_tokens::ApiToken;
use crate::sessions::Visit;
use crate::{Error, Service, changes};

pub(crate) use events::{DROP_DELIVERIES, Event, Listener};
pub use making::{BOTH_HOURS, MadeWebhook, NewWebhook};

sql! { records:
    /// All there were.
    WEBHOOKS = "SELECT id, token, version, kinds, state, made, made_by, failing, changed, sealed FROM webhook ORDER BY made, id";
    /// One of them.
    WEBHOOK = "SELECT id, token, version, kinds, state, made, made_by, failing, changed, sealed FROM webhook WHERE id = $1";
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

const TRY: Action = Action("try-webhook");
const AGAIN: Action = Action("tell-again");

impl Service {
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
