//! What a table shall show: its variables and whom it counts.

use std::collections::BTreeMap;

/// Whom a table counts: for some variables, the categories that are counted.
pub type Filter = BTreeMap<String, Vec<String>>;

/// A table that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableSpec {
    /// By what, in order.
    pub vars: Vec<String>,
    /// Whom.
    pub filter: Filter,
}

/// Why a table cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a table. Write it like: ward*ethnicity where age=16-24|25-34, sex=F")]
pub struct SpecFault(String);

impl TableSpec {
    /// Reads `ward*ethnicity where age=16-24|25-34, sex=F`.
    ///
    /// # Errors
    /// It has another form.
    pub fn parse(text: &str) -> Result<TableSpec, SpecFault> {
        let fault = || SpecFault(text.to_owned());
        let (vars, filter) = match text.split_once(" where ") {
            Some((vars, filter)) => (vars, Some(filter)),
            None => (text, None),
        };
        let mut spec = TableSpec::default();
        for var in vars.split('*').map(str::trim) {
            if var.is_empty() || spec.vars.iter().any(|other| other == var) {
                return Err(fault());
            }
            spec.vars.push(var.to_owned());
        }
        for condition in filter.into_iter().flat_map(conditions) {
            let (name, categories) = condition_of(&condition).ok_or_else(fault)?;
            if spec.filter.insert(name, categories).is_some() {
                return Err(fault());
            }
        }
        Ok(spec)
    }

    /// Its name: `ward x ethnicity where age is 16-24 or 25-34`.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = self.vars.join(" x ");
        for (at, (var, categories)) in self.filter.iter().enumerate() {
            name.push_str(if at == 0 { " where " } else { ", " });
            name.push_str(&format!("{var} is {}", categories.join(" or ")));
        }
        name
    }
}

/// The conditions of a filter. A comma ends one only where another begins: categories have commas, too ("Asian, Asian British
/// or Asian Welsh").
fn conditions(filter: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in filter.split(',') {
        match found.last_mut() {
            Some(last) if !piece.contains('=') => {
                last.push(',');
                last.push_str(piece);
            }
            _ => found.push(piece.to_owned()),
        }
    }
    found
}

/// Reads `VAR=A|B`.
#[must_use]
pub fn condition_of(text: &str) -> Option<(String, Vec<String>)> {
    let (name, categories) = text.split_once('=')?;
    let name = name.trim();
    let mut found: Vec<String> = Vec::new();
    for category in categories.split('|').map(|category| category.trim().to_owned()) {
        if !found.contains(&category) {
            found.push(category);
        }
    }
    (!name.is_empty()).then(|| (name.to_owned(), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_is_named() {
        let spec = TableSpec::parse("ward*ethnicity where age=16-24|25-34, sex=F").unwrap();
        assert_eq!(spec.vars, ["ward", "ethnicity"]);
        assert_eq!(spec.name(), "ward x ethnicity where age is 16-24 or 25-34, sex is F");
        assert_eq!(TableSpec::parse("ward").unwrap().name(), "ward");
        let spec =
            TableSpec::parse("ward where group=Asian, Asian British or Asian Welsh|White, sex=F").unwrap();
        assert_eq!(spec.filter["group"], ["Asian, Asian British or Asian Welsh", "White"]);
        assert_eq!(spec.filter["sex"], ["F"]);
        for bad in ["", "ward*", "ward*ward", "ward where age", "ward where =a", "ward where a=b, a=c"] {
            assert!(TableSpec::parse(bad).is_err(), "{bad}");
        }
    }
}
