//! Recipients to tell: what was taken back, put right or erased since they got it, until each has answered.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use maud::{Markup, html};
use records::telling::{Step, ToTell};

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::hidden;
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading};

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let (open, answered) = app.service.recipients_to_tell(&visit).await?;
    let body = container(html! {
        (back("/recipients"))
        (heading("Recipients to tell", html! { p { "The law asks us to tell everybody who got data when it is taken back, put right or erased. They know it by its reference; no name is needed." } }))
        @if open.is_empty() { (empty("Every recipient was told, and each has answered.")) }
        @else { div.app-panel { (items(&app, "open", "Still open, the earliest first", &open)) } }
        @if !answered.is_empty() { div.app-panel { h2.app-h2 { "Answered" } (items(&app, "answered", "Answered, the latest first", &answered)) } }
    });
    Ok(staff(&app, &visit, At::Sharing, "Recipients to tell", body).into_response())
}

fn items(app: &App, id: &str, caption: &str, items: &[ToTell]) -> Markup {
    let directory = app.service.directory();
    let notices = app.service.notices();
    let day = |at| dates::short(app.service.surroundings().civil(at).date());
    let columns = ["Since", "Whom", "Reference", "What to tell", "Told", "Answered"]
        .map(|label| Column { label, ..Column::default() });
    let label = |field: &notice::FieldId| {
        notices.all().iter().rev().find_map(|one| one.catalogue.field(field)).map(|field| field.label.clone())
    };
    let rows: Vec<Vec<Cell>> = items
        .iter()
        .map(|one| {
            let labels: Vec<String> = one.fields.iter().filter_map(label).collect();
            vec![
                html! { (day(one.noted)) },
                html! { (one.name) },
                html! {
                    span.app-digest { (one.reference) }
                    @if let Some(client) = one.client { br; a.govuk-link href={ "/clients/" (client) "/consent#shared" } { "The file" span.govuk-visually-hidden { " with reference " (one.reference) } } }
                },
                html! { (one.kind.words()) br; span.app-muted { (labels.join(", ")) } },
                act(one, one.told.map(|(at, by)| (day(at), directory.name(by))), "told", "They were told", true),
                act(one, one.answered.map(|(at, by)| (day(at), directory.name(by))), "answered", "They answered", one.told.is_some()),
            ]
        })
        .collect();
    table(Table { id, caption, caption_hidden: true, columns: &columns, rows })
}

fn act(one: &ToTell, done: Option<(String, &str)>, code: &str, label: &str, may: bool) -> Markup {
    match done {
        Some((day, by)) => html! { (tag(TagKind::Ok, &day)) br; span.app-muted { (by) } },
        None if may => html! {
            form method="post" action="/recipients-to-tell" {
                (hidden("item", &one.key()))
                button class="govuk-button govuk-button--secondary" type="submit" name="do" value=(code) { (label) span.govuk-visually-hidden { ": " (one.name) ", " (one.kind.code()) } }
            }
        },
        None => html! { span.app-muted { "not yet" } },
    }
}

pub(crate) async fn step(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["item", "do"])?;
    let step = match sent.one("do")? {
        "told" => Step::Told,
        "answered" => Step::Answered,
        _ => return Err(Fail::bad_form("It does not say what was done.")),
    };
    app.service.recipient_told(&visit, sent.one("item")?, step).await?;
    Ok(Redirect::to("/recipients-to-tell").into_response())
}
