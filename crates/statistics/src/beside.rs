//! A release beside earlier ones about the same people.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::Disclosed;
use crate::release::{ALL, Release, Table, Within};

/// Whom a cell counts: for each variable that says something, the categories.
type Whom = BTreeMap<String, BTreeSet<String>>;

fn whom(release: &Release, table: &Table, keys: &[String]) -> Whom {
    let mut whom: Whom =
        table.filter.iter().map(|(name, some)| (name.clone(), some.iter().cloned().collect())).collect();
    for (var, key) in table.vars.iter().zip(keys).filter(|(_, key)| *key != ALL) {
        whom.insert(var.clone(), BTreeSet::from([key.clone()]));
    }
    whom.retain(|name, some| release.variables.get(name).is_none_or(|all| all.len() != some.len()));
    whom
}

/// Takes over each figure that stands in an earlier release already. Records change by a few between two releases: a second
/// number for the same group would tell of those few.
pub(crate) fn adopt(release: &mut Release, earlier: &[Release]) {
    if earlier.is_empty() {
        return;
    }
    let mut known: BTreeMap<Whom, Option<u64>> = BTreeMap::new();
    for old in earlier {
        for table in &old.tables {
            for cell in &table.cells {
                let figure = known.entry(whom(old, table, &cell.k)).or_insert(cell.v);
                *figure = figure.or(cell.v);
            }
        }
    }
    let all = release.clone();
    for table in &mut release.tables {
        let like = Table { cells: Vec::new(), ..table.clone() };
        for cell in &mut table.cells {
            if let Some(figure) = known.get(&whom(&all, &like, &cell.k)) {
                cell.v = *figure;
            }
        }
    }
}

/// All tables as one release, those of `release` first and at their own places.
pub(crate) fn together(release: &Release, earlier: &[Release]) -> Release {
    let mut all = release.clone();
    for old in earlier {
        for (name, categories) in &old.variables {
            let known = all.variables.entry(name.clone()).or_default();
            let new: Vec<String> = categories.iter().filter(|one| !known.contains(one)).cloned().collect();
            known.extend(new);
            known.sort();
        }
        for (name, harmless) in &old.sensitive {
            all.sensitive.entry(name.clone()).or_insert_with(|| harmless.clone());
        }
        for within in &old.within {
            let same = |other: &&mut Within| other.fine == within.fine && other.wide == within.wide;
            match all.within.iter_mut().find(same) {
                // What two releases say differently nobody knows.
                Some(known) => {
                    known.of.retain(|fine, wide| within.of.get(fine).is_none_or(|other| other == wide))
                }
                None => all.within.push(within.clone()),
            }
        }
        all.tables.extend(old.tables.iter().cloned());
    }
    all
}

/// The same conclusion, as if it hung on every figure of `release`.
pub(crate) fn anything(release: &Release, found: Disclosed) -> Disclosed {
    let by = release.tables.iter().enumerate();
    let by = by.flat_map(|(table, of)| (0..of.cells.len()).map(move |cell| (table, cell)));
    Disclosed { by: by.collect(), ..found }
}
