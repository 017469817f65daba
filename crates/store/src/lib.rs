//! The SQL layer under everything that is kept: one text for SQLite and PostgreSQL.
//!
//! It knows no topic. Whoever keeps something declares named statements with [`sql!`], brings [`Migrations`] and calls
//! [`Store::read`], [`Store::write`] or [`Store::tx`] with batches of them: a batch is one hop on SQLite and one pipelined
//! round trip on PostgreSQL. Statements use `$1` placeholders and the portable subset of docs/decisions/0002.
//!
//! It never puts a bound value into an error or a log line.

pub mod classify;
mod copies;
mod error;
mod migrate;
mod place;
mod postgres;
mod rows;
mod server;
mod sql;
mod sqlite;
mod store;
mod table;
#[cfg(feature = "testing")]
pub mod testing;
mod value;

pub use copies::{Snapshot, Written, is_empty, open_copy};
pub use error::Error;
pub use migrate::Migrations;
pub use place::Place;
pub use rows::{Row, Rows};
pub use server::{create_database, drop_database};
pub use sql::{Query, Sql, statements};
pub use store::{BoxFuture, Engine, Hold, Store, Tx};
pub use value::Value;

#[doc(hidden)]
pub use inventory;
