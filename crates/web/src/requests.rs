//! The rights desk: the queue, and the page of a client's file on which anybody here writes a request down.

pub(crate) mod copy;
pub(crate) mod letters;
pub(crate) mod no_news;
pub(crate) mod one;
pub(crate) mod without_file;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::requests::{Asker, Came, Kind, Pressing, RequestTyped, Stands};
use casework::working_days::UnknownYear;
use casework::{ClientId, Fault, RequestId, dates};
use maud::{Markup, html};
use notice::ObjectionTo;
use records::requests::{ClientRequests, Listed, Queue, works_off};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextArea, TextInput, button, checkboxes, date_input, hidden,
    radios, text_input, textarea, tick,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading, reading};
use crate::ui::words::banner;

/// The request named in a path.
pub(crate) fn request(path: &str) -> Result<RequestId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn queue(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let opened = app.service.request_queue(&visit).await?;
    release(opened.map(|queue| queue_page(&app, &visit, &queue))).await
}

fn queue_page(app: &App, visit: &Visit, queue: &Queue) -> Markup {
    let lead = works_off(visit.role);
    let body = container(html! {
        (heading("Requests and complaints", html! { p { "What people ask about their data, the most pressing first. Anybody here writes one down in the client’s file, under Rights." } }))
        @if !queue.to_review.is_empty() { div.app-panel {
            h2.app-h2 { "Waits for a second person" }
            ul.govuk-list { @for one in &queue.to_review { li {
                a.govuk-link href={ "/requests/" (one.row.id) "/review" } { "Look at what is taken out of the copy " (one.row.reference()) }
            } } }
        } }
        div.app-panel {
            @if queue.open.is_empty() { (empty("Nothing is open.")) }
            @else { (listed(app, "open", "Open", &queue.open, lead)) }
        }
        p { a.govuk-link href=(without_file::ADDRESS) { "Somebody without a file asks" } }
        @if lead { p { a.govuk-link href="/requests/no-news" { "Who must not be sent news" } } }
        @if !queue.closed.is_empty() { div.app-panel { (listed(app, "closed", "Answered last", &queue.closed, lead)) } }
    });
    staff(app, visit, At::Requests, "Requests and complaints", body)
}

fn listed(app: &App, id: &str, caption: &str, all: &[Listed], lead: bool) -> Markup {
    let columns = ["Request", "What", "Who", "Came", "Stands", "Due"]
        .map(|label| Column { label, ..Column::default() });
    let directory = app.service.directory();
    let row = |one: &Listed| -> Vec<Cell> {
        let row = &one.row;
        vec![
            html! { @if lead { a.govuk-link href={ "/requests/" (row.id) } { (row.reference()) } } @else { (row.reference()) } },
            html! { (row.kind.noun()) },
            html! {
                @match (&one.who, row.client) {
                    (Some(who), _) => { (who.name) " " span.app-ref { (who.number) } }
                    (None, Some(_)) => span.app-muted { "A restricted file" },
                    (None, None) if row.asker == Asker::WithoutFile => span.app-muted { "Nobody on file" },
                    (None, None) => span.app-muted { "Erased since" },
                }
            },
            html! { (dates::short(row.received)) br; span.app-muted { (row.came.words()) ", " (directory.name(row.noted_by)) } },
            html! { @match (&one.stands, row.outcome) { (_, Some(outcome)) => (outcome.words()), (Ok(stands), None) => (stands.phase.words()), (Err(_), None) => "In work" } },
            match row.closed {
                Some(day) => {
                    html! { "Answered " (dates::short(day)) @if one.answered_late { " " (tag(TagKind::Stop, "Late")) } }
                }
                None => due(&one.stands),
            },
        ]
    };
    let rows = all.iter().map(row).collect();
    table(Table { id, caption, columns: &columns, rows, ..Table::default() })
}

/// The day to work to, with how pressing it is in a word.
pub(crate) fn due(stands: &Result<Stands, UnknownYear>) -> Markup {
    html! { @match stands {
        Err(unknown) => span.app-muted { (unknown) },
        Ok(stands) => {
            @if let Some(day) = stands.due.or(stands.aim.filter(|_| stands.due.is_none())) { (dates::short(day)) " " }
            @else { span.app-muted { "No day" } }
            @match stands.pressing {
                Pressing::No => {}
                Pressing::Soon => (tag(TagKind::Warn, "Soon")),
                Pressing::Urgent => (tag(TagKind::Warn, "Urgent")),
                Pressing::Late => (tag(TagKind::Stop, "Late")),
            }
        }
    } }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn of_client(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.client_requests(&visit, id).await.map_err(Fail::of_requests)?;
    let typed = RequestTyped::default();
    let done = ask.done.is_some();
    release(opened.map(|page| client_page(&app, &visit, id, &page, &new_key(), &typed, &[], done))).await
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn client_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    page: &ClientRequests,
    key: &str,
    typed: &RequestTyped,
    faults: &[Fault],
    done: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let columns =
        ["Request", "What", "Came", "What came of it"].map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = page
        .requests
        .iter()
        .map(|row| {
            vec![
                html! { a.govuk-link href={ "/requests/" (row.id) } { (row.reference()) } },
                html! { (row.kind.noun()) },
                html! { (dates::short(row.received)) },
                html! { @match row.outcome { Some(outcome) => (outcome.words()), None => "Open" } },
            ]
        })
        .collect();
    let body = html! {
        (head(visit.role, &page.contact, id, today, "Rights", html! {}))
        (reading(html! {
            @if done { (banner("Written down. The clock runs, and the governance lead sees it")) }
            (fields::summary(faults))
            (heading("What this client asks about their data", html! { p { "A request may be made to anybody here, in any words, at any time: write it down at once." } }))
            @if !rows.is_empty() { (panel("requests", "Requests so far", None, table(Table { id: "of-client", caption: "Requests and complaints of this client, newest first", caption_hidden: true, columns: &columns, rows }))) }
            @if page.writable { (panel("new", "Write a request or a complaint down", None, form(id, key, typed, faults))) }
            @else { p.app-muted { "You cannot write one down for this file. Tell the governance lead." } }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&page.contact, "rights"), body)
}

const OBJECTS: [(ObjectionTo, &str); 5] = [
    (ObjectionTo::DirectMarketing, "News and offers (stops at once)"),
    (ObjectionTo::EqualityMonitoring, "Being counted in equality figures"),
    (ObjectionTo::LegitimateInterests, "Use under legitimate interests"),
    (ObjectionTo::PublicTask, "Use for a public task"),
    (ObjectionTo::Profiling, "Profiling"),
];

/// What somebody objects to, within a sentence.
pub(crate) const fn objection_words(to: ObjectionTo) -> &'static str {
    match to {
        ObjectionTo::DirectMarketing => "news and offers",
        ObjectionTo::EqualityMonitoring => "being counted in equality figures",
        ObjectionTo::LegitimateInterests => "use under legitimate interests",
        ObjectionTo::PublicTask => "use for a public task",
        ObjectionTo::Profiling => "profiling",
    }
}

fn form(id: ClientId, key: &str, typed: &RequestTyped, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let choices = |all: Vec<(&'static str, &'static str)>, chosen: &str| {
        all.into_iter()
            .map(|(value, label)| Choice { value, label, checked: value == chosen, ..Choice::default() })
            .collect::<Vec<_>>()
    };
    let from = if typed.from.is_empty() { Asker::Client.code() } else { &typed.from };
    html! {
        form.app-note method="post" action={ "/clients/" (id) "/requests" } novalidate {
            (hidden("form", key))
            (radios(Choices { name: "kind", legend: "What do they ask for?", options: choices(Kind::ALL.iter().map(|k| (k.code(), k.words())).collect(), &typed.kind), error: error("kind"), ..Choices::default() }))
            (radios(Choices { name: "came", legend: "How did it come?", inline: true, options: choices(Came::ALL.iter().map(|c| (c.code(), c.words())).collect(), &typed.came), error: error("came"), ..Choices::default() }))
            (textarea(TextArea { name: "words", label: "What did they say?", hint: Some("In their own words, as far as you can"), value: &typed.words, error: error("words"), rows: 3, ..TextArea::default() }))
            (date_input(DateInput { name: "received", legend: "When did it come?", hint: Some("Today, if left empty"), day: &typed.received.day, month: &typed.received.month, year: &typed.received.year, error: error("received"), ..DateInput::default() }))
            (radios(Choices { name: "from", legend: "Who asks?", options: choices(Asker::of_a_file().map(|a| (a.code(), a.words())).collect(), from), error: error("from"), ..Choices::default() }))
            (text_input(TextInput { name: "who", label: "Their name, if it is not the client", value: &typed.who, error: error("who"), input_type: "text", ..TextInput::default() }))
            (textarea(TextArea { name: "address", label: "Their address, for letters", hint: Some("Only if it is not the client. Letters then go there, and never to the client’s home"), value: &typed.address, error: error("address"), rows: 3, ..TextArea::default() }))
            (checkboxes(Choices {
                name: "objects", legend: "What should stop? For an objection only",
                options: OBJECTS.iter().map(|(to, label)| Choice { value: to.code(), label, checked: typed.objects.iter().any(|o| o == to.code()), ..Choice::default() }).collect(),
                error: error("objects"), ..Choices::default()
            }))
            p { (tick("doubt", "I am not sure who it is, or if they may ask for the client", typed.doubt)) }
            (button(ButtonKind::Main, "Write it down", None))
        }
    }
}

const FIELDS: [&str; 12] = [
    "address",
    "form",
    "kind",
    "came",
    "words",
    "received-day",
    "received-month",
    "received-year",
    "from",
    "who",
    "objects",
    "doubt",
];

/// A date of three boxes named after `name`.
pub(crate) fn boxes(sent: &Form, name: &str) -> Result<Boxes, Fail> {
    let text = |part: &str| sent.one(&format!("{name}-{part}")).map(str::to_owned);
    Ok(Boxes { day: text("day")?, month: text("month")?, year: text("year")? })
}

pub(crate) async fn record(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sent = sent.only(&FIELDS)?;
    let key = sent.key()?;
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed = RequestTyped {
        kind: text("kind")?,
        came: text("came")?,
        from: text("from")?,
        who: text("who")?,
        address: text("address")?,
        received: boxes(&sent, "received")?,
        words: text("words")?,
        objects: sent.several("objects").into_iter().map(str::to_owned).collect(),
        doubt: sent.ticked("doubt"),
    };
    let faults = match typed.read(app.service.surroundings().today()) {
        Ok(taken) => match app.service.record_request(&visit, id, key, &taken).await {
            Ok(made) if works_off(visit.role) => {
                return Ok(Redirect::to(&format!("/requests/{made}")).into_response());
            }
            Ok(_) => return Ok(Redirect::to(&format!("/clients/{id}/requests?done=1")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let opened = app.service.client_requests(&visit, id).await.map_err(Fail::of_requests)?;
    let key = sent.one("form")?.to_owned();
    let page = opened.map(|page| client_page(&app, &visit, id, &page, &key, &typed, &faults, false));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}
