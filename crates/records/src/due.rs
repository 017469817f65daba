//! What is due, and by when. The days stand in the clear beside the entries that ask for them, so that lists need no keys.

use casework::EntryId;
use casework::outcomes::milestone_words;
use jiff::civil::Date;
use notice::{EntryForm, forms};
use store::{Row, sql};

use crate::Error;
use crate::surroundings::day_from;

sql! { records:
    /// What is due in a file, the earliest first.
    pub(crate) DUE_IN = "SELECT entry, form, field, day FROM due WHERE client = $1 ORDER BY day, entry LIMIT 200";
}

/// Something that is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// The entry that asks for it.
    pub entry: EntryId,
    /// The form of that entry.
    pub form: &'static EntryForm,
    /// What is due, in words that say nothing about the client.
    pub words: &'static str,
    /// The day by which.
    pub day: Date,
}

impl Due {
    /// Reads a row of entry, form, field and day.
    pub(crate) fn read(row: &Row) -> Result<Due, Error> {
        let form = forms::form(row.text(1)?).ok_or(Error::Damaged("form"))?;
        let field = row.text(2)?;
        let due = form.due.iter().find(|due| due.field == *field).map(|due| due.words.as_str());
        let words = due.or_else(|| milestone_words(field)).ok_or(Error::Damaged("due field"))?;
        Ok(Due {
            entry: EntryId::from_bytes(row.bytes16(0)?),
            form,
            words,
            day: day_from(row.int(3)?).ok_or(Error::Damaged("day"))?,
        })
    }
}
