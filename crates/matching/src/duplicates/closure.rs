//! Two records that both certainly match a third one are likely one person, even where they alone say too little.

use std::collections::{HashMap, HashSet};

use super::Scored;
use super::compare::compare;
use super::model::Model;
use super::record::Prepared;
use super::shares::Shares;

/// Both must match the third one so well.
const CERTAIN: f64 = 0.99;
/// No third record makes a pair certain: it stays a possible duplicate.
const AT_MOST: f64 = 0.96;
/// Pairs below this are not kept; they come back here if a third record speaks for them.
pub(super) const LEAST: f64 = 0.5;
/// A record that matches more others is a placeholder.
const MOST: usize = 12;

/// Raises pairs of which both match a third record, and adds those that were never compared.
pub(super) fn close(
    found: &mut Vec<Scored>,
    records: &[Prepared],
    parted: Option<u32>,
    model: &Model,
    shares: &Shares,
) {
    let mut certain: HashMap<u32, Vec<(u32, f64)>> = HashMap::new();
    for scored in found.iter().filter(|scored| scored.score >= CERTAIN) {
        let (one, two) = scored.pair;
        certain.entry(one).or_default().push((two, scored.score));
        certain.entry(two).or_default().push((one, scored.score));
    }
    let mut raised: HashMap<(u32, u32), f64> = HashMap::new();
    for others in certain.values().filter(|others| (2..=MOST).contains(&others.len())) {
        for (at, (one, first)) in others.iter().enumerate() {
            for (two, second) in others.iter().skip(at + 1) {
                let pair = (*one.min(two), *one.max(two));
                if parted.is_none_or(|from| pair.0 < from && pair.1 >= from) {
                    let held = raised.entry(pair).or_insert(0.0);
                    *held = held.max(first * second * AT_MOST);
                }
            }
        }
    }
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    for scored in found.iter_mut() {
        seen.insert(scored.pair);
        if let Some(score) = raised.get(&scored.pair) {
            raise(scored, *score, model);
        }
    }
    let mut new: Vec<((u32, u32), f64)> =
        raised.into_iter().filter(|(pair, _)| !seen.contains(pair)).collect();
    new.sort_unstable_by_key(|(pair, _)| *pair);
    for (pair, score) in new {
        if let (Some(one), Some(two)) = (records.get(pair.0 as usize), records.get(pair.1 as usize)) {
            let levels = compare(one, two);
            let mut scored = Scored::of(model, shares, records, pair, &levels);
            raise(&mut scored, score, model);
            found.push(scored);
        }
    }
}

fn raise(scored: &mut Scored, score: f64, model: &Model) {
    if score > scored.score && model.allows(&scored.levels) {
        scored.by_another = Some(scored.score);
        scored.score = score;
    }
}
