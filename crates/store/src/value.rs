//! Values as both engines know them.

use uuid::Uuid;

/// What a column can hold: the portable subset.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// BIGINT: numbers, microseconds, days.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Blob(Vec<u8>),
}

macro_rules! from {
    ($($type:ty => |$v:ident| $made:expr),+ $(,)?) => {
        $(impl From<$type> for Value {
            fn from($v: $type) -> Value { $made }
        })+
    };
}

from! {
    i64 => |v| Value::Int(v),
    bool => |v| Value::Bool(v),
    &str => |v| Value::Text(v.to_owned()),
    String => |v| Value::Text(v),
    Vec<u8> => |v| Value::Blob(v),
    &[u8] => |v| Value::Blob(v.to_vec()),
    [u8; 16] => |v| Value::Blob(v.to_vec()),
    &[u8; 16] => |v| Value::Blob(v.to_vec()),
    [u8; 32] => |v| Value::Blob(v.to_vec()),
    Uuid => |v| Value::Blob(v.as_bytes().to_vec()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
