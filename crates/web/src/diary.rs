//! The diary: who comes when, of one adviser or of the whole office, for a day or a week.

use access::Role;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use casework::appointments::State as Ended;
use casework::dates::{self, When};
use casework::{AppointmentId, StaffId};
use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};
use records::Visit;
use records::appointments::{Diary, InDiary};
use records::rooms::{Room, keeps_rooms};
use serde::Deserialize;

use crate::App;
use crate::appointments::advisers;
use crate::fail::Fail;
use crate::file::clock;
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, tag};
use crate::ui::form::{ButtonKind, Select, button, hidden, select};
use crate::ui::list::{Cell, Column, Table, empty, filters, table};
use crate::ui::page::{container, heading};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    day: String,
    #[serde(default)]
    view: String,
    #[serde(default)]
    who: String,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    if visit.role == Role::Administrator {
        return Err(Fail::not_found());
    }
    let today = app.service.surroundings().today();
    let day =
        if ask.day.trim().is_empty() { Ok(today) } else { dates::read_date(&ask.day, When::Any, today) };
    let day = day.map_err(|fault| {
        let said =
            format!("“{}” is no day of the calendar. {fault}. Go back and choose another.", ask.day.trim());
        Fail::page(StatusCode::BAD_REQUEST, "There is no such day", said)
    })?;
    let week = ask.view == "week";
    let (from, to) = if week { week_of(day) } else { (day, day) };
    let whose = whose(&visit, &ask.who);
    let rooms = app.service.rooms().await?;
    let opened = app.service.diary(&visit, from, to, whose).await?;
    let page = opened.map(|diary| {
        let body = container(html! {
            (heading(&title(from, to), html! { p { (dates::count(diary.rows.len() as u64, "appointment")) } }))
            (choices(&app, &visit, day, week, whose))
            (colleague(&app, day, week, whose))
            p {
                @if app.service.may_close(&visit) { (action(&format!("/closures/new?day={day}"), "Office closed")) }
                @if keeps_rooms(visit.role) { " " (action("/rooms", "Rooms")) }
            }
            @if diary.rows.is_empty() { (empty("Nobody is booked. Find a client and choose “Book an appointment”.")) }
            @for on in days(from, to) {
                @let rows: Vec<&InDiary> = diary.rows.iter().filter(|row| civil_day(&app, row) == on).collect();
                @let shut = shut(&app, &diary, &rooms, on, whose, !week);
                @if !rows.is_empty() || !shut.is_empty() {
                    section.app-panel aria-labelledby={ "day-" (on) "-h" } {
                        h2.app-h2 id={ "day-" (on) "-h" } { (dates::with_weekday(on)) }
                        @for words in &shut { p { (tag(TagKind::Warn, words)) } }
                        @if !rows.is_empty() { (appointments(&app, on, &rows, &rooms, whose.is_none())) }
                    }
                }
            }
        });
        staff(&app, &visit, At::Diary, "Diary", body)
    });
    release(page).await
}

/// When nobody is in on a day, and for whom that holds. A weekend or bank holiday says so only where somebody is booked or it
/// is the one day that is looked at.
fn shut(
    app: &App,
    diary: &Diary,
    rooms: &[Room],
    on: Date,
    whose: Option<StaffId>,
    alone: bool,
) -> Vec<String> {
    let surroundings = app.service.surroundings();
    let closed = diary.closings.iter().filter_map(|closing| {
        let (begins, ends) = (surroundings.civil(closing.from), surroundings.civil(closing.to));
        let midnight = on.tomorrow().ok()?.at(0, 0, 0, 0);
        if begins.datetime() >= midnight || ends.datetime() <= on.at(0, 0, 0, 0) {
            return None;
        }
        let mut words = if begins.datetime() <= on.at(0, 0, 0, 0) && ends.datetime() >= midnight {
            "Closed all day".to_owned()
        } else {
            let till = if ends.datetime() >= midnight { "the evening".to_owned() } else { clock(&ends) };
            format!("Closed from {} to {till}", clock(&begins))
        };
        if let Some(way) = closing.way {
            words = format!("{words}: {}", way.words().to_lowercase());
        }
        if let Some(room) = closing.room {
            let known = rooms.iter().find(|known| known.id == room);
            words = format!("{words}: {}", known.map_or("a room", |room| room.name.as_str()));
        }
        match closing.adviser {
            Some(one) if whose.is_none() => Some(format!("{words}: {}", app.service.directory().name(one))),
            _ => Some(words),
        }
    });
    let mut all: Vec<String> = closed.collect();
    let booked = diary.rows.iter().any(|row| civil_day(app, row) == on);
    if diary.not_open.contains(&on) && (booked || alone) {
        all.insert(0, "The office is not open on this day".to_owned());
    }
    all
}

/// Advisers look at their own diary unless they ask for another's; reception and managers at everybody's.
fn whose(visit: &Visit, who: &str) -> Option<StaffId> {
    match who {
        "all" => None,
        "" if visit.role == Role::Adviser => Some(visit.staff),
        id => id.parse().ok(),
    }
}

fn week_of(day: Date) -> (Date, Date) {
    let monday = day.checked_sub(i32::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day);
    (monday, monday.checked_add(6.days()).unwrap_or(monday))
}

fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |day| *day <= to)
}

fn title(from: Date, to: Date) -> String {
    if from == to {
        dates::with_weekday(from)
    } else {
        format!("{} to {}", dates::long(from), dates::long(to))
    }
}

fn civil_day(app: &App, row: &InDiary) -> Date {
    app.service.surroundings().civil(row.booked.slot.starts()).date()
}

fn choices(app: &App, visit: &Visit, day: Date, week: bool, whose: Option<StaffId>) -> Markup {
    let step = if week { 7.days() } else { 1.day() };
    let view = if week { "week" } else { "day" };
    let who = whose.map_or_else(|| "all".to_owned(), |id| id.to_string());
    let link = |day: Date, view: &str, who: &str| format!("/diary?day={day}&view={view}&who={who}");
    let before = link(day.checked_sub(step).unwrap_or(day), view, &who);
    let after = link(day.checked_add(step).unwrap_or(day), view, &who);
    let today = link(app.service.surroundings().today(), view, &who);
    let (one_day, one_week) = (link(day, "day", &who), link(day, "week", &who));
    let (mine, all) = (link(day, view, &visit.staff.to_string()), link(day, view, "all"));
    let words = if week { ("Week before", "Week after") } else { ("Day before", "Day after") };
    let mut items = vec![
        (before.as_str(), words.0, false),
        (today.as_str(), "Today", false),
        (after.as_str(), words.1, false),
        (one_day.as_str(), "Day", !week),
        (one_week.as_str(), "Week", week),
    ];
    if visit.role == Role::Adviser {
        items.push((mine.as_str(), "Mine", whose == Some(visit.staff)));
    }
    items.push((all.as_str(), "Whole office", whose.is_none()));
    filters("What the diary shows", &items)
}

/// Whose diary else can be looked at.
fn colleague(app: &App, day: Date, week: bool, whose: Option<StaffId>) -> Markup {
    let mut advisers = advisers(app);
    advisers.sort_by(|(_, one), (_, other)| one.cmp(other));
    let chosen = whose.map(|id| id.to_string()).unwrap_or_default();
    let options = [("all", "Whole office")]
        .into_iter()
        .chain(advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())));
    html! {
        form.app-bulk method="get" action="/diary" {
            (hidden("day", &day.to_string()))
            (hidden("view", if week { "week" } else { "day" }))
            (select(Select { name: "who", label: "Whose diary", options: options.collect(), value: &chosen, ..Select::default() }))
            (button(ButtonKind::Secondary, "Show", None))
        }
    }
}

/// A list of appointments, with the adviser's name where it is of several.
pub(crate) fn appointments(
    app: &App,
    day: Date,
    rows: &[&InDiary],
    rooms: &[Room],
    with_adviser: bool,
) -> Markup {
    let (directory, now) = (app.service.directory(), app.service.surroundings().now());
    let mut labels = vec!["Time", "Client", "How"];
    if with_adviser {
        labels.push("With");
    }
    labels.push("What became of it");
    let columns: Vec<Column<'_>> = labels.iter().map(|label| Column { label, ..Column::default() }).collect();
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|row| {
            let booked = &row.booked;
            let starts = app.service.surroundings().civil(booked.slot.starts());
            let room = booked.room.and_then(|id| rooms.iter().find(|room| room.id == id));
            let mut cells = vec![
                html! { span.app-num { (clock(&starts)) } " " span.app-muted { (booked.slot.minutes()) " min" } },
                match &row.who {
                    Some(who) => html! { a.govuk-link href={ "/clients/" (booked.client) } { (who.name) } " " span class="app-ref app-muted" { (who.number) } },
                    None => html! { span.app-muted { "Not named: their file may not be used" } },
                },
                html! { (booked.way.words()) @if let Some(room) = room { ", " (room.name) } },
            ];
            if with_adviser {
                cells.push(html! { (directory.name(booked.adviser)) });
            }
            let begun = booked.slot.starts() <= now;
            cells.push(match &row.who {
                Some(who) => html! { (became(booked.state, begun)) " " (open(booked.id, booked.state, begun, &who.name)) },
                None => html! {},
            });
            cells
        })
        .collect();
    let caption = format!("Appointments on {}", dates::with_weekday(day));
    table(Table {
        id: &format!("day-{day}"),
        caption: &caption,
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

/// A tag for what became of it; one that is to come needs none.
pub(crate) fn became(state: Ended, begun: bool) -> Markup {
    let kind = match state {
        Ended::Booked if begun => return tag(TagKind::Warn, "Not said yet"),
        Ended::Booked => return html! {},
        Ended::Attended | Ended::Late => TagKind::Ok,
        Ended::DidNotAttend => TagKind::Stop,
        Ended::CancelledByClient | Ended::CancelledByUs => TagKind::Info,
    };
    tag(kind, state.words())
}

fn open(id: AppointmentId, state: Ended, begun: bool, name: &str) -> Markup {
    let word = if state == Ended::Booked && begun { "Say who came" } else { "Open" };
    html! { a.govuk-link href={ "/appointments/" (id) } { (word) span.govuk-visually-hidden { ": the appointment of " (name) } } }
}
