//! Asking for an erasure, and deciding about it: two people, so that nobody destroys a file alone or by mistake.

use access::{Act, Role};
use audit::{Action, Detail, Outcome};
use casework::{ClientId, ErasureId, Fault, Profile, StaffId};
use jiff::Timestamp;
use notice::{Categories, Category, Purpose};
use store::{Row, sql};
use vault::{Beside, Compartment, Personal, Place};

use super::{ERASE, Effects, Going, Ground, What};
use crate::entries::Stored;
use crate::looked::CONTACT_PAGE;
use crate::sessions::Visit;
use crate::{Error, Opened, Service, changes};

sql! { records:
    /// Somebody asks for an erasure; once at a time for a file.
    ASK = "INSERT INTO erasure (id, client, what, ground, state, asked, asked_by, decided, decided_by, entries, documents, paper, recipients, mentions, why) VALUES ($1, $2, $3, $4, 'asked', $5, $6, NULL, NULL, 0, 0, 0, 0, 0, $7)";
    /// One that waits.
    pub(crate) ONE_WAITING = "SELECT id, client, ground, asked, asked_by, what FROM erasure WHERE id = $1 AND state = 'asked'";
    /// Why it was asked for.
    WHY = "SELECT why FROM erasure WHERE id = $1 AND state = 'asked' AND why IS NOT NULL";
    /// A second person says no.
    REFUSE = "UPDATE erasure SET state = 'refused', decided = $2, decided_by = $3, why = NULL WHERE id = $1 AND state = 'asked'";
    /// What waits for a second person.
    pub(crate) WAITING = "SELECT id, client, ground, asked, asked_by, what FROM erasure WHERE state = 'asked' ORDER BY asked, id LIMIT 500";
}

/// An erasure that waits for a second person. It names no client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub id: ErasureId,
    /// Whose file.
    pub client: ClientId,
    /// What of it.
    pub what: What,
    /// Why.
    pub ground: Ground,
    /// When it was asked for.
    pub asked: Timestamp,
    /// By whom.
    pub asked_by: StaffId,
}

const ASK_ACTION: Action = Action("ask-erasure");
const DECIDE: Action = Action("decide-erasure");
const VIEW: Action = Action("view-erasure-asked");

fn place(id: [u8; 16], client: ClientId) -> Place<'static> {
    Place {
        table: "erasure",
        row: id,
        version: 1,
        file: client.into(),
        compartment: &Compartment::Rights,
        category: Category::Rights,
        beside: Beside::NOTHING,
    }
}

impl Waiting {
    pub(crate) fn read(row: &Row) -> Result<Waiting, Error> {
        Ok(Waiting {
            id: ErasureId::from_bytes(row.bytes16(0)?),
            client: ClientId::from_bytes(row.bytes16(1)?),
            ground: Ground::read(row.text(2)?)?,
            asked: changes::time(row.int(3)?)?,
            asked_by: StaffId::from_bytes(row.bytes16(4)?),
            what: What::read(row.text(5)?)?,
        })
    }
}

impl Service {
    /// Asks for the erasure of a file, or of one layer of it. Why is sealed into the file, and goes with it.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if it is asked for already, `Error::Held`, `Error::Faults` while another request of the client is
    /// open or if there is no such layer, the rules refuse, or a store failed.
    pub async fn ask_erasure(
        &self,
        visit: &Visit,
        client: ClientId,
        form: [u8; 16],
        what: What,
        ground: Ground,
        why: &str,
    ) -> Result<ErasureId, Error> {
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(ErasureId::from_bytes(made));
        }
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let request = standing.request_for(visit, now, Purpose::Rights, Act::Write, Category::Rights.into());
        let permit = self.permit(request, ASK_ACTION).await?;
        if !self.open_holds(client).await?.is_empty() {
            return Err(Error::Held);
        }
        self.nothing_else_is_asked(client).await?;
        if what != What::File && !self.layers_in(client).await?.iter().any(|layer| layer.what == what) {
            let text = "There is nothing of this in the file any more. Choose from the list";
            return Err(Error::Faults(vec![Fault::new("what", text)]));
        }
        if ground == Ground::Withdrawal {
            self.was_taken_back(client, what).await?;
        }
        let keys = self.vault().keys(client.into()).await?;
        let id = self.draw();
        let sealed = self.vault().seal(&permit, &keys, &place(id, client), &why)?;
        let ask = ASK.with([
            id.into(),
            client.as_bytes().into(),
            what.code().into(),
            ground.code().into(),
            now.as_microsecond().into(),
            visit.staff.as_bytes().into(),
            sealed.into(),
        ]);
        let change = self.log().change(permit, ASK_ACTION, &Detail::default());
        let made = self.write_once(visit, form, id, change, vec![ask]).await?;
        Ok(ErasureId::from_bytes(made))
    }

    /// What a second person has to see: what the erasure would do, and why it was asked for.
    ///
    /// # Errors
    /// As for deciding.
    pub async fn erasure_decision(
        &self,
        visit: &Visit,
        waiting: &Waiting,
    ) -> Result<Opened<(Effects, String)>, Error> {
        self.decides_about(visit, waiting).await?;
        let (client, now) = (waiting.client, self.now());
        let standing = self.standing(visit, client).await?;
        // Managers see why it was asked for and nothing of the file.
        let lead = visit.role == Role::Governance;
        let rights = Categories::from(Category::Rights);
        let wanted = if lead { rights.with(Category::Contact) } else { rights };
        let mut request = standing.request_for(visit, now, Purpose::Rights, Act::Read, wanted);
        // What was asked for is the reason.
        request.circumstances.reason = true;
        let permit = self.permit(request, VIEW).await?;
        let id = || waiting.id.as_bytes().into();
        let rows = self
            .records()
            .read(vec![WHY.with([id()]), CONTACT_PAGE.with([client.as_bytes().into()])])
            .await?;
        let [why, contact] = rows.as_slice() else { return Err(Error::Damaged("batch")) };
        let numbers = self.effects_of(client).await?;
        let keys = self.vault().keys(client.into()).await?;
        let entry = self.log().submit(permit, VIEW, Detail::default());
        let why = why.first().ok_or(Error::ChangedMeanwhile)?;
        let why = self.vault().open::<String>(
            &entry,
            &keys,
            &place(*waiting.id.as_bytes(), client),
            why.blob(0)?,
        )?;
        let contact = match contact.first().filter(|_| lead) {
            Some(row) => self.open_entry::<Profile>(&entry, &keys, client, &Stored::read(row)?)?,
            None => Personal::new(&entry, Profile::default()),
        };
        let both = contact.and(why)?;
        Ok(Opened::new(both.map(|(contact, why)| (Effects { contact, ..numbers }, why)), entry))
    }

    /// A second person decides. If they agree, the file is erased before this returns.
    ///
    /// # Errors
    /// `Error::NotYours` for whoever asked and for those who do not decide, `Error::Held`, `Error::Faults` while another
    /// request of the client is open, `Error::ChangedMeanwhile` if it was
    /// decided already, the rules refuse, or a store failed; an erasure that was begun is finished at the next start.
    pub async fn decide_erasure(&self, visit: &Visit, id: ErasureId, agree: bool) -> Result<(), Error> {
        let rows = self.records().read(vec![ONE_WAITING.with([id.as_bytes().into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first()).ok_or(Error::ChangedMeanwhile)?;
        let waiting = Waiting::read(row)?;
        self.decides_about(visit, &waiting).await?;
        let (client, ground, what) = (waiting.client, waiting.ground, waiting.what);
        let standing = self.standing(visit, client).await?;
        let now = self.now();
        let mut request = standing.request_for(visit, now, Purpose::Rights, Act::Erase, Categories::all());
        // The erasure that was asked for is the reason.
        request.circumstances.reason = true;
        let permit = self.permit(request, if agree { ERASE } else { DECIDE }).await?;
        if agree {
            self.nothing_else_is_asked(client).await?;
            let _receipt = self.log().submit(permit, DECIDE, Detail::default()).durable().await?;
            let going = Going { client, what, id, ground, decided_by: Some(visit.staff) };
            return self.erase_one(&going).await;
        }
        let change = self.log().change(permit, DECIDE, &Detail::default());
        let refuse =
            REFUSE.with([id.as_bytes().into(), now.as_microsecond().into(), visit.staff.as_bytes().into()]);
        let mut batch = vec![refuse.expecting(1), change.outbox()];
        batch.extend(changes::of_client(client, now));
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                Ok(())
            }
            Err(store::Error::Conflict { .. }) => Err(Error::ChangedMeanwhile),
            Err(error) => Err(error.into()),
        }
    }

    /// Managers and the governance lead decide, and never whoever asked.
    async fn decides_about(&self, visit: &Visit, waiting: &Waiting) -> Result<(), Error> {
        if matches!(visit.role, Role::Manager | Role::Governance) && waiting.asked_by != visit.staff {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), DECIDE, refused).durable().await?;
        Err(Error::NotYours(
            "A manager or the governance lead decides about an erasure, and never whoever asked for it.",
        ))
    }
}
