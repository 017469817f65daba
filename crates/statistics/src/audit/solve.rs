//! Linear programming, for what bending does not show.

use std::collections::{BTreeSet, HashMap, HashSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::model::Model;
use super::spread::Spread;

/// So many atoms are solved for, first few, then more: those nearest to the target. The others keep the people that they have,
/// so that what is found fits, and only what is not found among few is looked for among more. What cannot be shown to be
/// free among the most counts as worked out.
const AT_ONCE: [usize; 2] = [240, MOST_ATOMS];
const MOST_ATOMS: usize = 3000;

/// The most people that could be in these atoms, or as many as are `enough`.
pub(crate) fn highest(model: &Model, spread: &mut Spread, atoms: &[u32], enough: f64) -> f64 {
    let mut most = spread.now(atoms);
    for at_once in AT_ONCE {
        most = most.max(bound(model, spread, atoms, OptimizationDirection::Maximize, at_once));
        if most >= enough || at_once >= model.atoms {
            break;
        }
    }
    most
}

/// The fewest, or as few as are `enough`.
pub(crate) fn lowest(model: &Model, spread: &mut Spread, atoms: &[u32], enough: f64) -> f64 {
    let mut fewest = spread.now(atoms);
    for at_once in AT_ONCE {
        fewest = fewest.min(bound(model, spread, atoms, OptimizationDirection::Minimize, at_once));
        if fewest <= enough || at_once >= model.atoms {
            break;
        }
    }
    fewest
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
    let taken = taken(model, spread.point(), atoms, most);
    // Atoms that are left out keep the people that they have.
    let within: HashSet<u32> = taken.iter().copied().collect();
    let people = (0..).zip(spread.point()).filter(|(atom, _)| !within.contains(atom));
    let fixed: HashMap<u32, f64> = people.map(|(atom, people)| (atom, *people)).collect();
    let Some(solved) = solve(model, &taken, &fixed, atoms, direction) else { return spread.now(atoms) };
    let value = atoms.iter().filter_map(|atom| solved.get(*atom as usize)).sum();
    spread.remember(solved);
    value
}

/// The atoms that are solved for: the target's, and a grid around it of the largest classes of each variable, so that people
/// can be moved around in it while every margin stays.
fn taken(model: &Model, people: &[f64], atoms: &[u32], most: usize) -> Vec<u32> {
    let all = 0..u32::try_from(model.atoms).unwrap_or(u32::MAX);
    if model.atoms <= most {
        return all.collect();
    }
    let first = atoms.first().copied().unwrap_or(0) as usize;
    let mut grid = vec![0_usize];
    for ((size, step), many) in model.sizes.iter().zip(&model.steps).zip(classes_each(&model.sizes, most)) {
        let own = first / step % size;
        let mut classes: Vec<(f64, usize)> = vec![(0.0, 0); *size];
        classes.iter_mut().enumerate().for_each(|(at, class)| class.1 = at);
        for (atom, people) in people.iter().enumerate() {
            if let Some(class) = classes.get_mut(atom / step % size) {
                class.0 += people;
            }
        }
        classes.sort_by(|one, two| (two.1 == own).cmp(&(one.1 == own)).then(two.0.total_cmp(&one.0)));
        let chosen: Vec<usize> = classes.iter().take(many).map(|class| class.1).collect();
        grid = grid.iter().flat_map(|atom| chosen.iter().map(move |class| atom + class * step)).collect();
    }
    let mut taken: BTreeSet<u32> = grid.into_iter().filter_map(|atom| u32::try_from(atom).ok()).collect();
    taken.extend(atoms.iter().take(most));
    taken.into_iter().collect()
}

/// How many classes of each variable make a grid of at most so many atoms: as many of each as there are, in turn.
fn classes_each(sizes: &[usize], most: usize) -> Vec<usize> {
    let mut each = vec![1_usize; sizes.len()];
    loop {
        let before = each.clone();
        for at in 0..sizes.len() {
            let mut more = each.clone();
            let (Some(one), Some(size)) = (more.get_mut(at), sizes.get(at)) else { continue };
            *one += 1;
            if *one <= *size && more.iter().product::<usize>() <= most {
                each = more;
            }
        }
        if each == before {
            return each;
        }
    }
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
