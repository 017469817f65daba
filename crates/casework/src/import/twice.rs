//! Who stands in a list twice. A person of the same name with the same day of birth, or where none is given with the same number or
//! address to be reached by, is taken for the same; more than that only somebody who knows them can say.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use notice::FieldId;

use crate::Profile;
use crate::profile::fields;

/// So many rows are remembered: a list may have any number, and memory has not.
const MOST: usize = 1_000_000;
/// By what people are known apart from their name and birth.
const REACHED: [FieldId; 4] = [fields::NINO, fields::EMAIL, fields::MOBILE_PHONE, fields::OTHER_PHONE];

/// The rows of a list so far, as digests: no name is held.
#[derive(Debug, Default)]
pub struct Twice {
    lines: HashMap<u64, u64>,
}

impl Twice {
    /// The first line with the same person, if there was one before this.
    pub fn before(&mut self, line: u64, profile: &Profile) -> Option<u64> {
        let digests = digests(profile);
        let found = digests.iter().filter_map(|digest| self.lines.get(digest)).min().copied();
        if found.is_none() && self.lines.len() < MOST {
            self.lines.extend(digests.into_iter().map(|digest| (digest, line)));
        }
        found
    }
}

fn digests(profile: &Profile) -> Vec<u64> {
    let name = plain(profile.display_name().unwrap_or_default());
    if name.is_empty() {
        return Vec::new();
    }
    if let Some(born) = profile.date(&fields::DATE_OF_BIRTH) {
        return vec![digest(&(&name, born))];
    }
    let known = |field: FieldId| Some(digest(&(&name, plain(profile.text(&field)?), field)));
    REACHED.into_iter().filter_map(known).collect()
}

/// The letters and digits, small.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn digest(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::Answer;

    fn person(name: &str, born: Option<Date>, phone: Option<&str>) -> Profile {
        let mut profile = Profile::default();
        profile.set(fields::NAME, Some(Answer::Text(name.to_owned())));
        profile.set(fields::DATE_OF_BIRTH, born.map(Answer::Date));
        profile.set(fields::MOBILE_PHONE, phone.map(|phone| Answer::Text(phone.to_owned())));
        profile
    }

    #[test]
    fn the_same_person_is_told_by_the_first_line_and_a_namesake_is_not() {
        let (spring, autumn) = (Some(date(1960, 3, 14)), Some(date(1990, 9, 1)));
        let mut twice = Twice::default();
        for (line, one, before) in [
            (2, person("Ann Other", spring, None), None),
            (3, person("Ann Other", autumn, None), None),
            (4, person("ANN  Other", spring, Some("07700 900125")), Some(2)),
            (5, person("Ann Other", None, Some("07700 900125")), None),
            (6, person("Ann Other", None, Some("07700900125")), Some(5)),
            (7, person("Bo Other", None, Some("07700 900125")), None),
            (8, person("Bo Other", None, None), None),
            (9, person("Bo Other", None, None), None),
            (10, person("ann other", spring, None), Some(2)),
        ] {
            assert_eq!(twice.before(line, &one), before, "line {line}");
        }
    }
}
