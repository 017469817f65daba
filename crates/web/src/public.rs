//! Pages for everybody: the notice, accessibility, help; and what is nowhere.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use maud::{Markup, html};
use notice::Notice;
use notice::diff::Change;
use records::notices::Notices;
use tokio::time::timeout;

use crate::fail::Fail;
use crate::ui::page::{PublicPage, public};
use crate::ui::words::rendered;
use crate::{App, api, assets};

fn page(app: &App, title: &str, body: Markup) -> Markup {
    let notices = app.service.notices();
    public(PublicPage { title, service: &notices.service().service, body, ..PublicPage::default() })
}

fn notice_page(app: &App, shown: &Notice) -> Markup {
    let notices = app.service.notices();
    // Programmes have notices of their own: their versions are not versions of this one.
    let versions: Vec<_> = notices.all().iter().filter(|one| one.notice.id == shown.id).collect();
    let holds = notices.service();
    let body = html! {
        @if shown.version != holds.version {
            p.govuk-inset-text {
                @if shown.effective > holds.effective { "This version holds from " (dates::long(shown.effective)) ". " }
                @else { "This version is of old: it binds us towards everybody who was given it. " }
                "Now " a.govuk-link href="/notice" { "version " (holds.version) } " holds."
            }
        } @else if let Some(next) = notices.to_come().first() {
            p.govuk-inset-text {
                "From " (dates::long(next.notice.effective)) " "
                a.govuk-link href={ "/notice/" (next.notice.version) } { "version " (next.notice.version) } " holds."
            }
        }
        (rendered(&notice::render::html(shown)))
        (what_is_new(&app.service.notices(), shown))
        h2.govuk-heading-m #picture { "A picture of it" }
        p.govuk-body { "What we hold on the left, what we use it for in the middle, who else gets it on the right." }
        div.app-flow { (rendered(&notice::flow::svg(shown))) }
        @if versions.len() > 1 {
            h2.govuk-heading-m { "Versions" }
            ul.govuk-list { @for published in &versions { li { a.govuk-link href={ "/notice/" (published.notice.version) } { "Version " (published.notice.version) } } } }
        }
    };
    page(app, &shown.title, body)
}

/// What a version says that the ones before it did not: for whoever was given one of those.
fn what_is_new(notices: &Notices, shown: &Notice) -> Markup {
    let before = notices.all().iter().filter(|one| one.notice.id == shown.id);
    // In the order in which they were published: two can be of the same day.
    let before = before.take_while(|one| one.notice.version != shown.version);
    let changes: Vec<(&str, Vec<Change>)> = before
        .map(|one| {
            let new =
                notice::diff::changes(&one.notice, shown).into_iter().filter(|change| change.tell_again);
            (one.notice.version.as_str(), new.collect())
        })
        .filter(|(_, new): &(_, Vec<Change>)| !new.is_empty())
        .collect();
    html! {
        @if !changes.is_empty() {
            h2.govuk-heading-m #new { "What is new" }
            @for (version, new) in &changes {
                h3.govuk-heading-s { "Since version " (version) }
                ul.govuk-list.govuk-list--bullet { @for change in new { li { (change.what) } } }
            }
        }
    }
}

pub(crate) async fn notice(State(app): State<App>) -> Markup {
    notice_page(&app, app.service.notices().service())
}

pub(crate) async fn version(State(app): State<App>, Path(version): Path<String>) -> Result<Markup, Fail> {
    let notices = app.service.notices();
    let found = notices.given(&notices.service().id, &version).ok_or_else(Fail::not_found)?;
    Ok(notice_page(&app, &found.notice))
}

pub(crate) async fn accessibility(State(app): State<App>) -> Markup {
    page(
        &app,
        "Accessibility statement",
        html! {
            h1.govuk-heading-l { "Accessibility statement" }
            p.govuk-body { "We want everybody to be able to use this service. Each page works without JavaScript, with a keyboard alone, with a screen reader, at 400% zoom and on a small screen, in light and dark." }
            h2.govuk-heading-m { "How it is tested" }
            p.govuk-body { "Each page is checked by axe against WCAG 2.2 A and AA and by the Nu HTML checker whenever the program changes. No known faults were found by these. Automatic checks find about half of all faults: a check by people with screen readers has not been made yet." }
            h2.govuk-heading-m { "If something does not work for you" }
            p.govuk-body { "Tell us, in the way that suits you. The contacts stand in the " a.govuk-link href="/notice" { "privacy notice" } ". We can give you everything here read aloud or on paper." }
        },
    )
}

pub(crate) async fn help(State(app): State<App>) -> Markup {
    page(
        &app,
        "Help",
        html! {
            h1.govuk-heading-l { "Help" }
            h2.govuk-heading-m { "Finding a client" }
            p.govuk-body { "Type into the box at the top of any page: a name or part of it, the number, a phone number, a postcode or a date of birth. Slips of the keyboard are forgiven. Ctrl and K together take you to the box." }
            h2.govuk-heading-m { "Notes" }
            p.govuk-body { "A note saves itself as a draft while you type. If your session ends, it is there when you come back." }
            h2.govuk-heading-m { "A file outside your caseload" }
            p.govuk-body { "Say why you need it and it opens for half an hour. Every view is recorded, and the client can see the list." }
            h2.govuk-heading-m { "Somebody asks what is held about them" }
            p.govuk-body { "Anybody may ask, in any words, and may complain. Write it down in their file, under Rights; " a.govuk-link href="/requests/new" { "without a file" } ", if there is none. It is answered within a month." }
            h2.govuk-heading-m { "Something went wrong with people’s data?" }
            p.govuk-body { "An email to the wrong person, a paper left behind, a file that somebody should not have seen: " a.govuk-link href="/report-breach" { "report it at once" } ", also when you are not sure. The governance lead has 72 hours from then to judge it." }
            h2.govuk-heading-m { "Lost your phone?" }
            p.govuk-body { "Sign in with one of your recovery codes, or ask your administrator for a new invitation." }
        },
    )
}

/// A database that takes longer is none to send people to.
const HEALTH_PATIENCE: Duration = Duration::from_secs(2);

/// Whether program and databases answer; says nothing about data.
pub(crate) async fn health(State(app): State<App>) -> Response {
    match timeout(HEALTH_PATIENCE, app.service.answers()).await {
        Ok(Ok(())) => "ok".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "a database does not answer").into_response(),
    }
}

pub(crate) async fn favicon() -> Redirect {
    Redirect::permanent(&assets::url("favicon.svg"))
}

pub(crate) async fn not_found(uri: Uri) -> Response {
    if api::is_api(uri.path()) { api::no_such_call() } else { Fail::not_found().into_response() }
}

pub(crate) async fn wrong_method(uri: Uri) -> Response {
    if api::is_api(uri.path()) {
        return api::wrong_method();
    }
    (
        StatusCode::METHOD_NOT_ALLOWED,
        Fail::page(
            StatusCode::METHOD_NOT_ALLOWED,
            "This cannot be done here",
            "The address does not take this kind of request. Nothing was done.",
        ),
    )
        .into_response()
}
