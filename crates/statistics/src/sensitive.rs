//! What is sensitive: health, beliefs, orientation, benefits, what became of people.

use std::collections::{BTreeMap, BTreeSet};

use crate::people::People;

/// Sensitive variables, each with the categories that say nothing about anybody: "no", "prefer not to say".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sensitive(BTreeMap<String, BTreeSet<String>>);

/// Parts of names of columns that are sensitive wherever they come from.
const NAMED: [&str; 58] = [
    "abuse",
    "addict",
    "alcohol",
    "anxiety",
    "armed_forces",
    "asylum",
    "barrier",
    "belief",
    "benefit",
    "care_experience",
    "care_leaver",
    "caring",
    "condition",
    "convict",
    "criminal",
    "debt",
    "depress",
    "diagnos",
    "disab",
    "domestic_",
    "earning",
    "faith",
    "gender_identity",
    "gender_re",
    "health",
    "homeless",
    "housing_status",
    "illness",
    "immigration",
    "impair",
    "income",
    "learning_difficult",
    "learningdifficult",
    "lldd",
    "lone_parent",
    "long_term_unemploy",
    "medical",
    "medication",
    "mental",
    "neurodiver",
    "offence",
    "offend",
    "orientation",
    "outcome",
    "political",
    "pregnan",
    "prison",
    "refugee",
    "religio",
    "salary",
    "sanction",
    "sexual",
    "substance",
    "trade_union",
    "transgender",
    "universal_credit",
    "veteran",
    "visa",
];

/// Whole names of columns that are sensitive: short forms, which stand within other words, too.
const SHORT: [&str; 11] =
    ["carer", "carer_status", "esa", "lgbt", "lgbtq", "pip", "sen", "send", "trans", "uc", "hiv"];

/// Categories that are harmless wherever nothing else is said.
const HARMLESS: [&str; 20] = [
    "",
    "0",
    "n",
    "no",
    "none",
    "false",
    "na",
    "n/a",
    "not asked",
    "not known",
    "unknown",
    "not stated",
    "not given",
    "pnts",
    "prefer not to say",
    "refused",
    "not applicable",
    "not disabled",
    "no disability",
    "not recorded",
];

impl Sensitive {
    /// Nothing.
    #[must_use]
    pub fn none() -> Sensitive {
        Sensitive::default()
    }

    /// Whether a column of this name is sensitive, by itself or because `known` (the catalogue of a service) says so.
    #[must_use]
    pub fn named(column: &str, known: &[&str]) -> bool {
        let plain = |name: &str| {
            let small = name.trim().to_lowercase();
            small.replace([' ', '-'], "_")
        };
        let name = plain(column);
        SHORT.contains(&name.as_str())
            || known.iter().any(|known| plain(known) == name)
            || NAMED.iter().any(|part| name.contains(part))
    }

    /// Makes a variable sensitive. Without harmless categories those are taken that say so themselves.
    pub fn add(&mut self, people: &People, variable: &str, harmless: &[String]) {
        let categories = people.place(variable).and_then(|place| people.variable(place));
        let harmless = if harmless.is_empty() {
            let all = categories.map(|variable| variable.categories.as_slice()).unwrap_or_default();
            all.iter()
                .filter(|category| HARMLESS.contains(&category.trim().to_lowercase().as_str()))
                .cloned()
                .collect()
        } else {
            harmless.iter().cloned().collect()
        };
        self.0.insert(variable.to_owned(), harmless);
    }

    /// Whether a variable is sensitive.
    #[must_use]
    pub fn is(&self, variable: &str) -> bool {
        self.0.contains_key(variable)
    }

    /// The harmless categories of a sensitive variable.
    #[must_use]
    pub fn harmless(&self, variable: &str) -> Option<&BTreeSet<String>> {
        self.0.get(variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_sensitive_by_what_they_are_called() {
        for name in [
            "disability",
            "Long-term condition",
            "RELIGION",
            "sexual orientation",
            "Benefit type",
            "outcome",
            "barriers",
            "Mental health",
            "trans",
            "Trade union member",
            "Universal Credit",
            "UC",
            "SEN",
            "LGBT",
        ] {
            assert!(Sensitive::named(name, &[]), "{name}");
        }
        for name in
            ["ward", "age_band", "sex", "ethnicity", "postcode district", "transport", "sense", "lucky"]
        {
            assert!(!Sensitive::named(name, &[]), "{name}");
        }
        assert!(Sensitive::named("Own Field", &["own_field"]));
    }
}
