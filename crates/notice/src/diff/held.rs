//! What is held: categories, fields, entries, and what may be answered.

use super::{Found, LESS, MORE, WORDS, paired};
use crate::field::{Field, FieldId, Special, ValueList};
use crate::model::{CategoryNotice, Notice};

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.categories, &new.categories, |held| held.category) {
        match (before, after) {
            (None, Some(held)) => {
                let at = format!("categories.{}", held.category);
                found.tell(at, format!("We now hold another kind of data: {}.", held.label), MORE);
            }
            (Some(held), None) => {
                let at = format!("categories.{}", held.category);
                found.note(at, format!("We no longer hold: {}.", held.label), LESS);
            }
            (Some(before), Some(after)) => category(found, (old, before), (new, after)),
            (None, None) => {}
        }
    }
    found.order(
        "categories",
        &old.categories.iter().map(|held| held.category).collect::<Vec<_>>(),
        &new.categories.iter().map(|held| held.category).collect::<Vec<_>>(),
    );
    definitions(found, old, new);
}

type Held<'a> = (&'a Notice, &'a CategoryNotice);

fn category(found: &mut Found, (old, before): Held<'_>, (new, after): Held<'_>) {
    let at = |what: &str| format!("categories.{}.{what}", after.category);
    found.words(at("label"), &format!("{:?}", after.label), &before.label, &after.label);
    found.words(at("says"), &format!("{:?}", after.label), &before.says, &after.says);
    found.promise(
        at("source"),
        &format!("where {:?} comes from", after.label),
        &before.source,
        &after.source,
    );
    found.more_or_less(
        &at("fields"),
        &before.fields,
        &after.fields,
        |id| format!("We may now write down: {}.", label(new, id)),
        |id| format!("We no longer write down: {}.", label(old, id)),
    );
    found.more_or_less(
        &at("entries"),
        &before.entries,
        &after.entries,
        |entry| format!("We may now write down {entry}, with their date."),
        |entry| format!("We no longer write down {entry}."),
    );
    special(found, &at("special"), &after.label, &before.special, &after.special);
}

fn special(found: &mut Found, at: &str, what: &str, old: &[Special], new: &[Special]) {
    found.more_or_less(
        at,
        old,
        new,
        |special| format!("{what} may now show your {}.", special.words()),
        |special| format!("{what} no longer shows your {}.", special.words()),
    );
}

fn label(notice: &Notice, id: &FieldId) -> String {
    notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
}

/// The service's own fields and lists, and its own words for why it asks.
fn definitions(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.fields, &new.fields, |field| field.id.clone()) {
        match (before, after) {
            (Some(before), Some(after)) => definition(found, before, after),
            // Whether it is held is said by the categories.
            (None, Some(field)) => {
                found.note("fields", format!("A field is described: {}.", field.label), WORDS);
            }
            (Some(field), None) => {
                found.note("fields", format!("A field is no longer described: {}.", field.label), WORDS);
            }
            (None, None) => {}
        }
    }
    found.order("fields", &old.fields, &new.fields);
    for (before, after) in paired(&old.lists, &new.lists, |list| list.id.clone()) {
        match (before, after) {
            (Some(before), Some(after)) => list(found, before, after),
            (before, after) => {
                let id = after.or(before).map_or("", |list| list.id.as_str());
                found.note("lists", format!("The list of answers {id:?} came or went."), WORDS);
            }
        }
    }
    found.order("lists", &old.lists, &new.lists);
    if old.whys != new.whys {
        found.note("why", "The words about why we ask changed.", WORDS);
    }
}

fn definition(found: &mut Found, old: &Field, new: &Field) {
    let at = |what: &str| format!("fields.{}.{what}", new.id);
    let name = format!("{:?}", new.label);
    found.words(at("label"), &name, &old.label, &new.label);
    found.words(at("question"), &name, &(&old.question, &old.hint), &(&new.question, &new.hint));
    found.words(at("kind"), &format!("how {name} is answered"), &old.kind, &new.kind);
    found.words(at("why"), &format!("why we ask for {name}"), &old.why, &new.why);
    found.words(at("dpv"), &format!("the term for {name}"), &old.dpv, &new.dpv);
    found.promise(at("category"), &format!("the category of {name}"), &old.category, &new.category);
    found.promise(at("sensitive"), &format!("not having to say {name}"), &old.sensitive, &new.sensitive);
    found.promise(at("dimension"), &format!("counting by {name}"), &old.dimension, &new.dimension);
    found.promise(at("portable"), &format!("taking {name} with you"), &old.portable, &new.portable);
    special(found, &at("special"), &new.label, &old.special, &new.special);
}

fn list(found: &mut Found, old: &ValueList, new: &ValueList) {
    let at = format!("lists.{}", new.id);
    for (before, after) in paired(&old.values, &new.values, |value| value.code.clone()) {
        let reveals = (before.and_then(|value| value.reveals), after.and_then(|value| value.reveals));
        match (before, after, reveals) {
            (_, Some(value), (was, Some(special))) if was != Some(special) => {
                let what = format!("The answer {:?} shows your {}.", value.label, special.words());
                found.tell(&at, what, MORE);
            }
            (before, after, _) if before != after => {
                let label = after.or(before).map_or("", |value| value.label.as_str());
                found.note(&at, format!("The answer {label:?} came, went or changed."), WORDS);
            }
            _ => {}
        }
    }
    found.order(&at, &old.values, &new.values);
    found.words(&at, "a list of answers", &(&old.version, &old.source), &(&new.version, &new.source));
}
