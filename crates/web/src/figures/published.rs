//! What is published: pages for everybody.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::dates;
use maud::{Markup, html};
use records::figures::Pack;

use super::id;
use super::packs::{contents, saved};
use crate::App;
use crate::fail::Fail;
use crate::ui::list::empty;
use crate::ui::page::{PublicPage, public};

fn page(app: &App, title: &str, body: Markup) -> Markup {
    let notices = app.service.notices();
    public(PublicPage { title, service: &notices.service().service, body, ..PublicPage::default() })
}

pub(crate) async fn list(State(app): State<App>) -> Result<Markup, Fail> {
    let packs = app.service.published_packs().await?;
    let body = html! {
        h1.govuk-heading-l { "Figures of the service" }
        p.govuk-body { "Nobody can be found in these figures, also not if they are put together." }
        @if packs.is_empty() { (empty("Nothing is published yet.")) }
        ul.govuk-list { @for pack in &packs { li {
            a.govuk-link href={ "/published/" (hex::encode(pack.id)) } { (pack.content.title) }
            @if let Some((at, _)) = pack.decided { ", published on " (dates::long(app.service.surroundings().civil(at).date())) }
        } } }
    };
    Ok(page(&app, "Figures of the service", body))
}

async fn find(app: &App, pack: &str) -> Result<Pack, Fail> {
    let id = id(pack)?;
    let packs = app.service.published_packs().await?;
    packs.into_iter().find(|pack| pack.id == id).ok_or_else(Fail::not_found)
}

pub(crate) async fn show(State(app): State<App>, Path(pack): Path<String>) -> Result<Markup, Fail> {
    let pack = find(&app, &pack).await?;
    let body = html! {
        h1.govuk-heading-l { (pack.content.title) }
        (contents(&pack.content, &format!("/published/{}", hex::encode(pack.id)), false))
    };
    Ok(page(&app, &pack.content.title, body))
}

pub(crate) async fn file(
    State(app): State<App>,
    Path((pack, file)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let pack = find(&app, &pack).await?;
    saved(&app, &pack, &file, false)
}
