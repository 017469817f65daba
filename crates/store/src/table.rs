//! A table as a copy needs it: its name, its columns, and the three statements that follow from them.

/// A table of the live schema. Its names come from the schema, never from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// SQLite keeps BOOLEAN as a number; a copy tells it apart.
    pub(crate) boolean: bool,
}

/// Adds a column to the table that it belongs to; columns of one table come one after another.
pub(crate) fn add(tables: &mut Vec<Table>, table: String, column: Column) {
    match tables.last_mut().filter(|last| last.name == table) {
        Some(last) => last.columns.push(column),
        None => tables.push(Table { name: table, columns: vec![column] }),
    }
}

impl Table {
    pub(crate) fn select(&self) -> String {
        format!("SELECT {} FROM \"{}\"", self.names(), self.name)
    }

    pub(crate) fn delete(&self) -> String {
        format!("DELETE FROM \"{}\"", self.name)
    }

    pub(crate) fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|place| format!("${place}")).collect();
        format!("INSERT INTO \"{}\" ({}) VALUES ({})", self.name, self.names(), places.join(", "))
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        names.join(", ")
    }
}
