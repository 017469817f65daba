//! Databases of a PostgreSQL server that live as long as a demo or a measurement.

use records::Places;
use store::Place;
use tokio_postgres::{Client, NoTls};

use crate::fail::Fail;

const PARTS: [&str; 4] = ["records", "audit", "keyring", "plain"];

/// Four new databases.
pub(crate) struct Databases {
    base: String,
    prefix: String,
}

impl Databases {
    /// Makes them on the server at `base`, an address without a database.
    pub(crate) async fn make(base: &str) -> Result<Databases, Fail> {
        let base = base.trim_end_matches('/').to_owned();
        let prefix = format!("kept_demo_{}", uuid::Uuid::new_v4().simple());
        let databases = Databases { base, prefix };
        databases.each("CREATE DATABASE").await?;
        Ok(databases)
    }

    /// The place of one of them.
    pub(crate) fn place(&self, part: &str) -> Place {
        Place::Postgres(format!("{}/{}_{part}", self.base, self.prefix))
    }

    /// Keeps a service's three stores here.
    pub(crate) fn use_for(&self, places: &mut Places) {
        places.records = self.place("records");
        places.audit = self.place("audit");
        places.keyring = self.place("keyring");
    }

    /// Removes them, whoever is still connected.
    pub(crate) async fn drop_all(&self) -> Result<(), Fail> {
        self.each("DROP DATABASE IF EXISTS").await
    }

    async fn each(&self, what: &str) -> Result<(), Fail> {
        let client = self.connect().await?;
        let force = if what.starts_with("DROP") { " WITH (FORCE)" } else { "" };
        for part in PARTS {
            let sql = format!("{what} {}_{part}{force}", self.prefix);
            client.batch_execute(&sql).await.map_err(|error| {
                let why = error.as_db_error().map_or("no answer".to_owned(), |e| e.message().to_owned());
                Fail::said(format!(
                    "PostgreSQL cannot {}: {why}. Name a user who may make databases.",
                    what.to_lowercase()
                ))
            })?;
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Client, Fail> {
        let away = |why: String| {
            Fail::said(format!(
                "PostgreSQL does not answer ({why}). Write its address without a database: postgres://user@127.0.0.1:5432"
            ))
        };
        let address = format!("{}/postgres", self.base);
        let (client, connection) =
            tokio_postgres::connect(&address, NoTls).await.map_err(|error| away(error.to_string()))?;
        tokio::spawn(connection);
        Ok(client)
    }
}
