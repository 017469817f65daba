//! The team as managers see it: how much each adviser has to do, in numbers. No client is named or opened.

use std::collections::BTreeMap;

use audit::{Action, Detail};
use casework::StaffId;
use casework::caseload::QUIET_DAYS;
use jiff::ToSpan as _;
use store::{Row, sql};
use vault::Personal;

use crate::files::kept_until;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service};

sql! { records:
    /// How many files had their last contact on which day, adviser by adviser.
    FILES_BY_DAY = "SELECT adviser, notice, notice_version, last_contact, COUNT(*) FROM client WHERE restricted = $1 AND adviser IS NOT NULL GROUP BY adviser, notice, notice_version, last_contact";
    /// How many files have something late.
    LATE_BY_ADVISER = "SELECT c.adviser, COUNT(DISTINCT d.client) FROM due d JOIN client c ON c.id = d.client WHERE d.day < $1 AND c.adviser IS NOT NULL GROUP BY c.adviser";
    /// How many appointments are booked.
    BOOKED_BY_ADVISER = "SELECT adviser, COUNT(*) FROM appointment WHERE starts >= $1 AND starts < $2 AND state = 'booked' GROUP BY adviser";
    /// How many files are with an adviser who has declared a conflict of interest.
    CONFLICTS_BY_ADVISER = "SELECT c.adviser, COUNT(*) FROM conflict k JOIN client c ON c.id = k.client AND c.adviser = k.staff GROUP BY c.adviser";
}

/// What one adviser has to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Files in the caseload.
    pub clients: u64,
    /// Files with something late.
    pub late: u64,
    /// Files of which nothing was heard for five weeks.
    pub quiet: u64,
    /// Files near their end.
    pub ending: u64,
    /// Appointments booked in the next seven days.
    pub booked: u64,
    /// Files that need another adviser, because of a declared conflict of interest.
    pub conflicts: u64,
}

const TEAM: Action = Action("view-team");

impl Service {
    /// What each adviser has to do.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn team(&self, visit: &Visit) -> Result<Opened<BTreeMap<StaffId, Load>>, Error> {
        let permit = self.permit(self.search_request(visit), TEAM).await?;
        let (now, today) = (self.now(), self.surroundings().today());
        let week = now + jiff::SignedDuration::from_hours(7 * 24);
        let rows = self
            .records()
            .read(vec![
                FILES_BY_DAY.with([false.into()]),
                LATE_BY_ADVISER.with([day_number(today).into()]),
                BOOKED_BY_ADVISER.with([now.as_microsecond().into(), week.as_microsecond().into()]),
                CONFLICTS_BY_ADVISER.with([]),
            ])
            .await?;
        let [files, late, booked, conflicts] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let mut team: BTreeMap<StaffId, Load> = BTreeMap::new();
        let quiet_from = today.checked_sub(QUIET_DAYS.days()).unwrap_or(today);
        for row in &files.rows {
            let last = day_from(row.int(3)?).ok_or(Error::Damaged("day"))?;
            let count = row.int(4)?.unsigned_abs();
            let until = kept_until(last, last, &self.rule_of(row.text(1)?, row.text(2)?)?);
            let load = team.entry(StaffId::from_bytes(row.bytes16(0)?)).or_default();
            load.clients += count;
            load.quiet += if last <= quiet_from { count } else { 0 };
            load.ending += if until.is_near(today) { count } else { 0 };
        }
        let counts =
            |row: &Row| Ok::<_, Error>((StaffId::from_bytes(row.bytes16(0)?), row.int(1)?.unsigned_abs()));
        for (adviser, count) in late.rows.iter().map(counts).collect::<Result<Vec<_>, _>>()? {
            team.entry(adviser).or_default().late = count;
        }
        for (adviser, count) in booked.rows.iter().map(counts).collect::<Result<Vec<_>, _>>()? {
            team.entry(adviser).or_default().booked = count;
        }
        for (adviser, count) in conflicts.rows.iter().map(counts).collect::<Result<Vec<_>, _>>()? {
            team.entry(adviser).or_default().conflicts = count;
        }
        let entry = self.log().submit(permit, TEAM, Detail::default());
        Ok(Opened::new(Personal::new(&entry, team), entry))
    }
}
