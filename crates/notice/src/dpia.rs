//! The data protection impact assessment (UK GDPR Article 35(7)): made from the notice, from the decision table and from the
//! table of threats, so that it cannot describe another system than the one that runs.
//!
//! What only people can add (the officer's advice, the views of those concerned, the approval) is left to be written on the
//! print.

use serde::Deserialize;

use crate::codes::ContactRole;
use crate::model::Notice;
use crate::render::document::{Block, Document, Line, Part, Table, fact};
use crate::render::{people, words};

/// A threat to the people concerned, and what is done about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threat {
    /// Its name in files.
    pub id: String,
    /// What could happen.
    pub says: String,
    /// By whom or what.
    pub source: String,
    /// How likely it is with the measures, from 1 to 3.
    pub likelihood: u8,
    /// How bad it is for the people concerned, from 1 to 3.
    pub severity: u8,
    /// What is done about it.
    pub measures: String,
    /// The tests that hold the measures.
    pub proof: Vec<String>,
}

impl Threat {
    /// Likelihood by severity, from 1 to 9.
    #[must_use]
    pub fn score(&self) -> u8 {
        self.likelihood.saturating_mul(self.severity)
    }

    /// What is left of it.
    #[must_use]
    pub fn left(&self) -> &'static str {
        match self.score() {
            0..=2 => "Low",
            3..=5 => "Medium",
            _ => "High",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Threats {
    threat: Vec<Threat>,
}

/// The table that this program ships with.
///
/// # Errors
/// It cannot be read; a test holds that it can.
pub fn threats() -> Result<Vec<Threat>, toml::de::Error> {
    toml::from_str::<Threats>(include_str!("../data/threats.toml")).map(|table| table.threat)
}

/// One line of the decision table, as people read it: who, what for, may do what, with which data, when, and why.
pub type Decided = [String; 6];

/// The assessment.
#[must_use]
pub fn dpia(notice: &Notice, decided: &[Decided], threats: &[Threat]) -> Document {
    let mut document = Document {
        title: format!("Impact assessment: {}", notice.service),
        language: notice.language.clone(),
        ..Document::default()
    };
    document.opening.push(Block::Paragraph(
        format!(
            "UK GDPR Article 35(7). Made from the notice {:?}, version {}, from the table by which access is decided, and from \
             the table of threats. Special categories of data about many people are processed, so an assessment is needed \
             (Article 35(3)(b)).",
            notice.id, notice.version,
        )
        .into(),
    ));
    document.part(description(notice));
    document.part(necessity(notice));
    document.part(access(decided));
    document.part(risks(threats));
    document.part(left_to_people(notice));
    document
}

/// What is processed, of whom, for what (Article 35(7)(a)).
fn description(notice: &Notice) -> Part {
    let mut part = Part::new("description", "What is processed, and for what");
    part.say(&notice.opening);
    part.facts(notice.categories.iter().map(|held| {
        let special =
            people::special(notice, held).into_iter().map(|special| words::capital(special.words()));
        fact(held.label.as_str(), std::iter::once(held.says.clone()).chain(special))
    }));
    part.facts([
        fact("Whom it is about", [format!("Clients of {}", notice.service)]),
        fact("Systems", notice.systems.iter().map(|system| format!("{}: {}", system.name, system.says))),
        fact("Recipients", notice.recipients.iter().map(|recipient| recipient.name.as_str())),
    ]);
    part
}

/// Why each purpose needs what it uses (Article 35(7)(b)).
fn necessity(notice: &Notice) -> Part {
    let mut part = Part::new("necessity", "Necessity and proportionality");
    part.table(Table {
        caption: "Each purpose with its ground and what it uses".to_owned(),
        head: ["Purpose", "Ground", "Conditions", "What it uses"].map(str::to_owned).to_vec(),
        rows: notice
            .purposes
            .iter()
            .map(|given| {
                vec![
                    vec![given.label.as_str().into()],
                    given.bases.iter().map(|basis| Line::from(people::basis(basis))).collect(),
                    given.conditions.iter().map(|one| Line::from(people::condition(one))).collect(),
                    given.categories.iter().map(|one| Line::from(people::label(notice, *one))).collect(),
                ]
            })
            .collect(),
    });
    part.list(
        "How long it is kept:",
        notice
            .retention
            .iter()
            .map(|rule| format!("{}: {}", words::layer(rule.layer), words::kept(rule.period, rule.after))),
    );
    part.list("What people can ask for:", notice.rights.iter().map(|right| right.says.as_str()));
    part
}

/// Who may do what, from the decision table.
fn access(decided: &[Decided]) -> Part {
    let mut part = Part::new("access", "Who may see and do what");
    part.table(Table {
        caption: "The table that decides, line by line; what it does not allow is refused".to_owned(),
        head: ["Role", "Purpose", "May", "With", "When", "Because"].map(str::to_owned).to_vec(),
        rows: decided
            .iter()
            .map(|line| line.iter().map(|cell| vec![Line::from(cell.as_str())]).collect())
            .collect(),
    });
    part
}

/// Risks and measures (Article 35(7)(c) and (d)).
fn risks(threats: &[Threat]) -> Part {
    let mut part = Part::new("risks", "Risks, and what is done about them");
    part.say("Likelihood and severity from 1 to 3, with the measures in place. Each measure is held by tests of the software, where one is named.");
    part.table(Table {
        caption: "Each risk for the people concerned".to_owned(),
        head: ["What could happen", "By", "Likelihood", "Severity", "What is done", "Left", "Held by"]
            .map(str::to_owned)
            .to_vec(),
        rows: threats
            .iter()
            .map(|threat| {
                let proof = match threat.proof.as_slice() {
                    [] => vec![Line::from("No test")],
                    tests => tests.iter().map(|test| Line::from(test.replace('_', " "))).collect(),
                };
                vec![
                    vec![threat.says.as_str().into()],
                    vec![threat.source.as_str().into()],
                    vec![threat.likelihood.to_string().into()],
                    vec![threat.severity.to_string().into()],
                    vec![threat.measures.as_str().into()],
                    vec![threat.left().into()],
                    proof,
                ]
            })
            .collect(),
    });
    part
}

/// What the program cannot know.
fn left_to_people(notice: &Notice) -> Part {
    let mut part = Part::new("people", "Advice, views and approval");
    const LINE: &str = "______________________________";
    let officer = notice.contact(ContactRole::DataProtectionOfficer).map(|contact| contact.label.clone());
    part.facts([
        fact("Asked for advice (Article 35(2))", officer),
        fact("The advice, and whether it was followed", [LINE]),
        fact("Views of those concerned (Article 35(9))", [LINE]),
        fact("Prior consultation needed (Article 36)", [LINE]),
        fact("Approved by, on", [LINE]),
        fact("To be looked at again by", [notice.review.map_or_else(|| LINE.to_owned(), words::day)]),
    ]);
    part
}
