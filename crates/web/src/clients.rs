//! My caseload, and finding a client from any page.

use access::Role;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use casework::dates;
use maud::{Markup, html};
use records::search::Found;
use serde::Serialize;

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::{ButtonKind, TextInput, button, text_input};
use crate::ui::list::{Cell, Column, FoundClient, Table, empty, results, table};
use crate::ui::page::{container, heading, reading};

const RESULTS: usize = 20;
const SUGGESTED: usize = 8;

pub(crate) async fn caseload(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if visit.role == Role::Administrator {
        return Err(Fail::not_found());
    }
    let opened = app.service.caseload(&visit).await?;
    let columns = ["Name", "Number", "Last contact", "Kept until", "Warning"].map(|label| Column {
        label,
        hidden: label == "Warning",
        ..Column::default()
    });
    let page = opened.map(|caseload| {
        let rows: Vec<Vec<Cell>> = caseload
            .files
            .iter()
            .map(|file| {
                vec![
                    html! { a.govuk-link href={ "/clients/" (file.who.client) } { (file.who.name) } },
                    html! { span.app-ref { (file.who.number) } },
                    html! { span.app-num { (dates::long(file.last_contact)) } },
                    html! { span.app-num { (dates::long(file.due)) } },
                    html! { @if file.near { (tag(TagKind::Warn, "Record ending")) } },
                ]
            })
            .collect();
        let count = dates::count(rows.len() as u64, "client");
        let body = container(html! {
            (heading("My clients", html! { p { (count) } }))
            @if rows.is_empty() { (empty("You have no clients yet. Register one to begin.")) }
            @else { div.app-panel { (table(Table { id: "caseload", caption: "Your clients by name", caption_hidden: true, columns: &columns, rows })) } }
        });
        staff(&app, &visit, At::Clients, "My clients", body)
    });
    release(page).await
}

fn search_form(q: &str) -> Markup {
    html! {
        form method="post" action="/clients/find" role="search" {
            (text_input(TextInput { name: "words", label: "Name, number, phone, postcode or date of birth", value: q, autocomplete: Some("off"), input_type: "search", ..TextInput::default() }))
            (button(ButtonKind::Main, "Find", None))
        }
    }
}

pub(crate) async fn find_page(State(app): State<App>, Signed(visit): Signed) -> Response {
    let body = reading(html! { (heading("Find a client", html! {})) div.app-panel { (search_form("")) } });
    staff(&app, &visit, At::Elsewhere, "Find a client", body).into_response()
}

pub(crate) async fn find(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    // The box in the head of each page is called q; this page's own has another name, since ids are unique.
    let form = form.only(&["q", "words"])?;
    let q = format!("{}{}", form.one("q")?, form.one("words")?);
    let found = app.service.find_clients(&visit, &q, RESULTS).await?;
    let page = found.map(|found| {
        let lines: Vec<Line> = found.iter().map(Line::of).collect();
        let shown: Vec<FoundClient<'_>> = lines.iter().map(Line::shown).collect();
        let body = reading(html! {
            (heading("Find a client", html! { p { (dates::count(found.len() as u64, "result")) } }))
            div.app-panel { (search_form(&q)) }
            @if found.is_empty() {
                (empty("Nobody was found. Try fewer letters, the surname alone, or the date of birth. A restricted file is not found here."))
            } @else { (results(&shown)) }
        });
        staff(&app, &visit, At::Elsewhere, "Find a client", body)
    });
    release(page).await
}

/// A line of the results, in the words that page and script show.
#[derive(Serialize)]
struct Line {
    href: String,
    name: String,
    number: String,
    born: String,
    why: String,
}

impl Line {
    fn of(found: &Found) -> Line {
        Line {
            href: format!("/clients/{}", found.who.client),
            name: found.who.name.clone(),
            number: found.who.number.clone(),
            born: found.who.born.map(dates::long).unwrap_or_default(),
            why: found.why.clone(),
        }
    }

    fn shown(&self) -> FoundClient<'_> {
        FoundClient {
            href: &self.href,
            name: &self.name,
            number: &self.number,
            born: &self.born,
            why: &self.why,
        }
    }
}

/// Search as you type: the same search, for a script.
pub(crate) async fn suggest(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["q"])?;
    let found = app.service.find_clients(&visit, form.one("q")?, SUGGESTED).await?;
    let lines = found.map(|found| found.iter().map(Line::of).collect::<Vec<_>>());
    Ok(Json(lines.release().await?).into_response())
}
