//! The register of breaches: the list, one breach with its clock, its history and whom it reached.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::breaches::{Breach, BreachTyped, Clock, Decision, Kind, Risk, clock, stretch};
use casework::clocks::report_breach_by;
use casework::{BreachId, ClientId, Fault, dates};
use jiff::Timestamp;
use maud::{Markup, html};
use records::breaches::{BreachRecord, OneBreach, Reach, keeps_breaches};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::promises::when;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, main_action, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, Select, TextArea, TextInput, button, buttons, details, hidden, radios,
    select, text_input, textarea, tick,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, printed, reading};
use crate::ui::words::{SummaryRow, banner, notice_banner, summary_list};

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

/// Where a form belongs: a new record, or the next version of one.
struct Of {
    id: Option<(BreachId, i64)>,
    key: String,
}

impl Of {
    fn path(&self) -> String {
        self.id.map_or_else(|| "/breaches/new".to_owned(), |(id, _)| format!("/breaches/{id}/change"))
    }
}

fn zone(app: &App) -> jiff::tz::TimeZone {
    let surroundings = app.service.surroundings();
    surroundings.civil(surroundings.now()).time_zone().clone()
}

pub(crate) async fn begin(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    if !keeps_breaches(visit.role) {
        return Err(Fail::not_found());
    }
    let typed = BreachTyped::begun(app.service.surroundings().now(), &zone(&app));
    Ok(form_page(&app, &visit, &Of { id: None, key: new_key() }, &typed, &[]).into_response())
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    if !keeps_breaches(visit.role) {
        return Err(Fail::not_found());
    }
    let opened = app.service.breach(&visit, id).await?;
    release(opened.map(|one| match one.versions.first() {
        Some(newest) => {
            let typed = BreachTyped::of(&newest.breach, &zone(&app));
            form_page(&app, &visit, &Of { id: Some((id, newest.version)), key: new_key() }, &typed, &[])
        }
        None => html! {},
    }))
    .await
}

fn form_page(app: &App, visit: &Visit, of: &Of, typed: &BreachTyped, faults: &[Fault]) -> Markup {
    let error =
        |name: &str| faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str());
    let area =
        |name: &'static str, label: &'static str, hint: Option<&'static str>, value: &str, rows: u8| {
            textarea(TextArea { name, label, hint, value, error: error(name), rows, ..TextArea::default() })
        };
    let line =
        |name: &'static str, label: &'static str, hint: Option<&'static str>, value: &str, width: u8| {
            text_input(TextInput {
                name,
                label,
                hint,
                value,
                error: error(name),
                width: Some(width),
                input_type: "text",
                ..TextInput::default()
            })
        };
    let choose = |name: &'static str,
                  legend: &'static str,
                  options: Vec<(&'static str, &'static str)>,
                  value: &str| {
        let options = options.into_iter().map(|(code, label)| Choice {
            value: code,
            label,
            checked: code == value,
            ..Choice::default()
        });
        radios(Choices { name, legend, error: error(name), options: options.collect(), ..Choices::default() })
    };
    let title = if of.id.is_some() { "Add to this breach" } else { "Write a breach down" };
    let leads_back = of.id.map_or_else(|| "/breaches".to_owned(), |(id, _)| format!("/breaches/{id}"));
    let body = reading(html! {
        (fields::summary(faults))
        (back(&leads_back))
        h1.app-h1 { (title) }
        p.govuk-body { "Name nobody here: those whom it reached are listed apart, and go from that list when their files go. What is not known yet can follow; each change is kept as a version." }
        form method="post" action=(of.path()) novalidate {
            (hidden("form", &of.key))
            @if let Some((_, version)) = of.id { (hidden("version", &version.to_string())) }
            h2.app-h2 { "What happened" }
            (area("what", "What happened?", None, &typed.what, 5))
            (area("happened", "When did it happen?", Some("As far as is known"), &typed.happened, 2))
            (area("found", "How was it found?", None, &typed.found, 2))
            (line("aware_day", "On which day did we know of it?", Some("The 72 hours run from here"), &typed.aware_day, 10))
            (line("aware_time", "At what time?", Some("Like 14:05 or 14:05:30"), &typed.aware_time, 10))
            (choose("kind", "What was lost?", Kind::ALL.iter().map(|kind| (kind.code(), kind.words())).collect(), &typed.kind))
            (area("data", "Which data?", Some("Categories, and whether any is of a special kind: health, ethnicity, religion"), &typed.data, 2))
            (line("people", "About how many people?", None, &typed.people, 5))
            (line("records", "About how many records?", None, &typed.records, 5))
            (area("consequences", "What may follow for them?", None, &typed.consequences, 3))
            (area("measures", "What was done, and what is planned?", None, &typed.measures, 3))
            h2.app-h2 { "The risk" }
            (choose("risk", "How great is the risk for the people concerned?", Risk::ALL.iter().map(|risk| (risk.code(), risk.words())).collect(), &typed.risk))
            (area("risk_why", "Why?", None, &typed.risk_why, 3))
            h2.app-h2 { "The Information Commissioner" }
            (choose("decision", "What is decided?", Decision::ALL.iter().map(|decision| (decision.code(), decision.words())).collect(), &typed.decision))
            (area("decision_why", "Why is it decided so?", None, &typed.decision_why, 3))
            (line("reported_day", "On which day was it reported?", Some("Leave this empty until it is"), &typed.reported_day, 10))
            (line("reported_time", "At what time was it reported?", None, &typed.reported_time, 10))
            (line("reference", "Reference of the report", None, &typed.reference, 20))
            (area("late_why", "If it came after 72 hours: why?", None, &typed.late_why, 2))
            h2.app-h2 { "The people concerned" }
            (area("people_told", "What are they told, or why are they not told?", Some("Stands word for word in the letters"), &typed.people_told, 4))
            h2.app-h2 { "In the end" }
            (area("lessons", "What was learnt?", None, &typed.lessons, 3))
            @if let Some(message) = error("closed") { p.govuk-error-message #closed { span.govuk-visually-hidden { "Error:" } " " (message) } }
            p { (tick("closed", "Nothing more is to be done: close it", typed.closed)) }
            (button(ButtonKind::Main, "Save", None))
        }
    });
    staff(app, visit, At::Promises, title, body)
}

fn typed(sent: &Form) -> Result<BreachTyped, Fail> {
    let one = |name: &str| sent.one(name).map(str::to_owned);
    Ok(BreachTyped {
        what: one("what")?,
        happened: one("happened")?,
        found: one("found")?,
        aware_day: one("aware_day")?,
        aware_time: one("aware_time")?,
        kind: one("kind")?,
        data: one("data")?,
        people: one("people")?,
        records: one("records")?,
        consequences: one("consequences")?,
        measures: one("measures")?,
        risk: one("risk")?,
        risk_why: one("risk_why")?,
        decision: one("decision")?,
        decision_why: one("decision_why")?,
        reported_day: one("reported_day")?,
        reported_time: one("reported_time")?,
        reference: one("reference")?,
        late_why: one("late_why")?,
        people_told: one("people_told")?,
        lessons: one("lessons")?,
        closed: sent.ticked("closed"),
    })
}

const FIELDS: [&str; 24] = [
    "form",
    "version",
    "what",
    "happened",
    "found",
    "aware_day",
    "aware_time",
    "kind",
    "data",
    "people",
    "records",
    "consequences",
    "measures",
    "risk",
    "risk_why",
    "decision",
    "decision_why",
    "reported_day",
    "reported_time",
    "reference",
    "late_why",
    "people_told",
    "lessons",
    "closed",
];

pub(crate) async fn write(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    save(&app, &visit, None, sent).await
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    save(&app, &visit, Some(breach_id(&id)?), sent).await
}

async fn save(app: &App, visit: &Visit, id: Option<BreachId>, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&FIELDS)?;
    let key = sent.key()?;
    let version = match id {
        Some(_) => sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?,
        None => 0,
    };
    let of = Of { id: id.map(|id| (id, version)), key: hex::encode(key) };
    let typed = typed(&sent)?;
    match typed.read(app.service.surroundings().now(), &zone(app)) {
        Ok(breach) => {
            let id = app.service.write_breach(visit, key, of.id, &breach).await?;
            Ok(Redirect::to(&format!("/breaches/{id}?done=saved")).into_response())
        }
        // Whoever may not write is told so, not what is wrong with the form.
        Err(_) if !keeps_breaches(visit.role) => Err(Fail::not_found()),
        Err(faults) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(app, visit, &of, &typed, &faults))
                .into_response())
        }
    }
}

/// What was typed to find whom a breach reached.
#[derive(Default)]
struct ReachTyped {
    who: String,
    from_day: String,
    from_time: String,
    until_day: String,
    until_time: String,
    numbers: String,
    faults: Vec<Fault>,
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
        (affected_panel(app, id, one, keeps, reach))
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

fn affected_panel(app: &App, id: BreachId, one: &OneBreach, keeps: bool, reach: &ReachTyped) -> Markup {
    let heading = format!("Whom it reached: {}", one.affected.len());
    panel(
        "affected",
        &heading,
        None,
        html! {
            @if one.affected.is_empty() { (empty("Nobody is listed yet. The audit log can say who opened which files when.")) }
            @else {
                form method="post" action={ "/breaches/" (id) "/affected" } {
                    table.app-t {
                        caption.govuk-visually-hidden { "Whom it reached" }
                        thead { tr { @if keeps { td.app-t__sel {} } th scope="col" { "Client" } th scope="col" { "Told" } } }
                        tbody { @for affected in &one.affected { tr {
                            @let name = affected.shown.as_ref().map_or("A restricted file", |shown| shown.name.as_str());
                            @if keeps { td.app-t__sel { label.app-t__hit {
                                input type="checkbox" name="client" value=(affected.client) checked;
                                span.govuk-visually-hidden { "Select " (name) }
                            } } }
                            th scope="row" { (name) @if let Some(shown) = &affected.shown { span.app-t__sub { span.app-ref { (shown.number) } } } }
                            td { @match affected.told { Some(at) => (tag(TagKind::Ok, &when(app, at))), None => span.app-muted { "Not yet" } } }
                        } } }
                    }
                    @if keeps { (buttons(html! {
                        button class="govuk-button govuk-button--secondary" type="submit" formaction={ "/breaches/" (id) "/letters" } { "Letters to the ticked" }
                        (button(ButtonKind::Secondary, "The ticked were told", Some(("do", "told"))))
                        (button(ButtonKind::Secondary, "It did not reach the ticked", Some(("do", "remove"))))
                    })) }
                }
            }
            @if keeps {
                @let form = reach_form(app, id, reach);
                @if reach.faults.is_empty() && !one.affected.is_empty() { (details("Find more", form)) } @else { (form) }
            }
        },
    )
}

fn reach_form(app: &App, id: BreachId, reach: &ReachTyped) -> Markup {
    let directory = app.service.directory();
    let error = |name: &str| {
        reach.faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str())
    };
    let line = |name: &'static str, label: &'static str, value: &str| {
        text_input(TextInput {
            name,
            label,
            value,
            error: error(name),
            width: Some(10),
            input_type: "text",
            ..TextInput::default()
        })
    };
    let everybody: Vec<(String, &str)> = directory
        .everybody()
        .into_iter()
        .map(|member| (member.id.to_string(), member.name.as_str()))
        .collect();
    let options =
        std::iter::once(("", "Anybody here")).chain(everybody.iter().map(|(id, name)| (id.as_str(), *name)));
    html! {
        form method="post" action={ "/breaches/" (id) "/affected" } novalidate {
            h3.app-h2 { "Find in the audit log whom it reached" }
            (select(Select { name: "who", label: "What was opened by", options: options.collect(), value: &reach.who, ..Select::default() }))
            (line("from_day", "From this day", &reach.from_day))
            (line("from_time", "From this time", &reach.from_time))
            (line("until_day", "Until this day", &reach.until_day))
            (line("until_time", "Until this time", &reach.until_time))
            (textarea(TextArea { name: "numbers", label: "Only these files", hint: Some("Client numbers, one a line. Without days, these files are listed as they are"), value: &reach.numbers, error: error("numbers"), rows: 3, ..TextArea::default() }))
            (button(ButtonKind::Main, "Find and list", Some(("do", "find"))))
        }
    }
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

fn clients(sent: &Form) -> Result<Vec<ClientId>, Fail> {
    let clients: Result<Vec<ClientId>, _> = sent.several("client").into_iter().map(str::parse).collect();
    let clients = clients.map_err(|_| Fail::bad_form("It names a client who is none."))?;
    if clients.is_empty() { Err(Fail::bad_form("Nobody is ticked.")) } else { Ok(clients) }
}

pub(crate) async fn affected(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let sent =
        sent.only(&["do", "client", "who", "from_day", "from_time", "until_day", "until_time", "numbers"])?;
    let done = match sent.one("do")? {
        "told" => {
            app.service.told_of_breach(&visit, id, &clients(&sent)?).await?;
            "told".to_owned()
        }
        "remove" => {
            app.service.remove_affected(&visit, id, &clients(&sent)?).await?;
            "removed".to_owned()
        }
        "find" => {
            let one = |name: &str| sent.one(name).map(str::to_owned);
            let mut typed = ReachTyped {
                who: one("who")?,
                from_day: one("from_day")?,
                from_time: one("from_time")?,
                until_day: one("until_day")?,
                until_time: one("until_time")?,
                numbers: one("numbers")?,
                faults: Vec::new(),
            };
            let found = match read_reach(&app, &typed) {
                Ok(reach) => app.service.find_affected(&visit, id, &reach).await,
                Err(faults) => Err(Error::Faults(faults)),
            };
            match found {
                Ok(found) => format!("found&files={}&lists={}", found.files, found.lists),
                Err(Error::Faults(faults)) if keeps_breaches(visit.role) => {
                    typed.faults = faults;
                    let page = one_page(&app, &visit, id, &Ask::default(), &typed).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
                }
                Err(error) => return Err(error.into()),
            }
        }
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    };
    Ok(Redirect::to(&format!("/breaches/{id}?done={done}")).into_response())
}

fn read_reach(app: &App, typed: &ReachTyped) -> Result<Reach, Vec<Fault>> {
    let numbers: Vec<String> = typed
        .numbers
        .split([',', '\n', ' ', '\r'])
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .map(str::to_owned)
        .collect();
    let days = [&typed.from_day, &typed.from_time, &typed.until_day, &typed.until_time];
    let who = match typed.who.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| vec![Fault::new("who", "Choose somebody of the list")])?),
    };
    if days.iter().all(|text| text.trim().is_empty()) {
        if numbers.is_empty() || who.is_some() {
            return Err(vec![Fault::new("from_day", "Say from when until when, or which files")]);
        }
        return Ok(Reach { who: None, period: None, numbers });
    }
    let (now, zone) = (app.service.surroundings().now(), zone(app));
    let mut faults = Vec::new();
    let mut at = |field: &str, day: &str, time: &str| {
        casework::breaches::instant(field, day, time, now, &zone).map_err(|mut more| faults.append(&mut more))
    };
    let from = at("from", &typed.from_day, &typed.from_time);
    let until = at("until", &typed.until_day, &typed.until_time);
    match (from, until) {
        (Ok(from), Ok(until)) if from <= until => Ok(Reach { who, period: Some((from, until)), numbers }),
        (Ok(_), Ok(_)) => Err(vec![Fault::new("until_day", "The end cannot come before the beginning")]),
        _ => Err(faults),
    }
}

/// A letter to each of the ticked, to print.
pub(crate) async fn letters(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let sent = sent.only(&["client", "do"])?;
    let chosen = clients(&sent)?;
    let one = app.service.breach(&visit, id).await?.release().await?;
    let newest = one.versions.first().ok_or_else(Fail::not_found)?;
    let (mut letters, mut left) = (Vec::new(), 0_u64);
    for client in chosen {
        match app.service.breach_letter(&visit, id, client).await {
            Ok(opened) => letters.push(opened.release().await?),
            Err(Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    let body = reading(html! {
        (back(&format!("/breaches/{id}")))
        (heading("Letters to print", html! { p { "Each letter stands by itself. Look at what is safe for each person before you send it, and note then that they were told." } }))
        @if newest.breach.people_told.is_empty() { (notice_banner(html! { "Say first, in the record, what the people concerned are told." })) }
        @if left > 0 { (notice_banner(html! { (dates::count(left, "file")) " could not be opened for you, or is not on the list any more." })) }
        @for contact in &letters { (letter(&app, &newest.breach, contact)) }
    });
    Ok(staff(&app, &visit, At::Promises, "Letters about a breach", body).into_response())
}

fn letter(app: &App, breach: &Breach, contact: &casework::Profile) -> Markup {
    use casework::profile::fields as known;
    let notices = app.service.notices();
    let service = notices.service();
    let line = |field: notice::FieldId| contact.text(&field).map(str::to_owned);
    let address = [known::NAME, known::ADDRESS_LINE_1, known::ADDRESS_LINE_2, known::TOWN, known::POSTCODE];
    let officer = service.contact(notice::ContactRole::DataProtectionOfficer);
    html! {
        section.app-panel.app-letter {
            p.govuk-body { @for part in address.into_iter().filter_map(line) { (part) br; } }
            p.govuk-body { (dates::long(app.service.surroundings().today())) }
            p.govuk-body { b { "Something happened to information about you" } }
            @for paragraph in breach.people_told.lines().filter(|line| !line.trim().is_empty()) { p.govuk-body { (paragraph) } }
            @if !breach.consequences.is_empty() { p.govuk-body { b { "What may follow: " } (breach.consequences) } }
            @if !breach.measures.is_empty() { p.govuk-body { b { "What we do about it: " } (breach.measures) } }
            @if let Some(officer) = officer { p.govuk-body { "If you have questions, ask our data protection officer: " (contact_line(officer)) "." } }
            p.govuk-body { "You can complain to us, and to the Information Commissioner: ico.org.uk, 0303 123 1113." }
            p.govuk-body { (service.service) }
        }
    }
}

fn contact_line(contact: &notice::Contact) -> String {
    let parts = [Some(contact.label.clone()), contact.phone.clone(), contact.email.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The report to the Information Commissioner, ready to print (Art. 33(3)).
pub(crate) async fn report(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let opened = app.service.breach(&visit, id).await?;
    release(opened.map(|one| {
        let body = container(html! {
            (back(&format!("/breaches/{id}")))
            @if let Some(newest) = one.versions.first() { (report_body(&app, newest, one.affected.len())) }
        });
        staff(&app, &visit, At::Promises, "Report of a breach", body)
    }))
    .await
}

fn report_body(app: &App, newest: &BreachRecord, listed: usize) -> Markup {
    let notices = app.service.notices();
    let service = notices.service();
    let breach = &newest.breach;
    let row = |key, value| SummaryRow { key, value, change: None };
    let end = report_breach_by(breach.aware);
    let officer = service.contact(notice::ContactRole::DataProtectionOfficer);
    let people = if breach.people == 0 { listed.to_string() } else { breach.people.to_string() };
    html! {
        (heading("Report of a personal data breach", html! { p { "UK GDPR Article 33(3). What is not known yet follows in phases (Article 33(4))." } }))
        div.app-panel { (summary_list(&[
            row("Controller", html! { (service.controller.name) ", for " (service.service) }),
            row("Reference", html! { span.app-digest { (newest.id) } ", version " (newest.version) }),
            row("Contact for more", html! { @match officer { Some(officer) => (contact_line(officer)), None => "See the privacy notice" } }),
            row("What happened", text(&breach.what)),
            row("When", text(&breach.happened)),
            row("How it was found", text(&breach.found)),
            row("Known since", html! { span.app-num { (breach.aware.strftime("%Y-%m-%d %H:%M:%S").to_string()) " UTC" } }),
            row("72 hours end", html! { span.app-num { (end.strftime("%Y-%m-%d %H:%M:%S").to_string()) " UTC" } }),
            row("If later: why", text(&breach.late_why)),
            row("Kind of breach", html! { (breach.kind.words()) }),
            row("Categories of data", text(&breach.data)),
            row("People concerned", html! { "Clients of the service, about " (people) }),
            row("Records concerned", about(breach.records)),
            row("Likely consequences", text(&breach.consequences)),
            row("Measures taken and proposed", text(&breach.measures)),
            row("Risk", html! { (breach.risk.map_or("Not judged yet", Risk::words)) br; (text(&breach.risk_why)) }),
            row("People told", text(&breach.people_told)),
        ])) }
    }
}
