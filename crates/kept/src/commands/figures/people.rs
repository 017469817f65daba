//! A file of people as columns of categories.

use std::collections::HashMap;
use std::path::Path;

use matching::table::Table;
use notice::{Catalogue, Special};
use statistics::{Column, People, Secret, Sensitive};

use crate::fail::Fail;

/// Columns that tell people apart, by their usual names.
const IDS: [&str; 12] = [
    "id",
    "uuid",
    "client_id",
    "person_id",
    "record_id",
    "rec_id",
    "uid",
    "unique_id",
    "client_number",
    "client_uuid",
    "ref",
    "reference",
];

/// People with what is sensitive about them.
pub(super) struct Read {
    pub(super) people: People,
    pub(super) sensitive: Sensitive,
    /// Which people they are, without saying who: for a ledger.
    pub(super) snapshot: String,
}

/// Reads a file.
pub(super) fn read(
    path: &Path,
    id: Option<&str>,
    marked: &[(String, Vec<String>)],
    secret: &Secret,
) -> Result<Read, Fail> {
    let said = |what: String| Fail::said(format!("{}: {what}", path.display()));
    let bytes = std::fs::read(path).map_err(Fail::file("read", path))?;
    let table = Table::read(&bytes, "ward,age,ethnicity").map_err(|fault| said(fault.to_string()))?;
    let headings = table.headings();
    let id = match id {
        Some(name) => Some(table.needed(&[name]).map_err(|fault| said(fault.to_string()))?),
        None => table.column(&IDS).filter(|at| all_differ(&table, *at)),
    };
    let columns: Vec<Column> = headings
        .iter()
        .enumerate()
        .filter(|(at, name)| Some(*at) != id && !name.is_empty())
        .map(|(at, name)| Column {
            name: name.clone(),
            values: (0..table.len()).map(|row| table.cell(row, at).to_owned()).collect(),
        })
        .collect();
    let ids = ids(&table, id);
    let people = People::new(secret, &ids, &columns).map_err(|fault| said(fault.to_string()))?;
    let mut sensitive = Sensitive::none();
    for (name, harmless) in marked {
        let Some(place) = people.place(name) else {
            return Err(said(format!(
                "there is no column {name:?} to be sensitive. The columns are {}.",
                headings.join(", ")
            )));
        };
        let known =
            people.variables().get(place).map(|variable| variable.categories.as_slice()).unwrap_or_default();
        if let Some(unknown) = harmless.iter().find(|category| !known.contains(category)) {
            return Err(said(format!("{name:?} has no category {unknown:?} to be harmless.")));
        }
        sensitive.add(&people, name, harmless);
    }
    if marked.is_empty() {
        let known = sensitive_fields();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        for variable in people.variables() {
            if Sensitive::named(&variable.name, &known) {
                sensitive.add(&people, &variable.name, &[]);
            }
        }
    }
    let snapshot = format!(
        "{:016x}-{}",
        ids.iter().fold(0_u64, |sum, id| sum.wrapping_add(secret.person(id.as_bytes()))),
        ids.len()
    );
    Ok(Read { people, sensitive, snapshot })
}

fn all_differ(table: &Table, column: usize) -> bool {
    let mut seen = std::collections::HashSet::new();
    (0..table.len()).all(|row| seen.insert(table.cell(row, column)))
}

/// What tells each person apart: the column for it, or all that is in the row and how often that was there before.
fn ids(table: &Table, id: Option<usize>) -> Vec<String> {
    let mut before: HashMap<String, usize> = HashMap::new();
    (0..table.len())
        .map(|row| {
            let text = match id {
                Some(at) => table.cell(row, at).to_owned(),
                None => (0..table.headings().len())
                    .map(|at| table.cell(row, at))
                    .collect::<Vec<_>>()
                    .join("\u{1f}"),
            };
            let times = before.entry(text.clone()).or_default();
            *times += 1;
            if *times == 1 { text } else { format!("{text}\u{1f}{times}") }
        })
        .collect()
}

/// The fields of the catalogue that are sensitive in figures: specially protected but for ethnic origin, which is a group that
/// others are broken down by.
fn sensitive_fields() -> Vec<String> {
    let protected = |special: &Special| !matches!(special, Special::EthnicOrigin);
    let fields = Catalogue::standard().fields().iter();
    fields.filter(|field| field.special.iter().any(protected)).map(|field| field.id.to_string()).collect()
}
