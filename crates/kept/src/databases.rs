//! The PostgreSQL databases of a service: which they are, made and removed together.

use store::Place;

use crate::fail::Fail;

/// The stores of a service.
const PARTS: [&str; 3] = ["records", "audit", "keyring"];

/// Databases of one server whose names begin alike.
pub(crate) struct Databases {
    /// The address before the name and after it (`?sslmode=...`).
    server: String,
    options: String,
    prefix: String,
}

impl Databases {
    /// Those that `address` names: postgres://user@host/NAME stands for NAME_records, NAME_audit and NAME_keyring.
    pub(crate) fn named(address: &str) -> Result<Databases, Fail> {
        let (place, options) = match address.split_once('?') {
            Some((place, options)) => (place, format!("?{options}")),
            None => (address, String::new()),
        };
        let named = place.split_once("://").and_then(|(scheme, rest)| {
            let (host, prefix) = rest.split_once('/')?;
            let fits = !host.is_empty()
                && !prefix.is_empty()
                && prefix.len() <= 50
                && prefix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            fits.then(|| (format!("{scheme}://{host}"), prefix.to_owned()))
        });
        let (server, prefix) = named.ok_or_else(|| {
            Fail::said(
                "This is no address for the databases of a service. Write it as postgres://user@host/name; the name has small letters, digits and _ and begins the names of three databases.",
            )
        })?;
        Ok(Databases { server, options, prefix })
    }

    /// Those of a demo or a measurement, on the server at `base`, which is an address without a database.
    pub(crate) fn passing(base: &str) -> Result<Databases, Fail> {
        let (place, options) = base.split_once('?').unwrap_or((base, ""));
        let name = format!("kept_demo_{}", uuid::Uuid::new_v4().simple());
        let options = if options.is_empty() { String::new() } else { format!("?{options}") };
        Databases::named(&format!("{}/{name}{options}", place.trim_end_matches('/')))
    }

    /// Makes the three.
    pub(crate) async fn make(&self) -> Result<(), Fail> {
        for part in PARTS {
            store::create_database(&self.address(part)).await?;
        }
        Ok(())
    }

    /// Makes one more, for a measurement.
    pub(crate) async fn make_plain(&self) -> Result<Place, Fail> {
        store::create_database(&self.address("plain")).await?;
        Ok(Place::Postgres(self.address("plain")))
    }

    /// The text of a configuration with these databases as its stores.
    pub(crate) fn written_into(&self, config: &str) -> String {
        PARTS.iter().fold(config.to_owned(), |text, part| {
            text.replace(&format!("\"data/{part}.db\""), &format!("\"{}\"", self.address(part)))
        })
    }

    /// Removes all of them, whoever is still connected.
    pub(crate) async fn drop_all(&self) -> Result<(), Fail> {
        for part in PARTS.iter().chain(&["plain"]) {
            store::drop_database(&self.address(part)).await?;
        }
        Ok(())
    }

    fn address(&self, part: &str) -> String {
        format!("{}/{}_{part}{}", self.server, self.prefix, self.options)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_address_stands_for_three_databases_of_one_server() {
        let named = Databases::named("postgres://kept@db.example.org/kept_live?sslmode=require").unwrap();
        let text = named.written_into(crate::config::FIRST);
        for part in PARTS {
            let line =
                format!("{part} = \"postgres://kept@db.example.org/kept_live_{part}?sslmode=require\"");
            assert!(text.contains(&line), "{text}");
        }
        for wrong in ["postgres://kept@db", "postgres://kept@db/", "postgres://kept@db/Live;", "db/kept", ""]
        {
            assert!(Databases::named(wrong).is_err(), "{wrong}");
        }
    }
}
