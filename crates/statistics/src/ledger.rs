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

    /// The same groups among `many` people who stand elsewhere: whoever stood at a place stands where `to` says.
    #[must_use]
    pub fn moved(&self, many: usize, to: &[usize]) -> Ledger {
        let mut ledger = Ledger::default();
        for group in self.groups.values().flatten() {
            let mut moved = Group::none(many);
            group.members().filter_map(|at| to.get(at)).for_each(|at| moved.add(*at));
            ledger.note(moved);
        }
        ledger
    }

    /// Remembers the groups of another one, too.
    pub fn join(&mut self, other: Ledger) {
        other.groups.into_values().flatten().for_each(|group| self.note(group));
    }

    /// The groups that another one does not remember.
    #[must_use]
    pub fn without(&self, other: &Ledger) -> Ledger {
        let mut rest = Ledger::default();
        let known = |group: &&Group| other.groups.get(&group.size()).is_some_and(|same| same.contains(group));
        self.groups
            .values()
            .flatten()
            .filter(|group| !known(group))
            .for_each(|group| rest.note(group.clone()));
        rest
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
        // Everybody moved by one place, one of them to behind everybody: they still count as a difference.
        let to: Vec<usize> = (0..200).map(|at| if at == 0 { 300 } else { at - 1 }).collect();
        let moved = ledger.moved(301, &to);
        let (without, other) = (Group::of(200, |at| at < 99), Group::of(200, |at| (0..89).contains(&at)));
        assert!(!moved.takes(&without, 10) && moved.takes(&other, 10));
        assert_eq!(moved.without(&ledger).len(), 1);
        let kept = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&kept).unwrap(), ledger);
    }
}
