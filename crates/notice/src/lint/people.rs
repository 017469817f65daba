//! Who decides and whom to reach: L03, L04, L26, L27.

use super::Look;
use super::text::{has_any, sentences};
use crate::codes::ContactRole;
use crate::model::Period;

pub(super) fn check(look: &Look<'_>) {
    controller(look);
    if !look.programme() {
        officer(look);
        programmes(look);
    }
    contacts(look);
    links(look);
}

fn controller(look: &Look<'_>) {
    let controller = &look.notice.controller;
    if controller.name.is_empty() {
        look.report(
            "L03",
            "controller",
            "The notice does not say who decides about the data",
            "Add [controller] with the legal name",
        );
    }
    for (index, joint) in controller.joint.iter().enumerate() {
        let path = format!("controller.joint[{index}]");
        if joint.arrangement.is_empty() || joint.contact.is_empty() {
            let what = format!("{} decides as well, but not who does what, or how to reach them", joint.name);
            look.report("L03", &path, what, "Add contact and arrangement: the essence of what was agreed");
        }
    }
    // The rest of the address stands in the service's notice.
    if look.programme() || controller.name.is_empty() {
        return;
    }
    if controller.address.len() < 2 {
        look.report(
            "L03",
            "controller",
            "The controller has no postal address",
            "Add address = [\"...\", \"...\"]",
        );
    }
    if controller.phone.is_none() && controller.email.is_none() {
        look.report("L03", "controller", "The controller cannot be reached", "Add phone or email");
    }
    if controller.name.contains('@') || controller.name.contains(" and ") {
        let what = format!("{:?} is not the legal name of one body", controller.name);
        look.report(
            "L03",
            "controller.name",
            what,
            "Write the legal name; others who decide go under [[controller.joint]]",
        );
    }
}

/// Where programmes have notices of their own, people are told who decides there.
fn programmes(look: &Look<'_>) {
    let left = look.notice.retention.iter().any(|rule| rule.period == Period::AsProgramme);
    let mention = look.texts().find(|placed| {
        let small = placed.text.to_lowercase();
        sentences(&small).any(|sentence| {
            has_any(sentence, &["programme*", "project*"])
                && has_any(sentence, &["notice of its own", "own notice", "privacy notice"])
        })
    });
    let told =
        look.says_anything_of(&["who decides", "controller", "joint controller", "who is responsible for"]);
    if (left || mention.is_some()) && told.is_none() {
        let path = mention.map_or_else(|| "retention".to_owned(), |placed| placed.path.clone());
        let what = "Programmes have a notice of their own, but not who decides about that data";
        look.report(
            "L03",
            &path,
            what,
            "Say that the programme's notice tells who decides, or name them here",
        );
    }
}

fn officer(look: &Look<'_>) {
    let Some(officer) = look.notice.contact(ContactRole::DataProtectionOfficer) else {
        let what = "The data protection officer is not named; a public authority always has one";
        look.report(
            "L04",
            "contacts",
            what,
            "Add [[contacts]] with role = \"data-protection-officer\", phone and email",
        );
        return;
    };
    if officer.phone.is_none() && officer.email.is_none() {
        let path = contact_path(look, ContactRole::DataProtectionOfficer);
        look.report("L04", &path, "The data protection officer cannot be reached", "Add phone and email");
    }
}

fn contact_path(look: &Look<'_>, role: ContactRole) -> String {
    let index = look.notice.contacts.iter().position(|contact| contact.role == role);
    index.map_or_else(|| "contacts".to_owned(), |index| format!("contacts[{index}]"))
}

fn contacts(look: &Look<'_>) {
    for placed in look.places.texts() {
        let key = placed.path.rsplit('.').next().unwrap_or_default();
        match key {
            "email" if !is_email(&placed.text) => {
                look.report(
                    "L27",
                    &placed.path,
                    format!("{:?} is not an e-mail address", placed.text),
                    "Write it as name@place.example",
                );
            }
            "phone" if !is_phone(&placed.text) => {
                look.report(
                    "L27",
                    &placed.path,
                    format!("{:?} is not a telephone number", placed.text),
                    "Write the number with its area code",
                );
            }
            _ => {}
        }
    }
    for (index, contact) in look.notice.contacts.iter().enumerate() {
        let path = format!("contacts[{index}].label");
        let small = contact.label.to_lowercase();
        if has_any(&small, &["mr", "mrs", "ms", "miss", "dr"]) {
            look.report(
                "L27",
                &path,
                format!("{:?} is a person: names age", contact.label),
                "Write the role",
            );
        }
        if contact.label.contains('@') || contact.label.chars().filter(char::is_ascii_digit).count() > 4 {
            look.report(
                "L27",
                &path,
                "Role, number and address stand in one line",
                "Give each its own key: label, phone, email",
            );
        }
        if contact.verified.is_none_or(|day| day.saturating_add(jiff::Span::new().months(18)) < look.on) {
            let what = format!("Nobody has checked lately that {:?} can be reached there", contact.label);
            look.report("L27", &path, what, "Try it, and write verified = the day");
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, place)) = text.trim().split_once('@') else { return false };
    let good = |part: &str| {
        !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..")
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '\'');
    good(name) && good(place) && place.contains('.') && name.chars().all(plain) && place.chars().all(plain)
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-'));
    plain && (10..=13).contains(&digits)
}

fn links(look: &Look<'_>) {
    for placed in look.places.texts() {
        for address in placed.text.split_whitespace().filter(|word| word.contains("://")) {
            let address = address.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
            let cure = if address.contains("ico.org.uk/concerns") {
                "The page has moved: write https://ico.org.uk/make-a-complaint/"
            } else if !address.starts_with("https://") {
                "Write an address that begins with https://"
            } else if !address.trim_start_matches("https://").contains('.') {
                "Write the whole address"
            } else {
                continue;
            };
            look.report_phrase(
                "L26",
                placed,
                address,
                format!("{address} does not lead where it should"),
                cure,
            );
        }
    }
    let regulator = look.notice.complaints.as_ref().map(|complaints| &complaints.regulator);
    if regulator.is_some_and(|regulator| regulator.link.is_empty()) {
        look.report(
            "L26",
            "complaints.regulator",
            "There is no link to the Commissioner",
            "Add link = \"https://...\"",
        );
    }
}
