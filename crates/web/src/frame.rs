//! The frame of staff pages, and the one place where personal data leaves.

use access::Role;
use axum::response::{IntoResponse, Response};
use maud::Markup;
use records::{Opened, Visit};

use crate::App;
use crate::fail::Fail;
use crate::ui::page::{self, NavItem, StaffPage};

/// Which place of the navigation a page stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Today,
    Diary,
    Clients,
    Register,
    Team,
    Sharing,
    Elsewhere,
}

/// A whole staff page.
pub(crate) fn staff(app: &App, visit: &Visit, at: At, title: &str, body: Markup) -> Markup {
    let (notices, directory) = (app.service.notices(), app.service.directory());
    let places = [
        (At::Today, "Today", "/"),
        (At::Diary, "Diary", "/diary"),
        (At::Clients, "My clients", "/clients"),
        (At::Register, "Register a client", "/clients/register"),
        (At::Team, "The team", "/team"),
        (At::Sharing, "Sharing", "/recipients"),
    ];
    let works_with_clients = visit.role == Role::Adviser;
    let nav: Vec<NavItem<'_>> = places
        .into_iter()
        .filter(|(place, ..)| match place {
            At::Today => true,
            At::Diary => visit.role != Role::Administrator,
            At::Team => visit.role == Role::Manager,
            At::Sharing => matches!(visit.role, Role::Adviser | Role::Manager | Role::Governance),
            _ => works_with_clients,
        })
        .map(|(place, label, href)| NavItem { label, href, current: place == at, count: None })
        .chain([NavItem { label: "My account", href: "/account", current: false, count: None }])
        .collect();
    let now = app.service.surroundings().now();
    page::staff(StaffPage {
        title,
        service: &notices.service().service,
        user: directory.name(visit.staff),
        nav: &nav,
        search: visit.role != Role::Administrator,
        session_ends: Some(visit.session.ends(now).as_second()),
        body,
    })
}

/// Lets a rendered page go, once the audit entry of what it shows is on disk. There is no other way out.
pub(crate) async fn release(page: Opened<Markup>) -> Result<Response, Fail> {
    Ok(page.release().await?.into_response())
}
