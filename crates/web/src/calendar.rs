//! The calendar feed of an adviser's diary (iCalendar, RFC 5545): when and how, never who.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use casework::appointments::State as Ended;
use icalendar::{Calendar, Component as _, Event, EventStatus};
use jiff::Timestamp;
use maud::html;
use records::appointments::Booked;

use crate::App;
use crate::fail::Fail;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::page::{back, heading, reading};

/// Makes a new address and shows it, this once.
pub(crate) async fn make(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let secret = app.service.new_calendar_address(&visit).await?;
    let address = format!("{}/calendar/{secret}", app.options.origin);
    let body = reading(html! {
        (back("/account"))
        (heading("My calendar address", html! {}))
        (panel("address", "Your calendar address", None, html! {
            p.govuk-body { "Add this to the calendar on your phone or computer as a subscription. It is shown this once; whoever has it sees when you are booked, and never with whom." }
            p.govuk-body { code.app-code { (address) } }
            p.govuk-body { "If you had made one before, that one has stopped working." }
        }))
    });
    Ok(staff(&app, &visit, At::Elsewhere, "My calendar address", body).into_response())
}

/// Ends the address.
pub(crate) async fn end(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    app.service.end_calendar_address(&visit).await?;
    Ok(axum::response::Redirect::to("/account").into_response())
}

/// The feed. Who has the address may read it: calendars cannot sign in.
pub(crate) async fn feed(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, Fail> {
    let secret = secret.strip_suffix(".ics").unwrap_or(&secret);
    let booked = app.service.calendar(secret).await?.ok_or_else(Fail::not_found)?;
    let text = written(&booked, &app.options.origin, app.service.surroundings().now());
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

fn written(booked: &[Booked], origin: &str, now: Timestamp) -> String {
    let mut calendar = Calendar::new();
    calendar.name("Appointments");
    for one in booked {
        let mut event = Event::new();
        event
            .uid(&one.id.to_string())
            .add_property("DTSTAMP", utc(now))
            .add_property("DTSTART", utc(one.slot.starts()))
            .add_property("DTEND", utc(one.slot.ends()))
            .sequence(u32::try_from(one.version - 1).unwrap_or(0))
            .summary(&format!("Appointment: {}", one.way.words().to_lowercase()))
            .url(&format!("{origin}/appointments/{}", one.id))
            .status(match one.state {
                Ended::CancelledByClient | Ended::CancelledByUs => EventStatus::Cancelled,
                _ => EventStatus::Confirmed,
            });
        calendar.push(event.done());
    }
    calendar.to_string()
}

/// In UTC, so that no description of a time zone is needed: the change of the clocks is in the instant already.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
