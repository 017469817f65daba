//! Identifiers: random 128-bit numbers that name nobody.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an identifier: it needs 32 hexadecimal digits")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From 16 bytes, as stored or as drawn from a random source.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != 32 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl From<$name> for Vec<u8> {
            fn from(id: $name) -> Vec<u8> {
                id.0.as_bytes().to_vec()
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = NotAnId;
            fn try_from(bytes: &[u8]) -> Result<Self, NotAnId> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

id! {
    /// A client's file.
    ClientId
}
id! {
    /// Somebody who works here and signs in.
    StaffId
}
id! {
    /// A room in which clients are met.
    RoomId
}
id! {
    /// A webhook: where one program is told that something changed.
    WebhookId
}
id! {
    /// One thing that one program is told: the same at each try, so that it can be known as one.
    DeliveryId
}
id! {
    /// One entry of a client's file: a profile page or a dated entry.
    EntryId
}
id! {
    /// Two files made one.
    MergeId
}
id! {
    /// Files that were brought in together.
    ImportId
}
id! {
    /// An appointment.
    AppointmentId
}
id! {
    /// An organisation that may be given data.
    OrganisationId
}
id! {
    /// A client's time on a programme.
    PlacementId
}

id! {
    /// A programme with a notice of its own.
    ProgrammeId
}
id! {
    /// The closing of an office, with all appointments that fell out.
    ClosureId
}
id! {
    /// A breach of personal data.
    BreachId
}
id! {
    /// A document of a client's file, with all its versions.
    DocumentId
}
id! {
    /// A folder or sheet of paper in the filing system.
    PaperId
}
id! {
    /// A hand-over of clients from one adviser to another.
    HandOverId
}
id! {
    /// An erasure: the reference on its receipt.
    ErasureId
}
id! {
    /// A hold on a file.
    HoldId
}
id! {
    /// What somebody asked about their own data.
    RequestId
}
