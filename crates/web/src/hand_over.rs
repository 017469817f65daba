//! Handing clients over: a manager chooses them, and watches how far it is.

use std::sync::Arc;

use access::Role;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, Fault, HandOverId, StaffId, dates};
use maud::{Markup, html};
use records::hand_over::{Asking, Reason, ToHandOver};
use records::search::Shown;
use records::staff::Status;
use records::{Error, Opened, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::clock;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::{ButtonKind, Select, button, hidden, select};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{banner, progress};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    from: Option<String>,
    /// Whether everybody is ticked.
    #[serde(default)]
    all: Option<String>,
}

#[derive(Default)]
struct Typed {
    key: String,
    taker: String,
    reason: String,
    clients: Vec<String>,
    all: bool,
    unnamed: bool,
}

fn managers_only(visit: &Visit) -> Result<(), Fail> {
    if visit.role == Role::Manager { Ok(()) } else { Err(Fail::not_found()) }
}

pub(crate) async fn choose(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    managers_only(&visit)?;
    let giver: Option<StaffId> = ask.from.as_deref().and_then(|code| code.parse().ok());
    match giver {
        Some(giver) => {
            release(
                choosing(&app, &visit, giver, Typed { all: ask.all.is_some(), ..Typed::default() }, &[])
                    .await?,
            )
            .await
        }
        // Nobody is listed before it is said whose clients.
        None => Ok(whose(&app, &visit).into_response()),
    }
}

fn advisers(app: &App) -> Vec<(String, String)> {
    let directory = app.service.directory();
    let all = directory.everybody().into_iter().filter(|member| member.role == Role::Adviser);
    all.map(|member| {
        let left = if member.status == Status::Disabled { " (has left)" } else { "" };
        (member.id.to_string(), format!("{}{left}", member.name))
    })
    .collect()
}

fn whose(app: &App, visit: &Visit) -> Markup {
    let advisers = advisers(app);
    let options = advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let body = reading(html! {
        (back("/team"))
        (heading("Hand clients over", html! {}))
        div.app-panel { form method="get" action="/team/hand-over" {
            (select(Select { name: "from", label: "Whose clients?", options, ..Select::default() }))
            (button(ButtonKind::Main, "Continue", None))
        } }
    });
    staff(app, visit, At::Team, "Hand clients over", body)
}

async fn choosing(
    app: &App,
    visit: &Visit,
    giver: StaffId,
    typed: Typed,
    faults: &[Fault],
) -> Result<Opened<Markup>, Fail> {
    let opened = app.service.to_hand_over(visit, giver).await?;
    let directory = app.service.directory();
    let advisers = advisers(app);
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    Ok(opened.map(|all| {
        let takers: Vec<(&str, &str)> = std::iter::once(("", "Choose"))
            .chain(advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())))
            .filter(|(id, _)| *id != giver.to_string())
            .collect();
        let reasons: Vec<(&str, &str)> = std::iter::once(("", "Choose"))
            .chain(Reason::ALL.iter().map(|reason| (reason.code(), reason.words())))
            .collect();
        let key = if typed.key.is_empty() { new_key() } else { typed.key.clone() };
        let body = container(html! {
            (back("/team/hand-over"))
            (fields::summary(faults))
            (heading(&format!("Hand over clients of {}", directory.name(giver)), html! { p { (dates::count((all.named.len() + all.unnamed) as u64, "client")) } }))
            @if all.restricted > 0 { p.govuk-body { (dates::count(all.restricted as u64, "restricted file")) " of this caseload: not named, and staying here until the restriction is lifted." } }
            @if all.named.is_empty() && all.unnamed == 0 { (empty("Nobody here can be handed over.")) } @else {
                form.app-panel method="post" action="/team/hand-over" novalidate {
                    (hidden("form", &key))
                    (hidden("giver", &giver.to_string()))
                    (select(Select { name: "taker", label: "Who takes them?", options: takers, value: &typed.taker, error: error("taker"), ..Select::default() }))
                    (select(Select { name: "reason", label: "Why?", hint: Some("Each client can read this in the list of who looked at their file"), options: reasons, value: &typed.reason, error: error("reason") }))
                    @if let Some(wrong) = error("client") { p.govuk-error-message { span.govuk-visually-hidden { "Error:" } " " (wrong) } }
                    @if all.unnamed > 0 { p.govuk-body { (dates::count(all.unnamed as u64, "client")) " took back consent to support, so nobody is named: tick the last line, and their files go along to the new adviser." } }
                    p { a.govuk-link href={ "/team/hand-over?from=" (giver) "&all=1" } { "Tick all " (all.named.len()) } }
                    (tick_table(&all, &typed))
                    p.app-muted { "Appointments that are booked stay with the adviser who has them." }
                    (button(ButtonKind::Main, "Hand over the ticked clients", None))
                }
            }
        });
        staff(app, visit, At::Team, "Hand clients over", body)
    }))
}

fn tick_table(all: &ToHandOver, typed: &Typed) -> Markup {
    html! { table.app-t #client {
        caption.govuk-visually-hidden { "Clients to choose from, by name" }
        thead { tr { td.app-t__sel {} th scope="col" { "Client" } th scope="col" { "Number" } } }
        tbody {
            // Whose file is shut to its own adviser needs another one first.
            @let (known, others): (Vec<&Shown>, Vec<&Shown>) = all.named.iter().partition(|one| all.conflicts.contains(&one.client));
            @for client in known.into_iter().chain(others) { @let id = client.client.to_string(); tr {
                (tick("client", &id, typed.all || typed.clients.contains(&id), &client.name))
                th scope="row" { (client.name) @if all.conflicts.contains(&client.client) { " " (tag(TagKind::Stop, "Known privately")) } }
                td { span.app-ref { (client.number) } }
            } }
            @if all.unnamed > 0 { @let unnamed = format!("{} not named", dates::count(all.unnamed as u64, "client")); tr {
                (tick("unnamed", "yes", typed.unnamed, &unnamed))
                th scope="row" { (unnamed) }
                td { "Consent taken back" }
            } }
        }
    } }
}

fn tick(name: &str, value: &str, checked: bool, whom: &str) -> Markup {
    html! { td.app-t__sel { label.app-t__hit {
        input type="checkbox" name=(name) value=(value) checked[checked];
        span.govuk-visually-hidden { "Hand over " (whom) }
    } } }
}

pub(crate) async fn begin(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    managers_only(&visit)?;
    let form = form.only(&["form", "giver", "taker", "reason", "client", "unnamed"])?;
    let key = form.key()?;
    let giver: StaffId = form.one("giver")?.parse().map_err(|_| Fail::bad_form("It names no adviser."))?;
    let ticked = form.several("client");
    let clients: Vec<ClientId> = ticked
        .iter()
        .map(|code| code.parse().ok())
        .collect::<Option<_>>()
        .ok_or_else(|| Fail::bad_form("It names a client who is none."))?;
    let typed = Typed {
        key: form.one("form")?.to_owned(),
        taker: form.one("taker")?.to_owned(),
        reason: form.one("reason")?.to_owned(),
        clients: ticked.iter().map(|code| (*code).to_owned()).collect(),
        all: false,
        unnamed: form.one("unnamed")? == "yes",
    };
    let mut faults = Vec::new();
    let taker: Option<StaffId> = typed.taker.parse().ok();
    let reason = Reason::of(&typed.reason);
    if taker.is_none() {
        faults.push(Fault::new("taker", "Choose who takes them"));
    }
    if reason.is_none() {
        faults.push(Fault::new("reason", "Choose why"));
    }
    if clients.is_empty() && !typed.unnamed {
        faults.push(Fault::new("client", "Tick the clients to hand over"));
    }
    if let (Some(taker), Some(reason), true) = (taker, reason, faults.is_empty()) {
        let asking = Asking { form: key, giver, taker, reason, clients, unnamed: typed.unnamed };
        match app.service.begin_hand_over(&visit, asking).await {
            Ok(id) => {
                // It is written down: whatever happens to this process, the next one goes on.
                let service = Arc::clone(&app.service);
                tokio::spawn(async move {
                    if let Err(error) = service.carry_on_hand_overs().await {
                        tracing::error!(%error, "a hand-over stopped and goes on later");
                    }
                });
                return Ok(Redirect::to(&format!("/team/hand-over/{id}")).into_response());
            }
            Err(Error::Faults(more)) => faults = more,
            Err(error) => return Err(error.into()),
        }
    }
    let page = choosing(&app, &visit, giver, typed, &faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(code): Path<String>,
) -> Result<Response, Fail> {
    managers_only(&visit)?;
    let id: HandOverId = code.parse().map_err(|_| Fail::not_found())?;
    let opened = app.service.hand_over(&visit, id).await?;
    let directory = app.service.directory();
    let mut going_on = false;
    let page = opened.map(|one| {
        going_on = one.seen_to < one.all;
        let columns = ["Client", "Number", "Why"].map(|label| Column { label, numeric: false, hidden: false });
        let rows: Vec<Vec<Cell>> = one
            .left
            .iter()
            .map(|(who, became)| {
                vec![
                    html! { @match who { Some(who) => (who.name), None => "A file that is closed to you" } },
                    html! { @if let Some(who) = who { span.app-ref { (who.number) } } },
                    html! { (became.words()) },
                ]
            })
            .collect();
        let to_come = ["Client", "Number", "When"].map(|label| Column { label, numeric: false, hidden: false });
        let booked: Vec<Vec<Cell>> = one.booked.iter().map(|(who, starts)| {
            let starts = app.service.surroundings().civil(*starts);
            vec![
                html! { @match who { Some(who) => (who.name), None => "A file that is closed to you" } },
                html! { @if let Some(who) = who { span.app-ref { (who.number) } } },
                html! { (dates::with_weekday(starts.date())) ", " (clock(&starts)) },
            ]
        }).collect();
        let body = reading(html! {
            (back("/team"))
            @if !going_on { (banner(&format!("{} handed over", dates::count((one.all - one.left.len()) as u64, "client")))) }
            (heading("Handing clients over", html! {}))
            div.app-panel {
                p.govuk-body { "From " b { (directory.name(one.giver)) } " to " b { (directory.name(one.taker)) } ". " (one.reason.words()) "." }
                (progress("Seen to", one.seen_to, one.all))
                @if going_on { p.app-muted { "This page looks again by itself. You can leave it: the work goes on." } }
            }
            @if !rows.is_empty() { div.app-panel { (table(Table { id: "left", caption: "These stay where they are", caption_hidden: false, columns: &columns, rows })) } }
            @if !booked.is_empty() { div.app-panel {
                (table(Table { id: "booked", caption: "Still booked with their adviser of before", caption_hidden: false, columns: &to_come, rows: booked }))
                p.app-muted { "What was agreed with a client stays until somebody agrees something else with them: reception, or the new adviser, hands each appointment over or moves it, and the client is told." }
            } }
        });
        staff(&app, &visit, At::Team, "Handing clients over", body)
    });
    let mut response = release(page).await?;
    if going_on {
        response.headers_mut().insert("refresh", HeaderValue::from_static("2"));
    }
    Ok(response)
}
