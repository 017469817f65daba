//! Appointments: when one can be, whether it can be there, how it ended.
//!
//! A booked appointment takes its time in units of five minutes for everybody it needs: the adviser and the client. Two
//! bookings of the same unit collide, which is how double booking is refused (see [`units`]).

mod diary;
mod hours;
mod when;

use serde::{Deserialize, Serialize};

use crate::answers::Fault;
use crate::entries::codes;
use crate::formats::text;
use crate::ids::{RoomId, StaffId};

pub use diary::free_times;
pub use hours::{HoursFault, OfficeHours, Shut};
pub use when::{LONGEST_MINUTES, Slot, UNIT_MINUTES, WhenTyped, series, units};
pub(crate) use when::{instant, read_time};

codes! {
    /// How client and adviser meet.
    Way {
        /// In the office.
        Office = "office",
        /// On the telephone.
        Phone = "phone",
        /// On a video call.
        Video = "video",
        /// Somewhere else: a library, a job fair, the client's home.
        Elsewhere = "elsewhere",
    }
}

impl Way {
    /// As a form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Way::Office => "In the office",
            Way::Phone => "Phone call",
            Way::Video => "Video call",
            Way::Elsewhere => "Somewhere else",
        }
    }
}

/// Whom and what an appointment needs besides the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// With whom.
    pub adviser: StaffId,
    /// In which room; none where it needs none.
    pub room: Option<RoomId>,
    /// How they meet.
    pub way: Way,
}

codes! {
    /// What became of an appointment.
    State {
        /// It is to come, or nobody has said yet.
        Booked = "booked",
        /// The client came in time.
        Attended = "attended",
        /// The client came late.
        Late = "late",
        /// The client did not come and did not say so.
        DidNotAttend = "did-not-attend",
        /// The client called it off.
        CancelledByClient = "cancelled-by-client",
        /// The service called it off.
        CancelledByUs = "cancelled-by-us",
    }
}

impl State {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            State::Booked => "Booked",
            State::Attended => "Came",
            State::Late => "Came late",
            State::DidNotAttend => "Did not come",
            State::CancelledByClient => "Called off by the client",
            State::CancelledByUs => "Called off by us",
        }
    }

    /// Whether the time is still taken: what was called off frees it.
    #[must_use]
    pub const fn takes_time(self) -> bool {
        !matches!(self, State::CancelledByClient | State::CancelledByUs)
    }

    /// Whether a reason belongs to it.
    #[must_use]
    pub const fn wants_reason(self) -> bool {
        matches!(self, State::DidNotAttend | State::CancelledByClient | State::CancelledByUs)
    }

    /// Whether an appointment in this state can become `next`. What has ended can be put right, but what was called off stays
    /// so, since its time may be somebody else's by now; nobody can have come before it began.
    #[must_use]
    pub const fn can_become(self, next: State, begun: bool) -> bool {
        match next {
            State::Booked => false,
            State::Attended | State::Late | State::DidNotAttend => self.takes_time() && begun,
            State::CancelledByClient | State::CancelledByUs => matches!(self, State::Booked),
        }
    }
}

/// What is said of an appointment when it is booked; sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Where, if that is not plain: a room, an address, a link.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
}

/// The longest text about an appointment, in characters.
pub const LONGEST_TEXT: usize = 300;

impl Said {
    /// Reads what was typed into the form of a booking.
    ///
    /// # Errors
    /// A text is too long or holds what is no text.
    pub fn read(about: &str, place: &str) -> Result<Said, Vec<Fault>> {
        let mut faults = Vec::new();
        let about = line("about", about).map_err(|fault| faults.push(fault)).unwrap_or_default();
        let place = line("place", place).map_err(|fault| faults.push(fault)).unwrap_or_default();
        if faults.is_empty() { Ok(Said { about, place }) } else { Err(faults) }
    }
}

/// Reads the reason why an appointment was called off or missed. It may be empty: not everybody says why.
///
/// # Errors
/// It is too long or holds what is no text.
pub fn read_reason(typed: &str) -> Result<String, Fault> {
    line("reason", typed)
}

fn line(field: &'static str, typed: &str) -> Result<String, Fault> {
    text::line(typed, LONGEST_TEXT).map_err(|fault| Fault::new(field, fault.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_can_be_put_right_and_what_was_called_off_stays_so() {
        for begun in [false, true] {
            for from in State::ALL {
                assert!(!from.can_become(State::Booked, begun), "{from}");
                for to in [State::Attended, State::Late, State::DidNotAttend] {
                    assert_eq!(from.can_become(to, begun), begun && from.takes_time(), "{from} to {to}");
                }
                for to in [State::CancelledByClient, State::CancelledByUs] {
                    assert_eq!(from.can_become(to, begun), *from == State::Booked, "{from} to {to}");
                }
            }
        }
    }

    #[test]
    fn texts_are_bounded_and_may_be_missing() {
        assert_eq!(Said::read(" CV  and letter ", "").unwrap().about, "CV and letter");
        assert_eq!(Said::read("x\u{0}", &"y".repeat(301)).unwrap_err().len(), 2);
        assert_eq!(read_reason(""), Ok(String::new()));
    }
}
