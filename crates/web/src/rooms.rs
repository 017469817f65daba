//! Rooms in which clients are met.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Fault, RoomId};
use maud::{Markup, html};
use records::rooms::{Room, keeps_rooms};
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, TextInput, button, hidden, text_input};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, heading, reading};

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    Ok(page(&app, &visit, &new_key(), "", &[]).await?.into_response())
}

async fn page(app: &App, visit: &Visit, key: &str, name: &str, faults: &[Fault]) -> Result<Markup, Fail> {
    let (rooms, keeps) = (app.service.rooms().await?, keeps_rooms(visit.role));
    let error = faults.iter().find(|fault| fault.field == "name").map(|fault| fault.message.as_str());
    let body = reading(html! {
        (back("/diary"))
        (fields::summary(faults))
        (heading("Rooms", html! { p { "An appointment in a room takes the room’s time, so that nobody else is booked into it." } }))
        @if rooms.is_empty() { (empty("There is no room yet: appointments are booked without one.")) } @else { (list(&rooms, keeps)) }
        @if keeps {
            (panel("add", "Add a room", None, html! {
                form.app-note method="post" action="/rooms" novalidate {
                    (hidden("form", key))
                    (text_input(TextInput { name: "name", label: "What it is called", hint: Some("Messages to clients name it: say nothing of what happens there"), value: name, error, width: Some(20), autocomplete: Some("off"), ..TextInput::default() }))
                    (button(ButtonKind::Main, "Add", None))
                }
            }))
        }
    });
    Ok(staff(app, visit, At::Diary, "Rooms", body))
}

fn list(rooms: &[Room], keeps: bool) -> Markup {
    let mut columns = vec![Column { label: "Room", ..Column::default() }];
    if keeps {
        columns.push(Column { label: "Change", ..Column::default() });
    }
    let rows: Vec<Vec<Cell>> = rows(rooms, keeps);
    table(Table { id: "rooms", caption: "Rooms", caption_hidden: true, columns: &columns, rows })
}

fn rows(rooms: &[Room], keeps: bool) -> Vec<Vec<Cell>> {
    rooms
        .iter()
        .map(|room| {
            let mut cells =
                vec![html! { (room.name) @if !room.open { " " (tag(TagKind::Info, "Not used now")) } }];
            if keeps {
                let (act, words) = if room.open {
                    ("close", format!("Take {} out of use", room.name))
                } else {
                    ("open", format!("Use {} again", room.name))
                };
                cells.push(html! {
                    form method="post" action={ "/rooms/" (room.id) } {
                        (button(ButtonKind::Secondary, &words, Some(("do", act))))
                    }
                });
            }
            cells
        })
        .collect()
}

pub(crate) async fn add(State(app): State<App>, Signed(visit): Signed, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "name"])?;
    let name = sent.one("name")?;
    match app.service.add_room(&visit, sent.key()?, name).await {
        Ok(()) => Ok(Redirect::to("/rooms").into_response()),
        Err(Error::Faults(faults)) => {
            let page = page(&app, &visit, sent.one("form")?, name, &faults).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["do"])?;
    let id: RoomId = id.parse().map_err(|_| Fail::not_found())?;
    let open = match sent.one("do")? {
        "open" => true,
        "close" => false,
        _ => return Err(Fail::bad_form("It does not say what is to become of the room.")),
    };
    app.service.use_room(&visit, id, open).await?;
    Ok(Redirect::to("/rooms").into_response())
}
