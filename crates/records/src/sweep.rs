//! The sweep: every night Kept erases by itself what is past its day. Each hundred files are one transaction with its count, so
//! that it can be killed anywhere and goes on; one server at a time is at it; and before anything unusual it asks two people.

use access::Role;
use audit::{Action, Change, Outcome};
use casework::retention::by_closing;
use casework::retention::guard::{Doubt, doubt};
use casework::{ClientId, ErasureId, StaffId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use notice::Category;
use store::{Query, Row, sql};

use crate::erasure::{Going, Ground, What};
use crate::retention::rights;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes};

/// Whether a file may be swept: it is not restricted, nothing holds it, and nothing that was asked about its data is open (DPA
/// 2018 s. 173: nothing is deleted to defeat a request).
macro_rules! may_go {
    () => {
        "c.status <> 'merged' AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.client = c.id AND h.lifted IS NULL) AND NOT EXISTS (SELECT 1 FROM request a WHERE a.client = c.id AND a.closed IS NULL)"
    };
}

/// A programme that goes on, or whose layer has a later day.
macro_rules! something_longer {
    () => {
        "(EXISTS (SELECT 1 FROM keeping p WHERE p.client = c.id AND p.layer LIKE 'programme:%' AND p.day > $1) OR EXISTS (SELECT 1 FROM placement q WHERE q.client = c.id AND q.ended IS NULL))"
    };
}

pub(crate) use may_go;

sql! { records:
    /// Files past their day, the longest first; of those that a programme keeps longer, all that it does not need goes.
    DUE_FILES = concat!("SELECT c.id, ", something_longer!(), " FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer = 'service' AND k.day <= $1 AND ", may_go!(), " ORDER BY k.day, k.client LIMIT 100");
    /// Programmes' layers past their day; the last one of a file takes the file with it.
    DUE_LAYERS = concat!("SELECT c.id, k.layer, c.status = 'ended' AND NOT EXISTS (SELECT 1 FROM keeping o WHERE o.client = c.id AND o.layer <> k.layer) AND NOT EXISTS (SELECT 1 FROM placement q WHERE q.client = c.id AND q.ended IS NULL) FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer LIKE 'programme:%' AND k.day <= $1 AND ", may_go!(), " ORDER BY k.day, k.client LIMIT 100");
    /// Equality answers past their day, of files that stay.
    DUE_EQUALITY = concat!("SELECT c.id FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer = 'equality' AND k.day <= $1 AND ", may_go!(), " ORDER BY k.day, k.client LIMIT 100");
    /// Requests about the data past their day, of files that stay.
    DUE_RIGHTS = concat!("SELECT c.id, k.since, c.notice, c.notice_version FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer = 'rights' AND k.day <= $1 AND ", may_go!(), " ORDER BY k.day, k.client LIMIT 100");
    /// What lost its last ground and is past its day, category by category.
    DUE_CATEGORIES = concat!("SELECT c.id, s.category FROM scheduled_erasure s JOIN client c ON c.id = s.client WHERE s.day <= $1 AND ", may_go!(), " ORDER BY s.client, s.category LIMIT 100");
    /// How much is due, what is due and stays, and how many files there are.
    COUNT_DUE = concat!("SELECT (SELECT COUNT(*) FROM keeping k JOIN client c ON c.id = k.client WHERE (k.layer = 'service' OR k.layer LIKE 'programme:%') AND k.day <= $1 AND ", may_go!(), "), (SELECT COUNT(DISTINCT s.client) FROM scheduled_erasure s JOIN client c ON c.id = s.client WHERE s.day <= $1 AND ", may_go!(), "), (SELECT COUNT(*) FROM client), (SELECT COUNT(*) FROM keeping k WHERE (k.layer = 'service' OR k.layer LIKE 'programme:%') AND k.day <= $1)");
    /// Holds a file that is still past its day until the transaction ends: contact that comes in between wins.
    STILL_DUE = "UPDATE keeping SET day = day WHERE client = $1 AND layer = $2 AND day <= $3";
    /// Nobody restricted the file in between.
    NOT_RESTRICTED = "UPDATE client SET version = version WHERE id = $1 AND restricted = $2";
    /// The day of a layer that is gone.
    DROP_DAY = "DELETE FROM keeping WHERE client = $1 AND layer = $2";
    /// What was scheduled is done.
    DROP_SCHEDULE = "DELETE FROM scheduled_erasure WHERE client = $1 AND category = $2";
    /// More fell due on a day whose sweep was done: it goes on, or asks first.
    GO_ON = "UPDATE sweep SET state = $2, doubt = $3, due = erased + $4, ended = NULL, holder = NULL, held_until = 0, first_at = NULL, first_by = NULL, second_at = NULL, second_by = NULL WHERE day = $1 AND state = 'done'";
    /// The sweep of a day.
    OF_DAY = "SELECT day, begun, state, doubt, due, erased, ended, first_at, first_by, second_at, second_by FROM sweep WHERE day = $1";
    /// The newest sweep.
    NEWEST = "SELECT day, begun, state, doubt, due, erased, ended, first_at, first_by, second_at, second_by FROM sweep ORDER BY day DESC LIMIT 1";
    /// The newest sweep that was let run, for the clock.
    LAST_RUN = "SELECT MAX(begun) FROM sweep WHERE state <> 'asks'";
    /// A sweep begins.
    BEGIN = "INSERT INTO sweep (day, begun, state, doubt, due, erased, ended, holder, held_until, first_at, first_by, second_at, second_by) VALUES ($1, $2, $3, $4, $5, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL) ON CONFLICT (day) DO NOTHING";
    /// One server takes it up, or goes on with it.
    TAKE = "UPDATE sweep SET holder = $2, held_until = $3, erased = erased + $5 WHERE day = $1 AND state = 'runs' AND (holder IS NULL OR holder = $2 OR held_until < $4)";
    /// All of it is done.
    END = "UPDATE sweep SET state = 'done', ended = $2, due = erased WHERE day = $1 AND state = 'runs'";
    /// The first of two people agrees.
    AGREE_FIRST = "UPDATE sweep SET first_at = $2, first_by = $3 WHERE day = $1 AND state = 'asks' AND first_by IS NULL";
    /// The second, who is somebody else: it runs.
    AGREE_SECOND = "UPDATE sweep SET second_at = $2, second_by = $3, state = 'runs' WHERE day = $1 AND state = 'asks' AND first_by IS NOT NULL AND first_by <> $3";
    /// Somebody stops it.
    STOP = "UPDATE sweep SET state = 'stopped', ended = $2 WHERE day = $1 AND state IN ('asks', 'runs')";
}

/// For how long one server has a sweep to itself between two transactions.
const HELD_FOR: SignedDuration = SignedDuration::from_mins(2);

const SWEEP: Action = Action("sweep");
const AGREE: Action = Action("agree-sweep");
const STOP_ACTION: Action = Action("stop-sweep");

/// Where a sweep stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for two people.
    Asks,
    /// It is at it.
    Runs,
    /// Somebody stopped it.
    Stopped,
    /// All that was due is gone.
    Done,
}

impl State {
    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            State::Asks => "asks",
            State::Runs => "runs",
            State::Stopped => "stopped",
            State::Done => "done",
        }
    }
}

/// The sweep of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// Whose day.
    pub day: Date,
    /// When it began.
    pub begun: Timestamp,
    /// Where it stands.
    pub state: State,
    /// Why it asks or asked.
    pub doubt: Option<Doubt>,
    /// How much was due.
    pub due: u64,
    /// How much is erased.
    pub erased: u64,
    /// When it was done or stopped.
    pub ended: Option<Timestamp>,
    /// Who agreed, and when.
    pub agreed: Vec<(Timestamp, StaffId)>,
}

impl Sweep {
    fn read(row: &Row) -> Result<Sweep, Error> {
        let at = |place: usize| row.opt_int(place)?.map(changes::time).transpose();
        let who = |place: usize| Ok::<_, Error>(row.opt_bytes16(place)?.map(StaffId::from_bytes));
        let mut agreed = Vec::new();
        agreed.extend(at(7)?.zip(who(8)?));
        agreed.extend(at(9)?.zip(who(10)?));
        Ok(Sweep {
            day: day_from(row.int(0)?).ok_or(Error::Damaged("day"))?,
            begun: changes::time(row.int(1)?)?,
            state: match row.text(2)? {
                "asks" => State::Asks,
                "runs" => State::Runs,
                "stopped" => State::Stopped,
                "done" => State::Done,
                _ => return Err(Error::Damaged("sweep")),
            },
            doubt: row
                .opt_text(3)?
                .map(|code| code.parse().map_err(|_| Error::Damaged("doubt")))
                .transpose()?,
            due: row.int(4)?.unsigned_abs(),
            erased: row.int(5)?.unsigned_abs(),
            ended: at(6)?,
            agreed,
        })
    }
}

/// What goes in one transaction of a sweep.
#[derive(Default)]
struct Hundred {
    count: usize,
    batch: Vec<Query>,
    changes: Vec<Change>,
}

/// What a sweep finds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Files and parts of files that go.
    pub going: u64,
    /// Files and layers past their day that stay: held, restricted, or with a request that is open.
    pub staying: u64,
    /// Files in all.
    pub files: u64,
}

impl Service {
    /// Sweeps what is past its day on `day`, which is today or before. Goes on with the sweep of that day if it was begun. Gives
    /// where it stands afterwards.
    ///
    /// # Errors
    /// `Error::NotYours` for a day to come; a store failed, then it goes on the next time.
    pub async fn sweep(&self, day: Date) -> Result<Sweep, Error> {
        if day > self.surroundings().today() {
            return Err(Error::NotYours(
                "Nothing is erased before its day. Look ahead with `kept retention preview --as-of`.",
            ));
        }
        let stands = match self.sweep_of(day).await? {
            // A file can fall due on a day that was swept: a hold was lifted, a wrong date was put right.
            Some(stands) if stands.state == State::Done => self.go_on_with_sweep(day, stands).await?,
            Some(stands) => stands,
            None => self.begin_sweep(day).await?,
        };
        if stands.state == State::Runs {
            self.carry_on_sweep(day).await?;
        }
        self.sweep_of(day).await?.ok_or(Error::Damaged("sweep"))
    }

    async fn sweep_of(&self, day: Date) -> Result<Option<Sweep>, Error> {
        let rows = self.records().read(vec![OF_DAY.with([day_number(day).into()])]).await?;
        rows.first().and_then(|rows| rows.first()).map(Sweep::read).transpose()
    }

    /// The newest sweep, if there was one.
    ///
    /// # Errors
    /// The store failed.
    pub async fn newest_sweep(&self) -> Result<Option<Sweep>, Error> {
        let rows = self.records().read(vec![NEWEST.with([])]).await?;
        rows.first().and_then(|rows| rows.first()).map(Sweep::read).transpose()
    }

    /// What is past its day on `day`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn due_on(&self, day: Date) -> Result<Due, Error> {
        let rows = self.records().read(vec![COUNT_DUE.with([day_number(day).into(), false.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
        let count = |place: usize| Ok::<_, Error>(row.int(place)?.unsigned_abs());
        let (files, parts) = (count(0)?, count(1)?);
        Ok(Due { going: files + parts, staying: count(3)?.saturating_sub(files), files: count(2)? })
    }

    async fn begin_sweep(&self, day: Date) -> Result<Sweep, Error> {
        let due = self.due_on(day).await?;
        let rows = self.records().read(vec![LAST_RUN.with([])]).await?;
        let last = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?.opt_int(0)?;
        let now = self.now();
        let doubt = doubt(last.map(changes::time).transpose()?, now, due.going, due.files);
        let state = if doubt.is_some() { State::Asks } else { State::Runs };
        let begin = BEGIN.with([
            day_number(day).into(),
            now.as_microsecond().into(),
            state.code().into(),
            doubt.map_or(store::Value::Null, |doubt| doubt.code().into()),
            i64::try_from(due.going).unwrap_or(i64::MAX).into(),
        ]);
        self.records().write(vec![begin]).await?;
        self.log().event(None, SWEEP, Outcome::Done).durable().await?;
        self.sweep_of(day).await?.ok_or(Error::Damaged("sweep"))
    }

    /// The sweep of a day that was done, with what fell due since.
    async fn go_on_with_sweep(&self, day: Date, done: Sweep) -> Result<Sweep, Error> {
        let due = self.due_on(day).await?;
        if due.going == 0 {
            return Ok(done);
        }
        let now = self.now();
        let doubt = doubt(Some(done.begun), now, due.going, due.files);
        let go_on = GO_ON.with([
            day_number(day).into(),
            if doubt.is_some() { State::Asks } else { State::Runs }.code().into(),
            doubt.map_or(store::Value::Null, |doubt| doubt.code().into()),
            i64::try_from(due.going).unwrap_or(i64::MAX).into(),
        ]);
        self.records().write(vec![go_on]).await?;
        self.log().event(None, SWEEP, Outcome::Done).durable().await?;
        self.sweep_of(day).await?.ok_or(Error::Damaged("sweep"))
    }

    /// Erases a hundred after a hundred until nothing is due, somebody stops it, or another server is at it.
    async fn carry_on_sweep(&self, day: Date) -> Result<(), Error> {
        let holder = self.draw();
        if !self.take_sweep(day, holder, Vec::new(), 0).await? {
            return Ok(());
        }
        self.finish_erasures().await?;
        // What is changed by others meanwhile is listed anew; whatever goes on failing ends the sweep with its error.
        let mut failed = 0;
        loop {
            let Hundred { count, changes, batch } = self.next_hundred(day).await?;
            if count == 0 {
                break;
            }
            match self.take_sweep(day, holder, batch, count).await {
                Ok(true) => {
                    failed = 0;
                    changes.into_iter().for_each(Change::committed);
                }
                Ok(false) => return Ok(()),
                Err(Error::Store(store::Error::Conflict { .. })) if failed < 100 => {
                    failed += 1;
                    continue;
                }
                Err(error) => return Err(error),
            }
            self.finish_erasures().await?;
            self.follow_changes().await?;
        }
        let end = END.with([day_number(day).into(), self.now().as_microsecond().into()]);
        self.records().write(vec![end]).await?;
        Ok(())
    }

    /// Writes a stretch of a sweep with its count, if the sweep is still this server's and runs.
    async fn take_sweep(
        &self,
        day: Date,
        holder: [u8; 16],
        batch: Vec<Query>,
        count: usize,
    ) -> Result<bool, Error> {
        let now = self.now();
        let take = TAKE.with([
            day_number(day).into(),
            holder.into(),
            (now + HELD_FOR).as_microsecond().into(),
            now.as_microsecond().into(),
            i64::try_from(count).unwrap_or(i64::MAX).into(),
        ]);
        let mut all = vec![take.expecting(1)];
        all.extend(batch);
        match self.records().write(all).await {
            Ok(_) => Ok(true),
            Err(store::Error::Conflict { sql }) if sql == TAKE.name => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The next that go: files first, then programmes' layers, equality answers, requests and single categories.
    async fn next_hundred(&self, day: Date) -> Result<Hundred, Error> {
        let on = || [day_number(day).into(), false.into()];
        let due = [&DUE_FILES, &DUE_LAYERS, &DUE_EQUALITY, &DUE_RIGHTS, &DUE_CATEGORIES];
        let rows = self.records().read(due.iter().map(|sql| sql.with(on())).collect()).await?;
        let [files, layers, equality, requests, categories] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let mut next = Vec::new();
        for row in &files.rows {
            let what = if row.bool(1)? { What::Service } else { What::File };
            next.push((client_of(row)?, what, PastDay::Layer("service".to_owned())));
        }
        if next.is_empty() {
            for row in &layers.rows {
                let layer = row.text(1)?.to_owned();
                let what = if row.bool(2)? { What::File } else { What::read(&layer)? };
                next.push((client_of(row)?, what, PastDay::Layer(layer)));
            }
        }
        if next.is_empty() {
            for row in &equality.rows {
                let what = What::Category(Category::Equality);
                next.push((client_of(row)?, what, PastDay::Layer("equality".to_owned())));
            }
        }
        if next.is_empty() {
            for row in &requests.rows {
                let (client, what) = (client_of(row)?, What::Category(Category::Rights));
                let since = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
                let rule = by_closing(&self.given(row.text(2)?, row.text(3)?)?.notice);
                let after = self.next_request(client, since, rule.as_ref()).await?;
                next.push((client, what, PastDay::Requests(after)));
            }
        }
        if next.is_empty() {
            for row in &categories.rows {
                let category: Category = row.text(1)?.parse().map_err(|_| Error::Damaged("category"))?;
                // A file that nobody could find any more is no file.
                let what = if category == Category::Contact { What::File } else { What::Category(category) };
                next.push((client_of(row)?, what, PastDay::Scheduled(category)));
            }
        }
        // A file that goes as a whole goes once, whatever else of it is due.
        let whole: Vec<ClientId> =
            next.iter().filter(|(_, what, _)| *what == What::File).map(|(client, ..)| *client).collect();
        let mut hundred = Hundred::default();
        for (client, what, due) in next {
            if what != What::File && whole.contains(&client) {
                continue;
            }
            let id = ErasureId::from_bytes(self.draw());
            let going = Going { client, what, id, ground: due.ground(), decided_by: None };
            let (batch, changes) = self.all_that_goes(&going).await?;
            hundred.batch.extend(due.holds(client, day));
            hundred.batch.extend(batch);
            hundred.batch.extend(due.done(client, what));
            hundred.changes.extend(changes);
            hundred.count += 1;
        }
        Ok(hundred)
    }

    /// One of two people agrees to a sweep that asks. Once both have, it runs at the next tick of any server.
    ///
    /// # Errors
    /// `Error::NotYours` for others and for whoever agreed already, `Error::ChangedMeanwhile` if it asks no more, or the store
    /// failed.
    pub async fn agree_to_sweep(&self, visit: &Visit, day: Date) -> Result<(), Error> {
        self.sweeps_are_theirs(visit, AGREE).await?;
        let values =
            || [day_number(day).into(), self.now().as_microsecond().into(), visit.staff.as_bytes().into()];
        for statement in [&AGREE_FIRST, &AGREE_SECOND] {
            match self.records().write(vec![statement.with(values()).expecting(1)]).await {
                Ok(_) => {
                    self.log().event(Some(visit.staff.into()), AGREE, Outcome::Done).durable().await?;
                    return Ok(());
                }
                Err(store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let stands = self.sweep_of(day).await?;
        if stands.is_some_and(|s| s.state == State::Asks && s.agreed.iter().any(|(_, by)| *by == visit.staff))
        {
            return Err(Error::NotYours("You agreed already. A second person has to look, too."));
        }
        Err(Error::ChangedMeanwhile)
    }

    /// Stops a sweep: what is not erased yet stays until the next day's.
    ///
    /// # Errors
    /// `Error::NotYours` for others, or the store failed.
    pub async fn stop_sweep(&self, visit: &Visit, day: Date) -> Result<(), Error> {
        self.sweeps_are_theirs(visit, STOP_ACTION).await?;
        let stop = STOP.with([day_number(day).into(), self.now().as_microsecond().into()]);
        self.records().write(vec![stop]).await?;
        self.log().event(Some(visit.staff.into()), STOP_ACTION, Outcome::Done).durable().await?;
        Ok(())
    }

    async fn sweeps_are_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if matches!(visit.role, Role::Manager | Role::Governance) {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours("Managers and the governance lead see to what is erased."))
    }
}

fn client_of(row: &Row) -> Result<ClientId, Error> {
    Ok(ClientId::from_bytes(row.bytes16(0)?))
}

/// Why something is due.
enum PastDay {
    /// The day of a layer has come.
    Layer(String),
    /// Requests that were closed long enough ago; with the day of those that follow.
    Requests(Query),
    /// Consent was the last ground, and its day has come.
    Scheduled(Category),
}

impl PastDay {
    fn ground(&self) -> Ground {
        match self {
            PastDay::Layer(_) | PastDay::Requests(_) => Ground::Retention,
            PastDay::Scheduled(_) => Ground::Withdrawal,
        }
    }

    /// It is still past its day when it goes, and nobody restricted the file: whatever came in between wins.
    fn holds(&self, client: ClientId, day: Date) -> Vec<Query> {
        let id = || client.as_bytes().into();
        let free = NOT_RESTRICTED.with([id(), false.into()]).expecting(1);
        let still = |layer: &str| STILL_DUE.with([id(), layer.into(), day_number(day).into()]).expecting(1);
        match self {
            PastDay::Layer(layer) => vec![still(layer), free],
            PastDay::Requests(_) => vec![still(rights::LAYER), free],
            PastDay::Scheduled(_) => vec![free],
        }
    }

    /// What was noted about it is done with.
    fn done(self, client: ClientId, what: What) -> Vec<Query> {
        let id = client.as_bytes().into();
        match (self, what) {
            (_, What::File | What::Service | What::Programme(_)) => Vec::new(),
            (PastDay::Requests(next), _) => vec![next],
            (PastDay::Layer(layer), _) => vec![DROP_DAY.with([id, layer.as_str().into()])],
            (PastDay::Scheduled(category), _) => vec![DROP_SCHEDULE.with([id, category.code().into()])],
        }
    }
}
