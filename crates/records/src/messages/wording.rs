//! What a message is about, whether that is still so when it is sent, and its words.

use casework::appointments::{State, Way};
use casework::messages::{NotSent, called, clocks, way};
use casework::{AppointmentId, ClientId, ClosureId, Profile, dates};
use jiff::civil::Date;
use messages::shipped::Occasion;
use messages::{Filling, Letter, Placeholder, Post};
use store::{Query, Row, Rows, sql};

use super::sending::Claimed;
use super::{endings, notices};
use crate::appointments::{Appointment, FIND, StoredAppointment, columns};
use crate::surroundings::day_from;
use crate::{Error, Service};

sql! { records:
    /// All appointments of a client that fell out by one closing.
    FALLEN_OUT_OF = concat!("SELECT ", columns!(), " FROM appointment WHERE id IN (SELECT f.appointment FROM closure_appointment f WHERE f.closure = $1 AND f.client = $2) ORDER BY starts");
}

/// What a message that is to be sent is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Matter {
    /// This version of an appointment.
    Appointment(AppointmentId, i64),
    /// All appointments of the client that fell out by a closing.
    Closing(ClosureId),
    /// The end of the file on this day.
    Ending(Date),
    /// This version of the service's notice.
    Notice(String),
}

impl Matter {
    /// From the columns `appointment, version, closure, ending, notice_version`, which begin at the third.
    pub(super) fn read(row: &Row) -> Result<Matter, Error> {
        let appointment = row.opt_bytes16(2)?.map(AppointmentId::from_bytes).zip(row.opt_int(3)?);
        let closure = row.opt_bytes16(4)?.map(ClosureId::from_bytes);
        match (closure, appointment, row.opt_int(5)?.and_then(day_from), row.opt_text(6)?) {
            (Some(closure), _, None, None) => Ok(Matter::Closing(closure)),
            (None, Some((id, version)), None, None) => Ok(Matter::Appointment(id, version)),
            (None, None, Some(day), None) => Ok(Matter::Ending(day)),
            (None, None, None, Some(version)) => Ok(Matter::Notice(version.to_owned())),
            _ => Err(Error::Damaged("message")),
        }
    }

    /// The statement that finds it as it stands now.
    pub(super) fn finding(&self, client: ClientId) -> Query {
        match self {
            Matter::Appointment(id, _) => FIND.with([id.as_bytes().into()]),
            Matter::Closing(closure) => {
                FALLEN_OUT_OF.with([closure.as_bytes().into(), client.as_bytes().into()])
            }
            Matter::Ending(day) => endings::still_ends(client, *day),
            Matter::Notice(version) => notices::still_has_another(client, version),
        }
    }
}

impl Claimed {
    /// The appointments that it tells of, or none if it tells of something else. Nothing if that is another by now.
    pub(super) fn still_so(&self, about: &Rows) -> Result<Option<Vec<StoredAppointment>>, Error> {
        if matches!(self.matter, Matter::Ending(_) | Matter::Notice(_)) {
            return Ok(about.first().map(|_| Vec::new()));
        }
        let stored: Vec<StoredAppointment> =
            about.rows.iter().map(StoredAppointment::read).collect::<Result<_, _>>()?;
        let so = |one: &StoredAppointment| match (self.occasion, &self.matter) {
            (Occasion::Cancelled, _) => one.booked.state == State::CancelledByUs,
            (_, Matter::Appointment(_, version)) => {
                one.booked.state == State::Booked && one.booked.version == *version
            }
            _ => false,
        };
        Ok((!stored.is_empty() && stored.iter().all(so)).then_some(stored))
    }
}

impl Service {
    /// Address and words.
    pub(super) fn written(
        &self,
        post: &Post,
        claimed: &Claimed,
        contact: &Profile,
        about: &[Appointment],
        link: Option<String>,
    ) -> Result<Letter, NotSent> {
        let to = way(contact, post.offers())?;
        let filling = Filling::new().with(Placeholder::Name, called(contact));
        let filling = link.into_iter().fold(filling, |filling, link| filling.with(Placeholder::Link, link));
        let filling = match &claimed.matter {
            Matter::Ending(day) => filling.with(Placeholder::Day, dates::long(*day)),
            Matter::Notice(version) => {
                let notices = self.notices();
                let now = Some(notices.service()).filter(|now| now.version == *version);
                filling.with(Placeholder::Day, dates::long(now.ok_or(NotSent::ChangedSince)?.effective))
            }
            Matter::Appointment(..) | Matter::Closing(_) => {
                let first = about.first().ok_or(NotSent::ChangedSince)?;
                let civil = |one: &Appointment| self.surroundings().civil(one.booked.slot.starts());
                let times: Vec<_> = about.iter().map(|one| civil(one).time()).collect();
                filling
                    .with(Placeholder::Day, civil(first).strftime("%A %-d %B").to_string())
                    .with(Placeholder::Time, clocks(&times))
                    .with(Placeholder::Place, where_words(post, first))
            }
        };
        post.letter(claimed.occasion, to, filling).map_err(|fault| {
            tracing::warn!(occasion = claimed.occasion.code(), %fault, "a message cannot be put together");
            NotSent::Wording
        })
    }
}

/// Where, in words that do not say what happens there.
fn where_words(post: &Post, one: &Appointment) -> String {
    match one.booked.way {
        Way::Phone => "we will ring you".to_owned(),
        Way::Video => "by video call".to_owned(),
        Way::Office => post.place(&one.said.place).to_owned(),
        Way::Elsewhere if one.said.place.is_empty() => "at the place we agreed".to_owned(),
        Way::Elsewhere => post.place(&one.said.place).to_owned(),
    }
}
