//! Figures of the service: everybody as codes in memory, counted so that nobody can be found.
//!
//! - `everybody` holds people as columns of codes; `gather` reads them at the first question under two bulk permits of Kept itself
//!   (statistics, and the equality duty for equality answers); `columns` keeps them as they are now: it follows the feed of changes
//!   and drops an erased client at once;
//! - `dimensions` says by what the notice in force lets people be counted;
//! - `counting` answers a manager's question, for use inside the service;
//! - `equality` puts the equality characteristics beside the local population;
//! - `packs` prepares what is published: gate, ledger, two signatures; `extracts` its anonymous extract;
//! - `printing` makes a pack and the equality report PDFs;
//! - `sheet` is a table as it is shown and saved, as CSV, XLSX and ODS.
//!
//! Nobody is named, and no sentence here hands out a row of a person. How counts become figures stands in `docs/figures.md`.

mod columns;
mod counting;
mod dimensions;
mod equality;
mod everybody;
mod extracts;
mod gather;
mod packs;
mod printing;
mod sheet;
mod views;

use access::Role;
use audit::{Action, Outcome};

use crate::sessions::Visit;
use crate::{Error, Service};

pub(crate) use columns::Columns;
pub use counting::{Figures, Question};
pub use dimensions::Dimension;
pub use equality::{Beside, Equality};
pub use packs::{Pack, PackContent, Stage};
pub use printing::SHARES;
pub use sheet::{Format, Line, Sheet};
pub use views::View;

/// Whether a role works with the figures of the service.
#[must_use]
pub const fn counts(role: Role) -> bool {
    matches!(role, Role::Manager)
}

/// Whether a role decides about a publication that somebody else prepared.
#[must_use]
pub const fn signs(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Governance)
}

impl Service {
    /// Notes in the log that somebody looks at or works on figures, or that they may not.
    pub(crate) async fn figures_are_theirs(
        &self,
        visit: &Visit,
        action: Action,
        may: fn(Role) -> bool,
    ) -> Result<(), Error> {
        let outcome = if may(visit.role) { Outcome::Done } else { Outcome::Refused("not-allowed") };
        self.log().event(Some(visit.staff.into()), action, outcome).durable().await?;
        if may(visit.role) {
            Ok(())
        } else {
            Err(Error::NotYours("Figures of the service are made by managers. Ask one of them."))
        }
    }
}
