//! Sending: one message after another, claimed before it is handed over, so that no two servers send the same one.
//!
//! A message is `waiting`; a server claims it (`sending`, no carrier yet), opens what it needs under an entry of its own, notes
//! to what it hands it over (`carrier`), does so, and notes the outcome. Whoever is killed before the hand-over has sent
//! nothing: after the lease the message waits again. Whoever is killed after it leaves it in doubt: GOV.UK Notify is asked
//! whether it has it; of a mail server nobody can ask, so it is shown as perhaps sent and never sent again by itself.

use access::{Act, Actor, Circumstances, Request, Subject, Why};
use audit::{Action, Detail};
use casework::messages::{MessageState, NotSent};
use casework::{ClientId, Profile};
use jiff::{SignedDuration, Timestamp};
use messages::notify::Delivery;
use messages::shipped::Occasion;
use messages::{Carrier, Letter, MessageId, Outcome, Post, backoff};
use notice::{Category, Purpose};
use store::{Query, Row, Value, sql};
use uuid::Uuid;
use vault::Personal;

use super::id_bytes;
use super::wording::Matter;
use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::standing::Standing;
use crate::{Error, Service, changes};

sql! { records:
    /// Messages whose time has come.
    WAITING_NOW = "SELECT id, client, appointment, version, closure, ending, notice_version, template, expires, attempts FROM message WHERE state = 'waiting' AND due <= $1 ORDER BY due, id LIMIT 16";
    /// Takes one in hand: only one server can.
    CLAIM = "UPDATE message SET state = 'sending', claim = $2, claimed = $3, channel = NULL, carrier = NULL, attempts = attempts + 1 WHERE id = $1 AND state = 'waiting' AND due <= $3";
    /// Notes to what it is handed over, just before that.
    HAND_OVER = "UPDATE message SET channel = $3, carrier = $4, claimed = $5 WHERE id = $1 AND claim = $2 AND state = 'sending'";
    /// What became of it. Who was slow may still say so of one that is in doubt.
    OUTCOME = "UPDATE message SET state = $3, why = $4, due = $5, done = $6, taken = $7 WHERE id = $1 AND claim = $2 AND state IN ('sending', 'unsure')";
    /// Those that somebody took in hand and said nothing more of.
    STUCK = "SELECT id, claim, carrier, expires FROM message WHERE state = 'sending' AND claimed < $1 ORDER BY claimed LIMIT 50";
    /// It was certainly not handed over, or certainly not taken: it waits again.
    RELEASE = "UPDATE message SET state = 'waiting', claim = NULL, due = $3 WHERE id = $1 AND claim = $2 AND state = 'sending'";
    /// It is asked after later.
    ASK_LATER = "UPDATE message SET claimed = $3 WHERE id = $1 AND claim = $2 AND state = 'sending'";
    /// Those of which Notify may know more by now.
    UNDER_WAY = "SELECT id, taken, done FROM message WHERE state = 'sent' AND taken IS NOT NULL AND due <= $1 ORDER BY due LIMIT 50";
    /// What Notify said of it.
    DELIVERY = "UPDATE message SET state = $2, why = $3, due = $4 WHERE id = $1 AND state = 'sent'";
}

const SEND: Action = Action("send-message");
/// After so many tries it is given up: most of a day, by the waits between them.
pub const MOST_ATTEMPTS: u32 = 24;
/// How often Notify is asked what became of a message, and for how long.
const ASK_EVERY: SignedDuration = SignedDuration::from_mins(5);
const ASK_FOR: SignedDuration = SignedDuration::from_hours(72);
/// Never: for a message that nobody asks after any more. No time that can be written; an export says nothing instead.
pub(crate) const NEVER: i64 = i64::MAX;

/// What one step of sending came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing waits now.
    Nothing,
    /// One message was seen to; there may be more.
    Done,
    /// The server cannot take any now: come back later.
    ServerDown,
}

/// A message that can be handed over, and what has to hold by then: the address in it.
struct Ready {
    letter: Letter,
    offer: Option<Query>,
}

/// A message that this server has in hand.
pub(super) struct Claimed {
    id: MessageId,
    claim: [u8; 16],
    pub(super) client: ClientId,
    pub(super) matter: Matter,
    pub(super) occasion: Occasion,
    expires: Timestamp,
    attempts: u32,
}

impl Claimed {
    fn read(row: &Row, claim: [u8; 16]) -> Result<Claimed, Error> {
        Ok(Claimed {
            id: MessageId(Uuid::from_bytes(row.bytes16(0)?)),
            claim,
            client: ClientId::from_bytes(row.bytes16(1)?),
            matter: Matter::read(row)?,
            occasion: row.text(7)?.parse().map_err(|_| Error::Damaged("message"))?,
            expires: changes::time(row.int(8)?)?,
            attempts: u32::try_from(row.int(9)?).unwrap_or(u32::MAX).saturating_add(1),
        })
    }

    /// Where it rests when it is not sent: whom nobody can write to is rung, but nobody is rung to be reminded, and files that
    /// end, and clients to tell of a changed notice, stand in their adviser's list already.
    fn rests(&self, why: NotSent) -> MessageState {
        let only_written = matches!(self.occasion, Occasion::Reminder | Occasion::Ending | Occasion::Notice);
        match why {
            NotSent::ChangedSince | NotSent::Restricted | NotSent::Objected | NotSent::NotInNotice => {
                MessageState::Dropped
            }
            NotSent::TooLate if only_written => MessageState::Dropped,
            NotSent::TooLate | NotSent::GaveUp | NotSent::Wording | NotSent::Refused => MessageState::Failed,
            _ if only_written => MessageState::Dropped,
            _ => MessageState::Call,
        }
    }

    fn outcome(&self, state: MessageState, why: Option<NotSent>, due: i64, now: Timestamp) -> Query {
        let done = (!state.moves()).then(|| now.as_microsecond());
        self.ended(state, why, due, done.into(), Value::Null)
    }

    fn ended(&self, state: MessageState, why: Option<NotSent>, due: i64, done: Value, taken: Value) -> Query {
        OUTCOME.with([
            id_bytes(self.id).into(),
            self.claim.into(),
            state.code().into(),
            why.map(NotSent::code).into(),
            due.into(),
            done,
            taken,
        ])
    }
}

impl Service {
    /// Sends the next message whose time has come, or sees to it otherwise.
    ///
    /// # Errors
    /// A store, the log or the vault failed. Then nothing was handed over, and the message waits.
    pub async fn send_next(&self) -> Result<Step, Error> {
        let Some(post) = self.post() else { return Ok(Step::Nothing) };
        let Some(claimed) = self.claim().await? else { return Ok(Step::Nothing) };
        let Ready { letter, offer } = match self.prepare(post, &claimed).await? {
            Ok(ready) => ready,
            Err(why) => {
                let resting = claimed.outcome(claimed.rests(why), Some(why), NEVER, self.now());
                self.records().write(vec![resting]).await?;
                return Ok(Step::Done);
            }
        };
        let channel = letter.to.channel();
        let Some(carrier) = post.carrier(channel) else { return Ok(Step::Done) };
        let handing = HAND_OVER
            .with([
                id_bytes(claimed.id).into(),
                claimed.claim.into(),
                channel.code().into(),
                carrier.code().into(),
                self.now().as_microsecond().into(),
            ])
            .expecting(1);
        let handing = offer.into_iter().chain([handing]).collect();
        match self.records().write(handing).await {
            Ok(_) => {}
            // We were so slow that others took it back.
            Err(store::Error::Conflict { .. }) => return Ok(Step::Done),
            Err(error) => return Err(error.into()),
        }
        let outcome = post.send(self.now(), claimed.id, &letter).await;
        drop(letter);
        let (query, step) = self.noted(&claimed, carrier, outcome);
        self.records().write(query.into_iter().collect()).await?;
        Ok(step)
    }

    async fn claim(&self) -> Result<Option<Claimed>, Error> {
        let now = self.now().as_microsecond();
        let rows = self.records().read(vec![WAITING_NOW.with([now.into()])]).await?;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let claimed = Claimed::read(row, self.draw())?;
            let query = CLAIM.with([id_bytes(claimed.id).into(), claimed.claim.into(), now.into()]);
            match self.records().write(vec![query.expecting(1)]).await {
                Ok(_) => return Ok(Some(claimed)),
                // Another server was quicker.
                Err(store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Puts a message together: opens the contact details and the appointment, and nothing else of the file (P7), under an
    /// entry of Kept itself for the purpose `contact`. Nothing leaves before that entry is on disk.
    async fn prepare(&self, post: &Post, claimed: &Claimed) -> Result<Result<Ready, NotSent>, Error> {
        let now = self.now();
        if now >= claimed.expires {
            return Ok(Err(NotSent::TooLate));
        }
        if !post.offers().any() {
            return Ok(Err(NotSent::NotSetUp));
        }
        let client = claimed.client;
        let contact = CONTACT_PAGE.with([client.as_bytes().into()]);
        let batch = vec![Standing::of_kept_itself(client), contact, claimed.matter.finding(client)];
        let rows = self.records().read(batch).await?;
        let [head, contact, about] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let Ok(standing) = Standing::read(client, head.first()) else {
            return Ok(Err(NotSent::ChangedSince));
        };
        let Some(stored) = claimed.still_so(about)? else { return Ok(Err(NotSent::ChangedSince)) };
        let notice = self.given(&standing.notice, &standing.notice_version)?;
        if !notice.notice.gives(Purpose::Contact, Category::Contact) {
            return Ok(Err(NotSent::NotInNotice));
        }
        let request = Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Contact,
            act: Act::Read,
            subject: Subject::Client(client),
            categories: Category::Contact.into(),
            circumstances: Circumstances {
                restricted: standing.restricted,
                withdrawn: standing.took_back(Purpose::Contact),
                ..Circumstances::default()
            },
        };
        let permit = match self.permit(request, SEND).await {
            Ok(permit) => permit,
            Err(Error::Refused(refusal)) if refusal.why == Why::Withdrawn => {
                return Ok(Err(NotSent::Objected));
            }
            Err(Error::Refused(_)) => return Ok(Err(NotSent::Restricted)),
            Err(error) => return Err(error),
        };
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, SEND, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let first = stored.first().filter(|_| claimed.occasion == Occasion::Cancelled);
        let offered = first.map(|first| self.offer_to_choose(&first.booked)).transpose()?.flatten();
        let (link, offer) = offered.unzip();
        let mut opened = Vec::with_capacity(stored.len());
        for one in stored {
            opened.push(self.open_appointment(&entry, &keys, one)?);
        }
        let both = contact.and(Personal::gather(&entry, opened)?)?;
        let letter =
            both.map(|(contact, appointments)| self.written(post, claimed, &contact, &appointments, link));
        let receipt = entry.durable().await?;
        Ok(letter.release(&receipt)?.map(|letter| Ready { letter, offer }))
    }

    /// The statement that notes what became of it, and whether the others should wait.
    fn noted(&self, claimed: &Claimed, carrier: Carrier, outcome: Outcome) -> (Option<Query>, Step) {
        let now = self.now();
        let why = match outcome {
            Outcome::Sent { id } => {
                let taken = Uuid::try_parse(&id).ok().filter(|_| carrier == Carrier::Notify);
                let due = if taken.is_some() { (now + ASK_EVERY).as_microsecond() } else { NEVER };
                let done = now.as_microsecond().into();
                return (Some(claimed.ended(MessageState::Sent, None, due, done, taken.into())), Step::Done);
            }
            Outcome::TryAgain { why } => why,
            Outcome::Refused { why } => {
                tracing::warn!(message = %claimed.id, %why, "a message was refused");
                let query = claimed.outcome(MessageState::Failed, Some(why.not_sent()), NEVER, now);
                return (Some(query), Step::Done);
            }
            Outcome::Unsure { why } => {
                tracing::warn!(message = %claimed.id, %why, "a message was perhaps sent");
                // Notify can be asked, once a slow request is certainly over: it stays in hand until then.
                let unsure = || claimed.outcome(MessageState::Unsure, Some(NotSent::InDoubt), NEVER, now);
                return ((carrier == Carrier::Smtp).then(unsure), Step::Done);
            }
        };
        tracing::warn!(message = %claimed.id, attempts = claimed.attempts, %why, "a message was not sent yet");
        let step = if why.meets_all() { Step::ServerDown } else { Step::Done };
        (Some(self.later(claimed, &why, now)), step)
    }

    fn later(&self, claimed: &Claimed, why: &messages::Why, now: Timestamp) -> Query {
        let wait = backoff::wait(claimed.attempts, claimed.id.spread());
        let next = now + SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_hours(1));
        if claimed.attempts >= MOST_ATTEMPTS {
            return claimed.outcome(MessageState::Failed, Some(NotSent::GaveUp), NEVER, now);
        }
        // Its last try is just before it would tell nothing more; then it is seen to as too late.
        let due = next.min(claimed.expires).as_microsecond();
        claimed.outcome(MessageState::Waiting, Some(why.not_sent()), due, now)
    }

    /// Sees to what was in hand when a server stopped, and asks Notify what became of what it took. Gives how many moved.
    ///
    /// # Errors
    /// The store failed; the next call does it.
    pub async fn see_to_the_stuck(&self) -> Result<usize, Error> {
        let Some(post) = self.post() else { return Ok(0) };
        let now = self.now();
        let lease = SignedDuration::try_from(post.lease()).unwrap_or(SignedDuration::from_hours(1));
        let rows = self.records().read(vec![STUCK.with([(now - lease).as_microsecond().into()])]).await?;
        let mut moved = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let id = MessageId(Uuid::from_bytes(row.bytes16(0)?));
            let claim = row.bytes16(1)?;
            let expired = now.as_microsecond() >= row.int(3)?;
            let release = || RELEASE.with([id_bytes(id).into(), claim.into(), now.as_microsecond().into()]);
            let end = |state: MessageState, why: Option<NotSent>, due: i64, taken: Value| {
                OUTCOME.with([
                    id_bytes(id).into(),
                    claim.into(),
                    state.code().into(),
                    why.map(NotSent::code).into(),
                    due.into(),
                    now.as_microsecond().into(),
                    taken,
                ])
            };
            let unsure = || end(MessageState::Unsure, Some(NotSent::InDoubt), NEVER, Value::Null);
            let query = match row.opt_text(2)?.map(Carrier::of_code) {
                None => release(),
                Some(Some(Carrier::Notify)) => match post.find(now, id).await {
                    Ok(Some(found)) => {
                        end(MessageState::Sent, None, (now + ASK_EVERY).as_microsecond(), found.id.into())
                    }
                    Ok(None) => release(),
                    Err(_) if expired => unsure(),
                    Err(why) => {
                        tracing::warn!(message = %id, %why, "whether a message was sent is not known yet");
                        ASK_LATER.with([id_bytes(id).into(), claim.into(), now.as_microsecond().into()])
                    }
                },
                Some(_) => unsure(),
            };
            moved += 1;
            self.records().write(vec![query]).await?;
        }
        Ok(moved + self.ask_after(post, now).await?)
    }

    /// Asks Notify what became of what it took.
    async fn ask_after(&self, post: &Post, now: Timestamp) -> Result<usize, Error> {
        let rows = self.records().read(vec![UNDER_WAY.with([now.as_microsecond().into()])]).await?;
        let mut asked = 0;
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let (id, taken) = (row.bytes16(0)?, Uuid::from_bytes(row.bytes16(1)?));
            let since = changes::time(row.opt_int(2)?.unwrap_or_default())?;
            let due = if now - since > ASK_FOR { NEVER } else { (now + ASK_EVERY).as_microsecond() };
            let (state, why, due) = match post.delivery(now, taken).await {
                Ok(Delivery::Delivered) => (MessageState::Delivered, None, NEVER),
                Ok(delivery) if delivery.failed() => (MessageState::Failed, Some(NotSent::NotArrived), NEVER),
                Ok(_) => (MessageState::Sent, None, due),
                Err(why) => {
                    tracing::warn!(%why, "GOV.UK Notify cannot be asked what became of a message");
                    (MessageState::Sent, None, due)
                }
            };
            let query =
                DELIVERY.with([id.into(), state.code().into(), why.map(NotSent::code).into(), due.into()]);
            self.records().write(vec![query]).await?;
            asked += 1;
        }
        Ok(asked)
    }
}
