//! Where a store is.

use std::path::PathBuf;
use std::str::FromStr;

/// A SQLite file or a PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// The path of a file; it is made if it is not there.
    Sqlite(PathBuf),
    /// A connection address: `postgres://user@host/database?sslmode=require`.
    Postgres(String),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    /// An address that begins with `postgres:` is one; everything else is a path.
    fn from_str(text: &str) -> Result<Place, Self::Err> {
        Ok(if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Place::Postgres(text.to_owned())
        } else {
            Place::Sqlite(PathBuf::from(text))
        })
    }
}

/// Without the password that an address may hold.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Sqlite(path) => write!(f, "{}", path.display()),
            Place::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}
