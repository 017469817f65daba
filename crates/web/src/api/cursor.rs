//! Places in a list, as a program carries them from page to page: ids and times, never what a line says.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use casework::ClientId;
use jiff::Timestamp;
use records::lists::{AfterAppointment, AfterEntry, MOST};
use utoipa::IntoParams;

use super::problem::Problem;

/// Lines of a page if nobody says.
const USUAL: u32 = 50;

/// How a page of a list is asked for, as the document tells it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what is read part by part")]
pub(crate) struct Paged {
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
    /// How many lines at most; 50 if nobody says.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Which page of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paging {
    cursor: Option<String>,
    /// How many lines.
    pub(crate) limit: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Paging, Problem> {
        Paging::read(parts.uri.query().unwrap_or_default())
    }
}

impl Paging {
    fn read(query: &str) -> Result<Paging, Problem> {
        let wrong = |name: &str, detail: String| Problem::wrong_part(StatusCode::BAD_REQUEST, name, detail);
        let (mut cursor, mut limit) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cursor" if cursor.is_none() => cursor = Some(value.into_owned()),
                "limit" if limit.is_none() => {
                    let read = value.parse::<u32>().ok().filter(|number| (1..=MOST).contains(number));
                    limit = Some(read.ok_or_else(|| wrong("limit", format!("Ask for 1 to {MOST} lines.")))?);
                }
                "cursor" | "limit" => return Err(wrong(&name, "This came twice.".to_owned())),
                _ => {
                    let detail = "A list takes cursor and limit; what it should be about is sent in the body of a search.";
                    return Err(wrong("query", detail.to_owned()));
                }
            }
        }
        Ok(Paging { cursor, limit: limit.unwrap_or(USUAL) })
    }

    /// The place in the list, if the cursor names one.
    pub(crate) fn after<P: Place>(&self) -> Result<Option<P>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        P::read(cursor).map(Some).ok_or_else(|| {
            Problem::wrong_part(
                StatusCode::BAD_REQUEST,
                "cursor",
                "Send the cursor as the page before gave it, or none for the first page.",
            )
        })
    }
}

/// A place in a list.
pub(crate) trait Place: Sized {
    /// As a program carries it.
    fn write(&self) -> String;
    /// Read back; none if it is not one of ours.
    fn read(text: &str) -> Option<Self>;
}

impl Place for ClientId {
    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<ClientId> {
        text.parse().ok()
    }
}

impl Place for AfterEntry {
    fn write(&self) -> String {
        format!("{}.{}.{}", self.day, self.written, self.id)
    }

    fn read(text: &str) -> Option<AfterEntry> {
        let mut parts = text.splitn(3, '.');
        let (day, written) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(AfterEntry { day, written, id: parts.next()?.parse().ok()? })
    }
}

impl Place for AfterAppointment {
    fn write(&self) -> String {
        format!("{}.{}", self.starts.as_microsecond(), self.id)
    }

    fn read(text: &str) -> Option<AfterAppointment> {
        let (starts, id) = text.split_once('.')?;
        let starts = Timestamp::from_microsecond(starts.parse().ok()?).ok()?;
        Some(AfterAppointment { starts, id: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use casework::{AppointmentId, EntryId};

    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let entry =
            AfterEntry { day: 20_783, written: 1_764_000_000_000_001, id: EntryId::from_bytes([7; 16]) };
        assert_eq!(AfterEntry::read(&entry.write()), Some(entry));
        let starts = Timestamp::from_microsecond(1_764_000_000_000_000).unwrap();
        let booked = AfterAppointment { starts, id: AppointmentId::from_bytes([9; 16]) };
        assert_eq!(AfterAppointment::read(&booked.write()), Some(booked));
        for wrong in ["", ".", "1.2", "1.2.3", "99999999999999999999.1.00", "' OR 1=1"] {
            assert_eq!(AfterEntry::read(wrong), None, "{wrong}");
            assert_eq!(AfterAppointment::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_has_its_bounds_and_nothing_else_is_asked_in_an_address() {
        assert_eq!(Paging::read("").unwrap().limit, 50);
        assert_eq!(Paging::read("limit=200&cursor=a.b").unwrap().cursor.as_deref(), Some("a.b"));
        for wrong in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "q=Daniel", "cursor=a&cursor=b"] {
            assert!(Paging::read(wrong).is_err(), "{wrong}");
        }
    }
}
