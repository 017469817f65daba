//! A table of a release: who stands in which cell, and which cells are shown.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::Grid;
use super::{MOST_CATEGORIES, MOST_CELLS, Refused};
use crate::MOST_DIMENSIONS;
use crate::group::Group;
use crate::keys::{BASE, Secret};
use crate::ledger::Ledger;
use crate::people::People;
use crate::release::{ALL, Cell, Rule, Table};
use crate::sensitive::Sensitive;
use crate::session::No;
use crate::spec::TableSpec;

/// A table by places and codes.
pub(super) struct Plan<'s> {
    spec: &'s TableSpec,
    /// The variables of the table, each with the codes that it shows.
    vars: Vec<(usize, Vec<u32>)>,
    /// Conditions on other variables.
    filter: BTreeMap<usize, BTreeSet<u32>>,
    /// Which of `vars` is sensitive.
    sensitive_var: Option<usize>,
    /// Which variable of the filter is sensitive.
    sensitive_filter: Option<usize>,
}

impl<'s> Plan<'s> {
    pub(super) fn of(
        people: &People,
        sensitive: &Sensitive,
        spec: &'s TableSpec,
    ) -> Result<Plan<'s>, Refused> {
        let refuse = |why: No| Refused::Table { table: spec.name(), why };
        let mut filter = BTreeMap::new();
        for (name, wanted) in &spec.filter {
            let place = people.place(name).ok_or_else(|| refuse(No::Variable(name.clone())))?;
            let all = people.variable(place).map(|v| v.categories.as_slice()).unwrap_or_default();
            let mut codes = BTreeSet::new();
            for category in wanted {
                let code = all.binary_search(category).ok().and_then(|code| u32::try_from(code).ok());
                let unknown = || refuse(No::Category { variable: name.clone(), category: category.clone() });
                codes.insert(code.ok_or_else(unknown)?);
            }
            filter.insert(place, codes);
        }
        let mut vars = Vec::new();
        for name in &spec.vars {
            let place = people.place(name).ok_or_else(|| refuse(No::Variable(name.clone())))?;
            let all = people.variable(place).map_or(0, |v| v.categories.len());
            let codes = match filter.remove(&place) {
                Some(codes) => codes.into_iter().collect(),
                None => (0..u32::try_from(all).unwrap_or(u32::MAX)).collect(),
            };
            vars.push((place, codes));
        }
        let name_of = |place: usize| people.variable(place).map_or("", |variable| variable.name.as_str());
        let is_sensitive = |place: usize| sensitive.is(name_of(place));
        let plan = Plan {
            spec,
            sensitive_var: vars.iter().position(|(place, _)| is_sensitive(*place)),
            sensitive_filter: filter.keys().copied().find(|place| is_sensitive(*place)),
            vars,
            filter,
        };
        let used = plan.used();
        for place in &used {
            let many = people.variable(*place).map_or(0, |v| v.categories.len());
            if many > MOST_CATEGORIES {
                return Err(Refused::Fine { variable: name_of(*place).to_owned(), categories: many });
            }
            if people.variable(*place).is_some_and(|v| v.categories.iter().any(|category| category == ALL)) {
                return Err(Refused::Star(name_of(*place).to_owned()));
            }
        }
        if used.len() > MOST_DIMENSIONS {
            return Err(refuse(No::Dimensions));
        }
        let marked: Vec<&str> =
            used.iter().filter(|place| is_sensitive(**place)).map(|place| name_of(*place)).collect();
        if let [one, two, ..] = marked.as_slice() {
            return Err(refuse(No::TwoSensitive((*one).to_owned(), (*two).to_owned())));
        }
        let cells = plan.vars.iter().map(|(_, codes)| codes.len() + 1).product();
        if cells > MOST_CELLS {
            return Err(Refused::Large { table: spec.name(), cells });
        }
        Ok(plan)
    }

    /// Whether the table shows every category of this variable of its own.
    fn whole(&self, people: &People, var: usize) -> bool {
        self.vars.get(var).is_some_and(|(place, codes)| {
            people.variable(*place).is_some_and(|variable| variable.categories.len() == codes.len())
        })
    }

    pub(super) fn used(&self) -> BTreeSet<usize> {
        self.vars.iter().map(|(place, _)| *place).chain(self.filter.keys().copied()).collect()
    }

    /// The table, and the part of its people in the finest breakdown.
    pub(super) fn table(
        &self,
        people: &People,
        secret: &Secret,
        least: usize,
        ledger: &mut Ledger,
    ) -> (Table, f64) {
        let grid = Grid::of(self.vars.iter().map(|(_, codes)| codes.len()).collect());
        let breaks = self.sensitive_var.is_some() || self.sensitive_filter.is_some();
        let Counted { counts, groups } = self.count(people, &grid, breaks);
        let broken = self.broken_down(groups, least, ledger, &grid);
        let mut cells = Vec::with_capacity(counts.len());
        for (cell, (count, sum)) in counts.iter().enumerate() {
            let keys = grid.keys(cell);
            // All categories of what is sensitive together say nothing, unless the table leaves some out.
            let of_all =
                self.sensitive_var.is_some_and(|var| keys.get(var) == Some(&None) && self.whole(people, var));
            let group = grid.with_all(cell, self.sensitive_var);
            let shown =
                !breaks || (of_all && self.sensitive_filter.is_none()) || broken.shown.contains(&group);
            cells.push(Cell { k: self.words(people, &keys), v: shown.then(|| secret.rounded(*count, *sum)) });
        }
        let table = Table {
            name: self.spec.name(),
            vars: self.spec.vars.clone(),
            filter: self.filter_words(people),
            rule: Rule::RandomRound { base: BASE },
            cells,
        };
        (table, if breaks { broken.share } else { 1.0 })
    }

    /// Counts everybody in the one cell in which they stand, then adds the cells up to the margins.
    fn count(&self, people: &People, grid: &Grid, breaks: bool) -> Counted {
        let (sensitive, others): (Vec<_>, Vec<_>) = self
            .filter
            .iter()
            .map(|(place, codes)| (*place, LookedUp::of(people, *place, |code| codes.contains(&code))))
            .partition(|(place, _)| self.sensitive_filter == Some(*place));
        let vars: Vec<_> = self
            .vars
            .iter()
            .enumerate()
            .map(|(var, (place, codes))| {
                let step = |code| codes.binary_search(&code).ok().map(|place| grid.step(var, place));
                (LookedUp::of(people, *place, step), (self.sensitive_var == Some(var)).then(|| grid.all(var)))
            })
            .collect();
        let mut counts = vec![(0_u64, 0_u64); grid.cells()];
        let mut groups: Vec<Option<Group>> = vec![None; if breaks { grid.cells() } else { 0 }];
        for (at, key) in people.keys().iter().enumerate() {
            if !others.iter().all(|(_, meets)| meets.at(at)) {
                continue;
            }
            let mut counts_here = sensitive.iter().all(|(_, meets)| meets.at(at));
            // The cell of the table, and that of the group without what is sensitive.
            let (mut cell, mut group, mut within) = (0, 0, true);
            for (steps, all) in &vars {
                let step = steps.at(at);
                cell += step.unwrap_or(0);
                counts_here &= step.is_some();
                match (all, step) {
                    (Some(all), _) => group += all,
                    (None, Some(step)) => group += step,
                    (None, None) => within = false,
                }
            }
            if counts_here && let Some((count, sum)) = counts.get_mut(cell) {
                *count += 1;
                *sum = sum.wrapping_add(*key);
            }
            if within && let Some(group) = groups.get_mut(group) {
                group.get_or_insert_with(|| Group::none(people.len())).add(at);
            }
        }
        for var in 0..vars.len() {
            for (from, to) in grid.margins_of(var) {
                let (count, sum) = counts.get(from).copied().unwrap_or_default();
                if let Some((all, sums)) = counts.get_mut(to) {
                    *all += count;
                    *sums = sums.wrapping_add(sum);
                }
                // The sensitive variable stands for all already.
                if self.sensitive_var != Some(var)
                    && let Some(some) = groups.get(from).cloned().flatten()
                    && let Some(all) = groups.get_mut(to)
                {
                    *all = Some(all.as_ref().map_or_else(|| some.clone(), |all| all.or(&some)));
                }
            }
        }
        Counted { counts, groups }
    }

    /// Which groups are broken down: large enough, and not nearly the same as another. Large groups come first.
    fn broken_down(
        &self,
        groups: Vec<Option<Group>>,
        least: usize,
        ledger: &mut Ledger,
        grid: &Grid,
    ) -> Broken {
        let finest = |cell: usize| {
            let keys = grid.keys(cell);
            keys.iter().enumerate().all(|(var, key)| key.is_some() || self.sensitive_var == Some(var))
        };
        let (mut all, mut within) = (0, 0);
        let mut shown = BTreeSet::new();
        let mut by_size: Vec<(usize, Group)> =
            groups.into_iter().enumerate().filter_map(|(cell, group)| Some((cell, group?))).collect();
        by_size.sort_by_key(|(cell, group)| (usize::MAX - group.size(), *cell));
        for (cell, group) in by_size {
            let size = group.size();
            let takes = size >= least && ledger.takes(&group, least);
            if takes {
                ledger.note(group);
                shown.insert(cell);
            }
            if finest(cell) {
                all += size;
                within += if takes { size } else { 0 };
            }
        }
        Broken { shown, share: if all == 0 { 1.0 } else { within as f64 / all as f64 } }
    }

    fn words(&self, people: &People, keys: &[Option<usize>]) -> Vec<String> {
        let word = |((place, codes), key): (&(usize, Vec<u32>), &Option<usize>)| {
            let category = key
                .and_then(|key| codes.get(key))
                .and_then(|code| people.variable(*place)?.categories.get(*code as usize));
            category.map_or_else(|| ALL.to_owned(), Clone::clone)
        };
        self.vars.iter().zip(keys).map(word).collect()
    }

    fn filter_words(&self, people: &People) -> BTreeMap<String, Vec<String>> {
        let mut words = BTreeMap::new();
        let restricted =
            self.vars.iter().map(|(place, codes)| (*place, codes.iter().copied().collect::<BTreeSet<u32>>()));
        let all = restricted.chain(self.filter.iter().map(|(place, codes)| (*place, codes.clone())));
        for (place, codes) in all {
            let Some(variable) = people.variable(place) else { continue };
            if codes.len() < variable.categories.len() {
                let categories = codes.iter().filter_map(|code| variable.categories.get(*code as usize));
                words.insert(variable.name.clone(), categories.cloned().collect());
            }
        }
        words
    }
}

/// Everybody in the cells of a table.
struct Counted {
    /// How many people, and what their numbers add up to.
    counts: Vec<(u64, u64)>,
    /// The groups without what is sensitive, by the cell in which the sensitive variable stands for all; empty where nothing is
    /// broken down by it.
    groups: Vec<Option<Group>>,
}

/// A column whose codes are looked up as something else.
struct LookedUp<'p, T> {
    codes: &'p [u32],
    of_code: Vec<T>,
}

impl<'p, T: Copy + Default> LookedUp<'p, T> {
    fn of(people: &'p People, place: usize, work: impl FnMut(u32) -> T) -> LookedUp<'p, T> {
        let many = people.variable(place).map_or(0, |variable| variable.categories.len());
        let all = 0..u32::try_from(many).unwrap_or(u32::MAX);
        LookedUp { codes: people.codes(place), of_code: all.map(work).collect() }
    }

    /// What the person at a place has.
    fn at(&self, at: usize) -> T {
        let code = self.codes.get(at);
        code.and_then(|code| self.of_code.get(*code as usize)).copied().unwrap_or_default()
    }
}

struct Broken {
    shown: BTreeSet<usize>,
    share: f64,
}
