//! My caseload, and finding a client from any page.

use access::Role;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use casework::caseload::{Reason, Shown, is_quiet};
use casework::dates;
use jiff::civil::Date;
use maud::{Markup, html};
use records::caseload::InCaseload;
use records::search::Found;
use records::staff::Directory;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::paging::Paged;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::{ButtonKind, TextInput, button, hidden, text_input};
use crate::ui::list::{Cell, Column, FoundClient, Table, empty, filters, results, table};
use crate::ui::page::{container, heading, reading};

const RESULTS: usize = 20;
const SUGGESTED: usize = 8;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    show: Option<String>,
    #[serde(default)]
    page: Option<usize>,
    #[serde(default, deserialize_with = "weeks")]
    weeks: Option<u8>,
}

/// A number of weeks as typed; what is none asks for nothing.
fn weeks<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u8>, D::Error> {
    let typed = String::deserialize(from)?;
    Ok(typed.trim().parse().ok().filter(|weeks| (1..=104).contains(weeks)))
}

/// Asks for how long nothing was heard.
fn quiet_form(shown: Shown, weeks: Option<u8>) -> Markup {
    let weeks = weeks.map(|weeks| weeks.to_string()).unwrap_or_default();
    html! { @if shown == Shown::Quiet {
        form method="get" action="/clients" {
            (hidden("show", Shown::Quiet.code()))
            (text_input(TextInput { name: "weeks", label: "No contact for how many weeks?", value: &weeks, width: Some(3), inputmode: Some("numeric"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
            (button(ButtonKind::Secondary, "Show", None))
        }
    } }
}

pub(crate) async fn caseload(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    if visit.role == Role::Administrator {
        return Err(Fail::not_found());
    }
    let opened = app.service.caseload(&visit).await?;
    let today = app.service.surroundings().today();
    let shown = Shown::of(ask.show.as_deref().unwrap_or_default());
    let page = opened.map(|caseload| {
        let mut files: Vec<(Vec<(Date, Reason)>, &InCaseload)> =
            caseload.files.iter().map(|file| (file.reasons(today), file)).collect();
        let counted: Vec<(String, String, bool)> = Shown::ALL
            .iter()
            .map(|choice| {
                let count = files.iter().filter(|(reasons, file)| takes(*choice, reasons, file, today)).count();
                let label = format!("{} ({count})", choice.words());
                (format!("/clients?show={}", choice.code()), label, *choice == shown)
            })
            .collect();
        files.retain(|(reasons, file)| {
            takes(shown, reasons, file, today)
                || (shown == Shown::Quiet && ask.weeks.is_some())
        });
        if let Some(weeks) = ask.weeks.filter(|_| shown == Shown::Quiet) {
            files.retain(|(_, file)| is_quiet(file.last_contact, today, weeks));
        }
        // Who needs something first, by its day; the others by name, as they came.
        files.sort_by_key(|(reasons, _)| reasons.first().map_or(Date::MAX, |(day, _)| *day));
        let choices: Vec<(&str, &str, bool)> =
            counted.iter().map(|(href, label, here)| (href.as_str(), label.as_str(), *here)).collect();
        let all = files.len();
        let paged = Paged::of(ask.page, A_PAGE, all);
        let directory = app.service.directory();
        let rows: Vec<Vec<Cell>> = files
            .into_iter()
            .skip(paged.lines().start)
            .take(A_PAGE)
            .map(|(reasons, file)| row(file, &reasons, &directory, today))
            .collect();
        let body = container(html! {
            (heading("My clients", html! { p { (dates::count(caseload.files.len() as u64, "client")) " · " a.govuk-link href="/promises/retention" { "Records near their end" } @if visit.role == Role::Adviser { " · " a.govuk-link href="/cover" { "Arrange cover" } } } }))
            (filters("Show", &choices))
            (quiet_form(shown, ask.weeks))
            @if caseload.files.is_empty() { (empty("You have no clients yet. Register one to begin.")) }
            @else if rows.is_empty() { (empty("Nobody here: that is good.")) }
            @else { div.app-panel { (table(Table { id: "caseload", caption: "Your clients, those who need something first", caption_hidden: true, columns: &COLUMNS, rows })) } }
            (paged.turn("Pages of your clients", |number| address(shown, ask.weeks, number)))
        });
        staff(&app, &visit, At::Clients, "My clients", body)
    });
    release(page).await
}

/// Whether a choice takes a file, by its reasons or by what is due in it.
fn takes(choice: Shown, reasons: &[(Date, Reason)], file: &InCaseload, today: Date) -> bool {
    match choice.forms() {
        Some(forms) => file
            .dues
            .iter()
            .any(|due| forms.iter().any(|form| due.form.id == **form) && choice.is_near(due.day, today)),
        None => choice.takes(reasons, today),
    }
}

/// How many clients a page of the caseload shows.
const A_PAGE: usize = 200;

const COLUMNS: [Column<'static>; 5] = [
    Column { label: "Name", numeric: false, hidden: false },
    Column { label: "Number", numeric: false, hidden: false },
    Column { label: "What is due", numeric: false, hidden: false },
    Column { label: "Last contact", numeric: false, hidden: false },
    Column { label: "Kept until", numeric: false, hidden: false },
];

fn row(file: &InCaseload, reasons: &[(Date, Reason)], directory: &Directory, today: Date) -> Vec<Cell> {
    vec![
        html! {
            a.govuk-link href={ "/clients/" (file.who.client) } { (file.who.name) }
            @if let Some(absent) = file.who.adviser.filter(|_| file.covered) { " " (tag(TagKind::Info, &format!("Cover for {}", directory.name(absent)))) }
        },
        html! { span.app-ref { (file.who.number) } },
        html! { @for (day, reason) in reasons { @match reason {
            Reason::Due => @if let Some(due) = file.dues.first() {
                (due_tag(*day, today)) " " a.govuk-link href={ "/clients/" (file.who.client) "/entries/" (due.entry) } { (due.words) }
                @if file.dues.len() > 1 { span.app-muted { " and " (file.dues.len() - 1) " more" } } " "
            },
            Reason::Quiet => { (tag(TagKind::Warn, &format!("No contact for {}", dates::count((dates::days_between(file.last_contact, today) / 7).unsigned_abs(), "week")))) " " },
            Reason::Ending => { (tag(TagKind::Warn, "Record ending")) " " },
        } } },
        html! { span.app-num { (dates::short(file.last_contact)) } },
        html! { span.app-num { (dates::short(file.ends)) } },
    ]
}

/// The day by which something is due, as a tag.
pub(crate) fn due_tag(day: Date, today: Date) -> Markup {
    if day < today {
        tag(TagKind::Stop, &format!("Late: {}", dates::short(day)))
    } else if day == today {
        tag(TagKind::Warn, "Today")
    } else {
        tag(TagKind::Info, &dates::short(day))
    }
}

/// The address of a page of the caseload.
fn address(shown: Shown, weeks: Option<u8>, number: usize) -> String {
    let weeks = weeks.map(|weeks| format!("&weeks={weeks}")).unwrap_or_default();
    format!("/clients?show={}{weeks}&page={number}", shown.code())
}

fn search_form(q: &str) -> Markup {
    html! {
        form method="post" action="/clients/find" role="search" {
            (text_input(TextInput { name: "words", label: "Name, number, phone, postcode or date of birth", value: q, autocomplete: Some("off"), input_type: "search", ..TextInput::default() }))
            (button(ButtonKind::Main, "Find", None))
        }
    }
}

pub(crate) async fn find_page(State(app): State<App>, Signed(visit): Signed) -> Response {
    let body = reading(html! { (heading("Find a client", html! {})) div.app-panel { (search_form("")) } });
    staff(&app, &visit, At::Elsewhere, "Find a client", body).into_response()
}

pub(crate) async fn find(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    // The box in the head of each page is called q; this page's own has another name, since ids are unique.
    let form = form.only(&["q", "words"])?;
    let q = format!("{}{}", form.one("q")?, form.one("words")?);
    let found = app.service.find_clients(&visit, &q, RESULTS).await?;
    let page = found.map(|found| {
        let lines: Vec<Line> = found.iter().map(Line::of).collect();
        let shown: Vec<FoundClient<'_>> = lines.iter().map(Line::shown).collect();
        let body = reading(html! {
            (heading("Find a client", html! { p { (dates::count(found.len() as u64, "result")) } }))
            div.app-panel { (search_form(&q)) }
            @if found.is_empty() {
                (empty("Nobody was found. Try fewer letters, the surname alone, or the date of birth. A file whose client took back their consent is not found here, and one that is restricted only by the governance lead."))
                p.govuk-body { "Somebody whom you cannot find asks what is held about them, or complains? " a.govuk-link href=(crate::requests::without_file::ADDRESS) { "Write it down" } "." }
            } @else { (results(&shown)) }
        });
        staff(&app, &visit, At::Elsewhere, "Find a client", body)
    });
    release(page).await
}

/// A line of the results, in the words that page and script show.
#[derive(Serialize)]
struct Line {
    href: String,
    name: String,
    number: String,
    born: String,
    why: String,
}

impl Line {
    fn of(found: &Found) -> Line {
        Line {
            href: format!("/clients/{}", found.who.client),
            name: found.who.name.clone(),
            number: found.who.number.clone(),
            born: found.who.born.map(dates::long).unwrap_or_default(),
            why: found.why.clone(),
        }
    }

    fn shown(&self) -> FoundClient<'_> {
        FoundClient {
            href: &self.href,
            name: &self.name,
            number: &self.number,
            born: &self.born,
            why: &self.why,
        }
    }
}

/// Search as you type: the same search, for a script.
pub(crate) async fn suggest(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["q"])?;
    let found = app.service.find_clients(&visit, form.one("q")?, SUGGESTED).await?;
    let lines = found.map(|found| found.iter().map(Line::of).collect::<Vec<_>>());
    Ok(Json(lines.release().await?).into_response())
}
