//! Declaring a conflict of interest: a relative, a neighbour. From then on the file is closed to whoever declared it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use crate::App;
use crate::fail::Fail;
use crate::file::{client, head, title};
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, button, buttons};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::{banner, warning};

pub(crate) async fn ask(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.begin_booking(&visit, id).await?;
    let page = opened.map(|opened| {
        let today = app.service.surroundings().today();
        let body = html! {
            (head(visit.role, &opened.contact, id, today, "File", html! {}))
            (reading(html! {
                (back(&format!("/clients/{id}")))
                (heading("Do you know this client privately?", html! {}))
                p.govuk-body { "A relative, a friend, a neighbour, somebody you work with elsewhere: then another adviser should have this file." }
                (warning("From now on this file is closed to you, also with a reason. Only a manager can give it to somebody else."))
                form method="post" action={ "/clients/" (id) "/conflict" } {
                    (buttons(html! {
                        (button(ButtonKind::Warning, "Declare a conflict of interest", None))
                        a.govuk-link href={ "/clients/" (id) } { "Cancel" }
                    }))
                }
            }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&opened.contact, "conflict of interest"), body)
    });
    release(page).await
}

pub(crate) async fn declare(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    form.only(&[])?;
    app.service.declare_conflict(&visit, id).await?;
    Ok(Redirect::to("/conflict-declared").into_response())
}

pub(crate) async fn declared(State(app): State<App>, Signed(visit): Signed) -> Response {
    let body = reading(html! {
        (banner("Your conflict of interest is declared"))
        (heading("This file is closed to you now", html! {}))
        p.govuk-body { "If this client was in your caseload, your manager sees in the team view that somebody needs another adviser. If you cover for a colleague, tell your manager that somebody else has to. You need not say why." }
        p.govuk-body { "What is booked with you stays in your diary: ask reception to hand it to a colleague." }
        p.govuk-body { a.govuk-link href="/clients" { "Go to my clients" } }
    });
    staff(&app, &visit, At::Elsewhere, "Conflict of interest declared", body).into_response()
}
