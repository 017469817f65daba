//! Sharing: what may leave, to whom, on what ground, and what was told to recipients afterwards (UK GDPR Art. 19).
//!
//! A [`Disclosure`] is the only thing that lets data out. It is made by [`Disclosure::through`], from a recipient that the
//! client's notice names and a [`Ground`]: a consent [`InForce`](crate::consents::InForce), or a law with an
//! [`Approved`] decision of a second person. Neither can be made otherwise.

use jiff::civil::Date;
use notice::{FieldId, Notice, Purpose, Recipient, RecipientKind};
use serde::{Deserialize, Serialize};

use crate::answers::{Boxes, Fault};
use crate::consents::InForce;
use crate::dates::{When, read_boxes};
use crate::entries::codes;
use crate::formats::text;
use crate::ids::{EntryId, OrganisationId, StaffId};

codes! {
    /// Why something was not shared.
    Blocked {
        /// The client's notice does not name the recipient.
        NotNamed = "not-named",
        /// The notice names it as somebody who works for us; it gets nothing to use for itself.
        Processor = "processor",
        /// There is no consent.
        NoConsent = "no-consent",
        /// The client said no.
        SaidNo = "said-no",
        /// The consent has run out.
        Expired = "consent-expired",
        /// The client took the consent back.
        Withdrawn = "consent-withdrawn",
        /// The notice gives no legal ground for it.
        NoLegalGround = "no-legal-ground",
        /// Nobody has approved it.
        NotApproved = "not-approved",
        /// Who asked cannot approve.
        SamePerson = "same-person",
        /// The approval is past its review date.
        ReviewDue = "review-due",
        /// A field that is not one of those agreed.
        OtherFields = "other-fields",
        /// There is nothing in the file that could be given.
        Nothing = "nothing",
        /// The recipient has no key.
        NoKey = "no-key",
        /// Two people have not confirmed the recipient's key yet.
        KeyNotConfirmed = "key-not-confirmed",
        /// The recipient's key was replaced meanwhile.
        KeyChanged = "key-changed",
    }
}

impl Blocked {
    /// What is wrong, and what to do.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Blocked::NotNamed => {
                "The notice that this client was given does not name this recipient. Give them a notice that does, then ask for their consent."
            }
            Blocked::Processor => {
                "The notice names this one as a firm that works for us. It gets nothing to use for itself."
            }
            Blocked::NoConsent => "The client has not agreed to this. Ask for their consent first.",
            Blocked::SaidNo => "The client was asked and said no.",
            Blocked::Expired => "The client’s consent has run out. Ask for it again.",
            Blocked::Withdrawn => {
                "The client took their consent back. Nothing more may go to this recipient."
            }
            Blocked::NoLegalGround => {
                "The notice names no law for this recipient, so only the client’s consent lets data go there."
            }
            Blocked::NotApproved => "A second person has not approved this yet.",
            Blocked::SamePerson => "Whoever asked cannot approve. Ask a manager or the governance lead.",
            Blocked::ReviewDue => "The approval has passed its review date. Ask again.",
            Blocked::OtherFields => "This would give a fact that is not one of those agreed.",
            Blocked::Nothing => "None of the agreed facts stands in the file, so there is nothing to give.",
            Blocked::NoKey => {
                "This recipient has no key to encrypt to. Ask for it and enter it in the directory."
            }
            Blocked::KeyNotConfirmed => {
                "Two people have to confirm the key of this recipient before anything is encrypted to it."
            }
            Blocked::KeyChanged => {
                "The key of this recipient changed meanwhile. Two people have to confirm the new one, then share again."
            }
        }
    }
}

/// The shortest text that says why.
const SHORTEST: usize = 10;

/// A law, the rule of ours, and why: what stands in the place of consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalGround {
    /// The enactment, with its section.
    pub enactment: String,
    /// Our policy that says how.
    pub policy: String,
    /// Why it is needed in this case.
    pub why: String,
    /// Until when the approval holds.
    pub review: Date,
}

/// A legal ground as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegalTyped {
    /// The enactment.
    pub enactment: String,
    /// Our policy.
    pub policy: String,
    /// Why.
    pub why: String,
    /// Until when the approval holds.
    pub review: Boxes,
    /// The fields that were ticked.
    pub fields: Vec<String>,
}

impl LegalTyped {
    /// Reads it, with the fields that are asked for out of those that the notice gives the recipient.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(
        &self,
        recipient: &Recipient,
        today: Date,
    ) -> Result<(LegalGround, Vec<FieldId>), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut words = |field: &'static str, typed: &str, ask: &str, several: bool| {
            let read =
                if several { text::lines(typed, 2_000) } else { text::line(typed, text::LONGEST_TEXT) };
            match read {
                Ok(words) if words.chars().count() < SHORTEST => faults.push(Fault::new(field, ask)),
                Ok(words) => return words,
                Err(fault) => faults.push(Fault::new(field, fault.to_string())),
            }
            String::new()
        };
        let enactment = words(
            "enactment",
            &self.enactment,
            "Enter the law and its section, like Care Act 2014, section 42",
            false,
        );
        let policy =
            words("policy", &self.policy, "Enter which of our policies says how, with its number", false);
        let why = words("why", &self.why, "Say in a sentence or more why it is needed here", true);
        let fields: Vec<FieldId> = recipient
            .fields
            .iter()
            .filter(|id| self.fields.iter().any(|f| *f == id.as_str()))
            .cloned()
            .collect();
        if fields.is_empty() || fields.len() != self.fields.len() {
            faults.push(Fault::new("fields", "Choose the facts that are needed, and no others"));
        }
        let review = match read_boxes(&self.review, When::Any, today) {
            Ok(day) if day < today => {
                faults.push(Fault::new("review", "The review date must be today or later"));
                today
            }
            Ok(day) => day,
            Err(fault) => {
                faults.push(Fault::new("review", fault.to_string()).at(fault.part()));
                today
            }
        };
        if faults.is_empty() {
            Ok((LegalGround { enactment, policy, why, review }, fields))
        } else {
            Err(faults)
        }
    }
}

/// The proof that a second person approved. Only [`Approved::by`] makes one.
#[derive(Debug, PartialEq, Eq)]
pub struct Approved {
    asker: StaffId,
    approver: StaffId,
}

impl Approved {
    /// An approval by somebody other than who asked, that has not passed its review date.
    ///
    /// # Errors
    /// Nobody approved, the same person did, or the date has passed.
    pub fn by(
        asker: StaffId,
        approver: Option<StaffId>,
        review: Option<Date>,
        today: Date,
    ) -> Result<Approved, Blocked> {
        let approver = approver.ok_or(Blocked::NotApproved)?;
        if approver == asker {
            return Err(Blocked::SamePerson);
        }
        if review.is_none_or(|review| review < today) {
            return Err(Blocked::ReviewDue);
        }
        Ok(Approved { asker, approver })
    }

    /// Who asked.
    #[must_use]
    pub const fn asker(&self) -> StaffId {
        self.asker
    }

    /// Who approved.
    #[must_use]
    pub const fn approver(&self) -> StaffId {
        self.approver
    }
}

/// On what something is shared.
#[derive(Debug, PartialEq, Eq)]
pub enum Ground {
    /// The client's consent, in force.
    Consent(InForce),
    /// A law, approved by a second person.
    Law(Approved),
}

/// Whom it would go to, and what was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The organisation of the directory.
    pub organisation: OrganisationId,
    /// As which recipient of the notice.
    pub named: &'a str,
    /// The fields that were agreed or approved.
    pub fields: &'a [FieldId],
}

/// Something that may leave: these fields, to this organisation, on this ground. There is no other way to make one than
/// [`Disclosure::through`].
#[derive(Debug, PartialEq, Eq)]
pub struct Disclosure {
    organisation: OrganisationId,
    purpose: Purpose,
    fields: Vec<FieldId>,
    ground: Ground,
}

impl Disclosure {
    /// The gate: the recipient is named in a notice that this client was given, the ground suits it, and the fields are a
    /// part of those that the notice gives it.
    ///
    /// # Errors
    /// Why nothing leaves.
    pub fn through(notices: &[&Notice], asked: &Asked<'_>, ground: Ground) -> Result<Disclosure, Blocked> {
        let recipient = named(notices, asked.named)?;
        match &ground {
            Ground::Consent(consent) => {
                if consent.organisation() != asked.organisation || consent.purpose() != recipient.purpose {
                    return Err(Blocked::NoConsent);
                }
            }
            Ground::Law(_) if recipient.legal_ground.is_none() => return Err(Blocked::NoLegalGround),
            Ground::Law(_) => {}
        }
        if asked.fields.is_empty() {
            return Err(Blocked::Nothing);
        }
        if asked.fields.iter().any(|field| !recipient.fields.contains(field)) {
            return Err(Blocked::OtherFields);
        }
        Ok(Disclosure {
            organisation: asked.organisation,
            purpose: recipient.purpose,
            fields: asked.fields.to_vec(),
            ground,
        })
    }

    /// To whom.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Exactly the fields that may leave.
    #[must_use]
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// On what ground.
    #[must_use]
    pub const fn ground(&self) -> &Ground {
        &self.ground
    }
}

/// The recipient of this name in the notices that a client was given.
///
/// # Errors
/// None of them names it, or as a processor.
pub fn named<'n>(notices: &[&'n Notice], id: &str) -> Result<&'n Recipient, Blocked> {
    let recipient = notices.iter().find_map(|notice| notice.recipient(id)).ok_or(Blocked::NotNamed)?;
    match recipient.kind {
        RecipientKind::Recipient => Ok(recipient),
        RecipientKind::Processor => Err(Blocked::Processor),
    }
}

codes! {
    /// Where a disclosure stands.
    Stage {
        /// Asked for under a law; a second person decides.
        Asked = "asked",
        /// The second person said no.
        Refused = "refused",
        /// It may leave.
        Ready = "ready",
        /// It has left.
        Made = "made",
        /// It was ready and has not left: the ground fell away.
        Stopped = "stopped",
        /// It was tried and the gate was shut.
        Blocked = "blocked",
    }
}

impl Stage {
    /// In a word or two.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Stage::Asked => "Waits for approval",
            Stage::Refused => "Not approved",
            Stage::Ready => "Ready to leave",
            Stage::Made => "Shared",
            Stage::Stopped => "Stopped",
            Stage::Blocked => "Blocked",
        }
    }
}

/// What stands in the client's file about a disclosure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosed {
    /// To whom, as the name was then.
    pub name: String,
    /// As which recipient of the notice.
    pub named: String,
    /// What for.
    pub purpose: Purpose,
    /// The fields.
    pub fields: Vec<FieldId>,
    /// The consent that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<EntryId>,
    /// Or the law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LegalGround>,
    /// The referral in which we told them; none where a pack leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_in: Option<EntryId>,
}

/// How an organisation got something that no pack carried.
pub const TOLD: &str = "Told by us, in a referral";

impl Disclosed {
    /// Its line in the timeline.
    #[must_use]
    pub fn title(&self) -> String {
        if self.told_in.is_some() {
            return format!("Told {} about the client, in a referral, with consent", self.name);
        }
        let ground = if self.consent.is_some() { "with consent" } else { "under a law" };
        format!(
            "Sharing with {} {ground}: {}",
            self.name,
            crate::dates::count(self.fields.len() as u64, "fact")
        )
    }
}

codes! {
    /// Why a recipient has to be told something (Art. 19).
    Tell {
        /// The client took the consent back.
        Withdrawn = "withdrawn",
        /// A fact that was given was put right.
        Rectified = "rectified",
        /// The file was erased.
        Erased = "erased",
    }
}

codes! {
    /// What a recipient answered (Art. 19).
    Reply {
        /// They did as they were told.
        Done = "done",
        /// They hold nothing of it any more.
        NotHeld = "not-held",
        /// They cannot, or a law tells them to keep it.
        Cannot = "cannot",
    }
}

impl Reply {
    /// As a page says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Reply::Done => "They did it",
            Reply::NotHeld => "They hold nothing",
            Reply::Cannot => "They cannot",
        }
    }
}

impl Tell {
    /// What to tell.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Tell::Withdrawn => {
                "The client took their consent back. Stop using what you got, and erase it unless a law tells you to keep it."
            }
            Tell::Rectified => {
                "Facts that you got were put right here. Ask us for the right ones, and mark yours as out of date until then."
            }
            Tell::Erased => "The file here was erased. Erase what you got from it.",
        }
    }
}

#[cfg(test)]
mod tests;
