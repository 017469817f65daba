//! What people can ask for, and what they are asked.

use super::{Found, GIVEN, LESS, MORE, SHORTER, TAKEN, WORDS, paired, people};
use crate::field::FieldId;
use crate::model::{Complaints, Notice, Requests, Required};
use crate::render::words;

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    rights(found, old, new);
    objection(found, old, new);
    withdrawal(found, old, new);
    both(found, "complaints", "complaints", old.complaints.as_ref(), new.complaints.as_ref(), complaints);
    both(
        found,
        "automated",
        "decisions by computers",
        old.automated.as_ref(),
        new.automated.as_ref(),
        |f, old, new| {
            if old.any != new.any {
                let what = if new.any {
                    "A computer now decides about you."
                } else {
                    "No computer decides about you any more."
                };
                f.tell("automated.any", what, MORE);
            }
            f.promise("automated.says", "decisions by computers", &old.says, &new.says);
        },
    );
    both(
        found,
        "required",
        "what you have to tell",
        old.required.as_ref(),
        new.required.as_ref(),
        |f, was, is| {
            required(f, (old, was), (new, is));
        },
    );
    both(found, "requests", "how we answer you", old.requests.as_ref(), new.requests.as_ref(), requests);
    for (before, after) in paired(&old.sections, &new.sections, |section| section.heading.clone()) {
        if before != after {
            let heading = after.or(before).map_or("", |section| section.heading.as_str());
            found.note("sections", format!("The section {heading:?} came, went or changed."), WORDS);
        }
    }
    found.order("sections", &old.sections, &new.sections);
}

/// A part that may be missing on one side.
fn both<T>(
    found: &mut Found,
    at: &str,
    about: &str,
    old: Option<&T>,
    new: Option<&T>,
    compare: impl FnOnce(&mut Found, &T, &T),
) {
    match (old, new) {
        (Some(old), Some(new)) => compare(found, old, new),
        (Some(_), None) => found.tell(at, format!("Nothing is said any more about {about}."), TAKEN),
        (None, Some(_)) => found.tell(at, format!("Something is now said about {about}."), GIVEN),
        (None, None) => {}
    }
}

fn rights(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.rights, &new.rights, |right| right.right) {
        match (before, after) {
            (None, Some(right)) => {
                found.tell(
                    format!("rights.{}", right.right),
                    format!("A right is new: {}.", right.label),
                    GIVEN,
                );
            }
            (Some(right), None) => {
                found.tell(
                    format!("rights.{}", right.right),
                    format!("A right is gone: {}.", right.label),
                    TAKEN,
                );
            }
            (Some(before), Some(after)) => {
                let at = |what: &str| format!("rights.{}.{what}", after.right);
                found.words(at("label"), &format!("{:?}", after.label), &before.label, &after.label);
                found.words(at("says"), &format!("{:?}", after.label), &before.says, &after.says);
                found.words(at("how"), &format!("how to use {:?}", after.label), &before.how, &after.how);
            }
            (None, None) => {}
        }
    }
    found.order("rights", &old.rights, &new.rights);
}

fn objection(found: &mut Found, old: &Notice, new: &Notice) {
    both(
        found,
        "objection",
        "objecting",
        old.objection.as_ref(),
        new.objection.as_ref(),
        |found, old, new| {
            for to in new.to.iter().filter(|to| !old.to.contains(to)) {
                found.tell(
                    "objection.to",
                    format!("You can now say no to {}.", words::objection(*to)),
                    GIVEN,
                );
            }
            for to in old.to.iter().filter(|to| !new.to.contains(to)) {
                found.tell(
                    "objection.to",
                    format!("You can no longer say no to {}.", words::objection(*to)),
                    TAKEN,
                );
            }
            found.order("objection.to", &old.to, &new.to);
            found.words("objection.says", "objecting", &old.says, &new.says);
            found.words("objection.how", "how to object", &old.how, &new.how);
        },
    );
}

fn withdrawal(found: &mut Found, old: &Notice, new: &Notice) {
    both(
        found,
        "withdrawal",
        "taking consent back",
        old.withdrawal.as_ref(),
        new.withdrawal.as_ref(),
        |found, old, new| {
            found.promise("withdrawal.says", "taking consent back", &old.says, &new.says);
            found.promise("withdrawal.how", "how to take consent back", &old.how, &new.how);
            found.promise(
                "withdrawal.effect",
                "what follows when you take consent back",
                &old.effect,
                &new.effect,
            );
        },
    );
}

fn complaints(found: &mut Found, old: &Complaints, new: &Complaints) {
    found.words("complaints.to_us", "complaining to us", &old.to_us, &new.to_us);
    found.words("complaints.how", "how to complain", &old.how, &new.how);
    found.words(
        "complaints.to_regulator",
        "complaining to the Commissioner",
        &old.to_regulator,
        &new.to_regulator,
    );
    let days = (old.acknowledge_days, new.acknowledge_days);
    let what = format!("We confirm a complaint within {} days, not {}.", days.1, days.0);
    match days.0.cmp(&days.1) {
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => found.note("complaints.acknowledge_days", what, SHORTER),
        std::cmp::Ordering::Less => found.tell("complaints.acknowledge_days", what, TAKEN),
    }
    people::regulator(found, &old.regulator, &new.regulator);
}

fn required(found: &mut Found, (old, was): (&Notice, &Required), (new, is): (&Notice, &Required)) {
    let label = |notice: &Notice, id: &FieldId| {
        notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone())
    };
    found.more_or_less(
        "required.fields",
        &was.fields,
        &is.fields,
        |id| format!("You now have to tell us: {}.", label(new, id)),
        |id| format!("You no longer have to tell us: {}.", label(old, id)),
    );
    const ONE_OF: &str = "required.one_of";
    match (was.one_of.as_slice(), is.one_of.as_slice()) {
        ([], [_, ..]) => {
            let labels: Vec<String> = is.one_of.iter().map(|id| label(new, id)).collect();
            found.tell(ONE_OF, format!("You now have to tell us one of these: {}.", labels.join(", ")), MORE);
        }
        ([_, ..], []) => found.note(ONE_OF, "You no longer have to tell us a way to reach you.", LESS),
        (before, now) => {
            // Of these one is enough: fewer of them ask for more, and more of them for less.
            for id in before.iter().filter(|id| !now.contains(id)) {
                found.tell(
                    ONE_OF,
                    format!("This is no longer enough to begin with: {}.", label(old, id)),
                    TAKEN,
                );
            }
            for id in now.iter().filter(|id| !before.contains(id)) {
                found.note(ONE_OF, format!("This is now enough to begin with: {}.", label(new, id)), LESS);
            }
            found.order(ONE_OF, before, now);
        }
    }
    match (was.by_law, is.by_law) {
        (false, true) => found.tell("required.by_law", "A law or contract now makes you tell us.", MORE),
        (true, false) => {
            found.note("required.by_law", "No law or contract makes you tell us any more.", LESS)
        }
        _ => {}
    }
    found.words("required.says", "what you have to tell", &was.says, &is.says);
    found.promise(
        "required.consequences",
        "what follows if you do not tell us",
        &was.consequences,
        &is.consequences,
    );
    found.promise("required.agreement", "our agreement", &was.agreement, &is.agreement);
}

fn requests(found: &mut Found, old: &Requests, new: &Requests) {
    found.promise("requests.time", "how soon we answer", &old.time, &new.time);
    found.promise("requests.fee", "what an answer costs", &old.fee, &new.fee);
    found.promise("requests.identity", "how we know that it is you", &old.identity, &new.identity);
    found.words("requests.formats", "other forms and languages", &old.formats, &new.formats);
    found.words("requests.under_18", "people under 18", &old.under_18, &new.under_18);
    found.words("requests.elsewhere", "what we do not have", &old.elsewhere, &new.elsewhere);
}
