//! The first page after signing in: what the day asks for.

use access::Role;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use casework::dates;
use casework::webhooks::WebhookState;
use jiff::civil::Date;
use maud::{Markup, html};
use records::Visit;
use records::appointments::InDiary;
use records::caseload::{Caseload, InCaseload};
use records::due::Due;
use records::rooms::Room;
use records::waiting::Kind;

use crate::App;
use crate::clients;
use crate::diary;
use crate::fail::Fail;
use crate::frame::{At, release, staff};
use crate::messages;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, figures, panel, panel_life, share_list, tag};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{columns, container, heading, reading};
use crate::webhooks;

/// Without contact for so long somebody is on the list.
const QUIET_DAYS: i64 = 35;
const LISTED: usize = 12;

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if visit.role == Role::Administrator {
        return Ok(administrator(&app, &visit).await?.into_response());
    }
    let today = app.service.surroundings().today();
    let (waiting, rooms) = (app.service.waiting_for(&visit).await?, app.service.rooms().await?);
    let caseload = app.service.caseload(&visit).await?;
    let page = caseload.map(|caseload| {
        staff(&app, &visit, At::Today, "Today", view(&app, &visit, &caseload, &waiting, &rooms, today))
    });
    release(page).await
}

fn view(
    app: &App,
    visit: &Visit,
    caseload: &Caseload,
    waiting_for: &[(Kind, u64)],
    rooms: &[Room],
    today: Date,
) -> Markup {
    let day = heading(&dates::with_weekday(today), html! { p { (role_words(visit.role)) } });
    if visit.role == Role::Receptionist || visit.role == Role::Manager {
        return container(html! {
            (day)
            section.app-panel aria-labelledby="office-h" {
                h2.app-h2 #office-h { "Who comes today" }
                (appointments(app, &caseload.today, rooms, true))
            }
            @if visit.role == Role::Manager { (to_decide(waiting_for)) }
            (messages::not_told(app, &caseload.not_told, LISTED))
            @if app.service.may_close(visit) { p { (action("/closures/new", "Office closed")) } }
        });
    }
    if visit.role != Role::Adviser {
        return reading(
            html! { (day) (to_decide(waiting_for)) (panel("find", "Find a client", None, html! { p { "Type a name, number, phone or date of birth into the box above. Every search and every file you open is recorded." } })) },
        );
    }
    let main = html! {
        (messages::not_told(app, &caseload.not_told, LISTED))
        (panel("today", "Your appointments", Some(("/diary?view=week", "This week", " in the diary")), appointments(app, &caseload.today, rooms, false)))
        (panel("waiting", "Waiting for you", Some(("/tasks", "All that is due", "")), waiting(app, caseload, today)))
    };
    let quiet = caseload.files.iter().filter(|file| quiet_days(file, today) >= QUIET_DAYS).count();
    let month = caseload
        .files
        .iter()
        .filter(|f| f.last_contact.year() == today.year() && f.last_contact.month() == today.month())
        .count();
    let new = caseload.files.iter().filter(|f| dates::days_between(f.registered, today) < 7).count();
    let mut near: Vec<&InCaseload> = caseload.files.iter().filter(|file| file.near).collect();
    near.sort_by_key(|file| file.ends);
    let side = html! {
        (panel("clients", &format!("Your {}", dates::count(caseload.files.len() as u64, "client")), Some(("/clients", "See all", " clients")), figures(&[
            ("In touch this month", html! { (month) }),
            ("No contact for 5 weeks", html! { (quiet) }),
            ("Registered this week", html! { (new) }),
            ("Notes not saved yet", html! { (caseload.drafts.len()) }),
        ])))
        (panel_life("ending", "Records ending soon", html! {
            @if near.is_empty() { "Nobody’s record is near its end." } @else { "We have not heard from these people for a long time. Their records will be deleted unless we do." }
        }, None, html! {
            @if !near.is_empty() {
                (share_list(&near.iter().take(LISTED).map(|file| (
                    html! { a.govuk-link href={ "/clients/" (file.who.client) } { (file.who.name) } },
                    html! { span.app-num { (dates::short(file.ends)) } },
                )).collect::<Vec<_>>()))
                @if near.len() > LISTED { p.app-muted { "And " (near.len() - LISTED) " more. " a.govuk-link href="/clients" { "See all your clients" } } }
            }
        }))
    };
    columns(day, main, "Your clients at a glance", side)
}

/// What waits for those who answer for the service.
fn to_decide(waiting: &[(Kind, u64)]) -> Markup {
    let lines: Vec<(Markup, Markup)> = waiting
        .iter()
        .map(|(kind, count)| {
            let page = page_of(*kind);
            (html! { a.govuk-link href=(page) { (kind.words(*count)) } }, html! {})
        })
        .collect();
    panel(
        "to-decide",
        "Waiting for you",
        Some(("/promises", "How the promises stand", "")),
        html! { @if lines.is_empty() { (empty("Nothing waits for you.")) } @else { (share_list(&lines)) } },
    )
}

/// Where it is seen to.
const fn page_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Erasures => "/erasures",
        Kind::Sharing => "/approvals",
        Kind::Copies | Kind::Requests => "/requests",
        Kind::Sweep => "/promises/retention",
        Kind::Holds => "/holds",
        Kind::Recipients => "/recipients-to-tell",
        Kind::Mentions => "/redactions",
        Kind::Packs => "/figures/packs",
        Kind::Breaches => "/breaches",
    }
}

fn appointments(app: &App, rows: &[InDiary], rooms: &[Room], with_adviser: bool) -> Markup {
    if rows.is_empty() {
        return empty("Nobody is booked for today.");
    }
    diary::appointments(
        app,
        app.service.surroundings().today(),
        &rows.iter().collect::<Vec<_>>(),
        rooms,
        with_adviser,
    )
}

fn waiting(app: &App, caseload: &Caseload, today: Date) -> Markup {
    let mut items = Vec::new();
    for (who, saved) in &caseload.drafts {
        let saved = app.service.surroundings().civil(*saved);
        items.push(TodoItem {
            tag: tag(TagKind::Info, "Draft"),
            text: html! { "You started a note about " a.govuk-link href={ "/clients/" (who.client) } { (who.name) } " on " (dates::long(saved.date())) " and have not saved it." },
            act: html! { a.govuk-link href={ "/clients/" (who.client) "#note" } { "Finish" span.govuk-visually-hidden { " the note about " (who.name) } } },
        });
    }
    // What is for today first: a long list of what is late must not hide it.
    let (todays, late): (Vec<_>, Vec<_>) =
        due_now(caseload, today).into_iter().partition(|(_, due)| due.day == today);
    for of_a_kind in [&todays, &late] {
        items.extend(of_a_kind.iter().take(LISTED).map(|(file, due)| TodoItem {
            tag: clients::due_tag(due.day, today),
            text: html! { (due.words) ": " a.govuk-link href={ "/clients/" (file.who.client) } { (file.who.name) } },
            act: html! { a.govuk-link href={ "/clients/" (file.who.client) "/entries/" (due.entry) } { "Open" span.govuk-visually-hidden { " what is due for " (file.who.name) } } },
        }));
    }
    let unlisted = todays.len().saturating_sub(LISTED) + late.len().saturating_sub(LISTED);
    let mut quiet: Vec<&InCaseload> =
        caseload.files.iter().filter(|f| quiet_days(f, today) >= QUIET_DAYS && !f.near).collect();
    quiet.sort_by_key(|file| std::cmp::Reverse(quiet_days(file, today)));
    for file in quiet.iter().take(LISTED) {
        items.push(TodoItem {
            tag: tag(TagKind::Warn, &dates::count((quiet_days(file, today) / 7).unsigned_abs(), "week")),
            text: html! { "No contact with " a.govuk-link href={ "/clients/" (file.who.client) } { (file.who.name) } " since " (dates::long(file.last_contact)) "." },
            act: html! { a.govuk-link href={ "/clients/" (file.who.client) "#note" } { "Open" span.govuk-visually-hidden { " the file of " (file.who.name) } } },
        });
    }
    if items.is_empty() {
        empty(
            "Nothing waits for you. Notes that you start and do not save will stand here, and clients you have not heard from.",
        )
    } else {
        html! {
            (todo_list(&items))
            @if unlisted > 0 { p.app-muted { "And " (unlisted) " more that " (if unlisted == 1 { "is" } else { "are" }) " due. " a.govuk-link href="/tasks" { "See all that is due" } } }
            @if quiet.len() > LISTED { p.app-muted { "And " (quiet.len() - LISTED) " more without contact. " a.govuk-link href="/clients" { "See all your clients" } } }
        }
    }
}

/// What is late or due today, the earliest first.
fn due_now(caseload: &Caseload, today: Date) -> Vec<(&InCaseload, &Due)> {
    let mut due: Vec<(&InCaseload, &Due)> = caseload
        .files
        .iter()
        .flat_map(|file| file.dues.iter().map(move |due| (file, due)))
        .filter(|(_, due)| due.day <= today)
        .collect();
    due.sort_by_key(|(_, due)| due.day);
    due
}

fn quiet_days(file: &InCaseload, today: Date) -> i64 {
    dates::days_between(file.last_contact, today)
}

const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Adviser => "Your day as an adviser",
        Role::Receptionist => "Reception",
        Role::Manager => "Manager: files open with a stated reason",
        Role::Governance => "Governance lead: files open to answer requests, with a stated reason",
        Role::Administrator | Role::Client | Role::Public | Role::System => "",
    }
}

/// An administrator looks after people and settings, and sees no client's data.
async fn administrator(app: &App, visit: &Visit) -> Result<Markup, Fail> {
    let told = app.service.webhooks().await?;
    // Those that somebody has to look at: nothing arrives there, or they were switched off.
    let quiet: Vec<(Markup, Markup)> = told
        .iter()
        .filter(|one| one.failing.is_some() || one.state == WebhookState::Off)
        .map(|one| {
            let link = html! { a.govuk-link href={ "/webhooks/" (one.id) } { (one.address.host()) } };
            (link, webhooks::state(one))
        })
        .collect();
    let directory = app.service.directory();
    let people: Vec<(Markup, Markup)> = directory
        .everybody()
        .into_iter()
        .map(|member| {
            let kind = match member.status {
                records::staff::Status::Active => TagKind::Ok,
                records::staff::Status::Invited => TagKind::Info,
                records::staff::Status::Disabled => TagKind::Stop,
            };
            (
                html! { b { (member.name) } br; span.app-muted { (member.email) " · " (member.role) } },
                tag(kind, member.status.code()),
            )
        })
        .collect();
    let body = reading(html! {
        (heading("People who use Kept", html! { p { "You see no client’s data" } }))
        @if !quiet.is_empty() { (panel("webhooks", "Programs that do not hear what they are told", None, share_list(&quiet))) }
        (panel("people", "Accounts", None, share_list(&people)))
        p.app-muted { "Add somebody with " code { "kept user add" } ", give a new code with " code { "kept user invite" } ", end an account with " code { "kept user disable" } "." }
        p.govuk-body { a.govuk-link href="/webhooks" { "Webhooks: programs that are told when something changes" } }
    });
    Ok(staff(app, visit, At::Today, "People who use Kept", body))
}
