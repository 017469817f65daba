//! From an answer to words on a page, and back into a form.

use notice::{Field, Kind, ValueList};

use super::{Answer, Chosen, Typed};
use crate::dates;
use crate::formats::{Nino, Phone, money};

/// What stands for an answer that somebody would rather not give.
const PREFER_NOT_TO_SAY: &str = "Prefer not to say";

/// The answer in words: labels of codes, numbers in their usual form, dates in full.
#[must_use]
pub fn shown(field: &Field, list: Option<&ValueList>, answer: &Answer) -> String {
    match answer {
        // Labels have commas in them.
        Answer::Codes(_) => shown_each(list, answer).join("; "),
        Answer::Code(one) => label(list, one),
        Answer::Text(text) => usual_form(field, text),
        Answer::Date(date) => dates::long(*date),
        Answer::Number(pence) if field.kind == Kind::Money => money::pounds(*pence),
        Answer::Number(number) => number.to_string(),
        Answer::YesNo(true) => "Yes".to_owned(),
        Answer::YesNo(false) => "No".to_owned(),
        Answer::PreferNotToSay => PREFER_NOT_TO_SAY.to_owned(),
    }
}

/// What was chosen, one label each, for lists on pages; nothing for answers that do not come from a list.
#[must_use]
pub fn shown_each(list: Option<&ValueList>, answer: &Answer) -> Vec<String> {
    answer.chosen().iter().map(|chosen| label(list, chosen)).collect()
}

/// The answer in words where a glance will do: a National Insurance number shows its last three characters only.
#[must_use]
pub fn glance(field: &Field, list: Option<&ValueList>, answer: &Answer) -> String {
    match (&field.kind, answer.text().map(Nino::parse)) {
        (Kind::Nino, Some(Ok(nino))) => nino.masked(),
        _ => shown(field, list, answer),
    }
}

/// The answer as a form holds it, so that it can be changed.
#[must_use]
pub fn typed_again(field: &Field, answer: &Answer) -> Typed {
    match answer {
        Answer::Text(text) => Typed::one(usual_form(field, text)),
        Answer::Date(date) => {
            Typed::boxes(date.day().to_string(), date.month().to_string(), date.year().to_string())
        }
        Answer::Number(pence) if field.kind == Kind::Money => Typed::one(money::plain(*pence)),
        Answer::Number(number) => Typed::one(number.to_string()),
        Answer::YesNo(yes) => Typed::one(if *yes { "yes" } else { "no" }),
        Answer::PreferNotToSay => Typed::prefer_not_to_say(),
        Answer::Code(_) | Answer::Codes(_) => {
            let codes = Typed::several(answer.chosen().iter().map(|chosen| chosen.code.clone()));
            answer.chosen().iter().fold(codes, |typed, chosen| match &chosen.other {
                Some(words) => typed.with_other(chosen.code.clone(), words.clone()),
                None => typed,
            })
        }
    }
}

/// A kept number in the form in which people write it.
fn usual_form(field: &Field, text: &str) -> String {
    match field.kind {
        Kind::Nino => Nino::parse(text).map_or_else(|_| text.to_owned(), |nino| nino.pairs()),
        Kind::Phone => Phone::parse(text).map_or_else(|_| text.to_owned(), |phone| phone.national()),
        _ => text.to_owned(),
    }
}

/// The label of a chosen value; its code where the list does not know it (a service's own list that was changed).
fn label(list: Option<&ValueList>, chosen: &Chosen) -> String {
    let label = list
        .and_then(|list| list.value(&chosen.code))
        .map_or(chosen.code.as_str(), |value| value.label.as_str());
    match &chosen.other {
        Some(words) => format!("{label}: {words}"),
        None => label.to_owned(),
    }
}
