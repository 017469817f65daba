//! Appointments: those of a client, one, booking, moving, and what became of it.

use axum::response::Response;
use casework::Fault;
use casework::appointments::{State as Became, WhenTyped};
use jiff::civil::Date;
use records::Error;
use records::appointments::Appointment;
use records::lists::AfterAppointment;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Body;
use super::cursor::{Paged, Paging, Place as _};
use super::entries::spoken;
use super::problem::{Problem, top};
use super::program::{Call, once};
use super::reply::{self, Changes, Made};
use super::{PathOf, id};
use crate::appointments::{Typed, booking};

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppointmentOut {
    /// Its id.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    id: String,
    /// Whose.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    client: String,
    /// With whom: the id of an adviser.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    adviser: String,
    /// When it begins.
    #[schema(format = DateTime)]
    starts: String,
    /// When it ends.
    #[schema(format = DateTime)]
    ends: String,
    /// How they meet.
    way: &'static str,
    /// What became of it.
    state: &'static str,
    /// What it is about; may be empty.
    about: String,
    /// Where, if that is not plain; may be empty.
    place: String,
    /// Why it was called off or missed; may be empty.
    reason: String,
    /// Its version, which its ETag says, too.
    version: i64,
}

/// A page of appointments.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Appointments {
    /// The appointments, the latest first.
    items: Vec<AppointmentOut>,
    /// The cursor of the next page; null on the last one.
    next: Option<String>,
}

/// An appointment to book.
#[derive(Debug, ToSchema)]
#[schema(
    example = json!({ "day": "2026-12-01", "time": "10:00", "minutes": 45, "adviser": "0123456789abcdef0123456789abcdef", "way": "office", "about": "CV" })
)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NewAppointment {
    /// The day.
    #[schema(format = Date)]
    day: String,
    /// The time of day where the service is, in steps of five minutes.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][05]$")]
    time: String,
    /// How long it takes, in steps of five minutes.
    #[schema(minimum = 5, maximum = 480, multiple_of = 5)]
    minutes: u32,
    /// With whom: the id of a member of staff.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    adviser: String,
    /// How they meet.
    way: String,
    /// What it is about.
    #[schema(required = false, max_length = 300)]
    about: String,
    /// Where, if that is not plain.
    #[schema(required = false, max_length = 300)]
    place: String,
    /// How many in all, so many weeks apart.
    #[schema(required = false, minimum = 1, maximum = 26)]
    repeat: u32,
    /// How many weeks lie between them. One week, if it is left out.
    #[schema(required = false, minimum = 1, maximum = 4)]
    every: u32,
    /// Whether the client is told by a message.
    #[schema(required = false)]
    tell: bool,
}

/// Another time for an appointment.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "day": "2026-12-02", "time": "14:30", "minutes": 45 }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct NewTime {
    /// The day.
    #[schema(format = Date)]
    day: String,
    /// The time of day where the service is, in steps of five minutes.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][05]$")]
    time: String,
    /// How long it takes, in steps of five minutes.
    #[schema(minimum = 5, maximum = 480, multiple_of = 5)]
    minutes: u32,
    /// Whether the client is told by a message.
    #[schema(required = false)]
    tell: bool,
}

/// What became of an appointment.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "state": "cancelled-by-client", "reason": "Has an interview" }))]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Ending {
    /// What became of it.
    state: String,
    /// Why it was called off or missed.
    #[schema(required = false, max_length = 300)]
    reason: String,
    /// Whether the client is told by a message that we called it off.
    #[schema(required = false)]
    tell: bool,
}

impl AppointmentOut {
    fn of(appointment: Appointment) -> AppointmentOut {
        let Appointment { booked, said, why } = appointment;
        AppointmentOut {
            id: booked.id.to_string(),
            client: booked.client.to_string(),
            adviser: booked.adviser.to_string(),
            starts: booked.slot.starts().to_string(),
            ends: booked.slot.ends().to_string(),
            way: booked.way.code(),
            state: booked.state.code(),
            about: said.about,
            place: said.place,
            reason: why,
            version: booked.version,
        }
    }
}

/// The appointments of a client, the latest first, a page at a time.
#[utoipa::path(
    get, path = "/api/v1/clients/{client}/appointments", operation_id = "list_appointments", tag = "appointments",
    params(Paged),
    responses((status = 200, description = "A page", body = Appointments))
)]
pub(crate) async fn list(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    paging: Paging,
) -> Result<Response, Problem> {
    let after = paging.after::<AfterAppointment>()?;
    let opened = app.service.list_appointments(&visit, id(&client)?, after, paging.limit).await?;
    let page = opened.map(|page| Appointments {
        items: page.lines.into_iter().map(AppointmentOut::of).collect(),
        next: page.next.map(|next| next.write()),
    });
    reply::read(&headers, page).await
}

/// One appointment. Its ETag is what a change has to send as If-Match.
#[utoipa::path(
    get, path = "/api/v1/appointments/{appointment}", operation_id = "show_appointment", tag = "appointments",
    responses((status = 200, description = "The appointment", body = AppointmentOut))
)]
pub(crate) async fn show(
    Call { app, visit, headers }: Call,
    PathOf(appointment): PathOf<String>,
) -> Result<Response, Problem> {
    let opened = app.service.appointment(&visit, id(&appointment)?).await?;
    let one = opened.map(|with| (with.appointment.booked.version, AppointmentOut::of(with.appointment)));
    reply::version(&headers, one).await
}

/// Books an appointment, or a series of them: all or none.
#[utoipa::path(
    post, path = "/api/v1/clients/{client}/appointments", operation_id = "book_appointment", tag = "appointments",
    request_body = NewAppointment,
    responses((status = 201, description = "Booked; of a series, the first", body = Made))
)]
pub(crate) async fn book(
    Call { app, visit, headers }: Call,
    PathOf(client): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    let client = id(&client)?;
    body.only(&["day", "time", "minutes", "adviser", "way", "about", "place", "repeat", "every", "tell"]);
    let (when, mut faults) = when(&mut body);
    let repeat = if body.has("repeat") { body.number("repeat") } else { "1".to_owned() };
    let every = if body.has("every") { body.number("every") } else { "1".to_owned() };
    let typed = Typed {
        key: String::new(),
        day: when.day.clone(),
        minutes: when.minutes,
        adviser: body.text("adviser"),
        room: String::new(),
        way: body.text("way"),
        about: body.text("about"),
        place: body.text("place"),
        every,
        repeat,
        other_time: String::new(),
        tell: body.flag("tell", false),
        // A program that names a time means it.
        anyway: true,
        leave_out: false,
        asks: false,
    };
    // What is wrong is told before the key is used up.
    if let Err(more) = booking(&app, [0; 16], &typed, &when.time) {
        faults.extend(more);
    }
    if !faults.is_empty() || !body.is_fine() {
        return Err(body.problem(faults, top));
    }
    let path = format!("/api/v1/clients/{client}/appointments");
    let form = once(&app, &visit, &headers, &path, &body.bytes).await?;
    let booking = match booking(&app, form, &typed, &when.time) {
        Ok(booking) => booking,
        Err(faults) => return Err(body.problem(faults, top)),
    };
    match app.service.book(&visit, client, booking).await {
        Ok(made) => Ok(reply::made(&made, &format!("/api/v1/appointments/{made}"))),
        Err(Error::Faults(faults)) => Err(body.problem(faults, top)),
        Err(error) => Err(error.into()),
    }
}

/// Day, time and length: a day and a time have one form here, whatever people may type into a page.
fn when(body: &mut Body) -> (WhenTyped, Vec<Fault>) {
    let (day, time, minutes) = (body.text("day"), body.text("time"), body.number("minutes"));
    let mut faults = Vec::new();
    if day.parse::<Date>().is_err() {
        faults.push(Fault::new("day", "Send a day here, like 2026-12-01"));
    }
    let digits = time.len() == 5
        && time.bytes().enumerate().all(|(at, b)| if at == 2 { b == b':' } else { b.is_ascii_digit() });
    if !digits {
        faults.push(Fault::new("time", "Send a time here, like 09:30 or 14:05"));
    }
    (WhenTyped { day: spoken(&day), time, minutes }, faults)
}

/// Moves an appointment to another time.
#[utoipa::path(
    post, path = "/api/v1/appointments/{appointment}/move", operation_id = "move_appointment", tag = "appointments",
    params(Changes),
    request_body = NewTime,
    responses((status = 204, description = "Moved"))
)]
pub(crate) async fn change_time(
    Call { app, visit, headers }: Call,
    PathOf(appointment): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    let appointment = id(&appointment)?;
    let version = reply::expected(&headers)?;
    body.only(&["day", "time", "minutes", "tell"]);
    let (when, mut faults) = when(&mut body);
    let tell = body.flag("tell", false);
    let surroundings = app.service.surroundings();
    let slot = when.read(&surroundings.civil(surroundings.now())).map_err(|more| faults.extend(more));
    let (Ok(slot), true, true) = (slot, faults.is_empty(), body.is_fine()) else {
        return Err(body.problem(faults, top));
    };
    reply::done(
        app.service.move_appointment(&visit, appointment, version, slot, None, tell).await,
        version,
        body,
    )
}

/// Says what became of an appointment: who came, who did not, who called it off and why.
#[utoipa::path(
    post, path = "/api/v1/appointments/{appointment}/end", operation_id = "end_appointment", tag = "appointments",
    params(Changes),
    request_body = Ending,
    responses((status = 204, description = "Written down"))
)]
pub(crate) async fn end(
    Call { app, visit, headers }: Call,
    PathOf(appointment): PathOf<String>,
    mut body: Body,
) -> Result<Response, Problem> {
    let appointment = id(&appointment)?;
    let version = reply::expected(&headers)?;
    body.only(&["state", "reason", "tell"]);
    let next = body.text("state").parse::<Became>().ok().filter(|state| *state != Became::Booked);
    let (reason, tell) = (body.text("reason"), body.flag("tell", false));
    let (Some(next), true) = (next, body.is_fine()) else {
        let fault = next.is_none().then(|| Fault::new("state", "Say what became of it"));
        return Err(body.problem(fault.into_iter().collect(), top));
    };
    let ended = app.service.end_appointment(&visit, appointment, version, next, &reason, tell).await;
    reply::done(ended.map(|_| ()), version, body)
}
