//! Entries that are written with a form of the notice: added, changed with every earlier version kept.

use access::Act;
use audit::{Action, Detail};
use casework::outcomes::ahead;
use casework::{ClientId, EntryId, Fault, ProgrammeId, Written, referrals};
use jiff::civil::Date;
use notice::{EntryForm, FieldId, Notice};
use store::{Query, sql};
use vault::Compartment;

use crate::disclosures::Telling;
use crate::entries::{Head, Stored, compartment_of, entry_columns};
use crate::sessions::Visit;
use crate::spending::spend;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::webhooks::Event;
use crate::{Error, Service, changes, placements};

sql! { records:
    /// One dated entry of a file.
    pub(crate) ENTRY = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND id = $2 AND kind <> 'profile'");
    /// The kinds of all entries of a file, to see that links lead somewhere.
    KINDS = "SELECT id, kind FROM entry WHERE client = $1 AND kind <> 'profile'";
    /// The newest day of the other entries of a form.
    NEWEST_OTHER = "SELECT MAX(day) FROM entry WHERE client = $1 AND kind = $2 AND id <> $3";
    /// What was due by an entry.
    FORGET_DUE = "DELETE FROM due WHERE entry = $1";
    /// What was due by every entry of a form.
    FORGET_DUE_OF_FORM = "DELETE FROM due WHERE client = $1 AND form = $2";
    /// Something is due.
    ADD_DUE = "INSERT INTO due (entry, field, client, form, day) VALUES ($1, $2, $3, $4, $5)";
    /// Evidence of a job is there up to a day.
    SETTLE_MILESTONES = "DELETE FROM due WHERE entry = $1 AND client = $2 AND form = 'spell' AND day <= $3";
    /// All that was due in a file.
    pub(crate) DROP_DUE = "DELETE FROM due WHERE client = $1";
}

const WRITE: Action = Action("write-entry");
const CHANGE: Action = Action("change-entry");
/// The most that one entry can be about.
const MOST_LINKS: usize = 20;

/// The name under which faults of links are told.
pub const ABOUT: &str = "about";
/// The name under which faults of the programme are told.
pub const PROGRAMME: &str = "programme";
const SPEAKS_OF: FieldId = FieldId::known("speaks_of");

/// Evidence is checked by somebody other than who got it, and nobody says that they checked what they write down themselves.
fn checked_by_another(written: &Written, writer: &str) -> Option<Fault> {
    let said = |field: &'static str| {
        let answer = written.answers.text(&FieldId::known(field)).unwrap_or_default();
        answer.trim().to_lowercase()
    };
    let checked = said("verified_by");
    let same = !checked.is_empty() && (checked == said("obtained_by") || checked == writer.to_lowercase());
    let text = "Whoever got it, or writes this down, has not checked it. Enter somebody else, or leave this empty until somebody has";
    same.then(|| Fault::new("verified_by", text))
}

impl Service {
    /// Writes a new entry with `form` into a client's file.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, `Error::NotNamed` if the notice that the client was given does not name such
    /// entries, a refusal, or a store failed; then nothing is written.
    pub async fn write_entry(
        &self,
        visit: &Visit,
        client: ClientId,
        key: [u8; 16],
        form: &'static EntryForm,
        written: &Written,
    ) -> Result<EntryId, Error> {
        self.write_entry_for(visit, client, key, form, written, None).await
    }

    /// The same into the layer of a programme that the client is on: it is then kept as that programme's notice says.
    ///
    /// # Errors
    /// As without one; `Error::Faults` too if the client is not on it or its notice does not name such entries.
    pub async fn write_entry_for(
        &self,
        visit: &Visit,
        client: ClientId,
        key: [u8; 16],
        form: &'static EntryForm,
        written: &Written,
        programme: Option<ProgrammeId>,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, key).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let id = EntryId::from_bytes(self.draw());
        let today = self.surroundings().today();
        let written = &referrals::completed(form, written, today);
        let (standing, newest) = self.before_writing(visit, client, id, form, written, true).await?;
        let telling = self.may_tell(visit, client, id, form, None, written).await?;
        let compartment = match programme {
            Some(programme) => {
                let named = |notice: &Notice| form.layered && form.named_by(notice);
                self.layer_that_names(client, programme, named).await?;
                Compartment::Programme(programme)
            }
            None => compartment_of(form.category),
        };
        let (now, day) = (self.now(), day_number(written.day(form, today)));
        let request = standing.request(visit, now, Act::Write, form.category.into());
        let permit = self.permit(request, WRITE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let head = Head {
            id,
            client,
            kind: form.id.0.clone(),
            category: form.category,
            compartment,
            day,
            written: now,
            author: visit.staff,
            version: 1,
        };
        let (add, mark) = self.seal_new(&permit, &keys, &head, written)?;
        let change = self.log().change(permit, WRITE, &Detail { rows: vec![mark], ..Detail::default() });
        let mut batch = telling.as_ref().map(Telling::statements).unwrap_or_default();
        batch.push(add);
        batch.extend(due(&head, form, written, newest));
        batch.extend(milestones(&head, form, written, today));
        batch.extend(spend(&head, form, written));
        batch.extend(self.note_mentions(client, id, written));
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        match self.write_once(visit, key, *id.as_bytes(), change, batch).await {
            Ok(made) => {
                telling.into_iter().for_each(Telling::committed);
                Ok(EntryId::from_bytes(made))
            }
            // The consent that it rests on was taken back in this moment: the gate says so.
            Err(Error::Store(store::Error::Conflict { .. })) => {
                self.may_tell(visit, client, id, form, None, written).await?;
                Err(Error::ChangedMeanwhile)
            }
            Err(error) => Err(error),
        }
    }

    /// Puts the next version of an entry in the place of `version`, which the form was made from.
    ///
    /// # Errors
    /// As for a new one; `Error::ChangedMeanwhile` if somebody else was faster, `Error::NoSuchFile` if there is no such entry.
    pub async fn change_entry(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        version: i64,
        form: &'static EntryForm,
        written: &Written,
    ) -> Result<(), Error> {
        let telling = match form.id == *referrals::FORM {
            true => {
                let before = self.written_referral(visit, client, id).await?;
                self.may_tell(visit, client, id, form, Some(&before), written).await?
            }
            false => None,
        };
        self.change_entry_telling(visit, client, id, version, form, written, telling).await
    }

    /// The same, with what is written in the same transaction where an organisation is told of it.
    #[allow(clippy::too_many_arguments, reason = "one version of an entry is all of these")]
    pub(crate) async fn change_entry_telling(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        version: i64,
        form: &'static EntryForm,
        written: &Written,
        telling: Option<Telling>,
    ) -> Result<(), Error> {
        let rows =
            self.records().read(vec![ENTRY.with([client.as_bytes().into(), id.as_bytes().into()])]).await?;
        let stored = rows.first().and_then(|r| r.first()).map(Stored::read).transpose()?;
        let stored = stored.ok_or(Error::NoSuchFile)?;
        if form.id != *stored.kind {
            return Err(Error::NoSuchFile);
        }
        if stored.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let (standing, newest) = self.before_writing(visit, client, id, form, written, false).await?;
        let (now, today) = (self.now(), self.surroundings().today());
        let request = standing.request(visit, now, Act::Write, form.category.into());
        let permit = self.permit(request, CHANGE).await?;
        let keys = self.vault().keys(client.into()).await?;
        let was = day_from(stored.day).ok_or(Error::Damaged("day"))?;
        let head = Head {
            id,
            client,
            kind: form.id.0.clone(),
            category: stored.category,
            compartment: stored.compartment,
            day: day_number(written.day(form, was)),
            written: now,
            author: visit.staff,
            version: version + 1,
        };
        let (statements, mark) = self.seal_next(&permit, &keys, &head, written)?;
        let change = self.log().change(permit, CHANGE, &Detail { rows: vec![mark], ..Detail::default() });
        let mut batch = telling.as_ref().map(Telling::statements).unwrap_or_default();
        batch.extend(statements);
        batch.push(change.outbox());
        batch.extend(due(&head, form, written, newest));
        batch.extend(milestones(&head, form, written, today));
        batch.extend(spend(&head, form, written));
        batch.extend(self.note_mentions(client, id, written));
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                telling.into_iter().for_each(Telling::committed);
                self.follow_changes().await
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the client is on this programme, and its notice, as they were given it, names what is to be put into its layer.
    ///
    /// # Errors
    /// `Error::Faults` at the programme if not; the store failed.
    pub(crate) async fn layer_that_names(
        &self,
        client: ClientId,
        programme: ProgrammeId,
        named: impl Fn(&Notice) -> bool,
    ) -> Result<(), Error> {
        let fault = |text: String| Error::Faults(vec![Fault::new(PROGRAMME, text)]);
        let rows = self.records().read(vec![placements::of_client(client)]).await?;
        let placed = placements::read(rows.first().map(|r| r.rows.as_slice()).unwrap_or_default())?;
        let placed = placed.into_iter().find(|p| p.programme == programme && p.times.ended.is_none());
        let placed = placed.ok_or_else(|| fault("Choose a programme that this client is on".to_owned()))?;
        let offered = self.programme(programme)?;
        let given = self.given(&offered.programme.notice, &placed.notice_version)?;
        if !named(&given.notice) {
            return Err(fault(format!(
                "The notice of {} does not name this, so it belongs to the service’s own file",
                offered.programme.title
            )));
        }
        Ok(())
    }

    /// How `visit` stands to the file, and the newest day of the form's other entries, once nothing is wrong with the entry.
    async fn before_writing(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        form: &EntryForm,
        written: &Written,
        new: bool,
    ) -> Result<(Standing, Option<i64>), Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                KINDS.with([client.as_bytes().into()]),
                NEWEST_OTHER.with([client.as_bytes().into(), form.id.as_str().into(), id.as_bytes().into()]),
            ])
            .await?;
        let [head, kinds, newest] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let given = self.given(&standing.notice, &standing.notice_version)?;
        if !form.named_by(&given.notice) {
            return Err(Error::NotNamed {
                what: form.plural.clone(),
                version: standing.notice_version.clone(),
            });
        }
        let today = self.surroundings().today();
        let mut faults = if new { written.faults_when_new(form, today) } else { written.faults(form, today) };
        faults.extend(checked_by_another(written, self.directory().name(visit.staff)));
        for about in &written.about {
            let kind = kinds.rows.iter().find(|row| row.bytes16(0).is_ok_and(|row| row == *about.as_bytes()));
            let kind = kind.map(|row| row.text(1)).transpose()?;
            if !kind.is_some_and(|kind| form.links.iter().any(|link| *link == *kind)) {
                faults.push(Fault::new(ABOUT, "Choose from the list what this is about"));
            }
        }
        // Pay and proof that could be of two jobs would count for none.
        let jobs = kinds.rows.iter().filter(|row| row.text(1).is_ok_and(|kind| kind == "spell")).count();
        if matches!(form.id.as_str(), "earning" | "evidence") && written.about.is_empty() && jobs > 1 {
            faults
                .push(Fault::new(ABOUT, "Choose which work it is about: this client has had more than one"));
        }
        if written.about.len() > MOST_LINKS {
            faults.push(Fault::new(ABOUT, format!("Choose {MOST_LINKS} or fewer")));
        }
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let newest = newest.first().map(|row| row.opt_int(0)).transpose()?.flatten();
        Ok((standing, newest))
    }
}

/// Statements that say which milestones lie ahead of somebody in work, and that what evidence speaks of is waited for no longer.
pub(crate) fn milestones(head: &Head, form: &EntryForm, written: &Written, today: Date) -> Vec<Query> {
    match form.id.as_str() {
        "spell" => ahead(written, today)
            .into_iter()
            .map(|(code, day)| {
                ADD_DUE.with([
                    head.id.as_bytes().into(),
                    code.into(),
                    head.client.as_bytes().into(),
                    form.id.as_str().into(),
                    day_number(day).into(),
                ])
            })
            .collect(),
        // Evidence of the last day that was worked shows a milestone that falls on the day after.
        "evidence" => match written.answers.date(&SPEAKS_OF).and_then(|day| day.tomorrow().ok()) {
            Some(until) => {
                let settled = |spell: &EntryId| {
                    SETTLE_MILESTONES.with([
                        spell.as_bytes().into(),
                        head.client.as_bytes().into(),
                        day_number(until).into(),
                    ])
                };
                written.about.iter().map(settled).collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Statements that say anew what is due by an entry. Where the newest of a form settles the earlier ones, an earlier one
/// that is written down late asks for nothing.
pub(crate) fn due(head: &Head, form: &EntryForm, written: &Written, newest: Option<i64>) -> Vec<Query> {
    let mut batch = vec![FORGET_DUE.with([head.id.as_bytes().into()])];
    if form.latest {
        if newest.is_some_and(|newest| newest > head.day) {
            return batch;
        }
        batch.push(FORGET_DUE_OF_FORM.with([head.client.as_bytes().into(), form.id.as_str().into()]));
    }
    batch.extend(written.due(form).into_iter().map(|(field, day)| {
        ADD_DUE.with([
            head.id.as_bytes().into(),
            field.as_str().into(),
            head.client.as_bytes().into(),
            form.id.as_str().into(),
            day_number(day).into(),
        ])
    }));
    batch
}
