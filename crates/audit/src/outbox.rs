//! Entries of changes: they commit with the change in the records store, and are moved into the log by its writer.

use store::{Rows, Store, sql};

use crate::Error;
use crate::leaf::{Leaf, Line};
use crate::tree::signed;
use crate::writer::{AT_ONCE, Came, GROW, Writer};

sql! { records:
    /// Entries that wait in the outbox: as many as go into one transaction of the log.
    WAITING = "SELECT id, leaf FROM outbox ORDER BY at, id LIMIT 256";
    /// Takes one out.
    TAKE_OUT = "DELETE FROM outbox WHERE id = $1";
    /// How many have been given to the log, and how many wait.
    GIVEN = "SELECT (SELECT given FROM outbox_given WHERE single = 1), (SELECT COUNT(*) FROM outbox)";
    /// Lets several servers count one after another.
    TAKE_TURNS = "UPDATE outbox_given SET given = given WHERE single = 1";
    /// Counts one that is taken out, unless another server has done it.
    GIVE = "UPDATE outbox_given SET given = given + 1 WHERE single = 1 AND EXISTS (SELECT 1 FROM outbox WHERE id = $1)";
    /// All that wait.
    ALL_WAITING = "SELECT id FROM outbox";
    /// Begins to count.
    COUNT_FROM = "UPDATE outbox_given SET given = $1 WHERE single = 1 AND given IS NULL";
}

sql! { audit:
    /// Whether an entry of the outbox is here already.
    IS_HERE = "SELECT seq FROM audit_entry WHERE id = $1";
    /// How many came with a change.
    TAKEN = "SELECT taken FROM audit_changes WHERE one = 1";
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
    let mut taking = vec![TAKE_TURNS.with([])];
    taking.extend(entries.iter().flat_map(|line| [&GIVE, &TAKE_OUT].map(|sql| sql.with([line.id.into()]))));
    let fresh = entries.into_iter().zip(here).filter(|(_, found)| found.rows.is_empty());
    let fresh: Vec<Line> = fresh.map(|(line, _)| line).collect();
    if !fresh.is_empty() {
        writer.append(&fresh, Came::WithChanges).await?;
    }
    writer.records.write(taking).await?;
    Ok(())
}

/// Whether log and records are of one time. What the log has taken was given by the records before and counted there, or still
/// waits there; so an older copy of either shows.
///
/// # Errors
/// One is older than the other.
pub(crate) async fn of_one_time(log: &Store, records: &Store) -> Result<(), Error> {
    let number = |value: Option<i64>| value.map(i64::unsigned_abs);
    let given = |rows: &[Rows]| {
        let row = rows.first().and_then(Rows::first).ok_or(Error::Outbox)?;
        Ok::<_, Error>((number(row.opt_int(0)?), row.int(1)?.unsigned_abs()))
    };
    // Records, log, records: other servers go on meanwhile.
    let (before, _) = given(&records.read(vec![GIVEN.with([])]).await?)?;
    let rows = log.read(vec![TAKEN.with([])]).await?;
    let taken = rows.first().and_then(Rows::first).ok_or(Error::Damaged(0))?.int(0)?.unsigned_abs();
    let Some(before) = before else { return begin_to_count(log.clone(), records).await };
    if before > taken {
        return Err(Error::LogBehind { missing: before - taken });
    }
    let (after, waiting) = given(&records.read(vec![GIVEN.with([])]).await?)?;
    let known = after.unwrap_or(before) + waiting;
    if taken > known { Err(Error::RecordsBehind { missing: taken - known }) } else { Ok(()) }
}

/// Begins to count what the records have given: all that the log has taken, but for what still waits here and is there already.
/// Both sides stand still meanwhile, since another server may carry something over.
async fn begin_to_count(log: Store, records: &Store) -> Result<(), Error> {
    records
        .tx(move |tx| {
            Box::pin(async move {
                tx.run(TAKE_TURNS.with([])).await?;
                let waiting = tx.run(ALL_WAITING.with([])).await?;
                let waiting = waiting.rows.iter().map(|row| row.bytes16(0)).collect::<Result<Vec<_>, _>>()?;
                let given: i64 = log
                    .tx(move |log| {
                        Box::pin(async move {
                            log.run(GROW.with([0.into()])).await?;
                            let taken = log.run(TAKEN.with([])).await?;
                            let mut given = taken.first().ok_or(Error::Damaged(0))?.int(0)?;
                            for id in waiting {
                                given -= signed(log.run(IS_HERE.with([id.into()])).await?.rows.len() as u64);
                            }
                            Ok::<_, Error>(given)
                        })
                    })
                    .await?;
                tx.run(COUNT_FROM.with([given.into()])).await?;
                Ok(())
            })
        })
        .await
}
