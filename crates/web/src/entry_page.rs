//! One dated entry with all its answers, what it is about, and how it changed.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::consents::Event;
use casework::entries::Meeting;
use casework::referrals::{FORM, organisation};
use casework::{ClientId, EntryId, Fault, Written, answers, dates, profile};
use maud::{Markup, html};
use notice::EntryForm;
use records::Visit;
use records::entry_views::EntryView;
use records::files::{Dated, What};
use serde::Deserialize;

use crate::App;
use crate::entries::{entry, written};
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, clock, handed_out, head, title};
use crate::frame::{At, release, staff};
use crate::layers;
use crate::plan::{by_whom, goals, signature};
use crate::query::Query;
use crate::referrals::{self, Next};
use crate::signed::Signed;
use crate::timeline::{headline, paragraphs};
use crate::ui::file::{action, panel};
use crate::ui::list;
use crate::ui::page::{back, heading, printed, reading};
use crate::ui::words::{SummaryRow, banner, summary_list};

#[derive(Deserialize)]
pub(crate) struct Ask {
    /// It was saved just now.
    #[serde(default)]
    saved: Option<String>,
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let (id, entry) = (client(&id)?, entry(&code)?);
    page(&app, &visit, id, entry, &Next::default(), &[], ask.saved.is_some()).await
}

/// The page, with what was typed about the next step of a referral and what is wrong with it.
pub(crate) async fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    entry: EntryId,
    next: &Next,
    faults: &[Fault],
    saved: bool,
) -> Result<Response, Fail> {
    let opened = app.service.view_entry(visit, id, entry).await?;
    let page = opened.map(|view| {
        let today = app.service.surroundings().today();
        let (tab, noun, category) = match &view.entry.what {
            What::Written(form, _) => (form.group.words(), form.noun.as_str(), Some(form.category)),
            What::Meeting(_) => ("File", "note", Some(notice::Category::Casework)),
            What::Plan(_) => ("Plan", "agreed plan", None),
            What::NoticeGiven(_) | What::Agreement(_) => ("File", "agreement", None),
            What::Consent(_) => ("Consent and sharing", "consent", None),
            What::Disclosure(_) => ("Consent and sharing", "disclosure", None),
            What::Placement(_) => (crate::placements::TAB, "placement", None),
        };
        let parent = match &view.entry.what {
            What::Written(form, _) => format!("/clients/{id}/entries/in/{}", form.group),
            What::Plan(_) => format!("/clients/{id}/entries/in/plan"),
            What::Consent(_) | What::Disclosure(_) => format!("/clients/{id}/consent"),
            What::Placement(_) => format!("/clients/{id}/programmes"),
            _ => format!("/clients/{id}#timeline"),
        };
        let may = category.is_some_and(|category| view.writable.contains(category));
        let change = html! { @if may {
            (action(&format!("/clients/{id}/entries/{entry}/change"), if tab == "File" { "Correct this" } else { "Change this" }))
        } };
        // A plan is printed for the client to take home.
        let agreed = matches!(view.entry.what, What::Plan(_));
        let shown = if agreed { handed_out(&view.contact) } else { view.contact.clone() };
        let body = html! {
            (head(visit.role, &shown, id, today, tab, html! {}))
            (reading(html! {
                (back(&parent))
                @if saved { (banner("Saved")) }
                (fields::summary(faults))
                (heading(&headline(&view.entry), change))
                (content(app, id, &view))
                (belongs(app, &view))
                (referrals::steps(id, &view, may, next, faults))
                (links(id, &view))
                (history(app, &view))
            }))
            @if agreed { (printed(&by_whom(app, view.entry.author))) }
        };
        staff(app, visit, At::Elsewhere, &title(&view.contact, noun), body)
    });
    release(page).await
}

fn content(app: &App, id: ClientId, view: &EntryView) -> Markup {
    let entry = &view.entry;
    let directory = app.service.directory();
    let said = |how: &str, version: &Dated| {
        let at = app.service.surroundings().civil(version.written);
        let day = dates::long(at.date());
        format!("{how} by {} on {day} at {}.", directory.name(version.author), clock(&at))
    };
    // The newest version comes first, the one that was written at the beginning last.
    let first = view.earlier.last().unwrap_or(entry);
    let by = html! {
        p.app-muted {
            (said("Written", first))
            @if entry.version > 1 { " " (said("Last changed", entry)) }
        }
    };
    let mentioned = |text: &str| app.service.mentioned(text);
    match &entry.what {
        What::Written(form, written) => {
            let lines = written.lines(form);
            let rows: Vec<SummaryRow<'_>> = lines
                .iter()
                .map(|(key, value)| SummaryRow {
                    key,
                    value: html! { @for part in paragraphs(value, &mentioned) { p.govuk-body { (part) } } },
                    change: None,
                })
                .collect();
            html! { (summary_list(&rows)) (by) }
        }
        What::Meeting(meeting) => html! {
            p.app-muted { (dates::long(entry.day)) }
            @for part in paragraphs(&meeting.note, &mentioned) { p.govuk-body { (part) } }
            (by)
        },
        What::Plan(plan) => html! {
            (goals(&plan.goals))
            @if !plan.also.is_empty() { (panel("also", "What else was agreed", None, html! { @for part in paragraphs(&plan.also, &mentioned) { p.govuk-body { (part) } } })) }
            (panel("signed", "Signed", None, html! { (signature(&plan.signature)) p.govuk-body { (plan.signed(entry.day)) "." } }))
            (by)
        },
        What::Consent(consent) => {
            let day = |event: &Event| dates::long(app.service.surroundings().civil(event.at).date());
            let became: Vec<(Event, String)> = view.became.iter().map(|event| (*event, day(event))).collect();
            html! { (crate::consents::whole(id, entry, consent, &became)) (by) }
        }
        What::Disclosure(disclosed) => html! { (crate::disclosures::written(id, entry, disclosed)) (by) },
        What::Placement(_) => html! {
            p.govuk-body { a.govuk-link href={ "/clients/" (id) "/placements/" (entry.id) } { "All about this placement" } }
            (by)
        },
        What::NoticeGiven(_) | What::Agreement(_) => html! {
            p.govuk-body { (dates::long(entry.day)) ". " a.govuk-link href={ "/clients/" (id) } { "Back to the file" } }
            (by)
        },
    }
}

/// To which programme's layer it belongs, and where the organisation of a referral stands in the directory.
fn belongs(app: &App, view: &EntryView) -> Markup {
    let programme = view.programme.and_then(|id| app.service.programme(id).ok());
    let organisation = match &view.entry.what {
        What::Written(form, written) if form.id == *FORM => organisation(&written.answers),
        _ => None,
    };
    let find = organisation.map(|name| {
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        format!("/organisations?q={name}")
    });
    html! {
        @if let Some(offered) = programme { (layers::belongs(&offered)) }
        @if let Some(find) = find { p.govuk-body { a.govuk-link href=(find) { "This organisation in the directory" } } }
    }
}

/// What an entry says it is about.
fn about(entry: &Dated) -> &[EntryId] {
    match &entry.what {
        What::Written(_, written) => &written.about,
        What::Meeting(meeting) => &meeting.about,
        What::Plan(_)
        | What::NoticeGiven(_)
        | What::Agreement(_)
        | What::Consent(_)
        | What::Disclosure(_)
        | What::Placement(_) => &[],
    }
}

/// What it is about, and what is about it.
fn links(id: ClientId, view: &EntryView) -> Markup {
    let line = |entry: &Dated| {
        html! { li { a.govuk-link href={ "/clients/" (id) "/entries/" (entry.id) } { (headline(entry)) } span.app-muted { ", " (dates::short(entry.day)) } } }
    };
    let of: Vec<&Dated> = view.others.iter().filter(|other| about(&view.entry).contains(&other.id)).collect();
    let to: Vec<&Dated> = view
        .others
        .iter()
        .filter(|other| written(other).is_some() && about(other).contains(&view.entry.id))
        .collect();
    html! {
        @if !of.is_empty() { (panel("about", "About", None, html! { ul.govuk-list { @for entry in of { (line(entry)) } } })) }
        @if !to.is_empty() { (panel("more", "What followed", None, html! { ul.govuk-list { @for entry in to { (line(entry)) } } })) }
    }
}

/// A change in words: which field, what it was, what it is.
type Line = (String, Option<String>, Option<String>);

fn history(app: &App, view: &EntryView) -> Markup {
    if view.earlier.is_empty() {
        return html! {};
    }
    let directory = app.service.directory();
    let versions: Vec<&Dated> = std::iter::once(&view.entry).chain(&view.earlier).collect();
    let mut lines: Vec<(String, String, Line)> = Vec::new();
    for pair in versions.windows(2) {
        let [now, before] = pair else { continue };
        let at = app.service.surroundings().civil(now.written);
        let (at, by) = (format!("{} {}", dates::long(at.date()), clock(&at)), directory.name(now.author));
        lines.extend(changed(before, now).into_iter().map(|line| (at.clone(), by.to_owned(), line)));
    }
    let changes: Vec<list::Change<'_>> = lines
        .iter()
        .map(|(at, by, (field, before, after))| list::Change {
            at,
            by,
            field,
            before: before.as_deref(),
            after: after.as_deref(),
        })
        .collect();
    panel("history", "What changed", None, list::history(&changes))
}

fn changed(before: &Dated, now: &Dated) -> Vec<Line> {
    let mut lines = match (&before.what, &now.what) {
        (What::Written(form, before), What::Written(_, now)) => answers_changed(form, before, now),
        (What::Meeting(before), What::Meeting(now)) => meeting_changed(before, now),
        _ => Vec::new(),
    };
    if before.day != now.day {
        lines.push(("Day".to_owned(), Some(dates::long(before.day)), Some(dates::long(now.day))));
    }
    lines
}

fn answers_changed(form: &EntryForm, before: &Written, now: &Written) -> Vec<Line> {
    let changes = profile::changes(&before.answers, &now.answers);
    changes
        .into_iter()
        .filter_map(|change| {
            let field = form.field(&change.field)?;
            let words = |answer: Option<casework::Answer>| {
                answer.map(|answer| answers::shown(field, form.catalogue().list_of(field), &answer))
            };
            Some((field.label.clone(), words(change.before), words(change.now)))
        })
        .collect()
}

fn meeting_changed(before: &Meeting, now: &Meeting) -> Vec<Line> {
    let mut lines = Vec::new();
    if before.title() != now.title() {
        lines.push(("Kind".to_owned(), Some(before.title()), Some(now.title())));
    }
    if before.note != now.note {
        lines.push(("Note".to_owned(), Some(before.note.clone()), Some(now.note.clone())));
    }
    if let Some(because) = &now.because {
        lines.push(("Why it was corrected".to_owned(), None, Some(because.clone())));
    }
    lines
}
