//! People who may be on file twice, for managers: the pairs by how sure it is, with why; two files side by side.

use access::Role;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, dates};
use maud::{Markup, html};
use records::duplicates::{Alike, Pairs};
use records::search::Shown;
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::merges;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{action, panel};
use crate::ui::form::hidden;
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading};
use crate::ui::words::banner;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
    #[serde(default)]
    stayed: Option<usize>,
}

/// Two clients, as forms and addresses name them: `ONE.OTHER`.
pub(crate) fn pair(text: &str) -> Result<(ClientId, ClientId), Fail> {
    let ids = text.split_once('.').and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)));
    ids.filter(|(one, other)| one != other).ok_or_else(Fail::not_found)
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let opened = match app.service.duplicates(&visit).await {
        Err(Error::NotYours(_)) => return Err(Fail::not_found()),
        other => other?,
    };
    let done = match ask.done.as_deref() {
        Some("different") => Some("Remembered: two people. This pair is not shown again".to_owned()),
        Some("undone") => Some(merges::stayed(ask.stayed.unwrap_or(0))),
        _ => None,
    };
    release(opened.map(|pairs| whole(&app, &visit, &pairs, done.as_deref()))).await
}

fn whole(app: &App, visit: &Visit, pairs: &Pairs, done: Option<&str>) -> Markup {
    let (proposed, possible): (Vec<&Alike>, Vec<&Alike>) = pairs.pairs.iter().partition(|pair| pair.proposed);
    let count = dates::count(pairs.pairs.len() as u64, "pair");
    let body = container(html! {
        @if let Some(done) = done { (banner(done)) }
        (heading("People who may be on file twice", html! { p { (count) ". Nothing is merged unless a person has looked at both files and decided." } }))
        @if proposed.is_empty() && possible.is_empty() { (empty("Nobody here looks like anybody else.")) }
        @if !proposed.is_empty() { (panel("proposed", "Very alike: look at these first", None, list("proposed-pairs", "Pairs for which a merge is proposed", &proposed))) }
        @if !possible.is_empty() { (panel("possible", "Possible", None, list("possible-pairs", "Pairs that are possible", &possible))) }
        @if !pairs.merges.is_empty() { (panel("merged", "Made one lately", None, merges::list(&pairs.merges))) }
        @if pairs.closed > 0 { p.govuk-body {
            (dates::count(pairs.closed as u64, "more pair")) " with a file that is restricted, whose client took their consent back, or that is closed to you. The governance lead decides about the first two; another manager about one that is closed to you."
        } }
    });
    staff(app, visit, At::Team, "People who may be on file twice", body)
}

const COLUMNS: [Column<'static>; 4] = [
    Column { label: "One file", numeric: false, hidden: false },
    Column { label: "The other", numeric: false, hidden: false },
    Column { label: "Why", numeric: false, hidden: false },
    Column { label: "What to do", numeric: false, hidden: true },
];

fn named(who: &Shown) -> Markup {
    html! {
        (who.name) span.app-t__sub { span.app-ref { (who.number) } @if let Some(born) = who.born { ", born " (dates::long(born)) } }
    }
}

fn list(id: &str, caption: &str, pairs: &[&Alike]) -> Markup {
    let row = |pair: &&Alike| -> Vec<Cell> {
        let both = format!("{}.{}", pair.one.client, pair.other.client);
        let names = format!("{} and {}", pair.one.number, pair.other.number);
        vec![
            named(&pair.one),
            named(&pair.other),
            html! { (pair.why) },
            html! {
                (action(&format!("/duplicates/{both}"), &format!("Compare {names}"))) " "
                form.app-inline method="post" action="/duplicates" {
                    (hidden("pair", &both))
                    button class="govuk-button govuk-button--secondary" type="submit" { "Two people" span.govuk-visually-hidden { ": " (names) } }
                }
            },
        ]
    };
    table(Table {
        id,
        caption,
        caption_hidden: true,
        columns: &COLUMNS,
        rows: pairs.iter().map(row).collect(),
    })
}

/// They are two people: remembered.
pub(crate) async fn different(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["pair"])?;
    if visit.role != Role::Manager {
        return Err(Fail::not_found());
    }
    let (one, other) = pair(form.one("pair")?)?;
    app.service.say_different(&visit, one, other).await?;
    Ok(Redirect::to("/duplicates?done=different").into_response())
}
