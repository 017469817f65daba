//! The form of a breach: a new record, or the next version of one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::breaches::{BreachTyped, Decision, Kind, Risk};
use casework::{BreachId, Fault};
use maud::{Markup, html};
use records::Visit;
use records::breaches::keeps_breaches;

use super::{breach_id, zone};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::form::{
    ButtonKind, Choice, Choices, TextArea, TextInput, button, hidden, radios, text_input, textarea, tick,
};
use crate::ui::page::{back, reading};

/// Where a form belongs: a new record, or the next version of one.
struct Of {
    id: Option<(BreachId, i64)>,
    key: String,
}

impl Of {
    fn path(&self) -> String {
        self.id.map_or_else(|| "/breaches/new".to_owned(), |(id, _)| format!("/breaches/{id}/change"))
    }
}

pub(crate) async fn begin(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if !keeps_breaches(visit.role) {
        return Err(Fail::not_found());
    }
    let typed = BreachTyped::begun(app.service.surroundings().now(), &zone(&app));
    Ok(form_page(&app, &visit, &Of { id: None, key: new_key() }, &typed, &[]).into_response())
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    if !keeps_breaches(visit.role) {
        return Err(Fail::not_found());
    }
    let opened = app.service.breach(&visit, id).await?;
    release(opened.map(|one| match one.versions.first() {
        Some(newest) => {
            let typed = BreachTyped::of(&newest.breach, &zone(&app));
            form_page(&app, &visit, &Of { id: Some((id, newest.version)), key: new_key() }, &typed, &[])
        }
        None => html! {},
    }))
    .await
}

fn form_page(app: &App, visit: &Visit, of: &Of, typed: &BreachTyped, faults: &[Fault]) -> Markup {
    let error =
        |name: &str| faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str());
    let area =
        |name: &'static str, label: &'static str, hint: Option<&'static str>, value: &str, rows: u8| {
            textarea(TextArea { name, label, hint, value, error: error(name), rows, ..TextArea::default() })
        };
    let line =
        |name: &'static str, label: &'static str, hint: Option<&'static str>, value: &str, width: u8| {
            text_input(TextInput {
                name,
                label,
                hint,
                value,
                error: error(name),
                width: Some(width),
                input_type: "text",
                ..TextInput::default()
            })
        };
    let choose = |name: &'static str,
                  legend: &'static str,
                  options: Vec<(&'static str, &'static str)>,
                  value: &str| {
        let options = options.into_iter().map(|(code, label)| Choice {
            value: code,
            label,
            checked: code == value,
            ..Choice::default()
        });
        radios(Choices { name, legend, error: error(name), options: options.collect(), ..Choices::default() })
    };
    let title = if of.id.is_some() { "Add to this breach" } else { "Write a breach down" };
    let leads_back = of.id.map_or_else(|| "/breaches".to_owned(), |(id, _)| format!("/breaches/{id}"));
    let body = reading(html! {
        (fields::summary(faults))
        (back(&leads_back))
        h1.app-h1 { (title) }
        p.govuk-body { "Name nobody here: those whom it reached are listed apart, and go from that list when their files go. What is not known yet can follow; each change is kept as a version." }
        form method="post" action=(of.path()) novalidate {
            (hidden("form", &of.key))
            @if let Some((_, version)) = of.id { (hidden("version", &version.to_string())) }
            h2.app-h2 { "What happened" }
            (area("what", "What happened?", None, &typed.what, 5))
            (area("happened", "When did it happen?", Some("As far as is known"), &typed.happened, 2))
            (area("found", "How was it found?", None, &typed.found, 2))
            (line("aware_day", "On which day did we know of it?", Some("The 72 hours run from here"), &typed.aware_day, 10))
            (line("aware_time", "At what time?", Some("Like 14:05 or 14:05:30"), &typed.aware_time, 10))
            (choose("kind", "What was lost?", Kind::ALL.iter().map(|kind| (kind.code(), kind.words())).collect(), &typed.kind))
            (area("data", "Which data?", Some("Categories, and whether any is of a special kind: health, ethnicity, religion"), &typed.data, 2))
            (line("people", "About how many people?", None, &typed.people, 5))
            (line("records", "About how many records?", None, &typed.records, 5))
            (area("consequences", "What may follow for them?", None, &typed.consequences, 3))
            (area("measures", "What was done, and what is planned?", None, &typed.measures, 3))
            h2.app-h2 { "The risk" }
            (choose("risk", "How great is the risk for the people concerned?", Risk::ALL.iter().map(|risk| (risk.code(), risk.words())).collect(), &typed.risk))
            (area("risk_why", "Why?", None, &typed.risk_why, 3))
            h2.app-h2 { "The Information Commissioner" }
            (choose("decision", "What is decided?", Decision::ALL.iter().map(|decision| (decision.code(), decision.words())).collect(), &typed.decision))
            (area("decision_why", "Why is it decided so?", None, &typed.decision_why, 3))
            (line("reported_day", "On which day was it reported?", Some("Leave this empty until it is"), &typed.reported_day, 10))
            (line("reported_time", "At what time was it reported?", None, &typed.reported_time, 10))
            (line("reference", "Reference of the report", None, &typed.reference, 20))
            (area("late_why", "If it came after 72 hours: why?", None, &typed.late_why, 2))
            h2.app-h2 { "The people concerned" }
            (area("people_told", "What are they told, or why are they not told?", Some("Stands word for word in the letters"), &typed.people_told, 4))
            h2.app-h2 { "In the end" }
            (area("lessons", "What was learnt?", None, &typed.lessons, 3))
            @if let Some(message) = error("closed") { p.govuk-error-message #closed { span.govuk-visually-hidden { "Error:" } " " (message) } }
            p { (tick("closed", "Nothing more is to be done: close it", typed.closed)) }
            (button(ButtonKind::Main, "Save", None))
        }
    });
    staff(app, visit, At::Promises, title, body)
}

fn typed(sent: &Form) -> Result<BreachTyped, Fail> {
    let one = |name: &str| sent.one(name).map(str::to_owned);
    Ok(BreachTyped {
        what: one("what")?,
        happened: one("happened")?,
        found: one("found")?,
        aware_day: one("aware_day")?,
        aware_time: one("aware_time")?,
        kind: one("kind")?,
        data: one("data")?,
        people: one("people")?,
        records: one("records")?,
        consequences: one("consequences")?,
        measures: one("measures")?,
        risk: one("risk")?,
        risk_why: one("risk_why")?,
        decision: one("decision")?,
        decision_why: one("decision_why")?,
        reported_day: one("reported_day")?,
        reported_time: one("reported_time")?,
        reference: one("reference")?,
        late_why: one("late_why")?,
        people_told: one("people_told")?,
        lessons: one("lessons")?,
        closed: sent.ticked("closed"),
    })
}

const FIELDS: [&str; 24] = [
    "form",
    "version",
    "what",
    "happened",
    "found",
    "aware_day",
    "aware_time",
    "kind",
    "data",
    "people",
    "records",
    "consequences",
    "measures",
    "risk",
    "risk_why",
    "decision",
    "decision_why",
    "reported_day",
    "reported_time",
    "reference",
    "late_why",
    "people_told",
    "lessons",
    "closed",
];

pub(crate) async fn write(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    save(&app, &visit, None, sent).await
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    save(&app, &visit, Some(breach_id(&id)?), sent).await
}

async fn save(app: &App, visit: &Visit, id: Option<BreachId>, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&FIELDS)?;
    let key = sent.key()?;
    let version = match id {
        Some(_) => sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?,
        None => 0,
    };
    let of = Of { id: id.map(|id| (id, version)), key: hex::encode(key) };
    let typed = typed(&sent)?;
    match typed.read(app.service.surroundings().now(), &zone(app)) {
        Ok(breach) => {
            let id = app.service.write_breach(visit, key, of.id, &breach).await?;
            Ok(Redirect::to(&format!("/breaches/{id}?done=saved")).into_response())
        }
        // Whoever may not write is told so, not what is wrong with the form.
        Err(_) if !keeps_breaches(visit.role) => Err(Fail::not_found()),
        Err(faults) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(app, visit, &of, &typed, &faults))
                .into_response())
        }
    }
}
