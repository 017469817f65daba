//! SQLite: one writer, readers as needed, each a connection with its statements prepared once.
//!
//! WAL with synchronous=FULL: what is acknowledged survives a power loss. secure_delete=ON: deleted rows are overwritten.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use tokio::sync::OwnedMutexGuard;

use crate::migrate::{CREATE_VERSION, FIND_VERSION, SET_VERSION, Words};
use crate::table::{self, Column, Table};
use crate::{Error, Migrations, Query, Row, Rows, Value};

const OLDEST: i32 = 3_051_003;
const STATEMENTS: usize = 256;
const WORDS: Words = Words { blob: "BLOB", number: "INTEGER" };
/// The names of placeholders: SQLite numbers `$1` by its name, not by its number.
const NAMES: [&str; 56] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16",
    "$17", "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28", "$29", "$30", "$31",
    "$32", "$33", "$34", "$35", "$36", "$37", "$38", "$39", "$40", "$41", "$42", "$43", "$44", "$45", "$46",
    "$47", "$48", "$49", "$50", "$51", "$52", "$53", "$54", "$55", "$56",
];

pub(crate) struct Sqlite {
    path: PathBuf,
    writer: Arc<tokio::sync::Mutex<Connection>>,
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, migrations: &Migrations, until: i64) -> Result<Sqlite, Error> {
        if rusqlite::version_number() < OLDEST {
            return Err(Error::OldEngine(rusqlite::version().to_owned()));
        }
        let mut writer = connect(path, false)?;
        migrate(&mut writer, path, migrations, until)?;
        Ok(Sqlite {
            path: path.to_owned(),
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Mutex::default(),
        })
    }

    /// Runs where it is called: WAL readers never wait for writers, and a batch takes well under a millisecond.
    pub(crate) fn read(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let spare = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match spare {
            Some(reader) => reader,
            None => connect(&self.path, true)?,
        };
        // One transaction, so that the statements of a batch see the same state.
        let found = in_transaction(&reader, "BEGIN", batch, &self.path);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        found
    }

    pub(crate) async fn write(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let writer = self.writer.lock().await;
        aside(|| in_transaction(&writer, "BEGIN IMMEDIATE", batch, &self.path))
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTx, Error> {
        let writer = Arc::clone(&self.writer).lock_owned().await;
        aside(|| word(&writer, "BEGIN IMMEDIATE")).map_err(|e| said(&e, "BEGIN", &self.path))?;
        Ok(SqliteTx { writer, path: self.path.clone(), open: true })
    }

    pub(crate) async fn prepare(&self, sql: &'static crate::Sql) -> Result<(), Error> {
        let writer = self.writer.lock().await;
        writer.prepare_cached(sql.text).map(|_| ()).map_err(|e| said(&e, sql.name, &self.path))
    }

    /// Empties the write-ahead log into the file, so that overwritten content is gone from it too.
    pub(crate) async fn truncate_log(&self) -> Result<(), Error> {
        let writer = self.writer.lock().await;
        aside(|| writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
            .map_err(|e| said(&e, "checkpoint", &self.path))
    }

    pub(crate) fn is_sound(&self) -> Result<bool, Error> {
        // On a connection of its own, since it takes a while; and with the indexes, by which everything is found.
        aside(|| {
            connect(&self.path, true)?
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))
                .map(|answer| answer == "ok")
                .map_err(|e| said(&e, "integrity_check", &self.path))
        })
    }

    /// The state of this moment, on a connection of its own: writers go on meanwhile.
    pub(crate) fn snapshot(&self) -> Result<SqliteSnapshot, Error> {
        let reader = connect(&self.path, true)?;
        // The state is fixed by the first reading, not by BEGIN.
        let begun = reader
            .execute_batch("BEGIN")
            .and_then(|()| reader.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(())));
        begun.map_err(|e| said(&e, "BEGIN", &self.path))?;
        Ok(SqliteSnapshot { reader, path: self.path.clone() })
    }
}

/// One state of the database, read while others write.
pub(crate) struct SqliteSnapshot {
    reader: Connection,
    path: PathBuf,
}

const TABLES: &str = "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c \
     WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_version' ORDER BY m.name, c.cid";

fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(TABLES)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let boolean = row.get::<_, String>(2)? == "BOOLEAN";
        table::add(&mut found, row.get(0)?, Column { name: row.get(1)?, boolean });
    }
    Ok(found)
}

impl SqliteSnapshot {
    pub(crate) fn schema(&self, store: &str) -> Result<i64, Error> {
        let found = self.reader.query_row(FIND_VERSION, [store], |row| row.get(0));
        found.map_err(|e| said(&e, "FIND_VERSION", &self.path))
    }

    pub(crate) fn tables(&self) -> Result<Vec<Table>, Error> {
        tables(&self.reader).map_err(|e| said(&e, "TABLES", &self.path))
    }

    /// Gives each row, with BOOLEAN told apart from numbers.
    pub(crate) fn rows(
        &self,
        table: &Table,
        each: &mut dyn FnMut(&[Value]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let said = |e: rusqlite::Error| said(&e, "SELECT", &self.path);
        aside(|| {
            let mut statement = self.reader.prepare(&table.select()).map_err(said)?;
            let mut rows = statement.query([]).map_err(said)?;
            while let Some(row) = rows.next().map_err(said)? {
                let values = table.columns.iter().enumerate().map(|(place, column)| {
                    Ok(match owned(row.get_ref(place)?) {
                        Value::Int(number @ (0 | 1)) if column.boolean => Value::Bool(number == 1),
                        value => value,
                    })
                });
                each(&values.collect::<Result<Vec<_>, rusqlite::Error>>().map_err(said)?)?;
            }
            Ok(())
        })
    }
}

/// A transaction in work. Dropped before its end it is undone.
pub(crate) struct SqliteTx {
    writer: OwnedMutexGuard<Connection>,
    path: PathBuf,
    open: bool,
}

impl SqliteTx {
    pub(crate) fn run(&self, query: &Query) -> Result<Rows, Error> {
        aside(|| run(&self.writer, query, &self.path))
    }

    /// Several statements in one turn: to step aside for each would cost more than the statements.
    pub(crate) fn batch(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        aside(|| batch.iter().map(|query| run(&self.writer, query, &self.path)).collect())
    }

    pub(crate) fn tables(&self) -> Result<Vec<Table>, Error> {
        tables(&self.writer).map_err(|e| said(&e, "TABLES", &self.path))
    }

    /// Empties a table.
    pub(crate) fn clear(&self, table: &Table) -> Result<(), Error> {
        aside(|| self.writer.execute_batch(&table.delete())).map_err(|e| said(&e, "DELETE", &self.path))
    }

    /// Adds rows to a table, each with a value for every column.
    pub(crate) fn insert(&self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error> {
        let inserted = aside(|| {
            let mut statement = self.writer.prepare_cached(&table.insert())?;
            rows.iter().try_for_each(|row| statement.execute(rusqlite::params_from_iter(row)).map(drop))
        });
        inserted.map_err(|e| said(&e, "INSERT", &self.path))
    }

    pub(crate) fn end(&mut self, commit: bool) -> Result<(), Error> {
        self.open = false;
        let how = if commit { "COMMIT" } else { "ROLLBACK" };
        let ended = aside(|| word(&self.writer, how)).map_err(|e| said(&e, how, &self.path));
        if ended.is_err() && commit {
            let _ = self.writer.execute_batch("ROLLBACK");
        }
        ended
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if self.open {
            let _ = self.writer.execute_batch("ROLLBACK");
        }
    }
}

/// Lets other tasks have this thread's turn while the disk is waited for.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current() {
        Ok(handle) if handle.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(work)
        }
        _ => work(),
    }
}

fn connect(path: &Path, reading: bool) -> Result<Connection, Error> {
    let flags = if reading {
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
    };
    let connection = Connection::open_with_flags(path, flags).map_err(|e| said(&e, "open", path))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // A statement is planned once, and not again whenever a bound value could tell of a better plan.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|e| said(&e, "open", path))?;
    let prepared = connection.busy_timeout(Duration::from_secs(5)).and_then(|()| {
        if reading {
            connection.execute_batch("PRAGMA query_only=ON; PRAGMA cache_size=-8000;")
        } else {
            connection.execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON; \
                 PRAGMA fullfsync=ON; PRAGMA cache_size=-16000;",
            )
        }
    });
    prepared.map_err(|e| said(&e, "open", path))?;
    Ok(connection)
}

fn migrate(writer: &mut Connection, path: &Path, migrations: &Migrations, until: i64) -> Result<(), Error> {
    let said = |e: rusqlite::Error| said(&e, "migration", path);
    let found: Option<i64> = {
        writer.execute_batch(CREATE_VERSION).map_err(said)?;
        let mut statement = writer.prepare(FIND_VERSION).map_err(said)?;
        let mut rows = statement.query([migrations.name]).map_err(said)?;
        rows.next().map_err(said)?.map(|row| row.get(0)).transpose().map_err(said)?
    };
    let found = found.unwrap_or(0);
    if found > migrations.known() {
        return Err(Error::NewerSchema { name: migrations.name, found, known: migrations.known() });
    }
    for (number, text) in migrations.between(found, until, &WORDS) {
        let step = writer.transaction().map_err(said)?;
        step.execute_batch(&text).map_err(said)?;
        step.execute(SET_VERSION, rusqlite::params![migrations.name, number]).map_err(said)?;
        step.commit().map_err(said)?;
    }
    Ok(())
}

fn in_transaction(
    connection: &Connection,
    begin: &str,
    batch: &[Query],
    path: &Path,
) -> Result<Vec<Rows>, Error> {
    word(connection, begin).map_err(|e| said(&e, "BEGIN", path))?;
    let result: Result<Vec<Rows>, Error> = batch.iter().map(|query| run(connection, query, path)).collect();
    match result {
        Ok(rows) => match word(connection, "COMMIT") {
            Ok(()) => Ok(rows),
            Err(error) => {
                let _ = connection.execute_batch("ROLLBACK");
                Err(said(&error, "COMMIT", path))
            }
        },
        Err(error) => {
            let _ = connection.execute_batch("ROLLBACK");
            Err(error)
        }
    }
}

/// BEGIN, COMMIT, ROLLBACK: prepared once like every other statement.
fn word(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(|_| ())
}

fn run(connection: &Connection, query: &Query, path: &Path) -> Result<Rows, Error> {
    let name = query.sql.name;
    let said = |e: rusqlite::Error| said(&e, name, path);
    let mut statement = connection.prepare_cached(query.sql.text).map_err(said)?;
    if query.values.len() > NAMES.len() {
        return Err(Error::Statement { sql: name, why: format!("more than {} values", NAMES.len()) });
    }
    for (value, name) in query.values.iter().zip(NAMES) {
        if let Some(place) = statement.parameter_index(name).map_err(said)? {
            statement.raw_bind_parameter(place, value).map_err(said)?;
        }
    }
    let columns = statement.column_count();
    let mut rows = Rows::default();
    if columns == 0 {
        rows.affected = statement.raw_execute().map_err(said)? as u64;
    } else {
        let mut found = statement.raw_query();
        while let Some(row) = found.next().map_err(said)? {
            let values = (0..columns).map(|i| Ok(owned(row.get_ref(i)?)));
            rows.rows.push(Row(values.collect::<Result<_, rusqlite::Error>>().map_err(said)?));
        }
        rows.affected = rows.rows.len() as u64;
    }
    match query.expected {
        Some(expected) if expected != rows.affected => Err(Error::Conflict { sql: name }),
        _ => Ok(rows),
    }
}

fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(v) => Value::Int(v),
        // No column is REAL; one that is anyway is told apart by its type.
        ValueRef::Real(v) => Value::Text(v.to_string()),
        ValueRef::Text(v) => Value::Text(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Blob(v) => Value::Blob(v.to_vec()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(*v),
            Value::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Blob(v) => ValueRef::Blob(v),
        }))
    }
}

/// The error in our words. SQLite's own text could quote what was bound, so it stays here.
fn said(error: &rusqlite::Error, sql: &'static str, path: &Path) -> Error {
    let at = || path.display().to_string();
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return Error::Statement { sql, why: kind(error) };
    };
    match (failure.code, failure.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Error::AlreadyThere { sql },
        // The second: the file beside the log of writes cannot grow, which is how a full disk is met at the opening.
        (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Error::Full,
        (ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => {
            Error::ReadOnly(at())
        }
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Busy,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Error::Corrupt(at()),
        (_, code) => Error::Statement { sql, why: format!("SQLite code {code}") },
    }
}

/// What kind of error of the driver it is, without the values it may carry.
fn kind(error: &rusqlite::Error) -> String {
    let text = format!("{error:?}");
    text.split(['(', '{', ' ']).next().unwrap_or("unknown").to_owned()
}
