//! The notice for machines: W3C Data Privacy Vocabulary (DPV) 2.3, as JSON-LD.
//!
//! Everything comes from the same value as the page that people read. What the vocabulary has no term for (Article
//! 6(1)(ea), Schedule 1 to the Data Protection Act 2018, complaints to the controller) stands under a namespace of our
//! own and says which DPV concept it narrows. `tests/dpv` has a foreign reader check every term against the
//! vocabulary. To add a term: `terms.rs`.

pub mod consent;
mod data;
mod process;
mod terms;

use serde_json::{Map, Value, json};

use crate::codes::{Article6, ContactRole, RecipientKind, RightKind};
use crate::model::{Contact, JointController, Notice, Period, Recipient, Retention};
use crate::render::document::slug;
use crate::render::{rights_in_force, words};
use crate::ropa::MEASURES;

/// The namespace of our own terms, the same for every service.
pub const NAMESPACE: &str = "https://kept.example.org/ns#";

/// The notice as a JSON-LD document.
#[must_use]
pub fn dpv(notice: &Notice) -> Value {
    let mut graph = vec![the_notice(notice), controller(notice)];
    graph.extend(notice.controller.joint.iter().map(|joint| joint_controller(notice, joint)));
    graph.extend(notice.contacts.iter().map(|contact| reachable(notice, contact)));
    graph.extend(process::all(notice));
    graph.extend(data::all(notice));
    graph.extend(notice.retention.iter().map(|rule| storage(notice, rule)));
    graph.extend(notice.systems.iter().map(|system| {
        let mut node = node(notice, &format!("system-{}", system.id), "dpv:StorageLocation");
        put(&mut node, "dct:title", &system.name);
        put(&mut node, "dct:description", &system.says);
        node.insert("dpv:hasLocation".into(), terms::country(&system.country));
        Value::Object(node)
    }));
    graph.extend(notice.recipients.iter().map(|one| recipient(notice, one)));
    let minted = terms::minted(&graph);
    graph.extend(minted);
    json!({ "@context": context(), "@graph": graph })
}

fn context() -> Value {
    json!({
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "legal-gb": "https://w3id.org/dpv/legal/gb#",
        "loc": "https://w3id.org/dpv/loc#",
        "ps": "https://w3id.org/dpv/sector/publicservices#",
        "dct": "http://purl.org/dc/terms/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "kept": NAMESPACE,
    })
}

/// The address of a part of the notice.
fn address(notice: &Notice, part: &str) -> String {
    let (id, version) =
        (slug(&notice.id), notice.version.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-"));
    match part {
        "" => format!("https://kept.example.org/notices/{id}/{version}"),
        part => format!("https://kept.example.org/notices/{id}/{version}#{}", slug(part)),
    }
}

/// A reference to a part of the notice.
fn part(notice: &Notice, part: &str) -> Value {
    refer(&address(notice, part))
}

/// A reference to a term or a node.
fn refer(id: &str) -> Value {
    json!({ "@id": id })
}

/// A node for a part of the notice.
fn node(notice: &Notice, part: &str, class: &str) -> Map<String, Value> {
    let mut node = Map::new();
    node.insert("@id".into(), address(notice, part).into());
    node.insert("@type".into(), class.into());
    node
}

/// Adds a text that says something.
fn put(node: &mut Map<String, Value>, property: &str, text: &str) {
    if !text.trim().is_empty() {
        node.insert(property.into(), text.trim().into());
    }
}

/// Adds values, if there are any.
fn put_all(node: &mut Map<String, Value>, property: &str, values: impl IntoIterator<Item = Value>) {
    let mut all: Vec<Value> = Vec::new();
    for value in values {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    if !all.is_empty() {
        node.insert(property.into(), Value::Array(all));
    }
}

fn the_notice(notice: &Notice) -> Value {
    let mut node = node(notice, "", "dpv:PrivacyNotice");
    put_all(
        &mut node,
        "dct:identifier",
        [notice.id.as_str().into(), format!("sha256:{}", notice.digest()).into()],
    );
    put(&mut node, "dct:title", &notice.title);
    put(&mut node, "dct:description", &notice.opening);
    put(&mut node, "dct:hasVersion", &notice.version);
    put(&mut node, "dct:language", &notice.language);
    node.insert("dct:issued".into(), date(notice.effective));
    if let Some(review) = notice.review {
        node.insert("dct:valid".into(), date(review));
    }
    if let Some(extended) = notice.extends() {
        put(&mut node, "dct:requires", extended);
    }
    put_all(&mut node, "dpv:hasApplicableLaw", notice.laws.iter().map(|law| terms::law(law)));
    node.insert("dpv:hasJurisdiction".into(), refer("loc:GB"));
    node.insert("dpv:hasAuthority".into(), refer("legal-gb:DPA-GB"));
    node.insert("dpv:hasDataController".into(), part(notice, "controller"));
    let joint = notice.controller.joint.iter().map(|joint| part(notice, &format!("joint-{}", joint.name)));
    put_all(&mut node, "dpv:hasJointDataControllers", joint);
    let officer = notice.contact(ContactRole::DataProtectionOfficer);
    put_all(
        &mut node,
        "dpv:hasDataProtectionOfficer",
        officer.map(|contact| part(notice, contact.role.code())),
    );
    let processes = notice.purposes.iter().map(|given| part(notice, &format!("purpose-{}", given.purpose)));
    put_all(&mut node, "dpv:hasProcess", processes);
    put_all(&mut node, "dpv:hasRight", rights(notice));
    put_all(&mut node, "dpv:hasTechnicalMeasure", MEASURES.iter().map(|(_, term)| refer(term)));
    put_all(
        &mut node,
        "dpv:hasOrganisationalMeasure",
        ["dpv:PrivacyByDesign", "dpv:DataErasurePolicy", "dpv:ROPA", "dpv:ConsentManagement"].map(refer),
    );
    let places = notice.systems.iter().map(|system| part(notice, &format!("system-{}", system.id)));
    put_all(&mut node, "dpv:hasStorageCondition", places.chain(erasing(notice)));
    automation(&mut node, notice);
    if let Some(withdrawal) = &notice.withdrawal {
        let control = json!({ "@type": "dpv:WithdrawConsent", "dct:description": withdrawal.how });
        node.insert("dpv:hasConsentControl".into(), control);
    }
    if let Some(transfers) = &notice.transfers {
        put_all(
            &mut node,
            "dpv:hasThirdCountry",
            transfers.countries.iter().map(|name| terms::country(name)),
        );
    }
    Value::Object(node)
}

fn date(day: jiff::civil::Date) -> Value {
    json!({ "@value": day.to_string(), "@type": "xsd:date" })
}

/// What erasing means, and how long copies live.
fn erasing(notice: &Notice) -> Option<Value> {
    let erasure = &notice.erasure;
    if erasure.says.is_empty() {
        return None;
    }
    let mut node = Map::new();
    node.insert("@type".into(), "dpv:StorageDeletion".into());
    put(&mut node, "dct:description", &format!("{} {}", erasure.says, erasure.backups));
    if let Some(days) = erasure.backup_days {
        node.insert("dpv:hasDuration".into(), lasting(&format!("P{days}D")));
    }
    Some(Value::Object(node))
}

/// No machine decides; or one does, and then that is said.
fn automation(node: &mut Map<String, Value>, notice: &Notice) {
    match &notice.automated {
        Some(automated) if automated.any => {
            node.insert("dpv:hasContext".into(), refer("dpv:AutomatedDecisionMaking"));
            put(node, "dpv:hasAlgorithmicLogic", &automated.says);
        }
        Some(_) => {
            node.insert("dpv:hasAutomationLevel".into(), refer("dpv:NotAutomated"));
            node.insert("dpv:hasHumanInvolvement".into(), refer("dpv:HumanInvolvementForDecision"));
        }
        None => {}
    }
}

/// The rights under the notice as a whole, with those that only the United Kingdom has.
fn rights(notice: &Notice) -> Vec<Value> {
    let mut rights: Vec<&str> =
        rights_in_force(notice).iter().flat_map(|right| terms::right(*right)).copied().collect();
    let bases: Vec<Article6> =
        notice.purposes.iter().flat_map(|given| &given.bases).map(|basis| basis.article).collect();
    if notice.objection.is_some() {
        rights.extend(terms::right(RightKind::Objection));
    }
    if notice.withdrawal.is_some() && bases.contains(&Article6::A) {
        rights.push("eu-gdpr:A7-3");
    }
    if notice.complaints.is_some() {
        rights.extend(["kept:ComplaintToController", "kept:ComplaintToCommissioner"]);
    }
    rights.into_iter().map(refer).collect()
}

fn controller(notice: &Notice) -> Value {
    let from = &notice.controller;
    let class = if from.public_authority { "dpv:PublicSectorBody" } else { "dpv:Organisation" };
    let mut node = node(notice, "controller", "dpv:DataController");
    node.insert("@type".into(), json!(["dpv:DataController", class]));
    put(&mut node, "dpv:hasName", &from.name);
    put(&mut node, "dpv:hasAddress", &from.address.join(", "));
    put_all(&mut node, "dpv:hasContact", contacts(from.phone.as_deref(), from.email.as_deref()));
    put(&mut node, "dpv:hasIdentifier", from.registration.as_deref().unwrap_or_default());
    let roles = notice.contacts.iter().map(|contact| part(notice, contact.role.code()));
    put_all(&mut node, "dpv:hasRepresentative", roles);
    Value::Object(node)
}

fn contacts(phone: Option<&str>, email: Option<&str>) -> Vec<Value> {
    phone.into_iter().chain(email).map(Value::from).collect()
}

fn joint_controller(notice: &Notice, joint: &JointController) -> Value {
    let mut node = node(notice, &format!("joint-{}", joint.name), "dpv:DataController");
    put(&mut node, "dpv:hasName", &joint.name);
    put(&mut node, "dpv:hasContact", &joint.contact);
    let agreement =
        json!({ "@type": "dpv:JointDataControllersAgreement", "dct:description": joint.arrangement });
    node.insert("dpv:hasLegalMeasure".into(), agreement);
    Value::Object(node)
}

fn reachable(notice: &Notice, contact: &Contact) -> Value {
    let class = match contact.role {
        ContactRole::DataProtectionOfficer => "dpv:DataProtectionOfficer",
        _ => "dpv:Representative",
    };
    let mut node = node(notice, contact.role.code(), class);
    put(&mut node, "dpv:hasName", &contact.label);
    put_all(&mut node, "dpv:hasContact", contacts(contact.phone.as_deref(), contact.email.as_deref()));
    put(&mut node, "dpv:hasAddress", &contact.address.join(", "));
    Value::Object(node)
}

/// How long a layer is kept: as long as it lasts, counted from an event.
fn storage(notice: &Notice, rule: &Retention) -> Value {
    let mut node = node(notice, &format!("keep-{}", rule.layer), "dpv:StorageDuration");
    put(&mut node, "dct:title", words::layer(rule.layer));
    put(&mut node, "dct:description", &words::keeping(rule));
    let until = |event: String| json!({ "@type": "dpv:UntilEventDuration", "dct:description": event });
    let counted = || until(format!("counted from when {}", words::event(rule.after)));
    let duration = match rule.period {
        Period::Months(months) => vec![lasting(&format!("P{months}M")), counted()],
        Period::Days(days) => vec![lasting(&format!("P{days}D")), counted()],
        Period::Until(day) => vec![json!({ "@type": "dpv:UntilTimeDuration", "dct:valid": date(day) })],
        Period::AsProgramme => vec![until(words::kept(rule.period, rule.after))],
    };
    put_all(&mut node, "dpv:hasDuration", duration);
    put(&mut node, "dct:conformsTo", rule.authority.as_deref().unwrap_or_default());
    Value::Object(node)
}

fn lasting(duration: &str) -> Value {
    json!({ "@type": "dpv:TemporalDuration", "dct:valid": { "@value": duration, "@type": "xsd:duration" } })
}

fn recipient(notice: &Notice, from: &Recipient) -> Value {
    let mut node = node(notice, &format!("recipient-{}", from.id), "dpv:DataProcessor");
    if from.kind == RecipientKind::Recipient {
        node.insert("@type".into(), json!(["dpv:Recipient", "dpv:ThirdParty"]));
    }
    put(&mut node, "dpv:hasName", &from.name);
    put(&mut node, "dct:description", &from.says);
    node.insert("dpv:hasLocation".into(), terms::country(&from.country));
    let fields = from.fields.iter().map(|id| part(notice, &format!("field-{id}")));
    let entries = from.entries.iter().map(|entry| part(notice, &format!("entry-{entry}")));
    put_all(&mut node, "dpv:hasPersonalData", fields.chain(entries));
    if from.needs_consent {
        node.insert("dpv:hasLegalBasis".into(), refer("eu-gdpr:A6-1-a"));
    }
    if let Some(law) = &from.legal_ground {
        node.insert("dpv:hasApplicableLaw".into(), terms::law(law));
    }
    Value::Object(node)
}
