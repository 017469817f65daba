//! Asking for a consent, and recording the answer.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::consents::{ConsentTyped, Said};
use casework::{ClientId, Fault};
use maud::{Markup, html};
use records::consents::{About, Asking};
use records::{Error, Visit};

use super::{TAB, about, stands};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextInput, button, date_input, hidden, radios, text_input, tick,
};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::notice_banner;

pub(crate) async fn ask(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, what)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, what) = (client(&id)?, about(&what)?);
    let opened = app.service.begin_consent(&visit, id, what).await?;
    let typed = ConsentTyped::default();
    release(opened.map(|asking| asking_page(&app, &visit, id, what, &asking, &new_key(), &typed, &[], false)))
        .await
}

const WAYS: [(&str, &str); 4] = [
    ("typed", "By typing the name"),
    ("drawn", "By hand, in the box below"),
    ("paper", "On paper"),
    ("spoken", "In words, before a witness"),
];

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
fn asking_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    what: About,
    asking: &Asking,
    key: &str,
    typed: &ConsentTyped,
    faults: &[Fault],
    changed: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let fault = |name: &str| faults.iter().find(|fault| fault.field == *name);
    let error = |name: &str| fault(name).map(|fault| fault.message.as_str());
    let chosen = |name, legend, options: Vec<(&'static str, &'static str)>, value: &str| {
        radios(Choices {
            name,
            legend,
            error: error(name),
            options: options
                .into_iter()
                .map(|(code, label)| Choice {
                    value: code,
                    label,
                    checked: code == value,
                    ..Choice::default()
                })
                .collect(),
            ..Choices::default()
        })
    };
    let line = |name, label, hint, value: &str| {
        text_input(TextInput {
            name,
            label,
            hint,
            value,
            error: error(name),
            autocomplete: Some("off"),
            input_type: "text",
            ..TextInput::default()
        })
    };
    let body = html! {
        (head(visit.role, &asking.contact, id, today, TAB, html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}/consent")))
            @if changed { (notice_banner(html! { "The words changed while you were reading. Go through them once more." })) }
            (fields::summary(faults))
            (heading(&format!("Ask for consent: {}", asking.title), html! {}))
            @if let Some(state) = asking.before { p.govuk-body { "So far: " (stands(state)) } }
            (panel("words", "Read this out, or let the client read it", None, html! {
                @for part in asking.wording.text.lines() { p.govuk-body { (part) } }
                @if let Some(explicit) = &asking.wording.explicit { p.govuk-body { b { (explicit) } } }
            }))
            form.app-note method="post" action={ "/clients/" (id) "/consent/ask/" (what) } novalidate {
                (hidden("form", key))
                (hidden("seen", &asking.digest))
                (chosen("said", "What does the client say?", Said::ALL.iter().map(|said| (said.code(), said.words())).collect(), &typed.said))
                @if let Some(explicit) = &asking.wording.explicit {
                    div #explicit {
                        @if let Some(error) = error("explicit") { p.govuk-error-message { (error) } }
                        (tick("explicit_said", &format!("The client says: {explicit}"), typed.explicit))
                    }
                }
                (chosen("way", "How do they say yes?", WAYS.to_vec(), &typed.way))
                (line("name", "Client’s name, typed as the signature", None, &typed.name))
                noscript { p.govuk-hint { "To sign by hand on the screen the browser has to run scripts. Choose another way." } }
                input type="hidden" name="strokes" value=(typed.strokes) data-sign="600x200";
                (line("witness", "Who else heard or saw it?", Some("Needed if it is said in words"), &typed.witness))
                (line("representative", "Who answers for the client, and by what right?", Some("Leave this empty if they answer themselves"), &typed.representative))
                (date_input(DateInput { name: "until", legend: "Until when?", hint: Some("Leave this empty if it holds until they take it back"), day: &typed.until.day, month: &typed.until.month, year: &typed.until.year, error: error("until"), ..DateInput::default() }))
                (button(ButtonKind::Main, "Record the answer", None))
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&asking.contact, "ask for consent"), body)
}

const FIELDS: [&str; 12] = [
    "form",
    "seen",
    "said",
    "explicit_said",
    "way",
    "name",
    "strokes",
    "witness",
    "representative",
    "until-day",
    "until-month",
    "until-year",
];

pub(crate) async fn answer(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, what)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, what) = (client(&id)?, about(&what)?);
    let sent = sent.only(&FIELDS)?;
    let key = sent.key()?;
    let text = |name: &str| sent.one(name).map(str::to_owned);
    let typed = ConsentTyped {
        said: text("said")?,
        way: text("way")?,
        name: text("name")?,
        strokes: text("strokes")?,
        witness: text("witness")?,
        representative: text("representative")?,
        explicit: sent.ticked("explicit_said"),
        until: Boxes { day: text("until-day")?, month: text("until-month")?, year: text("until-year")? },
    };
    let today = app.service.surroundings().today();
    let asking = app.service.begin_consent(&visit, id, what).await?.release().await?;
    let (mut status, mut changed) = (StatusCode::UNPROCESSABLE_ENTITY, false);
    let faults = match typed.read(asking.wording.explicit.is_some(), today) {
        Ok(answered) => {
            match app.service.answer_consent(&visit, id, what, key, sent.one("seen")?, answered).await {
                Ok(_) => {
                    return Ok(Redirect::to(&format!("/clients/{id}/consent?done=answered")).into_response());
                }
                Err(Error::Faults(faults)) => faults,
                Err(Error::ChangedMeanwhile) => {
                    (status, changed) = (StatusCode::CONFLICT, true);
                    Vec::new()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(faults) => faults,
    };
    let again = app.service.begin_consent(&visit, id, what).await?;
    let key = sent.one("form")?.to_owned();
    let page =
        again.map(|asking| asking_page(&app, &visit, id, what, &asking, &key, &typed, &faults, changed));
    Ok((status, release(page).await?).into_response())
}
