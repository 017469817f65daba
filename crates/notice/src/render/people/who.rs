//! Who decides, whom to reach, and which notice this is.

use crate::model::{Contact, Controller, Notice};
use crate::render::document::{Fact, Line, Part, fact};
use crate::render::words;

pub(super) fn who_we_are(notice: &Notice) -> Part {
    let mut part = Part::new("who-we-are", "Who we are");
    part.facts(controller(&notice.service, &notice.controller));
    for joint in &notice.controller.joint {
        let mut with =
            Part::new(&format!("together-with-{}", joint.name), format!("Together with {}", joint.name));
        with.say(&joint.arrangement);
        with.facts([fact("How to reach them", [joint.contact.as_str()])]);
        part.part(with);
    }
    let mut whom = Part::new("contacts", "Whom to ask");
    whom.facts(notice.contacts.iter().map(contact));
    part.part(whom);
    part
}

/// What people call a controller.
pub(crate) const WHO_DECIDES: &str = "Who decides what your data is used for";

/// The body that decides, with every way to reach it.
pub(crate) fn controller(service: &str, controller: &Controller) -> Vec<Fact> {
    let mut reach: Vec<Line> = Vec::new();
    reach.extend(controller.phone.iter().map(|number| Line::from("Phone: ").phone(number)));
    reach.extend(controller.email.iter().map(|address| Line::from("Email: ").email(address)));
    vec![
        fact("The service", [service]),
        fact(WHO_DECIDES, [controller.name.as_str()]),
        fact("Address", controller.address.iter().map(String::as_str)),
        fact("How to reach us", reach),
        fact("Number in the register of the Commissioner", controller.registration.as_deref()),
    ]
}

/// A role and how to reach it. Roles, not people: names age.
pub(crate) fn contact(contact: &Contact) -> Fact {
    let mut lines = vec![Line::from(contact.label.as_str())];
    lines.extend(contact.phone.iter().map(|number| Line::from("Phone: ").phone(number)));
    lines.extend(contact.email.iter().map(|address| Line::from("Email: ").email(address)));
    lines.extend(contact.address.iter().map(|line| Line::from(line.as_str())));
    fact(words::contact(contact.role), lines)
}

pub(super) fn about(notice: &Notice) -> Part {
    let mut part = Part::new("about-this-notice", "About this notice");
    let mut facts = vec![
        fact("Version", [notice.version.as_str()]),
        fact("In force from", [words::day(notice.effective)]),
        fact("We look at it again by", notice.review.map(words::day)),
        fact("Laws that it follows", notice.laws.iter().map(String::as_str)),
    ];
    if let Some(extended) = notice.extends() {
        facts.push(fact("Goes on top of the notice", [extended]));
    }
    facts.push(fact("Name in our files", [notice.id.as_str()]));
    facts.push(fact("Fingerprint, to prove its wording", [notice.digest()]));
    part.facts(facts);
    part
}
