//! What can be recorded about a client: a field, its kind, and the lists of values that its answers come from.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::vocabulary::{Category, closed_list};

/// Declares the name of a thing that notices may add to: text, compared and ordered as text.
macro_rules! name_of {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub ::std::borrow::Cow<'static, str>);

        impl $name {
            /// The id with this spelling, known when the program is written.
            #[must_use]
            pub const fn known(id: &'static str) -> Self { Self(::std::borrow::Cow::Borrowed(id)) }

            /// Its spelling in files.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(&self.0) }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self { Self(::std::borrow::Cow::Owned(id.to_owned())) }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self { Self(::std::borrow::Cow::Owned(id)) }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { &self.0 }
        }

        impl ::std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool { self.0 == other }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool { self.0 == *other }
        }
    };
}

pub(crate) use name_of;

name_of! {
    /// The name of a field, `date_of_birth`: small letters, digits and underscores.
    FieldId
}

name_of! {
    /// The name of a list of values, `ethnicity`.
    ListId
}

/// What an answer to a field looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A person's name.
    Name,
    /// A day.
    Date,
    /// A National Insurance number.
    Nino,
    /// A postcode.
    Postcode,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Yes or no.
    YesNo,
    /// A whole number.
    Number,
    /// An amount in pounds; kept in pence.
    Money,
    /// One value of a list.
    Choice(ListId),
    /// Any number of values of a list.
    Choices(ListId),
}

impl Kind {
    /// The list that answers come from, if they come from one.
    #[must_use]
    pub fn list(&self) -> Option<&ListId> {
        match self {
            Kind::Choice(list) | Kind::Choices(list) => Some(list),
            _ => None,
        }
    }

    /// The word for it in a notice file; lists stand in a key of their own.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::LongText => "long-text",
            Kind::Name => "name",
            Kind::Date => "date",
            Kind::Nino => "nino",
            Kind::Postcode => "postcode",
            Kind::Phone => "phone",
            Kind::Email => "email",
            Kind::YesNo => "yes-no",
            Kind::Number => "number",
            Kind::Money => "money",
            Kind::Choice(_) => "choice",
            Kind::Choices(_) => "choices",
        }
    }
}

closed_list! {
    /// What UK GDPR Articles 9 and 10 protect more than other data.
    Special {
        /// Racial or ethnic origin.
        EthnicOrigin = "ethnic-origin",
        /// Religious or philosophical belief.
        Belief = "belief",
        /// Health, disability.
        Health = "health",
        /// Sex life or sexual orientation.
        SexualOrientation = "sexual-orientation",
        /// Political opinion.
        PoliticalOpinion = "political-opinion",
        /// Trade union membership.
        TradeUnion = "trade-union",
        /// Genetic or biometric data.
        Biometric = "biometric",
        /// Criminal offences and convictions (Article 10).
        Offence = "offence",
    }
}

impl Special {
    /// Whether it is a special category of Article 9; offences stand in Article 10.
    #[must_use]
    pub const fn of_article_9(self) -> bool {
        !matches!(self, Special::Offence)
    }

    /// How people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Special::EthnicOrigin => "ethnicity",
            Special::Belief => "religion or belief",
            Special::Health => "health or disability",
            Special::SexualOrientation => "sexual orientation",
            Special::PoliticalOpinion => "political opinion",
            Special::TradeUnion => "trade union membership",
            Special::Biometric => "genetic or biometric data",
            Special::Offence => "criminal offences",
        }
    }
}

/// One thing that may be recorded about a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in files, columns of exports and audit entries.
    pub id: FieldId,
    /// Its name for people: "Date of birth".
    pub label: String,
    /// How a form asks for it.
    pub question: String,
    /// Help under the question.
    pub hint: Option<String>,
    /// What an answer looks like.
    pub kind: Kind,
    /// The category of the notice to which it belongs.
    pub category: Category,
    /// Whether "prefer not to say" is offered: special categories, offences, and what people may not want to tell.
    pub sensitive: bool,
    /// Which specially protected data an answer is or may reveal.
    pub special: Vec<Special>,
    /// Its term in the W3C Data Privacy Vocabulary, `pd:BirthDate`.
    pub dpv: String,
    /// Whether statistics may count by it.
    pub dimension: bool,
    /// Whether it is part of a copy to take elsewhere (what the client gave, not what we made).
    pub portable: bool,
    /// Why it is asked for, in plain words.
    pub why: String,
}

/// The values that answers to a field come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueList {
    /// Its name.
    pub id: ListId,
    /// Its version: answers remember it.
    pub version: String,
    /// Where the list comes from.
    pub source: String,
    /// The values, in the order in which they are offered.
    pub values: Vec<Value>,
}

impl ValueList {
    /// The value with this code, ended or not: a used code is never forgotten.
    #[must_use]
    pub fn value(&self, code: &str) -> Option<&Value> {
        self.values.iter().find(|value| value.code == code)
    }

    /// The values that can be chosen on `day`.
    pub fn offered(&self, day: Date) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.ended.is_none_or(|ended| day <= ended))
    }
}

/// One value of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// What is stored.
    pub code: String,
    /// What people read.
    pub label: String,
    /// The heading that it stands under.
    pub group: Option<String>,
    /// Whether people may write their own words beside it.
    pub write_in: bool,
    /// Whether it says more about somebody than the list as a whole does: shown with care.
    pub sensitive: bool,
    /// The specially protected data that it reveals, if any.
    pub reveals: Option<Special>,
    /// Its code in the Individualised Learner Record, where there is one.
    pub ilr: Option<String>,
    /// The last day on which it could be chosen.
    pub ended: Option<Date>,
}
