//! The feed of changes: by it every server keeps its directory, its notices and its search index fresh.

use std::sync::atomic::Ordering;

use casework::ClientId;
use jiff::Timestamp;
use store::{Query, sql};

use crate::{Error, Service};

sql! { records:
    /// The next place in the feed. Holding this row's lock until commit, changes are seen in the order they are numbered.
    NEXT_CHANGE = "UPDATE counter SET value = value + 1 WHERE name = 'change'";
    /// A change to one file, or to the service itself.
    NOTE_CHANGE = "INSERT INTO change (seq, client, made) VALUES ((SELECT value FROM counter WHERE name = 'change'), $1, $2)";
    /// What has changed since.
    CHANGES_SINCE = "SELECT seq, client FROM change WHERE seq > $1 ORDER BY seq LIMIT 5000";
    /// The newest change.
    NEWEST_CHANGE = "SELECT value FROM counter WHERE name = 'change'";
}

/// Statements that note a change to a client's file, for the same transaction as the change.
pub(crate) fn of_client(client: ClientId, now: Timestamp) -> [Query; 2] {
    [NEXT_CHANGE.with([]), NOTE_CHANGE.with([client.as_bytes().into(), now.as_microsecond().into()])]
}

/// Statements that note a change to staff or notices.
pub(crate) fn of_service(now: Timestamp) -> [Query; 2] {
    [NEXT_CHANGE.with([]), NOTE_CHANGE.with([store::Value::Null, now.as_microsecond().into()])]
}

/// An instant as stored.
pub(crate) fn time(micros: i64) -> Result<Timestamp, Error> {
    Timestamp::from_microsecond(micros).map_err(|_| Error::Damaged("time"))
}

impl Service {
    /// Where the feed stands now.
    pub(crate) async fn newest_change(&self) -> Result<i64, Error> {
        let rows = self.records().read(vec![NEWEST_CHANGE.with([])]).await?;
        rows.first().and_then(|r| r.rows.first()).map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// Takes in what has changed since the last look: after each own write, and every half second for those of other servers.
    /// A version of a notice whose day has come is a change too.
    ///
    /// # Errors
    /// The store failed; the next call tries again from the same place.
    pub async fn follow_changes(&self) -> Result<(), Error> {
        let _turn = self.following().lock().await;
        if self.notices().are_outlived(self.surroundings().today()) {
            self.reload_service().await?;
        }
        loop {
            let since = self.seen_change().load(Ordering::Acquire);
            let rows = self.records().read(vec![CHANGES_SINCE.with([since.into()])]).await?;
            let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
            let Some(last) = rows.last() else { return Ok(()) };
            let last = last.int(0)?;
            let mut clients = Vec::new();
            let mut service = false;
            for row in &rows {
                match row.opt_blob(1)? {
                    Some(id) => clients.push(ClientId::try_from(id).map_err(|_| Error::Damaged("change"))?),
                    None => service = true,
                }
            }
            clients.sort_unstable();
            clients.dedup();
            if service {
                self.reload_service().await?;
            }
            self.index_clients(&clients).await?;
            self.seen_change().store(last, Ordering::Release);
        }
    }
}
