//! Working a return out: everybody who is or was on the programme, opened under one bulk permit of Kept itself, each held
//! against the definition.

use std::collections::{BTreeMap, HashMap};
use std::sync::PoisonError;

use access::{Act, Actor, Circumstances, Request, Subject};
use audit::{Action, Detail};
use casework::outcomes::{self, RuleSet};
use casework::programmes::{Placement, Times};
use casework::returns::{Amiss, Counts, Definition, Judged, Period, Person};
use casework::{ClientId, EntryId, ProgrammeId, Written};
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use store::{Row, sql};
use vault::{Compartment, FileId, Personal};

use super::{Asked, Content, Figure, Fits};
use crate::entries::{Stored, entry_columns};
use crate::figures::counts;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service};

sql! { records:
    /// Everybody who is or was on a programme and may be counted for those who pay: a restricted file is stored and nothing more
    /// (UK GDPR Art. 18), and an objection or a consent taken back stops this purpose.
    PEOPLE = "SELECT p.id, p.client, p.placed, p.started, p.ended FROM placement p JOIN client c ON c.id = p.client WHERE p.programme = $1 AND c.restricted = $2 AND NOT EXISTS (SELECT 1 FROM objection o WHERE o.client = c.id AND (o.stops / $3) % 2 = 1) AND NOT EXISTS (SELECT 1 FROM consent w WHERE w.client = c.id AND w.kind = 'use' AND w.purpose = 'functions' AND w.state = 'withdrawn') ORDER BY p.placed, p.id";
    /// How many there are in all.
    EVERYBODY = "SELECT COUNT(DISTINCT client) FROM placement WHERE programme = $1";
    /// Their placements, and what tells of outcomes.
    PIECES = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE client IN (SELECT client FROM placement WHERE programme = $1) AND kind IN ('placement', 'spell', 'earning', 'evidence')");
    /// The days of support that the programme gave.
    SUPPORT_DAYS = "SELECT client, day FROM entry WHERE client IN (SELECT client FROM placement WHERE programme = $1) AND kind = 'support' AND compartment = $2";
    /// What was paid and promised for support with a day in a period.
    MONEY = "SELECT paid, CAST(SUM(pence) AS BIGINT) FROM spend WHERE programme = $1 AND day >= $2 AND day <= $3 GROUP BY paid";
}

const GATHER: Action = Action("gather-return");
const PREVIEW: Action = Action("preview-return");

/// A return before it is signed: what it would say, and what should be put right first.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What it would say.
    pub content: Content,
    /// Whose data should be looked at first, and for what.
    pub to_put_right: Vec<ToPutRight>,
}

/// Somebody in whose data something is amiss.
#[derive(Debug, Clone)]
pub struct ToPutRight {
    /// Who.
    pub who: Shown,
    /// What is amiss.
    pub amiss: Vec<Amiss>,
}

/// One piece that was opened.
pub(super) enum Piece {
    Placed(EntryId, Box<Placement>),
    Written(EntryId, &'static str, Written),
}

/// What a return looks at of one client.
#[derive(Default)]
pub(super) struct Theirs {
    /// Each placement on the programme with its days.
    pub(super) placements: Vec<(EntryId, Times)>,
    pub(super) pieces: Vec<Piece>,
    pub(super) supported: Vec<Date>,
}

impl Theirs {
    /// What the definition says of each of their placements.
    pub(super) fn judged(
        &self,
        definition: &Definition,
        criteria: usize,
        period: Period,
        sets: &[RuleSet],
        today: Date,
    ) -> Vec<Judged> {
        let entries: Vec<outcomes::Entry<'_>> = self
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Written(id, form, written) => Some(outcomes::Entry { id: *id, form, written }),
                Piece::Placed(..) => None,
            })
            .collect();
        let sealed = |id: EntryId| {
            self.pieces.iter().find_map(|piece| match piece {
                Piece::Placed(of, placement) if *of == id => Some(placement),
                _ => None,
            })
        };
        self.placements
            .iter()
            .filter_map(|(id, times)| {
                let placement = sealed(*id)?;
                let person = Person {
                    times: *times,
                    facts: &placement.facts,
                    met: &placement.met,
                    criteria,
                    supported: &self.supported,
                    entries: &entries,
                };
                Some(definition.judge(&person, period, sets, today))
            })
            .collect()
    }
}

/// The days of a placement, from the columns `placed, started, ended` that begin at `at`.
pub(super) fn times(row: &Row, at: usize) -> Result<Times, Error> {
    let day = |at: usize| {
        let number = row.opt_int(at)?;
        number.map(|number| day_from(number).ok_or(Error::Damaged("day"))).transpose()
    };
    Ok(Times { placed: day(at)?.ok_or(Error::Damaged("day"))?, started: day(at + 1)?, ended: day(at + 2)? })
}

pub(super) fn rule_sets() -> Result<Vec<RuleSet>, Error> {
    RuleSet::shipped().map(Vec::from).map_err(|_| Error::Damaged("rules of outcomes"))
}

impl Service {
    /// What a return would say now, and whose data should be put right before it is signed.
    ///
    /// # Errors
    /// As for preparing it, except that the period may still run.
    pub async fn preview_return(&self, visit: &Visit, asked: Asked<'_>) -> Result<Opened<Preview>, Error> {
        self.returns_are_theirs(visit, counts).await?;
        let fits = self.fits(asked)?;
        let permit = self.permit(self.search_request(visit), PREVIEW).await?;
        let (content, amiss) = self.work_out(&fits).await?;
        let mut to_put_right = Vec::new();
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            for (client, amiss) in amiss {
                let Some(known) = people.known.get(&client) else { continue };
                to_put_right.push(ToPutRight { who: known.shown(false), amiss });
            }
        }
        let detail = Detail { count: Some(to_put_right.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, PREVIEW, detail);
        Ok(Opened::new(Personal::new(&entry, Preview { content, to_put_right }), entry))
    }

    /// The figures of a return for whoever runs Kept: how many, never who.
    ///
    /// # Errors
    /// As for [`Service::preview_return`].
    pub async fn return_figures(&self, asked: Asked<'_>) -> Result<Content, Error> {
        Ok(self.work_out(&self.fits(asked)?).await?.0)
    }

    /// Works a return out: what it says, and what is amiss with whom.
    pub(super) async fn work_out(
        &self,
        fits: &Fits,
    ) -> Result<(Content, BTreeMap<ClientId, Vec<Amiss>>), Error> {
        let id = fits.offered.id;
        let (sets, today) = (rule_sets()?, self.surroundings().today());
        let (everybody, left_out) = self.everybody_on(id).await?;
        let mut totals: BTreeMap<(usize, Option<String>), u64> = BTreeMap::new();
        let mut amiss: BTreeMap<ClientId, Vec<Amiss>> = BTreeMap::new();
        for (client, theirs) in &everybody {
            let judged = theirs.judged(
                &fits.definition,
                fits.offered.programme.criteria.len(),
                fits.period,
                &sets,
                today,
            );
            // Each person counts once in a line, however often they joined.
            for at in 0..fits.definition.lines.len() {
                let counted = judged.iter().filter_map(|one| one.verdicts.get(at)).find(|one| one.counts);
                if let Some(verdict) = counted {
                    *totals.entry((at, verdict.group.clone())).or_default() += 1;
                }
            }
            let mut theirs: Vec<Amiss> = judged.into_iter().flat_map(|one| one.amiss).collect();
            theirs.sort_unstable();
            theirs.dedup();
            if !theirs.is_empty() {
                amiss.insert(*client, theirs);
            }
        }
        let money = self.money_of(fits).await?;
        let content = self.content(fits, &totals, money, &amiss, left_out);
        Ok((content, amiss))
    }

    /// What was paid, and what was promised and is not paid.
    async fn money_of(&self, fits: &Fits) -> Result<(u64, u64), Error> {
        let query = MONEY.with([
            fits.offered.id.as_bytes().into(),
            day_number(fits.period.from).into(),
            day_number(fits.period.to).into(),
        ]);
        let (mut paid, mut promised) = (0, 0);
        for row in &self.records().read(vec![query]).await?.first().ok_or(Error::Damaged("batch"))?.rows {
            let pence = row.int(1)?.unsigned_abs();
            if row.bool(0)? { paid = pence } else { promised = pence }
        }
        Ok((paid, promised))
    }

    fn content(
        &self,
        fits: &Fits,
        totals: &BTreeMap<(usize, Option<String>), u64>,
        (paid, promised): (u64, u64),
        amiss: &BTreeMap<ClientId, Vec<Amiss>>,
        left_out: u64,
    ) -> Content {
        let Fits { offered, definition, period, recipient } = fits;
        let mut figures = Vec::new();
        let mut method = vec![format!(
            "For {} only, under the notice of {}. Not for publication: small figures could say something about somebody.",
            recipient.name, offered.programme.title
        )];
        for (at, line) in definition.lines.iter().enumerate() {
            if !Definition::allows(recipient, line) {
                method.push(format!(
                    "Left out: \u{201c}{}\u{201d}. The notice does not let them have the fact that it needs.",
                    line.title
                ));
                continue;
            }
            let mut add = |title: String, figure: u64| {
                let money = line.counts.is_money();
                figures.push(Figure { line: line.id.clone(), title, figure, money });
            };
            let of = |group: Option<String>| totals.get(&(at, group)).copied().unwrap_or(0);
            match (&line.counts, &line.by) {
                (Counts::Spent, _) => add(line.title.clone(), paid),
                (Counts::Promised, _) => add(line.title.clone(), promised),
                (_, Some(by)) if by.is.is_empty() => {
                    for (code, label) in self.groups_of(fits, &by.field) {
                        add(format!("{}: {label}", line.title), of(Some(code)));
                    }
                    add(format!("{}: not recorded", line.title), of(None));
                }
                _ => add(line.title.clone(), of(None)),
            }
            let means = line.counts.means();
            let means = format!("{}: {means}.", line.title);
            if !method.contains(&means) {
                method.push(means);
            }
        }
        let mut many: BTreeMap<Amiss, u64> = BTreeMap::new();
        for one in amiss.values().flatten() {
            *many.entry(*one).or_default() += 1;
        }
        method.push(format!(
            "Definition {} version {}, from {}.",
            definition.id, definition.version, definition.source
        ));
        if !definition.confirmed {
            method
                .push("Nobody has held this definition against the funder\u{2019}s own text yet.".to_owned());
        }
        method.push(format!(
            "Outcomes are judged by the rules {} that were in force when each person joined.",
            definition.rules
        ));
        method.push("Each person counts once in a line. Counted from the files as they were when the return was prepared.".to_owned());
        method.push(format!("Not counted, because their file is restricted, they objected, or they took their consent to this use back: {left_out}. Whose file was erased is not counted either; what was paid for them is."));
        Content {
            title: format!("{}: {}, {}", offered.programme.title, definition.title, period.words()),
            recipient: recipient.name.clone(),
            definition: format!("{} {}", definition.id, definition.version),
            figures,
            amiss: many.into_iter().map(|(what, people)| (what.words().to_owned(), people)).collect(),
            method,
        }
    }

    /// The codes of a field of the programme's notice, with their names.
    fn groups_of(&self, fits: &Fits, field: &notice::FieldId) -> Vec<(String, String)> {
        let Some(published) = self.programme_notice(&fits.offered.programme) else { return Vec::new() };
        let catalogue = &published.catalogue;
        let list = catalogue.field(field).and_then(|field| catalogue.list_of(field));
        let values = list.map(|list| list.values.as_slice()).unwrap_or_default();
        values.iter().map(|value| (value.code.clone(), value.label.clone())).collect()
    }

    /// Everybody who may be counted, opened under one entry; and how many may not.
    async fn everybody_on(&self, programme: ProgrammeId) -> Result<(BTreeMap<ClientId, Theirs>, u64), Error> {
        let layer = Compartment::Programme(programme);
        let id = || programme.as_bytes().into();
        let functions = 1_i64 << Purpose::Functions as u8;
        let rows = self
            .records()
            .read(vec![
                PEOPLE.with([id(), false.into(), functions.into()]),
                EVERYBODY.with([id()]),
                PIECES.with([id()]),
                SUPPORT_DAYS.with([id(), layer.code().as_ref().into()]),
            ])
            .await?;
        let [people, everybody, pieces, support] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let mut all: BTreeMap<ClientId, Theirs> = BTreeMap::new();
        for row in &people.rows {
            let client = ClientId::from_bytes(row.bytes16(1)?);
            let placement = EntryId::from_bytes(row.bytes16(0)?);
            all.entry(client).or_default().placements.push((placement, times(row, 2)?));
        }
        for row in &support.rows {
            if let Some(theirs) = all.get_mut(&ClientId::from_bytes(row.bytes16(0)?)) {
                theirs.supported.push(day_from(row.int(1)?).ok_or(Error::Damaged("day"))?);
            }
        }
        let in_all = everybody.first().map_or(Ok(0), |row| row.int(0))?.unsigned_abs();
        let left_out = in_all.saturating_sub(all.len() as u64);
        let permit = self.policy().decide(Request {
            actor: Actor::SYSTEM,
            purpose: Purpose::Functions,
            act: Act::Read,
            subject: Subject::Everyone,
            categories: Categories::from(Category::Casework),
            circumstances: Circumstances::default(),
        })?;
        let detail = Detail { count: Some(all.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, GATHER, detail);
        let files: Vec<FileId> = all.keys().map(|client| FileId::from(*client)).collect();
        let keys: HashMap<_, _> = self.vault().keys_of(&files).await?;
        let mut found = Vec::new();
        for row in &pieces.rows {
            let (client, stored) = (ClientId::from_bytes(row.bytes16(9)?), Stored::read(row)?);
            // Without a key: erased after this copy of the records was made.
            let Some(keys) = keys.get(&FileId::from(client)) else { continue };
            if !all.contains_key(&client) || !self.counts_for_return(&stored, &layer) {
                continue;
            }
            found.push(self.open_piece(&entry, keys, client, &stored)?.map(move |piece| (client, piece)));
        }
        let gathered = Personal::gather(&entry, found)?;
        let receipt = entry.durable().await?;
        for (client, piece) in gathered.release(&receipt)? {
            if let Some(theirs) = all.get_mut(&client) {
                theirs.pieces.push(piece);
            }
        }
        Ok((all, left_out))
    }

    /// Whether a piece may be looked at for a return: what lies in the programme's layer, and work, earnings and evidence of the
    /// file if the service's own notice gives them for this.
    pub(super) fn counts_for_return(&self, stored: &Stored, layer: &Compartment) -> bool {
        let own = self.notices().service().gives(Purpose::Functions, Category::Casework);
        stored.compartment == *layer || (own && stored.compartment == Compartment::File)
    }

    /// Opens a placement, or an entry that tells of outcomes.
    pub(super) fn open_piece(
        &self,
        entry: &audit::Entry,
        keys: &vault::FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<Personal<Piece>, Error> {
        let id = stored.id;
        let form = match stored.kind.as_str() {
            "placement" => {
                let opened = self.open_entry::<Placement>(entry, keys, client, stored)?;
                return Ok(opened.map(move |placement| Piece::Placed(id, Box::new(placement))));
            }
            "earning" => "earning",
            "evidence" => "evidence",
            _ => "spell",
        };
        let opened = self.open_entry::<Written>(entry, keys, client, stored)?;
        Ok(opened.map(move |written| Piece::Written(id, form, written)))
    }
}
