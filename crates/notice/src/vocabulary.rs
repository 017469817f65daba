//! The closed words that notice, access rules and sealing share: categories of data and purposes.
//!
//! A notice gives each its own plain words and says which fields it holds; it cannot invent new ones, because the
//! access table and the key compartments are written for exactly these.

/// Declares a closed list of codes: an enum, its kebab-case codes, `ALL`, `Display`, `FromStr`.
macro_rules! closed_list {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $code)] $variant),+ }

        impl $name {
            /// Every one of them, in the order of the notice.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The code that stands in files, columns and policies.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }
        }

        impl $crate::vocabulary::ClosedList for $name {
            const EVERY: &'static [$name] = $name::ALL;
            fn spelling(self) -> &'static str { self.code() }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.code()) }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownCode;
            fn from_str(code: &str) -> Result<Self, $crate::vocabulary::UnknownCode> {
                match code { $($code => Ok($name::$variant),)+ _ => Err($crate::vocabulary::UnknownCode(code.to_owned())) }
            }
        }
    };
}

pub(crate) use closed_list;

/// What all closed lists have in common, for the reader of notice files.
pub(crate) trait ClosedList: Copy + Eq + 'static {
    const EVERY: &'static [Self];
    fn spelling(self) -> &'static str;
}

/// A code that is in none of the closed lists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a code that Kept knows")]
pub struct UnknownCode(pub String);

closed_list! {
    /// A category of data: the unit in which people are told what is held, staff are allowed, and audits speak.
    Category {
        /// Name, client number, address, telephone, e-mail, how to reach the client safely.
        Contact = "contact",
        /// Date of birth, National Insurance number, nationality.
        Identity = "identity",
        /// Employment status, benefits, qualifications.
        Work = "work",
        /// Household details.
        Household = "household",
        /// Right to work in the UK.
        RightToWork = "right-to-work",
        /// Disability, learning difficulty and barriers, where support has to fit them.
        Needs = "needs",
        /// Answers to equality questions: written by advisers, read only by the client and by statistics.
        Equality = "equality",
        /// Meetings, progress, support provided, referrals.
        Casework = "casework",
        /// Notices given, the agreement, consents.
        Agreement = "agreement",
        /// Requests about the client's own data, and complaints.
        Rights = "rights",
    }
}

closed_list! {
    /// What data is used for. Each read and write carries one.
    Purpose {
        /// Support into employment and learning.
        Support = "support",
        /// Named functions that the service is responsible for.
        Functions = "functions",
        /// Statistics that inform decisions about provision.
        Statistics = "statistics",
        /// Reaching clients in an emergency or when an appointment is cancelled.
        Contact = "contact",
        /// The public sector equality duty (Equality Act 2010 s.149).
        EqualityDuty = "equality-duty",
        /// Anonymised information for funding bids.
        Bids = "bids",
        /// Answering what people ask about their own data.
        Rights = "rights",
        /// Keeping the records safe, accurate and no longer than promised.
        Keeping = "keeping",
    }
}

/// A set of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Categories(u16);

impl Categories {
    /// None of them.
    pub const NONE: Categories = Categories(0);

    /// All of them.
    #[must_use]
    pub fn all() -> Categories {
        Category::ALL.iter().copied().collect()
    }

    /// Whether `category` is one of them.
    #[must_use]
    pub const fn contains(self, category: Category) -> bool {
        self.0 & (1 << category as u16) != 0
    }

    /// These and `category`.
    #[must_use]
    pub const fn with(self, category: Category) -> Categories {
        Categories(self.0 | (1 << category as u16))
    }

    /// Those that are in both sets.
    #[must_use]
    pub const fn and(self, other: Categories) -> Categories {
        Categories(self.0 & other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of the notice.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |c| self.contains(*c))
    }
}

impl FromIterator<Category> for Categories {
    fn from_iter<I: IntoIterator<Item = Category>>(iter: I) -> Categories {
        iter.into_iter().fold(Categories::NONE, Categories::with)
    }
}

impl From<Category> for Categories {
    fn from(category: Category) -> Categories {
        Categories::NONE.with(category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_as_what_they_were() {
        for category in Category::ALL {
            assert_eq!(category.code().parse(), Ok(*category));
        }
        for purpose in Purpose::ALL {
            assert_eq!(purpose.code().parse(), Ok(*purpose));
        }
        assert!("gossip".parse::<Category>().is_err());
    }

    #[test]
    fn a_set_holds_what_was_put_into_it() {
        let set: Categories = [Category::Contact, Category::Needs].into_iter().collect();
        assert!(set.contains(Category::Needs) && !set.contains(Category::Equality));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Category::Contact, Category::Needs]);
        assert_eq!(Categories::all().iter().count(), Category::ALL.len());
    }
}
