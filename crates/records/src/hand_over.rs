//! Handing clients over to another adviser, many at once. The work is written down first and then done client by client,
//! each a change of its own with its entry in the log: what is interrupted goes on where it stopped.

use std::sync::PoisonError;

use access::{Act, Actor, Circumstances, Request, Role, Subject};
use audit::{Action, Detail};
use casework::webhooks::EventKind;
use casework::{ClientId, Fault, HandOverId, StaffId};
use jiff::Timestamp;
use notice::{Category, Purpose};
use store::{Query, Row, sql};
use vault::Personal;

use crate::search::Shown;
use crate::sessions::Visit;
use crate::staff::Status;
use crate::standing::purpose_of;
use crate::webhooks::Event;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Writes down a hand-over.
    BEGIN = "INSERT INTO hand_over (id, giver, taker, author, reason, begun) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Who is to be handed over.
    ADD_CLIENT = "INSERT INTO hand_over_client (hand_over, client, state) VALUES ($1, $2, 'waiting')";
    /// One hand-over.
    ONE = "SELECT giver, taker, author, reason, begun FROM hand_over WHERE id = $1";
    /// How far it is.
    CLIENTS = "SELECT client, state FROM hand_over_client WHERE hand_over = $1 ORDER BY client";
    /// What is still to be done, over all of them.
    WAITING = "SELECT h.id, h.giver, h.taker, h.author, h.reason, x.client FROM hand_over_client x JOIN hand_over h ON h.id = x.hand_over WHERE x.state = 'waiting' ORDER BY h.begun, x.client LIMIT 100";
    /// What became of one.
    BECAME = "UPDATE hand_over_client SET state = $3 WHERE hand_over = $1 AND client = $2 AND state = 'waiting'";
    /// Moves a client.
    MOVE = "UPDATE client SET adviser = $2, version = version + 1 WHERE id = $1 AND adviser = $3";
    /// What stands against it.
    AGAINST = "SELECT c.adviser, c.restricted, (SELECT COUNT(*) FROM conflict k WHERE k.client = c.id AND k.staff = $2), (SELECT COUNT(*) FROM conflict k WHERE k.client = c.id AND k.staff = $3) FROM client c WHERE c.id = $1";
    /// The clients of an adviser.
    OF_ADVISER = "SELECT id FROM client WHERE adviser = $1 AND restricted = $2 LIMIT 2000";
    /// What goes with an erased file.
    pub(crate) DROP_HANDED_OVER = "DELETE FROM hand_over_client WHERE client = $1";
}

/// The most clients of one hand-over.
pub const MOST: usize = 2000;

const CHOOSE: Action = Action("choose-hand-over");
const BEGIN_ACTION: Action = Action("begin-hand-over");
const VIEW: Action = Action("view-hand-over");
const HAND_OVER: Action = Action("hand-over");

/// Why clients are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Their adviser leaves.
    Leaves,
    /// Their adviser is away for long.
    Away,
    /// The work is spread more evenly.
    Spread,
    /// Their adviser knows them privately.
    Conflict,
    /// They asked for another adviser.
    Asked,
}

impl Reason {
    /// All of them, in the order of the form.
    pub const ALL: [Reason; 5] =
        [Reason::Leaves, Reason::Away, Reason::Spread, Reason::Conflict, Reason::Asked];

    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Reason::Leaves => "leaves",
            Reason::Away => "away",
            Reason::Spread => "spread",
            Reason::Conflict => "conflict",
            Reason::Asked => "asked",
        }
    }

    /// As the form offers it, and as the client reads it in the list of who looked.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Reason::Leaves => "The adviser leaves",
            Reason::Away => "The adviser is away for long",
            Reason::Spread => "To spread the work more evenly",
            Reason::Conflict => "The adviser has a conflict of interest",
            Reason::Asked => "The client asked for another adviser",
        }
    }

    /// The reason of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What became of one client of a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// Their turn has not come.
    Waiting,
    /// Handed over.
    Done,
    /// The adviser who was to take them has declared a conflict of interest.
    Conflict,
    /// The rules refused: the file is restricted, or the manager has declared a conflict.
    Refused,
    /// The file was no longer in that caseload.
    Moved,
}

impl Became {
    const ALL: [Became; 5] =
        [Became::Waiting, Became::Done, Became::Conflict, Became::Refused, Became::Moved];

    const fn code(self) -> &'static str {
        match self {
            Became::Waiting => "waiting",
            Became::Done => "done",
            Became::Conflict => "conflict",
            Became::Refused => "refused",
            Became::Moved => "moved",
        }
    }

    /// Why it was not done, for the page.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Became::Waiting => "Waiting",
            Became::Done => "Handed over",
            Became::Conflict => "Conflict of interest of the new adviser",
            Became::Refused => "Restricted, or closed to you",
            Became::Moved => "Not in this caseload any more",
        }
    }
}

/// A hand-over and how far it is.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// Whose caseload the clients leave.
    pub giver: StaffId,
    /// Whose caseload they join.
    pub taker: StaffId,
    /// Why.
    pub reason: Reason,
    /// When it began.
    pub begun: Timestamp,
    /// How many there are.
    pub all: usize,
    /// How many are done with, one way or the other.
    pub seen_to: usize,
    /// Those who stay where they are, and why.
    pub left: Vec<(Option<Shown>, Became)>,
}

/// What is to be handed over.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The random number of the form.
    pub form: [u8; 16],
    /// Whose caseload the clients leave.
    pub giver: StaffId,
    /// Whose caseload they join.
    pub taker: StaffId,
    /// Why.
    pub reason: Reason,
    /// Who.
    pub clients: Vec<ClientId>,
}

struct Waiting {
    id: HandOverId,
    giver: StaffId,
    taker: StaffId,
    author: StaffId,
    reason: Reason,
    client: ClientId,
}

impl Waiting {
    fn read(row: &Row) -> Result<Waiting, Error> {
        Ok(Waiting {
            id: HandOverId::from_bytes(row.bytes16(0)?),
            giver: StaffId::from_bytes(row.bytes16(1)?),
            taker: StaffId::from_bytes(row.bytes16(2)?),
            author: StaffId::from_bytes(row.bytes16(3)?),
            reason: Reason::of(row.text(4)?).ok_or(Error::Damaged("hand-over"))?,
            client: ClientId::from_bytes(row.bytes16(5)?),
        })
    }

    fn became(&self, became: Became) -> Query {
        BECAME
            .with([self.id.as_bytes().into(), self.client.as_bytes().into(), became.code().into()])
            .expecting(1)
    }
}

impl Service {
    /// The clients of an adviser, for a manager to choose from. Restricted files are in no list.
    ///
    /// # Errors
    /// Only managers hand clients over; a store failed.
    pub async fn to_hand_over(&self, visit: &Visit, giver: StaffId) -> Result<Opened<Vec<Shown>>, Error> {
        managers_only(visit)?;
        let permit = self.permit(self.search_request(visit), CHOOSE).await?;
        let rows =
            self.records().read(vec![OF_ADVISER.with([giver.as_bytes().into(), false.into()])]).await?;
        let mut clients = Vec::new();
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            clients.extend(people.known.get(&client).map(|known| (known.sort(), known.shown(true))));
        }
        clients.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.number.cmp(&b.1.number)));
        let clients: Vec<Shown> = clients.into_iter().map(|(_, shown)| shown).collect();
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, CHOOSE, detail);
        Ok(Opened::new(Personal::new(&entry, clients), entry))
    }

    /// Writes down who is handed over to whom. [`carry_on_hand_overs`](Service::carry_on_hand_overs) does it.
    ///
    /// # Errors
    /// `Error::Faults` at the field that is wrong; only managers hand clients over; a store failed.
    pub async fn begin_hand_over(&self, visit: &Visit, asking: Asking) -> Result<HandOverId, Error> {
        managers_only(visit)?;
        if let Some(made) = self.made_by_form(visit, asking.form).await? {
            return Ok(HandOverId::from_bytes(made));
        }
        let directory = self.directory();
        let mut faults = Vec::new();
        let takes = directory
            .member(asking.taker)
            .is_some_and(|member| member.role == Role::Adviser && member.status == Status::Active);
        if !takes || asking.taker == asking.giver {
            faults.push(Fault::new("taker", "Choose another adviser who signs in here"));
        }
        let mut clients = asking.clients;
        clients.sort_unstable();
        clients.dedup();
        if clients.is_empty() || clients.len() > MOST {
            faults.push(Fault::new("client", format!("Choose 1 to {MOST} clients")));
        }
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let permit = self.permit(self.search_request(visit), BEGIN_ACTION).await?;
        let id = HandOverId::from_bytes(self.draw());
        let detail = Detail { count: Some(clients.len() as u64), ..Detail::default() };
        let change = self.log().change(permit, BEGIN_ACTION, &detail);
        let mut batch = vec![BEGIN.with([
            id.as_bytes().into(),
            asking.giver.as_bytes().into(),
            asking.taker.as_bytes().into(),
            visit.staff.as_bytes().into(),
            asking.reason.code().into(),
            self.now().as_microsecond().into(),
        ])];
        batch.extend(
            clients.iter().map(|client| ADD_CLIENT.with([id.as_bytes().into(), client.as_bytes().into()])),
        );
        let made = self.write_once(visit, asking.form, *id.as_bytes(), change, batch).await?;
        Ok(HandOverId::from_bytes(made))
    }

    /// Hands over whoever waits for it, client by client. Several may do this at once: each client is handed over once.
    ///
    /// # Errors
    /// A store, the log or a key could not do its part; the next call goes on where this one stopped.
    pub async fn carry_on_hand_overs(&self) -> Result<usize, Error> {
        let mut seen_to = 0;
        loop {
            let rows = self.records().read(vec![WAITING.with([])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                return Ok(seen_to);
            }
            for row in &rows {
                self.hand_one_over(&Waiting::read(row)?).await?;
                seen_to += 1;
            }
            self.follow_changes().await?;
        }
    }

    async fn hand_one_over(&self, waiting: &Waiting) -> Result<(), Error> {
        let against = AGAINST.with([
            waiting.client.as_bytes().into(),
            waiting.taker.as_bytes().into(),
            waiting.author.as_bytes().into(),
        ]);
        let rows = self.records().read(vec![against]).await?;
        // An erased file took its line of the hand-over with it.
        let Some(row) = rows.first().and_then(|rows| rows.first()) else {
            return self.settle_hand_over(vec![waiting.became(Became::Moved)]).await;
        };
        if row.opt_bytes16(0)?.map(StaffId::from_bytes) != Some(waiting.giver) {
            return self.settle_hand_over(vec![waiting.became(Became::Moved)]).await;
        }
        if row.int(2)? > 0 {
            return self.settle_hand_over(vec![waiting.became(Became::Conflict)]).await;
        }
        // A manager who has left, or is none any more, hands nobody over.
        let directory = self.directory();
        let author = directory.member(waiting.author).filter(|member| member.status == Status::Active);
        let role = author.map_or(Role::Public, |member| member.role);
        let request = Request {
            actor: Actor { id: waiting.author.into(), role },
            purpose: if role == Role::Manager { purpose_of(role) } else { Purpose::Support },
            act: Act::Read,
            subject: Subject::Client(waiting.client),
            categories: Category::Contact.into(),
            circumstances: Circumstances {
                restricted: row.bool(1)?,
                conflict: row.int(3)? > 0,
                reason: true,
                ..Circumstances::default()
            },
        };
        let permit = match self.permit(request, HAND_OVER).await {
            Ok(permit) => permit,
            Err(Error::Refused(_)) => {
                return self.settle_hand_over(vec![waiting.became(Became::Refused)]).await;
            }
            Err(error) => return Err(error),
        };
        let keys = self.vault().keys(waiting.client.into()).await?;
        let reason = self.seal_reason(&permit, &keys, waiting.client, waiting.reason.words())?;
        let change =
            self.log().change(permit, HAND_OVER, &Detail { reason: Some(reason), ..Detail::default() });
        let (client, taker, giver) =
            (waiting.client.as_bytes(), waiting.taker.as_bytes(), waiting.giver.as_bytes());
        let mut batch = vec![
            waiting.became(Became::Done),
            MOVE.with([client.into(), taker.into(), giver.into()]).expecting(1),
            change.outbox(),
        ];
        let now = self.now();
        batch.extend(self.tell_programs(Event::of_client(EventKind::ClientChanged, waiting.client), now));
        batch.extend(changes::of_client(waiting.client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(())
            }
            // Somebody else has just done it, or moved the client: the next look says which.
            Err(store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn settle_hand_over(&self, batch: Vec<Query>) -> Result<(), Error> {
        match self.records().write(batch).await {
            Ok(_) | Err(store::Error::Conflict { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// How far a hand-over is, and who stays where they are.
    ///
    /// # Errors
    /// Only managers see it; there is none with this id; a store failed.
    pub async fn hand_over(&self, visit: &Visit, id: HandOverId) -> Result<Opened<HandOver>, Error> {
        managers_only(visit)?;
        let permit = self.permit(self.search_request(visit), VIEW).await?;
        let of = || id.as_bytes().into();
        let rows = self.records().read(vec![ONE.with([of()]), CLIENTS.with([of()])]).await?;
        let [head, clients] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let head = head.first().ok_or(Error::NoSuchFile)?;
        let (mut seen_to, mut left) = (0, Vec::new());
        for row in &clients.rows {
            let code = row.text(1)?;
            let became = Became::ALL.into_iter().find(|became| became.code() == code);
            let became = became.ok_or(Error::Damaged("hand-over"))?;
            seen_to += usize::from(became != Became::Waiting);
            if !matches!(became, Became::Waiting | Became::Done) {
                let client = ClientId::from_bytes(row.bytes16(0)?);
                let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
                let known = people.known.get(&client).filter(|known| !known.restricted);
                left.push((known.map(|known| known.shown(true)), became));
            }
        }
        let hand_over = HandOver {
            giver: StaffId::from_bytes(head.bytes16(0)?),
            taker: StaffId::from_bytes(head.bytes16(1)?),
            reason: Reason::of(head.text(3)?).ok_or(Error::Damaged("hand-over"))?,
            begun: changes::time(head.int(4)?)?,
            all: clients.rows.len(),
            seen_to,
            left,
        };
        let entry = self.log().submit(permit, VIEW, Detail::default());
        Ok(Opened::new(Personal::new(&entry, hand_over), entry))
    }
}

fn managers_only(visit: &Visit) -> Result<(), Error> {
    match visit.role {
        Role::Manager => Ok(()),
        _ => Err(Error::Staff("Clients are handed over by managers.".into())),
    }
}
