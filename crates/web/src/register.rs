//! Registering a client: the notice, a name, one way of contact. Everything else comes afterwards, a page at a time. Whoever may
//! be on file already is shown while somebody types, and once more before a second file is made.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::entries::{Agreed, How};
use casework::profile::fields::DATE_OF_BIRTH;
use casework::{Fault, Profile, Typed, dates};
use maud::{Markup, html};
use notice::{Catalogue, Category, Field};
use records::clients::Registration;
use records::duplicates::OnFile;
use records::{Error, Visit};
use serde::Serialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, Choice, Choices, button, hidden, radios, tick};
use crate::ui::list::{FoundClient, results};
use crate::ui::page::{container, heading};

/// What a tick says that none of those on file is this person.
pub(crate) const SOMEBODY_ELSE: &str = "somebody-else";
/// Said instead of anything about a file that this visitor may not see.
const CLOSED: &str = "Somebody on file may be this person, and their file is closed to you. Ask your manager to look before you register them; if the client took their consent back, ask the governance lead.";

/// What is asked: contact, and the date of birth, by which people are told apart.
fn asked(catalogue: &Catalogue) -> Vec<&Field> {
    let born = catalogue.field(&DATE_OF_BIRTH).filter(|field| field.category == Category::Identity);
    fields::asked(catalogue, Category::Contact).chain(born).collect()
}

/// The form as it was sent so far.
#[derive(Default)]
pub(crate) struct Sent<'a> {
    pub(crate) key: &'a str,
    pub(crate) how: &'a str,
    pub(crate) agreed: &'a str,
    /// The version of the notice that stood beside it.
    pub(crate) seen: &'a str,
}

/// The fields of the notice and the agreement, in the forms that register somebody.
pub(crate) const OF_THE_NOTICE: [&str; 3] = ["how", "agreed", "seen"];

impl<'a> Sent<'a> {
    pub(crate) fn of(form: &'a Form) -> Result<Sent<'a>, Fail> {
        let [how, agreed, seen] = OF_THE_NOTICE;
        Ok(Sent {
            key: form.one("form")?,
            how: form.one(how)?,
            agreed: form.one(agreed)?,
            seen: form.one(seen)?,
        })
    }

    /// How the notice was given and how the client agreed.
    pub(crate) fn given(&self, app: &App) -> Result<(How, Agreed), Vec<Fault>> {
        let mut faults = Vec::new();
        let how = self.how.parse::<How>();
        if how.is_err() {
            faults.push(Fault::new("how", "Choose how the privacy notice was given"));
        }
        let agreed = self.agreed.parse::<Agreed>();
        if agreed.is_err() {
            faults.push(Fault::new("agreed", "Choose how the client agreed to use the service"));
        }
        let notices = app.service.notices();
        let version = &notices.service().version;
        if !self.seen.is_empty() && *self.seen != **version {
            let what = format!(
                "Version {version} of the notice holds since you opened this page. Give the client that one, then save again"
            );
            faults.push(Fault::new("how", what));
        }
        match (how, agreed) {
            (Ok(how), Ok(agreed)) if faults.is_empty() => Ok((how, agreed)),
            _ => Err(faults),
        }
    }
}

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    app.service.begin_registering(&visit).await?;
    let key = new_key();
    let sent = Sent { key: &key, ..Sent::default() };
    Ok(page(&app, &visit, &sent, |_| Typed::default(), None, &[]).into_response())
}

fn page(
    app: &App,
    visit: &Visit,
    sent: &Sent<'_>,
    typed: impl Fn(&Field) -> Typed,
    on_file: Option<&OnFile>,
    faults: &[Fault],
) -> Markup {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let catalogue = notices.catalogue();
    let born = catalogue.field(&DATE_OF_BIRTH).filter(|field| field.category == Category::Identity);
    let body = container(html! { div.app-wide {
        (fields::summary(faults))
        (heading("Register a client", html! { p { "Only a name and one way of contact are needed. Everything else can wait. " a.govuk-link href="/clients/take-in" { "They bring a file from another service" } } }))
        form method="post" action="/clients/register" novalidate data-on-file-url="/clients/register/on-file" {
            (hidden("form", sent.key))
            @if let Some(on_file) = on_file { (already(on_file)) }
            (notice_panel(app, sent, faults))
            section.app-panel aria-labelledby="contact-h" {
                h2.app-h2 #contact-h { "Name and contact" }
                (fields::questions(catalogue, Category::Contact, &typed, faults, today))
                @if let Some(born) = born { div.app-questions { (fields::question(born, catalogue, &typed(born), faults, today)) } }
            }
            div data-on-file="" {}
            (button(ButtonKind::Main, "Register", None))
        }
    } });
    staff(app, visit, At::Register, "Register a client", body)
}

/// How the notice was given and how the client agreed.
pub(crate) fn notice_panel(app: &App, sent: &Sent<'_>, faults: &[Fault]) -> Markup {
    let notices = app.service.notices();
    let notice = notices.service();
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    html! { section.app-panel aria-labelledby="notice-h" {
        h2.app-h2 #notice-h { "The privacy notice" }
        p.govuk-body { "Give the client the notice before you write anything down: " a.govuk-link href="/notice" { (notice.title) ", version " (notice.version) } ". Using the service is their choice." }
        (hidden("seen", &notice.version))
        (radios(Choices {
            name: "how", legend: "How was the notice given?", error: error("how"), inline: true,
            options: How::ALL.iter().filter(|h| **h != How::Portal).map(|h| Choice { value: h.code(), label: h.words(), checked: h.code() == sent.how, ..Choice::default() }).collect(),
            ..Choices::default()
        }))
        (radios(Choices {
            name: "agreed", legend: "How did the client agree to use the service?", error: error("agreed"), inline: true,
            options: Agreed::ALL.iter().map(|a| Choice { value: a.code(), label: a.words(), checked: a.code() == sent.agreed, ..Choice::default() }).collect(),
            ..Choices::default()
        }))
    } }
}

/// Who may be on file already, and the tick that says that it is somebody else.
pub(crate) fn already(on_file: &OnFile) -> Markup {
    let lines: Vec<Line> = Line::each(on_file);
    let shown: Vec<FoundClient<'_>> = lines.iter().map(Line::shown).collect();
    panel(
        "on-file",
        "Is it somebody who is on file already?",
        None,
        html! {
            @if !shown.is_empty() {
                p.govuk-body { "If it is the same person, open their file and go on there. A file outside your caseload asks why you need it." }
                (results(&shown))
            }
            @if on_file.closed { p.govuk-body { (CLOSED) } }
            (tick(SOMEBODY_ELSE, "It is somebody else: register them", false))
        },
    )
}

/// Somebody on file, in the words that page and script show.
#[derive(Serialize)]
struct Line {
    href: String,
    name: String,
    number: String,
    born: String,
    why: String,
}

impl Line {
    fn each(on_file: &OnFile) -> Vec<Line> {
        let line = |likely: &records::duplicates::Likely| Line {
            href: format!("/clients/{}", likely.who.client),
            name: likely.who.name.clone(),
            number: likely.who.number.clone(),
            born: likely.who.born.map(dates::long).unwrap_or_default(),
            why: if likely.very { format!("Very alike: {}", likely.why) } else { likely.why.clone() },
        };
        on_file.likely.iter().map(line).collect()
    }

    fn shown(&self) -> FoundClient<'_> {
        FoundClient {
            href: &self.href,
            name: &self.name,
            number: &self.number,
            born: &self.born,
            why: &self.why,
        }
    }
}

/// What the script shows while somebody types.
#[derive(Serialize)]
struct Shown {
    likely: Vec<Line>,
    closed: Option<&'static str>,
}

/// Reads what the form asks for. What is typed wrongly, or only half typed yet, is left out.
fn typed_so_far(app: &App, form: Form) -> Result<([u8; 16], Profile), Fail> {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let catalogue = notices.catalogue();
    let asked = asked(catalogue);
    let names = fields::names(asked.iter().copied());
    let known: Vec<&str> =
        KNOWN.into_iter().chain(OF_THE_NOTICE).chain(names.iter().map(String::as_str)).collect();
    let form = form.only(&known)?;
    let key = form.key()?;
    Ok((key, fields::read(&form, catalogue, asked.iter().copied(), today)?.0))
}

/// What the form sends beside the answers.
const KNOWN: [&str; 2] = ["form", SOMEBODY_ELSE];

/// Who may be on file, while somebody types: the same question as before registering, for a script.
pub(crate) async fn on_file(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let (key, typed) = typed_so_far(&app, form)?;
    let shown = match app.service.on_file(&visit, key, &typed).await? {
        Some(found) => {
            let shown = found
                .map(|found| Shown { likely: Line::each(&found), closed: found.closed.then_some(CLOSED) });
            shown.release().await?
        }
        None => Shown { likely: Vec::new(), closed: None },
    };
    Ok(Json(shown).into_response())
}

pub(crate) async fn register(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let catalogue = notices.catalogue();
    let asked = asked(catalogue);
    let names = fields::names(asked.iter().copied());
    let known: Vec<&str> =
        KNOWN.into_iter().chain(OF_THE_NOTICE).chain(names.iter().map(String::as_str)).collect();
    let form = form.only(&known)?;
    let key = form.key()?;
    let (contact, mut faults) = fields::read(&form, catalogue, asked.iter().copied(), today)?;
    let sent = Sent::of(&form)?;
    let given = sent.given(&app);
    if let Err(more) = &given {
        faults.splice(0..0, more.iter().cloned());
    }
    // A field that was typed wrongly is said once: as wrong, not as missing.
    let missing = contact.missing_for_registration(notices.service());
    faults.extend(
        missing.into_iter().filter(|m| faults.iter().all(|f| f.field != m.field)).collect::<Vec<_>>(),
    );
    let again = |on_file: Option<&OnFile>, faults: &[Fault]| {
        let typed = |field: &Field| fields::typed(&form, field).unwrap_or_default();
        page(&app, &visit, &sent, typed, on_file, faults)
    };
    if let (Ok((notice_given, agreed)), true) = (given, faults.is_empty()) {
        if !form.ticked(SOMEBODY_ELSE)
            && let Some(found) = app.service.on_file(&visit, key, &contact).await?
        {
            return release(found.map(|found| again(Some(&found), &[]))).await;
        }
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
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again(None, &faults)).into_response())
}
