//! What an organisation is told by word of mouth, in a referral: nothing leaves through Kept, but whoever was told is told of a
//! withdrawal, a correction and an erasure, too (UK GDPR Art. 19).
//!
//! What was said nobody can know afterwards. So it counts as all that the client agreed to.

use access::Act;
use audit::{Action, Change, Detail};
use casework::disclosures::{Asked, Blocked, Disclosure, Ground, Stage};
use casework::{ClientId, Disclosed, EntryId, OrganisationId};
use notice::{Category, Purpose};
use store::Query;

use super::{Adding, SHARE, holding};
use crate::sessions::Visit;
use crate::{Error, Service};

const TELL: Action = Action("told-in-referral");

/// What stands in the place of the versions of pages, since none was shown.
const REFERRAL: &str = "referral:";

/// The referral that is named there.
pub(super) fn referral(versions: &str) -> Option<EntryId> {
    versions.strip_prefix(REFERRAL)?.parse().ok()
}

/// What is written with a referral by which we tell an organisation about the client, in the same transaction.
pub(crate) struct Telling {
    rows: Vec<Query>,
    change: Change,
}

impl Telling {
    /// The statements: the consent is held first.
    pub(crate) fn statements(&self) -> Vec<Query> {
        let mut rows = self.rows.clone();
        rows.push(self.change.outbox());
        rows
    }

    /// To be called once the transaction has committed.
    pub(crate) fn committed(self) {
        self.change.committed();
    }
}

impl Service {
    /// Asks the gate whether this organisation may be told about the client in a referral, and gives what is to be written with it.
    ///
    /// # Errors
    /// `Error::Blocked` if the gate is shut, which is written down; a refusal, or a store failed.
    pub(crate) async fn telling_in(
        &self,
        visit: &Visit,
        client: ClientId,
        organisation: OrganisationId,
        referral: EntryId,
    ) -> Result<Telling, Error> {
        let gate = self.at_the_gate(visit, client, organisation).await?;
        let today = self.surroundings().today();
        let open = gate.by_consent(today).and_then(|(ground, fields)| {
            let asked = Asked { organisation, named: &gate.organisation.named, fields: &fields };
            Disclosure::through(&gate.named(), &asked, ground)
        });
        let disclosure = match open {
            Ok(disclosure) => disclosure,
            Err(why) => return Err(self.blocked(visit, client, &gate, why).await?),
        };
        let Ground::Consent(consent) = disclosure.ground() else { return Err(Error::Damaged("ground")) };
        let consent = consent.entry();
        let disclosed = Disclosed {
            name: gate.organisation.name.clone(),
            named: gate.organisation.named.clone(),
            purpose: disclosure.purpose(),
            fields: disclosure.fields().to_vec(),
            consent: Some(consent),
            law: None,
            told_in: Some(referral),
        };
        let now = self.now();
        let adding = Adding {
            disclosed: &disclosed,
            versions: &format!("{REFERRAL}{referral}"),
            stage: Stage::Made,
            review: None,
            key: None,
            made: Some(now),
        };
        let id = EntryId::from_bytes(self.draw());
        let (sealed, change) = self.sealed_disclosure(visit, &gate, client, id, now, TELL, &adding).await?;
        let mut rows = vec![holding(client, &disclosure, consent, today)];
        rows.extend(sealed);
        Ok(Telling { rows, change })
    }

    /// Writes down that an organisation would have been told that is not in the directory: in the log that the client can see.
    pub(crate) async fn telling_stopped(&self, visit: &Visit, client: ClientId) -> Result<(), Error> {
        let standing = self.standing(visit, client).await?;
        let request =
            standing.request_for(visit, self.now(), Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, SHARE).await?;
        let detail = Detail { stopped: Some(Blocked::NotNamed.code()), ..Detail::default() };
        let _receipt = self.log().submit(permit, SHARE, detail).durable().await?;
        Ok(())
    }
}
