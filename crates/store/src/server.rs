//! A PostgreSQL server: how it is reached, and databases made and removed on it.
//!
//! A server that is not on this machine is spoken to over TLS only (`sslmode=require`), with its certificate checked
//! against the system's roots.

use std::borrow::Cow;
use std::io::ErrorKind;
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
            "the address of the PostgreSQL database is none. Write it as postgres://user@host/database?sslmode=require"
                .to_owned(),
        )
    })?;
    if config.get_ssl_mode() != SslMode::Require && !is_here(&config) {
        return Err(Error::Unreachable(format!(
            "{} is on another machine, and its address does not ask for TLS. Add sslmode=require to it: personal data crosses networks over TLS only",
            name(&config)
        )));
    }
    Ok(config)
}

/// How messages name the database: never with its user or password.
pub(crate) fn name(config: &Config) -> String {
    let database = config.get_dbname().or(config.get_user()).unwrap_or("?");
    let host = config.get_hosts().first().map_or_else(
        || "localhost".into(),
        |host| match host {
            Host::Tcp(name) => Cow::Borrowed(name.as_str()),
            #[cfg(unix)]
            Host::Unix(folder) => folder.to_string_lossy(),
        },
    );
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("the PostgreSQL database \"{database}\" on {host}:{port}")
}

/// Why no connection came about, and what to do. A code is all that is said of what the server wrote.
fn unreachable(config: &Config, error: &tokio_postgres::Error) -> Error {
    let why = match error.code().map(SqlState::code) {
        Some("3D000") => "is not there. Make it on the server, or correct its name in the address".to_owned(),
        Some("28P01" | "28000") => {
            "does not let us in: user and password do not fit. Correct them in the address".to_owned()
        }
        Some("53300") => "has no connection free. Let the server take more (max_connections), or use fewer".to_owned(),
        Some("57P03") => "is starting or stopping. Wait a moment".to_owned(),
        Some(code) => format!("cannot be reached (PostgreSQL code {code}). Check the server"),
        None if refused(error) => "cannot be reached: no server answers there. Start it, or correct the address".to_owned(),
        None => "cannot be reached: no connection came about. Check the network, and that the server speaks TLS with a certificate that this machine trusts".to_owned(),
    };
    Error::Unreachable(format!("{} {why}", name(config)))
}

/// Whether nobody listens there.
fn refused(error: &tokio_postgres::Error) -> bool {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| {
        matches!(io.kind(), ErrorKind::ConnectionRefused | ErrorKind::NotFound | ErrorKind::HostUnreachable)
    })
}

pub(crate) async fn connect(config: &Config) -> Result<Client, Error> {
    let failed = |error: tokio_postgres::Error| unreachable(config, &error);
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
        .map_err(|_| {
            Error::Unreachable(
                "TLS cannot be set up on this machine, so PostgreSQL is not spoken to".to_owned(),
            )
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
