//! What stands in the clear beside a sealed value, where it says as much as the value itself: the day of a note, whose it is.

use crate::envelope;

/// Stands for the columns beside a sealed value: 32 bytes that no other columns give, such as their SHA-256. They are bound
/// into the seal, so that a row in which one of the columns was changed by hand does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside(Option<[u8; 32]>);

impl Beside {
    /// Nothing beside the value counts.
    pub const NOTHING: Beside = Beside(None);

    /// Columns for which these bytes stand.
    #[must_use]
    pub const fn of(columns: [u8; 32]) -> Beside {
        Beside(Some(columns))
    }

    /// The bytes; none if nothing counts.
    #[must_use]
    pub const fn bytes(&self) -> Option<&[u8; 32]> {
        self.0.as_ref()
    }

    /// The same as far as they are bound into this sealed value: an earlier version of Kept bound nothing.
    #[must_use]
    pub fn bound_into(&self, sealed: &[u8]) -> Option<&[u8; 32]> {
        self.bytes().filter(|_| envelope::is_bound(sealed))
    }
}
