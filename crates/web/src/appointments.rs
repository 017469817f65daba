//! Booking an appointment, or a series of them.

mod arranging;
pub(crate) mod choosing;
pub(crate) mod one;

use access::Role;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::appointments::{Said, Slot, Way, WhenTyped, series};
use casework::{ClientId, Fault, RoomId, StaffId, dates};
use jiff::civil::Date;
use maud::{Markup, html};
use records::appointments::{Booking, LONGEST_SERIES, ToBook};
use records::rooms::Room;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::file::{client, clock, head, title};
use crate::form::{Form, new_key};
use crate::frame::{At, release, staff};
use crate::messages;
use crate::signed::Signed;
use crate::ui::form::{
    ButtonKind, Choice, Choices, Select, TextInput, button, buttons, hidden, radios, select, text_input, tick,
};
use crate::ui::list::empty;
use crate::ui::page::{back, container, heading};

const LENGTHS: [(&str, &str); 6] = [
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("45", "45 minutes"),
    ("60", "1 hour"),
    ("90", "1 hour 30"),
    ("120", "2 hours"),
];
/// How many weeks lie between those of a series.
const EVERY: [(&str, &str); 4] =
    [(ONCE, "Only once"), ("1", "Each week"), ("2", "Every two weeks"), ("4", "Every four weeks")];
/// The most weeks that lie between two of a series.
const MOST_WEEKS: u32 = 4;
const ONCE: &str = "0";
const FIELDS: [&str; 17] = [
    "anyway",
    "leave-out",
    "every",
    "form",
    "day",
    "minutes",
    "adviser",
    "room",
    "way",
    "about",
    "place",
    "repeat",
    "other_time",
    "time",
    "pick",
    "tell",
    "do",
];

/// What was typed into the form of a booking.
pub(crate) struct Typed {
    pub(crate) key: String,
    pub(crate) day: String,
    pub(crate) minutes: String,
    pub(crate) adviser: String,
    pub(crate) room: String,
    pub(crate) way: String,
    pub(crate) about: String,
    pub(crate) place: String,
    /// How many weeks lie between them; [`ONCE`] for one alone.
    pub(crate) every: String,
    /// How many in all.
    pub(crate) repeat: String,
    pub(crate) other_time: String,
    pub(crate) tell: bool,
    /// Whether it is meant though nobody is in.
    pub(crate) anyway: bool,
    /// Whether the days of a series on which nobody is in are left out.
    pub(crate) leave_out: bool,
    /// Whether that is asked.
    pub(crate) asks: bool,
}

/// What is ticked by whoever means a time at which nobody is in.
pub(crate) const ANYWAY: &str = "I mean this time, though nobody is in";

impl Typed {
    fn of_form(form: &Form) -> Result<Typed, Fail> {
        let one = |name: &str| form.one(name).map(str::to_owned);
        Ok(Typed {
            key: one("form")?,
            day: one("day")?,
            minutes: one("minutes")?,
            adviser: one("adviser")?,
            room: one("room")?,
            way: one("way")?,
            about: one("about")?,
            place: one("place")?,
            every: one("every")?,
            repeat: one("repeat")?,
            other_time: one("other_time")?,
            tell: form.ticked("tell"),
            anyway: form.ticked("anyway"),
            leave_out: form.ticked("leave-out"),
            asks: false,
        })
    }

    /// An empty form for a day.
    fn on(day: Date) -> Typed {
        Typed {
            key: new_key(),
            day: day.strftime("%-d %-m %Y").to_string(),
            minutes: "45".to_owned(),
            adviser: String::new(),
            room: String::new(),
            way: Way::Office.code().to_owned(),
            about: String::new(),
            place: String::new(),
            every: ONCE.to_owned(),
            repeat: String::new(),
            other_time: String::new(),
            tell: false,
            anyway: false,
            leave_out: false,
            asks: false,
        }
    }
}

pub(crate) async fn begin(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    page(&app, &visit, client(&id)?, Typed::on(app.service.next_office_day()), false, &[]).await
}

/// The page of a booking, with the free times of the day that was typed.
async fn page(
    app: &App,
    visit: &Visit,
    id: ClientId,
    mut typed: Typed,
    search: bool,
    faults: &[Fault],
) -> Result<Response, Fail> {
    let opened = app.service.begin_booking(visit, id).await?;
    let (today, rooms) = (app.service.surroundings().today(), app.service.rooms().await?);
    let adviser = typed.adviser.parse::<StaffId>().ok();
    let room = typed.room.parse::<RoomId>().ok();
    let own = (visit.role == Role::Adviser).then_some(visit.staff);
    // The times are asked for before the name leaves: they are the same for everybody.
    let mine = adviser.or(own);
    let when = WhenTyped { day: typed.day.clone(), time: String::new(), minutes: typed.minutes.clone() };
    let (mut free, mut days) = (Vec::new(), None);
    if let (Some(adviser), Ok(day), Ok(minutes)) = (mine, when.read_day(today), typed.minutes.parse::<u32>())
    {
        if search {
            days = Some(app.service.free_days(adviser, room, day, minutes).await?);
        } else {
            free = app.service.free_times(adviser, room, day, minutes).await?;
        }
    }
    let rendered = opened.map(|ToBook { contact, adviser }| {
        if let Some(chosen) = mine.or(adviser) {
            typed.adviser = chosen.to_string();
        }
        let body = html! {
            (head(visit.role, &contact, id, today, "File", html! {}))
            (container(html! { div.app-wide {
                (back(&format!("/clients/{id}")))
                (fields::summary(faults))
                (heading("Book an appointment", html! {}))
                form.app-panel method="post" action={ "/clients/" (id) "/appointments" } novalidate {
                    (hidden("form", &typed.key))
                    (questions(app, &typed, &rooms, faults))
                    @match &days {
                        Some(days) => { (free_days(app, days)) }
                        None => { (times(app, &typed, mine.is_some(), when.read_day(today).ok(), &free, faults)) }
                    }
                }
            } }))
        };
        staff(app, visit, At::Elsewhere, &title(&contact, "book an appointment"), body)
    });
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, release(rendered).await?).into_response())
}

/// Who works here as an adviser now: id and name.
pub(crate) fn advisers(app: &App) -> Vec<(String, String)> {
    let directory = app.service.directory();
    let all = directory.everybody().into_iter();
    all.filter(|member| member.role == Role::Adviser && member.status == records::staff::Status::Active)
        .map(|member| (member.id.to_string(), member.name.clone()))
        .collect()
}

fn questions(app: &App, typed: &Typed, rooms: &[Room], faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let advisers = advisers(app);
    let with = [("", "Choose an adviser")]
        .into_iter()
        .chain(advisers.iter().map(|(id, name)| (id.as_str(), name.as_str())))
        .collect();
    html! {
        div.app-questions {
            (text_input(TextInput { name: "day", label: "Day", hint: Some("For example 27 11 2026, 27 Nov 2026 or tomorrow"), value: &typed.day, error: error("day"), width: Some(20), autocomplete: Some("off"), ..TextInput::default() }))
            (select(Select { name: "minutes", label: "How long", options: LENGTHS.to_vec(), value: &typed.minutes, error: error("minutes"), ..Select::default() }))
            (select(Select { name: "adviser", label: "With", options: with, value: &typed.adviser, error: error("adviser"), ..Select::default() }))
            (room_select(rooms, "None", &typed.room, error("room")))
            (select(Select { name: "every", label: "How often", options: EVERY.to_vec(), value: &typed.every, error: error("every"), ..Select::default() }))
            (text_input(TextInput { name: "repeat", label: "How many in all", hint: Some("Only if more than once"), value: &typed.repeat, error: error("repeat"), width: Some(4), autocomplete: Some("off"), ..TextInput::default() }))
        }
        // First among the buttons: what the Enter key in a box does must not book.
        (buttons(html! {
            (button(ButtonKind::Secondary, "Show free times", Some(("do", "look"))))
            (button(ButtonKind::Secondary, "Search four weeks", Some(("do", "search"))))
        }))
        (how_and_where(&typed.way, &typed.about, &typed.place, faults))
        (messages::tell(app, "Send the client a message with day, time and place (of several, of the first)", typed.tell))
    }
}

/// Which room, where there are any: those that are in use, and the one that is chosen.
pub(crate) fn room_select(rooms: &[Room], none: &str, value: &str, error: Option<&str>) -> Markup {
    let offered: Vec<(String, &str)> = rooms
        .iter()
        .map(|room| (room.open, room.id.to_string(), room.name.as_str()))
        .filter(|(open, id, _)| *open || id == value)
        .map(|(_, id, name)| (id, name))
        .collect();
    let options = [("", none)].into_iter().chain(offered.iter().map(|(id, name)| (id.as_str(), *name)));
    html! {
        @if !offered.is_empty() {
            (select(Select { name: "room", label: "Room", options: options.collect(), value, error, ..Select::default() }))
        }
    }
}

/// How they meet, what it is about, and where.
pub(crate) fn how_and_where(way: &str, about: &str, place: &str, faults: &[Fault]) -> Markup {
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    html! {
        (radios(Choices {
            name: "way", legend: "How you meet", error: error("way"), inline: true,
            options: Way::ALL.iter().map(|one| Choice { value: one.code(), label: one.words(), checked: one.code() == way, ..Choice::default() }).collect(),
            ..Choices::default()
        }))
        div.app-questions {
            (text_input(TextInput { name: "about", label: "What it is about", hint: Some("You can leave this empty"), value: about, error: error("about"), autocomplete: Some("off"), ..TextInput::default() }))
            (text_input(TextInput { name: "place", label: "Where, if that is not plain", hint: Some("An address, a link; the room says so by itself"), value: place, error: error("place"), autocomplete: Some("off"), ..TextInput::default() }))
        }
    }
}

/// The room that was chosen.
pub(crate) fn chosen_room(typed: &str) -> Result<Option<RoomId>, Fault> {
    match typed {
        "" => Ok(None),
        id => id.parse().map(Some).map_err(|_| Fault::new("room", "Choose a room from the list")),
    }
}

/// Days with free times, to choose one of.
fn free_days(app: &App, days: &[(Date, Vec<Slot>)]) -> Markup {
    html! {
        h2.app-h2 #time { "Free in the four weeks from that day" }
        @if days.is_empty() {
            (empty("No time of this length is free in office hours. Choose another day, length or adviser."))
        } @else {
            p.govuk-body { "Choose a day: it shows all its times. Each stands here with its first." }
            div.app-times { @for (day, times) in days {
                @let first = times.first().map(|slot| clock(&app.service.surroundings().civil(slot.starts()))).unwrap_or_default();
                (button(ButtonKind::Secondary, &format!("{}, {first}", day.strftime("%a %-d %b")), Some(("pick", &day.to_string()))))
            } }
        }
    }
}

fn times(
    app: &App,
    typed: &Typed,
    chosen: bool,
    day: Option<Date>,
    free: &[Slot],
    faults: &[Fault],
) -> Markup {
    let error = faults.iter().find(|f| f.field == "time").map(|f| f.message.as_str());
    let heading =
        day.map_or_else(|| "Free times".to_owned(), |day| format!("Free on {}", dates::with_weekday(day)));
    html! {
        h2.app-h2 #time { (heading) }
        @if let Some(error) = error { p.govuk-error-message { span.govuk-visually-hidden { "Error: " } (error) } }
        @if free.is_empty() {
            (empty(if chosen { "No time of this length is free in office hours. Choose another day or length." } else { "Choose an adviser and a day, then “Show free times”." }))
        } @else {
            p.govuk-body { "Choose a time: that books it." }
            div.app-times { @for slot in free {
                @let at = app.service.surroundings().civil(slot.starts());
                (button(ButtonKind::Secondary, &clock(&at), Some(("time", &at.strftime("%H:%M").to_string()))))
            } }
        }
        (text_input(TextInput { name: "other_time", label: "Another time", hint: Some("For example 8:15 or 6pm, also outside office hours"), value: &typed.other_time, error: None, width: Some(10), autocomplete: Some("off"), ..TextInput::default() }))
        @if typed.asks || typed.anyway { p { (tick("anyway", ANYWAY, typed.anyway)) } }
        @if typed.every != ONCE && (typed.asks || typed.leave_out) { p { (tick("leave-out", "Leave out the days on which nobody is in", typed.leave_out)) } }
        (button(ButtonKind::Main, "Book at this time", Some(("do", "book"))))
    }
}

pub(crate) async fn book(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    let id = client(&id)?;
    let form = form.only(&FIELDS)?;
    let (key, mut typed) = (form.key()?, Typed::of_form(&form)?);
    if let Ok(day) = form.one("pick")?.parse::<Date>() {
        typed.day = day.strftime("%-d %-m %Y").to_string();
        return page(&app, &visit, id, typed, false, &[]).await;
    }
    let search = form.one("do")? == "search";
    if search || form.one("do")? == "look" {
        return page(&app, &visit, id, typed, search, &[]).await;
    }
    let picked = form.one("time")?;
    if !picked.is_empty() {
        // So that it is still there if something has to be said about it.
        typed.other_time = picked.to_owned();
    }
    let booking = match booking(&app, key, &typed, &typed.other_time) {
        Ok(booking) if typed.leave_out && typed.every != ONCE => when_somebody_is_in(&app, booking).await?,
        read => read,
    };
    let faults = match booking {
        Ok(booking)
            if !typed.anyway
                && let Some(fault) = app.service.nobody_in(&booking.needs(), &booking.slots).await? =>
        {
            typed.asks = true;
            vec![fault]
        }
        Ok(booking) => match app.service.book(&visit, id, booking).await {
            Ok(made) => return Ok(Redirect::to(&format!("/appointments/{made}?booked=1")).into_response()),
            Err(Error::Faults(faults)) => faults,
            Err(error) => return Err(error.into()),
        },
        Err(faults) => faults,
    };
    page(&app, &visit, id, typed, false, &faults).await
}

/// The same series without the days on which nobody is in.
async fn when_somebody_is_in(app: &App, mut booking: Booking) -> Result<Result<Booking, Vec<Fault>>, Fail> {
    let mut slots = Vec::with_capacity(booking.slots.len());
    for slot in &booking.slots {
        if app.service.nobody_in(&booking.needs(), &[*slot]).await?.is_none() {
            slots.push(*slot);
        }
    }
    if slots.is_empty() {
        let text = "Nobody is in on any of these days. Choose another day or time";
        return Ok(Err(vec![Fault::new("time", text)]));
    }
    booking.slots = slots;
    Ok(Ok(booking))
}

/// What is to be booked, from what was typed.
pub(crate) fn booking(app: &App, form: [u8; 16], typed: &Typed, time: &str) -> Result<Booking, Vec<Fault>> {
    let surroundings = app.service.surroundings();
    let now = surroundings.civil(surroundings.now());
    let mut faults = Vec::new();
    let when = WhenTyped { day: typed.day.clone(), time: time.to_owned(), minutes: typed.minutes.clone() };
    let slot = when.read(&now).map_err(|more| faults.extend(more));
    let adviser = typed.adviser.parse::<StaffId>().ok().filter(|id| {
        app.service.directory().member(*id).is_some_and(|m| m.status == records::staff::Status::Active)
    });
    if adviser.is_none() {
        faults.push(Fault::new("adviser", "Choose with whom"));
    }
    let way = typed.way.parse::<Way>();
    if way.is_err() {
        faults.push(Fault::new("way", "Choose how you meet"));
    }
    let room = chosen_room(&typed.room).map_err(|fault| faults.push(fault)).ok().flatten();
    let said = Said::read(&typed.about, &typed.place).map_err(|more| faults.extend(more));
    let turns = turns(&typed.every, &typed.repeat).map_err(|fault| faults.push(fault));
    match (slot, adviser, way, said, turns) {
        (Ok(slot), Some(adviser), Ok(way), Ok(said), Ok((weeks, count))) if faults.is_empty() => {
            let slots = series(slot, weeks, count, &now).map_err(|fault| vec![fault])?;
            Ok(Booking { form, adviser, room, slots, way, said, tell: typed.tell })
        }
        _ => Err(faults),
    }
}

/// How many weeks lie between those of a series, and how many there are in all.
fn turns(every: &str, count: &str) -> Result<(u32, u32), Fault> {
    if every == ONCE {
        return Ok((0, 1));
    }
    let weeks = every.parse().ok().filter(|weeks| (1..=MOST_WEEKS).contains(weeks));
    let weeks = weeks.ok_or_else(|| Fault::new("every", "Choose how often"))?;
    let most = u32::try_from(LONGEST_SERIES).unwrap_or(u32::MAX);
    let count = count.trim().parse().ok().filter(|count| (1..=most).contains(count));
    let count = count.ok_or_else(|| {
        Fault::new("repeat", format!("Enter how many there are in all, from 2 to {LONGEST_SERIES}"))
    })?;
    Ok((weeks, count))
}
