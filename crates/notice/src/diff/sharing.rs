//! Who else, where, from where.

use super::{Found, GROUND, LESS, MORE, TAKEN, paired};
use crate::field::FieldId;
use crate::model::{Notice, Recipient, System, Transfers};
use crate::render::people;

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    found.promise("sharing", "how sharing is decided", &old.sharing, &new.sharing);
    for (before, after) in paired(&old.recipients, &new.recipients, |recipient| recipient.id.clone()) {
        match (before, after) {
            (None, Some(one)) => {
                let at = format!("recipients.{}", one.id);
                found.tell(at, format!("Somebody more can get data: {}.", one.name), MORE);
            }
            (Some(one), None) => {
                let at = format!("recipients.{}", one.id);
                found.note(at, format!("They no longer get data: {}.", one.name), LESS);
            }
            (Some(before), Some(after)) => recipient(found, (old, before), (new, after)),
            (None, None) => {}
        }
    }
    found.order(
        "recipients",
        &old.recipients.iter().map(|one| &one.id).collect::<Vec<_>>(),
        &new.recipients.iter().map(|one| &one.id).collect::<Vec<_>>(),
    );
    systems(found, old, new);
    transfers(found, old.transfers.as_ref(), new.transfers.as_ref());
    sources(found, old, new);
}

type Gets<'a> = (&'a Notice, &'a Recipient);

fn recipient(found: &mut Found, (old, before): Gets<'_>, (new, after): Gets<'_>) {
    let at = |what: &str| format!("recipients.{}.{what}", after.id);
    let name = &after.name;
    if before.name != after.name {
        found.tell(at("name"), format!("Instead of {}, {name} gets data.", before.name), MORE);
    }
    if before.kind != after.kind {
        found.tell(at("kind"), format!("What {name} is to us changed: now a {}.", after.kind), MORE);
    }
    if before.purpose != after.purpose {
        found.tell(at("purpose"), format!("What {name} gets data for changed."), MORE);
    }
    found.more_or_less(
        &at("fields"),
        &before.fields,
        &after.fields,
        |id| format!("{name} now gets, too: {}.", label(new, id)),
        |id| format!("{name} no longer gets: {}.", label(old, id)),
    );
    found.more_or_less(
        &at("entries"),
        &before.entries,
        &after.entries,
        |entry| format!("{name} now gets {entry}, too."),
        |entry| format!("{name} no longer gets {entry}."),
    );
    match (before.needs_consent, after.needs_consent) {
        (true, false) => {
            found.tell(at("needs_consent"), format!("{name} gets data without asking you."), TAKEN)
        }
        (false, true) => {
            found.note(at("needs_consent"), format!("{name} gets data only if you say yes."), LESS)
        }
        _ => {}
    }
    if before.legal_ground != after.legal_ground {
        found.tell(at("legal_ground"), format!("The law that lets {name} have data changed."), GROUND);
    }
    if before.country != after.country {
        let what = format!("{name} keeps data in {}, not in {}.", after.country, before.country);
        found.tell(at("country"), what, MORE);
    }
    found.words(at("says"), name, &before.says, &after.says);
}

fn label(notice: &Notice, id: &FieldId) -> String {
    notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
}

fn systems(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.systems, &new.systems, |system| system.id.clone()) {
        match (before, after) {
            (None, Some(system)) => {
                found.tell("systems", format!("Data is kept in another place, too: {}.", system.name), MORE);
            }
            (Some(system), None) => {
                found.note("systems", format!("Data is no longer kept in: {}.", system.name), LESS);
            }
            (Some(before), Some(after)) => system(found, before, after),
            (None, None) => {}
        }
    }
    found.order(
        "systems",
        &old.systems.iter().map(|system| &system.id).collect::<Vec<_>>(),
        &new.systems.iter().map(|system| &system.id).collect::<Vec<_>>(),
    );
}

fn system(found: &mut Found, old: &System, new: &System) {
    let at = |what: &str| format!("systems.{}.{what}", new.id);
    found.words(at("name"), &new.name, &old.name, &new.name);
    found.promise(at("kind"), &format!("whether {:?} is paper", new.name), &old.kind, &new.kind);
    found.promise(at("processor"), &format!("who runs {:?}", new.name), &old.processor, &new.processor);
    found.promise(at("country"), &format!("the country of {:?}", new.name), &old.country, &new.country);
    found.words(at("says"), &new.name, &old.says, &new.says);
}

fn transfers(found: &mut Found, old: Option<&Transfers>, new: Option<&Transfers>) {
    match (old, new) {
        (None, None) => {}
        (Some(before), Some(after)) => {
            found.more_or_less(
                "transfers.countries",
                &before.countries,
                &after.countries,
                |country| format!("Data may now go to {country}."),
                |country| format!("Data no longer goes to {country}."),
            );
            let safeguards = (&before.safeguards, &after.safeguards);
            found.promise(
                "transfers.safeguards",
                "protection in other countries",
                safeguards.0,
                safeguards.1,
            );
            found.words("transfers.copy", "how to see that protection", &before.copy, &after.copy);
            found.promise("transfers.says", "other countries", &before.says, &after.says);
        }
        (Some(_), None) => found.tell("transfers", "Nothing is said any more about other countries.", TAKEN),
        (None, Some(_)) => found.tell("transfers", "Something is now said about other countries.", MORE),
    }
}

fn sources(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.sources, &new.sources, |source| source.name.clone()) {
        match (before, after) {
            (None, Some(source)) => {
                found.tell("sources", format!("They may now tell us about you: {}.", source.name), MORE);
            }
            (Some(source), None) => {
                found.note("sources", format!("They no longer tell us about you: {}.", source.name), LESS);
            }
            (Some(before), Some(after)) => {
                found.more_or_less(
                    "sources.categories",
                    &before.categories,
                    &after.categories,
                    |category| format!("{} may tell us, too: {}.", after.name, people::label(new, *category)),
                    |category| {
                        format!("{} no longer tells us: {}.", after.name, people::label(old, *category))
                    },
                );
                found.words("sources.says", &after.name, &before.says, &after.says);
            }
            (None, None) => {}
        }
    }
    found.order("sources", &old.sources, &new.sources);
}
