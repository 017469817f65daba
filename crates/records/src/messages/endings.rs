//! Telling clients of the end of their file: on the days of warning that their notice names, once each, if the service wants it.

use casework::ClientId;
use casework::messages::by_day;
use jiff::civil::Date;
use messages::shipped::Occasion;
use store::{Query, Value, sql};

use super::{QUEUE, Told, told_columns};
use crate::surroundings::{day_from, day_number};
use crate::sweep::may_go;
use crate::{Error, Service};

sql! { records:
    /// Files whose warnings have begun and that would go by themselves: what is held, restricted or asked about does not.
    WARNED = concat!("SELECT c.id, k.since, k.day, c.notice, c.notice_version FROM keeping k JOIN client c ON c.id = k.client WHERE k.layer = 'service' AND k.warn <= $1 AND k.day > $1 AND c.id > $3 AND c.status <> 'ended' AND ", may_go!(), " ORDER BY c.id LIMIT 500");
    /// Whether a file still goes on that day.
    STILL_ENDS = concat!("SELECT c.id FROM keeping k JOIN client c ON c.id = k.client WHERE k.client = $3 AND k.layer = 'service' AND k.day = $1 AND c.status <> 'ended' AND ", may_go!());
    /// What a client was told of the end of their file, the newest first.
    TOLD_OF_ENDING = concat!("SELECT ", told_columns!(), " FROM message WHERE client = $1 AND ending IS NOT NULL ORDER BY queued DESC LIMIT 20");
}

/// The statement that finds the file if it still goes on `day`.
pub(super) fn still_ends(client: ClientId, day: Date) -> Query {
    STILL_ENDS.with([day_number(day).into(), false.into(), client.as_bytes().into()])
}

impl Service {
    /// Queues what clients are told of the end of their files today: the latest warning whose day has come. Gives how many. None
    /// is queued twice, whoever else does it, and however often.
    ///
    /// # Errors
    /// The store failed; the next call does what is left.
    pub async fn queue_endings(&self) -> Result<usize, Error> {
        let now = self.surroundings().civil(self.now());
        let (today, due) = (now.date(), by_day(&now).timestamp());
        let (mut after, mut queued) = (Vec::new(), 0);
        loop {
            let on = [day_number(today).into(), false.into(), after.clone().into()];
            let rows = self.records().read(vec![WARNED.with(on)]).await?;
            let rows = rows.into_iter().next().unwrap_or_default().rows;
            let Some(last) = rows.last() else { return Ok(queued) };
            after = last.blob(0)?.to_vec();
            let mut batch = Vec::with_capacity(rows.len());
            for row in &rows {
                let day = |place| day_from(row.int(place)?).ok_or(Error::Damaged("day"));
                let (since, ends): (Date, Date) = (day(1)?, day(2)?);
                let warnings = self.rule_of(row.text(3)?, row.text(4)?)?.warnings(since);
                let Some(warned) = warnings.into_iter().rfind(|warning| *warning <= today) else { continue };
                let Ok(expires) = ends.to_zoned_datetime(now.time_zone().clone()) else { continue };
                batch.push(QUEUE.with([
                    self.draw().into(),
                    row.blob(0)?.to_vec().into(),
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    day_number(ends).into(),
                    day_number(warned).into(),
                    Occasion::Ending.code().into(),
                    now.timestamp().as_microsecond().into(),
                    due.as_microsecond().into(),
                    expires.timestamp().as_microsecond().into(),
                ]));
            }
            let rows = self.records().write(batch).await?;
            queued += rows.iter().map(|rows| usize::try_from(rows.affected).unwrap_or(0)).sum::<usize>();
        }
    }

    /// What a client was told of the end of their file. It holds ids and codes only.
    pub(crate) async fn told_of_ending(&self, client: ClientId) -> Result<Vec<Told>, Error> {
        let rows = self.records().read(vec![TOLD_OF_ENDING.with([client.as_bytes().into()])]).await?;
        rows.first().map_or(Ok(Vec::new()), |rows| rows.rows.iter().map(Told::read).collect())
    }
}
