//! By what the people of a release are told apart: a variable, or several of which one is finer than the others. Who lives in a
//! ward lives in its area: of ward and area together there are no more combinations than wards.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::release::{ALL, Release, Table};

/// Variables of which the first is finer than the others, with the combinations of their categories that there can be.
pub(crate) struct Dimension {
    names: Vec<String>,
    /// A category of each variable, and the class it is in: no table tells those of one class apart.
    kinds: Vec<(Vec<String>, usize)>,
    /// How many classes there are.
    pub(crate) size: usize,
}

impl Dimension {
    /// The dimensions of all variables that a release uses.
    pub(crate) fn all(release: &Release) -> Vec<Dimension> {
        let used: BTreeSet<&String> =
            release.tables.iter().flat_map(|table| table.vars.iter().chain(table.filter.keys())).collect();
        let finer = |wide: &String| {
            let finer =
                release.within.iter().filter(|within| within.wide == *wide && used.contains(&within.fine));
            finer.map(|within| &within.fine).collect::<Vec<_>>()
        };
        let mut names: BTreeMap<&String, Vec<String>> = BTreeMap::new();
        for name in &used {
            let finest = finer(name).into_iter().find(|fine| finer(fine).is_empty());
            let of = names.entry(finest.unwrap_or(name)).or_default();
            match finest {
                Some(_) => of.push((*name).clone()),
                None => of.insert(0, (*name).clone()),
            }
        }
        names.into_values().map(|names| Dimension::of(release, names)).collect()
    }

    fn of(release: &Release, names: Vec<String>) -> Dimension {
        let mut known: HashMap<Vec<Option<Vec<usize>>>, usize> = HashMap::new();
        let mut kinds = Vec::new();
        for kind in combinations(release, &names) {
            let signs = release.tables.iter().map(|table| sign(release, table, &names, &kind)).collect();
            let next = known.len();
            kinds.push((kind, *known.entry(signs).or_insert(next)));
        }
        Dimension { names, size: known.len().max(1), kinds }
    }

    /// The classes that a cell of a table counts, in order.
    pub(crate) fn counted(&self, table: &Table, keys: &[String]) -> Vec<usize> {
        let wanted: Vec<(Option<&String>, Option<&Vec<String>>)> = self
            .names
            .iter()
            .map(|name| {
                let at = table.vars.iter().position(|var| var == name);
                (at.and_then(|at| keys.get(at)).filter(|key| *key != ALL), table.filter.get(name))
            })
            .collect();
        let counts = |kind: &[String]| {
            kind.iter().zip(&wanted).all(|(category, (key, some))| match (key, some) {
                (Some(key), _) => category == *key,
                (None, Some(some)) => some.contains(category),
                (None, None) => true,
            })
        };
        let counted: BTreeSet<usize> =
            self.kinds.iter().filter(|(kind, _)| counts(kind)).map(|(_, class)| *class).collect();
        counted.into_iter().collect()
    }

    /// A class in words.
    pub(crate) fn words(&self, class: usize) -> String {
        let of_name = |(at, name): (usize, &String)| {
            let kinds = self.kinds.iter().filter(|(_, other)| *other == class);
            let of: BTreeSet<&str> = kinds.filter_map(|(kind, _)| Some(kind.get(at)?.as_str())).collect();
            let of: Vec<&str> = of.into_iter().collect();
            format!("{name} {}", if of.len() > 2 { "of the others".to_owned() } else { of.join(" or ") })
        };
        self.names.iter().enumerate().map(of_name).collect::<Vec<_>>().join(", ")
    }
}

/// The combinations of categories that there can be: of a wider variable the one in which the finest lies, or every one where
/// that is not said.
fn combinations(release: &Release, names: &[String]) -> Vec<Vec<String>> {
    let categories = |name: &String| release.variables.get(name).cloned().unwrap_or_default();
    let Some((finest, wider)) = names.split_first() else { return Vec::new() };
    let mut kinds: Vec<Vec<String>> = categories(finest).into_iter().map(|category| vec![category]).collect();
    for wide in wider {
        let within = release.within.iter().find(|within| within.fine == *finest && within.wide == *wide);
        kinds = kinds
            .into_iter()
            .flat_map(|kind| {
                let lies = kind.first().and_then(|category| within?.of.get(category));
                let all = lies.map_or_else(|| categories(wide), |category| vec![category.clone()]);
                all.into_iter().map(move |category| [kind.as_slice(), &[category]].concat())
            })
            .collect();
    }
    kinds
}

/// What a table says of people of a kind: nothing if it does not count them, or else what it tells them apart by.
fn sign(release: &Release, table: &Table, names: &[String], kind: &[String]) -> Option<Vec<usize>> {
    let mut sign = Vec::new();
    for (name, category) in names.iter().zip(kind) {
        if table.filter.get(name).is_some_and(|some| !some.contains(category)) {
            return None;
        }
        if table.vars.contains(name) {
            let all = release.variables.get(name).map(Vec::as_slice).unwrap_or_default();
            sign.push(all.iter().position(|one| one == category).unwrap_or(usize::MAX));
        }
    }
    Some(sign)
}
