//! Linear programming, for what bending does not show.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::model::Model;
use super::spread::Spread;

/// So many atoms are solved for, first few, then more: those nearest to the target. The others keep the people that they have,
/// so that what is found fits, and only what is not found among few is looked for among more. What cannot be shown to be
/// free among the most counts as worked out.
pub(crate) const AT_ONCE: [usize; 2] = [240, MOST_ATOMS];
const MOST_ATOMS: usize = 3000;

/// The most people that could be in these atoms if so many atoms at once may change.
pub(crate) fn highest(model: &Model, spread: &mut Spread, atoms: &[u32], at_once: usize) -> f64 {
    bound(model, spread, atoms, OptimizationDirection::Maximize, at_once).max(spread.now(atoms))
}

/// The fewest.
pub(crate) fn lowest(model: &Model, spread: &mut Spread, atoms: &[u32], at_once: usize) -> f64 {
    bound(model, spread, atoms, OptimizationDirection::Minimize, at_once).min(spread.now(atoms))
}

/// Any way in which all figures fit.
pub(crate) fn feasible(model: &Model) -> Option<Vec<f64>> {
    let all: Vec<u32> = (0..u32::try_from(model.atoms).ok()?).collect();
    if all.len() > MOST_ATOMS {
        return None;
    }
    let (people, sums) = (vec![0.0; model.atoms], vec![0.0; model.figures.len()]);
    solve(model, (&people, &sums), &all, &[], OptimizationDirection::Minimize)
}

fn bound(
    model: &Model,
    spread: &mut Spread,
    atoms: &[u32],
    direction: OptimizationDirection,
    most: usize,
) -> f64 {
    let taken = taken(model, spread.point().0, atoms, most);
    let Some(solved) = solve(model, spread.point(), &taken, atoms, direction) else {
        return spread.now(atoms);
    };
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

/// The people of each atom where the target is best, if those atoms that are taken may change and the others keep their people;
/// none if the solver finds none. Only figures that count somebody of the taken atoms are looked at: what the others add to
/// them follows from their sums.
fn solve(
    model: &Model,
    (people, sums): (&[f64], &[f64]),
    taken: &[u32],
    target: &[u32],
    direction: OptimizationDirection,
) -> Option<Vec<f64>> {
    let mut problem = Problem::new(direction);
    let mut variables: Vec<Variable> = Vec::with_capacity(taken.len());
    let mut terms: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); model.figures.len()];
    let mut held = sums.to_vec();
    for atom in taken {
        let worth = if target.binary_search(atom).is_ok() { 1.0 } else { 0.0 };
        let variable = problem.add_var(worth, (0.0, f64::INFINITY));
        variables.push(variable);
        let own = people.get(*atom as usize)?;
        for figure in model.figures_of.get(*atom as usize)? {
            terms.get_mut(*figure as usize)?.push((variable, 1.0));
            *held.get_mut(*figure as usize)? -= own;
        }
    }
    for ((figure, terms), held) in model.figures.iter().zip(&terms).zip(&held) {
        if terms.is_empty() {
            continue;
        }
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, figure.high - held);
        if figure.low - held > 0.0 {
            problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, figure.low - held);
        }
    }
    let solution = problem.solve().ok()?.into_solution().ok()?;
    let mut solved = people.to_vec();
    for (atom, variable) in taken.iter().zip(&variables) {
        *solved.get_mut(*atom as usize)? = solution.var_value(*variable);
    }
    Some(solved)
}

/// The fewest and the most people that could be in these atoms, with every atom free to change: the slow way, to compare with.
#[cfg(test)]
pub(crate) fn exact(model: &Model, atoms: &[u32]) -> Option<(f64, f64)> {
    let all: Vec<u32> = (0..u32::try_from(model.atoms).ok()?).collect();
    let (people, sums) = (vec![0.0; model.atoms], vec![0.0; model.figures.len()]);
    let end = |direction| {
        let solved = solve(model, (&people, &sums), &all, atoms, direction)?;
        Some(atoms.iter().filter_map(|atom| solved.get(*atom as usize)).sum())
    };
    // Nothing says how many they are at most where no figure counts them.
    Some((
        end(OptimizationDirection::Minimize)?,
        end(OptimizationDirection::Maximize).unwrap_or(f64::INFINITY),
    ))
}
