//! Two files side by side: a manager looks at both, chooses field by field, makes them one, and can part them again.

use std::collections::BTreeMap;

use access::Why;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::merges::{Line, Side, lines};
use casework::{Answer, ClientId, Fault, MergeId, answers, dates};
use maud::{Markup, html};
use notice::{Catalogue, FieldId};
use records::merges::{Beside, Compared, Merge};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::duplicates::pair;
use crate::fail::Fail;
use crate::fields;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{action, panel};
use crate::ui::form::{ButtonKind, Choice, Choices, TextArea, button, hidden, radios, textarea};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{banner, inset, warning};

const REASON: &str = "Why do you look at both files?";

/// A form that asks why somebody looks.
fn reason_form(href: &str, label: &str, act: &str, reason: &str, error: Option<&str>) -> Markup {
    html! { form method="post" action=(href) novalidate {
        (textarea(TextArea { name: "reason", label, hint: Some("The client can see this reason in their file"), value: reason, error, rows: 3, ..TextArea::default() }))
        (button(ButtonKind::Main, act, None))
    } }
}

fn reason_page(app: &App, visit: &Visit, both: &str, reason: &str, error: Option<&str>) -> Markup {
    let faults: Vec<Fault> = error.map(|error| Fault::new("reason", error)).into_iter().collect();
    let body = reading(html! {
        (back("/duplicates"))
        (fields::summary(&faults))
        (heading("Look at two files side by side", html! {}))
        div.app-panel {
            p.govuk-body { "Say why, and both files open for you for half an hour." }
            (reason_form(&format!("/duplicates/{both}/reason"), REASON, "Open both files", reason, error))
        }
    });
    staff(app, visit, At::Team, "Look at two files", body)
}

pub(crate) async fn reason(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(both): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (one, other) = pair(&both)?;
    let form = form.only(&["reason"])?;
    let reason = form.one("reason")?;
    for client in [one, other] {
        match app.service.state_reason(&visit, client, reason).await {
            Ok(()) => {}
            Err(Error::Faults(faults)) => {
                let message = faults.first().map(|fault| fault.message.as_str());
                let page = reason_page(&app, &visit, &both, reason, message);
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to(&format!("/duplicates/{both}")).into_response())
}

pub(crate) async fn compare(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(both): Path<String>,
) -> Result<Response, Fail> {
    let (survivor, absorbed) = pair(&both)?;
    match app.service.compare_files(&visit, survivor, absorbed).await {
        Ok(opened) => {
            let key = new_key();
            let page =
                opened.map(|compared| side_by_side(&app, &visit, &key, &compared, &BTreeMap::new(), &[]));
            release(page).await
        }
        Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason => {
            Ok((StatusCode::FORBIDDEN, reason_page(&app, &visit, &both, "", None)).into_response())
        }
        Err(Error::NotYours(_)) => Err(Fail::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// The name of the choice of a field; the page has no other fields that begin so.
fn choice_of(field: &FieldId) -> String {
    format!("take-{field}")
}

const COLUMNS: [Column<'static>; 3] = [
    Column { label: "What", numeric: false, hidden: false },
    Column { label: "The file that goes on", numeric: false, hidden: false },
    Column { label: "The file that is taken up", numeric: false, hidden: false },
];

fn side_by_side(
    app: &App,
    visit: &Visit,
    key: &str,
    compared: &Compared,
    chosen: &BTreeMap<FieldId, Side>,
    faults: &[Fault],
) -> Markup {
    let notices = app.service.notices();
    let catalogue = notices.catalogue();
    let (survivor, absorbed) = (&compared.survivor, &compared.absorbed);
    let all = lines(&survivor.profile, &absorbed.profile);
    let (differing, alike): (Vec<&Line>, Vec<&Line>) = all.iter().partition(|line| line.differs());
    let numbers = [survivor, absorbed].map(number);
    let here = format!("{}.{}", survivor.client, absorbed.client);
    let turned = format!("/duplicates/{}.{}", absorbed.client, survivor.client);
    let body = container(html! {
        (back("/duplicates"))
        (fields::summary(faults))
        (heading("Are these two files one person’s?", html! { p { "File " span.app-ref { (numbers[0]) } " goes on, and " span.app-ref { (numbers[1]) } " is taken up in it. " a.govuk-link href=(turned) { "Let " (numbers[1]) " go on instead" } } }))
        @for way in &compared.in_the_way { (warning(way)) }
        (panel("files", "The two files", None, table(Table { id: "both", caption: "Both files, side by side", caption_hidden: true, columns: &COLUMNS, rows: about(app, survivor, absorbed) })))
        form method="post" action={ "/duplicates/" (here) } novalidate {
            (hidden("form", key))
            (hidden("seen", &compared.seen))
            @if !differing.is_empty() { (panel("differ", "Where they differ: which is right?", None, html! {
                @for line in differing { (choose(catalogue, line, chosen, faults)) }
            })) }
            (panel("answers", "What both or one of them says", None, table(Table { id: "same", caption: "Answers that need no choice", caption_hidden: true, columns: &COLUMNS, rows: alike.iter().map(|line| row(catalogue, line)).collect() })))
            (inset(html! {
                p.govuk-body { "Every entry and appointment of " (numbers[1]) " moves to " (numbers[0]) ", with who wrote it and when. Both numbers lead to the one file. Where two consents or two notices meet, the stricter holds. It can be undone." }
                @if absorbed.equality { p.govuk-body { "Equality answers are read by nobody here, so those of " (numbers[1]) " stay sealed with it." @if !survivor.equality { " Ask the client again if they wish to answer." } } }
            }))
            @if compared.in_the_way.is_empty() { (button(ButtonKind::Main, "Make them one file", None)) }
        }
        form method="post" action="/duplicates" {
            (hidden("pair", &here))
            (button(ButtonKind::Secondary, "They are two people", None))
        }
    });
    staff(app, visit, At::Team, "Two files side by side", body)
}

fn number(file: &Beside) -> String {
    file.profile.text(&casework::profile::fields::CLIENT_NUMBER).unwrap_or("without a number").to_owned()
}

/// What stands around the answers of both files.
fn about(app: &App, survivor: &Beside, absorbed: &Beside) -> Vec<Vec<Cell>> {
    let directory = app.service.directory();
    let adviser = |file: &Beside| file.adviser.map_or("Nobody’s", |id| directory.name(id)).to_owned();
    let open =
        |file: &Beside| html! { a.govuk-link href={ "/clients/" (file.client) } { "Open " (number(file)) } };
    let both = |label: &str, words: &dyn Fn(&Beside) -> Markup| -> Vec<Cell> {
        vec![html! { (label) }, words(survivor), words(absorbed)]
    };
    vec![
        both("File", &open),
        both("Registered", &|file| html! { (dates::long(file.registered)) }),
        both("Last contact", &|file| html! { (dates::long(file.last_contact)) }),
        both("Adviser", &|file| html! { (adviser(file)) }),
        both("Entries", &|file| html! { (file.entries) }),
        both("Notice given", &|file| html! { "Version " (file.notice_version) }),
    ]
}

fn words(catalogue: &Catalogue, field: &FieldId, answer: Option<&Answer>) -> String {
    let field = catalogue.field(field);
    match (field, answer) {
        (Some(field), Some(answer)) => answers::shown(field, catalogue.list_of(field), answer),
        (None, Some(answer)) => answer.text().unwrap_or("Recorded").to_owned(),
        (_, None) => String::from("–"),
    }
}

fn label(catalogue: &Catalogue, id: &FieldId) -> String {
    catalogue.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
}

fn row(catalogue: &Catalogue, line: &Line) -> Vec<Cell> {
    vec![
        html! { (label(catalogue, &line.field)) },
        html! { (words(catalogue, &line.field, line.survivor.as_ref())) },
        html! { (words(catalogue, &line.field, line.absorbed.as_ref())) },
    ]
}

fn choose(catalogue: &Catalogue, line: &Line, chosen: &BTreeMap<FieldId, Side>, faults: &[Fault]) -> Markup {
    let name = choice_of(&line.field);
    let fault = faults.iter().find(|fault| fault.field == *name.as_str());
    let said = [
        (Side::Survivor, words(catalogue, &line.field, line.survivor.as_ref())),
        (Side::Absorbed, words(catalogue, &line.field, line.absorbed.as_ref())),
    ];
    let options = said
        .iter()
        .map(|(side, words)| Choice {
            value: side.code(),
            label: words,
            checked: chosen.get(&line.field) == Some(side),
            ..Choice::default()
        })
        .collect();
    radios(Choices {
        name: &name,
        legend: &label(catalogue, &line.field),
        options,
        error: fault.map(|fault| fault.message.as_str()),
        inline: true,
        ..Choices::default()
    })
}

pub(crate) async fn merge(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(both): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let (survivor, absorbed) = pair(&both)?;
    let form = form.only(&["form", "seen", "take-*"])?;
    let key = form.key()?;
    let mut chosen = BTreeMap::new();
    for (field, value) in form.beginning("take-") {
        let side = Side::of(value).ok_or_else(|| Fail::bad_form("A choice is none of those on the page."))?;
        chosen.insert(FieldId::from(field), side);
    }
    let service = &app.service;
    match service.merge_files(&visit, survivor, absorbed, key, form.one("seen")?, &chosen).await {
        Ok(merge) => Ok(Redirect::to(&format!("/merges/{merge}?done=merged")).into_response()),
        Err(Error::Faults(faults)) => {
            let faults: Vec<Fault> =
                faults.into_iter().map(|fault| Fault::new(choice_of(&fault.field), fault.message)).collect();
            let key = form.one("form")?;
            let opened = service.compare_files(&visit, survivor, absorbed).await?;
            let page = opened.map(|compared| side_by_side(&app, &visit, key, &compared, &chosen, &faults));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
        }
        Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason => {
            Ok((StatusCode::FORBIDDEN, reason_page(&app, &visit, &both, "", None)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
}

fn merge_id(text: &str) -> Result<MergeId, Fail> {
    text.parse().map_err(|_| Fail::not_found())
}

/// Finds one of the merges that still hold.
async fn found(app: &App, visit: &Visit, id: MergeId) -> Result<records::Opened<Option<Merge>>, Fail> {
    match app.service.merges(visit).await {
        Ok(opened) => Ok(opened.map(|merges| merges.into_iter().find(|merge| merge.id == id))),
        Err(Error::NotYours(_)) => Err(Fail::not_found()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = merge_id(&id)?;
    let opened = found(&app, &visit, id).await?;
    let done = ask.done.as_deref() == Some("merged");
    release(opened.map(|merge| one_merge(&app, &visit, merge.as_ref(), done, "", None))).await
}

fn one_merge(
    app: &App,
    visit: &Visit,
    merge: Option<&Merge>,
    done: bool,
    reason: &str,
    error: Option<&str>,
) -> Markup {
    let faults: Vec<Fault> = error.map(|error| Fault::new("reason", error)).into_iter().collect();
    let body = reading(html! {
        (back("/duplicates"))
        (fields::summary(&faults))
        @if let Some(merge) = merge {
            @if done { (banner("The two files are one")) }
            (heading(&format!("{} was made one with {}", merge.other_number, merge.number), html! {}))
            p.govuk-body { (merge.name) ". Decided by " (app.service.directory().name(merge.staff)) " on " (dates::long(app.service.surroundings().civil(merge.made).date())) ". Both numbers lead to this file." }
            p.govuk-body { (action(&format!("/clients/{}", merge.survivor), "Open the file")) }
            div.app-panel {
                h2.app-h2 { "Undo this" }
                p.govuk-body { "Both files are then as they were. What was written since stays with " (merge.number) ", and you are told how much that is." }
                (reason_form(&format!("/merges/{}/undo", merge.id), "Why are they two people after all?", "Part the two files again", reason, error))
            }
        } @else {
            (heading("This merge does not hold any more", html! {}))
            p.govuk-body { "It was undone, or the file was erased." }
        }
    });
    staff(app, visit, At::Team, "Two files made one", body)
}

pub(crate) async fn undo(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = merge_id(&id)?;
    let form = form.only(&["reason"])?;
    let reason = form.one("reason")?;
    let mut whose: Option<ClientId> = None;
    let opened = found(&app, &visit, id).await?.map(|merge| {
        whose = merge.as_ref().map(|merge| merge.survivor);
        merge
    });
    let survivor = whose.ok_or_else(Fail::not_found)?;
    match app.service.state_reason(&visit, survivor, reason).await {
        Ok(()) => {}
        Err(Error::Faults(faults)) => {
            let message = faults.first().map(|fault| fault.message.clone());
            let page = opened
                .map(|merge| one_merge(&app, &visit, merge.as_ref(), false, reason, message.as_deref()));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response());
        }
        Err(error) => return Err(error.into()),
    }
    drop(opened);
    let undone = app.service.undo_merge(&visit, id).await?;
    Ok(Redirect::to(&format!("/duplicates?done=undone&stayed={}", undone.stayed)).into_response())
}

/// The merges that can be undone, for the page of duplicates.
pub(crate) fn list(merges: &[Merge]) -> Markup {
    const LIST: [Column<'static>; 3] = [
        Column { label: "File", numeric: false, hidden: false },
        Column { label: "Taken up in it", numeric: false, hidden: false },
        Column { label: "When", numeric: false, hidden: false },
    ];
    let row = |merge: &Merge| -> Vec<Cell> {
        vec![
            html! { (merge.name) span.app-t__sub { span.app-ref { (merge.number) } } },
            html! { span.app-ref { (merge.other_number) } },
            html! { a.govuk-link href={ "/merges/" (merge.id) } { "Look or undo" span.govuk-visually-hidden { ": " (merge.number) } } },
        ]
    };
    let rows = merges.iter().map(row).collect();
    table(Table {
        id: "merges",
        caption: "Files that were made one",
        caption_hidden: true,
        columns: &LIST,
        rows,
    })
}

/// What stays after undoing, in words.
pub(crate) fn stayed(ask: usize) -> String {
    match ask {
        0 => String::from("The merge is undone: there are two files again, as they were"),
        count => format!(
            "The merge is undone: there are two files again. {} written since stays with the file that went on: look through it",
            dates::count(count as u64, "thing")
        ),
    }
}
