//! Questions that somebody saved, for all managers to ask again.

use audit::{Action, Outcome};
use casework::formats::text;
use casework::{Fault, StaffId};
use store::sql;

use super::counts;
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// All of them, the newest first.
    VIEWS = "SELECT id, staff, question, sealed FROM figure_view ORDER BY saved DESC LIMIT 200";
    ADD_VIEW = "INSERT INTO figure_view (id, staff, saved, question, sealed) VALUES ($1, $2, $3, $4, $5)";
    DROP_VIEW = "DELETE FROM figure_view WHERE id = $1";
}

const TABLE: &str = "figure_view";
const SAVE: Action = Action("save-figures-view");
const REMOVE: Action = Action("remove-figures-view");
/// No question of the page is longer.
const LONGEST: usize = 400;

/// A question that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub id: [u8; 16],
    /// What it is called.
    pub name: String,
    /// Who saved it.
    pub staff: StaffId,
    /// The question, as the address of its page has it.
    pub question: String,
}

impl Service {
    /// The questions that were saved.
    ///
    /// # Errors
    /// The store failed.
    pub async fn figure_views(&self) -> Result<Vec<View>, Error> {
        let rows = self.records().read(vec![VIEWS.with([])]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        rows.iter()
            .map(|row| {
                let id = row.bytes16(0)?;
                Ok(View {
                    id,
                    name: self.vault().open_service(TABLE, id, 1, row.blob(3)?)?,
                    staff: StaffId::from_bytes(row.bytes16(1)?),
                    question: row.text(2)?.to_owned(),
                })
            })
            .collect()
    }

    /// Saves a question under a name. The same form saves once.
    ///
    /// # Errors
    /// `Error::Faults` for the name, `Error::NotYours`, or the store failed.
    pub async fn save_figure_view(
        &self,
        visit: &Visit,
        form: [u8; 16],
        name: &str,
        question: &str,
    ) -> Result<(), Error> {
        if !counts(visit.role) {
            return self.figures_are_theirs(visit, SAVE, counts).await;
        }
        let fault = |text: String| Error::Faults(vec![Fault::new("name", text)]);
        let name = text::line(name, text::LONGEST_NAME).map_err(|wrong| fault(wrong.to_string()))?;
        if name.is_empty() || question.len() > LONGEST {
            return Err(fault("Enter a name for this view".to_owned()));
        }
        let id = self.draw();
        let sealed = self.vault().seal_service(TABLE, id, 1, &name)?;
        let (staff, now) = (visit.staff.as_bytes().into(), self.now().as_microsecond().into());
        let add = ADD_VIEW.with([id.into(), staff, now, question.into(), sealed.into()]);
        match self.records().write(vec![self.form_done(visit, form, id), add]).await {
            Ok(_) | Err(store::Error::AlreadyThere { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        self.log().event(Some(visit.staff.into()), SAVE, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Removes a saved question.
    ///
    /// # Errors
    /// `Error::NotYours`, or the store failed.
    pub async fn remove_figure_view(&self, visit: &Visit, id: [u8; 16]) -> Result<(), Error> {
        self.figures_are_theirs(visit, REMOVE, counts).await?;
        self.records().write(vec![DROP_VIEW.with([id.into()])]).await?;
        Ok(())
    }
}
