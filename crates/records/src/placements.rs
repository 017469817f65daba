//! Clients on programmes: placed with the programme's notice given and agreed to, begun, ended with a reason.
//!
//! From the moment of placing, what belongs to the programme lies in a layer of the file with a key and a time of its own:
//! `placement` says in the clear since when, the sealed entry of the same id holds what was agreed and the facts that the
//! programme's notice names.

mod viewing;

use access::Act;
use audit::{Action, Detail};
use casework::entries::Agreed;
use casework::profile::fields;
use casework::programmes::{Ended, Placement, Said, Times};
use casework::retention::ProgrammeRule;
use casework::{
    Answer, ClientId, EntryId, EntryKind, Fault, How, NoticeGiven, PlacementId, Profile, ProgrammeId,
};
use jiff::civil::Date;
use notice::{Categories, Category, Notice};
use store::{Query, Row, sql};
use vault::Compartment;

use crate::entries::{Head, compartment_of};
use crate::notices_given::holding;
use crate::programmes::{HAS_ROOM, HOLD_PROGRAMME, Offered};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::webhooks::Event;
use crate::{Error, Service, changes, retention};

pub use viewing::{Joinable, PlacementView, Placing, TheirProgrammes};

sql! { records:
    /// The placements of a client, those that go on first.
    PLACEMENTS_OF = "SELECT id, programme, notice_version, placed, started, ended, version FROM placement WHERE client = $1 ORDER BY CASE WHEN ended IS NULL THEN 0 ELSE 1 END, placed DESC, id LIMIT 200";
    /// Places a client.
    ADD_PLACEMENT = "INSERT INTO placement (id, client, programme, notice_version, placed, started, ended, version) VALUES ($1, $2, $3, $4, $5, $6, NULL, 1)";
    /// The next days of a placement.
    MOVE_PLACEMENT = "UPDATE placement SET started = $3, ended = $4, version = version + 1 WHERE id = $1 AND version = $2";
    /// They go with the file.
    pub(crate) DROP_PLACEMENTS = "DELETE FROM placement WHERE client = $1";
}

/// A placement as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOn {
    /// Which; its sealed entry has the same id.
    pub id: PlacementId,
    /// On which programme.
    pub programme: ProgrammeId,
    /// The version of its notice that the client was given.
    pub notice_version: String,
    /// Its days.
    pub times: Times,
    /// Its version, which a form sends back.
    pub version: i64,
}

impl PlacedOn {
    fn read(row: &Row) -> Result<PlacedOn, Error> {
        let day = |at: usize| {
            let number = row.opt_int(at)?;
            number.map(|number| day_from(number).ok_or(Error::Damaged("day"))).transpose()
        };
        Ok(PlacedOn {
            id: PlacementId::from_bytes(row.bytes16(0)?),
            programme: ProgrammeId::from_bytes(row.bytes16(1)?),
            notice_version: row.text(2)?.to_owned(),
            times: Times { placed: day(3)?.ok_or(Error::Damaged("day"))?, started: day(4)?, ended: day(5)? },
            version: row.int(6)?,
        })
    }

    /// The entry in which the rest is sealed.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        EntryId::from_bytes(*self.id.as_bytes())
    }
}

/// Finds the placements of a client.
pub(crate) fn of_client(client: ClientId) -> Query {
    PLACEMENTS_OF.with([client.as_bytes().into()])
}

/// Reads them.
pub(crate) fn read(rows: &[Row]) -> Result<Vec<PlacedOn>, Error> {
    rows.iter().map(PlacedOn::read).collect()
}

/// What is said when a client joins.
#[derive(Debug, Clone)]
pub struct Joining {
    /// How the programme's notice was given.
    pub how: How,
    /// How the client agreed.
    pub agreed: Agreed,
    /// The version of the notice that was shown: nobody agrees to words that they did not see.
    pub seen: String,
    /// What met the criteria.
    pub said: Vec<Said>,
    /// Answers to the programme's own questions.
    pub answers: Profile,
    /// The day of the agreement: today, or earlier if it is written down late.
    pub on: Date,
    /// Whether the client begins on that day.
    pub begins: bool,
}

/// What becomes of a placement.
#[derive(Debug, Clone)]
pub enum Becomes {
    /// The client began.
    Started(Date),
    /// It ended.
    Ended(Ended),
    /// The programme's own facts changed.
    Facts(Profile),
}

const PLACE: Action = Action("place-on-programme");
const CHANGE: Action = Action("change-placement");

/// The answers of a file that a programme's notice names, as they are.
pub(crate) fn named_by(notice: &Notice, profile: &Profile) -> Profile {
    let named = profile.answers.iter().filter(|(field, _)| notice.names(field));
    Profile { answers: named.map(|(field, answer)| (field.clone(), answer.clone())).collect() }
}

/// Own answers that the programme's notice does not ask.
fn foreign(notice: &Notice, answers: &Profile) -> Vec<Fault> {
    let own = |field: &&notice::FieldId| !notice.fields.iter().any(|known| known.id == **field);
    let faults = answers.answers.keys().filter(own);
    faults.map(|field| Fault::new(field.clone(), "The programme’s notice does not name this")).collect()
}

/// What the notice says has to be known before somebody can join, and is not.
fn missing(notice: &Notice, published: &notice::Catalogue, facts: &Profile) -> Vec<Fault> {
    let Some(required) = &notice.required else { return Vec::new() };
    let missing = required.fields.iter().filter(|field| facts.get(field).is_none());
    missing
        .map(|field| {
            let label = published.field(field).map_or_else(|| field.to_string(), |field| field.label.clone());
            let own = notice.fields.iter().any(|known| known.id == *field);
            let message = match own {
                true => format!("Answer this: {label}"),
                false => format!("Record this in the client’s details first: {label}"),
            };
            Fault::new(field.clone(), message)
        })
        .collect()
}

impl Service {
    /// Places a client on a programme: its notice was shown and given, they agreed, what shows that they may join was seen, and
    /// there is a place. Notice, agreement and placement are written together.
    ///
    /// # Errors
    /// `Error::Faults` with each criterion that is not met, what is missing, or why nobody can join now;
    /// `Error::ChangedMeanwhile` if the notice changed or the last place went, a refusal, or a store failed. Then nothing is
    /// written.
    pub async fn place_on_programme(
        &self,
        visit: &Visit,
        client: ClientId,
        programme: ProgrammeId,
        form: [u8; 16],
        joining: Joining,
    ) -> Result<PlacementId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(PlacementId::from_bytes(made));
        }
        let placing = self.begin_placing(visit, client, programme).await?.release().await?;
        let offered = self.programme(programme)?;
        let published = self.notice_of(&offered.programme)?;
        let notice = &published.notice;
        if joining.seen != notice.version {
            return Err(Error::ChangedMeanwhile);
        }
        let today = self.surroundings().today();
        if let Some(shut) = placing.shut {
            return Err(Error::Faults(vec![Fault::new("place", shut)]));
        }
        let standing = self.standing(visit, client).await?;
        let registered = self.surroundings().civil(standing.registered).date();
        let mut faults = foreign(notice, &joining.answers);
        if joining.on > today || joining.on < registered {
            faults.push(Fault::new(
                "agreed",
                "The agreement was made today or earlier, and after the registration",
            ));
        }
        let facts = named_by(notice, &placing.profile).joined(joining.answers.clone());
        faults.extend(missing(notice, &published.catalogue, &facts));
        let born = placing.profile.date(&fields::DATE_OF_BIRTH);
        let met = match offered.programme.eligible(&joining.said, born, joining.on) {
            Ok(met) => met,
            Err(more) => {
                faults.extend(more);
                Vec::new()
            }
        };
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let started = joining.begins.then_some(joining.on);
        let placement = Placement {
            title: offered.programme.title.clone(),
            notice: notice.id.clone(),
            version: notice.version.clone(),
            words: published.words.clone(),
            how: joining.how,
            agreed: joining.agreed,
            met,
            facts,
            started,
            ended: None,
        };
        let now = self.now();
        let wanted = Categories::from(Category::Agreement).with(Category::Casework);
        let permit = self.permit(standing.request(visit, now, Act::Write, wanted), PLACE).await?;
        let compartment = Compartment::Programme(programme);
        let mut keys = self.vault().keys(client.into()).await?;
        if !keys.have(&compartment) {
            self.vault().add_compartment(client.into(), compartment).await?;
            keys = self.vault().keys(client.into()).await?;
        }
        let id = PlacementId::from_bytes(self.draw());
        let head = |id: EntryId, kind: EntryKind, category, compartment| Head {
            id,
            client,
            kind: kind.code().into(),
            category,
            compartment,
            day: day_number(joining.on),
            written: now,
            author: visit.staff,
            version: 1,
        };
        let entry = EntryId::from_bytes(*id.as_bytes());
        let placed = head(entry, EntryKind::Placement, Category::Casework, compartment);
        let (add, mark) = self.seal_new(&permit, &keys, &placed, &placement)?;
        let given = NoticeGiven {
            notice: notice.id.clone(),
            version: notice.version.clone(),
            digest: notice.digest().to_owned(),
            how: joining.how,
            words: Some(published.words.clone()),
        };
        let agreement = Category::Agreement;
        let given_head = head(
            EntryId::from_bytes(self.draw()),
            EntryKind::NoticeGiven,
            agreement,
            compartment_of(agreement),
        );
        let (give, given_mark) = self.seal_new(&permit, &keys, &given_head, &given)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(notice.digest(), &mut digest).map_err(|_| Error::Damaged("notice"))?;
        let detail = Detail { rows: vec![mark, given_mark], notice: Some(digest), ..Detail::default() };
        let change = self.log().change(permit, PLACE, &detail);
        let rule = ProgrammeRule::of(notice).map_err(|_| Error::Damaged("notice"))?;
        let mut batch = vec![
            HOLD_PROGRAMME.with([programme.as_bytes().into()]).expecting(1),
            HAS_ROOM.with([programme.as_bytes().into()]).expecting(1),
            ADD_PLACEMENT.with([
                id.as_bytes().into(),
                client.as_bytes().into(),
                programme.as_bytes().into(),
                notice.version.as_str().into(),
                day_number(joining.on).into(),
                started.map(day_number).into(),
            ]),
            holding(client, &notice.id, &notice.version, now),
            // The layer's clock, which stands still while somebody is on the programme or runs from its known end.
            retention::programme_layer(client, programme, &rule, None, offered.programme.terms.ends),
            add,
            give,
        ];
        for head in [&placed, &given_head] {
            batch.extend(self.tell_programs(Event::of_entry(head), now));
        }
        batch.extend(changes::of_client(client, now));
        match self.write_once(visit, form, *id.as_bytes(), change, batch).await {
            Ok(made) => Ok(PlacementId::from_bytes(made)),
            // Removed, or the last place went, in this moment.
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error),
        }
    }

    /// A placement as it stands in the clear. Nothing is opened.
    ///
    /// # Errors
    /// There is no such placement in this file, or a store failed.
    pub async fn their_placement(&self, client: ClientId, placement: PlacementId) -> Result<PlacedOn, Error> {
        let rows = self.records().read(vec![of_client(client)]).await?;
        let all = read(rows.first().map(|r| r.rows.as_slice()).unwrap_or_default())?;
        all.into_iter().find(|one| one.id == placement).ok_or(Error::NoSuchFile)
    }

    /// Says what became of a placement. `version` is the one that the form was made from.
    ///
    /// # Errors
    /// `Error::Faults` for a day or a fact that does not fit, `Error::ChangedMeanwhile` if somebody else was faster,
    /// `Error::NoSuchFile`, a refusal, or a store failed; then nothing is written.
    pub async fn change_placement(
        &self,
        visit: &Visit,
        client: ClientId,
        placement: PlacementId,
        version: i64,
        becomes: Becomes,
    ) -> Result<(), Error> {
        let view = self.view_placement(visit, client, placement).await?.release().await?;
        if view.placed.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let offered = self.programme(view.placed.programme)?;
        let published = self.given(&offered.programme.notice, &view.placed.notice_version)?;
        let today = self.surroundings().today();
        let (mut times, mut next) = (view.placed.times, view.placement.clone());
        let fault = |fault| Error::Faults(vec![fault]);
        match becomes {
            Becomes::Started(on) => {
                times = times.start(on, today).map_err(fault)?;
                next.started = times.started;
            }
            Becomes::Ended(ended) => {
                times = times.end(ended.on, today).map_err(fault)?;
                let own = next
                    .facts
                    .answers
                    .iter()
                    .filter(|(field, _)| published.notice.fields.iter().any(|known| known.id == **field));
                let own = Profile { answers: own.map(|(f, a)| (f.clone(), a.clone())).collect() };
                next.facts = named_by(&published.notice, &view.profile).joined(own);
                next.ended = Some(ended);
            }
            Becomes::Facts(answers) => {
                let faults = foreign(&published.notice, &answers);
                if !faults.is_empty() {
                    return Err(Error::Faults(faults));
                }
                // What was there and is not any more was taken back.
                for field in &published.notice.fields {
                    let answer: Option<Answer> = answers.get(&field.id).cloned();
                    next.facts.set(field.id.clone(), answer);
                }
                let missing = missing(&published.notice, &published.catalogue, &next.facts);
                if !missing.is_empty() {
                    return Err(Error::Faults(missing));
                }
            }
        }
        self.write_placement(visit, client, &view, &offered, times, &next).await
    }

    async fn write_placement(
        &self,
        visit: &Visit,
        client: ClientId,
        view: &PlacementView,
        offered: &Offered,
        times: Times,
        next: &Placement,
    ) -> Result<(), Error> {
        let standing: Standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Casework.into());
        let permit = self.permit(request, CHANGE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let programme = view.placed.programme;
        let head = Head {
            id: view.placed.entry(),
            client,
            kind: EntryKind::Placement.code().into(),
            category: Category::Casework,
            compartment: Compartment::Programme(programme),
            day: day_number(times.ended.or(times.started).unwrap_or(times.placed)),
            written: now,
            author: visit.staff,
            version: view.entry_version + 1,
        };
        let (statements, mark) = self.seal_next(&permit, &keys, &head, next)?;
        let change = self.log().change(permit, CHANGE, &Detail { rows: vec![mark], ..Detail::default() });
        let published = self.given(&offered.programme.notice, &view.placed.notice_version)?;
        let rule = ProgrammeRule::of(&published.notice).map_err(|_| Error::Damaged("notice"))?;
        let changed = published.notice.fields.iter().map(|field| &field.id);
        let changed: Vec<notice::FieldId> =
            changed.filter(|id| view.placement.facts.get(id) != next.facts.get(id)).cloned().collect();
        let mut batch = vec![
            MOVE_PLACEMENT
                .with([
                    view.placed.id.as_bytes().into(),
                    view.placed.version.into(),
                    times.started.map(day_number).into(),
                    times.ended.map(day_number).into(),
                ])
                .expecting(1),
        ];
        batch.extend(statements);
        // Whoever was given one of these answers is told.
        batch.extend(self.to_tell_of_correction(client, &changed, now).await?);
        batch.push(retention::programme_layer(
            client,
            programme,
            &rule,
            times.ended,
            offered.programme.terms.ends,
        ));
        batch.push(change.outbox());
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }
}
