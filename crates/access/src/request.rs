//! Who asks for what, about whom, why, and under which circumstances.

use std::fmt;
use std::str::FromStr;

use casework::{ClientId, StaffId};
use notice::{Categories, Purpose, UnknownCode};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code in tables, columns and policies.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.code()) }
        }

        impl FromStr for $name {
            type Err = UnknownCode;
            fn from_str(code: &str) -> Result<Self, UnknownCode> {
                match code { $($code => Ok($name::$variant),)+ _ => Err(UnknownCode(code.to_owned())) }
            }
        }
    };
}

codes! {
    /// As what somebody acts.
    Role {
        /// Works with clients.
        Adviser = "adviser",
        /// Books, greets, calls back.
        Receptionist = "receptionist",
        /// Answers for the service.
        Manager = "manager",
        /// Looks after people's data and rights (the data protection officer).
        Governance = "governance",
        /// Looks after users and settings; sees no client's data.
        Administrator = "administrator",
        /// A client, about their own file.
        Client = "client",
        /// Anybody.
        Public = "public",
        /// Kept itself: index, retention, statistics.
        System = "system",
    }
}

codes! {
    /// What is done with the data.
    Act {
        /// Open and show.
        Read = "read",
        /// Add or change.
        Write = "write",
        /// Look for people by name over all files.
        Search = "search",
        /// Destroy.
        Erase = "erase",
    }
}

/// Who acts: a member of staff, a client, or Kept itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId([u8; 16]);

impl ActorId {
    /// Kept itself.
    pub const SYSTEM: ActorId = ActorId([0; 16]);

    /// From the 16 bytes of an id.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> ActorId {
        ActorId(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<StaffId> for ActorId {
    fn from(id: StaffId) -> ActorId {
        ActorId(*id.as_bytes())
    }
}

impl From<ClientId> for ActorId {
    fn from(id: ClientId) -> ActorId {
        ActorId(*id.as_bytes())
    }
}

/// Who acts, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub id: ActorId,
    /// As what.
    pub role: Role,
}

impl Actor {
    /// Kept itself.
    pub const SYSTEM: Actor = Actor { id: ActorId::SYSTEM, role: Role::System };
}

/// Whose data it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// One client's file.
    Client(ClientId),
    /// All files: a search, the index, statistics, loading.
    Everyone,
    /// The service itself.
    Service,
}

/// What the rules may look at besides who and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// The file is in their caseload.
    pub own_caseload: bool,
    /// The file is about themselves.
    pub own_file: bool,
    /// The file is restricted: stored and nothing more (UK GDPR Art. 18).
    pub restricted: bool,
    /// They declared a conflict of interest with this client.
    pub conflict: bool,
    /// They stated a reason that still holds.
    pub reason: bool,
    /// The client took back their consent to what it is asked for (UK GDPR Art. 7(3)).
    pub withdrawn: bool,
}

/// A request for the rules to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// What for.
    pub purpose: Purpose,
    /// What they want to do.
    pub act: Act,
    /// With whose data.
    pub subject: Subject,
    /// With which categories: all of them or nothing.
    pub categories: Categories,
    /// Under which circumstances.
    pub circumstances: Circumstances,
}
