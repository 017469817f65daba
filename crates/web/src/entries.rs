//! Entries that are written with forms of the notice: the pages on which they stand together, and the forms.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::referrals::FORM;
use casework::{ClientId, EntryId, Fault, Profile, ProgrammeId, Typed, Written, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::{EntryForm, Field, FormId, Group, forms};
use records::entry_views::Entries;
use records::files::{Dated, What};
use records::spending::SUPPORT;
use records::written::{ABOUT, PROGRAMME};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::corrections;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::layers;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action, panel, tag};
use crate::ui::form::{ButtonKind, Choice, Choices, button, buttons, checkboxes, hidden};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{banner, notice_banner, within};

/// The entry named in a path.
pub(crate) fn entry(path: &str) -> Result<EntryId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

/// The entries that a form says it is about.
pub(crate) fn about(form: &Form) -> Result<Vec<EntryId>, Fail> {
    let ids = form.several(ABOUT).into_iter().filter(|id| !id.is_empty());
    ids.map(|id| id.parse().map_err(|_| Fail::bad_form("It is about something that is not there."))).collect()
}

/// Boxes to tick for what an entry is about.
pub(crate) fn link_boxes(
    legend: &str,
    options: &[(EntryId, String)],
    chosen: &[EntryId],
    error: Option<&str>,
) -> Markup {
    let ids: Vec<String> = options.iter().map(|(id, _)| id.to_string()).collect();
    let options = options.iter().zip(&ids).map(|((id, words), value)| Choice {
        value,
        label: words,
        checked: chosen.contains(id),
        ..Choice::default()
    });
    checkboxes(Choices { name: ABOUT, legend, options: options.collect(), error, ..Choices::default() })
}

/// What an entry is about, in the words of its form.
pub(crate) fn written(entry: &Dated) -> Option<(&'static EntryForm, &Written)> {
    match &entry.what {
        What::Written(form, written) => Some((form, written)),
        _ => None,
    }
}

fn form_of(code: &str) -> Result<&'static EntryForm, Fail> {
    forms::form(code).ok_or_else(Fail::not_found)
}

pub(crate) fn page_of(id: ClientId, group: Group) -> String {
    format!("/clients/{id}/entries/in/{group}")
}

/// What a page of entries is told by its address.
#[derive(Deserialize)]
pub(crate) struct Ask {
    /// The programme whose money is used up.
    #[serde(default)]
    over: Option<String>,
    /// Something was saved just now.
    #[serde(default)]
    saved: Option<String>,
}

// --- A page of entries ---------------------------------------------------------------------------------------

pub(crate) async fn group(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let over = ask.over.as_ref().and_then(|over| app.service.programme(over.parse().ok()?).ok());
    let group: Group = code.parse().map_err(|_| Fail::not_found())?;
    let forms: Vec<&'static EntryForm> = forms::of_group(group).collect();
    let opened = app.service.entries_with(&visit, id, &forms).await?;
    let page = opened.map(|entries| {
        let today = app.service.surroundings().today();
        let body = html! {
            (head(visit.role, &entries.contact, id, today, group.words(), html! { @if group == Group::Plan { (action(&format!("/clients/{id}/plan"), "Read, print or sign the plan")) } @if group == Group::Outcomes { (action(&format!("/clients/{id}/outcomes"), "What counts, and why")) } }))
            (container(html! {
                @if ask.saved.is_some() { (banner("Saved")) }
                @if let Some(over) = &over { (notice_banner(html! { "Saved. More is now spent and promised for " a.govuk-notification-banner__link href={ "/programmes/" (over.id) } { (over.programme.title) } " than there is. Tell whoever looks after its money." })) }
                div.app-pages { @for form in &forms { (list(id, form, &entries, today)) } } }))
        };
        staff(&app, &visit, At::Elsewhere, &title(&entries.contact, &within(group.words())), body)
    });
    release(page).await
}

/// The entries of one form: those that go on first.
fn list(id: ClientId, form: &EntryForm, all: &Entries, today: Date) -> Markup {
    let may = all.writable.contains(form.category) && all.named.contains(&form.id);
    let new = format!("/clients/{id}/entries/new/{}", form.id);
    let mut lines: Vec<(&Dated, &Written)> = all
        .entries
        .iter()
        .filter_map(|entry| {
            written(entry).filter(|(of, _)| of.id == form.id).map(|(_, written)| (entry, written))
        })
        .collect();
    lines.sort_by_key(|(_, written)| written.is_over(form));
    // Of what replaces what was before, only the newest still asks for something.
    let newest = lines.iter().map(|(entry, _)| (entry.day, entry.written)).max().filter(|_| form.latest);
    let stands = |entry: &Dated| newest.is_none_or(|newest| newest == (entry.day, entry.written));
    let items: Vec<TodoItem> = lines
        .into_iter()
        .map(|(entry, written)| TodoItem {
            tag: if stands(entry) {
                standing(form, written, entry.day, today)
            } else {
                tag(TagKind::Info, &dates::short(entry.day))
            },
            text: html! {
                a.govuk-link href={ "/clients/" (id) "/entries/" (entry.id) } { (written.title(form)) }
            },
            act: html! {},
        })
        .collect();
    panel(
        form.id.as_str(),
        &form.plural,
        may.then_some((new.as_str(), form.add.as_str(), "")),
        html! {
            @if !all.named.contains(&form.id) {
                (empty("The privacy notice that this client was given does not name this, so nothing can be recorded."))
            } @else if items.is_empty() { (empty("Nothing is recorded yet.")) } @else { (todo_list(&items)) }
        },
    )
}

/// Where an entry stands: over, due, or when it was.
fn standing(form: &EntryForm, written: &Written, day: Date, today: Date) -> Markup {
    if written.is_over(form) {
        return tag(TagKind::Ok, "Ended");
    }
    match written.due(form).into_iter().map(|(_, day)| day).min() {
        Some(due) if due < today => tag(TagKind::Stop, &format!("Late: {}", dates::short(due))),
        Some(due) => tag(TagKind::Warn, &dates::short(due)),
        None => tag(TagKind::Info, &dates::short(day)),
    }
}

// --- Writing and changing -------------------------------------------------------------------------------------

/// A form as it stands on a page.
struct Sheet<'a> {
    form: &'static EntryForm,
    /// Where it is sent.
    action: String,
    heading: String,
    hidden: Markup,
    typed: &'a dyn Fn(&Field) -> Typed,
    about: &'a [EntryId],
    /// Whether it is new: what comes later is not asked yet.
    new: bool,
    /// To which programme it belongs, where there is one to choose, and what the form needs besides.
    layer: Markup,
    /// Entries that it can be about.
    links: Vec<(EntryId, String)>,
    faults: &'a [Fault],
    above: Markup,
    back: String,
}

fn sheet(app: &App, visit: &Visit, id: ClientId, contact: &Profile, sheet: Sheet<'_>) -> Markup {
    let today = app.service.surroundings().today();
    let error = sheet.faults.iter().find(|fault| fault.field == *ABOUT).map(|fault| fault.message.as_str());
    let body = html! {
        (head(visit.role, contact, id, today, sheet.form.group.words(), html! {}))
        (reading(html! {
            (back(&sheet.back))
            (sheet.above)
            (fields::summary(sheet.faults))
            (heading(&sheet.heading, html! {}))
            form method="post" action=(sheet.action) novalidate {
                (sheet.hidden)
                @for field in sheet.form.fields().iter().filter(|field| !sheet.new || !sheet.form.later.contains(&field.id)) {
                    (fields::question(field, sheet.form.catalogue(), &(sheet.typed)(field), sheet.faults, today))
                }
                (sheet.layer)
                @if !sheet.links.is_empty() {
                    div.app-question.app-question--long { (link_boxes("What is it about?", &sheet.links, sheet.about, error)) }
                }
                (buttons(html! {
                    (button(ButtonKind::Main, "Save", None))
                    a.govuk-link href=(sheet.back) { "Cancel" }
                }))
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(contact, &sheet.form.noun), body)
}

/// The entries to which one of `form` can be linked: those that go on, and those that it is about already.
fn linkable(form: &EntryForm, entries: &[Dated], about: &[EntryId]) -> Vec<(EntryId, String)> {
    let fits = |of: &EntryForm| form.links.contains(&of.id);
    entries
        .iter()
        .filter_map(|entry| written(entry).map(|(of, written)| (entry.id, of, written)))
        .filter(|(id, of, written)| {
            fits(of) && (!written.is_over(of) || about.contains(id) || *of.id.as_str() == *"spell")
        })
        .map(|(id, of, written)| (id, written.headline(of)))
        .collect()
}

/// The form itself and the forms of what it can be about.
fn with_links(form: &'static EntryForm) -> Vec<&'static EntryForm> {
    let links = form.links.iter().filter_map(|link: &FormId| forms::form(link.as_str()));
    std::iter::once(form).chain(links).collect()
}

/// Every name that a form of entries may send.
fn only(form: &'static EntryForm, sent: Form) -> Result<Form, Fail> {
    let names = fields::names(form.fields().iter());
    let mut known = vec!["form", "of", "version", ABOUT, PROGRAMME];
    known.extend(names.iter().map(String::as_str));
    sent.only(&known)
}

pub(crate) async fn begin(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, form) = (client(&id)?, form_of(&code)?);
    new_page(&app, &visit, id, form, &|_| Typed::default(), &[], None, &new_key(), &[]).await
}

#[allow(clippy::too_many_arguments, reason = "a form that is shown again is all of these")]
async fn new_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    form: &'static EntryForm,
    typed: &(dyn Fn(&Field) -> Typed + Sync),
    about: &[EntryId],
    programme: Option<ProgrammeId>,
    key: &str,
    faults: &[Fault],
) -> Result<Response, Fail> {
    let offered = layers::organisations(app, form).await?;
    let numbers = if form.id == *SUPPORT { app.service.programme_numbers().await? } else { BTreeMap::new() };
    let error = faults.iter().find(|fault| fault.field == *PROGRAMME).map(|fault| fault.message.as_str());
    let opened = app.service.entries_with(visit, id, &with_links(form)).await?;
    let page = opened.map(|entries| {
        let layer = html! { (layers::choice(app, form, &entries, &numbers, programme, error)) (offered) };
        let links = linkable(form, &entries.entries, about);
        let shown = Sheet {
            form,
            action: format!("/clients/{id}/entries/new/{}", form.id),
            heading: form.add.clone(),
            hidden: hidden("form", key),
            typed,
            about,
            new: true,
            layer,
            links,
            faults,
            above: html! {},
            back: page_of(id, form.group),
        };
        sheet(app, visit, id, &entries.contact, shown)
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, release(page).await?).into_response())
}

pub(crate) async fn write(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, form) = (client(&id)?, form_of(&code)?);
    let sent = only(form, sent)?;
    let (key, about) = (sent.key()?, about(&sent)?);
    let programme = match sent.one(PROGRAMME)? {
        "" => None,
        id => Some(id.parse().map_err(|_| Fail::bad_form("It names a programme that is none."))?),
    };
    let today = app.service.surroundings().today();
    let (answers, mut faults) = fields::read(&sent, form.catalogue(), form.fields().iter(), today)?;
    let written = Written { answers, about, because: None };
    if faults.is_empty() {
        match app.service.write_entry_for(&visit, id, key, form, &written, programme).await {
            Ok(_) => return layers::saved(&app, id, form, programme).await,
            Err(Error::Faults(more)) => faults = more,
            Err(error) => return Err(error.into()),
        }
    } else {
        add_rules(&mut faults, &written, form, today, true);
    }
    let typed = |field: &Field| fields::typed(&sent, field).unwrap_or_default();
    new_page(&app, &visit, id, form, &typed, &written.about, programme, sent.one("form")?, &faults).await
}

/// What the rules of the form say besides, so that everything wrong is told at once and each field once.
fn add_rules(faults: &mut Vec<Fault>, written: &Written, form: &EntryForm, today: Date, new: bool) {
    for more in if new { written.faults_when_new(form, today) } else { written.faults(form, today) } {
        if !faults.iter().any(|fault| fault.field == more.field) {
            faults.push(more);
        }
    }
}

pub(crate) async fn edit(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (id, entry) = (client(&id)?, entry(&code)?);
    change_page(&app, &visit, id, entry, None, &[], StatusCode::OK).await
}

async fn change_page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    entry: EntryId,
    sent: Option<(&Form, &[EntryId])>,
    faults: &[Fault],
    status: StatusCode,
) -> Result<Response, Fail> {
    let offered = match sent {
        Some((sent, _)) => layers::organisations(app, form_of(sent.one("of")?)?).await?,
        // Which form it is shows once it is opened: the list comes along with all of them.
        None => layers::organisations(app, form_of(FORM)?).await?,
    };
    let opened = app.service.view_entry(visit, id, entry).await?;
    let page = opened.map(|view| {
        let (form, held) = match &view.entry.what {
            What::Written(form, held) => (*form, held),
            What::Meeting(meeting) => {
                return Some(corrections::page(app, visit, id, &view, meeting, None, &[]));
            }
            What::Plan(_)
            | What::NoticeGiven(_)
            | What::Agreement(_)
            | What::Consent(_)
            | What::Disclosure(_)
            | What::Placement(_) => return None,
        };
        let about = sent.map_or(held.about.as_slice(), |(_, about)| about);
        let typed = |field: &Field| match sent {
            Some((sent, _)) => fields::typed(sent, field).unwrap_or_default(),
            None => fields::held(field, held.answers.get(&field.id)),
        };
        let whole = format!("/clients/{id}/entries/{entry}");
        let shown = Sheet {
            form,
            action: format!("{whole}/change"),
            heading: format!("Change this {}", form.noun),
            hidden: html! { (hidden("of", form.id.as_str())) (hidden("version", &view.entry.version.to_string())) },
            typed: &typed,
            about,
            new: false,
            layer: offered,
            links: linkable(form, &view.others, about),
            faults,
            above: html! { @if status == StatusCode::CONFLICT { (changed_meanwhile(&whole)) } },
            back: whole.clone(),
        };
        Some(sheet(app, visit, id, &view.contact, shown))
    });
    match page.release().await.map_err(Fail::from)? {
        Some(page) => Ok((status, page).into_response()),
        None => Err(Fail::not_found()),
    }
}

/// Says that somebody else was faster, and that nothing typed is lost.
pub(crate) fn changed_meanwhile(whole: &str) -> Markup {
    notice_banner(html! {
        "Somebody else changed this while you were writing. Nothing of yours is lost: it is below. "
        a.govuk-link href=(whole) { "See what they changed" }
        ", then save again: yours then takes its place."
    })
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, entry) = (client(&id)?, entry(&code)?);
    let form = form_of(sent.one("of")?)?;
    let sent = only(form, sent)?;
    let about = about(&sent)?;
    let version: i64 = sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let today = app.service.surroundings().today();
    let (answers, mut faults) = fields::read(&sent, form.catalogue(), form.fields().iter(), today)?;
    let written = Written { answers, about, because: None };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if faults.is_empty() {
        match app.service.change_entry(&visit, id, entry, version, form, &written).await {
            Ok(()) => {
                return Ok(Redirect::to(&format!("/clients/{id}/entries/{entry}?saved=1")).into_response());
            }
            Err(Error::Faults(more)) => faults = more,
            Err(Error::ChangedMeanwhile) => status = StatusCode::CONFLICT,
            Err(error) => return Err(error.into()),
        }
    } else {
        add_rules(&mut faults, &written, form, today, false);
    }
    change_page(&app, &visit, id, entry, Some((&sent, &written.about)), &faults, status).await
}
