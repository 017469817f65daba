//! A changed notice: who has to be told again, worked through one by one, on paper in bulk, or at the next meeting; and the
//! words of every version that was ever given.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, How, dates};
use maud::{Markup, html};
use records::Error;
use records::notices_given::{NoticeLetter, StillToTell, ToTellAgain};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::letter;
use crate::messages::state_tag;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, Choice, Choices, button, radios};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{PublicPage, back, container, heading, public, reading};
use crate::ui::words::{banner, notice_banner};

/// The most clients that one form is about.
const MOST: usize = 200;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<u64>,
    #[serde(default)]
    left: Option<u64>,
    #[serde(default)]
    sent: Option<u64>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let opened = app.service.to_tell_again(&visit).await?;
    let page = opened.map(|found| {
        let body = container(html! {
            (back("/recipients"))
            @if let Some(done) = ask.done.filter(|done| *done > 0) { (banner(&format!("Given to {}", dates::count(done, "client")))) }
            @if let Some(left) = ask.left.filter(|left| *left > 0) { (notice_banner(html! { (dates::count(left, "client")) " are as they were: the file is closed to you, they have it already, or a message is on its way." })) }
            @if let Some(sent) = ask.sent.filter(|sent| *sent > 0) { (banner(&format!("{} on the way. Who is reached goes off the list", dates::count(sent, "message")))) }
            (heading("Clients to tell about the changed notice", html! { p { "Only changes that let us do more, or take something away, have to be told. The notice in force is version " (found.newest) "." } }))
            @if found.changes.is_empty() { (empty("Nobody has to be told anything: everybody has a version that promises no more than the one in force.")) }
            @for (version, changes) in &found.changes {
                section.app-panel aria-label={ "Changes since version " (version) } {
                    h2.app-h2 { "What changed since version " (version) }
                    ul.govuk-list.govuk-list--bullet { @for change in changes.iter().filter(|change| change.tell_again) { li { (change.what) } } }
                }
            }
            @if !found.mine.is_empty() { (mine(&app, &found)) }
            @if !found.team.is_empty() { (team(&app, &found)) }
        });
        staff(&app, &visit, At::Sharing, "Clients to tell about the changed notice", body)
    });
    release(page).await
}

/// How far the message came that tells somebody.
fn message(told: &StillToTell) -> Markup {
    html! {
        @if let Some(told) = &told.told { (state_tag(told)) } @else { span.app-muted { "None" } }
    }
}

fn mine(app: &App, found: &ToTellAgain) -> Markup {
    let by_message = app.service.tells_of_notices();
    html! {
        form.app-panel method="post" action="/notices/tell-again" novalidate {
            table.app-t {
                caption.app-h2 { "In my caseload" }
                thead { tr { td.app-t__sel {} th scope="col" { "Client" } th scope="col" { "Has version" } th scope="col" { "Message" } } }
                tbody { @for told in &found.mine { tr {
                    td.app-t__sel { label.app-t__hit {
                        input type="checkbox" name="client" value=(told.who.client);
                        span.govuk-visually-hidden { "Select " (told.who.name) }
                    } }
                    th scope="row" { a class="govuk-link app-t__name" href={ "/clients/" (told.who.client) "/consent" } { (told.who.name) } span.app-t__sub { span.app-ref { (told.who.number) } } }
                    td { (told.version) }
                    td { (message(told)) }
                } } }
            }
            (radios(Choices {
                name: "how", legend: "How was it given to the ticked ones?", inline: true,
                options: How::ALL.iter().filter(|how| **how != How::Portal).map(|how| Choice { value: how.code(), label: how.words(), ..Choice::default() }).collect(),
                ..Choices::default()
            }))
            (button(ButtonKind::Main, "It was given to them", None))
            " "
            button class="govuk-button govuk-button--secondary" type="submit" formaction="/notices/tell-again/letters" { "Letters to print" }
            @if by_message {
                " "
                button class="govuk-button govuk-button--secondary" type="submit" formaction="/notices/tell-again/messages" { "Send them a message" }
                p.app-muted { "The message says that the notice changed, and where it is read; it goes by text or email to those who may safely be written to. Once it has arrived, the notice counts as given by link." }
            } @else { p.app-muted { "They cannot be told by message: no mail server is configured, or no address at which the notice is read (notice_link in kept.toml)." } }
            p.app-muted { "Or do nothing here: each file reminds you at the next meeting." }
        }
    }
}

fn team(app: &App, found: &ToTellAgain) -> Markup {
    let directory = app.service.directory();
    let columns = [("Adviser", false), ("Clients to tell", true)].map(|(label, numeric)| Column {
        label,
        numeric,
        ..Column::default()
    });
    let mut rows: Vec<(&str, u64)> =
        found.team.iter().map(|(who, count)| (directory.name(*who), *count)).collect();
    rows.sort_unstable();
    let rows: Vec<Vec<Cell>> =
        rows.into_iter().map(|(name, count)| vec![html! { (name) }, html! { (count) }]).collect();
    html! { div.app-panel { (table(Table { id: "team", caption: "The whole team", columns: &columns, rows, ..Table::default() })) } }
}

fn chosen(sent: &Form) -> Result<Vec<ClientId>, Fail> {
    let clients: Option<Vec<ClientId>> =
        sent.several("client").into_iter().map(|id| id.parse().ok()).collect();
    match clients {
        Some(clients) if clients.is_empty() => Err(Fail::bad_form("Nobody is ticked.")),
        Some(clients) if clients.len() <= MOST => Ok(clients),
        Some(_) => Err(Fail::bad_form("It is about too many clients at once.")),
        None => Err(Fail::bad_form("It names a client who is none.")),
    }
}

/// Notes that the notice was given, each by itself: what fails stays on the list, and the page says how many.
pub(crate) async fn give(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["client", "how", "back"])?;
    let clients = chosen(&sent)?;
    let how: How =
        sent.one("how")?.parse().map_err(|_| Fail::bad_form("Choose how the notice was given."))?;
    let notice = app.service.notices().service().id.clone();
    let (mut done, mut left) = (0_u64, 0_u64);
    for client in &clients {
        match app.service.give_notice(&visit, *client, &notice, how).await {
            Ok(true) => done += 1,
            Ok(false) | Err(Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    let to = match (sent.one("back")?, clients.first()) {
        ("file", Some(client)) => format!("/clients/{client}/consent?done=given"),
        _ => format!("/notices/tell-again?done={done}&left={left}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Has each of the ticked told by message.
pub(crate) async fn messages(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["client", "how", "back"])?;
    let (mut queued, mut left) = (0_u64, 0_u64);
    for client in chosen(&sent)? {
        match app.service.tell_of_notice(&visit, client).await {
            Ok(true) => queued += 1,
            Ok(false) | Err(Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to(&format!("/notices/tell-again?sent={queued}&left={left}")).into_response())
}

/// A letter for each of the ticked, to print.
pub(crate) async fn letters(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["client", "how", "back"])?;
    let mut letters = Vec::new();
    for client in chosen(&sent)? {
        match app.service.notice_letter(&visit, client).await {
            Ok(opened) => letters.push(opened.release().await?),
            Err(Error::NoSuchFile | Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let body = reading(html! {
        (back("/notices/tell-again"))
        (heading("Letters to print", html! { p.app-muted { "Print this page: each letter stands by itself. When they are sent, note that the notice was given." } }))
        @for told in &letters { (one(&app, told)) }
    });
    Ok(staff(&app, &visit, At::Sharing, "Letters about the changed notice", body).into_response())
}

fn one(app: &App, told: &NoticeLetter) -> Markup {
    let notices = app.service.notices();
    let (now, today) = (notices.service(), app.service.surroundings().today());
    let changes =
        notices.given(&now.id, &told.version).map(|given| notice::diff::changes(&given.notice, now));
    html! {
        section.app-panel.app-letter {
            (letter::begins(&told.contact, today))
            p.govuk-body { b { "We changed our privacy notice" } }
            p.govuk-body { "You were given version " (told.version) ". Version " (now.version) " says something new:" }
            ul.govuk-list.govuk-list--bullet { @for change in changes.iter().flatten().filter(|change| change.tell_again) { li { (change.what) } } }
            p.govuk-body { "The whole notice comes with this letter. Tell us if you want it read out or explained, or if you do not agree." }
            p.govuk-body { (now.service) }
        }
    }
}

/// The words of a version as somebody was given them.
pub(crate) async fn text(State(app): State<App>, Path(digest): Path<String>) -> Result<Markup, Fail> {
    let given = app.service.given_words(&digest).await?.ok_or_else(Fail::not_found)?;
    let body = html! {
        p.govuk-body { "The words of version " (given.version) ", exactly as they were given. Fingerprint: " span.app-digest { (digest) } }
        pre.app-words { (given.text) }
    };
    let notices = app.service.notices();
    Ok(public(PublicPage {
        title: &format!("Notice {}, word for word", given.version),
        service: &notices.service().service,
        body: html! { h1.govuk-heading-l { "Notice " (given.version) ", word for word" } (body) },
        ..PublicPage::default()
    }))
}
