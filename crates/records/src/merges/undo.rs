//! Parting two files that were made one: what came from the other file goes back to it, as it was. What was written since stays
//! with the file that went on, and is said.

use std::collections::HashMap;

use access::Act;
use audit::{Action, Detail};
use casework::webhooks::EventKind;
use casework::{AppointmentId, ClientId, EntryId, MergeId};
use store::{Query, Row, sql};
use vault::FileKeys;

use super::holding::{MENTION_OTHER, keeping_of, kept, put_consent, put_keeping, set_survivor};
use super::moving::{MOVE_PAST, Moving};
use super::{Done, FIND_MERGE, Read, opt_staff};
use crate::entries::{Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::webhooks::Event;
use crate::{Error, Service, changes, retention};

sql! { records:
    /// Where the file that went on stands in the clear.
    HEAD_NOW = "SELECT adviser, status, last_contact, notice, notice_version FROM client WHERE id = $1";
    /// A page as it was.
    PAST_PAGE = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE id = $1 AND version = $2");
    /// A page that there was not before.
    DROP_PAGE = "DELETE FROM entry WHERE id = $1 AND client = $2 AND version = $3";
    DROP_PAST_OF = "DELETE FROM entry_past WHERE id = $1";
    DROP_PAST_AFTER = "DELETE FROM entry_past WHERE id = $1 AND version > $2";
    /// An entry that was changed since goes back as it was when it moved.
    RESTORE_ENTRY = "UPDATE entry SET client = $2, version = $3, sealed = $4, day = $7, written = $8, author = $9 WHERE id = $1 AND client = $5 AND version = $6";
    /// What belongs to an entry or appointment that goes back.
    BACK_DUE = "UPDATE due SET client = $2 WHERE client = $1 AND entry = $3";
    BACK_MENTIONS = "UPDATE mention SET client = $2 WHERE client = $1 AND entry = $3";
    BACK_EVENTS = "UPDATE consent_event SET client = $2 WHERE client = $1 AND entry = $3";
    BACK_DISCLOSURE = "UPDATE disclosure SET client = $2 WHERE client = $1 AND id = $3";
    BACK_TELLING = "UPDATE to_tell SET client = $2 WHERE client = $1 AND disclosure = $3";
    BACK_UNITS = "UPDATE appointment_unit SET holder = $2 WHERE holder = $1 AND appointment = $3";
    BACK_MESSAGES = "UPDATE message SET client = $2 WHERE client = $1 AND appointment = $3";
    BACK_FALLEN_OUT = "UPDATE closure_appointment SET client = $2 WHERE client = $1 AND appointment = $3";
    BACK_OFFERED = "UPDATE choosing SET client = $2 WHERE client = $1 AND appointment = $3";
    /// What was copied and has not changed since.
    DROP_CONSENT = "DELETE FROM consent WHERE client = $1 AND purpose = $2 AND organisation = $3 AND version = $4";
    CONSENT_NOW = "SELECT version FROM consent WHERE client = $1 AND purpose = $2 AND organisation = $3";
    DROP_CONFLICT = "DELETE FROM conflict WHERE client = $1 AND staff = $2";
    DROP_NOTICE = "DELETE FROM notice_held WHERE client = $1 AND notice = $2";
    DROP_SCHEDULED = "DELETE FROM scheduled_erasure WHERE client = $1 AND category = $2";
    /// The file that was taken up stands by itself again.
    SET_FREE = "UPDATE client SET adviser = $2, status = $3, version = version + 1 WHERE id = $1 AND status = 'merged'";
    /// The merge is over.
    END_MERGE = "UPDATE merge SET undone = $2, undone_by = $3 WHERE id = $1 AND undone IS NULL";
}

const OPEN: Action = Action("open-to-part");
pub(crate) const PART: Action = Action("undo-merge");

/// What became of undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// The file that went on.
    pub survivor: ClientId,
    /// The file that stands by itself again.
    pub absorbed: ClientId,
    /// How many entries and answers stay with the file that went on because they were written since.
    pub stayed: usize,
}

impl Service {
    async fn find_merge(&self, id: MergeId) -> Result<Option<Row>, Error> {
        let rows = self.records().read(vec![FIND_MERGE.with([id.as_bytes().into()])]).await?;
        Ok(rows.into_iter().next().and_then(|rows| rows.rows.into_iter().next()))
    }

    /// Parts two files that were made one. A reason is stated for the file that went on.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers; a refusal; there is no such merge, or the file that went on was itself taken
    /// up since; somebody changed something meanwhile; a store failed. Then nothing is changed.
    pub async fn undo_merge(&self, visit: &Visit, id: MergeId) -> Result<Undone, Error> {
        let row = self.find_merge(id).await?.ok_or(Error::NoSuchFile)?;
        let (survivor, absorbed) =
            (ClientId::from_bytes(row.bytes16(1)?), ClientId::from_bytes(row.bytes16(2)?));
        let rows = self
            .records()
            .read([Read::batch(survivor, visit).to_vec(), vec![Standing::query(absorbed, visit)]].concat())
            .await?;
        let (here, other) = rows.split_at_checked(3).ok_or(Error::Damaged("batch"))?;
        let here = Read::of(survivor, here)?;
        let mut other = Standing::read_even_taken_up(absorbed, other.first().and_then(|rows| rows.first()))?;
        // The reason that was stated is about both: nobody can come to the other file to state it there.
        other.reason_until = here.standing.reason_until;
        let reading = self.merge_permit(visit, &here.standing, Act::Read, OPEN).await?;
        let permit = self.merge_permit(visit, &here.standing, Act::Write, PART).await?;
        let permit_other = self.merge_permit(visit, &other, Act::Write, PART).await?;

        let (keys, keys_other) =
            (self.vault().keys(survivor.into()).await?, self.vault().keys(absorbed.into()).await?);
        let opening = self.merge_permit(visit, &here.standing, Act::Read, OPEN).await?;
        let entry = self.log().submit(opening, OPEN, Detail::default());
        let place = Service::done_place(id, survivor);
        let done = self.vault().open::<Done>(&entry, &keys, &place, row.blob(5)?)?;
        let done = done.release(&entry.durable().await?)?;
        let opened = self.open_whole(reading, &here.standing, &here.entries, true).await?;

        let moved: HashMap<EntryId, i64> = done.entries.iter().copied().collect();
        let (mut batch, mut marks, mut marks_other) = (Vec::new(), Vec::new(), Vec::new());
        let mut stayed = 0;
        for moving in opened.moving {
            let Some(version) = moved.get(&moving.now.0.id).copied() else { continue };
            let newest = moving.now.0.version;
            let moving = if newest == version {
                moving
            } else {
                // Changed since: how it stands now stays here, as an entry of its own, and how it stood goes back.
                let Some((now, then)) = parted(moving, version) else { continue };
                stayed += 1;
                let mut head = now.0.head(survivor, 1);
                head.id = EntryId::from_bytes(self.draw());
                let (add, mark) = self.seal_new(&permit, &keys, &head, &now.1)?;
                batch.push(add);
                marks.push(mark);
                then
            };
            let (statements, mark) =
                self.move_back(&permit_other, &keys_other, &moving, newest, survivor, absorbed)?;
            batch.extend(statements);
            marks_other.push(mark);
            let ids = || {
                [survivor.as_bytes().into(), absorbed.as_bytes().into(), moving.now.0.id.as_bytes().into()]
            };
            let belonging = [&BACK_DUE, &BACK_MENTIONS, &BACK_EVENTS, &BACK_DISCLOSURE, &BACK_TELLING];
            batch.extend(belonging.into_iter().map(|sql| sql.with(ids())));
        }
        for appointment in opened.appointments {
            if done.appointments.contains(appointment.booked.id.as_bytes()) {
                batch.push(self.move_to_file(&permit_other, &keys_other, &appointment, absorbed)?);
                batch.extend(back_with(appointment.booked.id, survivor, absorbed));
            }
        }
        stayed += here.entries.iter().filter(|s| !Read::is_page(s) && is_new(s, &row, &moved)).count();
        for (page, version, new) in &done.pages {
            let held = here.entries.iter().find(|stored| stored.id == *page);
            let unchanged = held.filter(|stored| stored.version == *version);
            match (unchanged, new) {
                (None, _) => stayed += 1,
                (Some(_), true) => batch.extend([
                    DROP_PAGE
                        .with([page.as_bytes().into(), survivor.as_bytes().into(), (*version).into()])
                        .expecting(1),
                    DROP_PAST_OF.with([page.as_bytes().into()]),
                ]),
                (Some(stored), false) => {
                    let (statements, mark) =
                        self.page_as_it_was(visit, &permit, &keys, survivor, stored).await?;
                    batch.extend(statements);
                    marks.push(mark);
                }
            }
        }
        batch.extend(self.what_held_before(survivor, absorbed, &done, &mut stayed).await?);
        let now = self.now();
        batch.push(
            END_MERGE
                .with([id.as_bytes().into(), now.as_microsecond().into(), visit.staff.as_bytes().into()])
                .expecting(1),
        );
        for file in [absorbed, survivor] {
            batch.extend(self.tell_programs(Event::of_client(EventKind::ClientChanged, file), now));
        }
        batch.extend(changes::of_client(absorbed, now));
        batch.extend(changes::of_client(survivor, now));
        let change = self.log().change(permit, PART, &Detail { rows: marks, ..Detail::default() });
        let other = self.log().change(permit_other, PART, &Detail { rows: marks_other, ..Detail::default() });
        batch.extend([change.outbox(), other.outbox()]);
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                other.committed();
                self.follow_changes().await?;
                Ok(Undone { survivor, absorbed, stayed })
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves an entry back as its next version; `newest` is the one under which it stands now.
    fn move_back(
        &self,
        permit: &access::Permit,
        keys: &FileKeys,
        moving: &Moving,
        newest: i64,
        from: ClientId,
        to: ClientId,
    ) -> Result<(Vec<Query>, audit::RowMark), Error> {
        if moving.now.0.version == newest {
            return self.move_entry(permit, keys, moving, from, to);
        }
        let (then, content) = &moving.now;
        let id = || then.id.as_bytes().into();
        let mut batch = vec![DROP_PAST_AFTER.with([id(), then.version.into()])];
        for (earlier, content) in moving.before.iter().chain([&moving.now]) {
            let head = earlier.head(to, earlier.version);
            let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
            batch.push(MOVE_PAST.with([id(), to.as_bytes().into(), sealed.into(), earlier.version.into()]));
        }
        let head = then.head(to, newest + 1);
        let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
        let mark = head.mark(&sealed);
        let back = RESTORE_ENTRY.with([
            id(),
            to.as_bytes().into(),
            head.version.into(),
            sealed.into(),
            from.as_bytes().into(),
            newest.into(),
            then.day.into(),
            then.written.as_microsecond().into(),
            then.author.as_bytes().into(),
        ]);
        batch.push(back.expecting(1));
        Ok((batch, mark))
    }

    /// A page as it was before the merge, as its next version.
    async fn page_as_it_was(
        &self,
        visit: &Visit,
        permit: &access::Permit,
        keys: &FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<([Query; 2], audit::RowMark), Error> {
        let id = stored.id.as_bytes().into();
        let rows = self.records().read(vec![PAST_PAGE.with([id, (stored.version - 1).into()])]).await?;
        let before = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("page"))?;
        let before = Stored::read(before)?;
        let standing = self.standing(visit, client).await?;
        let reading = self.merge_permit(visit, &standing, Act::Read, OPEN).await?;
        let entry = self.log().submit(reading, OPEN, Detail::default());
        let page = self.open_entry::<serde_json::Value>(&entry, keys, client, &before)?;
        let page = page.release(&entry.durable().await?)?;
        let mut head = before.head(client, stored.version + 1);
        head.written = self.now();
        head.author = visit.staff;
        self.seal_next(permit, keys, &head, &page)
    }

    /// What stood in the clear before, as far as nobody changed it since.
    async fn what_held_before(
        &self,
        survivor: ClientId,
        absorbed: ClientId,
        done: &Done,
        stayed: &mut usize,
    ) -> Result<Vec<Query>, Error> {
        let (here, there) = (|| survivor.as_bytes().into(), || absorbed.as_bytes().into());
        let mut asked = vec![HEAD_NOW.with([here()]), keeping_of(survivor)];
        asked.extend(
            done.consents
                .iter()
                .map(|one| CONSENT_NOW.with([here(), one.purpose.as_str().into(), one.organisation.into()])),
        );
        let rows = self.records().read(asked).await?;
        let [head, keeping, consents @ ..] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let head = head.first().ok_or(Error::NoSuchFile)?;
        let now = super::Head {
            adviser: opt_staff(head, 0)?,
            status: head.text(1)?.to_owned(),
            last_contact: head.int(2)?,
            notice: head.text(3)?.to_owned(),
            notice_version: head.text(4)?.to_owned(),
        };
        let (before, after) = (&done.survivor_before, &done.survivor_after);
        let mut back = now.clone();
        if now.adviser == after.adviser {
            back.adviser = before.adviser;
        }
        if now.status == after.status {
            back.status.clone_from(&before.status);
        }
        if now.last_contact == after.last_contact {
            back.last_contact = before.last_contact;
        }
        if (&now.notice, &now.notice_version) == (&after.notice, &after.notice_version) {
            back.notice.clone_from(&before.notice);
            back.notice_version.clone_from(&before.notice_version);
        }
        let mut batch = vec![set_survivor(survivor, &back)];
        if kept(keeping)? == done.keeping_after {
            batch.push(retention::DROP_KEEPING.with([here()]));
            batch.extend(done.keeping_before.iter().map(|one| put_keeping(survivor, one)));
        }
        batch.extend(done.keeping.iter().map(|one| put_keeping(absorbed, one)));
        for (one, rows) in done.consents.iter().zip(consents) {
            let version = rows.first().map(|row| row.int(0)).transpose()?;
            if version != Some(one.version) {
                *stayed += 1;
                continue;
            }
            let about = || [here(), one.purpose.as_str().into(), one.organisation.into()];
            match &one.before {
                Some(row) => {
                    let row = super::ConsentRow { version: one.version + 1, ..row.clone() };
                    batch.push(put_consent(survivor, &one.purpose, one.organisation, &row));
                }
                None => {
                    let [client, purpose, organisation] = about();
                    batch.push(DROP_CONSENT.with([client, purpose, organisation, one.version.into()]));
                }
            }
        }
        batch
            .extend(done.conflicts.iter().map(|staff| DROP_CONFLICT.with([here(), staff.as_bytes().into()])));
        batch.extend(done.notices.iter().map(|notice| DROP_NOTICE.with([here(), notice.as_str().into()])));
        batch.extend(done.scheduled.iter().map(|one| DROP_SCHEDULED.with([here(), one.as_str().into()])));
        let mentions = done.mentioned_in.iter();
        batch.extend(mentions.map(|entry| MENTION_OTHER.with([here(), there(), entry.as_bytes().into()])));
        let adviser = done.adviser.map_or(store::Value::Null, |id| id.as_bytes().into());
        batch.push(SET_FREE.with([there(), adviser, done.status.as_str().into()]).expecting(1));
        Ok(batch)
    }
}

/// How an entry stands now, and how it stood when it moved, with what was before that.
fn parted(moving: Moving, version: i64) -> Option<((Stored, serde_json::Value), Moving)> {
    let Moving { now, mut before } = moving;
    let at = before.iter().position(|(stored, _)| stored.version == version)?;
    let then = before.swap_remove(at);
    before.retain(|(stored, _)| stored.version < version);
    Some((now, Moving { now: then, before }))
}

/// Whether an entry was written into the file that went on after the merge.
fn is_new(stored: &Stored, merge: &Row, moved: &HashMap<EntryId, i64>) -> bool {
    merge.int(4).is_ok_and(|made| stored.written.as_microsecond() > made) && !moved.contains_key(&stored.id)
}

/// What belongs to an appointment that goes back.
fn back_with(id: AppointmentId, from: ClientId, to: ClientId) -> impl Iterator<Item = Query> {
    let ids = move || [from.as_bytes().into(), to.as_bytes().into(), id.as_bytes().into()];
    [&BACK_UNITS, &BACK_MESSAGES, &BACK_FALLEN_OUT, &BACK_OFFERED].into_iter().map(move |sql| sql.with(ids()))
}
