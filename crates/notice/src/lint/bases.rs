//! Purposes and their lawful bases: L08, L09.

use super::Look;
use super::text::{has_any, has_word};
use crate::codes::Article6;
use crate::vocabulary::Purpose;

pub(super) fn check(look: &Look<'_>) {
    specific(look);
    functions(look);
    bases(look);
    emergencies(look);
}

fn specific(look: &Look<'_>) {
    const VAGUE: &[&str] = &[
        "specific functions",
        "other purposes",
        "various purposes",
        "functions for which we are responsible",
        "and so on",
        "etc",
        "business purposes",
        "as required",
        "as needed",
        "tasks we are responsible for",
    ];
    for (index, given) in look.notice.purposes.iter().enumerate() {
        let small = given.says.to_lowercase();
        let vague = VAGUE.iter().find(|words| has_word(&small, words));
        if let Some(words) = vague {
            let what = format!("\"{words}\" does not say what data is used for");
            look.report("L08", &format!("purposes[{index}].says"), what, "Say exactly what is done with it");
        } else if small.trim_end_matches(['.', ' ', '…']).ends_with("such as") {
            look.report(
                "L08",
                &format!("purposes[{index}].says"),
                "The list ends in the open",
                "Say all of it",
            );
        }
    }
}

fn functions(look: &Look<'_>) {
    let index = look.notice.purposes.iter().position(|given| given.purpose == Purpose::Functions);
    let Some(index) = index else { return };
    if look.notice.functions.is_empty() {
        let what = "The functions that the service is responsible for are not named";
        look.report(
            "L08",
            &format!("purposes[{index}]"),
            what,
            "Add [[functions]] with name, enactment and says for each",
        );
    }
    for (index, function) in look.notice.functions.iter().enumerate() {
        if function.enactment.is_empty() {
            let what = format!("{:?} does not say which law gives this function", function.name);
            look.report(
                "L08",
                &format!("functions[{index}]"),
                what,
                "Add enactment = \"... Act ..., section ...\"",
            );
        }
    }
}

fn bases(look: &Look<'_>) {
    let authority = look.notice.controller.public_authority;
    for (index, given) in look.notice.purposes.iter().enumerate() {
        if given.bases.is_empty() {
            let what = format!("The purpose {:?} has no lawful basis", given.purpose.code());
            look.report(
                "L09",
                &format!("purposes[{index}]"),
                what,
                "Add bases = [{ article = \"6(1)(...)\" }]",
            );
        }
        for (at, basis) in given.bases.iter().enumerate() {
            let path = format!("purposes[{index}].bases[{at}]");
            if matches!(basis.article, Article6::C | Article6::E) && basis.enactment.is_none() {
                let what = format!("{} needs a law that sets the duty or task", basis.article);
                look.report("L09", &path, what, "Add enactment = \"...\"");
            }
            if authority && basis.article.barred_to_authorities() {
                let what = format!("A public authority cannot rely on {} for its tasks", basis.article);
                look.report("L09", &path, what, "Use 6(1)(e) with the law that sets the task, or consent");
            }
        }
    }
    let mut used = look.notice.purposes.iter().flat_map(|given| &given.bases).peekable();
    if authority && used.peek().is_some() && used.all(|basis| basis.article == Article6::A) {
        let what =
            "A public authority rests everything on consent, though people may not feel free to say no";
        look.warn(
            "L09",
            "purposes",
            what,
            "Look at each purpose: legal duties rest on 6(1)(c), tasks set by law on 6(1)(e)",
        );
    }
}

fn emergencies(look: &Look<'_>) {
    for (index, given) in look.notice.purposes.iter().enumerate() {
        let urgent = has_any(&given.says.to_lowercase(), &["emergency", "emergencies", "life in danger"]);
        if urgent && !given.bases.iter().any(|basis| basis.article == Article6::D) {
            let what = "Emergencies are named, but not the basis of vital interests";
            look.report(
                "L09",
                &format!("purposes[{index}]"),
                what,
                "Add { article = \"6(1)(d)\" } to its bases",
            );
        }
    }
}
