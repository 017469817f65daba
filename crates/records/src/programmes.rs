//! Programmes: added with their notice, their dates, places and money looked after, and removed once nobody is on them.
//!
//! No client's data stands here. What a programme asks, and how long it keeps it, is in its notice.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use access::Role;
use audit::{Action, Detail, Outcome};
use casework::outcomes::RuleSet;
use casework::programmes::{Budget, Programme, Terms, Times};
use casework::retention::ProgrammeRule;
use casework::{ClientId, Fault, PlacementId, ProgrammeId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Query, Row, sql};
use vault::Personal;

use crate::notices::{self, Published};
use crate::search::Shown;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes, retention};

sql! { records:
    /// Every programme.
    ALL_PROGRAMMES = "SELECT id, text, starts, ends, places, budget, removed, version FROM programme ORDER BY code";
    /// Adds one.
    ADD_PROGRAMME = "INSERT INTO programme (id, code, text, starts, ends, places, budget, removed, added, version) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, 1)";
    /// Says anew what one offers.
    REWRITE_PROGRAMME = "UPDATE programme SET text = $2, version = version + 1 WHERE id = $1";
    /// Changes dates, places and money.
    CHANGE_TERMS = "UPDATE programme SET starts = $3, ends = $4, places = $5, budget = $6, version = version + 1 WHERE id = $1 AND version = $2";
    /// Holds a programme that is there until the transaction ends: who joins and who removes it wait for one another.
    pub(crate) HOLD_PROGRAMME = "UPDATE programme SET version = version WHERE id = $1 AND removed IS NULL";
    /// Whether there is a place, once it is held.
    pub(crate) HAS_ROOM = "UPDATE programme SET version = version WHERE id = $1 AND (places IS NULL OR places > (SELECT COUNT(*) FROM placement p WHERE p.programme = $1 AND p.ended IS NULL))";
    /// Removes one on which nobody is.
    REMOVE = "UPDATE programme SET removed = $2, ends = $3, version = version + 1 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM placement p WHERE p.programme = $1 AND p.ended IS NULL)";
    /// How many are on each, and how many were.
    ON_IT = "SELECT programme, SUM(CASE WHEN ended IS NULL THEN 1 ELSE 0 END), COUNT(*) FROM placement GROUP BY programme";
    /// What support of each cost.
    SPENT = "SELECT programme, paid, CAST(SUM(pence) AS BIGINT) FROM spend GROUP BY programme, paid";
    /// Who of a caseload is on a programme.
    MINE_ON_IT = "SELECT p.id, p.client, p.placed, p.started, p.ended FROM placement p JOIN client c ON c.id = p.client WHERE p.programme = $1 AND c.adviser = $2 AND c.restricted = $3 ORDER BY p.placed, p.id LIMIT 2000";
    /// Everybody who is or was on a programme, for the days of its layer.
    EVERYBODY_ON_IT = "SELECT client, notice_version, MAX(ended), SUM(CASE WHEN ended IS NULL THEN 1 ELSE 0 END) FROM placement WHERE programme = $1 GROUP BY client, notice_version";
}

/// Stands where a programme stands, for the service's own money.
pub(crate) const OWN: [u8; 16] = [0; 16];

/// A programme as the service offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Which.
    pub id: ProgrammeId,
    /// What it offers, with its terms as they are now.
    pub programme: Programme,
    /// Since when it is removed, if it is.
    pub removed: Option<Timestamp>,
    /// Its version, which a form sends back.
    pub version: i64,
}

/// How many are on a programme, and its money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// On it now.
    pub on_it: u64,
    /// On it now or before.
    pub ever: u64,
    /// Its money.
    pub budget: Budget,
}

/// Somebody of one's caseload on a programme.
#[derive(Debug, Clone)]
pub struct OnIt {
    /// Which placement.
    pub placement: PlacementId,
    /// Who.
    pub who: Shown,
    /// Since when.
    pub times: Times,
}

const ADD: Action = Action("add-programme");
const CHANGE: Action = Action("change-programme");
const REMOVE_ACTION: Action = Action("remove-programme");
const LIST: Action = Action("list-placements");

/// Whether a role looks after programmes.
#[must_use]
pub const fn keeps_programmes(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Administrator)
}

fn day(number: Option<i64>) -> Result<Option<Date>, Error> {
    number.map(|number| day_from(number).ok_or(Error::Damaged("day"))).transpose()
}

fn read_one(row: &Row) -> Result<Offered, Error> {
    let mut programme = Programme::parse(row.text(1)?).map_err(|_| Error::Damaged("programme"))?;
    let count = |number: i64| u32::try_from(number).map_err(|_| Error::Damaged("places"));
    programme.terms = Terms {
        starts: day_from(row.int(2)?).ok_or(Error::Damaged("day"))?,
        ends: day(row.opt_int(3)?)?,
        places: row.opt_int(4)?.map(count).transpose()?,
        budget: row.opt_int(5)?.map(i64::unsigned_abs),
    };
    Ok(Offered {
        id: ProgrammeId::from_bytes(row.bytes16(0)?),
        programme,
        removed: row.opt_int(6)?.map(changes::time).transpose()?,
        version: row.int(7)?,
    })
}

/// Terms as they are stored: the first day, the last, places, pence.
fn stored(terms: &Terms) -> [store::Value; 4] {
    let pence = terms.budget.map(|pence| i64::try_from(pence).unwrap_or(i64::MAX));
    [
        day_number(terms.starts).into(),
        terms.ends.map(day_number).into(),
        terms.places.map(i64::from).into(),
        pence.into(),
    ]
}

impl Service {
    /// Reads every programme afresh.
    pub(crate) async fn load_programmes(records: &store::Store) -> Result<Vec<Offered>, Error> {
        let rows = records.read(vec![ALL_PROGRAMMES.with([])]).await?;
        rows.first().map(|r| r.rows.as_slice()).unwrap_or_default().iter().map(read_one).collect()
    }

    /// The programme of this id.
    ///
    /// # Errors
    /// There is none.
    pub fn programme(&self, id: ProgrammeId) -> Result<Offered, Error> {
        self.programmes().iter().find(|one| one.id == id).cloned().ok_or(Error::NoSuchFile)
    }

    /// The notice of a programme as it holds now: new clients are given it.
    pub(crate) fn notice_of(&self, programme: &Programme) -> Result<Arc<Published>, Error> {
        let notices = self.notices();
        notices.in_force(&programme.notice).cloned().ok_or(Error::Damaged("notice"))
    }

    /// The notice that somebody on a programme is given, if it has one of its own.
    #[must_use]
    pub fn programme_notice(&self, programme: &Programme) -> Option<Arc<Published>> {
        self.notice_of(programme).ok().filter(|published| published.notice.extends().is_some())
    }

    /// Adds a programme with its notice, or says anew what one offers that is there; its dates, places and money then stay as
    /// they are. A programme of the service's own notice needs none.
    ///
    /// # Errors
    /// `Error::Programme` with every fault of the text, `Error::Notice` with those of the notice; the store failed.
    pub async fn add_programme(&self, text: &str, notice: Option<&str>) -> Result<ProgrammeId, Error> {
        let programme = Programme::parse(text).map_err(|faults| Error::Programme(faults.to_string()))?;
        let sets = RuleSet::shipped().map_err(|_| Error::Damaged("rules"))?;
        if !sets.iter().any(|set| set.id == programme.rules) {
            let known: Vec<&str> = sets.iter().map(|set| set.id.as_str()).collect();
            return Err(Error::Programme(format!(
                "there are no outcome rules called {:?}. Choose one of: {}",
                programme.rules,
                known.join(", ")
            )));
        }
        let now = self.now();
        let mut batch = self.notice_to_publish(&programme, notice)?;
        let known =
            self.programmes().iter().find(|one| one.programme.code == programme.code).map(|one| one.id);
        let id = known.unwrap_or_else(|| ProgrammeId::from_bytes(self.draw()));
        batch.push(match known {
            Some(id) => REWRITE_PROGRAMME.with([id.as_bytes().into(), text.into()]).expecting(1),
            None => {
                let [starts, ends, places, budget] = stored(&programme.terms);
                ADD_PROGRAMME.with([
                    id.as_bytes().into(),
                    programme.code.as_str().into(),
                    text.into(),
                    starts,
                    ends,
                    places,
                    budget,
                    now.as_microsecond().into(),
                ])
            }
        });
        batch.extend(changes::of_service(now));
        self.records().write(batch).await?;
        self.log().event(None, ADD, Outcome::Done).durable().await?;
        self.follow_changes().await?;
        Ok(id)
    }

    /// The statements that publish a programme's notice, if it is new; what does not fit is told.
    fn notice_to_publish(&self, programme: &Programme, text: Option<&str>) -> Result<Vec<Query>, Error> {
        let known = self.notices();
        if programme.is_core(&known.service().id) {
            return Ok(Vec::new());
        }
        let Some(text) = text else {
            return match known.all().iter().any(|one| one.notice.id == programme.notice) {
                true => Ok(Vec::new()),
                false => Err(Error::Programme(format!(
                    "its notice {:?} is not here yet: give it along with the programme",
                    programme.notice
                ))),
            };
        };
        let notice = notices::read(text)?;
        if notice.id != programme.notice {
            return Err(Error::Notice(format!(
                "this is the notice {:?}, and the programme names {:?}",
                notice.id, programme.notice
            )));
        }
        known.service().extended(&notice).map_err(|error| Error::Notice(error.to_string()))?;
        ProgrammeRule::of(&notice).map_err(|_| {
            Error::Notice(
                "it needs a [[retention]] with layer = \"programme\" whose months are counted after \"programme-end\" or \"placement-end\"".into(),
            )
        })?;
        match known.given(&notice.id, &notice.version) {
            Some(same) if same.notice.digest() == notice.digest() => Ok(Vec::new()),
            Some(_) => Err(Error::Notice(format!(
                "version {} is published already with other words. Whatever changes needs a new version: raise `version` in the file.",
                notice.version
            ))),
            None => {
                notices::refuse_outdated(&notice, known.in_force(&notice.id))?;
                Ok(notices::publishing(&notice, text, self.now()))
            }
        }
    }

    /// How many are on each programme, and its money. No file is opened.
    ///
    /// # Errors
    /// The store failed.
    pub async fn programme_numbers(&self) -> Result<BTreeMap<ProgrammeId, Numbers>, Error> {
        let rows = self.records().read(vec![ON_IT.with([]), SPENT.with([])]).await?;
        let [on_it, spent] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let programmes = self.programmes();
        let service = self.notices().service().id.clone();
        let mut all: BTreeMap<ProgrammeId, Numbers> = BTreeMap::new();
        for one in programmes.iter() {
            let budget = Budget { budget: one.programme.terms.budget, ..Budget::default() };
            all.insert(one.id, Numbers { budget, ..Numbers::default() });
        }
        for row in &on_it.rows {
            if let Some(numbers) = all.get_mut(&ProgrammeId::from_bytes(row.bytes16(0)?)) {
                (numbers.on_it, numbers.ever) = (row.int(1)?.unsigned_abs(), row.int(2)?.unsigned_abs());
            }
        }
        let core = programmes.iter().find(|one| one.programme.is_core(&service)).map(|one| one.id);
        for row in &spent.rows {
            let of = row.bytes16(0)?;
            let id = if of == OWN { core } else { Some(ProgrammeId::from_bytes(of)) };
            if let Some(numbers) = id.and_then(|id| all.get_mut(&id)) {
                let pence = row.int(2)?.unsigned_abs();
                if row.bool(1)? { numbers.budget.spent += pence } else { numbers.budget.committed += pence }
            }
        }
        Ok(all)
    }

    /// Those of one's own caseload who are or were on a programme. Restricted files are in no list.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn my_clients_on(
        &self,
        visit: &Visit,
        programme: ProgrammeId,
    ) -> Result<Opened<Vec<OnIt>>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, LIST).await?;
        let with_birth = request.categories.contains(notice::Category::Identity);
        let rows = self
            .records()
            .read(vec![MINE_ON_IT.with([
                programme.as_bytes().into(),
                visit.staff.as_bytes().into(),
                false.into(),
            ])])
            .await?;
        let mut mine = Vec::new();
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
                let known = people.known.get(&ClientId::from_bytes(row.bytes16(1)?));
                let Some(known) = known.filter(|known| known.is_shown_for(request.purpose)) else { continue };
                let times = Times {
                    placed: day_from(row.int(2)?).ok_or(Error::Damaged("day"))?,
                    started: day(row.opt_int(3)?)?,
                    ended: day(row.opt_int(4)?)?,
                };
                let placement = PlacementId::from_bytes(row.bytes16(0)?);
                mine.push(OnIt { placement, who: known.shown(with_birth), times });
            }
        }
        let detail = Detail { count: Some(mine.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, mine), entry))
    }

    /// Changes dates, places and money. Where a layer is kept until so long after the programme as a whole, the days of all
    /// who are or were on it follow in the same transaction.
    ///
    /// # Errors
    /// `Error::Faults` for what does not fit, `Error::ChangedMeanwhile`, `Error::NotYours`, or a store failed.
    pub async fn change_programme(
        &self,
        visit: &Visit,
        id: ProgrammeId,
        version: i64,
        terms: Terms,
    ) -> Result<(), Error> {
        self.programmes_are_theirs(visit, CHANGE).await?;
        let offered = self.programme(id)?;
        if offered.removed.is_some() {
            return Err(Error::Faults(vec![Fault::new(
                "ends",
                "This programme was removed. Nothing of it can be changed",
            )]));
        }
        let on_it = self.programme_numbers().await?.get(&id).map_or(0, |numbers| numbers.on_it);
        let mut faults = Vec::new();
        if terms.ends.is_some_and(|ends| ends < terms.starts) {
            faults.push(Fault::new("ends", "The last day must be the first day or later"));
        }
        if terms.places.is_some_and(|places| u64::from(places) < on_it) {
            faults
                .push(Fault::new("places", format!("{on_it} clients are on it now: enter {on_it} or more")));
        }
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let [starts, ends, places, budget] = stored(&terms);
        let change = CHANGE_TERMS.with([id.as_bytes().into(), version.into(), starts, ends, places, budget]);
        let mut batch = vec![change.expecting(1)];
        if terms.ends != offered.programme.terms.ends {
            batch.extend(self.layer_days(&offered, terms.ends).await?);
        }
        self.write_programme(visit, batch, CHANGE).await.map_err(|error| match error {
            Error::Store(store::Error::Conflict { .. }) => Error::ChangedMeanwhile,
            other => other,
        })
    }

    /// Removes a programme: nobody can join any more. What was written for it stays until its layer goes.
    ///
    /// # Errors
    /// `Error::Faults` while clients are on it, with what to do; `Error::NotYours`, or a store failed.
    pub async fn remove_programme(&self, visit: &Visit, id: ProgrammeId) -> Result<(), Error> {
        self.programmes_are_theirs(visit, REMOVE_ACTION).await?;
        let offered = self.programme(id)?;
        if offered.removed.is_some() {
            return Ok(());
        }
        if offered.programme.is_core(&self.notices().service().id) {
            let text = format!(
                "Every client of the service is on {}, so it cannot be removed",
                offered.programme.title
            );
            return Err(Error::Faults(vec![Fault::new("do", text)]));
        }
        let on_it = self.programme_numbers().await?.get(&id).map_or(0, |numbers| numbers.on_it);
        let title = &offered.programme.title;
        if on_it > 0 {
            return Err(Error::Faults(vec![still_on_it(on_it, title)]));
        }
        let today = self.surroundings().today();
        let ends = offered.programme.terms.ends.map_or(today, |ends| ends.min(today));
        let now: store::Value = self.now().as_microsecond().into();
        let mut batch = vec![
            HOLD_PROGRAMME.with([id.as_bytes().into()]).expecting(1),
            REMOVE.with([id.as_bytes().into(), now, day_number(ends).into()]).expecting(1),
        ];
        batch.extend(self.layer_days(&offered, Some(ends)).await?);
        self.write_programme(visit, batch, REMOVE_ACTION).await.map_err(|error| match error {
            // Somebody was placed, or it was removed, in this moment.
            Error::Store(store::Error::Conflict { .. }) => Error::ChangedMeanwhile,
            other => other,
        })
    }

    async fn write_programme(
        &self,
        visit: &Visit,
        mut batch: Vec<Query>,
        action: Action,
    ) -> Result<(), Error> {
        batch.extend(changes::of_service(self.now()));
        self.records().write(batch).await?;
        self.log().event(Some(visit.staff.into()), action, Outcome::Done).durable().await?;
        self.follow_changes().await
    }

    /// The days of a programme's layer in every file, if the programme as a whole ends on `ends`.
    async fn layer_days(&self, offered: &Offered, ends: Option<Date>) -> Result<Vec<Query>, Error> {
        let rows = self.records().read(vec![EVERYBODY_ON_IT.with([offered.id.as_bytes().into()])]).await?;
        let mut newest: BTreeMap<ClientId, (bool, Option<Date>, String)> = BTreeMap::new();
        for row in rows.first().map(|r| r.rows.as_slice()).unwrap_or_default() {
            let (client, ended, open) =
                (ClientId::from_bytes(row.bytes16(0)?), day(row.opt_int(2)?)?, row.int(3)? > 0);
            let one = (open, ended, row.text(1)?.to_owned());
            match newest.get(&client) {
                Some(known) if (known.0, known.1) >= (one.0, one.1) => {}
                _ => drop(newest.insert(client, one)),
            }
        }
        let mut batch = Vec::with_capacity(newest.len());
        for (client, (open, ended, version)) in newest {
            let published = self.given(&offered.programme.notice, &version)?;
            let rule = ProgrammeRule::of(&published.notice).map_err(|_| Error::Damaged("notice"))?;
            let ended = ended.filter(|_| !open);
            batch.push(retention::programme_layer(client, offered.id, &rule, ended, ends));
        }
        Ok(batch)
    }

    /// Managers and administrators look after programmes; whoever else tries is written down.
    async fn programmes_are_theirs(&self, visit: &Visit, action: Action) -> Result<StaffId, Error> {
        if keeps_programmes(visit.role) {
            return Ok(visit.staff);
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours("Programmes are kept by managers and administrators. Ask one of them."))
    }
}

/// The clear answer to removing a programme while clients are on it.
fn still_on_it(on_it: u64, title: &str) -> Fault {
    let who = match on_it {
        1 => "1 client is".to_owned(),
        many => format!("{many} clients are"),
    };
    Fault::new(
        "do",
        format!(
            "{who} on {title}, so it cannot be removed. End each placement first, with its reason; or set its last day: then nobody new joins, and those who are on it stay"
        ),
    )
}
