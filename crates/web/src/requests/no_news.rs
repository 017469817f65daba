//! Who must not be sent news: the list in numbers, and a mailing checked against it. Nothing that is typed here is kept.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Fault, dates};
use maud::{Markup, html};
use records::requests::{Checked, Suppression, Verdict};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::{ButtonKind, TextArea, button, textarea};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::{SummaryRow, banner, summary_list};

#[derive(Default, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let list = app.service.suppression(&visit).await?;
    Ok(page(&app, &visit, &list, "", &[], &[], ask.done.is_some()).into_response())
}

pub(crate) async fn check(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["lines"])?;
    let typed = sent.one("lines")?;
    let (checked, faults) = match app.service.check_for_news(&visit, typed).await {
        Ok(checked) if checked.is_empty() => {
            (checked, vec![Fault::new("lines", "Enter one email address, number or address a line")])
        }
        Ok(checked) => (checked, Vec::new()),
        Err(Error::Faults(faults)) => (Vec::new(), faults),
        Err(error) => return Err(error.into()),
    };
    let list = app.service.suppression(&visit).await?;
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&app, &visit, &list, typed, &checked, &faults, false)).into_response())
}

pub(crate) async fn reviewed(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    sent.only(&[])?;
    app.service.suppression_reviewed(&visit).await?;
    Ok(Redirect::to("/requests/no-news?done=1").into_response())
}

fn page(
    app: &App,
    visit: &Visit,
    list: &Suppression,
    typed: &str,
    checked: &[Checked],
    faults: &[Fault],
    done: bool,
) -> Markup {
    let today = app.service.surroundings().today();
    let error = faults.iter().find(|fault| fault.field == *"lines").map(|fault| fault.message.as_str());
    let body = reading(html! {
        @if done { (banner("Written down: looked through today")) }
        (fields::summary(faults))
        (back("/requests"))
        (heading("Who must not be sent news", html! { p { "Whoever said no to news and offers stays on this list, even when their file is erased: as a coded form of their email, numbers and address that nobody can read back. Kept itself sends no news. Check every mailing here before it goes." } }))
        div.app-panel { (summary(list, today)) }
        @if !checked.is_empty() { div.app-panel { (results(checked)) } }
        div.app-panel { form.app-note method="post" action="/requests/no-news" novalidate {
            (textarea(TextArea { name: "lines", label: "Lines of a mailing", hint: Some("One email address, telephone number, or address with its postcode last, a line. Nothing of it is kept"), value: typed, error, rows: 8, ..TextArea::default() }))
            (button(ButtonKind::Main, "Check them", None))
        } }
    });
    staff(app, visit, At::Requests, "Who must not be sent news", body)
}

fn summary(list: &Suppression, today: jiff::civil::Date) -> Markup {
    let since = list.oldest.map_or_else(|| "Nobody has objected".to_owned(), dates::long);
    let reviewed = list.reviewed.map_or_else(|| "Not yet".to_owned(), dates::long);
    let left = list.lines - list.on_file.min(list.lines);
    let row = |key, value| SummaryRow { key, value, change: None };
    html! {
        (summary_list(&[
            row("Lines", html! { (list.lines) ", " (left) " of them of files that were erased" }),
            row("The oldest objection", html! { (since) }),
            row("Looked through last", html! {
                (reviewed)
                @if let Some(by) = list.review_by { " " @if by < today { (tag(TagKind::Stop, &format!("Due since {}", dates::short(by)))) } @else { "(again by " (dates::long(by)) ")" } }
            }),
        ]))
        form method="post" action="/requests/no-news/reviewed" {
            (button(ButtonKind::Secondary, "I looked today: the list is still needed", None))
        }
    }
}

fn results(checked: &[Checked]) -> Markup {
    let columns = ["Line", "News"].map(|label| Column { label, ..Column::default() });
    let rows: Vec<Vec<Cell>> = checked
        .iter()
        .map(|one| {
            let verdict = match one.verdict {
                Verdict::MustNot => tag(TagKind::Stop, "Must not be sent"),
                Verdict::NotListed => tag(TagKind::Ok, "Nobody objected"),
                Verdict::Unreadable => tag(TagKind::Warn, "Cannot be read: check it by hand"),
            };
            vec![html! { (one.typed) }, verdict]
        })
        .collect();
    table(Table { id: "checked", caption: "What was checked", columns: &columns, rows, ..Table::default() })
}
