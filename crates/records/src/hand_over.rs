//! Handing clients over to another adviser, many at once. The work is written down first and then done client by client,
//! each a change of its own with its entry in the log: what is interrupted goes on where it stopped.
//!
//! Who took back consent to support is named to nobody here, yet their file must not stay with an adviser who goes: such files
//! go along unnamed, where the manager says so.

mod carrying;

use std::collections::HashSet;
use std::sync::PoisonError;

use access::Role;
use audit::{Action, Detail};
use casework::{ClientId, Fault, HandOverId, StaffId};
use jiff::Timestamp;
use store::sql;
use vault::Personal;

use crate::search::Shown;
use crate::sessions::Visit;
use crate::staff::Status;
use crate::standing::{Standing, purpose_of};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Whom somebody knows privately.
    CONFLICTS_OF = "SELECT client FROM conflict WHERE staff = $1";
    /// Writes down a hand-over.
    BEGIN = "INSERT INTO hand_over (id, giver, taker, author, reason, begun) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Who is to be handed over.
    ADD_CLIENT = "INSERT INTO hand_over_client (hand_over, client, state) VALUES ($1, $2, 'waiting')";
    /// One hand-over.
    ONE = "SELECT giver, taker, author, reason, begun FROM hand_over WHERE id = $1";
    /// How far it is.
    CLIENTS = "SELECT client, state FROM hand_over_client WHERE hand_over = $1 ORDER BY client";
    /// What is still booked with the adviser whose clients left, the next first.
    STILL_BOOKED = "SELECT a.client, a.starts FROM appointment a JOIN hand_over_client x ON x.client = a.client WHERE x.hand_over = $1 AND x.state = 'done' AND a.adviser = $2 AND a.state = 'booked' AND a.starts > $3 ORDER BY a.starts LIMIT 500";
    /// The files of an adviser; those that were taken up in others are with those.
    OF_ADVISER = "SELECT id FROM client WHERE adviser = $1 AND status <> 'merged' LIMIT 2000";
    /// What goes with an erased file.
    pub(crate) DROP_HANDED_OVER = "DELETE FROM hand_over_client WHERE client = $1";
}

/// The most clients of one hand-over.
pub const MOST: usize = 2000;

const CHOOSE: Action = Action("choose-hand-over");
const BEGIN_ACTION: Action = Action("begin-hand-over");
const VIEW: Action = Action("view-hand-over");

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

/// An adviser's clients, for a manager to choose from.
#[derive(Debug, Clone)]
pub struct ToHandOver {
    /// Those who may be named, by name.
    pub named: Vec<Shown>,
    /// Those of whom the adviser said that they know them privately: they are handed over first.
    pub conflicts: HashSet<ClientId>,
    /// How many took back consent to support, or object to it: nobody names them.
    pub unnamed: usize,
    /// How many files are restricted: they are stored and nothing more, so they stay where they are.
    pub restricted: usize,
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
    /// Those who stay where they are, and why; without a name where nobody may see it.
    pub left: Vec<(Option<Shown>, Became)>,
    /// When those who left are still booked with their adviser of before, the next first.
    pub booked: Vec<(Option<Shown>, Timestamp)>,
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
    /// Whether those go along whom nobody names.
    pub unnamed: bool,
}

impl Service {
    /// The clients of an adviser, for a manager to choose from. Who may not be named is counted.
    ///
    /// # Errors
    /// Only managers hand clients over; a store failed.
    pub async fn to_hand_over(&self, visit: &Visit, giver: StaffId) -> Result<Opened<ToHandOver>, Error> {
        managers_only(visit)?;
        let permit = self.permit(self.search_request(visit), CHOOSE).await?;
        let files = self.files_of(visit, giver).await?;
        let purpose = purpose_of(visit.role);
        let restricted = files.iter().filter(|file| file.restricted).count();
        let unnamed = unnamed(&files, visit).count();
        let mut named = Vec::with_capacity(files.len());
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            for file in files.iter().filter(|file| file.is_shown_for(purpose)) {
                let known = people.known.get(&file.client);
                named.extend(known.map(|known| (known.sort(), known.shown(true))));
            }
        }
        named.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.number.cmp(&b.1.number)));
        let named: Vec<Shown> = named.into_iter().map(|(_, shown)| shown).collect();
        let rows = self.records().read(vec![CONFLICTS_OF.with([giver.as_bytes().into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        let conflicts =
            rows.iter().map(|row| Ok(ClientId::from_bytes(row.bytes16(0)?))).collect::<Result<_, Error>>()?;
        let detail = Detail { count: Some(named.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, CHOOSE, detail);
        let all = ToHandOver { named, conflicts, unnamed, restricted };
        Ok(Opened::new(Personal::new(&entry, all), entry))
    }

    /// The files of an adviser, as they stand at this moment.
    async fn files_of(&self, visit: &Visit, giver: StaffId) -> Result<Vec<Standing>, Error> {
        let rows = self.records().read(vec![OF_ADVISER.with([giver.as_bytes().into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        let clients: Vec<ClientId> =
            rows.iter().map(|row| Ok(ClientId::from_bytes(row.bytes16(0)?))).collect::<Result<_, Error>>()?;
        self.standings_now(visit, &clients).await
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
        if asking.unnamed {
            let files = self.files_of(visit, asking.giver).await?;
            clients.extend(unnamed(&files, visit).map(|file| file.client));
        }
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
        let (mut seen_to, mut stay) = (0, Vec::new());
        for row in &clients.rows {
            let code = row.text(1)?;
            let became = Became::ALL.into_iter().find(|became| became.code() == code);
            let became = became.ok_or(Error::Damaged("hand-over"))?;
            seen_to += usize::from(became != Became::Waiting);
            if !matches!(became, Became::Waiting | Became::Done) {
                stay.push((ClientId::from_bytes(row.bytes16(0)?), became));
            }
        }
        let giver = StaffId::from_bytes(head.bytes16(0)?);
        let still = self.still_booked(id, giver).await?;
        let who: Vec<ClientId> =
            stay.iter().map(|(client, _)| *client).chain(still.iter().map(|(client, _)| *client)).collect();
        let shown = self.shown_now(visit, &who).await?;
        let (left, booked) = {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let name = |client: &ClientId| {
                people.known.get(client).filter(|_| shown.contains(client)).map(|known| known.shown(true))
            };
            let left = stay.iter().map(|(client, became)| (name(client), *became)).collect();
            (left, still.iter().map(|(client, starts)| (name(client), *starts)).collect())
        };
        let hand_over = HandOver {
            giver,
            taker: StaffId::from_bytes(head.bytes16(1)?),
            reason: Reason::of(head.text(3)?).ok_or(Error::Damaged("hand-over"))?,
            begun: changes::time(head.int(4)?)?,
            all: clients.rows.len(),
            seen_to,
            left,
            booked,
        };
        let entry = self.log().submit(permit, VIEW, Detail::default());
        Ok(Opened::new(Personal::new(&entry, hand_over), entry))
    }

    async fn still_booked(
        &self,
        id: HandOverId,
        giver: StaffId,
    ) -> Result<Vec<(ClientId, Timestamp)>, Error> {
        let now = self.now().as_microsecond();
        let query = STILL_BOOKED.with([id.as_bytes().into(), giver.as_bytes().into(), now.into()]);
        let rows = self.records().read(vec![query]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter()
            .map(|row| Ok((ClientId::from_bytes(row.bytes16(0)?), changes::time(row.int(1)?)?)))
            .collect()
    }
}

/// Those whom nobody names for this visitor's purpose, and whose files go along if that is said.
fn unnamed<'f>(files: &'f [Standing], visit: &Visit) -> impl Iterator<Item = &'f Standing> + use<'f> {
    let purpose = purpose_of(visit.role);
    files.iter().filter(move |file| !file.restricted && file.took_back(purpose))
}

fn managers_only(visit: &Visit) -> Result<(), Error> {
    match visit.role {
        Role::Manager => Ok(()),
        _ => Err(Error::Staff("Clients are handed over by managers.".into())),
    }
}
