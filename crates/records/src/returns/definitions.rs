//! The definitions that returns are made by: those that come with Kept, and the service's own.

use audit::{Action, Outcome};
use casework::returns::Definition;
use jiff::Timestamp;
use store::{Query, sql};

use crate::{Error, Service, changes};

sql! { records:
    /// The service's own, the oldest first.
    OWN_DEFINITIONS = "SELECT text FROM return_definition WHERE own = $1 ORDER BY added, definition, version";
    /// The text of one version.
    DEFINITION_TEXT = "SELECT text FROM return_definition WHERE definition = $1 AND version = $2";
    /// What a return is made by stays, whatever comes with Kept later.
    KEEP_DEFINITION = "INSERT INTO return_definition (definition, version, own, added, text) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (definition, version) DO NOTHING";
    /// Loads one of the service's own.
    ADD_DEFINITION = "INSERT INTO return_definition (definition, version, own, added, text) VALUES ($1, $2, $3, $4, $5)";
}

const ADD: Action = Action("add-return-definition");

fn row(definition: &Definition, own: bool, now: Timestamp) -> [store::Value; 5] {
    [
        definition.id.as_str().into(),
        definition.version.as_str().into(),
        own.into(),
        now.as_microsecond().into(),
        definition.text.as_str().into(),
    ]
}

/// The statement that keeps the definition of a return with it.
pub(super) fn keeping(definition: &Definition, now: Timestamp) -> Query {
    KEEP_DEFINITION.with(row(definition, false, now))
}

impl Service {
    /// Loads a definition of the service's own. It is then as those that come with Kept, and where both are in force from the
    /// same day it goes before them. The same text again changes nothing.
    ///
    /// # Errors
    /// `Error::Programme` with every fault of the text, or if this version was another text before; a store failed.
    pub async fn add_return_definition(&self, text: &str) -> Result<Definition, Error> {
        let definition = Definition::parse(text).map_err(|faults| Error::Programme(faults.to_string()))?;
        let used = |known: &str| known != text;
        let shipped = shipped()?;
        let same = |one: &&Definition| one.id == definition.id && one.version == definition.version;
        let known = self.definition_text(&definition.id, &definition.version).await?;
        if known.as_deref().is_some_and(used) || shipped.iter().find(same).is_some_and(|one| used(&one.text))
        {
            return Err(Error::Programme(format!(
                "Version {} of {} is another text already. A version stays as it is: give this one another name.",
                definition.version, definition.id
            )));
        }
        if known.is_some() || shipped.iter().any(|one| one.text == text) {
            return Ok(definition);
        }
        let now = self.now();
        let mut batch = vec![ADD_DEFINITION.with(row(&definition, true, now))];
        batch.extend(changes::of_service(now));
        self.records().write(batch).await.map_err(|error| match error {
            store::Error::AlreadyThere { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.follow_changes().await?;
        self.log().event(None, ADD, Outcome::Done).durable().await?;
        Ok(definition)
    }

    /// Those that come with Kept, then the service's own, for memory.
    pub(crate) async fn load_return_definitions(&self) -> Result<Vec<Definition>, Error> {
        let rows = self.records().read(vec![OWN_DEFINITIONS.with([true.into()])]).await?;
        let mut all = shipped()?;
        for row in rows.into_iter().next().unwrap_or_default().rows {
            let read = Definition::parse(row.text(0)?);
            all.push(read.map_err(|_| Error::Damaged("definition of a return"))?);
        }
        Ok(all)
    }

    /// The text of a version that was loaded or that a return was made by.
    pub(super) async fn definition_text(&self, id: &str, version: &str) -> Result<Option<String>, Error> {
        let rows = self.records().read(vec![DEFINITION_TEXT.with([id.into(), version.into()])]).await?;
        let row = rows.first().and_then(|rows| rows.first());
        Ok(row.map(|row| row.text(0).map(str::to_owned)).transpose()?)
    }
}

fn shipped() -> Result<Vec<Definition>, Error> {
    Definition::shipped().map_err(|_| Error::Damaged("definition of a return"))
}
