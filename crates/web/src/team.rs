//! The team in numbers, for managers: who has how much to do. No client is named.

use access::Role;
use axum::extract::State;
use axum::response::Response;
use maud::html;
use records::team::Load;

use crate::App;
use crate::fail::Fail;
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading};

const COLUMNS: [&str; 7] = [
    "Adviser",
    "Clients",
    "With something late",
    "No contact for 5 weeks",
    "Record ending",
    "Booked in 7 days",
    "Need another adviser",
];

pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if visit.role != Role::Manager {
        return Err(Fail::not_found());
    }
    let opened = app.service.team(&visit).await?;
    let page = opened.map(|team| {
        let directory = app.service.directory();
        let mut rows: Vec<(String, Load)> =
            team.into_iter().map(|(adviser, load)| (directory.name(adviser).to_owned(), load)).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let columns = COLUMNS.map(|label| Column { label, numeric: label != "Adviser", hidden: false });
        let rows: Vec<Vec<Cell>> = rows
            .into_iter()
            .map(|(name, load)| {
                let numbers = [load.clients, load.late, load.quiet, load.ending, load.booked, load.conflicts];
                std::iter::once(html! { (name) }).chain(numbers.map(|number| html! { (number) })).collect()
            })
            .collect();
        let body = container(html! {
            (heading("The team", html! { p { "Numbers only. A file opens with a stated reason." } }))
            p.govuk-body { a.govuk-link href="/team/hand-over" { "Hand clients over" } " or " a.govuk-link href="/cover" { "arrange cover" } ". " a.govuk-link href="/duplicates" { "People who may be on file twice" } ". " a.govuk-link href="/import" { "Bring people in" } }
            @if rows.is_empty() { (empty("Nobody has a client yet.")) }
            @else { div.app-panel { (table(Table { id: "team", caption: "What each adviser has to do", caption_hidden: true, columns: &columns, rows })) } }
        });
        staff(&app, &visit, At::Team, "The team", body)
    });
    release(page).await
}
