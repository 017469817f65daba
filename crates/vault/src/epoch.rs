//! Epochs: the keyring's generations. Each has a wrapping key of its own at the root.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

/// The number of a generation of the keyring. An erasure is final in every copy once a later epoch has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u64);

impl Epoch {
    /// The epoch in which a keyring is made.
    pub const FIRST: Epoch = Epoch(1);

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// From its number, as stored.
    #[must_use]
    pub const fn from_number(number: u64) -> Epoch {
        Epoch(number)
    }

    /// The one after it.
    #[must_use]
    pub(crate) const fn next(self) -> Epoch {
        Epoch(self.0.saturating_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Epoch {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Epoch, ParseIntError> {
        text.parse().map(Epoch)
    }
}
