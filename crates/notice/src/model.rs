//! A notice: everything that a service promises about the data of its clients, as types.
//!
//! What Articles 13, 14 and 30 of the UK GDPR ask for has a place of its own here, so that the rendering that people
//! read, the register for the regulator and the rules that the program enforces all come from the same value.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::codes::{
    Article6, Article9, ContactKind, ContactRole, Event, Layer, ObjectionTo, RecipientKind, RightKind,
    SystemKind,
};
use crate::field::{Field, FieldId, Special, ValueList};
use crate::vocabulary::{Category, Purpose};

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

/// Who decides what data is used for (Article 13(1)(a)).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Controller {
    /// The legal name.
    pub name: String,
    /// The postal address, line by line.
    pub address: Vec<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// Whether it is a public authority.
    pub public_authority: bool,
    /// Its number in the Commissioner's register, if it wants to show it.
    pub registration: Option<String>,
    /// Who decides together with it.
    pub joint: Vec<JointController>,
}

/// Another body that decides together with the controller (Article 26).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JointController {
    /// Its legal name.
    pub name: String,
    /// How to reach it.
    pub contact: String,
    /// The essence of the arrangement: who does what, and whom people may turn to.
    pub arrangement: String,
}

/// Whom to reach: a role, never a person, because names age.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact {
    /// What for.
    pub role: ContactRole,
    /// What the role is called.
    pub label: String,
    /// Telephone.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Postal address, where it differs from the controller's.
    pub address: Vec<String>,
    /// The day on which somebody last checked that this reaches them.
    pub verified: Option<Date>,
}

/// What the notice says about one category of data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryNotice {
    /// Which.
    pub category: Category,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// Where it comes from: "you", or somebody named in `sources`.
    pub source: String,
    /// The fields that are held.
    pub fields: Vec<FieldId>,
    /// The kinds of dated entries that are held: meetings, referrals.
    pub entries: Vec<String>,
    /// Specially protected data that its entries may hold, beside that of its fields.
    pub special: Vec<Special>,
}

/// What the notice says about one purpose.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PurposeNotice {
    /// Which.
    pub purpose: Purpose,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// The categories of data that it uses.
    pub categories: Vec<Category>,
    /// The lawful bases (Article 6).
    pub bases: Vec<Basis>,
    /// The conditions for special categories and offences (Articles 9 and 10).
    pub conditions: Vec<Condition>,
}

/// A lawful basis as one purpose uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The point of Article 6(1).
    pub article: Article6,
    /// The law that sets the duty or task, for (c) and (e).
    pub enactment: Option<String>,
    /// What rests on it, where a purpose has several bases.
    pub says: Option<String>,
}

/// A condition under which a purpose may use specially protected data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// Which data it covers.
    pub covers: Vec<Special>,
    /// The condition of Article 9(2); none for offences (Article 10).
    pub article9: Option<Article9>,
    /// The paragraph of Schedule 1 to the Data Protection Act 2018.
    pub schedule1: Option<u8>,
    /// The appropriate policy document on file.
    pub policy_document: Option<String>,
    /// The duty of secrecy that Article 9(3) asks for with 9(2)(h).
    pub secrecy: Option<String>,
    /// What it means, in plain words.
    pub says: Option<String>,
}

/// A function that the service is responsible for (S7): named, with the law that gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Function {
    /// Its name in plain words.
    pub name: String,
    /// The enactment.
    pub enactment: String,
    /// What the service does under it.
    pub says: String,
}

/// How long one layer of a file is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Retention {
    /// Which layer.
    pub layer: Layer,
    /// The categories that it holds.
    pub categories: Vec<Category>,
    /// Only these fields, where a layer does not hold whole categories: a programme's holds what its notice names.
    pub fields: Vec<FieldId>,
    /// How long.
    pub period: Period,
    /// Counted from what.
    pub after: Event,
    /// Which kinds of contact count, where the period runs from the last contact.
    pub counts: Vec<ContactKind>,
    /// How many months before the end the client is warned.
    pub warn_months_before: Vec<u32>,
    /// The law or contract that asks for the period, if one does.
    pub authority: Option<String>,
    /// The rule in plain words.
    pub says: String,
}

/// A length of time to keep something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// Calendar months.
    Months(u32),
    /// Days.
    Days(u32),
    /// Until a day that is set beforehand.
    Until(Date),
    /// As the notice of each programme says.
    AsProgramme,
}

/// What happens when data goes (S26-S28, G.2, G.4).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Erasure {
    /// What "remove", "delete", "erase" mean here: one thing.
    pub says: String,
    /// How people ask for it, at any time.
    pub on_request: String,
    /// What happens to back-up copies.
    pub backups: String,
    /// The number of days for which back-up copies exist.
    pub backup_days: Option<u32>,
    /// What happens to paper.
    pub paper: String,
    /// What stays: nothing that names anybody.
    pub stays: String,
    /// What may delay it.
    pub holds: String,
}

/// Somebody outside the service who gets data (Article 13(1)(e)).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recipient {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is to us.
    pub kind: RecipientKind,
    /// What for.
    pub purpose: Purpose,
    /// Exactly the fields that it gets; empty for a processor, which holds what it holds for us.
    pub fields: Vec<FieldId>,
    /// Dated entries that it gets.
    pub entries: Vec<String>,
    /// Whether the client's recorded consent is needed first.
    pub needs_consent: bool,
    /// The law that allows it, where consent is not asked.
    pub legal_ground: Option<String>,
    /// The country in which it keeps the data.
    pub country: String,
    /// Why, in plain words.
    pub says: String,
}

/// A place where data is kept (S22, S23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct System {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Computers or paper.
    pub kind: SystemKind,
    /// The recipient of kind processor that runs it, if we do not run it ourselves.
    pub processor: Option<String>,
    /// The country in which it stands.
    pub country: String,
    /// How it is protected, in plain words.
    pub says: String,
}

/// Transfers out of the United Kingdom (Article 13(1)(f)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfers {
    /// Where to; empty: nowhere.
    pub countries: Vec<String>,
    /// The regulations under Article 45A or the safeguards relied on.
    pub safeguards: Option<String>,
    /// How to get a copy of the safeguards.
    pub copy: Option<String>,
    /// In plain words.
    pub says: String,
}

/// A right, and how to use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Which.
    pub right: RightKind,
    /// Its heading.
    pub label: String,
    /// What it is, in plain words.
    pub says: String,
    /// How to use it.
    pub how: String,
}

/// The right to object (Article 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objection {
    /// To what.
    pub to: Vec<ObjectionTo>,
    /// In plain words.
    pub says: String,
    /// How to use it.
    pub how: String,
}

/// The right to take consent back (Article 7(3)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// In plain words.
    pub says: String,
    /// How: as easily as it was given.
    pub how: String,
    /// What happens then.
    pub effect: String,
}

/// Concerns and complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Complaints {
    /// To us, in plain words (Article 13(2)(ca)).
    pub to_us: String,
    /// How: an online form and other means (DPA s.164A(2)).
    pub how: String,
    /// Within how many days receipt is confirmed.
    pub acknowledge_days: u32,
    /// To the regulator, in plain words (Article 13(2)(d)).
    pub to_regulator: String,
    /// The regulator: a setting, because its name changes.
    pub regulator: Regulator,
}

/// The authority that watches over data protection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Regulator {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: Vec<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// The page on which complaints are made.
    pub link: String,
}

/// Decisions made by machines alone, and profiling (Article 13(2)(f)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Automated {
    /// Whether there are any. Kept has none.
    pub any: bool,
    /// In plain words; with logic, consequences and safeguards if there are any.
    pub says: String,
}

/// What must be told (Article 13(2)(e)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    /// The fields without which nothing can begin: a name and one way to reach somebody.
    pub fields: Vec<FieldId>,
    /// Whether a law or contract asks for it.
    pub by_law: bool,
    /// In plain words: what is free to give.
    pub says: String,
    /// What follows if something is not given.
    pub consequences: String,
    /// The agreement between client and service, apart from consent (S20).
    pub agreement: String,
}

/// Where data comes from, other than the client (Article 14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Who.
    pub name: String,
    /// Which categories come from there.
    pub categories: Vec<Category>,
    /// In plain words.
    pub says: String,
}

/// How requests about one's own data are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// How long it takes.
    pub time: String,
    /// What it costs.
    pub fee: String,
    /// How we make sure who asks.
    pub identity: String,
    /// Large print, other languages, somebody who reads it out.
    pub formats: String,
    /// People under 18.
    pub under_18: String,
    /// What is not held here: educational records are asked of their provider (S37).
    pub elsewhere: String,
}

/// Something more to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its text; an empty line parts paragraphs.
    pub says: String,
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
