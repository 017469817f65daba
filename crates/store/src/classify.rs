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
    /// What it means, as its comment says; empty where that says no more than the class.
    pub means: String,
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
    let mut found: Vec<Column> = Vec::new();
    for (_, _, text) in migrations.steps {
        let mut table: Option<String> = None;
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split([' ', '(']).next().map(str::to_owned);
            } else if let Some(gone) = line.strip_prefix("DROP TABLE ") {
                let gone = gone.trim_end_matches(';');
                found.retain(|column| column.table != gone);
            } else if let Some((before, after)) = renamed(line) {
                let columns = found.iter_mut().filter(|column| column.table == before);
                columns.for_each(|column| after.clone_into(&mut column.table));
            } else if line.starts_with(')') {
                table = None;
            } else if let (Some(table), Some(name)) = (&table, line.split_whitespace().next()) {
                let is_column =
                    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
                if is_column {
                    let comment = line.split_once("-- ").map_or("", |(_, comment)| comment);
                    let means = comment.split_once(':').map_or("", |(_, words)| words.trim()).to_owned();
                    let (table, column) = (table.clone(), name.to_owned());
                    match class_of(comment) {
                        Some(class) => found.push(Column { table, column, class, means }),
                        None => return Err(Unclassified { table, column }),
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The names of a table before and after a statement that gives it another.
fn renamed(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("ALTER TABLE ")?.strip_suffix(';')?.split_once(" RENAME TO ")
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
            found.iter().map(|c| (c.column.as_str(), c.class, c.means.as_str())).collect::<Vec<_>>(),
            [("id", Class::Id, "who"), ("at", Class::Time, "")]
        );
        static LATER: Migrations = Migrations {
            name: "x",
            steps: &[
                (
                    1,
                    "one",
                    "CREATE TABLE t (\n    id BIGINT -- id: who\n);\nCREATE TABLE u (\n    id BIGINT -- id\n);",
                ),
                (
                    2,
                    "two",
                    "ALTER TABLE t RENAME TO s;\nCREATE TABLE t (\n    at BIGINT -- time: when\n);\nDROP TABLE s;\nDROP TABLE u;",
                ),
            ],
        };
        let found = columns(&LATER).unwrap();
        assert_eq!(
            found.iter().map(|c| (c.table.as_str(), c.column.as_str())).collect::<Vec<_>>(),
            [("t", "at")]
        );
        static BAD: Migrations =
            Migrations { name: "x", steps: &[(1, "one", "CREATE TABLE t (\n    name TEXT,\n);")] };
        assert_eq!(columns(&BAD).unwrap_err().column, "name");
    }
}
