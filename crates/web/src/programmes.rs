//! Programmes: what there is, places and money of each, who of one's caseload is on it, and its terms.

use access::Role;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::dates::{When, read_boxes};
use casework::formats::money;
use casework::programmes::{Budget, State as Stands, Terms, Times};
use casework::retention::ProgrammeRule;
use casework::{Fault, ProgrammeId, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use records::figures::signs;
use records::programmes::{Numbers, Offered, OnIt, keeps_programmes};
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, bar, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, TextInput, button, checkboxes, date_input, details, hidden,
    text_input,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading};
use crate::ui::words::{SummaryRow, notice_banner, summary_list};

/// The programme named in a path.
pub(crate) fn programme(path: &str) -> Result<ProgrammeId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

/// An amount of pence in pounds.
pub(crate) fn pounds(pence: u64) -> String {
    money::pounds(i64::try_from(pence).unwrap_or(i64::MAX))
}

/// What is left of a programme's money, and whether that is a warning.
pub(crate) fn left(budget: &Budget) -> Markup {
    match budget.left() {
        None => html! { span.app-muted { "No amount set" } },
        Some(left) if left < 0 => tag(TagKind::Stop, &format!("{} over", pounds(left.unsigned_abs()))),
        Some(left) if budget.is_near() => tag(TagKind::Warn, &format!("{} left", money::pounds(left))),
        Some(left) => html! { (money::pounds(left)) },
    }
}

/// Where a placement stands, as a tag.
pub(crate) fn stands(times: &Times) -> Markup {
    let kind = match times.state() {
        Stands::Placed => TagKind::Warn,
        Stands::Started => TagKind::Ok,
        Stands::Ended => TagKind::Info,
    };
    tag(kind, times.state().words())
}

fn places(numbers: &Numbers, terms: &Terms) -> Markup {
    match terms.places {
        Some(places) => {
            html! { (numbers.on_it) " of " (places) @if numbers.on_it >= u64::from(places) { " " (tag(TagKind::Warn, "Full")) } }
        }
        None => html! { (numbers.on_it) },
    }
}

pub(crate) async fn list(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let numbers = app.service.programme_numbers().await?;
    let service = app.service.notices().service().id.clone();
    let columns =
        [("Programme", false), ("On it", true), ("Spent", true), ("Promised", true), ("Left", true)]
            .map(|(label, numeric)| Column { label, numeric, hidden: false });
    let programmes = app.service.programmes();
    let rows: Vec<Vec<Cell>> = programmes
        .iter()
        .map(|one| {
            let of = numbers.get(&one.id).copied().unwrap_or_default();
            vec![
                html! {
                    a.govuk-link href={ "/programmes/" (one.id) } { (one.programme.title) }
                    @if one.removed.is_some() { " " (tag(TagKind::Stop, "Removed")) }
                    br; span.app-muted { (one.programme.funder) }
                },
                html! { @if one.programme.is_core(&service) { span.app-muted { "everybody" } } @else { (places(&of, &one.programme.terms)) } },
                html! { (pounds(of.budget.spent)) },
                html! { (pounds(of.budget.committed)) },
                html! { (left(&of.budget)) },
            ]
        })
        .collect();
    let body = container(html! {
        (heading("Programmes", html! { p { "Each has a notice of its own, its places and its money." } }))
        @if rows.is_empty() {
            (empty("There is no programme yet. Whoever runs Kept adds one with its notice: kept programme add."))
        } @else {
            (table(Table { id: "programmes", caption: "Programmes with places and money", caption_hidden: true, columns: &columns, rows }))
        }
        p.govuk-body { a.govuk-link href="/organisations" { "The directory of organisations" } }
    });
    Ok(staff(&app, &visit, At::Programmes, "Programmes", body).into_response())
}

/// What was typed about the terms.
struct Typed {
    version: String,
    starts: Boxes,
    ends: Boxes,
    places: String,
    budget: String,
}

fn boxes(day: Option<Date>) -> Boxes {
    day.map_or_else(Boxes::default, |day| Boxes {
        day: day.day().to_string(),
        month: day.month().to_string(),
        year: day.year().to_string(),
    })
}

impl Typed {
    fn of(offered: &Offered) -> Typed {
        let terms = &offered.programme.terms;
        Typed {
            version: offered.version.to_string(),
            starts: boxes(Some(terms.starts)),
            ends: boxes(terms.ends),
            places: terms.places.map(|places| places.to_string()).unwrap_or_default(),
            budget: terms
                .budget
                .map(|pence| money::plain(i64::try_from(pence).unwrap_or(i64::MAX)))
                .unwrap_or_default(),
        }
    }

    fn from(form: &Form) -> Result<Typed, Fail> {
        let date = |name: &str| {
            let part = |part: &str| form.one(&format!("{name}-{part}")).map(str::to_owned);
            Ok::<_, Fail>(Boxes { day: part("day")?, month: part("month")?, year: part("year")? })
        };
        Ok(Typed {
            version: form.one("version")?.to_owned(),
            starts: date("starts")?,
            ends: date("ends")?,
            places: form.one("places")?.to_owned(),
            budget: form.one("budget")?.to_owned(),
        })
    }

    fn terms(&self, today: Date) -> Result<Terms, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut read = |name: &'static str, boxes: &Boxes| match read_boxes(boxes, When::Any, today) {
            Ok(day) => Some(day),
            Err(fault) => {
                faults.push(Fault::new(name, fault.to_string()).at(fault.part()));
                None
            }
        };
        let starts = read("starts", &self.starts);
        let ends = if self.ends.is_empty() { None } else { read("ends", &self.ends) };
        let places = match self.places.trim() {
            "" => None,
            typed => match typed.parse::<u32>() {
                Ok(places @ 1..=1_000_000) => Some(places),
                _ => {
                    faults.push(Fault::new(
                        "places",
                        "Enter the places as a number, or leave this empty for any number",
                    ));
                    None
                }
            },
        };
        let budget = match self.budget.trim() {
            "" => None,
            typed => match money::read(typed) {
                Ok(pence) => u64::try_from(pence).ok(),
                Err(fault) => {
                    faults.push(Fault::new("budget", fault.to_string()));
                    None
                }
            },
        };
        match starts {
            Some(starts) if faults.is_empty() => Ok(Terms { starts, ends, places, budget }),
            _ => Err(faults),
        }
    }
}

/// A programme with the clients of one's caseload on it; for those without a caseload, its numbers alone.
pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let offered = app.service.programme(programme(&id)?)?;
    page(&app, &visit, &offered, &Typed::of(&offered), &[], StatusCode::OK).await
}

async fn page(
    app: &App,
    visit: &Visit,
    offered: &Offered,
    typed: &Typed,
    faults: &[Fault],
    status: StatusCode,
) -> Result<Response, Fail> {
    let numbers = app.service.programme_numbers().await?.get(&offered.id).copied().unwrap_or_default();
    let whole = |mine: Option<&[OnIt]>| {
        let body = container(html! {
            (back("/programmes"))
            (fields::summary(faults))
            @if status == StatusCode::CONFLICT { (notice_banner(html! { "Somebody else changed this programme while you were writing. Nothing of yours is lost: it is below. Compare, then save again." })) }
            (heading(&offered.programme.title, html! { p { (offered.programme.says) } }))
            @if let Some(removed) = offered.removed {
                (notice_banner(html! { "This programme was removed on " (dates::long(app.service.surroundings().civil(removed).date())) ". Nobody can join it. What was written for it is kept until its layer goes." }))
            }
            @if numbers.budget.is_over() { (notice_banner(html! { "More is spent and promised than there is: " (left(&numbers.budget)) ". Talk to whoever looks after the money before more support is promised." })) }
            (terms(app, offered, &numbers))
            (money_of(&numbers.budget))
            @if signs(visit.role) { p.govuk-body { a.govuk-link href={ "/programmes/" (offered.id) "/returns" } { "Returns to those who pay" } } }
            @if let Some(mine) = mine { (my_clients(mine)) }
            (criteria(offered))
            @if keeps_programmes(visit.role) && offered.removed.is_none() { (settings(offered, offered.programme.is_core(&app.service.notices().service().id), typed, faults)) }
        });
        staff(app, visit, At::Programmes, &offered.programme.title, body)
    };
    if visit.role != Role::Adviser {
        return Ok((status, whole(None)).into_response());
    }
    let opened = app.service.my_clients_on(visit, offered.id).await?;
    Ok((status, release(opened.map(|mine| whole(Some(mine.as_slice())))).await?).into_response())
}

fn terms(app: &App, offered: &Offered, numbers: &Numbers) -> Markup {
    let (programme, terms) = (&offered.programme, &offered.programme.terms);
    let notice = app.service.programme_notice(programme);
    let kept = notice.as_ref().and_then(|one| ProgrammeRule::of(&one.notice).ok()).map(|rule| rule.words());
    let rules = casework::outcomes::RuleSet::shipped().ok();
    let rules = rules.iter().flatten().find(|set| set.id == programme.rules);
    let row = |key, value: Markup| SummaryRow { key, value, change: None };
    let mut rows = vec![
        row("Paid for by", html! { (programme.funder) }),
        row(
            "Can be joined",
            html! {
                "From " (dates::long(terms.starts)) @if let Some(ends) = terms.ends { " to " (dates::long(ends)) }
            },
        ),
    ];
    if let Some(notice) = &notice {
        rows.push(row("On it now", places(numbers, terms)));
        rows.push(row("Its notice", html! {
            "Version " (notice.notice.version) ", " a.govuk-link href={ "/notice/text/" (notice.words) } { "word for word" }
        }));
    } else {
        rows.push(row(
            "Who is on it",
            html! { "Every client of the service: nobody has to be placed. It has no notice of its own." },
        ));
    }
    if let Some(kept) = kept {
        rows.push(row("Its facts are kept", html! { (kept) }));
    }
    if let Some(rules) = rules {
        rows.push(row("Outcomes judged by", html! { (rules.title) ", version " (rules.version) @if !rules.confirmed { " " (tag(TagKind::Warn, "Not confirmed by the funder")) } }));
    }
    panel("terms", "What it is", None, summary_list(&rows))
}

fn money_of(budget: &Budget) -> Markup {
    let used = budget.spent.saturating_add(budget.committed);
    let part = |pence: u64| u32::try_from(pence / 100).unwrap_or(u32::MAX);
    let columns = [("What", false), ("How much", true), ("As a bar", false)].map(|(label, numeric)| Column {
        label,
        numeric,
        hidden: label == "As a bar",
    });
    let most = budget.budget.unwrap_or(used).max(used).max(1);
    let line = |what: &str, pence: u64| -> Vec<Cell> {
        vec![
            html! { (what) },
            html! { (pounds(pence)) },
            html! { @if pence > 0 { (bar(part(pence), part(most).max(1))) } },
        ]
    };
    let mut rows = vec![line("Spent", budget.spent), line("Promised, not yet paid", budget.committed)];
    rows.push(vec![html! { "Left" }, html! { (left(budget)) }, html! {}]);
    if let Some(all) = budget.budget {
        rows.push(vec![html! { "In all" }, html! { (pounds(all)) }, html! {}]);
    }
    panel(
        "money",
        "Money for support",
        None,
        html! {
            (table(Table { id: "budget", caption: "What support cost", caption_hidden: true, columns: &columns, rows }))
            p.app-muted { "Counted from the cost of each piece of support. What does not say how it was paid counts as promised." }
        },
    )
}

fn my_clients(mine: &[OnIt]) -> Markup {
    let columns = [("Client", false), ("Number", false), ("Since", false), ("Stands", false)]
        .map(|(label, numeric)| Column { label, numeric, hidden: false });
    let rows: Vec<Vec<Cell>> = mine
        .iter()
        .map(|one| {
            vec![
                html! { a.govuk-link href={ "/clients/" (one.who.client) "/placements/" (one.placement) } { (one.who.name) } },
                html! { span.app-ref { (one.who.number) } },
                html! { (dates::short(one.times.placed)) },
                stands(&one.times),
            ]
        })
        .collect();
    panel(
        "mine",
        "Your clients on it",
        None,
        html! {
            @if rows.is_empty() { (empty("None of your clients is on it. Place one from the client’s file, under “Programmes”.")) }
            @else { (table(Table { id: "my-clients", caption: "Your clients on this programme", caption_hidden: true, columns: &columns, rows })) }
        },
    )
}

fn criteria(offered: &Offered) -> Markup {
    if offered.programme.criteria.is_empty() {
        return html! {};
    }
    panel(
        "criteria",
        "Who may join",
        None,
        html! {
            @for criterion in &offered.programme.criteria {
                p.govuk-body { b { (criterion.says) } }
                ul.govuk-list.govuk-list--bullet { @for evidence in &criterion.evidence { li { (evidence.says) } } }
            }
            p.app-muted { "Each has to be so, and one piece of evidence of each list is enough." }
        },
    )
}

fn settings(offered: &Offered, core: bool, typed: &Typed, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let date = |name, legend, hint, boxes: &Boxes| {
        date_input(DateInput {
            name,
            legend,
            hint,
            day: &boxes.day,
            month: &boxes.month,
            year: &boxes.year,
            error: error(name),
            ..DateInput::default()
        })
    };
    let to = format!("/programmes/{}", offered.id);
    panel(
        "settings",
        "Dates, places and money",
        None,
        html! {
            form.app-note method="post" action=(to) novalidate {
                (hidden("version", &typed.version))
                (hidden("do", "change"))
                (date("starts", "First day on which somebody can join", None, &typed.starts))
                (date("ends", "Last day", Some("Leave this empty if it goes on. Those who are on it stay on it"), &typed.ends))
                (text_input(TextInput { name: "places", label: "Places", hint: Some("How many can be on it at a time. Leave this empty for any number"), value: &typed.places, error: error("places"), width: Some(5), inputmode: Some("numeric"), ..TextInput::default() }))
                (text_input(TextInput { name: "budget", label: "Money for support", hint: Some("In pounds. Leave this empty where nobody set an amount"), value: &typed.budget, error: error("budget"), width: Some(10), inputmode: Some("decimal"), ..TextInput::default() }))
                (button(ButtonKind::Main, "Save", None))
            }
            @let removing = html! {
                form method="post" action=(to) novalidate {
                    @if let Some(error) = error("do") { p.govuk-error-message #do { (error) } }
                    p.govuk-body { "Nobody can join it any more, and that cannot be undone. What was written for it stays until its layer goes. While clients are on it, it cannot be removed." }
                    (hidden("version", &typed.version))
                    (checkboxes(Choices { name: "sure", legend: "Are you sure?", options: vec![Choice { value: "yes", label: "Yes, nobody is to join it any more", ..Choice::default() }], ..Choices::default() }))
                    (button(ButtonKind::Warning, "Remove this programme", Some(("do", "remove"))))
                }
            };
            @if core { p.app-muted { "Every client of the service is on it, so it cannot be removed." } }
            @else if error("do").is_some() { (removing) } @else { (details("Remove this programme", removing)) }
        },
    )
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = programme(&id)?;
    let offered = app.service.programme(id)?;
    let form = form.only(&[
        "version",
        "do",
        "starts-day",
        "starts-month",
        "starts-year",
        "ends-day",
        "ends-month",
        "ends-year",
        "places",
        "budget",
        "sure",
    ])?;
    let to = format!("/programmes/{id}");
    if form.one("do")? == "remove" {
        if form.one("sure")? != "yes" {
            let unsure = vec![Fault::new("do", "Tick that you are sure: it cannot be undone")];
            let typed = Typed::of(&offered);
            return page(&app, &visit, &offered, &typed, &unsure, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        return match app.service.remove_programme(&visit, id).await {
            Ok(()) => Ok(Redirect::to(&to).into_response()),
            Err(Error::Faults(faults)) => {
                page(&app, &visit, &offered, &Typed::of(&offered), &faults, StatusCode::UNPROCESSABLE_ENTITY)
                    .await
            }
            Err(error) => Err(error.into()),
        };
    }
    let typed = Typed::from(&form)?;
    let version: i64 = typed.version.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let (faults, status) = match typed.terms(app.service.surroundings().today()) {
        Ok(terms) => match app.service.change_programme(&visit, id, version, terms).await {
            Ok(()) => return Ok(Redirect::to(&to).into_response()),
            Err(Error::Faults(faults)) => (faults, StatusCode::UNPROCESSABLE_ENTITY),
            Err(Error::ChangedMeanwhile) => (Vec::new(), StatusCode::CONFLICT),
            Err(error) => return Err(error.into()),
        },
        Err(faults) => (faults, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let now = Typed { version: offered.version.to_string(), ..typed };
    page(&app, &visit, &offered, &now, &faults, status).await
}
