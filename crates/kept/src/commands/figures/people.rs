//! A file of people as columns of categories.

use std::collections::HashMap;
use std::path::Path;

use matching::table::Table;
use notice::{Catalogue, Special};
use statistics::{Column, People, Secret, Sensitive};

use super::named;
use crate::fail::Fail;
use crate::written;

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
    /// What was done with the file that its owner should know.
    pub(super) notes: Vec<String>,
}

/// What a person counts as whose rows differ: one person is never counted twice.
const SEVERAL: &str = "More than one of these";

/// Reads a file.
pub(super) fn read(
    path: &Path,
    id: Option<&str>,
    marked: &[(String, Vec<String>)],
    secret: &Secret,
) -> Result<Read, Fail> {
    let said = |what: String| Fail::said(format!("{}: {what}", path.display()));
    let table =
        Table::read(&written::table(path)?, "ward,age,ethnicity").map_err(|fault| said(fault.to_string()))?;
    let headings = table.headings();
    let id = match id {
        Some(name) => Some(table.needed(&[name]).map_err(|fault| said(fault.to_string()))?),
        None => table.column(&IDS),
    };
    let rows = people_of(&table, id, secret);
    let columns: Vec<Column> = headings
        .iter()
        .enumerate()
        .filter(|(at, name)| Some(*at) != id && !name.is_empty())
        .map(|(at, name)| Column {
            name: name.clone(),
            values: rows.iter().map(|person| value(&table, &person.rows, at)).collect(),
        })
        .collect();
    let ids: Vec<String> = rows.iter().map(|person| person.id.clone()).collect();
    let people = People::new(secret, &ids, &columns).map_err(|fault| said(fault.to_string()))?;
    let mut sensitive = Sensitive::none();
    for (name, harmless) in marked {
        let name = &named::column(path, &people, name)?;
        let variable = people.place(name).and_then(|place| people.variables().get(place));
        let known = variable.map(|variable| variable.categories.as_slice()).unwrap_or_default();
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
        "2-{:016x}-{}",
        ids.iter().fold(0_u64, |sum, id| sum.wrapping_add(secret.person(id.as_bytes()))),
        ids.len()
    );
    let mut notes = Vec::new();
    if marked.is_empty() {
        notes.push(guessed(&people, &sensitive));
    }
    notes.extend((ids.len() < table.len()).then(|| {
        format!(
            "{} rows are about {} people, told apart by {:?}. Where the rows of one differ, they count as {SEVERAL:?}.",
            table.len(),
            ids.len(),
            id.and_then(|at| headings.get(at)).map_or("", String::as_str)
        )
    }));
    Ok(Read { people, sensitive, snapshot, notes })
}

/// Which columns were taken for sensitive because nobody said: a name that Kept does not know protects nothing.
fn guessed(people: &People, sensitive: &Sensitive) -> String {
    let (protected, open): (Vec<&str>, Vec<&str>) =
        people.variables().iter().map(|variable| variable.name.as_str()).partition(|name| sensitive.is(name));
    let list = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!(
        "Taken as sensitive, by their names: {}. Not: {}. Say --sensitive for each if that is wrong.",
        list(protected),
        list(open)
    )
}

/// A person with their rows in the file.
struct Person {
    id: String,
    number: u64,
    rows: Vec<usize>,
}

/// The people of a file in the order of their numbers: a ledger of them holds however the rows are sorted. Whoever has no id is
/// told apart by all that is in the row and how often that was there before.
fn people_of(table: &Table, id: Option<usize>, secret: &Secret) -> Vec<Person> {
    let mut rows_of: HashMap<String, Vec<usize>> = HashMap::new();
    let mut before: HashMap<String, usize> = HashMap::new();
    for row in 0..table.len() {
        let own = id.map(|at| table.cell(row, at)).filter(|own| !own.is_empty());
        let key = own.map_or_else(
            || {
                let cells: Vec<&str> = (0..table.headings().len()).map(|at| table.cell(row, at)).collect();
                let text = cells.join("\u{1f}");
                let times = before.entry(text.clone()).or_default();
                *times += 1;
                if *times == 1 { text } else { format!("{text}\u{1f}{times}") }
            },
            str::to_owned,
        );
        rows_of.entry(key).or_default().push(row);
    }
    let mut people: Vec<Person> = rows_of
        .into_iter()
        .map(|(id, rows)| Person { number: secret.person(id.as_bytes()), id, rows })
        .collect();
    people.sort_unstable_by(|one, two| (one.number, &one.id).cmp(&(two.number, &two.id)));
    people
}

/// What a column says of a person.
fn value(table: &Table, rows: &[usize], column: usize) -> String {
    let mut cells = rows.iter().map(|row| table.cell(*row, column));
    let first = cells.next().unwrap_or("");
    if cells.all(|cell| cell == first) { first.to_owned() } else { SEVERAL.to_owned() }
}

/// The fields of the catalogue that are sensitive in figures: specially protected but for ethnic origin, which is a group that
/// others are broken down by.
fn sensitive_fields() -> Vec<String> {
    let protected = |special: &Special| !matches!(special, Special::EthnicOrigin);
    let fields = Catalogue::standard().fields().iter();
    fields.filter(|field| field.special.iter().any(protected)).map(|field| field.id.to_string()).collect()
}
