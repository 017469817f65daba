//! Whether every entry of a file is as the log saw it written: nobody put an older one back, changed a column beside its words, or
//! took it away.

use std::collections::HashMap;

use audit::Recorded;
use casework::ClientId;
use store::sql;

use crate::entries::{self, Stored, entry_columns};
use crate::merges::undo::PART;
use crate::{Error, Service, backups, erasure};

sql! { records:
    /// All entries as they stand.
    ENTRIES_AS_THEY_ARE = concat!("SELECT ", entry_columns!(), ", client FROM entry WHERE id > $1 ORDER BY id LIMIT 2000");
}

const AT_ONCE: u32 = 1000;

/// An entry as the log last saw it.
struct Written {
    version: i64,
    digest: [u8; 32],
    /// Whose file, and where in the log.
    client: ClientId,
    seq: u64,
}

/// What the log says of all entries.
#[derive(Default)]
struct AsLogged {
    newest: HashMap<[u8; 16], Written>,
    /// When something was last taken out of a file by the rules: its erasure or that of a layer, a merge that was undone.
    taken_out: HashMap<ClientId, u64>,
    /// When a backup was last restored, with which whatever was erased after it goes again.
    restored: Option<u64>,
}

impl AsLogged {
    fn hears(&mut self, entry: &Recorded) {
        if entry.outcome != "done" {
            return;
        }
        if entry.action == backups::RESTORE.0 {
            self.restored = Some(entry.seq);
        }
        let Ok(client) = entry.subject.parse::<ClientId>() else { return };
        if [erasure::ERASE.0, PART.0].contains(&entry.action.as_str()) {
            self.taken_out.insert(client, entry.seq);
        }
        for (table, row, version, digest) in &entry.rows {
            let (mut id, mut known) = ([0; 16], [0; 32]);
            let reads = hex::decode_to_slice(row, &mut id).is_ok()
                && hex::decode_to_slice(digest, &mut known).is_ok()
                && table == entries::TABLE;
            if reads && self.newest.get(&id).is_none_or(|before| *version > before.version) {
                let written = Written { version: *version, digest: known, client, seq: entry.seq };
                self.newest.insert(id, written);
            }
        }
    }

    /// An entry that was written and went by no rule.
    fn lost(&self) -> Option<[u8; 16]> {
        let by_rule = |written: &Written| {
            let after = |seq: Option<u64>| seq.is_some_and(|seq| seq >= written.seq);
            after(self.taken_out.get(&written.client).copied()) || after(self.restored)
        };
        self.newest.iter().filter(|(_, written)| !by_rule(written)).map(|(id, _)| *id).min()
    }
}

impl Service {
    /// Holds every entry against the log.
    pub(crate) async fn rows_as_logged(&self) -> Result<(bool, String), Error> {
        let (mut logged, mut from) = (AsLogged::default(), 0);
        loop {
            let stretch = self.log().from(from, AT_ONCE).await?;
            let Some(last) = stretch.last() else { break };
            from = last.seq + 1;
            stretch.iter().for_each(|entry| logged.hears(entry));
        }
        let (mut checked, mut after) = (0_u64, vec![0_u8; 16]);
        loop {
            let rows = self.records().read(vec![ENTRIES_AS_THEY_ARE.with([after.clone().into()])]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            let Some(last) = rows.last() else { break };
            after = last.blob(0)?.to_vec();
            for row in &rows {
                let (id, stored) = (row.bytes16(0)?, Stored::read(row)?);
                let Some(written) = logged.newest.remove(&id) else { continue };
                checked += 1;
                let beside = stored.beside(ClientId::from_bytes(row.bytes16(9)?));
                let digest = entries::row_digest(&beside, &stored.sealed);
                if stored.version != written.version || digest != written.digest {
                    return Ok((false, amiss(id, "is not as it was last written")));
                }
            }
        }
        Ok(match logged.lost() {
            Some(id) => (false, amiss(id, "is gone, and nothing in the log has erased it")),
            None => (true, format!("{checked} entries are as they were last written, and none is missing")),
        })
    }
}

fn amiss(id: [u8; 16], what: &str) -> String {
    format!(
        "entry {} {what}: it was changed outside Kept, or these records are an older copy. Restore the newest backup",
        hex::encode(id)
    )
}
