//! What an erasure would do, shown before anybody asks for it. All of it stands in the clear, as numbers and ids.

use access::Act;
use audit::{Action, Detail};
use casework::{ClientId, ErasureId, Profile, StaffId};
use jiff::Timestamp;
use notice::Category;
use store::{Row, sql};
use vault::Personal;

use super::Ground;
use crate::entries::Stored;
use crate::holds::{HoldLine, OPEN_HOLDS};
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// How much there is.
    EFFECTS = "SELECT (SELECT COUNT(*) FROM entry WHERE client = $1), (SELECT COUNT(*) FROM document WHERE client = $1), (SELECT COUNT(*) FROM paper WHERE client = $1 AND state <> 'destroyed'), (SELECT COUNT(*) FROM appointment WHERE client = $1 AND starts > $2 AND state = 'booked'), (SELECT COUNT(*) FROM mention WHERE mentioned = $1), (SELECT COUNT(*) FROM disclosure WHERE client = $1 AND stage = 'made')";
    /// Who was given something.
    GIVEN_TO = "SELECT DISTINCT o.name FROM disclosure d JOIN organisation o ON o.id = d.organisation WHERE d.client = $1 AND d.stage = 'made' ORDER BY o.name";
    /// What is asked already.
    ASKED = "SELECT id, ground, asked, asked_by FROM erasure WHERE client = $1 AND what = 'file' AND state = 'asked'";
}

/// An erasure that was asked for and waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub id: ErasureId,
    /// Why.
    pub ground: Ground,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: StaffId,
}

impl Asked {
    fn read(row: &Row) -> Result<Asked, Error> {
        Ok(Asked {
            id: ErasureId::from_bytes(row.bytes16(0)?),
            ground: Ground::read(row.text(1)?)?,
            at: changes::time(row.int(2)?)?,
            by: StaffId::from_bytes(row.bytes16(3)?),
        })
    }
}

/// What would happen.
#[derive(Debug, Clone)]
pub struct Effects {
    /// Whose file, for the head of the page.
    pub contact: Profile,
    /// Entries that go.
    pub entries: u64,
    /// Documents that go.
    pub documents: u64,
    /// Pieces of paper that somebody has to destroy.
    pub paper: u64,
    /// Appointments to come, which fall out.
    pub appointments: u64,
    /// Entries of other files that speak of this client, which somebody reads.
    pub mentions: u64,
    /// Whoever was given something, and is told.
    pub recipients: Vec<String>,
    /// What keeps the file.
    pub holds: Vec<HoldLine>,
    /// What is asked already.
    pub asked: Option<Asked>,
}

const LOOK: Action = Action("view-erasure-effects");

impl Service {
    /// What erasing this file would do.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn erasure_effects(&self, visit: &Visit, client: ClientId) -> Result<Opened<Effects>, Error> {
        let now = self.now();
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([client.as_bytes().into()])])
            .await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let permit =
            self.permit(standing.request(visit, now, Act::Read, Category::Contact.into()), LOOK).await?;
        let numbers = self.effects_of(client).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, LOOK, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_entry::<Profile>(&entry, &keys, client, &Stored::read(row)?)?,
            None => Personal::new(&entry, Profile::default()),
        };
        Ok(Opened::new(contact.map(|contact| Effects { contact, ..numbers }), entry))
    }

    /// The same in numbers, without whom it is about.
    pub(crate) async fn effects_of(&self, client: ClientId) -> Result<Effects, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![
                EFFECTS.with([id(), self.now().as_microsecond().into()]),
                GIVEN_TO.with([id()]),
                OPEN_HOLDS.with([id()]),
                ASKED.with([id()]),
            ])
            .await?;
        let [effects, given, holds, asked] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let effects = effects.first().ok_or(Error::Damaged("batch"))?;
        let count = |place: usize| Ok::<_, Error>(effects.int(place)?.unsigned_abs());
        let recipients = given.rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
        Ok(Effects {
            contact: Profile::default(),
            entries: count(0)?,
            documents: count(1)?,
            paper: count(2)?,
            appointments: count(3)?,
            mentions: count(4)?,
            recipients: recipients.collect::<Result<_, Error>>()?,
            holds: holds.rows.iter().map(HoldLine::read).collect::<Result<_, _>>()?,
            asked: asked.first().map(Asked::read).transpose()?,
        })
    }
}
