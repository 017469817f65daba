//! What the directory says of an organisation, after Open Referral UK: what it does, how to reach it, where it works. Public facts
//! of organisations, never of people.

use std::collections::HashMap;

use audit::{Action, Outcome};
use casework::formats::{Email, Phone, text};
use casework::{Fault, OrganisationId};
use store::{Row, sql};

use crate::organisations::{Organisation, keeps_the_directory};
use crate::sessions::Visit;
use crate::{Error, Service};

sql! { records:
    /// What is said of each.
    ALL_DETAILS = "SELECT organisation, description, url, email, phone, address, areas, version FROM organisation_details";
    /// Says it for the first time.
    ADD_DETAILS = "INSERT INTO organisation_details (organisation, description, url, email, phone, address, areas, changed, changed_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)";
    /// Says it anew.
    CHANGE_DETAILS = "UPDATE organisation_details SET description = $2, url = $3, email = $4, phone = $5, address = $6, areas = $7, changed = $8, changed_by = $9, version = version + 1 WHERE organisation = $1 AND version = $10";
}

/// What the directory says of an organisation. The names of the fields are those of Open Referral UK.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganisationDetails {
    /// What it does.
    pub description: String,
    /// Its website.
    pub url: String,
    /// Where referrals are sent.
    pub email: String,
    /// Its number.
    pub phone: String,
    /// Where it is, in lines.
    pub address: String,
    /// Where it works, one area a line.
    pub service_areas: String,
    /// Its version, which a form sends back; 0 if nothing was said yet.
    pub version: i64,
}

/// The longest text of a field.
const LONGEST: usize = 2000;
const CHANGE: Action = Action("change-organisation");

impl OrganisationDetails {
    fn read(row: &Row) -> Result<(OrganisationId, OrganisationDetails), Error> {
        let text = |at: usize| row.text(at).map(str::to_owned);
        let details = OrganisationDetails {
            description: text(1)?,
            url: text(2)?,
            email: text(3)?,
            phone: text(4)?,
            address: text(5)?,
            service_areas: text(6)?,
            version: row.int(7)?,
        };
        Ok((OrganisationId::from_bytes(row.bytes16(0)?), details))
    }

    /// The same, put into the form in which it is kept; everything wrong at once, each with its field.
    fn checked(&self) -> Result<OrganisationDetails, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut lines = |field: &'static str, typed: &str| match text::lines(typed, LONGEST) {
            Ok(text) => text.trim().to_owned(),
            Err(fault) => {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            }
        };
        let (description, address) =
            (lines("description", &self.description), lines("address", &self.address));
        let service_areas = lines("service_areas", &self.service_areas);
        let url = self.url.trim().to_owned();
        let sound = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let sound = sound.is_some_and(|rest| rest.contains('.'))
            && url.chars().count() <= 300
            && !url.chars().any(|c| c.is_whitespace() || c.is_control());
        if !url.is_empty() && !sound {
            faults.push(Fault::new("url", "Enter the address of the website, like https://www.example.org"));
        }
        let email = match self.email.trim() {
            "" => String::new(),
            typed => Email::parse(typed).map(|email| email.to_string()).unwrap_or_else(|fault| {
                faults.push(Fault::new("email", fault.to_string()));
                String::new()
            }),
        };
        let phone = match self.phone.trim() {
            "" => String::new(),
            typed => Phone::parse(typed).map(|phone| phone.national()).unwrap_or_else(|fault| {
                faults.push(Fault::new("phone", fault.to_string()));
                String::new()
            }),
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(OrganisationDetails {
            description,
            url,
            email,
            phone,
            address,
            service_areas,
            version: self.version,
        })
    }
}

impl Service {
    /// The directory with what it says of each organisation.
    ///
    /// # Errors
    /// The store failed.
    pub async fn organisation_directory(&self) -> Result<Vec<(Organisation, OrganisationDetails)>, Error> {
        let all = self.organisations().await?;
        let rows = self.records().read(vec![ALL_DETAILS.with([])]).await?;
        let rows = rows.first().map(|r| r.rows.as_slice()).unwrap_or_default();
        let mut details =
            rows.iter().map(OrganisationDetails::read).collect::<Result<HashMap<_, _>, Error>>()?;
        Ok(all
            .into_iter()
            .map(|one| {
                let said = details.remove(&one.id).unwrap_or_default();
                (one, said)
            })
            .collect())
    }

    /// Says what an organisation does and how to reach it.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, `Error::ChangedMeanwhile` if somebody else was faster, `Error::NoSuchFile`,
    /// `Error::NotYours`, or a store failed.
    pub async fn change_organisation(
        &self,
        visit: &Visit,
        organisation: OrganisationId,
        details: &OrganisationDetails,
    ) -> Result<(), Error> {
        if !keeps_the_directory(visit.role) {
            let refused = Outcome::Refused("not-allowed");
            self.log().event(Some(visit.staff.into()), CHANGE, refused).durable().await?;
            return Err(Error::NotYours(
                "The directory is kept by managers and the governance lead. Ask one of them.",
            ));
        }
        if !self.organisations().await?.iter().any(|one| one.id == organisation) {
            return Err(Error::NoSuchFile);
        }
        let said = details.checked().map_err(Error::Faults)?;
        let (id, version): (store::Value, _) = (organisation.as_bytes().into(), said.version);
        let (now, staff) = (self.now().as_microsecond().into(), visit.staff.as_bytes().into());
        let (what, url, email) = (said.description.into(), said.url.into(), said.email.into());
        let (phone, address, areas) = (said.phone.into(), said.address.into(), said.service_areas.into());
        let statement = match version {
            0 => ADD_DETAILS.with([id, what, url, email, phone, address, areas, now, staff]),
            _ => {
                CHANGE_DETAILS.with([id, what, url, email, phone, address, areas, now, staff, version.into()])
            }
        };
        self.records().write(vec![statement.expecting(1)]).await.map_err(|error| match error {
            store::Error::Conflict { .. } | store::Error::AlreadyThere { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.log().event(Some(visit.staff.into()), CHANGE, Outcome::Done).durable().await?;
        Ok(())
    }
}
