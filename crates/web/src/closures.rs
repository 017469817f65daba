//! The office is closed: who is affected, one act that calls off and tells, how far it has come, and the sheet of those to
//! ring.

mod sheet;

use access::{Role, Why};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use casework::appointments::Way;
use casework::closures::ClosureTyped;
use casework::messages::MessageState;
use casework::{ClosureId, Fault, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use records::appointments::Booked;
use records::closures::{Affected, AffectedBy, Closure, Progress};
use records::rooms::Room;
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::appointments::room_select;
use crate::fail::Fail;
use crate::fields;
use crate::file::clock;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::messages::{in_the_place_of, people};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, bar, main_action, panel, share_list, tag};
use crate::ui::form::{ButtonKind, Select, TextInput, button, buttons, hidden, select, text_input};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading};
use crate::ui::words::{banner, notice_banner, warning};

pub(crate) use sheet::sheet;

const FIELDS: [&str; 10] = ["form", "day", "from", "to", "way", "adviser", "room", "reason", "seen", "do"];
/// How often a page that waits for messages asks again, in seconds.
const AGAIN_SECONDS: &str = "4";

#[derive(Deserialize)]
pub(crate) struct Begin {
    #[serde(default)]
    day: String,
}

fn closure(path: &str) -> Result<ClosureId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

/// Who may not close the office is told who may.
async fn only_who_may(app: &App, visit: &Visit) -> Result<(), Fail> {
    match app.service.begin_closing(visit).await {
        Ok(()) => Ok(()),
        Err(Error::Refused(refusal)) if refusal.why == Why::NotAllowed => Err(Fail::page(
            StatusCode::FORBIDDEN,
            "Reception closes the office",
            "Closing reaches the contact details of everybody who is booked, whoever’s client they are. Ask reception to do it.",
        )),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn begin(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Begin>,
) -> Result<Response, Fail> {
    only_who_may(&app, &visit).await?;
    let today = app.service.surroundings().today();
    let day = ask.day.parse::<Date>().ok().filter(|day| *day >= today);
    let day = day.map_or_else(|| "tomorrow".to_owned(), |day| day.strftime("%-d %-m %Y").to_string());
    let typed = ClosureTyped { day, way: Way::Office.code().to_owned(), ..ClosureTyped::default() };
    let before = app.service.closures(&visit).await?;
    let (key, rooms) = (new_key(), app.service.rooms().await?);
    let shown = Shown { typed: &typed, reason: "", key: &key, faults: &[], rooms: &rooms, before: &before };
    let body = page(&app, &shown, None);
    Ok(staff(&app, &visit, At::Diary, "Office closed", body).into_response())
}

pub(crate) async fn close(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    only_who_may(&app, &visit).await?;
    let form = form.only(&FIELDS)?;
    let one = |name: &str| form.one(name).map(str::to_owned);
    let (key, key_text) = (form.key()?, one("form")?);
    let typed = ClosureTyped {
        day: one("day")?,
        from: one("from")?,
        to: one("to")?,
        way: one("way")?,
        adviser: one("adviser")?,
        room: one("room")?,
    };
    let (reason, seen) = (one("reason")?, one("seen")?);
    let rooms = app.service.rooms().await?;
    let shown =
        Shown { typed: &typed, reason: &reason, key: &key_text, faults: &[], rooms: &rooms, before: &[] };
    let surroundings = app.service.surroundings();
    let closing = match typed.read(&surroundings.civil(surroundings.now())) {
        Ok(closing) => closing,
        Err(faults) => {
            let body = page(&app, &Shown { faults: &faults, ..shown }, None);
            let page = staff(&app, &visit, At::Diary, "Office closed", body);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let mut faults = Vec::new();
    if form.one("do")? == "close" {
        match app.service.close_office(&visit, key, &closing, &reason, &seen).await {
            Ok(id) => return Ok(Redirect::to(&format!("/closures/{id}?closed=1")).into_response()),
            Err(Error::Faults(found)) => faults = found,
            Err(Error::ChangedMeanwhile) => {
                faults.push(Fault::new(
                    "seen",
                    "Somebody changed one of these appointments at this moment. Read the list again",
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let opened = app.service.affected_by(&visit, &closing).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = opened.map(|affected| {
        let body = page(&app, &Shown { faults: &faults, ..shown }, Some(&affected));
        staff(&app, &visit, At::Diary, "Office closed", body)
    });
    Ok((status, release(page).await?).into_response())
}

/// What the form of a closing shows.
#[derive(Clone, Copy)]
struct Shown<'a> {
    typed: &'a ClosureTyped,
    reason: &'a str,
    key: &'a str,
    faults: &'a [Fault],
    rooms: &'a [Room],
    /// What was closed before, on the first page.
    before: &'a [Closure],
}

fn page(app: &App, shown: &Shown<'_>, affected: Option<&AffectedBy>) -> Markup {
    let Shown { typed, reason, key, faults, rooms, before } = *shown;
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let directory = app.service.directory();
    let advisers: Vec<(String, String)> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.role == Role::Adviser)
        .map(|member| (member.id.to_string(), member.name.clone()))
        .collect();
    let whose = [("", "Everybody")]
        .into_iter()
        .chain(advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())))
        .collect();
    let ways = Way::ALL
        .iter()
        .map(|way| (way.code(), way.words()))
        .chain([("", "All of them, calls too")])
        .collect();
    container(html! { div.app-wide {
        (back("/diary"))
        (fields::summary(faults))
        (heading("Office closed", html! { p { "Call off, tell everybody, ring the rest" } }))
        form method="post" action="/closures/new" novalidate {
            (hidden("form", key))
            div.app-panel {
            div.app-questions {
                (text_input(TextInput { name: "day", label: "Day", hint: Some("For example tomorrow or 27 11 2026"), value: &typed.day, error: error("day"), width: Some(20), autocomplete: Some("off"), ..TextInput::default() }))
                (text_input(TextInput { name: "from", label: "From", hint: Some("Empty for the whole day"), value: &typed.from, error: error("from"), width: Some(10), autocomplete: Some("off"), ..TextInput::default() }))
                (text_input(TextInput { name: "to", label: "Till", hint: Some("Empty for the rest of the day"), value: &typed.to, error: error("to"), width: Some(10), autocomplete: Some("off"), ..TextInput::default() }))
                (select(Select { name: "way", label: "Which appointments", options: ways, value: &typed.way, error: error("way"), ..Select::default() }))
                (select(Select { name: "adviser", label: "With", options: whose, value: &typed.adviser, error: error("adviser"), ..Select::default() }))
                (room_select(rooms, "All of them", &typed.room, error("room")))
            }
            // First among the buttons: what the Enter key in a box does must not call anything off.
            (buttons(html! { (button(if affected.is_some() { ButtonKind::Secondary } else { ButtonKind::Main }, "Show who is affected", Some(("do", "look")))) }))
            }
            @if let Some(affected) = affected { div.app-panel { (to_call_off(app, affected, reason, error("reason"))) } }
        }
        @if !before.is_empty() { (panel("before", "Closed before", None, share_list(&before.iter().map(|one| earlier(app, one)).collect::<Vec<_>>()))) }
    } })
}

fn earlier(app: &App, one: &Closure) -> (Markup, Markup) {
    (
        html! { a.govuk-link href={ "/closures/" (one.id) } { (dates::with_weekday(one.day)) } " " span.app-muted { (app.service.directory().name(one.by)) } },
        html! { span.app-num { @if one.is_open_again() { "open again" } @else { (dates::count(one.called_off, "appointment")) } } },
    )
}

fn times(app: &App, booked: &[Booked]) -> String {
    let times = booked.iter().map(|one| clock(&app.service.surroundings().civil(one.slot.starts())));
    times.collect::<Vec<_>>().join(", ")
}

fn with(app: &App, booked: &[Booked]) -> String {
    let directory = app.service.directory();
    let mut names: Vec<&str> = booked.iter().map(|one| directory.name(one.adviser)).collect();
    names.dedup();
    names.join(", ")
}

fn to_call_off(app: &App, affected: &AffectedBy, reason: &str, error: Option<&str>) -> Markup {
    let clients = &affected.clients;
    let appointments: usize = clients.iter().map(|one| one.booked.len()).sum();
    let told = clients.iter().filter(|one| one.way.is_ok()).count();
    let rung = clients.len() - told;
    let columns =
        ["Time", "Client", "With", "How they are told"].map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = clients.iter().map(|one| row(app, one)).collect();
    let number = people(clients.len() as u64);
    html! {
        h2.app-h2 #seen { (number) ", " (dates::count(appointments as u64, "appointment")) }
        @if affected.left_out > 0 { (left_out(affected.left_out as u64)) }
        @if clients.is_empty() {
            (empty(if affected.left_out > 0 { "Nobody else is booked then. Close it all the same, so that nobody is offered this time." } else { "Nobody is booked then. Close it all the same, so that nobody is offered this time." }))
            (hidden("seen", &affected.seen))
            (button(ButtonKind::Secondary, "Close it", Some(("do", "close"))))
        } @else {
            @if !app.service.offers().any() {
                (notice_banner(html! { "No mail server is configured, so nothing is sent: everybody will be on the sheet of those to ring." }))
            }
            (table(Table { id: "affected", caption: "Whose appointments fall out", caption_hidden: true, columns: &columns, rows }))
            (text_input(TextInput { name: "reason", label: "Why, for the files", hint: Some("Clients are not told why. You can leave this empty"), value: reason, error, autocomplete: Some("off"), ..TextInput::default() }))
            (hidden("seen", &affected.seen))
            p.govuk-body { (told) " of them " (if told == 1 { "gets" } else { "get" }) " a message; " (rung) (if rung == 1 { " is" } else { " are" }) " listed to be rung. These messages are no marketing, so who objects to marketing gets them too." }
            (button(ButtonKind::Warning, "Call off and tell everybody", Some(("do", "close"))))
        }
    }
}

fn left_out(count: u64) -> Markup {
    let words = if count == 1 {
        "1 more appointment is in a file".to_owned()
    } else {
        format!("{count} more appointments are in files")
    };
    warning(&format!(
        "{words} that is restricted or closed to you. Nothing is done with it and nobody is told: ask the governance lead."
    ))
}

fn row(app: &App, one: &Affected) -> Vec<Cell> {
    vec![
        html! { span.app-num { (times(app, &one.booked)) } },
        html! { a class="govuk-link app-t__name" href={ "/clients/" (one.who.client) } { (one.who.name) } " " span class="app-ref app-muted" { (one.who.number) } },
        html! { (with(app, &one.booked)) },
        match one.way {
            Ok(channel) => html! { (channel.words()) },
            Err(why) => {
                html! { (tag(TagKind::Warn, in_the_place_of(MessageState::Call, why))) " " span.app-muted { (why.words()) } }
            }
        },
    ]
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    closed: Option<String>,
    #[serde(default)]
    still: Option<String>,
    #[serde(default)]
    done: Option<usize>,
    #[serde(default)]
    left: Option<usize>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    only_who_may(&app, &visit).await?;
    let progress = app.service.closure(&visit, closure(&id)?).await?;
    let (moves, still) = (progress.moves(), ask.still.is_some());
    let body = container(html! { div.app-wide {
        (back("/diary"))
        @if ask.closed.is_some() { (banner(&(if progress.closure.called_off == 0 { "Closed. Nobody is offered this time".to_owned() } else { format!("{} called off", dates::count(progress.closure.called_off, "appointment")) }))) }
        (heading(&format!("{} {}", if progress.closure.is_open_again() { "Was to be closed on" } else { "Closed on" }, dates::with_weekday(progress.closure.day)), html! { p { @if progress.closure.called_off > 0 { (dates::count(progress.closure.called_off, "appointment")) " called off by " } @else { "Closed by " } (app.service.directory().name(progress.closure.by)) } }))
        @if progress.closure.called_off > 0 || progress.closure.left_out > 0 { (how_far(&progress, still)) }
        (opening(&app, &progress.closure))
    } });
    let mut response = staff(&app, &visit, At::Diary, "Office closed", body).into_response();
    if moves && !still {
        response.headers_mut().insert(axum::http::header::REFRESH, HeaderValue::from_static(AGAIN_SECONDS));
    }
    Ok(response)
}

/// Whether its time is still closed, and how to give it back.
fn opening(app: &App, closed: &Closure) -> Markup {
    let over = closed.to <= app.service.surroundings().now();
    html! {
        @if closed.is_open_again() { p.govuk-body { "This time is open again, and is offered to those who book." } }
        @else if !over {
            form method="post" action={ "/closures/" (closed.id) } { (button(ButtonKind::Secondary, "Open again", Some(("do", "open")))) }
            p.app-muted { "Then this time is offered again. What was called off stays so: its clients were told." }
        }
    }
}

fn how_far(progress: &Progress, still: bool) -> Markup {
    let id = progress.closure.id;
    let all = progress.count(|_| true);
    let moving = progress.count(MessageState::moves);
    let to_ring = progress.count(MessageState::wants_a_call);
    let seen_to = all.saturating_sub(moving);
    let told = progress.count(|state| matches!(state, MessageState::Sent | MessageState::Delivered));
    let rows: Vec<(Markup, Markup)> = progress
        .stands
        .iter()
        .map(|one| {
            (
                html! {
                    (one.state.words())
                    @if let Some(channel) = one.channel { ", " (channel.words().to_lowercase()) }
                    @if let Some(why) = one.why { " " span.app-muted { (why.words()) } }
                },
                html! { span.app-num { (one.count) } },
            )
        })
        .collect();
    panel(
        "progress",
        "Telling everybody",
        None,
        html! {
            p.govuk-body role="status" {
                @if moving > 0 { (seen_to) " of " (all) " done" }
                @else { "All " (all) " done: " (told) " told by a message, " (to_ring) " to ring" }
            }
            (bar(u32::try_from(seen_to).unwrap_or(u32::MAX), u32::try_from(all).unwrap_or(u32::MAX)))
            (share_list(&rows))
            @if progress.closure.left_out > 0 { (left_out(progress.closure.left_out)) }
            @if progress.chose > 0 { p.govuk-body { (people(progress.chose)) " chose another time by the address in the message." } }
            @if moving > 0 {
                p.app-muted {
                    @if still { "This page stands still. " a.govuk-link href={ "/closures/" (id) } { "Let it follow the messages" } }
                    @else { "This page follows the messages by itself. " a.govuk-link href={ "/closures/" (id) "?still=1" } { "Let it stand still" } }
                }
                form method="post" action={ "/closures/" (id) } { (button(ButtonKind::Warning, "Stop what is not sent yet", Some(("do", "stop")))) }
                p.app-muted { "The appointments stay called off. Whoever is not told is on the contact sheet." }
            }
            @if to_ring > 0 { p { (main_action(&format!("/closures/{id}/sheet"), &format!("Contact sheet: {} to ring", people(to_ring)))) } }
            @else if moving > 0 { p { a.govuk-link href={ "/closures/" (id) "/sheet" } { "Contact sheet, with those whose message is still on its way" } } }
            @else { p.govuk-body { "Nobody has to be rung." } }
        },
    )
}

/// Stops what is not sent yet, or gives the time back.
pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    only_who_may(&app, &visit).await?;
    let id = closure(&id)?;
    let form = form.only(&["do"])?;
    match form.one("do")? {
        "stop" => app.service.stop_messages(&visit, id).await?,
        "open" => app.service.open_again(&visit, id).await?,
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    }
    Ok(Redirect::to(&format!("/closures/{id}")).into_response())
}
