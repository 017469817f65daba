//! A return as it is kept: its figures, what was amiss, how it was made.

use casework::returns::Period;
use casework::{ProgrammeId, StaffId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::figures::{Line, Sheet};

/// How far a return has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// One person prepared and signed it.
    Proposed,
    /// A second person signed it: it can be handed over.
    Signed,
    /// A second person said no.
    Refused,
}

impl Stage {
    /// The code that is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Stage::Proposed => "proposed",
            Stage::Signed => "signed",
            Stage::Refused => "refused",
        }
    }

    pub(super) fn read(code: &str) -> Result<Stage, Error> {
        let all = [Stage::Proposed, Stage::Signed, Stage::Refused];
        all.into_iter().find(|stage| stage.code() == code).ok_or(Error::Damaged("stage of a return"))
    }
}

/// One figure of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The code of its line.
    pub line: String,
    /// What it counts, with the group where people are told apart.
    pub title: String,
    /// How many people; or pence.
    pub figure: u64,
    /// Whether it is pence.
    pub money: bool,
}

/// What a return says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Which return, of which programme, for when.
    pub title: String,
    /// Who gets it.
    pub recipient: String,
    /// The definition, with its version.
    pub definition: String,
    /// Its figures in the order of its lines.
    pub figures: Vec<Figure>,
    /// What was amiss in the data when it was signed, each with how many people.
    pub amiss: Vec<(String, u64)>,
    /// How it was made, and what was left out.
    pub method: Vec<String>,
}

/// A return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// Which.
    pub id: [u8; 16],
    /// Of which programme.
    pub programme: ProgrammeId,
    /// For which months.
    pub period: Period,
    /// Who gets it: their name in the programme's notice.
    pub recipient: String,
    /// How far it has come.
    pub stage: Stage,
    /// When it was prepared, and by whom.
    pub asked: (Timestamp, StaffId),
    /// When a second person decided, and who.
    pub decided: Option<(Timestamp, StaffId)>,
    /// What it says.
    pub content: Content,
    /// The id and the version of its definition.
    pub made_by: (String, String),
}

impl Return {
    /// Its id as addresses and commands have it.
    #[must_use]
    pub fn code(&self) -> String {
        hex::encode(self.id)
    }
}

impl Content {
    /// Its figures as a table: people as they are, money in pounds.
    #[must_use]
    pub fn sheets(&self) -> Vec<Sheet> {
        let sheet = |money: bool, heading: &str| {
            let lines: Vec<Line> = self
                .figures
                .iter()
                .filter(|figure| figure.money == money)
                .map(|figure| Line { name: figure.title.clone(), figures: vec![Some(figure.figure)] })
                .collect();
            let (title, about) = (self.title.clone(), "Line".to_owned());
            (!lines.is_empty()).then(|| Sheet { title, about, columns: vec![heading.to_owned()], lines })
        };
        [sheet(false, "People"), sheet(true, "Pence")].into_iter().flatten().collect()
    }

    /// What stands below the figures in a file.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let amiss = self.amiss.iter().map(|(what, people)| format!("Amiss for {people}: {what}."));
        amiss.chain(self.method.iter().cloned()).collect()
    }
}
