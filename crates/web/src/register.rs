//! Registering a client: the notice, a name, one way of contact. Everything else comes afterwards, a page at a time.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::entries::{Agreed, How};
use casework::{Fault, Typed};
use maud::{Markup, html};
use notice::{Category, Field};
use records::clients::Registration;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, Choice, Choices, button, hidden, radios};
use crate::ui::page::{container, heading};

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Response {
    page(&app, &visit, &new_key(), "", "", |_| Typed::default(), &[]).into_response()
}

fn page(
    app: &App,
    visit: &Visit,
    key: &str,
    how: &str,
    agreed: &str,
    typed: impl Fn(&Field) -> Typed,
    faults: &[Fault],
) -> Markup {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let (notice, catalogue) = (notices.service(), notices.catalogue());
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let body = container(html! { div.app-wide {
        (fields::summary(faults))
        (heading("Register a client", html! { p { "Only a name and one way of contact are needed. Everything else can wait." } }))
        form method="post" action="/clients/register" novalidate {
            (hidden("form", key))
            section.app-panel aria-labelledby="notice-h" {
                h2.app-h2 #notice-h { "The privacy notice" }
                p.govuk-body { "Give the client the notice before you write anything down: " a.govuk-link href="/notice" { (notice.title) ", version " (notice.version) } ". Using the service is their choice." }
                (radios(Choices {
                    name: "how", legend: "How was the notice given?", error: error("how"), inline: true,
                    options: How::ALL.iter().filter(|h| **h != How::Portal).map(|h| Choice { value: h.code(), label: h.words(), checked: h.code() == how, ..Choice::default() }).collect(),
                    ..Choices::default()
                }))
                (radios(Choices {
                    name: "agreed", legend: "How did the client agree to use the service?", error: error("agreed"), inline: true,
                    options: Agreed::ALL.iter().map(|a| Choice { value: a.code(), label: a.words(), checked: a.code() == agreed, ..Choice::default() }).collect(),
                    ..Choices::default()
                }))
            }
            section.app-panel aria-labelledby="contact-h" {
                h2.app-h2 #contact-h { "Name and contact" }
                (fields::questions(catalogue, Category::Contact, typed, faults, today))
            }
            (button(ButtonKind::Main, "Register", None))
        }
    } });
    staff(app, visit, At::Register, "Register a client", body)
}

pub(crate) async fn register(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let catalogue = notices.catalogue();
    let asked: Vec<&Field> = fields::asked(catalogue, Category::Contact).collect();
    let names = fields::names(asked.iter().copied());
    let mut known = vec!["form", "how", "agreed"];
    known.extend(names.iter().map(String::as_str));
    let form = form.only(&known)?;
    let key = form.key()?;
    let (contact, mut faults) = fields::read(&form, catalogue, asked.iter().copied(), today)?;
    let (how, agreed) = (form.one("how")?.parse::<How>(), form.one("agreed")?.parse::<Agreed>());
    if agreed.is_err() {
        faults.insert(0, Fault::new("agreed", "Choose how the client agreed to use the service"));
    }
    if how.is_err() {
        faults.insert(0, Fault::new("how", "Choose how the privacy notice was given"));
    }
    // A field that was typed wrongly is said once: as wrong, not as missing.
    let missing = contact.missing_for_registration(notices.service());
    faults.extend(
        missing.into_iter().filter(|m| faults.iter().all(|f| f.field != m.field)).collect::<Vec<_>>(),
    );
    if let (Ok(notice_given), Ok(agreed), true) = (how, agreed, faults.is_empty()) {
        let registration = Registration { form: key, contact, notice_given, agreed };
        match app.service.register_client(&visit, registration).await {
            Ok(client) => {
                return Ok(
                    Redirect::to(&format!("/clients/{client}/details/identity?next=1")).into_response()
                );
            }
            Err(Error::Faults(more)) => faults = more,
            Err(error) => return Err(error.into()),
        }
    }
    let again = page(
        &app,
        &visit,
        form.one("form")?,
        form.one("how")?,
        form.one("agreed")?,
        |field| fields::typed(&form, field).unwrap_or_default(),
        &faults,
    );
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
}
