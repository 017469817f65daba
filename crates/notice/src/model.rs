//! A notice: everything that a service promises about the data of its clients, as types.
//!
//! What Articles 13, 14 and 30 of the UK GDPR ask for has a place of its own here, so that the rendering that people
//! read, the register for the regulator and the rules that the program enforces all come from the same value.

mod asking;
mod what;
mod who;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::codes::{ContactRole, Layer, RightKind};
use crate::field::{Field, FieldId, ValueList};
use crate::vocabulary::{Category, Purpose};

pub use asking::{
    Automated, Complaints, Objection, Regulator, Requests, Required, Right, Section, Withdrawal,
};
pub use what::{Basis, CategoryNotice, Condition, Erasure, Function, Period, PurposeNotice, Retention};
pub use who::{Contact, Controller, JointController, Recipient, Source, System, Transfers};

/// What a service, or a programme of it, tells its clients and holds itself to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// Its name in files: `employment-service`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// The name under which people know the service or programme.
    pub service: String,
    /// The notice that this one extends: set for programmes, not for the service itself.
    pub extends: Option<String>,
    /// Its version.
    pub version: String,
    /// The day from which it holds.
    pub effective: Date,
    /// The day by which it is looked at again.
    pub review: Option<Date>,
    /// Its language, `en-GB`.
    pub language: String,
    /// What it is about, in a few sentences.
    pub opening: String,
    /// The laws relied on.
    pub laws: Vec<String>,
    /// Who decides.
    pub controller: Controller,
    /// Whom to reach for what.
    pub contacts: Vec<Contact>,
    /// What is held.
    pub categories: Vec<CategoryNotice>,
    /// Fields of the service's own, beside the standard ones.
    pub fields: Vec<Field>,
    /// Value lists of the service's own, for those fields.
    pub lists: Vec<ValueList>,
    /// Own words for why a field is asked for, before those of the catalogue.
    pub whys: BTreeMap<FieldId, String>,
    /// What it is used for.
    pub purposes: Vec<PurposeNotice>,
    /// The functions that the purpose `functions` stands for.
    pub functions: Vec<Function>,
    /// How long each layer of a file is kept.
    pub retention: Vec<Retention>,
    /// What happens to copies and when data is final gone.
    pub erasure: Erasure,
    /// Who else gets data.
    pub recipients: Vec<Recipient>,
    /// How sharing is decided: nothing without consent, or the law.
    pub sharing: String,
    /// Where data is kept.
    pub systems: Vec<System>,
    /// Whether data leaves the United Kingdom.
    pub transfers: Option<Transfers>,
    /// What people can ask for.
    pub rights: Vec<Right>,
    /// The right to object, apart from the others as Article 21(4) asks.
    pub objection: Option<Objection>,
    /// Taking consent back.
    pub withdrawal: Option<Withdrawal>,
    /// Concerns: to us, and to the Information Commissioner.
    pub complaints: Option<Complaints>,
    /// Whether machines decide about people.
    pub automated: Option<Automated>,
    /// What people must tell, and what follows if they do not.
    pub required: Option<Required>,
    /// Where data comes from that clients do not give themselves.
    pub sources: Vec<Source>,
    /// How requests are answered.
    pub requests: Option<Requests>,
    /// Whatever else the service wants to tell.
    pub sections: Vec<Section>,
    /// SHA-256 of the text that it was read from.
    pub(crate) digest: String,
}

impl Notice {
    /// Fingerprint of the text that it was read from: SHA-256 in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The notice that this one extends, if it is a programme's.
    #[must_use]
    pub fn extends(&self) -> Option<&str> {
        self.extends.as_deref()
    }

    /// What it says about a category.
    #[must_use]
    pub fn category(&self, category: Category) -> Option<&CategoryNotice> {
        self.categories.iter().find(|held| held.category == category)
    }

    /// What it says about a purpose.
    #[must_use]
    pub fn purpose(&self, purpose: Purpose) -> Option<&PurposeNotice> {
        self.purposes.iter().find(|given| given.purpose == purpose)
    }

    /// Whether it gives `purpose` for `category`.
    #[must_use]
    pub fn gives(&self, purpose: Purpose, category: Category) -> bool {
        self.purpose(purpose).is_some_and(|given| given.categories.contains(&category))
    }

    /// How long a layer is kept.
    #[must_use]
    pub fn retention_rule(&self, layer: Layer) -> Option<&Retention> {
        self.retention.iter().find(|rule| rule.layer == layer)
    }

    /// Whom to reach for what.
    #[must_use]
    pub fn contact(&self, role: ContactRole) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.role == role)
    }

    /// Who gets data, by name in files.
    #[must_use]
    pub fn recipient(&self, id: &str) -> Option<&Recipient> {
        self.recipients.iter().find(|recipient| recipient.id == id)
    }

    /// The right of this kind.
    #[must_use]
    pub fn right(&self, kind: RightKind) -> Option<&Right> {
        self.rights.iter().find(|right| right.right == kind)
    }
}
