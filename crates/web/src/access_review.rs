//! The access review: who looked at whose file and why, ticked off by the governance lead.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use casework::looks::{Flag, Verdict};
use maud::{Markup, html};
use records::Visit;
use records::access_review::{REVIEWED_DAYS, Reason, Review, ToReview, Which};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::promises::when;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, button, error_summary, radios};
use crate::ui::list::{empty, filters};
use crate::ui::page::{back, container, heading, printed};
use crate::ui::words::banner;

#[derive(Default, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    show: Option<String>,
    #[serde(default)]
    done: Option<u64>,
}

/// What was ticked, and what was not said.
#[derive(Default)]
struct Typed {
    looks: Vec<u64>,
    verdict: String,
    fault: Option<(&'static str, &'static str)>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    page(&app, &visit, &ask, Typed::default()).await
}

async fn page(app: &App, visit: &Visit, ask: &Ask, typed: Typed) -> Result<Response, Fail> {
    let which = if ask.show.as_deref() == Some("reviewed") { Which::Reviewed } else { Which::Open };
    let opened = app.service.looks_to_review(visit, which).await?;
    let page = opened.map(|review| {
        let faults: Vec<(&str, &str)> = typed.fault.into_iter().collect();
        let body = container(html! {
            (error_summary(&faults))
            (back("/promises"))
            @if let Some(done) = ask.done { (banner(&format!("{} reviewed", dates::count(done, "look")))) }
            (heading("Access review", html! { p { "Looks of the last " (REVIEWED_DAYS) " days with a stated reason, and those that look like something to ask about. A mark is a question, not a finding." } }))
            (filters("Which looks", &[("/access-review", "To review", which == Which::Open), ("/access-review?show=reviewed", "Reviewed", which == Which::Reviewed)]))
            @if review.looks.is_empty() {
                (empty(if which == Which::Open { "Nothing waits for a review." } else { "Nothing was reviewed yet." }))
            } @else if which == Which::Open { (to_tick(app, visit, &review, &typed)) }
            @else { div.app-panel { (list(app, visit, &review, None)) } }
            @if review.all > review.looks.len() { p.app-muted { "These are the newest " (review.looks.len()) " of " (review.all) "." } }
            (printed(&format!("Printed by {}. Contains personal data: shred when finished.", app.service.directory().name(visit.staff))))
        });
        staff(app, visit, At::Promises, "Access review", body)
    });
    release(page).await
}

fn to_tick(app: &App, visit: &Visit, review: &Review, typed: &Typed) -> Markup {
    if review.looks.iter().all(|look| look.who == visit.staff) {
        return html! { div.app-panel {
            (list(app, visit, review, Some(typed)))
            p.govuk-body { "All of these are your own. Nobody reviews what they opened themselves: ask another governance lead, or have somebody else given that role for it." }
        } };
    }
    html! {
        form.app-panel method="post" action="/access-review" novalidate {
            (list(app, visit, review, Some(typed)))
            (radios(Choices {
                name: "verdict",
                legend: "What did the review of the ticked ones come to?",
                error: typed.fault.filter(|(field, _)| *field == "verdict").map(|(_, message)| message),
                options: Verdict::ALL.iter().map(|verdict| Choice {
                    value: verdict.code(), label: verdict.words(), checked: typed.verdict == verdict.code(), ..Choice::default()
                }).collect(),
                ..Choices::default()
            }))
            (button(ButtonKind::Main, "Tick off", None))
        }
    }
}

fn list(app: &App, visit: &Visit, review: &Review, ticking: Option<&Typed>) -> Markup {
    let directory = app.service.directory();
    // Faults lead to the first box that can be ticked.
    let first = review.looks.iter().position(|look| look.who != visit.staff);
    html! {
        table.app-t {
            caption.govuk-visually-hidden { "Looks, newest first" }
            thead { tr {
                @if ticking.is_some() { td.app-t__sel {} }
                th scope="col" { "Who" } th scope="col" { "Whose file" } th scope="col" { "Why" }
                th scope="col" { @if ticking.is_some() { "To ask about" } @else { "Came to" } }
            } }
            tbody { @for (number, look) in review.looks.iter().enumerate() { tr {
                @let who = directory.name(look.who);
                @if let Some(typed) = ticking {
                    td.app-t__sel { @if Some(number) == first {
                        (tick_box("look".to_owned(), app, look, who, typed))
                    } @else if look.who != visit.staff {
                        (tick_box(format!("look-{number}"), app, look, who, typed))
                    } }
                }
                th scope="row" { (who) span class="app-t__sub app-num" { (look.role) ", " (when(app, look.at)) } @if ticking.is_some() && look.who == visit.staff { span.app-t__sub { "Yours: somebody else reviews it" } } }
                td { (whose(look)) }
                td { @match &look.reason {
                    Reason::Stated(reason) => { "“" (reason) "”" }
                    Reason::NotAsked => span.app-muted { "No reason was asked for" }
                    Reason::Erased => span.app-muted { "One was given; it was erased with the file" }
                } }
                td {
                    @for flag in &look.flags { (tag(kind(*flag), flag.words())) " " }
                    @if let Some(reviewed) = look.reviewed {
                        (tag(if reviewed.verdict == Verdict::Breach { TagKind::Stop } else { TagKind::Ok }, reviewed.verdict.words()))
                        span class="app-t__sub app-num" { (directory.name(reviewed.by)) ", " (when(app, reviewed.at)) }
                    }
                }
            } } }
        }
    }
}

fn tick_box(id: String, app: &App, look: &ToReview, who: &str, typed: &Typed) -> Markup {
    html! { label.app-t__hit {
        input id=(id) type="checkbox" name="look" value=(look.seq) checked[typed.looks.contains(&look.seq)];
        span.govuk-visually-hidden { "Select the look of " (who) ", " (when(app, look.at)) }
    } }
}

/// The client, with a way to everybody who looked at that file.
fn whose(look: &ToReview) -> Markup {
    match &look.shown {
        Some(shown) => html! {
            (shown.name) span.app-t__sub { span.app-ref { (shown.number) } " " a.govuk-link href={ "/clients/" (look.client) "/looked" } { "Who looked" span.govuk-visually-hidden { " at the file of " (shown.name) } } }
        },
        None => html! { span.app-muted { "Restricted, or erased since" } },
    }
}

const fn kind(flag: Flag) -> TagKind {
    match flag {
        Flag::OwnRecord | Flag::SameHome => TagKind::Stop,
        Flag::SameSurname | Flag::SameStreet | Flag::Burst => TagKind::Warn,
        Flag::Night => TagKind::Info,
    }
}

pub(crate) async fn tick(
    State(app): State<App>,
    Signed(visit): Signed,
    sent: Form,
) -> Result<Response, Fail> {
    let sent = sent.only(&["look", "verdict"])?;
    let looks: Result<Vec<u64>, _> = sent.several("look").into_iter().map(str::parse).collect();
    let looks = looks.map_err(|_| Fail::bad_form("It names a look that is none."))?;
    let verdict = sent.one("verdict")?.to_owned();
    let chosen = verdict.parse::<Verdict>();
    let fault = match &chosen {
        _ if looks.is_empty() => Some(("look", "Tick the looks that you reviewed")),
        Err(_) => Some(("verdict", "Choose what the review came to")),
        Ok(_) => None,
    };
    let (Ok(chosen), None) = (chosen, fault) else {
        let shown = page(&app, &visit, &Ask::default(), Typed { looks, verdict, fault }).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    };
    let done = app.service.review_looks(&visit, &looks, chosen).await?;
    let to = if chosen == Verdict::Breach {
        "/breaches/new".to_owned()
    } else {
        format!("/access-review?done={done}")
    };
    Ok(Redirect::to(&to).into_response())
}
