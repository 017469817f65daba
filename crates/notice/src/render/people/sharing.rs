//! Who else gets data, exactly which, where it is kept and where it comes from.

use crate::codes::{RecipientKind, SystemKind};
use crate::flow;
use crate::model::{Notice, Recipient};
use crate::render::document::{Part, fact};
use crate::render::words;

use super::label;

pub(super) fn who_else(notice: &Notice) -> Part {
    let mut part = Part::new("who-else", "Who we share it with");
    part.say(&notice.sharing);
    if notice.recipients.is_empty() {
        part.say("We share it with nobody.");
    } else {
        part.say("Nobody gets data from us but these, and they get only what is said here.");
    }
    for recipient in &notice.recipients {
        part.part(one(notice, recipient));
    }
    part
}

fn one(notice: &Notice, recipient: &Recipient) -> Part {
    let mut part = Part::new(&format!("to-{}", recipient.id), recipient.name.as_str());
    part.say(&recipient.says);
    part.facts([
        fact("They get", gets(notice, recipient)),
        fact("What for", [purpose(notice, recipient)]),
        fact("Before they get it", [way_of_consent(recipient)]),
        fact("What they are to us", [what_they_are(recipient.kind)]),
        fact("Country", [recipient.country.as_str()]),
    ]);
    part
}

/// The facts and entries that a recipient gets, in words.
pub(crate) fn gets(notice: &Notice, recipient: &Recipient) -> Vec<String> {
    let fields = recipient.fields.iter();
    let mut gets: Vec<String> = fields
        .map(|id| notice.field(id).map_or_else(|| id.to_string(), |field| field.label.clone()))
        .collect();
    gets.extend(recipient.entries.iter().map(|entry| words::capital(entry)));
    if gets.is_empty() {
        gets.push("What it keeps or sends for us, and nothing else".to_owned());
    }
    gets
}

fn purpose(notice: &Notice, recipient: &Recipient) -> String {
    notice
        .purpose(recipient.purpose)
        .map_or_else(|| recipient.purpose.to_string(), |given| given.label.clone())
}

/// What has to be there before a recipient gets anything: consent, or a law.
pub(crate) fn way_of_consent(recipient: &Recipient) -> String {
    match (&recipient.legal_ground, recipient.needs_consent, recipient.kind) {
        (_, true, _) => "We ask you, and you have to say yes.".to_owned(),
        (Some(law), false, _) => format!("There has to be a law that lets us: {}", words::sentence(law)),
        (None, false, RecipientKind::Processor) => {
            "It works under a contract, and only as we tell it.".to_owned()
        }
        (None, false, RecipientKind::Recipient) => "We do not ask you each time.".to_owned(),
    }
}

const fn what_they_are(kind: RecipientKind) -> &'static str {
    match kind {
        RecipientKind::Processor => "Works for us. May not use your data for itself.",
        RecipientKind::Recipient => "Uses what it gets for its own work, and answers for that itself.",
    }
}

pub(super) fn where_it_is(notice: &Notice) -> Part {
    let mut part = Part::new("where", "Where we keep it");
    part.facts(notice.systems.iter().map(|system| {
        let kind = match system.kind {
            SystemKind::Records => "On computers",
            SystemKind::Filing => "On paper",
        };
        let runs = system.processor.as_ref().map(|id| {
            let name = notice.recipient(id).map_or(id.as_str(), |recipient| recipient.name.as_str());
            format!("Run for us by {name}.")
        });
        fact(
            system.name.as_str(),
            [
                format!("{kind}, in this country: {}.", system.country),
                system.says.clone(),
                runs.unwrap_or_default(),
            ],
        )
    }));
    part
}

pub(super) fn transfers(notice: &Notice) -> Part {
    let mut part = Part::new("other-countries", "Other countries");
    let Some(transfers) = &notice.transfers else { return part };
    part.say(&transfers.says);
    part.facts([
        fact(
            "Countries it goes to",
            if transfers.countries.is_empty() {
                vec!["None".to_owned()]
            } else {
                transfers.countries.clone()
            },
        ),
        fact("What protects it there", transfers.safeguards.as_deref()),
        fact("How to get a copy of that", transfers.copy.as_deref()),
    ]);
    part
}

/// What the picture of where data goes shows, for those who do not see it: whoever shows the picture has the table.
pub(super) fn all_of_it(notice: &Notice) -> Part {
    let mut part = Part::new("in-one-table", "All of it in one table");
    part.table(flow::table(notice));
    part
}

pub(super) fn sources(notice: &Notice) -> Part {
    let mut part = Part::new("sources", "What others tell us about you");
    part.facts(notice.sources.iter().map(|source| {
        let about: Vec<String> = source.categories.iter().map(|category| label(notice, *category)).collect();
        fact(source.name.as_str(), [source.says.clone(), format!("It goes under: {}.", about.join("; "))])
    }));
    part
}
