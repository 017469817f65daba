//! Where programs may be told: hosts that the settings name, by HTTPS.

use std::fmt;
use std::str::FromStr;

use ureq::http::Uri;

/// No address is longer.
const LONGEST: usize = 500;
const HTTPS: u16 = 443;

/// A host and its port, as they stand in the settings: `hooks.example.org`, or `hooks.example.org:8443`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
}

/// Why a host of the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no host. Write it as hooks.example.org, or with its port as hooks.example.org:8443.")]
pub struct AllowedFault(String);

impl Place {
    fn read(text: &str) -> Result<Place, AllowedFault> {
        let fault = || AllowedFault(text.to_owned());
        let uri: Uri = format!("https://{text}/").parse().map_err(|_| fault())?;
        let place = Place::of(&uri).ok_or_else(fault)?;
        if uri.path() == "/" && uri.query().is_none() { Ok(place) } else { Err(fault()) }
    }

    fn of(uri: &Uri) -> Option<Place> {
        let authority = uri.authority()?;
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let fine = !host.is_empty() && !host.contains('*') && !authority.as_str().contains('@');
        fine.then(|| Place { host, port: authority.port_u16().unwrap_or(HTTPS) })
    }
}

/// Which of the hosts that may be told one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Its name has to lead to public addresses.
    Outside,
    /// It may stand inside a network.
    Inside,
}

/// The hosts that may be told, as the settings name them. No wildcards: who is told is named.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    outside: Vec<Place>,
    inside: Vec<Place>,
}

impl Allowed {
    /// Hosts whose names have to lead to public addresses, and hosts that may stand inside a network.
    ///
    /// # Errors
    /// One of them is no host.
    pub fn new(outside: &[String], inside: &[String]) -> Result<Allowed, AllowedFault> {
        let read = |all: &[String]| all.iter().map(|text| Place::read(text)).collect::<Result<_, _>>();
        Ok(Allowed { outside: read(outside)?, inside: read(inside)? })
    }

    pub(super) fn which(&self, address: &HookAddress) -> Option<Which> {
        if self.inside.contains(&address.place) {
            Some(Which::Inside)
        } else {
            self.outside.contains(&address.place).then_some(Which::Outside)
        }
    }

    /// Whether the host of this address may be told.
    #[must_use]
    pub fn names(&self, address: &HookAddress) -> bool {
        self.which(address).is_some()
    }
}

/// Why an address cannot be one of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HookAddressFault {
    /// It is none, or not by HTTPS.
    #[error("Write the whole address, beginning with https://")]
    Https,
    /// It carries a name, a password or a mark that is not sent.
    #[error("Leave out names and passwords before the host, and the part from # on")]
    Parts,
    /// Too long.
    #[error("The address may have at most 500 characters")]
    TooLong,
}

/// The address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookAddress {
    text: String,
    place: Place,
}

impl HookAddress {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its host, with the port if it is another than that of HTTPS.
    #[must_use]
    pub fn host(&self) -> String {
        let Place { host, port } = &self.place;
        if *port == HTTPS { host.clone() } else { format!("{host}:{port}") }
    }
}

impl fmt::Display for HookAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for HookAddress {
    type Err = HookAddressFault;

    fn from_str(text: &str) -> Result<HookAddress, HookAddressFault> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(HookAddressFault::TooLong);
        }
        if text.contains(['#', '@']) {
            return Err(HookAddressFault::Parts);
        }
        let uri: Uri = text.parse().map_err(|_| HookAddressFault::Https)?;
        let place = Place::of(&uri).filter(|_| uri.scheme_str() == Some("https"));
        Ok(HookAddress { text: text.to_owned(), place: place.ok_or(HookAddressFault::Https)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn which(address: &str) -> Option<Which> {
        let outside = ["hooks.example.org".to_owned(), "Other.example.org:8443".to_owned()];
        let allowed = Allowed::new(&outside, &["tasks.example.org".to_owned()]).unwrap();
        allowed.which(&address.parse().unwrap())
    }

    #[test]
    fn only_hosts_that_are_named_may_be_told_and_only_on_their_port() {
        assert_eq!(which("https://hooks.example.org/kept?from=1"), Some(Which::Outside));
        assert_eq!(which("https://HOOKS.example.org:443/"), Some(Which::Outside));
        assert_eq!(which("https://other.example.org:8443/x"), Some(Which::Outside));
        assert_eq!(which("https://tasks.example.org"), Some(Which::Inside));
        for other in [
            "https://hooks.example.org:8443/",
            "https://other.example.org/",
            "https://example.org/",
            "https://hooks.example.org.evil.example/",
            "https://evil-hooks.example.org/",
            "https://127.0.0.1/",
            "https://[::1]/",
        ] {
            assert_eq!(which(other), None, "{other}");
        }
    }

    #[test]
    fn addresses_that_could_be_read_in_two_ways_are_refused() {
        for wrong in [
            "",
            "http://hooks.example.org/",
            "hooks.example.org",
            "https://",
            "https:///x",
            "ftp://hooks.example.org/",
            "https://hooks.example.org@evil.example/",
            "https://user:word@hooks.example.org/",
            "https://hooks.example.org/#x",
            "https://hooks.example.org\\@evil.example/",
            "https://hooks example.org/",
        ] {
            assert!(wrong.parse::<HookAddress>().is_err(), "{wrong}");
        }
        let long = format!("https://hooks.example.org/{}", "x".repeat(500));
        assert_eq!(long.parse::<HookAddress>(), Err(HookAddressFault::TooLong));
        for wrong in ["", "*.example.org", "https://x.example.org", "x.example.org/a", "a@x.example.org"] {
            assert!(Allowed::new(&[wrong.to_owned()], &[]).is_err(), "{wrong}");
        }
    }
}
