//! A client's answers as JSON: each by its field of the notice, read by the same rules as what is typed into a page.

use casework::{Answer, Profile, Typed, answers};
use jiff::civil::Date;
use notice::{Catalogue, Category, Field, Kind};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::problem::top;
use crate::fields;

/// Stands where a client was asked and would rather not say.
const DECLINED: &str = "prefer-not-to-say";

/// The answers of a profile: text, number, true or false, a day; a code, or a list of them. A code with the client's own
/// words beside it is an object of both.
pub(crate) fn write(profile: &Profile) -> Map<String, Value> {
    profile.answers.iter().map(|(field, answer)| (field.as_str().to_owned(), one(answer))).collect()
}

fn one(answer: &Answer) -> Value {
    let chosen = |one: &answers::Chosen| match &one.other {
        Some(words) => json!({ "code": one.code, "other": words }),
        None => json!(one.code),
    };
    match answer {
        Answer::Text(text) => json!(text),
        Answer::Date(day) => json!(day.to_string()),
        Answer::Number(number) => json!(number),
        Answer::YesNo(yes) => json!(yes),
        Answer::Code(code) => chosen(code),
        Answer::Codes(codes) => codes.iter().map(chosen).collect(),
        Answer::PreferNotToSay => json!(DECLINED),
    }
}

/// Reads the answers of one category from the object `name` of a body. What is wrong is noted in the body.
pub(crate) fn read(
    body: &mut Body,
    name: &str,
    catalogue: &Catalogue,
    category: Category,
    today: Date,
) -> Profile {
    let asked: Vec<&Field> = fields::asked(catalogue, category).collect();
    read_fields(body, name, catalogue, &asked, today)
}

/// The same for these fields.
pub(crate) fn read_fields(
    body: &mut Body,
    name: &str,
    catalogue: &Catalogue,
    asked: &[&Field],
    today: Date,
) -> Profile {
    let sent = body.object(name);
    let mut profile = Profile::default();
    for (id, value) in &sent {
        let pointer = format!("{}{}", top(name), top(id));
        let Some(field) = asked.iter().find(|field| field.id.as_str() == id) else {
            body.fault(pointer, "The notice has no such field here, so it cannot be stored");
            continue;
        };
        let Some(typed) = typed(field, value) else {
            body.fault(pointer, expected(&field.kind));
            continue;
        };
        match answers::read(field, catalogue.list_of(field), &typed, today) {
            Ok(answer) => profile.set(field.id.clone(), answer),
            Err(fault) => body.fault(pointer, fault.message),
        }
    }
    profile
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Choices(_) => "Send a list of codes here",
        Kind::Choice(_) => "Send a code here",
        Kind::YesNo => "Send true or false here",
        Kind::Number | Kind::Money => "Send a whole number here",
        Kind::Date => "Send a day here, like 1991-03-14",
        _ => "Send a text here",
    }
}

/// A value as if it had been typed into its field.
fn typed(field: &Field, value: &Value) -> Option<Typed> {
    match (&field.kind, value) {
        (Kind::Choices(_), Value::Array(all)) => all.iter().try_fold(Typed::default(), with_code),
        (Kind::Choice(_) | Kind::Choices(_) | Kind::YesNo, Value::String(text)) if text == DECLINED => {
            Some(Typed::prefer_not_to_say())
        }
        (Kind::Choice(_), _) => with_code(Typed::default(), value),
        (Kind::YesNo, Value::Bool(yes)) => Some(Typed::one(if *yes { "yes" } else { "no" })),
        (Kind::Number, Value::Number(number)) => Some(Typed::one(number.to_string())),
        // Money is kept in pence and typed in pounds.
        (Kind::Money, Value::Number(number)) => {
            let pence = number.as_u64()?;
            Some(Typed::one(format!("{}.{:02}", pence / 100, pence % 100)))
        }
        (Kind::Choices(_) | Kind::YesNo | Kind::Number | Kind::Money, _) => None,
        // A day has one form here, whatever people may type.
        (Kind::Date, Value::String(text)) => {
            text.parse::<Date>().ok().map(|day| Typed::one(day.strftime("%-d %-m %Y").to_string()))
        }
        (_, Value::String(text)) => Some(Typed::one(text)),
        _ => None,
    }
}

fn with_code(mut typed: Typed, value: &Value) -> Option<Typed> {
    let (code, words) = match value {
        Value::String(code) => (code.as_str(), None),
        Value::Object(map) if map.keys().all(|key| key == "code" || key == "other") => {
            (map.get("code")?.as_str()?, Some(map.get("other")?.as_str()?))
        }
        _ => return None,
    };
    typed.values.push(code.to_owned());
    Some(match words {
        Some(words) => typed.with_other(code, words),
        None => typed,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// What is written can be sent again and is the same answer, for every kind of field.
    #[test]
    fn answers_are_read_as_they_are_written() {
        let catalogue = Catalogue::standard();
        let today = date(2026, 11, 26);
        let mut seen = 0;
        for field in catalogue.fields() {
            let list = catalogue.list_of(field);
            let samples: Vec<Typed> = match &field.kind {
                Kind::Nino => vec![Typed::one("QQ123456C")],
                Kind::Postcode => vec![Typed::one("ZZ99 3VZ"), Typed::one("M1 1AA")],
                Kind::Phone => vec![Typed::one("07700 900123")],
                Kind::Email => vec![Typed::one("d@example.org")],
                Kind::Date => vec![Typed::one("14 3 1991")],
                Kind::Number => vec![Typed::one("2")],
                Kind::Money => vec![Typed::one("12.50")],
                Kind::YesNo => vec![Typed::one("yes"), Typed::one("no"), Typed::prefer_not_to_say()],
                Kind::Choice(_) | Kind::Choices(_) => list
                    .map(|list| list.values.iter().map(|value| Typed::one(value.code.clone())).collect())
                    .unwrap_or_default(),
                _ => vec![Typed::one("Daniel Whitfield")],
            };
            for sample in samples {
                let Ok(Some(answer)) = answers::read(field, list, &sample, today) else { continue };
                let again = typed(field, &one(&answer))
                    .and_then(|typed| answers::read(field, list, &typed, today).ok());
                assert_eq!(again, Some(Some(answer)), "{}", field.id.as_str());
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
    }
}
