//! From a line of an export to a row of a store: the columns of the schema, each with the kind of value that it holds.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::export::tables::Table;
use crate::messages::NEVER;
use crate::surroundings::day_number;
use crate::{Error, MIGRATIONS};

/// A line, and where it stands.
pub(super) struct Line {
    pub(super) file: String,
    pub(super) number: u64,
    pub(super) values: Map<String, Json>,
}

impl Line {
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.values.get(name)
    }

    /// It does not say what a line of its kind says.
    pub(super) fn lacks(&self, name: &str) -> Error {
        Error::DoesNotFit(format!(
            "Line {} of {} does not say {name} as an export does. Make the export again with this version of Kept.",
            self.number, self.file
        ))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, Error> {
        self.get(name).and_then(Json::as_str).ok_or_else(|| self.lacks(name))
    }

    pub(super) fn number(&self, name: &str) -> Result<i64, Error> {
        self.get(name).and_then(Json::as_i64).ok_or_else(|| self.lacks(name))
    }

    /// A number of `table` as it is stored: a day as days, an instant as microseconds.
    pub(super) fn stored_number(&self, table: &Table, name: &str) -> Result<i64, Error> {
        self.get(name).and_then(|said| stored_number(table, name, said)).ok_or_else(|| self.lacks(name))
    }

    pub(super) fn id(&self, name: &str) -> Result<[u8; 16], Error> {
        let mut id = [0; 16];
        hex::decode_to_slice(self.text(name)?, &mut id).map_err(|_| self.lacks(name))?;
        Ok(id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bytes,
    Text,
    Number,
    YesNo,
}

/// A column of the schema.
pub(super) struct Column {
    pub(super) name: String,
    kind: Kind,
    nullable: bool,
}

/// A table of the schema.
pub(super) struct Shape {
    pub(super) table: String,
    pub(super) columns: Vec<Column>,
}

/// The tables, as the migrations make them.
pub(super) fn shapes() -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    for line in MIGRATIONS.steps.iter().flat_map(|(_, _, text)| text.lines()).map(str::trim) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            let table = rest.split([' ', '(']).next().unwrap_or_default().to_owned();
            // A later step that makes a table anew says anew what it holds.
            shapes.retain(|shape| shape.table != table);
            shapes.push(Shape { table, columns: Vec::new() });
            continue;
        }
        let mut words = line.split_whitespace();
        let (Some(shape), Some(name), Some(kind)) = (shapes.last_mut(), words.next(), words.next()) else {
            continue;
        };
        let kind = match kind.trim_end_matches(',') {
            "{{BLOB}}" => Kind::Bytes,
            "TEXT" => Kind::Text,
            "BIGINT" => Kind::Number,
            "BOOLEAN" => Kind::YesNo,
            _ => continue,
        };
        let nullable = !line.contains("NOT NULL");
        shape.columns.push(Column { name: name.to_owned(), kind, nullable });
    }
    shapes
}

impl Shape {
    /// The row of a line, with what was sealed of it.
    pub(super) fn row(
        &self,
        table: &Table,
        line: &Line,
        sealed: &BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Json, Error> {
        let known = table.columns();
        let value = |column: &Column| {
            if let Some(bytes) = sealed.get(column.name.as_str()) {
                return Ok(json!({ "b": BASE64_STANDARD.encode(bytes) }));
            }
            match line.get(&column.name) {
                Some(Json::Null) if column.nullable => Ok(Json::Null),
                Some(Json::Null) if table.times.contains(&column.name.as_str()) => Ok(json!(NEVER)),
                Some(said) => self.read(table, column, said).ok_or_else(|| line.lacks(&column.name)),
                None if column.nullable => Ok(Json::Null),
                None if known.contains(&column.name.as_str()) => Err(line.lacks(&column.name)),
                // What an export leaves out of a row begins anew: wrong sign-ins, who has a message in hand; the first epoch.
                None => Ok(json!(i64::from(column.name == "epoch"))),
            }
        };
        Ok(Json::Array(self.columns.iter().map(value).collect::<Result<_, Error>>()?))
    }

    fn read(&self, table: &Table, column: &Column, said: &Json) -> Option<Json> {
        let name = column.name.as_str();
        Some(match column.kind {
            Kind::Bytes => json!({ "b": BASE64_STANDARD.encode(hex::decode(said.as_str()?).ok()?) }),
            Kind::Text => json!(said.as_str()?),
            Kind::YesNo => json!(said.as_bool()?),
            Kind::Number => json!(stored_number(table, name, said)?),
        })
    }
}

fn stored_number(table: &Table, name: &str, said: &Json) -> Option<i64> {
    if table.days.contains(&name) {
        Some(day_number(said.as_str()?.parse::<Date>().ok()?))
    } else if table.times.contains(&name) {
        Some(said.as_str()?.parse::<Timestamp>().ok()?.as_microsecond())
    } else {
        said.as_i64()
    }
}
