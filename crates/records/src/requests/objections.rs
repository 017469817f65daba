//! Objections as switches: what a client said no to is asked for before the act, on every server, in the row that decides.
//!
//! An objection to a lawful basis stops every purpose that the client's own notice rests on it; one to equality monitoring
//! stops that purpose: `Standing` reads them with the file's row. Direct marketing is no purpose of the notice: whoever would
//! send news or offers asks [`Service::may_send_news`] first, which also knows who said no before their file was erased. An objection to profiling stops nothing, since Kept profiles
//! nobody; it is kept so that it holds if a service ever did.

use access::Act;
use audit::Action;
use casework::suppression::Line;
use casework::{ClientId, Profile, RequestId};
use jiff::Timestamp;
use notice::{Article6, Category, Notice, ObjectionTo, Purpose};
use store::{Query, sql};
use vault::Personal;

use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::{Error, Opened, Service};

sql! { records:
    /// A client says no to something.
    OBJECT = "INSERT INTO objection (client, what, stops, since, request) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client, what) DO UPDATE SET stops = excluded.stops";
    /// What they object to.
    pub(super) OBJECTIONS = "SELECT what, since, request FROM objection WHERE client = $1 ORDER BY what";
    /// A request that was refused stops nothing any more; direct marketing stays stopped unless the client takes that back.
    END_OBJECTIONS = "DELETE FROM objection WHERE client = $1 AND request = $2 AND (what <> 'direct-marketing' OR $3)";
    /// What goes with an erased file.
    pub(super) DROP_OBJECTIONS = "DELETE FROM objection WHERE client = $1";
}

/// The purposes that an objection stops under a notice, a bit each in the order of the vocabulary.
fn stops(notice: &Notice, to: ObjectionTo) -> i64 {
    let rests_on = |articles: &[Article6]| {
        let of = |purpose: &Purpose| {
            notice
                .purpose(*purpose)
                .is_some_and(|stated| stated.bases.iter().any(|basis| articles.contains(&basis.article)))
        };
        Purpose::ALL
            .iter()
            .filter(|purpose| of(purpose))
            .fold(0, |bits, purpose| bits | (1_i64 << *purpose as u8))
    };
    match to {
        ObjectionTo::LegitimateInterests => rests_on(&[Article6::F, Article6::Ea]),
        ObjectionTo::PublicTask => rests_on(&[Article6::E]),
        ObjectionTo::EqualityMonitoring => 1_i64 << Purpose::EqualityDuty as u8,
        ObjectionTo::DirectMarketing | ObjectionTo::Profiling => 0,
    }
}

/// The statement that ends what a request objected to. `all` is for one that was taken back.
pub(super) fn ending(client: ClientId, request: RequestId, all: bool) -> Query {
    END_OBJECTIONS.with([client.as_bytes().into(), request.as_bytes().into(), all.into()])
}

const NEWS: Action = Action("ask-news");

impl Service {
    /// The statements by which what is objected to stops.
    pub(super) fn objecting(
        &self,
        standing: &Standing,
        request: RequestId,
        objects: &[ObjectionTo],
        now: Timestamp,
    ) -> Result<Vec<Query>, Error> {
        let given = self.given(&standing.notice, &standing.notice_version)?;
        let row = |to: &ObjectionTo| {
            OBJECT.with([
                standing.client.as_bytes().into(),
                to.code().into(),
                stops(&given.notice, *to).into(),
                now.as_microsecond().into(),
                request.as_bytes().into(),
            ])
        };
        Ok(objects.iter().map(row).collect())
    }

    /// Whether a client may be sent news and offers: they do not object, and none of the lines by which they are reached is one of
    /// somebody who did. News of an appointment is no such thing and does not ask.
    ///
    /// # Errors
    /// The rules refuse to reach this client at all, there is no such file, or a store failed.
    pub async fn may_send_news(&self, visit: &Visit, client: ClientId) -> Result<bool, Error> {
        let id = || client.as_bytes().into();
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), OBJECTIONS.with([id()]), CONTACT_PAGE.with([id()])])
            .await?;
        let [head, objections, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let request = standing.request(visit, self.now(), Act::Read, Category::Contact.into());
        let permit = self.permit(request, NEWS).await?;
        let objects = objections
            .rows
            .iter()
            .any(|row| row.text(0).is_ok_and(|what| what == ObjectionTo::DirectMarketing.code()));
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, NEWS, audit::Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let lines = Opened::new(contact.map(|contact| Line::all_of(&contact)), entry).release().await?;
        Ok(!objects && !self.suppressed(&lines).await?.contains(&true))
    }
}
