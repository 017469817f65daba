//! Closing an office, or an adviser's diary, for a day or some hours: which stretch of time, and which appointments.

use jiff::ZonedDateTime;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use crate::answers::Fault;
use crate::appointments::{Needs, Slot, Way, WhenTyped, instant, read_time};
use crate::ids::{RoomId, StaffId};

/// What was typed into the form of a closing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClosureTyped {
    /// The day.
    pub day: String,
    /// From which time; nothing is the whole day.
    pub from: String,
    /// Till which time; nothing is the end of the day.
    pub to: String,
    /// The code of the way of meeting that falls out; nothing is all of them.
    pub way: String,
    /// The adviser who is away; nothing is all of them.
    pub adviser: String,
    /// The room that cannot be used; nothing is all of them.
    pub room: String,
}

/// What is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub day: Date,
    /// From when; never earlier than now.
    pub from: Timestamp,
    /// Till when.
    pub to: Timestamp,
    /// Only this way of meeting.
    pub way: Option<Way>,
    /// Only this adviser.
    pub adviser: Option<StaffId>,
    /// Only this room.
    pub room: Option<RoomId>,
}

impl ClosureTyped {
    /// Reads what is closed.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self, now: &ZonedDateTime) -> Result<Closing, Vec<Fault>> {
        let mut faults = Vec::new();
        let when = WhenTyped { day: self.day.clone(), ..WhenTyped::default() };
        let day = when.read_day(now.date()).map_err(|fault| faults.push(fault)).ok();
        let mut time = |field: &'static str, typed: &str| {
            let read = read_time(typed);
            if read.is_none() && !typed.trim().is_empty() {
                faults.push(Fault::new(field, "Enter a time, like 9:30, 2pm or 14:05, or leave this empty"));
            }
            read
        };
        let (from, to) = (time("from", &self.from), time("to", &self.to));
        let way = match self.way.as_str() {
            "" => None,
            code => {
                code.parse().map_err(|_| faults.push(Fault::new("way", "Choose which appointments"))).ok()
            }
        };
        let adviser = match self.adviser.as_str() {
            "" => None,
            id => id.parse().map_err(|_| faults.push(Fault::new("adviser", "Choose an adviser"))).ok(),
        };
        let room = match self.room.as_str() {
            "" => None,
            id => id.parse().map_err(|_| faults.push(Fault::new("room", "Choose a room"))).ok(),
        };
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            faults.push(Fault::new(
                "to",
                "This is before the time at which the closing begins. Choose a later time",
            ));
        }
        let Some(day) = day.filter(|_| faults.is_empty()) else { return Err(faults) };
        let zone = now.time_zone();
        let midnight =
            |day: Date| day.at(0, 0, 0, 0).to_zoned_datetime(zone.clone()).ok().map(|at| at.timestamp());
        let changing = |field: &'static str| {
            let what =
                "The clocks change in this hour, so this time comes twice or not at all. Choose another time";
            vec![Fault::new(field, what)]
        };
        let from = match from {
            None => midnight(day),
            Some(time) => Some(instant(day.to_datetime(time), zone).ok_or_else(|| changing("from"))?),
        };
        let to = match to {
            None => day.checked_add(1.day()).ok().and_then(midnight),
            Some(time) => Some(instant(day.to_datetime(time), zone).ok_or_else(|| changing("to"))?),
        };
        let (Some(from), Some(to)) = (from, to) else {
            return Err(vec![Fault::new("day", "Enter a day, like 27 11 2026, 27 Nov 2026 or tomorrow")]);
        };
        let now = now.timestamp();
        if to <= now {
            return Err(vec![Fault::new("to", "This time is in the past. Choose a time to come")]);
        }
        Ok(Closing { day, from: from.max(now), to, way, adviser, room })
    }
}

impl Closing {
    /// Whether an appointment falls out: it overlaps with what is closed and has not begun yet.
    #[must_use]
    pub fn reaches(&self, slot: &Slot, needs: &Needs, now: Timestamp) -> bool {
        slot.starts() < self.to
            && slot.ends() > self.from
            && slot.starts() > now
            && self.way.is_none_or(|only| only == needs.way)
            && self.adviser.is_none_or(|only| only == needs.adviser)
            && self.room.is_none_or(|only| needs.room == Some(only))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    fn now() -> ZonedDateTime {
        date(2026, 3, 26).at(10, 0, 0, 0).to_zoned_datetime(TimeZone::get("Europe/London").unwrap()).unwrap()
    }

    fn typed(day: &str, from: &str, to: &str) -> ClosureTyped {
        ClosureTyped { day: day.into(), from: from.into(), to: to.into(), ..ClosureTyped::default() }
    }

    #[test]
    fn a_day_or_some_hours_are_closed_and_never_what_is_past() {
        let read = |day: &str, from: &str, to: &str| {
            let closing = typed(day, from, to).read(&now()).unwrap();
            (closing.from.to_string(), closing.to.to_string())
        };
        let expect = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(read("tomorrow", "", ""), expect("2026-03-27T00:00:00Z", "2026-03-28T00:00:00Z"));
        assert_eq!(read("today", "", ""), expect("2026-03-26T10:00:00Z", "2026-03-27T00:00:00Z"));
        assert_eq!(read("today", "9", "2pm"), expect("2026-03-26T10:00:00Z", "2026-03-26T14:00:00Z"));
        // The day on which the clocks go forward has 23 hours.
        assert_eq!(read("29 3 2026", "", ""), expect("2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"));
    }

    #[test]
    fn what_cannot_be_closed_is_said_at_its_field() {
        let fields = |typed: ClosureTyped| {
            let faults = typed.read(&now()).unwrap_err();
            faults.iter().map(|fault| fault.field.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(fields(typed("25 3 2026", "", "")), ["day"], "yesterday");
        assert_eq!(fields(typed("someday", "half nine", "x")), ["day", "from", "to"], "all at once");
        assert_eq!(fields(typed("today", "", "9:30")), ["to"], "over already");
        assert_eq!(fields(typed("tomorrow", "14:00", "9:00")), ["to"]);
        assert_eq!(fields(typed("29 3 2026", "1:30am", "")), ["from"], "the clocks change");
        assert_eq!(fields(typed("25 10 2026", "", "1:30am")), ["to"], "the clocks change");
        let (way, other) = ("boat".into(), "x".to_owned());
        let wrong = ClosureTyped { way, adviser: other.clone(), room: other, ..typed("tomorrow", "", "") };
        assert_eq!(fields(wrong), ["way", "adviser", "room"]);
    }

    #[test]
    fn what_overlaps_falls_out_and_what_has_begun_does_not() {
        let ruth = StaffId::from_bytes([1; 16]);
        let needs = Needs { adviser: ruth, room: None, way: Way::Office };
        let call = Needs { way: Way::Phone, ..needs };
        let slot = |hour, minute, minutes| {
            let early =
                date(2026, 3, 26).at(0, 5, 0, 0).to_zoned_datetime(now().time_zone().clone()).unwrap();
            Slot::at(date(2026, 3, 26).at(hour, minute, 0, 0), minutes, &early).unwrap()
        };
        let closing = typed("today", "12:00", "14:00").read(&now()).unwrap();
        for (slot, out) in [
            (slot(11, 0, 60), false),
            (slot(11, 30, 45), true),
            (slot(13, 55, 30), true),
            (slot(14, 0, 30), false),
        ] {
            assert_eq!(closing.reaches(&slot, &needs, now().timestamp()), out, "{slot:?}");
        }
        let whole = typed("today", "", "").read(&now()).unwrap();
        assert!(!whole.reaches(&slot(9, 30, 60), &needs, now().timestamp()), "it has begun");
        let office = Closing { way: Some(Way::Office), ..whole };
        assert!(!office.reaches(&slot(15, 0, 30), &call, now().timestamp()));
        let other = Closing { adviser: Some(StaffId::from_bytes([2; 16])), ..whole };
        assert!(!other.reaches(&slot(15, 0, 30), &call, now().timestamp()));
        let (here, there) = (RoomId::from_bytes([3; 16]), RoomId::from_bytes([4; 16]));
        let flooded = Closing { room: Some(here), ..whole };
        for (room, out) in [(Some(here), true), (Some(there), false), (None, false)] {
            let needs = Needs { room, ..needs };
            assert_eq!(flooded.reaches(&slot(15, 0, 30), &needs, now().timestamp()), out, "{room:?}");
        }
    }
}
