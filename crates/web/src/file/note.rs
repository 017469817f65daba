//! The note box of a file, with its drafts.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::appointments::Way;
use casework::entries::MeetingTyped;
use casework::{Fault, MeetingKind, Typed};
use jiff::Timestamp;
use maud::{Markup, html};
use records::Error;
use records::appointments::Booked;
use records::drafts::{Draft, DraftText};
use records::files::{ClientFile, FIRST_ENTRIES, What};

use super::{client, clock, first_name, whole};
use crate::App;
use crate::entries;
use crate::fail::Fail;
use crate::form::{Form, new_key};
use crate::frame::release;
use crate::signed::Signed;
use crate::ui::file::panel;
use crate::ui::form::{ButtonKind, TextArea, button, draft_status, hidden, segments, textarea, tick};

/// What stands in the note box.
pub(super) struct Note {
    key: String,
    /// Of which moment the draft is that it began with, in microseconds; empty if there was none.
    draft: String,
    typed: MeetingTyped,
}

const NOTE_FIELDS: [&str; 8] = ["form", "draft", "kind", "day", "minutes", "note", "took_part", "about"];

impl Note {
    pub(super) fn of_draft(draft: Option<&Draft>) -> Note {
        let began = draft.map(|draft| draft.saved.as_microsecond().to_string());
        let typed = match draft.map(|draft| &draft.text) {
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
        Note { key: new_key(), draft: began.unwrap_or_default(), typed }
    }

    /// About an appointment to which the client came: its day, its length and how they met.
    pub(super) fn of_appointment(app: &App, booked: &Booked) -> Note {
        let surroundings = app.service.surroundings();
        let day = surroundings.civil(booked.slot.starts()).date();
        let kind = if booked.way == Way::Phone { MeetingKind::Phone } else { MeetingKind::Meeting };
        let mut note = Note::of_draft(None);
        note.typed.kind = kind.code().to_owned();
        note.typed.minutes = booked.slot.minutes().to_string();
        if day != surroundings.today() {
            note.typed.day = Typed::one(day.strftime("%-d %-m %Y").to_string());
        }
        note
    }

    fn of_form(form: &Form) -> Result<Note, Fail> {
        Ok(Note {
            key: form.one("form")?.to_owned(),
            draft: form.one("draft")?.to_owned(),
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
            Ok(_) => {
                // The note is saved: a draft that stays behind it is no reason to say otherwise.
                if let Err(error) = app.service.drop_draft(&visit, id, began(&form)?).await {
                    tracing::warn!(%error, "a draft stays behind the note that was saved");
                }
                return Ok(Redirect::to(&format!("/clients/{id}?saved=1#timeline")).into_response());
            }
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
    let saved = app.service.save_draft(&visit, id, &text, began(&form)?).await?;
    let at = clock(&app.service.surroundings().civil(saved));
    let draft = saved.as_microsecond().to_string();
    Ok(Json(serde_json::json!({ "saved": at, "draft": draft })).into_response())
}

/// Of which moment the draft is that a page began with.
fn began(form: &Form) -> Result<Option<Timestamp>, Fail> {
    Ok(form.one("draft")?.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok()))
}

pub(super) fn note_box(
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
                (hidden("draft", &note.draft))
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
