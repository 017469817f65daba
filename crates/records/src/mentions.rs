//! Clients who are mentioned in another client's file by their number: found again for erasure and access requests.

use std::ops::Range;
use std::sync::PoisonError;

use casework::client_number;
use casework::{ClientId, EntryId, Meeting, Written};
use store::{Query, sql};

use crate::Service;
use crate::clients::NUMBER_PREFIX;

sql! { records:
    /// Takes away who an entry mentions, before it is said anew.
    FORGET_MENTIONS = "DELETE FROM mention WHERE entry = $1";
    /// An entry mentions somebody.
    ADD_MENTION = "INSERT INTO mention (entry, client, mentioned) VALUES ($1, $2, $3) ON CONFLICT (entry, mentioned) DO NOTHING";
    /// All that stands in a file, and all that is said of its client in others.
    pub(crate) DROP_MENTIONS = "DELETE FROM mention WHERE client = $1 OR mentioned = $1";
}

/// What an entry says in people's own words.
pub(crate) trait Words {
    /// Each text.
    fn words(&self) -> Vec<&str>;
}

impl Words for Meeting {
    fn words(&self) -> Vec<&str> {
        vec![&self.note]
    }
}

impl Words for Written {
    fn words(&self) -> Vec<&str> {
        self.answers.answers.values().filter_map(casework::Answer::text).collect()
    }
}

impl Service {
    /// Where a text mentions clients of this service by their numbers.
    #[must_use]
    pub fn mentioned(&self, text: &str) -> Vec<(Range<usize>, ClientId)> {
        let found = client_number::mentioned(NUMBER_PREFIX, text);
        if found.is_empty() {
            return Vec::new();
        }
        let people = self.people().read().unwrap_or_else(PoisonError::into_inner);
        found
            .into_iter()
            .filter_map(|(place, number)| Some((place, people.with_number(&number.to_string())?)))
            .collect()
    }

    /// Statements that say anew whom an entry mentions, for the same transaction as the entry.
    pub(crate) fn note_mentions(&self, client: ClientId, entry: EntryId, said: &impl Words) -> Vec<Query> {
        let mut batch = vec![FORGET_MENTIONS.with([entry.as_bytes().into()])];
        for (_, mentioned) in said.words().into_iter().flat_map(|text| self.mentioned(text)) {
            if mentioned != client {
                batch.push(ADD_MENTION.with([
                    entry.as_bytes().into(),
                    client.as_bytes().into(),
                    mentioned.as_bytes().into(),
                ]));
            }
        }
        batch
    }
}
