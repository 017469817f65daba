//! The groups that were broken down by something sensitive: a nearly equal one is not broken down any more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::group::Group;

/// The groups of one snapshot of people whose breakdown was shown. What is sensitive is no part of it, so that neither its
/// answers nor its refusals tell anything of it.
///
/// Two groups that differ by a few people give two figures that are equal for certain unless one of the few has what is
/// counted: rounding does not help against that, refusing does (`docs/figures.md`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Ledger {
    /// By size, because groups that differ much in size differ by many people.
    groups: BTreeMap<usize, Vec<Group>>,
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
struct Kept {
    groups: Vec<Vec<u64>>,
}

impl Ledger {
    /// How many groups it remembers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.values().map(Vec::len).sum()
    }

    /// Whether it remembers none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether a group may be shown beside those before it when groups of fewer than `least` people may not be told apart.
    pub(crate) fn takes(&self, group: &Group, least: usize) -> bool {
        let most = least.saturating_sub(1);
        let sizes = group.size().saturating_sub(most)..=group.size().saturating_add(most);
        let near = self.groups.range(sizes).flat_map(|(_, groups)| groups);
        near.map(|other| group.difference(other, most)).all(|differ| differ == 0 || differ > most)
    }

    /// Remembers a group.
    pub(crate) fn note(&mut self, group: Group) {
        let same = self.groups.entry(group.size()).or_default();
        if !same.contains(&group) {
            same.push(group);
        }
    }
}

impl From<Kept> for Ledger {
    fn from(kept: Kept) -> Ledger {
        let mut ledger = Ledger::default();
        kept.groups.into_iter().for_each(|words| ledger.note(Group::from_words(words)));
        ledger
    }
}

impl From<Ledger> for Kept {
    fn from(ledger: Ledger) -> Kept {
        let groups = ledger.groups.into_values().flatten();
        Kept { groups: groups.map(|group| group.words().to_vec()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_differs_by_a_few_is_refused_and_the_same_one_is_not() {
        let of = |from: usize, to: usize| Group::of(200, |at| (from..to).contains(&at));
        let mut ledger = Ledger::default();
        ledger.note(of(0, 100));
        for (from, to, taken) in [
            (0, 100, true),
            (0, 99, false),
            (0, 91, false),
            (0, 90, true),
            (5, 105, true),
            (4, 104, false),
            (100, 200, true),
        ] {
            assert_eq!(ledger.takes(&of(from, to), 10), taken, "{from}..{to}");
        }
        let kept = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&kept).unwrap(), ledger);
    }
}
