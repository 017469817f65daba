//! What people can ask for, and what they are asked.

use crate::codes::{Article6, RightKind};
use crate::field::FieldId;
use crate::model::{Notice, PurposeNotice};
use crate::render::document::{Line, Part, fact};
use crate::render::words;

use super::{Applying, portable, rights_in_force};

pub(super) fn required(notice: &Notice) -> Part {
    let mut part = Part::new("what-you-must-tell", "What you have to tell us");
    let Some(required) = &notice.required else { return part };
    part.say(&required.says);
    let label = |id: &FieldId| notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone());
    part.list("We cannot begin without:", required.fields.iter().map(label));
    part.list("And one of these, whichever you choose:", required.one_of.iter().map(label));
    part.facts([
        fact("Does a law or contract make you tell us?", [if required.by_law { "Yes" } else { "No" }]),
        fact("If you do not tell us the rest", [required.consequences.as_str()]),
        fact("Our agreement", [required.agreement.as_str()]),
    ]);
    part
}

pub(super) fn rights(notice: &Notice) -> Part {
    let mut part = Part::new("your-rights", "Your rights");
    for kind in rights_in_force(notice) {
        let Some(right) = notice.right(kind) else { continue };
        let mut one = Part::new(&format!("right-{kind}"), right.label.as_str());
        one.say(&right.says);
        if kind == RightKind::Portability {
            one.list("This goes for what we use:", resting_on(notice, portable));
        }
        one.facts([fact("How", [right.how.as_str()])]);
        part.part(one);
    }
    part
}

/// The headings of the purposes that rest on a basis of some kind.
fn resting_on(notice: &Notice, kind: impl Fn(Article6) -> bool) -> Vec<String> {
    let rests = |given: &&PurposeNotice| given.bases.iter().any(|basis| kind(basis.article));
    notice.purposes.iter().filter(rests).map(|given| given.label.clone()).collect()
}

pub(super) fn objection(notice: &Notice) -> Part {
    let mut part = Part::new("right-to-object", "Your right to object");
    let Some(objection) = &notice.objection else { return part };
    part.say(&objection.says);
    part.list("You can say no to:", objection.to.iter().map(|to| words::capital(words::objection(*to))));
    part.facts([fact("How", [objection.how.as_str()])]);
    part
}

pub(super) fn withdrawal(notice: &Notice) -> Part {
    let mut part = Part::new("withdrawing-consent", "Taking back your consent");
    let Some(withdrawal) = notice.withdrawal.as_ref().filter(|_| Applying::under(notice).withdrawal()) else {
        return part;
    };
    part.say(&withdrawal.says);
    part.list("These purposes rest on your consent:", resting_on(notice, |basis| basis == Article6::A));
    part.facts([
        fact("How", [withdrawal.how.as_str()]),
        fact("What happens then", [withdrawal.effect.as_str()]),
    ]);
    part
}

pub(super) fn automated(notice: &Notice) -> Part {
    let mut part = Part::new("decisions", "Decisions by computers");
    let Some(automated) = &notice.automated else { return part };
    part.facts([fact(
        "Does a computer decide about you, or give you a score?",
        [if automated.any { "Yes" } else { "No" }],
    )]);
    part.say(&automated.says);
    part
}

pub(super) fn requests(notice: &Notice) -> Part {
    let mut part = Part::new("when-you-ask", "When you ask us something about your data");
    let Some(requests) = &notice.requests else { return part };
    part.facts([
        fact("How long it takes", [requests.time.as_str()]),
        fact("What it costs", [requests.fee.as_str()]),
        fact("How we know that it is you", [requests.identity.as_str()]),
        fact("Other forms and languages", [requests.formats.as_str()]),
        fact("If you are under 18", [requests.under_18.as_str()]),
        fact("What we do not have", [requests.elsewhere.as_str()]),
    ]);
    part
}

pub(super) fn complaints(notice: &Notice) -> Part {
    let mut part = Part::new("complaints", "If you are not happy with us");
    let Some(complaints) = &notice.complaints else { return part };
    let mut us = Part::new("complain-to-us", "Complain to us");
    us.say(&complaints.to_us);
    let days = complaints.acknowledge_days;
    us.facts([
        fact("How", [complaints.how.as_str()]),
        fact("We confirm that we have it", (days > 0).then(|| format!("Within {days} days"))),
    ]);
    part.part(us);
    let regulator = &complaints.regulator;
    let mut commissioner =
        Part::new("complain-to-the-commissioner", "Complain to the Information Commissioner");
    commissioner.say(&complaints.to_regulator);
    let page = (!regulator.link.is_empty()).then(|| Line::default().page(&regulator.link));
    commissioner.facts([
        fact("Name", [regulator.name.as_str()]),
        fact("Address", regulator.address.iter().map(String::as_str)),
        fact("Phone", regulator.phone.as_deref().map(|number| Line::default().phone(number))),
        fact("Page", page),
    ]);
    part.part(commissioner);
    part
}
