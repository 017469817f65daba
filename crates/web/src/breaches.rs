//! The register of breaches: the list, and one breach with its clock, its record and its history. The form, whom it reached and
//! what is printed stand in files of their own.

mod form;
mod paper;
mod reach;
pub(crate) mod reporting;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::breaches::{Breach, Clock, Risk, clock, stretch};
use casework::clocks::report_breach_by;
use casework::{BreachId, dates};
use jiff::Timestamp;
use maud::{Markup, html};
use records::Visit;
use records::breaches::{BreachRecord, OneBreach, keeps_breaches};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::frame::{At, release, staff};
use crate::promises::when;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, main_action, panel, tag};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, printed};
use crate::ui::words::{SummaryRow, banner, notice_banner, summary_list};

pub(crate) use form::{begin, change, edit, write};
pub(crate) use paper::{letters, report};
use reach::ReachTyped;
pub(crate) use reach::affected;

#[derive(Default, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
    #[serde(default)]
    files: Option<u64>,
    #[serde(default)]
    lists: Option<u64>,
}

fn breach_id(text: &str) -> Result<BreachId, Fail> {
    text.parse().map_err(|_| Fail::not_found())
}

/// Where the 72 hours stand, as a tag with words.
pub(crate) fn hours(breach: &Breach, now: Timestamp) -> Markup {
    match clock(breach, now) {
        Clock::Left(left) => tag(TagKind::Warn, &format!("{} left", stretch(left))),
        Clock::Over(over) => tag(TagKind::Stop, &format!("{} too late", stretch(over))),
        Clock::Reported { in_time: true } => tag(TagKind::Ok, "Reported in time"),
        Clock::Reported { in_time: false } => tag(TagKind::Warn, "Reported late"),
        Clock::NotReported => tag(TagKind::Info, "Not to be reported"),
    }
}

pub(crate) async fn list(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let all = app.service.breaches(&visit).await?;
    let now = app.service.surroundings().now();
    let columns = ["Known since", "What happened", "72 hours", "Stands"]
        .map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|one| {
            let first: String =
                one.breach.what.lines().next().unwrap_or_default().chars().take(120).collect();
            vec![
                html! { span.app-num { (when(&app, one.breach.aware)) } },
                html! { a.govuk-link href={ "/breaches/" (one.id) } { (first) } },
                hours(&one.breach, now),
                if one.breach.closed { tag(TagKind::Ok, "Closed") } else { tag(TagKind::Warn, "Open") },
            ]
        })
        .collect();
    let body = container(html! {
        (back("/promises"))
        (heading("Breaches", html! { p { "Every breach is written down, reported or not. 72 hours run from the moment when we know, nights and weekends included." } }))
        @if keeps_breaches(visit.role) { p { (main_action("/breaches/new", "Write a breach down")) } }
        @if rows.is_empty() { (empty("No breach was written down yet. If data was seen, sent, changed or lost that should not have been, write it down here at once; what is not known yet can follow.")) }
        @else { div.app-panel { (table(Table { id: "breaches", caption: "Breaches, the newest first", caption_hidden: true, columns: &columns, rows })) } }
    });
    Ok(staff(&app, &visit, At::Promises, "Breaches", body).into_response())
}

fn zone(app: &App) -> jiff::tz::TimeZone {
    let surroundings = app.service.surroundings();
    surroundings.civil(surroundings.now()).time_zone().clone()
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    one_page(&app, &visit, breach_id(&id)?, &ask, &ReachTyped::default()).await
}

async fn one_page(
    app: &App,
    visit: &Visit,
    id: BreachId,
    ask: &Ask,
    reach: &ReachTyped,
) -> Result<Response, Fail> {
    let opened = app.service.breach(visit, id).await?;
    release(opened.map(|one| whole_page(app, visit, id, &one, ask, reach))).await
}

fn whole_page(
    app: &App,
    visit: &Visit,
    id: BreachId,
    one: &OneBreach,
    ask: &Ask,
    reach: &ReachTyped,
) -> Markup {
    let keeps = keeps_breaches(visit.role);
    let now = app.service.surroundings().now();
    let body = container(html! {
        (fields::summary(&reach.faults))
        (back("/breaches"))
        @match ask.done.as_deref() {
            Some("saved") => (banner("Saved")),
            Some("told") => (banner("Noted: they were told")),
            Some("removed") => (banner("Taken off the list")),
            Some("found") => (banner(&format!("{} found", dates::count(ask.files.unwrap_or_default(), "file")))),
            _ => {}
        }
        @if let Some(lists) = ask.lists.filter(|lists| *lists > 0) {
            (notice_banner(html! { "In that time there were also " (dates::count(lists, "list or search")) ", which show names without opening files. Ask what they were for." }))
        }
        (heading("Breach", html! { p.app-digest { (id) } }))
        @if let Some(newest) = one.versions.first() {
            (clock_panel(app, newest, now))
            (panel("record", "What is written down", None, html! {
                (record(app, &newest.breach))
                p.app-noprint { @if keeps { (action(&format!("/breaches/{id}/change"), "Add or change")) " " } (action(&format!("/breaches/{id}/report"), "Report to print")) }
            }))
        }
        (reach::affected_panel(app, id, one, keeps, reach))
        (history(app, &one.versions))
        (printed(&format!("Printed by {}. Contains personal data: shred when finished.", app.service.directory().name(visit.staff))))
    });
    staff(app, visit, At::Promises, "Breach", body)
}

fn clock_panel(app: &App, newest: &BreachRecord, now: Timestamp) -> Markup {
    let end = report_breach_by(newest.breach.aware);
    let here = app.service.surroundings().civil(end);
    panel(
        "clock",
        "72 hours",
        None,
        html! {
            p.govuk-body { (hours(&newest.breach, now)) }
            p.govuk-body { "They run from " (when(app, newest.breach.aware)) " and end on " b { (dates::with_weekday(here.date())) ", " span.app-num { (here.strftime("%H:%M:%S").to_string()) } } " (" span.app-num { (end.strftime("%Y-%m-%d %H:%M:%S").to_string()) } " UTC). Nights, weekends and holidays count." }
        },
    )
}

fn text(words: &str) -> Markup {
    html! { @if words.is_empty() { span.app-muted { "Not said yet" } } @else { @for line in words.lines() { (line) br; } } }
}

fn about(number: u32) -> Markup {
    html! { @if number == 0 { span.app-muted { "Not known yet" } } @else { "About " (number) } }
}

fn record(app: &App, breach: &Breach) -> Markup {
    let row = |key, value| SummaryRow { key, value, change: None };
    let words = |code: Option<&'static str>| html! { @match code { Some(words) => (words), None => span.app-muted { "Not judged yet" } } };
    summary_list(&[
        row("What happened", text(&breach.what)),
        row("When", text(&breach.happened)),
        row("Found", text(&breach.found)),
        row("Known since", html! { (when(app, breach.aware)) }),
        row("What was lost", html! { (breach.kind.words()) }),
        row("Which data", text(&breach.data)),
        row("People", about(breach.people)),
        row("Records", about(breach.records)),
        row("What may follow", text(&breach.consequences)),
        row("What is done", text(&breach.measures)),
        row(
            "Risk",
            html! { (words(breach.risk.map(Risk::words))) @if !breach.risk_why.is_empty() { br; (text(&breach.risk_why)) } },
        ),
        row(
            "Decision",
            html! { (breach.decision.words()) @if !breach.decision_why.is_empty() { br; (text(&breach.decision_why)) } },
        ),
        row(
            "Reported",
            html! { @match breach.reported { Some(at) => { (when(app, at)) " " (breach.reference) }, None => span.app-muted { "No" } } @if !breach.late_why.is_empty() { br; (text(&breach.late_why)) } },
        ),
        row("The people concerned", text(&breach.people_told)),
        row("Learnt", text(&breach.lessons)),
    ])
}

fn history(app: &App, versions: &[BreachRecord]) -> Markup {
    let directory = app.service.directory();
    let columns = ["Version", "Written", "By", "Risk", "Decision", "What happened"]
        .map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = versions
        .iter()
        .map(|one| {
            vec![
                html! { (one.version) },
                html! { span.app-num { (when(app, one.written)) } },
                html! { (directory.name(one.author)) },
                html! { (one.breach.risk.map_or("Not judged", Risk::words)) },
                html! { (one.breach.decision.words()) },
                text(&one.breach.what),
            ]
        })
        .collect();
    panel(
        "history",
        "History",
        None,
        table(Table {
            id: "versions",
            caption: "Every version, the newest first",
            caption_hidden: true,
            columns: &columns,
            rows,
        }),
    )
}
