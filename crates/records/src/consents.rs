//! Consents: asked for in the words of the client's own notice, answered, taken back in one act.
//!
//! The state of each stands in the clear, in the table `consent` of the records store, and is read there at the moment of
//! acting: a withdrawal holds on every server at once. What was said and signed is sealed.

mod asking;
mod loading;
mod page;
pub(crate) mod record;
mod withdrawing;

use std::str::FromStr;
use std::sync::Arc;

use access::Permit;
use audit::RowMark;
use casework::consents::{self, Held, State, Way, without_ground};
use casework::{ClientId, Consent, EntryId, EntryKind, NotAnId, OrganisationId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Category, FieldId, Notice, Purpose};
use store::{Query, Row, sql};
use vault::FileKeys;

use crate::entries::{Head, compartment_of};
use crate::notices::Published;
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Service, changes};

pub use asking::Asking;
pub(crate) use loading::Loading;
pub use page::{ConsentPage, SharedLine, Sharing, TheirUse};

sql! { records:
    /// Where each consent of a client stands.
    pub(crate) CONSENTS_OF = "SELECT entry, purpose, organisation, kind, state, until, fields, changed, review, version FROM consent WHERE client = $1 ORDER BY changed DESC";
    /// What a client said last about one purpose and recipient.
    ANSWER = "INSERT INTO consent (client, purpose, organisation, kind, entry, state, until, review, fields, changed, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 + 1) ON CONFLICT (client, purpose, organisation) DO UPDATE SET entry = excluded.entry, state = excluded.state, until = excluded.until, review = excluded.review, fields = excluded.fields, changed = excluded.changed, version = excluded.version WHERE consent.version = excluded.version - 1";
    /// Holds a consent that is in force until the transaction ends: a withdrawal waits for it, or it for the withdrawal.
    pub(crate) HOLD_CONSENT = "UPDATE consent SET state = state WHERE client = $1 AND purpose = $2 AND organisation = $3 AND entry = $4 AND state IN ('given', 'renewed') AND (until IS NULL OR until >= $5)";
    /// Something became of a consent.
    ADD_EVENT = "INSERT INTO consent_event (entry, client, state, at, way, staff) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Holds a file until the transaction ends, so that what its consents leave is counted once at a time.
    HOLD_CLIENT = "UPDATE client SET version = version WHERE id = $1";
    /// The uses that a client took their consent back to.
    WITHDRAWN_USES = "SELECT purpose FROM consent WHERE client = $1 AND kind = 'use' AND state = 'withdrawn'";
    /// Data without a ground goes by a day.
    SCHEDULE = "INSERT INTO scheduled_erasure (client, category, day, reason, noted) VALUES ($1, $2, $3, 'consent-withdrawn', $4) ON CONFLICT (client, category) DO NOTHING";
    /// Data that has a ground again stays.
    UNSCHEDULE = "DELETE FROM scheduled_erasure WHERE client = $1 AND category = $2 AND reason = 'consent-withdrawn'";
    /// What goes by which day.
    pub(crate) SCHEDULED_IN = "SELECT category, day FROM scheduled_erasure WHERE client = $1 ORDER BY day, category";
    /// All of it, when the file goes.
    pub(crate) DROP_CONSENTS = "DELETE FROM consent WHERE client = $1";
    pub(crate) DROP_CONSENT_EVENTS = "DELETE FROM consent_event WHERE client = $1";
    pub(crate) DROP_SCHEDULED = "DELETE FROM scheduled_erasure WHERE client = $1";
}

/// What a consent is about: sharing with an organisation, or one use by the service itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Giving agreed facts to this organisation.
    Sharing(OrganisationId),
    /// What the service does for this purpose.
    Use(Purpose),
}

impl FromStr for About {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<About, NotAnId> {
        match text.parse::<Purpose>() {
            Ok(purpose) => Ok(About::Use(purpose)),
            Err(_) => text.parse().map(About::Sharing),
        }
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            About::Sharing(organisation) => organisation.fmt(f),
            About::Use(purpose) => purpose.fmt(f),
        }
    }
}

/// Stands where an organisation stands, for a use by the service itself.
const OURSELVES: [u8; 16] = [0; 16];

/// One consent as it stands in the clear.
#[derive(Debug, Clone)]
pub(crate) struct StoredConsent {
    pub(crate) held: Held,
    pub(crate) fields: Vec<FieldId>,
    pub(crate) changed: Timestamp,
    pub(crate) review: Date,
    pub(crate) version: i64,
}

impl StoredConsent {
    pub(crate) fn read(row: &Row) -> Result<StoredConsent, Error> {
        let organisation = OrganisationId::from_bytes(row.bytes16(2)?);
        let day = |number: i64| day_from(number).ok_or(Error::Damaged("day"));
        Ok(StoredConsent {
            held: Held {
                entry: EntryId::from_bytes(row.bytes16(0)?),
                purpose: row.text(1)?.parse().map_err(|_| Error::Damaged("purpose"))?,
                organisation: (row.text(3)? == "sharing").then_some(organisation),
                state: row.text(4)?.parse().map_err(|_| Error::Damaged("consent state"))?,
                until: row.opt_int(5)?.map(day).transpose()?,
            },
            fields: fields(row.text(6)?),
            changed: changes::time(row.int(7)?)?,
            review: day(row.int(8)?)?,
            version: row.int(9)?,
        })
    }

    pub(crate) fn is_about(&self, about: About) -> bool {
        match about {
            About::Sharing(organisation) => self.held.organisation == Some(organisation),
            About::Use(purpose) => self.held.organisation.is_none() && self.held.purpose == purpose,
        }
    }
}

/// Fields as they are stored: their ids with spaces between.
pub(crate) fn fields(text: &str) -> Vec<FieldId> {
    text.split_ascii_whitespace().map(FieldId::from).collect()
}

/// The same, to store.
pub(crate) fn fields_text(fields: &[FieldId]) -> String {
    fields.iter().map(FieldId::as_str).collect::<Vec<_>>().join(" ")
}

pub(crate) fn consents_of(client: ClientId) -> Query {
    CONSENTS_OF.with([client.as_bytes().into()])
}

impl Service {
    #[allow(clippy::too_many_arguments, reason = "one record is all of these")]
    pub(crate) fn seal_consent(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        visit: &Visit,
        entry: EntryId,
        (day, now): (Date, Timestamp),
        consent: &Consent,
    ) -> Result<(Query, RowMark), Error> {
        let head = Head {
            id: entry,
            client,
            kind: EntryKind::Consent.code().into(),
            category: Category::Agreement,
            compartment: compartment_of(Category::Agreement),
            day: day_number(day),
            written: now,
            author: visit.staff,
            version: 1,
        };
        self.seal_new(permit, keys, &head, consent)
    }

    /// Writes what became of consents and, in the same transaction, what then has no ground left.
    async fn write_consents(
        &self,
        client: ClientId,
        batch: Vec<Query>,
        given: &[Arc<Published>],
        now: Timestamp,
    ) -> Result<(), Error> {
        let given: Vec<Arc<Published>> = given.to_vec();
        let goes = day_number(consents::erase_on(self.surroundings().today()));
        let id = *client.as_bytes();
        self.records()
            .tx(move |tx| {
                Box::pin(async move {
                    tx.run(HOLD_CLIENT.with([id.into()]).expecting(1)).await?;
                    tx.batch(batch).await?;
                    let rows = tx.run(WITHDRAWN_USES.with([id.into()])).await?;
                    let withdrawn: Vec<Purpose> = rows
                        .rows
                        .iter()
                        .map(|row| row.text(0)?.parse().map_err(|_| Error::Damaged("purpose")))
                        .collect::<Result<_, Error>>()?;
                    let notices: Vec<&Notice> = given.iter().map(|one| &one.notice).collect();
                    let bare = without_ground(&notices, &withdrawn);
                    let mut after: Vec<Query> = Vec::new();
                    for category in Category::ALL {
                        let code: store::Value = category.code().into();
                        after.push(if bare.contains(category) {
                            SCHEDULE.with([id.into(), code, goes.into(), now.as_microsecond().into()])
                        } else {
                            UNSCHEDULE.with([id.into(), code])
                        });
                    }
                    after.extend(changes::of_client(client, now));
                    tx.batch(after).await?;
                    Ok(())
                })
            })
            .await
    }
}

fn event(entry: EntryId, client: ClientId, state: State, at: Timestamp, way: Way, visit: &Visit) -> Query {
    ADD_EVENT.with([
        entry.as_bytes().into(),
        client.as_bytes().into(),
        state.code().into(),
        at.as_microsecond().into(),
        way.code().into(),
        visit.staff.as_bytes().into(),
    ])
}

pub(crate) fn stored(rows: &[Row]) -> Result<Vec<StoredConsent>, Error> {
    rows.iter().map(StoredConsent::read).collect()
}
