//! Which term stands for what, and the terms of our own.

use serde_json::{Value, json};

use super::refer;
use crate::codes::{Article6, Article9, RightKind};
use crate::vocabulary::Purpose;

/// The DPV purposes of a purpose.
pub(super) const fn purpose(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Support => &["dpv:RequestedServiceProvision", "ps:SocialWelfareProvision"],
        Purpose::Functions => &["dpv:FulfilmentOfObligation", "ps:PublicServiceManagement"],
        Purpose::Statistics => &["dpv:ImprovePublicServices", "dpv:ServiceMonitoring"],
        Purpose::Contact => &["dpv:CommunicationManagement"],
        Purpose::EqualityDuty => &["dpv:LegalCompliance"],
        Purpose::Bids => &["dpv:PublicBenefit"],
        Purpose::Rights => &["dpv:RightsFulfilment"],
        Purpose::Keeping => &["dpv:RecordManagement", "dpv:EnforceSecurity"],
    }
}

/// The term of a point of Article 6(1). (ea) has none: it came into UK law after the vocabulary's source.
pub(super) const fn article6(article: Article6) -> &'static str {
    match article {
        Article6::A => "eu-gdpr:A6-1-a",
        Article6::B => "eu-gdpr:A6-1-b",
        Article6::C => "eu-gdpr:A6-1-c",
        Article6::D => "eu-gdpr:A6-1-d",
        Article6::E => "eu-gdpr:A6-1-e",
        Article6::Ea => "kept:A6-1-ea",
        Article6::F => "eu-gdpr:A6-1-f",
    }
}

/// The term of a point of Article 9(2).
pub(super) const fn article9(article: Article9) -> &'static str {
    match article {
        Article9::A => "eu-gdpr:A9-2-a",
        Article9::B => "eu-gdpr:A9-2-b",
        Article9::C => "eu-gdpr:A9-2-c",
        Article9::D => "eu-gdpr:A9-2-d",
        Article9::E => "eu-gdpr:A9-2-e",
        Article9::F => "eu-gdpr:A9-2-f",
        Article9::G => "eu-gdpr:A9-2-g",
        Article9::H => "eu-gdpr:A9-2-h",
        Article9::I => "eu-gdpr:A9-2-i",
        Article9::J => "eu-gdpr:A9-2-j",
    }
}

/// The terms of a right.
pub(super) const fn right(right: RightKind) -> &'static [&'static str] {
    match right {
        RightKind::Informed => &["eu-gdpr:A13", "eu-gdpr:A14"],
        RightKind::Access => &["eu-gdpr:A15"],
        RightKind::Rectification => &["eu-gdpr:A16", "eu-gdpr:A19"],
        RightKind::Erasure => &["eu-gdpr:A17"],
        RightKind::Restriction => &["eu-gdpr:A18"],
        RightKind::Portability => &["eu-gdpr:A20"],
        RightKind::Objection => &["eu-gdpr:A21"],
        RightKind::AutomatedDecisions => &["eu-gdpr:A22"],
    }
}

/// The term of a field, as its description names it; the widest if that is none that we know how to write.
pub(super) fn personal_data(term: &str) -> String {
    let known = term.split_once(':').is_some_and(|(prefix, name)| {
        ["pd", "dpv", "kept"].contains(&prefix)
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    if known { term.to_owned() } else { "dpv:PersonalData".to_owned() }
}

/// The term of a kind of dated entry.
pub(super) fn entry(entry: &str) -> &'static str {
    match entry {
        "meetings" | "referrals" => "pd:Interaction",
        "progress" => "pd:ProfessionalEvaluation",
        "support" => "pd:ServiceConsumptionBehaviour",
        "notices" | "agreements" | "consents" => "kept:AgreementRecord",
        "requests" | "complaints" | "disclosures" => "kept:RightsRecord",
        _ => "dpv:PersonalData",
    }
}

/// A country: a term for our own, a name for any other.
pub(super) fn country(name: &str) -> Value {
    match name {
        "United Kingdom" | "UK" | "GB" => refer("loc:GB"),
        name => json!({ "@type": "dpv:Country", "dct:title": name }),
    }
}

/// A law: a term where there is one, its title otherwise.
pub(super) fn law(title: &str) -> Value {
    match title {
        "UK GDPR" => refer("legal-gb:law-GDPR"),
        "Data Protection Act 2018" => refer("legal-gb:law-DPA"),
        title => json!({ "@type": "dpv:Law", "dct:title": title }),
    }
}

/// Every term of our own that the nodes use, each with the concept that it narrows.
pub(super) fn minted(nodes: &[Value]) -> Vec<Value> {
    let mut used: Vec<String> = Vec::new();
    nodes.iter().for_each(|node| collect(node, &mut used));
    used.sort();
    used.dedup();
    used.iter().map(|term| definition(term)).collect()
}

fn collect(value: &Value, used: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match key.as_str() {
                    "@id" | "@type" => names(value, used),
                    _ => collect(value, used),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, used)),
        _ => {}
    }
}

fn names(value: &Value, used: &mut Vec<String>) {
    match value {
        Value::String(name) if name.starts_with("kept:") => used.push(name.clone()),
        Value::Array(values) => values.iter().for_each(|value| names(value, used)),
        _ => {}
    }
}

fn definition(term: &str) -> Value {
    let name = term.trim_start_matches("kept:");
    let (label, broader, near): (String, &str, Option<&str>) = match name {
        "A6-1-ea" => {
            ("UK GDPR Article 6(1)(ea): recognised legitimate interest".into(), "dpv:LegalBasis", None)
        }
        "ComplaintToController" => {
            ("Complaint to the controller: Data Protection Act 2018, section 164A".into(), "dpv:Right", None)
        }
        "ComplaintToCommissioner" => (
            "Complaint to the Information Commissioner: Data Protection Act 2018, section 165".into(),
            "dpv:Right",
            Some("eu-gdpr:A77"),
        ),
        "BenefitType" => ("Benefits received".into(), "pd:FinancialStatus", None),
        "RightToWork" => ("Right to work in the United Kingdom".into(), "pd:OfficialID", None),
        "ProgrammeEligibility" => {
            ("Reason for being eligible for a programme".into(), "dpv:PersonalData", None)
        }
        "AgreementRecord" => ("Notices given, agreements and consents".into(), "dpv:PersonalData", None),
        "RightsRecord" => ("Requests, complaints and disclosures".into(), "dpv:PersonalData", None),
        name => match name.strip_prefix("DPA-Sch1-p") {
            Some(paragraph) => (
                format!("Data Protection Act 2018, Schedule 1, paragraph {paragraph}"),
                "dpv:LegalBasis",
                None,
            ),
            // A service's own term for a field.
            None => (name.to_owned(), "dpv:PersonalData", None),
        },
    };
    let mut definition = json!({
        "@id": term,
        "@type": ["rdfs:Class", "skos:Concept"],
        "skos:prefLabel": { "@value": label, "@language": "en" },
        "skos:broader": refer(broader),
    });
    if let (Some(near), Some(object)) = (near, definition.as_object_mut()) {
        object.insert("skos:closeMatch".into(), refer(near));
    }
    definition
}
