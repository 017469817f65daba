//! The layer of rights: what somebody asked about their data goes so long after it was closed, each request on a day of its own. The
//! row of a file names the first of them. What is left of a request is its number, its days and its codes, without the client.

use casework::ClientId;
use casework::retention::{Clock, Rule, Since, by_closing, clock};
use jiff::civil::Date;
use notice::Layer;
use store::{Query, Row, sql};

use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service};

sql! { records:
    /// The first request of a file that was closed; those that are closed after it wait their turn.
    KEEP_FIRST = "INSERT INTO keeping (client, layer, since, warn, day) VALUES ($1, 'rights', $2, NULL, $3) ON CONFLICT (client, layer) DO NOTHING";
    /// Its turn has come.
    NEXT = "UPDATE keeping SET since = $2, day = $3 WHERE client = $1 AND layer = 'rights'";
    /// None is left; one that was closed in between keeps the row, and its own day is found the next time.
    NONE_LEFT = "DELETE FROM keeping WHERE client = $1 AND layer = 'rights' AND NOT EXISTS (SELECT 1 FROM request r WHERE r.client = $1 AND r.closed IS NOT NULL)";
    /// The first day on which one was closed after a day.
    CLOSED_AFTER = "SELECT MIN(closed) FROM request WHERE client = $1 AND closed > $2";
    /// The first of all.
    CLOSED_FIRST = "SELECT MIN(closed) FROM request WHERE client = $1 AND closed IS NOT NULL";
    /// Files with closed requests and no day for them: those of before the day was written down.
    WITHOUT_DAY = "SELECT r.client, MIN(r.closed), c.notice, c.notice_version FROM request r JOIN client c ON c.id = r.client WHERE r.closed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM keeping k WHERE k.client = r.client AND k.layer = 'rights') GROUP BY r.client, c.notice, c.notice_version LIMIT 5000";
    /// What was asked until then loses its words and the client.
    LET_GO_WORDS = "UPDATE request_step SET sealed = NULL WHERE request IN (SELECT r.id FROM request r WHERE r.client = $1 AND r.closed <= (SELECT k.since FROM keeping k WHERE k.client = $1 AND k.layer = 'rights'))";
    LET_GO_MARKS = "DELETE FROM redaction WHERE request IN (SELECT r.id FROM request r WHERE r.client = $1 AND r.closed <= (SELECT k.since FROM keeping k WHERE k.client = $1 AND k.layer = 'rights'))";
    LET_GO = "UPDATE request SET client = NULL, sealed = NULL WHERE client = $1 AND closed <= (SELECT k.since FROM keeping k WHERE k.client = $1 AND k.layer = 'rights')";
}

/// The name of the layer in the table `keeping`.
pub(crate) const LAYER: &str = "rights";

/// The day of a request that is closed on `closed`.
pub(crate) fn closed_on(client: ClientId, rule: &Rule, closed: Date) -> Query {
    let id = client.as_bytes().into();
    KEEP_FIRST.with([id, day_number(closed).into(), day_number(rule.after(closed)).into()])
}

/// The statements by which the requests of a file go that are past their day. Objections that hold go on holding.
pub(crate) fn let_go(client: ClientId) -> Vec<Query> {
    let id = || client.as_bytes().into();
    vec![LET_GO_WORDS.with([id()]), LET_GO_MARKS.with([id()]), LET_GO.with([id()])]
}

/// The clock of the layer as its row says it.
pub(super) fn clock_of(rule: &Rule, since: Date) -> Clock {
    clock(Layer::Rights, rule, since, Since::Closing)
}

impl Service {
    /// How long a client's requests are kept, by the notice that they were given.
    pub(crate) fn kept_after_closing(&self, standing: &Standing) -> Result<Option<Rule>, Error> {
        Ok(by_closing(&self.given(&standing.notice, &standing.notice_version)?.notice))
    }

    /// What the row of a file says once the requests until `since` are gone.
    pub(crate) async fn next_request(
        &self,
        client: ClientId,
        since: Date,
        rule: Option<&Rule>,
    ) -> Result<Query, Error> {
        let after = CLOSED_AFTER.with([client.as_bytes().into(), day_number(since).into()]);
        let next = self.closed_day(after).await?;
        let id = client.as_bytes().into();
        Ok(match next.zip(rule) {
            Some((closed, rule)) => {
                NEXT.with([id, day_number(closed).into(), day_number(rule.after(closed)).into()])
            }
            None => NONE_LEFT.with([id]),
        })
    }

    /// Whether a row of the layer says the day that follows from the first request that was closed.
    pub(super) async fn rights_day_follows(&self, row: &Row) -> Result<bool, Error> {
        let first = self.closed_day(CLOSED_FIRST.with([row.blob(0)?.to_vec().into()])).await?;
        let rule = by_closing(&self.given(row.text(6)?, row.text(7)?)?.notice);
        let day = first.zip(rule).map(|(first, rule)| day_number(rule.after(first)));
        Ok(first.map(day_number) == Some(row.int(2)?) && day == Some(row.int(4)?))
    }

    async fn closed_day(&self, asked: Query) -> Result<Option<Date>, Error> {
        let rows = self.records().read(vec![asked]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::Damaged("batch"))?;
        row.opt_int(0)?.map(|day| day_from(day).ok_or(Error::Damaged("day"))).transpose()
    }

    /// Writes down the days of requests that were closed before such days were kept.
    pub(crate) async fn write_down_closed(&self) -> Result<(), Error> {
        let rows = self.records().read(vec![WITHOUT_DAY.with([])]).await?;
        let mut batch = Vec::new();
        for row in rows.into_iter().next().unwrap_or_default().rows {
            let closed = day_from(row.int(1)?).ok_or(Error::Damaged("day"))?;
            if let Some(rule) = by_closing(&self.given(row.text(2)?, row.text(3)?)?.notice) {
                batch.push(closed_on(ClientId::from_bytes(row.bytes16(0)?), &rule, closed));
            }
        }
        if !batch.is_empty() {
            self.records().write(batch).await?;
        }
        Ok(())
    }
}
