//! Copies of a store that both engines write and both read: every row of one moment, as lines of JSON.
//!
//! ```text
//! {"format":"kept-store-1","store":"records","schema":9,"about":{}}     which store, which step of its schema
//! {"table":"client","columns":["id","adviser",...]}                      before the rows of each table
//! [{"b":"c2l4dGVlbiBieXRlcw=="},null,"active",false,17]                  a row: bytes in base 64, text, numbers
//! {"end":{"client":1,...}}                                               the last line: how many rows of each
//! ```
//!
//! A copy without its last line is none. It is read into an empty store that has the schema of the copy; what a newer version
//! of Kept changes about the schema comes afterwards, as it would have come to the store itself.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};

use crate::postgres::{self, PostgresSnapshot};
use crate::sqlite::SqliteSnapshot;
use crate::store::Engine;
use crate::table::Table;
use crate::{Error, Migrations, Place, Query, Store, Tx, Value};

const FORMAT: &str = "kept-store-1";
const AT_ONCE: usize = 500;

/// How many rows each table has, by its name.
pub type Written = BTreeMap<String, u64>;

/// One state of a store, to be copied while others write.
pub struct Snapshot {
    name: &'static str,
    engine: Engine,
    state: State,
}

pub(crate) enum State {
    Sqlite(Box<SqliteSnapshot>),
    Postgres(Box<PostgresSnapshot>),
}

impl Snapshot {
    pub(crate) fn new(name: &'static str, engine: Engine, state: State) -> Snapshot {
        Snapshot { name, engine, state }
    }

    /// Which engine it was taken from.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Writes every row, with `about` in the first line. Never more than a row is in memory.
    ///
    /// # Errors
    /// The database's own, or `out` could not be written.
    pub async fn write_to(
        &mut self,
        about: &BTreeMap<String, String>,
        out: &mut (dyn Write + Send),
    ) -> Result<Written, Error> {
        let schema = match &self.state {
            State::Sqlite(sqlite) => sqlite.schema(self.name)?,
            State::Postgres(postgres) => postgres.schema(self.name).await?,
        };
        let tables = match &self.state {
            State::Sqlite(sqlite) => sqlite.tables()?,
            State::Postgres(postgres) => postgres.tables().await?,
        };
        put(out, &json!({ "format": FORMAT, "store": self.name, "schema": schema, "about": about }))?;
        let mut written = Written::new();
        for table in &tables {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            put(out, &json!({ "table": table.name, "columns": columns }))?;
            let mut count = 0_u64;
            let mut each = |row: &[Value]| {
                count += 1;
                put(out, &Json::Array(row.iter().map(as_json).collect()))
            };
            match &self.state {
                State::Sqlite(sqlite) => sqlite.rows(table, &mut each)?,
                State::Postgres(postgres) => postgres.rows(table, &mut each).await?,
            }
            written.insert(table.name.clone(), count);
        }
        put(out, &json!({ "end": written }))?;
        Ok(written)
    }
}

fn put(out: &mut (dyn Write + Send), line: &Json) -> Result<(), Error> {
    serde_json::to_writer(&mut *out, line)
        .map_err(io::Error::from)
        .and_then(|()| out.write_all(b"\n"))
        .map_err(|error| on_disk("written", &error))
}

fn on_disk(doing: &'static str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull => Error::Full,
        kind => Error::CopyFile { doing, kind },
    }
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => (*number).into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Blob(bytes) => json!({ "b": BASE64_STANDARD.encode(bytes) }),
    }
}

fn from_json(value: Json) -> Option<Value> {
    Some(match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => Value::Int(number.as_i64()?),
        Json::String(text) => Value::Text(text),
        Json::Object(bytes) => {
            let coded = bytes.get("b").filter(|_| bytes.len() == 1)?.as_str()?;
            Value::Blob(BASE64_STANDARD.decode(coded).ok()?)
        }
        Json::Array(_) => return None,
    })
}

/// Whether nothing is at `place` yet: no file, or a database without a table.
///
/// # Errors
/// The server cannot be reached.
pub async fn is_empty(place: &Place) -> Result<bool, Error> {
    match place {
        Place::Sqlite(path) => Ok(!path.exists()),
        Place::Postgres(address) => postgres::is_empty(address).await,
    }
}

/// The lines of a copy, counted for whoever has to be told which is wrong.
struct Lines<'f> {
    from: &'f mut (dyn BufRead + Send),
    number: u64,
    text: String,
}

impl Lines<'_> {
    fn wrong(&self, what: &'static str) -> Error {
        Error::NotACopy { line: self.number, what }
    }

    /// The next line; none behind the last.
    fn next(&mut self) -> Result<Option<Json>, Error> {
        self.text.clear();
        self.number += 1;
        let read = self.from.read_line(&mut self.text).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => self.wrong("it is no text"),
            _ => on_disk("read", &error),
        })?;
        if read == 0 {
            return Ok(None);
        }
        serde_json::from_str(&self.text).map(Some).map_err(|_| self.wrong("it is no JSON"))
    }
}

/// What a line says under this name; nothing, if it does not.
fn said<'l>(line: &'l Json, name: &str) -> &'l Json {
    line.get(name).unwrap_or(&Json::Null)
}

impl Store {
    /// What the first line of a copy says about it.
    ///
    /// # Errors
    /// It is no copy of a store.
    pub fn about_copy(from: &mut (dyn BufRead + Send)) -> Result<BTreeMap<String, String>, Error> {
        let mut lines = Lines { from, number: 0, text: String::new() };
        let head = lines.next()?.filter(|head| said(head, "format") == FORMAT);
        let head = head.ok_or_else(|| lines.wrong("no copy begins like this"))?;
        serde_json::from_value(said(&head, "about").clone())
            .map_err(|_| lines.wrong("it says nothing about itself"))
    }

    /// Reads a copy into the empty store at `place`, and runs the statements `with` it: all of it or nothing. Opened
    /// afterwards, the store takes the steps of the schema that are newer than the copy.
    ///
    /// # Errors
    /// It is no whole copy of this store, is of a newer version, or a database's own.
    pub async fn load(
        place: &Place,
        migrations: &'static Migrations,
        from: &mut (dyn BufRead + Send),
        with: Vec<Query>,
    ) -> Result<Written, Error> {
        let mut lines = Lines { from, number: 0, text: String::new() };
        let head = lines.next()?.filter(|head| said(head, "format") == FORMAT);
        let head = head.ok_or_else(|| lines.wrong("no copy begins like this"))?;
        if said(&head, "store") != migrations.name {
            return Err(lines.wrong("it is of another store"));
        }
        let schema = said(&head, "schema").as_i64().ok_or_else(|| lines.wrong("it names no schema"))?;
        if schema > migrations.known() {
            let (name, known) = (migrations.name, migrations.known());
            return Err(Error::NewerSchema { name, found: schema, known });
        }
        let store = Store::open_at(place, migrations, schema).await?;
        let mut tx = store.begin().await?;
        let tables = tx.tables().await?;
        for table in &tables {
            // What the schema brings with it stands in the copy as it came to be.
            tx.clear(table).await?;
        }
        let written = read_rows(&mut tx, &tables, &mut lines).await?;
        tx.batch(with).await?;
        store.end(&mut tx, true).await?;
        drop(tx);
        store.truncate_log().await?;
        Ok(written)
    }
}

async fn read_rows(tx: &mut Tx, tables: &[Table], lines: &mut Lines<'_>) -> Result<Written, Error> {
    let mut written = Written::new();
    let mut current: Option<&Table> = None;
    let mut waiting: Vec<Vec<Value>> = Vec::with_capacity(AT_ONCE);
    loop {
        let line = lines.next()?.ok_or_else(|| lines.wrong("the copy ends before its last line"))?;
        let row = match line {
            Json::Array(row) => row,
            head => {
                if let Some(table) = current {
                    tx.insert(table, &waiting).await?;
                    waiting.clear();
                }
                if let Some(end) = head.get("end") {
                    let told: Written =
                        serde_json::from_value(end.clone()).map_err(|_| lines.wrong("it does not count"))?;
                    return match lines.next()? {
                        _ if told != written => Err(lines.wrong("it has another number of rows")),
                        Some(_) => Err(lines.wrong("something stands behind the end")),
                        None => Ok(written),
                    };
                }
                let known = tables.iter().find(|table| said(&head, "table") == table.name.as_str());
                let known = known.filter(|table| {
                    let columns = table.columns.iter().map(|column| column.name.as_str());
                    let named = said(&head, "columns").as_array().map(Vec::as_slice).unwrap_or_default();
                    columns.eq(named.iter().map(|name| name.as_str().unwrap_or_default()))
                });
                let known = known.ok_or_else(|| lines.wrong("this schema has no such table"))?;
                if written.insert(known.name.clone(), 0).is_some() {
                    return Err(lines.wrong("the table was there already"));
                }
                current = Some(known);
                continue;
            }
        };
        let table = current.ok_or_else(|| lines.wrong("a row of no table"))?;
        let row: Option<Vec<Value>> = row.into_iter().map(from_json).collect();
        let row = row.filter(|row| row.len() == table.columns.len());
        waiting.push(row.ok_or_else(|| lines.wrong("it is no row of its table"))?);
        if let Some(count) = written.get_mut(&table.name) {
            *count += 1;
        }
        if waiting.len() == AT_ONCE {
            tx.insert(table, &waiting).await?;
            waiting.clear();
        }
    }
}

/// Opens the file of a copy to read it.
///
/// # Errors
/// It cannot be opened.
pub fn open_copy(path: &Path) -> Result<io::BufReader<std::fs::File>, Error> {
    let file = std::fs::File::open(path).map_err(|error| on_disk("read", &error))?;
    Ok(io::BufReader::with_capacity(1 << 18, file))
}
