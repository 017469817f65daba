//! Referrals: sent or received, and each step that follows as the next version of its entry.

use casework::referrals::{FORM, StepTyped};
use casework::{ClientId, EntryId};

use crate::files::What;
use crate::sessions::Visit;
use crate::{Error, Service};

impl Service {
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
        let view = self.view_entry(visit, client, referral).await?.release().await?;
        let What::Written(form, written) = view.entry.what else { return Err(Error::NoSuchFile) };
        if form.id != *FORM {
            return Err(Error::NoSuchFile);
        }
        if view.entry.version != version {
            return Err(Error::ChangedMeanwhile);
        }
        let next = typed.apply(&written, form, self.surroundings().today()).map_err(Error::Faults)?;
        self.change_entry(visit, client, referral, version, form, &next).await
    }
}
