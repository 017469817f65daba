//! PostgreSQL: a few connections, each with its statements prepared once; a batch is one pipelined round trip.
//!
//! Set `log_parameter_max_length=0` on the server so that no bound value reaches its log.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::{join_all, try_join_all};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, Statement};

use crate::migrate::{CREATE_VERSION, FIND_VERSION, SET_VERSION, Words};
use crate::table::{self, Column, Table};
use crate::{Error, Migrations, Query, Row, Rows, Sql, Value, server};

const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(5);
const TRIES: usize = 3;
const WORDS: Words = Words { blob: "BYTEA", number: "BIGINT" };

pub(crate) struct Postgres {
    config: Config,
    turns: Arc<Semaphore>,
    idle: Idle,
}

/// Connections that wait for work.
type Idle = Arc<Mutex<Vec<Connection>>>;

struct Connection {
    client: Client,
    /// By the address of the static text.
    prepared: HashMap<usize, Statement>,
}

struct Leased<'p> {
    postgres: &'p Postgres,
    connection: Option<Connection>,
    turn: OwnedSemaphorePermit,
}

impl Postgres {
    pub(crate) async fn open(address: &str, migrations: &Migrations, until: i64) -> Result<Postgres, Error> {
        let mut config = server::configured(address)?;
        config.connect_timeout(PATIENCE).application_name("kept");
        config.options(
            "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=20000 -c lock_timeout=5000 -c client_min_messages=warning",
        );
        let postgres =
            Postgres { config, turns: Arc::new(Semaphore::new(CONNECTIONS)), idle: Idle::default() };
        postgres.migrate(migrations, until).await?;
        Ok(postgres)
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let client = server::connect(&self.config).await?;
        Ok(Connection { client, prepared: HashMap::new() })
    }

    async fn lease(&self) -> Result<Leased<'_>, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            std::iter::from_fn(|| idle.pop()).find(|connection| !connection.client.is_closed())
        };
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Leased { postgres: self, connection: Some(connection), turn })
    }

    pub(crate) async fn read(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let mut leased = self.lease().await?;
        let connection = leased.get()?;
        let statements = connection.prepare(batch, self).await?;
        let rows = try_join_all(
            batch.iter().zip(&statements).map(|(query, statement)| run(&connection.client, statement, query)),
        );
        let rows = rows.await.map_err(|(sql, e)| said(&e, sql, self))?;
        leased.give_back();
        expected(batch, rows)
    }

    pub(crate) async fn write(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.write_once(batch).await {
                Err(Error::Busy) if tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(7 << tries)).await
                }
                result => return result,
            }
        }
    }

    async fn write_once(&self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let mut leased = self.lease().await?;
        let connection = leased.get()?;
        let statements = connection.prepare(batch, self).await?;
        let client = &connection.client;
        let all =
            join_all(batch.iter().zip(&statements).map(|(query, statement)| run(client, statement, query)));
        // Without expectations COMMIT goes along in the same round trip: after an error the server turns it into ROLLBACK.
        let at_once = batch.iter().all(|query| query.expected.is_none());
        let (begun, results, ended) = if at_once {
            let (begun, results, ended) =
                tokio::join!(biased; client.batch_execute("BEGIN"), all, client.batch_execute("COMMIT"));
            (begun, results, Some(ended))
        } else {
            let (begun, results) = tokio::join!(biased; client.batch_execute("BEGIN"), all);
            (begun, results, None)
        };
        begun.map_err(|e| said(&e, "BEGIN", self))?;
        let rows: Result<Vec<Rows>, Error> =
            results.into_iter().map(|result| result.map_err(|(sql, e)| said(&e, sql, self))).collect();
        let rows = rows.and_then(|rows| expected(batch, rows));
        let result = match (rows, ended) {
            (rows, Some(ended)) => {
                let rows = rows?;
                ended.map_err(|e| said(&e, "COMMIT", self))?;
                Ok(rows)
            }
            (Ok(rows), None) => {
                client.batch_execute("COMMIT").await.map(|()| rows).map_err(|e| said(&e, "COMMIT", self))
            }
            (Err(error), None) => {
                client.batch_execute("ROLLBACK").await.map_err(|e| said(&e, "ROLLBACK", self))?;
                Err(error)
            }
        };
        leased.give_back();
        result
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTx, Error> {
        let mut leased = self.lease().await?;
        let connection = leased.connection.take().ok_or(Error::Busy)?;
        connection.client.batch_execute("BEGIN").await.map_err(|e| said(&e, "BEGIN", self))?;
        let name = server::name(&self.config);
        let idle = Arc::clone(&self.idle);
        Ok(PostgresTx { connection: Some(connection), name, idle, _turn: leased.turn })
    }

    pub(crate) async fn prepare_one(&self, sql: &'static Sql) -> Result<(), Error> {
        let mut leased = self.lease().await?;
        leased.get()?.client.prepare(sql.text).await.map_err(|e| said(&e, sql.name, self))?;
        leased.give_back();
        Ok(())
    }

    pub(crate) async fn is_sound(&self) -> Result<bool, Error> {
        let mut leased = self.lease().await?;
        leased.get()?.client.batch_execute("SELECT 1").await.map_err(|e| said(&e, "SELECT 1", self))?;
        leased.give_back();
        Ok(true)
    }

    /// The state of this moment, on a connection of its own: writers go on meanwhile.
    pub(crate) async fn snapshot(&self) -> Result<PostgresSnapshot, Error> {
        let client = server::connect(&self.config).await?;
        // The state is fixed by the first reading, not by BEGIN. A large table may take its time.
        let begun = client
            .batch_execute(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = 0; \
                 SET LOCAL idle_in_transaction_session_timeout = 0; SELECT COUNT(*) FROM schema_version",
            )
            .await;
        begun.map_err(|e| said(&e, "BEGIN", self))?;
        Ok(PostgresSnapshot { client, name: server::name(&self.config) })
    }

    async fn migrate(&self, migrations: &Migrations, until: i64) -> Result<(), Error> {
        let mut connection = self.connect().await?;
        let said = |e: tokio_postgres::Error| said(&e, "migration", self);
        let client = &mut connection.client;
        // Two servers that start at once: one waits here for the other.
        client
            .batch_execute(
                "SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock(5170714)",
            )
            .await
            .map_err(said)?;
        client.batch_execute(CREATE_VERSION).await.map_err(said)?;
        let found = client.query_opt(FIND_VERSION, &[&migrations.name]).await.map_err(said)?;
        let found: i64 = found.map_or(0, |row| row.get(0));
        if found > migrations.known() {
            return Err(Error::NewerSchema { name: migrations.name, found, known: migrations.known() });
        }
        for (number, text) in migrations.between(found, until, &WORDS) {
            let step = client.transaction().await.map_err(said)?;
            step.batch_execute(&text).await.map_err(said)?;
            step.execute(SET_VERSION, &[&migrations.name, &number]).await.map_err(said)?;
            step.commit().await.map_err(said)?;
        }
        client.batch_execute("SELECT pg_advisory_unlock(5170714)").await.map_err(said)
    }
}

impl Leased<'_> {
    fn get(&mut self) -> Result<&mut Connection, Error> {
        self.connection.as_mut().ok_or(Error::Busy)
    }

    /// Only a connection that ended its work is used again; one in an unknown state is closed.
    fn give_back(mut self) {
        if let Some(connection) = self.connection.take() {
            self.postgres.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

impl Connection {
    async fn prepare(&mut self, batch: &[Query], postgres: &Postgres) -> Result<Vec<Statement>, Error> {
        self.prepare_named(batch, &server::name(&postgres.config)).await
    }

    async fn prepare_named(&mut self, batch: &[Query], name: &str) -> Result<Vec<Statement>, Error> {
        let mut statements = Vec::with_capacity(batch.len());
        for query in batch {
            let key = query.sql.text.as_ptr().addr();
            let statement = match self.prepared.get(&key) {
                Some(statement) => statement.clone(),
                None => {
                    let made = self
                        .client
                        .prepare(query.sql.text)
                        .await
                        .map_err(|e| said_of(&e, query.sql.name, name))?;
                    self.prepared.insert(key, made.clone());
                    made
                }
            };
            statements.push(statement);
        }
        Ok(statements)
    }
}

/// A transaction in work. Dropped before its end it takes its connection with it, and the server undoes it.
pub(crate) struct PostgresTx {
    connection: Option<Connection>,
    name: String,
    idle: Idle,
    _turn: OwnedSemaphorePermit,
}

impl PostgresTx {
    pub(crate) async fn batch(&mut self, batch: &[Query]) -> Result<Vec<Rows>, Error> {
        let connection = self.connection.as_mut().ok_or(Error::Busy)?;
        let statements = connection.prepare_named(batch, &self.name).await?;
        let client = &connection.client;
        let rows = try_join_all(
            batch.iter().zip(&statements).map(|(query, statement)| run(client, statement, query)),
        );
        expected(batch, rows.await.map_err(|(sql, e)| said_of(&e, sql, &self.name))?)
    }

    pub(crate) async fn end(&mut self, commit: bool) -> Result<(), Error> {
        let word = if commit { "COMMIT" } else { "ROLLBACK" };
        let connection = self.connection.take().ok_or(Error::Busy)?;
        connection.client.batch_execute(word).await.map_err(|e| said_of(&e, word, &self.name))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(())
    }
}

impl PostgresTx {
    fn client(&self) -> Result<&Client, Error> {
        Ok(&self.connection.as_ref().ok_or(Error::Busy)?.client)
    }

    /// Lets nobody else write to `table` until this ends; whoever is writing to it is waited for.
    pub(crate) async fn hold(&self, table: &'static str) -> Result<(), Error> {
        let held = self.client()?.batch_execute(&format!("LOCK TABLE \"{table}\" IN SHARE MODE")).await;
        held.map_err(|e| said_of(&e, "LOCK", &self.name))
    }

    pub(crate) async fn tables(&self) -> Result<Vec<Table>, Error> {
        tables(self.client()?).await.map_err(|e| said_of(&e, "TABLES", &self.name))
    }

    /// Empties a table.
    pub(crate) async fn clear(&self, table: &Table) -> Result<(), Error> {
        let cleared = self.client()?.batch_execute(&table.delete()).await;
        cleared.map_err(|e| said_of(&e, "DELETE", &self.name))
    }

    /// Adds rows to a table, each with a value for every column, in one round trip.
    pub(crate) async fn insert(&self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error> {
        let client = self.client()?;
        let said = |e: tokio_postgres::Error| said_of(&e, "INSERT", &self.name);
        let statement = client.prepare(&table.insert()).await.map_err(said)?;
        let inserting = rows
            .iter()
            .map(|row| client.execute_raw(&statement, row.iter().map(|value| value as &(dyn ToSql + Sync))));
        try_join_all(inserting).await.map(drop).map_err(said)
    }
}

/// One state of the database, read while others write.
pub(crate) struct PostgresSnapshot {
    client: Client,
    name: String,
}

const TABLES: &str = "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns \
     WHERE table_schema = 'public' AND table_name <> 'schema_version' ORDER BY table_name, ordinal_position";

async fn tables(client: &Client) -> Result<Vec<Table>, tokio_postgres::Error> {
    let mut found = Vec::new();
    for row in client.query(TABLES, &[]).await? {
        let boolean = row.try_get::<_, String>(2)? == "boolean";
        table::add(&mut found, row.try_get(0)?, Column { name: row.try_get(1)?, boolean });
    }
    Ok(found)
}

/// Whether the database has no table at all.
pub(crate) async fn is_empty(address: &str) -> Result<bool, Error> {
    let config = server::configured(address)?;
    let client = server::connect(&config).await?;
    let found = tables(&client).await.map_err(|e| said_of(&e, "TABLES", &server::name(&config)))?;
    Ok(found.is_empty())
}

impl PostgresSnapshot {
    pub(crate) async fn schema(&self, store: &str) -> Result<i64, Error> {
        let said = |e: tokio_postgres::Error| said_of(&e, "FIND_VERSION", &self.name);
        self.client.query_one(FIND_VERSION, &[&store]).await.and_then(|row| row.try_get(0)).map_err(said)
    }

    pub(crate) async fn tables(&self) -> Result<Vec<Table>, Error> {
        tables(&self.client).await.map_err(|e| said_of(&e, "TABLES", &self.name))
    }

    /// Gives each row as it arrives.
    pub(crate) async fn rows(
        &self,
        table: &Table,
        each: &mut (dyn FnMut(&[Value]) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        let said = |e: tokio_postgres::Error| said_of(&e, "SELECT", &self.name);
        let statement = self.client.prepare(&table.select()).await.map_err(said)?;
        let none = std::iter::empty::<&(dyn ToSql + Sync)>();
        let mut stream = pin!(self.client.query_raw(&statement, none).await.map_err(said)?);
        while let Some(row) = stream.try_next().await.map_err(said)? {
            let values = (0..row.len()).map(|i| row.try_get::<_, Owned>(i).map(|owned| owned.0));
            each(&values.collect::<Result<Vec<_>, _>>().map_err(said)?)?;
        }
        Ok(())
    }
}

fn expected(batch: &[Query], rows: Vec<Rows>) -> Result<Vec<Rows>, Error> {
    let wrong =
        batch.iter().zip(&rows).find(|(query, rows)| query.expected.is_some_and(|n| n != rows.affected));
    match wrong {
        Some((query, _)) => Err(Error::Conflict { sql: query.sql.name }),
        None => Ok(rows),
    }
}

async fn run(
    client: &Client,
    statement: &Statement,
    query: &Query,
) -> Result<Rows, (&'static str, tokio_postgres::Error)> {
    let needed = statement.params().len();
    let values = query.values.iter().take(needed).map(|value| value as &(dyn ToSql + Sync));
    let named = |error| (query.sql.name, error);
    let mut stream = pin!(client.query_raw(statement, values).await.map_err(named)?);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await.map_err(named)? {
        let values = (0..row.len()).map(|i| row.try_get::<_, Owned>(i).map(|owned| owned.0));
        rows.push(Row(values.collect::<Result<_, _>>().map_err(named)?));
    }
    let affected = stream.rows_affected().unwrap_or(rows.len() as u64);
    Ok(Rows { affected, rows })
}

/// A value as read from a column of one of the portable types.
struct Owned(Value);

impl<'a> FromSql<'a> for Owned {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Owned, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Owned(match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Value::Blob(<Vec<u8>>::from_sql(ty, raw)?),
            _ => Value::Text(String::from_sql(ty, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Owned, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Owned(Value::Null))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL | Type::BYTEA | Type::TEXT | Type::VARCHAR
        )
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            // The server takes `$1 - 1` for a smaller number.
            Value::Int(v) if *ty == Type::INT4 => i32::try_from(*v)?.to_sql(ty, out),
            Value::Int(v) => v.to_sql_checked(ty, out),
            Value::Bool(v) => v.to_sql_checked(ty, out),
            Value::Text(v) => v.to_sql_checked(ty, out),
            Value::Blob(v) => v.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn said(error: &tokio_postgres::Error, sql: &'static str, postgres: &Postgres) -> Error {
    said_of(error, sql, &server::name(&postgres.config))
}

/// The connection broke, or the server ended it.
fn gone(name: &str) -> Error {
    Error::Unreachable(format!("{name} does not answer any more. Check that the server runs"))
}

/// The error in our words: the server's own text can quote what was bound, so only its code is kept.
fn said_of(error: &tokio_postgres::Error, sql: &'static str, name: &str) -> Error {
    let Some(code) = error.code() else {
        return if error.is_closed()
            || error.as_db_error().is_none()
                && std::error::Error::source(error).is_some_and(|s| s.is::<std::io::Error>())
        {
            gone(name)
        } else {
            Error::Statement { sql, why: "a value that does not fit its column".to_owned() }
        };
    };
    match code.code() {
        "23505" => Error::AlreadyThere { sql },
        "40001" | "40P01" | "55P03" => Error::Busy,
        "53100" => Error::Full,
        "25006" | "42501" => Error::ReadOnly(name.to_owned()),
        c if c.starts_with("08") || c.starts_with("57P") => gone(name),
        c if c.starts_with("XX") => Error::Corrupt(name.to_owned()),
        c => Error::Statement { sql, why: format!("PostgreSQL code {c}") },
    }
}
