//! Holds: what keeps a file though its day comes or its client asks for its erasure.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::holds::{Authority, HoldTyped, MOST_MONTHS};
use casework::{ClientId, Fault, HoldId, dates};
use maud::{Markup, html};
use records::holds::Holds;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextArea, button, date_input, hidden, radios, textarea,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.holds(&visit, id).await?;
    release(opened.map(|holds| page(&app, &visit, id, &holds, &new_key(), &HoldTyped::default(), &[]))).await
}

fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    holds: &Holds,
    key: &str,
    typed: &HoldTyped,
    faults: &[Fault],
) -> Markup {
    let (today, directory) = (app.service.surroundings().today(), app.service.directory());
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let authorities = Authority::ALL.iter().map(|one| Choice {
        value: one.code(),
        label: one.words(),
        checked: typed.authority == one.code(),
        ..Choice::default()
    });
    let body = html! {
        (head(visit.role, &holds.contact, id, today, "File", html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}/erase")))
            (fields::summary(faults))
            (heading("Hold", html! { p { "A hold keeps a file though its day comes or its client asks for its erasure. The client can see it." } }))
            @for (line, why) in &holds.holds {
                (panel(&format!("hold-{}", line.id), line.authority.words(), None, html! {
                    @for words in why.lines() { p.govuk-body { (words) } }
                    p.app-muted { "Set by " (directory.name(line.placed_by)) " on " (dates::long(app.service.surroundings().civil(line.placed).date())) ", to be looked at again on " (dates::long(line.review)) "." }
                    form method="post" action={ "/clients/" (id) "/hold/" (line.id) } { (button(ButtonKind::Secondary, "Lift this hold", None)) }
                }))
            }
            form.app-panel method="post" action={ "/clients/" (id) "/hold" } novalidate {
                (hidden("form", key))
                (radios(Choices { name: "authority", legend: "By what authority is the file kept?", options: authorities.collect(), error: error("authority"), ..Choices::default() }))
                (textarea(TextArea { name: "reason", label: "Why?", value: &typed.reason, error: error("reason"), rows: 3, ..TextArea::default() }))
                (date_input(DateInput { name: "review", legend: "When do you look at it again?", hint: Some(&format!("In {MOST_MONTHS} months at the latest")), day: &typed.review.day, month: &typed.review.month, year: &typed.review.year, error: error("review"), ..DateInput::default() }))
                (button(ButtonKind::Main, "Put the file on hold", None))
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&holds.contact, "hold"), body)
}

pub(crate) async fn set(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sent = sent.only(&["form", "authority", "reason", "review-day", "review-month", "review-year"])?;
    let key = sent.key()?;
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed = HoldTyped {
        authority: text("authority")?,
        reason: text("reason")?,
        review: Boxes { day: text("review-day")?, month: text("review-month")?, year: text("review-year")? },
    };
    let faults = match typed.read(app.service.surroundings().today()) {
        Ok(hold) => match app.service.set_hold(&visit, id, key, &hold).await {
            Ok(_) => return Ok(Redirect::to(&format!("/clients/{id}/hold")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let opened = app.service.holds(&visit, id).await?;
    let key = sent.one("form")?.to_owned();
    let page = opened.map(|holds| page(&app, &visit, id, &holds, &key, &typed, &faults));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

pub(crate) async fn lift(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, hold)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let hold: HoldId = hold.parse().map_err(|_| Fail::not_found())?;
    sent.only(&[])?;
    app.service.lift_hold(&visit, id, hold).await?;
    Ok(Redirect::to(&format!("/clients/{id}/hold")).into_response())
}

/// Every hold in force, those to be looked at first. No client is named.
pub(crate) async fn all(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let holds = app.service.all_holds(&visit).await?;
    let (today, directory) = (app.service.surroundings().today(), app.service.directory());
    let columns = ["Look again", "By what authority", "Set by", "The file"]
        .map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = holds
        .iter()
        .map(|(line, file)| {
            vec![
                html! { (dates::short(line.review)) @if line.review <= today { " " (tag(TagKind::Stop, "Now")) } },
                html! { (line.authority.words()) },
                html! { (directory.name(line.placed_by)) },
                html! { a.govuk-link href={ "/clients/" (file) "/hold" } { "Look at the hold" span.govuk-visually-hidden { " of " (dates::short(line.review)) } } },
            ]
        })
        .collect();
    let body = container(html! {
        (back("/erasures"))
        (heading("Files on hold", html! { p { "Each is looked at again by its day: lift the hold as soon as its reason is gone." } }))
        @if rows.is_empty() { (empty("No file is on hold.")) }
        @else { div.app-panel { (table(Table { id: "holds", caption: "Files on hold, those to be looked at first", caption_hidden: true, columns: &columns, rows })) } }
    });
    Ok(staff(&app, &visit, At::Elsewhere, "Files on hold", body).into_response())
}
