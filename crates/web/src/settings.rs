//! My settings: how close together lists are, and whether single keys do something.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use maud::{Markup, html};
use records::Visit;
use records::my_settings::{Density, MySettings};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, places, searches, staff};
use crate::query::Query;
use crate::shortcuts;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, Choice, Choices, button, radios};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::banner;

const DENSITY: &str = "density";
const SHORTCUTS: &str = "shortcuts";

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed, Query(ask): Query<Ask>) -> Response {
    let MySettings { density, shortcuts } = app.service.my_settings(&visit);
    let chosen = (density.code(), if shortcuts { "on" } else { "off" });
    page(&app, &visit, chosen, &[], ask.done.is_some()).into_response()
}

fn page(app: &App, visit: &Visit, chosen: (&str, &str), faults: &[Fault], saved: bool) -> Markup {
    let error =
        |name: &str| faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str());
    let choice =
        |value, label, chosen: &str| Choice { value, label, checked: value == chosen, ..Choice::default() };
    let densities = Density::ALL.iter().map(|one| choice(one.code(), one.words(), chosen.0));
    let body = reading(html! {
        (back("/account"))
        @if saved { (banner("Your settings are saved")) }
        (fields::summary(faults))
        (heading("My settings", html! {}))
        form method="post" action="/account/settings" novalidate {
            (panel("lists", "Lists", None, radios(Choices {
                name: DENSITY,
                legend: "How close together should the lines of lists be?",
                options: densities.collect(),
                error: error(DENSITY),
                ..Choices::default()
            })))
            (panel("keys", "Keyboard", None, html! {
                (radios(Choices {
                    name: SHORTCUTS,
                    legend: "Should a single key do something?",
                    hint: Some("Leave this off if you speak to your computer: words would set the keys off"),
                    options: vec![choice("off", "No", chosen.1), choice("on", "Yes, outside of boxes to type in", chosen.1)],
                    error: error(SHORTCUTS),
                    ..Choices::default()
                }))
                p.govuk-body { "Ctrl and K together go to the search for a client, whatever you choose. The keys below work where scripts run, never in a box to type in; and they lead to no other page while something on this one is typed and not sent." }
                (shortcuts::list(&places(visit, At::Elsewhere), searches(visit)))
            }))
            (button(ButtonKind::Main, "Save my settings", None))
        }
    });
    staff(app, visit, At::Elsewhere, "My settings", body)
}

pub(crate) async fn save(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&[DENSITY, SHORTCUTS])?;
    let (density, shortcuts) = (form.one(DENSITY)?, form.one(SHORTCUTS)?);
    let on = match shortcuts {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    if let (Some(density), Some(shortcuts)) = (Density::of(density), on) {
        app.service.change_my_settings(&visit, MySettings { density, shortcuts }).await?;
        return Ok(Redirect::to("/account/settings?done=saved").into_response());
    }
    let missing =
        |there: bool, name: &'static str| (!there).then(|| Fault::new(name, "Choose one of the two"));
    let faults: Vec<Fault> = missing(Density::of(density).is_some(), DENSITY)
        .into_iter()
        .chain(missing(on.is_some(), SHORTCUTS))
        .collect();
    let page = page(&app, &visit, (density, shortcuts), &faults, false);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
