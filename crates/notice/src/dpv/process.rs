//! Processes: one for each purpose, with its ground, data, recipients, time and rights.

use serde_json::{Map, Value, json};

use super::{node, part, put, put_all, refer, terms};
use crate::codes::{Article6, RightKind};
use crate::model::{Notice, PurposeNotice};
use crate::render::rights_in_force;

pub(super) fn all(notice: &Notice) -> Vec<Value> {
    notice.purposes.iter().map(|given| Value::Object(process(notice, given))).collect()
}

fn process(notice: &Notice, given: &PurposeNotice) -> Map<String, Value> {
    let mut node = node(notice, &format!("purpose-{}", given.purpose), "dpv:Process");
    put(&mut node, "dct:title", &given.label);
    put(&mut node, "dct:description", &given.says);
    put_all(&mut node, "dpv:hasPurpose", terms::purpose(given.purpose).iter().map(|term| refer(term)));
    node.insert("dpv:hasDataController".into(), part(notice, "controller"));
    put_all(&mut node, "dpv:hasDataSubject", ["dpv:Client", "dpv:VulnerableDataSubject"].map(refer));
    grounds(&mut node, notice, given);
    data(&mut node, notice, given);
    let storage = notice
        .retention
        .iter()
        .filter(|rule| rule.categories.iter().any(|category| given.categories.contains(category)));
    put_all(
        &mut node,
        "dpv:hasStorageCondition",
        storage.map(|rule| part(notice, &format!("keep-{}", rule.layer))),
    );
    let sent = notice.recipients.iter().filter(|recipient| recipient.purpose == given.purpose);
    let sent: Vec<Value> =
        sent.map(|recipient| part(notice, &format!("recipient-{}", recipient.id))).collect();
    let processing = ["dpv:Collect", "dpv:Store", "dpv:Use", "dpv:Erase"].map(refer);
    let shared = (!sent.is_empty()).then(|| refer("dpv:Share"));
    put_all(&mut node, "dpv:hasProcessing", processing.into_iter().chain(shared));
    put_all(&mut node, "dpv:hasRecipient", sent);
    put_all(&mut node, "dpv:hasRight", rights(notice, given).iter().map(|right| refer(right)));
    node
}

fn grounds(node: &mut Map<String, Value>, notice: &Notice, given: &PurposeNotice) {
    let bases = given.bases.iter().map(|basis| terms::article6(basis.article).to_owned());
    let special = given.conditions.iter().filter_map(|condition| condition.article9);
    let special = special.map(|article| terms::article9(article).to_owned());
    let schedule = given.conditions.iter().filter_map(|condition| condition.schedule1);
    let schedule = schedule.map(|paragraph| format!("kept:DPA-Sch1-p{paragraph}"));
    put_all(node, "dpv:hasLegalBasis", bases.chain(special).chain(schedule).map(|id| refer(&id)));
    let enactments = given.bases.iter().filter_map(|basis| basis.enactment.as_deref());
    let functions = match given.purpose {
        crate::vocabulary::Purpose::Functions => notice.functions.as_slice(),
        _ => &[],
    };
    let functions = functions.iter().map(|function| function.enactment.as_str());
    put_all(node, "dpv:hasApplicableLaw", enactments.chain(functions).map(terms::law));
    let policies = given.conditions.iter().filter_map(|condition| condition.policy_document.as_deref());
    put_all(
        node,
        "dpv:hasPolicy",
        policies.map(|title| json!({ "@type": "dpv:Policy", "dct:title": title })),
    );
}

fn data(node: &mut Map<String, Value>, notice: &Notice, given: &PurposeNotice) {
    let held = || notice.categories.iter().filter(|held| given.categories.contains(&held.category));
    let fields = held().flat_map(|held| &held.fields).map(|id| part(notice, &format!("field-{id}")));
    let entries = held().flat_map(|held| &held.entries).map(|entry| part(notice, &format!("entry-{entry}")));
    put_all(node, "dpv:hasPersonalData", fields.chain(entries));
    let others = notice
        .sources
        .iter()
        .filter(|source| source.categories.iter().any(|category| given.categories.contains(category)));
    let others =
        others.map(|source| json!({ "@type": "dpv:ThirdPartyDataSource", "dct:title": source.name }));
    put_all(node, "dpv:hasDataSource", std::iter::once(refer("dpv:DataSubjectDataSource")).chain(others));
}

/// The rights that go with the grounds of this purpose (law.md C.5). A notice that names no rights (a programme's)
/// leaves them to the law.
fn rights(notice: &Notice, given: &PurposeNotice) -> Vec<&'static str> {
    let named = rights_in_force(notice);
    let bases: Vec<Article6> = given.bases.iter().map(|basis| basis.article).collect();
    let any = |those: &[Article6]| bases.iter().any(|basis| those.contains(basis));
    let mut rights = Vec::new();
    for right in RightKind::ALL {
        let applies = match right {
            RightKind::Portability => any(&[Article6::A, Article6::B]),
            RightKind::Objection => any(&[Article6::E, Article6::Ea, Article6::F]),
            // Where only a duty of law is the ground, erasing is a promise of the notice or nothing.
            RightKind::Erasure => !any(&[Article6::C]) || named.contains(right),
            _ => named.is_empty() || named.contains(right),
        };
        if applies {
            rights.extend(terms::right(*right));
        }
    }
    if bases.contains(&Article6::A) {
        rights.push("eu-gdpr:A7-3");
    }
    rights
}
