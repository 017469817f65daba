//! Until when each layer of a file is kept. The days stand in the clear beside the files, so that a million of them are counted
//! without opening one; they move in the same transaction as the contact that moves them.

pub(crate) mod rights;

use std::sync::PoisonError;

use audit::{Action, Detail, Outcome};
use casework::retention::{self, Ahead, Clock, ContactDay, ProgrammeRule, Rule, Since, ahead};
use casework::{ClientId, ProgrammeId};
use jiff::civil::Date;
use notice::{Category, ContactKind, Layer};
use store::{Query, Row, Rows, sql};
use vault::{Compartment, Personal};

use crate::files::{Dated, What};
use crate::meetings::MOVE_CLOCK;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// What was scheduled because a consent was taken back.
    COUNT_SCHEDULED = "SELECT category, COUNT(CASE WHEN day <= $1 THEN 1 END), COUNT(*) FROM scheduled_erasure GROUP BY category ORDER BY category";
    /// A layer of a new file.
    KEEP = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client, layer) DO NOTHING";
    /// Contact moves the day forwards only.
    MOVE = "UPDATE keeping SET since = $3, warn = $4, day = $5 WHERE client = $1 AND layer = $2 AND since < $3";
    /// After a correction the day is set again, backwards too.
    SET = "UPDATE keeping SET since = $3, warn = $4, day = $5 WHERE client = $1 AND layer = $2";
    /// Another notice holds from now on: the day that follows from it, unless contact came between.
    FOLLOW = "UPDATE keeping SET warn = $4, day = $5 WHERE client = $1 AND layer = $2 AND since = $3";
    /// A layer that the new notice does not count from the last contact.
    LEAVE = "DELETE FROM keeping WHERE client = $1 AND layer = $2";
    /// The layer of a programme: the day that follows from the end of the programme, or of the client's time on it.
    KEEP_PROGRAMME = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, $2, $3, NULL, $4) ON CONFLICT (client, layer) DO UPDATE SET since = excluded.since, day = excluded.day";
    /// When somebody's time on a programme ended, for the check of its layer's day.
    ENDED_ON = "SELECT notice_version, ended FROM placement WHERE client = $1 AND programme = $2 ORDER BY CASE WHEN ended IS NULL THEN 0 ELSE 1 END, ended DESC LIMIT 1";
    /// The layers of a file.
    KEPT_OF = "SELECT layer, since, day FROM keeping WHERE client = $1 ORDER BY day, layer DESC";
    /// They go with the file.
    pub(crate) DROP_KEEPING = "DELETE FROM keeping WHERE client = $1";
    /// Files whose days are still to be written down.
    WITHOUT_DAYS = "SELECT id, registered, last_contact, notice, notice_version FROM client c WHERE c.status NOT IN ('ended', 'merged') AND NOT EXISTS (SELECT 1 FROM keeping k WHERE k.client = c.id) LIMIT 1000";
    /// Files of a caseload whose warnings have begun, the first to go first.
    ENDING = "SELECT k.client, k.since, c.registered, c.notice, c.notice_version FROM keeping k JOIN client c ON c.id = k.client WHERE (c.adviser = $1 OR EXISTS (SELECT 1 FROM cover v WHERE v.absent = c.adviser AND v.covering = $1 AND v.starts <= $4 AND v.ends > $4)) AND c.restricted = $2 AND k.layer = 'service' AND (k.warn <= $3 OR k.day <= $3) ORDER BY k.day, k.client LIMIT 2000";
    /// How much goes on which day, over all files.
    COUNT_DAYS = "SELECT layer, day, COUNT(*) FROM keeping GROUP BY layer, day";
    /// Each stored day beside what it follows from.
    DAYS_AND_FILES = "SELECT k.client, k.layer, k.since, k.warn, k.day, c.last_contact, c.notice, c.notice_version FROM keeping k JOIN client c ON c.id = k.client WHERE (k.client, k.layer) > ($1, $2) ORDER BY k.client, k.layer LIMIT 2000";
    /// Files without a day, and days without a file.
    COUNT_ASTRAY = "SELECT (SELECT COUNT(*) FROM client c WHERE c.status NOT IN ('ended', 'merged') AND NOT EXISTS (SELECT 1 FROM keeping k WHERE k.client = c.id)), (SELECT COUNT(*) FROM keeping k WHERE NOT EXISTS (SELECT 1 FROM client c WHERE c.id = k.client))";
}

/// A file whose warnings have begun.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Whose.
    pub who: Shown,
    /// When it goes, and why.
    pub clock: Clock,
    /// The days of its warnings, the earliest first.
    pub warnings: Vec<Date>,
}

/// What goes soon.
#[derive(Debug, Clone)]
pub struct Endings {
    /// Files of one's own caseload whose warnings have begun, the first to go first.
    pub mine: Vec<Ending>,
    /// The year ahead of the whole service, layer by layer.
    pub layers: Vec<(Layer, Ahead)>,
}

const LIST: Action = Action("list-endings");
const PREVIEW: Action = Action("preview-retention");

/// The values of a row: whose, which layer, from which day, with its warning and its last day.
fn values(client: ClientId, layer: Layer, rule: &Rule, since: Date) -> [store::Value; 5] {
    let warn = rule.warnings(since).first().map(|day| day_number(*day));
    [
        client.as_bytes().into(),
        layer.code().into(),
        day_number(since).into(),
        warn.map_or(store::Value::Null, Into::into),
        day_number(rule.after(since)).into(),
    ]
}

/// The name of a programme's layer in the table `keeping`: that of its key.
fn layer_code(programme: ProgrammeId) -> String {
    Compartment::Programme(programme).code().into_owned()
}

/// Which programme's layer a name is, if it is one.
fn programme_of(layer: &str) -> Option<ProgrammeId> {
    match layer.parse() {
        Ok(Compartment::Programme(programme)) => Some(programme),
        _ => None,
    }
}

/// The day of a programme's layer in a file, or none while nothing is counted yet.
pub(crate) fn programme_layer(
    client: ClientId,
    programme: ProgrammeId,
    rule: &ProgrammeRule,
    placement_ended: Option<Date>,
    programme_ends: Option<Date>,
) -> Query {
    let layer = layer_code(programme);
    match rule.since(placement_ended, programme_ends) {
        Some(since) => KEEP_PROGRAMME.with([
            client.as_bytes().into(),
            layer.into(),
            day_number(since).into(),
            day_number(rule.after(since)).into(),
        ]),
        None => LEAVE.with([client.as_bytes().into(), layer.into()]),
    }
}

/// The days of a new file that had these contacts.
pub(crate) fn keeping(
    client: ClientId,
    layers: &[(Layer, Rule)],
    contacts: &[ContactDay],
    registered: Date,
) -> Vec<Query> {
    let since = |rule: &Rule| retention::until(contacts, rule, registered).last_contact;
    layers.iter().map(|(layer, rule)| KEEP.with(values(client, *layer, rule, since(rule)))).collect()
}

/// Sets the days of a file again from all its contacts.
pub(crate) fn set_again(
    client: ClientId,
    layers: &[(Layer, Rule)],
    contacts: &[ContactDay],
    registered: Date,
) -> Vec<Query> {
    let since = |rule: &Rule| retention::until(contacts, rule, registered).last_contact;
    layers.iter().map(|(layer, rule)| SET.with(values(client, *layer, rule, since(rule)))).collect()
}

/// The same clock, with the contact from which it runs by its name, if that is among the entries that were opened.
pub(crate) fn named(clock: Clock, rule: &Rule, timeline: &[Dated]) -> Clock {
    let met = timeline.iter().filter(|dated| dated.day == clock.since).find_map(|dated| match &dated.what {
        What::Meeting(meeting) if rule.counts(meeting.contact()) => Some(meeting.kind.noun()),
        _ => None,
    });
    match met {
        Some(what) => retention::clock(clock.layer, rule, clock.since, Since::Named(what)),
        None => clock,
    }
}

/// Finds the layers of a file.
pub(crate) fn of_client(client: ClientId) -> Query {
    KEPT_OF.with([client.as_bytes().into()])
}

/// How many files lose a category because a consent was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    /// Which.
    pub category: Category,
    /// By the day that was asked for.
    pub due: u64,
    /// After it.
    pub later: u64,
}

impl Service {
    /// The layers of a notice that was given whose clock runs from the last contact.
    pub(crate) fn layers_of(&self, notice: &str, version: &str) -> Result<Vec<(Layer, Rule)>, Error> {
        let layers = retention::by_contact(&self.given(notice, version)?.notice);
        if layers.is_empty() { Err(Error::Damaged("notice")) } else { Ok(layers) }
    }

    /// The days of a file under another version of its notice, from its rows and the day of the last contact. A contact that
    /// comes between breaks the batch.
    pub(crate) fn under_notice(
        &self,
        standing: &Standing,
        rows: &Rows,
        version: &str,
    ) -> Result<Vec<Query>, Error> {
        let client = standing.client;
        let layers = self.layers_of(&standing.notice, version)?;
        let mut batch = Vec::with_capacity(layers.len());
        let mut there = Vec::new();
        for row in &rows.rows {
            // What a programme's notice says holds on.
            if programme_of(row.text(0)?).is_some() {
                continue;
            }
            if row.text(0)? == rights::LAYER {
                let since = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
                let rule = retention::by_closing(&self.given(&standing.notice, version)?.notice);
                batch.push(match rule {
                    Some(rule) => FOLLOW.with(values(client, Layer::Rights, &rule, since)).expecting(1),
                    None => LEAVE.with([client.as_bytes().into(), rights::LAYER.into()]),
                });
                continue;
            }
            let layer: Layer = row.text(0)?.parse().map_err(|_| Error::Damaged("layer"))?;
            let since = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
            batch.push(match layers.iter().find(|(other, _)| *other == layer) {
                Some((_, rule)) => FOLLOW.with(values(client, layer, rule, since)).expecting(1),
                None => LEAVE.with([client.as_bytes().into(), layer.code().into()]),
            });
            there.push(layer);
        }
        let last = day_from(standing.last_contact).ok_or(Error::Damaged("day"))?;
        let new = layers.iter().filter(|(layer, _)| !there.contains(layer));
        batch.extend(new.map(|(layer, rule)| KEEP.with(values(client, *layer, rule, last))));
        Ok(batch)
    }

    /// The day of a layer that begins again, by the last contact: its answers went once, and their day with them.
    pub(crate) fn layer_begins(&self, standing: &Standing, layer: Layer) -> Result<Option<Query>, Error> {
        let last = day_from(standing.last_contact).ok_or(Error::Damaged("day"))?;
        let layers = self.layers_of(&standing.notice, &standing.notice_version)?;
        let rule = layers.iter().find(|(other, _)| *other == layer);
        Ok(rule.map(|(_, rule)| KEEP.with(values(standing.client, layer, rule, last))))
    }

    /// What contact of this kind on `day` moves: each layer whose rule counts it, and the file's last contact.
    pub(crate) fn contact_moves(
        &self,
        standing: &Standing,
        kind: ContactKind,
        day: Date,
    ) -> Result<Vec<Query>, Error> {
        let client = standing.client;
        let layers = self.layers_of(&standing.notice, &standing.notice_version)?;
        let mut moves = Vec::with_capacity(layers.len() + 1);
        for (layer, rule) in layers.iter().filter(|(_, rule)| rule.counts(kind)) {
            moves.push(MOVE.with(values(client, *layer, rule, day)));
            if *layer == Layer::Service {
                moves.push(MOVE_CLOCK.with([client.as_bytes().into(), day_number(day).into()]));
            }
        }
        Ok(moves)
    }

    /// The clocks of a file from its rows, each with its rule. To which appointments the client came stands in the clear.
    pub(crate) fn clocks(
        &self,
        standing: &Standing,
        rows: &Rows,
        came: &[Date],
    ) -> Result<Vec<(Clock, Rule)>, Error> {
        let registered = self.surroundings().civil(standing.registered).date();
        let layers = self.layers_of(&standing.notice, &standing.notice_version)?;
        let mut clocks = Vec::with_capacity(rows.rows.len());
        for row in &rows.rows {
            let since = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
            if let Some(programme) = programme_of(row.text(0)?) {
                let day = day_from(row.int(2)?).ok_or(Error::Damaged("day"))?;
                clocks.push(self.programme_clock(programme, since, day)?);
                continue;
            }
            if row.text(0)? == rights::LAYER {
                let rule = self.kept_after_closing(standing)?.ok_or(Error::Damaged("layer"))?;
                clocks.push((rights::clock_of(&rule, since), rule));
                continue;
            }
            let layer: Layer = row.text(0)?.parse().map_err(|_| Error::Damaged("layer"))?;
            let (_, rule) =
                layers.iter().find(|(other, _)| *other == layer).ok_or(Error::Damaged("layer"))?;
            let from = if came.contains(&since) && rule.counts(ContactKind::TookPart) {
                Since::Named("appointment")
            } else if since == registered {
                Since::Registration
            } else {
                Since::Contact
            };
            clocks.push((retention::clock(layer, rule, since, from), rule.clone()));
        }
        Ok(clocks)
    }

    /// The clock of a programme's layer, with the rule of the version of its notice that gives this day.
    fn programme_clock(
        &self,
        programme: ProgrammeId,
        since: Date,
        day: Date,
    ) -> Result<(Clock, Rule), Error> {
        let offered = self.programme(programme)?;
        let notices = self.notices();
        let versions = notices.all().iter().rev().filter(|one| one.notice.id == offered.programme.notice);
        let rules: Vec<ProgrammeRule> =
            versions.filter_map(|one| ProgrammeRule::of(&one.notice).ok()).collect();
        let rule = rules.iter().find(|rule| rule.after(since) == day).ok_or(Error::Damaged("layer"))?;
        Ok((rule.clock(&offered.programme.title, since), rule.rule().clone()))
    }

    /// Whether the day of a programme's layer is the one that follows from the placement and its notice.
    async fn programme_day_follows(&self, row: &Row, programme: ProgrammeId) -> Result<bool, Error> {
        let Ok(offered) = self.programme(programme) else { return Ok(false) };
        let placed = self
            .records()
            .read(vec![ENDED_ON.with([row.blob(0)?.to_vec().into(), programme.as_bytes().into()])])
            .await?;
        let Some(placed) = placed.first().and_then(|rows| rows.first()) else { return Ok(false) };
        let ended = placed.opt_int(1)?.map(|day| day_from(day).ok_or(Error::Damaged("day"))).transpose()?;
        let given = self.given(&offered.programme.notice, placed.text(0)?)?;
        let Ok(rule) = ProgrammeRule::of(&given.notice) else { return Ok(false) };
        let since = rule.since(ended, offered.programme.terms.ends);
        let day = since.map(|since| day_number(rule.after(since)));
        Ok(since.map(day_number) == Some(row.int(2)?) && day == Some(row.int(4)?))
    }

    /// Writes down the days of files that have none yet: those of before this table.
    pub(crate) async fn write_down_days(&self) -> Result<(), Error> {
        loop {
            let rows = self.records().read(vec![WITHOUT_DAYS.with([])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                return Ok(());
            }
            let mut batch = Vec::with_capacity(rows.len() * 2);
            for row in &rows {
                let client = ClientId::from_bytes(row.bytes16(0)?);
                let registered = self.surroundings().civil(changes::time(row.int(1)?)?).date();
                let last = day_from(row.int(2)?).ok_or(Error::Damaged("day"))?.max(registered);
                for (layer, rule) in self.layers_of(row.text(3)?, row.text(4)?)? {
                    batch.push(KEEP.with(values(client, layer, &rule, last)));
                }
            }
            self.records().write(batch).await?;
        }
    }

    /// The files of one's own caseload whose warnings have begun, and the year ahead of the whole service in numbers.
    /// Restricted files are in no list.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn endings(&self, visit: &Visit) -> Result<Opened<Endings>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, LIST).await?;
        let with_birth = request.categories.contains(notice::Category::Identity);
        let today = self.surroundings().today();
        let rows = self
            .records()
            .read(vec![
                ENDING.with([
                    visit.staff.as_bytes().into(),
                    false.into(),
                    day_number(today).into(),
                    self.now().as_microsecond().into(),
                ]),
                COUNT_DAYS.with([]),
            ])
            .await?;
        let [ending, days] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let mut mine = Vec::with_capacity(ending.rows.len());
        for row in &ending.rows {
            let client = ClientId::from_bytes(row.bytes16(0)?);
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            let known = people.known.get(&client).filter(|known| known.is_shown_for(request.purpose));
            let Some(known) = known else { continue };
            let who = known.shown(with_birth);
            drop(people);
            let since = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
            let registered = self.surroundings().civil(changes::time(row.int(2)?)?).date();
            let rule = self.rule_of(row.text(3)?, row.text(4)?)?;
            let from = if since == registered { Since::Registration } else { Since::Contact };
            let clock = retention::clock(Layer::Service, &rule, since, from);
            mine.push(Ending { who, clock, warnings: rule.warnings(since) });
        }
        let layers = by_layer(&days.rows, today)?;
        let detail = Detail { count: Some(mine.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, Endings { mine, layers }), entry))
    }

    /// What will be due on `as_of` and in the year after it, layer by layer, in numbers. No file is opened.
    ///
    /// # Errors
    /// The store or the log failed.
    pub async fn retention_preview(&self, as_of: Date) -> Result<Vec<(Layer, Ahead)>, Error> {
        let rows = self.records().read(vec![COUNT_DAYS.with([])]).await?;
        self.log().event(None, PREVIEW, Outcome::Done).durable().await?;
        by_layer(&rows.first().ok_or(Error::Damaged("batch"))?.rows, as_of)
    }

    /// What goes because a consent was taken back and no other ground is left: of each category how many files lose it by
    /// `as_of`, and how many later. No file is opened.
    ///
    /// # Errors
    /// The store failed.
    pub async fn taken_back_ahead(&self, as_of: Date) -> Result<Vec<TakenBack>, Error> {
        let rows = self.records().read(vec![COUNT_SCHEDULED.with([day_number(as_of).into()])]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter()
            .map(|row| {
                let category = row.text(0)?.parse().map_err(|_| Error::Damaged("category"))?;
                let (due, all) = (row.int(1)?.unsigned_abs(), row.int(2)?.unsigned_abs());
                Ok(TakenBack { category, due, later: all.saturating_sub(due) })
            })
            .collect()
    }

    /// Whether every stored day is the one that follows from the file and its notice.
    pub(crate) async fn days_sound(&self) -> Result<(bool, String), Error> {
        let (mut checked, mut wrong) = (0_u64, 0_u64);
        let (mut client, mut layer) = (Vec::new(), String::new());
        loop {
            let rows = self
                .records()
                .read(vec![DAYS_AND_FILES.with([client.clone().into(), layer.as_str().into()])])
                .await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            let Some(last) = rows.last() else { break };
            (client, layer) = (last.blob(0)?.to_vec(), last.text(1)?.to_owned());
            for row in &rows {
                checked += 1;
                wrong += u64::from(!match programme_of(row.text(1)?) {
                    Some(programme) => self.programme_day_follows(row, programme).await?,
                    None if row.text(1)? == rights::LAYER => self.rights_day_follows(row).await?,
                    None => self.day_follows(row)?,
                });
            }
        }
        let astray = self.records().read(vec![COUNT_ASTRAY.with([])]).await?;
        let astray = astray.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
        let (without, orphans) = (astray.int(0)?, astray.int(1)?);
        Ok((
            wrong == 0 && without == 0 && orphans == 0,
            format!(
                "{checked} days, {wrong} other than the notice says, {without} files without one, {orphans} of no file"
            ),
        ))
    }

    fn day_follows(&self, row: &Row) -> Result<bool, Error> {
        let layers = self.layers_of(row.text(6)?, row.text(7)?)?;
        let Some((layer, rule)) =
            layers.iter().find(|(layer, _)| layer.code() == row.text(1).unwrap_or_default())
        else {
            return Ok(false);
        };
        let since = day_from(row.int(2)?).ok_or(Error::Damaged("day"))?;
        let warn = rule.warnings(since).first().map(|day| day_number(*day));
        let counted = *layer != Layer::Service || row.int(2)? == row.int(5)?;
        Ok(counted && row.opt_int(3)? == warn && row.int(4)? == day_number(rule.after(since)))
    }
}

/// Counts of days, layer by layer, the service's own first.
fn by_layer(rows: &[Row], today: Date) -> Result<Vec<(Layer, Ahead)>, Error> {
    let mut layers = Vec::new();
    for layer in Layer::ALL {
        let mut days = Vec::new();
        for row in rows {
            // The layers of all programmes stand together.
            let programme = *layer == Layer::Programme && programme_of(row.text(0)?).is_some();
            if row.text(0)? == layer.code() || programme {
                let day = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
                days.push((day, row.int(2)?.unsigned_abs()));
            }
        }
        if !days.is_empty() {
            layers.push((*layer, ahead(days, today)));
        }
    }
    Ok(layers)
}
