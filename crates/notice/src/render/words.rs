//! Plain words for what a notice says in codes: days, periods, events, laws.

use jiff::civil::Date;

use crate::codes::{ContactRole, Event, Layer, ObjectionTo};
use crate::model::{Basis, Condition, Period, Retention};

/// A day as people write it: 9 November 2026.
#[must_use]
pub fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// Several things as one phrase: "a, b and c".
#[must_use]
pub fn all_of<S: AsRef<str>>(things: &[S]) -> String {
    joined(things, "and")
}

/// One of several things as one phrase: "a, b or c".
#[must_use]
pub fn any_of<S: AsRef<str>>(things: &[S]) -> String {
    joined(things, "or")
}

fn joined<S: AsRef<str>>(things: &[S], word: &str) -> String {
    match things {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", first.join(", "), last.as_ref())
        }
    }
}

/// The first letter as a capital.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words as a sentence: a capital in front, a full stop behind.
#[must_use]
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let end = if words.is_empty() || words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", capital(words))
}

/// How people call a layer of a file.
#[must_use]
pub const fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Service => "Your file with us",
        Layer::Programme => "What a programme needs",
        Layer::Equality => "Your equality answers",
        Layer::Rights => "What you asked about your data",
    }
}

/// What a period is counted from, after "after".
#[must_use]
pub const fn event(event: Event) -> &'static str {
    match event {
        Event::LastContact => "we last had contact with you",
        Event::CaseEnd => "we stop working with you",
        Event::ProgrammeEnd => "the programme ends",
        Event::PlacementEnd => "your own time on the programme ends",
        Event::RequestClosed => "we closed your request or complaint",
    }
}

/// How long something is kept, as one phrase: "12 months after we last had contact with you".
#[must_use]
pub fn kept(period: Period, after: Event) -> String {
    match period {
        Period::Until(date) => format!("until {}", day(date)),
        Period::AsProgramme => "for as long as the notice of each programme says".to_owned(),
        Period::Months(_) | Period::Days(_) => format!("{period} after {}", event(after)),
    }
}

/// The promise of one retention rule, made from what the clock enforces.
#[must_use]
pub fn keeping(rule: &Retention) -> String {
    match rule.period {
        Period::Until(_) | Period::AsProgramme => {
            format!("We keep it {}. Then it is erased.", kept(rule.period, rule.after))
        }
        _ => format!("It is erased {}.", kept(rule.period, rule.after)),
    }
}

/// A number of months as words.
#[must_use]
pub fn months(number: u32) -> String {
    Period::Months(number).to_string()
}

/// What people can object to.
#[must_use]
pub const fn objection(to: ObjectionTo) -> &'static str {
    match to {
        ObjectionTo::DirectMarketing => "news and offers sent to you (direct marketing)",
        ObjectionTo::Profiling => "profiling",
        ObjectionTo::LegitimateInterests => "use for what the law calls legitimate interests",
        ObjectionTo::PublicTask => "use for a public task",
        ObjectionTo::EqualityMonitoring => "being counted in equality figures",
    }
}

/// What people turn to a contact for.
#[must_use]
pub const fn contact(role: ContactRole) -> &'static str {
    match role {
        ContactRole::DataProtectionOfficer => "How your data is protected, and this notice",
        ContactRole::ServiceManager => "The service",
        ContactRole::Rights => "Your rights",
        ContactRole::Complaints => "Complaints",
    }
}

/// Where a basis stands in the law.
#[must_use]
pub fn basis_law(basis: &Basis) -> String {
    let article = format!("UK GDPR Article {}", basis.article.code());
    basis.enactment.as_ref().map_or(article.clone(), |law| format!("{article}, with: {law}"))
}

/// Where a condition stands in the law.
#[must_use]
pub fn condition_law(condition: &Condition) -> String {
    let mut laws: Vec<String> = Vec::new();
    match condition.article9 {
        Some(article) => laws.push(format!("UK GDPR Article {}", article.code())),
        None => laws.push("UK GDPR Article 10".to_owned()),
    }
    if let Some(paragraph) = condition.schedule1 {
        laws.push(format!("Data Protection Act 2018, Schedule 1, paragraph {paragraph}"));
    }
    if let Some(document) = &condition.policy_document {
        laws.push(format!("policy document {document}"));
    }
    laws.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_read_as_people_write_them() {
        assert_eq!(day(jiff::civil::date(2026, 11, 9)), "9 November 2026");
        assert_eq!(day(jiff::civil::date(2028, 2, 29)), "29 February 2028");
    }

    #[test]
    fn periods_say_what_they_are_counted_from() {
        let said = [
            (Period::Months(12), Event::LastContact, "12 months after we last had contact with you"),
            (Period::Months(1), Event::RequestClosed, "1 month after we closed your request or complaint"),
            (Period::Days(35), Event::CaseEnd, "35 days after we stop working with you"),
            (Period::Until(jiff::civil::date(2034, 12, 31)), Event::ProgrammeEnd, "until 31 December 2034"),
            (Period::AsProgramme, Event::ProgrammeEnd, "for as long as the notice of each programme says"),
        ];
        for (period, after, words) in said {
            assert_eq!(kept(period, after), words);
        }
    }

    #[test]
    fn lists_read_as_one_phrase() {
        assert_eq!(all_of::<&str>(&[]), "");
        assert_eq!(all_of(&["a"]), "a");
        assert_eq!(all_of(&["a", "b", "c"]), "a, b and c");
        assert_eq!(any_of(&["a", "b"]), "a or b");
    }

    #[test]
    fn sentences_begin_and_end_as_sentences() {
        assert_eq!(sentence("écrit"), "Écrit.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(""), "");
    }
}
