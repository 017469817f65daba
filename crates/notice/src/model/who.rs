//! The parts of a notice about who: who decides, who gets data, where it is kept and where it comes from.

use jiff::civil::Date;
use serde::Serialize;

use crate::codes::{ContactRole, RecipientKind, SystemKind};
use crate::field::FieldId;
use crate::vocabulary::{Category, Purpose};

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
