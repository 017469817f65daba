//! The keyring's statements, and how its rows are wrapped and read.

use jiff::Timestamp;
use store::{Migrations, Query, Row, Rows, Store, sql};

use crate::associated::WrappedAt;
use crate::key::Key;
use crate::keys::CompartmentKey;
use crate::{Compartment, Deployment, Epoch, Error, FileId};

sql! { keyring:
    /// The one row about the keyring itself.
    MAKE_KEYRING = "INSERT INTO keyring (id, deployment, epoch, erased, began) VALUES (1, $1, $2, 0, $3)";
    /// Which service, which epoch, how many erasures since it began.
    READ_HEAD = "SELECT deployment, epoch, erased FROM keyring WHERE id = 1";
    /// Holds the epoch until the transaction ends, so that no key is wrapped under one that is just being left.
    pub(crate) HOLD_EPOCH = "UPDATE keyring SET epoch = epoch WHERE id = 1 AND epoch = $1";
    /// Begins the next epoch.
    pub(crate) BEGIN_EPOCH = "UPDATE keyring SET epoch = $2, erased = 0, began = $3 WHERE id = 1 AND epoch = $1";
    /// Counts erasures, and tells in which epoch they were.
    pub(crate) COUNT_ERASURES = "UPDATE keyring SET erased = erased + $1 WHERE id = 1 RETURNING epoch";
    /// Adds a key; one that is there stays.
    ADD_KEY = "INSERT INTO wrapped_key (file, compartment, version, epoch, created, wrapped) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (file, compartment, version) DO NOTHING";
    /// A file's keys.
    pub(crate) KEYS_OF_FILE = "SELECT file, compartment, version, epoch, wrapped FROM wrapped_key WHERE file = $1 ORDER BY compartment, version";
    /// The keys of all files from one id to another, no more than so many.
    pub(crate) KEYS_BETWEEN = "SELECT file, compartment, version, epoch, wrapped FROM wrapped_key WHERE file >= $1 AND file <= $2 ORDER BY file, compartment, version LIMIT $3";
    /// The next keys in order, to walk over all of them.
    pub(crate) NEXT_KEYS = "SELECT file, compartment, version, epoch, wrapped FROM wrapped_key WHERE (file, compartment, version) > ($1, $2, $3) ORDER BY file, compartment, version LIMIT 1000";
    /// Puts a key under the next epoch.
    pub(crate) REWRAP_KEY = "UPDATE wrapped_key SET epoch = $4, wrapped = $5 WHERE file = $1 AND compartment = $2 AND version = $3";
    /// Whether a file has a key.
    pub(crate) HAS_KEYS = "SELECT 1 FROM wrapped_key WHERE file = $1 LIMIT 1";
    /// How many files and keys.
    pub(crate) COUNT_KEYS = "SELECT COUNT(DISTINCT file), COUNT(*) FROM wrapped_key";
    /// Deletes a file's keys.
    pub(crate) DELETE_FILE = "DELETE FROM wrapped_key WHERE file = $1";
    /// Deletes the keys of one compartment of a file.
    pub(crate) DELETE_COMPARTMENT = "DELETE FROM wrapped_key WHERE file = $1 AND compartment = $2";
    /// Deletes the keys of what lies in a compartment of a file.
    pub(crate) DELETE_INSIDE = "DELETE FROM wrapped_key WHERE file = $1 AND compartment LIKE $2";
}

/// The keyring store's tables.
pub static MIGRATIONS: Migrations =
    Migrations { name: "keyring", steps: &[(1, "keyring", include_str!("../migrations/001_keyring.sql"))] };

/// What the keyring says about itself.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub(crate) deployment: Deployment,
    pub(crate) epoch: Epoch,
    pub(crate) erased: u64,
}

impl Head {
    /// None in a keyring that was never made.
    pub(crate) async fn read(keyring: &Store) -> Result<Option<Head>, Error> {
        let rows = keyring.read(vec![READ_HEAD.with([])]).await?;
        let Some(row) = rows.first().and_then(Rows::first) else { return Ok(None) };
        Ok(Some(Head {
            deployment: Deployment::from_bytes(row.bytes16(0)?),
            epoch: epoch(row.int(1)?)?,
            erased: row.int(2)?.unsigned_abs(),
        }))
    }

    /// The statement that makes a new keyring.
    pub(crate) fn make(deployment: Deployment) -> Query {
        MAKE_KEYRING
            .with([deployment.as_bytes().into(), number(Epoch::FIRST).into(), now().into()])
            .expecting(1)
    }
}

/// The key of the current epoch, and what it wraps for.
pub(crate) struct EpochKey {
    pub(crate) deployment: Deployment,
    pub(crate) epoch: Epoch,
    pub(crate) key: Key,
}

impl EpochKey {
    /// The statement that adds a new random key for `compartment` of `file`.
    pub(crate) fn add_new(&self, file: FileId, compartment: Compartment) -> Result<Query, Error> {
        const VERSION: u16 = 1;
        let wrapped = self.wrap(&Key::random()?, file, &compartment.code(), VERSION)?;
        Ok(ADD_KEY.with([
            file.as_bytes().into(),
            compartment.code().as_ref().into(),
            i64::from(VERSION).into(),
            number(self.epoch).into(),
            now().into(),
            wrapped.into(),
        ]))
    }

    pub(crate) fn wrap(
        &self,
        key: &Key,
        file: FileId,
        compartment: &str,
        version: u16,
    ) -> Result<Vec<u8>, Error> {
        self.key.wrap(key, &self.at(file, compartment, version))
    }

    fn at(&self, file: FileId, compartment: &str, version: u16) -> Vec<u8> {
        let (deployment, epoch) = (self.deployment.as_bytes(), self.epoch.number());
        WrappedAt { deployment, epoch, file, compartment, version }.bytes()
    }

    /// Unwraps one row.
    pub(crate) fn unwrap(&self, row: &Wrapped) -> Result<CompartmentKey, Error> {
        if row.epoch != self.epoch {
            return Err(Error::EpochMoved);
        }
        let code = row.compartment.code();
        let key = self.key.unwrap(&row.wrapped, &self.at(row.file, &code, row.version));
        let key = key.ok_or(Error::KeyringDamaged("a key does not unwrap"))?;
        Ok(CompartmentKey { compartment: row.compartment, version: row.version, key })
    }
}

/// A row of the keyring, in the order of every statement that reads one.
pub(crate) struct Wrapped {
    pub(crate) file: FileId,
    pub(crate) compartment: Compartment,
    pub(crate) version: u16,
    pub(crate) epoch: Epoch,
    wrapped: Vec<u8>,
}

impl Wrapped {
    pub(crate) fn read(row: &Row) -> Result<Wrapped, Error> {
        let compartment = row.text(1)?.parse();
        Ok(Wrapped {
            file: FileId::from_bytes(row.bytes16(0)?),
            compartment: compartment.map_err(|_| Error::KeyringDamaged("a compartment is unknown"))?,
            version: row
                .int(2)?
                .try_into()
                .map_err(|_| Error::KeyringDamaged("a key version is too large"))?,
            epoch: epoch(row.int(3)?)?,
            wrapped: row.blob(4)?.to_vec(),
        })
    }

    /// The rows that one statement gave.
    pub(crate) fn read_all(rows: &Rows) -> Result<Vec<Wrapped>, Error> {
        rows.rows.iter().map(Wrapped::read).collect()
    }
}

/// Where a walk over all keys stands: after this row.
#[derive(Clone)]
pub(crate) struct Walk {
    file: Vec<u8>,
    compartment: String,
    version: i64,
}

impl Walk {
    pub(crate) fn start() -> Walk {
        Walk { file: Vec::new(), compartment: String::new(), version: 0 }
    }

    /// The statement for the next thousand rows.
    pub(crate) fn next(&self) -> Query {
        NEXT_KEYS.with([self.file.clone().into(), self.compartment.as_str().into(), self.version.into()])
    }

    /// Moves behind the rows that were read; false if that was the end.
    pub(crate) fn behind(&mut self, rows: &[Wrapped]) -> bool {
        let Some(last) = rows.last() else { return false };
        self.file = last.file.as_bytes().to_vec();
        self.compartment = last.compartment.code().into_owned();
        self.version = i64::from(last.version);
        true
    }
}

/// As BIGINT. An epoch begins at most a few times a day, so it never comes near the limit.
pub(crate) fn number(epoch: Epoch) -> i64 {
    i64::try_from(epoch.number()).unwrap_or(i64::MAX)
}

fn epoch(number: i64) -> Result<Epoch, Error> {
    let number = u64::try_from(number).map_err(|_| Error::KeyringDamaged("an epoch is negative"))?;
    Ok(Epoch::from_number(number))
}

/// When a key was drawn is kept for people to read; no rule depends on it, so the clock is not an argument.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}
