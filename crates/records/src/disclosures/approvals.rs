//! Sharing under a law: asked for by one person, decided by another.

use access::{Act, Role};
use audit::{Action, Detail};
use casework::disclosures::{Blocked, LegalGround, Stage};
use casework::{ClientId, Disclosed, EntryId, OrganisationId, StaffId};
use jiff::Timestamp;
use notice::{Category, FieldId, Purpose};

use super::{Adding, DECIDE, WAITING};
use crate::consents::fields;
use crate::sessions::Visit;
use crate::{Error, Service, changes};

const ASK: Action = Action("ask-sharing");
const DECISION: Action = Action("decide-sharing");
const LIST: Action = Action("list-approvals");

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

/// Whether a role decides about sharing under a law.
#[must_use]
pub const fn approves(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Governance)
}

impl Service {
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
            told_in: None,
        };
        let key = gate.key().ok();
        let stage = Stage::Asked;
        let row =
            Adding { disclosed: &disclosed, versions: seen, stage, review: Some(review), key, made: None };
        let id = EntryId::from_bytes(self.draw());
        self.write_disclosure(visit, &gate, client, id, form, now, ASK, &row, &[]).await
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
}
