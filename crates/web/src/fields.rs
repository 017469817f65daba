//! Questions made from the notice's own catalogue: how a field is asked, read back, and said to be wrong.

use casework::answers::{self, Boxes};
use casework::{Answer, Fault, Part, Profile, Typed, referrals};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{Catalogue, Category, Field, Kind};

use crate::fail::Fail;
use crate::form::Form;
use crate::ui::form::{self as ui, Choice, Choices, DateInput, DatePart, TextArea, TextInput};

/// The id of the list of organisations that a form with such a field brings along.
pub(crate) const ORGANISATIONS: &str = "organisations";
const DECLINED: &str = "prefer-not-to-say";

/// Fields that people ask for and nobody types: the client's number is ours.
pub(crate) fn asked(catalogue: &Catalogue, category: Category) -> impl Iterator<Item = &Field> {
    catalogue.fields_of(category).filter(|field| field.id != *"client_number")
}

/// The names that a form with these fields may send.
pub(crate) fn names<'c>(fields: impl Iterator<Item = &'c Field>) -> Vec<String> {
    fields
        .flat_map(|field| {
            let id = field.id.as_str();
            match field.kind {
                Kind::Date => vec![format!("{id}-day"), format!("{id}-month"), format!("{id}-year")],
                Kind::Choice(_) | Kind::Choices(_) => vec![id.to_owned(), format!("{id}-other-*")],
                _ => vec![id.to_owned()],
            }
        })
        .collect()
}

/// What was typed into a field.
pub(crate) fn typed(form: &Form, field: &Field) -> Result<Typed, Fail> {
    let id = field.id.as_str();
    Ok(match field.kind {
        Kind::Date => Typed {
            boxes: Some(Boxes {
                day: form.one(&format!("{id}-day"))?.to_owned(),
                month: form.one(&format!("{id}-month"))?.to_owned(),
                year: form.one(&format!("{id}-year"))?.to_owned(),
            }),
            ..Typed::default()
        },
        Kind::Choices(_) => with_others(form, id, chosen(form.several(id))),
        Kind::Choice(_) | Kind::YesNo => with_others(form, id, chosen(vec![form.one(id)?])),
        _ => Typed::one(form.one(id)?),
    })
}

fn chosen(values: Vec<&str>) -> Typed {
    if values.contains(&DECLINED) {
        Typed::prefer_not_to_say()
    } else {
        Typed::several(values.into_iter().filter(|v| !v.is_empty()))
    }
}

fn with_others(form: &Form, id: &str, typed: Typed) -> Typed {
    let start = format!("{id}-other-");
    let others: Vec<(String, String)> =
        form.beginning(&start).map(|(c, w)| (c.to_owned(), w.to_owned())).collect();
    others
        .into_iter()
        .filter(|(_, words)| !words.trim().is_empty())
        .fold(typed, |typed, (code, words)| typed.with_other(code, words))
}

/// Reads the answers of these fields; what is wrong is told field by field.
pub(crate) fn read<'c>(
    form: &Form,
    catalogue: &Catalogue,
    fields: impl Iterator<Item = &'c Field>,
    today: Date,
) -> Result<(Profile, Vec<Fault>), Fail> {
    let (mut page, mut faults) = (Profile::default(), Vec::new());
    for field in fields {
        match answers::read(field, catalogue.list_of(field), &typed(form, field)?, today) {
            Ok(answer) => page.set(field.id.clone(), answer),
            Err(fault) => faults.push(fault),
        }
    }
    Ok((page, faults))
}

/// What a form shows of an answer that is held.
pub(crate) fn held(field: &Field, answer: Option<&Answer>) -> Typed {
    answer.map(|answer| answers::typed_again(field, answer)).unwrap_or_default()
}

/// The questions of a category. Why a sensitive one is asked stands with it; why the others are asked, in one place below
/// them: twelve times "Why we ask" on a page is read by nobody (promise P20).
pub(crate) fn questions(
    catalogue: &Catalogue,
    category: Category,
    typed: impl Fn(&Field) -> Typed,
    faults: &[Fault],
    today: Date,
) -> Markup {
    let reasons: Vec<&Field> =
        asked(catalogue, category).filter(|field| !field.sensitive && !field.why.is_empty()).collect();
    html! {
        div.app-questions { @for field in asked(catalogue, category) {
            (question(field, catalogue, &typed(field), faults, today))
        } }
        @if !reasons.is_empty() {
            (ui::details("Why we ask these questions", html! { dl.app-why { @for field in reasons {
                dt { (field.question) } dd { (field.why) }
            } } }))
        }
    }
}

/// A round button cannot be let go of: where one is chosen, the way back is one more of them. A sensitive question has its own.
fn no_answer(field: &Field, typed: &Typed) -> Option<Choice<'static>> {
    let chosen = typed.values.iter().any(|value| !value.is_empty());
    (chosen && !field.sensitive).then(|| Choice { value: "", label: "No answer", ..Choice::default() })
}

/// A question, with what was typed and what is wrong with it, and why it is asked.
pub(crate) fn question(
    field: &Field,
    catalogue: &Catalogue,
    typed: &Typed,
    faults: &[Fault],
    today: Date,
) -> Markup {
    let fault = faults.iter().find(|fault| fault.field == field.id);
    let error = fault.map(|fault| fault.message.as_str());
    let (id, hint) = (field.id.as_str(), field.hint.as_deref());
    let asked = match field.kind {
        Kind::Date => {
            let boxes = typed.boxes.clone().unwrap_or_default();
            ui::date_input(DateInput {
                name: id,
                legend: &field.question,
                hint,
                day: &boxes.day,
                month: &boxes.month,
                year: &boxes.year,
                error,
                wrong_part: fault.and_then(|fault| fault.part.as_ref()).and_then(part),
                birthday: id == "date_of_birth",
                ..DateInput::default()
            })
        }
        Kind::YesNo => ui::radios(Choices {
            name: id,
            legend: &field.question,
            hint,
            options: [("yes", "Yes"), ("no", "No")]
                .map(|(value, label)| Choice { value, label, checked: typed.has(value), ..Choice::default() })
                .into_iter()
                .chain(no_answer(field, typed))
                .collect(),
            error,
            prefer_not_to_say: field.sensitive.then_some(typed.prefer_not_to_say),
            inline: !field.sensitive,
            ..Choices::default()
        }),
        Kind::Choice(_) | Kind::Choices(_) => {
            let values = catalogue.choices(field, today);
            let names: Vec<String> =
                values.iter().map(|value| format!("{id}-other-{}", value.code)).collect();
            let none = if matches!(field.kind, Kind::Choice(_)) { no_answer(field, typed) } else { None };
            let options = values
                .iter()
                .zip(&names)
                .map(|(value, name)| Choice {
                    value: &value.code,
                    label: &value.label,
                    hint: None,
                    checked: typed.has(&value.code),
                    write_in: value.write_in.then(|| {
                        (
                            name.as_str(),
                            if field.sensitive {
                                "In their own words, if they wish"
                            } else {
                                "Say more, if you like"
                            },
                            typed.others.get(&value.code).map_or("", String::as_str),
                        )
                    }),
                })
                .chain(none)
                .collect();
            let prefer_not_to_say = field.sensitive.then_some(typed.prefer_not_to_say);
            let choices = Choices {
                name: id,
                legend: &field.question,
                hint,
                options,
                error,
                prefer_not_to_say,
                ..Choices::default()
            };
            if matches!(field.kind, Kind::Choices(_)) { ui::checkboxes(choices) } else { ui::radios(choices) }
        }
        Kind::LongText => ui::textarea(TextArea {
            name: id,
            label: &field.question,
            hint,
            value: typed.text(),
            error,
            rows: 4,
            ..TextArea::default()
        }),
        _ => ui::text_input(TextInput {
            name: id,
            label: &field.question,
            hint,
            value: typed.text(),
            error,
            width: width(&field.kind),
            // What an adviser types about a client is nobody's own: browsers must not offer or keep it.
            autocomplete: Some("off"),
            inputmode: match field.kind {
                Kind::Phone => Some("tel"),
                Kind::Email => Some("email"),
                Kind::Number => Some("numeric"),
                Kind::Money => Some("decimal"),
                _ => None,
            },
            input_type: "text",
            // The directory, which the form of referrals brings along.
            list: (field.id == referrals::ORGANISATION).then_some(ORGANISATIONS),
            ..TextInput::default()
        }),
    };
    let long = matches!(field.kind, Kind::LongText | Kind::Choices(_));
    html! { div.app-question.app-question--long[long] { (asked) @if field.sensitive && !field.why.is_empty() { (ui::details("Why we ask", html! { p.govuk-body { (field.why) } })) } } }
}

fn part(part: &Part) -> Option<DatePart> {
    match part {
        Part::Day => Some(DatePart::Day),
        Part::Month => Some(DatePart::Month),
        Part::Year => Some(DatePart::Year),
        #[allow(unreachable_patterns, reason = "parts of other fields are not boxes of a date")]
        _ => None,
    }
}

const fn width(kind: &Kind) -> Option<u8> {
    match kind {
        Kind::Postcode | Kind::Nino | Kind::Money => Some(10),
        Kind::Number => Some(5),
        Kind::Phone => Some(20),
        _ => None,
    }
}

/// The summary on top of a form with faults: each leads to its field.
pub(crate) fn summary(faults: &[Fault]) -> Markup {
    if faults.is_empty() {
        return html! {};
    }
    let errors: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.field.as_str(), fault.message.as_str())).collect();
    ui::error_summary(&errors)
}
