//! The words by which files say that they hold nothing.

use crate::fold::fold;

/// Words that nobody is called by.
const NOTHING: [&str; 9] = [
    "unknown",
    "notknown",
    "notrecorded",
    "notstated",
    "notgiven",
    "notprovided",
    "notavailable",
    "notapplicable",
    "n/a",
];
/// Words that are names, too: there are people called Null, Nan and Na.
const ALSO_NAMES: [&str; 5] = ["na", "null", "none", "nan", "nil"];

/// What a cell says; nothing where it only says that there is nothing.
pub(super) fn said(cell: &str) -> &str {
    if says_nothing(cell) || may_be_a_name(cell) { "" } else { cell }
}

/// The same for a name, which may be one of these words.
pub(super) fn named(cell: &str) -> &str {
    if says_nothing(cell) { "" } else { cell }
}

/// Whether it is a word that means nothing, but may be a name.
pub(super) fn may_be_a_name(cell: &str) -> bool {
    cell.len() < 20 && ALSO_NAMES.contains(&plain(cell).as_str())
}

/// Dashes, dots, question marks and noughts, or a word that nobody is called by.
fn says_nothing(cell: &str) -> bool {
    cell.chars().all(|c| !c.is_alphanumeric() || c == '0')
        || cell.len() < 30 && NOTHING.iter().any(|word| plain(cell) == *word)
}

/// Small letters, and the slash that tells n/a from the name.
fn plain(cell: &str) -> String {
    fold(cell).chars().filter(|c| c.is_alphanumeric() || *c == '/').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_nothing_in_any_case() {
        for cell in [
            "NA",
            "n/a",
            "NULL",
            "None",
            "nan",
            "Unknown",
            "Not known",
            "not recorded",
            "-",
            ".",
            "?",
            "0",
            " ",
            "",
        ] {
            assert_eq!(said(cell), "", "{cell}");
        }
        for cell in ["N/A", "UNKNOWN", "not Known", "--", "?", "0", "00"] {
            assert_eq!(named(cell), "", "{cell}");
        }
        for name in ["Null", "Nan", "Na", "Anna", "O'Neill"] {
            assert_eq!(named(name), name);
        }
        for cell in ["10", "2000-01-01", "QZ1 0AA", "Nancy Close", "李"] {
            assert_eq!(said(cell), cell);
        }
    }
}
