//! Which looks at files are worth a second look: one's own record, a namesake, one's own home or street, many files in a short
//! time, the middle of the night.
//!
//! Only two things are asked: the audit log (who, whose file, when) and what is known of people in memory, as [`Marks`] that
//! cannot be read back. A flag is a question, never a finding: namesakes are common, and somebody has to open files at night.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{Hash as _, Hasher as _};

use jiff::{SignedDuration, Timestamp};

use crate::entries::codes;
use crate::profile::{Profile, fields};
use crate::{ClientId, StaffId, names};

codes! {
    /// Why a look is worth a second one.
    Flag {
        /// The file looks like one's own: the same name or e-mail address.
        OwnRecord = "own-record",
        /// The client has one's own surname.
        SameSurname = "same-surname",
        /// The client lives where one's own record says that one lives.
        SameHome = "same-home",
        /// The client lives in one's own street.
        SameStreet = "same-street",
        /// Many files outside the caseload within a short time.
        Burst = "burst",
        /// In the night.
        Night = "night",
    }
}

impl Flag {
    /// In a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Flag::OwnRecord => "May be their own record",
            Flag::SameSurname => "Same surname",
            Flag::SameHome => "May live in the same home",
            Flag::SameStreet => "May live in the same street",
            Flag::Burst => "Many files in a short time",
            Flag::Night => "At night",
        }
    }
}

codes! {
    /// What a review came to.
    Verdict {
        /// The reason is good.
        Fine = "fine",
        /// They were asked, and their answer is good.
        Asked = "asked",
        /// It was not for work: a breach.
        Breach = "breach",
    }
}

impl Verdict {
    /// As the form offers it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Verdict::Fine => "The reason is good",
            Verdict::Asked => "I asked, and the answer is good",
            Verdict::Breach => "This was not for work: a breach",
        }
    }
}

/// What is compared of a person: fingerprints of folded words, 0 for what is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    name: u64,
    surname: u64,
    email: u64,
    street: u64,
    home: u64,
}

impl Marks {
    /// Those of a client.
    #[must_use]
    pub fn of_client(profile: &Profile) -> Marks {
        let text = |field: &notice::FieldId| profile.text(field).unwrap_or_default();
        let (first, second) = (text(&fields::ADDRESS_LINE_1), text(&fields::ADDRESS_LINE_2));
        let postcode = text(&fields::POSTCODE);
        Marks {
            name: mark(&[text(&fields::NAME)]),
            surname: mark(&[names::parts(text(&fields::NAME)).last]),
            email: mark(&[text(&fields::EMAIL)]),
            // The same name of a street in another part of the country is another street.
            street: if postcode.is_empty() { 0 } else { mark(&[street(first), area(postcode)]) },
            home: if postcode.is_empty() || first.is_empty() { 0 } else { mark(&[first, second, postcode]) },
        }
    }

    /// Those of somebody who works here: a name and an address to sign in are all that is known of them.
    #[must_use]
    pub fn of_staff(name: &str, email: &str) -> Marks {
        Marks {
            name: mark(&[name]),
            surname: mark(&[names::parts(name).last]),
            email: mark(&[email]),
            ..Marks::default()
        }
    }

    /// Whether a client's record looks like this member of staff's own.
    #[must_use]
    pub fn is_own(&self, client: &Marks) -> bool {
        same(self.email, client.email) || same(self.name, client.name)
    }
}

const fn same(one: u64, other: u64) -> bool {
    one != 0 && one == other
}

/// The fingerprint of words, without case, spaces and points; 0 if nothing is left of the first.
fn mark(parts: &[&str]) -> u64 {
    let fold = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    if parts.first().is_none_or(|first| fold(first).is_empty()) {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    parts.iter().for_each(|part| fold(part).hash(&mut hasher));
    hasher.finish().max(1)
}

/// The street of a first line: what stands after the last word with a figure in it.
fn street(line: &str) -> &str {
    let start = line
        .split_whitespace()
        .rfind(|word| word.chars().any(|c| c.is_ascii_digit()))
        .and_then(|word| Some(line.rfind(word)? + word.len()))
        .unwrap_or(0);
    line.get(start..).unwrap_or(line).trim_matches([' ', ','])
}

/// The part of a postcode before its last three characters: `NB1 4`.
fn area(postcode: &str) -> &str {
    let postcode = postcode.trim();
    let end = postcode.char_indices().rev().nth(2).map_or(0, |(at, _)| at);
    postcode.get(..end).unwrap_or(postcode)
}

/// One look at one file, with all that was done in it within half an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// When it began.
    pub at: Timestamp,
    /// The hour of the day here.
    pub hour: i8,
    /// Who.
    pub who: StaffId,
    /// Whose file.
    pub client: ClientId,
    /// Whether the file was outside their caseload. Whoever books for everybody has none.
    pub outside: bool,
}

/// From where on it is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Different files outside the caseload...
    pub files: usize,
    /// ...within so many minutes.
    pub minutes: i64,
    /// The night begins at this hour...
    pub night_from: i8,
    /// ...and ends at this one.
    pub night_until: i8,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { files: 10, minutes: 30, night_from: 22, night_until: 6 }
    }
}

/// What is known of somebody who works here, with what their own record as a client tells.
#[derive(Debug, Clone, Default)]
pub struct Own {
    marks: Marks,
    homes: HashSet<u64>,
    streets: HashSet<u64>,
}

impl Own {
    /// Somebody with the records that look like their own.
    pub fn new(marks: Marks, clients: impl Iterator<Item = Marks>) -> Own {
        let mut own = Own { marks, ..Own::default() };
        for client in clients.filter(|client| marks.is_own(client)) {
            own.homes.extend(Some(client.home).filter(|home| *home != 0));
            own.streets.extend(Some(client.street).filter(|street| *street != 0));
        }
        own
    }

    /// What a client has in common with them; the nearer says it for the farther.
    fn common(&self, client: &Marks) -> Option<Flag> {
        if self.marks.is_own(client) {
            Some(Flag::OwnRecord)
        } else if self.homes.contains(&client.home) {
            Some(Flag::SameHome)
        } else if self.streets.contains(&client.street) {
            Some(Flag::SameStreet)
        } else if same(self.marks.surname, client.surname) {
            Some(Flag::SameSurname)
        } else {
            None
        }
    }
}

/// The flags of each look, in the order of `looks`, which is that of time.
#[must_use]
pub fn flags(
    looks: &[Look],
    staff: &HashMap<StaffId, Own>,
    client: impl Fn(ClientId) -> Option<Marks>,
    limits: Limits,
) -> Vec<BTreeSet<Flag>> {
    let mut found: Vec<BTreeSet<Flag>> = vec![BTreeSet::new(); looks.len()];
    let mut recent: HashMap<StaffId, VecDeque<usize>> = HashMap::new();
    for (at, look) in looks.iter().enumerate() {
        let night = look.hour >= limits.night_from || look.hour < limits.night_until;
        let common =
            staff.get(&look.who).zip(client(look.client)).and_then(|(own, marks)| own.common(&marks));
        if let Some(flags) = found.get_mut(at) {
            flags.extend(common);
            flags.extend(night.then_some(Flag::Night));
        }
        if !look.outside {
            continue;
        }
        let window = recent.entry(look.who).or_default();
        let begins = look.at - SignedDuration::from_mins(limits.minutes);
        while window.front().and_then(|first| looks.get(*first)).is_some_and(|first| first.at < begins) {
            window.pop_front();
        }
        window.push_back(at);
        let files: HashSet<ClientId> =
            window.iter().filter_map(|at| looks.get(*at)).map(|look| look.client).collect();
        if files.len() >= limits.files {
            for at in window.iter() {
                if let Some(flags) = found.get_mut(*at) {
                    flags.insert(Flag::Burst);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
