//! Erasing a file: what it would do, asking for it, a second person's decision, the receipt and the register.

use access::Role;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::{ClientId, ErasureId, Fault, dates, holds};
use jiff::Timestamp;
use maud::{Markup, html};
use notice::ContactRole;
use records::erasure::{Asked, Effects, Ground, LayerThere, Receipt, Registered, Stage, Waiting, What};
use records::holds::HoldLine;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, clock, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, TextArea, button, buttons, hidden, radios, textarea};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, banner, notice_banner, summary_list, warning};

/// The grounds that somebody can ask on; a file whose time is up goes by itself.
const ASKED_ON: [Ground; 2] = [Ground::Request, Ground::Withdrawal];

#[derive(Default)]
struct Typed {
    what: String,
    ground: String,
    reason: String,
}

pub(crate) async fn propose(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.erasure_effects(&visit, id).await?;
    let (what, ground) = (What::File.code(), Ground::Request.code().to_owned());
    let typed = Typed { what, ground, ..Typed::default() };
    release(opened.map(|effects| proposal(&app, &visit, id, &effects, &new_key(), &typed, &[]))).await
}

pub(crate) async fn ask(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let sent = sent.only(&["form", "what", "ground", "reason"])?;
    let key = sent.key()?;
    let one = |name: &str| sent.one(name).map(str::to_owned);
    let typed = Typed { what: one("what")?, ground: one("ground")?, reason: one("reason")? };
    let mut faults = Vec::new();
    let what = if typed.what.is_empty() { Some(What::File) } else { What::asked(&typed.what) };
    if what.is_none() {
        faults.push(Fault::new("what", "Choose what is to be erased"));
    }
    let ground = ASKED_ON.into_iter().find(|ground| ground.code() == typed.ground);
    if ground.is_none() {
        faults.push(Fault::new("ground", "Choose why the file is to be erased"));
    }
    let why = holds::reason(&typed.reason, "Say in a sentence how the client asked for it, and when");
    let why = why.map_err(|fault| faults.push(fault));
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let (Some(what), Some(ground), Ok(why)) = (what, ground, why) {
        match app.service.ask_erasure(&visit, id, key, what, ground, &why).await {
            Ok(_) => return Ok(Redirect::to(&format!("/clients/{id}/erase")).into_response()),
            // The page says by itself what is asked already, and what holds the file.
            Err(Error::ChangedMeanwhile | Error::Held) => status = StatusCode::CONFLICT,
            Err(Error::Faults(more)) => faults.extend(more),
            Err(error) => return Err(error.into()),
        }
    }
    let opened = app.service.erasure_effects(&visit, id).await?;
    let key = sent.one("form")?.to_owned();
    let page = opened.map(|effects| proposal(&app, &visit, id, &effects, &key, &typed, &faults));
    Ok((status, release(page).await?).into_response())
}

fn proposal(
    app: &App,
    visit: &Visit,
    id: ClientId,
    effects: &Effects,
    key: &str,
    typed: &Typed,
    faults: &[Fault],
) -> Markup {
    let today = app.service.surroundings().today();
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let grounds = ASKED_ON.map(|ground| Choice {
        value: ground.code(),
        label: ground.words(),
        checked: typed.ground == ground.code(),
        ..Choice::default()
    });
    let body = html! {
        (head(visit.role, &effects.contact, id, today, "File", html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}")))
            (fields::summary(faults))
            @for asked in &effects.asked { (waits(app, visit, asked)) }
            (heading("Erase this file", html! { p { "Everything about this person, or one layer of it, and nobody can bring it back: not from a copy, not from a backup." } }))
            @if !effects.holds.is_empty() { (held(app, &effects.holds)) }
            (panel("effects", "What happens if the whole file goes", None, what_happens(app, effects)))
            @if effects.holds.is_empty() && !effects.asked.iter().any(|asked| asked.what == What::File) {
                form.app-panel method="post" action={ "/clients/" (id) "/erase" } novalidate {
                    (hidden("form", key))
                    @if !effects.layers.is_empty() { (which(app, effects, typed, error("what"))) }
                    (radios(Choices { name: "ground", legend: "Why is it erased?", options: grounds.into(), error: error("ground"), ..Choices::default() }))
                    (textarea(TextArea { name: "reason", label: "How did the client ask, and when?", hint: Some("For whoever decides. It goes with the file."), value: &typed.reason, error: error("reason"), rows: 3, ..TextArea::default() }))
                    (warning("A manager or the governance lead decides, not you. Once they agree, it is gone at once."))
                    (buttons(html! {
                        (button(ButtonKind::Warning, "Ask for the erasure", None))
                        a.govuk-link href={ "/clients/" (id) } { "Cancel" }
                    }))
                }
            }
            @if visit.role == Role::Governance { p.govuk-body { a.govuk-link href={ "/clients/" (id) "/hold" } { "Put this file on hold, or lift a hold" } } }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&effects.contact, "erasure"), body)
}

/// The whole file, or one of its layers with how much it holds.
fn which(app: &App, effects: &Effects, typed: &Typed, error: Option<&str>) -> Markup {
    let layers =
        effects.layers.iter().map(|layer| (layer.what.code(), what(app, layer.what), holds_so_much(layer)));
    let layers: Vec<(String, String, String)> = layers.collect();
    let file = What::File.code();
    let whole =
        Choice { value: &file, label: "The whole file", checked: typed.what == file, ..Choice::default() };
    let options = layers.iter().map(|(value, label, hint)| Choice {
        value,
        label,
        hint: Some(hint),
        checked: typed.what == *value,
        ..Choice::default()
    });
    radios(Choices {
        name: "what",
        legend: "What is to be erased?",
        options: std::iter::once(whole).chain(options).collect(),
        error,
        ..Choices::default()
    })
}

fn holds_so_much(layer: &LayerThere) -> String {
    let mut words = entries(layer.entries);
    if layer.documents > 0 {
        words.push_str(&format!(", {}", dates::count(layer.documents, "document")));
    }
    if layer.what == What::Service {
        words.push_str(". What is needed for a programme stays");
        if let Some(until) = layer.until {
            words.push_str(&format!(" until {}, and nothing else of the file", dates::long(until)));
        }
        return words;
    }
    if let Some(until) = layer.until {
        words.push_str(&format!(". Kept until {} by its notice", dates::long(until)));
    }
    if matches!(layer.what, What::Programme(_)) {
        words.push_str(". Look first if a law or the funder needs it: what a legal obligation keeps is not erased on request");
    }
    words
}

fn waits(app: &App, visit: &Visit, asked: &Asked) -> Markup {
    let directory = app.service.directory();
    notice_banner(html! {
        (directory.name(asked.by)) " asked for the erasure on " (day(app, asked.at)) ": " (what(app, asked.what)) ". "
        @if asked.by == visit.staff { "Somebody else decides." }
        @else { a.govuk-link href={ "/erasures/" (asked.id) } { "Decide about it" } }
    })
}

fn held(app: &App, lines: &[HoldLine]) -> Markup {
    let directory = app.service.directory();
    panel(
        "held",
        "This file is on hold",
        None,
        html! {
            ul.govuk-list.govuk-list--bullet {
                @for hold in lines {
                    li { (hold.authority.words()) ". Set by " (directory.name(hold.placed_by)) ", to be looked at again on " (dates::long(hold.review)) "." }
                }
            }
            p.govuk-body { "It cannot be erased until the governance lead lifts the hold. Tell the client so." }
        },
    )
}

fn what_happens(app: &App, effects: &Effects) -> Markup {
    let count = dates::count;
    let mut lines = vec![(
        "Gone at once",
        html! { (entries(effects.entries)) ", " (count(effects.documents, "document")) @if effects.appointments > 0 { ", " (count(effects.appointments, "appointment")) " to come" } ", with drafts, messages and the place in the search" },
    )];
    for layer in effects.layers.iter().filter(|layer| matches!(layer.what, What::Programme(_))) {
        lines.push(("Evidence of a programme", html! { (what(app, layer.what)) " goes too: " (entries(layer.entries)) @if layer.documents > 0 { ", " (count(layer.documents, "document")) } @if let Some(until) = layer.until { ", which its notice keeps until " (dates::long(until)) } ". If a law or the funder needs it, erase all that no programme needs instead" }));
    }
    if effects.paper > 0 {
        lines.push(("Paper", html! { (count(effects.paper, "piece")) " to be destroyed by hand, listed under Paper. The erasure is complete once somebody says that it is done" }));
    }
    if !effects.recipients.is_empty() {
        lines.push((
            "To be told",
            html! { (effects.recipients.join(", ")) ": each stays on the list until it has answered" },
        ));
    }
    if effects.mentions > 0 {
        lines.push(("In other files", html! { (entries(effects.mentions)) " of other clients speak of this person. Their advisers are asked to take the person out" }));
    }
    lines.push(("What stays", html! { "The receipt with its dates, entries in the audit log whose words nobody can read any more, and figures that name nobody" }));
    let lines: Vec<SummaryRow<'_>> =
        lines.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    summary_list(&lines)
}

fn entries(count: u64) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

fn day(app: &App, at: Timestamp) -> String {
    let at = app.service.surroundings().civil(at);
    format!("{} at {}", dates::long(at.date()), clock(&at))
}

fn erasure(path: &str) -> Result<ErasureId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

/// What waits for a decision, and what was erased.
pub(crate) async fn register(State(app): State<App>, Signed(visit): Signed) -> Result<Response, Fail> {
    let (waiting, done) = app.service.erasures(&visit).await?;
    let body = container(html! {
        (heading("Erasures", html! { p { "What waits for a second person, and what is gone. Nothing here names anybody." } }))
        (waiting_panel(&app, &visit, &waiting))
        (register_panel(&app, &done))
        @if visit.role == Role::Governance { p.govuk-body { a.govuk-link href="/holds" { "Files on hold" } } }
    });
    Ok(staff(&app, &visit, At::Elsewhere, "Erasures", body).into_response())
}

fn waiting_panel(app: &App, visit: &Visit, waiting: &[Waiting]) -> Markup {
    let directory = app.service.directory();
    let columns = ["Asked", "By", "What", "Why", "Decide"].map(|label| Column { label, ..Column::default() });
    let decides = matches!(visit.role, Role::Manager | Role::Governance);
    let row = |one: &Waiting| -> Vec<Cell> {
        vec![
            html! { (day(app, one.asked)) },
            html! { (directory.name(one.asked_by)) },
            html! { (what(app, one.what)) },
            html! { (one.ground.words()) },
            html! {
                @if one.asked_by == visit.staff { span.app-muted { "You asked: somebody else decides" } }
                @else if decides { a.govuk-link href={ "/erasures/" (one.id) } { "Look and decide" span.govuk-visually-hidden { ", asked " (day(app, one.asked)) } } }
                @else { span.app-muted { "A manager or the governance lead decides" } }
            },
        ]
    };
    panel(
        "waiting",
        "To be decided",
        None,
        html! {
            @if waiting.is_empty() { (empty("Nothing waits for a decision.")) }
            @else { (table(Table { id: "asked", caption: "Erasures to be decided, the earliest first", caption_hidden: true, columns: &columns, rows: waiting.iter().map(row).collect() })) }
        },
    )
}

fn register_panel(app: &App, done: &[Registered]) -> Markup {
    let columns = ["Reference", "What", "Why", "Gone in the service", "Gone in every copy", "Still to do"]
        .map(|label| Column { label, ..Column::default() });
    let row = |one: &Registered| -> Vec<Cell> {
        vec![
            html! { a.govuk-link.app-digest href={ "/erasures/" (one.id) } { (short(one.id)) } },
            html! { (what(app, one.what)) },
            html! { (one.ground.words()) },
            html! { @if let Some(at) = one.in_service { (day(app, at)) } @else { (tag(TagKind::Warn, "Being finished")) } },
            html! { (final_in_words(app, one)) },
            html! { (left(one)) },
        ]
    };
    panel(
        "register",
        "The register of erasures",
        None,
        html! {
            @if done.is_empty() { (empty("Nothing was erased yet.")) }
            @else { (table(Table { id: "erasures", caption: "What was erased, the latest first", caption_hidden: true, columns: &columns, rows: done.iter().map(row).collect() })) }
        },
    )
}

/// The beginning of a reference, enough to find the paper of the receipt.
fn short(id: ErasureId) -> String {
    id.to_string().chars().take(12).collect()
}

fn what(app: &App, what: What) -> String {
    match what {
        What::File => "A whole file".to_owned(),
        What::Service => "All of a file that no programme needs".to_owned(),
        What::Category(category) => {
            let notices = app.service.notices();
            let label = notices.service().category(category).map(|held| held.label.clone());
            label.unwrap_or_else(|| category.code().to_owned())
        }
        What::Programme(id) => match app.service.programme(id) {
            Ok(offered) => format!("What {} needed of a file", offered.programme.title),
            Err(_) => "What a programme needed of a file".to_owned(),
        },
    }
}

fn final_in_words(app: &App, one: &Registered) -> Markup {
    html! {
        @match (one.shares_a_key(), one.final_from) {
            (true, _) => { "When the last older backup is overwritten" }
            (false, Some(at)) => { (day(app, at)) }
            (false, None) => { (tag(TagKind::Info, "Tonight at 3am")) }
        }
    }
}

fn left(one: &Registered) -> Markup {
    html! {
        @if one.paper_left > 0 { a.govuk-link href="/paper" { (dates::count(one.paper_left, "paper")) " to destroy" } " " }
        @if one.mentions_left > 0 { a.govuk-link href="/redactions" { (one.mentions_left) " to take out of other files" } }
        @if one.paper_left == 0 && one.mentions_left == 0 { "Nothing" }
    }
}

/// The receipt of an erasure; or, for one that waits, the decision.
pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = erasure(&id)?;
    match app.service.erasure(&visit, id).await? {
        Ok(receipt) => Ok(staff(&app, &visit, At::Elsewhere, "Receipt of an erasure", paper(&app, &receipt))
            .into_response()),
        Err(waiting) => decision(&app, &visit, &waiting).await,
    }
}

fn paper(app: &App, receipt: &Receipt) -> Markup {
    let directory = app.service.directory();
    let notices = app.service.notices();
    let contact =
        notices.service().contact(ContactRole::Complaints).and_then(|contact| contact.email.clone());
    let mut lines: Vec<(&str, Markup)> = vec![
        ("Reference", html! { span.app-digest { (receipt.id) } }),
        (
            "What was erased",
            html! { (what(app, receipt.what)) ": " (entries(receipt.entries)) ", " (dates::count(receipt.documents, "document")) },
        ),
        ("Why", html! { (receipt.ground.words()) }),
        (
            "Asked for",
            html! { (day(app, receipt.asked)) @if let Some(by) = receipt.asked_by { ", written down by " (directory.name(by)) } },
        ),
    ];
    if let Some((at, by)) = receipt.decided {
        lines.push(("Agreed", html! { (day(app, at)) ", by " (directory.name(by)) }));
    }
    lines.push((
        "Unreadable in the service since",
        html! { @if let Some(at) = receipt.in_service { (day(app, at)) } @else { "It is being finished: look again in a minute" } },
    ));
    lines.push(("Unreadable in every copy and backup since", final_in_words(app, receipt)));
    if receipt.paper > 0 {
        lines.push(("Paper", html! { (dates::count(receipt.paper, "piece")) @if receipt.paper_left > 0 { ", " (receipt.paper_left) " still to be destroyed" } @else { ", destroyed" } }));
    }
    if receipt.recipients > 0 {
        lines.push(("Told to others", html! { "What had been shared " (dates::count(receipt.recipients, "time")) ": each recipient is told to erase it" }));
    }
    if receipt.mentions > 0 {
        lines.push(("In other files", html! { (entries(receipt.mentions)) @if receipt.mentions_left > 0 { ", " (receipt.mentions_left) " still to be read" } @else { ", all read" } }));
    }
    lines.push((
        "What stays",
        html! { "This receipt, marks in the audit log that name nobody, and figures that name nobody" },
    ));
    lines.push(("Not content?", html! { "Write to " (contact.as_deref().unwrap_or("us")) ", or to the Information Commissioner: the privacy notice says how" }));
    let lines: Vec<SummaryRow<'_>> =
        lines.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    reading(html! {
        (back("/erasures"))
        @if receipt.stage() != Stage::Begun { (banner("Erased")) }
        (heading("Receipt of an erasure", html! { p { "Print it for the person who asked. It names nobody: the reference is all that is left." } }))
        (summary_list(&lines))
    })
}

async fn decision(app: &App, visit: &Visit, waiting: &Waiting) -> Result<Response, Fail> {
    let view = app.service.erasure_decision(visit, waiting).await?;
    let page = view.map(|(effects, why)| {
        let today = app.service.surroundings().today();
        let directory = app.service.directory();
        let body = html! {
            @if visit.role == Role::Governance { (head(visit.role, &effects.contact, waiting.client, today, "File", html! {})) }
            (reading(html! {
                (back("/erasures"))
                (heading(if waiting.what == What::File { "Erase this file?" } else { "Erase this layer?" }, html! { p { (directory.name(waiting.asked_by)) " asked on " (day(app, waiting.asked)) ". " (waiting.ground.words()) "." } }))
                (panel("why", "How the client asked", None, html! { @for line in why.lines() { p.govuk-body { (line) } } }))
                @if !effects.holds.is_empty() { (held(app, &effects.holds)) }
                (panel("effects", "What happens", None, html! {
                    @match effects.layers.iter().find(|layer| layer.what == waiting.what) {
                        Some(layer) => { p.govuk-body { (what(app, layer.what)) ": " (holds_so_much(layer)) "." } @if waiting.what != What::Service { p.govuk-body { "The rest of the file stays." } } }
                        None if waiting.what == What::File => (what_happens(app, &effects)),
                        None => { p.govuk-body { (what(app, waiting.what)) ": nothing of it is left." } }
                    }
                }))
                form method="post" action={ "/erasures/" (waiting.id) } novalidate {
                    (warning("If you agree, it is gone at once. Nobody can bring it back."))
                    (buttons(html! {
                        @if effects.holds.is_empty() { (button(ButtonKind::Warning, if waiting.what == What::File { "Erase the file" } else { "Erase it" }, Some(("do", "erase")))) }
                        (button(ButtonKind::Secondary, "Do not erase it", Some(("do", "refuse"))))
                    }))
                }
            }))
        };
        staff(app, visit, At::Elsewhere, &title(&effects.contact, "erasure"), body)
    });
    release(page).await
}

pub(crate) async fn decide(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = erasure(&id)?;
    let sent = sent.only(&["do"])?;
    let agree = match sent.one("do")? {
        "erase" => true,
        "refuse" => false,
        _ => return Err(Fail::bad_form("It does not say what was decided.")),
    };
    app.service.decide_erasure(&visit, id, agree).await?;
    let to = if agree { format!("/erasures/{id}") } else { "/erasures".to_owned() };
    Ok(Redirect::to(&to).into_response())
}
