//! What for, on which ground.

use super::{Found, GROUND, LESS, MORE, paired};
use crate::model::{Basis, Condition, Notice, PurposeNotice};
use crate::render::{people, words};

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.purposes, &new.purposes, |given| given.purpose) {
        match (before, after) {
            (None, Some(given)) => {
                let at = format!("purposes.{}", given.purpose);
                found.tell(at, format!("We now use data for something more: {}.", given.label), MORE);
            }
            (Some(given), None) => {
                let at = format!("purposes.{}", given.purpose);
                found.note(at, format!("We no longer use data for: {}.", given.label), LESS);
            }
            (Some(before), Some(after)) => purpose(found, (old, before), (new, after)),
            (None, None) => {}
        }
    }
    found.order(
        "purposes",
        &old.purposes.iter().map(|given| given.purpose).collect::<Vec<_>>(),
        &new.purposes.iter().map(|given| given.purpose).collect::<Vec<_>>(),
    );
    functions(found, old, new);
}

type Given<'a> = (&'a Notice, &'a PurposeNotice);

fn purpose(found: &mut Found, (old, before): Given<'_>, (new, after): Given<'_>) {
    let at = |what: &str| format!("purposes.{}.{what}", after.purpose);
    let name = &after.label;
    found.words(at("label"), &format!("{name:?}"), &before.label, &after.label);
    found.words(at("says"), &format!("{name:?}"), &before.says, &after.says);
    found.more_or_less(
        &at("categories"),
        &before.categories,
        &after.categories,
        |category| format!("{name:?} now uses, too: {}.", people::label(new, *category)),
        |category| format!("{name:?} no longer uses: {}.", people::label(old, *category)),
    );
    bases(found, &at("bases"), name, &before.bases, &after.bases);
    conditions(found, &at("conditions"), name, &before.conditions, &after.conditions);
}

fn bases(found: &mut Found, at: &str, name: &str, old: &[Basis], new: &[Basis]) {
    let law = |basis: &Basis| (basis.article, basis.enactment.clone());
    for basis in new.iter().filter(|basis| !old.iter().any(|other| law(other) == law(basis))) {
        let what = format!("{name:?} now rests on {} ({}).", basis.article.words(), words::basis_law(basis));
        found.tell(at, what, GROUND);
    }
    for basis in old.iter().filter(|basis| !new.iter().any(|other| law(other) == law(basis))) {
        let what =
            format!("{name:?} no longer rests on {} ({}).", basis.article.words(), words::basis_law(basis));
        found.tell(at, what, GROUND);
    }
    let same = old.iter().map(law).collect::<Vec<_>>() == new.iter().map(law).collect::<Vec<_>>();
    if same {
        found.words(at, &format!("the ground of {name:?}"), &old, &new);
    }
    found.order(at, old, new);
}

fn conditions(found: &mut Found, at: &str, name: &str, old: &[Condition], new: &[Condition]) {
    let law = |one: &Condition| (one.covers.clone(), one.article9, one.schedule1);
    for condition in new.iter().filter(|one| !old.iter().any(|other| law(other) == law(one))) {
        found.tell(at, format!("{name:?} has a new ground: {}", people::condition(condition)), GROUND);
    }
    for condition in old.iter().filter(|one| !new.iter().any(|other| law(other) == law(one))) {
        found.tell(at, format!("{name:?} lost a ground: {}", people::condition(condition)), GROUND);
    }
    let same = old.iter().map(law).collect::<Vec<_>>() == new.iter().map(law).collect::<Vec<_>>();
    if same {
        found.words(at, &format!("the protected data of {name:?}"), &old, &new);
    }
    found.order(at, old, new);
}

fn functions(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.functions, &new.functions, |function| function.name.clone()) {
        match (before, after) {
            (None, Some(function)) => {
                found.tell("functions", format!("We now have another task: {}.", function.name), MORE);
            }
            (Some(function), None) => {
                found.note("functions", format!("We no longer have the task: {}.", function.name), LESS);
            }
            (Some(before), Some(after)) => {
                if before.enactment != after.enactment {
                    let what = format!("The task {:?} now comes from: {}.", after.name, after.enactment);
                    found.tell("functions", what, GROUND);
                }
                found.words("functions", &format!("the task {:?}", after.name), &before.says, &after.says);
            }
            (None, None) => {}
        }
    }
    found.order("functions", &old.functions, &new.functions);
}
