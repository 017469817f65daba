//! Whether somebody may join: each criterion with the evidence that meets it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Criterion, Programme};
use crate::answers::Fault;
use crate::dates;

/// What an adviser said of one criterion: which evidence they saw, by its name in the programme's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The criterion.
    pub criterion: String,
    /// The evidence; empty if none was chosen.
    pub evidence: String,
}

/// A criterion that was met, in the words of that day: the programme's text may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// What had to be so.
    pub criterion: String,
    /// What showed it.
    pub evidence: String,
}

impl Criterion {
    /// The field under which its faults are told, and its name in forms.
    #[must_use]
    pub fn field(&self) -> String {
        format!("criterion-{}", self.id)
    }

    /// Why somebody who was born on `born` is of the wrong age on `day`; none if age does not matter or fits.
    fn age_fault(&self, born: Option<Date>, day: Date) -> Option<String> {
        if self.from_age.is_none() && self.to_age.is_none() {
            return None;
        }
        let Some(age) = born.and_then(|born| dates::age(born, day)).map(u32::from) else {
            return Some(
                "Record the date of birth in the details first: the programme asks for an age".to_owned(),
            );
        };
        if self.from_age.is_some_and(|from| age < from) || self.to_age.is_some_and(|to| age > to) {
            return Some(format!("This client is {age}. The programme asks for: {}", self.says));
        }
        None
    }
}

impl Programme {
    /// The criteria with what meets each.
    ///
    /// # Errors
    /// What is not met, each with its field; a person of the wrong age cannot be placed whatever was seen.
    pub fn eligible(&self, said: &[Said], born: Option<Date>, day: Date) -> Result<Vec<Met>, Vec<Fault>> {
        let (mut met, mut faults) = (Vec::new(), Vec::new());
        for criterion in &self.criteria {
            let chosen = said.iter().find(|one| one.criterion == criterion.id);
            let chosen =
                chosen.and_then(|one| criterion.evidence.iter().find(|known| known.id == one.evidence));
            match (criterion.age_fault(born, day), chosen) {
                (Some(fault), _) => faults.push(Fault::new(criterion.field(), fault)),
                (None, None) => {
                    let message = format!(
                        "Choose what shows this: {}. Without it this client cannot join",
                        criterion.says
                    );
                    faults.push(Fault::new(criterion.field(), message));
                }
                (None, Some(evidence)) => {
                    met.push(Met { criterion: criterion.says.clone(), evidence: evidence.says.clone() })
                }
            }
        }
        if faults.is_empty() { Ok(met) } else { Err(faults) }
    }
}
