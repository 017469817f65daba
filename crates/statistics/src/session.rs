//! Counts that are asked for one after another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::MOST_DIMENSIONS;
use crate::group::Group;
use crate::keys::Secret;
use crate::ledger::Ledger;
use crate::people::People;
use crate::sensitive::Sensitive;
use crate::spec::Filter;

/// An answer: the rounded count, or why there is none.
pub type Answer = Result<u64, No>;

/// Why a count is not answered. None of these depends on anything sensitive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum No {
    /// There is no such variable.
    #[error("there is no variable {0:?}")]
    Variable(String),
    /// The variable has no such category.
    #[error("{variable:?} has no category {category:?}")]
    Category {
        /// The variable.
        variable: String,
        /// What it was asked for.
        category: String,
    },
    /// Categories put together by whoever asks.
    #[error("{0:?} can be asked for one category at a time, or for a level that is there already")]
    Custom(String),
    /// Too many conditions at once.
    #[error("more than {MOST_DIMENSIONS} variables at once single people out")]
    Dimensions,
    /// Two sensitive conditions at once.
    #[error("{0:?} and {1:?} are both sensitive: ask for one of them")]
    TwoSensitive(String, String),
    /// A small group.
    #[error("the group is too small to be broken down")]
    Small,
    /// A group that differs from an earlier one by a few people.
    #[error("the group differs from an earlier one by a few people only")]
    Alike,
}

/// Answers counts about the same people, with a memory of what was answered.
pub struct Session<'p> {
    people: &'p People,
    secret: &'p Secret,
    sensitive: &'p Sensitive,
    least: usize,
    ledger: Ledger,
    /// Who is in a category: made once.
    known: HashMap<(usize, u32), Group>,
    nested: HashMap<(usize, usize), Option<Vec<u32>>>,
}

/// Conditions by the place of their variable.
type Conditions = BTreeMap<usize, BTreeSet<u32>>;

impl<'p> Session<'p> {
    /// Begins with what was answered before; groups of fewer than `least` people are not broken down.
    #[must_use]
    pub fn new(
        people: &'p People,
        secret: &'p Secret,
        sensitive: &'p Sensitive,
        least: usize,
        ledger: Ledger,
    ) -> Session<'p> {
        Session { people, secret, sensitive, least, ledger, known: HashMap::new(), nested: HashMap::new() }
    }

    /// What was answered, for a later session.
    #[must_use]
    pub fn into_ledger(self) -> Ledger {
        self.ledger
    }

    /// How many people fulfil all conditions.
    ///
    /// # Errors
    /// Why it is not answered.
    pub fn ask(&mut self, filter: &Filter) -> Answer {
        let mut conditions = self.conditions(filter)?;
        self.take_levels(&mut conditions)?;
        let possible = self.drop_implied(&mut conditions);
        if conditions.len() > MOST_DIMENSIONS {
            return Err(No::Dimensions);
        }
        let is_sensitive = |place: &usize| {
            self.people
                .variable(*place)
                .filter(|variable| self.sensitive.is(&variable.name))
                .map(|v| v.name.clone())
        };
        let sensitive: Vec<String> = conditions.keys().filter_map(is_sensitive).collect();
        if let [one, two, ..] = sensitive.as_slice() {
            return Err(No::TwoSensitive(one.clone(), two.clone()));
        }
        let (mut group, mut counted) = (self.everybody(), self.everybody());
        for (place, codes) in &conditions {
            let within = self.with(*place, codes);
            counted = counted.and(&within);
            if is_sensitive_place(self.people, self.sensitive, *place) {
                continue;
            }
            group = group.and(&within);
        }
        if !possible {
            (group, counted) = (Group::none(self.people.len()), Group::none(self.people.len()));
        }
        if !sensitive.is_empty() {
            if group.size() < self.least {
                return Err(No::Small);
            }
            if !self.ledger.takes(&group, self.least) {
                return Err(No::Alike);
            }
            self.ledger.note(group);
        }
        let keys = self.people.keys();
        let sum =
            counted.members().filter_map(|at| keys.get(at)).fold(0_u64, |sum, key| sum.wrapping_add(*key));
        Ok(self.secret.rounded(counted.size() as u64, sum))
    }

    /// The conditions by place and code; what excludes nobody is left out.
    fn conditions(&self, filter: &Filter) -> Result<Conditions, No> {
        let mut conditions = Conditions::new();
        for (name, wanted) in filter {
            let place = self.people.place(name).ok_or_else(|| No::Variable(name.clone()))?;
            let all = self.people.variable(place).map(|v| v.categories.as_slice()).unwrap_or_default();
            let mut codes = BTreeSet::new();
            for category in wanted {
                let code = all.binary_search(category).ok().and_then(|code| u32::try_from(code).ok());
                let unknown = || No::Category { variable: name.clone(), category: category.clone() };
                codes.insert(code.ok_or_else(unknown)?);
            }
            if codes.is_empty() {
                return Err(No::Custom(name.clone()));
            }
            if codes.len() < all.len() {
                conditions.insert(place, codes);
            }
        }
        Ok(conditions)
    }

    /// Categories that are put together are taken only if they are a level that is there already: a category of a coarser
    /// variable, or everything of a sensitive one that is (or is not) harmless.
    fn take_levels(&mut self, conditions: &mut Conditions) -> Result<(), No> {
        let several: Vec<usize> =
            conditions.iter().filter(|(_, codes)| codes.len() > 1).map(|(place, _)| *place).collect();
        for place in several {
            let Some(codes) = conditions.get(&place).cloned() else { continue };
            let Some(variable) = self.people.variable(place) else { continue };
            if let Some(harmless) = self.sensitive.harmless(&variable.name) {
                let categories = variable.categories.iter().zip(0_u32..);
                let (good, other): (Vec<_>, Vec<_>) =
                    categories.partition(|(category, _)| harmless.contains(*category));
                let same = |side: Vec<(&String, u32)>| {
                    side.into_iter().map(|(_, code)| code).collect::<BTreeSet<_>>() == codes
                };
                if same(good) || same(other) {
                    continue;
                }
                return Err(No::Custom(variable.name.clone()));
            }
            let name = variable.name.clone();
            let level =
                (0..self.people.variables().len()).filter(|coarse| *coarse != place).find_map(|coarse| {
                    let within = self.nest(place, coarse)?;
                    let over = *within.get(*codes.first()? as usize)?;
                    let all: BTreeSet<u32> =
                        within.iter().zip(0..).filter(|(o, _)| **o == over).map(|(_, code)| code).collect();
                    (all == codes).then_some((coarse, over))
                });
            let (coarse, over) = level.ok_or(No::Custom(name))?;
            conditions.remove(&place);
            let both = match conditions.get(&coarse) {
                Some(there) => there.intersection(&BTreeSet::from([over])).copied().collect(),
                None => BTreeSet::from([over]),
            };
            conditions.insert(coarse, both);
        }
        Ok(())
    }

    /// Leaves out what another condition says already (the area of a ward), so that it does not matter whether it is said.
    /// Says whether anybody can fulfil what remains.
    fn drop_implied(&mut self, conditions: &mut Conditions) -> bool {
        let mut possible = conditions.values().all(|codes| !codes.is_empty());
        let places: Vec<usize> = conditions.keys().copied().collect();
        for coarse in &places {
            for fine in &places {
                let (Some(over), Some(codes)) = (conditions.get(coarse), conditions.get(fine)) else {
                    continue;
                };
                if coarse == fine || codes.len() != 1 {
                    continue;
                }
                let (over, code) = (over.clone(), codes.first().copied().unwrap_or(0));
                let Some(within) = self.nest(*fine, *coarse) else { continue };
                let Some(lies) = within.get(code as usize) else { continue };
                possible &= over.contains(lies);
                // What is sensitive stays said: it decides whether a group may be broken down.
                if !is_sensitive_place(self.people, self.sensitive, *coarse) {
                    conditions.remove(coarse);
                }
            }
        }
        possible
    }

    fn nest(&mut self, fine: usize, coarse: usize) -> Option<Vec<u32>> {
        let people = self.people;
        self.nested.entry((fine, coarse)).or_insert_with(|| people.nests(fine, coarse)).clone()
    }

    fn everybody(&self) -> Group {
        Group::of(self.people.len(), |_| true)
    }

    /// Everybody with one of these codes.
    fn with(&mut self, place: usize, codes: &BTreeSet<u32>) -> Group {
        let mut all = Group::none(self.people.len());
        for code in codes {
            let people = self.people;
            let one = self.known.entry((place, *code)).or_insert_with(|| {
                let of = people.codes(place);
                Group::of(people.len(), |at| of.get(at) == Some(code))
            });
            all = all.or(one);
        }
        all
    }
}

fn is_sensitive_place(people: &People, sensitive: &Sensitive, place: usize) -> bool {
    people.variable(place).is_some_and(|variable| sensitive.is(&variable.name))
}
