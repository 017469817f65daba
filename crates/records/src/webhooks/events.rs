//! What happened to a file, queued for the programs that are told, in the transaction of what happened.

use casework::webhooks::EventKind;
use casework::{ClientId, EntryId, EntryKind, WebhookId};
use jiff::{SignedDuration, Timestamp};
use notice::Category;
use store::{Query, Value, sql};

use crate::appointments::Booked;
use crate::entries::Head;
use crate::{Error, Service};

sql! { records:
    /// The webhooks whose programs are told, and of what.
    LISTENING = "SELECT id, kinds FROM webhook WHERE state = 'on' ORDER BY id";
    /// One telling for one webhook.
    pub(super) QUEUE_DELIVERY = "INSERT INTO webhook_delivery (id, webhook, kind, client, about, category, at, due, expires, state, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, 'waiting', 0)";
    /// The same of a file that goes, before it goes: to programs that could read it. It keeps the id as a mark that names nobody.
    QUEUE_ERASED = "INSERT INTO webhook_delivery (id, webhook, kind, client, about, category, at, due, expires, state, attempts) SELECT $1, w.id, 'client.erased', NULL, c.id, 'contact', $4, $4, $5, 'waiting', 0 FROM webhook w JOIN api_token t ON t.id = w.token JOIN client c ON c.id = $3 WHERE w.id = $2 AND c.adviser IS NOT NULL AND (t.acts_for IS NULL OR t.acts_for = c.adviser)";
    /// What is about an erased file.
    pub(crate) DROP_DELIVERIES = "DELETE FROM webhook_delivery WHERE client = $1";
}

/// A telling is tried for so long, in hours.
pub(super) const TRIED_HOURS: i64 = 72;
/// The kind of entry that a referral is.
const REFERRAL: &str = "referral";

/// A webhook that is on: which, and what its program is told of.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    id: WebhookId,
    kinds: Vec<EventKind>,
}

/// Something that happened to a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    kind: EventKind,
    client: ClientId,
    /// Which client, entry, appointment or referral.
    about: [u8; 16],
    /// What has to be readable for whoever is told.
    category: Category,
}

impl Event {
    /// About the client as a whole.
    pub(crate) fn of_client(kind: EventKind, client: ClientId) -> Event {
        Event { kind, client, about: *client.as_bytes(), category: Category::Contact }
    }

    /// An entry that was written for the first time or anew, as the API shows it: as one of the client's details, as a referral
    /// or as an entry.
    pub(crate) fn of_entry(head: &Head) -> Event {
        let first = head.version == 1;
        let about = *head.id.as_bytes();
        let of = |kind| Event { kind, client: head.client, about, category: head.category };
        match head.kind.as_ref() {
            kind if kind == EntryKind::Profile.code() => {
                Event { about: *head.client.as_bytes(), ..of(EventKind::ClientChanged) }
            }
            REFERRAL if first => of(EventKind::ReferralRecorded),
            REFERRAL => of(EventKind::ReferralChanged),
            _ if first => of(EventKind::EntryRecorded),
            _ => of(EventKind::EntryChanged),
        }
    }

    /// A new entry of which only the id is at hand.
    pub(crate) fn of_new_entry(client: ClientId, entry: EntryId, category: Category) -> Event {
        Event { kind: EventKind::EntryRecorded, client, about: *entry.as_bytes(), category }
    }

    /// An appointment that was booked, or changed since.
    pub(crate) fn of_appointment(booked: &Booked) -> Event {
        let kind =
            if booked.version == 1 { EventKind::AppointmentBooked } else { EventKind::AppointmentChanged };
        Event { kind, client: booked.client, about: *booked.id.as_bytes(), category: Category::Contact }
    }
}

/// Until when a telling of `at` is tried.
pub(super) fn expires(at: Timestamp) -> i64 {
    (at + SignedDuration::from_hours(TRIED_HOURS)).as_microsecond()
}

impl Service {
    /// The statements that queue an event for whoever is told of such, for the transaction of what happened. Whether each may
    /// know is asked when it is told.
    pub(crate) fn tell_programs(&self, event: Event, now: Timestamp) -> Vec<Query> {
        let listeners = self.listeners();
        let told = listeners.iter().filter(|listener| listener.kinds.contains(&event.kind));
        told.map(|listener| self.telling(listener.id, event.kind, Some(event), now)).collect()
    }

    /// A telling of nothing, for whoever tries a webhook.
    pub(super) fn test_telling(&self, webhook: WebhookId, now: Timestamp) -> Query {
        self.telling(webhook, EventKind::Test, None, now)
    }

    fn telling(&self, webhook: WebhookId, kind: EventKind, event: Option<Event>, now: Timestamp) -> Query {
        let about = event.map_or(*webhook.as_bytes(), |event| event.about);
        QUEUE_DELIVERY.with([
            self.draw().into(),
            webhook.as_bytes().into(),
            kind.code().into(),
            event.map_or(Value::Null, |event| event.client.as_bytes().into()),
            about.into(),
            event.map_or(Category::Contact, |event| event.category).code().into(),
            now.as_microsecond().into(),
            expires(now).into(),
        ])
    }

    /// The statements that tell of a file that goes; they come before those by which it goes.
    pub(crate) fn tell_programs_of_erasure(&self, client: ClientId, now: Timestamp) -> Vec<Query> {
        let listeners = self.listeners();
        let told = listeners.iter().filter(|listener| listener.kinds.contains(&EventKind::ClientErased));
        told.map(|listener| {
            QUEUE_ERASED.with([
                self.draw().into(),
                listener.id.as_bytes().into(),
                client.as_bytes().into(),
                now.as_microsecond().into(),
                expires(now).into(),
            ])
        })
        .collect()
    }

    /// Reads who is told, for memory.
    pub(crate) async fn load_listeners(&self) -> Result<Vec<Listener>, Error> {
        let rows = self.records().read(vec![LISTENING.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        rows.iter()
            .map(|row| {
                Ok(Listener { id: WebhookId::from_bytes(row.bytes16(0)?), kinds: kinds(row.text(1)?)? })
            })
            .collect()
    }
}

/// The kinds as they stand in a row.
pub(super) fn kinds(text: &str) -> Result<Vec<EventKind>, Error> {
    text.split_whitespace().map(|code| code.parse().map_err(|_| Error::Damaged("webhook"))).collect()
}
