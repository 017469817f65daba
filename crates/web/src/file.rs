//! A client's file on one page, the note box with its drafts, and the reason for opening a file outside one's caseload.

use access::Why;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::entries::MeetingTyped;
use casework::profile::fields as known;
use casework::{ClientId, Fault, MeetingKind, Typed, answers, dates, safe_contact};
use maud::{Markup, html};
use notice::{Category, FieldId, Group};
use records::appointments::Appointment;
use records::drafts::DraftText;
use records::files::{ALL_ENTRIES, ClientFile, FIRST_ENTRIES, What};
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::fail::Fail;
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::signed::Signed;
use crate::timeline::{self, Names};
use crate::ui::file::{
    IdentityBar, Meter, TagKind, action, facts, identity_bar, panel, panel_life, share_list, sub_nav, tag,
};
use crate::ui::form::{ButtonKind, TextArea, button, draft_status, hidden, segments, textarea, tick};
use crate::ui::list::{TodoItem, empty, todo_list};
use crate::ui::page::{NavItem, columns, heading, printed, reading};
use crate::ui::words;
use crate::{entries, fields};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    all: Option<String>,
    #[serde(default)]
    saved: Option<String>,
}

/// The client named in a path.
pub(crate) fn client(path: &str) -> Result<ClientId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let most = if ask.all.is_some() { ALL_ENTRIES } else { FIRST_ENTRIES };
    match app.service.open_file(&visit, id, most).await {
        Ok(opened) => {
            let banner = ask.saved.is_some().then_some("Saved");
            let page = opened.map(|file| {
                let draft = file.draft.clone();
                let note = Note::of_draft(draft.as_ref().map(|d| &d.text));
                let saved = draft.map(|d| app.service.surroundings().civil(d.saved));
                let status = saved.map(|at| format!("Draft saved {}", clock(&at))).unwrap_or_default();
                whole(&app, &visit, &file, &note, &status, banner, &[])
            });
            release(page).await
        }
        Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason => {
            Ok((StatusCode::FORBIDDEN, reason_page(&app, &visit, id, "", None)).into_response())
        }
        Err(Error::TakenUp(survivor)) => Ok(Redirect::to(&format!("/clients/{survivor}")).into_response()),
        Err(error) => Err(error.into()),
    }
}

fn reason_page(app: &App, visit: &Visit, id: ClientId, reason: &str, error: Option<&str>) -> Markup {
    let faults: Vec<Fault> = error.map(|e| Fault::new("reason", e)).into_iter().collect();
    let body = reading(html! {
        (fields::summary(&faults))
        (heading("This file is not in your caseload", html! {}))
        div.app-panel {
            p.govuk-body { "Say why you need it, and it opens for half an hour. The client can see that you looked, and this reason." }
            form method="post" action={ "/clients/" (id) "/reason" } novalidate {
                (textarea(TextArea { name: "reason", label: "Why do you need this file?", hint: Some("For example: covering for a colleague who is ill"), value: reason, error, rows: 3, ..TextArea::default() }))
                (button(ButtonKind::Main, "Open the file", None))
            }
        }
    });
    staff(app, visit, At::Elsewhere, "Say why you need this file", body)
}

pub(crate) async fn reason(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&["reason"])?;
    let reason = form.one("reason")?;
    match app.service.state_reason(&visit, id, reason).await {
        Ok(()) => Ok(Redirect::to(&format!("/clients/{id}")).into_response()),
        Err(Error::Faults(faults)) => {
            let message = faults.first().map(|f| f.message.as_str());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, reason_page(&app, &visit, id, reason, message))
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What stands in the note box.
struct Note {
    key: String,
    typed: MeetingTyped,
}

const NOTE_FIELDS: [&str; 7] = ["form", "kind", "day", "minutes", "note", "took_part", "about"];

impl Note {
    fn of_draft(draft: Option<&DraftText>) -> Note {
        let typed = match draft {
            Some(draft) => MeetingTyped {
                kind: draft.kind.clone(),
                day: Typed::one(draft.day.clone()),
                minutes: draft.minutes.clone(),
                note: draft.note.clone(),
                took_part: draft.took_part,
                about: Vec::new(),
            },
            None => MeetingTyped {
                kind: MeetingKind::Meeting.code().to_owned(),
                took_part: true,
                ..MeetingTyped::default()
            },
        };
        Note { key: new_key(), typed }
    }

    fn of_form(form: &Form) -> Result<Note, Fail> {
        Ok(Note {
            key: form.one("form")?.to_owned(),
            typed: MeetingTyped {
                kind: form.one("kind")?.to_owned(),
                day: Typed::one(form.one("day")?),
                minutes: form.one("minutes")?.to_owned(),
                note: form.one("note")?.to_owned(),
                took_part: form.ticked("took_part"),
                about: entries::about(form)?,
            },
        })
    }
}

pub(crate) async fn record_meeting(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&NOTE_FIELDS)?;
    let (key, note) = (form.key()?, Note::of_form(&form)?);
    let faults = match note.typed.read(app.service.surroundings().today()) {
        Ok((day, meeting)) => match app.service.record_meeting(&visit, id, key, day, &meeting).await {
            Ok(_) => return Ok(Redirect::to(&format!("/clients/{id}?saved=1#timeline")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    let opened = app.service.open_file(&visit, id, FIRST_ENTRIES).await?;
    let page = opened.map(|file| whole(&app, &visit, &file, &note, "", None, &faults));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, release(page).await?).into_response())
}

/// Keeps what is being typed. Answers a script.
pub(crate) async fn draft(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&NOTE_FIELDS)?;
    let text = DraftText {
        kind: form.one("kind")?.to_owned(),
        day: form.one("day")?.to_owned(),
        minutes: form.one("minutes")?.to_owned(),
        note: form.one("note")?.to_owned(),
        took_part: form.ticked("took_part"),
    };
    let saved = app.service.save_draft(&visit, id, &text).await?;
    let at = clock(&app.service.surroundings().civil(saved));
    Ok(Json(serde_json::json!({ "saved": at })).into_response())
}

/// A time as people here write it: `10:41am`.
pub(crate) fn clock(at: &jiff::ZonedDateTime) -> String {
    let (hour, half) = match at.hour() {
        0 => (12, "am"),
        h @ 1..=11 => (h, "am"),
        12 => (12, "pm"),
        h => (h - 12, "pm"),
    };
    format!("{hour}:{:02}{half}", at.minute())
}

/// The head of every page about a client, and the tabs below it.
pub(crate) fn head(
    profile: &casework::Profile,
    id: ClientId,
    today: jiff::civil::Date,
    here: &str,
    actions: Markup,
) -> Markup {
    let born =
        profile.date(&known::DATE_OF_BIRTH).map(|d| (dates::long(d), profile.age(today).unwrap_or_default()));
    let phone = profile
        .text(&known::MOBILE_PHONE)
        .map(|p| casework::formats::Phone::parse(p).map_or(p.to_owned(), |p| p.national()));
    let mut tags = Vec::new();
    if let Some(words) = profile.known_as() {
        tags.push(tag(TagKind::Info, &format!("Known as {words}")));
    }
    if let Some(words) = safe_contact::warning(profile) {
        tags.push(tag(TagKind::Warn, &words));
    }
    let base = format!("/clients/{id}");
    let mut tabs = vec![("File", base.clone())];
    tabs.extend(Group::ALL.iter().map(|group| (group.words(), format!("{base}/entries/in/{group}"))));
    tabs.push((crate::placements::TAB, format!("{base}/programmes")));
    tabs.push(("Documents and paper", format!("{base}/documents")));
    tabs.push(("Details", format!("{base}/details")));
    tabs.push(("Consent and sharing", format!("{base}/consent")));
    tabs.push(("Rights", format!("{base}/requests")));
    tabs.push(("Who looked", format!("{base}/looked")));
    let items: Vec<NavItem<'_>> = tabs
        .iter()
        .map(|(label, href)| NavItem { label, href, current: *label == here, count: None })
        .collect();
    html! {
        (identity_bar(IdentityBar {
            name: profile.display_name().unwrap_or("Name not recorded"),
            number: profile.text(&known::CLIENT_NUMBER).unwrap_or_default(),
            born: born.as_ref().map(|(d, age)| (d.as_str(), *age)),
            phone: phone.as_deref(),
            tags,
            actions,
        }))
        (sub_nav("This client", &items))
    }
}

/// The title of a page about a client: the number, never the name, because titles stay in histories.
pub(crate) fn title(profile: &casework::Profile, page: &str) -> String {
    format!("{} {page}", profile.text(&known::CLIENT_NUMBER).unwrap_or("Client"))
}

fn whole(
    app: &App,
    visit: &Visit,
    file: &ClientFile,
    note: &Note,
    status: &str,
    banner: Option<&str>,
    faults: &[Fault],
) -> Markup {
    let directory = app.service.directory();
    let now = app.service.surroundings().civil(app.service.surroundings().now());
    let names =
        Names { by: &|id| directory.name(id).to_owned(), mentioned: &|text| app.service.mentioned(text) };
    let body = view(
        file,
        &names,
        note,
        status,
        banner,
        faults,
        &now,
        &format!("{} {}", directory.name(visit.staff), dates::long(now.date())),
    );
    staff(
        app,
        visit,
        if file.own { At::Clients } else { At::Elsewhere },
        &file
            .pages
            .get(&Category::Contact)
            .map_or_else(|| "Client file".to_owned(), |page| title(&page.profile, "file")),
        body,
    )
}

#[allow(
    clippy::too_many_arguments,
    reason = "everything that the page shows comes in as it is, so that it renders without a service"
)]
fn view(
    file: &ClientFile,
    names: &Names<'_>,
    note: &Note,
    status: &str,
    banner: Option<&str>,
    faults: &[Fault],
    now: &jiff::ZonedDateTime,
    printed_by: &str,
) -> Markup {
    let (today, by) = (now.date(), names.by);
    let profile = file.profile();
    let may_note = file.writable.contains(Category::Casework);
    let book = format!("/clients/{}/appointments/new", file.client);
    let journey = format!("/clients/{}/journey", file.client);
    let may_book = file.writable.contains(Category::Contact);
    let actions = html! {
        @if may_book { (action(&book, "Book an appointment")) }
        @if may_note { " " (action("#note", "Add a note")) }
    };
    let main = html! {
        @if let Some(text) = banner { (words::banner(text)) }
        (fields::summary(faults))
        @if may_note { (note_box(file, &profile, note, status, faults)) }
        (panel("timeline", "Timeline", Some((&journey, "As a picture", "")), timeline::whole(file, names)))
    };
    let side = html! {
        (due(file, today))
        (booked(file, may_book.then_some(book.as_str()), now, by))
        (key_facts(file, &profile, by))
        (life(file, &profile, now))
        (promised(file))
        @if file.own { p.app-muted { a.govuk-link href={ "/clients/" (file.client) "/conflict" } { "I know this client privately" } } }
        p.app-muted { a.govuk-link href={ "/clients/" (file.client) "/erase" } { "This client wants to be forgotten" } }
    };
    html! {
        (head(&profile, file.client, today, "File", actions))
        (columns(html! {}, main, "Summary of this client", side))
        (printed(&format!("Printed by {printed_by}. Contains personal data: shred when finished.")))
    }
}

fn note_box(
    file: &ClientFile,
    profile: &casework::Profile,
    note: &Note,
    status: &str,
    faults: &[Fault],
) -> Markup {
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let kinds: Vec<(&str, &str, bool)> =
        MeetingKind::ALL.iter().map(|k| (k.code(), k.words(), k.code() == note.typed.kind)).collect();
    let name = first_name(profile);
    panel(
        "note-box",
        "Add a note",
        None,
        html! {
            form.app-note method="post" action={ "/clients/" (file.client) "/meetings" } data-draft-url={ "/clients/" (file.client) "/draft" } novalidate {
                (hidden("form", &note.key))
                (segments("kind", "Contact by", &kinds))
                @if let Some(error) = error("kind") { p.govuk-error-message #kind { (error) } }
                (textarea(TextArea { name: "note", label: "Note", hint: Some(&format!("{name} can ask to read this. Keep other people’s names out unless you need them.")), value: &note.typed.note, error: error("note"), rows: 4, label_hidden: true, ..TextArea::default() }))
                div.app-note__when {
                    (crate::ui::form::text_input(crate::ui::form::TextInput { name: "day", label: "Day", hint: Some("Today, if left empty"), value: note.typed.day.text(), error: error("day"), width: Some(10), autocomplete: Some("off"), input_type: "text", ..Default::default() }))
                    (crate::ui::form::text_input(crate::ui::form::TextInput { name: "minutes", label: "Minutes", hint: Some("If you like"), value: &note.typed.minutes, error: error("minutes"), width: Some(4), inputmode: Some("numeric"), autocomplete: Some("off"), input_type: "text", ..Default::default() }))
                }
                (about_goals(file, note))
                div.app-note__foot {
                    (button(ButtonKind::Main, "Save note", None))
                    (tick("took_part", &format!("{name} took part: keeps the record for 12 more months"), note.typed.took_part))
                    (draft_status(status))
                }
            }
        },
    )
}

/// The goals that stand in the timeline, to tick if the note is about one.
fn about_goals(file: &ClientFile, note: &Note) -> Markup {
    let goals: Vec<(casework::EntryId, String)> = file
        .timeline
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Written(form, goal) if form.id == *"goal" && !goal.is_over(form) => {
                Some((entry.id, goal.title(form)))
            }
            _ => None,
        })
        .collect();
    if goals.is_empty() {
        return html! {};
    }
    crate::ui::form::details(
        "About a goal",
        entries::link_boxes("Which goals is it about?", &goals, &note.typed.about, None),
    )
}

pub(crate) fn first_name(profile: &casework::Profile) -> String {
    let name = profile.known_as().or_else(|| profile.display_name()).unwrap_or("The client");
    casework::names::parts(name).first.to_owned()
}

/// The facts that an adviser looks for first.
const KEY_FACTS: [&str; 6] =
    ["employment_status", "benefits", "right_to_work", "barriers", "adjustments", "highest_qualification"];

/// What waits to be done in this file.
fn due(file: &ClientFile, today: jiff::civil::Date) -> Markup {
    if file.due.is_empty() && file.tell_again.is_none() {
        return html! {};
    }
    let again = file.tell_again.as_ref().map(|version| TodoItem {
        tag: tag(TagKind::Warn, "Next meeting"),
        text: html! { a.govuk-link href={ "/clients/" (file.client) "/consent" } { "Give the changed privacy notice, version " (version) } },
        act: html! {},
    });
    let due = file
        .due
        .iter()
        .take(8)
        .map(|due| TodoItem {
            tag: if due.day < today {
                tag(TagKind::Stop, &format!("Late: {}", dates::short(due.day)))
            } else {
                tag(TagKind::Warn, &dates::short(due.day))
            },
            text: html! { a.govuk-link href={ "/clients/" (file.client) "/entries/" (due.entry) } { (due.words) } },
            act: html! {},
        });
    let items: Vec<TodoItem> = again.into_iter().chain(due).collect();
    let plan = format!("/clients/{}/entries/in/plan", file.client);
    panel("due", "What is due", Some((&plan, "The plan", "")), todo_list(&items))
}

/// What is to come and what was, the latest first.
fn booked(
    file: &ClientFile,
    book: Option<&str>,
    now: &jiff::ZonedDateTime,
    by: &dyn Fn(casework::StaffId) -> String,
) -> Markup {
    let line = |appointment: &Appointment| {
        let starts = appointment.booked.slot.starts().to_zoned_datetime(now.time_zone().clone());
        let begun = starts <= *now;
        (
            html! {
                a.govuk-link href={ "/appointments/" (appointment.booked.id) } { (dates::short(starts.date())) ", " (clock(&starts)) }
                " " span.app-muted { (appointment.booked.way.words()) ", " (by(appointment.booked.adviser)) }
            },
            crate::diary::became(appointment.booked.state, begun),
        )
    };
    let rows: Vec<(Markup, Markup)> = file.appointments.iter().take(6).map(line).collect();
    panel(
        "appointments",
        "Appointments",
        book.map(|href| (href, "Book", " an appointment")),
        html! {
            @if rows.is_empty() { (empty("None is booked.")) } @else { (share_list(&rows)) }
            @if file.appointments.len() > 6 { p.app-muted { "And " (file.appointments.len() - 6) " earlier." } }
        },
    )
}

fn key_facts(
    file: &ClientFile,
    profile: &casework::Profile,
    by: &dyn Fn(casework::StaffId) -> String,
) -> Markup {
    let catalogue = notice::Catalogue::standard();
    let mut rows: Vec<(String, Markup)> = Vec::new();
    if let Some(adviser) = file.adviser {
        rows.push(("Adviser".to_owned(), html! { (by(adviser)) }));
    }
    for id in KEY_FACTS {
        let Some(field) = catalogue.field(&FieldId::known(id)) else { continue };
        if let Some(answer) = profile.get(&field.id) {
            rows.push((
                field.label.clone(),
                html! { (answers::glance(field, catalogue.list_of(field), answer)) },
            ));
        }
    }
    let rows: Vec<(&str, Markup)> =
        rows.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
    let details = format!("/clients/{}/details", file.client);
    panel(
        "facts",
        "Key facts",
        Some((&details, "All details", "")),
        html! {
            (facts(&rows))
            @if rows.len() < 2 { (empty("Nothing more is recorded yet.")) }
        },
    )
}

fn life(file: &ClientFile, profile: &casework::Profile, now: &jiff::ZonedDateTime) -> Markup {
    let (until, today) = (&file.until, now.date());
    let days = |n: i64| u32::try_from(n).unwrap_or(0);
    let total = days(dates::days_between(until.last_contact, until.due));
    let done = days(dates::days_between(until.last_contact, today)).min(total);
    let name = first_name(profile);
    let whose = if name.ends_with('s') { format!("{name}’") } else { format!("{name}’s") };
    panel_life(
        "life",
        "How long we keep this record",
        html! { "If we hear nothing more, " (whose) " record is " b { "deleted on " (dates::long(until.due)) } "." },
        Some(Meter { done, total, from: &dates::short(until.last_contact), to: &dates::short(until.due) }),
        html! { "Day " (done) " of " (total) " since we were last in touch. " @for clock in &file.clocks { p { (clock.sentence()) } } (crate::messages::of_ending(file, now.time_zone())) },
    )
}

/// What was promised about this file.
fn promised(file: &ClientFile) -> Markup {
    let notice = format!("/notice/{}", file.notice.1);
    let equality = match file.equality_answered {
        Some(_) => tag(TagKind::Lock, "Held apart"),
        None => tag(TagKind::Info, "Not asked"),
    };
    panel(
        "promised",
        "What we promised",
        Some((&notice, "The notice", "")),
        share_list(&[
            (html! { "Privacy notice given" }, html! { "version " (file.notice.1) }),
            (html! { "Equality answers" }, equality),
            (html! { "Mentioned in other files" }, html! { (file.mentioned) }),
        ]),
    )
}

/// The same page without a service around it: what the bench measures rendering with.
#[must_use]
pub fn bench_view(file: &ClientFile) -> String {
    let note = Note::of_draft(file.draft.as_ref().map(|d| &d.text));
    let names = Names { by: &|_| "Amara Okafor".to_owned(), mentioned: &|_| Vec::new() };
    let now = file.until.last_contact.at(12, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    now.map(|now| view(file, &names, &note, "", None, &[], &now, "").into_string()).unwrap_or_default()
}
