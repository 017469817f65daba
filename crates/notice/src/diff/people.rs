//! Which notice, who decides, and whom to reach.

use super::{Found, GIVEN, LESS, MORE, PROMISE, REACH, WORDS, paired};
use crate::model::{Notice, Regulator};
use crate::render::words;

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    which(found, old, new);
    controller(found, old, new);
    for (before, after) in paired(&old.contacts, &new.contacts, |contact| contact.role) {
        let role = after.or(before).map_or("", |contact| words::contact(contact.role));
        if before != after {
            found.note("contacts", format!("Whom to reach changed: {role}."), REACH);
        }
    }
    found.order("contacts", &old.contacts, &new.contacts);
}

fn which(found: &mut Found, old: &Notice, new: &Notice) {
    found.words("id", "its name in files", &old.id, &new.id);
    found.words("title", "the heading", &old.title, &new.title);
    found.words("service", "the name of the service", &old.service, &new.service);
    found.promise("extends", "the notice that holds beside this one", &old.extends, &new.extends);
    if old.version != new.version {
        let what = format!("This is version {} after version {}.", new.version, old.version);
        found.note("version", what, WORDS);
    }
    if old.effective != new.effective {
        found.note("effective", format!("It holds from {}.", words::day(new.effective)), WORDS);
    }
    if old.review != new.review {
        found.note("review", "The day by which it is looked at again changed.", WORDS);
    }
    found.words("language", "the language", &old.language, &new.language);
    found.words("opening", "the opening", &old.opening, &new.opening);
    if old.laws != new.laws {
        found.note("laws", "The list of laws changed.", WORDS);
    }
}

fn controller(found: &mut Found, old: &Notice, new: &Notice) {
    let (before, after) = (&old.controller, &new.controller);
    if before.name != after.name {
        let what = format!("{} now decides what your data is used for, not {}.", after.name, before.name);
        found.tell("controller.name", what, MORE);
    }
    found.reach("controller.address", "Our address", &before.address, &after.address);
    found.reach("controller.phone", "Our telephone number", &before.phone, &after.phone);
    found.reach("controller.email", "Our email address", &before.email, &after.email);
    found.reach(
        "controller.registration",
        "Our number in the register",
        &before.registration,
        &after.registration,
    );
    if before.public_authority != after.public_authority {
        found.note("controller.public_authority", "Whether we are a public authority changed.", WORDS);
    }
    for (was, is) in paired(&before.joint, &after.joint, |joint| joint.name.clone()) {
        match (was, is) {
            (None, Some(joint)) => {
                found.tell("controller.joint", format!("{} now decides together with us.", joint.name), MORE);
            }
            (Some(joint), None) => {
                found.note("controller.joint", format!("{} no longer decides with us.", joint.name), LESS);
            }
            (Some(was), Some(is)) => {
                if was.arrangement != is.arrangement {
                    let what = format!("Who does what, between us and {}, changed.", is.name);
                    found.tell("controller.joint.arrangement", what, PROMISE);
                }
                let at = "controller.joint.contact";
                found.reach(at, &format!("How to reach {}", is.name), &was.contact, &is.contact);
            }
            (None, None) => {}
        }
    }
    found.order("controller.joint", &before.joint, &after.joint);
}

/// The authority to complain to: a setting, because its name and address change.
pub(super) fn regulator(found: &mut Found, old: &Regulator, new: &Regulator) {
    if old.name != new.name {
        found.tell("complaints.regulator.name", format!("Complaints now go to {}.", new.name), GIVEN);
    }
    found.reach("complaints.regulator.address", "The Commissioner's address", &old.address, &new.address);
    found.reach("complaints.regulator.phone", "The Commissioner's number", &old.phone, &new.phone);
    found.reach("complaints.regulator.link", "The Commissioner's page", &old.link, &new.link);
}
