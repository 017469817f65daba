//! What the figures of a release say, as ranges of sums over atoms: people whom no figure tells apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::dimension::Dimension;
use super::{Conclusion, Disclosed, TooLarge};
use crate::release::{ALL, Release, Rule, Table};

/// More atoms than this are not checked.
const MOST_ATOMS: usize = 150_000;

/// One figure: its range and whom it counts.
pub(crate) struct Figure {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Its table and cell.
    pub(crate) at: (usize, usize),
    pub(crate) atoms: Vec<u32>,
}

/// Something that an attacker wants to know.
pub(crate) struct Target {
    pub(crate) whom: String,
    pub(crate) atoms: Vec<u32>,
    /// For a group that may all have something: `atoms` are those in it who do not, this is the group.
    pub(crate) rest_of: Option<Vec<u32>>,
    /// Its own figures, if it is published.
    pub(crate) own: Vec<(usize, usize)>,
    /// The fewest that its own figures allow, or those that it is the difference of.
    pub(crate) least: f64,
}

/// A release as an attacker sees it.
pub(crate) struct Model {
    pub(crate) figures: Vec<Figure>,
    /// For each atom, the figures that it is counted in.
    pub(crate) figures_of: Vec<Vec<u32>>,
    /// For each dimension, how many classes there are that tables tell apart.
    pub(crate) sizes: Vec<usize>,
    pub(crate) steps: Vec<usize>,
    pub(crate) atoms: usize,
    /// For each table and cell, whom it counts.
    cells: Vec<Vec<Vec<u32>>>,
    dimensions: Vec<Dimension>,
    by_atoms: HashMap<Vec<u32>, usize>,
}

impl Model {
    pub(crate) fn of(release: &Release) -> Result<Model, TooLarge> {
        let dimensions = Dimension::all(release);
        let sizes: Vec<usize> = dimensions.iter().map(|dimension| dimension.size).collect();
        let mut steps = vec![1; sizes.len()];
        let mut atoms = 1_usize;
        for (step, size) in steps.iter_mut().zip(&sizes).rev() {
            *step = atoms;
            atoms = atoms.saturating_mul(*size);
        }
        if atoms > MOST_ATOMS {
            return Err(TooLarge(atoms));
        }
        let mut model = Model {
            figures: Vec::new(),
            figures_of: vec![Vec::new(); atoms],
            sizes,
            steps,
            atoms,
            cells: Vec::new(),
            dimensions,
            by_atoms: HashMap::new(),
        };
        for (at, table) in release.tables.iter().enumerate() {
            model.add(at, table);
        }
        Ok(model)
    }

    fn add(&mut self, at: usize, table: &Table) {
        let Rule::RandomRound { base } = table.rule;
        let reach = (base.max(1) - 1) as f64;
        let mut cells = Vec::with_capacity(table.cells.len());
        for (place, cell) in table.cells.iter().enumerate() {
            let atoms = self.atoms_of(table, &cell.k);
            if let Some(value) = cell.v {
                let (low, high) = ((value as f64 - reach).max(0.0), value as f64 + reach);
                match self.by_atoms.get(&atoms) {
                    // The same people in another table: their figure is known already.
                    Some(same) if self.figures.get(*same).is_some_and(|f| (f.low, f.high) == (low, high)) => {
                    }
                    _ => {
                        let figure = self.figures.len();
                        self.by_atoms.insert(atoms.clone(), figure);
                        for atom in &atoms {
                            if let Some(figures) = self.figures_of.get_mut(*atom as usize) {
                                figures.push(u32::try_from(figure).unwrap_or(u32::MAX));
                            }
                        }
                        self.figures.push(Figure { low, high, at: (at, place), atoms: atoms.clone() });
                    }
                }
            }
            cells.push(atoms);
        }
        self.cells.push(cells);
    }

    /// The atoms that a cell counts.
    fn atoms_of(&self, table: &Table, keys: &[String]) -> Vec<u32> {
        let mut atoms = vec![0_usize];
        for (dimension, step) in self.dimensions.iter().zip(&self.steps) {
            let within = dimension.counted(table, keys);
            atoms =
                atoms.iter().flat_map(|atom| within.iter().map(move |class| atom + class * step)).collect();
        }
        let mut atoms: Vec<u32> = atoms.into_iter().filter_map(|atom| u32::try_from(atom).ok()).collect();
        atoms.sort_unstable();
        atoms
    }

    /// A group with two figures that cannot both be right, if there is one.
    pub(crate) fn contradictions(&self, release: &Release) -> Option<Disclosed> {
        let mut seen: HashMap<&[u32], &Figure> = HashMap::new();
        for figure in &self.figures {
            if let Some(other) = seen.insert(&figure.atoms, figure)
                && (other.low, other.high) != (figure.low, figure.high)
            {
                let whom = self.whom(release, figure.at);
                return Some(Disclosed {
                    whom,
                    what: Conclusion::Contradiction,
                    by: vec![other.at, figure.at],
                });
            }
        }
        None
    }

    pub(crate) fn all_figures(&self) -> Vec<(usize, usize)> {
        self.figures.iter().map(|figure| figure.at).collect()
    }

    /// The range that the figure of exactly these people gives.
    fn range(&self, atoms: &Vec<u32>) -> Option<(f64, f64)> {
        let figure = self.figures.get(*self.by_atoms.get(atoms)?)?;
        Some((figure.low, figure.high))
    }

    /// The figures that count some of these people and few others: those that a conclusion may hang on.
    pub(crate) fn figures_near(&self, target: &Target) -> Vec<(usize, usize)> {
        let first = target.atoms.first().or(target.rest_of.as_ref().and_then(|rest| rest.first()));
        let figures = first.and_then(|atom| self.figures_of.get(*atom as usize));
        let mut near: Vec<&Figure> =
            figures.into_iter().flatten().filter_map(|figure| self.figures.get(*figure as usize)).collect();
        near.sort_by_key(|figure| figure.atoms.len());
        near.iter().take(4).map(|figure| figure.at).collect()
    }

    fn whom(&self, release: &Release, (table, cell): (usize, usize)) -> String {
        let table = release.tables.get(table);
        let keys =
            table.and_then(|table| table.cells.get(cell)).map_or(String::new(), |cell| cell.k.join(", "));
        format!("{} [{keys}]", table.map_or("", |table| table.name.as_str()))
    }

    /// All that an attacker may want: cells that are published or not, people whom the tables together tell apart, the
    /// differences of nested cells, and groups that may all have something sensitive.
    pub(crate) fn targets(&self, release: &Release) -> Vec<Target> {
        let mut targets = Vec::new();
        let mut seen: BTreeSet<Vec<u32>> = BTreeSet::new();
        let mut add = |atoms: Vec<u32>, whom: String, own: Vec<(usize, usize)>, least: f64| {
            if !atoms.is_empty() && seen.insert(atoms.clone()) {
                targets.push(Target { whom, atoms, rest_of: None, own, least });
            }
        };
        let range = |atoms: &Vec<u32>| self.range(atoms);
        for (at, cells) in self.cells.iter().enumerate() {
            for (place, atoms) in cells.iter().enumerate() {
                let least = range(atoms).map_or(0.0, |(low, _)| low);
                add(atoms.clone(), self.whom(release, (at, place)), vec![(at, place)], least);
            }
        }
        for atom in 0..u32::try_from(self.atoms).unwrap_or(u32::MAX) {
            if self.figures_of.get(atom as usize).is_some_and(|figures| !figures.is_empty()) {
                add(vec![atom], format!("people with {}", self.words(atom)), Vec::new(), 0.0);
            }
        }
        for (larger, smaller) in self.nested(release) {
            let (Some(all), Some(part)) = (self.cell(larger), self.cell(smaller)) else { continue };
            let least = match (range(all), range(part)) {
                (Some((low, _)), Some((_, high))) => low - high,
                _ => 0.0,
            };
            let part: BTreeSet<u32> = part.iter().copied().collect();
            let rest: Vec<u32> = all.iter().copied().filter(|atom| !part.contains(atom)).collect();
            let whom = format!("{} without {}", self.whom(release, larger), self.whom(release, smaller));
            add(rest, whom, Vec::new(), least);
        }
        targets.extend(self.who_all_have(release));
        targets
    }

    fn cell(&self, (table, cell): (usize, usize)) -> Option<&Vec<u32>> {
        self.cells.get(table)?.get(cell)
    }

    /// Pairs of cells of which the first holds the second: a margin and a part of it, and the same cell of two tables with a
    /// narrower filter.
    fn nested(&self, release: &Release) -> Vec<((usize, usize), (usize, usize))> {
        let mut pairs = Vec::new();
        for (at, table) in release.tables.iter().enumerate() {
            let places: HashMap<&[String], usize> =
                table.cells.iter().enumerate().map(|(place, cell)| (cell.k.as_slice(), place)).collect();
            for (place, cell) in table.cells.iter().enumerate() {
                for var in 0..cell.k.len() {
                    let mut margin = cell.k.clone();
                    let Some(key) = margin.get_mut(var).filter(|key| *key != ALL) else { continue };
                    ALL.clone_into(key);
                    pairs.extend(places.get(margin.as_slice()).map(|margin| ((at, *margin), (at, place))));
                }
            }
            for (other, narrower) in release.tables.iter().enumerate() {
                if at == other || table.vars != narrower.vars || table.filter == narrower.filter {
                    continue;
                }
                let within = table.filter.iter().all(|(name, categories)| {
                    narrower
                        .filter
                        .get(name)
                        .is_some_and(|some| some.iter().all(|one| categories.contains(one)))
                });
                if within {
                    let same = narrower.cells.iter().enumerate();
                    let pair = same.filter_map(|(part, cell)| {
                        Some(((at, *places.get(cell.k.as_slice())?), (other, part)))
                    });
                    pairs.extend(pair);
                }
            }
        }
        pairs
    }

    /// For each group that a table breaks down by something sensitive: those in it who do not have it.
    fn who_all_have(&self, release: &Release) -> Vec<Target> {
        let mut targets = Vec::new();
        for (at, table) in release.tables.iter().enumerate() {
            for (var, name) in table.vars.iter().enumerate() {
                let Some(harmless) = release.sensitive.get(name) else { continue };
                let mut groups: BTreeMap<Vec<String>, Vec<(&String, &Vec<u32>)>> = BTreeMap::new();
                let cells = self.cells.get(at).map(Vec::as_slice).unwrap_or_default();
                for (cell, atoms) in table.cells.iter().zip(cells) {
                    let Some(key) = cell.k.get(var).filter(|key| *key != ALL) else { continue };
                    let mut group = cell.k.clone();
                    group.remove(var);
                    groups.entry(group).or_default().push((key, atoms));
                }
                for (group, parts) in groups {
                    let sorted = |mut atoms: Vec<u32>| {
                        atoms.sort_unstable();
                        atoms
                    };
                    let whole: Vec<u32> =
                        sorted(parts.iter().flat_map(|(_, atoms)| atoms.iter().copied()).collect());
                    let whom = format!("{} [{}], {name}", table.name, group.join(", "));
                    let rests = parts.iter().filter(|(key, _)| !harmless.contains(key)).map(|(key, _)| *key);
                    let mut rest_of = |rest: Vec<u32>, whom: String| {
                        targets.push(Target {
                            whom,
                            atoms: rest,
                            rest_of: Some(whole.clone()),
                            own: Vec::new(),
                            least: 0.0,
                        });
                    };
                    for key in rests {
                        let rest = parts
                            .iter()
                            .filter(|(other, _)| *other != key)
                            .flat_map(|(_, atoms)| atoms.iter().copied());
                        rest_of(sorted(rest.collect()), format!("{whom} {key}"));
                    }
                    if !harmless.is_empty() {
                        let rest = parts.iter().filter(|(key, _)| harmless.contains(key));
                        rest_of(sorted(rest.flat_map(|(_, atoms)| atoms.iter().copied()).collect()), whom);
                    }
                }
            }
        }
        targets
    }

    fn words(&self, atom: u32) -> String {
        let class =
            |(dimension, step): (&Dimension, &usize)| dimension.words(atom as usize / step % dimension.size);
        self.dimensions.iter().zip(&self.steps).map(class).collect::<Vec<_>>().join(", ")
    }
}
