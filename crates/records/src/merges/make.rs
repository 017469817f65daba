//! Making two files one: in one transaction, with an entry in the log for each of them.

use std::collections::BTreeMap;

use access::{Act, Permit};
use audit::{Action, Detail, RowMark};
use casework::consents::{self, State};
use casework::entries::EntryKind;
use casework::merges::{Side, Stands, merged, stricter, stricter_notice};
use casework::{ClientId, EntryId, Fault, MergeId, Profile, StaffId};
use jiff::civil::Date;
use notice::{Category, FieldId, Layer};
use store::{Query, Rows, sql};
use vault::{FileKeys, Personal};

use super::{ConsentMoved, ConsentRow, Done, Head, Keeping, Pages, Read, has_keys, in_the_way, null_or, seen};
use crate::appointments::{self, Appointment, StoredAppointment};
use crate::consents::fields_text;
use crate::entries::{Head as EntryHead, Stored, compartment_of, entry_columns, mark};
use crate::sessions::Visit;
use crate::standing::{FileStatus, Standing};
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes, retention};

sql! { records:
    /// The earlier versions of a file's dated entries.
    PAST_OF = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE client = $1 AND kind <> 'profile' ORDER BY id, version");
    /// Until when a file is kept, as it is stored.
    KEEPING_OF = "SELECT layer, since, warn, day FROM keeping WHERE client = $1 ORDER BY layer";
    /// A file's consents as they are stored.
    CONSENT_ROWS = "SELECT purpose, organisation, kind, entry, state, until, review, fields, changed, version FROM consent WHERE client = $1";
    /// Who must never see a file, what it was given, and what of it goes by a day.
    CONFLICTS_OF = "SELECT staff FROM conflict WHERE client = $1";
    NOTICES_OF = "SELECT notice FROM notice_held WHERE client = $1";
    SCHEDULED_OF = "SELECT category FROM scheduled_erasure WHERE client = $1";
    /// Entries of other files that mention one of the two and not the other.
    MENTION_ONE = "SELECT entry FROM mention WHERE mentioned = $1 AND NOT EXISTS (SELECT 1 FROM mention o WHERE o.entry = mention.entry AND o.mentioned = $2)";

    /// An entry moves to another file of the same person, as its next version.
    pub(super) MOVE_ENTRY = "UPDATE entry SET client = $2, version = $3 + 1, sealed = $4 WHERE id = $1 AND client = $5 AND version = $3";
    /// Its version before, in the file that it moves to.
    pub(super) ADD_PAST = "INSERT INTO entry_past (id, client, kind, category, compartment, day, written, author, version, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// And those before that.
    pub(super) MOVE_PAST = "UPDATE entry_past SET client = $2, sealed = $3 WHERE id = $1 AND version = $4";

    /// What stands in the clear and belongs to what moved.
    MOVE_DUE = "UPDATE due SET client = $2 WHERE client = $1";
    MOVE_MENTIONS = "UPDATE mention SET client = $2 WHERE client = $1";
    pub(super) MENTION_OTHER = "UPDATE mention SET mentioned = $2 WHERE entry = $3 AND mentioned = $1";
    MOVE_EVENTS = "UPDATE consent_event SET client = $2 WHERE client = $1";
    MOVE_DISCLOSURES = "UPDATE disclosure SET client = $2 WHERE client = $1";
    MOVE_TELLING = "UPDATE to_tell SET client = $2 WHERE client = $1";
    /// One person is at one place at a time: where both were booked, the time is taken once.
    DOUBLE_UNITS = "DELETE FROM appointment_unit WHERE holder = $1 AND unit IN (SELECT o.unit FROM appointment_unit o WHERE o.holder = $2)";
    MOVE_UNITS = "UPDATE appointment_unit SET holder = $2 WHERE holder = $1";
    MOVE_MESSAGES = "UPDATE message SET client = $2 WHERE client = $1 AND (closure IS NULL OR NOT EXISTS (SELECT 1 FROM message o WHERE o.closure = message.closure AND o.client = $2))";
    MOVE_FALLEN_OUT = "UPDATE closure_appointment SET client = $2 WHERE client = $1";

    /// What holds of both from now on.
    pub(super) PUT_CONSENT = "INSERT INTO consent (client, purpose, organisation, kind, entry, state, until, review, fields, changed, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (client, purpose, organisation) DO UPDATE SET entry = excluded.entry, state = excluded.state, until = excluded.until, review = excluded.review, fields = excluded.fields, changed = excluded.changed, version = excluded.version";
    COPY_CONFLICT = "INSERT INTO conflict (staff, client, declared) VALUES ($1, $2, $3) ON CONFLICT (staff, client) DO NOTHING";
    COPY_NOTICE = "INSERT INTO notice_held (client, notice, version, given) SELECT $2, h.notice, h.version, h.given FROM notice_held h WHERE h.client = $1 AND h.notice = $3";
    COPY_SCHEDULED = "INSERT INTO scheduled_erasure (client, category, day, reason, noted) SELECT $2, s.category, s.day, s.reason, s.noted FROM scheduled_erasure s WHERE s.client = $1 AND s.category = $3";
    pub(super) PUT_KEEPING = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, $2, $3, $4, $5)";
    /// The file that goes on.
    pub(super) SET_SURVIVOR = "UPDATE client SET adviser = $2, status = $3, last_contact = $4, notice = $5, notice_version = $6, version = version + 1 WHERE id = $1 AND restricted = $7";
    /// The file that is taken up: nothing dated may be left in it.
    SET_ABSORBED = "UPDATE client SET adviser = NULL, status = 'merged', version = version + 1 WHERE id = $1 AND status <> 'merged' AND restricted = $2 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.client = $1 AND e.kind <> 'profile')";
    /// Writes the merge down.
    ADD_MERGE = "INSERT INTO merge (id, survivor, absorbed, staff, made, undone, undone_by, sealed) VALUES ($1, $2, $3, $4, $5, NULL, NULL, $6)";
}

const OPEN: Action = Action("open-to-merge");
const MERGE: Action = Action("merge-files");
const TAKE_UP: Action = Action("take-up-file");

/// A dated entry that was opened, to be sealed again: its versions, the newest first.
pub(super) struct Moving {
    pub(super) now: (Stored, serde_json::Value),
    pub(super) before: Vec<(Stored, serde_json::Value)>,
}

/// What was opened of a file.
#[derive(Default)]
pub(super) struct OpenedFile {
    pages: Vec<(Stored, Profile)>,
    pub(super) moving: Vec<Moving>,
    pub(super) appointments: Vec<Appointment>,
}

/// What stands in the clear beside the entries of both files, for the batch that reads it.
fn in_the_clear(survivor: ClientId, absorbed: ClientId) -> Vec<Query> {
    let mut batch = Vec::new();
    for client in [survivor, absorbed] {
        let id = || client.as_bytes().into();
        batch.extend([KEEPING_OF.with([id()]), CONSENT_ROWS.with([id()])]);
        batch.extend([CONFLICTS_OF.with([id()]), NOTICES_OF.with([id()]), SCHEDULED_OF.with([id()])]);
    }
    batch.push(MENTION_ONE.with([absorbed.as_bytes().into(), survivor.as_bytes().into()]));
    batch
}

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
            self.put_page(visit, &permit, &keys, survivor, category, held, &page, &mut done, &mut batch, &mut marks)?;
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

    /// Opens the pages of a file, and if it is to move its dated entries with all their versions and its appointments. It is
    /// let go when the entry that stands for it is on disk.
    pub(super) async fn open_whole(
        &self,
        permit: Permit,
        standing: &Standing,
        entries: &[Stored],
        moves: bool,
    ) -> Result<OpenedFile, Error> {
        let client = standing.client;
        let mut past = Vec::new();
        let mut booked = Vec::new();
        if moves {
            let id = || client.as_bytes().into();
            let rows =
                self.records().read(vec![PAST_OF.with([id()]), appointments::EVERY_ONE.with([id()])]).await?;
            let [before, appointments] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
            past = before.rows.iter().map(Stored::read).collect::<Result<Vec<_>, _>>()?;
            booked =
                appointments.rows.iter().map(StoredAppointment::read).collect::<Result<Vec<_>, _>>()?;
        }
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, OPEN, Detail::default());
        let mut pages = Vec::new();
        let mut dated = Vec::new();
        for stored in entries {
            if !Read::is_page(stored) {
                if moves {
                    dated.push(self.open_entry::<serde_json::Value>(&entry, &keys, client, stored)?);
                }
            } else if stored.category != Category::Equality {
                pages.push(self.open_entry::<Profile>(&entry, &keys, client, stored)?);
            }
        }
        for stored in &past {
            dated.push(self.open_entry::<serde_json::Value>(&entry, &keys, client, stored)?);
        }
        let mut appointments = Vec::new();
        for stored in booked {
            appointments.push(self.open_appointment(&entry, &keys, stored)?);
        }
        let all = Personal::gather(&entry, pages)?
            .and(Personal::gather(&entry, dated)?)?
            .and(Personal::gather(&entry, appointments)?)?;
        let ((pages, dated), appointments) = all.release(&entry.durable().await?)?;

        let is_read = |stored: &&Stored| Read::is_page(stored) && stored.category != Category::Equality;
        let pages = entries.iter().filter(is_read).map(copy).zip(pages).collect();
        let current = entries.iter().filter(|stored| moves && !Read::is_page(stored)).map(copy);
        let mut dated = current.chain(past).zip(dated);
        let count = entries.iter().filter(|stored| moves && !Read::is_page(stored)).count();
        let mut moving: Vec<Moving> =
            dated.by_ref().take(count).map(|now| Moving { now, before: Vec::new() }).collect();
        for earlier in dated {
            if let Some(entry) = moving.iter_mut().find(|moving| moving.now.0.id == earlier.0.id) {
                entry.before.push(earlier);
            }
        }
        Ok(OpenedFile { pages, moving, appointments })
    }

    /// The statements that move an entry with its earlier versions, sealed for the file that it moves to.
    pub(super) fn move_entry(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        moving: &Moving,
        from: ClientId,
        to: ClientId,
    ) -> Result<(Vec<Query>, RowMark), Error> {
        let (stored, content) = &moving.now;
        let mut batch = vec![self.past_of(permit, keys, &stored.head(to, stored.version), content)?];
        for (earlier, content) in &moving.before {
            let head = earlier.head(to, earlier.version);
            let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
            batch.push(MOVE_PAST.with([
                earlier.id.as_bytes().into(),
                to.as_bytes().into(),
                sealed.into(),
                earlier.version.into(),
            ]));
        }
        let head = stored.head(to, stored.version + 1);
        let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
        let mark = mark(stored.id, head.version, &sealed);
        let moved = MOVE_ENTRY.with([
            stored.id.as_bytes().into(),
            to.as_bytes().into(),
            stored.version.into(),
            sealed.into(),
            from.as_bytes().into(),
        ]);
        batch.push(moved.expecting(1));
        Ok((batch, mark))
    }

    /// The statement that adds an earlier version of an entry.
    pub(super) fn past_of(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        head: &EntryHead,
        content: &serde_json::Value,
    ) -> Result<Query, Error> {
        let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
        Ok(ADD_PAST.with([
            head.id.as_bytes().into(),
            head.client.as_bytes().into(),
            head.kind.as_ref().into(),
            head.category.code().into(),
            head.compartment.code().as_ref().into(),
            head.day.into(),
            head.written.as_microsecond().into(),
            head.author.as_bytes().into(),
            head.version.into(),
            sealed.into(),
        ]))
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

    /// What holds of both files from now on: the stricter of two consents and of two notices, every conflict of interest, the
    /// last contact with the person.
    fn what_holds(
        &self,
        one: &Standing,
        other: &Standing,
        clear: &[Rows],
        done: &mut Done,
    ) -> Result<Vec<Query>, Error> {
        let (survivor, absorbed) = (one.client, other.client);
        let [keeping, consents, conflicts, notices, scheduled, keeping_2, consents_2, conflicts_2, notices_2, scheduled_2, mentions] =
            clear
        else {
            return Err(Error::Damaged("batch"));
        };
        let mut batch = Vec::new();
        let (to, from) = (|| survivor.as_bytes().into(), || absorbed.as_bytes().into());
        self.stricter_consents(survivor, consents, consents_2, done, &mut batch)?;
        for staff in missing(conflicts, conflicts_2, |row| Ok(StaffId::from_bytes(row.bytes16(0)?)))? {
            batch.push(COPY_CONFLICT.with([
                staff.as_bytes().into(),
                to(),
                self.now().as_microsecond().into(),
            ]));
            done.conflicts.push(staff);
        }
        for notice in missing(notices, notices_2, |row| Ok(row.text(0)?.to_owned()))? {
            batch.push(COPY_NOTICE.with([from(), to(), notice.as_str().into()]));
            done.notices.push(notice);
        }
        for category in missing(scheduled, scheduled_2, |row| Ok(row.text(0)?.to_owned()))? {
            batch.push(COPY_SCHEDULED.with([from(), to(), category.as_str().into()]));
            done.scheduled.push(category);
        }
        for row in &mentions.rows {
            let entry = EntryId::from_bytes(row.bytes16(0)?);
            batch.push(MENTION_OTHER.with([from(), to(), entry.as_bytes().into()]));
            done.mentioned_in.push(entry);
        }

        done.survivor_before = head_of(one);
        let last_contact = one.last_contact.max(other.last_contact);
        let side = self.notice_that_binds(one, other, last_contact)?;
        let bound = if side == Side::Survivor { one } else { other };
        let status = if other.status == FileStatus::Active { FileStatus::Active } else { one.status };
        done.survivor_after = Head {
            adviser: one.adviser.or(other.adviser),
            status: status.code().to_owned(),
            last_contact,
            notice: bound.notice.clone(),
            notice_version: bound.notice_version.clone(),
        };
        batch.push(set_survivor(survivor, &done.survivor_after));
        done.keeping_before = kept(keeping)?;
        done.keeping = kept(keeping_2)?;
        let day = day_from(last_contact).ok_or(Error::Damaged("day"))?;
        for (layer, rule) in self.layers_of(&bound.notice, &bound.notice_version)? {
            let since = since(&done.keeping_before, &done.keeping, layer).unwrap_or(day);
            done.keeping_after.push(Keeping {
                layer: layer.code().to_owned(),
                since: day_number(since),
                warn: rule.warnings(since).first().map(|day| day_number(*day)),
                day: day_number(rule.after(since)),
            });
        }
        batch.extend([retention::DROP_KEEPING.with([to()]), retention::DROP_KEEPING.with([from()])]);
        batch.extend(done.keeping_after.iter().map(|one| put_keeping(survivor, one)));
        Ok(batch)
    }

    /// Which of the two notices binds: the one by which the file would go earlier.
    fn notice_that_binds(
        &self,
        one: &Standing,
        other: &Standing,
        last_contact: i64,
    ) -> Result<Side, Error> {
        let last = day_from(last_contact).ok_or(Error::Damaged("day"))?;
        let when = |standing: &Standing| {
            let rule = self.rule_of(&standing.notice, &standing.notice_version)?;
            let given = self.given(&standing.notice, &standing.notice_version)?;
            Ok::<_, Error>((rule.after(last), given.published))
        };
        Ok(stricter_notice(when(one)?, when(other)?))
    }

    fn stricter_consents(
        &self,
        survivor: ClientId,
        here: &Rows,
        there: &Rows,
        done: &mut Done,
        batch: &mut Vec<Query>,
    ) -> Result<(), Error> {
        let today = self.surroundings().today();
        let here = consent_rows(here)?;
        for ((purpose, organisation), theirs) in consent_rows(there)? {
            let ours = here.get(&(purpose.clone(), organisation));
            let row = match ours {
                None => ConsentRow { version: 1, ..theirs },
                Some(ours) => {
                    let (stands, side) = stricter(&stands(ours, today)?, &stands(&theirs, today)?);
                    let record = if side == Side::Survivor { ours } else { &theirs };
                    ConsentRow {
                        until: stands.until.map(day_number),
                        review: day_number(stands.review),
                        fields: fields_text(&stands.fields),
                        version: ours.version + 1,
                        ..record.clone()
                    }
                }
            };
            batch.push(put_consent(survivor, &purpose, organisation, &row));
            let (version, before) = (row.version, ours.cloned());
            done.consents.push(ConsentMoved { purpose, organisation, version, before });
        }
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
    ]
    .into_iter()
    .map(|sql| sql.with(ids()))
    .collect()
}

fn copy(stored: &Stored) -> Stored {
    Stored {
        kind: stored.kind.clone(),
        sealed: Vec::new(),
        ..*stored
    }
}

/// What stands in one file's rows and not in the other's.
fn missing<T: PartialEq>(
    here: &Rows,
    there: &Rows,
    read: impl Fn(&store::Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let held: Vec<T> = here.rows.iter().map(&read).collect::<Result<_, _>>()?;
    let theirs: Vec<T> = there.rows.iter().map(&read).collect::<Result<_, _>>()?;
    Ok(theirs.into_iter().filter(|one| !held.contains(one)).collect())
}

fn head_of(standing: &Standing) -> Head {
    Head {
        adviser: standing.adviser,
        status: standing.status.code().to_owned(),
        last_contact: standing.last_contact,
        notice: standing.notice.clone(),
        notice_version: standing.notice_version.clone(),
    }
}

pub(super) fn set_survivor(client: ClientId, head: &Head) -> Query {
    let adviser = head.adviser.map_or(store::Value::Null, |id| id.as_bytes().into());
    let set = SET_SURVIVOR.with([
        client.as_bytes().into(),
        adviser,
        head.status.as_str().into(),
        head.last_contact.into(),
        head.notice.as_str().into(),
        head.notice_version.as_str().into(),
        false.into(),
    ]);
    set.expecting(1)
}

pub(super) fn kept(rows: &Rows) -> Result<Vec<Keeping>, Error> {
    let row = |row: &store::Row| {
        Ok(Keeping {
            layer: row.text(0)?.to_owned(),
            since: row.int(1)?,
            warn: row.opt_int(2)?,
            day: row.int(3)?,
        })
    };
    rows.rows.iter().map(row).collect()
}

pub(super) fn keeping_of(client: ClientId) -> Query {
    KEEPING_OF.with([client.as_bytes().into()])
}

pub(super) fn put_keeping(client: ClientId, one: &Keeping) -> Query {
    PUT_KEEPING.with([
        client.as_bytes().into(),
        one.layer.as_str().into(),
        one.since.into(),
        null_or(one.warn),
        one.day.into(),
    ])
}

/// From when a layer counts: the later of the two files' contacts.
fn since(here: &[Keeping], there: &[Keeping], layer: Layer) -> Option<Date> {
    let days = here.iter().chain(there).filter(|one| one.layer == layer.code()).map(|one| one.since);
    days.max().and_then(day_from)
}

fn consent_rows(rows: &Rows) -> Result<BTreeMap<(String, [u8; 16]), ConsentRow>, Error> {
    let row = |row: &store::Row| {
        let about = (row.text(0)?.to_owned(), row.bytes16(1)?);
        let held = ConsentRow {
            kind: row.text(2)?.to_owned(),
            entry: row.bytes16(3)?,
            state: row.text(4)?.to_owned(),
            until: row.opt_int(5)?,
            review: row.int(6)?,
            fields: row.text(7)?.to_owned(),
            changed: row.int(8)?,
            version: row.int(9)?,
        };
        Ok((about, held))
    };
    rows.rows.iter().map(row).collect()
}

/// How a stored consent stands today.
fn stands(row: &ConsentRow, today: Date) -> Result<Stands, Error> {
    let day = |number| day_from(number).ok_or(Error::Damaged("day"));
    let state: State = row.state.parse().map_err(|_| Error::Damaged("consent state"))?;
    let until = row.until.map(day).transpose()?;
    Ok(Stands {
        state: consents::standing(state, until, today),
        until,
        review: day(row.review)?,
        fields: crate::consents::fields(&row.fields),
    })
}

pub(super) fn put_consent(
    client: ClientId,
    purpose: &str,
    organisation: [u8; 16],
    row: &ConsentRow,
) -> Query {
    PUT_CONSENT.with([
        client.as_bytes().into(),
        purpose.into(),
        organisation.into(),
        row.kind.as_str().into(),
        row.entry.into(),
        row.state.as_str().into(),
        null_or(row.until),
        row.review.into(),
        row.fields.as_str().into(),
        row.changed.into(),
        row.version.into(),
    ])
}
