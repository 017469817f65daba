//! The page on which anybody here writes down that somebody asked of whom no file was found.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::requests::{Came, Kind, WithoutFileTyped};
use casework::{Fault, RequestId};
use maud::{Markup, html};
use records::requests::works_off;
use records::{Error, Visit};
use serde::Deserialize;

use super::boxes;
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, Choice, Choices, DateInput, button, date_input, hidden, radios};
use crate::ui::page::{heading, reading};
use crate::ui::words::{banner, inset};

/// Where the page is.
pub(crate) const ADDRESS: &str = "/requests/new";
const TITLE: &str = "Somebody without a file asks";

#[derive(Deserialize)]
pub(crate) struct Ask {
    /// What was written down just now.
    #[serde(default)]
    made: Option<RequestId>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    app.service.begin_request_without_file(&visit).await?;
    let made = match ask.made {
        Some(made) => Some(app.service.request_reference(made).await?),
        None => None,
    };
    let typed = WithoutFileTyped::default();
    Ok(whole(&app, &visit, &new_key(), &typed, &[], made.as_deref()).into_response())
}

fn whole(
    app: &App,
    visit: &Visit,
    key: &str,
    typed: &WithoutFileTyped,
    faults: &[Fault],
    made: Option<&str>,
) -> Markup {
    let body = reading(html! {
        @if let Some(reference) = made {
            (banner(&format!("Written down as {reference}. The clock runs, and the governance lead sees it")))
            (inset(html! { "Write " b { (reference) } " on their letter or email, hand it to the governance lead, and give them the number: it is all that Kept knows." }))
        }
        (fields::summary(faults))
        (heading(TITLE, html! {
            p { "Anybody may ask what is held about them, and complain, also when nothing is. Look for a file first, by each name and number that they have had; if there is one, write it down there, under Rights." }
            p { "Kept keeps no name and no word of somebody without a file. What they said stays on their letter or email, or on a sheet of paper, with the number that you get here." }
        }))
        (form(key, typed, faults))
    });
    staff(app, visit, At::Elsewhere, TITLE, body)
}

fn form(key: &str, typed: &WithoutFileTyped, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let choices = |all: Vec<(&'static str, &'static str)>, chosen: &str| {
        let choice = |(value, label)| Choice { value, label, checked: value == chosen, ..Choice::default() };
        all.into_iter().map(choice).collect::<Vec<_>>()
    };
    html! {
        form.app-panel.app-note method="post" action=(ADDRESS) novalidate {
            (hidden("form", key))
            (radios(Choices { name: "kind", legend: "What do they ask for?", options: choices(Kind::ALL.iter().map(|k| (k.code(), k.words())).collect(), &typed.kind), error: error("kind"), ..Choices::default() }))
            (radios(Choices { name: "came", legend: "How did it come?", inline: true, options: choices(Came::ALL.iter().map(|c| (c.code(), c.words())).collect(), &typed.came), error: error("came"), ..Choices::default() }))
            (date_input(DateInput { name: "received", legend: "When did it come?", hint: Some("Today, if left empty"), day: &typed.received.day, month: &typed.received.month, year: &typed.received.year, error: error("received"), ..DateInput::default() }))
            (button(ButtonKind::Main, "Write it down", None))
        }
    }
}

pub(crate) async fn record(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "kind", "came", "received-day", "received-month", "received-year"])?;
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed =
        WithoutFileTyped { kind: text("kind")?, came: text("came")?, received: boxes(&sent, "received")? };
    let faults = match typed.read(app.service.surroundings().today()) {
        Ok(taken) => match app.service.record_request_without_file(&visit, sent.key()?, &taken).await {
            Ok(made) if works_off(visit.role) => {
                return Ok(Redirect::to(&format!("/requests/{made}")).into_response());
            }
            Ok(made) => return Ok(Redirect::to(&format!("{ADDRESS}?made={made}")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let page = whole(&app, &visit, sent.one("form")?, &typed, &faults, None);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
