//! The three calls: read a batch, write a batch, and a transaction with logic in it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::copies::{Snapshot, State};
use crate::postgres::{Postgres, PostgresTx};
use crate::sqlite::{Sqlite, SqliteTx};
use crate::table::Table;
use crate::{Error, Migrations, Place, Query, Rows, Value, statements};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file in the service's own folder.
    Sqlite,
    /// A database server.
    Postgres,
}

enum Driver {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// One database. Clones share its connections.
#[derive(Clone)]
pub struct Store {
    driver: Arc<Driver>,
    name: &'static str,
}

impl Store {
    /// Opens the database at `place`, makes it if it is not there, and brings its schema up to `migrations`.
    ///
    /// # Errors
    /// It cannot be reached, read or written, is newer than this program, or is no database of ours.
    pub async fn open(place: &Place, migrations: &'static Migrations) -> Result<Store, Error> {
        Store::open_at(place, migrations, i64::MAX).await
    }

    /// The same, with the schema no further than step `until`: what a copy of that time fits into.
    pub(crate) async fn open_at(
        place: &Place,
        migrations: &'static Migrations,
        until: i64,
    ) -> Result<Store, Error> {
        let driver = match place {
            Place::Sqlite(path) => Driver::Sqlite(Sqlite::open(path, migrations, until)?),
            Place::Postgres(address) => {
                Driver::Postgres(Box::new(Postgres::open(address, migrations, until).await?))
            }
        };
        Ok(Store { driver: Arc::new(driver), name: migrations.name })
    }

    // What waits for a server is boxed: a call is part of every future that asks for something, and one that asks SQLite would
    // carry the room for it, too.

    /// Runs statements that only read, all on the same state.
    ///
    /// # Errors
    /// The first that failed.
    pub async fn read(&self, batch: Vec<Query>) -> Result<Vec<Rows>, Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.read(&batch),
            Driver::Postgres(postgres) => Box::pin(postgres.read(&batch)).await,
        }
    }

    /// Runs statements as one transaction: all of them or none.
    ///
    /// # Errors
    /// The first that failed; then nothing was written.
    pub async fn write(&self, batch: Vec<Query>) -> Result<Vec<Rows>, Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.write(&batch).await,
            Driver::Postgres(postgres) => Box::pin(postgres.write(&batch)).await,
        }
    }

    /// Runs `work` in a transaction, for statements that depend on what others gave. An error undoes it all.
    ///
    /// # Errors
    /// What `work` gave, or the database's own.
    pub async fn tx<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    {
        let mut tx = self.begin().await?;
        let result = work(&mut tx).await;
        let ended = self.end(&mut tx, result.is_ok()).await;
        match (result, ended) {
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => result,
        }
    }

    /// Begins a transaction. Dropped before its end it is undone.
    pub(crate) async fn begin(&self) -> Result<Tx, Error> {
        Ok(match &*self.driver {
            Driver::Sqlite(sqlite) => Tx(Inner::Sqlite(sqlite.begin().await?)),
            Driver::Postgres(postgres) => Tx(Inner::Postgres(Box::new(Box::pin(postgres.begin()).await?))),
        })
    }

    /// Ends it.
    pub(crate) async fn end(&self, tx: &mut Tx, commit: bool) -> Result<(), Error> {
        match &mut tx.0 {
            Inner::Sqlite(sqlite) => sqlite.end(commit),
            Inner::Postgres(postgres) => postgres.end(commit).await,
        }
    }

    /// Which engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &*self.driver {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
    }

    /// Prepares every declared statement of this store: what the engine does not understand is found before anybody needs it.
    ///
    /// # Errors
    /// The first statement that cannot be prepared.
    pub async fn prepare_all(&self) -> Result<usize, Error> {
        let mut count = 0;
        for sql in statements().filter(|sql| sql.store == self.name) {
            match &*self.driver {
                Driver::Sqlite(sqlite) => sqlite.prepare(sql).await?,
                Driver::Postgres(postgres) => postgres.prepare_one(sql).await?,
            }
            count += 1;
        }
        Ok(count)
    }

    /// After erasures: makes the engine forget overwritten content of its own log, where it can (SQLite).
    ///
    /// # Errors
    /// The database's own.
    pub async fn truncate_log(&self) -> Result<(), Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.truncate_log().await,
            Driver::Postgres(_) => Ok(()),
        }
    }

    /// Whether the database says of itself that it is sound.
    ///
    /// # Errors
    /// The database's own.
    pub async fn is_sound(&self) -> Result<bool, Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.is_sound(),
            Driver::Postgres(postgres) => postgres.is_sound().await,
        }
    }

    /// The state of this moment, to be copied while the service goes on.
    ///
    /// # Errors
    /// The database's own.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        Ok(Snapshot::new(
            self.name,
            self.engine(),
            match &*self.driver {
                Driver::Sqlite(sqlite) => State::Sqlite(Box::new(sqlite.snapshot()?)),
                Driver::Postgres(postgres) => State::Postgres(Box::new(postgres.snapshot().await?)),
            },
        ))
    }

    /// Lets nobody else write to `table` (SQLite: to any) while what is given lives, so that another store can be looked at in
    /// the same moment. Whoever is writing is waited for; it is for the blink of an eye only.
    ///
    /// # Errors
    /// Others write for too long, or the database's own.
    pub async fn hold(&self, table: &'static str) -> Result<Hold, Error> {
        Ok(Hold(match &*self.driver {
            Driver::Sqlite(sqlite) => Tx(Inner::Sqlite(sqlite.begin().await?)),
            Driver::Postgres(postgres) => {
                let tx = postgres.begin().await?;
                tx.hold(table).await?;
                Tx(Inner::Postgres(Box::new(tx)))
            }
        }))
    }

    /// Names of all live columns, as `(table, column)`.
    ///
    /// # Errors
    /// The database's own.
    pub async fn columns(&self) -> Result<Vec<(String, String)>, Error> {
        let query = match self.engine() {
            Engine::Sqlite => SQLITE_COLUMNS.with([]),
            Engine::Postgres => POSTGRES_COLUMNS.with([]),
        };
        let rows = self.read(vec![query]).await?;
        let rows = rows.into_iter().next().unwrap_or_default().rows;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }
}

// Not declared with `sql!`: each is of one engine only, and asks the engine about itself.
static SQLITE_COLUMNS: crate::Sql = crate::Sql {
    name: "SQLITE_COLUMNS",
    store: "sqlite",
    text: "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'schema_version'",
};
static POSTGRES_COLUMNS: crate::Sql = crate::Sql {
    name: "POSTGRES_COLUMNS",
    store: "postgres",
    text: "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_version'",
};

/// A transaction in work.
pub struct Tx(Inner);

enum Inner {
    Sqlite(SqliteTx),
    Postgres(Box<PostgresTx>),
}

/// While this lives, nobody else writes. It ends without a trace.
pub struct Hold(#[expect(dead_code, reason = "dropping it lets others write again")] Tx);

impl Tx {
    pub(crate) async fn tables(&mut self) -> Result<Vec<Table>, Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.tables(),
            Inner::Postgres(postgres) => postgres.tables().await,
        }
    }

    pub(crate) async fn clear(&mut self, table: &Table) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.clear(table),
            Inner::Postgres(postgres) => postgres.clear(table).await,
        }
    }

    pub(crate) async fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.insert(table, rows),
            Inner::Postgres(postgres) => postgres.insert(table, rows).await,
        }
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// It failed, or changed another number of rows than expected.
    pub async fn run(&mut self, query: Query) -> Result<Rows, Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.run(&query),
            Inner::Postgres(postgres) => {
                let rows = Box::pin(postgres.batch(std::slice::from_ref(&query))).await?;
                Ok(rows.into_iter().next().unwrap_or_default())
            }
        }
    }

    /// Runs several statements: on PostgreSQL in one round trip.
    ///
    /// # Errors
    /// The first that failed.
    pub async fn batch(&mut self, batch: Vec<Query>) -> Result<Vec<Rows>, Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.batch(&batch),
            Inner::Postgres(postgres) => Box::pin(postgres.batch(&batch)).await,
        }
    }
}
