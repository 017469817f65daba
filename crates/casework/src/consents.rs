//! Consent, as UK GDPR Art. 4(11) and 7 ask for it: one purpose and one recipient at a time, apart from everything else,
//! given by an act, taken back as easily, and provable.
//!
//! A [`Consent`] is the record. Whether it allows anything at a moment is [`Held::in_force`], which gives an [`InForce`]:
//! nothing else makes one, so what rests on consent cannot be done without having asked.

mod ground;
mod typed;
mod wording;

use jiff::Timestamp;
use jiff::civil::Date;
use notice::{FieldId, Purpose};
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::disclosures::Blocked;
use crate::entries::{Signature, codes};
use crate::ids::{EntryId, OrganisationId};

pub use ground::{erase_on, on_consent, without_ground};
pub use typed::{Answered, ConsentTyped, Said};
pub use wording::{Wording, for_sharing, for_use};

/// After so many months somebody asks again whether a consent still holds (our own default; C.10 of the law's checks).
pub const REVIEW_MONTHS: u32 = 24;

codes! {
    /// Where a consent stands: the states of ISO/IEC TS 27560 in the terms of the Data Privacy Vocabulary.
    State {
        /// Asked for and not answered.
        Requested = "requested",
        /// The client wants to think about it.
        Deferred = "deferred",
        /// The client said no.
        Refused = "refused",
        /// Nobody knows.
        Unknown = "unknown",
        /// Given.
        Given = "given",
        /// Given anew while it was in force, or after it had run out.
        Renewed = "renewed",
        /// Its time is over.
        Expired = "expired",
        /// It was found not to be a consent.
        Invalidated = "invalidated",
        /// We ended it.
        Revoked = "revoked",
        /// The client took it back.
        Withdrawn = "withdrawn",
    }
}

impl State {
    /// Whether what rests on it may be done. These two and no other.
    #[must_use]
    pub const fn allows(self) -> bool {
        matches!(self, State::Given | State::Renewed)
    }

    /// The state that follows from what the client says to a question for consent.
    #[must_use]
    pub const fn answered(before: Option<State>, said: Said) -> State {
        match (said, before) {
            (Said::Yes, Some(State::Given | State::Renewed | State::Expired)) => State::Renewed,
            (Said::Yes, _) => State::Given,
            (Said::No, _) => State::Refused,
            (Said::Later, _) => State::Deferred,
        }
    }

    /// Whether `next` can follow. A withdrawal follows only what was given; nothing but a new yes brings one back.
    #[must_use]
    pub const fn may_become(self, next: State) -> bool {
        match next {
            State::Requested => !self.allows(),
            State::Deferred | State::Refused => !self.allows(),
            State::Given => !self.allows(),
            State::Renewed => matches!(self, State::Given | State::Renewed | State::Expired),
            State::Expired | State::Invalidated | State::Revoked | State::Withdrawn => self.allows(),
            State::Unknown => false,
        }
    }

    /// In a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            State::Requested => "Asked",
            State::Deferred => "Thinking about it",
            State::Refused => "Said no",
            State::Unknown => "Not known",
            State::Given => "Given",
            State::Renewed => "Given again",
            State::Expired => "Run out",
            State::Invalidated => "Not valid",
            State::Revoked => "Ended by us",
            State::Withdrawn => "Taken back",
        }
    }
}

/// Whom a consent lets have data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// Which organisation of the directory.
    pub organisation: OrganisationId,
    /// As which recipient of the notice.
    pub named: String,
    /// Its name, as the client was told it.
    pub name: String,
}

codes! {
    /// How a client answered.
    Way {
        /// With a signature.
        Signed = "signed",
        /// In words, before a witness.
        Spoken = "spoken",
        /// In their online file.
        Portal = "portal",
        /// In words, where no witness is needed: taking a consent back.
        Told = "told",
        /// When they agreed to use the service, under a notice that says so.
        SigningUp = "signing-up",
    }
}

impl Way {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Way::Signed => "signed",
            Way::Spoken | Way::Told => "in words",
            Way::Portal => "in their online file",
            Way::SigningUp => "when they signed up",
        }
    }
}

/// What happened to a consent, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What it became.
    pub state: State,
    /// When.
    pub at: Timestamp,
    /// How the client said so.
    pub way: Way,
}

/// The record of one consent: what was shown and what was said to it. It is never changed; what became of it since stands
/// in [`Event`]s beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What for.
    pub purpose: Purpose,
    /// Who may get data; none where it is the service's own use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Receiver>,
    /// The notice that the client had been given.
    pub notice: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text.
    pub digest: String,
    /// What was shown or read out, word for word.
    pub wording: String,
    /// SHA-256 of that.
    pub wording_digest: String,
    /// Exactly the fields that may be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldId>,
    /// The express statement for specially protected data (Art. 9(2)(a)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explicit: Option<String>,
    /// How the client answered.
    pub way: Way,
    /// The signature, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Who heard or saw it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub witness: String,
    /// Who answered for the client, and by what right.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub representative: String,
    /// The last day on which it holds; none: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// When we ask whether it still holds.
    pub review: Date,
    /// What the answer made of it.
    pub state: State,
    /// When it was answered.
    pub at: Timestamp,
}

impl Consent {
    /// Where it stands on a day, with what happened since.
    #[must_use]
    pub fn stands(&self, since: &[Event], today: Date) -> State {
        let last = since.iter().max_by_key(|event| event.at).map_or(self.state, |event| event.state);
        standing(last, self.until, today)
    }

    /// Its line in the timeline.
    #[must_use]
    pub fn title(&self) -> String {
        let about = self.receiver.as_ref().map_or_else(
            || format!("our use of data ({})", self.purpose.code()),
            |receiver| format!("sharing with {}", receiver.name),
        );
        format!("Consent to {about}: {}", self.state.words().to_lowercase())
    }
}

/// A state that has run out says so.
#[must_use]
pub fn standing(state: State, until: Option<Date>, today: Date) -> State {
    if state.allows() && until.is_some_and(|until| until < today) { State::Expired } else { state }
}

/// The day on which to ask again.
#[must_use]
pub fn review_on(given: Date, until: Option<Date>) -> Date {
    let review = dates::months_later(given, REVIEW_MONTHS);
    until.map_or(review, |until| until.min(review))
}

/// What stands in the clear about a consent: what decisions read, at the moment of acting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its record.
    pub entry: EntryId,
    /// What for.
    pub purpose: Purpose,
    /// Whom it lets have data; none for the service itself.
    pub organisation: Option<OrganisationId>,
    /// Where it stands.
    pub state: State,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

impl Held {
    /// The proof that this consent allows sharing for `purpose` with `organisation` today.
    ///
    /// # Errors
    /// Why it does not.
    pub fn in_force(
        &self,
        purpose: Purpose,
        organisation: OrganisationId,
        today: Date,
    ) -> Result<InForce, Blocked> {
        if self.purpose != purpose || self.organisation != Some(organisation) {
            return Err(Blocked::NoConsent);
        }
        match standing(self.state, self.until, today) {
            State::Given | State::Renewed => Ok(InForce { entry: self.entry, purpose, organisation }),
            State::Withdrawn => Err(Blocked::Withdrawn),
            State::Expired => Err(Blocked::Expired),
            State::Refused => Err(Blocked::SaidNo),
            _ => Err(Blocked::NoConsent),
        }
    }
}

/// The proof that a consent was in force when it was asked. Only [`Held::in_force`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct InForce {
    entry: EntryId,
    purpose: Purpose,
    organisation: OrganisationId,
}

impl InForce {
    /// The record of the consent.
    #[must_use]
    pub const fn entry(&self) -> EntryId {
        self.entry
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// With whom.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.organisation
    }
}

#[cfg(test)]
mod tests;
