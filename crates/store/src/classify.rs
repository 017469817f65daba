//! Every stored column says what it may hold, so that no personal data stands in the clear by oversight.

use crate::Migrations;

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A random number that names nobody.
    Id,
    /// An instant or a day.
    Time,
    /// A code of a closed list, a number, a version.
    Code,
    /// Sealed bytes.
    Sealed,
    /// Text that everybody may read: the notice.
    Public,
    /// Bytes of the audit log: ids, codes and sealed text.
    Log,
}

/// A column and its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
    /// What it may hold.
    pub class: Class,
}

/// A column without a class in its comment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "column {column} of table {table} does not say in a comment what it holds: -- id|time|code|sealed|public|log: words"
)]
pub struct Unclassified {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
}

/// The classes of all columns, from the comments of the schema.
///
/// # Errors
/// The first column that has none.
pub fn columns(migrations: &Migrations) -> Result<Vec<Column>, Unclassified> {
    let mut found = Vec::new();
    for (_, _, text) in migrations.steps {
        let mut table: Option<String> = None;
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split([' ', '(']).next().map(str::to_owned);
                // A later step that makes a table anew says anew what it holds.
                found.retain(|column: &Column| table.as_deref() != Some(column.table.as_str()));
            } else if line.starts_with(')') {
                table = None;
            } else if let (Some(table), Some(name)) = (&table, line.split_whitespace().next()) {
                let is_column =
                    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if is_column {
                    let class = line.split_once("-- ").and_then(|(_, comment)| class_of(comment));
                    let (table, column) = (table.clone(), name.to_owned());
                    match class {
                        Some(class) => found.push(Column { table, column, class }),
                        None => return Err(Unclassified { table, column }),
                    }
                }
            }
        }
    }
    Ok(found)
}

fn class_of(comment: &str) -> Option<Class> {
    Some(match comment.split(':').next()?.trim() {
        "id" => Class::Id,
        "time" => Class::Time,
        "code" => Class::Code,
        "sealed" => Class::Sealed,
        "public" => Class::Public,
        "log" => Class::Log,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_is_read_with_its_class_and_one_without_is_named() {
        static GOOD: Migrations = Migrations {
            name: "x",
            steps: &[(
                1,
                "one",
                "CREATE TABLE t (\n    id {{BLOB}} NOT NULL, -- id: who\n    at BIGINT, -- time\n    PRIMARY KEY (id)\n);\nCREATE INDEX i ON t (at);",
            )],
        };
        let found = columns(&GOOD).unwrap();
        assert_eq!(
            found.iter().map(|c| (c.column.as_str(), c.class)).collect::<Vec<_>>(),
            [("id", Class::Id), ("at", Class::Time)]
        );
        static AGAIN: Migrations = Migrations {
            name: "x",
            steps: &[
                (1, "one", "CREATE TABLE t (\n    at BIGINT, -- time\n);"),
                (2, "two", "CREATE TABLE t (\n    at BIGINT, -- code\n);"),
            ],
        };
        assert_eq!(columns(&AGAIN).unwrap().iter().map(|c| c.class).collect::<Vec<_>>(), [Class::Code]);
        static BAD: Migrations =
            Migrations { name: "x", steps: &[(1, "one", "CREATE TABLE t (\n    name TEXT,\n);")] };
        assert_eq!(columns(&BAD).unwrap_err().column, "name");
    }
}
