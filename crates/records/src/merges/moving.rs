//! Moving dated entries from one file to another of the same person: opened with all their versions, and sealed again.

use access::Permit;
use audit::{Action, Detail, RowMark};
use casework::{ClientId, Profile};
use notice::Category;
use store::{Query, sql};
use vault::{FileKeys, Personal};

use super::Read;
use crate::appointments::{self, Appointment, StoredAppointment};
use crate::entries::{Head as EntryHead, Stored, entry_columns};
use crate::standing::Standing;
use crate::{Error, Service};

sql! { records:
    /// The earlier versions of a file's dated entries.
    PAST_OF = concat!("SELECT ", entry_columns!(), " FROM entry_past WHERE client = $1 AND kind <> 'profile' ORDER BY id, version");
    /// An entry moves to another file of the same person, as its next version.
    pub(super) MOVE_ENTRY = "UPDATE entry SET client = $2, version = $3 + 1, sealed = $4 WHERE id = $1 AND client = $5 AND version = $3";
    /// Its version before, in the file that it moves to.
    pub(super) ADD_PAST = "INSERT INTO entry_past (id, client, kind, category, compartment, day, written, author, version, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// And those before that.
    pub(super) MOVE_PAST = "UPDATE entry_past SET client = $2, sealed = $3 WHERE id = $1 AND version = $4";
}

pub(super) const OPEN: Action = Action("open-to-merge");

/// A dated entry that was opened, to be sealed again: its versions, the newest first.
pub(super) struct Moving {
    pub(super) now: (Stored, serde_json::Value),
    pub(super) before: Vec<(Stored, serde_json::Value)>,
}

/// What was opened of a file.
#[derive(Default)]
pub(super) struct OpenedFile {
    pub(super) pages: Vec<(Stored, Profile)>,
    pub(super) moving: Vec<Moving>,
    pub(super) appointments: Vec<Appointment>,
}

impl Service {
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
            booked = appointments.rows.iter().map(StoredAppointment::read).collect::<Result<Vec<_>, _>>()?;
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
        let mark = head.mark(&sealed);
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
}

fn copy(stored: &Stored) -> Stored {
    Stored { kind: stored.kind.clone(), sealed: Vec::new(), ..*stored }
}
