//! Recipients to tell: what was taken back, put right or erased since they got it, until each has answered.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use casework::disclosures::Reply;
use maud::{Markup, html};
use notice::{ContactRole, FieldId};
use records::notices::Notices;
use records::telling::{Step, ToTell};

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::hidden;
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};

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
    let replies: Vec<(&str, &str)> = Reply::ALL.iter().map(|reply| (reply.code(), reply.words())).collect();
    let rows: Vec<Vec<Cell>> = items
        .iter()
        .map(|one| {
            let labels = labels(&notices, one);
            vec![
                html! { (day(one.noted)) },
                html! { (one.name) },
                html! {
                    span.app-digest { (one.reference) }
                    @if let Some(client) = one.client { br; a.govuk-link href={ "/clients/" (client) "/consent#shared" } { "The file" span.govuk-visually-hidden { " with reference " (one.reference) } } }
                },
                html! {
                    (one.kind.words()) br; span.app-muted { (labels.join(", ")) }
                    @if one.answered.is_none() { br; a.govuk-link href={ "/recipients-to-tell/" (one.key()) "/letter" } { "Letter" span.govuk-visually-hidden { " to " (one.name) ", " (one.kind.code()) } } }
                },
                match one.told {
                    Some((at, by)) => html! { (tag(TagKind::Ok, &day(at))) br; span.app-muted { (directory.name(by)) } },
                    None => acts(one, &[("told", "They were told")]),
                },
                match one.answered {
                    Some((at, by)) => html! { (answer(one.answer, &day(at))) br; span.app-muted { (directory.name(by)) } },
                    None if one.told.is_some() => acts(one, &replies),
                    None => html! { span.app-muted { "not yet" } },
                },
            ]
        })
        .collect();
    table(Table { id, caption, caption_hidden: true, columns: &columns, rows })
}

/// What the fields of an item are called, in the newest notice that has them.
fn labels(notices: &Notices, one: &ToTell) -> Vec<String> {
    let label = |field: &FieldId| {
        notices.all().iter().rev().find_map(|one| one.catalogue.field(field)).map(|field| field.label.clone())
    };
    one.fields.iter().filter_map(label).collect()
}

/// A letter to one recipient, ready to print. It names no client: the reference tells the recipient whom it is about.
pub(crate) async fn letter(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(key): Path<String>,
) -> Result<Response, Fail> {
    let (open, _) = app.service.recipients_to_tell(&visit).await?;
    let one = open.iter().find(|one| one.key() == key).ok_or_else(Fail::not_found)?;
    let notices = app.service.notices();
    let notice = notices.service();
    let contact = notice.contact(ContactRole::Rights).or(notice.contact(ContactRole::DataProtectionOfficer));
    let labels = labels(&notices, one);
    let body = reading(html! {
        (back("/recipients-to-tell"))
        div.app-noprint { (heading("Letter to a recipient", html! { p.app-muted { "Print this page, or copy its text. When it is sent, write down that they were told." } })) }
        section.app-panel.app-letter {
            p.govuk-body { (one.name) }
            p.govuk-body { (dates::long(app.service.surroundings().today())) }
            p.govuk-body { b { "What you got from us" br; "Reference: " span.app-digest { (one.reference) } } }
            p.govuk-body { (one.kind.words()) }
            @if !labels.is_empty() {
                p.govuk-body { "It is about:" }
                ul.govuk-list.govuk-list--bullet { @for label in &labels { li { (label) } } }
            }
            p.govuk-body { "Please answer us: what you did, that you hold nothing of it any more, or why you cannot. If you gave the data on, tell those who got it from you. We write to you because the law asks us to (UK GDPR Article 19)." }
            @if let Some(contact) = contact { p.govuk-body { (contact.label) @if let Some(phone) = &contact.phone { ", " (phone) } @if let Some(email) = &contact.email { ", " (email) } } }
            p.govuk-body { (notice.service) br; (notice.controller.name) }
        }
    });
    Ok(staff(&app, &visit, At::Sharing, "Letter to a recipient", body).into_response())
}

/// What they answered, and when.
fn answer(answer: Option<Reply>, day: &str) -> Markup {
    let kind = if answer == Some(Reply::Cannot) { TagKind::Warn } else { TagKind::Ok };
    html! { (tag(kind, day)) @if let Some(answer) = answer { br; (answer.words()) } }
}

/// What can be written down about an item, a button for each.
fn acts(one: &ToTell, all: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action="/recipients-to-tell" {
            (hidden("item", &one.key()))
            @for (code, label) in all {
                button class="govuk-button govuk-button--secondary" type="submit" name="do" value=(code) { (label) span.govuk-visually-hidden { ": " (one.name) ", " (one.kind.code()) } } " "
            }
        }
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
        said => match said.parse() {
            Ok(answer) => Step::Answered(answer),
            Err(_) => return Err(Fail::bad_form("It does not say what was done.")),
        },
    };
    app.service.recipient_told(&visit, sent.one("item")?, step).await?;
    Ok(Redirect::to("/recipients-to-tell").into_response())
}
