//! How long, what counts as contact, and what going means. The periods are those of the clock that erases.

use crate::codes::{ContactKind, Event};
use crate::model::{Notice, Retention};
use crate::render::document::{Part, fact};
use crate::render::words;

use super::label;

pub(super) fn how_long(notice: &Notice) -> Part {
    let mut part = Part::new("how-long", "How long we keep it");
    for rule in &notice.retention {
        part.part(layer(notice, rule));
    }
    part
}

fn layer(notice: &Notice, rule: &Retention) -> Part {
    let mut part = Part::new(&format!("keep-{}", rule.layer), words::layer(rule.layer));
    part.say(&words::keeping(rule));
    part.say(&rule.says);
    part.list("This goes for:", covered(notice, rule));
    let warned: Vec<String> = rule.warn_months_before.iter().map(|months| words::months(*months)).collect();
    part.facts([
        fact(
            "We warn you",
            (!warned.is_empty()).then(|| format!("{} before", words::capital(&words::all_of(&warned)))),
        ),
        fact("Who asks for this time", rule.authority.as_deref()),
    ]);
    part
}

/// What a rule covers: whole categories, or the fields that it names.
pub(crate) fn covered(notice: &Notice, rule: &Retention) -> Vec<String> {
    let mut covered: Vec<String> = rule.categories.iter().map(|category| label(notice, *category)).collect();
    covered.extend(
        rule.fields.iter().map(|id| notice.field(id).map_or_else(|| id.to_string(), |f| f.label.clone())),
    );
    covered
}

pub(super) fn contact(notice: &Notice) -> Part {
    let mut part = Part::new("contact", "What counts as contact");
    let counting: Vec<&Retention> = notice
        .retention
        .iter()
        .filter(|rule| rule.after == Event::LastContact && !rule.counts.is_empty())
        .collect();
    let counts: Vec<ContactKind> = ContactKind::ALL
        .iter()
        .filter(|kind| kind.two_way() && counting.iter().any(|rule| rule.counts.contains(kind)))
        .copied()
        .collect();
    if counts.is_empty() {
        return part;
    }
    part.list(
        "Only this moves the date on which your data goes:",
        counts.iter().map(|kind| words::capital(kind.words())),
    );
    let rest = ContactKind::ALL.iter().filter(|kind| !counts.contains(kind));
    part.list("This does not move it:", rest.map(|kind| words::capital(kind.words())));
    part
}

pub(super) fn going(notice: &Notice) -> Part {
    let erasure = &notice.erasure;
    let mut part = Part::new("erasing", "What happens when your data goes");
    part.say(&erasure.says);
    let days = erasure.backup_days.map(|days| format!("Backup copies are gone after {days} days."));
    part.facts([
        fact("If you ask us to erase it", [erasure.on_request.as_str()]),
        fact("Backup copies", [erasure.backups.clone(), days.unwrap_or_default()]),
        fact("Paper", [erasure.paper.as_str()]),
        fact("What stays", [erasure.stays.as_str()]),
        fact("What can delay it", [erasure.holds.as_str()]),
    ]);
    part
}
