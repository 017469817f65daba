//! What stands in each column of an export, for whoever has nothing but the export: the comments of the schema.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use store::classify::{Class, Column, columns as classified};

use super::tables::{OF_CLIENTS, OF_SERVICE, Sealed, Table};
use crate::{Error, MIGRATIONS};

const HEAD: &str = "# The columns of this export\n\nEach file `NAME.jsonl` holds the rows of one table, a line each. What was sealed stands opened, mostly in `content`; `README.md` says how values are written.\n";

/// A table of columns for each file.
pub(crate) fn columns() -> Result<String, Error> {
    let known = classified(&MIGRATIONS).map_err(|_| Error::Damaged("schema"))?;
    let (mut text, mut told) = (HEAD.to_owned(), BTreeSet::new());
    let all =
        OF_CLIENTS.iter().map(|table| (table, true)).chain(OF_SERVICE.iter().map(|table| (table, false)));
    for (table, of_clients) in all.filter(|(table, _)| told.insert(table.file)) {
        // Writing into memory cannot fail.
        let _ = write!(text, "\n## {}.jsonl\n\n| column | what it holds |\n| --- | --- |\n", table.file);
        for name in table.columns() {
            let column = known.iter().find(|column| column.table == table.name && column.column == name);
            let column = column.ok_or(Error::Damaged("schema"))?;
            let (name, means) = (named(table, column), column.means.replace('|', "\\|"));
            let _ = writeln!(text, "| `{name}` | {} |", if means.is_empty() { "-" } else { &means });
        }
        text.push_str(match table.name {
            "client" => "| `parts` | the parts of the file that have a key of their own |\n",
            _ if of_clients && !table.columns().contains(&"client") => {
                "| `client` | whose file it belongs to |\n"
            }
            _ => "",
        });
    }
    Ok(text)
}

/// What a column is called in the export: what was sealed stands there opened.
fn named<'c>(table: &Table, column: &'c Column) -> &'c str {
    match (column.class, column.column.as_str(), table.sealed) {
        (Class::Sealed, "sealed", Sealed::Staff) => "name, email",
        (Class::Sealed, "sealed", Sealed::Secret) => "secret",
        (Class::Sealed, "sealed", _) => "content",
        (_, name, _) => name,
    }
}
