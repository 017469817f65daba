//! Referrals: sent or received, and each step that follows as the next version of its entry.
//!
//! Where we tell an organisation about a client, that is sharing: the gate is asked before it is written down, the consent is held
//! in the transaction that writes it, so that a withdrawal wins on every server, and a disclosure is written in it. See docs/decisions/0035-promises-to-the-end.md.

use casework::referrals::{FORM, ORGANISATION, StepTyped, tells};
use casework::{ClientId, EntryId, Fault, Written};
use notice::EntryForm;
use store::sql;

use crate::disclosures::Telling;
use crate::entry_views::EntryView;
use crate::files::What;
use crate::sessions::Visit;
use crate::{Error, Opened, Service};

sql! { records:
    /// Whether an entry of a file is a referral.
    IS_REFERRAL = "SELECT id FROM entry WHERE client = $1 AND id = $2 AND kind = 'referral'";
}

const NOT_IN_DIRECTORY: &str = "This organisation is not in the directory, so the client cannot have agreed that we tell it about them. Add it and ask for their consent, or say that the client tells them";

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

    /// What a referral says, to compare it with what it is to say.
    pub(crate) async fn written_referral(
        &self,
        visit: &Visit,
        client: ClientId,
        referral: EntryId,
    ) -> Result<Written, Error> {
        match self.referral(visit, client, referral).await?.release().await?.entry.what {
            What::Written(_, written) => Ok(written),
            _ => Err(Error::NoSuchFile),
        }
    }

    /// Says what became of a referral: accepted, declined, begun, ended with its outcome, taken back. Every earlier step stays in
    /// its history. `version` is the one that the form was made from. A step tells the organisation nothing, so no gate is asked.
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
        self.change_entry_telling(visit, client, referral, version, form, &next, None).await
    }

    /// Asks the gate whether we may tell the organisation of a referral about the client; gives what is written with the referral
    /// `id`. Nothing is asked of other entries, nor where the client tells them.
    ///
    /// # Errors
    /// `Error::Faults` beside the organisation with why the gate is shut, which is written down first; a store failed.
    pub(crate) async fn may_tell(
        &self,
        visit: &Visit,
        client: ClientId,
        id: EntryId,
        form: &EntryForm,
        before: Option<&Written>,
        written: &Written,
    ) -> Result<Option<Telling>, Error> {
        if form.id != *FORM {
            return Ok(None);
        }
        let Some(whom) = tells(before, written).map_err(|fault| Error::Faults(vec![fault]))? else {
            return Ok(None);
        };
        let shut = |why: &str| Error::Faults(vec![Fault::new(ORGANISATION, why)]);
        let mut reason = None;
        // An organisation may stand in the directory more than once, as another recipient of the notice each time.
        let named = |name: &str| name.trim().to_lowercase();
        for one in self.organisations().await?.iter().filter(|one| named(&one.name) == named(whom)) {
            match self.telling_in(visit, client, one.id, id).await {
                Ok(telling) => return Ok(Some(telling)),
                Err(Error::Blocked(why)) => reason = reason.or(Some(why)),
                Err(error) => return Err(error),
            }
        }
        match reason {
            Some(why) => Err(shut(why.words())),
            None => {
                self.telling_stopped(visit, client).await?;
                Err(shut(NOT_IN_DIRECTORY))
            }
        }
    }
}
