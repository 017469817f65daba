//! Consents: asked for in the words of the client's own notice, answered, taken back in one act.
//!
//! The state of each stands in the clear, in the table `consent` of the records store, and is read there at the moment of
//! acting: a withdrawal holds on every server at once. What was said and signed is sealed.

mod page;
mod record;

use std::str::FromStr;
use std::sync::Arc;

use access::{Act, Permit};
use audit::{Action, Detail, RowMark};
use casework::consents::{self, Answered, Held, Receiver, Said, State, Way, Wording, without_ground};
use casework::disclosures::{Blocked, named};
use casework::entries::Signature;
use casework::{ClientId, Consent, EntryId, EntryKind, Fault, NotAnId, OrganisationId, Profile};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, FieldId, Notice, Purpose};
use sha2::{Digest, Sha256};
use store::{Query, Row, sql};
use vault::{FileKeys, Personal};

use crate::entries::{Head, Stored, compartment_of};
use crate::entry_views::CONTACT_PAGE;
use crate::notices::Published;
use crate::notices_given::held;
use crate::organisations::{self, Organisation};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes, disclosures, telling};

pub use page::{ConsentPage, SharedLine, Sharing, TheirUse};

sql! { records:
    /// Where each consent of a client stands.
    pub(crate) CONSENTS_OF = "SELECT entry, purpose, organisation, kind, state, until, fields, changed, review, version FROM consent WHERE client = $1 ORDER BY changed DESC";
    /// What a client said last about one purpose and recipient.
    ANSWER = "INSERT INTO consent (client, purpose, organisation, kind, entry, state, until, review, fields, changed, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 + 1) ON CONFLICT (client, purpose, organisation) DO UPDATE SET entry = excluded.entry, state = excluded.state, until = excluded.until, review = excluded.review, fields = excluded.fields, changed = excluded.changed, version = excluded.version WHERE consent.version = excluded.version - 1";
    /// Taken back: only what was given can be.
    WITHDRAW = "UPDATE consent SET state = 'withdrawn', changed = $4, version = version + 1 WHERE client = $1 AND purpose = $2 AND organisation = $3 AND state IN ('given', 'renewed')";
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

/// What a client is asked, and in which words.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Who is asked.
    pub contact: Profile,
    /// About what: the organisation's name, or what the use is called.
    pub title: String,
    /// The words.
    pub wording: Wording,
    /// SHA-256 of the words: the form sends it back, so that nobody answers words that they did not see.
    pub digest: String,
    /// Where an earlier answer stands.
    pub before: Option<State>,
}

/// The words of a question with all that its record needs.
struct Question {
    purpose: Purpose,
    receiver: Option<Receiver>,
    fields: Vec<FieldId>,
    title: String,
    wording: Wording,
    digest: String,
}

const ASK: Action = Action("ask-consent");
const ANSWERED: Action = Action("answer-consent");
const WITHDRAWN: Action = Action("withdraw-consent");

impl Service {
    /// What a client is asked about sharing or a use, in the words of the notice that they were given.
    ///
    /// # Errors
    /// `Error::Blocked` if that notice does not name it; the rules refuse, or something cannot do its part.
    pub async fn begin_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
    ) -> Result<Opened<Asking>, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                CONTACT_PAGE.with([client.as_bytes().into()]),
                held(client),
                consents_of(client),
                organisations::everybody(),
            ])
            .await?;
        let [head, contact, held, consents, directory] = rows.as_slice() else {
            return Err(Error::Damaged("batch"));
        };
        let standing = Standing::read(client, head.first())?;
        let wanted = Categories::from(Category::Contact).with(Category::Agreement);
        let permit = self.permit(standing.request(visit, self.now(), Act::Read, wanted), ASK).await?;
        let given = self.given_to(&standing, &held.rows)?;
        let question = question(about, &given, &organisations::read(&directory.rows)?)?;
        let before = stored(&consents.rows)?.into_iter().find(|one| one.is_about(about));
        let today = self.surroundings().today();
        let before = before.map(|one| consents::standing(one.held.state, one.held.until, today));
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, ASK, Detail::default());
        let contact = match contact.first() {
            Some(row) => self.open_page(&entry, &keys, client, &Stored::read(row)?)?.map(|page| page.profile),
            None => Personal::new(&entry, Profile::default()),
        };
        let Question { title, wording, digest, .. } = question;
        Ok(Opened::new(contact.map(move |contact| Asking { contact, title, wording, digest, before }), entry))
    }

    /// Records what a client answered to the words whose digest is `seen`.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if those are no longer the words, `Error::Blocked` if their notice does not name it,
    /// `Error::Faults`, a refusal, or a store failed; then nothing is written.
    pub async fn answer_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
        form: [u8; 16],
        seen: &str,
        answered: Answered,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                held(client),
                consents_of(client),
                organisations::everybody(),
            ])
            .await?;
        let [head, held, consents, directory] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Agreement.into());
        let permit = self.permit(request, ANSWERED).await?;
        let given = self.given_to(&standing, &held.rows)?;
        self.consents_are_named(&given, &standing)?;
        let question = question(about, &given, &organisations::read(&directory.rows)?)?;
        if question.digest != seen {
            return Err(Error::ChangedMeanwhile);
        }
        let today = self.surroundings().today();
        let before = stored(&consents.rows)?.into_iter().find(|one| one.is_about(about));
        let state_before =
            before.as_ref().map(|one| consents::standing(one.held.state, one.held.until, today));
        if answered.said != Said::Yes && state_before.is_some_and(State::allows) {
            return Err(Error::Faults(vec![Fault::new(
                "said",
                "The consent that was given before still holds. If the client takes it back, use “Take back” on the page before",
            )]));
        }
        let state = State::answered(state_before, answered.said);
        let entry = EntryId::from_bytes(self.draw());
        let version = before.as_ref().map_or(0, |one| one.version);
        let review = consents::review_on(today, answered.until);
        let consent = record(&question, given.first(), &answered, state, now, review)?;
        let keys = self.vault().keys(client.into()).await?;
        let (add, mark) = self.seal_consent(&permit, &keys, client, visit, entry, now, &consent)?;
        let change = self.log().change(permit, ANSWERED, &Detail { rows: vec![mark], ..Detail::default() });
        let organisation = question.receiver.as_ref().map_or(OURSELVES, |r| *r.organisation.as_bytes());
        let answer = ANSWER.with([
            client.as_bytes().into(),
            question.purpose.code().into(),
            organisation.into(),
            kind(&consent).into(),
            entry.as_bytes().into(),
            state.code().into(),
            answered.until.map(day_number).into(),
            day_number(review).into(),
            fields_text(&question.fields).into(),
            now.as_microsecond().into(),
            version.into(),
        ]);
        let mut batch = vec![
            self.form_done(visit, form, *entry.as_bytes()),
            answer.expecting(1),
            add,
            event(entry, client, state, now, answered.way, visit),
        ];
        batch.push(change.outbox());
        match self.write_consents(client, batch, &given, now).await {
            Ok(()) => {
                change.committed();
                self.follow_changes().await?;
                Ok(entry)
            }
            Err(Error::Store(store::Error::AlreadyThere { .. })) => {
                let made = self.made_by_form(visit, form).await?;
                made.map(EntryId::from_bytes).ok_or(Error::ChangedMeanwhile)
            }
            Err(Error::Store(store::Error::Conflict { .. })) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error),
        }
    }

    /// The client takes a consent back. It holds at once: what waits to leave is stopped, past recipients have to be told, and
    /// data that has no other ground goes by a day.
    ///
    /// # Errors
    /// `Error::Faults` if there is nothing to take back, a refusal, or a store failed; then nothing is written.
    pub async fn withdraw_consent(
        &self,
        visit: &Visit,
        client: ClientId,
        about: About,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        self.withdraw(visit, client, Some(about), form, way).await
    }

    /// The client takes back every consent that they gave.
    ///
    /// # Errors
    /// As for one of them.
    pub async fn withdraw_everything(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        self.withdraw(visit, client, None, form, way).await
    }

    async fn withdraw(
        &self,
        visit: &Visit,
        client: ClientId,
        about: Option<About>,
        form: [u8; 16],
        way: Way,
    ) -> Result<(), Error> {
        if self.made_by_form(visit, form).await?.is_some() {
            return Ok(());
        }
        let rows = self
            .records()
            .read(vec![Standing::query(client, visit), held(client), consents_of(client)])
            .await?;
        let [head, held, consents] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let now = self.now();
        let request = standing.request(visit, now, Act::Write, Category::Agreement.into());
        let permit = self.permit(request, WITHDRAWN).await?;
        let given = self.given_to(&standing, &held.rows)?;
        let keys = self.vault().keys(client.into()).await?;
        let mut marks = Vec::new();
        let mut batch = vec![self.form_done(visit, form, *client.as_bytes())];
        let mut taken = 0;
        let known = stored(&consents.rows)?;
        for one in known.iter().filter(|one| about.is_none_or(|about| one.is_about(about))) {
            if one.held.state.allows() {
                let organisation = one.held.organisation.map_or(OURSELVES, |id| *id.as_bytes());
                batch.extend(withdrawing(client, one.held.purpose, organisation, now));
                batch.push(event(one.held.entry, client, State::Withdrawn, now, way, visit));
                taken += 1;
            }
        }
        // Uses that the client agreed to when they signed up have no row of their own yet.
        let service = given.first().ok_or(Error::Damaged("notice"))?;
        for purpose in consents::on_consent(&service.notice) {
            let asked = about.is_none_or(|about| about == About::Use(purpose));
            if !asked || known.iter().any(|one| one.is_about(About::Use(purpose))) {
                continue;
            }
            let entry = EntryId::from_bytes(self.draw());
            let (statements, mark) =
                self.agreed_at_first(&permit, &keys, visit, &standing, &given, purpose, entry, now)?;
            batch.extend(statements);
            batch.push(event(entry, client, State::Withdrawn, now, way, visit));
            marks.push(mark);
            taken += 1;
        }
        if taken == 0 {
            return Err(Error::Faults(vec![Fault::new(
                "about",
                "There is no consent in force here to take back",
            )]));
        }
        let change = self.log().change(permit, WITHDRAWN, &Detail { rows: marks, ..Detail::default() });
        batch.push(change.outbox());
        match self.write_consents(client, batch, &given, now).await {
            Ok(()) => {
                change.committed();
                self.follow_changes().await
            }
            Err(Error::Store(store::Error::AlreadyThere { .. } | store::Error::Conflict { .. })) => {
                match self.made_by_form(visit, form).await? {
                    Some(_) => Ok(()),
                    None => Err(Error::ChangedMeanwhile),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// The record of a use that was agreed to at registration, taken back now.
    #[allow(clippy::too_many_arguments, reason = "one record is all of these")]
    fn agreed_at_first(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        visit: &Visit,
        standing: &Standing,
        given: &[Arc<Published>],
        purpose: Purpose,
        entry: EntryId,
        now: Timestamp,
    ) -> Result<([Query; 2], RowMark), Error> {
        let question = question(About::Use(purpose), given, &[])?;
        let registered = self.surroundings().civil(standing.registered).date();
        let answered = Answered {
            said: Said::Yes,
            way: Way::SigningUp,
            signature: None,
            witness: String::new(),
            representative: String::new(),
            explicit: false,
            until: None,
        };
        let review = consents::review_on(registered, None);
        let consent = record(&question, given.first(), &answered, State::Given, standing.registered, review)?;
        let (add, mark) = self.seal_consent(permit, keys, standing.client, visit, entry, now, &consent)?;
        let row = ANSWER.with([
            standing.client.as_bytes().into(),
            purpose.code().into(),
            OURSELVES.into(),
            "use".into(),
            entry.as_bytes().into(),
            State::Withdrawn.code().into(),
            store::Value::Null,
            day_number(review).into(),
            "".into(),
            now.as_microsecond().into(),
            0_i64.into(),
        ]);
        Ok(([row.expecting(1), add], mark))
    }

    #[allow(clippy::too_many_arguments, reason = "one record is all of these")]
    pub(crate) fn seal_consent(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        visit: &Visit,
        entry: EntryId,
        now: Timestamp,
        consent: &Consent,
    ) -> Result<(Query, RowMark), Error> {
        let head = Head {
            id: entry,
            client,
            kind: EntryKind::Consent.code().into(),
            category: Category::Agreement,
            compartment: compartment_of(Category::Agreement),
            day: day_number(self.surroundings().today()),
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

    /// The notice that a client was given has to name consents as something that is kept (P1).
    fn consents_are_named(&self, given: &[Arc<Published>], standing: &Standing) -> Result<(), Error> {
        let names = given
            .iter()
            .filter_map(|one| one.notice.category(Category::Agreement))
            .any(|held| held.entries.iter().any(|entry| entry == "consents"));
        if names {
            Ok(())
        } else {
            Err(Error::NotNamed { what: "Consents".into(), version: standing.notice_version.clone() })
        }
    }
}

/// The statements that take one consent back, with all that hangs on it.
fn withdrawing(client: ClientId, purpose: Purpose, organisation: [u8; 16], now: Timestamp) -> Vec<Query> {
    let id = || client.as_bytes().into();
    let withdraw =
        WITHDRAW.with([id(), purpose.code().into(), organisation.into(), now.as_microsecond().into()]);
    let mut batch = vec![withdraw.expecting(1)];
    if organisation != OURSELVES {
        batch.push(disclosures::stopping(client, purpose, organisation));
        batch.push(telling::of_withdrawal(client, purpose, organisation, now));
    }
    batch
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

/// A consent to load, as made-up or moved files bring it.
pub(crate) struct Loading<'a> {
    pub(crate) organisation: OrganisationId,
    pub(crate) directory: &'a [Organisation],
    pub(crate) service: &'a Arc<Published>,
    pub(crate) said: Said,
    pub(crate) signature: Option<Signature>,
    pub(crate) witness: String,
    pub(crate) at: Timestamp,
    pub(crate) day: Date,
    pub(crate) withdrawn: Option<Timestamp>,
    pub(crate) author: casework::StaffId,
}

impl Service {
    /// The statements that load one.
    pub(crate) fn load_consent(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        client: ClientId,
        one: Loading<'_>,
    ) -> Result<Vec<Query>, Error> {
        let given = [Arc::clone(one.service)];
        let question = question(About::Sharing(one.organisation), &given, one.directory)?;
        let way = if one.signature.is_some() { Way::Signed } else { Way::Spoken };
        let answered = Answered {
            said: one.said,
            way,
            signature: one.signature,
            witness: one.witness,
            representative: String::new(),
            explicit: question.wording.explicit.is_some(),
            until: None,
        };
        let state = State::answered(None, one.said);
        let review = consents::review_on(one.day, None);
        let consent = record(&question, given.first(), &answered, state, one.at, review)?;
        let entry = EntryId::from_bytes(self.draw());
        let head = Head {
            id: entry,
            client,
            kind: EntryKind::Consent.code().into(),
            category: Category::Agreement,
            compartment: compartment_of(Category::Agreement),
            day: day_number(one.day),
            written: one.at,
            author: one.author,
            version: 1,
        };
        let now = if one.withdrawn.is_some() { State::Withdrawn } else { state };
        let row = ANSWER.with([
            client.as_bytes().into(),
            question.purpose.code().into(),
            one.organisation.as_bytes().into(),
            "sharing".into(),
            entry.as_bytes().into(),
            now.code().into(),
            store::Value::Null,
            day_number(review).into(),
            fields_text(&question.fields).into(),
            one.withdrawn.unwrap_or(one.at).as_microsecond().into(),
            0_i64.into(),
        ]);
        let event = |state: State, at: Timestamp| {
            ADD_EVENT.with([
                entry.as_bytes().into(),
                client.as_bytes().into(),
                state.code().into(),
                at.as_microsecond().into(),
                way.code().into(),
                one.author.as_bytes().into(),
            ])
        };
        let mut batch = vec![row, self.seal_new(permit, keys, &head, &consent)?.0, event(state, one.at)];
        batch.extend(one.withdrawn.map(|at| event(State::Withdrawn, at)));
        Ok(batch)
    }
}

/// Use or sharing.
const fn kind(consent: &Consent) -> &'static str {
    if consent.receiver.is_some() { "sharing" } else { "use" }
}

pub(crate) fn stored(rows: &[Row]) -> Result<Vec<StoredConsent>, Error> {
    rows.iter().map(StoredConsent::read).collect()
}

/// What is asked, in the words of the notices that were given.
fn question(about: About, given: &[Arc<Published>], directory: &[Organisation]) -> Result<Question, Error> {
    let notices: Vec<&Notice> = given.iter().map(|one| &one.notice).collect();
    let (purpose, receiver, fields, title, wording) = match about {
        About::Sharing(id) => {
            let organisation = directory.iter().find(|one| one.id == id).ok_or(Error::NoSuchFile)?;
            let recipient = named(&notices, &organisation.named).map_err(Error::Blocked)?;
            let wording = consents::for_sharing(&notices, recipient, &organisation.name);
            let Organisation { named, name, .. } = organisation.clone();
            let receiver = Receiver { organisation: id, named, name: name.clone() };
            (recipient.purpose, Some(receiver), recipient.fields.clone(), name, wording)
        }
        About::Use(purpose) => {
            let service = *notices.first().ok_or(Error::Damaged("notice"))?;
            if !consents::on_consent(service).contains(&purpose) {
                return Err(Error::Blocked(Blocked::NotNamed));
            }
            let stated = service.purpose(purpose).ok_or(Error::Damaged("notice"))?;
            (purpose, None, Vec::new(), stated.label.clone(), consents::for_use(service, stated))
        }
    };
    let mut hash = Sha256::new();
    hash.update(&wording.text);
    hash.update(wording.explicit.as_deref().unwrap_or_default());
    let digest = hex::encode(hash.finalize());
    Ok(Question { purpose, receiver, fields, title, wording, digest })
}

/// The record of an answer.
fn record(
    question: &Question,
    service: Option<&Arc<Published>>,
    answered: &Answered,
    state: State,
    at: Timestamp,
    review: Date,
) -> Result<Consent, Error> {
    let notice = &service.ok_or(Error::Damaged("notice"))?.notice;
    Ok(Consent {
        purpose: question.purpose,
        receiver: question.receiver.clone(),
        notice: notice.id.clone(),
        version: notice.version.clone(),
        digest: notice.digest().to_owned(),
        wording: question.wording.text.clone(),
        wording_digest: question.digest.clone(),
        fields: question.fields.clone(),
        explicit: question.wording.explicit.clone().filter(|_| answered.explicit),
        way: answered.way,
        signature: answered.signature.clone(),
        witness: answered.witness.clone(),
        representative: answered.representative.clone(),
        until: answered.until,
        review,
        state,
        at,
    })
}
