//! A form that is sent twice acts once: each carries a random number, which is written down with what it made.

use audit::Change;
use store::{Query, sql};

use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// A form that was sent once has its effect once.
    FORM_DONE = "INSERT INTO form_done (key, staff, made, done) VALUES ($1, $2, $3, $4)";
    /// What a form made when it was sent before.
    FORM_MADE = "SELECT made FROM form_done WHERE key = $1 AND staff = $2";
}

impl Service {
    /// The statement that says what a form made, for the transaction that makes it.
    pub(crate) fn form_done(&self, visit: &Visit, form: [u8; 16], made: [u8; 16]) -> Query {
        FORM_DONE.with([
            form.into(),
            visit.staff.as_bytes().into(),
            made.into(),
            self.now().as_microsecond().into(),
        ])
    }

    /// What a form made, if it was sent before.
    pub(crate) async fn made_by_form(
        &self,
        visit: &Visit,
        form: [u8; 16],
    ) -> Result<Option<[u8; 16]>, Error> {
        let rows =
            self.records().read(vec![FORM_MADE.with([form.into(), visit.staff.as_bytes().into()])]).await?;
        Ok(rows.first().and_then(|r| r.first()).map(|row| row.bytes16(0)).transpose()?)
    }

    /// Writes what a form asks for, with its entry, in one transaction. Gives the id of what was made: `made`, or that of the
    /// same form if it was sent twice at once and the other one was quicker.
    ///
    /// # Errors
    /// The store failed; then nothing is written.
    pub(crate) async fn write_once(
        &self,
        visit: &Visit,
        form: [u8; 16],
        made: [u8; 16],
        change: Change,
        rows: Vec<Query>,
    ) -> Result<[u8; 16], Error> {
        let mut batch = vec![self.form_done(visit, form, made)];
        batch.extend(rows);
        batch.push(change.outbox());
        match self.records().write(batch).await {
            Ok(_) => {
                change.committed();
                self.follow_changes().await?;
                Ok(made)
            }
            Err(store::Error::AlreadyThere { .. }) => {
                self.made_by_form(visit, form).await?.ok_or(Error::ChangedMeanwhile)
            }
            Err(error) => Err(error.into()),
        }
    }
}
