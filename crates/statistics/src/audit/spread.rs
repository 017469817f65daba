//! One way in which people could be spread over the atoms so that every figure fits, and how far it can be bent.

use std::collections::VecDeque;

use super::TINY;
use super::model::Model;

/// How far inside the ranges the fitting aims, and for how many rounds at most: each step goes on from where the one before
/// was, so that figures that can be far inside stay there when those that cannot are fitted.
const STEPS: [(f64, usize); 4] = [(2.0, 100), (1.0, 100), (0.4, 200), (0.05, 4000)];
/// Spreads that are remembered.
const MOST_OTHERS: usize = 48;
/// Atoms of a target that are tried.
const MOST_TRIED: usize = 24;
/// Neighbours that are tried in pairs.
const FEW: usize = 16;

/// A spread that fits.
pub(crate) struct Spread {
    people: Vec<f64>,
    sums: Vec<f64>,
    /// Others that fit, as linear programming found them: each shows of many targets at once that they are free.
    others: VecDeque<Vec<f64>>,
}

impl Spread {
    /// People who fit the figures: those who are known to, or found by scaling whoever a figure counts until all fit (iterative
    /// proportional fitting).
    pub(crate) fn of(model: &Model, known: Option<Vec<f64>>) -> Option<Spread> {
        let known = known.filter(|people| people.len() == model.atoms && fits(model, people));
        known
            .or_else(|| fit(model))
            .or_else(|| super::solve::feasible(model))
            .map(|people| Spread::new(model, people))
    }

    fn new(model: &Model, people: Vec<f64>) -> Spread {
        let sum = |atoms: &[u32]| atoms.iter().filter_map(|atom| people.get(*atom as usize)).sum();
        let sums = model.figures.iter().map(|figure| sum(&figure.atoms)).collect();
        Spread { people, sums, others: VecDeque::new() }
    }

    /// The people of each atom, and how many each figure counts.
    pub(crate) fn point(&self) -> (&[f64], &[f64]) {
        (&self.people, &self.sums)
    }

    /// How many people are in `atoms` here.
    pub(crate) fn now(&self, atoms: &[u32]) -> f64 {
        atoms.iter().filter_map(|atom| self.people.get(*atom as usize)).sum()
    }

    /// Remembers another spread that fits; the oldest makes room.
    pub(crate) fn remember(&mut self, people: Vec<f64>) {
        if self.others.len() == MOST_OTHERS {
            self.others.pop_front();
        }
        self.others.push_back(people);
    }

    /// The fewest and the most people in `atoms` in any spread that is known to fit.
    pub(crate) fn seen(&self, atoms: &[u32]) -> (f64, f64) {
        let sum = |people: &Vec<f64>| atoms.iter().filter_map(|atom| people.get(*atom as usize)).sum::<f64>();
        let now = self.now(atoms);
        self.others.iter().map(sum).fold((now, now), |(low, high), sum| (low.min(sum), high.max(sum)))
    }

    /// The most people that could be in `atoms`, as far as bending shows it; no more than `by` above what they are here.
    pub(crate) fn higher(&mut self, model: &Model, atoms: &[u32], by: f64) -> f64 {
        self.now(atoms) + self.bent(model, atoms, by, true)
    }

    /// The fewest, no more than `by` below.
    pub(crate) fn lower(&mut self, model: &Model, atoms: &[u32], by: f64) -> f64 {
        let now = self.now(atoms);
        (now - self.bent(model, atoms, by.min(now), false)).max(0.0)
    }

    fn bent(&mut self, model: &Model, atoms: &[u32], need: f64, up: bool) -> f64 {
        if need <= TINY {
            return 0.0;
        }
        let mut bending = Bending {
            model,
            people: &mut self.people,
            sums: &mut self.sums,
            inside: atoms,
            done: Vec::new(),
        };
        let moved = bending.bend(need, up);
        bending.undo();
        moved
    }
}

fn fit(model: &Model) -> Option<Vec<f64>> {
    let total = model.figures.iter().map(|figure| figure.high).fold(0.0, f64::max).max(1.0);
    let mut people = vec![total / model.atoms.max(1) as f64; model.atoms];
    for (inside, rounds) in STEPS {
        for round in 0..rounds {
            // That all fit is seen at once; that most do well enough, now and then.
            if scale(model, &mut people, inside) == 0 || (round % 50 == 49 && fits(model, &people)) {
                break;
            }
            // Large releases are fitted soon or not at all.
            if (round + 1) * model.figures.len() > 40_000_000 / model.atoms.clamp(1, 40) {
                break;
            }
        }
    }
    fits(model, &people).then_some(people)
}

/// One round: whoever is counted by a figure that does not fit is scaled until it does. How many did not.
fn scale(model: &Model, people: &mut [f64], inside: f64) -> usize {
    let mut off = 0;
    for figure in &model.figures {
        let margin = inside.min((figure.high - figure.low) / 2.0);
        let (low, high) = (figure.low + margin, figure.high - margin);
        let sum: f64 = figure.atoms.iter().filter_map(|atom| people.get(*atom as usize)).sum();
        let aim = if sum < low - TINY {
            low
        } else if sum > high + TINY {
            high
        } else {
            continue;
        };
        off += 1;
        for atom in &figure.atoms {
            if let Some(people) = people.get_mut(*atom as usize) {
                *people = if sum > TINY { *people * (aim / sum) } else { aim / figure.atoms.len() as f64 };
            }
        }
    }
    off
}

fn fits(model: &Model, people: &[f64]) -> bool {
    model.figures.iter().all(|figure| {
        let sum: f64 = figure.atoms.iter().filter_map(|atom| people.get(*atom as usize)).sum();
        sum >= figure.low && sum <= figure.high
    })
}

/// A spread that is being bent.
struct Bending<'m> {
    model: &'m Model,
    people: &'m mut [f64],
    sums: &'m mut [f64],
    /// The atoms whose sum is to change, in order.
    inside: &'m [u32],
    /// What people and sums were before each change, to put them back.
    done: Vec<(Part, u32, f64)>,
}

/// A part of a spread that changes.
enum Part {
    People,
    Sum,
}

impl Bending<'_> {
    fn bend(&mut self, need: f64, up: bool) -> f64 {
        let mut moved = 0.0;
        let tried: Vec<u32> = self.inside.iter().copied().take(MOST_TRIED).collect();
        for way in [Bending::alone, Bending::against, Bending::around] {
            for atom in &tried {
                moved += way(self, *atom, need - moved, up);
                if moved >= need - TINY {
                    return moved;
                }
            }
        }
        moved
    }

    fn is_inside(&self, atom: u32) -> bool {
        self.inside.binary_search(&atom).is_ok()
    }

    /// Changes one atom alone.
    fn alone(&mut self, atom: u32, need: f64, up: bool) -> f64 {
        let by = self.free(&[(atom, up)]).min(need);
        self.change(&[(atom, up)], by)
    }

    /// Moves people between an atom inside and one outside that differs in one variable.
    fn against(&mut self, atom: u32, need: f64, up: bool) -> f64 {
        let mut moved = 0.0;
        for other in self.neighbours(atom) {
            if self.is_inside(other) {
                continue;
            }
            let steps = [(atom, up), (other, !up)];
            let by = self.free(&steps).min(need - moved);
            moved += self.change(&steps, by);
            if moved >= need - TINY {
                break;
            }
        }
        moved
    }

    /// Moves people around a square of four atoms, which leaves the margins of two variables as they are.
    fn around(&mut self, atom: u32, need: f64, up: bool) -> f64 {
        let mut moved = 0.0;
        let near = self.few_neighbours(atom);
        for (at, one) in near.iter().enumerate() {
            for two in near.iter().skip(at + 1) {
                let Some(corner) = self.corner(atom, *one, *two) else { continue };
                if self.is_inside(*one) || self.is_inside(*two) {
                    continue;
                }
                let steps = [(atom, up), (*one, !up), (*two, !up), (corner, up)];
                let worth = if self.is_inside(corner) { 2.0 } else { 1.0 };
                let by = self.free(&steps).min((need - moved) / worth);
                moved += self.change(&steps, by) * worth;
                if moved >= need - TINY {
                    return moved;
                }
            }
        }
        moved
    }

    /// Those of the neighbours with the most people, which have the most to give.
    fn few_neighbours(&self, atom: u32) -> Vec<u32> {
        let mut near = self.neighbours(atom);
        let people = |atom: &u32| self.people.get(*atom as usize).copied().unwrap_or(0.0);
        near.sort_by(|one, two| people(two).total_cmp(&people(one)).then(one.cmp(two)));
        near.truncate(FEW);
        near
    }

    /// The atoms that differ in one variable.
    fn neighbours(&self, atom: u32) -> Vec<u32> {
        let mut near = Vec::new();
        for (size, step) in self.model.sizes.iter().zip(&self.model.steps) {
            let own = atom as usize / step % size;
            let others = (0..*size).filter(|class| *class != own);
            near.extend(
                others.filter_map(|class| u32::try_from(atom as usize - own * step + class * step).ok()),
            );
        }
        near
    }

    /// The fourth corner of the square that two neighbours in two variables make with an atom.
    fn corner(&self, atom: u32, one: u32, two: u32) -> Option<u32> {
        let corner = i64::from(one) + i64::from(two) - i64::from(atom);
        let differ = |other: u32| {
            self.model
                .sizes
                .iter()
                .zip(&self.model.steps)
                .position(|(size, step)| atom as usize / step % size != other as usize / step % size)
        };
        (differ(one) != differ(two)).then(|| u32::try_from(corner).ok()).flatten()
    }

    /// By how much the atoms can change together before a figure no longer fits.
    fn free(&self, steps: &[(u32, bool)]) -> f64 {
        let mut free = f64::INFINITY;
        for (atom, up) in steps {
            if !up {
                free = free.min(self.people.get(*atom as usize).copied().unwrap_or(0.0));
            }
        }
        if free < TINY {
            return 0.0;
        }
        for (figure, net) in self.net(steps) {
            let (Some(range), Some(sum)) =
                (self.model.figures.get(figure as usize), self.sums.get(figure as usize))
            else {
                return 0.0;
            };
            let room = if net > 0.0 { range.high - sum } else { sum - range.low };
            free = free.min(room.max(0.0) / net.abs());
        }
        free
    }

    /// How the sum of each figure changes with a change of one.
    fn net(&self, steps: &[(u32, bool)]) -> Vec<(u32, f64)> {
        let mut net: Vec<(u32, f64)> = Vec::new();
        for (atom, up) in steps {
            let sign = if *up { 1.0 } else { -1.0 };
            for figure in self.model.figures_of.get(*atom as usize).into_iter().flatten() {
                match net.iter_mut().find(|(known, _)| known == figure) {
                    Some((_, by)) => *by += sign,
                    None => net.push((*figure, sign)),
                }
            }
        }
        net.retain(|(_, by)| *by != 0.0);
        net
    }

    fn change(&mut self, steps: &[(u32, bool)], by: f64) -> f64 {
        if !by.is_finite() || by < TINY {
            return 0.0;
        }
        for (figure, net) in self.net(steps) {
            if let Some(sum) = self.sums.get_mut(figure as usize) {
                self.done.push((Part::Sum, figure, *sum));
                *sum += net * by;
            }
        }
        for (atom, up) in steps {
            if let Some(people) = self.people.get_mut(*atom as usize) {
                self.done.push((Part::People, *atom, *people));
                *people = (*people + if *up { by } else { -by }).max(0.0);
            }
        }
        by
    }

    fn undo(mut self) {
        while let Some((part, at, before)) = self.done.pop() {
            let held = match part {
                Part::People => self.people.get_mut(at as usize),
                Part::Sum => self.sums.get_mut(at as usize),
            };
            if let Some(held) = held {
                *held = before;
            }
        }
    }
}
