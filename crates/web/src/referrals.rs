//! The steps of a referral on its page: what happened, when, and what comes next.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::dates::{When, read_boxes};
use casework::referrals::{self, FORM, Step, StepTyped};
use casework::{ClientId, EntryId, Fault, Written, dates};
use maud::{Markup, html};
use records::Error;
use records::entry_views::EntryView;

use crate::App;
use crate::entries::{entry, written};
use crate::entry_page;
use crate::fail::Fail;
use crate::file::client;
use crate::form::Form;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextArea, button, date_input, hidden, radios, textarea,
};
use crate::ui::list::{TodoItem, todo_list};

/// What was typed about the next step.
#[derive(Default)]
pub(crate) struct Next {
    step: String,
    on: Boxes,
    outcome: String,
}

fn kind(step: Step) -> TagKind {
    match step {
        Step::Sent => TagKind::Warn,
        Step::Accepted | Step::Started | Step::Ended => TagKind::Ok,
        Step::Declined | Step::Withdrawn => TagKind::Stop,
    }
}

/// The steps so far and the form of the next one; nothing for other entries.
pub(crate) fn steps(id: ClientId, view: &EntryView, may: bool, next: &Next, faults: &[Fault]) -> Markup {
    let Some((form, now)) = written(&view.entry).filter(|(form, _)| form.id == *FORM) else {
        return html! {};
    };
    let versions: Vec<(&Written, jiff::civil::Date)> = view
        .earlier
        .iter()
        .rev()
        .chain(std::iter::once(&view.entry))
        .filter_map(|dated| written(dated).map(|(_, written)| (written, dated.day)))
        .collect();
    let items: Vec<TodoItem> = referrals::steps(versions)
        .into_iter()
        .map(|(step, on)| TodoItem {
            tag: tag(kind(step), step.words()),
            text: html! { (dates::long(on)) },
            act: html! {},
        })
        .collect();
    let (stands, _) = referrals::stands(now);
    let ask = now.due(form).first().map(|(_, day)| *day);
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    panel(
        "steps",
        "How it went",
        None,
        html! {
            (todo_list(&items))
            @if let Some(day) = ask { p.govuk-body { "Ask again on " (dates::with_weekday(day)) " if nobody has answered." } }
            @if may && !stands.is_over() {
                form.app-note method="post" action={ "/clients/" (id) "/referrals/" (view.entry.id) } novalidate {
                    (hidden("version", &view.entry.version.to_string()))
                    (radios(Choices {
                        name: "referral_status", legend: "What happened next?", error: error("referral_status"), inline: true,
                        options: stands.next().iter().map(|step| Choice { value: step.code(), label: step.words(), checked: next.step == step.code(), ..Choice::default() }).collect(),
                        ..Choices::default()
                    }))
                    (date_input(DateInput { name: "status_on", legend: "When?", hint: Some("Today, if left empty"), day: &next.on.day, month: &next.on.month, year: &next.on.year, error: error("status_on"), ..DateInput::default() }))
                    (textarea(TextArea { name: "outcome", label: "What came of it?", hint: Some("Needed once it has ended"), value: &next.outcome, error: error("outcome"), rows: 2, ..TextArea::default() }))
                    (button(ButtonKind::Main, "Save this step", None))
                }
            }
        },
    )
}

pub(crate) async fn step(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, entry): (ClientId, EntryId) = (client(&id)?, entry(&code)?);
    let sent = sent.only(&[
        "version",
        "referral_status",
        "status_on-day",
        "status_on-month",
        "status_on-year",
        "outcome",
    ])?;
    let version: i64 = sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let part = |part: &str| sent.one(&format!("status_on-{part}")).map(str::to_owned);
    let next = Next {
        step: sent.one("referral_status")?.to_owned(),
        on: Boxes { day: part("day")?, month: part("month")?, year: part("year")? },
        outcome: sent.one("outcome")?.to_owned(),
    };
    let today = app.service.surroundings().today();
    let on = if next.on.is_empty() { Ok(None) } else { read_boxes(&next.on, When::Any, today).map(Some) };
    let outcome = casework::formats::text::lines(&next.outcome, 4000);
    let faults = match (on, outcome) {
        (Ok(on), Ok(outcome)) => {
            let typed = StepTyped { step: next.step.clone(), on, outcome };
            match app.service.refer_on(&visit, id, entry, version, &typed).await {
                Ok(()) => {
                    return Ok(
                        Redirect::to(&format!("/clients/{id}/entries/{entry}?saved=1")).into_response()
                    );
                }
                Err(Error::Faults(faults)) => faults,
                Err(error) => return Err(error.into()),
            }
        }
        (on, outcome) => {
            let on = on.err().map(|fault| Fault::new("status_on", fault.to_string()).at(fault.part()));
            let outcome = outcome.err().map(|fault| Fault::new("outcome", fault.to_string()));
            on.into_iter().chain(outcome).collect()
        }
    };
    let page = entry_page::page(&app, &visit, id, entry, &next, &faults, false).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
