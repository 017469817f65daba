//! Undoing an import: every file that came with it is erased, as any file is, but those that somebody has worked with since.

use audit::{Action, Change, Outcome};
use casework::{ClientId, ErasureId, ImportId};
use store::sql;

use super::State;
use crate::erasure::{Going, Ground, What};
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// Files that came with an import and were not touched since: no entry is younger than the file.
    UNTOUCHED = "SELECT i.client FROM imported i JOIN client c ON c.id = i.client WHERE i.import = $1 AND c.status <> 'merged' AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.client = i.client AND h.lifted IS NULL) AND NOT EXISTS (SELECT 1 FROM merge m WHERE m.survivor = i.client AND m.undone IS NULL) AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.client = i.client AND (e.version > 1 OR e.written > $2)) AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.client = i.client) AND NOT EXISTS (SELECT 1 FROM document d WHERE d.client = i.client) ORDER BY i.client LIMIT $3";
    /// How many came with it and are still there.
    LEFT = "SELECT COUNT(*) FROM imported WHERE import = $1";
    /// It is undone.
    UNDO = "UPDATE import SET state = 'undone', ended = $2 WHERE id = $1 AND state <> 'undone'";
}

const UNDO_ACTION: Action = Action("undo-import");
/// Files a transaction.
const STRETCH: i64 = 100;

/// What undoing an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// How many files were erased.
    pub erased: u64,
    /// How many stay, because somebody has worked with them since.
    pub kept: u64,
}

impl Service {
    /// Erases every file that came with an import and that nobody has worked with since. It can be begun again if it breaks off.
    ///
    /// # Errors
    /// `Error::NotYours` for anybody but managers (`None` is the command); there is no such import, or it was undone; a store
    /// failed.
    pub async fn undo_import(&self, by: Option<&Visit>, id: ImportId) -> Result<Undone, Error> {
        if let Some(visit) = by {
            self.may_import(visit)?;
        }
        let import = self.import(id).await?;
        if import.state == State::Undone {
            return Err(Error::ChangedMeanwhile);
        }
        let until = import.ended.unwrap_or_else(|| self.now()).as_microsecond();
        let mut erased = 0;
        loop {
            let rows = self
                .records()
                .read(vec![UNTOUCHED.with([id.as_bytes().into(), until.into(), STRETCH.into()])])
                .await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            if rows.is_empty() {
                break;
            }
            let (mut batch, mut written) = (Vec::new(), Vec::new());
            for row in &rows {
                let client = ClientId::from_bytes(row.bytes16(0)?);
                let id = ErasureId::from_bytes(self.draw());
                let going = Going { client, what: What::File, id, ground: Ground::Import, decided_by: None };
                let (goes, changes) = self.all_that_goes(&going).await?;
                batch.extend(goes);
                written.extend(changes);
            }
            self.records().write(batch).await?;
            erased += rows.len() as u64;
            written.into_iter().for_each(Change::committed);
            self.finish_erasures().await?;
        }
        let rows = self.records().read(vec![LEFT.with([id.as_bytes().into()])]).await?;
        let kept = rows.first().and_then(|rows| rows.first()).map_or(Ok(0), |row| row.int(0))?;
        let now = self.now().as_microsecond().into();
        self.records().write(vec![UNDO.with([id.as_bytes().into(), now])]).await?;
        self.log().event(by.map(|visit| visit.staff.into()), UNDO_ACTION, Outcome::Done).durable().await?;
        self.follow_changes().await?;
        Ok(Undone { erased, kept: kept.unsigned_abs() })
    }
}
