//! What came from a form, before anybody looked at it.

use std::collections::BTreeMap;

/// What was typed into one field, or chosen in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// The text, or the codes that were chosen.
    pub values: Vec<String>,
    /// The three boxes of a date.
    pub boxes: Option<Boxes>,
    /// Words written in beside a value, by its code.
    pub others: BTreeMap<String, String>,
    /// Whether "prefer not to say" was chosen.
    pub prefer_not_to_say: bool,
}

/// The three boxes of a date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boxes {
    /// The day of the month; a whole date is taken here too.
    pub day: String,
    /// The month, as a number or a word.
    pub month: String,
    /// The year.
    pub year: String,
}

impl Typed {
    /// One text, or one code.
    pub fn one(value: impl Into<String>) -> Typed {
        Typed { values: vec![value.into()], ..Typed::default() }
    }

    /// Several codes.
    pub fn several(values: impl IntoIterator<Item = impl Into<String>>) -> Typed {
        Typed { values: values.into_iter().map(Into::into).collect(), ..Typed::default() }
    }

    /// A date in three boxes.
    pub fn boxes(day: impl Into<String>, month: impl Into<String>, year: impl Into<String>) -> Typed {
        let boxes = Boxes { day: day.into(), month: month.into(), year: year.into() };
        Typed { boxes: Some(boxes), ..Typed::default() }
    }

    /// "Prefer not to say".
    #[must_use]
    pub fn prefer_not_to_say() -> Typed {
        Typed { prefer_not_to_say: true, ..Typed::default() }
    }

    /// The same with words written in beside the value of this code.
    #[must_use]
    pub fn with_other(mut self, code: impl Into<String>, words: impl Into<String>) -> Typed {
        self.others.insert(code.into(), words.into());
        self
    }

    /// The text, or the first code; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.values.iter().find(|value| !value.trim().is_empty()).map_or("", String::as_str)
    }

    /// Whether this value was chosen.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.values.iter().any(|value| value == code)
    }

    /// Whether nothing was typed or chosen. Words beside a value that was not chosen are nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.prefer_not_to_say
            && self.values.iter().all(|value| value.trim().is_empty())
            && self.boxes.as_ref().is_none_or(Boxes::is_empty)
    }
}

impl Boxes {
    /// Whether all three are empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.day, &self.month, &self.year].into_iter().all(|text| text.trim().is_empty())
    }
}
