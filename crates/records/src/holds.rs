//! Holds on a file: set and lifted by the governance lead, looked at again by their day.

use access::{Act, Role};
use audit::{Action, Detail, Outcome};
use casework::holds::{Authority, Hold};
use casework::{ClientId, HoldId, Profile, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, Purpose};
use store::{Row, sql};
use vault::{Beside, Compartment, Personal, Place};

use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// What keeps a file now.
    pub(crate) OPEN_HOLDS = "SELECT id, authority, review, placed, placed_by, why FROM hold WHERE client = $1 AND lifted IS NULL ORDER BY placed, id";
    /// Holds the row of a file that nothing keeps until the transaction ends: a hold that is being set waits for it, or it for
    /// the hold.
    pub(crate) NOT_HELD = "UPDATE client SET version = version WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.client = $1 AND h.lifted IS NULL)";
    /// The file is there; a hold on it and its erasure wait for each other.
    THERE = "UPDATE client SET version = version WHERE id = $1";
    /// Sets a hold.
    PLACE = "INSERT INTO hold (id, client, authority, review, placed, placed_by, lifted, lifted_by, why) VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL, $7)";
    /// Lifts one.
    LIFT = "UPDATE hold SET lifted = $3, lifted_by = $4 WHERE id = $1 AND client = $2 AND lifted IS NULL";
    /// All that are in force, those to be looked at first.
    ALL_OPEN = "SELECT id, authority, review, placed, placed_by, client FROM hold WHERE lifted IS NULL ORDER BY review, placed LIMIT 500";
    /// They go with the file.
    pub(crate) DROP_HOLDS = "DELETE FROM hold WHERE client = $1";
}

/// A hold as it stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldLine {
    /// Which.
    pub id: HoldId,
    /// By what authority.
    pub authority: Authority,
    /// The day on which somebody looks at it again.
    pub review: Date,
    /// Since when.
    pub placed: Timestamp,
    /// By whom.
    pub placed_by: StaffId,
}

impl HoldLine {
    pub(crate) fn read(row: &Row) -> Result<HoldLine, Error> {
        Ok(HoldLine {
            id: HoldId::from_bytes(row.bytes16(0)?),
            authority: row.text(1)?.parse().map_err(|_| Error::Damaged("authority"))?,
            review: day_from(row.int(2)?).ok_or(Error::Damaged("day"))?,
            placed: changes::time(row.int(3)?)?,
            placed_by: StaffId::from_bytes(row.bytes16(4)?),
        })
    }
}

/// The holds of one file, each with why.
#[derive(Debug, Clone)]
pub struct Holds {
    /// Whose file, for the head of the page.
    pub contact: Profile,
    /// What keeps it now, and why.
    pub holds: Vec<(HoldLine, String)>,
}

const VIEW: Action = Action("view-holds");
const SET: Action = Action("set-hold");
const LIFT_ACTION: Action = Action("lift-hold");
const LIST: Action = Action("list-holds");

fn place(id: HoldId, client: ClientId) -> Place<'static> {
    Place {
        table: "hold",
        row: *id.as_bytes(),
        version: 1,
        file: client.into(),
        compartment: &Compartment::Rights,
        category: Category::Rights,
        beside: Beside::NOTHING,
    }
}

impl Service {
    /// What keeps a file, and why.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn holds(&self, visit: &Visit, client: ClientId) -> Result<Opened<Holds>, Error> {
        self.holds_are_theirs(visit, VIEW).await?;
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([id()]), OPEN_HOLDS.with([id()])])
            .await?;
        let [head, contact, holds] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Rights).with(Category::Contact);
        let request = standing.request_for(visit, self.now(), Purpose::Rights, Act::Read, wanted);
        let permit = self.permit(request, VIEW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let mut opened = match contact.first() {
            Some(row) => self.open_entry::<Profile>(&entry, &keys, client, &Stored::read(row)?)?,
            None => Personal::new(&entry, Profile::default()),
        }
        .map(|contact| Holds { contact, holds: Vec::new() });
        for row in &holds.rows {
            let line = HoldLine::read(row)?;
            let why = self.vault().open::<String>(&entry, &keys, &place(line.id, client), row.blob(5)?)?;
            opened = opened.and(why)?.map(|(mut holds, why)| {
                holds.holds.push((line, why));
                holds
            });
        }
        Ok(Opened::new(opened, entry))
    }

    /// What keeps a file, in the clear.
    pub(crate) async fn open_holds(&self, client: ClientId) -> Result<Vec<HoldLine>, Error> {
        let rows = self.records().read(vec![OPEN_HOLDS.with([client.as_bytes().into()])]).await?;
        rows.into_iter().next().unwrap_or_default().rows.iter().map(HoldLine::read).collect()
    }

    /// All holds in force with the files that they keep, those to be looked at first. It names no client.
    ///
    /// # Errors
    /// `Error::NotYours` for others; the store failed.
    pub async fn all_holds(&self, visit: &Visit) -> Result<Vec<(HoldLine, ClientId)>, Error> {
        self.holds_are_theirs(visit, LIST).await?;
        self.log().event(Some(visit.staff.into()), LIST, Outcome::Done).durable().await?;
        let rows = self.records().read(vec![ALL_OPEN.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        rows.iter().map(|row| Ok((HoldLine::read(row)?, ClientId::from_bytes(row.bytes16(5)?)))).collect()
    }

    /// Keeps a file though its day comes or its client asks for its erasure.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or a store failed.
    pub async fn set_hold(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        hold: &Hold,
    ) -> Result<HoldId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(HoldId::from_bytes(made));
        }
        self.holds_are_theirs(visit, SET).await?;
        let (standing, now) = (self.standing(visit, client).await?, self.now());
        let request = standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, SET).await?;
        let keys = self.vault().keys(client.into()).await?;
        let id = HoldId::from_bytes(self.draw());
        let sealed = self.vault().seal(&permit, &keys, &place(id, client), &hold.reason)?;
        let set = PLACE.with([
            id.as_bytes().into(),
            client.as_bytes().into(),
            hold.authority.code().into(),
            day_number(hold.review).into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]);
        let change = self.log().change(permit, SET, &Detail::default());
        let mut batch = vec![THERE.with([client.as_bytes().into()]).expecting(1), set];
        batch.extend(changes::of_client(client, now));
        match self.write_once(visit, form, *id.as_bytes(), change, batch).await {
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::NoSuchFile),
            made => Ok(HoldId::from_bytes(made?)),
        }
    }

    /// Lifts a hold: from now on the file goes by its day again. Doing it again changes nothing.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or a store failed.
    pub async fn lift_hold(&self, visit: &Visit, client: ClientId, hold: HoldId) -> Result<(), Error> {
        self.holds_are_theirs(visit, LIFT_ACTION).await?;
        let (standing, now) = (self.standing(visit, client).await?, self.now());
        let request = standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, LIFT_ACTION).await?;
        let change = self.log().change(permit, LIFT_ACTION, &Detail::default());
        let lift = LIFT.with([
            hold.as_bytes().into(),
            client.as_bytes().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
        ]);
        let mut batch = vec![lift, change.outbox()];
        batch.extend(changes::of_client(client, now));
        self.records().write(batch).await?;
        change.committed();
        Ok(())
    }

    async fn holds_are_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if visit.role == Role::Governance {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours("The governance lead sets and lifts holds."))
    }
}
