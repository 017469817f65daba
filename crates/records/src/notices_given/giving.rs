//! Giving a client a notice: the exact words are kept, and from then on it binds us towards them.

use access::{Act, Permit};
use audit::{Action, Detail};
use casework::{ClientId, EntryId, EntryKind, How, NoticeGiven, StaffId};
use notice::Category;
use store::{Rows, sql};

use super::{held, holding};
use crate::entries::{Head, compartment_of};
use crate::notices::Published;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::day_number;
use crate::webhooks::Event;
use crate::{Error, Service, changes, retention};

sql! { records:
    /// Binds a client to a version of the service's notice.
    BIND = "UPDATE client SET notice_version = $3, version = version + 1 WHERE id = $1 AND notice = $2 AND notice_version <> $3";
}

pub(crate) const GIVE: Action = Action("give-notice");

/// What stands in a file of whoever is given a notice.
pub(crate) struct Recipient<'a> {
    /// The file.
    pub(crate) standing: &'a Standing,
    /// The notices that they were given beside the service's own.
    pub(crate) held: &'a Rows,
    /// Until when its layers are kept.
    pub(crate) kept: &'a Rows,
}

impl Service {
    /// Gives a client the newest version of a notice: the service's own, which from now on binds us towards them, or the one
    /// of a programme beside it. What they were given before stays in the file. Doing it again changes nothing; false then.
    ///
    /// # Errors
    /// The rules refuse, there is no such file or notice, or a store failed.
    pub async fn give_notice(
        &self,
        visit: &Visit,
        client: ClientId,
        notice: &str,
        how: How,
    ) -> Result<bool, Error> {
        let notices = self.notices();
        let published = notices.in_force(notice).ok_or(Error::NoSuchFile)?;
        let asked = vec![Standing::query(client, visit), held(client), retention::of_client(client)];
        let rows = self.records().read(asked).await?;
        let [head, held, kept] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = standing.request(visit, self.now(), Act::Write, Category::Agreement.into());
        let permit = self.permit(request, GIVE).await?;
        let recipient = Recipient { standing: &standing, held, kept };
        self.give(permit, &recipient, published, how, visit.staff).await
    }

    /// Gives it under a permit that was granted. False if they have it already.
    pub(crate) async fn give(
        &self,
        permit: Permit,
        to: &Recipient<'_>,
        published: &Published,
        how: How,
        author: StaffId,
    ) -> Result<bool, Error> {
        let (standing, newest, now) = (to.standing, &published.notice, self.now());
        let client = standing.client;
        let own = standing.notice == newest.id;
        let mut has = to.held.rows.iter().map(|row| (row.text(0), row.text(1)));
        let has = has.any(|row| row == (Ok(&*newest.id), Ok(&*newest.version)));
        if has || (own && standing.notice_version == newest.version) {
            return Ok(false);
        }
        if !own && newest.extends() != Some(&*standing.notice) {
            return Err(Error::NoSuchFile);
        }
        let keys = self.vault().keys(client.into()).await?;
        let head = Head {
            id: EntryId::from_bytes(self.draw()),
            client,
            kind: EntryKind::NoticeGiven.code().into(),
            category: Category::Agreement,
            compartment: compartment_of(Category::Agreement),
            day: day_number(self.surroundings().today()),
            written: now,
            author,
            version: 1,
        };
        let given = NoticeGiven {
            notice: newest.id.clone(),
            version: newest.version.clone(),
            digest: newest.digest().to_owned(),
            how,
            words: Some(published.words.clone()),
        };
        let (add, mark) = self.seal_new(&permit, &keys, &head, &given)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(newest.digest(), &mut digest).map_err(|_| Error::Damaged("notice"))?;
        let detail = Detail { rows: vec![mark], notice: Some(digest), ..Detail::default() };
        let change = self.log().change(permit, GIVE, &detail);
        let bind = match own {
            true => BIND.with([
                client.as_bytes().into(),
                newest.id.as_str().into(),
                newest.version.as_str().into(),
            ]),
            false => holding(client, &newest.id, &newest.version, now),
        };
        let mut batch = vec![bind.expecting(1), add, change.outbox()];
        if own {
            batch.extend(self.under_notice(standing, to.kept, &newest.version)?);
        }
        batch.extend(self.tell_programs(Event::of_entry(&head), now));
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
                Ok(true)
            }
            // Given meanwhile: the same form sent twice, or somebody else. Or a contact came between: then it is still to be given.
            Err(store::Error::Conflict { .. }) => {
                let rows = self.records().read(vec![Standing::of_kept_itself(client)]).await?;
                let now = Standing::read(client, rows.first().and_then(Rows::first))?;
                if own && now.notice_version != newest.version {
                    return Err(Error::ChangedMeanwhile);
                }
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
