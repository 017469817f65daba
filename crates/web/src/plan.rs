//! The plan as one page: read together, printed, signed and frozen.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::entries::{AgreedGoal, FIELD, PlanTyped, Signature};
use casework::{ClientId, Fault, StaffId, dates};
use maud::{Markup, html};
use notice::forms;
use records::plans::Plan;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, handed_out, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{
    ButtonKind, Choice, Choices, TextArea, TextInput, button, hidden, radios, text_input, textarea,
};
use crate::ui::list::empty;
use crate::ui::page::{back, heading, printed, reading};
use crate::ui::words::{SummaryRow, inset, notice_banner, summary_list};

const FIELDS: [&str; 7] = ["form", "seen", "way", "name", "strokes", "also", "witness"];
const WAYS: [(&str, &str); 3] = [
    ("typed", "By typing the name"),
    ("drawn", "By hand, in the box below"),
    ("paper", "On the printed plan"),
];

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.plan(&visit, id).await?;
    let typed = PlanTyped::default();
    release(opened.map(|plan| page(&app, &visit, id, &plan, &new_key(), &typed, &[], false))).await
}

/// Goals in full, as they are agreed.
pub(crate) fn goals(goals: &[AgreedGoal]) -> Markup {
    html! { @for (number, goal) in goals.iter().enumerate() {
        section.app-panel {
            h2.app-h2 { "Goal " (number + 1) }
            (summary_list(&goal.lines.iter().map(|(label, words)| SummaryRow {
                key: label,
                value: html! { @for line in words.lines() { p.govuk-body { (line) } } },
                change: None,
            }).collect::<Vec<_>>()))
        }
    } }
}

/// Goals that do not say who does it or by when: they can be agreed on as they are, but not unnoticed.
fn unsaid(id: ClientId, goals: &[AgreedGoal]) -> Markup {
    let Some(form) = forms::form("goal") else { return html! {} };
    let lacking: Vec<_> = goals
        .iter()
        .enumerate()
        .map(|(at, goal)| (at + 1, goal.entry, goal.lacks(form)))
        .filter(|(_, _, lacks)| !lacks.is_empty())
        .collect();
    html! { @if !lacking.is_empty() { div.app-noprint {
        (inset(html! {
            p.govuk-body { "Before you agree on it, say who does what, and by when:" }
            ul.govuk-list.govuk-list--bullet { @for (number, entry, lacks) in &lacking {
                li { a.govuk-link href={ "/clients/" (id) "/entries/" (entry) "/change" } { "Goal " (number) } " does not say: " (lacks.join(", ").to_lowercase()) }
            } }
        }))
    } } }
}

/// A signature as a drawing or as the name.
pub(crate) fn signature(signature: &Signature) -> Markup {
    match signature {
        Signature::Typed(name) => html! { p.govuk-body { "Signed: " b { (name) } } },
        Signature::OnPaper => html! { p.govuk-body { "The signed copy is on paper." } },
        Signature::Drawn(strokes) => html! {
            svg role="img" aria-label="The client’s signature" width="210" height="70" viewBox={ "0 0 " (FIELD.0) " " (FIELD.1) } {
                @for stroke in strokes {
                    polyline fill="none" stroke="currentColor" stroke-width="3" points=(stroke.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")) {}
                }
            }
        },
    }
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    plan: &Plan,
    key: &str,
    typed: &PlanTyped,
    faults: &[Fault],
    changed: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let plain = format!("/clients/{id}/entries/in/plan");
    let body = html! {
        (head(visit.role, &handed_out(&plan.contact), id, today, "Plan", html! {}))
        (reading(html! {
            (back(&plain))
            @if changed { (notice_banner(html! { "The goals changed while you were reading. Go through them once more: below is the plan as it stands now." })) }
            (fields::summary(faults))
            (heading(&format!("Plan {}", plan.number), html! { (dates::long(today)) }))
            @if plan.goals.is_empty() { (empty("There is no goal to agree on. Add one first.")) }
            (goals(&plan.goals))
            @if plan.writable { (unsaid(id, &plan.goals)) }
            @if plan.writable && !plan.goals.is_empty() { div.app-noprint { (sign(id, plan, key, typed, faults)) } }
        }))
        (printed(&by_whom(app, visit.staff)))
        (printed("Signed by the client: ______________________________   Date: ______________"))
        (printed("Signed by the adviser: _____________________________   Date: ______________"))
    };
    staff(app, visit, At::Elsewhere, &title(&plan.contact, "plan to agree"), body)
}

/// Whose plan it is with, on paper.
pub(crate) fn by_whom(app: &App, adviser: StaffId) -> String {
    let notices = app.service.notices();
    format!("Agreed with {}, {}.", app.service.directory().name(adviser), notices.service().service)
}

/// How the client signs. Below the plan, so that it is read first.
fn sign(id: ClientId, plan: &Plan, key: &str, typed: &PlanTyped, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let options =
        WAYS.map(|(value, label)| Choice { value, label, checked: typed.way == value, ..Choice::default() });
    panel(
        "sign",
        "Agree on this plan",
        None,
        html! {
            p.govuk-body { "What is agreed stays as it is. The goals can go on changing: agree on them again when they do." }
            form.app-note method="post" action={ "/clients/" (id) "/plan" } novalidate {
                (hidden("form", key))
                (hidden("seen", &plan.digest))
                (textarea(TextArea { name: "also", label: "What else did you agree?", value: &typed.also, error: error("also"), rows: 3, ..TextArea::default() }))
                (radios(Choices { name: "way", legend: "How does the client sign?", options: options.into(), error: error("way"), ..Choices::default() }))
                (text_input(TextInput { name: "name", label: "Client’s name, typed as the signature", value: &typed.name, error: error("name"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                noscript { p.govuk-hint { "To sign by hand on the screen the browser has to run scripts. Choose another way." } }
                input type="hidden" name="strokes" value=(typed.strokes) data-sign={ (FIELD.0) "x" (FIELD.1) };
                (text_input(TextInput { name: "witness", label: "Who else was there?", hint: Some("Leave this empty if it was only you"), value: &typed.witness, error: error("witness"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                (button(ButtonKind::Main, "Agree and freeze the plan", None))
            }
        },
    )
}

pub(crate) async fn agree(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sent = sent.only(&FIELDS)?;
    let key = sent.key()?;
    let typed = PlanTyped {
        way: sent.one("way")?.to_owned(),
        name: sent.one("name")?.to_owned(),
        strokes: sent.one("strokes")?.to_owned(),
        also: sent.one("also")?.to_owned(),
        witness: sent.one("witness")?.to_owned(),
    };
    let (mut status, mut changed) = (StatusCode::UNPROCESSABLE_ENTITY, false);
    let faults = match typed.read() {
        Ok(signed) => match app.service.agree_plan(&visit, id, key, sent.one("seen")?, signed).await {
            Ok(entry) => return Ok(Redirect::to(&format!("/clients/{id}/entries/{entry}")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(Error::ChangedMeanwhile) => {
                (status, changed) = (StatusCode::CONFLICT, true);
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let opened = app.service.plan(&visit, id).await?;
    let key = sent.one("form")?.to_owned();
    let page = opened.map(|plan| page(&app, &visit, id, &plan, &key, &typed, &faults, changed));
    Ok((status, release(page).await?).into_response())
}
