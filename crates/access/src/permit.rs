//! What a decision gives: a permit that cannot be forged, or a refusal that says why.

use notice::{Categories, Purpose};

use crate::{Act, Actor, Request, Subject};

/// The rules allowed this. Bound to who, what for, which act, whose data and which categories; made in `policy` only.
/// It can be neither copied nor printed nor stored: it is used up by the audit log.
#[must_use = "a permit that is not used opens nothing"]
pub struct Permit {
    request: Request,
    policy: [u8; 8],
}

impl Permit {
    pub(crate) fn new(request: Request, policy: [u8; 8]) -> Permit {
        Permit { request, policy }
    }

    /// Who was allowed.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.request.actor
    }

    /// What for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.request.purpose
    }

    /// To do what.
    #[must_use]
    pub fn act(&self) -> Act {
        self.request.act
    }

    /// With whose data.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.request.subject
    }

    /// With which categories.
    #[must_use]
    pub fn categories(&self) -> Categories {
        self.request.categories
    }

    /// The first bytes of the digest of the policy that allowed it.
    #[must_use]
    pub fn policy(&self) -> [u8; 8] {
        self.policy
    }
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The table gives this to nobody in that role for that purpose.
    NotAllowed,
    /// It would be allowed with a stated reason.
    NeedsReason,
    /// The file is restricted.
    Restricted,
    /// They declared a conflict of interest.
    Conflict,
    /// The policy could not be evaluated; nothing is allowed then.
    PolicyBroken,
}

impl Why {
    /// The code in the audit log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Why::NotAllowed => "not-allowed",
            Why::NeedsReason => "needs-reason",
            Why::Restricted => "restricted",
            Why::Conflict => "conflict",
            Why::PolicyBroken => "policy-broken",
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct Refusal {
    /// What was asked.
    pub request: Request,
    /// Why it was refused.
    pub why: Why,
}

impl Refusal {
    fn words(&self) -> &'static str {
        match self.why {
            Why::NotAllowed => {
                "Your role does not give you this. If you need it for your work, ask your manager."
            }
            Why::NeedsReason => "This file is not in your caseload. Say why you need it, and it opens.",
            Why::Restricted => {
                "This file is restricted: it is stored and nothing more may be done with it. Ask the governance lead."
            }
            Why::Conflict => {
                "You declared a conflict of interest with this client. Ask your manager to take over."
            }
            Why::PolicyBroken => {
                "The access rules cannot be read, so nothing is shown. Tell your administrator."
            }
        }
    }
}
