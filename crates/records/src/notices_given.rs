//! Which notices a client was given; giving a new version; whom a change has to be told to.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

mod giving;

use access::Act;
use audit::{Action, Detail};
use casework::{ClientId, Profile, StaffId};
use notice::diff::Change;
use notice::{Categories, Category};
use store::{Query, Row, sql};
use vault::Personal;

use crate::entries::Stored;
use crate::entry_views::CONTACT_PAGE;
use crate::messages::{TOLD_OF_VERSION, Told};
use crate::notices::Published;
use crate::search::Shown;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service};

pub(crate) use giving::{GIVE, Recipient};

sql! { records:
    /// Notices that a client was given beside the service's own.
    HELD = "SELECT notice, version FROM notice_held WHERE client = $1 ORDER BY given, notice";
    /// A client was given a notice beside the service's own.
    HOLD = "INSERT INTO notice_held (client, notice, version, given) VALUES ($1, $2, $3, $4) ON CONFLICT (client, notice) DO UPDATE SET version = excluded.version, given = excluded.given";
    /// Which version the clients of a caseload were given.
    VERSIONS_OF_CASELOAD = "SELECT id, notice, notice_version FROM client WHERE adviser = $1 AND restricted = $2 ORDER BY id LIMIT 5000";
    /// How many clients were given which version, adviser by adviser.
    VERSIONS_OF_ALL = "SELECT adviser, notice, notice_version, COUNT(*) FROM client WHERE restricted = $1 AND adviser IS NOT NULL GROUP BY adviser, notice, notice_version";
    /// What somebody was given, when the file goes.
    pub(crate) DROP_HELD = "DELETE FROM notice_held WHERE client = $1";
}

/// Reads which notices a client was given beside the service's own.
pub(crate) fn held(client: ClientId) -> Query {
    HELD.with([client.as_bytes().into()])
}

/// The statement that notes that a client was given a notice beside the service's own.
pub(crate) fn holding(client: ClientId, notice: &str, version: &str, now: jiff::Timestamp) -> Query {
    HOLD.with([client.as_bytes().into(), notice.into(), version.into(), now.as_microsecond().into()])
}

/// Somebody who has to be told.
#[derive(Debug, Clone)]
pub struct StillToTell {
    /// Who.
    pub who: Shown,
    /// The version that they have.
    pub version: String,
    /// The message that tells them of it, if there is one.
    pub told: Option<Told>,
}

/// Who has to be told of the notice in force.
#[derive(Debug, Clone)]
pub struct ToTellAgain {
    /// The version to give them.
    pub newest: String,
    /// What changed for each version that somebody still has, with whether it has to be told.
    pub changes: BTreeMap<String, Vec<Change>>,
    /// Those of one's own caseload, by name.
    pub mine: Vec<StillToTell>,
    /// How many of each adviser's.
    pub team: BTreeMap<StaffId, u64>,
}

/// A letter about a changed notice: to whom, and from which version on.
#[derive(Debug, Clone)]
pub struct NoticeLetter {
    /// Name and address.
    pub contact: Profile,
    /// The version that they have.
    pub version: String,
}

const LIST: Action = Action("list-tell-again");
const LETTER: Action = Action("print-notice-letter");

impl Service {
    /// The notices that a client was given, the service's own first, from the rows of [`held`].
    pub(crate) fn given_to(&self, standing: &Standing, held: &[Row]) -> Result<Vec<Arc<Published>>, Error> {
        let mut given = vec![self.given(&standing.notice, &standing.notice_version)?];
        for row in held {
            given.push(self.given(row.text(0)?, row.text(1)?)?);
        }
        Ok(given)
    }

    /// Who has to be told of the notice in force: the clients of one's own caseload, and for the whole team in numbers.
    ///
    /// # Errors
    /// The rules refuse this role, or a store failed.
    pub async fn to_tell_again(&self, visit: &Visit) -> Result<Opened<ToTellAgain>, Error> {
        let request = self.search_request(visit);
        let permit = self.permit(request, LIST).await?;
        let with_birth = request.categories.contains(Category::Identity);
        let notices = self.notices();
        let newest = notices.service();
        let rows = self
            .records()
            .read(vec![
                VERSIONS_OF_CASELOAD.with([visit.staff.as_bytes().into(), false.into()]),
                VERSIONS_OF_ALL.with([false.into()]),
                TOLD_OF_VERSION.with([newest.version.as_str().into(), visit.staff.as_bytes().into()]),
            ])
            .await?;
        let [own, all, told] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let mut told: BTreeMap<ClientId, Told> = told
            .rows
            .iter()
            .map(|row| Told::read(row).map(|told| (told.client, told)))
            .collect::<Result<_, _>>()?;
        let mut found = ToTellAgain {
            newest: newest.version.clone(),
            changes: BTreeMap::new(),
            mine: Vec::new(),
            team: BTreeMap::new(),
        };
        {
            let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
            for row in &own.rows {
                let (notice, version) = (row.text(1)?, row.text(2)?);
                let client = ClientId::from_bytes(row.bytes16(0)?);
                let known = people.known.get(&client);
                let known = known.filter(|known| known.is_shown_for(request.purpose));
                if let Some(known) = known.filter(|_| notices.must_tell(notice, version)) {
                    let (who, told) = (known.shown(with_birth), told.remove(&client));
                    found.mine.push(StillToTell { who, version: version.to_owned(), told });
                }
            }
        }
        found.mine.sort_by(|a, b| (&a.who.name, &a.who.number).cmp(&(&b.who.name, &b.who.number)));
        for row in &all.rows {
            let (notice, version) = (row.text(1)?, row.text(2)?);
            if notices.must_tell(notice, version) {
                *found.team.entry(StaffId::from_bytes(row.bytes16(0)?)).or_default() +=
                    row.int(3)?.unsigned_abs();
                let given = self.given(notice, version)?;
                found
                    .changes
                    .entry(version.to_owned())
                    .or_insert_with(|| notice::diff::changes(&given.notice, newest));
            }
        }
        let detail = Detail { count: Some(found.mine.len() as u64), ..Detail::default() };
        let entry = self.log().submit(permit, LIST, detail);
        Ok(Opened::new(Personal::new(&entry, found), entry))
    }

    /// Name and address of a client, for a letter about the changed notice.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn notice_letter(
        &self,
        visit: &Visit,
        client: ClientId,
    ) -> Result<Opened<NoticeLetter>, Error> {
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([client.as_bytes().into()])])
            .await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), LETTER).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, LETTER, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let version = standing.notice_version;
        Ok(Opened::new(contact.map(move |contact| NoticeLetter { contact, version }), entry))
    }
}
