//! The page behind the address in a message: whoever's appointment was called off chooses another time. Somebody else may see the
//! phone, so it says no more than the message did: no name, not whose service it is.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::appointments::{Slot, State as Ended};
use casework::{Fault, dates};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use records::Error;
use records::appointments::{Booked, Chance};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::clock;
use crate::form::Form;
use crate::query::Query;
use crate::ui::form::{ButtonKind, button};
use crate::ui::page::neutral;

/// Which day's times are shown.
#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    day: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Path(secret): Path<String>,
    Query(Ask { day }): Query<Ask>,
) -> Result<Response, Fail> {
    page(&app, &secret, day.parse().ok(), &[]).await
}

pub(crate) async fn choose(
    State(app): State<App>,
    Path(secret): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["time"])?;
    let chosen = form.one("time")?.parse::<Timestamp>();
    let starts = chosen.map_err(|_| Fail::bad_form("Its time is none of those that were offered."))?;
    let day = app.service.surroundings().civil(starts).date();
    match app.service.choose_again(&secret, starts).await {
        Ok(_) => Ok(Redirect::to(&format!("/again/{secret}")).into_response()),
        Err(Error::Faults(faults)) => page(&app, &secret, Some(day), &faults).await,
        // What became of it is said by the page itself.
        Err(Error::NoSuchFile | Error::ChangedMeanwhile) => page(&app, &secret, None, &[]).await,
        Err(Error::Refused(_)) => Ok(answer(StatusCode::FORBIDDEN, "Please ring us", only_by_phone(&app))),
        Err(error) => Err(error.into()),
    }
}

async fn page(app: &App, secret: &str, day: Option<Date>, faults: &[Fault]) -> Result<Response, Fail> {
    let called_off = match app.service.chance(secret).await? {
        Some(Chance::Open(booked)) => booked,
        Some(Chance::Chosen(booked)) => {
            return Ok(answer(StatusCode::OK, "Your appointment", chosen(app, &booked)));
        }
        Some(Chance::BookedSince) => {
            let said = html! { p.govuk-body { "Another appointment was booked for you already. If you do not know when it is, or cannot come, " (ring(app)) "." } };
            return Ok(answer(StatusCode::OK, "You have another appointment", said));
        }
        None => {
            let said = html! { p.govuk-body { "It may be old: an address works for two weeks. To choose another time, " (ring(app)) "." } };
            return Ok(answer(StatusCode::NOT_FOUND, "This address does not work any more", said));
        }
    };
    let days = app.service.times_to_choose(&called_off).await?;
    let times = days.iter().find(|(one, _)| Some(*one) == day);
    let body = html! {
        (fields::summary(faults))
        h1.govuk-heading-l { "Choose another time" }
        p.govuk-body { "Your appointment on " (when(app, &called_off)) " is cancelled. The new one takes as long, in the same way as before." }
        @match times {
            Some((day, times)) => { (of_day(app, secret, *day, times)) }
            None if days.is_empty() => { (only_by_phone(app)) }
            None => { (of_days(secret, day.is_some(), &days)) }
        }
        @if !days.is_empty() { p.govuk-body { "If none of these suits you, " (ring(app)) "." } }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, neutral("Choose another time", body)).into_response())
}

/// The days with a free time: each leads to its times.
fn of_days(secret: &str, gone: bool, days: &[(Date, Vec<Slot>)]) -> Markup {
    html! {
        @if gone { p.govuk-body { strong { "No time is free on that day any more." } } }
        h2.govuk-heading-m #time { "Choose a day" }
        form.app-times method="get" action={ "/again/" (secret) } { @for (day, _) in days {
            button class="govuk-button govuk-button--secondary" name="day" value=(day) { (day.strftime("%a %-d %b").to_string()) }
        } }
    }
}

/// The times of one day: choosing one books it.
fn of_day(app: &App, secret: &str, day: Date, times: &[Slot]) -> Markup {
    html! {
        h2.govuk-heading-m #time { "Choose a time on " (dates::with_weekday(day)) }
        form.app-times method="post" action={ "/again/" (secret) } { @for slot in times {
            @let at = app.service.surroundings().civil(slot.starts());
            (button(ButtonKind::Secondary, &clock(&at), Some(("time", &slot.starts().to_string()))))
        } }
        p.govuk-body { a.govuk-link href={ "/again/" (secret) } { "Choose another day" } }
    }
}

fn chosen(app: &App, booked: &Booked) -> Markup {
    html! {
        @if booked.state == Ended::Booked {
            p.govuk-body-l { "You are booked on " strong { (when(app, booked)) } "." }
            p.govuk-body { "You will be sent a message that says so. If you cannot come, " (ring(app)) "." }
        } @else {
            p.govuk-body { "You chose " (when(app, booked)) ". It has changed since. If you do not know when your appointment is, " (ring(app)) "." }
        }
    }
}

fn when(app: &App, booked: &Booked) -> String {
    let at = app.service.surroundings().civil(booked.slot.starts());
    format!("{} at {}", dates::with_weekday(at.date()), clock(&at))
}

/// How to reach the service, within a sentence.
fn ring(app: &App) -> Markup {
    let phone = app.service.post().map(|post| post.house().phone.as_str()).filter(|phone| !phone.is_empty());
    html! { @match phone {
        Some(phone) => { "ring " span.app-num { (phone) } }
        None => { "ring the number in the message" }
    } }
}

fn only_by_phone(app: &App) -> Markup {
    html! { p.govuk-body { "No time can be chosen here now. To book one, " (ring(app)) "." } }
}

fn answer(status: StatusCode, heading: &str, said: Markup) -> Response {
    let body = html! { h1.govuk-heading-l { (heading) } (said) };
    (status, neutral(heading, body)).into_response()
}
