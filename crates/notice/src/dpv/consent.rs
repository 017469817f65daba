//! One consent for machines: a consent record, and the receipt that the client is given, as ISO/IEC TS 27560:2023 asks, in the
//! terms of the Data Privacy Vocabulary 2.3 (its guide "consent-27560", section 7.2) and under the profiles for the GDPR.
//!
//! It names nobody: the principal is the random id of the file.

use serde_json::{Map, Value, json};

use super::{
    context, controller, data, date, node, part, put, put_all, reachable, recipient, refer, rights, storage,
    terms,
};
use crate::codes::Article6;
use crate::field::FieldId;
use crate::model::{Notice, Recipient};
use crate::vocabulary::Purpose;

/// The profiles of records and receipts.
const PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#";

/// Record or receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// What we keep.
    Record,
    /// What the client is given.
    Receipt,
}

/// What happened to a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// The code of its state: `given`, `withdrawn`...
    pub state: &'static str,
    /// When, as RFC 3339.
    pub at: String,
    /// The code of how the client said so.
    pub way: &'static str,
}

/// What a record says.
#[derive(Debug, Clone)]
pub struct ConsentFacts<'a> {
    /// The record's id: 32 hexadecimal digits.
    pub id: String,
    /// The random id of the file.
    pub principal: String,
    /// What for.
    pub purpose: Purpose,
    /// Who gets data, as the notice names it, and what it is called; none for the service's own use.
    pub recipient: Option<(&'a Recipient, &'a str)>,
    /// Exactly the fields that it gets.
    pub fields: &'a [FieldId],
    /// The words that were shown or read out.
    pub wording: &'a str,
    /// SHA-256 of them.
    pub wording_digest: &'a str,
    /// The express statement, if one was said.
    pub explicit: Option<&'a str>,
    /// The last day on which it holds.
    pub until: Option<String>,
    /// The day on which it is asked for again.
    pub review: String,
    /// Whether somebody answered for the client.
    pub on_behalf: bool,
    /// What happened, the earliest first.
    pub events: &'a [Happened],
}

/// The term of a state.
fn state(code: &str) -> &'static str {
    match code {
        "requested" => "dpv:ConsentRequested",
        "deferred" => "dpv:ConsentRequestDeferred",
        "refused" => "dpv:ConsentRefused",
        "given" => "dpv:ConsentGiven",
        "renewed" => "dpv:RenewedConsentGiven",
        "expired" => "dpv:ConsentExpired",
        "invalidated" => "dpv:ConsentInvalidated",
        "revoked" => "dpv:ConsentRevoked",
        "withdrawn" => "dpv:ConsentWithdrawn",
        _ => "dpv:ConsentUnknown",
    }
}

/// How somebody said so.
fn method(code: &str) -> &'static str {
    match code {
        "signed" => "By signature",
        "portal" => "In the online file",
        "told" => "In words",
        "signing-up" => "When agreeing to use the service, under a notice that says so",
        _ => "In words, before a witness",
    }
}

/// The record or receipt as a JSON-LD document that stands by itself.
#[must_use]
pub fn consent(notice: &Notice, facts: &ConsentFacts<'_>, form: Form) -> Value {
    let mut graph = vec![
        header(notice, facts, form),
        the_notice(notice),
        process(notice, facts),
        principal(facts),
        controller(notice),
    ];
    graph.extend(notice.contacts.iter().map(|contact| reachable(notice, contact)));
    graph.extend(facts.recipient.map(|(to, name)| {
        let mut node = recipient(notice, to);
        if let Some(node) = node.as_object_mut() {
            put(node, "dpv:hasName", name);
            // The fields stand at the process: exactly those of this consent.
            node.remove("dpv:hasPersonalData");
        }
        node
    }));
    graph.extend(notice.retention.iter().map(|rule| storage(notice, rule)));
    graph.extend(notice.systems.iter().map(|system| {
        let mut node = node(notice, &format!("system-{}", system.id), "dpv:StorageLocation");
        put(&mut node, "dct:title", &system.name);
        node.insert("dpv:hasLocation".into(), terms::country(&system.country));
        Value::Object(node)
    }));
    let wanted = personal_data(notice, facts);
    graph.extend(
        data::all(notice).into_iter().filter(|node| {
            wanted.contains(&refer(node.get("@id").and_then(Value::as_str).unwrap_or_default()))
        }),
    );
    let minted = terms::minted(&graph);
    graph.extend(minted);
    json!({ "@context": context(), "@graph": graph })
}

fn uuid(id: &str) -> String {
    let digits = |from: usize, to: usize| id.get(from..to).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        digits(0, 8),
        digits(8, 12),
        digits(12, 16),
        digits(16, 20),
        digits(20, 32)
    )
}

fn header(notice: &Notice, facts: &ConsentFacts<'_>, form: Form) -> Value {
    let (class, profiles) = match form {
        Form::Record => ("dpv:ConsentRecord", ["record", "record-eu-gdpr"]),
        Form::Receipt => ("dpv:ConsentReceipt", ["receipt", "receipt-eu-gdpr"]),
    };
    let id = match form {
        Form::Record => uuid(&facts.id),
        Form::Receipt => format!("{}#receipt", uuid(&facts.id)),
    };
    let mut node = Map::new();
    node.insert("@id".into(), id.clone().into());
    node.insert("@type".into(), class.into());
    put_all(&mut node, "dct:conformsTo", profiles.map(|name| refer(&format!("{PROFILE}{name}"))));
    put(&mut node, "dct:identifier", &id);
    node.insert("dpv:hasDataSubject".into(), refer(&uuid(&facts.principal)));
    node.insert("dpv:hasNotice".into(), part(notice, ""));
    node.insert("dpv:hasProcess".into(), refer(&format!("{}#process", uuid(&facts.id))));
    put(&mut node, "dct:language", &notice.language);
    put(&mut node, "dct:description", facts.wording);
    put(&mut node, "dct:source", &format!("sha256:{}", facts.wording_digest));
    node.insert("dpv:hasJurisdiction".into(), refer("loc:GB"));
    node.insert("dpv:hasAuthority".into(), refer("legal-gb:DPA-GB"));
    let class =
        if facts.explicit.is_some() { "dpv:ExplicitlyExpressedConsent" } else { "dpv:ExpressedConsent" };
    let by = if facts.on_behalf { "dpv:ThirdParty" } else { "dpv:DataSubject" };
    let events = facts.events.iter().map(|event| {
        let mut node = Map::new();
        node.insert("@type".into(), class.into());
        node.insert("dpv:hasConsentStatus".into(), refer(state(event.state)));
        let at = json!({ "@value": event.at, "@type": "xsd:dateTime" });
        node.insert("dct:date".into(), at.clone());
        node.insert("dpv:isIndicatedAtTime".into(), at);
        node.insert("dpv:isIndicatedBy".into(), refer(by));
        put(&mut node, "dpv:hasIndicationMethod", method(event.way));
        node.insert("dpv:hasDuration".into(), lasting(facts));
        Value::Object(node)
    });
    put_all(&mut node, "dct:hasPart", events);
    if let Some(last) = facts.events.last() {
        node.insert("dpv:hasConsentStatus".into(), refer(state(last.state)));
    }
    put(&mut node, "dct:abstract", facts.explicit.unwrap_or_default());
    Value::Object(node)
}

/// Until a day, or until it is taken back; in any case it is asked for again.
fn lasting(facts: &ConsentFacts<'_>) -> Value {
    match &facts.until {
        Some(day) => json!({
            "@type": "dpv:UntilTimeDuration",
            "dct:valid": { "@value": day, "@type": "xsd:date" },
        }),
        None => json!({
            "@type": "dpv:UntilEventDuration",
            "dct:description": format!("until it is taken back; asked for again by {}", facts.review),
        }),
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
    put(&mut node, "dct:hasVersion", &notice.version);
    put(&mut node, "dct:language", &notice.language);
    node.insert("dct:issued".into(), date(notice.effective));
    node.insert("dpv:hasDataController".into(), part(notice, "controller"));
    Value::Object(node)
}

fn principal(facts: &ConsentFacts<'_>) -> Value {
    json!({ "@id": uuid(&facts.principal), "@type": "dpv:Client", "dct:identifier": facts.principal })
}

fn process(notice: &Notice, facts: &ConsentFacts<'_>) -> Value {
    let mut node = Map::new();
    node.insert("@id".into(), format!("{}#process", uuid(&facts.id)).into());
    node.insert("@type".into(), "dpv:Process".into());
    put_all(&mut node, "dpv:hasPurpose", terms::purpose(facts.purpose).iter().map(|term| refer(term)));
    let mut bases = vec![refer(terms::article6(Article6::A))];
    if facts.explicit.is_some() {
        bases.push(refer("eu-gdpr:A9-2-a"));
    }
    put_all(&mut node, "dpv:hasLegalBasis", bases);
    put_all(&mut node, "dpv:hasPersonalData", personal_data(notice, facts));
    node.insert("dpv:hasDataController".into(), part(notice, "controller"));
    put(&mut node, "dpv:hasDataSource", "The client");
    let share = facts.recipient.is_some().then_some("dpv:Share");
    put_all(&mut node, "dpv:hasProcessing", ["dpv:Store", "dpv:Use"].into_iter().chain(share).map(refer));
    let kept = notice.retention.iter().map(|rule| part(notice, &format!("keep-{}", rule.layer)));
    let places = notice.systems.iter().map(|system| part(notice, &format!("system-{}", system.id)));
    put_all(&mut node, "dpv:hasStorageCondition", kept.chain(places));
    put_all(&mut node, "dpv:hasLocation", [refer("loc:GB")]);
    put(&mut node, "dpv:hasService", &notice.service);
    let to = facts.recipient.map(|(to, _)| part(notice, &format!("recipient-{}", to.id)));
    put_all(&mut node, "dpv:hasRecipient", to);
    put_all(&mut node, "dpv:hasRight", rights(notice));
    if let Some(withdrawal) = &notice.withdrawal {
        let control = json!({ "@type": "dpv:WithdrawConsent", "dct:description": withdrawal.how });
        node.insert("dpv:hasConsentControl".into(), control);
    }
    Value::Object(node)
}

/// References to exactly the fields of this consent; for a use, those of its categories.
fn personal_data(notice: &Notice, facts: &ConsentFacts<'_>) -> Vec<Value> {
    let field = |id: &FieldId| part(notice, &format!("field-{id}"));
    if facts.recipient.is_some() {
        return facts.fields.iter().filter(|id| notice.names(id)).map(field).collect();
    }
    let given = notice.purpose(facts.purpose);
    let held =
        notice.categories.iter().filter(|held| given.is_some_and(|g| g.categories.contains(&held.category)));
    held.flat_map(|held| &held.fields).map(field).collect()
}
