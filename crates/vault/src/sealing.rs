//! Sealing and opening: where permit, keys and place come together.

use access::Permit;
use audit::Entry;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::associated::SealedAt;
use crate::keys::Held;
use crate::{Beside, Compartment, Error, FileId, FileKeys, Personal, Place, Vault, envelope, permitted};

/// Stands where a category stands in the seals of the service's own secrets.
const SERVICE: &str = "service";
/// The one table that a stated reason can be sealed for.
const REASON_TABLE: &str = "reason";

impl Vault {
    /// Seals `value` for `place`. The permit must be one to write that category of that very file.
    ///
    /// # Errors
    /// Not permitted, the category does not belong in the compartment, no key, erased meanwhile, or too large.
    pub fn seal<T: Serialize>(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        place: &Place<'_>,
        value: &T,
    ) -> Result<Vec<u8>, Error> {
        permitted::sealing(permit, place)?;
        self.seal_at(keys, place, value)
    }

    /// Seals the reason that somebody states for opening a file. Their permit is for that file, but need not be one to write.
    ///
    /// # Errors
    /// As for `seal`; and `place` is not in the table `reason`.
    pub fn seal_reason(
        &self,
        permit: &Permit,
        keys: &FileKeys,
        place: &Place<'_>,
        reason: &str,
    ) -> Result<Vec<u8>, Error> {
        permitted::stating_a_reason(permit, place)?;
        if place.table != REASON_TABLE {
            return Err(Error::NotPermitted { doing: "stating a reason", category: place.category });
        }
        self.seal_at(keys, place, &reason)
    }

    /// Opens what was sealed for `place`. The entry's permit must be one to read that category of that very file, or of
    /// everyone.
    ///
    /// # Errors
    /// Not permitted, no key, erased meanwhile, or the sealed bytes are not exactly what was sealed for this place.
    pub fn open<T: DeserializeOwned>(
        &self,
        entry: &Entry,
        keys: &FileKeys,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Personal<T>, Error> {
        permitted::opening(entry.permit(), place)?;
        self.usable(keys, place)?;
        let code = place.compartment.code();
        let at = self.at(place, &code);
        let key = |version| keys.held.version(place.compartment, version);
        Ok(Personal::new(entry, envelope::open(key, &at, place.table, sealed)?))
    }

    /// Seals one of the service's own secrets: the staff directory, a second factor. Never clients' data.
    ///
    /// # Errors
    /// The value is too large, or the random source failed.
    pub fn seal_service<T: Serialize>(
        &self,
        table: &'static str,
        row: [u8; 16],
        version: i64,
        value: &T,
    ) -> Result<Vec<u8>, Error> {
        let own = self.service.newest(&Compartment::File)?;
        envelope::seal(&own.key, own.version, &self.service_at(table, &row, version), table, value)
    }

    /// Opens one of the service's own secrets.
    ///
    /// # Errors
    /// The sealed bytes are not exactly what was sealed for this row and version.
    pub fn open_service<T: DeserializeOwned>(
        &self,
        table: &'static str,
        row: [u8; 16],
        version: i64,
        sealed: &[u8],
    ) -> Result<T, Error> {
        let key = |key_version| Held::version(&self.service, &Compartment::File, key_version);
        envelope::open(key, &self.service_at(table, &row, version), table, sealed)
    }

    fn seal_at<T: Serialize>(&self, keys: &FileKeys, place: &Place<'_>, value: &T) -> Result<Vec<u8>, Error> {
        self.usable(keys, place)?;
        let own = keys.held.newest(place.compartment)?;
        let code = place.compartment.code();
        envelope::seal(&own.key, own.version, &self.at(place, &code), place.table, value)
    }

    /// Whether these keys are the place's, for its category, and not erased since they were read.
    pub(crate) fn usable(&self, keys: &FileKeys, place: &Place<'_>) -> Result<(), Error> {
        place.compartment.takes(place.category)?;
        if keys.file() != place.file {
            return Err(Error::NoKeys);
        }
        if self.erasures.reached(place.file, *place.compartment, keys.held.erasures_before()) {
            return Err(Error::Erased);
        }
        if keys.have(place.compartment) { Ok(()) } else { Err(Error::NoKey(*place.compartment)) }
    }

    pub(crate) fn at<'a>(&'a self, place: &'a Place<'_>, compartment: &'a str) -> SealedAt<'a> {
        SealedAt {
            deployment: self.deployment.as_bytes(),
            table: place.table,
            row: &place.row,
            version: place.version,
            file: place.file,
            compartment,
            category: place.category.code(),
            beside: place.beside,
        }
    }

    fn service_at<'a>(&'a self, table: &'a str, row: &'a [u8; 16], version: i64) -> SealedAt<'a> {
        let (deployment, file) = (self.deployment.as_bytes(), FileId::SERVICE);
        let beside = Beside::NOTHING;
        SealedAt { deployment, table, row, version, file, compartment: SERVICE, category: SERVICE, beside }
    }
}
