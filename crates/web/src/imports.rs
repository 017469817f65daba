//! Bringing people in from another system's list, step by step: the file, its columns, what would happen, and how far it is.
//!
//! The file is held in memory for the hour that this takes and is written nowhere. Whoever takes an import up again sends the same
//! file again.

mod columns;
mod sheets;
mod shelf;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::import::columns::Shape;
use casework::{Fault, ImportId, dates};
use maud::{Markup, html};
use multer::Multipart;
use records::imports::{Begun, FILE, Headed, Import, Source, State as Stands};
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, button, buttons, file_input, radios};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{banner, progress as bar, warning};
use columns::{Typed, said, second_page};
use sheets::which_sheet;
pub(crate) use shelf::Shelf;
use shelf::{Going, Listed};

/// The largest list that is taken through a page; the command takes any.
const LARGEST: usize = 32 * 1024 * 1024;

fn managers(app: &App, visit: &Visit) -> Result<(), Fail> {
    app.service.may_import(visit).map_err(|_| Fail::not_found())
}

pub(crate) async fn begin(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let imports = app.service.imports().await?;
    Ok(first_page(&app, &visit, &imports, Shape::Plain, &[]).into_response())
}

fn first_page(app: &App, visit: &Visit, imports: &[Import], shape: Shape, faults: &[Fault]) -> Markup {
    let error = faults.iter().find(|fault| fault.field == *FILE).map(|fault| fault.message.as_str());
    let body = container(html! {
        (fields::summary(faults))
        (heading("Bring people in", html! { p { "From another system’s list. Nothing is written before you have seen what would happen." } }))
        div.app-panel { form method="post" action="/import" enctype="multipart/form-data" novalidate {
            (radios(Choices {
                name: "shape", legend: "Where does the list come from?",
                options: Shape::ALL.iter().map(|one| Choice { value: one.code(), label: one.words(), checked: *one == shape, ..Choice::default() }).collect(),
                ..Choices::default()
            }))
            (file_input(FILE, "The list", "A CSV file or an Excel workbook (.xlsx), one person a row, with the headings in its first line. Up to 32 MB here; larger lists with the command kept client import.", ".csv,.xlsx,text/csv,text/plain", error))
            (button(ButtonKind::Main, "Look at its columns", None))
        } }
        (panel("imports", "What was brought in", None, list(app, imports)))
    });
    staff(app, visit, At::Team, "Bring people in", body)
}

const COLUMNS: [Column<'static>; 5] = [
    Column { label: "When", numeric: false, hidden: false },
    Column { label: "By", numeric: false, hidden: false },
    Column { label: "Brought in", numeric: true, hidden: false },
    Column { label: "Left out", numeric: true, hidden: false },
    Column { label: "How it stands", numeric: false, hidden: false },
];

fn list(app: &App, imports: &[Import]) -> Markup {
    if imports.is_empty() {
        return empty("Nobody was brought in yet.");
    }
    let directory = app.service.directory();
    let row = |import: &Import| -> Vec<Cell> {
        let begun = app.service.surroundings().civil(import.begun);
        vec![
            html! { (dates::long(begun.date())) ", " (crate::file::clock(&begun)) },
            html! { (import.staff.map_or("Command", |id| directory.name(id))) },
            html! { (import.made) },
            html! { (import.left_out) },
            html! {
                @match import.state {
                    Stands::Running => { (tag(TagKind::Warn, "Not through")) " Send the same file again to go on" },
                    Stands::Done => (tag(TagKind::Ok, "Through")),
                    Stands::Undone => (tag(TagKind::Info, "Undone")),
                }
                @if import.state != Stands::Undone { " " a.govuk-link href={ "/imports/" (import.id) "/undo" } { "Undo" span.govuk-visually-hidden { " the import of " (dates::long(begun.date())) } } }
            },
        ]
    };
    let rows = imports.iter().map(row).collect();
    table(Table {
        id: "import-list",
        caption: "Imports, the newest first",
        caption_hidden: true,
        columns: &COLUMNS,
        rows,
    })
}

/// Takes the file in.
pub(crate) async fn take(
    State(app): State<App>,
    Signed(visit): Signed,
    request: Request,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let (shape, bytes) = received(request).await?;
    let wrong = if bytes.is_empty() {
        vec![Fault::new(FILE, "Choose a file")]
    } else if bytes.len() > LARGEST {
        vec![Fault::new(FILE, "This file is larger than 32 MB. Use the command kept client import for it")]
    } else {
        let source = Source::bytes(bytes);
        match app.service.begin_reading(&source, shape).await {
            Ok(begun) => {
                let list = Listed { source, shape, begun };
                let held = app.imports.hold(visit.staff, list, app.service.surroundings().now());
                return Ok(Redirect::to(&format!("/import/{held}")).into_response());
            }
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        }
    };
    let imports = app.service.imports().await?;
    let page = first_page(&app, &visit, &imports, shape, &wrong);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The kind of list and its bytes; of a list that is too large, a byte more than may be.
async fn received(request: Request) -> Result<(Shape, Vec<u8>), Fail> {
    let broken = || Fail::bad_form("It broke off or was not sent by a page of this service.");
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok()).ok_or_else(broken)?;
    let mut parts = Multipart::new(request.into_body().into_data_stream(), boundary);
    let (mut shape, mut file) = (Shape::Plain, Vec::new());
    while let Some(mut part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
            // What is too much is read and thrown away, so that the browser listens to the answer.
            if bytes.len() <= LARGEST {
                bytes.extend_from_slice(&piece);
            }
        }
        match name.as_str() {
            "shape" => {
                let code = String::from_utf8(bytes).map_err(|_| broken())?;
                shape = Shape::of(&code)
                    .ok_or_else(|| Fail::bad_form("A choice is none of those on the page."))?;
            }
            FILE => file = bytes,
            _ => return Err(Fail::bad_form("It has a field that this page does not ask for.")),
        }
    }
    Ok((shape, file))
}

pub(crate) async fn held(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(held): Path<String>,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let held = app.imports.find(visit.staff, &held).ok_or_else(gone)?;
    if !matches!(held.going(), Going::Waiting) {
        return Ok(Redirect::to(&format!("/import/{}/progress", held.id)).into_response());
    }
    Ok(match &held.list.begun {
        Begun::Headed(headed) => second_page(&app, &visit, &held.id, headed, &Typed::default(), None, &[]),
        Begun::WhichSheet(sheets) => which_sheet(&app, &visit, &held.id, sheets, None),
    }
    .into_response())
}

fn gone() -> Fail {
    Fail::page(
        StatusCode::NOT_FOUND,
        "This list is not held any more",
        "A list is held for an hour and written nowhere. Send it again under The team, Bring people in: what you said about its columns is remembered once it was brought in.",
    )
}

/// Looks what would happen, or brings the list in.
pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let held = app.imports.find(visit.staff, &id).ok_or_else(gone)?;
    let mut headed = match &held.list.begun {
        Begun::Headed(headed) => Headed::clone(headed),
        Begun::WhichSheet(sheets) => {
            return sheets::choose(&app, &visit, &held, sheets, &form.only(&["sheet"])?).await;
        }
    };
    let form = form.only(&[
        "column-*",
        "order-*",
        "value-*",
        "how",
        "agreed",
        "adviser",
        "last_contact-day",
        "last_contact-month",
        "last_contact-year",
        "basis",
        "leave_faults_out",
        "even_alike",
        "do",
    ])?;
    let (typed, asked, mut faults) = said(&app, &form, &mut headed)?;
    let mut report = None;
    if let Some(asked) = asked {
        match app.service.check_import(&held.list.source, &asked).await {
            Ok(found) => {
                let stops = found.checked.faults > 0 && !asked.leave_faults_out;
                let unsaid = found
                    .checked
                    .dates
                    .iter()
                    .any(|(at, seen)| seen.has_to_be_asked() && !asked.plan.orders.contains_key(at));
                if form.one("do")? == "run" && !stops && !unsaid && found.ready > 0 {
                    app.imports.set_out(&app, visit.clone(), &held, asked, found.checked.rows);
                    return Ok(Redirect::to(&format!("/import/{id}/progress")).into_response());
                }
                if form.one("do")? == "run" {
                    let words = if unsaid {
                        "Say for each column of dates what comes first"
                    } else if stops {
                        "Put the faults right and send the list again, or leave those rows out"
                    } else {
                        "There is nobody to bring in"
                    };
                    faults.push(Fault::new("column-0", words));
                }
                report = Some(found);
            }
            Err(Error::Faults(more)) => {
                faults.extend(more.into_iter().map(|fault| Fault::new("column-0", fault.message)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = second_page(&app, &visit, &id, &headed, &typed, report.as_ref(), &faults);
    Ok((status, page).into_response())
}

/// How far it is: a page that asks again by itself.
pub(crate) async fn progress(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let held = app.imports.find(visit.staff, &id).ok_or_else(gone)?;
    let going = held.going();
    let running = matches!(going, Going::Running { .. });
    let body = reading(html! {
        @match &going {
            Going::Waiting => { (heading("Nothing was brought in yet", html! {})) p.govuk-body { a.govuk-link href={ "/import/" (id) } { "Look at the columns" } } },
            Going::Running { line, made, rows } => {
                (heading("Bringing people in", html! {}))
                (bar("Lines", usize::try_from(*line).unwrap_or(0), usize::try_from(*rows + 1).unwrap_or(1)))
                p.govuk-body { (made) " brought in so far. You can leave this page: it goes on." }
                form method="post" action={ "/import/" (id) "/stop" } { (button(ButtonKind::Secondary, "Stop", None)) }
            },
            Going::Done { made, stopped } => {
                @if *stopped { (banner("Stopped. What was brought in stays")) } @else { (banner("The list is brought in")) }
                (heading(&format!("{} brought in", dates::count(*made, "person").replace("persons", "people")), html! {}))
                @if *stopped { p.govuk-body { "Send the same file again to go on from there, or undo it." } }
                p.govuk-body { a.govuk-link href="/import" { "What was brought in" } ". " a.govuk-link href="/duplicates" { "People who may be on file twice" } "." }
            },
            Going::Failed(why) => {
                (heading("The list was not brought in as a whole", html! {}))
                (warning(why))
                p.govuk-body { "What was brought in stays. Send the same file again to go on from there, or undo it. " a.govuk-link href="/import" { "What was brought in" } }
            },
        }
    });
    let mut response = staff(&app, &visit, At::Team, "Bringing people in", body).into_response();
    if running {
        response.headers_mut().insert("refresh", HeaderValue::from_static("2"));
    }
    Ok(response)
}

pub(crate) async fn stop(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    form.only(&[])?;
    app.imports.find(visit.staff, &id).ok_or_else(gone)?.stop();
    Ok(Redirect::to(&format!("/import/{id}/progress")).into_response())
}

/// What undoing would do, before it is done: what is erased does not come back.
pub(crate) async fn ask_undo(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    let id: ImportId = id.parse().map_err(|_| Fail::not_found())?;
    let import = app.service.import(id).await?;
    let begun = app.service.surroundings().civil(import.begun).date();
    let body = reading(html! {
        (back("/import"))
        (heading("Undo this import?", html! {}))
        p.govuk-body { "On " (dates::long(begun)) ", " (dates::count(import.made, "file")) " came with it." }
        (warning("Each of these files is erased, and none comes back. A file that somebody has worked with since stays."))
        form method="post" action={ "/imports/" (id) "/undo" } {
            (buttons(html! {
                (button(ButtonKind::Warning, "Erase what came with it", None))
                a.govuk-link href="/import" { "Cancel" }
            }))
        }
    });
    Ok(staff(&app, &visit, At::Team, "Undo this import?", body).into_response())
}

pub(crate) async fn undo(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    managers(&app, &visit)?;
    form.only(&[])?;
    let id: ImportId = id.parse().map_err(|_| Fail::not_found())?;
    let undone = app.service.undo_import(Some(&visit), id).await?;
    let body = reading(html! {
        (banner("The import is undone"))
        (heading(&format!("{} erased", dates::count(undone.erased, "file")), html! {}))
        @if undone.kept > 0 { p.govuk-body { (dates::count(undone.kept, "file")) " stay, because somebody has worked with them since." } }
        p.govuk-body { "Nothing of the erased files can be read in the service. Copies and backups: final when the keyring begins its next epoch, tonight." }
        p.govuk-body { a.govuk-link href="/import" { "What was brought in" } }
    });
    Ok(staff(&app, &visit, At::Team, "The import is undone", body).into_response())
}
