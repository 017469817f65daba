//! What goes soon: the files of one's caseload that are near their end, and the year ahead in numbers.

use access::Role;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use casework::retention::guard::Doubt;
use casework::retention::{Ahead, layer_words};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::Layer;
use records::Visit;
use records::retention::{Ending, TakenBack};
use records::sweep::{Due, State as Stands, Sweep};

use crate::App;
use crate::fail::Fail;
use crate::file::clock;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, bar, panel, tag};
use crate::ui::form::{ButtonKind, button, hidden};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{container, heading};
use crate::ui::words::warning;

/// What goes soon. Managers and the governance lead have no caseload: they see the numbers.
pub(crate) async fn show(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if !matches!(visit.role, Role::Adviser | Role::Manager | Role::Governance) {
        return Err(Fail::not_found());
    }
    let (sweep, due) =
        (app.service.newest_sweep().await?, app.service.due_on(app.service.surroundings().today()).await?);
    let today = app.service.surroundings().today();
    let taken_back = app.service.taken_back_ahead(today).await?;
    let opened = app.service.endings(&visit).await?;
    let page = opened.map(|endings| {
        let body = container(html! {
            (heading("Records near their end", html! { p { "Dates only: no record is opened for this." } }))
            @if visit.role == Role::Adviser { (mine(&endings.mine, today)) }
            @else { (sweeping(&app, &visit, sweep.as_ref(), due)) }
            @for (layer, ahead) in &endings.layers { (year(*layer, ahead, today)) }
            @if !taken_back.is_empty() { (scheduled(&app, &taken_back)) }
            @if endings.layers.is_empty() { (empty("There is no record yet.")) }
        });
        let at = if visit.role == Role::Adviser { At::Clients } else { At::Elsewhere };
        staff(&app, &visit, at, "Records near their end", body)
    });
    release(page).await
}

/// What goes because a consent was taken back.
fn scheduled(app: &App, taken_back: &[TakenBack]) -> Markup {
    let notices = app.service.notices();
    let columns = [("Category", false), ("Due", true), ("Later", true)].map(|(label, numeric)| Column {
        label,
        numeric,
        ..Column::default()
    });
    let row = |one: &TakenBack| -> Vec<Cell> {
        let label = notices.service().category(one.category).map(|held| held.label.clone());
        vec![
            html! { (label.unwrap_or_else(|| one.category.code().to_owned())) },
            html! { (one.due) },
            html! { (one.later) },
        ]
    };
    panel(
        "taken-back",
        "Consent taken back, and no other ground left",
        None,
        html! {
            (table(Table { id: "scheduled", caption: "How many files lose a category", caption_hidden: true, columns: &columns, rows: taken_back.iter().map(row).collect() }))
        },
    )
}

const COLUMNS: [Column<'static>; 4] = [
    Column { label: "Name", numeric: false, hidden: false },
    Column { label: "Number", numeric: false, hidden: false },
    Column { label: "Erased on", numeric: false, hidden: false },
    Column { label: "Why then", numeric: false, hidden: false },
];

fn mine(endings: &[Ending], today: Date) -> Markup {
    let row = |ending: &Ending| -> Vec<Cell> {
        vec![
            html! { a.govuk-link href={ "/clients/" (ending.who.client) } { (ending.who.name) } },
            html! { span.app-ref { (ending.who.number) } },
            html! { span.app-num { (dates::short(ending.clock.due)) } " " (how_near(ending, today)) },
            html! { (ending.clock.reason) },
        ]
    };
    panel(
        "mine",
        "Your clients",
        None,
        html! {
            @if endings.is_empty() { (empty("None of your clients’ records is near its end.")) }
            @else {
                p { "Contact in which the client takes part keeps a record. If somebody no longer wants our help, do nothing." }
                (table(Table { id: "endings", caption: "Your clients’ records that are near their end, the first to go first", caption_hidden: true, columns: &COLUMNS, rows: endings.iter().map(row).collect() }))
            }
        },
    )
}

/// What Kept erases by itself, and what it asks.
fn sweeping(app: &App, visit: &Visit, sweep: Option<&Sweep>, due: Due) -> Markup {
    let directory = app.service.directory();
    let day = |at| {
        let at = app.service.surroundings().civil(at);
        format!("{} at {}", dates::long(at.date()), clock(&at))
    };
    let act = |day: Date, act: &str, kind: ButtonKind, label: &str| {
        html! {
            form method="post" action="/promises/retention/sweep" {
                (hidden("day", &day.to_string()))
                (button(kind, label, Some(("do", act))))
            }
        }
    };
    panel(
        "sweep",
        "What Kept erases by itself",
        Some(("/erasures", "Erasures", "")),
        html! {
            @match sweep {
                None => { p { "Kept has not looked yet: it does every night at three, and whenever it starts." } }
                Some(sweep) => {
                    @match sweep.state {
                        Stands::Done => { p { "Last on " (day(sweep.begun)) ": " (sweep.erased) " erased." } }
                        Stands::Runs => {
                            p { "At it since " (day(sweep.begun)) ": " (sweep.erased) " of " (sweep.due) " erased." }
                            (bar(part(sweep.erased, sweep.due), 1000))
                            (act(sweep.day, "stop", ButtonKind::Secondary, "Stop for today"))
                        }
                        Stands::Stopped => { p { "Stopped for the day: " (sweep.erased) " of " (sweep.due) " erased. It goes on tomorrow." } }
                        Stands::Asks => {
                            (warning(&format!("{} would be erased, and Kept asks two people first. {}", dates::count(sweep.due, "file"), sweep.doubt.map_or("", Doubt::words))))
                            @for (at, by) in &sweep.agreed { p { (directory.name(*by)) " agreed on " (day(*at)) ". A second person has to, too." } }
                            @if sweep.agreed.iter().all(|(_, by)| *by != visit.staff) {
                                (act(sweep.day, "agree", ButtonKind::Warning, "I looked: erase them"))
                            }
                            (act(sweep.day, "stop", ButtonKind::Secondary, "Do not erase them today"))
                        }
                    }
                }
            }
            @if due.going > 0 { p { "Past their day now: " (due.going) "." } }
            @if due.staying > 0 { p.app-muted { "Past their day, but kept for now: " (due.staying) ", because they are on hold or restricted, or something that was asked about them is open." } }
        },
    )
}

fn part(of: u64, all: u64) -> u32 {
    u32::try_from(of.saturating_mul(1000) / all.max(1)).unwrap_or(u32::MAX)
}

/// Agrees to a sweep that asks, or stops one.
pub(crate) async fn sweep(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["day", "do"])?;
    let day: Date =
        sent.one("day")?.parse().map_err(|_| Fail::bad_form("It does not say which day is meant."))?;
    match sent.one("do")? {
        "agree" => app.service.agree_to_sweep(&visit, day).await?,
        "stop" => app.service.stop_sweep(&visit, day).await?,
        _ => return Err(Fail::bad_form("It does not say what was decided.")),
    }
    Ok(Redirect::to("/promises/retention").into_response())
}

/// How near the end is: its day has come, its last warning is out, or its first.
fn how_near(ending: &Ending, today: Date) -> Markup {
    let last = ending.warnings.last().is_some_and(|last| *last <= today);
    if ending.clock.due <= today {
        tag(TagKind::Stop, "Due")
    } else if last {
        tag(TagKind::Stop, &format!("Last warning: {}", dates::from_today(ending.clock.due, today)))
    } else {
        tag(TagKind::Warn, &dates::from_today(ending.clock.due, today))
    }
}

/// The year ahead of one layer: a bar a month beside its number.
fn year(layer: Layer, ahead: &Ahead, today: Date) -> Markup {
    let most = ahead.months.iter().map(|(_, count)| *count).chain([ahead.due, ahead.later]).max();
    let most = most.unwrap_or_default();
    let cells = |when: String, count: u64| -> Vec<Cell> {
        vec![html! { (when) }, html! { (count) }, html! { @if count > 0 { (bar(part(count, most), 1000)) } }]
    };
    let month = |first: Date| format!("{} {}", dates::month_name(first.month()), first.year());
    let rows = std::iter::once(cells(format!("Due by {}", dates::long(today)), ahead.due))
        .chain(ahead.months.iter().map(|(first, count)| cells(month(*first), *count)))
        .chain([cells("Later".to_owned(), ahead.later)])
        .collect();
    let columns = [
        Column { label: "When", ..Column::default() },
        Column { label: "How many", numeric: true, hidden: false },
        Column { label: "As a bar", numeric: false, hidden: true },
    ];
    let name = match layer {
        Layer::Service => "Files",
        _ => layer_words(layer),
    };
    let caption = format!("{name}: when they are erased if nothing more is heard");
    panel(
        &format!("year-{}", layer.code()),
        &format!("{name} by month"),
        None,
        table(Table { id: layer.code(), caption: &caption, caption_hidden: true, columns: &columns, rows }),
    )
}
