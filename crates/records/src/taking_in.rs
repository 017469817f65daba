//! Taking in somebody who comes from another service with what they told it (UK GDPR Art. 20): a client like any other, with our
//! notice given anew.

use casework::portability::Brought;
use casework::{ClientId, Profile};
use notice::Category;

use crate::clients::Registration;
use crate::sessions::Visit;
use crate::{Error, Service};

/// What came of taking somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenIn {
    /// Their new file.
    pub client: ClientId,
    /// Categories that this member of staff may not write: their answers were not stored.
    pub refused: Vec<Category>,
}

impl Service {
    /// Registers the client with the contact details that they brought, then stores their other answers, a page a category. Sent
    /// twice, or again after it broke off, it goes on with the same file.
    ///
    /// # Errors
    /// `Error::Faults` names what is missing; the rules refuse to register; a store failed.
    pub async fn take_in(
        &self,
        visit: &Visit,
        registration: Registration,
        brought: &Brought,
    ) -> Result<TakenIn, Error> {
        let client = self.register_client(visit, registration).await?;
        let mut refused = Vec::new();
        for category in Category::ALL.iter().copied().filter(|one| *one != Category::Contact) {
            let page: Profile = brought.page(category);
            if page.is_empty() {
                continue;
            }
            match self.change_details(visit, client, category, 0, page).await {
                // An earlier try stored it, and somebody may have changed it since.
                Ok(()) | Err(Error::ChangedMeanwhile) => {}
                Err(Error::Refused(_)) => refused.push(category),
                Err(error) => return Err(error),
            }
        }
        Ok(TakenIn { client, refused })
    }
}
