//! Correcting a note of a meeting: the earlier version stays, the reason is written down, and the retention clock is set
//! again from all that is left.

use access::{Act, Permit};
use audit::{Action, Detail};
use casework::retention::{ContactDay, until};
use casework::{ClientId, EntryId, Fault, Meeting};
use jiff::civil::Date;
use notice::{Category, ContactKind};
use store::sql;
use vault::{FileKeys, Personal};

use crate::entries::{Head, Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::webhooks::Event;
use crate::{Error, Service, changes, retention};

sql! { records:
    /// Every meeting of a file, newest first.
    MEETINGS = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'meeting' ORDER BY day DESC, written DESC LIMIT 5000");
    /// The last appointment to which the client came.
    LAST_CAME = "SELECT MAX(starts) FROM appointment WHERE client = $1 AND state IN ('attended', 'late')";
    /// Sets the clock, unless it was moved meanwhile.
    SET_CLOCK = "UPDATE client SET last_contact = $2 WHERE id = $1 AND last_contact = $3";
}

const CORRECT: Action = Action("correct-meeting");
/// The shortest reason that says anything, in characters.
const SHORTEST_REASON: usize = 5;

impl Service {
    /// Puts a corrected version of a meeting in the place of `version`. A day or a contact that was wrong no longer moves
    /// the retention clock: it is set again from all meetings and appointments of the file.
    ///
    /// # Errors
    /// `Error::Faults` without a reason, `Error::ChangedMeanwhile`, a refusal, no such meeting, or a store failed; then
    /// nothing is written.
    pub async fn correct_meeting(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        version: i64,
        day: Date,
        meeting: &Meeting,
    ) -> Result<(), Error> {
        let because = meeting.because.as_deref().map_or(0, |because| because.trim().chars().count());
        if because < SHORTEST_REASON {
            return Err(Error::Faults(vec![Fault::new(
                "because",
                format!("Say why you correct it, in at least {SHORTEST_REASON} characters"),
            )]));
        }
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                MEETINGS.with([client.as_bytes().into()]),
                LAST_CAME.with([client.as_bytes().into()]),
            ])
            .await?;
        let [head, meetings, came] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let meetings = meetings.rows.iter().map(Stored::read).collect::<Result<Vec<_>, _>>()?;
        let stored = meetings.iter().find(|stored| stored.id == id).ok_or(Error::NoSuchFile)?;
        if stored.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let now = self.now();
        let reading = standing.request(visit, now, Act::Read, Category::Casework.into());
        let writing = standing.request(visit, now, Act::Write, Category::Casework.into());
        let (looked, permit) = (self.permit(reading, CORRECT).await?, self.permit(writing, CORRECT).await?);
        let keys = self.vault().keys(client.into()).await?;

        let layers = self.layers_of(&standing.notice, &standing.notice_version)?;
        let rule = self.rule_of(&standing.notice, &standing.notice_version)?;
        let registered = self.surroundings().civil(standing.registered).date();
        let mut contacts = vec![ContactDay { day, kind: meeting.contact() }];
        if let Some(came) = came.first().map(|row| row.opt_int(0)).transpose()?.flatten() {
            let day = self.surroundings().civil(changes::time(came)?).date();
            contacts.push(ContactDay { day, kind: ContactKind::TookPart });
        }
        // Only what is newer than that can move a clock further.
        let known = layers.iter().map(|(_, rule)| until(&contacts, rule, registered).last_contact);
        let known = day_number(known.min().unwrap_or(registered));
        let newer: Vec<&Stored> =
            meetings.iter().filter(|other| other.id != id && other.day > known).collect();
        if !newer.is_empty() {
            contacts.extend(self.contacts_in(looked, &keys, client, &newer).await?);
        }
        let last = until(&contacts, &rule, registered).last_contact;

        let head = Head {
            id,
            client,
            kind: stored.kind.clone().into(),
            category: stored.category,
            compartment: stored.compartment,
            day: day_number(day),
            written: now,
            author: visit.staff,
            version: version + 1,
        };
        let (statements, mark) = self.seal_next(&permit, &keys, &head, meeting)?;
        let change = self.log().change(permit, CORRECT, &Detail { rows: vec![mark], ..Detail::default() });
        let mut batch = statements.to_vec();
        batch.push(change.outbox());
        let clock = [client.as_bytes().into(), day_number(last).into(), standing.last_contact.into()];
        batch.push(SET_CLOCK.with(clock).expecting(1));
        batch.extend(retention::set_again(client, &layers, &contacts, registered));
        batch.extend(self.note_mentions(client, id, meeting));
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

    /// On which days there was which contact in these meetings.
    async fn contacts_in(
        &self,
        looked: Permit,
        keys: &FileKeys,
        client: ClientId,
        meetings: &[&Stored],
    ) -> Result<Vec<ContactDay>, Error> {
        let entry = self.log().submit(looked, CORRECT, Detail::default());
        let mut opened = Vec::with_capacity(meetings.len());
        for stored in meetings {
            let day = day_from(stored.day).ok_or(Error::Damaged("day"))?;
            let meeting = self.open_entry::<Meeting>(&entry, keys, client, stored)?;
            opened.push(meeting.map(move |meeting| ContactDay { day, kind: meeting.contact() }));
        }
        Ok(Personal::gather(&entry, opened)?.release(&entry.durable().await?)?)
    }
}
