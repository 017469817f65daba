//! From what was typed to an answer.

use std::fmt::Display;

use jiff::civil::Date;
use notice::{Field, Kind, ValueList};

use super::{Answer, Chosen, Fault, Part, Typed};
use crate::dates::{self, When};
use crate::formats::{Email, Nino, Phone, Postcode, money, text};
use crate::profile::fields;

/// The code of values that mean "none of these": chosen alone or not at all.
const NONE: &str = "NONE";
/// No count of a person's life is larger.
const LARGEST: i64 = 999_999;

/// Reads what was typed into `field`, whose answers come from `list` if it has one. Nothing typed is no answer.
///
/// # Errors
/// What is wrong and what to do.
pub fn read(
    field: &Field,
    list: Option<&ValueList>,
    typed: &Typed,
    today: Date,
) -> Result<Option<Answer>, Fault> {
    read_again(field, list, typed, today, None)
}

/// The same for a field that holds an answer already: a value that has since left the list can stay, not be chosen anew.
///
/// # Errors
/// What is wrong and what to do.
pub fn read_again(
    field: &Field,
    list: Option<&ValueList>,
    typed: &Typed,
    today: Date,
    held: Option<&Answer>,
) -> Result<Option<Answer>, Fault> {
    let boxes_count = field.kind == Kind::Date && typed.boxes.as_ref().is_some_and(|boxes| !boxes.is_empty());
    if typed.text().is_empty() && !boxes_count && !typed.prefer_not_to_say {
        return Ok(None);
    }
    let wrong = |message: &dyn Display| Fault::new(field.id.clone(), message.to_string());
    if typed.prefer_not_to_say {
        let alone = Typed { prefer_not_to_say: false, ..typed.clone() };
        return match (field.sensitive, alone.is_empty()) {
            (false, _) => Err(wrong(&"Leave this empty if there is no answer")),
            (true, false) => Err(wrong(&"Give an answer or choose 'Prefer not to say', not both")),
            (true, true) => Ok(Some(Answer::PreferNotToSay)),
        };
    }
    let typed_text = typed.text();
    let answer = match &field.kind {
        Kind::Text => Answer::Text(text::line(typed_text, text::LONGEST_TEXT).map_err(|f| wrong(&f))?),
        Kind::LongText => {
            Answer::Text(text::lines(typed_text, text::LONGEST_LONG_TEXT).map_err(|f| wrong(&f))?)
        }
        Kind::Name => Answer::Text(text::name(typed_text).map_err(|f| wrong(&f))?),
        Kind::Nino => Answer::Text(Nino::parse(typed_text).map_err(|f| wrong(&f))?.as_str().to_owned()),
        Kind::Postcode => {
            Answer::Text(Postcode::parse(typed_text).map_err(|f| wrong(&f))?.as_str().to_owned())
        }
        Kind::Phone => Answer::Text(Phone::parse(typed_text).map_err(|f| wrong(&f))?.e164().to_owned()),
        Kind::Email => Answer::Text(Email::parse(typed_text).map_err(|f| wrong(&f))?.as_str().to_owned()),
        Kind::YesNo => Answer::YesNo(yes_no(typed_text).ok_or_else(|| wrong(&"Choose yes or no"))?),
        Kind::Number => Answer::Number(number(typed_text).map_err(|f| wrong(&f))?),
        Kind::Money => Answer::Number(money::read(typed_text).map_err(|f| wrong(&f))?),
        Kind::Date => Answer::Date(date(field, typed, today)?),
        Kind::Choice(_) => Answer::Code(one(field, list, typed, today, held)?),
        Kind::Choices(_) => Answer::Codes(several(field, list, typed, today, held)?),
    };
    Ok(Some(answer).filter(|answer| answer.text() != Some("")))
}

fn yes_no(typed: &str) -> Option<bool> {
    match typed.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" => Some(true),
        "no" | "n" | "false" => Some(false),
        _ => None,
    }
}

fn number(typed: &str) -> Result<i64, &'static str> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | ',')).collect();
    match digits.parse::<i64>() {
        Ok(number @ 0..=LARGEST) => Ok(number),
        Ok(..0) => Err("Enter 0 or more"),
        Ok(_) => Err("Enter a number of 999,999 or less"),
        Err(_) => Err("Enter a whole number in digits, like 2"),
    }
}

fn date(field: &Field, typed: &Typed, today: Date) -> Result<Date, Fault> {
    let when = if field.id == fields::DATE_OF_BIRTH {
        When::Birth
    } else if field.id == fields::RIGHT_TO_WORK_SEEN_ON {
        When::Past
    } else {
        When::Any
    };
    let read = match &typed.boxes {
        Some(boxes) if !boxes.is_empty() => dates::read_boxes(boxes, when, today),
        _ => dates::read_date(typed.text(), when, today),
    };
    read.map_err(|fault| Fault::new(field.id.clone(), fault.to_string()).at(fault.part()))
}

fn one(
    field: &Field,
    list: Option<&ValueList>,
    typed: &Typed,
    today: Date,
    held: Option<&Answer>,
) -> Result<Chosen, Fault> {
    let mut chosen = several(field, list, typed, today, held)?;
    match (chosen.pop(), chosen.is_empty()) {
        (Some(one), true) => Ok(one),
        _ => Err(Fault::new(field.id.clone(), "Choose one answer")),
    }
}

fn several(
    field: &Field,
    list: Option<&ValueList>,
    typed: &Typed,
    today: Date,
    held: Option<&Answer>,
) -> Result<Vec<Chosen>, Fault> {
    let wrong = |message: String| Fault::new(field.id.clone(), message);
    let not_there = || wrong("Choose an answer from the list".to_owned());
    let list = list.ok_or_else(not_there)?;
    let codes: Vec<&str> =
        typed.values.iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    if codes.iter().any(|code| list.value(code).is_none()) {
        return Err(not_there());
    }
    if codes.contains(&NONE) && codes.iter().any(|code| *code != NONE) {
        let none = list.value(NONE).map_or("None", |value| value.label.as_str());
        return Err(wrong(format!("Choose either '{none}' or the others, not both")));
    }
    let held: Vec<&str> =
        held.into_iter().flat_map(Answer::chosen).map(|chosen| chosen.code.as_str()).collect();
    let mut chosen = Vec::with_capacity(codes.len());
    for value in list.values.iter().filter(|value| codes.contains(&value.code.as_str())) {
        if value.ended.is_some_and(|ended| ended < today) && !held.contains(&value.code.as_str()) {
            return Err(wrong(format!("'{}' can no longer be chosen. Choose another answer", value.label)));
        }
        let words = typed.others.get(&value.code).filter(|_| value.write_in).map_or("", String::as_str);
        let words =
            text::line(words, text::LONGEST_TEXT).map_err(|f| wrong(f.to_string()).at(Part::WriteIn))?;
        let other = (!words.is_empty()).then_some(words);
        chosen.push(Chosen { code: value.code.clone(), other, list: list.version.clone() });
    }
    Ok(chosen)
}
