//! What a hit matched, so that a page can say why somebody is in the list.

use std::fmt;

/// One thing that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matched {
    /// A name or its beginning.
    Name,
    /// A name that is a usual short form of what was typed, or the other way round.
    Nickname,
    /// A name that is spelt almost like it.
    NameAlike,
    /// Date of birth.
    DateOfBirth,
    /// Date of birth with day and month swapped.
    DateSwapped,
    /// Day and month of birth, or the year.
    PartOfDate,
    /// Postcode or its beginning.
    Postcode,
    /// Part of a telephone number.
    Phone,
    /// E-mail address or its beginning.
    Email,
    /// National Insurance number.
    Nino,
    /// Client number or its beginning.
    Number,
}

impl Matched {
    const ALL: [Matched; 11] = [
        Matched::Name,
        Matched::Nickname,
        Matched::NameAlike,
        Matched::DateOfBirth,
        Matched::DateSwapped,
        Matched::PartOfDate,
        Matched::Postcode,
        Matched::Phone,
        Matched::Email,
        Matched::Nino,
        Matched::Number,
    ];

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Matched::Name => "name",
            Matched::Nickname => "short form of the name",
            Matched::NameAlike => "similar name",
            Matched::DateOfBirth => "date of birth",
            Matched::DateSwapped => "date of birth, day and month swapped",
            Matched::PartOfDate => "part of the date of birth",
            Matched::Postcode => "postcode",
            Matched::Phone => "phone number",
            Matched::Email => "email",
            Matched::Nino => "National Insurance number",
            Matched::Number => "client number",
        }
    }
}

/// What does not fit in somebody who matches all but one part of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Their surname fits, their first name does not.
    FirstName,
    /// Both fit, and a name was typed between them.
    MiddleName,
    /// Both fit, and a name was typed beside them.
    FurtherName,
    /// Their first name fits, their surname does not.
    Surname,
    /// No name fits.
    Name,
    /// They have another of these.
    Other(Matched),
    /// None of these is known of them.
    Missing(Matched),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::FirstName => f.write_str("other first name"),
            Unfit::MiddleName => f.write_str("middle name not on file"),
            Unfit::FurtherName => f.write_str("further name not on file"),
            Unfit::Surname => f.write_str("other surname"),
            Unfit::Name => f.write_str("other name"),
            Unfit::Other(what) => write!(f, "other {}", what.words()),
            Unfit::Missing(what) => write!(f, "{} not on file", what.words()),
        }
    }
}

/// Everything that matched, and the one thing that did not. It shows itself as words: `similar name, other date of birth`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Why {
    matched: u16,
    unfit: Option<Unfit>,
}

impl Why {
    /// These and one more.
    #[must_use]
    pub const fn with(self, matched: Matched) -> Why {
        Why { matched: self.matched | 1 << matched as u16, unfit: self.unfit }
    }

    /// Whether this is among them.
    #[must_use]
    pub const fn contains(self, matched: Matched) -> bool {
        self.matched & (1 << matched as u16) != 0
    }

    /// These, and what does not fit.
    #[must_use]
    pub(crate) const fn but(self, unfit: Unfit) -> Why {
        Why { matched: self.matched, unfit: Some(unfit) }
    }

    /// What does not fit; nothing for whoever matches all that was typed.
    #[must_use]
    pub const fn unfit(self) -> Option<Unfit> {
        self.unfit
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Matched> {
        Matched::ALL.into_iter().filter(move |matched| self.contains(*matched))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, matched) in self.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { ", " })?;
            f.write_str(matched.words())?;
        }
        match self.unfit {
            Some(unfit) => write!(f, ", {unfit}"),
            None => Ok(()),
        }
    }
}
