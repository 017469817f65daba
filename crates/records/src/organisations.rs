//! The directory of organisations that may be given data, and their keys: entered by one person, confirmed by two.
//!
//! No client's data stands here. A key that changes is a new key: it has to be confirmed anew before anything is encrypted
//! to it.

use access::Role;
use audit::{Action, Outcome};
use casework::formats::text;
use casework::{Fault, OrganisationId, StaffId};
use jiff::Timestamp;
use notice::RecipientKind;
use sha2::{Digest, Sha256};
use store::{Query, Row, sql};

use crate::sessions::Visit;
use crate::{Error, Service, changes};

/// The columns of an organisation and its key.
macro_rules! organisation_columns {
    () => {
        "o.id, o.named, o.name, k.id, k.address, k.added, k.added_by, k.first_at, k.first_by, k.second_at, k.second_by"
    };
}

sql! { records:
    /// Everybody in the directory, with the key that is in use.
    ORGANISATIONS = concat!("SELECT ", organisation_columns!(), " FROM organisation o LEFT JOIN organisation_key k ON k.organisation = o.id AND k.replaced IS NULL ORDER BY o.name, o.id");
    /// One of them.
    pub(crate) ORGANISATION = concat!("SELECT ", organisation_columns!(), " FROM organisation o LEFT JOIN organisation_key k ON k.organisation = o.id AND k.replaced IS NULL WHERE o.id = $1");
    /// Adds one.
    ADD_ORGANISATION = "INSERT INTO organisation (id, named, name, added, added_by) VALUES ($1, $2, $3, $4, $5)";
    /// The key in use makes room for another.
    REPLACE_KEY = "UPDATE organisation_key SET replaced = $2 WHERE organisation = $1 AND replaced IS NULL";
    /// Adds a key.
    ADD_KEY = "INSERT INTO organisation_key (id, organisation, address, added, added_by) VALUES ($1, $2, $3, $4, $5)";
    /// The first confirmation.
    CONFIRM_FIRST = "UPDATE organisation_key SET first_at = $3, first_by = $2 WHERE id = $1 AND first_by IS NULL AND replaced IS NULL";
    /// The second, by somebody else.
    CONFIRM_SECOND = "UPDATE organisation_key SET second_at = $3, second_by = $2 WHERE id = $1 AND first_by IS NOT NULL AND first_by <> $2 AND second_by IS NULL AND replaced IS NULL";
    /// Holds a key that two people confirmed and nobody replaced, until the transaction ends.
    pub(crate) HOLD_KEY = "UPDATE organisation_key SET replaced = NULL WHERE id = $1 AND second_by IS NOT NULL AND replaced IS NULL";
}

/// The key of an organisation: an age recipient (X25519).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientKey {
    /// Which key.
    pub id: [u8; 16],
    /// The public key as age writes it.
    pub address: String,
    /// Since when it stands in the directory.
    pub added: Timestamp,
    /// Who entered it.
    pub added_by: StaffId,
    /// Who confirmed it first.
    pub first: Option<(Timestamp, StaffId)>,
    /// Who confirmed it second.
    pub second: Option<(Timestamp, StaffId)>,
}

impl RecipientKey {
    /// Whether two people confirmed it.
    #[must_use]
    pub const fn confirmed(&self) -> bool {
        self.first.is_some() && self.second.is_some()
    }

    /// What is read out and compared: 32 hexadecimal digits of SHA-256, in groups of four.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digits = hex::encode(Sha256::digest(&self.address));
        let groups: Vec<&str> = (0..8).filter_map(|group| digits.get(group * 4..group * 4 + 4)).collect();
        groups.join(" ")
    }
}

/// An organisation of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Which.
    pub id: OrganisationId,
    /// As which recipient of the notice.
    pub named: String,
    /// Its name.
    pub name: String,
    /// Its key, if one was entered.
    pub key: Option<RecipientKey>,
}

impl Organisation {
    pub(crate) fn read(row: &Row) -> Result<Organisation, Error> {
        let confirmation = |at: usize| {
            let (when, who) = (row.opt_int(at)?, row.opt_bytes16(at + 1)?);
            let pair = when
                .zip(who)
                .map(|(when, who)| Ok::<_, Error>((changes::time(when)?, StaffId::from_bytes(who))));
            pair.transpose()
        };
        let key = match row.opt_bytes16(3)? {
            Some(id) => Some(RecipientKey {
                id,
                address: row.text(4)?.to_owned(),
                added: changes::time(row.int(5)?)?,
                added_by: StaffId::from_bytes(row.bytes16(6)?),
                first: confirmation(7)?,
                second: confirmation(9)?,
            }),
            None => None,
        };
        Ok(Organisation {
            id: OrganisationId::from_bytes(row.bytes16(0)?),
            named: row.text(1)?.to_owned(),
            name: row.text(2)?.to_owned(),
            key,
        })
    }
}

pub(crate) fn finding(organisation: OrganisationId) -> Query {
    ORGANISATION.with([organisation.as_bytes().into()])
}

pub(crate) fn everybody() -> Query {
    ORGANISATIONS.with([])
}

pub(crate) fn read(rows: &[Row]) -> Result<Vec<Organisation>, Error> {
    rows.iter().map(Organisation::read).collect()
}

/// Whether a role looks after the directory.
#[must_use]
pub const fn keeps_the_directory(role: Role) -> bool {
    matches!(role, Role::Manager | Role::Governance)
}

const ADD: Action = Action("add-organisation");
const KEY: Action = Action("add-recipient-key");
const CONFIRM: Action = Action("confirm-recipient-key");

impl Service {
    /// The directory.
    ///
    /// # Errors
    /// The store failed.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, Error> {
        let rows = self.records().read(vec![everybody()]).await?;
        rows.first().map(|r| r.rows.as_slice()).unwrap_or_default().iter().map(Organisation::read).collect()
    }

    /// Adds an organisation as one of the recipients that a notice names.
    ///
    /// # Errors
    /// `Error::Faults` for what was typed, `Error::NotYours`, or a store failed.
    pub async fn add_organisation(
        &self,
        visit: &Visit,
        form: [u8; 16],
        named: &str,
        name: &str,
    ) -> Result<OrganisationId, Error> {
        self.directory_is_theirs(visit, ADD).await?;
        if let Some(made) = self.made_by_form(visit, form).await? {
            return Ok(OrganisationId::from_bytes(made));
        }
        let mut faults = Vec::new();
        let notices = self.notices();
        let recipient = notices.all().iter().rev().find_map(|one| one.notice.recipient(named));
        if recipient.is_none_or(|recipient| recipient.kind == RecipientKind::Processor) {
            faults.push(Fault::new("named", "Choose as which recipient the notice names it"));
        }
        let name = match text::line(name, text::LONGEST_NAME) {
            Ok(name) if name.is_empty() => {
                faults.push(Fault::new("name", "Enter the name of the organisation"));
                name
            }
            Ok(name) => name,
            Err(fault) => {
                faults.push(Fault::new("name", fault.to_string()));
                String::new()
            }
        };
        if self.organisations().await?.iter().any(|known| known.named == named && known.name == name) {
            faults.push(Fault::new("name", "This organisation is in the directory already"));
        }
        if !faults.is_empty() {
            return Err(Error::Faults(faults));
        }
        let id = OrganisationId::from_bytes(self.draw());
        let add = ADD_ORGANISATION.with([
            id.as_bytes().into(),
            named.into(),
            name.into(),
            self.now().as_microsecond().into(),
            visit.staff.as_bytes().into(),
        ]);
        match self.records().write(vec![self.form_done(visit, form, *id.as_bytes()), add]).await {
            Ok(_) => {}
            // The same form, sent twice at once.
            Err(store::Error::AlreadyThere { .. }) => {
                let made = self.made_by_form(visit, form).await?;
                return made.map(OrganisationId::from_bytes).ok_or(Error::ChangedMeanwhile);
            }
            Err(error) => return Err(error.into()),
        }
        self.log().event(Some(visit.staff.into()), ADD, Outcome::Done).durable().await?;
        Ok(id)
    }

    /// Enters a key. The one before is out of use at once; nothing is encrypted to the new one before two people confirmed it.
    ///
    /// # Errors
    /// `Error::Faults` if it is no public key of age, `Error::NotYours`, or a store failed.
    pub async fn enter_key(
        &self,
        visit: &Visit,
        organisation: OrganisationId,
        address: &str,
    ) -> Result<(), Error> {
        self.directory_is_theirs(visit, KEY).await?;
        let fault = |text: &str| Err(Error::Faults(vec![Fault::new("address", text)]));
        let address: String = address.split_whitespace().collect();
        if address.to_uppercase().starts_with("AGE-SECRET-KEY") {
            return fault(
                "This is a secret key. It must never leave its owner: ask them to make a new one and to send the public key, which begins with age1",
            );
        }
        let Ok(parsed) = address.parse::<age::x25519::Recipient>() else {
            return fault("Enter the public key as age writes it: it begins with age1 and has 62 characters");
        };
        let address = parsed.to_string();
        let rows = self.records().read(vec![finding(organisation)]).await?;
        let known = rows.first().and_then(|r| r.first()).map(Organisation::read).transpose()?;
        let known = known.ok_or(Error::NoSuchFile)?;
        if known.key.as_ref().is_some_and(|key| key.address == address) {
            return fault("This is the key that stands in the directory already");
        }
        let now: store::Value = self.now().as_microsecond().into();
        let batch = vec![
            REPLACE_KEY.with([organisation.as_bytes().into(), now.clone()]),
            ADD_KEY.with([
                self.draw().into(),
                organisation.as_bytes().into(),
                address.into(),
                now,
                visit.staff.as_bytes().into(),
            ]),
        ];
        self.records().write(batch).await.map_err(|error| match error {
            store::Error::AlreadyThere { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.log().event(Some(visit.staff.into()), KEY, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Confirms a key: who does so has heard its fingerprint from the recipient, and types the last eight digits of it.
    ///
    /// # Errors
    /// `Error::Faults` if they are not those, or they confirmed it before; `Error::ChangedMeanwhile`, `Error::NotYours`.
    pub async fn confirm_key(
        &self,
        visit: &Visit,
        organisation: OrganisationId,
        key: [u8; 16],
        heard: &str,
    ) -> Result<(), Error> {
        self.directory_is_theirs(visit, CONFIRM).await?;
        let fault = |text: &str| Err(Error::Faults(vec![Fault::new("heard", text)]));
        let rows = self.records().read(vec![finding(organisation)]).await?;
        let known = rows.first().and_then(|r| r.first()).map(Organisation::read).transpose()?;
        let known = known.and_then(|known| known.key).ok_or(Error::NoSuchFile)?;
        if known.id != key {
            return Err(Error::ChangedMeanwhile);
        }
        if known.confirmed() {
            return Ok(());
        }
        let plain =
            |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        let (whole, heard) = (plain(&known.fingerprint()), plain(heard));
        if heard.len() < 8 || !whole.ends_with(&heard) {
            return fault(
                "These are not the last eight characters of the fingerprint. Ring the recipient and have it read out; if it differs, the key is not theirs",
            );
        }
        let statement = match known.first {
            None => &CONFIRM_FIRST,
            Some((_, first)) if first == visit.staff => {
                return fault("You confirmed it already. The second confirmation is somebody else’s");
            }
            Some(_) => &CONFIRM_SECOND,
        };
        let (staff, now) = (visit.staff.as_bytes().into(), self.now().as_microsecond().into());
        let confirm = statement.with([key.into(), staff, now]).expecting(1);
        self.records().write(vec![confirm]).await.map_err(|error| match error {
            store::Error::Conflict { .. } => Error::ChangedMeanwhile,
            other => other.into(),
        })?;
        self.log().event(Some(visit.staff.into()), CONFIRM, Outcome::Done).durable().await?;
        Ok(())
    }

    /// Managers and the governance lead look after the directory; whoever else tries is written down.
    async fn directory_is_theirs(&self, visit: &Visit, action: Action) -> Result<(), Error> {
        if keeps_the_directory(visit.role) {
            return Ok(());
        }
        let refused = Outcome::Refused("not-allowed");
        self.log().event(Some(visit.staff.into()), action, refused).durable().await?;
        Err(Error::NotYours(
            "The directory of recipients is kept by managers and the governance lead. Ask one of them.",
        ))
    }
}
