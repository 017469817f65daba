//! Entries of changes: they commit with the change in the records store, and are moved into the log by its writer.

use store::sql;

use crate::Error;
use crate::leaf::{Leaf, Line};
use crate::writer::{AT_ONCE, Writer};

sql! { records:
    /// Entries that wait in the outbox: as many as go into one transaction of the log.
    WAITING = "SELECT id, leaf FROM outbox ORDER BY at, id LIMIT 256";
    /// Takes one out.
    TAKE_OUT = "DELETE FROM outbox WHERE id = $1";
}

sql! { audit:
    /// Whether an entry of the outbox is here already.
    IS_HERE = "SELECT seq FROM audit_entry WHERE id = $1";
}

/// How often another server may be quicker with the same rows before this one lets it be.
const TRIES: usize = 5;

/// Moves all that waits. A crash in between doubles none: what is here already is only taken out.
pub(crate) async fn empty(writer: &mut Writer) -> Result<(), Error> {
    let mut tries = 0;
    loop {
        let rows = writer.records.read(vec![WAITING.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let (id, leaf) = (row.bytes16(0)?, row.blob(1)?);
            entries.extend(Leaf::read(leaf).and_then(|leaf| leaf.line()).filter(|line| line.id == id));
        }
        let foreign = entries.len() < rows.len();
        match carry(writer, entries).await {
            // Another server was quicker with one of them: look again.
            Err(Error::Store(store::Error::AlreadyThere { .. })) if tries < TRIES => {
                tries += 1;
                continue;
            }
            result => result?,
        }
        if foreign {
            return Err(Error::Outbox);
        }
        if rows.len() < AT_ONCE {
            return Ok(());
        }
    }
}

/// Appends those that the log does not have yet, then takes all of them out.
async fn carry(writer: &mut Writer, entries: Vec<Line>) -> Result<(), Error> {
    if entries.is_empty() {
        return Ok(());
    }
    let here = entries.iter().map(|line| IS_HERE.with([line.id.into()])).collect();
    let here = writer.store.read(here).await?;
    let taking = entries.iter().map(|line| TAKE_OUT.with([line.id.into()])).collect();
    let fresh = entries.into_iter().zip(here).filter(|(_, found)| found.rows.is_empty());
    let fresh: Vec<Line> = fresh.map(|(line, _)| line).collect();
    if !fresh.is_empty() {
        writer.append(&fresh).await?;
    }
    writer.records.write(taking).await?;
    Ok(())
}
