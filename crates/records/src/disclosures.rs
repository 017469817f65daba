//! Sharing: shown first, let through the gate, packed and encrypted to the recipient's confirmed key, and written down.
//!
//! The ground is asked for twice: when somebody decides to share, and again in the transaction by which the pack leaves. Both
//! read the records store and hold the rows that they rest on, so that a withdrawal in between wins on every server.

mod approvals;
mod gate;
mod packing;
mod told;

use access::{Act, Role};
use audit::{Action, Change, Detail};
use casework::disclosures::{Asked, Blocked, Disclosure, Ground, LegalGround, Stage};
use casework::{ClientId, Disclosed, EntryId, EntryKind, OrganisationId, Profile, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Category, FieldId, Purpose};
use store::{Query, Row, sql};

use crate::consents::{HOLD_CONSENT, fields, fields_text};
use crate::entries::{Head, Stored, compartment_of, entry_columns};
use crate::organisations::{HOLD_KEY, Organisation};
use crate::sessions::Visit;
use crate::surroundings::{day_from, day_number};
use crate::webhooks::Event;
use crate::{Error, Opened, Service, changes};

pub use approvals::{Waiting, approves};
use gate::AtTheGate;
pub(crate) use told::Telling;

/// The columns of a disclosure.
macro_rules! disclosure_columns {
    () => {
        "id, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, decided, decided_by, review, recipient_key, made"
    };
}

sql! { records:
    /// Writes a disclosure down.
    ADD = "INSERT INTO disclosure (id, client, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, review, recipient_key, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    /// One of a file.
    ONE = concat!("SELECT ", disclosure_columns!(), " FROM disclosure WHERE client = $1 AND id = $2");
    /// All of a file, newest first.
    pub(crate) OF_CLIENT = concat!("SELECT ", disclosure_columns!(), " FROM disclosure WHERE client = $1 ORDER BY asked DESC, id LIMIT 500");
    /// What waits for a second person.
    WAITING = "SELECT id, client, organisation, asked, asked_by, fields FROM disclosure WHERE stage = 'asked' AND client IS NOT NULL ORDER BY asked, id LIMIT 500";
    /// A second person, who is not the one who asked, decides.
    DECIDE = "UPDATE disclosure SET stage = $3, decided = $4, decided_by = $5 WHERE id = $1 AND client = $2 AND stage = 'asked' AND asked_by <> $5";
    /// It leaves; the first time counts.
    LEAVES = "UPDATE disclosure SET stage = 'made', made = COALESCE(made, $3) WHERE id = $1 AND client = $2 AND stage IN ('ready', 'made')";
    /// What is ready and rests on a consent that is taken back does not leave any more.
    STOP = "UPDATE disclosure SET stage = 'stopped', why = 'consent-withdrawn' WHERE client = $1 AND purpose = $2 AND organisation = $3 AND ground = 'consent' AND stage = 'ready'";
    /// The pages of a profile in these categories are read with their versions.
    PAGES = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'profile' ORDER BY category");
    /// What programmes asked for themselves stands in the entries of placements, the oldest first.
    PLACEMENTS = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND kind = 'placement' ORDER BY day, written, id");
    /// What is written in the file about a disclosure.
    WRITTEN = concat!("SELECT ", entry_columns!(), " FROM entry WHERE client = $1 AND id = $2 AND kind = 'disclosure'");
    /// What never left goes with the file; what left stays without it, so that its recipient can be told.
    pub(crate) DROP_UNMADE = "DELETE FROM disclosure WHERE client = $1 AND stage <> 'made'";
    pub(crate) LET_GO = "UPDATE disclosure SET client = NULL WHERE client = $1";
}

/// The statement by which a withdrawal stops what is ready to leave.
pub(crate) fn stopping(client: ClientId, purpose: Purpose, organisation: [u8; 16]) -> Query {
    STOP.with([client.as_bytes().into(), purpose.code().into(), organisation.into()])
}

/// A disclosure as it stands in the clear: who, to whom, which fields; no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureRow {
    /// Which; the reference that the recipient is told.
    pub id: EntryId,
    /// To whom.
    pub organisation: OrganisationId,
    /// As which recipient of the notice.
    pub named: String,
    /// What for.
    pub purpose: Purpose,
    /// Whether it rests on a law instead of consent.
    pub by_law: bool,
    /// The record of the consent.
    pub consent: Option<EntryId>,
    /// Which fields.
    pub fields: Vec<FieldId>,
    /// Versions of the pages that were shown; or the referral in which we told them.
    pub versions: String,
    /// Where it stands.
    pub stage: Stage,
    /// What stopped it.
    pub why: Option<Blocked>,
    /// When it was asked for.
    pub asked: Timestamp,
    /// By whom.
    pub asked_by: StaffId,
    /// When a second person decided, and who.
    pub decided: Option<(Timestamp, StaffId)>,
    /// The last day of the approval.
    pub review: Option<Date>,
    /// The key that it is encrypted to.
    pub key: Option<[u8; 16]>,
    /// When it left.
    pub made: Option<Timestamp>,
}

impl DisclosureRow {
    /// The referral in which we told the organisation by word of mouth; none where a pack leaves.
    #[must_use]
    pub fn told_in(&self) -> Option<EntryId> {
        told::referral(&self.versions)
    }

    pub(crate) fn read(row: &Row) -> Result<DisclosureRow, Error> {
        let decided = row.opt_int(12)?.zip(row.opt_bytes16(13)?);
        let decided = decided.map(|(at, by)| Ok::<_, Error>((changes::time(at)?, StaffId::from_bytes(by))));
        Ok(DisclosureRow {
            id: EntryId::from_bytes(row.bytes16(0)?),
            organisation: OrganisationId::from_bytes(row.bytes16(1)?),
            named: row.text(2)?.to_owned(),
            purpose: row.text(3)?.parse().map_err(|_| Error::Damaged("purpose"))?,
            by_law: row.text(4)? == "law",
            consent: row.opt_bytes16(5)?.map(EntryId::from_bytes),
            fields: fields(row.text(6)?),
            versions: row.text(7)?.to_owned(),
            stage: row.text(8)?.parse().map_err(|_| Error::Damaged("stage"))?,
            why: row.opt_text(9)?.map(|why| why.parse().map_err(|_| Error::Damaged("why"))).transpose()?,
            asked: changes::time(row.int(10)?)?,
            asked_by: StaffId::from_bytes(row.bytes16(11)?),
            decided: decided.transpose()?,
            review: row.opt_int(14)?.map(|day| day_from(day).ok_or(Error::Damaged("day"))).transpose()?,
            key: row.opt_bytes16(15)?,
            made: row.opt_int(16)?.map(changes::time).transpose()?,
        })
    }
}

/// What would leave: exactly these facts with exactly these values.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Whose file, for the head of the page.
    pub contact: Profile,
    /// To whom.
    pub organisation: Organisation,
    /// What it is for, in the words of the notice.
    pub says: String,
    /// The law that the notice names for this recipient; then a second person approves.
    pub legal_ground: Option<String>,
    /// Each fact: its field, its name, its value in words; the fields without an answer are not among them.
    pub facts: Vec<Fact>,
    /// The names of fields that are agreed and have no answer.
    pub without: Vec<String>,
    /// Versions of the pages that it was made from: the form sends them back.
    pub versions: String,
    /// Why it cannot leave.
    pub blocked: Option<Blocked>,
}

/// One fact that would leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its field.
    pub field: FieldId,
    /// Its name.
    pub label: String,
    /// Its value, in words.
    pub value: String,
}

/// A disclosure with what is needed to decide about it.
#[derive(Debug, Clone)]
pub struct DisclosureView {
    /// Whose file, for the head of the page.
    pub contact: Profile,
    /// As it stands.
    pub row: DisclosureRow,
    /// To whom.
    pub organisation: Organisation,
    /// The names of the fields.
    pub labels: Vec<String>,
    /// Exactly what would leave; only for whoever decides.
    pub facts: Vec<Fact>,
    /// The law, the policy and why; only for whoever decides.
    pub law: Option<LegalGround>,
    /// Whether the visitor is the one to decide.
    pub decides: bool,
}

const SHOW: Action = Action("view-sharing");
const SHARE: Action = Action("share");
const VIEW: Action = Action("view-disclosure");
const GROUND: Action = Action("view-legal-ground");

impl Service {
    /// What would leave for this organisation, exactly; or why nothing can. A shut gate is written down, and opens nothing but
    /// the head of the page.
    ///
    /// # Errors
    /// The rules refuse, there is no such file or organisation, or something cannot do its part.
    pub async fn sharing(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
    ) -> Result<Opened<Proposal>, Error> {
        let gate = self.at_the_gate(visit, client, organisation).await?;
        let today = self.surroundings().today();
        let law = gate.recipient.as_ref().ok().and_then(|recipient| recipient.legal_ground.clone());
        // Under a law the asker chooses among all that the notice gives the recipient.
        let wanted: Result<Vec<FieldId>, Blocked> = match (&gate.recipient, &law) {
            (Err(why), _) => Err(*why),
            (Ok(recipient), Some(_)) => Ok(recipient.fields.clone()),
            (Ok(_), None) => gate.by_consent(today).and_then(|(ground, fields)| {
                let asked = Asked { organisation, named: &gate.organisation.named, fields: &fields };
                Disclosure::through(&gate.named(), &asked, ground).map(|made| made.fields().to_vec())
            }),
        };
        let wanted = wanted.and_then(|fields| gate.key().map(|_| fields));
        let blocked = wanted.as_ref().err().copied();
        let purpose = gate.recipient.as_ref().map_or(Purpose::Support, |recipient| recipient.purpose);
        let wanted = wanted.unwrap_or_default();
        let categories = gate.categories(&wanted).with(Category::Contact);
        let permit = self.permit(self.to_read(visit, &gate, purpose, categories, false), SHOW).await?;
        let keys = self.vault().keys(client.into()).await?;
        let detail = Detail { stopped: blocked.map(Blocked::code), ..Detail::default() };
        let entry = self.log().submit(permit, SHOW, detail);
        let found = self.facts(&entry, &keys, client, &gate, &wanted, categories).await?;
        let says = gate.recipient.as_ref().map(|recipient| recipient.says.clone()).unwrap_or_default();
        let organisation = gate.organisation;
        let proposal = found.map(move |found| {
            let nothing = found.facts.is_empty().then_some(Blocked::Nothing);
            Proposal {
                contact: found.contact,
                organisation,
                says,
                legal_ground: law,
                facts: found.facts,
                without: found.without,
                versions: found.versions,
                blocked: blocked.or(nothing),
            }
        });
        Ok(Opened::new(proposal, entry))
    }

    /// Decides to share with the client's consent. `seen` are the versions of what was shown.
    ///
    /// # Errors
    /// `Error::Blocked` if the gate is shut, which is written down; `Error::ChangedMeanwhile` if other values would leave than
    /// those shown; a refusal, or a store failed. Then nothing is shared.
    pub async fn share(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
        form: [u8; 16],
        seen: &str,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let gate = self.at_the_gate(visit, client, organisation).await?;
        let today = self.surroundings().today();
        let checked = gate.by_consent(today).and_then(|(ground, fields)| {
            let asked = Asked { organisation, named: &gate.organisation.named, fields: &fields };
            let disclosure = Disclosure::through(&gate.named(), &asked, ground)?;
            Ok((disclosure, gate.key()?))
        });
        let (disclosure, key) = match checked {
            Ok(checked) => checked,
            Err(why) => return Err(self.blocked(visit, client, &gate, why).await?),
        };
        let proposal = self.sharing(visit, client, organisation).await?.release().await?;
        if let Some(why) = proposal.blocked {
            return Err(self.blocked(visit, client, &gate, why).await?);
        }
        if proposal.versions != seen {
            return Err(Error::ChangedMeanwhile);
        }
        let Ground::Consent(consent) = disclosure.ground() else { return Err(Error::Damaged("ground")) };
        let consent = consent.entry();
        let leaving: Vec<FieldId> = proposal.facts.into_iter().map(|fact| fact.field).collect();
        let now = self.now();
        let id = EntryId::from_bytes(self.draw());
        let disclosed = Disclosed {
            name: gate.organisation.name.clone(),
            named: gate.organisation.named.clone(),
            purpose: disclosure.purpose(),
            fields: leaving.clone(),
            consent: Some(consent),
            law: None,
            told_in: None,
        };
        let hold = [holding(client, &disclosure, consent, today), HOLD_KEY.with([key.into()]).expecting(1)];
        let row = Adding {
            disclosed: &disclosed,
            versions: seen,
            stage: Stage::Ready,
            review: None,
            key: Some(key),
            made: None,
        };
        match self.write_disclosure(visit, &gate, client, id, form, now, SHARE, &row, &hold).await {
            Err(Error::Store(store::Error::Conflict { .. })) => {
                let again = self.at_the_gate(visit, client, organisation).await?;
                let why = again.by_consent(today).err().or_else(|| again.key().err());
                Err(self.blocked(visit, client, &again, why.unwrap_or(Blocked::KeyChanged)).await?)
            }
            result => result,
        }
    }

    /// Writes a disclosure into the file, with its row and its entry of the log, in one transaction.
    #[allow(clippy::too_many_arguments, reason = "one row is all of these")]
    async fn write_disclosure(
        &self,
        visit: &Visit,
        gate: &AtTheGate,
        client: ClientId,
        id: EntryId,
        form: [u8; 16],
        now: Timestamp,
        action: Action,
        adding: &Adding<'_>,
        hold: &[Query],
    ) -> Result<EntryId, Error> {
        let (rows, change) = self.sealed_disclosure(visit, gate, client, id, now, action, adding).await?;
        let mut batch = hold.to_vec();
        batch.extend(rows);
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, form, *id.as_bytes(), change, batch).await?;
        Ok(EntryId::from_bytes(made))
    }

    /// The statements that write a disclosure into the file, and its entry of the log.
    #[allow(clippy::too_many_arguments, reason = "one row is all of these")]
    async fn sealed_disclosure(
        &self,
        visit: &Visit,
        gate: &AtTheGate,
        client: ClientId,
        id: EntryId,
        now: Timestamp,
        action: Action,
        adding: &Adding<'_>,
    ) -> Result<(Vec<Query>, Change), Error> {
        let named_as_kept = gate
            .notices
            .iter()
            .filter_map(|one| one.notice.category(Category::Rights))
            .any(|held| held.entries.iter().any(|entry| entry == "disclosures"));
        if !named_as_kept {
            let version = gate.standing.notice_version.clone();
            return Err(Error::NotNamed { what: "Disclosures".into(), version });
        }
        let request =
            gate.standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, action).await?;
        let keys = self.vault().keys(client.into()).await?;
        let head = Head {
            id,
            client,
            kind: EntryKind::Disclosure.code().into(),
            category: Category::Rights,
            compartment: compartment_of(Category::Rights),
            day: day_number(self.surroundings().today()),
            written: now,
            author: visit.staff,
            version: 1,
        };
        let (add, mark) = self.seal_new(&permit, &keys, &head, adding.disclosed)?;
        let change = self.log().change(permit, action, &Detail { rows: vec![mark], ..Detail::default() });
        let mut rows = vec![adding.row(id, client, gate.organisation.id, now, visit.staff), add];
        rows.extend(self.tell_programs(Event::of_entry(&head), now));
        Ok((rows, change))
    }

    async fn disclosure_row(&self, client: ClientId, id: EntryId) -> Result<DisclosureRow, Error> {
        let rows =
            self.records().read(vec![ONE.with([client.as_bytes().into(), id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|r| r.first()).map(DisclosureRow::read).transpose()?;
        row.ok_or(Error::NoSuchFile)
    }

    /// One disclosure. Whoever decides about it sees exactly what would leave, and on what ground.
    ///
    /// # Errors
    /// The rules refuse, there is no such disclosure, or something cannot do its part.
    pub async fn disclosure(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
    ) -> Result<Opened<DisclosureView>, Error> {
        let row = self.disclosure_row(client, id).await?;
        let gate = self.at_the_gate(visit, client, row.organisation).await?;
        let decides = row.stage == Stage::Asked && approves(visit.role) && row.asked_by != visit.staff;
        let keys = self.vault().keys(client.into()).await?;
        let mut law = None;
        if decides {
            let mut request = gate.standing.request_for(
                visit,
                self.now(),
                Purpose::Rights,
                Act::Read,
                Category::Rights.into(),
            );
            request.circumstances.reason = true;
            let permit = self.permit(request, GROUND).await?;
            let written = self
                .records()
                .read(vec![WRITTEN.with([client.as_bytes().into(), id.as_bytes().into()])])
                .await?;
            let written = written.first().and_then(|r| r.first()).map(Stored::read).transpose()?;
            let entry = self.log().submit(permit, GROUND, Detail::default());
            let written = written.ok_or(Error::NoSuchFile)?;
            let opened = self.open_entry::<Disclosed>(&entry, &keys, client, &written)?;
            law = Opened::new(opened, entry).release().await?.law;
        }
        let wanted = if decides { row.fields.clone() } else { Vec::new() };
        let categories = gate.categories(&wanted).with(Category::Contact);
        let request = if decides || visit.role != Role::Governance {
            self.to_read(visit, &gate, row.purpose, categories, decides)
        } else {
            gate.standing.request(visit, self.now(), Act::Read, categories)
        };
        let permit = self.permit(request, VIEW).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let found = self.facts(&entry, &keys, client, &gate, &wanted, categories).await?;
        let labels = gate.labels(&row.fields);
        let organisation = gate.organisation;
        let view = found.map(move |found| DisclosureView {
            contact: found.contact,
            labels,
            facts: found.facts,
            law,
            decides,
            organisation,
            row,
        });
        Ok(Opened::new(view, entry))
    }
}

/// What a row of a disclosure says, before it is written.
struct Adding<'a> {
    disclosed: &'a Disclosed,
    versions: &'a str,
    stage: Stage,
    review: Option<Date>,
    key: Option<[u8; 16]>,
    made: Option<Timestamp>,
}

/// The statement that holds a client's consent while what rests on it is written.
fn holding(client: ClientId, disclosure: &Disclosure, consent: EntryId, today: Date) -> Query {
    let held = HOLD_CONSENT.with([
        client.as_bytes().into(),
        disclosure.purpose().code().into(),
        disclosure.organisation().as_bytes().into(),
        consent.as_bytes().into(),
        day_number(today).into(),
    ]);
    held.expecting(1)
}

impl Adding<'_> {
    fn row(
        &self,
        id: EntryId,
        client: ClientId,
        organisation: OrganisationId,
        now: Timestamp,
        staff: StaffId,
    ) -> Query {
        let disclosed = self.disclosed;
        ADD.with([
            id.as_bytes().into(),
            client.as_bytes().into(),
            organisation.as_bytes().into(),
            disclosed.named.as_str().into(),
            disclosed.purpose.code().into(),
            if disclosed.law.is_some() { "law" } else { "consent" }.into(),
            disclosed.consent.map(|entry| *entry.as_bytes()).into(),
            fields_text(&disclosed.fields).into(),
            self.versions.into(),
            self.stage.code().into(),
            store::Value::Null,
            now.as_microsecond().into(),
            staff.as_bytes().into(),
            self.review.map(day_number).into(),
            self.key.into(),
            self.made.map(Timestamp::as_microsecond).into(),
        ])
    }
}
