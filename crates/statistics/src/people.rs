//! People as rows of codes: what is counted, and nothing else of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::keys::Secret;
use crate::release::Within;

/// Something by which people are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// All its categories, in order.
    pub categories: Vec<String>,
}

/// A column as it is read: a value for each person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The value of each person.
    pub values: Vec<String>,
}

/// A column whose values are codes already: places in its list of categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coded {
    /// Its name.
    pub name: String,
    /// All its categories, in any order; also those that nobody has.
    pub categories: Vec<String>,
    /// The code of each person.
    pub codes: Vec<u32>,
}

/// More people than can be counted at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are more people than can be counted at once")]
pub struct TooMany;

/// Everybody who can be counted.
#[derive(Debug, Clone)]
pub struct People {
    variables: Vec<Variable>,
    codes: Vec<Vec<u32>>,
    keys: Vec<u64>,
}

impl People {
    /// People with an id each, by which the secret gives them their number, and the columns of their values.
    ///
    /// # Errors
    /// More than four thousand million.
    pub fn new(secret: &Secret, ids: &[String], columns: &[Column]) -> Result<People, TooMany> {
        u32::try_from(ids.len()).map_err(|_| TooMany)?;
        let (mut variables, mut codes) = (Vec::new(), Vec::new());
        for column in columns {
            let categories: BTreeSet<&str> = column.values.iter().map(String::as_str).collect();
            let places: HashMap<&str, u32> = categories.iter().copied().zip(0..).collect();
            codes.push(
                (0..ids.len())
                    .map(|at| {
                        let value = column.values.get(at).map_or("", String::as_str);
                        places.get(value).copied().unwrap_or(0)
                    })
                    .collect(),
            );
            variables.push(Variable {
                name: column.name.clone(),
                categories: categories.into_iter().map(str::to_owned).collect(),
            });
        }
        let keys = ids.iter().map(|id| secret.person(id.as_bytes())).collect();
        Ok(People { variables, codes, keys })
    }

    /// People whose numbers ([`Secret::person`]) and codes are known already.
    ///
    /// # Errors
    /// More than four thousand million.
    pub fn coded(numbers: Vec<u64>, columns: &[Coded]) -> Result<People, TooMany> {
        u32::try_from(numbers.len()).map_err(|_| TooMany)?;
        let (mut variables, mut codes) = (Vec::new(), Vec::new());
        for column in columns {
            let sorted: BTreeSet<&String> = column.categories.iter().collect();
            let places: HashMap<&String, u32> = sorted.iter().copied().zip(0..).collect();
            let moved: Vec<u32> =
                column.categories.iter().map(|category| places.get(category).copied().unwrap_or(0)).collect();
            let of = |at: usize| column.codes.get(at).and_then(|code| moved.get(*code as usize));
            codes.push((0..numbers.len()).map(|at| of(at).copied().unwrap_or(0)).collect());
            variables.push(Variable {
                name: column.name.clone(),
                categories: sorted.into_iter().cloned().collect(),
            });
        }
        Ok(People { variables, codes, keys: numbers })
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// By what they can be counted.
    #[must_use]
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The place of a variable.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|variable| variable.name == name)
    }

    /// What the variable that is called so is called exactly: as it is said, or else the only one that differs by case, spaces
    /// and underlines.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&str> {
        let plain = |name: &str| name.to_lowercase().replace([' ', '_', '-'], "");
        let wanted = plain(name);
        let alike = || self.variables.iter().filter(|variable| plain(&variable.name) == wanted);
        let exact = self.variables.iter().find(|variable| variable.name == name);
        let found = exact.or_else(|| alike().next().filter(|_| alike().nth(1).is_none()));
        found.map(|variable| variable.name.as_str())
    }

    /// A variable by its place.
    pub(crate) fn variable(&self, place: usize) -> Option<&Variable> {
        self.variables.get(place)
    }

    /// The codes of a variable, one for each person.
    pub(crate) fn codes(&self, place: usize) -> &[u32] {
        self.codes.get(place).map_or(&[], Vec::as_slice)
    }

    /// The number of each person.
    pub(crate) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// Which category of `coarse` each category of `fine` lies in, if each lies in one.
    pub(crate) fn nests(&self, fine: usize, coarse: usize) -> Option<Vec<u32>> {
        let many = self.variable(fine)?.categories.len();
        let mut within: Vec<Option<u32>> = vec![None; many];
        for (code, over) in self.codes(fine).iter().zip(self.codes(coarse)) {
            let known = within.get_mut(*code as usize)?;
            match known {
                None => *known = Some(*over),
                Some(known) if known == over => {}
                Some(_) => return None,
            }
        }
        within.into_iter().collect()
    }

    /// That `fine` is finer than `wide`, if it is: where each of its categories lies, but for those of fewer than `least` people.
    pub(crate) fn within(&self, fine: usize, wide: usize, least: usize) -> Option<Within> {
        let (finer, wider) = (self.variable(fine)?, self.variable(wide)?);
        if finer.categories.len() <= wider.categories.len() || wider.categories.len() < 2 {
            return None;
        }
        let lies = self.nests(fine, wide)?;
        let mut many = vec![0_usize; finer.categories.len()];
        for code in self.codes(fine) {
            *many.get_mut(*code as usize)? += 1;
        }
        let known = finer.categories.iter().zip(lies).zip(many).filter(|(_, many)| *many >= least);
        let of: Option<BTreeMap<String, String>> = known
            .map(|((category, lies), _)| {
                Some((category.clone(), wider.categories.get(lies as usize)?.clone()))
            })
            .collect();
        let of = of.filter(|of| !of.is_empty())?;
        Some(Within { fine: finer.name.clone(), wide: wider.name.clone(), of })
    }
}
