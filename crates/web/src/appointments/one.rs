//! One appointment: moving it, calling it off, saying who came.

use access::Role;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::appointments::{Needs, Slot, State as Ended, WhenTyped};
use casework::formats::Phone;
use casework::profile::fields as known;
use casework::{AppointmentId, ClientId, Fault, Profile, StaffId, dates, safe_contact};
use maud::{Markup, html};
use records::appointments::{Booked, WithClient};
use records::rooms::Room;
use records::{Error, Visit};
use serde::Deserialize;

use crate::App;
use crate::appointments::arranging::{self, HowTyped};
use crate::appointments::{ANYWAY, advisers};
use crate::diary::became;
use crate::fail::Fail;
use crate::fields;
use crate::file::clock;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::messages;
use crate::query::Query;
use crate::signed::Signed;
use crate::ui::file::{TagKind, action as action_link, panel, tag};
use crate::ui::form::{
    ButtonKind, Choice, Choices, Select, TextInput, button, buttons, hidden, radios, select, text_input, tick,
};
use crate::ui::list::empty;
use crate::ui::page::{back, container, heading};
use crate::ui::words::{SummaryRow, summary_list};

#[derive(Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    booked: Option<String>,
    /// What was done just now.
    #[serde(default)]
    done: Option<String>,
}

impl Ask {
    fn banner(&self) -> Option<&'static str> {
        match (self.done.as_deref(), &self.booked) {
            (Some("moved"), _) => Some("Moved"),
            (Some("series"), _) => Some("Called off, with those of the series that follow"),
            (Some(_), _) => Some("Saved"),
            (None, Some(_)) => Some("Booked"),
            (None, None) => None,
        }
    }
}

fn appointment(path: &str) -> Result<AppointmentId, Fail> {
    path.parse().map_err(|_| Fail::not_found())
}

pub(crate) async fn show(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    Query(ask): Query<Ask>,
) -> Result<Response, Fail> {
    let banner = ask.banner();
    // Whom something is changed for is told of it, unless somebody says otherwise.
    let change = Change { tell: true, ..Change::default() };
    one(&app, &visit, appointment(&id)?, banner, &change, &[]).await
}

/// What was typed to change an appointment.
#[derive(Default)]
struct Change {
    reason: String,
    /// Who called it off.
    off: String,
    /// Whether the rest of the series goes, too.
    rest: bool,
    day: String,
    time: String,
    /// With whom it is from now on.
    adviser: String,
    tell: bool,
    /// Whether the new time is meant though nobody is in then, and whether that is asked.
    anyway: bool,
    asks: bool,
    /// The free times of the day, once they were asked for.
    free: Option<Vec<Slot>>,
    /// How and where from now on, once somebody typed it.
    how: Option<HowTyped>,
}

async fn one(
    app: &App,
    visit: &Visit,
    id: AppointmentId,
    banner: Option<&str>,
    typed: &Change,
    faults: &[Fault],
) -> Result<Response, Fail> {
    let opened = app.service.appointment(visit, id).await?;
    let rooms = app.service.rooms().await?;
    let page = opened.map(|with| {
        let body = container(html! { div.app-wide {
            (back(&format!("/clients/{}", with.appointment.booked.client)))
            @if let Some(text) = banner { (crate::ui::words::banner(text)) }
            (fields::summary(faults))
            (heading(&format!("Appointment with {}", with.name), html! { p { span.app-ref { (with.number) } } }))
            (panel("facts", "When and where", None, facts(app, &with, &rooms)))
            @if with.series.len() > 1 { (series(app, &with)) }
            (messages::told(app, &with.told, changes(visit.role)))
            @if changes(visit.role) { (acts(app, &with, &rooms, typed, faults)) }
        } });
        staff(app, visit, At::Diary, &format!("{} appointment", with.number), body)
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, release(page).await?).into_response())
}

/// Who changes appointments: managers and the governance lead look at them.
const fn changes(role: Role) -> bool {
    matches!(role, Role::Adviser | Role::Receptionist)
}

fn facts(app: &App, with: &WithClient, rooms: &[Room]) -> Markup {
    let (booked, said) = (&with.appointment.booked, &with.appointment.said);
    let surroundings = app.service.surroundings();
    let starts = surroundings.civil(booked.slot.starts());
    let begun = booked.slot.starts() <= surroundings.now();
    let mut rows = vec![
        (
            "When",
            html! { (dates::with_weekday(starts.date())) ", " (clock(&starts)) " to " (clock(&surroundings.civil(booked.slot.ends()))) },
        ),
        ("Client", html! { a.govuk-link href={ "/clients/" (booked.client) } { (with.name) } }),
        ("Phone", phones(&with.contact)),
        ("With", html! { (app.service.directory().name(booked.adviser)) }),
        ("How", html! { (booked.way.words()) @if !said.place.is_empty() { ": " (said.place) } }),
    ];
    let room = booked.room.and_then(|id| rooms.iter().find(|room| room.id == id));
    if let Some(room) = room.filter(|room| room.name != said.place) {
        rows.push(("Room", html! { (room.name) }));
    }
    if !said.about.is_empty() {
        rows.push(("About", html! { (said.about) }));
    }
    if booked.state != Ended::Booked || begun {
        rows.push(("What became of it", became(booked.state, begun)));
    }
    if !with.appointment.why.is_empty() {
        rows.push(("Why", html! { (with.appointment.why) }));
    }
    if let Some(chosen) = &with.chosen {
        let at = surroundings.civil(chosen.slot.starts());
        let when = format!("{}, {}", dates::with_weekday(at.date()), clock(&at));
        rows.push((
            "The client chose",
            html! { a.govuk-link href={ "/appointments/" (chosen.id) } { (when) } },
        ));
    }
    let rows: Vec<SummaryRow<'_>> =
        rows.into_iter().map(|(key, value)| SummaryRow { key, value, change: None }).collect();
    summary_list(&rows)
}

/// The numbers to ring, and what to know before.
fn phones(contact: &Profile) -> Markup {
    let numbers = [known::MOBILE_PHONE, known::OTHER_PHONE].into_iter();
    let numbers: Vec<Phone> = numbers.filter_map(|field| Phone::parse(contact.text(&field)?).ok()).collect();
    html! {
        @if numbers.is_empty() { span.app-muted { "No number is known" } }
        @for (place, number) in numbers.iter().enumerate() { @if place > 0 { ", " } (number.national()) }
        @if let Some(words) = safe_contact::warning(contact) { " " (tag(TagKind::Warn, &words)) }
    }
}

/// All that were booked together.
fn series(app: &App, with: &WithClient) -> Markup {
    let surroundings = app.service.surroundings();
    panel(
        "series",
        &format!("One of {} that were booked together", with.series.len()),
        None,
        html! {
            ol.govuk-list.govuk-list--number { @for one in &with.series {
                @let starts = surroundings.civil(one.slot.starts());
                @let when = format!("{}, {}", dates::with_weekday(starts.date()), clock(&starts));
                li {
                    @if one.id == with.appointment.booked.id { strong { (when) } }
                    @else { a.govuk-link href={ "/appointments/" (one.id) } { (when) } }
                    " " (became(one.state, one.slot.starts() <= surroundings.now()))
                }
            } }
        },
    )
}

/// The times of the day that was typed, each of which moves the appointment there.
fn free_times(app: &App, free: &[Slot]) -> Markup {
    html! {
        @if free.is_empty() { (empty("No time of this length is free on that day, for the adviser and the room.")) }
        @else {
            p.govuk-body { "Choose a time: that moves it." }
            div.app-times { @for slot in free {
                @let at = app.service.surroundings().civil(slot.starts());
                (button(ButtonKind::Secondary, &clock(&at), Some(("pick", &at.strftime("%H:%M").to_string()))))
            } }
        }
    }
}

/// How many of its series come after it and can be called off.
fn following(with: &WithClient) -> usize {
    let from = with.appointment.booked.slot.starts();
    let off = |one: &&Booked| one.slot.starts() > from && one.state == Ended::Booked;
    with.series.iter().filter(off).count()
}

/// What can still be done with it.
fn acts(app: &App, with: &WithClient, rooms: &[Room], typed: &Change, faults: &[Fault]) -> Markup {
    let booked = &with.appointment.booked;
    let begun = booked.slot.starts() <= app.service.surroundings().now();
    let can = |next: Ended| booked.state.can_become(next, begun) && booked.state != next;
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let action = format!("/appointments/{}", booked.id);
    let version = booked.version.to_string();
    let (off, came): (Vec<Ended>, Vec<Ended>) =
        Ended::ALL.iter().copied().filter(|state| can(*state)).partition(|state| !state.takes_time());
    let after = following(with);
    html! {
        @if !came.is_empty() {
            (panel("became", "What became of it", None, html! {
                form method="post" action=(action) novalidate {
                    (hidden("version", &version))
                    (text_input(TextInput { name: "missed", label: "Why, if they did not come", hint: Some("You can leave this empty"), value: &typed.reason, error: error("missed"), autocomplete: Some("off"), ..TextInput::default() }))
                    (buttons(html! { @for state in &came {
                        (button(if *state == Ended::Attended { ButtonKind::Main } else { ButtonKind::Secondary }, state.words(), Some(("do", state.code()))))
                    } }))
                }
            }))
        }
        @if !booked.state.takes_time() || booked.state == Ended::DidNotAttend {
            (panel("again", "Find another time", None, html! { (action_link(&format!("/clients/{}/appointments/new", booked.client), "Book another appointment")) }))
        }
        @if booked.state == Ended::Booked {
            (panel("move", "Move it", None, html! {
                form method="post" action=(action) novalidate {
                    (hidden("version", &version))
                    div.app-questions {
                        (text_input(TextInput { name: "day", label: "New day", hint: Some("For example 27 11 2026 or tomorrow"), value: &typed.day, error: error("day"), width: Some(20), autocomplete: Some("off"), ..TextInput::default() }))
                        (text_input(TextInput { name: "time", label: "New time", hint: Some("For example 9:30 or 2pm"), value: &typed.time, error: error("time"), width: Some(10), autocomplete: Some("off"), ..TextInput::default() }))
                        (with_whom(app, booked, &typed.adviser, error("adviser")))
                    }
                    // First among the buttons: what the Enter key in a box does must not move anything.
                    (buttons(html! { (button(ButtonKind::Secondary, "Show free times", Some(("do", "free")))) }))
                    @if let Some(free) = &typed.free { (free_times(app, free)) }
                    (messages::tell_named(app, "tell-move", "Send the client a message with the new time", typed.tell))
                    @if typed.asks || typed.anyway { p { (tick("anyway", ANYWAY, typed.anyway)) } }
                    (button(ButtonKind::Secondary, "Move", Some(("do", "move"))))
                }
            }))
        }
        @if booked.state == Ended::Booked {
            (panel("how", "Change how and where", None, arranging::form(app, with, rooms, typed.how.as_ref(), faults)))
        }
        @if !off.is_empty() {
            (panel("off", "Call it off", None, html! {
                form method="post" action=(action) novalidate {
                    (hidden("version", &version))
                    (radios(Choices {
                        name: "do", legend: "Who called it off", error: error("do"), inline: true,
                        options: off.iter().map(|state| Choice { value: state.code(), label: state.words(), checked: state.code() == typed.off, ..Choice::default() }).collect(),
                        ..Choices::default()
                    }))
                    (text_input(TextInput { name: "reason", label: "Why", hint: Some("You can leave this empty"), value: &typed.reason, error: error("reason"), autocomplete: Some("off"), ..TextInput::default() }))
                    (messages::tell(app, "If we call it off: send the client a message", typed.tell))
                    @if after > 0 { p { (tick("rest", &rest(app, after), typed.rest)) } }
                    (button(ButtonKind::Warning, "Call it off", None))
                }
            }))
        }
    }
}

/// With whom, to choose another: whoever it is with now, unless somebody chose.
fn with_whom(app: &App, booked: &Booked, typed: &str, error: Option<&str>) -> Markup {
    let (advisers, now) = (advisers(app), booked.adviser.to_string());
    let directory = app.service.directory();
    let mut options: Vec<(&str, &str)> =
        advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    // Somebody who has left still stands in what they are booked for.
    if !options.iter().any(|(id, _)| *id == now) {
        options.push((&now, directory.name(booked.adviser)));
    }
    let value = if typed.is_empty() { &now } else { typed };
    select(Select {
        name: "adviser",
        label: "With",
        hint: Some("Leave day and time empty to change only this"),
        options,
        value,
        error,
    })
}

fn rest(app: &App, after: usize) -> String {
    let message = if app.service.offers().any() { "; the message names the first" } else { "" };
    if after == 1 {
        format!("The one that follows in this series, too{message}")
    } else {
        format!("The {after} that follow in this series, too{message}")
    }
}

pub(crate) async fn change(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = appointment(&id)?;
    let form = form.only(&[
        "version",
        "do",
        "reason",
        "missed",
        "day",
        "time",
        "tell",
        "tell-move",
        "rest",
        "pick",
        "anyway",
        "adviser",
        "way",
        "room",
        "about",
        "place",
        "tell-how",
        "anyway-how",
    ])?;
    let version: i64 = form.one("version")?.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
    let (off, picked) = (form.one("reason")?, form.one("pick")?);
    let mut typed = Change {
        reason: if off.is_empty() { form.one("missed")? } else { off }.to_owned(),
        off: form.one("do")?.to_owned(),
        rest: form.ticked("rest"),
        day: form.one("day")?.to_owned(),
        time: if picked.is_empty() { form.one("time")? } else { picked }.to_owned(),
        free: None,
        how: None,
        adviser: form.one("adviser")?.to_owned(),
        anyway: form.ticked("anyway"),
        asks: false,
        tell: form.ticked("tell") || form.ticked("tell-move"),
    };
    let here = format!("/appointments/{id}");
    if form.one("do")? == "free" {
        let today = app.service.surroundings().today();
        let when = WhenTyped { day: typed.day.clone(), ..WhenTyped::default() };
        let adviser = chosen(&app, &typed.adviser, &app.service.as_booked(id).await?);
        return match (when.read_day(today), adviser) {
            (Ok(day), Ok(adviser)) => {
                typed.free = Some(app.service.free_to_move(id, adviser, day).await?);
                one(&app, &visit, id, None, &typed, &[]).await
            }
            (day, adviser) => {
                let faults: Vec<Fault> = day.err().into_iter().chain(adviser.err()).collect();
                one(&app, &visit, id, None, &typed, &faults).await
            }
        };
    }
    let act = if picked.is_empty() { form.one("do")? } else { "move" };
    let done = match act {
        "move" => moved(&app, &visit, id, version, &mut typed).await.map(|()| format!("{here}?done=moved")),
        "arrange" => {
            let mut how = HowTyped::of_form(&form)?;
            let done = arranging::arranged(&app, &visit, id, version, &mut how).await;
            typed.how = Some(how);
            done.map(|()| format!("{here}?done=arranged"))
        }
        "" => Err(Error::Faults(vec![Fault::new("do", "Choose who called it off")])),
        state => match state.parse::<Ended>() {
            Ok(next) if typed.rest && !next.takes_time() => app
                .service
                .call_off_series(&visit, id, next, &typed.reason, typed.tell)
                .await
                .map(|_| format!("{here}?done=series")),
            Ok(next) => app
                .service
                .end_appointment(&visit, id, version, next, &typed.reason, typed.tell)
                .await
                .map(|client| onward(visit.role, next, client, id).unwrap_or(format!("{here}?done=said"))),
            Err(_) => return Err(Fail::bad_form("It does not say what became of the appointment.")),
        },
    };
    match done {
        Ok(next) => Ok(Redirect::to(&next).into_response()),
        Err(Error::Faults(faults)) => one(&app, &visit, id, None, &typed, &faults).await,
        Err(error) => Err(error.into()),
    }
}

/// After somebody came, their adviser writes the note: it is the next thing anyway.
fn onward(role: Role, state: Ended, client: ClientId, id: AppointmentId) -> Option<String> {
    let came = matches!(state, Ended::Attended | Ended::Late);
    (came && role == Role::Adviser).then(|| format!("/clients/{client}?saved=1&came={id}#note"))
}

/// Who is chosen: an adviser who works here, or whoever it is with.
fn chosen(app: &App, typed: &str, booked: &Booked) -> Result<StaffId, Fault> {
    if typed.is_empty() || *typed == booked.adviser.to_string() {
        return Ok(booked.adviser);
    }
    let known = advisers(app).into_iter().any(|(id, _)| id == typed);
    let id = typed.parse().ok().filter(|_| known);
    id.ok_or_else(|| Fault::new("adviser", "Choose somebody from the list"))
}

async fn moved(
    app: &App,
    visit: &Visit,
    id: AppointmentId,
    version: i64,
    typed: &mut Change,
) -> Result<(), Error> {
    let surroundings = app.service.surroundings();
    let now = surroundings.civil(surroundings.now());
    let booked = app.service.as_booked(id).await?;
    let adviser = chosen(app, &typed.adviser, &booked).map_err(|fault| Error::Faults(vec![fault]))?;
    let only_adviser =
        adviser != booked.adviser && typed.day.trim().is_empty() && typed.time.trim().is_empty();
    let minutes = booked.slot.minutes().to_string();
    let when = WhenTyped { day: typed.day.clone(), time: typed.time.clone(), minutes };
    let slot = if only_adviser { booked.slot } else { when.read(&now).map_err(Error::Faults)? };
    if !typed.anyway
        && let Some(fault) = app.service.nobody_in(&Needs { adviser, ..booked.needs() }, &[slot]).await?
    {
        typed.asks = true;
        return Err(Error::Faults(vec![fault]));
    }
    app.service.move_appointment(visit, id, version, slot, Some(adviser), typed.tell).await
}
