//! Telling programs: one thing after another, claimed before it is handed over. Whoever is killed after that tells it again, under
//! the same id, so that a receiver can drop the second.

use access::{Act, Permit, Why};
use audit::{Action, Detail, Outcome};
use casework::webhooks::{DeliveryState, EventKind, NotTaken, WebhookState};
use casework::{ClientId, DeliveryId, WebhookId};
use jiff::{SignedDuration, Timestamp};
use messages::backoff;
use messages::webhooks::{Telling, Told};
use notice::Category;
use serde_json::{Map, json};
use store::{Query, Row, sql};

use super::{END_DELIVERIES, SWITCH, ToPrograms, Webhook};
use crate::messages::Step;
use crate::standing::Standing;
use crate::{Error, Service, changes};

sql! { records:
    /// Tellings whose time has come.
    WAITING_TO_TELL = "SELECT d.id, d.webhook, d.kind, d.client, d.about, d.category, d.at, d.expires, d.attempts, d.noted FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook WHERE d.state = 'waiting' AND d.due <= $1 AND w.state = 'on' AND w.rests <= $1 ORDER BY d.due, d.at, d.id LIMIT 16";
    /// Takes one in hand: only one server can.
    CLAIM_DELIVERY = "UPDATE webhook_delivery SET state = 'sending', claim = $2, claimed = $3, attempts = attempts + 1 WHERE id = $1 AND state = 'waiting' AND due <= $3";
    /// Its entry is in the audit log.
    NOTE_DELIVERY = "UPDATE webhook_delivery SET noted = $3 WHERE id = $1 AND claim = $2 AND state = 'sending'";
    /// What became of it.
    DELIVERED = "UPDATE webhook_delivery SET state = $3, due = $4, status = $5, why = $6, done = $7 WHERE id = $1 AND claim = $2 AND state = 'sending'";
    /// Something arrived at a webhook.
    ARRIVES = "UPDATE webhook SET failing = NULL, rests = 0 WHERE id = $1 AND failing IS NOT NULL";
    /// Nothing did.
    FAILS = "UPDATE webhook SET failing = COALESCE(failing, $2), rests = $3 WHERE id = $1 AND state = 'on'";
    /// Those that somebody took in hand and said nothing more of wait again.
    RELEASE_DELIVERIES = "UPDATE webhook_delivery SET state = 'waiting', claim = NULL WHERE state = 'sending' AND claimed < $1";
    /// Those that are tried no more.
    GIVE_UP_DELIVERIES = "UPDATE webhook_delivery SET state = 'failed', done = $1 WHERE state = 'waiting' AND expires <= $1";
    /// Those that nobody needs to look at any more.
    FORGET_DELIVERIES = "DELETE FROM webhook_delivery WHERE done < $1";
}

const TELL: Action = Action("tell-program");
const SWITCHED_OFF: Action = Action("webhook-given-up");
const TOKEN_OVER: Action = Action("webhook-over");
/// What was told stands in the list for so long, in hours.
const LISTED_HOURS: i64 = 24 * 30;

/// A telling that this server has in hand.
struct Claimed {
    id: DeliveryId,
    claim: [u8; 16],
    webhook: WebhookId,
    kind: EventKind,
    client: Option<ClientId>,
    about: [u8; 16],
    category: Category,
    at: Timestamp,
    expires: Timestamp,
    attempts: u32,
    noted: bool,
}

impl Claimed {
    fn read(row: &Row, claim: [u8; 16]) -> Result<Claimed, Error> {
        let damaged = || Error::Damaged("webhook delivery");
        Ok(Claimed {
            id: DeliveryId::from_bytes(row.bytes16(0)?),
            claim,
            webhook: WebhookId::from_bytes(row.bytes16(1)?),
            kind: row.text(2)?.parse().map_err(|_| damaged())?,
            client: row.opt_bytes16(3)?.map(ClientId::from_bytes),
            about: row.bytes16(4)?,
            category: row.text(5)?.parse().map_err(|_| damaged())?,
            at: changes::time(row.int(6)?)?,
            expires: changes::time(row.int(7)?)?,
            attempts: u32::try_from(row.int(8)?).unwrap_or(u32::MAX).saturating_add(1),
            noted: row.opt_int(9)?.is_some(),
        })
    }

    /// What is told: the kind, the time, and ids. Nothing that anybody said or that anybody is.
    fn body(&self) -> Vec<u8> {
        let mut data = Map::new();
        match (self.client, self.kind) {
            (Some(client), _) => data.insert("client".to_owned(), client.to_string().into()),
            (None, EventKind::ClientErased) => {
                data.insert("client".to_owned(), hex::encode(self.about).into())
            }
            (None, _) => None,
        };
        if let Some(name) = self.kind.names() {
            data.insert(name.to_owned(), hex::encode(self.about).into());
        }
        json!({ "type": self.kind.code(), "timestamp": self.at.to_string(), "data": data })
            .to_string()
            .into_bytes()
    }

    /// How long the next try waits: ids are random, so their last bytes spread it.
    fn wait(&self, attempts: u32) -> SignedDuration {
        let [.., a, b, c, d, e, f, g, h] = *self.id.as_bytes();
        let wait = backoff::wait(attempts, u64::from_be_bytes([a, b, c, d, e, f, g, h]));
        SignedDuration::from_secs(i64::try_from(wait.as_secs()).unwrap_or(3600))
    }

    fn became(&self, state: DeliveryState, due: Timestamp, told: Told, now: Timestamp) -> Query {
        let done = !matches!(state, DeliveryState::Waiting | DeliveryState::Sending);
        DELIVERED.with([
            self.id.as_bytes().into(),
            self.claim.into(),
            state.code().into(),
            due.as_microsecond().into(),
            told.status.map(i64::from).into(),
            told.not.map(NotTaken::code).into(),
            done.then(|| now.as_microsecond()).into(),
        ])
    }
}

/// Whether a program may be told.
enum MayKnow {
    /// It may; its entry is in the log.
    Yes,
    /// Its token may not read what this is about, or that is gone.
    No,
}

impl Service {
    /// Tells one program the next thing whose time has come.
    ///
    /// # Errors
    /// A store, the log or the vault failed. Then nothing was told, and the telling waits.
    pub async fn tell_next(&self) -> Result<Step, Error> {
        let Some(to) = self.to_programs() else { return Ok(Step::Nothing) };
        let Some(claimed) = self.claim_delivery().await? else { return Ok(Step::Nothing) };
        let webhook = self.webhook(claimed.webhook).await?;
        if let MayKnow::No = self.may_know(&claimed, &webhook).await? {
            let now = self.now();
            let nothing = Told { status: None, not: None };
            self.records().write(vec![claimed.became(DeliveryState::Dropped, now, nothing, now)]).await?;
            return Ok(Step::Done);
        }
        let now = self.now();
        let (body, secrets) = (claimed.body(), webhook.secrets(now));
        let telling = Telling { id: claimed.id, now, body: &body, secrets: &secrets };
        let told = to.webhooks.tell(&webhook.address, &telling).await;
        self.note_told(to, &claimed, &webhook, told).await?;
        Ok(Step::Done)
    }

    async fn claim_delivery(&self) -> Result<Option<Claimed>, Error> {
        let now = self.now().as_microsecond();
        let rows = self.records().read(vec![WAITING_TO_TELL.with([now.into()])]).await?;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let claimed = Claimed::read(row, self.draw())?;
            let query = CLAIM_DELIVERY.with([claimed.id.as_bytes().into(), claimed.claim.into(), now.into()]);
            match self.records().write(vec![query.expecting(1)]).await {
                Ok(_) => return Ok(Some(claimed)),
                // Another server was quicker.
                Err(store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Whether the token of the webhook may read now what this is about. If so, an entry says that its program was told: one a
    /// telling, however often that is tried. What it may not know is passed over without an entry, as in a list: nobody asked.
    async fn may_know(&self, claimed: &Claimed, webhook: &Webhook) -> Result<MayKnow, Error> {
        let now = self.now();
        let token = self.api_token(webhook.token).await?;
        let Some(token) = token.filter(|token| self.opens(token, now)) else { return Ok(MayKnow::No) };
        // A test is about nobody, and so is the id of a file that is no more.
        let Some(client) = claimed.client else { return Ok(MayKnow::Yes) };
        let rows = self.records().read(vec![Standing::query_of(client, token.id, now)]).await?;
        let standing = match Standing::read(client, rows.first().and_then(|rows| rows.first())) {
            Ok(standing) => standing,
            Err(Error::NoSuchFile | Error::TakenUp(_)) => return Ok(MayKnow::No),
            Err(error) => return Err(error),
        };
        let request = standing.request_of(token.id, token.role, now, Act::Read, claimed.category.into());
        let permit = match self.policy().decide(request) {
            Ok(permit) => permit,
            // Rules that cannot be asked say nothing about the program: it is asked again.
            Err(refusal) if refusal.why == Why::PolicyBroken => return Err(refusal.into()),
            Err(_) => return Ok(MayKnow::No),
        };
        if !claimed.noted {
            self.note_telling(claimed, permit).await?;
        }
        Ok(MayKnow::Yes)
    }

    async fn note_telling(&self, claimed: &Claimed, permit: Permit) -> Result<(), Error> {
        let _receipt = self.log().submit(permit, TELL, Detail::default()).durable().await?;
        let noted = NOTE_DELIVERY.with([
            claimed.id.as_bytes().into(),
            claimed.claim.into(),
            self.now().as_microsecond().into(),
        ]);
        self.records().write(vec![noted]).await?;
        Ok(())
    }

    /// Writes down what became of a try, and gives a webhook up at which nothing has arrived for days.
    async fn note_told(
        &self,
        to: &ToPrograms,
        claimed: &Claimed,
        webhook: &Webhook,
        told: Told,
    ) -> Result<(), Error> {
        let now = self.now();
        let id = || webhook.id.as_bytes().into();
        let Some(why) = told.not else {
            let done = claimed.became(DeliveryState::Delivered, now, told, now);
            self.records().write(vec![done, ARRIVES.with([id()])]).await?;
            return Ok(());
        };
        tracing::warn!(webhook = %webhook.id, why = why.code(), status = told.status, "a program did not take what it was told");
        let due = now + claimed.wait(claimed.attempts);
        let over = due >= claimed.expires;
        let state = if over { DeliveryState::Failed } else { DeliveryState::Waiting };
        // What would meet every other telling now makes them wait, too.
        let meets_all = !matches!(why, NotTaken::Answered) || told.status.is_some_and(|status| status >= 429);
        let rests = if meets_all { now + claimed.wait(1) } else { now };
        let mut batch = vec![
            claimed.became(state, due, told, now),
            FAILS.with([id(), now.as_microsecond().into(), rests.as_microsecond().into()]),
        ];
        let days = SignedDuration::from_hours(24 * to.off_after_days);
        let given_up = why == NotTaken::Gone || webhook.failing.is_some_and(|since| now >= since + days);
        if given_up {
            batch.push(SWITCH.with([
                id(),
                WebhookState::Off.code().into(),
                now.as_microsecond().into(),
                WebhookState::On.code().into(),
            ]));
            batch.extend(changes::of_service(now));
        }
        self.records().write(batch).await?;
        if given_up {
            tracing::error!(webhook = %webhook.id, "a webhook is switched off: nothing arrived there for days");
            self.follow_changes().await?;
            self.log().event(Some(webhook.token.into()), SWITCHED_OFF, Outcome::Done).durable().await?;
        }
        Ok(())
    }

    /// Sees to tellings that nobody has in hand any more, that are over or old, and to webhooks whose token opens nothing.
    ///
    /// # Errors
    /// A store failed; the next call does the same.
    pub async fn see_to_webhooks(&self) -> Result<(), Error> {
        let Some(to) = self.to_programs() else { return Ok(()) };
        let now = self.now();
        // Ten times the patience of a try: whoever had it is gone.
        let lease =
            SignedDuration::try_from(to.webhooks.patience() * 10).unwrap_or(SignedDuration::from_mins(10));
        let old = now - SignedDuration::from_hours(LISTED_HOURS);
        self.records()
            .write(vec![
                RELEASE_DELIVERIES.with([(now - lease).as_microsecond().into()]),
                GIVE_UP_DELIVERIES.with([now.as_microsecond().into()]),
                FORGET_DELIVERIES.with([old.as_microsecond().into()]),
            ])
            .await?;
        if self.listeners().is_empty() {
            return Ok(());
        }
        for webhook in self.webhooks().await? {
            let token = self.api_token(webhook.token).await?;
            if webhook.state != WebhookState::Ended && !token.is_some_and(|token| self.opens(&token, now)) {
                self.end_with_its_token(&webhook, now).await?;
            }
        }
        Ok(())
    }

    async fn end_with_its_token(&self, webhook: &Webhook, now: Timestamp) -> Result<(), Error> {
        let at = || now.as_microsecond().into();
        let ended = WebhookState::Ended.code().into();
        let mut batch = vec![
            SWITCH.with([webhook.id.as_bytes().into(), ended, at(), webhook.state.code().into()]),
            END_DELIVERIES.with([webhook.id.as_bytes().into(), at()]),
        ];
        batch.extend(changes::of_service(now));
        self.records().write(batch).await?;
        self.follow_changes().await?;
        self.log().event(Some(webhook.token.into()), TOKEN_OVER, Outcome::Done).durable().await?;
        Ok(())
    }
}
