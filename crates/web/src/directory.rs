//! The directory of organisations, after Open Referral UK: what each does, how to reach it, where it works.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use maud::{Markup, html};
use records::organisation_details::OrganisationDetails;
use records::organisations::{Organisation, keeps_the_directory};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::consents::{organisation, recipients};
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, TextArea, TextInput, button, hidden, text_input, textarea};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, notice_banner, summary_list};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    q: Option<String>,
}

/// What was typed to add one.
#[derive(Default)]
struct Adding {
    key: String,
    named: String,
    name: String,
    faults: Vec<Fault>,
}

pub(crate) async fn list(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let adding = Adding { key: new_key(), ..Adding::default() };
    Ok(list_page(&app, &visit, ask.q.as_deref().unwrap_or_default(), &adding).await?.into_response())
}

/// Whether an organisation is meant by these words: each stands somewhere in what is said of it.
fn meant(words: &str, one: &Organisation, said: &OrganisationDetails) -> bool {
    let all =
        format!("{} {} {} {}", one.name, said.description, said.service_areas, said.address).to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| all.contains(word))
}

async fn list_page(app: &App, visit: &Visit, q: &str, adding: &Adding) -> Result<Markup, Fail> {
    let all = app.service.organisation_directory().await?;
    let shown: Vec<&(Organisation, OrganisationDetails)> =
        all.iter().filter(|(one, said)| meant(q, one, said)).collect();
    let columns = ["Organisation", "Where it works", "Phone", "Email"]
        .map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = shown
        .iter()
        .map(|(one, said)| {
            vec![
                html! {
                    a.govuk-link href={ "/organisations/" (one.id) } { (one.name) }
                    @if let Some(line) = said.description.lines().next() { br; span.app-muted { (line) } }
                },
                html! { (said.service_areas.lines().collect::<Vec<_>>().join(", ")) },
                html! { @if !said.phone.is_empty() { a.app-tel href={ "tel:" (said.phone.replace(' ', "")) } { (said.phone) } } },
                html! { @if !said.email.is_empty() { a.govuk-link href={ "mailto:" (said.email) } { (said.email) } } },
            ]
        })
        .collect();
    let error = |name: &str| adding.faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let body = container(html! {
        (fields::summary(&adding.faults))
        (heading("Organisations", html! { p { "Where clients are referred to and where they come from. Facts about a client go there only by consent." } }))
        form.app-note method="get" action="/organisations" {
            (text_input(TextInput { name: "q", label: "Find an organisation", hint: Some("By name, by what it does or where it works"), value: q, ..TextInput::default() }))
            (button(ButtonKind::Secondary, "Find", None))
        }
        @if all.is_empty() { (empty("No organisation is in the directory yet. Managers and the governance lead add them.")) }
        @else if rows.is_empty() { (empty("None fits these words. Try fewer.")) }
        @else { (table(Table { id: "organisations", caption: "Organisations in the directory", caption_hidden: true, columns: &columns, rows })) }
        p.govuk-body { a.govuk-link href="/recipients" { "Keys and consent: who may be given facts" } }
        @if keeps_the_directory(visit.role) {
            (panel("add", "Add an organisation", None, html! {
                form.app-note method="post" action="/organisations" novalidate {
                    (hidden("form", &adding.key))
                    (recipients(app, &adding.named, error("named")))
                    (text_input(TextInput { name: "name", label: "Its name, as clients are told it", value: &adding.name, error: error("name"), autocomplete: Some("off"), ..TextInput::default() }))
                    (button(ButtonKind::Main, "Add", None))
                }
            }))
        }
    });
    Ok(staff(app, visit, At::Programmes, "Organisations", body))
}

pub(crate) async fn add(State(app): State<App>, Signed(visit): Signed, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "named", "name"])?;
    let (named, name) = (sent.one("named")?, sent.one("name")?);
    match app.service.add_organisation(&visit, sent.key()?, named, name).await {
        Ok(id) => Ok(Redirect::to(&format!("/organisations/{id}")).into_response()),
        Err(Error::Faults(faults)) => {
            let adding = Adding {
                key: sent.one("form")?.to_owned(),
                named: named.to_owned(),
                name: name.to_owned(),
                faults,
            };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, list_page(&app, &visit, "", &adding).await?)
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn one(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    Ok(one_page(&app, &visit, &id, None, &[], false).await?.into_response())
}

async fn one_page(
    app: &App,
    visit: &Visit,
    id: &str,
    typed: Option<&OrganisationDetails>,
    faults: &[Fault],
    changed: bool,
) -> Result<Markup, Fail> {
    let id = organisation(id)?;
    let all = app.service.organisation_directory().await?;
    let (known, said) = all.iter().find(|(one, _)| one.id == id).ok_or_else(Fail::not_found)?;
    let lines = |text: &str| html! { @for line in text.lines() { (line) br; } @if text.is_empty() { span.app-muted { "Not recorded" } } };
    let row = |key, value: Markup| SummaryRow { key, value, change: None };
    let none = html! { span.app-muted { "Not recorded" } };
    let rows = [
        row("What it does", lines(&said.description)),
        row(
            "Website",
            if said.url.is_empty() {
                none.clone()
            } else {
                html! { a.govuk-link href=(said.url) rel="noreferrer" { (said.url) } }
            },
        ),
        row(
            "Email",
            if said.email.is_empty() {
                none.clone()
            } else {
                html! { a.govuk-link href={ "mailto:" (said.email) } { (said.email) } }
            },
        ),
        row(
            "Phone",
            if said.phone.is_empty() {
                none
            } else {
                html! { a.app-tel href={ "tel:" (said.phone.replace(' ', "")) } { (said.phone) } }
            },
        ),
        row("Address", lines(&said.address)),
        row("Where it works", lines(&said.service_areas)),
    ];
    let shown = typed.unwrap_or(said);
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let input = |name, label, hint, value, kind| {
        text_input(TextInput {
            name,
            label,
            hint,
            value,
            error: error(name),
            autocomplete: Some("off"),
            input_type: kind,
            ..TextInput::default()
        })
    };
    let area = |name, label, hint, value| {
        textarea(TextArea { name, label, hint, value, error: error(name), rows: 3, ..TextArea::default() })
    };
    let body = reading(html! {
        (back("/organisations"))
        (fields::summary(faults))
        @if changed { (notice_banner(html! { "Somebody else changed this while you were writing. Nothing of yours is lost: it is below. Compare, then save again." })) }
        (heading(&known.name, html! {}))
        (summary_list(&rows))
        @if keeps_the_directory(visit.role) {
            (panel("change", "Change this", None, html! {
                form.app-note method="post" action={ "/organisations/" (id) } novalidate {
                    (hidden("version", &said.version.to_string()))
                    (area("description", "What it does", None, &shown.description))
                    (input("url", "Website", Some("Like https://www.example.org"), &shown.url, "text"))
                    (input("email", "Email for referrals", Some("Of the organisation, not of a person"), &shown.email, "email"))
                    (input("phone", "Phone", None, &shown.phone, "tel"))
                    (area("address", "Address", None, &shown.address))
                    (area("service_areas", "Where it works", Some("One area a line"), &shown.service_areas))
                    (button(ButtonKind::Main, "Save", None))
                }
            }))
        }
    });
    Ok(staff(app, visit, At::Programmes, &known.name, body))
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["version", "description", "url", "email", "phone", "address", "service_areas"])?;
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed = OrganisationDetails {
        description: text("description")?,
        url: text("url")?,
        email: text("email")?,
        phone: text("phone")?,
        address: text("address")?,
        service_areas: text("service_areas")?,
        version: sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?,
    };
    let (faults, status) = match app.service.change_organisation(&visit, organisation(&id)?, &typed).await {
        Ok(()) => return Ok(Redirect::to(&format!("/organisations/{id}")).into_response()),
        Err(Error::Faults(faults)) => (faults, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Error::ChangedMeanwhile) => (Vec::new(), StatusCode::CONFLICT),
        Err(error) => return Err(error.into()),
    };
    let changed = status == StatusCode::CONFLICT;
    Ok((status, one_page(&app, &visit, &id, Some(&typed), &faults, changed).await?).into_response())
}
