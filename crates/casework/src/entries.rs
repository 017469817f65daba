//! Dated entries of a file: what happened, one Rust type a kind, each with its own rules.
//!
//! Most kinds are forms of the notice ([`notice::forms`]) and need no code: what was written with one is a [`Written`].
//! A kind with rules that no form can say has a type here and a variant of [`EntryKind`] with a code that never changes.

mod agreement;
mod meeting;
mod plan;
mod written;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use notice::Category;

pub use agreement::{Agreed, Agreement, How, NoticeGiven};
pub use meeting::{Meeting, MeetingKind, MeetingTyped};
pub use plan::{AgreedGoal, AgreedPlan, FIELD, PlanTyped, Signature, Signed};
pub use written::Written;

/// No entry is about a day before this one.
pub const EARLIEST: Date = date(1990, 1, 1);

/// A text that is no code of a kind of entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a code that Kept knows")]
pub struct NotACode(pub String);

/// Declares codes that are stored: they never change.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every one of them, in the order in which a form offers them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code that is stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.code()) }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::entries::NotACode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code { $($code => Ok($name::$variant),)+ _ => Err($crate::entries::NotACode(code.to_owned())) }
            }
        }
    };
}
pub(crate) use codes;

/// The kinds of entries that a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A page of the profile: the answers of one category.
    Profile,
    /// A meeting, a call, a message, a note.
    Meeting,
    /// A notice was given.
    NoticeGiven,
    /// The client agreed to use the service.
    Agreement,
    /// Client and adviser agreed on a plan.
    AgreedPlan,
    /// The client was asked for their consent to one thing.
    Consent,
    /// Something was shared, or asked to be.
    Disclosure,
    /// The client was placed on a programme.
    Placement,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: &'static [EntryKind] = &[
        EntryKind::Profile,
        EntryKind::Meeting,
        EntryKind::NoticeGiven,
        EntryKind::Agreement,
        EntryKind::AgreedPlan,
        EntryKind::Consent,
        EntryKind::Disclosure,
        EntryKind::Placement,
    ];

    /// The code that is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            EntryKind::Profile => "profile",
            EntryKind::Meeting => "meeting",
            EntryKind::NoticeGiven => "notice-given",
            EntryKind::Agreement => "agreement",
            EntryKind::AgreedPlan => "agreed-plan",
            EntryKind::Consent => "consent",
            EntryKind::Disclosure => "disclosure",
            EntryKind::Placement => "placement",
        }
    }

    /// The category of the notice to which its entries belong; none for the profile, whose pages are one a category.
    #[must_use]
    pub const fn category(self) -> Option<Category> {
        match self {
            EntryKind::Profile => None,
            EntryKind::Meeting | EntryKind::AgreedPlan | EntryKind::Placement => Some(Category::Casework),
            EntryKind::NoticeGiven | EntryKind::Agreement | EntryKind::Consent => Some(Category::Agreement),
            EntryKind::Disclosure => Some(Category::Rights),
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for EntryKind {
    type Err = NotACode;
    fn from_str(code: &str) -> Result<EntryKind, NotACode> {
        EntryKind::ALL
            .iter()
            .find(|kind| kind.code() == code)
            .copied()
            .ok_or_else(|| NotACode(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_what_they_were() {
        for kind in EntryKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
        }
        for kind in MeetingKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
        }
        assert!("gossip".parse::<EntryKind>().is_err());
    }
}
