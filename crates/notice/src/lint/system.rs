//! The notice against the running system: L33.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::Look;
use crate::facts::SystemFacts;

pub(super) fn check(look: &Look<'_>, system: &SystemFacts) {
    let promised = look.notice.facts();
    for (field, category) in &system.fields {
        match promised.fields.get(field) {
            None => {
                let what = format!("The system stores {:?}, which the notice does not name", field.as_str());
                look.report(
                    "L33",
                    "categories",
                    what,
                    "Take the field out of the system, or put it into a new version of the notice",
                );
            }
            Some(other) if other != category => {
                let what = format!(
                    "The system holds {:?} under \"{category}\", the notice under \"{other}\"",
                    field.as_str()
                );
                look.report("L33", "categories", what, "Move it to the category of the notice");
            }
            Some(_) => {}
        }
    }
    for field in promised.fields.keys().filter(|field| !system.fields.contains_key(*field)) {
        let what = format!("The notice names {:?}, which the system cannot store", field.as_str());
        look.report("L33", "categories", what, "Take it out of the notice, or add it to the system");
    }
    differ(look, "purposes", "purpose", &system.purposes, &promised.purposes);
    differ(look, "recipients", "recipient", &system.recipients, &promised.recipients);
    differ(look, "recipients", "processor", &system.processors, &promised.processors);
    for (layer, (period, after)) in &system.retention {
        match promised.retention.get(layer) {
            Some(rule) if rule == &(*period, *after) => {}
            Some((said, from)) => {
                let what = format!(
                    "The system keeps \"{layer}\" for {period} after {after}, the notice says {said} after {from}"
                );
                look.report("L33", "retention", what, "Make them the same");
            }
            None => {
                let what = format!(
                    "The system keeps \"{layer}\" for {period} after {after}, the notice does not say so"
                );
                look.report("L33", "retention", what, "Put it into a new version of the notice");
            }
        }
    }
    for layer in promised.retention.keys().filter(|layer| !system.retention.contains_key(*layer)) {
        let what = format!("The notice gives \"{layer}\" a period that the system does not keep");
        look.report("L33", "retention", what, "Add the rule to the system");
    }
}

fn differ<T: Ord + Display>(look: &Look<'_>, path: &str, word: &str, does: &BTreeSet<T>, says: &BTreeSet<T>) {
    for more in does.difference(says) {
        let what = format!("The system has the {word} \"{more}\", which the notice does not name");
        look.report(
            "L33",
            path,
            what,
            format!("Take the {word} out of the system, or put it into a new version of the notice"),
        );
    }
    for less in says.difference(does) {
        let what = format!("The notice names the {word} \"{less}\", which the system does not have");
        look.report("L33", path, what, format!("Take the {word} out of the notice, or add it to the system"));
    }
}
