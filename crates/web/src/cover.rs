//! Cover for a colleague who is away: who looks after whose clients, and until when.

use access::Role;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates::{When, read_date};
use casework::{Fault, StaffId, dates};
use maud::{Markup, html};
use records::cover::{Arranging, Cover};
use records::staff::Status;
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Select, TextInput, button, hidden, select, text_input};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading};
use crate::ui::words::banner;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Default)]
struct Typed {
    key: String,
    absent: String,
    covering: String,
    from: String,
    until: String,
}

/// Advisers arrange their own cover, managers anybody's.
fn may(visit: &Visit) -> Result<(), Fail> {
    match visit.role {
        Role::Adviser | Role::Manager => Ok(()),
        _ => Err(Fail::not_found()),
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    may(&visit)?;
    let covers = app.service.covers().await?;
    let typed = Typed { absent: visit.staff.to_string(), ..Typed::default() };
    Ok(page(&app, &visit, &covers, ask.done.is_some(), &typed, &[]).into_response())
}

fn page(app: &App, visit: &Visit, covers: &[Cover], done: bool, typed: &Typed, faults: &[Fault]) -> Markup {
    let directory = app.service.directory();
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let advisers: Vec<(String, &str)> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.role == Role::Adviser && member.status == Status::Active)
        .map(|member| (member.id.to_string(), member.name.as_str()))
        .collect();
    let options = |but: Option<&str>| -> Vec<(&str, &str)> {
        let all = advisers.iter().map(|(id, name)| (id.as_str(), *name));
        std::iter::once(("", "Choose")).chain(all.filter(|(id, _)| Some(*id) != but)).collect()
    };
    let key = if typed.key.is_empty() { new_key() } else { typed.key.clone() };
    let me = visit.staff.to_string();
    let columns = ["Away", "Looked after by", "From", "Until", "Arranged by", "Now", "What to do"];
    let columns = columns.map(|label| Column { label, numeric: false, hidden: label == "What to do" });
    let rows: Vec<Vec<Cell>> = covers
        .iter()
        .map(|cover| {
            let ends = cover.until >= app.service.surroundings().today();
            let mine = visit.role == Role::Manager || cover.absent == visit.staff;
            vec![
                html! { (directory.name(cover.absent)) },
                html! { (directory.name(cover.covering)) },
                html! { span.app-num { (dates::short(cover.from)) } },
                html! { span.app-num { (dates::short(cover.until)) } },
                html! { (directory.name(cover.author)) },
                html! { @if cover.now { (tag(TagKind::Ok, "Now")) } @else if ends { (tag(TagKind::Info, "To come")) } @else { "Ended" } },
                html! { @if mine && ends { form method="post" action={ "/cover/" (hex::encode(cover.id)) "/end" } {
                    (button(ButtonKind::Secondary, "End it now", None))
                } } },
            ]
        })
        .collect();
    let date = |name: &'static str, label: &'static str, value: &str| {
        text_input(TextInput {
            name,
            label,
            hint: Some("Like 10 December 2026"),
            value,
            error: error(name),
            width: Some(20),
            autocomplete: Some("off"),
            input_type: "text",
            ..TextInput::default()
        })
    };
    let body = container(html! {
        @if done { (banner("Done")) }
        (fields::summary(faults))
        (heading("Cover", html! { p { "Who looks after whose clients while somebody is away" } }))
        (panel("covers", "Now, to come and lately", None, html! {
            @if rows.is_empty() { (empty("Nobody is covered.")) }
            @else { (table(Table { id: "cover-list", caption: "Cover, the earliest first", caption_hidden: true, columns: &columns, rows })) }
        }))
        (panel("arrange", "Arrange cover", None, html! {
            p.govuk-body { "For that time the files open for the colleague without a reason. Each look is in the log as always, and a conflict of interest still closes a file." }
            form method="post" action="/cover" novalidate {
                (hidden("form", &key))
                @if visit.role == Role::Manager {
                    (select(Select { name: "absent", label: "Who is away?", options: options(None), value: &typed.absent, error: error("absent"), ..Select::default() }))
                } @else { (hidden("absent", &me)) }
                (select(Select { name: "covering", label: "Who looks after the clients?", options: options((visit.role == Role::Adviser).then_some(me.as_str())), value: &typed.covering, error: error("covering"), ..Select::default() }))
                (date("from", "First day", &typed.from))
                (date("until", "Last day", &typed.until))
                (button(ButtonKind::Main, "Arrange cover", None))
            }
        }))
    });
    staff(app, visit, if visit.role == Role::Manager { At::Team } else { At::Clients }, "Cover", body)
}

pub(crate) async fn arrange(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    may(&visit)?;
    let form = form.only(&["form", "absent", "covering", "from", "until"])?;
    let key = form.key()?;
    let typed = Typed {
        key: form.one("form")?.to_owned(),
        absent: form.one("absent")?.to_owned(),
        covering: form.one("covering")?.to_owned(),
        from: form.one("from")?.to_owned(),
        until: form.one("until")?.to_owned(),
    };
    let faults = match read(&typed, key, app.service.surroundings().today()) {
        Ok(arranging) => match app.service.arrange_cover(&visit, arranging).await {
            Ok(()) => return Ok(Redirect::to("/cover?done=yes").into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let covers = app.service.covers().await?;
    let page = page(&app, &visit, &covers, false, &typed, &faults);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn read(typed: &Typed, form: [u8; 16], today: jiff::civil::Date) -> Result<Arranging, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut who = |name: &'static str, code: &str, says: &str| -> Option<StaffId> {
        let who = code.parse().ok();
        if who.is_none() {
            faults.push(Fault::new(name, says.to_owned()));
        }
        who
    };
    let absent = who("absent", &typed.absent, "Choose the adviser who is away");
    let covering = who("covering", &typed.covering, "Choose who looks after the clients");
    let mut day = |name: &'static str, text: &str| match read_date(text, When::Any, today) {
        Ok(day) => Some(day),
        Err(fault) => {
            faults.push(Fault::new(name, fault.to_string()));
            None
        }
    };
    let (from, until) = (day("from", &typed.from), day("until", &typed.until));
    match (absent, covering, from, until) {
        (Some(absent), Some(covering), Some(from), Some(until)) => {
            Ok(Arranging { form, absent, covering, from, until })
        }
        _ => Err(faults),
    }
}

pub(crate) async fn end(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(code): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    may(&visit)?;
    form.only(&[])?;
    let mut id = [0; 16];
    hex::decode_to_slice(&code, &mut id).map_err(|_| Fail::not_found())?;
    app.service.end_cover(&visit, id).await?;
    Ok(Redirect::to("/cover?done=yes").into_response())
}
