//! All that is due in one's caseload, by day; tasks are ticked off here.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, EntryId, dates};
use maud::{Markup, html};
use records::Error;
use records::caseload::InCaseload;
use records::due::Due;
use records::tasks::TASK;
use serde::Deserialize;

use crate::App;
use crate::clients::due_tag;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::paging::Paged;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::form::{ButtonKind, button, hidden};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{container, heading};
use crate::ui::words::{banner, notice_banner};

/// How many lines of each list a page shows, and the most tasks that one form ticks off.
const A_PAGE: usize = 100;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<usize>,
    #[serde(default)]
    left: Option<usize>,
    /// The page of the tasks.
    #[serde(default)]
    page: Option<usize>,
    /// The page of the rest.
    #[serde(default)]
    rest: Option<usize>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let opened = app.service.caseload(&visit).await?;
    let today = app.service.surroundings().today();
    let page = opened.map(|caseload| {
        let mut all: Vec<(&InCaseload, &Due)> =
            caseload.files.iter().flat_map(|file| file.dues.iter().map(move |due| (file, due))).collect();
        all.sort_by_key(|(_, due)| due.day);
        let (tasks, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, due)| due.form.id == *TASK);
        let (of_tasks, of_others) =
            (Paged::of(ask.page, A_PAGE, tasks.len()), Paged::of(ask.rest, A_PAGE, others.len()));
        let count = (tasks.len() + others.len()) as u64;
        let address = |page: usize, rest: usize| format!("/tasks?page={page}&rest={rest}");
        let tasks = tasks.get(of_tasks.lines()).unwrap_or_default();
        let others: Vec<TodoItem> = others
            .get(of_others.lines())
            .unwrap_or_default()
            .iter()
            .map(|(file, due)| TodoItem {
                tag: due_tag(due.day, today),
                text: html! {
                    a.govuk-link href={ "/clients/" (file.who.client) "/entries/" (due.entry) } { (due.words) }
                    " " span.app-muted { (file.who.name) }
                },
                act: html! {},
            })
            .collect();
        let body = container(html! {
            (heading("What is due", html! { p { (dates::count(count, "thing")) } }))
            (said(&ask))
            section.app-panel aria-labelledby="tasks-h" {
                h2.app-h2 #tasks-h { "Tasks" }
                @if tasks.is_empty() { (empty("No task is open.")) } @else { (to_tick(tasks, of_tasks.number(), of_others.number(), today)) }
                (of_tasks.turn("Pages of the tasks", |page| address(page, of_others.number())))
            }
            section.app-panel aria-labelledby="others-h" {
                h2.app-h2 #others-h { "Goals, reviews, referrals, milestones and checks" }
                @if others.is_empty() { (empty("Nothing else is due.")) } @else { (todo_list(&others)) }
                (of_others.turn("Pages of the rest", |rest| address(of_tasks.number(), rest)))
            }
        });
        staff(&app, &visit, At::Clients, "What is due", body)
    });
    release(page).await
}

fn said(ask: &Ask) -> Markup {
    html! {
        @if let Some(done) = ask.done.filter(|done| *done > 0) { (banner(&format!("{} done", dates::count(done as u64, "task")))) }
        @if let Some(left) = ask.left.filter(|left| *left > 0) {
            (notice_banner(html! { (dates::count(left as u64, "task")) " could not be ticked off: somebody changed it meanwhile, or the file is closed to you. It is still below." }))
        }
    }
}

fn to_tick(tasks: &[(&InCaseload, &Due)], page: usize, rest: usize, today: jiff::civil::Date) -> Markup {
    html! {
        form method="post" action="/tasks" novalidate {
            (hidden("page", &page.to_string()))
            (hidden("rest", &rest.to_string()))
            table.app-t {
                caption.govuk-visually-hidden { "Tasks, the earliest first" }
                thead { tr {
                    td.app-t__sel {}
                    th scope="col" { "Client" } th scope="col" { "By" }
                } }
                tbody { @for (file, due) in tasks { tr {
                    td.app-t__sel { label.app-t__hit {
                        input type="checkbox" name="task" value={ (file.who.client) "." (due.entry) };
                        span.govuk-visually-hidden { "Done: the task of " (file.who.name) ", by " (dates::short(due.day)) }
                    } }
                    th scope="row" { a class="govuk-link app-t__name" href={ "/clients/" (file.who.client) "/entries/" (due.entry) } { (file.who.name) } }
                    td { (due_tag(due.day, today)) }
                } } }
            }
            (button(ButtonKind::Main, "Tick off as done today", None))
        }
        p.app-muted { "What a task is about stands in the client’s file: open it by the name." }
    }
}

/// Ticks off what was chosen, each by itself: what fails stays on the list, and the page says how many.
pub(crate) async fn done(
    State(app): State<App>,
    Signed(visit): Signed,
    form: Form,
) -> Result<Response, Fail> {
    let form = form.only(&["task", "page", "rest"])?;
    let page = |name: &str| form.one(name).ok().and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
    let chosen = form.several("task");
    if chosen.len() > A_PAGE {
        return Err(Fail::bad_form("It ticks off too many at once."));
    }
    let chosen: Vec<(ClientId, EntryId)> = chosen
        .into_iter()
        .map(|value| {
            value.split_once('.').and_then(|(client, task)| Some((client.parse().ok()?, task.parse().ok()?)))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| Fail::bad_form("It names a task that is none."))?;
    let (mut done, mut left) = (0, 0);
    for (client, task) in chosen {
        match app.service.task_done(&visit, client, task).await {
            Ok(()) => done += 1,
            Err(Error::ChangedMeanwhile | Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to(&format!("/tasks?done={done}&left={left}&page={}&rest={}", page("page"), page("rest")))
        .into_response())
}
