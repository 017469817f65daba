//! The gaps that a template may have.

use std::fmt;

/// A gap in a template, written in braces: `{name}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// `{name}`: what the client likes to be called.
    Name,
    /// `{day}`: "Tuesday 4 May".
    Day,
    /// `{time}`: "2:30pm".
    Time,
    /// `{place}`: where, in words that do not say what happens there.
    Place,
    /// `{link}`: the client's own way to change or book.
    Link,
    /// `{service_phone}`: the number to ring.
    ServicePhone,
}

impl Placeholder {
    /// All of them, in the order in which they are explained.
    pub const ALL: [Placeholder; 6] = [
        Placeholder::Name,
        Placeholder::Day,
        Placeholder::Time,
        Placeholder::Place,
        Placeholder::Link,
        Placeholder::ServicePhone,
    ];

    /// As written between the braces.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Placeholder::Name => "name",
            Placeholder::Day => "day",
            Placeholder::Time => "time",
            Placeholder::Place => "place",
            Placeholder::Link => "link",
            Placeholder::ServicePhone => "service_phone",
        }
    }

    /// The one with exactly this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Placeholder> {
        Placeholder::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The one that was probably meant.
    pub(crate) fn near(name: &str) -> Option<Placeholder> {
        let name = name.trim().to_lowercase().replace([' ', '-'], "_");
        let near = |known: &Placeholder| strsim::jaro_winkler(known.name(), &name);
        let best = Placeholder::ALL.into_iter().max_by(|a, b| near(a).total_cmp(&near(b)))?;
        (near(&best) > 0.8).then_some(best)
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}
