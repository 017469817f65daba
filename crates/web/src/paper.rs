//! Paper: adding it to a client's file, its label, who has it; the register of what is out and what has to be destroyed.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates::{When, read_date};
use casework::paper::{LENT_DAYS, Place, State as Stands, is_overdue, label, label_number, what};
use casework::{ClientId, Fault, PaperId, StaffId, dates};
use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};
use records::paper::{Doing, OnePaper, Paper};
use records::staff::{Directory, Status};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::file::client;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::barcode::barcode;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Select, TextInput, button, details, hidden, select, text_input};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, banner, summary_list, warning};
use crate::{documents, fields};

/// What was typed about a piece of paper.
#[derive(Debug, Clone, Default)]
pub(crate) struct PaperTyped {
    key: String,
    what: String,
    room: String,
    cabinet: String,
    folder: String,
}

fn error<'f>(faults: &'f [Fault], name: &str) -> Option<&'f str> {
    faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str())
}

fn line(name: &'static str, words: &'static str, value: &str, faults: &[Fault]) -> Markup {
    text_input(TextInput {
        name,
        label: words,
        value,
        error: error(faults, name),
        width: Some(20),
        autocomplete: Some("off"),
        input_type: "text",
        ..TextInput::default()
    })
}

pub(crate) fn add_form(id: ClientId, typed: &PaperTyped, faults: &[Fault]) -> Markup {
    let key = if typed.key.is_empty() { new_key() } else { typed.key.clone() };
    html! {
        form method="post" action={ "/clients/" (id) "/paper" } novalidate {
            (hidden("form", &key))
            (line("what", "What is it?", &typed.what, faults))
            (line("room", "Room", &typed.room, faults))
            (line("cabinet", "Cabinet", &typed.cabinet, faults))
            (line("folder", "Folder", &typed.folder, faults))
            (button(ButtonKind::Main, "Add the paper", None))
        }
    }
}

pub(crate) async fn add(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&["form", "what", "room", "cabinet", "folder"])?;
    let key = form.key()?;
    let typed = PaperTyped {
        key: form.one("form")?.to_owned(),
        what: form.one("what")?.to_owned(),
        room: form.one("room")?.to_owned(),
        cabinet: form.one("cabinet")?.to_owned(),
        folder: form.one("folder")?.to_owned(),
    };
    let mut faults = Vec::new();
    let said = what(&typed.what).map_err(|fault| faults.push(fault));
    let place = Place::read(&typed.room, &typed.cabinet, &typed.folder).map_err(|more| faults.extend(more));
    match (said, place) {
        (Ok(said), Ok(place)) => {
            app.service.add_paper(&visit, id, key, &said, &place).await?;
            Ok(Redirect::to(&format!("/clients/{id}/documents?done=paper#paper")).into_response())
        }
        _ => documents::with_paper(&app, &visit, id, &typed, &faults).await,
    }
}

/// Where it is now, as a tag.
pub(crate) fn stands(paper: &Paper, directory: &Directory, today: Date) -> Markup {
    match paper.state {
        Stands::Here => html! { "In its place" },
        Stands::Lent => {
            let who = paper.lent_to.map(|who| directory.name(who)).unwrap_or_default();
            let due = paper.due_back.map(dates::short).unwrap_or_default();
            html! {
                @if is_overdue(paper.due_back, today) { (tag(TagKind::Stop, &format!("Due back {due}"))) }
                @else { (tag(TagKind::Info, &format!("Lent until {due}"))) }
                " " (who)
            }
        }
        Stands::ToDestroy => html! {
            (tag(TagKind::Warn, "To be destroyed"))
            @if let Some(who) = paper.lent_to { " " (directory.name(who)) " has it" }
        },
        Stands::Destroyed => html! { (tag(TagKind::Ok, "Destroyed")) },
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn register(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let typed = ask.label.as_deref().unwrap_or_default();
    let mut faults = Vec::new();
    if !typed.is_empty() {
        let number = label_number(typed);
        let found = match number {
            Some(number) => app.service.paper_by_label(number).await?,
            None => None,
        };
        match found {
            Some(paper) => return Ok(Redirect::to(&format!("/paper/{paper}")).into_response()),
            None => faults.push(Fault::new("label", "No paper has this label. A label looks like P-10042")),
        }
    }
    let opened = app.service.paper_out(&visit).await?;
    let (today, directory) = (app.service.surroundings().today(), app.service.directory());
    let page = opened.map(|register| {
        let (destroy, lent): (Vec<_>, Vec<_>) =
            register.out.iter().partition(|one| one.paper.state == Stands::ToDestroy);
        let columns = ["Label", "Whose", "Where it belongs", "State"];
        let columns = columns.map(|label| Column { label, numeric: false, hidden: false });
        let rows = |of: &[&records::paper::WithWhom]| -> Vec<Vec<Cell>> {
            of.iter()
                .map(|one| {
                    vec![
                        html! { a class="govuk-link app-ref" href={ "/paper/" (one.paper.id) } { (label(one.paper.label)) } },
                        html! { @match &one.who {
                            Some(who) => { a.govuk-link href={ "/clients/" (who.client) } { (who.name) } " " span.app-ref { (who.number) } },
                            None => span.app-muted { "Nobody’s any more" },
                        } },
                        html! { (one.paper.place.words()) },
                        stands(&one.paper, &directory, today),
                    ]
                })
                .collect()
        };
        let body = container(html! {
            (fields::summary(&faults))
            (heading("Paper", html! { p { (dates::count(register.all, "piece")) " in the filing system" } }))
            div.app-panel {
                form method="get" action="/paper" novalidate {
                    (text_input(TextInput { name: "label", label: "Find paper by its label", hint: Some("Type it or scan the barcode"), value: typed, error: error(&faults, "label"), width: Some(10), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                    (button(ButtonKind::Secondary, "Find", None))
                }
            }
            (panel("destroy", "To be destroyed", None, html! {
                p.app-muted { "The files of these were erased. An erasure is complete once its paper is destroyed." }
                @if destroy.is_empty() { (empty("Nothing has to be destroyed.")) }
                @else { (table(Table { id: "to-destroy", caption: "Paper to be destroyed", caption_hidden: true, columns: &columns, rows: rows(&destroy) })) }
            }))
            (panel("lent", "Lent", None, html! {
                @if lent.is_empty() { (empty("Nothing is lent.")) }
                @else { (table(Table { id: "lent-list", caption: "Paper that is lent, the earliest due back first", caption_hidden: true, columns: &columns, rows: rows(&lent) })) }
            }))
        });
        staff(&app, &visit, At::Paper, "Paper", body)
    });
    release(page).await
}

fn paper(code: &str) -> Result<PaperId, Fail> {
    code.parse().map_err(|_| Fail::not_found())
}

/// What was typed on the page of a paper.
#[derive(Default)]
struct Typed {
    to: String,
    due: String,
    room: String,
    cabinet: String,
    folder: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(code): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = paper(&code)?;
    let opened = app.service.paper(&visit, id).await?;
    let today = app.service.surroundings().today();
    let page = opened.map(|one| {
        let due = today.checked_add(LENT_DAYS.days()).unwrap_or(today);
        let place = one.paper.place.clone();
        let typed = Typed {
            to: visit.staff.to_string(),
            due: dates::long(due),
            room: place.room,
            cabinet: place.cabinet,
            folder: place.folder,
        };
        page(&app, &visit, &one, ask.done.is_some(), &typed, &[])
    });
    release(page).await
}

fn page(app: &App, visit: &Visit, one: &OnePaper, done: bool, typed: &Typed, faults: &[Fault]) -> Markup {
    let (today, directory) = (app.service.surroundings().today(), app.service.directory());
    let paper = &one.paper;
    let name = label(paper.label);
    let mut rows = vec![
        SummaryRow { key: "Where it stands", value: html! { (paper.place.words()) }, change: None },
        SummaryRow { key: "Now", value: stands(paper, &directory, today), change: None },
    ];
    if let Some((who, number)) = one.whose()
        && let Some(client) = paper.client
    {
        let value = html! { a.govuk-link href={ "/clients/" (client) "/documents" } { (who) } " " span.app-ref { (number) } };
        rows.insert(0, SummaryRow { key: "Client", value, change: None });
    }
    if let Some(what) = &paper.what {
        rows.insert(0, SummaryRow { key: "What it is", value: html! { (what) }, change: None });
    }
    let body = reading(html! {
        div.app-noprint {
            (back("/paper"))
            @if done { (banner("Done")) }
            (fields::summary(faults))
            (heading(&format!("Paper {name}"), html! {}))
            (summary_list(&rows))
        }
        div.app-label {
            (barcode(&name))
            b { (name) }
            p { (paper.place.words()) }
        }
        p class="app-muted app-noprint" { "Print this page for the label. It names nobody." }
        @if one.writable { div.app-noprint { (acts(app, paper, typed, faults)) } }
    });
    staff(app, visit, At::Paper, &format!("Paper {name}"), body)
}

fn acts(app: &App, paper: &Paper, typed: &Typed, faults: &[Fault]) -> Markup {
    let directory = app.service.directory();
    let people: Vec<(String, &str)> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.status == Status::Active && member.role != access::Role::Administrator)
        .map(|member| (member.id.to_string(), member.name.as_str()))
        .collect();
    let options: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), *name)).collect();
    let to = format!("/paper/{}", paper.id);
    let form = |what: &str, body: Markup| {
        html! { form method="post" action=(to) novalidate {
            (hidden("version", &paper.version.to_string()))
            (hidden("do", what))
            (body)
        } }
    };
    let destroyed = html! {
        (warning("Say so only once it is shredded. This cannot be taken back."))
        (form("destroyed", button(ButtonKind::Warning, "It is destroyed", None)))
    };
    html! {
        @if paper.state == Stands::Here { (panel("lend", "Lend it", None, form("lend", html! {
            (select(Select { name: "to", label: "Who takes it?", options, value: &typed.to, error: error(faults, "to"), ..Select::default() }))
            (text_input(TextInput { name: "due", label: "Due back", hint: Some("Like 10 December 2026"), value: &typed.due, error: error(faults, "due"), width: Some(20), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
            (button(ButtonKind::Main, "Lend", None))
        }))) }
        @if paper.state == Stands::Lent { (panel("return", "Take it back", None, form("return", button(ButtonKind::Main, "It is back in its place", None)))) }
        @if paper.state == Stands::ToDestroy { (panel("destroyed", "Destroy it", None, destroyed)) }
        @else if paper.state != Stands::Destroyed {
            (details("It stands elsewhere now", form("move", html! {
                (line("room", "Room", &typed.room, faults))
                (line("cabinet", "Cabinet", &typed.cabinet, faults))
                (line("folder", "Folder", &typed.folder, faults))
                (button(ButtonKind::Secondary, "Move it there", None))
            })))
            (details("It is destroyed", destroyed))
        }
    }
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = paper(&code)?;
    let form = form.only(&["version", "do", "to", "due", "room", "cabinet", "folder"])?;
    let version = form.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let typed = Typed {
        to: form.one("to")?.to_owned(),
        due: form.one("due")?.to_owned(),
        room: form.one("room")?.to_owned(),
        cabinet: form.one("cabinet")?.to_owned(),
        folder: form.one("folder")?.to_owned(),
    };
    let doing = match form.one("do")? {
        "lend" => lending(&typed, app.service.surroundings().today()),
        "return" => Ok(Doing::Return),
        "move" => Place::read(&typed.room, &typed.cabinet, &typed.folder).map(Doing::Move),
        "destroyed" => Ok(Doing::Destroyed),
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    };
    let faults = match doing {
        Ok(doing) => match app.service.change_paper(&visit, id, version, doing).await {
            Ok(()) => return Ok(Redirect::to(&format!("/paper/{id}?done=yes")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let opened = app.service.paper(&visit, id).await?;
    let page = opened.map(|one| page(&app, &visit, &one, false, &typed, &faults));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

fn lending(typed: &Typed, today: Date) -> Result<Doing, Vec<Fault>> {
    let to: Option<StaffId> = typed.to.parse().ok();
    let due = read_date(&typed.due, When::Any, today);
    match (to, due) {
        (Some(to), Ok(due_back)) => Ok(Doing::Lend { to, due_back }),
        (to, due) => {
            let mut faults = Vec::new();
            if to.is_none() {
                faults.push(Fault::new("to", "Choose somebody who works here"));
            }
            faults.extend(due.err().map(|fault| Fault::new("due", fault.to_string())));
            Err(faults)
        }
    }
}
