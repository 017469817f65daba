//! What people can ask for: L17, L18, L22, L24, L25, L32.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};

use super::Look;
use super::text::{has_any, sentences};
use crate::codes::{Article6, ObjectionTo, RightKind};

/// From this day on, people can complain to the controller (DPA 2018 s.164A).
const COMPLAINTS_FROM: Date = date(2026, 6, 19);

pub(super) fn check(look: &Look<'_>) {
    let bases: BTreeSet<Article6> =
        look.notice.purposes.iter().flat_map(|given| &given.bases).map(|basis| basis.article).collect();
    objection(look, &bases);
    if look.programme() {
        return;
    }
    rights(look, &bases);
    withdrawal(look, &bases);
    automated(look);
    complaints(look);
    regulator(look);
    requests(look);
}

fn rights(look: &Look<'_>, bases: &BTreeSet<Article6>) {
    let portable = bases.contains(&Article6::A) || bases.contains(&Article6::B);
    let table = [
        (RightKind::Access, "to see what is held", true),
        (RightKind::Rectification, "to have mistakes put right", true),
        (RightKind::Erasure, "to have data erased", bases.iter().any(|basis| *basis != Article6::C)),
        (RightKind::Restriction, "to have data kept but not used", true),
        (RightKind::Portability, "to take data elsewhere", portable),
        (RightKind::AutomatedDecisions, "not to be judged by a machine alone", true),
    ];
    for (kind, words, applies) in table {
        if applies && look.notice.right(kind).is_none() {
            let what = format!("The right {words} is missing");
            look.report("L17", "rights", what, format!("Add [[rights]] with right = \"{kind}\""));
        }
    }
    if !portable && !bases.is_empty() && look.notice.right(RightKind::Portability).is_some() {
        let what = "Data can be taken elsewhere only where it rests on consent or a contract";
        look.report("L17", "rights", what, "Take the right out, or say that it goes beyond the law");
    }
    for (index, right) in look.notice.rights.iter().enumerate() {
        if right.right == RightKind::Objection {
            let what = "The right to object stands among the others";
            look.report("L17", &format!("rights[{index}]"), what, "Give it a table of its own: [objection]");
        }
        if right.how.is_empty() {
            let what = format!("It is not said how to use the right {:?}", right.label);
            look.report("L32", &format!("rights[{index}]"), what, "Add how = \"...\"");
        }
    }
}

fn objection(look: &Look<'_>, bases: &BTreeSet<Article6>) {
    let Some(objection) = &look.notice.objection else {
        if !look.programme() || bases.contains(&Article6::E) {
            look.report(
                "L17",
                "objection",
                "The right to object is missing",
                "Add [objection] with to, says and how",
            );
        }
        return;
    };
    let needed = [
        (ObjectionTo::DirectMarketing, true),
        (ObjectionTo::PublicTask, bases.contains(&Article6::E)),
        (ObjectionTo::LegitimateInterests, bases.iter().any(|basis| basis.barred_to_authorities())),
    ];
    for (ground, applies) in needed {
        if applies && !objection.to.contains(&ground) {
            let what = format!("People can object to {ground}, but are not told so");
            look.report("L17", "objection", what, format!("Add \"{ground}\" to its to = [...]"));
        }
    }
    let unused = objection.to.contains(&ObjectionTo::LegitimateInterests) && !bases.contains(&Article6::F);
    let explained = sentences(&objection.says).any(|sentence| {
        sentence.contains("legitimate interests")
            && has_any(&sentence.to_lowercase(), &["not rely", "never rely", "not use", "never use"])
    });
    if unused && !explained {
        let what = "It speaks of legitimate interests, which no purpose rests on";
        look.report("L17", "objection", what, "Take it out, or say that they are not relied on");
    }
    if objection.how.is_empty() {
        look.report("L32", "objection", "It is not said how to object", "Add how = \"...\"");
    }
}

fn withdrawal(look: &Look<'_>, bases: &BTreeSet<Article6>) {
    if let Some(placed) =
        look.says_anything_of(&["cannot be withdrawn", "may not be withdrawn", "cannot withdraw"])
    {
        look.report("L18", &placed.path, "Consent can always be withdrawn", "Take this out");
    }
    if !bases.contains(&Article6::A) {
        return;
    }
    match &look.notice.withdrawal {
        None => {
            let what = "Data rests on consent, but people are not told that they can take it back";
            look.report("L18", "withdrawal", what, "Add [withdrawal] with says, how and effect");
        }
        Some(withdrawal) if withdrawal.how.is_empty() => {
            look.report(
                "L18",
                "withdrawal",
                "It is not said how to take consent back",
                "Add how: as easy as giving it",
            );
        }
        Some(_) => {}
    }
}

fn automated(look: &Look<'_>) {
    let Some(automated) = &look.notice.automated else {
        let what = "It does not say if machines decide about people, or give them a score";
        look.report("L22", "automated", what, "Add [automated] with any = false and says, if they do not");
        return;
    };
    let small = automated.says.to_lowercase();
    let safeguards = has_any(&small, &["person", "somebody", "human", "people"])
        && has_any(&small, &["contest", "challenge", "disagree", "ask"]);
    if automated.any && !safeguards {
        let what =
            "Machines decide, but not how, with what result, and how a person can be asked to look at it";
        look.report(
            "L22",
            "automated",
            what,
            "Tell the logic, the consequences, and how to have a person decide",
        );
    }
}

fn complaints(look: &Look<'_>) {
    if look.on < COMPLAINTS_FROM {
        return;
    }
    let Some(complaints) = look.notice.complaints.as_ref().filter(|complaints| !complaints.to_us.is_empty())
    else {
        look.report(
            "L24",
            "complaints",
            "People are not told that they can complain to the controller",
            "Add to_us under [complaints]",
        );
        return;
    };
    if !has_any(&complaints.to_us.to_lowercase(), &["complain*"]) {
        let what = "To raise a concern is less than the right to complain";
        look.report("L24", "complaints.to_us", what, "Say that people have the right to complain to you");
    }
    let how = complaints.how.to_lowercase();
    if !has_any(&how, &["form", "online", "website"])
        || !has_any(&how, &["ring", "call", "phone", "post", "write", "letter", "person"])
    {
        let what = "A complaint needs an electronic form and another way besides";
        look.report("L24", "complaints", what, "Add how = \"...\" with both");
    }
    if !(1..=30).contains(&complaints.acknowledge_days) {
        let what = "Receipt of a complaint has to be confirmed within 30 days";
        look.report("L24", "complaints", what, "Add acknowledge_days = 30");
    }
}

fn regulator(look: &Look<'_>) {
    let told = look
        .notice
        .complaints
        .as_ref()
        .filter(|told| !told.to_regulator.is_empty() && !told.regulator.name.is_empty());
    if told.is_none() {
        let what = "People are not told that they can complain to the Commissioner";
        look.report("L25", "complaints", what, "Add to_regulator and [complaints.regulator]");
    }
    if told.is_some_and(|told| told.regulator.address.is_empty()) {
        look.warn(
            "L25",
            "complaints.regulator",
            "The Commissioner's address is missing",
            "Add address = [...]",
        );
    }
    for placed in look.texts().filter(|placed| !placed.path.starts_with("complaints")) {
        let small = placed.text.to_lowercase();
        if has_any(&small, &["commissioner", "supervisory authority"])
            && has_any(&small, &["complain*", "concern*"])
        {
            let what = "The complaint to the Commissioner stands in a second place, in other words";
            look.warn("L25", &placed.path, what, "Say it once, under [complaints]");
        }
    }
}

fn requests(look: &Look<'_>) {
    let Some(requests) = &look.notice.requests else {
        let what =
            "It does not say how long requests take, what they cost, or how to get this in other formats";
        look.report("L32", "requests", what, "Add [requests] with time, fee, identity, formats and under_18");
        return;
    };
    let table = [
        ("time", "how long a request takes", &requests.time),
        ("fee", "that a request is free", &requests.fee),
        ("identity", "how you make sure who asks", &requests.identity),
        ("formats", "how to get this notice in other formats", &requests.formats),
        ("under_18", "what holds for people under 18", &requests.under_18),
    ];
    for (key, words, _) in table.iter().filter(|(_, _, text)| text.is_empty()) {
        look.report("L32", "requests", format!("It does not say {words}"), format!("Add {key} = \"...\""));
    }
}
