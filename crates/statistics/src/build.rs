//! Making a release: counts, people-groups, rounding, and the gate.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::{self, Disclosed};
use crate::beside;
use crate::group::Group;
use crate::keys::{BASE, Secret};
use crate::ledger::Ledger;
use crate::people::{People, Variable};
use crate::release::{ALL, Cell, Release, Rule, Table, Within};
use crate::sensitive::Sensitive;
use crate::session::No;
use crate::spec::TableSpec;
use crate::{MOST_DIMENSIONS, PUBLIC};

/// A variable with more categories than this is not a classification.
const MOST_CATEGORIES: usize = 500;
/// A table with more cells than this helps nobody.
const MOST_CELLS: usize = 200_000;
/// How often something may be taken out before a release is refused.
const MOST_ROUNDS: usize = 60;

/// Whom a release is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The least size of a group that is broken down: [`crate::PUBLIC`] or [`crate::INTERNAL`].
    pub least: usize,
}

/// A release that nothing can be worked out from.
#[derive(Debug, Clone)]
pub struct Made {
    /// The tables.
    pub release: Release,
    /// For each table, the part of its people who stand in the finest breakdown, from 0 to 1.
    pub in_breakdown: Vec<f64>,
    /// What was taken out and why.
    pub notes: Vec<String>,
}

/// Why there is no release.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A table asks for what is not there or may not be crossed.
    #[error("table {table:?}: {why}")]
    Table {
        /// Its name.
        table: String,
        /// Why.
        why: No,
    },
    /// A variable with a value for nearly everybody.
    #[error("{variable:?} has {categories} different values: put them into groups first")]
    Fine {
        /// Which.
        variable: String,
        /// How many.
        categories: usize,
    },
    /// A category with the name of the mark for all.
    #[error("{0:?} has a category \"*\", which stands for all: give it another name")]
    Star(String),
    /// Too many cells.
    #[error("table {table:?} would have {cells} cells: leave a variable out")]
    Large {
        /// Its name.
        table: String,
        /// How many.
        cells: usize,
    },
    /// Too much to be checked.
    #[error(transparent)]
    NotChecked(#[from] audit::TooLarge),
    /// Whatever was taken out, something could be worked out.
    #[error(
        "these tables together give people away, first: {0}. Publish fewer tables, or with coarser categories"
    )]
    Unsafe(Box<Disclosed>),
}

/// Makes the tables, takes out what would give anybody away, and checks all of it together. The ledger remembers the groups
/// that were broken down.
///
/// # Errors
/// Why there is none.
pub fn release(
    people: &People,
    secret: &Secret,
    sensitive: &Sensitive,
    specs: &[TableSpec],
    limits: Limits,
    ledger: &mut Ledger,
) -> Result<Made, Refused> {
    release_beside(people, secret, sensitive, specs, limits, ledger, &[])
}

/// The same beside earlier releases about the same people: a figure that stands there already is not given a second time with
/// another number, and nothing may follow from all of them together.
///
/// # Errors
/// Why there is none.
pub fn release_beside(
    people: &People,
    secret: &Secret,
    sensitive: &Sensitive,
    specs: &[TableSpec],
    limits: Limits,
    ledger: &mut Ledger,
    earlier: &[Release],
) -> Result<Made, Refused> {
    let mut made = Made { release: Release::default(), in_breakdown: Vec::new(), notes: Vec::new() };
    let mut noted = ledger.clone();
    for spec in specs {
        let plan = Plan::of(people, sensitive, spec)?;
        for place in plan.used() {
            let Some(Variable { name, categories }) = people.variable(place) else { continue };
            made.release.variables.insert(name.clone(), categories.clone());
            if let Some(harmless) = sensitive.harmless(name) {
                made.release.sensitive.insert(name.clone(), harmless.iter().cloned().collect());
            }
        }
        let (table, share) = plan.table(people, secret, limits.least, &mut noted);
        made.release.tables.push(table);
        made.in_breakdown.push(share);
    }
    made.release.within = classifications(people, sensitive, &made.release, earlier);
    beside::adopt(&mut made.release, earlier);
    let mut gate = audit::Gate::default();
    let mut fresh = true;
    for _ in 0..MOST_ROUNDS {
        let found = gate.audit(&beside::together(&made.release, earlier))?;
        let Some(first) = found.first().cloned() else {
            if !fresh {
                // Once more without what earlier rounds showed: whoever checks the release later finds nothing either.
                (gate, fresh) = (audit::Gate::default(), true);
                continue;
            }
            *ledger = noted;
            return Ok(made);
        };
        fresh = false;
        let mut hidden = false;
        for one in &found {
            if let Some(what) = hide(&mut made.release, one) {
                made.notes.push(format!("{what} is not shown, because {one}"));
                hidden = true;
            }
        }
        // What hangs on earlier figures alone is mended by saying less now.
        if !hidden {
            let anything = beside::anything(&made.release, first.clone());
            match hide(&mut made.release, &anything) {
                Some(what) => made.notes.push(format!("{what} is not shown, because {first}")),
                None => return Err(Refused::Unsafe(Box::new(first))),
            }
        }
    }
    let first = audit::audit(&beside::together(&made.release, earlier))?.into_iter().next();
    match first {
        Some(first) => Err(Refused::Unsafe(Box::new(first))),
        None => {
            *ledger = noted;
            Ok(made)
        }
    }
}

/// Which of the variables of these releases are finer than others, as everybody knows of wards and areas. Of what is sensitive it
/// is not said, and of few people neither: that all of them are in one place may be chance.
fn classifications(
    people: &People,
    sensitive: &Sensitive,
    release: &Release,
    earlier: &[Release],
) -> Vec<Within> {
    let names = release.variables.keys().chain(earlier.iter().flat_map(|old| old.variables.keys()));
    let names: BTreeSet<&String> = names.filter(|name| !sensitive.is(name)).collect();
    let places: Vec<usize> = names.into_iter().filter_map(|name| people.place(name)).collect();
    let pairs = places.iter().flat_map(|fine| places.iter().map(move |wide| (*fine, *wide)));
    pairs
        .filter(|(fine, wide)| fine != wide)
        .filter_map(|(fine, wide)| people.within(fine, wide, PUBLIC))
        .collect()
}

/// Takes one figure out that the conclusion hangs on: the smallest, which few will miss.
fn hide(release: &mut Release, found: &Disclosed) -> Option<String> {
    let shown = found.by.iter().filter_map(|(table, cell)| {
        let value = release.tables.get(*table)?.cells.get(*cell)?.v?;
        Some((value, *table, *cell))
    });
    let (_, table, cell) = shown.min()?;
    let table = release.tables.get_mut(table)?;
    let cell = table.cells.get_mut(cell)?;
    cell.v = None;
    Some(format!("{} [{}]", table.name, cell.k.join(", ")))
}

/// A table by places and codes.
struct Plan<'s> {
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
    fn of(people: &People, sensitive: &Sensitive, spec: &'s TableSpec) -> Result<Plan<'s>, Refused> {
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

    fn used(&self) -> BTreeSet<usize> {
        self.vars.iter().map(|(place, _)| *place).chain(self.filter.keys().copied()).collect()
    }

    /// The table, and the part of its people in the finest breakdown.
    fn table(&self, people: &People, secret: &Secret, least: usize, ledger: &mut Ledger) -> (Table, f64) {
        let grid = Grid::of(&self.vars);
        let mut counts = vec![(0_u64, 0_u64); grid.cells];
        // Groups without what is sensitive, by cell of the grid in which the sensitive variable stands for all.
        let breaks = self.sensitive_var.is_some() || self.sensitive_filter.is_some();
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        for (at, key) in people.keys().iter().enumerate() {
            let code = |place: usize| people.codes(place).get(at).copied().unwrap_or(0);
            let meets = |sensitive: bool| {
                self.filter.iter().all(|(place, codes)| {
                    (!sensitive && self.sensitive_filter == Some(*place)) || codes.contains(&code(*place))
                })
            };
            let places: Vec<Option<usize>> =
                self.vars.iter().map(|(place, codes)| codes.binary_search(&code(*place)).ok()).collect();
            if meets(true) && places.iter().all(Option::is_some) {
                for cell in grid.around(&places, None) {
                    if let Some((count, sum)) = counts.get_mut(cell) {
                        *count += 1;
                        *sum = sum.wrapping_add(*key);
                    }
                }
            }
            let others = places
                .iter()
                .enumerate()
                .all(|(var, place)| place.is_some() || self.sensitive_var == Some(var));
            if breaks && meets(false) && others {
                for cell in grid.around(&places, self.sensitive_var) {
                    groups.entry(cell).or_insert_with(|| Group::none(people.len())).add(at);
                }
            }
        }
        let broken = self.broken_down(groups, least, ledger, &grid);
        let mut cells = Vec::with_capacity(grid.cells);
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

    /// Which groups are broken down: large enough, and not nearly the same as another. Large groups come first.
    fn broken_down(
        &self,
        groups: BTreeMap<usize, Group>,
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
        let mut by_size: Vec<(usize, Group)> = groups.into_iter().collect();
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

struct Broken {
    shown: BTreeSet<usize>,
    share: f64,
}

/// The cells of a table in order, the last variable first to change; each variable has one more place, for all.
struct Grid {
    sizes: Vec<usize>,
    steps: Vec<usize>,
    cells: usize,
}

impl Grid {
    fn of(vars: &[(usize, Vec<u32>)]) -> Grid {
        let sizes: Vec<usize> = vars.iter().map(|(_, codes)| codes.len()).collect();
        let mut steps = vec![1; sizes.len()];
        let mut cells = 1;
        for (step, size) in steps.iter_mut().zip(&sizes).rev() {
            *step = cells;
            cells *= size + 1;
        }
        Grid { sizes, steps, cells }
    }

    /// The cells that a person stands in: one for each set of variables that are taken together; `all` always is.
    fn around(&self, places: &[Option<usize>], all: Option<usize>) -> Vec<usize> {
        let mut cells = vec![0];
        for (var, ((place, size), step)) in places.iter().zip(&self.sizes).zip(&self.steps).enumerate() {
            let together: Vec<usize> = cells.iter().map(|cell| cell + size * step).collect();
            if all == Some(var) {
                cells = together;
                continue;
            }
            let own = place.unwrap_or(*size) * step;
            cells = cells.iter().map(|cell| cell + own).chain(together).collect();
        }
        cells
    }

    /// For each variable, the place of its category in a cell; none for all.
    fn keys(&self, cell: usize) -> Vec<Option<usize>> {
        let place = |(size, step): (&usize, &usize)| {
            let place = cell / step % (size + 1);
            (place < *size).then_some(place)
        };
        self.sizes.iter().zip(&self.steps).map(place).collect()
    }

    /// The cell with `var` standing for all.
    fn with_all(&self, cell: usize, var: Option<usize>) -> usize {
        let (Some(size), Some(step)) =
            (var.and_then(|v| self.sizes.get(v)), var.and_then(|v| self.steps.get(v)))
        else {
            return cell;
        };
        let place = cell / step % (size + 1);
        cell - place * step + size * step
    }
}
