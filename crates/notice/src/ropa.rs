//! The record of processing activities (UK GDPR Article 30(1)), with what Schedule 1 paragraph 41 asks on top.
//!
//! Made from the notice and from nothing else, so that the register cannot say less, more or other than people are
//! told. What only the service knows (where an impact assessment is filed) is said to stand elsewhere.

use crate::codes::{ContactRole, RecipientKind};
use crate::field::Special;
use crate::model::{Notice, PurposeNotice, Recipient};
use crate::render::document::{Block, Document, Fact, Line, Part, Table, fact};
use crate::render::{people, words};

/// What Kept does for every file, whatever the notice says (Article 32(1)): the name for people, and the term of the
/// W3C Data Privacy Vocabulary.
pub(crate) const MEASURES: [(&str, &str); 8] = [
    ("Each file is sealed at rest with random keys of its own (AES-256-GCM)", "dpv:EncryptionAtRest"),
    (
        "Keys are kept apart from the records; destroying them erases every copy",
        "dpv:CryptographicKeyManagement",
    ),
    (
        "Nothing is allowed unless the decision table allows it, by role, purpose and category",
        "dpv:AccessControlMethod",
    ),
    ("Nothing is shown before its entry in a tamper-evident log is on disk", "dpv:ActivityMonitoring"),
    ("Staff sign in with a password and a second factor", "dpv:MultiFactorAuthentication"),
    ("Data travels over encrypted connections only", "dpv:EncryptionInTransfer"),
    (
        "Records and keys are backed up apart; a restored record does not open once its key is gone",
        "dpv:DataBackupProtocols",
    ),
    ("Figures are published only after disclosure control", "dpv:Anonymisation"),
];

/// The record of what the service processes, purpose by purpose.
#[must_use]
pub fn ropa(notice: &Notice) -> Document {
    let mut document = Document {
        title: format!("Record of processing activities: {}", notice.service),
        language: notice.language.clone(),
        ..Document::default()
    };
    document.opening.push(Block::Paragraph(
        format!(
            "UK GDPR Article 30(1), with Data Protection Act 2018, Schedule 1, paragraph 41. Made from the notice {:?}, \
             version {}, in force from {}. We process as controller, not for others.",
            notice.id,
            notice.version,
            words::day(notice.effective),
        )
        .into(),
    ));
    document.part(who(notice));
    document.part(activities(notice));
    document.part(limits(notice));
    document.part(recipients(notice));
    document.part(systems(notice));
    document.part(security(notice));
    document.part(review(notice));
    document
}

fn who(notice: &Notice) -> Part {
    let mut part = Part::new("who", "Controller and data protection officer");
    let joint = notice.controller.joint.iter().map(|joint| {
        fact(
            format!("Joint controller: {}", joint.name),
            [joint.contact.as_str(), joint.arrangement.as_str()],
        )
    });
    let officer = notice.contact(ContactRole::DataProtectionOfficer).map(|contact| Fact {
        name: "Data protection officer".to_owned(),
        lines: people::contact(contact).lines,
    });
    let controller = people::controller(&notice.service, &notice.controller).into_iter().map(|mut fact| {
        if fact.name == people::WHO_DECIDES {
            "Controller".clone_into(&mut fact.name);
        }
        fact
    });
    let none = fact("Representative", ["None: the controller is established in the United Kingdom"]);
    part.facts(controller.chain(joint).chain([none]).chain(officer));
    part
}

fn activities(notice: &Notice) -> Part {
    let mut part = Part::new("activities", "Processing activities");
    for given in &notice.purposes {
        part.part(activity(notice, given));
    }
    part
}

fn activity(notice: &Notice, given: &PurposeNotice) -> Part {
    let id = format!("{}/{}", notice.id, given.purpose);
    let mut part = Part::new(&format!("activity-{}", given.purpose), given.label.as_str());
    let sent = notice.recipients.iter().filter(|recipient| recipient.purpose == given.purpose);
    let sent: Vec<String> = sent.map(|recipient| recipient.name.clone()).collect();
    let special = specials(notice, given);
    part.facts([
        fact("Process", [id]),
        fact("Purpose", [given.says.as_str()]),
        fact("Whom it is about", [format!("Clients of {}", notice.service)]),
        fact("Categories of data", given.categories.iter().map(|category| people::label(notice, *category))),
        fact(
            "Special categories and offences",
            special.iter().map(|special| words::capital(special.words())),
        ),
        fact("Lawful basis (Article 6)", given.bases.iter().map(people::basis)),
        fact(
            "Condition (Articles 9 and 10, Schedule 1, policy document)",
            given.conditions.iter().map(people::condition),
        ),
        fact("Functions", functions(notice, given)),
        fact("Recipients", if sent.is_empty() { vec!["None".to_owned()] } else { sent }),
        fact("Transfers to other countries", transfers(notice)),
        fact("Time limits for erasure", time_limits(notice, given)),
        fact(
            "Retention followed (paragraph 41(c))",
            ["Yes: the service's clock erases by itself. What delayed a file, and why, stands in its log."],
        ),
        fact("Sources other than the person", sources(notice, given)),
        fact("Systems", notice.systems.iter().map(|system| system.name.as_str())),
        fact("Owner", notice.contact(ContactRole::ServiceManager).map(|contact| contact.label.as_str())),
        fact(
            "Impact assessment",
            ["Kept in the service's register of impact assessments, under the name of this process"],
        ),
        fact("Notice", [format!("{} {}", notice.id, notice.version)]),
    ]);
    part
}

fn specials(notice: &Notice, given: &PurposeNotice) -> Vec<Special> {
    let held = notice.categories.iter().filter(|held| given.categories.contains(&held.category));
    let mut special: Vec<Special> = held.flat_map(|held| people::special(notice, held)).collect();
    special.sort_unstable();
    special.dedup();
    special
}

fn functions(notice: &Notice, given: &PurposeNotice) -> Vec<String> {
    if given.purpose != crate::vocabulary::Purpose::Functions {
        return Vec::new();
    }
    notice.functions.iter().map(|function| format!("{} ({})", function.name, function.enactment)).collect()
}

fn transfers(notice: &Notice) -> Vec<String> {
    let Some(transfers) = &notice.transfers else { return Vec::new() };
    if transfers.countries.is_empty() {
        return vec!["None".to_owned()];
    }
    let mut lines = vec![words::all_of(&transfers.countries)];
    lines.extend(transfers.safeguards.clone());
    lines
}

fn time_limits(notice: &Notice, given: &PurposeNotice) -> Vec<String> {
    let used = |rule: &&crate::model::Retention| {
        rule.categories.iter().any(|category| given.categories.contains(category)) || !rule.fields.is_empty()
    };
    notice
        .retention
        .iter()
        .filter(used)
        .map(|rule| format!("{}: {}", words::layer(rule.layer), words::kept(rule.period, rule.after)))
        .collect()
}

fn sources(notice: &Notice, given: &PurposeNotice) -> Vec<String> {
    let used = notice
        .sources
        .iter()
        .filter(|source| source.categories.iter().any(|category| given.categories.contains(category)));
    used.map(|source| source.name.clone()).collect()
}

/// Erasure time limits, layer by layer, with the categories that each covers.
fn limits(notice: &Notice) -> Part {
    let mut part = Part::new("time-limits", "Time limits for erasure");
    part.table(Table {
        caption: "How long each layer of a file is kept".to_owned(),
        head: ["Layer", "Kept", "What it covers", "Who asks for it"].map(str::to_owned).to_vec(),
        rows: notice
            .retention
            .iter()
            .map(|rule| {
                vec![
                    vec![words::layer(rule.layer).into()],
                    vec![words::kept(rule.period, rule.after).into()],
                    people::covered(notice, rule).into_iter().map(Line::from).collect(),
                    vec![rule.authority.clone().unwrap_or_else(|| "The service".to_owned()).into()],
                ]
            })
            .collect(),
    });
    let days = notice.erasure.backup_days.map(|days| format!("{days} days"));
    part.facts([fact("Backup copies", days)]);
    part
}

fn recipients(notice: &Notice) -> Part {
    let mut part = Part::new("recipients", "Recipients");
    part.table(Table {
        caption: "Who gets what, for what".to_owned(),
        head: ["Recipient", "Role", "Purpose", "What", "On what ground", "Country"]
            .map(str::to_owned)
            .to_vec(),
        rows: notice.recipients.iter().map(|recipient| row(notice, recipient)).collect(),
    });
    part
}

fn row(notice: &Notice, recipient: &Recipient) -> Vec<Vec<Line>> {
    let role = match recipient.kind {
        RecipientKind::Processor => "Processor",
        RecipientKind::Recipient => "Recipient",
    };
    let purpose = notice
        .purpose(recipient.purpose)
        .map_or_else(|| recipient.purpose.to_string(), |given| given.label.clone());
    vec![
        vec![recipient.name.as_str().into()],
        vec![role.into()],
        vec![purpose.into()],
        people::gets(notice, recipient).into_iter().map(Line::from).collect(),
        vec![people::way_of_consent(recipient).into()],
        vec![recipient.country.as_str().into()],
    ]
}

fn systems(notice: &Notice) -> Part {
    let mut part = Part::new("systems", "Systems");
    part.facts(notice.systems.iter().map(|system| {
        let runs = system.processor.as_ref().map(|id| format!("Run by {id}"));
        let lines = [Some(system.country.clone()), Some(system.says.clone()), runs];
        fact(system.name.as_str(), lines.into_iter().flatten())
    }));
    part
}

fn security(notice: &Notice) -> Part {
    let mut part = Part::new("security", "Security (Article 32(1))");
    part.list("What the software does for every file:", MEASURES.map(|(words, _)| words));
    part.list(
        "What the notice says of its places:",
        notice.systems.iter().map(|system| system.says.as_str()),
    );
    part
}

fn review(notice: &Notice) -> Part {
    let mut part = Part::new("review", "Review");
    part.facts([
        fact("Last review", [words::day(notice.effective)]),
        fact("Next review by", notice.review.map(words::day)),
        fact("Fingerprint of the notice", [notice.digest()]),
    ]);
    part
}
