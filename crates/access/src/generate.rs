//! Makes the Cedar policies from the table: one policy a line.

use std::fmt::Write as _;

use notice::Category;

use crate::table::{Line, When};

/// The schema that policies and requests are checked against.
pub(crate) const SCHEMA: &str = "\
entity Role;
entity Category;
action read, write, search, erase appliesTo {
    principal: [Role],
    resource: [Category],
    context: {
        purpose: String,
        everyone: Bool,
        ownCaseload: Bool,
        ownFile: Bool,
        restricted: Bool,
        conflict: Bool,
        reason: Bool,
    },
};
";

const ALWAYS: &str = include_str!("always.cedar");

/// The whole policy set as Cedar text.
#[must_use]
pub fn cedar(lines: &[Line]) -> String {
    let mut text = String::from(
        "// Made from policies/access.csv: change that file, then run `cargo run -p access --example policy`.\n\n",
    );
    text.push_str(ALWAYS);
    for (number, line) in lines.iter().enumerate() {
        let categories: Vec<String> =
            line.categories.iter().map(|c: Category| format!("Category::\"{c}\"")).collect();
        let condition = match line.when {
            When::Always => "!context.everyone",
            When::OwnOrReason => "!context.everyone && (context.ownCaseload || context.reason)",
            When::Reason => "!context.everyone && context.reason",
            When::OwnFile => "!context.everyone && context.ownFile",
            When::Everyone => "context.everyone",
        };
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "\n@id(\"line-{}\")\npermit (principal == Role::\"{}\", action == Action::\"{}\", resource)\nwhen {{\n    context.purpose == \"{}\" && {condition} &&\n    [{}].contains(resource)\n}};\n",
            number + 2,
            line.role,
            line.act,
            line.purpose,
            categories.join(", "),
        );
    }
    text
}
