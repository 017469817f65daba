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

/// Everything that matched. It shows itself as words: `similar name, date of birth`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Why(u16);

impl Why {
    /// These and one more.
    #[must_use]
    pub const fn with(self, matched: Matched) -> Why {
        Why(self.0 | 1 << matched as u16)
    }

    /// Whether this is among them.
    #[must_use]
    pub const fn contains(self, matched: Matched) -> bool {
        self.0 & (1 << matched as u16) != 0
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
        Ok(())
    }
}
