//! Documents and paper of a client: what there is, adding a document, its versions, looking at it, deleting it.

mod elsewhere;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::documents::{self as rules, Checked, FILE, Format, Kind, Typed};
use casework::paper::State as Stands;
use casework::{ClientId, DocumentId, Fault, dates};
use maud::{Markup, html};
use records::Visit;
use records::documents::{Document, Documents, Version};
use records::programmes::Offered;
use records::written::PROGRAMME;
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, release_document, staff};
use crate::layers;
use crate::paper::{PaperTyped, add_form, stands};
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, panel, tag};
use crate::ui::form::{
    ButtonKind, Select, TextArea, TextInput, button, details, file_input, hidden, select, text_input,
    textarea,
};
use crate::ui::list::{Cell, Column, Table, empty, table};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{banner, notice_banner};
use crate::upload::{Sent, receive};
use elsewhere::{Elsewhere, move_form};

pub(crate) use elsewhere::keep_elsewhere;

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    done: Option<String>,
    /// The programme with which a document is to be put.
    #[serde(default)]
    programme: Option<String>,
}

/// What a page says was done, by the word in its address.
fn said(done: Option<&str>) -> Option<&'static str> {
    match done? {
        "sent" => Some("The document is in the file"),
        "replaced" => Some("The new version is in the file. The older one is kept"),
        "moved" => Some("The document is kept there from now on, with all its versions"),
        "deleted" => Some("The document is deleted, with all its versions"),
        "paper" => Some("The paper is in the register. Print its label and put it on"),
        _ => None,
    }
}

fn document(code: &str) -> Result<DocumentId, Fail> {
    code.parse().map_err(|_| Fail::not_found())
}

fn number(code: &str) -> Result<i64, Fail> {
    code.parse().map_err(|_| Fail::not_found())
}

/// What is shown again when something is wrong.
struct Again<'a> {
    typed: &'a Typed,
    key: &'a str,
    faults: &'a [Fault],
}

impl Again<'_> {
    fn error(&self, name: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == *name).map(|fault| fault.message.as_str())
    }
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let opened = app.service.documents(&visit, id).await?;
    let typed = Typed { programme: ask.programme.unwrap_or_default(), ..Typed::default() };
    let key = new_key();
    let page = opened.map(|all| {
        let again = Again { typed: &typed, key: &key, faults: &[] };
        page(&app, &visit, id, &all, said(ask.done.as_deref()), &again, &PaperTyped::default(), &[])
    });
    release(page).await
}

/// The page again, with what is wrong with a piece of paper that was to be added.
pub(crate) async fn with_paper(
    app: &App,
    visit: &Visit,
    id: ClientId,
    paper: &PaperTyped,
    faults: &[Fault],
) -> Result<Response, Fail> {
    let opened = app.service.documents(visit, id).await?;
    let (typed, key) = (Typed::default(), new_key());
    let page = opened.map(|all| {
        page(app, visit, id, &all, None, &Again { typed: &typed, key: &key, faults: &[] }, paper, faults)
    });
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

#[allow(clippy::too_many_arguments, reason = "a page with two forms that are shown again is all of these")]
fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    all: &Documents,
    said: Option<&str>,
    again: &Again<'_>,
    paper: &PaperTyped,
    paper_faults: &[Fault],
) -> Markup {
    let today = app.service.surroundings().today();
    let every: Vec<Fault> = again.faults.iter().chain(paper_faults).cloned().collect();
    let body = html! {
        (head(visit.role, &all.contact, id, today, "Documents and paper", html! {}))
        (container(html! {
            @if let Some(said) = said { (banner(said)) }
            (fields::summary(&every))
            @if !all.named { (notice_banner(html! { "The notice that this client was given (version " (all.notice_version) ") does not name documents and paper, so none can be added. Give them the present notice first." })) }
            (panel("documents", "Documents", None, html! {
                @if !all.readable { (empty("Documents are part of the work with the client, which your role does not open.")) }
                @else if all.documents.is_empty() { (empty("No document yet.")) }
                @else { (list(app, id, &all.documents)) }
            }))
            @if all.writable && all.named {
                @let with = layers::choice_for_document(app, &all.placements, &again.typed.programme, again.error(PROGRAMME));
                (panel("add-document", "Add a document", None, send_form(app, &format!("/clients/{id}/documents"), again, None, with)))
            }
            (panel("paper", "Paper in the filing system", None, html! {
                @if all.papers.is_empty() { (empty("No paper is registered for this client.")) }
                @else { (papers(app, all, today)) }
            }))
            @if all.writable && all.named { (panel("add-paper", "Add paper", None, add_form(id, paper, paper_faults))) }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&all.contact, "documents and paper"), body)
}

fn list(app: &App, id: ClientId, documents: &[Document]) -> Markup {
    let directory = app.service.directory();
    let columns = ["Document", "What it is", "Size", "Added", "By", "State"];
    let columns = columns.map(|label| Column { label, numeric: false, hidden: label == "State" });
    let rows: Vec<Vec<Cell>> = documents
        .iter()
        .filter_map(|document| {
            let newest = document.newest()?;
            let at = app.service.surroundings().civil(newest.written);
            Some(vec![
                html! {
                    a.govuk-link href={ "/clients/" (id) "/documents/" (document.id) } { (newest.described.title) }
                    @if let Some(offered) = with(app, document) { span class="app-t__sub app-muted" { "For " (offered.programme.title) } }
                    @if document.versions.len() > 1 { span class="app-t__sub app-muted" { (document.versions.len()) " versions" } }
                },
                html! { (newest.described.kind.words()) },
                html! { span.app-num { (rules::size(newest.described.size)) } },
                html! { span.app-num { (dates::short(at.date())) } },
                html! { (directory.name(newest.author)) },
                state(newest.checked),
            ])
        })
        .collect();
    table(Table {
        id: "document-list",
        caption: "Documents, the newest first",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

/// The programme in whose layer a document lies.
fn with(app: &App, document: &Document) -> Option<Offered> {
    document.programme.and_then(|id| app.service.programme(id).ok())
}

/// Whether it was looked through for viruses, where one should know.
fn state(checked: Checked) -> Markup {
    match checked {
        Checked::Clean | Checked::Unchecked => html! {},
        Checked::Waiting => tag(TagKind::Warn, "Waits for the virus check"),
        Checked::Infected => tag(TagKind::Stop, "Virus found: destroyed"),
    }
}

fn papers(app: &App, all: &Documents, today: jiff::civil::Date) -> Markup {
    let directory = app.service.directory();
    let columns = ["Label", "What it is", "Where it stands", "State"];
    let columns = columns.map(|label| Column { label, numeric: false, hidden: false });
    let rows: Vec<Vec<Cell>> = all
        .papers
        .iter()
        .filter(|paper| paper.state != Stands::Destroyed || all.readable)
        .map(|paper| {
            vec![
                html! { a class="govuk-link app-ref" href={ "/paper/" (paper.id) } { (casework::paper::label(paper.label)) } },
                html! { @match &paper.what { Some(what) => (what), None => span.app-muted { "Not for your role" } } },
                html! { (paper.place.words()) },
                stands(paper, &directory, today),
            ]
        })
        .collect();
    table(Table {
        id: "paper-list",
        caption: "Paper, by its label",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

/// The form that sends a document: what is asked comes before the file, since it is read while it arrives.
fn send_form(app: &App, to: &str, again: &Again<'_>, seen: Option<i64>, with: Markup) -> Markup {
    let largest = app.service.documents_kept().largest() / (1024 * 1024);
    let endings: Vec<String> =
        Format::ALL.iter().flat_map(|format| format.endings()).map(|ending| format!(".{ending}")).collect();
    let kinds: Vec<(&str, &str)> = std::iter::once(("", "Choose"))
        .chain(Kind::ALL.iter().map(|kind| (kind.code(), kind.words())))
        .collect();
    html! {
        form method="post" action=(to) enctype="multipart/form-data" novalidate {
            (hidden("form", again.key))
            @if let Some(seen) = seen { (hidden("seen", &seen.to_string())) }
            (text_input(TextInput { name: "title", label: "Title", hint: Some("Leave this empty to take the name of the file"), value: &again.typed.title, error: again.error("title"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
            (select(Select { name: "kind", label: "What is it?", hint: Some("No copies of passports or visas: a check is recorded without them"), options: kinds, value: &again.typed.kind, error: again.error("kind") }))
            (textarea(TextArea { name: "note", label: "Note", value: &again.typed.note, error: again.error("note"), rows: 2, ..TextArea::default() }))
            (with)
            (file_input(FILE, "File", &format!("PDF, Word, Excel, OpenDocument text, PNG, JPEG or plain text, up to {largest} MB. Without macros"), &endings.join(","), again.error(FILE)))
            (button(ButtonKind::Main, if seen.is_some() { "Add the new version" } else { "Add the document" }, None))
        }
    }
}

pub(crate) async fn send(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    match receive(&app, &visit, id, None, request).await? {
        Sent::Kept(document) => {
            Ok(Redirect::to(&format!("/clients/{id}/documents/{document}?done=sent")).into_response())
        }
        Sent::Faults(typed, key, faults) => {
            let opened = app.service.documents(&visit, id).await?;
            let page = opened.map(|all| {
                let again = Again { typed: &typed, key: &key, faults: &faults };
                page(&app, &visit, id, &all, None, &again, &PaperTyped::default(), &[])
            });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
        }
    }
}

pub(crate) async fn one(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let (id, code) = (client(&id)?, document(&code)?);
    let said = said(ask.done.as_deref());
    Ok(one_page(&app, &visit, id, code, said, None, &Elsewhere::default()).await?.0)
}

/// The page of a document; the typed and wrong come back with it.
async fn one_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    code: DocumentId,
    said: Option<&str>,
    again: Option<(Typed, String, Vec<Fault>)>,
    elsewhere: &Elsewhere,
) -> Result<(Response, bool), Fail> {
    let opened = app.service.documents(visit, id).await?;
    let mut there = false;
    let page = opened.map(|all| {
        let Some((document, newest)) =
            all.documents.iter().find(|d| d.id == code).and_then(|d| Some((d, d.newest()?)))
        else {
            return html! {};
        };
        there = true;
        let (typed, key, faults) = again.unwrap_or_else(|| {
            let typed = Typed {
                title: newest.described.title.clone(),
                kind: newest.described.kind.code().to_owned(),
                note: newest.described.note.clone(),
                programme: String::new(),
            };
            (typed, new_key(), Vec::new())
        });
        let again = Again { typed: &typed, key: &key, faults: &faults };
        whole(app, visit, id, &all, document, newest, said, &again, elsewhere)
    });
    // Who may see the list may know that there is no such document in it.
    let response = release(page).await?;
    if there { Ok((response, there)) } else { Err(Fail::not_found()) }
}

#[allow(clippy::too_many_arguments, reason = "a page with a form that is shown again is all of these")]
fn whole(
    app: &App,
    visit: &Visit,
    id: ClientId,
    all: &Documents,
    document: &Document,
    newest: &Version,
    said: Option<&str>,
    again: &Again<'_>,
    elsewhere: &Elsewhere,
) -> Markup {
    let today = app.service.surroundings().today();
    let faults: Vec<Fault> = again.faults.iter().chain(&elsewhere.faults).cloned().collect();
    let here = format!("/clients/{id}/documents/{}", document.id);
    let view = format!("{here}/{}/view", newest.number);
    let shown = newest.checked.is_shown();
    let body = html! {
        (head(visit.role, &all.contact, id, today, "Documents and paper", html! {}))
        (reading(html! {
            (back(&format!("/clients/{id}/documents")))
            @if let Some(said) = said { (banner(said)) }
            (fields::summary(&faults))
            (heading(&newest.described.title, html! { (newest.described.kind.words()) }))
            @if let Some(offered) = with(app, document) { (layers::belongs(&offered)) }
            @if newest.checked == Checked::Unchecked { p.app-muted { "No virus scanner is set up here: open files only from people whom you know." } }
            @if !newest.described.note.is_empty() { p.govuk-body { (newest.described.note) } }
            @if shown && newest.described.format.is_picture() {
                p.app-picture { img src=(view) alt={ "The picture " (newest.described.name) }; }
            }
            @if newest.checked == Checked::Waiting { (notice_banner(html! { "The virus scanner does not answer at the moment. The document is stored and is shown once it has been checked." })) }
            @if newest.checked == Checked::Infected { (notice_banner(html! { "A virus was found in this version. It was destroyed." })) }
            (panel("versions", "Versions", None, versions(app, &here, document)))
            @if all.writable && all.named {
                (panel("replace", "Send a new version", None, send_form(app, &here, again, Some(newest.number), html! {})))
            }
            @if all.writable && all.named { (move_form(app, &here, all, document, newest.number, elsewhere)) }
            @if all.writable {
                (details("Delete this document", html! {
                    p.govuk-body { "All its versions go, for good: the key with which they are locked is destroyed. No copy or backup can be read from tomorrow on." }
                    form method="post" action={ (here) "/delete" } {
                        (hidden("newest", &newest.number.to_string()))
                        (button(ButtonKind::Warning, "Delete for good", None))
                    }
                }))
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&all.contact, "document"), body)
}

fn versions(app: &App, here: &str, document: &Document) -> Markup {
    let directory = app.service.directory();
    let columns = ["Version", "File", "Size", "Added", "What to do"];
    let columns = columns.map(|label| Column { label, numeric: false, hidden: label == "What to do" });
    let rows: Vec<Vec<Cell>> = document
        .versions
        .iter()
        .map(|version| {
            let at = app.service.surroundings().civil(version.written);
            let of = format!("{here}/{}", version.number);
            vec![
                html! { (version.number) },
                html! { (version.described.name) },
                html! { span.app-num { (rules::size(version.described.size)) } },
                html! { span.app-num { (dates::short(at.date())) } " by " (directory.name(version.author)) },
                html! {
                    @if version.checked.is_shown() {
                        @if version.described.format.is_shown() { a.govuk-link href={ (of) "/view" } target="_blank" rel="noopener" { "Look" span.govuk-visually-hidden { " at version " (version.number) " in a new tab" } } " " }
                        a.govuk-link href={ (of) "/download" } { "Download" span.govuk-visually-hidden { " version " (version.number) } }
                    } @else { (state(version.checked)) }
                },
            ]
        })
        .collect();
    table(Table {
        id: "version-list",
        caption: "Versions, the newest first",
        caption_hidden: true,
        columns: &columns,
        rows,
    })
}

pub(crate) async fn replace(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Fail> {
    let (id, code) = (client(&id)?, document(&code)?);
    match receive(&app, &visit, id, Some(code), request).await? {
        Sent::Kept(document) => {
            Ok(Redirect::to(&format!("/clients/{id}/documents/{document}?done=replaced")).into_response())
        }
        Sent::Faults(typed, key, faults) => {
            let again = Some((typed, key, faults));
            let (page, _) = one_page(&app, &visit, id, code, None, again, &Elsewhere::default()).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The newest version that was seen.
fn newest(form: &Form) -> Result<i64, Fail> {
    form.one("newest")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))
}

pub(crate) async fn delete(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let (id, code) = (client(&id)?, document(&code)?);
    let form = form.only(&["newest"])?;
    app.service.delete_document(&visit, id, code, newest(&form)?).await?;
    Ok(Redirect::to(&format!("/clients/{id}/documents?done=deleted")).into_response())
}

pub(crate) async fn view(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code, version)): Path<(String, String, String)>,
) -> Result<Response, Fail> {
    let (id, code, version) = (client(&id)?, document(&code)?, number(&version)?);
    release_document(app.service.open_document(&visit, id, code, version, false).await?, false).await
}

pub(crate) async fn download(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code, version)): Path<(String, String, String)>,
) -> Result<Response, Fail> {
    let (id, code, version) = (client(&id)?, document(&code)?, number(&version)?);
    release_document(app.service.open_document(&visit, id, code, version, true).await?, true).await
}
