//! How the promises of the notice stand: for those who answer for the service, and for everybody if the service publishes it.

use std::sync::Arc;

use access::Role;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use casework::dates;
use casework::promises::{Evidence, Stands};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use records::promises::Standing;
use records::{Service, Visit};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, panel, tag};
use crate::ui::form::{ButtonKind, button, buttons};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{PublicPage, back, container, heading, printed, public};
use crate::ui::words::{banner, notice_banner, rendered};

/// How long the published page is shown before it is counted anew: whoever asks often costs nothing.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// What was published last, for a few minutes.
#[derive(Default)]
pub(crate) struct Published(Mutex<Option<Arc<Standing>>>);

impl Published {
    async fn get(&self, service: &Service) -> Result<Option<Arc<Standing>>, Fail> {
        // Whether it is published is asked each time: what is withdrawn is gone at once.
        if !service.promises_are_public().await? {
            return Ok(None);
        }
        let mut held = self.0.lock().await;
        let now = service.surroundings().now();
        if let Some(standing) = held.as_ref().filter(|standing| standing.at.duration_until(now) < FRESH) {
            return Ok(Some(Arc::clone(standing)));
        }
        let fresh = service.promises_published().await?.map(Arc::new);
        held.clone_from(&fresh);
        Ok(fresh)
    }
}

#[derive(Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(done): Query<Done>,
) -> Result<Response, Fail> {
    let standing = app.service.promises(&visit).await?;
    Ok(page(&app, &visit, &standing, done.done.as_deref()).into_response())
}

fn page(app: &App, visit: &Visit, standing: &Standing, done: Option<&str>) -> Markup {
    let broken = standing.evidence.iter().filter(|one| one.stands == Stands::Broken).count();
    let lead = visit.role == Role::Governance;
    let body = container(html! {
        @match done {
            Some("verified") => (banner("The log is whole, from its first entry to its last")),
            Some("published") => (banner("Everybody can see how the promises stand now")),
            Some("withdrawn") => (banner("Only you and the managers see this now")),
            Some("touched") => (notice_banner(html! { "The log is not as it was written. Ask your administrator to run " code { "kept audit verify" } " now, and write this down as a breach." })),
            _ => {}
        }
        (heading("How our promises stand", html! { p { "As of " (when(app, standing.at)) ". Numbers only: no file was opened for this." } }))
        (panel("stand", &summary(broken), None, html! {
            (evidence(&standing.evidence, false))
            form.app-noprint method="post" action="/promises" {
                (buttons(html! {
                    (button(ButtonKind::Secondary, "Check the log now", Some(("do", "verify"))))
                    @if lead && standing.public { (button(ButtonKind::Secondary, "Show it to nobody else any more", Some(("do", "withdraw")))) }
                    @if lead && !standing.public { (button(ButtonKind::Secondary, "Publish this for everybody", Some(("do", "publish")))) }
                }))
            }
            @if standing.public { p.govuk-body { "Published at " a.govuk-link href="/promises/public" { "/promises/public" } ", without small numbers." } }
        }))
        (panel("more", "Registers", None, html! {
            p {
                @if lead { (action("/access-review", "Access review")) " " }
                (action("/breaches", "Breaches")) " "
                (action("/promises/retention", "Records near their end")) " "
                (action("/erasures", "Erasures")) " "
                (action("/promises/processing", "Record of processing")) " "
                (action("/promises/dpia", "Impact assessment"))
            }
        }))
        (printed(&format!("Printed by {} on {}.", app.service.directory().name(visit.staff), when(app, standing.at))))
    });
    staff(app, visit, At::Promises, "How our promises stand", body)
}

fn summary(broken: usize) -> String {
    match broken {
        0 => "No promise is broken".to_owned(),
        1 => "1 promise is not kept".to_owned(),
        more => format!("{more} promises are not kept"),
    }
}

pub(crate) fn when(app: &App, at: Timestamp) -> String {
    let at = app.service.surroundings().civil(at);
    format!("{}, {}", dates::long(at.date()), at.strftime("%H:%M"))
}

fn evidence(all: &[Evidence], for_everybody: bool) -> Markup {
    let columns =
        [("What we promise", false), ("Stands", false), ("What we find", false), ("Promise", false)]
            .map(|(label, numeric)| Column { label, numeric, ..Column::default() });
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|one| {
            let kind = match one.stands {
                Stands::Kept => TagKind::Ok,
                Stands::Broken => TagKind::Stop,
                Stands::NotKnown => TagKind::Warn,
            };
            vec![
                html! { (one.promised.says) },
                tag(kind, one.stands.words()),
                html! { (if for_everybody { one.public_words() } else { one.words() }) },
                html! { span.app-ref { (one.promised.promise) } },
            ]
        })
        .collect();
    table(Table {
        id: "promises",
        caption: "Each promise with what is found",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

pub(crate) async fn act(State(app): State<App>, Signed(visit): Signed, sent: Form) -> Result<Response, Fail> {
    let sent = sent.only(&["do"])?;
    let done = match sent.one("do")? {
        "verify" if app.service.verify_log(&visit).await? => "verified",
        "verify" => "touched",
        "publish" => {
            app.service.publish_promises(&visit, true).await?;
            "published"
        }
        "withdraw" => {
            app.service.publish_promises(&visit, false).await?;
            "withdrawn"
        }
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    };
    Ok(Redirect::to(&format!("/promises?done={done}")).into_response())
}

/// For everybody, if the service says so. It holds numbers only, and no small ones.
pub(crate) async fn published(State(app): State<App>) -> Result<Markup, Fail> {
    let standing = app.published.get(&app.service).await?.ok_or_else(Fail::not_found)?;
    let body = html! {
        h1.govuk-heading-l { "How our promises stand" }
        p.govuk-body { "Our " a.govuk-link href="/notice" { "privacy notice" } " makes promises. This is how they stand, as of " (when(&app, standing.at)) ". It is counted without opening anybody’s file." }
        (evidence(&standing.evidence, true))
    };
    let notices = app.service.notices();
    Ok(public(PublicPage {
        title: "How our promises stand",
        service: &notices.service().service,
        body,
        ..PublicPage::default()
    }))
}

#[derive(Deserialize)]
pub(crate) struct Of {
    /// The id of a notice; the service's own, if none is named.
    #[serde(default)]
    of: Option<String>,
}

/// The record of processing activities of one notice in force (Art. 30), with links to those of the others.
pub(crate) async fn processing(
    State(app): State<App>,
    Signed(visit): Signed,
    Query(asked): Query<Of>,
) -> Result<Response, Fail> {
    app.service.may_see_promises(&visit).await?;
    let notices = app.service.notices();
    let in_force: Vec<&notice::Notice> =
        notices.every_in_force().into_iter().map(|one| &one.notice).collect();
    let shown = match &asked.of {
        None => in_force.first(),
        Some(id) => in_force.iter().find(|notice| notice.id == *id),
    };
    let shown = *shown.ok_or_else(Fail::not_found)?;
    let body = container(html! {
        (back("/promises"))
        @if in_force.len() > 1 {
            p.govuk-body {
                "The record of "
                @for (at, one) in in_force.iter().enumerate() {
                    @if at > 0 { " · " }
                    @if one.id == shown.id { b { (one.service) } }
                    @else { a.govuk-link href={ "/promises/processing?of=" (one.id) } { (one.service) } }
                }
            }
        }
        (rendered(&notice::ropa::ropa(shown).html()))
    });
    Ok(staff(&app, &visit, At::Promises, "Record of processing", body).into_response())
}

/// The impact assessment, made from the notice, the decision table and the table of threats (Art. 35).
pub(crate) async fn dpia(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    app.service.may_see_promises(&visit).await?;
    let lines = records::promises::decided().map_err(|_| Fail::broken())?;
    let threats = notice::dpia::threats().map_err(|_| Fail::broken())?;
    let notices = app.service.notices();
    let document = notice::dpia::dpia(notices.service(), &lines, &threats);
    let body = container(html! { (back("/promises")) (rendered(&document.html())) });
    Ok(staff(&app, &visit, At::Promises, "Impact assessment", body).into_response())
}
