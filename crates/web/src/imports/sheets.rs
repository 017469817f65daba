//! The page that asks which sheet of a workbook has the list.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::Fault;
use maud::{Markup, html};
use records::imports::Begun;
use records::{Error, Visit};

use super::shelf::{Held, Listed};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::ui::form::{ButtonKind, Choice, Choices, button, radios};
use crate::ui::page::{back, heading, reading};

const SHEET: &str = "sheet";

/// Asks which.
pub(super) fn which_sheet(
    app: &App,
    visit: &Visit,
    held: &str,
    sheets: &[String],
    wrong: Option<(&str, &str)>,
) -> Markup {
    let (chosen, error) = wrong.unzip();
    let faults: Vec<Fault> = error.map(|message| Fault::new(SHEET, message)).into_iter().collect();
    let options = sheets
        .iter()
        .map(|name| Choice {
            value: name,
            label: name,
            checked: chosen == Some(name.as_str()),
            ..Choice::default()
        })
        .collect();
    let body = reading(html! {
        (back("/import"))
        (fields::summary(&faults))
        (heading("Which sheet has the list?", html! { p { "This workbook has several. One is brought in at a time." } }))
        form method="post" action={ "/import/" (held) } novalidate {
            (radios(Choices { name: SHEET, legend: "Sheets that have something in them", options, error, ..Choices::default() }))
            (button(ButtonKind::Main, "Look at its columns", None))
        }
    });
    staff(app, visit, At::Team, "Which sheet has the list?", body)
}

/// Reads the sheet that was chosen.
pub(super) async fn choose(
    app: &App,
    visit: &Visit,
    held: &Held,
    sheets: &[String],
    form: &Form,
) -> Result<Response, Fail> {
    let chosen = form.one(SHEET)?;
    let ask = |message: &str| {
        let page = which_sheet(app, visit, &held.id, sheets, Some((chosen, message)));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    if !sheets.iter().any(|name| name == chosen) {
        return ask("Choose a sheet");
    }
    let source = held.list.source.clone().sheet(chosen);
    match app.service.begin_reading(&source, held.list.shape).await {
        Ok(begun @ Begun::Headed(_)) => {
            app.imports.choose(visit.staff, &held.id, Listed { source, shape: held.list.shape, begun });
            Ok(Redirect::to(&format!("/import/{}", held.id)).into_response())
        }
        Ok(Begun::WhichSheet(_)) => ask("Choose a sheet"),
        Err(Error::Faults(faults)) => ask(faults.first().map_or("", |fault| fault.message.as_str())),
        Err(error) => Err(error.into()),
    }
}
