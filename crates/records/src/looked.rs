//! Who looked at a file, when and what for.

use access::{Act, Role};
use audit::{Action, Detail, Recorded};
use casework::{ClientId, Profile, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category};
use store::sql;
use vault::Personal;

use crate::entries::{Stored, entry_columns};
use crate::sessions::Visit;
use crate::standing::{Standing, reason_place};
use crate::{Error, Opened, Service};

sql! { records:
    /// The contact page, for the head of the list.
    pub(crate) CONTACT_PAGE = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile' AND category = 'contact'");
}

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Look {
    /// Its number in the log, for a proof.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who; Kept itself if nobody.
    pub who: Option<StaffId>,
    /// As what.
    pub role: Option<Role>,
    /// What was done, as a code.
    pub action: String,
    /// What for, as a code of the notice.
    pub purpose: Option<String>,
    /// Which categories, as codes of the notice.
    pub categories: Vec<String>,
    /// How it ended: `done` or `refused:why`.
    pub outcome: String,
    /// The reason that was stated.
    pub reason: Option<String>,
}

/// Who looked at a file, newest first.
#[derive(Debug, Clone)]
pub struct Looks {
    /// Whose file.
    pub contact: Profile,
    /// The list.
    pub looks: Vec<Look>,
}

/// The longest list.
pub const MOST_LOOKS: u32 = 500;

const LOOKED: Action = Action("view-looked");

impl Service {
    /// How many of the newest entries of the log are of this member of staff, up to 10,000.
    ///
    /// # Errors
    /// The log cannot be read.
    pub async fn entries_of(&self, staff: StaffId) -> Result<usize, Error> {
        Ok(self.log().by_actor(staff.into(), 10_000).await?.len())
    }

    /// Who looked at a client's file. Asking is itself an entry.
    ///
    /// # Errors
    /// The rules refuse, there is no such file, or something cannot do its part.
    pub async fn who_looked(&self, visit: &Visit, client: ClientId) -> Result<Opened<Looks>, Error> {
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), CONTACT_PAGE.with([client.as_bytes().into()])])
            .await?;
        let [head, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact).with(Category::Agreement);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), LOOKED).await?;
        let keys = self.vault().keys(client.into()).await?;
        let recorded = self.log().about(client, MOST_LOOKS).await?;
        let entry = self.log().submit(permit, LOOKED, Detail::default());
        let mut looks = Vec::with_capacity(recorded.len());
        for line in recorded {
            let reason = match line.sealed.as_deref().and_then(|sealed| sealed.split_first_chunk::<16>()) {
                Some((row, sealed)) => {
                    self.vault().open::<String>(&entry, &keys, &reason_place(*row, client), sealed)?.map(Some)
                }
                None => Personal::new(&entry, None),
            };
            looks.push(reason.map(move |reason| look(line, reason)));
        }
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let personal =
            contact.and(Personal::gather(&entry, looks)?)?.map(|(contact, looks)| Looks { contact, looks });
        Ok(Opened::new(personal, entry))
    }
}

fn look(line: Recorded, reason: Option<String>) -> Look {
    let kept = line.role == Some(Role::System);
    Look {
        seq: line.seq,
        at: line.at,
        who: line.actor.filter(|_| !kept).map(|actor| StaffId::from_bytes(*actor.as_bytes())),
        role: line.role,
        action: line.action,
        purpose: line.purpose,
        categories: line.categories,
        outcome: line.outcome,
        reason,
    }
}
