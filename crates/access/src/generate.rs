//! Makes the Cedar policies from the table: one policy for each line that allows something.

use std::fmt::Write as _;

use notice::Category;

use crate::table::{Line, When};

/// The schema that policies and requests are checked against.
pub(crate) const SCHEMA: &str = include_str!("../../../policies/kept.cedarschema");

const ALWAYS: &str = include_str!("always.cedar");

/// The whole policy set as Cedar text.
#[must_use]
pub fn cedar(lines: &[Line]) -> String {
    let mut text = String::from(
        "// Made from policies/access.csv: change that file, then run `cargo run -p access --example policy`.\n\n",
    );
    text.push_str(ALWAYS);
    for line in lines {
        let condition = match line.when {
            When::Always => "!context.everyone",
            When::OwnOrReason => "!context.everyone && (context.ownCaseload || context.reason)",
            When::Reason => "!context.everyone && context.reason",
            When::OwnFile => "!context.everyone && context.ownFile",
            When::Everyone => "context.everyone",
            // Cedar denies what nothing permits, so a denial needs no policy.
            When::Never => continue,
        };
        let categories: Vec<String> =
            line.categories.iter().map(|c: Category| format!("Category::\"{c}\"")).collect();
        let acts: Vec<String> = line.acts.iter().map(|act| format!("Action::\"{act}\"")).collect();
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "\n@id(\"line-{}\")\npermit (principal == Role::\"{}\", action in [{}], resource)\nwhen {{\n    context.purpose == \"{}\" && {condition} &&\n    [{}].contains(resource)\n}};\n",
            line.number,
            line.role,
            acts.join(", "),
            line.purpose,
            categories.join(", "),
        );
    }
    text
}
