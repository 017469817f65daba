//! Somebody brings along what they told another service: every answer is shown with what becomes of it before anything is stored.
//!
//! Between the two pages the file travels in the form; it is written nowhere.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::portability::{self, Becomes, Brought, LARGEST};
use casework::{Fault, dates};
use maud::{Markup, html};
use multer::Multipart;
use notice::Category;
use records::clients::Registration;
use records::duplicates::OnFile;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::register::{OF_THE_NOTICE, SOMEBODY_ELSE, Sent, already, notice_panel};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, button, file_input, hidden};
use crate::ui::list::{Column, Table, table};
use crate::ui::page::{back, container, heading};
use crate::ui::words::{notice_banner, warning};

/// The field that holds the file.
const FILE: &str = "file";

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    app.service.begin_registering(&visit).await?;
    Ok(first_page(&app, &visit, None).into_response())
}

fn first_page(app: &App, visit: &Visit, fault: Option<&str>) -> Markup {
    let faults: Vec<Fault> = fault.map(|message| Fault::new(FILE, message)).into_iter().collect();
    let body = container(html! {
        (back("/clients/register"))
        (fields::summary(&faults))
        (heading("From another service", html! { p { "People can take along what they told another service that works with Kept." } }))
        div.app-panel { form method="post" action="/clients/take-in" enctype="multipart/form-data" novalidate {
            (file_input(FILE, "What they brought", "The file data.json from the zip file that the other service gave them. Nothing is stored before you have seen each answer.", ".json,application/json", fault))
            (button(ButtonKind::Main, "Look at it", None))
        } }
    });
    staff(app, visit, At::Register, "From another service", body)
}

/// Shows what becomes of each answer of a file.
pub(crate) async fn look(
    State(app): State<App>,
    Signed(visit): Signed,
    request: Request,
) -> Result<Response, Fail> {
    let bytes = received(request).await?;
    if bytes.is_empty() {
        return Ok(refused(&app, &visit, "Choose a file"));
    }
    let brought = match read(&app, &bytes) {
        Ok(brought) => brought,
        Err(fault) => return Ok(refused(&app, &visit, &fault.to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|_| Fail::bad_form("It is not text."))?;
    let key = new_key();
    let sent = Sent { key: &key, ..Sent::default() };
    Ok(second_page(&app, &visit, &brought, &text, &sent, None, &[]).into_response())
}

fn refused(app: &App, visit: &Visit, fault: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, first_page(app, visit, Some(fault))).into_response()
}

fn read(app: &App, bytes: &[u8]) -> Result<Brought, portability::Unreadable> {
    portability::read(bytes, app.service.notices().catalogue(), app.service.surroundings().today())
}

/// The bytes of the file; of one that is too large, a byte more than may be.
async fn received(request: Request) -> Result<Vec<u8>, Fail> {
    let broken = || Fail::bad_form("It broke off or was not sent by a page of this service.");
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok()).ok_or_else(broken)?;
    let mut parts = Multipart::new(request.into_body().into_data_stream(), boundary);
    let mut file = Vec::new();
    while let Some(mut part) = parts.next_field().await.map_err(|_| broken())? {
        if part.name() != Some(FILE) {
            return Err(Fail::bad_form("It has a field that this page does not ask for."));
        }
        while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
            // What is too much is read and thrown away, so that the browser listens to the answer.
            if file.len() <= LARGEST {
                file.extend_from_slice(&piece);
            }
        }
    }
    Ok(file)
}

const COLUMNS: [Column<'static>; 3] = [
    Column { label: "Question", numeric: false, hidden: false },
    Column { label: "Answer", numeric: false, hidden: false },
    Column { label: "What becomes of it", numeric: false, hidden: false },
];

fn lines(brought: &Brought) -> Markup {
    let row = |line: &portability::Line| {
        vec![
            html! { (line.label) },
            html! { (line.shown) },
            match &line.becomes {
                Becomes::Taken(_) => tag(TagKind::Ok, "Taken"),
                Becomes::LeftOut => html! { (tag(TagKind::Info, "Left out")) " Our notice does not name it" },
                Becomes::Wrong(why) => html! { (tag(TagKind::Warn, "Left out")) " " (why) },
            },
        ]
    };
    table(Table {
        id: "answers",
        caption: "Every answer of the file",
        caption_hidden: true,
        columns: &COLUMNS,
        rows: brought.lines.iter().map(row).collect(),
    })
}

fn second_page(
    app: &App,
    visit: &Visit,
    brought: &Brought,
    text: &str,
    sent: &Sent<'_>,
    on_file: Option<&OnFile>,
    faults: &[Fault],
) -> Markup {
    let missing = brought.page(Category::Contact).missing_for_registration(app.service.notices().service());
    let body = container(html! {
        (back("/clients/take-in"))
        (fields::summary(faults))
        (heading("From another service", html! { p { "From " (brought.service) ", made on " (dates::long(brought.made)) ". Nothing is stored yet." } }))
        (panel("answers-panel", "What they brought", None, lines(brought)))
        @if missing.is_empty() {
            form method="post" action="/clients/take-in/register" novalidate {
                (hidden("form", sent.key))
                (hidden(FILE, text))
                @if let Some(on_file) = on_file { (already(on_file)) }
                (notice_panel(app, sent, faults))
                (button(ButtonKind::Main, "Register", None))
            }
        } @else {
            (warning("There is not enough to register them."))
            @for fault in &missing { p.govuk-body { (fault.message) "." } }
            p.govuk-body { a.govuk-link href="/clients/register" { "Register them by hand" } }
        }
    });
    staff(app, visit, At::Register, "From another service", body)
}

/// Registers the client with what they brought.
pub(crate) async fn register(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let known: Vec<&str> = ["form", FILE, SOMEBODY_ELSE].into_iter().chain(OF_THE_NOTICE).collect();
    let form = form.only(&known)?;
    let (key, text) = (form.key()?, form.one(FILE)?);
    let brought = match read(&app, text.as_bytes()) {
        Ok(brought) => brought,
        Err(fault) => return Ok(refused(&app, &visit, &fault.to_string())),
    };
    let sent = Sent::of(&form)?;
    let again = |on_file: Option<&OnFile>, faults: &[Fault]| {
        second_page(&app, &visit, &brought, text, &sent, on_file, faults)
    };
    let (notice_given, agreed) = match sent.given(&app) {
        Ok(given) => given,
        Err(faults) => {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, again(None, &faults)).into_response());
        }
    };
    let contact = brought.page(Category::Contact);
    let person = contact.clone().joined(brought.page(Category::Identity));
    if !form.ticked(SOMEBODY_ELSE)
        && let Some(found) = app.service.on_file(&visit, key, &person).await?
    {
        return release(found.map(|found| again(Some(&found), &[]))).await;
    }
    let registration = Registration { form: key, contact, notice_given, agreed };
    match app.service.take_in(&visit, registration, &brought).await {
        Ok(taken) if taken.refused.is_empty() => {
            Ok(Redirect::to(&format!("/clients/{}", taken.client)).into_response())
        }
        Ok(taken) => Ok(in_part(&app, &visit, &taken).into_response()),
        Err(Error::Faults(faults)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, again(None, &faults)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The client is registered, and some answers are not theirs to store who did it.
fn in_part(app: &App, visit: &Visit, taken: &records::taking_in::TakenIn) -> Markup {
    let notices = app.service.notices();
    let body = container(html! {
        (heading("From another service", html! { p { "The client is registered." } }))
        (notice_banner(html! { "Your role may not store these, so they were left out: "
            @for (at, category) in taken.refused.iter().enumerate() { @if at > 0 { ", " } (notices.service().category(*category).map_or(category.code(), |one| one.label.as_str())) } "." }))
        p.govuk-body { a.govuk-link href={ "/clients/" (taken.client) } { "Open the file" } }
    });
    staff(app, visit, At::Register, "From another service", body)
}
