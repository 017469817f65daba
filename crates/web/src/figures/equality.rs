//! The equality report: who uses the service, beside who lives here.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::Fault;
use casework::figures::{Measure, Quarter};
use maud::{Markup, html};
use records::figures::{Equality, SHARES, counts, signs};
use records::{Error, Visit};

use super::{fault, measures, notes, period, places, quarters, save};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, TextArea, button, buttons, textarea};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{container, heading};

struct Typed {
    what: String,
    from: String,
    to: String,
}

/// The four quarters that are over, if nothing else was chosen: the Act asks for a report a year.
fn typed(app: &App, query: Option<&str>) -> Result<Typed, Fail> {
    let Some(query) = query.filter(|query| !query.is_empty()) else {
        let last = Quarter::of(app.service.surroundings().today()).later(-1);
        let (from, to) = (last.later(-3).to_string(), last.to_string());
        return Ok(Typed { what: Measure::Starts.code().to_owned(), from, to });
    };
    let form = Form::read(query)?.only(&["what", "from", "to"])?;
    let one = |name: &str| Ok::<_, Fail>(form.one(name)?.to_owned());
    Ok(Typed { what: one("what")?, from: one("from")?, to: one("to")? })
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let typed = typed(&app, query.as_deref())?;
    let population = app.service.population().await?;
    answer(&app, &visit, &typed, &population, Vec::new()).await
}

/// The report is for those who answer for the duty.
fn theirs(visit: &Visit) -> Result<(), Fail> {
    if signs(visit.role) {
        return Ok(());
    }
    Err(Error::NotYours("The equality report is for managers and the governance lead. Ask one of them.")
        .into())
}

/// The report as a PDF. What cannot be counted is said on the page.
pub(crate) async fn pdf(
    State(app): State<App>,
    Signed(visit): Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    theirs(&visit)?;
    let typed = typed(&app, query.as_deref())?;
    let (Ok(measure), Ok(period)) = (typed.what.parse::<Measure>(), period(&typed.from, &typed.to)) else {
        let population = app.service.population().await?;
        return answer(&app, &visit, &typed, &population, Vec::new()).await;
    };
    let (report, method) = app.service.equality_report(&visit, measure, period).await?;
    let asked = format!("{} in {}.", measure.words(), period.words());
    let bytes = app.service.printed_equality(&asked, &report, &method)?;
    save("equality", "report.pdf", "application/pdf", bytes)
}

/// Puts in the local population.
pub(crate) async fn population(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["population"])?;
    let text = form.one("population")?;
    match app.service.set_population(&visit, text).await {
        Ok(()) => Ok(Redirect::to("/figures/equality").into_response()),
        Err(Error::Faults(faults)) => {
            let first = typed(&app, None)?;
            answer(&app, &visit, &first, text, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn answer(
    app: &App,
    visit: &Visit,
    typed: &Typed,
    population: &str,
    mut faults: Vec<Fault>,
) -> Result<Response, Fail> {
    theirs(visit)?;
    let measure = typed.what.parse::<Measure>();
    if measure.is_err() {
        faults.push(Fault::new("what", "Choose what is counted"));
    }
    let (report, method) = match (measure, period(&typed.from, &typed.to)) {
        (Ok(measure), Ok(period)) => app.service.equality_report(visit, measure, period).await?,
        (_, wrong) => {
            faults.extend(wrong.err());
            Default::default()
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let body = container(html! {
        (fields::summary(&faults))
        (heading("Equality report", html! { p { "For the public sector equality duty (Equality Act 2010, section 149): who uses the service, beside who lives here. It is used for nothing about anybody." } }))
        (places("equality", visit.role))
        (panel("question", "What to count", None, html! {
            form.app-note method="get" action="/figures/equality" novalidate {
                (measures(&typed.what, fault(&faults, "what")))
                (quarters(app, &typed.from, &typed.to, &faults))
                (buttons(button(ButtonKind::Main, "Count", None)))
            }
        }))
        @for one in &report { (characteristic(one)) }
        @if !method.is_empty() { (panel("method", "About this report", None, html! {
            (notes(&[], &method))
            p.govuk-body { (SHARES) }
            p.govuk-body { a.govuk-link href={ "/figures/equality/report.pdf?what=" (typed.what) "&from=" (typed.from) "&to=" (typed.to) } { "Save it as PDF" } }
        })) }
        @if counts(visit.role) { (panel("local", "Who lives here", None, html! {
            form.app-note method="post" action="/figures/equality" novalidate {
                (textarea(TextArea { name: "population", label: "Local population", hint: Some("From the census, say. A line each: characteristic, category, people. For example: Ethnic group,White,98400"), value: population, error: fault(&faults, "population"), rows: 8, ..TextArea::default() }))
                (button(ButtonKind::Secondary, "Save the population", None))
            }
        })) }
    });
    Ok((status, staff(app, visit, At::Figures, "Equality report", body)).into_response())
}

const COLUMNS: [Column<'static>; 4] = [
    Column { label: "Category", numeric: false, hidden: false },
    Column { label: "People", numeric: true, hidden: false },
    Column { label: "Share of ours", numeric: true, hidden: false },
    Column { label: "Share of who lives here", numeric: true, hidden: false },
];

fn characteristic(one: &Equality) -> Markup {
    let none = || html! { span.app-muted { "\u{2013}" } };
    let share = |share: &Option<String>| share.as_ref().map_or_else(none, |share| html! { (share) });
    let rows = one
        .lines
        .iter()
        .map(|line| -> Vec<Cell> {
            vec![
                html! { (line.name) },
                line.people
                    .map_or_else(|| html! { abbr title="not shown" { "[c]" } }, |people| html! { (people) }),
                share(&line.share),
                share(&line.here),
            ]
        })
        .collect();
    panel(
        &format!("of-{}", one.id),
        &one.label,
        None,
        match &one.refused {
            Some(why) => html! { p.govuk-body { "This cannot be shown: " (why) "." } },
            None => table(Table {
                id: &one.id,
                caption: &one.title,
                caption_hidden: true,
                columns: &COLUMNS,
                rows,
            }),
        },
    )
}
