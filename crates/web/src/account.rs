//! My account: my sessions, my password, my recovery codes.

use access::Role;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use maud::{Markup, html};
use records::sessions::SessionLine;
use records::{Denied, Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::file::clock;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::sign_in::recovery_page;
use crate::signed::{self, Signed};
use crate::ui::file::{TagKind, panel, share_list, tag};
use crate::ui::form::{ButtonKind, TextInput, button, error_summary, text_input};
use crate::ui::page::{heading, reading};

/// Keeps the session alive: the page asked, because somebody is still there.
pub(crate) async fn stay(State(app): State<App>, Signed(visit): Signed) -> Response {
    let ends = visit.session.ends(app.service.surroundings().now()).as_second();
    Json(serde_json::json!({ "ends": ends })).into_response()
}

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let sessions = app.service.my_sessions(&visit).await?;
    let calendar = app.service.has_calendar_address(&visit).await?;
    Ok(page(&app, &visit, &sessions, calendar, &[]).into_response())
}

fn page(
    app: &App,
    visit: &Visit,
    sessions: &[SessionLine],
    calendar: bool,
    errors: &[(&str, &str)],
) -> Markup {
    let error = |name: &str| errors.iter().find(|(n, _)| *n == name).map(|(_, e)| *e);
    let now = app.service.surroundings().now();
    let confirmed = visit.session.confirmed_lately(now);
    let lines: Vec<(Markup, Markup)> = sessions
        .iter()
        .map(|line| {
            let (since, seen) = (app.service.surroundings().civil(line.created), app.service.surroundings().civil(line.seen));
            let mark = if line.this { tag(TagKind::Ok, "This one") } else { html! {} };
            (html! { "Signed in " (dates::long(since.date())) " " (clock(&since)) ", last used " (clock(&seen)) }, mark)
        })
        .collect();
    let body = reading(html! {
        @if !errors.is_empty() { (error_summary(errors)) }
        (heading("My account", html! {}))
        p.govuk-body { a.govuk-link href="/report-breach" { "Something went wrong with people’s data: report it" } }
        p.govuk-body { a.govuk-link href="/account/settings" { "My settings: how close together lists are, and keyboard shortcuts" } }
        (panel("sessions", "Where I am signed in", None, html! {
            (share_list(&lines))
            form method="post" action="/account/sign-out-everywhere" { (button(ButtonKind::Secondary, "Sign out everywhere", None)) }
        }))
        @if visit.role == Role::Adviser {
            (panel("calendar", "My diary on my phone", None, html! {
                p.govuk-body { "A secret address for your calendar. It shows when you are booked and how you meet, and no client’s name." }
                form method="post" action="/account/calendar" { (button(ButtonKind::Secondary, if calendar { "Make a new address" } else { "Make an address" }, None)) }
                @if calendar { form method="post" action="/account/calendar/end" { (button(ButtonKind::Secondary, "End my address", None)) } }
            }))
        }
        @if confirmed {
            (panel("password-panel", "Change my password", None, html! {
                p.govuk-body { "You stay signed in here; everywhere else you are signed out." }
                form method="post" action="/account/password" novalidate {
                    (text_input(TextInput { name: "password", label: "New password", hint: Some("At least 12 characters. Three or four random words are easy to remember."), error: error("password"), autocomplete: Some("new-password"), input_type: "password", ..TextInput::default() }))
                    (button(ButtonKind::Main, "Change password", None))
                }
            }))
            (panel("codes", "New recovery codes", None, html! {
                p.govuk-body { "The old ones stop working." }
                form method="post" action="/account/recovery-codes" { (button(ButtonKind::Secondary, "Make new codes", None)) }
            }))
        } @else {
            (panel("confirm", "Change password or recovery codes", None, html! {
                p.govuk-body { "First confirm that it is you. This counts for five minutes." }
                form method="post" action="/account/confirm" novalidate {
                    (text_input(TextInput { name: "code", label: "6-digit code from your phone", error: error("code"), autocomplete: Some("one-time-code"), inputmode: Some("numeric"), width: Some(10), input_type: "text", ..TextInput::default() }))
                    (button(ButtonKind::Main, "Confirm", None))
                }
            }))
        }
    });
    staff(app, visit, At::Elsewhere, "My account", body)
}

async fn wrong(app: &App, visit: &Visit, field: &str, denied: &Denied) -> Result<Response, Fail> {
    let sessions = app.service.my_sessions(visit).await?;
    let calendar = app.service.has_calendar_address(visit).await?;
    Ok((
        StatusCode::UNPROCESSABLE_ENTITY,
        page(app, visit, &sessions, calendar, &[(field, &denied.to_string())]),
    )
        .into_response())
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["code"])?;
    match app.service.confirm(&visit.token, form.one("code")?).await {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(Error::SignIn(denied)) if denied != Denied::SignedOut => {
            wrong(&app, &visit, "code", &denied).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn password(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["password"])?;
    match app.service.change_password(&visit.token, form.one("password")?).await {
        Ok(token) => Ok(signed::with_cookie(Redirect::to("/account").into_response(), &token)),
        Err(Error::SignIn(denied)) if denied != Denied::SignedOut => {
            let field = if denied == Denied::ConfirmFirst { "code" } else { "password" };
            wrong(&app, &visit, field, &denied).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn recovery_codes(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    match app.service.renew_recovery_codes(&visit.token).await {
        Ok(codes) => Ok(recovery_page(&app, &codes.0).into_response()),
        // The page stood open for longer than a confirmation counts: it asks for one.
        Err(Error::SignIn(denied @ Denied::ConfirmFirst)) => wrong(&app, &visit, "code", &denied).await,
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    Signed(visit): Signed,
    _: HeaderMap,
) -> Result<Response, Fail> {
    app.service.sign_out_everywhere(&visit).await?;
    Ok(signed::without_cookie(Redirect::to("/sign-in").into_response()))
}
