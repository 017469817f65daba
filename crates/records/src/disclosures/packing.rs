//! A pack leaves: the ground is asked for once more, in the transaction by which it does.

use access::Act;
use audit::{Action, Detail};
use casework::disclosures::{Blocked, Ground};
use casework::{ClientId, EntryId};
use notice::{Category, Purpose};

use super::gate::{through, versions_within};
use super::{LEAVES, holding};
use crate::organisations::HOLD_KEY;
use crate::packs::{self, Pack};
use crate::sessions::Visit;
use crate::{Error, Opened, Service, changes};

const PACK: Action = Action("pack-disclosure");
const DONE: Action = Action("made-disclosure");

impl Service {
    /// The pack of a disclosure, encrypted to its recipient. The ground is asked for once more, in the transaction by which it
    /// leaves: whatever fell away since stops it.
    ///
    /// # Errors
    /// `Error::Blocked` with why, which is written down; `Error::ChangedMeanwhile` if the file holds other values by now; a
    /// refusal, or a store failed. Then nothing leaves.
    pub async fn pack(&self, visit: &Visit, client: ClientId, id: EntryId) -> Result<Pack, Error> {
        let row = self.disclosure_row(client, id).await?;
        // What was told by word of mouth has no pack.
        if row.told_in().is_some() {
            return Err(Error::NoSuchFile);
        }
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
            batch.push(holding(client, &disclosure, consent.entry(), today));
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
}
