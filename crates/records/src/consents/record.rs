//! A consent as a record and as a receipt for machines: ISO/IEC TS 27560 in the terms of the Data Privacy Vocabulary.

use access::Act;
use audit::{Action, Detail};
use casework::consents::Event;
use casework::{ClientId, Consent, EntryId, EntryKind};
use notice::Category;
use notice::dpv::consent::{ConsentFacts, Form, Happened, consent};
use serde_json::Value;
use store::{Row, sql};

use crate::entries::Stored;
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::written::ENTRY;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// What became of a consent, the earliest first.
    pub(crate) EVENTS = "SELECT state, at, way FROM consent_event WHERE entry = $1 ORDER BY at, state";
}

const EXPORT: Action = Action("export-consent");

/// What became of a consent.
pub(crate) fn events_of(rows: &[Row]) -> Result<Vec<Event>, Error> {
    let event = |row: &Row| {
        Ok(Event {
            state: row.text(0)?.parse().map_err(|_| Error::Damaged("state"))?,
            at: changes::time(row.int(1)?)?,
            way: row.text(2)?.parse().map_err(|_| Error::Damaged("way"))?,
        })
    };
    rows.iter().map(event).collect()
}

impl Service {
    /// A consent as JSON-LD: the record, or the receipt that the client is given.
    ///
    /// # Errors
    /// The rules refuse, there is no such consent, or something cannot do its part.
    pub async fn consent_as_json(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        form: Form,
    ) -> Result<Value, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                ENTRY.with([client.as_bytes().into(), id.as_bytes().into()]),
                EVENTS.with([id.as_bytes().into()]),
            ])
            .await?;
        let [head, stored, events] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let stored = stored.first().map(Stored::read).transpose()?;
        let stored = stored.filter(|one| one.kind == EntryKind::Consent.code()).ok_or(Error::NoSuchFile)?;
        let request = standing.request(visit, self.now(), Act::Read, Category::Agreement.into());
        let permit = self.permit(request, EXPORT).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, EXPORT, Detail::default());
        let opened = self.open_entry::<Consent>(&entry, &keys, client, &stored)?;
        let one = Opened::new(opened, entry).release().await?;
        let happened = events_of(&events.rows)?;
        let notices = self.notices();
        let given = self.given(&one.notice, &one.version)?;
        // The recipient may stand in the notice of a programme.
        let recipient = one.receiver.as_ref().and_then(|receiver| {
            notices.all().iter().rev().find_map(|published| published.notice.recipient(&receiver.named))
        });
        let told = |event: &Event| Happened {
            state: event.state.code(),
            at: event.at.to_string(),
            way: event.way.code(),
        };
        let first = Event { state: one.state, at: one.at, way: one.way };
        let mut events: Vec<Happened> = happened.iter().map(told).collect();
        // Consents of before may hold an instant finer than its column.
        let micros = one.at.as_microsecond();
        if !happened.iter().any(|event| event.at.as_microsecond() == micros) {
            events.insert(0, told(&first));
        }
        let facts = ConsentFacts {
            id: id.to_string(),
            principal: client.to_string(),
            purpose: one.purpose,
            recipient: recipient
                .zip(one.receiver.as_ref())
                .map(|(as_named, to)| (as_named, to.name.as_str())),
            fields: &one.fields,
            wording: &one.wording,
            wording_digest: &one.wording_digest,
            explicit: one.explicit.as_deref(),
            until: one.until.map(|day| day.to_string()),
            review: one.review.to_string(),
            on_behalf: !one.representative.is_empty(),
            events: &events,
        };
        Ok(consent(&given.notice, &facts, form))
    }
}
