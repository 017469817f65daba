//! Making two files one: in one transaction, with an entry in the log for each of them.

use std::collections::BTreeMap;

use access::{Act, Permit};
use audit::{Action, Detail, RowMark};
use casework::entries::EntryKind;
use casework::merges::{Side, merged};
use casework::webhooks::EventKind;
use casework::{ClientId, EntryId, Fault, MergeId, Profile};
use notice::{Category, FieldId};
use store::{Query, sql};
use vault::FileKeys;

use super::holding::in_the_clear;
use super::moving::OPEN;
use super::{Done, Pages, has_keys, in_the_way, seen};
use crate::entries::{Head as EntryHead, Stored, compartment_of};
use crate::sessions::Visit;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service, changes};

sql! { records:

    /// What stands in the clear and belongs to what moved.
    MOVE_DUE = "UPDATE due SET client = $2 WHERE client = $1";
    MOVE_MENTIONS = "UPDATE mention SET client = $2 WHERE client = $1";
    MOVE_EVENTS = "UPDATE consent_event SET client = $2 WHERE client = $1";
    MOVE_DISCLOSURES = "UPDATE disclosure SET client = $2 WHERE client = $1";
    MOVE_TELLING = "UPDATE to_tell SET client = $2 WHERE client = $1";
    /// One person is at one place at a time: where both were booked, the time is taken once.
    DOUBLE_UNITS = "DELETE FROM appointment_unit WHERE holder = $1 AND unit IN (SELECT o.unit FROM appointment_unit o WHERE o.holder = $2)";
    MOVE_UNITS = "UPDATE appointment_unit SET holder = $2 WHERE holder = $1";
    /// Who was told the same in both files was told it once.
    MOVE_MESSAGES = "UPDATE message SET client = $2 WHERE client = $1 AND NOT EXISTS (SELECT 1 FROM message o WHERE o.client = $2 AND (o.closure = message.closure OR o.warned = message.warned OR o.notice_version = message.notice_version))";
    MOVE_FALLEN_OUT = "UPDATE closure_appointment SET client = $2 WHERE client = $1";
    MOVE_OFFERED = "UPDATE choosing SET client = $2 WHERE client = $1";

    /// The file that is taken up: nothing dated may be left in it.
    SET_ABSORBED = "UPDATE client SET adviser = NULL, status = 'merged', version = version + 1 WHERE id = $1 AND status <> 'merged' AND restricted = $2 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.client = $1 AND e.kind <> 'profile')";
    /// Writes the merge down.
    ADD_MERGE = "INSERT INTO merge (id, survivor, absorbed, staff, made, undone, undone_by, sealed) VALUES ($1, $2, $3, $4, $5, NULL, NULL, $6)";
}

const MERGE: Action = Action("merge-files");
const TAKE_UP: Action = Action("take-up-file");

impl Service {
    /// Makes two files one, as somebody chose field by field. `seen` is what they saw of both.
    ///
    /// # Errors
    /// `Error::Faults` for fields in which they differ and nothing was chosen, or what stands in the way;
    /// `Error::ChangedMeanwhile` if one of them is not as it was seen; a refusal; a store failed. Then nothing is changed.
    pub async fn merge_files(
        &self,
        visit: &Visit,
        survivor: ClientId,
        absorbed: ClientId,
        form: [u8; 16],
        seen_before: &str,
        chosen: &BTreeMap<FieldId, Side>,
    ) -> Result<MergeId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(MergeId::from_bytes(made));
        }
        let (one, other) = self.read_both(visit, survivor, absorbed).await?;
        let reading = self.merge_permit(visit, &one.standing, Act::Read, OPEN).await?;
        let reading_other = self.merge_permit(visit, &other.standing, Act::Read, OPEN).await?;
        let permit = self.merge_permit(visit, &one.standing, Act::Write, MERGE).await?;
        let taking_up = self.merge_permit(visit, &other.standing, Act::Write, TAKE_UP).await?;
        if seen(&one, &other) != seen_before {
            return Err(Error::ChangedMeanwhile);
        }
        let mut wrong: Vec<Fault> =
            in_the_way(&other).into_iter().map(|words| Fault::new("survivor", words)).collect();
        let keys = self.vault().keys(survivor.into()).await?;
        if !has_keys(&keys, &other.entries) {
            wrong.push(Fault::new(
                "survivor",
                "The file that would be taken up is on a programme. Let that file go on instead",
            ));
        }
        if !wrong.is_empty() {
            return Err(Error::Faults(wrong));
        }
        let here = self.open_whole(reading, &one.standing, &one.entries, false).await?;
        let there = self.open_whole(reading_other, &other.standing, &other.entries, true).await?;
        let pages = chosen_pages(&here.pages, &there.pages, chosen)?;

        let id = MergeId::from_bytes(self.draw());
        let mut done = Done {
            adviser: other.standing.adviser,
            status: other.standing.status.code().to_owned(),
            ..Done::default()
        };
        let (mut batch, mut marks) = (Vec::new(), Vec::new());
        for (category, (held, page)) in pages {
            self.put_page(
                visit, &permit, &keys, survivor, category, held, &page, &mut done, &mut batch, &mut marks,
            )?;
        }
        let now = self.now();
        let changed = changed_fields(&here.pages, &there.pages, chosen);
        batch.extend(self.to_tell_of_correction(survivor, &changed, now).await?);
        for moving in &there.moving {
            let (statements, mark) = self.move_entry(&permit, &keys, moving, absorbed, survivor)?;
            batch.extend(statements);
            marks.push(mark);
            done.entries.push((moving.now.0.id, moving.now.0.version + 1));
        }
        for appointment in &there.appointments {
            batch.push(self.move_to_file(&permit, &keys, appointment, survivor)?);
            done.appointments.push(*appointment.booked.id.as_bytes());
        }
        let clear = self.records().read(in_the_clear(survivor, absorbed)).await?;
        batch.extend(self.what_holds(&one.standing, &other.standing, &clear, &mut done)?);
        batch.extend(moved_in_the_clear(absorbed, survivor));

        let sealed = self.vault().seal(&permit, &keys, &Service::done_place(id, survivor), &done)?;
        batch.push(SET_ABSORBED.with([absorbed.as_bytes().into(), false.into()]).expecting(1));
        batch.push(ADD_MERGE.with([
            id.as_bytes().into(),
            survivor.as_bytes().into(),
            absorbed.as_bytes().into(),
            visit.staff.as_bytes().into(),
            now.as_microsecond().into(),
            sealed.into(),
        ]));
        for file in [absorbed, survivor] {
            batch.extend(self.tell_programs(Event::of_client(EventKind::ClientChanged, file), now));
        }
        batch.extend(changes::of_client(absorbed, now));
        batch.extend(changes::of_client(survivor, now));
        let taken_up = self.log().change(taking_up, TAKE_UP, &Detail::default());
        batch.push(taken_up.outbox());
        let change = self.log().change(permit, MERGE, &Detail { rows: marks, ..Detail::default() });
        match self.write_once(visit, form, *id.as_bytes(), change, batch).await {
            Ok(made) => {
                taken_up.committed();
                Ok(MergeId::from_bytes(made))
            }
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a page and all that its new version leaves")]
    fn put_page(
        &self,
        visit: &Visit,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        category: Category,
        held: Option<(EntryId, i64)>,
        page: &Profile,
        done: &mut Done,
        batch: &mut Vec<Query>,
        marks: &mut Vec<RowMark>,
    ) -> Result<(), Error> {
        let head = EntryHead {
            id: held.map_or_else(|| EntryId::from_bytes(self.draw()), |(id, _)| id),
            client,
            kind: EntryKind::Profile.code().into(),
            category,
            compartment: compartment_of(category),
            day: day_number(self.surroundings().today()),
            written: self.now(),
            author: visit.staff,
            version: held.map_or(1, |(_, version)| version + 1),
        };
        if held.is_some() {
            let (statements, mark) = self.seal_next(permit, keys, &head, page)?;
            batch.extend(statements);
            marks.push(mark);
        } else {
            let (add, mark) = self.seal_new(permit, keys, &head, page)?;
            batch.push(add);
            marks.push(mark);
        }
        done.pages.push((head.id, head.version, held.is_none()));
        Ok(())
    }
}

/// The pages of both files by category, as they are from now on: those that change by it.
fn chosen_pages(
    here: &[(Stored, Profile)],
    there: &[(Stored, Profile)],
    chosen: &BTreeMap<FieldId, Side>,
) -> Result<Pages, Error> {
    let (mut pages, mut faults) = (Pages::new(), Vec::new());
    let nothing = Profile::default();
    for (stored, theirs) in there {
        let ours = here.iter().find(|(ours, _)| ours.category == stored.category);
        let page = ours.map_or(&nothing, |(_, page)| page);
        match merged(page, theirs, chosen) {
            Ok(both) if both == *page => {}
            Ok(both) => {
                let held = ours.map(|(stored, _)| (stored.id, stored.version));
                pages.insert(stored.category, (held, both));
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(pages) } else { Err(Error::Faults(faults)) }
}

/// The fields that the file that goes on says otherwise from now on: whoever was given one of them is told.
fn changed_fields(
    here: &[(Stored, Profile)],
    there: &[(Stored, Profile)],
    chosen: &BTreeMap<FieldId, Side>,
) -> Vec<FieldId> {
    let whole = |pages: &[(Stored, Profile)]| {
        pages.iter().fold(Profile::default(), |all, (_, page)| all.joined(page.clone()))
    };
    let (ours, theirs) = (whole(here), whole(there));
    let both = merged(&ours, &theirs, chosen).unwrap_or_else(|_| ours.clone());
    casework::profile::changes(&ours, &both).into_iter().map(|change| change.field).collect()
}

/// What belongs to the entries and appointments that move, and stands in the clear.
fn moved_in_the_clear(from: ClientId, to: ClientId) -> Vec<Query> {
    let ids = || [from.as_bytes().into(), to.as_bytes().into()];
    [
        &MOVE_DUE,
        &MOVE_MENTIONS,
        &MOVE_EVENTS,
        &MOVE_DISCLOSURES,
        &MOVE_TELLING,
        &DOUBLE_UNITS,
        &MOVE_UNITS,
        &MOVE_MESSAGES,
        &MOVE_FALLEN_OUT,
        &MOVE_OFFERED,
    ]
    .into_iter()
    .map(|sql| sql.with(ids()))
    .collect()
}
