//! Named statements, collected so that a test can prepare every one of them on both engines.

use crate::Value;

/// A statement with its name and the store that it is for.
#[derive(Debug)]
pub struct Sql {
    /// Its name in the source, for errors and tests.
    pub name: &'static str,
    /// Which store it runs on: `records`, `audit`, `keyring`.
    pub store: &'static str,
    /// The text, the same for both engines.
    pub text: &'static str,
}

inventory::collect!(&'static Sql);

/// Every statement that is declared in the program.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    inventory::iter::<&'static Sql>.into_iter().copied()
}

/// A statement with its values.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) sql: &'static Sql,
    pub(crate) values: Vec<Value>,
    pub(crate) expected: Option<u64>,
}

impl Sql {
    /// This statement with values for `$1`, `$2`...
    #[must_use]
    pub fn with<const N: usize>(&'static self, values: [Value; N]) -> Query {
        Query { sql: self, values: values.into(), expected: None }
    }

    /// The same with values that were gathered, for a statement of several rows.
    #[must_use]
    pub fn with_all(&'static self, values: Vec<Value>) -> Query {
        Query { sql: self, values, expected: None }
    }
}

impl Query {
    /// Any other number of rows changed (or given) than `rows` undoes the whole batch with `Error::Conflict`.
    #[must_use]
    pub fn expecting(mut self, rows: u64) -> Query {
        self.expected = Some(rows);
        self
    }
}

/// Declares named statements of one store: `sql! { records: /// doc \n FIND = "SELECT ..."; }`.
#[macro_export]
macro_rules! sql {
    ($store:ident: $($(#[$meta:meta])* $vis:vis $name:ident = $text:expr;)+) => {
        $(
            $(#[$meta])*
            $vis static $name: $crate::Sql = $crate::Sql { name: stringify!($name), store: stringify!($store), text: $text };
            $crate::inventory::submit! { &$name }
        )+
    };
}
