//! The directory of organisations that may be given facts, with their keys.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Fault, OrganisationId, dates};
use maud::{Markup, html};
use records::disclosures::approves;
use records::organisations::{Organisation, RecipientKey, keeps_the_directory};
use records::{Error, Visit};

use crate::App;
use crate::consents::{organisation, recipients};
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, TextInput, button, details, hidden, text_input};
use crate::ui::list::empty;
use crate::ui::page::{container, heading};
use crate::ui::words::{SummaryRow, summary_list};

/// What was typed, and where it was wrong.
#[derive(Default)]
struct Typed {
    at: Option<OrganisationId>,
    key: String,
    named: String,
    name: String,
    address: String,
    heard: String,
    faults: Vec<Fault>,
}

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    Ok(page(&app, &visit, &Typed { key: new_key(), ..Typed::default() }).await?.into_response())
}

async fn page(app: &App, visit: &Visit, typed: &Typed) -> Result<Markup, Fail> {
    let keeps = keeps_the_directory(visit.role);
    let all = app.service.organisations().await?;
    let here = |name: &str| typed.faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let top = |name: &str| here(name).filter(|_| typed.at.is_none());
    let body = container(html! {
        (fields::summary(&typed.faults))
        (heading("Sharing", html! { p { "Organisations that clients can agree to share with, and what has to be told and decided." } }))
        ul.govuk-list {
            li { a.govuk-link href="/recipients-to-tell" { "Recipients to tell" } }
            li { a.govuk-link href="/notices/tell-again" { "Clients to tell about a changed notice" } }
            @if approves(visit.role) { li { a.govuk-link href="/approvals" { "Sharing to approve" } } }
        }
        @if all.is_empty() { (empty("No organisation is in the directory yet.")) }
        @for one in &all { (card(app, visit, one, keeps, typed)) }
        @if keeps {
            (panel("add", "Add an organisation", None, html! {
                form.app-note method="post" action="/recipients" novalidate {
                    (hidden("form", &typed.key))
                    (recipients(app, &typed.named, top("named")))
                    (text_input(TextInput { name: "name", label: "Its name, as clients are told it", value: &typed.name, error: top("name"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                    (button(ButtonKind::Main, "Add", None))
                }
            }))
        }
    });
    Ok(staff(app, visit, At::Sharing, "Sharing", body))
}

fn card(app: &App, visit: &Visit, one: &Organisation, keeps: bool, typed: &Typed) -> Markup {
    let id = one.id.to_string();
    let mine = typed.at == Some(one.id);
    let error = |name: &str| {
        typed.faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str()).filter(|_| mine)
    };
    // Several cards stand on one page: only the one with a fault has the plain ids that its summary leads to.
    let named = |name: &'static str| if mine { name.to_owned() } else { format!("{name}-{id}") };
    let value = |text: &str| if mine { text.to_owned() } else { String::new() };
    let (heard_name, address_name) = (named("heard"), named("address"));
    panel(
        &format!("organisation-{id}"),
        &one.name,
        None,
        html! {
            @match &one.key {
                None => { p.govuk-body { (tag(TagKind::Stop, "No key")) " Nothing can be shared before there is one." } }
                Some(key) => { (key_facts(app, key)) }
            }
            @if let (Some(key), true) = (&one.key, keeps) {
                @let again = key.first.is_some_and(|(_, by)| by == visit.staff);
                @if !key.confirmed() && !again {
                    form.app-note method="post" action={ "/recipients/" (id) "/confirm" } novalidate {
                        (hidden("key", &hex::encode(key.id)))
                        (text_input(TextInput { name: &heard_name, label: "Last eight characters of the fingerprint", hint: Some("Ring the organisation on a number that you know, and have it read out"), value: &value(&typed.heard), error: error("heard"), width: Some(10), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                        (button(ButtonKind::Main, "Confirm the key", None))
                    }
                } @else if !key.confirmed() { p.govuk-body { "You confirmed it. A second person has to, too." } }
            }
            @if keeps {
                @let form = html! {
                    form.app-note method="post" action={ "/recipients/" (id) "/key" } novalidate {
                        (text_input(TextInput { name: &address_name, label: "Public key (age)", hint: Some("It begins with age1. Two people have to confirm it before anything is encrypted to it"), value: &value(&typed.address), error: error("address"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                        (button(ButtonKind::Secondary, "Enter this key", None))
                    }
                };
                @if one.key.is_none() || error("address").is_some() { (form) } @else { (details("The key has changed", form)) }
            }
        },
    )
}

fn key_facts(app: &App, key: &RecipientKey) -> Markup {
    let directory = app.service.directory();
    let by = |at: Option<(jiff::Timestamp, casework::StaffId)>| {
        at.map_or_else(
            || html! { span.app-muted { "not yet" } },
            |(at, by)| html! { (directory.name(by)) ", " (dates::short(app.service.surroundings().civil(at).date())) },
        )
    };
    let state = if key.confirmed() {
        tag(TagKind::Ok, "Confirmed by two")
    } else {
        tag(TagKind::Warn, "To be confirmed")
    };
    summary_list(&[
        SummaryRow { key: "Key", value: html! { (state) }, change: None },
        SummaryRow {
            key: "Fingerprint",
            value: html! { span.app-digest { (key.fingerprint()) } },
            change: None,
        },
        SummaryRow { key: "First confirmation", value: by(key.first), change: None },
        SummaryRow { key: "Second confirmation", value: by(key.second), change: None },
    ])
}

async fn again(app: &App, visit: &Visit, typed: Typed) -> Result<Response, Fail> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(app, visit, &typed).await?).into_response())
}

pub(crate) async fn add(State(app): State<App>, Signed(visit): Signed, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "named", "name"])?;
    let (named, name) = (sent.one("named")?, sent.one("name")?);
    match app.service.add_organisation(&visit, sent.key()?, named, name).await {
        Ok(_) => Ok(Redirect::to("/recipients").into_response()),
        Err(Error::Faults(faults)) => {
            let (named, name) = (named.to_owned(), name.to_owned());
            again(
                &app,
                &visit,
                Typed { key: sent.one("form")?.to_owned(), named, name, faults, ..Typed::default() },
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

/// The one field of a card, whose name ends in the organisation's id unless it was wrong before.
fn field<'f>(sent: &'f Form, name: &'f str) -> Result<&'f str, Fail> {
    let plain = sent.one(name)?;
    Ok(if plain.is_empty() {
        sent.beginning(name).map(|(_, value)| value).next().unwrap_or_default()
    } else {
        plain
    })
}

pub(crate) async fn enter_key(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = organisation(&id)?;
    let sent = sent.only(&["address*"])?;
    let address = field(&sent, "address")?.to_owned();
    match app.service.enter_key(&visit, id, &address).await {
        Ok(()) => Ok(Redirect::to("/recipients").into_response()),
        Err(Error::Faults(faults)) => {
            // A secret key that was typed here by mistake is not sent back.
            let address = if address.to_uppercase().contains("SECRET") { String::new() } else { address };
            again(&app, &visit, Typed { at: Some(id), key: new_key(), address, faults, ..Typed::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = organisation(&id)?;
    let sent = sent.only(&["key", "heard*"])?;
    let mut key = [0; 16];
    hex::decode_to_slice(sent.one("key")?, &mut key).map_err(|_| Fail::bad_form("It names no key."))?;
    let heard = field(&sent, "heard")?.to_owned();
    match app.service.confirm_key(&visit, id, key, &heard).await {
        Ok(()) => Ok(Redirect::to("/recipients").into_response()),
        Err(Error::Faults(faults)) => {
            again(&app, &visit, Typed { at: Some(id), key: new_key(), heard, faults, ..Typed::default() })
                .await
        }
        Err(error) => Err(error.into()),
    }
}
