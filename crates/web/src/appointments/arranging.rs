//! Changing how and where an appointment takes place, and what it is about.

use casework::AppointmentId;
use casework::Fault;
use casework::appointments::{Needs, Said, Way};
use maud::{Markup, html};
use records::appointments::{Arranged, WithClient};
use records::rooms::Room;
use records::{Error, Visit};

use crate::App;
use crate::appointments::{ANYWAY, chosen_room, how_and_where, room_select};
use crate::fail::Fail;
use crate::form::Form;
use crate::messages;
use crate::ui::form::{ButtonKind, button, hidden, tick};

/// What was typed into the form.
#[derive(Debug, Clone)]
pub(super) struct HowTyped {
    way: String,
    room: String,
    about: String,
    place: String,
    tell: bool,
    /// Whether it is meant though nobody is in the office then, and whether that is asked.
    anyway: bool,
    asks: bool,
}

impl HowTyped {
    pub(super) fn of_form(form: &Form) -> Result<HowTyped, Fail> {
        let one = |name: &str| form.one(name).map(str::to_owned);
        Ok(HowTyped {
            way: one("way")?,
            room: one("room")?,
            about: one("about")?,
            place: one("place")?,
            tell: form.ticked("tell-how"),
            anyway: form.ticked("anyway-how"),
            asks: false,
        })
    }

    /// As it stands. A place that only repeats the room follows the room.
    fn as_booked(with: &WithClient, rooms: &[Room]) -> HowTyped {
        let (booked, said) = (&with.appointment.booked, &with.appointment.said);
        let of_room =
            booked.room.is_some_and(|id| rooms.iter().any(|room| room.id == id && room.name == said.place));
        HowTyped {
            way: booked.way.code().to_owned(),
            room: booked.room.map(|room| room.to_string()).unwrap_or_default(),
            about: said.about.clone(),
            place: if of_room { String::new() } else { said.place.clone() },
            tell: true,
            anyway: false,
            asks: false,
        }
    }
}

pub(super) fn form(
    app: &App,
    with: &WithClient,
    rooms: &[Room],
    typed: Option<&HowTyped>,
    faults: &[Fault],
) -> Markup {
    let booked = &with.appointment.booked;
    let typed = typed.cloned().unwrap_or_else(|| HowTyped::as_booked(with, rooms));
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    html! {
        form method="post" action={ "/appointments/" (booked.id) } novalidate {
            (hidden("version", &booked.version.to_string()))
            (how_and_where(&typed.way, &typed.about, &typed.place, faults))
            (room_select(rooms, "None", &typed.room, error("room")))
            (messages::tell_named(app, "tell-how", "Send the client a message with day, time and place", typed.tell))
            @if typed.asks || typed.anyway { p { (tick("anyway-how", ANYWAY, typed.anyway)) } }
            (button(ButtonKind::Secondary, "Change", Some(("do", "arrange"))))
        }
    }
}

pub(super) async fn arranged(
    app: &App,
    visit: &Visit,
    id: AppointmentId,
    version: i64,
    typed: &mut HowTyped,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    let way = typed.way.parse::<Way>().map_err(|_| faults.push(Fault::new("way", "Choose how you meet")));
    let room = chosen_room(&typed.room).map_err(|fault| faults.push(fault));
    let said = Said::read(&typed.about, &typed.place).map_err(|more| faults.extend(more));
    let (Ok(way), Ok(room), Ok(said)) = (way, room, said) else { return Err(Error::Faults(faults)) };
    let booked = app.service.as_booked(id).await?;
    let needs = Needs { room, way, adviser: booked.adviser };
    if !typed.anyway
        && let Some(fault) = app.service.nobody_in(&needs, &[booked.slot]).await?
    {
        typed.asks = true;
        return Err(Error::Faults(vec![Fault::new("way", fault.message)]));
    }
    app.service.arrange_appointment(visit, id, version, Arranged { room, way, said }, typed.tell).await
}
