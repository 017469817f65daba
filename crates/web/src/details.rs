//! A client's details by category: seen, changed a page at a time, with their history.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{Fault, Typed, answers, dates};
use maud::{Markup, html};
use notice::{Category, Field};
use records::details::Details;
use records::files::ClientFile;
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, clock, head, title};
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, button, buttons, hidden};
use crate::ui::list::{self, empty};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, inset, notice_banner, summary_list, within};

/// The pages of questions, in the order in which a registration offers them.
const PAGES: [Category; 7] = [
    Category::Contact,
    Category::Identity,
    Category::Work,
    Category::Household,
    Category::RightToWork,
    Category::Needs,
    Category::Equality,
];

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    next: Option<String>,
}

fn category(code: &str) -> Result<Category, Fail> {
    code.parse::<Category>().ok().filter(|c| PAGES.contains(c)).ok_or_else(Fail::not_found)
}

fn label(app: &App, category: Category) -> String {
    let notices = app.service.notices();
    notices.service().category(category).map_or_else(|| category.code().to_owned(), |held| held.label.clone())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.open_file(&visit, id, 0).await?;
    let page = opened.map(|file| {
        let profile = file.profile();
        let today = app.service.surroundings().today();
        let body = html! {
            (head(visit.role, &profile, id, today, "Details", html! {}))
            (container(html! { div.app-pages { @for category in PAGES { (summary(&app, &file, category)) } } }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&profile, "details"), body)
    });
    release(page).await
}

fn summary(app: &App, file: &ClientFile, category: Category) -> Markup {
    let (notices, directory) = (app.service.notices(), app.service.directory());
    let catalogue = notices.catalogue();
    let name = label(app, category);
    let (id, code) = (file.client, category.code());
    if category == Category::Equality {
        let link = format!("/clients/{id}/details/{code}");
        let answered =
            file.equality_answered.map(|at| dates::long(app.service.surroundings().civil(at).date()));
        let change = file.writable.contains(category) || file.own;
        return panel(
            code,
            &name,
            change.then_some((link.as_str(), "Ask", " the equality questions")),
            html! {
                p { @match answered { Some(day) => { "Answered on " (day) ". " }, None => { "Not asked yet. " } } "The answers are held apart: nobody who works here can read them." }
            },
        );
    }
    if !file.readable.contains(category) {
        return html! {};
    }
    let page = file.pages.get(&category);
    let change = format!("/clients/{id}/details/{code}");
    let rows: Vec<(String, Markup)> = catalogue
        .fields_of(category)
        .map(|field| {
            let answer = page.and_then(|page| page.profile.get(&field.id));
            let value = match answer {
                Some(answer) => html! { (answers::glance(field, catalogue.list_of(field), answer)) },
                None => html! { span.app-muted { "Not recorded" } },
            };
            (field.label.clone(), value)
        })
        .collect();
    let rows: Vec<SummaryRow<'_>> =
        rows.iter().map(|(key, value)| SummaryRow { key, value: value.clone(), change: None }).collect();
    let may = file.writable.contains(category);
    panel(
        code,
        &name,
        may.then_some((change.as_str(), "Change", name.as_str())),
        html! {
            (summary_list(&rows))
            @if let Some(page) = page {
                p.app-muted {
                    "Last changed by " (directory.name(page.author)) " on " (dates::long(app.service.surroundings().civil(page.written).date())) ". "
                    a.govuk-link href={ "/clients/" (id) "/details/" (code) "/history" } { "History" span.govuk-visually-hidden { " of " (name) } }
                }
            }
        },
    )
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let (id, category) = (client(&id)?, category(&code)?);
    let opened = app.service.edit_details(&visit, id, category).await?;
    let page = opened.map(|details| {
        let held = details.page.as_ref().map(|page| page.profile.clone()).unwrap_or_default();
        let typed = |field: &Field| fields::held(field, held.get(&field.id));
        page(&app, &visit, id, category, &details, typed, &[], ask.next.is_some(), html! {})
    });
    release(page).await
}

#[allow(clippy::too_many_arguments, reason = "a page of questions is all of these")]
fn page(
    app: &App,
    visit: &Visit,
    id: casework::ClientId,
    category: Category,
    details: &Details,
    typed: impl Fn(&Field) -> Typed,
    faults: &[Fault],
    registering: bool,
    above: Markup,
) -> Markup {
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let (notice, catalogue) = (notices.service(), notices.catalogue());
    let name = label(app, category);
    let says = notice.category(category).map(|held| held.says.clone()).unwrap_or_default();
    let step = PAGES.iter().position(|page| *page == category).unwrap_or_default();
    let onward = next_page(id, category, registering);
    let body = html! {
        (head(visit.role, &details.contact, id, today, "Details", html! {}))
        (container(html! { div.app-wide {
            (back(&format!("/clients/{id}/details")))
            (fields::summary(faults))
            (above)
            (heading(&name, html! { @if registering { p { "Page " (step) " of " (PAGES.len() - 1) ". Skip whatever the client does not want to say." } } }))
            @if !says.is_empty() { (inset(html! { p { (says) } })) }
            @if category == Category::Equality && details.version > 0 { p.govuk-body { "These questions were answered before. What you enter now takes the place of those answers." } }
            form.app-panel method="post" action={ "/clients/" (id) "/details/" (category) } novalidate {
                (hidden("version", &details.version.to_string()))
                @if registering { (hidden("next", "1")) }
                (fields::questions(catalogue, category, typed, faults, today))
                (buttons(html! {
                    (button(ButtonKind::Main, if registering { "Save and continue" } else { "Save" }, None))
                    a.govuk-link href=(onward) { @if registering { "Skip this page" } @else { "Cancel" } }
                }))
            }
        } }))
    };
    staff(app, visit, At::Elsewhere, &title(&details.contact, &within(&name)), body)
}

/// Where saving or skipping leads.
fn next_page(id: casework::ClientId, category: Category, registering: bool) -> String {
    let after = PAGES.iter().skip_while(|page| **page != category).nth(1);
    match after {
        Some(next) if registering => format!("/clients/{id}/details/{next}?next=1"),
        None if registering => format!("/clients/{id}?saved=1"),
        _ => format!("/clients/{id}/details"),
    }
}

pub(crate) async fn save(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, category) = (client(&id)?, category(&code)?);
    let (notices, today) = (app.service.notices(), app.service.surroundings().today());
    let catalogue = notices.catalogue();
    let asked: Vec<&Field> = fields::asked(catalogue, category).collect();
    let names = fields::names(asked.iter().copied());
    let mut known = vec!["version", "next"];
    known.extend(names.iter().map(String::as_str));
    let form = form.only(&known)?;
    let version: i64 = form.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let registering = form.ticked("next");
    let (answers, mut faults) = fields::read(&form, catalogue, asked.iter().copied(), today)?;
    let mut above = html! {};
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if faults.is_empty() {
        // A page left empty that was never there needs no entry.
        let result = if answers.is_empty() && version == 0 {
            Ok(())
        } else {
            app.service.change_details(&visit, id, category, version, answers).await
        };
        match result {
            Ok(()) => return Ok(Redirect::to(&next_page(id, category, registering)).into_response()),
            Err(Error::Faults(more)) => faults = more,
            Err(Error::ChangedMeanwhile) => {
                status = StatusCode::CONFLICT;
                above = notice_banner(
                    html! { p.govuk-notification-banner__heading { "Somebody else changed this page while you were writing." } p.govuk-body { "Nothing of yours is lost: it is below. " a.govuk-link href={ "/clients/" (id) "/details/" (category) "/history" } { "See what they changed" } ", then save again: yours then takes its place." } },
                );
            }
            Err(error) => return Err(error.into()),
        }
    }
    let opened = app.service.edit_details(&visit, id, category).await?;
    let page = opened.map(|details| {
        let typed = |field: &Field| fields::typed(&form, field).unwrap_or_default();
        page(&app, &visit, id, category, &details, typed, &faults, registering, above)
    });
    Ok((status, release(page).await?).into_response())
}

pub(crate) async fn history(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, category) = (client(&id)?, category(&code)?);
    let opened = app.service.history(&visit, id, category).await?;
    let page = opened.map(|history| {
        let (notices, directory) = (app.service.notices(), app.service.directory());
        let catalogue = notices.catalogue();
        let mut lines: Vec<Line> = Vec::new();
        for version in &history.versions {
            let at = app.service.surroundings().civil(version.written);
            for change in &version.changed {
                let field = catalogue.field(&change.field);
                let words = |answer: &Option<casework::Answer>| {
                    answer.as_ref().and_then(|a| field.map(|f| answers::glance(f, catalogue.list_of(f), a)))
                };
                lines.push((
                    format!("{} {}", dates::long(at.date()), clock(&at)),
                    directory.name(version.author).to_owned(),
                    field.map_or_else(|| change.field.to_string(), |f| f.label.clone()),
                    words(&change.before),
                    words(&change.now),
                ));
            }
        }
        let changes: Vec<list::Change<'_>> = lines
            .iter()
            .map(|(at, by, field, before, after)| list::Change { at, by, field, before: before.as_deref(), after: after.as_deref() })
            .collect();
        let name = label(&app, category);
        let body = html! {
            (head(visit.role, &history.contact, id, app.service.surroundings().today(), "Details", html! {}))
            (reading(html! {
                (back(&format!("/clients/{id}/details")))
                (heading(&format!("{name}: history"), html! {}))
                @if changes.is_empty() { (empty("Nothing has changed here yet.")) } @else { (list::history(&changes)) }
            }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&history.contact, "history"), body)
    });
    release(page).await
}

/// A changed answer in words: when, by whom, which field, what it was, what it is.
type Line = (String, String, String, Option<String>, Option<String>);
