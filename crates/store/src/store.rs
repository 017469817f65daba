//! The three calls: read a batch, write a batch, and a transaction with logic in it.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use crate::postgres::{Postgres, PostgresTx};
use crate::sqlite::{Sqlite, SqliteTx};
use crate::{Error, Migrations, Place, Query, Rows, statements};

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
        let driver = match place {
            Place::Sqlite(path) => Driver::Sqlite(Sqlite::open(path, migrations)?),
            Place::Postgres(address) => {
                Driver::Postgres(Box::new(Postgres::open(address, migrations).await?))
            }
        };
        Ok(Store { driver: Arc::new(driver), name: migrations.name })
    }

    /// Runs statements that only read, all on the same state.
    ///
    /// # Errors
    /// The first that failed.
    pub async fn read(&self, batch: Vec<Query>) -> Result<Vec<Rows>, Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.read(&batch),
            Driver::Postgres(postgres) => postgres.read(&batch).await,
        }
    }

    /// Runs statements as one transaction: all of them or none.
    ///
    /// # Errors
    /// The first that failed; then nothing was written.
    pub async fn write(&self, batch: Vec<Query>) -> Result<Vec<Rows>, Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.write(&batch).await,
            Driver::Postgres(postgres) => postgres.write(&batch).await,
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
        let mut tx = match &*self.driver {
            Driver::Sqlite(sqlite) => Tx(Inner::Sqlite(sqlite.begin().await?)),
            Driver::Postgres(postgres) => Tx(Inner::Postgres(Box::new(postgres.begin().await?))),
        };
        let result = work(&mut tx).await;
        let commit = result.is_ok();
        let ended = match &mut tx.0 {
            Inner::Sqlite(sqlite) => sqlite.end(commit),
            Inner::Postgres(postgres) => postgres.end(commit).await,
        };
        match (result, ended) {
            (Ok(_), Err(error)) => Err(error.into()),
            (result, _) => result,
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
            Driver::Sqlite(sqlite) => sqlite.is_sound().await,
            Driver::Postgres(postgres) => postgres.is_sound().await,
        }
    }

    /// A consistent copy into a new file (SQLite only; PostgreSQL has tools of its own for that).
    ///
    /// # Errors
    /// The copy failed, or this is PostgreSQL.
    pub async fn copy_to(&self, to: &Path) -> Result<(), Error> {
        match &*self.driver {
            Driver::Sqlite(sqlite) => sqlite.copy_to(to).await,
            Driver::Postgres(_) => Err(Error::Statement {
                sql: "copy",
                why: "use pg_dump or pg_basebackup for PostgreSQL".to_owned(),
            }),
        }
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

impl Tx {
    /// Runs one statement.
    ///
    /// # Errors
    /// It failed, or changed another number of rows than expected.
    pub async fn run(&mut self, query: Query) -> Result<Rows, Error> {
        match &mut self.0 {
            Inner::Sqlite(sqlite) => sqlite.run(&query),
            Inner::Postgres(postgres) => {
                let rows = postgres.batch(std::slice::from_ref(&query)).await?;
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
            Inner::Postgres(postgres) => postgres.batch(&batch).await,
        }
    }
}
