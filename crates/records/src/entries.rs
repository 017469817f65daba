//! The entries that a file is made of: how one is sealed, stored, replaced and opened again.

use std::borrow::Cow;

use access::Permit;
use audit::{Entry, RowMark};
use casework::{ClientId, EntryId, StaffId};
use jiff::Timestamp;
use notice::Category;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use store::{Query, Row, sql};
use vault::{Beside, Compartment, FileKeys, Personal, Place};

use crate::{Error, Service, changes};

sql! { records:
    /// Adds an entry.
    ADD_ENTRY = "INSERT INTO entry (id, client, kind, category, compartment, day, written, author, version, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// Puts the version before aside; history keeps it.
    KEEP_PAST = "INSERT INTO entry_past (id, client, kind, category, compartment, day, written, author, version, sealed) SELECT id, client, kind, category, compartment, day, written, author, version, sealed FROM entry WHERE id = $1 AND version = $2";
    /// Puts the next version in its place.
    REPLACE_ENTRY = "UPDATE entry SET day = $2, written = $3, author = $4, version = $5, sealed = $6 WHERE id = $1 AND version = $5 - 1";
}

/// The columns of an entry, in the order of every statement that reads one.
macro_rules! entry_columns {
    () => {
        "id, kind, category, compartment, day, written, author, version, sealed"
    };
}
pub(crate) use entry_columns;

/// The table's name in associated data; past versions keep it, since they were sealed there.
pub(crate) const TABLE: &str = "entry";

/// What stands in the clear about an entry.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) id: EntryId,
    pub(crate) client: ClientId,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) category: Category,
    pub(crate) compartment: Compartment,
    pub(crate) day: i64,
    pub(crate) written: Timestamp,
    pub(crate) author: StaffId,
    pub(crate) version: i64,
}

impl Head {
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            table: TABLE,
            row: *self.id.as_bytes(),
            version: self.version,
            file: self.client.into(),
            compartment: &self.compartment,
            category: self.category,
            beside: self.beside(),
        }
    }

    fn beside(&self) -> Beside {
        let (category, compartment) = (self.category, &self.compartment);
        beside(self.client, &self.kind, category, compartment, self.day, self.written, self.author)
    }

    /// Its mark in the log: the row as it is with these sealed bytes.
    pub(crate) fn mark(&self, sealed: &[u8]) -> RowMark {
        let (row, version) = (*self.id.as_bytes(), self.version);
        RowMark { table: TABLE, row, version, digest: row_digest(&self.beside(), sealed) }
    }
}

/// All that stands in the clear of an entry: nobody gives a note another day or another author by hand.
pub(crate) fn beside(
    client: ClientId,
    kind: &str,
    category: Category,
    compartment: &Compartment,
    day: i64,
    written: Timestamp,
    author: StaffId,
) -> Beside {
    // Whatever has no fixed length is a code and ends with a letter that no code has.
    let mut columns = Sha256::new();
    for code in [kind, category.code(), &*compartment.code()] {
        columns.update(code);
        columns.update([0]);
    }
    columns.update(client.as_bytes());
    columns.update(author.as_bytes());
    columns.update(day.to_be_bytes());
    columns.update(written.as_microsecond().to_be_bytes());
    Beside::of(columns.finalize().into())
}

/// SHA-256 of a row as it stands: of what is bound into its seal, and of the sealed bytes.
pub(crate) fn row_digest(beside: &Beside, sealed: &[u8]) -> [u8; 32] {
    let mut row = Sha256::new();
    if let Some(columns) = beside.bound_into(sealed) {
        row.update(columns);
    }
    row.update(sealed);
    row.finalize().into()
}

/// An entry as read: its head and its sealed content.
pub(crate) struct Stored {
    pub(crate) id: EntryId,
    pub(crate) kind: String,
    pub(crate) category: Category,
    pub(crate) compartment: Compartment,
    pub(crate) day: i64,
    pub(crate) written: Timestamp,
    pub(crate) author: StaffId,
    pub(crate) version: i64,
    pub(crate) sealed: Vec<u8>,
}

impl Stored {
    /// The same in the clear, in the file of `client` and as this version.
    pub(crate) fn head(&self, client: ClientId, version: i64) -> Head {
        Head {
            id: self.id,
            client,
            kind: self.kind.clone().into(),
            category: self.category,
            compartment: self.compartment,
            day: self.day,
            written: self.written,
            author: self.author,
            version,
        }
    }

    /// What stands beside its sealed content in the file of `client`.
    pub(crate) fn beside(&self, client: ClientId) -> Beside {
        let (category, compartment) = (self.category, &self.compartment);
        beside(client, &self.kind, category, compartment, self.day, self.written, self.author)
    }

    /// Reads a row of `entry_columns!`.
    pub(crate) fn read(row: &Row) -> Result<Stored, Error> {
        Ok(Stored {
            id: EntryId::from_bytes(row.bytes16(0)?),
            kind: row.text(1)?.to_owned(),
            category: row.text(2)?.parse().map_err(|_| Error::Damaged("category"))?,
            compartment: row.text(3)?.parse().map_err(|_| Error::Damaged("compartment"))?,
            day: row.int(4)?,
            written: changes::time(row.int(5)?)?,
            author: StaffId::from_bytes(row.bytes16(6)?),
            version: row.int(7)?,
            sealed: row.blob(8)?.to_vec(),
        })
    }
}

/// The compartment in which a category of the service's own layer is kept.
pub(crate) fn compartment_of(category: Category) -> Compartment {
    match category {
        Category::Equality => Compartment::Equality,
        Category::Rights => Compartment::Rights,
        _ => Compartment::File,
    }
}

impl Service {
    /// Seals an entry: the statement that adds it and the mark that its audit entry carries.
    pub(crate) fn seal_new<T: Serialize>(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        head: &Head,
        content: &T,
    ) -> Result<(Query, RowMark), Error> {
        let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
        let mark = head.mark(&sealed);
        let add = ADD_ENTRY.with([
            head.id.as_bytes().into(),
            head.client.as_bytes().into(),
            head.kind.as_ref().into(),
            head.category.code().into(),
            head.compartment.code().as_ref().into(),
            head.day.into(),
            head.written.as_microsecond().into(),
            head.author.as_bytes().into(),
            head.version.into(),
            sealed.into(),
        ]);
        Ok((add, mark))
    }

    /// Seals the next version of an entry: the statements that keep the old one and put this in its place.
    pub(crate) fn seal_next<T: Serialize>(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        head: &Head,
        content: &T,
    ) -> Result<([Query; 2], RowMark), Error> {
        let sealed = self.vault().seal(permit, keys, &head.place(), content)?;
        let mark = head.mark(&sealed);
        let keep = KEEP_PAST.with([head.id.as_bytes().into(), (head.version - 1).into()]).expecting(1);
        let replace = REPLACE_ENTRY
            .with([
                head.id.as_bytes().into(),
                head.day.into(),
                head.written.as_microsecond().into(),
                head.author.as_bytes().into(),
                head.version.into(),
                sealed.into(),
            ])
            .expecting(1);
        Ok(([keep, replace], mark))
    }

    /// Opens an entry of `client`.
    pub(crate) fn open_entry<T: DeserializeOwned>(
        &self,
        log_entry: &Entry,
        keys: &FileKeys,
        client: ClientId,
        stored: &Stored,
    ) -> Result<Personal<T>, Error> {
        let place = Place {
            table: TABLE,
            row: *stored.id.as_bytes(),
            version: stored.version,
            file: client.into(),
            compartment: &stored.compartment,
            category: stored.category,
            beside: stored.beside(client),
        };
        Ok(self.vault().open(log_entry, keys, &place, &stored.sealed)?)
    }
}
