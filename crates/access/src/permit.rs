//! What a decision gives: a permit that cannot be forged, or a refusal that says why.

use std::fmt;

use notice::{Categories, Category, Purpose};

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
    /// The client took back the consent that it rested on.
    Withdrawn,
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
            Why::Withdrawn => "consent-withdrawn",
            Why::PolicyBroken => "policy-broken",
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What was asked.
    pub request: Request,
    /// The first category that was refused; none if none was asked for.
    pub category: Option<Category>,
    /// Why it was refused.
    pub why: Why,
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    /// What was refused, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why {
            Why::NotAllowed => {
                let Some(category) = self.category else {
                    return f.write_str("Nothing was asked for, so nothing is shown.");
                };
                write!(
                    f,
                    "Your role ({}) does not let you {} {}. If you need it for your work, ask your manager.",
                    self.request.actor.role,
                    doing(self.request.act),
                    words(category)
                )
            }
            Why::NeedsReason => f.write_str("Say why you need this file: it is outside your caseload."),
            Why::Restricted => f.write_str(
                "This file is restricted: it is stored and nothing more may be done with it. Ask the governance lead.",
            ),
            Why::Conflict => f.write_str(
                "You declared a conflict of interest with this client. Ask your manager to give the file to somebody else.",
            ),
            Why::Withdrawn => f.write_str(
                "The client took back their consent to this use of their file, so it is not used for it any more. If they give it again, the governance lead records that.",
            ),
            Why::PolicyBroken => f.write_str(
                "The access rules could not be evaluated, so nothing is shown. Tell your administrator.",
            ),
        }
    }
}

fn doing(act: Act) -> &'static str {
    match act {
        Act::Read => "see",
        Act::Write => "write",
        Act::Search => "search",
        Act::Erase => "erase",
    }
}

fn words(category: Category) -> &'static str {
    match category {
        Category::Contact => "contact details",
        Category::Identity => "identity details",
        Category::Work => "work and benefits",
        Category::Household => "household details",
        Category::RightToWork => "the right to work",
        Category::Needs => "needs and barriers",
        Category::Equality => "equality answers",
        Category::Casework => "meetings and notes",
        Category::Agreement => "the agreement and consents",
        Category::Rights => "requests and complaints",
    }
}
