//! Why a time is not free: whose it is already, said for the day on which it is.

use casework::Fault;
use casework::dates;
use store::sql;

use super::{Booked, holders};
use crate::{Error, Service, changes};

sql! { records:
    /// What somebody, or a room, has in a stretch of units besides one appointment.
    HAS = "SELECT a.starts FROM appointment_unit u JOIN appointment a ON a.id = u.appointment WHERE u.holder = $1 AND u.unit >= $2 AND u.unit <= $3 AND u.appointment <> $4 LIMIT 1";
}

impl Service {
    /// What is said where one of these could not be booked. It is looked up after the store refused, so it may be gone again.
    ///
    /// # Errors
    /// A store failed; the clash itself is given back as `Error::Faults` too.
    pub(super) async fn clash<T>(&self, wanted: &[Booked]) -> Result<T, Error> {
        for booked in wanted {
            let units: Vec<i64> = casework::appointments::units(booked.slot).collect();
            let (Some(first), Some(last)) = (units.first(), units.last()) else { continue };
            let id = booked.id.as_bytes();
            let asked = holders(booked).into_iter();
            let asked =
                asked.map(|who| HAS.with([(&who).into(), (*first).into(), (*last).into(), id.into()]));
            let found = self.records().read(asked.collect()).await?;
            let other = found.iter().enumerate().find_map(|(place, rows)| Some((place, rows.first()?)));
            let Some((place, row)) = other else { continue };
            let at = self.surroundings().civil(changes::time(row.int(0)?)?);
            let when = format!("{} at {}", dates::with_weekday(at.date()), dates::clock(at.time()));
            let (field, what) = match place {
                0 => {
                    let who = self.directory().name(booked.adviser).to_owned();
                    ("time", format!("{who} has another appointment on {when}. Choose another time"))
                }
                1 => ("time", format!("This client has another appointment on {when}. Choose another time")),
                _ => ("room", format!("This room is taken on {when}. Choose another room or time")),
            };
            return Err(Error::Faults(vec![Fault::new(field, what)]));
        }
        let what = "This time was taken a moment ago. Look at the free times again";
        Err(Error::Faults(vec![Fault::new("time", what)]))
    }
}
