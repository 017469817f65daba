//! The sheet of those whom no message reached: who they are, how to reach each, and why no message came. It is printed.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::dates;
use maud::{Markup, html};
use records::closures::{OnSheet, Sheet};

use super::{Ask, closure, only_who_may, times, with};
use crate::App;
use crate::fail::Fail;
use crate::frame::{At, release, staff};
use crate::messages::{people, said, state_tag};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, panel, share_list, tag};
use crate::ui::form::{ButtonKind, button, hidden};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, printed};

pub(crate) async fn sheet(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    only_who_may(&app, &visit).await?;
    let id = closure(&id)?;
    let opened = app.service.contact_sheet(&visit, id).await?;
    let now = app.service.surroundings().civil(app.service.surroundings().now());
    let page = opened.map(|sheet| {
        let body = html! {
            (container(html! { div.app-wide {
                (back(&format!("/closures/{id}")))
                (said(ask.done, ask.left))
                (heading("Contact sheet", html! { p { "Closed on " (dates::with_weekday(sheet.closure.day)) ". Print this page: what is for the screen stays away." } }))
                (whole_sheet(&app, &sheet))
            } }))
            (printed(&format!("Printed by {} on {}. Contains personal data: shred when finished.", app.service.directory().name(visit.staff), dates::long(now.date()))))
        };
        staff(&app, &visit, At::Diary, "Contact sheet", body)
    });
    release(page).await
}

fn whole_sheet(app: &App, sheet: &Sheet) -> Markup {
    let (known, rest): (Vec<&OnSheet>, Vec<&OnSheet>) = sheet.rows.iter().partition(|row| row.told.settled);
    let (moving, open): (Vec<&OnSheet>, Vec<&OnSheet>) =
        rest.into_iter().partition(|row| row.told.state.moves());
    html! {
        section.app-panel aria-labelledby="sheet-h" {
            h2.app-h2 #sheet-h { (people(open.len() as u64)) " to ring" }
            @if open.is_empty() { (empty("Nobody is left to ring.")) } @else {
                form method="post" action="/messages" novalidate {
                    (hidden("back", &sheet.closure.id.to_string()))
                    div.app-scroll role="region" aria-labelledby="sheet-caption" tabindex="0" { table.app-t {
                        caption.govuk-visually-hidden #sheet-caption { "Those to ring, by the time of their appointment" }
                        thead { tr {
                            td.app-t__sel {}
                            th scope="col" { "Time" } th scope="col" { "Client" } th scope="col" { "How to reach them" } th scope="col" { "Why no message" }
                        } }
                        tbody { @for row in &open { tr {
                            td.app-t__sel { label.app-t__hit {
                                input type="checkbox" name="message" value=(row.told.id);
                                span.govuk-visually-hidden { (row.who.name) " knows" }
                            } }
                            th scope="row" class="app-num app-t__time" { (times(app, &row.booked)) }
                            td { a class="govuk-link app-t__name" href={ "/clients/" (row.who.client) } { (row.who.name) } span.app-t__sub { span.app-ref { (row.who.number) } " with " (with(app, &row.booked)) } }
                            td { (reach(row)) }
                            td { (state_tag(&row.told)) }
                        } } }
                    } }
                    (button(ButtonKind::Main, "These clients know by now", None))
                }
            }
        }
        @if !moving.is_empty() { (on_their_way(app, &moving)) }
        @if !known.is_empty() {
            (panel("known", "They know", None, share_list(&known.iter().map(|row| (html! { (row.who.name) }, html! { span.app-num { (times(app, &row.booked)) } })).collect::<Vec<_>>())))
        }
        p { (action(&format!("/closures/{}", sheet.closure.id), "How far the messages are")) }
    }
}

/// Whose message has not left yet: where the mail server hangs and the time is short, they are rung, too.
fn on_their_way(app: &App, rows: &[&OnSheet]) -> Markup {
    let columns = ["Time", "Client", "How to reach them"].map(|label| Column { label, ..Column::default() });
    let line = |row: &&OnSheet| -> Vec<Cell> {
        vec![
            html! { span.app-num { (times(app, &row.booked)) } },
            html! { (row.who.name) " " span class="app-ref app-muted" { (row.who.number) } },
            reach(row),
        ]
    };
    panel(
        "moving",
        "Messages still on their way",
        None,
        html! {
            p.govuk-body { "Ring these, too, if they would set out before the message comes. Whom a message reaches leaves this list by itself." }
            (table(Table { id: "on-their-way", caption: "Messages that have not left yet", caption_hidden: true, columns: &columns, rows: rows.iter().map(line).collect() }))
        },
    )
}

/// How somebody is reached, and what is not safe.
fn reach(row: &OnSheet) -> Markup {
    let ringing = &row.ringing;
    html! {
        @if ringing.numbers.is_empty() {
            @if ringing.address.is_empty() { (tag(TagKind::Stop, "Nothing that is safe")) }
            @else { "Write to " (ringing.address.join(", ")) }
        } @else {
            @for number in &ringing.numbers { a class="app-tel app-num" href={ "tel:" (number.replace(' ', "")) } { (number) } " " }
            span.app-t__sub {
                @if ringing.voicemail { "A voice message is safe. " } @else { "Leave no voice message. " }
                @if !ringing.say_who { "Do not say who you are to others." }
            }
        }
    }
}
