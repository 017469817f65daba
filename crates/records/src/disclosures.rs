//! Sharing: shown first, let through the gate, packed and encrypted to the recipient's confirmed key, and written down.
//!
//! The ground is asked for twice: when somebody decides to share, and again in the transaction by which the pack leaves. Both
//! read the records store and hold the rows that they rest on, so that a withdrawal in between wins on every server.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Act, Request, Role};
use audit::{Action, Detail};
use casework::disclosures::{Approved, Asked, Blocked, Disclosure, Ground, LegalGround, Stage, named};
use casework::{ClientId, Disclosed, EntryId, EntryKind, OrganisationId, Profile, StaffId, answers};
use jiff::Timestamp;
use jiff::civil::Date;
use notice::{Categories, Category, FieldId, Notice, Purpose, Recipient};
use store::{Query, Row, sql};
use vault::{FileKeys, Personal};

use crate::consents::{HOLD_CONSENT, StoredConsent, consents_of, fields, fields_text, stored};
use crate::entries::{Head, Stored, compartment_of, entry_columns};
use crate::notices::Published;
use crate::notices_given::held;
use crate::organisations::{HOLD_KEY, Organisation, finding};
use crate::packs::{self, Pack};
use crate::sessions::Visit;
use crate::standing::Standing;
use crate::surroundings::{day_from, day_number};
use crate::{Error, Opened, Service, changes};

/// The columns of a disclosure.
macro_rules! disclosure_columns {
    () => {
        "id, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, decided, decided_by, review, recipient_key, made"
    };
}

sql! { records:
    /// Writes a disclosure down.
    ADD = "INSERT INTO disclosure (id, client, organisation, named, purpose, ground, consent, fields, versions, stage, why, asked, asked_by, review, recipient_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
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
    /// Versions of the pages that were shown.
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

/// Something that waits for a second person. It names no client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: EntryId,
    /// Whose file.
    pub client: ClientId,
    /// To whom.
    pub name: String,
    /// When it was asked for.
    pub asked: Timestamp,
    /// By whom.
    pub asked_by: StaffId,
    /// How many facts.
    pub facts: usize,
}

/// Everything that the gate looks at, read at once.
struct AtTheGate {
    standing: Standing,
    organisation: Organisation,
    notices: Vec<Arc<Published>>,
    consent: Option<StoredConsent>,
    /// What the notice says of the recipient; or why it is none.
    recipient: Result<Recipient, Blocked>,
}

impl AtTheGate {
    fn named(&self) -> Vec<&Notice> {
        self.notices.iter().map(|one| &one.notice).collect()
    }

    /// The name and category of a field in the notices that were given.
    fn field(&self, id: &FieldId) -> Option<&notice::Field> {
        self.notices.iter().find_map(|one| one.catalogue.field(id))
    }

    fn labels(&self, ids: &[FieldId]) -> Vec<String> {
        ids.iter().filter_map(|id| Some(self.field(id)?.label.clone())).collect()
    }

    fn categories(&self, ids: &[FieldId]) -> Categories {
        ids.iter().filter_map(|id| Some(self.field(id)?.category)).collect()
    }

    /// Whether the recipient's key can be encrypted to.
    fn key(&self) -> Result<[u8; 16], Blocked> {
        let key = self.organisation.key.as_ref().ok_or(Blocked::NoKey)?;
        if key.confirmed() { Ok(key.id) } else { Err(Blocked::KeyNotConfirmed) }
    }

    /// The consent, as a ground, with the fields that were agreed.
    fn by_consent(&self, today: Date) -> Result<(Ground, Vec<FieldId>), Blocked> {
        let recipient = self.recipient.as_ref().map_err(|why| *why)?;
        let consent = self.consent.as_ref().ok_or(Blocked::NoConsent)?;
        let proof = consent.held.in_force(recipient.purpose, self.organisation.id, today)?;
        // What was agreed, as far as the notice still gives it.
        let agreed = consent.fields.iter().filter(|id| recipient.fields.contains(id)).cloned().collect();
        Ok((Ground::Consent(proof), agreed))
    }
}

/// The facts of a profile in these fields, the names of those without an answer, and the versions of the pages.
struct Found {
    contact: Profile,
    facts: Vec<Fact>,
    without: Vec<String>,
    versions: String,
}

const SHOW: Action = Action("view-sharing");
const SHARE: Action = Action("share");
const ASK: Action = Action("ask-sharing");
const DECISION: Action = Action("decide-sharing");
const VIEW: Action = Action("view-disclosure");
const GROUND: Action = Action("view-legal-ground");
const LIST: Action = Action("list-approvals");
const PACK: Action = Action("pack-disclosure");
const DONE: Action = Action("made-disclosure");

/// Whether a role decides about sharing under a law.
#[must_use]
pub const fn approves(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Governance)
}

impl Service {
    async fn at_the_gate(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
    ) -> Result<AtTheGate, Error> {
        let rows = self
            .records()
            .read(vec![
                Standing::query(client, visit),
                finding(organisation),
                held(client),
                consents_of(client),
            ])
            .await?;
        let [head, found, held, consents] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let standing = Standing::read(client, head.first())?;
        let organisation = found.first().map(Organisation::read).transpose()?.ok_or(Error::NoSuchFile)?;
        let notices = self.given_to(&standing, &held.rows)?;
        let recipient = {
            let given: Vec<&Notice> = notices.iter().map(|one| &one.notice).collect();
            named(&given, &organisation.named).cloned()
        };
        let consent =
            stored(&consents.rows)?.into_iter().find(|one| one.held.organisation == Some(organisation.id));
        Ok(AtTheGate { standing, organisation, notices, consent, recipient })
    }

    /// A request to read what a recipient gets, for the purpose that the notice gives it. The request of a decision is itself
    /// the reason for which whoever decides opens the file.
    fn to_read(
        &self,
        visit: &Visit,
        gate: &AtTheGate,
        purpose: Purpose,
        categories: Categories,
        deciding: bool,
    ) -> Request {
        let mut request = gate.standing.request_for(visit, self.now(), purpose, Act::Read, categories);
        request.circumstances.reason |= deciding;
        request
    }

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
        };
        let hold = [
            HOLD_CONSENT
                .with([
                    client.as_bytes().into(),
                    disclosure.purpose().code().into(),
                    organisation.as_bytes().into(),
                    consent.as_bytes().into(),
                    day_number(today).into(),
                ])
                .expecting(1),
            HOLD_KEY.with([key.into()]).expecting(1),
        ];
        let row = Adding {
            disclosed: &disclosed,
            versions: seen,
            stage: Stage::Ready,
            review: None,
            key: Some(key),
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

    /// Asks a second person to approve sharing under a law.
    ///
    /// # Errors
    /// As for sharing with consent.
    #[allow(clippy::too_many_arguments, reason = "one request is all of these")]
    pub async fn ask_to_share(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
        form: [u8; 16],
        seen: &str,
        law: LegalGround,
        chosen: Vec<FieldId>,
    ) -> Result<EntryId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(EntryId::from_bytes(made));
        }
        let gate = self.at_the_gate(visit, client, organisation).await?;
        let recipient = match gate.recipient.clone() {
            Ok(recipient) if recipient.legal_ground.is_some() => recipient,
            Ok(_) => return Err(self.blocked(visit, client, &gate, Blocked::NoLegalGround).await?),
            Err(why) => return Err(self.blocked(visit, client, &gate, why).await?),
        };
        if chosen.is_empty() || chosen.iter().any(|field| !recipient.fields.contains(field)) {
            return Err(self.blocked(visit, client, &gate, Blocked::OtherFields).await?);
        }
        let proposal = self.sharing(visit, client, organisation).await?.release().await?;
        if let Some(why) = proposal.blocked {
            return Err(self.blocked(visit, client, &gate, why).await?);
        }
        if proposal.versions != seen {
            return Err(Error::ChangedMeanwhile);
        }
        let fields: Vec<FieldId> = chosen
            .into_iter()
            .filter(|field| proposal.facts.iter().any(|fact| fact.field == *field))
            .collect();
        if fields.is_empty() {
            return Err(self.blocked(visit, client, &gate, Blocked::Nothing).await?);
        }
        let (now, review) = (self.now(), law.review);
        let disclosed = Disclosed {
            name: gate.organisation.name.clone(),
            named: gate.organisation.named.clone(),
            purpose: recipient.purpose,
            fields,
            consent: None,
            law: Some(law),
        };
        let key = gate.key().ok();
        let row =
            Adding { disclosed: &disclosed, versions: seen, stage: Stage::Asked, review: Some(review), key };
        let id = EntryId::from_bytes(self.draw());
        self.write_disclosure(visit, &gate, client, id, form, now, ASK, &row, &[]).await
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
        let row = adding.row(id, client, gate.organisation.id, now, visit.staff);
        let mut batch = hold.to_vec();
        batch.extend([row, add]);
        batch.extend(changes::of_client(client, now));
        let made = self.write_once(visit, form, *id.as_bytes(), change, batch).await?;
        Ok(EntryId::from_bytes(made))
    }

    /// Writes down that the gate was shut, in the file's list and in the log that the client can see.
    async fn blocked(
        &self,
        visit: &Visit,
        client: ClientId,
        gate: &AtTheGate,
        why: Blocked,
    ) -> Result<Error, Error> {
        let now = self.now();
        let request =
            gate.standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, SHARE).await?;
        let detail = Detail { stopped: Some(why.code()), ..Detail::default() };
        let change = self.log().change(permit, SHARE, &detail);
        let purpose = gate.recipient.as_ref().map_or(Purpose::Support, |recipient| recipient.purpose);
        let law = gate.recipient.as_ref().is_ok_and(|recipient| recipient.legal_ground.is_some());
        let row = ADD.with([
            self.draw().into(),
            client.as_bytes().into(),
            gate.organisation.id.as_bytes().into(),
            gate.organisation.named.as_str().into(),
            purpose.code().into(),
            if law { "law" } else { "consent" }.into(),
            store::Value::Null,
            "".into(),
            "".into(),
            Stage::Blocked.code().into(),
            why.code().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            store::Value::Null,
            store::Value::Null,
        ]);
        self.records().write(vec![row, change.outbox()]).await?;
        change.committed();
        Ok(Error::Blocked(why))
    }

    /// What waits for a second person.
    ///
    /// # Errors
    /// `Error::NotYours` for those who do not decide; the store failed.
    pub async fn approvals(&self, visit: &Visit) -> Result<Vec<Waiting>, Error> {
        let outcome =
            if approves(visit.role) { audit::Outcome::Done } else { audit::Outcome::Refused("not-allowed") };
        self.log().event(Some(visit.staff.into()), LIST, outcome).durable().await?;
        if !approves(visit.role) {
            return Err(Error::NotYours(
                "Managers and the governance lead decide about sharing under a law.",
            ));
        }
        let rows = self.records().read(vec![WAITING.with([])]).await?;
        let directory = self.organisations().await?;
        let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
        rows.iter()
            .map(|row| {
                let organisation = OrganisationId::from_bytes(row.bytes16(2)?);
                let known = directory.iter().find(|one| one.id == organisation);
                Ok(Waiting {
                    id: EntryId::from_bytes(row.bytes16(0)?),
                    client: ClientId::from_bytes(row.bytes16(1)?),
                    name: known.map(|one| one.name.clone()).unwrap_or_default(),
                    asked: changes::time(row.int(3)?)?,
                    asked_by: StaffId::from_bytes(row.bytes16(4)?),
                    facts: fields(row.text(5)?).len(),
                })
            })
            .collect()
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

    /// A second person decides about sharing under a law.
    ///
    /// # Errors
    /// `Error::Blocked(SamePerson)` for whoever asked, which is written down; `Error::ChangedMeanwhile` if it was decided
    /// already; a refusal, or a store failed.
    pub async fn decide_sharing(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        approve: bool,
    ) -> Result<(), Error> {
        let row = self.disclosure_row(client, id).await?;
        let gate = self.at_the_gate(visit, client, row.organisation).await?;
        if row.asked_by == visit.staff {
            return Err(self.blocked(visit, client, &gate, Blocked::SamePerson).await?);
        }
        let now = self.now();
        if !approves(visit.role) {
            let refused = audit::Outcome::Refused("not-allowed");
            self.log().event(Some(visit.staff.into()), DECISION, refused).durable().await?;
            return Err(Error::NotYours(
                "Managers and the governance lead decide about sharing under a law.",
            ));
        }
        let mut request =
            gate.standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        request.circumstances.reason = true;
        let permit = self.permit(request, DECISION).await?;
        if row.stage != Stage::Asked {
            return Err(Error::ChangedMeanwhile);
        }
        let stage = if approve { Stage::Ready } else { Stage::Refused };
        let change = self.log().change(permit, DECISION, &Detail::default());
        let decide = DECIDE.with([
            id.as_bytes().into(),
            client.as_bytes().into(),
            stage.code().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
        ]);
        let mut batch = vec![decide.expecting(1), change.outbox()];
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// The pack of a disclosure, encrypted to its recipient. The ground is asked for once more, in the transaction by which it
    /// leaves: whatever fell away since stops it.
    ///
    /// # Errors
    /// `Error::Blocked` with why, which is written down; `Error::ChangedMeanwhile` if the file holds other values by now; a
    /// refusal, or a store failed. Then nothing leaves.
    pub async fn pack(&self, visit: &Visit, client: ClientId, id: EntryId) -> Result<Pack, Error> {
        let row = self.disclosure_row(client, id).await?;
        let gate = self.at_the_gate(visit, client, row.organisation).await?;
        let today = self.surroundings().today();
        let disclosure = match through(&gate, &row, today) {
            Ok(disclosure) => disclosure,
            Err(why) => return Err(self.blocked(visit, client, &gate, why).await?),
        };
        let key = gate.organisation.key.clone().filter(|key| key.confirmed());
        let key = match key {
            Some(key) if row.key.is_none_or(|known| known == key.id) => key,
            Some(_) => return Err(self.blocked(visit, client, &gate, Blocked::KeyChanged).await?),
            None => return Err(self.blocked(visit, client, &gate, Blocked::KeyNotConfirmed).await?),
        };
        let categories = gate.categories(disclosure.fields()).with(Category::Contact);
        let request = self.to_read(visit, &gate, row.purpose, categories, false);
        let permit = self.permit(request, PACK).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, PACK, Detail::default());
        let found = self.facts(&entry, &keys, client, &gate, disclosure.fields(), categories).await?;
        let now = self.now();
        let notices = self.notices();
        let about = packs::About {
            reference: id,
            service: notices.service().service.clone(),
            controller: notices.service().controller.name.clone(),
            recipient: gate.organisation.name.clone(),
            purpose: gate.recipient.as_ref().map(|recipient| recipient.says.clone()).unwrap_or_default(),
            by_law: row.by_law,
            day: today,
        };
        let expected = row.versions.clone();
        let packed = found.map(|found| {
            if found.versions_of(&gate, disclosure.fields())
                != versions_within(&expected, &gate, disclosure.fields())
            {
                return Err(Error::ChangedMeanwhile);
            }
            packs::encrypted(&disclosure, &about, &found.facts, &key.address)
        });
        // Only now does it leave: everything that it rests on is held until it is written down.
        let request =
            gate.standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, DONE).await?;
        let change = self.log().change(permit, DONE, &Detail::default());
        let mut batch = vec![HOLD_KEY.with([key.id.into()]).expecting(1)];
        if let Ground::Consent(consent) = disclosure.ground() {
            batch.push(
                HOLD_CONSENT
                    .with([
                        client.as_bytes().into(),
                        row.purpose.code().into(),
                        row.organisation.as_bytes().into(),
                        consent.entry().as_bytes().into(),
                        day_number(today).into(),
                    ])
                    .expecting(1),
            );
        }
        batch.push(
            LEAVES
                .with([id.as_bytes().into(), client.as_bytes().into(), now.as_microsecond().into()])
                .expecting(1),
        );
        batch.push(change.outbox());
        batch.extend(changes::of_client(client, now));
        // Values that differ from those shown must not be written down as having left.
        let pack = Opened::new(packed, entry).release().await??;
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
            }
            Err(store::Error::Conflict { .. }) => {
                let again = self.at_the_gate(visit, client, row.organisation).await?;
                let row = self.disclosure_row(client, id).await?;
                let why = through(&again, &row, today).err().unwrap_or(Blocked::KeyChanged);
                return Err(self.blocked(visit, client, &again, why).await?);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(pack)
    }

    /// Opens the answers to these fields.
    async fn facts(
        &self,
        entry: &audit::Entry,
        keys: &FileKeys,
        client: ClientId,
        gate: &AtTheGate,
        wanted: &[FieldId],
        categories: Categories,
    ) -> Result<Personal<Found>, Error> {
        let rows = self.records().read(vec![PAGES.with([client.as_bytes().into()])]).await?;
        let rows = rows.into_iter().next().map(|r| r.rows).unwrap_or_default();
        let of_facts: BTreeSet<Category> = gate.categories(wanted).iter().collect();
        let mut versions = Vec::new();
        let mut pages = Vec::new();
        for row in &rows {
            let stored = Stored::read(row)?;
            if !categories.contains(stored.category) {
                continue;
            }
            if of_facts.contains(&stored.category) {
                versions.push(format!("{}:{}", stored.category, stored.version));
            }
            let contact = stored.category == Category::Contact;
            pages
                .push(self.open_page(entry, keys, client, &stored)?.map(move |page| (contact, page.profile)));
        }
        let described: Vec<(FieldId, notice::Field, Option<notice::ValueList>)> = wanted
            .iter()
            .filter_map(|id| {
                let catalogue = &gate.notices.iter().find(|one| one.catalogue.field(id).is_some())?.catalogue;
                let field = catalogue.field(id)?;
                Some((id.clone(), field.clone(), catalogue.list_of(field).cloned()))
            })
            .collect();
        Ok(Personal::gather(entry, pages)?.map(move |pages| {
            let mut found = Found {
                contact: Profile::default(),
                facts: Vec::new(),
                without: Vec::new(),
                versions: versions.join(" "),
            };
            let mut all = Profile::default();
            for (contact, profile) in pages {
                if contact {
                    found.contact = profile.clone();
                }
                all = all.joined(profile);
            }
            for (field, described, list) in described {
                match all.get(&field) {
                    Some(answer) => {
                        let value = answers::shown(&described, list.as_ref(), answer);
                        found.facts.push(Fact { field, label: described.label.clone(), value });
                    }
                    None => found.without.push(described.label.clone()),
                }
            }
            found
        }))
    }
}

/// The gate for a disclosure that was written down before.
fn through(gate: &AtTheGate, row: &DisclosureRow, today: Date) -> Result<Disclosure, Blocked> {
    match row.stage {
        Stage::Ready | Stage::Made => {}
        Stage::Asked | Stage::Refused => return Err(Blocked::NotApproved),
        Stage::Stopped | Stage::Blocked => return Err(row.why.unwrap_or(Blocked::NoConsent)),
    }
    let ground = if row.by_law {
        let approver = row.decided.map(|(_, by)| by);
        Ground::Law(Approved::by(row.asked_by, approver, row.review, today)?)
    } else {
        let (ground, _) = gate.by_consent(today)?;
        match &ground {
            Ground::Consent(consent) if Some(consent.entry()) == row.consent => ground,
            _ => return Err(Blocked::NoConsent),
        }
    };
    let asked = Asked { organisation: row.organisation, named: &row.named, fields: &row.fields };
    Disclosure::through(&gate.named(), &asked, ground)
}

impl Found {
    fn versions_of(&self, gate: &AtTheGate, fields: &[FieldId]) -> BTreeSet<String> {
        versions_within(&self.versions, gate, fields)
    }
}

/// The versions of those pages that hold these fields.
fn versions_within(versions: &str, gate: &AtTheGate, fields: &[FieldId]) -> BTreeSet<String> {
    let wanted = gate.categories(fields);
    versions
        .split_ascii_whitespace()
        .filter(|part| {
            let category = part.split(':').next().and_then(|code| code.parse::<Category>().ok());
            category.is_some_and(|category| wanted.contains(category))
        })
        .map(str::to_owned)
        .collect()
}

/// What a row of a disclosure says, before it is written.
struct Adding<'a> {
    disclosed: &'a Disclosed,
    versions: &'a str,
    stage: Stage,
    review: Option<Date>,
    key: Option<[u8; 16]>,
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
        ])
    }
}
