//! How somebody who works here likes their pages. It is sealed with them: a way of working can say something about a body.

use audit::Action;
use serde::{Deserialize, Serialize};

use crate::sessions::Visit;
use crate::{Error, Service};

/// How close together the lines of lists stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// With room between them.
    #[default]
    Comfortable,
    /// More of them on a screen.
    Compact,
}

impl Density {
    /// Both of them, in the order of the form.
    pub const ALL: [Density; 2] = [Density::Comfortable, Density::Compact];

    /// As a form sends it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Density::Comfortable => "comfortable",
            Density::Compact => "compact",
        }
    }

    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Density::Comfortable => "With room between the lines",
            Density::Compact => "Close together, so that more fits on a screen",
        }
    }

    /// The one of this code.
    #[must_use]
    pub fn of(code: &str) -> Option<Density> {
        Density::ALL.into_iter().find(|density| density.code() == code)
    }
}

/// What somebody chose. Shortcuts of a single key are off unless they were switched on (WCAG 2.2, 2.1.4): whoever speaks to
/// their computer would set them off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MySettings {
    /// How close together the lines of lists stand.
    pub density: Density,
    /// Whether a single key does something.
    pub shortcuts: bool,
}

const CHANGE: Action = Action("change-my-settings");

impl Service {
    /// What the visitor chose.
    #[must_use]
    pub fn my_settings(&self, visit: &Visit) -> MySettings {
        self.directory().member(visit.staff).map(|member| member.settings).unwrap_or_default()
    }

    /// Keeps what the visitor chose; every page follows it from then on.
    ///
    /// # Errors
    /// `Error::ChangedMeanwhile` if somebody else changed the visitor's own entry at the same time; a store failed.
    pub async fn change_my_settings(&self, visit: &Visit, settings: MySettings) -> Result<(), Error> {
        let mut row = self.staff_row(visit.staff).await?.ok_or(Error::Damaged("staff"))?;
        row.page.settings = settings;
        self.change_staff(&row, false, Some(visit.staff.into()), CHANGE).await
    }
}
