//! Signing in: password, code, invitation, set-up of the second factor.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use records::{Denied, Error, Token};
use serde::Deserialize;

use crate::fail::Fail;
use crate::form::Form;
use crate::guard::{Caller, not_too_often, went_well};
use crate::query::Query;
use crate::signed;
use crate::ui::form::{ButtonKind, TextInput, button, error_summary, hidden, text_input};
use crate::ui::page::{NarrowPage, narrow};
use crate::ui::words;
use crate::{App, DemoPerson};

/// What is carried over a sign-in: where to go, or what was sent when the session had ended.
#[derive(Default)]
struct Carried {
    to: String,
    body: String,
}

impl Carried {
    fn of(form: &Form) -> Result<Carried, Fail> {
        Ok(Carried { to: form.one("to")?.to_owned(), body: form.one("body")?.to_owned() })
    }

    fn fields(&self) -> Markup {
        html! { @if !self.to.is_empty() { (hidden("to", &self.to)) } @if !self.body.is_empty() { (hidden("body", &self.body)) } }
    }

    /// Only paths of this service are gone to.
    fn path(&self) -> &str {
        let own =
            self.to.starts_with('/') && !self.to.starts_with("//") && !self.to.contains(['\\', '\r', '\n']);
        if own { &self.to } else { "/" }
    }
}

#[derive(Deserialize)]
pub(crate) struct To {
    #[serde(default)]
    to: String,
}

/// To the sign-in page, and afterwards back to `path`.
pub(crate) fn then_to(path: &str) -> Response {
    let mut to = form_urlencoded::Serializer::new(String::from("/sign-in?"));
    to.append_pair("to", path);
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(&to.finish().replace("?&", "?")) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// The sign-in page for somebody whose session ended while they were typing.
pub(crate) fn carrying(app: &App, path: &str, body: &str) -> Response {
    let carried = Carried { to: path.to_owned(), body: body.to_owned() };
    let banner = words::inset(
        html! { p { "You were signed out while you were writing. Nothing is lost: sign in, and what you typed is there." } },
    );
    (StatusCode::UNAUTHORIZED, password_page(app, &carried, "", None, banner)).into_response()
}

pub(crate) async fn show(
    State(app): State<App>,
    Query(To { to }): Query<To>,
    headers: HeaderMap,
) -> Response {
    let carried = Carried { to, body: String::new() };
    if let Some(token) = signed::token(&headers)
        && app.service.visit(&token).await.is_ok()
    {
        return Redirect::to(carried.path()).into_response();
    }
    password_page(&app, &carried, "", None, html! {}).into_response()
}

fn page(app: &App, title: &str, body: Markup) -> Markup {
    let notices = app.service.notices();
    narrow(NarrowPage { title, service: &notices.service().service, body })
}

fn password_page(app: &App, carried: &Carried, email: &str, error: Option<&str>, above: Markup) -> Markup {
    let errors: Vec<(&str, &str)> = error.map(|e| ("email", e)).into_iter().collect();
    let body = html! {
        @if error.is_some() { (error_summary(&errors)) }
        (above)
        h1.govuk-heading-l { "Sign in" }
        form method="post" action="/sign-in" novalidate {
            (carried.fields())
            (text_input(TextInput { name: "email", label: "Email address", value: email, error, autocomplete: Some("username"), inputmode: Some("email"), input_type: "email", ..TextInput::default() }))
            (text_input(TextInput { name: "password", label: "Password", autocomplete: Some("current-password"), input_type: "password", ..TextInput::default() }))
            (button(ButtonKind::Main, "Continue", None))
        }
        @if let Some(people) = &app.options.demo { (demo(people)) }
        p.govuk-body { a.govuk-link href="/notice" { "Privacy notice" } }
    };
    page(app, "Sign in", body)
}

/// Who can sign in to a demonstration.
fn demo(people: &[DemoPerson]) -> Markup {
    html! {
        div.app-demo {
            h2.govuk-heading-s { "This is a demonstration with made-up people" }
            p.govuk-body { "Sign in as any of them. The second step shows the code." }
            ul.govuk-list {
                @for person in people { li { b { (person.role) } ": " (person.name) br; code { (person.email) } } }
            }
            @if let Some(first) = people.first() { p.govuk-body { "Password: " code { (first.password) } } }
        }
    }
}

pub(crate) async fn password(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Fail> {
    let form = form.only(&["email", "password", "to", "body"])?;
    let carried = Carried::of(&form)?;
    not_too_often(&app, &caller)?;
    let email = form.one("email")?;
    match app.service.sign_in(email, form.one("password")?).await {
        Ok(token) => {
            went_well(&app, &caller);
            Ok(signed::with_cookie(code_page(&app, &carried, None, Some(email)).into_response(), &token))
        }
        Err(Error::SignIn(denied)) => {
            let page = password_page(&app, &carried, email, Some(&denied.to_string()), html! {});
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn code_page(app: &App, carried: &Carried, error: Option<&str>, email: Option<&str>) -> Markup {
    let errors: Vec<(&str, &str)> = error.map(|e| ("code", e)).into_iter().collect();
    let body = html! {
        @if error.is_some() { (error_summary(&errors)) }
        h1.govuk-heading-l { "Enter the code from your phone" }
        form method="post" action="/sign-in/code" novalidate {
            (carried.fields())
            @if let Some(email) = email { (hidden("email", email)) }
            (text_input(TextInput { name: "code", label: "6-digit code", hint: Some("From your authenticator app. If you do not have your phone, enter a recovery code."), error, autocomplete: Some("one-time-code"), inputmode: Some("text"), width: Some(10), input_type: "text", ..TextInput::default() }))
            (button(ButtonKind::Main, "Sign in", None))
        }
        @if let (Some(people), Some(email)) = (&app.options.demo, email) {
            @if let Some(person) = people.iter().find(|p| p.email.eq_ignore_ascii_case(email.trim())) {
                (words::inset(html! { p { "Demonstration: the code is " b.app-ref { (demo_code(app, person)) } "." } }))
            }
        }
        p.govuk-body { a.govuk-link href="/sign-in" { "Start again" } }
    };
    page(app, "Enter the code", body)
}

fn demo_code(app: &App, person: &DemoPerson) -> String {
    let now = app.service.surroundings().now().as_second().unsigned_abs();
    records::sign_in::code_at(person.totp_secret, now)
}

pub(crate) async fn code(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["code", "email", "to", "body"])?;
    let carried = Carried::of(&form)?;
    not_too_often(&app, &caller)?;
    let Some(half) = signed::token(&headers) else { return Err(Fail::SignedOut) };
    match app.service.enter_code(&half, form.one("code")?).await {
        Ok(token) => {
            went_well(&app, &caller);
            let response = if carried.body.is_empty() {
                Redirect::to(carried.path()).into_response()
            } else {
                resume(&app, &carried).into_response()
            };
            Ok(signed::with_cookie(response, &token))
        }
        Err(Error::SignIn(Denied::SignedOut)) => Err(Fail::SignedOut),
        Err(Error::SignIn(denied)) => {
            let email = form.one("email")?;
            let email = Some(email).filter(|e| !e.is_empty());
            Ok((
                StatusCode::UNPROCESSABLE_ENTITY,
                code_page(&app, &carried, Some(&denied.to_string()), email),
            )
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What was typed before the session ended, ready to be sent again.
fn resume(app: &App, carried: &Carried) -> Markup {
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(carried.body.as_bytes()).into_owned().collect();
    let body = html! {
        h1.govuk-heading-l { "Nothing was lost" }
        p.govuk-body { "You are signed in again. What you typed is still here." }
        form method="post" action=(carried.path()) {
            @for (name, value) in &fields {
                @if value.contains('\n') { textarea.govuk-visually-hidden name=(name) aria-hidden="true" tabindex="-1" { "\n" (value) } }
                @else { (hidden(name, value)) }
            }
            (button(ButtonKind::Main, "Save what I typed", None))
        }
    };
    page(app, "Nothing was lost", body)
}

pub(crate) async fn out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Fail> {
    if let Some(token) = signed::token(&headers) {
        app.service.sign_out(&token).await?;
    }
    Ok(signed::without_cookie(Redirect::to("/sign-in").into_response()))
}

fn welcome_page(app: &App, email: &str, code: &str, errors: &[(&str, &str)]) -> Markup {
    let error = |name: &str| errors.iter().find(|(n, _)| *n == name).map(|(_, e)| *e);
    let body = html! {
        @if !errors.is_empty() { (error_summary(errors)) }
        h1.govuk-heading-l { "Set up your sign-in" }
        form method="post" action="/welcome" novalidate {
            (text_input(TextInput { name: "email", label: "Email address", value: email, error: error("email"), autocomplete: Some("username"), inputmode: Some("email"), input_type: "email", ..TextInput::default() }))
            (text_input(TextInput { name: "code", label: "Invitation code", hint: Some("Your administrator gave it to you."), value: code, autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
            (text_input(TextInput { name: "password", label: "New password", hint: Some("At least 12 characters. Three or four random words are easy to remember."), error: error("password"), autocomplete: Some("new-password"), input_type: "password", ..TextInput::default() }))
            (button(ButtonKind::Main, "Continue", None))
        }
    };
    page(app, "Set up your sign-in", body)
}

pub(crate) async fn welcome(State(app): State<App>) -> Markup {
    welcome_page(&app, "", "", &[])
}

pub(crate) async fn accept(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Fail> {
    let form = form.only(&["email", "code", "password"])?;
    not_too_often(&app, &caller)?;
    let (email, code) = (form.one("email")?, form.one("code")?);
    match app.service.accept_invitation(email, code, form.one("password")?).await {
        Ok(token) => {
            went_well(&app, &caller);
            Ok(signed::with_cookie(Redirect::to("/welcome/second-factor").into_response(), &token))
        }
        Err(Error::SignIn(denied)) => {
            let field = if matches!(denied, Denied::Weak(_)) { "password" } else { "email" };
            let page = welcome_page(&app, email, code, &[(field, &denied.to_string())]);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// An address as a picture for a camera. It is black on white also where the page is dark: cameras expect that.
fn picture(address: &str) -> Markup {
    let drawn = qrcode::QrCode::new(address)
        .map(|code| code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build());
    let drawn = drawn.ok().and_then(|svg| Some(svg.split_once("?>")?.1.to_owned()));
    html! { @if let Some(svg) = drawn {
        p role="img" aria-label="The key as a picture for your phone’s camera" { (PreEscaped(svg)) }
    } }
}

async fn second_factor_page(app: &App, token: &Token, error: Option<&str>) -> Result<Markup, Fail> {
    let enrolment = app.service.enrolment(token).await?;
    let errors: Vec<(&str, &str)> = error.map(|e| ("code", e)).into_iter().collect();
    let body = html! {
        @if error.is_some() { (error_summary(&errors)) }
        h1.govuk-heading-l { "Add Kept to your authenticator app" }
        p.govuk-body { "Open an authenticator app on your phone and let it look at this picture:" }
        (picture(&enrolment.address))
        p.govuk-body { "Or choose to enter a key there, and type this one:" }
        p.govuk-body { b.app-code { (enrolment.secret.as_str()) } }
        p.govuk-body { a.govuk-link href=(enrolment.address.as_str()) { "On this device: open the app" } }
        form method="post" action="/welcome/second-factor" novalidate {
            (text_input(TextInput { name: "code", label: "The 6-digit code that the app shows", error, autocomplete: Some("one-time-code"), inputmode: Some("numeric"), width: Some(10), input_type: "text", ..TextInput::default() }))
            (button(ButtonKind::Main, "Finish", None))
        }
    };
    Ok(page(app, "Add Kept to your authenticator app", body))
}

pub(crate) async fn second_factor(State(app): State<App>, headers: HeaderMap) -> Result<Response, Fail> {
    let token = signed::token(&headers).ok_or(Fail::SignedOut)?;
    Ok(second_factor_page(&app, &token, None).await?.into_response())
}

pub(crate) async fn enrol(State(app): State<App>, headers: HeaderMap, form: Form) -> Result<Response, Fail> {
    let form = form.only(&["code"])?;
    let token = signed::token(&headers).ok_or(Fail::SignedOut)?;
    match app.service.finish_enrolment(&token, form.one("code")?).await {
        Ok((full, codes)) => Ok(signed::with_cookie(recovery_page(&app, &codes.0).into_response(), &full)),
        Err(Error::SignIn(denied)) if denied != Denied::SignedOut => {
            let page = second_factor_page(&app, &token, Some(&denied.to_string())).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Recovery codes, shown this once.
pub(crate) fn recovery_page(app: &App, codes: &[String]) -> Markup {
    let body = html! {
        h1.govuk-heading-l { "Write down your recovery codes" }
        p.govuk-body { "If you lose your phone, each of them lets you in once. They are shown only now. Keep them on paper, not on this computer." }
        ul.govuk-list { @for code in codes { li { code.app-ref { (code) } } } }
        p.govuk-body { a.govuk-button href="/" { "I have written them down" } }
    };
    page(app, "Recovery codes", body)
}
