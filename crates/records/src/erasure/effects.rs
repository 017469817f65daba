//! What an erasure would do, shown before anybody asks for it. All of it stands in the clear, as numbers and ids.

use access::{Act, Request, Role};
use audit::{Action, Detail};
use casework::{ClientId, ErasureId, Profile, ProgrammeId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::Category;
use store::{Row, sql};
use vault::Personal;

use super::{Ground, What};
use crate::entries::Stored;
use crate::holds::{HoldLine, OPEN_HOLDS};
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_from;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// How much there is.
    EFFECTS = "SELECT (SELECT COUNT(*) FROM entry WHERE client = $1), (SELECT COUNT(*) FROM document WHERE client = $1), (SELECT COUNT(*) FROM paper WHERE client = $1 AND state <> 'destroyed'), (SELECT COUNT(*) FROM appointment WHERE client = $1 AND starts > $2 AND state = 'booked'), (SELECT COUNT(*) FROM mention WHERE mentioned = $1), (SELECT COUNT(*) FROM disclosure WHERE client = $1 AND stage = 'made')";
    /// Who was given something.
    GIVEN_TO = "SELECT DISTINCT o.name FROM disclosure d JOIN organisation o ON o.id = d.organisation WHERE d.client = $1 AND d.stage = 'made' ORDER BY o.name";
    /// A request for erasure that is open.
    ASKS_FOR_IT = "SELECT id FROM request WHERE client = $1 AND kind = 'erasure' AND closed IS NULL LIMIT 1";
    /// What is asked already.
    ASKED = "SELECT id, ground, asked, asked_by, what FROM erasure WHERE client = $1 AND state = 'asked' ORDER BY asked, id";
    /// The layers that can go by themselves: the equality answers, and what each programme needed.
    LAYERS = "SELECT compartment, COUNT(*) FROM entry WHERE client = $1 AND (compartment = 'equality' OR compartment LIKE 'programme:%') GROUP BY compartment ORDER BY compartment";
    LAYER_DOCUMENTS = "SELECT programme, COUNT(*) FROM document WHERE client = $1 AND programme IS NOT NULL GROUP BY programme";
    WHOLE = "SELECT (SELECT COUNT(*) FROM entry WHERE client = $1), (SELECT COUNT(*) FROM document WHERE client = $1)";
    LAYER_DAYS = "SELECT layer, day FROM keeping WHERE client = $1";
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
    /// What of the file.
    pub what: What,
}

/// A layer of a file that can go by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerThere {
    /// Which.
    pub what: What,
    /// Its entries.
    pub entries: u64,
    /// Its documents.
    pub documents: u64,
    /// Until when its notice keeps it.
    pub until: Option<Date>,
}

impl Asked {
    fn read(row: &Row) -> Result<Asked, Error> {
        Ok(Asked {
            id: ErasureId::from_bytes(row.bytes16(0)?),
            ground: Ground::read(row.text(1)?)?,
            at: changes::time(row.int(2)?)?,
            by: StaffId::from_bytes(row.bytes16(3)?),
            what: What::read(row.text(4)?)?,
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
    pub asked: Vec<Asked>,
    /// The layers that can go by themselves.
    pub layers: Vec<LayerThere>,
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
        let permit = self.permit(self.to_see_effects(visit, &standing, now).await?, LOOK).await?;
        let numbers = self.effects_of(client).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, LOOK, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_entry::<Profile>(&entry, &keys, client, &Stored::read(row)?)?,
            None => Personal::new(&entry, Profile::default()),
        };
        Ok(Opened::new(contact.map(|contact| Effects { contact, ..numbers }), entry))
    }

    /// What the client asked for, and is not answered yet, is the reason for which the governance lead looks.
    async fn to_see_effects(
        &self,
        visit: &Visit,
        standing: &Standing,
        now: Timestamp,
    ) -> Result<Request, Error> {
        let mut request = standing.request(visit, now, Act::Read, Category::Contact.into());
        if visit.role == Role::Governance && self.asks_for_erasure(standing.client).await? {
            request.circumstances.reason = true;
        }
        Ok(request)
    }

    async fn asks_for_erasure(&self, client: ClientId) -> Result<bool, Error> {
        let rows = self.records().read(vec![ASKS_FOR_IT.with([client.as_bytes().into()])]).await?;
        Ok(rows.first().is_some_and(|rows| rows.first().is_some()))
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
            asked: asked.rows.iter().map(Asked::read).collect::<Result<_, _>>()?,
            layers: self.layers_in(client).await?,
        })
    }

    /// The layers of a file that can go by themselves.
    pub(super) async fn layers_in(&self, client: ClientId) -> Result<Vec<LayerThere>, Error> {
        let id = || client.as_bytes().into();
        let asked = vec![
            LAYERS.with([id()]),
            LAYER_DOCUMENTS.with([id()]),
            LAYER_DAYS.with([id()]),
            WHOLE.with([id()]),
        ];
        let rows = self.records().read(asked).await?;
        let [layers, documents, days, whole] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let whole = whole.first().ok_or(Error::Damaged("batch"))?;
        let whole = (whole.int(0)?.unsigned_abs(), whole.int(1)?.unsigned_abs());
        let of_layer = |row: &Row| {
            let code = row.text(0)?;
            let what = What::read(code)?;
            let mut there =
                LayerThere { what, entries: row.int(1)?.unsigned_abs(), documents: 0, until: None };
            for row in &documents.rows {
                if what == What::Programme(ProgrammeId::from_bytes(row.bytes16(0)?)) {
                    there.documents = row.int(1)?.unsigned_abs();
                }
            }
            for row in &days.rows {
                if row.text(0)? == code {
                    there.until = day_from(row.int(1)?);
                }
            }
            Ok(there)
        };
        let mut found = layers.rows.iter().map(of_layer).collect::<Result<Vec<LayerThere>, Error>>()?;
        found.extend(beside_programmes(&found, whole));
        Ok(found)
    }
}

/// Where programmes need something of a file: all the rest of it, of so many entries and documents, which can go without that.
fn beside_programmes(layers: &[LayerThere], (entries, documents): (u64, u64)) -> Option<LayerThere> {
    let needed = || layers.iter().filter(|layer| matches!(layer.what, What::Programme(_)));
    let until = needed().map(|layer| layer.until).max()?;
    Some(LayerThere {
        what: What::Service,
        entries: entries.saturating_sub(needed().map(|layer| layer.entries).sum()),
        documents: documents.saturating_sub(needed().map(|layer| layer.documents).sum()),
        until,
    })
}
