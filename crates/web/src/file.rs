//! A client's file on one page, and the reason for opening a file outside one's caseload.

mod note;
mod side;

use access::{Role, Why};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::profile::fields as known;
use casework::{AppointmentId, ClientId, Fault, dates, safe_contact};
use maud::{Markup, html};
use notice::{Category, Group};
use records::files::{ALL_ENTRIES, ClientFile, FIRST_ENTRIES};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::timeline::{self, Names};
use crate::ui::file::{IdentityBar, TagKind, action, identity_bar, panel, sub_nav, tag};
use crate::ui::form::{ButtonKind, TextArea, button, textarea};
use crate::ui::page::{NavItem, columns, heading, printed, reading};
use crate::ui::words;

use note::{Note, note_box};
pub(crate) use note::{draft, record_meeting};
use side::{booked, due, key_facts, life, promised};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    all: Option<String>,
    #[serde(default)]
    saved: Option<String>,
    /// The appointment to which the client came just now: the note is about it.
    #[serde(default)]
    came: Option<AppointmentId>,
}

/// The client named in a path.
pub(crate) fn client(path: &str) -> Result<ClientId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let came = match ask.came {
        Some(came) => app.service.as_booked(came).await.ok().filter(|booked| booked.client == id),
        None => None,
    };
    let most = if ask.all.is_some() { ALL_ENTRIES } else { FIRST_ENTRIES };
    match app.service.open_file(&visit, id, most).await {
        Ok(opened) => {
            let banner = ask.saved.is_some().then_some("Saved");
            let page = opened.map(|file| {
                let draft = file.draft.clone();
                let note = match (&draft, &came) {
                    (None, Some(booked)) => Note::of_appointment(&app, booked),
                    _ => Note::of_draft(draft.as_ref()),
                };
                let saved = draft.map(|d| app.service.surroundings().civil(d.saved));
                let status = saved.map(|at| format!("Draft saved {}", clock(&at))).unwrap_or_default();
                whole(&app, &visit, &file, &note, &status, banner, &[])
            });
            release(page).await
        }
        Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason => {
            Ok((StatusCode::FORBIDDEN, reason_page(&app, &visit, id, "", None)).into_response())
        }
        Err(Error::TakenUp(survivor)) => Ok(Redirect::to(&format!("/clients/{survivor}")).into_response()),
        Err(error) => Err(error.into()),
    }
}

fn reason_page(app: &App, visit: &Visit, id: ClientId, reason: &str, error: Option<&str>) -> Markup {
    let faults: Vec<Fault> = error.map(|e| Fault::new("reason", e)).into_iter().collect();
    let body = reading(html! {
        (fields::summary(&faults))
        (heading("This file is not in your caseload", html! {}))
        div.app-panel {
            p.govuk-body { "Say why you need it, and it opens for half an hour. The client can see that you looked, and this reason." }
            form method="post" action={ "/clients/" (id) "/reason" } novalidate {
                (textarea(TextArea { name: "reason", label: "Why do you need this file?", hint: Some("For example: covering for a colleague who is ill"), value: reason, error, rows: 3, ..TextArea::default() }))
                (button(ButtonKind::Main, "Open the file", None))
            }
        }
    });
    staff(app, visit, At::Elsewhere, "Say why you need this file", body)
}

pub(crate) async fn reason(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&["reason"])?;
    let reason = form.one("reason")?;
    match app.service.state_reason(&visit, id, reason).await {
        Ok(()) => Ok(Redirect::to(&format!("/clients/{id}")).into_response()),
        Err(Error::Faults(faults)) => {
            let message = faults.first().map(|f| f.message.as_str());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, reason_page(&app, &visit, id, reason, message))
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A time as people here write it: `10:41am`.
pub(crate) fn clock(at: &jiff::ZonedDateTime) -> String {
    dates::clock(at.time())
}

/// The head of every page about a client, and the tabs below it.
pub(crate) fn head(
    role: Role,
    profile: &casework::Profile,
    id: ClientId,
    today: jiff::civil::Date,
    here: &str,
    actions: Markup,
) -> Markup {
    let born =
        profile.date(&known::DATE_OF_BIRTH).map(|d| (dates::long(d), profile.age(today).unwrap_or_default()));
    let phone = profile
        .text(&known::MOBILE_PHONE)
        .map(|p| casework::formats::Phone::parse(p).map_or(p.to_owned(), |p| p.national()));
    let mut tags = Vec::new();
    if let Some(words) = profile.known_as() {
        tags.push(tag(TagKind::Info, &format!("Known as {words}")));
    }
    if let Some(words) = safe_contact::warning(profile) {
        tags.push(tag(TagKind::Warn, &words));
    }
    let base = format!("/clients/{id}");
    let mut tabs = vec![("File", base.clone())];
    tabs.extend(Group::ALL.iter().map(|group| (group.words(), format!("{base}/entries/in/{group}"))));
    tabs.push((crate::placements::TAB, format!("{base}/programmes")));
    tabs.push(("Documents and paper", format!("{base}/documents")));
    tabs.push(("Details", format!("{base}/details")));
    tabs.push(("Consent and sharing", format!("{base}/consent")));
    tabs.push(("Rights", format!("{base}/requests")));
    tabs.push(("Who looked", format!("{base}/looked")));
    // Nobody is led to a door that is shut for them: reception sees contact details, and writes requests down.
    if role == Role::Receptionist {
        tabs.retain(|(label, _)| ["File", "Details", "Rights"].contains(label));
    }
    let items: Vec<NavItem<'_>> = tabs
        .iter()
        .map(|(label, href)| NavItem { label, href, current: *label == here, count: None })
        .collect();
    html! {
        (identity_bar(IdentityBar {
            name: profile.display_name().unwrap_or("Name not recorded"),
            number: profile.text(&known::CLIENT_NUMBER).unwrap_or_default(),
            born: born.as_ref().map(|(d, age)| (d.as_str(), *age)),
            phone: phone.as_deref(),
            tags,
            actions,
        }))
        (sub_nav("This client", &items))
    }
}

/// What the head of a page shows that the client reads along and takes home on paper: not how they may be reached, which
/// others at home could read.
pub(crate) fn handed_out(profile: &casework::Profile) -> casework::Profile {
    let mut shown = casework::Profile::default();
    for field in [&known::NAME, &known::KNOWN_AS, &known::CLIENT_NUMBER] {
        shown.set((*field).clone(), profile.get(field).cloned());
    }
    shown
}

/// The title of a page about a client: the number, never the name, because titles stay in histories.
pub(crate) fn title(profile: &casework::Profile, page: &str) -> String {
    format!("{} {page}", profile.text(&known::CLIENT_NUMBER).unwrap_or("Client"))
}

fn whole(
    app: &App,
    visit: &Visit,
    file: &ClientFile,
    note: &Note,
    status: &str,
    banner: Option<&str>,
    faults: &[Fault],
) -> Markup {
    let directory = app.service.directory();
    let now = app.service.surroundings().civil(app.service.surroundings().now());
    let names =
        Names { by: &|id| directory.name(id).to_owned(), mentioned: &|text| app.service.mentioned(text) };
    let body = view(
        visit.role,
        file,
        &names,
        note,
        status,
        banner,
        faults,
        &now,
        &format!("{} {}", directory.name(visit.staff), dates::long(now.date())),
    );
    staff(
        app,
        visit,
        if file.own { At::Clients } else { At::Elsewhere },
        &file
            .pages
            .get(&Category::Contact)
            .map_or_else(|| "Client file".to_owned(), |page| title(&page.profile, "file")),
        body,
    )
}

#[allow(
    clippy::too_many_arguments,
    reason = "everything that the page shows comes in as it is, so that it renders without a service"
)]
fn view(
    role: Role,
    file: &ClientFile,
    names: &Names<'_>,
    note: &Note,
    status: &str,
    banner: Option<&str>,
    faults: &[Fault],
    now: &jiff::ZonedDateTime,
    printed_by: &str,
) -> Markup {
    let (today, by) = (now.date(), names.by);
    let profile = file.profile();
    let may_note = file.writable.contains(Category::Casework);
    let book = format!("/clients/{}/appointments/new", file.client);
    let journey = format!("/clients/{}/journey", file.client);
    let may_book = file.writable.contains(Category::Contact);
    let actions = html! {
        @if may_book { (action(&book, "Book an appointment")) }
        @if may_note { " " (action("#note", "Add a note")) }
    };
    let main = html! {
        @if let Some(text) = banner { (words::banner(text)) }
        (fields::summary(faults))
        @if may_note { (note_box(file, &profile, note, status, faults)) }
        (panel("timeline", "Timeline", Some((&journey, "As a picture", "")), timeline::whole(file, names, now)))
    };
    let side = html! {
        (due(file, today))
        (booked(file, may_book.then_some(book.as_str()), now, by))
        (key_facts(file, &profile, by))
        (life(file, &profile, now))
        (promised(file))
        @if file.own { p.app-muted { a.govuk-link href={ "/clients/" (file.client) "/conflict" } { "I know this client privately" } } }
        p.app-muted { a.govuk-link href={ "/clients/" (file.client) "/erase" } { "This client wants to be forgotten" } }
    };
    html! {
        (head(role, &profile, file.client, today, "File", actions))
        (columns(html! {}, main, "Summary of this client", side))
        (printed(&format!("Printed by {printed_by}. Contains personal data: shred when finished.")))
    }
}

pub(crate) fn first_name(profile: &casework::Profile) -> String {
    let name = profile.known_as().or_else(|| profile.display_name()).unwrap_or("The client");
    casework::names::parts(name).first.to_owned()
}

/// The same page without a service around it: what the bench measures rendering with.
#[must_use]
pub fn bench_view(file: &ClientFile) -> String {
    let note = Note::of_draft(file.draft.as_ref());
    let names = Names { by: &|_| "Amara Okafor".to_owned(), mentioned: &|_| Vec::new() };
    let now = file.until.last_contact.at(12, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    now.map(|now| view(Role::Adviser, file, &names, &note, "", None, &[], &now, "").into_string())
        .unwrap_or_default()
}
