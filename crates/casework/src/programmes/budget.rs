//! What a programme's support costs: spent, promised, left.

use notice::FieldId;

use crate::Written;
use crate::answers::Answer;

const COST: FieldId = FieldId::known("cost");
const PAID_HOW: FieldId = FieldId::known("paid_how");

/// What one piece of support costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// In pence.
    pub pence: u64,
    /// Whether it is paid; promised only, until it says how it was.
    pub paid: bool,
}

/// What a piece of support costs; none if it was free.
#[must_use]
pub fn spending(support: &Written) -> Option<Spending> {
    match support.answers.get(&COST)? {
        Answer::Number(pence) => {
            let pence = u64::try_from(*pence).ok().filter(|pence| *pence > 0)?;
            Some(Spending { pence, paid: support.answers.get(&PAID_HOW).is_some() })
        }
        _ => None,
    }
}

/// The money of a programme, in pence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// What may be spent; none where nobody set an amount.
    pub budget: Option<u64>,
    /// What is paid.
    pub spent: u64,
    /// What is promised and not yet paid.
    pub committed: u64,
}

impl Budget {
    /// What is left, below nothing where too much was promised.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        let used = self.spent.saturating_add(self.committed);
        let pence = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
        Some(pence(self.budget?).saturating_sub(pence(used)))
    }

    /// Whether more is spent and promised than there is.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.left().is_some_and(|left| left < 0)
    }

    /// Whether less than a tenth is left.
    #[must_use]
    pub fn is_near(&self) -> bool {
        let tenth = self.budget.map(|budget| i64::try_from(budget / 10).unwrap_or(i64::MAX));
        self.left().zip(tenth).is_some_and(|(left, tenth)| left >= 0 && left < tenth)
    }
}
