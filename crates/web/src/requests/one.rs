//! One request: its clock, what was done, what comes next, the decision.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::requests::{Asker, DecisionTyped, Ground, Kind, Outcome, Phase, Step, StepTyped};
use casework::{Fault, RequestId, dates};
use maud::{Markup, html};
use records::requests::RequestPage;
use records::{Error, Visit};

use super::letters::LETTERS;
use super::{boxes, due, objection_words, request};
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{clock, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{action, main_action, panel};
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, Select, TextArea, button, checkboxes, date_input, hidden, radios,
    select, textarea,
};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{back, heading, reading};
use crate::ui::words::{SummaryRow, inset, notice_banner, summary_list};

/// What was typed into the page's forms.
#[derive(Default)]
struct Typed {
    key: String,
    step: StepTyped,
    decision: DecisionTyped,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let opened = app.service.request_page(&visit, request(&id)?).await?;
    let typed = Typed { key: new_key(), ..Typed::default() };
    release(opened.map(|page| whole(&app, &visit, &page, &typed, &[]))).await
}

fn whole(app: &App, visit: &Visit, page: &RequestPage, typed: &Typed, faults: &[Fault]) -> Markup {
    let row = &page.row;
    let today = app.service.surroundings().today();
    let name = format!("{} {}", row.reference(), row.kind.noun());
    let body = html! {
        @if let Some(client) = row.client { (head(visit.role, &page.contact, client, today, "Rights", html! {})) }
        (reading(html! {
            (back("/requests"))
            (fields::summary(faults))
            (heading(&name, html! { (due(&page.stands)) }))
            @if page.restricted { (notice_banner(html! { "This file is restricted: it is stored and nothing more, but for answering what its client asks." })) }
            @match (row.client, row.asker) {
                (Some(_), _) => {}
                (None, Asker::WithoutFile) => (inset(html! { "No file was found of who asks. Kept knows the number of the request and nothing about them: their words and their name are on the letter or email that bears it." })),
                (None, _) => (inset(html! { "The file was erased. Of the request its reference, its dates and its decision are left." })),
            }
            (facts(app, page))
            @if row.client.is_some() { (guidance(page)) } @else { (guidance_without_file(page)) }
            @if page.course.phase() != Phase::Done { (next(page, typed, faults)) }
            @if page.course.may(Step::Decided, false) { (decision(page, typed, faults)) }
            @if row.client.is_some() { (restriction(page, typed)) }
            @if !page.booked.is_empty() { (booked(app, page)) }
            (letters(page))
            (history(app, page))
        }))
    };
    let page_title = if row.client.is_some() { title(&page.contact, &name) } else { name.clone() };
    staff(app, visit, At::Requests, &page_title, body)
}

fn facts(app: &App, page: &RequestPage) -> Markup {
    let (row, directory) = (&page.row, app.service.directory());
    let mut lines: Vec<(&str, Markup)> = vec![
        ("Asks for", html! { (row.kind.words()) " (" (row.kind.law()) ")" }),
        (
            "In their words",
            html! {
                @if row.client.is_none() { span.app-muted { "Not kept" } }
                @for line in page.asked.words.lines() { p.govuk-body { (line) } }
            },
        ),
        ("Who asks", html! { (row.asker.words()) @if !page.asked.who.is_empty() { ": " (page.asked.who) } }),
        (
            "Came",
            html! { (dates::long(row.received)) ", " (row.came.words().to_lowercase()) "; written down by " (directory.name(row.noted_by)) },
        ),
        (
            "Stands",
            html! { @match &page.stands { Ok(stands) => (stands.phase.words()), Err(unknown) => (unknown) } },
        ),
    ];
    if let Ok(stands) = &page.stands {
        if let Some(day) = stands.due {
            let what = if row.kind == Kind::Complaint { "Confirm by" } else { "Answer by" };
            lines.push((what, html! { (dates::with_weekday(day)) @if let Some(last) = stands.statutory { br; span.app-muted { "By the words of the Act " (dates::long(last)) } } }));
        }
        if let Some(aim) = stands.aim {
            lines.push(("Aim for", html! { (dates::with_weekday(aim)) }));
        }
        if let Some(by) = stands.extension_by {
            lines.push(("Extension", html! { "They must be told by " (dates::long(by)) }));
        }
    }
    if let Some(outcome) = row.outcome {
        lines.push(("Decision", html! {
            (outcome.words())
            @if let Some((at, by)) = row.decided { ", " (directory.name(by)) ", " (dates::long(app.service.surroundings().civil(at).date())) }
            @for ground in &row.grounds { p.govuk-body { (ground.words()) " (" (ground.law()) ")" } }
        }));
    }
    if !page.objections.is_empty() {
        lines.push(("Stopped", html! { @for (to, since) in &page.objections { p.govuk-body { (objection_words(*to)) ", since " (dates::long(app.service.surroundings().civil(*since).date())) } } }));
    }
    lines.push((
        "Rules",
        html! { "Notice " (row.notice.1) ", clock " (row.clock.code()) ": as they were when it came" },
    ));
    let lines: Vec<SummaryRow<'_>> =
        lines.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    summary_list(&lines)
}

/// What there is to do where there is no file, or none any more.
fn guidance_without_file(page: &RequestPage) -> Markup {
    let body = match (page.course.phase(), page.row.kind) {
        (Phase::Done, _) => return html! {},
        (_, Kind::Complaint) => html! {
            p.govuk-body { "Confirm within 30 days that we have it, look into it without delay, tell them how far it is, and what came of it." }
        },
        (_, Kind::Informed) => html! {
            p.govuk-body { "Send them the " a.govuk-link href="/notice" { "privacy notice" } ", and say that there is no file of them." }
        },
        _ => html! {
            p.govuk-body { "Search as far as is reasonable: by each name and number that they have had, the paper, emails, files of others that may mention them. Nobody has to show who they are to be told that there is nothing." }
            p.govuk-body { "Is there a file after all? Write the request down in it, with the day on which it came, and decide here that it goes on there." }
        },
    };
    panel("do", "What to do", None, body)
}

/// What the kind of request asks for, with the ways to do it.
fn guidance(page: &RequestPage) -> Markup {
    let (row, id) = (&page.row, page.row.id);
    let Some(client) = row.client else { return html! {} };
    let open = page.course.phase() != Phase::Done;
    panel(
        "do",
        "What to do",
        None,
        html! {
            @if open && page.course.is_unseen() && page.course.may(Step::IdentityAsked, false) { p.govuk-body { "Whoever took it was not sure who asks. Nothing is handed over and nothing decided until it is shown. Ask for as little as will show it and write that down, and the clock begins once it is shown; or write down that they showed it already." } }
            @match row.kind {
                Kind::Access => {
                    p.govuk-body { "Read the copy, mark what is about somebody else, let a second person look at the marks, then hand it over." }
                    @if page.mentioned > 0 { p.govuk-body { "This client is named by number in " (dates::count(page.mentioned, "entry").replace("entrys", "entries")) " of other files: look at those by hand." } }
                    @if page.papers > 0 { p.govuk-body { "There is paper: look through it and copy it (" (page.papers) ")." } }
                    p.govuk-body { "Marks: " (page.marks.0) " waiting, " (page.marks.1) " agreed, " (page.marks.2) " not agreed." }
                    @if open {
                        p { (main_action(&format!("/requests/{id}/copy"), "Read and mark the copy")) " "
                            (action(&format!("/requests/{id}/print"), "The copy to print")) " "
                            (action(&format!("/requests/{id}/download"), "The copy as a file")) }
                        p.app-muted { "School and college records are asked of their provider: write down that you pointed them on." }
                    }
                }
                Kind::Portability => {
                    p.govuk-body { "What the client told us, as a file for computers and as a table." }
                    @if open { p { (main_action(&format!("/requests/{id}/download"), "The file to take elsewhere")) } }
                }
                Kind::Rectification => {
                    p.govuk-body { "The client’s adviser puts the facts right; what stood there before stays in the history, apart. Whoever was given a fact is noted by itself as to be told." }
                    p { (action(&format!("/clients/{client}/details"), "Details of the client")) }
                    @if page.to_tell.is_empty() { p.govuk-body { "Nobody has to be told at the moment." } }
                    @else {
                        ul.govuk-list.govuk-list--bullet { @for one in &page.to_tell { li { (one.name) ": " (one.kind.code()) @if one.answered.is_some() { ", answered" @if let Some(answer) = one.answer { ": " (answer.words().to_lowercase()) } } @else if one.told.is_some() { ", told" } @else { ", to tell" } } } }
                        p { a.govuk-link href="/recipients-to-tell" { "Recipients to tell" } }
                    }
                }
                Kind::Erasure => {
                    p.govuk-body { "The promise is to erase whenever a client asks. Decide here; the effects and the erasure itself have a page of their own." }
                    @if row.outcome.is_some_and(|outcome| matches!(outcome, Outcome::Granted | Outcome::Partly)) { p { (main_action(&format!("/clients/{client}/erase"), "Effects, and erase")) } }
                }
                Kind::Restriction => p.govuk-body { "Restrict the file first, then decide. Nobody works with it until that is lifted, and the client is told before it is." },
                Kind::Objection => p.govuk-body { "What they object to stopped when this was written down. Refused, it goes on again; news and offers do not." },
                Kind::Informed => p { a.govuk-link href={ "/notice/" (row.notice.1) } { "The notice that this client was given" } },
                Kind::Complaint => p.govuk-body { "Confirm within 30 days that we have it, look into it without delay, tell them how far it is, and what came of it." },
            }
        },
    )
}

fn next(page: &RequestPage, typed: &Typed, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let may = |step: &&Step| !step.is_an_act() && page.course.may(**step, page.extendable());
    let mut options = vec![("", "Choose")];
    options.extend(Step::ALL.iter().filter(may).map(|step| (step.code(), step.words())));
    panel(
        "next",
        "Write down what was done",
        None,
        html! {
            form.app-note method="post" action={ "/requests/" (page.row.id) "/step" } novalidate {
                (hidden("form", &typed.key))
                (select(Select { name: "step", label: "What was done", hint: None, options, value: &typed.step.step, error: error("step") }))
                (date_input(DateInput { name: "day", legend: "On which day", hint: Some("Today, if left empty"), day: &typed.step.day.day, month: &typed.step.day.month, year: &typed.step.day.year, error: error("day"), ..DateInput::default() }))
                @if page.course.has_file || error("words").is_some() {
                    (textarea(TextArea { name: "words", label: "What there is to say", hint: Some("What was asked, why it takes longer, where you searched: it stands in the history and, where it is a reason, in the letter"), value: &typed.step.words, error: error("words"), rows: 3, ..TextArea::default() }))
                }
                (button(ButtonKind::Main, "Write it down", None))
            }
        },
    )
}

fn decision(page: &RequestPage, typed: &Typed, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let typed_here = &typed.decision;
    let outcomes = Outcome::of(page.row.kind, page.course.has_file).iter().map(|one| Choice {
        value: one.code(),
        label: one.words(),
        checked: one.code() == typed_here.outcome,
        ..Choice::default()
    });
    // Without a file there is nothing that others could be harmed by.
    let fits = |ground: &Ground| page.course.has_file || ground.is_about_the_request();
    let grounds: Vec<Choice<'_>> = Ground::against(page.row.kind)
        .filter(fits)
        .map(|ground| Choice {
            value: ground.code(),
            label: ground.words(),
            hint: Some(ground.law()),
            checked: typed_here.grounds.iter().any(|code| code == ground.code()),
            ..Choice::default()
        })
        .collect();
    panel(
        "decide",
        "Decide",
        None,
        html! {
            form.app-note method="post" action={ "/requests/" (page.row.id) "/decide" } novalidate {
                (hidden("form", &typed.key))
                (radios(Choices { name: "outcome", legend: "What came of it?", options: outcomes.collect(), error: error("outcome"), ..Choices::default() }))
                @if !grounds.is_empty() {
                    (checkboxes(Choices { name: "grounds", legend: "Why is something not given? Only if so", options: grounds, error: error("grounds"), ..Choices::default() }))
                    @if page.row.kind == Kind::Access && page.course.has_file {
                        (date_input(DateInput { name: "opinion", legend: "Day of the health professional’s opinion", hint: Some("For serious harm only, no older than 6 months"), day: &typed_here.opinion.day, month: &typed_here.opinion.month, year: &typed_here.opinion.year, error: error("opinion"), ..DateInput::default() }))
                    }
                }
                @if page.course.has_file || error("because").is_some() {
                    (textarea(TextArea { name: "because", label: "Why?", hint: Some("In plain words: they go into the letter"), value: &typed_here.because, error: error("because"), rows: 4, ..TextArea::default() }))
                }
                (button(ButtonKind::Main, "Decide", None))
            }
        },
    )
}

/// What is booked while nobody else may use the file.
fn booked(app: &App, page: &RequestPage) -> Markup {
    let (directory, surroundings) = (app.service.directory(), app.service.surroundings());
    let columns = ["When", "With", "Change"].map(|label| Column { label, ..Column::default() });
    let rows = page.booked.iter().map(|one| -> Vec<Cell> {
        let starts = surroundings.civil(one.slot.starts());
        let when = format!("{}, {}", dates::with_weekday(starts.date()), clock(&starts));
        vec![
            html! { (when) },
            html! { (directory.name(one.adviser)) ", " (one.way.words().to_lowercase()) },
            html! {
                form method="post" action={ "/requests/" (page.row.id) "/call-off" } {
                    (hidden("form", &new_key()))
                    (hidden("appointment", &one.id.to_string()))
                    (button(ButtonKind::Secondary, &format!("Call off {}", dates::short(starts.date())), None))
                }
            },
        ]
    });
    panel(
        "booked",
        "Booked all the same",
        None,
        html! {
            p.govuk-body { "Nobody else may use this file, and no message leaves. Ask the client if they still want to come, and tell them what you call off." }
            (table(Table { id: "to-come", caption: "Appointments to come", caption_hidden: true, columns: &columns, rows: rows.collect() }))
        },
    )
}

fn restriction(page: &RequestPage, typed: &Typed) -> Markup {
    let form = |value: &str, kind: ButtonKind, label: &str| {
        html! { form method="post" action={ "/requests/" (page.row.id) "/restrict" } {
            (hidden("form", &typed.key))
            (button(kind, label, Some(("do", value))))
        } }
    };
    html! {
        @if page.course.may(Step::Restricted, false) {
            (panel("restrict", "Restrict the file", None, html! {
                p.govuk-body { "From now on it is stored and nothing more: no page, list, message, figure or sweep uses it, but for answering this client." }
                (form("restrict", ButtonKind::Warning, "Restrict the file"))
            }))
        } @else if page.course.may(Step::Lifted, false) {
            (panel("restrict", "Lift the restriction", None, html! {
                p.govuk-body { "The client was told. The file can be used again." }
                (form("lift", ButtonKind::Main, "Lift the restriction"))
            }))
        } @else if page.course.restricts() {
            (panel("restrict", "The file is restricted", None, html! {
                p.govuk-body { "Before it is lifted the client is told (UK GDPR Article 18(3)): print the letter, then write down that they were told." }
                @if page.course.phase() == Phase::Done {
                    form.app-note method="post" action={ "/requests/" (page.row.id) "/step" } novalidate {
                        (hidden("form", &typed.key))
                        (hidden("step", Step::LiftingTold.code()))
                        (textarea(TextArea { name: "words", label: "How and when they were told", value: &typed.step.words, rows: 2, ..TextArea::default() }))
                        (button(ButtonKind::Main, "They were told", None))
                    }
                }
            }))
        }
    }
}

fn letters(page: &RequestPage) -> Markup {
    panel(
        "letters",
        "Letters to print",
        None,
        html! {
            ul.govuk-list { @for letter in LETTERS.iter().filter(|letter| (letter.fits)(page)) { li {
                a.govuk-link href={ "/requests/" (page.row.id) "/letters/" (letter.code) } { (letter.name) }
            } } }
        },
    )
}

fn history(app: &App, page: &RequestPage) -> Markup {
    let directory = app.service.directory();
    panel(
        "history",
        "History",
        None,
        html! {
            ol.app-history {
                @for step in page.steps.iter().rev() { li {
                    p { b { (step.step.words()) } ", " (dates::long(step.day)) }
                    @for line in step.words.lines() { p { (line) } }
                    @let at = app.service.surroundings().civil(step.at);
                    p class="app-by app-num" { (directory.name(step.by)) ", " (dates::long(at.date())) " " (clock(&at)) }
                } }
                li { p { b { "Came" } ", " (dates::long(page.row.received)) } p class="app-by app-num" { (directory.name(page.row.noted_by)) } }
            }
        },
    )
}

async fn again(
    app: &App,
    visit: &Visit,
    id: RequestId,
    typed: Typed,
    faults: Vec<Fault>,
) -> Result<Response, Fail> {
    let opened = app.service.request_page(visit, id).await?;
    let page = opened.map(|page| whole(app, visit, &page, &typed, &faults));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

fn there(id: RequestId) -> Response {
    Redirect::to(&format!("/requests/{id}")).into_response()
}

pub(crate) async fn step(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&["form", "step", "day-day", "day-month", "day-year", "words"])?;
    let step = StepTyped {
        step: sent.one("step")?.to_owned(),
        day: boxes(&sent, "day")?,
        words: sent.one("words")?.to_owned(),
    };
    match app.service.work_request(&visit, id, sent.key()?, &step).await {
        Ok(()) => Ok(there(id)),
        Err(Error::Faults(faults)) => {
            let typed = Typed { key: sent.one("form")?.to_owned(), step, ..Typed::default() };
            again(&app, &visit, id, typed, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&[
        "form",
        "outcome",
        "grounds",
        "because",
        "opinion-day",
        "opinion-month",
        "opinion-year",
    ])?;
    let decision = DecisionTyped {
        outcome: sent.one("outcome")?.to_owned(),
        grounds: sent.several("grounds").into_iter().map(str::to_owned).collect(),
        because: sent.one("because")?.to_owned(),
        opinion: boxes(&sent, "opinion")?,
    };
    match app.service.decide_request(&visit, id, sent.key()?, &decision).await {
        Ok(()) => Ok(there(id)),
        Err(Error::Faults(faults)) => {
            let typed = Typed { key: sent.one("form")?.to_owned(), decision, ..Typed::default() };
            again(&app, &visit, id, typed, faults).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn call_off(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&["form", "appointment"])?;
    let appointment = sent.one("appointment")?.parse().map_err(|_| Fail::not_found())?;
    app.service.call_off_while_restricted(&visit, id, sent.key()?, appointment).await?;
    Ok(there(id))
}

pub(crate) async fn restrict(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&["form", "do"])?;
    let restricted = match sent.one("do")? {
        "restrict" => true,
        "lift" => false,
        _ => return Err(Fail::bad_form("It does not say what to do.")),
    };
    app.service.restrict_file(&visit, id, sent.key()?, restricted).await?;
    Ok(there(id))
}
