//! Names of people, cut into parts only as far as lists need it. No rule is made of what a name must be.

/// A name in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameParts<'n> {
    /// The first given name.
    pub first: &'n str,
    /// All given names.
    pub given: &'n str,
    /// The surname with its particles; empty where there is one word only.
    pub last: &'n str,
}

/// Small words that belong to the surname after them.
const PARTICLES: [&str; 24] = [
    "af", "al", "ap", "bin", "bint", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du",
    "el", "ibn", "la", "le", "st", "ter", "van", "von", "zu",
];

/// Cuts a name into given names and surname: the last word with the particles before it.
#[must_use]
pub fn parts(name: &str) -> NameParts<'_> {
    let name = name.trim();
    let first = name.split_whitespace().next().unwrap_or("");
    let mut start = match name.rfind(char::is_whitespace) {
        Some(space) => space,
        None => return NameParts { first, given: name, last: "" },
    };
    while let Some(before) = name.get(..start).map(str::trim_end) {
        let Some(space) = before.rfind(char::is_whitespace) else { break };
        let word = before.get(space..).unwrap_or("").trim();
        if !PARTICLES.contains(&word.to_lowercase().trim_end_matches('.')) {
            break;
        }
        start = space;
    }
    NameParts {
        first,
        given: name.get(..start).unwrap_or("").trim(),
        last: name.get(start..).unwrap_or("").trim(),
    }
}

/// Surname, comma, given names: as lists are sorted.
#[must_use]
pub fn sort_name(name: &str) -> String {
    let parts = parts(name);
    if parts.last.is_empty() { parts.given.to_owned() } else { format!("{}, {}", parts.last, parts.given) }
}

/// The first letters of the first and last word.
#[must_use]
pub fn initials(name: &str) -> String {
    let first = name.split_whitespace().next();
    let last = name.split_whitespace().skip(1).last();
    let letter = |word: &str| word.chars().find(|c| c.is_alphabetic());
    first.into_iter().chain(last).filter_map(letter).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_sorted_by_surname() {
        for (name, sorted, letters) in [
            ("Ann Other", "Other, Ann", "AO"),
            ("ann mary other", "other, ann mary", "AO"),
            ("Jan van der Berg", "van der Berg, Jan", "JB"),
            ("Maria de la Cruz", "de la Cruz, Maria", "MC"),
            ("Zoë O'Neill-Hart", "O'Neill-Hart, Zoë", "ZO"),
            ("Van Example", "Example, Van", "VE"),
            ("Prince", "Prince", "P"),
            ("", "", ""),
        ] {
            assert_eq!((sort_name(name).as_str(), initials(name).as_str()), (sorted, letters), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_is_lost_in_sorting(name in "\\PC{0,20}") {
            let letters = |text: &str| { let mut l: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect(); l.sort_unstable(); l };
            prop_assert_eq!(letters(&sort_name(&name)), letters(&name));
        }
    }
}
