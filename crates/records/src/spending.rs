//! What support costs: a sum beside each piece of it, so that budgets are counted without opening a file.

use casework::programmes::spending;
use casework::{Written, programmes::Spending};
use notice::EntryForm;
use store::{Query, sql};
use vault::Compartment;

use crate::entries::Head;
use crate::programmes::OWN;

sql! { records:
    /// What a piece of support cost before it was changed.
    FORGET_SPEND = "DELETE FROM spend WHERE entry = $1";
    /// What it costs.
    ADD_SPEND = "INSERT INTO spend (entry, client, programme, pence, paid, day) VALUES ($1, $2, $3, $4, $5, $6)";
    /// The file goes, the sum stays.
    pub(crate) LET_GO_SPEND = "UPDATE spend SET client = NULL WHERE client = $1";
}

/// The form of support.
pub const SUPPORT: &str = "support";

/// Statements that say anew what an entry costs, for the same transaction as the entry.
pub(crate) fn spend(head: &Head, form: &EntryForm, written: &Written) -> Vec<Query> {
    if form.id != *SUPPORT {
        return Vec::new();
    }
    let mut batch = vec![FORGET_SPEND.with([head.id.as_bytes().into()])];
    if let Some(Spending { pence, paid }) = spending(written) {
        let programme = match &head.compartment {
            Compartment::Programme(id) => *id.as_bytes(),
            _ => OWN,
        };
        batch.push(ADD_SPEND.with([
            head.id.as_bytes().into(),
            head.client.as_bytes().into(),
            programme.into(),
            i64::try_from(pence).unwrap_or(i64::MAX).into(),
            paid.into(),
            head.day.into(),
        ]));
    }
    batch
}
