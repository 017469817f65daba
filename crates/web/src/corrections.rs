//! Correcting a note: what was written stays, and the reason is written down beside it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::answers::Boxes;
use casework::entries::{Meeting, MeetingTyped};
use casework::{ClientId, EntryId, Fault, MeetingKind, Typed};
use maud::{Markup, html};
use records::entry_views::EntryView;
use records::files::What;
use records::{Error, Visit};

use crate::App;
use crate::entries::{self, changed_meanwhile, entry, link_boxes, written};
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, first_name, head, title};
use crate::form::Form;
use crate::frame::{At, staff};
use crate::signed::Signed;
use crate::ui::form::{
    ButtonKind, DateInput, TextArea, TextInput, button, buttons, date_input, hidden, segments, text_input,
    textarea, tick,
};
use crate::ui::page::{back, heading, reading};

const FIELDS: [&str; 10] = [
    "version",
    "kind",
    "day-day",
    "day-month",
    "day-year",
    "minutes",
    "note",
    "took_part",
    "about",
    "because",
];

/// What was typed, to be shown again.
pub(crate) struct Correction {
    typed: MeetingTyped,
    because: String,
    conflict: bool,
}

impl Correction {
    fn of(view: &EntryView, meeting: &Meeting) -> Correction {
        let day = view.entry.day;
        Correction {
            typed: MeetingTyped {
                kind: meeting.kind.code().to_owned(),
                day: Typed::boxes(day.day().to_string(), day.month().to_string(), day.year().to_string()),
                minutes: meeting.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
                note: meeting.note.clone(),
                took_part: meeting.took_part,
                about: meeting.about.clone(),
            },
            because: String::new(),
            conflict: false,
        }
    }

    fn read(form: &Form) -> Result<Correction, Fail> {
        let boxes = Boxes {
            day: form.one("day-day")?.to_owned(),
            month: form.one("day-month")?.to_owned(),
            year: form.one("day-year")?.to_owned(),
        };
        Ok(Correction {
            typed: MeetingTyped {
                kind: form.one("kind")?.to_owned(),
                day: Typed { boxes: Some(boxes), ..Typed::default() },
                minutes: form.one("minutes")?.to_owned(),
                note: form.one("note")?.to_owned(),
                took_part: form.ticked("took_part"),
                about: entries::about(form)?,
            },
            because: form.one("because")?.to_owned(),
            conflict: false,
        })
    }
}

/// The page on which a note is corrected.
pub(crate) fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    view: &EntryView,
    meeting: &Meeting,
    typed: Option<Correction>,
    faults: &[Fault],
) -> Markup {
    let shown = typed.unwrap_or_else(|| Correction::of(view, meeting));
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let kinds: Vec<(&str, &str, bool)> =
        MeetingKind::ALL.iter().map(|k| (k.code(), k.words(), k.code() == shown.typed.kind)).collect();
    let boxes = shown.typed.day.boxes.clone().unwrap_or_default();
    let whole = format!("/clients/{id}/entries/{}", view.entry.id);
    let goals: Vec<(EntryId, String)> = view
        .others
        .iter()
        .filter_map(|other| written(other).map(|(form, goal)| (other.id, form, goal)))
        .filter(|(_, form, _)| form.id == *"goal")
        .map(|(id, form, goal)| (id, goal.title(form)))
        .collect();
    let name = first_name(&view.contact);
    let body = html! {
        (head(visit.role, &view.contact, id, app.service.surroundings().today(), "File", html! {}))
        (reading(html! {
            (back(&whole))
            @if shown.conflict { (changed_meanwhile(&whole)) }
            (fields::summary(faults))
            (heading("Correct this note", html! {}))
            p.govuk-body { "What was written before is kept, with the reason." }
            form method="post" action={ (whole) "/correct" } novalidate {
                (hidden("version", &view.entry.version.to_string()))
                (segments("kind", "Contact by", &kinds))
                @if let Some(error) = error("kind") { p.govuk-error-message #kind { (error) } }
                (date_input(DateInput { name: "day", legend: "Day", day: &boxes.day, month: &boxes.month, year: &boxes.year, error: error("day"), ..DateInput::default() }))
                (text_input(TextInput { name: "minutes", label: "Minutes", value: &shown.typed.minutes, error: error("minutes"), width: Some(4), inputmode: Some("numeric"), autocomplete: Some("off"), input_type: "text", ..TextInput::default() }))
                (textarea(TextArea { name: "note", label: "Note", value: &shown.typed.note, error: error("note"), rows: 8, ..TextArea::default() }))
                (tick("took_part", &format!("{name} took part"), shown.typed.took_part))
                @if !goals.is_empty() { (link_boxes("Which goals is it about?", &goals, &shown.typed.about, error("about"))) }
                (textarea(TextArea { name: "because", label: "Why do you correct it?", hint: Some("For example: wrong day, note of another client"), value: &shown.because, error: error("because"), rows: 2, ..TextArea::default() }))
                (buttons(html! {
                    (button(ButtonKind::Main, "Save correction", None))
                    a.govuk-link href=(whole) { "Cancel" }
                }))
            }
        }))
    };
    staff(app, visit, At::Elsewhere, &title(&view.contact, "note"), body)
}

pub(crate) async fn correct(
    State(app): State<App>,
    Signed(visit): Signed,
    Path((id, code)): Path<(String, String)>,
    sent: Form,
) -> Result<Response, Fail> {
    let (id, entry) = (client(&id)?, entry(&code)?);
    let sent = sent.only(&FIELDS)?;
    let version: i64 = sent.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let mut typed = Correction::read(&sent)?;
    let because = Some(typed.because.trim().to_owned());
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let faults = match typed.typed.read(app.service.surroundings().today()) {
        Ok((day, meeting)) => {
            let meeting = Meeting { because, ..meeting };
            match app.service.correct_meeting(&visit, id, entry, version, day, &meeting).await {
                Ok(()) => {
                    return Ok(
                        Redirect::to(&format!("/clients/{id}/entries/{entry}?saved=1")).into_response()
                    );
                }
                Err(Error::Faults(faults)) => faults,
                Err(Error::ChangedMeanwhile) => {
                    (status, typed.conflict) = (StatusCode::CONFLICT, true);
                    Vec::new()
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(faults) => faults,
    };
    let opened = app.service.view_entry(&visit, id, entry).await?;
    let page = opened.map(|view| match &view.entry.what {
        What::Meeting(meeting) => Some(page(&app, &visit, id, &view, meeting, Some(typed), &faults)),
        _ => None,
    });
    match page.release().await.map_err(Fail::from)? {
        Some(page) => Ok((status, page).into_response()),
        None => Err(Fail::not_found()),
    }
}
