//! A PostgreSQL server: how it is reached, and databases made and removed on it.
//!
//! A server that is not on this machine is spoken to over TLS only (`sslmode=require`), with its certificate checked
//! against the system's roots.

use std::net::IpAddr;
use std::sync::Arc;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// The configuration that an address gives.
pub(crate) fn configured(address: &str) -> Result<Config, Error> {
    let config: Config = address.parse().map_err(|_| {
        Error::Unreachable(
            "PostgreSQL (the address is not one: postgres://user@host/database?sslmode=require)".to_owned(),
        )
    })?;
    if config.get_ssl_mode() != SslMode::Require && !is_here(&config) {
        return Err(Error::Unreachable(
            "PostgreSQL on another machine (add sslmode=require to its address: personal data crosses networks over TLS only)"
                .to_owned(),
        ));
    }
    Ok(config)
}

/// How messages name the database: never with its user or password.
pub(crate) fn name(config: &Config) -> String {
    format!("PostgreSQL database \"{}\"", config.get_dbname().unwrap_or("?"))
}

pub(crate) async fn connect(config: &Config) -> Result<Client, Error> {
    let failed = |error: tokio_postgres::Error| {
        tracing::warn!(code = error.code().map_or("none", SqlState::code), "no connection to PostgreSQL");
        Error::Unreachable(name(config))
    };
    if config.get_ssl_mode() == SslMode::Require {
        let (client, connection) = config.connect(tls()?).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(client)
    } else {
        let mut config = config.clone();
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Makes the database that this address names, on its server.
///
/// # Errors
/// The server cannot be reached, the user may not make databases, or there is one of that name already.
pub async fn create_database(address: &str) -> Result<(), Error> {
    on_server(address, |name| format!("CREATE DATABASE {name}")).await
}

/// Removes the database that this address names, whoever is still connected to it.
///
/// # Errors
/// The server cannot be reached, or the user may not remove it.
pub async fn drop_database(address: &str) -> Result<(), Error> {
    on_server(address, |name| format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
}

async fn on_server(address: &str, sql: impl FnOnce(&str) -> String) -> Result<(), Error> {
    let config = configured(address)?;
    let wanted = config.get_dbname().unwrap_or_default().replace('"', "\"\"");
    let mut server = config.clone();
    server.dbname("postgres");
    let client = connect(&server).await?;
    client.batch_execute(&sql(&format!("\"{wanted}\""))).await.map_err(|error| {
        let why = error.as_db_error().map_or("no answer", |e| e.message());
        Error::Database { name: name(&config), why: why.to_owned() }
    })
}

/// Whether the server is on this machine.
fn is_here(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

fn tls() -> Result<MakeRustlsConnect, Error> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::Unreachable("PostgreSQL (TLS cannot be set up)".to_owned()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
