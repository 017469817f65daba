//! Who looked at a file.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::dates;
use maud::html;

use crate::App;
use crate::fail::Fail;
use crate::file::{client, clock, head, title};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{container, heading};

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.who_looked(&visit, id).await?;
    let page = opened.map(|looks| {
        let (directory, notices) = (app.service.directory(), app.service.notices());
        let columns = ["When", "Who", "What", "What for", "Refused"].map(|label| Column { label, hidden: label == "Refused", ..Column::default() });
        let rows: Vec<Vec<Cell>> = looks
            .looks
            .iter()
            .map(|look| {
                let at = app.service.surroundings().civil(look.at);
                let who = look.who.map_or("Kept itself", |who| directory.name(who));
                let purpose = look.purpose.as_deref().and_then(|p| p.parse().ok());
                let purpose = purpose.and_then(|p| notices.service().purpose(p)).map_or(String::new(), |p| p.label.clone());
                vec![
                    html! { span.app-num { (dates::long(at.date())) " " (clock(&at)) } },
                    html! { (who) @if let Some(role) = look.role.filter(|_| look.who.is_some()) { br; span.app-muted { (role) } } },
                    html! { (records::looked::action_words(&look.action)) @if let Some(reason) = &look.reason { br; span.app-muted { "“" (reason) "”" } } },
                    html! { (purpose) },
                    html! { @if look.outcome.starts_with("refused") { (tag(TagKind::Stop, "Refused")) } },
                ]
            })
            .collect();
        let body = html! {
            (head(visit.role, &looks.contact, id, app.service.surroundings().today(), "Who looked", html! {}))
            (container(html! {
                (heading("Who looked at this file", html! { p { "The client can ask for this list. Nobody can change it." } }))
                div.app-panel { (table(Table { id: "looks", caption: "Everything done with this file, newest first", caption_hidden: true, columns: &columns, rows })) }
            }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&looks.contact, "who looked"), body)
    });
    release(page).await
}
