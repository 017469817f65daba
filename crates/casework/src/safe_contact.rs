//! Which ways of reaching a client are safe for them, and what whoever reaches for the phone has to know.

use crate::answers::Answer;
use crate::profile::{Profile, fields};

/// What the client said is safe; `None` if they were not asked, and then what they gave us is theirs to be reached by.
pub(crate) fn ways(contact: &Profile) -> Option<Vec<&str>> {
    match contact.get(&fields::SAFE_CONTACT)? {
        // Asked and not answered: nothing is known to be safe.
        Answer::PreferNotToSay => Some(Vec::new()),
        answer => Some(answer.chosen().iter().map(|chosen| chosen.code.as_str()).collect()),
    }
}

/// Whether a way, by its code in the list of the field, is safe.
pub(crate) fn is_safe(contact: &Profile, code: &str) -> bool {
    ways(contact).is_none_or(|ways| ways.contains(&code))
}

/// Ways to reach somebody: code, and what several of them are called.
const CHANNELS: [(&str, &str); 4] =
    [("CALL", "calls"), ("TEXT", "texts"), ("EMAIL", "emails"), ("LETTER", "letters")];

/// What must not be done to reach a client, in a few words; `None` if every way is safe or nobody asked.
///
/// Ways that are safe need no warning: a bar of six notes is one that nobody reads.
#[must_use]
pub fn warning(contact: &Profile) -> Option<String> {
    let safe = ways(contact)?;
    let is = |code: &str| safe.contains(&code);
    let (open, shut): (Vec<_>, Vec<_>) = CHANNELS.iter().partition(|(code, _)| is(code));
    let named = |channels: &[&(&str, &str)], joint: &str| {
        channels.iter().map(|(_, words)| *words).collect::<Vec<_>>().join(joint)
    };
    let mut parts = match (open.len(), shut.len()) {
        (0, _) => return Some("No way to reach them is known to be safe".to_owned()),
        (_, 0) => Vec::new(),
        (1 | 2, _) => vec![format!("{} only", named(&open, " and "))],
        _ => vec![format!("no {}", named(&shut, ", no "))],
    };
    if is("CALL") && !is("VOICEMAIL") {
        parts.push("no voicemail".to_owned());
    }
    if !is("NAME-US") {
        parts.push("do not say who you are".to_owned());
    }
    let words = parts.join(", ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Chosen;

    fn said(codes: &[&str]) -> Profile {
        let mut contact = Profile::default();
        let code = |code: &&str| Chosen { code: (*code).to_owned(), other: None, list: String::new() };
        contact.set(fields::SAFE_CONTACT, Some(Answer::Codes(codes.iter().map(code).collect())));
        contact
    }

    #[test]
    fn only_what_must_not_be_done_is_said() {
        let all = ["CALL", "VOICEMAIL", "TEXT", "EMAIL", "LETTER", "NAME-US"];
        for (safe, words) in [
            (&all[..], None),
            (&["TEXT"], Some("Texts only, do not say who you are")),
            (&["CALL", "TEXT", "NAME-US"], Some("Calls and texts only, no voicemail")),
            (&["CALL", "VOICEMAIL", "TEXT", "EMAIL", "NAME-US"], Some("No letters")),
            (&["CALL", "TEXT", "EMAIL", "LETTER", "NAME-US"], Some("No voicemail")),
            (&["NAME-US"], Some("No way to reach them is known to be safe")),
        ] {
            assert_eq!(warning(&said(safe)).as_deref(), words, "{safe:?}");
        }
    }

    #[test]
    fn nobody_asked_is_no_warning_and_no_answer_is_one() {
        assert_eq!(warning(&Profile::default()), None);
        let mut silent = Profile::default();
        silent.set(fields::SAFE_CONTACT, Some(Answer::PreferNotToSay));
        assert!(warning(&silent).is_some());
        assert!(!is_safe(&silent, "TEXT"));
    }
}
