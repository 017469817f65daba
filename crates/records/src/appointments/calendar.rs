//! An adviser's diary for the calendar on their phone: a secret address that tells when and how, and never who.

use audit::{Action, Outcome};
use casework::StaffId;
use jiff::SignedDuration;
use store::sql;

use super::{Booked, StoredAppointment, columns};
use crate::secrets::Token;
use crate::sessions::Visit;
use crate::staff::Status;
use crate::{Error, Service};

sql! { records:
    /// A new address takes the place of the old one, which stops working.
    SET_ADDRESS = "INSERT INTO calendar_address (staff, secret, made) VALUES ($1, $2, $3) ON CONFLICT (staff) DO UPDATE SET secret = excluded.secret, made = excluded.made";
    /// From now on there is none.
    END_ADDRESS = "DELETE FROM calendar_address WHERE staff = $1";
    /// Whether somebody has one.
    HAS_ADDRESS = "SELECT made FROM calendar_address WHERE staff = $1";
    /// Whose it is.
    WHOSE_ADDRESS = "SELECT staff FROM calendar_address WHERE secret = $1";
    /// What a calendar shows.
    AROUND_NOW = concat!("SELECT ", columns!(), " FROM appointment WHERE adviser = $1 AND starts >= $2 AND starts < $3 ORDER BY starts LIMIT 2000");
}

const DAYS_BACK: i64 = 30;
const DAYS_AHEAD: i64 = 400;

impl Service {
    /// Makes a new secret address for one's own diary: its random part, which is shown once. An older one stops working.
    ///
    /// # Errors
    /// A store or the log failed.
    pub async fn new_calendar_address(&self, visit: &Visit) -> Result<String, Error> {
        let token = Token::new()?;
        let now = self.now().as_microsecond();
        let staff = visit.staff.as_bytes().into();
        self.records().write(vec![SET_ADDRESS.with([staff, token.digest().into(), now.into()])]).await?;
        let who = Some(visit.staff.into());
        self.log().event(who, Action("make-calendar-address"), Outcome::Done).durable().await?;
        Ok(token.cookie())
    }

    /// Ends one's own address.
    ///
    /// # Errors
    /// A store or the log failed.
    pub async fn end_calendar_address(&self, visit: &Visit) -> Result<(), Error> {
        self.records().write(vec![END_ADDRESS.with([visit.staff.as_bytes().into()])]).await?;
        let who = Some(visit.staff.into());
        self.log().event(who, Action("end-calendar-address"), Outcome::Done).durable().await?;
        Ok(())
    }

    /// Whether somebody has an address.
    ///
    /// # Errors
    /// The store failed.
    pub async fn has_calendar_address(&self, visit: &Visit) -> Result<bool, Error> {
        let rows = self.records().read(vec![HAS_ADDRESS.with([visit.staff.as_bytes().into()])]).await?;
        Ok(rows.first().is_some_and(|rows| rows.first().is_some()))
    }

    /// The appointments behind an address; none if there is no such address, or its owner works here no more. Nothing in them
    /// is personal: ids, times and codes.
    ///
    /// # Errors
    /// The store failed.
    pub async fn calendar(&self, secret: &str) -> Result<Option<Vec<Booked>>, Error> {
        let Some(token) = Token::from_cookie(secret) else { return Ok(None) };
        let rows = self.records().read(vec![WHOSE_ADDRESS.with([token.digest().into()])]).await?;
        let Some(row) = rows.first().and_then(|rows| rows.first()) else { return Ok(None) };
        let staff = StaffId::from_bytes(row.bytes16(0)?);
        if self.directory().member(staff).is_none_or(|member| member.status != Status::Active) {
            return Ok(None);
        }
        let now = self.now();
        let from = now - SignedDuration::from_hours(DAYS_BACK * 24);
        let to = now + SignedDuration::from_hours(DAYS_AHEAD * 24);
        let query = AROUND_NOW.with([
            staff.as_bytes().into(),
            from.as_microsecond().into(),
            to.as_microsecond().into(),
        ]);
        let rows = self.records().read(vec![query]).await?;
        let rows = rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default();
        rows.iter().map(|row| Ok(StoredAppointment::read(row)?.booked)).collect::<Result<_, _>>().map(Some)
    }
}
