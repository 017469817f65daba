//! Entries that spoke of somebody whose file was erased: read, corrected, and said to be done.

use access::Role;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, EntryId, Fault, dates};
use maud::html;
use records::redactions::ToRedact;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, button, buttons, hidden};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading};

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    page(&app, &visit, &[]).await
}

async fn page(app: &App, visit: &Visit, faults: &[Fault]) -> Result<Response, Fail> {
    let open = app.service.redactions(visit).await?;
    let directory = app.service.directory();
    let columns = ["Since", "Adviser", "The entry", "Done"].map(|label| Column {
        label,
        hidden: label == "Done",
        ..Column::default()
    });
    let row = |one: &ToRedact| -> Vec<Cell> {
        let since = dates::short(app.service.surroundings().civil(one.noted).date());
        let reads = one.adviser == Some(visit.staff) || visit.role != Role::Adviser;
        vec![
            html! { (since) },
            html! { @if let Some(adviser) = one.adviser { (directory.name(adviser)) } @else { "Nobody" } },
            html! { @if reads { a.govuk-link href={ "/clients/" (one.client) "/entries/" (one.entry) } { "Read and correct it" span.govuk-visually-hidden { ", since " (since) } } } },
            html! {
                @if one.adviser == Some(visit.staff) {
                    form method="post" action="/redactions" {
                        (hidden("client", &one.client.to_string()))
                        (hidden("entry", &one.entry.to_string()))
                        (buttons(html! {
                            (button(ButtonKind::Secondary, "It is corrected", Some(("do", "corrected"))))
                            (button(ButtonKind::Secondary, "It says nothing of them", Some(("do", "nothing"))))
                        }))
                    }
                }
            },
        ]
    };
    let body = container(html! {
        (fields::summary(faults))
        (heading("To take out of other files", html! { p { "These entries spoke of somebody whose file was erased since. Read each, take the person out by a correction, and say so: then what it said before goes, too." } }))
        @if open.is_empty() { (empty("No entry speaks of anybody who was erased.")) }
        @else { div.app-panel { (table(Table { id: "redactions", caption: "Entries to read, the earliest first", caption_hidden: true, columns: &columns, rows: open.iter().map(row).collect() })) } }
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, staff(app, visit, At::Elsewhere, "To take out of other files", body)).into_response())
}

pub(crate) async fn done(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["client", "entry", "do"])?;
    let client: ClientId = sent.one("client")?.parse().map_err(|_| Fail::not_found())?;
    let entry: EntryId = sent.one("entry")?.parse().map_err(|_| Fail::not_found())?;
    let said_nothing = match sent.one("do")? {
        "corrected" => false,
        "nothing" => true,
        _ => return Err(Fail::bad_form("It does not say what became of the entry.")),
    };
    match app.service.redacted(&visit, client, entry, said_nothing).await {
        Ok(()) => Ok(Redirect::to("/redactions").into_response()),
        Err(Error::Faults(faults)) => page(&app, &visit, &faults).await,
        Err(error) => Err(error.into()),
    }
}
