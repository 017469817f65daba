//! The frame of staff pages, and the one place where personal data leaves.

use access::Role;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use records::documents::{Pieces, ToShow};
use records::my_settings::Density;
use records::{Error, Opened, Visit};

use crate::App;
use crate::fail::Fail;
use crate::guard;
use crate::shortcuts;
use crate::ui::page::{self, NavItem, StaffPage};

/// Which place of the navigation a page stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Today,
    Diary,
    Clients,
    Register,
    Team,
    Paper,
    Sharing,
    Figures,
    Programmes,
    Promises,
    Requests,
    Elsewhere,
}

/// Whether somebody may look for clients.
pub(crate) fn searches(visit: &Visit) -> bool {
    visit.role != Role::Administrator
}

/// The places to which somebody may go.
pub(crate) fn places(visit: &Visit, at: At) -> Vec<NavItem<'static>> {
    let places = [
        (At::Today, "Today", "/"),
        (At::Diary, "Diary", "/diary"),
        (At::Clients, "My clients", "/clients"),
        (At::Register, "Register a client", "/clients/register"),
        (At::Team, "The team", "/team"),
        (At::Paper, "Paper", "/paper"),
        (At::Sharing, "Sharing", "/recipients"),
        (At::Programmes, "Programmes", "/programmes"),
        (At::Promises, "Promises", "/promises"),
        (At::Requests, "Requests", "/requests"),
        // The governance lead signs what managers prepare.
        (At::Figures, "Figures", if visit.role == Role::Manager { "/figures" } else { "/figures/packs" }),
    ];
    let works_with_clients = visit.role == Role::Adviser;
    places
        .into_iter()
        .filter(|(place, ..)| match place {
            At::Today => true,
            At::Diary => visit.role != Role::Administrator,
            At::Team => visit.role == Role::Manager,
            At::Paper => visit.role != Role::Administrator,
            At::Requests | At::Figures => matches!(visit.role, Role::Manager | Role::Governance),
            At::Sharing => matches!(visit.role, Role::Adviser | Role::Manager | Role::Governance),
            At::Programmes => visit.role != Role::Receptionist,
            At::Promises => records::promises::sees_promises(visit.role),
            _ => works_with_clients,
        })
        .map(|(place, label, href)| NavItem { label, href, current: place == at, count: None })
        .chain([NavItem { label: "My account", href: "/account", current: false, count: None }])
        .collect()
}

/// A whole staff page.
pub(crate) fn staff(app: &App, visit: &Visit, at: At, title: &str, body: Markup) -> Markup {
    let (notices, directory) = (app.service.notices(), app.service.directory());
    let (nav, search, settings) = (places(visit, at), searches(visit), app.service.my_settings(visit));
    let now = app.service.surroundings().now();
    page::staff(StaffPage {
        title,
        service: &notices.service().service,
        user: directory.name(visit.staff),
        nav: &nav,
        search,
        compact: settings.density == Density::Compact,
        shortcuts: settings.shortcuts.then(|| shortcuts::list(&nav, search)),
        session_ends: Some(visit.session.ends(now).as_second()),
        body,
    })
}

/// Lets a rendered page go, once the audit entry of what it shows is on disk. There is no other way out.
pub(crate) async fn release(page: Opened<Markup>) -> Result<Response, Fail> {
    Ok(page.release().await?.into_response())
}

/// Lets a document go, once the audit entry of its opening is on disk: piece by piece, as the browser takes it. The first
/// piece is opened before anything is answered, so that what does not open is said as a page.
pub(crate) async fn release_document(shown: Opened<ToShow>, download: bool) -> Result<Response, Fail> {
    let ToShow { described, pieces } = shown.release().await?;
    let first = pieces.fetch(0).await?;
    let inline = !download && described.format.is_shown();
    let name = percent_encoding::utf8_percent_encode(&described.name, percent_encoding::NON_ALPHANUMERIC);
    let disposition = format!("{}; filename*=UTF-8''{name}", if inline { "inline" } else { "attachment" });
    let body = Body::from_stream(futures_util::stream::unfold((pieces, 0, Some(first)), next_piece));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(described.format.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(described.size));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(guard::SHOWN));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

type Sending = (Pieces, u64, Option<Vec<u8>>);

async fn next_piece((pieces, index, first): Sending) -> Option<(Result<Bytes, Error>, Sending)> {
    if index >= pieces.count() {
        return None;
    }
    let piece = match first {
        Some(first) => Ok(first),
        // What does not open breaks the answer off: it is shorter than it said, and the browser says so.
        None => pieces.fetch(index).await,
    };
    Some((piece.map(Bytes::from), (pieces, index + 1, None)))
}
