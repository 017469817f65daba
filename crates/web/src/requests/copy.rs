//! The copy that answers a request for access: read and marked by the lead, looked at by a second person, printed, handed over.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::{EntryId, Fault, RequestId, dates};
use maud::{Markup, html};
use records::documents::DocumentText;
use records::requests::{
    AccessCopy, CopyFile, CopyGroup, CopyPart, MarkView, Marking, Review, Reviewed, copy_markup,
};
use records::{Error, Visit};
use serde::Deserialize;

use super::request;
use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::title;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, Select, TextArea, TextInput, button, details, hidden, radios, select,
    text_input, textarea, tick,
};
use crate::ui::list::empty;
use crate::ui::page::{back, container, heading, printed, reading};

/// The part out of which something is to be taken, if one was chosen on the page.
#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    part: String,
}

pub(crate) async fn read(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let opened = app.service.whole_copy(&visit, request(&id)?).await?;
    let (key, typed) = (new_key(), Marking { part: ask.part, ..Marking::default() });
    release(opened.map(|copy| reader(&app, &visit, &copy, &key, &typed, &[]))).await
}

fn reader(
    app: &App,
    visit: &Visit,
    copy: &AccessCopy,
    key: &str,
    typed: &Marking,
    faults: &[Fault],
) -> Markup {
    let body = container(html! {
        (back(&format!("/requests/{}", copy.row.id)))
        (fields::summary(faults))
        (heading(&format!("The copy for {}", copy.row.reference()), html! { p { "Everything that is held about this client. Names of other people are for you to find: nothing is taken out by itself." } }))
        (mark_form(copy, key, typed, faults))
        (marks(copy))
        @for group in CopyGroup::ALL {
            @let parts: Vec<&CopyPart> = copy.parts.iter().filter(|part| part.group == group).collect();
            @if !parts.is_empty() { (panel(group.code(), group.words(), None, html! { @for part in parts { (part_shown(part)) } })) }
        }
    });
    staff(app, visit, At::Requests, &title(&copy.contact, "copy"), body)
}

fn part_shown(part: &CopyPart) -> Markup {
    html! {
        h3.app-month { (part.heading) @if let Some(day) = part.day { ", " (dates::long(day)) } }
        dl.app-facts { @for (label, text) in &part.lines {
            dt { @if label.is_empty() { "Text" } @else { (label) } }
            dd { @for line in text.lines() { p { (line) } } }
        } }
        @if let Some(file) = &part.file { (file_shown(part, file)) }
        @if part.markable() { p { a.govuk-link href={ "?part=" (part.id) "#mark" } { "Take something out" span.govuk-visually-hidden { " of: " (part.heading) } } } }
    }
}

/// What can be read of a document: to be looked through, and to copy words from.
fn file_shown(part: &CopyPart, file: &CopyFile) -> Markup {
    match &file.text {
        DocumentText::Closed(why) => html! {
            p.app-muted { "No words can be taken out of it: " (why.words()) ". Open it from the file and look: it goes whole, or is left out whole." }
        },
        DocumentText::Lines { lines, pictures } => details(
            &format!("The words of {}", part.heading),
            html! {
                p.app-muted { "If some of them are taken out, what is left of the words is handed over in place of the document"
                    @if *pictures > 0 { ", without its " (dates::count(*pictures as u64, "picture")) }
                    "." }
                @if lines.is_empty() { p { "There are none." } }
                @for line in lines { p.govuk-body { (line) } }
            },
        ),
    }
}

fn mark_form(copy: &AccessCopy, key: &str, typed: &Marking, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|fault| fault.field == *name).map(|f| f.message.as_str());
    let names: Vec<(&str, String)> = copy
        .parts
        .iter()
        .filter(|part| part.markable())
        .map(|part| {
            let day = part.day.map(|day| format!(", {}", dates::short(day))).unwrap_or_default();
            (part.id.as_str(), format!("{}: {}{day}", part.group.words(), part.heading))
        })
        .collect();
    let options = names.iter().map(|(id, name)| (*id, name.as_str())).collect();
    panel(
        "mark",
        "Take something out",
        None,
        html! {
            form.app-note method="post" action={ "/requests/" (copy.row.id) "/copy" } novalidate {
                (hidden("form", key))
                (select(Select { name: "part", label: "In which part", hint: None, options, value: &typed.part, error: error("part") }))
                (text_input(TextInput { name: "words", label: "Which words", hint: Some("Exactly as they stand. Empty takes out the whole part, such as a document"), value: &typed.words, error: error("words"), input_type: "text", ..TextInput::default() }))
                p { (tick("everywhere", "Wherever these words stand in the copy, and in the words of documents. Not in PDFs and pictures: look into those", typed.everywhere)) }
                (textarea(TextArea { name: "because", label: "Why", hint: Some("Whom it is about, what kind of fact it is, if they were asked, and why it is not reasonable to tell it (DPA 2018, Schedule 2, paragraph 16)"), value: &typed.because, error: error("because"), rows: 3, ..TextArea::default() }))
                (button(ButtonKind::Main, "Mark it", Some(("do", "mark"))))
            }
        },
    )
}

fn state(mark: &MarkView) -> Markup {
    match mark.state {
        Reviewed::Asked => tag(TagKind::Warn, "Waits for a second person"),
        Reviewed::Agreed => tag(TagKind::Ok, "Taken out"),
        Reviewed::Refused => tag(TagKind::Stop, "Stays in"),
    }
}

fn what(mark: &MarkView) -> Markup {
    html! {
        @if mark.mark.takes_all() { "The whole part" } @else { "“" (mark.mark.words) "”" }
        @if mark.mark.part.is_none() { ", wherever it stands" } @else { " in: " (mark.heading) }
    }
}

fn marks(copy: &AccessCopy) -> Markup {
    panel(
        "marks",
        "What is marked",
        None,
        html! {
            @if copy.marks.is_empty() { (empty("Nothing is marked yet.")) }
            @else { ul.app-share { @for mark in &copy.marks { li {
                div { (what(mark)) ". " (mark.mark.because) }
                div { (state(mark)) form.app-inline method="post" action={ "/requests/" (copy.row.id) "/copy" } {
                    (hidden("mark", &mark.id.to_string()))
                    button class="govuk-button govuk-button--secondary" type="submit" name="do" value="unmark" { "Take the mark away" span.govuk-visually-hidden { ": " (what(mark)) } }
                } }
            } } } }
        },
    )
}

pub(crate) async fn mark(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&["form", "do", "part", "words", "everywhere", "because", "mark"])?;
    let there = |id: RequestId| Redirect::to(&format!("/requests/{id}/copy#marks")).into_response();
    match sent.one("do")? {
        "unmark" => {
            let mark: EntryId = sent.one("mark")?.parse().map_err(|_| Fail::not_found())?;
            app.service.unmark_copy(&visit, id, mark).await?;
            Ok(there(id))
        }
        "mark" => {
            let typed = Marking {
                part: sent.one("part")?.to_owned(),
                words: sent.one("words")?.to_owned(),
                because: sent.one("because")?.to_owned(),
                everywhere: sent.ticked("everywhere"),
            };
            match app.service.mark_copy(&visit, id, sent.key()?, &typed).await {
                Ok(()) => Ok(there(id)),
                Err(Error::Faults(faults)) => {
                    let opened = app.service.whole_copy(&visit, id).await?;
                    let key = sent.one("form")?.to_owned();
                    let page = opened.map(|copy| reader(&app, &visit, &copy, &key, &typed, &faults));
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
                }
                Err(error) => Err(error.into()),
            }
        }
        _ => Err(Fail::bad_form("It does not say what to do.")),
    }
}

pub(crate) async fn review(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let opened = app.service.marks_to_review(&visit, request(&id)?).await?;
    release(opened.map(|review| review_page(&app, &visit, &review))).await
}

fn review_page(app: &App, visit: &Visit, review: &Review) -> Markup {
    let directory = app.service.directory();
    let waiting: Vec<&MarkView> = review
        .marks
        .iter()
        .filter(|mark| mark.state == Reviewed::Asked && mark.marked_by != visit.staff)
        .collect();
    let body = reading(html! {
        (back("/requests"))
        (heading(&format!("What is taken out of the copy {}", review.row.reference()), html! { p { "You see the lines in question and nothing else of the file. Agree only if it is about somebody else, and telling it is not reasonable." } }))
        @if waiting.is_empty() { (empty("Nothing here waits for you.")) }
        @else {
            form.app-note method="post" action={ "/requests/" (review.row.id) "/review" } novalidate {
                @for mark in &waiting {
                    @let name = format!("mark-{}", mark.id);
                    section.app-panel {
                        h2.app-h2 { (what(mark)) }
                        @for line in mark.context.lines() { p.govuk-body { (line) } }
                        p.govuk-body { b { "Why: " } (mark.mark.because) }
                        p.app-muted { "Marked by " (directory.name(mark.marked_by)) " on " (dates::long(app.service.surroundings().civil(mark.marked).date())) }
                        (radios(Choices {
                            name: &name, legend: "What becomes of it?", inline: true,
                            options: vec![Choice { value: "agree", label: "Take it out", ..Choice::default() }, Choice { value: "refuse", label: "Leave it in", ..Choice::default() }],
                            ..Choices::default()
                        }))
                    }
                }
                (button(ButtonKind::Main, "Save what I decided", None))
            }
        }
    });
    staff(app, visit, At::Requests, "What is taken out of a copy", body)
}

pub(crate) async fn reviewed(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let sent = sent.only(&["mark-*"])?;
    let mut said = Vec::new();
    for (mark, value) in sent.beginning("mark-") {
        let mark: EntryId = mark.parse().map_err(|_| Fail::not_found())?;
        match value {
            "agree" => said.push((mark, true)),
            "refuse" => said.push((mark, false)),
            _ => return Err(Fail::bad_form("It does not say what becomes of it.")),
        }
    }
    app.service.review_marks(&visit, id, &said).await?;
    Ok(Redirect::to(&format!("/requests/{id}/review")).into_response())
}

pub(crate) async fn print(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let opened = app.service.access_page(&visit, request(&id)?).await?;
    let by = app.service.directory().name(visit.staff).to_owned();
    let page = opened.map(|copy| {
        let body = html! {
            (reading(html! { (back(&format!("/requests/{}", copy.row.id))) div.app-panel.app-letter { (copy_markup(&copy, &|_| None)) } }))
            (printed(&format!("Printed by {by}, {}. Contains personal data: hand it over to the person only.", dates::long(copy.day))))
        };
        staff(&app, &visit, At::Requests, &title(&copy.contact, "copy to print"), body)
    });
    release(page).await
}

pub(crate) async fn download(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = request(&id)?;
    let made = match app.service.access_pack(&visit, id).await {
        Err(Error::NoSuchFile) => app.service.portable_pack(&visit, id).await?,
        made => made?,
    };
    let named = format!("attachment; filename=\"{}\"", made.name);
    let headers =
        [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, named)];
    Ok((headers, made.bytes).into_response())
}
