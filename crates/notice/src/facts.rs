//! What a system does, in the terms in which a notice promises it: so that the two can be compared (P29, L33).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::codes::{Event, Layer, RecipientKind};
use crate::field::FieldId;
use crate::model::{Notice, Period};
use crate::vocabulary::{Category, Purpose};

/// What a running system stores, does, sends and keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SystemFacts {
    /// The fields that can be stored, each with its category.
    pub fields: BTreeMap<FieldId, Category>,
    /// The purposes for which it reads and writes.
    pub purposes: BTreeSet<Purpose>,
    /// Those who can get data, by name in files.
    pub recipients: BTreeSet<String>,
    /// Those who hold data for the service, by name in files.
    pub processors: BTreeSet<String>,
    /// How long each layer is kept, and from what on.
    pub retention: BTreeMap<Layer, (Period, Event)>,
}

impl Notice {
    /// What a system that keeps this notice does.
    #[must_use]
    pub fn facts(&self) -> SystemFacts {
        let of_kind = |kind| {
            let those = self.recipients.iter().filter(move |recipient| recipient.kind == kind);
            those.map(|recipient| recipient.id.clone()).collect()
        };
        let named =
            self.categories.iter().flat_map(|held| held.fields.iter().map(|id| (id.clone(), held.category)));
        SystemFacts {
            fields: named.collect(),
            purposes: self.purposes.iter().map(|given| given.purpose).collect(),
            recipients: of_kind(RecipientKind::Recipient),
            processors: of_kind(RecipientKind::Processor),
            retention: self.retention.iter().map(|rule| (rule.layer, (rule.period, rule.after))).collect(),
        }
    }
}
