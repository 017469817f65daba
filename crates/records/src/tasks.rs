//! Tasks done from a list: each is the next version of its entry, with the day on which it was done.

use casework::{Answer, ClientId, EntryId};
use notice::FieldId;

use crate::files::What;
use crate::sessions::Visit;
use crate::{Error, Service};

/// The form of tasks.
pub const TASK: &str = "task";
const DONE_ON: FieldId = FieldId::known("done_on");

impl Service {
    /// Says that a task was done today. One that is done already stays as it is.
    ///
    /// # Errors
    /// There is no such task in this file, somebody else changed it meanwhile, the rules refuse, or a store failed.
    pub async fn task_done(&self, visit: &Visit, client: ClientId, task: EntryId) -> Result<(), Error> {
        let view = self.view_entry(visit, client, task).await?.release().await?;
        let What::Written(form, mut written) = view.entry.what else { return Err(Error::NoSuchFile) };
        if form.id != *TASK {
            return Err(Error::NoSuchFile);
        }
        if written.is_over(form) {
            return Ok(());
        }
        written.answers.set(DONE_ON, Some(Answer::Date(self.surroundings().today())));
        self.change_entry(visit, client, task, view.entry.version, form, &written).await
    }
}
