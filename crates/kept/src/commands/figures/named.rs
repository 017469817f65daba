//! The columns that a question means: as they are called in the file, whatever case they are asked in.

use std::path::Path;

use statistics::{Filter, People, TableSpec};

use crate::fail::Fail;

/// A table as it is asked for, with the names of the file.
pub(super) fn spec(file: &Path, people: &People, asked: &TableSpec) -> Result<TableSpec, Fail> {
    let mut spec = TableSpec::default();
    for var in &asked.vars {
        let name = column(file, people, var)?;
        if spec.vars.contains(&name) {
            return Err(Fail::said(format!("{name:?} is there twice in one table. Say each column once.")));
        }
        spec.vars.push(name);
    }
    for (var, categories) in &asked.filter {
        spec.filter.insert(column(file, people, var)?, categories.clone());
    }
    Ok(spec)
}

/// The name of a column in the file.
pub(super) fn column(file: &Path, people: &People, asked: &str) -> Result<String, Fail> {
    let names =
        || people.variables().iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>().join(", ");
    let unknown = || {
        let file = file.display();
        Fail::said(format!("{file}: line 1 has no column {asked:?}. The columns are: {}.", names()))
    };
    people.named(asked).map(str::to_owned).ok_or_else(unknown)
}

/// A count as it is asked for, with the names of the file; what is not there stays as it is asked for, and is refused alone.
pub(super) fn filter(people: &People, asked: Filter) -> Filter {
    asked
        .into_iter()
        .map(|(name, categories)| (people.named(&name).map_or(name.clone(), str::to_owned), categories))
        .collect()
}
