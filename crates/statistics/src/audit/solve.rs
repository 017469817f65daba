//! Linear programming, for what bending does not show.

use std::collections::{BTreeSet, HashMap, HashSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::model::Model;
use super::spread::Spread;

/// So many atoms are solved for at first: those nearest to the target. The others keep the people that they have, so that
/// what is found fits, and only what is not found there is looked for among more.
const FEW_ATOMS: usize = 220;
/// And so many at the most: what cannot be shown to be free among them counts as worked out.
const MOST_ATOMS: usize = 3000;

/// The most people that could be in these atoms, or as many as are `enough`.
pub(crate) fn highest(model: &Model, spread: &mut Spread, atoms: &[u32], enough: f64) -> f64 {
    let few = bound(model, spread, atoms, OptimizationDirection::Maximize, FEW_ATOMS);
    if few >= enough {
        return few;
    }
    few.max(bound(model, spread, atoms, OptimizationDirection::Maximize, MOST_ATOMS))
}

/// The fewest, or as few as are `enough`.
pub(crate) fn lowest(model: &Model, spread: &mut Spread, atoms: &[u32], enough: f64) -> f64 {
    let few = bound(model, spread, atoms, OptimizationDirection::Minimize, FEW_ATOMS);
    if few <= enough {
        return few;
    }
    few.min(bound(model, spread, atoms, OptimizationDirection::Minimize, MOST_ATOMS))
}

/// Any way in which all figures fit.
pub(crate) fn feasible(model: &Model) -> Option<Vec<f64>> {
    let all: Vec<u32> = (0..u32::try_from(model.atoms).ok()?).collect();
    if all.len() > MOST_ATOMS {
        return None;
    }
    solve(model, &all, &HashMap::new(), &[], OptimizationDirection::Minimize)
}

fn bound(
    model: &Model,
    spread: &mut Spread,
    atoms: &[u32],
    direction: OptimizationDirection,
    most: usize,
) -> f64 {
    let taken = taken(model, atoms, most);
    // Atoms that are left out keep the people that they have.
    let within: HashSet<u32> = taken.iter().copied().collect();
    let people = (0..).zip(spread.point()).filter(|(atom, _)| !within.contains(atom));
    let fixed: HashMap<u32, f64> = people.map(|(atom, people)| (atom, *people)).collect();
    let Some(solved) = solve(model, &taken, &fixed, atoms, direction) else { return spread.now(atoms) };
    let value = atoms.iter().filter_map(|atom| solved.get(*atom as usize)).sum();
    spread.remember(solved);
    value
}

/// The atoms that are solved for: the target's, and those that share a figure with them, the smallest figures first.
fn taken(model: &Model, atoms: &[u32], most: usize) -> Vec<u32> {
    if model.atoms <= most {
        return (0..u32::try_from(model.atoms).unwrap_or(u32::MAX)).collect();
    }
    let mut taken: BTreeSet<u32> = atoms.iter().copied().take(most).collect();
    let mut near: Vec<&Vec<u32>> = atoms
        .iter()
        .filter_map(|atom| model.figures_of.get(*atom as usize))
        .flatten()
        .filter_map(|figure| model.figures.get(*figure as usize))
        .map(|figure| &figure.atoms)
        .collect();
    near.sort_by_key(|atoms| atoms.len());
    for atom in near.into_iter().flatten() {
        if taken.len() >= most {
            break;
        }
        taken.insert(*atom);
    }
    taken.into_iter().collect()
}

/// The people of each atom where the target is best; none if the solver finds none.
fn solve(
    model: &Model,
    taken: &[u32],
    fixed: &HashMap<u32, f64>,
    target: &[u32],
    direction: OptimizationDirection,
) -> Option<Vec<f64>> {
    let mut problem = Problem::new(direction);
    let mut variables: HashMap<u32, Variable> = HashMap::with_capacity(taken.len());
    for atom in taken {
        let worth = if target.binary_search(atom).is_ok() { 1.0 } else { 0.0 };
        variables.insert(*atom, problem.add_var(worth, (0.0, f64::INFINITY)));
    }
    for figure in &model.figures {
        let held: f64 = figure.atoms.iter().filter_map(|atom| fixed.get(atom)).sum();
        let terms: Vec<(Variable, f64)> =
            figure.atoms.iter().filter_map(|atom| Some((*variables.get(atom)?, 1.0))).collect();
        if terms.is_empty() {
            continue;
        }
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, figure.high - held);
        if figure.low - held > 0.0 {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, figure.low - held);
        }
    }
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let mut people = vec![0.0; model.atoms];
    for (atom, held) in fixed {
        if let Some(place) = people.get_mut(*atom as usize) {
            *place = *held;
        }
    }
    for (atom, variable) in &variables {
        if let Some(place) = people.get_mut(*atom as usize) {
            *place = solution.var_value(*variable);
        }
    }
    Some(people)
}
