//! Schema steps: one text for both engines, applied in order, each in a transaction.

/// The schema of one store.
#[derive(Debug)]
pub struct Migrations {
    /// Which store: the name that its statements carry.
    pub name: &'static str,
    /// Steps by number, with a name and the text; `{{BLOB}}` stands for the engine's word for bytes, `{{NUMBER}}` for that of a
    /// number that is its table's primary key.
    pub steps: &'static [(i64, &'static str, &'static str)],
}

impl Migrations {
    /// The newest step.
    #[must_use]
    pub fn known(&self) -> i64 {
        self.steps.iter().map(|(number, _, _)| *number).max().unwrap_or(0)
    }

    /// The steps after `found` up to `until`, with the engine's words put in.
    pub(crate) fn between(
        &self,
        found: i64,
        until: i64,
        words: &'static Words,
    ) -> impl Iterator<Item = (i64, String)> {
        self.steps.iter().filter(move |(number, _, _)| *number > found && *number <= until).map(
            move |(number, _, text)| {
                (*number, text.replace("{{BLOB}}", words.blob).replace("{{NUMBER}}", words.number))
            },
        )
    }
}

/// An engine's words for what the two name differently.
pub(crate) struct Words {
    /// Bytes.
    pub(crate) blob: &'static str,
    /// A number that is its table's primary key. SQLite then keeps the rows themselves in its order, without an index beside them.
    pub(crate) number: &'static str,
}

pub(crate) const CREATE_VERSION: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (store TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)";
pub(crate) const FIND_VERSION: &str = "SELECT version FROM schema_version WHERE store = $1";
pub(crate) const SET_VERSION: &str = "INSERT INTO schema_version (store, version) VALUES ($1, $2) ON CONFLICT (store) DO UPDATE SET version = excluded.version";
