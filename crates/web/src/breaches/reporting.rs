//! Saying that something went wrong with people's data, open to everybody who works here.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use maud::{Markup, html};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, TextArea, button, hidden, textarea};
use crate::ui::page::{heading, reading};
use crate::ui::words::banner;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn ask(State(app): State<App>, Signed(visit): Signed, Query(ask): Query<Ask>) -> Markup {
    page(&app, &visit, &new_key(), "", &[], ask.done.is_some())
}

fn page(app: &App, visit: &Visit, key: &str, what: &str, faults: &[Fault], done: bool) -> Markup {
    let error = faults.iter().find(|fault| fault.field == "what").map(|fault| fault.message.as_str());
    let body = reading(html! {
        @if done { (banner("Written down. The governance lead sees it now, and may ask you for more")) }
        (fields::summary(faults))
        (heading("Report a breach", html! {}))
        p.govuk-body { "An email to the wrong person, a paper left behind, a file that somebody should not have seen. Report it at once, also when you are not sure: the governance lead judges it, and has 72 hours from the moment when any of us knew." }
        form.app-panel method="post" action="/report-breach" novalidate {
            (hidden("form", key))
            (textarea(TextArea { name: "what", label: "What happened?", hint: Some("When, which data, who may have seen it, and what you did already. Name clients by their number only"), value: what, error, rows: 6, ..TextArea::default() }))
            (button(ButtonKind::Main, "Report it", None))
        }
    });
    staff(app, visit, At::Elsewhere, "Report a breach", body)
}

pub(crate) async fn report(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["form", "what"])?;
    let what = sent.one("what")?;
    match app.service.report_breach(&visit, sent.key()?, what).await {
        Ok(()) => Ok(Redirect::to("/report-breach?done=1").into_response()),
        Err(Error::Faults(faults)) => {
            let page = page(&app, &visit, sent.one("form")?, what, &faults, false);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
