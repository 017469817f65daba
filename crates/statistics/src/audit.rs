//! The gate: attacks a release as somebody would who has all its tables and knows how they were made.
//!
//! What the attacker knows is a set of inequalities: each figure `v` says that its count lies from `v - 4` to `v + 4`, and all
//! counts are sums of the same people (`model`). A count is worked out if it can only be one of three numbers in a row and not
//! 0, or a group is known to have something sensitive all together or all but one (docs/figures.md, "What a release must
//! survive").
//!
//! That something is *not* worked out is shown by example: two ways in which people could be spread that fit every figure
//! and differ enough (`spread`). Only what no example is found for is left to linear programming (`solve`), whose answer is
//! exact. So a release passes for a reason that can be checked, not because a search gave up.

mod dimension;
mod model;
mod solve;
mod spread;

use std::collections::HashSet;
use std::fmt;

use crate::release::Release;
use model::{Model, Target};
use spread::Spread;

/// Counts from here on are no longer about a few people.
const MANY: f64 = 10.0;
/// Counts that can be one of so many numbers or fewer are worked out.
const NARROW: f64 = 2.0;
const TINY: f64 = 1e-6;

/// More ways to combine the categories of a release than can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0} combinations of categories are too many to check together: publish fewer variables at once, or coarser categories"
)]
pub struct TooLarge(pub usize);

/// What the figures of a release give away.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosed {
    /// About whom: `ward x disability [Quayside, yes]`.
    pub whom: String,
    /// What can be concluded.
    pub what: Conclusion,
    /// The figures that it hangs on: table and cell, by place.
    pub by: Vec<(usize, usize)>,
}

/// What can be concluded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Conclusion {
    /// How many they are, to within two.
    Between(f64, f64),
    /// That all of them, or all but one, have something sensitive.
    AllHave,
    /// The figures contradict each other: one group of people has two numbers.
    Contradiction,
}

impl fmt::Display for Disclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Conclusion::Between(low, high) if low.ceil() >= high.floor() => {
                write!(f, "{}: it could be worked out that they are {}", self.whom, low.ceil())
            }
            Conclusion::Between(low, high) => {
                write!(
                    f,
                    "{}: it could be worked out that they are {} to {}",
                    self.whom,
                    low.ceil(),
                    high.floor()
                )
            }
            Conclusion::AllHave => {
                write!(f, "{}: it could be worked out of all of them, or all but one", self.whom)
            }
            Conclusion::Contradiction => write!(f, "{}: the figures contradict each other", self.whom),
        }
    }
}

/// Everything that a release gives away; nothing for one that may be published.
///
/// # Errors
/// It is too large to be checked.
pub fn audit(release: &Release) -> Result<Vec<Disclosed>, TooLarge> {
    Gate::default().audit(release)
}

/// The gate for one release of which figures are taken out until nothing is given away. With fewer figures only more is possible:
/// what was free before is free still, and people who were spread so that all figures fit fit those that are left.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    fits: Option<Vec<f64>>,
    free: HashSet<Whom>,
}

/// The atoms of a target, and the group of which they are the rest.
type Whom = (Vec<u32>, Option<Vec<u32>>);

impl Gate {
    /// Everything that the release gives away. Of the same tables as before, nothing may be shown that was hidden before.
    pub(crate) fn audit(&mut self, release: &Release) -> Result<Vec<Disclosed>, TooLarge> {
        let model = Model::of(release)?;
        if let Some(found) = model.contradictions(release) {
            return Ok(vec![found]);
        }
        let Some(mut spread) = Spread::of(&model, self.fits.take()) else {
            return Ok(vec![Disclosed {
                whom: "the tables together".to_owned(),
                what: Conclusion::Contradiction,
                by: model.all_figures(),
            }]);
        };
        let mut found = Vec::new();
        for target in model.targets(release) {
            let whom = (target.atoms.clone(), target.rest_of.clone());
            if self.free.contains(&whom) {
                continue;
            }
            match concluded(&model, &mut spread, &target) {
                None => drop(self.free.insert(whom)),
                Some(what) => {
                    let by = if target.own.is_empty() { model.figures_near(&target) } else { target.own };
                    found.push(Disclosed { whom: target.whom, what, by });
                }
            }
        }
        self.fits = Some(spread.point().0.to_vec());
        Ok(found)
    }
}

fn concluded(model: &Model, spread: &mut Spread, target: &Target) -> Option<Conclusion> {
    match &target.rest_of {
        Some(group) => all_have(model, spread, &target.atoms, group),
        None => narrowed(model, spread, target),
    }
}

/// Whether a group is known to have something all together or all but one: at most one in `rest`, and somebody in the group.
fn all_have(model: &Model, spread: &mut Spread, rest: &[u32], group: &[u32]) -> Option<Conclusion> {
    let enough = |high: f64| high >= NARROW - TINY;
    let here = spread.now(rest);
    if enough(spread.seen(rest).1) || enough(spread.higher(model, rest, NARROW - here)) {
        return None;
    }
    if spread.lower(model, group, spread.now(group)) < TINY {
        return None;
    }
    for at_once in solve::AT_ONCE {
        if enough(solve::highest(model, spread, rest, at_once))
            || solve::lowest(model, spread, group, at_once) < 1.0 - TINY
        {
            return None;
        }
        if at_once >= model.atoms {
            break;
        }
    }
    Some(Conclusion::AllHave)
}

/// Whether a count is known to within two, and not perhaps 0.
fn narrowed(model: &Model, spread: &mut Spread, target: &Target) -> Option<Conclusion> {
    if target.least >= MANY {
        return None;
    }
    let wide = |low: f64, high: f64| (high + TINY).floor() - (low - TINY).ceil() > NARROW;
    let free = |(low, high): (f64, f64)| low < TINY || wide(low, high);
    let mut known = spread.seen(&target.atoms);
    if free(known) {
        return None;
    }
    known.0 = known.0.min(spread.lower(model, &target.atoms, NARROW + 1.5));
    if free(known) {
        return None;
    }
    known.1 = known.1.max(spread.higher(model, &target.atoms, NARROW + 1.5));
    if free(known) {
        return None;
    }
    // Both ends among few atoms before either among many: one of them is enough most of the time.
    for at_once in solve::AT_ONCE {
        known.0 = known.0.min(solve::lowest(model, spread, &target.atoms, at_once));
        if free(known) {
            return None;
        }
        known.1 = known.1.max(solve::highest(model, spread, &target.atoms, at_once));
        if free(known) {
            return None;
        }
        if at_once >= model.atoms {
            break;
        }
    }
    (known.0 < MANY).then_some(Conclusion::Between(known.0, known.1))
}

#[cfg(test)]
mod tests;
