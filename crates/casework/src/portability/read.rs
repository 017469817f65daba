//! A file in the portable format, as another service made it: read answer by answer, by the rules of our own forms.

use jiff::civil::Date;
use notice::{Catalogue, Category, Field, FieldId};
use serde::Deserialize;

use crate::answers::{self, Answer};
use crate::formats::text;
use crate::profile::{Profile, fields};

/// The only format that is understood.
pub const FORMAT: &str = "kept-portable-1";
/// More than all answers of a person take, in bytes.
pub const LARGEST: usize = 1024 * 1024;

/// Why a file cannot be taken in. None of them repeats what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than any that Kept makes.
    #[error(
        "This file is larger than 1 MB, more than all answers of a person take. Choose the file data.json"
    )]
    TooLarge,
    /// It is no JSON, or not as the format says.
    #[error(
        "This file cannot be read as portable data: line {line}, column {column} is not as the format describes. Choose the file data.json as the other service handed it over"
    )]
    NotSo {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of another format or a later version.
    #[error(
        "This file is not of the format {FORMAT}, the only one that this version of Kept takes in. Register the client by hand"
    )]
    OtherFormat,
    /// It has two answers to one field.
    #[error("This file answers the same field twice. Ask the other service for a new one")]
    Twice,
}

/// What another service handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The service that it comes from.
    pub service: String,
    /// The day on which it was made.
    pub made: Date,
    /// What becomes of each of its answers, in the order of the file.
    pub lines: Vec<Line>,
}

/// An answer of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The field, as our notice calls it; its id where our notice does not name it.
    pub label: String,
    /// The answer as it would be shown here; as the other service showed it, if it is not taken.
    pub shown: String,
    /// What becomes of it.
    pub becomes: Becomes,
}

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Becomes {
    /// It is taken.
    Taken(Box<Taken>),
    /// Our notice does not name the field, or its answer is ours to give: it is not stored.
    LeftOut,
    /// It is no answer by our rules: why, and what to do.
    Wrong(String),
}

/// An answer that is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    category: Category,
    field: FieldId,
    answer: Answer,
}

impl Brought {
    /// The answers of a category that are taken.
    #[must_use]
    pub fn page(&self, category: Category) -> Profile {
        let mut page = Profile::default();
        for line in &self.lines {
            if let Becomes::Taken(taken) = &line.becomes
                && taken.category == category
            {
                page.set(taken.field.clone(), Some(taken.answer.clone()));
            }
        }
        page
    }
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "reference")]
    _reference: String,
    made: Date,
    from: From,
    #[serde(rename = "notice")]
    _notice: Given,
    fields: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    service: String,
    #[serde(rename = "controller")]
    _controller: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "version")]
    _version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    field: String,
    #[serde(rename = "label")]
    _label: String,
    #[serde(rename = "category")]
    _category: String,
    value: Answer,
    shown: String,
}

fn parsed<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Unreadable> {
    // What the parser says of a fault may repeat a value: only its place is told.
    serde_json::from_slice(bytes)
        .map_err(|fault| Unreadable::NotSo { line: fault.line(), column: fault.column() })
}

/// Reads a file of another service for the notice whose fields are in `catalogue`.
///
/// # Errors
/// It is too large, not of this format, or answers a field twice.
pub fn read(bytes: &[u8], catalogue: &Catalogue, today: Date) -> Result<Brought, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::TooLarge);
    }
    if parsed::<Head>(bytes)?.format != FORMAT {
        return Err(Unreadable::OtherFormat);
    }
    let document: Document = parsed(bytes)?;
    let mut seen: Vec<&str> = document.fields.iter().map(|told| told.field.as_str()).collect();
    seen.sort_unstable();
    if seen.windows(2).any(|two| matches!(two, [one, other] if one == other)) {
        return Err(Unreadable::Twice);
    }
    let lines = document.fields.iter().map(|told| line(told, catalogue, today)).collect();
    Ok(Brought { service: plain(&document.from.service), made: document.made, lines })
}

fn line(told: &Told, catalogue: &Catalogue, today: Date) -> Line {
    let field = catalogue.fields().iter().find(|field| field.id.as_str() == told.field);
    let shown = plain(&told.shown);
    let Some(field) = field.filter(|field| field.id != fields::CLIENT_NUMBER) else {
        return Line { label: plain(&told.field), shown, becomes: Becomes::LeftOut };
    };
    let label = field.label.clone();
    match again(field, &told.value, catalogue, today) {
        Ok(answer) => {
            let shown = answers::shown(field, catalogue.list_of(field), &answer);
            let taken = Taken { category: field.category, field: field.id.clone(), answer };
            Line { label, shown, becomes: Becomes::Taken(Box::new(taken)) }
        }
        Err(why) => Line { label, shown, becomes: Becomes::Wrong(why) },
    }
}

/// An answer as if it were typed into our own form, so that the rules of the form hold for it.
fn again(field: &Field, value: &Answer, catalogue: &Catalogue, today: Date) -> Result<Answer, String> {
    let typed = answers::typed_again(field, value);
    match answers::read(field, catalogue.list_of(field), &typed, today) {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err("It is empty".to_owned()),
        Err(fault) => Err(fault.message),
    }
}

/// Words of another service as one line of a page.
fn plain(words: &str) -> String {
    text::line(words, text::LONGEST_TEXT).unwrap_or_else(|_| "(not shown)".to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    const TODAY: Date = date(2026, 11, 26);

    fn document(fields: Value) -> Value {
        json!({
            "format": FORMAT, "reference": "R-101", "made": "2026-11-20",
            "from": { "service": "Elsewhere", "controller": "Elsewhere Council" },
            "notice": { "id": "employment-service", "version": "1.0" },
            "fields": fields,
        })
    }

    fn told(field: &str, value: Value, shown: &str) -> Value {
        json!({ "field": field, "label": field, "category": "contact", "value": value, "shown": shown })
    }

    fn read(document: &Value) -> Result<Brought, Unreadable> {
        super::read(document.to_string().as_bytes(), Catalogue::standard(), TODAY)
    }

    // promise: P25
    #[test]
    fn each_answer_is_taken_by_the_rules_of_our_own_forms_or_said_to_be_left_out() {
        let brought = read(&document(json!([
            told("name", json!({ "text": "Daniel Whitfield" }), "Daniel Whitfield"),
            told("mobile_phone", json!({ "text": "+447700900123" }), "07700 900 123"),
            told("date_of_birth", json!({ "date": "1991-03-14" }), "14 March 1991"),
            told("client_number", json!({ "text": "NB-10001" }), "NB-10001"),
            told("shoe_size", json!({ "number": 43 }), "43"),
            told("email", json!({ "text": "no address" }), "no address"),
            told("preferred_contact", json!({ "code": { "code": "PIGEON" } }), "Pigeon"),
            told("known_as", json!({ "text": "Dan\u{7}ny" }), "Danny"),
        ])))
        .unwrap();
        assert_eq!((brought.service.as_str(), brought.made), ("Elsewhere", date(2026, 11, 20)));
        let becomes: Vec<&str> = brought
            .lines
            .iter()
            .map(|line| match &line.becomes {
                Becomes::Taken(_) => "taken",
                Becomes::LeftOut => "left out",
                Becomes::Wrong(_) => "wrong",
            })
            .collect();
        assert_eq!(becomes, ["taken", "taken", "taken", "left out", "left out", "wrong", "wrong", "wrong"]);
        assert_eq!(brought.page(Category::Contact).display_name(), Some("Daniel Whitfield"));
        assert_eq!(brought.page(Category::Contact).answers.len(), 2);
        assert_eq!(brought.page(Category::Identity).answers.len(), 1);
    }

    #[test]
    fn what_is_no_such_file_is_refused_without_a_word_of_it() {
        let good = document(json!([told("name", json!({ "text": "Daniel" }), "Daniel")]));
        let with = |key: &str, value: Value| {
            let mut other = good.clone();
            other[key] = value;
            read(&other).unwrap_err()
        };
        let name = |name: &str| told("name", json!({ "text": name }), "");
        assert_eq!(with("format", json!("kept-portable-2")), Unreadable::OtherFormat);
        assert_eq!(with("fields", json!([name("Ada"), name("Bea")])), Unreadable::Twice);
        for (key, value) in [
            ("made", json!("2026-02-31")),
            ("surprise", json!(1)),
            ("fields", json!("none")),
            ("fields", json!([{ "field": "name" }])),
            ("fields", json!([told("name", json!({ "words": "Secret Person" }), "")])),
            ("fields", json!([told("name", json!({ "text": 7 }), "")])),
        ] {
            let fault = with(key, value);
            assert!(matches!(fault, Unreadable::NotSo { .. }), "{key}: {fault:?}");
            assert!(!fault.to_string().contains("Secret"), "{fault}");
        }
        let of = |bytes: &[u8]| super::read(bytes, Catalogue::standard(), TODAY).unwrap_err();
        assert!(matches!(of(b"field,label\r\nname,Name"), Unreadable::NotSo { line: 1, .. }));
        assert!(matches!(of(b""), Unreadable::NotSo { .. }));
        assert!(matches!(of(&[0xff, 0xfe, b'{', 0]), Unreadable::NotSo { .. }));
        assert!(matches!(of("[".repeat(100_000).as_bytes()), Unreadable::NotSo { .. }));
        assert_eq!(of(&vec![b' '; LARGEST + 1]), Unreadable::TooLarge);
    }
}
