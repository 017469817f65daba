//! The dated entries of a file, and recording a meeting.

use axum::response::Response;
use casework::entries::MeetingTyped;
use casework::{EntryId, Fault, Typed};
use jiff::civil::Date;
use records::Error;
use records::files::{Dated, What};
use records::lists::AfterEntry;
use records::staff::Directory;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::Body;
use super::clients::Person;
use super::cursor::{Paged, Paging, Place as _};
use super::problem::{Problem, top};
use super::program::{Call, once};
use super::reply::{self, Made};
use super::{PathOf, id, profile};

/// A dated entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its id.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Its version: more than one if it was changed since.
    version: i64,
    /// The day it is about.
    #[schema(format = Date)]
    day: String,
    /// When it was written.
    #[schema(format = DateTime)]
    written: String,
    /// By whom.
    author: Person,
    /// What kind of entry: meeting, notice-given, agreement, agreed-plan, consent, disclosure, or the word of a form of the
    /// notice, as goal or task.
    #[schema(example = "meeting")]
    kind: String,
    /// What it says; its fields are those of its kind.
    #[schema(value_type = Object, example = json!({ "kind": "phone", "minutes": 10, "note": "Rang about the interview.", "took_part": true }))]
    content: Value,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entries {
    /// The entries. A page can have fewer than were asked for: what may not be read is passed over.
    items: Vec<Entry>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A meeting, a call, a message or a note to record.
#[derive(Debug, ToSchema)]
#[schema(
    example = json!({ "kind": "phone", "day": "2026-11-26", "minutes": 10, "note": "Rang about the interview.", "took_part": true })
)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NewMeeting {
    /// What it was.
    kind: String,
    /// The day; today if it is left out.
    #[schema(format = Date)]
    #[schema(required = false)]
    day: String,
    /// How many minutes it took.
    #[schema(required = false, minimum = 0, maximum = 1440)]
    minutes: u32,
    /// What was said and agreed.
    #[schema(min_length = 1)]
    note: String,
    /// Whether the client took part: came, answered, wrote.
    took_part: bool,
    /// The ids of the goals that it was about.
    #[schema(required = false, max_items = 50)]
    about: Vec<String>,
}

impl Entry {
    fn of(dated: &Dated, directory: &Directory) -> Entry {
        let (kind, content) = match &dated.what {
            What::Meeting(meeting) => ("meeting", serde_json::to_value(meeting)),
            What::NoticeGiven(given) => ("notice-given", serde_json::to_value(given)),
            What::Agreement(agreement) => ("agreement", serde_json::to_value(agreement)),
            What::Plan(plan) => ("agreed-plan", serde_json::to_value(plan)),
            What::Consent(consent) => ("consent", serde_json::to_value(consent)),
            What::Disclosure(disclosed) => ("disclosure", serde_json::to_value(disclosed)),
            What::Placement(placement) => (
                "placement",
                Ok(json!({
                    "title": placement.title,
                    "notice": placement.notice,
                    "version": placement.version,
                    "how": placement.how,
                    "agreed": placement.agreed,
                    "met": placement.met,
                    "facts": profile::write(&placement.facts),
                    "started": placement.started.map(|day| day.to_string()),
                    "ended": placement.ended,
                })),
            ),
            What::Written(form, written) => (
                form.id.as_str(),
                Ok(json!({
                    "answers": profile::write(&written.answers),
                    "about": written.about.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "because": written.because,
                })),
            ),
        };
        Entry {
            id: dated.id.to_string(),
            version: dated.version,
            day: dated.day.to_string(),
            written: dated.written.to_string(),
            author: Person::of(directory, dated.author),
            kind: kind.to_owned(),
            content: content.unwrap_or_default(),
        }
    }
}

/// The dated entries of a file, the newest first, a page at a time.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}/entries", operation_id = "list_entries", tag = "entries",
    params(Paged),
    responses((status = 200, description = "A page", body = Entries))
)]
pub(crate) async fn list(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    paging: Paging,
) -> Result<Response, Problem> {
    let after = paging.after::<AfterEntry>()?;
    let opened = app.service.list_entries(&visit, id(&client)?, after, paging.limit).await?;
    let directory = app.service.directory();
    let page = opened.map(|page| Entries {
        items: page.lines.iter().map(|dated| Entry::of(dated, &directory)).collect(),
        next: page.next.map(|next| next.write()),
    });
    reply::read(&headers, page).await
}

/// One entry as it stands.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}/entries/{entry}", operation_id = "show_entry", tag = "entries",
    responses((status = 200, description = "The entry", body = Entry))
)]
pub(crate) async fn show(
    Call { app, visit, headers }: Call,
    PathOf((client, entry)): PathOf<(String, String)>,
) -> Result<Response, Problem> {
    let opened = app.service.view_entry(&visit, id(&client)?, id(&entry)?).await?;
    let directory = app.service.directory();
    reply::read(&headers, opened.map(|view| Entry::of(&view.entry, &directory))).await
}

/// Records a meeting, a call, a message or a note. If the client took part, the time for which the file is kept begins
/// anew, as the notice says.
#[utoipa::path(
    post, path = "/api/v1/clients/{client}/meetings", operation_id = "record_meeting", tag = "entries",
    request_body = NewMeeting,
    responses((status = 201, description = "Recorded", body = Made))
)]
pub(crate) async fn record_meeting(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    let client = id(&client)?;
    body.only(&["kind", "day", "minutes", "note", "took_part", "about"]);
    let mut faults = Vec::new();
    let day = body.text("day");
    if body.has("day") && day.parse::<Date>().is_err() {
        faults.push(Fault::new("day", "Send a day here, like 2026-11-26"));
    }
    if !body.has("took_part") {
        faults.push(Fault::new("took_part", "Send true or false here"));
    }
    let typed = MeetingTyped {
        kind: body.text("kind"),
        day: Typed::one(spoken(&day)),
        minutes: body.number("minutes"),
        note: body.text("note"),
        took_part: body.flag("took_part", false),
        about: body.ids::<EntryId>("about", 50),
    };
    let read = typed.read(app.service.surroundings().today());
    let (day, meeting) = match read {
        Ok(read) if faults.is_empty() && body.is_fine() => read,
        Ok(_) => return Err(body.problem(faults, top)),
        Err(more) => {
            faults.extend(more);
            return Err(body.problem(faults, top));
        }
    };
    let path = format!("/api/v1/clients/{client}/meetings");
    let form = once(&app, &visit, &headers, &path, &body.bytes).await?;
    match app.service.record_meeting(&visit, client, form, day, &meeting).await {
        Ok(made) => Ok(reply::made(&made, &format!("/api/v1/clients/{client}/entries/{made}"))),
        Err(Error::Faults(faults)) => Err(body.problem(faults, top)),
        Err(error) => Err(error.into()),
    }
}

/// A day as people would type it.
pub(crate) fn spoken(day: &str) -> String {
    day.parse::<Date>().map(|day| day.strftime("%-d %-m %Y").to_string()).unwrap_or_default()
}
