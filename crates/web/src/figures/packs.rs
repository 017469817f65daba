//! Packs for bids and for publication: prepared by one person, signed by a second, read by everybody.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::figures::{Quarter, STORIES};
use casework::{Fault, dates};
use jiff::Timestamp;
use maud::{Markup, html};
use records::figures::{Format, Pack, PackContent, Stage, counts};
use records::{Error, Visit};

use super::{fault, id, notes, period, places, quarters, save, shown};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, button, buttons, hidden, radios};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading};

struct Typed {
    key: String,
    story: String,
    from: String,
    to: String,
}

fn first(app: &App) -> Typed {
    let last = Quarter::of(app.service.surroundings().today()).later(-1).to_string();
    Typed { key: new_key(), story: String::new(), from: last.clone(), to: last }
}

pub(crate) async fn list(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    page(&app, &visit, &first(&app), &[]).await
}

async fn page(app: &App, visit: &Visit, typed: &Typed, faults: &[Fault]) -> Result<Response, Fail> {
    let packs = app.service.figure_packs(visit).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let stories = STORIES
        .iter()
        .map(|story| Choice {
            value: story.id,
            label: story.words,
            hint: Some(story.tells),
            checked: typed.story == story.id,
            ..Choice::default()
        })
        .collect();
    let body = container(html! {
        (fields::summary(faults))
        (heading("Packs for bids", html! { p { "Tables, pictures, a note on method and an anonymous extract, checked together with everything that was published before. Two people sign." } }))
        (places("packs", visit.role))
        @if packs.is_empty() { (empty("There is no pack yet. Choose a story below to prepare one.")) }
        @else { (panel("packs", "All packs", None, listed(app, &packs))) }
        @if counts(visit.role) { (panel("prepare", "Prepare a pack", None, html! {
            form.app-note method="post" action="/figures/packs" novalidate {
                (hidden("form", &typed.key))
                (radios(Choices { name: "story", legend: "What does it tell?", options: stories, error: fault(faults, "story"), ..Choices::default() }))
                (quarters(app, &typed.from, &typed.to, faults))
                p.govuk-body { "Preparing it is your signature. Choose a period that is over: what is published stays as it is." }
                (buttons(button(ButtonKind::Main, "Prepare and sign", None)))
            }
        })) }
    });
    Ok((status, staff(app, visit, At::Figures, "Packs for bids", body)).into_response())
}

fn stage(stage: Stage) -> Markup {
    match stage {
        Stage::Proposed => tag(TagKind::Warn, "Waits for a second signature"),
        Stage::Published => tag(TagKind::Ok, "Published"),
        Stage::Refused => tag(TagKind::Stop, "Not published"),
    }
}

const COLUMNS: [Column<'static>; 3] = [
    Column { label: "Pack", numeric: false, hidden: false },
    Column { label: "Prepared", numeric: false, hidden: false },
    Column { label: "How it stands", numeric: false, hidden: false },
];

fn listed(app: &App, packs: &[Pack]) -> Markup {
    let row = |pack: &Pack| -> Vec<Cell> {
        vec![
            html! { a.govuk-link href={ "/figures/packs/" (hex::encode(pack.id)) } { (pack.content.title) } },
            html! { (day(app, pack.asked)) },
            stage(pack.stage),
        ]
    };
    let rows = packs.iter().map(row).collect();
    table(Table {
        id: "all-packs",
        caption: "All packs, the newest first",
        caption_hidden: true,
        columns: &COLUMNS,
        rows,
    })
}

fn day(app: &App, at: Timestamp) -> String {
    dates::short(app.service.surroundings().civil(at).date())
}

pub(crate) async fn prepare(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["form", "story", "from", "to"])?;
    let one = |name: &str| Ok::<_, Fail>(form.one(name)?.to_owned());
    let typed = Typed { key: one("form")?, story: one("story")?, from: one("from")?, to: one("to")? };
    let period = match period(&typed.from, &typed.to) {
        Ok(period) => period,
        Err(fault) => return page(&app, &visit, &typed, &[fault]).await,
    };
    match app.service.prepare_pack(&visit, form.key()?, &typed.story, period).await {
        Ok(id) => Ok(Redirect::to(&format!("/figures/packs/{}", hex::encode(id))).into_response()),
        Err(Error::Faults(faults)) => page(&app, &visit, &typed, &faults).await,
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(pack): Path<String>,
) -> Result<Markup, Fail> {
    let pack = app.service.figure_pack(&visit, id(&pack)?).await?;
    let directory = app.service.directory();
    let here = format!("/figures/packs/{}", hex::encode(pack.id));
    let body = html! {
        (back("/figures/packs"))
        (container(html! {
            (heading(&pack.content.title, html! { p { (stage(pack.stage)) } }))
            (panel("signatures", "Signatures", None, html! {
                ul.govuk-list {
                    li { "Prepared by " b { (directory.name(pack.asked_by)) } ", " (day(&app, pack.asked)) }
                    @if let Some((at, by)) = pack.decided { li { @if pack.stage == Stage::Published { "Signed" } @else { "Refused" } " by " b { (directory.name(by)) } ", " (day(&app, at)) } }
                }
                @if pack.stage == Stage::Proposed {
                    @if pack.asked_by == visit.staff { p.govuk-body { "A second person signs it: another manager, or the governance lead." } }
                    @else { form method="post" action=(here) { (buttons(html! {
                        (button(ButtonKind::Main, "Sign and publish", Some(("do", "publish"))))
                        (button(ButtonKind::Secondary, "Do not publish", Some(("do", "refuse"))))
                    })) } }
                }
                @if pack.stage == Stage::Published { p.govuk-body { "Everybody can read it: " a.govuk-link href={ "/published/" (hex::encode(pack.id)) } { "the published page" } "." } }
            }))
            (contents(&pack.content, &here, true))
        }))
    };
    Ok(staff(&app, &visit, At::Figures, &pack.content.title, body))
}

/// What a pack says. The extract is for the funder, not for the page.
pub(super) fn contents(content: &PackContent, here: &str, with_extract: bool) -> Markup {
    html! {
        @for (at, sheet) in content.sheets.iter().enumerate() {
            (panel(&format!("part-{at}"), &sheet.title, None, shown(&format!("table-{at}"), sheet)))
        }
        (panel("about", "About these figures", None, html! {
            (notes(&content.notes, &content.method))
            p.govuk-body { "Save the tables as "
                @for (at, ending) in ["csv", "xlsx", "ods"].into_iter().enumerate() {
                    @if at > 0 { ", " }
                    a.govuk-link href={ (here) "/tables." (ending) } { (ending.to_uppercase()) }
                }
                ", or all of this page as "
                a.govuk-link href={ (here) "/pack.pdf" } { "PDF" }
            }
        }))
        @if with_extract { (panel("extract", "Anonymous extract", None, html! {
            p.govuk-body { (content.of_extract) }
            @if content.extract.is_some() { p.govuk-body { a.govuk-link href={ (here) "/extract.csv" } { "Save the extract as CSV" } } }
        })) }
    }
}

pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(pack): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["do"])?;
    let publish = match form.one("do")? {
        "publish" => true,
        "refuse" => false,
        _ => return Err(Fail::bad_form("It does not say whether to publish.")),
    };
    let id = id(&pack)?;
    app.service.decide_pack(&visit, id, publish).await?;
    Ok(Redirect::to(&format!("/figures/packs/{}", hex::encode(id))).into_response())
}

pub(crate) async fn file(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((pack, file)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let pack = app.service.figure_pack(&visit, id(&pack)?).await?;
    if file == "extract.csv" {
        let csv = pack.content.extract_csv().ok_or_else(Fail::not_found)?;
        return save("extract", &file, Format::Csv.media_type(), csv.into_bytes());
    }
    saved(&app, &pack, &file, true)
}

/// A pack as a PDF, or its tables as a file.
pub(super) fn saved(app: &App, pack: &Pack, file: &str, with_extract: bool) -> Result<Response, Fail> {
    if file == "pack.pdf" {
        let bytes = app.service.printed_pack(pack, with_extract)?;
        return save("figures", file, "application/pdf", bytes);
    }
    let format = file.strip_prefix("tables.").and_then(Format::read).ok_or_else(Fail::not_found)?;
    let bytes = format.write(&pack.content.sheets, &pack.content.method)?;
    save("tables", file, format.media_type(), bytes)
}
