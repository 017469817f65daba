//! Cover for a colleague who is away: for that time their clients are in the covering adviser's caseload, too, without a
//! reason to be stated file by file. Who arranged it and when is kept.

use access::Role;
use audit::{Action, Detail};
use casework::{Fault, StaffId};
use jiff::ToSpan as _;
use jiff::civil::Date;
use store::sql;

use crate::sessions::Visit;
use crate::staff::Status;
use crate::{Error, Service, changes};

sql! { records:
    /// Arranges cover.
    ADD_COVER = "INSERT INTO cover (id, absent, covering, starts, ends, author, written) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// Cover that has not ended, and what ended lately.
    COVERS = "SELECT id, absent, covering, starts, ends, author FROM cover WHERE ends > $1 AND NOT EXISTS (SELECT 1 FROM api_token t WHERE t.id = cover.covering) ORDER BY starts, id LIMIT 500";
    /// Ends cover before its time.
    END_COVER = "UPDATE cover SET ends = $2 WHERE id = $1 AND ends > $2";
}

/// The longest time for which cover is arranged at once, in days: longer than that, clients are handed over.
pub const LONGEST_DAYS: i64 = 92;

const ARRANGE: Action = Action("arrange-cover");
const END: Action = Action("end-cover");

/// Somebody's clients are looked after by somebody else for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cover {
    /// Which.
    pub id: [u8; 16],
    /// Who is away.
    pub absent: StaffId,
    /// Who looks after their clients.
    pub covering: StaffId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who arranged it.
    pub author: StaffId,
    /// Whether it holds now.
    pub now: bool,
    /// Whether it has ended.
    pub is_over: bool,
}

/// What is to be arranged.
#[derive(Debug, Clone, Copy)]
pub struct Arranging {
    /// The random number of the form.
    pub form: [u8; 16],
    /// Who is away.
    pub absent: StaffId,
    /// Who looks after their clients.
    pub covering: StaffId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Service {
    /// Cover that holds, that is to come, and that ended in the last four weeks. It names colleagues, no client.
    ///
    /// # Errors
    /// The store failed.
    pub async fn covers(&self) -> Result<Vec<Cover>, Error> {
        let now = self.now();
        let since = now - jiff::SignedDuration::from_hours(28 * 24);
        let rows = self.records().read(vec![COVERS.with([since.as_microsecond().into()])]).await?;
        let mut covers = Vec::new();
        for row in rows.first().map(|rows| rows.rows.as_slice()).unwrap_or_default() {
            let (starts, ends) = (changes::time(row.int(3)?)?, changes::time(row.int(4)?)?);
            let last = ends - jiff::SignedDuration::from_secs(1);
            covers.push(Cover {
                id: row.bytes16(0)?,
                absent: StaffId::from_bytes(row.bytes16(1)?),
                covering: StaffId::from_bytes(row.bytes16(2)?),
                from: self.surroundings().civil(starts).date(),
                until: self.surroundings().civil(last).date(),
                author: StaffId::from_bytes(row.bytes16(5)?),
                now: starts <= now && now < ends,
                is_over: ends <= now,
            });
        }
        Ok(covers)
    }

    /// Arranges cover: advisers for themselves, managers for anybody.
    ///
    /// # Errors
    /// `Error::Faults` at the field that is wrong, `Error::Staff` if this is not theirs to arrange, or a store failed.
    pub async fn arrange_cover(&self, visit: &Visit, arranging: Arranging) -> Result<(), Error> {
        if self.made_by_form(visit, arranging.form).await?.is_some() {
            return Ok(());
        }
        self.may_arrange(visit, arranging.absent)?;
        let mut faults = self.cover_faults(&arranging);
        let again = |cover: &Cover| {
            (cover.absent, cover.covering) == (arranging.absent, arranging.covering)
                && cover.from <= arranging.until
                && arranging.from <= cover.until
        };
        // Cover that was ended before its time gives its days back: its last day is that of its end.
        if let Some(cover) = self.covers().await?.iter().find(|cover| !cover.is_over && again(cover)) {
            let (from, until) = (casework::dates::long(cover.from), casework::dates::long(cover.until));
            let what =
                format!("They cover from {from} to {until} already. Choose other days, or end that first");
            faults.push(Fault::new("covering", what));
        }
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let permit = self.permit(self.search_request(visit), ARRANGE).await?;
        let (id, now) = (self.draw(), self.now());
        let change = self.log().change(permit, ARRANGE, &Detail::default());
        let ends = arranging.until.checked_add(1.day()).unwrap_or(arranging.until);
        let batch = vec![
            self.form_done(visit, arranging.form, id),
            ADD_COVER.with([
                id.into(),
                arranging.absent.as_bytes().into(),
                arranging.covering.as_bytes().into(),
                self.midnight(arranging.from)?.as_microsecond().into(),
                self.midnight(ends)?.as_microsecond().into(),
                visit.staff.as_bytes().into(),
                now.as_microsecond().into(),
            ]),
            change.outbox(),
        ];
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(())
            }
            // The same form, sent twice at once.
            Err(store::Error::AlreadyThere { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends cover now. What was looked at under it stays in the log.
    ///
    /// # Errors
    /// It is not theirs to end, there is no such cover, or a store failed.
    pub async fn end_cover(&self, visit: &Visit, id: [u8; 16]) -> Result<(), Error> {
        let cover = self.covers().await?.into_iter().find(|cover| cover.id == id).ok_or(Error::NoSuchFile)?;
        self.may_arrange(visit, cover.absent)?;
        let permit = self.permit(self.search_request(visit), END).await?;
        let change = self.log().change(permit, END, &Detail::default());
        // Sessions are noted to the minute, and this has to reach the one that is open.
        let ended = self.now() - jiff::SignedDuration::from_secs(61);
        let end = END_COVER.with([id.into(), ended.as_microsecond().into()]);
        self.records().write(vec![end, change.outbox()]).await?;
        change.committed();
        Ok(())
    }

    fn may_arrange(&self, visit: &Visit, absent: StaffId) -> Result<(), Error> {
        match visit.role {
            Role::Manager => Ok(()),
            Role::Adviser if visit.staff == absent => Ok(()),
            _ => Err(Error::Staff("Cover is arranged by the adviser who is away, or by a manager.".into())),
        }
    }

    fn cover_faults(&self, arranging: &Arranging) -> Vec<Fault> {
        let directory = self.directory();
        let adviser = |id: StaffId| {
            directory.member(id).is_some_and(|m| m.role == Role::Adviser && m.status == Status::Active)
        };
        let mut faults = Vec::new();
        if directory.member(arranging.absent).is_none_or(|member| member.role != Role::Adviser) {
            faults.push(Fault::new("absent", "Choose the adviser who is away"));
        }
        if !adviser(arranging.covering) || arranging.covering == arranging.absent {
            faults.push(Fault::new("covering", "Choose another adviser who signs in here"));
        }
        if arranging.until < arranging.from {
            faults.push(Fault::new("until", "The last day cannot come before the first"));
        } else if arranging.until < self.surroundings().today() {
            faults.push(Fault::new("until", "Choose today or a later day"));
        } else if casework::dates::days_between(arranging.from, arranging.until) >= LONGEST_DAYS {
            faults
                .push(Fault::new("until", "Choose three months or less. For longer, hand the clients over"));
        }
        faults
    }
}
