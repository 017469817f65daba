//! Referrals: sent or received, and each step that follows as the next version of its entry.

use casework::referrals::StepTyped;
use casework::{ClientId, EntryId};
use store::sql;

use crate::entry_views::EntryView;
use crate::files::What;
use crate::sessions::Visit;
use crate::{Error, Opened, Service};

sql! { records:
    /// Whether an entry of a file is a referral.
    IS_REFERRAL = "SELECT id FROM entry WHERE client = $1 AND id = $2 AND kind = 'referral'";
}

impl Service {
    /// One referral with its earlier versions.
    ///
    /// # Errors
    /// The rules refuse, there is no such referral in this file, or something cannot do its part.
    pub async fn referral(
        &self,
        visit: &Visit,
        client: ClientId,
        referral: EntryId,
    ) -> Result<Opened<EntryView>, Error> {
        let query = IS_REFERRAL.with([client.as_bytes().into(), referral.as_bytes().into()]);
        let found = self.records().read(vec![query]).await?;
        if found.first().and_then(|rows| rows.first()).is_none() {
            return Err(Error::NoSuchFile);
        }
        self.view_entry(visit, client, referral).await
    }

    /// Says what became of a referral: accepted, declined, begun, ended with its outcome, taken back. Every earlier step stays in
    /// its history. `version` is the one that the form was made from.
    ///
    /// # Errors
    /// `Error::Faults` if the step does not follow or its day does not fit, `Error::ChangedMeanwhile` if somebody else was
    /// faster, `Error::NoSuchFile` if it is no referral of this file, a refusal, or a store failed.
    pub async fn refer_on(
        &self,
        visit: &Visit,
        client: ClientId,
        referral: EntryId,
        version: i64,
        typed: &StepTyped,
    ) -> Result<(), Error> {
        let view = self.referral(visit, client, referral).await?.release().await?;
        let What::Written(form, written) = view.entry.what else { return Err(Error::NoSuchFile) };
        if view.entry.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let next = typed.apply(&written, form, self.surroundings().today()).map_err(Error::Faults)?;
        self.change_entry(visit, client, referral, version, form, &next).await
    }
}
