//! Keeping a document elsewhere: with a programme that the client is on, or with the file itself again.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use maud::{Markup, html};
use records::Error;
use records::documents::{Document, Documents};
use records::written::PROGRAMME;

use super::{document, newest, one_page};
use crate::App;
use crate::fail::Fail;
use crate::file::client;
use crate::form::{Form, new_key};
use crate::layers;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, Select, button, hidden, select};

/// Where a document was to be kept, and what stands against it.
#[derive(Default)]
pub(super) struct Elsewhere {
    chosen: String,
    pub(super) faults: Vec<Fault>,
}

/// The form that keeps a document elsewhere; nothing if there is no other place for it.
pub(super) fn move_form(
    app: &App,
    here: &str,
    all: &Documents,
    document: &Document,
    newest: i64,
    elsewhere: &Elsewhere,
) -> Markup {
    let places = layers::elsewhere(app, &all.placements, document.programme);
    if places.is_empty() && elsewhere.faults.is_empty() {
        return html! {};
    }
    let options = places.iter().map(|(value, label)| (value.as_str(), label.as_str())).collect();
    let hint = "All its versions are locked anew and kept as the notice there says";
    let error = elsewhere.faults.first().map(|fault| fault.message.as_str());
    panel(
        "move",
        "Keep it elsewhere",
        None,
        html! {
            form method="post" action={ (here) "/move" } novalidate {
                (hidden("form", &new_key()))
                (hidden("newest", &newest.to_string()))
                (select(Select { name: PROGRAMME, label: "Keep it with", hint: Some(hint), options, value: &elsewhere.chosen, error }))
                (button(ButtonKind::Secondary, "Keep it there", None))
            }
        },
    )
}

pub(crate) async fn keep_elsewhere(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, code) = (client(&id)?, document(&code)?);
    let form = form.only(&["form", "newest", PROGRAMME])?;
    let (key, newest) = (form.key()?, newest(&form)?);
    let chosen = form.one(PROGRAMME)?.to_owned();
    let to = match chosen.as_str() {
        "" => None,
        one => Some(one.parse().map_err(|_| Fail::bad_form("It names a programme that is none."))?),
    };
    match app.service.move_document(&visit, id, code, newest, key, to).await {
        Ok(there) => Ok(Redirect::to(&format!("/clients/{id}/documents/{there}?done=moved")).into_response()),
        Err(Error::Faults(faults)) => {
            let elsewhere = Elsewhere { chosen, faults };
            let (page, _) = one_page(&app, &visit, id, code, None, None, &elsewhere).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
