//! What a statement gave.

use crate::{Error, Value};

/// The rows of one statement, and how many it changed.
#[derive(Debug, Default)]
pub struct Rows {
    /// Rows changed, or given by a SELECT or RETURNING.
    pub affected: u64,
    /// The rows given.
    pub rows: Vec<Row>,
}

impl Rows {
    /// The first row, if there is one.
    #[must_use]
    pub fn first(&self) -> Option<&Row> {
        self.rows.first()
    }
}

/// One row. Columns are asked for by place and type; another type is `Error::Column`.
#[derive(Debug)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Its columns as they are, in the order of the statement: for what copies whole rows.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    fn value(&self, place: usize) -> Result<&Value, Error> {
        self.0.get(place).ok_or(Error::Column(place))
    }

    fn is_null(&self, place: usize) -> Result<bool, Error> {
        Ok(matches!(self.value(place)?, Value::Null))
    }

    /// A BIGINT.
    ///
    /// # Errors
    /// There is no such column, or it holds something else (so for all below).
    pub fn int(&self, place: usize) -> Result<i64, Error> {
        match self.value(place)? {
            Value::Int(v) => Ok(*v),
            Value::Bool(v) => Ok(i64::from(*v)),
            _ => Err(Error::Column(place)),
        }
    }

    /// A BOOLEAN; SQLite gives it back as a number.
    ///
    /// # Errors
    /// As `int`.
    pub fn bool(&self, place: usize) -> Result<bool, Error> {
        match self.value(place)? {
            Value::Bool(v) => Ok(*v),
            Value::Int(v @ (0 | 1)) => Ok(*v == 1),
            _ => Err(Error::Column(place)),
        }
    }

    /// A TEXT.
    ///
    /// # Errors
    /// As `int`.
    pub fn text(&self, place: usize) -> Result<&str, Error> {
        match self.value(place)? {
            Value::Text(v) => Ok(v),
            _ => Err(Error::Column(place)),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// As `int`.
    pub fn blob(&self, place: usize) -> Result<&[u8], Error> {
        match self.value(place)? {
            Value::Blob(v) => Ok(v),
            _ => Err(Error::Column(place)),
        }
    }

    /// The 16 bytes of an id.
    ///
    /// # Errors
    /// As `int`.
    pub fn bytes16(&self, place: usize) -> Result<[u8; 16], Error> {
        self.blob(place)?.try_into().map_err(|_| Error::Column(place))
    }

    /// The 32 bytes of a digest.
    ///
    /// # Errors
    /// As `int`.
    pub fn bytes32(&self, place: usize) -> Result<[u8; 32], Error> {
        self.blob(place)?.try_into().map_err(|_| Error::Column(place))
    }

    /// A BIGINT or nothing.
    ///
    /// # Errors
    /// As `int`.
    pub fn opt_int(&self, place: usize) -> Result<Option<i64>, Error> {
        if self.is_null(place)? { Ok(None) } else { self.int(place).map(Some) }
    }

    /// A TEXT or nothing.
    ///
    /// # Errors
    /// As `int`.
    pub fn opt_text(&self, place: usize) -> Result<Option<&str>, Error> {
        if self.is_null(place)? { Ok(None) } else { self.text(place).map(Some) }
    }

    /// Bytes or nothing.
    ///
    /// # Errors
    /// As `int`.
    pub fn opt_blob(&self, place: usize) -> Result<Option<&[u8]>, Error> {
        if self.is_null(place)? { Ok(None) } else { self.blob(place).map(Some) }
    }

    /// An id or nothing.
    ///
    /// # Errors
    /// As `int`.
    pub fn opt_bytes16(&self, place: usize) -> Result<Option<[u8; 16]>, Error> {
        if self.is_null(place)? { Ok(None) } else { self.bytes16(place).map(Some) }
    }
}
