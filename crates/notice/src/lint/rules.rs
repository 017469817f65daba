//! The rules, as a table: `docs` prints it, findings take their article from it.

use serde::Serialize;

use super::Severity;
use super::Severity::{Error, Warning};

/// One rule of the lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its number.
    pub id: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What it asks for.
    pub asks: &'static str,
    /// Where the law says so.
    pub law: &'static str,
}

const fn row(id: &'static str, severity: Severity, asks: &'static str, law: &'static str) -> Rule {
    Rule { id, severity, asks, law }
}

/// Every rule, in order.
pub const RULES: &[Rule] = &[
    row(
        "L01",
        Error,
        "The laws are named rightly: UK GDPR and Data Protection Act 2018",
        "UK GDPR Art. 13(1)(c)",
    ),
    row("L02", Warning, "No date that has passed is told as if it were to come", "UK GDPR Art. 12(1)"),
    row(
        "L03",
        Error,
        "Who decides is named, with an address; joint controllers with their arrangement",
        "UK GDPR Art. 13(1)(a), 26(2)",
    ),
    row("L04", Error, "The data protection officer can be reached", "UK GDPR Art. 13(1)(b), 37(1)(a)"),
    row("L05", Error, "Everybody who gets or holds data is named", "UK GDPR Art. 13(1)(e)"),
    row("L06", Error, "What is said about sharing does not contradict itself", "UK GDPR Art. 5(1)(a)"),
    row(
        "L07",
        Error,
        "It says if data leaves the United Kingdom, and under which safeguards",
        "UK GDPR Art. 13(1)(f)",
    ),
    row("L08", Error, "Each purpose is specific, each function has its law", "UK GDPR Art. 5(1)(b)"),
    row("L09", Error, "Each purpose has a lawful basis that fits", "UK GDPR Art. 13(1)(c)"),
    row("L10", Error, "Each special category of data is named, with its purpose", "UK GDPR Art. 13(1)(c)"),
    row(
        "L11",
        Error,
        "The conditions of Article 9 are the same wherever they are listed",
        "UK GDPR Art. 5(1)(a)",
    ),
    row(
        "L12",
        Error,
        "Article 9(2)(h) is used only for health or social care under a duty of secrecy",
        "UK GDPR Art. 9(3)",
    ),
    row(
        "L13",
        Warning,
        "Where special data rests on consent, the consent is explicit or Schedule 1 applies",
        "UK GDPR Art. 9(2)",
    ),
    row(
        "L14",
        Error,
        "Conditions that need a paragraph of Schedule 1 name the right one",
        "DPA 2018 s.10, s.11",
    ),
    row(
        "L15",
        Error,
        "An appropriate policy document is on file where one is needed",
        "DPA 2018 Sch 1 paras 5, 39",
    ),
    row(
        "L16",
        Error,
        "Data about offences has its condition; paragraph 8 covers only what it may",
        "UK GDPR Art. 10; DPA 2018 Sch 1 para 8",
    ),
    row(
        "L17",
        Error,
        "All rights that apply are there and none that do not; objection stands apart",
        "UK GDPR Art. 13(2)(b), 21(4)",
    ),
    row("L18", Error, "Consent can be taken back, as easily as it was given", "UK GDPR Art. 13(2)(c), 7(3)"),
    row("L19", Error, "Each category has a period, counted from something defined", "UK GDPR Art. 13(2)(a)"),
    row(
        "L20",
        Warning,
        "Removing means one thing, also for copies and paper, and says what may delay it",
        "UK GDPR Art. 5(1)(a)",
    ),
    row(
        "L21",
        Warning,
        "Each system and filing place that is named is registered, and the other way round",
        "UK GDPR Art. 5(1)(d)",
    ),
    row("L22", Error, "It says if machines decide about people", "UK GDPR Art. 13(2)(f), 22A-22D"),
    row("L23", Error, "It says what must be told, and what follows if it is not", "UK GDPR Art. 13(2)(e)"),
    row(
        "L24",
        Error,
        "People can complain to the controller, and how",
        "UK GDPR Art. 13(2)(ca); DPA 2018 s.164A",
    ),
    row("L25", Error, "People can complain to the Commissioner", "UK GDPR Art. 13(2)(d)"),
    row("L26", Warning, "Links lead somewhere", "UK GDPR Art. 12(1)"),
    row(
        "L27",
        Warning,
        "E-mail addresses and telephone numbers are well formed, contacts are roles",
        "UK GDPR Art. 12(1)",
    ),
    row(
        "L28",
        Error,
        "Data that does not come from the client has its source named",
        "UK GDPR Art. 14(1)(d), 14(2)(f)",
    ),
    row(
        "L29",
        Warning,
        "It has a version, a day from which it holds and a day of review",
        "UK GDPR Art. 5(2)",
    ),
    row("L30", Warning, "It is spelt rightly and easy to read", "UK GDPR Art. 12(1)"),
    row("L31", Warning, "It has no page numbers and no left-overs of another notice", "UK GDPR Art. 12(1)"),
    row(
        "L32",
        Warning,
        "It says how requests work: time, cost, identity, formats, young people",
        "UK GDPR Art. 12",
    ),
    row("L33", Error, "The system does what the notice says, and nothing else", "UK GDPR Art. 5(1)(a)"),
];

pub(super) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
